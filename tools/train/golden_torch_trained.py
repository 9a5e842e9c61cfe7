"""Models of PyTorch, each trained for minutes to say numbers in French.

    python tools/train/golden_torch_trained.py tests/golden/torch

The modules are those of `golden_checkpoints.py` and `golden_torch.py`, the words those of
`french_numbers.py`, on both sides.  `model.pt` is the file as a user has it, beside it `words.txt`
or `model.json`; `golden.safetensors` has what the model says to four numbers that it never learned.
Batches have sources of one length, so that no padding is read.
"""

import argparse
import json
from pathlib import Path

import torch
from torch import nn

import french_numbers as numbers
import golden_cases as cases
import golden_checkpoints as checkpoints
import golden_files as files
import golden_torch

ASKED = (7, 80, 4271, 970381)
MARKED = numbers.Words(["<pad>", "<bos>", "<eos>"], pad=0, start=1, end=2)


def fed(target, start: int):
    """What a decoder reads to say `target`."""
    return torch.cat([torch.full_like(target[:, :1], start), target[:, :-1]], 1)


def wrong(logits, target, pad: int):
    """Cross entropy of all words that are there: `[B, T, words]`, `[B, T]`."""
    return nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=pad)


class Tutorial(checkpoints.Tutorial):
    """The tutorial's Bahdanau model; a target is padded with its start, which is never said."""

    words = numbers.Words(["SOS", "EOS"], pad=0, start=0, end=1)
    longest, steps, rate = numbers.LONGEST_TARGET, 2400, 5e-3

    def __init__(self):
        size = len(self.words.all)
        self.encoder = checkpoints.EncoderRNN(size, 40)
        self.decoder = checkpoints.AttnDecoderRNN(40, size)
        self.module = nn.ModuleList([self.encoder, self.decoder])

    def loss(self, source, target):
        memory, state = self.encoder(source)
        decoder, asked, rows = self.decoder, self.decoder.attention, []
        for token in fed(target, self.bos).T:
            energies = asked.Va(torch.tanh(asked.Wa(state[0])[:, None] + asked.Ua(memory)))
            context = (torch.softmax(energies, 1) * memory).sum(1)
            read = torch.cat([decoder.embedding(token), context], 1)
            row, state = decoder.gru(read[:, None], state)
            rows.append(row)
        return wrong(decoder.out(torch.cat(rows, 1)), target, self.words.pad)


class Translator(checkpoints.Translator):
    """`nn.Transformer` as the tutorial on language translation has it: norms behind, sinusoids."""

    words, longest, steps, rate = MARKED, numbers.LONGEST_TARGET, 2400, 3e-3
    width, heads, layers, inner = 32, 4, (1, 2), 64
    source_size = target_size = len(words.all)
    most_source = numbers.LONGEST_SOURCE

    module = property(lambda self: self)

    def __init__(self):
        super().__init__(False, False, "relu", False)
        for value in self.parameters():
            if value.ndim > 1:
                nn.init.xavier_uniform_(value)

    def table(self, side: str):
        return self.words.all

    def loss(self, source, target):
        said = fed(target, self.bos)
        places, scale = self.positional_encoding.pos_embedding[:, 0], self.d_model**0.5
        x = self.src_tok_emb(source) * scale + places[: source.shape[1]]
        y = self.tgt_tok_emb(said) * scale + places[: said.shape[1]]
        mask = self.transformer.generate_square_subsequent_mask(said.shape[1])
        rows = self.transformer(x, y, tgt_mask=mask)
        return wrong(self.generator(rows), target, self.words.pad)


class Lstm(golden_torch.Model):
    """Both directions, the attention of arXiv 1508.04025; modules with our names."""

    words, longest, steps, rate = MARKED, numbers.LONGEST_TARGET, 2400, 5e-3
    bos, eos = MARKED.start, MARKED.end
    module = property(lambda self: self)
    attention = {"kind": "general", "query": "current"}
    case = cases.completed({
        "encoder": cases.encoder("lstm", 20, "both"),
        "decoder": cases.decoder("lstm", 40, "last", attention, "e", "sc"),
        "d_embedding": 24, "tied_output": False,
        "source_size": len(MARKED.all), "target_size": len(MARKED.all),
        "max_source_len": numbers.LONGEST_SOURCE, "max_target_len": numbers.LONGEST_TARGET,
    })  # fmt: skip

    def __init__(self):
        super().__init__(self.case)

    def loss(self, source, target):
        rows, ends = self.encoder.rnn(self.encoder.embedding(source.T))
        first = tuple(end.transpose(0, 1).flatten(1)[None] for end in ends)
        states, _ = self.decoder.rnn(self.decoder.embedding(fed(target, self.bos).T), first)
        energies = torch.einsum("tbh,sbh->tbs", states, self.decoder.attention.key(rows))
        context = torch.einsum("tbs,sbw->tbw", torch.softmax(energies, -1), rows)
        logits = self.output(torch.cat([states, context], -1))
        return wrong(logits.transpose(0, 1), target, self.words.pad)

    def saved(self):
        return self.state_dict()

    def fields(self):
        table = {"words": self.words.all, "pad": 0, "bos": self.bos, "eos": self.eos}
        fields = cases.fields_of(self.case) | {"source": table, "target": table}
        return fields | {"lowercase": False, "selftest": "2 4 0"}


MODELS = {"tutorial-trained": Tutorial, "transformer-trained": Translator, "lstm-trained": Lstm}


def write(folder: Path, kind) -> None:
    """Trains, saves and asks."""
    torch.manual_seed(1)
    model = kind()
    numbers.learn(model.module, model.words, model.loss, kind.steps, kind.rate, one_length=True)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(model.saved(), folder / "model.pt")
    if hasattr(model, "fields"):
        text = json.dumps(model.fields(), ensure_ascii=False, indent=1)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")
    else:
        (folder / "words.txt").write_text("\n".join(model.words.all), encoding="utf-8")
    asked = [model.words.pair(n)[0] for n in ASKED]
    records = [checkpoints.greedy(model, source) for source in asked]
    files.save_golden(folder, records)
    for record in records:
        print(" ".join(model.words.all[i] for i in record["target"]))
    say = lambda source: checkpoints.greedy(model, source)["target"].tolist()  # noqa: E731
    print(f"{folder.name}: {numbers.right(say, model.words)} of 200 numbers right", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*", help="names of folders; else all")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name in options.only or MODELS:
        write(options.folder / name, MODELS[name])


if __name__ == "__main__":
    main()
