"""Edits of indices, of what sums run over, and of bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from symnll.check.edits import SLOTS, Edit, Step, head_name, product, replaced, substituted
from symnll.check.places import BIG, Place, binders, free_letters, opaque
from symnll.check.written import shortened
from symnll.meaning.trees import children, stripped
from symnll.read import syntax as S


def _alike(step: Step, place: Place, letter: str) -> list[str]:
    """Other letters that may stand where this one does."""
    ranges = step.scope.ranges
    mine = ranges.get(letter)
    return [x for x in step.at(place) if x != letter and (mine is None or x not in ranges or ranges[x] == mine)]


def letters(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """Another letter, or another of the numbers, at one place."""
    node = place.node
    if place.role == "binder" and isinstance(node, S.Name):
        for other in step.letters:
            if other != node.text:
                yield replaced(step, side, place, replace(node, text=other), other, 1.6)
    if place.role != "index":
        return
    if isinstance(node, S.Sum):  # t + 1 as t
        if len(node.terms) == 2 and isinstance(node.terms[1][1], S.Num) and node.terms[0][0] == "+":
            yield replaced(step, side, place, node.terms[0][1], step.of(node.terms[0][1]), 1.0)
        return
    if isinstance(node, S.Name) and (node.text in step.scope.ranges or node.text in place.bound):
        for other in _alike(step, place, node.text):
            yield _relettered(step, side, place, other)
    elif isinstance(node, S.Num | S.Name):
        for other in step.at(place):
            yield _relettered(step, side, place, other)
    if isinstance(node, S.Num):
        for n in (node.value + 1, node.value - 1):
            if n >= 1:
                yield replaced(step, side, place, replace(node, value=n), str(n), 1.9)


def _relettered(step: Step, side: int, place: Place, other: str) -> Edit:
    node = place.node
    return replaced(step, side, place, S.Name(node.start, node.end, other), other, 0.7)


def _all(node: Any) -> Iterator[Any]:
    yield node
    for c in children(node):
        yield from _all(c)


def renamed(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """One letter for another in a whole part; two letters exchanged."""
    node = place.node
    if place.role not in (*SLOTS, "factor", "derivative") or isinstance(node, S.Num | S.Name):
        return
    inside = free_letters(node)
    held = [x for x in step.at(place) if x in inside]
    names = [n for n in _all(node) if isinstance(n, S.Name)]
    for a in held:
        for b in _alike(step, place, a):
            both = b in inside
            if both and a > b:
                continue
            mapping = {a: b, b: a} if both else {a: b}
            if not both and sum(n.text == a for n in names) < 2:
                continue
            if any(mapping.keys() & binders(n) for n in _all(node)):
                continue
            splices = tuple((*step.written.extent(n), mapping[n.text]) for n in names if n.text in mapping)
            said = f"with `{a}` and `{b}` exchanged in" if both else f"with `{b}` in place of every `{a}` in"
            cost = (1.9 if both else 1.5) + 0.03 * place.depth
            words = f"{said} `{shortened(step.of(node), 60)}`"
            yield Edit(side, place.put(substituted(node, mapping)), words, cost, splices)


def conditions(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """k ≠ i below a sum: added or taken away."""
    node = place.node
    if place.role != "operator" or not isinstance(node, S.Atom) or head_name(node) not in BIG or len(node.subs) != 1:
        return
    pieces = _sub(node)
    relation = next((k for k, p in enumerate(pieces) if isinstance(p, S.Sep) and p.kind == "REL"), None)
    sign = pieces[relation].text if relation is not None else ""
    first = pieces[0]
    if not isinstance(first, S.Name):
        return
    base = step.of(node.base)
    if sign == r"\neq":
        new = replace(node, subs=(first,))
        yield replaced(step, side, place, new, f"{base}_{step.of(first)}" + _upper(step, node), 0.8)
    if sign not in ("", "=") or (sign == "" and len(pieces) > 1):
        return
    known = step.scope.ranges.get(first.text)
    if node.sups and (known is None or step.of(node.sups[0]).strip("{}") != str(known.upper)):
        return
    for other in (x for x in step.at(place) if x != first.text):
        if step.scope.ranges.get(other) not in (None, known):
            continue
        at = node.end
        tail = (S.Sep(at, at, "REL", r"\neq"), S.Name(at, at, other))
        inner = S.List(at, at, (first, *tail))
        new = replace(node, subs=(S.Bracket(at, at, "{", inner),), sups=())
        yield replaced(step, side, place, new, rf"{base}_{{{step.of(first)} \neq {other}}}", 0.9)


def _sub(node: S.Atom) -> tuple[Any, ...]:
    inner = stripped(node.subs[0], "{")
    return inner.pieces if isinstance(inner, S.List) else (inner,)


def _upper(step: Step, node: S.Atom) -> str:
    return f"^{{{step.of(S.unwrap(node.sups[0]))}}}" if node.sups else ""


def bounds(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """Where a sum begins and ends."""
    if place.role != "bound":
        return
    node = place.node
    deep = 1.2
    if isinstance(node, S.Num):
        for n in (1, 0, node.value + 1):
            if n != node.value:
                yield replaced(step, side, place, replace(node, value=Fraction(n)), str(n), deep)
        return
    text = step.of(node)
    if isinstance(node, S.Sum) and len(node.terms) == 2 and isinstance(node.terms[1][1], S.Num):
        yield replaced(step, side, place, node.terms[0][1], step.of(node.terms[0][1]), deep)
        return
    if isinstance(node, S.Name):
        for sign in "-+":
            one = S.Num(node.end, node.end, Fraction(1))
            new = S.Sum(node.start, node.end, (("+", node), (sign, one)))
            yield replaced(step, side, place, new, f"{text}{sign}1", deep + 0.2)
        for size in step.scope.sizes:
            if size != node.text:
                yield replaced(step, side, place, replace(node, text=size), size, deep + 0.4)


def sums(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """A Σ that is missing, or one too many."""
    node = place.node
    if isinstance(node, S.Product):
        for k, item in enumerate(node.items[:-1]):
            if head_name(item) in BIG:
                rest = product(*node.items[:k], *node.items[k + 1 :])
                start, end = step.written.extent(item)
                words = f"without `{step.of(item)}` before `{shortened(step.of(node.items[k + 1]))}`"
                under = free_letters(S.Product(node.start, node.end, node.items[k + 1 :]))
                cost = (1.9 if binders(item) & under else 0.5) + 0.03 * place.depth
                yield Edit(side, place.put(rest), words, cost, ((start, end, ""),))
    if place.role not in ("whole", "term", "inside", "above", "below") or isinstance(node, S.Num):
        return
    other = free_letters(step.sides[1 - side])
    inside = free_letters(node)
    for letter in (x for x in step.scope.ranges if x in inside and x not in place.bound):
        at = node.start
        operator = S.Atom(at, at, S.Name(at, at, r"\sum"), (S.Name(at, at, letter),))
        start, end = step.written.extent(node)
        cost = (2.6 if letter in other else 1.4) + 0.03 * place.depth
        words = rf"with `\sum_{letter}` before `{shortened(step.of(node))}`"
        if isinstance(node, S.Sum):
            wrapped = S.Bracket(node.start, node.end, "(", S.List(node.start, node.end, (node,)))
            around = ((start, start, rf"\sum_{letter} \left( "), (end, end, r" \right)"))
            yield Edit(side, place.put(product(operator, wrapped)), words, cost, around)
        else:
            yield Edit(side, place.put(product(operator, node)), words, cost, ((start, start, rf"\sum_{letter} "),))


def notations(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """Another letter in something that the document has a notation for, which is edited as text."""
    node = place.node
    if place.role not in (*SLOTS, "factor") or not opaque(node):
        return
    start, end = step.written.extent(node)
    text = step.written.text[start:end]
    for found in re.finditer(r"(?<![a-zA-Z\\])[a-zA-Z](?![a-zA-Z])|\\[a-zA-Z]+", text):
        if found[0] not in step.scope.ranges:
            continue
        for other in _alike(step, place, found[0]):
            new = text[: found.start()] + other + text[found.end() :]
            tree = step.read(new)
            if tree is not None:
                yield Edit(side, place.put(tree), "", 0.8 + 0.03 * place.depth, ((start, end, new),))


SOURCES = (letters, renamed, conditions, bounds, sums, notations)
