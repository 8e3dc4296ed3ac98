"""Inequalities by squares: quadratic forms as sums of squares, and (Σ w·x·y)² ≤ (Σ w·x²)·(Σ w·y²) for w ≥ 0."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

from symnll.core import kernel
from symnll.core.ring import CONSTANT, Polynomial, Ring
from symnll.core.term import ONE, CoreError, Term, app, lam, num, op
from symnll.prove.bounds import split, terms_of
from symnll.prove.context import Context
from symnll.prove.normal import normal
from symnll.prove.roots import square_of_root
from symnll.prove.tactics import Theorem, ax, for_range, linear, minus, order, polynomial_term, product_term, rhs

MAX_ATOMS, MAX_FACTORS = 8, 4


def by_squares(goal: Term, d: Term, c: Context) -> Theorem | None:
    """0 ≤ d, a sum of squares of polynomials, or linear in what Cauchy and Schwarz say of the sums in it."""
    if goal.op == "lt":
        return None
    found = _sum_of_squares(goal, d, c)
    if found is not None:
        return found
    facts = list(_cauchy_schwarz(d, c))
    return Context(facts, c)._linear(goal) if facts else None


# Quadratic forms.


def _sum_of_squares(goal: Term, d: Term, c: Context) -> Theorem | None:
    ring = Ring()
    p, known = dict(ring.polynomial(d)), list[tuple[Theorem, Any]]()
    for root in sorted({a for m in p for a, _ in m if isinstance(a, Term) and _is_square_root(a)}, key=order):
        inside = frozenset([(root.args[0], 1)])
        least = c.nonnegative(root.args[0]) if inside in p else None
        if least is not None:  # a = (√a)²
            k = p.pop(inside)
            square = frozenset([(root, 2)])
            p[square] = p.get(square, Fraction(0)) + k
            known.append((square_of_root(root.args[0], least), k))
    squares = _diagonal(p)
    if squares is None:
        return None
    parts = [(ax("square_nonnegative", a=polynomial_term(q)), k) for k, q in squares]
    try:
        return linear(goal, *parts, *known)
    except CoreError:
        return None


def _is_square_root(t: Term) -> bool:
    return bool(t.op == "pow" and t.args[1].op == "num" and t.args[1].data == Fraction(1, 2))


def _diagonal(p: Polynomial) -> list[tuple[Fraction, Polynomial]] | None:
    """p as Σ k·q² with k > 0 and affine q, by completing squares; None if that is not possible."""
    atoms = sorted({a for m in p for a, _ in m}, key=order)
    if len(atoms) > MAX_ATOMS or any(e < 1 for m in p for _, e in m) or any(sum(e for _, e in m) > 2 for m in p):
        return None
    found = []
    rest = {m: k for m, k in p.items() if k}
    for a in atoms:
        own = rest.get(frozenset([(a, 2)]), Fraction(0))
        mixed = {m: k for m, k in rest.items() if (a, 1) in m}
        if own < 0 or (own == 0 and mixed):
            return None
        if own == 0:
            continue
        q: Polynomial = {frozenset([(a, 1)]): Fraction(1)}
        q.update({m - {(a, 1)}: k / (2 * own) for m, k in mixed.items()})
        found.append((own, q))
        for m, k in Ring().power(q, 2).items():
            rest[m] = rest.get(m, Fraction(0)) - own * k
        rest = {m: k for m, k in rest.items() if k}
    left = rest.pop(CONSTANT, Fraction(0))
    return found if left >= 0 and not rest and found else None


# Sums.


def _cauchy_schwarz(d: Term, c: Context) -> Iterator[Theorem]:
    """0 ≤ Σ_i Σ_j w(i)·w(j)·(x(i)·y(j) − x(j)·y(i))², for the sums in d that may be one of these products."""
    seen: set[Term] = set()
    for m in terms_of(d):
        for f in split(m)[1]:
            s, n = (f.args[0], f.args[1].data) if f.op == "pow" and f.args[1].op == "num" else (f, 1)
            if s.op != "sum" or n not in (1, 2):
                continue
            lo, hi, g = s.args
            i, inner = c.child(lo, hi)
            for w, x, y in _shapes(app(g, i), n == 2, inner):
                theorem = _lagrange(lo, hi, i, w, x, y, c)
                if theorem is not None and theorem.statement not in seen:
                    seen.add(theorem.statement)
                    yield theorem


def _shapes(body: Term, squared: bool, inner: Context) -> Iterator[tuple[Term, Term, Term]]:
    """w, x, y with w ≥ 0 for which body is w·x·y, where its sum is squared, or else w·x²."""
    factors = [g for f in (body.args if body.op == "mul" else (body,)) for g in _repeated(f)]
    if len(factors) > MAX_FACTORS or body.op == "add":
        return
    for size in range(len(factors) + 1):
        for some in combinations(range(len(factors)), size):
            chosen = [factors[k] for k in some]
            rest = [f for k, f in enumerate(factors) if k not in some]
            w = product_term(chosen)
            if w is not ONE and inner.nonnegative(w) is None:
                continue
            if not squared:
                half = len(rest) // 2
                if rest and len(rest) % 2 == 0 and rest[:half] == rest[half:]:
                    yield w, product_term(rest[:half]), ONE
            elif rest and (w is not ONE or len(rest) == 1):
                yield w, product_term(rest), ONE
            elif w is ONE and len(rest) == 2:
                yield w, rest[0], rest[1]


def _repeated(f: Term) -> list[Term]:
    """fⁿ as n factors, in the order of a square: f, f."""
    n = f.args[1].data if f.op == "pow" and f.args[1].op == "num" else 1
    return [f.args[0]] * int(n) if n in (2, 4) else [f]


def _lagrange(lo: Term, hi: Term, i: Term, w: Term, x: Term, y: Term, c: Context) -> Theorem | None:
    _, at_i = c.child(lo, hi)
    j, at_j = at_i.child(lo, hi)

    def there(t: Term) -> Term:
        return app(lam(i, t), j)

    gap = minus(op("mul", x, there(y)), op("mul", there(x), y))
    body = op("mul", w, there(w), op("pow", gap, num(2)))
    shown = at_j.nonnegative(body)
    if shown is None:
        return None
    row = ax("sum_nonnegative", for_range(shown, j, lo, hi), lo=lo, hi=hi, f=lam(j, body))
    whole = ax("sum_nonnegative", for_range(row, i, lo, hi), lo=lo, hi=hi, f=lam(i, rhs(row)))
    e = normal(rhs(whole), c)
    return whole if e is None else kernel.rewrite(whole, (None, e))
