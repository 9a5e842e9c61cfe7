"""Pictures and what may be said of them: the sets of models/scenes.

    python tools/train/scenes.py target/scenes --train 80000     # train.npz, and test and dev, larger
    python tools/train/scenes.py models/scenes --test 400 --dev 140

A set is made of its own seeds, so that a shorter one begins as a longer one.  Held out: pairs of a
colour and a kind (`HELD_OUT`) that no training picture shows; every test picture shows one, no dev
picture does.  What a picture means is clear by construction:

* small objects are 12 to 14 pixels wide or high, big ones 22 to 26;
* a group lies together, and two groups differ in colour or kind;
* left, right, above, below: the groups' boxes are apart along that axis, and their centres are at
  least 2½ times as far apart along it as across it;
* in front, behind: one object hides 12 to 35 % of another, bigger than any small one, of another
  colour; no other objects overlap.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from scenes_draw import SIDE, Object, draw
from scenes_words import COLOURS, KINDS, RELATIONS, Caption, Group, captions, vocabulary

HELD_OUT = frozenset(
    (COLOURS.index(colour), KINDS.index(kind))
    for colour, kind in [
        ("red", "moon"), ("orange", "tree"), ("yellow", "car"), ("green", "heart"),
        ("blue", "house"), ("purple", "star"), ("white", "fish"), ("black", "ring"),
    ]
)  # fmt: skip
SETS = {"train": 1, "dev": 2, "test": 3}
SHARES = [0.2, 0.27, 0.27, 0.26]  # of scenes without and with each of `RELATIONS`
SIDES = [(12, 14), (22, 26)]
TILES = 20
LONGEST = 18  # tokens of a caption, <bos> and <eos> included
MOST = 8  # captions of a picture


@dataclass
class Scene:
    """A picture and what it shows; `boxes[k]` belongs to `things[k]`."""

    picture: np.ndarray
    groups: list[Group]
    relation: str | None
    things: list[Object]
    boxes: list[tuple[int, int, int, int]]

    def captions(self) -> list[Caption]:
        return captions(self.groups, self.relation)

    def boxes_of(self, group: int) -> list[tuple[int, int, int, int]]:
        return [box for thing, box in zip(self.things, self.boxes) if thing.group == group]


def scene(which: str, index: int) -> Scene:
    """Number `index` of a set."""
    rng = np.random.default_rng([SETS[which], index])
    kind = rng.choice(4, p=SHARES)
    while True:
        relation = [None, *RELATIONS][kind]
        groups = sample_groups(rng, relation, which == "test")
        things = place(rng, groups, relation)
        if not things:
            continue
        picture, boxes, shares = draw(things, rng)
        if relation == "in front of" and not 0.65 <= shares.min() <= 0.88:
            continue
        # the first group is drawn, and named, first or last alike
        if relation in ("left of", "above") and rng.random() < 0.5:
            relation = {"left of": "right of", "above": "below"}[relation]
            groups = groups[::-1]
            things = [replace(thing, group=1 - thing.group) for thing in things]
        return Scene(picture, groups, relation, things, boxes)


def sample_groups(rng, relation: str | None, held_out: bool) -> list[Group]:
    """Of a test scene at least one is of a held-out pair; of any other none."""
    while True:
        groups = [sample_group(rng, relation) for _ in range(1 if relation is None else 2)]
        if held_out:
            at = rng.integers(len(groups))
            colour, kind = sorted(HELD_OUT)[rng.integers(len(HELD_OUT))]
            groups[at] = Group(groups[at].count, groups[at].size, colour, kind)
        elif any(group.pair in HELD_OUT for group in groups):
            continue
        if relation is None or groups[0].pair != groups[1].pair:
            if relation != "in front of":
                return groups
            front, back = groups
            if front.colour != back.colour:
                return [front, Group(1, 1, back.colour, back.kind)]


def sample_group(rng, relation: str | None) -> Group:
    colour, kind = int(rng.integers(len(COLOURS))), int(rng.integers(len(KINDS)))
    size = int(rng.integers(2))
    most = [4, 3 if relation is None else 2][size]
    count = 1 if relation == "in front of" else 1 + int(rng.integers(most))
    return Group(count, size, colour, kind)


def place(rng, groups: list[Group], relation: str | None) -> list[Object]:
    """Objects in the order of drawing; none if they do not fit."""
    clusters = [cluster(rng, group) for group in groups]
    extents = [spots.max(0) - spots.min(0) + side for spots, side in clusters]
    room = SIDE - 2
    if relation is None:
        origins = [1 + rng.random(2) * (room - extents[0])]
        fits = (extents[0] <= room).all()
    elif relation == "in front of":
        reach = (clusters[0][1] + clusters[1][1]) / 2
        angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.45, 0.95) * reach
        back = 1 + rng.random(2) * (room - extents[1])
        offset = far * np.array([np.cos(angle), np.sin(angle)])
        front = back + extents[1] / 2 + offset - extents[0] / 2
        origins, fits = [front, back], front.min() >= 1 and (front + extents[0]).max() <= 1 + room
    else:
        origins, fits = side_by_side(rng, extents, 0 if relation == "left of" else 1, room)
    if not fits:
        return []
    things = []
    for index, ((spots, side), origin) in enumerate(zip(clusters, origins)):
        for x, y in spots - spots.min(0) + origin + side / 2:
            colour, kind = groups[index].pair
            things.append(Object(float(x), float(y), float(side), colour, kind, index))
    return things[::-1]  # the first group is in front


def side_by_side(rng, extents, axis: int, room: float):
    """Origins of two groups, the first before the second along `axis`."""
    slack = room - extents[0][axis] - extents[1][axis]
    if slack < 2:
        return None, False
    before, gap = rng.random(), rng.random()
    gap = 2 + gap * (slack - 2)
    start = 1 + before * (slack - gap)
    first, second = np.zeros(2), np.zeros(2)
    first[axis] = start
    second[axis] = start + extents[0][axis] + gap
    along = gap + (extents[0][axis] + extents[1][axis]) / 2
    other = 1 - axis
    free = room - np.array([extents[0][other], extents[1][other]])
    if free.min() < 0:
        return None, False
    first[other], second[other] = 1 + rng.random(2) * free
    across = first[other] + extents[0][other] / 2 - second[other] - extents[1][other] / 2
    return [first, second], abs(across) <= 0.4 * along


def cluster(rng, group: Group) -> tuple[np.ndarray, float]:
    """Centres of the objects of a group, none touching another, and their side."""
    side = rng.uniform(*SIDES[group.size])
    step = side * 1.12 + rng.uniform(1.5, 5)
    layouts = {
        1: [[(0, 0)]],
        2: [[(0, 0), (1, 0)], [(0, 0), (0, 1)], [(0, 0), (0.9, 0.7)], [(0.9, 0), (0, 0.7)]],
        3: [[(0, 0), (1, 0), (2, 0)], [(0, 0), (0, 1), (0, 2)], [(0, 0), (1, 0), (0.5, 0.95)],
            [(0.5, 0), (0, 0.95), (1, 0.95)], [(0, 0), (0, 1), (1, 0.5)]],
        4: [[(0, 0), (1, 0), (0, 1), (1, 1)], [(0, 0), (1, 0), (0.5, 1), (1.5, 1)],
            [(0, 0), (0, 1), (1, 0.5), (1, 1.5)]],
    }[group.count]  # fmt: skip
    spots = np.array(layouts[rng.integers(len(layouts))], float) * step
    return spots + rng.uniform(-0.6, 0.6, spots.shape), side


def line(scene: Scene, index: int, caption: Caption) -> str:
    """`index TAB caption TAB word:x0,y0,x1,y1+… …`"""
    boxes = [
        f"{word}:" + "+".join(",".join(map(str, box)) for box in scene.boxes_of(group))
        for word, group in caption.nouns
    ]
    return f"{index}\t{caption.text()}\t{' '.join(boxes)}"


def save_tiles(folder: Path, which: str, count: int, skip: int = 0) -> None:
    """`{which}.png` and `{which}.tsv`, without the first `skip` pictures of the set"""
    sheet = np.zeros((-(-count // TILES) * SIDE, TILES * SIDE, 3), "uint8")
    lines = []
    for index in range(count):
        one = scene(which, skip + index)
        y, x = index // TILES * SIDE, index % TILES * SIDE
        sheet[y : y + SIDE, x : x + SIDE] = one.picture
        lines += [line(one, index, caption) for caption in one.captions()]
    Image.fromarray(sheet).save(folder / f"{which}.png", optimize=True)
    (folder / f"{which}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def save_train(folder: Path, start: int, stop: int) -> None:
    """Arrays for training: pictures u8, captions as ids, their weights, places of nouns (0: none)
    and for each group the 8 × 8 places whose centres are in its boxes."""
    ids = {word: index for index, word in enumerate(vocabulary())}
    n = stop - start
    pictures = np.zeros((n, SIDE, SIDE, 3), "uint8")
    tokens = np.zeros((n, MOST, LONGEST), "uint8")
    weights = np.zeros((n, MOST), "float32")
    nouns = np.zeros((n, MOST, 2), "uint8")
    inside = np.zeros((n, 2, 64), bool)
    for row in range(n):
        one = scene("train", start + row)
        pictures[row] = one.picture
        for k, caption in enumerate(one.captions()):
            said = [1, *(ids[word] for word in caption.words), 2]
            tokens[row, k, : len(said)] = said
            weights[row, k] = caption.weight
            for word, group in caption.nouns:
                nouns[row, k, group] = word + 1
        for group in range(len(one.groups)):
            inside[row, group] = places_of(one.boxes_of(group))
    np.savez(folder / f"train-{start}.npz", pictures=pictures, tokens=tokens, weights=weights,
             nouns=nouns, inside=inside)  # fmt: skip


def places_of(boxes: list, cells: int = 8) -> np.ndarray:
    """`[cells²]`: whether the centre of a place lies in one of the boxes."""
    centre = (np.arange(cells) + 0.5) * (SIDE / cells)
    found = np.zeros((cells, cells), bool)
    for x0, y0, x1, y1 in boxes:
        rows, columns = (centre >= y0) & (centre < y1), (centre >= x0) & (centre < x1)
        found |= rows[:, None] & columns
    return found.ravel()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--train", type=int, default=0)
    parser.add_argument("--test", type=int, default=2000)
    parser.add_argument("--dev", type=int, default=1000)
    parser.add_argument("--skip", type=int, default=0, help="first test and dev pictures")
    parser.add_argument("--from", type=int, default=0, dest="start", help="first training picture")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for which in ("test", "dev"):
        if getattr(options, which):
            save_tiles(options.folder, which, getattr(options, which), options.skip)
    part = 10000
    for start in range(options.start, options.train, part):
        save_train(options.folder, start, min(start + part, options.train))


if __name__ == "__main__":
    main()
