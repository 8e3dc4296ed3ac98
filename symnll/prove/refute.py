"""Small sizes and random points: is a statement refuted, or do its two sides agree wherever they are tried?

`examine` writes the statement out at sizes such as K = 1, 2, 3, finds values that satisfy the hypotheses, simplest
first, and compares the sides exactly or in ball arithmetic. A `Witness` is rigorous. `formally_equal` decides an
equality at given sizes for all real values at once. Nothing here uses the trusted core or the prover.
"""

from __future__ import annotations

import itertools
import math
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy
from flint import arb, fmpq
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import AppliedUndef

from symnll.language import ArgMax, ArgMin, At, ForAll, FunctionalValue, Index, Parameter, Vector
from symnll.prove.written_out import (
    SYMBOLS,
    CantTell,
    Evaluator,
    Fresh,
    Graph,
    NeedsValue,
    Node,
    Table,
    Tag,
    Undecided,
    Undefined,
    Unsupported,
    Writer,
    ZeroTest,
    precision,
    related,
    sign,
)

PRECISIONS = (256, 1024)
TINY = fmpq(1, 2**150)
TAGS = tuple(Tag(k) for k in range(3))
SOLVABLE = ("real", "positive", "nonnegative", "natural")
LEVELS = (0, 1, 3, 2, 3, 2, 3)  # how values are drawn, round by round: see `Point`
INDEX_CHOICES = 9
MOST_CHOICES = 1000


@dataclass(frozen=True)
class Witness:
    """A rigorous counterexample: sizes and exact values at which the relation is false."""

    sizes: dict[str, int]
    values: dict[str, object]
    relation: str
    lhs: str
    rhs: str
    exact: bool

    def __str__(self) -> str:
        shown = [f"{name} = {_text(value)}" for name, value in (*self.sizes.items(), *self.values.items())]
        return f"{', '.join(shown) or 'in every case'}: left {self.lhs}, right {self.rhs}"


