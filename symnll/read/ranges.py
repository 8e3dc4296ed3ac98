"""What clauses of a row say of where letters run: i = 1, …, K, i ∈ [K], z ∈ ℝ^K, y = 0, 1."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

from symnll.read.shapes import only_bracket
from symnll.read.split import Clause, clauses_of
from symnll.read.tokens import Token, has_relation


def values(clauses: list[Clause], is_index: Callable[[str], bool]) -> list[Clause]:
    """`y_i = 0, 1` after an equation says which values y_i has: as y_i ∈ {0, 1}."""
    out: list[Clause] = []
    for c in clauses:
        before = out[-1].tokens if len(out) > 1 else []
        at = next((k for k, t in enumerate(before) if t.text in ("=", r"\in")), 0)
        number = [t.kind for t in c.tokens] == ["NUMBER"] and c.marks == {"COMMA"} and not c.cue
        listed = _listed(before[at + 1 :]) if number and at and before[0].kind == "NAME" else []
        if not listed or is_index(before[0].text):
            out.append(c)
            continue
        end = c.tokens[0].end
        closing = Token("COMMA", ",", end, end), *c.tokens, Token("RPAR", r"\}", end, end)
        before[at:] = [replace(before[at], text=r"\in"), *listed, *closing]
        out[-1].after = c.after
    return out


def _listed(side: list[Token]) -> list[Token]:
    """The beginning of a set of values, without its closing brace: of a number, or of a set that is written; or []."""
    if [t.kind for t in side] == ["NUMBER"]:
        return [replace(side[0], kind="LPAR", text=r"\{", end=side[0].start), *side]
    whole = len(side) > 2 and (side[0].text, side[-1].text) == (r"\{", r"\}")
    return side[:-1] if whole else []


def ranges(clauses: list[Clause], is_index: Callable[[str], bool]) -> list[Clause]:
    r"""`i, j = 1, \dots, K` and `i = 1, 2, 3` say where letters run: as i ≥ 1, i ≤ K; no index is 1 by that."""
    out: list[Clause] = []
    k = 0
    while k < len(clauses):
        if (
            out
            and [t.text for t in clauses[k].tokens[1:3]] == [r"\in", r"\mathbb{R}"]
            and _of_a_power(clauses[k].tokens)
        ):
            _reals(out, clauses[k])
            k += 1
            continue
        found = _range(clauses, k, is_index)
        if found is None:
            out.append(clauses[k])
            k += 1
            continue
        letters, first, last, after = found
        while out and out[-1].after == "COMMA" and len(out[-1].tokens) == 1 and is_index(out[-1].tokens[0].text):
            letters.insert(0, out.pop().tokens[0])
        marks, cue = clauses[k].marks, [*clauses[k].cue, "for"]
        for letter in letters:
            for sign, end in ((r"\geq", first), (r"\leq", last)):
                if end:
                    relation = Token("REL", sign, letter.start, end[-1].end)
                    out.append(Clause([letter, relation, *end], cue, marks, "COMMA"))
                    marks = {"COMMA"}
        out[-1].after = clauses[after - 1].after
        k = after
    return out


def _of_a_power(tokens: list[Token]) -> bool:
    """Whether `z ∈ ℝ` ends there, or goes on with one exponent: ℝ^K, ℝ^{N × K}."""
    rest = tokens[3:]
    braced = len(rest) > 2 and (rest[1].kind, rest[-1].kind) == ("LBRACE", "RBRACE")
    return not rest or (rest[0].kind == "SUP" and (len(rest) == 2 or braced))


def _reals(out: list[Clause], c: Clause) -> None:
    """Add `b ∈ ℝ` to the clauses before it, where `a,` goes with it: for a ∈ ℝ, for b ∈ ℝ."""
    first, sides = c, [c.tokens]
    while out and out[-1].after == "COMMA" and [t.kind for t in out[-1].tokens] == ["NAME"]:
        first = out.pop()
        sides.insert(0, [*first.tokens, *c.tokens[1:]])
    out += [Clause(tokens, [*first.cue, "for"], first.marks | {"COMMA"}, "COMMA") for tokens in sides]
    out[-1].after = c.after


def _range(
    clauses: list[Clause], k: int, is_index: Callable[[str], bool]
) -> tuple[list[Token], list[Token], list[Token], int] | None:
    """The letter, the ends and the place after a range that starts at clause k; None if there is none."""
    tokens = clauses[k].tokens
    if k and only_bracket(tokens) and not any(t.kind in ("TEXT", "FORALL") for t in tokens):
        bracket = clauses_of(tokens[1:-1])
        found = _range(bracket, 0, is_index) if has_relation(tokens[1:-1]) else None  # (i = 1, …, K)
        return (*found[:3], k + 1) if found is not None and found[3] == len(bracket) else None
    if len(tokens) > 3 and tokens[1].text == r"\in" and tokens[0].kind == "NAME" and is_index(tokens[0].text):
        ends = _of_set(tokens[2:])
        return ([tokens[0]], *ends, k + 1) if ends is not None else None
    if len(tokens) < 3 or tokens[1].text != "=" or tokens[0].kind != "NAME" or not is_index(tokens[0].text):
        return None
    parts, after = [tokens[2:]], k + 1
    while after < len(clauses) and clauses[after].marks == {"COMMA"} and not has_relation(clauses[after].tokens):
        parts.append(clauses[after].tokens)
        after += 1
    inside = [n for n, t in enumerate(parts[0]) if t.kind == "DOTS"]
    if inside:  # i = 1 \dots K
        n = inside[0]
        return [tokens[0]], parts[0][:n], parts[0][n + 1 :], k + 1
    dots = next((n for n, p in enumerate(parts) if [t.kind for t in p] == ["DOTS"]), None)
    if dots is not None:
        last = parts[dots + 1] if dots + 1 < len(parts) else []
        return [tokens[0]], parts[0], last, k + 1 + dots + bool(last)
    numbers = [p[0].text for p in parts if [t.kind for t in p] == ["NUMBER"] and p[0].text.isdigit()]
    if len(numbers) == len(parts) > 1:
        steady = all(int(b) - int(a) == 1 for a, b in itertools.pairwise(numbers))
        unclear = [Token("BAD", "A list of values is not understood here.", tokens[0].start, parts[-1][-1].end)]
        return ([tokens[0]], parts[0], parts[-1], after) if steady else ([tokens[0]], unclear, [], after)
    return None


def _of_set(tokens: list[Token]) -> tuple[list[Token], list[Token]] | None:
    r"""The ends of `\{1, \dots, K\}`, `[K]`, `1 \dots K` or `\{1, 2, 3\}`, in which an index is; or None."""
    bracket, inside = tokens[0], tokens[1:-1] if only_bracket(tokens) else tokens
    if bracket.text == "[" and inside is not tokens and len(inside) == 1:
        return [replace(inside[0], kind="NUMBER", text="1")], inside  # [K]
    if inside is not tokens and bracket.text != r"\{":
        return None
    at = [n for n, t in enumerate(inside) if t.kind == "DOTS"]
    if len(at) != 1:
        return None
    first, last = ([t for t in part if t.kind != "COMMA"] for part in (inside[: at[0]], inside[at[0] + 1 :]))
    digits = [int(t.text) for t in first if t.kind == "NUMBER" and t.text.isdigit()]
    listed = len(first) == len(digits) == 2 and digits[1] == digits[0] + 1
    first = first[:1] if listed else first  # {1, 2, \dots, K}
    whole = bool(last) and not any(t.kind in ("REL", "TEXT") for t in last)
    return (first, last) if [t.kind for t in first] == ["NUMBER"] and whole else None
