"""Double sums over the pairs i < j: all written with the smaller index outside, and symmetric ones through all pairs."""

from __future__ import annotations

from symnll.core import kernel
from symnll.core.term import INT, MINUS_ONE, ONE, ZERO, Term, app, lam, num, op
from symnll.prove.context import Context
from symnll.prove.normal import difference, normal, value
from symnll.prove.tactics import (
    Theorem,
    ax,
    chain,
    from_difference,
    inside,
    lhs,
    linear,
    minus,
    product_term,
    rhs,
    under,
)


def triangular(lo: Term, hi: Term, i: Term, factors: list[Term], c: Context) -> Theorem | None:
    """Σ_i A(i)·Σ_j B(j) over i < j or j < i, where the inner range begins or ends at i; None for other sums."""
    s = next((f for f in factors if f.op == "sum" and (i in f.args[0].free) != (i in f.args[1].free)), None)
    if s is None:
        return None
    start, end, g = s.args
    rest = product_term([f for f in factors if f is not s])
    j = c.child(lo, hi)[1].fresh(INT)
    h = lam(i, lam(j, op("mul", rest, app(g, j)) if rest is not ONE else app(g, j)))
    upper = start.free and difference(start, i) is ONE and i not in end.free
    lower = difference(i, end) is ONE and i not in start.free
    if not (upper or lower):
        return _without_diagonal(lo, hi, i, factors, s, c)
    e = _in_front(lo, hi, i, j, product_term(factors), rest, s)
    whole = _widened(lo, hi, lam(i, op("sum", start, end, app(h, i))), start if lower else lo, end if upper else hi, c)
    if whole is None or c.show(op("le", *rhs(whole).args[:2])) is None:
        return None
    e = chain(e, whole if lhs(whole) is not rhs(whole) else None)
    triangle = Triangle(*rhs(whole).args[:2], h, c)
    if lower:
        turned = triangle.turned()
        return None if turned is None else chain(e, turned)
    halved = triangle.halved()
    return None if halved is None else chain(e, halved)


def _in_front(lo: Term, hi: Term, i: Term, j: Term, body: Term, rest: Term, s: Term) -> Theorem | None:
    """Σ_i A(i)·Σ_j B(j) = Σ_i Σ_j A(i)·B(j)"""
    if rest is ONE:
        return None
    start, end, g = s.args
    product = op("mul", rest, s)
    e = None if product is body else kernel.ring(body, product)
    scaled = kernel.symmetric(ax("sum_scale", lo=start, hi=end, a=rest, f=g))
    return inside("sum", lo, hi, i, chain(e, scaled))


def _widened(lo: Term, hi: Term, f: Term, first: Term, last: Term, c: Context) -> Theorem | None:
    """Σ over lo..hi = Σ over first..last, which has one index more at an end, at which f is an empty sum, or none."""
    t = op("sum", lo, hi, f)
    if (lo, hi) == (first, last):
        return kernel.congruence(t, (None, None, None))
    at_end = difference(last, hi) is ONE and lo is first
    at_start = difference(lo, first) is ONE and hi is last
    if not (at_end or at_start):
        return None
    edge = last if at_end else first
    inner = app(f, edge)
    none = c.show(op("lt", inner.args[1], inner.args[0]))
    at = hi if at_end else first
    low, high = c.show(op("le", first, op("add", at, ONE))), c.show(op("le", at, last))
    if none is None or low is None or high is None:
        return None
    parts = ax("sum_split", low, high, lo=first, hi=last, j=at, f=f)
    left, right = rhs(parts).args
    one = right if at_end else left
    alone = under(one, *(None if s is edge else kernel.ring(s, edge) for s in one.args[:2]), None)
    alone = chain(alone, single_term(edge, f), ax("sum_empty", none, **dict(zip(("lo", "hi", "f"), inner.args, strict=True))))
    other = left if at_end else right
    same = under(other, *(None if s is w else kernel.ring(s, w) for s, w in zip(other.args[:2], (lo, hi), strict=True)), None)
    e = chain(parts, under(rhs(parts), *((same, alone) if at_end else (alone, same))))
    return kernel.symmetric(chain(e, kernel.ring(rhs(e), t)))


def single_term(i: Term, f: Term) -> Theorem:
    """Σ over i..i = f(i)"""
    last = ax("sum_last", linear(op("le", i, i)), lo=i, hi=i, f=f)
    before = rhs(last).args[0]
    none = ax("sum_empty", linear(op("lt", before.args[1], i)), lo=i, hi=before.args[1], f=f)
    e = chain(last, under(rhs(last), none, None))
    return chain(e, kernel.ring(rhs(e), app(f, i)))


def _without_diagonal(lo: Term, hi: Term, i: Term, factors: list[Term], s: Term, c: Context) -> Theorem | None:
    """Σ over i..hi or lo..i with the term at i apart."""
    start, end, g = s.args
    _, inner = c.child(lo, hi)
    at = i if start is i else difference(i, ONE) if end is i else None
    if at is None:
        return None
    low, high = inner.show(op("le", start, op("add", at, ONE))), inner.show(op("le", at, end))
    if low is None or high is None:
        return None
    parts = ax("sum_split", low, high, lo=start, hi=end, j=at, f=g)
    body = product_term(factors)
    if body is s:
        return inside("sum", lo, hi, i, parts)
    return inside("sum", lo, hi, i, under(body, *(parts if f is s else None for f in factors)))


