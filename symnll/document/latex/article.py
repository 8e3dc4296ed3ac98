"""A document as LaTeX: a standalone article, or a fragment for `\\input`. It needs amsmath only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from jinja2 import Environment

from symnll.document.latex.rows import broken, extent, joined, rows
from symnll.document.latex.safe import safe_formula
from symnll.document.latex.text import prose, tt, verbatim
from symnll.document.ledger import Line
from symnll.document.model import Document, Formula, Inlines, Link, Styled, words
from symnll.document.symbols import Symbol
from symnll.document.templating import environment
from symnll.document.views import ClaimView, StepView
from symnll.write.latex import SIGNS, latex
from symnll.write.nodes import Name, Node, Phrase, Relation

__all__ = ["article", "fragment", "inlines", "prose", "tt", "verbatim"]
SECTIONS = {2: "section", 3: "subsection", 4: "subsubsection"}
ORDER = {"size": 0, "index": 1}  # kinds of symbols that the table begins with
STYLES = {"strong": r"\textbf", "emphasis": r"\emph"}
WIDTH = 32.0  # em: a line of the article class, less a little; a fragment has to fit there too
LEFT = 9.0  # a left side of at most this width stands before the signs of the chain, a wider one above them
REASON = 14.0  # a reason that is wider is broken


def article(document: Document, pictures: bool = False) -> str:
    """The whole file; `pictures`: with its figures, which are to stand beside it as NAME.pdf."""
    return _filled(document, whole=True, pictures=pictures)


def fragment(document: Document) -> str:
    """The blocks alone, for `\\input` into a file that loads amsmath and amsthm and defines the theorem `theorem`."""
    return _filled(document, whole=False)


def _filled(document: Document, whole: bool, pictures: bool = False) -> str:
    from symnll import __version__

    template = _environment().get_template("document.tex")
    shown = template.render(
        document=document, whole=whole, pictures=pictures, notation=notation(document), version=__version__
    )
    return re.sub(r"\n{3,}", "\n\n", shown).strip() + "\n"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    env = environment(
        prose, inlines=inlines, latex=latex, inline=inline, chain=chain, verbatim=verbatim, tt=tt, display=display,
        displays=displays, formula=formula, line=line, section=lambda level: SECTIONS[level],
        ranges=lambda s: ", ".join(inline(r) for r in s.ranges), names=lambda a: ", ".join(map(tt, a)),
        label=lambda name: re.sub(r"[^A-Za-z0-9.-]+", "-", name), columns=lambda head: "l" * (len(head) - 1),
    )  # fmt: skip
    env.block_start_string, env.block_end_string = "<%", "%>"
    env.variable_start_string, env.variable_end_string = "<<", ">>"
    env.comment_start_string, env.comment_end_string = "<#", "#>"
    return env


def inlines(content: Inlines) -> str:
    """What stands in a line."""
    parts = []
    for c in content:
        if isinstance(c, str):
            parts.append(prose(c))
        elif isinstance(c, Formula):
            parts.append(inline(c.node) if c.node is not None else authored(c.latex))
        elif isinstance(c, Styled) and c.style == "code":
            parts.append(tt(words(c.content)))
        elif isinstance(c, Styled):
            parts.append(f"{STYLES[c.style]}{{{inlines(c.content)}}}")
        elif isinstance(c, Link):
            parts.append(inlines(c.content))
    return "".join(parts)


def authored(source: str) -> str:
    """A formula of an author's in a line, or its source where it is not safe to be set."""
    safe = safe_formula(source)
    return tt(source) if safe is None else f"${safe}$"


def inline(node: Node) -> str:
    """A formula within a paragraph; one that no line has room for is displayed in rows."""
    if isinstance(node, Phrase):
        return "".join(prose(p) if isinstance(p, str) else inline(p) for p in node.parts)
    shown = latex(node)
    return f"${shown}$" if extent(shown) < WIDTH - 6 else display(node)


def display(node: Node) -> str:
    """A formula by itself, in as many rows as it needs."""
    return _displayed(rows(node, WIDTH))


