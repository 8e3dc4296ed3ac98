"""A statement at concrete sizes, written out as a graph of scalars without sums, products or bound indices.

`Writer` turns a SymPy expression and an environment (the values of sizes, indices and parameters) into a `Node` of a
`Graph`; `Graph.derivative` differentiates it; `Evaluator` gives its value at a point, as an exact rational as long as
that is possible and as an Arb ball afterwards; `ZeroTest` decides whether two nodes are the same function.

No code is shared with the trusted core or the prover, and none of SymPy's own algebra is used: the SymPy tree is only
read. 0⁰ = 1, an empty sum is 0 and an empty product is 1; what is undefined (1/0, log 0, …) stays undefined.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any

import flint
import sympy
from flint import arb, fmpq, fmpz
from sympy.core.function import AppliedUndef

from symnll.language import At, FunctionalValue, MaxOver, Parameter, Vector

ZERO, ONE = fmpq(0), fmpq(1)
LONGEST_RANGE = 200
SYMBOLS = {
    sympy.Eq: "=",
    sympy.Ne: "≠",
    sympy.Le: "≤",
    sympy.Lt: "<",
    sympy.Ge: "≥",
    sympy.Gt: ">",
}


class Unsupported(ValueError):
    """The expression contains something that can't be written out; the message names it."""


class Undefined(ArithmeticError):
    """The expression has no value at this point."""


class Undecided(ArithmeticError):
    """The balls are too wide to tell; a higher precision may help."""


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
    """Concrete integer entries of a vector: pairs of a position and a value."""

    entries: tuple[tuple[tuple[int, ...], int], ...]

    def at(self, position: tuple[int, ...]) -> int:
        return dict(self.entries)[position]


class Node:
    """One scalar of a graph: an operation, its arguments and what is known of its sign and of where it is defined."""

    __slots__ = ("args", "data", "nonnegative", "op", "positive", "serial", "total", "variables")

    def __init__(self, op: str, args: tuple[Node, ...], data: Any, serial: int) -> None:
        self.op, self.args, self.data, self.serial = op, args, data, serial
        self.variables: frozenset[Node] = frozenset((self,)) if op == "var" else frozenset()
        if args:
            self.variables = self.variables.union(*(a.variables for a in args))
        self.positive, self.nonnegative = _sign_flags(self)
        self.total = _is_total(self)


def _sign_flags(node: Node) -> tuple[bool, bool]:
    """Whether the value is positive, and whether it is at least zero, wherever it is defined."""
    op, args, data = node.op, node.args, node.data
    if op == "const":
        return data > 0, data >= 0
    if op in ("var", "apply"):
        kind = data[1] if op == "var" else data[0][-1]
        return kind in ("positive", "simplex"), kind not in ("real", "integer")
    if op == "add":
        at_least_zero = data[0] >= 0 and all(c > 0 for c in data[1]) and all(a.nonnegative for a in args)
        return at_least_zero and (data[0] > 0 or any(a.positive for a in args)), at_least_zero
    if op == "mul":
        return all(a.positive for a in args), all(a.nonnegative for a in args)
    if op == "pow":
        even = args[1].op == "const" and args[1].data.q == 1 and args[1].data.p % 2 == 0
        return args[0].positive, args[0].nonnegative or even
    if op == "max":
        return any(a.positive for a in args), any(a.nonnegative for a in args)
    return op in ("exp", "pi"), op in ("exp", "pi")


def _is_total(node: Node) -> bool:
    """Whether the value is defined at every point (with each variable in its declared kind)."""
    if node.op in ("pick", "piecewise", "guard") or not all(a.total for a in node.args):
        return False
    if node.op == "log":
        return node.args[0].positive
    if node.op == "pow":
        base, exponent = node.args
        natural = exponent.op == "const" and exponent.data.q == 1 and exponent.data >= 0
        counted = exponent.op == "var" and exponent.data[1] in ("natural", "binary")
        return base.positive or natural or counted
    return True


