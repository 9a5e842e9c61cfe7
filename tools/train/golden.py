"""What Keras computes, for the engine's tests: `golden.safetensors` of one model folder.

    python tools/train/golden.py models/eng-fra --sentences 32

For every sentence k: `{k}.source` ids with <eos>; `{k}.target` greedy ids without <bos>, with the
final <eos>; `{k}.encoder` [S, d_model]; `{k}.logits` [T, target_size], row t being what target[t]
was chosen from; `{k}.alignment` [T, S], the cross-attention of `alignment_layer` averaged over
heads.  A target that never ends is cut at `max_target_len`.
"""

import argparse
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

import export
from corpus import encode, read_lines
from transformer import BOS, EOS, Transformer


def greedy(model: Transformer, source: list[int]) -> tuple[list[int], tuple]:
    """Most likely tokens one after another, and the model's outputs for the last call.

    The decoder input keeps one shape; the causal mask makes its unread end irrelevant.
    """
    longest = model.config.max_target_len
    read = np.full((1, longest), EOS, "int32")
    read[0, 0] = BOS
    said: list[int] = []
    while True:
        outputs = model.everything((np.array([source], "int32"), read))
        said.append(int(np.asarray(outputs[0])[0, len(said)].argmax()))
        if said[-1] == EOS or len(said) == longest:
            return said, outputs
        read[0, len(said)] = said[-1]


def record(model: Transformer, source: list[int], layer: int) -> dict[str, np.ndarray]:
    """The tensors of one sentence."""
    target, (logits, memory, alignments) = greedy(model, source)
    steps = len(target)
    return {
        "source": np.array(source, "int32"),
        "target": np.array(target, "int32"),
        "encoder": np.array(memory[0]),
        "logits": np.array(logits[0, :steps]),
        "alignment": np.array(alignments[layer]).mean(1)[0, :steps],
    }


def write(folder: Path, model: Transformer, sources: list[list[int]], layer: int) -> None:
    """Records all sentences into `folder/golden.safetensors`."""
    tensors = {}
    for index, source in enumerate(sources):
        for name, value in record(model, source, layer).items():
            tensors[f"{index}.{name}"] = np.ascontiguousarray(value)
    save_file(tensors, folder / "golden.safetensors")
    print(folder, [len(source) for source in sources], [tensors[f"{index}.target"].tolist()[:8]
          for index in range(min(2, len(sources)))])  # fmt: skip


def spread(lines: list[list[str]], count: int) -> list[list[str]]:
    """`count` lines whose English lengths cover all lengths evenly."""
    ordered = sorted(lines, key=lambda line: len(line[0].split()))
    return [ordered[index] for index in np.linspace(0, len(ordered) - 1, count).astype(int)]


def translate(model: Transformer, fields: dict, sentence: str) -> str:
    """French tokens of an English sentence whose tokens are separated by blanks."""
    ids = {word: index for index, word in enumerate(fields["source"]["words"])}
    target, _ = greedy(model, [ids[word] for word in sentence.split()] + [EOS])
    return " ".join(fields["target"]["words"][index] for index in target if index != EOS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sentences", type=int, default=32)
    options = parser.parse_args()
    model, fields = export.load(options.folder)
    lines = spread(read_lines(options.folder / "test.tsv"), options.sentences)
    corpus = encode(lines, fields["source"]["words"], fields["target"]["words"])
    write(options.folder, model, corpus.sources, fields["alignment_layer"])
    print(fields["selftest"], "->", translate(model, fields, fields["selftest"]))


if __name__ == "__main__":
    main()
