"""Ordinary pages: true steps that were refuted or not understood, and what must not be proved beside them."""

from __future__ import annotations

import pytest

from tests.check.careful import verdicts

SOFTMAX = r"\frac{e^{z_i}}{\sum_{k=1}^K e^{z_k}}"
LEADS = [
    r"p_i = S, \quad i \in \{1, \dots, K\}",
    r"p_i = S, \quad i \in \{1, 2, \dots, K\}",
    r"p_i = S \quad (i = 1, \dots, K)",
    r"p_i = S \text{ for all } i \in [K]",
    r"p_i = S, \quad i \in [K]",
    r"p_i = S \quad \forall i \in 1 \ldots K",
    r"p_i = S, \quad z \in \mathbb{R}^K",
    r"p_i = S, \quad \mathbf{z} \in \mathbb{R}^{K}",
    r"p_i(\mathbf{z}) = S",
    r"p_i = \frac{e^{z_i}}{Z} \quad\text{with}\quad Z = \sum_k e^{z_k}",
]


@pytest.mark.parametrize("lead", LEADS)
def test_the_usual_ways_to_define_the_softmax(lead: str) -> None:
    after = [
        r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)",
        r"\log p_i = z_i - \log \sum_k e^{z_k}",
        r"\log p_i = z_i - \sum_k e^{z_k}",
    ]
    text = "\n\n".join(f"$$\n{d}\n$$" for d in [lead.replace("S", SOFTMAX), *after])
    found = verdicts(text)
    assert set(found[:-3]) == {"definition"}
    assert found[-3:] == ["proved", "proved", "refuted"]


def page(*parts: str) -> str:
    """A page of sentences and displays; a part with a relation and no dollar is a display."""
    return "\n\n".join(p if "$" in p or "=" not in p else f"$$\n{p}\n$$" for p in parts)


COUNTS = r"Let $N_k$ be the number of times $k$ occurs among the samples and let $\hat p_k = N_k / N$ be the fractions."
NLL = r"\mathrm{NLL} = -\frac1N \sum_{n=1}^N \log q_{x_n}"
PAGES = {
    "a part of the range": ([r"p_i = z_i^2, \quad i \in \{2, \dots, K\}", r"\sum_{i=1}^K p_i = \sum_{i=1}^K z_i^2"],
                            "unparsed unparsed"),
    "a chain that ends with a set": (
        [rf"p_i = {SOFTMAX} \in (0, 1)", r"\frac{e^{z_i} e^{z_j}}{(\sum_k e^{z_k})^2} = p_i p_j"],
        "definition proved",
    ),
    "a chain of inequalities": (
        [rf"0 < p_i = {SOFTMAX} < 1", r"\frac{e^{z_i} e^{z_j}}{(\sum_k e^{z_k})^2} = p_i p_j"],
        "proved definition unknown proved",
    ),
    "counts that are not decided": (
        [r"p(x_n) = \sum_k \pi_k \, p(x_n \mid k)",
         r"\gamma_{nk} = \frac{\pi_k p(x_n \mid k)}{\sum_j \pi_j p(x_n \mid j)}",
         r"N_k = \sum_{n=1}^N \gamma_{nk}", r"\sum_k N_k = N"],
        "unparsed|definition|unknown definition unknown|definition unknown|proved|proved-small",
    ),
    "a count, and more": (
        [COUNTS, NLL, r"\mathrm{NLL} = -\frac1N \sum_{k=1}^K N_k \log q_k", r"\mathrm{NLL} = -\sum_k \hat p_k \log q_k",
         r"\mathrm{NLL} = -\sum_k N_k \log q_k"],
        "definition proved proved refuted",
    ),
    "a count in other words": (
        [r"Here $N_k$ is the number of tokens in bin $k$.", NLL, r"\mathrm{NLL} = -\frac1N \sum_{k=1}^K N_k \log q_k"],
        "definition unknown",
    ),
    "two models": (
        ["## Poisson", "The log-likelihood is", r"\ell(\lambda) = \sum_{i=1}^n (x_i \log\lambda - \lambda)",
         "## Exponential", "For waiting times the log-likelihood is",
         r"\ell(\lambda) = n \log\lambda - \lambda \sum_{i=1}^n x_i",
         r"\ell'(\lambda) = \frac{n}{\lambda} - \sum_{i=1}^n x_i"],
        "definition unknown unknown",
    ),
    "one model": (
        ["The log-likelihood is", r"\ell(\lambda) = \sum_{i=1}^n (x_i \log\lambda - \lambda)",
         "Hence the log-likelihood is",
         r"\ell(\lambda) = n \log\lambda - \lambda \sum_{i=1}^n x_i"],
        "definition refuted",
    ),
    "another heading, and no words": (
        ["## Loss", r"L(w) = w^2 + 1", "## Gradient", r"L(w) = w^2", r"L'(w) = 2 w"], "definition refuted proved",
    ),
    "a size that the sentence says": (
        [r"With $K = 1$ we get", r"\sum_{k=1}^K x_k = x_1", r"For $K = 2$,",
         r"\frac{e^{z_1}}{\sum_{k=1}^K e^{z_k}} = \frac{1}{1 + e^{z_2 - z_1}}", "In general,",
         r"\sum_{k=1}^K x_k = x_1"],
        "proved proved refuted",
    ),
    "a bold vector that nobody declared": (
        [r"z_k = \mathbf{w}_k^\top \mathbf{x} + b_k", r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}",
         r"\frac{\partial p_k}{\partial z_j} = p_k (\delta_{kj} - p_j)", r"\sum_k p_k = 1", r"\sum_k p_k = 2",
         r"\frac{\partial p_k}{\partial b_j} = 0", r"\frac{\partial}{\partial b_k} (b_k z_k) = z_k", r"z_k = 3"],
        "definition definition proved proved unparsed unparsed unparsed unparsed",
    ),
    "a likelihood": (
        [r"L(\theta) = p(x_1, \ldots, x_n \mid \theta) = \prod_{i=1}^n p(x_i \mid \theta).",
         r"\ell(\theta) = \log L(\theta) = \sum_{i=1}^n \log p(x_i \mid \theta)",
         r"L(\theta) = \prod_{i=1}^n p(x_i \mid \theta)^2"],
        "definition definition definition proved unknown|refuted",
    ),
    "no likelihood": (
        [r"L(\theta) = p(x_1, \ldots, x_n \mid \theta) = \sum_{i=1}^n p(x_i \mid \theta).",
         r"L(\theta) = \prod_{i=1}^n p(x_i \mid \theta)"],
        "definition unknown unknown|refuted",
    ),
    "a function by its name": (
        [r"q_k(T) = \frac{e^{z_k/T}}{\sum_j e^{z_j/T}}",
         r"\frac{\partial q_k}{\partial T} = -\frac{q_k}{T^2} \left(z_k - \sum_j q_j z_j\right)", r"\sum_k q_k = 1",
         r"q_k = z_k + q_k"],
        "definition proved proved refuted|unknown|conditional",
    ),
    "with, beside a claim": ([r"\frac{d}{dx} (x y) = y \text{ with } y = x^2"], "unknown|conditional"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page(name: str) -> None:
    parts, expected = PAGES[name]
    found = verdicts(page(*parts))
    assert len(found) == len(expected.split()), found
    assert all(v in want.split("|") for v, want in zip(found, expected.split(), strict=True)), found
