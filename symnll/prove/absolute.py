"""−r ≤ s from s² ≤ r², for an r ≥ 0 that has a square root in it."""

from __future__ import annotations

from symnll.core import kernel
from symnll.core.term import ZERO, Term, num, op
from symnll.prove.bounds import split, terms_of
from symnll.prove.context import Context
from symnll.prove.normal import normal, value
from symnll.prove.roots import is_root
from symnll.prove.tactics import Theorem, ax, linear, minus, negated, sum_term


def by_squared(goal: Term, d: Term, c: Context, depth: int) -> Theorem | None:
    """0 ≤ r + s, which is d: else −s > r ≥ 0, and (−s − r)·(−s + r) > 0."""
    from symnll.prove.order import attempt_order

    if goal.op == "lt" or depth < 1:
        return None
    for r in terms_of(d):
        k, factors = split(r)
        s = sum_term([m for m in terms_of(d) if m is not r])
        least = c.nonnegative(r) if k > 0 and any(map(is_root, factors)) and s is not ZERO else None
        if least is None:
            continue
        gap = minus(op("pow", r, num(2)), op("pow", s, num(2)))
        e = normal(gap, c)
        part = attempt_order(op("le", ZERO, value(gap, e)), c, depth)
        if part is None:
            continue
        part = part if e is None else kernel.rewrite(part, (None, kernel.symmetric(e)))
        less = kernel.assume("case", op("lt", d, ZERO))
        below, above = minus(negated(s), r), op("add", negated(s), r)
        signs = linear(op("lt", ZERO, below), (less, 1)), linear(op("lt", ZERO, above), (less, 1), (least, 2))
        product = ax("mul_positive", *signs, a=below, b=above)
        absurd = linear(op("lt", ZERO, ZERO), (product, 1), (part, 1))
        other = ax("contradiction", absurd, a=ZERO, Q=goal)
        return kernel.by_cases(kernel.assume("case", goal), other, goal)
    return None
