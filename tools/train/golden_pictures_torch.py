"""What PyTorch computes with convolutional encoders of random weights, one folder per variant.

    python tools/train/golden_pictures_torch.py tests/golden/pictures

As in `golden_torch.py` the names of attributes make a `state_dict` a `weights.safetensors`, its
`num_batches_tracked` (read by nobody) included.  `ShowAttendTell` has the names and the order of
the PyTorch code that most captioning models descend from (a-PyTorch-Tutorial-to-Image-Captioning).
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

import golden_cases
import golden_files as files
import golden_picture_cases as cases
from golden_torch import Decoder

ACTIVATIONS = {"relu": torch.relu, "relu6": nn.functional.relu6, None: lambda x: x}
POOLS = {"max_pool": nn.MaxPool2d, "average_pool": nn.AvgPool2d}


class Filter(nn.Conv2d):
    """A filter with its `norm`."""

    def __init__(self, one: dict, channels: int, bias: bool):
        wide = one.get("channels", channels)
        groups = channels if one["kind"] == "depthwise" else 1
        super().__init__(channels, wide, one["kernel"], one.get("stride", 1),
                         one.get("padding", "valid"), groups=groups, bias=bias)  # fmt: skip
        if one.get("norm"):
            self.norm = nn.BatchNorm2d(wide, eps=one.get("norm_epsilon", 1e-5))

    def forward(self, x):
        x = super().forward(x)
        return self.norm(x) if hasattr(self, "norm") else x


class Encoder(nn.Module):
    """A picture to rows of places."""

    def __init__(self, case: dict):
        super().__init__()
        fields = case["encoder"]
        self.fields = fields["layers"]
        picture = fields["picture"]
        self.mean, self.deviation = (
            torch.tensor(picture[name])[:, None, None] for name in ("mean", "deviation")
        )
        channels, layers = picture["channels"], []
        bias = golden_cases.has_bias(case, "layers")
        for one in self.fields:
            if one["kind"] in POOLS:
                more = {n: one[n] for n in ("padding", "count_include_pad") if n in one}
                layers.append(POOLS[one["kind"]](one["kernel"], one.get("stride"), **more))
            else:
                layers.append(Filter(one, channels, bias))
                channels = one.get("channels", channels)
        self.layers = nn.ModuleList(layers)
        self.width = channels
        self.eval()

    def forward(self, picture):
        """Bytes `[height, width, channels]` to `[places, width]`."""
        x = torch.from_numpy(picture.transpose(2, 0, 1).astype("float32")) / 255
        x, outputs = ((x - self.mean) / self.deviation)[None], []
        for one, layer in zip(self.fields, self.layers):
            x = layer(x)
            if "add" in one:
                x = x + outputs[one["add"]]
            x = ACTIVATIONS[one.get("activation")](x)
            outputs.append(x)
        return x[0].flatten(1).T


class Attention(nn.Module):
    """Of `ShowAttendTell`."""

    def __init__(self, encoder_dim: int, decoder_dim: int, attention_dim: int):
        super().__init__()
        self.encoder_att = nn.Linear(encoder_dim, attention_dim)
        self.decoder_att = nn.Linear(decoder_dim, attention_dim)
        self.full_att = nn.Linear(attention_dim, 1)

    def forward(self, encoder_out, decoder_hidden):
        both = torch.relu(self.encoder_att(encoder_out) + self.decoder_att(decoder_hidden)[:, None])
        alpha = torch.softmax(self.full_att(both).squeeze(2), 1)
        return (encoder_out * alpha[..., None]).sum(1), alpha


class ShowAttendTell(nn.Module):
    """The decoder by that code's names."""

    def __init__(self, case: dict, encoder: Encoder):
        super().__init__()
        fields, words = case["decoder"], case["target_size"]
        hidden, wide, d_embedding = fields["hidden"], encoder.width, case["d_embedding"]
        self.attention = Attention(wide, hidden, fields["attention"]["d_attention"])
        self.embedding = nn.Embedding(words, d_embedding)
        self.decode_step = nn.LSTMCell(d_embedding + wide, hidden)
        self.init_h = nn.Linear(wide, hidden)
        self.init_c = nn.Linear(wide, hidden)
        self.f_beta = nn.Linear(hidden, wide)
        self.fc = nn.Linear(hidden, words)

    def start(self, encoder, memory, finals):
        mean = memory[None].mean(1)
        return [self.init_h(mean), self.init_c(mean)]

    def forward(self, state, token, memory):
        h, c, _ = state
        context, alpha = self.attention(memory[None], h)
        context = torch.sigmoid(self.f_beta(h)) * context
        read = torch.cat([self.embedding(token)[None], context], 1)
        h, c = self.decode_step(read, (h, c))
        return (h, c, context), h[0], alpha[0]


