"""Tokens to syntax trees, by the grammar in grammar.lark. The trees say what stands where, not what it means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Transformer
from lark import Token as LarkToken
from lark.exceptions import UnexpectedInput, UnexpectedToken, VisitError
from lark.lexer import Lexer

from symnll.read.recover import first_bad
from symnll.read.tokens import Token, Unreadable


@dataclass(frozen=True)
class Node:
    """A part of a formula; `start` and `end` are offsets in the file, and don't count for equality."""

    start: int = field(compare=False)
    end: int = field(compare=False)


@dataclass(frozen=True)
class Num(Node):
    value: Fraction


@dataclass(frozen=True)
class Name(Node):
    text: str
    bold: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Dots(Node):
    """…"""


@dataclass(frozen=True)
class Evaluation(Node):
    """The bar of an expression evaluated at what its subscript says."""


@dataclass(frozen=True)
class Times(Node):
    """An explicit sign between factors: * (also · and ×), /, odot, otimes. `cross`: not written as a dot."""

    kind: str
    cross: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Bare(Node):
    """A sign alone in a script: x^+."""

    text: str


@dataclass(frozen=True)
class Sep(Node):
    """What separates the parts of a list: its terminal and spelling."""

    kind: str
    text: str


@dataclass(frozen=True)
class Words(Node):
    text: str


@dataclass(frozen=True)
class Atom(Node):
    """A nucleus with scripts."""

    base: Any
    subs: tuple[Any, ...] = ()
    sups: tuple[Any, ...] = ()
    primes: int = 0
    bangs: int = 0


@dataclass(frozen=True)
class Product(Node):
    items: tuple[Any, ...]


@dataclass(frozen=True)
class Sum(Node):
    """±term ± term …; each term with its sign: +, - or ±."""

    terms: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class List(Node):
    """Parts with separators between them, in brackets or scripts."""

    pieces: tuple[Any, ...]

    def parts(self, *kinds: str) -> list[List]:
        """Split at separators of these kinds."""
        out: list[list[Any]] = [[]]
        for p in self.pieces:
            if isinstance(p, Sep) and p.kind in kinds:
                out.append([])
            else:
                out[-1].append(p)
        return [
            List(part[0].start if part else self.start, part[-1].end if part else self.end, tuple(part)) for part in out
        ]

    @property
    def only(self) -> Any:
        """The single expression that this holds, or None."""
        return self.pieces[0] if len(self.pieces) == 1 and not isinstance(self.pieces[0], (Sep, Words)) else None


@dataclass(frozen=True)
class Bracket(Node):
    """(…), […], \\{…\\}, {…}, |…|, ‖…‖: `kind` is the opening one, `closing` the other as it is written."""

    kind: str
    inside: List
    closing: str = field(default="", compare=False)


@dataclass(frozen=True)
class Frac(Node):
    top: Any
    bottom: Any
    binomial: bool = False


@dataclass(frozen=True)
class Root(Node):
    inside: Any
    degree: Any = None


@dataclass(frozen=True)
class Cases(Node):
    kind: str
    rows: tuple[tuple[List, ...], ...]


def _span(children: Sequence[Any]) -> tuple[int, int]:
    spans = [
        (c.start, c.end) if isinstance(c, Node) else (c.value.start, c.value.end) for c in children if c is not None
    ]
    return (min(s for s, _ in spans), max(e for _, e in spans)) if spans else (0, 0)


_WAITING = {r"\partial", r"\nabla", r"\sum", r"\prod", r"\int", "log", "ln", "exp", "max", "min", "argmax", "argmin"}


