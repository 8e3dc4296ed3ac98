"""Where a statement has a meaning: the conditions under which all of its subterms are defined.

To the core every term has a value, 0⁻¹ = 0 for example. Who writes a step means it where both sides are defined, and
that is also how the small-size check reads it. Each condition here follows from the sides being defined, so that a
theorem that supposes some of them says no less than the step. (One is a convention: a power with an exponent that is no
integer by its kind is meant for a positive base.) Where nothing is known to follow, there is no condition.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sympy
from sympy.core.function import AppliedUndef

from symnll import language as L
from symnll.core.term import INT, ONE, REAL, ZERO, Term, app, between, forall, op, sub, sym
from symnll.prove.bridge import Bridge, BridgeError
from symnll.prove.context import Context

RANGES = ("sum", "prod", "maxi")
RELATIONS = ("eq", "ne", "le", "lt", "argmax_eq")
STRICT = (
    *(
        sympy.Rational,
        sympy.Symbol,
        type(sympy.E),
        sympy.Add,
        sympy.Mul,
        sympy.Pow,
        sympy.exp,
        sympy.log,
        sympy.Indexed,
    ),
    *(sympy.KroneckerDelta, sympy.Sum, sympy.Product, L.MaxOver, L.Larger, sympy.Max, sympy.Min, sympy.Abs),
    *(sympy.Derivative, L.At, L.FunctionalValue, AppliedUndef, type(sympy.pi)),
)  # what is defined only where all of its parts are; of anything else nothing is concluded
UNREAD = "‹not read›"
FEW = 6


class Need(NamedTuple):
    """A condition. `convention`: some points at which the sides are defined are left out by it, such as (−1)^y."""

    formula: Term
    convention: bool = False
    about_index: bool = False


def definedness(statement: Any, given: Sequence[Any], context: Context) -> list[Need]:
    """The conditions that a relation and its hypotheses need and that the context does not show, most useful first.

    `context` has what is known of the symbols by their kinds and by the hypotheses.
    """
    outline = _Outline(statement, *given)
    try:
        terms = [outline.statement(s) for s in (statement, *given)]
    except BridgeError:
        return []
    conditions = _Conditions(outline, context)
    for term in terms:
        conditions.scan(term)
    return conditions.needed()


def narrows(relation: Any) -> bool:
    """Whether a relation is false for one of the few values of what it speaks of: of δ, a binary or one-hot entry."""
    if isinstance(relation, L.ForAll):
        relation = relation.args[0]
    few: dict[Any, range] = {}
    for a in relation.atoms(sympy.KroneckerDelta, sympy.Indexed, L.Index):
        if isinstance(a, sympy.KroneckerDelta) or (
            isinstance(a, sympy.Indexed) and isinstance(a.base, L.Vector) and a.base.kind in ("binary", "onehot")
        ):
            few[a] = range(2)
        elif isinstance(a, L.Index) and all(isinstance(b, sympy.Integer) for b in (a.lower, a.upper)):
            few[a] = range(int(a.lower), min(int(a.upper), int(a.lower) + FEW) + 1)
    if not isinstance(relation, sympy.core.relational.Relational) or len(few) > FEW:
        return False
    gap = relation.lhs - relation.rhs
    values = (
        gap.xreplace(dict(zip(few, map(sympy.Integer, v), strict=True))) for v in itertools.product(*few.values())
    )
    return bool(few) and any(v.is_number and relation.func(v, 0) == sympy.false for v in values)


class _Outline(Bridge):
    """The bridge, with a distinction of cases as factors δ(i, j) and 1 − δ(i, j), which show what they guard."""

    def _term(self, e: Any, scope: dict[Any, Term]) -> Term:
        if not isinstance(e, (sympy.Piecewise, L.Choice)):
            return super()._term(e, scope) if isinstance(e, STRICT) else sym(UNREAD, REAL)
        *before, (last, otherwise) = _one_by_one(e.args)
        if otherwise != sympy.true or not all(isinstance(c, (sympy.Eq, sympy.Ne)) for _, c in before):
            return sym(UNREAD, REAL)
        t = self._term(last, scope)
        for value, condition in reversed(before):
            sides = [self._term(s, scope) for s in condition.args]
            if any(s.sort != INT for s in sides):
                return sym(UNREAD, REAL)
            same = op("delta", *sides)
            inside, outside = (same, sub(ONE, same)) if isinstance(condition, sympy.Eq) else (sub(ONE, same), same)
            t = op("add", op("mul", inside, self._term(value, scope)), op("mul", outside, t))
        return t


def _one_by_one(branches: Sequence[Any]) -> list[tuple[Any, Any]]:
    """The branches with "a or b" as a branch for a and one for b, and "a and b", where only two are, turned around."""
    if len(branches) == 2 and isinstance(branches[0][1], sympy.And) and branches[1][1] == sympy.true:
        (value, both), (other, _) = branches
        return _one_by_one([(other, sympy.Or(*map(sympy.Not, both.args))), (value, sympy.true)])
    return [(v, c) for v, either in branches for c in (either.args if isinstance(either, sympy.Or) else (either,))]


class _Conditions:
    """What the subterms of core terms need, in order of appearance."""

    def __init__(self, bridge: Bridge, context: Context) -> None:
        self.context = context
        families = [(t, v) for t, v in bridge.declared.items() if isinstance(v, L.Vector)]
        self.sizes = {t: [bridge.term(s) for s in v.sizes] for t, v in families}
        self.found: dict[Term, Need] = {}
        self.ranges: dict[Term, tuple[Term, Term]] = {}  # of the indices that were opened

    def scan(self, statement: Term) -> None:
        if statement.op == "and":
            for part in statement.args:
                self.scan(part)
        elif statement.op in RELATIONS:
            for need in self._walk(statement):
                if need.formula not in self.found or self.found[need.formula].convention:
                    self.found[need.formula] = need

    def needed(self) -> list[Need]:
        kept = [n for f, n in self.found.items() if sym(UNREAD, REAL) not in f.free and self.context.show(f) is None]
        return sorted(kept, key=lambda n: n.about_index)

    def _walk(self, t: Term) -> Iterator[Need]:
        """What a closed term needs."""
        if t.op in ("num", "sym", "lam", "bound"):
            return
        if t.op == "argmax_eq":
            yield from self._maximised(*t.args)
            return
        if t.op in RANGES:
            yield from self._range(t)
        elif t.op == "diff":
            yield from self._walk(t.args[1])
            yield from self._walk(app(*t.args))
        elif t.op in ("partial", "partial2"):
            yield from self._walk(app(*t.args[:2]))
        elif t.op == "mul":
            yield from self._product(t)
        else:
            for a in t.args:
                yield from self._walk(a)
            if t.op == "log":
                yield Need(op("lt", ZERO, t.args[0]))
            elif t.op == "pow":
                yield from self._power(*t.args)
            elif t.op == "app":
                yield from self._entry(t)

    def _maximised(self, domain: Term, *sides: Term) -> Iterator[Need]:
        """What is maximised is defined at every point of the domain."""
        point = sym("‹point›", domain.sort[1])
        inside = app(domain, point)
        for need in (n for side in sides for n in self._walk(app(side, point))):
            if point in need.formula.free:
                shown = inside is op("le", ZERO, ZERO)
                formula = need.formula if shown else op("implies", inside, need.formula)
                need = need._replace(formula=forall(point, formula))
            yield need

    def _power(self, base: Term, exponent: Term) -> Iterator[Need]:
        if exponent.op == "num":
            whole, positive = exponent.data.denominator == 1, exponent.data > 0
            if not whole:
                yield Need(op("le" if positive else "lt", ZERO, base))
            elif not positive:
                yield Need(op("ne", base, ZERO))
        elif exponent.sort == REAL:
            yield Need(op("lt", ZERO, base), convention=True)
        elif self.context.show(op("lt", exponent, ZERO)) is not None:
            yield Need(op("ne", base, ZERO))

    def _range(self, t: Term) -> Iterator[Need]:
        lo, hi, f = t.args
        yield from self._walk(lo)
        yield from self._walk(hi)
        i = sym(f"‹defined {len(self.ranges)}›", INT)
        self.ranges[i] = (lo, hi)
        some = self.context.show(op("le", lo, hi)) is not None
        for need in self._walk(app(f, i)):
            whole = i in need.formula.free or not some
            yield need._replace(formula=between(i, lo, hi, need.formula)) if whole else need

    def _product(self, t: Term) -> Iterator[Need]:
        """What the factors need, and where a factor is δ(i, j) or 1 − δ(i, j), only where it is not 0."""
        cases = {a: case for a in t.args if (case := _case(a)) is not None}
        for a in t.args:
            for need in self._walk(a):
                for case in cases.values():
                    if a not in cases and self.context.show(case) is None:
                        need = need._replace(formula=op("implies", case, need.formula))
                yield need

    def _entry(self, t: Term) -> Iterator[Need]:
        """1 ≤ i ≤ K for the entry i of a vector of size K."""
        head, arguments = t, list[Term]()
        while head.op == "app":
            head, last = head.args
            arguments.insert(0, last)
        for i, size in zip(arguments, self.sizes.get(head, ()), strict=False):
            if self.ranges.get(i) != (ONE, size):
                yield Need(op("le", ONE, i), about_index=True)
                yield Need(op("le", i, size), about_index=True)


def _case(t: Term) -> Term | None:
    """i = j for a factor δ(i, j), i ≠ j for a factor 1 − δ(i, j), and None for others."""
    if t.op == "delta":
        return op("eq", *t.args)
    if t.op == "add" and t.args[-1].op == "mul":
        last = t.args[-1].args[-1]
        if last.op == "delta" and t is sub(ONE, last):
            return op("ne", *last.args)
    return None
