"""The search: is a statement refuted at a small size, or do its sides agree wherever they are tried?"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy
from flint import fmpq

from symnll.small.cases import Case, Cases
from symnll.small.compare import Outcome, compare_sides
from symnll.small.effort import Effort
from symnll.small.formal import holds_for_all_values
from symnll.small.maximisers import compare_maximisers
from symnll.small.sample import Point
from symnll.small.show import sizes_text, text, two_numbers, values_at
from symnll.small.values import Undefined
from symnll.small.writer import NeedsValue, Unsupported

LEVELS = (0, 1, 3, 4, 2)  # how values are drawn in the first rounds: see `Point`
INDEX_CHOICES = 6


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
        shown = [f"{name} = {text(value)}" for name, value in (*self.sizes.items(), *self.values.items())]
        return f"{', '.join(shown) or 'in every case'}: left {self.lhs}, right {self.rhs}"


@dataclass(frozen=True)
class Agreement:
    """The relation holds at every point tried.

    `formal`: the sizes at which it holds for all real values. `exact`: there is such a size, or at one point at least
    both sides are exact; at the others their values in ball arithmetic are the same up to 2⁻¹⁵⁰, or in order.
    """

    points: int
    sizes: list[dict[str, int]]
    exact: bool
    formal: list[dict[str, int]] = field(default_factory=list)

    def __str__(self) -> str:
        tried, shown = sizes_text(self.sizes), sizes_text(self.formal)
        at = f" of size{'s' * (len(self.sizes) > 1)} {tried}" if tried else ""
        for_all = f" (for all values{f' at {shown}' if shown else ''})" if self.formal else ""
        return f"agrees at {self.points} point{'s' * (self.points != 1)}{at}{for_all}"


@dataclass(frozen=True)
class NotChecked:
    """No point could be evaluated, and why."""

    reason: str

    def __str__(self) -> str:
        return self.reason


def examine(
    statement: Any,
    given: Sequence[Any] = (),
    *,
    seed: int = 0,
    points: int = 12,
    choices: int = INDEX_CHOICES,
    budget: float = 0.1,
) -> Witness | Agreement | NotChecked:
    """Look for a counterexample at small sizes; the same arguments give the same answer.

    About `points` assignments of values are tried, each at up to `choices` values of the indices. After the work of
    about `budget` seconds no new one is started, except that the smallest two sizes are always tried. Work is counted
    and not timed.
    """
    try:
        return _Examination(statement, given, seed, points, budget, choices).run()
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
        examination.sizes = [{s: by_name[str(s)] for s in examination.cases.problem.sizes}]
        shown = holds_for_all_values(examination.cases, examination.sizes[0], examination.effort)
        tried = examination.run()
    except (Unsupported, NeedsValue, KeyError):
        return None
    if isinstance(tried, Witness):
        return False
    return True if shown and isinstance(tried, Agreement) else None


def holds_when(statement: Any, given: Sequence[Any], candidates: Iterable[Any], **options: Any) -> list[Any]:
    """The candidates that, added to the hypotheses, leave no counterexample and at least one agreeing point."""
    return [c for c in candidates if isinstance(examine(statement, (*given, c), **options), Agreement)]


class _Examination:
    """One call of `examine`: the cases written so far, and the count of what happened."""

    def __init__(
        self, statement: Any, given: Sequence[Any], seed: int, points: int, budget: float, most: int = INDEX_CHOICES
    ) -> None:
        self.effort = Effort(budget)
        self.cases = Cases(statement, given)
        self.sizes = self.cases.sizes()
        self.seed, self.points, self.most = seed, points, most
        self._start()

    def _start(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.agreed: Counter[int] = Counter()
        self.undefined = ""
        self.exact = False

    def run(self) -> Witness | Agreement | NotChecked:
        """Search; again with concrete entries for each vector that turns out to be used as an index or a count."""
        while True:
            try:
                return self._search()
            except NeedsValue as need:
                if need.name in self.cases.tabled or not isinstance(need.name, sympy.IndexedBase):
                    raise
                self.cases.tabled.append(need.name)
                self._start()

    def _search(self) -> Witness | Agreement | NotChecked:
        """Try level after level, every size at each; stop at the first counterexample."""
        problem = self.cases.problem
        rounds = max(3, math.ceil(self.points / len(self.sizes)))
        if problem.is_argmax or type(problem.statement) is not sympy.Eq:
            rounds *= 3
        elif problem.compares:
            rounds = max(rounds, len(LEVELS))
        for number in range(rounds):
            for place in range(len(self.sizes)):
                must = number == 0 and place < 2
                if must or not self.effort.over():
                    witness = self._try(place, number)
                    if witness is not None:
                        return self._smaller(witness, place, number)
        if not self.agreed or self.outcomes["ordered differently"]:
            return NotChecked(self._why_nothing())
        tried = [sizes for place, sizes in enumerate(self.sizes) if self.agreed[place]]
        formal = [s for s in tried if max(s.values(), default=0) <= 2 and self._formal(s)]
        named = [[{str(s): v for s, v in sizes.items()} for sizes in which] for which in (tried, formal)]
        return Agreement(self.agreed.total(), named[0], self.exact or bool(formal), named[1])

    def _formal(self, sizes: dict[Any, int]) -> bool:
        return not self.effort.over() and holds_for_all_values(self.cases, sizes, self.effort)

    def _smaller(self, witness: Witness, place: int, number: int) -> Witness:
        """The same refutation at a smaller size, if later levels give one."""
        for smaller in range(place):
            for later in range(number + 1, len(LEVELS)):
                found = self._try(smaller, later)
                if found is not None:
                    return found
        return witness

    def _try(self, place: int, number: int) -> Witness | None:
        """One assignment of values at these sizes, at several choices of the indices."""
        envs = self.cases.choices(self.sizes[place])
        usual = self.most - 1
        if len(envs) > self.most:
            rest = random.Random(f"{self.seed}/{number}").sample(envs[usual:], 1)
            envs = envs[:usual] + rest + (envs[usual:] if self.cases.problem.given else [])
        used = 0
        for env in envs:
            found = self._try_choice(env, place, number)
            if isinstance(found, Witness):
                return found
            used += found
            if used >= self.most or (used and number and self.effort.over()):
                break
        return None

    def _try_choice(self, env: dict[Any, Any], place: int, number: int) -> Witness | bool:
        """Draw values until the hypotheses hold and the sides are defined; whether the choice was admissible."""
        cases = self.cases
        level = LEVELS[number] if number < len(LEVELS) else 2 + number % 2
        for attempt in range(14 if cases.problem.given else 6):
            point = Point(f"{self.seed}/{number}/{place}", level, attempt)
            try:
                case = cases.case({**env, **cases.tables(env, point)})
                point.bounds = case.bounds if case is not None else {}
                if case is None:
                    outcome = Outcome("excluded")
                elif cases.problem.is_argmax:
                    outcome = compare_maximisers(cases, case, point)
                else:
                    outcome = compare_sides(case, point)
            except Undefined as problem:
                case, outcome = None, Outcome("undefined", reason=str(problem))
            self.outcomes[outcome.status] += 1
            self.undefined = outcome.reason or self.undefined
            if case is None:
                if outcome.status == "undefined" or not cases.tabled:
                    return False
            elif outcome.status == "differs":
                return self._witness(case, point, outcome)
            elif outcome.status == "agrees":
                self.agreed[place] += 1
                self.exact = self.exact or outcome.exact
                return True
        return False

    def _witness(self, case: Case, point: Point, outcome: Outcome) -> Witness:
        problem = self.cases.problem
        if not problem.is_argmax:
            outcome = _simplify(case, point, outcome)
        left, right = two_numbers(outcome.left, outcome.right)
        sizes = {str(s): case.env[s] for s in problem.sizes}
        values = values_at(self.cases, case, point)
        return Witness(sizes, values, case.symbol, left, right, outcome.exact or problem.is_argmax)

    def _why_nothing(self) -> str:
        if self.outcomes["ordered differently"]:
            return (
                "The two objectives order some candidates differently, which says nothing about where they are largest."
            )
        if self.outcomes["undecided"]:
            return "The two sides could not be told apart, nor shown equal, at any point tried."
        if self.outcomes["undefined"]:
            return f"The statement is undefined at every point tried: {self.undefined}."
        if self.cases.problem.given:
            return "No point that was tried satisfies the hypotheses."
        return "No sizes were found at which every index has a value."


def _simplify(case: Case, point: Point, outcome: Outcome) -> Outcome:
    """Put 0 and 1 for values one by one as long as the sides still differ, so that the witness reads well."""
    variables = (case.left.variables | case.right.variables) - case.assigned.keys()
    for variable in sorted(variables, key=lambda n: n.serial)[:12]:
        kind, before = variable.data[1], point.value(variable)
        if kind == "simplex" or before in (0, 1):
            continue
        for simple in (1,) if kind == "positive" else (0, 1):
            point.set(variable, fmpq(simple))
            again = compare_sides(case, point)
            if again.status == "differs":
                outcome = again
                break
            point.set(variable, before)
    return outcome
