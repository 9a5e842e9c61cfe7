"""JAX, PyTorch and Keras mean the same by the same names; the cases leave no choice out."""

import unittest
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

import from_keras
import golden_cases as cases
import golden_files as files
from golden_recurrent import Model
from transformer import keras, ops

FOLDERS = Path(__file__).parents[2] / "tests/golden/recurrent"
ALL = cases.TORCH | cases.KERAS


def choices(field: str, side: str | None = None) -> set:
    """The values of a field of recurrent sides, or of all cases."""
    found = [case.get(side, {}) if side else case for case in ALL.values()]
    values = [one.get(field) for one in found if isinstance(one, dict)]
    return {tuple(value) if isinstance(value, list) else value for value in values}


class Agreement(unittest.TestCase):
    def test_jax_computes_what_pytorch_computes(self):
        model = Model(FOLDERS / "torch-gru-additive")
        golden = load_file(FOLDERS / "torch-gru-additive/golden.safetensors")
        for k in range(len(cases.LENGTHS)):
            record = files.greedy(model, golden[f"{k}.source"].tolist(), 10)
            np.testing.assert_array_equal(record["target"], golden[f"{k}.target"])
            for name in ("encoder", "logits", "alignment"):
                np.testing.assert_allclose(record[name], golden[f"{k}.{name}"], 0, 1e-5)


class FromKeras(unittest.TestCase):
    def test_layouts(self):
        layer = keras.layers.Bidirectional(keras.layers.GRU(3))
        layer(ops.zeros((1, 2, 5)))
        shapes = {name: value.shape for name, value in from_keras.cell(layer, "e", "l1").items()}
        one = {"e.kernel_l1": (5, 9), "e.recurrent_kernel_l1": (3, 9), "e.bias_l1": (2, 9)}
        self.assertEqual(shapes, one | {f"{name}_reverse": one[name] for name in one})
        said = {"cell": "gru", "hidden": 3, "reset": "after"}
        both = {"directions": "both", "merge": "concat"}
        self.assertEqual(from_keras.described(layer), said | both)

    def test_other_activations_are_refused(self):
        layer = keras.layers.SimpleRNN(3, activation="relu")
        layer(ops.zeros((1, 2, 5)))
        with self.assertRaisesRegex(ValueError, "activation must be tanh"):
            from_keras.cell(layer, "e")


class Cases(unittest.TestCase):
    def test_every_cell_comes_from_both_frameworks(self):
        for framework in (cases.TORCH, cases.KERAS):
            for side in ("encoder", "decoder"):
                sides = [case[side] for case in framework.values() if case[side] != "transformer"]
                self.assertEqual({one["cell"] for one in sides}, {"rnn", "gru", "lstm"})

    def test_every_choice_is_made(self):
        self.assertEqual(choices("merge", "encoder"), {None, "concat", "sum"})
        self.assertEqual(choices("directions", "encoder"), {None, "forward", "both"})
        self.assertEqual(choices("start", "decoder"), {"zero", "last", "bridge", "mean", "cells"})
        self.assertEqual(choices("bridge_activation", "decoder"), {None, "tanh", "none"})
        for side in ("encoder", "decoder"):
            self.assertEqual(choices("reset", side), {None, "after", "before"})
            self.assertEqual(choices("layers", side), {1, 2})
        decoders = [case["decoder"] for case in ALL.values() if case["decoder"] != "transformer"]
        attention = [one["attention"] for one in decoders if one["attention"]]
        kinds = {(one["kind"], one.get("query", "previous")) for one in attention}
        self.assertEqual({kind for kind, _ in kinds}, {"additive", "dot", "general", "scaled"})
        self.assertEqual(len(kinds), 8)
        reads = choices("output_reads", "decoder")
        state, context, embedding = "state", "context", "embedding"
        self.assertEqual(reads, {
            (state,), (context,), (state, context), (state, embedding), (context, embedding),
            (state, context, embedding),
        })  # fmt: skip


if __name__ == "__main__":
    unittest.main()
