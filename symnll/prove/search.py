"""The search for a proof of one statement: a theorem under the named hypotheses, or NoProof with what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symnll.core import kernel
from symnll.core.ring import Polynomial, accumulate
from symnll.core.rules import negation
from symnll.core.term import INT, ONE, REAL, ZERO, CoreError, Term, app, fn, lam, num, op, substitute
from symnll.prove import calculus
from symnll.prove.context import Context
from symnll.prove.normal import ContextRing, normal, value
from symnll.prove.order import log_bounds, prove_order
from symnll.prove.tactics import (
    NoProof,
    Theorem,
    ax,
    chain,
    equation,
    for_range,
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
        theorem = prove_goal(goal, with_cuts(build_context(hypotheses), goal))
    except (CoreError, RecursionError) as error:
        raise NoProof(str(error)) from error
    verify(theorem, goal, hypotheses)
    return theorem


class WrongTheorem(Exception):
    """An internal error: the search came back with a theorem of something else, or under other hypotheses."""


def verify(theorem: Theorem, goal: Term, hypotheses: list[tuple[str, Term]]) -> None:
    """Raise WrongTheorem unless this is a theorem of the goal under some of these hypotheses and no others."""
    if theorem.statement is not goal or not theorem.hypotheses <= set(hypotheses):
        raise WrongTheorem(f"The search for {goal!r} found {theorem!r}.")


def build_context(hypotheses: list[tuple[str, Term]]) -> Context:
    return with_rules(Context(kernel.assume(name, statement) for name, statement in hypotheses))


def with_cuts(c: Context, goal: Term) -> Context:
    """The context that knows where the ranges of the goal end, if they are not all the same."""
    ends: dict[Term, None] = {}

    def walk(t: Term) -> None:
        if t.op in ("sum", "prod", "maxi") and t.args[1][4] == 0:
            ends[t.args[1]] = None
        for a in t.args:
            walk(a)

    walk(goal)
    if len(ends) < 2 or not any(e.op == "add" for e in ends):
        return c
    c = Context((), c)
    c.cuts = tuple(sorted(ends, key=order))
    return c


def with_rules(c: Context) -> Context:
    """The context in which equations that are facts rewrite terms, and other facts stand in canonical form too."""
    c = with_integers(c)
    for fact in [f for f in c.facts.values() if _is_equation(f.statement)]:
        rule = _rule(fact, c)
        if rule is not None:
            c = Context((), c)
            c.rules[rule.statement.args[0]] = rule
    extra = []
    for fact in c.every:
        general = _general_rule(fact, c)
        if general is not None:
            extra.append(general)
    for fact in c.facts.values():
        if fact.statement.op in ("le", "lt", "ne"):
            sides = tuple(normal(s, c) for s in fact.statement.args)
            if any(e is not None for e in sides):
                extra.append(kernel.rewrite(fact, sides))
    return Context(extra, c) if extra else c


def with_integers(c: Context) -> Context:
    """What i ≠ j says together with i ≤ j: i + 1 ≤ j; and i = j where i ≤ j and j ≤ i are known."""
    extra: list[Theorem] = []
    for fact in list(c.facts.values()):
        i, j = fact.statement.args if fact.statement.op == "ne" else (ZERO, ONE)
        if fact.statement.op != "ne" or i.sort != INT or j.sort != INT:
            continue
        below = c.show(op("le", i, j))
        if below is not None:
            less = ax("le_differs", below, fact, a=i, b=j)
            extra += [less, ax("integer_step", less, i=i, j=j)]
    if not extra:
        return c
    c = Context(extra, c)
    known = [f.statement.args for f in c.facts.values() if f.statement.op == "le"]
    bounds = {s for sides in known for s in sides if s.sort == INT}
    for i in sorted((s for s in bounds if s.op == "sym"), key=order):
        for j in sorted((s for s in bounds if s is not i), key=order):
            up, down = c.show(op("le", i, j)), c.show(op("le", j, i))
            if up is not None and down is not None:
                return Context((ax("le_antisymmetric", up, down, a=i, b=j),), c)
    return c


def _is_equation(statement: Term) -> bool:
    return statement.op == "eq" and statement.args[0].sort in (INT, REAL)


def _general_rule(fact: Theorem, c: Context) -> Theorem | None:
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
    if not _is_equation(fact.statement):
        return None
    rule = _rule(fact, c, kinds=("app", "diff", "partial"))
    if rule is None or rule.statement is fact.statement:
        return None
    for kind, t in reversed(opened):
        rule = kernel.generalise(rule, t) if kind == "forall" else kernel.discharge(rule, t)
    return rule


def _rule(fact: Theorem, c: Context, kinds: tuple[str, ...] = ()) -> Theorem | None:
    """From an equation s = t: its largest atom that can be solved for = the rest."""
    s, t = fact.statement.args
    defined = s if s.op == "sym" else None
    gap = minus(s, t)
    e = normal(gap, c)
    zero = ax(
        "le_antisymmetric",
        linear(op("le", gap, ZERO), (fact, 1)),
        linear(op("le", ZERO, gap), (fact, -1)),
        a=gap,
        b=ZERO,
    )
    zero = chain(kernel.symmetric(e) if e is not None else None, zero)
    p = ContextRing(c).polynomial(value(gap, e))
    choices = []
    for atom in {a for m in p for a, _ in m if isinstance(a, Term)}:
        if atom.op == "num" or (kinds and atom.op not in kinds):
            continue
        solved = _solve(atom, p, c)
        if solved is not None and not (atom.sort == INT and solved[1].sort != INT):
            choices.append((atom, *solved))
    if not choices:
        return None
    atom, factor, target, units = max(choices, key=lambda choice: (choice[0] is defined, _weight(choice[0])))
    # atom = target + factor·(s − t), and s − t = 0
    g = value(gap, e)
    with_gap = op("add", target, op("mul", factor, g))
    first = kernel.ring(atom, with_gap, *units)
    second = under(with_gap, None, under(with_gap.args[1], None, zero))
    last = rhs(second)
    return chain(first, second, None if last is target else kernel.ring(last, target))


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
    units = [unit, *ring.used.values()]
    for a in {a for m in [*coefficient, *rest] for a, _ in m}:
        if ring.unit(a):
            units.append(ring.used[a])
    return factor, op("mul", polynomial_term({m: -v for m, v in rest.items()}), factor), units


def _inside(atom: Term, rest: Polynomial) -> bool:
    def occurs(t: Term) -> bool:
        return t is atom or (bool(atom.free & t.free) and any(occurs(a) for a in t.args))

    terms = [a if isinstance(a, Term) else polynomial_term(dict(a[1])) for m in rest for a, _ in m]
    return any(occurs(a) for a in terms)


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
    return min(known, key=order, default=None) or _first_value(goal, c)


def _first_value(goal: Term, c: Context) -> Term | None:
    """i = 1 for an index i of the goal that has few values, such as 1..2."""
    for i in sorted((s for s in goal.free if s.sort == INT), key=order):
        bounds = [f.statement.args for f in c.facts.values() if f.statement.op == "le" and i in f.statement.args]
        low = max((s.data for s, t in bounds if t is i and s.op == "num"), default=None)
        high = min((t.data for s, t in bounds if s is i and t.op == "num"), default=None)
        if low is not None and high is not None and 0 < high - low < MAX_CASES:
            return op("eq", i, num(low))
    return None


def _equal(goal: Term, c: Context) -> Theorem:
    s, t = goal.args
    if isinstance(s.sort, tuple) or s.sort not in (INT, REAL):
        return _equal_functions(goal, c)
    left, right = normal(s, c), normal(t, c)
    if value(s, left) is value(t, right):
        back = kernel.symmetric(right) if right is not None else None
        return equation(chain(left, back), s)
    for attempt in (_by_difference, _by_clearing, _by_ray, _by_logarithm, _by_strictness):
        found = attempt(value(s, left), value(t, right), c)
        if found is not None:
            back = kernel.symmetric(right) if right is not None else None
            return chain(left, found, back)
    raise NoProof("What is left to show is {}.", op("eq", value(s, left), value(t, right)))


def _equal_functions(goal: Term, c: Context) -> Theorem:
    s, t = goal.args
    if s is t:
        return equation(None, s)
    if not isinstance(s.sort, tuple):
        raise NoProof("{} is not an equation between numbers.", goal)
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
    accumulate(p, ring.polynomial(t), factor=-1)
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
    return chain(kernel.symmetric(ax("exp_log", positive[0], a=s)), exps, ax("exp_log", positive[1], a=t))


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


def _by_strictness(s: Term, t: Term, c: Context) -> Theorem | None:
    """s = t because Σ_i w·((u − 1) − log u) ≤ 0 is known, so that u = 1 everywhere: log u < u − 1 for every other u."""
    for fact in [f for f in c.facts.values() if f.statement.op in ("eq", "le") and f.statement.args[0].sort == REAL]:
        a, b = fact.statement.args
        for gap in (minus(a, b), minus(b, a)) if fact.statement.op == "eq" else (minus(a, b),):
            found = _where_tight(s, t, gap, c)
            if found is not None:
                return found
    return None


def _where_tight(s: Term, t: Term, gap: Term, c: Context) -> Theorem | None:
    free = Context(c.facts.values(), None)
    free.every, free.depth = list(c.every), c.depth
    d = value(gap, normal(gap, free))
    goal = op("eq", s, t)
    for bound in log_bounds(d, free):
        total = rhs(bound.whole)
        if bound.range is None:
            continue
        lo, hi, f = total.args
        none = c.show(op("le", value(total, normal(total, c)), ZERO))
        if none is None:
            continue
        e = normal(total, c)
        none = none if e is None else kernel.rewrite(none, (kernel.symmetric(e), None))
        k, _ = c.child(lo, hi)
        nonnegative = for_range(bound.inside, k, lo, hi)
        for i in sorted((x for x in s.free | t.free if x.sort == INT), key=order):
            low, high = c.show(op("le", lo, i)), c.show(op("le", i, hi))
            if low is None or high is None:
                continue
            member = ax("sum_member", low, high, nonnegative, lo=lo, hi=hi, j=i, f=f)
            w, u = substitute(bound.weight, {k: i}), substitute(bound.argument, {k: i})
            weight, positive = c.positive(w), c.positive(u)
            if weight is None or positive is None:
                continue
            try:
                same = prove_goal(goal, with_rules(Context((kernel.assume("case", op("eq", u, ONE)),), c)), 0)
            except NoProof:
                continue
            differ = kernel.assume("case", op("ne", u, ONE))
            strict = ax("log_bound_strict", positive, differ, a=u)
            slack = minus(minus(u, ONE), op("log", u))
            product = ax("mul_positive", weight, linear(op("lt", ZERO, slack), (strict, 1)), a=w, b=slack)
            absurd = linear(op("lt", ZERO, ZERO), (product, 1), (member, 1), (none, 1))
            other = ax("contradiction", absurd, a=ZERO, Q=goal)
            return kernel.by_cases(same, other, op("eq", u, ONE))
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
    raise NoProof("{} was not shown.", goal)


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
