"""Hypotheses put to use: equations solved for what they rewrite, inequalities in canonical form, bounds of integers."""

from __future__ import annotations

from symnll.core import kernel
from symnll.core.term import INT, ONE, REAL, Term, app, op, sym
from symnll.prove import equations, renumber
from symnll.prove.context import Context
from symnll.prove.normal import difference, normal
from symnll.prove.tactics import Theorem, ax, lhs, order, parts


def build_context(hypotheses: list[tuple[str, Term]]) -> Context:
    return with_rules(Context(kernel.assume(name, statement) for name, statement in hypotheses))


def with_cuts(c: Context, goal: Term) -> Context:
    """The context that knows where the ranges of the goal begin and end, if they are not all the same."""
    first: dict[Term, None] = {}  # what is one before the beginning
    last: dict[Term, None] = {}

    for t in parts(goal):
        if t.op in ("sum", "prod", "maxi") and not t.args[0][4] and not t.args[1][4]:
            lo, hi = renumber.ends(t)
            if (lo.op != "num" or hi.op != "num") and _varies(t.args[2]):
                first[difference(lo, ONE)] = last[hi] = None
    if len(first) < 2 and (len(last) < 2 or not any(e.op == "add" for e in last)):
        return c
    c = Context((), c)
    c.cuts = tuple(sorted((first if len(first) > 1 else {}) | last, key=order))
    return c


def with_derivatives(c: Context, goal: Term) -> Context:
    """The context that also knows the derivatives of equations that hold for all values of a real variable."""
    if not c.every or not any(t.op in ("diff", "partial") for t in parts(goal)):
        return c
    found = [d for fact in c.every for d in equations.derivatives(fact, c)]
    return with_rules(Context(found, c)) if found else c


def _varies(f: Term) -> bool:
    """Whether f(i) depends on i."""
    i = sym("‹place›", INT)
    return i in app(f, i).free


def with_rules(c: Context) -> Context:
    """The context in which equations that are facts rewrite terms, and other facts stand in canonical form too."""
    c = with_integers(c)
    both = [s.args for s in c.facts if s.op == "le" and op("le", *s.args[::-1]) in c.facts]
    for s, t in both:
        if op("eq", s, t) not in c.facts and op("eq", t, s) not in c.facts and s is not t:
            c = Context((ax("le_antisymmetric", c.facts[op("le", s, t)], c.facts[op("le", t, s)], a=s, b=t),), c)
    general = [rule for fact in c.every if (rule := equations.general_rule(fact, c)) is not None]
    if general:
        c = Context(general, c)
    for fact in [f for f in c.facts.values() if equations.is_equation(f.statement)]:
        rule = equations.rule(fact, c)
        if rule is not None:
            c = Context((), c)
            c.rules[lhs(rule)] = rule
    extra = []
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
        if fact.statement.op not in ("ne", "lt"):
            continue
        i, j = fact.statement.args
        if i.sort != INT or j.sort != INT:
            less = c.show(op("le", i, j)) if fact.statement.op == "ne" and REAL in (i.sort, j.sort) else None
            extra += [] if less is None else [ax("le_differs", less, fact, a=i, b=j)]
            continue
        if fact.statement.op == "lt":
            extra += _next(fact, c)
        elif (below := c.show(op("le", i, j))) is not None:
            less = ax("le_differs", below, fact, a=i, b=j)
            extra += [less, ax("integer_step", less, i=i, j=j)]
    if not extra:
        return c
    c = Context(extra, c)
    if not any(f.statement.op == "ne" for f in c.facts.values()):
        return c
    known = [f.statement.args for f in c.facts.values() if f.statement.op == "le"]
    bounds = {s for sides in known for s in sides if s.sort == INT}
    for i in sorted((s for s in bounds if s.op == "sym"), key=order):
        for j in sorted((s for s in bounds if s is not i), key=order):
            up, down = c.show(op("le", i, j)), c.show(op("le", j, i))
            if up is not None and down is not None:
                return Context((ax("le_antisymmetric", up, down, a=i, b=j),), c)
    return c


def _next(less: Theorem, c: Context) -> list[Theorem]:
    """What i < j says of integers: i + 1 ≤ j, and i + 1 = j where j ≤ i + 1."""
    i, j = less.statement.args
    step = ax("integer_step", less, i=i, j=j)
    after = op("add", i, ONE)
    least = c.show(op("le", j, after))
    return [step] if least is None else [step, ax("le_antisymmetric", step, least, a=after, b=j)]
