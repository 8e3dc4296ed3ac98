"""The verdict on each step, within its time; what would mend a false one; and what was decided before."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from typing import Any

from sympy.core.function import AppliedUndef

from symnll.check.assumed import assume, doubt
from symnll.check.beyond import Beyond, fill
from symnll.check.clock import OutOfTime, within
from symnll.check.decide import Decision
from symnll.check.defining import is_value
from symnll.check.entries import with_entries
from symnll.check.loose import left_open, perhaps_anew
from symnll.check.opaque import freely
from symnll.check.options import Options
from symnll.check.reading import ReadStep, lint, member_text, side, unparsed
from symnll.check.repair import Broken, repair
from symnll.check.rounded import is_cut, rounded
from symnll.check.spellings import STANDARD, USUAL, usual
from symnll.check.standing import unheard_of
from symnll.check.stated import stated
from symnll.check.step import EQUALITIES, Meant, judge, meaning
from symnll.check.stretch import Stretch, name_of
from symnll.meaning.conditions import RELATIONS
from symnll.meaning.evidence import labels_below
from symnll.meaning.functions import FUNCTIONS
from symnll.meaning.infer import SIZES
from symnll.meaning.scope import Definition, Scope, pretty
from symnll.meaning.values import Independent, Tied
from symnll.read import rows
from symnll.read import syntax as S
from symnll.read.source import Source
from symnll.read.tokens import Unreadable
from symnll.report.model import Counterexample, DisplayReport, Lint, StepReport

EDITS, ALL_EDITS = 2.0, 60.0  # seconds to look for what would mend one step, and all steps of a document
EXTRA = 2.0  # seconds that a step may take beyond its limit, for other readings and repairs


def patient(seconds: float) -> AbstractContextManager[None]:
    """These seconds and a little, by the clock on the wall. Raises OutOfTime inside."""
    return within(EXTRA + seconds)


class Verdicts(Beyond):
    """Decides the steps of one document; `store` keeps what was decided."""

    def __init__(self, source: Source, macros: Mapping[str, Any], options: Options, store: Any = None) -> None:
        self.source, self.macros, self.options, self.store = source, macros, options, store
        self.patience = ALL_EDITS

    def decide(self, stretch: Stretch, display: DisplayReport, step: ReadStep) -> None:
        """Give a step its verdict within its time and a little; whatever fails costs this step only."""
        report, reason = step.report, ""
        try:
            with patient(1.25 * self.options.timeout):
                self._decided(stretch, display, step)
        except OutOfTime:
            reason = f"There was no answer within {self.options.timeout:g} s."
        except (RecursionError, MemoryError):
            reason = "This is nested too deeply, or too long; name parts of it."
        except Exception as error:
            if os.environ.get("SYMNLL_DEBUG"):
                raise
            reason = (
                f"An internal error ended the check of this step ({type(error).__name__}: {error}); please report it."
            )
        if reason and report.verdict == "unparsed":
            report.verdict, report.reason = "unknown", reason
        if report.verdict in ("unknown", "unparsed"):
            stretch.loosen(left_open(stretch.scope, step.link, step.sides), f"{report.lhs} = {report.rhs}")

    def _decided(self, stretch: Stretch, display: DisplayReport, step: ReadStep) -> None:
        link, report, sides = step.link, step.report, step.sides
        assert sides is not None
        with stretch.scope.saved():
            standard = self._standard(stretch, step)
        new = link.relation.text in (":=", "=:") or name_of(sides[0]) in stretch.scope.described
        unheard = not new and link.first and unheard_of(stretch.scope, *sides)
        told = not new and (unheard or not stretch.general(sides))
        if standard is not None and (standard[1].verdict == "proved" or told):
            fill(report, *standard, link)
            self._mend(stretch.scope, display, step, *standard)
            if report.verdict == "proved":
                stretch.confirm(sides)
            return
        if unheard and standard is None:
            report.verdict, name = "unknown", pretty(name_of(sides[0]))
            report.reason = (
                f"{name} has a standard meaning, of which this is not checked; if it has another, use `let`."
            )
            return
        before = display.steps[report.step - 2] if report.step > 1 else None
        named = before is not None and before.rhs == report.lhs and before.verdict == "definition"
        if not is_cut(report.lhs) and not is_cut(report.rhs) and stretch.introduces(display.display, step, named):
            report.verdict = "definition"
            if stretch.assumed:
                stretch.assumptions.add(name_of(sides[0]))
            if stretch.one_case and is_value(sides[1]):
                stretch.values.add(name_of(sides[0]))
            if standard is not None:
                message = f"This name has a standard meaning, for which what is written is {standard[1].verdict}."
                report.lints.append(lint(self.source, "standard-name", message, sides[0].start, sides[0].end))
            elif name_of(sides[0]) in USUAL and not isinstance(S.unwrap(sides[0]), S.Name):
                message = "This name has a standard meaning; here it is whatever is written, which is not checked."
                report.lints.append(lint(self.source, "standard-name", message, sides[0].start, sides[0].end))
            return
        plain = link.first and link.relation.text in EQUALITIES and not link.conditions
        if stretch.assumed and plain and assume(stretch, *sides, f"{report.lhs} = {report.rhs}", display.display):
            report.verdict, report.reason = "definition", "This is assumed here, and what rests on it says so."
            return
        if link.relation.text == "=:":
            sides = sides[::-1]
        quantities = stretch.scope.quantities.copy()
        try:
            meant = stated(stretch.scope, sides, step)
        except Unreadable as error:
            if not isinstance(error, Tied):
                stretch.scope.quantities = quantities  # what was inferred from a step that is not understood
            unparsed(self.source, report, error)
            if isinstance(error, Independent):
                report.verdict = "unknown"
            if isinstance(error, Independent) and self._supposed(stretch, step):
                return
            if not self._general(stretch, display, step):
                self._whatever(stretch.scope, sides, step, error)
            return
        key = self._key(stretch, step)
        if self._recall(report, key):  # only now, as the meaning may have given names a meaning
            return
        with stretch.scope.saved():
            free = freely(stretch.scope, sides, step)
            found = judge(free, self.options.timeout / 4) if free is not None else None
        if free is not None and found is not None and found.verdict == "proved":
            fill(report, free, found, link)
            self._remember(report, key)
            return
        decision = self._judged(stretch.scope, meant, link)
        with stretch.scope.saved():
            given = None if decision.verdict == "proved" else self._with_entries(stretch, sides, step)
        meant, decision = given or (meant, _doubted(stretch, meant, decision))
        if decision.verdict in ("refuted", "conditional") and stretch.anew and link.first:
            decision = perhaps_anew(stretch, sides, report, decision)
        if link.guessed and decision.verdict in ("refuted", "conditional"):
            decision = Decision("unknown", f"It is false if {link.read_as}, which is a guess.")
        if stretch.assumed and plain and decision.verdict in ("refuted", "conditional"):
            doubt(stretch, sides, f"{report.lhs} = {report.rhs}")
            decision = Decision("unknown", "This is assumed, which is not taken in; declare it: `assume …`.")
        if link.supposed and decision.verdict in ("refuted", "conditional"):
            decision = Decision("unknown", "This is what the ⇒ after it supposes; by itself it is not decided.")
        decision = rounded(meant, (report.lhs, report.rhs), decision)
        fill(report, meant, decision, link)
        if decision.verdict == "unknown" and self._supposed(stretch, step):
            return
        with stretch.scope.saved():
            self._mend(stretch.scope, display, step, meant, decision)
            self._other_readings(stretch.scope, step, sides, meant, decision)
        self._remember(report, key)

    def _with_entries(self, stretch: Stretch, sides: Any, step: ReadStep) -> tuple[Meant, Decision] | None:
        """What a step states of vectors whose entries are given, and the decision on that."""
        found = with_entries(stretch.scope, stretch.entries, stretch.section, sides, step)
        if found is None:
            return None
        meant, sizes = found
        decision = _doubted(stretch, meant, self._judged(stretch.scope, meant, step.link))
        if decision.witness is not None:
            witness = replace(decision.witness, sizes={**sizes, **decision.witness.sizes})
            return meant, replace(decision, witness=witness)
        said = tuple(f"{name} = {n}, as many entries as are given" for name, n in sizes.items())
        return meant, replace(decision, hypotheses=(*decision.hypotheses, *said))

    def _standard(self, stretch: Stretch, step: ReadStep) -> tuple[Meant, Decision] | None:
        """What is true of a standard name such as softmax, of which the document says nothing, defines nothing."""
        assert step.sides is not None
        node, name = S.unwrap(step.sides[0]), name_of(step.sides[0])
        said = name in stretch.scope.stated or stretch.scope.known(name)
        if isinstance(node, S.Atom) and node.primes and name in {*FUNCTIONS, r"\sigma"} and not said:
            return self._slope(stretch, step, name)
        bare = isinstance(node, S.Name) or (isinstance(node, S.Atom) and not node.subs)
        bare = bare or (isinstance(node, S.Atom) and labels_below(stretch.scope, name, node.subs))
        if bare or usual(name) not in STANDARD or stretch.scope.known(name) or not step.link.first:
            return None
        try:
            meant = meaning(
                stretch.scope, step.sides, step.link.relation.text, step.link.conditions, step.wide, step.free
            )
        except Unreadable:
            return None
        return meant, _doubted(stretch, meant, self._judged(stretch.scope, meant, step.link))

    def _slope(self, stretch: Stretch, step: ReadStep, name: str) -> tuple[Meant, Decision] | None:
        """What is said of σ' and σ, where nobody says what σ is: of the derivative of the sigmoid, if that is true."""
        scope, sides, link = stretch.scope, step.sides, step.link
        assert sides is not None
        at = sides[0].start, sides[0].end
        x = S.Name(*at, next((n for n in "xuts" if not scope.known(n)), "x°"))
        called = S.Bracket(*at, "(", S.List(*at, (x,)))
        body = S.Product(*at, (S.Name(*at, "sigmoid" if name == r"\sigma" else name), called))
        found = Definition(name, (), (x,), body, f"{name} has its usual meaning", frozenset({x.text}))
        scope.stated.setdefault(name, found)
        try:
            meant = meaning(scope, sides, link.relation.text, link.conditions, step.wide, step.free)
        except Unreadable:
            return None
        decision = self._judged(scope, meant, link)
        if decision.verdict != "proved":
            shown = pretty(name)
            reason = f"Nothing says what {shown} is; write {shown}(x) = …, or give {shown}' another name."
            decision = Decision("unknown", reason)
        return meant, decision

    def _judged(self, scope: Scope, meant: Meant, link: rows.Link) -> Decision:
        premises = []
        for other in link.implied_by:  # A ⇒ B: B may hold because of A
            relation = other.relation.text
            if other.lhs is not None and relation in RELATIONS:
                try:
                    sides = side(other.lhs, other), side(other.rhs, other)
                    found = meaning(scope, sides, relation, other.conditions)
                except Unreadable:
                    continue
                left, right = (member_text(self.source.text, m) for m in (other.lhs, other.rhs))
                premises.append((f"{left} {relation} {right}", RELATIONS[relation](found.lhs, found.rhs)))
        decision = judge(meant, self.options.timeout, premises)
        if decision.verdict == "refuted" and premises:  # ⇒ may suppose the claim in other words: 2x = 2 ⇒ x = 1
            under = judge(replace(meant, given=[*meant.given, *(r for _, r in premises)]), self.options.timeout)
            if under.verdict == "proved":
                return replace(decision, verdict="conditional", condition=" and ".join(said for said, _ in premises))
        return decision

    def _mend(self, scope: Scope, display: DisplayReport, step: ReadStep, meant: Meant, decision: Decision) -> None:
        """Say what would mend a false step. Where the step before is false too, its right side may be what is wrong."""
        report, link = step.report, step.link
        if not self.options.suggest or decision.verdict not in ("refuted", "conditional") or link.relation.text == "=:":
            return
        before = display.steps[report.step - 2] if report.step > 1 else None
        after_false = before is not None and before.rhs == report.lhs and before.verdict in ("refuted", "conditional")
        assert step.sides is not None
        broken = Broken(
            scope, self.source, self.macros, link, step.sides, meant, decision, step.wide, step.free, after_false
        )  # fmt: skip
        start = time.thread_time()
        report.help = repair(broken, min(EDITS, self.patience)) if self.patience > 0 else None
        self.patience -= time.thread_time() - start

    def _other_readings(self, scope: Scope, step: ReadStep, sides: Any, meant: Meant, decision: Decision) -> None:
        """Where a second reading gives another verdict, the report says so."""
        link = step.link
        for place, what in list(meant.ambiguities.items())[:3]:
            try:
                other = meaning(scope, sides, link.relation.text, link.conditions, step.wide, step.free, {place: 1})
            except Unreadable:
                continue
            found = self._judged(scope, other, link)
            if found.verdict != decision.verdict:
                line, column = self.source.position(place)
                message = f"Two readings are possible here ({what}); with the other one the step is {found.verdict}."
                step.report.lints.append(Lint("two-readings", message, line, column, line, column + 1))

    # What was decided before.

    def _key(self, stretch: Stretch, step: ReadStep) -> str:
        """All that the verdict on a step depends on, as text."""
        conditions = [" ".join(t.text for t in c) for c in step.link.conditions]
        letters = sorted(step.wide), sorted(step.free)
        links = [step.link, *step.link.implied_by]  # by their tokens: a macro of the same name may mean another thing
        sides = [[_tokens(p.lhs), p.relation.text, _tokens(p.rhs)] for p in links]
        spoken = sorted(stretch.earlier), stretch.section if stretch.entries else 0
        return repr(
            (stretch.trail, spoken, sides, conditions, letters, step.link.supposed, step.link.guessed, self.options.key)
        )

    def _recall(self, report: StepReport, key: str) -> bool:
        found = self.store.get(key) if self.store is not None else None
        if found is None:
            return False
        example = found.pop("counterexample", None)
        for name, value in found.items():
            setattr(report, name, value)
        report.counterexample = Counterexample(**example) if example else None
        return True

    def _remember(self, report: StepReport, key: str) -> None:
        """Keep what does not speak of a place in the document."""
        if self.store is None or report.lints or report.verdict == "unparsed":
            return
        example = report.counterexample
        self.store.put(key, {
            "verdict": report.verdict, "condition": report.condition, "reason": report.reason, "rules": report.rules,
            "inferred": report.inferred, "help": report.help, "counterexample": asdict(example) if example else None,
        })  # fmt: skip


