"""Notebooks to displays, with the places of their characters in the JSON."""

from __future__ import annotations

import json

import pytest

from symnll.read.documents import Declaration, Display, Document, Fragment, read_document
from symnll.read.source import Source


def notebook(*cells: tuple[str, object], **layout: object) -> Source:
    body = {"cells": [{"cell_type": t, "metadata": {}, "source": s} for t, s in cells], "nbformat": 4}
    return Source("a.ipynb", json.dumps(body, **layout))  # type: ignore[arg-type]


def as_in_json(found: Document, fragment: Fragment) -> None:
    """Each character stands, itself or as an escape, at its place."""
    text = found.source.text
    for i, character in enumerate(fragment.text):
        at = fragment.at(i)
        assert text[at] == character or text.startswith(json.dumps(character)[1:-1], at)


SOURCE = 'Text ü\n<!-- symnll\nreal a\n-->\n> $$\n> \\begin{aligned}\n> a &= "b" 𝑥\n> \\end{aligned}\n> $$\n$\\alpha$'


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("lines", [True, False])
def test_cells(indent: int | None, ascii_only: bool, lines: bool) -> None:
    source = notebook(
        ("code", "$$x$$"),
        ("markdown", SOURCE.splitlines(keepends=True) if lines else SOURCE),
        ("raw", ["$$y$$"]),
        ("markdown", ["$$ unclosed"]),
        ("markdown", ["$$z$$"]),
        indent=indent,
        ensure_ascii=ascii_only,
    )
    found = read_document(source)
    assert [type(i).__name__ for i in found.items] == ["Declaration", "Display", "Inline", "Display", "Display"]
    bodies = [i.text.text if isinstance(i, Declaration) else i.body.text for i in found.items]
    assert bodies == ["real a", '\n\\begin{aligned}\na &= "b" 𝑥\n\\end{aligned}\n', "\\alpha", " unclosed", "z"]
    for item in found.items:
        as_in_json(found, item.text if isinstance(item, Declaration) else item.body)
    assert len(found.problems) == 1 and "not closed" in found.problems[0].message
    if indent and lines:
        display = found.items[1]
        assert isinstance(display, Display)
        line, column = found.source.position(display.body.at(display.body.text.index('"')))
        assert found.source.line(line)[column - 1 :].startswith('\\"b')


def test_macros_hold_in_all_cells() -> None:
    found = read_document(notebook(("markdown", "$\\newcommand{\\x}{a}$"), ("markdown", "$$\\x$$")))
    assert found.macros["\\x"].body == "a"


def test_order_of_keys_and_other_sources() -> None:
    cell = '{"source": ["$$a$$"], "metadata": {"source": "$$b$$"}, "cell_type": "markdown"}'
    text = f'{{"cells": [{cell}], "source": "$$c$$"}}'
    assert [d.body.text for d in read_document(Source("a.ipynb", text)).displays] == ["a"]


@pytest.mark.parametrize(
    "text",
    ["", "text", '{"cells": [', '{"cells": [{"cell_type": "markdown", "source": ["$$a$$", "', '"\\', "[" * 5000, "{}}"],
)
def test_what_is_no_notebook(text: str) -> None:
    found = read_document(Source("a.ipynb", text))
    assert len(found.problems) == 1
    assert "notebook" in found.problems[0].message
