"""A definition where it is used: opened at its indices, and applied to its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy

from symnll import language as L
from symnll.meaning import values as V
from symnll.meaning.environment import PARAMETERS, Env, carried
from symnll.meaning.scope import Definition
from symnll.meaning.scripts import entry
from symnll.meaning.ties import held
from symnll.meaning.trees import children, events, mentions, names_in, script_parts, spelled, split_at
from symnll.meaning.uses import Use, is_index
from symnll.meaning.values import Array, Independent, Range, Unclear, Value
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator


def opened(e: Elaborator, d: Definition, use: Use, env: Env) -> Value | None:
    """A definition without arguments, at these indices; a family where fewer are given."""
    e.open(d.source, use.node)
    body_env = carried(e, env)
    given = list(use.indices)
    if len(given) > len(d.indices):
        if d.head in names_in(d.body):  # L = Σ_n L_n is no L_n
            return None
        given, rest = given[: len(d.indices)], given[len(d.indices) :]
        v = opened(e, d, replace(use, indices=tuple(given)), env)
        return indexed(e, v, replace(use, indices=tuple(rest)), env) if isinstance(v, Array) else None
    if len(given) < len(d.indices) and not all(isinstance(i, str) for i in d.indices):
        return None
    for parameter, actual in zip(d.indices, given, strict=False):
        value = e.index(actual, env)
        if isinstance(parameter, str):
            if body_env.setdefault(parameter, value) is not value and body_env[parameter] != value:
                return None
        elif e.index(parameter, {}) != value:
            return None
    missing = d.indices[len(given) :]
    if not missing:
        return e.value(d.body, body_env)
    axes = tuple(e.scope.ranges[p] for p in missing)

    def at(*index: Any) -> Any:
        return e.scalar(d.body, {**body_env, **dict(zip(missing, index, strict=True))})

    return Array(axes, at)


def indexed(e: Elaborator, v: Value, use: Use, env: Env) -> Value:
    """The entry of v at the indices of a name."""
    if not use.indices:
        return v
    if not isinstance(v, Array):
        raise Unclear(f"{use.key} is a number here, and has no entries.", use.node.start, use.node.end)
    return entry(v, [e.index(i, env) for i in use.indices], use.node)


def by_name(e: Elaborator, d: Definition, use: Use, env: Env) -> Value | None:
    """L for L(θ) and p_i for p_i(z): a definition with arguments, used without them; None where an index is another."""
    if use.indices:
        e.notes[f"{use.key} is {d.source.split('=')[0].strip()}"] = None
        return opened(e, d, use, env)
    e.notes[f"{use.key} is {d.source.split('=')[0].strip()}"] = None
    e.open(d.source, use.node)
    missing = [i for i in d.indices if isinstance(i, str)]
    if missing:
        axes = tuple(e.scope.ranges[p] for p in missing)
        return Array(axes, lambda *i: e.scalar(d.body, {**carried(e, env), **dict(zip(missing, i, strict=True))}))
    return e.value(d.body, carried(e, env))


def apply(e: Elaborator, d: Definition, use: Use, parts: Sequence[S.List], env: Env) -> Value | None:
    """The definition at these arguments, or None if they do not fit."""
    assert d.arguments is not None
    if len(parts) != len(d.arguments):
        return None
    body_env: dict[str, Any] = {}
    for pattern, part in zip(d.arguments, parts, strict=True):
        if not _match(e, d, S.unwrap(pattern), S.unwrap(part), env, body_env):
            return None
        _within(e, d, use, S.unwrap(pattern), S.unwrap(part), env)
    count = len(use.indices)
    after = d.indices[count:] if count <= len(d.indices) else None
    if after is None:
        return None
    for parameter, actual in zip(d.indices, use.indices, strict=False):
        value = e.index(actual, env)
        if isinstance(parameter, str):
            body_env[parameter] = value
        elif e.index(parameter, {}) != value:
            return None
    e.open(d.source, use.node)
    body_env[PARAMETERS] = d.parameters & body_env.keys()
    body_env.update(carried(e, env))
    if use.primes:
        return _primed(e, d, use, parts, env, body_env)
    if after:
        if not all(isinstance(i, str) for i in after):
            return None
        axes = tuple(_axis(e, i, body_env) for i in after)
        found: Value = Array(axes, lambda *i: e.scalar(d.body, {**body_env, **dict(zip(after, i, strict=True))}))
    else:
        found = e.value(d.body, body_env)
    e.silent |= _silent(e, d, found)
    return found


def _within(e: Elaborator, d: Definition, use: Use, pattern: Any, actual: Any, env: Env) -> None:
    """Refuse f(-2) where f(x) = … is said for x > 0: only x itself and the data x_i are known to be there."""
    name = actual.base if isinstance(actual, S.Atom) and actual.subs else actual
    if not isinstance(pattern, S.Name) or pattern.text not in d.within:
        return
    if not isinstance(name, S.Name) or name.text != pattern.text or name.text in env:
        raise Unclear(
            f"{use.key} is said for some {pattern.text} only: {d.source}, under a condition; say with `let` what it is "
            "everywhere.", use.node.start, use.node.end,
        )  # fmt: skip


def _silent(e: Elaborator, d: Definition, value: Value) -> set[str]:
    """The arguments of which the value does not speak, as w in ℓ(w) = Σ_n r_n: nothing says how it depends on them."""
    one = value.at(*(a.lower for a in value.axes)) if isinstance(value, Array) else value
    spoken = {str(getattr(s, "label", s)) for s in one.free_symbols}
    letters = {S.unwrap(a).text for a in d.arguments or () if isinstance(S.unwrap(a), S.Name)}
    return {n for n in letters - d.parameters - e.scope.ranges.keys() if e.scope.shown(n) not in spoken}


def _axis(e: Elaborator, letter: str, env: Env) -> Range:
    """The range of a component: of the vector that the function was given, where there is one."""
    arrays = [v for v in env.values() if isinstance(v, Array) and len(v.axes) == 1]
    return arrays[0].axes[0] if len(arrays) == 1 else e.scope.ranges[letter]


def _primed(
    e: Elaborator, d: Definition, use: Use, parts: Sequence[S.List], env: Env, body_env: dict[str, Any]
) -> Value:
    assert d.arguments is not None
    name = S.unwrap(d.arguments[0])
    if len(parts) != 1 or not isinstance(name, S.Name):
        raise Unclear("A prime is understood for functions of one argument.", use.node.start, use.node.end)
    at = e.value(parts[0], env)
    if S.unwrap(parts[0]) == name and name.text not in body_env and isinstance(at, sympy.Symbol):
        body = e.scalar(d.body, body_env)
        _depends(e, d, use, name.text, at, body)
        return sympy.Derivative(body, (at, use.primes), evaluate=False)
    x = V.variable("x")
    body = e.scalar(d.body, {**body_env, name.text: x, PARAMETERS: frozenset({name.text})})
    _depends(e, d, use, name.text, x, body)
    return L.At(sympy.Derivative(body, (x, use.primes), evaluate=False), x, at)


def _depends(e: Elaborator, d: Definition, use: Use, letter: str, base: Any, body: Value) -> None:
    """Refuse f' where the body of f, or of a function in it, does not speak of the argument, or holds what varies."""
    held(e, body, letter, use.node, base=base)
    if letter in e.silent | _silent(e, d, body):
        raise Independent(
            f"{use.key} is defined here without {letter}; say with `let` how it depends on it.",
            use.node.start, use.node.end,
        )  # fmt: skip


