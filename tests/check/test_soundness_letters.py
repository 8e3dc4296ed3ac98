"""What undeclared letters are taken to be: an index or a label below a name, a vector, a size, a factor or a function.

Each row is a document and, for each of its steps, the verdict; several where more than one is right.
"""

import pytest

from tests.check.careful import compare, verdicts

NOT_TRUE = "refuted|conditional|unknown|unparsed"
MEAN = r"\mu_x = \frac{1}{n} \sum_{i=1}^n x_i"

LABELS = {
    "a mean for each sample": ([MEAN, r"\mu_y = \frac{1}{n} \sum_{i=1}^n y_i",
        r"\sum_{i=1}^n (x_i - \mu_x)(y_i - \mu_y) = \sum_{i=1}^n x_i y_i - n \mu_x \mu_y", r"\mu_x = \mu_y"],
        ["definition", "definition", "proved", NOT_TRUE]),
    "a mean is of one sample": ([MEAN, r"\mu_y = \mu_x", r"\mu_y = 17"], ["definition", "definition", NOT_TRUE]),
    "a mean copied from another": ([MEAN, r"\mu_y = \frac{1}{n} \sum_{i=1}^n x_i"], ["definition", "definition"]),
    "a mean of itself": ([r"\mu_x = \mu_x + 1", "x = 3"], [NOT_TRUE, "definition"]),
    "an entropy for each distribution": (
        [r"H_p = -\sum_i p_i \log p_i", r"H_q = -\sum_i q_i \log q_i", "H_p - H_q = 0"],
        ["definition", "definition", NOT_TRUE]),
    "a variance for each sample": (
        [MEAN, r"s_x^2 = \frac{1}{n} \sum_{i=1}^n (x_i - \mu_x)^2", r"s_y^2 = \frac{1}{n} \sum_{i=1}^n y_i^2",
         r"s_x^2 - s_y^2 = 0", r"n s_x^2 = \sum_{i=1}^n x_i^2 - n \mu_x^2"],
        ["definition", "definition", "definition", NOT_TRUE, "proved"]),
    "covariances": (
        [r"s_{xy} = \sum_i x_i y_i", r"s_{yy} = \sum_i y_i^2", "s_{xy} = s_{yy}", r"s_{xy} = \sum_i y_i x_i"],
        ["definition", "definition", NOT_TRUE, "proved"]),
    "constants with labels": (["W_q = a", "W_k = b", "W_q + W_k = 2 a", "W_q + W_k = a + b"],
        ["definition", "definition", NOT_TRUE, "proved"]),
    "constants with labels beside a sum": (
        ["W_q = a", "W_k = b", r"\sum_k x_k = \sum_j x_j", "W_q + W_k = 2 a"],
        ["definition", "definition", "proved", NOT_TRUE]),
    "two losses": ([r"L_d = \log D", r"L_g = \log (1 - D)", "L = L_d + L_g", r"L = \log D + \log (1 - D)"],
        ["definition", "definition", "definition", "proved"]),
    "a label that a sum binds elsewhere": ([r"\mu_x = \sum_x x", r"\mu_y = \sum_y y + 1", r"\mu_x = \mu_y"],
        ["definition", "definition", NOT_TRUE]),
    "a derivative with a subscript": (["f = x^2 y", "f_x = 3 x y", "f_y = x^2", "|x| = x"],
        ["definition", NOT_TRUE, "unparsed", NOT_TRUE]),
    "weights of an activation": ([r"h = \tanh(w_x x + w_h)", "x > 0"], ["definition", NOT_TRUE]),
    # no whole number by a label
    "a root": ([r"\mu_x = a + b", r"\sqrt{x^2} = x", r"x^2 \geq x"], ["definition", NOT_TRUE, NOT_TRUE]),
    "a component": (["F_x = -c x", r"\sqrt{x^2} = x"], ["definition", NOT_TRUE]),
    "a time": (["x_t = a t", r"t \geq 1", "x_0 = 5"], ["definition", NOT_TRUE, NOT_TRUE]),
    "a class and a target": (
        [r"L = -\log p_y", r"M = -y \log p_1 - (1 - y) \log p_2", r"y \geq 1", r"\sum_k p_k = \sum_j p_j"],
        ["definition", "definition", NOT_TRUE, "proved"]),
    # but these are indices
    "a class": (
        [r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}", r"L = -\log p_y", r"L = \log \sum_j e^{z_j} - z_y",
         r"\frac{\partial L}{\partial z_k} = p_k - \delta_{ky}"], ["definition", "definition", "proved", "proved"]),
    "a class and its one-hot vector": (
        [r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}", r"L = -\sum_k y_k \log p_k", r"M = -\log p_y",
         r"M = -z_y + \log \sum_j e^{z_j}"],
        ["definition", "definition", "definition", "proved"]),
    "the same for all": ([r"p_i = \frac{1}{K}", r"H = -\sum_{i=1}^K p_i \log p_i", r"H = \log K"],
        ["definition", "definition", "proved"]),
    "a sequence": ([r"\lambda_n = n^2", r"\lambda_2 = 5", r"\lambda_{n+1} - \lambda_n = 2 n + 1"],
        ["definition", "refuted", "proved"]),
}  # fmt: skip

