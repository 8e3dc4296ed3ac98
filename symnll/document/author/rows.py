"""Where the steps of a display stand in it: each piece of a row, with the steps that it states."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from symnll.document.author.nodes import Cut, Sign, Space, Words
from symnll.document.author.tree import rows, tree
from symnll.read.documents import Display
from symnll.read.source import Source
from symnll.report.model import StepReport

Segment = tuple[list[Any], list[int], bool]


def segments(item: Display, steps: Sequence[StepReport], source: Source, macros: Mapping[str, Any]) -> list[Segment]:
    """The display in pieces: its parts, the numbers of its steps, and whether it begins with the relation of a step.

    Every part of the display is in one piece, and every step is named once.
    """
    split = rows(tree(item.body.text, macros, item.body.at))
    places = [_offset(source, s) for s in steps]
    of: list[list[tuple[int, int]]] = [[] for _ in split]  # (index of its relation in the row, number of the step)
    for k, place in enumerate(places):
        row, part = _find(split, place)
        of[row].append((part, k))
    found = []
    for parts, held in zip(split, of, strict=True):
        found += _pieces(parts, sorted(held), steps)
    return found


def _offset(source: Source, step: StepReport) -> int:
    text = source.text
    at = 0
    for _ in range(step.line - 1):
        at = text.find("\n", at) + 1
    return at + step.column - 1


def _find(split: list[list[Any]], place: int) -> tuple[int, int]:
    """The row and the part in it where a relation stands; where it is not found, the row that is nearest."""
    for r, parts in enumerate(split):
        for n, part in enumerate(parts):
            if any(s == place for s in _starts(part)):
                return r, n
    before = [r for r, parts in enumerate(split) if any(s <= place for p in parts for s in _starts(p))]
    return (before[-1] if before else 0), 0


def _starts(part: Any) -> Iterator[int]:
    stack = [part]
    while stack:
        one = stack.pop()
        if isinstance(one, Sign):
            yield one.start
        elif isinstance(one, list):
            stack += one
        elif is_dataclass(one):
            stack += [getattr(one, f.name) for f in fields(one)]


def _pieces(parts: list[Any], held: list[tuple[int, int]], steps: Sequence[StepReport]) -> list[Segment]:
    """A row cut before each further step, where its left side begins."""
    cuts: list[tuple[int, list[int]]] = [(0, [held[0][1]] if held else [])]
    relations = {part for part, _ in held}
    for (before, k), (at, n) in itertools.pairwise(held):
        if at > before and steps[n].lhs == steps[k].rhs:
            cuts.append((at, [n]))
            continue
        ends = [i for i in range(before + 1, at) if _separates(parts[i])]
        if ends:
            cuts.append((ends[-1] + 1, [n]))
        else:
            cuts[-1][1].append(n)
    out = []
    for (start, of), (end, _) in zip(cuts, [*cuts[1:], (len(parts), [])], strict=True):
        first = next((i for i in range(start, end) if not isinstance(parts[i], Cut | Space)), start)
        out.append((_aligned(parts[start:end]), of, first in relations and bool(of)))
    return out


def _separates(part: Any) -> bool:
    wide = isinstance(part, Space) and part.width >= 1
    return wide or isinstance(part, Cut | Words) or (isinstance(part, Sign) and part.text in (",", ";"))


def _aligned(parts: list[Any]) -> list[Any]:
    """Without the & at the ends and beside an operator; others are space."""
    out: list[Any] = []
    for n, part in enumerate(parts):
        if not isinstance(part, Cut):
            out.append(part)
            continue
        near = [p for p in (parts[n - 1] if n else None, parts[n + 1] if n + 1 < len(parts) else None) if p is not None]
        beside = len(near) < 2 or any(isinstance(p, Sign) and p.kind == "mo" for p in near)
        if not beside and out and not isinstance(out[-1], Space):
            out.append(Space(2.0))
    while out and isinstance(out[-1], Space):
        out.pop()
    while out and isinstance(out[0], Space):
        out.pop(0)
    return out
