"""What pages of other tools (Sphinx, MyST, Pandoc, notebooks) show: claims of the library, formulas, derivations.

Everything is proved when it is asked for, once in a process; a verdict on somebody's own formula is remembered on disk
too, as by `symnll check`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from symnll.document.model import Block, Checked, Document, Heading, Items, Paragraph, Styled

DOUBTS = ("unchecked-remark", "two-readings")  # a claim with such a remark is not proved as a whole
DETAILS = ("main", "full", "every-rule")
# What has no place in a claim although it may stand in a formula: it hides, names or colours something.
DENIED = re.compile(
    r"\\(?:\w*phantom|\w*cancel|smash|(?:math)?[clr]lap|\w*color\w*|\w*box|label|tag|nonumber|notag)(?![A-Za-z])"
)


@dataclass(frozen=True)
class Problem:
    """What is not proved or not understood; `line` of what was given, from 1; 0: all of it. `kind` is one word."""

    message: str
    line: int = 0
    kind: str = "unproved"


@dataclass(frozen=True)
class Embedded:
    """A document without a title, for a page that has one; None where there is nothing to show."""

    document: Document | None
    problems: Sequence[Problem] = ()


@dataclass(frozen=True)
class Inline:
    """A formula with the verdict on it: `proved`, what `symnll check` says, or `unsafe` where it is not shown as one.

    `message` says why, or under what declarations it is proved.
    """

    latex: str
    verdict: str
    message: str

    @property
    def proved(self) -> bool:
        return self.verdict == "proved"

    @property
    def tex(self) -> str:
        """The formula for TeX; empty where it is not to be given to TeX."""
        from symnll.document.latex.safe import safe_formula

        return (safe_formula(self.latex) or "") if self.verdict != "unsafe" else ""


@lru_cache(maxsize=4096)
def _result(name: str) -> Any:
    from symnll.prove.library import prove_claims

    return prove_claims([name])[name]


def library(names: Sequence[str], detail: str = "main", notation: str = "", figures: bool = False) -> Embedded:
    """The entries and claims of these names, proved. An unknown name, detail or notation is a problem."""
    from symnll.document.figures.drawn import FIGURES, MissingExtra
    from symnll.document.library import entry_document
    from symnll.document.notation.notation import NotationError, parse
    from symnll.entry import UnknownName, entries, select

    if detail not in DETAILS:
        return Embedded(
            None, (Problem(f"There is no detail {detail!r}; there are {', '.join(DETAILS)}.", kind="option"),)
        )
    if not names:
        return Embedded(None, (Problem("Name an entry or a claim, such as nll.gradient.", kind="name"),))
    try:
        chosen, results = parse(notation), {name: _result(name) for name in select(names)}
    except UnknownName as error:
        return Embedded(None, (Problem(str(error), kind="name"),))
    except NotationError as error:
        return Embedded(None, (Problem(str(error), kind="option"),))
    drawn = FIGURES if figures else None
    whole = Document("-".join(n.replace(".", "-") for n in names), ())
    for name in dict.fromkeys(full.partition(".")[0] for full in results):
        try:
            part = entry_document(entries()[name], results, detail, drawn, chosen)
        except MissingExtra as error:
            return Embedded(None, (Problem(str(error), kind="option"),))
        if name in names and part.lead:
            whole.blocks.append(Paragraph(part.lead))
        whole.blocks += _without_headings(part.blocks, references=name in names)
    return Embedded(whole, [
        Problem(f"{full} is not proved: {result}", kind=result.verdict)
        for full, result in results.items() if result.verdict != "proved"
    ])  # fmt: skip


def _without_headings(blocks: Sequence[Block], references: bool = True) -> list[Block]:
    """The page has its own headings: titles stand in bold. Only a whole entry has its references."""
    if not references and blocks and isinstance(blocks[-1], Items):
        blocks = blocks[:-2]
    return [Paragraph((Styled("strong", b.content),)) if isinstance(b, Heading) else b for b in blocks]


def formula(latex: str, declarations: Sequence[str] = ()) -> Inline:
    """The verdict on one formula in a sentence; only what is declared is known of its letters."""
    return _formula(" ".join(latex.split()), tuple(declarations))


@lru_cache(maxsize=4096)
def _formula(latex: str, declarations: tuple[str, ...]) -> Inline:
    from symnll.check.run import check_text

    why = unsafe(latex)
    if why:
        return Inline(latex, "unsafe", why)
    before = _declared(declarations)
    report = check_text(f"{before}$$\n{latex}\n$$\n", "formula.md")
    (file,) = report.files
    place = before.count("\n") + 1
    steps = [s for d in file.displays for s in d.steps]
    if file.problems:
        return Inline(latex, "undeclared", f"A declaration is not understood: {file.problems[0].message}")
    if len(file.displays) != 1 or file.displays[0].line < place or file.displays[0].skipped or not steps:
        return Inline(latex, "unparsed", "There is no statement in it, such as an equation.")
    for step in steps:
        if step.verdict == "definition":
            return Inline(latex, "definition", "It defines its left side, so that there is nothing to prove.")
        if step.verdict != "proved":
            return Inline(latex, step.verdict, _why(step))
        for remark in step.lints:
            if remark.code in DOUBTS:
                return Inline(latex, "unchecked", remark.message)
    said = [s.reason.rstrip(".") for s in steps if s.reason] + ["; ".join(d.split("\n")) for d in declarations]
    return Inline(latex, "proved", f"Proved by symnll{', where: ' if said else ''}{'; '.join(said)}")


def unsafe(latex: str) -> str:
    """Why a formula is not given to TeX or a browser as it stands; empty: it may be."""
    from symnll.document.latex.safe import safe_formula

    found = DENIED.search(latex)
    if found:
        return f"The command {found[0]} has no place in a claim."
    if re.search(r"(?<!\\)(?:\\\\)*[%$#]|<!--|-->|`", latex):
        return "A claim is one formula, without $, %, # and backquotes."
    if safe_formula(latex) is None:
        return "It holds something other than mathematics, or would not compile."
    return ""


@dataclass
class _Text:
    """A derivation as Markdown, and how many lines stand before the author's first."""

    text: str
    before: int = field(default=0)


