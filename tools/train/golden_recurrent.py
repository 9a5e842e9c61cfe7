"""What `recurrent.py` computes with trained weights: `golden.safetensors` of one model folder.

    python tools/train/golden_recurrent.py models/g2p --sentences 32
    python tools/train/golden_recurrent.py models/eng-fra-plain --data models/eng-fra

The tensors are those of `golden.py`; without attention the alignment is zeros.
"""

import argparse
import json
from pathlib import Path

import jax
import numpy as np
from safetensors.numpy import load_file

import golden_files as files
import recurrent
from corpus import encode, read_lines
from golden import spread
from transformer import EOS


class Model:
    """Weights of a folder behind `recurrent.forward`, for `golden_files.greedy`.

    The decoder reads rows of one length; what stands behind the last token read changes nothing.
    """

    def __init__(self, folder: Path):
        self.fields = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        self.weights = load_file(folder / "weights.safetensors")
        self.config = configuration(self.fields)
        expected = recurrent.shapes(self.config)
        found = {name: value.shape for name, value in self.weights.items()}
        if found != expected:
            raise ValueError(f"{folder}: {found.items() ^ expected.items()}")
        self.memory = jax.jit(lambda w, source: recurrent.encode(w, self.config, source)[0])
        self.forward = jax.jit(lambda w, *ids: recurrent.forward(w, self.config, *ids))

    def encode(self, source):
        source = np.array([source], "int32")
        read = np.full((1, self.config.max_target_len), EOS, "int32")
        return self.memory(self.weights, source)[0], (source, read, 0)

    def step(self, state, token, memory):
        source, read, at = state
        read[0, at] = token
        logits, alignment = self.forward(self.weights, source, read)
        alignment = alignment[0, at] if self.config.d_attention else None
        return (source, read, at + 1), logits[0, at], alignment

    def answer(self, target) -> str:
        """Words of a target."""
        return " ".join(self.fields["target"]["words"][token] for token in target if token != EOS)


def configuration(fields: dict) -> recurrent.Config:
    """Of `model.json`, which must say what `recurrent.py` computes."""
    encoder, decoder = fields["encoder"], fields["decoder"]
    config = recurrent.Config(
        source_size=len(fields["source"]["words"]),
        target_size=len(fields["target"]["words"]),
        encoder_hidden=encoder["hidden"],
        encoder_layers=encoder["layers"],
        decoder_hidden=decoder["hidden"],
        d_attention=(decoder["attention"] or {"d_attention": 0})["d_attention"],
        d_readout=decoder["readout"] or 0,
        **{name: fields[name] for name in ("d_embedding", "tied_output")},
        **{name: fields[name] for name in ("max_source_len", "max_target_len")},
    )
    gru = {"reset": "after"}
    usual = {
        "encoder": gru | {"directions": "forward", "merge": "concat"},
        "decoder": gru | {"bridge_activation": "tanh"},
    }
    for side, said in (("encoder", encoder), ("decoder", decoder)):
        if usual[side] | said != usual[side] | config.as_json()[side]:
            raise ValueError(f"{side} is {said}, not {config.as_json()[side]}")
    return config


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sentences", type=int, default=32)
    parser.add_argument("--data", type=Path, help="holds test.tsv, if the folder does not")
    options = parser.parse_args()
    model = Model(options.folder)
    lines = spread(read_lines((options.data or options.folder) / "test.tsv"), options.sentences)
    words = (model.fields[side]["words"] for side in ("source", "target"))
    sources = encode(lines, *words).sources
    records = [files.greedy(model, source, model.config.max_target_len) for source in sources]
    files.save_golden(options.folder, records)
    for line, record in zip(lines[::4], records[::4]):
        print(line[0], "->", model.answer(record["target"]))


if __name__ == "__main__":
    main()
