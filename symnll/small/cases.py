"""The statement at concrete sizes and indices, and what the hypotheses then demand of the values."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy

from symnll.language import ForAll, Index, Parameter, Vector
from symnll.small.choices import SYMBOLS
from symnll.small.effort import Effort
from symnll.small.graph import Graph, Node
from symnll.small.names import Problem
from symnll.small.sample import Point
from symnll.small.values import Undefined
from symnll.small.writer import Table, Tag, Unsupported, Writer

TAGS = tuple(Tag(k) for k in range(3))
MOST_CHOICES = 1000
MOST_SIZES = 6
SECONDS = 0.05  # for an equation that may say nothing
SOLVABLE = ("real", "positive", "nonnegative", "natural")

Demand = tuple[str, Node, Node]


@dataclass
class Case:
    """Both sides written out at one choice of discrete values; `conditions` are the demands that were not solved.

    `assigned` has the variables that the hypotheses define, and `definitions` the same if no division by a variable
    was needed for it. `scored` are the objectives of sets of maximisers that were evaluated; `bounds` the intervals
    that conditions of the form x < number demand of variables.
    """

    env: dict[Any, Any]
    symbol: str
    left: Node
    right: Node
    conditions: list[Demand]
    assigned: dict[Node, Node]
    definitions: dict[Node, Node]
    scored: list[Node] = field(default_factory=list)
    bounds: dict[Node, tuple[Any, Any]] = field(default_factory=dict)


class Cases:
    """A statement with its hypotheses, and every case of it that was written out."""

    def __init__(self, statement: Any, given: Sequence[Any]) -> None:
        self.problem = Problem(statement, given)
        self.graph = Graph()
        self.writer = Writer(self.graph, self.problem.real_positions)
        self.writer.single_values = self.problem.single_values
        self.tabled = [v for v in self.problem.vectors if isinstance(v, Vector) and v.kind == "labels"]
        self._cases: dict[Any, Case | None] = {}
        self._choices: dict[Any, list[dict[Any, Any]]] = {}

    def sizes(self) -> list[dict[Any, int]]:
        """Sizes to try, smallest first, among those that the hypotheses on sizes alone allow."""
        symbols = self.problem.sizes
        starts = [1 if s.is_positive else 0 if s.is_nonnegative else -1 for s in symbols]
        for largest in (3, 6) if len(symbols) < 4 else (3,):
            ranges = [range(start, largest + 1) for start in starts]
            tuples = sorted(itertools.product(*ranges), key=lambda t: (sum(map(abs, t)), max(map(abs, t), default=0)))
            allowed = [t for t in tuples if self._allowed(dict(zip(symbols, t, strict=True)))]
            near = [t for t in allowed if max(t, default=0) - min(t, default=0) <= 1] or allowed
            if near:
                return [dict(zip(symbols, t, strict=True)) for t in near[:MOST_SIZES]]
        raise Unsupported("no sizes up to 6 satisfy the hypotheses")

    def _allowed(self, sizes: dict[Any, int]) -> bool:
        for hypothesis in self.problem.given:
            on_sizes = type(hypothesis) in SYMBOLS and hypothesis.free_symbols <= sizes.keys()
            try:
                if on_sizes and self.writer.condition(hypothesis, sizes) is False:
                    return False
            except Undefined:
                return False
        return True

    def choices(self, sizes: dict[Any, int]) -> list[dict[Any, Any]]:
        """Values of indices, integers and parameters at these sizes; the typical ones first: (1, 1), (1, 2), …"""
        key = tuple(sizes.values())
        if key not in self._choices:
            found: list[dict[Any, Any]] = [dict(sizes)]
            for symbol in sorted(self.problem.discrete, key=_depth):
                found = [{**env, symbol: v} for env in found for v in self.range_of(symbol, env)][:MOST_CHOICES]
            self._choices[key] = sorted(found, key=lambda env: _rank([env[n] for n in self.problem.discrete]))
        return self._choices[key]

    def range_of(self, symbol: Any, env: dict[Any, Any]) -> Sequence[Any]:
        """The values to try for a discrete symbol."""
        if isinstance(symbol, Parameter):
            return TAGS
        if isinstance(symbol, Index):
            try:
                return range(self.writer.integer(symbol.lower, env), self.writer.integer(symbol.upper, env) + 1)
            except Undefined:
                return ()
        start = 1 if symbol.is_positive else 0 if symbol.is_nonnegative else -2
        return sorted(range(start, 4), key=lambda v: (abs(v), v < 0))

    def positions(self, base: Vector, env: dict[Any, Any]) -> tuple[tuple[int, ...], ...]:
        """The indices of every entry of a vector."""
        return tuple(itertools.product(*(range(1, n + 1) for n in self.writer.shape(base, env))))

    def tables(self, env: dict[Any, Any], point: Point) -> dict[Any, Table]:
        """Concrete entries for labels, and for integer vectors that are used as an index or a count."""
        result = {}
        for base in self.tabled:
            positions = self.positions(base, env)
            if base.kind == "labels":
                classes = self.writer.integer(base.extra, env)
                values = [point.label(place, classes) for place in range(len(positions))]
            else:
                values = [int(point.value(self.writer.entry(base, position, env)).p) for position in positions]
            result[base] = Table(positions, tuple(values))
        return result

    def case(self, env: dict[Any, Any]) -> Case | None:
        """The statement at one choice of all discrete values; None if the hypotheses exclude the choice."""
        key = tuple(env.values())
        if key not in self._cases:
            self._cases[key] = self._write(env)
        return self._cases[key]

    def _write(self, env: dict[Any, Any]) -> Case | None:
        demands: list[Demand] = []
        if not all(self.demand(hypothesis, env, demands) for hypothesis in self.problem.given):
            return None
        assigned, conditions, by_numbers = solve(self.graph, demands)
        left = right = self.graph.zero
        if not self.problem.is_argmax:
            left, right = (self.writer.write(side, env) for side in self.problem.statement.args)
        symbol = SYMBOLS[type(self.problem.statement)]
        definitions = assigned if by_numbers else {}
        return Case(env, symbol, left, right, conditions, assigned, definitions, bounds=_bounds(conditions))

    def demand(self, hypothesis: Any, env: dict[Any, Any], into: list[Demand]) -> bool:
        """Add what the hypothesis demands of real values; False if the discrete values contradict it."""
        if isinstance(hypothesis, sympy.And):
            return all(self.demand(part, env, into) for part in hypothesis.args)
        if isinstance(hypothesis, ForAll):
            envs = [env]
            for variable in hypothesis.args[1:]:
                if not isinstance(variable, (Index, Parameter)):
                    about = f"the hypothesis {hypothesis}, which is about every {variable}"
                    raise Unsupported(f"no sample satisfies {about}")
                envs = [{**e, variable: v} for e in envs for v in self.range_of(variable, e)]
            return all(self.demand(hypothesis.args[0], e, into) for e in envs)
        decided = self.writer.condition(hypothesis, env)
        if not isinstance(decided, bool) and len(decided) != 3:
            raise Unsupported(f"{hypothesis} combines conditions on reals, which is not read")
        if not isinstance(decided, bool):
            into.append(decided)
        return decided is not False


def _bounds(conditions: Iterable[Demand]) -> dict[Node, tuple[Any, Any]]:
    """The largest lower and the smallest upper number that each variable is compared with."""
    found: dict[Node, tuple[Any, Any]] = {}
    for symbol, left, right in conditions:
        if right.op == "var":
            symbol, left, right = {"<": ">", "≤": "≥", ">": "<", "≥": "≤"}.get(symbol, symbol), right, left
        if left.op != "var" or right.op != "const" or symbol not in "<≤>≥" or left.data[1] in ("natural", "binary"):
            continue
        zero = right.data * 0 if left.nonnegative else None
        low, high = found.get(left, (zero, None))
        if symbol in "<≤":
            high = right.data if high is None else min(high, right.data)
        else:
            low = right.data if low is None else max(low, right.data)
        found[left] = low, high
    return found


def _depth(symbol: Any) -> int:
    """0, or more than the depth of every index that the bounds of this one use."""
    if not isinstance(symbol, Index):
        return 0
    return 1 + max((_depth(s) for s in symbol.lower.free_symbols | symbol.upper.free_symbols), default=0)


def _rank(values: list[Any]) -> tuple[bool, list[int]]:
    """Sorts choices in which every new value is the next one, such as (1, 1, 2), to the front."""
    numbers = [v.number + 1 if isinstance(v, Tag) else v for v in values]
    highest, canonical = 0, True
    for n in numbers:
        canonical = canonical and n <= highest + 1
        highest = max(highest, n)
    return not canonical, numbers


def solve(
    graph: Graph, demands: Iterable[Demand], free: Callable[[Node], bool] = lambda _: True
) -> tuple[dict[Node, Node], list[Demand], bool]:
    """Solve each equation for a free variable that it is affine in.

    Returns the definitions, the demands that are left, and whether every division was by a nonzero number.
    """
    assigned: dict[Node, Node] = {}
    left_over: list[Demand] = []
    by_numbers = True
    for demand in demands:
        symbol, left, right = demand
        if symbol != "=":
            left_over.append(demand)
            continue
        equation = graph.substitute(graph.subtract(left, right), assigned)
        best = _affine_variable(graph, equation, free)
        if best is None:
            if _vanishes(equation, graph):
                equation = graph.guard(graph.zero, equation)  # it only has to be defined
            left_over.append(("=", equation, graph.zero))
            continue
        variable, slope = best
        by_numbers = by_numbers and slope.op == "const"
        rest = graph.substitute(equation, {variable: graph.zero})
        definition = graph.scale(-1, graph.divide(rest, slope))
        assigned = {v: graph.substitute(d, {variable: definition}) for v, d in assigned.items()}
        assigned[variable] = definition
    return assigned, left_over, by_numbers


def _vanishes(equation: Node, graph: Graph) -> bool:
    """Whether an equation that is left says nothing: by exact algebra, it is 0 wherever it is defined."""
    from symnll.small.formal import CantTell, ZeroTest

    try:
        return ZeroTest(Effort(SECONDS)).equal(equation, graph.zero)
    except CantTell:
        return False


def _affine_variable(graph: Graph, equation: Node, free: Callable[[Node], bool]) -> tuple[Node, Node] | None:
    """The variable to solve for: a numeric slope first, then a scalar, then a real one, then the last entry."""
    found = []
    for variable in equation.variables:
        key, kind = variable.data
        if kind in SOLVABLE and free(variable):
            slope = graph.derivative(equation, variable)
            if slope is not graph.zero and variable not in slope.variables:
                rank = (slope.op == "const", key.sort == "scalar", -SOLVABLE.index(kind), variable.serial)
                found.append((rank, variable, slope))
    return max(found, key=lambda f: f[0])[1:] if found else None
