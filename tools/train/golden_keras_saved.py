"""Files of Keras 3 as people have them, and what Keras computes: tests/golden/keras.

    python tools/train/golden_keras_saved.py tests/golden/keras

Each folder has a model as `save` or `save_weights` wrote it, and `golden.safetensors` as
`golden_files.py` says. Those whose name ends in `-trained` were trained for a minute to say a
sequence of digits backwards; `regard convert` reads them all (docs/CONVERT.md).
"""

import argparse
import json
from pathlib import Path

import numpy as np

import golden_files as files
from keras_saved_models import MODELS

LENGTHS = (4, 7, 9, 3)
TRIES = 3000


def greedy(model, source: list[int]) -> dict:
    """The tensors of one sentence."""
    said = [model.bos]
    while len(said) <= model.longest and (said[-1] != model.eos):
        memory, logits, alignment = model.look(np.array([source]), np.array([said]))
        said.append(int(logits[-1].argmax()))
    return {
        "source": np.array(source, "int32"), "target": np.array(said[1:], "int32"),
        "encoder": memory, "logits": logits, "alignment": alignment,
    }  # fmt: skip


def telling(records: list[dict], trained: bool) -> bool:
    """No close calls, and several answers."""
    best = [np.sort(record["logits"], -1)[:, -2:] for record in records]
    said = [tuple(record["target"]) for record in records]
    close = min((top[:, 1] - top[:, 0]).min() for top in best) < 0.01
    return not close and len(set(said)) >= 3 and (trained or len(set().union(*said)) >= 4)


def sources(model, rng) -> list[list[int]]:
    """With an end mark where the model was trained on one."""
    ends = [model.eos] if hasattr(model, "train") else []
    return [[*rng.integers(model.first, model.words, n).tolist(), *ends] for n in LENGTHS]


def write(folder: Path, name: str) -> None:
    trained = name.endswith("-trained")
    model = MODELS[name]()
    for attempt in range(1 if trained else TRIES):
        rng = np.random.default_rng([len(name), attempt])
        asked = sources(model, rng)
        if trained:
            model.train(rng)
        else:
            model.randomise(rng)
        records = [greedy(model, source) for source in asked]
        if telling(records, trained):
            break
    else:
        raise ValueError(f"{name}: no weights tell much")
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder)
    if hasattr(model, "fields"):
        text = json.dumps(model.fields(), ensure_ascii=False, indent=1)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")
    if hasattr(model, "lists"):
        for side, words in model.lists().items():
            (folder / f"{side}.txt").write_text("\n".join(words), encoding="utf-8")
    files.save_golden(folder, records)
    pairs = [(r["source"].tolist(), r["target"].tolist()) for r in records]
    print(name, attempt, *pairs, sep="\n  ", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*", help="names of folders; else all")
    options = parser.parse_args()
    for name in options.only or MODELS:
        write(options.folder / name, name)


if __name__ == "__main__":
    main()
