"""Facts about orders to lights: python -m unittest discover tools/train"""

import random
import re
import unittest

import commands_words as words
from commands import LONGEST_SOURCE, LONGEST_TARGET, Clause, Commands, command, draw, split_of
from commands_words import Frame, Thing

RED, BLUE = Thing("the red light", ("red",)), Thing("the blue one", ("blue",))
#: What `boards/app/src/order.rs` reads.
NAMES = r"(red|green|blue|lamp)"
ACTION = rf"({NAMES}|all( but {NAMES}( {NAMES})?)?) (on|off|toggle|blink ([1-9]|10))"
COMMAND = re.compile(rf"unknown|nothing|{ACTION}( ; {ACTION})*")


def writer(split: str = "train", seed: int = 0) -> Commands:
    return Commands(random.Random(seed), split)


def filled(said: str, thing: Thing = RED) -> Clause:
    """A frame by its words, with a thing in its hole."""
    frames = [frame for group in words.FRAMES.values() for frame in group]
    return writer().filled(next(frame for frame in frames if frame.said == said), thing)


class Meaning(unittest.TestCase):
    def test_a_frame_orders_what_it_says(self):
        clause = filled("switch {} off")
        self.assertEqual((clause.said, command(clause)), ("switch the red light off", "red off"))
        self.assertEqual(command(filled("{} on", BLUE)), "blue on")
        self.assertRegex(command(filled("blink {} #")), r"^red blink ([1-9]|10)$")

    def test_a_list_is_an_action_each_in_its_order(self):
        both = filled("turn {} on", Thing("blue and red", ("blue", "red")))
        self.assertEqual(command(both), "blue on ; red on")

    def test_the_same_again(self):
        first = filled("turn {} off")
        again = writer().filled(Frame("{} too", None), BLUE, first.what)
        self.assertEqual(command(first.then("and", again)), "red off ; blue off")

    def test_a_pronoun_means_what_was_named(self):
        for seed in range(30):
            clause = writer(seed=seed).again(filled("turn {} on"))
            self.assertTrue(clause.actions[0].startswith("red "), clause)
            self.assertIn("it", clause.said.split())

    def test_of_all_lights_the_spared_one_is_taken_out(self):
        for seed in range(30):
            first = filled("turn {} on", Thing("everything", ("all",)))
            self.assertRegex(command(writer(seed=seed).sparing(first)), rf"^all but {NAMES} on$")
            first = filled("turn {} on")
            self.assertEqual(command(writer(seed=seed).sparing(first)), "red on")

    def test_what_is_negated_is_not_done(self):
        negated = writer().negated(filled("turn {} on"), [])
        self.assertIn(negated.said, {f"{no} turn the red light on" for no in words.NOT})
        self.assertEqual(command(negated.then(",", filled("{} off", BLUE))), "blue off")

    def test_no_pronoun_behind_a_particle(self):
        said = {f.said for group in words.FRAMES.values() for f in group if f.takes_pronouns}
        self.assertIn("turn {} on", said)
        self.assertFalse(said & {"turn on {}", "put out {}", "{} on", "i want {} on"})


class Sets(unittest.TestCase):
    def test_same_seed_same_lines(self):
        self.assertEqual(draw("dev", 60, 1), draw("dev", 60, 1))
        self.assertNotEqual(draw("dev", 60, 1), draw("dev", 60, 2))

    def test_every_command_follows_the_grammar_and_fits(self):
        for split in ("train", "test"):
            for line in draw(split, 400, 3):
                said, means, _ = line.split("\t")
                self.assertTrue(COMMAND.fullmatch(means), line)
                self.assertLess(len(said.split()), LONGEST_SOURCE, line)
                self.assertLess(len(means.split()), LONGEST_TARGET, line)

    def test_all_combinations_of_a_sentence_belong_to_its_set(self):
        for split in ("train", "dev", "test"):
            drawn = writer(split, 4)
            for clause in (drawn.sentence() for _ in range(200)):
                self.assertTrue(clause.pairs or split == "train", clause)
                for pair in clause.pairs:
                    self.assertEqual(split_of(*pair), split, clause)

    def test_actions_that_follow_each_other_in_the_test_never_do_in_training(self):
        def neighbours(split: str) -> set:
            lists = [line.split("\t")[1].split(" ; ") for line in draw(split, 600, 5)]
            return {pair for actions in lists for pair in zip(actions, actions[1:])}

        test = neighbours("test")
        self.assertGreater(len(test), 10)
        self.assertFalse(test & neighbours("train"))

    def test_every_kind_of_command_is_in_the_test(self):
        found = "\n".join(line.split("\t")[1] for line in draw("test", 400, 1))
        for part in ("unknown", "nothing", ";", "all but", "toggle", "blink", "lamp"):
            self.assertIn(part, found)


if __name__ == "__main__":
    unittest.main()
