"""What a document is before it is HTML, LaTeX, Markdown, a notebook or text: blocks, and what stands in their lines.

A format prints these blocks and nothing else, so that every format shows the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from symnll.write.nodes import Node

# What stands in a line.


@dataclass(frozen=True)
class Formula:
    """A formula: of a theorem (`node`), or as its author wrote it (`latex`, shortly: without delimiters)."""

    node: Node | None = None
    latex: str = ""


@dataclass(frozen=True)
class Styled:
    """Words that are `strong`, `emphasis` or `code`; code holds plain text only."""

    style: str
    content: Inlines


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere; formats show the words alone where the target is not safe or means nothing."""

    target: str
    content: Inlines


Inlines = Sequence["str | Formula | Styled | Link"]

# Blocks.


@dataclass(frozen=True)
class Heading:
    """`level` 2 to 4; `anchor` is unique in the document."""

    level: int
    content: Inlines
    anchor: str


@dataclass(frozen=True)
class Paragraph:
    content: Inlines


@dataclass(frozen=True)
class Items:
    """A list; each item is a list of blocks."""

    items: Sequence[Sequence[Block]]
    ordered: bool = False


@dataclass(frozen=True)
class Quote:
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Code:
    """Text as it stands; `title` says what it is, where the reader is to copy it."""

    text: str
    language: str = ""
    title: str = ""


@dataclass(frozen=True)
class Table:
    head: Sequence[Inlines]
    rows: Sequence[Sequence[Inlines]]


@dataclass(frozen=True)
class Derivation:
    """A claim with its statement, its steps, and what they rest on: a `ClaimView`."""

    claim: Any


@dataclass(frozen=True)
class Checked:
    """A display of an author's own, with the verdict on each of its steps: a `DisplayView`."""

    display: Any


@dataclass(frozen=True)
class Picture:
    """A figure: a `symnll.document.figures.drawn.Figure`, which has a picture, a title and a description in words."""

    figure: Any


Block = Heading | Paragraph | Items | Quote | Code | Table | Derivation | Checked | Picture


@dataclass
class Document:
    """`name` is for files and links; `lead` says in one paragraph what the document is about."""

    name: str
    title: Inlines
    lead: Inlines = ()
    blocks: list[Block] = field(default_factory=list)

    @property
    def claims(self) -> list[Any]:
        return [b.claim for b in walk(self.blocks) if isinstance(b, Derivation)]

    @property
    def displays(self) -> list[Any]:
        return [b.display for b in walk(self.blocks) if isinstance(b, Checked)]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from symnll.document.hosts.display import bundle

        return bundle(self)


def walk(blocks: Sequence[Block]) -> Iterator[Block]:
    """Every block, those in lists and quotes too."""
    for block in blocks:
        yield block
        if isinstance(block, Quote):
            yield from walk(block.blocks)
        elif isinstance(block, Items):
            for item in block.items:
                yield from walk(item)


def words(content: Inlines) -> str:
    """What stands in a line as plain text."""
    from symnll.document.author.math import author_text
    from symnll.write.text import text

    parts = []
    for c in content:
        if isinstance(c, str):
            parts.append(c)
        elif isinstance(c, Formula):
            parts.append(text(c.node) if c.node is not None else author_text(c.latex))
        else:
            parts.append(words(c.content))
    return "".join(parts)


def slug(text: str, taken: set[str]) -> str:
    """An anchor for a heading, not yet taken: lower-case letters and digits with hyphens between."""
    base = "-".join("".join(c.lower() if c.isascii() and c.isalnum() else " " for c in text).split()) or "section"
    anchor, n = base, 1
    while anchor in taken:
        n += 1
        anchor = f"{base}-{n}"
    taken.add(anchor)
    return anchor
