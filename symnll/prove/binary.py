"""Integers that are 0 or 1: inequalities for both values, and δ(1, b) = b."""

from __future__ import annotations

from symnll.core import kernel
from symnll.core.rules import negation
from symnll.core.term import INT, ONE, ZERO, Term, num, op
from symnll.prove.bounds import split, terms_of
from symnll.prove.context import Context
from symnll.prove.tactics import Theorem, ax, chain, linear, minus, order, rhs, under

MAX_SPLITS = 2


def by_values(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    """0 ≤ d or 0 < d for b = 0 and for b = 1, where b is an entry or a symbol in d with 0 ≤ b ≤ 1."""
    from symnll.prove.facts import with_rules
    from symnll.prove.order import attempt_order

    splits = c.memo.get("splits", 0)
    b = next(iter(sorted((b for b in _integers(d) if _is_binary(b, c)), key=order)), None)
    if b is None or splits == MAX_SPLITS or depth < 1:
        return None
    case, branches = op("eq", b, ZERO), []
    for statement in (case, negation(case)):
        inner = with_rules(Context((kernel.assume("case", statement),), c))
        inner.memo["splits"] = splits + 1
        shown = attempt_order(goal, inner, depth)
        if shown is None:
            return None
        branches.append(shown)
    return kernel.by_cases(*branches, case)


def _integers(d: Term) -> dict[Term, None]:
    """The integers among the factors of d."""
    factors = [f.args[0] if f.op == "pow" else f for m in terms_of(d) for f in split(m)[1]]
    return {f: None for f in factors if f.op in ("app", "sym") and f.sort == INT}


def _is_binary(b: Term, c: Context) -> bool:
    return c.show(op("le", ZERO, b)) is not None and c.show(op("le", b, ONE)) is not None


def indicator(t: Term, c: Context) -> Theorem | None:
    """δ(1, b) = b and δ(0, b) = 1 − b for an integer b with 0 ≤ b ≤ 1."""
    n, b = t.args if t.args[0].op == "num" else t.args[::-1]
    if n not in (ZERO, ONE) or b.op not in ("app", "sym") or not _is_binary(b, c):
        return None
    result = b if n is ONE else minus(ONE, b)
    zero, some = kernel.assume("case", op("eq", b, ZERO)), kernel.assume("case", op("ne", b, ZERO))
    less = ax("le_differs", c.show(op("le", ZERO, b)), kernel.symmetric(some), a=ZERO, b=b)
    step = ax("integer_step", less, i=ZERO, j=b)
    one = ax("le_antisymmetric", c.show(op("le", b, ONE)), linear(op("le", ONE, b), (step, 1)), a=b, b=ONE)
    branches = []
    for known, v in ((zero, ZERO), (one, ONE)):
        left = under(t, *(known if a is b else None for a in t.args))
        i, j = rhs(left).args
        left = chain(left, ax("delta_same", i=i) if i is j else ax("delta_differ", _unequal(i, j), i=i, j=j))
        right = known if n is ONE else under(result, None, under(result.args[1], None, known))
        right = right if rhs(right).op == "num" else chain(right, kernel.ring(rhs(right), num(1 - v.data)))
        branches.append(chain(left, kernel.symmetric(right)))
    return kernel.by_cases(*branches, zero.statement)


def _unequal(m: Term, n: Term) -> Theorem:
    """m ≠ n for two numbers"""
    if m.data < n.data:
        return ax("less_differs", linear(op("lt", m, n)), a=m, b=n)
    return kernel.symmetric(_unequal(n, m))
