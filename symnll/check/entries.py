"""Vectors of which a page gives every entry as a number: y_0 = 5, y_1 = 2, y_2 = 1.

A step that is not proved for all values is decided for these. Entries that are given twice, with different numbers or
under another heading, belong to different examples, and nothing is said of which is meant.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import sympy

from symnll import language as L
from symnll.check.plain import plain
from symnll.check.reading import ReadStep
from symnll.check.sentences import lower
from symnll.check.step import Meant, meaning
from symnll.meaning.displays import of_entry
from symnll.meaning.elaborate import Elaborator
from symnll.meaning.known import reach
from symnll.meaning.scope import Quantity, Scope, pretty
from symnll.meaning.values import Range
from symnll.read import syntax as S
from symnll.read.prose import Sentence
from symnll.read.tokens import Unreadable

# With one of these a sentence gives some entries, and not all.
_SOME = {
    "boundary", "initial", "initially", "base", "first", "last", "ends", "end", "padding", "border", "start", "some",
    "known", "observed", "if", "unless", "when", "case", "recursion", "sequence", "two",
}  # fmt: skip


def gives_entries(s: Sentence) -> bool:
    """Whether the entries in a display may be all of a vector, by the sentence before it."""
    return plain(s) and not set(lower(s.before)) & _SOME


class Entry(NamedTuple):
    """A number that a page gives for an entry; None where it gives two."""

    value: Any
    section: int


Entries = dict[str, dict[int, Entry]]


def take(scope: Scope, left: Any, right: Any, section: int, into: Entries) -> bool | None:
    """Note that y_0 = 5 gives an entry of an inferred vector. Whether it does; None: it is about something else.

    A second number for an entry is a claim, and from there on it is open which number is meant.
    """
    if not of_entry(left, right):
        return None
    node = S.unwrap(left)
    name, at = node.base.text, int(S.unwrap(node.subs[0]).value)
    q = scope.quantities.get((name, 1))
    if q is None or not q.inferred or q.kind != "real" or name in scope.definitions:
        return None
    try:
        value = Elaborator(scope).scalar(right, {})
    except Unreadable:
        return None
    known = into.setdefault(name, {})
    if at in known:
        known[at] = known[at] if known[at].value == value else Entry(None, section)
        return False
    known[at] = Entry(value, section)
    return True


def take_back(entries: Entries, names: Collection[str]) -> None:
    """Leave open which numbers are meant for the entries of these vectors."""
    for name in entries.keys() & set(names):
        entries[name] = {at: Entry(None, entry.section) for at, entry in entries[name].items()}


def with_entries(
    scope: Scope, entries: Entries, section: int, sides: tuple[Any, Any], step: ReadStep
) -> tuple[Meant, dict[str, int]] | None:
    """What a step states of the vectors whose entries are given, with their sizes, or None. It changes the scope."""
    spoken = {n for s in sides for n in reach(scope, s)}
    given = {n: known for n, known in entries.items() if n in spoken and _complete(known, section)}
    if not given or any(isinstance(S.unwrap(s), S.Name) and S.unwrap(s).text in scope.sizes for s in sides):
        return None
    sizes: dict[str, int] = {}
    for name, known in given.items():
        size = _put(scope, name, known, spoken)
        if not size:
            return None
        sizes[size] = len(known)
    try:
        link = step.link
        meant = meaning(scope, sides, link.relation.text, link.conditions, step.wide, step.free)
    except Unreadable:
        return None
    for name, known in given.items():
        values = ", ".join(f"{pretty(name)}_{n} = {known[n].value}" for n in sorted(known))
        meant.notes.append(f"the page says {values}")
    return meant, sizes


def _complete(known: Mapping[int, Entry], section: int) -> bool:
    """Whether the entries are numbered from 0 or 1 on, and given once, under this heading."""
    first = min(known)
    all_given = all(x.value is not None and x.section == section for x in known.values())
    return all_given and first in (0, 1) and sorted(known) == [*range(first, first + len(known))] and len(known) > 1


def _put(scope: Scope, name: str, known: Mapping[int, Entry], spoken: set[str]) -> str:
    """Put the numbers for a vector, and how many there are for its size: the name of the size, or ""."""
    q = scope.quantities[name, 1]
    (axis,) = q.axes
    size = next((n for n, s in scope.sizes.items() if s == axis.upper), "")
    first, last = min(known), max(known)
    if not size or axis.lower != 1 or size not in scope.invented:
        return ""
    others = [x for x in scope.quantities.values() if x != q and x.name in spoken]
    if any(axis.upper in r.upper.free_symbols for x in others for r in x.axes):
        return ""
    symbol, found = axis.upper, Range(sympy.Integer(first), sympy.Integer(last))

    def moved(r: Range) -> Range:
        return found if r == axis else Range(*((b + sympy.S.Zero).subs(symbol, len(known)) for b in (r.lower, r.upper)))

    scope.ranges = {letter: moved(r) for letter, r in scope.ranges.items()}
    scope.index_cache = {}
    scope.sizes = {**scope.sizes, size: sympy.Integer(len(known))}
    values = tuple(known[n].value for n in sorted(known))
    scope.quantities = {**scope.quantities, (name, 1): Quantity(name, q.kind, (found,), _Values(values), inferred=True)}
    return size


@dataclass(frozen=True)
class _Values:
    """Numbers at the places 1, 2, …, as the entries of a vector are."""

    values: tuple[Any, ...]

    def __getitem__(self, places: tuple[Any, ...]) -> Any:
        (place,) = places
        if getattr(place, "is_Integer", False) or isinstance(place, int):
            return self.values[int(place) - 1]
        out = self.values[-1]
        for n in range(len(self.values) - 1, 0, -1):
            out = L.Choice((self.values[n - 1], L.Eq(place, n)), (out, True))
        return out
