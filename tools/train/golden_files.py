"""The files of a folder of `tests/golden/recurrent` or `…/pictures`, for every framework.

A framework gives, for a case of `golden_cases.py`, a model with
```text
randomise(rng)
encode(source) -> memory [S, width], state        state: what the first step starts from
step(state, token, memory) -> state, logits [words], alignment [S] or None
tensors() -> {name: array}                        as docs/WEIGHTS.md
```
and this module the sentences, the greedy loop and the three files.  `golden.safetensors` holds
what `golden.py` says; without attention `{k}.alignment` is zeros.  A model that sees pictures is
given one as `source`, and one tensor `pictures` holds them all instead of each `{k}.source`.
"""

import json
import zlib
from pathlib import Path

import numpy as np
from safetensors.numpy import save

import golden_picture_cases as picture_cases
from golden_cases import BOS, EOS, LENGTHS, completed, fields_of


def noise(kind: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Weights far from neutral; `kind`: "bias", "embedding", or "sharp" for attention and output,
    else a matrix of either orientation."""
    scale = {"bias": 0.4, "embedding": 1.2, "sharp": 3.5}.get(kind, 2.2) / (
        1 if kind in ("bias", "embedding") else np.sqrt(sum(shape) / 2)
    )
    return (scale * rng.standard_normal(shape)).astype("float32")


def filter_noise(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """A filter of either layout, or a part of batch normalisation."""
    if name.endswith(("var", "variance")):
        return rng.uniform(0.3, 2.0, shape).astype("float32")
    if name.endswith(("norm.weight", "gamma")):
        return (rng.uniform(0.5, 1.8, shape) * rng.choice([1, 1, 1, -1], shape)).astype("float32")
    if len(shape) == 1:
        return (0.5 * rng.standard_normal(shape)).astype("float32")
    inputs = np.prod(shape) / max(shape[0], shape[3])
    return (1.6 / np.sqrt(inputs) * rng.standard_normal(shape)).astype("float32")


def greedy(model, source: list[int], longest: int) -> dict[str, np.ndarray]:
    """The tensors of one sentence."""
    memory, state = model.encode(source)
    said, logits, alignments = [BOS], [], []
    while len(said) <= longest and (said[-1] != EOS):
        state, scores, alignment = model.step(state, said[-1], memory)
        logits.append(np.array(scores))
        alignments.append(np.zeros(len(memory), "float32") if alignment is None else alignment)
        said.append(int(logits[-1].argmax()))
    return {
        "source": np.array(source, "int32"),
        "target": np.array(said[1:], "int32"),
        "encoder": np.array(memory),
        "logits": np.stack(logits),
        "alignment": np.stack([np.array(alignment) for alignment in alignments]),
    }


def pictured(model, pictures: list[np.ndarray], longest: int) -> dict[str, np.ndarray]:
    """The same of many pictures."""
    found = {"pictures": np.stack(pictures)}
    for k, picture in enumerate(pictures):
        record = greedy(model, picture, longest)
        found |= {f"{k}.{name}": value for name, value in record.items() if name != "source"}
    return found


def telling(records: list[dict]) -> bool:
    """No close calls, not the same answer always, several words, long answers and ended ones."""
    best = [np.sort(record["logits"], -1)[:, -2:] for record in records]
    said = [tuple(record["target"]) for record in records]
    return (
        min((top[:, 1] - top[:, 0]).min() for top in best) > 0.02
        and len(set(said)) >= 3
        and sum(len(set(one)) for one in said) >= 0.45 * sum(map(len, said)) >= 7
        and any(EOS in one for one in said)
    )


def write(folder: Path, case: dict, build) -> None:
    """`build(case)` with the first telling weights, and what it says."""
    case = completed(case)
    model = build(case)
    for attempt in range(2000):
        rng = np.random.default_rng([zlib.crc32(folder.name.encode()), attempt])
        sources = [
            [*rng.integers(3, case["source_size"], length - 1).tolist(), EOS] for length in LENGTHS
        ]
        model.randomise(rng)
        records = [greedy(model, source, case["max_target_len"]) for source in sources]
        if telling(records):
            break
    else:
        raise ValueError(f"{folder.name}: no weights tell much")
    folder.mkdir(parents=True, exist_ok=True)
    save_folder(folder, fields_of(case), model.tensors(), records)
    print(folder.name, attempt, [record["target"].tolist() for record in records], flush=True)


def write_pictures(folder: Path, case: dict, build) -> None:
    """The same for a model that sees pictures."""
    case = picture_cases.completed(case)
    model = build(case)
    for attempt in range(3000):
        rng = np.random.default_rng([zlib.crc32(folder.name.encode()), attempt])
        seen = picture_cases.pictures(case, rng)
        model.randomise(rng)
        tensors = pictured(model, seen, case["max_target_len"])
        names = ("target", "logits")
        if telling([{n: tensors[f"{k}.{n}"] for n in names} for k in range(len(seen))]):
            break
    else:
        raise ValueError(f"{folder.name}: no weights tell much")
    folder.mkdir(parents=True, exist_ok=True)
    save_fields(folder, picture_cases.fields_of(case))
    save_tensors(folder / "weights.safetensors", model.tensors())
    save_tensors(folder / "golden.safetensors", tensors)
    said = [tensors[f"{k}.target"].tolist() for k in range(len(seen))]
    print(folder.name, attempt, said, flush=True)


def save_folder(folder: Path, fields: dict, tensors: dict, records: list[dict]) -> None:
    """The three files."""
    save_fields(folder, fields)
    save_tensors(folder / "weights.safetensors", tensors)
    save_golden(folder, records)


def save_fields(folder: Path, fields: dict) -> None:
    """`model.json`"""
    text = json.dumps(fields, ensure_ascii=False, indent=1)
    (folder / "model.json").write_text(text + "\n", encoding="utf-8")


def save_golden(folder: Path, records: list[dict]) -> None:
    """`golden.safetensors`"""
    numbered = {f"{k}.{name}": v for k, record in enumerate(records) for name, v in record.items()}
    save_tensors(folder / "golden.safetensors", numbered)


def save_tensors(path: Path, tensors: dict) -> None:
    """Row-major."""
    path.write_bytes(save({name: np.asarray(v, order="C") for name, v in tensors.items()}))
