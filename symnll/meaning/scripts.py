"""What is written above and below a thing: its entries, powers, transposes and factorials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sympy

from symnll.meaning import limits
from symnll.meaning import values as V
from symnll.meaning.environment import Env
from symnll.meaning.trees import spelled
from symnll.meaning.values import Array, Unclear, Value
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator


def entry(v: Array, index: Sequence[Any], node: Any) -> Value:
    """An entry of an array, or its row where fewer indices are given."""
    if len(index) == len(v.axes):
        return v.at(*index)
    if len(index) < len(v.axes):
        return Array(v.axes[len(index) :], lambda *rest: v.at(*index, *rest))
    raise Unclear(f"{len(index)} indices are given where there are {len(v.axes)}.", node.start, node.end)


def scripted(e: Elaborator, v: Value, following: Any, env: Env) -> Value:
    """The entry of v and then the power that the scripts of `following`, the bracket around v, say."""
    if isinstance(following, S.Atom):
        for sub in following.subs:
            if not isinstance(v, Array):
                raise Unclear("A number has no entries.", following.start, following.end)
            v = entry(v, e.indices(sub, env, len(v.axes)), following)
        v = superscripts(e, v, following, env)
    return v


def superscripts(e: Elaborator, v: Value, node: S.Atom, env: Env) -> Value:
    """v with the powers, transposes and factorials that are written after it."""
    if len(node.sups) > 1:
        raise Unclear("There are two exponents here; put braces around what belongs together.", node.start, node.end)
    for sup in node.sups:
        v = raised(e, v, sup, env)
    if node.primes:
        raise Unclear("A prime is understood after a function's name only.", node.start, node.end)
    return factorial(v, node.bangs, node)


def factorial(v: Value, bangs: int, node: Any) -> Value:
    """v!, where there is one bang."""
    if bangs > 1:
        raise Unclear("n!! is not understood: a double factorial, or (n!)!?", node.start, node.end)
    if bangs and isinstance(v, (Array, V.Ones)):
        raise Unclear("A factorial is taken of a number.", node.start, node.end)
    return sympy.factorial(limits.exponent(v, node), evaluate=False) if bangs else v


def raised(e: Elaborator, v: Value, sup: Any, env: Env) -> Value:
    """v with one superscript: a power, or a transpose."""
    inner = S.unwrap(sup)
    if isinstance(v, V.Ones) and isinstance(inner, S.Name):
        return v.transposed
    if isinstance(v, Array):
        if isinstance(inner, S.Name) and inner.text in ("T", r"\top"):
            if inner.text == "T" and len(v.axes) == 2 and ("T" in env or e.scope.known("T")):
                raise Unclear("T is a name here, so that ^T is no transpose; write ^\\top.", sup.start, sup.end)
            return v.transposed
        if isinstance(inner, S.Num) and len(v.axes) == 1:
            return v.map(lambda x: V.power(x, V.number(inner.value)))
        raise Unclear("Powers of vectors and matrices are not understood.", sup.start, sup.end)
    transposes = isinstance(inner, S.Name) and inner.text in (r"\top", "T")
    if transposes and inner.text not in env and not e.scope.known(inner.text):
        if inner.text != "T" and isinstance(v, (sympy.Symbol, sympy.Number)) and not _inferred(e, v):
            return v
        raise Unclear("Something is transposed here that is no vector or matrix; declare its shape, or what "
                      f"{inner.text} is.", sup.start, sup.end)  # fmt: skip
    if isinstance(inner, S.Bare):
        raise Unclear(f"The superscript {inner.text} is not understood.", sup.start, sup.end)
    power = e.scalar(sup, env)
    largest = limits.LARGEST_EXPONENTIAL if v is sympy.E else limits.LARGEST_EXPONENT
    return V.power(v, limits.exponent(power, sup, largest))


def _inferred(e: Elaborator, v: Any) -> bool:
    return any(q.inferred and q.base in v.free_symbols for (_, n), q in e.scope.quantities.items() if n == 0)


def finished(e: Elaborator, v: Value, item: Any, following: Any, env: Env, subscript: bool = False) -> Value:
    """v with the scripts after its brackets, and the powers on the operator's name. Nothing is passed over."""
    v = scripted(e, v, following, env)
    if not isinstance(item, S.Atom):
        return v
    name = spelled(item.base)
    if (item.subs and not subscript) or item.primes or item.bangs:
        raise Unclear(f"What is written at {name} is not understood here.", item.start, item.end)
    for sup in item.sups:
        if spelled(S.unwrap(sup)) == "-1":
            raise Unclear(f"{name} with the exponent −1: the inverse, or one over it? Write which.", sup.start, sup.end)
        v = raised(e, v, sup, env)
    return v
