"""Edits of functions, exponents and fractions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from symnll.check.differential import variables
from symnll.check.edits import FACTORS, ONE, SLOTS, Edit, Step, bracket, head_name, product, replaced
from symnll.check.places import Place
from symnll.check.written import braced, shortened
from symnll.meaning.derivatives import is_derivative
from symnll.meaning.functions import FUNCTIONS
from symnll.meaning.trees import head_of, spelled
from symnll.read import syntax as S


def functions(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """A logarithm or exponential too many or too few; max for min."""
    node = place.node
    if place.role in FACTORS and isinstance(node, S.Product):
        for k, item in enumerate(node.items[:-1]):
            if not (isinstance(item, S.Name) and item.text in FUNCTIONS) or isinstance(node.items[k + 1], S.Times):
                continue
            rest = product(*node.items[:k], *node.items[k + 1 :])
            start, end = step.written.extent(item)
            words = f"without the `{step.of(item)}` before `{shortened(step.of(node.items[k + 1]))}`"
            yield Edit(side, place.put(rest), words, 1.7 + 0.03 * place.depth, ((start, end, ""),))
    if (
        place.role == "function"
        and isinstance(head_of(place.following), S.Bracket)
        and head_name(node) not in FUNCTIONS
    ):
        at = step.written.extent(node)[0]
        called = S.Product(node.start, place.following.end, (node, place.following))
        words = rf"with `\log` before `{shortened(step.of(called))}`"
        tree = place.put(product(S.Name(at, at, "log"), node))
        yield Edit(side, tree, words, 1.9 + 0.03 * place.depth, ((at, at, r"\log "),))
    if place.role not in FACTORS or isinstance(node, S.Num):
        return
    start, end = step.written.extent(node)
    text, deep = step.of(node), 0.03 * place.depth
    log, e = S.Name(node.start, node.start, "log"), S.Name(node.start, node.start, "e")
    simple = isinstance(node, S.Name | S.Atom | S.Bracket | S.Frac)
    if simple and not (isinstance(node, S.Frac) and is_derivative(node)):
        tree = product(log, node)
        words = rf"with `\log` before `{shortened(text)}`"
        yield Edit(side, place.put(tree), words, 1.9 + deep, ((start, start, r"\log "),))
    elif place.role in SLOTS and place.role != "term" and isinstance(node, S.Product | S.Sum):
        tree = product(log, bracket(node))
        yield replaced(step, side, place, tree, rf"\log \left( {text} \right)", 2.2)
    if isinstance(node, S.Product):
        for k, item in enumerate(node.items):
            if head_name(item) in (r"\sum", r"\prod"):
                at = step.written.extent(item)[0]
                words = rf"with `\log` before `{shortened(step.of(S.Product(item.start, node.end, node.items[k:])))}`"
                tree = product(*node.items[:k], log, *node.items[k:])
                yield Edit(side, place.put(tree), words, 1.9 + deep, ((at, at, r"\log "),))
    if place.role != "power" and isinstance(node, S.Name | S.Atom) and head_name(node) not in ("e", "log", "exp"):
        power = S.Atom(node.start, node.end, e, (), (bracket(node, "{"),))
        yield replaced(step, side, place, power, f"e^{{{text}}}", 2.3)
    if isinstance(node, S.Atom) and head_name(node) == "e" and len(node.sups) == 1:
        inner = S.unwrap(node.sups[0])
        if isinstance(inner, S.Name | S.Atom | S.Num):
            yield replaced(step, side, place, inner, step.of(inner), 2.4)
        else:
            yield replaced(step, side, place, bracket(inner), f"({step.of(inner)})", 2.4)


def inner_logarithms(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """∂ log y / ∂x for ∂y / ∂x."""
    node = place.node
    if not isinstance(node, S.Frac) or not is_derivative(node):
        return
    top = S.unwrap(node.top)
    if isinstance(top, S.Product) and len(top.items) == 2 and head_name(top.items[1]) not in FUNCTIONS:
        at = step.written.extent(top.items[1])[0]
        new = replace(node, top=product(top.items[0], S.Name(at, at, "log"), top.items[1]))
        words = rf"with `\log` before `{step.of(top.items[1])}` in `{shortened(step.of(node))}`"
        yield Edit(side, place.put(new), words, 1.9 + 0.03 * place.depth, ((at, at, r"\log "),))


def operators(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """Σ for ∏, max for min."""
    turned = {r"\sum": r"\prod", r"\prod": r"\sum", "max": "min", "min": "max"}
    name = head_name(place.node)
    if place.role in ("operator", "function") and name in turned:
        node = place.node
        base = node.base if isinstance(node, S.Atom) else node
        new = replace(base, text=turned[name])
        start, end = step.written.extent(base)
        text = "\\" + turned[name].lstrip("\\")
        tree = place.put(replace(node, base=new) if isinstance(node, S.Atom) else new)
        words = f"with `{text}` in place of `{step.of(base)}`"
        yield Edit(side, tree, words, 1.5 + 0.03 * place.depth, ((start, end, text),))


def powers(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """An exponent too many, a square too few, a factor in place of an exponent."""
    node = place.node
    if place.role not in FACTORS or not step.equality:
        return
    deep = 0.03 * place.depth
    if isinstance(node, S.Atom) and node.sups and head_name(node) != "e":
        sup = node.sups[-1]
        inner = S.unwrap(sup)
        if not isinstance(inner, S.Bracket) and not (isinstance(inner, S.Name) and inner.text in (r"\top", "T")):
            rest = replace(node, sups=node.sups[:-1])
            plain = rest if rest.subs or rest.sups or rest.primes else rest.base
            start, end = step.written.extent(sup)
            start = step.written.text.rfind("^", 0, start)
            words = f"without the exponent of `{shortened(step.of(node))}`"
            yield Edit(side, place.put(plain), words, 1.4 + deep, ((start, end, ""),))
            raised = _as_factor(inner, step)
            yield replaced(step, side, place, product(raised[0], plain), f"{raised[1]} {step.of(plain)}", 2.7)
    single = isinstance(node, S.Name | S.Atom | S.Bracket) and not _sups(node)
    if single and head_name(node) not in (*FUNCTIONS, "e", "1"):
        start, end = step.written.extent(node)
        for n in (2, 3) if isinstance(node, S.Bracket) else (2,):
            two = S.Num(node.end, node.end, ONE.value * n)
            squared = _raised(node, two)
            words = f"with `{shortened(step.of(node))}^{n}` in place of `{shortened(step.of(node))}`"
            yield Edit(side, place.put(squared), words, 1.8 + deep + 0.5 * (n - 2), ((end, end, f"^{n}"),))
    if isinstance(node, S.Sum | S.Product) and place.role in ("above", "below"):
        two = S.Num(node.end, node.end, ONE.value * 2)
        squared = S.Atom(node.start, node.end, bracket(node), (), (two,))
        text = rf"\left( {step.of(node)} \right)^2"
        yield replaced(step, side, place, squared, text, 1.8)
    if isinstance(node, S.Product):
        yield from _moved_power(step, side, place)
        for k in range(len(node.items) - 1):
            a, b = node.items[k : k + 2]
            plain = isinstance(a, S.Name | S.Atom) and isinstance(b, S.Name | S.Atom | S.Bracket)
            if not plain or head_name(a) in (*FUNCTIONS, r"\sum", r"\prod", r"\partial") or _sups(b):
                continue
            raised_b = _raised(b, bracket(a, "{"))
            start, end = step.written.extent(S.Product(a.start, b.end, (a, b)))
            text = f"{step.of(b)}^{braced(step.of(a))}"
            words = f"with `{text}` in place of `{step.of(a)} {step.of(b)}`"
            tree = place.put(product(*node.items[:k], raised_b, *node.items[k + 2 :]))
            yield Edit(side, tree, words, 2.5 + deep, ((start, end, text),))


def _moved_power(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """A product with an exponent at another factor."""
    node = place.node
    for k, a in enumerate(node.items):
        if not _sups(a) or head_name(a) in (r"\sum", r"\prod", "e", *FUNCTIONS) or isinstance(a.base, S.Num):
            continue
        start, end = step.written.extent(a.sups[-1])
        start = step.written.text.rfind("^", 0, start)
        bare = a.base if len(a.sups) == 1 and not a.subs and not a.primes else replace(a, sups=a.sups[:-1])
        for n, b in enumerate(node.items):
            if n == k or _sups(b) or not isinstance(b, S.Name | S.Atom | S.Bracket) or head_name(b) in FUNCTIONS:
                continue
            raised = _raised(b, a.sups[-1])
            items = [raised if x is b else bare if x is a else x for x in node.items]
            at = step.written.extent(b)[1]
            moved = ((start, end, ""), (at, at, step.written.text[start:end]))
            yield Edit(side, place.put(product(*items)), "", 2.2 + 0.03 * place.depth, moved)


def _raised(node: Any, power: Any) -> S.Atom:
    if isinstance(node, S.Atom):
        return replace(node, sups=(*node.sups, power))
    return S.Atom(node.start, node.end, node, (), (power,))


def _sups(node: Any) -> bool:
    return isinstance(node, S.Atom) and bool(node.sups)


def _as_factor(inner: Any, step: Step) -> tuple[Any, str]:
    text = step.of(inner)
    return (bracket(inner), f"({text})") if isinstance(inner, S.Sum) else (inner, text)


def fractions(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """A fraction upside down, or without its denominator."""
    node = place.node
    if not isinstance(node, S.Frac) or node.binomial or is_derivative(node) or place.role not in FACTORS:
        return
    top, bottom = S.unwrap(node.top), S.unwrap(node.bottom)
    start, end = step.written.extent(node)
    if step.written.text[start:end].startswith("\\"):
        turned = replace(node, top=node.bottom, bottom=node.top)
        text = rf"\frac{{{step.of(bottom)}}}{{{step.of(top)}}}"
        yield replaced(step, side, place, turned, text, 1.5)
        alone = isinstance(top, S.Name | S.Atom | S.Num) or (place.role in SLOTS and place.role != "term")
        text = step.of(top) if alone else f"({step.of(top)})"
        words = f"without the denominator of `{shortened(step.of(node), 60)}`"
        yield replaced(step, side, place, top if alone else bracket(top), text, 1.9, words)


def slopes(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """The derivative of the left side, where only the right side holds derivatives: f/g = (g f' − f g')/g²."""
    if side or place.role != "whole" or not step.equality or variables(step.sides[0]):
        return
    found = set(variables(step.sides[1]))
    if len(found) != 1:
        return
    node, (variable,) = place.node, found
    at, sign = (node.start, node.start), S.Name(node.start, node.start, r"\partial")
    operator = S.Frac(*at, sign, S.Product(*at, (sign, variable)))
    shown = rf"\frac{{\partial}}{{\partial {spelled(variable)}}}"
    words = f"with `{shown}` before `{shortened(step.of(node))}`"
    yield replaced(
        step, side, place, product(operator, bracket(node)), rf"{shown} \left( {step.of(node)} \right)", 0.3, words
    )


SOURCES = (slopes, functions, inner_logarithms, operators, powers, fractions)
