"""Hugging Face's Marian, BART and both T5, each trained for minutes to say numbers in French.

    python tools/train/golden_hf_trained.py tests/golden/hf-trained

Folders as `save_pretrained` writes them, with `vocab.json`, and what the model says
to four numbers that it never learned (`golden.safetensors` of `golden_hf.py`).  Padding is masked:
`attention_mask`, and labels of -100.  Needs PyTorch (any since 1.13, CPU) and transformers (4.38).
"""

import argparse
import json
from pathlib import Path

import torch
import transformers
from transformers import (
    BartConfig, BartForConditionalGeneration, MarianConfig, MarianMTModel, T5Config,
    T5ForConditionalGeneration,
)  # fmt: skip

import french_numbers as numbers
import golden_files as files
from golden_hf import answer

ASKED = (7, 80, 4271, 970381)
MARIAN = numbers.Words(["</s>", "<unk>"], ["<pad>"], pad=39, start=39, end=0)
BART_WORDS = numbers.Words(["<s>", "<pad>", "</s>", "<unk>"], pad=1, start=2, end=2)
T5_WORDS = numbers.Words(["<pad>", "</s>", "<unk>"], pad=0, start=0, end=1)

BART = {
    "d_model": 32, "encoder_layers": 1, "decoder_layers": 2, "encoder_attention_heads": 4,
    "decoder_attention_heads": 4, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64,
    "max_position_embeddings": 16, "forced_eos_token_id": None, "dropout": 0.0,
}  # fmt: skip
T5 = {
    "d_model": 32, "d_kv": 8, "num_heads": 4, "d_ff": 64, "num_layers": 1, "num_decoder_layers": 2,
    "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0, "dropout_rate": 0.0,
    "relative_attention_num_buckets": 16, "relative_attention_max_distance": 20,
}  # fmt: skip
KINDS = {
    "marian": (MarianMTModel, MarianConfig, MARIAN, BART | {
        "activation_function": "swish", "scale_embedding": True, "pad_token_id": 39,
        "static_position_embeddings": True, "eos_token_id": 0, "bos_token_id": None,
        "decoder_start_token_id": 39, "bad_words_ids": [[39]]}),
    "bart": (BartForConditionalGeneration, BartConfig, BART_WORDS, BART | {
        "activation_function": "gelu", "decoder_start_token_id": 2}),
    "t5": (T5ForConditionalGeneration, T5Config, T5_WORDS, T5 | {"feed_forward_proj": "relu"}),
    "t5-v1_1": (T5ForConditionalGeneration, T5Config, T5_WORDS, T5 | {
        "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False, "d_ff": 48}),
}  # fmt: skip


def write(folder: Path, name: str, steps: int, rate: float) -> None:
    """Trains, saves and asks."""
    kind, config, words, fields = KINDS[name]
    torch.manual_seed(1)
    model = kind(config(vocab_size=len(words.all), **fields))

    def loss(source, target):
        labels = target.masked_fill(target == words.pad, -100)
        mask = (source != words.pad).long()
        return model(input_ids=source, attention_mask=mask, labels=labels).loss

    numbers.learn(model, words, loss, steps, rate)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder, safe_serialization=True)
    (folder / "model.safetensors").chmod(0o644)
    text = json.dumps(words.ids, ensure_ascii=False, indent=0)
    (folder / "vocab.json").write_text(text + "\n", encoding="utf-8")
    records = [answer(model, words.pair(n)[0], numbers.LONGEST_TARGET) for n in ASKED]
    files.save_golden(folder, records)
    for record in records:
        print(" ".join(words.all[i] for i in record["target"]))

    def say(source):
        longest = numbers.LONGEST_TARGET
        return model.generate(torch.tensor([source]), max_new_tokens=longest)[0, 1:].tolist()

    print(f"{folder.name}: {numbers.right(say, words)} of 200 numbers right", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*", help="names of kinds; else all")
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--rate", type=float, default=3e-3)
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    for name in options.only or KINDS:
        write(options.folder / name, name, options.steps, options.rate)


if __name__ == "__main__":
    main()
