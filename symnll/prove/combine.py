"""Steps under equations: s = t because s − t is a combination of what the equations that are facts say is 0.

Denominators that are known not to be 0 are cleared, and factors that are known not to be 0 dropped. Then FLINT divides;
its quotients are hints, and `ring` verifies them.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from symnll.core import kernel
from symnll.core.ring import Polynomial, Ring, accumulate
from symnll.core.term import INT, MINUS_ONE, ONE, REAL, ZERO, CoreError, Term, app, lam, num, op
from symnll.prove import rational
from symnll.prove.context import Context
from symnll.prove.normal import ContextRing, normal, value
from symnll.prove.tactics import (
    NoProof,
    Theorem,
    attempt,
    ax,
    chain,
    from_difference,
    linear,
    minus,
    order,
    parts,
    polynomial_term,
    product_term,
    rhs,
    sum_term,
    under,
)

MAX_MONOMIALS = 60
MAX_FACTS = 12


def by_equations(s: Term, t: Term, c: Context) -> Theorem | None:
    """s = t from the equations that are facts, and from those about all indices at the indices of s and t."""
    facts = list(_zeros(s, t, c))[:MAX_FACTS]
    if not facts:
        return None
    plain = [cleared for zero in facts if (cleared := _without_units(zero, c)) is not None]
    richer = Context(plain, c)
    gap = minus(s, t)
    e = normal(gap, c)
    top = _cleared(value(gap, e), richer)
    if top is None:
        return None
    zeros = {p.statement.args[0]: p for p in plain}
    found = _combination(top, list(zeros), richer)
    if found is None:
        return None
    combined = _as_combination(value(gap, e), found, list(zeros.values()), top, richer)
    return None if combined is None else from_difference(s, t, chain(e, combined))


# What the facts say is 0.


def _zeros(s: Term, t: Term, c: Context) -> Iterator[Theorem]:
    """g = 0 with g in canonical form, for each equation."""
    seen: set[Term] = {ZERO}
    for fact in _equations(s, t, c):
        zero = zero_difference(fact)
        e = attempt(normal, zero.statement.args[0], c)
        zero = zero if e is None else kernel.rewrite(zero, (e, None))
        g = zero.statement.args[0]
        if g not in seen and (g.op != "add" or len(g.args) <= MAX_MONOMIALS):
            seen.add(g)
            yield zero


def _equations(s: Term, t: Term, c: Context) -> Iterator[Theorem]:
    yield from [f for f in c.facts.values() if is_equation(f.statement)]
    if any(_conclusion(f.statement).op == "eq" for f in c.every):
        for a in entries(op("eq", s, t)):
            yield from (f for f in c.instances(a) if is_equation(f.statement))
        yield from _summed(c)


def is_equation(statement: Term) -> bool:
    return bool(statement.op == "eq" and statement.args[0].sort in (INT, REAL))


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


def _conclusion(statement: Term) -> Term:
    while statement.op in ("forall", "lam", "implies"):
        statement = statement.args[-1]
    return statement


def zero_difference(fact: Theorem) -> Theorem:
    """s − t = 0 from s = t"""
    gap = minus(*fact.statement.args)
    up, down = linear(op("le", gap, ZERO), (fact, 1)), linear(op("le", ZERO, gap), (fact, -1))
    return ax("le_antisymmetric", up, down, a=gap, b=ZERO)


def _summed(c: Context) -> Iterator[Theorem]:
    """Σ_i s(i) = Σ_i t(i) from a fact that s(i) = t(i) for all i in a range."""
    i, _ = c.open(INT)
    for fact in c.every:
        if fact.statement.op != "forall" or fact.statement.args[0].sort[1] != INT:
            continue
        first = app(fact.statement.args[0], i)
        second = first.args[1] if first.op == "implies" else first
        if second.op != "implies" or not is_equation(second.args[1]):
            continue
        lo, hi = first.args[0].args[0], second.args[0].args[1]
        if (first.args[0], second.args[0]) == (op("le", lo, i), op("le", i, hi)):
            f, g = (lam(i, side) for side in second.args[1].args)
            yield ax("sum_congruence", fact, lo=lo, hi=hi, f=f, g=g)


# Denominators and units.


class Quotient(NamedTuple):
    """A term as numerator / denominator: polynomials over atoms, the denominator as a product of powers of terms."""

    numerator: Polynomial
    denominator: list[Term]


def _cleared(t: Term, c: Context) -> Quotient | None:
    """A canonical term as a fraction; None where a denominator is not known to be different from 0."""
    ring = ContextRing(c)
    p = ring.polynomial(t)
    below = sorted({a for m in p for a, e in m if not isinstance(a, Term) or e < 0}, key=order)
    denominator: list[Term] = []
    for atom in below:
        if not ring.unit(atom):
            return None
        inverse = not isinstance(atom, Term)
        base = dict(atom[1]) if inverse else {frozenset([(atom, 1)]): Fraction(1)}
        top = max((1 if inverse else -1) * dict(m).get(atom, 0) for m in p)
        cleared: Polynomial = {}
        for m, k in p.items():
            e = dict(m).get(atom, 0)
            rest = frozenset((a, n) for a, n in m if a != atom)
            accumulate(cleared, ring.times({rest: k}, ring.power(base, top - e if inverse else top + e)))
        p = cleared
        if len(p) > MAX_MONOMIALS:
            return None
        denominator.append(op("pow", polynomial_term(base), num(top)))
    fine = all(isinstance(a, Term) and n > 0 for m in p for a, n in m)
    return Quotient(p, denominator) if fine else None


def _without_units(zero: Theorem, c: Context) -> Theorem | None:
    """n = 0 for the numerator n of what is 0, without the factors of it that are known not to be 0."""
    g = zero.statement.args[0]
    top = _cleared(g, c)
    if top is None or not top.numerator:
        return None
    whole = polynomial_term(top.numerator)
    factors = rational.factor(whole, c)[0] if whole.op == "add" else list(whole.args) if whole.op == "mul" else [whole]
    kept: list[Term] = []
    units: list[Term] = []
    for f in factors:
        (units if f.op == "num" or c.nonzero(f) is not None else kept).append(f)
    if not kept:
        return None
    n = product_term(kept)
    scaled = op("mul", g, *top.denominator, *(op("pow", u, MINUS_ONE) for u in units), ONE)
    e = _ring(n, scaled, c, units)
    if e is None:
        return None
    e = chain(e, under(scaled, zero, *[None] * (len(scaled.args) - 1)))
    e = chain(e, kernel.ring(rhs(e), ZERO))
    expanded = polynomial_term(Ring().polynomial(n))
    return e if expanded is n else chain(kernel.ring(expanded, n), e)


def _ring(s: Term, t: Term, c: Context, units: list[Term]) -> Theorem | None:
    """s = t by the laws of a field; what is below a fraction bar is shown to be different from 0."""
    ring = ContextRing(c)
    try:
        for side in (s, t):
            for m in ring.polynomial(side):
                for atom, e in m:
                    if not isinstance(atom, Term) or e <= 0:
                        ring.unit(atom)
        shown = [c.nonzero(u) for u in units if u.op != "num"]
        return kernel.ring(s, t, *ring.premises(), *(p for p in shown if p is not None))
    except (CoreError, NoProof):
        return None


# The division.


def _combination(top: Quotient, zeros: list[Term], c: Context) -> list[Term] | None:
    """Quotients q with numerator = Σ q·zero, one for each of the zeros."""
    ring = Ring()
    polynomials = [ring.polynomial(z) for z in zeros]
    if not all(isinstance(a, Term) and e > 0 for p in polynomials for m in p for a, e in m):
        return None
    atoms = sorted({a for p in (*polynomials, top.numerator) for m in p for a, _ in m}, key=order)
    if not atoms:
        return None
    for variables in (atoms, atoms[::-1]):
        for turn in (1, -1):
            places = list(range(len(zeros)))[::turn]
            quotients = _divided(top.numerator, polynomials, places, variables)
            if quotients is not None:
                return quotients
    return None


def _divided(p: Polynomial, by: list[Polynomial], places: list[int], atoms: list[Term]) -> list[Term] | None:
    context = fmpq_mpoly_ctx.get(("x", max(1, len(atoms))), Ordering.lex)

    def there(q: Polynomial) -> Any:
        table = {tuple(dict(m).get(a, 0) for a in atoms): fmpq(k.numerator, k.denominator) for m, k in q.items()}
        return context.from_dict(table)

    def back(q: Any) -> Polynomial:
        return {
            frozenset((a, int(e)) for a, e in zip(atoms, powers, strict=True) if e): Fraction(int(k.p), int(k.q))
            for powers, k in q.to_dict().items()
        }

    rest = there(p)
    divisors = [there(q) for q in by]
    quotients = [context.from_dict({}) for _ in by]
    for _ in range(len(by) + 1):
        before = rest
        for n in places:
            quotient, rest = divmod(rest, divisors[n])
            quotients[n] = quotients[n] + quotient
        if rest == 0:
            return [polynomial_term(back(q)) for q in quotients]
        if rest == before:
            return None
    return None


def _as_combination(g: Term, quotients: list[Term], zeros: list[Theorem], top: Quotient, c: Context) -> Theorem | None:
    """g = 0 from g = (Σ q·zero) / denominator."""
    over = [(q, z) for q, z in zip(quotients, zeros, strict=True) if q is not ZERO]
    below = [op("pow", d.args[0], num(-d.args[1].data)) for d in top.denominator]
    products = [op("mul", z.statement.args[0], q, *below) for q, z in over]
    e = _ring(g, sum_term(products), c, [d.args[0] for d in top.denominator])
    if e is None:
        return None
    gone = [under(t, z, *[None] * (len(t.args) - 1)) for t, (_, z) in zip(products, over, strict=True)]
    e = chain(e, under(rhs(e), *gone) if len(products) > 1 else gone[0])
    return e if rhs(e) is ZERO else chain(e, kernel.ring(rhs(e), ZERO))


# Through the exponential and the logarithm.


def by_inverse(s: Term, t: Term, c: Context) -> Theorem | None:
    """s = t from log s = log t for positive s and t, or from exp s = exp t, where logarithms stand in what is known."""
    facts = [f.statement for f in c.facts.values() if is_equation(f.statement)]
    if any(_holds(f, "log") or _holds(f, "exp") for f in facts):
        positive = c.positive(s), c.positive(t)
        if all(positive):
            equal = _equal(op("log", s), op("log", t), c)
            if equal is not None:
                back = [ax("exp_log", p, a=u) for p, u in zip(positive, (s, t), strict=True)]
                return chain(kernel.symmetric(back[0]), under(op("exp", op("log", s)), equal), back[1])
    if _holds(s, "log") or _holds(t, "log"):
        equal = _equal(op("exp", s), op("exp", t), c)
        if equal is not None:
            back = [ax("log_exp", a=u) for u in (s, t)]
            return chain(kernel.symmetric(back[0]), under(op("log", op("exp", s)), equal), back[1])
    return None


def _equal(s: Term, t: Term, c: Context) -> Theorem | None:
    """s = t by canonical forms and equations."""
    left, right = attempt(normal, s, c), attempt(normal, t, c)
    u, v = value(s, left), value(t, right)
    if u is s and v is t:
        return None
    middle = None if u is v else by_equations(u, v, c) or _ring(u, v, c, [])
    if u is not v and middle is None:
        return None
    return chain(left, middle, None if right is None else kernel.symmetric(right))


def _holds(t: Term, name: str) -> bool:
    return any(a.op == name for a in parts(t))
