"""What Hugging Face's Marian, BART, mBART and T5 compute with random weights, one folder per kind.

    python tools/train/golden_hf.py tests/golden/hf

Each folder has the files that `save_pretrained` writes (`config.json`, `generation_config.json`,
`model.safetensors`), the same model as `model.json` and `weights.safetensors` of docs/WEIGHTS.md,
and `golden.safetensors` as `golden_files.py` has it.  The greedy tokens are those of `generate`.
A token that it may never say (Marian's padding) has its bias lowered by 1000, in `weights` and in
`golden` alike.  Needs PyTorch (any since 1.13, CPU) and transformers (4.38).
"""

import argparse
import zlib
from pathlib import Path

import numpy as np
import torch
import transformers
from transformers import (
    BartConfig, BartForConditionalGeneration, MarianConfig, MarianMTModel, MBartConfig,
    MBartForConditionalGeneration, T5Config, T5ForConditionalGeneration,
)  # fmt: skip

import golden_files as files

UNSAID = 1000.0
LENGTHS = (1, 4, 9, 14)
LONGEST_TARGET = 10

BART = {
    "d_model": 24, "encoder_layers": 1, "decoder_layers": 2, "encoder_attention_heads": 3,
    "decoder_attention_heads": 3, "encoder_ffn_dim": 40, "decoder_ffn_dim": 40, "vocab_size": 43,
    "max_position_embeddings": 14, "forced_eos_token_id": None,
}  # fmt: skip
T5 = {
    "d_model": 20, "d_kv": 7, "num_heads": 3, "d_ff": 34, "num_layers": 2, "num_decoder_layers": 2,
    "vocab_size": 43, "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0,
    "relative_attention_num_buckets": 8, "relative_attention_max_distance": 12,
}  # fmt: skip
KINDS = {
    "marian": (MarianMTModel, MarianConfig(**BART, activation_function="swish",
        scale_embedding=True, static_position_embeddings=True, pad_token_id=42, eos_token_id=0,
        bos_token_id=None, decoder_start_token_id=42, bad_words_ids=[[42]])),
    "bart": (BartForConditionalGeneration, BartConfig(**BART, activation_function="gelu",
        decoder_start_token_id=2)),
    "mbart": (MBartForConditionalGeneration, MBartConfig(**BART, activation_function="relu",
        scale_embedding=True, decoder_start_token_id=5)),
    "t5": (T5ForConditionalGeneration, T5Config(**T5, feed_forward_proj="relu")),
    "t5-v1_1": (T5ForConditionalGeneration, T5Config(**T5 | {
        "relative_attention_num_buckets": 16, "relative_attention_max_distance": 20},
        feed_forward_proj="gated-gelu", tie_word_embeddings=False)),
}  # fmt: skip


def randomise(model, rng) -> None:
    """Weights far from neutral; positions that are computed stay."""
    config = model.config
    for name, value in [*model.named_parameters(), *model.named_buffers()]:
        if not value.requires_grad and name != "final_logits_bias":
            continue
        shape = tuple(value.shape)
        if "norm" in name and name.endswith("weight"):
            new = rng.uniform(0.5, 1.8, shape) * rng.choice([1, 1, 1, -1], shape)
        elif name == "final_logits_bias":
            new = 0.4 * rng.standard_normal(shape)
            new[0, config.eos_token_id] += 1.5
        elif "relative_attention_bias" in name:
            new = 1.5 * rng.standard_normal(shape)
        elif name.endswith("bias"):
            new = 0.3 * rng.standard_normal(shape)
        elif "lm_head" in name:
            new = rng.standard_normal(shape) / config.d_model**0.5
        elif "shared" in name or "embed" in name:
            scaled = getattr(config, "scale_embedding", False)
            small = 0.4 if config.model_type == "bart" else 1
            new = rng.standard_normal(shape) * (config.d_model**-0.5 if scaled else small)
        else:
            size = 1.2 if "encoder.layers" in name or "encoder.block" in name else 1.7
            new = size / np.sqrt(sum(shape) / 2) * rng.standard_normal(shape)
            if config.model_type == "t5" and ".q." in name:
                new = new / (size * config.d_kv**0.5)
        value.data = torch.from_numpy(new.astype("float32"))


