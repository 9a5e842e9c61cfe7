"""BLEU-4 and CIDEr of answers by public scorers: sacrebleu, and `Cider` of pycocoevalcap.

    python tools/train/captioner_measures.py models/scenes --data target/scenes --answers target/scenes
    python tools/train/score_captions.py target/scenes/test.txt target/scenes/test.tsv

Answers stand one a line, in the order of the pictures; every acceptable caption is a reference.
CIDEr weighs n-grams by how few pictures' references have them, so it depends on the set as a whole.

    pip install -r tools/train/requirements-scores.txt     # pycocoevalcap: with --no-deps, no Java
"""

import argparse
from pathlib import Path

import sacrebleu
from pycocoevalcap.cider.cider import Cider


def references_of(path: Path) -> list[list[str]]:
    """All captions of each picture of a `.tsv`."""
    found: dict[int, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        index, caption, _ = line.split("\t")
        found.setdefault(int(index), []).append(caption)
    return [found[index] for index in sorted(found)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("answers", type=Path)
    parser.add_argument("captions", type=Path)
    options = parser.parse_args()
    answers = options.answers.read_text(encoding="utf-8").splitlines()
    references = references_of(options.captions)
    if len(answers) != len(references):
        raise SystemExit(f"{len(answers)} answers for {len(references)} pictures")
    right = sum(answer in known for answer, known in zip(answers, references))
    most = max(map(len, references))
    columns = [[known[k] if k < len(known) else None for known in references] for k in range(most)]
    bleu = sacrebleu.corpus_bleu(answers, columns, tokenize="none", force=True)
    numbered = {k: known for k, known in enumerate(references)}
    cider, _ = Cider().compute_score(numbered, {k: [said] for k, said in enumerate(answers)})
    print(f"meaning {right / len(answers):.4f} of {len(answers)}")
    print(f"BLEU-4 {bleu.score:.2f}")
    print(f"CIDEr {cider:.3f}")


if __name__ == "__main__":
    main()
