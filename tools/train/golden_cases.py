"""The recurrent models of `tests/golden/recurrent`: what each is made of."""

BOS, EOS = 1, 2
LENGTHS = (1, 3, 6, 9)


def encoder(cell: str, hidden: int, directions: str | None = None, **more) -> dict:
    """Of `model.json`; what is left out here is left out there, for the default to apply."""
    both = {"directions": directions} if directions else {}
    return {"kind": "recurrent", "cell": cell, "hidden": hidden, "layers": 1} | both | more


def decoder(cell: str, hidden: int, start: str, attention: dict | None, cell_reads: str,
            output_reads: str, readout: int | None = None, **more) -> dict:  # fmt: skip
    """`cell_reads` and `output_reads`: initials of embedding, context, state."""
    names = {"e": "embedding", "c": "context", "s": "state"}
    return {
        "kind": "recurrent", "cell": cell, "hidden": hidden, "layers": 1, "start": start,
        "attention": attention, "cell_reads": [names[letter] for letter in cell_reads],
        "output_reads": [names[letter] for letter in output_reads], "readout": readout,
    } | more  # fmt: skip


def additive(rows: int, **more) -> dict:
    """The attention of arXiv 1409.0473."""
    return {"kind": "additive", "d_attention": rows} | more


NOW = {"query": "current"}
CONCAT = {"merge": "concat"}
SUM = {"merge": "sum"}
AFTER = {"reset": "after"}
BEFORE = {"reset": "before"}

def transformer(d_model: int, n_heads: int, d_head: int, d_ff: int, **more) -> dict:
    """The fields of a model of which one side is a Transformer."""
    return {
        "d_model": d_model, "n_heads": n_heads, "d_head": d_head, "d_ff": d_ff, "norm": "pre",
        "norm_epsilon": 1e-6, "activation": "relu", "positions": "sinusoidal",
        "embedding_scale": d_model**0.5,
    } | more  # fmt: skip


