"""Polynomial arithmetic over atoms: what decides that two terms are equal by the laws of a field.

A term becomes a sum of monomials with rational coefficients; everything that is not a sum, a product, a number or a
power with an integer constant is an atom. Because 0⁻¹ = 0, exponents of one atom add up without a side condition,
except where they cancel to 0: x·x⁻¹ keeps its atom with exponent 0 unless x is known to be non-zero. The inverse of a
sum is an atom, ("inv", the sum scaled to leading coefficient 1), which `vanishes` clears where the sum is not 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from typing import Any

from symnll.core.term import CoreError, Term

Monomial = frozenset[tuple[Any, int]]  # (atom, exponent)
Polynomial = dict[Monomial, Fraction]
MAX_TERMS, MAX_EXPONENT, MAX_BITS = 4_000, 64, 50_000
CONSTANT: Monomial = frozenset()


class Ring:
    """Polynomials over atoms, some of which are known to be non-zero."""

    def __init__(self, nonzero: Iterable[Term] = ()) -> None:
        self.units: set[Any] = set()
        self._memo: dict[Term, Polynomial] = {}
        for t in nonzero:  # a product is non-zero only if each of its factors is
            monomials = Ring().polynomial(t)
            if len(monomials) == 1:
                self.units.update(atom for atom, _ in next(iter(monomials)))
            else:
                self.units.add(_inverse(monomials)[0])

    def polynomial(self, t: Term) -> Polynomial:
        if t not in self._memo:
            self._memo[t] = self._polynomial(t)
        return self._memo[t]

    def _polynomial(self, t: Term) -> Polynomial:
        if t.op == "num":
            return {CONSTANT: t.data} if t.data else {}
        if t.op == "add":
            return accumulate({}, *map(self.polynomial, t.args))
        if t.op == "mul":
            return reduce(self.times, map(self.polynomial, t.args))
        if t.op == "pow" and t.args[1].op == "num" and t.args[1].data.denominator == 1:
            return self.power(self.polynomial(t.args[0]), t.args[1].data.numerator)
        return {frozenset(((t, 1),)): Fraction(1)}

    def times(self, p: Polynomial, q: Polynomial) -> Polynomial:
        if len(p) * len(q) > MAX_TERMS:
            raise CoreError(f"The product has over {MAX_TERMS} terms when written out.")
        pairs = ((m, n, c, d) for m, c in p.items() for n, d in q.items())
        return accumulate({}, *({self._join(m, n): c if d == 1 else c * d} for m, n, c, d in pairs))

    def _join(self, m: Monomial, n: Monomial) -> Monomial:
        if not m or not n:
            return m or n
        exponents = dict(m)
        for atom, e in n:
            exponents[atom] = exponents.get(atom, 0) + e
        return self._monomial(exponents)

    def _monomial(self, exponents: dict[Any, int]) -> Monomial:
        return frozenset((a, e) for a, e in exponents.items() if e or a not in self.units)

    def power(self, p: Polynomial, n: int) -> Polynomial:
        if p == {CONSTANT: 1}:
            return p
        if abs(n) > MAX_EXPONENT:
            raise CoreError(f"The exponent {n} is beyond ±{MAX_EXPONENT}.")
        if n < 0:
            if not p:
                raise CoreError("Division by zero.")
            if len(p) == 1:
                ((m, c),) = p.items()
                result = {self._monomial({a: e * n for a, e in m if isinstance(a, Term)}): c**n}
                for a, e in m:
                    if not isinstance(a, Term):  # the inverse of an inverse
                        result = self.times(result, self.power(dict(a[1]), -e * n))
                return result
            atom, leading = _inverse(p)
            return {frozenset(((atom, -n),)): leading**n}
        return reduce(self.times, [p] * n, {CONSTANT: Fraction(1)})

    def vanishes(self, p: Polynomial) -> bool:
        """Whether p is 0, after multiplying by every denominator that is known to be non-zero."""
        while p:
            inverse = next((a for m in p for a, _ in m if not isinstance(a, Term) and a in self.units), None)
            if inverse is None:
                return False
            denominator = dict(inverse[1])
            top = max(0, *(dict(m).get(inverse, 0) for m in p))
            cleared: Polynomial = {}
            for m, c in p.items():
                rest = {self._monomial({a: e for a, e in m if a != inverse}): c}
                accumulate(cleared, self.times(rest, self.power(denominator, top - dict(m).get(inverse, 0))))
            p = cleared
        return True


def accumulate(total: Polynomial, *polynomials: Polynomial, factor: Fraction | int = 1) -> Polynomial:
    """total, to which factor · p has been added for each of the polynomials p."""
    for m, c in (pair for p in polynomials for pair in p.items()):
        c = c if factor == 1 else c * factor
        c = c + total[m] if m in total else c
        if c.numerator.bit_length() + c.denominator.bit_length() > MAX_BITS:
            raise CoreError(f"A coefficient has over {MAX_BITS} bits.")
        if c:
            total[m] = c
        else:
            total.pop(m, None)
    return total


def _inverse(p: Polynomial) -> tuple[tuple[str, Any], Fraction]:
    """The atom that stands for 1/p, up to the factor that is returned with it: 1/p = atom / factor."""
    leading = p[min(p, key=hash)]
    return ("inv", frozenset((m, c / leading) for m, c in p.items())), leading
