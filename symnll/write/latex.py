r"""LaTeX: \sum_{k=1}^{K} e^{z_k}, \frac{\partial y_i}{\partial z_m}, \delta_{im}.

Only commands that amsmath and latex2mathml both know. Formulas are single ones, without `&` or `\\`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from symnll.core.term import Term
from symnll.write.naming import DIGITS, GREEK
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
from symnll.write.statement import Pairs, Statement, statement_of

SIGNS = {"=": "=", "≠": r"\ne", "≤": r"\le", "<": "<", "≥": r"\ge", ">": ">", "∈": r"\in"}
LOGS = ("log", "ln")
BIG = {"sum": r"\sum", "prod": r"\prod", "max": r"\max"}
ESCAPES = {"_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "{": r"\{", "}": r"\}", "^": r"\^{}",
           "~": r"\~{}", "\\": r"\textbackslash{}"}  # fmt: skip
CHANGED = "changed"  # not a colour's name: documents say what colour it is
_HIGHLIGHTED: ContextVar[frozenset[int]] = ContextVar("highlighted", default=frozenset())


def term_latex(term: Term, abbreviations: Pairs = ()) -> str:
    """A term or formula as LaTeX, for math mode."""
    return latex(Reader([term], abbreviations).read(term))


def theorem_latex(theorem: Any, abbreviations: Pairs = ()) -> str:
    """What a theorem says, with all that it supposes, as one formula. CoreError for what is not a theorem."""
    return statement_latex(statement_of(theorem, abbreviations))


def statement_latex(s: Statement) -> str:
    """The parts of a theorem as one formula."""
    pieces = [latex(s.formula)]
    if s.for_all:
        pieces.append(r"\text{for all } " + r",\; ".join(map(latex, s.for_all)))
    if s.given:
        given = ((words(f"{label}: ") if label else "") + latex(n) for label, n in s.given)
        pieces.append(r"\text{given } " + r";\; ".join(given))
    if s.where:
        pieces.append(r"\text{where } " + r",\; ".join(map(latex, s.where)))
    return r",\quad ".join(pieces)


def inline(node: Node) -> str:
    """The notation within a paragraph of LaTeX or Markdown: $…$, with words outside."""
    if isinstance(node, Phrase):
        return "".join(p if isinstance(p, str) else f"${latex(p)}$" for p in node.parts)
    return f"${latex(node)}$"


def words(text: str) -> str:
    """Plain words inside a formula."""
    return rf"\text{{{escape(text)}}}"


def escape(text: str) -> str:
    """Plain text for LaTeX's text mode."""
    return "".join(ESCAPES.get(c, c) for c in text)


@contextmanager
def highlighted(parts: Iterable[Node]) -> Iterator[None]:
    """While it lasts, `latex` sets these parts, known by what objects they are, in the colour CHANGED."""
    token = _HIGHLIGHTED.set(frozenset(map(id, parts)))
    try:
        yield
    finally:
        _HIGHLIGHTED.reset(token)


def latex(node: Node) -> str:
    """The notation as LaTeX."""
    shown = _latex(node)
    return rf"{{\color{{{CHANGED}}}{shown}}}" if id(node) in _HIGHLIGHTED.get() else shown


def _latex(node: Node) -> str:
    match node:
        case Number(value):
            return str(value)
        case Name():
            return _name(node)
        case Sum(terms):
            return _sum(terms)
        case Product(factors):
            return _product(factors)
        case Quotient(a, b):
            return rf"\frac{{{latex(a)}}}{{{latex(b)}}}"
        case Power(base, exponent):
            fine = isinstance(base, Number | Delta) or (
                isinstance(base, Name) and not base.primes and base.name[-1] not in "'′"
            )
            fine = fine or (isinstance(base, Call) and base.function in ("max", "sqrt"))
            return f"{latex(base) if fine else bracket(base)}^{{{_above(exponent)}}}"
        case Call(function, arguments):
            return _call(function, arguments)
        case Delta(i, j):
            together = all(isinstance(x, Name) and x == Name(x.name) and len(x.name) == 1 for x in (i, j))
            return rf"\delta_{{{latex(i)}{' ' if together else ', '}{latex(j)}}}"
        case Big(kind, variable, low, high, body, _):
            if kind == "max":
                bounds = rf"_{{{latex(low)} \le {symbol(variable)} \le {latex(high)}}}"
                return rf"{BIG[kind]}{bounds} {_bracketed(body, Sum, Product, Quotient, Big, Derivative)}"
            return rf"{BIG[kind]}_{{{symbol(variable)}={latex(low)}}}^{{{latex(high)}}} {_bracketed(body, Sum)}"
        case Derivative():
            return _derivative(node)
        case Maps(variable, body):
            return rf"({symbol(variable)} \mapsto {latex(body)})"
        case _:
            return _formula(node)