# What both sides of a case are, and what is not as in USUAL.
TORCH = {
    "torch-gru-additive": {
        "encoder": encoder("gru", 6, "both", **AFTER, **CONCAT),
        "decoder": decoder("gru", 9, "bridge", additive(8, query="previous"), "ec", "sc", 7,
                           **AFTER, bridge_activation="tanh"),
    },
    "torch-rnn-additive": {
        "encoder": encoder("rnn", 7, "both", **CONCAT),
        "decoder": decoder("rnn", 10, "bridge", additive(5), "ec", "sc", 7),
    },
    "torch-lstm-additive": {
        "encoder": encoder("lstm", 6, "both", **CONCAT),
        "decoder": decoder("lstm", 11, "bridge", additive(6), "ec", "sc", 7),
    },
    "torch-gru-bahdanau": {  # pytorch.org/tutorials: seq2seq_translation_tutorial
        "encoder": encoder("gru", 9),
        "decoder": decoder("gru", 9, "last", additive(9), "ec", "s"),
        "d_embedding": 9, "tied_output": False, "no_bias": (), "target_size": 14,
    },
    "torch-gru-luong-dot": {  # pytorch.org/tutorials: chatbot_tutorial
        "encoder": encoder("gru", 8, "forward", layers=2),
        "decoder": decoder("gru", 8, "last", {"kind": "dot"} | NOW, "e", "sc", 8, layers=2),
        "d_embedding": 8, "tied_output": False, "source_size": 23,
    },
    "torch-lstm-luong-general": {
        "encoder": encoder("lstm", 5, "both"),
        "decoder": decoder("lstm", 10, "last", {"kind": "general"} | NOW, "e", "sc", 9),
        "d_embedding": 12, "tied_output": False, "target_size": 23,
    },
    "torch-rnn-sum-scaled": {
        "encoder": encoder("rnn", 8, "both", **SUM),
        "decoder": decoder("rnn", 8, "last", {"kind": "scaled"}, "ec", "sc"),
        "tied_output": False, "source_size": 11,
    },
    "torch-gru-deep-output": {
        "encoder": encoder("gru", 6, "both"),
        "decoder": decoder("gru", 8, "bridge", additive(7), "ec", "sce", 7,
                           bridge_activation="none"),
    },
    "torch-lstm-plain": {
        "encoder": encoder("lstm", 7, layers=2),
        "decoder": decoder("lstm", 7, "last", None, "e", "s", layers=2),
        "d_embedding": 9, "tied_output": False, "target_size": 12,
    },
    "torch-gru-plain-embedding": {
        "encoder": encoder("gru", 6, "both"),
        "decoder": decoder("gru", 11, "bridge", None, "e", "se"),
        "d_embedding": 5, "tied_output": False, "target_size": 11,
    },
    "torch-gru-sum-mean": {
        "encoder": encoder("gru", 13, "both", **SUM),
        "decoder": decoder("gru", 6, "mean", {"kind": "general", "query": "previous"}, "ec", "c",
                           10),
        "d_embedding": 10,
    },
    "torch-lstm-context-before": {
        "encoder": encoder("lstm", 6, "both"),
        "decoder": decoder("lstm", 9, "mean", additive(5) | NOW, "ec", "ce",
                           bridge_activation="none"),
        "tied_output": False,
    },
    "torch-gru-zero-no-bias": {
        "encoder": encoder("gru", 6, "both"),
        "decoder": decoder("gru", 10, "zero", additive(7), "ec", "sc", 11),
        "d_embedding": 11,
        "no_bias": ("rnn", "attention.query", "attention.key", "readout", "output"),
    },
    "torch-lstm-cells": {
        "encoder": encoder("lstm", 7, "both", layers=2),
        "decoder": decoder("lstm", 7, "cells", {"kind": "general"} | NOW, "e", "sc", 8, layers=2),
        "tied_output": False,
    },
    "torch-lstm-to-gru": {
        "encoder": encoder("lstm", 6, "both", layers=2),
        "decoder": decoder("gru", 12, "bridge", {"kind": "dot"}, "e", "sc", 7, layers=2),
    },
}  # fmt: skip
KERAS = {
    "keras-gru-after-additive": {
        "encoder": encoder("gru", 6, "both", **AFTER, **CONCAT),
        "decoder": decoder("gru", 9, "bridge", additive(8), "ec", "sc", 7, **AFTER),
    },
    "keras-gru-before-both-sum": {
        "encoder": encoder("gru", 6, "both", **BEFORE, **SUM),
        "decoder": decoder("gru", 9, "bridge", additive(8), "ec", "sc", 7, **BEFORE),
    },
    "keras-rnn-additive": {
        "encoder": encoder("rnn", 7, "both", **CONCAT),
        "decoder": decoder("rnn", 10, "bridge", additive(5), "ec", "sc", 7),
    },
    "keras-lstm-additive": {
        "encoder": encoder("lstm", 6, "both", **CONCAT),
        "decoder": decoder("lstm", 11, "bridge", additive(6), "ec", "sc", 7),
    },
    "keras-lstm-luong-dot": {
        "encoder": encoder("lstm", 8, layers=2),
        "decoder": decoder("lstm", 8, "last", {"kind": "dot"} | NOW, "e", "sc", 9, layers=2),
        "tied_output": False, "target_size": 23,
    },
    "keras-gru-before-general": {
        "encoder": encoder("gru", 10, **BEFORE),
        "decoder": decoder("gru", 10, "last", {"kind": "general"} | NOW, "e", "sc", **BEFORE),
        "d_embedding": 8, "tied_output": False, "source_size": 11,
    },
    "keras-rnn-2-layers-sum": {
        "encoder": encoder("rnn", 9, "both", **SUM, layers=2),
        "decoder": decoder("rnn", 9, "last", {"kind": "scaled"} | NOW, "ec", "sc", 7, layers=2),
    },
    "keras-gru-after-2-layers": {
        "encoder": encoder("gru", 6, "both", layers=2),
        "decoder": decoder("gru", 7, "bridge", {"kind": "general"}, "ec", "sce", 8, layers=2,
                           bridge_activation="none"),
        "d_embedding": 8,
    },
    "keras-lstm-sum-mean": {
        "encoder": encoder("lstm", 9, "both", **SUM),
        "decoder": decoder("lstm", 9, "mean", {"kind": "scaled"}, "ec", "sc", 7),
        "source_size": 23, "target_size": 13,
    },
    "keras-gru-before-plain": {
        "encoder": encoder("gru", 11, **BEFORE),
        "decoder": decoder("gru", 11, "last", None, "e", "s", **BEFORE),
        "d_embedding": 11, "no_bias": ("rnn", "output"),
    },
    "keras-gru-after-zero-no-bias": {
        "encoder": encoder("gru", 7, "both", **AFTER),
        "decoder": decoder("gru", 10, "zero", additive(6), "ec", "c", 9, **AFTER),
        "d_embedding": 9,
        "no_bias": ("rnn", "attention.query", "attention.key", "readout", "output"),
    },
    "keras-rnn-to-lstm": {
        "encoder": encoder("rnn", 6, "both"),
        "decoder": decoder("lstm", 9, "bridge", additive(7) | NOW, "ec", "ce"),
        "tied_output": False, "no_bias": ("attention.query", "bridge"),
    },
    "keras-gru-to-transformer": transformer(12, 3, 4, 13, decoder_layers=2, alignment_layer=0) | {
        "encoder": encoder("gru", 5, "both", **AFTER),
        "decoder": "transformer",
        "tied_output": False,
    },
    "keras-lstm-to-transformer": transformer(
        10, 2, 6, 11, decoder_layers=1, alignment_layer=0, norm="post", positions="learned",
        activation="gelu", norm_epsilon=1e-3,
    ) | {
        "encoder": encoder("lstm", 7),
        "decoder": "transformer",
    },
    "keras-transformer-to-gru": transformer(12, 3, 4, 13, encoder_layers=2) | {
        "encoder": "transformer",
        "decoder": decoder("gru", 9, "mean", additive(8), "ec", "sc", 7, **AFTER),
    },
    "keras-transformer-to-lstm": transformer(
        10, 2, 6, 11, encoder_layers=1, norm="post", positions="learned", activation="gelu",
    ) | {
        "encoder": "transformer",
        "decoder": decoder("lstm", 8, "zero", {"kind": "general"} | NOW, "ec", "sc"),
        "tied_output": False,
    },
}  # fmt: skip
USUAL = {
    "d_embedding": 7, "tied_output": True, "no_bias": ("attention.key",),
    "source_size": 17, "target_size": 19,
}  # fmt: skip


def completed(case: dict) -> dict:
    """With what is usual."""
    return USUAL | {"max_source_len": LENGTHS[-1], "max_target_len": 10} | case


def has_bias(case: dict, name: str) -> bool:
    """Whether `name` (of a linear layer without its side, or "rnn") has a bias."""
    return name not in case["no_bias"]


def words(count: int, letter: str) -> list[str]:
    """Specials and invented words."""
    return ["<pad>", "<bos>", "<eos>"] + [f"{letter}{index}" for index in range(3, count)]


def fields_of(case: dict) -> dict:
    """`model.json`."""
    hidden = ("no_bias", "source_size", "target_size")
    specials = {"pad": 0, "bos": BOS, "eos": EOS}
    return {name: value for name, value in case.items() if name not in hidden} | {
        "lowercase": True,
        "source": {"words": words(case["source_size"], "s")} | specials,
        "target": {"words": words(case["target_size"], "t")} | specials,
        "selftest": "s3 s4",
    }