class Graph:
    """Hash-consed nodes: the same operation on the same arguments is the same object."""

    def __init__(self) -> None:
        self._nodes: dict[Any, Node] = {}
        self._derivatives: dict[tuple[Node, Node], Node] = {}
        self.zero, self.one = self.constant(0), self.constant(1)

    def _node(self, op: str, args: tuple[Node, ...] = (), data: Any = None) -> Node:
        key = (op, args, data)
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = Node(op, args, data, len(self._nodes))
        return found

    def constant(self, value: Any) -> Node:
        return self._node("const", (), fmpq(value))

    def variable(self, key: tuple[Any, ...], kind: str) -> Node:
        return self._node("var", (), (key, kind))

    def pi(self) -> Node:
        return self._node("pi")

    def linear(self, constant: Any, terms: Iterable[tuple[Any, Node]]) -> Node:
        """constant + Σ coefficient · node, with equal nodes gathered."""
        constant = fmpq(constant)
        gathered: dict[Node, Any] = {}
        for coefficient, node in terms:
            if node.op == "const":
                constant += coefficient * node.data
            elif node.op == "add":
                constant += coefficient * node.data[0]
                for inner, arg in zip(node.data[1], node.args):
                    gathered[arg] = gathered.get(arg, ZERO) + coefficient * inner
            else:
                gathered[node] = gathered.get(node, ZERO) + coefficient
        kept = sorted((n for n, c in gathered.items() if c != 0), key=lambda n: n.serial)
        dropped = [n for n, c in gathered.items() if c == 0]
        if not kept:
            return self.guard(self.constant(constant), *dropped)
        if len(kept) == 1 and constant == 0 and gathered[kept[0]] == 1:
            return self.guard(kept[0], *dropped)
        node = self._node("add", tuple(kept), (constant, tuple(gathered[n] for n in kept)))
        return self.guard(node, *dropped)

    def add(self, *nodes: Node) -> Node:
        return self.linear(ZERO, ((ONE, n) for n in nodes))

    def subtract(self, left: Node, right: Node) -> Node:
        return self.linear(ZERO, ((ONE, left), (-ONE, right)))

    def scale(self, coefficient: Any, node: Node) -> Node:
        return self.linear(ZERO, ((fmpq(coefficient), node),))

    def multiply(self, *nodes: Node) -> Node:
        coefficient, factors, stack = ONE, [], list(nodes)
        while stack:
            node = stack.pop()
            if node.op == "const":
                coefficient *= node.data
            elif node.op == "mul":
                stack.extend(node.args)
            elif node.op == "add" and len(node.args) == 1 and node.data[0] == 0:
                coefficient *= node.data[1][0]
                stack.append(node.args[0])
            else:
                factors.append(node)
        if coefficient == 0:
            return self.guard(self.zero, *factors)
        if len(factors) <= 1:
            return self.scale(coefficient, factors[0]) if factors else self.constant(coefficient)
        factors.sort(key=lambda n: n.serial)
        return self.scale(coefficient, self._node("mul", tuple(factors)))

    def power(self, base: Node, exponent: Node) -> Node:
        if exponent.op == "const":
            if exponent.data == 0:
                return self.guard(self.one, base)
            if exponent.data == 1:
                return base
            n = exponent.data.p
            if base.op == "const" and exponent.data.q == 1 and abs(n) < 1000 and (base.data != 0 or n > 0):
                return self.constant(base.data ** int(n))
        return self._node("pow", (base, exponent))

    def divide(self, numerator: Node, denominator: Node) -> Node:
        return self.multiply(numerator, self.power(denominator, self.constant(-1)))

    def exp(self, argument: Node) -> Node:
        return self.one if argument is self.zero else self._node("exp", (argument,))

    def log(self, argument: Node) -> Node:
        return self.zero if argument is self.one else self._node("log", (argument,))

    def maximum(self, nodes: Iterable[Node]) -> Node:
        distinct = sorted(set(nodes), key=lambda n: n.serial)
        if all(n.op == "const" for n in distinct):
            return self.constant(max(n.data for n in distinct))
        return distinct[0] if len(distinct) == 1 else self._node("max", tuple(distinct))

    def minimum(self, nodes: Iterable[Node]) -> Node:
        return self.scale(-1, self.maximum([self.scale(-1, n) for n in nodes]))

    def apply(self, key: tuple[Any, ...], orders: tuple[int, ...], args: tuple[Node, ...]) -> Node:
        """The partial derivative of the given orders of the unknown function `key`, at the arguments."""
        shown = key if not any(orders) else (*key[:-1], "real")
        return self._node("apply", args, (shown, orders))

    def piecewise(self, relations: tuple[str, ...], args: tuple[Node, ...], strict: bool) -> Node:
        """args: left, right, value for every relation, then the value of the last branch, if there is one."""
        return self._node("piecewise", args, (relations, strict))

    def guard(self, value: Node, *needed: Node) -> Node:
        """value, but undefined wherever one of the needed nodes is undefined."""
        partial = sorted({n for n in needed if not n.total}, key=lambda n: n.serial)
        return self._node("guard", (value, *partial)) if partial else value

    def rebuild(self, node: Node, args: tuple[Node, ...]) -> Node:
        """The operation of the node on other arguments."""
        op, data = node.op, node.data
        if op == "add":
            return self.linear(data[0], zip(data[1], args))
        if op == "max":
            return self.maximum(args)
        plain: dict[str, Callable[..., Node]]
        plain = {"mul": self.multiply, "pow": self.power, "exp": self.exp, "log": self.log, "guard": self.guard}
        return plain[op](*args) if op in plain else self._node(op, args, data)

    def substitute(self, node: Node, mapping: dict[Node, Node]) -> Node:
        """The node with each variable of the mapping replaced, all at the same time."""
        memo: dict[Node, Node] = dict(mapping)

        def walk(n: Node) -> Node:
            found = memo.get(n)
            if found is None:
                untouched = not n.args or n.variables.isdisjoint(mapping)
                found = memo[n] = n if untouched else self.rebuild(n, tuple(walk(a) for a in n.args))
            return found

        return walk(node)

    def derivative(self, node: Node, variable: Node) -> Node:
        """∂node/∂variable, every other variable fixed; undefined where the node is."""
        if variable not in node.variables:
            return self.zero
        if node is variable:
            return self.one
        key = (node, variable)
        if key not in self._derivatives:
            self._derivatives[key] = self._differentiate(node, variable)
        return self._derivatives[key]

    def _differentiate(self, node: Node, x: Node) -> Node:
        op, args, data = node.op, node.args, node.data
        d = [self.derivative(a, x) for a in args]
        if op == "add":
            return self.linear(ZERO, zip(data[1], d))
        if op == "mul":
            each = ((k, v) for k, v in enumerate(d) if v is not self.zero)
            return self.add(*(self.multiply(v, *args[:k], *args[k + 1 :]) for k, v in each))
        if op == "pow":
            return self._differentiate_power(node, *args, *d)
        if op == "exp":
            return self.multiply(node, d[0])
        if op == "log":
            return self.divide(d[0], args[0])
        if op == "max":
            return self._node("pick", (*args, *d), len(args))
        if op == "pick":
            return self._node("pick", (*args[:data], *d[data:]), data)
        if op == "piecewise":
            values = tuple(d[k] if k % 3 == 2 or k == 3 * len(data[0]) else a for k, a in enumerate(args))
            return self.piecewise(data[0], values, strict=True)
        if op == "guard":
            return self.guard(d[0], node)
        shown, orders = data
        raised = [tuple(o + (j == k) for j, o in enumerate(orders)) for k in range(len(args))]
        return self.add(*(self.multiply(self.apply(shown, raised[k], args), d[k]) for k in range(len(args))))

    def _differentiate_power(self, node: Node, base: Node, exponent: Node, dbase: Node, dexponent: Node) -> Node:
        lowered = self.power(base, self.linear(-ONE, ((ONE, exponent),)))
        along_base = self.multiply(exponent, lowered, dbase)
        if dexponent is self.zero:
            return along_base
        along_exponent = self.multiply(node, self.log(base), dexponent)
        return along_exponent if dbase is self.zero else self.add(along_base, along_exponent)


