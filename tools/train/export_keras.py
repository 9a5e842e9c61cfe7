"""Writes `weights.safetensors` from a `.keras` or `.weights.h5` file of Keras 3 and a map.

    python tools/train/export_keras.py my.keras                       # which layers it has
    python tools/train/export_keras.py my.keras --map map.json -o weights.safetensors

The map says where each layer goes, by the names of docs/WEIGHTS.md; a layer is called by its name
in Keras, or by its path in the file where it has no name of its own:

    {
      "source_embedding": "encoder.embedding",
      "encoder_gru": {"to": "encoder.rnn", "layer": 0, "cell": "gru"},
      "bridge": "decoder.bridge.0",
      …
    }

`layer` counts stacked layers of cells, from 0, which is taken if nothing is said.  `cell` ("rnn",
"gru", "lstm") is needed where the file does not tell: in a `.weights.h5`, and inside classes of
one's own.  There activations and the like cannot be looked at either, and are taken to be what the
engine computes.  A layer may go to several places: `["encoder.embedding", "decoder.embedding"]`.
Neither Keras nor any of its backends is run; numpy, h5py, ml_dtypes and safetensors are enough.
"""

import argparse
import json
import os
import re
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import save

import from_keras
from keras_files import CLASSES, KerasFile
from keras_layer import Layer

CELLS = re.compile(r"(encoder|decoder)\.rnn")
# By place: what makes tensors of a layer; the first that fits.
KINDS = {
    r"(encoder|decoder)\.embedding": from_keras.embedding,
    r"decoder\.attention\.energy": from_keras.energy,
    r"encoder\.layers\.\d+": from_keras.convolution,
    r"encoder\.layers\.\d+\.norm": from_keras.normalisation,
} | dict.fromkeys(from_keras.DENSE, from_keras.dense)


class Export:
    """Tensors, and what `model.json` must say about them, by its objects."""

    def __init__(self, file: KerasFile):
        self.file = file
        self.tensors: dict[str, np.ndarray] = {}
        self.said: dict[str, dict] = {}
        self.unchecked: list[str] = []

    def add(self, name: str, entry: dict) -> None:
        """A layer to one place."""
        place = entry["to"]
        layer = self.file.layer(name, entry.get("cell"))
        if CELLS.fullmatch(place):
            found = from_keras.cell(layer, place, f"l{entry.get('layer', 0)}")
            self.say(layer, place.removesuffix(".rnn"), from_keras.described(layer))
        else:
            if "layer" in entry or "cell" in entry:
                layer.refuse(f"layer and cell must be said of cells only, not of {place}")
            kinds = [kind for pattern, kind in KINDS.items() if re.fullmatch(pattern, place)]
            if not kinds:
                layer.refuse(f"must go to a name of docs/WEIGHTS.md, not {place}")
            found = kinds[0](layer, place)
            self.describe(layer, place)
        for tensor in found:
            if tensor in self.tensors:
                layer.refuse(f"{tensor} must come from one layer, not from two")
        self.tensors |= found
        if not layer.config:
            self.unchecked.append(name)

    def describe(self, layer: Layer, place: str) -> None:
        """Activations, and sizes of filters, if known."""
        if not layer.config:
            return
        if match := re.fullmatch(r"decoder\.(bridge|readout).*", place):
            activation = from_keras.activation_of(layer, place).replace("linear", "none")
            self.say(layer, "decoder", {f"{match[1]}_activation": activation})
        if re.fullmatch(r"encoder\.layers\.\d+", place):
            self.say(layer, place, from_keras.filter_described(layer))
        if place.endswith(".norm"):
            epsilon = {"norm_epsilon": layer.config["epsilon"]}
            self.say(layer, place.removesuffix(".norm"), {"norm": True} | epsilon)

    def say(self, layer: Layer, what: str, fields: dict) -> None:
        """Adds fields to an object of `model.json`, which say what is said already."""
        known = self.said.setdefault(what, {})
        for field, value in fields.items():
            if known.setdefault(field, value) != value:
                layer.refuse(f"{field} must be {known[field]} as of the layers before, not {value}")
        if known.get("norm") and known.get("activation"):
            layer.refuse(f"{what} must have no activation of its own before normalisation")


def read_map(path: Path) -> list[tuple[str, dict]]:
    """Layers and where they go."""

    def unique(pairs):
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"{name}: must be there once")
        return dict(pairs)

    known = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=unique)
    if not isinstance(known, dict) or not known:
        raise ValueError("must be an object of layers and where they go")
    found = []
    for name, entries in known.items():
        for entry in entries if isinstance(entries, list) else [entries]:
            found.append((name, checked(name, {"to": entry} if isinstance(entry, str) else entry)))
    return found


def checked(name: str, entry) -> dict:
    """An entry of the map that is what it should be."""
    expected = 'a place, or {"to": a place, "layer": a number, "cell": "rnn", "gru" or "lstm"}'
    right = (
        isinstance(entry, dict)
        and set(entry) <= {"to", "layer", "cell"}
        and isinstance(entry.get("to"), str)
        and type(entry.get("layer", 0)) is int
        and entry.get("layer", 0) >= 0
        and entry.get("cell", "rnn") in list(CLASSES)
    )
    if not right:
        raise ValueError(f"{name}: must be {expected}, not {json.dumps(entry)}")
    return entry


def write(path: Path, tensors: dict[str, np.ndarray]) -> None:
    """All of the file or none of it."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as new:
        try:
            new.write(save(tensors))
            new.close()
            os.chmod(new.name, 0o644)
            os.replace(new.name, path)
        except BaseException:
            os.unlink(new.name)
            raise


def export(source: Path, map_file: Path) -> Export:
    """All layers of the map; errors are one sentence with file, layer and what was expected."""
    try:
        entries = read_map(map_file)
    except (OSError, ValueError) as error:
        raise SystemExit(f"{map_file}: {error}") from error
    try:
        found = Export(KerasFile(source))
        for name, entry in entries:
            found.add(name, entry)
    except ValueError as error:
        raise SystemExit(f"{source}: {error}") from error
    return found


def print_layers(source: Path) -> None:
    """Name, path, class and shapes."""
    try:
        file = KerasFile(source)
    except ValueError as error:
        raise SystemExit(f"{source}: {error}") from error
    for path, name in file.layers().items():
        print(f"{name or '-':24} {path:32} {file.kind(path):18} {file.shapes(path)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help=".keras or .weights.h5")
    parser.add_argument("--map", type=Path, help="JSON; without it, the layers are listed")
    parser.add_argument("-o", "--output", type=Path, default=Path("weights.safetensors"))
    options = parser.parse_args()
    if options.map is None:
        return print_layers(options.file)
    found = export(options.file, options.map)
    try:
        write(options.output, found.tensors)
    except OSError as error:
        raise SystemExit(f"{options.output}: {error.strerror}") from error
    for name, tensor in found.tensors.items():
        print(f"{name:40} {list(tensor.shape)}")
    for what, fields in found.said.items():
        print(f"model.json, {what}: {json.dumps(fields)}")
    if found.unchecked:
        layers = ", ".join(dict.fromkeys(found.unchecked))
        print(f"activations and the like are not in the file, and taken as usual: {layers}")


if __name__ == "__main__":
    main()
