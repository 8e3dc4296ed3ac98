"""The command `symnll check`."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from symnll.check.run import Runner
    from symnll.report.model import FileReport
    from symnll.report.style import Style

BAD_INPUT = 2


class Format(str, Enum):
    """How the report is written."""

    text = "text"
    json = "json"
    github = "github"
    sarif = "sarif"
    junit = "junit"


class Color(str, Enum):
    """When the text is in colour."""

    auto = "auto"
    always = "always"
    never = "never"


def check(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILES", help="Files, folders, patterns such as 'notes/**/*.md', or - (stdin)."),
    ],
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to write the report.")] = Format.text,
    explain: Annotated[
        bool, typer.Option("--explain", help="For every step: the rules used, and what was inferred.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="A line for every step, also the proved ones.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No summary, no progress.")] = False,
    inline: Annotated[bool, typer.Option("--inline", help="Check the formulas in sentences too.")] = False,
    suggest: Annotated[
        bool, typer.Option("--suggest/--no-suggest", help="Look for the edit that mends a false step.")
    ] = True,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="Time for one step.")] = 10.0,
    jobs: Annotated[int, typer.Option("--jobs", "-j", metavar="N", help="Processes; 0: one per core.")] = 0,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Check a file again when it is saved.")] = False,
    color: Annotated[Color, typer.Option(help="Colours in the text.")] = Color.auto,
    cache: Annotated[bool, typer.Option("--cache/--no-cache", help="Remember verdicts.")] = True,
    cache_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where verdicts are kept; otherwise the user's cache folder.")
    ] = None,
) -> None:
    """Check derivations in documents; exit code 1 if a step is not proved."""
    from symnll.check.cache import default_folder
    from symnll.check.options import Options
    from symnll.check.run import Runner, cores
    from symnll.report.model import UNREADABLE
    from symnll.report.style import Style

    try:
        options = Options(timeout=timeout, inline=inline, suggest=suggest, explain=explain)
    except ValueError as error:
        _stop(str(error))
    if jobs < 0:
        _stop(f"--jobs is a number of processes, or 0 for one per core; not {jobs}.")
    if watch and "-" in files:
        _stop("Standard input can't be watched; name files.")
    style = Style(_colored(color), False, _width(), verbose, explain, quiet, told=(UNREADABLE,))
    folder = (cache_dir or default_folder()) if cache else None
    with Runner(options, jobs or cores(), folder, _Progress(quiet).show) as runner:
        if watch:
            from symnll.check.watch import watch as watch_files

            code = watch_files(files, lambda named: _show(runner, named, format_, style), _told(quiet))
        else:
            code = max((report.exit_code for report in _show(runner, files, format_, style)), default=0)
        if verbose:
            known = f"{runner.hits} known from the cache" if folder else "no cache"
            typer.echo(f"symnll: {known}{'; ' + runner.store.trouble if runner.store.trouble else ''}", err=True)
    raise typer.Exit(code)


def _show(runner: Runner, named: Sequence[str], format_: Format, style: Style) -> list[FileReport]:
    """Check, print, and return the reports."""
    from symnll.report import renderer

    reports: list[FileReport] = []

    def noted() -> Iterator[FileReport]:
        for report in runner.check(named):
            reports.append(report)
            for message in report.unreadable:
                _clear()
                typer.echo(f"symnll: {'standard input' if report.path == '-' else report.path}: {message}.", err=True)
            yield report

    for chunk in renderer(format_.value)(noted(), style):
        _clear()
        typer.echo(chunk, nl=False, color=style.color)
    return reports


class _Progress:
    """One line on the terminal that says what is waited for."""

    def __init__(self, quiet: bool) -> None:
        self.wanted = not quiet and sys.stderr.isatty()
        self.start = time.monotonic()

    def show(self, done: int, total: int, name: str) -> None:
        if self.wanted:
            from symnll.report.excerpt import shorten

            seconds = int(time.monotonic() - self.start)
            text = shorten(f"checking {done + 1} of {total}, {seconds} s: {name}", _width() - 1)
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _told(quiet: bool) -> Callable[[str], None]:
    return lambda line: None if quiet else typer.echo(f"symnll: {line}", err=True)


def _colored(color: Color) -> bool:
    if color is not Color.auto:
        return color is Color.always
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


def _width() -> int:
    """Of the terminal; of a wide page where there is none."""
    return max(60, shutil.get_terminal_size((120, 24)).columns) if sys.stdout.isatty() else 120


def _stop(message: str) -> NoReturn:
    typer.echo(f"symnll: {message}", err=True)
    raise typer.Exit(BAD_INPUT)
