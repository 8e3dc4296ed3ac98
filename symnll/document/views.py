"""What every document shows of a claim: the theorem, the steps to it, and what they rest on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from symnll.certificates import certificate
from symnll.core.term import Term
from symnll.document.changes import changed
from symnll.document.code import to_copy
from symnll.document.ledger import Line, applied, ledger
from symnll.document.model import Code
from symnll.document.symbols import Symbol, symbols
from symnll.entry import Claim
from symnll.write.nodes import Node
from symnll.write.notation import OTHER_WAY, SIGNS, Reader
from symnll.write.statement import Statement, bound_names, definitions, genuine, reader_of, statement_of


@dataclass
class StepView:
    """One line of a derivation: `sign next`, why, the axioms that prove it, and what the line before does not have.

    `rules` are the lines between this one and the one before, where a document shows them: `symnll.document.ledger`.
    """

    sign: str
    node: Node
    reason: str
    axioms: tuple[str, ...]
    changed: tuple[Node, ...] = ()
    rules: Sequence[Line] = ()


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
    symbols: list[Symbol] = field(default_factory=list)
    code: list[Code] = field(default_factory=list)
    theorem: Any = None
    ledger: Sequence[Line] = ()

    @property
    def short(self) -> str:
        """The name within its entry."""
        return self.name.rpartition(".")[2]

    @property
    def certificate(self) -> str:
        """The certificate's text, without spaces; empty where nothing is proved."""
        if self.theorem is None:
            return ""
        return json.dumps(certificate(self.theorem), ensure_ascii=False, separators=(",", ":")) + "\n"


def claim_view(name: str, claim: Claim, result: Any, detail: str = "main") -> ClaimView:
    """The claim as proved, or why it is not. CoreError if the result holds something that is not a theorem.

    `detail`: `main`, the authored steps; `full`, with the rules that each step applies; `every-rule`, with each line of
    the certificate.
    """
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
    view.theorem = result.theorem
    view.symbols = symbols(result.theorem, reader, view.statement)
    view.code = to_copy(name, claim, view.statement)
    if detail == "full":
        for shown, step in zip(view.steps, result.steps, strict=True):
            shown.rules = applied(step.theorem)
        view.ledger = () if view.steps else applied(result.theorem)
    elif detail == "every-rule":
        view.ledger = ledger(result.theorem)
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
    views: list[StepView] = []
    first_shown = shown = reader.read(current)
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
        node = reader.read(current)
        views.append(StepView(sign, node, step.reason, axioms, changed(shown, node)))
        shown = node
    return first_shown, views
