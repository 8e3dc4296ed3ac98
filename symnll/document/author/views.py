"""What a document shows of an author's own display: its rows as written, and the verdict on each of their steps."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from symnll.certificates import certificate
from symnll.document.author.latex import formula_latex
from symnll.document.author.math import expanded, formula_mathml, formula_text
from symnll.document.author.rows import segments
from symnll.document.author.tokens import cleaned
from symnll.document.ledger import Line, applied, ledger
from symnll.document.model import Formula, Inlines, Styled, words
from symnll.read.documents import Display
from symnll.read.source import Source
from symnll.report.diagnostics import TITLES, of_display
from symnll.report.model import ACCEPTED, DisplayReport, StepReport
from symnll.write.statement import Statement, statement_of
from symnll.write.text import statement_text

MARKS = {
    "proved": ("✓", "proved"), "definition": ("≔", "definition"), "conditional": ("!", "true only if"),
    "refuted": ("✗", "false"), "unknown": ("?", "not decided"), "unparsed": ("?", "not understood"),
    "proved-small": ("≈", "true at small sizes"),
}  # fmt: skip
_LATEX = re.compile(r"`([^`]*)`|(opened: |a sentence before says: )(.*)|(\S*\\\S+)", re.DOTALL)


@dataclass
class AuthorStep:
    """A step with its verdict; `statement` is what was proved, printed from the theorem, where one is at hand."""

    name: str
    anchor: str
    line: int
    verdict: str
    expected: bool
    relation: str
    condition: Inlines = ()
    details: list[tuple[str, Inlines]] = field(default_factory=list)
    rules: list[Inlines] = field(default_factory=list)
    inferred: list[Inlines] = field(default_factory=list)
    statement: Statement | None = None
    axioms: tuple[str, ...] = ()
    theorem: Any = None
    applied: Sequence[Line] = ()
    ledger: Sequence[Line] = ()

    @property
    def mark(self) -> str:
        """A sign for the verdict."""
        return MARKS[self.verdict][0]

    @property
    def mark_words(self) -> str:
        """The verdict alone, in words."""
        return MARKS[self.verdict][1]

    @property
    def heading(self) -> Inlines:
        """The verdict in words, with its condition, and whether the author expected it."""
        condition = (" ", *self.condition) if self.condition else ()
        return (MARKS[self.verdict][1], *condition, *((", as its author expects",) if self.expected else ()))

    @property
    def said(self) -> str:
        """The heading as plain text."""
        return cleaned(words(self.heading))

    @property
    def state(self) -> str:
        """good, bad or open."""
        if self.verdict in ACCEPTED:
            return "good"
        return "bad" if self.verdict in ("refuted", "conditional") else "open"

    @property
    def certificate(self) -> str:
        """The certificate's text; empty where nothing is proved."""
        if self.theorem is None:
            return ""
        return json.dumps(certificate(self.theorem), ensure_ascii=False, separators=(",", ":")) + "\n"


@dataclass
class RowView:
    """A piece of a display that is set on a line of its own, and the steps that it states: none, one or more."""

    parts: list[Any]
    steps: list[AuthorStep]
    continues: bool  # begins with a relation

    @property
    def mathml(self) -> str:
        return formula_mathml(self.parts, block=True)

    @property
    def tex(self) -> str:
        """LaTeX without the macros of the document, and without commands that do more than set a formula."""
        return formula_latex(self.parts)

    @property
    def text(self) -> str:
        return formula_text(self.parts)


@dataclass
class DisplayView:
    """A display of the author's; `note` says it where nothing of it was checked; `warnings` are on its steps."""

    number: int
    rows: list[RowView]
    steps: list[AuthorStep]
    fine: bool
    note: str = ""
    warnings: list[Inlines] = field(default_factory=list)
    kind: str = "display"

    @property
    def tex(self) -> str:
        """The display as LaTeX, with its verdicts."""
        from symnll.document.author.display import display_tex

        return display_tex(self.rows)

    @property
    def lines(self) -> list[str]:
        """The display as plain text, each row with its verdict."""
        out = []
        for row in self.rows:
            shown = f"    {'  ' * row.continues}{row.text}"
            shown += "".join(f"    [{step.mark} {step.said}]" for step in row.steps)
            out.append(shown)
            for step in row.steps:
                out += [f"        {label}: {cleaned(words(text))}" for label, text in step.details]
                if step.statement is not None:
                    out.append(f"        theorem: {statement_text(step.statement)}")
        out += [f"    ({self.note})"] if self.note else []
        return [*out, *(f"    warning: {cleaned(words(w))}" for w in self.warnings)]