def _doubted(stretch: Stretch, meant: Meant, decision: Decision) -> Decision:
    """No refutation rests on a name that nobody declared and only one side holds: it may be defined elsewhere.

    A vector that an earlier display speaks of is one of the quantities that the document is about.
    """
    scope = stretch.scope
    twice = [said for source, said in stretch.twice.items() if f"opened: {source}" in meant.notes]
    if twice:
        return Decision("unknown", twice[0])
    if decision.verdict not in ("refuted", "conditional"):
        return decision
    bare = [n for n, size in scope.sizes.items() if not size.is_number and size in (meant.lhs, meant.rhs)]
    if bare and any(getattr(s, "is_number", False) for s in (meant.lhs, meant.rhs)):
        reason = f"{bare[0]} is a size here, of which steps hold for every value; say it in words, or with `case`."
        return Decision("unknown", reason)
    free = [s.free_symbols for s in (meant.lhs, meant.rhs)]
    applied = {f.func for s in (meant.lhs, meant.rhs) for f in s.atoms(AppliedUndef)}
    lonely = [
        q.name for q in scope.quantities.values()
        if q.inferred and not (q.axes and q.name in stretch.earlier)
        and (getattr(q.base, "label", q.base) in free[0]) != (getattr(q.base, "label", q.base) in free[1])
    ]  # fmt: skip
    unsure = [
        q.name for q in scope.quantities.values()
        if (q.inferred or q.name in stretch.untaken)
        and q.name in stretch.unsure and getattr(q.base, "label", q.base) in free[0] | free[1]
    ]  # fmt: skip
    unsure += [n for n in stretch.unsure for d in scope.definitions.get(n, ()) if f"opened: {d.source}" in meant.notes]
    if unsure:
        said = ", ".join(stretch.unsure[n] for n in unsure)
        reason = f"A sentence says {said}, and it is not clear whether that is a definition; declare it: `let …`."
        return Decision("unknown", reason)
    loose = [
        q.name for q in scope.quantities.values()
        if q.inferred and q.name in stretch.loose and getattr(q.base, "label", q.base) in free[0] | free[1]
    ]  # fmt: skip
    if loose:
        reason = f"The page says {stretch.loose[loose[0]]}, which is not taken in; declare it: `let …`."
        return Decision("unknown", reason)
    partial = [f"{said}, for {where}" for said, where in stretch.domains.items() if f"opened: {said}" in meant.notes]
    if partial:
        reason = f"{partial[0]} is all that is said; write what holds otherwise, with cases, or declare it: `let …`."
        return Decision("unknown", reason)
    called = [n for n, f in scope.functions.items() if f.get("inferred") and f["function"] in applied]
    lonely += called
    if any(scope.sizes[name] in free[0] | free[1] for name in scope.invented):  # K may be how many p_i there are
        names = [q.name for q in scope.quantities.values() if q.inferred and q.base in free[0] | free[1]]
        lonely += [name for name in names if name in SIZES and name not in lonely]
    other = [d.source for n in lonely if n in called for d in scope.definitions.get(n, ())]
    if other:
        return Decision(
            "unknown", f"{other[0]} is all that is said, and does not say what this is; declare it: `let …`."
        )
    odd = [(said, what) for said, what in stretch.odd.items() if f"opened: {said}" in meant.notes]
    if odd:
        said, what = odd[0]
        reason = f"By {said}, as it is written, this is false. But {what[0].lower()}{what[1:]} Mend that definition."
        return Decision("unknown", reason)
    if not lonely:
        return decision
    reason = f"Nothing says what {', '.join(lonely)} is, and the step is false for some values of it; declare it."
    return Decision("unknown", reason)


def _tokens(member: rows.Member | None) -> str:
    return " ".join(f"{t.kind}{t.bold:d}{t.text}" for t in member.tokens) if member is not None else ""
