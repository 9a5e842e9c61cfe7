"""Recurrent sides out of Keras layers, with random weights.

Cells and attention are Keras layers; the decoder calls the cell of its layer (`layer.cell`) one
step at a time.  `from_keras.py` names the tensors.
"""

import from_keras
import golden_cases as cases
import golden_picture_cases as pictures
from keras_attention import Attention
from keras_output import Output
from keras_random import randomise
from transformer import keras, ops

CELLS = {"rnn": keras.layers.SimpleRNN, "gru": keras.layers.GRU, "lstm": keras.layers.LSTM}
Dense = keras.layers.Dense


def recurrent(case: dict, fields: dict):
    """A layer of cells of one direction."""
    more = {}
    if fields["cell"] == "gru":
        more["reset_after"] = fields.get("reset", "after") == "after"
    bias = cases.has_bias(case, "rnn")
    return CELLS[fields["cell"]](
        fields["hidden"], use_bias=bias, return_sequences=True, return_state=True, **more
    )


class Encoder:
    """Stacked recurrent layers, `Bidirectional` if both directions."""

    def __init__(self, case: dict):
        fields = case["encoder"]
        self.both = fields.get("directions", "forward") == "both"
        self.merge = fields.get("merge", "concat")
        self.embedding = keras.layers.Embedding(case["source_size"], case["d_embedding"])
        self.layers = [recurrent(case, fields) for _ in range(fields["layers"])]
        if self.both:
            self.layers = [
                keras.layers.Bidirectional(layer, merge_mode=self.merge) for layer in self.layers
            ]
        self.states = 1 + (fields["cell"] == "lstm")

    def __call__(self, source):
        """`[1, S]` -> `[1, S, width]`, and per layer its final states of all directions."""
        rows, finals = self.embedding(source), []
        for layer in self.layers:
            rows, *final = layer(rows)
            finals.append(final)
        return rows, finals

    def merged(self, final):
        """The states of both directions as one h (and c)."""
        pairs = [final[at :: self.states] for at in range(self.states)]
        return [sum(pair) if self.merge == "sum" else ops.concatenate(pair, -1) for pair in pairs]

    def everything(self):
        yield from [self.embedding, *self.layers]

    def randomise(self, rng):
        for layer in self.everything():
            randomise(layer, False, rng)

    def tensors(self):
        found = from_keras.embedding(self.embedding, "encoder.embedding")
        for index, layer in enumerate(self.layers):
            found |= from_keras.cell(layer, "encoder.rnn", f"l{index}")
        return found


class Decoder:
    """One step at a time."""

    def __init__(self, case: dict):
        self.fields = fields = case["decoder"]
        self.embedding = keras.layers.Embedding(case["target_size"], case["d_embedding"])
        self.layers = [recurrent(case, fields) for _ in range(fields["layers"])]
        self.states = 1 + (fields["cell"] == "lstm")
        self.attention = Attention(case) if fields["attention"] else None
        self.now = self.attention and fields["attention"].get("query") == "current"
        activation = fields.get("bridge_activation", "tanh").replace("none", "linear")
        self.bridges = [[], []]
        if fields["start"] in ("bridge", "mean"):
            bias = cases.has_bias(case, "bridge")
            self.bridges = [
                [Dense(fields["hidden"], activation, use_bias=bias) for _ in self.layers]
                for _ in range(self.states)
            ]
        self.gate = None
        if fields.get("context_gate"):
            wide = {"scalar": 1, "vector": pictures.size(case["encoder"])[2]}
            bias = cases.has_bias(case, "context_gate")
            self.gate = Dense(wide[fields["context_gate"]], "sigmoid", use_bias=bias)
        self.readout = None
        if fields["readout"]:
            bias = cases.has_bias(case, "readout")
            activation = fields.get("readout_activation", "tanh").replace("none", "linear")
            self.readout = Dense(fields["readout"], activation, use_bias=bias)
        self.output = Output(case)

    def start(self, encoder, memory, finals):
        """First states of each layer."""
        kind = self.fields["start"]
        if kind == "zero":
            zeros = ops.zeros((1, self.fields["hidden"]))
            return [[zeros] * self.states for _ in self.layers]
        if kind == "last":
            return [encoder.merged(final) for final in finals]
        if kind == "mean":
            read = ops.mean(memory, 1)
        else:
            read = ops.concatenate(finals[-1][:: encoder.states], -1)
        return [[bridge(read) for bridge in one] for one in zip(*self.bridges[: self.states])]

    def __call__(self, state, token, memory):
        """`state`: those of all layers, and the context of the step before."""
        states, context = state
        found = {"embedding": self.embedding(ops.reshape(token, (1,))), "context": context}
        alignment = None
        if self.attention and not self.now:
            alignment, found["context"] = self.attend(states[-1][0], memory)
        x = ops.concatenate([found[name] for name in self.fields["cell_reads"]], -1)
        after = []
        for layer, before in zip(self.layers, states):
            if not layer.built:
                layer.build((1, None, x.shape[-1]))
            x, new = layer.cell(x, before)
            after.append(new)
        found["state"] = x
        if self.now:
            alignment, found["context"] = self.attend(x, memory)
        out = ops.concatenate([found[name] for name in self.fields["output_reads"]], -1)
        out = self.readout(out) if self.readout else out
        return (after, found["context"]), self.output(out, self.embedding)[0], alignment

    def attend(self, state, memory):
        """Alignment and gated context."""
        alignment, context = self.attention(state, memory)
        return alignment, self.gate(state) * context if self.gate else context

    def everything(self):
        yield from [self.embedding, *self.layers, *sum(self.bridges, [])]
        if self.attention:
            yield from self.attention.everything()
        yield from [self.gate] if self.gate else []
        yield from ([self.readout] if self.readout else []) + [self.output.dense]

    def randomise(self, rng):
        sharp = [self.output.dense, *(self.attention.everything() if self.attention else [])]
        for layer in self.everything():
            randomise(layer, layer in sharp, rng)

    def tensors(self):
        found = from_keras.embedding(self.embedding, "decoder.embedding")
        for index, layer in enumerate(self.layers):
            found |= from_keras.cell(layer, "decoder.rnn", f"l{index}")
        for name, bridges in zip(("bridge", "bridge_cell"), self.bridges):
            for index, bridge in enumerate(bridges):
                found |= from_keras.dense(bridge, f"decoder.{name}.{index}")
        if self.attention:
            found |= self.attention.tensors()
        if self.gate:
            found |= from_keras.dense(self.gate, "decoder.context_gate")
        if self.readout:
            found |= from_keras.dense(self.readout, "decoder.readout")
        return found | self.output.tensors()
