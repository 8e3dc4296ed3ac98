"""Hypotheses put to use: equations solved for what they rewrite, inequalities in canonical form, bounds of integers."""

from __future__ import annotations

from typing import Any

from symnll.core import kernel
from symnll.core.ring import Polynomial
from symnll.core.term import INT, ONE, REAL, ZERO, Term, num, op
from symnll.prove import renumber
from symnll.prove.context import Context
from symnll.prove.normal import ContextRing, difference, normal, rank, value
from symnll.prove.tactics import Theorem, ax, chain, linear, minus, order, polynomial_term, rhs, under


def build_context(hypotheses: list[tuple[str, Term]]) -> Context:
    return with_rules(Context(kernel.assume(name, statement) for name, statement in hypotheses))


def with_cuts(c: Context, goal: Term) -> Context:
    """The context that knows where the ranges of the goal begin and end, if they are not all the same."""
    first: dict[Term, None] = {}  # what is one before the beginning
    last: dict[Term, None] = {}

    def walk(t: Term) -> None:
        if t.op in ("sum", "prod", "maxi") and not t.args[0][4] and not t.args[1][4]:
            lo, hi = renumber.ends(t)
            if lo.op != "num" or hi.op != "num":
                first[difference(lo, ONE)] = last[hi] = None
        for a in t.args:
            walk(a)

    walk(goal)
    if len(first) < 2 and (len(last) < 2 or not any(e.op == "add" for e in last)):
        return c
    c = Context((), c)
    c.cuts = tuple(sorted((first if len(first) > 1 else {}) | last, key=order))
    return c


def with_rules(c: Context) -> Context:
    """The context in which equations that are facts rewrite terms, and other facts stand in canonical form too."""
    c = with_integers(c)
    both = [s.args for s in c.facts if s.op == "le" and op("le", *s.args[::-1]) in c.facts]
    for s, t in both:
        if op("eq", s, t) not in c.facts and op("eq", t, s) not in c.facts and s is not t:
            c = Context((ax("le_antisymmetric", c.facts[op("le", s, t)], c.facts[op("le", t, s)], a=s, b=t),), c)
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
    for atom in sorted({a for m in p for a, _ in m if isinstance(a, Term)}, key=order):
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
    for a in sorted({a for m in [*coefficient, *rest] for a, _ in m}, key=order):
        if ring.unit(a):
            units.append(ring.used[a])
    return factor, op("mul", polynomial_term({m: -v for m, v in rest.items()}), factor), units


def _inside(atom: Term, rest: Polynomial) -> bool:
    def occurs(t: Term) -> bool:
        return t is atom or (bool(atom.free & t.free) and any(occurs(a) for a in t.args))

    terms = [a if isinstance(a, Term) else polynomial_term(dict(a[1])) for m in rest for a, _ in m]
    return any(occurs(a) for a in terms)


def _weight(t: Term) -> Any:
    return (t.op in ("sum", "prod"), t.op != "sym", rank(t))
