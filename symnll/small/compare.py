"""Both sides of a relation at one point: at a precision that suffices, and only where the hypotheses hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import fmpq

from symnll.small.cases import Case
from symnll.small.evaluate import Evaluator
from symnll.small.graph import Node
from symnll.small.sample import Point
from symnll.small.values import PRECISIONS, Undecided, Undefined, compare, precision, related, sign


@dataclass
class Outcome:
    """`status`: agrees, differs, undefined, undecided, excluded (by a hypothesis) or "ordered differently"."""

    status: str
    left: Any = None
    right: Any = None
    reason: str = ""

    @property
    def exact(self) -> bool:
        return isinstance(self.left, fmpq) and isinstance(self.right, fmpq)


def evaluator(case: Case, point: Point, candidate: Point | None = None) -> Evaluator:
    """The values at a point, where the variable of a set of maximisers gets its value from the candidate."""

    def value(variable: Node) -> Any:
        return (candidate if candidate and variable.data[0].sort == "fresh" else point).value(variable)

    return Evaluator(value, point.polynomial, case.assigned)


def admitted(case: Case, values: Evaluator) -> tuple[bool, bool]:
    """Whether the hypotheses hold, and the solved variables have values of their kind; and whether this is rigorous.

    An equality of balls that are the same up to 2⁻¹⁵⁰ counts as one that holds, not rigorously.
    """
    for variable in case.assigned:
        kind, value = variable.data[1], values.value(variable)
        if kind == "natural" and not (isinstance(value, fmpq) and value.q == 1):
            return False, True
        if kind != "real" and sign(value) < (1 if kind == "positive" else 0):
            return False, True
    rigorous = True
    for s, a, b in case.conditions:
        left, right = values.value(a), values.value(b)
        try:
            if not related(s, left - right):
                return False, True
        except Undecided:
            if not compare(s, left, right):
                raise
            rigorous = False
    return True, rigorous


def compare_sides(case: Case, point: Point) -> Outcome:
    """Whether the relation holds at the point."""
    for bits in PRECISIONS:
        with precision(bits):
            values = evaluator(case, point)
            try:
                held, rigorous = admitted(case, values)
                if not held:
                    return Outcome("excluded")
                left, right = values.value(case.left), values.value(case.right)
                holds = compare(case.symbol, left, right)
            except Undefined as problem:
                return Outcome("undefined", reason=str(problem))
            except Undecided:
                continue
            if holds is False and not rigorous:
                continue  # a counterexample must satisfy the hypotheses exactly
            if holds is not None:
                return Outcome("agrees" if holds else "differs", left, right)
    return Outcome("undecided")
