"""What may be said of a scene: every acceptable caption, and which of its words name which objects.

A scene holds one or two groups of like objects.  Two groups stand in one relation; each may be
mentioned first:
```text
P                 a small red star | three small red stars
there is P        there are three small red stars
i see P

P rel Q           a small red star left of two big blue cars
there is P rel Q
P is rel Q
rel Q there is P
```
The meaning of an answer is right exactly if the answer is one of these.  In training a caption is
drawn with the weights below, the more striking group (bigger, then more; of equals the first drawn)
three times as often first: so the likeliest answer is clear of the next.
"""

from dataclasses import dataclass

COLOURS = ["red", "orange", "yellow", "green", "blue", "purple", "white", "black"]
KINDS = ["circle", "square", "triangle", "star", "heart", "cross",
         "ring", "house", "tree", "car", "fish", "moon"]  # fmt: skip
SIZES = ["small", "big"]
COUNTS = ["a", "two", "three", "four"]
OPPOSITE = {
    "left of": "right of", "right of": "left of", "above": "below", "below": "above",
    "in front of": "behind", "behind": "in front of",
}  # fmt: skip
RELATIONS = ["left of", "above", "in front of"]  # of the first group to the second
PLURAL = {"cross": "crosses", "fish": "fish"}
SPECIALS = ["<pad>", "<bos>", "<eos>"]
LONE_WEIGHTS = [0.55, 0.25, 0.2]
PAIR_WEIGHTS = [0.55, 0.2, 0.15, 0.1]
STRIKING_FIRST = 0.75


@dataclass(frozen=True)
class Group:
    """`count` objects of one size, colour and kind (indices into the lists above)."""

    count: int
    size: int
    colour: int
    kind: int

    @property
    def pair(self) -> tuple[int, int]:
        """What held-out combinations are made of."""
        return self.colour, self.kind

    def words(self) -> list[str]:
        """The noun comes last."""
        noun = KINDS[self.kind]
        if self.count > 1:
            noun = PLURAL.get(noun, noun + "s")
        return [COUNTS[self.count - 1], SIZES[self.size], COLOURS[self.colour], noun]

    def verb(self) -> str:
        return "is" if self.count == 1 else "are"


@dataclass(frozen=True)
class Caption:
    """`nouns`: (index of the word, index of the group that it names)."""

    words: tuple[str, ...]
    nouns: tuple[tuple[int, int], ...]
    weight: float

    def text(self) -> str:
        return " ".join(self.words)


def captions(groups: list[Group], relation: str | None) -> list[Caption]:
    """All that is acceptable, always in the same order; weights sum to 1."""
    if relation is None:
        p = (0, groups[0])
        forms = [[p], ["there", groups[0].verb(), p], ["i", "see", p]]
        return [joined(form, weight) for form, weight in zip(forms, LONE_WEIGHTS)]
    found = []
    for first, rel in ((0, relation), (1, OPPOSITE[relation])):
        p, q = (first, groups[first]), (1 - first, groups[1 - first])
        order = STRIKING_FIRST if first == striking(groups) else 1 - STRIKING_FIRST
        verb, rel = groups[first].verb(), rel.split()
        forms = [
            [p, *rel, q],
            ["there", verb, p, *rel, q],
            [p, verb, *rel, q],
            [*rel, q, "there", verb, p],
        ]
        found += [joined(form, order * weight) for form, weight in zip(forms, PAIR_WEIGHTS)]
    return found


def striking(groups: list[Group]) -> int:
    """Which of two groups is more often named first."""
    first, second = ((group.size, group.count) for group in groups)
    return int(second > first)


def joined(form: list, weight: float) -> Caption:
    """Words, and (group index, group) for its words, side by side."""
    words, nouns = [], []
    for part in form:
        if isinstance(part, str):
            words.append(part)
            continue
        index, group = part
        words += group.words()
        nouns.append((len(words) - 1, index))
    return Caption(tuple(words), tuple(nouns), weight)


def vocabulary() -> list[str]:
    """Specials, then all words in alphabetical order."""
    words = {"there", "is", "are", "i", "see", *COLOURS, *SIZES, *COUNTS, *KINDS}
    words |= {PLURAL.get(kind, kind + "s") for kind in KINDS}
    words |= {word for relation in OPPOSITE for word in relation.split()}
    return SPECIALS + sorted(words)
