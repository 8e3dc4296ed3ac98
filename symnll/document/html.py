"""A document as HTML: one self-contained page, without anything from the network, which needs no script."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from symnll.core.axioms import AXIOMS
from symnll.document.author.math import author_mathml
from symnll.document.axioms import BOOKS, axiom_groups
from symnll.document.model import Document, Formula, Inlines, Link, Styled, words
from symnll.document.views import ClaimView, StepView
from symnll.write.latex import SIGNS, highlighted, latex, term_latex
from symnll.write.mathml import FormulaError, mathml
from symnll.write.nodes import Node, Phrase

SAFE = ("http://", "https://", "mailto:", "#")
HOST_STYLES = ("symnll-host.css", "symnll-blocks.css", "symnll-authored.css")
TAGS = {"strong": "strong", "emphasis": "em", "code": "code"}


def page(document: Document, site: bool = False) -> str:
    """The whole page. In a `site` it has the bar that leads to the others, and links to what `site.py` writes."""
    return _render("document.html", document=document, used=_axioms_used(document), axioms=AXIOMS, site=site)


def fragment(document: Document) -> str:
    """The document's blocks alone, for a page of someone else's; `styles` is what they look like."""
    return _render("fragment.html", document=document, site=False)


def styles() -> str:
    """The style sheet that pages hold."""
    return _render("style.css")


def host_styles() -> str:
    """The style sheet of fragments in somebody else's page; what it says holds within `class="symnll"` only."""
    return "\n".join(_render(name) for name in HOST_STYLES)


def index_page(documents: Sequence[Document], kernels: str = "") -> str:
    """The page that leads to all others; `kernels` is the address of the kernel module."""
    claims = [c for d in documents for c in d.claims]
    used = {a for c in claims for a in c.axioms}
    return _render(
        "index.html", documents=documents, claims=claims, used=len(used), count=len(AXIOMS), kernels=kernels,
        proved=sum(c.verdict == "proved" for c in claims), site=True,
    )  # fmt: skip


def explore_page() -> str:
    """The page of the figure that moves."""
    from symnll.document.figures.interactive import interactive

    return _render("explore.html", figure=interactive(), site=True)


def axioms_page(documents: Sequence[Document]) -> str:
    """Every axiom with its statement, side conditions, reference, and how many claims use it."""
    uses: dict[str, int] = dict.fromkeys(AXIOMS, 0)
    for claim in (c for d in documents for c in d.claims):
        for name in claim.axioms:
            uses[name] += 1
    return _render("axioms.html", groups=axiom_groups(), uses=uses, books=BOOKS, site=True)


def axioms_fragment(rules: Sequence[tuple[str, str]]) -> str:
    """The axioms, and the rules of inference as (name, what it says), for somebody else's page."""
    return _render("axioms_fragment.html", groups=axiom_groups(), books=BOOKS, rules=rules)


def _axioms_used(document: Document) -> list[str]:
    used = {a for c in document.claims for a in c.axioms}
    used |= {a for d in document.displays for step in d.steps for a in step.axioms}
    return [a for a in AXIOMS if a in used]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader("symnll.document"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        math=_math, display=_display, step=_step, term=_term, plural=_plural, inlines=_inlines, words=words,
        kind=lambda block: type(block).__name__, download=_download, sign=lambda s: SIGNS.get(s, ""),
    )  # fmt: skip
    return env


def _render(template: str, **values: Any) -> str:
    from symnll import __version__

    return _environment().get_template(template).render(version=__version__, **values)


def _inlines(content: Inlines) -> Markup:
    """What stands in a line; a link whose target is not of a safe kind is shown as its words."""
    parts = Markup()
    for c in content:
        if isinstance(c, str):
            parts += escape(c)
        elif isinstance(c, Formula):
            parts += _math(c.node) if c.node is not None else Markup(author_mathml(c.latex))
        elif isinstance(c, Styled):
            parts += Markup("<{0}>{1}</{0}>").format(Markup(TAGS[c.style]), _inlines(c.content))
        elif isinstance(c, Link) and c.target.lower().startswith(SAFE):
            parts += Markup('<a href="{}">{}</a>').format(c.target, _inlines(c.content))
        else:
            parts += _inlines(c.content)
    return parts


def _markup(formula: str, block: bool = False) -> Markup:
    """MathML, by our own converter where latex2mathml can't."""
    try:
        return Markup(mathml(formula, block))
    except FormulaError:
        return Markup(author_mathml(formula, block))


def _math(node: Node) -> Markup:
    if isinstance(node, Phrase):
        return Markup().join(p if isinstance(p, str) else _math(p) for p in node.parts)
    return _markup(latex(node))


def _display(node: Node) -> Markup:
    return _markup(latex(node), True)


def _step(step: StepView) -> Markup:
    """A line of a derivation, with what is new in it marked."""
    with highlighted(step.changed):
        shown = latex(step.node)
    return _markup(rf"{SIGNS.get(step.sign, '')} {shown}".strip(), True)


def _term(term: Any) -> Markup:
    return _markup(term_latex(term), True)


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _download(claim: ClaimView, site: bool) -> str:
    """The address of the claim's certificate: a file of the site, or, packed, a download that the page itself holds."""
    if site:
        return f"certificates/{claim.name}.json"
    packed = gzip.compress(claim.certificate.encode(), mtime=0)
    return f"data:application/gzip;base64,{base64.b64encode(packed).decode()}"
