"""An author's LaTeX formula as tokens, with the document's own macros written out. Nothing in it can raise or hang."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

MOST = 20_000  # tokens of one formula, and steps of macros in it
DEEPEST = 20  # macros within macros

_SCANNER = re.compile(
    r"(?P<space>\s+)|(?P<comment>%[^\n]*\n?)|\\(?P<command>[A-Za-z@]+|.|\n)|(?P<number>\d+(?:\.\d+)?)"
    r"|&(?P<entity>lt|gt|amp|le|ge);|(?P<other>.)",
    re.DOTALL,
)
_ENTITIES = {"lt": "<", "gt": ">", "le": "≤", "ge": "≥", "amp": "&"}
_BACKSLASH = re.compile(r"\\$")
# Text that no reader sees, and that XML does not allow.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Piece:
    """`kind` is space, command, number or other; `start` is the place in the source, of the call for a macro's body."""

    kind: str
    text: str
    start: int


def cleaned(text: str) -> str:
    """The text with � for each character that steers a terminal or a page, or that XML does not have."""
    return _CONTROLS.sub("\ufffd", text)


def pieces(latex: str, macros: Mapping[str, Any] | None = None, at: Callable[[int], int] = lambda i: i) -> list[Piece]:
    """The tokens of a formula, macros expanded; `at(i)` is the place of latex[i] in the source."""
    return _expanded(_scanned(latex, at), macros or {})


def _scanned(latex: str, at: Callable[[int], int]) -> list[Piece]:
    found = []
    for m in _SCANNER.finditer(cleaned(latex)):
        kind = m.lastgroup or "other"
        if kind == "entity":
            found.append(Piece("other", _ENTITIES[m["entity"]], at(m.start())))
        elif kind != "comment":
            found.append(Piece(kind, " " if kind == "space" else m[kind], at(m.start())))
        if len(found) > MOST:
            break
    return found


def _expanded(tokens: list[Piece], macros: Mapping[str, Any]) -> list[Piece]:
    """A macro that lacks an argument or has no end stays as its name."""
    if not macros:
        return tokens
    out: list[Piece] = []
    stack = [(t, 0) for t in reversed(tokens)]
    work = 0
    while stack and len(out) <= MOST:
        token, depth = stack.pop()
        macro = macros.get("\\" + token.text) if token.kind == "command" else None
        work += macro is not None
        if macro is None or depth >= DEEPEST or work + len(stack) > MOST:
            out.append(token)
            continue
        arguments = _arguments(stack, macro)
        body: list[tuple[Piece, int]] = []
        inside = _scanned(macro.body, lambda i: 0)
        n = 0
        while n < len(inside):
            piece, following = inside[n], inside[n + 1 : n + 2]
            number = following[0].text[:1] if piece.text == "#" and following else ""
            if piece.kind == "other" and number.isdecimal() and number.isascii():
                k = int(number)
                body += [(p, depth + 1) for p in (arguments[k - 1] if 0 < k <= len(arguments) else [])]
                if rest := following[0].text[1:]:
                    body.append((Piece("number", rest, token.start), depth + 1))
                n += 2
                continue
            body.append((replace(piece, start=token.start), depth + 1))
            n += 1
        stack.extend(reversed(body[:MOST]))
    return out


def _arguments(stack: list[tuple[Piece, int]], macro: Any) -> list[list[Piece]]:
    found: list[list[Piece]] = []
    for n in range(macro.arguments):
        while stack and stack[-1][0].kind == "space":
            stack.pop()
        following = stack[-1][0] if stack else None
        if n == 0 and macro.default is not None:
            if following is not None and following.text == "[" and following.kind == "other":
                found.append(_until(stack, "[", "]"))
            else:
                found.append(_scanned(macro.default, lambda i: 0))
        elif following is not None and following.text == "{" and following.kind == "other":
            found.append(_until(stack, "{", "}"))
        else:
            found.append([stack.pop()[0]] if stack else [])
    return found


def _until(stack: list[tuple[Piece, int]], opening: str, closing: str) -> list[Piece]:
    """What a bracket holds, off the stack; all that is left where it is not closed."""
    depth = 0
    held: list[Piece] = []
    while stack:
        piece = stack.pop()[0]
        text = piece.text if piece.kind == "other" else ""
        depth += (text == opening) - (text == closing)
        if depth == 0:
            return held[1:]
        held.append(piece)
    return held[1:]
