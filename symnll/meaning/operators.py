"""Operators and named functions: Σ, ∏, max, log and its argument, indicators, expectations, KL, H, softmax."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Integer

from symnll import language as L
from symnll.meaning import limits
from symnll.meaning import values as V
from symnll.meaning.elaborate import FUNCTIONS, children, head_of, mentions, names_in, script_parts
from symnll.meaning.names import argument_parts, is_index, name_unit, softmax, spelled
from symnll.meaning.values import Array, Range, Unclear, Value
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator, Env

INDICATORS = {
    r"\mathbb{1}",
    r"\mathbf{1}",
    r"\mathbb{I}",
    r"\mathbbm{1}",
    "I",
    r"\chi",
    r"\mathbb{1}b",
    "1",
    r"\mathcal{I}",
}
DELTAS = {r"\delta"}


def rest_of(items: Sequence[Any], node: Any) -> Any:
    """What follows an operator, as one syntax tree."""
    rest = list(items)
    while rest and isinstance(rest[0], S.Times) and rest[0].kind == "*":
        rest = rest[1:]
    if not rest:
        raise Unclear("Nothing follows this operator.", node.start, node.end)
    return rest[0] if len(rest) == 1 else S.Product(rest[0].start, rest[-1].end, tuple(rest))


# Sums and products.


def big(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> Value:
    """Σ or ∏ of everything that follows in the product."""
    item = items[k]
    kind = "sum" if head_of(item).text == r"\sum" else "prod"
    subs = item.subs if isinstance(item, S.Atom) else ()
    sups = item.sups if isinstance(item, S.Atom) else ()
    if len(subs) > 1 or len(sups) > 1:
        raise Unclear("This operator has its bounds twice.", item.start, item.end)
    body = rest_of(items[k + 1 :], item)
    if not subs:
        return _everywhere(e, kind, body, env, item)
    return bounded(e, kind, subs[0], sups[0] if sups else None, lambda inner: e.value(body, inner), env, item, body)


def _everywhere(e: Elaborator, kind: str, body: Any, env: Env, item: Any) -> Value:
    letters = sorted(n for n in names_in(body) if n in e.scope.ranges and n not in env)
    if len(letters) == 1:
        r, k = e.scope.ranges[letters[0]], V.bound(e.scope.shown(letters[0]))
        e.notes[f"the {'Σ' if kind == 'sum' else '∏'} without an index runs over {letters[0]}"] = None
        return V.over(kind, e.scalar(body, {**env, letters[0]: k}), k, r.lower, r.upper)
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
        cls = kind
        if isinstance(v, Array):
            if kind != "sum":
                raise Unclear("Only sums of vectors are understood.", node.start, node.end)
            return v.map(lambda x: V.over(cls, x, variable, lo, hi))
        return V.over(cls, v, variable, lo, hi)

    return build(bindings, dict(env))


def _conditioned(e: Elaborator, kind: str, conditions: list[Any], body: Callable[[Env], Value], env: Env) -> Value:
    from symnll.meaning.conditions import relation

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
    inner = sub
    while isinstance(inner, S.Bracket) and inner.kind == "{":
        inner = inner.inside
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
            letters = _letters(part, node)
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


def _letters(part: S.List, node: Any) -> list[str]:
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
    sides = [S.List(part.start, part.end, p) for p in _split(part.pieces, relations)]
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
        letters = pending + ([first] if first else _letters(sides[0], node))
        pending.clear()
        r = set_of(e, sides[1], letters[-1], env)
        for letter in letters:
            found.append((letter, r.lower, r.upper))
        if isinstance(names[1], S.Product) or _difference(sides[1]) is not None:
            conditions.extend(_difference_conditions(e, sides[1], letters, node))
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


def _flat(part: S.List) -> set[str]:
    return {p.text for p in map(S.unwrap, part.pieces) if isinstance(p, S.Name)}


def _split(pieces: Sequence[Any], at: list[int]) -> list[tuple[Any, ...]]:
    edges = [-1, *at, len(pieces)]
    return [tuple(pieces[a + 1 : b]) for a, b in itertools.pairwise(edges)]


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
        first = listed[:-1] if dotted else listed
        if all(v - listed[0] == n for n, v in enumerate(first)) and (first or not dotted):
            return Range(listed[0], listed[-1])
    known = e.scope.ranges.get(letter)
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
    sides = _split(part.pieces, at)
    return S.List(part.start, part.end, sides[0]), S.List(part.start, part.end, sides[1])


def _difference_conditions(e: Elaborator, part: S.List, letters: list[str], node: Any) -> list[Any]:
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


# Functions and their arguments.


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
        if isinstance(first, S.Atom):
            return e.value(bracket.inside, env), k + 1, [first]
        return e.value(bracket.inside, env), k + 1, []
    start = k
    v, k = e.unit(items, k, env)
    one, after = v, k
    while k < len(items) and _likelihood(items[start:k], items[k]):  # log p^x (1−p)^{1−x}
        more, k = e.unit(items, k, env)
        v = V.times(v, more, first)
    while k < len(items) and not _ends_argument(e, items[k], items, k):
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


def _likelihood(before: Sequence[Any], item: Any) -> bool:
    """Whether a bracket with an exponent follows factors with exponents, neither of them a number."""

    def power(node: Any) -> bool:
        return isinstance(node, S.Atom) and any(not isinstance(S.unwrap(s), (S.Num, S.Bare)) for s in node.sups)

    bracket = head_of(item)
    return isinstance(bracket, S.Bracket) and bracket.kind == "(" and power(item) and any(map(power, before))


def _ends_argument(e: Elaborator, item: Any, items: Sequence[Any], k: int) -> bool:
    head = head_of(item)
    if isinstance(item, S.Times):
        return True
    if isinstance(head, S.Bracket):
        return head.kind != "{"
    if isinstance(head, S.Name):
        return head.text in ("log", "ln", r"\sum", r"\prod", r"\partial", r"\nabla", "d", r"\int", "max", "min")
    from symnll.meaning.calculus import is_derivative

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
        if name in ("log", "ln") and item.subs:
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
        result = e.raised(result, p, env)
    for atom in scripts:
        for sub in atom.subs:
            if not isinstance(result, Array):
                raise Unclear("A number has no entries.", atom.start, atom.end)
            from symnll.meaning.elaborate import entry

            result = entry(result, e.indices(sub, env, len(result.axes)), atom)
        result = e.superscripts(result, atom, env)
    return result, k


def extremum(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int]:
    """max and min: of a list, of a vector, over an index; `\\max(x_1, …, x_t)`."""
    from symnll.meaning.unroll import dotted_list

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
        return _finished(e, turned(v), item, after_bracket, env, len(item.subs) == 1), held[0]
    if not bracketed:
        v, k, _ = argument(e, items, k + 1, env, "max")
        return _finished(e, turned(_whole(v, turned, item)), item, None, env), k
    parts = [p for p in following.inside.parts("COMMA", "SEMI") if p.pieces]  # type: ignore[union-attr]
    general = dotted_list(e, parts, env)
    if general is not None:
        letter, body_of, lower, upper = general
        return _finished(
            e, turned(V.over("max", turned(body_of), letter, lower, upper)), item, after_bracket, env
        ), k + 2
    found = [e.value(p, env) for p in parts]
    if len(found) == 1:
        return _finished(e, turned(_whole(found[0], turned, item)), item, after_bracket, env), k + 2
    if any(isinstance(v, Array) for v in found):
        raise Unclear("The maximum of vectors is not understood.", item.start, item.end)
    largest = turned(found[-1])
    for v in reversed(found[:-1]):
        largest = L.Larger(turned(v), largest)
    return _finished(e, turned(largest), item, after_bracket, env), k + 2


def maximiser(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> Any:
    """argmax over an index or a real variable of all that follows: the set of those that maximise it."""
    item = items[k]
    sub = item.subs[0] if isinstance(item, S.Atom) and item.subs else None
    if sub is None or env:
        raise Unclear("An argmax is understood with its variable below, as a whole side.", item.start, item.end)
    inner = sub
    while isinstance(inner, S.Bracket):
        inner = inner.inside
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
        if isinstance(v, sympy.Symbol) and not v.is_integer:
            return cls(e.scalar(body, env), v)
        base = getattr(v, "at", None) and v.at(*(a.lower for a in v.axes))
        if isinstance(base, sympy.Indexed):
            return cls(e.scalar(body, env), base.base)
    raise Unclear("What this maximises over is not understood.", item.start, item.end)


def _whole(v: Value, turned: Callable[[Any], Any], node: Any) -> Any:
    if not isinstance(v, Array) or len(v.axes) != 1:
        raise Unclear("A maximum of one number: over what is it taken?", node.start, node.end)
    k = V.bound("k")
    return V.over("max", turned(v.at(k)), k, v.axes[0].lower, v.axes[0].upper)


# Named things.


def special(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int] | None:
    """Indicators, deltas, expectations, softmax, KL, H: by their spelling, unless the document has its own."""
    from symnll.meaning.conditions import indicator

    item = items[k]
    head = head_of(item)
    text = head.text if isinstance(head, S.Name) else str(head.value)
    if text in env or e.scope.known(text):
        return None
    if isinstance(item, S.Atom) and any(e.scope.known(f"{text}_{spelled(S.unwrap(s))}") for s in item.subs):
        return None
    subs = item.subs if isinstance(item, S.Atom) else ()
    following = items[k + 1] if k + 1 < len(items) else None
    bracket = head_of(following) if isinstance(head_of(following), S.Bracket) else None
    holds = bracket is not None and any(isinstance(p, S.Sep) and p.kind == "REL" for p in bracket.inside.pieces)
    if text in INDICATORS or text in DELTAS or text.startswith(r"\mathbb{1}"):
        if holds and not subs and bracket is not None:
            return _finished(e, indicator(e, bracket.inside, env), item, following, env), k + 2
        if subs:
            found = _sub_indicator(e, text, subs[0], env)
            if found is not None:
                return _finished(e, found, item, None, env, True), k + 1
        if text in DELTAS and bracket is not None and len(argument_parts(bracket.inside)) == 2:
            a, b = (e.index(p, env) for p in argument_parts(bracket.inside))
            return _finished(e, sympy.KroneckerDelta(a, b, evaluate=False), item, following, env), k + 2
        if text in DELTAS and subs and isinstance(item, S.Atom) and item.sups:
            a, b = e.index(subs[0], env), e.index(item.sups[0], env)
            ranges = {e.scope.ranges.get(spelled(S.unwrap(s))) for s in (subs[0], item.sups[0])}
            if len(subs) > 1 or len(item.sups) > 1 or len(ranges) > 1:
                raise Unclear("What is written at δ is not understood.", item.start, item.end)
            return sympy.KroneckerDelta(a, b, evaluate=False), k + 1
    if isinstance(head, S.Num):
        return None
    if text in ("E", r"\mathbb{E}", r"\mathrm{E}") and subs and (bracket is not None or text != "E"):
        return expectation(e, items, k, env)
    if text in ("softmax", r"\softmax") and bracket is not None:
        v = e.value(bracket.inside, env)
        if not isinstance(v, Array) or len(v.axes) != 1:
            raise Unclear("softmax is taken of a vector; declare it: `real z[K]`.", item.start, following.end)  # type: ignore[union-attr]
        found = softmax(v)
        whole = found.at(e.index(subs[0], env)) if subs else found
        return _finished(e, whole, item, following, env, len(subs) == 1), k + 2
    if text in ("softmax", r"\softmax") and subs and following is not None and bracket is None:
        return None
    if text in ("logsumexp", "LSE", "lse") and bracket is not None:
        v = e.value(bracket.inside, env)
        if isinstance(v, Array):
            i = V.bound("k")
            total = V.log(V.over("sum", V.exp(v.at(i)), i, v.axes[0].lower, v.axes[0].upper))
            return _finished(e, total, item, following, env), k + 2
    if (
        text in ("KL", "D", r"\mathrm{D}") or text in ("H", r"\mathrm{H}", r"\mathbb{H}", r"\mathcal{H}")
    ) and bracket is not None:
        return divergence(e, item, text, following, env, k)
    if text == "diag" and bracket is not None:
        v = e.value(bracket.inside, env)
        if isinstance(v, Array) and len(v.axes) == 1:
            axis = v.axes[0]
            matrix = Array((axis, axis), lambda i, j: V.mul(sympy.KroneckerDelta(i, j, evaluate=False), v.at(i)))
            return _finished(e, matrix, item, following, env), k + 2
    return None


def _finished(e: Elaborator, v: Value, item: Any, following: Any, env: Env, subscript: bool = False) -> Value:
    """v with the scripts after its brackets, and the powers on the operator's name. Nothing is passed over."""
    v = _after(e, v, following, env)
    if not isinstance(item, S.Atom):
        return v
    name = spelled(item.base)
    if (item.subs and not subscript) or item.primes or item.bangs:
        raise Unclear(f"What is written at {name} is not understood here.", item.start, item.end)
    for sup in item.sups:
        if spelled(S.unwrap(sup)) == "-1":
            raise Unclear(f"{name} with the exponent −1: the inverse, or one over it? Write which.", sup.start, sup.end)
        v = e.raised(v, sup, env)
    return v