def _with_operands(terms: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """An operator that ends a term takes the signed term after it: Σ −log p, exp −x."""
    out: list[tuple[str, Any]] = []
    for sign, term in terms:
        last = out[-1][1] if out else None
        items = last.items if isinstance(last, Product) else (last,)
        if isinstance(items[-1], Dots) and len(items) > 1:  # − a ⋯ − b
            rest = items[:-1]
            out[-1] = out[-1][0], rest[0] if len(rest) == 1 else Product(rest[0].start, rest[-1].end, rest)
            out.append((sign, items[-1]))
            out.append((sign, term))
            continue
        head = items[-1].base if isinstance(items[-1], Atom) else items[-1]
        operator = isinstance(head, Frac) and _is_operator(head)
        if operator or (isinstance(head, Name) and head.text in _WAITING):
            inner = Sum(term.start, term.end, ((sign, term),))
            out[-1] = out[-1][0], Product(items[0].start, term.end, (*items, inner))
        else:
            out.append((sign, term))
    return out


def _cross(token: Token) -> bool:
    """× and * between vectors are no dot product."""
    return token.text == "×" or token.end - token.start == 1


def _is_operator(node: Frac) -> bool:
    """∂/∂x and d/dx, with nothing above but the sign."""
    top, bottom = unwrap(node.top), unwrap(node.bottom)
    first = bottom.items[0] if isinstance(bottom, Product) else None
    return (
        isinstance(top, Name) and top.text in (r"\partial", "d") and isinstance(first, Name) and first.text == top.text
    )


class _Build(Transformer):  # type: ignore[type-arg]
    """One method a rule of the grammar; LALR builds bottom up, so that nothing recurses."""

    def start(self, c: Any) -> Any:
        return c[0]

    def list(self, c: Any) -> Any:
        return List(*_span(c), tuple(c))

    def words(self, c: Any) -> Any:
        return Words(*_span(c), " ".join(t.value.text for t in c))

    def separator(self, c: Any) -> Any:
        return Sep(*_span(c), c[0].type, c[0].value.text)

    def sign(self, c: Any) -> Any:
        return c[0]

    def sum(self, c: Any) -> Any:
        terms, sign = [], "+"
        for child in c:
            if isinstance(child, LarkToken):
                new = {"PLUS": "+", "MINUS": "-", "PM": "±"}[child.type]
                sign = "±" if "±" in (sign, new) else "+" if sign == new else "-"
            else:
                terms.append((sign, child))
                sign = "+"
        first_signed = isinstance(c[0], LarkToken)
        terms = _with_operands(terms)
        return terms[0][1] if len(terms) == 1 and not first_signed else Sum(*_span(c), tuple(terms))

    def product(self, c: Any) -> Any:
        items = [i for part in c for i in (part if isinstance(part, tuple) else (part,))]
        return items[0] if len(items) == 1 and not isinstance(items[0], Times) else Product(*_span(items), tuple(items))

    def times(self, c: Any) -> Any:
        first = c[0]
        kind = "." if first.type == "DOT" else first.value.text
        cross = kind in ("×", "*") and first.value.text != r"\cdot" and _cross(first.value)
        kind = "*" if kind == "×" else kind
        if len(c) == 1:
            return Times(*_span(c), kind, cross)
        if kind == "/" and c[1].type == "MINUS":  # a / −b
            return Times(*_span(c), "*"), Num(*_span(c[1:]), Fraction(-1)), Times(*_span(c[:1]), "/")
        minus = () if c[1].type == "PLUS" else (Num(*_span(c[1:]), Fraction(-1)), Times(*_span(c[1:]), "*"))
        return (Times(*_span(c[:1]), kind), *minus)

    def atom(self, c: Any) -> Any:
        base, *scripts = c
        if not scripts:
            return base
        if isinstance(base, Bracket) and isinstance(unwrap(base), Name):  # {\\delta}_{ij}
            base = unwrap(base)
        subs: list[Any] = []
        sups: list[Any] = []
        primes = bangs = 0
        for kind, value in scripts:
            if bangs and kind in ("sup", "sub"):  # n!^2 is (n!)²
                base = Atom(base.start, value.start, base, tuple(subs), tuple(sups), primes, bangs)
                subs, sups, primes, bangs = [], [], 0, 0
            if kind == "sub":
                subs.append(value)
            elif kind == "sup":
                sups.append(value)
            elif kind == "prime":
                primes += 1
            else:
                bangs += 1
        end = max(v.end for _, v in scripts)
        return Atom(base.start, end, base, tuple(subs), tuple(sups), primes, bangs)

    def sub(self, c: Any) -> Any:
        return "sub", c[1]

    def sup(self, c: Any) -> Any:
        return "sup", c[1]

    def prime(self, c: Any) -> Any:
        return "prime", Bare(*_span(c), "'")

    def bang(self, c: Any) -> Any:
        return "bang", Bare(*_span(c), "!")

    def bare(self, c: Any) -> Any:
        return Bare(*_span(c), c[0].value.text)

    def number(self, c: Any) -> Any:
        return Num(*_span(c), Fraction(c[0].value.text))

    def name(self, c: Any) -> Any:
        return Name(*_span(c), c[0].value.text, c[0].value.bold)

    def dots(self, c: Any) -> Any:
        return Dots(*_span(c))

    def evaluation(self, c: Any) -> Any:
        return Evaluation(*_span(c))

    def group(self, c: Any) -> Any:
        return self._bracket("{", c)

    def parenthesis(self, c: Any) -> Any:
        found = self._bracket(c[0].value.text, c)
        inside = unwrap(found.inside)
        if found.kind == r"\langle" and isinstance(inside, Name):  # a mean of physics, which is a name
            return Name(found.start, found.end, f"⟨{inside.text}⟩")
        return found

    def absolute(self, c: Any) -> Any:
        return self._bracket("|", c)

    def norm(self, c: Any) -> Any:
        return self._bracket(r"\|", c)

    def _bracket(self, kind: str, c: Any) -> Bracket:
        start, end = _span([c[0], c[2]])
        return Bracket(start, end, kind, c[1] if c[1].pieces else List(start, end, ()), c[2].value.text)

    def over(self, c: Any) -> Any:
        top, bottom = (Bracket(*_span([p]), "{", p) if p.only is None else p.only for p in (c[1], c[3]))
        return Frac(*_span([c[0], c[4]]), top, bottom, c[2].value.text == "choose")

    def fraction(self, c: Any) -> Any:
        return Frac(*_span(c), c[1], c[2])

    def binomial(self, c: Any) -> Any:
        return Frac(*_span(c), c[1], c[2], True)

    def sqrt(self, c: Any) -> Any:
        return Root(*_span(c), c[1])

    def root(self, c: Any) -> Any:
        return Root(*_span(c), c[2], c[1])

    def cases(self, c: Any) -> Any:
        rows = [r for r in c if isinstance(r, tuple)]
        return Cases(*_span([c[0], c[-1]]), c[0].value.text, tuple(r for r in rows if any(cell.pieces for cell in r)))

    def row(self, c: Any) -> Any:
        return tuple(x for x in c if isinstance(x, List))

    def cell(self, c: Any) -> Any:
        return c[0]


class _Lexer(Lexer):
    def __init__(self, conf: Any) -> None:
        pass

    def lex(self, tokens: Any) -> Iterator[LarkToken]:  # type: ignore[override]
        for t in tokens:
            yield LarkToken(t.kind, t)


@cache
def _grammar() -> Lark:
    text = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer=_Lexer, transformer=_Build(), keep_all_tokens=True)


