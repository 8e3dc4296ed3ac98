"""What is not 0, from facts s ≠ t that say so of a multiple of it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symnll.core import kernel
from symnll.core.ring import Ring, accumulate
from symnll.core.term import INT, REAL, ZERO, CoreError, Term, op
from symnll.prove import rational
from symnll.prove.context import Context
from symnll.prove.tactics import Theorem, ax, canonical_sum, linear, product_term


def by_facts(t: Term, c: Context) -> Theorem | None:
    """t ≠ 0 from a fact u ≠ v, where u − v is a number times t."""
    known = c.memo.get("unequal")
    if known is None:
        known = c.memo["unequal"] = _unequal(c)
    canonical = _canonical(t, ZERO) if known or c.every else None
    if canonical is None:
        return None
    if canonical[0] in known:
        fact, scale = known[canonical[0]]
        return from_multiple(t, fact, scale / canonical[1])
    for fact in _instances(t, c):
        other = _canonical(*fact.statement.args)
        if other is not None and other[0] is canonical[0]:
            return from_multiple(t, fact, other[1] / canonical[1])
    return _by_factors(t, c) if t.op == "add" else None


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
