"""Draws a scene: 64 × 64 RGB, anti-aliased, over varied backgrounds, in varied light.

A shape is a list of (where, shade) over coordinates u (right) and v (down) in -1 … 1, painted in
order: `where` a mask, `shade` "own" (the object's colour), "deep" (a darker one) or an RGB colour.
Masks are taken at 3 × 3 points a pixel.
"""

from dataclasses import dataclass

import numpy as np

from scenes_words import COLOURS, KINDS

SIDE = 64
FINE = 3
COLOUR_VALUES = {
    "red": (205, 35, 40), "orange": (240, 130, 25), "yellow": (240, 220, 60),
    "green": (40, 150, 60), "blue": (45, 85, 205), "purple": (150, 60, 170),
    "white": (243, 243, 243), "black": (25, 25, 25),
}  # fmt: skip
PALETTE = np.array([COLOUR_VALUES[name] for name in COLOURS], float)
CONTRAST = 95.0  # least distance of a background colour to those of the objects
DARK, BROWN, GLASS, EYE = (40, 35, 35), (115, 75, 40), (195, 222, 240), (250, 250, 250)


@dataclass(frozen=True)
class Object:
    """Centre and side in pixels; a later object of a picture hides an earlier one."""

    x: float
    y: float
    side: float
    colour: int
    kind: int
    group: int


def polygon(u, v, corners):
    """Even–odd rule."""
    inside = np.zeros(np.broadcast_shapes(u.shape, v.shape), bool)
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1]):
        if y0 != y1:
            crosses = (v < y0) != (v < y1)
            inside ^= crosses & (u < x0 + (v - y0) * ((x1 - x0) / (y1 - y0)))
    return inside


def disc(u, v, x, y, r):
    return (u - x) ** 2 + (v - y) ** 2 <= r * r


def box(u, v, x0, y0, x1, y1):
    return (u >= x0) & (u <= x1) & (v >= y0) & (v <= y1)


def star_corners():
    angles = np.arange(10) * np.pi / 5 - np.pi / 2
    radii = np.where(np.arange(10) % 2, 0.42, 1.05)
    return [(float(r * np.cos(a)), float(r * np.sin(a) + 0.08)) for r, a in zip(radii, angles)]


STAR = star_corners()


def heart(u, v):
    x, y = 1.18 * u, 0.12 - 1.12 * v
    return (x * x + y * y - 1) ** 3 - x * x * y**3 <= 0


def shape(kind: str, u, v) -> list:
    """The masks of a kind and their shades."""
    if kind == "circle":
        return [(disc(u, v, 0, 0, 1), "own")]
    if kind == "square":
        return [(box(u, v, -0.92, -0.92, 0.92, 0.92), "own")]
    if kind == "triangle":
        return [(polygon(u, v, [(0, -0.95), (1, 0.85), (-1, 0.85)]), "own")]
    if kind == "star":
        return [(polygon(u, v, STAR), "own")]
    if kind == "heart":
        return [(heart(u, v), "own")]
    if kind == "cross":
        return [(box(u, v, -0.32, -1, 0.32, 1) | box(u, v, -1, -0.32, 1, 0.32), "own")]
    if kind == "ring":
        return [(disc(u, v, 0, 0, 1) & ~disc(u, v, 0, 0, 0.54), "own")]
    if kind == "house":
        return [(box(u, v, -0.75, -0.1, 0.75, 1), "own"), (box(u, v, -0.2, 0.35, 0.2, 1), DARK),
                (polygon(u, v, [(0, -1), (1, 0), (-1, 0)]), "deep")]  # fmt: skip
    if kind == "tree":
        top, low = disc(u, v, 0, -0.5, 0.5), disc(np.abs(u), v, 0.4, -0.1, 0.48)
        return [(box(u, v, -0.18, 0.1, 0.18, 1), BROWN), (top | low, "own")]
    if kind == "car":
        cabin = polygon(u, v, [(-0.35, -0.6), (0.35, -0.6), (0.65, 0), (-0.65, 0)])
        wheels = disc(u, v, -0.52, 0.5, 0.26) | disc(u, v, 0.52, 0.5, 0.26)
        return [(cabin | box(u, v, -1, -0.08, 1, 0.5), "own"), (wheels, DARK),
                (box(u, v, -0.3, -0.42, 0.32, -0.08), GLASS)]  # fmt: skip
    if kind == "fish":
        body = ((u + 0.2) / 0.8) ** 2 + (v / 0.55) ** 2 <= 1
        tail = polygon(u, v, [(0.3, 0), (1, -0.6), (1, 0.6)])
        return [(body | tail, "own"), (disc(u, v, -0.6, -0.12, 0.17), EYE),
                (disc(u, v, -0.62, -0.12, 0.09), DARK)]  # fmt: skip
    if kind == "moon":
        return [(disc(u, v, 0.1, 0, 1) & ~disc(u, v, 0.62, 0, 0.82), "own")]
    raise ValueError(kind)


def smooth(rng, cells: int):
    """`[SIDE, SIDE]`: a random field of standard normal knots, bilinear between them."""
    knots = rng.standard_normal((cells + 1, cells + 1))
    place = np.linspace(0, cells, SIDE, endpoint=False)
    low = place.astype(int)
    part = place - low
    rows = knots[low] * (1 - part)[:, None] + knots[low + 1] * part[:, None]
    return rows[:, low] * (1 - part) + rows[:, low + 1] * part


