"""What Keras computes with convolutional encoders of random weights, one folder per variant.

    python tools/train/golden_pictures_keras.py tests/golden/pictures
"""

import argparse
from pathlib import Path

import numpy as np

import from_keras
import golden_cases
import golden_files as files
import golden_keras
import golden_picture_cases as cases
from keras_sides import Decoder
from keras_transformer_sides import TransformerDecoder
from transformer import keras, ops

ACTIVATIONS = {"relu": keras.activations.relu, "relu6": keras.activations.relu6, None: lambda x: x}
POOLS = {"max_pool": keras.layers.MaxPooling2D, "average_pool": keras.layers.AveragePooling2D}


class Encoder:
    """`Conv2D`, `DepthwiseConv2D`, `BatchNormalization` and pools, and what is added to what."""

    def __init__(self, case: dict):
        picture = case["encoder"]["picture"]
        self.mean, self.deviation = (
            np.array(picture[name], "float32") for name in ("mean", "deviation")
        )
        self.fields = case["encoder"]["layers"]
        bias = golden_cases.has_bias(case, "layers")
        self.layers = [self.layer(one, bias) for one in self.fields]
        self.norms = {
            index: keras.layers.BatchNormalization(epsilon=one["norm_epsilon"])
            for index, one in enumerate(self.fields)
            if one.get("norm")
        }

    @staticmethod
    def layer(one: dict, bias: bool):
        shared = {"padding": one.get("padding", "valid")}
        if one["kind"] in POOLS:
            return POOLS[one["kind"]](one["kernel"], one.get("stride"), **shared)
        shared["strides"] = one.get("stride", 1)
        if one["kind"] == "depthwise":
            return keras.layers.DepthwiseConv2D(one["kernel"], use_bias=bias, **shared)
        return keras.layers.Conv2D(one["channels"], one["kernel"], use_bias=bias, **shared)

    def __call__(self, pictures):
        """Bytes `[1, height, width, channels]` to `[1, places, width]`; no final state."""
        x, outputs = (ops.cast(pictures, "float32") / 255 - self.mean) / self.deviation, []
        for index, (one, layer) in enumerate(zip(self.fields, self.layers)):
            x = layer(x)
            if index in self.norms:
                x = self.norms[index](x, training=False)
            if "add" in one:
                x = x + outputs[one["add"]]
            x = ACTIVATIONS[one.get("activation")](x)
            outputs.append(x)
        return ops.reshape(x, (1, -1, x.shape[-1])), None

    def everything(self):
        yield from [*self.layers, *self.norms.values()]

    def randomise(self, rng):
        for layer in self.everything():
            for variable in layer.weights:
                variable.assign(files.filter_noise(variable.name, tuple(variable.shape), rng))

    def tensors(self):
        found = {}
        for index, (one, layer) in enumerate(zip(self.fields, self.layers)):
            if one["kind"] not in POOLS:
                found |= from_keras.convolution(layer, f"encoder.layers.{index}")
            if index in self.norms:
                norm = self.norms[index]
                found |= from_keras.normalisation(norm, f"encoder.layers.{index}.norm")
        return found


class Model(golden_keras.Model):
    """The same behind a picture."""

    def build(self, case: dict):
        decoder = TransformerDecoder if case["decoder"] == "transformer" else Decoder
        picture = case["encoder"]["picture"]
        shape = [picture[name] for name in ("height", "width", "channels")]
        return Encoder(case), decoder(case), np.zeros((1, *shape), "uint8")

    def encode(self, picture):
        return self.run("_encode", picture)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*", help="names of folders; else all")
    options = parser.parse_args()
    for name in options.only or cases.KERAS:
        files.write_pictures(options.folder / name, cases.KERAS[name], Model)


if __name__ == "__main__":
    main()
