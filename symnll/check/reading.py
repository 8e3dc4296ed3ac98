"""A step as it is read: the syntax of its sides, and its place and its text in the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symnll.check.written import Written
from symnll.read import rows
from symnll.read import syntax as S
from symnll.read.source import Source
from symnll.read.tokens import Unreadable
from symnll.report.model import Lint, StepReport


@dataclass
class ReadStep:
    """A step with what was read of it, before it is decided.

    `wide` and `free` are the letters whose sums take in what follows, and that are free, in its chain.
    """

    link: rows.Link
    sides: tuple[Any, Any] | None
    report: StepReport
    wide: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    body: Any = None  # what the left side is, where that is said further on in the chain


def side(member: rows.Member, link: rows.Link) -> Any:
    """The syntax of one side of a relation. Raises Unreadable."""
    if not member.tokens:
        raise Unreadable("One side of this relation is missing.", *link.relation.span)
    cut = [t.kind for t in member.tokens[-2:]] == ["NUMBER", "DOTS"] and "." in member.tokens[-2].text
    alone = cut and all(t.kind == "MINUS" for t in member.tokens[:-2])
    node = S.parse(member.tokens[:-1] if alone else member.tokens)  # 0.33…, of which `rounded` proves nothing
    if node.only is None:
        odd = next((p for p in node.pieces if isinstance(p, (S.Sep, S.Words))), node)
        raise Unreadable(f"{getattr(odd, 'text', 'This')!r} is not understood here.", odd.start, odd.end)
    return node.only


def blank(source: Source, n: int, link: rows.Link) -> StepReport:
    """The report on step n of its display, before it is read."""
    line, column = source.position(link.relation.start)
    end = _extent(source.text, link.rhs)[1] if link.rhs.tokens else link.relation.end
    end_line, end_column = source.position(end)
    lhs = member_text(source.text, link.lhs) if link.lhs is not None and link.lhs.tokens else ""
    rhs = member_text(source.text, link.rhs) if link.rhs.tokens else ""
    return StepReport(n, line, column, end_line, end_column, link.relation.text, lhs, rhs, "unparsed")


def unparsed(source: Source, report: StepReport, error: Unreadable) -> None:
    """Say in its report that a step could not be read, and where and why."""
    report.verdict = "unparsed"
    line, column = source.position(error.start)
    report.reason = f"{error} (line {line}, column {column})"


def unreadable(source: Source, body: Any, error: Unreadable) -> StepReport:
    """The report on a display that could not be read."""
    start, end = (error.start, error.end) if error.end else (body.at(0), body.at(len(body.text)))
    line, column = source.position(start)
    end_line, end_column = source.position(max(end, start))
    text = body.text.strip()
    report = StepReport(1, line, column, end_line, end_column, "", text[:200], "", "unparsed")
    report.reason = str(error)
    return report


def lint(source: Source, code: str, message: str, start: int, end: int) -> Lint:
    """A remark on the text from start to end."""
    return Lint(code, message, *source.position(start), *source.position(max(start, end)))


def member_text(text: str, member: rows.Member) -> str:
    """The source of a member on one line, with the macros around its first and last token."""
    start, end = _extent(text, member)
    return " ".join(text[start:end].split())


def _extent(text: str, member: rows.Member) -> tuple[int, int]:
    return Written(text).extent(S.Node(member.start, member.end))
