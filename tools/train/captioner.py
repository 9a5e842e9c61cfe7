"""A convolutional net and an LSTM with attention, in JAX (arXiv 1502.03044, "Show, Attend and Tell").

```text
encoder   x = (p / 255 - mean) / deviation;  per layer  x = act(norm(filter * x) [+ earlier x])
          a_j = a row per place of the last layer, row-major
decoder   h_0 = tanh(B·mean(a) + b),  c_0 = tanh(C·mean(a) + b)
          e_ij = v·tanh(Q·h_{i-1} + K·a_j + b),  α_i = softmax(e_i)
          z_i = σ(w·h_{i-1} + b) Σ_j α_ij·a_j
          h_i, c_i = LSTM([E·y_{i-1}; z_i], h_{i-1}, c_{i-1})
          logits = O·(R·[h_i; z_i; E·y_{i-1}] + b) + b
```
Tensors have PyTorch's names and shapes (docs/WEIGHTS.md), batch normalisation with its running
statistics among them.
"""

from dataclasses import dataclass, field

import jax
import numpy as np
from jax import numpy as jnp

MEAN, DEVIATION, EPSILON = 0.5, 0.25, 1e-5
MOMENTUM = 0.98  # of the running statistics


def conv(channels: int, stride: int = 1, padding="same", add: int | None = None) -> dict:
    """A 3 × 3 layer, as `model.json` has it."""
    layer = {"kind": "conv", "channels": channels, "kernel": 3, "stride": stride,
             "padding": padding, "activation": "relu", "norm": True,
             "norm_epsilon": EPSILON}  # fmt: skip
    return layer if add is None else layer | {"add": add}


# The last halving pads in front too, so that the middles of places lie evenly over the picture.
LAYERS = [conv(16, 2), conv(32, 2), conv(32), conv(32, add=2), conv(64, 2, 1),
          conv(64), conv(64, add=4), conv(64), conv(64, add=6)]  # fmt: skip


@dataclass
class Config:
    """Sizes and choices, under the names of `model.json`."""

    target_size: int
    side: int = 64
    layers: list[dict] = field(default_factory=lambda: LAYERS)
    d_embedding: int = 64
    decoder_hidden: int = 144
    d_attention: int = 64
    d_readout: int = 64
    places: int = 64
    max_target_len: int = 20

    @property
    def width(self) -> int:
        """Of a row of the memory."""
        return self.layers[-1]["channels"]

    def as_json(self) -> dict:
        """What `model.json` says of the network."""
        return {
            "encoder": {
                "kind": "convolutional",
                "picture": {"width": self.side, "height": self.side, "channels": 3,
                            "mean": [MEAN] * 3, "deviation": [DEVIATION] * 3},
                "layers": self.layers,
            },
            "decoder": {
                "kind": "recurrent", "cell": "lstm", "hidden": self.decoder_hidden, "layers": 1,
                "start": "mean", "bridge_activation": "tanh",
                "attention": {"kind": "additive", "d_attention": self.d_attention,
                              "activation": "tanh", "query": "previous"},
                "context_gate": "scalar",
                "cell_reads": ["embedding", "context"],
                "output_reads": ["state", "context", "embedding"],
                "readout": self.d_readout, "readout_activation": "none",
            },
            "d_embedding": self.d_embedding,
            "tied_output": False,
            "max_source_len": self.places,
            "max_target_len": self.max_target_len,
        }  # fmt: skip


