"""Sums, products and maxima over an index: constants out, terms apart, deltas collapsed, orders exchanged."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symnll.core import kernel
from symnll.core.ring import CONSTANT, Polynomial
from symnll.core.term import INT, MINUS_ONE, ONE, ZERO, Term, app, lam, op
from symnll.prove import maxima, ranges, rational, renumber, triangles
from symnll.prove.context import Context
from symnll.prove.normal import ContextRing, again, normal, settle, value
from symnll.prove.tactics import (
    Theorem,
    ax,
    chain,
    for_range,
    inside,
    monomial_order,
    monomial_term,
    order,
    polynomial_term,
    product_term,
    reflexive,
    rhs,
    sum_term,
    under,
)

MAX_SWAPS = 3


def normal_range(t: Term, c: Context) -> Theorem | None:
    """The canonical form of Σ, ∏ or max over an index."""
    lo, hi, f = t.args
    e = under(t, normal(lo, c), normal(hi, c), None)
    lo, hi, f = value(t, e).args
    if t.op != "maxi" and not c.plain and lo.op == hi.op == "num" and hi.data - lo.data < ranges.MAX_UNROLLED:
        unrolled = ranges.unroll(t.op, lo, hi, f)
        return chain(e, unrolled, normal(rhs(unrolled), c))
    if not c.plain:
        i = c.child(lo, hi)[0]
        moved = renumber.plainer(t.op, lo, hi, f, i, c) if c.cuts else None
        if moved is not None:
            return chain(e, moved, normal(rhs(moved), c))
        parted = ranges.single(t.op, lo, hi, f) or ranges.cut(t.op, lo, hi, f, c)
        if parted is not None:
            return chain(e, parted, normal(rhs(parted), c))
    i, inner = c.child(lo, hi)
    body = normal(app(f, i), inner)
    if body is not None:
        e = chain(e, inside(t.op, lo, hi, i, body))
    g = value(t, e).args[2]
    if t.op == "maxi":
        moved = renumber.plainer("maxi", lo, hi, g, i, c)
        if moved is not None:
            return again(chain(e, moved), t, c)
        return chain(e, maxima.normal_maximum(lo, hi, i, app(g, i), c, inner) if not c.plain else None)
    if c.plain:
        return e
    parted = ranges.at_threshold(t.op, lo, hi, g, i, c)
    if parted is not None:
        return again(chain(e, parted), t, c)
    worker = _sum if t.op == "sum" else _product
    return chain(e, worker(lo, hi, i, app(g, i), c, inner))


# Sums.


def _sum(lo: Term, hi: Term, i: Term, body: Term, c: Context, inner: Context) -> Theorem | None:
    t = op("sum", lo, hi, lam(i, body))
    if body is ZERO:
        factors = inside("sum", lo, hi, i, kernel.ring(ZERO, op("mul", ZERO, ONE)))
        scaled = ax("sum_scale", lo=lo, hi=hi, a=ZERO, f=lam(i, ONE))
        return chain(factors, scaled, kernel.ring(rhs(scaled), ZERO))
    if body.op == "add":
        terms = list(body.args)
        first, rest = terms[0], sum_term(terms[1:])
        pair = op("add", first, rest)
        e = None if pair is body else inside("sum", lo, hi, i, kernel.ring(body, pair))
        e = chain(e, ax("sum_add", lo=lo, hi=hi, f=lam(i, first), g=lam(i, rest)))
        parts = rhs(e)
        e = chain(e, under(parts, _sum(lo, hi, i, first, c, inner), _sum(lo, hi, i, rest, c, inner)))
        return again(e, t, c)
    factors = list(body.args) if body.op == "mul" else [body]
    outside = [g for g in factors if i not in g.free]
    within = [g for g in factors if i in g.free]
    if not within:
        some = c.show(op("le", lo, op("add", hi, ONE)))
        if some is None:
            return None
        return again(ax("sum_constant", some, lo=lo, hi=hi, a=body), t, c)
    rest = product_term(within)
    if outside:
        front = product_term(outside)
        pair = op("mul", front, rest)
        e = None if pair is body else inside("sum", lo, hi, i, kernel.ring(body, pair))
        e = chain(e, ax("sum_scale", lo=lo, hi=hi, a=front, f=lam(i, rest)))
        e = chain(e, under(rhs(e), None, _sum(lo, hi, i, rest, c, inner)))
        return again(e, t, c)
    moved = renumber.plainer("sum", lo, hi, lam(i, rest), i, c)
    if moved is not None:
        return again(moved, t, c)
    pairs = triangles.triangular(lo, hi, i, within, c)
    if pairs is not None:
        return again(pairs, t, c)
    return _collapse(lo, hi, i, within, c, inner) or _exchange(lo, hi, i, within, c, inner)


def _collapse(lo: Term, hi: Term, i: Term, factors: list[Term], c: Context, inner: Context) -> Theorem | None:
    """Σ_i δ(i, m)·f(i) = f(m), where m is known to lie in the range."""
    for d in factors:
        if d.op != "delta" or i not in d.args:
            continue
        m = d.args[1] if d.args[0] is i else d.args[0]
        if i in m.free:
            continue
        low, high = c.show(op("le", lo, m)), c.show(op("le", m, hi))
        if low is None or high is None:
            continue
        rest = product_term([g for g in factors if g is not d])
        body = product_term(factors)
        turned = op("mul", op("delta", i, m), rest)
        if d.args[0] is i:
            e = None if turned is body else inside("sum", lo, hi, i, kernel.ring(body, turned))
        else:
            front = op("mul", d, rest)
            swapped = chain(
                None if front is body else kernel.ring(body, front),
                under(front, ax("delta_symmetric", i=m, j=i), None),
            )
            e = inside("sum", lo, hi, i, swapped)
        e = chain(e, ax("sum_delta", low, high, lo=lo, hi=hi, j=m, f=lam(i, rest)))
        return again(e, op("sum", lo, hi, lam(i, body)), c)
    return None


def _exchange(lo: Term, hi: Term, i: Term, factors: list[Term], c: Context, inner: Context) -> Theorem | None:
    """Σ_i A·Σ_j B = Σ_j Σ_i A·B, where that lets a delta collapse, or where the other order comes first."""
    for s in factors:
        if s.op != "sum" or i in s.args[0].free or i in s.args[1].free:
            continue
        low, high, g = s.args
        rest = product_term([f for f in factors if f is not s])
        j, deeper = inner.child(low, high)
        deltas = _collapsible(app(g, j), i, lo, hi, deeper)
        if not deltas and any(f.op == "sum" for f in factors if f is not s):
            continue
        if not deltas and ("exchanged", i) in c.memo:
            continue
        body = product_term(factors)
        t = op("sum", lo, hi, lam(i, body))
        whole = op("mul", rest, app(g, j))
        scaled = op("sum", low, high, lam(j, whole))
        e1 = kernel.ring(body, op("mul", rest, s)) if body is not op("mul", rest, s) else None
        e1 = chain(e1, kernel.symmetric(ax("sum_scale", lo=low, hi=high, a=rest, f=g)))
        assert rhs(e1) is scaled
        h2 = lam(i, lam(j, whole))
        swap = ax("sum_swap", lo=lo, hi=hi, j=low, k=high, h2=h2)
        e = chain(inside("sum", lo, hi, i, e1), swap)
        if deltas:
            return _after_swap(e, c)
        quiet = Context((), c)
        quiet.memo["exchanged", i] = True
        other = chain(e, normal(rhs(e), quiet))
        if order(rhs(other)) < order(t):
            return other
    return None


def _after_swap(e: Theorem, c: Context) -> Theorem | None:
    """e, and its right side normalised; None after several swaps in a row, which would go on for ever."""
    swaps = c.memo.get("swaps", 0)
    if swaps == MAX_SWAPS:
        return None
    inside = Context((), c)
    inside.memo["swaps"] = swaps + 1
    return chain(e, normal(rhs(e), inside))


def _collapsible(body: Term, i: Term, lo: Term, hi: Term, c: Context) -> bool:
    """Whether some monomial of body has a delta that a sum over i in lo..hi would collapse."""
    for m in body.args if body.op == "add" else (body,):
        for d in m.args if m.op == "mul" else (m,):
            if d.op == "delta" and i in d.args:
                other = d.args[1] if d.args[0] is i else d.args[0]
                below, above = c.show(op("le", lo, other)), c.show(op("le", other, hi))
                if i not in other.free and below is not None and above is not None:
                    return True
    return False


# Products.


def _product(lo: Term, hi: Term, i: Term, body: Term, c: Context, inner: Context) -> Theorem | None:
    t = op("prod", lo, hi, lam(i, body))
    if i not in body.free:
        some = c.show(op("le", lo, op("add", hi, ONE)))
        if some is None:
            return None
        return again(ax("prod_constant", some, lo=lo, hi=hi, a=body), t, c)
    moved = renumber.plainer("prod", lo, hi, lam(i, body), i, c)
    if moved is not None:
        return again(moved, t, c)
    if body.op == "add":
        p = ContextRing(inner).polynomial(body)
        collapsed = _collapse_product(lo, hi, i, p, body, c) or _but_one(lo, hi, i, p, body, c, inner)
        if collapsed is not None:
            return collapsed
        factors, e = rational.factor(body, inner)
        if e is not None:
            e = inside("prod", lo, hi, i, e)
            if len(factors) == 1:
                return chain(e, _product(lo, hi, i, factors[0], c, inner))
            return chain(e, _split_product(lo, hi, i, factors, c, inner))
        return None
    if body.op == "mul":
        return _split_product(lo, hi, i, list(body.args), c, inner)
    if body.op == "prod":
        return _swap_products(lo, hi, i, body, c, inner)
    if body.op == "exp":
        return again(ax("prod_exp", lo=lo, hi=hi, f=lam(i, body.args[0])), t, c)
    if body.op == "pow":
        return _product_of_powers(t, lo, hi, i, body.args[0], body.args[1], c, inner)
    return None


def _split_product(lo: Term, hi: Term, i: Term, factors: list[Term], c: Context, inner: Context) -> Theorem | None:
    """∏ f·g = ∏ f · ∏ g"""
    body = product_term(factors)
    t = op("prod", lo, hi, lam(i, body))
    outside = [g for g in factors if i not in g.free]
    within = [g for g in factors if i in g.free]
    first, rest = (product_term(outside), product_term(within)) if outside else (within[0], product_term(within[1:]))
    pair = op("mul", first, rest)
    e = None if pair is body else inside("prod", lo, hi, i, kernel.ring(body, pair))
    e = chain(e, ax("prod_mul", lo=lo, hi=hi, f=lam(i, first), g=lam(i, rest)))
    parts = rhs(e)
    return again(
        chain(e, under(parts, _product(lo, hi, i, first, c, inner), _product(lo, hi, i, rest, c, inner))), t, c
    )


def _product_of_powers(
    t: Term, lo: Term, hi: Term, i: Term, base: Term, exponent: Term, c: Context, inner: Context
) -> Theorem | None:
    if i not in exponent.free:
        if exponent.sort == INT:
            return again(ax("prod_pow_integer", lo=lo, hi=hi, f=lam(i, base), j=exponent), t, c)
        shown = inner.nonnegative(base)
        if shown is None:
            return None
        return again(ax("prod_pow", for_range(shown, i, lo, hi), lo=lo, hi=hi, f=lam(i, base), a=exponent), t, c)
    if i not in base.free:
        shown = c.positive(base)
        if shown is not None:
            return again(ax("prod_pow_sum", shown, lo=lo, hi=hi, a=base, f=lam(i, exponent)), t, c)
        natural = inner.natural(exponent)
        if natural is not None:
            each = for_range(natural, i, lo, hi)
            return again(ax("prod_pow_sum_natural", each, lo=lo, hi=hi, a=base, n=lam(i, exponent)), t, c)
        return None
    if exponent.op == "sum" and i not in exponent.args[0].free and i not in exponent.args[1].free:
        return _exchange_product(lo, hi, i, base, exponent, c, inner)
    return None


def _swap_products(lo: Term, hi: Term, i: Term, body: Term, c: Context, inner: Context) -> Theorem | None:
    """∏_i ∏_j = ∏_j ∏_i, where a delta then collapses."""

    low, high, g = body.args
    if i in low.free or i in high.free:
        return None
    j, deeper = inner.child(low, high)
    if not _collapsible(app(g, j), i, lo, hi, deeper):
        return None
    swap = ax("prod_swap", lo=lo, hi=hi, j=low, k=high, h2=lam(i, g))
    return _after_swap(swap, c)


def _exchange_product(lo: Term, hi: Term, i: Term, base: Term, s: Term, c: Context, inner: Context) -> Theorem | None:
    """∏_i a^{Σ_n e(n)} = ∏_n ∏_i a^{e(n)}, where a delta in e then collapses."""

    low, high, g = s.args
    j, deeper = inner.child(low, high)
    if not _collapsible(app(g, j), i, lo, hi, deeper):
        return None
    shown = inner.positive(base)
    if shown is not None:
        split = ax("prod_pow_sum", shown, lo=low, hi=high, a=base, f=g)
    else:
        natural = deeper.natural(app(g, j))
        if natural is None:
            return None
        split = ax("prod_pow_sum_natural", for_range(natural, j, low, high), lo=low, hi=high, a=base, n=g)
    e = inside("prod", lo, hi, i, kernel.symmetric(split))
    e = chain(e, ax("prod_swap", lo=lo, hi=hi, j=low, k=high, h2=lam(i, lam(j, op("pow", base, app(g, j))))))
    return _after_swap(e, c)


def _but_one(
    lo: Term, hi: Term, i: Term, p: Polynomial, body: Term, c: Context, inner: Context
) -> Theorem | None:  # fmt: skip
    """∏_i (a(i) + δ(i, m)·b(i)) = ∏_i a(i) · ∏_i (1 + δ(i, m)·b(i)/a(i)), where no a(i) is 0."""
    deltas = {a for m in p for a, e in m if isinstance(a, Term) and a.op == "delta" and e == 1 and i in a.args}
    for d in sorted(deltas, key=order):
        with_delta = {m: k for m, k in p.items() if (d, 1) in m}
        a = polynomial_term({m: k for m, k in p.items() if m not in with_delta})
        unit = inner.nonzero(a) if a.op != "num" else None
        if unit is None:
            continue
        b = polynomial_term({frozenset(q for q in m if q[0] is not d): k for m, k in with_delta.items()})
        one = op("add", ONE, op("mul", d, b, op("pow", a, MINUS_ONE)))
        e = inside("prod", lo, hi, i, kernel.ring(body, op("mul", a, one), unit))
        e = chain(e, ax("prod_mul", lo=lo, hi=hi, f=lam(i, a), g=lam(i, one)))
        ring = ContextRing(inner)
        tidy = inside("prod", lo, hi, i, settle(one, ring.polynomial(one), ring) or reflexive(one))
        g = app(rhs(tidy).args[2], i)
        rest = _collapse_product(lo, hi, i, ContextRing(inner).polynomial(g), g, c)
        if rest is not None:
            return again(chain(e, under(rhs(e), None, chain(tidy, rest))), op("prod", lo, hi, lam(i, body)), c)
    return None


def _collapse_product(lo: Term, hi: Term, i: Term, p: Polynomial, body: Term, c: Context) -> Theorem | None:
    """∏_i (1 + δ(i, m)·f(i)) = 1 + f(m), where m is known to lie in the range."""
    if p.get(CONSTANT) != Fraction(1):
        return None
    others = [m for m in p if m != CONSTANT]
    shared: Any = None
    for m in others:
        deltas = {a for a, e in m if isinstance(a, Term) and a.op == "delta" and e == 1 and i in a.args}
        shared = deltas if shared is None else shared & deltas
    for d in sorted(shared or (), key=order):
        m = d.args[1] if d.args[0] is i else d.args[0]
        low, high = c.show(op("le", lo, m)), c.show(op("le", m, hi))
        if i in m.free or low is None or high is None:
            continue
        rest = sum_term(
            [monomial_term(frozenset(q for q in n if q[0] is not d), p[n]) for n in sorted(others, key=monomial_order)]
        )
        turned = op("add", ONE, op("mul", op("delta", i, m), rest))
        given = op("add", ONE, op("mul", d, rest))
        e = None if given is body else kernel.ring(body, given)
        if d.args[0] is not i:
            e = chain(e, under(given, None, under(given.args[1], ax("delta_symmetric", i=m, j=i), None)))
        e = None if turned is body else inside("prod", lo, hi, i, e)
        e = chain(e, ax("prod_delta", low, high, lo=lo, hi=hi, j=m, f=lam(i, rest)))
        return again(e, op("prod", lo, hi, lam(i, body)), c)
    return None
