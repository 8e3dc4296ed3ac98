"""For the tests of the reader: what a text means, as a verdict on `text = what it should mean`."""

from __future__ import annotations

from symnll.check.letters import scopes_of
from symnll.check.step import judge, meaning
from symnll.meaning.declare import declare
from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope
from symnll.read import syntax as S
from symnll.read.tokens import Unreadable


def scope_of(declarations: str) -> Scope:
    """The scope that declarations make, one a line."""
    scope = Scope()
    for line in declarations.strip().splitlines():
        declare(scope, line.strip(), {})
    return scope


def tree(scope: Scope, text: str) -> S.Node:
    """The syntax tree of one side."""
    parsed = S.parse(tokens_of(scope, text, {}))
    assert parsed.only is not None, f"{text!r} is a list"
    return parsed.only


def verdict(left: str, right: str, declarations: str = "", relation: str = "=") -> str:
    """The verdict on left = right."""
    scope = scope_of(declarations)
    sides = tree(scope, left), tree(scope, right)
    wide, free = scopes_of(sides)
    meant = meaning(scope, sides, relation, (), wide, frozenset(free))
    return judge(meant, 10.0).verdict


def refusal(text: str, declarations: str = "") -> tuple[str, str]:
    """Why a side is not understood: the message, and the characters that it is about."""
    scope = scope_of(declarations)
    try:
        side = tree(scope, text)
        meaning(scope, (side, side), "=")
    except Unreadable as error:
        return str(error), text[error.start : error.end]
    raise AssertionError(f"{text!r} is understood")
