"""Maxima over an index: constants and increasing functions outside, max (c + f) = c + max f, max exp f = exp max f.

max φ(f) = φ(max f) for an increasing φ with inverse ψ: each φ(f(i)) ≤ φ(max f), and f(i) ≤ ψ(max φ(f)) for every i.
"""

from __future__ import annotations

from symnll.core import kernel
from symnll.core.term import MINUS_ONE, ONE, ZERO, Term, lam, num, op
from symnll.prove.context import Context
from symnll.prove.normal import again, normal, value
from symnll.prove.tactics import (
    Theorem,
    ax,
    chain,
    for_range,
    inside,
    linear,
    minus,
    product_term,
    rhs,
    sum_term,
)


def normal_maximum(lo: Term, hi: Term, i: Term, body: Term, c: Context, inner: Context) -> Theorem | None:
    """max over i of body, which is in canonical form, in another form; None where there is none."""
    some = c.show(op("le", lo, hi))
    if some is None:
        return None
    if i not in body.free:
        return _constant(lo, hi, i, body, some)
    found = _apart(body, i, c, inner)
    if found is None:
        return None
    phi, f, equal = found
    e = inside("maxi", lo, hi, i, equal) if equal is not None else None
    t = op("maxi", lo, hi, lam(i, body))
    return again(chain(e, phi.theorem(lo, hi, i, f, some)), t, c)


def _constant(lo: Term, hi: Term, i: Term, body: Term, some: Theorem) -> Theorem:
    """max over i of what does not depend on i"""
    low, high = (linear(op("le", s, s)) for s in (lo, body))
    above = ax("maxi_member", low, some, lo=lo, hi=hi, j=lo, f=lam(i, body))
    below = ax("maxi_least", some, for_range(high, i, lo, hi), lo=lo, hi=hi, f=lam(i, body), a=body)
    return ax("le_antisymmetric", below, above, a=op("maxi", lo, hi, lam(i, body)), b=body)


def _apart(body: Term, i: Term, c: Context, inner: Context) -> tuple[Increasing, Term, Theorem | None] | None:
    """φ, f and the theorem body = φ(f)."""
    factors = list(body.args) if body.op == "mul" else [body]
    if all(a.op == "exp" for a in factors):
        f = sum_term([a.args[0] for a in factors])
        split = normal(op("exp", f), c)
        return (Exponential(), f, kernel.symmetric(split) if split is not None else None) if value(
            op("exp", f), split) is body else None  # fmt: skip
    if body.op == "log":
        positive = inner.positive(body.args[0])
        return None if positive is None else (Logarithm(positive), body.args[0], None)
    if body.op == "add":
        shift, f = (sum_term([a for a in body.args if (i in a.free) == inside]) for inside in (False, True))
        return None if shift is ZERO else (Shift(shift), f, kernel.ring(body, op("add", shift, f)))
    factor, f = (product_term([a for a in factors if (i in a.free) == inside]) for inside in (False, True))
    if factor.op == "num" and factor.data < 0:
        factor, f = num(-factor.data), op("mul", MINUS_ONE, f)
    positive = c.positive(factor) if factor is not ONE else None
    return None if positive is None else (Factor(factor, positive), f, kernel.ring(body, op("mul", factor, f)))


class Increasing:
    """φ with its inverse ψ, and what makes max φ(f) = φ(max f) of them."""

    def value(self, a: Term) -> Term:
        raise NotImplementedError

    def inverse(self, a: Term) -> Term:
        raise NotImplementedError

    def up(self, below: Theorem) -> Theorem:
        """φ(a) ≤ φ(b) from a ≤ b, for a value a of f."""
        raise NotImplementedError

    def to(self, below: Theorem, a: Term) -> Theorem:
        """a ≤ ψ(b) from φ(a) ≤ b, for a value a of f."""
        raise NotImplementedError

    def back(self, below: Theorem, b: Term, first: Theorem, some: Theorem) -> Theorem:
        """φ(a) ≤ b from a ≤ ψ(b); `first` says φ(f(lo)) ≤ b, and `some` that the range is not empty."""
        raise NotImplementedError

    def theorem(self, lo: Term, hi: Term, i: Term, f: Term, some: Theorem) -> Theorem:
        """max φ(f(i)) = φ(max f(i))"""
        self.f, self.i = lam(i, f), i
        g = lam(i, self.value(f))
        plain, raised = op("maxi", lo, hi, self.f), op("maxi", lo, hi, g)
        here = [kernel.assume("range", op("le", lo, i)), kernel.assume("range", op("le", i, hi))]
        each = self.up(ax("maxi_member", *here, lo=lo, hi=hi, j=i, f=self.f))
        below = ax("maxi_least", some, for_range(each, i, lo, hi), lo=lo, hi=hi, f=g, a=self.value(plain))
        each = self.to(ax("maxi_member", *here, lo=lo, hi=hi, j=i, f=g), f)
        least = ax("maxi_least", some, for_range(each, i, lo, hi), lo=lo, hi=hi, f=self.f, a=self.inverse(raised))
        first = ax("maxi_member", linear(op("le", lo, lo)), some, lo=lo, hi=hi, j=lo, f=g)
        return ax("le_antisymmetric", below, self.back(least, raised, first, some), a=raised, b=self.value(plain))


