"""Letters that something says change with others, so that no derivative or integral by these may hold them fixed.

A sentence, a display that defines nothing, an assumption or the condition of a row may say what a letter is that no
definition gives a value. Such a letter is a constant to a derivative only where nothing ties it to the variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sympy

from symnll.meaning.evidence import labels_below
from symnll.meaning.scope import Quantity, Scope, Tie, pretty
from symnll.meaning.trees import children, spelled, split_at
from symnll.meaning.values import Array, Tied, Value
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator

EQUAL = {"=", r"\equiv", ":=", "=:", r"\doteq", r"\propto"}
CONSTANTS = {"e", r"\pi", r"\sum", r"\prod", "log", "ln", "exp", "sin", "cos", "tanh", "max", "min"}
_FUNCTIONS = {"L", "J", r"\ell", r"\mathcal{L}", r"\mathcal{J}"}  # what only a loss is called
_APART = re.compile(r"[\s,;()^_]+")
_BAR = re.compile(r"\\bar\{(.+)\}")
_HAT = re.compile(r"\\hat\{(.+)\}")


def keys(scope: Scope, node: Any) -> set[str]:
    """The names in a syntax tree, with the labels of those that have a name of their own by them."""
    if isinstance(node, S.Name):
        return {node.text}
    if not (isinstance(node, S.Atom) and isinstance(node.base, S.Name)):
        return {n for c in children(node) for n in keys(scope, c)}
    name = node.base.text
    below, above = ("".join(f"{m}{spelled(S.unwrap(s))}" for s in x) for m, x in (("_", node.subs), ("^", node.sups)))
    whole = [x for x in (name + below + above, name + below, name + above) if x != name and scope.known(x)]
    if not whole and labels_below(scope, name, node.subs):
        whole = [name + below]
    if whole:
        return {whole[0]}.union(*(keys(scope, s) for s in node.sups))
    return {name}.union(*(keys(scope, s) for s in (*node.subs, *node.sups)))


def held(
    e: Elaborator, body: Value, key: str, node: Any, partial: bool = False, base: Any = None, axes: bool = False
) -> None:
    """Refuse a derivative or an integral by `key` that holds fixed a letter which changes with it. Raises Tied.

    `partial`: by ∂, which holds fixed what was a variable of ∂ before it is said what it is. `base`: what
    stands for the key in the body. `axes`: the key has entries.
    """
    free = _free(body)
    ties = [*e.scope.ties, *_supposed(e)]
    for q in list(e.scope.quantities.values()):
        if q.name == key or q.kind == "labels" or getattr(q.base, "label", q.base) not in free:
            continue
        for tie in ties:
            mine = tie.name in (q.name, *(f"{q.name}^{n}" for n in "23456"))
            if mine and not (partial and q.name in tie.varied) and key in _reached(e.scope, tie, ties):
                said = f"{pretty(q.name)} changes with {pretty(key)} by what is said here: {_short(tie.said)}"
                raise Tied(f"{said}; define it above this, or with `let`, so that this goes through it.",
                           node.start, node.end)  # fmt: skip
        if q.inferred and (_varies(q, key, axes) or (base is not None and _dropped(q, key, base, body))):
            raise Tied(
                f"Nothing says how {pretty(q.name)} depends on {pretty(key)}; say it with `let`, or declare "
                f"`real {q.name}` if it is constant.",
                node.start, node.end,
            )  # fmt: skip


def repeated(e: Elaborator, term: Value, letter: str, node: Any) -> None:
    """Refuse a sum or product over an index of a letter that changes with it: Σ_n r, where r = y_n − t_n is said."""
    ties = [t for t in e.scope.ties if letter in t.indices]
    free = _free(term) if ties else set()
    for tie in ties:
        q = e.scope.quantities.get((tie.name, 0))
        if q is not None and q.base in free:
            said = f"{pretty(q.name)} changes with {pretty(letter)} by what is said here: {_short(tie.said)}"
            raise Tied(f"{said}; write it with its index, and define it above this.", node.start, node.end)


def _free(v: Value) -> set[Any]:
    one = v.at(*(a.lower for a in v.axes)) if isinstance(v, Array) else v
    return set(one.free_symbols) if hasattr(one, "free_symbols") else set()


def _varies(q: Quantity, key: str, axes: bool) -> bool:
    """Whether a name by itself says that its value comes from the variable: p_θ, and x̄ beside x_i."""
    head, *labels = _APART.split(q.name)
    if key in labels:
        return key.startswith("\\") or not head.startswith("\\")  # but λ_w and σ_w are of w
    bar = _BAR.fullmatch(q.name)
    return bool(bar and axes and bar[1] == key)


def _dropped(q: Quantity, key: str, base: Any, body: Value) -> bool:
    """Whether what is a loss or a prediction by its name stands in a term without the variable: L in L + λ w²."""
    hat = _HAT.fullmatch(q.name)
    if q.name not in _FUNCTIONS and not (hat and hat[1] != key):
        return False
    one = body.at(*(a.lower for a in body.axes)) if isinstance(body, Array) else body
    name = getattr(q.base, "label", q.base)
    return any(name in t.free_symbols and base not in t.free_symbols for t in sympy.Add.make_args(one))


def _reached(scope: Scope, tie: Tie, ties: Sequence[Tie]) -> set[str]:
    """The names that what a tie says speaks of, itself or through definitions and other ties."""
    found: set[str] = set()
    new = set(tie.spoken)
    while new:
        found |= new
        bodies = {n for name in new for d in scope.definitions.get(name, ()) for n in keys(scope, d.body)}
        new = (bodies | {n for t in ties if t.name in new and t.said != tie.said for n in t.spoken}) - found
    return found


def _supposed(e: Elaborator) -> Iterator[Tie]:
    """What the equations among the hypotheses say of letters."""
    given = [(a.tokens, a.source) for a in e.scope.assumptions]
    for tokens, said in (*given, *((c, "".join(t.text for t in c)) for c in e.conditions)):
        if any(t.kind == "REL" and t.text in EQUAL for t in tokens):
            at = [n for n, t in enumerate(tokens) if t.kind == "REL"]
            sides = [keys(e.scope, S.parse(list(p))) for p in split_at(tokens, at) if p]
            yield from _between([s - e.scope.ranges.keys() - CONSTANTS for s in sides], said)


def _between(sides: Sequence[set[str]], said: str) -> Iterator[Tie]:
    """What an equation ties: λ to n and t by λ = n/t, but not n to λ, and each letter to the others by x y = x + y."""
    solved = any(len(s) == 1 for s in sides)
    for n, side in enumerate(sides):
        others = set().union(*sides[:n], *sides[n + 1 :]) | (set() if solved else side)
        for name in sorted(side) if len(side) == 1 or not solved else ():
            yield Tie(name, frozenset(others - {name}), said)


def _short(said: str) -> str:
    return said if len(said) <= 80 else f"{said[:80]} …"
