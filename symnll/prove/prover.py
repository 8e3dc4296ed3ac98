"""`prove`: decide a statement by the core's rules, and check it by the path that shares no code with them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from symnll import language as L
from symnll.prove.bridge import Bridge
from symnll.prove.result import Disagreement, Proved, Refuted, StepProof, Unknown
from symnll.prove.search import prove_statement
from symnll.prove.tactics import NoProof, Theorem, limited
from symnll.small import Witness, examine

POINTS = 6  # what a proved statement is checked at for each size; a refutation is looked for at more
Result = Any  # Proved | Refuted | Unknown


def prove(statement: Any, given: Sequence[Any] = ()) -> Result:
    """Proved with a theorem, refuted with a witness, or unknown with what was tried.

    `statement` is a relation of `symnll.language` (Eq, Le, …, ForAll, equality of argmax); free sizes, indices, vectors
    and scalars stand for all their values, under what their kinds say and the relations in `given`.

    Raises BridgeError for what has no exact meaning, Disagreement if proof and small-size check contradict each other.
    """
    start = time.perf_counter()
    theorem, tried = search(statement, given)
    if theorem is not None:
        check = agreement(theorem, statement, given, points=POINTS)
        return Proved(statement, theorem, check, time.perf_counter() - start)
    check = examine(statement, given)
    if isinstance(check, Witness):
        conditions = tuple(_conditions(statement, given))
        return Refuted(statement, check, conditions, time.perf_counter() - start)
    tries = tried, f"no counterexample at small sizes ({check})"
    return Unknown(statement, tries, time.perf_counter() - start)


def search(
    statement: Any, given: Sequence[Any] = (), *, deadline: float | None = None
) -> tuple[Theorem | None, str]:  # fmt: skip
    """A theorem of the statement and "", or None and why none was found; nothing is checked at small sizes.

    After `deadline` seconds the search is given up.
    """
    bridge = Bridge(statement, *given)
    goal = bridge.statement(statement)
    try:
        with limited(deadline):
            return prove_statement(goal, bridge.hypotheses(given)), ""
    except NoProof as reason:
        return None, str(reason)


def agreement(theorem: Theorem, statement: Any, given: Sequence[Any], **effort: Any) -> Any:
    """What the small-size check says of a proved statement. Raises Disagreement if it found a counterexample."""
    check = examine(statement, given, **effort)
    if isinstance(check, Witness):
        raise Disagreement(f"The core proved {theorem!r}, but the small-size check found a counterexample: {check}.")
    return check


def _conditions(statement: Any, given: Sequence[Any]) -> list[str]:
    """Which of i = m and i ≠ m, for two free indices, make a refuted statement a theorem."""
    bridge = Bridge(statement, *given)
    bridge.statement(statement)
    indices = sorted((s for s in bridge.declared.values() if isinstance(s, L.Index)), key=str)
    found = []
    for i, m in combinations(indices, 2):
        if (i.lower, i.upper) != (m.lower, m.upper):
            continue
        for condition, text in ((L.Eq(i, m), f"{i} = {m}"), (L.Ne(i, m), f"{i} ≠ {m}")):
            theorem, _ = search(statement, [*given, condition])
            if theorem is not None:
                found.append(text)
    return found


def derivation(start: Any, *steps: tuple[Any, str], given: Sequence[Any] = ()) -> Result:
    """A chain start = e₁ = e₂ = …, given as (expression, reason) or (expression, reason, relation).

    Every step is proved, and the reason that it names is looked for in the step's proof. The result is Proved for the
    whole chain, with a StepProof for every step, or the Refuted or Unknown of the first step that is not proved.
    """
    from symnll.entry import Step
    from symnll.prove.chains import prove_chain

    return prove_chain(start, [Step(*s) for s in steps], given)


__all__ = ["Proved", "Refuted", "StepProof", "Unknown", "derivation", "prove"]
