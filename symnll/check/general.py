"""Rules about any functions: a step that differentiates f(x) and g(x), of which nothing says what they are.

The letters may mean something else on the rest of the page, as f does beside scores f_k.
"""

from __future__ import annotations

import re
from typing import Any

from symnll import language as L
from symnll.check.reading import ReadStep
from symnll.check.spellings import STANDARD, usual
from symnll.check.step import Meant, meaning
from symnll.meaning.derivatives import is_derivative, sign_of
from symnll.meaning.functions import FUNCTIONS
from symnll.meaning.scope import Scope, pretty
from symnll.meaning.trees import children, head_of, product_parts
from symnll.read import syntax as S
from symnll.read.tokens import Unreadable

LETTERS = set("fghuvwFGHUV") | {r"\phi", r"\psi", r"\varphi"}


def general(scope: Scope, sides: tuple[Any, Any], step: ReadStep) -> tuple[Meant, set[str]] | None:
    """What a step states of any functions f, g of one letter x, and their names; None where it is about others.

    It changes the scope.
    """
    calls: dict[str, set[str]] = {}
    bare: set[str] = set()
    slopes: set[str] = set()
    for s in sides:
        _seen(s, calls, bare, slopes)
    arguments = set().union(*calls.values())
    if len(arguments) != 1 or slopes != arguments or set(calls) & bare:
        return None
    x = next(iter(arguments))
    if x in calls or not all(_free(scope, n) for n in (x, *calls)) or x in scope.ranges:
        return None
    if not all(n in LETTERS for n in calls):
        return None
    scope.quantities = {key: q for key, q in scope.quantities.items() if key[0] not in {x, *calls}}
    for name in calls:
        scope.ranges.pop(name, None)
        scope.notes[name] = f"{pretty(name)} is any function of {pretty(x)} here"
        scope.functions[name] = {"function": L.function(scope.shown(name)), "assumptions": {}, "arguments": []}
    try:
        link = step.link
        return meaning(scope, sides, link.relation.text, link.conditions, step.wide, step.free), set(calls)
    except Unreadable:
        return None


def elsewhere(text: str, names: set[str], start: int, end: int) -> bool:
    """Whether a text calls one of these names outside a step, or speaks of it: it may be a certain function."""
    for name in names:
        call = rf"(?<![A-Za-z\\]){re.escape(name)}'*\s*(?:\\left\s*)?\("
        pattern = rf"{call}|(?<!\$)\$[^$\n]*(?<![A-Za-z\\_^]){re.escape(name)}(?![A-Za-z_^])[^$\n]*\$(?!\$)"
        if any(not start <= m.start() < end for m in re.finditer(pattern, text)):
            return True
    return False


def _free(scope: Scope, name: str) -> bool:
    """Whether nothing but the places where it stands says what a name is."""
    declared = any(q.name == name and not q.inferred for q in scope.quantities.values())
    known = name in scope.definitions or name in scope.functions or name in scope.sizes or name in scope.stated
    return not (declared or known or name in FUNCTIONS or usual(name) in STANDARD or name in scope.unclear)


def _seen(node: Any, calls: dict[str, set[str]], bare: set[str], slopes: set[str]) -> None:
    """Note the functions that are called in a tree, with their argument, other names, and by what is differentiated."""
    if isinstance(node, S.Frac) and not node.binomial and is_derivative(node):
        variables = [i for i in product_parts(node.bottom) if not sign_of(i)[0]]
        slopes |= {v.text if isinstance(v, S.Name) else "?" for v in variables}
        rest = product_parts(node.top)[1:]
        if rest:
            _seen(S.Product(node.start, node.end, tuple(rest)), calls, bare, slopes)
        return
    if isinstance(node, S.Product):
        items, k = list(node.items), 0
        while k < len(items):
            argument = _argument(items[k + 1]) if k + 1 < len(items) else ""
            if isinstance(items[k], S.Name) and argument:
                calls.setdefault(items[k].text, set()).add(argument)
                for script in (*items[k + 1].subs, *items[k + 1].sups) if isinstance(items[k + 1], S.Atom) else ():
                    _seen(script, calls, bare, slopes)
                k += 1
            else:
                _seen(items[k], calls, bare, slopes)
            k += 1
        return
    if isinstance(node, S.Name):
        bare.add(node.text)
    for c in children(node):
        _seen(c, calls, bare, slopes)


def _argument(node: Any) -> str:
    """The letter in a bracket, with or without an exponent, or ""."""
    bracket = head_of(node)
    if isinstance(node, S.Atom) and (node.subs or node.primes or node.bangs):
        return ""
    inside = S.unwrap(bracket.inside) if isinstance(bracket, S.Bracket) and bracket.kind == "(" else None
    return inside.text if isinstance(inside, S.Name) else ""
