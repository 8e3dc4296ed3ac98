"""A document for the terminal: plain text with Unicode mathematics."""

from __future__ import annotations

import textwrap

from symnll.document.model import (
    Block,
    Checked,
    Code,
    Derivation,
    Document,
    Heading,
    Items,
    Paragraph,
    Picture,
    Quote,
    words,
)
from symnll.document.model import Table as TableBlock
from symnll.document.output import MARK
from symnll.document.views import ClaimView
from symnll.write.text import statement_text
from symnll.write.text import text as shown

WIDTH = 100


def plain(document: Document) -> str:
    """The document as lines of text."""
    return f"{words(document.title)} ({document.name})\n\n{body(document)}\n({MARK})\n"


def body(document: Document) -> str:
    """What stands below the title."""
    lines = [*textwrap.wrap(words(document.lead), WIDTH), ""] if document.lead else []
    for block in document.blocks:
        lines += [*_block(block), ""]
    return "\n".join(lines).rstrip() + "\n"


def _block(block: Block) -> list[str]:
    match block:
        case Heading():
            return [words(block.content), "-" * len(words(block.content))]
        case Paragraph():
            return textwrap.wrap(words(block.content), WIDTH)
        case Items():
            marks = (f"{n}. " if block.ordered else "- " for n in range(1, len(block.items) + 1))
            return [line for mark, item in zip(marks, block.items, strict=True) for line in _item(mark, item)]
        case Quote():
            return [f"> {line}" for inner in block.blocks for line in _block(inner)]
        case Code():
            return [f"    {line}" for line in block.text.splitlines()]
        case TableBlock():
            return [" | ".join(words(cell) for cell in row) for row in (block.head, *block.rows)]
        case Derivation():
            return _claim(block.claim)
        case Checked():
            return list(block.display.lines)
        case Picture():
            return textwrap.wrap(f"{block.figure.title}. {block.figure.description}", WIDTH)
    raise TypeError(f"There is no text for {block!r}.")


def _item(mark: str, item: object) -> list[str]:
    lines = [line for block in item for line in _block(block)]  # type: ignore[attr-defined]
    return [(mark if n == 0 else " " * len(mark)) + line for n, line in enumerate(lines)]


def _claim(claim: ClaimView) -> list[str]:
    if claim.statement is None:
        return [f"{claim.name}: {claim.verdict}", f"  {claim.message}"]
    lines = [f"{claim.name}: {claim.verdict}: {statement_text(claim.statement)}"]
    if claim.start is not None:
        lines.append(f"      {shown(claim.start)}")
        for step in claim.steps:
            lines.append(f"    {step.sign or ' '} {shown(step.node)}    ({step.reason})")
            lines += [f"          {line.axiom}: {shown(line.node)}" for line in step.rules]
    for line in claim.ledger:
        premises = f" from {', '.join(map(str, line.premises))}" if line.premises else ""
        lines.append(f"  {line.number:>4}  {shown(line.node)}    ({line.axiom or line.rule}{premises})")
    return [*lines, f"  axioms: {', '.join(claim.axioms) or 'none'}"]
