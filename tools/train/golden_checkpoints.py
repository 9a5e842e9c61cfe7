"""What `torch.save` writes of PyTorch's own models, and what these compute: one folder per model.

    python tools/train/golden_checkpoints.py tests/golden/torch

`model.pt` is the file as a user has it; `golden.safetensors` holds, per sentence k, what
`golden_files.py` says.  The models are those of the tutorials on sequence to sequence and on a
chatbot, written after their text, and `nn.Transformer` between embeddings, as that on translation.
Any PyTorch since 1.13 (Debian 12's python3-torch).
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
from torch import nn

import golden_chatbot
import golden_files as files
from golden_chatbot import Reverser

LENGTHS = (2, 4, 6, 9)


class EncoderRNN(nn.Module):
    def __init__(self, words: int, hidden: int):
        super().__init__()
        self.embedding = nn.Embedding(words, hidden)
        self.gru = nn.GRU(hidden, hidden, batch_first=True)

    def forward(self, ids):
        return self.gru(self.embedding(ids))


class BahdanauAttention(nn.Module):
    def __init__(self, hidden: int):
        super().__init__()
        self.Wa = nn.Linear(hidden, hidden)
        self.Ua = nn.Linear(hidden, hidden)
        self.Va = nn.Linear(hidden, 1)

    def forward(self, query, keys):
        energies = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys)))[..., 0]
        alignment = torch.softmax(energies, -1)
        return alignment @ keys, alignment


class AttnDecoderRNN(nn.Module):
    def __init__(self, hidden: int, words: int):
        super().__init__()
        self.embedding = nn.Embedding(words, hidden)
        self.attention = BahdanauAttention(hidden)
        self.gru = nn.GRU(2 * hidden, hidden, batch_first=True)
        self.out = nn.Linear(hidden, words)

    def forward(self, token, state, memory):
        context, alignment = self.attention(state[0], memory)
        read = torch.cat([self.embedding(token)[0], context])
        _, state = self.gru(read[None, None], state)
        return self.out(state[0, 0]), state, alignment


class DecoderRNN(nn.Module):
    def __init__(self, hidden: int, words: int):
        super().__init__()
        self.embedding = nn.Embedding(words, hidden)
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.out = nn.Linear(hidden, words)

    def forward(self, token, state, _memory):
        _, state = self.gru(torch.relu(self.embedding(token))[None], state)
        return self.out(state[0, 0]), state, None


class Tutorial:
    """Marks as there: 0 starts, 1 ends."""

    bos, eos, longest = 0, 1, 10

    def __init__(self, decoder):
        self.encoder, self.decoder = EncoderRNN(17, 12), decoder(12, 19)
        self.parts = [self.encoder, self.decoder]
        self.source_size = 17

    def encode(self, source):
        rows, state = self.encoder(torch.tensor([source]))
        return rows[0], state

    def step(self, state, token, memory):
        logits, state, alignment = self.decoder(torch.tensor([token]), state, memory)
        return state, logits, alignment

    def saved(self):
        return {side: getattr(self, side).state_dict() for side in ("encoder", "decoder")}


class Sinusoids(nn.Module):
    """The buffer of the tutorial on language translation."""

    def __init__(self, width: int, longest: int):
        super().__init__()
        scale = torch.exp(-torch.arange(0, width, 2) * math.log(10000) / width)
        angles = torch.arange(longest)[:, None] * scale
        table = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)
        self.register_buffer("pos_embedding", table[:, None])

    def forward(self, x):
        return x + self.pos_embedding[: len(x), 0]


class Learned(nn.Module):
    """A trained row per place."""

    def __init__(self, width: int, longest: int):
        super().__init__()
        self.position = nn.Embedding(longest, width)

    def forward(self, x):
        return x + self.position.weight[: len(x)]


class Translator(nn.Module):
    """`nn.Transformer` between embeddings."""

    bos, eos, longest, most_source = 1, 2, 12, 12
    width, heads, layers, inner, source_size, target_size = 16, 4, (2, 3), 24, 17, 19

    def __init__(self, pre: bool, learned: bool, activation: str, tied: bool):
        super().__init__()
        self.d_model = self.width
        self.learned, self.pre, self.activation, self.tied = learned, pre, activation, tied
        self.transformer = nn.Transformer(
            self.d_model, self.heads, *self.layers, self.inner, dropout=0.0,
            activation=activation, norm_first=pre, batch_first=True,
        )  # fmt: skip
        self.src_tok_emb = nn.Embedding(self.source_size, self.d_model)
        self.tgt_tok_emb = nn.Embedding(self.target_size, self.d_model)
        self.generator = nn.Linear(self.d_model, self.target_size)
        if tied:
            self.generator.weight = self.tgt_tok_emb.weight
        if learned:
            self.src_position = Learned(self.d_model, 20)
            self.tgt_position = Learned(self.d_model, 20)
        else:
            self.positional_encoding = Sinusoids(self.d_model, 40)
            self.src_position = self.tgt_position = lambda x: self.positional_encoding(x)
        self.eval()
        self.parts = [self]

    def encode(self, source):
        x = self.src_position(self.src_tok_emb(torch.tensor(source)) * math.sqrt(self.d_model))
        return self.transformer.encoder(x[None])[0], []

    def step(self, said, token, memory):
        said = [*said, token]
        x = self.tgt_position(self.tgt_tok_emb(torch.tensor(said)) * math.sqrt(self.d_model))
        mask = torch.full((len(said), len(said)), -math.inf).triu(1)
        alignments = []
        last = self.transformer.decoder.layers[-1].multihead_attn
        plain = last.forward

        def watched(*args, **named):
            found = plain(*args, **{**named, "need_weights": True})
            alignments.append(found[1][0, -1])
            return found

        last.forward = watched
        rows = self.transformer.decoder(x[None], memory[None], tgt_mask=mask)
        last.forward = plain
        return said, self.generator(rows[0, -1]), alignments[0]

    def saved(self):
        weights = {f"module.{key}": value for key, value in self.state_dict().items()}
        return {"epoch": 3, "model_state_dict": weights}

    def table(self, side):
        words = [f"{side[0]}{i}" for i in range(getattr(self, f"{side}_size"))]
        return ["<pad>", "<bos>", "<eos>", *words[3:]]

    def fields(self):
        marks = {"pad": 0, "bos": 1, "eos": 2}
        tables = {side: {"words": self.table(side)} | marks for side in ("source", "target")}
        return {
            "encoder": "transformer", "decoder": "transformer",
            "d_model": self.d_model, "n_heads": self.heads, "d_head": self.d_model // self.heads,
            "d_ff": self.inner, "encoder_layers": self.layers[0],
            "decoder_layers": self.layers[1], "alignment_layer": self.layers[1] - 1,
            "norm": "pre" if self.pre else "post", "norm_epsilon": 1e-5,
            "activation": self.activation, "positions": "learned" if self.learned else "sinusoidal",
            "embedding_scale": self.d_model**0.5, "tied_output": self.tied,
            "max_source_len": self.most_source, "max_target_len": self.longest,
            "lowercase": False, **tables,
            "selftest": " ".join(tables["source"]["words"][i] for i in (5, 7, 3)),
        }  # fmt: skip


MODELS = golden_chatbot.MODELS | {
    "tutorial-attention": lambda: Tutorial(AttnDecoderRNN),
    "tutorial-plain": lambda: Tutorial(DecoderRNN),
    "transformer-post": lambda: Translator(False, False, "relu", False),
    "transformer-pre-learned-gelu-tied": lambda: Translator(True, True, "gelu", True),
}
# Written as before PyTorch 1.6, in halves, and of twice as many bits.
LEGACY, HALF, DOUBLE = "tutorial-plain", "transformer-post", "tutorial-attention"


@torch.no_grad()
def randomise(model, name: str, rng) -> None:
    for part in model.parts:
        for key, value in part.named_parameters():
            if key.rsplit(".", 2)[-2].startswith("norm"):
                noise = rng.uniform(0.6, 1.6, value.shape) - key.endswith("bias")
            else:
                sharp = any(word in key for word in ("attention", "attn.", "out.", "generator"))
                table = "emb" in key or "position" in key
                kinds = {"bias": "bias" in key, "embedding": table, "sharp": sharp}
                kind = next((kind for kind, here in kinds.items() if here), "matrix")
                noise = files.noise(kind, tuple(value.shape), rng)
            if "transformer" in key and value.ndim == 2:
                noise = 0.5 * noise  # else every answer is one word over and over
            value.copy_(torch.from_numpy(np.asarray(noise, "float32")))
            if key == "generator.bias":
                value[: model.bos + 1] = -9.0  # never said
            if name == HALF:
                value.copy_(value.half().float())


@torch.no_grad()
def greedy(model, source: list[int]) -> dict:
    memory, state = model.encode(source)
    said, logits, alignments = [model.bos], [], []
    while len(said) <= model.longest and (said[-1] != model.eos or len(said) == 1):
        state, scores, alignment = model.step(state, said[-1], memory)
        logits.append(scores.numpy())
        zeros = np.zeros(len(memory), "float32")
        alignments.append(zeros if alignment is None else alignment.numpy())
        said.append(int(logits[-1].argmax()))
    return {
        "source": np.array(source, "int32"), "target": np.array(said[1:], "int32"),
        "encoder": memory.numpy(), "logits": np.stack(logits), "alignment": np.stack(alignments),
    }  # fmt: skip


def telling(model, records: list[dict]) -> bool:
    """No close calls, several answers, the tutorial's ended, and the start mark is never said."""
    best = [np.sort(record["logits"], -1)[:, -2:] for record in records]
    said = [tuple(record["target"]) for record in records]
    ended = any(len(one) > 1 and one[-1] == model.eos for one in said)
    return (
        min((top[:, 1] - top[:, 0]).min() for top in best) > 0.01
        and len(set(said)) >= 3
        and not any({0, model.bos} & set(one) for one in said)
        and len(set().union(*said)) >= 4
        and (ended or isinstance(model, Translator))
    )


