"""An entry of the library, or some of its claims, as a document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

from symnll.document.model import Block, Derivation, Document, Formula, Heading, Inlines, Items, Paragraph, Picture
from symnll.document.notation.notation import Notation, in_notation
from symnll.document.views import claim_view
from symnll.entry import Entry
from symnll.write.nodes import Name

SUBSCRIPT = re.compile(r"(?<!\w)([A-Za-z\u0370-\u03ff])_([A-Za-z0-9]{1,3})(?!\w)")  # y_T in prose


NO_FIGURES = "The figures are left out, because matplotlib is not there: python -m pip install 'symnll[doc]'"


def figures() -> Mapping[str, Callable[[], Any]]:
    """What makes the figure of a claim, by its full name; empty where matplotlib is not installed."""
    if find_spec("matplotlib") is None:
        return {}
    from symnll.document.figures.drawn import FIGURES

    return FIGURES


def entry_document(
    entry: Entry,
    results: Mapping[str, Any],
    detail: str = "main",
    pictures: Mapping[str, Callable[[], Any]] | None = None,
    notation: Notation | None = None,
) -> Document:
    """The entry with those of its claims that `results`, by full name, say something about.

    `pictures` are what `figures()` returns; `notation` is the reader's own.
    """
    blocks: list[Block] = []
    for claim in entry.claims:
        name = f"{entry.name}.{claim.name}"
        if name not in results:
            continue
        view = claim_view(name, claim, results[name], detail)
        blocks += [Heading(2, prose(claim.title), claim.name), Derivation(view)]
        if claim.note:
            blocks.append(Paragraph(prose(claim.note)))
        if pictures and name in pictures:
            blocks.append(Picture(pictures[name]()))
    if entry.references:
        blocks.append(Heading(2, ("References",), "references"))
        blocks.append(Items([[Paragraph((r,))] for r in entry.references]))
    document = Document(entry.name, prose(entry.title), prose(entry.summary), blocks)
    return in_notation(document, notation) if notation else document


def prose(text: str) -> Inlines:
    """Words, in which y_T is a letter with a subscript."""
    parts = SUBSCRIPT.split(text)  # words, letter, subscript, words, …
    found: list[Any] = []
    for n in range(0, len(parts), 3):
        found += [parts[n]] if parts[n] else []
        if n + 2 < len(parts):
            found.append(Formula(Name(parts[n + 1], (Name(parts[n + 2]),))))
    return tuple(found)
