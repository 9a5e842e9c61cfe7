"""The same models as in `golden_onnx.py`, as today's tools write them.

    python tools/train/golden_onnx_new.py tests/golden

`onnx/new/NAME.onnx` is the module of `recurrent/NAME`, exported through `torch.export`: nodes say which
module they are of, equal tensors are one.  (Where in which source file a node comes from is taken out: it
names folders of one machine.)  `onnx/new/t5` is the folder `hf/t5` as optimum exports it, with
a merged decoder whose two graphs share their weights.  Needs PyTorch 2.15, onnxscript 0.7, onnxruntime and
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
from golden_onnx import OneStep

RECURRENT = ("torch-gru-additive", "torch-lstm-cells")
FOLDER = "t5"
KEPT = ("encoder_model.onnx", "decoder_model_merged.onnx")


def recurrent(golden: Path, name: str) -> None:
    model = golden_torch.Model(cases.completed(cases.TORCH[name]))
    weights = load_file(golden / "recurrent" / name / "weights.safetensors")
    model.load_state_dict(weights, strict=False)
    given = (torch.tensor([5, 3, 4, 2]), torch.tensor(1))
    path = golden / "onnx" / "new" / f"{name}.onnx"
    torch.onnx.export(OneStep(model).eval(), given, str(path), external_data=False)
    graph = onnx.load(path)
    for node in graph.graph.node:
        kept = [entry for entry in node.metadata_props if entry.key.endswith("name_scopes")]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    onnx.save(graph, path)


def folder(golden: Path, name: str) -> None:
    from optimum.exporters.onnx import main_export

    with tempfile.TemporaryDirectory() as made:
        task = "text2text-generation-with-past"
        main_export(str(golden / "hf" / name), output=made, task=task, do_validation=False)
        (golden / "onnx" / "new" / name).mkdir(exist_ok=True)
        for file in KEPT:
            shutil.copy(Path(made) / file, golden / "onnx" / "new" / name / file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("golden", type=Path)
    golden = parser.parse_args().golden
    (golden / "onnx" / "new").mkdir(exist_ok=True)
    for name in RECURRENT:
        recurrent(golden, name)
    folder(golden, FOLDER)


if __name__ == "__main__":
    main()
