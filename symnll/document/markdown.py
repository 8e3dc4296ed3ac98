"""A document as Markdown: GitHub's, Quarto's or MyST's."""

from __future__ import annotations

import re
from functools import lru_cache

from jinja2 import Environment

from symnll.document.model import Document, Formula, Inlines, Link, Styled, words
from symnll.document.templating import environment
from symnll.document.views import ClaimView
from symnll.write.latex import SIGNS, inline, latex

FLAVOURS = ("github", "quarto", "myst")
SPECIAL = re.compile(r"([\\`*_\[\]<>#|$~{}])")


def markdown(document: Document, flavour: str = "github") -> str:
    """The document as Markdown, formulas between dollar signs; `flavour` is one of FLAVOURS. ValueError for another."""
    if flavour not in FLAVOURS:
        raise ValueError(f"There is no Markdown flavour {flavour!r}; there are {', '.join(FLAVOURS)}.")
    text = _environment().get_template("document.md").render(document=document, flavour=flavour)
    if flavour == "quarto":  # what stands in code is no shortcode
        text = text.replace("{{<", "{{{<").replace(">}}", ">}}}")
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return environment(
        escape, inlines=inlines, latex=latex, inline=inline, fence=fence, chain=chain, indented=indented,
        code=_code, heading=lambda level: "#" * level, anchor=lambda name: f"{{#{name}}}",
    )  # fmt: skip


def escape(text: str) -> str:
    """Plain words, so that nothing in them is markup."""
    return SPECIAL.sub(r"\\\1", text)


def inlines(content: Inlines) -> str:
    """What stands in a line."""
    marks = {"strong": "**", "emphasis": "*"}
    parts = []
    for c in content:
        if isinstance(c, str):
            parts.append(escape(c))
        elif isinstance(c, Formula):
            parts.append(f"${latex(c.node) if c.node is not None else c.latex}$")
        elif isinstance(c, Styled) and c.style == "code":
            parts.append(_code(words(c.content)))
        elif isinstance(c, Styled):
            parts.append(f"{marks[c.style]}{inlines(c.content)}{marks[c.style]}")
        elif isinstance(c, Link):
            target = c.target.replace("\\", "%5C").replace("(", "%28").replace(")", "%29").replace(" ", "%20")
            parts.append(f"[{inlines(c.content)}]({target})")
    return "".join(parts)


def _code(text: str) -> str:
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{ticks}{text}{ticks}" if len(ticks) == 1 else f"{ticks} {text} {ticks}"


def fence(text: str, language: str = "") -> str:
    """Text as it stands, between fences longer than any in it."""
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{ticks}{language}\n{text}\n{ticks}"


def indented(text: str, mark: str) -> str:
    """The text as an item of a list, or in a quote."""
    first, *rest = text.strip().split("\n")
    inside = mark if mark.startswith(">") else " " * len(mark)
    return "\n".join([mark + first, *((inside + line).rstrip() for line in rest)])


def chain(claim: ClaimView) -> str:
    """The derivation as aligned rows, each with its reason."""
    rows = [f"& {latex(claim.start)}"] if claim.start is not None else []
    for step in claim.steps:
        rows.append(rf"&{SIGNS.get(step.sign, '')} {latex(step.node)} && \text{{{_reason(step.reason)}}}")
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def _reason(text: str) -> str:
    from symnll.document.latex.article import prose

    return prose(text)
