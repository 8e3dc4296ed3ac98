"""Authored derivations: every step proved, its reason looked for in the proof, and the chain put together."""

from __future__ import annotations

import time
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symnll import language as L
from symnll.core import kernel
from symnll.core.term import CoreError, Term, op
from symnll.prove.bridge import Bridge
from symnll.prove.context import Context
from symnll.prove.facts import build_context, with_cuts
from symnll.prove.prover import POINTS, agreement, prove
from symnll.prove.reasons import REASONS, applied
from symnll.prove.result import Proved, Refuted, StepProof, Unknown
from symnll.prove.search import prove_goal, verify
from symnll.prove.tactics import NoProof, Theorem, chain

BUILD = {"=": L.Eq, "≤": L.Le, "<": L.Lt, "≥": L.Ge, ">": L.Gt, "<=": L.Le, ">=": L.Ge}


def prove_chain(start: Any, steps: Sequence[Any], given: Sequence[Any] = (), goal: Any = None) -> Any:
    """Proved for start (relations) last, or for `goal` where it is given, with a StepProof for every step."""
    begun = time.perf_counter()
    if not steps:
        raise ValueError("A derivation needs at least one step: (expression, reason).")
    expressions = [start, *(s.expression for s in steps)]
    bridge = Bridge(*expressions, *given)
    relations = [BUILD[s.relation](a, s.expression) for a, s in zip(expressions, steps, strict=False)]
    terms = [bridge.statement(r) for r in relations]
    statement = goal if goal is not None else _overall(start, steps)
    target = bridge.statement(statement)
    hypotheses = bridge.hypotheses(given)
    context = with_cuts(build_context(hypotheses), op("and", target, *terms))
    proofs = []
    for number, (step, relation, term) in enumerate(zip(steps, relations, terms, strict=True), 1):
        where = f"step {number} ({step.reason})"
        if step.reason not in REASONS:
            return Unknown(relation, (f"{where}: there is no such reason; there are {', '.join(REASONS)}",))
        try:
            theorem, plain = _prove_step(term, step.reason, context)
        except (NoProof, CoreError, RecursionError) as reason:
            return _failed(relation, given, where, str(reason), begun)
        if not plain and not applied(theorem, step.reason):
            return Unknown(relation, (f"{where}: it is true and proved, but not by the reason that it names",))
        verify(theorem, term, hypotheses)
        proofs.append(StepProof(theorem, step.reason))
    whole = _together(target, proofs, context)
    if whole is None:
        return Unknown(statement, ("the steps are proved, but they do not lead to the statement",))
    verify(whole, target, hypotheses)
    check = agreement(whole, statement, given, points=POINTS)
    for relation, proof in zip(relations, proofs, strict=True):
        agreement(proof.theorem, relation, given, points=1, choices=3, budget=0.002)
    return Proved(statement, whole, check, time.perf_counter() - begun, tuple(proofs))


def _failed(relation: Any, given: Sequence[Any], where: str, why: str, begun: float) -> Any:
    result = prove(relation, given)
    if isinstance(result, Refuted):
        return result
    return Unknown(relation, (f"{where}: {why}",), time.perf_counter() - begun)


def _prove_step(term: Term, reason: str, context: Context) -> tuple[Theorem, bool]:
    """A theorem of the step, and whether the laws of a field were enough."""
    plain = not REASONS[reason]
    if plain and term.op == "eq":
        narrow = Context((), context)
        narrow.plain = True
        try:
            return prove_goal(term, narrow, 0), True
        except (NoProof, CoreError, RecursionError):
            raise NoProof("it does not follow by algebra alone") from None
    return prove_goal(term, context), plain


def _overall(start: Any, steps: Sequence[Any]) -> Any:
    relations = {s.relation for s in steps} - {"="}
    if len(relations) > 1 and not (relations <= {"≤", "<", "<="} or relations <= {"≥", ">", ">="}):
        raise ValueError(f"The relations {', '.join(sorted(relations))} don't make one chain.")
    strict = relations & {"<", ">"}
    name = min(strict or relations or {"="})
    return BUILD[name](start, steps[-1].expression)


def _together(goal: Term, proofs: Sequence[StepProof], context: Context) -> Theorem | None:
    theorems = [p.theorem for p in proofs]
    if goal.op == "argmax_eq":
        return next((t for t in theorems if t.statement is goal), None) or prove_goal(goal, context)
    try:
        if goal.op == "eq":
            whole = chain(*theorems)
            return whole if whole is not None and whole.statement is goal else None
        up = [(Fraction(1), t) for t in theorems]
        down = [(Fraction(-1 if t.statement.op == "eq" else 1), t) for t in theorems]
        rising = goal.args[0] is theorems[0].statement.args[0]
        return kernel.linear(goal, tuple(up if rising else down))
    except CoreError:
        return None
