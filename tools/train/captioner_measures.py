"""How good answers are: their meaning, and where attention lies while a noun is said.

    python tools/train/captioner_measures.py models/scenes --data target/scenes

meaning   share of pictures whose answer is one of the acceptable captions
pointing  share of the nouns said whose strongest place (its middle) lies in a box of the object;
          a noun that with the colour before it names nothing in the picture is a miss
mass      mean attention on places whose middles lie in a box, over the same nouns
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import jax
import numpy as np
from PIL import Image
from safetensors.numpy import load_file

import captioner
from scenes import SIDE, TILES, places_of
from scenes_words import KINDS, PLURAL, vocabulary

NOUNS = {word for kind in KINDS for word in (kind, PLURAL.get(kind, kind + "s"))}


@dataclass
class Answers:
    """A picture, what may be said, and the places of each (colour, noun)."""

    picture: np.ndarray
    captions: list[str]
    inside: dict[tuple[str, str], np.ndarray]


def read_set(folder: Path, which: str) -> list[Answers]:
    """`{which}.png` and `{which}.tsv`"""
    sheet = np.asarray(Image.open(folder / f"{which}.png"))
    found: dict[int, Answers] = {}
    for line in (folder / f"{which}.tsv").read_text(encoding="utf-8").splitlines():
        index, caption, boxes = line.split("\t")
        index, words = int(index), caption.split()
        if index not in found:
            y, x = index // TILES * SIDE, index % TILES * SIDE
            found[index] = Answers(sheet[y : y + SIDE, x : x + SIDE], [], {})
        found[index].captions.append(caption)
        for named in boxes.split():
            word, corners = named.split(":")
            corners = [tuple(map(int, box.split(","))) for box in corners.split("+")]
            noun = int(word)
            found[index].inside[words[noun - 1], words[noun]] = places_of(corners)
    return list(found.values())


def texts(tokens, words: list[str]) -> list[str]:
    """Answers without their specials."""
    ends = [list(row).index(2) if 2 in row else len(row) for row in tokens]
    return [" ".join(words[t] for t in row[:end]) for row, end in zip(tokens, ends)]


class Measures:
    """Greedy answers to a set, in batches."""

    def __init__(self, name: str, config: captioner.Config, pictures: list[Answers]):
        self.name, self.pictures = name, pictures
        self.words = vocabulary()
        longest = config.max_target_len
        self.greedy = jax.jit(lambda w, p: captioner.greedy(w, config, p, longest))

    def answer(self, w: dict, size: int = 100):
        """Texts and alignments of all pictures."""
        said, looked = [], []
        for at in range(0, len(self.pictures), size):
            some = np.stack([one.picture for one in self.pictures[at : at + size]])
            short = size - len(some)
            some = np.concatenate([some, np.zeros((short, *some.shape[1:]), "uint8")])
            tokens, alignments = self.greedy(w, some)
            said += texts(np.asarray(tokens)[: size - short], self.words)
            looked.append(np.asarray(alignments)[: size - short])
        return said, np.concatenate(looked)

    def figures(self, w: dict) -> tuple[float, float, float]:
        """Meaning, pointing, mass."""
        said, looked = self.answer(w)
        right = [text in one.captions for text, one in zip(said, self.pictures)]
        hits, masses = [], []
        for text, one, alignment in zip(said, self.pictures, looked):
            words = text.split()
            for at, word in enumerate(words):
                if at and word in NOUNS:
                    inside = one.inside.get((words[at - 1], word), np.zeros(64, bool))
                    hits.append(inside[alignment[at].argmax()])
                    masses.append(alignment[at][inside].sum())
        return float(np.mean(right)), float(np.mean(hits or [0])), float(np.mean(masses or [0]))

    def report(self, w: dict) -> str:
        right, pointing, mass = self.figures(w)
        return f"{self.name} {right:.4f} pointing {pointing:.4f} mass {mass:.4f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="the model")
    parser.add_argument("--data", type=Path, help="holds dev and test, if the folder does not")
    parser.add_argument("--answers", type=Path, help="gets {set}.txt, an answer a line")
    options = parser.parse_args()
    w = load_file(options.folder / "weights.safetensors")
    config = captioner.Config(len(vocabulary()))
    for which in ("dev", "test"):
        measures = Measures(which, config, read_set(options.data or options.folder, which))
        print(measures.report(w), f"of {len(measures.pictures)}")
        if options.answers:
            text = "\n".join(measures.answer(w)[0]) + "\n"
            (options.answers / f"{which}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
