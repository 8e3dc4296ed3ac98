"""`pytest --symnll docs/ paper.tex`: every display of the documents is a test, which fails where a step does.

Only pytest is imported here, so that runs which don't ask for it pay nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from symnll.check.run import Runner
    from symnll.report.model import FileReport

ENDINGS = (".tex", ".md", ".qmd", ".myst", ".ipynb")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--symnll` and its options."""
    group = parser.getgroup("symnll", "derivations in documents")
    group.addoption("--symnll", action="store_true", help="Test the derivations in .tex, Markdown and notebook files.")
    group.addoption(
        "--symnll-timeout", type=float, default=10.0, metavar="SECONDS", help="Time for one step; 10 unless given."
    )
    group.addoption("--symnll-no-cache", action="store_true", help="Decide everything anew.")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse options that there are not, before anything is collected."""
    if config.getoption("--symnll"):
        from symnll.check.options import Options

        try:
            Options(timeout=config.getoption("--symnll-timeout"))
        except ValueError as error:
            raise pytest.UsageError(f"--symnll-timeout: {error}") from None


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the process that checked."""
    runner = config.stash.get(_RUNNER, None)
    if runner is not None:
        runner.close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Documents below the given folders, and any file that is named on the command line and is no Python."""
    if not parent.config.getoption("--symnll"):
        return None
    named = parent.session.isinitpath(file_path) and file_path.suffix == ".txt"
    if file_path.suffix.lower() in ENDINGS or named:
        return SymnllFile.from_parent(parent, path=file_path)
    return None


class SymnllFile(pytest.File):
    """A document. It is read when tests are collected, and checked when the first of them runs."""

    def collect(self) -> Iterator[pytest.Item]:
        """An item for the declarations, where there are any, and one for each display."""
        from symnll.check.run import load
        from symnll.read.documents import Declaration, read_document
        from symnll.read.source import Source

        source = load(str(self.path))
        if not isinstance(source, Source):
            raise self.CollectError(f"{self._name}: {'; '.join(source.unreadable)}")
        document = read_document(source)
        if document.problems or any(isinstance(item, Declaration) for item in document.items):
            yield SymnllDocument.from_parent(self, name="document")
        for display in document.displays:
            line = source.position(display.start)[0]
            name = f"display {display.number} (line {line})"
            yield SymnllDisplay.from_parent(self, name=name, number=display.number, line=line)

    @property
    def _name(self) -> str:
        """The path as it is shown: from the folder in which pytest was started."""
        try:
            return str(self.path.relative_to(self.config.invocation_params.dir))
        except ValueError:
            return str(self.path)

    @property
    def report(self) -> FileReport:
        """The verdicts, decided once for all items."""
        if not hasattr(self, "_report"):
            self._report = next(_runner(self.config).check([str(self.path)]))
            self._report.path = self._name
        return self._report


class _Item(pytest.Item):
    parent: SymnllFile
    line = 0

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The diagnostic, and no traceback through this plugin."""
        if isinstance(excinfo.value, Failure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test is, with the line from 0."""
        return self.path, max(self.line - 1, 0), self.name


class SymnllDocument(_Item):
    """What concerns the document as a whole: its encoding and its declarations."""

    def runtest(self) -> None:
        """Fails for each problem that the file has."""
        from symnll.report.diagnostics import problem
        from symnll.report.style import Style
        from symnll.report.text import diagnostic_text

        file = self.parent.report
        if file.problems:
            raise Failure("".join(diagnostic_text(problem(p), file, Style()) for p in file.problems).rstrip("\n"))


class SymnllDisplay(_Item):
    """One display; as `expect` and `skip` have it."""

    def __init__(self, *, number: int, line: int, **rest: Any) -> None:
        super().__init__(**rest)
        self.number = number
        self.line = line

    def runtest(self) -> None:
        """Fails with the diagnostics of the steps that are neither accepted nor expected."""
        from symnll.report.style import Style
        from symnll.report.text import display_text, file_text

        file = self.parent.report
        display = next((d for d in file.displays if d.display == self.number), None)
        if display is None and file.problems:
            raise Failure(file_text(file, Style()).rstrip("\n"))
        if display is None or not (display.steps or display.unmet):
            pytest.skip("the author skips this display" if display and display.skipped else "there is no step in it")
        if not display.as_expected:
            raise Failure(display_text(display, file, Style()).rstrip("\n"))


class Failure(Exception):
    """A step that failed; the message is its diagnostic."""


_RUNNER: pytest.StashKey[Runner] = pytest.StashKey()


def _runner(config: pytest.Config) -> Runner:
    """One process that checks, for this process of pytest."""
    if _RUNNER not in config.stash:
        from symnll.check.cache import default_folder
        from symnll.check.options import Options
        from symnll.check.run import Runner

        folder = None if config.getoption("--symnll-no-cache") else default_folder()
        config.stash[_RUNNER] = Runner(Options(timeout=config.getoption("--symnll-timeout")), 1, folder)
    return config.stash[_RUNNER]
