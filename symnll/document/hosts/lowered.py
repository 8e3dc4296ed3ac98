"""A document in blocks that every kind of page has: derivations become paragraphs, displays and what is folded away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from symnll.document.model import (
    Block,
    Checked,
    Code,
    Derivation,
    Formula,
    Heading,
    Inlines,
    Items,
    Paragraph,
    Picture,
    Quote,
    Styled,
    Table,
)
from symnll.write.nodes import Node, Phrase


@dataclass(frozen=True)
class Math:
    """A formula on a line of its own."""

    latex: str


@dataclass(frozen=True)
class Folded:
    """What a reader opens: `title`, and what is below it."""

    title: str
    blocks: Sequence[Lowered]


Lowered = Heading | Paragraph | Items | Quote | Code | Table | Math | Folded


def lowered(blocks: Sequence[Block]) -> Iterator[Lowered]:
    """The blocks without derivations, checked displays and pictures; lists and quotes hold lowered blocks too."""
    for block in blocks:
        match block:
            case Derivation():
                yield from _claim(block.claim)
            case Checked():
                yield from _display(block.display)
            case Picture():
                yield Paragraph((Styled("strong", (f"{block.figure.title}.",)), f" {block.figure.description}"))
            case Items():
                yield Items([list(lowered(item)) for item in block.items], block.ordered)  # type: ignore[arg-type]
            case Quote():
                yield Quote(list(lowered(block.blocks)))  # type: ignore[arg-type]
            case _:
                yield block


def _claim(claim: Any) -> Iterator[Lowered]:
    from symnll.document.markdown import chain
    from symnll.write.latex import latex

    if claim.statement is None:
        yield Paragraph((Styled("strong", (f"Not proved ({claim.verdict}). ",)), claim.message))
        return
    yield Math(latex(claim.statement.formula))
    conditions = [*_conditions(claim.statement)]
    if conditions:
        yield Paragraph(tuple(conditions))
    if claim.start is not None:
        yield Math(chain(claim))
    inside: list[Lowered] = []
    for step in claim.steps:
        if step.rules:
            rows = [[Paragraph((Styled("code", (r.axiom,)), ": ", Formula(r.node)))] for r in step.rules]
            inside += [Paragraph((f"{step.reason}:",)), Items(rows)]
    if claim.ledger:
        cells = [(f"{r.number}",) for r in claim.ledger]
        rows_ = [
            (n, (Formula(r.node),), (r.axiom or r.rule,), (", ".join(map(str, r.premises)),))
            for n, r in zip(cells, claim.ledger, strict=True)
        ]
        inside.append(Table([("Line",), ("Statement",), ("Rule",), ("From",)], rows_))
    inside.append(Paragraph((Styled("code", (claim.name,)), f": axioms {', '.join(claim.axioms) or 'none'}.")))
    inside += claim.code
    yield Folded("Proved by symnll: what it rests on, and code to copy", inside)


def _conditions(s: Any) -> Iterator[Any]:
    groups = [("for all", s.for_all), ("given", [n for _, n in s.given]), ("where", s.where)]
    for number, (label, found) in enumerate([g for g in groups if g[1]]):
        yield ("; " if number else "") + f"{label} "
        for n, node in enumerate(found):
            if n:
                yield ", "
            yield from _words(node)


def _words(node: Node) -> Inlines:
    """Notation within a sentence, with the words in it outside the formulas."""
    if isinstance(node, Phrase):
        return tuple(part if isinstance(part, str) else Formula(part) for part in node.parts)
    return (Formula(node),)


def _display(view: Any) -> Iterator[Lowered]:
    if view.kind != "display":  # what a page says of itself, at its beginning and its end
        yield from (Paragraph((line.strip(),)) for line in view.lines if line.strip())
        return
    for row in view.rows:
        yield Math(row.tex)
        for step in row.steps:
            said: Inlines = (Styled("strong", (f"{step.mark} ", *step.heading)),)
            details = [[Paragraph((f"{label}: ", *text))] for label, text in step.details]
            yield Paragraph(said)
            if details:
                yield Items(details)
    if view.note:
        yield Paragraph((view.note,))
    yield from (Paragraph(("Warning: ", *w)) for w in view.warnings)
