"""Which parts of a formula are new: the smallest ones without which it would be the line before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields

from symnll.write.nodes import Node, Product, Sum


def changed(before: Node, now: Node) -> tuple[Node, ...]:
    """The parts of `now`, as the objects that stand in it, that `before` does not have.

    Empty where nothing changed, and where everything did: a whole line that is marked says nothing.
    """
    found = tuple(_changed(before, now))
    return () if any(part is now for part in found) else found


def _changed(before: Node, now: Node) -> list[Node]:
    if before == now:
        return []
    if isinstance(before, Sum) and isinstance(now, Sum):
        return _parts(before.terms, now.terms)
    if isinstance(before, Product) and isinstance(now, Product):
        return _parts([(1, f) for f in before.factors], [(1, f) for f in now.factors])
    if isinstance(now, Sum) and any(n == before for _, n in now.terms):
        return [n for _, n in now.terms if n != before]
    if isinstance(now, Product) and before in now.factors:
        return [n for n in now.factors if n != before]
    if type(before) is not type(now):
        return [now]
    found: list[Node] = []
    whole = 0
    for f in fields(now):  # type: ignore[arg-type]
        old, new = getattr(before, f.name), getattr(now, f.name)
        if old == new:
            continue
        if not (isinstance(old, Node) and isinstance(new, Node)):
            return [now]
        parts = _changed(old, new)
        whole += any(p is new for p in parts)
        found += parts
    return [now] if whole > 1 else found


def _parts(before: Sequence[tuple[int, Node]], now: Sequence[tuple[int, Node]]) -> list[Node]:
    """The terms that the line before does not have; if it is one in place of one, the change within it."""
    old, new = Counter(before), []
    for sign, part in now:
        if old[sign, part]:
            old[sign, part] -= 1
        else:
            new.append((sign, part))
    gone = list(old.elements())
    if len(new) == 1 and len(gone) == 1 and gone[0][0] == new[0][0]:
        return _changed(gone[0][1], new[0][1])
    return [part for _, part in new]
