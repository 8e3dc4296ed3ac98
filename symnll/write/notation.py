"""From a term to its notation: names for nameless binders, signs and fractions, abbreviations folded.

Everything that is printed comes through here, so that text and LaTeX show the same formula. Names of bound variables
never collide: not with a free symbol of the whole formula, not with an enclosing binder, and a name of an index stands
for one range only in all of a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import TypeVar

from symnll.core.term import BOOL, INT, MINUS_ONE, ONE, REAL, CoreError, Sort, Term, app, op, sym
from symnll.write.folding import Abbreviation, flat, fold, fold_items, fold_terms, product_items, usable
from symnll.write.naming import DIGITS, POOLS, PROBE, Scope, display_names, grouped, index_pool, range_of, sort_words
from symnll.write.nodes import (
    And,
    Big,
    Call,
    Delta,
    Derivative,
    Extremum,
    ForAll,
    If,
    Maps,
    Name,
    Node,
    Number,
    Phrase,
    Power,
    Quotient,
    Range,
    Relation,
    Sum,
    Tuple,
)
from symnll.write.shapes import derivative, fraction, open_ended, quotient_of, signed

T = TypeVar("T")
SIGNS = {"eq": "=", "ne": "≠", "le": "≤", "lt": "<"}
BIGS = {"sum": "sum", "prod": "prod", "maxi": "max"}
OTHER_WAY = {"≤": "≥", "<": ">", "=": "=", "≠": "≠"}


class Reader:
    """Reads terms as notation; `roots` are all the terms that will be read, so that names fit all of them."""

    def __init__(self, roots: Iterable[Term], abbreviations: Sequence[tuple[Term, Term]] = ()) -> None:
        free = sorted({s for t in roots for s in t.free}, key=lambda s: (s.data, repr(s.sort)))
        self.names = display_names(free)
        taken = (
            frozenset(self.names.values()) | {s.data for s in free} | {n.rstrip(DIGITS) for n in self.names.values()}
        )
        self.abbreviations = usable(abbreviations, taken)
        self.taken = taken | {s.data for a in self.abbreviations for s in a.name.free | a.definition.free}
        self.ranges: dict[str, Scope | None] = {}
        self.used: dict[Abbreviation, None] = {}
        self._open: list[str] = []
        self._off: list[Abbreviation] = []

    def read(self, t: Term) -> Node:
        """The notation of a closed term. A relation whose sides would look the same is shown unfolded."""
        used = dict(self.used)
        node = self.node(t)
        if t.op in SIGNS and t.args[0] is not t.args[1] and isinstance(node, Relation) and node.left == node.right:
            self.used = used
            with self.without(self.abbreviations):
                return self.node(t)
        return node

    @contextmanager
    def without(self, abbreviations: Iterable[Abbreviation]) -> Iterator[None]:
        """With these abbreviations written out."""
        off, self._off = self._off, [*self._off, *abbreviations]
        try:
            yield
        finally:
            self._off = off

    # Names of binders.

    @contextmanager
    def opened(self, f: Term, scope: Scope | None = None) -> Iterator[tuple[str, Term, Term]]:
        """The body of a function term, with a name for its variable: (name, symbol, body)."""
        sort = f.sort[1]
        name = self._choose(sort, scope)
        symbol = sym(name, sort)
        self._open.append(name)
        self.names[symbol] = name
        try:
            yield name, symbol, app(f, symbol)
        finally:
            self._open.pop()

    def _choose(self, sort: Sort, scope: Scope | None) -> str:
        pool = index_pool(scope) if sort == INT else POOLS.get(sort if isinstance(sort, str) else "family", ("P",))
        candidates = (*pool, *(f"{n}{'′' * more}" for more in range(1, 100) for n in pool))
        for name in candidates:
            if name not in self.taken and name not in self._open and self.ranges.get(name, scope) == scope:
                self.ranges[name] = scope
                return name
        raise CoreError("There are no names left for bound variables.")

    # Terms.

    def node(self, t: Term) -> Node:
        for a in self.abbreviations:
            if a not in self._off and a.definition.sort == t.sort:
                named = fold(t, a)
                if named is not None:
                    self.used[a] = None
                    return self.node(named)
        if t.op in SIGNS:
            return self._relation(t)
        if t.op in BIGS:
            return self._big(t)
        method = getattr(self, f"_{t.op}", None)
        if method is None:
            raise CoreError(f"There is no notation for the operator {t.op!r}.")
        result: Node = method(t)
        return result

    def _num(self, t: Term) -> Node:
        value = Number(abs(t.data)) if t.data.denominator == 1 else quotient_of(abs(t.data))
        return value if t.data >= 0 else Sum(((-1, value),))

    def _sym(self, t: Term) -> Node:
        return Name(self.names.get(t, t.data))

    def _app(self, t: Term) -> Node:
        args: list[Term] = []
        while t.op == "app":
            args.insert(0, t.args[1])
            t = t.args[0]
        name, sorts, sort = self.names.get(t, t.data), [], t.sort
        for _ in args:
            sorts.append(sort[1])
            sort = sort[2]
        while isinstance(sort, tuple):  # partly applied
            sorts.append(sort[1])
            sort = sort[2]
        if all(s == INT for s in sorts) and sort != BOOL:
            return Name(name, tuple(self.node(a) for a in args))
        groups = [
            tuple(self.node(a) for a, s in zip(args, sorts, strict=False) if (s == INT) is whole)
            for whole in (True, False)
        ]
        return Name(name, (), tuple(g for g in groups if g))

    def _lam(self, t: Term) -> Node:
        head = self._family_name(t)
        if head is not None:
            return head
        with self.opened(t) as (name, _, body):
            return Maps(name, self.node(body))

    def _family_name(self, f: Term) -> Node | None:
        """y, where the function term is k ↦ y_k for an abbreviation y."""
        if f.op != "lam" or f.sort[1] != INT:
            return None
        body = app(f, PROBE)
        for a in self.abbreviations:
            named = fold(body, a) if a not in self._off else None
            if named is not None and named.op == "app" and named.args[1] is PROBE and PROBE not in named.args[0].free:
                self.used[a] = None
                return self.node(named.args[0])
        return None

    def _add(self, t: Term) -> Node:
        terms = self._folded(list(flat(t, "add")), fold_terms)
        parts = [signed(self.node(u)) for u in terms]
        first = next((n for n, (sign, _) in enumerate(parts) if sign > 0), 0)
        parts.insert(0, parts.pop(first))  # b − a rather than −a + b
        late = [part for part in parts if open_ended(part[1])]
        rest = [part for part in parts if part not in late]
        if rest and rest[0][0] > 0:
            parts = rest + late  # 1 + Σ … rather than Σ … + 1
        return Sum(tuple(parts)) if len(parts) > 1 or parts[0][0] < 0 else parts[0][1]

    def _folded(self, parts: list[T], step: Callable[[Sequence[T], Abbreviation], list[T] | None]) -> list[T]:
        for a in self.abbreviations:
            while a not in self._off and (found := step(parts, a)) is not None:
                self.used[a] = None
                parts = found
        return parts

    def _mul(self, t: Term) -> Node:
        items = self._folded(product_items(t), fold_items)
        sign = 1
        above: list[Node] = []
        below: list[Node] = []
        for base, exponent in items:
            if base.op == "num" and base.data and exponent in (1, -1):
                value = base.data**exponent
                sign = -sign if value < 0 else sign
                if abs(value).numerator != 1 or value == 1:
                    above.append(Number(Fraction(abs(value).numerator)))
                if value.denominator != 1:
                    below.append(Number(Fraction(value.denominator)))
                continue
            part, (s, factor) = (above if exponent > 0 else below), self._factor(base, abs(exponent))
            sign *= s
            part.append(factor)
        node = fraction(above, below)
        return node if sign > 0 else Sum(((-1, node),))

    def _factor(self, base: Term, exponent: int) -> tuple[int, Node]:
        node = self.node(base)
        return (1, Power(node, Number(Fraction(exponent)))) if exponent != 1 else signed(node)

    def _pow(self, t: Term) -> Node:
        base, exponent = self.node(t.args[0]), t.args[1]
        if exponent.op != "num":
            return Power(base, self.node(exponent))
        size = abs(exponent.data)
        if size == 1 and exponent.data == -1:
            inner = base
        elif size == Fraction(1, 2):
            inner = Call("sqrt", (base,))
        else:
            inner = Power(base, Number(size) if size.denominator == 1 else quotient_of(size))
        return inner if exponent.data >= 0 else Quotient(Number(Fraction(1)), inner)

    def _exp(self, t: Term) -> Node:
        return Call("exp", (self.node(t.args[0]),))

    def _log(self, t: Term) -> Node:
        return Call("log", (self.node(t.args[0]),))

    def _max(self, t: Term) -> Node:
        return Call("max", tuple(map(self.node, t.args)))

    def _delta(self, t: Term) -> Node:
        return Delta(self.node(t.args[0]), self.node(t.args[1]))

    def _big(self, t: Term) -> Node:
        low, high, f = t.args
        bounds = self.node(low), self.node(high)
        with self.opened(f, (low, high)) as (name, _, body):
            return Big(BIGS[t.op], name, *bounds, self.node(body), low is ONE and high.op == "sym")

    # Derivatives.

    def _diff(self, t: Term) -> Node:
        f, at = t.args
        if f.op == "sym":
            return Name(self.names.get(f, f.data), (), ((self.node(at),),), primes=1)
        total = all(s.sort == INT for s in f.free)
        if at.op == "sym" and at not in f.free and at.sort == REAL:
            return derivative(self.node(app(f, at)), Name(self.names.get(at, at.data)), total)
        with self.opened(f) as (name, _, body):
            return Derivative(self.node(body), (Name(name),), (Name(name), self.node(at)), total)

    def _partial(self, t: Term) -> Node:
        f, point, *indices = t.args
        where = tuple(self.node(i) for i in indices)
        if point.op == "sym" and point not in f.free:
            return derivative(self.node(app(f, point)), Name(self.names.get(point, point.data), where))
        head = self._family_name(point)
        if isinstance(head, Name) and not head.indices and not head.arguments:
            # C(y) for y = softmax(z): the variable may be called y where the body does not mention y otherwise.
            symbol = sym(head.name, point.sort)
            off = [a for a in self.abbreviations if a.head.data == head.name]
            if symbol not in f.free:
                with self.without(off):
                    return Derivative(self.node(app(f, symbol)), (Name(head.name, where),))
        with self.opened(f) as (name, _, body):
            return Derivative(self.node(body), (Name(name, where),), (Name(name), self.node(point)))

    _partial2 = _partial

    # Formulas.

    def _relation(self, t: Term) -> Node:
        left, right, sign = self.node(t.args[0]), self.node(t.args[1]), SIGNS[t.op]
        if t.op in ("le", "lt") and t.args[0].op == "num" and t.args[1].op != "num":
            return Relation(OTHER_WAY[sign], right, left)
        return Relation(sign, left, right)

    def _and(self, t: Term) -> Node:
        parts = conditions(self, flat(t, "and"))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _implies(self, t: Term) -> Node:
        premises: list[Term] = []
        while t.op == "implies":
            premises += flat(t.args[0], "and")
            t = t.args[1]
        parts = conditions(self, premises)
        return If(parts[0] if len(parts) == 1 else And(tuple(parts)), self.read(t))

    def _forall(self, t: Term) -> Node:
        with self.quantified(t) as (binders, body):
            return ForAll(grouped(binders), self.read(body))

    @contextmanager
    def quantified(self, t: Term) -> Iterator[tuple[tuple[Node, ...], Term]]:
        """The binders and the body of nested quantifiers; i → lo ≤ i → i ≤ hi → … reads as i ∈ lo..hi."""
        if t.op != "forall":
            yield (), t
            return
        f = t.args[0]
        scope = range_of(f)
        with self.opened(f, scope) as (name, symbol, body):
            if scope is not None:
                binder: Node = Relation("∈", Name(name), Range(self.node(scope[0]), self.node(scope[1])))
                body = body.args[1].args[1]
            else:
                binder = Phrase((sort_words(symbol.sort), Name(name)))
            with self.quantified(body) as (inner, innermost):
                yield (binder, *inner), innermost

    def _argmax_eq(self, t: Term) -> Node:
        domain, left, right = t.args
        return Relation("=", self._extremum(domain, left), self._extremum(domain, right))

    def _extremum(self, domain: Term, f: Term) -> Node:
        with self.opened(domain) as (name, symbol, condition):
            value, name_of = app(f, symbol), "argmax"
            if value.op == "mul" and value.args[0] is MINUS_ONE:
                value, name_of = op("mul", *value.args[1:]) if len(value.args) > 2 else value.args[1], "argmin"
            body = self.node(value)
            trivial = condition.op in ("eq", "le") and condition.args[0] is condition.args[1]
            return Extremum(name_of, name, None if trivial else self.node(condition), body)

    def _hasd(self, t: Term) -> Node:
        f, at, value = t.args
        with self.opened(f) as (name, _, body):
            slope = Derivative(self.node(body), (Name(name),), (Name(name), self.node(at)), total=True)
        return Phrase((Relation("=", slope, self.node(value)), " (it exists)"))

    def _smooth(self, t: Term) -> Node:
        return Phrase((self.node(t.args[0]), " is differentiable"))

    def _differentiable(self, t: Term) -> Node:
        f, low, high = t.args
        return Phrase(
            (self.node(f), " is totally differentiable in the entries ", Range(self.node(low), self.node(high)))
        )


def conditions(reader: Reader, formulas: Sequence[Term]) -> list[Node]:
    """The formulas as notation; lo ≤ t with t ≤ hi becomes t ∈ lo..hi, and indices of one range stand together."""
    lower = {f.args[1]: f.args[0] for f in formulas if f.op == "le" and f.args[1].sort == INT and f.args[0].sort == INT}
    upper = {f.args[0]: f.args[1] for f in formulas if f.op == "le" and f.args[0].sort == INT and f.args[1].sort == INT}
    inside = [t for t in lower if t in upper and t.op in ("sym", "app")]
    done, nodes = set(), []
    for f in formulas:
        t = next((t for t in inside if f.op == "le" and (f.args == (lower[t], t) or f.args == (t, upper[t]))), None)
        if t is None:
            nodes.append(reader.read(f))
        elif t not in done:
            same = [u for u in inside if u not in done and (lower[u], upper[u]) == (lower[t], upper[t])]
            done.update(same)
            members = tuple(reader.node(u) for u in same)
            scope = Range(reader.node(lower[t]), reader.node(upper[t]))
            nodes.append(Relation("∈", members[0] if len(members) == 1 else Tuple(members), scope))
    return nodes
