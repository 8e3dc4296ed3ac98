"""What the Sphinx extension puts into a page: nodes that hold their HTML, LaTeX and text."""

from __future__ import annotations

import re
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.util.math import get_node_equation_number
from sphinx.util.osutil import relative_uri

from symnll.document.hosts import embed
from symnll.document.model import Document

OWN = re.compile(r'(<(?:li|h\d|div|section|figure|details)[^<>]* id="|<a href="#)(?!axiom-)')
PACKED = re.compile(r'href="data:application/gzip;base64,([A-Za-z0-9+/=]+)"')
AXIOM = re.compile(r'<a href="#axiom-(\w+)">(.*?)</a>')


class Blocks(nodes.General, nodes.Element):
    """A document. Its child is the document as text, for other builders and for the search."""

    @classmethod
    def of(cls, document: Document, prefix: str) -> Blocks:
        """`prefix` keeps the anchors of two documents in a page apart."""
        from symnll.document.html import fragment
        from symnll.document.latex.article import fragment as latex
        from symnll.document.text import body

        inside = OWN.sub(rf"\1{prefix}-", fragment(document))
        html = Markup('<div class="symnll" id="{}">\n{}\n</div>\n').format(prefix, Markup(inside))
        lines = body(document).strip("\n")
        node = cls("", html=str(html), latex=latex(document))
        node += nodes.literal_block(lines, lines, language="none")
        return node


class Axioms(nodes.General, nodes.Element):
    """The list of axioms and rules."""

    @classmethod
    def listed(cls) -> Axioms:
        """All that the core takes for granted, as it is when the page is read."""
        from symnll.core.kernel import RULES
        from symnll.document.axioms import axiom_groups
        from symnll.document.html import axioms_fragment
        from symnll.write.text import term_text

        rules = [(name, " ".join((rule.__doc__ or "").split())) for name, rule in RULES.items()]
        lines = [f"{row.name}: {term_text(row.statement)}" for rows in axiom_groups().values() for row in rows]
        text = "\n".join([*lines, "", *(f"{name}: {says}" for name, says in rules)])
        node = cls("", html=axioms_fragment(rules))
        node += nodes.literal_block(text, text, language="none")
        return node


class Claim(nodes.Inline, nodes.TextElement):
    """A formula in a sentence, with the verdict on it."""

    @classmethod
    def of(cls, found: embed.Inline) -> Claim:
        """The child is the formula as it was written."""
        from symnll.document.author.math import author_mathml

        tex = found.tex
        shown = Markup(author_mathml(found.latex)) if tex else Markup("<code>{}</code>").format(found.latex)
        said = "proved" if found.proved else f"not proved: {found.verdict}"
        mark = Markup('<span class="symnll-mark" role="img" aria-label="{}">{}</span>').format(
            said, "✓" if found.proved else f"✗ {found.verdict}"
        )
        html = Markup('<span class="symnll-claim{}" title="{}">{}{}</span>').format(
            "" if found.proved else " failed", found.message, shown, mark
        )
        node = cls("", "", html=str(html), latex=rf"\({tex}\)" if tex else "", said="" if found.proved else said)
        node += nodes.literal(found.latex, found.latex)
        return node


def add_nodes(app: Sphinx) -> None:
    """How builders show the nodes."""
    through = (_enter, _enter)
    others: Any = {"text": through, "man": through, "texinfo": through}
    app.add_node(Blocks, html=(_html, None), latex=(_latex, None), **others)
    app.add_node(Axioms, html=(_html, None), latex=through, **others)
    app.add_node(Claim, html=(_html, None), latex=(_latex_claim, _latex_leave), **others)
    app.add_html_math_renderer("symnll", (_math, None), (_math_block, None))


def _enter(translator: Any, node: Any) -> None:
    """The child is shown."""


def _html(translator: Any, node: Any) -> None:
    builder = translator.builder
    target = getattr(builder.env, "symnll_axioms", "")
    html = str(node["html"])
    if not isinstance(node, Axioms):
        page = builder.get_relative_uri(builder.current_docname, target) if target else ""
        link = rf'<a href="{quote(page, safe="/.#%-_~")}#axiom-\1">\2</a>' if target else r"\2"
        html = AXIOM.sub(link, html)
    if builder.name != "epub":  # which lists its files
        html = PACKED.sub(lambda found: _as_file(builder, found[1]), html)
    translator.body.append(html)
    raise nodes.SkipNode


def _as_file(builder: Any, packed: str) -> str:
    """The address of a certificate, as a file beside the pages, which would be long with all of theirs."""
    data = b64decode(packed)
    name = f"_downloads/symnll/{sha256(data).hexdigest()[:16]}.json.gz"
    path = Path(builder.outdir) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return f'href="{relative_uri(builder.get_target_uri(builder.current_docname), name)}"'


def _latex(translator: Any, node: Any) -> None:
    translator.body.append("\n" + node["latex"] + "\n")
    raise nodes.SkipNode


def _latex_claim(translator: Any, node: Any) -> None:
    if node["latex"]:
        translator.body.append(node["latex"])
        if node["said"]:
            translator.body.append(rf" {{\small[{translator.encode(node['said'])}]}}")
        raise nodes.SkipNode


def _latex_leave(translator: Any, node: Any) -> None:
    translator.body.append(rf" {{\small[{translator.encode(node['said'])}]}}")


def _math(translator: Any, node: Any) -> None:
    translator.body.append(_formula(node, False))
    raise nodes.SkipNode


def _math_block(translator: Any, node: Any) -> None:
    ids = "".join(f'<span id="{i}"></span>' for i in node["ids"])
    number = f'<span class="eqno">({get_node_equation_number(translator, node)})</span>' if node["number"] else ""
    translator.body.append(f'<div class="symnll-display scroll">{ids}{number}{_formula(node, True)}</div>\n')
    raise nodes.SkipNode


def _formula(node: Any, block: bool) -> str:
    """A formula of the page's own, unchecked, as MathML."""
    from symnll.document.author.math import author_mathml

    return author_mathml(node.astext(), block).replace("<math ", '<math class="symnll-math" ', 1)
