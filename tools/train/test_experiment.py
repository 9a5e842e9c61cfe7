"""Facts about the experiment: its sentences, its bins, its page."""

import json
import unittest
from pathlib import Path

import long_sentences

try:
    from experiment import BINS, Pair, by_length, measure, parameters
    from experiment_page import MARKS, floor, replaced, tables
except ImportError as missing:
    raise unittest.SkipTest("needs requirements-experiment.txt") from missing

ENG_FRA = Path(__file__).parents[2] / "models" / "eng-fra"


class Sentences(unittest.TestCase):
    def test_long_sentences_come_out_the_same(self):
        kept = (ENG_FRA / "long.tsv").read_text(encoding="utf-8").splitlines()
        self.assertEqual(long_sentences.lines(), kept)

    def test_long_sentences_fit_the_models_and_were_never_seen(self):
        fields = json.loads((ENG_FRA / "model.json").read_text(encoding="utf-8"))
        for line in long_sentences.lines():
            pair = Pair(line)
            self.assertTrue(40 < pair.length < fields["max_source_len"])
            self.assertLess(len(pair.target), fields["max_target_len"])
            self.assertLessEqual(set(pair.source.split()), set(fields["source"]["words"]))
            self.assertLessEqual(set(pair.target), set(fields["target"]["words"]))

    def test_every_length_has_one_bin(self):
        for length in range(1, 48):
            self.assertEqual(sum(low <= length <= high for low, high in BINS), 1, length)


class Measures(unittest.TestCase):
    PAIRS = [Pair("a\tx y z w v\t"), Pair("b b b b b b\tx y z w\t")]

    def test_an_answer_without_its_end_is_not_exact(self):
        whole, cut = ["x", "y", "z", "w", "v", "<eos>"], ["x", "y", "z", "w"]
        found = measure(self.PAIRS, [whole, cut])
        self.assertEqual((found["exact"], found["sentences"]), (1, 2))
        self.assertAlmostEqual(found["bleu"], 100)

    def test_bins_are_by_source_length_and_empty_ones_are_left_out(self):
        said = [["x", "y", "z", "w", "v", "<eos>"], ["<eos>"]]
        found = by_length(self.PAIRS, said)
        seen = [(b["from"], b["to"], b["exact"]) for b in found["bins"]]
        self.assertEqual(seen, [(1, 5, 1), (6, 10, 0)])

    def test_parameters_are_those_of_the_readme(self):
        self.assertEqual(parameters(ENG_FRA / "weights.safetensors"), 550_924)


class Page(unittest.TestCase):
    def test_only_the_text_between_the_marks_is_new(self):
        page = f"before\n{MARKS[0]}\nold\n{MARKS[1]}\nafter\n"
        once = replaced(page, "new")
        self.assertEqual(once, f"before\n{MARKS[0]}\n\nnew\n{MARKS[1]}\nafter\n")
        self.assertEqual(replaced(once, "new"), once)

    def test_only_all_of_them_are_a_hundred(self):
        self.assertEqual([floor(x) for x in (100 - 1e-12, 99.99, 0.0)], ["100.0", "99.9", "0.0"])

    def test_every_bin_and_all_of_them_have_a_row(self):
        found = by_length(Measures.PAIRS, [["<eos>"], ["<eos>"]])
        system = {"name": "n", "parameters": 1234, "flash_bytes": 1, "arena_bytes": 1,
                  "same_answer": 2, "integer": found, "float": found}  # fmt: skip
        text = tables({"systems": [system], "sentences": 2, "bleu_signature": "s"})
        for row in ("| 1–5 | 1 | 0.0 / 0.0 |", "| 6–10 | 1 |", "| all | 2 |", "| n | 1,234 |"):
            self.assertIn(row, text)


if __name__ == "__main__":
    unittest.main()
