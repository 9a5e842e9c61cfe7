"""How weights move: Adam (arXiv 1412.6980), its learning rate, and the running mean of what it leaves.

Weights and moments are any tree of arrays, the same for all.
"""

import argparse

import jax
import numpy as np
from jax import numpy as jnp


def schedule(step: int, options: argparse.Namespace) -> float:
    """Learning rate: linear warm-up, then half a cosine down to zero."""
    if step < options.warmup:
        return options.rate * (step + 1) / options.warmup
    done = (step - options.warmup) / max(1, options.steps - options.warmup)
    return options.rate * 0.5 * (1 + np.cos(np.pi * done))


def adam(weights, first, second, gradient, count, rate, decay: float = 0.0):
    """One step; global gradient norm at most 1.  `decay`: of matrices, times the rate
    (arXiv 1711.05101).  Returns weights and both moments."""
    norm = jnp.sqrt(sum((g * g).sum() for g in jax.tree.leaves(gradient)))
    gradient = jax.tree.map(lambda g: g * jnp.minimum(1.0, 1.0 / (norm + 1e-9)), gradient)
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
    second = jax.tree.map(lambda v, g: 0.98 * v + 0.02 * g * g, second, gradient)
    scale = rate * jnp.sqrt(1 - 0.98**count) / (1 - 0.9**count)

    def moved(w, m, v):
        return w * (1 - rate * decay * (w.ndim > 1)) - scale * m / (jnp.sqrt(v) + 1e-8)

    return jax.tree.map(moved, weights, first, second), first, second


@jax.jit
def averaged(mean, weights, kept):
    """The running mean of the weights, which answers better than the last of them."""
    return jax.tree.map(lambda m, w: kept * m + (1 - kept) * w, mean, weights)
