r"""Operators that a page writes for the derivative: `let the derivative be represented by the operator \mathbf{D}`.

By what such an operator differentiates is what the sentence says, or the variable of the derivative with which the
formula begins, or the one argument of all functions that it acts on. Where a formula says none of these, it may be the
variable of the formula before; then nothing is refuted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from symnll.check.plain import plain, stated_text
from symnll.meaning.derivatives import is_derivative, sign_of
from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope
from symnll.meaning.trees import children, product_parts
from symnll.read import syntax as S
from symnll.read.prose import Sentence, words_in
from symnll.read.recover import bad
from symnll.read.tokens import Token, Unreadable

_SIGN = r"\$?(?P<sign>\\(?:math(?:bf|cal|rm|sf|bb|frak)|boldsymbol)\s*\{\s*[A-Z]\s*\}|[A-Z])(?![A-Za-z_^(])\$?"
_BY = r"(?:\s+(?:with\s+respect\s+to|by|in)\s+(?:the\s+variable\s+)?\$(?P<by>[^$=<>]{1,20})\$)?"
_IS = r"(?:\s+(?:be|is|will\s+be|can\s+be|itself|operator|operation|of\s+differentiation))*"
_WRITTEN = r"\s+(?:represented|denoted|written|indicated|symboli[sz]ed)\s+(?:by|as|with)\s+(?:the\s+|an\s+)?"
_NAMED = r"(?:(?:derivative|differentiation)\s+operator|operator\s+of\s+differentiation)"
_WHOLE = r"(?=\s*[.,;:)]|\s*$|\s+(?:with|by|in|and|so|then|we)\b)"  # not the differentiation matrix, of second order
_SAYS = (
    re.compile(rf"\b(?:the|a|our)\s+derivative{_BY}{_IS}{_WRITTEN}(?:operator|symbol)\s+{_SIGN}"),
    re.compile(
        rf"(?:\b[Ll]et|\bthe|,)\s+(?:differentiation|{_NAMED}){_BY}{_IS}{_WRITTEN}(?:operator\s+|symbol\s+)?{_SIGN}"
    ),
    re.compile(
        rf"\b(?:[Ll]et|where|with|write|[Hh]ere)\s+{_SIGN}\s+(?:be|is|denotes?|represents?|stands\s+for|for|means)\s+"
        rf"(?:the\s+|our\s+)?(?:{_NAMED}|differentiation){_WHOLE}{_BY}"
    ),
)
_DENIED = re.compile(r"\b(?:not|never|no|neither|nor|if|unless|instead)\b|n['’]t\b", re.IGNORECASE)
_OF_IT = re.compile(r"deriv|differentiat|operator|symbol|letter|notation", re.IGNORECASE)
_STOP = re.compile(r"[.!?](?=\s)|\n\s*\n")


@dataclass
class Operator:
    """A sign for the derivative: where it is said, the sign, and by what it differentiates, if that is said.

    `last`: by what it did in the formula before. `over`: from here on the letter is something else.
    """

    at: int
    text: str
    bold: bool
    by: tuple[Token, ...] = ()
    last: tuple[Token, ...] = ()
    over: bool = False


def operators(scope: Scope, text: str, macros: Mapping[str, Any]) -> list[Operator]:
    """The signs for the derivative that sentences of a text introduce, in their order."""
    found: list[Operator] = []
    text = stated_text(text)
    for pattern in _SAYS:
        for m in pattern.finditer(text):
            start = max((s.end() for s in _STOP.finditer(text, max(m.start() - 200, 0), m.start())), default=0)
            said = text[max(start, m.start() - 200) : m.end()]
            if _DENIED.search(said) or not plain(Sentence(before=tuple(words_in(said)), gap=said)):
                continue
            try:
                sign = tokens_of(scope, m["sign"], macros)
                by = tokens_of(scope, m["by"], macros) if m["by"] else []
            except Unreadable:
                continue
            if len(sign) == 1 and sign[0].kind == "NAME":
                found.append(Operator(m.start(), sign[0].text, sign[0].bold, tuple(by)))
    ends = [replace(o, at=at, over=True) for o in found[:1] for at in _ends(o, text)]
    return sorted([*found, *ends], key=lambda o: o.at)


def _ends(operator: Operator, text: str) -> list[int]:
    """Where a text says of the letter of an operator that it is something else: `the dimension $D$`."""
    sign = rf"\$(?:\\[a-z]+\s*\{{\s*)?{re.escape(operator.text)}\s*\}}?\$"
    said = re.compile(
        rf"(?:\b(?:the|a|an|our|of|with)\s+([\w-]+)\s+)?{sign}(?:\s+(?:is|be|denotes?|stands\s+for)\s+(?:an?|the|our)\s+([^$.]*))?"
    )
    found = []
    for m in said.finditer(text):
        words = " ".join(filter(None, m.groups()))
        if words and not _OF_IT.search(words):
            found.append(m.start())
    return found


@dataclass(frozen=True)
class Written:
    """Tokens with derivatives in place of such a sign: how it was read, whether by a guess, and where it stood."""

    tokens: list[Token]
    note: str = ""
    guessed: bool = False
    places: tuple[int, ...] = ()


def written(operators: Sequence[Operator], tokens: list[Token], starts: Sequence[Sequence[Token]], at: int) -> Written:
    """The tokens of a display at a place; `starts`: the sides with which its chains begin."""
    said = [o for o in operators if o.at < at]
    operator = said[-1] if said else None
    places = tuple(t.start for t in tokens if operator is not None and _is(operator, t))
    if (
        operator is None
        or not places
        or any(o.over or (o.text, o.bold, o.by) != (operator.text, operator.bold, operator.by) for o in said)
    ):
        return Written(tokens)  # two signs are perhaps of two derivatives
    found = operator.by or _begins(operator, starts) or _argument(operator, tokens)
    by = found or operator.last
    if not by:
        message = f"By what {operator.text} differentiates is not said; write \\frac{{\\partial}}{{\\partial x}}."
        return Written([bad(message, *t.span) if t.start in places else t for t in tokens])
    operator.last = tuple(by)
    out: list[Token] = []
    for t in tokens:
        out += _derivative(t, by) if _is(operator, t) else [t]
    note = f"{operator.text} is the derivative by {''.join(t.text for t in by)}"
    return Written(out, note, not found, places)


def _is(operator: Operator, t: Token) -> bool:
    return t.kind == "NAME" and t.text == operator.text and t.bold == operator.bold


def _derivative(t: Token, by: Sequence[Token]) -> list[Token]:
    def token(kind: str, text: str) -> Token:
        return Token(kind, text, t.start, t.end)

    left, right, sign = token("LBRACE", "{"), token("RBRACE", "}"), token("NAME", r"\partial")
    variable = [replace(v, start=t.start, end=t.end) for v in by]
    return [left, token("FRAC", "frac"), left, sign, right, left, sign, *variable, right, right]


def _begins(operator: Operator, starts: Sequence[Sequence[Token]]) -> tuple[Token, ...]:
    """The variable of all derivatives in the sides with which chains begin; () if there are several, or none."""
    found: dict[tuple[str, ...], tuple[Token, ...]] = {}
    for side in starts:
        try:
            taken = [_tokens(side, n) for n in variables(S.parse(list(side)))]
        except Unreadable:
            return ()
        if not taken or any(_is(operator, t) for t in side):
            return ()
        found |= {tuple(t.text for t in v): v for v in taken}
    return next(iter(found.values())) if len(found) == 1 else ()


def _tokens(side: Sequence[Token], node: Any) -> tuple[Token, ...]:
    return tuple(t for t in side if node.start <= t.start and t.end <= node.end)


def variables(node: Any) -> list[Any]:
    """What the derivatives in a tree are taken by."""
    found = [v for c in children(node) for v in variables(c)]
    if isinstance(node, S.Frac) and not node.binomial and is_derivative(node):
        found += [i for i in product_parts(node.bottom) if not sign_of(i)[0]]
    return found


def _argument(operator: Operator, tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The letter x, where all functions are of x only, and the sign stands before one or before a group; or ()."""
    found = {}
    for k, t in enumerate(tokens):
        after = tokens[k + 1 : k + 4]
        called = t.kind == "NAME" and [a.kind for a in after] == ["LPAR", "NAME", "RPAR"]
        if called:
            found[after[1].text] = after[1]
        if _is(operator, t) and (called or not after or after[0].kind not in ("NAME", "FRAC", "LPAR")):
            return ()
        if _is(operator, t) and after[0].kind == "NAME" and tokens[k + 2 : k + 3] and tokens[k + 2].kind != "LPAR":
            return ()
    return tuple(found.values()) if len(found) == 1 else ()
