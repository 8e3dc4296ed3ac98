"""Writes certificates: the rule applications that made a theorem, as JSON. `symnll.core.replay` proves them anew."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symnll.core.kernel import Theorem
from symnll.core.replay import FORMAT
from symnll.core.term import CoreError, Term


def genuine(theorem: Any) -> Any:
    """The theorem itself; CoreError for anything that the rules of the core did not make."""
    if type(theorem) is not Theorem:
        raise CoreError(f"This is not a theorem of the core: {object.__repr__(theorem)}")
    theorem.step  # noqa: B018  raises CoreError for a handle that the core does not know
    return theorem


def certificate(theorem: Any) -> dict[str, Any]:
    """The certificate of a theorem: its terms and its steps, each after those it refers to, and what it states."""
    terms: list[Any] = []
    steps: list[Any] = []
    numbers: dict[Any, int] = {}

    def term(t: Term) -> int:
        if t not in numbers:
            children = [term(a) for a in t.args]
            data = str(t.data) if t.op == "num" else t.data
            sort = t.sort if t.op in ("sym", "bound") else None
            terms.append([t.op, data, sort, children])
            numbers[t] = len(terms) - 1
        return numbers[t]

    def encode(x: Any) -> Any:
        if type(x) is Theorem:
            return {"step": numbers[x]}
        if type(x) is Term:
            return {"term": term(x)}
        if type(x) is tuple:
            return [encode(y) for y in x]
        return {"rational": str(x)} if type(x) is Fraction else x

    for step in proof(theorem):
        rule, arguments = step.step
        steps.append([rule, [encode(x) for x in arguments]])
        numbers[step] = len(steps) - 1
    hypotheses = sorted([name, term(t)] for name, t in theorem.hypotheses)
    states = {"statement": term(theorem.statement), "hypotheses": hypotheses, "axioms": sorted(theorem.axioms)}
    return {**FORMAT, "terms": terms, "steps": steps, "theorem": states}


def proof(theorem: Any) -> list[Any]:
    """The theorems that a theorem rests on, each once and after those that it rests on itself, and the theorem last."""
    done: dict[Any, None] = {}
    stack = [genuine(theorem)]
    while stack:  # not recursive: a proof may be deeper than Python's stack
        last = stack[-1]
        missing = [p for p in premises(last.step[1]) if p not in done]
        if missing and last not in done:
            stack.extend(missing)
            continue
        stack.pop()
        done.setdefault(last)
    return list(done)


def premises(arguments: Any) -> list[Any]:
    """The theorems among the arguments of a rule, in tuples too."""
    if type(arguments) is tuple:
        return [p for x in arguments for p in premises(x)]
    return [arguments] if type(arguments) is Theorem else []
