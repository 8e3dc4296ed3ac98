"""`%%symnll` in notebooks: the verdicts of a cell's Markdown, below the cell. Begin with `%load_ext symnll`."""

from __future__ import annotations

import argparse
import shlex
from typing import Any, NoReturn

from symnll.report.model import Report

try:
    from IPython.core.error import UsageError  # shown in one line, without a traceback
except ImportError:

    class UsageError(Exception):  # type: ignore[no-redef]
        """The line after `%%symnll` is not understood."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}. {self.format_usage().strip()}")


def symnll_magic(line: str, cell: str) -> Report:
    """The report of the cell, which the notebook shows.

    Raises UsageError, with what may be written, for a line that is not understood.
    """
    parser = _Parser(prog="%%symnll", add_help=False)
    parser.add_argument("--timeout", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--inline", action="store_true")
    parser.add_argument("--no-suggest", action="store_true")
    parser.add_argument("--tex", action="store_true")
    chosen = parser.parse_args(shlex.split(line))

    from symnll.check.run import check_text

    name = "cell.tex" if chosen.tex else "cell.md"
    return check_text(cell, name, timeout=chosen.timeout, inline=chosen.inline, suggest=not chosen.no_suggest)


def load(shell: Any) -> None:
    """Give the cell magic to an IPython shell."""
    shell.register_magic_function(symnll_magic, "cell", "symnll")