def _match(e: Elaborator, d: Definition, pattern: Any, actual: Any, env: Env, into: dict[str, Any]) -> bool:
    """Whether an argument fits a definition's; what its letters then stand for goes into `into`."""
    if isinstance(actual, S.List) and events([actual]) and not isinstance(pattern, S.List):  # p(y = 1), by p(y) = …
        at = [n for n, p in enumerate(actual.pieces) if isinstance(p, S.Sep) and p.kind == "REL"]
        name, *values = (S.unwrap(S.List(actual.start, actual.end, p)) for p in split_at(actual.pieces, at))
        fits = name == pattern and [actual.pieces[n].text for n in at] == ["="] and isinstance(name, S.Name)
        fits = fits and (name.text in d.parameters or name.text in e.scope.ranges)
        return fits and _match(e, d, pattern, values[0], env, into)
    if isinstance(pattern, S.Name):
        same = isinstance(actual, S.Name) and actual.text == pattern.text
        if pattern.text in e.scope.ranges and pattern.text not in d.parameters:
            if not is_index(e, actual, env):
                return False
            letter = actual.text if isinstance(actual, S.Name) else ""
            if e.scope.ranges.get(letter, e.scope.ranges[pattern.text]) != e.scope.ranges[pattern.text]:
                return False
            if letter != pattern.text and not mentions(d.body, {pattern.text}):
                return False  # r(x, y_w), of which the body does not speak of w, says nothing of r(x, y_l)
            into[pattern.text] = e.index(actual, env)
            return True
        if same and pattern.text not in env:
            return True
        if pattern.text in d.parameters:
            try:
                into[pattern.text] = e.value(actual, env)
            except Unclear:
                return False
            return True
        return False  # X, but of a function that is applied to something else than X
    if isinstance(pattern, S.Num):
        return isinstance(actual, S.Num) and actual.value == pattern.value
    if isinstance(pattern, (S.List, S.Sum, S.Product, S.Bracket)) and type(pattern) is type(actual):
        return _match_parts(e, d, pattern, actual, env, into)
    if isinstance(pattern, S.Atom) and isinstance(actual, S.Atom):
        if (
            pattern.base != actual.base
            or len(pattern.subs) != len(actual.subs)
            or len(pattern.sups) != len(actual.sups)
            or names_in(actual.base) & env.keys()
        ):
            return False
        for p, a in zip((*pattern.subs, *pattern.sups), (*actual.subs, *actual.sups), strict=True):
            ps, as_ = script_parts(p), script_parts(a)
            if len(ps) != len(as_):
                return False
            for x, y in zip(ps, as_, strict=True):
                x, y = _unbracket(x), _unbracket(y)
                if not _match(e, d, x, y, env, into):
                    return False
        return True
    return bool(spelled(pattern) == spelled(actual)) and not names_in(actual) & env.keys()


