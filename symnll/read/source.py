"""The text of a file as it is shown to its author, with lines and columns."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from os import PathLike

LARGEST = 32 * 1024 * 1024  # bytes; more is no document that someone wrote, and memory stays bounded


@dataclass(frozen=True)
class Problem:
    """What is wrong with a document, and what to do; it stands at offsets start to end (exclusive) of the source."""

    message: str
    start: int
    end: int


class Source:
    """A file's name and text. Offsets count characters of `text` from 0; lines and columns count from 1.

    A carriage return that stands alone is made a line feed, so that offsets stay and lines are those of an editor.
    """

    def __init__(self, name: str, text: str, problems: tuple[Problem, ...] = ()) -> None:
        self.name = name
        self.text = re.sub(r"\r(?!\n)", "\n", text) if "\r" in text else text
        self.problems = problems
        self._starts: list[int] | None = None

    def _lines(self) -> list[int]:
        if self._starts is None:
            self._starts = [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))][:-1]
        return self._starts

    def position(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset, both from 1; an offset outside the text is taken to its nearest end."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._lines(), offset)
        return line, offset - self._lines()[line - 1] + 1

    def line(self, number: int) -> str:
        """A line without its end; empty for a number that no line has."""
        starts = self._lines()
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].removesuffix("\r")


def read(path: str | PathLike[str]) -> Source:
    """The source in a file, or on standard input for `-`. Raises OSError for a file that can't be read.

    Bytes are UTF-8, or UTF-16 behind a byte order mark. What can't be decoded becomes U+FFFD, with a problem.
    """
    name = str(path)
    if name == "-":
        data = sys.stdin.buffer.read(LARGEST + 1)
    else:
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
    return decode(name, data)


def decode(name: str, data: bytes) -> Source:
    """The source that some bytes hold; see `read`."""
    short = data[:LARGEST]
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    problems: list[Problem] = []
    try:
        text = short.decode(encoding)
    except UnicodeDecodeError:
        text = short.decode(encoding, errors="replace")
        first = max(text.find("\ufffd"), 0)
        message = f"Some bytes are not {encoding.upper()}; they were read as �. Save the file as UTF-8."
        problems.append(Problem(message, first, first + 1))
    if len(data) > LARGEST:
        message = f"Only the first {LARGEST >> 20} MiB of this file were read. Split it."
        problems.append(Problem(message, len(text), len(text)))
    if text.startswith("\ufeff"):
        text = text[1:]
        problems = [Problem(p.message, max(p.start - 1, 0), max(p.end - 1, 0)) for p in problems]
    return Source(name, text, tuple(problems))
