"""Facts about the pictures of models/scenes: `python -m unittest discover tools/train`."""

import tempfile
import unittest
from pathlib import Path

import numpy as np
from jax import numpy as jnp

import captioner
from captioner_measures import NOUNS, read_set, texts
from recolour import Recolour, random_map
from scenes import HELD_OUT, LONGEST, MOST, places_of, save_tiles, save_train, scene
from scenes_draw import PALETTE, SIDE, Object, bounds, draw, mask_of
from scenes_words import COLOURS, KINDS, OPPOSITE, Group, captions, vocabulary

COUNT = 150


class Scenes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sets = {which: [scene(which, k) for k in range(COUNT)] for which in ("train", "test")}
        cls.all = cls.sets["train"] + cls.sets["test"]

    def test_a_number_is_a_picture(self):
        again = scene("train", 7)
        before = self.sets["train"][7]
        self.assertTrue((again.picture == before.picture).all())
        self.assertEqual(again.captions(), before.captions())
        self.assertFalse((scene("dev", 7).picture == before.picture).all())

    def test_held_out_pairs_are_in_every_test_picture_and_no_training_picture(self):
        shown = [{group.pair for group in one.groups} & HELD_OUT for one in self.sets["train"]]
        self.assertFalse(any(shown))
        self.assertTrue(all({g.pair for g in s.groups} & HELD_OUT for s in self.sets["test"]))

    def test_every_colour_and_kind_is_in_other_pairs(self):
        seen = {group.pair for one in self.sets["train"] for group in one.groups}
        self.assertEqual({colour for colour, _ in seen}, set(range(len(COLOURS))))
        self.assertEqual({kind for _, kind in seen}, set(range(len(KINDS))))
        self.assertEqual(len({colour for colour, _ in HELD_OUT}), len(HELD_OUT))
        self.assertEqual(len({kind for _, kind in HELD_OUT}), len(HELD_OUT))

    def test_counts_and_sizes_are_as_said(self):
        for one in self.all:
            for index, group in enumerate(one.groups):
                members = [thing for thing in one.things if thing.group == index]
                self.assertEqual(len(members), group.count)
                low, high = [(12, 14), (22, 26)][group.size]
                self.assertTrue(all(low <= thing.side <= high for thing in members))

    def test_relations_are_those_of_the_boxes(self):
        for one in self.all:
            if one.relation in (None, "in front of"):
                continue
            first, second = (np.array(one.boxes_of(group)) for group in (0, 1))
            axis = 0 if one.relation in ("left of", "right of") else 1
            if one.relation in ("right of", "below"):
                first, second = second, first
            self.assertLessEqual(first[:, axis + 2].max(), second[:, axis].min())

    def test_nothing_overlaps_but_front_and_back(self):
        for one in self.all:
            for k, (x0, y0, x1, y1) in enumerate(one.boxes):
                self.assertTrue(0 <= x0 < x1 <= SIDE and 0 <= y0 < y1 <= SIDE)
                for a0, b0, a1, b1 in one.boxes[:k]:
                    apart = x1 <= a0 or a1 <= x0 or y1 <= b0 or b1 <= y0
                    self.assertTrue(apart or one.relation == "in front of")

    def test_a_box_is_what_the_mask_covers(self):
        thing = Object(20.0, 30.0, 24.0, 0, KINDS.index("square"), 0)
        (y0, y1, x0, x1), parts = mask_of(thing, 0.0, False)
        mask = np.zeros((SIDE, SIDE), bool)
        mask[y0:y1, x0:x1] = parts[0][0] >= 0.4
        self.assertEqual(bounds(mask), (9, 19, 31, 41))
        _, boxes, shares = draw([thing], np.random.default_rng(1))
        self.assertTrue(np.abs(np.array(boxes[0]) - (9, 19, 31, 41)).max() <= 3)  # turned a little
        self.assertEqual(shares[0], 1.0)

    def test_what_is_hidden_is_not_in_the_box(self):
        square = KINDS.index("square")
        back = Object(24.0, 32.0, 24.0, 0, square, 1)
        front = Object(36.0, 32.0, 26.0, 4, square, 0)
        _, boxes, shares = draw([back, front], np.random.default_rng(3))
        self.assertLess(boxes[0][2], 30)
        self.assertLess(shares[0], 0.75)

    def test_colours_stand_out_from_the_background(self):
        thing = Object(32.0, 32.0, 26.0, 0, KINDS.index("square"), 0)
        for seed in range(20):
            picture = draw([thing], np.random.default_rng(seed))[0].astype(float)
            distance = np.abs(picture[2:8, 2:8].mean((0, 1)) - picture[28:36, 28:36].mean((0, 1)))
            self.assertGreater(distance.max(), 30)
        self.assertEqual(len(PALETTE), len(COLOURS))

    def test_captions_are_all_different_and_short(self):
        for one in self.all:
            found = one.captions()
            self.assertEqual(len({caption.words for caption in found}), len(found))
            self.assertEqual(len(found), 3 if one.relation is None else 8)
            self.assertLessEqual(len(found), MOST)
            self.assertAlmostEqual(sum(caption.weight for caption in found), 1)
            self.assertLessEqual(max(len(caption.words) for caption in found), LONGEST - 2)
            for caption in found:
                self.assertTrue(all(caption.words[word] in NOUNS for word, _ in caption.nouns))

    def test_captions_of_different_meanings_differ(self):
        meanings = {}
        for one in self.all:
            if one.relation is None:
                meaning = one.groups[0]
            else:
                meaning = {(one.relation, *one.groups), (OPPOSITE[one.relation], *one.groups[::-1])}
                meaning = frozenset(meaning)
            for caption in one.captions():
                self.assertEqual(meanings.setdefault(caption.words, meaning), meaning)

    def test_sentences(self):
        star, car = Group(1, 0, 0, KINDS.index("star")), Group(2, 1, 4, KINDS.index("car"))
        said = [caption.text() for caption in captions([star, car], "left of")]
        self.assertEqual(said[0], "a small red star left of two big blue cars")
        self.assertEqual(said[6], "two big blue cars are right of a small red star")
        self.assertEqual(said[7], "right of a small red star there are two big blue cars")
        self.assertLessEqual(len(vocabulary()), 70)

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            save_tiles(Path(folder), "test", 23)
            read = read_set(Path(folder), "test")
            for one, answers in zip(self.sets["test"], read, strict=False):
                self.assertTrue((one.picture == answers.picture).all())
                self.assertEqual([c.text() for c in one.captions()], answers.captions)
                for index, group in enumerate(one.groups):
                    key = tuple(group.words()[-2:])
                    self.assertTrue((answers.inside[key] == places_of(one.boxes_of(index))).all())
                    self.assertTrue(answers.inside[key].any())
            save_train(Path(folder), 0, 3)
            arrays = np.load(Path(folder) / "train-0.npz")
            self.assertTrue((arrays["pictures"][2] == self.sets["train"][2].picture).all())
            row = arrays["tokens"][2, 0]
            caption = self.sets["train"][2].captions()[0]
            self.assertEqual(texts([row[1:]], vocabulary()), [caption.text()])
            for word, group in caption.nouns:
                self.assertEqual(arrays["nouns"][2, 0, group], word + 1)

    def test_places(self):
        self.assertEqual(places_of([(4, 4, 5, 5)]).nonzero()[0].tolist(), [0])
        self.assertEqual(places_of([(5, 4, 12, 13)]).nonzero()[0].tolist(), [])
        self.assertEqual(places_of([(5, 12, 21, 13)]).nonzero()[0].tolist(), [9, 10])


