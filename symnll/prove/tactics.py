"""Small derived steps over the core's rules, and the order in which terms are written."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from typing import Any

from symnll.core import kernel
from symnll.core.ring import Monomial, Polynomial
from symnll.core.term import MINUS_ONE, ONE, ZERO, Term, lam, num, op, sym

Theorem = Any  # the class is made inside the kernel


class NoProof(Exception):
    """The search found no proof; says what it could not show: a message with {} for each term.

    `split` is a relation that would have helped if it had been decided.
    """

    def __init__(self, message: str, *terms: Term, split: Term | None = None) -> None:
        super().__init__(message)
        self.message, self.terms, self.split = message, terms, split

    def __str__(self) -> str:
        from symnll.write.text import term_text

        return self.message.format(*map(term_text, self.terms)) if self.terms else self.message


_until: ContextVar[tuple[float, float]] = ContextVar("until", default=(math.inf, math.inf))


@contextmanager
def limited(seconds: float | None) -> Iterator[None]:
    """The searches in the block are given up after so many seconds: `in_time` raises NoProof then."""
    if seconds is None:
        yield
        return
    token = _until.set(min(_until.get(), (time.monotonic() + seconds, seconds)))
    try:
        yield
    finally:
        _until.reset(token)


def in_time() -> None:
    """Raise NoProof if the deadline of the search is over."""
    until, seconds = _until.get()
    if until != math.inf and time.monotonic() > until:
        raise NoProof(f"The search was given up after {seconds:g} s.")


def lhs(theorem: Theorem) -> Term:
    return theorem.statement.args[0]  # type: ignore[no-any-return]


def rhs(theorem: Theorem) -> Term:
    return theorem.statement.args[1]  # type: ignore[no-any-return]


def ax(name: str, *premises: Theorem, **values: Term) -> Theorem:
    """An axiom with values for its symbols and theorems of its side conditions."""
    return kernel.axiom(name, tuple(values.items()), *premises)


def chain(*equations: Theorem | None) -> Theorem | None:
    """r = t from r = s, s = t, …; None stands for s = s."""
    result: Theorem | None = None
    for e in equations:
        if e is not None:
            result = e if result is None else kernel.rewrite(result, (None, e))
    return result


def under(t: Term, *equations: Theorem | None) -> Theorem | None:
    """op(s, …) = op(s', …); None if nothing changes."""
    return kernel.congruence(t, equations) if any(e is not None for e in equations) else None


def equation(theorem: Theorem | None, t: Term) -> Theorem:
    """The theorem, or t = t where there is none."""
    return reflexive(t) if theorem is None else theorem


def reflexive(t: Term) -> Theorem:
    """t = t"""
    return kernel.congruence(t, (None,) * len(t.args))


def log_one() -> Theorem:
    """log 1 = 0, by log exp 0 = 0"""
    return kernel.rewrite(ax("log_exp", a=ZERO), (under(op("log", op("exp", ZERO)), ax("exp_zero")), None))


def one_pow(exponent: Term) -> Theorem:
    """1^x = exp(x log 1) = 1"""
    power = ax("pow_exp_log", linear(op("lt", ZERO, ONE)), a=ONE, b=exponent)
    zero = under(op("mul", exponent, op("log", ONE)), None, log_one())
    return chain(power, under(rhs(power), chain(zero, kernel.ring(rhs(zero), ZERO))), ax("exp_zero"))


def inverse_of_zero(n: int) -> Theorem:
    """0ⁿ = 0 for n < 0: if a = 0, then aⁿ = (2·a)ⁿ = 2ⁿ·aⁿ"""
    a = sym("‹zero›")
    given = kernel.assume("case", op("eq", a, ZERO))
    twice, power = op("mul", a, num(2)), op("pow", a, num(n))
    sides = linear(op("le", twice, a), (given, 1)), linear(op("le", a, twice), (given, -1))
    same = under(op("pow", twice, num(n)), ax("le_antisymmetric", *sides, a=twice, b=a), None)
    scaled = chain(kernel.symmetric(same), ax("pow_mul_integer", a=a, b=num(2), i=num(n)))
    share = 1 / (1 - Fraction(2) ** n)
    sides = linear(op("le", power, ZERO), (scaled, share)), linear(op("le", ZERO, power), (scaled, -share))
    zero = kernel.discharge(ax("le_antisymmetric", *sides, a=power, b=ZERO), given.statement)
    return kernel.detach(kernel.specialise(kernel.generalise(zero, a), ZERO), reflexive(ZERO))


def for_range(theorem: Theorem, variable: Term, lo: Term, hi: Term) -> Theorem:
    """From lo ≤ i, i ≤ hi ⊢ φ(i): ⊢ for all lo ≤ i ≤ hi, φ(i)."""
    inner = kernel.discharge(theorem, op("le", variable, hi))
    return kernel.generalise(kernel.discharge(inner, op("le", lo, variable)), variable)


CONGRUENCE = {"sum": "sum_congruence", "prod": "prod_congruence", "maxi": "maxi_congruence"}


def inside(name: str, lo: Term, hi: Term, variable: Term, theorem: Theorem) -> Theorem:
    """From f(i) = g(i) for lo ≤ i ≤ hi: Σ f = Σ g (or ∏, max)."""
    f, g = (lam(variable, side) for side in theorem.statement.args)
    return ax(CONGRUENCE[name], for_range(theorem, variable, lo, hi), lo=lo, hi=hi, f=f, g=g)


def parts(t: Term, enter: Callable[[Term], object] = lambda t: True) -> Iterator[Term]:
    """The different terms that t consists of, t first, each once however often it stands there.

    What `enter` says no to is left out with all that is in it.
    """
    seen: set[Term] = set()
    waiting = [t]
    while waiting:
        part = waiting.pop()
        if part not in seen and enter(part):
            seen.add(part)
            yield part
            waiting.extend(reversed(part.args))


_names: dict[Any, tuple[int, str]] = {}


def order(t: Any) -> tuple[int, str]:
    """A key that puts terms in an order which is the same in every process."""
    found = _names.get(t)
    if found is None:
        if len(_names) > 200_000:
            _names.clear()
        if not isinstance(t, Term):  # the inverse of a sum, which the core scales by what comes first in its memory
            found = _names[t] = (1_000, order(canonical_sum(dict(t[1]))[0])[1])
            return found
        parts = [order(a) for a in t.args]
        text = f"{t.op}({','.join(p[1] for p in parts)})" if parts else repr(t)
        found = _names[t] = (1 + sum(p[0] for p in parts), text)
    return found


def monomial_order(m: Monomial) -> Any:
    return sorted((order(a), e) for a, e in m)


def factor_terms(m: Monomial) -> list[Term]:
    """The factors of a monomial as terms, in order."""
    factors = []
    for atom, e in sorted(m, key=lambda pair: order(pair[0])):
        if isinstance(atom, Term) and e == 0:  # x·x⁻¹, which is 1 only where x ≠ 0
            factors += [atom, op("pow", atom, num(-1))]
        elif isinstance(atom, Term):
            factors.append(atom if e == 1 else op("pow", atom, num(e)))
        else:
            base, scale = canonical_sum(dict(atom[1]))
            factors.append(op("pow", base, num(-e)))
            if scale != 1:
                factors.append(num(scale**-e))
    return factors


def canonical_sum(p: Polynomial) -> tuple[Term, Any]:
    """A sum of several monomials as scale · term, where the term's first monomial has the coefficient 1."""
    first = min(p, key=monomial_order)
    scale = p[first]
    return polynomial_term({m: c / scale for m, c in p.items()}), scale


def product_term(factors: list[Term]) -> Term:
    return ONE if not factors else factors[0] if len(factors) == 1 else op("mul", *factors)


def sum_term(terms: list[Term]) -> Term:
    return num(0) if not terms else terms[0] if len(terms) == 1 else op("add", *terms)


def monomial_term(m: Monomial, c: Any) -> Term:
    factors, numbers = [], c
    for f in factor_terms(m):
        if f.op == "num":
            numbers *= f.data
        else:
            factors.append(f)
    if numbers != 1 or not factors:
        factors.insert(0, num(numbers))
    return product_term(factors)


def polynomial_term(p: Polynomial) -> Term:
    """The canonical term of a polynomial: monomials and factors in the same order in every process."""
    return sum_term([monomial_term(m, p[m]) for m in sorted(p, key=monomial_order)])


def negated(t: Term) -> Term:
    return op("mul", MINUS_ONE, t)


def minus(s: Term, t: Term) -> Term:
    return op("add", s, negated(t))


def from_difference(s: Term, t: Term, zero: Theorem) -> Theorem:
    """s = t from s − t = 0."""
    return ax("le_antisymmetric", linear(op("le", s, t), (zero, 1)), linear(op("le", t, s), (zero, -1)), a=s, b=t)


def linear(goal: Term, *premises: tuple[Theorem, Any]) -> Theorem:
    """The goal s ≤ t or s < t as a linear combination of premises (theorem, factor)."""
    return kernel.linear(goal, tuple((Fraction(c), p) for p, c in premises))


def attempt(f: Callable[..., Any], *args: Any) -> Any:
    """f(*args), or None where it finds no proof."""
    try:
        return f(*args)
    except NoProof:
        return None
