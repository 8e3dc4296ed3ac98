"""Derivatives of what has a simpler form near a point: where max(u, v) is u, where u > 0 so that log u splits.

For each u = u₀ + u₁·x that is known to be positive at the point, u > 0 on one side of −u₀/u₁; these bounds make the
open interval on which the function is rewritten, by the axiom `d_local`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from symnll.core import kernel
from symnll.core.term import INT, MINUS_ONE, ONE, ZERO, Term, app, lam, op, substitute, sym
from symnll.prove.context import Context
from symnll.prove.normal import normal, value
from symnll.prove.tactics import NoProof, Theorem, attempt, ax, linear, minus, negated, parts, rhs


class Bound(NamedTuple):
    """u = start + slope·x is positive on one side of `end`, on which the point lies too; `size` > 0 is |slope|."""

    start: Term
    slope: Term
    size: Term
    sign: Theorem
    end: Term
    inside: Theorem

    @property
    def below(self) -> bool:
        return self.size is self.slope

    def positive(self, near: Theorem, x: Term) -> Theorem:
        """0 < start + slope·x from end < x, or from x < end"""
        gap = minus(x, self.end) if self.below else minus(self.end, x)
        product = ax("mul_positive", self.sign, linear(op("lt", ZERO, gap), (near, 1)), a=self.size, b=gap)
        line = op("add", self.start, op("mul", self.slope, x))
        same = kernel.ring(rhs(product), line, _nonzero(self.size, self.sign))
        return linear(op("lt", ZERO, line), (product, 1), (same, 1))


def derivative_nearby(body: Term, x: Term, a: Term, c: Context) -> Theorem:
    """hasd(x ↦ body, a, …) from a simpler form of body around a. Raises NoProof."""
    from symnll.prove.calculus import derivative

    outer = Context((), c)
    outer.depth += 1  # x is in use
    bounds = [b for u in _signed(body, x, a, c) if (b := _bound(u, x, a, c, outer)) is not None]
    lows = [(b.end, b.inside) for b in bounds if b.below]
    positive = c.positive(a) if not lows else None  # what is under a binder may need x > 0
    low, above_low = _largest(lows if positive is None else [(ZERO, positive)], a)
    high, below_high = _largest([(negated(b.end), _turned(b.inside)) for b in bounds if not b.below], negated(a))
    high = negated(high)
    left, right = kernel.assume("near", op("lt", low, x)), kernel.assume("near", op("lt", x, high))
    inner = Context((left, right), outer)
    inner.nearby = True
    for b in bounds:
        goal = op("lt", b.end, x) if b.below else op("lt", x, b.end)
        inner.add(b.positive(_kept(goal, left if b.below else right), x))
    e = attempt(normal, body, inner)
    if e is None or rhs(e).op == body.op == "max":
        raise NoProof("The derivative of {} could not be worked out.", body)
    equal = kernel.generalise(kernel.discharge(kernel.discharge(e, right.statement), left.statement), x)
    v = lam(x, rhs(e))
    slope = derivative(v, a, c)
    inside = above_low, linear(op("lt", a, high), (below_high, 1))
    return ax("d_local", *inside, equal, slope, u=lam(x, body), a=a, b=slope.statement.args[2], c=low, d=high, v=v)


def _turned(less: Theorem) -> Theorem:
    """−t < −s from s < t"""
    s, t = less.statement.args
    return linear(op("lt", negated(t), negated(s)), (less, 1))


def _largest(found: list[tuple[Term, Theorem]], a: Term) -> tuple[Term, Theorem]:
    """The largest of several terms that are less than a, and that it is; a − 1 if there is none."""
    if not found:
        below = minus(a, ONE)
        return below, linear(op("lt", below, a))
    t, less = found[0]
    for s, other in found[1:]:
        both = op("max", t, s)
        cases = []
        for case, top, known in ((op("le", t, s), s, other), (op("lt", s, t), t, less)):
            assumed = kernel.assume("case", case)
            sides = [linear(op("le", u, top), *([(assumed, 1)] if u is not top else [])) for u in (t, s)]
            most = ax("max_least", *sides, a=t, b=s, c=top)
            cases.append(linear(op("lt", both, a), (most, 1), (known, 1)))
        t, less = both, kernel.by_cases(*cases, op("le", t, s))
    return t, less


def _kept(goal: Term, near: Theorem) -> Theorem:
    """end < x (or x < end) for one of the bounds, from the same for the largest (or the smallest)."""
    low = near.statement.args[0] if goal.args[1] is near.statement.args[1] else near.statement.args[1].args[1]
    wanted = goal.args[0] if goal.args[1] is near.statement.args[1] else negated(goal.args[1])
    premises = [(near, 1)]
    while low is not wanted:
        left, right = low.args
        side = right if right is wanted else left
        premises.append((ax("max_right" if side is right else "max_left", a=left, b=right), 1))
        low = side
    return linear(goal, *premises)


def _signed(t: Term, x: Term, a: Term, c: Context) -> Iterator[Term]:
    """The terms with x in t whose signs matter, each so that it is positive at a."""
    seen: set[Term] = set()
    for u, either in _critical(t, x, ()):
        if u in seen or x not in u.free:
            continue
        seen.add(u)
        there = substitute(u, {x: a})
        if _is_positive(there, c):
            yield u
        elif either and _is_positive(negated(there), c):
            yield negated(u)
        elif either:
            there = value(there, attempt(normal, there, c))
            raise NoProof("The sign of {} is not known.", there, split=op("le", there, ZERO))


def _is_positive(t: Term, c: Context) -> bool:
    return c.positive(value(t, attempt(normal, t, c))) is not None


def _critical(t: Term, x: Term, bound: tuple[Term, ...]) -> Iterator[tuple[Term, bool]]:
    """Arguments of logarithms, bases of powers and differences in maxima; whether either sign will do."""
    if x not in t.free:
        return
    if t.op == "log" or (t.op == "pow" and not _is_whole(t.args[1])):
        yield from ((u, False) for u in _closed(t.args[0], bound))
    elif t.op == "max":
        yield from ((u, True) for u in _closed(minus(*t.args), bound))
    if t.op in ("diff", "partial", "partial2"):
        yield from _critical(app(t.args[0], t.args[1]), x, bound)
        return
    for s in t.args:
        if s.op == "lam" and s.data == INT:
            k = sym(f"‹within {len(bound)}›", INT)
            yield from _critical(app(s, k), x, (*bound, k))
        elif s.op != "lam":
            yield from _critical(s, x, bound)


def _is_whole(exponent: Term) -> bool:
    return bool(exponent.op == "num" and exponent.data.denominator == 1)


def _closed(u: Term, bound: tuple[Term, ...]) -> Iterator[Term]:
    """u, or where it has bound indices, u at the indices that its deltas select."""
    used = [k for k in bound if k in u.free]
    if not used:
        yield u
        return
    for d in _deltas(u):
        k, m = d.args if d.args[0] in used else d.args[::-1]
        if k in used and not any(b in m.free for b in bound):
            yield from _closed(substitute(u, {k: m}), bound)


def _deltas(t: Term) -> Iterator[Term]:
    return (a for a in parts(t, lambda a: a.op != "lam") if a.op == "delta")


def _bound(u: Term, x: Term, a: Term, c: Context, outer: Context) -> Bound | None:
    """Where u > 0, for u = start + slope·x that is positive at a; None for a u of another form."""
    start, step = substitute(u, {x: ZERO}), minus(substitute(u, {x: ONE}), substitute(u, {x: ZERO}))
    start, slope = (value(t, attempt(normal, t, c)) for t in (start, step))
    line = op("add", start, op("mul", slope, x))
    if slope is ZERO or value(line, attempt(normal, line, outer)) is not value(u, attempt(normal, u, outer)):
        return None
    size, sign = slope, c.positive(slope)
    if sign is None:
        size = value(negated(slope), normal(negated(slope), c))
        sign = c.positive(size)
    if sign is None:
        half = c.nonnegative(slope) is not None or c.nonnegative(size) is not None
        raise NoProof("The sign of {} is not known.", slope, split=op("eq" if half else "le", slope, ZERO))
    there = op("add", start, op("mul", slope, a))
    known = attempt(normal, there, c)
    positive = c.positive(value(there, known))
    if positive is None:
        return None
    if known is not None:
        positive = kernel.rewrite(positive, (None, kernel.symmetric(known)))
    inverse = op("pow", size, MINUS_ONE)
    end = op("mul", negated(start) if size is slope else start, inverse)
    gap = minus(a, end) if size is slope else minus(end, a)
    product = ax("mul_positive", ax("pow_positive", sign, a=size, b=MINUS_ONE), positive, a=inverse, b=there)
    same = kernel.ring(rhs(product), gap, _nonzero(size, sign))
    goal = op("lt", end, a) if size is slope else op("lt", a, end)
    return Bound(start, slope, size, sign, end, linear(goal, (product, 1), (same, 1)))


def _nonzero(t: Term, positive: Theorem) -> Theorem:
    return kernel.symmetric(ax("less_differs", positive, a=ZERO, b=t))
