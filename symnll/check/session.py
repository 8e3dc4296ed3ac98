"""A document from its first line to its last: declarations, definitions, and a verdict on every step."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sympy.core.function import AppliedUndef

from symnll.check.clock import OutOfTime, within
from symnll.check.decide import Decision
from symnll.check.letters import scopes_of
from symnll.check.lints import remarks
from symnll.check.options import Options
from symnll.check.repair import Broken, repair
from symnll.check.step import EQUALITIES, Meant, judge, meaning
from symnll.language import Eq
from symnll.meaning.declare import FIXED, Refused, condition_tokens, declare, definition, split_relation
from symnll.meaning.elaborate import children, names_in
from symnll.meaning.formulas import tokens_of
from symnll.meaning.infer import infer
from symnll.meaning.known import is_letter, namesake, taken
from symnll.meaning.operators import DELTAS, INDICATORS
from symnll.meaning.scope import Scope, pretty
from symnll.meaning.values import Independent
from symnll.read import rows
from symnll.read import syntax as S
from symnll.read.documents import Declaration, Display, Document, Inline, read_document
from symnll.read.recover import first_bad
from symnll.read.source import Source
from symnll.read.tokens import BIG, LETTERS, NAMED, Token, Unreadable
from symnll.report.model import Counterexample, DisplayReport, FileReport, Lint, StepReport
from symnll.small.show import text

STANDARD = {
    "softmax", r"\sigma", "sigmoid", "KL", "H", "D", "LSE", "lse", "logsumexp", "softplus", "tanh", "logit", "relu",
    "ReLU", r"\delta", r"\Delta", "I", r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}",
}  # fmt: skip
DEFINES = {"where", "let", "define", "denote", "denoting", "defined", "with", "write", "set", "putting", "here"}
COMMANDS = {*LETTERS, *BIG, *NAMED, "partial", "nabla", "top"}
EXPECTED = ("refuted", "conditional", "unknown")
EDITS, ALL_EDITS = 2.0, 60.0  # seconds to look for what would mend one step, and all steps of a document
EXTRA = 2.0  # seconds that a step may take beyond its limit, for other readings and repairs


def check_source(source: Source, options: Options, store: Any = None) -> FileReport:
    """The report on one document."""
    document = read_document(source, inline=options.inline)
    return Session(document, options, store).run()


@dataclass
class _Pending:
    """What declarations say of the next display."""

    cases: list[list[Token]] = field(default_factory=list)
    start: list[Token] | None = None
    skip: bool = False
    expect: str = ""


@dataclass
class _Step:
    """A step with what was read of it, before it is decided."""

    link: rows.Link
    sides: tuple[Any, Any] | None
    report: StepReport


class Session:
    """Checks one document. The scope starts anew with every `reset`."""

    def __init__(self, document: Document, options: Options, store: Any = None) -> None:
        self.document, self.options, self.store = document, options, store
        self.source = document.source
        self.report = FileReport(self.source.name)
        self.scope = Scope()
        self.pending = _Pending()
        self.last: rows.Member | None = None
        self.last_conditions: list[list[Token]] = []
        self.confirmed: set[str] = set()  # standard names whose meaning the document has stated
        self.spoken: set[str] = set()  # the names in the displays so far
        self.trail = ""  # a digest of all that the names of this stretch depend on
        self.patience = ALL_EDITS
        self.sentence: tuple[list[Token], int] | None = None  # a condition in the sentence before a display

    def run(self) -> FileReport:
        for p in self.document.problems:
            self._problem("unreadable-text", p.message, p.start, p.end)
        for stretch in _stretches(self.document.items):
            self.scope, self.last, self.trail, self.confirmed = Scope(), None, f"{self.document.macros}", set()
            self.spoken = set()
            self._stretch(stretch)
        return self.report

    def _stretch(self, items: Sequence[Any]) -> None:
        """The items between two resets: the first declarations at once, so that inference sees them."""
        self.ahead = [i for i in items if isinstance(i, Display) or (isinstance(i, Inline) and _says(i, DEFINES))]
        inferred = False
        for n, item in enumerate(items):
            if isinstance(item, Declaration):
                self._guarded(self._declaration, item, item.text)
                inferred = False
            elif isinstance(item, Display):
                if not inferred:
                    self._infer(item)
                    self._note(f"{self.scope.notes} {self.scope.ranges}")
                    inferred = True
                for following in _explained(item, items[n + 1 :]):
                    self._guarded(self._inline, following, following.body)
                self._guarded(self._display, item, item.body)
                self.ahead = [i for i in self.ahead if i is not item]
            elif isinstance(item, Inline):
                self._guarded(self._inline, item, item.body)

    def _guarded(self, act: Any, item: Any, text: Any) -> None:
        """Read an item of the document; whatever fails costs this item only."""
        try:
            act(item)
            return
        except OutOfTime:
            message = "This could not be read in time; write it in parts."
        except (RecursionError, MemoryError):
            message = "This is nested too deeply, or too long, to be read; write it in parts."
        except Exception as error:
            if os.environ.get("SYMNLL_DEBUG"):
                raise
            message = (
                f"An internal error ended the reading of this ({type(error).__name__}: {error}); please report it."
            )
        start, end = text.at(0), text.at(len(text.text))
        displays = self.report.displays
        if isinstance(item, Display) and displays and displays[-1].display == item.number and not displays[-1].steps:
            displays[-1].steps.append(self._whole(text, Unreadable(message, start, end)))
        else:
            self._problem("unreadable-text", message, start, end)

    def _infer(self, item: Display) -> None:
        try:
            with within(EXTRA + self.options.timeout):
                infer(self.scope, self.ahead, self.document.macros)
        except (OutOfTime, RecursionError, MemoryError):
            message = "What the letters from here on are could not be inferred in time; declare them."
            self._problem("inference", message, item.start, item.start + 1)

    def _note(self, what: str) -> None:
        self.trail = hashlib.sha256(f"{self.trail}\0{what}".encode(errors="replace")).hexdigest()

    def _problem(self, code: str, message: str, start: int, end: int) -> None:
        line, column = self.source.position(start)
        end_line, end_column = self.source.position(max(start, end))
        self.report.problems.append(Lint(code, message, line, column, end_line, end_column))

    # Declarations.

    def _declaration(self, item: Declaration) -> None:
        text = item.text.text
        word, _, rest = text.strip().partition(" ")
        start, end = item.text.at(0), item.text.at(len(text))
        self._note(text)
        try:
            with self._reading():
                self._declared(text, word, rest, item)
        except (Refused, Unreadable) as error:
            self._problem("declaration", f"This declaration is not understood: {error}", start, end)

    def _reading(self) -> Any:
        """The time for reading one item."""
        return within(EXTRA + self.options.timeout)

    def _declared(self, text: str, word: str, rest: str, item: Declaration) -> None:
        if word == "case":
            self.pending.cases.append(condition_tokens(self.scope, rest, self.document.macros))
        elif word == "from":
            offset = text.find(rest)
            self.pending.start = tokens_of(self.scope, rest, self.document.macros, lambda i: item.text.at(offset + i))
        elif word == "skip":
            self.pending.skip = True
        elif word == "expect":
            if rest.strip() not in EXPECTED:
                raise Refused(f"`expect` wants one of {', '.join(EXPECTED)}, not {rest.strip()!r}.")
            self.pending.expect = rest.strip()
        else:
            declare(self.scope, text, self.document.macros, item.text.at)

    def _inline(self, item: Inline) -> None:
        """A definition in a sentence: `where p_j = …`, `let S = …`; a condition: `if i = j`."""
        words = set(item.cue.split())
        if words & rows.DENYING | words & rows.UNDECIDED:
            return
        if words & {"if", "when", "for", "case", "assuming", "suppose"}:
            try:
                tokens = tokens_of(self.scope, item.body.text, self.document.macros, item.body.at)
            except Unreadable:
                return
            if rows.about_indices(tokens, self._is_index):
                self.sentence = tokens, item.body.at(len(item.body.text))
            return
        if not _says(item, DEFINES):
            return
        try:
            tokens = tokens_of(self.scope, item.body.text, self.document.macros, item.body.at)
            sides = split_relation(tokens)
            if sides is None or sides[1].text not in EQUALITIES or split_relation(sides[2]) is not None:
                return
            left, right = S.parse(sides[0]), S.parse(sides[2])
            if all(t.kind in ("NUMBER", "MINUS") for t in sides[2]) and name_of(left) in self.spoken:
                return  # `with $T = 1$ this is …` is about one case
            self._define(left, right, item.body.text.strip(), 0)
        except (Refused, Unreadable):
            return

    # Displays.

    def _display(self, item: Display) -> None:
        line, _ = self.source.position(item.start)
        end_line, _ = self.source.position(item.end)
        pending, self.pending = self.pending, _Pending()
        said = self._said_before(item) if not pending.cases else None
        display = DisplayReport(item.number, line, end_line, [], pending.expect or None, pending.skip)
        self.report.displays.append(display)
        if pending.skip:
            self.last = None
            return
        body = item.body
        try:
            with self._reading():
                tokens = tokens_of(self.scope, body.text, self.document.macros, body.at, recover=True)
        except Unreadable as error:
            display.steps.append(self._whole(body, error))
            self.last = None
            return
        if item.environment == "inline" and rows.about_indices(tokens, self._is_index):
            self.sentence = tokens, item.end  # `when $m = T$` states nothing
            return
        self.spoken |= {t.text for t in tokens if t.kind == "NAME"}
        links, last = rows.links(tokens, self._is_index)
        trouble = first_bad(tokens) or self._unknown_command(tokens) if not links else None
        if trouble is not None:
            display.steps.append(self._whole(body, trouble))
        start = rows.Member(pending.start) if pending.start else self.last
        for n, link in enumerate(links):
            if link.lhs is None and (n == 0 or all(x.lhs is None for x in links[:n])):
                link.lhs = start
                if link.lhs is not None and pending.start is None:
                    link.conditions = [*self.last_conditions, *link.conditions]
            link.conditions = [*pending.cases, *link.conditions]
            if said and not link.conditions:
                link.conditions, link.said = [said], _text(self.source.text, rows.Member(said))
        self._steps(item, display, links)
        if last is not None and last.tokens:
            self.last = last
            self.last_conditions = links[-1].conditions if links else pending.cases

    def _unknown_command(self, tokens: Sequence[Token]) -> Unreadable | None:
        """A command in a display without relations that nobody knows: it may be one."""
        for t in tokens:
            odd = t.kind == "NAME" and t.text.startswith("\\") and t.text[1:].isalpha() and len(t.text) > 2
            if odd and t.text[1:] not in COMMANDS and not self.scope.known(t.text):
                return Unreadable(f"{t.text} is not known, and there is no relation here.", t.start, t.end)
        return None

    def _said_before(self, item: Display) -> list[Token] | None:
        """The condition with which the sentence before this display ends: `If $i = j$, then`."""
        sentence, self.sentence = self.sentence, None
        if sentence is None:
            return None
        between = self.source.text[sentence[1] : item.start].strip("$ \n,:;\\()")
        if set(between.lower().split()) & {*rows.DENYING, *rows.UNDECIDED}:
            return None
        return sentence[0] if len(between) < 60 and "." not in between and "\n\n" not in between.strip() else None

    def _is_index(self, name: str) -> bool:
        return name in self.scope.ranges or (len(name) == 1 and name in "ijklmn" and not self.scope.known(name))

    def _whole(self, body: Any, error: Unreadable) -> StepReport:
        start, end = (error.start, error.end) if error.end else (body.at(0), body.at(len(body.text)))
        line, column = self.source.position(start)
        end_line, end_column = self.source.position(max(end, start))
        text = body.text.strip()
        report = StepReport(1, line, column, end_line, end_column, "", text[:200], "", "unparsed")
        report.reason = str(error)
        return report

    def _steps(self, item: Display, display: DisplayReport, links: list[rows.Link]) -> None:
        steps: list[_Step] = []
        for n, link in enumerate(links, 1):
            report = self._blank(n, link)
            sides = None
            try:
                if link.lhs is None:
                    raise Unreadable(
                        "This goes on from a display before it, and there is none; say `from` what.",
                        *link.relation.span,
                    )
                if all(t.kind == "DOTS" for t in link.rhs.tokens) and link.rhs.tokens:
                    report.verdict, report.reason = "unknown", "The dots stand for steps that are not written."
                else:
                    sides = (self._parse(link.lhs, link), self._parse(link.rhs, link))
            except Unreadable as error:
                self._unparsed(report, error)
            steps.append(_Step(link, sides, report))
            display.steps.append(report)
        for group in _groups(steps):
            trees = [t for s in group if s.sides for t in s.sides]
            wide, free = scopes_of(trees)
            for step in group:
                if step.sides is not None:
                    self._decide(item, step, wide, frozenset(free))
                    for r in remarks(self.scope, step.sides, step.report, wide):
                        whole = S.Node(step.link.relation.start, step.link.rhs.end)
                        self._remark(step.report, r.code, r.message, r.node or whole)

    def _parse(self, member: rows.Member, link: rows.Link) -> Any:
        if not member.tokens:
            raise Unreadable("One side of this relation is missing.", *link.relation.span)
        node = S.parse(member.tokens)
        if node.only is None:
            odd = next((p for p in node.pieces if isinstance(p, (S.Sep, S.Words))), node)
            raise Unreadable(f"{getattr(odd, 'text', 'This')!r} is not understood here.", odd.start, odd.end)
        return node.only

    def _blank(self, n: int, link: rows.Link) -> StepReport:
        text = self.source.text
        line, column = self.source.position(link.relation.start)
        end = link.rhs.end if link.rhs.tokens else link.relation.end
        end_line, end_column = self.source.position(end)
        lhs = _text(text, link.lhs) if link.lhs is not None and link.lhs.tokens else ""
        rhs = _text(text, link.rhs) if link.rhs.tokens else ""
        return StepReport(n, line, column, end_line, end_column, link.relation.text, lhs, rhs, "unparsed")

    def _unparsed(self, report: StepReport, error: Unreadable) -> None:
        report.verdict = "unparsed"
        line, column = self.source.position(error.start)
        report.reason = f"{error} (line {line}, column {column})"

    def _decide(self, item: Display, step: _Step, wide: frozenset[str], free: frozenset[str]) -> None:
        """Give a step its verdict within its time and a little; whatever fails costs this step only."""
        report, reason = step.report, ""
        try:
            with within(EXTRA + 1.25 * self.options.timeout):
                self._decided(item, step, wide, free)
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

    def _decided(self, item: Display, step: _Step, wide: frozenset[str], free: frozenset[str]) -> None:
        link, report = step.link, step.report
        assert step.sides is not None
        relation = link.relation.text
        with self.scope.saved():
            standard = self._standard(step, wide, free)
        if standard is not None and (standard[1].verdict == "proved" or not self._general(step)):
            self._fill(report, *standard, link)
            self._mend(step, *standard, wide, free)
            if report.verdict == "proved":
                self.confirmed.add(name_of(step.sides[0]))
            return
        if self._defines(item, step):
            report.verdict = "definition"
            if standard is not None:
                message = f"This name has a standard meaning, for which what is written is {standard[1].verdict}."
                self._remark(report, "standard-name", message, step.sides[0])
            return
        sides = step.sides[::-1] if relation == "=:" else step.sides
        try:
            meant = meaning(self.scope, sides, relation, link.conditions, wide, free)
        except Unreadable as error:
            self._unparsed(report, error)
            if isinstance(error, Independent):
                report.verdict = "unknown"
            return
        key = self._key(step, wide, free)
        if self._recall(report, key):  # only now, as the meaning may have given names a meaning
            return
        decision = self._doubted(meant, self._judged(meant, link))
        self._fill(report, meant, decision, link)
        with self.scope.saved():
            self._mend(step, meant, decision, wide, free)
            self._other_readings(report, meant, decision, sides, link, wide, free)
        self._remember(report, key)

    def _mend(self, step: _Step, meant: Meant, decision: Decision, wide: frozenset[str], free: frozenset[str]) -> None:
        """Say what would mend a false step. Where the step before is false too, its right side may be what is wrong."""
        report, link = step.report, step.link
        if not self.options.suggest or decision.verdict not in ("refuted", "conditional") or link.relation.text == "=:":
            return
        before = self.report.displays[-1].steps[report.step - 2] if report.step > 1 else None
        after_false = before is not None and before.rhs == report.lhs and before.verdict in ("refuted", "conditional")
        assert step.sides is not None
        broken = Broken(
            self.scope, self.source, self.document.macros, link, step.sides, meant, decision, wide, free, after_false
        )  # fmt: skip
        start = time.thread_time()
        report.help = repair(broken, min(EDITS, self.patience)) if self.patience > 0 else None
        self.patience -= time.thread_time() - start

    def _judged(self, meant: Meant, link: rows.Link) -> Decision:
        premises = []
        for other in link.implied_by:  # A ⇒ B: B may hold because of A
            if other.lhs is not None and other.relation.text in EQUALITIES:
                try:
                    sides = self._parse(other.lhs, other), self._parse(other.rhs, other)
                    found = meaning(self.scope, sides, "=", other.conditions)
                except Unreadable:
                    continue
                premises.append(
                    (
                        Eq(found.lhs, found.rhs),
                        f"{_text(self.source.text, other.lhs)} = {_text(self.source.text, other.rhs)}",
                    )
                )
        return judge(meant, self.options.timeout, premises)

    def _doubted(self, meant: Meant, decision: Decision) -> Decision:
        """No refutation rests on a name that nobody declared and only one side holds: it may be defined elsewhere."""
        if decision.verdict not in ("refuted", "conditional"):
            return decision
        free = [s.free_symbols for s in (meant.lhs, meant.rhs)]
        applied = {f.func for s in (meant.lhs, meant.rhs) for f in s.atoms(AppliedUndef)}
        lonely = [
            q.name for q in self.scope.quantities.values()
            if q.inferred and not q.axes and (q.base in free[0]) != (q.base in free[1])
        ]  # fmt: skip
        lonely += [n for n, f in self.scope.functions.items() if f.get("inferred") and f["function"] in applied]
        if not lonely:
            return decision
        reason = f"Nothing says what {', '.join(lonely)} is, and the step is false for some values of it; declare it."
        return Decision("unknown", reason)

    # What was decided before.

    def _key(self, step: _Step, wide: frozenset[str], free: frozenset[str]) -> str:
        """All that the verdict on a step depends on, as text."""
        conditions = [" ".join(t.text for t in c) for c in step.link.conditions]
        letters = sorted(wide), sorted(free)
        links = [step.link, *step.link.implied_by]  # by their tokens: a macro of the same name may mean another thing
        sides = [[_tokens(p.lhs), p.relation.text, _tokens(p.rhs)] for p in links]
        return repr((self.trail, sides, conditions, letters, self.options.key))

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

    def _fill(self, report: StepReport, meant: Meant, decision: Decision, link: rows.Link) -> None:
        report.verdict = decision.verdict
        report.reason = _short(decision.reason) or None
        report.condition = decision.condition or None
        report.rules = [*decision.rules, *(f"supposes {h}" for h in decision.hypotheses)]
        report.inferred = list(meant.notes) + ([f"the sentence before says: {link.said}"] if link.said else [])
        if decision.witness is not None:
            w = decision.witness
            report.counterexample = Counterexample(
                dict(w.sizes), {k: text(v) for k, v in w.values.items()}, w.lhs, w.rhs
            )
        for code, message, start, end in meant.lints:
            self._remark(report, code, message, S.Node(start, end))

    def _other_readings(
        self, report: StepReport, meant: Meant, decision: Decision, sides: Any, link: rows.Link,
        wide: frozenset[str], free: frozenset[str],
    ) -> None:  # fmt: skip
        """Where a second reading gives another verdict, the report says so."""
        for place, what in list(meant.ambiguities.items())[:3]:
            try:
                other = meaning(self.scope, sides, link.relation.text, link.conditions, wide, free, {place: 1})
            except Unreadable:
                continue
            found = self._judged(other, link)
            if found.verdict != decision.verdict:
                line, column = self.source.position(place)
                message = f"Two readings are possible here ({what}); with the other one the step is {found.verdict}."
                report.lints.append(Lint("two-readings", message, line, column, line, column + 1))

    # Definitions.

    def _defines(self, item: Display, step: _Step) -> bool:
        """Whether this step introduces a name: a chain's first step, whose left side is a name not yet known."""
        link, report = step.link, step.report
        if link.relation.text not in EQUALITIES or step.sides is None or any(map(self._restricts, link.conditions)):
            return False
        left, right = step.sides
        if link.relation.text in (":=", "=:") and self._define(
            right, left, f"{report.rhs} = {report.lhs}", item.number
        ):
            return True
        forward = link.first or link.role == "where" or self._fresh(left)
        if link.relation.text == "=" and link.role != "where" and isinstance(S.unwrap(left), S.Name):
            forward = forward and (S.unwrap(left).text, 0) not in self.scope.quantities  # spoken of before: a claim
        if forward:
            found = definition(self.scope, left, right, "", item.number)
            other = None if found is None or taken(self.scope, found) else namesake(self.scope, found)
            if other is not None and self._holds_of(left, right):
                return False
            if self._define(left, right, f"{report.lhs} = {report.rhs}", item.number):
                if other is not None:
                    message = (
                        f"{pretty(other.head)} is defined already, by {other.source}; here it is taken for another."
                    )
                    self._remark(report, "two-meanings", message, left)
                return True
        backward = self._fresh(right) and not self._fresh(left)  # Σ_j e^{z_j} = Z
        return backward and self._define(right, left, f"{report.rhs} = {report.lhs}", item.number)

    def _restricts(self, condition: Sequence[Token]) -> bool:
        """Whether a condition leaves cases out, so that an equation under it defines nothing for all."""
        if not any(t.kind == "REL" for t in condition):
            return False
        r = self.scope.ranges.get(condition[0].text)
        end = "".join(t.text for t in condition[2:])
        ends = {r"\geq": r.lower, r"\leq": r.upper} if r is not None else {}
        return str(ends.get(condition[1].text)) != end

    def _standard(self, step: _Step, wide: frozenset[str], free: frozenset[str]) -> tuple[Meant, Decision] | None:
        """What is true of a standard name such as softmax, of which the document says nothing, defines nothing."""
        assert step.sides is not None
        node, name = S.unwrap(step.sides[0]), name_of(step.sides[0])
        bare = isinstance(node, S.Name) or (isinstance(node, S.Atom) and not node.subs)
        if bare or name not in STANDARD or self.scope.known(name) or not step.link.first:
            return None
        try:
            meant = meaning(self.scope, step.sides, step.link.relation.text, step.link.conditions, wide, free)
        except Unreadable:
            return None
        return meant, self._judged(meant, step.link)

    def _general(self, step: _Step) -> bool:
        """Whether the left side is a name with letters as arguments, of which any value can be said: σ(x), not σ(0)."""
        assert step.sides is not None
        found = definition(self.scope, *step.sides, "")
        if found is None or found.head in self.confirmed:
            return False
        return all(map(is_letter, found.arguments or ()))

    def _holds_of(self, left: Any, right: Any) -> bool:
        """Whether an equation is proved with the meanings that its names have already."""
        try:
            return judge(meaning(self.scope, (left, right), "="), self.options.timeout).verdict == "proved"
        except Unreadable:
            return False

    def _remark(self, report: StepReport, code: str, message: str, at: Any) -> None:
        (line, column), (end_line, end_column) = self.source.position(at.start), self.source.position(at.end)
        report.lints.append(Lint(code, message, line, column, end_line, end_column))

    def _fresh(self, side: Any) -> bool:
        """Whether a side is a name that nothing spoke of so far."""
        node = S.unwrap(side)
        name = node.base if isinstance(node, S.Atom) else node
        special = NAMED | FIXED | INDICATORS | DELTAS | STANDARD
        return isinstance(name, S.Name) and name.text not in special and not self.scope.known(name.text)

    def _define(self, left: Any, right: Any, source: str, display: int) -> bool:
        found = definition(self.scope, left, right, source, display)
        if found is None or taken(self.scope, found) or _leads(self.scope, right, found.head, set()):
            return False
        self.scope.definitions.setdefault(found.head, []).append(found)
        self._note(source)
        return True


