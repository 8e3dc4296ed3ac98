"""What an author wrote for a part of a formula, so that an edit is shown in the author's own LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_SIZED = re.compile(r"\\(?:left|middle|[bB]igg?[lrm]?)\s*$")
_FONT = re.compile(r"\\(?:mathbf|boldsymbol|bm|pmb|mathrm|mathit|mathsf|textbf|text|vec|operatorname)\s*\{$")
_END = re.compile(r"\s*\{[^{}]*\}")
_SPACE = re.compile(r"(?:\\\\|&|\\[,;:! ]|\\q?quad\b|\s)+")

Splice = tuple[int, int, str]


class Written:
    """The text of a document, by the nodes that were read from it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def extent(self, node: Any) -> tuple[int, int]:
        r"""Offsets of all that belongs to a node: with its \left, its font and the braces that it opens."""
        text = self.text
        start, end = self._balanced(node.start, node.end)
        font = _FONT.search(text, max(0, start - 16), start)
        if font and text[end : end + 1] == "}":
            start, end = font.start(), end + 1
        environment = _END.match(text, end) if text[:end].endswith(r"\end") else None
        end = environment.end() if environment else end
        sized = _SIZED.search(text, max(0, start - 8), start)
        return (sized.start() if sized else start), end

    def _balanced(self, start: int, end: int) -> tuple[int, int]:
        """The stretch with the braces that it opens or closes, and the command before an opening one."""
        text = self.text
        depth = lowest = 0
        for k in range(start, min(end, len(text))):
            if text[k] in "{}" and not (k and text[k - 1] == "\\"):
                depth += 1 if text[k] == "{" else -1
                lowest = min(lowest, depth)
        for _ in range(-lowest):
            start = text.rfind("{", 0, start)
            command = re.search(r"\\[a-zA-Z]+\s*$", text[max(0, start - 20) : start])
            start -= len(command[0]) if command else 0
        for _ in range(depth - lowest):
            after = re.compile(r"\s*\}").match(text, end)
            end = after.end() if after else end
        return max(start, 0), end

    def of(self, node: Any) -> str:
        """The LaTeX of a node on one line."""
        start, end = self.extent(node)
        return tidy(self.text[start:end])

    def spliced(self, start: int, end: int, splices: Iterable[Splice]) -> str:
        """The text from start to end with these replacements."""
        out, at = [], start
        for a, b, new in sorted(splices):
            out += [self.text[at:a], new]
            at = b
        return "".join([*out, self.text[at:end]])


def tidy(text: str) -> str:
    """LaTeX on one line, without what only lays it out."""
    return _SPACE.sub(" ", text).strip()


def braced(text: str) -> str:
    """LaTeX as one argument of a script or fraction."""
    return text if re.fullmatch(r"\w|\\[a-zA-Z]+", text) else f"{{{text}}}"


def shortened(text: str, most: int = 40) -> str:
    """The beginning of a long formula."""
    if len(text) <= most:
        return text
    cut = text[:most].rsplit(" ", 1)[0]
    return f"{cut} …"
