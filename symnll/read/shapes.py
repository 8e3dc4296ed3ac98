"""What a formula in a row may be by its shape: a condition on indices, a bound of a letter, something in brackets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symnll.read.tokens import BIG, CLOSE, NAMED, OPEN, Token, has_relation

_INDEX_KINDS = {
    "NAME", "NUMBER", "PLUS", "MINUS", "DOTS", "SUB", "LBRACE", "RBRACE", "REL", "COMMA", "SUP", "LPAR", "RPAR",
    "PRIME", "BAR", "TEXT", "LABS", "RABS",
}  # fmt: skip


def opened(tokens: list[Token], is_index: Callable[[str], bool]) -> list[Token]:
    """An equation in brackets as a whole, (a = b), or from its relation on, a (= b), without them."""
    if tokens[-1].kind != "RPAR" or tokens[-1].text == r"\}":
        return tokens
    depth = 0
    for k in range(len(tokens) - 1, -1, -1):
        depth += (tokens[k].kind in CLOSE) - (tokens[k].kind in OPEN)
        if depth == 0:
            break
    inside = tokens[k + 1 : -1]
    plain = has_relation(inside) and not any(t.kind in ("TEXT", "COMMA") for t in inside)
    whole = k == 0 and plain and not speaks_of_indices(inside, is_index) and not bounds_a_letter(inside)
    return [*tokens[:k], *inside] if whole or (plain and inside[0].kind == "REL") else tokens


def defined_letter(tokens: Sequence[Token]) -> str:
    """The name that an equation may introduce: L in L = …, f in f(x) = …; or ""."""
    at = next((k for k, t in enumerate(tokens) if t.kind == "REL"), len(tokens))
    head = tokens[0].kind == "NAME" and (at == 1 or tokens[1].kind in ("LPAR", "SUB")) and tokens[0].text not in NAMED
    head = head and not any(t.kind == "SUP" for t in tokens[:at])
    return tokens[0].text if head else ""


def limits_an_argument(head: Sequence[Token], tokens: Sequence[Token]) -> str:
    """The argument of f(x) = … of which a condition beside it says where it is: a ≤ x ≤ b, |x| ≤ δ, x = 1; or ""."""
    at = next((k for k, t in enumerate(head) if t.kind == "REL"), 0)
    if not at or head[0].kind != "NAME" or not any(t.kind == "LPAR" for t in head[:at]):
        return ""
    arguments = {t.text for t in head[1:at] if t.kind == "NAME"}
    sides: list[list[Token]] = [[]]
    for t in tokens:
        if t.kind == "REL":
            sides.append([])
        elif t.kind not in ("LABS", "RABS"):
            sides[-1].append(t)
    signs = {t.text for t in tokens if t.kind == "REL"}
    mine = [s[0].text for s in sides if _is_variable(s) and s[0].text in arguments]
    others = [t.text for s in sides for t in s if not (_is_variable(s) and s[0].text in arguments)]
    known = len(mine) == 1 and signs and signs <= {"<", ">", r"\leq", r"\geq", r"\neq", "="} and len(sides) < 4
    return mine[0] if known and all(sides) and mine[0] not in others else ""


_INFINITY = r"\infty"


def bounds_a_letter(tokens: Sequence[Token]) -> str:
    """The letter of which this says where it is: x > 0, 0 < x_i < 1, x ≠ 0, x ∈ (0, ∞), y ∈ {0, 1}; or ""."""
    sides: list[list[Token]] = [[]]
    depth = 0
    for t in tokens:
        depth += (t.kind in OPEN) - (t.kind in CLOSE)
        if t.kind == "REL" and depth == 0:
            sides.append([])
        else:
            sides[-1].append(t)
    letters = [side[0].text for side in sides if _is_variable(side)]
    signs = {t.text for t in tokens if t.kind == "REL"}
    if len(letters) != 1 or len(sides) > 3:
        return ""
    if signs == {r"\in"} and len(sides) == 2 and _is_variable(sides[0]):
        fits = len(sides[1]) > 3 and (sides[1][0].kind, sides[1][-1].kind) == ("LPAR", "RPAR")
        return letters[0] if fits and all(_is_constant(t) or t.kind == "COMMA" for t in sides[1][1:-1]) else ""
    ends = [side for side in sides if not _is_variable(side)]
    fits = signs <= {"<", ">", r"\leq", r"\geq", r"\neq"} and len(ends) == len(sides) - 1 > 0
    return letters[0] if fits and all(side and all(map(_is_constant, side)) for side in ends) else ""


def _is_constant(t: Token) -> bool:
    return t.kind in ("NUMBER", "MINUS", "PLUS") or t.text == _INFINITY


def _is_variable(side: Sequence[Token]) -> bool:
    """Whether a side is a letter, perhaps with a subscript."""
    kinds = [t.kind for t in side]
    plain = kinds == ["NAME"] or kinds[:2] == ["NAME", "SUB"]
    braces = kinds[2:3] == ["LBRACE"] and kinds[-1] == "RBRACE" and kinds.count("RBRACE") == 1
    script = kinds[2:] in ([], ["NAME"], ["NUMBER"]) or braces
    return plain and script and side[0].text != _INFINITY


def only_bracket(tokens: list[Token]) -> bool:
    if len(tokens) < 3 or tokens[0].kind != "LPAR" or tokens[-1].kind != "RPAR":
        return False
    depth = 0
    for t in tokens[:-1]:
        depth += (t.kind in OPEN) - (t.kind in CLOSE)
        if depth == 0:
            return False
    return True


def trailing(tokens: list[Token]) -> int | None:
    """Where a last `(if i ≠ j)` of a row begins; without words it is a factor, as [i ≠ j] is."""
    if len(tokens) < 5 or (tokens[-1].kind, tokens[-1].text) != ("RPAR", ")"):
        return None
    depth = 0
    for k in range(len(tokens) - 1, 0, -1):
        depth += (tokens[k].kind in CLOSE) - (tokens[k].kind in OPEN)
        if depth == 0:
            inside = tokens[k + 1 : -1]
            rest = [t for t in inside if t.kind != "TEXT"]
            return k if len(rest) < len(inside) and has_relation(rest) else None
    return None


def speaks_of_indices(tokens: Sequence[Token], is_index: Callable[[str], bool]) -> bool:
    """Whether this speaks of indices only: i = j, k ≠ y_n, 1 ≤ i ≤ K. One side at least is letters that are indices."""
    if not tokens or any(t.kind not in _INDEX_KINDS for t in tokens):
        return False
    sides: list[list[Token]] = [[]]
    depth = 0
    for t in tokens:
        depth += (t.kind in OPEN) - (t.kind in CLOSE)
        if depth == 0 and t.kind == "REL":
            sides.append([])
        else:
            sides[-1].append(t)
    names = [t.text for t in tokens if t.kind == "NAME"]
    if any(n in NAMED or n == "e" or n[1:] in BIG for n in names):
        return False
    heads = [t for k, t in enumerate(tokens) if t.kind == "NAME" and not (k and tokens[k - 1].kind == "SUB")]
    if any(not is_index(t.text) and len(t.text) > 1 and not t.text.startswith("\\") for t in heads):
        return False
    plain = {"NAME", "NUMBER", "PLUS", "MINUS", "COMMA", "DOTS", "TEXT", "LABS", "RABS"}
    return any(
        all(t.kind in plain for t in side)
        and any(t.kind == "NAME" for t in side)
        and all(is_index(t.text) for t in side if t.kind == "NAME")
        for side in sides
    )
