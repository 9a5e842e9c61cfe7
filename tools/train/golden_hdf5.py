"""The weights of a Keras model in the other ways that HDF5 stores numbers.

    python tools/train/golden_hdf5.py tests/golden/keras/lstm-bahdanau

Beside `model.weights.h5` it writes `packed.weights.h5` (chunks, shuffled and deflated, of F32 and,
every second tensor, F64), `half.weights.h5` (F16) and `bfloat16.weights.h5` (as Keras stores it: two
opaque bytes each, with an attribute).  The values of the latter two are rounded.  Needs h5py and
ml_dtypes, which come with Keras.
"""

import argparse
from pathlib import Path

import h5py
import ml_dtypes
import numpy as np


def packed(group, name: str, values, count: int) -> None:
    """Chunks that do not divide the shape, so that the last ones have room to spare; small tensors whole."""
    if values.size < 300:
        group.create_dataset(name, data=values)
        return
    chunks = tuple(max(1, size * 2 // 3) for size in values.shape)
    values = values.astype("float64") if count % 2 else values
    group.create_dataset(
        name, data=values, chunks=chunks, shuffle=True, compression="gzip", compression_opts=9
    )


def half(group, name: str, values, _: int) -> None:
    group.create_dataset(name, data=values.astype("float16"))


def bfloat16(group, name: str, values, _: int) -> None:
    rounded = values.astype(ml_dtypes.bfloat16)
    tensor = group.create_dataset(name, data=rounded.view(np.uint16).view("V2"))
    tensor.attrs["dtype"] = "bfloat16"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with model.weights.h5")
    folder = parser.parse_args().folder
    with h5py.File(folder / "model.weights.h5") as whole:
        tensors = {}
        whole.visititems(
            lambda name, one: tensors.update({name: one[()]}) if hasattr(one, "shape") else None
        )
    for way in (packed, half, bfloat16):
        with h5py.File(folder / f"{way.__name__}.weights.h5", "w") as file:
            for count, (name, values) in enumerate(tensors.items()):
                inside, _, last = name.rpartition("/")
                way(file.require_group(inside), last, values, count)


if __name__ == "__main__":
    main()
