"""Calls, operators, integrals and ∝ that a checker might be taken in by, and the true steps beside them."""

import pytest

import symnll
from tests.check.careful import compare

P = "index k in 1..K\nsimplex p[K], q[K]\n"
IJ = "index i, j in 1..K\nreal z[K], w[K]\n"
XY = "real x, y\n"

DOCUMENTS = {
    # what stands between arguments is part of the name
    "conditional is not joint": ("", [r"p(x \mid y) = p(x, y)", r"p(x \mid y) = p(x \mid y)"], ["unknown", "proved"]),
    "three functions of one letter": (
        "", [r"H(X \mid Y) = H(X, Y)", "H(X; Y) = H(X, Y)", r"I(X; Y \mid Z) = I(X; Y, Z)", r"P(A \mid B) = P(A, B)",
             r"\log q(z | x) = \log q(z, x)", "p(x, y | z) = p(x | y, z)", r"\Pr(A | B) = \Pr(A; B)"],
        ["unknown"] * 7),
    "the same function twice": (
        "", [r"\log \frac{q(z|x)}{q(x|z)} = \log q(z | x) - \log q(x|z)", r"p(x | y) = \frac{p(y | x) p(x)}{p(y)}"],
        ["proved", "unknown"]),
    "a declared function written in two ways": (
        XY + "positive function p(x, y)", [r"p(x \mid y) p(y \mid x) = p(y \mid x) p(x \mid y)", "p(x; y) = p(x | y)",
        "p(x | y) = p(x, y)", "p(x, y) = p(x, y)"], ["proved", "proved", "unparsed", "unparsed"]),
    "a matrix written in two ways": (
        "index x, y in 1..K\npositive p[K,K]", ["p(x, y) = p_{x,y}", "p(x | y) = p_{x,y}"], ["proved", "unparsed"]),
    "entropies that are defined": (
        "index x, y in 1..K\npositive p[K,K]\nlet H(X,Y) = -\\sum_x \\sum_y p(x,y) \\log p(x,y)",
        ["H(X|Y) = H(X,Y)", "H(X;Y) = H(X,Y)"], ["unparsed"] * 2),
    # events
    "the probability of an event": (
        "binary y\nreal x\nfunction p", [r"p(y = 1 \mid x) = p(y \mid x)", r"p(y = 1 \mid x) = p(y = 0 \mid x)",
        r"2 p(y = 1 \mid x) = p(y = 1 \mid x) + p(y = 1 | x)"], ["unknown", "unknown", "proved"]),
    "the probability of an event, undeclared": (
        "", [r"p(y=1 \mid x) = p(y = 1, x)", "P(X = 1) = P(X = 0)", "p(y=1) = p(1)", "P(X > 1) = P(X = 1)",
             "P[X = 1] = P[X = 1]"], ["unknown"] * 4 + ["proved"]),
    "an event is no factor": (P + "real a", ["p(k = 1) = p_1", "a (k = 1) = a [k = 1]"], ["unparsed"] * 2),
    "an event by what is defined": (
        "index k, y in 1..K\nsimplex h[K]\nreal x\nlet p(y | x) = h_y", ["p(y = 1|x) = h_1", r"\sum_k p(y=k|x) = 1",
        "p(y = 1|x) = p(y | x)", r"p(y \neq 1 | x) = h_1", "p(x = 1 | x) = h_1"],
        ["proved", "proved", "refuted|conditional", "unparsed", "unparsed"]),
    # H and KL
    "entropies by their separators": (
        P, ["H(p | q) = H(p, q)", "H(p; q) = H(p, q)", r"H(p \| q) = H(p, q)", r"KL(p; q) = KL(p \| q)",
        r"H(p, q) - H(p) = KL(p \| q)", "KL(p, q) = KL(p || q)"], ["unparsed"] * 4 + ["proved"] * 2),
    # evaluation
    "a group that is evaluated under a derivative": (
        XY, [r"\frac{d}{dx} \left. (x y) \right|_{y = x} = x", r"\frac{d}{dx} \left. (x y) \right|_{y = x} = 2x",
        r"\frac{d}{dx} y \left. x y \right|_{y = x} = 2 x y", r"\partial_x \left. x y \right|_{y = x} = 2x"],
        ["refuted", "proved", "proved", "proved"]),
    "a derivative that is evaluated": (
        XY, [r"\left. \frac{d}{dx} (x y) \right|_{y = x} = x", r"\frac{d}{dx} (x y) |_{y = x} = x",
        r"\frac{d}{dx} \left. x^2 \right|_{x = 3} = 6", r"\frac{d}{dx} {x^2} |_{x = 3} = 6"], ["proved"] * 4),
    # integrals
    "the variable of an integral is bound": (
        "real a\nassume a = 2", [r"\int a \, da = 2 a", r"\int a \, da = \frac{a^2}{2}", r"\int_0^1 a \, da = \frac12"],
        ["refuted", "proved", "proved"]),
    "a condition on the variable of an integral": (
        "real x", [r"\int x dx = x, \quad \text{for } x = 1", r"\int |x| dx = \frac{x^2}{2}, \quad \text{for } x > 0",
        r"\int |x| dx = \frac{x^2}{2}, \quad \text{if } x \geq 0",
        r"\int x dx = x, \quad \text{if } x \geq 1, \; x \leq 1"],
        ["refuted", "proved", "proved", "refuted|unknown"]),
    "a difference of integrals": (
        "real x", [r"\int 2x dx - \int 2x dx = 1", r"\int 2x dx - \int x dx = \frac{x^2}{2}",
        r"\int x e^x dx = x e^x - \int e^x dx"], ["unknown", "proved", "proved"]),
    # what is defined for one value only
    "a binary number that must be 1": (
        "binary b", [r"\frac{1}{b} = 1", r"\log b = 0", r"\frac{1}{1-b} = 1", r"\frac{b}{b} = 1", "b^2 = b"],
        ["conditional"] * 4 + ["proved"]),
    "δ and one-hot entries that must be 1": (
        "index i, j in 1..K\nonehot y[K]", [r"\log \delta_{ij} = 0", r"\frac{y_i}{y_i} = 1",
        r"\delta_{ij}^2 = \delta_{ij}"],
        ["conditional", "conditional", "proved"]),
    "denominators that leave values": (
        "binary y\nprobability p\nreal x\nnatural n\nindex i in 1..K",
        [r"\frac{p y}{p} = y", r"\frac{n x}{n} = x", r"\frac{K-1}{K-1} = 1",
         r"\log (p^y (1-p)^{1-y}) = y \log p + (1-y) \log (1-p)"], ["proved"] * 4),
    # ∝ and constants
    "a density, and its scale as a letter": (
        "real x\npositive s", [r"\frac{1}{s} e^{-x^2/s} \propto e^{-x^2/s}", r"\frac{x}{s} e^{-x/s} \propto s x e^{x}",
        r"p(x) = \frac{1}{s} e^{-x^2/s}", r"p(x) \propto e^{-x^2/s}", r"\log p(x) = -\frac{x^2}{s} + \text{const}",
        r"p(x) \propto e^{-2 x^2/s}"], ["unknown", "refuted", "definition", "proved", "proved", "refuted"]),
    "a constant that another letter is in": (
        XY, [r"(x - y)^2 = x^2 - 2xy + \text{const}", r"(x - y)^2 = x^2 + \text{const}"], ["unknown", "refuted"]),
    # scopes
    "a second product over a letter": (
        IJ, [r"\prod_i z_i w_i = \prod_i z_i \prod_i w_i", r"\sum_i z_i \sum_i w_i = \sum_i \sum_j z_i w_j",
        r"\sum_i z_i \sum_i w_i = \sum_i z_i w_i", r"\sum_i z_i / \sum_i w_i = \frac{\sum_i z_i}{\sum_i w_i}",
        r"\sum_i z_i \log \sum_i e^{w_i} = (\sum_j z_j) \log \sum_i e^{w_i}"],
        ["proved", "proved", "refuted|conditional", "proved", "proved"]),
    "logarithms of powers": (
        "probability p\nbinary y\npositive a, b\nnatural n", [r"\log (1-p)^{1-y} = (1-y) \log (1-p)",
        r"\ln [a b]^{-1/n} = -\frac{1}{n} \ln (a b)", r"\log (a)^n = n \log a", r"\log (a)^2 = (\log a)^2",
        r"\log (a)^2 = 2 \log a", r"\log (p)^y (1-p)^{1-y} = y \log p + (1-y) \log (1-p)"],
        ["proved", "proved", "proved", "proved", "refuted", "proved"]),
    "a sum with its index in exponents": (
        "index i in 1..m\nbinary y[m]\nprobability s",
        [r"\sum_i \log s^{y_i} + \log (1-s)^{1-y_i} = \sum_i y_i \log s + (1-y_i) \log (1-s)"], ["proved"]),
    # names
    "a number before a bracket that holds it": (
        "real x", [r"s(x) = \frac{1}{1 + e^{-x}}", "s(1-s) = s - s^2", "s'(x) = s(1-s)", "s(1 - s(x)) = s(x)"],
        ["definition", "proved", "proved", "refuted"]),
    "σ before a bracket that holds it": ("", [r"\sigma(1-\sigma) = \sigma - \sigma^2"], ["proved"]),
    "entries that are defined one by one": (
        "index c in 1..2\nbinary y\nlet y_1 = y\nlet y_2 = 1 - y", ["y_1 + y_2 = 1", r"\sum_c y_c = 1"],
        ["proved", "unparsed"]),
    "a derivative by a name, of a derivative that it hides": (
        "real z, a\nlet p = \\frac{1}{1 + e^{-z}}\nlet F = -a \\log p",
        [r"\frac{\partial}{\partial p} \left( \frac{\partial F}{\partial z} \right) = 0",
         r"\frac{\partial}{\partial p} \frac{\partial F}{\partial a} = -\frac{1}{p}"], ["unparsed", "proved"]),
    "an expectation over a conditional distribution": (
        "index y, y' in 1..K\nreal w[K], f[K]\nlet p(y | w) = \\frac{e^{w_y}}{\\sum_{y'} e^{w_{y'}}}",
        [r"\mathbb{E}_{y' \sim p(y|w)}[f_{y'}] = \frac{\sum_y f_y e^{w_y}}{\sum_y e^{w_y}}",
         r"\mathbb{E}_{y \sim p(y|w)}[f_y] = \sum_y f_y"], ["proved", "refuted|conditional"]),
    "a distribution at other arguments": (
        IJ + "let s(w)_i = \\frac{e^{w_i}}{\\sum_j e^{w_j}}",
        [r"\mathbb{E}_{i \sim s(z)}[i] = \sum_i s(w)_i i", r"\mathbb{E}_{i \sim s(z)}[i] = \sum_i s(z)_i i",
         "H(s(z)) = H(s(w))"], ["refuted|conditional", "proved", "refuted|conditional"]),
    "a count": (
        "", [r"p(k) = \frac{\lambda^k e^{-\lambda}}{k!}", r"\log p(k) = k \log \lambda - \lambda - \log k!",
        r"p(k+1) = \frac{\lambda}{k+1} p(k)", r"p(k+1) = \frac{\lambda}{k} p(k)"],
        ["definition", "proved", "proved", "refuted|conditional"]),
    "an axis from 0": (
        "index x, y in 0..1\npositive p[2,2]", [r"\sum_x \sum_y p(x, y) = p(0,0) + p(0,1) + p(1,0) + p(1,1)",
        r"\sum_{x \in \{1, 0\}} p(x, y) = p(0, y) + p(1, y)"], ["proved", "proved"]),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_careful_reader_agrees(name: str) -> None:
    compare(*DOCUMENTS[name])


def test_a_chain_through_an_integral_says_what_it_shows() -> None:
    steps = symnll.check(r"$$ 0 = \int 0 dx = 1 $$", cache=False).files[0].displays[0].steps
    assert all("up to a constant in x" in (s.reason or "") for s in steps)


def test_the_report_says_what_varies() -> None:
    text = "<!-- symnll\nreal x, y\n-->\n\n$$ x \\propto x y $$\n\n$$ x^2 + y = x^2 + \\text{const} $$\n"
    steps = [d.steps[0] for d in symnll.check(text, cache=False).files[0].displays]
    assert all("what varies: x" in s.inferred for s in steps)


def test_the_other_reading_of_a_logarithm_is_told() -> None:
    text = "<!-- symnll\npositive a\n-->\n\n$$ \\log (a)^2 = 2 \\log a $$\n"
    step = symnll.check(text, cache=False).files[0].displays[0].steps[0]
    assert any(x.code == "two-readings" and "proved" in x.message for x in step.lints)
