"""The displays of a document as syntax trees: all sides and conditions, and what may be a definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope
from symnll.meaning.trees import argument_parts, dotted, names_in, script_parts, spelled
from symnll.read import rows
from symnll.read import syntax as S
from symnll.read.tokens import Unreadable


def trees_of(links: Sequence[rows.Link]) -> list[Any]:
    """All sides and conditions that can be read."""
    members = [m.tokens for link in links for m in (link.lhs, link.rhs) if m is not None and m.tokens]
    read = map(_read, (*members, *(c for link in links for c in link.conditions)))
    return [t for t in read if t is not None]


def _read(tokens: Sequence[Any]) -> Any:
    try:
        return S.parse(list(tokens))
    except Unreadable:
        return None


def links_of(scope: Scope, displays: Sequence[Any], macros: Mapping[str, Any]) -> list[rows.Link]:
    """The steps of these displays."""
    out: list[rows.Link] = []
    for display in displays:
        try:
            tokens = tokens_of(scope, display.body.text, macros, recover=True)
        except Unreadable:
            continue
        out.extend(rows.links(tokens, lambda n: len(n) == 1 and n in "ijklmn")[0])
    return out


_NAMING = {"=", ":=", r"\equiv", "<", ">", r"\leq", r"\geq"}


def heads_of(links: Sequence[rows.Link]) -> list[tuple[Any, Any]]:
    """The sides of the first steps, which may be definitions; None for a right side that can't be read.

    In P(T) = y_T = … the second step may be one too, where nothing before it speaks of y.
    """
    heads: list[tuple[Any, Any]] = []
    spoken: set[str] = set()
    named = None  # the right side of a first step that may give it a name, or of 0 < p_i, where p is new
    for x in links:
        left, right = (_read(m.tokens) if m is not None and m.tokens else None for m in (x.lhs, x.rhs))
        equal = x.relation.text in ("=", ":=", r"\equiv")
        if left is not None and equal and (x.first or x.role == "where" or x.lhs is named):
            heads.append((left, right))
        names = names_in(right) if right is not None else set()
        new = x.first and x.relation.text in _NAMING and right is not None and defined_name(right) not in {"", *spoken}
        named = x.rhs if new else None
        spoken |= names | (names_in(left) if left is not None else set())
    return heads


def defined_name(left: Any) -> str:
    """The name, with its primes, that stands alone on the left of a first step, which then defines it; or ""."""
    node = S.unwrap(left)
    items = node.items if isinstance(node, S.Product) else (node,)
    head = items[0].base if isinstance(items[0], S.Atom) else items[0]
    brackets = all(isinstance(i.base if isinstance(i, S.Atom) else i, S.Bracket) for i in items[1:])
    primes = "'" * items[0].primes if isinstance(items[0], S.Atom) else ""
    return head.text + primes if isinstance(head, S.Name) and len(items) <= 2 and brackets else ""


def lists_entries(left: Any, right: Any) -> bool:
    """Whether an equation only says how many entries a vector has: p = (p_1, …, p_K), and defines nothing."""
    inner = S.unwrap(right)
    if isinstance(inner, S.Atom) and not inner.subs:  # (p_1, …, p_K)^⊤
        inner = inner.base
    if isinstance(inner, S.Product) and len(inner.items) == 2 and spelled(inner.items[1]) == "'":
        inner = inner.items[0]
    lists = dotted(inner.inside) if isinstance(inner, S.Bracket) else []
    name = defined_name(left)
    if not name or len(lists) != 1 or len(argument_parts(inner.inside)) != 1:
        return False
    entries = [p for p in lists[0].pieces if not isinstance(p, S.Dots)]
    return all(isinstance(p, S.Atom) and isinstance(p.base, S.Name) and p.base.text == name for p in entries)


def of_entry(left: Any, right: Any) -> bool:
    """Whether an equation gives one entry a number: y_0 = 5."""
    node = S.unwrap(left)
    plain = isinstance(node, S.Atom) and isinstance(node.base, S.Name) and not (node.sups or node.primes or node.bangs)
    numbered = plain and len(node.subs) == 1 and isinstance(S.unwrap(node.subs[0]), S.Num)
    return numbered and right is not None and not names_in(right)


def only_entries(heads: Sequence[tuple[Any, Any]]) -> set[str]:
    """The names of which more than one entry is given as a number, and nothing else is said: y_0 = 5, y_1 = 2."""
    given = [name_of_entry for x in heads if of_entry(*x) and (name_of_entry := defined_name(x[0]))]
    return {n for n in given if given.count(n) > 1} - {defined_name(x[0]) for x in heads if not of_entry(*x)}


def recurs(left: Any, right: Any) -> bool:
    """Whether an equation is a recurrence, which defines no family: θ_{t+1} = …, or m_t = β m_{t−1} + …."""
    node = S.unwrap(left)
    if not (isinstance(node, S.Atom) and isinstance(node.base, S.Name) and node.subs):
        return False
    shifted = any(isinstance(S.unwrap(p), S.Sum) for s in node.subs for p in script_parts(s))
    return shifted or (right is not None and node.base.text in names_in(right) and not node.primes)
