"""Plain Unicode text: Σ_k exp(z_k), ∂/∂z_m, δ(i, m), ≤, ∏."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symnll.core.term import Term
from symnll.write.nodes import (
    And,
    Big,
    Call,
    Delta,
    Derivative,
    Extremum,
    ForAll,
    If,
    Maps,
    Name,
    Node,
    Number,
    Phrase,
    Power,
    Product,
    Quotient,
    Range,
    Relation,
    Sum,
    Tuple,
)
from symnll.write.notation import Reader
from symnll.write.shapes import open_ended
from symnll.write.statement import Pairs, Statement, statement_of

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
BIG = {"sum": "Σ", "prod": "∏", "max": "max"}


def term_text(term: Term, abbreviations: Pairs = ()) -> str:
    """A term or formula as plain text."""
    return text(Reader([term], abbreviations).read(term))


def theorem_text(theorem: Any, abbreviations: Pairs = ()) -> str:
    """What a theorem says, with all that it supposes, in one line. CoreError for what is not a theorem."""
    return statement_text(statement_of(theorem, abbreviations))


def statement_text(s: Statement) -> str:
    """The parts of a theorem in one line."""
    pieces = [text(s.formula)]
    if s.for_all:
        pieces.append("for all " + ", ".join(map(text, s.for_all)))
    if s.given:
        pieces.append("given " + "; ".join(f"{label} ({text(n)})" if label else text(n) for label, n in s.given))
    if s.bound:
        pieces.append("with " + ", ".join(map(text, s.bound)))
    if s.where:
        pieces.append("where " + ", ".join(map(text, s.where)))
    return "; ".join(pieces)


def text(node: Node) -> str:
    """The notation as plain text."""
    match node:
        case Number(value):
            return str(value)
        case Name():
            return _name(node)
        case Sum(terms):
            return _sum(terms)
        case Product(factors):
            last = len(factors) - 1
            return "·".join(_factor(f, n == last) for n, f in enumerate(factors))
        case Quotient(a, b):
            above = f"({text(a)})" if open_ended(a) else _bracket(a, Sum, Quotient, Derivative)
            return f"{above}/{_denominator(b)}"
        case Power(base, exponent):
            return _power(base, exponent)
        case Call(function, arguments):
            return f"{'√' if function == 'sqrt' else function}({', '.join(map(text, arguments))})"
        case Delta(i, j):
            return f"δ({text(i)}, {text(j)})"
        case Big(kind, variable, low, high, body, whole):
            bounds = variable if whole else f"{{{variable}={text(low)}..{text(high)}}}"
            inner = _bracket(body, Sum) if kind != "max" else _bracket(body, Sum, Product, Quotient, Big, Derivative)
            return f"{BIG[kind]}_{bounds} {inner}"
        case Derivative():
            return _derivative(node)
        case Maps(variable, body):
            return f"({variable} ↦ {text(body)})"
        case _:
            return _formula(node)


def _formula(node: Node) -> str:
    match node:
        case Range(low, high):
            return f"{text(low)}..{text(high)}"
        case Relation(sign, left, right):
            return f"{text(left)} {sign} {text(right)}"
        case Tuple(parts):
            return ", ".join(map(text, parts))
        case And(parts):
            return " and ".join(_bracket(p, ForAll, If) for p in parts)
        case If(condition, conclusion):
            return f"if {_bracket(condition, ForAll, If)} then {text(conclusion)}"
        case ForAll(binders, body):
            return f"{_bracket(body, If, And)} for all {', '.join(map(text, binders))}"
        case Phrase(parts):
            return "".join(p if isinstance(p, str) else text(p) for p in parts)
        case Extremum(kind, variable, condition, body):
            under = variable if condition is None else f"{{{variable}: {text(condition)}}}"
            return f"{kind}_{under} {_bracket(body, Sum)}"
    raise TypeError(f"There is no text for {node!r}.")


def _bracket(node: Node, *kinds: type) -> str:
    return f"({text(node)})" if isinstance(node, kinds) else text(node)


def _name(node: Name) -> str:
    plain = len(node.indices) == 1 and (
        isinstance(node.indices[0], Number)
        or (isinstance(node.indices[0], Name) and node.indices[0] == Name(node.indices[0].name))
    )
    inner = ",".join(map(text, node.indices))
    subscript = "" if not node.indices else f"_{inner}" if plain else f"_{{{inner}}}"
    groups = "; ".join(", ".join(map(text, group)) for group in node.arguments)
    if len(node.arguments) == 1 and len(node.arguments[0]) == 1 and isinstance(node.arguments[0][0], Maps):
        groups = groups[1:-1]
    return node.name + "′" * node.primes + subscript + (f"({groups})" if node.arguments else "")


def _sum(terms: Sequence[tuple[int, Node]]) -> str:
    pieces = []
    for n, (sign, part) in enumerate(terms):
        between = ("" if sign > 0 else "−") if n == 0 else (" + " if sign > 0 else " − ")
        pieces.append(between + _bracket(part, Sum))
    return "".join(pieces)


def _factor(node: Node, last: bool) -> str:
    if isinstance(node, Derivative):
        return text(node) if node.at else f"({text(node)})"
    return _bracket(node, Sum, Quotient, Maps) if last else _bracket(node, Sum, Quotient, Maps, Big)


def _denominator(node: Node) -> str:
    if isinstance(node, Big) and not isinstance(node.body, Product | Quotient | Big):
        return text(node)
    return _bracket(node, Sum, Product, Quotient, Big, Derivative)


def _power(base: Node, exponent: Node) -> str:
    shown = text(base)
    if not isinstance(base, Number | Name | Delta | Call) or (isinstance(base, Name) and base.primes):
        shown = f"({shown})"
    if isinstance(exponent, Number) and exponent.value.denominator == 1:
        return shown + text(exponent).translate(SUPERSCRIPT)
    simple = isinstance(exponent, Delta | Call) or (isinstance(exponent, Name) and exponent == Name(exponent.name))
    return f"{shown}^{text(exponent)}" if simple else f"{shown}^({text(exponent)})"


def _derivative(node: Derivative) -> str:
    order = "" if len(node.variables) == 1 else str(len(node.variables)).translate(SUPERSCRIPT)
    d = "d" if node.total else "∂"
    if order and len(set(node.variables)) == 1:
        below = f"{d}{text(node.variables[0])}{order}"
    else:
        below = "".join(f"{d}{text(v)}" for v in node.variables)
    if isinstance(node.body, Name) and not node.body.arguments:
        shown = f"{d}{order}{text(node.body)}/{below}"
    else:
        shown = f"{d}{order}/{below} {_bracket(node.body, Sum, Product, Quotient, Big, Derivative, Number)}"
    if node.at is None:
        return shown
    variable, point = node.at
    return f"[{shown} at {text(variable)} = {text(point)}]"
