"""The search for a proof of one statement: a theorem under the named hypotheses, or NoProof with what is missing."""

from __future__ import annotations

from symnll.core import kernel
from symnll.core.ring import accumulate
from symnll.core.rules import negation
from symnll.core.term import INT, MINUS_ONE, ONE, REAL, ZERO, CoreError, Term, app, fn, lam, num, op, substitute, sym
from symnll.prove import calculus
from symnll.prove.combine import by_equations, by_inverse
from symnll.prove.context import Context
from symnll.prove.facts import build_context, with_cuts, with_derivatives, with_rules
from symnll.prove.normal import ContextRing, difference, normal, value
from symnll.prove.order import attempt_order, log_bounds, prove_order
from symnll.prove.swaps import by_swapping
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
    parts,
    polynomial_term,
    rhs,
    under,
)

MAX_CASES = 3


def prove_statement(goal: Term, hypotheses: list[tuple[str, Term]]) -> Theorem:
    """A theorem of the goal; its hypotheses are among those given. Raises NoProof."""
    try:
        theorem = prove_goal(goal, with_cuts(with_derivatives(build_context(hypotheses), goal), goal))
    except CoreError as error:
        raise NoProof(str(error)) from error
    except RecursionError:
        raise NoProof("The search went too deep and was given up.") from None
    verify(theorem, goal, hypotheses)
    return theorem


class WrongTheorem(Exception):
    """An internal error: the search came back with a theorem of something else, or under other hypotheses."""


def verify(theorem: Theorem, goal: Term, hypotheses: list[tuple[str, Term]]) -> None:
    """Raise WrongTheorem unless this is a theorem of the goal under some of these hypotheses and no others."""
    if theorem.statement is not goal or not theorem.hypotheses <= set(hypotheses):
        raise WrongTheorem(f"The search for {goal!r} found {theorem!r}.")


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
    except NoProof as problem:
        split = (problem.split or _case(goal, c)) if cases else None
        if split is None or split in c.facts or negation(split) in c.facts:
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

    for t in (t for s in sides for t in parts(s, lambda t: not t[4])):  # not below a binder
        if t.op == "maxi":
            found.extend(op("le", a, ZERO) for a in _weights(t) if c.nonnegative(a) is not None)
        if t.op == "delta":
            found.append(op("eq", *t.args))
        elif t.op == "pow" and t.args[1].sort == INT and t.args[1].op == "add":
            n = difference(t.args[1], MINUS_ONE)  # xⁿ⁻¹, which is another thing for n = 0
            found.extend([op("eq", n, ZERO)] if c.natural(n) is not None and c.natural(t.args[1]) is None else [])
        elif t.op == "max":
            found.append(op("le", *(t.args if t.args[0] is not ZERO else t.args[::-1])))  # x ≤ 0, or else 0 < x
    known = [s for s in found if s not in c.facts and negation(s) not in c.facts]
    return min(known, key=order, default=None) or _first_value(goal, c)


def _weights(t: Term) -> list[Term]:
    """The factors a of max over i of a·f(i) that do not depend on i, other than numbers."""
    i = sym("‹at›", INT)
    body = app(t.args[2], i)
    return [a for a in body.args if body.op == "mul" and i not in a.free and a.op != "num"]


def _first_value(goal: Term, c: Context) -> Term | None:
    """i = 1 for an index i of the goal that has few values, such as 1..2."""
    for i in sorted((s for s in goal.free if s.sort == INT), key=order):
        low: list[int] = []
        high: list[int] = []
        for fact in c.facts.values():
            if i in fact.statement.free and fact.statement.op == "le":
                gap = difference(fact.statement.args[1], fact.statement.args[0])
                for side, bound in ((minus(i, gap), low), (op("add", i, gap), high)):
                    k = difference(side, ZERO)  # the number that i has to reach, or to stay below
                    bound += [k.data] if k.op == "num" else []
        if low and high and 0 < min(high) - max(low) < MAX_CASES:
            return op("eq", i, num(max(low)))
    return None


def _equal(goal: Term, c: Context) -> Theorem:
    s, t = goal.args
    if isinstance(s.sort, tuple) or s.sort not in (INT, REAL):
        return _equal_functions(goal, c)
    left, right = normal(s, c), normal(t, c)
    if value(s, left) is value(t, right):
        back = kernel.symmetric(right) if right is not None else None
        return equation(chain(left, back), s)
    algebra = _by_difference, _by_clearing, by_equations, by_inverse, by_swapping
    for attempt in (*algebra, _by_ray, _by_logarithm, _by_strictness):
        found = attempt(value(s, left), value(t, right), c)
        if found is not None:
            back = kernel.symmetric(right) if right is not None else None
            return chain(left, found, back)
    if c.rules:
        found = attempt_without(goal, c)
        if found is not None:
            return found
    raise NoProof("What is left to show is {}.", op("eq", value(s, left), value(t, right)))


def attempt_without(goal: Term, c: Context) -> Theorem | None:
    """A theorem of s = t without the equations that are facts, which may rewrite the two sides differently."""
    bare = Context(fact for s, fact in c.facts.items() if s.op != "eq")
    bare.every, bare.smooth, bare.cuts, bare.depth, bare.plain = c.every, c.smooth, c.cuts, c.depth, c.plain
    try:
        return _equal(goal, bare)
    except NoProof:
        return None


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
    below = {atom for m in p for atom, e in m if not isinstance(atom, Term) or e <= 0}
    unknown = [a for a in sorted(below, key=order) if not ring.unit(a)]
    try:
        return kernel.ring(s, t, *ring.premises())
    except CoreError:
        sums = [polynomial_term(dict(a[1])) for a in unknown if not isinstance(a, Term)]
    found = [_nonzero(u, c) for u in sums[:MAX_CASES]]
    try:
        return kernel.ring(s, t, *ring.premises(), *filter(None, found)) if any(found) else None
    except CoreError:
        return None


def _nonzero(t: Term, c: Context) -> Theorem | None:
    """t ≠ 0 by the search for inequalities."""
    for small, large in ((ZERO, t), (t, ZERO)):
        less = attempt_order(op("lt", small, large), c, 3)
        if less is not None:
            differ = ax("less_differs", less, a=small, b=large)
            return differ if small is t else kernel.symmetric(differ)
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
    calls = (a.args for a in parts(t, lambda a: z in a.free) if a.op == "app" and a.args[1].sort != INT)
    return any(z in x.free and z not in f.free for f, x in calls)


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
