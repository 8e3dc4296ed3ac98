"""The lines of a proof, read off its theorem: every rule that was applied, or those that a reader knows as rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from symnll.certificates import premises, proof
from symnll.core.axioms import AXIOMS
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
    return [_line(*numbered) for numbered in _numbered(theorem)]


def applied(theorem: Any) -> list[Line]:
    """The axioms that the proof applies, each with what it says there: the rules of calculus, sums, logarithms, deltas.

    Order and logic are left out, and so is what says the same as a line before.
    """
    found: dict[tuple[str, Term], tuple[int, Any, tuple[int, ...]]] = {}
    for n, t, rests_on in _numbered(theorem):
        rule, arguments = t.step
        if rule == "axiom" and group_of(AXIOMS[arguments[0]]) not in QUIET:
            found.setdefault((arguments[0], t.statement), (n, t, rests_on))
    return [_line(*numbered) for numbered in found.values()]


def _numbered(theorem: Any) -> Iterator[tuple[int, Any, tuple[int, ...]]]:
    """(number, theorem, numbers of those that it rests on) for every line of a proof."""
    numbers: dict[Any, int] = {}
    for n, t in enumerate(proof(theorem), 1):
        numbers[t] = n
        yield n, t, tuple(dict.fromkeys(numbers[p] for p in premises(t.step[1])))


def _line(number: int, t: Any, rests_on: tuple[int, ...]) -> Line:
    rule, arguments = t.step
    return Line(number, rule, arguments[0] if rule == "axiom" else "", rests_on, _shown(t.statement))


def _shown(statement: Term) -> Node:
    """The statement, with letters for the symbols that the prover made up, such as ‹1›."""
    taken = {str(s.data) for s in statement.free}
    made = sorted((s for s in statement.free if str(s.data).startswith("‹")), key=lambda s: str(s.data))
    letters = [
        n for n in (*INDEX_POOL, *(f"{n}′" for n in INDEX_POOL), *(f"x{n}" for n in range(99))) if n not in taken
    ]
    renamed = substitute(statement, {s: sym(n, s.sort) for s, n in zip(made, letters, strict=False)})
    return Reader([renamed]).read(renamed)
