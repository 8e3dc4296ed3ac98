"""What a check found, and how it is written down: one renderer per file, found by its name.

A renderer is a module with `render(files, style)`: it takes the reports of the files as they come, and yields text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module

from symnll.report.model import FileReport
from symnll.report.style import Style

FORMATS = ("text", "json", "github", "sarif", "junit")
Renderer = Callable[[Iterable[FileReport], Style], Iterator[str]]


def renderer(format_: str) -> Renderer:
    """The renderer of that name; ValueError names the formats that there are."""
    if format_ not in FORMATS:
        raise ValueError(f"There is no format {format_!r}; the formats are {', '.join(FORMATS)}.")
    render: Renderer = import_module(f"symnll.report.{format_}").render
    return render
