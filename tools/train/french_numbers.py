"""Numbers in digits, and how they are said in French: what small models learn in minutes.

    python tools/train/french_numbers.py tests/golden/numbers.tsv

    2 7 1 8 0 ─► vingt sept mille cent quatre vingts

Each digit is a word, and so is each part of a compound; `et` stands before un and onze alone, and
cents and vingts have their s only where nothing follows.  A model has to look at a digit, at how
many follow it and at the one before.  A seventh of the numbers is for tests and never learned;
the file has 200 of these.
Spelling of before 1990 without its hyphens; no milliard, so numbers have at most six digits.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

ONES = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
).split()
TENS = ["", "dix", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante"]
DIGITS = [str(digit) for digit in range(10)]
SAID = [*ONES, *TENS[2:7], "vingts", "et", "cent", "cents", "mille"]
LONGEST_SOURCE, LONGEST_TARGET = 7, 14  # with the end mark


def below_hundred(n: int, last: bool) -> list[str]:
    """`last`: no word follows it."""
    if n < 17:
        return [ONES[n]]
    ten, one = divmod(n, 10)
    if n >= 80:
        return ["quatre", "vingts"] if n == 80 and last else [
            "quatre", "vingt", *(below_hundred(n - 80, last) if n > 80 else [])]  # fmt: skip
    if ten == 7:
        ten, one = 6, one + 10
    link = ["et"] if one in (1, 11) and ten > 1 else []
    return [TENS[ten], *link, *(below_hundred(one, last) if one else [])]


def below_thousand(n: int, last: bool) -> list[str]:
    hundred, rest = divmod(n, 100)
    said = [ONES[hundred]] if hundred > 1 else []
    if hundred:
        said.append("cents" if hundred > 1 and not rest and last else "cent")
    return said + (below_hundred(rest, last) if rest or not hundred else [])


def spelled(n: int) -> list[str]:
    """The words of a number below a million."""
    thousand, rest = divmod(n, 1000)
    said = below_thousand(thousand, False) if thousand > 1 else []
    said += ["mille"] if thousand else []
    return said + (below_thousand(rest, True) if rest or not thousand else [])


def drawn(rng: np.random.Generator, tests: bool = False, digits: int | None = None) -> int:
    """As many of each number of digits, if not of the given one."""
    while True:
        size = digits or rng.integers(1, 7)
        n = int(rng.integers(10 ** (size - 1) if size > 1 else 0, 10**size))
        if (n % 7 == 3 and n > 99) == tests:
            return n


class Words:
    """Ids of all words, with marks around them; `marks` has `pad`, `start` and `end`."""

    def __init__(self, before: list[str], after: list[str] = (), **marks: int):
        self.all = [*before, *DIGITS, *SAID, *after]
        self.ids = {word: i for i, word in enumerate(self.all)}
        self.pad, self.start, self.end = marks["pad"], marks["start"], marks["end"]

    def pair(self, n: int) -> tuple[list[int], list[int]]:
        """Ids of both sides, each with its end mark."""
        source, target = ([self.ids[word] for word in side] for side in (str(n), spelled(n)))
        return [*source, self.end], [*target, self.end]

    def batch(self, rng: np.random.Generator, size: int, one_length: bool):
        """Padded ids of both sides, `[size, S]` and `[size, T]`."""
        digits = rng.integers(1, 7) if one_length else None
        pairs = [self.pair(drawn(rng, digits=digits)) for _ in range(size)]
        return tuple(
            nn.utils.rnn.pad_sequence([torch.tensor(one) for one in side], True, self.pad)
            for side in zip(*pairs)
        )


def write_pairs(path: Path, count: int) -> None:
    """Numbers that no model has learned, and what is right."""
    rng = np.random.default_rng(99)
    numbers = sorted({drawn(rng, True) for _ in range(count)})
    lines = [f"{' '.join(str(n))}\t{' '.join(spelled(n))}\n" for n in numbers]
    path.write_text("".join(lines), encoding="utf-8")


def right(say, words: Words, count: int = 200) -> int:
    """Of how many unlearned numbers `say(source)` is the target."""
    rng = np.random.default_rng(5)
    pairs = [words.pair(drawn(rng, True)) for _ in range(count)]
    return sum(say(source) == target for source, target in pairs)


def learn(module: nn.Module, words: Words, loss, steps: int, rate: float, one_length=False) -> None:
    """AdamW (arXiv 1711.05101), a warm-up, half a cosine down to zero.

    `loss(source, target)` is that of a batch; `one_length`: without padding in its source.
    """
    module.train()
    optimizer = torch.optim.AdamW(module.parameters(), lr=rate, weight_decay=0.01)
    warm = steps // 20
    factor = lambda at: min((at + 1) / warm, 0.5 + 0.5 * np.cos(np.pi * at / steps))  # noqa: E731
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    for at in range(steps):
        value = loss(*words.batch(np.random.default_rng([7, at]), 64, one_length))
        optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if at % 500 == 0 or at == steps - 1:
            print(f"{at:5} {value.item():.4f}", flush=True)
    module.eval()


if __name__ == "__main__":
    write_pairs(Path(sys.argv[1]), 200)
