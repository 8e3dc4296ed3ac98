"""What an equation defines: its name with indices and arguments, and the body."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy

from symnll.meaning.elaborate import Elaborator
from symnll.meaning.evidence import free_letters
from symnll.meaning.formulas import notation
from symnll.meaning.functions import FUNCTIONS
from symnll.meaning.known import declared, is_letter, is_power
from symnll.meaning.scope import Definition, Scope
from symnll.meaning.shape import rank
from symnll.meaning.trees import (
    argument_parts,
    children,
    mentions,
    names_in,
    script_parts,
    separators,
    spelled,
    stripped,
)
from symnll.meaning.uses import use_of
from symnll.meaning.values import Range, Unclear
from symnll.read import syntax as S
from symnll.read.tokens import Token

# Names that no document gives a meaning of its own.
FIXED = {
    r"\partial", r"\nabla", r"\sum", r"\prod", r"\int", "log", "ln", "exp", "max", "min", "argmax", "argmin", "arg",
    "sinh", "cosh", "tanh", "sup", "inf", "lim", r"\infty", r"\mathbb{1}", r"\mathbf{1}",
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan",
}  # fmt: skip


class Refused(ValueError):
    """A declaration that is not understood; the message says why and what is wanted."""


def split_relation(tokens: list[Token]) -> tuple[list[Token], Token, list[Token]] | None:
    """The sides of the first relation outside brackets."""
    depth = 0
    for k, t in enumerate(tokens):
        depth += (t.kind in ("LBRACE", "LPAR", "BEGIN", "LABS")) - (t.kind in ("RBRACE", "RPAR", "END", "RABS"))
        if depth == 0 and t.kind == "REL":
            return tokens[:k], t, tokens[k + 1 :]
    return None


def define(scope: Scope, tokens: list[Token], source: str, display: int = 0) -> Definition | None:
    """Add the definition that these tokens are: name, with indices and arguments, = body. Raises Refused.

    Where the left side is no name, it is a notation for the right side.
    """
    sides = split_relation([t for t in tokens if t.kind not in ("ROW", "AMP", "QUAD")])
    if sides is None or sides[1].text not in ("=", ":=", r"\equiv", r"\doteq"):
        raise Refused("A definition wants the form `let name = expression`.")
    left, right = S.parse(sides[0]), S.parse(sides[2])
    _letters(scope, left)
    found = definition(scope, left, right, source, display)
    inner = S.unwrap(left)
    power = isinstance(inner, S.Atom) and isinstance(inner.base, S.Name) and any(map(is_number, inner.sups))
    if found is None and power and declared(scope, inner.base.text):
        name = inner.base.text
        raise Refused(
            f"{name} is declared, so that its power is known; define {name} itself, or `assume` the equation."
        )
    if found is None and isinstance(inner, (S.Frac, S.Bracket, S.Atom, S.Product)):
        scope.notations.append(notation(scope, sides[0], sides[2]))  # let ∂L/∂x_i = …, let (dP)_{ij} = …
        return None
    if found is None:
        raise Refused(
            f"{source.split('=')[0].strip()!r} can't be defined: a name is wanted, with indices or arguments."
        )
    record(scope, found)
    return found


def record(scope: Scope, d: Definition) -> None:
    """Add a definition. Of a letter with a defined power, such as σ², the bare letter is the root, and never free."""
    d = replace(d, rank=rank(scope, d))
    scope.definitions.setdefault(d.head, []).append(d)
    letter, _, power = d.head.rpartition("^")
    if not letter or not power.isdigit():
        return
    if int(power) % 2:
        message = f"{letter}^{power} is defined, and not {letter}; say what {letter} is: `let {letter} = …`."
        scope.unclear.setdefault(letter, message)
        return
    at = d.body.start, d.body.end
    root = S.Root(*at, d.body, None if power == "2" else S.Num(*at, Fraction(power)))
    source = f"{letter} > 0, the root of {d.source}"
    scope.definitions.setdefault(letter, []).append(replace(d, head=letter, body=root, source=source, root=True))


def is_number(node: Any) -> bool:
    """Whether a tree is a number."""
    return isinstance(S.unwrap(node), S.Num)


def _letters(scope: Scope, left: Any) -> None:
    """Letters beside an index on the left of a definition, as n in P_{ni}, are indices too, of a range not said."""
    for node in (S.unwrap(left), *children(S.unwrap(left))):
        if not (isinstance(node, S.Atom) and isinstance(node.base, S.Name)):
            continue
        parts = [S.unwrap(p) for s in node.subs for p in script_parts(s)]
        letters = [p.text for p in parts if isinstance(p, S.Name)]
        usual = len(letters) == len(parts) > 1 and all(len(n) == 1 and n in "ijklmnt" for n in letters)
        if not usual and not any(n in scope.ranges for n in letters):
            continue
        for n in letters:
            if len(n) == 1 and n.islower() and len(letters) > 1 and not scope.known(n):
                free = next(s for s in (n.upper(), *(f"{n.upper()}{k}" for k in range(2, 99))) if not scope.known(s))
                scope.ranges[n] = Range(sympy.Integer(1), scope.size(free))
                scope.notes[n] = f"{n} is an index in {scope.ranges[n]}"


def definition(scope: Scope, left: Any, right: Any, source: str, display: int = 0) -> Definition | None:
    """The definition left = right, or None if left is no name with indices and arguments."""
    node = S.unwrap(left)
    items = node.items if isinstance(node, S.Product) else (node,)
    if isinstance(node, S.Atom) and isinstance(node.base, S.Bracket) and not node.sups and not node.primes:
        inner = S.unwrap(node.base.inside)  # [σ(a)]_i
        if isinstance(inner, S.Product) and len(inner.items) == 2 and isinstance(inner.items[1], S.Bracket):
            items = inner.items[0], S.Atom(node.start, node.end, inner.items[1], node.subs)
    head = items[0]
    name = head.base if isinstance(head, S.Atom) else head
    if not isinstance(name, S.Name) or len(items) > 2 or name.text in FIXED:
        return None
    if (
        name.text in (r"\delta", r"\Delta")
        and isinstance(head, S.Atom)
        and any(len(script_parts(s)) > 1 or _digits(s) for s in head.subs[:1])
    ):
        letters = set().union(*map(names_in, head.subs))
        if not letters or not letters <= names_in(right) or name.text in names_in(right):
            return None  # Kronecker's; but δ_{nk} = y_{nk} − t_{nk} is an error that goes backwards through a network
    subs = [stripped(x) for i in items if isinstance(i, S.Atom) for x in i.subs]
    if any(isinstance(p, S.Sep) and p.kind == "REL" for x in subs if isinstance(x, S.List) for p in x.pieces):
        return None  # E_{x ∼ p}[…]
    try:
        use = use_of(Elaborator(scope), head, {})
    except Unclear:
        return None
    labels = "".join(f"^{spelled(S.unwrap(p))}" for p in use.powers)
    if use.bangs or any(not isinstance(S.unwrap(p), (S.Num, S.Name)) for p in use.powers):
        return None
    if use.powers and is_power(scope, use.key, use.powers, right):
        return None
    if use.primes and (use.key in scope.functions or scope.functions_of(use.key)):
        return None  # a derivative
    if use.primes and name.text in {*FUNCTIONS, r"\sigma"} and not scope.known(name.text):
        return None  # σ', of the sigmoid
    if use.primes and len(items) > 1:
        return None
    if name.text == "e" and not use.indices and (use.powers or not free_letters(right)):
        return None  # Euler's; but e = y − w x is an error
    named = use.key + labels + "'" * use.primes
    indices = [_parameter(scope, i) for i in use.indices]
    arguments = None
    if len(items) == 2:
        bracket = items[1].base if isinstance(items[1], S.Atom) else items[1]
        if not isinstance(bracket, S.Bracket) or bracket.kind not in ("(", "["):
            return None
        arguments = tuple(argument_parts(bracket.inside))
        if any(mentions(a, {name.text}) and not is_letter(a) for a in arguments):
            return None  # p(1 - p)
        if isinstance(items[1], S.Atom):
            if items[1].sups or items[1].primes:
                return None
            indices += [_parameter(scope, i) for s in items[1].subs for i in script_parts(s)]
    if None in indices:
        return None
    letters = {S.unwrap(a).text for a in arguments or () if isinstance(S.unwrap(a), S.Name)}
    # A letter that the body does not speak of says which function is meant: H(X) is not H(Y).
    parameters = frozenset(letters & _spoken_of(scope, right)) - scope.ranges.keys()
    between = separators(bracket.inside) if arguments is not None else ""
    d = Definition(named, tuple(indices), arguments, right, source, parameters, display, between)
    return replace(d, rank=rank(scope, d)) if named in scope.definitions else d  # to be compared with what was there


def _digits(node: Any) -> bool:
    """Whether a subscript is a number of more than one digit, as in δ_{11}."""
    inner = S.unwrap(node)
    return isinstance(inner, S.Num) and inner.value >= 10


def _parameter(scope: Scope, node: Any) -> Any:
    """An index letter, or an index expression that stays as it is; None for what is neither."""
    inner = S.unwrap(node)
    if isinstance(inner, S.Name) and inner.text in scope.ranges:
        return inner.text
    if isinstance(inner, S.Num) or (isinstance(inner, S.Name) and inner.text in scope.sizes):
        return inner
    return None


def _spoken_of(scope: Scope, node: Any) -> set[str]:
    """The names in a syntax tree, other than those in the labels of known names: p_{X,Y} speaks of p."""
    if isinstance(node, S.Name):
        return {node.text}
    if isinstance(node, S.Atom) and isinstance(node.base, S.Name):
        name = node.base.text
        scripts = [s for s in node.subs if not scope.known(f"{name}_{spelled(S.unwrap(s))}")]
        return {name} | {n for s in (*scripts, *node.sups) for n in _spoken_of(scope, s)}
    return {n for c in children(node) for n in _spoken_of(scope, c)}
