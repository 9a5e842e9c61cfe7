"""Writes English orders to a few lights, and the commands they mean: train, dev and test.

    python tools/train/commands.py models/act

```text
could you turn the red light on and the blue one off ?     red on ; blue off
switch everything off except the green lamp                all but green off
blink the lamp twice and then turn it off                  lamp blink 2 ; lamp off
don't turn red on , turn green on                          green on
leave the blue one alone                                   nothing
turn the radio on                                          unknown
```
One line is `english TAB command TAB`.  A command is `unknown`, `nothing`, or actions with `;`
between them; an action is who (`red`, `all`, `all but red blue`) and what (`on`, `off`, `toggle`,
`blink 3`).

What a sentence combines belongs to one of the three sets each, by a hash: a frame with the thing in
its hole, a light with the number of times it blinks, an action with the one that follows it.  All
combinations of a test sentence are unseen in training, and every test sentence has at least one.
"""

import argparse
import random
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import commands_words as words
from commands_words import Frame, Thing

#: With the end marks.
LONGEST_SOURCE, LONGEST_TARGET = 24, 16


def split_of(*parts: str) -> str:
    """The only set that may combine these."""
    bucket = zlib.crc32(" | ".join(parts).encode()) % 20
    return {0: "test", 1: "test", 2: "dev"}.get(bucket, "train")


@dataclass
class Clause:
    """What is said, what it orders, of which thing, and what it combines."""

    said: str
    actions: list[str]
    thing: Thing | None = None
    what: str = ""
    pairs: list[tuple[str, ...]] = field(default_factory=list)
    asks: bool = False

    def then(self, link: str, other: "Clause") -> "Clause":
        """Both, one after the other."""
        last = self.actions[-1:]
        meet = [(before, after) for before in last for after in other.actions[:1]]
        said = f"{self.said} {link} {other.said}"
        pairs = self.pairs + other.pairs + meet
        return Clause(said, self.actions + other.actions, pairs=pairs, asks=self.asks)


