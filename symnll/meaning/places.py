"""Derivatives and functions at a point: (dh/dx)(0), ∇_w L(v), and brackets that may be an argument or a factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy

from symnll import language as L
from symnll.meaning import values as V
from symnll.meaning.environment import Env
from symnll.meaning.evidence import like_argument
from symnll.meaning.trees import argument_parts, head_of, mentions, names_in, spelled
from symnll.meaning.values import Array, Unclear, Value
from symnll.meaning.variables import Variable
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator


def after_derivative(
    e: Elaborator, v: Value, operand: Any, variable: Any, items: Sequence[Any], k: int, env: Env
) -> tuple[Value, int]:
    """v = ∂f/∂x, or its value at the point in the bracket at items[k], and the place after it.

    f(x) = … is a function, of which (0) and (a) say a point. Otherwise a bracket may be a factor, as in a chain rule.
    """
    bracket = items[k] if k < len(items) else None
    name, x = head_of(S.unwrap(operand)), S.unwrap(variable)
    if not (isinstance(bracket, S.Bracket) and bracket.kind in ("(", "[") and isinstance(name, S.Name)):
        return v, k
    point = S.unwrap(bracket.inside)
    if spelled(point) in (spelled(x), spelled(head_of(x))):
        return v, k + 1
    is_function = any(d.arguments is not None for d in e.scope.definitions.get(name.text, ()))
    letter = isinstance(head_of(point), S.Name) and not isinstance(point, S.Sum)
    number = not names_in(point) - {"log", "ln", "exp", "e", r"\pi"}  # −1, 1/2, log 2
    if is_function and (letter or number):
        return at(e, v, Variable(e, x, env), point, env), k + 1
    if letter or number or (is_function and like_argument(bracket.inside)):
        raise Unclear(
            f"Whether ({spelled(point)}) is the point at which this derivative is taken or a factor is not clear; "
            f"write \\cdot, or |_{{{spelled(x)} = {spelled(point)}}}.",
            bracket.start, bracket.end,
        )  # fmt: skip
    return v, k


def of_call(e: Elaborator, operand: Any, variable: Any) -> tuple[Any, Any] | None:
    """For L(v) and w, where L(w) is defined: L(w), and v; None for other operands."""
    x = S.unwrap(variable)
    if not (isinstance(operand, S.Product) and len(operand.items) == 2 and isinstance(operand.items[1], S.Bracket)):
        return None
    name, bracket = operand.items
    if not isinstance(name, S.Name) or not isinstance(head_of(x), S.Name) or mentions(bracket, {head_of(x).text}):
        return None
    parts = argument_parts(bracket.inside)
    for d in e.scope.definitions.get(name.text, ()):
        letters = [spelled(S.unwrap(a)) for a in d.arguments or ()]
        if len(letters) == len(parts) and head_of(x).text in letters:
            n = letters.index(head_of(x).text)
            pieces = (head_of(x),) if len(parts) == 1 else None
            if pieces is not None:
                inside = replace(bracket, inside=replace(bracket.inside, pieces=pieces))
                return replace(operand, items=(name, inside)), parts[n]
    return None


def kept(e: Elaborator, operand: Any, variables: set[str], env: Env) -> list[Variable]:
    """The defined names that ∂ by these variables holds fixed.

    These are y in ∂f/∂x, where f(x, y) is defined, and u in ∂L/∂x beside dL/dx, where L is defined by u.
    """
    name = S.unwrap(operand)
    ds = e.scope.definitions.get(name.text, ()) if isinstance(name, S.Name) and name.text not in env else ()
    if len(ds) != 1:
        return []
    (d,) = ds
    letters = {S.unwrap(a).text for a in d.arguments or () if isinstance(S.unwrap(a), S.Name)} & names_in(d.body)
    if d.arguments is None and name.text in e.totals:
        letters = names_in(d.body)
    elif not letters & variables:
        return []
    given = {n for n in letters if any(x.arguments is None for x in e.scope.definitions.get(n, ()))}
    found = [Variable(e, S.Name(operand.start, operand.end, n), env) for n in sorted(given - variables - env.keys())]
    return [v for v in found if v.fresh]


def at(e: Elaborator, v: Value, variable: Variable, point: Any, env: Env) -> Value:
    """v with the variable at a point."""
    where = e.value(point, env)
    if variable.abstract is not None:
        raise Unclear("A value at a point is understood for letters that nothing defines.", point.start, point.end)
    symbol = variable.symbol
    one = symbol.at(*(a.lower for a in symbol.axes)) if isinstance(symbol, Array) else symbol
    if isinstance(one, sympy.Symbol):
        if isinstance(where, (Array, V.Ones)):
            raise Unclear("The point is a vector, and the variable is a number.", point.start, point.end)
        base, value = one, where
    else:
        base = one.base
        count = len(one.indices)
        if isinstance(where, Array) and len(where.axes) == count:
            axes = where.axes
            letters = tuple(V.bound("k") for _ in axes)
            pages = [V.add(k, a.lower - 1) if a.lower != 1 else k for k, a in zip(letters, axes, strict=True)]
            value = sympy.Lambda(letters, where.at(*pages))
        elif where == 0 or (isinstance(where, V.Ones) and where.scale == 0):
            value = sympy.Lambda(tuple(V.bound("k") for _ in range(count)), sympy.Integer(0))
        else:
            raise Unclear("The point is no vector like the variable.", point.start, point.end)
    return v.map(lambda x: L.At(x, base, value)) if isinstance(v, Array) else L.At(v, base, value)