class Model(nn.Module):
    """Encoder, decoder, output."""

    def __init__(self, case: dict):
        super().__init__()
        self.tied, self.prefix = case["tied_output"], case.get("show_attend_tell")
        self.encoder = Encoder(case)
        if self.prefix is not None:
            self.decoder = ShowAttendTell(case, self.encoder)
            return
        self.decoder = Decoder(case, self.encoder)
        bias = golden_cases.has_bias(case, "output")
        self.output = nn.Linear(self.decoder.width, case["target_size"], bias=bias)
        if self.tied:
            self.output.weight = self.decoder.embedding.weight

    def randomise(self, rng):
        for name, value in self.state_dict().items():
            value.copy_(torch.as_tensor(noise(name, tuple(value.shape), rng)))

    @torch.no_grad()
    def encode(self, picture):
        memory = self.encoder(picture)
        first = self.decoder.start(self.encoder, memory, None)
        return memory, (*first, torch.zeros(memory.shape[1]))

    @torch.no_grad()
    def step(self, state, token, memory):
        state, out, alignment = self.decoder(state, torch.tensor(token), memory)
        scores = self.decoder.fc(out) if self.prefix is not None else self.output(out)
        return state, scores, alignment

    def tensors(self):
        found = {name: value.numpy() for name, value in self.state_dict().items()}
        if self.tied:
            del found["output.weight"]
        if self.prefix is not None:
            found = {name.replace("decoder.", self.prefix, 1) if name.startswith("decoder.")
                     else name: value for name, value in found.items()}  # fmt: skip
        return found


def noise(name: str, shape: tuple[int, ...], rng) -> np.ndarray:
    """Of the size that suits each tensor."""
    if name.endswith("num_batches_tracked"):
        return np.array(1000)
    if len(shape) == 4 or "norm." in name:
        return files.filter_noise(name, shape, rng)
    sharp = any(part in name for part in ("attention", "output", "fc."))
    kinds = {"bias": "bias" in name, "embedding": "embedding" in name, "sharp": sharp}
    return files.noise(next((kind for kind, here in kinds.items() if here), "matrix"), shape, rng)


def checkpoint(folder: Path) -> None:
    """`model.pt`: the weights as `BEST_checkpoint` has both modules, but as state dicts."""
    weights = load_file(folder / "weights.safetensors")
    sides = {
        side: {name.split(".", 1)[1]: v for name, v in weights.items() if name.startswith(side)}
        for side in ("encoder", "decoder")
    }
    some = [nn.Parameter(next(iter(sides["decoder"].values())).clone())]
    optimizer = torch.optim.Adam(some)
    some[0].sum().backward()
    optimizer.step()
    around = {"epoch": 9, "epochs_since_improvement": 0, "bleu-4": 0.25}
    optimizers = {"encoder_optimizer": None, "decoder_optimizer": optimizer.state_dict()}
    torch.save(around | sides | optimizers, folder / "model.pt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*", help="names of folders; else all")
    options = parser.parse_args()
    for name in options.only or cases.TORCH:
        files.write_pictures(options.folder / name, cases.TORCH[name], Model)
        if name == "torch-show-attend-tell":
            checkpoint(options.folder / name)


if __name__ == "__main__":
    main()
