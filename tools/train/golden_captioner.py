"""What `captioner.py` computes with trained weights: `golden.safetensors` of one model folder.

    python tools/train/golden_captioner.py models/scenes --pictures 24

`pictures` [n, height, width, channels], bytes; for picture k `{k}.target`, `{k}.encoder`,
`{k}.logits` and `{k}.alignment` as in `golden.py`, the memory's rows being places.
"""

import argparse
import json
from pathlib import Path

import jax
import numpy as np
from safetensors.numpy import load_file

import captioner
import golden_files as files
from captioner_measures import read_set, texts
from transformer import EOS


class Model:
    """Weights of a folder behind `captioner.py`, for `golden_files.greedy`."""

    def __init__(self, folder: Path):
        self.fields = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        self.weights = load_file(folder / "weights.safetensors")
        self.config = captioner.Config(len(self.fields["target"]["words"]))
        expected = self.config.as_json()
        said = {name: self.fields[name] for name in expected}
        if said != expected:
            raise ValueError(f"{folder}/model.json says {said}, not {expected}")
        shapes = {name: value.shape for name, value in self.weights.items()}
        if shapes != captioner.shapes(self.config):
            raise ValueError(f"{folder}: {shapes.items() ^ captioner.shapes(self.config).items()}")
        self._memory = jax.jit(lambda w, p: captioner.encode(w, self.config, p)[0])
        self._start = jax.jit(captioner.start)
        self._step = jax.jit(self.one)

    @staticmethod
    def one(w, state, token, memory):
        y = w["decoder.embedding.weight"][token][None]
        keys = captioner.keys_of(w, memory)
        state, read, alignment = captioner.step(w, state, y, memory, keys)
        return state, captioner.logits_of(w, read, y)[0], alignment[0]

    def encode(self, picture):
        memory = self._memory(self.weights, picture[None])
        return memory[0], self._start(self.weights, memory)

    def step(self, state, token, memory):
        return self._step(self.weights, state, token, memory[None])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=24)
    options = parser.parse_args()
    model = Model(options.folder)
    answers = sorted(read_set(options.folder, "test"), key=lambda a: len(a.captions[0].split()))
    chosen = np.linspace(0, len(answers) - 1, options.pictures).astype(int)
    pictures = [np.ascontiguousarray(answers[index].picture) for index in chosen]
    records = files.pictured(model, pictures, model.config.max_target_len)
    files.save_tensors(options.folder / "golden.safetensors", records)
    words = model.fields["target"]["words"]
    for k in range(0, len(pictures), 4):
        target = records[f"{k}.target"]
        said = texts([target[target != EOS]], words)[0]
        print(answers[chosen[k]].captions[0], "->", said)


if __name__ == "__main__":
    main()
