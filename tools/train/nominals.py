"""Subjects and objects: pronouns, noun phrases, their articles, adjectives and agreement.

The article of an object depends on where it stands (`role`):
  subject   bare nouns are generic      dogs sleep         -> les chiens dorment
  object    bare nouns are partitive    i drink milk       -> je bois du lait
  negated   a, some, any, bare become de  i don't drink milk -> je ne bois pas de lait
  generic   objects of like, love, ...  i like milk        -> j'aime le lait
  after     after a preposition, never bare
"""

import random
import zlib
from collections.abc import Callable

from inflection import Adjective, Noun, Verb, load
from phrases import Nominal, Phrase, Word, fixed, render, starts_with_vowel, words

PRONOUNS = {
    "i": ("je", False, False, 0), "you": ("tu", False, False, 1), "he": ("il", False, False, 2),
    "she": ("elle", True, False, 2), "we": ("nous", False, True, 3),
    "they": ("ils", False, True, 4),
}  # fmt: skip
OBJECTS = {
    "me": "me", "you": "te", "him": "le", "her": "la", "us": "nous", "it": "le", "them": "les",
}  # fmt: skip
POSSESSIVES = {
    "my": ("mon", "ma", "mes"), "your": ("ton", "ta", "tes"), "his": ("son", "sa", "ses"),
    "her": ("son", "sa", "ses"), "our": ("notre", "notre", "nos"),
    "their": ("leur", "leur", "leurs"),
}  # fmt: skip
NUMBERS = {"two": "deux", "three": "trois", "four": "quatre", "five": "cinq", "six": "six"}
DETERMINERS = {
    "subject": {"the": 6, "a": 2, "my": 3, "this": 1, "two": 1, "every": 0.5, "many": 0.5, "": 1},
    "object": {"the": 4, "a": 4, "my": 2, "this": 1, "two": 1, "some": 1, "many": 0.6, "": 4},
    "negated": {"the": 4, "a": 3, "my": 2, "this": 1, "any": 1.5, "": 3},
    "generic": {"the": 2, "my": 2, "this": 1, "": 5},
    "after": {"the": 6, "a": 2, "my": 2, "this": 1, "two": 0.7},
}
COUNT_ONLY = {"a", "two", "many", "every"}


def bucket(verb: str, noun: str) -> int:
    """0..19, the same on every machine: 0 and 1 are held out for test, 2 for development."""
    return zlib.crc32(f"{verb} {noun}".encode()) % 20


def split_of(verb: str, noun: str) -> str:
    """The only split in which this verb may take this object."""
    return {0: "test", 1: "test", 2: "dev"}.get(bucket(verb, noun), "train")


