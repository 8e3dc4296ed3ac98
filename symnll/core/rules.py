"""The rules of inference, on sequents.

A sequent is a set of named hypotheses and a statement; it says that the statement holds for all values of the free
symbols for which the hypotheses hold. Each rule maps sequents to a sequent or raises CoreError; kernel.py wraps them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from symnll.core.axioms import AXIOMS
from symnll.core.ring import CONSTANT, Ring, accumulate
from symnll.core.term import BOOL, REAL, ZERO, CoreError, Term, _rebuild, app, fits, lam, op, substitute

Hypotheses = frozenset[tuple[str, Term]]


class Sequent(NamedTuple):
    hypotheses: Hypotheses
    statement: Term


def _need(condition: bool, message: str, *parts: object) -> None:
    if not condition:
        raise CoreError(message.format(*parts))


def _union(*sequents: Sequent | None) -> Hypotheses:
    return frozenset().union(*(s.hypotheses for s in sequents if s is not None))


def _without(hypotheses: Hypotheses, statement: Term) -> Hypotheses:
    return frozenset(h for h in hypotheses if h[1] is not statement)


def _fresh(symbol: Term, hypotheses: Hypotheses) -> None:
    _need(symbol.op == "sym", "{!r} is not a symbol.", symbol)
    _need(all(symbol not in s.free for _, s in hypotheses), "{!r} is free in a hypothesis.", symbol)


def negation(statement: Term) -> Term:
    """The relation that holds exactly where `statement`, a relation between numbers, does not."""
    opposite = {"eq": "ne", "ne": "eq", "le": "lt", "lt": "le"}.get(statement.op)
    _need(opposite is not None, "{!r} is not a relation between numbers.", statement)
    s, t = statement.args
    return op(str(opposite), t, s) if statement.op in ("le", "lt") else op(str(opposite), s, t)


def assume(name: str, statement: Term) -> Sequent:
    """φ ⊢ φ, as a hypothesis with a name."""
    _need(isinstance(name, str) and statement.sort == BOOL, "{!r} is not a formula.", statement)
    return Sequent(frozenset([(name, statement)]), statement)


def axiom(name: str, values: tuple[tuple[str, Term], ...], *premises: Sequent) -> Sequent:
    """A row of AXIOMS with values for its symbols, and a theorem of each side condition, in the row's order."""
    _need(name in AXIOMS, "There is no axiom {!r}.", name)
    row, given = AXIOMS[name], dict(values)
    fine = given.keys() == row.symbols.keys()
    _need(fine, "The symbols of {} are {}, not {}.", name, sorted(row.symbols), sorted(given))
    values_of = {symbol: given[s] for s, symbol in row.symbols.items()}
    _need(len(premises) == len(row.conditions), "{} has {} side conditions.", name, len(row.conditions))
    for premise, condition in zip(premises, row.conditions, strict=True):
        wanted = substitute(condition, values_of)
        _need(premise.statement is wanted, "{} needs {!r}, not {!r}.", name, wanted, premise.statement)
    return Sequent(_union(*premises), substitute(row.statement, values_of))


def discharge(p: Sequent, statement: Term) -> Sequent:
    """From Γ, φ ⊢ ψ: Γ ⊢ φ → ψ."""
    return Sequent(_without(p.hypotheses, statement), op("implies", statement, p.statement))


def detach(p: Sequent, q: Sequent) -> Sequent:
    """From φ → ψ and φ: ψ."""
    fine = p.statement.op == "implies" and p.statement.args[0] is q.statement
    _need(fine, "{!r} is not an implication from {!r}.", p.statement, q.statement)
    return Sequent(_union(p, q), p.statement.args[1])


def generalise(p: Sequent, symbol: Term) -> Sequent:
    """From Γ ⊢ φ(s), s not free in Γ: Γ ⊢ for all s, φ(s)."""
    _fresh(symbol, p.hypotheses)
    return Sequent(p.hypotheses, op("forall", lam(symbol, p.statement)))


def specialise(p: Sequent, value: Term) -> Sequent:
    """From (for all s, φ(s)): φ(value), for a value of the sort of s."""
    _need(p.statement.op == "forall", "{!r} is not a statement about all values.", p.statement)
    return Sequent(p.hypotheses, app(p.statement.args[0], value))


def by_cases(p: Sequent, q: Sequent, statement: Term) -> Sequent:
    """From Γ, φ ⊢ ψ and Δ, not φ ⊢ ψ, for a relation φ: Γ, Δ ⊢ ψ."""
    _need(p.statement is q.statement, "The cases end in {!r} and {!r}.", p.statement, q.statement)
    rest = _without(p.hypotheses, statement) | _without(q.hypotheses, negation(statement))
    return Sequent(rest, p.statement)


