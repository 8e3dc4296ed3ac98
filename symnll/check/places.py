"""The places of a formula at which one edit can be made, each with the way to put something else there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from symnll.meaning.derivatives import is_derivative
from symnll.meaning.functions import FUNCTIONS
from symnll.meaning.trees import big_letter, children, head_of, stripped
from symnll.read import syntax as S

BIG = (r"\sum", r"\prod")
WORDS = {*FUNCTIONS, "max", "min", "argmax", "argmin", r"\partial", r"\nabla", r"\int", "softmax", "diag", "KL", "H"}
Put = Callable[[Any], Any]
Called = Callable[[Any, Any], bool]  # whether a name with its scripts is called with this bracket


@dataclass(frozen=True)
class Place:
    """A node where it stands. `put(n)` is the whole side with n in its stead; `following` is a function's argument.

    `role`: an expression of its own (whole, term, inside, above, below, power), a part of a product (factor, function,
    argument, operator, derivative), or a script (index, binder, bound). `bound`: the letters that are bound here.
    """

    node: Any
    role: str
    put: Put
    bound: frozenset[str] = frozenset()
    depth: int = 0
    following: Any = None

    @property
    def start(self) -> int:
        return int(self.node.start)

    @property
    def end(self) -> int:
        return int(self.node.end)


def places(root: Any, called: Called = lambda item, bracket: False) -> list[Place]:
    """All places of one side, from the outside in."""
    return list(_Walk(called).walk(root, "whole", lambda n: n, frozenset(), 0))


def opaque(node: Any) -> bool:
    """Whether a node comes from a notation or macro, so that its parts do not stand in the text one by one."""
    parts = [c for c in children(node) if isinstance(c, S.Node)]
    if isinstance(node, S.Bracket):
        return bool(parts) and (parts[0].start, parts[0].end) == (node.start, node.end)
    if isinstance(node, S.Atom):
        return any(s.start < node.base.end for s in (*node.subs, *node.sups))
    if isinstance(node, S.Product | S.Sum | S.Frac):
        return any(a.end > b.start for a, b in pairwise(parts))
    return False


def free_letters(node: Any, bound: frozenset[str] = frozenset()) -> set[str]:
    """The names that are free in a tree; a Σ binds its letter in all that follows it in its product."""
    if isinstance(node, S.Name):
        return {node.text} - bound
    if isinstance(node, S.Product):
        found: set[str] = set()
        for item in node.items:
            found |= free_letters(item, bound | binders(item))
            bound |= binders(item)
        return found
    return {n for c in children(node) for n in free_letters(c, bound)}


def binders(item: Any) -> frozenset[str]:
    """The letters that a Σ, ∏ or max binds: those before the relations of its subscript."""
    head = head_of(item)
    if not (isinstance(item, S.Atom) and isinstance(head, S.Name) and head.text in (*BIG, "max", "min")):
        return frozenset()
    found = {big_letter(item)} - {""}
    for sub in item.subs:
        for part in _pieces(sub).parts("COMMA", "SEMI"):
            before: list[Any] = []
            for p in part.pieces:
                if isinstance(p, S.Sep):
                    break
                before.append(p)
            found |= {n for p in before for n in _plain_letters(p)}
    return frozenset(found)


def _plain_letters(node: Any) -> set[str]:
    inner = S.unwrap(node)
    if isinstance(inner, S.Name):
        return {inner.text}
    return {n for i in inner.items for n in _plain_letters(i)} if isinstance(inner, S.Product) else set()


def _pieces(sub: Any) -> S.List:
    inner = stripped(sub, "{")
    return inner if isinstance(inner, S.List) else S.List(inner.start, inner.end, (inner,))


class _Walk:
    def __init__(self, called: Called) -> None:
        self.called = called

    def walk(self, node: Any, role: str, put: Put, bound: frozenset[str], depth: int) -> Iterator[Place]:
        if isinstance(node, S.Bracket) and node.kind == "{" and node.inside.only is not None and not opaque(node):
            yield from self.walk(node.inside.only, role, lambda n: put(_within(node, 0, n)), bound, depth)
            return
        yield Place(node, role, put, bound, depth)
        if opaque(node):
            return
        if isinstance(node, S.Sum):
            yield from self._terms(node, put, bound, depth + 1)
        elif isinstance(node, S.Product):
            yield from self._items(node, put, bound, depth + 1)
        elif isinstance(node, S.Bracket):
            for k, piece in enumerate(node.inside.pieces):
                if not isinstance(piece, S.Sep | S.Words):
                    rebuilt = _putter(put, _within, node, k)
                    yield from self.walk(piece, "inside", rebuilt, bound, depth + 1)
        elif isinstance(node, S.Frac):
            yield from self._fraction(node, role, put, bound, depth + 1)
        elif isinstance(node, S.Root):
            yield from self.walk(node.inside, "inside", lambda n: put(replace(node, inside=n)), bound, depth + 1)
        elif isinstance(node, S.Atom):
            yield from self._atom(node, role, put, bound, depth + 1)
        elif isinstance(node, S.Cases):
            yield from self._cases(node, put, bound, depth + 1)

    def _terms(self, node: S.Sum, put: Put, bound: frozenset[str], depth: int) -> Iterator[Place]:
        for k, (_, term) in enumerate(node.terms):
            yield from self.walk(term, "term", _putter(put, _part, node, k), bound, depth)
            if isinstance(term, S.Product):  # an unbracketed sum may take in the terms that follow
                bound = bound.union(*map(binders, term.items))

    def _items(self, node: S.Product, put: Put, bound: frozenset[str], depth: int) -> Iterator[Place]:
        items = node.items
        for k, item in enumerate(items):
            if isinstance(item, S.Times):
                continue

            def put_item(n: Any, k: int = k) -> Any:
                new = n.items if isinstance(n, S.Product) else (n,)
                return put(replace(node, items=(*items[:k], *new, *items[k + 1 :])))

            role = self._role(items, k)
            found = self.walk(item, role, put_item, bound, depth)
            if role == "function" and k + 1 < len(items) and not isinstance(items[k + 1], S.Times):
                yield replace(next(found), following=items[k + 1])
            yield from found
            bound |= binders(item)

    def _role(self, items: tuple[Any, ...], k: int) -> str:
        item = items[k]
        head = head_of(item)
        if isinstance(item, S.Frac) and is_derivative(item):
            return "derivative"
        if isinstance(head, S.Name):
            following = head_of(items[k + 1]) if k + 1 < len(items) else None
            bracket = following if isinstance(following, S.Bracket) and following.kind in ("(", "[") else None
            if head.text in BIG:
                return "operator"
            if head.text in WORDS or (bracket is not None and self.called(item, bracket)):
                return "function"
        if k and isinstance(head_of(items[k - 1]), S.Name) and self._role(items, k - 1) == "function":
            return "argument"
        return "factor"

    def _fraction(self, node: S.Frac, role: str, put: Put, bound: frozenset[str], depth: int) -> Iterator[Place]:
        if is_derivative(node) or node.binomial:
            for k, side in enumerate((node.top, node.bottom)):
                rebuilt = _putter(put, _half, node, k)
                yield from self._letters_below(side, rebuilt, bound, depth)
            return
        yield from self.walk(node.top, "above", lambda n: put(replace(node, top=n)), bound, depth)
        yield from self.walk(node.bottom, "below", lambda n: put(replace(node, bottom=n)), bound, depth)

    def _atom(self, node: S.Atom, role: str, put: Put, bound: frozenset[str], depth: int) -> Iterator[Place]:
        if role == "operator":
            yield from self._operator(node, put, bound, depth)
            return
        if not isinstance(node.base, S.Name | S.Num):
            yield from self.walk(node.base, "base", lambda n: put(replace(node, base=n)), bound, depth)
        yield from self._scripts(node, put, bound, depth)

    def _scripts(self, node: S.Atom, put: Put, bound: frozenset[str], depth: int) -> Iterator[Place]:
        for k, sub in enumerate(node.subs):
            yield from self._index(sub, _putter(put, _with_sub, node, k), bound, depth)
        for k, sup in enumerate(node.sups):
            rebuilt = _putter(put, _with_sup, node, k)
            inner = S.unwrap(sup)
            if isinstance(inner, S.Bracket) and inner.kind in ("(", "["):
                yield from self._index(sup, rebuilt, bound, depth)
            else:
                yield from self.walk(sup, "power", rebuilt, bound, depth)

    def _operator(self, node: S.Atom, put: Put, bound: frozenset[str], depth: int) -> Iterator[Place]:
        for k, sub in enumerate(node.subs):
            rebuilt = _putter(put, _with_sub, node, k)
            while isinstance(sub, S.Bracket) and sub.kind == "{" and not opaque(sub):
                rebuilt = _putter(rebuilt, _inside, sub)
                sub = sub.inside
            if not isinstance(sub, S.List):
                yield Place(sub, "binder", rebuilt, bound, depth)
                continue
            after = ""
            for n, piece in enumerate(sub.pieces):
                if isinstance(piece, S.Sep):
                    after = piece.text if piece.kind == "REL" else ""
                    continue
                there = _putter(rebuilt, _piece, sub, n)
                if not after:
                    yield Place(piece, "binder", there, bound, depth)
                elif after == "=":
                    yield Place(piece, "bound", there, bound, depth)
                else:
                    yield from self._index(piece, there, bound, depth)
        for k, sup in enumerate(node.sups):
            rebuilt = _putter(put, _with_sup, node, k)
            if isinstance(sup, S.Bracket) and sup.kind == "{" and sup.inside.only is not None and not opaque(sup):
                yield Place(sup.inside.only, "bound", _putter(rebuilt, _within, sup, 0), bound, depth)
            else:
                yield Place(sup, "bound", rebuilt, bound, depth)

    def _index(self, node: Any, put: Put, bound: frozenset[str], depth: int) -> Iterator[Place]:
        """The letters and numbers in an index expression."""
        if opaque(node):
            return
        if isinstance(node, S.Name | S.Num):
            yield Place(node, "index", put, bound, depth)
        elif isinstance(node, S.Atom):
            for k, sub in enumerate(node.subs):
                yield from self._index(sub, _putter(put, _with_sub, node, k), bound, depth)
        elif isinstance(node, S.Bracket):
            yield from self._index(node.inside, lambda n: put(replace(node, inside=n)), bound, depth)
        elif isinstance(node, S.List | S.Product | S.Sum):
            if isinstance(node, S.Sum):
                yield Place(node, "index", put, bound, depth)
            for k, part in enumerate(children(node)):
                if not isinstance(part, S.Sep | S.Words | S.Times):
                    yield from self._index(part, _putter(put, _part, node, k), bound, depth)

    def _letters_below(self, node: Any, put: Put, bound: frozenset[str], depth: int) -> Iterator[Place]:
        """Index letters anywhere in a derivative."""
        for place in self.walk(node, "inside", put, bound, depth):
            if place.role == "index":
                yield place

    def _cases(self, node: S.Cases, put: Put, bound: frozenset[str], depth: int) -> Iterator[Place]:
        for r, row in enumerate(node.rows):
            if not row or not row[0].pieces or isinstance(row[0].pieces[0], S.Sep | S.Words):
                continue

            def rebuilt(n: Any, r: int = r, row: Any = row) -> Any:
                first = replace(row[0], pieces=(n, *row[0].pieces[1:]))
                return put(replace(node, rows=(*node.rows[:r], (first, *row[1:]), *node.rows[r + 1 :])))

            yield from self.walk(row[0].pieces[0], "inside", rebuilt, bound, depth)


def _putter(put: Put, build: Callable[..., Any], *where: Any) -> Put:
    return lambda n: put(build(*where, n))


def _part(node: S.List | S.Product | S.Sum, k: int, new: Any) -> Any:
    if isinstance(node, S.Sum):
        return replace(node, terms=(*node.terms[:k], (node.terms[k][0], new), *node.terms[k + 1 :]))
    if isinstance(node, S.Product):
        return replace(node, items=(*node.items[:k], new, *node.items[k + 1 :]))
    return _piece(node, k, new)


def _inside(node: S.Bracket, new: Any) -> S.Bracket:
    return replace(node, inside=new)


def _half(node: S.Frac, below: int, new: Any) -> S.Frac:
    return replace(node, bottom=new) if below else replace(node, top=new)


def _piece(node: S.List, k: int, new: Any) -> S.List:
    return replace(node, pieces=(*node.pieces[:k], new, *node.pieces[k + 1 :]))


def _within(node: S.Bracket, k: int, new: Any) -> S.Bracket:
    return replace(node, inside=_piece(node.inside, k, new))


def _with_sub(node: S.Atom, k: int, new: Any) -> S.Atom:
    return replace(node, subs=(*node.subs[:k], new, *node.subs[k + 1 :]))


def _with_sup(node: S.Atom, k: int, new: Any) -> S.Atom:
    return replace(node, sups=(*node.sups[:k], new, *node.sups[k + 1 :]))
