"""Reads the tables of `lexicon.py` into nouns, verbs and adjectives with all their forms.

Limits: regular plurals and regular -er verbs are derived; every other form is written in the table.
"""

from dataclasses import dataclass

from lexicon import ADJECTIVES, NOUNS, VERBS


@dataclass(frozen=True)
class Noun:
    """A noun; `plural` and `plural_fr` are None for mass nouns."""

    name: str
    plural: str | None
    french: str
    plural_fr: str | None
    feminine: bool
    kind: str


@dataclass(frozen=True)
class Verb:
    """A verb; `present_fr` holds the forms of je, tu, il, nous, ils."""

    name: str
    third: str
    past: str | None
    infinitive: str
    present_fr: tuple[str, ...]
    participle: str
    objects: str
    generic: bool
    commands: bool
    preposition: str


@dataclass(frozen=True)
class Adjective:
    """An adjective; `before_vowel` is the masculine singular before a vowel (bel, vieil)."""

    name: str
    before_noun: bool
    masculine: str
    feminine: str
    before_vowel: str
    kinds: str

    def french(self, feminine: bool, plural: bool) -> str:
        """The form that agrees."""
        singular = self.feminine if feminine else self.masculine
        return plural_fr(singular) if plural else singular


def plural_fr(word: str) -> str:
    """The regular French plural: nez, prix stay, gâteau and jeu take x, others s."""
    if word[-1] in "sxz":
        return word
    return word + ("x" if word.endswith("eau") else "s")


def _pair(field: str, rule) -> tuple[str, str | None]:
    """Splits `singular/plural`, applying `rule` where no plural is written."""
    singular, _, plural = field.partition("/")
    if plural == "-":
        return singular, None
    return singular, plural or rule(singular)


def _noun(fields: list[str]) -> Noun:
    english, french, gender, kind = fields
    name, plural = _pair(english, lambda word: word + "s")
    singular_fr, many_fr = _pair(french, plural_fr)
    return Noun(name, plural, singular_fr, many_fr if plural else None, gender == "f", kind)


def _verb(fields: list[str]) -> Verb:
    name, third, past, infinitive, *forms, classes = fields
    if forms:
        present, participle = tuple(forms[0].split(",")), forms[1]
    else:
        stem = infinitive[:-2]
        soft = stem + "e" if stem.endswith("g") else stem
        present = (stem + "e", stem + "es", stem + "e", soft + "ons", stem + "ent")
        participle = stem + "é"
    objects, _, kind = classes.partition(":")
    return Verb(
        name, third, None if past == "-" else past, infinitive, present, participle,
        objects.strip("-"), "g" in kind, "w" not in kind, kind.strip("gw"),
    )  # fmt: skip


def _adjective(fields: list[str]) -> Adjective:
    name, place, masculine, feminine, kinds = fields
    feminine, _, vowel = feminine.partition("/")
    return Adjective(name, place == "b", masculine, feminine, vowel or masculine, kinds)


def load(core: bool) -> tuple[list[Noun], list[Verb], list[Adjective]]:
    """All nouns, verbs and adjectives, or the core ones only."""

    def rows(table: str, build):
        lines = [line for line in table.split("\n") if line and (line[0] == "*" or not core)]
        return [build(line.lstrip("*").split()) for line in lines]

    return rows(NOUNS, _noun), rows(VERBS, _verb), rows(ADJECTIVES, _adjective)
