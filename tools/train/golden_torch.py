"""What PyTorch computes with recurrent models of random weights, one folder per variant.

    python tools/train/golden_torch.py tests/golden/recurrent

`Model` is an ordinary `nn.Module`; the names of its attributes are all that makes its `state_dict`
a `weights.safetensors` of docs/WEIGHTS.md.  Any PyTorch since 1.13 (Debian 12's python3-torch).
"""

import argparse
from pathlib import Path

import torch
from torch import nn

import golden_cases as cases
import golden_files as files

CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class Encoder(nn.Module):
    """Rows of the top layer, and the final states of all layers."""

    def __init__(self, case: dict):
        super().__init__()
        fields = case["encoder"]
        self.both = fields.get("directions", "forward") == "both"
        self.sum = fields.get("merge") == "sum"
        self.hidden = fields["hidden"]
        self.width = self.hidden * (2 if self.both and not self.sum else 1)
        self.final_width = self.hidden * (2 if self.both else 1)
        self.embedding = nn.Embedding(case["source_size"], case["d_embedding"])
        self.rnn = CELLS[fields["cell"]](
            case["d_embedding"], self.hidden, fields["layers"], bidirectional=self.both,
            bias=cases.has_bias(case, "rnn"),
        )  # fmt: skip

    def forward(self, source):
        """`source`: `[S]` -> `[S, width]`, and per state (h, c) `[layers, directions, hidden]`."""
        rows, final = self.rnn(self.embedding(source)[:, None])
        finals = final if isinstance(final, tuple) else (final,)
        directions = 2 if self.both else 1
        finals = [one.view(-1, directions, self.hidden) for one in finals]
        return self.merged(rows.view(len(source), directions, self.hidden)), finals

    def merged(self, rows):
        """`[n, directions, hidden]` -> `[n, width]`"""
        return rows.sum(1) if self.sum else rows.flatten(1)


class Attention(nn.Module):
    """Alignment and context of one query."""

    def __init__(self, case: dict, memory: int):
        super().__init__()
        fields = case["decoder"]["attention"]
        hidden = case["decoder"]["hidden"]
        self.kind = fields["kind"]
        self.activation = {"tanh": torch.tanh, "relu": torch.relu}[fields.get("activation", "tanh")]
        if self.kind == "additive":
            rows = fields["d_attention"]
            self.query = nn.Linear(hidden, rows, bias=cases.has_bias(case, "attention.query"))
            self.key = nn.Linear(memory, rows, bias=cases.has_bias(case, "attention.key"))
            self.energy = nn.Linear(rows, 1, bias=False)
        if self.kind == "general":
            self.key = nn.Linear(memory, hidden, bias=False)

    def forward(self, state, memory):
        """`state`: `[hidden]`, `memory`: `[S, width]` -> `[S]`, `[width]`"""
        if self.kind == "additive":
            energies = self.energy(self.activation(self.query(state) + self.key(memory)))[:, 0]
        else:
            energies = (self.key(memory) if self.kind == "general" else memory) @ state
        if self.kind == "scaled":
            energies = energies / memory.shape[1] ** 0.5
        alignment = torch.softmax(energies, 0)
        return alignment, alignment @ memory