def shapes(c: Config) -> dict[str, tuple[int, ...]]:
    """Every tensor."""
    found: dict[str, tuple[int, ...]] = {}
    channels = 3
    for index, layer in enumerate(c.layers):
        name, wide = f"encoder.layers.{index}", layer["channels"]
        found[f"{name}.weight"] = (wide, channels, layer["kernel"], layer["kernel"])
        for part in ("weight", "bias", "running_mean", "running_var"):
            found[f"{name}.norm.{part}"] = (wide,)
        channels = wide
    hidden, read = c.decoder_hidden, c.d_embedding + channels
    found["decoder.embedding.weight"] = (c.target_size, c.d_embedding)
    linear(found, "decoder.bridge.0", hidden, channels)
    linear(found, "decoder.bridge_cell.0", hidden, channels)
    found["decoder.rnn.weight_ih_l0"] = (4 * hidden, read)
    found["decoder.rnn.weight_hh_l0"] = (4 * hidden, hidden)
    found["decoder.rnn.bias_ih_l0"] = found["decoder.rnn.bias_hh_l0"] = (4 * hidden,)
    linear(found, "decoder.attention.query", c.d_attention, hidden)
    found["decoder.attention.key.weight"] = (c.d_attention, channels)
    found["decoder.attention.energy.weight"] = (1, c.d_attention)
    linear(found, "decoder.context_gate", 1, hidden)
    linear(found, "decoder.readout", c.d_readout, hidden + channels + c.d_embedding)
    linear(found, "output", c.target_size, c.d_readout)
    return found


def linear(found: dict, name: str, rows: int, columns: int) -> None:
    found[f"{name}.weight"], found[f"{name}.bias"] = (rows, columns), (rows,)


def statistic(name: str) -> bool:
    """Whether it is counted, not trained."""
    return name.endswith(("running_mean", "running_var"))


def initial(c: Config, seed: int) -> dict[str, np.ndarray]:
    """He for filters, Glorot for matrices, orthogonal for the recurrent one, zero for biases."""
    rng = np.random.default_rng(seed)
    return {name: first(name, shape, rng) for name, shape in shapes(c).items()}


def first(name: str, shape: tuple[int, ...], rng) -> np.ndarray:
    if name.endswith(("norm.weight", "running_var")):
        return np.ones(shape, "float32")
    if len(shape) == 1:
        return np.zeros(shape, "float32")
    if len(shape) == 4:
        return rng.normal(0, np.sqrt(2 / np.prod(shape[1:])), shape).astype("float32")
    if "weight_hh" in name:
        blocks = [np.linalg.qr(rng.normal(size=(shape[1], shape[1])))[0] for _ in range(4)]
        return np.concatenate(blocks).astype("float32")
    if "embedding" in name:
        return rng.normal(0, shape[1] ** -0.5, shape).astype("float32")
    bound = np.sqrt(6 / ((shape[0] / 4 if "weight_ih" in name else shape[0]) + shape[1]))
    return rng.uniform(-bound, bound, shape).astype("float32")


def encode(w: dict, c: Config, pictures, training: bool = False):
    """Bytes `[batch, side, side, 3]` to memory `[batch, places, width]`, and in training the
    statistics of this batch."""
    outputs, counted = [], {}
    x = (pictures.astype(jnp.float32) / 255 - MEAN) / DEVIATION
    for index, layer in enumerate(c.layers):
        name, pad = f"encoder.layers.{index}", layer["padding"]
        x = jax.lax.conv_general_dilated(
            x, w[f"{name}.weight"].transpose(2, 3, 1, 0), [layer["stride"]] * 2,
            pad.upper() if isinstance(pad, str) else [(pad, pad)] * 2,
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        )  # fmt: skip
        mean, variance = w[f"{name}.norm.running_mean"], w[f"{name}.norm.running_var"]
        if training:
            mean = x.mean((0, 1, 2))
            variance = (x * x).mean((0, 1, 2)) - mean * mean
            counted |= {f"{name}.norm.running_mean": mean, f"{name}.norm.running_var": variance}
        scale = w[f"{name}.norm.weight"] / jnp.sqrt(variance + layer["norm_epsilon"])
        x = x * scale + (w[f"{name}.norm.bias"] - mean * scale)
        if "add" in layer:
            x = x + outputs[layer["add"]]
        x = jax.nn.relu(x)
        outputs.append(x)
    return x.reshape(x.shape[0], -1, x.shape[-1]), counted


