"""Layers out of Keras 3 files, by their names or by their paths.

    my.keras         a zip: config.json (classes and configurations by name), model.weights.h5
    my.weights.h5    arrays alone, at PATH/vars/0, 1, …; PATH/vars also has the layer's name

Of a layer inside a class of one's own, which `config.json` does not describe, and of all layers of
a `.weights.h5` nothing but the arrays is known.
"""

import json
import zipfile
import zlib
from pathlib import Path

import h5py
import ml_dtypes
import numpy as np

from keras_layer import WRAPPERS, Layer, float32

CLASSES = {"rnn": "SimpleRNN", "gru": "GRU", "lstm": "LSTM"}
PARTS = ("forward_layer", "backward_layer", "layer")  # of wrappers
BROKEN = (OSError, KeyError, TypeError, RuntimeError, zipfile.BadZipFile, zlib.error)


class KerasFile:
    """Everything of a file; errors are `ValueError`s."""

    def __init__(self, path: Path):
        self.configs: dict[str, list[dict]] = {}  # by name
        self.arrays: dict[str, list[np.ndarray]] = {}  # by path
        self.names: dict[str, str] = {}  # by path
        if not path.is_file():
            raise ValueError("there must be such a file")
        try:
            self._read(path)
        except BROKEN as error:
            raise ValueError(f"must be a whole file of Keras 3 ({error})") from error

    def layers(self) -> dict[str, str]:
        """Paths of all layers, those of wrappers and of cells as one; with their names."""
        floats = [path for path, arrays in self.arrays.items() if any(map(_floats, arrays))]
        found = {}
        for path in filter(None, floats):
            while _is_part(path, floats):
                path = path.rpartition("/")[0]
            found[path] = self.names.get(path, "")
        return found

    def layer(self, wanted: str, cell: str | None = None) -> Layer:
        """By name or by path; `cell` says what a layer of cells is where the file does not."""
        layers = self.layers()
        found = [path for path, name in layers.items() if name == wanted]
        if wanted in layers or self.arrays.get(wanted):
            found = [wanted]
        if len(found) != 1:
            known = ", ".join(f"{name} ({path})" for path, name in layers.items())
            how = "a path, for several have this name" if found else "the name or the path"
            raise ValueError(f"{wanted}: must be {how}, of one of these layers: {known}")
        return self._build(wanted, found[0], *self._said(found[0]), cell)

    def shapes(self, path: str) -> str:
        """Of all arrays of a layer, for people."""
        inside = [one for one in self.arrays if one == path or one.startswith(f"{path}/")]
        return " ".join(str(list(a.shape)) for one in inside for a in self.arrays[one])

    def kind(self, path: str) -> str:
        """Class of a layer, for people."""
        return self._said(path)[0] or "?"

    def _said(self, path: str) -> tuple[str | None, dict]:
        """Class and configuration of a layer, if it alone has its name."""
        name = self.names.get(path)
        said = self.configs.get(name, [])
        if list(self.names.values()).count(name) != 1 or any(one != said[0] for one in said):
            return None, {}
        return (said[0]["class_name"], said[0]["config"]) if said else (None, {})

    def _build(self, name: str, path: str, kind: str | None, config: dict, cell: str | None):
        """The layer at a path, with those inside."""
        parts = [part for part in PARTS if self._has(f"{path}/{part}")]
        if kind in (None, "TimeDistributed") and parts == ["layer"]:
            return self._build(name, f"{path}/layer", *_inside(config, "layer"), cell)
        if kind in (None, "Bidirectional") and set(parts) == set(WRAPPERS["Bidirectional"]):
            inside = {
                part: self._build(name, f"{path}/{part}", *_inside(config, part), cell)
                for part in parts
            }
            return Layer(name, "Bidirectional", config, [], inside)
        stated = CLASSES.get(cell)
        if stated and kind and kind.removesuffix("Cell") != stated:
            raise ValueError(f"{name}: must be {stated} as the map says, not {kind}")
        at = f"{path}/cell" if self.arrays.get(f"{path}/cell") else path
        arrays = [float32(name, array) for array in self.arrays.get(at, [])]
        return Layer(name, kind or stated, config, arrays)

    def _has(self, path: str) -> bool:
        return any(one == path or one.startswith(f"{path}/") for one in self.arrays)

    def _read(self, path: Path) -> None:
        if h5py.is_hdf5(path):
            with h5py.File(path) as tree:
                return self._read_tree(tree)
        if not zipfile.is_zipfile(path):
            raise ValueError("must be a .keras or .weights.h5 file of Keras 3")
        with zipfile.ZipFile(path) as parts:
            missing = {"config.json", "model.weights.h5"} - set(parts.namelist())
            if missing:
                raise ValueError(f"must hold {' and '.join(sorted(missing))}")
            self._index(json.loads(parts.read("config.json")))
            with parts.open("model.weights.h5") as stream, h5py.File(stream) as tree:
                self._read_tree(tree)

    def _read_tree(self, tree: h5py.Group) -> None:
        if "layer_names" in tree.attrs or "model_weights" in tree:
            raise ValueError("must be written by Keras 3: this is a .h5 of its predecessor")

        def visit(path: str, item) -> None:
            parent, _, last = path.rpartition("/")
            optimiser = path.split("/")[0] == "optimizer"
            if last == "vars" and isinstance(item, h5py.Group) and not optimiser:
                self.names[parent] = str(item.attrs.get("name", ""))
                keys = sorted((key for key in item if key.isdigit()), key=int)
                self.arrays[parent] = [_array(item[key]) for key in keys]

        tree.visititems(visit)
        if not self.layers():
            raise ValueError("must hold layers' weights as Keras 3 writes them")

    def _index(self, value) -> None:
        """All that has a class and a name, however deep."""
        if isinstance(value, dict) and isinstance(value.get("config"), dict):
            name = value["config"].get("name", value.get("name"))
            if isinstance(name, str) and "class_name" in value:
                self.configs.setdefault(name, []).append(value)
        if isinstance(value, (dict, list)):
            for inner in value.values() if isinstance(value, dict) else value:
                self._index(inner)


def _is_part(path: str, everything: list[str]) -> bool:
    """Of a wrapper or of a layer of cells, which have nothing beside such parts."""
    parent, _, _ = path.rpartition("/")
    inside = [one for one in everything if one.startswith(f"{parent}/")]
    parts = {one.removeprefix(f"{parent}/").split("/")[0] for one in inside}
    whole = ({"cell"}, {"layer"}, set(WRAPPERS["Bidirectional"]))
    return bool(parent) and parent not in everything and parts in whole


def _inside(config: dict, part: str) -> tuple[str | None, dict]:
    """Class and configuration of a part of a wrapper, if known."""
    said = config.get("layer" if part == "forward_layer" else part)
    if said is None and part == "backward_layer" and "layer" in config:
        turned = not config["layer"]["config"].get("go_backwards")
        return config["layer"]["class_name"], config["layer"]["config"] | {"go_backwards": turned}
    return (said["class_name"], said["config"]) if said else (None, {})


def _array(item: h5py.Dataset) -> np.ndarray:
    bfloat16 = item.attrs.get("dtype") == "bfloat16"
    return np.array(item, dtype=ml_dtypes.bfloat16) if bfloat16 else item[()]


def _floats(array: np.ndarray) -> bool:
    return array.dtype.kind == "f" or array.dtype.name == "bfloat16"
