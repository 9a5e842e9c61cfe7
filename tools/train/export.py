"""A Keras `Transformer` as `weights.safetensors` and `model.json`, and back.

Every matrix is float32, row-major, [out, in].  Attention projections have head-major rows: row
`head * d_head + channel`; the output projection has head-major columns.
"""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from transformer import BOS, EOS, PAD, Config, Transformer


def _same(value):
    return value


def _transposed(value):
    """[in, out] <-> [out, in]"""
    return value.T


def variables(model: Transformer) -> dict[str, tuple]:
    """Tensor name -> (Keras variable, variable to tensor, tensor to variable)."""
    found = {}
    for side in (model.encoder, model.decoder):
        found |= side_variables(side, model.config)
    if model.output_layer is not None:
        _dense(found, "output", model.output_layer)
    elif model.output_bias is not None:
        found["output.bias"] = (model.output_bias, _same, _same)
    return found


def side_variables(side, config: Config) -> dict[str, tuple]:
    """As [`variables`], of one side."""
    found = {f"{side.name}.embedding.weight": (side.embedding.embeddings, _same, _same)}
    if side.position:
        found[f"{side.name}.position.weight"] = (side.position.embeddings, _same, _same)
    for index, layer in enumerate(side.layers):
        _layer(found, f"{side.name}.layers.{index}", layer, config)
    if side.norm:
        _norm(found, f"{side.name}.norm", side.norm)
    return found


def _layer(found: dict, prefix: str, layer, config: Config) -> None:
    for kind, attention in layer.attention.items():
        _attention(found, f"{prefix}.{kind}", attention, config)
    for kind, norm in layer.norms.items():
        _norm(found, f"{prefix}.{kind}_norm", norm)
    _dense(found, f"{prefix}.feed_forward.up", layer.up)
    _dense(found, f"{prefix}.feed_forward.down", layer.down)


def _norm(found: dict, prefix: str, layer) -> None:
    found[f"{prefix}.weight"] = (layer.gamma, _same, _same)
    found[f"{prefix}.bias"] = (layer.beta, _same, _same)


def _dense(found: dict, prefix: str, layer) -> None:
    """Keras keeps [in, out]."""
    found[f"{prefix}.weight"] = (layer.kernel, _transposed, _transposed)
    if layer.use_bias:
        found[f"{prefix}.bias"] = (layer.bias, _same, _same)


def _attention(found: dict, prefix: str, layer, config: Config) -> None:
    """Keras keeps [in, head, d_head], and [head, d_head, d_model] for the output."""
    d_model, heads = config.d_model, (config.n_heads, config.d_head)
    for name in ("query", "key", "value"):
        dense = getattr(layer, f"_{name}_dense")
        found[f"{prefix}.{name}.weight"] = (
            dense.kernel,
            lambda kernel: kernel.reshape(len(kernel), -1).T,
            lambda weight: weight.T.reshape(-1, *heads),
        )
        found[f"{prefix}.{name}.bias"] = (
            dense.bias,
            lambda bias: bias.reshape(-1),
            lambda bias: bias.reshape(heads),
        )
    output = layer._output_dense
    found[f"{prefix}.output.weight"] = (
        output.kernel,
        lambda kernel: kernel.reshape(-1, d_model).T,
        lambda weight: weight.T.reshape(*heads, d_model),
    )
    found[f"{prefix}.output.bias"] = (output.bias, _same, _same)


def save(folder: Path, model: Transformer, source: list[str], target: list[str], layer: int,
         selftest: str = "i drink milk") -> None:  # fmt: skip
    """Writes both files; `layer` is the decoder layer whose cross-attention aligns best."""
    tensors = {
        name: np.ascontiguousarray(to_tensor(np.asarray(variable.value)), dtype="float32")
        for name, (variable, to_tensor, _) in variables(model).items()
    }
    save_file(tensors, folder / "weights.safetensors")
    specials = {"pad": PAD, "bos": BOS, "eos": EOS}
    fields = model.config.as_json() | {
        "alignment_layer": layer,
        "lowercase": True,
        "source": {"words": source} | specials,
        "target": {"words": target} | specials,
        "selftest": selftest,
    }
    text = json.dumps(fields, ensure_ascii=False, indent=1)
    (folder / "model.json").write_text(text + "\n", encoding="utf-8")


def load(folder: Path) -> tuple[Transformer, dict]:
    """The model with its weights, and what `model.json` says."""
    fields = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    tensors = load_file(folder / "weights.safetensors")
    known = {name: fields[name] for name in Config.__dataclass_fields__ if name in fields}
    model = Transformer(Config(
        **known,
        output_bias="output.bias" in tensors,
        source_size=len(fields["source"]["words"]),
        target_size=len(fields["target"]["words"]),
    ))  # fmt: skip
    for name, (variable, _, to_variable) in variables(model).items():
        variable.assign(to_variable(tensors.pop(name)))
    assert not tensors, f"unknown tensors: {sorted(tensors)}"
    return model, fields
