"""Integrals, up to a constant or between bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sympy

from symnll.meaning import values as V
from symnll.meaning.derivatives import sign_of
from symnll.meaning.environment import Env
from symnll.meaning.ties import held
from symnll.meaning.trees import product_parts
from symnll.meaning.values import Array, Unclear, Value
from symnll.meaning.variables import Variable, apart
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator


class Antiderivative(sympy.Expr):
    """∫ body d(variable): some function whose derivative with respect to the variable is body."""

    def __new__(cls, body: Any, variable: Any) -> Antiderivative:
        return sympy.Expr.__new__(cls, body, variable)  # type: ignore[no-any-return]


def integral(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> Value:
    """∫ f dx, up to a constant, and ∫_a^b f dx."""
    item = items[k]
    at = [n for n in range(k + 1, len(items) - 1) if sign_of(items[n])[0] == "d"]
    rest = items[k + 1 :]
    if not at and len(rest) == 1 and isinstance(rest[0], S.Frac):  # ∫ \frac{dx}{x}
        top = product_parts(rest[0].top)
        where = [n for n in range(len(top) - 1) if sign_of(top[n])[0] == "d"]
        if where:
            n = where[-1]
            variable = Variable(e, top[n + 1], env)
            others = top[:n]
            up = e.product(others, env, rest[0]) if others else sympy.Integer(1)
            return _integral(e, V.divide(up, e.scalar(rest[0].bottom, env)), variable, item, env)
    if not at or at[-1] + 2 != len(items):
        raise Unclear(
            "With respect to what this is integrated is not understood; end it with dx.", item.start, item.end
        )
    variable = Variable(e, items[at[-1] + 1], env)
    inside = list(items[k + 1 : at[-1]])
    while inside and isinstance(inside[-1], S.Times):
        inside.pop()
    body = e.product(inside, env, item) if inside else sympy.Integer(1)
    return _integral(e, body, variable, item, env)


def _integral(e: Elaborator, body: Value, variable: Variable, item: Any, env: Env) -> Any:
    if isinstance(body, Array) or isinstance(variable.symbol, Array) or variable.abstract is not None:
        raise Unclear("This integral is not understood.", item.start, item.end)
    apart(variable, env, item)
    held(e, body, variable.key, item)
    subs = item.subs if isinstance(item, S.Atom) else ()
    sups = item.sups if isinstance(item, S.Atom) else ()
    if subs and sups:
        if not isinstance(variable.symbol, sympy.Symbol):
            raise Unclear("A definite integral over an entry of a vector is not understood.", item.start, item.end)
        return sympy.Integral(body, (variable.symbol, e.scalar(subs[0], env), e.scalar(sups[0], env)))
    if subs or sups:
        raise Unclear("This integral has one bound only.", item.start, item.end)
    return Antiderivative(body, variable.symbol)
