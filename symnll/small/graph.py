"""A graph of scalar operations, hash-consed so that equal ones are one object, and its differentiation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from flint import fmpq

from symnll.small.effort import spend
from symnll.small.values import ONE, ZERO


class Key(NamedTuple):
    """What a variable stands for: a scalar, a weight of a simplex, an entry of a vector or the value of a function.

    `place` holds the indices, or the arguments; `row` the length of the last axis.
    """

    sort: str
    owner: Any
    place: tuple[Any, ...] = ()
    row: int = 0


class Unknown(NamedTuple):
    """An unknown smooth function of `arity` reals; `fixed` has the other arguments, and None in place of the reals."""

    name: str
    fixed: tuple[Any, ...]
    arity: int
    kind: str


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
        kind = data[1] if op == "var" else "real" if any(data[1]) else data[0].kind
        return kind in ("positive", "simplex"), kind != "real"
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
            spend(3)
            found = self._nodes[key] = Node(op, args, data, len(self._nodes))
        return found

    def constant(self, value: Any) -> Node:
        return self._node("const", (), fmpq(value))

    def variable(self, key: Key, kind: str) -> Node:
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
                for inner, arg in zip(node.data[1], node.args, strict=True):
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

    def apply(self, function: Unknown, orders: tuple[int, ...], args: tuple[Node, ...]) -> Node:
        """The partial derivative of the given orders of the unknown function, at the arguments."""
        return self._node("apply", args, (function, orders))

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
            return self.linear(data[0], zip(data[1], args, strict=True))
        if op == "max":
            return self.maximum(args)
        plain: dict[str, Callable[..., Node]]
        plain = {"mul": self.multiply, "pow": self.power, "exp": self.exp, "log": self.log, "guard": self.guard}
        return plain[op](*args) if op in plain else self._node(op, args, data)

    def substitute(self, node: Node, mapping: dict[Node, Node]) -> Node:
        """The node with each variable of the mapping replaced, all at the same time."""
        if node.variables.isdisjoint(mapping):
            return node
        memo = dict(mapping)

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
            return self.linear(ZERO, zip(data[1], d, strict=True))
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
            is_value = [k % 3 == 2 or k == 3 * len(data[0]) for k in range(len(args))]
            values = tuple(v if chosen else a for a, v, chosen in zip(args, d, is_value, strict=True))
            return self.piecewise(data[0], values, strict=True)
        if op == "guard":
            return self.guard(d[0], node)
        function, orders = data
        raised = [tuple(o + (j == k) for j, o in enumerate(orders)) for k in range(len(args))]
        return self.add(*(self.multiply(self.apply(function, r, args), v) for r, v in zip(raised, d, strict=True)))

    def _differentiate_power(self, node: Node, base: Node, exponent: Node, dbase: Node, dexponent: Node) -> Node:
        lowered = self.power(base, self.linear(-ONE, ((ONE, exponent),)))
        along_base = self.multiply(exponent, lowered, dbase)
        if dexponent is self.zero:
            return along_base
        along_exponent = self.multiply(node, self.log(base), dexponent)
        return along_exponent if dbase is self.zero else self.add(along_base, along_exponent)
