"""What there is to say about a file: one diagnostic for each step that fails, each lint and each problem.

Every renderer shows these; none decides for itself what is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from symnll.report.model import CRASHED, UNREADABLE, Counterexample, DisplayReport, FileReport, Lint, StepReport

# False or not readable: to be mended. Undecided: a warning. True as far as it was checked: a note.
SEVERITY = {
    "refuted": "error",
    "conditional": "error",
    "unparsed": "error",
    "unknown": "warning",
    "proved-small": "note",
}
NOTES = {"unchecked-remark"}  # lints that warn of nothing
TITLES = {
    "refuted": "this step is false",
    "conditional": "this step is false as it stands",
    "unparsed": "this is not understood",
    "unknown": "this step is neither proved nor refuted",
    "proved-small": "this step is true at the sizes that were tried, and not proved for all",
}
_WHOLE_FILE = (UNREADABLE, CRASHED)  # problems without a place in the file


@dataclass(frozen=True)
class Diagnostic:
    """One message about a place in a file. Lines and columns count from 1, the end is exclusive; line 0: the file."""

    severity: str  # error, warning or note
    code: str
    title: str
    line: int
    column: int
    end_line: int
    end_column: int
    details: tuple[tuple[str, str], ...] = ()
    step: StepReport | None = None

    @property
    def text(self) -> str:
        """Title and details, a line each, without the place."""
        return "\n".join([_sentence(self.title), *(f"{label}: {text}" for label, text in self.details)])


def diagnostics(file: FileReport) -> Iterator[Diagnostic]:
    """All there is to say about a file, in the order of its lines."""
    found = [problem(p) for p in file.problems]
    for display in file.displays:
        found += of_display(display)
    yield from sorted(found, key=lambda d: (d.line, d.column))


def of_display(display: DisplayReport) -> list[Diagnostic]:
    """All there is to say about one display."""
    found = [_failure(step) for step in display.failing]
    if display.unmet:
        title = f"the author expects that a step of this display is {display.expect}, and none is"
        help_ = f"if that is as it should be, remove the line `expect {display.expect}`"
        found.append(Diagnostic("error", "expect", title, display.line, 1, display.line, 1, (("help", help_),)))
    seen = {lint: None for step in display.steps for lint in step.lints}  # several steps may share a remark
    found += [
        Diagnostic("note" if lint.code in NOTES else "warning", lint.code, lint.message, *_span(lint), (_page(lint),))
        for lint in seen
    ]
    return found


def problem(lint: Lint) -> Diagnostic:
    """A problem with the file itself."""
    if lint.code in _WHOLE_FILE:
        return Diagnostic("error", lint.code, lint.message, 0, 0, 0, 0)
    return Diagnostic("error", lint.code, lint.message, *_span(lint), (_page(lint),))


def _failure(step: StepReport) -> Diagnostic:
    title = TITLES[step.verdict]
    details: list[tuple[str, str]] = []
    if step.verdict == "conditional" and step.condition:
        title += f"; it is proved when {step.condition}"
    elif step.condition:
        details.append(("condition", step.condition))
    if step.counterexample:
        details += _counterexample(step.counterexample)
    if reason := _reason(step):
        details.append(("reason", reason))
    if step.help:
        details.append(("help", step.help))
    return Diagnostic(SEVERITY[step.verdict], step.verdict, title, *_span(step), tuple(details), step)


def _reason(step: StepReport) -> str:
    """The reason, as far as it does not repeat the counterexample, which is shown by itself."""
    reason, example = step.reason or "", step.counterexample
    if example and example.lhs in reason and example.rhs in reason:
        reason = reason.partition("It is false")[0]
    return reason.strip()


def _counterexample(example: Counterexample) -> list[tuple[str, str]]:
    inputs = ", ".join(f"{name} = {value}" for name, value in (*example.sizes.items(), *example.values.items()))
    found = [("counterexample", inputs)] if inputs else []
    return [*found, ("left side", example.lhs), ("right side", example.rhs)]


def _span(place: StepReport | Lint) -> tuple[int, int, int, int]:
    return place.line, place.column, place.end_line, place.end_column


def _page(lint: Lint) -> tuple[str, str]:
    return "see", f"docs/errors/{lint.code}.md"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")