@dataclass(frozen=True)
class Agreement:
    """The relation holds at every point tried. `formal`: the sizes at which it holds for all real values."""

    points: int
    sizes: list[dict[str, int]]
    exact: bool
    formal: list[dict[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class NotChecked:
    """No point could be evaluated, and why."""

    reason: str


def examine(
    statement: Any, given: Sequence[Any] = (), *, seed: int = 0, points: int = 12, budget: float = 0.1
) -> Witness | Agreement | NotChecked:
    """Look for a counterexample at small sizes; the same arguments give the same answer.

    About `points` assignments of values are tried, each at several values of the indices. After `budget` seconds no
    new one is started, except that the smallest two sizes are always tried.
    """
    try:
        return _Examination(statement, given, seed, points, budget).run()
    except (Unsupported, NeedsValue) as problem:
        return NotChecked(f"{problem}.")


def formally_equal(
    statement: Any, given: Sequence[Any] = (), sizes: dict[Any, int] | None = None, *, budget: float = 1.0
) -> bool | None:
    """Whether an equality holds at these sizes for all index values and all real values that satisfy the hypotheses.

    True is shown by exact algebra over the rationals, with at least one point at which both sides are defined; False
    means that a counterexample was found at these sizes, and None that neither was possible. `sizes` maps every size
    symbol, or its name, to a number.
    """
    try:
        examination = _Examination(statement, given, 0, 6, budget)
        by_name = {str(name): value for name, value in (sizes or {}).items()}
        chosen = {s: by_name[str(s)] for s in examination.problem.sizes}
        examination.size_choices = [chosen]
        shown, tried = examination.formal(chosen), examination.run()
        if isinstance(tried, Witness):
            return False
        return True if shown and isinstance(tried, Agreement) else None
    except (Unsupported, NeedsValue, KeyError):
        return None


def holds_when(statement: Any, given: Sequence[Any], candidates: Iterable[Any], **options: Any) -> list[Any]:
    """The candidates that, added to the hypotheses, leave no counterexample and at least one agreeing point."""
    return [c for c in candidates if isinstance(examine(statement, (*given, c), **options), Agreement)]


def _text(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"({', '.join(map(_text, value))})"
    return str(value)


# ---------------------------------------------------------------------------------------------- what is to be chosen


@dataclass
class _Names:
    """The free names of expressions, in order of appearance."""

    free: dict[Any, None] = field(default_factory=dict)
    sizes: dict[Any, None] = field(default_factory=dict)
    real_positions: set[tuple[str, int]] = field(default_factory=set)
    smooth: set[str] = field(default_factory=set)

    def scan(self, expr: Any, bound: frozenset[Any] = frozenset()) -> None:
        """Collect the free names of the expression; a bound name hides a free one only inside its binder."""
        if isinstance(expr, sympy.Symbol):
            self._symbol(expr, bound)
        elif isinstance(expr, sympy.IndexedBase):
            if expr not in bound:
                self.free.setdefault(expr)
            if isinstance(expr, Vector):
                self._bounds((*expr.sizes, *((expr.extra,) if expr.kind == "labels" else ())), bound)
                self.scan(expr.extra, bound)
        elif isinstance(expr, (ExprWithLimits, sympy.Lambda, ForAll, At, ArgMax)):
            self._binder(expr, bound)
        else:
            if isinstance(expr, FunctionalValue):
                self._bounds(expr.args[1:2], bound)
                self.smooth.add(str(expr.args[0]))
            if isinstance(expr, AppliedUndef):
                self._function(expr)
            for arg in expr.args:
                self.scan(arg, bound)

    def _symbol(self, symbol: Any, bound: frozenset[Any]) -> None:
        if symbol not in bound and symbol not in self.free:
            if isinstance(symbol, Index):
                self._bounds((symbol.lower, symbol.upper), bound)
            self.free.setdefault(symbol)

    def _bounds(self, bounds: Iterable[Any], bound: frozenset[Any]) -> None:
        for expr in bounds:
            self.scan(expr, bound)
            inside = (s for s in expr.free_symbols if isinstance(s, sympy.Symbol) and s.is_integer)
            self.sizes.update(dict.fromkeys(s for s in inside if s not in bound and not isinstance(s, Index)))

    def _binder(self, expr: Any, bound: frozenset[Any]) -> None:
        if isinstance(expr, ExprWithLimits):
            for variable, *bounds in reversed(expr.limits):
                self._bounds(bounds, bound)
                bound = bound | {variable}
            self.scan(expr.function, bound)
        elif isinstance(expr, sympy.Lambda):
            self.scan(expr.expr, bound.union(expr.variables))
        elif isinstance(expr, At):
            self.scan(expr.args[0], bound | {expr.args[1]})
            self.scan(expr.args[2], bound)
        else:
            variables = expr.args[1:] if isinstance(expr, ForAll) else expr.args[1:2]
            for variable in variables:
                if isinstance(variable, Index):
                    self._bounds((variable.lower, variable.upper), bound)
            inner = bound.union(variables)
            for part in (expr.args[0],) if isinstance(expr, ForAll) else (expr.args[0], *expr.args[2]):
                self.scan(part, inner)

    def _function(self, expr: Any) -> None:
        name = expr.func.__name__
        places = {p for p, a in enumerate(expr.args) if not (a.is_integer or isinstance(a, Parameter) or _counts(a))}
        self.real_positions.update((name, p) for p in places)
        if places:
            self.smooth.add(name)


def _counts(expr: Any) -> bool:
    """An entry of a vector of integers."""
    return isinstance(expr, sympy.Indexed) and bool(expr.base.label.is_integer)


class _Problem:
    """A statement and its hypotheses, with the names that must get a value."""

    def __init__(self, statement: Any, given: Sequence[Any]) -> None:
        self.statement = statement
        while isinstance(self.statement, ForAll):
            self.statement = self.statement.args[0]
        if type(self.statement) not in SYMBOLS:
            raise Unsupported(f"{statement} is no relation between two expressions")
        self.given = tuple(given)
        names = _Names()
        for expr in (self.statement, *self.given):
            names.scan(expr)
        self.real_positions = names.real_positions
        self._refuse_hypotheses_on_unknown_functions()
        symbols = [n for n in names.free if isinstance(n, sympy.Symbol)]
        self.sizes = [s for s in symbols if s in names.sizes]
        self.vectors = [n for n in names.free if isinstance(n, sympy.IndexedBase)]
        self.scalars = [s for s in symbols if not s.is_integer and not isinstance(s, Parameter)]
        self.discrete = [s for s in symbols if s not in names.sizes and s not in self.scalars]
        self.is_argmax = any(isinstance(side, ArgMax) for side in self.statement.args)

    def _refuse_hypotheses_on_unknown_functions(self) -> None:
        mentioned = _Names()
        for expr in self.given:
            mentioned.scan(expr)
        if mentioned.smooth:
            name = min(mentioned.smooth)
            raise Unsupported(f"a hypothesis speaks of the unknown function {name}, so no example of it can be drawn")


# ------------------------------------------------------------------------------------------------- values at a point


class Point:
    """Values for every variable, drawn from a seed.

    Level 0: zeros, or ones where zero is not allowed; 1: simple and distinct; 2: small integers; 3: small rationals.
    Later attempts at level 0 put 1/2, 1/3, 1/10 in place of 0 and 1; at other levels they draw at random, from smaller
    and smaller values.
    """

    def __init__(self, seed: int, level: int, attempt: int) -> None:
        self.attempt = attempt
        self.level = level if attempt == 0 or (level == 0 and attempt < 4) else 2 + (level + attempt) % 2
        self._label = f"{seed}/{level}/{attempt}/"
        self._drawn: dict[Any, Any] = {}
        self._order: dict[Any, int] = {}
        self.row_length: dict[Any, int] = {}

    def value(self, variable: Node) -> Any:
        """The value of a variable node."""
        key, kind = variable.data
        if variable not in self._drawn:
            self._drawn[variable] = self._simplex(key) if kind == "simplex" else self._draw(key, kind)
        return self._drawn[variable]

    def set(self, variable: Node, value: Any) -> None:
        self._drawn[variable] = value

    def _random(self, key: Any) -> random.Random:
        return random.Random(self._label + str(key))

    def _simplex(self, key: Any) -> Any:
        *front, last = key[2]
        weights = [self._draw((*key[:2], (*front, k)), "positive") for k in range(1, self.row_length[key[1]] + 1)]
        return weights[last - 1] / sum(weights, fmpq(0))

    def _draw(self, key: Any, kind: str) -> Any:
        entry = key[0] in ("entry", "fresh", "value") and key[2]
        place = sum(p.number if isinstance(p, Tag) else p - 1 for p in entry if p is not None) if entry else 0
        positive, counted = kind in ("positive", "simplex"), kind in ("natural", "binary")
        if self.level == 0:
            return fmpq(int(positive or (self.attempt > 0 and not counted)), (1, 2, 3, 10)[self.attempt])
        if self.level == 1:
            place ^= self._order.setdefault(key[:2], len(self._order)) % 2
            value = fmpq(place + 1 if positive else int(place == 0) if kind in ("real", "binary") else place)
        else:
            value = self._random_value(self._random(key), kind)
        if self.attempt and not counted:
            value = value / (1, 2, 3, 5)[self.attempt % 4]
        return value

    def _random_value(self, rng: random.Random, kind: str) -> Any:
        if kind == "binary":
            return fmpq(rng.randrange(2))
        if kind == "natural":
            return fmpq(rng.randrange(4))
        top = rng.randint(0 if kind == "nonnegative" else 1, 7 if self.level == 3 else 3)
        value = fmpq(top, rng.randint(1, 7) if self.level == 3 else 1)
        return -value if kind == "real" and rng.random() < 0.5 else value

    def label(self, key: Any, place: int, classes: int) -> int:
        """A label in 1..classes."""
        if self.level == 0:
            return 1
        return place % classes + 1 if self.level == 1 else self._random(key).randint(1, classes)

    def polynomial(self, key: tuple[Any, ...], arity: int, positive: bool) -> dict[tuple[int, ...], Any]:
        """A polynomial that stands for an unknown smooth function; positive everywhere if asked for."""
        found = self._drawn.get(key)
        if found is None:
            rng = self._random(key)
            powers = (2, 4) if positive else (1, 2, 3, 5)
            pairs = () if positive else itertools.combinations(range(arity), 2)
            monomials = [tuple(p * (j == k) for j in range(arity)) for k in range(arity) for p in powers]
            monomials += [tuple(int(j in pair) for j in range(arity)) for pair in pairs]
            found = {m: self._random_value(rng, "positive" if positive else "real") for m in monomials}
            found[(0,) * arity] = fmpq(rng.randint(1, 3))
            if arity > 2 and not positive:
                found[(1,) * arity] = fmpq(1)
            self._drawn[key] = found
        return dict(found)


# ------------------------------------------------------------------------------- the statement at one choice of sizes


@dataclass
class _Case:
    """The statement written out at concrete sizes and indices, with what the hypotheses demand of the values."""

    env: dict[Any, Any]
    symbol: str
    left: Node
    right: Node
    conditions: list[tuple[str, Node, Node]]
    assigned: dict[Node, Node]
    unconditional: dict[Node, Node]
    scored: list[Node] = field(default_factory=list)

    @property
    def nodes(self) -> set[Node]:
        """Every node that the two sides are made of."""
        found: set[Node] = set()
        stack = [self.left, self.right, *self.scored]
        while stack:
            node = stack.pop()
            if node not in found:
                found.add(node)
                stack.extend(node.args)
        return found


@dataclass
class _Outcome:
    """What happened at a point: agrees, differs, undefined, undecided or excluded (by a hypothesis)."""

    status: str
    left: Any = None
    right: Any = None

    @property
    def exact(self) -> bool:
        return isinstance(self.left, fmpq) and isinstance(self.right, fmpq)


def solve(graph: Graph, equations: Iterable[Node], free: Any = None) -> tuple[dict[Node, Node], list[Node], bool]:
    """Solve each equation node = 0 for a variable that it is affine in.

    Returns the definitions, the equations that are left, and whether every division was by a nonzero number.
    """
    assigned: dict[Node, Node] = {}
    left_over: list[Node] = []
    by_numbers = True
    for equation in equations:
        equation = graph.substitute(equation, assigned)
        best = _affine_variable(graph, equation, free)
        if best is None:
            left_over.append(equation)
            continue
        variable, slope = best
        by_numbers = by_numbers and slope.op == "const"
        rest = graph.substitute(equation, {variable: graph.zero})
        definition = graph.scale(-1, graph.divide(rest, slope))
        assigned = {v: graph.substitute(d, {variable: definition}) for v, d in assigned.items()}
        assigned[variable] = definition
    return assigned, left_over, by_numbers


def _affine_variable(graph: Graph, equation: Node, free: Any) -> tuple[Node, Node] | None:
    """The variable to solve for: a numeric slope first, then a scalar, then a real one, then the last entry."""
    found = []
    for variable in equation.variables:
        key, kind = variable.data
        if kind in SOLVABLE and (free is None or free(variable)):
            slope = graph.derivative(equation, variable)
            if slope is not graph.zero and variable not in slope.variables:
                rank = (slope.op == "const", key[0] == "scalar", -SOLVABLE.index(kind), variable.serial)
                found.append((rank, variable, slope))
    return max(found, key=lambda f: f[0])[1:] if found else None


class _Examination:
    """One call of `examine`: the graph, the choices made so far, and the count of what happened."""

    def __init__(self, statement: Any, given: Sequence[Any], seed: int, points: int, budget: float) -> None:
        self.problem = _Problem(statement, given)
        self.graph = Graph()
        self.writer = Writer(self.graph, self.problem.real_positions)
        self.seed, self.points, self.deadline = seed, points, time.monotonic() + budget
        self.concrete = [v for v in self.problem.vectors if isinstance(v, Vector) and v.kind == "labels"]
        self.functions: dict[tuple[Any, ...], str] = {}
        self.outcomes: Counter[str] = Counter()
        self.reasons: dict[str, str] = {}
        self.exact = False
        self._cases: dict[Any, _Case | None] = {}
        self._choices: dict[Any, list[dict[Any, Any]]] = {}
        self.size_choices = self._sizes()

    # -- sizes and indices

    def _sizes(self) -> list[dict[Any, int]]:
        """Sizes to try, smallest first, among those that the hypotheses on sizes alone allow."""
        symbols = self.problem.sizes
        starts = [1 if s.is_positive else 0 if s.is_nonnegative else -1 for s in symbols]
        for largest in (3, 6) if len(symbols) < 4 else (3,):
            ranges = [range(start, largest + 1) for start in starts]
            tuples = sorted(itertools.product(*ranges), key=lambda t: (sum(map(abs, t)), max(map(abs, t), default=0)))
            allowed = [t for t in tuples if self._sizes_allowed(dict(zip(symbols, t)))]
            near = [t for t in allowed if max(t, default=0) - min(t, default=0) <= 1] or allowed
            if near:
                return [dict(zip(symbols, t)) for t in near[: 4 if len(symbols) == 1 else 7]]
        raise Unsupported("no sizes up to 6 satisfy the hypotheses")

    def _sizes_allowed(self, sizes: dict[Any, int]) -> bool:
        for hypothesis in self.problem.given:
            on_sizes = type(hypothesis) in SYMBOLS and hypothesis.free_symbols <= sizes.keys()
            try:
                if on_sizes and self.writer.condition(hypothesis, dict(sizes)) is False:
                    return False
            except Undefined:
                return False
        return True

    def choices(self, sizes: dict[Any, int]) -> list[dict[Any, Any]]:
        """Values of indices, integers and parameters at these sizes; the typical ones first: (1, 1), (1, 2), …"""
        key = tuple(sizes.values())
        if key not in self._choices:
            found: list[dict[Any, Any]] = [dict(sizes)]
            for symbol in self._in_dependency_order():
                found = [{**env, symbol: v} for env in found for v in self.range_of(symbol, env)][:MOST_CHOICES]
            names = self.problem.discrete
            rank = {id(env): _rank([env[n] for n in names]) for env in found}
            self._choices[key] = sorted(found, key=lambda env: rank[id(env)])
        return self._choices[key]

    def _in_dependency_order(self) -> list[Any]:
        """An index after the indices that its bounds use."""

        def depth(symbol: Any) -> int:
            if not isinstance(symbol, Index):
                return 0
            return 1 + max((depth(s) for s in symbol.lower.free_symbols | symbol.upper.free_symbols), default=0)

        return sorted(self.problem.discrete, key=depth)

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

    # -- writing a case

    def tables(self, env: dict[Any, Any], point: Point) -> dict[Any, Table]:
        """Concrete entries for labels, and for integer vectors that are used as an index or a count."""
        result = {}
        for base in self.concrete:
            shape = [self.writer.integer(s, env) for s in base.sizes]
            classes = self.writer.integer(base.extra, env) if base.kind == "labels" else 0
            pairs = []
            for place, position in enumerate(itertools.product(*(range(1, n + 1) for n in shape))):
                if classes:
                    value = point.label((str(base), position), place, classes)
                else:
                    value = int(point.value(self.graph.variable(("entry", base, position), base.kind)).p)
                pairs.append((position, value))
            result[base] = Table(tuple(pairs))
        return result

    def case(self, env: dict[Any, Any]) -> _Case | None:
        """The statement at one choice of all discrete values; None if the hypotheses exclude the choice."""
        key = tuple(env.values())
        if key not in self._cases:
            self._cases[key] = self._write_case(env)
        return self._cases[key]

    def _write_case(self, env: dict[Any, Any]) -> _Case | None:
        relations: list[tuple[str, Node, Node]] = []
        for hypothesis in self.problem.given:
            if not self._read_hypothesis(hypothesis, env, relations):
                return None
        equations = [self.graph.subtract(left, right) for symbol, left, right in relations if symbol == "="]
        assigned, rest, by_numbers = solve(self.graph, equations)
        conditions = [r for r in relations if r[0] != "="] + [("=", e, self.graph.zero) for e in rest]
        left = right = self.graph.zero
        if not self.problem.is_argmax:
            left, right = (self.writer.write(side, env) for side in self.problem.statement.args)
        symbol = SYMBOLS[type(self.problem.statement)]
        case = _Case(env, symbol, left, right, conditions, assigned, assigned if by_numbers else {})
        self._note_functions(case)
        return case

    def _note_functions(self, case: _Case) -> None:
        """Remember of which kind each unknown function is; its derivatives don't say."""
        for node in case.nodes:
            if node.op == "apply" and not any(node.data[1]):
                self.functions[node.data[0][:-1]] = node.data[0][-1]

    def _read_hypothesis(self, hypothesis: Any, env: dict[Any, Any], into: list[Any]) -> bool:
        """Add what the hypothesis demands of real values; False if the discrete values contradict it."""
        if isinstance(hypothesis, sympy.And):
            return all(self._read_hypothesis(part, env, into) for part in hypothesis.args)
        if isinstance(hypothesis, ForAll):
            envs = [env]
            for variable in hypothesis.args[1:]:
                if not isinstance(variable, (Index, Parameter)):
                    raise Unsupported(
                        f"no sample satisfies the hypothesis {hypothesis}, which is about every {variable}"
                    )
                envs = [{**e, variable: v} for e in envs for v in self.range_of(variable, e)]
            return all(self._read_hypothesis(hypothesis.args[0], e, into) for e in envs)
        decided = self.writer.condition(hypothesis, env)
        if not isinstance(decided, bool):
            into.append(decided)
        return decided is not False

    # -- evaluating

    def evaluator(self, case: _Case, point: Point, candidate: Point | None = None) -> Evaluator:
        """The values at a point, where the variable of a set of maximisers gets its value from the candidate."""

        for base in self.problem.vectors:
            if isinstance(base, Vector) and base.kind == "simplex":
                point.row_length[base] = self.writer.integer(base.sizes[-1], case.env)

        def polynomial(key: tuple[Any, ...], arity: int) -> Any:
            return point.polynomial(key, arity, self.functions.get(key, "real") != "real")

        def value(variable: Node) -> Any:
            return (candidate if candidate and variable.data[0][0] == "fresh" else point).value(variable)

        return Evaluator(value, polynomial, case.assigned)

    def outcome(self, case: _Case, point: Point) -> _Outcome:
        """Compare the sides at a point, at a precision that suffices."""
        for bits in PRECISIONS:
            with precision(bits):
                evaluator = self.evaluator(case, point)
                try:
                    if not self._admitted(case, evaluator):
                        return _Outcome("excluded")
                    left, right = evaluator.value(case.left), evaluator.value(case.right)
                    verdict = compare(case.symbol, left, right)
                except Undefined as problem:
                    self.reasons["undefined"] = str(problem)
                    return _Outcome("undefined")
                except Undecided:
                    continue
                if verdict is not None:
                    return _Outcome("agrees" if verdict else "differs", left, right)
        return _Outcome("undecided")

    def _admitted(self, case: _Case, evaluator: Evaluator) -> bool:
        """Whether the hypotheses hold, and the solved variables have values of their kind; rigorous."""
        for variable in case.assigned:
            kind, value = variable.data[1], evaluator.value(variable)
            if kind == "natural" and not (isinstance(value, fmpq) and value.q == 1):
                return False
            if kind != "real" and sign(value) < (1 if kind == "positive" else 0):
                return False
        return all(related(s, evaluator.value(a) - evaluator.value(b)) for s, a, b in case.conditions)

    # -- the search

    def run(self) -> Witness | Agreement | NotChecked:
        """Try level after level, every size at each; stop at the first counterexample."""
        while True:
            try:
                return self._search()
            except NeedsValue as need:
                if need.name in self.concrete or not isinstance(need.name, sympy.IndexedBase):
                    raise
                self.concrete.append(need.name)
                self.outcomes.clear()

    def _search(self) -> Witness | Agreement | NotChecked:
        rounds = max(3, math.ceil(self.points / len(self.size_choices)))
        if self.problem.is_argmax or type(self.problem.statement) is not sympy.Eq:
            rounds *= 3
        agreed: dict[int, int] = dict.fromkeys(range(len(self.size_choices)), 0)
        for number in range(rounds):
            for place, sizes in enumerate(self.size_choices):
                must = number == 0 and place < 2
                if not must and time.monotonic() > self.deadline:
                    continue
                witness = self._try(sizes, number, agreed, place)
                if witness is not None:
                    return self._smaller(witness, place, number, agreed)
        tried = [{str(s): v for s, v in self.size_choices[p].items()} for p, n in agreed.items() if n]
        if not tried or self.outcomes["ordered differently"]:
            return NotChecked(self._why_nothing())
        small = [s for s in self.size_choices if max(s.values(), default=0) <= 2]
        formal = [s for s in small if time.monotonic() < self.deadline and self.formal(s)]
        shown = [{str(s): v for s, v in sizes.items()} for sizes in formal]
        return Agreement(sum(agreed.values()), tried, self.exact or bool(formal), shown)

    def _smaller(self, witness: Witness, place: int, number: int, agreed: dict[int, int]) -> Witness:
        """The same refutation at a smaller size, if later levels give one."""
        for smaller in range(place):
            for later in range(number + 1, 4):
                found = self._try(self.size_choices[smaller], later, agreed, smaller)
                if found is not None:
                    return found
        return witness

    def _try(self, sizes: dict[Any, int], number: int, agreed: dict[int, int], place: int) -> Witness | None:
        """One assignment of values at these sizes, at several choices of the indices."""
        envs = self.choices(sizes)
        if len(envs) > INDEX_CHOICES:
            rest = random.Random(f"{self.seed}/{number}").sample(envs[5:], INDEX_CHOICES - 5)
            envs = envs[:5] + rest if not self.problem.given else envs[:5] + rest + envs[5:]
        used = 0
        for env in envs:
            found = self._try_choice(env, number, agreed, place)
            if isinstance(found, Witness):
                return found
            used += found
            if used >= INDEX_CHOICES or (used and number and time.monotonic() > self.deadline):
                break
        return None

    def _try_choice(self, env: dict[Any, Any], number: int, agreed: dict[int, int], place: int) -> Witness | bool:
        """Draw values until the hypotheses hold and the sides are defined; whether the choice was admissible."""
        level = LEVELS[min(number, len(LEVELS) - 1)]
        for attempt in range(14 if self.problem.given else 6):
            point = Point(self.seed + (number if number >= len(LEVELS) - 1 else 0), level, attempt)
            try:
                full = {**env, **self.tables(env, point)}
                case = self.case(full)
                if case is None:
                    self.outcomes["excluded"] += 1
                    if self.concrete:
                        continue
                    return False
                outcome = self._outcome_of_sets(case, point) if self.problem.is_argmax else self.outcome(case, point)
            except Undefined as problem:
                self.reasons["undefined"] = str(problem)
                self.outcomes["undefined"] += 1
                return False
            self.outcomes[outcome.status] += 1
            if outcome.status == "differs":
                if not self.problem.is_argmax:
                    outcome = self._simplify(case, point, outcome)
                return self._witness(case, point, outcome)
            if outcome.status == "agrees":
                agreed[place] += 1
                self.exact = self.exact or outcome.exact
                return True
        return False

    def _simplify(self, case: _Case, point: Point, outcome: _Outcome) -> _Outcome:
        """Put 0 and 1 for values one by one as long as the sides still differ, so that the witness reads well."""
        variables = set(case.left.variables | case.right.variables)
        for variable in sorted(variables - case.assigned.keys(), key=lambda n: n.serial)[:12]:
            kind, before = variable.data[1], point.value(variable)
            if kind == "simplex" or before in (0, 1):
                continue
            for simple in (0, 1) if kind not in ("positive",) else (1,):
                point.set(variable, fmpq(simple))
                again = self.outcome(case, point)
                if again.status == "differs":
                    outcome = again
                    break
                point.set(variable, before)
        return outcome

    def _why_nothing(self) -> str:
        if self.outcomes["ordered differently"]:
            return (
                "The two objectives order some candidates differently, which says nothing about where they are largest."
            )
        if self.outcomes["undecided"]:
            return "The two sides could not be told apart, nor shown equal, at any point tried."
        if self.outcomes["undefined"]:
            return f"The statement is undefined at every point tried: {self.reasons['undefined']}."
        if self.problem.given:
            return "No point that was tried satisfies the hypotheses."
        return "No sizes were found at which every index has a value."

    # -- sets of maximisers

    def _outcome_of_sets(self, case: _Case, point: Point) -> _Outcome:
        """Compare the two sets of maximisers: exactly over a finite set, by the two orderings for real variables."""
        sides = self.problem.statement.args
        if not all(isinstance(s, ArgMax) for s in sides) or case.symbol != "=":
            raise Unsupported("a set of maximisers can be compared with another one only, by =")
        finite = [isinstance(s.args[1], (Index, Parameter)) for s in sides]
        if finite[0] != finite[1]:
            raise Unsupported("the two sets of maximisers range over different kinds of variable")
        for bits in PRECISIONS:
            with precision(bits):
                try:
                    if not self._admitted(case, self.evaluator(case, point)):
                        return _Outcome("excluded")
                    scores = [self._scores(side, case, point) for side in sides]
                    return _compare_sets(scores) if finite[0] else _compare_orders(scores)
                except Undecided:
                    continue
        return _Outcome("undecided")

    def _scores(self, side: Any, case: _Case, point: Point) -> dict[Any, Any]:
        """The objective (negated for a minimum) at each candidate that satisfies the domain."""
        variable = side.args[1]
        if isinstance(variable, (Index, Parameter)):
            candidates: Iterator[tuple[Any, dict[Any, Any], Point]]
            candidates = ((v, {**case.env, variable: v}, point) for v in self.range_of(variable, case.env))
        else:
            candidates = self._real_candidates(variable, case)
        scores = {}
        for name, env, here in candidates:
            demands: list[tuple[str, Node, Node]] = []
            if not all(self._read_hypothesis(d, env, demands) for d in side.args[2]):
                continue
            try:
                score = self._score(side, case, env, demands, point, here)
            except Undefined:
                if here is point:
                    raise
                score = _UNDEFINED
            if score is not None:
                scores[name] = score
        return scores

    def _score(self, side: Any, case: _Case, env: Any, demands: list[Any], point: Point, here: Point) -> Any:
        equations = [self.graph.subtract(a, b) for s, a, b in demands if s == "="]
        inner, rest, _ = solve(self.graph, equations, free=lambda v: v.data[0][0] == "fresh")
        node = self.writer.write(side.args[0], env)
        conditions = [d for d in demands if d[0] != "="] + [("=", e, self.graph.zero) for e in rest]
        extended = _Case(env, "=", node, node, conditions, {**case.assigned, **inner}, {})
        self._note_functions(extended)
        case.scored.append(node)
        evaluator = self.evaluator(extended, point, here)
        if not self._admitted(extended, evaluator):
            return None
        value = evaluator.value(node)
        return -value if isinstance(side, ArgMin) else value

    def _real_candidates(self, variable: Any, case: _Case) -> Iterator[tuple[Any, dict[Any, Any], Point]]:
        is_vector = isinstance(variable, sympy.IndexedBase)
        kind = variable.kind if isinstance(variable, Vector) else ""
        value: Any = self.writer.fresh("maximiser", keeps_kind=True)
        if not is_vector:
            sort = "positive" if variable.is_positive else "nonnegative" if variable.is_nonnegative else "real"
            value = self.graph.variable(("fresh", value.serial, ()), sort)
        if kind in ("onehot", "labels"):
            raise Unsupported(f"the maximiser {variable} is a vector of kind {kind}, which is not tried")
        for number in range(8):
            here = Point(self.seed, LEVELS[min(number, 3)], number)
            if kind == "simplex" and isinstance(value, Fresh):
                here.row_length[value.serial] = self.writer.integer(variable.sizes[-1], case.env)
            yield number, {**case.env, variable: value}, here

    # -- for all values at once

    def formal(self, sizes: dict[Any, int]) -> bool:
        """Whether the equality holds at these sizes for all values of everything else, by exact algebra."""
        integers = [s for s in self.problem.discrete if not isinstance(s, (Index, Parameter))]
        if integers or self.problem.is_argmax or SYMBOLS[type(self.problem.statement)] != "=":
            return False
        test = ZeroTest(self.deadline)
        shown = False
        try:
            parameters = [s for s in self.problem.discrete if isinstance(s, Parameter)]
            if len(parameters) > len(TAGS) or len(self.choices(sizes)) >= MOST_CHOICES:
                return False
            for env in self._all_discrete(sizes):
                case = self.case(env)
                if case is not None:
                    mapping = self._weights(case)
                    mapping.update({v: self.graph.substitute(d, mapping) for v, d in case.unconditional.items()})
                    sides = (self.graph.substitute(side, mapping) for side in (case.left, case.right))
                    if not test.equal(*sides):
                        return False
                    shown = True
        except (CantTell, Undefined, NeedsValue, Unsupported):
            return False
        return shown

    def _all_discrete(self, sizes: dict[Any, int]) -> Iterator[dict[Any, Any]]:
        """Every choice of indices, parameters and labels."""
        for env in self.choices(sizes):
            maps = []
            for base in self.concrete:
                if base.kind != "labels":
                    raise CantTell
                shape = [self.writer.integer(s, env) for s in base.sizes]
                positions = list(itertools.product(*(range(1, n + 1) for n in shape)))
                classes = range(1, self.writer.integer(base.extra, env) + 1)
                if len(classes) ** len(positions) > 81:
                    raise CantTell
                each = itertools.product(classes, repeat=len(positions))
                maps.append([(base, Table(tuple(zip(positions, values)))) for values in each])
            for chosen in itertools.product(*maps):
                yield {**env, **dict(chosen)}

    def _weights(self, case: _Case) -> dict[Node, Node]:
        """Entries of a simplex vector as positive weights over their sum."""
        result = {}
        for node in case.left.variables | case.right.variables:
            key, kind = node.data
            if kind == "simplex" and key[0] == "entry":
                *front, last = key[2]
                count = self.writer.integer(key[1].sizes[-1], case.env)
                row = [self.graph.variable(("weight", key[1], (*front, k)), "positive") for k in range(1, count + 1)]
                result[node] = self.graph.divide(row[last - 1], self.graph.add(*row))
        return result

    # -- showing a witness

    def _witness(self, case: _Case, point: Point, outcome: _Outcome) -> Witness:
        with precision(PRECISIONS[0]):
            evaluator = self.evaluator(case, point)
            values: dict[str, object] = {}
            for base in self.problem.vectors:
                shown = self._show_vector(base, case, evaluator)
                if shown is not None:
                    values[str(base)] = shown
            for symbol in self.problem.discrete:
                value = case.env[symbol]
                values[str(symbol)] = f"{symbol}{value.number + 1}" if isinstance(value, Tag) else value
            for symbol in self.problem.scalars:
                values[str(symbol)] = _plain(evaluator.value(self.writer.write(symbol, case.env)))
            values.update(self._show_functions(case, point, evaluator))
        left, right = _two_numbers(outcome.left, outcome.right)
        sizes = {str(s): case.env[s] for s in self.problem.sizes}
        return Witness(sizes, values, case.symbol, left, right, outcome.exact or self.problem.is_argmax)

    def _show_vector(self, base: Any, case: _Case, evaluator: Evaluator) -> object:
        if isinstance(base, Vector):
            shape = [self.writer.integer(s, case.env) for s in base.sizes]
        else:
            variables = case.left.variables | case.right.variables
            seen = [v.data[0][2] for v in variables if v.data[0][:2] == ("entry", base)]
            if not seen or min(map(min, seen)) < 1:
                return None
            shape = [max(column) for column in zip(*seen)]

        def rows(prefix: tuple[int, ...]) -> object:
            if len(prefix) == len(shape):
                return _plain(evaluator.value(self.writer.entry(base, prefix, case.env)))
            return [rows((*prefix, k)) for k in range(1, shape[len(prefix)] + 1)]

        return rows(())

    def _show_functions(self, case: _Case, point: Point, evaluator: Evaluator) -> dict[str, object]:
        """The values of unknown functions at discrete arguments, and the polynomials that stand for the others."""
        shown: dict[str, object] = {}
        for node in sorted(case.nodes, key=lambda n: n.serial):
            if node.op == "var" and node.data[0][0] == "value":
                _, name, arguments = node.data[0]
                shown[f"{name}({_arguments(arguments)})"] = _plain(evaluator.value(node))
            elif node.op == "apply":
                key = node.data[0][:-1]
                polynomial = point.polynomial(key, len(node.args), self.functions.get(key, "real") != "real")
                fixed = len(key) == 2 and any(a is not None for a in key[1])
                shown[f"{key[0]}({_arguments(key[1])})" if fixed else key[0]] = _polynomial_text(polynomial)
        return shown


def _rank(values: list[Any]) -> tuple[bool, list[int]]:
    """Sorts choices in which every new value is the next one, such as (1, 1, 2), to the front."""
    numbers = [v.number + 1 if isinstance(v, Tag) else v for v in values]
    highest, canonical = 0, True
    for n in numbers:
        canonical = canonical and n <= highest + 1
        highest = max(highest, n)
    return not canonical, numbers


def compare(symbol: str, left: Any, right: Any) -> bool | None:
    """Whether the relation holds; False is rigorous, True is so up to 2⁻¹⁵⁰ for equal balls, None is undecided."""
    difference = left - right
    if isinstance(difference, arb) and not difference.is_finite():
        return None
    try:
        return related(symbol, difference)
    except Undecided:
        if symbol not in "=≤≥":
            return None
        scale = arb(1).max(abs(arb(left))).max(abs(arb(right)))
        return True if difference.rad() < TINY * scale else None


_UNDEFINED = object()


def _sign_or_tie(value: Any) -> tuple[int, bool]:
    """The sign, and whether it is rigorous; a ball that is tiny around 0 counts as a tie."""
    try:
        return sign(value), True
    except Undecided:
        if value.is_finite() and value.rad() < TINY:
            return 0, False
        raise


def _compare_sets(scores: list[dict[Any, Any]]) -> _Outcome:
    """The sets of maximisers of two finite tables of scores; they differ only where the order is rigorous."""
    sets, rigorous = [], True
    for table in scores:
        best = []
        for name, value in table.items():
            signs = [_sign_or_tie(value - other) for other in table.values() if other is not value]
            if all(s >= 0 for s, _ in signs):
                best.append(name)
                rigorous = rigorous and all(sure for _, sure in signs)
        sets.append(best)
    if not sets[0] and not sets[1]:
        return _Outcome("excluded")
    if sets[0] == sets[1]:
        return _Outcome("agrees", *sets)
    return _Outcome("differs" if rigorous else "undecided", *sets)


def _compare_orders(scores: list[dict[Any, Any]]) -> _Outcome:
    """Two real objectives agree if they order the candidates alike; otherwise nothing is concluded."""
    defined = [name for name in scores[0] if all(t.get(name, _UNDEFINED) is not _UNDEFINED for t in scores)]
    if scores[0].keys() != scores[1].keys() or len(defined) < 2:
        return _Outcome("undecided")
    for a, b in itertools.combinations(defined, 2):
        signs = [_sign_or_tie(table[a] - table[b])[0] for table in scores]
        if signs[0] != signs[1]:
            return _Outcome("ordered differently")
    return _Outcome("agrees")


def _plain(value: Any) -> object:
    """An int or a Fraction where exact, else decimals."""
    if isinstance(value, fmpq):
        return int(value.p) if value.q == 1 else Fraction(int(value.p), int(value.q))
    return f"{value.str(6, radius=False)}…"


def _two_numbers(left: Any, right: Any) -> tuple[str, str]:
    """Both values as text, with enough digits to tell them apart."""
    if isinstance(left, list):
        return tuple(f"{{{', '.join(_arguments([v]) for v in side)}}}" for side in (left, right))  # type: ignore[return-value]
    for digits in (6, 12, 25, 60, 200):
        texts = [str(v) if isinstance(v, fmpq) else f"{v.str(digits, radius=False)}…" for v in (left, right)]
        if texts[0] != texts[1]:
            break
    return texts[0], texts[1]


def _arguments(values: Iterable[Any]) -> str:
    return ", ".join("·" if v is None else f"θ{v.number + 1}" if isinstance(v, Tag) else str(v) for v in values)


def _polynomial_text(polynomial: dict[tuple[int, ...], Any]) -> str:
    """The polynomial in x, or in x1, x2, …"""
    names = ["x"] if len(next(iter(polynomial))) == 1 else [f"x{k + 1}" for k in range(len(next(iter(polynomial))))]
    text = ""
    for exponents, coefficient in sorted(polynomial.items()):
        factors = [name + (f"^{e}" if e > 1 else "") for name, e in zip(names, exponents) if e]
        if abs(coefficient) != 1 or not factors:
            factors.insert(0, str(abs(coefficient)))
        if coefficient != 0:
            text += (" - " if coefficient < 0 else " + ") + "·".join(factors)
    return text.removeprefix(" + ").lstrip() or "0"
