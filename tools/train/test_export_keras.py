"""A model in memory, its `.keras` and its `.weights.h5` give the same tensors, bit for bit; what
the engine would compute otherwise is refused, in one sentence."""

import contextlib
import io
import json
import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

import numpy as np
from safetensors.numpy import load_file

import export_keras
import from_keras
from transformer import keras, ops

L = keras.layers


def translator() -> keras.Model:
    """Two recurrent layers of both directions, and a decoder that attends."""
    source = keras.Input((None,), dtype="int32", name="source")
    target = keras.Input((None,), dtype="int32", name="target")
    memory = L.Embedding(11, 4, mask_zero=True, name="source_embedding")(source)
    both = {"return_sequences": True, "dropout": 0.1}
    memory = L.Bidirectional(L.GRU(3, **both), merge_mode="sum", name="encoder_0")(memory)
    memory = L.Bidirectional(L.GRU(3, **both), merge_mode="sum", name="encoder_1")(memory)
    first = L.GlobalAveragePooling1D()(memory)
    states = [L.Dense(5, "tanh", name=name)(first) for name in ("bridge", "bridge_cell")]
    state = L.Embedding(12, 4, name="target_embedding")(target)
    state = L.LSTM(5, return_sequences=True, name="decoder")(state, initial_state=states)
    query = L.Dense(7, name="query")(state)
    key = L.Dense(7, use_bias=False, name="key")(memory)
    context = L.AdditiveAttention(name="energy")([query, memory, key])
    read = L.Dense(6, "tanh", name="readout")(L.Concatenate()([state, context]))
    words = L.TimeDistributed(L.Dense(12, "softmax"), name="words")(read)
    model = keras.Model([source, target], words)
    return randomised(model)


def randomised(model):
    rng = np.random.default_rng(1)
    for variable in model.weights:
        variable.assign(rng.standard_normal(tuple(variable.shape)))
    return model


MAP = {
    "source_embedding": "encoder.embedding",
    "encoder_0": {"to": "encoder.rnn", "cell": "gru"},
    "encoder_1": {"to": "encoder.rnn", "layer": 1, "cell": "gru"},
    "bridge": "decoder.bridge.0",
    "bridge_cell": "decoder.bridge_cell.0",
    "target_embedding": "decoder.embedding",
    "decoder": {"to": "decoder.rnn", "cell": "lstm"},
    "query": "decoder.attention.query",
    "key": "decoder.attention.key",
    "energy": "decoder.attention.energy",
    "readout": "decoder.readout",
    "words": "output",
}


class Own(keras.Model):
    """Layers inside a class of one's own, which `config.json` does not describe."""

    def __init__(self):
        super().__init__()
        self.table = L.Embedding(5, 3)
        self.cell = L.GRUCell(4)
        self.V = L.Dense(1)

    def call(self, tokens):
        rows = self.table(tokens)[:, 0]
        return self.V(self.cell(rows, [ops.zeros((1, 4))])[0])


@keras.saving.register_keras_serializable()
class Step(L.Layer):
    """A class of one's own inside a model that `config.json` describes."""

    def __init__(self, **more):
        super().__init__(**more)
        self.W1 = L.Dense(3)
        self.rows = L.Bidirectional(L.GRU(3))
        self.cell = L.LSTMCell(3)

    def call(self, x):
        return self.cell(self.W1(x), [self.rows(x[:, None])[:, :3]] * 2)[0]


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_on(self, source: Path, known) -> tuple[dict, str]:
        """The command's tensors, and what it says."""
        text = known if isinstance(known, str) else json.dumps(known)
        (self.folder / "map.json").write_text(text)
        output = self.folder / "weights.safetensors"
        arguments = ["", str(source), "--map", str(self.folder / "map.json"), "-o", str(output)]
        said = io.StringIO()
        with mock.patch("sys.argv", arguments), contextlib.redirect_stdout(said):
            export_keras.main()
        return load_file(output), said.getvalue()

    def refused(self, source: Path, known, *parts: str):
        """One sentence with all of these, and no file."""
        with self.assertRaises(SystemExit) as caught:
            self.run_on(source, known)
        for part in parts:
            self.assertIn(part, str(caught.exception))
        self.assertNotIn("\n", str(caught.exception))
        left = {path.name for path in self.folder.iterdir()} - {"map.json", source.name}
        self.assertEqual(left & {"weights.safetensors"}, set())
        self.assertFalse([name for name in left if name.startswith(".")])

    def saved(self, model) -> tuple[Path, Path]:
        paths = self.folder / "my.keras", self.folder / "my.weights.h5"
        model.save(paths[0])
        model.save_weights(paths[1])
        return paths

    def same(self, found: dict, expected: dict):
        self.assertEqual(set(found), set(expected))
        for name, tensor in expected.items():
            self.assertEqual(found[name].dtype, np.float32)
            np.testing.assert_array_equal(found[name], tensor, name)


