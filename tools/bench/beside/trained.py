"""A Transformer of `models/`: what `model.json` says, and its float weights."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file


class Trained:
    """`docs/WEIGHTS.md` lists the fields and the tensors."""

    def __init__(self, folder: Path):
        self.config = json.loads((folder / "model.json").read_text())
        self.weights = load_file(folder / "weights.safetensors")
        self.source = self.config["source"]["words"]
        self.target = self.config["target"]["words"]
        pre_norm_relu = [self.config[key] for key in ("norm", "activation", "positions")]
        if pre_norm_relu != ["pre", "relu", "sinusoidal"]:
            raise ValueError(f"written for pre-norm, ReLU and sinusoids, not {pre_norm_relu}")

    def linear(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Matrix `[outputs, inputs]` and bias `[outputs]`."""
        return self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]

    def output(self) -> tuple[np.ndarray, np.ndarray]:
        """The layer behind the decoder: its matrix is the target's embedding."""
        return self.weights["decoder.embedding.weight"], self.weights["output.bias"]

    def side(self, side: str) -> range:
        """The layers of `encoder` or `decoder`."""
        return range(self.config[f"{side}_layers"])

    def positions(self, length: int) -> np.ndarray:
        """`[length, d_model]`: sine on even, cosine on odd channels (arXiv 1706.03762, 3.5)."""
        channel = np.arange(self.config["d_model"])
        power = 2 * (channel // 2) / len(channel)
        angle = np.arange(length)[:, None] / 10000.0**power
        return np.where(channel % 2 == 0, np.sin(angle), np.cos(angle)).astype(np.float32)