def _leads(scope: Scope, node: Any, name: str, seen: set[str]) -> bool:
    """Whether a tree speaks of a name, itself or through the definitions that it uses."""
    if _holds(node, name):
        return True
    new = {d for d in names_in(node) if d in scope.definitions} - seen
    seen |= new
    return any(_leads(scope, d.body, name, seen) for n in new for d in scope.definitions[n])


def _short(reason: str) -> str:
    """A reason without the end of a formula that nobody would read."""
    return reason if len(reason) <= 600 else f"{reason[:600]} …"


def _says(item: Inline, words: set[str]) -> bool:
    return bool(set(item.cue.split()) & words)


def _explained(display: Display, items: Sequence[Any]) -> list[Inline]:
    """The formulas of the sentence that goes on after a display with `where`."""
    found = []
    for item in items:
        if not isinstance(item, Inline) or item.body.at(0) - display.end > 400 or item.cue.split()[:1] != ["where"]:
            break
        found.append(item)
    return found


def _tokens(member: rows.Member | None) -> str:
    return " ".join(f"{t.kind}{t.bold:d}{t.text}" for t in member.tokens) if member is not None else ""


def _text(text: str, member: rows.Member) -> str:
    """The source of a member; the last brace of a macro's argument is no token, and belongs to it."""
    end = member.end
    part = text[member.start : end]
    for _ in range(part.count("{") - part.count("}")):
        if text[end : end + 1] != "}":
            break
        end += 1
    return " ".join(text[member.start : end].split())


