"""The same models as in `golden_onnx.py`, as today's tools write them.

    python tools/train/golden_onnx_new.py tests/golden

`onnx/new/NAME.onnx` is the module of `recurrent/NAME` or `torch/NAME`, exported through `torch.export`:
nodes say which module they are of, equal tensors are one.  (All that is said beside nodes and values is
taken out but this and which are parameters: it names folders of one machine.)  What torch.export unrolls,
`nn.RNN`, the exporter of before wrote, in its last opset.  `onnx/new/t5` is the folder `hf/t5` as optimum
exports it, with a merged decoder whose two graphs share their weights, and `onnx/new/marian` a small model as
transformers begins it: all biases are equal.  Needs PyTorch 2.15, onnxscript 0.7, onnxruntime and
optimum-onnx 0.1 with transformers 4.57.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import onnx
import torch
from safetensors.torch import load_file

import golden_cases as cases
import golden_torch
from golden_onnx import TRANSFORMER, OneStep, Translation, transformer

RECURRENT = ("torch-gru-additive", "torch-lstm-cells")
UNROLLED = "torch-rnn-additive"
KEPT = ("encoder_model.onnx", "decoder_model_merged.onnx")
SAID = ("name_scopes", "InputSpec.kind")
MARIAN = {
    "d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
    "decoder_attention_heads": 2, "encoder_ffn_dim": 24, "decoder_ffn_dim": 24, "vocab_size": 21,
    "max_position_embeddings": 40, "activation_function": "swish", "scale_embedding": True,
    "static_position_embeddings": True, "pad_token_id": 20, "eos_token_id": 0, "bos_token_id": None,
    "decoder_start_token_id": 20, "forced_eos_token_id": None, "bad_words_ids": [[20]],
}  # fmt: skip


def quiet(path: Path) -> None:
    """Leaves out what names folders."""
    graph = onnx.load(path)
    del graph.metadata_props[:], graph.graph.metadata_props[:]
    for one in [*graph.graph.node, *graph.graph.value_info, *graph.graph.input, *graph.graph.output]:
        kept = [entry for entry in one.metadata_props if entry.key.endswith(SAID)]
        del one.metadata_props[:]
        one.metadata_props.extend(kept)
    onnx.save(graph, path)


def recurrent(golden: Path, name: str, **more) -> None:
    model = golden_torch.Model(cases.completed(cases.TORCH[name]))
    weights = load_file(golden / "recurrent" / name / "weights.safetensors")
    model.load_state_dict(weights, strict=False)
    given = (torch.tensor([5, 3, 4, 2]), torch.tensor(1))
    path = golden / "onnx" / "new" / f"{name}.onnx"
    torch.onnx.export(OneStep(model).eval(), given, str(path), **more)
    quiet(path)


def whole(golden: Path) -> None:
    """`nn.Transformer`, for sentences of any length."""
    given = {"source": torch.tensor([5, 3, 4, 2]), "target": torch.tensor([1, 4, 7])}
    path = golden / "onnx" / "new" / f"{TRANSFORMER}.onnx"
    any_length = {name: {0: torch.export.Dim(name, max=30)} for name in given}
    torch.onnx.export(
        Translation(transformer(golden)).eval(), tuple(given.values()), str(path),
        dynamic_shapes=any_length, external_data=False,
    )  # fmt: skip
    quiet(path)


def folder(source: Path, target: Path) -> None:
    from optimum.exporters.onnx import main_export

    with tempfile.TemporaryDirectory() as made:
        task = "text2text-generation-with-past"
        main_export(str(source), output=made, task=task, do_validation=False)
        target.mkdir(exist_ok=True)
        for file in KEPT:
            shutil.copy(Path(made) / file, target / file)
            quiet(target / file)


def marian(target: Path) -> None:
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(1)
    MarianMTModel(MarianConfig(**MARIAN)).eval().save_pretrained(target)
    folder(target, target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("golden", type=Path)
    golden = parser.parse_args().golden
    new = golden / "onnx" / "new"
    new.mkdir(exist_ok=True)
    for name in RECURRENT:
        recurrent(golden, name, external_data=False)
    recurrent(golden, UNROLLED, dynamo=False, opset_version=20)
    whole(golden)
    folder(golden / "hf" / "t5", new / "t5")
    marian(new / "marian")


if __name__ == "__main__":
    main()
