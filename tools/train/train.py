"""Trains the Transformer on sentence files and exports it.

    python tools/train/train.py models/eng-fra --steps 6000 --tokens 4096
    python tools/train/train.py models/eng-fra-tiny --tiny --steps 2600 --tokens 4096

Teacher forcing, label-smoothed cross-entropy, Adam with linear warm-up and cosine decay, batches of
sentences of like length.  A sentence counts as right when every next token of the reference is the
most likely one: exactly then greedy decoding gives the reference.
"""

import argparse
import time
from pathlib import Path

import jax
import numpy as np
from jax import numpy as jnp

import export
from corpus import Corpus, batches, encode, read_lines, vocabulary
from optimiser import adam, schedule
from transformer import PAD, Config, Transformer, keras

TINY = {
    "d_model": 64, "n_heads": 2, "d_head": 32, "d_ff": 128, "encoder_layers": 1,
    "decoder_layers": 1, "max_source_len": 16, "max_target_len": 20,
}  # fmt: skip


def smoothed_loss(logits, following, smoothing: float):
    """Mean cross-entropy per token against (1 - s) * reference + s * uniform."""
    present = following != PAD
    likely = jax.nn.log_softmax(logits)
    chosen = jnp.take_along_axis(likely, following[..., None], -1)[..., 0]
    loss = -(1 - smoothing) * chosen - smoothing * likely.mean(-1)
    return (loss * present).sum() / present.sum()


def make_step(model: Transformer, smoothing: float):
    """One jitted Adam step on (weights, moments); global gradient norm at most 1."""
    fixed = [variable.value for variable in model.non_trainable_variables]

    def loss_of(weights, source, target):
        logits, _ = model.stateless_call(weights, fixed, (source, target[:, :-1]))
        return smoothed_loss(logits, target[:, 1:], smoothing)

    @jax.jit
    def step(weights, first, second, count, rate, source, target):
        loss, gradient = jax.value_and_grad(loss_of)(weights, source, target)
        moved = adam(weights, first, second, gradient, count, rate)
        return *moved, loss

    return step


def right(model: Transformer, corpus: Corpus, tokens: int = 8192) -> np.ndarray:
    """`[sentences]`: whether greedy decoding gives the reference."""
    found = np.zeros(len(corpus), bool)
    fixed = [variable.value for variable in model.non_trainable_variables]
    weights = [variable.value for variable in model.trainable_variables]

    @jax.jit
    def correct(weights, source, target):
        logits, _ = model.stateless_call(weights, fixed, (source, target[:, :-1]))
        following = target[:, 1:]
        return ((logits.argmax(-1) == following) | (following == PAD)).all(-1)

    for indices, source, target in batches(corpus, tokens, None):
        found[indices] = np.asarray(correct(weights, source, target))
    return found


def put_back(model: Transformer, weights) -> None:
    """The trained arrays into the Keras variables."""
    for variable, value in zip(model.trainable_variables, weights):
        variable.assign(value)


def train(model: Transformer, corpus: Corpus, dev: Corpus, options: argparse.Namespace) -> None:
    """Runs `options.steps` steps, printing loss, speed and exact match on the way."""
    step = make_step(model, options.smoothing)
    weights = [variable.value for variable in model.trainable_variables]
    first = [jnp.zeros_like(w) for w in weights]
    second = [jnp.zeros_like(w) for w in weights]
    rng = np.random.default_rng(options.seed)
    count, seen, losses, start = 0, 0, [], time.time()
    while count < options.steps:
        for _, source, target in batches(corpus, options.tokens, rng):
            rate = schedule(count, options)
            count += 1
            weights, first, second, loss = step(
                weights, first, second, float(count), rate, source, target
            )
            losses.append(loss)
            seen += target.size
            if count % options.report == 0 or count == options.steps:
                put_back(model, weights)
                speed = seen / (time.time() - start)
                exact = right(model, dev).mean()
                print(f"{count} loss {np.mean(losses):.4f} dev {exact:.4f} {speed:.0f} tokens/s "
                      f"{(time.time() - start) / 60:.1f} min", flush=True)  # fmt: skip
                losses = []
            if count == options.steps:
                return


def best_alignment_layer(model: Transformer, corpus: Corpus) -> tuple[int, list[float]]:
    """Decoder layer whose strongest source word is most often a gold one, and all agreements."""
    hits = np.zeros(model.config.decoder_layers)
    total = 0
    for indices, source, target in batches(corpus, 4096, None):
        _, _, alignments = model.everything((source, target[:, :-1]))
        strongest = [np.asarray(a).mean(1).argmax(-1) for a in alignments]
        for row, index in enumerate(indices):
            gold = set(corpus.alignments[index])
            for place in sorted({t for _, t in gold}):
                total += 1
                hits += [(layer[row, place], place) in gold for layer in strongest]
    agreement = hits / total
    return int(agreement.argmax()), [round(float(a), 4) for a in agreement]


def report(model: Transformer, test: Corpus) -> None:
    """Prints exact match on the test set, overall and by source length."""
    found = right(model, test)
    lengths = np.array([len(source) - 1 for source in test.sources])
    print(f"test {found.mean():.4f} of {len(test)}")
    for low, high in ((1, 5), (6, 10), (11, 15), (16, 20), (21, 25), (26, 30), (31, 35), (36, 40)):
        inside = (lengths >= low) & (lengths <= high)
        if inside.any():
            print(f"  {low:2}-{high:2} words: {found[inside].mean():.4f} of {inside.sum()}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="holds train.tsv, dev.tsv, test.tsv")
    parser.add_argument("--tiny", action="store_true", help="the sizes of eng-fra-tiny")
    parser.add_argument("--steps", type=int, default=9000)
    parser.add_argument("--warmup", type=int, default=500)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--tokens", type=int, default=2048, help="target tokens a batch")
    parser.add_argument("--smoothing", type=float, default=0.05)
    parser.add_argument("--report", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    keras.utils.set_random_seed(options.seed)
    lines = {name: read_lines(options.folder / f"{name}.tsv") for name in ("train", "dev", "test")}
    source_words, target_words = (vocabulary(lines["train"], column) for column in (0, 1))
    sets = {name: encode(lines[name], source_words, target_words) for name in lines}
    sizes = {"source_size": len(source_words), "target_size": len(target_words)}
    config = Config(**(TINY if options.tiny else {}), **sizes)
    for corpus in sets.values():
        corpus.limits = (config.max_source_len, config.max_target_len)
    model = Transformer(config)
    print(f"{model.count_params()} parameters, {sizes}", flush=True)
    train(model, sets["train"], sets["dev"], options)
    layer, agreement = best_alignment_layer(model, sets["dev"])
    print(f"alignment layer {layer}, agreement of each layer on dev {agreement}")
    report(model, sets["test"])
    print(f"  agreement of each layer {best_alignment_layer(model, sets['test'])[1]}")
    export.save(options.folder, model, source_words, target_words, layer)


if __name__ == "__main__":
    main()
