"""What makes whole pages readable, and what it must not prove: kinds in words, chains, functions in sentences."""

from __future__ import annotations

import pytest

import symnll
from tests.check.careful import verdicts

SOFTMAX = r"\frac{e^{z_i}}{\sum_j e^{z_j}}"
JACOBIAN = r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)"
WRONG = r"\frac{\partial p_i}{\partial z_j} = p_i (1 - p_j)"


def page(*parts: str) -> str:
    """A page of sentences, which begin with `-`, and displays."""
    return "\n\n".join(p[1:].strip() if p.startswith("-") else f"$$\n{p}\n$$" for p in parts)


PAGES = {
    "one-hot in words": (["- The target $y$ is one-hot.", r"\sum_i y_i = 1", "y_i^2 = 2 y_i"], "proved conditional"),
    "the one-hot target": (["- The one-hot target $y$ is given.", r"\sum_i y_i = 1"], "proved"),
    "one-hot no more": (["- Let $y$ be a one-hot vector.", r"\sum_i y_i = 1", "- Now let $y$ be any vector.",
                         r"\sum_i y_i = 1"], "proved conditional"),
    "soft targets below": (["- Let $y$ be one-hot.", "y_i^2 = y_i", "- ## Soft targets", "y_i^2 = y_i"],
                           "proved conditional"),
    "one-hot for some": (["- The vector $y$ is one-hot only for hard labels.", "y_i^2 = y_i"], "conditional"),
    "if it is one-hot": (["- If $y$ is one-hot then", "y_i^2 = y_i", "- Otherwise", "y_i^2 = y_i"],
                         "conditional conditional"),
    "a distribution in words": (["- Let $p$ be a probability distribution.", r"\sum_i p_i = 1", r"p_i \geq 0",
                                 "p_i > 0"], "proved proved conditional"),
    "two distributions": (["- Let $p$ and $q$ be two distributions and let $r$ be a vector.", r"\sum_k q_k = 1",
                           r"\sum_k r_k = 1"], "proved unknown"),
    "no distribution": (["- Let $w$ be weights which are not a distribution.", r"\sum_k w_k = 1"], "unknown"),
    "a distribution function": (["- Let $p$ be the distribution function.", r"\sum_i p_i = 1"], "unknown"),
    "a rate": ([r"- The rate $\eta > 0$ is small.", r"\eta^2 > 0", r"\eta < 1"], "proved unknown"),
    "entries": (["- Let $p = (p_1, \\dots, p_K)$ be given.", r"\sum_i p_i^2 = \sum_{k=1}^K p_k^2"], "proved"),
    "a vector that is defined below": (
        [r"D(p, q) = \sum_i p_i \log \frac{p_i}{q_i}", r"D(p, q) = \sum_i p_i \log p_i - \sum_i p_i \log q_i",
         r"\sum_i q_i = 1", r"q_i = \frac{e^{a_i}}{\sum_j e^{a_j}}", r"\sum_i q_i = 1"],
        "definition proved unparsed definition proved",
    ),
    "a probability of an event": ([rf"p_i = P(y = i \mid x) = {SOFTMAX}", JACOBIAN, WRONG],
                                  "definition definition proved conditional"),
    "a middle that is not understood": ([rf"p_i = \operatorname{{softmax}}(z_i) = {SOFTMAX}", JACOBIAN, WRONG],
                                        "definition unparsed proved conditional"),
    "a name of one's own": ([rf"p_i = \mathcal{{S}}(z)_i = {SOFTMAX}", JACOBIAN, WRONG],
                            "definition definition proved conditional"),
    "order first": ([rf"0 < p_i = {SOFTMAX}", JACOBIAN, WRONG], "proved definition proved conditional"),
    "outcomes that agree": ([r"y_n = P(t_n = 1 \mid x_n) = \sigma(a_n)",
                             r"P(t_n \mid x_n) = y_n^{t_n} (1 - y_n)^{1 - t_n}"], "definition definition definition"),
    "outcomes that do not": ([r"y_n = P(t_n = 1 \mid x_n) = \sigma(a_n)",
                              r"P(t_n \mid x_n) = y_n^{1 - t_n} (1 - y_n)^{t_n}"], "definition definition unparsed"),
    "a bold row": ([r"a_n = \sum_d w_d x_{nd}", r"\nabla_w a_n = \mathbf{x}_n", r"\nabla_w a_n = 2 \mathbf{x}_n"],
                   "definition proved refuted"),
    "counts by an indicator": (
        [r"N_k = \sum_{n=1}^N \mathbb{1}[y_n = k]", r"\sum_{k=1}^K N_k = N",
         r"\prod_{n=1}^N q_{y_n} = \prod_{k=1}^K q_k^{N_k}", r"\sum_{k=1}^K N_k = 1"],
        "definition proved proved refuted",
    ),
    "a function by its name": ([r"- For the softplus $\zeta(a) = \log(1 + e^a)$ we get",
                                r"\zeta'(a) = \frac{1}{1 + e^{-a}}", r"\zeta'(a) = \frac{1}{1 + e^{a}}"],
                               "proved refuted"),
    "a function beside a family": (
        [r"a_j = \sum_i u_{ji} x_i", r"- For the sigmoid $\sigma(a) = \frac{1}{1 + e^{-a}}$ we get",
         r"\tanh(a) = 2 \sigma(2 a) - 1", r"\tanh(a) = \sigma(2 a)"],
        "definition proved refuted",
    ),
    "a point that is no noun": (["- At the point $f(x) = x$ we have", "f'(x) = 1"], "unparsed"),
    "an equation that is supposed": ([r"\sigma(a) = \frac{1}{1 + e^{-a}}", r"- Its inverse: if $s = \sigma(a)$ then",
                                      r"a = \log \frac{s}{1 - s}", r"a = \log \frac{1 - s}{s}"],
                                     "proved proved unknown|unparsed|refuted"),
    "what another definition speaks of": (
        [r"I_i = -\log p_i", r"S(p) = \sum_i p_i I_i", r"S(p) = -\sum_i p_i \log p_i", r"S(u) = -\sum_i u_i \log p_i"],
        "definition definition proved unparsed",
    ),
    "numbers after a derivative": (["y = x^2 + x", r"\frac{dy}{dx}(-1) = -(2 x + 1)", r"\frac{dy}{dx}(1) = 2 x + 1"],
                                   "definition unparsed unparsed"),
    "a derivative at a number": (["f(x) = x^2 + x", r"\frac{df}{dx}(-1) = -1", r"\frac{df}{dx}(-1) = -(2 x + 1)"],
                                 "definition proved refuted|unknown"),
    "what is unequal": ([r"p \neq q", r"a = b \neq c"], "definition"),
    "the bound letter of a maximum": (
        [r"- One chooses $c = -\max_j z_j$.",
         r"\frac{e^{z_i + c}}{\sum_j e^{z_j + c}} = \frac{e^{z_i}}{\sum_j e^{z_j}}"],
        "proved",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page(name: str) -> None:
    parts, expected = PAGES[name]
    found = verdicts(page(*parts))
    wanted = expected.split()
    assert len(found) == len(wanted), found
    assert all(f in w.split("|") for f, w in zip(found, wanted, strict=True)), found


def test_what_a_sentence_says_is_reported() -> None:
    report = symnll.check(page("- Let $y$ be a one-hot vector.", r"\sum_i y_i = 1"), cache=False).files[0]
    assert any("one-hot, as a sentence says" in n for n in report.displays[0].steps[0].inferred)
