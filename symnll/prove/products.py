"""Products of bounds: a·b ≤ b where a ≤ 1 and 0 ≤ b, because (1 − a)·b ≥ 0."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from typing import Any

from symnll.core.ring import CONSTANT, Monomial, Polynomial, Ring, accumulate
from symnll.core.term import ZERO, Term, op
from symnll.prove.context import Context
from symnll.prove.tactics import Theorem, ax, linear, minus, order

MAX_DEGREE, MAX_MONOMIALS, MAX_BOUNDS = 3, 10, 3


def about(rest: Polynomial, c: Context) -> list[Theorem]:
    """Products of what is known to be at least 0, for the products of atoms in a polynomial."""
    wanted = [m for m in rest if sum(e for _, e in m) > 1 or any(e < 1 for _, e in m)]
    if not wanted or len(rest) > MAX_MONOMIALS:
        return []
    found: dict[Term, Theorem] = {}
    for m in wanted:
        atoms = _atoms(m)
        if atoms is None:
            continue
        choices = [bounds(a, c) for a in atoms]
        if len(atoms) > 1 and atoms[0] is atoms[1]:  # (a − l)·(u − a), once
            pairs = [p + q for p, q in product(combinations_with_replacement(choices[0], 2), product(*choices[2:]))]
        else:
            pairs = list(product(*choices))
        for some in pairs:
            theorem = _product(some)
            found.setdefault(theorem.statement, theorem)
    return list(found.values())


def _atoms(m: Monomial) -> list[Term] | None:
    """The atoms of a monomial, each as often as it occurs."""
    if any(not isinstance(a, Term) or e < 1 for a, e in m) or sum(e for _, e in m) > MAX_DEGREE:
        return None
    pairs = sorted(m, key=lambda pair: (-pair[1], order(pair[0])))
    return [a for a, e in pairs for _ in range(e)]


def bounds(atom: Term, c: Context) -> list[Theorem]:
    """0 ≤ u or 0 < u for the terms u = atom − l and u = l − atom of which this is known, with numbers l."""
    key = ("bounds", atom)
    if key not in c.memo:
        c.memo[key] = []
        c.memo[key] = list(_bounds(atom, c))[:MAX_BOUNDS]
    return c.memo[key]  # type: ignore[no-any-return]


def _bounds(atom: Term, c: Context) -> Iterator[Theorem]:
    alone = frozenset([(atom, 1)])
    ring, best = Ring(), dict[bool, tuple[tuple[Any, bool], Theorem]]()
    for fact in [*(f for f, p in c.numeric() if alone in p), *c._about(atom)]:
        if fact.statement.op not in ("le", "lt"):
            continue
        s, t = fact.statement.args
        p = accumulate(accumulate({}, ring.polynomial(t)), ring.polynomial(s), factor=-1)
        if not set(p) <= {alone, CONSTANT} or alone not in p:
            continue
        k = p[alone]
        room = (p.get(CONSTANT, 0) / abs(k), fact.statement.op == "le")  # the less, the better
        if (k > 0) not in best or best[k > 0][0] > room:
            best[k > 0] = (room, fact)
    for _, fact in (best[side] for side in sorted(best)):
        s, t = fact.statement.args
        gap = minus(t, s) if s is not ZERO else t
        yield linear(op(fact.statement.op, ZERO, gap), (fact, 1))


def _product(parts: tuple[Theorem, ...]) -> Theorem:
    """0 ≤ u·v·… from 0 ≤ u, 0 ≤ v, …; strict if all are."""
    strict = all(p.statement.op == "lt" for p in parts)
    weak = [p if strict or p.statement.op == "le" else linear(op("le", *p.statement.args), (p, 1)) for p in parts]
    folded = weak[0]
    for p in weak[1:]:
        a, b = folded.statement.args[1], p.statement.args[1]
        folded = ax("mul_positive" if strict else "mul_nonnegative", folded, p, a=a, b=b)
    return folded
