"""What is not 0, from facts s ≠ t or s < t that say so of a multiple of it, or of a product that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from symnll.core import kernel
from symnll.core.ring import Ring, accumulate
from symnll.core.term import INT, REAL, ZERO, CoreError, Term, num, op
from symnll.prove import rational
from symnll.prove.context import Context
from symnll.prove.tactics import (
    Theorem,
    ax,
    canonical_sum,
    chain,
    inverse_of_zero,
    linear,
    minus,
    negated,
    polynomial_term,
    product_term,
    rhs,
    under,
)

MAX_MONOMIALS = 12


def by_facts(t: Term, c: Context) -> Theorem | None:
    """t ≠ 0 from a fact u ≠ v, where u − v is a number times t."""
    known = c.memo.get("unequal")
    if known is None:
        known = c.memo["unequal"] = _unequal(c)
    canonical = _canonical(t, ZERO) if c.facts or c.every else None
    if canonical is None:
        return None
    if canonical[0] in known:
        fact, scale = known[canonical[0]]
        return from_multiple(t, fact, scale / canonical[1])
    for fact in _instances(t, c):
        other = _canonical(*fact.statement.args)
        if other is not None and other[0] is canonical[0]:
            return from_multiple(t, fact, other[1] / canonical[1])
    found = _by_factors(t, c) if t.op == "add" else None
    return found or _as_factor(t, canonical, c)


class _Factored(NamedTuple):
    """A fact u < v or u ≠ v, where v − u = ∏ factors."""

    fact: Theorem
    gap: Term
    factors: list[Term]
    equal: Theorem | None


def _as_factor(t: Term, canonical: tuple[Term, Fraction], c: Context) -> Theorem | None:
    """t ≠ 0 because a number times it is a factor of v − u, or of its denominator, for a fact u < v or u ≠ v."""
    known = _factors_of_facts(c)
    if canonical[0] not in known:
        return None
    found, place = known[canonical[0]]
    _, n = _split(found.factors[place])
    goal, equal = op("ne", t, ZERO), kernel.assume("case", op("eq", t, ZERO))
    power = under(op("pow", t, num(n)), equal, None)
    power = chain(power, inverse_of_zero(n) if n < 0 else kernel.ring(rhs(power), ZERO))
    others = [f for p, f in enumerate(found.factors) if p != place]
    split = op("mul", op("pow", t, num(n)), num(canonical[1] ** -n), *others)
    nothing = chain(kernel.ring(product_term(found.factors), split), under(split, power, *[None] * (len(others) + 1)))
    nothing = chain(found.equal, nothing, kernel.ring(rhs(nothing), ZERO))
    u, v = found.fact.statement.args
    less = found.fact
    if less.statement.op == "ne":
        less = ax("le_differs", linear(op("le", u, v), (nothing, -1)), less, a=u, b=v)
    absurd = ax("contradiction", linear(op("lt", ZERO, ZERO), (less, 1), (nothing, 1)), a=ZERO, Q=goal)
    return kernel.by_cases(absurd, kernel.assume("case", goal), equal.statement)


def positive_factor(t: Term, c: Context) -> Theorem | None:
    """0 < t because a positive number times it is a factor of v − u for a fact u < v, and the others are positive."""
    known = _factors_of_facts(c)
    canonical = _canonical(t, ZERO) if known else None
    if canonical is None or canonical[1] < 0 or canonical[0] not in known:
        return None
    found, place = known[canonical[0]]
    others = [f for p, f in enumerate(found.factors) if p != place]
    if found.fact.statement.op != "lt" or _split(found.factors[place])[1] != 1:
        return None
    rest, sign = num(1 / canonical[1]), linear(op("lt", ZERO, num(1 / canonical[1])))
    for f in others:
        positive = c.positive(f)
        if positive is None:
            return None
        rest, sign = op("mul", rest, f), ax("mul_positive", sign, positive, a=rest, b=f)
    goal, least = op("lt", ZERO, t), kernel.assume("case", op("le", t, ZERO))
    weak = linear(op("le", ZERO, rest), (sign, 1)), linear(op("le", ZERO, negated(t)), (least, 1))
    product = ax("mul_nonnegative", *weak, a=rest, b=negated(t))
    same = chain(found.equal, kernel.ring(product_term(found.factors), op("mul", rest, t)))
    absurd = linear(op("lt", ZERO, ZERO), (found.fact, 1), (product, 1), (same, 1))
    return kernel.by_cases(kernel.assume("case", goal), ax("contradiction", absurd, a=ZERO, Q=goal), goal)


def _factors_of_facts(c: Context) -> dict[Term, tuple[_Factored, int]]:
    known = c.memo.get("factors")
    if known is None:
        aside = Context((), c)  # so that what is not found meanwhile is not remembered
        aside.memo["factors"] = {}
        known = c.memo["factors"] = _known_factors(aside)
    return known  # type: ignore[no-any-return]


def _known_factors(c: Context) -> dict[Term, tuple[_Factored, int]]:
    """Each factor of what is known not to be 0, with the fact and its place there."""
    found: dict[Term, tuple[_Factored, int]] = {}
    for statement, fact in sorted(c.facts.items(), key=lambda pair: bool(pair[0].op != "lt")):
        if statement.op not in ("lt", "ne") or not {s.sort for s in statement.args} <= {INT, REAL}:
            continue
        gap = minus(*statement.args[::-1])
        try:
            p = Ring().polynomial(gap)
        except CoreError:
            continue
        if len(p) > MAX_MONOMIALS or all(len(m) < 2 and all(n == 1 for _, n in m) for m in p):
            continue  # what is linear is no product
        whole = polynomial_term(p)
        factors, e = rational.factor(whole, c) if whole.op == "add" else (_factors(whole), None)
        e = chain(None if whole is gap else kernel.ring(gap, whole), e)
        for place, f in enumerate(factors):
            canonical = _canonical(_split(f)[0], ZERO) if f.op != "num" else None
            if canonical is not None and canonical[1] == 1 and canonical[0] is _split(f)[0]:
                found.setdefault(canonical[0], (_Factored(fact, gap, factors, e), place))
    return found


def _factors(t: Term) -> list[Term]:
    return list(t.args) if t.op == "mul" else [t]


def _split(f: Term) -> tuple[Term, int]:
    whole = f.op == "pow" and f.args[1].op == "num" and f.args[1].data.denominator == 1
    return (f.args[0], int(f.args[1].data)) if whole else (f, 1)


def _by_factors(t: Term, c: Context) -> Theorem | None:
    """The sum t ≠ 0 because its irreducible factors are not 0."""
    factors, e = rational.factor(t, c)
    shown = c.nonzero(product_term(factors)) if e is not None else None
    return None if shown is None else kernel.rewrite(shown, (kernel.symmetric(e), None))


def _instances(t: Term, c: Context) -> Iterator[Theorem]:
    """Facts (for all …, u ≠ v) at the values that the entries in t suggest."""
    for a in entries(t):
        for fact in c.instances(a):
            if fact.statement.op == "ne" and {s.sort for s in fact.statement.args} <= {INT, REAL}:
                yield fact


def entries(t: Term) -> list[Term]:
    """The entries of vectors, such as z_k, in a term; not those below a binder."""
    found: dict[Term, None] = {}

    def walk(u: Term) -> None:
        if u.op == "app":
            found[u] = None
        elif u.op != "lam":
            for a in u.args:
                walk(a)

    walk(t)
    return list(found)


def from_multiple(t: Term, fact: Theorem, k: Fraction) -> Theorem:
    """t ≠ 0 from u ≠ v, where u − v = k·t: if t = 0, then u ≤ v, so u < v, but u − v = 0."""
    u, v = fact.statement.args
    equal = kernel.assume("case", op("eq", t, ZERO))
    less = ax("le_differs", linear(op("le", u, v), (equal, k)), fact, a=u, b=v)
    goal = op("ne", t, ZERO)
    absurd = ax("contradiction", linear(op("lt", ZERO, ZERO), (less, 1), (equal, -k)), a=ZERO, Q=goal)
    return kernel.by_cases(absurd, kernel.assume("case", goal), equal.statement)


def _unequal(c: Context) -> dict[Term, tuple[Theorem, Fraction]]:
    """The differences of the two sides of facts u ≠ v, as a canonical sum, with the fact and the scale."""
    found: dict[Term, tuple[Theorem, Fraction]] = {}
    for statement, fact in c.facts.items():
        if statement.op == "ne" and {s.sort for s in statement.args} <= {INT, REAL}:
            canonical = _canonical(*statement.args)
            if canonical is not None:
                found.setdefault(canonical[0], (fact, canonical[1]))
    return found


def _canonical(u: Term, v: Term) -> tuple[Term, Fraction] | None:
    """u − v as scale · term, where the term's first monomial has the coefficient 1."""
    ring = Ring()
    try:
        p = accumulate(accumulate({}, ring.polynomial(u)), ring.polynomial(v), factor=-1)
    except CoreError:
        return None
    if not p:
        return None
    term, scale = canonical_sum(p)
    return term, Fraction(scale)
