"""Recurrent encoder–decoders in JAX, with and without additive attention (arXiv 1409.0473).

```text
encoder   h_j = [GRU→(x_j, h→_{j-1}); GRU←(x_j, h←_{j+1})]              stacked
decoder   s_0 = tanh(B·[h→_n; h←_1] + b)
          e_ij = v·tanh(Q·s_{i-1} + K·h_j + b),  c_i = Σ_j softmax_j(e_i)·h_j
          s_i = GRU([y_{i-1}; c_i], s_{i-1})
          o_i = tanh(R·[s_i; c_i] + b),  logits = O·o_i + b
```
Tensors have PyTorch's names and shapes ([out, in]; gates r, z, n; `reset` behind the product), so
that a PyTorch module with these attributes loads the same file.  Without attention there is no c.
"""

from dataclasses import asdict, dataclass

import jax
import numpy as np
from jax import numpy as jnp

from transformer import PAD, keras


@dataclass
class Config:
    """Sizes and choices, under the names of `model.json`."""

    source_size: int
    target_size: int
    d_embedding: int = 96
    encoder_hidden: int = 96
    encoder_layers: int = 1
    decoder_hidden: int = 160
    d_attention: int = 96  # 0: no attention
    d_readout: int = 96  # 0: the output layer reads [s; c]
    tied_output: bool = True
    max_source_len: int = 48
    max_target_len: int = 56
    dropout: float = 0.0

    def as_json(self) -> dict:
        """What `model.json` says of the network."""
        attention = {"kind": "additive", "d_attention": self.d_attention, "query": "previous"}
        context = ["context"] if self.d_attention else []
        return {
            "encoder": {
                "kind": "recurrent", "cell": "gru", "reset": "after",
                "hidden": self.encoder_hidden, "layers": self.encoder_layers,
                "directions": "both", "merge": "concat",
            },
            "decoder": {
                "kind": "recurrent", "cell": "gru", "reset": "after",
                "hidden": self.decoder_hidden, "layers": 1,
                "start": "bridge", "attention": attention if self.d_attention else None,
                "cell_reads": ["embedding", *context], "output_reads": ["state", *context],
                "readout": self.d_readout or None,
            },
            "d_embedding": self.d_embedding,
            "tied_output": self.tied_output,
            "max_source_len": self.max_source_len,
            "max_target_len": self.max_target_len,
        }  # fmt: skip


def shapes(c: Config) -> dict[str, tuple[int, ...]]:
    """Every tensor."""
    found: dict[str, tuple[int, ...]] = {}
    found["encoder.embedding.weight"] = (c.source_size, c.d_embedding)
    width, hidden = c.d_embedding, c.encoder_hidden
    for layer in range(c.encoder_layers):
        for end in (f"l{layer}", f"l{layer}_reverse"):
            _gru(found, "encoder.rnn", end, width, hidden)
        width = 2 * hidden
    found["decoder.embedding.weight"] = (c.target_size, c.d_embedding)
    _linear(found, "decoder.bridge.0", c.decoder_hidden, width)
    context = width if c.d_attention else 0
    _gru(found, "decoder.rnn", "l0", c.d_embedding + context, c.decoder_hidden)
    if c.d_attention:
        _linear(found, "decoder.attention.query", c.d_attention, c.decoder_hidden)
        found["decoder.attention.key.weight"] = (c.d_attention, width)
        found["decoder.attention.energy.weight"] = (1, c.d_attention)
    read = c.decoder_hidden + context
    if c.d_readout:
        _linear(found, "decoder.readout", c.d_readout, read)
        read = c.d_readout
    if not c.tied_output:
        found["output.weight"] = (c.target_size, read)
    found["output.bias"] = (c.target_size,)
    return found


def _gru(found: dict, prefix: str, end: str, width: int, hidden: int) -> None:
    found[f"{prefix}.weight_ih_{end}"] = (3 * hidden, width)
    found[f"{prefix}.weight_hh_{end}"] = (3 * hidden, hidden)
    found[f"{prefix}.bias_ih_{end}"] = (3 * hidden,)
    found[f"{prefix}.bias_hh_{end}"] = (3 * hidden,)


def _linear(found: dict, name: str, rows: int, columns: int) -> None:
    found[f"{name}.weight"] = (rows, columns)
    found[f"{name}.bias"] = (rows,)


