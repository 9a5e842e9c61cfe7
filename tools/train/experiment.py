"""Three roads to attention, measured by source length with the command `regard`.

    cargo build --release -p regard-cli
    python tools/train/experiment.py

Converts each model folder, lets integers and float32 translate test.tsv and long.tsv, and writes
docs/experiment.json, the tables of docs/ROAD_TO_ATTENTION.md (between its two marks) and the figure
docs/road_to_attention.png.  Everything printed on the page comes from experiment.json.
Needs requirements-experiment.txt; nothing of Keras.
"""

import argparse
import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

from sacrebleu.metrics import BLEU

import experiment_page

NAMES = {
    "eng-fra-plain": "GRU without attention",
    "eng-fra-additive": "GRU with additive attention",
    "eng-fra": "Transformer",
}
BINS = [(low, low + 4) for low in range(1, 40, 5)] + [(41, 47)]
END = "<eos>"


class Pair:
    """A source sentence, its length in tokens, and the tokens of its translation."""

    def __init__(self, line: str):
        self.source, target = line.split("\t")[:2]
        self.length, self.target = len(self.source.split()), target.split()


def pairs_of(path: Path, every: int) -> list[Pair]:
    """Every so manieth line of a sentence file."""
    return [Pair(line) for line in path.read_text(encoding="utf-8").splitlines()[::every]]


def answers(regard: Path, model: Path, folder: Path, pairs: list[Pair], *more: str) -> list:
    """The tokens that a model says for each source, end mark included."""
    files = ["--weights", folder / "weights.safetensors", "--config", folder / "model.json"]
    sources = "".join(f"{pair.source}\n" for pair in pairs)
    said = subprocess.run([regard, "run", model, "--json", *more, *files], input=sources,
                          stdout=subprocess.PIPE, encoding="utf-8", check=True)  # fmt: skip
    found = [json.loads(line)["words"] for line in said.stdout.splitlines()]
    if len(found) != len(pairs):
        raise ValueError(f"{folder}: {len(found)} answers to {len(pairs)} sentences")
    return found


def measure(pairs: list[Pair], said: list[list[str]]) -> dict:
    """Exact answers and corpus BLEU; an answer that never ends is not exact."""
    exact = sum(words == [*pair.target, END] for pair, words in zip(pairs, said))
    told = [" ".join(word for word in words if word != END) for words in said]
    bleu = metric().corpus_score(told, [[" ".join(pair.target) for pair in pairs]])
    return {"sentences": len(pairs), "exact": exact, "exact_percent": 100 * exact / len(pairs),
            "bleu": bleu.score}  # fmt: skip


def metric() -> BLEU:
    """Corpus BLEU on the tokens as they are; sentences are tokenized already."""
    return BLEU(tokenize="none", force=True)


def by_length(pairs: list[Pair], said: list[list[str]]) -> dict:
    """All sentences, and each bin that has some."""
    bins = []
    for low, high in BINS:
        inside = [i for i, pair in enumerate(pairs) if low <= pair.length <= high]
        if inside:
            found = measure([pairs[i] for i in inside], [said[i] for i in inside])
            bins.append({"from": low, "to": high} | found)
    return {"all": measure(pairs, said), "bins": bins}


def parameters(path: Path) -> int:
    """Trained numbers of a safetensors file, whose head is its length and JSON."""
    data = path.read_bytes()
    head = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    head.pop("__metadata__", None)
    counts = [1] * len(head)
    for at, tensor in enumerate(head.values()):
        for size in tensor["shape"]:
            counts[at] *= size
    return sum(counts)


def system(regard: Path, folder: Path, pairs: list[Pair]) -> dict:
    """Everything that is measured of one model."""
    weights = folder / "weights.safetensors"
    with tempfile.TemporaryDirectory() as made:
        model = Path(made) / "model.rgd"
        convert = [regard, "convert", weights, "--config", folder / "model.json", "-o", model]
        subprocess.run(convert, stdout=subprocess.DEVNULL, check=True)
        shown = subprocess.run([regard, "inspect", model, "--json"], stdout=subprocess.PIPE,
                               encoding="utf-8", check=True)  # fmt: skip
        integers = answers(regard, model, folder, pairs)
        floats = answers(regard, model, folder, pairs, "--float")
    sizes = json.loads(shown.stdout)
    return {
        "name": NAMES.get(folder.name, folder.name),
        "folder": folder.name,
        "weights_sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "parameters": parameters(weights),
        "flash_bytes": sizes["flash_bytes"],
        "arena_bytes": sizes["arena_bytes"],
        "same_answer": sum(a == b for a, b in zip(integers, floats)),
        "integer": by_length(pairs, integers),
        "float": by_length(pairs, floats),
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    models = [Path("models") / name for name in NAMES]
    data = [Path("models/eng-fra") / name for name in ("test.tsv", "long.tsv")]
    parser.add_argument("folders", type=Path, nargs="*", default=models, help="model folders")
    parser.add_argument("--data", type=Path, nargs="+", default=data, help="sentence files")
    parser.add_argument("--regard", type=Path, default=Path("target/release/regard"))
    parser.add_argument("--every", type=int, default=1, help="only each N-th sentence, for a try")
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="where to write")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    pairs = [pair for path in options.data for pair in pairs_of(path, options.every)]
    systems = []
    for folder in options.folders:
        systems.append(system(options.regard.resolve(), folder, pairs))
        for kind in ("integer", "float"):
            found = systems[-1][kind]["all"]
            print(f"{folder}, {kind}: exact {found['exact']} of {found['sentences']}, "
                  f"BLEU {found['bleu']:.2f}", flush=True)  # fmt: skip
    score = metric()
    score.corpus_score(["a"], [["a"]])
    signature = str(score.get_signature())
    print(f"BLEU signature {signature}")
    report = {"bleu_signature": signature, "sentences": len(pairs), "systems": systems}
    experiment_page.write(options.docs, report)


if __name__ == "__main__":
    main()