def name_of(node: Any) -> str:
    """The name at the head of a side, with or without scripts and arguments; or ""."""
    node = S.unwrap(node)
    first = node.items[0] if isinstance(node, S.Product) else node
    name = first.base if isinstance(first, S.Atom) else first
    return name.text if isinstance(name, S.Name) else ""


def _holds(node: Any, name: str) -> bool:
    """Whether a tree speaks of a name, other than in a label such as LS in y^{LS}."""
    if isinstance(node, S.Name):
        return node.text == name
    if isinstance(node, S.Atom) and isinstance(node.base, S.Name):
        scripts = [s for s in (*node.subs, *node.sups) if not isinstance(S.unwrap(s), S.Product)]
        return _holds(node.base, name) or any(_holds(s, name) for s in scripts)
    return any(_holds(c, name) for c in children(node))


def _stretches(items: Sequence[Any]) -> list[list[Any]]:
    out: list[list[Any]] = [[]]
    for item in items:
        if isinstance(item, Declaration) and item.text.text.strip() == "reset":
            out.append([])
        else:
            out[-1].append(item)
    return out


def _groups(steps: Sequence[_Step]) -> list[list[_Step]]:
    """Chains: steps that share a side with the one before."""
    out: list[list[_Step]] = []
    for step in steps:
        if out and step.link.lhs is out[-1][-1].link.rhs:
            out[-1].append(step)
        else:
            out.append([step])
    return out
