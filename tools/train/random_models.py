"""Small models with random weights and what Keras computes with them, one folder per variant.

    python tools/train/random_models.py tests/golden/transformer

They cover every choice of the Transformer (norm, positions, activation, tied output, odd sizes)
with weights far from their neutral values, so that a forgotten bias or a swapped axis shows.
"""

import argparse
import zlib
from pathlib import Path

import numpy as np

import export
import golden
from transformer import EOS, Config, Transformer

SMALL = {
    "d_model": 32, "n_heads": 4, "d_head": 8, "d_ff": 48, "source_size": 19, "target_size": 23,
    "max_source_len": 12, "max_target_len": 14,
}  # fmt: skip
LEARNED = SMALL | {"positions": "learned", "activation": "gelu", "tied_output": False}
VARIANTS = {
    "pre-sinusoidal-relu-tied": SMALL,
    "post-sinusoidal-relu-tied": SMALL | {"norm": "post"},
    "pre-learned-gelu-separate": LEARNED,
    "post-learned-gelu-separate": LEARNED | {"norm": "post"},
    "odd": SMALL | {
        "d_model": 30, "n_heads": 3, "d_head": 10, "d_ff": 27, "source_size": 17,
        "target_size": 21, "encoder_layers": 1, "norm_epsilon": 1e-3, "output_bias": False,
    },
}  # fmt: skip
LENGTHS = (1, 2, 7, 12)


def randomise(model: Transformer, rng: np.random.Generator) -> None:
    """All variables of a model."""
    fill(export.variables(model), model.config.d_model, rng)


def fill(variables: dict[str, tuple], d_model: int, rng: np.random.Generator) -> None:
    """Gains about 1, biases about 0.2, sharp queries and keys, unit-sized embeddings.

    `variables`: as of `export.variables`.
    """
    spread = 1 / np.sqrt(d_model)
    for name, (variable, to_tensor, to_variable) in variables.items():
        shape = to_tensor(np.asarray(variable.value)).shape
        noise = rng.standard_normal(shape)
        if "norm" in name:
            value = 0.25 * noise + name.endswith("weight")
        elif name.endswith("bias"):
            value = 0.2 * noise
        elif "embedding" in name:
            value = spread * noise
        elif "position" in name:
            value = 0.7 * noise
        else:
            sharp = 1.6 if "query" in name or "key" in name or "output" in name else 1.0
            value = sharp * noise / np.sqrt(shape[1])
        variable.assign(to_variable(value.astype("float32")))


def sources(config: Config, rng: np.random.Generator) -> list[list[int]]:
    """Random words of all lengths up to the longest, <eos> last."""
    return [
        [*rng.integers(3, config.source_size, length - 1).tolist(), EOS] for length in LENGTHS
    ]


def words(count: int, letter: str) -> list[str]:
    """Specials and invented words."""
    return ["<pad>", "<bos>", "<eos>"] + [f"{letter}{index}" for index in range(3, count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    for name, sizes in VARIANTS.items():
        config = Config(**sizes)
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        model = Transformer(config)
        randomise(model, rng)
        folder = options.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        vocabularies = words(config.source_size, "s"), words(config.target_size, "t")
        layer = config.decoder_layers - 1
        export.save(folder, model, *vocabularies, layer, selftest="s3 s4")
        golden.write(folder, export.load(folder)[0], sources(config, rng), layer)


if __name__ == "__main__":
    main()
