"""Sides of mixed and recurrent models out of Keras layers, with random weights.

Cells, attention and Transformer sides are Keras layers; the decoder calls the cell of its layer
(`layer.cell`) one step at a time.  `from_keras.py` and `export.py` name the tensors.
"""

import numpy as np

import export
import from_keras
import golden_cases as cases
import golden_files as files
import golden_picture_cases as pictures
from random_models import fill
from transformer import Config, Side, keras, ops

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


class Attention:
    """`AdditiveAttention` behind two `Dense` layers, or `Attention`."""

    def __init__(self, case: dict):
        fields = case["decoder"]["attention"]
        self.kind = fields["kind"]
        self.dense, self.layer = {}, keras.layers.Attention(use_scale=self.kind == "scaled")
        if self.kind == "additive":
            for name in ("query", "key"):
                bias = cases.has_bias(case, f"attention.{name}")
                self.dense[name] = Dense(fields["d_attention"], use_bias=bias)
            self.layer = keras.layers.AdditiveAttention()
        if self.kind == "general":
            self.dense["key"] = Dense(case["decoder"]["hidden"], use_bias=False)

    def __call__(self, state, memory):
        """`[1, hidden]`, `[1, S, width]` -> `[S]`, `[1, width]`"""
        through = lambda name, x: self.dense[name](x) if name in self.dense else x  # noqa: E731
        context, alignment = self.layer(
            [through("query", state)[:, None], memory, through("key", memory)],
            return_attention_scores=True,
        )
        return alignment[0, 0], context[:, 0]

    def everything(self):
        yield from self.dense.values()
        if self.kind == "additive":
            yield self.layer

    def tensors(self):
        found = {}
        for name, layer in self.dense.items():
            found |= from_keras.dense(layer, f"decoder.attention.{name}")
        if self.kind == "additive":
            found |= from_keras.energy(self.layer, "decoder.attention.energy")
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


class Output:
    """A `Dense`, or its bias and the target embedding."""

    def __init__(self, case: dict):
        bias = cases.has_bias(case, "output")
        self.dense = Dense(case["target_size"], use_bias=bias)
        self.tied = case["tied_output"]

    def __call__(self, x, embedding):
        scores = self.dense(x)
        if self.tied:
            scores = ops.matmul(x, ops.transpose(embedding.embeddings))
            scores = scores if self.dense.bias is None else scores + self.dense.bias
        return scores

    def tensors(self):
        found = from_keras.dense(self.dense, "output")
        if self.tied:
            del found["output.weight"]
        return found


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


def randomise(layer, sharp: bool, rng) -> None:
    """Noise of the size that suits each variable."""
    kinds = {"bias": "bias", "embeddings": "embedding"}
    for variable in layer.weights:
        kind = kinds.get(variable.name, "sharp" if sharp else "matrix")
        variable.assign(files.noise(kind, tuple(variable.shape), rng))
