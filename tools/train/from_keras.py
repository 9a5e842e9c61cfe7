"""Keras layers as tensors under the names of docs/WEIGHTS.md.

    tensors = (
        embedding(source_embedding, "encoder.embedding")
        | cell(bidirectional_gru, "encoder.rnn")
        | embedding(target_embedding, "decoder.embedding")
        | dense(bridge, "decoder.bridge.0")
        | cell(decoder_gru, "decoder.rnn")
        | dense(query, "decoder.attention.query")
        | dense(key, "decoder.attention.key")
        | energy(additive_attention, "decoder.attention.energy")
        | dense(output, "output")
    )
    safetensors.numpy.save_file(tensors, "weights.safetensors")

Of stacked layers, each is given its number: `cell(second, "encoder.rnn", "l1")`.  Layers are in
memory and built (called once), or read by `keras_files.py`; `export_keras.py` does all of this for
a file.  A layer that the engine would compute otherwise is a `ValueError`.
"""

import re

import numpy as np

from keras_layer import Layer, of

CELLS = {"SimpleRNN": ("rnn", 1), "GRU": ("gru", 3), "LSTM": ("lstm", 4)}  # and numbers of gates
# What a `Dense` may do behind its product, by where it goes.
DENSE = {
    r"decoder\.bridge(_cell)?\.\d+": ("tanh", "linear"),
    r"decoder\.attention\.(query|key|energy)": ("linear",),
    r"decoder\.context_gate": ("sigmoid",),
    r"decoder\.readout": ("tanh", "linear"),
    "output": ("linear", "softmax", "log_softmax"),
}


def cell(layer, prefix: str, end: str = "l0") -> dict[str, np.ndarray]:
    """A `SimpleRNN`, `GRU` or `LSTM`, or a `Bidirectional` of one, as Keras lays them out."""
    layer = of(layer)
    if layer.kind != "Bidirectional":
        return one_direction(layer, prefix, end, backwards=False)
    if prefix.startswith("decoder"):
        layer.refuse("a decoder must have one direction, not be Bidirectional")
    layer.must("merge_mode", "concat", "sum")
    forward, backward = (layer.inside[f"{way}_layer"] for way in ("forward", "backward"))
    found = one_direction(forward, prefix, end, backwards=False)
    found |= one_direction(backward, prefix, f"{end}_reverse", backwards=True)
    if described(forward) != described(backward):
        layer.refuse("both directions must be of the same kind and size")
    return found


def one_direction(layer: Layer, prefix: str, end: str, backwards: bool) -> dict[str, np.ndarray]:
    """Of `Bidirectional`, or of a layer alone, which is a forward one."""
    gates = gates_of(layer)
    layer.must("activation", "tanh")
    layer.must("recurrent_activation", "sigmoid")
    layer.must("go_backwards", backwards)
    if len(layer.arrays) not in (2, 3):
        layer.refuse(f"needs kernel, recurrent_kernel, bias or none, not {shapes(layer)}")
    hidden = layer.arrays[1].shape[0]
    wide = gates * hidden
    biases = [(wide,), (2, wide)] if gates == 3 else [(wide,)]
    right = layer.arrays[0].shape[1:] == (wide,) and layer.arrays[1].shape == (hidden, wide)
    if not right or any(bias.shape not in biases for bias in layer.arrays[2:]):
        kind = CELLS[plain(layer)][0]
        expected = f"a {kind} of {hidden} units needs kernel [in, {wide}], recurrent_kernel"
        layer.refuse(f"{expected} [{hidden}, {wide}] and a bias of {wide}, not {shapes(layer)}")
    names = ("kernel", "recurrent_kernel", "bias")
    return {f"{prefix}.{name}_{end}": array for name, array in zip(names, layer.arrays)}


def plain(layer: Layer) -> str:
    """The class of a layer of cells; a cell alone counts as one."""
    return (layer.kind or "").removesuffix("Cell")


def gates_of(layer: Layer) -> int:
    if layer.kind is None:
        layer.refuse("its cell must be said, as rnn, gru or lstm: the file does not tell")
    if plain(layer) not in CELLS:
        layer.refuse(f"must be SimpleRNN, GRU or LSTM, or Bidirectional of one, not {layer.kind}")
    return CELLS[plain(layer)][1]


def shapes(layer: Layer) -> str:
    """All of a layer, for errors."""
    return ", ".join(str(list(array.shape)) for array in layer.arrays) or "nothing"


def described(layer) -> dict:
    """What `model.json` says of the cell of a layer, and of directions and merge."""
    layer = of(layer)
    one = layer.inside.get("forward_layer", layer)
    gates = gates_of(one)
    fields = {"cell": CELLS[plain(one)][0], "hidden": one.arrays[1].shape[0]}
    if gates == 3 and (len(one.arrays) == 3 or "reset_after" in one.config):
        two_biases = len(one.arrays) == 3 and one.arrays[2].ndim == 2
        fields["reset"] = "after" if one.config.get("reset_after", two_biases) else "before"
    if one is not layer:
        merge = layer.must("merge_mode", "concat", "sum")
        fields |= {"directions": "both", "merge": merge}
    return fields


