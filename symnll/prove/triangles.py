"""Double sums over the pairs i < j: written with the smaller index outside, and symmetric ones through all pairs.

A row Σ_{j > i} h(i, j) is Σ_j [i < j]·h(i, j) over the whole range, which is how two such sums change places.
"""

from __future__ import annotations

from symnll.core import kernel
from symnll.core.term import INT, ONE, ZERO, Term, app, lam, num, op
from symnll.prove import ranges
from symnll.prove.context import Context
from symnll.prove.normal import difference, normal, value
from symnll.prove.special import below
from symnll.prove.tactics import Theorem, attempt, ax, chain, inside, lhs, linear, minus, product_term, rhs, under


def triangular(lo: Term, hi: Term, i: Term, factors: list[Term], c: Context) -> Theorem | None:
    """Σ_i A(i)·Σ_j B(j) over j < i or j > i in another form; None for other sums, and for one that has its form."""
    s = next((f for f in factors if f.op == "sum" and (i in f.args[0].free) != (i in f.args[1].free)), None)
    if s is None:
        return None
    start, end, g = s.args
    upper, lower = difference(start, i) is ONE, difference(i, end) is ONE
    if not (upper or lower):
        return _without_diagonal(lo, hi, i, factors, s, c)
    j = c.child(lo, hi)[1].fresh(INT)
    h = lam(i, lam(j, op("mul", product_term([f for f in factors if f is not s]), app(g, j))))
    row = op("sum", start, end, app(h, i))
    e = _in_front(lo, hi, i, product_term(factors), factors, s)
    first, last = (start if lower else lo), (end if upper else hi)
    if (first, last) != (lo, hi):
        wide = _widened(lo, hi, lam(i, row), first, last, c)
        if wide is None:
            return None
        e = chain(e, wide)
    changed = _changed(first, last, h, row, lower, c)
    return None if changed is None else chain(e, changed)


def _in_front(lo: Term, hi: Term, i: Term, body: Term, factors: list[Term], s: Term) -> Theorem:
    """Σ_i A(i)·Σ_j B(j) = Σ_i Σ_j A(i)·B(j)"""
    rest = product_term([f for f in factors if f is not s])
    product = op("mul", rest, s)
    e = None if product is body else kernel.ring(body, product)
    scaled = ax("sum_scale", **dict(zip(("lo", "hi", "f"), s.args, strict=True)), a=rest)
    return inside("sum", lo, hi, i, chain(e, kernel.symmetric(scaled)))


def _widened(lo: Term, hi: Term, rows: Term, first: Term, last: Term, c: Context) -> Theorem | None:
    """Σ over lo..hi = Σ over first..last, which has one index more at an end; the row there is empty."""
    at_end = lo is first and difference(last, hi) is ONE
    if not at_end and not (hi is last and difference(lo, first) is ONE):
        return None
    parts = ranges.split("sum", first, last, rows, hi if at_end else first, c)
    if parts is None:
        return None
    kept, extra = rhs(parts).args if at_end else rhs(parts).args[::-1]
    none = normal(extra, c)
    if value(extra, none) is not ZERO:
        return None
    sides = (None if s is t else kernel.ring(s, t) for s, t in zip(kept.args[:2], (lo, hi), strict=True))
    both = (under(kept, *sides, None), none)
    e = chain(parts, under(rhs(parts), *(both if at_end else both[::-1])))
    return kernel.symmetric(chain(e, kernel.ring(rhs(e), op("sum", lo, hi, rows))))


def _without_diagonal(lo: Term, hi: Term, i: Term, factors: list[Term], s: Term, c: Context) -> Theorem | None:
    """Σ over i..hi or lo..i with the term at i apart."""
    start, end, g = s.args
    at = i if start is i else difference(i, ONE) if end is i else None
    parts = None if at is None else ranges.split("sum", start, end, g, at, c.child(lo, hi)[1])
    if parts is None:
        return None
    split = parts if factors == [s] else under(product_term(factors), *(parts if f is s else None for f in factors))
    return inside("sum", lo, hi, i, split)


def _changed(lo: Term, hi: Term, h: Term, row: Term, lower: bool, c: Context) -> Theorem | None:
    """Σ_i Σ_{j < i} h(i, j) = Σ_i Σ_{j > i} h(j, i); for symmetric h, Σ_i Σ_{j > i} h(i, j) = ½·Σ_i Σ_j (1 − δ)·h."""
    i, at_i = c.child(lo, hi)
    j, at_j = at_i.child(lo, hi)
    masked = lam(i, lam(j, op("mul", below(j, i) if lower else below(i, j), app(h, i, j))))
    turned = lam(i, lam(j, app(masked, j, i)))
    wide, wide_turned = (op("sum", lo, hi, app(m, i)) for m in (masked, turned))
    there, back = normal(row, at_i), normal(wide, at_i)
    if value(row, there) is not value(wide, back):
        return None
    e = inside("sum", lo, hi, i, chain(there, None if back is None else kernel.symmetric(back)))
    swap = ax("sum_swap", lo=lo, hi=hi, j=lo, k=hi, h2=masked)
    if lower:
        shorter = normal(wide_turned, at_i)
        return None if shorter is None else chain(e, swap, inside("sum", lo, hi, i, shorter))
    both = op("add", app(masked, i, j), app(turned, i, j))
    all_pairs = op("mul", minus(ONE, op("delta", i, j)), app(h, i, j))
    equal = _by_search(op("eq", both, all_pairs), at_j)
    if equal is None:
        return None
    whole = inside("sum", lo, hi, i, inside("sum", lo, hi, j, equal))
    added = inside("sum", lo, hi, i, ax("sum_add", lo=lo, hi=hi, f=app(masked, i), g=app(turned, i)))
    added = chain(added, ax("sum_add", lo=lo, hi=hi, f=lam(i, wide), g=lam(i, wide_turned)))
    half, once = op("mul", num("1/2"), rhs(whole)), lhs(swap)
    up = linear(op("le", once, half), (whole, "1/2"), (added, "-1/2"), (swap, "1/2"))
    down = linear(op("le", half, once), (whole, "-1/2"), (added, "1/2"), (swap, "-1/2"))
    return chain(e, ax("le_antisymmetric", up, down, a=once, b=half))


def _by_search(goal: Term, c: Context) -> Theorem | None:
    from symnll.prove.search import prove_goal

    return attempt(prove_goal, goal, c)
