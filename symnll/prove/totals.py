"""Sums whose value is known for every value of another index, such as Σ_k p_{n,k} = 1 for all n."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from symnll.core import kernel
from symnll.core.term import INT, Term, app, op
from symnll.prove.context import Context
from symnll.prove.tactics import Theorem, ax, for_range, order, rhs


def by_fact(t: Term, c: Context) -> Theorem | None:
    """t = its value, for a sum t that a fact about all values speaks of."""
    for fact in _totals(c):
        for found in c._match(fact, t, 6):
            if found.statement.op == "eq" and found.statement.args[0] is t and _shrinks(t, rhs(found)):
                return found
    return None


def _totals(c: Context) -> list[Theorem]:
    """The facts (for all …, Σ … = …)."""
    if "totals" not in c.memo:
        c.memo["totals"] = [fact for fact in c.every if _is_total(fact.statement)]
    return c.memo["totals"]  # type: ignore[no-any-return]


@lru_cache(10_000)
def _is_total(statement: Term) -> bool:
    while statement.op in ("forall", "lam", "implies"):
        statement = statement.args[-1]
    return bool(statement.op == "eq" and statement.args[0].op == "sum")


def _shrinks(t: Term, result: Term) -> bool:
    """Whether each sum in the result comes before t, so that rewriting ends."""
    if result.op == "sum" and order(result) >= order(t):
        return False
    return all(_shrinks(t, a) for a in result.args)


def members(entry: Term, c: Context) -> Iterator[Theorem]:
    """p_{n,k} ≤ Σ_j p_{n,j} = its known value, for an entry p_{n,k} of a family that is not negative."""
    row, k = entry.args
    if k.sort != INT:
        return
    known = [c.rules[t] for t in c.rules if t.op == "sum" and t.args[2] is row]
    known += [found for fact in _totals(c) for found in c._match(fact, row, 6)]
    for found in known:
        total = found.statement.args[0]
        if found.statement.op != "eq" or total.op != "sum" or total.args[2] is not row:
            continue
        lo, hi, f = total.args
        low, high = c.show(op("le", lo, k)), c.show(op("le", k, hi))
        i, inner = c.child(lo, hi)
        shown = inner.nonnegative(app(f, i)) if low is not None and high is not None else None
        if shown is not None:
            member = ax("sum_member", low, high, for_range(shown, i, lo, hi), lo=lo, hi=hi, j=k, f=f)
            yield kernel.rewrite(member, (None, found))
