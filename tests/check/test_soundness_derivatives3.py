"""Derivatives and integrals of what changes with their variable, derivatives at a point, and the true steps beside."""

import pytest

from tests.check.careful import compare, verdicts

XY = "real x, y\n"
Z = "index i, j in 1..K\nreal z[K], p[K]\n"

DOCUMENTS = {
    # hypotheses
    "a letter that is assumed to be a power": (
        XY + "assume y - x^2 = 0", [r"\frac{d}{dx}(x y) = y", r"\int y \, dx = x y", r"\int_0^1 y \, dx = y",
        r"\frac{d}{dx} x^2 = 2 x"], ["unknown", "unknown", "unknown", "proved"]),
    "probabilities that are assumed": (
        Z + r"assume p_i = e^{z_i} / \sum_j e^{z_j} for all i",
        [r"\frac{\partial}{\partial z_i} (z_i p_i) = p_i", r"\sum_i p_i = 1"], ["unknown", "proved"]),
    "a condition of the row": (
        XY, [r"\frac{d}{dx} (x y) = y \text{ with } y = x^2", r"\frac{d}{dx} (x y) = 3x^2 \text{ if } y = x^2",
             r"\int y \, dx = x y \text{ with } y = x^2", r"\frac{\partial}{\partial x} (x y) = y",
             r"\frac{d}{dx} (x y) = y \text{ if } y > 0", r"x y = x^3 \text{ if } y = x^2"],
        ["unknown", "unknown", "unknown", "proved", "proved", "proved"]),
    "a function of a tied letter": (
        XY + "assume y = x^2", ["f(x) = x y", "f'(x) = y", r"\frac{df}{dx} = y"], ["definition", "unknown", "unknown"]),
    "hypotheses that tie nothing to the variable": (
        Z + "positive q[K]\nreal a, b\nassume \\sum_i q_i = 1\nassume a = 2 b",
        [r"L = -\sum_i q_i z_i + a \sum_i z_i^2", r"\frac{\partial L}{\partial z_i} = -q_i + 2 a z_i",
         r"\frac{\partial L}{\partial a} = \sum_i z_i^2"], ["definition", "proved", "proved"]),
    "at a solution": (
        "index i in 1..n\npositive t[n]\npositive r\ncase r = \\frac{n}{\\sum_i t_i}",
        [r"\frac{d}{dr} (n \log r - r \sum_i t_i) = 0"], ["proved"]),
    # displays
    "what a letter is stands further down": (
        "", [r"A = \int_0^1 y \, dx", "A = y", "y = x^2"], ["definition", "unknown", "unknown|definition"]),
    "a line that says it the other way round": (
        "", [r"\tilde{x} = \frac{x - \mu}{\sigma}", r"\frac{d\tilde x}{dx} = \frac1\sigma",
             r"x = \sigma \tilde x + \mu"],
        ["definition", "proved", "proved"]),
    "implicit differentiation": (
        "", [r"\frac{d}{dx}(x^2 + y^2) = 2x", r"2x + 2 y \frac{dy}{dx} = 0"], ["unknown", "unknown"]),
    "a dot": ("", [r"m \dot v = F", r"\frac{d}{dt}(t v) = v"], ["definition", "unknown"]),
    "y = y(x)": ("", ["y = y(x)", r"\frac{d}{dx}(x y) = y"], ["unknown", "unknown"]),
    "a loss and a prediction of which nothing is said": (
        "", [r"J = L + \lambda w^2", r"\frac{\partial J}{\partial w} = 2 \lambda w",
             r"Q = \sum_n (y_n - \hat y_n)^2 + \lambda w^2", r"\frac{\partial Q}{\partial w} = 2 \lambda w",
             r"\frac{\partial Q}{\partial \lambda} = w^2"],
        ["definition", "unknown", "definition", "unknown", "unknown"]),
    "a constant that is declared": (
        r"real \hat{y}, w, y", [r"Q = (y - \hat y)^2 + w^2", r"\frac{\partial Q}{\partial w} = 2 w"],
        ["definition", "proved"]),
    "labels that hold the variable": (
        "", [r"S = \sum_i y_i \log p_{\theta, i} + \theta^2", r"\frac{\partial S}{\partial \theta} = 2 \theta",
             r"R = \log p^{(\theta)} + \theta^2", r"\frac{\partial R}{\partial \theta} = 2 \theta"],
        ["definition", "unknown"] * 2),
    "a label that is the variable": (
        "", [r"L(\theta) = \log p_\theta + \lambda \theta^2", r"\frac{\partial L}{\partial \theta} = 2 \lambda \theta"],
        ["definition", "unknown"]),
    "constants that are letters": (
        "", [r"L = (w x - y)^2 + \lambda w^2", r"\frac{\partial L}{\partial w} = 2 x (w x - y) + 2 \lambda w",
             r"w = \frac{x y}{x^2 + \lambda}", r"\frac{\partial^2 L}{\partial w^2} = 2 x^2 + 2 \lambda"],
        ["definition", "proved", "refuted|unknown", "proved"]),
    "a slope that is a letter": (
        "", ["z = w x + b", r"\frac{\partial z}{\partial w} = x", r"\frac{\partial z}{\partial x} = w"],
        ["definition", "proved", "proved"]),
    # at a point
    "a derivative at a point": (
        "", ["h(x) = x^2 + x", r"\frac{dh}{dx}(0) = 0", r"\frac{dh}{dx}(0) = 1", r"\frac{dh}{dx}(x) = 2x + 1",
             r"\frac{dh}{dx}(a) = 2a + 1", r"\frac{dh}{dx}(3) = 7", r"\frac{d^2h}{dx^2}(0) = 2", "h'(x)(0) = 0",
             r"\frac{d}{dx} h(0) = 0", r"\nabla_x h(0) = 0", r"\nabla_x h(2) = 5"],
        ["definition", "refuted", "proved", "proved", "proved", "proved", "proved", "unparsed", "unparsed", "refuted",
         "proved"]),
    "a gradient at a point": (
        "index i in 1..K\nreal w[K], v[K], a[K]\nlet L(w) = \\sum_i (w_i - a_i)^2",
        [r"\nabla_w L(v) = 0", r"\nabla_w L(v) = 2 (v - a)", r"\nabla_w L(w) = 2 (w - a)",
         r"\frac{\partial L}{\partial w}(v) = 2(v-a)", r"\frac{\partial L}{\partial w}(0) = -2a",
         r"\frac{\partial L}{\partial w_i}(v) = 2 (v_i - a_i)", r"\nabla L(v) = 2(v - a)"],
        ["refuted", "proved", "proved", "proved", "proved", "proved", "proved"]),
    "a derivative that is a factor": (
        "", [r"p = \frac{1}{1 + e^{-z}}", r"L = -\log p",
             r"\frac{\partial L}{\partial z} = \frac{\partial L}{\partial p} p(1-p)",
             r"\frac{\partial L}{\partial z} = \frac{\partial L}{\partial p} (1-p) p",
             r"\frac{\partial L}{\partial z} = \frac{\partial L}{\partial p}(z)"],
        ["definition", "definition", "proved", "proved", "unparsed"]),
    # a name before a bracket
    "a value of what is defined without its argument": (
        "", ["p = \\sigma(z)", "p(z) = \\sigma(z)", "p(-z) = 1 - p(z)", "p(-z) = -z p", "p(1) = p",
             "p(1 - p) = p - p^2"],
        ["definition", "proved", "unparsed", "unparsed", "unparsed", "proved"]),
    "a loss at other points": (
        "", ["L = w^2 + c", "L(w) = w^2 + c", "L(0) = 0",
             r"\frac{L(w+\epsilon) - L(w-\epsilon)}{2\epsilon} = L", "L = L(w)"],
        ["definition", "proved", "unparsed", "unparsed", "proved"]),
    "a line at zero": ("", ["y = w x + b", "y(0) = 0", "y(x + 1) = y x + y", "y (s + t) = y s + y t"],
                       ["definition", "unparsed", "unparsed", "proved"]),
    "entries at a point": (
        "index i, j in 1..K\nreal z[K]", [r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}", "p_i(0) = 0", "p_i(1) = p_i",
        "p_i (1 - p_i) = p_i - p_i^2"], ["definition", "unparsed", "unparsed", "proved"]),
    "arguments in another order": (
        "", [r"L = -y \log p - (1-y) \log(1-p)", "L(y, p) = L(p, y)", "L(y, p) = L"],
        ["definition", "unparsed", "proved"]),
    "a negative factor": (
        "", ["r = y - w x", "E = r^2", r"\frac{\partial E}{\partial w} = \frac{\partial E}{\partial r} (-x)",
             r"\frac{\partial E}{\partial w} = 2 r (-x)", "r (-x) = -x r"],
        ["definition", "definition", "proved", "proved", "unparsed"]),
    "a constant called L": (
        "", [r"g = \frac{L}{2} x^2", r"\frac{dg}{dx} = L x", "J = g + L", r"\frac{dJ}{dx} = L x"],
        ["definition", "proved", "definition", "unknown"]),
    # transposes
    "a transpose is no new name": (
        "", ["y = W x", r"\frac{\partial y}{\partial x} = W^\top", r"\frac{\partial y}{\partial x} = W"],
        ["definition", "unparsed", "proved"]),
    "a prime is no new name": ("", ["y = a x", r"\frac{dy}{dx} = a'"], ["definition", "unknown"]),
    "a prime that is a transpose": ("", ["L = x'x", r"\frac{\partial L}{\partial x} = x'"], ["definition", "unparsed"]),
    "a prime that is another point": (
        "", ["k = (x - x')^2", r"\frac{\partial k}{\partial x} = 2 (x - x')"], ["definition", "proved"]),
    # total and partial
    "an argument that is defined": (
        "", ["f(x, y) = x y", "y = x^2", r"\frac{\partial f}{\partial x} = y", r"\frac{df}{dx} = 3 x^2"],
        ["definition", "definition", "proved", "proved"]),
    "a total derivative": (
        "", ["u = x^2", "L = u x",
             r"\frac{dL}{dx} = \frac{\partial L}{\partial x} + \frac{\partial L}{\partial u}\frac{du}{dx}",
             r"\frac{dL}{dx} = \frac{\partial L}{\partial u}\frac{du}{dx}"],
        ["definition", "definition", "proved", "refuted"]),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_careful_reader_agrees(name: str) -> None:
    compare(*DOCUMENTS[name])


