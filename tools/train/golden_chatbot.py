"""The model of PyTorch's chatbot tutorial, after its text, and the same trained to say digits backwards.

https://docs.pytorch.org/tutorials/beginner/chatbot_tutorial.html; `golden_checkpoints.py` writes them.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn


class BothWays(nn.Module):
    """`EncoderRNN` of the chatbot tutorial."""

    def __init__(self, embedding: nn.Embedding, hidden: int, layers: int):
        super().__init__()
        self.embedding = embedding
        self.gru = nn.GRU(hidden, hidden, layers, bidirectional=True)
        self.hidden = hidden

    def forward(self, ids):
        rows, state = self.gru(self.embedding(ids)[:, None])
        return (rows[..., : self.hidden] + rows[..., self.hidden :])[:, 0], state


class Attn(nn.Module):
    """Its attention, by the three methods of arXiv 1508.04025."""

    def __init__(self, method: str, hidden: int):
        super().__init__()
        self.method = method
        if method != "dot":
            self.attn = nn.Linear(hidden * (1 + (method == "concat")), hidden)
        if method == "concat":
            self.v = nn.Parameter(torch.zeros(hidden))

    def forward(self, state, memory):
        if self.method == "dot":
            return memory @ state
        if self.method == "general":
            return self.attn(memory) @ state
        both = torch.cat([state.expand_as(memory), memory], 1)
        return torch.tanh(self.attn(both)) @ self.v


class LuongAttnDecoderRNN(nn.Module):
    def __init__(self, method: str, embedding: nn.Embedding, hidden: int, layers: int):
        super().__init__()
        self.embedding, self.layers = embedding, layers
        self.gru = nn.GRU(hidden, hidden, layers)
        self.concat = nn.Linear(hidden * 2, hidden)
        self.out = nn.Linear(hidden, embedding.num_embeddings)
        self.attn = Attn(method, hidden)

    def forward(self, token, state, memory):
        rows, state = self.gru(self.embedding(token)[:, None], state)
        alignment = torch.softmax(self.attn(rows[0, 0], memory), 0)
        read = torch.tanh(self.concat(torch.cat([rows[0, 0], alignment @ memory])))
        return self.out(read), state, alignment


class Chatbot:
    """The model of the chatbot tutorial, its checkpoint, and words as its `Voc` has them."""

    bos, eos, longest, source_size = 1, 2, 10, 17

    def __init__(self, method: str, layers: int, hidden: int = 10):
        self.embedding = nn.Embedding(self.source_size, hidden)
        self.encoder = BothWays(self.embedding, hidden, layers)
        self.decoder = LuongAttnDecoderRNN(method, self.embedding, hidden, layers)
        self.parts = [self.encoder, self.decoder]

    def encode(self, source):
        rows, state = self.encoder(torch.tensor(source))
        return rows, state[: self.decoder.layers]

    def step(self, state, token, memory):
        logits, state, alignment = self.decoder(torch.tensor([token]), state, memory)
        return state, logits, alignment

    def words(self):
        return ["PAD", "SOS", "EOS", *(f"w{i}" for i in range(3, self.source_size))]

    def saved(self):
        parameters = list(self.encoder.parameters())
        optimizer = torch.optim.Adam(parameters, lr=0.0)
        parameters[0].grad = torch.zeros_like(parameters[0])
        optimizer.step()
        words = self.words()
        voc = {
            "name": "corpus", "trimmed": True, "num_words": len(words),
            "word2index": {word: i for i, word in enumerate(words) if i > 2},
            "word2count": {word: 1 for word in words[3:]},
            "index2word": dict(enumerate(words)),
        }  # fmt: skip
        return {
            "iteration": 4000, "en": self.encoder.state_dict(), "de": self.decoder.state_dict(),
            "en_opt": optimizer.state_dict(), "de_opt": optimizer.state_dict(), "loss": 2.5,
            "voc_dict": voc, "embedding": self.embedding.state_dict(),
        }  # fmt: skip


class Reverser(Chatbot):
    """The same, trained: it says digits backwards."""

    source_size = 13

    def __init__(self):
        super().__init__("dot", 2, 24)

    def words(self):
        return ["PAD", "SOS", "EOS", *"0123456789"]

    def pair(self, rng):
        digits = rng.integers(3, self.source_size, rng.integers(1, 9)).tolist()
        return [*digits, self.eos], [*digits[::-1], self.eos]

    def train(self, rounds: int = 600, batch: int = 16):
        every = {id(p): p for part in self.parts for p in part.parameters()}.values()
        optimizer = torch.optim.Adam(every, lr=3e-3)
        for at in range(rounds):
            rng, loss = np.random.default_rng([7, at]), 0
            for _ in range(batch):
                source, target = self.pair(rng)
                memory, state = self.encode(source)
                logits = []
                for token in [self.bos, *target[:-1]]:
                    state, scores, _ = self.step(state, token, memory)
                    logits.append(scores)
                loss = loss + nn.functional.cross_entropy(torch.stack(logits), torch.tensor(target))
            optimizer.zero_grad()
            loss.div(batch).backward()
            nn.utils.clip_grad_norm_(every, 1.0)
            optimizer.step()

    def write_pairs(self, path: Path) -> None:
        """What it is asked, and what is right."""
        rng, lines = np.random.default_rng(99), []
        for _ in range(300):
            source, target = ([self.words()[i] for i in ids[:-1]] for ids in self.pair(rng))
            lines.append(" ".join(source) + "\t" + " ".join(target) + "\n")
        path.write_text("".join(lines), encoding="utf-8")


MODELS = {
    "chatbot-dot": lambda: Chatbot("dot", 2),
    "chatbot-dot-1-layer": lambda: Chatbot("dot", 1),
    "chatbot-general": lambda: Chatbot("general", 2),
    "chatbot-concat": lambda: Chatbot("concat", 1),
    "chatbot-trained": Reverser,
}