class Same(Files):
    def test_both_files_are_what_is_in_memory(self):
        model = translator()
        layer = model.get_layer
        dense = {name: place for name, place in MAP.items() if isinstance(place, str)}
        expected = from_keras.cell(layer("encoder_0"), "encoder.rnn")
        expected |= from_keras.cell(layer("encoder_1"), "encoder.rnn", "l1")
        expected |= from_keras.cell(layer("decoder"), "decoder.rnn")
        for name, place in dense.items():
            by_place = {"energy": from_keras.energy}
            by_place["source_embedding"] = from_keras.embedding
            by_place["target_embedding"] = from_keras.embedding
            expected |= by_place.get(name, from_keras.dense)(layer(name), place)
        kernel = layer("words").layer.kernel.numpy()
        np.testing.assert_array_equal(expected["output.weight"], kernel.T)
        keras_file, weights_file = self.saved(model)
        found, said = self.run_on(keras_file, MAP)
        self.same(found, expected)
        self.assertNotIn("taken as usual", said)
        encoder = {"cell": "gru", "hidden": 3, "reset": "after", "directions": "both"}
        encoder |= {"merge": "sum"}
        self.assertIn(f"model.json, encoder: {json.dumps(encoder)}", said)
        self.assertIn('"bridge_activation": "tanh"', said)
        found, said = self.run_on(weights_file, MAP)
        self.same(found, expected)
        self.assertIn("taken as usual: source_embedding, encoder_0", said)

    def test_every_cell_with_and_without_bias(self):
        cells = [(L.SimpleRNN, "rnn", {}), (L.LSTM, "lstm", {})]
        cells += [(L.GRU, "gru", {"reset_after": after}) for after in (True, False)]
        for (kind, cell, more), bias in [(one, bias) for one in cells for bias in (True, False)]:
            layer = kind(3, use_bias=bias, name="one", return_sequences=True, **more)
            model = randomised(keras.Sequential([keras.Input((None, 5)), layer]))
            known = {"one": {"to": "encoder.rnn", "cell": cell}}
            for path in self.saved(model):
                self.same(self.run_on(path, known)[0], from_keras.cell(layer, "encoder.rnn"))

    def test_pictures(self):
        conv = L.Conv2D(4, 3, strides=2, padding="same", name="first")
        norm, depthwise = L.BatchNormalization(name="norm"), L.DepthwiseConv2D(3, name="second")
        layers = [keras.Input((9, 9, 3)), conv, norm, L.ReLU(), depthwise]
        model = randomised(keras.Sequential(layers))
        known = {"first": "encoder.layers.0", "norm": "encoder.layers.0.norm"}
        known["second"] = "encoder.layers.1"
        expected = from_keras.convolution(conv, "encoder.layers.0")
        expected |= from_keras.normalisation(norm, "encoder.layers.0.norm")
        expected |= from_keras.convolution(depthwise, "encoder.layers.1")
        for path in self.saved(model):
            self.same(self.run_on(path, known)[0], expected)
        said = self.run_on(self.folder / "my.keras", known)[1]
        self.assertIn('"kernel": 3, "stride": 2, "padding": "same", "norm": true', said)

    def test_layers_of_ones_own_class_go_by_path(self):
        model = Own()
        model(ops.zeros((1, 1), "int32"))
        randomised(model)
        known = {"layers/embedding": ["encoder.embedding", "decoder.embedding"]}
        known |= {"cell": {"to": "decoder.rnn", "cell": "gru"}, "V": "decoder.attention.energy"}
        expected = from_keras.embedding(model.table, "encoder.embedding")
        expected |= from_keras.embedding(model.table, "decoder.embedding")
        expected |= from_keras.cell(model.cell, "decoder.rnn")
        expected |= from_keras.energy(model.V, "decoder.attention.energy")
        for path in self.saved(model):
            found, said = self.run_on(path, known)
            self.same(found, expected)
            self.assertIn("taken as usual: layers/embedding, cell, V", said)

    def test_a_class_of_ones_own_is_no_cell_but_has_one(self):
        step = Step(name="step")
        source = keras.Input((4,))
        model = randomised(keras.Model(source, step(source)))
        place = "layers/step/"
        known = {f"{place}W1": "output", f"{place}cell": {"to": "decoder.rnn", "cell": "lstm"}}
        known |= {f"{place}rows": {"to": "encoder.rnn", "cell": "gru"}}
        expected = from_keras.dense(step.W1, "output") | from_keras.cell(step.cell, "decoder.rnn")
        expected |= from_keras.cell(step.rows, "encoder.rnn")
        for path in self.saved(model):
            self.same(self.run_on(path, known)[0], expected)
            (self.folder / "weights.safetensors").unlink()
            whole = {"step": {"to": "decoder.rnn", "cell": "lstm"}}
            self.refused(path, whole, "step: must be the name or the path")

    def test_a_compiled_model_of_halves(self):
        layer = L.Dense(3, name="words", dtype="bfloat16")
        model = randomised(keras.Sequential([keras.Input((2,)), layer]))
        model.compile("adam", "mse")
        model.fit(np.ones((2, 2)), np.ones((2, 3)), verbose=0)
        for path in self.saved(model):
            found = self.run_on(path, {"words": "output"})[0]
            self.same(found, from_keras.dense(layer, "output"))

    def test_layers_are_listed(self):
        path = self.saved(translator())[0]
        said = io.StringIO()
        with mock.patch("sys.argv", ["", str(path)]), contextlib.redirect_stdout(said):
            export_keras.main()
        lines = [line.split()[:3] for line in said.getvalue().splitlines()]
        self.assertIn(["encoder_1", "layers/bidirectional_1", "Bidirectional"], lines)
        self.assertEqual({name for name, *_ in lines}, set(MAP))


