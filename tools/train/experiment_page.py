"""The page and the figure of `experiment.py`, from docs/experiment.json alone.

    python tools/train/experiment_page.py docs

draws both again.
"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("agg")
from matplotlib import pyplot  # noqa: E402
from matplotlib.lines import Line2D  # noqa: E402

MARKS = ("<!-- written by tools/train/experiment.py -->", "<!-- end -->")
MEASURES = [("bleu", "BLEU"), ("exact_percent", "Exactly right, %")]
# Okabe and Ito's colours, which colour-blind people tell apart; a shape for each as well.
STYLES = [("#D55E00", "s"), ("#0072B2", "o"), ("#009E73", "^"), ("#CC79A7", "D")]
FLOAT = {"color": "black", "linestyle": (0, (4, 4)), "linewidth": 0.9, "marker": ".", "ms": 3}
DATA, PAGE, FIGURE = "experiment.json", "ROAD_TO_ATTENTION.md", "road_to_attention.png"


def write(docs: Path, report: dict) -> None:
    """experiment.json, the tables of the page, the figure."""
    text = json.dumps(report, ensure_ascii=False, indent=1)
    (docs / DATA).write_text(text + "\n", encoding="utf-8")
    page = docs / PAGE
    page.write_text(replaced(page.read_text(encoding="utf-8"), tables(report)), encoding="utf-8")
    draw(report, docs / FIGURE)


def replaced(page: str, text: str) -> str:
    """The page with new text between its marks."""
    before, rest = page.split(MARKS[0])
    _, after = rest.split(MARKS[1])
    return f"{before}{MARKS[0]}\n\n{text}\n{MARKS[1]}{after}"


def tables(report: dict) -> str:
    """What each model is, then each measure by source length."""
    systems = report["systems"]
    head = ["model", "parameters", "flash for weights", "arena", "same answer as float32"]
    body = [[s["name"], f"{s['parameters']:,}", f"{s['flash_bytes'] / 1000:.0f} kB",
             f"{s['arena_bytes'] / 1000:.1f} kB",
             f"{s['same_answer']:,} of {report['sentences']:,}"]
            for s in systems]  # fmt: skip
    parts = [table(head, body)]
    head = ["source tokens", "sentences"] + [s["name"] for s in systems]
    for key, name in MEASURES:
        body = [[label, f"{found[0][0]['sentences']:,}"]
                + [f"{floor(integer[key])} / {floor(real[key])}" for integer, real in found]
                for label, found in lengths(systems)]  # fmt: skip
        parts.append(f"{name}, integers / float32:\n\n{table(head, body)}")
    return "\n".join([*parts, f"Figures are rounded down. BLEU: `{report['bleu_signature']}`\n"])


def lengths(systems: list[dict]) -> list[tuple[str, list]]:
    """A label, and (integers, float) of each system: every bin, then all sentences."""
    both = [(s["integer"], s["float"]) for s in systems]
    found = []
    for at, low_high in enumerate(systems[0]["integer"]["bins"]):
        cells = [(integer["bins"][at], real["bins"][at]) for integer, real in both]
        found.append((label(low_high), cells))
    return [*found, ("all", [(integer["all"], real["all"]) for integer, real in both])]


def floor(percent: float) -> str:
    """Rounded down, so that only all of them are 100."""
    return f"{int(percent * 10 + 1e-6) / 10:.1f}"


def label(found: dict) -> str:
    """1–5"""
    return f"{found['from']}–{found['to']}"


def table(head: list[str], body: list[list[str]]) -> str:
    """Markdown."""
    rows = [head, ["---"] + ["---:"] * (len(head) - 1), *body]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def draw(report: dict, path: Path) -> None:
    """Both measures by source length; integers solid, float32 dashed on top."""
    figure, panels = pyplot.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    for panel, (key, name) in zip(panels, MEASURES):
        for system, (colour, shape) in zip(report["systems"], STYLES):
            values = {kind: [found[key] for found in system[kind]["bins"]]
                      for kind in ("integer", "float")}  # fmt: skip
            panel.plot(values["integer"], color=colour, marker=shape, markersize=6, linewidth=2.2)
            panel.plot(values["float"], **FLOAT)
        labels = [label(found) for found in report["systems"][0]["integer"]["bins"]]
        panel.set_xticks(range(len(labels)), labels, rotation=45)
        if labels[-1] == "41–47":
            panel.axvspan(len(labels) - 1.5, len(labels) - 0.5, color="0.93", zorder=0)
            panel.set_title("not in training", loc="right", fontsize=8, color="0.35")
        panel.set_xlim(-0.5, len(labels) - 0.5)
        panel.set_ylim(-3, 103)
        panel.set_title(name, loc="left", fontsize=11)
        panel.set_xlabel("source tokens")
        panel.grid(axis="y", color="0.9")
        panel.spines[["top", "right"]].set_visible(False)
    legend(figure, report["systems"])
    figure.savefig(path, dpi=160, metadata={"Software": None})
    pyplot.close(figure)


def legend(figure, systems: list[dict]) -> None:
    """Below both panels."""
    lines = [Line2D([], [], color=colour, marker=shape, linewidth=2.2,
                    label=f"{s['name']}, integers")
             for s, (colour, shape) in zip(systems, STYLES)]  # fmt: skip
    lines.append(Line2D([], [], **FLOAT, label="the same in float32"))
    figure.legend(handles=lines, loc="outside lower center", ncols=len(lines), frameon=False,
                  fontsize=9)  # fmt: skip


def main() -> None:
    docs = Path(sys.argv[1])
    write(docs, json.loads((docs / DATA).read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