def write(folder: Path, name: str) -> None:
    torch.manual_seed(0)
    model = MODELS[name]()
    for attempt in range(3000):
        rng = np.random.default_rng([len(name), attempt])
        size, end = model.source_size, model.eos
        sources = [[*rng.integers(3, size, length - 1).tolist(), end] for length in LENGTHS]
        model.train() if isinstance(model, Reverser) else randomise(model, name, rng)
        records = [greedy(model, source) for source in sources]
        if telling(model, records):
            break
    else:
        raise ValueError(f"{name}: no weights tell much")
    folder.mkdir(parents=True, exist_ok=True)
    saved = model.saved()
    if name == HALF:
        saved["model_state_dict"] = {k: v.half() for k, v in saved["model_state_dict"].items()}
    if name == DOUBLE:
        saved = {side: {k: v.double() for k, v in d.items()} for side, d in saved.items()}
    torch.save(saved, folder / "model.pt", _use_new_zipfile_serialization=name != LEGACY)
    if hasattr(model, "fields"):
        text = json.dumps(model.fields(), ensure_ascii=False, indent=1)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")
    if isinstance(model, Reverser):
        model.write_pairs(folder / "data.tsv")
    files.save_golden(folder, records)
    print(name, attempt, [record["target"].tolist() for record in records], flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*", help="names of folders; else all")
    options = parser.parse_args()
    for name in options.only or MODELS:
        write(options.folder / name, name)


if __name__ == "__main__":
    main()
