"""Transformer sides out of `transformer.py`, with random weights; `export.py` names the tensors."""

import numpy as np

import export
import golden_cases as cases
from keras_output import Output
from keras_random import randomise
from random_models import fill
from transformer import Config, Side, ops


class TransformerEncoder:
    """A side of `transformer.py`."""

    states = 0

    def __init__(self, case: dict):
        self.config = config_of(case)
        self.side = Side(self.config, cross=False)

    def __call__(self, source):
        present = np.ones((1, 1, source.shape[1]), bool)
        return self.side(source, present)[0], None

    def everything(self):
        yield self.side

    def randomise(self, rng):
        fill(export.side_variables(self.side, self.config), self.config.d_model, rng)

    def tensors(self):
        return side_tensors(self.side, self.config)


class TransformerDecoder:
    """A side of `transformer.py`, which reads everything again at each step."""

    attention = None

    def __init__(self, case: dict):
        self.config = config_of(case)
        self.side = Side(self.config, cross=True)
        self.layer = case["alignment_layer"]
        self.output = Output(case)

    def start(self, encoder, memory, finals):
        """What was read, and how much of it."""
        return ops.full((1, self.config.max_target_len), cases.EOS, "int32"), 0

    def __call__(self, state, token, memory):
        (read, at), _ = state
        read = ops.slice_update(read, (0, at), ops.reshape(token, (1, 1)))
        length = read.shape[1]
        causal = np.tril(np.ones((1, length, length), bool))
        present = np.ones((1, 1, memory.shape[1]), bool)
        x, alignments = self.side(read, causal, memory, present)
        alignment = ops.mean(alignments[self.layer][0], 0)[at]
        logits = self.output(x, self.side.embedding)[0, at]
        return ((read, at + 1), memory[:, 0]), logits, alignment

    def everything(self):
        yield from [self.side, self.output.dense]

    def randomise(self, rng):
        fill(export.side_variables(self.side, self.config), self.config.d_model, rng)
        randomise(self.output.dense, True, rng)

    def tensors(self):
        return side_tensors(self.side, self.config) | self.output.tensors()


def config_of(case: dict) -> Config:
    """The fields of a Transformer side."""
    known = {name: case[name] for name in Config.__dataclass_fields__ if name in case}
    return Config(**known)


def side_tensors(side: Side, config: Config) -> dict[str, np.ndarray]:
    """Under the names of `export.py`."""
    return {
        name: to_tensor(np.asarray(variable.value))
        for name, (variable, to_tensor, _) in export.side_variables(side, config).items()
    }
