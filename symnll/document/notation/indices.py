"""Which letters of a claim are indices, so that counting from 0 can shift them: by where they stand in its formulas.

Counting from 0 puts v + 1 for every index v and takes 1 off every place of an array. That says the same as long as it
is done to all occurrences of a letter, and so a letter that is an index here and a number there is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import fields
from typing import Any

from symnll.document.symbols import Symbol
from symnll.write.nodes import (
    Big,
    Delta,
    Extremum,
    ForAll,
    Maps,
    Name,
    Node,
    Phrase,
    Range,
    Relation,
    Sum,
    Tuple,
)

Scope = Mapping[str, bool]  # the bound names, and whether they are indices
TARGETS = ("T", "target")  # what the library calls the class that was observed
REALS = ("x", "t", "u")  # names that only bound reals have


class NotationError(ValueError):
    """A notation that can't be used, and why."""


class Roles:
    """What the free letters of a claim are: sizes, targets, and, where indices count from 0, indices."""

    def __init__(self, claim: str, nodes: Sequence[Node], symbols: Sequence[Symbol], first: int) -> None:
        self.claim = claim
        kinds = {(s.name.name, s.kind) for s in symbols if isinstance(s.name, Name)}
        self.sizes = {name for name, kind in kinds if kind == "size"}
        self.targets = {(name, 0) for name, kind in kinds if kind in ("index", "integer") and name in TARGETS}
        self.targets |= {(name, 1) for name, kind in kinds if kind == "integer vector"}
        self.indices: set[tuple[str, int]] = set()
        self.slots: set[tuple[str, int, int]] = set()  # the arguments of a function that are indices
        self.known: set[str] = set()  # letters whose role is settled
        if first == 0:
            self._find(nodes)
            self.known = {name for name, _ in kinds}

    def of_line(self, node: Node) -> Roles:
        """The roles for a line of a proof, in which other letters may be free that mean nothing in the next line."""
        line = copy(self)
        line.indices = {(name, arity) for name, arity in self.indices if name in self.known}
        line.slots = {slot for slot in self.slots if slot[0] in self.known}
        line._find([node])
        return line

    def is_index(self, node: Node, scope: Scope) -> bool:
        """Whether the node is a letter, or an entry of an array of labels, that counting from 0 shifts."""
        if not isinstance(node, Name) or node.arguments:
            return False
        if node.name in scope:
            return scope[node.name] and not node.indices
        return (node.name, len(node.indices)) in self.indices

    def mentions(self, node: Node, scope: Scope) -> bool:
        """Whether the node is an index, or a sum in which one is a term."""
        parts = [n for _, n in node.terms] if isinstance(node, Sum) else [node]
        return any(self.is_index(p, scope) for p in parts)

    def of_indices(self, relation: Relation, scope: Scope) -> bool:
        """Whether a comparison is one of indices."""
        return self.mentions(relation.left, scope) or self.mentions(relation.right, scope)

    def opened(self, node: Big | Maps | Extremum, scope: Scope) -> Scope:
        """The scope of the body of a binder."""
        if isinstance(node, Big):
            return {**scope, node.variable: True}
        inside = [node.body, *([node.condition] if isinstance(node, Extremum) and node.condition is not None else [])]
        return {**scope, node.variable: self._indexes(node.variable, inside, scope)}

    def quantified(self, node: ForAll, scope: Scope) -> Scope:
        """The scope of what is said for all of something."""
        inner = dict(scope)
        for binder in node.binders:
            ranged = isinstance(binder, Relation)
            for name in _members(binder):
                inner[name] = ranged or self._indexes(name, [node.body], {**inner, name: False})
        return inner

    # How they are found.

    def _find(self, nodes: Sequence[Node]) -> None:
        before = -1
        while before < len(self.indices) + len(self.slots):
            before = len(self.indices) + len(self.slots)
            for node in nodes:
                for name, place, scope in self._places(node, "value", {}):
                    if place == "index" and name.name not in {*scope, *self.sizes, *self.known}:
                        self.indices.add((name.name, len(name.indices)))

    def _indexes(self, variable: str, nodes: Sequence[Node], scope: Scope) -> bool:
        """Whether the variable stands where indices stand. A number that may count something is refused."""
        places = {
            place
            for node in nodes
            for name, place, inner in self._places(node, "value", {**scope, variable: False})
            if name.name == variable and not name.indices and not name.arguments
        }
        return bool(places & {"index", "bound"})

    def _places(self, node: Any, place: str, scope: Scope) -> Iterator[tuple[Name, str, Scope]]:
        """Every name in the formula with where it stands: `index`, `bound` of a range, or `value`."""
        match node:
            case Name():
                yield node, place, scope
                for index in node.indices:
                    yield from self._places(index, "index", scope)
                for g, group in enumerate(node.arguments):
                    for n, argument in enumerate(group):
                        slot = (node.name, g, n)
                        if self.mentions(argument, scope):
                            self.slots.add(slot)
                        yield from self._places(argument, "index" if slot in self.slots else "value", scope)
            case Sum(terms) if place != "value":
                for _, term in terms:
                    yield from self._places(term, place, scope)
            case Delta(a, b):
                yield from self._places((a, b), "index", scope)
            case Relation("∈", left, Range()):
                yield from self._places(left, "index", scope)
                yield from self._places(node.right, "value", scope)
            case Range(low, high):
                yield from self._places((low, high), "bound", scope)
            case Relation(_, left, right):
                yield from self._places((left, right), "bound" if self.of_indices(node, scope) else "value", scope)
            case Big(_, _, low, high, body, _):
                yield from self._places((low, high), "bound", scope)
                yield from self._places(body, "value", self.opened(node, scope))
            case Maps() | Extremum():
                inner = self.opened(node, scope)
                yield from self._places(node.body, "value", inner)
                if isinstance(node, Extremum) and node.condition is not None:
                    yield from self._places(node.condition, "value", inner)
            case ForAll(binders, body):
                inner = self.quantified(node, scope)
                yield from (p for b in binders if isinstance(b, Relation) for p in self._places(b, "value", inner))
                yield from self._places(body, "value", inner)
            case Phrase(parts) if isinstance(parts[0], str):
                return  # says of what kind a letter is
            case tuple() | Tuple():
                for part in node.parts if isinstance(node, Tuple) else node:
                    yield from self._places(part, place, scope)
            case Node():
                for f in fields(node):  # type: ignore[arg-type]
                    yield from self._places(getattr(node, f.name), "value", scope)


def _members(binder: Node) -> list[str]:
    """The names that a binder binds."""
    head: Any = (
        binder.left if isinstance(binder, Relation) else binder.parts[1] if isinstance(binder, Phrase) else binder
    )
    return [n.name for n in (head.parts if isinstance(head, Tuple) else (head,)) if isinstance(n, Name)]