def _formula(node: Node) -> str:
    match node:
        case Range(low, high):
            return rf"\{{{latex(low)}, \dots, {latex(high)}\}}"
        case Relation(sign, left, right):
            return f"{latex(left)} {SIGNS[sign]} {latex(right)}"
        case Tuple(parts):
            return ", ".join(map(latex, parts))
        case And(parts):
            return r" \text{ and } ".join(_bracketed(p, ForAll, If) for p in parts)
        case If(condition, conclusion):
            return rf"\text{{if }} {_bracketed(condition, ForAll, If)} \text{{ then }} {latex(conclusion)}"
        case ForAll(binders, body):
            return rf"{_bracketed(body, If, And)} \text{{ for all }} {', '.join(map(latex, binders))}"
        case Phrase(parts):
            return "".join(words(p) if isinstance(p, str) else latex(p) for p in parts)
        case Extremum(kind, variable, condition, body):
            under = symbol(variable) + ("" if condition is None else rf" :\, {latex(condition)}")
            return rf"\underset{{{under}}}{{\operatorname{{{kind}}}}}\, {_bracketed(body, Sum)}"
    raise TypeError(f"There is no LaTeX for {node!r}.")


def symbol(name: str) -> str:
    """A name as LaTeX: Greek letters by their commands, several letters upright, primes as primes."""
    bare = name.rstrip("′'")
    primes = "'" * (len(name) - len(bare))
    letter = bare.rstrip(DIGITS)
    if len(letter) == 1 and letter.isascii() and letter.isalpha():
        number = bare[1:].translate(str.maketrans(DIGITS, "0123456789"))
        return letter + primes + (f"_{{{number}}}" if number else "")
    greek = _greek(bare)
    return (greek or words(bare)) + primes


def _greek(name: str) -> str:
    """The command of a Greek letter; the capitals that look Latin have none."""
    lower = {letter: word for word, letter in GREEK.items()}.get(name.lower(), "") if len(name) == 1 else ""
    if not lower or lower in ("omicron", "_"):
        return ""
    if name.islower():
        return "\\" + lower
    return "\\" + lower.capitalize() if name in "ΓΔΘΛΞΠΣΥΦΨΩ" else ""


def bracket(node: Node) -> str:
    inner = latex(node)
    return rf"\left({inner}\right)" if _tall(node) else f"({inner})"


def _bracketed(node: Node, *kinds: type) -> str:
    return bracket(node) if isinstance(node, kinds) else latex(node)


def _tall(node: Node) -> bool:
    """Whether brackets around the node should grow."""
    match node:
        case Quotient() | Big() | Derivative():
            return True
        case Sum(terms):
            return any(_tall(t) for _, t in terms)
        case Product(parts) | Call(_, parts) | And(parts):
            return any(map(_tall, parts))
        case Power(base, _):
            return _tall(base)
        case Relation(_, a, b):
            return _tall(a) or _tall(b)
        case If(a, b):
            return _tall(a) or _tall(b)
        case Maps(_, body) | ForAll(_, body):
            return _tall(body)
    return False


def _name(node: Name) -> str:
    shown = symbol(node.name) + "'" * node.primes
    if node.indices:
        single = all(isinstance(i, Name) and i == Name(i.name) and len(i.name) == 1 for i in node.indices)
        shown += f"_{{{(' ' if single else ', ').join(map(latex, node.indices))}}}"
    if node.arguments:
        groups = r";\, ".join(", ".join(map(latex, group)) for group in node.arguments)
        alone = len(node.arguments) == 1 and len(node.arguments[0]) == 1 and isinstance(node.arguments[0][0], Maps)
        tall = any(_tall(a) for group in node.arguments for a in group)
        shown += groups if alone else rf"\left({groups}\right)" if tall else f"({groups})"
    return shown


