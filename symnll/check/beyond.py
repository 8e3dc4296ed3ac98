"""Verdicts on steps that are not understood as they stand: by what is said in words, or for whatever a letter is."""

from __future__ import annotations

from typing import Any

from symnll.check.costs import require, supposed
from symnll.check.decide import Decision
from symnll.check.general import elsewhere, general
from symnll.check.opaque import opaque
from symnll.check.reading import ReadStep
from symnll.check.step import Meant, meaning
from symnll.check.stretch import Stretch
from symnll.meaning.scope import Scope
from symnll.read import rows
from symnll.read.source import Source
from symnll.read.tokens import Unreadable
from symnll.report.model import Counterexample, DisplayReport, StepReport
from symnll.small.show import text


class Beyond:
    """The part of the verdicts that is about such steps."""

    source: Source

    def _judged(self, scope: Scope, meant: Meant, link: rows.Link) -> Decision:
        raise NotImplementedError

    def _mend(self, scope: Scope, display: DisplayReport, step: ReadStep, meant: Meant, decision: Decision) -> None:
        raise NotImplementedError

    def _supposed(self, stretch: Stretch, step: ReadStep) -> bool:
        """Whether a step is what a sentence requires of a cost, or is proved for what sentences say of the cost."""
        costs, scope, link, sides = stretch.costs, stretch.scope, step.link, step.sides
        assert sides is not None

        def reads(sides: tuple[Any, Any]) -> Meant:
            return meaning(scope, sides, link.relation.text, link.conditions, step.wide, step.free)

        def judged(meant: Meant) -> Decision:
            return self._judged(scope, meant, link)

        if costs.requires and link.first and link.relation.text == "=" and not link.conditions:
            required = require(costs, scope, sides, reads, judged)
            if required is not None:
                step.report.verdict, step.report.reason = required[0], required[1] or step.report.reason
                stretch.note(f"required {step.report.lhs} = {step.report.rhs}")
                if required[0] == "definition":
                    step.report.reason = None
                return True
        name = costs.spoken(scope, sides)
        if name in stretch.unsure or name in stretch.loose:
            return False
        found = supposed(costs, name, scope, sides, link.start, reads, judged) if name else None
        if found is not None:
            fill(step.report, *found, link)
        return found is not None

    def _general(self, stretch: Stretch, display: DisplayReport, step: ReadStep) -> bool:
        """Whether a step is a rule about any functions, which is then decided."""
        scope = stretch.scope
        assert step.sides is not None
        with scope.saved():
            found = general(scope, step.sides, step)
            if found is None:
                return False
            decision = self._judged(scope, found[0], step.link)
            members = [m for m in (step.link.lhs, step.link.rhs) if m is not None]
            ends = min(m.start for m in members), max(m.end for m in members)
            certain = elsewhere(self.source.text, found[1], *ends) or found[1] & {*stretch.unsure, *stretch.loose}
            if decision.verdict in ("refuted", "conditional") and certain:
                return False
            fill(step.report, found[0], decision, step.link)
            self._mend(scope, display, step, found[0], decision)
        return True

    def _whatever(self, scope: Scope, sides: Any, step: ReadStep, error: Unreadable) -> None:
        """Prove a step for all values of the letters whose definitions are not understood, if that can be done."""
        with scope.saved():
            meant = opaque(scope, sides, step, error)
            decision = self._judged(scope, meant, step.link) if meant is not None else None
        if meant is not None and decision is not None and decision.verdict == "proved":
            fill(step.report, meant, decision, step.link)


def fill(report: StepReport, meant: Meant, decision: Decision, link: rows.Link) -> None:
    """Write what was decided into the report on a step."""
    report.verdict = decision.verdict
    report.reason = _short(decision.reason) or None
    report.condition = decision.condition or None
    report.theorem = decision.theorem if decision.verdict == "proved" else None
    report.rules = [*decision.rules, *(f"supposes {h}" for h in decision.hypotheses)]
    report.inferred = list(meant.notes) + ([f"a sentence before says: {link.said}"] if link.said else [])
    report.inferred += [link.read_as] if link.read_as else []
    if decision.witness is not None:
        w = decision.witness
        report.counterexample = Counterexample(dict(w.sizes), {k: text(v) for k, v in w.values.items()}, w.lhs, w.rhs)


def _short(reason: str) -> str:
    """A reason without the end of a formula that nobody would read."""
    return reason if len(reason) <= 600 else f"{reason[:600]} …"
