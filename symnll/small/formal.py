"""For all values at once: whether two graphs are the same function, by exact algebra."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any

import flint
from flint import fmpq, fmpz

from symnll.language import Index, Parameter
from symnll.small.cases import MOST_CHOICES, TAGS, Case, Cases
from symnll.small.choices import SYMBOLS
from symnll.small.effort import Effort, spend
from symnll.small.graph import Key, Node
from symnll.small.values import Undefined
from symnll.small.writer import NeedsValue, Table, Unsupported

GENERATORS = 48
MOST_LABELLINGS = 81


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

    def __init__(self, effort: Effort | None = None) -> None:
        self._effort, self._fineness = effort or Effort(math.inf), 1
        self._context = flint.fmpz_mpoly_ctx.get([f"g{k}" for k in range(GENERATORS)], "lex")
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
            if self._effort.over():
                raise CantTell
            found = self._memo[node] = self._convert(node)
            spend(10 + len(found[0]) + len(found[1]))
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
            scaled = [self._times(self._rational(c), f) for c, f in zip(data[1], parts, strict=True)]
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
            primes = fmpz(abs(int(content))).factor()
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


def holds_for_all_values(cases: Cases, sizes: dict[Any, int], effort: Effort) -> bool:
    """Whether the equality is shown at these sizes for all values of everything else, by exact algebra."""
    problem = cases.problem
    parameters = [s for s in problem.discrete if isinstance(s, Parameter)]
    integers = [s for s in problem.discrete if not isinstance(s, (Index, Parameter))]
    if integers or problem.is_argmax or SYMBOLS[type(problem.statement)] != "=" or len(parameters) > len(TAGS):
        return False
    test, shown = ZeroTest(effort), False
    try:
        if len(cases.choices(sizes)) >= MOST_CHOICES:
            return False
        for env in _all_choices(cases, sizes):
            case = cases.case(env)
            if case is not None:
                if not test.equal(*_independent(cases, case)):
                    return False
                shown = True
    except (CantTell, Undefined, NeedsValue, Unsupported):
        return False
    return shown


def _all_choices(cases: Cases, sizes: dict[Any, int]) -> Iterator[dict[Any, Any]]:
    """Every choice of indices, parameters and labels."""
    for env in cases.choices(sizes):
        tables = []
        for base in cases.tabled:
            if base.kind != "labels":
                raise CantTell
            positions = cases.positions(base, env)
            classes = range(1, cases.writer.integer(base.extra, env) + 1)
            if len(classes) ** len(positions) > MOST_LABELLINGS:
                raise CantTell
            labellings = itertools.product(classes, repeat=len(positions))
            tables.append([(base, Table(positions, values)) for values in labellings])
        for chosen in itertools.product(*tables):
            yield {**env, **dict(chosen)}


def _independent(cases: Cases, case: Case) -> list[Node]:
    """Both sides in variables that may get any value of their kind.

    Entries of a simplex vector are positive weights over their sum; what the hypotheses define is replaced.
    """
    graph, mapping = cases.graph, {}
    for node in case.left.variables | case.right.variables:
        key, kind = node.data
        if kind == "simplex":
            *front, last = key.place
            row = [Key("weight", key.owner, (*front, k)) for k in range(1, key.row + 1)]
            weights = [graph.variable(weight, "positive") for weight in row]
            mapping[node] = graph.divide(weights[last - 1], graph.add(*weights))
    mapping.update({v: graph.substitute(d, mapping) for v, d in case.definitions.items()})
    return [graph.substitute(side, mapping) for side in (case.left, case.right)]
