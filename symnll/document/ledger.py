"""The lines of a proof, read off its theorem: every rule that was applied, or those that a reader knows as rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from symnll.certificates import genuine
from symnll.core.axioms import AXIOMS
from symnll.core.kernel import Theorem
from symnll.core.term import Term, substitute, sym
from symnll.document.axioms import group_of
from symnll.write.naming import INDEX_POOL
from symnll.write.nodes import Node
from symnll.write.notation import Reader

QUIET = ("Order", "Logic")  # axioms that say what every reader does without noticing


@dataclass(frozen=True)
class Line:
    """One application of a rule: its number, the rule or axiom, the lines it rests on, and what it proves."""

    number: int
    rule: str
    axiom: str
    premises: tuple[int, ...]
    node: Node


def ledger(theorem: Any) -> list[Line]:
    """Every line of the theorem's certificate, in its order, numbered from 1."""
    order = _order(theorem)
    numbers = {id(t): n for n, t in enumerate(order, 1)}
    lines = []
    for n, t in enumerate(order, 1):
        rule, arguments = t.step
        premises = tuple(dict.fromkeys(numbers[id(p)] for p in _premises(arguments)))
        lines.append(Line(n, rule, arguments[0] if rule == "axiom" else "", premises, _shown(t.statement)))
    return lines


def applied(theorem: Any) -> list[Line]:
    """The axioms that the proof applies, each with what it says there: the rules of calculus, sums, logarithms, deltas.

    Order and logic are left out, and so is what says the same as a line before.
    """
    lines: dict[tuple[str, Term], Line] = {}
    for line, t in zip(ledger(theorem), _order(theorem), strict=True):
        if line.axiom and group_of(AXIOMS[line.axiom]) not in QUIET:
            lines.setdefault((line.axiom, t.statement), line)
    return list(lines.values())


def _order(theorem: Any) -> list[Any]:
    """The theorems of a proof, each after those that it rests on. Not recursive: a proof may be very deep."""
    done: dict[int, Any] = {}
    stack = [genuine(theorem)]
    while stack:
        last = stack[-1]
        missing = [p for p in _premises(last.step[1]) if id(p) not in done]
        if missing and id(last) not in done:
            stack.extend(missing)
            continue
        stack.pop()
        done.setdefault(id(last), last)
    return list(done.values())


def _premises(x: Any) -> Sequence[Any]:
    if type(x) is tuple:
        return [p for y in x for p in _premises(y)]
    return [x] if type(x) is Theorem else []


def _shown(statement: Term) -> Node:
    """The statement, with letters for the symbols that the prover made up, such as ‹1›."""
    taken = {str(s.data) for s in statement.free}
    made = sorted((s for s in statement.free if str(s.data).startswith("‹")), key=lambda s: str(s.data))
    letters = [
        n for n in (*INDEX_POOL, *(f"{n}′" for n in INDEX_POOL), *(f"x{n}" for n in range(99))) if n not in taken
    ]
    renamed = substitute(statement, {s: sym(n, s.sort) for s, n in zip(made, letters, strict=False)})
    return Reader([renamed]).read(renamed)
