"""Σ and ∏ of what follows, and what the scripts of such an operator say that it runs over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Integer

from symnll import language as L
from symnll.meaning import limits
from symnll.meaning import values as V
from symnll.meaning.conditions import relation
from symnll.meaning.environment import Env
from symnll.meaning.ties import repeated
from symnll.meaning.trees import (
    big_letter,
    children,
    head_of,
    mentions,
    names_in,
    product_of,
    product_parts,
    script_parts,
    spelled,
    split_at,
    stripped,
)
from symnll.meaning.values import Array, Range, Unclear, Value
from symnll.read import syntax as S
from symnll.read.tokens import NAMED

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator


def rest_of(items: Sequence[Any], node: Any) -> Any:
    """What follows an operator, as one syntax tree."""
    rest = list(items)
    while rest and isinstance(rest[0], S.Times) and rest[0].kind == "*":
        rest = rest[1:]
    if not rest:
        raise Unclear("Nothing follows this operator.", node.start, node.end)
    return product_of(rest)


def big(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int]:
    """Σ or ∏ of what follows in the product, up to another over the same letter, and the place after it."""
    item = items[k]
    kind = "sum" if head_of(item).text == r"\sum" else "prod"
    subs = item.subs if isinstance(item, S.Atom) else ()
    sups = item.sups if isinstance(item, S.Atom) else ()
    if len(subs) > 1 or len(sups) > 1:
        raise Unclear("This operator has its bounds twice.", item.start, item.end)
    if isinstance(item, S.Atom) and item.primes:
        raise Unclear("A prime says that terms are left out; write which: \\sum_{i \\neq j}.", item.start, item.end)
    letter = big_letter(item)
    again = (n for n in range(k + 2, len(items)) if letter and big_letter(items[n]) == letter)
    end = next((n for n in again if not _wants(items[n - 1])), len(items))
    last = end - 1 if isinstance(items[end - 1], S.Times) and end < len(items) else end
    body = rest_of(items[k + 1 : last], item)
    if not subs:
        return _everywhere(e, kind, body, env, item), last
    sup = sups[0] if sups else None
    return bounded(e, kind, subs[0], sup, lambda inner: e.value(body, inner), env, item, body), last


def _wants(item: Any) -> bool:
    """Whether what follows is an argument of this: of a function, an operator or a derivative."""
    head = head_of(item)
    if isinstance(head, S.Frac):
        return spelled(head_of(product_parts(head.top)[0])) in (r"\partial", "d")
    return isinstance(head, S.Name) and (head.text in NAMED or head.text in (r"\sum", r"\prod", r"\partial", r"\nabla"))


def _everywhere(e: Elaborator, kind: str, body: Any, env: Env, item: Any) -> Value:
    letters = sorted(n for n in names_in(body) if n in e.scope.ranges and n not in env)
    count, inner = 1, body
    while isinstance(inner, S.Product) and len(inner.items) > 1 and inner.items[0] == S.unwrap(item):  # ΣΣ
        count, inner = count + 1, product_of(inner.items[1:])
    if len(letters) == count:
        bound = {letter: V.bound(e.scope.shown(letter)) for letter in letters}
        e.notes[f"the {('Σ' if kind == 'sum' else '∏') * count} without an index runs over {', '.join(letters)}"] = None
        total = e.scalar(inner, {**env, **bound})
        for letter, k in bound.items():
            total = V.over(kind, total, k, e.scope.ranges[letter].lower, e.scope.ranges[letter].upper)
        return total
    v = e.value(body, env)
    if isinstance(v, Array) and len(v.axes) == 1:
        k = V.bound("k")
        return V.over(kind, v.at(k), k, v.axes[0].lower, v.axes[0].upper)
    raise Unclear("This operator does not say over what; write \\sum_i.", item.start, item.end)


def bounded(
    e: Elaborator, kind: str, sub: Any, sup: Any, body: Callable[[Env], Value], env: Env, node: Any, inside: Any = None
) -> Value:
    """The operator over what its scripts say: i, i=1, i≠k, i∈I, 1≤i≤K, i<j, ij, with conditions."""
    bindings, conditions = _bindings(e, sub, sup, env, node, inside)

    def build(rest: list[tuple[str, Any, Any]], inner: dict[str, Any]) -> Value:
        if not rest:
            return _conditioned(e, kind, conditions, body, inner)
        letter, lower, upper = rest[0]
        lo, hi = (b(inner) if callable(b) else b for b in (lower, upper))
        limits.steps(lo, hi, node)
        variable = V.bound(e.scope.shown(letter))
        v = build(rest[1:], {**inner, letter: variable})
        repeated(e, v, letter, node)
        if isinstance(v, Array):
            if kind != "sum":
                raise Unclear("Only sums of vectors are understood.", node.start, node.end)
            return v.map(lambda x: V.over(kind, x, variable, lo, hi))
        return V.over(kind, v, variable, lo, hi)

    return build(bindings, dict(env))


def _conditioned(e: Elaborator, kind: str, conditions: list[Any], body: Callable[[Env], Value], env: Env) -> Value:
    tests = [relation(e, c, env) for c in conditions]
    v = body(env)
    if not tests:
        return v
    if kind == "max":
        raise Unclear("A maximum with a condition is not understood.", conditions[0].start, conditions[0].end)
    empty = Integer(0 if kind == "sum" else 1)

    def guard(x: Any) -> Any:
        for t in reversed(tests):
            x = L.Choice((x, t), (empty, True))
        return x

    return v.map(guard) if isinstance(v, Array) else guard(v)


def _bindings(
    e: Elaborator, sub: Any, sup: Any, env: Env, node: Any, inside: Any
) -> tuple[list[tuple[str, Any, Any]], list[Any]]:
    """What is bound, from where to where, and the conditions that are left."""
    inner = stripped(sub, "{")
    pieces = inner.pieces if isinstance(inner, S.List) else (inner,)
    whole = S.List(sub.start, sub.end, tuple(pieces))
    parts = [p for p in whole.parts("COMMA", "SEMI", "COLON", "QUAD", "BAR") if p.pieces]
    found: list[tuple[str, Any, Any]] = []
    conditions: list[Any] = []
    pending: list[str] = []
    for part in parts:
        relations = [
            n for n, p in enumerate(part.pieces) if isinstance(p, S.Sep) and p.kind == "REL" and p.text != r"\setminus"
        ]
        if not relations:
            letters = _letters(part)
            if conditions and inside is not None and not any(mentions(inside, {n}) for n in letters):
                raise Unclear("What this operator runs over is not understood.", part.start, part.end)  # i ≠ j, k
            pending.extend(letters)
            continue
        _one_binding(e, part, relations, sup, env, node, found, conditions, pending, inside)
    for letter in pending:
        found.append((letter, *_range(e, letter, sup if len(pending) == 1 and not found else None, env, node, inside)))
    if not found:
        raise Unclear("What this operator runs over is not understood.", node.start, node.end)
    return found, conditions


def _letters(part: S.List) -> list[str]:
    inner = part.only
    names = [head_of(i) for i in script_parts(inner)] if inner is not None else []
    if not names or not all(isinstance(n, S.Name) for n in names):
        raise Unclear("What this operator runs over is not understood.", part.start, part.end)
    return [n.text for n in names]


def _range(e: Elaborator, letter: str, sup: Any, env: Env, node: Any, inside: Any = None) -> tuple[Any, Any]:
    """The whole range of a letter; `\\sum_k^C` runs from 1 to C.

    A letter that nobody declared runs over the axis that it indexes in the body, if that is one.
    """
    known = e.scope.ranges.get(letter)
    if sup is None and inside is not None and letter in e.scope.notes:
        axes = {(r.lower, r.upper) for r in _axes_of(e, letter, inside)}
        if len(axes) == 1:
            return axes.pop()
    if sup is not None:
        lower = known.lower if known is not None else Integer(1)
        return lower, e.index(sup, env)
    if known is None:
        raise Unclear(f"Where {letter} runs is not known; declare `index {letter} in 1..K`.", node.start, node.end)
    return known.lower, known.upper


def _axes_of(e: Elaborator, letter: str, node: Any) -> list[Range]:
    """The axes of declared or inferred quantities that a letter indexes in a syntax tree."""
    found = [r for c in children(node) for r in _axes_of(e, letter, c)]
    if isinstance(node, S.Atom) and isinstance(node.base, S.Name) and len(node.subs) == 1:
        parts = script_parts(node.subs[0])
        q = e.scope.quantities.get((node.base.text, len(parts)))
        if q is not None:
            found += [a for a, p in zip(q.axes, parts, strict=True) if S.unwrap(p) == S.Name(0, 0, letter)]
    return found


def _one_binding(
    e: Elaborator, part: S.List, relations: list[int], sup: Any, env: Env, node: Any,
    found: list[tuple[str, Any, Any]], conditions: list[Any], pending: list[str], inside: Any,
) -> None:  # fmt: skip
    if names_in(part) & {b for b in (*pending, *(b for b, _, _ in found))}:
        conditions.append(part)  # k: w_k = i
        return
    sides = [S.List(part.start, part.end, p) for p in split_at(part.pieces, relations)]
    signs = [part.pieces[n].text for n in relations]
    names = [S.unwrap(s) for s in sides]
    bound = {b for b, _, _ in found}
    first = names[0].text if isinstance(names[0], S.Name) else None
    if signs == ["="] and first is not None and first not in bound:
        lower = e.index(sides[1], env)
        if sup is None:
            known = e.scope.ranges.get(first)
            if known is None:
                raise Unclear(f"The upper bound of {first} is missing.", node.start, node.end)
            upper = known.upper
            if getattr(lower, "is_Symbol", False) and lower not in e.scope.sizes.values():
                upper = lower
                e.notes[f"the operator over {first} = {spelled(names[1])} is its one term at {spelled(names[1])}"] = (
                    None
                )
        else:
            upper = e.index(sup, env)
        found.append((first, lower, upper))
        return
    if signs == [r"\in"]:
        letters = pending + ([first] if first else _letters(sides[0]))
        pending.clear()
        r = set_of(e, sides[1], letters[-1], env)
        for letter in letters:
            found.append((letter, r.lower, r.upper))
        if isinstance(names[1], S.Product) or _difference(sides[1]) is not None:
            conditions.extend(_difference_conditions(sides[1], letters))
        return
    if len(signs) == 2 and set(signs) <= {r"\leq", "<"} and isinstance(names[1], S.Name):
        letter = names[1].text
        lower, upper = e.index(sides[0], env), e.index(sides[2], env)
        found.append((letter, lower if signs[0] != "<" else lower + 1, upper if signs[1] != "<" else upper - 1))
        return
    _related(e, part, names, signs, sup, env, node, found, conditions, pending, inside)


def _related(
    e: Elaborator, part: S.List, names: list[Any], signs: list[str], sup: Any, env: Env, node: Any,
    found: list[tuple[str, Any, Any]], conditions: list[Any], pending: list[str], inside: Any,
) -> None:  # fmt: skip
    """k ≠ i, j ≤ t, i < j: the first letter is bound, unless it is bound already; < and ≤ become its bounds.

    Both letters are bound where the body holds both and neither has a meaning outside.
    """
    bound = {b for b, _, _ in found} | set(pending)
    letters = [n.text if isinstance(n, S.Name) and n.text in e.scope.ranges else "" for n in names]
    if len(signs) != 1 or any(letter in bound for letter in letters if letter):
        conditions.append(part)
        return
    first, second = letters
    order = {"<": (0, 1), r"\leq": (0, 0), ">": (1, 1), r"\geq": (1, 0)}.get(signs[0])
    both = bool(first and second) and inside is not None and mentions(inside, {first}) and mentions(inside, {second})
    if both and not pending and second not in env and second not in e.free and first not in e.free:
        found.append((second, *_range(e, second, None, env, node, inside)))
        env = {**env, second: None}
    if not first or first in env:
        first, second, names = second, first, names[::-1]
        order = None if order is None else (1 - order[0], order[1])
    if not first:
        raise Unclear("What this operator runs over is not understood.", part.start, part.end)
    lower, upper = _range(e, first, sup, env, node, inside)
    if order is None:
        found.append((first, lower, upper))
        conditions.append(part)
        return
    strict = order[1]

    def limit(inner: Env) -> Any:
        v = e.index(names[1], inner)
        return v if not strict else V.add(v, sympy.Integer(-1 if order[0] == 0 else 1))

    found.append((first, limit, upper) if order[0] else (first, lower, limit))


def set_of(e: Elaborator, part: S.List, letter: str, env: Env) -> Range:
    """The range that a set names: I, {1,…,K}, [K], \\{0, 1\\}."""
    inner = S.unwrap(part)
    minus = _difference(part)
    if minus is not None:
        inner = S.unwrap(minus[0])
    text = spelled(inner)
    if text in e.scope.sets:
        return e.scope.sets[text]
    if isinstance(inner, S.Bracket) and inner.kind in (r"\{", "[", "("):
        parts = inner.inside.parts("COMMA", "DOTS")
        values = [p for p in parts if p.pieces and not isinstance(p.only, S.Dots)]
        if len(values) == 1 and inner.kind == "[":
            return Range(Integer(1), e.index(values[0], env))
        listed = [e.index(v, env) for v in values]
        dotted = any(isinstance(p, S.Dots) for q in parts for p in q.pieces)
        if not dotted and all(v.is_Integer for v in listed):
            listed = sorted(listed)  # {1, 0}
        first = listed[:-1] if dotted else listed
        if all(v - listed[0] == n for n, v in enumerate(first)) and (first or not dotted):
            return Range(listed[0], listed[-1])
    known = e.scope.ranges.get(letter)
    if known is not None and e.scope.sets.get(rf"\mathcal{{{text}}}") == known:  # X has its values in 𝒳
        e.notes[f"{letter} ∈ {text} runs over the whole range of {letter}"] = None
        return known
    if isinstance(inner, S.Name) and known is not None and e.scope.over.get(letter, {text}) == {text}:
        e.notes[f"{letter} ∈ {text} runs over the whole range of {letter}"] = None
        return known
    raise Unclear(
        f"The set that {letter} runs over is not known; declare `index {letter} in {text}`.", part.start, part.end
    )


def _difference(part: S.List) -> tuple[Any, Any] | None:
    """A ∖ B."""
    at = [n for n, p in enumerate(part.pieces) if isinstance(p, S.Sep) and p.text == r"\setminus"]
    if not at:
        return None
    sides = split_at(part.pieces, at)
    return S.List(part.start, part.end, sides[0]), S.List(part.start, part.end, sides[1])


def _difference_conditions(part: S.List, letters: list[str]) -> list[Any]:
    """i ∈ A ∖ {j, k} is i ∈ A with i ≠ j and i ≠ k."""
    minus = _difference(part)
    if minus is None:
        return []
    inner = S.unwrap(minus[1])
    inside = inner.inside if isinstance(inner, S.Bracket) else S.List(part.start, part.end, (inner,))
    out = []
    for p in inside.parts("COMMA"):
        name = S.Name(part.start, part.end, letters[0])
        out.append(S.List(part.start, part.end, (name, S.Sep(part.start, part.end, "REL", r"\neq"), *p.pieces)))
    return out
