"""What the kind of a symbol says about it, as named hypotheses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from sympy import IndexedBase
from sympy.core.function import UndefinedFunction

from symnll import language as L
from symnll.core.term import INT, ONE, REAL, ZERO, Term, app, between, forall, lam, num, op, sym

Hypothesis = tuple[str, Term]


def says(bridge: Any, t: Term, source: Any, scope: Any = None) -> list[Hypothesis]:
    """What a symbol t is said to be by `source`, its declaration; `scope` has the bound variables of its bounds."""
    if isinstance(source, L.Index):
        lower, upper = bridge.term(source.lower, scope), bridge.term(source.upper, scope)
        name = f"{source} ∈ {source.lower}..{source.upper}"
        return [(name, op("le", lower, t)), (name, op("le", t, upper))]
    if isinstance(source, L.Vector):
        return _vector(bridge, t, source, scope)
    if source is sympy.pi:  # what is proved holds for every number between these
        return [("3 < π", op("lt", num(3), t)), ("π < 22/7", op("lt", t, num(Fraction(22, 7))))]
    if isinstance(source, sympy.Symbol):
        if t.sort == INT and source.is_positive:
            return [(f"{source} ≥ 1", op("le", ONE, t))]
        if source.is_positive:
            return [(f"{source} > 0", op("lt", ZERO, t))]
        return [(f"{source} ≥ 0", op("le", ZERO, t))] if source.is_nonnegative else []
    if isinstance(source, L.FunctionalValue):
        upper = bridge.term(source.args[1])
        return [(f"{t.data} differentiable", op("differentiable", t, ONE, upper))]
    return _function(bridge, t, source) if isinstance(source, UndefinedFunction) else []


def _vector(bridge: Any, t: Term, v: Any, scope: Any) -> list[Hypothesis]:
    sizes = [bridge.term(s, scope) for s in v.sizes]
    index = [sym(f"‹{n}›", INT) for n in range(len(sizes))]
    entry = app(t, *index)

    def everywhere(formula: Term, depth: int = len(sizes)) -> Term:
        for i, upper in reversed(list(zip(index[:depth], sizes[:depth], strict=True))):
            formula = between(i, ONE, upper, formula)
        return formula

    name = f"{v.label} {v.kind}"
    if v.kind in ("positive", "simplex"):
        said = [(name, everywhere(op("lt", ZERO, entry)))]
        if v.kind == "simplex":
            total = op("sum", ONE, sizes[-1], lam(index[-1], entry))
            said.append((name, everywhere(op("eq", total, ONE), len(sizes) - 1)))
        return said
    if v.kind in ("nonnegative", "natural"):
        return [(name, everywhere(op("le", ZERO, entry)))]
    if v.kind == "binary":
        return [(name, everywhere(op("le", ZERO, entry))), (name, everywhere(op("le", entry, ONE)))]
    if v.kind == "onehot":
        at = app(bridge._vector(v.extra), *index[:-1]) if isinstance(v.extra, IndexedBase) else None
        at = bridge.term(v.extra, scope) if at is None else at
        return [(f"{v.label} one-hot at {v.extra}", everywhere(op("eq", entry, op("delta", index[-1], at))))]
    if v.kind == "labels":
        name = f"{v.label} labels in 1..{v.extra}"
        classes = bridge.term(v.extra, scope)
        return [(name, everywhere(op("le", ONE, entry))), (name, everywhere(op("le", entry, classes)))]
    return []


def _function(bridge: Any, t: Term, f: Any) -> list[Hypothesis]:
    """An unknown function is twice differentiable in its real arguments, and of the sign that it was declared with."""
    sorts, s = [], t.sort
    while isinstance(s, tuple):
        sorts.append(s[1])
        s = s[2]
    variables = [sym(f"‹{n}›", sort) for n, sort in enumerate(sorts)]
    said, one = [], bridge.samples[f]
    for relation, wanted in (("lt", one.is_positive), ("le", one.is_nonnegative and not one.is_positive)):
        if wanted:
            formula = op(relation, ZERO, app(t, *variables))
            for v in reversed(variables):
                formula = forall(v, formula)
            said.append((f"{f} {'positive' if relation == 'lt' else 'nonnegative'}", formula))
    reals = [v for v in variables if v.sort == REAL]
    for v in reals:
        formula = op("smooth", lam(v, app(t, *variables)))
        for u in reversed([u for u in variables if u is not v]):
            formula = forall(u, formula)
        said.append((f"{f} differentiable", formula))
    for first in reals:
        slope = op("diff", lam(first, app(t, *variables)), first)
        for v in reals:
            formula = op("smooth", lam(v, slope))
            for u in reversed([u for u in variables if u is not v]):
                formula = forall(u, formula)
            said.append((f"{f} twice differentiable", formula))
    return said
