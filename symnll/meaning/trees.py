"""Syntax trees: what stands below a node, the names and the bound letters in it, its spelling, its parts."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from symnll.read import syntax as S


def spelled(node: Any) -> str:
    """A syntax tree as text without layout, to compare names with."""
    if isinstance(node, S.Name):
        return node.text
    if isinstance(node, S.Num):
        return str(node.value)
    if isinstance(node, S.Bare):
        return node.text
    if isinstance(node, (S.Sep, S.Words, S.Times)):
        return getattr(node, "text", "") or getattr(node, "kind", "")
    if isinstance(node, S.Atom):
        subs = "".join(f"_{spelled(s)}" for s in node.subs)
        sups = "".join(f"^{spelled(s)}" for s in node.sups)
        return spelled(node.base) + subs + sups + "'" * node.primes + "!" * node.bangs
    if isinstance(node, S.Bracket):
        inside = "".join(map(spelled, node.inside.pieces))
        return inside if node.kind == "{" else f"{node.kind}{inside})"
    if isinstance(node, S.Sum):
        return "".join(f"{sign}{spelled(t)}" for sign, t in node.terms)
    return "".join(map(spelled, children(node))) or "…"


def head_of(node: Any) -> Any:
    """The tree without its scripts."""
    return node.base if isinstance(node, S.Atom) else node


def children(node: Any) -> list[Any]:
    """The syntax trees directly below a node."""
    if isinstance(node, S.Atom):
        return [node.base, *node.subs, *node.sups]
    if isinstance(node, S.Product):
        return list(node.items)
    if isinstance(node, S.Sum):
        return [t for _, t in node.terms]
    if isinstance(node, S.List):
        return list(node.pieces)
    if isinstance(node, S.Bracket):
        return [node.inside]
    if isinstance(node, S.Frac):
        return [node.top, node.bottom]
    if isinstance(node, S.Root):
        return [node.inside, *([node.degree] if node.degree is not None else [])]
    if isinstance(node, S.Cases):
        return [c for row in node.rows for c in row]
    return []


def names_in(node: Any) -> set[str]:
    """All names that occur in a syntax tree."""
    return {node.text} if isinstance(node, S.Name) else {n for c in children(node) for n in names_in(c)}


def mentions(node: Any, letters: set[str] | frozenset[str]) -> bool:
    """Whether one of the letters occurs in a syntax tree, outside sums that bind it."""
    if isinstance(node, S.Name):
        return node.text in letters
    if isinstance(node, S.Product):
        for n, item in enumerate(node.items):
            letter = big_letter(item)
            if letter in letters and letter:
                return any(mentions(i, letters) for i in node.items[:n])
            if mentions(item, letters):
                return True
        return False
    return any(mentions(c, letters) for c in children(node))


def stripped(node: Any, kind: str = "") -> Any:
    """What the brackets around a whole script hold; with a kind, only those of that kind are taken off."""
    while isinstance(node, S.Bracket) and kind in ("", node.kind):
        node = node.inside
    return node


def big_letter(item: Any) -> str:
    """The letter that a Σ or ∏ binds, or ""."""
    if not (isinstance(item, S.Atom) and isinstance(item.base, S.Name) and item.base.text in (r"\sum", r"\prod")):
        return ""
    for sub in item.subs:
        inner = stripped(sub)
        pieces = inner.pieces if isinstance(inner, S.List) else (inner,)
        for p in pieces:
            name = head_of(p)
            if isinstance(name, S.Name):
                return name.text
    return ""


def open_letters(term: Any) -> set[str]:
    """The letters bound by a Σ or ∏ that reaches to the end of this term."""
    items = term.items if isinstance(term, S.Product) else (term,)
    return {b for b in map(big_letter, items) if b}


def script_parts(node: Any, count: int | None = None) -> list[Any]:
    """The index expressions that a subscript lists; without commas, one letter each where `count` says so."""
    inner = stripped(node, "{")
    if isinstance(inner, S.List):
        parts = inner.parts("COMMA", "SEMI", "QUAD", "BAR")
        if len(parts) > 1:
            return [p for p in parts if p.pieces]
        if inner.only is None:
            return [inner]
        inner = inner.only
    if isinstance(inner, S.Product) and not any(isinstance(i, S.Times) for i in inner.items) and count != 1:
        names = [i for i in inner.items if not isinstance(i, S.Num)]
        if count in (None, len(inner.items)) and (names or count):
            return list(inner.items)
    return [inner]


_MARKS = {"COMMA": ",", "SEMI": ";", "BAR": "|", "NORM": "‖", "COLON": ":"}


def marks(inside: S.List) -> str:
    """The marks between the arguments in a bracket."""
    lists = [p for p in argument_parts(inside) if is_dotted(p)]
    between = [p for p in inside.pieces if isinstance(p, S.Sep) and p.kind in _MARKS]
    return "".join(_MARKS[p.kind] for p in between if not any(x.start < p.start < x.end for x in lists))


def separators(inside: S.List) -> str:
    """What stands between arguments: , or |, which ; means too."""
    return marks(inside).replace(";", "|")


def events(parts: Sequence[S.List]) -> list[S.List]:
    """The arguments that hold a relation: y = 1 in p(y = 1 | x)."""
    return [p for p in parts if any(isinstance(i, S.Sep) and i.kind == "REL" for i in p.pieces)]


def argument_parts(inside: S.List) -> list[S.List]:
    """The arguments in a bracket. A list with dots such as x_1, x_2, …, x_n is one, of the pieces x_1, … and x_n."""
    parts = with_dots([p for p in inside.parts(*_MARKS) if p.pieces])
    at = next((n for n, p in enumerate(parts) if n and isinstance(p.only, S.Dots)), 0)
    first, last = at, at + 1
    while first and (name := _entry_of(parts[first - 1])) and name == _entry_of(parts[at - 1]):
        first -= 1
    if first == at:
        return parts
    if last < len(parts) and _entry_of(parts[last]) == _entry_of(parts[first]):
        last += 1
    ends = (parts[first].only, *(p.only for p in parts[at:last]))
    return [*parts[:first], S.List(parts[first].start, parts[last - 1].end, ends), *parts[last:]]


def with_dots(parts: Sequence[S.List]) -> list[S.List]:
    """The parts of a list, with dots as a part of their own where a comma is missing: x_1 …, x_n."""
    out: list[S.List] = []
    for p in parts:
        items = p.only.items if isinstance(p.only, S.Product) and len(p.only.items) == 2 else ()
        apart = items if any(isinstance(i, S.Dots) for i in items) and len(parts) > 1 else p.pieces
        out += [S.List(i.start, i.end, (i,)) for i in apart] if apart is items else [p]
    return out


def is_dotted(part: S.List) -> bool:
    """Whether an argument is a list with dots: x_1, …, x_n."""
    return len(part.pieces) > 1 and isinstance(part.pieces[1], S.Dots)


def dotted(node: Any) -> list[S.List]:
    """The lists with dots among the parts of a list."""
    return [p for p in argument_parts(node) if is_dotted(p)] if isinstance(node, S.List) else []


def _entry_of(part: S.List) -> str:
    """The name of which an argument is an entry, or ""."""
    node = S.unwrap(part)
    return node.base.text if isinstance(node, S.Atom) and isinstance(node.base, S.Name) and node.subs else ""


def product_parts(node: Any) -> tuple[Any, ...]:
    """The factors of a tree."""
    inner = S.unwrap(node)
    return inner.items if isinstance(inner, S.Product) else (inner,)


def product_of(items: Sequence[Any]) -> Any:
    """Factors as one syntax tree."""
    return items[0] if len(items) == 1 else S.Product(items[0].start, items[-1].end, tuple(items))


def split_at(pieces: Sequence[Any], at: list[int]) -> list[tuple[Any, ...]]:
    """The pieces between those at the given places."""
    edges = [-1, *at, len(pieces)]
    return [tuple(pieces[a + 1 : b]) for a, b in itertools.pairwise(edges)]


def spells(parts: Sequence[Any], indices: set[str]) -> bool:
    """Whether the parts of a subscript are the letters of a word, such as new or model, and no indices."""
    names = {S.unwrap(p).text if isinstance(S.unwrap(p), S.Name) else "" for p in parts}
    word = len(parts) > 2 and all(len(n) == 1 and n.islower() for n in names) and bool(set("aeou") & names)
    return word and not (names <= indices if len(parts) > 3 else names & indices)
