"""Counts that a sentence defines, functions of all samples, conditions beside an equation."""

from __future__ import annotations

import pytest

from tests.check.careful import verdicts

JOINT = r"p(x_1, \dots, x_n | \theta) = \prod_{k=1}^n p(x_k | \theta)"
POWERS = r"\prod_{k=1}^n p(x_k | \theta) = \prod_i p(i | \theta)^{n_i}"


def of(text: str) -> str:
    return " ".join(verdicts(text))


def shown(*displays: str) -> str:
    return of("\n\n".join(f"$${d}$$" for d in displays))


@pytest.mark.parametrize(
    "sentence",
    [
        "where $n_i$ is the number of times $i$ occurs in the training data.",
        "where $n_i$ denotes the number of samples with label $i$.",
        "where $n_i$ is the count of class $i$ in the data.",
        "where $n_i$ is how often $i$ appears.",
    ],
)
def test_a_count(sentence: str) -> None:
    assert of(f"$${POWERS}$$\n\n{sentence}") == "proved"


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "where $n_i$ is not the number of times $i$ occurs.",
        "where $n_i$ is the number of times $j$ occurs.",
        "where $n_i$ would be the number of times $i$ occurs.",
        "where $n_i$ is half the number of times $i$ occurs.",
        "where $n_i$ is the number of times $i$ occurs twice.",
        "where $n_i$ is the number. The times $i$ occurs are few.",
        "where $n_i$ is the number of parameters of class $i$.",
    ],
)
def test_no_count(sentence: str) -> None:
    assert of(f"$${POWERS}$$\n\n{sentence}") != "proved"


def test_a_count_and_a_false_claim() -> None:
    false = POWERS.replace(r"\prod_i p", r"\prod_i 2 p")
    assert of(f"$${false}$$\n\nwhere $n_i$ is the number of times $i$ occurs.") == "unknown"


@pytest.mark.parametrize(
    ("displays", "expected"),
    [
        ([JOINT], "definition"),
        ([JOINT, r"\log p(x_1, \dots, x_n | \theta) = \sum_{k=1}^n \log p(x_k | \theta)"], "definition proved"),
        ([JOINT, r"p(x_1, x_2, \dots, x_n | \theta) = \sum_{k=1}^n p(x_k | \theta)"], "definition unknown"),
        ([r"p(x_1, \dots, x_n | \theta) = \sum_{k=1}^n p(x_k | \theta)"], "unknown"),
        ([r"p(x_1, \dots, x_n) = \prod_k p(x_k)^2 p(x_1, \dots, x_n)"], "unparsed"),
        ([r"L(\theta | x_1, \dots, x_n) = p(x_1, \dots, x_n | \theta)", JOINT], "definition definition"),
        ([r"f(y_1, \dots, y_n | a) = 3 f(y_1, \dots, y_n | a) - 2 f(y_1, y_2, \dots, y_n | a)"], "proved"),
        ([r"f(y_1, \dots, y_n | a) = f(z_1, \dots, z_n | a)"], "unknown"),
        ([r"\frac{\partial}{\partial y_1} f(y_1, \dots, y_n | a) = 0"], "unknown"),
        ([r"\frac{\partial}{\partial y_k} f(y_1, \dots, y_n | a) = 0"], "unknown"),
        ([r"P(T) = y_T = \frac{\exp z_T}{\sum_k \exp z_k}", r"\sum_T y_T = 1"], "definition definition proved"),
        ([r"\alpha = \beta = \gamma"], "definition unknown"),
        ([r"P(\mathbf{Y} | X) = \prod_{i=1}^n P(y_i | x_i)", r"\log P(\mathbf{Y} | X) = \sum_i \log P(y_i | x_i)"],
         "definition proved"),
        ([r"P(\mathbf{Y} | X) = \prod_{i=1}^n P(y_i | x_i)", r"P(\mathbf{Y} | X) = \sum_i P(y_i | x_i)"],
         "definition unknown"),
        ([r"P(\mathbf{Y} | X) = \prod_{i=1}^n P(\mathbf{Y} | X)^{1/i}"], "unknown"),
        ([r"f(x; \theta) = \theta e^{-\theta x}, \quad 0 < x < \infty, \quad \theta \in (0, \infty)",
          r"\log f(x; \theta) = \log \theta - \theta x"], "definition proved"),
        ([r"g(x) = x, \quad x > 0", r"g(x) = -x, \quad x < 0"], "definition unparsed"),
        ([r"g(x) = 0, \quad x < 0", r"g(x) = 1, \quad x \geq 0", "g(x) = 0"], "definition unparsed unparsed"),
        ([r"p(x) = a e^{-a x}, \quad x \geq 0", "p(-1) = a e^a"], "definition unparsed"),
        ([r"p(x) = a e^{-a x}, \quad x \geq 0", r"p(-x) p(x) = a^2"], "definition unparsed"),
        ([r"p(x) = a e^{-a x}, \quad x \geq 0", r"\sum_i \log p(x_i) = \sum_i (\log a - a x_i)"], "definition proved"),
        ([r"p(x) = \frac{1}{b - a}, \quad a \leq x \leq b"], "definition"),
        ([r"\rho(u) = \frac{1}{2} u^2, \quad |u| \leq \delta", r"\rho(2 \delta) = 2 \delta^2"], "definition unparsed"),
        ([r"p(x_1, \dots, x_n \mid \theta) = \prod_i p(x_i \mid \theta)^2"], "unknown"),
        ([r"a = 5, \quad a > 7"], "definition refuted"),
        ([r"y_i^2 = y_i, \quad y_i = 0, 1"], "proved"),
        ([r"a = 1, \quad y =, 1", "a + 1 = 2"], "definition unparsed proved"),
        ([r"a = 1, \quad f(x) = 0, 1", "1 + 1 = 2"], "unparsed proved"),
        ([r"y_i^2 = y_i, \quad y_i \in \{0, 1\}"], "proved"),
        ([r"y^2 \leq 1, \quad y \in (0, 1]"], "proved"),
        ([r"y^2 < 1, \quad y \in (0, 1]"], "unknown"),
    ],
)  # fmt: skip
def test_a_list_with_dots(displays: list[str], expected: str) -> None:
    assert shown(*displays) == expected


