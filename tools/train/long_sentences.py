"""Writes held-out sentences longer than any in training: `long.tsv`.

    python tools/train/long_sentences.py models/eng-fra

41 to 47 English tokens, each length as often: with the end mark 48, the longest source of the
models.  Their French has at most 55 tokens, 56 with the end mark.  All (verb, object noun)
combinations belong to the test set, as in test.tsv.
"""

import argparse
from pathlib import Path

from sentences import draw

OPTIONS = argparse.Namespace(seed=2, core=False, shortest=41, longest=47, longest_target=55)
COUNT = 105


def lines() -> list[str]:
    """English, French and alignment of each sentence."""
    return draw("test", COUNT, OPTIONS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    path = parser.parse_args().folder / "long.tsv"
    path.write_text("\n".join(lines()) + "\n", encoding="utf-8")
    print(path, COUNT)


if __name__ == "__main__":
    main()