def display_view(
    item: Display, report: DisplayReport | None, source: Source, macros: Mapping[str, Any], detail: str, stem: str
) -> DisplayView:
    """The view of a display; `report` None: its check did not end. `stem` begins the names of certificates."""
    if report is None:
        rows = [RowView(parts, [], False) for parts, _, _ in segments(item, [], source, macros)]
        return DisplayView(item.number, rows, [], False, "not checked: the check of this file did not come to its end")
    escaped = source.name.lower().endswith(".ipynb")
    said = _Said(macros, escaped)
    found = of_display(replace(report, expect=None, skipped=False))  # what its author expects is explained too
    steps = []
    for step in report.steps:
        anchor = f"step-{report.display}-{step.step}"
        diagnostic = next((d for d in found if d.step is step), None)
        steps.append(_step(step, report, anchor, f"{stem}-{anchor}", said, diagnostic, detail))
    rows = [
        RowView(parts, [steps[k] for k in of], continues)
        for parts, of, continues in segments(item, report.steps, source, macros)
    ]
    note = "not checked: its author says `skip`" if report.skipped else "" if steps else "states nothing to be checked"
    remarks = [said(d.title) for d in of_display(report) if d.step is None]
    return DisplayView(report.display, rows, steps, report.as_expected, note.replace("`", ""), remarks)


def _step(
    step: StepReport, display: DisplayReport, anchor: str, name: str, said: _Said, diagnostic: Any, detail: str
) -> AuthorStep:
    expected = step.verdict not in ACCEPTED and step.verdict == display.expect
    view = AuthorStep(name, anchor, step.line, step.verdict, expected, cleaned(step.relation))
    view.condition = said(step.condition) if step.verdict == "conditional" and step.condition else ()
    if diagnostic is not None:
        view.details = [(label, said(text)) for label, text in diagnostic.details]
    elif step.verdict not in ACCEPTED:
        view.details = [("reason", said(step.reason or TITLES[step.verdict]))]
    elif step.reason:
        view.details = [("note", said(step.reason))]
    view.rules, view.inferred = [said(r) for r in step.rules], [said(i) for i in step.inferred]
    if step.verdict == "proved" and step.theorem is not None:
        view.theorem = step.theorem
        view.statement = statement_of(step.theorem)
        view.axioms = tuple(sorted(step.theorem.axioms))
        if detail == "full":
            view.applied = applied(step.theorem)
        elif detail == "every-rule":
            view.ledger = ledger(step.theorem)
    return view


class _Said:
    """What the check says, with the formulas in it as formulas and not as LaTeX."""

    def __init__(self, macros: Mapping[str, Any], escaped: bool) -> None:
        self.macros, self.escaped = macros, escaped

    def __call__(self, text: str) -> Inlines:
        text = cleaned(text.replace("\\\\", "\\") if self.escaped else text)
        out: list[Any] = []
        at = 0
        for m in _LATEX.finditer(text):
            out.append(text[at : m.start()])
            at = m.end()
            if m[1] is not None:
                out.append(Formula(latex=expanded(m[1], self.macros)) if m[1].strip() else "")
            elif m[2] is not None:
                out += [m[2].replace("opened: ", "with the definition "), Formula(latex=expanded(m[3], self.macros))]
            else:
                out.append(Styled("code", (m[4],)))
        return tuple(x for x in [*out, text[at:]] if x != "")


@dataclass
class Aside:
    """What symnll says beside the author's text: a `summary` with links to steps, what is `declared`, or `notes`."""

    kind: str
    title: str
    items: list[Inlines] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # anchor and words
    fine: bool = True
    steps: Sequence[AuthorStep] = ()

    @property
    def lines(self) -> list[str]:
        """As plain text."""
        return [self.title, *(f"  {cleaned(words(i))}" for i in self.items), *(f"  {said}" for _, said in self.links)]
