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
from symnll.meaning.trees import children, head_of, spelled, split_at
from symnll.meaning.values import Array, Tied, Value
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator

EQUAL = {"=", r"\equiv", ":=", "=:", r"\doteq", r"\propto"}
BETWEEN = {r"\leq", r"\geq", r"\le", r"\ge"}
CONSTANTS = {"e", r"\pi", r"\sum", r"\prod", "log", "ln", "exp", "sin", "cos", "tanh", "max", "min"}
_FUNCTIONS = {"L", "J", r"\ell", r"\mathcal{L}", r"\mathcal{J}"}  # what only a loss is called
_TERMS = {"E", "D", r"\mathcal{E}"}  # what a term of a loss is called beside its weights
_GUESSES = {"p", "q"}  # what probabilities are called, in a logarithm beside the weights of a model
_WEIGHTS = {"w", "W", r"\theta", r"\beta", r"\phi"}
_EXTREME = {"max", "min", "mean", "avg"}
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
    ties = [t for t in e.scope.ties if not (t.inverse and key in e.scope.definitions)]
    ties += _supposed(e)
    for q in list(e.scope.quantities.values()):
        if q.name == key or q.kind == "labels" or getattr(q.base, "label", q.base) not in free:
            continue
        for tie in ties:
            mine = tie.name in (q.name, *(f"{q.name}^{n}" for n in "23456")) and (q.inferred or not tie.loose)
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
    if "⟨" in q.name or (head == key and axes and _EXTREME & set(labels)):
        return True  # ⟨E⟩ under what the page goes on to vary, and z_max
    if key in labels:
        return key.startswith("\\") or not head.startswith("\\")  # but λ_w and σ_w are of w
    bar = _BAR.fullmatch(q.name)
    return bool(bar and axes and bar[1] == key)


def _dropped(q: Quantity, key: str, base: Any, body: Value) -> bool:
    """Whether what is a loss or a prediction by its name stands in a term without the variable: L in L + λ w²."""
    head = _APART.split(q.name)[0]
    hat = _HAT.fullmatch(q.name)
    loss = head in _FUNCTIONS or (head in _TERMS and key in _WEIGHTS)
    loss = loss or (q.name.isalpha() and q.name.isupper() and len(q.name) > 1) or (hat is not None and hat[1] != key)
    guess = head in _GUESSES and key in _WEIGHTS
    if not loss and not guess:
        return False
    one = body.at(*(a.lower for a in body.axes)) if isinstance(body, Array) else body
    name = getattr(q.base, "label", q.base)
    found = [t for t in sympy.Add.make_args(one) if name in t.free_symbols and base not in t.free_symbols]
    return any(loss or any(name in x.free_symbols for x in t.atoms(sympy.log)) for t in found)


def _reached(scope: Scope, tie: Tie, ties: Sequence[Tie]) -> set[str]:
    """The names that what a tie says speaks of, itself or through definitions and other ties."""
    found: set[str] = set()
    new = set(tie.spoken)
    if tie.inverse:
        return new
    while new:
        found |= new
        bodies = {n for name in new for d in scope.definitions.get(name, ()) for n in keys(scope, d.body)}
        new = (
            bodies | {n for t in ties if t.name in new and t.said != tie.said and not t.inverse for n in t.spoken}
        ) - found
    return found


def _supposed(e: Elaborator) -> Iterator[Tie]:
    """What the equations among the hypotheses say of letters; a condition x = … is a point, an assumption is none."""
    orders: list[set[str]] = []
    for tokens, said in ((a.tokens, a.source) for a in e.scope.assumptions):
        relations, sides = _sides(tokens)
        if not relations:
            continue
        letters = set().union(*(keys(e.scope, s) for s in sides)) - _constants(e.scope)
        if not letters & {r"\partial", r"\nabla"}:  # an equation between derivatives holds for all values
            letters = _opened(e.scope, letters)
        if all(map(_bare, sides)):
            orders.append(letters)  # x ≤ y alone leaves x and y free
        if not relations.isdisjoint(EQUAL) or not all(map(_bare, sides)) or orders.count(letters) > 1:
            alone = [x for x in map(_solved, sides) if x in letters]
            if len(alone) != 1 or relations.isdisjoint(EQUAL):
                yield from bound(letters, said)
                continue
            yield Tie(alone[0], frozenset(letters - {alone[0]}), said)  # r by r² = x² + y², which leaves x and y free
            yield from (Tie(name, frozenset(alone), said) for name in sorted(letters - {alone[0]}))
    for condition in e.conditions:
        relations, sides = _sides(condition, EQUAL)
        if relations:
            named = [(_bare(s), keys(e.scope, s) - _constants(e.scope)) for s in sides]
            said = "".join(t.text for t in condition)
            points = [(n, s) for n, (bare, s) in enumerate(named) if bare and len(s) == 1]
            for n, (name,) in points:
                others = set().union(*(s for k, (_, s) in enumerate(named) if k != n))
                yield Tie(name, frozenset(others - {name}), said)
            if not points:
                yield from bound(set().union(*(s for _, s in named)), said)


def bound(letters: set[str], said: str, varied: frozenset[str] = frozenset(), loose: bool = False) -> Iterator[Tie]:
    """What an equation ties that is not solved for a letter: each of its letters changes with all others."""
    for name in sorted(letters):
        yield Tie(name, frozenset(letters - {name}), said, varied, loose=loose)


def _sides(tokens: Sequence[Any], wanted: set[str] = EQUAL | BETWEEN) -> tuple[set[str], list[Any]]:
    """The relations of a hypothesis, as far as they are wanted, and its sides."""
    at = [n for n, t in enumerate(tokens) if t.kind == "REL"]
    found = {tokens[n].text for n in at} & wanted
    return found, [S.parse(list(p)) for p in split_at(list(tokens), at) if p] if found else []


def _bare(node: Any) -> bool:
    """Whether a side of an equation is a name, perhaps with indices."""
    node = S.unwrap(node)
    head = node.base if isinstance(node, S.Atom) and not node.sups else node
    return isinstance(head, S.Name)


def _solved(node: Any) -> str:
    """The name that a side of an equation is, or is a power of, or ""."""
    head = head_of(S.unwrap(node))
    return head.text if isinstance(head, S.Name) else ""


def _constants(scope: Scope) -> set[str]:
    """Names that no derivative moves: indices, sizes and functions."""
    sizes = {n for n in scope.sizes if not any(name == n for name, _ in scope.quantities)}
    return scope.ranges.keys() | sizes | CONSTANTS


def _opened(scope: Scope, names: set[str]) -> set[str]:
    """These names and those in their definitions, without constants and the arguments of functions."""
    found: set[str] = set()
    new = names
    while new:
        found |= new
        bodies = [keys(scope, d.body) - d.parameters for name in new for d in scope.definitions.get(name, ())]
        new = set().union(*bodies) - found - _constants(scope)
    return found


def _short(said: str) -> str:
    return said if len(said) <= 80 else f"{said[:80]} …"
