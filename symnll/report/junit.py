"""The report as JUnit XML, which Jenkins, GitLab and others show as tests: a suite per file, a case per step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from symnll.report.diagnostics import Diagnostic, of_display, problem
from symnll.report.model import DisplayReport, FileReport
from symnll.report.paths import github_path
from symnll.report.style import Style
from symnll.report.text import diagnostic_text, shown_path

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # by XML 1.0, even when escaped


@dataclass
class _Case:
    name: str
    failures: list[Diagnostic]
    skipped: bool = False


def render(files: Iterable[FileReport], style: Style) -> Iterator[str]:
    """One document, when all files are checked."""
    suites = [(file, _cases(file)) for file in files]
    tests = sum(len(cases) for _, cases in suites)
    failures = sum(bool(case.failures) for _, cases in suites for case in cases)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="symnll check" tests="{tests}" failures="{failures}" errors="0">\n'
    for file, cases in suites:
        yield _suite(file, cases)
    yield "</testsuites>\n"


def _cases(file: FileReport) -> list[_Case]:
    cases = [_Case("document", [problem(p) for p in file.problems])] if file.problems else []
    for display in file.displays:
        cases += _display(display)
    return cases


def _display(display: DisplayReport) -> Iterator[_Case]:
    name = f"display {display.display}"
    if display.skipped:
        yield _Case(f"{name} (line {display.line})", [], skipped=True)
        return
    found = of_display(display)
    if whole := [d for d in found if d.code == "expect"]:
        yield _Case(f"{name} (line {display.line})", whole)
    for step in display.steps:
        yield _Case(f"{name} step {step.step} (line {step.line})", [d for d in found if d.step is step])


def _suite(file: FileReport, cases: list[_Case]) -> str:
    name = _attribute(shown_path(file.path))
    failures = sum(bool(case.failures) for case in cases)
    skipped = sum(case.skipped for case in cases)
    head = f'<testsuite name={name} tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}"'
    lines = [f"{head} file={_attribute(github_path(file.path))}>"]
    for case in cases:
        opening = f"<testcase classname={name} name={_attribute(case.name)}"
        inside = "<skipped/>" if case.skipped else "".join(_failure(d, file) for d in case.failures)
        lines.append(f"{opening}>{inside}</testcase>" if inside else f"{opening}/>")
    return "\n".join([*lines, "</testsuite>", ""])


def _failure(diagnostic: Diagnostic, file: FileReport) -> str:
    text = escape(_allowed(diagnostic_text(diagnostic, file, Style()).rstrip("\n")))
    return f"<failure type={_attribute(diagnostic.code)} message={_attribute(diagnostic.title)}>{text}</failure>"


def _attribute(text: str) -> str:
    return quoteattr(_allowed(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _allowed(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
