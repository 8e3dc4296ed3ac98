"""The displays of a document as syntax trees: all sides and conditions, and what may be a definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope
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
    """The sides of the first steps, which may be definitions; None for a right side that can't be read."""
    first = [x for x in links if (x.first or x.role == "where") and x.lhs and x.relation.text in ("=", ":=", r"\equiv")]
    heads = [(_read(x.lhs.tokens), _read(x.rhs.tokens)) for x in first if x.lhs is not None]
    return [(left, right) for left, right in heads if left is not None]


def defined_name(left: Any) -> str:
    """The name that stands alone on the left of a first step, which then defines it; or ""."""
    node = S.unwrap(left)
    items = node.items if isinstance(node, S.Product) else (node,)
    head = items[0].base if isinstance(items[0], S.Atom) else items[0]
    brackets = all(isinstance(i.base if isinstance(i, S.Atom) else i, S.Bracket) for i in items[1:])
    return head.text if isinstance(head, S.Name) and len(items) <= 2 and brackets else ""
