"""Seconds of `symnll check`: one small file in a fresh process, and 1,000 different steps on one core, cold and again.

    python benchmarks/check.py [--rounds 5] [--steps 1000] [--seed 1] [--keep FILE]

The long document is generated: blocks of declarations and displays with letters, bounds, numbers, spellings and rules
that differ; no step occurs twice. It is checked with an empty cache, and once more, unchanged, with what that left.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
BARS = {"small": 1.5, "cold": 60.0, "again": 1.5}
SMALL = r"""
<!-- symnll
index i, j, k in 1..K
real z[K]
onehot y[K]
-->

$$
p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}, \qquad L = -\sum_k y_k \log p_k
$$

$$
\begin{aligned}
\frac{\partial L}{\partial z_i}
  &= -\sum_k y_k \frac{\partial \log p_k}{\partial z_i} \\
  &= -\sum_k y_k (\delta_{ik} - p_i) \\
  &= -y_i + p_i \sum_k y_k \\
  &= p_i - y_i
\end{aligned}
$$

$$
\frac{\partial^2 L}{\partial z_i \partial z_j} = p_i (\delta_{ij} - p_j)
$$
"""


class Letters:
    """Letters and numbers for one block of the document; no letter has two meanings in it."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.i, self.j, self.k = chance.sample(["i", "j", "k", "l", "m", "r", "s"], 3)
        self.z, self.w = chance.sample(["z", "x", "a", "o", "f", "v", r"\eta", r"\theta"], 2)
        self.p, self.q = chance.sample(["p", "q", "y", r"\hat{y}", r"\pi", r"\rho", r"\mu"], 2)
        self.b, self.c = chance.sample(["b", "c", "g", "h", r"\tau", r"\lambda", r"\alpha"], 2)
        self.K, self.N = chance.sample(["K", "C", "N", "M", "V", "D"], 2)
        self.n, self.number = chance.choice(["n", "t", "u"]), chance.randint(2, 9)
        self.log, self.power = chance.choice([r"\log", r"\ln"]), chance.randint(2, 5)

    def sum(self, letter: str) -> str:
        """A sum over the whole range, in one of its spellings."""
        return self.chance.choice([rf"\sum_{letter}", rf"\sum_{{{letter}=1}}^{{{self.K}}}", rf"\sum\limits_{letter}"])

    def exp(self, exponent: str) -> str:
        return self.chance.choice([f"e^{{{exponent}}}", rf"\exp({exponent})", rf"\exp\left({exponent}\right)"])

    @property
    def indices(self) -> str:
        return f"index {self.i}, {self.j}, {self.k} in 1..{self.K}"

    @property
    def softmax(self) -> str:
        """Softmax of z, with a factor in the exponent, as a definition."""
        x = self
        return rf"let {x.p}_{x.i} = \frac{{e^{{{x.number} {x.z}_{x.i}}}}}{{{x.sum(x.j)} e^{{{x.number} {x.z}_{x.j}}}}}"


Block = tuple[list[str], list[str]]  # declarations, and chains of equations


def softmax_jacobian(x: Letters) -> Block:
    given = [x.indices, f"real {x.z}[{x.K}]", x.softmax]
    d = rf"\frac{{\partial {x.p}_{x.i}}}{{\partial {x.z}_{x.k}}}"
    return given, [
        rf"{d} = {x.number} {x.p}_{x.i} (\delta_{{{x.i}{x.k}}} - {x.p}_{x.k})",
        rf"{x.sum(x.i)} {d} = 0",
        rf"\frac{{\partial {x.log} {x.p}_{x.i}}}{{\partial {x.z}_{x.k}}} = "
        rf"{x.number} (\mathbb{{1}}[{x.i} = {x.k}] - {x.p}_{x.k})",
        rf"{x.sum(x.k)} {x.p}_{x.k} = 1",
    ]


