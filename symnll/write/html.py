"""HTML pages: one for each entry, an index, and the axioms. No script, nothing from the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from symnll.core.axioms import AXIOMS
from symnll.write.axioms import BOOKS, axiom_groups
from symnll.write.latex import SIGNS, latex, term_latex
from symnll.write.mathml import mathml
from symnll.write.nodes import Node, Phrase
from symnll.write.views import SUBSCRIPT, EntryView


@lru_cache(maxsize=1)
def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader("symnll.write"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(math=_math, display=_display, step=_step, term=_term, plural=_plural, prose=_prose)
    return env


def _math(node: Node) -> Markup:
    if isinstance(node, Phrase):
        return Markup().join(p if isinstance(p, str) else _math(p) for p in node.parts)
    return Markup(mathml(latex(node)))


def _display(node: Node) -> Markup:
    return Markup(mathml(latex(node), block=True))


def _step(node: Node, sign: str) -> Markup:
    return Markup(mathml(rf"{SIGNS.get(sign, '')} {latex(node)}".strip(), block=True))


def _term(term: Any) -> Markup:
    return Markup(mathml(term_latex(term), block=True))


def _prose(text: str) -> Markup:
    """Plain words, with y_T as y and a subscript."""
    return Markup(SUBSCRIPT.sub(r"<i>\1</i><sub>\2</sub>", str(escape(text))))


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def entry_page(entry: EntryView, certificates: Mapping[str, str] | None = None) -> str:
    """The page of an entry; `certificates` has the address of a claim's certificate by its full name."""
    return _render("entry.html", entry=entry, certificates=certificates or {}, axioms=AXIOMS)


def index_page(entries: Sequence[EntryView], kernels: str = "") -> str:
    """The page that leads to all others; `kernels` is the address of the kernel module."""
    claims = [c for e in entries for c in e.claims]
    used = {a for c in claims for a in c.axioms}
    return _render(
        "index.html", entries=entries, claims=claims, used=len(used), count=len(AXIOMS), kernels=kernels,
        proved=sum(c.verdict == "proved" for c in claims),
    )  # fmt: skip


def axioms_page(entries: Sequence[EntryView]) -> str:
    """Every axiom with its statement, side conditions, reference, and how many claims use it."""
    uses: dict[str, int] = dict.fromkeys(AXIOMS, 0)
    for claim in (c for e in entries for c in e.claims):
        for name in claim.axioms:
            uses[name] += 1
    return _render("axioms.html", groups=axiom_groups(), uses=uses, books=BOOKS)


def _render(template: str, **values: Any) -> str:
    from symnll import __version__

    return _environment().get_template(template).render(version=__version__, **values)