def _sum(terms: Sequence[tuple[int, Node]]) -> str:
    pieces = []
    for n, (sign, part) in enumerate(terms):
        between = ("" if sign > 0 else "-") if n == 0 else (" + " if sign > 0 else " - ")
        pieces.append(between + _bracketed(part, Sum))
    return "".join(pieces)


def _product(factors: Sequence[Node]) -> str:
    pieces = [_factor(f, n == len(factors) - 1) for n, f in enumerate(factors)]
    shown = pieces[0]
    for before, node, piece in zip(factors, factors[1:], pieces[1:], strict=False):
        if piece[0].isdigit() or (
            isinstance(before, Number) and isinstance(node, Power) and isinstance(node.base, Number)
        ):
            joint = r" \cdot "
        elif isinstance(before, Name) and not before.indices and piece.startswith(("(", r"\left(")):
            joint = r" \cdot "  # a (b + c) would read as a function of b + c
        else:
            joint = r"\, " if isinstance(node, Big | Derivative | Call | Quotient) else " "
        shown += joint + piece
    return shown


def _factor(node: Node, last: bool) -> str:
    if isinstance(node, Sum | Maps) or (isinstance(node, Big) and not last):
        return bracket(node)
    if isinstance(node, Derivative) and not last and node.at is None and not _compact(node):
        return bracket(node)
    if isinstance(node, Call) and node.function in LOGS and not last:
        return rf"\{node.function}{bracket(node.arguments[0])}"
    return latex(node)


def _call(function: str, arguments: tuple[Node, ...]) -> str:
    first = arguments[0]
    if function == "sqrt":
        return rf"\sqrt{{{latex(first)}}}"
    if function == "exp" and _simple(first):
        return f"e^{{{_above(first)}}}"
    if function == "max":
        inner = ", ".join(map(latex, arguments))
        return rf"\max\left({inner}\right)" if any(map(_tall, arguments)) else rf"\max({inner})"
    if function in LOGS and isinstance(first, Name | Number | Delta | Big | Quotient):
        return rf"\{function} {latex(first)}"
    if function in LOGS and isinstance(first, Call) and first.function == "exp" and _simple(first.arguments[0]):
        return rf"\{function} {latex(first)}"
    return rf"\{function}{bracket(first)}"


def _simple(node: Node) -> bool:
    """Whether an exponent of e is easy to read above the line."""
    match node:
        case Number() | Delta():
            return True
        case Quotient(a, b):
            return isinstance(a, Name | Number) and isinstance(b, Name | Number)
        case Name(_, _, arguments):
            return not arguments or all(_simple(a) for group in arguments for a in group)
        case Sum(terms):
            return len(terms) <= 3 and all(_simple(t) for _, t in terms)
        case Product(factors):
            return len(factors) <= 3 and all(_simple(f) for f in factors)
    return False


def _above(node: Node) -> str:
    """An exponent, with a fraction of two names on one line."""
    if isinstance(node, Sum) and len(node.terms) == 1 and node.terms[0][0] < 0:
        return "-" + _above(node.terms[0][1])
    if isinstance(node, Quotient) and _simple(node):
        return f"{latex(node.numerator)}/{latex(node.denominator)}"
    return latex(node)


def _compact(node: Derivative) -> bool:
    """Whether the derivative is one fraction: ∂y_i over ∂z_m."""
    return isinstance(node.body, Name) and not any(isinstance(a, Maps) for group in node.body.arguments for a in group)


def _derivative(node: Derivative) -> str:
    d = "d" if node.total else r"\partial"
    power = "" if len(node.variables) == 1 else f"^{{{len(node.variables)}}}"
    joint = "" if node.total else " "
    if len(node.variables) > 1 and len({latex(v) for v in node.variables}) == 1:
        below = f"{d}{joint}{latex(node.variables[0])}^{{{len(node.variables)}}}"
    else:
        below = r"\, ".join(f"{d}{joint}{latex(v)}" for v in node.variables)
    if _compact(node):
        shown = rf"\frac{{{d}{power}{joint}{latex(node.body)}}}{{{below}}}"
    else:
        kinds = (Sum, Product, Quotient, Big, Derivative, Number)
        shown = rf"\frac{{{d}{power}}}{{{below}}} {_bracketed(node.body, *kinds)}"
    if node.at is None:
        return shown
    variable, point = node.at
    return rf"\left.{shown}\right|_{{{latex(variable)} = {latex(point)}}}"
