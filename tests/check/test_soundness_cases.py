"""Cases that sentences put displays in, spellings of an operator, and letters that a page uses in two ways."""

from pathlib import Path

import pytest

import symnll
from tests.check.careful import compare, verdicts

INDICES = "<!-- symnll\nindex i, j in 1..K\nreal z[K]\n-->\n"
OPEN = "unknown|refuted|conditional|unparsed"
DELTA = "\n$$ \\delta_{ij} = 1 $$\n"

# Sentences, and whether the display after them is in the case i = j.
IN = [
    "Case 1: $i=j$.", "Case 1, $i = j$:", "Case I ($i=j$):", "**Case $i = j$.** Here", "### Case $i = j$\n",
    "Suppose $i=j$.", "Suppose first that $i = j$.\n\nThen we have", "Assume $i=j$. We find", "Now let $i = j$. Then",
    "If $i = j$:", "When $i = j$", "when $i = j$:\n\n", "1. $i = j$:", "- $i = j$:", "**$i = j$:**", "### $i = j$\n",
    "Otherwise ($i = j$)",
    "Let's consider the case when $i = j$. By the quotient rule,", "First, consider $i = j$. We obtain",
    "Case 1: $i = j$. We have $z_i = z_j$. Then",
]  # fmt: skip
NOT_IN = [
    "These are excluded:\n\n- $i = j$\n", "- $i = j$.\n", "**$i = j$** is excluded:",
    "Is it true that $i = j$?", "Is it the case that $i = j$?", "Suppose $i = j$. Is it true?",
    "It's not the case that $i = j$.", "Suppose not that $i = j$.", "We don't let $i = j$. Then",
    "Never suppose $i = j$.",
    "Let $i = j$ be excluded. Then", "Suppose $i = j$ were true. Then", "Unlike the case $i = j$.",
    "The case $i = j$ is the target class. We have", "Case 1: $i = j$. This was done above.",
    "Case 1: $i = j$. This case is easy; the general case follows. In general,", "Case 1: $i = j$. In all cases,",
    "Case 1: $i = j$. Both cases give", "Suppose $i = j$. Suppose not. Then", "Now let $i = j$. Otherwise",
    "Suppose $i = j$ or $j = 1$.", "Let $i = j$ in general.", "If $i = j$.\n\n`code`\n",
    "Case 1: $i = j$.\n\n## Result\n", "- Case $i = j$: easy.\n- The rest:", "- $i = j$:\n- or not:",
]  # fmt: skip


@pytest.mark.parametrize("sentence", IN)
def test_a_sentence_that_opens_a_case(sentence: str) -> None:
    report = symnll.check(f"{INDICES}{sentence}{DELTA}", cache=False, suggest=False).files[0]
    (step,) = report.displays[0].steps
    assert step.verdict == "proved"
    assert any(x.startswith("a sentence before says: i") for x in step.inferred)  # what was used is named


@pytest.mark.parametrize("sentence", NOT_IN)
def test_a_sentence_that_opens_none(sentence: str) -> None:
    assert verdicts(f"{INDICES}{sentence}{DELTA}") == ["conditional"]


