"""A document from its first line to its last: declarations, definitions, and a verdict on every step."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from symnll.check.capitals import words_in
from symnll.check.cases import Case
from symnll.check.chains import define_by_maximiser, exponents_in, groups_of, in_order
from symnll.check.clock import OutOfTime
from symnll.check.costs import said_of_costs
from symnll.check.counts import counted, define_count
from symnll.check.defining import Clauses
from symnll.check.described import MEANINGS, described, now
from symnll.check.differential import operators
from symnll.check.holding import go_on, reach_display
from symnll.check.items import explained, stretches
from symnll.check.kinds import Kinds
from symnll.check.letters import scopes_of
from symnll.check.lints import remarks
from symnll.check.loose import heads, left_open, sizes_in, states_anew, worded
from symnll.check.onehots import announced
from symnll.check.options import Options
from symnll.check.outcomes import unlabelled
from symnll.check.reading import ReadStep, blank, lint, member_text, side, unparsed, unreadable
from symnll.check.related import ties_of
from symnll.check.said import Sentences
from symnll.check.sentences import CONDITION, clause_of, cue_of, if_equal, may_define, odd_word, supposes
from symnll.check.stretch import Stretch
from symnll.check.verdicts import Verdicts, patient
from symnll.meaning.declare import condition_tokens, declare
from symnll.meaning.define import Refused
from symnll.meaning.formulas import tokens_of
from symnll.meaning.infer import infer
from symnll.meaning.known import declared
from symnll.meaning.scope import Scope
from symnll.read import clauses, rows
from symnll.read import syntax as S
from symnll.read.annotations import beside
from symnll.read.documents import Declaration, Display, Document, Inline, read_document
from symnll.read.prose import Sentence
from symnll.read.prose import words_in as words_of
from symnll.read.recover import first_bad
from symnll.read.source import Source
from symnll.read.tokens import BIG, LETTERS, NAMED, Token, Unreadable
from symnll.report.model import DisplayReport, FileReport

COMMANDS = {*LETTERS, *BIG, *NAMED, "partial", "nabla", "top"}
_INPUT = re.compile(r"\\(?:input|include|subfile|import)\s*\{")
UNCHECKED = "This is part of a remark, and is not checked."
EXPECTED = ("refuted", "conditional", "unknown")


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
    said: tuple[int, int] | None = None  # where it says so


class Session(Sentences):
    """Checks one document. The scope starts anew with every `reset`."""

    def __init__(self, document: Document, options: Options, store: Any = None) -> None:
        self.document, self.options = document, options
        self.source = document.source
        self.elsewhere = bool(_INPUT.search(self.source.text))
        self.report = FileReport(self.source.name)
        self.verdicts = Verdicts(self.source, document.macros, options, store)
        self.names = self._anew()
        self.pending = _Pending()
        self.last: rows.Member | None = None
        self.last_conditions: list[list[Token]] = []
        self.supposed: tuple[list[Token], Sentence] | None = None  # a condition in the sentence before a display
        self.case, self.clauses, self.kinds = Case(), Clauses(), Kinds()
        self.read, self.shown = set[int](), 0  # the places of formulas that were read; where the last display ends

    def _anew(self) -> Stretch:
        return Stretch(self.source, self.options.timeout, f"{self.document.macros}")

    @property
    def scope(self) -> Scope:
        return self.names.scope

    def run(self) -> FileReport:
        for p in self.document.problems:
            self._problem("unreadable-text", p.message, p.start, p.end)
        for stretch in stretches(self.document.items):
            self.names, self.last, self.case, self.kinds = self._anew(), None, Case(), Kinds()
            self._stretch(stretch)
        if self.pending.said is not None:
            self._problem("declaration", "No display comes after this declaration, so that it has no effect.",
                          *self.pending.said)  # fmt: skip
        return self.report

    def _stretch(self, items: Sequence[Any]) -> None:
        """The items between two resets: the first declarations at once, so that inference sees them."""
        self.ahead = [i for i in items if isinstance(i, Display) or (isinstance(i, Inline) and may_define(i.sentence))]
        self.formulas = [i for i in items if isinstance(i, Display | Inline)]
        self.scope.words |= words_in(i.body.text for i in self.formulas)
        self.scope.onehots = announced(self.source.text)
        self.scope.others = unlabelled(self.formulas)
        self.names.note(f"{self.scope.onehots} {self.scope.words} {sorted(self.scope.others)}")
        self.counted = counted(items)
        self.scope.counted = set(self.counted.values())
        for name, said in worded(self.scope, items, self.document.macros):
            self.names.loosen(name, said)
        self.described = described(self.scope, items, self.source.text, self.document.macros)
        self.names.costs = said_of_costs(self.scope, items, self.document.macros)
        self.names.note(self.names.costs.said)
        self.names.operators = operators(self.scope, self.source.text, self.document.macros)
        inferred = False
        for n, item in enumerate(items):
            if isinstance(item, Display | Inline):
                self.case.reach(item.sentence)
                self.names.section += heads(item)
            if isinstance(item, Declaration):
                self._guarded(self._declaration, item, item.text)
                inferred = False
            elif not inferred and (isinstance(item, Display) or may_define(item.sentence)):
                self._guarded(self._look_ahead, item, item.body)
                inferred = True
            if isinstance(item, Display | Inline):
                self._describe(item)
                if said := self.kinds.reach(self.scope, item, self.document.macros, self.names.section):
                    self.names.note(said)
                go_on(self.names, self.kinds, item)
            if isinstance(item, Display):
                for k, following in enumerate(explained(item, items[n + 1 :]), n + 1):
                    self._describe(following)
                    self._guarded(partial(self._inline, items[k + 1 :]), following, following.body)
                self._guarded(partial(self._display, items[n + 1 :]), item, item.body)
                self.ahead = [i for i in self.ahead if i is not item]
                self.shown = item.end
            elif isinstance(item, Inline):
                self._guarded(partial(self._inline, items[n + 1 :]), item, item.body)

    def _look_ahead(self, item: Display | Inline) -> None:
        """Infer what the letters from this item on are, and what ties them."""
        start = item.start if isinstance(item, Display) else item.body.at(0)
        self._infer(start)
        self._relate(start)

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
            displays[-1].steps.append(unreadable(self.source, text, Unreadable(message, start, end)))
        else:
            self._problem("unreadable-text", message, start, end)

    def _infer(self, at: int) -> None:
        """Infer the letters from here on."""
        try:
            with patient(self.options.timeout):
                infer(self.scope, self.ahead, self.document.macros)
        except (OutOfTime, RecursionError, MemoryError):
            message = "What the letters from here on are could not be inferred in time; declare them."
            self._problem("inference", message, at, at + 1)
        self.names.note(f"{self.scope.notes} {self.scope.ranges} {sorted(self.scope.temperatures)}")
        self.names.note(f"{sorted(self.scope.sloped)}")

    def _describe(self, item: Any) -> None:
        """Note which names have no standard meaning from this formula on."""
        found = now(self.described, item.body.at(0))
        if found != {n: self.scope.described.get(n) for n in found} or len(found) != len(self.scope.described):
            self.scope.described = found
            unknown = (n for n in found if n not in MEANINGS and (n in self.scope.notes or not declared(self.scope, n)))
            self.scope.unclear.update({n: found[n] for n in unknown})
            self.names.note(f"described {found}")

    def _relate(self, at: int) -> None:
        """Note what the page says of letters: with which others they change."""
        try:
            with patient(self.options.timeout):
                self.scope.ties = ties_of(self.scope, self.formulas, self.document.macros)
        except (OutOfTime, RecursionError, MemoryError):
            self._problem("inference", "How the letters depend on each other could not be read in time.", at, at + 1)
        self.names.note(f"{[(t.name, sorted(t.spoken), sorted(t.indices), t.said) for t in self.scope.ties]}")

    def _problem(self, code: str, message: str, start: int, end: int) -> None:
        self.report.problems.append(lint(self.source, code, message, start, end))

    # Declarations.

    def _declaration(self, item: Declaration) -> None:
        text = item.text.text
        word, _, rest = text.strip().partition(" ")
        start, end = item.text.at(0), item.text.at(len(text))
        self.names.note(text)
        try:
            with patient(self.options.timeout):
                self._declared(text, word, rest, item)
        except (Refused, Unreadable) as error:
            self._problem("declaration", f"This declaration is not understood: {error}", start, end)

    def _declared(self, text: str, word: str, rest: str, item: Declaration) -> None:
        if word in ("case", "from", "skip", "expect"):
            self.pending.said = item.text.at(0), item.text.at(len(text))
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
            if self.pending.expect:
                raise Refused("`expect` is said twice for the next display.")
            self.pending.expect = rest.strip()
        else:
            declare(self.scope, text, self.document.macros, item.text.at)

    def _inline(self, following: Sequence[Any], item: Inline) -> None:
        """A definition in a sentence: `where p_j = …`, `let S = …`; a condition: `if i = j`."""
        if item.body.start in self.read:
            return
        self.read.add(item.body.start)
        try:
            tokens = tokens_of(self.scope, item.body.text, self.document.macros, item.body.at)
            if item.body.start in self.counted and define_count(self.names, tokens, self.counted[item.body.start]):
                return
            if indices := clauses.about_indices(tokens, self._is_index):
                self.case.meet(tokens, item.sentence)
            at_display = 0 <= item.body.at(0) - self.shown < 400
            cue = self.clauses.reach(item.sentence, item.body.text, at_display)
            if (indices and cue_of(item.sentence) & CONDITION) or sizes_in(self.scope, tokens, item):
                self.supposed = tokens, item.sentence
            elif if_equal(tokens, item.sentence):
                self.supposed = tokens, item.sentence
                self._sentence(tokens, item, cue, following)
            elif self.case.tokens is not tokens:
                self._sentence(tokens, item, cue, following)
        except (Refused, Unreadable):
            return
        self.names.mentioned |= {t.text for t in tokens if t.kind == "NAME"}

    # Displays.

    def _display(self, following: Sequence[Any], item: Display) -> None:
        line, _ = self.source.position(item.start)
        end_line, _ = self.source.position(item.end)
        pending, self.pending = self.pending, _Pending()
        said = self._said_before(item) if not pending.cases else None
        display = DisplayReport(item.number, line, end_line, [], pending.expect or None, pending.skip)
        self.report.displays.append(display)
        if pending.skip:
            self.last = None
            return
        body, self.names.anew = item.body, states_anew(item)
        self.names.costs.reach(item, self.names.section)
        self.names.sections[item.number] = self.names.section
        try:
            with patient(self.options.timeout):
                tokens = tokens_of(self.scope, body.text, self.document.macros, body.at, recover=True)
        except Unreadable as error:
            display.steps.append(unreadable(self.source, body, error))
            self.last = None
            return
        if item.environment == "inline":
            if clauses.about_indices(tokens, self._is_index) or supposes(item.sentence, tokens):
                self.case.meet(tokens, item.sentence)
                self.supposed = tokens, item.sentence  # `when $m = T$` states nothing
                return
        self.names.earlier = set(self.names.spoken)
        rejects = reach_display(self.names, item)
        self.names.spoken |= {t.text for t in tokens if t.kind == "NAME" and not rejects}
        links, last = self._links(tokens, item)
        trouble = first_bad(tokens) or self._unknown_command(tokens) if not links else None
        if trouble is not None:
            display.steps.append(unreadable(self.source, body, trouble))
        start = rows.Member(pending.start) if pending.start else self.last
        for n, link in enumerate(links):
            if link.lhs is None and (n == 0 or all(x.lhs is None for x in links[:n])):
                link.lhs = start
                if link.lhs is not None and pending.start is None:
                    link.conditions = [*self.last_conditions, *link.conditions]
            link.conditions = [*pending.cases, *link.conditions]
            spoken = [t for m in (link.lhs, link.rhs) if m is not None for t in m.tokens]
            condition = said or (None if pending.cases else self.case.of(spoken))
            if condition and not link.conditions:
                link.conditions, link.said = [condition], member_text(self.source.text, rows.Member(condition))
        self.names.claims = rejects or (item.environment == "inline" and self._claims(item, tokens, following))
        held = set(self.names.held)
        with self.scope.saved() if rejects else nullcontext():  # what it says of new letters is not so
            self._steps(display, links)
        self.names.held = held if rejects else self.names.held
        self.names.claims = False
        for at, end in beside(body.text, body.at) if display.steps else ():
            display.steps[-1].lints.append(lint(self.source, "unchecked-remark", UNCHECKED, at, end))
        if rejects:
            self.last = None
        elif last is not None and last.tokens:
            self.last = last
            self.last_conditions = links[-1].conditions if links else pending.cases

    def _unknown_command(self, tokens: Sequence[Token], elsewhere: bool = False) -> Unreadable | None:
        """A command in a display without relations that nobody knows: it may be one."""
        for t in tokens:
            odd = t.kind == "NAME" and t.text.startswith("\\") and t.text[1:].isalpha()
            if odd and t.text[1:] not in COMMANDS and not self.scope.known(t.text):
                why = r"\input is not followed; define it in this file" if elsewhere else "there is no relation here"
                return Unreadable(f"{t.text} is not known, and {why}.", t.start, t.end)
        return None

    def _said_before(self, item: Display) -> list[Token] | None:
        """The condition that the sentence before this display states: `If $i = j$, then`."""
        if self.supposed is None:
            return None
        tokens, s = self.supposed
        words = list(item.sentence.before)
        same = item.sentence.number == s.number and words[: len(s.before)] == list(s.before)
        if same and "=" in [t.text for t in tokens]:  # Its inverse is the logit: if s = σ(a) then
            words = [*words_of(clause_of(s.gap)), *words[len(s.before) :]]
        if not same or item.environment != "inline":
            self.supposed = None
        return tokens if same and not odd_word(words) else None

    def _steps(self, display: DisplayReport, links: list[rows.Link]) -> None:
        steps: list[ReadStep] = []
        for n, link in enumerate(links, 1):
            report = blank(self.source, n, link)
            sides = None
            try:
                if link.lhs is None:
                    raise Unreadable(
                        "This goes on from a display before it, and there is none; say `from` what.",
                        *link.relation.span,
                    )
                if link.relation.text in rows.VAGUE:
                    raise Unreadable(f"What {link.relation.text} states is not decided.", *link.relation.span)
                if self.elsewhere and (trouble := self._unknown_command(link.lhs.tokens[:1], True)):
                    raise trouble  # perhaps a macro, of which nothing is known
                if all(t.kind == "DOTS" for t in link.rhs.tokens) and link.rhs.tokens:
                    report.verdict, report.reason = "unknown", "The dots stand for steps that are not written."
                else:
                    sides = (side(link.lhs, link), side(link.rhs, link))
            except Unreadable as error:
                unparsed(self.source, report, error)
            for tokens in link.unchecked:
                report.lints.append(lint(self.source, "unchecked-remark", UNCHECKED, tokens[0].start, tokens[-1].end))
            steps.append(ReadStep(link, sides, report))
            display.steps.append(report)
        for group in groups_of(steps):
            trees = [t for s in group if s.sides for t in s.sides]
            wide, free = scopes_of(trees)
            told = define_by_maximiser(self.names, display.display, group)
            for step in in_order(self.names, group):
                if step.sides is None:
                    if step.report.verdict == "unparsed":
                        said = f"{step.report.lhs} = {step.report.rhs}"
                        self.names.loosen(left_open(self.scope, step.link, None), said)
                    continue
                step.wide, step.free = wide, frozenset(free)
                if step not in told:
                    self.verdicts.decide(self.names, display, step)
                step.report.inferred += exponents_in(step.link)
                members = [m for m in (step.link.lhs, step.link.rhs) if m is not None]
                self.names.held |= {t.text for m in members for t in m.tokens if t.kind == "NAME"}
                for message in self.names.unreported:
                    span = step.link.relation.start, step.link.rhs.end
                    step.report.lints.append(lint(self.source, "two-meanings", message, *span))
                self.names.unreported.clear()
                for r in remarks(self.scope, step.sides, step.report, wide):
                    at = r.node or S.Node(step.link.relation.start, step.link.rhs.end)
                    step.report.lints.append(lint(self.source, r.code, r.message, at.start, at.end))
                    if r.code == "unused-index" and step.report.verdict == "definition":
                        self.names.odd[f"{step.report.lhs} = {step.report.rhs}"] = r.message
