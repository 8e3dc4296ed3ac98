"""Relations as conditions: indicators, cases, hypotheses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Integer

from symnll import language as L
from symnll.meaning import values as V
from symnll.meaning.environment import Env
from symnll.meaning.trees import script_parts, spelled
from symnll.meaning.uses import is_index
from symnll.meaning.values import Array, Misfit, Unclear
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator

PLAIN = {"if", "for", "when", "where", "otherwise", "else", "other", "and", "with", "case", "in", "the", ""}
RELATIONS = {
    "=": L.Eq, r"\neq": L.Ne, r"\leq": L.Le, r"\geq": L.Ge, "<": L.Lt, ">": L.Gt, r"\equiv": L.Eq, ":=": L.Eq,
    "=:": L.Eq, r"\doteq": L.Eq,
}  # fmt: skip


def split(pieces: Sequence[Any], node: Any) -> tuple[list[S.List], list[str]]:
    """The sides and the relations between them."""
    sides: list[list[Any]] = [[]]
    signs: list[str] = []
    for p in pieces:
        if isinstance(p, S.Sep) and p.kind == "REL":
            signs.append(p.text)
            sides.append([])
        elif not (isinstance(p, S.Sep) and p.kind == "QUAD"):
            sides[-1].append(p)
    start, end = node.start, node.end
    return [S.List(s[0].start if s else start, s[-1].end if s else end, tuple(s)) for s in sides], signs


def side(e: Elaborator, node: S.List, env: Env) -> Any:
    """A side of a condition: an index where it reads as one."""
    if node.only is not None and is_index(e, node.only, env):
        return e.index(node.only, env)
    return e.scalar(node, env)


def pairs(e: Elaborator, node: S.List, env: Env, lax: bool = False) -> list[Any]:
    """The relations that a condition states, one by one. `lax`: membership states nothing, as in `for all i ∈ I`."""
    sides, signs = split(node.pieces, node)
    out = []
    for a, sign, b in zip(sides, signs, sides[1:], strict=False):
        bracket = isinstance(S.unwrap(b), S.Bracket) and not is_index(e, a, env)
        if lax and sign in (r"\in", r"\sim") and not (bracket and sign == r"\in"):
            continue
        if sign == r"\in":
            out.extend(_inside(e, a, b, env))
            continue
        if sign in ("<", ">", r"\leq", r"\geq") and (_infinite(a) or _infinite(b)):
            continue
        if sign not in RELATIONS:
            raise Unclear(f"The relation {sign} is not understood in a condition.", node.start, node.end)
        lefts = a.parts("COMMA") if len(a.parts("COMMA")) > 1 else [a]
        for left in lefts:
            x, y = side(e, left, env), side(e, b, env)
            apart = isinstance(x, sympy.Abs) and y == 0 and sign in ("=", r"\neq")  # |i − j| = 0
            out.append(RELATIONS[sign](x.args[0] if apart else x, y))
    return out


def _infinite(node: S.List) -> bool:
    return spelled(node).lstrip("+-") == r"\infty"


def _inside(e: Elaborator, a: S.List, b: S.List, env: Env) -> list[Any]:
    """What x ∈ (0, ∞), x ∈ [0, 1] and y ∈ {0, 1} say: inequalities, or an equation that has these two solutions."""
    bracket = S.unwrap(b)
    parts = bracket.inside.parts("COMMA") if isinstance(bracket, S.Bracket) else []
    if len(parts) != 2 or bracket.kind not in ("(", "[", r"\{"):
        raise Unclear("This set is not understood in a condition.", b.start, b.end)
    x = side(e, a, env)
    if bracket.kind == r"\{":
        one, other = (V.add(x, V.neg(e.scalar(p, env))) for p in parts)
        return [L.Eq(V.mul(one, other), Integer(0))]
    found = []
    for p, closed, strict, weak in zip(
        parts, (bracket.kind == "[", bracket.closing == "]"), (L.Gt, L.Lt), (L.Ge, L.Le), strict=True
    ):
        if not _infinite(p):
            found.append((weak if closed else strict)(x, e.scalar(p, env)))
    return found


def relation(e: Elaborator, node: S.List, env: Env) -> Any:
    """A condition as one relation. Raises Unclear."""
    found = pairs(e, node, env)
    if not found:
        raise Unclear("This condition is not understood.", node.start, node.end)
    return found[0] if len(found) == 1 else sympy.And(*found, evaluate=False)


def truth(r: Any) -> Any:
    """1 where the relation holds, else 0."""
    if isinstance(r, (sympy.Eq, sympy.Ne)) and r.lhs.is_integer and r.rhs.is_integer:
        d = sympy.KroneckerDelta(r.lhs, r.rhs, evaluate=False)
        return d if isinstance(r, sympy.Eq) else V.add(Integer(1), V.neg(d))
    return L.Choice((Integer(1), r), (Integer(0), True))


def indicator(e: Elaborator, node: S.List, env: Env) -> Any:
    """1{relation}; several relations with commas or in a chain must all hold."""
    factors: list[Any] = []
    for part in node.parts("COMMA", "SEMI"):
        found = pairs(e, part, env)
        if not found:
            raise Unclear("The condition of this indicator is not understood.", node.start, node.end)
        factors.extend(truth(r) for r in found)
    return V.mul(*factors)


def cases(e: Elaborator, node: S.Cases, env: Env) -> Any:
    """A cases environment: the value of the first row whose condition holds."""
    if node.kind != "cases":
        raise Misfit(f"A {node.kind} is not understood; write its entries.", node.start, node.end)
    rows: list[tuple[Any, Any]] = []
    for row in node.rows:
        pieces = [p for cell in row for p in (*cell.pieces, S.Sep(cell.end, cell.end, "CELL", ""))][:-1]
        cut = next((n for n, p in enumerate(pieces) if isinstance(p, (S.Sep, S.Words))), len(pieces))
        value, rest = pieces[:cut], pieces[cut:]
        if not value:
            raise Unclear("A row of these cases has no value.", node.start, node.end)
        v = e.value(S.List(value[0].start, value[-1].end, tuple(value)), env)
        if isinstance(v, Array):
            raise Unclear("Cases of vectors are not understood; write an entry.", node.start, node.end)
        words = " ".join(p.text for p in rest if isinstance(p, S.Words))
        odd = {w.strip("(),.:;") for w in words.split()} - PLAIN
        if odd:
            raise Unclear(f"A case with {sorted(odd)[0]!r} is not understood.", node.start, node.end)
        rest = [
            p
            for p in rest
            if not isinstance(p, S.Words) and not (isinstance(p, S.Sep) and p.kind in ("CELL", "QUAD", "FORALL"))
        ]
        while rest and isinstance(rest[0], S.Sep) and rest[0].kind in ("COMMA", "COLON", "SEMI"):
            rest = rest[1:]
        if not any(isinstance(p, S.Sep) and p.kind == "REL" for p in rest):
            if rest or not any(w in words for w in ("otherwise", "else", "other")):
                raise Unclear("The condition of a row of these cases is not understood.", node.start, node.end)
            rows.append((v, sympy.true))
            continue
        conditions = [
            relation(e, part, env)
            for part in S.List(node.start, node.end, tuple(rest)).parts("COMMA", "SEMI")
            if part.pieces
        ]
        rows.append((v, conditions[0] if len(conditions) == 1 else sympy.And(*conditions, evaluate=False)))
    if len(rows) > 1 and _exhaust([c for _, c in rows]):
        rows[-1] = (rows[-1][0], sympy.true)
    if rows[-1][1] is not sympy.true and rows[-1][1] is not True:
        raise Unclear("These cases do not say what holds otherwise; add \\text{otherwise}.", node.start, node.end)
    return L.Choice(*rows)


def _exhaust(conditions: list[Any]) -> bool:
    """Whether the last condition is what the one before leaves: i ≠ j after i = j, x < 0 after x ≥ 0."""
    opposite = {sympy.Eq: sympy.Ne, sympy.Ne: sympy.Eq, sympy.Lt: sympy.Ge, sympy.Ge: sympy.Lt, sympy.Le: sympy.Gt,
                sympy.Gt: sympy.Le}  # fmt: skip
    last = conditions[-1]
    if len(conditions) != 2 or type(conditions[0]) not in opposite or type(last) not in opposite:
        return False
    first = conditions[0]
    if opposite[type(first)] is not type(last):
        return False
    same = (first.lhs, first.rhs) == (last.lhs, last.rhs)
    turned = type(first) in (sympy.Eq, sympy.Ne) and (first.lhs, first.rhs) == (last.rhs, last.lhs)
    return bool(same or turned)


def hypothesis(e: Elaborator, node: S.List, env: Env) -> list[Any]:
    """What an assumption says: relations about the document's own indices, or for all where it says `for all i`."""
    pieces = list(node.pieces)
    letters: list[str] = []
    cut = next(
        (n for n, p in enumerate(pieces)
         if (isinstance(p, S.Sep) and p.kind == "FORALL") or (isinstance(p, S.Words) and "all" in p.text.split())),
        None,
    )  # fmt: skip
    if cut is not None:
        after = S.List(node.start, node.end, tuple(pieces[cut + 1 :]))
        for part in after.parts("COMMA"):
            for name in script_parts(part) if part.pieces else ():
                inner = S.unwrap(name)
                if isinstance(inner, S.List) and inner.pieces:
                    inner = inner.pieces[0]
                if isinstance(inner, S.Name) and inner.text in e.scope.ranges:
                    letters.append(inner.text)
        rest = [p for p in pieces[cut + 1 :] if isinstance(p, S.Sep) and p.kind == "REL" and p.text != r"\in"]
        if rest:
            raise Unclear("`for all` with a condition of its own is not understood.", rest[0].start, rest[0].end)
        pieces = pieces[:cut]
        if not pieces or not letters:
            raise Unclear("`for all` wants the index that it is about.", node.start, node.end)
    while pieces and isinstance(pieces[-1], S.Sep) and pieces[-1].kind in ("COMMA", "QUAD"):
        pieces.pop()
    body = S.List(node.start, node.end, tuple(pieces))
    inside = dict(env)
    free = {}
    for letter in letters:
        r = e.scope.ranges[letter]
        free[letter] = inside[letter] = L.Index(f"{e.scope.shown(letter)}", r.lower, r.upper)
    out = []
    for r in pairs(e, body, inside, lax=True):
        used = [v for v in free.values() if v in r.free_symbols]
        out.append(L.ForAll(r, *used) if used else r)
    return out
