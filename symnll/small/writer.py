"""From a SymPy expression and concrete sizes to a graph of scalars without sums, products or bound indices."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sympy
from flint import fmpq
from sympy.core.function import AppliedUndef

from symnll.language import At, Choice, FunctionalValue, Larger, MaxOver, Parameter, Vector
from symnll.small import choices
from symnll.small.effort import spend
from symnll.small.graph import Graph, Key, Node, Unknown
from symnll.small.values import Undefined

LONGEST_RANGE = 200


class Unsupported(ValueError):
    """The expression contains something that can't be written out; the message names it."""


class NeedsValue(Exception):
    """An integer symbol or vector must have a concrete value before the expression can be written out."""

    def __init__(self, name: Any) -> None:
        super().__init__(f"{name} needs a concrete value")
        self.name = name


@dataclass(frozen=True)
class Tag:
    """One of the few points that stand for the arbitrary set of a `Parameter`."""

    number: int


@dataclass(frozen=True)
class Fresh:
    """A vector whose entries are new variables, in place of one that `At` or `ArgMax` binds.

    The new entries of `At` may get any value, so that nothing is known of their sign; those of `ArgMax` keep the kind.
    """

    serial: int
    keeps_kind: bool = False


@dataclass(frozen=True)
class Table:
    """Concrete integer entries of a vector."""

    positions: tuple[tuple[int, ...], ...]
    values: tuple[int, ...]

    def at(self, position: tuple[int, ...]) -> int:
        return self.values[self.positions.index(position)]


def kind_of(expr: Any) -> str:
    """The kind of a real symbol or of the value of a function."""
    return "positive" if expr.is_positive else "nonnegative" if expr.is_nonnegative else "real"