class Recolouring(unittest.TestCase):
    """`recolour.py`"""

    def test_no_object_comes_near_the_colour_held_out_for_its_kind(self):
        words = vocabulary()
        known, rng = Recolour(words), np.random.default_rng(1)
        house, heart = KINDS.index("house"), KINDS.index("heart")
        one = captions([Group(1, 0, 0, house), Group(2, 1, 2, heart)], "above")[0]
        tokens = np.array([[1, *(words.index(word) for word in one.words), 2]] * 200)
        nouns = np.array([[word for word, _ in one.nouns]] * 200)
        chosen, (turns, shifts) = known.maps(tokens, nouns, 0.5, rng)
        self.assertTrue(70 < chosen.sum() < 130)
        self.assertTrue((turns[~chosen] == np.eye(3)).all() and (shifts[~chosen] == 0).all())
        for k in np.flatnonzero(chosen):
            for colour, kind in ((0, house), (2, heart)):
                new = np.clip(turns[k] @ PALETTE[colour] + shifts[k], 0, 255)
                (never,) = (c for c, held_out in HELD_OUT if held_out == kind)
                self.assertGreater(np.linalg.norm(new - PALETTE[never]), 89)

    def test_grey_stays_grey(self):
        rng = np.random.default_rng(2)
        for _ in range(20):
            turn, shift = random_map(rng)
            grey = turn @ np.full(3, 60.0) + shift
            self.assertLess(np.abs(grey - (60 if shift == 0 else 195)).max(), 1e-9)


class Captioner(unittest.TestCase):
    """Teacher forcing and greedy decoding are one model."""

    def test_greedy_answers_are_the_likeliest_words(self):
        config = captioner.Config(len(vocabulary()))
        w = {name: jnp.asarray(v) for name, v in captioner.initial(config, 3).items()}
        self.assertEqual({n: v.shape for n, v in w.items()}, captioner.shapes(config))
        pictures = np.stack([scene("dev", k).picture for k in range(2)])
        tokens, alignments = captioner.greedy(w, config, pictures, 6)
        memory, _ = captioner.encode(w, config, pictures)
        self.assertEqual(memory.shape, (2, config.places, config.width))
        said = np.concatenate([np.ones((2, 1), int), np.asarray(tokens)[:, :-1]], 1)
        logits, again = captioner.decode(w, memory, said)
        self.assertTrue((np.asarray(logits).argmax(-1) == np.asarray(tokens)).all())
        self.assertLess(np.abs(np.asarray(again) - np.asarray(alignments)).max(), 1e-5)

    def test_the_middle_of_a_field_is_the_middle_of_its_place(self):
        middle, step = 0.0, 1
        for layer in captioner.LAYERS:
            same_halving = layer["padding"] == "same" and layer["stride"] == 2
            middle += step * (1 if same_halving else 0)  # of the first place, in pixels
            step *= layer["stride"]
        self.assertEqual(step, 8)
        self.assertLessEqual(abs(middle - 3.5), 0.5)


if __name__ == "__main__":
    unittest.main()