def derivation(text: str, declarations: Sequence[str] = (), name: str = "derivation.md") -> Embedded:
    """An author's own derivation: Markdown with displays, or formulas alone, a display for each paragraph."""
    return _derivation(text, tuple(declarations), name)


@lru_cache(maxsize=256)
def _derivation(text: str, declarations: tuple[str, ...], name: str) -> Embedded:
    from symnll.check.run import check_text

    given = _markdown(text, declarations)
    (file,) = check_text(given.text, name).files
    problems = [Problem(p.message, max(p.line - given.before, 0), p.code) for p in file.problems]
    for display in file.displays:
        problems += [
            Problem(f"This step is {s.verdict}: {_why(s)}", max(s.line - given.before, 0), s.verdict)
            for s in display.failing
        ]
        if display.unmet:
            problems.append(Problem(f"No step is {display.expect}.", max(display.line - given.before, 0), "expect"))
    if not any(d.steps for d in file.displays) and not problems:
        problems.append(Problem("There is no step in it, such as an equation.", kind="unparsed"))
    return Embedded(_authored(given, name), problems)


def _authored(given: _Text, name: str) -> Document:
    from symnll.document.author.authored import authored_document
    from symnll.read.source import Source

    document: Document = authored_document(Source(name, given.text))
    blocks = [b for b in document.blocks if not (isinstance(b, Checked) and _about_the_page(b.display))]
    return Document(document.name, (), (), _without_headings(blocks))


def _about_the_page(view: Any) -> bool:
    """Whether this says what is true of every page, or what the warnings say."""
    return view.kind == "summary" or (view.kind == "notes" and len(view.items) <= 1)


def _markdown(text: str, declarations: Sequence[str]) -> _Text:
    before = _declared(declarations)
    if not re.search(r"\$\$|\\\[|^\s*\\begin\{|^\s*`{3}", text, re.MULTILINE):
        paragraphs = re.split(r"(\n[ \t]*\n)", text.strip("\n"))
        leading = text[: len(text) - len(text.lstrip("\n"))]
        text = leading + "".join(p if n % 2 or not p.strip() else f"$${p}$$" for n, p in enumerate(paragraphs))
    return _Text(f"{before}{text}\n", before.count("\n"))


def _declared(declarations: Sequence[str]) -> str:
    return "".join(f"<!-- symnll\n{d}\n-->\n\n" for d in declarations)


def _why(step: Any) -> str:
    """Why a step is not proved, in a sentence or two."""
    parts = []
    if step.condition:
        parts.append(f"it holds when {step.condition}")
    if step.counterexample:
        example = step.counterexample
        at = ", ".join(f"{k} = {v}" for k, v in {**example.sizes, **example.values}.items())
        parts.append(
            f"{'at ' if at else ''}{at}{' ' if at else ''}the left side is {example.lhs}, the right side {example.rhs}"
        )
    elif step.reason:
        parts.append(step.reason.rstrip("."))
    if step.help:
        parts.append(step.help)
    return "; ".join(parts) or step.verdict
