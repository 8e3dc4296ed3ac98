"""A point as a reader sees it: names with values, exact ones as fractions and others to a few digits."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from flint import fmpq

from symnll.language import Vector
from symnll.small.cases import Case, Cases
from symnll.small.compare import evaluator
from symnll.small.evaluate import Evaluator
from symnll.small.graph import Node
from symnll.small.sample import Point
from symnll.small.values import PRECISIONS, precision
from symnll.small.writer import Tag


def text(value: object) -> str:
    """Lists as in (1, 2)."""
    return f"({', '.join(map(text, value))})" if isinstance(value, (list, tuple)) else str(value)


def sizes_text(sizes: list[dict[str, int]]) -> str:
    """K = 1, 2 for one name, and (N, K) = (1, 1), (1, 2) for several; nothing where there is no name."""
    names = list(sizes[0]) if sizes else []
    if not names:
        return ""
    values = [text(list(s.values()) if len(names) > 1 else s[names[0]]) for s in sizes]
    return f"{text(names) if len(names) > 1 else names[0]} = {', '.join(values)}"


def two_numbers(left: Any, right: Any) -> tuple[str, str]:
    """Both values as text, with enough digits to tell them apart; sets of maximisers as sets."""
    if isinstance(left, list):
        return f"{{{_arguments(left)}}}", f"{{{_arguments(right)}}}"
    for digits in (6, 12, 25, 60, 200):
        one, other = (_digits(v, digits) for v in (left, right))
        if one != other:
            break
    return one, other


def _digits(value: Any, digits: int) -> str:
    """A fraction as it is, a ball by its first digits; a ball around 0 is shown as 0."""
    if isinstance(value, fmpq):
        return str(value)
    shown = value.str(digits, radius=False)
    return "0" if shown.startswith("0e") else f"{shown}…"


def values_at(cases: Cases, case: Case, point: Point) -> dict[str, object]:
    """The values of vectors, indices, scalars and unknown functions, in this order."""
    shown: dict[str, object] = {}
    with precision(PRECISIONS[0]):
        values = evaluator(case, point)
        for base in cases.problem.vectors:
            entries = _vector(cases, case, base, values)
            if entries is not None:
                shown[str(base)] = entries
        for symbol in cases.problem.discrete:
            value = case.env[symbol]
            shown[str(symbol)] = f"{symbol}{value.number + 1}" if isinstance(value, Tag) else value
        for symbol in cases.problem.scalars:
            shown[str(symbol)] = _plain(values.value(cases.writer.write(symbol, case.env)))
        for node in sorted(_nodes(case), key=lambda n: n.serial):
            if node.op == "var" and node.data[0].sort == "value":
                key = node.data[0]
                name = f"{key.owner}({_arguments(key.place)})" if key.place else str(key.owner)
                shown[name] = _plain(values.value(node))
            elif node.op == "apply":
                function = node.data[0]
                given = any(a is not None for a in function.fixed)
                name = f"{function.name}({_arguments(function.fixed)})" if given else function.name
                shown[name] = _polynomial(point.polynomial(function))
    return shown


def _nodes(case: Case) -> set[Node]:
    """Every node that the two sides are made of."""
    found: set[Node] = set()
    stack = [case.left, case.right, *case.scored]
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(node.args)
    return found


def _vector(cases: Cases, case: Case, base: Any, values: Evaluator) -> object:
    """Nested lists of entries; of a vector without sizes, as far as the sides use it."""
    if isinstance(base, Vector):
        shape = cases.writer.shape(base, case.env)
    else:
        keys = [v.data[0] for v in case.left.variables | case.right.variables]
        seen = [key.place for key in keys if key.owner == base]
        if not seen or min(map(min, seen)) < 1:
            return None
        shape = [max(column) for column in zip(*seen, strict=True)]

    def rows(prefix: tuple[int, ...]) -> object:
        if len(prefix) == len(shape):
            return _plain(values.value(cases.writer.entry(base, prefix, case.env)))
        return [rows((*prefix, k)) for k in range(1, shape[len(prefix)] + 1)]

    return rows(())


def _plain(value: Any) -> object:
    """An int or a Fraction where exact, else decimals."""
    if isinstance(value, fmpq):
        return int(value.p) if value.q == 1 else Fraction(int(value.p), int(value.q))
    return f"{value.str(6, radius=False)}…"


def _arguments(values: Iterable[Any]) -> str:
    return ", ".join("·" if v is None else f"θ{v.number + 1}" if isinstance(v, Tag) else str(v) for v in values)


def _polynomial(polynomial: dict[tuple[int, ...], Any]) -> str:
    """The polynomial in x, or in x1, x2, …"""
    arity = len(next(iter(polynomial)))
    names = ["x"] if arity == 1 else [f"x{k + 1}" for k in range(arity)]
    shown = ""
    for exponents, coefficient in sorted(polynomial.items()):
        factors = [name + (f"^{e}" if e > 1 else "") for name, e in zip(names, exponents, strict=True) if e]
        if abs(coefficient) != 1 or not factors:
            factors.insert(0, str(abs(coefficient)))
        if coefficient != 0:
            shown += (" - " if coefficient < 0 else " + ") + "·".join(factors)
    return shown.removeprefix(" + ").lstrip() or "0"
