"""Writes English-French sentence pairs with gold alignments: train, dev and test.

    python tools/train/sentences.py models/eng-fra --train 120000

One line is `english TAB french TAB alignment`, tokens and `source-target` index pairs separated by
blanks.  Every (verb, object noun) combination belongs to exactly one of the three sets
(`nominals.split_of`, a hash): all combinations of a test sentence are unseen in training, and every
test sentence has at least one.  A single noun counts as a combination of its own ("-", noun).
The same English sentence always gets the same French one; train.tsv is too large to be kept in the
repository, its lines depend on the seed only.
"""

import argparse
import itertools
import random
from pathlib import Path

from clauses import TIMES, Clauses, Verbal
from nominals import split_of
from phrases import Phrase, Word, alignment, fixed, render, spell

JOINS = {
    "and": ("et", 5), "but": ("mais", 3), "because": ("parce que", 2.5), "when": ("quand", 2.5),
    "if": ("si", 1.5), "or": ("ou", 1), "while": ("pendant que", 1),
}  # fmt: skip
THINKING = {
    "know": ("knows", ("sais", "sais", "sait", "savons", "savent")),
    "think": ("thinks", ("pense", "penses", "pense", "pensons", "pensent")),
    "say": ("says", ("dis", "dis", "dit", "disons", "disent")),
}
OPENINGS = {"yes": "oui", "no": "non", "hello": "bonjour", "thanks": "merci"}
ASKING = {"why": "pourquoi", "when": "quand", "where": "où"}


class Sentences(Clauses):
    """Draws whole sentences of a wished length."""

    def fragment(self) -> Phrase:
        """A greeting, a noun, or a verb alone."""
        if self.split == "train" and self.chance(0.15):
            return fixed(*self.rng.choice(list(OPENINGS.items())))
        if self.split == "train" and self.chance(0.4):
            verb = self.rng.choice([v for v in self.verbs if v.commands and not v.objects])
            return fixed(verb.name, verb.present_fr[0])
        fitting = [n for n in self.nouns if split_of("-", n.name) == self.split]
        noun = self.rng.choice(fitting)
        said = Word(noun.plural or noun.name)
        the = "les" if noun.plural else "la" if noun.feminine else "le"
        french = render(f"de {the} {noun.plural_fr or noun.french}", said)
        return Phrase([said], french, [("-", noun.name)])

    def command(self) -> Phrase:
        """don't open the door -> n'ouvre pas la porte"""
        how = Verbal(self.rng.choice([verb for verb in self.verbs if verb.commands]))
        how.polarity = "not" if self.chance(0.25) else "yes"
        you = self.pronoun()
        target, pronoun = self.target(you, how)
        while pronoun and self.allowed[how.verb.name]:
            target, pronoun = self.target(you, how)
        if pronoun:
            target = None
        you.english, you.french, you.person = [], [], 0
        said = self.conjugate(you, how, None)
        return (said.then(target) if target else said).then(self.tail())

    def existence(self) -> Phrase:
        """there isn't a cat in the garden -> il n'y a pas de chat dans le jardin"""
        negative = self.chance(0.25)
        thing = self.noun_phrase(self.noun("pafdocr"), "negated" if negative else "object")
        verb = ("are" if thing.plural else "is") + ("n't" if negative else "")
        there, be = Word("there"), Word(verb)
        french = render("y", there) + render("a", be)
        if negative:
            french = render("ne", be) + french + render("pas", be)
        opening = Phrase([there, be], render("il", there) + french)
        place = self.place(["in", "near", "behind", "in front of", "under", "on"])
        return opening.then(thing, place) if self.chance(0.7) else opening.then(thing)

    def thought(self) -> Phrase:
        """she thinks that, they don't know that"""
        name, (third, forms) = self.rng.choice(list(THINKING.items()))
        subject = self.subject()
        negative = self.chance(0.2)
        helper = [Word("doesn't" if subject.third else "don't")] if negative else []
        verb = Word(third if subject.third and not negative else name)
        french = render(forms[subject.person], verb)
        if negative:
            french = render("ne", *helper) + french + render("pas", *helper)
        said = Phrase(subject.english + helper + [verb], subject.french + french, subject.pairs)
        return said.then(fixed("that", "que"))

    def question(self) -> Phrase:
        """Yes/no, where is, what do, who does, why does; without the question mark."""
        kind = self.rng.choices(["do", "be", "what", "who", "why"], [6, 2, 1.5, 1.5, 2])[0]
        if kind == "be":
            return self.copula(question=True)
        if kind == "what":
            what = self.clause(question=True, omit_object=True)
            said = Word("what")
            french = render("qu'est-ce", said) + what.french[1:]
            return Phrase([said] + what.english, french, what.pairs)
        if kind == "who":
            who = self.pronoun()
            said = Word("who")
            who.english, who.french = [said], render("qui", said)
            who.person, who.feminine, who.plural = 2, False, False
            return self.clause(subject=who)
        asked = self.clause(question=True)
        return fixed(*self.rng.choice(list(ASKING.items()))).then(asked) if kind == "why" else asked

    def simple(self, first: bool = False) -> Phrase:
        """One clause that can stand alone."""
        kind = self.rng.choices(["clause", "copula", "existence"], [8, 2, 0.8])[0]
        if kind == "clause":
            return self.clause(bare=first)
        return self.copula() if kind == "copula" else self.existence()

    def opening(self) -> tuple[Phrase, bool]:
        """The first part of a sentence, and whether it asks."""
        kind = self.rng.choices(["tell", "ask", "command", "when", "yes"], [10, 3, 1, 0.8, 0.5])[0]
        if kind == "ask":
            return self.question(), True
        if kind == "command":
            return self.command(), False
        if kind == "when":
            name = self.rng.choice(["when", "if"])
            said = fixed(name, JOINS[name][0]).then(self.simple(), fixed(",", ","), self.simple())
            return said, False
        if kind == "yes":
            name = self.rng.choice(["yes", "no"])
            return fixed(name, OPENINGS[name]).then(fixed(",", ","), self.simple(True)), False
        return self.simple(True), False

    def joined(self) -> Phrase:
        """A conjunction and the clause it brings."""
        name = self.rng.choices(list(JOINS), [weight for _, weight in JOINS.values()])[0]
        link = fixed(name, JOINS[name][0])
        if self.chance(0.08):
            link = link.then(self.thought())
        return link.then(self.simple())

    def sentence(self, length: int) -> Phrase | None:
        """A sentence of exactly `length` English tokens, or None if the draws did not fit."""
        self.rich = 0 if length <= 4 else self.rng.choice((0, 1, 1, 2, 2))
        if length == 1:
            return self.fragment()
        said, asks = self.opening()
        if self.chance(0.06) and not asks:
            said = self.thought().then(self.simple())
        room = length - asks
        for _ in range(60):
            if len(said) >= room:
                break
            if self.chance(0.97):
                part = self.joined()
            else:
                part = fixed(*self.rng.choice(list(TIMES.items())))
            if len(said) + len(part) == room or len(said) + len(part) <= room - 3:
                said = said.then(part)
        if len(said) != room:
            return None
        return said.then(fixed("?", "?")) if asks else said


