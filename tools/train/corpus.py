"""Sentence files as padded token ids, grouped into few shapes so that little is compiled twice.

Source rows end with <eos>; target rows start with <bos> (decoder input) and end with <eos>.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from transformer import BOS, EOS, PAD

SPECIALS = ["<pad>", "<bos>", "<eos>"]
SHAPES = [(6, 9), (11, 14), (17, 21), (25, 31), (33, 41), (48, 56)]
WORD_SHAPES = [(6, 6), (8, 8), (9, 9), (11, 11), (24, 24)]


@dataclass
class Corpus:
    """Sentences as ids, gold alignments as (source, target) pairs, and the model's longest rows."""

    sources: list[list[int]]
    targets: list[list[int]]
    alignments: list[list[tuple[int, int]]]
    limits: tuple[int, int] = SHAPES[-1]
    shapes: list[tuple[int, int]] | None = None

    def __len__(self) -> int:
        return len(self.sources)


def read_lines(path: Path) -> list[list[str]]:
    """The three columns of each line."""
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def vocabulary(lines: list[list[str]], column: int) -> list[str]:
    """Specials, then all words of a column in alphabetical order."""
    return SPECIALS + sorted({word for line in lines for word in line[column].split()})


def encode(lines: list[list[str]], source_words: list[str], target_words: list[str]) -> Corpus:
    """Words to ids, with <eos> on both sides and <bos> on the target."""
    source_ids = {word: index for index, word in enumerate(source_words)}
    target_ids = {word: index for index, word in enumerate(target_words)}
    return Corpus(
        [[source_ids[word] for word in line[0].split()] + [EOS] for line in lines],
        [[BOS] + [target_ids[word] for word in line[1].split()] + [EOS] for line in lines],
        [[tuple(map(int, pair.split("-"))) for pair in line[2].split()] for line in lines],
    )


def pad(rows: list[list[int]], width: int) -> np.ndarray:
    """`[rows, width]`, int32."""
    padded = np.full((len(rows), width), PAD, "int32")
    for index, row in enumerate(rows):
        padded[index, : len(row)] = row
    return padded


def shape_of(corpus: Corpus, index: int) -> tuple[int, int]:
    """The smallest shape that holds the pair; the target is read one token short of its end."""
    source, target = len(corpus.sources[index]), len(corpus.targets[index]) - 1
    wide, high = next((s, t) for s, t in corpus.shapes or SHAPES if source <= s and target <= t)
    return min(wide, corpus.limits[0]), min(high, corpus.limits[1])


def batches(corpus: Corpus, tokens: int, rng: np.random.Generator | None):
    """Yields (indices, source, target) batches of about `tokens` target tokens.

    `target` has one column more than the decoder input.  With `rng` in random order and without
    incomplete batches (one compilation per shape), else in order and complete.
    """
    groups: dict[tuple[int, int], list[int]] = {}
    for index in range(len(corpus)):
        groups.setdefault(shape_of(corpus, index), []).append(index)
    plan = []
    for shape, members in sorted(groups.items()):
        size = tokens // shape[1]
        order = rng.permutation(members) if rng is not None else members
        cuts = [order[start : start + size] for start in range(0, len(order), size)]
        plan += [(shape, cut) for cut in cuts if rng is None or len(cut) == size]
    for place in rng.permutation(len(plan)) if rng is not None else range(len(plan)):
        shape, cut = plan[place]
        source = pad([corpus.sources[index] for index in cut], shape[0])
        yield cut, source, pad([corpus.targets[index] for index in cut], shape[1] + 1)
