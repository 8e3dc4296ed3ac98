"""Inequalities: signs, linear arithmetic, monotone functions, bounds of sums and maxima, log x ≤ x − 1."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from symnll.core import kernel
from symnll.core.ring import Polynomial, Ring, accumulate
from symnll.core.term import MINUS_ONE, ONE, ZERO, CoreError, Term, app, lam, num, op
from symnll.prove import jensen
from symnll.prove.bounds import facts_about, log_bounds, settled, split, terms_of, weights
from symnll.prove.context import Context
from symnll.prove.normal import normal, value
from symnll.prove.numbers import by_numbers
from symnll.prove.tactics import (
    NoProof,
    Theorem,
    ax,
    chain,
    equation,
    for_range,
    linear,
    minus,
    order,
    polynomial_term,
    product_term,
    rhs,
)

MAX_DEPTH, MAX_ATTEMPTS = 6, 80


_attempts: ContextVar[list[int] | None] = ContextVar("attempts", default=None)  # how many are left


def prove_order(goal: Term, c: Context, depth: int = MAX_DEPTH) -> Theorem:
    """A theorem of s ≤ t or s < t. Raises NoProof."""
    left = _attempts.get()
    if left is not None:
        left[0] -= 1
        if left[0] < 0:
            raise NoProof("{} was given up.", goal)
        return _prove(goal, c, depth)
    token = _attempts.set([MAX_ATTEMPTS])
    try:
        return _prove(goal, c, depth)
    finally:
        _attempts.reset(token)


def _prove(goal: Term, c: Context, depth: int) -> Theorem:
    shown = c.show(goal)
    if shown is not None:
        return shown
    if depth == 0:
        raise NoProof("{} was given up.", goal)
    s, t = goal.args
    gap = minus(t, s)
    canonical = equation(normal(gap, c), gap)
    d = rhs(canonical)
    below = op(goal.op, ZERO, d)
    found = c.show(below) or (_by_facts(below, c) if d.free else by_numbers(below, d))
    if found is None:
        if c.memo.get(("order", below), 0) >= depth:  # it was tried, or is being tried
            raise NoProof("{} was not shown.", below)
        c.memo["order", below] = depth
        first = _by_factors, _by_squares, _by_log, _by_exp, _by_maximum
        for tactic in (*first, _by_jensen, _by_logs, _by_terms, _by_scaling, _by_values):
            found = tactic(below, d, c, depth - 1)
            if found is not None:
                break
    if found is None:
        raise NoProof("{} was not shown.", below)
    c.memo.pop(("order", below), None)
    return linear(goal, (found, 1), (canonical, -1))


def attempt_order(goal: Term, c: Context, depth: int) -> Theorem | None:
    try:
        return prove_order(goal, c, depth) if depth > 0 else None
    except (NoProof, CoreError):
        return None


def _by_factors(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    """0 ≤ a·b from the signs of the irreducible factors."""
    from symnll.prove import rational

    if d.op not in ("add", "mul"):
        return None
    factors, e = rational.factor(d, c) if d.op == "add" else (list(d.args), None)
    if len(factors) < 2 and e is None:
        return None
    negative = next((f for f in factors if f.op == "num" and f.data < 0), None)
    if negative is not None:  # give the sign to the factor that needs it
        others = [f for f in factors if f is not negative]
        choice = next((f for f in others if c.nonnegative(f) is None), None)
        if choice is None:
            return None
        flipped = rational.expanded(op("mul", MINUS_ONE, choice), c)
        better = [num(-negative.data), *(flipped if f is choice else f for f in others)]
        product = product_term([f for f in better if f is not ONE])
        try:
            e = chain(e, kernel.ring(value(d, e), product))
        except CoreError:
            return None
        factors = list(product.args) if product.op == "mul" else [product]
    strict = goal.op == "lt"
    shown = []
    for f in factors:
        if f.op == "add" or c.show(op(goal.op, ZERO, f)) is None:
            part = attempt_order(op(goal.op, ZERO, f), c, depth - 1)
        else:
            part = c.show(op(goal.op, ZERO, f))
        if part is None:
            return None
        shown.append(part)
    folded, product = shown[0], factors[0]
    for f, part in zip(factors[1:], shown[1:], strict=True):
        folded = ax("mul_positive" if strict else "mul_nonnegative", folded, part, a=product, b=f)
        product = op("mul", product, f)
    back = kernel.ring(product, value(d, e)) if product is not value(d, e) else None
    back = chain(back, kernel.symmetric(e) if e is not None else None)
    return kernel.rewrite(folded, (None, back)) if back is not None else folded


def _by_squares(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    from symnll.prove.absolute import by_squared
    from symnll.prove.squares import by_squares

    return by_squares(goal, d, c) or by_squared(goal, d, c, depth)


def _by_jensen(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    """Linear arithmetic with log Σ w·φ ≥ Σ w·log φ"""
    facts = [] if goal.op == "lt" else list(jensen.about(d, c))
    return Context([*facts, *facts_about(d, c)], c)._linear(goal) if facts else None


def _by_values(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    from symnll.prove.binary import by_values

    return by_values(goal, d, c, depth)


def _by_scaling(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    """0 ≤ d from 0 ≤ d/a, for a positive factor a of a logarithm in d."""
    for m in terms_of(d):
        factors = split(m)[1]
        a = product_term([f for f in factors if f.op != "log"])
        positive = c.positive(a) if a is not ONE and len(factors) > 1 and len(factors) - _count(a) == 1 else None
        if positive is None:
            continue
        smaller = op("mul", d, op("pow", a, MINUS_ONE))
        e = normal(smaller, c)
        part = attempt_order(op(goal.op, ZERO, value(smaller, e)), c, depth + 1)  # once: no weight is left
        if part is None:
            return None
        part = part if e is None else kernel.rewrite(part, (None, kernel.symmetric(e)))
        strict = goal.op == "lt"
        weight = positive if strict else linear(op("le", ZERO, a), (positive, 1))
        product = ax("mul_positive" if strict else "mul_nonnegative", weight, part, a=a, b=smaller)
        nonzero = kernel.symmetric(ax("less_differs", positive, a=ZERO, b=a))
        return linear(goal, (product, 1), (kernel.ring(rhs(product), d, nonzero), 1))
    return None


def _count(a: Term) -> int:
    return len(a.args) if a.op == "mul" else 1


def _by_log(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    """log A ≤ B from A ≤ exp B, and B ≤ log A from exp B ≤ A."""
    strict = goal.op == "lt"
    name = "log_strictly_monotone" if strict else "log_monotone"
    for m in terms_of(d):
        k, factors = split(m)
        if len(factors) != 1 or factors[0].op != "log" or abs(k) != 1:
            continue
        a = factors[0].args[0]
        if c.positive(a) is None:
            continue
        rest = [n for n in terms_of(d) if n is not m]
        b = polynomial_term(_scaled(rest, -k))
        eb = op("exp", b)
        small, large = (a, eb) if k < 0 else (eb, a)
        inner = attempt_order(op(goal.op, small, large), c, depth)
        if inner is None:
            continue
        bound = ax(name, c.positive(small), inner, a=small, b=large)
        exact = ax("log_exp", a=b)
        bound = kernel.rewrite(bound, (None, exact) if k < 0 else (exact, None))
        return linear(goal, (bound, 1))
    return None


def _scaled(terms: list[Term], k: Any) -> Polynomial:
    return accumulate({}, *map(Ring().polynomial, terms), factor=k)


def _by_exp(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    """a·exp(s) ≤ a·exp(t) from s ≤ t: for a difference of two positive terms, compare their logarithms."""
    terms = terms_of(d)
    if len(terms) != 2:
        return None
    small = [m for m in terms if split(m)[0] < 0]
    if len(small) != 1:
        return None
    a = polynomial_term(_scaled(small, -1))
    b = next(m for m in terms if m is not small[0])
    return _log_both(goal, a, b, c, depth)


def _log_both(goal: Term, a: Term, b: Term, c: Context, depth: int) -> Theorem | None:
    """a ≤ b for positive a and b, from log a ≤ log b; the goal follows linearly."""
    positive = c.positive(a), c.positive(b)
    if not all(positive):
        return None
    logs = op("log", a), op("log", b)
    if normal(logs[0], c) is None and normal(logs[1], c) is None:
        return None
    inner = attempt_order(op(goal.op, *logs), c, depth)
    if inner is None:
        return None
    name = "exp_strictly_monotone" if goal.op == "lt" else "exp_monotone"
    bound = ax(name, inner, a=logs[0], b=logs[1])
    exact = [ax("exp_log", shown, a=side) for shown, side in zip(positive, (a, b), strict=True)]
    return linear(goal, (kernel.rewrite(bound, tuple(exact)), 1))


def _by_maximum(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    """max f ≤ B from f(i) ≤ B for every i, and max(a, b) ≤ B from a ≤ B and b ≤ B."""
    if goal.op == "lt":
        return None
    for m in terms_of(d):
        k, factors = split(m)
        if len(factors) != 1 or factors[0].op not in ("maxi", "max") or k >= 0:
            continue
        top = factors[0]
        b = polynomial_term(_scaled([n for n in terms_of(d) if n is not m], -1 / k))
        if top.op == "max":
            sides = [attempt_order(op("le", a, b), c, depth) for a in top.args]
            if all(sides):
                least = ax("max_least", *sides, a=top.args[0], b=top.args[1], c=b)
                return linear(goal, (least, -k))
            continue
        lo, hi, f = top.args
        i, inner = c.child(lo, hi)
        each, some = attempt_order(op("le", app(f, i), b), inner, depth), c.show(op("le", lo, hi))
        if each is not None and some is not None:
            least = ax("maxi_least", some, for_range(each, i, lo, hi), lo=lo, hi=hi, f=f, a=b)
            return linear(goal, (least, -k))
    return None


def _by_terms(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    """0 ≤ Σ_i b(i) for the sums over one range taken together, with the rest of d spread evenly over it."""
    ranges = {s.args[:2] for m in terms_of(d) for s in split(m)[1] if s.op == "sum"}
    for lo, hi in sorted(ranges, key=lambda r: (order(r[0]), order(r[1]))):
        i, inner = c.child(lo, hi)
        bodies, rest = [], []
        for m in terms_of(d):
            k, factors = split(m)
            found = ((f, *_sum_of(f)) for f in factors)
            f, s, left = next((p for p in found if p[1] is not None and p[1].args[:2] == (lo, hi)), (m, None, []))
            if s is None:
                rest.append(m)
            else:
                others = [*left, *(g for g in factors if g is not f)]
                bodies.append(product_term([num(k), *others, app(s.args[2], i)]))
        if rest:
            share = weights(bodies, lo, hi, i, c)
            if share is None:
                continue
            bodies.append(op("mul", polynomial_term(_scaled(rest, 1)), share))
        if len(bodies) < 2:
            continue
        body = op("add", *bodies)
        each = attempt_order(op(goal.op, ZERO, body), inner, depth)
        some = c.show(op("le", lo, hi))
        if each is None or (goal.op == "lt" and some is None):
            continue
        bound = for_range(each, i, lo, hi)
        f = lam(i, body)
        premises = (some, bound) if goal.op == "lt" else (bound,)
        total = ax("sum_positive" if goal.op == "lt" else "sum_nonnegative", *premises, lo=lo, hi=hi, f=f)
        e = normal(rhs(total), c)
        if e is not None:
            total = kernel.rewrite(total, (None, e))
        try:
            return linear(goal, (total, 1))
        except CoreError:
            continue
    return None


def _sum_of(f: Term) -> tuple[Term | None, list[Term]]:
    """The sum that a factor is, or is a power of, and what is left of the factor without it."""
    if f.op == "pow" and f.args[0].op == "sum" and f.args[1].op == "num" and f.args[1].data in (2, 3):
        n = int(f.args[1].data) - 1
        return f.args[0], [op("pow", f.args[0], num(n)) if n > 1 else f.args[0]]
    return (f if f.op == "sum" else None), []


def _by_logs(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    """Each w·log v with w ≥ 0 is at least w·(1 − 1/v), in sums as well; then the rest has no logarithms."""
    if goal.op == "lt":
        return None
    for linear_terms in (False, True):
        facts = [settled(b.whole, c) for b in log_bounds(d, c, linear_terms)]
        if not facts:
            continue
        left = dict(Ring().polynomial(d))
        ring = Ring()
        for fact in facts:
            accumulate(left, ring.polynomial(rhs(fact)), factor=-1)
        shown = attempt_order(op("le", ZERO, polynomial_term(left)), c, depth)
        if shown is not None:
            return linear(goal, (shown, 1), *((f, 1) for f in facts))
    return None


def _by_facts(goal: Term, c: Context) -> Theorem | None:
    """Linear arithmetic with further facts about the atoms: members of sums and maxima, logarithms of facts."""
    facts = list(facts_about(goal.args[1], c))
    if not facts:
        return None
    richer = Context(facts, c)
    return richer._linear(goal)