def _after(e: Elaborator, v: Value, following: Any, env: Env) -> Value:
    if isinstance(following, S.Atom):
        from symnll.meaning.elaborate import entry

        for sub in following.subs:
            if not isinstance(v, Array):
                raise Unclear("A number has no entries.", following.start, following.end)
            v = entry(v, e.indices(sub, env, len(v.axes)), following)
        v = e.superscripts(v, following, env)
    return v


def _sub_indicator(e: Elaborator, text: str, sub: Any, env: Env) -> Any:
    """1_{i = j}, 1_{\\{i = j\\}}, δ_{ij}, δ_{i,j}, δ_{i=j}."""
    from symnll.meaning.conditions import indicator

    inner = sub
    while isinstance(inner, S.Bracket) or (isinstance(inner, S.List) and isinstance(inner.only, S.Bracket)):
        inner = inner.inside if isinstance(inner, S.Bracket) else inner.only
    if isinstance(inner, S.List) and any(isinstance(p, S.Sep) and p.kind == "REL" for p in inner.pieces):
        return indicator(e, inner, env)
    parts = script_parts(sub, 2)
    if text == r"\delta" and len(parts) == 2 and all(is_index(e, p, env) for p in parts):
        a, b = (e.index(p, env) for p in parts)
        e.notes["δ with two indices is Kronecker's"] = None
        return sympy.KroneckerDelta(a, b, evaluate=False)
    if text in (r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}") and len(script_parts(sub)) == 1 and is_index(e, sub, env):
        place = e.index(sub, env)
        r = next((r for r in e.scope.ranges.values() if getattr(place, "upper", None) == r.upper), None)
        if r is not None:
            return Array((r,), lambda i: sympy.KroneckerDelta(i, place, evaluate=False))
    return None


