"""Core terms to SymPy expressions: the inverse of bridge.py.

What is built is not evaluated: SymPy would cancel x·x⁻¹, which is 0 at x = 0 in the core, and put mixed derivatives in
an order of its own. Bound variables become fresh `Dummy` integers. A derivative at a symbol becomes `Derivative`; at
anything else it is taken in a fresh variable, which `At` then replaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import sympy
from sympy import Derivative, Dummy, IndexedBase, Lambda, Rational, Symbol

from symnll import language as L
from symnll.core.term import INT, ONE, POINT, REAL, ZERO, Term, app, fn, op, sym
from symnll.prove.bridge import BridgeError
from symnll.prove.tactics import parts

RELATIONS = {"eq": L.Eq, "ne": L.Ne, "le": L.Le, "lt": L.Lt}
RANGES = {"sum": sympy.Sum, "prod": sympy.Product, "maxi": L.MaxOver}


class _Writer:
    def __init__(self, term: Term, declared: Mapping[Term, Any]) -> None:
        self.objects: dict[Term, Any] = dict(declared)
        self.taken = {str(s.data) for s in (*term.free, *declared)}
        self.count = 0

    # Symbols.

    def name(self, base: str) -> str:
        """A name like `base` that nothing has."""
        found, n = base, 0
        while found in self.taken:
            n += 1
            found = f"{base}{n}"
        self.taken.add(found)
        return found

    def open(self, sort: Any, target: Any) -> Term:
        """A fresh symbol for a bound variable, which is written as `target`."""
        self.count += 1
        fresh = sym(f"‹written {self.count}›", sort)
        self.objects[fresh] = target
        return fresh

    def object(self, t: Term) -> Any:
        if t not in self.objects:
            self.objects[t] = _default(t)
        return self.objects[t]

    def variable(self, sort: Any) -> Any:
        """A fresh SymPy object that stands for a variable of this sort and has a name of its own."""
        if sort == INT:
            return Symbol(self.name("i"), integer=True)
        if sort == REAL:
            return Symbol(self.name("x"), real=True)
        if sort == POINT:
            return L.Parameter(self.name("theta"))
        inputs, value = _signature(sort)
        if set(inputs) == {INT} and value in (INT, REAL):
            label = Symbol(self.name("v"), **({"integer": True} if value == INT else {"real": True}))
            return IndexedBase(label, shape=(1,) * len(inputs)) if len(inputs) > 1 else IndexedBase(label)
        raise BridgeError(f"A bound variable of sort {sort} can't be written in SymPy.")

    # Terms.

    def term(self, t: Term) -> Any:
        name, args = t.op, t.args
        if name == "num":
            return Rational(t.data.numerator, t.data.denominator)
        if name == "sym":
            if isinstance(t.sort, tuple):
                raise BridgeError(f"{t!r} is a function; in SymPy only its values can be written.")
            return self.object(t)
        if name in ("add", "mul"):
            return (sympy.Add if name == "add" else sympy.Mul)(*map(self.term, args), evaluate=False)
        if name == "pow":
            return sympy.Pow(*map(self.term, args), evaluate=False)
        if name in ("exp", "log"):
            return getattr(sympy, name)(self.term(args[0]), evaluate=False)
        if name == "delta":
            return sympy.KroneckerDelta(*map(self.term, args), evaluate=False)
        if name == "max":
            return self.maximum(t)
        if name in RANGES:
            i = Dummy("k", integer=True)
            lower, upper = self.term(args[0]), self.term(args[1])
            return RANGES[name](self.term(app(args[2], self.open(INT, i))), (i, lower, upper))
        if name == "app":
            return self.application(t)
        if name == "diff":
            return self.derivative(args[0], args[1], ())
        if name in ("partial", "partial2"):
            return self.derivative(args[0], args[1], args[2:])
        raise BridgeError(f"{t!r} has no form in SymPy.")

    def maximum(self, t: Term) -> Any:
        """max(a, b), in this order."""
        return L.Larger(*map(self.term, t.args))

    def application(self, t: Term) -> Any:
        head = t
        arguments: list[Term] = []
        while head.op == "app":
            head, last = head.args
            arguments.insert(0, last)
        if head.op != "sym":
            raise BridgeError(f"{t!r} applies what is not a symbol.")
        target = self.object(head)
        if isinstance(target, L.FunctionalValue):
            return L.FunctionalValue(target.args[0], target.args[1], self.family(arguments[0]))
        if isinstance(target, IndexedBase):
            return target[tuple(map(self.term, arguments))]
        inputs, _ = _signature(head.sort)
        written, later = [], []
        for sort, argument in zip(inputs, arguments, strict=True):
            e = self.term(argument)
            if sort == REAL and argument.sort == INT:  # an integer where a real may stand: the bridge must see that
                x = self.variable(REAL)
                later.append((x, e))
                e = x
            written.append(e)
        result = target(*written)
        for x, e in later:
            result = L.At(result, x, e)
        return result

    def family(self, f: Term) -> Any:
        """A function of indices, as a vector or a `Lambda`."""
        if f.op == "sym":
            return self.object(f)
        inputs, _ = _signature(f.sort)
        variables = [Dummy("k", integer=True) for _ in inputs]
        return Lambda(tuple(variables), self.term(app(f, *(self.open(INT, v) for v in variables))))

    def derivative(self, f: Term, point: Term, index: tuple[Term, ...]) -> Any:
        """The derivative of f at a point, in the entry `index` of it where it is a family."""
        if point.op == "sym" and point not in f.free and self._varies(self.object(point), index):
            return self._derivative(self.term(app(f, point)), self._entry(self.object(point), index))
        variable = self.variable(point.sort)
        body = self.term(app(f, self.open(point.sort, variable)))
        value = self.family(point) if isinstance(point.sort, tuple) else self.term(point)
        return L.At(self._derivative(body, self._entry(variable, index)), variable, value)

    def _varies(self, target: Any, index: tuple[Term, ...]) -> bool:
        """Whether SymPy and the bridge differentiate in it: a bound integer standing for a real does not vary."""
        if index:
            return isinstance(target, IndexedBase) and not target.label.is_integer
        return isinstance(target, Symbol) and not target.is_integer

    def _entry(self, target: Any, index: tuple[Term, ...]) -> Any:
        return target[tuple(map(self.term, index))] if index else target

    def _derivative(self, body: Any, variable: Any) -> Any:
        """Derivative(body, variable), where the order of mixed derivatives stays as it is."""
        if isinstance(body, Derivative):
            wanted = [v for v, n in body.variable_count for _ in range(int(n))] + [variable]
            merged = Derivative(body, variable, evaluate=False)
            if isinstance(merged, Derivative):
                found = [v for v, n in merged.variable_count for _ in range(int(n))]
                if merged.expr == body.expr and found == wanted:
                    return merged
            body = L.At(body, self.variable(REAL), sympy.S.Zero)  # of what does not occur in it: only a separation
        return Derivative(body, variable, evaluate=False)

    # Statements.

    def statement(self, t: Term) -> Any:
        if t.op in RELATIONS:
            if isinstance(t.args[0].sort, tuple):
                raise BridgeError(f"{t!r} compares functions; in SymPy only their values can be compared.")
            return RELATIONS[t.op](*map(self.term, t.args))
        if t.op == "and":
            parts = [self.statement(a) for a in t.args]
            both = sympy.And(*parts, evaluate=False)
            if set(both.args) != set(parts):
                raise BridgeError(f"SymPy decides {t!r}.")
            return both
        if t.op == "forall":
            return self.for_all(t)
        if t.op == "argmax_eq":
            return self.argmax(t)
        raise BridgeError(f"{t!r} has no form in SymPy.")

    def for_all(self, t: Term) -> Any:
        """∀v, (what the kind of v says → …): a variable of that kind."""
        variables = []
        while t.op == "forall":
            f = t.args[0]
            sort = f.sort[1]
            bounds = _bounds(f)
            if bounds is not None:
                v = L.Index(self.name("i"), self.term(bounds[0]), self.term(bounds[1]))
                t = app(f, self.open(INT, v)).args[1].args[1]
            elif isinstance(sort, tuple):
                v, t = self.vector(f)
            else:
                v, t = self.scalar(f)
            variables.append(v)
        return L.ForAll(self.statement(t), *variables)

    def scalar(self, f: Term) -> tuple[Any, Term]:
        """A variable of the kind that the first premise in f says, and what f says beyond that."""
        sort = f.sort[1]
        fresh = self.open(sort, None)
        body = app(f, fresh)
        kinds: dict[Term, Any] = {}
        if sort == INT:
            kinds = {op("le", ONE, fresh): L.size, op("le", ZERO, fresh): L.natural}
        elif sort == REAL:
            kinds = {op("lt", ZERO, fresh): L.positive, op("le", ZERO, fresh): partial(Symbol, nonnegative=True)}
        kind = kinds.get(body.args[0]) if body.op == "implies" else None
        variable = self.variable(sort) if kind is None else kind(self.name("n" if sort == INT else "x"))
        self.objects[fresh] = variable
        return variable, body if kind is None else body.args[1]

    def vector(self, f: Term) -> tuple[Any, Term]:
        """A vector of the kind that the first premises in f say, and what f says beyond that."""
        inputs, value = _signature(f.sort[1])
        if len(inputs) != 1 or value != REAL:
            raise BridgeError(f"{f!r} is about all families of a sort that can't be written in SymPy.")
        fresh = self.open(f.sort[1], None)
        body, kind, size = app(f, fresh), "real", None
        if body.op == "implies" and body.args[0].op == "forall" and (bounds := _bounds(body.args[0].args[0])):
            i = sym("‹entry›", INT)
            said = app(body.args[0].args[0], i).args[1].args[1]
            entry = app(fresh, i)
            found = {op("lt", ZERO, entry): "positive", op("le", ZERO, entry): "nonnegative"}.get(said)
            if found is not None and bounds[0] is ONE:
                kind, size, body = found, bounds[1], body.args[1]
        if kind == "positive" and size is not None:
            one = op("eq", op("sum", ONE, size, fresh), ONE)
            kind, body = ("simplex", body.args[1]) if body.op == "implies" and body.args[0] is one else (kind, body)
        if size is None:  # a formula does not say the size of its families, so the first range in it has to
            size = next((hi for lo, hi in _ranges(body) if lo is ONE), None)
        upper = self.term(size) if size is not None else self.size_beside(body)
        if upper is None:
            raise BridgeError(f"{f!r} is about all families, and does not show their size.")
        variable = self.objects[fresh] = L.vector(self.name("v"), upper, kind=kind)
        return variable, body

    def size_beside(self, t: Term) -> Any:
        """The size of a declared vector in t, the same for all of them; None otherwise."""
        beside = {v.sizes for s in t.free if isinstance(v := self.objects.get(s), L.Vector) and len(v.sizes) == 1}
        return beside.pop()[0] if len(beside) == 1 else None

    def argmax(self, t: Term) -> Any:
        domain, *sides = t.args
        sort = domain.sort[1]
        probe = sym("‹argmax›", sort)
        inside = app(domain, probe)
        relations = [*inside.args] if inside.op == "and" else [inside]
        if sort == INT:
            if len(relations) < 2 or [r.op for r in relations[:2]] != ["le", "le"]:
                raise BridgeError(f"{t!r} is about an integer without bounds.")
            low, high = relations[0].args[0], relations[1].args[1]
            if (
                relations[0].args[1] is not probe
                or relations[1].args[0] is not probe
                or probe in (*low.free, *high.free)
            ):
                raise BridgeError(f"{t!r} is about an integer without bounds.")
            v = L.Index(self.name("i"), self.term(low), self.term(high))
            relations = relations[2:]
        else:
            v = self.variable(sort)
        if relations == [op("le", ZERO, ZERO)]:
            relations = []
        self.objects[probe] = v
        conditions = [self.statement(r) for r in relations]
        fresh = self.open(sort, v)
        return L.Eq(*(L.ArgMax(self.term(app(side, fresh)), v, conditions) for side in sides))


def _signature(sort: Any) -> tuple[list[Any], Any]:
    inputs = []
    while isinstance(sort, tuple):
        inputs.append(sort[1])
        sort = sort[2]
    return inputs, sort


def _bounds(f: Term) -> tuple[Term, Term] | None:
    """lo, hi where f is i ↦ (lo ≤ i → (i ≤ hi → …))."""
    if f.sort[1] != INT:
        return None
    i = sym("‹bounds›", INT)
    body = app(f, i)
    if body.op != "implies" or body.args[1].op != "implies":
        return None
    low, high = body.args[0], body.args[1].args[0]
    if low.op != "le" or high.op != "le" or low.args[1] is not i or high.args[0] is not i:
        return None
    lo, hi = low.args[0], high.args[1]
    return None if i in lo.free or i in hi.free or lo.sort != INT or hi.sort != INT else (lo, hi)


def _ranges(t: Term) -> Iterator[tuple[Term, Term]]:
    """The ranges of sums, products and statements about all indices in t, those without bound variables."""
    for a in parts(t):
        if a.op in RANGES and not a.args[0][4] and not a.args[1][4]:
            yield a.args[0], a.args[1]
        if a.op == "implies" and a.args[1].op == "implies":
            low, high = a.args[0], a.args[1].args[0]
            if low.op == high.op == "le" and not low.args[0][4] and not high.args[1][4]:
                yield low.args[0], high.args[1]


def _default(t: Term) -> Any:
    """What a symbol that nobody declared is written as."""
    name, sort = str(t.data), t.sort
    if sort == INT:
        return Symbol(name, integer=True)
    if sort == REAL:
        return Symbol(name, real=True)
    if sort == POINT:
        return L.Parameter(name)
    inputs, value = _signature(sort)
    known = {INT: {"integer": True}, REAL: {"real": True}}.get(value)
    if known is not None and set(inputs) == {INT}:
        label = Symbol(name, **known)
        return IndexedBase(label, shape=(1,) * len(inputs)) if len(inputs) > 1 else IndexedBase(label)
    if known is not None and set(inputs) <= {INT, REAL, POINT}:
        return sympy.Function(name, real=True, **known)
    if sort == fn(fn(INT, REAL), REAL):
        raise BridgeError(f"The functional {name} was not declared, so that the size of its argument is not known.")
    raise BridgeError(f"{name}, of sort {sort}, can't be written in SymPy.")


def to_sympy(term: Term, declared: Mapping[Term, Any] | None = None) -> Any:
    """The SymPy expression or statement of a core term; `declared`, from a Bridge, says what its symbols were.

    The bridge reads it back as a term that is equal, by the laws of a field at most. Raises BridgeError for what has no
    form in SymPy: functions by themselves, `differentiable`, an implication that is not a range.
    """
    if type(term) is not Term or term[4]:
        raise BridgeError(f"{term!r} is not a closed term.")
    writer = _Writer(term, declared or {})
    return writer.statement(term) if term.sort == "bool" else writer.term(term)


__all__ = ["to_sympy"]