def initial(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Glorot for inputs, orthogonal for recurrent matrices, zero for biases."""
    if "bias" in name:
        return np.zeros(shape, "float32")
    if "weight_hh" in name:
        hidden = shape[1]
        blocks = [np.linalg.qr(rng.normal(size=(hidden, hidden)))[0] for _ in range(3)]
        return np.concatenate(blocks).astype("float32")
    if "embedding" in name:
        return rng.normal(0, shape[1] ** -0.5, shape).astype("float32")
    bound = np.sqrt(6 / (sum(shape) if "weight_ih" not in name else shape[0] / 3 + shape[1]))
    return rng.uniform(-bound, bound, shape).astype("float32")


def gru_step(gates, state, weight_hh, bias_hh):
    """`gates`: [batch, 3·hidden], the product with the input."""
    own = state @ weight_hh.T + bias_hh
    r, z, n = jnp.split(gates, 3, -1)
    own_r, own_z, own_n = jnp.split(own, 3, -1)
    z = jax.nn.sigmoid(z + own_z)
    n = jnp.tanh(n + jax.nn.sigmoid(r + own_r) * own_n)
    return n + z * (state - n)


class Recurrent(keras.Model):
    """All tensors as Keras variables, in the order of [`shapes`]."""

    def __init__(self, config: Config, seed: int = 1):
        super().__init__()
        self.config = config
        self.names = list(shapes(config))
        rng = np.random.default_rng(seed)
        for name, shape in shapes(config).items():
            value = initial(name, shape, rng)
            self.add_weight(shape=shape, name=name.replace(".", "_"),
                            initializer=lambda s, dtype, value=value: jnp.asarray(value))  # fmt: skip
        self.built = True

    def call(self, inputs, key=None):
        weights = {n: jnp.asarray(v.value) for n, v in zip(self.names, self.trainable_variables)}
        source, target = inputs
        return forward(weights, self.config, jnp.asarray(source), jnp.asarray(target), key)[0]


def drop(values, rate: float, key, at: int):
    """Dropout; none without a key."""
    if key is None or rate == 0:
        return values
    kept = jax.random.bernoulli(jax.random.fold_in(key, at), 1 - rate, values.shape)
    return jnp.where(kept, values / (1 - rate), 0)


def encode(w, c: Config, source, key=None):
    """Memory [batch, source, 2·hidden] and final state [batch, 2·hidden]."""
    present = source != PAD
    x = drop(w["encoder.embedding.weight"][source], c.dropout, key, 0)
    for layer in range(c.encoder_layers):
        both = [direction(w, f"l{layer}", x, present, False),
                direction(w, f"l{layer}_reverse", x, present, True)]  # fmt: skip
        x = jnp.concatenate([rows for rows, _ in both], -1)
        x = drop(x, c.dropout, key, 1 + layer)
    return x, jnp.concatenate([final for _, final in both], -1)


def direction(w, end: str, x, present, reverse: bool):
    """One GRU over time; padding leaves its state alone."""
    hidden = w[f"encoder.rnn.weight_hh_{end}"].shape[1]
    gates = x @ w[f"encoder.rnn.weight_ih_{end}"].T + w[f"encoder.rnn.bias_ih_{end}"]
    weight_hh, bias_hh = w[f"encoder.rnn.weight_hh_{end}"], w[f"encoder.rnn.bias_hh_{end}"]

    def step(state, inputs):
        gates, here = inputs
        state = jnp.where(here[:, None], gru_step(gates, state, weight_hh, bias_hh), state)
        return state, state

    start = jnp.zeros((x.shape[0], hidden), x.dtype)
    times = (gates.swapaxes(0, 1), present.T)
    final, rows = jax.lax.scan(step, start, times, reverse=reverse)
    return rows.swapaxes(0, 1), final


def forward(w, c: Config, source, target, key=None):
    """Logits [batch, target, words] and alignment [batch, target, source] (or None)."""
    memory, final = encode(w, c, source, key)
    state = jnp.tanh(final @ w["decoder.bridge.0.weight"].T + w["decoder.bridge.0.bias"])
    y = drop(w["decoder.embedding.weight"][target], c.dropout, key, 10)
    weight_ih, bias_ih = w["decoder.rnn.weight_ih_l0"], w["decoder.rnn.bias_ih_l0"]
    weight_hh, bias_hh = w["decoder.rnn.weight_hh_l0"], w["decoder.rnn.bias_hh_l0"]
    gates = (y @ weight_ih[:, : c.d_embedding].T + bias_ih).swapaxes(0, 1)
    if c.d_attention:
        keys = memory @ w["decoder.attention.key.weight"].T + w["decoder.attention.query.bias"]
        hole = jnp.where(source != PAD, 0.0, -1e9)
        query, energy = w["decoder.attention.query.weight"], w["decoder.attention.energy.weight"][0]

    def step(state, gates):
        if not c.d_attention:
            state = gru_step(gates, state, weight_hh, bias_hh)
            return state, (state, state[:, :0], state[:, :0])
        energies = jnp.tanh(keys + (state @ query.T)[:, None]) @ energy + hole
        alignment = jax.nn.softmax(energies)
        context = jnp.einsum("bs,bsd->bd", alignment, memory)
        gates = gates + context @ weight_ih[:, c.d_embedding :].T
        state = gru_step(gates, state, weight_hh, bias_hh)
        return state, (state, context, alignment)

    _, (states, contexts, alignments) = jax.lax.scan(step, state, gates)
    read = jnp.concatenate([states, contexts], -1).swapaxes(0, 1)
    read = drop(read, c.dropout, key, 11)
    if c.d_readout:
        read = jnp.tanh(read @ w["decoder.readout.weight"].T + w["decoder.readout.bias"])
    output = w["decoder.embedding.weight" if c.tied_output else "output.weight"]
    return read @ output.T + w["output.bias"], alignments.swapaxes(0, 1)


def described(config: Config) -> dict:
    """All fields, to build the same network again."""
    return asdict(config)
