"""Whether what a definition says is a number, a vector or a matrix; and names that are totals: L of the L_n."""

from __future__ import annotations

from typing import Any

from symnll.meaning.elaborate import Elaborator
from symnll.meaning.scope import UNKNOWN_RANK, Definition, Scope
from symnll.meaning.trees import big_letter, children, names_in, script_parts
from symnll.meaning.values import Array, Misfit
from symnll.read import syntax as S
from symnll.read.tokens import Unreadable


def rank(scope: Scope, d: Definition) -> int | None:
    """How many indices the value of a definition takes beside those that are written: 1 for c = a + b of vectors.

    UNKNOWN_RANK where it is a vector or a matrix by what is wrong with it, None where it is not understood.
    """
    if d.arguments is not None:
        return 0
    listed = S.unwrap(d.body)
    pieces = listed.inside.pieces if isinstance(listed, S.Bracket) else ()
    if any(isinstance(p, S.Sep) and p.kind in ("COMMA", "SEMI") for p in pieces):
        return UNKNOWN_RANK
    with scope.saved():
        try:
            value = Elaborator(scope).value(d.body, {})
        except Misfit:
            return UNKNOWN_RANK
        except Unreadable:
            return None
    return len(value.axes) if isinstance(value, Array) else 0


def totals(d: Definition) -> bool:
    """Whether all that a definition says of its own name is of entries over which it sums: L = Σ_n L_n / N."""
    return d.arguments is None and sums_over(d.body, d.head, len(d.indices))


def sums_over(body: Any, name: str, count: int) -> bool:
    """Whether a body speaks of a name, and only with more indices than `count`, one of which it binds."""
    uses, bound = _uses(body, name), _bound(body)
    return bool(uses) and all(len(u) > count and bound & set().union(*map(names_in, u)) for u in uses)


def _bound(node: Any) -> set[str]:
    """The letters that sums, products and maxima in a tree bind."""
    own = {big_letter(node)} - {""} if isinstance(node, S.Atom) else set()
    return own.union(*map(_bound, children(node)))


def only_bare_uses(node: Any, name: str) -> bool:
    """Whether a tree speaks of a name only without anything below it, as of N in Σ_{n=1}^N."""
    return not any(_uses(node, name))


def _uses(node: Any, name: str) -> list[list[Any]]:
    """What stands below a name, at each place in a tree."""
    if isinstance(node, S.Name):
        return [[]] if node.text == name else []
    if isinstance(node, S.Atom) and isinstance(node.base, S.Name) and node.base.text == name:
        own = [[p for s in node.subs for p in script_parts(s)]]
        return own + [u for s in (*node.subs, *node.sups) for u in _uses(s, name)]
    return [u for c in children(node) for u in _uses(c, name)]