def parse(tokens: Sequence[Token]) -> List:
    """The syntax of these tokens. Raises Unreadable with the first token that does not fit."""
    if not tokens:
        raise Unreadable("There is nothing here.", 0, 0)
    problem = first_bad(tokens)
    if problem is not None:
        raise problem
    try:
        return _grammar().parse(tokens)  # type: ignore[arg-type, return-value]
    except UnexpectedToken as error:
        t = error.token.value if isinstance(error.token, LarkToken) and isinstance(error.token.value, Token) else None
        if t is None:
            raise Unreadable(_open_message(tokens), tokens[-1].start, tokens[-1].end) from None
        raise Unreadable(f"{t.text!r} is not understood here.", t.start, t.end) from None
    except (UnexpectedInput, VisitError) as error:
        raise Unreadable(f"This is not understood: {error}", tokens[0].start, tokens[-1].end) from None


def _open_message(tokens: Sequence[Token]) -> str:
    pairs = {"LBRACE": "RBRACE", "LPAR": "RPAR", "LABS": "RABS", "LNORM": "RNORM", "BEGIN": "END"}
    stack: list[Token] = []
    for t in tokens:
        if t.kind in pairs:
            stack.append(t)
        elif t.kind in pairs.values() and stack:
            stack.pop()
    if stack:
        return f"{stack[-1].text} is not closed."
    return f"Something is missing after {tokens[-1].text!r}."


def unwrap(node: Any) -> Any:
    """Inside braces that only group, and one-part lists: {x} is x."""
    while True:
        if isinstance(node, Bracket) and node.kind == "{" and node.inside.only is not None:
            node = node.inside.only
        elif isinstance(node, List) and node.only is not None:
            node = node.only
        else:
            return node