def cross_entropy(x: Letters) -> Block:
    given = [x.indices, f"real {x.z}[{x.K}]", f"onehot {x.q}[{x.K}]", x.softmax]
    given += [rf"let {x.b} = -{x.sum(x.k)} {x.q}_{x.k} {x.log} {x.p}_{x.k}"]
    d = rf"\frac{{\partial {x.b}}}{{\partial {x.z}_{x.i}}}"
    return given, [
        rf"{d} = -{x.sum(x.k)} {x.q}_{x.k} \frac{{\partial {x.log} {x.p}_{x.k}}}{{\partial {x.z}_{x.i}}} = "
        rf"{x.number} \left( {x.p}_{x.i} {x.sum(x.k)} {x.q}_{x.k} - {x.q}_{x.i} \right) = "
        rf"{x.number} ({x.p}_{x.i} - {x.q}_{x.i})",
        rf"\frac{{\partial^2 {x.b}}}{{\partial {x.z}_{x.i} \partial {x.z}_{x.j}}} = "
        rf"{x.number}^2 {x.p}_{x.i} (\delta_{{{x.i}{x.j}}} - {x.p}_{x.j})",
        rf"{x.b} = {x.log} {x.sum(x.j)} e^{{{x.number} {x.z}_{x.j}}} - {x.number} {x.sum(x.k)} {x.q}_{x.k} {x.z}_{x.k}",
    ]


def sums(x: Letters) -> Block:
    given = [x.indices, f"index {x.n} in 1..{x.N}", f"real {x.z}[{x.K}], {x.w}[{x.N},{x.K}]", f"real {x.b}, {x.c}"]
    both = rf"{x.sum(x.i)} \sum_{x.n} {x.w}_{{{x.n}{x.i}}}"
    return given, [
        rf"{x.sum(x.i)} ({x.number} {x.b} {x.z}_{x.i} + {x.c}) = "
        rf"{x.number} {x.b} {x.sum(x.j)} {x.z}_{x.j} + {x.K} {x.c}",
        rf"{both} = \sum_{x.n} {x.sum(x.k)} {x.w}_{{{x.n},{x.k}}} = \sum_{{{x.n}=1}}^{{{x.N}}} "
        rf"{x.sum(x.i)} {x.w}^{{({x.n})}}_{x.i}",
        rf"{x.sum(x.i)} {x.sum(x.j)} \delta_{{{x.i}{x.j}}} {x.z}_{x.i} {x.z}_{x.j} = {x.sum(x.k)} {x.z}_{x.k}^2",
        rf"\left( {x.sum(x.i)} {x.number} {x.z}_{x.i} \right)^2 = "
        rf"{x.number**2} {x.sum(x.i)} {x.sum(x.j)} {x.z}_{x.i} {x.z}_{x.j}",
    ]


def logarithms(x: Letters) -> Block:
    given = [x.indices, f"positive {x.q}[{x.K}]", f"positive {x.b}, {x.c}", f"real {x.z}"]
    return given, [
        rf"{x.log} \frac{{{x.b}^{x.power}}}{{{x.c}}} = {x.power} {x.log} {x.b} - {x.log} {x.c}",
        rf"{x.log} \prod_{x.i} {x.q}_{x.i}^{{{x.number}}} = {x.number} {x.sum(x.i)} {x.log} {x.q}_{x.i}",
        rf"{x.exp(f'{x.number} {x.z}')} \cdot {x.exp(f'-{x.z}')} = {x.exp(f'{x.number - 1} {x.z}')}",
        rf"{x.log} ({x.number} {x.b} {x.c}) = {x.log} {x.number} + {x.log} {x.b} + {x.log} {x.c}",
        rf"\frac{{\partial}}{{\partial {x.q}_{x.j}}} {x.sum(x.i)} {x.q}_{x.i} {x.log} {x.q}_{x.i} = "
        rf"{x.log} {x.q}_{x.j} + 1",
    ]