SIZES = {
    "a product up to t": ([r"\bar\alpha_t = \prod_{s=1}^t \alpha_s", r"\bar\alpha_t = \alpha_t \bar\alpha_{t-1}"],
        ["definition", "proved"]),
    "a sum up to n": ([r"S_n = \sum_{i=1}^n x_i", "S_n = S_{n-1} + x_n", "S_{n+1} - S_n = x_n",
        r"S_{n+1} - S_n = x_{n+1}"],
        ["definition", "proved", "refuted|conditional", "proved"]),
    "a mean up to n": ([r"\mu_n = \frac1n \sum_{i=1}^n x_i", r"\mu_n = \mu_{n-1} + \frac{1}{n} (x_n - \mu_{n-1})",
        r"n \mu_n = \sum_{i=1}^n x_i"], ["definition", "proved", "proved"]),
    "a size": ([r"L = \prod_{i=1}^n x_i", r"L = x_1 x_2 \cdots x_n", r"\sum_{i=1}^n (x_i + 1) = n + \sum_{i=1}^n x_i"],
        ["definition", "proved", "proved"]),
}  # fmt: skip

SETS = {
    "two sets": ([r"\sum_{i \in A} x_i = \sum_{j \in B} x_j"], ["unparsed"]),
    "two sets of one letter": ([r"\sum_{i \in A} x_i = \sum_{i \in B} x_i"], ["unparsed"]),
    "a set and all": ([r"\sum_{i \in S} x_i = \sum_j x_j"], ["unparsed"]),
    "a maximum over a set": ([r"\max_{i \in A} x_i = \max_j x_j"], ["unparsed"]),
    "a mini-batch": (
        [r"L = \sum_{n=1}^N \ell_n", r"\hat{L} = \sum_{m \in \mathcal{B}} \ell_m", r"\hat{L} = L"],
        ["definition", "definition", "unparsed"]),
    "one set": ([r"\sum_{i \in A} x_i = \sum_{j \in A} x_j"], ["proved"]),
    "a vocabulary": (
        [r"Z = \sum_{j \in V} e^{z_j}", r"p_i = \frac{e^{z_i}}{Z}", r"\sum_{i \in V} p_i = 1"],
        ["definition", "definition", "proved"]),
}  # fmt: skip

ARGUMENTS = {
    "a function of a vector": ([r"f(x) = \sum_i x_i^2", "f(y) = f(x)", r"f(y) = \sum_i y_i^2", "f(2x) = 4 f(x)",
        r"f(x + y) = f(x) + f(y) + 2 \sum_i x_i y_i", "f(x + y) = f(x) + f(y)"],
        ["definition", NOT_TRUE, "proved", "proved", "proved", "refuted|conditional"]),
    "a distance": ([r"d(x, y) = \sum_i (x_i - y_i)^2", "d(x, z) = d(x, y) + d(y, z)", "d(x, z) = d(z, x)"],
        ["definition", "refuted|conditional", "proved"]),
    "entries of a function": (
        [r"s(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}", "s(w)_i = s(z)_i", r"\log s(w)_i = w_i - \log \sum_j e^{w_j}"],
        ["definition", NOT_TRUE, "proved"]),
    "a log-partition function": ([r"A(\eta) = \log \sum_k e^{\eta_k}", r"A(\theta) = A(\eta)"],
        ["definition", NOT_TRUE]),
    "a function of two entries": (["R(a) = a_1^2 + a_2^2", "R(a) = a_2^2 + a_1^2", "R(b) = R(a)"],
        ["definition", "proved", NOT_TRUE]),
    "a number for a vector": ([r"f(x) = \sum_i x_i^2", "f(2) = f(x)", "f(x_1) = f(x)", "f'(2) = 0"],
        ["definition", "unparsed", "unparsed", "unparsed"]),
}  # fmt: skip

