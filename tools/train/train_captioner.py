"""Trains the captioner on pictures and exports it.

    python tools/train/scenes.py target/scenes --train 100000
    python tools/train/train_captioner.py target/scenes models/scenes --steps 24000

Teacher forcing on captions drawn from the acceptable ones, Adam with linear warm-up and cosine
decay.  `--boxes` adds that share of -log(attention inside the true box) at the steps that say a
noun; `--doubly` the doubly stochastic term of the paper; `--recolour` is `recolour.py`.
"""

import argparse
import json
import pickle
import time
from pathlib import Path

import jax
import numpy as np
from jax import numpy as jnp
from safetensors.numpy import load_file, save_file

import captioner
from captioner import MOMENTUM, Config
from captioner_measures import Measures, read_set
from optimiser import adam, averaged, schedule
from recolour import Recolour
from scenes_words import vocabulary

PAD, BOS, EOS = 0, 1, 2


class Pictures:
    """The training arrays of `scenes.py`, and random batches of them."""

    def __init__(self, folder: Path, rng, recolour: float = 0.0):
        parts = sorted(folder.glob("train-*.npz"), key=lambda p: int(p.stem.split("-")[1]))
        loaded = [np.load(part) for part in parts]
        names = ("pictures", "tokens", "weights", "nouns", "inside")
        fields = {n: np.concatenate([part[n] for part in loaded]) for n in names}
        longest = int((fields["tokens"] > 0).sum(-1).max())
        fields["tokens"] = fields["tokens"][..., :longest]
        self.__dict__.update(fields)
        self.bounds = np.cumsum(self.weights, 1)
        self.rng, self.recolour = rng, recolour
        self.order = np.zeros(0, int)
        self.known = Recolour(vocabulary())

    def batch(self, size: int):
        """Pictures, tokens, steps that say nouns (-1: none), and places inside their boxes; words
        that are not to be said, and a map of colours."""
        if len(self.order) < size:
            self.order = self.rng.permutation(len(self.pictures))
        rows, self.order = self.order[:size], self.order[size:]
        drawn = self.rng.random(size)[:, None] * self.bounds[rows, -1:]
        said = (drawn >= self.bounds[rows]).sum(1)
        tokens, nouns = self.tokens[rows, said], self.nouns[rows, said].astype("int32") - 1
        recoloured, maps = self.known.maps(tokens, nouns, self.recolour, self.rng)
        unsaid = recoloured[:, None] & self.known.is_colour[tokens]
        return self.pictures[rows], tokens.astype("int32"), nouns, self.inside[rows], unsaid, maps


def losses(w, c: Config, batch, key, options):
    """The sum to make small; statistics of the batch, loss of words, of boxes."""
    pictures, tokens, nouns, inside, unsaid, (turn, shift) = batch
    if options.recolour:
        pictures = jnp.einsum("byxc,bdc->byxd", pictures.astype(jnp.float32), turn)
        pictures = jnp.clip(pictures + shift[:, None, None, None], 0, 255)
    memory, counted = captioner.encode(w, c, pictures, training=True)
    read = (key, options.dropout, unsaid[:, :-1])
    logits, alignments = captioner.decode(w, memory, tokens[:, :-1], *read)
    following, present = tokens[:, 1:], (tokens[:, 1:] != PAD) & ~unsaid[:, 1:]
    likely = jax.nn.log_softmax(logits)
    chosen = jnp.take_along_axis(likely, following[..., None], -1)[..., 0]
    words = -(chosen * present).sum() / present.sum()
    at = jnp.take_along_axis(alignments, jnp.maximum(nouns, 0)[..., None], 1)
    mass, named = (at * inside).sum(-1), nouns >= 0
    boxes = -(jnp.log(mass + 1e-4) * named).sum() / named.sum()
    total = words + options.boxes * boxes
    if options.doubly:
        looked = (alignments * present[..., None]).sum(1)
        even = present.sum(1, keepdims=True) / c.places
        total = total + options.doubly * ((even - looked) ** 2).mean()
    return total, (counted, words, boxes)


