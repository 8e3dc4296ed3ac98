"""Derivatives, gradients, evaluated bars and integrals: each is proved equal to its value, and not to another."""

import pytest

from tests.meaning.reading import refusal, verdict

NAMES = r"""
index i, j, k in 1..K
real z[K], w[K]
positive q[K]
onehot y[K]
real a, b, x
positive s
function f
let p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}
let L = -\sum_i y_i \log p_i
let \ell(a) = a^3 + b
let v = a^2
let g = v^2 + a
"""

MEANS = {
    "a fraction": (r"\frac{\partial a^2}{\partial a}", "2 a", "a"),
    "a fraction as an operator": (r"\frac{\partial}{\partial a} a^2 b", "2 a b", "2 a"),
    "an operator ends at a plus": (r"\frac{\partial}{\partial a} a^2 + a", "3 a", "2 a + 1"),
    "an operator with brackets": (r"\frac{\partial}{\partial a} \left( a^2 + a \right)", "2 a + 1", "3 a"),
    "d": (r"\frac{d a^2}{d a}", "2 a", "a"),
    "upright d": (r"\frac{\mathrm{d} a^2}{\mathrm{d} a}", "2 a", "a"),
    "d as an operator": (r"\frac{d}{da} a^2", "2 a", "a"),
    "a slash": (r"\partial a^2 / \partial a", "2 a", "a"),
    "∂ with a subscript": (r"\partial_a a^2", "2 a", "a"),
    "∂ by an entry": (r"\partial_{z_i} \left( z_i^2 \right)", "2 z_i", "z_i"),
    "an entry of a sum": (r"\frac{\partial}{\partial z_j} \sum_i z_i^2", "2 z_j", r"\sum_i 2 z_i"),
    "an entry that is bound elsewhere": (r"\frac{\partial}{\partial z_i} \sum_i z_i^2", "2 z_i", r"\sum_i 2 z_i"),
    "another entry": (r"\frac{\partial z_i}{\partial z_j}", r"\delta_{ij}", "1"),
    "second": (r"\frac{\partial^2 a^3}{\partial a^2}", "6 a", "3 a^2"),
    "by a square": (r"\frac{\partial a^4}{\partial a^2}", "2 a^2", "4 a^3"),
    "mixed": (r"\frac{\partial^2 a^2 b}{\partial a \partial b}", "2 a", "2 b"),
    "mixed entries": (r"\frac{\partial^2}{\partial z_i \partial z_j} \sum_k z_k^3", r"6 \delta_{ij} z_i", "6 z_i"),
    "a minus": (r"-\frac{\partial a^2}{\partial a}", "-2 a", "2 a"),
    "a minus above": (r"\frac{-\partial a^2}{\partial a}", "-2 a", "2 a"),
    "a prime of a function": (r"\frac{d}{dx} f(2x)", "2 f'(2x)", "f'(2x)"),
    "two primes": (r"\frac{d^2}{dx^2} f(x)", "f''(x)", "f'(x)"),
    "a prime of a definition": (r"\ell'(2)", "12", "8 + b"),
    "a prime of a definition at its letter": (r"\ell'(a)", "3 a^2", "6 a"),
    "through a definition": (r"\frac{\partial g}{\partial a}", "4 a^3 + 1", "1"),
    "down to a definition": (r"\frac{\partial g}{\partial v}", "2 a^2", "4 a^3"),
    "through a defined vector": (r"\frac{\partial L}{\partial z_j}", "p_j - y_j", r"-\frac{y_j}{p_j}"),
    "down to a defined vector": (r"\frac{\partial L}{\partial p_j}", r"-\frac{y_j}{p_j}", "p_j - y_j"),
    "the chain rule": (r"\sum_k \frac{\partial L}{\partial p_k} \frac{\partial p_k}{\partial z_j}", "p_j - y_j", "p_j"),
    "a gradient": (r"(\nabla_z L)_i", "p_i - y_i", "p_i"),
    "a gradient without brackets": (r"\nabla_z L", "p - y", "p"),
    "by an expression": (r"\frac{\partial \log \sigma(a)}{\partial \sigma(a)}", r"\frac{1}{\sigma(a)}", r"1 - \sigma(a)"),
    "a bar": (r"\left. \frac{\partial a^2}{\partial a} \right|_{a = 3}", "6", "2 a"),
    "a bar of a bracket": (r"\left. \left( a^2 + b \right) \right|_{a = b}", "b^2 + b", "a^2 + b"),
    "a derivative of a product": (r"\frac{\partial (a b)}{\partial a}", "b", "a"),
    "an integral": (r"\int x \, dx", r"\frac{x^2}{2} + 7", "x^2"),
    "an integral of dx/x": (r"\int \frac{dx}{s}", r"\frac{x}{s}", "x"),
    "a definite integral": (r"\int_0^1 x \, dx", r"\frac{1}{2}", "1"),
    "a definite integral with letters": (r"\int_0^s x \, dx", r"\frac{s^2}{2}", "s^2"),
    "a variable that is bound": (r"\int_0^x a \, da", r"\frac{x^2}{2}", r"\frac{a^2}{2}"),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANS)
def test_a_derivative_means_this(name: str) -> None:
    written, meant, _ = MEANS[name]
    assert verdict(written, meant, NAMES) == "proved"


@pytest.mark.parametrize("name", MEANS)
def test_and_not_that(name: str) -> None:
    written, _, other = MEANS[name]
    assert verdict(written, other, NAMES) not in ("proved", "proved-small")


REFUSED = {
    r"\frac{\partial u}{\partial t}": "how it depends",
    r"\frac{\partial a}{\partial y_i}": "whole numbers",
    r"\frac{\partial a}{\partial K}": "",
    r"\frac{\partial a}{\partial i}": "",
    r"\frac{\partial^2 a}{\partial a}": "order",
    r"\frac{\partial^{20} a}{\partial a^{20}}": "order",
    r"\partial a": "with respect to",
    r"\nabla a": "with respect to",
    r"\frac{\partial}{\partial a}": "Nothing follows",
    r"\int x": "dx",
    r"\int_0 x dx": "one bound",
    r"\int_0^\infty x dx": "∞",
    r"f^{(2)}(x)": "derivative",
    r"\left. a \right|_{z = 0}": "",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_understood_is_refused(text: str) -> None:
    message, place = refusal(text, NAMES)
    assert REFUSED[text] in message and place


def test_a_derivative_goes_through_what_the_argument_defines() -> None:
    declarations = "real c\nlet h = c^2\nlet m(c) = h + c"
    assert verdict("m'(c)", "2 c + 1", declarations) == "proved"
    assert verdict("m'(c)", "1", declarations) == "refuted"
    assert "bound where it is used" in refusal("m(2)", declarations)[0]