def _match_parts(e: Elaborator, d: Definition, pattern: Any, actual: Any, env: Env, into: dict[str, Any]) -> bool:
    a, b = children(pattern), children(actual)
    if len(a) != len(b):
        return False
    if isinstance(pattern, S.Sum) and [s for s, _ in pattern.terms] != [s for s, _ in actual.terms]:
        return False
    for x, y in zip(a, b, strict=True):
        if isinstance(x, (S.Sep, S.Words, S.Times)):
            if spelled(x) != spelled(y):
                return False
        elif not _match(e, d, S.unwrap(x), S.unwrap(y), env, into):
            return False
    return True


def _unbracket(node: Any) -> Any:
    inner = S.unwrap(node)
    if isinstance(inner, S.Bracket) and inner.kind in ("(", "[") and inner.inside.only is not None:
        return S.unwrap(inner.inside.only)
    return inner


def alike(patterns: Sequence[Any], parts: Sequence[Any]) -> bool:
    """Whether arguments are written as those of a definition, up to indices."""

    def shape(node: Any) -> str:
        inner = S.unwrap(node)
        if isinstance(inner, S.Name):
            return inner.text.rstrip("'").removesuffix("^*")
        return inner.base.text if isinstance(inner, S.Atom) and isinstance(inner.base, S.Name) else spelled(inner)

    return len(patterns) == len(parts) and all(shape(p) == shape(a) for p, a in zip(patterns, parts, strict=True))
