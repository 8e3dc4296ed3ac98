"""An author's own file as a document: the prose as it was written, and at every step of its displays the verdict."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath
from typing import Any

from symnll.check.cache import Store
from symnll.check.options import Options
from symnll.check.pool import check_here
from symnll.document.author.place import Placed, cells, place
from symnll.document.author.tokens import cleaned
from symnll.document.author.views import Aside, DisplayView
from symnll.document.model import Block, Checked, Document, Heading, Inlines, Paragraph, Quote, slug, words
from symnll.document.model import Items as ItemsBlock
from symnll.read.documents import KINDS, Inline, read_document
from symnll.read.prose import holds_relation
from symnll.read.source import Source
from symnll.report.model import FileReport
from symnll.report.text import Tally


def authored_document(source: Source, options: Options | None = None, detail: str = "main") -> Document:
    """The file with a mark and a proof at every step; checked here and now, in this process, without a cache.

    Nothing of the text is lost in silence: what is not shown, and what was not checked, is said at the end. `detail` is
    that of `symnll doc`. Raises nothing for any text.
    """
    options = options or Options()
    report = check_here(source, options, Store(None))
    read = read_document(source, inline=options.inline)
    stem = file_stem(source.name)
    kind = next((k for ending, k in KINDS.items() if source.name.lower().endswith(ending)), "markdown")
    place_ = place(read, report, detail, stem)
    notes: Counter[str] = Counter()
    title: Inlines = ()
    if kind == "notebook":
        blocks, title = _notebook(source, place_, notes)
    else:
        blocks, title = _prose(kind, Placed(cleaned(source.text), place_), notes)
    missing = [d for d in place_.displays if not any(d is b.display for b in _checked(blocks))]
    if missing:  # the prose was read in another way than the formulas
        blocks += [Heading(2, ("Formulas whose place in the text was not found",), ""), *map(Checked, missing)]
    blocks = _levels(blocks)
    summary = _summary(report, place_.displays)
    blocks = [Checked(summary), *blocks, Checked(_notes(report, read.items, notes, options))]
    return Document(stem, title or (cleaned(_base(source.name)),), (), blocks)


def _prose(kind: str, placed: Placed, notes: Counter[str]) -> tuple[list[Block], Inlines]:
    if kind == "tex":
        from symnll.document.author.tex import tex_blocks

        return tex_blocks(placed, notes)
    if kind == "text":
        return [b for part in re.split(r"\n[ \t]*\n", placed.text) for b in placed.paragraphs(part)], ()
    from symnll.document.author.markdown import markdown_blocks

    return markdown_blocks(placed, notes)


def _notebook(source: Source, place_: Any, notes: Counter[str]) -> tuple[list[Block], Inlines]:
    from symnll.document.author.markdown import markdown_blocks

    blocks: list[Block] = []
    title: Inlines = ()
    for cell in cells(source.text, place_):
        if isinstance(cell, Placed):
            found, said = markdown_blocks(cell, notes, first=not title)
            title = title or said
            blocks += found
        else:
            blocks.append(cell)
    return blocks, title


def file_stem(name: str) -> str:
    """A name for files and links from that of the source: its last part, of letters, digits, `_`, `.` and `-`."""
    stem = PurePosixPath(_base(name)).stem
    return re.sub(r"[^\w.-]+", "-", stem, flags=re.ASCII).strip(".-")[:80] or "document"


def _base(name: str) -> str:
    return re.split(r"[/\\]", name)[-1] if name != "-" else "document"


def _checked(blocks: Any) -> list[Checked]:
    from symnll.document.model import walk

    return [b for b in walk(blocks) if isinstance(b, Checked)]


def _levels(blocks: list[Block]) -> list[Block]:
    """Headings with anchors, and no level left out, which readers with a screen reader would miss."""
    taken: set[str] = set()
    depth = 1
    out: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            depth = max(2, min(block.level, depth + 1, 4))
            out.append(Heading(depth, block.content, slug(words(block.content), taken)))
        elif isinstance(block, Quote):
            out.append(Quote([_flat(b) for b in block.blocks]))
        elif isinstance(block, ItemsBlock):
            out.append(ItemsBlock([[_flat(b) for b in item] for item in block.items], block.ordered))
        else:
            out.append(block)
    return out


def _flat(block: Block) -> Block:
    """A heading within a list or a quote is words of its own there."""
    if isinstance(block, Heading):
        return Paragraph(block.content)
    if isinstance(block, Quote):
        return Quote([_flat(b) for b in block.blocks])
    if isinstance(block, ItemsBlock):
        return ItemsBlock([[_flat(b) for b in item] for item in block.items], block.ordered)
    return block


def _summary(report: FileReport, displays: list[DisplayView]) -> Aside:
    tally = Tally()
    tally.add(report)
    links = [(s.anchor, f"line {s.line}: {s.said}") for d in displays for s in d.steps if s.state != "good"]
    return Aside("summary", tally.line(), [], links, report.ok)


def _notes(report: FileReport, items: Any, notes: Counter[str], options: Options) -> Aside:
    """What was not checked, what is not shown, and what is wrong with the file."""
    said = [cleaned(p.message) + (f" (line {p.line})" if p.line else "") for p in report.problems]
    claims = sum(isinstance(i, Inline) and holds_relation(i.body.text) for i in items)
    if claims:
        one = "A formula in a sentence states something; it is shown as it stands, and carries no verdict."
        more = f"{claims} formulas in sentences state something; they are shown as they stand, and carry no verdict."
        said.append((one if claims == 1 else more) + ("" if options.inline else " symnll check --inline checks them."))
    unchecked = sum(d.skipped or not d.steps for d in report.displays)
    if unchecked:
        one = "1 of the displays has no verdict, as it says beside it."
        said.append(one if unchecked == 1 else f"{unchecked} of the displays have no verdict, as it says beside them.")
    said += [note if count == 1 else f"{note} ({count} times)" for note, count in notes.items()]
    return Aside("notes", "About this page", [(text,) for text in said], [], report.ok)
