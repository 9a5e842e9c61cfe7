"""What Keras computes with recurrent models of random weights, one folder per variant.

    python tools/train/golden_keras.py tests/golden/recurrent
"""

import argparse
from pathlib import Path

import jax
import numpy as np

import golden_cases as cases
import golden_files as files
from keras_sides import Decoder, Encoder
from keras_transformer_sides import TransformerDecoder, TransformerEncoder
from transformer import keras, ops


class Model:
    """Both sides."""

    def __init__(self, case: dict):
        self.encoder, self.decoder, source = self.build(case)
        memory, finals = self.encoder(source)
        first = self.decoder.start(self.encoder, memory, finals)
        self.decoder((first, memory[:, 0]), cases.BOS, memory)
        layers = [*self.encoder.everything(), *self.decoder.everything()]
        self.variables = [variable for layer in layers for variable in layer.weights]
        if self.decoder.attention and self.decoder.attention.kind == "scaled":
            self.decoder.attention.layer.scale.assign(memory.shape[-1] ** -0.5)
        self.jitted = {name: self.jit(name) for name in ("_encode", "_step")}

    def build(self, case: dict):
        """Both, and a source for the encoder to be built with."""
        attends = [case[side] == "transformer" for side in ("encoder", "decoder")]
        encoder = (TransformerEncoder if attends[0] else Encoder)(case)
        decoder = (TransformerDecoder if attends[1] else Decoder)(case)
        return encoder, decoder, ops.array([[cases.EOS]])

    def jit(self, name: str):
        """A method, compiled with the variables as arguments."""

        def call(values, *arguments):
            with keras.StatelessScope(state_mapping=list(zip(self.variables, values))):
                return getattr(self, name)(*arguments)

        return jax.jit(call)

    def run(self, name: str, *arguments):
        return self.jitted[name]([variable.value for variable in self.variables], *arguments)

    def randomise(self, rng):
        self.encoder.randomise(rng)
        self.decoder.randomise(rng)

    def _encode(self, source):
        memory, finals = self.encoder(source[None])
        first = self.decoder.start(self.encoder, memory, finals)
        return memory[0], (first, ops.zeros_like(memory[:, 0]))

    def _step(self, state, token, memory):
        return self.decoder(state, token, memory[None])

    def encode(self, source):
        return self.run("_encode", np.array(source))

    def step(self, state, token, memory):
        return self.run("_step", state, token, memory)

    def tensors(self):
        return self.encoder.tensors() | self.decoder.tensors()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*", help="names of folders; else all")
    options = parser.parse_args()
    for name in options.only or cases.KERAS:
        files.write(options.folder / name, cases.KERAS[name], Model)


if __name__ == "__main__":
    main()
