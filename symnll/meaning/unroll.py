"""Sums, products and lists written out with dots: x_1 + x_2 + … + x_n is Σ_{i=1}^{n} x_i."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from sympy import Integer

from symnll.meaning import values as V
from symnll.meaning.environment import Env
from symnll.meaning.trees import with_dots
from symnll.meaning.values import Array, Unclear
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator

HOLE = "‹dots›"


class _Differ(Exception):
    pass


def _general(a: Any, b: Any, found: list[tuple[Any, Any]]) -> Any:
    """The tree that a and b both are, with a hole where they differ; the pair that differs goes into `found`."""
    if a == b:
        return a
    if isinstance(a, S.Node) and type(a) is type(b) and not isinstance(a, (S.Num, S.Name)):
        try:
            inside: list[tuple[Any, Any]] = []
            new = {
                f.name: _general_field(getattr(a, f.name), getattr(b, f.name), inside)
                for f in fields(a)
                if f.name not in ("start", "end")
            }
            found.extend(inside)
            return replace(a, **new)
        except _Differ:
            pass
    if not (isinstance(a, S.Node) and isinstance(b, S.Node)):
        raise _Differ
    found.append((S.unwrap(a), S.unwrap(b)))
    return S.Name(a.start, a.end, HOLE)


def _general_field(a: Any, b: Any, found: list[tuple[Any, Any]]) -> Any:
    if a == b:
        return a
    if isinstance(a, tuple) and isinstance(b, tuple):
        if len(a) != len(b):
            raise _Differ
        return tuple(_general_field(x, y, found) for x, y in zip(a, b, strict=True))
    if is_dataclass(a) and is_dataclass(b):
        return _general(a, b, found)
    raise _Differ


def general(e: Elaborator, one: Any, last: Any, env: Env) -> tuple[Any, Any, Any] | None:
    """(tree with a hole, what stands there in `one`, in `last`), if they differ in one index only."""
    found: list[tuple[Any, Any]] = []
    try:
        tree = _general(one, last, found)
    except _Differ:
        return None
    if not found or any(pair != found[0] for pair in found) or not all(map(_steady, found[0])):
        return None
    try:
        return tree, e.index(found[0][0], env), e.index(found[0][1], env)
    except Unclear:
        return None


def _steady(node: Any) -> bool:
    """Whether an index can end a sequence that goes up by one: n, n − 1, n_k, but not 2n, 2^n."""
    inner = S.unwrap(node)
    if isinstance(inner, S.Bracket) and inner.kind in ("(", "["):
        inner = S.unwrap(inner.inside)
    if isinstance(inner, S.Sum):
        return all(_steady(t) for _, t in inner.terms)
    if isinstance(inner, S.Atom):
        return isinstance(inner.base, S.Name) and not inner.sups and not inner.bangs
    return isinstance(inner, (S.Name, S.Num))


def _goes_on(e: Elaborator, before: Any, found: tuple[Any, Any, Any], node: Any) -> bool:
    """Whether the term before is the one with the index before. Refuses 1 + 3 + … + n and n + (n − 1) + … + 1."""
    tree, lower, _ = found
    if before is None or before[0] != tree:
        return False
    if before[1] - lower != -1:
        raise Unclear("These dots seem to skip indices, or to go down; write \\sum or \\prod.", node.start, node.end)
    return True


def _upwards(e: Elaborator, found: tuple[Any, Any, Any], node: Any) -> None:
    """Refuse dots from K down to k, or from a letter to a number."""
    _, lower, upper = found
    down = upper < lower if lower.is_number and upper.is_number else upper.is_number or lower in e.scope.sizes.values()
    if down:
        raise Unclear("These dots seem to go down; write \\sum or \\prod.", node.start, node.end)


def _is_dots(node: Any) -> bool:
    return isinstance(node, S.Dots) or (
        isinstance(node, S.Product) and all(isinstance(i, (S.Dots, S.Times)) for i in node.items)
    )


def unrolled(e: Elaborator, node: S.Sum, env: Env) -> Any:
    """The value of a sum with dots, or None if it has none."""
    at = [n for n, (_, t) in enumerate(node.terms) if _is_dots(t)]
    if not at:
        return None
    d = at[0]
    if len(at) > 1 or d == 0 or d + 1 >= len(node.terms):
        raise Unclear("What these dots stand for is not clear; write \\sum.", node.start, node.end)
    (sign, one), (last_sign, last) = node.terms[d - 1], node.terms[d + 1]
    found = general(e, one, last, env)
    if found is None or sign != last_sign or (node.terms[d][0] != sign and sign != "+"):
        raise Unclear("What these dots stand for is not clear; write \\sum.", node.start, node.end)
    _upwards(e, found, node)
    tree, lower, upper = found
    first = d - 1
    while first > 0 and node.terms[first - 1][0] == sign:
        before = general(e, node.terms[first - 1][1], last, env)
        if not _goes_on(e, before, (tree, lower, upper), node):
            break
        first, lower = first - 1, before[1]  # type: ignore[index]
    ahead = general(e, node.terms[first - 1][1], last, env) if first else None
    follows = ahead is not None and ahead[0] == tree and ahead[1] == lower - 1  # a_1 − a_2 − … − a_K
    if first and d - first < 2 and lower != 1 and not follows:
        raise Unclear("What these dots stand for is not clear; write \\sum.", node.start, node.end)
    variable = V.bound("i")
    body = e.value(tree, {**env, HOLE: variable})
    total = (
        body.map(lambda x: V.over("sum", x, variable, lower, upper))
        if isinstance(body, Array)
        else V.over("sum", body, variable, lower, upper)
    )
    parts = [total if sign == "+" else V.neg(total)]
    for s, t in (*node.terms[:first], *node.terms[d + 2 :]):
        v = e.value(t, env)
        parts.append(v if s == "+" else V.neg(v))
    return V.add(*parts)


def unrolled_product(e: Elaborator, items: Sequence[Any], env: Env) -> Any:
    """The value of a product with dots, such as p(x_1) p(x_2) ⋯ p(x_n)."""
    plain = [i for i in items if not (isinstance(i, S.Times) and i.kind in ("*", "."))]
    at = [n for n, i in enumerate(plain) if isinstance(i, S.Dots)]
    if len(at) != 1 or any(isinstance(i, S.Times) for i in plain):
        raise Unclear("What these dots stand for is not clear; write \\prod.", items[0].start, items[-1].end)
    d = at[0]
    for width in range(1, min(d, len(plain) - d - 1) + 1):
        one, last = plain[d - width : d], plain[d + 1 : d + 1 + width]
        trees = [S.Product(g[0].start, g[-1].end, tuple(g)) for g in (one, last)]
        found = general(e, *trees, env)  # type: ignore[call-arg, arg-type]
        if found is None:
            continue
        if width == 1 and (falling := _falling(e, plain, d, found, env)) is not None:
            return falling
        _upwards(e, found, items[0])
        tree, lower, upper = found
        first = d - width
        while first >= width:
            before = plain[first - width : first]
            again = general(e, S.Product(before[0].start, before[-1].end, tuple(before)), trees[1], env)
            if not _goes_on(e, again, (tree, lower, upper), items[0]):
                break
            first, lower = first - width, again[1]  # type: ignore[index]
        variable = V.bound("i")
        body = e.scalar(tree, {**env, HOLE: variable})
        parts = [V.over("prod", body, variable, lower, upper)]
        for rest in (plain[:first], plain[d + 1 + width :]):
            if rest:
                parts.append(e.product(rest, env, rest[0]))
        return V.mul(*parts)
    raise Unclear("What these dots stand for is not clear; write \\prod.", items[0].start, items[-1].end)


def _falling(e: Elaborator, plain: Sequence[Any], d: int, found: tuple[Any, Any, Any], env: Env) -> Any:
    """The value of n (n − 1) ⋯ (n − k + 1), the product of all whole numbers from the last to the first; or None."""
    tree, top, last = found
    variable = V.bound("i")
    first = d - 1
    if e.scalar(tree, {**env, HOLE: variable}) != variable:
        return None
    while first > 0 and _whole(e, plain[first - 1], env) - top == 1:
        first, top = first - 1, top + 1
    if first == d - 1:
        return None
    rest = [*plain[:first], *plain[d + 2 :]]
    total = V.over("prod", variable, variable, last, top)
    return V.mul(total, e.product(rest, env, rest[0])) if rest else total


def _whole(e: Elaborator, node: Any, env: Env) -> Any:
    """The value of a factor that is a whole number, or 0."""
    try:
        return e.index(node, env)
    except Unclear:
        return Integer(0)


def dotted_list(e: Elaborator, parts: Sequence[S.List], env: Env) -> tuple[Any, Any, Any, Any] | None:
    """For x_1, …, x_n: (variable, entry, lower, upper); None where the list has no dots."""
    parts = with_dots(parts)
    at = [n for n, p in enumerate(parts) if _is_dots(p.only)]
    if not at:
        return None
    d = at[0]
    if len(at) > 1 or d == 0 or d + 2 != len(parts):
        raise Unclear("What these dots stand for is not clear.", parts[0].start, parts[-1].end)
    found = general(e, parts[d - 1].only, parts[d + 1].only, env)
    if found is None:
        raise Unclear("What these dots stand for is not clear.", parts[0].start, parts[-1].end)
    tree, lower, upper = found
    for n in range(d - 2, -1, -1):
        before = general(e, parts[n].only, parts[d + 1].only, env)
        if before is None or before[0] != tree or before[1] != lower - 1:
            raise Unclear("What these dots stand for is not clear.", parts[0].start, parts[-1].end)
        lower = before[1]
    variable = V.bound("i")
    return variable, e.scalar(tree, {**env, HOLE: variable}), lower, upper


__all__ = ["HOLE", "Integer", "dotted_list", "general", "unrolled", "unrolled_product"]