LAYER = r"$$ \hat x_i = (x_i - \mu)/\sigma $$ $$ \frac{\partial \hat x_i}{\partial x_j} = \delta_{ij}/\sigma $$"
RIDGE = r"$$ J = \sum_n (y_n - \hat y_n)^2 + \lambda w^2 $$ $$ \frac{\partial J}{\partial w} = 2 \lambda w $$"
HIDDEN = r"$$ z = w h + b $$ $$ \frac{\partial z}{\partial w} = h $$"
PRODUCT = r"$$ \frac{d}{dx}(x y) = y $$"

PAGES = {
    "a prediction": (r"The prediction is $\hat y_n = w x_n$.", RIDGE, "unknown"),
    "a hidden unit": (r"The hidden unit is $h = \sigma(w x)$.", HIDDEN, "unknown"),
    "softmax": (r"Recall that $p_i = \operatorname{softmax}(z)_i$.",
                r"$$ \frac{\partial}{\partial z_i} z_i p_i = p_i $$",
                "unknown"),
    "probabilities": (r"The probabilities are $p_k = e^{z_k} / \sum_j e^{z_j}$.",
                      r"$$ L = -\sum_k z_k p_k $$ $$ \frac{\partial L}{\partial z_k} = -p_k $$", "unknown"),
    "a mean and a variance": (
        r"Compute $\mu = \frac1n \sum_i x_i$, $\sigma^2 = \frac1n \sum_i (x_i - \mu)^2$, then", LAYER, "unknown"),
    "a mean in words": (
        r"Let $\mu$ and $\sigma$ be the mean and the standard deviation of the $x_i$.", LAYER, "unknown"),
    "a mean by its bar": (r"Let $\bar x$ be the mean.",
                          r"$$ e_i = x_i - \bar x $$ $$ \frac{\partial e_i}{\partial x_j} = \delta_{ij} $$", "unknown"),
    "a temperature": ("The temperature is $T = 2x$.", r"$$ f = x/T $$ $$ \frac{df}{dx} = 1/T $$", "unknown"),
    "a function of x": ("Let $y$ be a function of $x$.", PRODUCT, "unknown"),
    "a function of two letters": ("Let $y$ be a function of $u$ and $x$.", PRODUCT, "unknown"),
    "a function of others": ("Let $y$ be a function of $u$ and $v$, while $x$ is a number.", PRODUCT, "proved"),
    "y(x)": ("Let $y = y(x)$.", PRODUCT, "unknown"),
    "a curve": ("The curve is $y = x^2$.", r"$$ \int_0^1 y \, dx = y $$", "unknown"),
    "a chain of letters": ("The input is $y = 2u$, and $u = x + 1$.", PRODUCT, "unknown"),
    "a letter that is declared too": ("<!-- symnll\nreal x, y\n-->\nThe curve is $y = x^2$.", PRODUCT, "unknown"),
    "a value of another letter": (r"The step size is $\eta = 0.1$, and $c = a + b$.", PRODUCT, "proved"),
    "two letters that meet": ("The gradient vanishes when $y = x$.", PRODUCT, "proved"),
    "a slope in a sentence": (r"As $\frac{\partial z}{\partial w} = h$,", HIDDEN, "proved"),
    "a solution": (r"Setting this to zero gives $w = \frac{x y}{x^2}$.",
                   r"$$ L = (w x - y)^2 $$ $$ \frac{\partial L}{\partial w} = 2 x (w x - y) $$", "proved"),
    "data with noise": (r"We assume that $y_n = w x_n + \epsilon_n$.", r"""$$ L = \sum_n (y_n - w x_n)^2 $$ $$
                        \frac{\partial L}{\partial w} = -2 \sum_n x_n (y_n - w x_n) $$""", "proved"),
    "a sample with noise": (r"We sample $z = \mu + \sigma \epsilon$.", r"""$$ f = z^2 + \mu $$ $$
                            \frac{\partial f}{\partial \mu} = 1 $$""", "unknown"),
    "a residual without its index": ("The residual is $r = y_n - t_n$.", r"$$ \sum_{n=1}^N r = N r $$", "unknown"),
    "a mean is the same for all": (
        r"The mean is $m = \frac1N \sum_n y_n$.", r"$$ \sum_{n=1}^N (y_n + m) = \sum_{n=1}^N y_n + N m $$", "proved"),
    "a value at a point": ("The curve is $y = x^2$.", r"$$ \left. x y \right|_{x = 2} = 2 y $$", "unknown"),
    "the mean of a density": (
        r"where $\mu$ is the mean of $x$.",
        r"$$ \ell = -\frac{(x - \mu)^2}{2} $$ $$ \frac{\partial \ell}{\partial x} = \mu - x $$",
        "proved"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_what_a_sentence_says_of_a_letter_is_heard(name: str) -> None:
    sentence, displays, expected = PAGES[name]
    displays = displays.replace(" $$ $$ ", " $$\n\n$$ ")
    assert verdicts(f"{sentence}\n\n{displays}\n")[-1] == expected


def test_a_sentence_below_is_heard_too() -> None:
    displays = HIDDEN.replace(" $$ $$ ", " $$\n\n$$ ")
    assert verdicts(f"{displays}\n\nThe hidden unit is $h = \\sigma(w x)$.\n")[-1] == "unknown"
