"""Denominators: inverses of sums split into irreducible ones, and numerators reduced by them.

Factors come from FLINT. They are hints: what is built on them is proved by `ring`, which multiplies out.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from symnll.core import kernel
from symnll.core.ring import Monomial, Polynomial, accumulate
from symnll.core.term import CoreError, Term, num, op
from symnll.prove.context import Context
from symnll.prove.tactics import (
    Theorem,
    ax,
    canonical_sum,
    chain,
    factor_terms,
    monomial_order,
    order,
    polynomial_term,
    product_term,
    under,
)

MAX_TERMS = 80
MAX_STEPS = 2_000


def _ring(c: Context) -> Any:
    from symnll.prove.normal import ContextRing

    return ContextRing(c)


def expanded(t: Term, c: Context) -> Term:
    """The canonical polynomial of an arithmetic term over its atoms."""
    return polynomial_term(_ring(c).polynomial(t))


def factor(t: Term, c: Context) -> tuple[list[Term], Theorem | None]:
    """Factors of a sum, and the theorem t = their product; ([t], None) if it is irreducible. One factor is a power."""
    ring = _ring(c)
    found = cleared(ring.polynomial(t), ring)
    if found is None or not found[0] or len(found[0]) > MAX_TERMS:
        return [t], None
    p, inverses = found
    scale, powers = _factor_polynomial(p)
    factors: list[Term] = []
    for base, n in [*powers, *((frozenset([(a, 1)]), n) for a, n in inverses.items())]:
        if isinstance(base, frozenset):
            pieces = factor_terms(frozenset((a, e * n) for a, e in base))
            factors += [f for f in pieces if f.op != "num"]
            for f in pieces:
                scale *= f.data if f.op == "num" else 1
        else:
            body, leading = canonical_sum(base)
            scale *= leading**n
            factors.append(body if n == 1 else op("pow", body, num(n)))
    if scale != 1:
        factors.insert(0, num(scale))
    if len(factors) < 2 and not (factors and factors[0].op == "pow"):
        return [t], None
    product = product_term(factors)
    try:
        ring.polynomial(product)  # learns which atoms have to be non-zero
        for atom in inverses:
            ring.unit(atom)
        return factors, kernel.ring(t, product, *ring.premises())
    except CoreError:
        return [t], None


def cleared(p: Polynomial, ring: Any) -> tuple[Polynomial, dict[Any, int]] | None:
    """p times the sums in its denominators, and their powers; None if one of them may be 0."""
    below = sorted({a for m in p for a, _ in m if not isinstance(a, Term)}, key=order)
    inverses = {a: max(dict(m).get(a, 0) for m in p) for a in below}
    for atom, top in inverses.items():
        if not ring.unit(atom):
            return None
        result: Polynomial = {}
        for m, coefficient in p.items():
            rest = frozenset((a, e) for a, e in m if a != atom)
            missing = ring.power(dict(atom[1]), top - dict(m).get(atom, 0))
            accumulate(result, ring.times({rest: coefficient}, missing))
        p = result
    return p, inverses


def _factor_polynomial(p: Polynomial) -> tuple[Fraction, list[tuple[Any, int]]]:
    """p as a constant times powers of a monomial and of irreducible polynomials."""
    atoms = sorted({a for m in p for a, _ in m}, key=order)
    low = {a: min(dict(m).get(a, 0) for m in p) for a in atoms}
    context = fmpq_mpoly_ctx.get(("x", len(atoms)), Ordering.lex)
    table = {tuple(dict(m).get(a, 0) - low[a] for a in atoms): fmpq(k.numerator, k.denominator) for m, k in p.items()}
    constant, factors = context.from_dict(table).factor()
    scale = Fraction(int(constant.p), int(constant.q))
    powers: list[tuple[Any, int]] = []
    content: Monomial = frozenset((a, e) for a, e in low.items() if e)
    if content:
        powers.append((content, 1))
    for q, n in factors:
        found = {
            frozenset((a, int(e)) for a, e in zip(atoms, exponents, strict=True) if e): Fraction(int(k.p), int(k.q))
            for exponents, k in q.to_dict().items()
        }
        powers.append((found, int(n)))
    powers.sort(
        key=lambda pair: order(polynomial_term(pair[0] if isinstance(pair[0], dict) else {pair[0]: Fraction(1)}))
    )
    return scale, powers


def split_inverse(t: Term, c: Context) -> Theorem | None:
    """(a·b·…)⁻ⁿ = a⁻ⁿ·b⁻ⁿ·… over the irreducible factors of a sum."""
    base, exponent = t.args
    if base.op != "add":
        return None
    factors, e = factor(base, c)
    if e is None:
        return None
    apart = [g for f in factors for g in _repeated(f)]
    if len(apart) > len(factors):
        e = chain(e, kernel.ring(product_term(factors), op("mul", *apart)))
        factors = apart
    e = under(t, e, None)
    folded: Theorem | None = None
    parts = [op("pow", f, exponent) for f in factors]
    for n in range(len(factors) - 1):
        rest = product_term(factors[n + 1 :])
        whole = op("mul", factors[n], rest)
        start = product_term(factors[n:])
        step = under(op("pow", start, exponent), kernel.ring(start, whole), None) if start is not whole else None
        step = chain(step, ax("pow_mul_integer", a=factors[n], b=rest, i=exponent))
        if n:
            context = op("mul", *parts[:n], op("pow", start, exponent))
            step = under(context, *[None] * n, step)
            flat = op("mul", *parts[: n + 1], op("pow", rest, exponent))
            step = chain(step, _flatten(step, flat))
        folded = chain(folded, step)
    return chain(e, folded)


def _repeated(f: Term) -> list[Term]:
    """fⁿ of a sum as n factors, so that its inverse is a power of the inverse of f."""
    if f.op == "pow" and f.args[0].op == "add" and f.args[1].op == "num" and f.args[1].data > 1:
        return [f.args[0]] * int(f.args[1].data)
    return [f]


def _flatten(step: Theorem, flat: Term) -> Theorem | None:
    from symnll.prove.tactics import rhs

    return None if rhs(step) is flat else kernel.ring(rhs(step), flat)


def cancel(t: Term, c: Context) -> Theorem | None:
    """Rewrite m·D⁻ᵏ by D·D⁻¹ = 1 until no numerator is divisible by the leading monomial of its denominator D."""
    ring = _ring(c)
    p = ring.polynomial(t)
    inverses = sorted({a for m in p for a, _ in m if not isinstance(a, Term)}, key=order)
    inverses = [a for a in inverses if ring.unit(a)]
    if not inverses:
        return None
    target, changed = dict(p), False
    for _ in range(MAX_STEPS):
        steps = (_reduction(target, m, a, ring) for a in inverses for m in target)
        step = next((s for s in steps if s is not None), None)
        if step is None:
            break
        target, changed = step, True
    if not changed:
        return None
    result = polynomial_term(target)
    return None if result is t else kernel.ring(t, result, *ring.premises())


def _reduction(p: Polynomial, m: Monomial, inverse: Any, ring: Any) -> Polynomial | None:
    powers = dict(m)
    k = powers.get(inverse, 0)
    if k <= 0:
        return None
    denominator = dict(sorted(inverse[1], key=lambda pair: monomial_order(pair[0])))
    for pivot in _pivots(denominator, powers):
        rest = dict(powers)
        for a, e in pivot:
            rest[a] = rest.get(a, 0) - e
        quotient: Polynomial = {frozenset((a, e) for a, e in rest.items() if e): p[m] / denominator[pivot]}
        result = dict(p)
        del result[m]
        lower = {
            frozenset((a, e - 1 if a == inverse else e) for a, e in q if a != inverse or e > 1): v
            for q, v in quotient.items()
        }
        accumulate(result, lower)
        others = {n: -v for n, v in denominator.items() if n != pivot}
        accumulate(result, ring.times(quotient, others))
        return result
    return None


def _pivots(denominator: Polynomial, powers: dict[Any, int]) -> list[Monomial]:
    """The monomial of the denominator to solve for: its leading one, or its constant where a power is negative."""
    atoms = sorted({a for m in denominator for a, _ in m}, key=order)
    leading = max(denominator, key=lambda m: [dict(m).get(a, 0) for a in atoms])
    if leading and all(powers.get(a, 0) >= e for a, e in leading):
        return [leading]
    constant: Monomial = frozenset()
    if constant in denominator:
        for a in atoms:
            if powers.get(a, 0) < 0 and all(dict(m).get(a, 0) > 0 for m in denominator if m):
                return [constant]
    return []