def conjoin(*premises: Sequent) -> Sequent:
    """From φ, ψ, …: φ and ψ and …"""
    return Sequent(_union(*premises), op("and", *(p.statement for p in premises)))


def conjunct(p: Sequent, n: int) -> Sequent:
    """From a conjunction: its n-th part, from 0."""
    _need(p.statement.op == "and" and n in range(len(p.statement.args)), "{!r} has no part {}.", p.statement, n)
    return Sequent(p.hypotheses, p.statement.args[n])


def symmetric(p: Sequent) -> Sequent:
    """From s = t (or s ≠ t): t = s (t ≠ s)."""
    _need(p.statement.op in ("eq", "ne"), "{!r} is not an equation.", p.statement)
    return Sequent(p.hypotheses, op(p.statement.op, *p.statement.args[::-1]))


def _replaced(t: Term, equations: tuple[Sequent | None, ...]) -> Term:
    _need(len(equations) == len(t.args) and t.op != "lam", "{!r} has {} arguments.", t, len(t.args))
    args = list(t.args)
    for position, e in enumerate(equations):
        if e is not None:
            fine = e.statement.op == "eq" and e.statement.args[0] is args[position]
            _need(fine, "{!r} says nothing about {!r}.", e.statement, args[position])
            args[position] = e.statement.args[1]
    return _rebuild(t, tuple(args))


def congruence(t: Term, equations: tuple[Sequent | None, ...]) -> Sequent:
    """op(s, …) = op(s', …), from s = s' for each argument that changes and None for each that doesn't; t = t too."""
    return Sequent(_union(*equations), op("eq", t, _replaced(t, equations)))


def rewrite(p: Sequent, equations: tuple[Sequent | None, ...]) -> Sequent:
    """From φ(s, …) and s = s', …: φ(s', …). So from r = s and s = t: r = t."""
    return Sequent(_union(p, *equations), _replaced(p.statement, equations))


def abstract(p: Sequent, symbol: Term) -> Sequent:
    """From Γ ⊢ s = t, with a symbol that is not free in Γ: (symbol ↦ s) = (symbol ↦ t)."""
    _fresh(symbol, p.hypotheses)
    _need(p.statement.op == "eq", "{!r} is not an equation.", p.statement)
    return Sequent(p.hypotheses, op("eq", *(lam(symbol, side) for side in p.statement.args)))


def ring(s: Term, t: Term, *nonzero: Sequent) -> Sequent:
    """s = t, if they are the same rational function of their atoms; a denominator is cancelled if u ≠ 0 is given."""
    _need(fits(s.sort, REAL) and fits(t.sort, REAL), "{!r} or {!r} is not a number.", s, t)
    for p in nonzero:
        _need(p.statement.op == "ne" and p.statement.args[1] is ZERO, "{!r} is not of the form t ≠ 0.", p.statement)
    r = Ring(p.statement.args[0] for p in nonzero)
    difference = accumulate(accumulate({}, r.polynomial(s)), r.polynomial(t), factor=-1)
    _need(r.vanishes(difference), "{!r} and {!r} are not the same polynomial.", s, t)
    return Sequent(_union(*nonzero), op("eq", s, t))


def linear(goal: Term, premises: tuple[tuple[Fraction, Sequent], ...]) -> Sequent:
    """s ≤ t or s < t, as t − s = Σ cₖ(tₖ − sₖ) + constant over sₖ ≤ tₖ or sₖ < tₖ (cₖ ≥ 0) or sₖ = tₖ (any cₖ)."""
    _need(goal.op in ("le", "lt"), "{!r} is not an inequality.", goal)
    r, strict = Ring(), False
    rest = accumulate(accumulate({}, r.polynomial(goal.args[1])), r.polynomial(goal.args[0]), factor=-1)
    for factor, p in premises:
        _need(p.statement.op in ("le", "lt", "eq"), "{!r} is not an inequality or equation.", p.statement)
        _need(factor >= 0 or p.statement.op == "eq", "{!r} has the negative factor {}.", p.statement, factor)
        strict = strict or (p.statement.op == "lt" and factor > 0)
        accumulate(rest, r.polynomial(p.statement.args[0]), factor=factor)
        accumulate(rest, r.polynomial(p.statement.args[1]), factor=-factor)
    slack = rest.pop(CONSTANT, Fraction(0))
    _need(not rest, "{!r} does not follow linearly.", goal)
    _need(slack >= 0 if goal.op == "le" or strict else slack > 0, "{!r} misses by {}.", goal, -slack)
    return Sequent(_union(*(p for _, p in premises)), goal)


ALL_RULES = (assume, axiom, discharge, detach, generalise, specialise, by_cases, conjoin, conjunct,
             symmetric, congruence, rewrite, abstract, ring, linear)  # fmt: skip
