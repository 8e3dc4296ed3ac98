"""The table of symbols: what each letter of a theorem is, and the range it runs over."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from symnll.core.term import INT, ONE, Term
from symnll.write.naming import sort_words
from symnll.write.nodes import Big, Name, Node, Range, Relation, Tuple
from symnll.write.notation import Reader, conditions
from symnll.write.statement import Statement


@dataclass(frozen=True)
class Symbol:
    """A letter: how it is written, its kind in words, and its range, or what is supposed of it."""

    name: Node
    kind: str
    ranges: tuple[Node, ...]


def symbols(theorem: Any, reader: Reader, statement: Statement) -> list[Symbol]:
    """The free letters of a theorem, sizes first, then indices, then the rest."""
    supposed = [formula for _, formula in theorem.hypotheses]
    free = sorted({s for t in (theorem.statement, *supposed) for s in t.free}, key=lambda s: (s.data, repr(s.sort)))
    scopes = _scopes(statement)
    rows = [_symbol(s, reader, supposed, statement, scopes) for s in free]
    order = {"size": 0, "index": 1}
    return sorted(rows, key=lambda r: order.get(r.kind, 2))


def _symbol(s: Term, reader: Reader, supposed: list[Term], statement: Statement, scopes: dict[str, Range]) -> Symbol:
    name = reader.node(s)
    about = [f for f in supposed if f.op in ("le", "lt") and s in f.args]
    if s.sort == INT:
        upper = [f for f in about if f.args[0] is s]
        lower = [f for f in about if f.args[1] is s]
        if upper and lower:
            return Symbol(name, "index", tuple(conditions(reader, [lower[0], upper[0]])))
        if any(f.args[0] is ONE for f in lower):
            return Symbol(name, "size", tuple(reader.read(f) for f in lower if f.args[0] is ONE))
        return Symbol(name, "integer", tuple(conditions(reader, about)))
    if not isinstance(s.sort, tuple):
        return Symbol(name, sort_words(s.sort), tuple(reader.read(f) for f in about))
    shape = _entries(name, [statement.formula, *statement.where, *(n for _, n in statement.given)], scopes)
    return Symbol(name, sort_words(s.sort), shape)


def _entries(name: Node, formulas: list[Node], scopes: dict[str, Range]) -> tuple[Node, ...]:
    """n ∈ 1..N, k ∈ 1..K for the entries z_{n,k} of a vector or an array, where indices with a range are seen there."""
    for part in (p for f in formulas for p in _nodes(f)):
        if isinstance(part, Name) and isinstance(name, Name) and part.name == name.name and part.indices:
            known = [scopes.get(i.name) if isinstance(i, Name) and not i.indices else None for i in part.indices]
            if all(known):
                return tuple(Relation("∈", i, k) for i, k in zip(part.indices, known, strict=True) if k is not None)
    return ()


def _scopes(statement: Statement) -> dict[str, Range]:
    """The range of every index of the statement, bound or free."""
    found: dict[str, Range] = {}
    parts = [statement.formula, *statement.for_all, *statement.bound, *statement.where]
    for part in (p for f in (*parts, *(n for _, n in statement.given)) for p in _nodes(f)):
        if isinstance(part, Big):
            found.setdefault(part.variable, Range(part.low, part.high))
        elif isinstance(part, Relation) and part.sign == "∈" and isinstance(part.right, Range):
            members = part.left.parts if isinstance(part.left, Tuple) else (part.left,)
            for member in members:
                if isinstance(member, Name):
                    found.setdefault(member.name, part.right)
    return found


def _nodes(node: Any) -> list[Node]:
    """A formula's parts, itself included."""
    if isinstance(node, tuple):
        return [p for n in node for p in _nodes(n)]
    if not isinstance(node, Node):
        return []
    inner: list[Node] = [p for f in fields(node) for p in _nodes(getattr(node, f.name))] if is_dataclass(node) else []
    return [node, *inner]