def sigmoid(x: Letters) -> Block:
    given = [f"real {x.z}, {x.b}", rf"let \sigma({x.w}) = \frac{{1}}{{1 + e^{{-{x.w}}}}}"]
    s = rf"\sigma({x.number} {x.z})"
    return given, [
        rf"\frac{{d}}{{d{x.z}}} {s} = {x.number} {s} (1 - {s})",
        rf"-{x.log} {s} = {x.log}(1 + e^{{-{x.number} {x.z}}})",
        rf"\frac{{d}}{{d{x.z}}} {x.log} {s} = {x.number} (1 - {s})",
        rf"\sigma(-{x.number} {x.z}) = 1 - {s} = \frac{{1}}{{1 + e^{{{x.number} {x.z}}}}}",
        rf"\frac{{d^2}}{{d{x.z}^2}} {x.log}(1 + e^{{{x.number} {x.z}}}) = {x.number**2} {s} (1 - {s})",
    ]


def likelihood(x: Letters) -> Block:
    given = [f"index {x.n} in 1..{x.N}", f"natural {x.w}[{x.N}]", f"positive {x.b}"]
    given += [rf"let \ell({x.b}) = \sum_{x.n} \left[ {x.w}_{x.n} {x.log} {x.b} - {x.number} {x.b} \right]"]
    total = rf"\sum_{{{x.n}=1}}^{{{x.N}}} {x.w}_{x.n}"
    return given, [
        rf"\ell({x.b}) = {x.log} {x.b} {total} - {x.number} {x.N} {x.b}",
        rf"\frac{{d\ell}}{{d{x.b}}} = \frac{{1}}{{{x.b}}} {total} - {x.number} {x.N}",
        rf"\frac{{d^2\ell}}{{d{x.b}^2}} = -\frac{{1}}{{{x.b}^2}} {total}",
        rf"{x.log} \prod_{x.n} {x.b}^{{{x.number} {x.w}_{x.n}}} = {x.number} {x.log} {x.b} \sum_{x.n} {x.w}_{x.n}",
    ]


def labels(x: Letters) -> Block:
    given = [x.indices, f"index {x.n} in 1..{x.N}", f"simplex {x.q}[{x.K}]", f"labels {x.c}[{x.N}] in 1..{x.K}"]
    given += [rf"let {x.w}_{x.i} = \sum_{x.n} \mathbb{{1}}[{x.c}_{x.n} = {x.i}]"]
    return given, [
        rf"\prod_{x.n} {x.q}_{{{x.c}_{x.n}}}^{x.power} = \prod_{x.i} {x.q}_{x.i}^{{{x.power} {x.w}_{x.i}}}",
        rf"\sum_{x.n} {x.log} {x.q}_{{{x.c}_{x.n}}} = {x.sum(x.k)} {x.w}_{x.k} {x.log} {x.q}_{x.k}",
        rf"{x.number} {x.sum(x.i)} {x.w}_{x.i} = {x.number} {x.N}",
    ]


def information(x: Letters) -> Block:
    given = [x.indices, f"simplex {x.p}[{x.K}], {x.q}[{x.K}]", f"positive {x.b}"]
    terms = rf"{x.p}_{x.i} {x.log} \frac{{{x.p}_{x.i}}}{{{x.q}_{x.i}}}"
    return given, [
        rf"{x.sum(x.i)} {terms} \geq 0",
        rf"{x.number} {x.sum(x.i)} {terms} = {x.number} {x.sum(x.i)} {x.p}_{x.i} {x.log} {x.p}_{x.i} "
        rf"- {x.number} {x.sum(x.j)} {x.p}_{x.j} {x.log} {x.q}_{x.j}",
        rf"{x.log} {x.b} \leq {x.b} - 1",
        rf"{x.sum(x.i)} {x.p}_{x.i} {x.log} ({x.number} {x.p}_{x.i}) = "
        rf"{x.log} {x.number} + {x.sum(x.i)} {x.p}_{x.i} {x.log} {x.p}_{x.i}",
    ]