@torch.no_grad()
def answer(model, source: list[int], longest: int) -> dict[str, np.ndarray]:
    """The tensors of one sentence."""
    config = model.config
    ids = torch.tensor([source])
    said = model.generate(ids, max_length=longest + 1, num_beams=1, do_sample=False)[0].tolist()
    out = model(input_ids=ids, decoder_input_ids=torch.tensor([said[:-1]]), output_attentions=True)
    logits = out.logits[0].numpy().copy()
    for [token] in getattr(config, "bad_words_ids", None) or []:
        logits[:, token] -= UNSAID
    assert logits.argmax(1).tolist() == said[1:]
    return {
        "source": np.array(source, "int32"),
        "target": np.array(said[1:], "int32"),
        "encoder": out.encoder_last_hidden_state[0].numpy(),
        "logits": logits,
        "alignment": out.cross_attentions[-1][0].mean(0).numpy(),
    }


def telling(records: list[dict], end: int, ends: bool) -> bool:
    """No close calls, several answers, several words, and one that ends where that can be had."""
    best = [np.sort(record["logits"], -1)[:, -2:] for record in records]
    said = [tuple(record["target"]) for record in records]
    return (
        min((top[:, 1] - top[:, 0]).min() for top in best) > 0.005
        and len(set(said)) >= 3
        and len({token for one in said for token in one}) >= 7
        and max(len(set(one)) for one in said) >= 4
        and (any(end in one for one in said) or not ends)
    )


def fields(config, longest: int) -> dict:
    """`model.json`"""
    words = [f"w{i}" for i in range(config.vocab_size)]
    marks = {"pad": config.pad_token_id, "eos": config.eos_token_id}
    words[config.pad_token_id], words[config.eos_token_id] = "<pad>", "<eos>"
    shared = {"encoder": "transformer", "decoder": "transformer"}
    ends = {
        "max_source_len": longest, "max_target_len": LONGEST_TARGET, "lowercase": False,
        "source": {"words": words, **marks},
        "target": {"words": words, **marks, "bos": config.decoder_start_token_id},
        "selftest": "w7 w9 w8",
    }  # fmt: skip
    if config.model_type == "t5":
        return shared | {
            "d_model": config.d_model, "n_heads": config.num_heads, "d_head": config.d_kv,
            "d_ff": config.d_ff, "encoder_layers": config.num_layers,
            "decoder_layers": config.num_decoder_layers, "norm": "pre", "norm_kind": "rms",
            "norm_epsilon": config.layer_norm_epsilon,
            "activation": {"relu": "relu", "gelu_new": "gelu_tanh"}[config.dense_act_fn],
            "gated": config.is_gated_act, "positions": "relative",
            "relative_buckets": config.relative_attention_num_buckets,
            "relative_distance": config.relative_attention_max_distance,
            "embedding_scale": 1.0, "attention_scale": 1.0,
            "alignment_layer": config.num_decoder_layers - 1,
            "tied_output": config.tie_word_embeddings,
        } | ends  # fmt: skip
    marian, mbart = config.model_type == "marian", config.model_type == "mbart"
    return shared | {
        "d_model": config.d_model, "n_heads": config.encoder_attention_heads,
        "d_head": config.d_model // config.encoder_attention_heads,
        "d_ff": config.encoder_ffn_dim, "encoder_layers": config.encoder_layers,
        "decoder_layers": config.decoder_layers, "norm": "pre" if mbart else "post",
        "norm_epsilon": 1e-5, "embedding_norm": not marian,
        "activation": {"swish": "silu"}.get(config.activation_function, config.activation_function),
        "positions": "sinusoidal_halves" if marian else "learned",
        "embedding_scale": config.d_model**0.5 if config.scale_embedding else 1.0,
        "alignment_layer": config.decoder_layers - 1, "tied_output": True,
    } | ends  # fmt: skip


def linear(found: dict, state: dict, theirs: str, ours: str) -> None:
    """A matrix, with its bias if it has one."""
    for end in ("weight", "bias"):
        if f"{theirs}.{end}" in state:
            found[f"{ours}.{end}"] = state[f"{theirs}.{end}"]


PARTS = [
    ("self_attn", "self_attention"), ("self_attn_layer_norm", "self_attention_norm"),
    ("encoder_attn", "cross_attention"), ("encoder_attn_layer_norm", "cross_attention_norm"),
    ("fc1", "feed_forward.up"), ("fc2", "feed_forward.down"),
    ("final_layer_norm", "feed_forward_norm"),
]  # fmt: skip
MATRICES = [("q_proj", "query"), ("k_proj", "key"), ("v_proj", "value"), ("out_proj", "output")]


