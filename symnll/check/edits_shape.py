"""Edits of relations, signs, terms and brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from symnll.check.edits import FACTORS, ONE, SLOTS, Edit, Step, bracket, head_name, product, replaced
from symnll.check.places import Place, free_letters
from symnll.check.written import shortened
from symnll.meaning.derivatives import is_derivative
from symnll.meaning.functions import FUNCTIONS
from symnll.read import syntax as S

OTHER = {"+": "-", "-": "+"}


def relations(step: Step) -> Iterator[Edit]:
    """The other direction of an inequality, or one that is not strict."""
    turned = {r"\leq": r"\geq", r"\geq": r"\leq", "<": ">", ">": "<"}
    if step.relation in ("<", ">"):
        yield _related(step, {"<": r"\leq", ">": r"\geq"}[step.relation], -0.5)
    if step.relation in turned:
        yield _related(step, turned[step.relation], -0.4)


def _related(step: Step, relation: str, cost: float) -> Edit:
    q = "q" if step.sign.endswith("q") else ""
    new = {r"\leq": rf"\le{q}", r"\geq": rf"\ge{q}"}.get(relation, relation)
    return Edit(1, step.sides[1], f"with `{new}` in place of `{step.sign or step.relation}`", cost, None, relation)


def signs(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """The sign of a term, of a whole expression, and a − b for b − a. They make an inequality true too easily."""
    more = 0.0 if step.equality else 1.6
    for edit in _signs(step, side, place):
        yield replace(edit, cost=edit.cost + more)


def _signs(step: Step, side: int, place: Place) -> Iterator[Edit]:
    node = place.node
    if isinstance(node, S.Sum):
        for k, (sign, _) in enumerate(node.terms):
            if sign in OTHER:
                yield from _sign(step, side, place, k)
        if len(node.terms) == 2 and node.terms[0][0] != node.terms[1][0]:
            (a, x), (_, y) = node.terms
            positive, negative = (x, y) if a == "+" else (y, x)
            text = f"{step.of(negative)} - {step.of(positive)}"
            yield replaced(step, side, place, replace(node, terms=(("+", negative), ("-", positive))), text, 0.1)
        elif len(node.terms) > 1 and place.role == "whole":
            inner = step.of(node)
            minus = S.Sum(node.start, node.end, (("-", bracket(node)),))
            yield replaced(step, side, place, minus, rf"-\left( {inner} \right)", 0.4, "with a minus before the whole")
    elif place.role in ("whole", "inside", "above", "power") and not _is_list(node):
        start = step.written.extent(node)[0]
        tree = place.put(S.Sum(node.start, node.end, (("-", node),)))
        cost = 0.05 if place.role in ("whole", "power") else 0.3
        splices = ((start, start, "-"),)
        if place.role == "power" and step.written.text[:start].rstrip()[-1:] == "^":
            splices = ((start, step.written.extent(node)[1], f"{{-{step.of(node)}}}"),)  # type: ignore[assignment]
        yield Edit(side, tree, f"with `-` before `{shortened(step.of(node))}`", cost + 0.03 * place.depth, splices)


def _sign(step: Step, side: int, place: Place, k: int) -> Iterator[Edit]:
    node = place.node
    sign, term = node.terms[k]
    new = OTHER[sign]
    tree = place.put(replace(node, terms=(*node.terms[:k], (new, term), *node.terms[k + 1 :])))
    start = step.written.extent(term)[0]
    earlier = step.written.extent(node.terms[k - 1][1])[1] if k else min(node.start, start)
    gap = step.written.text[earlier:start]
    found = [m.start() for m in re.finditer(r"[-+−–]", gap)]
    shown = shortened(step.of(term))
    cost = 0.03 * place.depth
    if not found and k == 0 and sign == "+":
        yield Edit(side, tree, f"with `-` before `{shown}`", cost, ((start, start, "-"),))
    elif len(found) == 1:
        at = earlier + found[0]
        if k == 0:
            words = f"without the `-` before `{shown}`" if sign == "-" else f"with `-` before `{shown}`"
            yield Edit(side, tree, words, cost, ((at, at + 1, "" if sign == "-" else "-"),))
        else:
            words = f"with `{new}` in place of `{sign}` before `{shown}`"
            yield Edit(side, tree, words, cost, ((at, at + 1, new),))
    else:
        yield Edit(side, tree, f"with the other sign before `{shown}`", cost, None)


def _is_list(node: Any) -> bool:
    return isinstance(node, S.List) and node.only is None


def dropped_terms(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """A sum without one of its terms; 1 − x as x."""
    node = place.node
    if not isinstance(node, S.Sum) or len(node.terms) < 2:
        return
    for k, (sign, term) in enumerate(node.terms):
        rest = node.terms[:k] + node.terms[k + 1 :]
        start = step.written.extent(term)[0]
        earlier = step.written.extent(node.terms[k - 1][1])[1] if k else min(node.start, start)
        end = step.written.extent(term)[1]
        if k == 0:
            end = step.written.extent(node.terms[1][1])[0] if rest[0][0] == "+" else end
        alone = rest[0][1] if len(rest) == 1 and rest[0][0] == "+" else replace(node, terms=rest)
        said = step.of(term) if k == 0 and sign == "+" else f"{sign} {step.of(term)}"
        words = f"without the term `{shortened(said, 80)}`"
        yield Edit(side, place.put(alone), words, 1.7 + 0.03 * place.depth, ((earlier, end, ""),))
    one, x = node.terms[0][1], node.terms[1]
    if len(node.terms) == 2 and node.terms[0][0] == "+" and x[0] == "-" and isinstance(one, S.Num) and one.value == 1:
        yield replaced(step, side, place, x[1], step.of(x[1]), 1.2)


def complements(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """x as 1 − x."""
    node = place.node
    if place.role not in FACTORS or isinstance(node, S.Num | S.Sum) or head_name(node) in ("e", "log", "ln", "exp"):
        return
    if isinstance(node, S.Name | S.Atom | S.Product):
        one = S.Sum(node.start, node.end, (("+", ONE), ("-", node)))
        text = f"1 - {step.of(node)}"
        if place.role in ("inside", "above", "below", "power"):
            yield replaced(step, side, place, one, text, 2.1)
        elif not isinstance(node, S.Product):
            yield replaced(step, side, place, bracket(one), f"({text})", 2.2)


def added_terms(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """One more term: 1, or one that the other side has and this one has not."""
    node = place.node
    if place.role not in ("whole", "inside", "above", "below", "power") or _is_list(node):
        return
    old = node.terms if isinstance(node, S.Sum) else (("+", node),)
    terms = {ONE: ("1", 2.3)}
    for n in (1 - side, side):
        for p in step.places[n]:
            whole = p.role == "term" or (p.role == "factor" and isinstance(p.node, S.Name | S.Atom))
            known = free_letters(p.node) <= step.free | place.bound
            if whole and known and p.end - p.start < 80 and all(p.node != t for _, t in old):
                cost = (2.2 if p.role == "term" else 2.6) + (0.4 if n == side else 0)
                terms.setdefault(p.node, (step.of(p.node), cost))
    end = step.written.extent(node)[1]
    if place.role == "power" and step.written.text[:end].rstrip()[-2:-1] == "^":
        return
    for term, (text, cost) in list(terms.items())[:10]:
        for sign in "+-":
            tree = S.Sum(node.start, node.end, (*old, (sign, term)))
            words = f"with the term `{sign} {shortened(text, 80)}` added to `{shortened(step.of(node))}`"
            yield Edit(side, place.put(tree), words, cost + 0.2 * place.depth, ((end, end, f" {sign} {text}"),))


def brackets(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """What stands in an exponent or a bracket, or beside it."""
    node = place.node
    if not isinstance(node, S.Sum) or place.role not in SLOTS:
        return
    for k in range(len(node.terms) - 1):
        (sign, a), (other, b) = node.terms[k : k + 2]
        items = a.items if isinstance(a, S.Product) else (a,)
        last = items[-1]
        rest = node.terms[k + 2 :]

        def moved(new: Any, k: int = k, sign: str = sign, items: Any = items, rest: Any = rest) -> Any:
            terms = (*node.terms[:k], (sign, product(*items[:-1], new)), *rest)
            return place.put(terms[0][1] if len(terms) == 1 and terms[0][0] == "+" else replace(node, terms=terms))

        if isinstance(last, S.Atom) and last.sups and other in OTHER:  # e^a + b as e^{a + b}
            inner = S.unwrap(last.sups[-1])
            if not isinstance(inner, S.Bracket):
                grown = _joined(inner, other, b)
                tree = moved(replace(last, sups=(*last.sups[:-1], bracket(grown, "{"))))
                start, end = step.written.extent(last)[0], step.written.extent(b)[1]
                base = step.written.text[start : step.written.text.rfind("^", start, step.written.extent(inner)[0])]
                text = f"{base}^{{{step.of(inner)} {other} {step.of(b)}}}"
                yield Edit(side, tree, "", 2.4, ((start, end, text),))
        if len(items) > 1 and other in OTHER and head_name(items[0]) not in FUNCTIONS:  # F a + b as F (a + b)
            grown = _joined(last, other, b)
            start, end = step.written.extent(last)[0], step.written.extent(b)[1]
            text = rf"\left( {step.of(last)} {other} {step.of(b)} \right)"
            words = f"with brackets around `{shortened(f'{step.of(last)} {other} {step.of(b)}', 80)}`"
            yield Edit(side, moved(bracket(grown)), words, 2.3, ((start, end, text),))
        if other in OTHER and not isinstance(a, S.Sum):  # a + b as a b
            start, end = step.written.extent(a)[0], step.written.extent(b)[1]
            tree = moved(product(last, b))
            words = f"with a product of `{shortened(step.of(a))}` and `{shortened(step.of(b))}`"
            yield Edit(side, tree, words, 2.8, ((step.written.extent(a)[1], step.written.extent(b)[0], " "),))


def split(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """a b as a + b or a − b, and a / b as a − b."""
    node = place.node
    if place.role not in ("whole", "inside", "above", "below", "power", "argument"):
        return
    if isinstance(node, S.Frac) and not is_derivative(node) and not node.binomial:
        a, b = S.unwrap(node.top), S.unwrap(node.bottom)
        if not isinstance(a, S.Sum) and not isinstance(b, S.Sum):
            new = S.Sum(node.start, node.end, (("+", a), ("-", b)))
            yield replaced(step, side, place, new, f"{step.of(a)} - {step.of(b)}", 2.4)
    if not isinstance(node, S.Product):
        return
    for k in range(1, len(node.items)):
        a, b = node.items[k - 1 : k + 1]
        times = isinstance(a, S.Times)
        first, rest = node.items[: k - 1 if times else k], node.items[k:]
        if not first or isinstance(b, S.Times) or head_name(first[-1]) in (*FUNCTIONS, r"\sum", r"\prod"):
            continue
        start, end = step.written.extent(first[-1])[1], step.written.extent(b)[0]
        for sign in "+-":
            tree = S.Sum(node.start, node.end, (("+", product(*first)), (sign, product(*rest))))
            words = f"with `{sign}` between `{shortened(step.of(first[-1]))}` and `{shortened(step.of(b))}`"
            yield Edit(side, place.put(tree), words, 2.6 + 0.03 * place.depth, ((start, end, f" {sign} "),))


def _joined(node: Any, sign: str, term: Any) -> S.Sum:
    old = node.terms if isinstance(node, S.Sum) else (("+", node),)
    return S.Sum(node.start, term.end, (*old, (sign, term)))


SOURCES = (signs, dropped_terms, complements, added_terms, brackets, split)
