"""The models of `tests/golden/pictures`: what each is made of, and the pictures they see."""

import numpy as np

from golden_cases import BOS, EOS, additive, decoder, transformer, words

PICTURES = 4


def layer(kind: str, kernel: int, stride: int | None = None, padding=None, **more) -> dict:
    """Of `model.json`; what is left out here is left out there, for the default to apply."""
    found = {"kind": kind, "kernel": kernel}
    if stride is not None:
        found["stride"] = stride
    if padding is not None:
        found["padding"] = padding
    return found | more


def conv(channels: int, kernel: int, stride=None, padding=None, **more) -> dict:
    return layer("conv", kernel, stride, padding, channels=channels, **more)


def depthwise(kernel: int, stride=None, padding=None, **more) -> dict:
    return layer("depthwise", kernel, stride, padding, **more)


def pool(kind: str, kernel: int, stride=None, padding=None, **more) -> dict:
    return layer(f"{kind}_pool", kernel, stride, padding, **more)


def encoder(width: int, height: int, channels: int, *layers: dict) -> dict:
    mean, deviation = [0.485, 0.456, 0.406][:channels], [0.229, 0.224, 0.225][:channels]
    picture = {"width": width, "height": height, "channels": channels,
               "mean": mean, "deviation": deviation}  # fmt: skip
    return {"kind": "convolutional", "picture": picture, "layers": list(layers)}


RELU, RELU6 = {"activation": "relu"}, {"activation": "relu6"}
NORM = {"norm": True, "norm_epsilon": 1e-5}
KERAS_NORM = {"norm": True, "norm_epsilon": 1e-3}
LIKE_OUR_OWN = {"context_gate": "scalar", "readout_activation": "none"}

