"""English words and their phonemes, from the CMU Pronouncing Dictionary as Debian carries it.

    python tools/train/g2p.py cmudict-0.4.out models/g2p

Reads the Festival lexicon of the package festlex-cmu and writes train.tsv, dev.tsv and test.tsv:
`letters TAB phonemes TAB`, each separated by blanks, all pronunciations of a word on lines that
follow each other.  Stress and syllables are left out and the reduced vowel `ax` is `ah`, which
leaves the 39 phonemes of the dictionary.  Words that are not written in the letters a to z are
dropped.  A word belongs to the test set (10 %) or the dev set (2 %) by a hash of its letters.
"""

import argparse
import hashlib
import re
from pathlib import Path

ENTRY = re.compile(r'\("([a-z]+)" \S+ \((.*)\)\)$')


def read(path: Path) -> dict[str, list[str]]:
    """Word -> its different pronunciations, in the order of the file."""
    words: dict[str, list[str]] = {}
    for line in path.read_text(encoding="latin-1").splitlines():
        entry = ENTRY.match(line.strip())
        if entry is None:
            continue
        phonemes = re.findall("[a-z]+", entry[2])
        said = " ".join("ah" if phoneme == "ax" else phoneme for phoneme in phonemes)
        known = words.setdefault(entry[1], [])
        if said and said not in known:
            known.append(said)
    return words


def part(word: str) -> str:
    """The set that a word belongs to, whatever other words there are."""
    share = int(hashlib.sha256(word.encode()).hexdigest()[:8], 16) % 100
    return "test" if share < 10 else "dev" if share < 12 else "train"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lexicon", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    lines: dict[str, list[str]] = {"train": [], "dev": [], "test": []}
    for word, pronunciations in sorted(read(options.lexicon).items()):
        for said in pronunciations:
            lines[part(word)].append(f"{' '.join(word)}\t{said}\t")
    for name, rows in lines.items():
        text = "\n".join(rows) + "\n"
        (options.folder / f"{name}.tsv").write_text(text, encoding="utf-8")
        print(f"{name}: {len(rows)} pronunciations")


if __name__ == "__main__":
    main()