def _distribution(e: Elaborator, node: Any, env: Env) -> Array:
    inner = S.unwrap(node)
    v: Any = None
    if isinstance(inner, S.Product) and len(inner.items) == 2 and isinstance(inner.items[1], S.Bracket):
        inner = inner.items[0]  # p(x)
    v = e.value(inner, env)
    if not isinstance(v, Array) or len(v.axes) != 1:
        raise Unclear(
            "A distribution over a finite set is wanted here; declare it: `simplex p[K]`.", node.start, node.end
        )
    return v


def expectation(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int] | None:
    """E_{x ∼ p}[f(x)] = Σ_x p_x f(x)."""
    item = items[k]
    subs = item.subs if isinstance(item, S.Atom) else ()
    if not subs:
        return None
    inner = subs[0]
    while isinstance(inner, S.Bracket) and inner.kind == "{":
        inner = inner.inside
    pieces = inner.pieces if isinstance(inner, S.List) else (inner,)
    at = [n for n, p in enumerate(pieces) if isinstance(p, S.Sep) and p.text == r"\sim"]
    if len(at) == 1:
        left, right = _split(pieces, at)
        letter = spelled(S.List(inner.start, inner.end, left))
        p = _distribution(e, S.List(inner.start, inner.end, right), env)
    else:
        p = _distribution(e, inner, env)
        letter = ""
    axis = p.axes[0]
    variable = V.bound(e.scope.shown(letter) if letter else "k")
    env_inside = {**env, letter: variable} if letter else env
    v, after, scripts = argument(e, items, k + 1, env_inside, "E")
    following = scripts[0] if scripts else None
    if not letter:
        if not isinstance(v, Array) or len(v.axes) != 1:
            raise Unclear("Say over what the expectation is taken: \\mathbb{E}_{x \\sim p}.", item.start, item.end)
        v = v.at(variable)
    if isinstance(v, Array):
        mean: Value = v.map(lambda x: V.over("sum", V.mul(p.at(variable), x), variable, axis.lower, axis.upper))
    else:
        mean = V.over("sum", V.mul(p.at(variable), v), variable, axis.lower, axis.upper)
    return _finished(e, mean, item, following, env, True), after