def make_step(c: Config, options):
    """One jitted Adam step; global gradient norm at most 1; statistics by a running mean."""

    def run(w, first, second, count, rate, batch):
        key = jax.random.fold_in(jax.random.key(7), count.astype(int))
        slope = jax.grad(losses, has_aux=True)
        gradient, (counted, words, boxes) = slope(w, c, batch, key, options)
        trained = [{n: v for n, v in part.items() if n not in counted}
                   for part in (w, first, second, gradient)]  # fmt: skip
        moved = adam(*trained, count, rate, options.decay)
        w, first, second = ({**old, **new} for old, new in zip((w, first, second), moved))
        for name, value in counted.items():
            w[name] = MOMENTUM * w[name] + (1 - MOMENTUM) * value
        return w, first, second, words, boxes

    return jax.jit(run, donate_argnums=(0, 1, 2))


def train(c: Config, w: dict, data: Pictures, measures: list[Measures], options) -> dict:
    """Runs the steps; reports, exports and keeps the state on the way."""
    step = make_step(c, options)
    first = {name: np.zeros_like(value) for name, value in w.items()}
    second, mean, count, begun, noted = first, w, 0, time.time(), []
    if options.resume and options.resume.exists():
        count, w, first, second, mean = pickle.loads(options.resume.read_bytes())
    while count < (options.until or options.steps):
        rate = schedule(count, options)
        count += 1
        w, first, second, *noted_now = step(
            w, first, second, jnp.float32(count), rate, data.batch(options.batch)
        )
        mean = averaged(mean, w, min(options.average, count / (count + 9)))
        noted.append(noted_now)
        if count % options.report == 0 or count in (options.until, options.steps):
            said = np.mean(np.array(noted, float), 0)
            kept = {name: np.array(value) for name, value in mean.items()}
            found = "; ".join(one.report(kept) for one in measures)
            print(f"{count} words {said[0]:.4f} boxes {said[1]:.4f}; {found} "
                  f"{(time.time() - begun) / 60:.1f} min", flush=True)  # fmt: skip
            noted = []
            export(options.folder, c, kept)
            if options.resume:
                parts = (w, first, second, mean)
                state = [{n: np.array(v) for n, v in part.items()} for part in parts]
                options.resume.write_bytes(pickle.dumps((count, *state)))
    return mean


def export(folder: Path, c: Config, w: dict) -> None:
    """`weights.safetensors` and `model.json`."""
    save_file({name: np.ascontiguousarray(v) for name, v in w.items()},
              folder / "weights.safetensors")  # fmt: skip
    fields = c.as_json() | {
        "lowercase": True,
        "target": {"words": vocabulary(), "pad": PAD, "bos": BOS, "eos": EOS},
        "selftest": "random",
    }
    text = json.dumps(fields, ensure_ascii=False, indent=1)
    (folder / "model.json").write_text(text + "\n", encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, help="holds train-*.npz, and dev and test")
    parser.add_argument("folder", type=Path, help="gets weights.safetensors and model.json")
    parser.add_argument("--steps", type=int, default=24000)
    parser.add_argument("--until", type=int, default=0, help="leave off here, to be resumed")
    parser.add_argument("--warmup", type=int, default=500)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--dropout", type=float, default=0.1, help="share of words left out")
    parser.add_argument("--boxes", type=float, default=0.0, help="weight of the attention loss")
    parser.add_argument("--recolour", type=float, default=0.0, help="share of pictures")
    parser.add_argument("--decay", type=float, default=0.0, help="of weights, times the rate")
    parser.add_argument("--average", type=float, default=0.0,
                        help="of the running mean of the weights, kept at each step")  # fmt: skip
    parser.add_argument("--init", type=Path, help="weights.safetensors to begin with")
    parser.add_argument("--doubly", type=float, default=0.0, help="doubly stochastic attention")
    parser.add_argument("--report", type=int, default=1000)
    parser.add_argument("--measured", type=int, default=500, help="pictures of a set in a report")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", type=Path, help="state to go on from, kept at each report")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    config = Config(len(vocabulary()))
    w = captioner.initial(config, options.seed)
    if options.init:
        w |= load_file(options.init)
    sizes = [v.size for name, v in w.items() if not captioner.statistic(name)]
    print(f"{sum(sizes)} parameters", flush=True)
    options.folder.mkdir(exist_ok=True)
    data = Pictures(options.data, np.random.default_rng(options.seed), options.recolour)
    sets = {which: read_set(options.data, which) for which in ("dev", "test")}
    few = [Measures(which, config, one[: options.measured]) for which, one in sets.items()]
    w = train(config, w, data, few, options)
    for which, one in sets.items():
        print(Measures(which, config, one).report(w), f"of {len(one)}")


if __name__ == "__main__":
    main()