class Writer:
    """Writes SymPy expressions out. An environment maps symbols to int, `Tag` or `Node`, vectors to `Fresh`, `Table`.

    `real_positions` says which arguments of unknown functions are real; the others are integers or parameters.
    """

    def __init__(self, graph: Graph, real_positions: set[tuple[str, int]]) -> None:
        self.graph, self.real_positions = graph, real_positions
        self.single_values: set[str] = set()  # functions that have a value of their own, at their only place
        self._names: dict[int, tuple[Any, tuple[Any, ...]]] = {}
        self._memo: dict[Any, Node] = {}
        self._serials: dict[Any, Fresh] = {}

    def write(self, expr: Any, env: dict[Any, Any]) -> Node:
        """The expression as a node; the environment decides every bound and every index in it."""
        key = (id(expr), *map(env.get, self._names_in(expr)))
        found = self._memo.get(key)
        if found is None:
            spend(2)
            found = self._memo[key] = self._write(expr, env)
        return found

    def _names_in(self, expr: Any) -> tuple[Any, ...]:
        """Every symbol and vector in the tree, bound or free. Keeps the expression alive, so that its id is its own."""
        found = self._names.get(id(expr))
        if found is None:
            names: dict[Any, None] = {}
            if isinstance(expr, sympy.Symbol):
                names[expr] = None
            elif isinstance(expr, sympy.IndexedBase):
                names[expr] = None
                parts = (*expr.sizes, expr.extra) if isinstance(expr, Vector) else ()
                names.update(dict.fromkeys(n for p in parts for n in self._names_in(p)))
            else:
                names.update(dict.fromkeys(n for a in expr.args for n in self._names_in(a)))
            found = self._names[id(expr)] = (expr, tuple(names))
        return found[1]

    def _write(self, expr: Any, env: dict[Any, Any]) -> Node:
        if isinstance(expr, sympy.Rational):
            return self.graph.constant(fmpq(int(expr.p), int(expr.q)))
        if isinstance(expr, sympy.Symbol):
            return self._symbol(expr, env)
        method = _METHODS.get(type(expr))
        if method is not None:
            return method(self, expr, env)
        if isinstance(expr, AppliedUndef):
            return self._unknown_function(expr, env)
        hint = "; write an exact fraction instead" if isinstance(expr, sympy.Float) else ""
        raise Unsupported(f"{type(expr).__name__} in {expr} can't be written out at concrete sizes{hint}")

    def integer(self, expr: Any, env: dict[Any, Any]) -> int:
        """The value of an expression that must be an integer: an index, a bound, a count."""
        if isinstance(expr, sympy.Integer):
            return int(expr)
        value = env.get(expr) if isinstance(expr, sympy.Symbol) else None
        if isinstance(value, int):
            return value
        node = self.write(expr, env)
        if node.op != "const":
            raise self._needs_value(expr, node)
        if node.data.q != 1:
            raise Undefined(f"{expr} is {node.data}, which is no integer")
        return int(node.data.p)

    def _needs_value(self, expr: Any, node: Node) -> Exception:
        for variable in sorted(node.variables, key=lambda n: n.serial):
            key, kind = variable.data
            if kind in ("natural", "binary") and key.sort == "entry":
                return NeedsValue(key.owner)
        return Unsupported(f"{expr} is used as an integer, but its value is not determined by sizes and indices")

    def _symbol(self, symbol: Any, env: dict[Any, Any]) -> Node:
        value = env.get(symbol)
        if isinstance(value, Node):
            return value
        if isinstance(value, int):
            return self.graph.constant(value)
        if isinstance(value, Tag) or isinstance(symbol, Parameter):
            raise Unsupported(f"the parameter {symbol} is no number: it can only be the argument of a function")
        if symbol.is_integer:
            raise NeedsValue(symbol)
        return self.graph.variable(Key("scalar", symbol), kind_of(symbol))

    def entry(self, base: Any, position: tuple[int, ...], env: dict[Any, Any]) -> Node:
        """base[position] for a vector, undefined outside its range."""
        kind, row = "real", 0
        if isinstance(base, Vector):
            kind, upper = base.kind, self.shape(base, env)
            row = upper[-1]
            if len(upper) != len(position):
                raise Unsupported(f"{base} has {len(upper)} axes, but is used with {len(position)} indices")
            if not all(1 <= p <= u for p, u in zip(position, upper, strict=True)):
                raise Undefined(f"{base}{list(position)} lies outside the range of {base}")
        value = env.get(base)
        if isinstance(value, Fresh):
            if not value.keeps_kind:
                kind = "real"
            return self.graph.variable(Key("fresh", value.serial, position, row), kind)
        if isinstance(value, Table):
            return self.graph.constant(value.at(position))
        if kind == "onehot":
            return self.graph.constant(int(position[-1] == self._place(base.extra, position[:-1], env)))
        if kind == "labels":
            raise NeedsValue(base)
        return self.graph.variable(Key("entry", base, position, row), kind)

    def _place(self, at: Any, position: tuple[int, ...], env: dict[Any, Any]) -> int:
        """Where a one-hot vector is 1: an index, or the label at the position in its other axis."""
        if not isinstance(at, sympy.IndexedBase):
            return self.integer(at, env)
        return int(self.entry(at, position, env).data.p)

    def shape(self, base: Vector, env: dict[Any, Any]) -> list[int]:
        """The sizes of a vector."""
        return [self.integer(s, env) for s in base.sizes]

    def _indexed(self, expr: Any, env: dict[Any, Any]) -> Node:
        return self.entry(expr.base, tuple(self.integer(i, env) for i in expr.indices), env)

    def _add(self, expr: Any, env: dict[Any, Any]) -> Node:
        return self.graph.add(*(self.write(a, env) for a in expr.args))

    def _mul(self, expr: Any, env: dict[Any, Any]) -> Node:
        return self.graph.multiply(*(self.write(a, env) for a in expr.args))

    def _pow(self, expr: Any, env: dict[Any, Any]) -> Node:
        return self.graph.power(self.write(expr.base, env), self.write(expr.exp, env))

    def _exp(self, expr: Any, env: dict[Any, Any]) -> Node:
        return self.graph.exp(self.write(expr.args[0], env) if expr.args else self.graph.one)

    def _log(self, expr: Any, env: dict[Any, Any]) -> Node:
        return self.graph.log(self.write(expr.args[0], env))

    def _hyperbolic(self, expr: Any, env: dict[Any, Any]) -> Node:
        g, x = self.graph, self.write(expr.args[0], env)
        up, down = g.exp(x), g.exp(g.scale(-1, x))
        sinh, cosh = g.scale(fmpq(1, 2), g.subtract(up, down)), g.scale(fmpq(1, 2), g.add(up, down))
        return {sympy.sinh: sinh, sympy.cosh: cosh, sympy.tanh: g.divide(sinh, cosh)}[type(expr)]

    def _delta(self, expr: Any, env: dict[Any, Any]) -> Node:
        if len(expr.args) > 2:
            raise Unsupported(f"{expr} carries a range of its own, which is not read")
        tags = [env.get(a) for a in expr.args]
        if all(isinstance(t, Tag) for t in tags):
            return self.graph.constant(int(tags[0] == tags[1]))
        left, right = (self.write(a, env) for a in expr.args)
        for node in (left, right):
            if node.op != "const":
                raise self._needs_value(expr, node)
        return self.graph.constant(int(left is right))

    def _over_ranges(self, expr: Any, env: dict[Any, Any]) -> Iterator[Node]:
        """The body at every value of the bound variables; the last limit is the outermost."""

        def walk(limits: tuple[Any, ...], inner: dict[Any, Any]) -> Iterator[Node]:
            if not limits:
                yield self.write(expr.function, inner)
                return
            if len(limits[-1]) != 3:
                raise Unsupported(f"{expr} has a bound variable without a range")
            variable, lower, upper = limits[-1]
            first, last = self.integer(lower, inner), self.integer(upper, inner)
            if last - first > LONGEST_RANGE:
                raise Unsupported(f"the range {first}..{last} in {expr} is too long to be written out")
            for value in range(first, last + 1):
                yield from walk(limits[:-1], {**inner, variable: value})

        return walk(tuple(expr.limits), env)

    def _sum(self, expr: Any, env: dict[Any, Any]) -> Node:
        return self.graph.add(*self._over_ranges(expr, env))

    def _product(self, expr: Any, env: dict[Any, Any]) -> Node:
        return self.graph.multiply(*self._over_ranges(expr, env))

    def _max_over(self, expr: Any, env: dict[Any, Any]) -> Node:
        nodes = list(self._over_ranges(expr, env))
        if not nodes:
            raise Undefined(f"{expr} is a maximum over an empty range")
        return self.graph.maximum(nodes)

    def _extremum(self, expr: Any, env: dict[Any, Any]) -> Node:
        choose = self.graph.maximum if isinstance(expr, (sympy.Max, Larger)) else self.graph.minimum
        return choose([self.write(a, env) for a in expr.args])

    def _abs(self, expr: Any, env: dict[Any, Any]) -> Node:
        x = self.write(expr.args[0], env)
        return x if x.nonnegative else self.graph.maximum((x, self.graph.scale(-1, x)))

    def _factorial(self, expr: Any, env: dict[Any, Any]) -> Node:
        values = [self.integer(a, env) for a in expr.args]
        if values[0] < 0:
            raise Undefined(f"{expr} of a negative integer")
        if isinstance(expr, sympy.factorial):
            return self.graph.constant(math.factorial(values[0]))
        return self.graph.constant(math.comb(*values) if values[1] >= 0 else 0)

    def condition(self, expr: Any, env: dict[Any, Any]) -> Any:
        """True or False where sizes and indices decide it, else the relation with its two sides written out."""
        return choices.condition(self, expr, env)

    def tags(self, args: tuple[Any, ...], env: dict[Any, Any]) -> list[Tag | None]:
        """The points that parameters stand for; None for other expressions."""
        return [t if isinstance(t := env.get(a), Tag) else None for a in args]

    def refuse(self, what: str) -> None:
        raise Unsupported(what)

    def _derivative(self, expr: Any, env: dict[Any, Any]) -> Node:
        result = body = self.write(expr.expr, env)
        for variable, count in expr.variable_count:
            node = self.write(variable, env)
            if node.op != "var":
                raise Unsupported(f"{variable} is no free real variable here: nothing to differentiate by")
            for _ in range(self.integer(count, env)):
                result = self.graph.derivative(result, node)
        return self.graph.guard(result, body)

    def fresh(self, owner: Any, keeps_kind: bool = False) -> Fresh:
        """The same new vector every time for the same owner."""
        return self._serials.setdefault(owner, Fresh(len(self._serials), keeps_kind))

    def _at(self, expr: Any, env: dict[Any, Any]) -> Node:
        body, base, value = expr.args
        self._names_in(expr)
        fresh = self.fresh(id(expr))
        if isinstance(base, sympy.IndexedBase):
            written = self.write(body, {**env, base: fresh})
            mine = [v for v in written.variables if v.data[0][:2] == ("fresh", fresh.serial)]
            mapping = {v: self.vector_entry(value, v.data[0].place, env) for v in mine}
        elif isinstance(base, sympy.Symbol) and not base.is_integer:
            variable = self.graph.variable(Key("fresh", fresh.serial), "real")
            written = self.write(body, {**env, base: variable})
            mapping = {variable: self.write(value, env)}
        else:
            raise Unsupported(f"{base} is neither a vector nor a real symbol: {expr} is not read")
        return self.graph.guard(self.graph.substitute(written, mapping), *mapping.values())

    def vector_entry(self, value: Any, position: tuple[int, ...], env: dict[Any, Any]) -> Node:
        """The entry of a vector that is given by name or as a function of its index."""
        if isinstance(value, sympy.Lambda):
            return self.write(value.expr, {**env, **dict(zip(value.variables, position, strict=True))})
        if isinstance(value, sympy.IndexedBase):
            return self.entry(value, position, env)
        raise Unsupported(f"{value} is used as a vector, but is neither a declared nor a defined one")

    def _functional(self, expr: Any, env: dict[Any, Any]) -> Node:
        name, upper, argument = expr.args
        count = self.integer(upper, env)
        entries = tuple(self.vector_entry(argument, (k,), env) for k in range(1, count + 1))
        return self.graph.apply(Unknown(str(name), (), count, "real"), (0,) * count, entries)

    def _unknown_function(self, expr: Any, env: dict[Any, Any]) -> Node:
        name, kind = expr.func.__name__, kind_of(expr)
        if name in self.single_values:
            return self.graph.variable(Key("value", str(expr)), kind)
        discrete: list[Any] = []
        reals: list[Node] = []
        for place, argument in enumerate(expr.args):
            if (name, place) in self.real_positions:
                reals.append(self.write(argument, env))
                discrete.append(None)
            else:
                tag = env.get(argument)
                discrete.append(tag if isinstance(tag, Tag) else self.integer(argument, env))
        if not reals:
            return self.graph.variable(Key("value", name, tuple(discrete)), kind)
        return self.graph.apply(Unknown(name, tuple(discrete), len(reals), kind), (0,) * len(reals), tuple(reals))


_METHODS: dict[type, Callable[[Writer, Any, dict[Any, Any]], Node]] = {
    sympy.Add: Writer._add,
    sympy.Mul: Writer._mul,
    sympy.Pow: Writer._pow,
    sympy.exp: Writer._exp,
    type(sympy.E): Writer._exp,
    type(sympy.pi): lambda writer, expr, env: writer.graph.pi(),
    sympy.log: Writer._log,
    sympy.sinh: Writer._hyperbolic,
    sympy.cosh: Writer._hyperbolic,
    sympy.tanh: Writer._hyperbolic,
    sympy.KroneckerDelta: Writer._delta,
    sympy.Indexed: Writer._indexed,
    sympy.Sum: Writer._sum,
    sympy.Product: Writer._product,
    MaxOver: Writer._max_over,
    sympy.Max: Writer._extremum,
    Larger: Writer._extremum,
    sympy.Min: Writer._extremum,
    sympy.Abs: Writer._abs,
    sympy.factorial: Writer._factorial,
    sympy.binomial: Writer._factorial,
    sympy.Piecewise: choices.choice,
    Choice: choices.choice,
    sympy.Derivative: Writer._derivative,
    At: Writer._at,
    FunctionalValue: Writer._functional,
}
