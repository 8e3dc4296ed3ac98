"""Relations that are decided through other statements: ∝, "up to a constant", and ≈."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import sympy

from symnll import language as L
from symnll.check.attempt import attempt
from symnll.check.clock import Clock
from symnll.check.decide import ORDER, Decision, decide, free_names
from symnll.small import Witness, examine

MARK = "′"


def proportional(
    lhs: Any, rhs: Any, varying: Iterable[Any], given: Sequence[Any] = (), *, seconds: float = 10.0
) -> Decision:
    """Whether lhs = c · rhs with a factor c that is free of what varies: vectors, real scalars or indices.

    It is decided as lhs(x) · rhs(x′) = lhs(x′) · rhs(x) for two values x and x′ of what varies, both under the
    hypotheses. A side that is 0 everywhere is no answer.
    """
    variables = tuple(varying)
    if not variables:
        return Decision("unknown", "Nothing is known to vary, so that ∝ says nothing.")
    for side, name in ((lhs, "left"), (rhs, "right")):
        if not isinstance(examine(L.Eq(side, 0), given), Witness):
            return Decision("unknown", f"The {name} side was not seen to be anything but 0, so that ∝ says nothing.")
    other = {v: _another(v) for v in variables}
    ratio = L.Eq(_times(lhs, _moved(rhs, other)), _times(_moved(lhs, other), rhs))
    both = [*given, *(m for g in given if (m := _moved_relation(g, other)) != g)]
    decision = decide(ratio, both, seconds=seconds, conditional=False)
    shown = ", ".join(map(str, variables))
    if decision.verdict in ("proved", "proved-small"):
        clock = Clock(seconds)
        sure = attempt(L.Ne(rhs, 0), given, clock, seconds).theorem is not None
        supposed = () if sure else (f"the right side is not 0 for every {shown}",)
        reason = f"{decision.reason} The factor is free of {shown}.".strip()
        return replace(decision, hypotheses=(*decision.hypotheses, *supposed), reason=reason)
    if decision.verdict == "refuted":
        return replace(decision, reason=f"The ratio of the sides depends on {shown}. {decision.reason}")
    return decision


def up_to_constant(
    lhs: Any, rhs: Any, variables: Iterable[Any], given: Sequence[Any] = (), *, seconds: float = 10.0
) -> Decision:
    """Whether lhs − rhs is constant in every one of the variables: indices, real scalars, or vectors with all entries.

    It is decided as ∂(lhs − rhs)/∂v = 0, so that the constant may be another one on each interval on which the sides
    are defined; for an index as lhs(i) + rhs(i′) = lhs(i′) + rhs(i), both under the hypotheses.
    """
    variables = tuple(variables)
    indices = {v: _another(v) for v in variables if isinstance(v, L.Index)}
    gap = _plus(lhs, _times(-1, rhs))
    claims = [L.Eq(L.diff(gap, place), 0) for place in map(_place, (v for v in variables if v not in indices))]
    if indices:
        claims.append(L.Eq(_plus(lhs, _moved(rhs, indices)), _plus(_moved(lhs, indices), rhs)))
        given = [*given, *(m for g in given if (m := _moved_relation(g, indices)) != g)]
    if not claims:
        return decide(L.Eq(lhs, rhs), given, seconds=seconds)
    found = [_without_second(c, given, seconds / len(claims)) for c in claims]
    worst = min(found, key=lambda d: ORDER.index(d.verdict))
    if worst.verdict == "refuted":
        how = "" if indices else " For its derivative = 0:"
        return replace(worst, reason=f"The difference of the sides is not constant.{how} {worst.reason}")
    if worst.verdict in ("proved", "proved-small"):
        shown = ", ".join(map(str, variables))
        return replace(worst, reason=f"{worst.reason} The constant is free of {shown}.".strip())
    return worst


def _without_second(claim: Any, given: Sequence[Any], seconds: float) -> Decision:
    """The decision, without a condition on the second value k′, of which nobody wrote."""
    found = decide(claim, given, seconds=seconds)
    return decide(claim, given, seconds=seconds, conditional=False) if MARK in found.condition else found


def approximate() -> Decision:
    """≈ has no exact meaning, so it is neither proved nor refuted."""
    return Decision("unknown", "≈ has no exact meaning, so it is never proved. An exact bound with ≤ can be decided.")


def _plus(a: Any, b: Any) -> Any:
    return sympy.Add(a, b, evaluate=False)


def _times(a: Any, b: Any) -> Any:
    return sympy.Mul(a, b, evaluate=False)


def _place(v: Any) -> Any:
    """What to differentiate by: a scalar or an entry itself, any entry of a vector."""
    if not isinstance(v, L.Vector):
        return v
    return v[tuple(L.Index(f"m{axis or ''}{MARK}", 1, size) for axis, size in enumerate(v.sizes))]


def _another(v: Any) -> Any:
    """A second variable of the same kind."""
    name = f"{v.label if isinstance(v, L.Vector) else v}{MARK}"
    if isinstance(v, L.Vector):
        extra = L.Index(f"{v.extra}{MARK}", v.extra.lower, v.extra.upper) if isinstance(v.extra, L.Index) else v.extra
        return L.Vector(name, v.sizes, v.kind, extra)
    if isinstance(v, L.Index):
        return L.Index(name, v.lower, v.upper)
    return v.func(name) if isinstance(v, L.Parameter) else sympy.Symbol(name, **v.assumptions0)


def _moved(e: Any, other: dict[Any, Any]) -> Any:
    """The expression at the other values of what varies."""
    plain = {
        v: w for v, w in other.items() if isinstance(v, sympy.Symbol) and (v.is_integer or isinstance(v, L.Parameter))
    }
    e = e.xreplace(plain) if plain else e
    for v, w in other.items():
        if v not in plain and v in free_names(e):
            e = L.At(e, v, w)
    return e


def _moved_relation(g: Any, other: dict[Any, Any]) -> Any:
    if isinstance(g, L.ForAll):
        inner = {v: w for v, w in other.items() if v not in g.args[1:]}
        return L.ForAll(_moved_relation(g.args[0], inner), *g.args[1:])
    if isinstance(g, sympy.And):
        return sympy.And(*(_moved_relation(a, other) for a in g.args), evaluate=False)
    return g.func(*(_moved(side, other) for side in g.args), evaluate=False)
