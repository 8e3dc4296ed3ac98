"""What a notebook shows."""

import os
import re

import pytest

import symnll
from symnll import Eq, KroneckerDelta, diff, indices, log, prove, size, softmax, vector
from tests.document.samples import sample

KINDS = {"text/plain", "text/markdown", "text/latex", "text/html"}


def gradient(right=lambda y, m, T: y[m] - KroneckerDelta(m, T)):
    K = size("K")
    m, T = indices("m T", K)
    z = vector("z", K)
    y = softmax(z)
    return prove(Eq(diff(-log(y[T]), z[m]), right(y, m, T)))


def test_a_theorem():
    result = gradient()
    shown = result._repr_mimebundle_()
    assert shown.keys() == KINDS and shown["text/plain"] == str(result)
    assert "<math" in shown["text/html"] and 'class="theorem"' in shown["text/html"]
    assert r"\frac{\partial}{\partial z_{m}}" in shown["text/latex"] and "$$" in shown["text/markdown"]


def test_styles_hold_within_the_fragment():
    style = gradient()._repr_mimebundle_()["text/html"].split("<style>")[1].split("</style>")[0]
    selectors = [s for line in style.split("}") for s in line.split("{")[-2:-1] if "@media" not in s]
    assert selectors
    for selector in re.sub(r"\([^()]*\)", "", ",".join(s.rsplit("*/")[-1] for s in selectors)).split(","):
        assert ".symnll" in selector, selector


def test_what_is_not_proved():
    shown = gradient(lambda y, m, T: y[m])._repr_mimebundle_()
    assert shown.keys() == KINDS and "Refuted" in shown["text/html"] and 'class="theorem"' not in shown["text/html"]
    assert shown["text/plain"].startswith("refuted: ")


def test_a_document_with_hostile_words():
    shown = sample()._repr_mimebundle_()
    assert shown.keys() == KINDS and "<of>" not in shown["text/html"] and "<nothing>" not in shown["text/html"]


@pytest.mark.parametrize("text", ["$$ a + a = 2 a $$", "$$ a = b <script> $$", r"$$ \input{x} = 1 $$"])
def test_a_report(text):
    shown = symnll.check(text)._repr_mimebundle_()
    assert shown.keys() == KINDS and "<script" not in shown["text/html"] and r"\input{" not in shown["text/latex"]


def test_ipython_shows_it():
    if not os.environ.get("SYMNLL_CI"):
        pytest.importorskip("IPython")
    from IPython.core.formatters import DisplayFormatter

    found, _ = DisplayFormatter().format(gradient())
    assert found.keys() >= KINDS
