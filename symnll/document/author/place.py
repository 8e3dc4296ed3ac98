"""Where the formulas and declarations of an author's file stand in its prose.

Before the prose is read, each is replaced by a mark that means nothing in Markdown or TeX; after that, each mark is
replaced by what it stands for. So prose and formulas can't be mistaken for each other, whatever they hold.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from symnll.document.author.math import expanded
from symnll.document.author.nodes import symbol
from symnll.document.author.tokens import cleaned
from symnll.document.author.views import Aside, DisplayView, display_view
from symnll.document.model import Block, Checked, Code, Formula, Inlines, Link, Paragraph, Styled
from symnll.read.documents import Declaration, Display, Document, Inline
from symnll.read.notebook import _cells, _decode
from symnll.report.model import FileReport

OPEN, CLOSE = "\ue000", "\ue001"
MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
_FORGED = re.compile("[\ue000-\ue003]|&#(?:[xX]0*[eE]00[0-3]|0*5734[4-7])(?![0-9A-Fa-f]);?")  # no one else's marks
SAFE = ("http://", "https://", "mailto:", "#")
_BEFORE = re.compile(r"(?:\{math\}`+|\$`|\\{1,2}\(|\\begin\s*\{math\*?\}|\$)\Z")
_AFTER = re.compile(r"`+\$?|\\{1,2}\)|\$|\\end\s*\{math\*?\}")
_FENCE = re.compile(r"([ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(?:`{3}|~{3}|:{3})")
_FORMULAS = ("let", "write", "assume", "case", "from")  # declarations whose rest is a formula


@dataclass
class Put:
    """What a mark stands for: a formula in its sentence, a block, or both; `apart` if the block ends the paragraph."""

    formula: Formula | None
    block: Checked | None = None
    apart: bool = False


@dataclass
class Spot:
    """A piece of the source, from start to end, and what stands there; `inner`: the delimiters are outside of it."""

    start: int
    end: int
    put: Put
    inner: bool = False


@dataclass
class Place:
    """Everything of a file that has a place, in order."""

    spots: list[Spot] = field(default_factory=list)
    displays: list[DisplayView] = field(default_factory=list)


def place(read: Document, report: FileReport, detail: str, stem: str) -> Place:
    """The displays with their verdicts, the formulas in sentences, and the declarations, where they stand."""
    found = Place()
    reports = {d.display: d for d in report.displays}
    text, name = read.source.text, read.source.name.lower()
    declared: dict[tuple[int, int], list[Inlines]] = {}
    shown = [i for i in read.items if isinstance(i, Display)]
    for item in read.items:
        if isinstance(item, Display):
            view = display_view(item, reports.get(item.number), read.source, read.macros, detail, stem)
            found.displays.append(view)
            formula = Formula(latex=expanded(item.body.text, read.macros))
            start = item.start
            if (m := _FENCE.match(text, start)) and text[start - 1 : start] in ("", "\n"):
                start = m.end(1)
            found.spots.append(Spot(start, item.end, Put(formula, Checked(view), item.environment != "inline")))
        elif isinstance(item, Inline):
            if item.body.text.strip():
                formula = Formula(latex=expanded(item.body.text, read.macros))
                found.spots.append(Spot(item.body.at(0), item.body.at(len(item.body.text)), Put(formula), True))
        else:
            span = _comment(text, item, name.endswith((".tex", ".ltx")), shown)
            declared.setdefault(span, []).append(_declaration(item.text.text, read))
    for (start, end), items in declared.items():
        count = "1 line" if len(items) == 1 else f"{len(items)} lines"
        aside = Aside("declared", f"What is declared here, {count}", items)
        found.spots.append(Spot(start, end, Put(None, Checked(aside), True)))
    found.spots.sort(key=lambda s: (s.start, s.end))
    return found


def _comment(text: str, item: Declaration, tex: bool, shown: Sequence[Display]) -> tuple[int, int]:
    """The comment that a declaration stands in; within a display it goes before that."""
    start, end = item.text.at(0), item.text.at(len(item.text.text))
    for display in shown:
        if display.start <= start < display.end:
            return display.start, display.start
    if tex:
        return text.rfind("%", 0, start), end
    opening, closing = text.rfind("<!--", 0, start), text.find("-->", end)
    return (opening if opening >= 0 else start), (closing + 3 if closing >= 0 else end)


def _declaration(text: str, read: Document) -> Inlines:
    word, _, rest = cleaned(text).strip().partition(" ")
    if word == "write" and " for " in rest:
        short, _, full = rest.partition(" for ")
        return (
            "write ",
            Formula(latex=expanded(short, read.macros)),
            " for ",
            Formula(latex=expanded(full, read.macros)),
        )
    if word in _FORMULAS and rest.strip():
        return (f"{word} ", Formula(latex=expanded(rest, read.macros)))
    return (re.sub(r"\\([A-Za-z]+)", lambda m: symbol(m[1]) or m[1], f"{word} {rest}".strip()),)


class Placed:
    """A text in which marks stand for what has a place; `offsets` gives the place of each character in the source."""

    def __init__(self, text: str, place: Place, offsets: list[int] | None = None) -> None:
        text = _FORGED.sub("\ufffd", text)
        self.puts: list[Put] = []
        self.raw: list[str] = []
        out, at = [], 0
        for spot in place.spots:
            if offsets is not None:
                if not offsets or spot.start < offsets[0] or spot.start > offsets[-1]:
                    continue
                start, end = bisect_left(offsets, spot.start), bisect_left(offsets, spot.end)
            else:
                start, end = spot.start, spot.end
            if spot.inner:
                before, after = _BEFORE.search(text, max(at, start - 16), start), _AFTER.match(text, end)
                start, end = before.start() if before else start, after.end() if after else end
            if start < at:
                continue  # within another one: it is shown with that
            out += [text[at:start], f"{OPEN}{len(self.puts)}{CLOSE}"]
            if spot.put.block is not None and spot.put.formula is None and start in (0, text.rfind("\n", 0, start) + 1):
                out[-1] = f"\n{out[-1]}\n\n"  # a comment on lines of its own
            self.puts.append(spot.put)
            self.raw.append(text[start:end])
            at = end
        self.text = "".join([*out, text[at:]])

    def parts(self, text: str) -> list[str | Put]:
        """Words and what stands between them."""
        found = MARK.split(cleaned(text))
        return [self.puts[int(p)] if n % 2 else p for n, p in enumerate(found) if n % 2 or p]

    def restored(self, text: str) -> str:
        """The text as it was, where no formula was meant."""
        return MARK.sub(lambda m: self.raw[int(m[1])], cleaned(text))

    def paragraphs(self, text: str) -> list[Block]:
        """Plain text as paragraphs, with its displays between them."""
        return settled(self.parts(text))


def settled(content: Sequence[Any]) -> list[Block]:
    """What stands in a line, with displays, as blocks."""
    blocks: list[Block] = []
    line: list[Any] = []
    after: list[Block] = []

    def flush() -> None:
        said = trimmed(line)
        if said:
            blocks.append(Paragraph(said))
        blocks.extend(after)
        line.clear()
        after.clear()

    for part in content:
        if isinstance(part, Put) and part.apart:
            flush()
            blocks.append(part.block)  # type: ignore[arg-type]
        else:
            line += inline([part], after)
    flush()
    return blocks


def inline(content: Sequence[Any], after: list[Block]) -> list[Any]:
    """What stands in a line, where no block can: a display is a formula there, and its block is put `after`."""
    out: list[Any] = []
    for part in content:
        if isinstance(part, Put):
            out += [part.formula] if part.formula is not None else []
            after += [part.block] if part.block is not None else []
        elif isinstance(part, Styled):
            out.append(Styled(part.style, tuple(inline(part.content, after))))
        elif isinstance(part, Link):
            out.append(Link(part.target, tuple(inline(part.content, after))))
        else:
            out.append(part)
    return out


def trimmed(content: Sequence[Any]) -> Inlines:
    """Words with single spaces, and none at the ends; empty if nothing is said."""
    out: list[Any] = []
    for part in content:
        if isinstance(part, str):
            part = re.sub(r"\s+", " ", part)
            if out and isinstance(out[-1], str):
                out[-1] = re.sub(r" +", " ", out[-1] + part)
                continue
        out.append(part)
    if out and isinstance(out[0], str):
        out[0] = out[0].lstrip()
    if out and isinstance(out[-1], str):
        out[-1] = out[-1].rstrip()
    return tuple(p for p in out if p != "")


def link(target: str, content: Sequence[Any]) -> list[Any]:
    """A link where its target is of a safe kind or a file beside; otherwise its words and the target as text."""
    if target.lower().startswith(SAFE) or re.fullmatch(r"[\w./#%-]+", target):
        return [Link(target, tuple(content))]
    return [*content, f" ({target})"] if "".join(p for p in content if isinstance(p, str)) != target else list(content)


def cells(text: str, place: Place) -> Iterator[Placed | Block]:
    """The cells of a notebook in order: Markdown with its marks, and code."""
    marked = iter(_cells(text)[0])
    try:
        known = json.loads(text)["cells"]
    except (ValueError, RecursionError, LookupError, TypeError):
        known = []
    if not isinstance(known, list) or not all(isinstance(c, dict) for c in known):
        known = []
    for cell in known:
        source = cell.get("source", "")
        said = source if isinstance(source, str) else "".join(map(str, source)) if isinstance(source, list) else ""
        if cell.get("cell_type") == "markdown" and source not in ([], None):
            pieces = next(marked, None)
            if pieces is not None:
                decoded, offsets = _decode(text, pieces)
                yield Placed(cleaned(decoded), place, offsets)
        elif said.strip():
            yield Code(cleaned(said), "python" if cell.get("cell_type") == "code" else "")
    for pieces in marked:
        decoded, offsets = _decode(text, pieces)
        yield Placed(cleaned(decoded), place, offsets)
