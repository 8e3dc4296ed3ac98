"""What a check found: one record per step, display and file, as the JSON of `symnll check` has them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

VERDICTS = ("definition", "proved", "proved-small", "conditional", "refuted", "unknown", "unparsed")
ACCEPTED = ("definition", "proved")
UNREADABLE = "unreadable"  # the code of a problem with a file that can't be checked at all: exit code 2
CRASHED = "crashed"  # the code of a problem with a file whose check ended unexpectedly


@dataclass(frozen=True)
class Counterexample:
    """Exact inputs at which the two sides differ, and the two sides there."""

    sizes: dict[str, int]
    values: dict[str, str]
    lhs: str
    rhs: str


@dataclass(frozen=True)
class Lint:
    """A remark that is no verdict: `code` has a page docs/errors/CODE.md. Lines and columns count from 1."""

    code: str
    message: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass
class StepReport:
    """One relation of a display, with its verdict. Lines and columns count from 1; the end is exclusive."""

    step: int
    line: int
    column: int
    end_line: int
    end_column: int
    relation: str
    lhs: str
    rhs: str
    verdict: str
    condition: str | None = None
    counterexample: Counterexample | None = None
    reason: str | None = None
    rules: list[str] = field(default_factory=list)
    inferred: list[str] = field(default_factory=list)
    help: str | None = None  # what would mend it: "with `-` in place of `+` the step is proved"
    lints: list[Lint] = field(default_factory=list)
    theorem: Any = field(default=None, repr=False, compare=False)  # of a proof made in this process; never stored


@dataclass
class DisplayReport:
    """One display; `expect` is the verdict that its author announced, if any."""

    display: int
    line: int
    end_line: int
    steps: list[StepReport] = field(default_factory=list)
    expect: str | None = None
    skipped: bool = False

    @property
    def failing(self) -> list[StepReport]:
        """The steps that are neither accepted nor what the author expects."""
        return [] if self.skipped else [s for s in self.steps if s.verdict not in ACCEPTED and s.verdict != self.expect]

    @property
    def unmet(self) -> bool:
        """Whether the author expects a verdict that no step has."""
        return bool(self.expect) and not any(s.verdict == self.expect for s in self.steps)

    @property
    def as_expected(self) -> bool:
        """Whether every step is accepted or, where the author expects a verdict, one step has it."""
        return not self.failing and not self.unmet


@dataclass
class FileReport:
    """One file; `problems` are remarks about the file itself, such as a declaration that is not understood.

    `source` is the text that was checked, with `line(n)`, from which excerpts are shown; `None`: there are none.
    """

    path: str
    displays: list[DisplayReport] = field(default_factory=list)
    problems: list[Lint] = field(default_factory=list)
    source: Any = field(default=None, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        return not self.problems and all(d.as_expected for d in self.displays)

    @property
    def unreadable(self) -> list[str]:
        """Why the file could not be read; empty: it could."""
        return [p.message for p in self.problems if p.code == UNREADABLE]

    @property
    def exit_code(self) -> int:
        """0: every step is accepted or as expected; 1: not so; 2: the file could not be read."""
        if self.unreadable:
            return 2
        return 0 if self.ok else 1


@dataclass
class Report:
    """All files of one run; `str()` is what `symnll check` prints, and a notebook shows it in colour."""

    files: list[FileReport] = field(default_factory=list)

    @property
    def summary(self) -> dict[str, int]:
        counts = Counter(s.verdict for f in self.files for d in f.displays for s in d.steps)
        return {verdict: counts[verdict] for verdict in VERDICTS if counts[verdict]}

    @property
    def ok(self) -> bool:
        return all(f.ok for f in self.files)

    @property
    def exit_code(self) -> int:
        """As for `symnll check`: the largest of the files' codes."""
        return max((f.exit_code for f in self.files), default=0)

    def __str__(self) -> str:
        from symnll.report.text import report_text

        return report_text(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        from symnll.report.text import report_html

        return report_html(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from symnll.document.hosts.display import of_report

        return of_report(self)
