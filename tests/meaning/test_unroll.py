"""Sums, products and lists written out with dots: only what goes up by one is read, all else is refused."""

import pytest

from tests.meaning.reading import refusal, verdict

NAMES = "index i, k in 1..n\nreal x[n], y[n]\nreal a"

MEANS = {
    r"x_1 + x_2 + \dots + x_n": (r"\sum_i x_i", "x_1 + x_2 + x_n"),
    r"x_1 + \cdots + x_n": (r"\sum_i x_i", "x_1 + x_n"),
    r"x_1 + x_2 + x_3 + \dots + x_n": (r"\sum_i x_i", "x_1"),
    r"a + x_1 + x_2 + \dots + x_n": (r"a + \left(\sum_i x_i\right)", r"\sum_i x_i"),
    r"x_1 + \dots + x_n + a": (r"a + \left(\sum_i x_i\right)", r"\sum_i x_i"),
    r"x_1 y_1 + x_2 y_2 + \dots + x_n y_n": (r"\sum_i x_i y_i", r"\left(\sum_i x_i\right) \left(\sum_i y_i\right)"),
    r"x_1^2 + \dots + x_n^2": (r"\sum_i x_i^2", r"\left(\sum_i x_i\right)^2"),
    r"-x_1 - x_2 - \dots - x_n": (r"-\left(\sum_i x_i\right)", r"\sum_i x_i"),
    r"1 \cdot x_1 + 2 \cdot x_2 + \dots + n \cdot x_n": (r"\sum_i i x_i", r"\sum_i x_i"),
    r"x_2 + x_3 + \dots + x_n": (r"\left(\sum_i x_i\right) - x_1", r"\sum_i x_i"),
    r"x_1 + \dots + x_{n-1}": (r"\left(\sum_i x_i\right) - x_n", r"\sum_i x_i"),
    r"e^{x_1} + \dots + e^{x_n}": (r"\sum_i e^{x_i}", r"e^{\sum_i x_i}"),
    r"x_1 x_2 \cdots x_n": (r"\prod_i x_i", r"\sum_i x_i"),
    r"e^{x_1} e^{x_2} \cdots e^{x_n}": (r"e^{\sum_i x_i}", r"e^{x_1}"),
    r"\max(x_1, x_2, \dots, x_n)": (r"\max_i x_i", "x_1"),
    r"\max(x_1, \dots, x_n)": (r"\max_i x_i", "x_n"),
}  # fmt: skip


@pytest.mark.parametrize("text", MEANS)
def test_dots_stand_for_what_lies_between(text: str) -> None:
    meant, other = MEANS[text]
    assert verdict(text, meant, NAMES) == "proved"
    assert verdict(text, other, NAMES) not in ("proved", "proved-small")


@pytest.mark.parametrize(
    "text",
    [
        r"x_1 + x_3 + \dots + x_n",
        r"1 + 3 + \dots + n",
        r"1 + 2 + 4 + \dots + 2^n",
        r"2 + 4 + \dots + 2n",
        r"1 + 4 + 9 + \dots + n^2",
        r"x_n + x_{n-1} + \dots + x_1",
        r"x_n + \dots + x_1",
        r"n + (n-1) + \dots + 1",
        r"x_1 - x_2 + \dots + x_n",
        r"x_1 + y_2 + \dots + x_n",
        r"x_1 + \dots",
        r"\dots + x_n",
        r"x_1 + \dots + \dots + x_n",
        r"x_1 x_3 \cdots x_n",
        r"x_1 + \dots + y_n",
    ],
)
def test_what_is_not_clear_is_refused(text: str) -> None:
    message, _ = refusal(text, NAMES)
    assert "dots" in message
