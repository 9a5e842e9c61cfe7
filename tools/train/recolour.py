"""Pictures in other colours, so that a kind is known by its shape.

Colours are turned about the grey axis by any angle, some negated and some paler first.  What comes out
has no name: the captions' colour words are neither read nor asked for.  No map is used that takes an
object near the colour that is held out for its kind, nor nearer to it than to all other colours, so
held-out pairs stay unseen.
"""

import numpy as np

from scenes import HELD_OUT
from scenes_draw import PALETTE
from scenes_words import COLOURS, KINDS, PLURAL

FAR = 90.0  # of a held-out colour
TRIES = 6
IDENTITY = np.eye(3, dtype="float32")


class Recolour:
    """Colours and kinds by word number."""

    def __init__(self, words: list[str]):
        self.is_colour = np.array([word in COLOURS for word in words])
        self.colour = np.array([COLOURS.index(word) if word in COLOURS else 0 for word in words])
        forbidden = {kind: colour for colour, kind in HELD_OUT}
        kinds = {PLURAL.get(one, one + "s"): k for k, one in enumerate(KINDS)}
        kinds |= {one: k for k, one in enumerate(KINDS)}
        self.forbidden = np.array([forbidden.get(kinds.get(word, -1), -1) for word in words])

    def maps(self, tokens, nouns, share: float, rng):
        """Which pictures are recoloured `[batch]`; matrices `[batch, 3, 3]`, and what to add."""
        turns = np.tile(IDENTITY, (len(tokens), 1, 1))
        shifts = np.zeros(len(tokens), "float32")
        chosen = rng.random(len(tokens)) < share
        for row in np.flatnonzero(chosen):
            at = nouns[row][nouns[row] >= 0] + 1  # token 0 is <bos>
            colours = PALETTE[self.colour[tokens[row, at - 1]]]
            held_out = self.forbidden[tokens[row, at]]
            for _ in range(TRIES):
                turn, shift = random_map(rng)
                new = np.clip(colours @ turn.T + shift, 0, 255)
                if not any(near(*pair) for pair in zip(new, held_out) if pair[1] >= 0):
                    turns[row], shifts[row] = turn, shift
                    break
            else:
                chosen[row] = False
        return chosen, (turns, shifts)


def near(colour, held_out: int) -> bool:
    """Whether it may be taken for the held-out colour."""
    gaps = np.sqrt(((PALETTE - colour) ** 2).sum(1))
    return gaps[held_out] <= FAR or gaps.argmin() == held_out


def random_map(rng) -> tuple[np.ndarray, float]:
    """A turn about the grey axis (Rodrigues), paler by up to a third; every other one negated."""
    angle = rng.uniform(0, 2 * np.pi)
    grey = np.full((3, 3), 1 / 3)
    cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
    across = np.cos(angle) * (np.eye(3) - grey) + np.sin(angle) * cross
    turn = grey + rng.uniform(0.67, 1.0) * across
    return (-turn, 255.0) if rng.random() < 0.5 else (turn, 0.0)
