"""The search for a proof of one statement: a theorem under the named hypotheses, or NoProof with what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symnll.core import kernel
from symnll.core.ring import Polynomial, Ring, accumulate
from symnll.core.rules import negation
from symnll.core.term import INT, ONE, REAL, ZERO, CoreError, Term, app, fn, lam, num, op, substitute
from symnll.prove import calculus
from symnll.prove.context import Context
from symnll.prove.normal import ContextRing, normal, value
from symnll.prove.order import prove_order
from symnll.prove.tactics import (
    NoProof,
    Theorem,
    ax,
    chain,
    equation,
    from_difference,
    linear,
    minus,
    order,
    polynomial_term,
    rhs,
    under,
)

MAX_CASES = 3


def prove_statement(goal: Term, hypotheses: list[tuple[str, Term]]) -> Theorem:
    """A theorem of the goal; its hypotheses are among those given. Raises NoProof."""
    try:
        return prove_goal(goal, build_context(hypotheses))
    except CoreError as error:
        raise NoProof(str(error)) from error


def build_context(hypotheses: list[tuple[str, Term]]) -> Context:
    c = Context(kernel.assume(name, statement) for name, statement in hypotheses)
    return with_rules(c)


def with_rules(c: Context) -> Context:
    """The context in which equations that are facts rewrite terms, and other facts stand in canonical form too."""
    equations = [f for f in c.facts.values() if f.statement.op == "eq" and f.statement.args[0].sort in (INT, REAL)]
    for fact in equations:
        rule = _rule(fact, c)
        if rule is not None:
            c = Context((), c)
            c.rules[rule.statement.args[0]] = rule
    extra = []
    for fact in c.facts.values():
        if fact.statement.op in ("le", "lt", "ne"):
            sides = tuple(normal(s, c) for s in fact.statement.args)
            if any(e is not None for e in sides):
                extra.append(kernel.rewrite(fact, sides))
    return Context(extra, c) if extra else c


def _rule(fact: Theorem, c: Context) -> Theorem | None:
    """From an equation: its largest atom that can be solved for = the rest."""
    sides = tuple(normal(s, c) for s in fact.statement.args)
    if any(e is not None for e in sides):
        fact = kernel.rewrite(fact, sides)
    s, t = fact.statement.args
    ring, p = Ring(), {}
    accumulate(p, ring.polynomial(t))
    accumulate(p, ring.polynomial(s), -1)
    choices = []
    for m, k in p.items():
        if len(m) != 1:
            continue
        ((atom, e),) = m
        rest = {n: v for n, v in p.items() if n != m}
        if not isinstance(atom, Term) or e != 1 or atom.op == "num" or _inside(atom, rest):
            continue
        target = polynomial_term({n: -v / k for n, v in rest.items()})
        if atom.sort == INT and target.sort != INT:
            continue
        choices.append((atom, target))
    if not choices:
        return None
    atom, target = max(choices, key=lambda pair: _weight(pair[0]))
    for factor in (Fraction(1), Fraction(-1)):
        scale = factor / abs(p[frozenset([(atom, 1)])])
        try:
            up = linear(op("le", atom, target), (fact, scale))
            down = linear(op("le", target, atom), (fact, -scale))
            return ax("le_antisymmetric", up, down, a=atom, b=target)
        except CoreError:
            continue
    return None


def _inside(atom: Term, rest: Polynomial) -> bool:
    def occurs(t: Term) -> bool:
        return t is atom or (bool(atom.free & t.free) and any(occurs(a) for a in t.args))

    return any(occurs(a) for m in rest for a, _ in m if isinstance(a, Term)) or any(
        not isinstance(a, Term) for m in rest for a, _ in m
    )


def _weight(t: Term) -> Any:
    from symnll.prove.normal import _rank

    return (t.op in ("sum", "prod"), t.op != "sym", _rank(t))


def prove_goal(goal: Term, c: Context, cases: int = MAX_CASES) -> Theorem:
    """A theorem of the goal in this context. Raises NoProof."""
    if goal.op == "and":
        return kernel.conjoin(*(prove_goal(g, c, cases) for g in goal.args))
    if goal.op == "forall":
        x, inner = c.open(goal.args[0].sort[1])
        return kernel.generalise(prove_goal(app(goal.args[0], x), inner, cases), x)
    if goal.op == "implies":
        inner = with_rules(Context((kernel.assume("case", goal.args[0]),), c))
        return kernel.discharge(prove_goal(goal.args[1], inner, cases), goal.args[0])
    if goal in c.facts:
        return c.facts[goal]
    if goal.op == "argmax_eq":
        return _argmax(goal, c)
    tactic = {"eq": _equal, "le": prove_order, "lt": prove_order, "ne": _differ}.get(goal.op)
    if tactic is None:
        raise NoProof(f"There is no way to prove a statement of the form {goal.op}.")
    try:
        return tactic(goal, c)
    except NoProof:
        split = _case(goal, c) if cases else None
        if split is None:
            raise
    return _by_cases(goal, split, c, cases - 1)


def _by_cases(goal: Term, split: Term, c: Context, cases: int) -> Theorem:
    branches = []
    for statement in (split, negation(split)):
        inner = with_rules(Context((kernel.assume("case", statement),), c))
        branches.append(prove_goal(goal, inner, cases))
    return kernel.by_cases(*branches, split)


def _case(goal: Term, c: Context) -> Term | None:
    """A relation to decide by cases: two indices of a delta that stays, or the sides of a maximum."""
    sides = [value(s, normal(s, c)) for s in goal.args]
    found: list[Term] = []

    def walk(t: Term) -> None:
        if t[4]:  # below a binder
            return
        if t.op == "delta":
            found.append(op("eq", *t.args))
        elif t.op == "max":
            found.append(op("le", *t.args))
        for a in t.args:
            walk(a)

    for s in sides:
        walk(s)
    known = [s for s in found if s not in c.facts and negation(s) not in c.facts]
    return min(known, key=order, default=None)


def _equal(goal: Term, c: Context) -> Theorem:
    s, t = goal.args
    if isinstance(s.sort, tuple) or s.sort not in (INT, REAL):
        return _equal_functions(goal, c)
    left, right = normal(s, c), normal(t, c)
    if value(s, left) is value(t, right):
        back = kernel.symmetric(right) if right is not None else None
        return equation(chain(left, back), s)
    for attempt in (_by_difference, _by_clearing, _by_ray, _by_logarithm):
        found = attempt(value(s, left), value(t, right), c)
        if found is not None:
            back = kernel.symmetric(right) if right is not None else None
            return chain(left, found, back)
    raise NoProof(f"What is left to show is {value(s, left)!r} = {value(t, right)!r}.")


def _equal_functions(goal: Term, c: Context) -> Theorem:
    s, t = goal.args
    if s is t:
        return kernel.reflexive(s)
    if not isinstance(s.sort, tuple):
        raise NoProof(f"{s!r} = {t!r} is not an equation between numbers.")
    x, inner = c.open(s.sort[1])
    return kernel.abstract(prove_goal(op("eq", app(s, x), app(t, x)), inner), x)


def _by_difference(s: Term, t: Term, c: Context) -> Theorem | None:
    gap = minus(s, t)
    e = normal(gap, c)
    return from_difference(s, t, e) if e is not None and rhs(e) is ZERO else None


def _by_clearing(s: Term, t: Term, c: Context) -> Theorem | None:
    """Multiply by every denominator that is known to be non-zero."""
    ring = ContextRing(c)
    p = dict(ring.polynomial(s))
    accumulate(p, ring.polynomial(t), -1)
    for m in p:
        for atom, e in m:
            if not isinstance(atom, Term) or e <= 0:
                ring.unit(atom)
    try:
        return kernel.ring(s, t, *ring.used.values())
    except CoreError:
        return None


def _by_logarithm(s: Term, t: Term, c: Context) -> Theorem | None:
    """s = t for positive s and t, from log s = log t."""
    if not ({s.op, t.op} & {"prod", "mul", "pow"}):
        return None
    positive = c.positive(s), c.positive(t)
    if not all(positive):
        return None
    logs = op("log", s), op("log", t)
    left, right = normal(logs[0], c), normal(logs[1], c)
    if value(logs[0], left) is not value(logs[1], right):
        return None
    equal = chain(left, kernel.symmetric(right) if right is not None else None)
    if equal is None:
        return None
    exps = under(op("exp", logs[0]), equal)
    return chain(
        kernel.symmetric(ax("exp_log", positive[0], a=s)), exps, ax("exp_log", positive[1], a=t)
    )


def _by_ray(s: Term, t: Term, c: Context) -> Theorem | None:
    """s = t from d/dr (s − t)(r·z) = 0 for all r, and s = t at z = 0: for unknown functions of a vector or scalar z."""
    known = {x for f in c.facts for x in f.free} | {x for f in c.every for x in f.statement.free}
    gap = minus(s, t)
    for z in sorted((x for x in gap.free if x.sort in (fn(INT, REAL), REAL) and x not in known), key=order):
        if not _under_unknown(gap, z):
            continue
        r, inner = c.open(REAL)
        k = inner.fresh(INT)
        scaled = op("mul", r, z) if z.sort == REAL else lam(k, op("mul", r, app(z, k)))
        u = lam(r, substitute(gap, {z: scaled}))
        try:
            slope = calculus.derivative(u, r, inner)
        except (NoProof, CoreError):
            continue
        d = slope.statement.args[2]
        e = normal(d, inner)
        if value(d, e) is not ZERO:
            continue
        flat = kernel.generalise(slope if e is None else kernel.rewrite(slope, (None, None, e)), r)
        constant = ax("zero_derivative", flat, u=u, a=ONE, b=num(0))
        left, right = normal(app(u, ONE), c), normal(app(u, num(0)), c)
        if value(app(u, num(0)), right) is not ZERO:
            continue
        zero = chain(kernel.symmetric(left) if left is not None else None, constant, right)
        whole = normal(gap, c)
        if value(gap, whole) is not value(app(u, ONE), left):
            continue
        return from_difference(s, t, chain(whole, zero) if zero is not None else whole)
    return None


def _under_unknown(t: Term, z: Term) -> bool:
    """Whether z occurs in the argument of an unknown function."""
    if z not in t.free:
        return False
    if t.op == "app" and z in t.args[1].free and z not in t.args[0].free and t.args[1].sort != INT:
        return True
    return any(_under_unknown(a, z) for a in t.args)


def _differ(goal: Term, c: Context) -> Theorem:
    shown = c.show(goal)
    if shown is not None:
        return shown
    s, t = goal.args
    for small, large in ((s, t), (t, s)):
        try:
            less = prove_order(op("lt", small, large), c)
        except NoProof:
            continue
        differ = ax("less_differs", less, a=small, b=large)
        return differ if small is s else kernel.symmetric(differ)
    raise NoProof(f"{s!r} ≠ {t!r} was not shown.")


def _argmax(goal: Term, c: Context) -> Theorem:
    """argmax p = argmax q, from p(s) ≤ p(t) → q(s) ≤ q(t) and the other way round."""
    domain, p, q = goal.args
    sort = domain.sort[1]
    s, outer = c.open(sort)
    t, inner = outer.open(sort)

    def carries(one: Term, other: Term) -> Theorem:
        given = [app(domain, s), app(domain, t), op("le", app(one, s), app(one, t))]
        here = with_rules(Context([kernel.assume("case", g) for g in given], inner))
        shown = prove_order(op("le", app(other, s), app(other, t)), here)
        for g in reversed(given):
            shown = kernel.discharge(shown, g)
        return kernel.generalise(kernel.generalise(shown, t), s)

    name = {INT: "integer", REAL: "real", "point": "point"}.get(sort, "family")
    return ax(f"argmax_{name}", carries(p, q), carries(q, p), D=domain, p=p, q=q)


def free_indices(t: Term) -> Iterator[Term]:
    yield from sorted((s for s in t.free if s.sort == INT), key=order)
