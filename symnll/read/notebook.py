"""Notebooks: the Markdown cells of an .ipynb file, with the places of their characters in the file.

The JSON is scanned without recursion and with positions, which the json module does not give.
"""

from __future__ import annotations

import json
import re

from symnll.read.documents import Document
from symnll.read.markdown import read_markdown
from symnll.read.page import Page

_TOKEN = re.compile(r'"(?P<string>[^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\(.)", re.DOTALL)
DEEPEST = 200
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class _Frame:
    """An object or an array that is open; `key` is the key of the value to come."""

    __slots__ = ("array", "cell", "key", "pieces", "type", "value")

    def __init__(self, array: bool, cell: bool) -> None:
        self.array, self.cell = array, cell
        self.key, self.value, self.type = "", False, ""
        self.pieces: list[tuple[int, int]] = []


def _cells(text: str) -> tuple[list[list[tuple[int, int]]], int]:
    """The spans of the string literals, without quotes, that make up the source of each Markdown cell.

    The second part is where the scan ended, short of the end of the text where that is nested too deeply.
    """
    found: list[list[tuple[int, int]]] = []
    stack = [_Frame(True, False)]
    for m in _TOKEN.finditer(text):
        top, token = stack[-1], m[0]
        if m.lastgroup:
            span = m.span("string")
            if top.array:
                if top.key == "source" and len(stack) > 1:
                    stack[-2].pieces.append(span)
            elif not top.value:
                top.key, top.value = m["string"], True
            elif top.key == "cell_type":
                top.type = m["string"]
            elif top.key == "source":
                top.pieces.append(span)
        elif token in "[{":
            frame = _Frame(token == "[", top.array and top.key == "cells")
            frame.key = top.key if frame.array and not top.array else ""
            stack.append(frame)
            if len(stack) > DEEPEST:
                return found, m.start()
        elif token == ",":
            top.value = False
        elif len(stack) > 1:
            done = stack.pop()
            if done.cell and done.type == "markdown" and done.pieces:
                found.append(done.pieces)
    return found, len(text)


def _decode(text: str, pieces: list[tuple[int, int]]) -> tuple[str, list[int]]:
    """The characters that string literals stand for, and the place of each."""
    out: list[str] = []
    places: list[int] = []
    for start, end in pieces:
        at = start
        for m in _ESCAPE.finditer(text, start, end):
            out.append(text[at : m.start()])
            places.extend(range(at, m.start()))
            at = m.end()
            character = chr(int(m[1], 16)) if m[1] else _SIMPLE.get(m[2], m[2])
            if "\udc00" <= character <= "\udfff" and out[-1] == "" and len(out) > 1 and "\ud800" <= out[-2] <= "\udbff":
                # Two escapes write one character beyond U+FFFF.
                out[-2:] = [chr(0x10000 + ((ord(out[-2]) - 0xD800) << 10) + ord(character) - 0xDC00)]
                continue
            out.append(character)
            places.append(m.start())
        out.append(text[at:end])
        places.extend(range(at, end))
    return "".join(out), places


def read_notebook(document: Document, inline: bool = False) -> None:
    """Reads the Markdown cells of a notebook, one after the other; macros hold for all of them."""
    source = document.source.text
    cells, end = _cells(source)
    if end < len(source):
        document.problem("This is nested more deeply than a notebook; what follows was not read.", end, end + 1)
        return
    for pieces in cells:
        text, places = _decode(source, pieces)
        read_markdown(Page(document, text, offsets=places, inline=inline))
    try:
        json.loads(source)
    except (ValueError, RecursionError) as e:
        at = getattr(e, "pos", 0)
        document.problem("This notebook is no valid JSON here, so cells may be missing. Save it anew.", at, at + 1)
