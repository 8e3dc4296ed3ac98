"""Cases, factorials, binomials and hyperbolic functions as terms of the core, which has no operators for them.

Every form here is exact for all values of the symbols, because 0⁻¹ = 0 and an empty product is 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from symnll.core.ring import CONSTANT, Ring
from symnll.core.term import INT, ONE, ZERO, Term, lam, neg, num, op, sub, sym
from symnll.prove.tactics import polynomial_term

Translate = Callable[[Any], Term]
RELATIONS = {sympy.Eq: "eq", sympy.Ne: "ne", sympy.Le: "le", sympy.Lt: "lt", sympy.Ge: "ge", sympy.Gt: "gt"}


def below(a: Term, b: Term) -> Term:
    """1 where a < b, else 0: max(b − a, 0)·(b − a)⁻¹."""
    gap = sub(b, a) if a is not ZERO else b
    return op("mul", op("max", gap, ZERO), op("pow", gap, num(-1)))


def same(a: Term, b: Term) -> Term:
    """1 where a = b, else 0: a delta of integers, 1 − (a − b)·(a − b)⁻¹ of reals."""
    if a.sort == b.sort == INT:
        return op("delta", a, b)
    gap = sub(a, b)
    return sub(ONE, op("mul", gap, op("pow", gap, num(-1))))


def indicator(condition: Any, translate: Translate) -> Term | None:
    """1 where the condition holds, else 0; None for what is no condition on numbers."""
    if condition in (sympy.true, sympy.false):
        return ONE if condition == sympy.true else ZERO
    if isinstance(condition, (sympy.And, sympy.Or)):
        found = [indicator(c, translate) for c in condition.args]
        parts = [p for p in found if p is not None]
        if len(parts) < len(found):
            return None
        if isinstance(condition, sympy.And):
            return op("mul", *parts)
        return sub(ONE, op("mul", *(sub(ONE, p) for p in parts)))
    if isinstance(condition, sympy.Not):
        inside = indicator(condition.args[0], translate)
        return None if inside is None else sub(ONE, inside)
    name = RELATIONS.get(type(condition))
    if name is None:
        return None
    a, b = (whole(translate(s)) for s in condition.args)
    if name in ("eq", "ne"):
        return same(a, b) if name == "eq" else sub(ONE, same(a, b))
    return {"lt": lambda: below(a, b), "gt": lambda: below(b, a), "le": lambda: sub(ONE, below(b, a)),
            "ge": lambda: sub(ONE, below(a, b))}[name]()  # fmt: skip


def chosen(weight: Term, value: Term, otherwise: Term) -> Term:
    """weight·value + (1 − weight)·otherwise, for a weight that is 0 or 1."""
    return op("add", op("mul", weight, value), op("mul", sub(ONE, weight), otherwise))


def factorial(n: Term) -> Term:
    """∏ k over k = 1..n, which is 1 for n ≤ 0."""
    k = sym("‹factor›", INT)
    return op("prod", ONE, n, lam(k, k))


def binomial(n: Term, k: Term, counts: bool) -> Term:
    """n!/(k!·(n − k)!) where 0 ≤ k ≤ n, else 0; `counts`: 0 ≤ k by its kind."""
    rest = whole(sub(n, k))
    ratio = [factorial(n), *(op("pow", factorial(t), num(-1)) for t in (k, rest))]
    inside = [sub(ONE, below(n, k))] if not counts or rest.op != "num" or rest.data < 0 else []
    if not counts and not (k.op == "num" and k.data >= 0):
        inside.append(sub(ONE, below(k, ZERO)))
    return op("mul", *inside, *ratio)


def hyperbolic(name: str, x: Term) -> Term:
    """sinh, cosh or tanh by exponentials."""
    up, down = op("exp", x), op("exp", neg(x))
    if name == "tanh":
        return op("mul", sub(up, down), op("pow", op("add", up, down), num(-1)))
    return op("mul", num("1/2"), sub(up, down) if name == "sinh" else op("add", up, down))


def number(t: Term) -> int | None:
    """The integer that a term is by arithmetic."""
    p = Ring().polynomial(t)
    value = p.get(CONSTANT, 0)
    return int(value) if p.keys() <= {CONSTANT} and value == int(value) else None


def whole(t: Term) -> Term:
    """t as an integer term, where it is a polynomial with integer coefficients in integers; else t itself."""
    if t.sort == INT:
        return t
    p = Ring().polynomial(t)
    fine = all(c.denominator == 1 for c in p.values()) and all(
        isinstance(a, Term) and a.sort == INT and e > 0 for m in p for a, e in m
    )
    return polynomial_term(p) if fine else t
