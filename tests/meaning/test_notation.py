"""`write A for B`, and definitions by `let`: where they apply, and where they must not."""

import pytest

from tests.meaning.reading import refusal, verdict

BASE = "index i, j, k in 1..K\nreal z[K], w[K]\nsimplex p[K]\nreal a, b, c, x\npositive s"

# declarations, what is written, what it means, and what it does not mean
MEANS = [
    (r"write \Sigma for \sum_j e^{z_j}", r"\frac{e^{z_i}}{\Sigma}", r"\frac{e^{z_i}}{\sum_j e^{z_j}}", "e^{z_i}"),
    ("write e_i for e^{z_i}", "e_j", "e^{z_j}", "e^{z_i}"),
    ("write e_i for e^{z_i}", "e_{k}", "e^{z_k}", "e^{z_i}"),
    ("write e_i for e^{z_i}", r"\sum_{i=1}^{K-1} e_{i+1}", r"\sum_{i=2}^{K} e^{z_i}", r"\sum_i e^{z_i}"),
    ("write e_i for e^{z_i}", "e^{a}", r"\exp(a)", "e^{z_i}"),
    (r"write \hat{y} for p", r"\hat{y}_i", "p_i", "z_i"),
    ("write P(i) for p_i", "P(j)", "p_j", "p_i"),
    ("write P(i) for p_i", "P(j)^2", "p_j^2", "p_j"),
    (r"write P(Y = i \mid x) for p_i", r"P(Y = j \mid x)", "p_j", "p_i"),
    ("write u for a + b", "c u", "c (a + b)", "c a + b"),
    ("write u for a + b", "u^2", "(a + b)^2", "a + b^2"),
    ("write u for a + b", "-u", "-a - b", "b - a"),
    (r"write \partial_j for \frac{\partial}{\partial z_j}", r"\partial_k \left( z_k^2 \right)", "2 z_k", "z_k"),
    ("write a^2 for b", "a^{2}", "b", "a a"),
    ("write m_i for z_i", "m_j", "z_j", "z_i"),
    # a pattern that is a sum or a product stands for one only where it is one
    ("write a + b for c", "a + b", "c", "2 c"),
    ("write a + b for c", "2 (a + b)", "2 c", "c"),
    ("write a + b for c", "2 a + b", "b + 2 a", "2 c"),
    ("write a + b for c", "a + b^2", "b^2 + a", "c^2"),
    ("write a + b for c", "x a + b", "b + a x", "x c"),
    ("write a b for c", "a b", "c", "2 c"),
    ("write a b for c", "a b^2", "b^2 a", "c^2"),
    # definitions
    ("let v_i = z_i + a", "v_j", "z_j + a", "z_i + a"),
    ("let g(x) = x^2", "g(a + 1)", "(a + 1)^2", "a^2 + 1"),
    ("let g(x) = x^2", "g(g(a))", "a^4", "a^2"),
    ("let g(x, a) = x - a", "g(b, c)", "b - c", "c - b"),
    ("let v_i(x) = z_i x", "v_j(2)", "2 z_j", "2 z_i"),
    ("let S = \\sum_j e^{z_j}", r"\frac{\partial S}{\partial z_i}", "e^{z_i}", "S"),
    ("let z_{max} = \\max_k z_k", r"z_{max}", r"\max_i z_i", "z_1"),
    ("let a^* = b + 1", "a^*", "b + 1", "a"),
    ("let L(p) = -\\sum_i p_i \\log p_i", "L(p)", r"-\sum_i p_i \log p_i", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "written", "meant", "other"), MEANS, ids=lambda t: t[:24])
def test_a_notation_means_this(line: str, written: str, meant: str, other: str) -> None:
    declarations = f"{BASE}\n{line}"
    assert verdict(written, meant, declarations) == "proved"
    assert verdict(written, other, declarations) not in ("proved", "proved-small")


def test_a_notation_is_not_used_inside_a_word_or_another_name() -> None:
    declarations = f"{BASE}\nwrite a for b"
    assert verdict(r"\max(a, c)", r"\max(b, c)", declarations) == "proved"
    assert verdict(r"\alpha", r"\alpha", declarations) == "proved"
    assert verdict(r"\alpha", "b", declarations) != "proved"


@pytest.mark.parametrize("text", ["g(2)", "g(z_i)", "g(a + 1)"])
def test_a_notation_for_one_argument_says_nothing_of_another(text: str) -> None:
    assert refusal(text, f"{BASE}\nwrite g(x) for x^2")[0]


def test_a_notation_for_a_number_has_no_entries() -> None:
    assert "entries" in refusal("u_i", f"{BASE}\nwrite u for \\frac12")[0]
