"""The displays of a document as syntax trees: all sides and conditions, and what may be a definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope
from symnll.meaning.trees import names_in, script_parts
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


def heads_of(links: Sequence[rows.Link]) -> list[tuple[Any, Any]]:
    """The sides of the first steps, which may be definitions; None for a right side that can't be read.

    In P(T) = y_T = … the second step may be one too, where nothing before it speaks of y.
    """
    heads: list[tuple[Any, Any]] = []
    spoken: set[str] = set()
    named = None  # the right side of a first step that may give it a name
    for x in links:
        left, right = (_read(m.tokens) if m is not None and m.tokens else None for m in (x.lhs, x.rhs))
        equal = x.relation.text in ("=", ":=", r"\equiv")
        if left is not None and equal and (x.first or x.role == "where" or x.lhs is named):
            heads.append((left, right))
        names = names_in(right) if right is not None else set()
        new = x.first and equal and defined_name(right) not in {"", *spoken} if right is not None else False
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


def recurs(left: Any, right: Any) -> bool:
    """Whether an equation is a recurrence, which defines no family: θ_{t+1} = …, or m_t = β m_{t−1} + …."""
    node = S.unwrap(left)
    if not (isinstance(node, S.Atom) and isinstance(node.base, S.Name) and node.subs):
        return False
    shifted = any(isinstance(S.unwrap(p), S.Sum) for s in node.subs for p in script_parts(s))
    return shifted or (right is not None and node.base.text in names_in(right) and not node.primes)