class Refused(Files):
    def one(self, layer, shape, place, *parts, **entry):
        """A model of one layer, in memory and in a file."""
        model = keras.Sequential([keras.Input(shape), layer])
        model.save(self.folder / "my.keras")
        known = {layer.name: {"to": place} | entry}
        self.refused(self.folder / "my.keras", known, "my.keras", layer.name, *parts)

    def test_what_the_engine_computes_otherwise(self):
        rows, rnn, bridge = (None, 4), "encoder.rnn", "decoder.bridge.0"
        backwards = L.GRU(3, go_backwards=True)
        self.one(backwards, rows, rnn, "go_backwards must be False, not True")
        both = L.Bidirectional(L.GRU(3, go_backwards=True), backward_layer=L.GRU(3))
        self.one(both, rows, rnn, "go_backwards must be False, not True")
        for merge in ("mul", "ave"):
            both = L.Bidirectional(L.LSTM(3), merge_mode=merge)
            self.one(both, rows, rnn, f"merge_mode must be concat or sum, not {merge}")
        both = L.Bidirectional(L.LSTM(3))
        self.one(both, rows, "decoder.rnn", "must have one direction")
        self.one(L.LSTM(3, activation="relu"), rows, rnn, "activation must be tanh, not relu")
        hard = L.LSTM(3, recurrent_activation="hard_sigmoid")
        self.one(hard, rows, rnn, "recurrent_activation must be sigmoid, not hard_sigmoid")
        self.one(L.RNN(L.LSTMCell(3)), rows, rnn, "must be SimpleRNN, GRU or LSTM")
        self.one(L.Dense(3, "relu"), (4,), bridge, "activation must be tanh or linear, not relu")
        object_ = L.Dense(3, L.ReLU())
        self.one(object_, (4,), bridge, "activation must be tanh or linear, not ReLU")
        self.one(L.Dense(3, "tanh"), (4,), "decoder.attention.key", "activation must be linear")
        self.one(L.Dense(3), (4,), "decoder.context_gate", "activation must be sigmoid")
        self.one(L.Dense(3, "sigmoid"), (4,), "output", "not sigmoid")
        self.one(L.Dense(3), (4,), "decoder.attention.energy", "of 1 unit, not of 3")
        self.one(L.EinsumDense("ab,bc->ac", 3), (4,), "output", "must be Dense, not EinsumDense")

    def test_filters_that_the_engine_computes_otherwise(self):
        picture, place = (9, 9, 4), "encoder.layers.0"
        self.one(L.Conv2D(3, 3, activation="tanh"), picture, place, "linear or relu or relu6")
        self.one(L.Conv2D(4, 3, groups=2), picture, place, "groups must be 1, not 2")
        self.one(L.Conv2D(4, 3, dilation_rate=2), picture, place, "dilation_rate must be")
        self.one(L.Conv2D(4, (3, 2)), picture, place, "kernel_size must be the same both ways")
        self.one(L.DepthwiseConv2D(3, depth_multiplier=2), picture, place, "depth_multiplier")
        norm = L.BatchNormalization(scale=False)
        self.one(norm, picture, f"{place}.norm", "scale must be True, not False")
        layers = [L.Conv2D(4, 3, activation="relu", name="c"), L.BatchNormalization(name="n")]
        keras.Sequential([keras.Input(picture), *layers]).save(self.folder / "my.keras")
        known = {"c": place, "n": f"{place}.norm"}
        self.refused(self.folder / "my.keras", known, "n: encoder.layers.0 must have no activation")

    def test_layers_in_memory(self):
        own = L.Dense(3, lambda x: x)
        own(ops.zeros((1, 2)))
        with self.assertRaisesRegex(ValueError, "dense.*: activation must be .*, not one's own"):
            from_keras.dense(own, "output")
        backwards = L.GRU(3, go_backwards=True)
        backwards(ops.zeros((1, 2, 5)))
        with self.assertRaisesRegex(ValueError, "go_backwards must be False"):
            from_keras.cell(backwards, "encoder.rnn")
        apart = L.Bidirectional(L.GRU(3), merge_mode=None)
        apart(ops.zeros((1, 2, 5)))
        with self.assertRaisesRegex(ValueError, "merge_mode must be concat or sum, not None"):
            from_keras.cell(apart, "encoder.rnn")
        relu = L.Dense(3, "relu")
        relu(ops.zeros((1, 2)))
        with self.assertRaisesRegex(ValueError, "activation must be tanh or linear, not relu"):
            from_keras.dense(relu, "decoder.bridge.0")
        with self.assertRaisesRegex(ValueError, "a Dense cannot be encoder.rnn"):
            from_keras.dense(relu, "encoder.rnn")
        with self.assertRaisesRegex(ValueError, "needs kernel"):
            from_keras.dense(L.Dense(3), "output")

    def test_weights_alone_need_the_cell(self):
        path = self.saved(translator())[1]
        self.refused(path, {"decoder": "decoder.rnn"}, "my.weights.h5: decoder:", "must be said")
        wrong = {"decoder": {"to": "decoder.rnn", "cell": "gru"}}
        self.refused(path, wrong, "decoder: a gru of 5 units needs kernel [in, 15]", "[4, 20]")
        wrong = {"encoder_0": "output"}
        self.refused(path, wrong, "encoder_0: must be Dense, not Bidirectional")
        self.refused(path, {"readout": "encoder.embedding"}, "needs a table")
        self.refused(path, {"energy": "output"}, "energy: needs kernel [in, out]", "not [7]")

    def test_maps(self):
        path = self.saved(translator())[0]
        self.refused(path, "{", "map.json: ")
        self.refused(path, "[]", "map.json: must be an object")
        twice = '{"key": "output", "key": "output"}'
        self.refused(path, twice, "map.json: key: must be there once")
        self.refused(path, {"key": {"to": "output", "at": 1}}, "map.json: key: must be a place")
        self.refused(path, {"key": 3}, "map.json: key: must be a place")
        self.refused(path, {"key": {"to": "decoder.rnn", "layer": -1}}, "must be a place")
        self.refused(path, {"key": "encoder.layers.0.query"}, "key: must go to a name of docs/")
        self.refused(path, {"key": {"to": "output", "layer": 1}}, "must be said of cells only")
        self.refused(path, {"nobody": "output"}, "nobody: must be the name or the path")
        self.refused(path, {"key": "output", "words": "output"}, "output.weight must come from one")
        mixed = {"encoder_0": "encoder.rnn", "decoder": {"to": "encoder.rnn", "layer": 1}}
        self.refused(path, mixed, "decoder: cell must be gru as of the layers before, not lstm")
        other = {"decoder": {"to": "decoder.rnn", "cell": "gru"}}
        self.refused(path, other, "decoder: must be GRU as the map says, not LSTM")

    def test_files_that_are_none(self):
        path = self.saved(translator())[0]
        whole = path.read_bytes()
        for name, data in (("cut.keras", whole[: len(whole) // 2]), ("text.keras", b"hello")):
            (self.folder / name).write_bytes(data)
            self.refused(self.folder / name, MAP, f"{name}: must be")
        weights = (self.folder / "my.weights.h5").read_bytes()
        (self.folder / "cut.h5").write_bytes(weights[: len(weights) // 2])
        self.refused(self.folder / "cut.h5", MAP, "cut.h5: must be")
        self.refused(self.folder / "none.keras", MAP, "there must be such a file")
        with zipfile.ZipFile(self.folder / "half.keras", "w") as half:
            half.writestr("config.json", "{}")
        self.refused(self.folder / "half.keras", MAP, "half.keras: must hold model.weights.h5")


if __name__ == "__main__":
    unittest.main()
