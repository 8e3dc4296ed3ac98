"""Inequalities that the terms of a goal suggest: members of sums and maxima, and log x ≤ x − 1."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from symnll.core import kernel
from symnll.core.ring import Monomial, Ring
from symnll.core.term import ONE, ZERO, Term, app, lam, num, op
from symnll.prove.context import Context
from symnll.prove.normal import ContextRing, normal, value
from symnll.prove.tactics import (
    Theorem,
    ax,
    equation,
    for_range,
    linear,
    minus,
    monomial_order,
    monomial_term,
    order,
    product_term,
    rhs,
)


def terms_of(d: Term) -> list[Term]:
    return list(d.args) if d.op == "add" else [d]


def split(m: Term) -> tuple[Fraction, list[Term]]:
    """A monomial as its coefficient and its other factors."""
    factors = list(m.args) if m.op == "mul" else [m]
    if factors[0].op == "num":
        return factors[0].data, factors[1:]
    return Fraction(1), factors


class LogBound(NamedTuple):
    """0 ≤ w·((u − 1) − log u): `inside`, at an index of `range` where there is one; `whole`, summed over it."""

    range: tuple[Term, Term] | None
    inside: Theorem
    whole: Theorem
    weight: Term
    argument: Term


def log_bounds(d: Term, c: Context, linear_terms: bool = False) -> Iterator[LogBound]:
    """Bounds that together hold the logarithms of d, one for each range and weight."""
    plain: list[Term] = []
    ranges: dict[tuple[Term, Term], list[Term]] = {}
    for m in terms_of(d):
        k, factors = split(m)
        s = next((f for f in factors if f.op == "sum"), None)
        if s is None:
            plain.append(m)
        else:
            i, _ = c.child(*s.args[:2])
            others = [f for f in factors if f is not s]
            body = Ring().polynomial(op("mul", num(k), product_term(others), app(s.args[2], i)))
            ranges.setdefault(s.args[:2], []).extend(monomial_term(n, v) for n, v in body.items())
    for (lo, hi), bodies in ranges.items():
        i, inner = c.child(lo, hi)
        spread = _spread(plain, bodies, lo, hi, i, c)
        plain = [] if spread else plain
        for inside, w, u in _group_bounds(bodies + spread, inner, linear_terms):
            f = lam(i, rhs(inside))
            whole = ax("sum_nonnegative", for_range(inside, i, lo, hi), lo=lo, hi=hi, f=f)
            yield LogBound((lo, hi), inside, whole, w, u)
    for inside, w, u in _group_bounds(plain, c, linear_terms):
        yield LogBound(None, inside, inside, w, u)


def _spread(plain: list[Term], bodies: list[Term], lo: Term, hi: Term, i: Term, c: Context) -> list[Term]:
    """The logarithms outside a sum, put under it with weights that are known to sum to a number."""
    logs = [m for m in plain if any(f.op == "log" for f in split(m)[1])]
    found = weights(bodies, lo, hi, i, c) if logs else None
    return [] if found is None else [op("mul", found, m) for m in logs]


def _flat(m: Term) -> list[Term]:
    """The factors of a product, and those of its factors; x for a power of x."""
    if m.op == "mul":
        return [f for a in m.args for f in _flat(a)]
    return [m.args[0]] if m.op == "pow" and m.args[1].op == "num" and m.args[1].data > 0 else [m]


def weights(bodies: list[Term], lo: Term, hi: Term, i: Term, c: Context) -> Term | None:
    """A factor of the terms under a sum whose own sum is a number, scaled so that it is 1; else the same for all."""
    count = op("add", hi, op("mul", num(-1), lo), ONE)
    each = [[f for f in _flat(body) if f.op not in ("log", "num")] for body in bodies]
    candidates = dict.fromkeys(t for factors in each for t in (product_term(factors), *factors))
    for weight in [*(w for w in candidates if i in w.free), op("pow", count, num(-1))]:
        whole = op("sum", lo, hi, lam(i, weight))
        known = value(whole, normal(whole, c))
        if known.op == "num" and known.data > 0:
            return op("mul", num(1 / known.data), weight)
    return None


def settled(bound: Theorem, c: Context) -> Theorem:
    e = normal(rhs(bound), c)
    return bound if e is None else kernel.rewrite(bound, (None, e))


def _group_bounds(terms: list[Term], c: Context, linear_terms: bool) -> Iterator[tuple[Theorem, Term, Term]]:
    """For monomials w·g·log u of one weight w: 0 ≤ w·((1/v − 1) − log(1/v)) with v = ∏ u^g; and w, 1/v."""
    found: list[tuple[Monomial, Fraction, Term]] = []
    others: list[tuple[Monomial, Fraction]] = []
    ring = ContextRing(c)
    for t in terms:
        for m, k in ring.polynomial(t).items():
            logs = [(a, e) for a, e in m if isinstance(a, Term) and a.op == "log"]
            if len(logs) == 1 and logs[0][1] == 1:
                found.append((frozenset(q for q in m if q[0] is not logs[0][0]), k, logs[0][0].args[0]))
            else:
                others.append((m, k))
    weights = sorted({w for w, _, _ in found if not any(v < w for v, _, _ in found)}, key=monomial_order)
    for weight in weights:
        group = [
            (w, k, u)
            for w, k, u in found
            if weight <= w and not any(v < w and v <= w for v in weights if v != weight and weight < v)
        ]
        pure = [abs(k) for w, k, _ in group if w == weight]
        scale = min(pure)
        w = op("mul", num(scale), monomial_term(weight, Fraction(1)))
        shown = c.nonnegative(w)
        if shown is None:
            continue
        powers = [op("pow", u, monomial_term(v - weight, -k / scale)) for v, k, u in group]
        if linear_terms:
            for m, k in others:
                rest = m - weight
                if (
                    weight <= m
                    and len(rest) == 1
                    and all(isinstance(a, Term) and a.op in ("app", "sym") for a, _ in rest)
                ):
                    powers.append(op("exp", monomial_term(rest, -k / scale)))
        u = product_term(powers)
        positive = c.positive(u)
        if positive is None:
            continue
        slack = minus(minus(u, ONE), op("log", u))
        below = linear(op("le", ZERO, slack), (ax("log_bound", positive, a=u), 1))
        yield ax("mul_nonnegative", shown, below, a=w, b=slack), w, u


def facts_about(d: Term, c: Context) -> Iterator[Theorem]:
    indices = sorted((s for s in d.free | _scope(c) if s.sort == "int"), key=order)
    seen: set[Term] = set()

    def atoms(t: Term) -> Iterator[Term]:
        if t.op in ("add", "mul", "pow"):
            for a in t.args:
                yield from atoms(a)
        elif t not in seen:
            seen.add(t)
            yield t

    for a in list(atoms(d)):
        if a.op not in ("sum", "maxi"):
            continue
        lo, hi, f = a.args
        for i in indices:
            if a.op == "sum":
                fact = _strict_member(a, i, c) or _member(a, i, c)
            else:
                low, high = c.show(op("le", lo, i)), c.show(op("le", i, hi))
                inside = low is not None and high is not None
                fact = ax("maxi_member", low, high, lo=lo, hi=hi, j=i, f=f) if inside else None
            if fact is None:
                continue
            e = normal(fact.statement.args[0], c)
            yield fact if e is None else kernel.rewrite(fact, (e, None))
    for left, rule in c.rules.items():  # a member of a sum whose value is known
        for i in indices if left.op == "sum" else ():
            member = _member(left, i, c)
            if member is not None:
                sides = (normal(member.statement.args[0], c), rule)
                yield kernel.rewrite(member, sides)
    for m in Ring().polynomial(d):  # u ≤ exp u − 1, also for a product of exponentials
        if m and all(isinstance(a, Term) and a.op == "exp" for a, _ in m):
            fact = ax("log_bound", c.positive(monomial_term(m, Fraction(1))), a=monomial_term(m, Fraction(1)))
            yield kernel.rewrite(fact, (normal(fact.statement.args[0], c), None))
    for fact in list(c.facts.values()):
        yield from _logarithm(fact, c)
        yield from _scaled_fact(fact, c)


def _member(total: Term, i: Term, c: Context) -> Theorem | None:
    """f(i) ≤ Σ f, for non-negative f and i in the range."""
    lo, hi, f = total.args
    low, high = c.show(op("le", lo, i)), c.show(op("le", i, hi))
    if low is None or high is None:
        return None
    k, inner = c.child(lo, hi)
    shown = inner.nonnegative(app(f, k))
    return None if shown is None else ax("sum_member", low, high, for_range(shown, k, lo, hi), lo=lo, hi=hi, j=i, f=f)


def _strict_member(total: Term, i: Term, c: Context) -> Theorem | None:
    """f(i) < Σ f for positive f and i in a range of two indices or more: something is left before i, or after it."""
    lo, hi, f = total.args
    low, high, two = (c.show(goal) for goal in (op("le", lo, i), op("le", i, hi), op("lt", lo, hi)))
    if low is None or high is None or two is None:
        return None
    before, after = op("add", i, num(-1)), op("add", i, ONE)
    parts = []
    for start, end in ((lo, before), (after, hi)):
        k, inner = c.child(start, end)
        each = inner.positive(app(f, k))
        if each is None:
            return None
        weak = linear(op("le", ZERO, app(f, k)), (each, 1))
        at_least = ax("sum_nonnegative", for_range(weak, k, start, end), lo=start, hi=end, f=f)
        parts.append((start, end, for_range(each, k, start, end), at_least))
    split = ax("sum_split", linear(op("le", lo, after), (low, 1)), high, lo=lo, hi=hi, j=i, f=f)
    last = ax("sum_last", low, lo=lo, hi=i, f=f)
    first, later = kernel.assume("case", op("le", i, lo)), kernel.assume("case", op("lt", lo, i))
    step = ax("integer_step", two, i=lo, j=hi)
    known = ([(ax("integer_step", later, i=lo, j=i), 1)], [(first, 1), (step, 1)])
    cases = []
    for (start, end, each, _), (*_, rest), facts in zip(parts, parts[::-1], known, strict=True):
        more = ax("sum_positive", linear(op("le", start, end), *facts), each, lo=start, hi=end, f=f)
        cases.append(linear(op("lt", app(f, i), total), (split, -1), (last, -1), (more, 1), (rest, 1)))
    return kernel.by_cases(*cases[::-1], first.statement)


def _scaled_fact(fact: Theorem, c: Context) -> Iterator[Theorem]:
    """0 ≤ b − a without the positive denominators that all of it shares, for a fact a ≤ b."""
    from symnll.prove import rational

    if fact.statement.op != "le" or "real" not in (s.sort for s in fact.statement.args):
        return
    gap = minus(*reversed(fact.statement.args))
    e = equation(normal(gap, c), gap)
    factors, _ = rational.factor(rhs(e), c)
    below = [f for f in factors if f.op == "pow" and f.args[1].op == "num" and f.args[1].data < 0]
    inverse = product_term([op("pow", f.args[0], num(-f.args[1].data)) for f in below])
    positive = c.nonnegative(inverse) if below else None
    if positive is None:
        return
    bound = ax("mul_nonnegative", positive, linear(op("le", ZERO, gap), (fact, 1)), a=inverse, b=gap)
    e = normal(rhs(bound), c)
    yield bound if e is None else kernel.rewrite(bound, (None, e))


def _scope(c: Context) -> set[Term]:
    return {s for fact in c.facts for s in fact.free}


def _logarithm(fact: Theorem, c: Context) -> Iterator[Theorem]:
    """log a ≤ log b for a fact a ≤ b between positive terms."""
    if fact.statement.op != "le":
        return
    a, b = fact.statement.args
    if "int" in (a.sort, b.sort) or a is ZERO:
        return
    positive = c.positive(a)
    if positive is None:
        return
    logs = ax("log_monotone", positive, fact, a=a, b=b)
    sides = tuple(normal(s, c) for s in logs.statement.args)
    if any(e is not None for e in sides):
        yield kernel.rewrite(logs, sides)
