"""Conditions that people forget to write: what may make a refuted step true, the weaker ones first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Any

import sympy
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import AppliedUndef

from symnll import language as L
from symnll.check.attempt import formula_text
from symnll.core.ring import Ring, accumulate
from symnll.core.term import CoreError, Term
from symnll.prove.bridge import Bridge, BridgeError
from symnll.small.names import Names

MOST_PAIRS = 6


@dataclass(frozen=True)
class Condition:
    """Relations that are to hold together; `text` for a reader, who gets them in notation where it is empty.

    `last_resort`: it says something only as long as it does not make both sides 0.
    """

    statements: tuple[Any, ...]
    text: str = ""
    last_resort: bool = False

    @property
    def statement(self) -> Any:
        one = len(self.statements) == 1
        return self.statements[0] if one else sympy.And(*self.statements, evaluate=False)

    def __str__(self) -> str:
        if self.text:
            return self.text
        bridge = Bridge(*self.statements)
        return " and ".join(formula_text(bridge.statement(s)) for s in self.statements)


def conditions(statement: Any, given: Sequence[Any] = ()) -> Iterator[Condition]:
    """The conditions to try for a relation, the weaker and the more usual ones first."""
    seen = _Seen()
    for expression in (statement, *given):
        seen.scan(expression)
    if type(statement) is not sympy.Eq:  # an order is a matter of signs first
        yield from _signs(seen)
    yield from _sums(seen)
    yield from _indices(seen, L.Ne)
    if type(statement) is sympy.Eq:
        yield from _signs(seen)
    yield from _indices(seen, L.Eq)
    yield from _distributions(seen)
    yield from _onehots(seen)
    yield from _equal_entries(seen)
    yield from _numbers(seen, statement)
    yield from (Condition((L.Eq(s, 2),)) for s in seen.sizes)


def restates(condition: Condition, statement: Any) -> bool:
    """Whether the condition holds the claim itself: the same relation between the same two sides, up to a factor."""
    try:
        bridge = Bridge(statement, *condition.statements)
        claim, *parts = map(bridge.statement, (statement, *condition.statements))
        return any(part is claim or (part.op == claim.op and _scaled(part) == _scaled(claim)) for part in parts)
    except (BridgeError, CoreError):
        return False


def _scaled(relation: Term) -> Any:
    """The difference of the sides as a polynomial with leading coefficient 1, or ±1 where the order matters."""
    if relation.op not in ("eq", "ne", "le", "lt"):
        return relation
    ring = Ring()
    left, right = (ring.polynomial(s) for s in relation.args)
    p = accumulate(accumulate({}, left), right, factor=-1)
    leading = p[min(p, key=hash)] if p else Fraction(1)
    scale = leading if relation.op in ("eq", "ne") or leading > 0 else -leading
    return {m: c / scale for m, c in p.items()}


def _flag(e: Any) -> bool:
    """Whether this is an entry of a one-hot vector, and no place of one."""
    return isinstance(e, sympy.Indexed) and isinstance(e.base, L.Vector) and e.base.kind == "onehot"


@dataclass
class _Seen:
    """What a condition can be about: the free symbols, and the closed terms that stand where they matter."""

    indices: dict[Any, None] = field(default_factory=dict)
    scalars: dict[Any, None] = field(default_factory=dict)
    vectors: dict[Any, None] = field(default_factory=dict)
    sizes: dict[Any, None] = field(default_factory=dict)
    written: set[Any] = field(default_factory=set)  # the indices that are there to be seen, not only in a declaration
    places: dict[Any, None] = field(default_factory=dict)  # what stands as an index, or is compared with one
    entries: dict[Any, None] = field(default_factory=dict)  # closed entries of vectors
    largest: dict[Any, None] = field(default_factory=dict)  # closed maxima
    bent: set[Any] = field(default_factory=set)  # scalars under a function or a derivative, which are no weights
    scores: set[Any] = field(default_factory=set)  # vectors in an exponential or in ∂/∂z_i, which are no distributions

    def scan(self, expression: Any) -> None:
        names = Names()
        names.scan(expression)
        self.sizes.update(dict.fromkeys(names.sizes))
        for name in names.free:
            if isinstance(name, L.Index):
                self.indices.setdefault(name)
            elif isinstance(name, L.Vector):
                self.vectors.setdefault(name)
            elif isinstance(name, sympy.Symbol) and not isinstance(name, L.Parameter) and name not in names.sizes:
                self.scalars.setdefault(name)
        self._walk(expression, frozenset())

    def _walk(self, e: Any, bound: frozenset[Any]) -> None:
        if isinstance(e, sympy.IndexedBase):
            return
        if isinstance(e, sympy.Symbol):
            self.written.add(e)
            return
        closed = bound.isdisjoint(e.free_symbols) if hasattr(e, "free_symbols") else False
        if isinstance(e, sympy.Indexed):
            self.places.update(dict.fromkeys(i for i in e.indices if bound.isdisjoint(i.free_symbols)))
            if closed:
                self.entries.setdefault(e)
        elif isinstance(e, (sympy.KroneckerDelta, sympy.Eq, sympy.Ne)):
            places = (a for a in e.args[:2] if a.is_integer and not _flag(a) and bound.isdisjoint(a.free_symbols))
            self.places.update(dict.fromkeys(places))
        elif isinstance(e, (L.MaxOver, L.Larger)) and closed:
            self.largest.setdefault(e)
        elif isinstance(e, (sympy.exp, sympy.log, sympy.Derivative, AppliedUndef)):
            self.bent |= e.free_symbols
            inside = e if isinstance(e, sympy.exp) else sympy.Tuple(*getattr(e, "variables", ()))
            self.scores |= inside.atoms(L.Vector)
        elif isinstance(e, sympy.Pow):
            self.bent |= e.free_symbols
        bound = bound | _binds(e)
        for a in e.args:
            self._walk(a, bound)


def _binds(e: Any) -> set[Any]:
    if isinstance(e, ExprWithLimits):
        return {limit[0] for limit in e.limits}
    if isinstance(e, sympy.Lambda):
        return set(e.variables)
    if isinstance(e, (L.ArgMax, L.At)):
        return {e.args[1]}
    return set(e.args[1:]) if isinstance(e, L.ForAll) else set()


def _axes(v: Any) -> list[Any]:
    """An index for each axis of a vector."""
    names = "k" if len(v.sizes) == 1 else "nklm"
    return [L.Index(names[min(axis, 3)], 1, size) for axis, size in enumerate(v.sizes)]


def _everywhere(relation: Any, axes: Sequence[Any]) -> Any:
    return L.ForAll(relation, *axes) if axes else relation


def _sum_is_one(v: Any) -> Any:
    *front, last = _axes(v)
    return _everywhere(_row_sum(v, front, last), front)


def _row_sum(v: Any, front: Sequence[Any], last: Any) -> Any:
    place = (*front, last)
    return L.Eq(L.total(v[place], last), 1)


def _each(v: Any, relation: Any) -> Any:
    """relation(entry) for every entry."""
    axes = _axes(v)
    return _everywhere(relation(v[tuple(axes)]), axes)


def _open(seen: _Seen, *kinds: str) -> list[Any]:
    """The vectors of these kinds that may be weights or probabilities."""
    return [v for v in seen.vectors if v.kind in kinds and v not in seen.scores]


def _sums(seen: _Seen) -> Iterator[Condition]:
    vectors = _open(seen, "real", "positive", "nonnegative", "natural", "binary")
    for v in vectors:
        *front, last = _axes(v)
        if len(front) == 1:  # one row of a matrix
            rows = [i for i in seen.indices if (i.lower, i.upper) == (1, front[0].upper)]
            yield from (Condition((_row_sum(v, (i,), last),)) for i in rows)
        yield Condition((_sum_is_one(v),))
    if len(vectors) > 1:
        yield Condition(tuple(map(_sum_is_one, vectors)))


def _indices(seen: _Seen, relation: Any) -> Iterator[Condition]:
    """i = m or i ≠ m for two indices of one range, or for an index and what stands as one; not one past the other."""
    for i, m in combinations(sorted(seen.indices, key=str), 2):
        if (i.lower, i.upper) == (m.lower, m.upper):
            yield _compared(seen, relation, i, m)
    for i in seen.indices:
        for place in seen.places:
            if not isinstance(place, L.Index) and i not in place.free_symbols:
                yield Condition((relation(i, place),))


def _compared(seen: _Seen, relation: Any, i: Any, m: Any) -> Condition:
    """For T that only says where a one-hot y is 1: y_i = 1 in place of i = T."""
    for here, place in ((i, m), (m, i)):
        hot = next((v for v in seen.vectors if v.kind == "onehot" and v.extra == place), None)
        if hot is not None and place not in seen.written and here in seen.written:
            value = L.Eq(hot[here], 1 if relation is L.Eq else 0)
            return Condition((relation(i, m),), str(Condition((value,))))
    return Condition((relation(i, m),))


def _signs(seen: _Seen) -> Iterator[Condition]:
    for kind, relation in (("real", L.Ge), ("real", L.Gt), ("nonnegative", L.Gt)):
        for v in _open(seen, kind):
            yield Condition((_each(v, lambda entry, relation=relation: relation(entry, 0)),))
    for v in _open(seen, "real", "positive", "nonnegative"):
        low = () if v.kind == "positive" else (_each(v, lambda entry: L.Gt(entry, 0)),)
        yield Condition((*low, _each(v, lambda entry: L.Lt(entry, 1))))
    for x in seen.scalars:
        if x.is_integer:
            yield Condition((L.Ge(x, 1),))
            continue
        yield Condition((L.Ne(x, 0),))
        if not x.is_nonnegative:
            yield Condition((L.Ge(x, 0),))
        if not x.is_positive:
            yield Condition((L.Gt(x, 0),))
        yield Condition((L.Lt(x, 1),) if x.is_positive else (L.Gt(x, 0), L.Lt(x, 1)))
    for size in seen.sizes:
        yield Condition((L.Ge(size, 2),))


def _distributions(seen: _Seen) -> Iterator[Condition]:
    """Entries that are not negative, or positive, and sum to 1: one vector, then all of them."""
    for relation in (L.Ge, L.Gt):
        whole: list[Any] = []
        found = _open(seen, "real", "positive", "nonnegative")
        for v in found:
            known = v.kind == "positive" or (v.kind == "nonnegative" and relation is L.Ge)
            sign = () if known else (_each(v, lambda entry, relation=relation: relation(entry, 0)),)
            yield Condition((_sum_is_one(v), *sign))
            whole += [_sum_is_one(v), *sign]
        if len(found) > 1:
            yield Condition(tuple(whole))


def _onehots(seen: _Seen) -> Iterator[Condition]:
    for v in _open(seen, "real", "nonnegative"):
        yield Condition((_each(v, lambda entry: L.Eq(entry**2, entry)),), f"{v.label} is 0 or 1 everywhere")
    for v in _open(seen, "real", "nonnegative", "binary"):
        axes, name = _axes(v), f"hot {v.label}"
        if len(axes) <= 2:
            classes = axes[-1].upper
            at = L.Index(name, 1, classes) if len(axes) == 1 else L.labels(name, axes[0].upper, classes)[axes[0]]
            hot = L.Eq(v[tuple(axes)], sympy.KroneckerDelta(axes[-1], at))
            yield Condition((_everywhere(hot, axes),), f"{v.label} is one-hot")


def _equal_entries(seen: _Seen) -> Iterator[Condition]:
    """Two entries of one vector, or two maxima, that are the same."""
    entries = [e for e in seen.entries if not e.base.label.is_integer]
    same = [(a, b) for a, b in combinations(entries, 2) if a.base == b.base]
    largest: list[Any] = []
    for e in seen.largest:
        if not any(e.dummy_eq(known) for known in largest):
            largest.append(e)
    same += list(combinations(largest, 2))
    yield from (Condition((L.Eq(a, b),)) for a, b in same[:MOST_PAIRS])


def _numbers(seen: _Seen, statement: Any) -> Iterator[Condition]:
    """x = 0 or x = 1 for a scalar that is a weight, so that a term of the statement vanishes."""
    for value in (0, 1):
        for x in seen.scalars:
            if x not in seen.bent and x in statement.free_symbols and not (x.is_positive and value == 0):
                yield Condition((L.Eq(x, value),), last_resort=True)
