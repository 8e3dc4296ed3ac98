"""Conditions and distinctions of cases, as far as sizes and indices decide them, and as nodes otherwise."""

from __future__ import annotations

from typing import Any

import sympy

from symnll.small.graph import Node
from symnll.small.values import Undefined, related

SYMBOLS = {
    sympy.Eq: "=",
    sympy.Ne: "≠",
    sympy.Le: "≤",
    sympy.Lt: "<",
    sympy.Ge: "≥",
    sympy.Gt: ">",
}
Condition = Any  # True | False | (symbol, left, right) | ("and" | "or" | "not", conditions)


def condition(writer: Any, expr: Any, env: dict[Any, Any]) -> Condition:
    """True or False where sizes and indices decide it, else the relation with its two sides written out."""
    if expr in (sympy.true, sympy.false):
        return bool(expr)
    if isinstance(expr, (sympy.And, sympy.Or, sympy.Not)):
        return _combined(expr, [condition(writer, a, env) for a in expr.args])
    symbol = SYMBOLS.get(type(expr))
    if symbol is None:
        writer.refuse(f"{expr} is no relation that can be written out")
    tags = writer.tags(expr.args, env)
    if symbol in "=≠" and None not in tags:  # type: ignore[operator]
        return (tags[0] == tags[1]) == (symbol == "=")
    left, right = writer.write(expr.lhs, env), writer.write(expr.rhs, env)
    if left.op == right.op == "const":
        return related(symbol, left.data - right.data)  # type: ignore[arg-type]
    return symbol, left, right


def _combined(expr: Any, parts: list[Condition]) -> Condition:
    if isinstance(expr, sympy.Not):
        return not parts[0] if isinstance(parts[0], bool) else ("not", parts)
    every = isinstance(expr, sympy.And)
    if any(p is not every for p in parts if isinstance(p, bool)):
        return not every
    open_parts = [p for p in parts if not isinstance(p, bool)]
    return ("and" if every else "or", open_parts) if open_parts else every


def choice(writer: Any, expr: Any, env: dict[Any, Any]) -> Node:
    """The value of the first case whose condition holds; undefined if there is none."""
    graph, rows = writer.graph, []
    last: Node | None = None
    for value, test in expr.args:
        decided = condition(writer, test, env)
        if decided is True:
            last = writer.write(value, env)
            break
        if decided is not False:
            rows.append((decided, writer.write(value, env)))
    if not rows and last is None:
        raise Undefined(f"no case of {expr} applies")
    if rows and all(len(decided) == 3 for decided, _ in rows):
        args = [node for (_, left, right), value in rows for node in (left, right, value)]
        args += [] if last is None else [last]
        return graph.piecewise(tuple(decided[0] for decided, _ in rows), tuple(args), strict=False)
    result = last or graph.power(graph.zero, graph.constant(-1))
    for decided, value in reversed(rows):
        result = _either(graph, decided, value, result)
    return result


def _either(graph: Any, test: Condition, yes: Node, no: Node) -> Node:
    if len(test) == 3:
        symbol, left, right = test
        return graph.piecewise((symbol,), (left, right, yes, no), strict=False)
    kind, parts = test
    if kind == "not":
        return _either(graph, parts[0], no, yes)
    result = yes if kind == "and" else no
    for part in parts:
        result = _either(graph, part, result, no) if kind == "and" else _either(graph, part, yes, result)
    return result