class Shift(Increasing):
    """x ↦ c + x"""

    def __init__(self, c: Term) -> None:
        self.c = c

    def value(self, a: Term) -> Term:
        return op("add", self.c, a)

    def inverse(self, a: Term) -> Term:
        return minus(a, self.c)

    def up(self, below: Theorem) -> Theorem:
        return linear(op("le", *map(self.value, below.statement.args)), (below, 1))

    def to(self, below: Theorem, a: Term) -> Theorem:
        return linear(op("le", a, self.inverse(rhs(below))), (below, 1))

    def back(self, below: Theorem, b: Term, first: Theorem, some: Theorem) -> Theorem:
        return linear(op("le", self.value(below.statement.args[0]), b), (below, 1))


class Factor(Increasing):
    """x ↦ c·x for c > 0"""

    def __init__(self, c: Term, positive: Theorem) -> None:
        self.c, self.positive, self.inverted = c, positive, op("pow", c, MINUS_ONE)
        self.nonzero = kernel.symmetric(ax("less_differs", positive, a=ZERO, b=c))

    def value(self, a: Term) -> Term:
        return op("mul", self.c, a)

    def inverse(self, a: Term) -> Term:
        return op("mul", self.inverted, a)

    def _scaled(self, factor: Term, below: Theorem) -> Theorem:
        """0 ≤ factor·(b − a) from a ≤ b, for the factor c or 1/c"""
        positive = self.positive if factor is self.c else ax("pow_positive", self.positive, a=self.c, b=MINUS_ONE)
        a, b = below.statement.args
        gap = linear(op("le", ZERO, minus(b, a)), (below, 1))
        return ax("mul_nonnegative", linear(op("le", ZERO, factor), (positive, 1)), gap, a=factor, b=minus(b, a))

    def up(self, below: Theorem) -> Theorem:
        return linear(op("le", *map(self.value, below.statement.args)), (self._scaled(self.c, below), 1))

    def to(self, below: Theorem, a: Term) -> Theorem:
        same = kernel.ring(self.inverse(self.value(a)), a, self.nonzero)
        return linear(op("le", a, self.inverse(rhs(below))), (self._scaled(self.inverted, below), 1), (same, -1))

    def back(self, below: Theorem, b: Term, first: Theorem, some: Theorem) -> Theorem:
        same = kernel.ring(self.value(self.inverse(b)), b, self.nonzero)
        goal = op("le", self.value(below.statement.args[0]), b)
        return linear(goal, (self._scaled(self.c, below), 1), (same, 1))


class Exponential(Increasing):
    """exp"""

    def value(self, a: Term) -> Term:
        return op("exp", a)

    def inverse(self, a: Term) -> Term:
        return op("log", a)

    def up(self, below: Theorem) -> Theorem:
        a, b = below.statement.args
        return ax("exp_monotone", below, a=a, b=b)

    def to(self, below: Theorem, a: Term) -> Theorem:
        logs = ax("log_monotone", ax("exp_positive", a=a), below, a=op("exp", a), b=rhs(below))
        return kernel.rewrite(logs, (ax("log_exp", a=a), None))

    def back(self, below: Theorem, b: Term, first: Theorem, some: Theorem) -> Theorem:
        positive = linear(op("lt", ZERO, b), (first, 1), (ax("exp_positive", a=first.statement.args[0].args[0]), 1))
        return kernel.rewrite(self.up(below), (None, ax("exp_log", positive, a=b)))


class Logarithm(Increasing):
    """log, where every f(i) is positive"""

    def __init__(self, positive: Theorem) -> None:
        self.positive = positive

    def value(self, a: Term) -> Term:
        return op("log", a)

    def inverse(self, a: Term) -> Term:
        return op("exp", a)

    def up(self, below: Theorem) -> Theorem:
        a, b = below.statement.args
        return ax("log_monotone", self.positive, below, a=a, b=b)

    def to(self, below: Theorem, a: Term) -> Theorem:
        exps = ax("exp_monotone", below, a=op("log", a), b=rhs(below))
        return kernel.rewrite(exps, (ax("exp_log", self.positive, a=a), None))

    def back(self, below: Theorem, b: Term, first: Theorem, some: Theorem) -> Theorem:
        largest, bound = below.statement.args
        lo, hi, f = largest.args
        low = linear(op("le", lo, lo))
        each = kernel.specialise(for_range(self.positive, self.i, lo, hi), lo)
        at_first = kernel.detach(kernel.detach(each, low), some)
        member = ax("maxi_member", low, some, lo=lo, hi=hi, j=lo, f=f)
        positive = linear(op("lt", ZERO, largest), (at_first, 1), (member, 1))
        logs = ax("log_monotone", positive, below, a=largest, b=bound)
        return kernel.rewrite(logs, (None, ax("log_exp", a=b)))
