"""Trains a recurrent encoder–decoder on sentence or word files and exports it.

    python tools/train/train_recurrent.py models/eng-fra models/eng-fra-additive --steps 6000 --tokens 4096
    python tools/train/train_recurrent.py models/eng-fra models/eng-fra-plain --plain --steps 6000 --tokens 4096
    python tools/train/train_recurrent.py models/g2p models/g2p --words --steps 24000 --tokens 2048 \\
        --smoothing 0.1 --dropout 0.2
    python tools/train/train_recurrent.py models/act models/act --orders --steps 3000 --tokens 2048 \\
        --warmup 300 --rate 4e-3

The loop, the loss, the batches and the schedule are those of `train.py`.
"""  # noqa: E501

import argparse
import json
import pickle
import time
from pathlib import Path

import jax
import numpy as np
from jax import numpy as jnp
from safetensors.numpy import load_file, save_file

from corpus import WORD_SHAPES, batches, encode, read_lines, vocabulary
from optimiser import adam, averaged, schedule
from recurrent import Config, Recurrent
from train import put_back, report, right, smoothed_loss
from transformer import BOS, EOS, PAD, keras


def configuration(options: argparse.Namespace, source_size: int, target_size: int) -> Config:
    """The sizes of the models that this project keeps."""
    sizes = {"source_size": source_size, "target_size": target_size, "dropout": options.dropout}
    if options.words and options.tiny:
        return Config(**sizes, d_embedding=32, encoder_hidden=48, decoder_hidden=80, d_attention=48,
                      d_readout=0, tied_output=False, max_source_len=24, max_target_len=24)  # fmt: skip
    if options.words:
        return Config(**sizes, d_embedding=48, encoder_hidden=104, encoder_layers=2,
                      decoder_hidden=208, d_attention=104, d_readout=0, tied_output=False,
                      max_source_len=24, max_target_len=24)  # fmt: skip
    if options.orders:
        return Config(**sizes, d_embedding=16, encoder_hidden=24, decoder_hidden=40, d_attention=24,
                      d_readout=16, max_source_len=24, max_target_len=16)  # fmt: skip
    if options.plain:
        return Config(**sizes, encoder_hidden=128, decoder_hidden=200, d_attention=0)
    return Config(**sizes)


def make_step(model: Recurrent, smoothing: float, dropout: bool, decay: float):
    """One jitted Adam step on (weights, moments); global gradient norm at most 1."""

    def loss_of(weights, source, target, key):
        logits, _ = model.stateless_call(weights, [], (source, target[:, :-1]), key=key)
        return smoothed_loss(logits, target[:, 1:], smoothing)

    @jax.jit
    def step(weights, first, second, count, rate, source, target):
        key = jax.random.fold_in(jax.random.key(7), count.astype(int)) if dropout else None
        loss, gradient = jax.value_and_grad(loss_of)(weights, source, target, key)
        moved = adam(weights, first, second, gradient, count, rate, decay)
        return *moved, loss

    return step


def train(model, corpus, dev, options, save) -> None:
    """Runs `options.steps` steps; `save` keeps the weights at each report."""
    step = make_step(model, options.smoothing, options.dropout > 0, options.decay)
    weights = [variable.value for variable in model.trainable_variables]
    if options.init:
        known = load_file(options.init)
        weights = [jnp.asarray(known[name]) for name in model.names]
    first = [jnp.zeros_like(w) for w in weights]
    second = [jnp.zeros_like(w) for w in weights]
    mean = weights
    rng = np.random.default_rng(options.seed)
    count, losses, start = 0, [], time.time()
    if options.resume and options.resume.exists():
        count, weights, first, second, mean = pickle.loads(options.resume.read_bytes())
    while count < options.steps:
        for _, source, target in batches(corpus, options.tokens, rng):
            rate = schedule(count, options)
            count += 1
            weights, first, second, loss = step(
                weights, first, second, jnp.float32(count), rate, source, target
            )
            losses.append(loss)
            mean = averaged(mean, weights, min(options.average, count / (count + 9)))
            if count % options.report == 0 or count == options.steps:
                put_back(model, mean)
                print(f"{count} loss {np.mean(losses):.4f} dev {right(model, dev).mean():.4f} "
                      f"{(time.time() - start) / 60:.1f} min", flush=True)  # fmt: skip
                losses = []
                save()
                if options.resume:
                    parts = (weights, first, second, mean)
                    state = [[np.asarray(v) for v in part] for part in parts]
                    options.resume.write_bytes(pickle.dumps((count, *state)))
            if count == options.steps:
                return


def export(folder: Path, model: Recurrent, source: list[str], target: list[str], options) -> None:
    """`weights.safetensors` and `model.json`."""
    tensors = {n: np.asarray(v.value) for n, v in zip(model.names, model.trainable_variables)}
    save_file(tensors, folder / "weights.safetensors")
    specials = {"pad": PAD, "bos": BOS, "eos": EOS}
    fields = model.config.as_json() | {
        "lowercase": True,
        "source": {"words": source} | specials | ({"letters": True} if options.words else {}),
        "target": {"words": target} | specials,
        "selftest": selftest(options),
    }
    text = json.dumps(fields, ensure_ascii=False, indent=1)
    (folder / "model.json").write_text(text + "\n", encoding="utf-8")


def selftest(options: argparse.Namespace) -> str:
    """What boards answer to check themselves."""
    if options.orders:
        return "turn the red light on and the blue one off"
    return "milk" if options.words else "i drink milk"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, help="holds train.tsv, dev.tsv, test.tsv")
    parser.add_argument("folder", type=Path, help="gets weights.safetensors and model.json")
    parser.add_argument("--words", action="store_true", help="words of letters, not sentences")
    parser.add_argument("--orders", action="store_true", help="orders to lights: the sizes of act")
    parser.add_argument("--plain", action="store_true", help="no attention")
    parser.add_argument("--tiny", action="store_true", help="the sizes of g2p-tiny")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--warmup", type=int, default=500)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--tokens", type=int, default=4096, help="target tokens a batch")
    parser.add_argument("--smoothing", type=float, default=0.05)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--average", type=float, default=0.0,
                        help="of the running mean of the weights, kept at each step")  # fmt: skip
    parser.add_argument("--decay", type=float, default=0.0, help="of weights, times the rate")
    parser.add_argument("--report", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--init", type=Path, help="weights.safetensors to begin with")
    parser.add_argument("--resume", type=Path, help="state to go on from, kept at each report")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    keras.utils.set_random_seed(options.seed)
    lines = {n: read_lines(options.data / f"{n}.tsv") for n in ("train", "dev", "test")}
    source_words, target_words = (vocabulary(lines["train"], column) for column in (0, 1))
    sets = {name: encode(lines[name], source_words, target_words) for name in lines}
    config = configuration(options, len(source_words), len(target_words))
    for corpus in sets.values():
        corpus.limits = (config.max_source_len, config.max_target_len)
        corpus.shapes = WORD_SHAPES if options.words else None
    model = Recurrent(config, options.seed)
    print(f"{model.count_params()} parameters", flush=True)
    options.folder.mkdir(exist_ok=True)

    def save():
        export(options.folder, model, source_words, target_words, options)

    train(model, sets["train"], sets["dev"], options, save)
    report(model, sets["test"])


if __name__ == "__main__":
    main()
