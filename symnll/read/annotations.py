r"""Relations that a display states beside itself, as in \underbrace{a − b}_{= 0} and \overset{b = 7}{=}."""

from __future__ import annotations

from collections.abc import Callable

from symnll.read.tokens import RELATIONS, Token, scan

_STACKED = {"overset", "underset", "stackrel", "xlongequal"}
_BRACES = {"underbrace", "overbrace", "underbracket", "overbracket"}
_SIGNS = {"=", "<", ">"}


def beside(text: str, at: Callable[[int], int]) -> list[tuple[int, int]]:
    """The places of relations in what stands above or below a part of a formula, or above a relation."""
    raw = [t for t in scan(text, at) if t.kind != "space"]
    found = []
    for k, t in enumerate(raw):
        if t.kind != "command" or t.text not in _STACKED | _BRACES:
            continue
        group, after = _group(raw, k + 1)
        if t.text in _BRACES:
            script = after < len(raw) and raw[after].kind == "other" and raw[after].text in "_^"
            group = _group(raw, after + 1)[0] if script else []
        elif t.text == "underset" and not any(map(_relates, _group(raw, after)[0])):
            continue  # below an operator, as below arg max
        if len(group) > 1 and any(map(_relates, group)):
            found.append((group[0].start, group[-1].end))
    return found


def _group(raw: list[Token], k: int) -> tuple[list[Token], int]:
    """The tokens in the braces that open at k, or the one token there, and the place after them."""
    if k >= len(raw) or raw[k].text != "{" or raw[k].kind != "other":
        return raw[k : k + 1], k + 1
    depth = 0
    for n in range(k, len(raw)):
        if raw[n].kind == "other":
            depth += (raw[n].text == "{") - (raw[n].text == "}")
        if depth == 0:
            return raw[k + 1 : n], n + 1
    return raw[k + 1 :], len(raw)


def _relates(t: Token) -> bool:
    return (t.kind == "other" and t.text in _SIGNS) or (t.kind == "command" and f"\\{t.text}" in RELATIONS)
