"""A formula with something unreadable in it: that becomes one token of kind BAD, and what is around it is still read.

So every relation of a display has its entry in the report, and only the sides that hold the trouble are not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from symnll.read.tokens import Token, Unreadable

TRIES = 20  # unreadable places in one formula, before it is given up as a whole
OPENING = {"LBRACE": "RBRACE", "LPAR": "RPAR", "LABS": "RABS", "LNORM": "RNORM", "BEGIN": "END"}
CLOSING = {v: k for k, v in OPENING.items()}
_Made = TypeVar("_Made")


def bad(message: str, start: int, end: int, kind: str = "BAD") -> Token:
    """What stands for text that is not understood; its own text is the reason."""
    return Token(kind, message, start, end)


def recovered(make: Callable[[list[Token]], _Made], raw: list[Token]) -> _Made:
    """make(raw), with tokens that it finds unreadable replaced. Raises Unreadable where that does not help."""
    for _ in range(TRIES):
        try:
            return make(raw)
        except Unreadable as error:
            marked = _marked(raw, error)
            if marked is None:
                raise
            raw = marked
    return make(raw)


def _marked(raw: list[Token], error: Unreadable) -> list[Token] | None:
    """The tokens with those at the error as one; None if there are none."""
    at = [k for k, t in enumerate(raw) if error.start <= t.start < max(error.end, error.start + 1) and t.kind != "bad"]
    if not at:
        return None
    first = at[0]
    one = bad(str(error), raw[first].start, raw[at[-1]].end, "bad")
    return [*raw[:first], one, *(t for k, t in enumerate(raw[first + 1 :], first + 1) if k not in set(at))]


def balanced(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with every bracket that has no partner made BAD; braces bind more strongly than brackets."""
    out = list(tokens)
    stack: list[int] = []

    def alone(k: int) -> None:
        t = out[k]
        if t.kind == "TEXT":
            return
        what = "is not closed" if t.kind in OPENING else "closes nothing"
        out[k] = bad(f"{t.text} {what}.", t.start, t.end)

    silent: set[int] = set()  # brackets whose partner stands in the words: \text{(by } i = j)
    for k, t in enumerate(tokens):
        if t.kind == "TEXT":
            extra = t.text.count("(") - t.text.count(")")
            stack.extend([k] * max(extra, 0))
            while extra < 0 and stack and out[stack[-1]].kind in ("LPAR", "TEXT"):
                silent.add(stack.pop())
                extra += 1
        elif t.kind == "RPAR" and stack and out[stack[-1]].kind == "TEXT":
            stack.pop()
            silent.add(k)
        elif t.kind in OPENING:
            stack.append(k)
        elif t.kind in CLOSING:
            kinds = [out[p].kind for p in stack]
            strong = t.kind in ("RBRACE", "END")
            if CLOSING[t.kind] not in (kinds if strong else kinds[-1:]):
                alone(k)
                continue
            while out[stack[-1]].kind != CLOSING[t.kind]:
                alone(stack.pop())
            stack.pop()
    for k in stack:
        alone(k)
    return [t for k, t in enumerate(out) if k not in silent or t.kind == "TEXT"]


def first_bad(tokens: Sequence[Token]) -> Unreadable | None:
    """The reason why these tokens can't be read, if one of them is BAD."""
    found = next((t for t in tokens if t.kind in ("BAD", "bad")), None)
    return Unreadable(found.text, found.start, found.end) if found is not None else None


__all__ = ["bad", "balanced", "first_bad", "recovered"]
