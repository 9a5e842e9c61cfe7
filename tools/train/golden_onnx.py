"""Models of the other goldens as `torch.onnx.export` writes them, with the weights that they have there.

    python tools/train/golden_onnx.py tests/golden

`onnx/NAME` has `encoder_model.onnx` and `decoder_model.onnx` of the folder `hf/NAME`, exported as optimum
does: the encoder alone, and the model that is given what the encoder made.  `onnx/NAME.onnx` is the module
of `recurrent/NAME` or `torch/NAME`.  Needs PyTorch 1.13 and transformers 4.38; no package of ONNX.
"""

import argparse
import types
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

import golden_cases as cases
import golden_checkpoints as checkpoints
import golden_torch

# Which opset each is exported with.
FOLDERS = {"marian": 13, "bart": 17, "t5": 11, "t5-v1_1": 16}
RECURRENT = {"torch-gru-additive": 11, "torch-lstm-cells": 14, "torch-rnn-additive": 17}

TRANSFORMER = "transformer-post"


def export(module, given: dict, path: Path, opset: int, output: str, **more) -> None:
    last = {name: value.ndim - 1 for name, value in given.items() if "hidden" not in name}
    axes = {name: {axis: f"{name}_length"} for name, axis in last.items() if axis >= 0}
    torch.onnx.export(
        module, tuple(given.values()), str(path), opset_version=opset, dynamic_axes=axes,
        input_names=list(given), output_names=[output], **more,
    )  # fmt: skip


def folder(source: Path, target: Path, opset: int) -> None:
    from transformers import AutoModelForSeq2SeqLM

    target.mkdir(parents=True, exist_ok=True)
    model = AutoModelForSeq2SeqLM.from_pretrained(source).eval()
    model.config.return_dict, model.config.use_cache = False, False
    ids = torch.tensor([[7, 4, 8, model.config.eos_token_id]])
    mask = torch.ones_like(ids)
    encoder, whole = model.get_encoder(), model.forward
    given = {"input_ids": ids, "attention_mask": mask}
    export(encoder, given, target / "encoder_model.onnx", opset, "last_hidden_state")
    rows = encoder(ids, mask)[0]

    def forward(self, input_ids, encoder_attention_mask, encoder_hidden_states):
        return whole(
            decoder_input_ids=input_ids, attention_mask=encoder_attention_mask,
            encoder_outputs=(encoder_hidden_states,),
        )[0]  # fmt: skip

    model.forward = types.MethodType(forward, model)
    given = {"input_ids": ids, "encoder_attention_mask": mask, "encoder_hidden_states": rows}
    export(model, given, target / "decoder_model.onnx", opset, "logits")


class OneStep(nn.Module):
    """A source is read, and one token said behind its start; the parts keep their names."""

    def __init__(self, model):
        super().__init__()
        self.encoder, self.decoder, self.output = model.encoder, model.decoder, model.output

    def forward(self, source, token):
        memory, finals = self.encoder(source)
        first = self.decoder.start(self.encoder, memory, finals)
        state = (*first, torch.zeros(memory.shape[1]))
        return self.output(self.decoder(state, token, memory)[1])


class Translation(nn.Module):
    """Both sides of `nn.Transformer`, embeddings, places and output."""

    def __init__(self, model):
        super().__init__()
        for name, child in model.named_children():
            setattr(self, name, child)
        self.scale = model.d_model**0.5

    def forward(self, source, target):
        x, y = self.src_tok_emb(source) * self.scale, self.tgt_tok_emb(target) * self.scale
        table = self.positional_encoding.pos_embedding
        x, y = (rows + table[: rows.shape[0], 0] for rows in (x, y))
        return self.generator(self.transformer(x[None], y[None])[0])


def transformer(golden: Path):
    """The module of `torch/TRANSFORMER`."""
    model = checkpoints.MODELS[TRANSFORMER]()
    saved = torch.load(golden / "torch" / TRANSFORMER / "model.pt")["model_state_dict"]
    model.load_state_dict({key.removeprefix("module."): v.float() for key, v in saved.items()})
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("golden", type=Path)
    golden = parser.parse_args().golden
    (golden / "onnx").mkdir(exist_ok=True)
    for name, opset in FOLDERS.items():
        folder(golden / "hf" / name, golden / "onnx" / name, opset)
    for name, opset in RECURRENT.items():
        model = golden_torch.Model(cases.completed(cases.TORCH[name]))
        model.load_state_dict(load_file(golden / "recurrent" / name / "weights.safetensors"), strict=False)
        given = {"source": torch.tensor([5, 3, 4, 2]), "token": torch.tensor(1)}
        export(OneStep(model), given, golden / "onnx" / f"{name}.onnx", opset, "logits")
    model = transformer(golden)
    given = {"source": torch.tensor([5, 3, 4, 2]), "target": torch.tensor([1, 4, 7])}
    # In training, where nothing is fused; it has no dropout.
    module, path = Translation(model).train(), golden / "onnx" / f"{TRANSFORMER}.onnx"
    export(module, given, path, 13, "logits", training=torch.onnx.TrainingMode.PRESERVE)


if __name__ == "__main__":
    main()