class Commands:
    """Draws sentences of one set."""

    def __init__(self, rng: random.Random, split: str):
        self.rng, self.split = rng, split
        self.singles, self.lists = words.singles(), words.lists()
        self.everything = words.everything()

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def thing(self) -> Thing:
        kinds = (self.singles, self.everything, self.lists)
        return self.rng.choice(self.rng.choices(kinds, (6, 2.2, 1.8))[0])

    def frame(self) -> Frame:
        kinds = list(words.FRAMES)
        return self.rng.choice(words.FRAMES[self.rng.choices(kinds, (4, 4, 1.5, 3))[0]])

    def filled(self, frame: Frame, thing: Thing, what: str | None = None) -> Clause:
        """The frame with the thing, or a pronoun for it, in its hole."""
        what, number = frame.what or what or "", ""
        if frame.what == "blink":
            times = self.rng.choice(list(words.NUMBERS))
            number, what = self.rng.choice(words.NUMBERS[times]), f"blink {times}"
        actions = [f"{who} {what}" for who in thing.who]
        pairs = list(zip(actions, actions[1:]))
        if what.startswith("blink"):
            pairs += [(who, what) for who in thing.who]
        pairs.append((frame.said, thing.said))
        said = frame.said.replace("{}", thing.said).replace("#", number).strip()
        return Clause(said, actions, thing, what, pairs, frame.orders)

    def again(self, first: Clause) -> Clause:
        """A clause about the thing of the first, by its pronoun."""
        thing = first.thing
        fits = [f for group in words.FRAMES.values() for f in group if f.takes_pronouns]
        clause = self.filled(self.rng.choice(fits), Thing(thing.pronoun, thing.who))
        clause.pairs.pop()  # too few are they to be held out
        return clause

    def clause(self) -> Clause:
        """One frame, filled; where a set is small, until it has it."""
        while True:
            clause = self.filled(self.frame(), self.thing())
            if all(split_of(*pair) == self.split for pair in clause.pairs):
                return clause

    def joined(self) -> Clause:
        """Two clauses, the second one of its own or leaning on the first."""
        first, link = self.clause(), self.rng.choice(words.LINKS)
        kinds = {"full": 4, "short": 2.5, "too": 1.5, "again": 2, "spare": 2, "instead": 1}
        kind = self.rng.choices(list(kinds), list(kinds.values()))[0]
        if kind == "again":
            return first.then(link, self.again(first))
        if kind == "short" and first.what in ("on", "off"):
            frame = Frame(*self.rng.choice([("{} on", "on"), ("{} off", "off")]))
            return first.then(self.rng.choice(("and", ",")), self.filled(frame, self.thing()))
        if kind == "too":
            frame = self.rng.choice(words.AGAIN)
            return first.then("and", self.filled(frame, self.thing(), first.what))
        if kind == "spare" and first.thing.who[0] in (*words.LIGHTS, "all"):
            return self.sparing(first)
        if kind == "instead" and first.asks:
            return self.negated(first, []).then(self.rng.choice((",", "but")), self.clause())
        return first.then(link, self.clause())

    def negated(self, clause: Clause, actions: list[str]) -> Clause:
        """Its contrary, which orders these."""
        (frame, thing) = clause.pairs[-1]
        said = f"{self.rng.choice(words.NOT)} {clause.said}"
        return Clause(said, actions, pairs=[(f"not {frame}", thing)])

    def sparing(self, first: Clause) -> Clause:
        """The first clause, but not for a light."""
        light = self.rng.choice([s for s in self.singles if s.who[0] not in first.thing.who])
        spared = self.filled(self.rng.choice(words.SPARED), light)
        link = self.rng.choice(("but", ",") if spared.said.startswith("not") else ("but", "and"))
        said = f"{first.said} {link} {spared.said}"
        actions, pairs = first.actions, first.pairs + spared.pairs
        if first.thing.who == ("all",):
            who = f"all but {light.who[0]}"
            actions = [f"{who} {first.what}"]
            pairs = pairs + ([(who, first.what)] if first.what.startswith("blink") else [])
        return Clause(said, actions, pairs=pairs, asks=first.asks)

    def nothing(self) -> Clause:
        """An order to do nothing."""
        if self.split == "train" and self.chance(0.1):
            return Clause(self.rng.choice(words.NOTHING), ["nothing"])
        clause = self.clause()
        if clause.asks and self.chance(0.6):
            return self.negated(clause, ["nothing"])
        clause = self.filled(self.rng.choice(words.LEFT), self.thing())
        return Clause(clause.said, ["nothing"], pairs=clause.pairs[-1:])

    def unknown(self) -> Clause:
        """No order, or not to lights; an order that means a light in part is none."""
        if self.split == "train" and self.chance(0.12):
            return Clause(self.rng.choice(words.CHAT), ["unknown"])
        other = self.rng.choice(words.OTHERS)
        if self.chance(0.5):
            what = self.rng.choice(words.REMARKS)
            said = self.thing().said if self.chance(0.5) else other
            return Clause(what.replace("{}", said), ["unknown"], pairs=[(what, said)])
        clause = self.filled(self.frame(), Thing(other, ("unknown",)))
        clause.actions, clause.pairs = [], clause.pairs[-1:]
        if self.chance(0.3):
            both = (clause, self.clause()) if self.chance(0.5) else (self.clause(), clause)
            clause = both[0].then(self.rng.choice(words.LINKS), both[1])
        return Clause(clause.said, ["unknown"], pairs=clause.pairs, asks=clause.asks)

    def sentence(self) -> Clause:
        """A sentence that fits set and buffers, of a kind that is drawn first."""
        kinds = (self.clause, self.joined, self.nothing, self.unknown)
        kind = self.rng.choices(kinds, (4, 5.5, 1, 2))[0]
        while True:
            clause = kind()
            if self.fits(clause):
                polite = self.polite(clause)
                if len(polite.said.split()) < LONGEST_SOURCE:
                    return polite

    def polite(self, clause: Clause) -> Clause:
        """The same with what politeness adds."""
        said, mark = clause.said, self.rng.choice(("", "", ".", "!"))
        if clause.asks and self.chance(0.35):
            asking = self.rng.choice(words.ASKING)
            said = f"{asking} {said}"
            mark = mark if asking.startswith("i ") or self.chance(0.4) else "?"
        if self.chance(0.2):
            said = f"{self.rng.choice(words.OPENINGS)} {said}"
        if self.chance(0.25):
            said = f"{said} {self.rng.choice(words.CLOSINGS)}"
        clause.said = f"{said} {mark}".strip()
        return clause

    def fits(self, clause: Clause) -> bool:
        """Whether the clause belongs to the set, and its command to the model's buffers."""
        if any(split_of(*pair) != self.split for pair in clause.pairs):
            return False
        short = len(command(clause).split()) < LONGEST_TARGET
        return short and (self.split == "train" or bool(clause.pairs))


def command(clause: Clause) -> str:
    """What the model answers."""
    return " ; ".join(clause.actions)


def draw(split: str, count: int, seed: int) -> list[str]:
    """`count` different lines of one set, no two with the same English."""
    writer = Commands(random.Random(f"{seed} {split}"), split)
    found: dict[str, str] = {}
    while len(found) < count:
        clause = writer.sentence()
        means = command(clause)
        if found.setdefault(clause.said, means) != means:
            raise ValueError(f"{clause.said}: {means} and {found[clause.said]}")
    return [f"{said}\t{means}\t" for said, means in found.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--train", type=int, default=60_000)
    parser.add_argument("--dev", type=int, default=500)
    parser.add_argument("--test", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for split in ("test", "dev", "train"):
        lines = draw(split, getattr(options, split), options.seed)
        path = options.folder / f"{split}.tsv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(path, len(lines))


if __name__ == "__main__":
    main()
