"""What every document shows of an entry and its claims, before it is text, Markdown, LaTeX or HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symnll.core.term import Term
from symnll.entry import Claim, Entry
from symnll.write.nodes import Node
from symnll.write.notation import OTHER_WAY, SIGNS, Reader
from symnll.write.statement import Statement, bound_names, definitions, genuine, reader_of, statement_of

SUBSCRIPT = re.compile(r"(?<!\w)([A-Za-z\u0370-\u03ff])_([A-Za-z0-9]{1,3})(?!\w)")  # y_T in prose


@dataclass
class StepView:
    """One line of a derivation: `sign next`, why, and the axioms that prove it."""

    sign: str
    node: Node
    reason: str
    axioms: tuple[str, ...]


@dataclass
class ClaimView:
    """A claim with its verdict; `statement` is there only if it is proved, and then comes from the theorem."""

    name: str
    title: str
    note: str
    verdict: str
    message: str = ""
    check: str = ""
    statement: Statement | None = None
    start: Node | None = None
    steps: list[StepView] = field(default_factory=list)
    axioms: tuple[str, ...] = ()


@dataclass
class EntryView:
    name: str
    title: str
    summary: str
    references: tuple[str, ...]
    claims: list[ClaimView]

    @property
    def proved(self) -> int:
        return sum(c.verdict == "proved" for c in self.claims)


def entry_view(entry: Entry, results: Mapping[str, Any]) -> EntryView:
    """The entry with those of its claims that `results`, by full name, say something about."""
    shown = [c for c in entry.claims if f"{entry.name}.{c.name}" in results]
    views = [claim_view(f"{entry.name}.{c.name}", c, results[f"{entry.name}.{c.name}"]) for c in shown]
    return EntryView(entry.name, entry.title, entry.summary, tuple(entry.references), views)


def claim_view(name: str, claim: Claim, result: Any) -> ClaimView:
    """The claim as proved, or why it is not. CoreError if the result holds something that is not a theorem."""
    view = ClaimView(name, claim.title, claim.note, result.verdict)
    if result.verdict != "proved":
        view.message = str(result).removeprefix(f"{result.verdict}: ")
        return view
    theorems = [genuine(result.theorem), *(genuine(s.theorem) for s in result.steps)]
    reader = reader_of(theorems, abbreviation_terms(claim))
    view.statement = statement_of(result.theorem, reader=reader)
    view.start, view.steps = _chain(result.theorem.statement, result.steps, reader)
    view.statement.where, view.statement.bound = definitions(reader), bound_names(reader)
    view.axioms = tuple(sorted(frozenset().union(*(t.axioms for t in theorems))))
    view.check = str(result.check)
    return view


def abbreviation_terms(claim: Claim) -> list[tuple[Term, Term]]:
    """The claim's abbreviations as terms."""
    from symnll.prove.bridge import Bridge

    bridge = [(Bridge(name), name, Bridge(definition), definition) for name, definition in claim.abbreviations]
    return [(b.term(name), d.term(definition)) for b, name, d, definition in bridge]


def _chain(statement: Term, steps: Sequence[Any], reader: Reader) -> tuple[Node | None, list[StepView]]:
    """The steps as a chain from one side of the statement, as far as they are one."""
    if not steps:
        return None, []
    first = steps[0].theorem.statement
    ends = [t for t in first.args if any(t is side for side in statement.args)]
    current = first.args[0] if not ends or first.args[0] in ends else ends[0]
    start, views = current, []
    for step in steps:
        t = step.theorem.statement
        axioms = tuple(sorted(step.theorem.axioms))
        if t.op in SIGNS and t.args[0] is current:
            sign, current = SIGNS[t.op], t.args[1]
        elif t.op in SIGNS and t.args[1] is current:
            sign, current = OTHER_WAY[SIGNS[t.op]], t.args[0]
        else:
            views.append(StepView("", reader.read(t), step.reason, axioms))
            continue
        views.append(StepView(sign, reader.read(current), step.reason, axioms))
    return reader.read(start), views
