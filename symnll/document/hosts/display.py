"""What a notebook shows of theorems, verdicts and documents: HTML, Markdown, LaTeX and plain text."""

from __future__ import annotations

from typing import Any

from symnll.document.model import Code, Derivation, Document, Paragraph, Styled, words


def bundle(document: Document) -> dict[str, str]:
    """A document for every kind of reader; the HTML brings its own styles, which hold within it only."""
    from symnll.document import html, markdown, text
    from symnll.document.latex import article as latex

    title = (Paragraph((Styled("strong", document.title),)),) if document.title else ()
    lead = (Paragraph(document.lead),) if document.lead else ()
    shown = Document(document.name, (), (), [*title, *lead, *document.blocks])
    return {
        "text/plain": (f"{words(document.title)}\n\n" if document.title else "") + text.body(document).rstrip("\n"),
        "text/markdown": markdown.markdown(document),
        "text/latex": latex.fragment(shown),
        "text/html": f'<style>\n{html.host_styles()}</style>\n<div class="symnll">\n{html.fragment(shown)}\n</div>',
    }


def of_result(result: Any) -> dict[str, str]:
    """A verdict of the prover: the theorem with its derivation, or why there is none."""
    if result.verdict == "proved":
        return {**bundle(result_document(result)), "text/plain": str(result)}
    said = str(result).removeprefix(f"{result.verdict}: ")
    blocks = [Paragraph((Styled("strong", (f"{result.verdict.capitalize()}.",)),)), Code(said, "text")]
    return {**bundle(Document("result", (), (), blocks)), "text/plain": str(result)}  # type: ignore[arg-type]


def result_document(result: Any) -> Document:
    """A proved statement as a document; its theorem comes from the core. CoreError if it does not."""
    from symnll.document.views import claim_view
    from symnll.entry import Claim

    view = claim_view("result", Claim("result", "", result.statement), result)
    return Document("result", (), (), [Derivation(view)])


def of_report(report: Any) -> dict[str, str]:
    """What `symnll check` says of a text."""
    from symnll.report.text import report_html

    said = str(report)
    return {
        "text/plain": said,
        "text/markdown": "\n".join(f"    {line}" for line in said.split("\n")) + "\n",
        "text/html": report_html(report),
        "text/latex": _verbatim(said),
    }


def _verbatim(text: str) -> str:
    from symnll.document.latex.article import verbatim

    return verbatim(text)
