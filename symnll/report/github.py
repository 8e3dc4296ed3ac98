"""The report as GitHub's workflow commands, which its runner shows as annotations in a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symnll.report.diagnostics import Diagnostic, diagnostics
from symnll.report.excerpt import visible
from symnll.report.model import FileReport
from symnll.report.paths import github_path
from symnll.report.style import Style
from symnll.report.text import Tally

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(files: Iterable[FileReport], style: Style) -> Iterator[str]:
    """A command for each diagnostic, file by file; a summary for the log."""
    tally = Tally()
    for file in files:
        tally.add(file)
        yield "".join(_command(d, github_path(file.path)) for d in diagnostics(file))
    if not style.quiet:
        yield tally.line() + "\n"


def _command(diagnostic: Diagnostic, path: str) -> str:
    place: dict[str, object] = {"file": path}
    if diagnostic.line:
        place |= {"line": diagnostic.line, "endLine": diagnostic.end_line}
        if diagnostic.line == diagnostic.end_line:  # the runner takes columns only within one line
            place |= {"col": diagnostic.column, "endColumn": max(diagnostic.end_column, diagnostic.column)}
    place["title"] = f"symnll: {diagnostic.code}"
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
    return f"::{_COMMANDS[diagnostic.severity]} {properties}::{_data(diagnostic.text)}\n"


def _data(text: str) -> str:
    text = "\n".join(map(visible, text.split("\n")))
    return text.replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