class Nominals:
    """Draws subjects and objects for one split.

    `rich` (0, 1, 2) says how many modifiers are wished.
    """

    def __init__(self, rng: random.Random, split: str, core: bool):
        self.rng, self.split, self.core = rng, split, core
        self.nouns, self.verbs, self.adjectives = load(core)
        self.by_kind = {
            kind: [noun for noun in self.nouns if noun.kind == kind] for kind in "pafdocrl"
        }
        self.allowed = {
            verb.name: [n for n in self.nouns if n.kind in verb.objects and self.fits(verb, n)]
            for verb in self.verbs
        }
        # A verb that needs `to` or `in` and has no noun in this split has nothing to say.
        self.verbs = [v for v in self.verbs if not v.preposition or self.allowed[v.name]]
        self.rich = 1
        self.relative: Callable[[Noun, Nominal], Phrase | None] = lambda noun, head: None

    def chance(self, probability: float) -> bool:
        """True that often."""
        return self.rng.random() < probability

    def fits(self, verb: Verb, noun: Noun) -> bool:
        """Whether this split may join the two."""
        return split_of(verb.name, noun.name) == self.split

    def noun(self, kinds: str) -> Noun:
        """A noun of one of these kinds, kinds equally often."""
        return self.rng.choice(self.by_kind[self.rng.choice(kinds)])

    def subject(self, bare: bool = False) -> Nominal:
        """Who does it: a pronoun, a person, an animal, or two of them."""
        if self.chance((0.75, 0.45, 0.3)[self.rich]):
            return self.pronoun()
        first = self.noun_phrase(self.noun("ppa"), "subject" if bare else "after")
        if not self.chance(0.05 * self.rich):
            return first
        second = self.noun_phrase(self.noun("ppa"), "after")
        both = first.then(fixed("and", "et"), second)
        feminine = first.feminine and second.feminine
        return Nominal(both.english, both.french, both.pairs, feminine, True, 4)

    def pronoun(self) -> Nominal:
        """One of i, you, he, she, we, they."""
        name = self.rng.choice(list(PRONOUNS))
        french, feminine, plural, person = PRONOUNS[name]
        said = Word(name)
        return Nominal([said], render(french, said), [], feminine, plural, person)

    def noun_phrase(self, noun: Noun, role: str) -> Nominal:
        """A noun with its article and, if the phrase may be rich, modifiers."""
        kinds = DETERMINERS[role]
        chosen = self.rng.choices(list(kinds), list(kinds.values()))[0]
        if noun.plural is None and chosen in COUNT_ONLY:
            chosen = "" if "" in kinds else "the"
        plural = noun.plural is not None and (
            chosen in ("", "two", "many", "some", "any")
            or (chosen not in ("a", "every") and self.chance(0.4))
        )
        before, after = self._adjectives_for(noun)
        said = Word(noun.plural if plural else noun.name)
        phrase = self._assemble(noun, said, plural, before, after)
        phrase = self._determined(phrase, chosen, role, said, before is not None)
        if chosen and self.chance(0.05 * self.rich):
            self._owner(phrase)
        if chosen and role != "negated" and self.chance(0.06 * self.rich):
            self._extend(phrase, self.relative(noun, phrase))
        return phrase

    def _adjectives_for(self, noun: Noun) -> tuple[Adjective | None, Adjective | None]:
        """At most one adjective before and one after the French noun."""
        wanted = (0.05, 0.15, 0.25)[self.rich]

        def pick(before: bool) -> Adjective | None:
            fitting = [a for a in self.adjectives if a.before_noun == before]
            fitting = [a for a in fitting if noun.kind in a.kinds]
            return self.rng.choice(fitting) if fitting and self.chance(wanted) else None

        return pick(True), pick(False)

    @staticmethod
    def _assemble(noun: Noun, said: Word, plural: bool, before, after) -> Nominal:
        """Adjectives and noun; English puts both adjectives first."""
        phrase = Nominal(feminine=noun.feminine, plural=plural, person=4 if plural else 2)
        phrase.kind = noun.kind
        french = noun.plural_fr if plural else noun.french
        if before:
            word = Word(before.name)
            form = before.french(noun.feminine, plural)
            if not noun.feminine and not plural and starts_with_vowel(french):
                form = before.before_vowel
            phrase.english.append(word)
            phrase.french.append((form, (word,)))
        phrase.french.append((french, (said,)))
        if after:
            word = Word(after.name)
            phrase.english.append(word)
            phrase.french.append((after.french(noun.feminine, plural), (word,)))
        phrase.english.append(said)
        return phrase

    def _determined(self, phrase: Nominal, chosen: str, role: str, said: Word, adjective: bool):
        """Puts the article in front, in both languages."""
        chosen = {
            "my": self.rng.choice(list(POSSESSIVES)),
            "two": self.rng.choice(list(NUMBERS)),
            "this": "these" if phrase.plural else "this",
            "a": "an" if phrase.english[0].text[0] in "aeiou" else "a",
        }.get(chosen, chosen)
        article = words(chosen)
        source = article[0] if article else said
        next_word = phrase.french[0][0]
        french = _article(phrase, chosen, role, next_word, adjective)
        phrase.english[:0] = article
        phrase.french[:0] = render(french, source)
        return phrase

    def _owner(self, phrase: Nominal) -> None:
        """the window of the house -> la fenêtre de la maison"""
        rich, self.rich = self.rich, 0
        owner = self.noun_phrase(self.noun("pl"), "after")
        self._extend(phrase, fixed("of", "de").then(owner))
        self.rich = rich

    @staticmethod
    def _extend(phrase: Nominal, tail: Phrase | None) -> None:
        if tail is not None:
            phrase.english += tail.english
            phrase.french += tail.french
            phrase.pairs += tail.pairs


def _article(noun: Nominal, chosen: str, role: str, next_word: str, adjective: bool) -> str:
    """The French article; `next_word` decides between mon and ma, ce and cet."""
    vowel = starts_with_vowel(next_word)
    the = "les" if noun.plural else "la" if noun.feminine else "le"
    if chosen == "the" or (chosen == "" and role in ("subject", "generic")):
        return the
    if chosen in POSSESSIVES:
        masculine, feminine, plural = POSSESSIVES[chosen]
        return plural if noun.plural else feminine if noun.feminine and not vowel else masculine
    if chosen in NUMBERS:
        return NUMBERS[chosen]
    if chosen in ("this", "these"):
        forms = ("ces", "cette", "cet" if vowel else "ce")
        return forms[0] if noun.plural else forms[1] if noun.feminine else forms[2]
    if chosen in ("every", "many"):
        return {"every": "chaque", "many": "beaucoup de"}[chosen]
    if role == "negated":
        return "de"
    if chosen in ("a", "an"):
        return "une" if noun.feminine else "un"
    if noun.plural:
        return "de" if adjective else "des"
    return "de " + the
