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

Of stacked layers, each is given its number: `cell(second, "encoder.rnn", "l1")`.  The layers must
have been built (called once).  Layers that the engine would compute otherwise (activations other
than Keras' defaults) are refused.
"""

import numpy as np

from transformer import keras

CELLS = (keras.layers.SimpleRNN, keras.layers.GRU, keras.layers.LSTM)
ACTIVATIONS = {"activation": "tanh", "recurrent_activation": "sigmoid"}


def array(variable) -> np.ndarray:
    """Row-major float32."""
    return np.ascontiguousarray(np.asarray(variable.value), dtype="float32")


def cell(layer, prefix: str, end: str = "l0") -> dict[str, np.ndarray]:
    """A `SimpleRNN`, `GRU` or `LSTM`, or a `Bidirectional` of one, as Keras lays them out."""
    if isinstance(layer, keras.layers.Bidirectional):
        if layer.forward_layer.go_backwards:
            raise ValueError(f"{layer.name}: the forward layer goes backwards")
        forward = cell(layer.forward_layer, prefix, end)
        return forward | cell(layer.backward_layer, prefix, f"{end}_reverse")
    if not isinstance(layer, CELLS):
        raise ValueError(f"{layer.name}: neither SimpleRNN, GRU nor LSTM")
    for name, usual in ACTIVATIONS.items():
        function = getattr(layer, name, None)
        if function is not None and function is not keras.activations.get(usual):
            raise ValueError(f"{layer.name}: {name} must be {usual}")
    names = {"kernel": layer.cell.kernel, "recurrent_kernel": layer.cell.recurrent_kernel}
    names |= {"bias": layer.cell.bias} if layer.use_bias else {}
    return {f"{prefix}.{name}_{end}": array(variable) for name, variable in names.items()}


def described(layer) -> dict:
    """What `model.json` says of the cell of a layer, and of directions and merge."""
    one = getattr(layer, "forward_layer", layer)
    kinds = {"SimpleRNN": "rnn", "GRU": "gru", "LSTM": "lstm"}
    fields = {"cell": kinds[type(one).__name__], "hidden": one.units}
    if fields["cell"] == "gru":
        fields["reset"] = "after" if one.reset_after else "before"
    if one is not layer:
        if layer.merge_mode not in ("concat", "sum"):
            raise ValueError(f"{layer.name}: merge_mode must be concat or sum")
        fields |= {"directions": "both", "merge": layer.merge_mode}
    return fields


def embedding(layer, name: str) -> dict[str, np.ndarray]:
    """`Embedding`; `name`: with its side, without `.weight`."""
    return {f"{name}.weight": array(layer.embeddings)}


def dense(layer, name: str) -> dict[str, np.ndarray]:
    """The matrix of a `Dense` as [out, in], and its bias if it has one.

    Its activation is the place's: tanh of a readout, `bridge_activation` of a bridge, else none.
    """
    bias = {f"{name}.bias": array(layer.bias)} if layer.use_bias else {}
    return {f"{name}.weight": np.ascontiguousarray(array(layer.kernel).T)} | bias


def energy(layer, name: str) -> dict[str, np.ndarray]:
    """The scale of an `AdditiveAttention`, which is v; `Dense` layers before it are Q and K."""
    return {f"{name}.weight": array(layer.scale)[None]}


def convolution(layer, name: str) -> dict[str, np.ndarray]:
    """A `Conv2D` or `DepthwiseConv2D` (multiplier 1), as Keras lays it out; `name`:
    `encoder.layers.{i}`.  Its activation and what comes behind it is said in `model.json`."""
    if not isinstance(layer, (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)):
        raise ValueError(f"{layer.name}: neither Conv2D nor DepthwiseConv2D")
    for field, usual in {"groups": 1, "depth_multiplier": 1, "dilation_rate": (1, 1)}.items():
        if field == "groups" and isinstance(layer, keras.layers.DepthwiseConv2D):
            continue
        if getattr(layer, field, usual) != usual:
            raise ValueError(f"{layer.name}: {field} must be {usual}")
    bias = {f"{name}.bias": array(layer.bias)} if layer.use_bias else {}
    return {f"{name}.kernel": array(layer.kernel)} | bias


def normalisation(layer, name: str) -> dict[str, np.ndarray]:
    """A `BatchNormalization` of both scale and centre; `name`: `encoder.layers.{i}.norm`."""
    if not (layer.scale and layer.center):
        raise ValueError(f"{layer.name}: needs scale and center")
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    return {f"{name}.{one}": array(getattr(layer, one)) for one in names}