def line(phrase: Phrase) -> str:
    """English, French and alignment, as one line of the file."""
    french = spell(phrase.french)
    return "\t".join((
        " ".join(word.text for word in phrase.english),
        " ".join(text for text, _ in french),
        " ".join(f"{source}-{target}" for source, target in alignment(phrase, french)),
    ))  # fmt: skip


def fits(phrase: Phrase, split: str, longest_target: int) -> bool:
    """Whether the sentence belongs to the split and to the model's buffers."""
    if any(split_of(*pair) != split for pair in phrase.pairs):
        return False
    return (split == "train" or bool(phrase.pairs)) and len(phrase.french) <= longest_target


def lengths(shortest: int, longest: int):
    """Lengths to draw, over and over: each once, 3 to 12 twice."""
    twice = range(max(shortest, 3), min(longest, 12) + 1)
    return itertools.cycle([*range(shortest, longest + 1), *twice])


def draw(split: str, count: int, options: argparse.Namespace) -> list[str]:
    """`count` different lines of one split, no two with the same English."""
    rng = random.Random(f"{options.seed} {split} {options.core}")
    writer = Sentences(rng, split, options.core)
    found: dict[str, str] = {}
    for length in lengths(options.shortest, options.longest):
        if len(found) >= count:
            break
        for _ in range(40):
            phrase = writer.sentence(length)
            if phrase is not None and fits(phrase, split, options.longest_target):
                text = line(phrase)
                english = text.split("\t")[0]
                if found.get(english, text) != text:
                    raise ValueError(f"two translations: {text} and {found[english]}")
                if english not in found:
                    found[english] = text
                    break
    return list(found.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--core", action="store_true", help="core words and plain grammar only")
    parser.add_argument("--shortest", type=int, default=1, help="English tokens at least")
    parser.add_argument("--longest", type=int, default=40, help="English tokens at most")
    parser.add_argument("--longest-target", type=int, default=54, help="French tokens at most")
    parser.add_argument("--train", type=int, default=120_000)
    parser.add_argument("--dev", type=int, default=500)
    parser.add_argument("--test", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for split in ("test", "dev", "train"):
        lines = draw(split, getattr(options, split), options)
        path = options.folder / f"{split}.tsv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(path, len(lines))


if __name__ == "__main__":
    main()
