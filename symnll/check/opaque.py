"""Steps that speak of a letter whose definition is not understood, and that hold whatever that letter is."""

from __future__ import annotations

from typing import Any

from symnll.check.reading import ReadStep
from symnll.check.step import Meant, meaning
from symnll.meaning.derivatives import variables_in
from symnll.meaning.known import reach
from symnll.meaning.scope import Definition, Scope, pretty
from symnll.meaning.values import Independent, Tied
from symnll.read.tokens import Unreadable


def opaque(scope: Scope, sides: tuple[Any, Any], step: ReadStep, error: Unreadable) -> Meant | None:
    """The statement of a step with real numbers for the letters whose definitions are not understood; or None.

    It changes the scope. If it is proved, it holds for whatever these letters are.
    """
    link, notes = step.link, []
    later = {n for s in sides for n in reach(scope, s) if n in scope.later and not scope.arity(n) - {0}}
    for name in sorted(later - scope.definitions.keys()):
        scope.quantity(name, "real", scope.later[name], inferred=True)
        notes.append(f"{pretty(name)} is any vector, as what it is comes below")
    if notes:
        try:
            meant = meaning(scope, sides, link.relation.text, link.conditions, step.wide, step.free)
        except Unreadable as other:
            error = other
        else:
            meant.notes.extend(notes)
            return meant
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


def freely(scope: Scope, sides: tuple[Any, Any], step: ReadStep) -> Meant | None:
    """The statement of a step for any real values of that by which it is differentiated: of y in ∂E/∂y_n, y_n = σ(a_n).

    None where it also differentiates by something else. It changes the scope.
    """
    names = variables_in(sides[0]) | variables_in(sides[1])
    for name in names - scope.ranges.keys():
        ds = scope.definitions.get(name, [])
        whole = len(ds) == 1 and ds[0].arguments is None and all(isinstance(i, str) for i in ds[0].indices)
        if not whole or not scope.ranges.keys() >= set(ds[0].indices) or any(q == name for q, _ in scope.quantities):
            return None
    for name in sorted(names - scope.ranges.keys()):
        (d,) = scope.definitions.pop(name)
        scope.quantity(name, "real", tuple(scope.ranges[i] for i in d.indices), inferred=True)
    try:
        link = step.link
        return meaning(scope, sides, link.relation.text, link.conditions, step.wide, step.free) if names else None
    except Unreadable:
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