class Decoder(nn.Module):
    """One step at a time."""

    def __init__(self, case: dict, encoder: Encoder):
        super().__init__()
        self.fields = fields = case["decoder"]
        layers, hidden, d_embedding = fields["layers"], fields["hidden"], case["d_embedding"]
        widths = {"embedding": d_embedding, "state": hidden, "context": encoder.width}
        self.embedding = nn.Embedding(case["target_size"], d_embedding)
        read = sum(widths[name] for name in fields["cell_reads"])
        self.rnn = CELLS[fields["cell"]](read, hidden, layers, bias=cases.has_bias(case, "rnn"))
        if fields["start"] in ("bridge", "mean"):
            wide = encoder.final_width if fields["start"] == "bridge" else encoder.width
            for name in ("bridge", "bridge_cell")[: 1 + (fields["cell"] == "lstm")]:
                linear = [nn.Linear(wide, hidden, bias=cases.has_bias(case, "bridge"))
                          for _ in range(layers)]  # fmt: skip
                setattr(self, name, nn.ModuleList(linear))
        if fields["attention"]:
            self.attention = Attention(case, encoder.width)
        self.gated = fields.get("context_gate")
        if self.gated:
            wide = {"scalar": 1, "vector": encoder.width}[self.gated]
            bias = cases.has_bias(case, "context_gate")
            self.context_gate = nn.Linear(hidden, wide, bias=bias)
        self.width = sum(widths[name] for name in fields["output_reads"])
        if fields["readout"]:
            bias = cases.has_bias(case, "readout")
            self.readout = nn.Linear(self.width, fields["readout"], bias=bias)
            self.width = fields["readout"]

    def start(self, encoder: Encoder, memory, finals) -> list:
        """First h (and c) `[layers, 1, hidden]`."""
        kind, layers = self.fields["start"], self.fields["layers"]
        states = 1 + (self.fields["cell"] == "lstm")
        if kind == "zero":
            return [torch.zeros(layers, 1, self.fields["hidden"])] * states
        if kind == "last":
            return [encoder.merged(final)[:, None] for final in finals]
        if kind == "cells":
            return [final.flatten(0, 1)[:layers][:, None] for final in finals]
        read = finals[0][-1].flatten() if kind == "bridge" else memory.mean(0)
        bridges = [self.bridge, getattr(self, "bridge_cell", None)][:states]
        first = [torch.stack([linear(read) for linear in bridge])[:, None] for bridge in bridges]
        plain = self.fields.get("bridge_activation", "tanh") == "none"
        return first if plain else [torch.tanh(one) for one in first]

    def forward(self, state, token, memory):
        """`state`: h (and c), and the context of the step before."""
        *states, context = state
        found = {"embedding": self.embedding(token), "context": context}
        alignment = None
        current = self.fields["attention"] and self.fields["attention"].get("query") == "current"
        if self.fields["attention"] and not current:
            alignment, found["context"] = self.attend(states[0][-1, 0], memory)
        read = torch.cat([found[name] for name in self.fields["cell_reads"]])[None, None]
        _, states = self.rnn(read, tuple(states) if len(states) == 2 else states[0])
        states = states if isinstance(states, tuple) else (states,)
        found["state"] = states[0][-1, 0]
        if current:
            alignment, found["context"] = self.attend(found["state"], memory)
        out = torch.cat([found[name] for name in self.fields["output_reads"]])
        if self.fields["readout"]:
            out = self.readout(out)
            plain = self.fields.get("readout_activation", "tanh") == "none"
            out = out if plain else torch.tanh(out)
        return (*states, found["context"]), out, alignment

    def attend(self, state, memory):
        """Alignment and gated context."""
        alignment, context = self.attention(state, memory)
        if self.gated:
            context = torch.sigmoid(self.context_gate(state)) * context
        return alignment, context


class Model(nn.Module):
    """Encoder, decoder, output; a tied output is the target embedding itself."""

    def __init__(self, case: dict):
        super().__init__()
        self.encoder = Encoder(case)
        self.decoder = Decoder(case, self.encoder)
        bias = cases.has_bias(case, "output")
        self.output = nn.Linear(self.decoder.width, case["target_size"], bias=bias)
        self.tied = case["tied_output"]
        if self.tied:
            assert self.output.weight.shape == self.decoder.embedding.weight.shape
            self.output.weight = self.decoder.embedding.weight

    def randomise(self, rng):
        for name, parameter in self.named_parameters():
            sharp = "attention" in name or "output" in name
            kinds = {"bias": "bias" in name, "embedding": "embedding" in name, "sharp": sharp}
            kind = next((kind for kind, here in kinds.items() if here), "matrix")
            value = files.noise(kind, tuple(parameter.shape), rng)
            parameter.data = torch.from_numpy(value)

    @torch.no_grad()
    def encode(self, source):
        memory, finals = self.encoder(torch.tensor(source))
        first = self.decoder.start(self.encoder, memory, finals)
        return memory, (*first, torch.zeros(memory.shape[1]))

    @torch.no_grad()
    def step(self, state, token, memory):
        state, out, alignment = self.decoder(state, torch.tensor(token), memory)
        return state, self.output(out), alignment

    def tensors(self):
        found = {name: value.numpy() for name, value in self.state_dict().items()}
        return {name: v for name, v in found.items() if not (self.tied and name == "output.weight")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*", help="names of folders; else all")
    options = parser.parse_args()
    for name in options.only or cases.TORCH:
        files.write(options.folder / name, cases.TORCH[name], Model)


if __name__ == "__main__":
    main()
