"""Jensen's inequality for the logarithm: log Σ w·φ ≥ Σ w·log φ for w > 0 with Σ w = 1.

It is Σ w·((φ/M − 1) − log (φ/M)) ≥ 0 with M = Σ w·φ, from log u ≤ u − 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from symnll.core import kernel
from symnll.core.ring import Monomial, Ring
from symnll.core.term import MINUS_ONE, ONE, ZERO, Term, app, lam, op
from symnll.prove.context import Context
from symnll.prove.normal import normal, value
from symnll.prove.tactics import Theorem, attempt, ax, for_range, linear, minus, negated, rhs


def about(d: Term, c: Context) -> Iterator[Theorem]:
    """0 ≤ log M − Σ w·log φ for each log M in d with M = Σ w·φ, and weights that the context and d suggest."""
    logs = [a for a in _atoms(d) if a.op == "log"]
    for log in logs:
        factors = log.args[0].args if log.args[0].op == "mul" else [log.args[0]]
        total = next((f for f in factors if f.op == "sum"), None)
        for w in _weights(total, logs, c) if total is not None else ():
            fact = jensen(total, w, c)  # type: ignore[arg-type]
            if fact is not None:
                e = attempt(normal, rhs(fact), c)
                yield fact if e is None else kernel.rewrite(fact, (None, e))


def _atoms(t: Term) -> list[Term]:
    return list(dict.fromkeys(a for s in t.args for a in _atoms(s))) if t.op in ("add", "mul", "pow") else [t]


def _body(total: Term, i: Term) -> Monomial:
    """The factors of the terms of a sum; none where the terms are sums themselves."""
    p = Ring().polynomial(app(total.args[2], i))
    return next(iter(p)) if len(p) == 1 else frozenset()


def _weights(total: Term, logs: list[Term], c: Context) -> Iterator[Term]:
    """What the terms hold that is known to sum to 1, or the terms of another sum over it; and 1 over the size."""
    lo, hi, _ = total.args
    i, _ = c.child(lo, hi)
    body = _body(total, i)
    for known, rule in c.rules.items():
        if known.op == "sum" and known.args[:2] == (lo, hi) and rhs(rule) is ONE and _body(known, i) <= body:
            yield app(known.args[2], i)
    for other in (log.args[0] for log in logs):
        same = other.op == "sum" and other is not total and other.args[:2] == (lo, hi)
        if same and _body(other, i) and _body(other, i) <= body:
            yield op("mul", app(other.args[2], i), op("pow", other, MINUS_ONE))
    yield op("pow", op("add", hi, negated(lo), ONE), MINUS_ONE)


def jensen(total: Term, w: Term, c: Context) -> Theorem | None:
    """0 ≤ Σ w·((φ/M − 1) − log (φ/M)), where Σ w·φ = M is `total`."""
    lo, hi, f = total.args
    i, inner = c.child(lo, hi)
    weight = inner.positive(w)
    if weight is None or c.positive(total) is None:
        return None
    phi = op("mul", app(f, i), op("pow", w, MINUS_ONE))
    phi = value(phi, attempt(normal, phi, inner))
    ratio = op("mul", phi, op("pow", total, MINUS_ONE))
    positive = inner.positive(ratio)
    if positive is None:
        return None
    slack = minus(minus(ratio, ONE), op("log", ratio))
    below = linear(op("le", ZERO, slack), (ax("log_bound", positive, a=ratio), 1))
    bound = ax("mul_nonnegative", linear(op("le", ZERO, w), (weight, 1)), below, a=w, b=slack)
    return ax("sum_nonnegative", for_range(bound, i, lo, hi), lo=lo, hi=hi, f=lam(i, rhs(bound)))