FUNCTIONS = {
    "a function of a multiple": ([r"\phi(-2x) = -\phi(2x)"], ["unparsed|unknown"]),
    "a function of shifts": (["u(t + 1) - u(t - 1) = 2 u(1)"], ["unparsed|unknown"]),
    "a function of numbers": (["y(2) - y(1) = y(1)", r"\zeta(2) = 2 \zeta(1)", "v(0) + v(1) = v(1)"],
        ["unparsed|unknown"] * 3),
    "a function of products": ([r"\phi(a b) = a \phi(b)"], ["unparsed|unknown"]),
    "factors": (["p(1 - p) = p - p^2", "a(b + c) = a b + a c", r"\lambda (a - b) = -\lambda (b - a)",
        "x(y + 1) - x(y - 1) = 2 x", "p(1 - q) = p - p q"], ["proved"] * 5),
    "a step of gradient descent": (
        [r"v = w - \eta (p - y)", r"u = w - \eta (q - y)", r"u - v = \eta (p - q)"],
        ["definition", "definition", "proved"]),
}  # fmt: skip

FIRST = {
    "a formula for what is not known": ([r"\log p_i = z_i - \log \sum_j e^{z_j}"], ["unknown"]),
    "a sum of what is not known": ([r"\sum_i p_i = 1"], ["unknown"]),
    "a derivative with a new name": ([r"\ell_i = -\log \frac{e^{s_{ii}}}{\sum_j e^{s_{ij}}}",
        r"\frac{\partial \ell_i}{\partial s_{ij}} = p_{ij} - \delta_{ij}"], ["definition", "unknown"]),
    "a quantity that was spoken of": ([r"L = -\sum_i y_i \log p_i", r"\sum_i y_i = 1"],
        ["definition", "conditional|refuted"]),
    "a quantity on both sides": ([r"\sum_i x_i = \sum_i x_i^2"], ["refuted|conditional"]),
}  # fmt: skip

GROUPS = {**LABELS, **SIZES, **SETS, **ARGUMENTS, **FUNCTIONS, **FIRST}


@pytest.mark.parametrize("name", GROUPS)
def test_what_letters_are_taken_to_be(name: str) -> None:
    compare("", *GROUPS[name])


DECLARED = {
    "vectors with means": ("real x[n], y[n]", [r"\mu_x = \frac{1}{n} \sum_i x_i", r"\mu_y = \frac{1}{n} \sum_i y_i",
        r"\mu_x = \mu_y"], ["definition", "definition", NOT_TRUE]),
    "a number for a declared vector": (
        "index i in 1..K\nreal x[K]\nreal t\nlet f(x) = \\sum_i x_i^2",
        ["f(t) = f(x)", "f(i) = f(x)", "f(-x) = f(x)"], ["unparsed", "unparsed", "proved"]),
    "sets of a declared index": ("index i, j in 1..K\nreal x[K]",
        [r"\sum_{i \in A} x_i = \sum_{j \in B} x_j"], ["unparsed"]),
    "p(x) runs where p_x does": ("index k in 1..K\nsimplex p[K]\nreal f[K]",
        [r"\mathbb{E}_{x \sim p}[f(x)] = \sum_x p(x) f(x)", r"\sum_x p(x) = 1", r"\sum_x p(x) f(x) = \sum_k f_k"],
        ["proved", "proved", "refuted|conditional"]),
    "an entry at a declared size": ("real x[n]", [r"\sum_{i=1}^n x_i = x_n + \sum_{i=1}^{n-1} x_i"], ["proved"]),
    "a declared number is no index": ("natural n\nbinary y", [r"\sum_{j=0}^{n-1} y = n y", "(1 - y)^{n+1} = 1 - y"],
        ["proved", "proved"]),
    "labels of a declared number": ("real x", ["w_x = 3", "w_y = 4", "w_x = w_y"],
        ["definition", "definition", NOT_TRUE]),
}  # fmt: skip


@pytest.mark.parametrize("name", DECLARED)
def test_what_letters_are_taken_to_be_beside_declarations(name: str) -> None:
    compare(*DECLARED[name])


def test_a_word_below_a_name_is_no_product_of_indices() -> None:
    text = (
        "<!-- symnll\nindex m in 1..K\nreal p[K]\n-->\n\n$$ \\theta_{model} = 2 $$\n\n$$ e^{\\theta_{model}} = e^2 $$"
    )
    assert verdicts(text) == ["definition", "proved"]


