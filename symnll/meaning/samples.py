"""Functions that are defined for all samples or for every entry, and used for one of them or for all entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy

from symnll import language as L
from symnll.meaning.environment import Env, carried
from symnll.meaning.trees import argument_parts, head_of, is_dotted, product_parts, separators, spelled
from symnll.meaning.uses import Use
from symnll.meaning.values import Array, Range, Unclear, Value
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator


def of_one_sample(e: Elaborator, use: Use, parts: Sequence[S.List], fitting: Sequence[Any], env: Env) -> Value | None:
    """L(x_k | θ) as p(x_k | θ), where L(x_1, …, x_n | θ) = p(x_1, …, x_n | θ) says it of any samples."""
    for d in fitting:
        at = [n for n, a in enumerate(d.arguments or ()) if is_dotted(a)]
        items = product_parts(d.body)
        if len(at) != 1 or len(parts) != len(d.arguments) or use.indices or use.primes or len(items) != 2:
            continue
        sample, one = d.arguments[at[0]], S.unwrap(parts[at[0]])
        entry = isinstance(one, S.Atom) and one.subs and head_of(one) == head_of(sample.pieces[0])
        pairs = enumerate(zip(d.arguments, parts, strict=True))
        others = all(spelled(a) == spelled(p) for n, (a, p) in pairs if n != at[0])
        bracket = items[1]
        if not (entry and others and isinstance(items[0], S.Name) and isinstance(bracket, S.Bracket)):
            continue
        inside = argument_parts(bracket.inside)
        if sorted(map(spelled, inside)) != sorted(map(spelled, d.arguments)):
            continue
        whole = next(p for p in inside if is_dotted(p))
        before = [p for p in bracket.inside.pieces if p.end <= whole.start]
        after = [p for p in bracket.inside.pieces if p.start >= whole.end]
        e.open(d.source, use.node)
        single = replace(bracket, inside=replace(bracket.inside, pieces=(*before, one, *after)))
        return e.value(replace(S.unwrap(d.body), items=(items[0], single)), env)
    return None


def of_vector(e: Elaborator, use: Use, parts: Sequence[S.List], fitting: Sequence[Any], env: Env) -> Value | None:
    """S(y), where S(y_i) = … is defined for every entry of y: the vector of these."""
    name = S.unwrap(parts[0]) if len(parts) == 1 else None
    if not isinstance(name, S.Name) or name.text in env or use.indices or use.primes:
        return None
    q = e.scope.quantities.get((name.text, 1))
    if q is None:
        return None
    for d in fitting:
        entry = S.unwrap(d.arguments[0]) if len(d.arguments) == 1 else None
        if not isinstance(entry, S.Atom) or len(entry.subs) != 1 or entry.sups or entry.primes or d.indices:
            continue
        letter = S.unwrap(entry.subs[0])
        if head_of(entry) != name or not isinstance(letter, S.Name) or e.scope.ranges.get(letter.text) != q.axes[0]:
            continue
        e.open(d.source, use.node)
        body, free = d.body, letter.text
        return Array(q.axes, lambda i, body=body, free=free: e.scalar(body, {**carried(e, env), free: i}))
    return None


def chosen(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int] | None:
    """Entries of a function with vector values, of which nothing is known, and the place after them; or None.

    a_{y_i}(x; θ) is a function of y_i too, bold a(x; θ) the vector of these, and 𝐲_i · v the entry of v at y_i, where
    the page says that 𝐲_i is the one-hot vector of y_i.
    """
    item, name = items[k], head_of(items[k])
    if name.text in env or e.scope.definitions.get(name.text):
        return None
    bracket = items[k + 1] if k + 1 < len(items) else None
    if isinstance(bracket, S.Bracket) and bracket.kind == "(" and separators(bracket.inside).count("|"):
        if any(q.name == name.text and not q.inferred for q in e.scope.quantities.values()):
            return None
        place = _place(e, item)
        if place is not None:
            return _at(e, name, e.scalar(place, env), bracket, env), k + 2
        if name.bold and isinstance(item, S.Name) and e.scope.onehots:
            return Array((_entries(e),), lambda i: _at(e, name, i, bracket, env)), k + 2
        if name.bold and isinstance(item, S.Name) and f"{name.text}_·" in e.scope.functions:
            message = "in bold is a vector, which is understood beside one that the page calls one-hot only."
            raise Unclear(f"{name.text} {message}", item.start, bracket.end)
    times = isinstance(bracket, S.Times) and bracket.kind == "*" and not bracket.cross
    if name.bold and name.text in e.scope.onehots and times and isinstance(item, S.Atom) and k + 2 < len(items):
        v = e.product(items[k + 2 :], env, item)
        if isinstance(v, Array) and v.axes == (_entries(e),) and _number(e, item):
            e.notes[e.scope.onehots[name.text]] = None
            return v.at(e.scalar(replace(item, base=replace(name, bold=False)), env)), len(items)
    return None


def _entries(e: Elaborator) -> Range:
    """Where the entries of such functions are, as many as there are."""
    return Range(sympy.Integer(1), e.scope.size("‹entries›"))


def _place(e: Elaborator, item: Any) -> Any:
    """What stands below a name, where it is an entry such as y_i that is no index; or None."""
    if not isinstance(item, S.Atom) or len(item.subs) != 1 or item.sups or item.primes or item.bangs:
        return None
    below = S.unwrap(item.subs[0])
    return below if isinstance(below, S.Atom) and _number(e, below) else None


def _number(e: Elaborator, node: S.Atom) -> bool:
    """Whether a tree is an entry of a vector of which nothing is declared."""
    q = e.scope.quantities.get((node.base.text, 1)) if isinstance(node.base, S.Name) else None
    return q is not None and q.inferred and q.kind == "real" and len((*node.subs, *node.sups)) == 1


def _at(e: Elaborator, name: S.Name, place: Any, bracket: S.Bracket, env: Env) -> Any:
    """The entry of a function at a place: an unknown function of the place and the arguments, for each way to write."""
    mark = separators(bracket.inside)
    key = f"{name.text}_·" if mark == "|" else f"{name.text}_·({mark})"
    known = e.scope.functions.setdefault(
        key, {"function": L.function(e.scope.shown(key)), "arguments": [], "inferred": True}
    )
    e.notes[f"{name.text}, with a place below it, is an unknown function"] = None
    return known["function"](place, *(e.scalar(p, env) for p in argument_parts(bracket.inside)))