def stable(x: Letters) -> Block:
    given = [x.indices, f"real {x.z}[{x.K}]", f"real {x.c}"]
    below = rf"{x.sum(x.j)} e^{{{x.z}_{x.j} - {x.number} {x.c}}}"
    return given, [
        rf"\frac{{e^{{{x.z}_{x.i} - {x.number} {x.c}}}}}{{{below}}} = "
        rf"\frac{{e^{{{x.z}_{x.i}}}}}{{{x.sum(x.k)} e^{{{x.z}_{x.k}}}}}",
        rf"{x.log} {x.sum(x.i)} e^{{{x.z}_{x.i}}} = {x.number} {x.c} + {x.log} {below}",
        rf"\max_{x.i} {x.z}_{x.i} \leq {x.log} {x.sum(x.j)} e^{{{x.z}_{x.j}}}",
    ]


BLOCKS: list[Callable[[Letters], Block]] = [
    softmax_jacobian, cross_entropy, sums, logarithms, sigmoid, likelihood, labels, information, stable,
]  # fmt: skip


def document(steps: int, seed: int) -> str:
    """A Markdown document with that many steps, of which no two are alike."""
    chance = random.Random(seed)
    pages, seen, count, misses = [], set(), 0, 0
    while count < steps:
        given, chains = chance.choice(BLOCKS)(Letters(chance))
        new = [c for c in chains if c not in seen]
        misses = 0 if new else misses + 1
        if misses > 1000:
            raise SystemExit(f"There are no more than {count} different steps; give --steps {count} or fewer.")
        if not new:
            continue
        lines = ["<!-- symnll", "reset", *given, "-->", ""]
        for chain in new:
            found = sum(chain.count(f" {sign} ") for sign in ("=", r"\geq", r"\leq"))
            found -= chain.count(r"\mathbb{1}[")
            if count + found > steps:
                continue
            seen.add(chain)
            count += found
            lines += ["$$", chain, "$$", ""]
        pages.append("\n".join(lines))
    return "\n".join(pages)


def run(arguments: list[str], folder: Path) -> tuple[float, dict[str, int]]:
    """Seconds of a fresh process of `symnll check` on one core, and how many steps got which verdict."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", "symnll", "check", "--format", "json", "-j", "1", *arguments]
    one_core = (lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})) if sys.platform == "linux" else None
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, preexec_fn=one_core)
    seconds = time.perf_counter() - start
    if done.returncode > 1:
        raise SystemExit(done.stderr.decode(errors="replace"))
    return seconds, json.loads(done.stdout)["summary"]


def line(name: str, seconds: list[float], bar: float, summary: dict[str, int]) -> None:
    """One row of the report."""
    median = statistics.median(seconds)
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in summary.items())
    print(f"  {name:34}{median:7.2f} s   bar {bar:4} s: {'met' if median < bar else 'MISSED'}   {verdicts}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="fresh processes of which the median is taken")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="write the generated document here")
    options = parser.parse_args()
    text = document(options.steps, options.seed)
    if options.keep:
        options.keep.write_text(text, encoding="utf-8")
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; one core is used")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "small.md").write_text(SMALL, encoding="utf-8")
        (folder / "long.md").write_text(text, encoding="utf-8")
        small = [run(["--no-cache", "small.md"], folder) for _ in range(options.rounds)]
        line("a small file, start to verdict", [s for s, _ in small], BARS["small"], small[0][1])
        long = ["--cache-dir", "cache", "long.md"]
        cold, summary = run(long, folder)
        line(f"{options.steps:,} steps, empty cache", [cold], BARS["cold"], summary)
        again = [run(long, folder) for _ in range(options.rounds)]
        line("the same again, unchanged", [s for s, _ in again], BARS["again"], again[0][1])


if __name__ == "__main__":
    main()