class Writer:
    """Writes SymPy expressions out. An environment maps symbols to int, `Tag` or `Node`, vectors to `Fresh`, `Table`.

    `real_positions` says which arguments of unknown functions are real; the others are integers or parameters.
    """

    def __init__(self, graph: Graph, real_positions: set[tuple[str, int]]) -> None:
        self.graph, self.real_positions = graph, real_positions
        self._names: dict[int, tuple[Any, tuple[Any, ...]]] = {}
        self._memo: dict[Any, Node] = {}
        self._serials: dict[Any, Fresh] = {}

    def write(self, expr: Any, env: dict[Any, Any]) -> Node:
        """The expression as a node; the environment decides every bound and every index in it."""
        key = (id(expr), *map(env.get, self._names_in(expr)))
        found = self._memo.get(key)
        if found is None:
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
            if kind in ("natural", "binary") and key[0] == "entry":
                return NeedsValue(key[1])
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
        kind = "positive" if symbol.is_positive else "nonnegative" if symbol.is_nonnegative else "real"
        return self.graph.variable(("scalar", symbol), kind)

    def entry(self, base: Any, position: tuple[int, ...], env: dict[Any, Any]) -> Node:
        """base[position] for a vector, undefined outside its range."""
        kind = "real"
        if isinstance(base, Vector):
            kind, upper = base.kind, [self.integer(s, env) for s in base.sizes]
            if len(upper) != len(position):
                raise Unsupported(f"{base} has {len(upper)} axes, but is used with {len(position)} indices")
            if not all(1 <= p <= u for p, u in zip(position, upper)):
                raise Undefined(f"{base}{list(position)} lies outside the range of {base}")
        value = env.get(base)
        if isinstance(value, Fresh):
            return self.graph.variable(("fresh", value.serial, position), kind if value.keeps_kind else "real")
        if isinstance(value, Table):
            return self.graph.constant(value.at(position))
        if kind == "onehot":
            return self.graph.constant(int(position[-1] == self.integer(base.extra, env)))
        if kind == "labels":
            raise NeedsValue(base)
        return self.graph.variable(("entry", base, position), kind)

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
        choose = self.graph.maximum if isinstance(expr, sympy.Max) else self.graph.minimum
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

    def _piecewise(self, expr: Any, env: dict[Any, Any]) -> Node:
        relations: list[str] = []
        args: list[Node] = []
        for value, condition in expr.args:
            decided = self.condition(condition, env)
            if decided is True:
                args.append(self.write(value, env))
                break
            if decided is not False:
                relations.append(decided[0])
                args += [*decided[1:], self.write(value, env)]
        if not relations:
            if not args:
                raise Undefined(f"no case of {expr} applies")
            return args[0]
        return self.graph.piecewise(tuple(relations), tuple(args), strict=False)

    def condition(self, expr: Any, env: dict[Any, Any]) -> Any:
        """True or False where sizes and indices decide it, else the relation with its two sides written out."""
        if expr in (sympy.true, sympy.false):
            return bool(expr)
        if isinstance(expr, (sympy.And, sympy.Or, sympy.Not)):
            parts = [self.condition(a, env) for a in expr.args]
            if isinstance(expr, sympy.And) and any(p is False for p in parts):
                return False
            if isinstance(expr, sympy.Or) and any(p is True for p in parts):
                return True
            if not all(isinstance(p, bool) for p in parts):
                raise Unsupported(f"{expr} combines conditions on reals, which is not read")
            return not parts[0] if isinstance(expr, sympy.Not) else isinstance(expr, sympy.And)
        symbol = SYMBOLS.get(type(expr))
        if symbol is None:
            raise Unsupported(f"{expr} is no relation that can be written out")
        tags = [env.get(a) for a in expr.args]
        if symbol in "=≠" and all(isinstance(t, Tag) for t in tags):
            return (tags[0] == tags[1]) == (symbol == "=")
        left, right = self.write(expr.lhs, env), self.write(expr.rhs, env)
        if left.op == right.op == "const":
            return related(symbol, left.data - right.data)
        return symbol, left, right

    def _derivative(self, expr: Any, env: dict[Any, Any]) -> Node:
        body = self.write(expr.expr, env)
        result = body
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
            keys = {v: v.data[0] for v in written.variables}
            mine = {v: k[2] for v, k in keys.items() if k[:2] == ("fresh", fresh.serial)}
            mapping = {v: self.vector_entry(value, position, env) for v, position in mine.items()}
        elif isinstance(base, sympy.Symbol) and not base.is_integer:
            variable = self.graph.variable(("fresh", fresh.serial, ()), "real")
            written = self.write(body, {**env, base: variable})
            mapping = {variable: self.write(value, env)}
        else:
            raise Unsupported(f"{base} is neither a vector nor a real symbol: {expr} is not read")
        return self.graph.guard(self.graph.substitute(written, mapping), *mapping.values())

    def vector_entry(self, value: Any, position: tuple[int, ...], env: dict[Any, Any]) -> Node:
        """The entry of a vector that is given by name or as a function of its index."""
        if isinstance(value, sympy.Lambda):
            return self.write(value.expr, {**env, **dict(zip(value.variables, position))})
        if isinstance(value, sympy.IndexedBase):
            return self.entry(value, position, env)
        raise Unsupported(f"{value} is used as a vector, but is neither a declared nor a defined one")

    def _functional(self, expr: Any, env: dict[Any, Any]) -> Node:
        name, upper, argument = expr.args
        count = self.integer(upper, env)
        entries = tuple(self.vector_entry(argument, (k,), env) for k in range(1, count + 1))
        return self.graph.apply((str(name), "of the vector", count, "real"), (0,) * count, entries)

    def _unknown_function(self, expr: Any, env: dict[Any, Any]) -> Node:
        name = expr.func.__name__
        kind = "positive" if expr.is_positive else "nonnegative" if expr.is_nonnegative else "real"
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
            return self.graph.variable(("value", name, tuple(discrete)), kind)
        return self.graph.apply((name, tuple(discrete), kind), (0,) * len(reals), tuple(reals))


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
    sympy.Min: Writer._extremum,
    sympy.Abs: Writer._abs,
    sympy.factorial: Writer._factorial,
    sympy.binomial: Writer._factorial,
    sympy.Piecewise: Writer._piecewise,
    sympy.Derivative: Writer._derivative,
    At: Writer._at,
    FunctionalValue: Writer._functional,
}


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Arb computes with this many bits inside, and as before afterwards."""
    before, flint.ctx.prec = flint.ctx.prec, bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def sign(value: Any) -> int:
    """−1, 0 or 1, rigorously; `Undecided` if the ball contains 0 and more."""
    if value > 0:
        return 1
    if value < 0:
        return -1
    if isinstance(value, fmpq) or value.is_zero():
        return 0
    raise Undecided


def related(symbol: str, difference: Any) -> bool:
    """Whether left − right, of which the sign is known, satisfies the relation."""
    s = sign(difference)
    return {"=": s == 0, "≠": s != 0, "≤": s <= 0, "<": s < 0, "≥": s >= 0, ">": s > 0}[symbol]


def times(values: Iterable[Any], start: Any) -> Any:
    """The product of the values and the start."""
    for value in values:
        start = start * value
    return start


class Evaluator:
    """Values of nodes at one point: `fmpq` where exact, else `arb` at the precision in force.

    `value_of` gives the value of a variable, `polynomial_of(key, arity)` the polynomial that stands for an unknown
    function, `assigned` the variables that are defined by another node.
    """

    def __init__(
        self,
        value_of: Callable[[Node], Any],
        polynomial_of: Callable[[tuple[Any, ...], int], dict[tuple[int, ...], Any]],
        assigned: dict[Node, Node],
    ) -> None:
        self._value_of, self._polynomial_of, self._assigned = value_of, polynomial_of, assigned
        self._memo: dict[Node, Any] = {}

    def value(self, node: Node) -> Any:
        found = self._memo.get(node)
        if found is None:
            found = self._memo[node] = self._evaluate(node)
        return found

    def _evaluate(self, node: Node) -> Any:
        op = node.op
        if op == "const":
            return node.data
        if op == "var":
            definition = self._assigned.get(node)
            return self._value_of(node) if definition is None else self.value(definition)
        if op == "piecewise":
            return self._choose(node)
        if op == "pi":
            return arb.pi()
        values = [self.value(a) for a in node.args]
        if op == "add":
            constant, coefficients = node.data
            return reduce(lambda s, t: s + t[0] * t[1], zip(coefficients, values), constant)
        if op == "mul":
            exact = times((v for v in values if isinstance(v, fmpq)), ONE)
            return exact if exact == 0 else times((v for v in values if isinstance(v, arb)), exact)
        if op == "pow":
            return power(*values)
        if op == "exp":
            return ONE if isinstance(values[0], fmpq) and values[0] == 0 else arb(values[0]).exp()
        if op == "log":
            if sign(values[0]) <= 0:
                raise Undefined("log of a number that is not positive")
            return ZERO if isinstance(values[0], fmpq) and values[0] == 1 else arb(values[0]).log()
        if op == "max":
            rational = all(isinstance(v, fmpq) for v in values)
            return max(values) if rational else reduce(lambda s, t: s.max(t), map(arb, values))
        if op == "pick":
            return values[node.data + strict_maximum(values[: node.data])]
        if op == "apply":
            return self._unknown(node, values)
        return values[0]

    def _choose(self, node: Node) -> Any:
        relations, strict = node.data
        for k, symbol in enumerate(relations):
            difference = self.value(node.args[3 * k]) - self.value(node.args[3 * k + 1])
            if strict and sign(difference) == 0:
                raise Undefined("a derivative at the border between two cases")
            if related(symbol, difference):
                return self.value(node.args[3 * k + 2])
        if len(node.args) == 3 * len(relations):
            raise Undefined("no case applies")
        return self.value(node.args[-1])

    def _unknown(self, node: Node, values: list[Any]) -> Any:
        key, orders = node.data
        result: Any = ZERO
        for exponents, coefficient in self._polynomial_of(key[:-1], len(values)).items():
            if all(e >= o for e, o in zip(exponents, orders)):
                factors = (math.perm(e, o) * v ** (e - o) for e, o, v in zip(exponents, orders, values))
                result += times(factors, coefficient)
        return result


def strict_maximum(values: list[Any]) -> int:
    """The position of the one largest value; undefined for a tie, where a maximum has no derivative."""
    best = 0
    for k in range(1, len(values)):
        if sign(values[k] - values[best]) > 0:
            best = k
    if any(k != best and sign(values[best] - v) == 0 for k, v in enumerate(values)):
        raise Undefined("the derivative of a maximum at a tie")
    return best


def power(base: Any, exponent: Any) -> Any:
    """base^exponent over the reals: 0⁰ = 1, 0^y = 0 for y > 0, and a negative base has integer exponents only."""
    if isinstance(exponent, fmpq) and exponent.q == 1:
        n = int(exponent.p)
        if abs(n) > 10_000:
            raise Undecided
        if n < 0 and sign(base) == 0:
            raise Undefined("division by zero")
        return ONE if n == 0 else base**n
    side = sign(base)
    if side < 0:
        raise Undefined("a negative number to a power that is no integer")
    if side == 0:
        if sign(exponent) > 0:
            return ZERO
        raise Undefined("zero to a power that is not positive")
    if isinstance(base, fmpq) and isinstance(exponent, fmpq):
        roots = [fmpz(part).root(int(exponent.q)) for part in (base.p, base.q)]
        if all(r ** int(exponent.q) == part for r, part in zip(roots, (base.p, base.q))):
            return fmpq(*roots) ** int(exponent.p)
    return (arb(exponent) * arb(base).log()).exp()


class CantTell(Exception):
    """The zero test does not cover this expression."""


class _Finer(Exception):
    """The exponents need a larger common denominator."""


class ZeroTest:
    """Maps nodes to quotients of integer polynomials in variables, exponentials and logarithms.

    exp(a + b) = exp a · exp b, and log |a b| = log |a| + log |b| over irreducible factors; log x is defined for x > 0
    only, so log |x| is the same there. What is equal here is equal wherever both sides are defined; the converse is
    not claimed.
    """

    def __init__(self, deadline: float = math.inf, generators: int = 48) -> None:
        self._deadline, self._fineness = deadline, 1
        self._context = flint.fmpz_mpoly_ctx.get([f"g{k}" for k in range(generators)], "lex")
        self._generators = self._context.gens()
        self._reset()

    def _reset(self) -> None:
        self._keys: dict[Any, int] = {}
        self._meaning: list[tuple[str, Any, bool]] = []
        self._memo: dict[Node, tuple[Any, Any]] = {}

    def equal(self, left: Node, right: Node) -> bool:
        """Whether the nodes are the same function wherever both are defined; False means not shown."""
        for _ in range(4):
            try:
                (a, b), (c, d) = self._fraction(left), self._fraction(right)
                return bool(a * d == c * b)
            except _Finer:
                self._reset()
        raise CantTell

    def _constant(self, value: Any) -> Any:
        return self._context.constant(int(value))

    def _generator(self, kind: str, key: Any, meaning: Any, positive: bool) -> Any:
        place = self._keys.setdefault((kind, key), len(self._keys))
        if place == len(self._meaning):
            if place == len(self._generators):
                raise CantTell
            self._meaning.append((kind, meaning, positive))
        return self._generators[place]

    def _reduced(self, top: Any, bottom: Any) -> tuple[Any, Any]:
        if bottom == 0:
            raise CantTell
        common = top.gcd(bottom)
        if common != 1:
            top, bottom = top / common, bottom / common
        return (-top, -bottom) if bottom.leading_coefficient() < 0 else (top, bottom)

    def _sum(self, fractions: Iterable[tuple[Any, Any]]) -> tuple[Any, Any]:
        top, bottom = self._constant(0), self._constant(1)
        for a, b in fractions:
            shared = bottom.gcd(b)
            top, bottom = self._reduced(top * (b / shared) + a * (bottom / shared), bottom * (b / shared))
        return top, bottom

    def _times(self, x: tuple[Any, Any], y: tuple[Any, Any]) -> tuple[Any, Any]:
        return self._reduced(x[0] * y[0], x[1] * y[1])

    def _rational(self, value: Any) -> tuple[Any, Any]:
        return self._constant(value.p), self._constant(value.q)

    def _fraction(self, node: Node) -> tuple[Any, Any]:
        found = self._memo.get(node)
        if found is None:
            if time.monotonic() > self._deadline:
                raise CantTell
            found = self._memo[node] = self._convert(node)
        return found

    def _convert(self, node: Node) -> tuple[Any, Any]:
        op, args, data, one = node.op, node.args, node.data, self._constant(1)
        if op == "const":
            return self._rational(data)
        if op in ("var", "pi"):
            return self._generator(op, node, None, node.positive), one
        if op == "guard":
            return self._fraction(args[0])
        if op == "pow":
            return self._power(*args)
        parts = [self._fraction(a) for a in args]
        if op == "add":
            scaled = [self._times(self._rational(c), f) for c, f in zip(data[1], parts)]
            return self._sum([self._rational(data[0]), *scaled])
        if op == "mul":
            return reduce(self._times, parts, (one, one))
        if op == "exp":
            return self._exp(*parts[0])
        if op == "log":
            return self._log(*parts[0])
        key = [f"{a}/{b}" for a, b in parts]
        return self._generator(op, (data, tuple(sorted(set(key)) if op == "max" else key)), None, node.positive), one

    def _power(self, base: Node, exponent: Node) -> tuple[Any, Any]:
        top, bottom = self._fraction(base)
        if exponent.op == "const" and exponent.data.q == 1:
            n = int(exponent.data.p)
            if abs(n) > 200:
                raise CantTell
            return (top**n, bottom**n) if n > 0 else self._reduced(bottom**-n, top**-n)
        if exponent.op != "const" and not (base.positive or (self._is_positive(top) and self._is_positive(bottom))):
            raise CantTell
        return self._exp(*self._times(self._fraction(exponent), self._log(top, bottom)))

    def _log(self, top: Any, bottom: Any) -> tuple[Any, Any]:
        if top == 0:
            raise CantTell
        terms = []
        for polynomial, side in ((top, 1), (bottom, -1)):
            content, factors = polynomial.factor()
            primes = [(p, k) for p, k in fmpz(abs(int(content))).factor()]
            for factor, count in [*factors, *primes]:
                value, denominator = self._log_of_irreducible(factor)
                terms.append(self._reduced(value * int(count) * side, denominator))
        return self._sum(terms)

    def _log_of_irreducible(self, factor: Any) -> tuple[Any, Any]:
        text = str(factor)
        if text.startswith("g") and text[1:].isdigit():
            kind, meaning, _ = self._meaning[int(text[1:])]
            if kind == "exp":
                return meaning[0], meaning[1]
        return self._generator("log", text, factor, False), self._constant(1)

    def _exp(self, top: Any, bottom: Any) -> tuple[Any, Any]:
        if not bottom.is_constant():
            return self._generator("exp", f"{top}/{bottom}", (top, bottom), True), self._constant(1)
        result = self._constant(1), self._constant(1)
        for exponents, coefficient in top.terms():
            factor = self._exp_of_term(exponents, fmpq(coefficient) / fmpq(bottom.leading_coefficient()))
            result = self._times(result, factor)
        return result

    def _exp_of_term(self, exponents: tuple[int, ...], coefficient: Any) -> tuple[Any, Any]:
        """exp(coefficient · monomial), where a multiple of a logarithm becomes a power."""
        if coefficient.q == 1 and sum(exponents) == 1:
            kind, meaning, _ = self._meaning[list(exponents).index(1)]
            if kind == "log" and (coefficient.p % 2 == 0 or self._is_positive(meaning)):
                base = self._constant(meaning) if isinstance(meaning, fmpz) else meaning
                return self._signed_power(base, int(coefficient.p))
        times = coefficient * self._fineness
        if times.q != 1:
            self._fineness *= int(times.q)
            raise _Finer
        monomial = self._context.from_dict({tuple(exponents): 1})
        meaning = self._reduced(monomial, self._constant(self._fineness))
        return self._signed_power(self._generator("exp", tuple(exponents), meaning, True), int(times.p))

    def _signed_power(self, base: Any, n: int) -> tuple[Any, Any]:
        one = self._constant(1)
        return (base**n, one) if n >= 0 else (one, base**-n)

    def _is_positive(self, polynomial: Any) -> bool:
        """Positive coefficients in positive generators only."""
        if isinstance(polynomial, fmpz):
            return polynomial > 0
        terms = list(polynomial.terms())
        used = {k for exponents, _ in terms for k, e in enumerate(exponents) if e}
        return all(c > 0 for _, c in terms) and all(self._meaning[k][2] for k in used)