ARGMAX = r"\hat\theta_{ML} = \arg\max_\theta \prod_{i=1}^m p_{model}(o_i; \theta)"


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (r"\arg\max_\theta \sum_{i=1}^m \log p_{model}(o_i; \theta)", "proved"),
        (r"\arg\min_\theta -\sum_{i=1}^m \log p_{model}(o_i; \theta)", "proved"),
        (r"\arg\max_\theta -\sum_{i=1}^m \log p_{model}(o_i; \theta)", "unknown refuted"),
        (r"\arg\max_\theta \sum_{i=1}^m p_{model}(o_i; \theta)", "unknown refuted"),
    ],
)
@pytest.mark.parametrize("bold", [False, True])
def test_the_maximum_of_a_log_likelihood(second: str, expected: str, bold: bool) -> None:
    displays = [ARGMAX, rf"\hat\theta_{{ML}} = {second}"]
    if bold:
        displays = [d.replace(r"\theta", r"{\boldsymbol\theta}").replace("o_i", r"\mathbf{o}^{(i)}") for d in displays]
    first, found = shown(*displays).split()
    assert first == "definition"
    assert found in expected.split()


@pytest.mark.parametrize("where", ["where", "donde", "onde", "où", "wobei", "где", "其中", "여기서"])
def test_where_in_other_languages(where: str) -> None:
    gradient = r"$$\frac{\partial L}{\partial z_i} = e^{z_i}$$"
    assert of(f"{gradient}\n\n{where} $L = \\sum_k e^{{z_k}}$.") == "proved"
    if where != "where":
        assert of(f"{gradient}\n\n{where} $L = \\sum_k e^{{z_k}}$ no siempre.") == "unknown"


def test_an_error_in_the_look_ahead_costs_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise IndexError("none")

    monkeypatch.setattr("symnll.check.session.infer", fail)
    assert shown("1 + 1 = 2", "1 + 1 = 3") == "proved refuted"