def divergence(e: Elaborator, item: Any, text: str, following: Any, env: Env, k: int) -> tuple[Value, int] | None:
    """KL(p ‖ q) = Σ p log(p/q), H(p) = −Σ p log p, H(p, q) = −Σ p log q."""
    label = spelled(S.unwrap(item.subs[0])) if isinstance(item, S.Atom) and item.subs else ""
    if text in ("D", r"\mathrm{D}") and label.upper() not in ("KL", r"\MATHRM{KL}"):
        return None
    parts = argument_parts(head_of(following).inside)
    try:
        found = [_distribution(e, p, env) for p in parts]
    except Unclear:
        if text in ("KL", "D"):
            raise
        return None
    i = V.bound("k")
    p = found[0]
    if text in ("KL", "D", r"\mathrm{D}"):
        if len(found) != 2:
            return None
        body = V.mul(p.at(i), V.log(V.divide(p.at(i), found[1].at(i))))
        total = V.over("sum", body, i, p.axes[0].lower, p.axes[0].upper)
        return _finished(e, total, item, following, env, label.upper() == "KL"), k + 2
    if len(found) > 2:
        return None
    q = found[1] if len(found) == 2 else p
    total = V.over("sum", V.mul(p.at(i), V.log(q.at(i))), i, p.axes[0].lower, p.axes[0].upper)
    return _finished(e, V.neg(total), item, following, env), k + 2
