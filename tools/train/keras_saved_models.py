"""Models of Keras 3 that people write, for `golden_keras_saved.py`.

A model has `bos`, `eos`, `longest`, `words` of its source and the `first` that is no mark, and

    look(source [1, S], target [1, T]) -> memory [S, width], logits [T, words], alignment [T, S]
    randomise(rng)
    train(rng)      only where it is trained
    save(folder)
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers as L
from keras import ops

from keras_random import randomise
from keras_saved_layers import PositionalEmbedding, TransformerDecoder, TransformerEncoder

DIGITS = [str(digit) for digit in range(10)]
TABLE = ["", "[UNK]", "[START]", "[END]", *DIGITS]


class Functional:
    """A functional model; `parts`: its tensors by what they are."""

    bos, eos, longest, words, first = 1, 2, 9, 17, 3

    def __init__(self):
        source, target = self.inputs()
        parts = self.build(source, target)
        self.model = keras.Model([source, target], parts["words"])
        self.output = self.model.get_layer("words")
        seen = [parts["memory"], parts["read"], *parts.get("asked", [])]
        self.parts = keras.Model([source, target], seen)

    def inputs(self):
        return keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")

    def look(self, source, target):
        # Of one length, since backends compile for each; nothing looks at what comes behind.
        said = target.shape[1]
        target = np.pad(target, [(0, 0), (0, self.longest - said)])
        memory, read, *asked = self.parts([self.seen(source, 17), self.seen(target, 19)])
        logits = np.array(read[0] @ self.output.kernel + self.output.bias)[:said]
        scores = np.zeros((said, source.shape[1]), "float32")
        if asked:
            scores = self.attention(asked, return_attention_scores=True)[1]
            scores = np.array(scores[0][:said])
        return np.array(memory[0]), logits, scores

    def seen(self, ids, words):
        return ids

    def randomise(self, rng):
        for layer in self.model.layers:
            randomise(layer, layer is self.output, rng)
        self.silence(self.output)

    def silence(self, output):
        """Marks are never said: the embedding masks the first of them."""
        bias = np.array(output.bias)
        bias[: self.bos + 1] = -9.0
        output.bias.assign(bias)

    def save(self, folder):
        # A model of its own, so that what the optimiser keeps stays out of the file.
        keras.Model(self.model.inputs, self.model.outputs).save(folder / "model.keras")


class Luong(Functional):
    """Both directions, dot products with a scale, a readout; context before state."""

    def build(self, source, target):
        x = L.Embedding(17, 8, mask_zero=True)(source)
        encoder = L.Bidirectional(L.GRU(6, return_sequences=True, return_state=True))
        memory, forward, backward = encoder(x)
        start = L.Concatenate()([forward, backward])
        y = L.Dropout(0.1)(L.Embedding(19, 7, mask_zero=True)(target))
        rows = L.GRU(12, return_sequences=True)(y, initial_state=start)
        self.attention = L.Attention(use_scale=True)
        context = self.attention([rows, memory])
        read = L.Dense(10, activation="tanh")(L.Concatenate()([context, rows]))
        words = L.Dense(19, activation="softmax", name="words")(L.Dropout(0.1)(read))
        return {"memory": memory, "read": read, "asked": [rows, memory], "words": words}


class Letters(Functional):
    """keras.io's "Character-level recurrent sequence-to-sequence model": a one for each letter."""

    def inputs(self):
        return keras.Input((None, 17)), keras.Input((None, 19))

    def build(self, source, target):
        memory, h, c = L.LSTM(9, return_state=True, return_sequences=True)(source)
        rows, _, _ = L.LSTM(9, return_sequences=True, return_state=True)(
            target, initial_state=[h, c]
        )
        words = L.Dense(19, activation="softmax", name="words")(rows)
        return {"memory": memory, "read": rows, "words": words}

    def seen(self, ids, words):
        return np.eye(words, dtype="float32")[ids]


class Digits(Functional):
    """What is trained: digits, and the same backwards."""

    bos, eos, longest, words, first = 2, 3, 10, 14, 4
    steps, rate = 1500, 5e-3

    def compile(self):
        rate = keras.optimizers.schedules.CosineDecay(self.rate, self.steps)
        self.model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")

    def batch(self, rng, size=64):
        source, target = np.zeros((size, 10), "int32"), np.zeros((size, 11), "int32")
        target[:, 0] = self.bos
        for k in range(size):
            digits = rng.integers(4, 14, rng.integers(2, 10))
            source[k, : len(digits) + 1] = [*digits, self.eos]
            target[k, 1 : len(digits) + 1] = digits[::-1]
            target[k, len(digits) + 1] = self.eos
        return source, target

    def train(self, rng):
        self.compile()
        source, target = self.batch(rng, 64 * self.steps)
        kept = (target[:, 1:] > 0).astype("float32")
        asked = [source, target[:, :-1]]
        said = self.model.fit(asked, target[:, 1:], 64, 1, sample_weight=kept, verbose=0)
        print("loss", said.history["loss"])

    def lists(self):
        return {"source": TABLE, "target": TABLE}


