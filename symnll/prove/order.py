"""Inequalities: signs, linear arithmetic, monotone functions, bounds of sums and maxima, log x ≤ x − 1."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from symnll.core import kernel
from symnll.core.ring import Monomial, Polynomial, Ring, accumulate
from symnll.core.term import MINUS_ONE, ONE, ZERO, CoreError, Term, app, lam, num, op
from symnll.prove.context import Context
from symnll.prove.normal import ContextRing, normal, value
from symnll.prove.tactics import (
    NoProof,
    Theorem,
    ax,
    chain,
    equation,
    for_range,
    linear,
    minus,
    monomial_order,
    monomial_term,
    order,
    polynomial_term,
    product_term,
    rhs,
)

MAX_DEPTH = 6


def prove_order(goal: Term, c: Context, depth: int = MAX_DEPTH) -> Theorem:
    """A theorem of s ≤ t or s < t. Raises NoProof."""
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
    found = c.show(below) or _by_facts(below, c)
    if found is None:
        for tactic in (_by_factors, _by_log, _by_exp, _by_maximum, _by_logs, _by_terms):
            found = tactic(below, d, c, depth - 1)
            if found is not None:
                break
    if found is None:
        raise NoProof("{} was not shown.", below)
    return linear(goal, (found, 1), (canonical, -1))


def attempt_order(goal: Term, c: Context, depth: int) -> Theorem | None:
    try:
        return prove_order(goal, c, depth) if depth > 0 else None
    except (NoProof, CoreError):
        return None


def _terms(d: Term) -> list[Term]:
    return list(d.args) if d.op == "add" else [d]


def _split(m: Term) -> tuple[Fraction, list[Term]]:
    """A monomial as its coefficient and its other factors."""
    factors = list(m.args) if m.op == "mul" else [m]
    if factors[0].op == "num":
        return factors[0].data, factors[1:]
    return Fraction(1), factors


def _by_factors(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    """0 ≤ a·b from the signs of the irreducible factors."""
    from symnll.prove import rational

    if d.op not in ("add", "mul"):
        return None
    factors, e = rational.factor(d, c) if d.op == "add" else (list(d.args), None)
    if len(factors) < 2:
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


def _by_log(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    """log A ≤ B from A ≤ exp B, and B ≤ log A from exp B ≤ A."""
    strict = goal.op == "lt"
    name = "log_strictly_monotone" if strict else "log_monotone"
    for m in _terms(d):
        k, factors = _split(m)
        if len(factors) != 1 or factors[0].op != "log" or abs(k) != 1:
            continue
        a = factors[0].args[0]
        if c.positive(a) is None:
            continue
        rest = [n for n in _terms(d) if n is not m]
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
    terms = _terms(d)
    if len(terms) != 2:
        return None
    small = [m for m in terms if _split(m)[0] < 0]
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
    for m in _terms(d):
        k, factors = _split(m)
        if len(factors) != 1 or factors[0].op not in ("maxi", "max") or k >= 0:
            continue
        top = factors[0]
        b = polynomial_term(_scaled([n for n in _terms(d) if n is not m], -1 / k))
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
    ranges = {s.args[:2] for m in _terms(d) for s in _split(m)[1] if s.op == "sum"}
    for lo, hi in sorted(ranges, key=lambda r: (order(r[0]), order(r[1]))):
        i, inner = c.child(lo, hi)
        bodies, rest = [], []
        for m in _terms(d):
            k, factors = _split(m)
            s = next((f for f in factors if f.op == "sum" and f.args[:2] == (lo, hi)), None)
            if s is None:
                rest.append(m)
            else:
                others = [f for f in factors if f is not s]
                bodies.append(product_term([num(k), *others, app(s.args[2], i)]))
        count = op("add", hi, op("mul", MINUS_ONE, lo), ONE)
        if rest:
            share = op("mul", polynomial_term(_scaled(rest, 1)), op("pow", count, MINUS_ONE))
            bodies.append(share)
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


class LogBound(NamedTuple):
    """0 ≤ w·((u − 1) − log u): `inside`, at an index of `range` where there is one; `whole`, summed over it."""

    range: tuple[Term, Term] | None
    inside: Theorem
    whole: Theorem
    weight: Term
    argument: Term


def _by_logs(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    """Each w·log v with w ≥ 0 is at least w·(1 − 1/v), in sums as well; then the rest has no logarithms."""
    if goal.op == "lt":
        return None
    for linear_terms in (False, True):
        facts = [_settled(b.whole, c) for b in log_bounds(d, c, linear_terms)]
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


def log_bounds(d: Term, c: Context, linear_terms: bool = False) -> Iterator[LogBound]:
    """Bounds that together hold the logarithms of d, one for each range and weight."""
    plain: list[Term] = []
    ranges: dict[tuple[Term, Term], list[Term]] = {}
    for m in _terms(d):
        k, factors = _split(m)
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
    logs = [m for m in plain if any(f.op == "log" for f in _split(m)[1])]
    if not logs:
        return []
    for body in bodies:
        weight = product_term([f for f in _split(body)[1] if f.op != "log"])
        whole = op("sum", lo, hi, lam(i, weight))
        known = value(whole, normal(whole, c))
        if known.op == "num" and known.data > 0:
            return [op("mul", num(1 / known.data), weight, m) for m in logs]
    return []


def _settled(bound: Theorem, c: Context) -> Theorem:
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


def _by_facts(goal: Term, c: Context) -> Theorem | None:
    """Linear arithmetic with further facts about the atoms: members of sums and maxima, logarithms of facts."""
    facts = list(_facts_about(goal.args[1], c))
    if not facts:
        return None
    richer = Context(facts, c)
    return richer._linear(goal)


def _facts_about(d: Term, c: Context) -> Iterator[Theorem]:
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
                fact = _member(a, i, c)
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
