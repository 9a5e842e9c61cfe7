"""Captioners of Keras as `save_weights` keeps them: those of `golden_pictures_keras.py`, in a class of one's own.

    KERAS_BACKEND=jax python tools/train/golden_pictures_saved.py tests/golden/pictures

Beside `weights.safetensors` of each folder it writes `model.weights.h5`, of the very same numbers.
"""

import argparse
import tempfile
from pathlib import Path

import golden_files as files
import golden_picture_cases as cases
from golden_pictures_keras import POOLS, Model
from transformer import keras

NAMES = ("keras-same", "keras-mobile")


class Side(keras.layers.Layer):
    """Layers under the names that docs/CONVERT.md asks for."""

    def __init__(self, parts: dict):
        super().__init__()
        for name, part in parts.items():
            if part:
                setattr(self, name, part)
        self.built = True


class Bias(keras.layers.Layer):
    """What is left of an output layer whose matrix is the embedding."""

    def __init__(self, dense):
        super().__init__()
        self.bias = self.add_weight(shape=dense.bias.shape)
        self.bias.assign(dense.bias)
        self.built = True


class Captioner(keras.Model):
    def __init__(self, model: Model):
        super().__init__()
        encoder, decoder = model.encoder, model.decoder
        kept = zip(encoder.fields, encoder.layers)
        convolutions = [layer for one, layer in kept if one["kind"] not in POOLS]
        self.encoder = Side({"filters": convolutions, "norms": list(encoder.norms.values())})
        attention = decoder.attention
        parts = dict(attention.dense)
        if attention.kind == "additive":
            parts["energy"] = attention.layer
        self.decoder = Side({
            "embedding": decoder.embedding, "rnn": decoder.layers[0],
            "attention": Side(parts) if parts else None, "bridge": decoder.bridges[0],
            "bridge_cell": decoder.bridges[1],
            "context_gate": decoder.gate, "readout": decoder.readout,
        })  # fmt: skip
        self.logits = Bias(decoder.output.dense) if decoder.output.tied else decoder.output.dense
        self.built = True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name in NAMES:
        made = []

        def build(case: dict) -> Model:
            made.append(Model(case))
            return made[0]

        with tempfile.TemporaryDirectory() as again:
            files.write_pictures(Path(again) / name, cases.KERAS[name], build)
            same = (Path(again) / name / "weights.safetensors").read_bytes()
        if same != (folder / name / "weights.safetensors").read_bytes():
            raise ValueError(f"{name}: these are not the weights of its folder")
        Captioner(made[0]).save_weights(folder / name / "model.weights.h5")


if __name__ == "__main__":
    main()