# What is not as in USUAL.
TORCH = {
    "torch-strides": {  # whole paddings; the epsilon of the first norm is the default
        "encoder": encoder(
            16, 16, 3,
            conv(6, 5, 2, 2, norm=True, **RELU),
            conv(8, 3, 2, 1, **NORM, **RELU),
            conv(7, 1, **RELU),
        ),
        "decoder": decoder("lstm", 9, "mean", additive(8), "ec", "sc", 7),
    },
    "torch-residual": {
        "encoder": encoder(
            20, 13, 3,
            conv(6, 3, 2, 1, **NORM, **RELU),
            conv(6, 3, 1, "same", **NORM, **RELU),
            conv(6, 3, 1, 1, **NORM, **RELU, add=0),
            conv(9, 3, 2, 0, **NORM, **RELU),
            conv(9, 5, 1, 2, add=3),
        ),
        "decoder": decoder("lstm", 10, "mean", additive(6, activation="relu"), "ec", "sc", 7,
                           context_gate="vector"),
    },
    "torch-depthwise": {
        "encoder": encoder(
            20, 13, 3,
            conv(8, 3, 1, "valid", **NORM, **RELU6),
            depthwise(3, 2, 1, **NORM, **RELU6),
            conv(6, 1, **NORM),
            depthwise(5, 1, 2, **RELU6),
            conv(6, 1, **NORM, add=2),
        ),
        "decoder": decoder("gru", 8, "mean", additive(8, activation="tanh"), "ec", "sce", 7,
                           context_gate="scalar", readout_activation="none",
                           bridge_activation="none"),
    },
    "torch-pools": {
        "encoder": encoder(
            16, 16, 1,
            conv(7, 3, 1, 1, **RELU),
            pool("max", 3, 2, 1),
            conv(8, 3, 1, 1, **NORM, **RELU),
            pool("average", 2, 2),
        ),
        "decoder": decoder("lstm", 9, "mean", additive(7, activation="relu"), "ec", "s", 8,
                           readout_activation="none", context_gate="scalar"),
        "d_embedding": 8,
    },
    "torch-padded-pools": {  # zeros counted by default, counted, not counted; strides of windows
        "encoder": encoder(
            20, 15, 3,
            conv(6, 3, 1, 1, **NORM),
            pool("average", 3, 2, 1),
            conv(7, 3, 1, 1, **NORM, **RELU),
            pool("average", 3, 1, 1, count_include_pad=False),
            pool("average", 4, 1, 2, count_include_pad=True),
            conv(8, 3, 1, 1, **NORM),
            pool("max", 2),
        ),
        "decoder": decoder("lstm", 9, "mean", additive(7), "ec", "sc", 7),
    },
    "torch-like-our-own": {
        "encoder": encoder(
            16, 16, 3,
            conv(6, 3, 2, 1, **NORM, **RELU),
            conv(8, 3, 2, 1, **NORM, **RELU),
            conv(8, 3, 1, 1, **NORM, **RELU, add=1),
        ),
        "decoder": decoder("lstm", 9, "mean", additive(7, activation="tanh", query="previous"),
                           "ec", "sce", 7, **LIKE_OUR_OWN),
        "tied_output": False,
    },
    "torch-no-norm-no-bias": {
        "encoder": encoder(16, 16, 3, conv(6, 5, 3, 1, **RELU), conv(8, 3, 1, "valid", **RELU)),
        "decoder": decoder("rnn", 9, "zero", {"kind": "general", "query": "current"}, "ec", "sc",
                           7, context_gate="vector"),
        "no_bias": ("layers", "attention.key", "context_gate"),
    },
    "torch-show-attend-tell": {
        "encoder": encoder(16, 16, 3, conv(6, 3, 2, 1, **NORM, **RELU),
                           conv(8, 3, 2, 1, **NORM, **RELU)),
        "decoder": decoder("lstm", 9, "mean", additive(7, activation="relu", query="previous"),
                           "ec", "s", bridge_activation="none", context_gate="vector"),
        "d_embedding": 6, "tied_output": False, "show_attend_tell": "decoder.",
    },
    "torch-show-attend-tell-alone": {  # the same without a prefix
        "encoder": encoder(20, 13, 3, conv(7, 3, 2, 1, **NORM, **RELU), pool("max", 2, 2)),
        "decoder": decoder("lstm", 8, "mean", additive(9, activation="relu"), "ec", "s",
                           bridge_activation="none", context_gate="vector"),
        "tied_output": False, "show_attend_tell": "",
    },
}  # fmt: skip
KERAS = {
    "keras-same": {  # uneven: more padding behind than before
        "encoder": encoder(
            20, 13, 3,
            conv(6, 3, 2, "same", **KERAS_NORM, **RELU),
            conv(8, 5, 2, "same", **KERAS_NORM, **RELU),
            conv(7, 1, 1, "same"),
        ),
        "decoder": decoder("lstm", 9, "mean", additive(7), "ec", "sc", 7),
    },
    "keras-valid": {
        "encoder": encoder(
            16, 16, 3,
            conv(6, 5, 1, "valid", **RELU),
            conv(8, 3, 2, **KERAS_NORM, **RELU6),
            conv(8, 2, 1, "same", **KERAS_NORM, **RELU, add=1),
        ),
        "decoder": decoder("gru", 9, "mean", additive(8), "ec", "sce", 7, context_gate="scalar",
                           readout_activation="none"),
    },
    "keras-mobile": {  # inverted bottleneck
        "encoder": encoder(
            16, 16, 3,
            conv(5, 3, 2, "same", **KERAS_NORM, **RELU6),
            conv(9, 1, **KERAS_NORM, **RELU6),
            depthwise(3, 1, "same", **KERAS_NORM, **RELU6),
            conv(5, 1, **KERAS_NORM, add=0),
            depthwise(5, 2, "same", **KERAS_NORM, **RELU),
            conv(8, 1, **RELU),
        ),
        "decoder": decoder("lstm", 8, "mean", {"kind": "dot"}, "ec", "sc", 7,
                           context_gate="vector"),
    },
    "keras-pools": {
        "encoder": encoder(
            20, 14, 1,
            conv(6, 3, 1, "same", **RELU),
            pool("average", 2, 2, "same"),
            conv(8, 3, 1, "same", **KERAS_NORM, **RELU),
            pool("max", 3, 2, "same"),
        ),
        "decoder": decoder("lstm", 9, "zero", additive(6, query="current"), "ec", "sc",
                           7, context_gate="scalar"),
    },
    "keras-padded-pools": {  # uneven: only what is seen is counted
        "encoder": encoder(
            20, 13, 3,
            conv(6, 3, 1, "same", **KERAS_NORM),
            pool("average", 3, 2, "same"),
            conv(8, 3, 1, "same", **KERAS_NORM, **RELU),
            pool("average", 4, 1, "same"),
            pool("average", 2, padding="same"),
        ),
        "decoder": decoder("lstm", 9, "mean", additive(6), "ec", "sc", 7),
    },
    "keras-like-our-own": {
        "encoder": encoder(
            16, 16, 3,
            conv(6, 3, 2, "same", **KERAS_NORM, **RELU),
            conv(8, 3, 2, "same", **KERAS_NORM, **RELU),
            conv(8, 3, 1, "same", **KERAS_NORM, **RELU, add=1),
        ),
        "decoder": decoder("lstm", 9, "mean", additive(7), "ec", "sce", 7, **LIKE_OUR_OWN),
        "tied_output": False,
    },
    "keras-to-transformer": transformer(12, 3, 4, 13, decoder_layers=2, alignment_layer=1) | {
        "encoder": encoder(
            20, 13, 3,
            conv(6, 3, 2, "same", **KERAS_NORM, **RELU),
            conv(10, 3, 2, "same", **KERAS_NORM, **RELU),
        ),
        "decoder": "transformer",
        "tied_output": False,
    },
    "keras-to-transformer-post": transformer(
        10, 2, 6, 11, decoder_layers=1, alignment_layer=0, norm="post", positions="learned",
        activation="gelu", norm_epsilon=1e-3,
    ) | {
        "encoder": encoder(16, 16, 3, conv(7, 5, 2, **RELU), pool("max", 2, 2)),
        "decoder": "transformer",
    },
}  # fmt: skip
USUAL = {
    "d_embedding": 7, "tied_output": True, "no_bias": ("attention.key",), "target_size": 19,
    "max_target_len": 10,
}  # fmt: skip


