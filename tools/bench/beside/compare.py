"""One sentence on this engine, on CTranslate2 and on ONNX Runtime: the same float weights, quantised by
each in its own way to int8, one thread each, greedy, words in and words out.

    cargo build --release --bin sentence             (in tools/bench)
    python beside/compare.py [--sentences 100] [--rounds 7]

First all three must give the same words; a sentence that they translate differently (int8 rounds
differently) is counted and not timed. Then they take turns, sentence by sentence. What is compared is
processor time, the median of the rounds, added up over the sentences; wall time says the same on an
idle machine, and something else on a busy one. The others' times include their Python calls, one a
sentence; this engine's include a line in and out of a pipe.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import in_ctranslate2
import in_onnxruntime
from trained import Trained

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(__file__).resolve().parents[1] / "target/release/sentence"

# A process is asked several times in a row, for the kernel counts its time in ticks of some engines.
REPEATS = 5


class Regard:
    """The engine, in a process that answers line by line."""

    name = "regard"

    def __init__(self, model: Path):
        command = [BINARY, model, str(REPEATS)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def _processor_ns(self) -> int:
        """Linux: nanoseconds that its one thread ran."""
        return int(Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0])

    def timed(self, sentence: str) -> tuple[float, str]:
        """Seconds of one translation, and the words."""
        before = self._processor_ns()
        self.process.stdin.write(f"{sentence}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().rstrip("\n")
        return (self._processor_ns() - before) / 1e9 / REPEATS, answer


class InPython:
    """Another engine, in this process; its threads count."""

    def __init__(self, name: str, engine):
        self.name, self.engine = name, engine

    def timed(self, sentence: str) -> tuple[float, str]:
        """As of `Regard`."""
        before = time.process_time()
        for _ in range(REPEATS):
            answer = self.engine.translate(sentence)
        return (time.process_time() - before) / REPEATS, answer


def processor() -> str:
    """Its name, as Linux has it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))


def main() -> None:
    """Prints the table of README.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sentences", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    folder = ROOT / "models/eng-fra"
    lines = (folder / "test.tsv").read_text().splitlines()
    sentences = [line.split("\t")[0] for line in lines[: given.sentences]]
    with tempfile.TemporaryDirectory() as scratch:
        engines = [
            Regard(folder / "eng-fra.rgd"),
            InPython(in_ctranslate2.NAME, in_ctranslate2.Engine(Trained(folder), Path(scratch) / "ct2")),
            InPython(in_onnxruntime.NAME, in_onnxruntime.Engine(Trained(folder), Path(scratch) / "onnx")),
        ]
        answers = {s: [engine.timed(s)[1] for engine in engines] for s in sentences}
        same = [s for s, answer in answers.items() if len(set(answer)) == 1]
        words = sum(len(answers[s][0].split()) for s in same)
        # [sentence][engine][round]
        times = [[[] for _ in engines] for _ in same]
        for _ in range(given.rounds):
            for sentence, of_engines in zip(same, times, strict=True):
                for engine, of_rounds in zip(engines, of_engines, strict=True):
                    of_rounds.append(engine.timed(sentence)[0])
    print(f"{processor()}, {os.cpu_count()} processors, {len(same)} of {len(sentences)} sentences")
    print(f"({words / len(same):.1f} words on average) translated alike by all, one thread\n")
    print("| engine | ms a sentence | times regard |\n|---|---|---|")
    totals = [sum(statistics.median(s[i]) for s in times) for i in range(len(engines))]
    for engine, total in zip(engines, totals, strict=True):
        milliseconds, ratio = 1000 * total / len(same), total / totals[0]
        print(f"| {engine.name} | {milliseconds:.3f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
