"""The figures of the documentation, from what `kernels.py` and `accuracy.py` have written.

    python -m pip install '.[examples]'
    python benchmarks/kernels.py --json kernels.json
    python benchmarks/accuracy.py --json accuracy.json
    python benchmarks/plots.py kernels.json accuracy.json [--folder docs/figures]

Writes speed-value.svg, speed-value-and-gradient.svg, accuracy-float32.svg and accuracy-float64.svg. The background is
transparent and the text grey, for light and dark pages.
"""

from __future__ import annotations

import argparse
import json
import math
import textwrap
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
from contestants import BOTH, VALUE
from machine import in_words

GREY = "#808080"
# Name in the figures: what its columns are called, best of them taken; colour, line, marker.
STYLES: dict[str, tuple[tuple[str, ...], str, str, str]] = {
    "symnll, out=": (("symnll, out=",), "#d62f2f", "-", "o"),
    "symnll": (("symnll",), "#e8743b", "-", "o"),
    "symnll without a compiler": (("symnll NumPy, out=", "symnll NumPy"), "#c98a00", "-", "s"),
    "PyTorch": (("PyTorch",), "#3f83d8", "--", "^"),
    "PyTorch, buffers recycled": (("PyTorch recycled",), "#3f83d8", ":", "v"),
    "torch.compile": (("torch.compile",), "#8a63d2", "--", "D"),
    "JAX": (("JAX",), "#1f9d8a", "--", "P"),
    "SciPy": (("SciPy",), "#909a2e", "--", "X"),
    "NumPy by hand": (("NumPy", "NumPy in place", "NumPy in blocks"), "#b0679b", "--", "*"),
    "memory bandwidth": (("limit",), GREY, "-", ""),
}
ERRORS = {
    "symnll": "symnll",
    "symnll NumPy": "symnll without a compiler",
    "PyTorch": "PyTorch",
    "JAX": "JAX",
    "SciPy": "SciPy",
}
RUNS = {
    "speed": "python benchmarks/kernels.py --json kernels.json",
    "accuracy": "python benchmarks/accuracy.py --json accuracy.json",
}


def style() -> None:
    plt.rcParams.update(
        {
            "text.color": GREY,
            "axes.labelcolor": GREY,
            "axes.edgecolor": GREY,
            "xtick.color": GREY,
            "ytick.color": GREY,
            "axes.facecolor": "none",
            "figure.facecolor": "none",
            "savefig.transparent": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "grid.color": GREY,
            "grid.alpha": 0.25,
            "grid.linewidth": 0.6,
            "font.size": 10,
            "svg.hashsalt": "symnll",  # else the names inside the file differ from run to run
        }
    )


def caption(figure: Any, result: dict[str, Any], kind: str) -> None:
    """The machine, and how to make the figure again, below the axes."""
    lines = textwrap.wrap(in_words(result["machine"]), 170)
    again = f"{RUNS[kind]}; python benchmarks/plots.py kernels.json accuracy.json"
    if result.get("scale", 1) != 1:
        lines.append(f"Only {result['scale']:g} of the samples of each shape.")
    if result.get("clock") == "processor":
        lines.append("Processor time of all threads, not time on the wall.")
    figure.text(0.01, -0.02, "\n".join([*lines, f"Again: {again}"]), fontsize=7.5, va="top", color=GREY)


def save(figure: Any, path: Path) -> None:
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
    path.write_text("\n".join(line.rstrip() for line in path.read_text(encoding="utf-8").splitlines()) + "\n", "utf-8")
    print(path)


