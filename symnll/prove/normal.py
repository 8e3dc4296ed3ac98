"""The normaliser: for a term t, a theorem t = t' with t' canonical; two equal terms mostly have the same t'.

Canonical terms are polynomials over atoms. exp and powers are split over sums of exponents, log over products of
positive factors, sums over terms with constants in front, deltas collapse sums and are substituted into what they
multiply, and derivatives are worked out (calculus.py). Every step is a rule of the core.
"""

from __future__ import annotations

from typing import Any

from symnll.core import kernel
from symnll.core.ring import Monomial, Polynomial, Ring, accumulate
from symnll.core.term import ZERO, CoreError, Term, app, lam, num, op
from symnll.prove import rational, roots
from symnll.prove.context import Context
from symnll.prove.tactics import (
    NoProof,
    Theorem,
    ax,
    canonical_sum,
    chain,
    in_time,
    inverse_of_zero,
    order,
    polynomial_term,
    product_term,
    rhs,
    under,
)


class ContextRing(Ring):
    """Polynomials in which an atom's exponents cancel where the context knows that it is not 0."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.used: dict[Any, Theorem] = {}

    def _monomial(self, exponents: dict[Any, int]) -> Monomial:
        nothing = [atom for atom, e in exponents.items() if e == 0]
        if len(nothing) > 1:  # a monomial is a set, and its order not the same in every process
            nothing.sort(key=order)
        cleared = {atom for atom in nothing if self.unit(atom)}
        return frozenset((atom, e) for atom, e in exponents.items() if atom not in cleared)

    def unit(self, atom: Any) -> bool:
        if atom in self.used:
            return True
        term = atom if isinstance(atom, Term) else canonical_sum(dict(atom[1]))[0]
        shown = self.context.nonzero(term)
        if shown is not None:
            self.used[atom] = shown
        return shown is not None

    def premises(self) -> list[Theorem]:
        """What was used, in an order that is the same in every process."""
        return [self.used[atom] for atom in sorted(self.used, key=order)]


def normal(t: Term, c: Context) -> Theorem | None:
    """The theorem t = t' with t' canonical in this context; None if t is canonical already."""
    key = ("normal", t)
    if key not in c.memo:
        in_time()
        c.memo[key] = _normal(t, c)
    return c.memo[key]


def value(t: Term, theorem: Theorem | None) -> Term:
    return t if theorem is None else rhs(theorem)


def again(theorem: Theorem | None, t: Term, c: Context) -> Theorem | None:
    """theorem, followed by normalising its right side."""
    return chain(theorem, normal(value(t, theorem), c))


def _normal(t: Term, c: Context) -> Theorem | None:
    if t.op in ("add", "mul") or (t.op == "pow" and integer(t.args[1]) is not None):
        return arithmetic(t, c)
    if t.op in ("num", "lam", "bound"):
        return None
    if c.plain and t.op in ("diff", "partial", "partial2"):
        return _rewritten(t, c)
    if t.op in ("sum", "prod", "maxi"):
        from symnll.prove import sums

        e = sums.normal_range(t, c)
    elif t.op in ("diff", "partial", "partial2"):
        from symnll.prove import calculus

        e = calculus.normal_derivative(t, c)
    else:
        e = under(t, *(None if isinstance(a.sort, tuple) and a.op != "app" else normal(a, c) for a in t.args))
        t2 = value(t, e)
        constant = (t2.op in ("exp", "log") and t2.args[0].op == "num") or t2.op == "delta"
        from symnll.prove.functions import HANDLERS

        handler = HANDLERS.get(t2.op) if constant or not c.plain else None
        if handler is not None:
            e = chain(e, handler(t2, c))
        elif t2.op == "app":
            e = chain(e, _family_arguments(t2, c))
    result = value(t, e)
    found = _rewritten(result, c)
    return again(chain(e, found), t, c) if found is not None else e


def integer(t: Term) -> int | None:
    return int(t.data) if t.op == "num" and t.data.denominator == 1 else None


def _rewritten(t: Term, c: Context) -> Theorem | None:
    """One step by an equation that is a fact: at t itself, or by a fact about all values."""
    if t in c.rules:
        return c.rules[t]
    if t.op in ("app", "diff", "partial"):
        for fact in c.instances(t):
            if fact.statement.op == "eq" and fact.statement.args[0] is t and _descends(t, rhs(fact)):
                return fact
    if t.op == "sum" and c.every:
        from symnll.prove import totals

        return totals.by_fact(t, c)
    return None


def _descends(t: Term, result: Term) -> bool:
    """Whether all that the result holds of the same function comes before t, as for A(j, i) in place of A(i, j)."""

    def head(u: Term) -> Term:
        while u.op in ("app", "diff", "partial"):
            u = u.args[0]
        return u

    def below(u: Term) -> bool:
        if own not in u.free:
            return True
        if u.op == t.op and u[4] == 0 and head(u) is own and order(u) >= order(t):
            return False
        return all(map(below, u.args))

    own = head(t)
    return own.op != "sym" or below(result)


def _family_arguments(t: Term, c: Context) -> Theorem | None:
    """Normalise the body of a function that an unknown functional is applied to."""
    _, a = t.args
    if a.op != "lam":
        return None
    x, inner = c.open(a.data)
    body = app(a, x)
    e = normal(body, inner)
    return None if e is None else under(t, None, kernel.abstract(e, x))


# Polynomials.


def arithmetic(t: Term, c: Context) -> Theorem | None:
    e = _leaves(t, c)
    t1 = value(t, e)
    ring = ContextRing(c)
    try:
        p = ring.polynomial(t1)
    except CoreError as error:
        raise NoProof(str(error)) from error
    e = chain(e, settle(t1, p, ring))
    return chain(e, _refine(value(t, e), c))


def settle(t: Term, p: Polynomial, ring: ContextRing) -> Theorem | None:
    """t = the canonical term of p, where p is the polynomial of t."""
    target = polynomial_term(p)
    return None if target is t else kernel.ring(t, target, *ring.premises())


def _leaves(t: Term, c: Context) -> Theorem | None:
    """Normalise the atoms of an arithmetic term, and split inverses of sums into irreducible ones."""
    if t.op in ("add", "mul"):
        key = ("leaves", t)
        if key not in c.memo:
            c.memo[key] = under(t, *(_leaves(a, c) for a in t.args))
        return c.memo[key]
    if t.op == "pow" and (n := integer(t.args[1])) is not None:
        plain = roots.without_root(t, n, c) if roots.is_root(t.args[0]) and not c.plain else None
        if plain is not None:
            return chain(plain, _leaves(rhs(plain), c))
        base = _leaves(t.args[0], c) if n >= 0 else normal(t.args[0], c)
        e = under(t, base, None)
        if value(t, e).args[0] is ZERO and n < 0:
            return chain(e, inverse_of_zero(n))
        if n < 0:
            e = chain(e, rational.split_inverse(value(t, e), c))
        return e
    return normal(t, c)


def _refine(t: Term, c: Context) -> Theorem | None:
    """Deltas substituted into their monomials, like powers merged, common denominators cancelled."""
    if c.plain:
        return rational.cancel(t, c)
    terms = t.args if t.op == "add" else (t,)
    changed = [_monomial(m, c) for m in terms]
    if any(e is not None for e in changed):
        e = under(t, *changed) if t.op == "add" else changed[0]
        return chain(e, arithmetic(value(t, e), c))
    return rational.cancel(t, c)


def _monomial(t: Term, c: Context) -> Theorem | None:
    """One step on a monomial: δ² = δ, δ(i, j)·f(i) = δ(i, j)·f(j), a^x·a^y with a number between them."""
    factors = list(t.args) if t.op == "mul" else [t]
    if any(f.op in ("pow", "app") for f in factors):
        e = roots.merged(t, factors, c)
        if e is not None:
            return e
    for f in factors:
        base, n = (f.args[0], integer(f.args[1])) if f.op == "pow" else (f, 1)
        if base.op != "delta" or n is None or n < 1:
            continue
        i, j = base.args
        rest = product_term([g for g in factors if g is not f])
        if n > 1:
            square = ax("delta_square", i=i, j=j)
            fewer = product_term([op("mul", base, base), *([op("pow", base, num(n - 2))] if n > 2 else []), rest])
            e = kernel.ring(t, fewer)
            return chain(e, under(fewer, square, *[None] * (len(fewer.args) - 1)))
        for old, new in ((j, i), (i, j)):
            if old.op == "sym" and old in rest.free and old not in new.free and simpler(new, old):
                f_old = lam(old, rest)
                e = kernel.ring(t, op("mul", base, rest))
                if old is i:
                    return chain(e, ax("delta_substitute", i=i, j=j, f=f_old))
                turned = ax("delta_symmetric", i=i, j=j)
                product = op("mul", base, rest)
                e = chain(e, under(product, turned, None), ax("delta_substitute", i=j, j=i, f=f_old))
                back = op("mul", op("delta", j, i), app(f_old, i))
                return chain(e, under(back, ax("delta_symmetric", i=j, j=i), None))
    return None


def simpler(new: Term, old: Term) -> bool:
    """Prefer the user's symbols to the prover's, outer binders to inner ones, and then the alphabet."""
    return rank(new) < rank(old)


def rank(t: Term) -> tuple[int, tuple[int, str]]:
    own = max((int(s.data[1:-1]) for s in t.free if s.data.startswith("‹") and s.data[1:-1].isdigit()), default=0)
    return own, order(t)


# Functions.


def _polynomial(t: Term, c: Context) -> Polynomial:
    return ContextRing(c).polynomial(t)


def difference(s: Term, t: Term) -> Term:
    """The canonical polynomial of s − t."""
    ring = Ring()
    return polynomial_term(accumulate(accumulate({}, ring.polynomial(s)), ring.polynomial(t), factor=-1))
