"""The value of a graph at one point: exact as long as that is possible, and in ball arithmetic afterwards."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

from flint import arb, fmpq

from symnll.small.effort import spend
from symnll.small.graph import Node, Unknown
from symnll.small.values import ONE, ZERO, Undefined, power, related, sign, strict_maximum


class Evaluator:
    """Values of nodes at one point: `fmpq` where exact, else `arb` at the precision in force.

    `value_of` gives the value of a variable, `polynomial_of` the polynomial that stands for an unknown function, and
    `assigned` has the variables that are defined by another node.
    """

    def __init__(
        self,
        value_of: Callable[[Node], Any],
        polynomial_of: Callable[[Unknown], dict[tuple[int, ...], Any]],
        assigned: dict[Node, Node],
    ) -> None:
        self._value_of, self._polynomial_of, self._assigned = value_of, polynomial_of, assigned
        self._memo: dict[Node, Any] = {}

    def value(self, node: Node) -> Any:
        found = self._memo.get(node)
        if found is None:
            spend(1 + len(node.args))
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
            return sum((c * v for c, v in zip(coefficients, values, strict=True)), constant)
        if op == "mul":
            exact = math.prod((v for v in values if isinstance(v, fmpq)), start=ONE)
            return exact if exact == 0 else math.prod((v for v in values if isinstance(v, arb)), start=exact)
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
            return max(values) if rational else reduce(arb.max, map(arb, values))
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
        function, orders = node.data
        result: Any = ZERO
        for exponents, coefficient in self._polynomial_of(function).items():
            each = list(zip(exponents, orders, values, strict=True))
            if all(e >= o for e, o, _ in each):
                result += math.prod((math.perm(e, o) * v ** (e - o) for e, o, v in each), start=coefficient)
        return result