def speed(result: dict[str, Any], what: str, path: Path) -> None:
    """Nanoseconds a logit over the number of classes, one panel a dtype."""
    threads = max(row["threads"] for row in result["rows"])
    rows = [row for row in result["rows"] if row["what"] == what and row["threads"] == threads]
    dtypes = sorted({row["dtype"] for row in rows})
    figure, axes = plt.subplots(1, len(dtypes), figsize=(5 * len(dtypes), 4.2), sharey=True, squeeze=False)
    for axis, dtype in zip(axes[0], dtypes, strict=True):
        chosen = sorted((row for row in rows if row["dtype"] == dtype), key=lambda row: row["classes"])
        for name, (columns, colour, line, marker) in STYLES.items():
            points = [(row["classes"], y) for row in chosen if (y := nanoseconds(row, columns)) is not None]
            width = 2.2 if name.startswith("symnll") else 1.3
            if points:
                xs, ys = zip(*points, strict=True)
                axis.plot(xs, ys, line, color=colour, marker=marker, lw=width, label=name)
        axis.set(xscale="log", yscale="log", xlabel="classes K", title=dtype)
        axis.grid(True)
    axes[0][0].set_ylabel("nanoseconds a logit")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.suptitle(f"Mean NLL: {what}, {threads} thread{'s' * (threads > 1)} (lower is better)", color=GREY)
    figure.legend(handles, labels, loc="center left", bbox_to_anchor=(0.99, 0.55), frameon=False)
    figure.tight_layout()
    caption(figure, result, "speed")
    save(figure, path)


def nanoseconds(row: dict[str, Any], columns: tuple[str, ...]) -> float | None:
    taken = [row["seconds"][column] for column in columns if column in row["seconds"]]
    return 1e9 * min(taken) / (row["samples"] * row["classes"]) if taken else None


def accuracy(result: dict[str, Any], dtype: str, path: Path) -> None:
    """One line a case; the value in one panel, the gradient in the other."""
    rows = [row for row in result["rows"] if row["dtype"] == dtype][::-1]
    figure, axes = plt.subplots(1, 2, figsize=(10, 0.27 * len(rows) + 1.4), sharey=True)
    for at, (axis, what, bar) in enumerate(zip(axes, ("NLL", "gradient"), (3, 4), strict=True)):
        for place, (name, shown) in enumerate(ERRORS.items()):
            lift = 0.14 * (len(ERRORS) / 2 - 0.5 - place)
            points = [(error_of(row, name, at), y + lift) for y, row in enumerate(rows) if name in row["errors"]]
            if points:
                _, colour, _, marker = STYLES[shown]
                xs, ys = zip(*points, strict=True)
                axis.plot(xs, ys, marker, color=colour, ms=4, alpha=0.85, label=shown, clip_on=False)
        axis.axvline(bar, color=GREY, lw=1, ls="--")
        axis.annotate(f"{bar} ULP", (bar, len(rows) - 0.4), (3, 0), textcoords="offset points", color=GREY, fontsize=8)
        axis.set(xscale="log", title=what, xlabel="largest error, ULP (½ and less at the left edge)", xlim=(0.45, None))
        axis.grid(True, axis="both")
    axes[0].set_yticks(range(len(rows)), [row["case"] for row in rows], fontsize=8)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.suptitle(f"Largest errors, {dtype}, against ball arithmetic", color=GREY)
    figure.legend(handles, labels, loc="center left", bbox_to_anchor=(0.99, 0.55), frameon=False)
    figure.tight_layout()
    caption(figure, result, "accuracy")
    save(figure, path)


def error_of(row: dict[str, Any], name: str, at: int) -> float:
    found = row["errors"][name]
    value = math.inf if isinstance(found, str) else found[at]
    return max(value, 0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kernels", type=Path)
    parser.add_argument("accuracy", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("docs/figures"))
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    style()
    kernels = json.loads(chosen.kernels.read_text(encoding="utf-8"))
    for what in (VALUE, BOTH):
        speed(kernels, what, chosen.folder / f"speed-{what.replace(' ', '-')}.svg")
    errors = json.loads(chosen.accuracy.read_text(encoding="utf-8"))
    for dtype in dict.fromkeys(row["dtype"] for row in errors["rows"]):
        accuracy(errors, dtype, chosen.folder / f"accuracy-{dtype}.svg")


if __name__ == "__main__":
    main()
