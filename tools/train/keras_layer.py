"""A Keras layer as its name, its class, its configuration and its arrays, whatever they come from:
a layer in memory (`of`) or a file (`keras_files.py`).

Keras itself is not imported, so any of its backends will do.
"""

from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np

WRAPPERS = {"Bidirectional": ("forward_layer", "backward_layer"), "TimeDistributed": ("layer",)}


@dataclass
class Layer:
    """`config`: as of `get_config()`; `{}` where nothing is known, then all is taken as usual.

    `arrays`: in Keras' order, those of a layer of cells are its cell's.  `inside`: the layers of a
    wrapper by the names of its attributes.
    """

    name: str
    kind: str | None
    config: dict
    arrays: list[np.ndarray] = field(default_factory=list)
    inside: dict[str, "Layer"] = field(default_factory=dict)

    def refuse(self, expected: str) -> NoReturn:
        """`expected`: what must be, and what was found."""
        raise ValueError(f"{self.name}: {expected}")

    def must(self, field: str, *allowed):
        """The value of a field of the configuration, which is one of these; unknown: the first."""
        value = self.config.get(field, allowed[0])
        value = tuple(value) if isinstance(value, list) else value
        if value not in allowed:
            usual = " or ".join("not given" if one is None else shown(one) for one in allowed)
            self.refuse(f"{field} must be {usual}, not {shown(value)}")
        return value


def shown(value) -> str:
    """A value of a configuration in a word: of an object its class."""
    if isinstance(value, dict):
        inner = value.get("config")
        return inner if isinstance(inner, str) else value.get("class_name", "one's own")
    return str(value)


def of(layer) -> Layer:
    """A layer in memory, which must have been built (called once)."""
    if isinstance(layer, Layer):
        return layer
    kind = type(layer).__name__
    inside = {name: of(getattr(layer, name)) for name in WRAPPERS.get(kind, ())}
    try:
        config = layer.get_config()
    except Exception as error:  # Keras raises what it met, for example of a lambda
        raise ValueError(f"{layer.name}: its configuration cannot be told ({error})") from error
    arrays = [] if inside else [float32(layer.name, array) for array in layer.get_weights()]
    found = Layer(layer.name, kind, config, arrays, inside)
    return found.inside["layer"] if kind == "TimeDistributed" else found


def float32(name: str, array) -> np.ndarray:
    """Row-major float32 of any floats that safetensors' float32 holds well enough."""
    array = np.asarray(array)
    if array.dtype.name not in ("float16", "bfloat16", "float32", "float64"):
        raise ValueError(f"{name}: weights must be floats, not {array.dtype.name}")
    return np.ascontiguousarray(array, "float32")