def formula(source: str) -> str:
    """An author's display by itself, in rows; its source where it is not safe to be set."""
    safe = safe_formula(source)
    return verbatim(source) if safe is None else _displayed(broken(safe, WIDTH) if "&" not in safe else [safe])


def _displayed(made: Sequence[str]) -> str:
    if len(made) == 1:
        return f"\\[\n  {made[0]}\n\\]"
    return f"\\begin{{align*}}\n  & {joined(made)}\n\\end{{align*}}"


def displays(nodes: Sequence[Node], end: str = ".") -> str:
    """Definitions, one below the other, with the signs where they are."""
    lines = []
    for n, node in enumerate(nodes):
        made = rows(node, WIDTH)
        made[-1] += end if n == len(nodes) - 1 else ","
        lines.append(joined(made))
    if len(lines) == 1 and "\\\\" not in lines[0]:
        return f"\\[\n  {lines[0]}\n\\]"
    return "\\begin{align*}\n  & " + " \\\\\n  & ".join(lines) + "\n\\end{align*}"


def line(row: Line) -> str:
    """A line of a proof: its number, what it says, and the rule with the lines that this rests on."""
    made = rows(row.node, WIDTH - 3)
    shown = r"$\newline$\qquad ".join(made)
    below = f" of {', '.join(map(str, row.premises))}" if row.premises else ""
    return rf"\symnllline{{{row.number}}}{{${shown}$}}{{{tt(row.axiom or row.rule)}{below}}}"


def chain(claim: ClaimView) -> str:
    """The rows of a derivation, with each reason at the right margin."""
    assert claim.start is not None
    left = latex(claim.start)
    beside = extent(left) <= LEFT
    lines = [] if beside else ["& " + joined(rows(claim.start, WIDTH))]
    for n, step in enumerate(claim.steps):
        before = f"{left} &" if beside and n == 0 else "&" if beside else r"&\quad"
        lines.append(before + _step(step, WIDTH - (extent(left) if beside else 1.0)))
    return " \\\\\n  ".join(lines)


def _step(step: StepView, width: float) -> str:
    sign = SIGNS.get(step.sign, "")
    made = rows(step.node, width - 1.4)
    made[0] = f"{sign} {made[0]}".strip()
    return joined(made, r"&\quad") + rf" \tag*{{{reason(step.reason)}}}"


def reason(text: str) -> str:
    """Why a step holds, small; in several lines if it is long."""
    shown = prose(text)
    if 0.45 * len(text) > REASON:
        return rf"\parbox{{{REASON:.0f}em}}{{\raggedleft\small {shown}}}"
    return rf"\small {shown}"


def notation(document: Document) -> list[Symbol]:
    """The symbols of all claims, each once: arrays with the indices of their entries; an integer that is an index
    elsewhere is shown as that index."""
    found: dict[str, dict[Any, Symbol]] = {}
    for claim in document.claims:
        for s in claim.symbols:
            key = (s.kind, tuple(latex(r.right if _entries(s) else r) for r in s.ranges))  # type: ignore[attr-defined]
            found.setdefault(latex(s.name), {}).setdefault(key, _with_indices(s))
    every = [(s, kinds) for kinds in found.values() for s in kinds.values()]
    shown = [s for s, kinds in every if not any(_says_more(o, s) for o in kinds.values())]
    return sorted(shown, key=lambda s: ORDER.get(s.kind, 2))


def _says_more(one: Symbol, other: Symbol) -> bool:
    """Whether the table needs not say the other, where it says the one: an integer that is a size or an index."""
    if other.kind == "integer" and one.kind in ORDER:
        return True
    return bool(one.ranges) and not other.ranges


def _entries(s: Symbol) -> bool:
    return s.kind.endswith(("vector", "array")) and all(isinstance(r, Relation) for r in s.ranges)


def _with_indices(s: Symbol) -> Symbol:
    if not (_entries(s) and isinstance(s.name, Name)):
        return s
    return replace(s, name=replace(s.name, indices=tuple(r.left for r in s.ranges if isinstance(r, Relation))))
