"""Reports made by hand, and a checker that does as the document tells it: what the tests of reporting need."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

from typer.testing import CliRunner

from symnll.cli import app
from symnll.read.source import Source
from symnll.report.model import Counterexample, DisplayReport, FileReport, Lint, StepReport

TEXT = r"""# A derivation
$$
\begin{aligned}
L &= -\log y_T \\
	&= \log \sum_j e^{z_j} + z_T \\
  &= 漢字 + x \\
  &= \frac{a}
     {b} \\
  &= \oops
\end{aligned}
$$
"""


def sample(path: str = "docs/a paper.md") -> FileReport:
    """A file with each verdict, a lint, a problem, a display that expects, and one that is skipped."""
    lint = Lint("unused-index", "the index j does not occur under its sum", 5, 12, 5, 18)
    steps = [
        StepReport(1, 4, 3, 4, 15, "=", "L", r"-\log y_T", "definition"),
        StepReport(
            2, 5, 3, 5, 31, "=", r"-\log y_T", r"\log \sum_j e^{z_j} + z_T", "refuted",
            counterexample=Counterexample({"K": 2}, {"z": "(0, 1)", "T": "1"}, "1.313…", "1.313… + 0"),
            rules=["d_log", "sum split"], inferred=["z is a real vector over 1..K"],
            help="with `-` in place of `+` the step is proved", lints=[lint],
        ),
        StepReport(3, 6, 4, 6, 12, "=", "b", "漢字 + x", "unknown", reason="tried: normal forms; cases i = k"),
        StepReport(4, 7, 4, 8, 9, "=", "b", r"\frac{a}{b}", "conditional", condition="i = k"),
        StepReport(5, 9, 4, 9, 11, "=", "b", r"\oops", "unparsed", reason=r"unknown command `\oops`"),
        StepReport(6, 9, 4, 9, 11, "=", "b", "c", "proved-small", reason="K = 2, 3 and 4"),
        StepReport(7, 9, 4, 9, 11, "=", "c", "d", "proved", rules=["ring"]),
    ]  # fmt: skip
    displays = [
        DisplayReport(1, 2, 11, steps),
        DisplayReport(2, 2, 3, [StepReport(1, 4, 3, 4, 15, "=", "1", "1", "proved")], expect="refuted"),
        DisplayReport(3, 2, 3, [StepReport(1, 4, 3, 4, 15, "=", "1", "2", "refuted")], expect="refuted"),
        DisplayReport(4, 10, 11, skipped=True),
    ]
    problems = [Lint("declaration", "`indx` is no declaration", 1, 3, 1, 6)]
    return FileReport(path, displays, problems, Source(path, TEXT))


def missing(path: str = "nope.md") -> FileReport:
    """The report of a file that is not there."""
    return FileReport(path, [], [Lint("unreadable", "there is no such file", 0, 0, 0, 0)])


def check_source(source: Source, options: object, store: object = None) -> FileReport:
    """Each line `VERDICT lhs = rhs` is a display with that step; other first words make the check misbehave."""
    with open(os.environ["SYMNLL_TEST_LOG"], "a") as log:
        log.write(f"{source.name}\n")
    report = FileReport(source.name)
    expect = None
    for number, line in enumerate(source.text.split("\n"), 1):
        word, _, formula = line.partition(" ")
        if word == "exit":
            os._exit(7)
        elif word == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif word == "fail":
            raise KeyError(formula)
        elif word == "deep":
            raise RecursionError
        elif word == "memory":
            bytearray(3 << 30)
        elif word == "stuck":
            pow(7, 10**9)
        elif word == "sleep":
            time.sleep(float(formula))
        elif word == "expect":
            expect = formula
        elif word == "problem":
            report.problems.append(Lint("declaration", formula, number, 1, number, 2))
        elif word in ("definition", "proved", "refuted", "unknown", "unparsed", "conditional", "proved-small"):
            lhs, _, rhs = formula.partition(" = ")
            column = len(word) + len(lhs) + 3
            step = StepReport(1, number, column, number, len(line) + 1, "=", lhs, rhs, word)
            report.displays.append(DisplayReport(len(report.displays) + 1, number, number, [step], expect))
            expect = None
    return report


def write(**files):
    """Write Markdown files; two underscores are a slash."""
    for name, text in files.items():
        Path(name.replace("__", "/") + ".md").parent.mkdir(parents=True, exist_ok=True)
        Path(name.replace("__", "/") + ".md").write_text(text)


def run(*arguments, text=None):
    """`symnll check` in this process."""
    return CliRunner().invoke(app, ["check", *map(str, arguments)], input=text)


def names(result):
    """The files of a JSON report."""
    return [file["path"] for file in json.loads(result.stdout)["files"]]