def embedding(layer, name: str) -> dict[str, np.ndarray]:
    """`Embedding`; `name`: with its side, without `.weight`."""
    layer = of_kind(layer, "Embedding")
    (table,) = ranks(layer, "a table [vocabulary, width]", 2)
    return {f"{name}.weight": table}


def dense(layer, name: str) -> dict[str, np.ndarray]:
    """The matrix of a `Dense` as [out, in], and its bias if it has one.

    Its activation is one that the engine has at this place: see `activation_of`.
    """
    layer = of_kind(layer, "Dense")
    activation_of(layer, name)
    kernel, *bias = ranks(layer, "kernel [in, out] and a bias or none", 2, 1)
    found = {f"{name}.weight": np.ascontiguousarray(kernel.T)}
    return found | {f"{name}.bias": one for one in bias}


def activation_of(layer, name: str) -> str:
    """Of a `Dense` at this place; of a layer of which it is not known, the first that may be.

    A softmax over the output is no choice: the engine gives logits, and takes the largest.
    """
    for pattern, allowed in DENSE.items():
        if re.fullmatch(pattern, name):
            return of(layer).must("activation", *allowed)
    return of(layer).refuse(f"a Dense cannot be {name}")


def energy(layer, name: str) -> dict[str, np.ndarray]:
    """The scale of an `AdditiveAttention`, which is v; `Dense` layers before it are Q and K.

    Or a `Dense` of one unit, without its bias, which the softmax behind it ignores.
    """
    layer = of_kind(layer, "AdditiveAttention", "Dense")
    if layer.kind == "Dense" or (layer.kind is None and layer.arrays and layer.arrays[0].ndim == 2):
        weight = dense(layer, name)[f"{name}.weight"]
        if weight.shape[0] != 1:
            layer.refuse(f"energy must be a Dense of 1 unit, not of {weight.shape[0]}")
        return {f"{name}.weight": weight}
    layer.must("use_scale", True)
    (scale,) = ranks(layer, "a scale [d_attention]", 1)
    return {f"{name}.weight": scale[None]}


def convolution(layer, name: str) -> dict[str, np.ndarray]:
    """A `Conv2D` or `DepthwiseConv2D` (multiplier 1), as Keras lays it out; `name`:
    `encoder.layers.{i}`.  `filter_described` has what `model.json` says of it."""
    layer = of_kind(layer, "Conv2D", "DepthwiseConv2D")
    filter_described(layer)
    layer.must("dilation_rate", (1, 1), 1)
    layer.must("groups", 1)
    layer.must("depth_multiplier", 1)
    kernel, *bias = ranks(layer, "kernel [k, k, in, out] and a bias or none", 4, 1)
    return {f"{name}.kernel": kernel} | {f"{name}.bias": one for one in bias}


def filter_described(layer) -> dict:
    """What the configuration of a `Conv2D` or `DepthwiseConv2D` says for `model.json`.

    The engine's activation comes behind normalisation and addition: where a `BatchNormalization`
    or an `Add` follows, the layer has none, and theirs is said by hand.
    """
    layer = of(layer)
    activation = layer.must("activation", "linear", "relu", "relu6")
    fields = {"activation": None if activation == "linear" else activation}
    for theirs, ours in {"kernel_size": "kernel", "strides": "stride"}.items():
        sides = layer.config.get(theirs, (1, 1))
        sides = (sides, sides) if isinstance(sides, int) else tuple(sides)
        if sides[0] != sides[1]:
            layer.refuse(f"{theirs} must be the same both ways, not {sides}")
        if theirs in layer.config:
            fields[ours] = sides[0]
    if "padding" in layer.config:
        fields["padding"] = layer.must("padding", "valid", "same")
    return fields


def normalisation(layer, name: str) -> dict[str, np.ndarray]:
    """A `BatchNormalization` of both scale and centre; `name`: `encoder.layers.{i}.norm`."""
    layer = of_kind(layer, "BatchNormalization")
    layer.must("scale", True)
    layer.must("center", True)
    layer.must("axis", -1, 3)
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    if [array.ndim for array in layer.arrays] != [1, 1, 1, 1]:
        layer.refuse(f"needs {', '.join(names)}, not {shapes(layer)}")
    return {f"{name}.{one}": array for one, array in zip(names, layer.arrays)}


def of_kind(layer, *kinds: str) -> Layer:
    """A layer of one of these classes, or of an unknown one."""
    layer = of(layer)
    if layer.kind not in (None, *kinds):
        layer.refuse(f"must be {' or '.join(kinds)}, not {layer.kind}")
    if layer.inside:
        layer.refuse(f"must be {' or '.join(kinds)}, not two directions of cells")
    return layer


def ranks(layer: Layer, expected: str, first: int, *more: int) -> list[np.ndarray]:
    """All arrays of a layer, whose first has so many axes, and which need not have the others."""
    found = [array.ndim for array in layer.arrays]
    if found[:1] != [first] or found[1:] not in ([], list(more)):
        layer.refuse(f"needs {expected}, not {shapes(layer)}")
    return layer.arrays
