"""Documents of the library in HTML, LaTeX, Markdown and text: complete, well-formed, safe, from theorems only."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64decode
from types import SimpleNamespace
from xml.etree import ElementTree

import html5lib
import pytest

from symnll.core.axioms import AXIOMS
from symnll.core.kernel import Theorem, ring
from symnll.core.replay import replay
from symnll.core.term import CoreError
from symnll.document.axioms import axiom_groups
from symnll.document.html import axioms_page, fragment, index_page, page
from symnll.document.latex.article import article
from symnll.document.library import entry_document
from symnll.document.markdown import FLAVOURS, markdown
from symnll.document.notebook import notebook
from symnll.document.text import plain
from symnll.document.views import claim_view
from symnll.entry import Claim, entries
from symnll.prove.library import prove_claims
from symnll.prove.result import Proved, StepProof
from symnll.write.latex import latex, term_latex
from symnll.write.mathml import mathml
from symnll.write.text import term_text, text
from tests.document.samples import a, sample

FAKES = [object.__new__(Theorem), SimpleNamespace(statement=a, hypotheses=frozenset()), a, "a = a", None]
SCRIPT = re.compile(r"<script>.*?</script>", re.DOTALL)


@pytest.mark.parametrize("fake", FAKES, ids=lambda f: type(f).__name__)
def test_only_theorems_are_shown_as_proved(fake):
    with pytest.raises(CoreError):
        claim_view("e.c", Claim("c", "C", None), Proved(None, fake, ""))
    with pytest.raises(CoreError):
        claim_view("e.c", Claim("c", "C", None), Proved(None, ring(a, a), "", steps=(StepProof(fake, "algebra"),)))


@pytest.mark.parametrize("detail", ["main", "full", "every-rule"])
def test_pages_are_well_formed_and_safe(detail):
    document = sample(detail)
    pages = [page(document), page(document, site=True), index_page([document]), axioms_page([document])]
    for source in pages:
        html5lib.HTMLParser(strict=True).parse(source)
        assert "http" not in SCRIPT.sub("", source)
        assert "<of>" not in source and "<nothing>" not in source
        for formula in re.findall(r"<math.*?</math>", source, re.DOTALL):
            ElementTree.fromstring(formula)
    html5lib.HTMLParser(strict=True).parseFragment(fragment(document))
    assert "Not proved" in pages[0] and "certificates/sample.square.json" in pages[1]


def test_a_page_holds_its_certificates():
    (packed,) = re.findall(
        r'download="sample.square.json.gz" href="data:application/gzip;base64,([^"]*)"', page(sample())
    )
    theorem = replay(json.loads(gzip.decompress(b64decode(packed))))
    assert theorem.statement is sample().claims[0].theorem.statement


def test_every_anchor_that_a_page_links_to_is_there():
    for source in (page(sample()), page(sample("full")), page(sample("every-rule"))):
        anchors = re.findall(r' id="([^"]*)"', source)
        assert len(anchors) == len(set(anchors))
        assert set(re.findall(r'href="#([^"]*)"', source)) <= set(anchors)


def test_steps_are_shown_as_a_chain():
    view = sample().claims[0]
    assert [s.sign for s in view.steps] == ["=", "="] and view.start is not None
    assert "      (a + b)²\n    = a² + 2·a·b + b²    (algebra)\n    = (b + a)·(a + b)    (algebra)" in plain(sample())


def test_every_rule_is_the_certificate():
    view = sample("every-rule").claims[0]
    assert [line.number for line in view.ledger] == list(range(1, len(view.ledger) + 1))
    assert len(view.ledger) == len(json.loads(view.certificate)["steps"])
    assert all(p < line.number for line in view.ledger for p in line.premises)


def test_articles_and_markdown():
    source = article(sample())
    assert source.count(r"\begin{align*}") == source.count(r"\end{align*}") == 1
    assert r"A square \textless{}of\textgreater{} a sum \& more" in source and source.rstrip().endswith(
        r"\end{document}"
    )
    assert source.count("{") - source.count(r"\{") == source.count("}") - source.count(r"\}")
    for flavour in FLAVOURS:
        shown = markdown(sample(), flavour)
        assert "$$\n(a + b)^{2} = (b + a) (a + b)\n$$" in shown and r"A square \<of\> a sum & more" in shown
    with pytest.raises(ValueError, match="rst"):
        markdown(sample(), "rst")


def test_axioms_are_each_in_one_group_and_print():
    rows = [row.name for rows in axiom_groups().values() for row in rows]
    assert sorted(rows) == sorted(AXIOMS)
    for row in AXIOMS.values():
        for formula in (row.statement, *row.conditions):
            assert term_text(formula)
            mathml(term_latex(formula))


@pytest.fixture(scope="module")
def library():
    results = prove_claims([f"{e.name}.{c.name}" for e in entries().values() for c in e.claims])
    return [entry_document(e, results) for e in entries().values()]


def test_every_entry_in_every_format_has_every_formula(library):
    """Each statement and each step stands in each format, as that format writes it; LaTeX is compiled elsewhere."""
    for document in library:
        shown = {"html": page(document), "site": page(document, site=True), "text": plain(document)}
        shown |= {flavour: markdown(document, flavour) for flavour in FLAVOURS}
        cells = json.loads(notebook(document))["cells"]
        shown["notebook"] = "\n".join(c["source"] for c in cells if c["cell_type"] == "markdown")
        assert len(shown["site"].encode()) < 300_000
        for claim in document.claims:
            nodes = [claim.statement.formula, claim.start, *(s.node for s in claim.steps)]
            for node in filter(None, nodes):
                assert text(node) in shown["text"]
                for kind in (*FLAVOURS, "notebook"):
                    assert latex(node) in shown[kind], f"{claim.name} in {kind}"
        formulas = sum(1 + bool(c.start) + len(c.steps) for c in document.claims)
        for kind in ("html", "site"):
            html5lib.HTMLParser(strict=True).parse(shown[kind])
            assert shown[kind].count("<math ") >= formulas
