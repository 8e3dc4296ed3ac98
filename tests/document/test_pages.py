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
from symnll.document.markdown import FLAVOURS, markdown
from symnll.document.text import plain
from symnll.document.views import claim_view
from symnll.entry import Claim
from symnll.prove.result import Proved, StepProof
from symnll.write.latex import term_latex
from symnll.write.mathml import mathml
from symnll.write.text import term_text
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
    for text in pages:
        html5lib.HTMLParser(strict=True).parse(text)
        assert "http" not in SCRIPT.sub("", text)
        assert "<of>" not in text and "<nothing>" not in text
        for formula in re.findall(r"<math.*?</math>", text, re.DOTALL):
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
    for text in (page(sample()), page(sample("full")), page(sample("every-rule"))):
        anchors = re.findall(r' id="([^"]*)"', text)
        assert len(anchors) == len(set(anchors))
        assert set(re.findall(r'href="#([^"]*)"', text)) <= set(anchors)


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