JACOBIAN = r"""
$$ p_i = \frac{e^{z_i}}{\sum_k e^{z_k}} $$

**Case 1: $i = j$.** By the quotient rule,

$$ \frac{\partial p_i}{\partial z_j} = p_i (1 - p_i) $$

**Case 2: $i \neq j$.** Then

$$ \frac{\partial p_i}{\partial z_j} = - p_i p_j $$

Combining both cases,

$$ \frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j) $$

$$ \frac{\partial p_i}{\partial z_j} = - p_i p_j $$
"""
PAGES = {
    "up to words that end it": (
        f"{INDICES}Case 1: $i=j$.{DELTA}Hence{DELTA}In general,{DELTA}Then{DELTA}",
        ["proved", "proved", "conditional", "conditional"]),
    "up to the next case": (
        INDICES + "Case 1: $i=j$." + DELTA + "Case 2: $i \\neq j$." + DELTA + "$$ \\delta_{ij} = 0 $$\n\n## All\n\n"
        "$$ \\delta_{ij} = 0 $$", ["proved", "refuted", "proved", "conditional"]),
    "up to the end of a list": (f"{INDICES}- $i=j$:{DELTA}\nSo we have\n{DELTA}", ["proved", "conditional"]),
    "the items of a list": (
        INDICES + "- $i=j$:" + DELTA + "- $i \\ne j$:\n$$ \\delta_{ij} = 0 $$", ["proved", "proved"]),
    "a heading, a rule, a question": (
        f"{INDICES}Suppose $i=j$.\n\nThen\n===={DELTA}Suppose $i=j$.\n\n---\n{DELTA}Suppose $i = j$. Why?{DELTA}",
        ["conditional"] * 3),
    "a Jacobian": (JACOBIAN, ["definition", "proved", "proved", "proved", "conditional"]),
    "what does not speak of the case": (
        f"{INDICES}Case 1: $i=j$.\n$$ S = \\sum_k e^{{z_k}} $$\nThen\n$$ \\delta_{{ij}} S = \\sum_k e^{{z_k}} $$",
        ["definition", "proved"]),
    # a sentence that may or may not define
    "with, of an indexed name": (
        r"$$ D_{KL}(p \| q) = \sum_{k=1}^K p_k \log \frac{p_k}{q_k} $$ With $q_k = \frac{1}{K}$, "
        r"$$ D_{KL}(p \| q) = \log K - H(p) $$", ["definition|proved", "unknown"]),
    "with the choice": (r"$$ s = \sum_i x_i $$ With the choice $x_i = 1$ we have $$ s = n $$",
        ["definition", "unknown"]),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_how_far_a_sentence_reaches(name: str) -> None:
    text, expected = PAGES[name]
    found = verdicts(text)
    assert len(found) == len(expected)
    assert all(f in e.split("|") for f, e in zip(found, expected, strict=True)), found


KL = r"\sum_i p_i \log\frac{p_i}{q_i}"
DOCUMENTS = {
    # operators and functions at expressions
    "a mean": ("", [r"\mathbb{E}[X] = \mu", r"\mathbb{E}[2X] = 3\mu", r"\mathbb{E}[X + Y] = 3", r"\mathbb{E}[Y] = \nu"],
        ["definition", OPEN, OPEN, "definition+two-meanings"]),
    "a mean that nobody gave": ("", [r"\mathbb{E}[2X] = 3\mu", r"\operatorname{Var}(X - Y) = 0"], [OPEN, OPEN]),
    "a variance": ("", [
        r"\operatorname{Var}(X) = \sigma^2", r"\operatorname{Var}(2X) = 3\sigma^2", r"\operatorname{Var}(X + 1) = 2"],
        ["definition", OPEN, OPEN]),
    "the mean of a mean": ("", [
        r"\mathbb{E}[X_i] = \mu", r"\bar X = \frac1n \sum_i X_i", r"\mathbb{E}[\bar X] = \mu/2"],
        ["definition", "definition", OPEN]),
    "a constant function": ("", ["f(x) = c", "f(2x) = 3c", "f(x + 1) = 3c"], ["definition", OPEN, OPEN]),
    "functions by their values": ("", ["f(0) = 1", "f(1) = 2", "f(a + b) = 4",
        r"p(y=1 \mid x) = r", r"p(y=0 \mid x) = 1 - r"],
        ["definition", "definition", OPEN, "definition", "definition"]),
    "one letter for two losses": ("", [r"L(w) = \sum_i (y_i - w x_i)^2", "z = w a", "L(z) = z^2"],
        ["definition", "definition", "definition+two-meanings"]),
    # spellings of an operator
    "KL and D_KL": ("", [rf"KL(p \| q) = {KL}", r"D_{KL}(p \| q) = H(p) - H(p,q)", r"D_{KL}(p \| q) = H(p,q) - H(p)"],
        ["proved", "refuted", "proved"]),
    "D_KL and others": ("", [
        rf"D_{{KL}}(p \| q) = {KL}", r"D_{\mathrm{KL}}(p \,\|\, q) = 3", r"\mathbb{KL}(p \| q) = 5", r"KL(p, q) = 3"],
        ["proved", OPEN, OPEN, OPEN]),
    "entropies": ("", [
        r"H(p) = -\sum_i p_i \log p_i", r"\mathbb{H}(p) = 4", r"\mathcal{H}(p) = 7", r"\mathcal{H}(p) = H(p)"],
        ["proved", OPEN, OPEN, "proved"]),
    "an operator of the page's own": ("", [r"\mathcal{H}(q, v) = \frac{v^2}{2} + q", "H(q, v) = 7 v"],
        ["definition", OPEN]),
    "what can't be read": ("simplex p[M], q[M]", [
        r"D_{KL}(p \| q) = \sum_x p(x) \log \frac{p(x)}{q(x)}",
        r"D_{KL}(p \| q) = \mathbb{E}_{p}\left[\log \frac{p(x)}{q(x)}\right]"], ["proved", "unparsed"]),
    # derivatives by name
    "the slope of σ": ("", [
        r"\sigma(x) = \frac{1}{1+e^{-x}}", r"\frac{d\sigma}{dx} = \sigma(x) (1 - \sigma(x))",
        r"\tanh(x) = 2 \sigma(2x) - 1", r"\frac{d}{dx} \log \sigma(x) = 1 - \sigma(x)",
        r"\sigma' = \sigma (1 - \sigma)",
        r"\sigma' = 7", r"\frac{d\sigma}{dx} = \sigma^2", r"\frac{d\sigma}{dz} = 0"],
        ["proved"] * 5 + [OPEN] * 3),
    "the slope of σ alone": ("", [r"\frac{d\sigma}{dx} = \sigma(1-\sigma)", r"\tanh(x) = 2 \sigma(2x) - 1"],
        ["unknown|proved", "proved"]),
    "a slope in a chain": ("", [
        r"\sigma(x) = \frac{1}{1+e^{-x}}",
        r"\begin{aligned} \frac{d\sigma}{dx} &= \frac{e^{-x}}{(1+e^{-x})^2} \\ &= \sigma (1 - \sigma) \end{aligned}"],
        ["proved"] * 3),
    "σ with an argument, and a spread σ": ("", [
        r"\sigma(x) = \frac{1}{1+e^{-x}}", r"p(x) = \frac{1}{\sqrt{2\pi}\sigma} e^{-(x-\mu)^2/(2\sigma^2)}",
        r"\frac{\partial}{\partial x} \log p(x) = -(x-\mu)/\sigma^2", r"\sigma < 1", r"\tanh(x) = 2 \sigma(2x) - 1"],
        ["proved", "definition", "proved", OPEN, "proved"]),
    "primes of a function": ("", ["f(x) = x^3", "f' = 3x^2", "f'' = 6x", "f' = 2x"],
        ["definition", "proved", "proved", OPEN]),
    "a solution below its equation": ("", [
        r"S(a, b) = \sum_{i=1}^n (y_i - a - b x_i)^2",
        r"\frac{\partial S}{\partial a} = -2 \sum_{i=1}^n (y_i - a - b x_i)",
        r"\frac{\partial S}{\partial b} = -2 \sum_{i=1}^n x_i (y_i - a - b x_i)", r"a = \bar y - b \bar x"],
        ["definition", "proved", "proved", "unknown"]),
    "a weight below its equation": ("", [
        r"L = \sum_i (y_i - w x_i)^2", r"\frac{\partial L}{\partial w} = -2\sum_i x_i (y_i - w x_i)",
        r"w = \frac{\sum_i x_i y_i}{\sum_i x_i^2}"], ["definition", "proved", "unknown"]),
    "what a variable changes": ("", ["L = x y", r"\frac{dL}{dx} = y", r"\frac{\partial L}{\partial x} = y", "y = x^2"],
        ["definition", OPEN, OPEN, OPEN]),
    # letters
    "time, and steps in time": ("", [
        r"f(t) = e^{-t/\tau}", r"f'(t) = -f(t)/\tau", "f(2t) = f(t)^2", r"f'(t) = f(t)/\tau", "x_t = x_0 f(t)"],
        ["definition", "proved", "proved", OPEN, OPEN]),
    "a letter d": ("", [
        r"S_i = \frac{1}{\sqrt d} z_i", r"\frac{\partial S_i}{\partial z_j} = \frac{\delta_{ij}}{\sqrt d}",
        "(a+d)^2 = a^2 + 2 a d + d^2", "d(xy) = x dy + y dx", "dz = 2 dz", r"\frac{d}{dx} x^2 = 2x"],
        ["definition", "proved", "proved", "unparsed", "unparsed", "proved"]),
    "recurrences": ("", [r"\theta_{t+1} = \theta_t - \eta g_t", r"m_t = \beta m_{t-1} + (1-\beta) g_t"],
        ["unknown"] * 2),
    "a prime beside its letter": ("onehot y[K]\nindex k in 1..K", [
        r"y'_k = (1-\epsilon) y_k + \epsilon/K", r"\sum_k y'_k = 1", r"\sum_k y'_k = 2"],
        ["definition", "proved", OPEN]),
    "a prime beside a letter of which nothing is said": ("", [
        r"y'_k = (1-\epsilon) y_k + \epsilon/K", r"\sum_k y'_k = 1"], ["definition", "unknown|conditional"]),
    "a temperature and a number of steps": ("", [
        r"p_i = \frac{e^{z_i/T}}{\sum_j e^{z_j/T}}", r"L = \sum_{t=1}^T x_t", r"T \geq 1", r"\sum_i p_i = 1"],
        ["definition", "definition", "unparsed", "proved"]),
    "a number of samples": ("", [r"g = \prod_{i=1}^n e^{x_i/n}", r"g = e^{\frac1n\sum_{i=1}^n x_i}", r"n \geq 1"],
        ["definition", "proved", "proved"]),
    "an estimate, backwards": ("", [
        r"\ell(\lambda) = n\log \lambda - \lambda \sum_i x_i", r"\hat\lambda = n/\sum_i x_i", r"\lambda = \hat\lambda"],
        ["definition", "definition", OPEN]),
    "a prediction that is equal": ("", [r"\hat y = w x + b", r"L = (y - \hat y)^2", r"y = \hat y", "L = 0"],
        ["definition", "definition", OPEN, OPEN]),
    "an output with a second name": ("", [
        r"L = -\sum_i y_i \log \hat y_i", r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}", r"\hat y_i = p_i",
        r"L = -\sum_i y_i \log p_i"], ["definition", "definition", "definition", "proved"]),
    # words and marks
    "what is struck out": ("real a, b", [r"\cancel{a} b = a b", r"\frac{\cancel{a} b}{\cancel{a}} = b"],
        ["unparsed", "proved"]),
    "words that say nothing": ("real a, b", [
        rf"\text{{{w}}} a + b = b + a" for w in ("Clearly ", "Finally ", "Similarly, ", "Loss: ", "Again, ")],
        ["proved"] * 5),
    "words that deny": ("real a, b", [
        rf"\text{{{w}}} a + b = b + a" for w in ("Hardly ", "False: ", "Not: ", "Likelihood ")], ["unparsed"] * 4),
    "words between": ("real a, b\nindex i, j in 1..K\nreal z[K]", [
        r"a = a \text{ similarly } b = 7", r"\text{loss} = a", r"|a| = a \text{ whenever } a \geq 0",
        r"z_i = z_j \text{ clearly for } i = j", r"z_i = z_j \text{ again, } i = j"],
        ["proved", "refuted", "definition", "proved", "unparsed", "unparsed"]),
    "letters that are real": ("real a, b", [
        r"a = a \text{ where } a, b \in \mathbb{R}", r"a + b = b + a, \quad a, b \in \mathbb{R}",
        r"a = b \text{ for all } a, b \in \mathbb{R}", r"|a| = a, \quad a \in \mathbb{N}"],
        ["proved", "proved", OPEN, OPEN]),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_careful_reader_agrees(name: str) -> None:
    compare(*DOCUMENTS[name])


def test_the_items_of_a_list_in_tex(tmp_path: Path) -> None:
    items = "\\item If $i=j$, then\n\\[ \\delta_{ij} = 1 \\]\n\\item $i \\ne j$:\n\\[ \\delta_{ij} = 0 \\]\n"
    page = tmp_path / "a.tex"
    head = "% symnll: index i, j in 1..K\nThere are two cases.\n"
    page.write_text(head + "\\begin{itemize}\n" + items + "\\end{itemize}\nSo\n\\[ \\delta_{ij} = 0 \\]\n")
    report = symnll.check(page, cache=False, suggest=False).files[0]
    assert [s.verdict for d in report.displays for s in d.steps] == ["proved", "proved", "conditional"]