def shown(*displays: str) -> list[str]:
    return verdicts("\n\n".join(f"$$ {d} $$" for d in displays))


def test_the_argument_of_a_function_may_be_a_number_where_the_data_are_a_vector() -> None:
    sigmoid = (r"\sigma(x) = \frac{1}{1 + e^{-x}}", r"\hat y_n = \sigma(w x_n)")
    right, wrong = r"\sigma'(x) = \sigma(x)(1 - \sigma(x))", r"\sigma'(x) = \sigma(x)^2"
    assert shown(*sigmoid, right, wrong) == ["definition", "definition", "proved", "refuted"]


def test_a_delta_that_is_an_error_is_not_kronecker_s() -> None:
    error = r"\delta_{nk} = y_{nk} - t_{nk}"
    assert shown(error, r"\delta_{nk}^2 = \delta_{nk}", r"\sum_k \delta_{nk} w_k = w_n") == [
        "definition", "refuted", "refuted",
    ]  # fmt: skip
    assert shown(r"\delta_{ij} = 1")[0] in ("conditional", "refuted")


def test_an_error_e_is_not_euler_s_number() -> None:
    text = (
        "Let $e = y - w x$ be the error.\n\n$$ E = e^2 $$\n\n$$ \\frac{dE}{dw} = 0 $$\n\n$$ \\frac{dE}{dw} = -2 e x $$"
    )
    assert verdicts(text) == ["definition", "unknown", "proved"]
    assert shown("e = y - t", r"\log e^{z} = z", r"\log e = 1") == ["definition", "proved", "unknown"]
    assert shown("e = 2", r"\log e = 1") == ["refuted", "proved"]
    assert "proved" not in shown("e = y - t", r"\log e^{-1} = -1", r"\log e^{2} = 2")


def test_an_argument_goes_on_into_the_functions_of_the_body() -> None:
    deviation = (r"\operatorname{Var}(X) = \sigma^2", r"\operatorname{SE}(X) = \sqrt{\operatorname{Var}(X)}")
    found = shown(*deviation, r"\operatorname{SE}(2X) = \operatorname{SE}(X)", r"\operatorname{SE}(X)^2 = \sigma^2")
    assert found == ["definition", "definition", "unparsed", "proved"]
    likelihood = (r"\ell(\theta) = \sum_n r_n", r"L(\theta) = \exp(\ell(\theta))")
    assert "proved" not in shown(*likelihood, r"L(2\theta) = L(\theta)", r"\log L(\theta) - \log L(\phi) = 0")
    assert shown(*likelihood, r"\log L(\theta) = \ell(\theta)")[2] == "proved"
    value = (r"Q(s, a) = r + \gamma v", r"A(s, a) = Q(s, a) - V")
    assert "proved" not in shown(*value, r"A(s, b) = A(s, a)")
    assert shown(*value, r"A(s, a) = r + \gamma v - V")[2] == "proved"


@pytest.mark.parametrize(
    "step",
    [r"\frac{dJ}{dw} = 2 \lambda w", "J'(w) = 2 \\lambda w", r"\frac{\partial J(w)}{\partial w} = 2 \lambda w",
     r"\frac{d}{dw} (w \ell(w)) = \ell(w)"],
)  # fmt: skip
def test_a_derivative_by_an_argument_that_a_body_does_not_speak_of_is_not_known(step: str) -> None:
    functions = (r"\ell(w) = \sum_n r_n^2", r"J(w) = \ell(w) + \lambda w^2")
    assert shown(*functions, step)[2] == "unknown"
    assert shown(*functions, r"\frac{\partial}{\partial \lambda} J(w) = w^2")[2] == "proved"


def test_a_name_that_only_stands_in_subscripts_is_a_label() -> None:
    page = (r"p_k = \frac{e^{f_k}}{\sum_j e^{f_j}}", r"L_i = -\log(p_{y_i})")
    wrong, right = (
        r"\frac{\partial L_i}{\partial f_k} = p_k - 1",
        r"\frac{\partial L_i}{\partial f_k} = p_k - \delta_{k y_i}",
    )
    assert shown(*page, wrong, right) == ["definition", "definition", "conditional", "proved"]
    assert shown(r"\prod_{k=1}^n q_{x_k} = \prod_i q_i^{n_i}") == ["unknown"]