def background_colour(rng, taken):
    """Far from the colours of all objects."""
    while True:
        colour = rng.uniform(20, 240, 3)
        colour = colour.mean() + rng.uniform(0.2, 1.0) * (colour - colour.mean())
        if np.sqrt(((taken - colour) ** 2).sum(1)).min() > CONTRAST:
            return colour


def background(rng, taken):
    """`[SIDE, SIDE, 3]`: plain, a gradient, ground under sky, or any of them with a texture."""
    first = background_colour(rng, taken)
    style = rng.integers(3)
    canvas = np.broadcast_to(first, (SIDE, SIDE, 3)).copy()
    if style == 1:  # a gradient keeps to one neighbourhood of colour
        for _ in range(20):
            second = first + rng.uniform(-70, 70, 3)
            line = first + np.linspace(0, 1, 9)[:, None] * (second - first)
            distance = np.sqrt(((taken[:, None] - line) ** 2).sum(-1))
            if distance.min() > CONTRAST and second.min() > 5 and second.max() < 250:
                angle = rng.uniform(0, 2 * np.pi)
                axis = np.arange(SIDE) / (SIDE - 1) - 0.5
                part = 0.5 + 0.7 * (np.cos(angle) * axis + np.sin(angle) * axis[:, None])
                canvas = first + np.clip(part, 0, 1)[..., None] * (second - first)
                break
    if style == 2:
        horizon = SIDE * rng.uniform(0.35, 0.75) + rng.uniform(-0.15, 0.15) * np.arange(SIDE)
        below = np.clip(np.arange(SIDE)[:, None] - horizon + 0.5, 0, 1)[..., None]
        canvas = canvas * (1 - below) + background_colour(rng, taken) * below
    if rng.random() < 0.4:
        canvas = canvas + rng.uniform(3, 9) * smooth(rng, int(rng.integers(4, 17)))[..., None]
    return canvas


def mask_of(thing: Object, turn: float, mirror: bool):
    """Window (y0, y1, x0, x1), and (coverage, shade) of the parts inside it."""
    reach = thing.side * 0.62 + 1
    x0, x1 = max(0, int(thing.x - reach)), min(SIDE, int(np.ceil(thing.x + reach)))
    y0, y1 = max(0, int(thing.y - reach)), min(SIDE, int(np.ceil(thing.y + reach)))
    x = (np.arange(x0 * FINE, x1 * FINE) + 0.5) / FINE - thing.x
    y = (np.arange(y0 * FINE, y1 * FINE) + 0.5)[:, None] / FINE - thing.y
    half = thing.side / 2
    u = (np.cos(turn) * x + np.sin(turn) * y) / (-half if mirror else half)
    v = (np.cos(turn) * y - np.sin(turn) * x) / half
    parts = []
    for inside, shade in shape(KINDS[thing.kind], u, v):
        fine = inside.reshape(y1 - y0, FINE, x1 - x0, FINE)
        parts.append((fine.mean((1, 3)), shade))
    return (y0, y1, x0, x1), parts


def shaded(colour: int, shade):
    """RGB of a part."""
    if isinstance(shade, str):
        own = PALETTE[colour]
        if shade == "own":
            return own
        return own * 0.62 if own.max() > 60 else own + 45
    return np.array(shade, float)


def light(rng, canvas):
    """Brightness, tint, a gradient of brightness, noise; then bytes."""
    tint = rng.uniform(0.8, 1.08) * rng.uniform(0.95, 1.05, 3)
    angle, depth = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.2)
    axis = np.arange(SIDE) / (SIDE - 1) - 0.5
    slope = 1 + depth * (np.cos(angle) * axis + np.sin(angle) * axis[:, None])
    canvas = canvas * tint * slope[..., None]
    canvas = canvas + rng.uniform(0.5, 3.5) * rng.standard_normal(canvas.shape, dtype="float32")
    return np.clip(np.rint(canvas), 0, 255).astype("uint8")


def draw(things: list[Object], rng) -> tuple[np.ndarray, list, np.ndarray]:
    """The picture, the box (x0, y0, x1, y1; half open) of what is seen of each object, and the
    share of each object that is seen."""
    canvas = background(rng, PALETTE[[thing.colour for thing in things]])
    seen, whole = [], []
    for thing in things:
        turn, mirror = rng.uniform(-0.17, 0.17), rng.random() < 0.5
        (y0, y1, x0, x1), parts = mask_of(thing, turn, mirror)
        hidden = np.zeros((y1 - y0, x1 - x0))
        for cover, shade in parts:
            window = canvas[y0:y1, x0:x1]
            window += cover[..., None] * (shaded(thing.colour, shade) - window)
            hidden = np.maximum(hidden, cover)
        for before in seen:
            before[y0:y1, x0:x1] *= 1 - hidden
        seen.append(np.zeros((SIDE, SIDE)))
        seen[-1][y0:y1, x0:x1] = hidden
        whole.append(hidden.sum())
    shares = np.array([mask.sum() for mask in seen]) / whole
    return light(rng, canvas), [bounds(mask >= 0.4) for mask in seen], shares


def bounds(mask) -> tuple[int, int, int, int]:
    """Smallest box around a mask."""
    columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
