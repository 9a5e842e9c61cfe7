"""Facts about the generated language: python -m unittest discover tools/train"""

import argparse
import random
import unittest

from clauses import Verbal
from nominals import split_of
from phrases import Nominal, Word, alignment, fixed, render, spell
from sentences import Sentences, draw, line


def french(phrase) -> str:
    """The French of a phrase as one string."""
    return " ".join(text for text, _ in spell(phrase.french))


def said(subject: tuple, verb: str, noun: str, role: str, **how) -> str:
    """Subject (english, french, person), verb and a bare object noun, in French."""
    writer = Sentences(random.Random(0), "train", core=False)
    english, text, person = subject
    word = Word(english)
    nominal = Nominal([word], render(text, word), person=person)
    verb = next(each for each in writer.verbs if each.name == verb)
    noun = next(each for each in writer.nouns if each.name == noun)
    thing = Word(noun.plural or noun.name)
    object_ = writer._assemble(noun, thing, noun.plural is not None, None, None)
    object_ = writer._determined(object_, "", role, thing, False)
    return french(writer.conjugate(nominal, Verbal(verb, **how), None).then(object_))


class Language(unittest.TestCase):
    def test_milk_is_drunk(self):
        self.assertEqual(said(("i", "je", 0), "drink", "milk", "object"), "je bois du lait")

    def test_negation_surrounds_the_verb_and_loses_the_article(self):
        sentence = said(("i", "je", 0), "drink", "milk", "negated", polarity="not")
        self.assertEqual(sentence, "je ne bois pas de lait")

    def test_questions_put_est_ce_que_before(self):
        sentence = said(("you", "tu", 1), "drink", "milk", "object", question=True)
        self.assertEqual(sentence, "est-ce que tu bois du lait")

    def test_vowels_elide(self):
        sentence = said(("i", "je", 0), "like", "water", "generic")
        self.assertEqual(sentence, "j' aime l' eau")
        sentence = said(("she", "elle", 2), "drink", "water", "object")
        self.assertEqual(sentence, "elle boit de l' eau")

    def test_prepositions_contract(self):
        merged = spell(fixed("near", "près de").french + fixed("the", "le").french)
        self.assertEqual([text for text, _ in merged], ["près", "du"])
        self.assertEqual(len(merged[1][1]), 2)


class Sets(unittest.TestCase):
    OPTIONS = argparse.Namespace(seed=1, core=False, shortest=1, longest=40, longest_target=54)

    def test_same_seed_same_lines(self):
        self.assertEqual(draw("dev", 60, self.OPTIONS), draw("dev", 60, self.OPTIONS))

    def test_every_token_is_aligned_inside_the_sentence(self):
        for text in draw("train", 500, self.OPTIONS):
            source, target, pairs = text.split("\t")
            pairs = [tuple(map(int, pair.split("-"))) for pair in pairs.split()]
            self.assertEqual({s for s, _ in pairs}, set(range(len(source.split()))), text)
            self.assertEqual({t for _, t in pairs}, set(range(len(target.split()))), text)

    def test_phrases_know_their_pairs_and_splits_keep_apart(self):
        for split in ("train", "dev", "test"):
            writer = Sentences(random.Random(2), split, core=False)
            for _ in range(300):
                phrase = writer.sentence(8)
                for pair in phrase.pairs if phrase else ():
                    self.assertEqual(split_of(*pair), split, line(phrase))

    def test_alignment_follows_identity_not_spelling(self):
        twice = fixed("the", "le").then(fixed("the", "le"))
        self.assertEqual(alignment(twice, spell(twice.french)), [(0, 0), (1, 1)])


if __name__ == "__main__":
    unittest.main()
