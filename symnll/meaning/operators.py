"""Functions and extrema with what they are taken of: log, exp, max, min, argmax."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import sympy

from symnll import language as L
from symnll.meaning import values as V
from symnll.meaning.calls import name_unit
from symnll.meaning.derivatives import is_derivative
from symnll.meaning.environment import ABSTRACT, HIDDEN, INNER, PARAMETERS, Env
from symnll.meaning.functions import FUNCTIONS
from symnll.meaning.scripts import finished, raised, scripted
from symnll.meaning.sums import bounded, rest_of
from symnll.meaning.trees import head_of, spelled, stripped
from symnll.meaning.unroll import dotted_list
from symnll.meaning.values import Array, Unclear, Value
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator

LOGARITHMS = ("log", "ln")


def argument(e: Elaborator, items: Sequence[Any], k: int, env: Env, name: str) -> tuple[Value, int, list[Any]]:
    """The argument of a function without brackets, or with; the place after it, and the scripts on its brackets.

    Without brackets it takes the factors that follow, up to an explicit ·, another function or a bracket.
    """
    while k < len(items) and isinstance(items[k], S.Times) and items[k].kind == ".":
        k += 1
    if k >= len(items):
        node = items[-1]
        raise Unclear(f"{name} has no argument.", node.start, node.end)
    first = items[k]
    bracket = head_of(first)
    if isinstance(bracket, S.Bracket) and bracket.kind in ("(", "[", r"\{"):
        if isinstance(first, S.Atom) and first.bangs:  # log (n−1)!
            return e.atom(first, env), k + 1, []
        if name in LOGARITHMS and isinstance(first, S.Atom) and first.sups:
            e.ambiguities[first.start] = f"the {name} of the power, or the power of the {name}"
            if _of_power(first) != bool(e.readings.get(first.start)):
                return *_powers(e, items, k, *e.unit(items, k, env), env), []
        if isinstance(first, S.Atom):
            return e.value(bracket.inside, env), k + 1, [first]
        return e.value(bracket.inside, env), k + 1, []
    start = k
    one, after = e.unit(items, k, env)
    v, k = _powers(e, items, start, one, after, env)
    while k < len(items) and not _ends_argument(items[k]):
        more, k = e.unit(items, k, env)
        v = V.times(v, more, first)
    if k > after:
        e.ambiguities[first.start] = f"where the argument of {name} ends: after the first factor, or after all"
        if e.readings.get(first.start):
            return one, after, []
    elif after < len(items) and not isinstance(items[after], S.Times) and start < after:
        e.ambiguities[first.start] = f"where the argument of {name} ends: before the bracket, or after it"
        if e.readings.get(first.start):
            more, k = e.unit(items, after, env)
            return V.times(v, more, first), k, []
    return v, k, []


def _of_power(item: S.Atom) -> bool:
    """Whether log (a)^b is the log of the power: where b is no number, as in the log of a likelihood."""
    return any(not isinstance(S.unwrap(s), (S.Num, S.Bare)) for s in item.sups)


def _powers(e: Elaborator, items: Sequence[Any], start: int, v: Value, k: int, env: Env) -> tuple[Value, int]:
    """v, which items[start:k] are, times the powers that follow as in a likelihood: p^x (1−p)^{1−x}."""
    while k < len(items) and _likelihood(items[start:k], items[k]):
        more, k = e.unit(items, k, env)
        v = V.times(v, more, items[start])
    return v, k


def _likelihood(before: Sequence[Any], item: Any) -> bool:
    """Whether a bracket with an exponent follows factors with exponents, neither of them a number."""

    def power(node: Any) -> bool:
        return isinstance(node, S.Atom) and any(not isinstance(S.unwrap(s), (S.Num, S.Bare)) for s in node.sups)

    bracket = head_of(item)
    return isinstance(bracket, S.Bracket) and bracket.kind == "(" and power(item) and any(map(power, before))


def _ends_argument(item: Any) -> bool:
    head = head_of(item)
    if isinstance(item, S.Times):
        return True
    if isinstance(head, S.Bracket):
        return head.kind != "{"
    if isinstance(head, S.Name):
        return head.text in ("log", "ln", r"\sum", r"\prod", r"\partial", r"\nabla", "d", r"\int", "max", "min")
    return isinstance(item, S.Frac) and is_derivative(item)


def function(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int]:
    """log, exp and the like with their argument: `\\log^2 x`, `\\log_2 x`, `\\exp(a)^2` is (exp a)²."""
    item = items[k]
    name = head_of(item).text
    f = FUNCTIONS[name]
    base: Any = None
    powers: list[Any] = []
    primes = 0
    if isinstance(item, S.Atom):
        if name in LOGARITHMS and item.subs:
            base = e.scalar(item.subs[0], env)
        elif item.subs:
            raise Unclear(f"The subscript of {name} is not understood.", item.start, item.end)
        powers, primes = list(item.sups), item.primes
    if primes:
        return name_unit(e, items, k, env)
    for p in powers:
        if spelled(S.unwrap(p)) == "-1" and name not in ("exp",):
            raise Unclear(
                f"{name} with the exponent −1: the inverse function, or one over it? Write which.", p.start, p.end
            )
    v, k, scripts = argument(e, items, k + 1, env, name)
    result = v.map(f) if isinstance(v, Array) else f(v)
    if base is not None and base != sympy.E:
        result = V.pointwise(V.divide, result, V.log(base), item)
    for p in powers:
        result = raised(e, result, p, env)
    for atom in scripts:
        result = scripted(e, result, atom, env)
    return result, k


def extremum(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int]:
    """max and min: of a list, of a vector, over an index; `\\max(x_1, …, x_t)`."""
    item = items[k]
    smallest = head_of(item).text == "min"
    sub = item.subs[0] if isinstance(item, S.Atom) and item.subs else None
    following = head_of(items[k + 1]) if k + 1 < len(items) else None

    def turned(v: Any) -> Any:
        return V.neg(v) if smallest else v

    bracketed = isinstance(following, S.Bracket) and following.kind in ("(", "[", r"\{")
    after_bracket = items[k + 1] if bracketed else None
    if sub is not None:
        held: list[int] = []

        def body(inner: Env) -> Value:
            v, after, _ = argument(e, items, k + 1, inner, "max")
            held.append(after)
            return v.map(turned) if isinstance(v, Array) else turned(v)

        v = bounded(e, "max", sub, None, body, env, item)
        if isinstance(v, L.MaxOver) and v.limits[0][0] not in v.function.free_symbols:
            raise Unclear("The index of this maximum does not occur in what it is taken of.", item.start, item.end)
        return finished(e, turned(v), item, after_bracket, env, len(item.subs) == 1), held[0]
    if not bracketed:
        v, k, _ = argument(e, items, k + 1, env, "max")
        return finished(e, turned(_whole(v, turned, item)), item, None, env), k
    parts = [p for p in following.inside.parts("COMMA", "SEMI") if p.pieces]  # type: ignore[union-attr]
    general = dotted_list(e, parts, env)
    if general is not None:
        letter, body_of, lower, upper = general
        return finished(
            e, turned(V.over("max", turned(body_of), letter, lower, upper)), item, after_bracket, env
        ), k + 2
    found = [e.value(p, env) for p in parts]
    if len(found) == 1:
        return finished(e, turned(_whole(found[0], turned, item)), item, after_bracket, env), k + 2
    if any(isinstance(v, Array) for v in found):
        raise Unclear("The maximum of vectors is not understood.", item.start, item.end)
    largest = turned(found[-1])
    for v in reversed(found[:-1]):
        largest = L.Larger(turned(v), largest)
    return finished(e, turned(largest), item, after_bracket, env), k + 2


def _whole(v: Value, turned: Callable[[Any], Any], node: Any) -> Any:
    if not isinstance(v, Array) or len(v.axes) != 1:
        raise Unclear("A maximum of one number: over what is it taken?", node.start, node.end)
    k = V.bound("k")
    return V.over("max", turned(v.at(k)), k, v.axes[0].lower, v.axes[0].upper)


def maximiser(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> Any:
    """argmax over an index or a real variable of all that follows: the set of those that maximise it."""
    item = items[k]
    sub = item.subs[0] if isinstance(item, S.Atom) and item.subs else None
    own = env.get(PARAMETERS, frozenset()) | {*INNER}  # what a function of data is applied to
    if sub is None or not env.keys() <= own or any(env.get(n) for n in (ABSTRACT, HIDDEN)):
        raise Unclear("An argmax is understood with its variable below, as a whole side.", item.start, item.end)
    inner = stripped(sub)
    first = inner.pieces[0] if isinstance(inner, S.List) else inner
    name = head_of(first)
    body = rest_of(items[k + 1 :], item)
    cls = L.ArgMax if head_of(item).text == "argmax" else L.ArgMin
    if isinstance(name, S.Name) and name.text in e.scope.ranges:
        r = e.scope.ranges[name.text]
        variable = L.Index(e.scope.shown(name.text) + "*", r.lower, r.upper)
        return cls(e.scalar(body, {**env, name.text: variable}), variable)
    if isinstance(name, S.Name):
        v = e.value(first, env)
        held = [x for n, x in env.items() if n not in INNER]
        apart = all(isinstance(s, sympy.Basic) for s in (v, *held)) or not held
        if not apart or any(x.free_symbols & v.free_symbols for x in held):
            raise Unclear(f"{name.text} is bound here, and stands for something else too.", item.start, item.end)
        if isinstance(v, sympy.Symbol) and not v.is_integer:
            return cls(e.scalar(body, env), v)
        base = getattr(v, "at", None) and v.at(*(a.lower for a in v.axes))
        if isinstance(base, sympy.Indexed):
            return cls(e.scalar(body, env), base.base)
    raise Unclear("What this maximises over is not understood.", item.start, item.end)