def start(w: dict, memory):
    """First h and c."""
    mean = memory.mean(1)
    names = ("decoder.bridge.0", "decoder.bridge_cell.0")
    return tuple(jnp.tanh(mean @ w[f"{n}.weight"].T + w[f"{n}.bias"]) for n in names)


def keys_of(w: dict, memory):
    return memory @ w["decoder.attention.key.weight"].T + w["decoder.attention.query.bias"]


def step(w: dict, state, y, memory, keys):
    """One token: `y` `[batch, d_embedding]`; the new state, what the readout reads of state and
    context, and the alignment."""
    h, c = state
    query = (h @ w["decoder.attention.query.weight"].T)[:, None]
    energies = jnp.tanh(keys + query) @ w["decoder.attention.energy.weight"][0]
    alignment = jax.nn.softmax(energies)
    gate = jax.nn.sigmoid(h @ w["decoder.context_gate.weight"].T + w["decoder.context_gate.bias"])
    context = gate * jnp.einsum("bp,bpd->bd", alignment, memory)
    gates = jnp.concatenate([y, context], -1) @ w["decoder.rnn.weight_ih_l0"].T
    gates = gates + h @ w["decoder.rnn.weight_hh_l0"].T
    gates = gates + w["decoder.rnn.bias_ih_l0"] + w["decoder.rnn.bias_hh_l0"]
    i, f, g, o = jnp.split(gates, 4, -1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(o) * jnp.tanh(c)
    return (h, c), jnp.concatenate([h, context], -1), alignment


def logits_of(w: dict, read, y):
    read = jnp.concatenate([read, y], -1)
    read = read @ w["decoder.readout.weight"].T + w["decoder.readout.bias"]
    return read @ w["output.weight"].T + w["output.bias"]


def dropped(values, rate: float, key, axes: tuple[int, ...]):
    """Dropout of whole rows or of single numbers: one draw for each index of the first `axes`."""
    if key is None or rate == 0:
        return values
    shape = [n if axis in axes else 1 for axis, n in enumerate(values.shape)]
    kept = jax.random.bernoulli(key, 1 - rate, shape)
    return jnp.where(kept, values / (1 - rate), 0)


def decode(w: dict, memory, target, key=None, rate: float = 0.0, unsaid=None):
    """Teacher forcing: logits `[batch, target, words]`, alignments `[batch, target, places]`.

    In training words already said are left out now and then (`rate`), or where `unsaid` is true: so
    the next word comes from the picture, not from the habit that no red moon was ever seen.
    """
    y = dropped(w["decoder.embedding.weight"][target], rate, key, (0, 1))
    y = y if unsaid is None else jnp.where(unsaid[..., None], 0, y)
    keys = keys_of(w, memory)

    def one(state, y):
        state, read, alignment = step(w, state, y, memory, keys)
        return state, (read, alignment)

    _, (reads, alignments) = jax.lax.scan(one, start(w, memory), y.swapaxes(0, 1))
    return logits_of(w, reads.swapaxes(0, 1), y), alignments.swapaxes(0, 1)


def greedy(w: dict, c: Config, pictures, longest: int):
    """Tokens `[batch, longest]` and alignments `[batch, longest, places]`; what follows <eos> is
    without meaning."""
    memory, _ = encode(w, c, pictures)
    keys = keys_of(w, memory)

    def one(carry, _):
        state, token = carry
        y = w["decoder.embedding.weight"][token]
        state, read, alignment = step(w, state, y, memory, keys)
        token = logits_of(w, read, y).argmax(-1)
        return (state, token), (token, alignment)

    first_token = jnp.full(pictures.shape[0], 1)
    _, (tokens, alignments) = jax.lax.scan(one, (start(w, memory), first_token), None, longest)
    return tokens.swapaxes(0, 1), alignments.swapaxes(0, 1)