def completed(case: dict) -> dict:
    """With what is usual, and the number of places."""
    height, width, _ = size(case["encoder"])
    whole = USUAL | {"max_source_len": height * width, "source_size": 3} | case
    if case["decoder"] == "transformer":
        del whole["d_embedding"]
    return whole


def stride(one: dict) -> int:
    """Of a layer: from window to window of a pool, unless it says another."""
    return one.get("stride", one["kernel"] if one["kind"].endswith("_pool") else 1)


def paddings(one: dict, into: int) -> tuple[int, int]:
    """Before and behind, along one axis of that length."""
    kernel, step, padding = one["kernel"], stride(one), one.get("padding", "valid")
    if padding == "same":
        total = max((-(-into // step) - 1) * step + kernel - into, 0)
        return total // 2, total - total // 2
    return (0, 0) if padding == "valid" else (padding, padding)


def size(fields: dict) -> tuple[int, int, int]:
    """Height, width and channels behind the last layer."""
    picture = fields["picture"]
    height, width, channels = (picture[name] for name in ("height", "width", "channels"))
    for one in fields["layers"]:
        height, width = (
            (into + sum(paddings(one, into)) - one["kernel"]) // stride(one) + 1
            for into in (height, width)
        )
        channels = one.get("channels", channels)
    return height, width, channels


def pictures(case: dict, rng) -> list[np.ndarray]:
    """Coarse patches with some noise, from nearly black to nearly white."""
    fields = case["encoder"]["picture"]
    height, width, channels = (fields[name] for name in ("height", "width", "channels"))
    found = []
    for _ in range(PICTURES):
        knots = rng.integers(0, 256, (4, 4, channels))
        rows, columns = np.arange(height) * 4 // height, np.arange(width) * 4 // width
        noisy = knots[rows][:, columns] + rng.integers(-24, 25, (height, width, channels))
        found.append(np.clip(noisy, 0, 255).astype("uint8"))
    return found


def fields_of(case: dict) -> dict:
    """`model.json`."""
    hidden = ("no_bias", "source_size", "target_size", "show_attend_tell")
    specials = {"pad": 0, "bos": BOS, "eos": EOS}
    return {name: value for name, value in case.items() if name not in hidden} | {
        "target": {"words": words(case["target_size"], "t")} | specials,
        "selftest": "random",
    }
