"""Random weights for Keras layers."""

import golden_files as files


def randomise(layer, sharp: bool, rng) -> None:
    """Noise of the size that suits each variable."""
    kinds = {"bias": "bias", "embeddings": "embedding"}
    for variable in layer.weights:
        if not variable.shape:
            variable.assign(rng.uniform(0.7, 1.5))
            continue
        kind = kinds.get(variable.name, "sharp" if sharp else "matrix")
        variable.assign(files.noise(kind, tuple(variable.shape), rng))
