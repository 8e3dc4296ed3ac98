"""Equality of two sets of maximisers at one point: exactly over a finite set, by the two orderings over reals."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import sympy

from symnll.language import ArgMax, ArgMin, Index, Parameter, Vector
from symnll.small.cases import Case, Cases, Demand, solve
from symnll.small.compare import Outcome, admitted, evaluator
from symnll.small.graph import Key
from symnll.small.sample import Point
from symnll.small.values import PRECISIONS, Undecided, Undefined, precision, sign_or_tie
from symnll.small.writer import Unsupported, kind_of

REAL_CANDIDATES = 8


def compare_maximisers(cases: Cases, case: Case, point: Point) -> Outcome:
    """Whether both sides have the same maximisers at the point; over reals this is never refuted."""
    sides = cases.problem.statement.args
    if not all(isinstance(s, ArgMax) for s in sides) or case.symbol != "=":
        raise Unsupported("a set of maximisers can be compared with another one only, by =")
    finite = [isinstance(s.args[1], (Index, Parameter)) for s in sides]
    if finite[0] != finite[1]:
        raise Unsupported("the two sets of maximisers range over different kinds of variable")
    for bits in PRECISIONS:
        with precision(bits):
            try:
                if not admitted(case, evaluator(case, point)):
                    return Outcome("excluded")
                scores = [_scores(cases, case, side, point) for side in sides]
                return _compare_sets(scores) if finite[0] else _compare_orders(scores)
            except Undecided:
                continue
    return Outcome("undecided")


def _scores(cases: Cases, case: Case, side: Any, point: Point) -> dict[Any, Any]:
    """The objective (negated for a minimum) at each candidate of the domain; None where it is undefined."""
    variable, domain = side.args[1:]
    candidates: Iterator[tuple[Any, dict[Any, Any], Point | None]]
    if isinstance(variable, (Index, Parameter)):
        candidates = ((v, {**case.env, variable: v}, None) for v in cases.range_of(variable, case.env))
    else:
        candidates = _real_candidates(cases, case, variable)
    scores = {}
    for name, env, candidate in candidates:
        demands: list[Demand] = []
        if not all(cases.demand(d, env, demands) for d in domain):
            continue
        assigned, conditions, _ = solve(cases.graph, demands, free=lambda v: v.data[0].sort == "fresh")
        node = cases.writer.write(side.args[0], env)
        inner = Case(env, "=", node, node, conditions, {**case.assigned, **assigned}, {})
        case.scored.append(node)
        values = evaluator(inner, point, candidate)
        try:
            if admitted(inner, values):
                scores[name] = -values.value(node) if isinstance(side, ArgMin) else values.value(node)
        except Undefined:
            if candidate is None:
                raise
            scores[name] = None
    return scores


def _real_candidates(cases: Cases, case: Case, variable: Any) -> Iterator[tuple[Any, dict[Any, Any], Point | None]]:
    """Values of a real variable or vector, the same ones for both sides."""
    if isinstance(variable, Vector) and variable.kind in ("onehot", "labels"):
        raise Unsupported(f"the maximiser {variable} is a vector of kind {variable.kind}, which is not tried")
    fresh = cases.writer.fresh("maximiser", keeps_kind=True)
    value: Any = fresh
    if not isinstance(variable, sympy.IndexedBase):
        value = cases.graph.variable(Key("fresh", fresh.serial), kind_of(variable))
    for number in range(REAL_CANDIDATES):
        level = (0, 1, 3, 2)[min(number, 3)]
        yield number, {**case.env, variable: value}, Point(f"candidate/{number}", level, number)


def _compare_sets(scores: list[dict[Any, Any]]) -> Outcome:
    """The sets of maximisers of two finite tables of scores; they differ only where the order is rigorous."""
    sets, rigorous = [], True
    for table in scores:
        best = []
        for name, value in table.items():
            signs = [sign_or_tie(value - other) for other in table.values() if other is not value]
            if all(s >= 0 for s, _ in signs):
                best.append(name)
                rigorous = rigorous and all(sure for _, sure in signs)
        sets.append(best)
    if not any(sets):
        return Outcome("excluded")
    if sets[0] == sets[1]:
        return Outcome("agrees", sets[0], sets[1])
    return Outcome("differs" if rigorous else "undecided", sets[0], sets[1])


def _compare_orders(scores: list[dict[Any, Any]]) -> Outcome:
    """Two real objectives agree if they order the candidates alike; otherwise nothing is concluded."""
    defined = [name for name in scores[0] if all(t.get(name) is not None for t in scores)]
    if scores[0].keys() != scores[1].keys() or len(defined) < 2:
        return Outcome("undecided")
    for a, b in itertools.combinations(defined, 2):
        signs = [sign_or_tie(table[a] - table[b])[0] for table in scores]
        if signs[0] != signs[1]:
            return Outcome("ordered differently")
    return Outcome("agrees")
