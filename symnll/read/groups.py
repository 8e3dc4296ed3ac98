"""Braces and environments that only group: they are invisible in print, so what they hold is read without them."""

from __future__ import annotations

from collections.abc import Sequence

from symnll.read.rows import STEPS
from symnll.read.tokens import CLOSE, OPEN, Token

_ARGUMENTS = {"FRAC": 2, "BINOM": 2, "ROOT": 2, "SQRT": 1, "SUB": 1, "SUP": 1}
_INDICATORS = {"1", "I", r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}", r"\delta", r"\chi"}
_ENDS = {"DOT", "COMMA", "SEMI", "QUAD", "ROW", "AMP"}


def ungrouped(tokens: Sequence[Token]) -> list[Token]:
    r"""The tokens without braces around relations, as in {\color{red} a = b} and a {=} b, and a system as its rows."""
    partner, stack = {}, []
    for k, t in enumerate(tokens):
        if t.kind == "LBRACE":
            stack.append(k)
        elif t.kind == "RBRACE" and stack:
            partner[stack.pop()] = k
    dropped: set[int] = set()
    waiting, outer = 0, []  # arguments that the command before still wants
    for k, t in enumerate(tokens):
        if t.kind == "LBRACE" and k in partner:
            indicator = k > 0 and tokens[k - 1].text in _INDICATORS
            inside = tokens[k + 1 : partner[k]]
            if not waiting and not indicator and (_relates(inside) or {x.kind for x in inside} == {"TEXT"}):
                dropped |= {k, partner[k]}
            outer.append(max(waiting - 1, 0))
            waiting = 0
        elif t.kind == "RBRACE":
            waiting = outer.pop() if outer else 0
        else:
            waiting = _ARGUMENTS[t.kind] if t.kind in _ARGUMENTS else max(waiting - 1, 0)
    return _system([t for k, t in enumerate(tokens) if k not in dropped])


def _relates(tokens: Sequence[Token]) -> bool:
    depth = 0
    for t in tokens:
        depth += (t.kind in OPEN) - (t.kind in CLOSE)
        if depth == 0 and t.kind == "REL" and t.text in STEPS and t.text != r"\to":
            return True
    return False


def _system(tokens: list[Token]) -> list[Token]:
    """The rows of an environment that is all there is, where each row is an equation."""
    first = next((k for k, t in enumerate(tokens) if t.kind not in {*_ENDS, "MARK"}), len(tokens))
    last = next((k for k in range(len(tokens) - 1, -1, -1) if tokens[k].kind not in _ENDS), -1)
    if last <= first or tokens[first].kind != "BEGIN" or tokens[last].kind != "END":
        return tokens
    depth = 0
    rows: list[list[list[Token]]] = [[[]]]
    for t in tokens[first + 1 : last]:
        depth += (t.kind in OPEN) - (t.kind in CLOSE)
        if depth < 0:
            return tokens
        if depth == 0 and t.kind == "ROW":
            rows.append([[]])
        elif depth == 0 and t.kind == "AMP":
            rows[-1].append([])
        else:
            rows[-1][-1].append(t)
    filled = [r for r in rows if any(r)]
    equations = all(_relates(r[0]) or (len(r) > 1 and r[1] and r[1][0].kind == "REL") for r in filled)
    return [*tokens[:first], *tokens[first + 1 : last], *tokens[last + 1 :]] if filled and equations else tokens
