"""Nested sums with the innermost index outside: Σ_j Σ_k Σ_n a(n, j)·a(n, k) = Σ_n (Σ_j a(n, j))²."""

from __future__ import annotations

from symnll.core import kernel
from symnll.core.term import ZERO, CoreError, Term, app, lam
from symnll.prove.context import Context
from symnll.prove.normal import ContextRing, normal, value
from symnll.prove.tactics import (
    NoProof,
    Theorem,
    ax,
    chain,
    from_difference,
    inside,
    minus,
    order,
    rhs,
    under,
)


def by_swapping(s: Term, t: Term, c: Context) -> Theorem | None:
    """s = t, with the innermost sum of each nested one put outside."""
    gap = minus(s, t)
    e = normal(gap, c)
    g = value(gap, e)
    changed = {a: moved for a in _nested(g) if (moved := _outside(a, c)) is not None}
    if not changed:
        return None

    def there(u: Term) -> Theorem | None:
        if u in changed:
            return changed[u]
        return under(u, *map(there, u.args)) if u.op in ("add", "mul", "pow") else None

    other = there(g)
    ring = ContextRing(c)
    try:
        ring.polynomial(rhs(other))
        zero = kernel.ring(rhs(other), ZERO, *ring.premises())
    except (CoreError, NoProof):
        return None
    return from_difference(s, t, chain(e, other, zero))


def _nested(t: Term) -> list[Term]:
    """The sums of sums in an arithmetic term."""
    found: dict[Term, None] = {}

    def walk(u: Term) -> None:
        if u.op == "sum" and _levels(u) > 1:
            found[u] = None
        elif u.op in ("add", "mul", "pow"):
            for a in u.args:
                walk(a)

    walk(t)
    return sorted(found, key=order)


def _levels(t: Term) -> int:
    """How many sums stand in each other with nothing between."""
    f = t.args[2] if t.op == "sum" else t
    return 0 if t.op != "sum" else 1 + (_levels(f.args[0]) if f.op == "lam" else 0)


def _outside(t: Term, c: Context) -> Theorem | None:
    """Σ_i … Σ_n h = Σ_n Σ_i … h, in canonical form from there on; None if that is t again."""
    e = _moved(t, c)
    if e is None:
        return None
    moved = rhs(e)
    n, _ = c.child(*moved.args[:2])
    quiet = Context((), c)
    quiet.memo["exchanged", n] = True
    e = chain(e, normal(moved, quiet))
    return None if rhs(e) is t else e


def _moved(t: Term, c: Context) -> Theorem | None:
    """Σ_i … Σ_n h = Σ_n Σ_i … h, for ranges that do not depend on the indices."""
    lo, hi, f = t.args
    i, inner = c.child(lo, hi)
    row = app(f, i)
    if _levels(row) > 1:
        deeper = _moved(row, inner)
        if deeper is None:
            return None
        e = inside("sum", lo, hi, i, deeper)
        row = rhs(deeper)
    else:
        e = None
    low, high, g = row.args
    if i in low.free | high.free:
        return None
    return chain(e, ax("sum_swap", lo=lo, hi=hi, j=low, k=high, h2=lam(i, g)))