class Additive(Digits):
    """Reset before, two layers, a bridge, additive attention behind Dense layers."""

    def build(self, source, target):
        table = L.Embedding(14, 12, mask_zero=True)
        x = L.Bidirectional(L.GRU(16, return_sequences=True), merge_mode="sum")(table(source))
        both = L.Bidirectional(
            L.GRU(16, return_sequences=True, return_state=True, reset_after=True), merge_mode="sum"
        )
        memory, forward, backward = both(x)
        ends = L.Concatenate()([forward, backward])
        starts = [L.Dense(20, activation="tanh")(ends) for _ in range(2)]
        rows = table(target)
        for start in starts:
            rows = L.GRU(20, return_sequences=True, reset_after=False)(rows, initial_state=start)
        self.attention = L.AdditiveAttention()
        asked = [L.Dense(18)(rows), memory, L.Dense(18, use_bias=False)(memory)]
        context = self.attention(asked)
        read = L.Concatenate()([rows, context, table(target)])
        words = L.Dense(14, name="words")(read)
        words = L.Activation("softmax")(words)
        return {"memory": memory, "read": read, "asked": asked, "words": words}


class Transformer(Digits):
    """Two layers of a decoder, one of an encoder.

    Trained without padding, each batch of one length: Keras gives the mask of the source to the
    first layer of the decoder alone, and what the second learned of padding no device has.
    """

    steps, rate = 3000, 3e-3

    def train(self, rng):
        self.compile()
        for _ in range(self.steps):
            digits = rng.integers(4, 14, (64, rng.integers(2, 10)))
            start, end = (np.full((64, 1), mark) for mark in (self.bos, self.eos))
            asked = [np.hstack([digits, end]), np.hstack([start, digits[:, ::-1]])]
            loss = self.model.train_on_batch(asked, np.hstack([digits[:, ::-1], end]))
        print("loss", loss)

    def build(self, source, target):
        x = PositionalEmbedding(11, 14, 16)(source)
        memory = TransformerEncoder(16, 24, 2)(x)
        y = PositionalEmbedding(12, 14, 16)(target)
        y = TransformerDecoder(16, 24, 2)([y, memory])
        self.last = TransformerDecoder(16, 24, 2)
        asked = [y, memory]
        y = L.Dropout(0.05)(self.last(asked))
        words = L.Dense(14, activation="softmax", name="words")(y)
        return {"memory": memory, "read": y, "asked": asked, "words": words}

    def attention(self, asked, return_attention_scores):
        return None, ops.mean(self.last(asked, scores=True), 1)


class Encoder(keras.Model):
    """Of a class of one's own, with our names: words and two layers in both directions."""

    def __init__(self):
        super().__init__()
        self.embedding = L.Embedding(17, 8)
        self.rnn = [L.Bidirectional(L.GRU(6, return_sequences=True)) for _ in range(2)]

    def call(self, ids):
        x = self.embedding(ids)
        for rnn in self.rnn:
            x = rnn(x)
        return x


class Attention(L.Layer):
    """arXiv 1409.0473, as most write it."""

    def __init__(self):
        super().__init__()
        self.query, self.key, self.energy = L.Dense(7), L.Dense(7), L.Dense(1)

    def call(self, state, memory):
        energies = self.energy(ops.tanh(self.query(state)[:, None] + self.key(memory)))
        scores = ops.softmax(energies, 1)
        return ops.sum(scores * memory, 1), scores[:, :, 0]


class Decoder(L.Layer):
    def __init__(self):
        super().__init__()
        self.embedding, self.attention = L.Embedding(19, 8), Attention()
        self.cell, self.bridge = L.LSTMCell(10), L.Dense(10, activation="tanh")
        self.bridge_cell = L.Dense(10, activation="tanh")

    def start(self, memory):
        mean = ops.mean(memory, 1)
        return [self.bridge(mean), self.bridge_cell(mean)]

    def call(self, token, states, memory):
        context, scores = self.attention(states[0], memory)
        x = ops.concatenate([self.embedding(token), context], -1)
        _, states = self.cell(x, states)
        return ops.concatenate([states[0], context], -1), states, scores


class Bahdanau(keras.Model):
    """One call for each step; saved as weights alone, beside a description."""

    bos, eos, longest, words, first = 1, 2, 9, 17, 3

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder, self.out = Encoder(), Decoder(), L.Dense(19)
        self.look(np.array([[3, 4]]), np.array([[1]]))
        self.built = True

    def look(self, source, target):
        memory = self.encoder(source)
        states, seen = self.decoder.start(memory), []
        for token in target[0]:
            x, states, scores = self.decoder(np.array([token]), states, memory)
            seen.append((np.array(self.out(x)[0]), np.array(scores[0])))
        logits, scores = (np.stack(column) for column in zip(*seen))
        return np.array(memory[0]), logits, scores

    def randomise(self, rng):
        for layer in (self.encoder, self.decoder, self.out):
            randomise(layer, layer is self.out, rng)
        Functional.silence(self, self.out)

    def save(self, folder):
        self.save_weights(folder / "model.weights.h5")

    def fields(self):
        words = ["<pad>", "<bos>", "<eos>", *map(str, range(3, 19))]
        marks = {"pad": 0, "bos": 1, "eos": 2}
        return {
            "encoder": {"kind": "recurrent", "cell": "gru", "hidden": 6, "layers": 2,
                        "directions": "both"},
            "decoder": {"kind": "recurrent", "cell": "lstm", "hidden": 10, "layers": 1,
                        "start": "mean", "attention": {"kind": "additive", "d_attention": 7},
                        "cell_reads": ["embedding", "context"],
                        "output_reads": ["state", "context"]},
            "d_embedding": 8, "tied_output": False, "max_source_len": 9, "max_target_len": 9,
            "lowercase": False, "selftest": "5 7 3",
            "source": {"words": words[:17]} | marks, "target": {"words": words} | marks,
        }  # fmt: skip


MODELS = {
    "gru-luong": Luong,
    "lstm-letters": Letters,
    "lstm-bahdanau": Bahdanau,
    "gru-additive-trained": Additive,
    "transformer-trained": Transformer,
}