class Triangle:
    """Sums of h(i, j) over the pairs in lo..hi."""

    def __init__(self, lo: Term, hi: Term, h: Term, c: Context) -> None:
        self.lo, self.hi, self.h, self.c = lo, hi, h, c
        self.i, self.at_i = c.child(lo, hi)
        self.j, self.at_j = self.at_i.child(lo, hi)

    def turned(self) -> Theorem | None:
        """Σ_i Σ_{j < i} h(i, j) = Σ_i Σ_{j > i} h(j, i)"""
        lo, hi, i, j, at_i = self.lo, self.hi, self.i, self.j, self.at_i
        before, after = op("add", i, MINUS_ONE), op("add", i, ONE)
        weight = _weight(j, i)  # 1 where j < i, else 0
        whole = lam(i, lam(j, op("mul", weight, app(self.h, i, j))))
        row = _masked(lo, hi, app(self.h, i), lam(j, weight), before, True, at_i, j, i)
        swap = ax("sum_swap", lo=lo, hi=hi, j=lo, k=hi, h2=whole)
        column = lam(j, _weight(i, j))  # here j is the larger one
        back = _masked(lo, hi, lam(j, app(self.h, j, i)), column, i, False, at_i, i, j)
        if row is None or back is None:
            return None
        small = difference(i, ONE)
        same = None if small is before else under(op("sum", lo, small, app(self.h, i)), None, kernel.ring(small, before), None)
        e = inside("sum", lo, hi, i, chain(same, kernel.symmetric(row)))
        there = inside("sum", lo, hi, i, back)
        result = chain(e, swap, there)
        tidy = difference(after, ZERO)
        if tidy is after:
            return result
        t = op("sum", after, hi, lam(j, app(self.h, j, i)))
        return chain(result, inside("sum", lo, hi, i, under(t, kernel.ring(after, tidy), None, None)))

    def halved(self) -> Theorem | None:
        """Σ_i Σ_{j > i} h(i, j) = ½·(Σ_i Σ_j h(i, j) − Σ_i h(i, i)) for symmetric h"""
        lo, hi, i, j, h = self.lo, self.hi, self.i, self.j, self.h
        one, other = app(h, i, j), app(h, j, i)
        sides = normal(one, self.at_j), normal(other, self.at_j)
        if value(one, sides[0]) is not value(other, sides[1]):
            return None
        symmetric = chain(sides[1], kernel.symmetric(sides[0]) if sides[0] is not None else None)
        parts = self._three(app(h, i))
        turned = self.turned()
        if parts is None or turned is None:
            return None
        e = inside("sum", lo, hi, i, parts)
        left, rest = rhs(parts).args
        diagonal, right = rest.args
        e = chain(e, ax("sum_add", lo=lo, hi=hi, f=lam(i, left), g=lam(i, rest)))
        e = chain(e, under(rhs(e), turned, ax("sum_add", lo=lo, hi=hi, f=lam(i, diagonal), g=lam(i, right))))
        upper = op("sum", lo, hi, lam(i, right))
        if symmetric is not None:
            k, at_k = self.at_i.child(right.args[0], hi)
            again = self._symmetric_above(k, at_k)
            if again is None:
                return None
            e = chain(e, under(rhs(e), inside("sum", lo, hi, i, again), None))
        full, split_up = lhs(e), rhs(e)
        if split_up is not op("add", upper, op("add", op("sum", lo, hi, lam(i, diagonal)), upper)):
            return None
        target = op("mul", num("1/2"), minus(full, op("sum", lo, hi, lam(i, diagonal))))
        up = linear(op("le", upper, target), (e, "-1/2"))
        down = linear(op("le", target, upper), (e, "1/2"))
        return ax("le_antisymmetric", up, down, a=upper, b=target)

    def _symmetric_above(self, k: Term, at_k: Context) -> Theorem | None:
        """Σ_{k > i} h(k, i) = Σ_{k > i} h(i, k)"""
        one, other = app(self.h, k, self.i), app(self.h, self.i, k)
        sides = normal(one, at_k), normal(other, at_k)
        if value(one, sides[0]) is not value(other, sides[1]):
            return None
        e = chain(sides[0], kernel.symmetric(sides[1]) if sides[1] is not None else None)
        return None if e is None else inside("sum", difference(op("add", self.i, ONE), ZERO), self.hi, k, e)

    def _three(self, f: Term) -> Theorem | None:
        """Σ f over lo..hi = Σ over lo..i − 1 + (f(i) + Σ over i + 1..hi)"""
        lo, hi, i, at = self.lo, self.hi, self.i, self.at_i
        before, after = difference(i, ONE), difference(op("add", i, ONE), ZERO)
        shown = [at.show(op("le", *p)) for p in ((lo, op("add", before, ONE)), (before, hi), (i, op("add", i, ONE)), (i, hi))]
        if None in shown:
            return None
        first = ax("sum_split", *shown[:2], lo=lo, hi=hi, j=before, f=f)
        middle = op("add", before, ONE)
        second = ax("sum_split", *shown[2:], lo=i, hi=hi, j=i, f=f)
        tidy = rhs(second).args[1]
        tidied = None if tidy.args[0] is after else under(tidy, kernel.ring(tidy.args[0], after), None, None)
        second = chain(second, under(rhs(second), single_term(i, f), tidied))
        start = under(rhs(first).args[1], kernel.ring(middle, i) if middle is not i else None, None, None)
        return chain(first, under(rhs(first), None, chain(start, second)))


def _weight(j: Term, i: Term) -> Term:
    """1 where j < i, else 0: Σ of δ(k, j + 1) over k = j + 1..i"""
    k = j if j.op != "sym" else None
    del k
    after = op("add", j, ONE)
    from symnll.core.term import sym

    index = sym("‹below›", INT)
    return op("sum", after, i, lam(index, op("delta", index, after)))


def _masked(lo: Term, hi: Term, f: Term, w: Term, at: Term, first: bool, c: Context, j: Term, i: Term) -> Theorem | None:
    raise NotImplementedError
