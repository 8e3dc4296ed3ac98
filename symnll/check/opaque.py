"""Steps that speak of a letter whose definition is not understood, and that hold whatever that letter is."""

from __future__ import annotations

from typing import Any

from symnll.check.reading import ReadStep
from symnll.check.step import Meant, meaning
from symnll.meaning.scope import Definition, Scope, pretty
from symnll.meaning.values import Independent, Tied
from symnll.read.tokens import Unreadable


def opaque(scope: Scope, sides: tuple[Any, Any], step: ReadStep, error: Unreadable) -> Meant | None:
    """The statement of a step with real numbers for the letters whose definitions are not understood; or None.

    It changes the scope. If it is proved, it holds for whatever these letters are.
    """
    link, notes = step.link, []
    for _ in range(3):
        d = _holding(scope, error, sides)
        if d is None or isinstance(error, Tied | Independent):
            return None
        axes = tuple(scope.ranges[i] for i in d.indices)
        del scope.definitions[d.head]
        scope.quantity(d.head, "real", axes, inferred=True)
        notes.append(f"{pretty(d.head)} is any real number, as {d.source} is not understood")
        try:
            meant = meaning(scope, sides, link.relation.text, link.conditions, step.wide, step.free)
        except Unreadable as other:
            error = other
            continue
        meant.notes.extend(notes)
        return meant
    return None


def _holding(scope: Scope, error: Unreadable, sides: tuple[Any, Any]) -> Definition | None:
    """The one definition of a letter z, or of its entries z_k, in which an error lies."""
    if any(s.start <= error.start < s.end for s in sides):
        return None
    for name, ds in scope.definitions.items():
        whole = len(ds) == 1 and ds[0].arguments is None and all(isinstance(i, str) for i in ds[0].indices)
        if whole and ds[0].body.start <= error.start < ds[0].body.end and scope.ranges.keys() >= set(ds[0].indices):
            return ds[0] if not any(q == name for q, _ in scope.quantities) else None
    return None
