"""Hypotheses s = t, solved for what they rewrite."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symnll.core import kernel
from symnll.core.ring import Polynomial
from symnll.core.term import INT, REAL, ZERO, Term, num, op
from symnll.prove import rational
from symnll.prove.context import Context
from symnll.prove.normal import ContextRing, normal, rank
from symnll.prove.tactics import (
    Theorem,
    attempt,
    ax,
    chain,
    lhs,
    linear,
    minus,
    order,
    parts,
    polynomial_term,
    rhs,
    under,
)


def is_equation(statement: Term) -> bool:
    return statement.op == "eq" and statement.args[0].sort in (INT, REAL)


def general_rule(fact: Theorem, c: Context) -> Theorem | None:
    """A fact (for all …, s = t), in canonical form and solved for what it says something about."""
    opened: list[tuple[str, Term]] = []
    while fact.statement.op in ("forall", "implies"):
        if fact.statement.op == "forall":
            x, c = c.open(fact.statement.args[0].sort[1])
            opened.append(("forall", x))
            fact = kernel.specialise(fact, x)
        else:
            premise = kernel.assume("range", fact.statement.args[0])
            c = Context((premise,), c)
            opened.append(("implies", fact.statement.args[0]))
            fact = kernel.detach(fact, premise)
    if not is_equation(fact.statement):
        return None
    found = rule(fact, c, kinds=("app", "diff", "partial")) or rule(fact, c, kinds=("sum",))
    if found is None or found.statement is fact.statement:
        return None
    for kind, t in reversed(opened):
        found = kernel.generalise(found, t) if kind == "forall" else kernel.discharge(found, t)
    return found


def derivatives(fact: Theorem, c: Context) -> list[Theorem]:
    """From (for all …, real x, …, s = t): for all of them, ∂s/∂x = ∂t/∂x, and the same with second derivatives."""
    found: list[Theorem] = []
    for _ in range(2):
        step = _differentiated(found[-1] if found else fact, c)
        if step is None:
            break
        found.append(step)
    return found


def _differentiated(fact: Theorem, c: Context) -> Theorem | None:
    opened: list[tuple[str, Term]] = []
    x: Term | None = None
    while fact.statement.op in ("forall", "implies"):
        if fact.statement.op == "forall":
            v, c = c.open(fact.statement.args[0].sort[1])
            x = v if v.sort == REAL else x
            opened.append(("forall", v))
            fact = kernel.specialise(fact, v)
        else:
            opened.append(("implies", fact.statement.args[0]))
            premise = kernel.assume("range", fact.statement.args[0])
            c, fact = Context((premise,), c), kernel.detach(fact, premise)
    if x is None or not is_equation(fact.statement) or any(kind == "implies" and x in t.free for kind, t in opened):
        return None
    both = kernel.abstract(fact, x)
    slopes = under(op("diff", lhs(both), x), both, None)
    sides = [attempt(normal, t, c) for t in slopes.statement.args]  # type: ignore[union-attr]
    if any(e is None for e in sides):
        return None
    slopes = kernel.rewrite(slopes, tuple(sides))
    for kind, t in reversed(opened):
        slopes = kernel.generalise(slopes, t) if kind == "forall" else kernel.discharge(slopes, t)
    return slopes


def rule(fact: Theorem, c: Context, kinds: tuple[str, ...] = ()) -> Theorem | None:
    """From an equation s = t: its largest atom that can be solved for = the rest."""
    s, t = fact.statement.args
    gap = minus(s, t)
    sides = linear(op("le", gap, ZERO), (fact, 1)), linear(op("le", ZERO, gap), (fact, -1))
    e = normal(gap, c)
    zero = ax("le_antisymmetric", *sides, a=gap, b=ZERO)
    zero = chain(kernel.symmetric(e) if e is not None else None, zero)
    found = _solved(zero, s if s.op == "sym" else None, c, kinds)
    if found is None:
        cleared = without_denominators(zero, c)
        found = None if cleared is None else _solved(cleared, None, c, kinds)
    return found if found is None or lhs(found).op != "log" else _exponentiated(found, c, kinds)


def _exponentiated(found: Theorem, c: Context, kinds: tuple[str, ...]) -> Theorem | None:
    """a = exp t from log a = t, for positive a."""
    a, t = lhs(found).args[0], rhs(found)
    positive = c.positive(a)
    if positive is None or _occurs(a, t) or (kinds and a.op not in kinds) or a.op in ("add", "mul", "pow", "num"):
        return None if kinds else found
    return chain(kernel.symmetric(ax("exp_log", positive, a=a)), under(op("exp", lhs(found)), found))


def _solved(zero: Theorem, defined: Term | None, c: Context, kinds: tuple[str, ...]) -> Theorem | None:
    """atom = the rest from g = 0, for the atom that is defined, or the largest one that g can be solved for."""
    g = lhs(zero)
    p = ContextRing(c).polynomial(g)
    choices = []
    for atom in sorted({a for m in p for a, _ in m if isinstance(a, Term)}, key=order):
        if atom.op == "num" or (kinds and (atom.args[0] if atom.op == "log" else atom).op not in kinds):
            continue
        solved = _solve(atom, p, c)
        if solved is not None and not (atom.sort == INT and solved[1].sort != INT):
            choices.append((atom, *solved))
    if not choices:
        return None
    atom, factor, target, units = max(choices, key=lambda choice: (choice[0] is defined, _weight(choice[0])))
    # atom = target + factor·g, and g = 0
    with_gap = op("add", target, op("mul", factor, g))
    first = kernel.ring(atom, with_gap, *units)
    second = under(with_gap, None, under(with_gap.args[1], None, zero))
    last = rhs(second)
    return chain(first, second, None if last is target else kernel.ring(last, target))


def without_denominators(zero: Theorem, c: Context) -> Theorem | None:
    """t·d = 0 without denominators, from t = 0; None if t has none, or one that may be 0."""
    t, ring = lhs(zero), ContextRing(c)
    found = rational.cleared(ring.polynomial(t), ring)
    if found is None:
        return None
    p, inverses = found
    atoms = sorted({a for m in p for a, _ in m if isinstance(a, Term)}, key=order)
    below = {a: -min(dict(m).get(a, 0) for m in p) for a in atoms}
    below = {a: e for a, e in below.items() if e > 0}
    if not all(map(ring.unit, below)) or not (below or inverses):
        return None
    factors = [op("pow", a, num(e)) for a, e in below.items()]
    factors += [op("pow", polynomial_term(dict(a[1])), num(e)) for a, e in inverses.items()]
    target = polynomial_term(ring.times(p, {frozenset(below.items()): Fraction(1)}))
    product = op("mul", t, *factors)
    nothing = under(product, zero, *[None] * len(factors))
    return chain(kernel.ring(target, product, *ring.premises()), nothing, kernel.ring(rhs(nothing), ZERO))


def _solve(atom: Term, p: Polynomial, c: Context) -> tuple[Term, Term, list[Theorem]] | None:
    """For c·atom + rest = 0 with c ≠ 0: 1/c, −rest/c, and the theorems that c needs."""
    coefficient: Polynomial = {}
    rest: Polynomial = {}
    for m, k in p.items():
        e = dict(m).get(atom, 0)
        others = frozenset(q for q in m if q[0] is not atom)
        if e not in (0, 1) or (e == 1 and (atom, 1) not in m):
            return None
        (coefficient if e else rest)[others] = k
    if not coefficient or _inside(atom, coefficient) or _inside(atom, rest):
        return None
    if list(coefficient) == [frozenset()]:
        k = coefficient[frozenset()]
        return num(1 / k), polynomial_term({m: -v / k for m, v in rest.items()}), []
    front = polynomial_term(coefficient)
    unit = c.nonzero(front)
    if unit is None:
        return None
    factor = op("pow", front, num(-1))
    ring = ContextRing(c)
    ring.polynomial(factor)
    units = [unit, *ring.premises()]
    for a in sorted({a for m in [*coefficient, *rest] for a, _ in m}, key=order):
        if ring.unit(a):
            units.append(ring.used[a])
    return factor, op("mul", polynomial_term({m: -v for m, v in rest.items()}), factor), units


def _inside(atom: Term, rest: Polynomial) -> bool:
    terms = [a if isinstance(a, Term) else polynomial_term(dict(a[1])) for m in rest for a, _ in m]
    return any(_occurs(atom, t) for t in terms)


def _occurs(s: Term, t: Term) -> bool:
    return any(a is s for a in parts(t, lambda a: a is s or s.free & a.free))


def _weight(t: Term) -> Any:
    return (t.op in ("sum", "prod"), t.op != "sym", rank(t))