def bart_tensors(state: dict, config, longest: int) -> dict:
    """Of Marian, BART and mBART, under our names."""
    found = {}
    for side in ("encoder", "decoder"):
        found[f"{side}.embedding.weight"] = state["model.shared.weight"]
        if config.model_type != "marian":
            rows = state[f"model.{side}.embed_positions.weight"]
            found[f"{side}.position.weight"] = rows[2 : 2 + (longest if side == "encoder" else LONGEST_TARGET)]
        linear(found, state, f"model.{side}.layernorm_embedding", f"{side}.embedding_norm")
        linear(found, state, f"model.{side}.layer_norm", f"{side}.norm")
        for i in range(getattr(config, f"{side}_layers")):
            for theirs, ours in PARTS:
                theirs, ours = f"model.{side}.layers.{i}.{theirs}", f"{side}.layers.{i}.{ours}"
                linear(found, state, theirs, ours)
                for matrix, name in MATRICES:
                    linear(found, state, f"{theirs}.{matrix}", f"{ours}.{name}")
    bias = state["final_logits_bias"][0].copy()
    for [token] in getattr(config, "bad_words_ids", None) or []:
        bias[token] -= UNSAID
    return found | {"output.bias": bias}


def t5_tensors(state: dict, config) -> dict:
    """Of T5: a side's layers are lists of sublayers, each with the norm before it."""
    found = {}
    places = {
        "encoder": (("SelfAttention", "self_attention"), ("DenseReluDense", "feed_forward")),
        "decoder": (("SelfAttention", "self_attention"), ("EncDecAttention", "cross_attention"),
                    ("DenseReluDense", "feed_forward")),
    }  # fmt: skip
    names = [(n, m) for n, m in zip("qkvo", ("query", "key", "value", "output"))]
    names += [("wi", "up"), ("wi_0", "gate"), ("wi_1", "up"), ("wo", "down")]
    for side, layers in (("encoder", config.num_layers), ("decoder", config.num_decoder_layers)):
        found[f"{side}.embedding.weight"] = state["shared.weight"]
        first = f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        found[f"{side}.relative.weight"] = state[first]
        found[f"{side}.norm.weight"] = state[f"{side}.final_layer_norm.weight"]
        for i in range(layers):
            for j, (theirs, ours) in enumerate(places[side]):
                place, mine = f"{side}.block.{i}.layer.{j}", f"{side}.layers.{i}.{ours}"
                found[f"{mine}_norm.weight"] = state[f"{place}.layer_norm.weight"]
                for theirs_, ours_ in names:
                    linear(found, state, f"{place}.{theirs}.{theirs_}", f"{mine}.{ours_}")
    if config.tie_word_embeddings:
        found["decoder.norm.weight"] = found["decoder.norm.weight"] * config.d_model**-0.5
    else:
        found["output.weight"] = state["lm_head.weight"]
    return found


def write(folder: Path, kind, config) -> None:
    """The first telling weights, and what the model says with them."""
    model = kind(config).eval()
    longest = max(LENGTHS)
    end, least = config.eos_token_id, 3
    for attempt in range(2000):
        rng = np.random.default_rng([zlib.crc32(folder.name.encode()), attempt])
        top = config.vocab_size - 1  # Marian's padding
        sources = [[*rng.integers(least, top, n - 1).tolist(), end] for n in LENGTHS]
        randomise(model, rng)
        model.tie_weights()
        records = [answer(model, source, LONGEST_TARGET) for source in sources]
        if telling(records, end, config.model_type != "t5"):
            break
    else:
        raise ValueError(f"{folder.name}: no weights tell much")
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder, safe_serialization=True)
    (folder / "model.safetensors").chmod(0o644)
    state = {name: value.numpy() for name, value in model.state_dict().items()}
    t5 = config.model_type == "t5"
    tensors = t5_tensors(state, config) if t5 else bart_tensors(state, config, longest)
    files.save_folder(folder, fields(config, longest), tensors, records)
    print(folder.name, attempt, [record["target"].tolist() for record in records], flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*", help="names of folders; else all")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    for name in options.only or KINDS:
        write(options.folder / name, *KINDS[name])


if __name__ == "__main__":
    main()
