"""Derivatives of what has a simpler form near a point: where max(u, v) is u, where u > 0 so that log u splits.

For each u = u₀ + u₁·x that is known to be positive at the point, u > 0 on one side of −u₀/u₁; these bounds make the open
interval on which the function is rewritten, by the axiom `d_local`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from symnll.core import kernel
from symnll.core.term import INT, MINUS_ONE, ONE, REAL, ZERO, Term, app, lam, num, op, substitute, sym
from symnll.prove.context import Context
from symnll.prove.normal import normal, value
from symnll.prove.tactics import NoProof, Theorem, attempt, ax, chain, linear, minus, negated, rhs


class Bound(NamedTuple):
    """A bound of the interval: `inside`, that the point keeps it, and `positive`, what holds on its side."""

    end: Term
    below: bool
    inside: Theorem
    factor: Theorem
    start: Term
    slope: Term


def derivative_nearby(body: Term, x: Term, a: Term, c: Context) -> Theorem:
    """hasd(x ↦ body, a, …) from a simpler form of body around a. Raises NoProof."""
    from symnll.prove.calculus import derivative

    outer = Context((), c)
    outer.depth += 1  # x is in use
    low, high = _interval([b for u in _signed(body, x, a, c) if (b := _bound(u, x, a, c, outer)) is not None], a)
    near = [kernel.assume("near", op("lt", low[0], x)), kernel.assume("near", op("lt", x, high[0]))]
    inner = Context((*near, *(_positive(b, near[not b.below], x) for b in (*low[2], *high[2]))), outer)
    inner.nearby = True
    e = attempt(normal, body, inner)
    if e is None or rhs(e).op == body.op == "max":
        raise NoProof("The derivative of {} could not be worked out.", body)
    equal = kernel.discharge(kernel.discharge(e, near[1].statement), near[0].statement)
    v = lam(x, rhs(e))
    slope = derivative(v, a, c)
    return ax("d_local", low[1], high[1], kernel.generalise(equal, x), slope, u=lam(x, body), a=a,
              b=slope.statement.args[2], c=low[0], d=high[0], v=v)  # fmt: skip


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
    if t.op == "delta":
        yield t
    for a in t.args:
        if a.op != "lam":
            yield from _deltas(a)


def _bound(u: Term, x: Term, a: Term, c: Context, outer: Context) -> Bound | None:
    """The bound of x on one side of which u > 0, for u = start + slope·x."""
    e = attempt(normal, u, outer)
    start, slope = (value(t, attempt(normal, t, c)) for t in (substitute(u, {x: ZERO}), _difference(u, x)))
    line = op("add", start, op("mul", slope, x))
    if slope is ZERO or value(line, attempt(normal, line, outer)) is not value(u, e):
        return None
    rising, falling = c.positive(slope), c.positive(value(negated(slope), normal(negated(slope), c)))
    if rising is None and falling is None:
        raise NoProof("The sign of {} is not known.", slope, split=op("le", slope, ZERO))
    below, factor = rising is not None, rising if rising is not None else falling
    size = slope if below else rhs(factor)  # its absolute value
    there = op("add", start, op("mul", slope, a))
    known = attempt(normal, there, c)
    positive = c.positive(value(there, known))
    if positive is None or factor is None:
        return None
    end = op("mul", negated(start) if below else start, op("pow", size, MINUS_ONE))
    end_value = attempt(normal, end, c)
    inverse = ax("pow_positive", factor, a=size, b=MINUS_ONE)
    product = ax("mul_positive", inverse, positive, a=op("pow", size, MINUS_ONE), b=rhs(positive))
    goal = op("lt", end, a) if below else op("lt", a, end)
    nonzero = kernel.symmetric(ax("less_differs", factor, a=ZERO, b=size))
    gap = minus(a, end) if below else minus(end, a)
    steps = [known] if known is not None else []
    same = kernel.ring(op("mul", op("pow", size, MINUS_ONE), there), gap, nonzero)
    del end_value, steps, same, product, goal
    return None


def _difference(u: Term, x: Term) -> Term:
    return minus(substitute(u, {x: ONE}), substitute(u, {x: ZERO}))
