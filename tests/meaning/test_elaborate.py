"""What formulas mean: each is proved equal to its meaning with all brackets written, and not to another reading."""

import pytest

from tests.meaning.reading import refusal, verdict

NAMES = r"""
index i, j, k in 1..K
index n in 1..N
real z[K], w[K]
positive q[K]
simplex p[K], r[K]
onehot y[K]
real x[N,K]
labels c[N] in 1..K
real a, b, u
positive s, t
natural m
function f
"""

# what is written, what it means, what else it might mean and does not
MEANS = {
    # the argument of log and its kin
    "log takes the factors that follow": (r"\log s t", r"\log(s t)", r"t \log(s)"),
    "log ends at a dot": (r"\log s \cdot t", r"t \log(s)", r"\log(s t)"),
    "log ends at a plus": (r"\log s + t", r"\log(s) + t", r"\log(s + t)"),
    "log ends at a bracket": (r"\log s (t + 1)", r"(t + 1) \log(s)", r"\log(s (t + 1))"),
    "log with its own bracket": (r"\log (s) t", r"t \log(s)", r"\log(s t)"),
    "log of a power": (r"\log s^2", r"2 \log(s)", r"\left(\log(s)\right)^2"),
    "a power of log": (r"\log^2 s", r"\left(\log(s)\right)^2", r"2 \log(s)"),
    "log of a fraction": (r"\log \frac{s}{t}", r"\log(s) - \log(t)", r"\frac{\log(s)}{t}"),
    "log ends at another log": (r"\log s \log t", r"\left(\log(s)\right) \left(\log(t)\right)", r"\log(s \log(t))"),
    "log to a base": (r"\log_2 s", r"\frac{\log(s)}{\log(2)}", r"\log(2 s)"),
    "ln is log": (r"\ln s", r"\log(s)", r"\log(t)"),
    "exp takes what follows": (r"\exp a b", r"e^{a b}", r"b e^{a}"),
    "a power of exp": (r"\exp(a)^2", r"e^{2 a}", r"e^{a^2}"),
    "e to the": (r"e^{a} b", r"b \exp(a)", r"\exp(a b)"),
    "e with a bracket is a product": (r"e^{a} (b)", r"b \exp(a)", r"\exp(a b)"),
    "a negative argument": (r"\log s - t", r"\log(s) - t", r"\log(s - t)"),
    # sums
    "Σ takes the product": (r"\sum_i z_i a", r"a \left(\sum_i z_i\right)", r"\sum_i z_i + a"),
    "Σ ends at a plus": (r"\sum_i z_i + a", r"a + \left(\sum_i z_i\right)", r"\sum_i \left(z_i + a\right)"),
    "Σ with brackets": (r"\sum_i \left(z_i + a\right)", r"K a + \left(\sum_i z_i\right)", r"a + \left(\sum_i z_i\right)"),
    "Σ takes in terms with its index": (r"\sum_i z_i + w_i", r"\sum_i \left(z_i + w_i\right)", r"\sum_i z_i"),
    "Σ inside Σ": (r"\sum_i z_i \sum_j w_j", r"\left(\sum_i z_i\right)\left(\sum_j w_j\right)", r"\sum_i z_i w_i"),
    "one letter bound twice": (r"\sum_i z_i \sum_i w_i", r"\left(\sum_i z_i\right)\left(\sum_j w_j\right)", r"\sum_i z_i w_i"),
    "Σ over two letters": (r"\sum_{i,j} z_i w_j", r"\sum_i \sum_j z_i w_j", r"\sum_i z_i w_i"),
    "Σ with bounds": (r"\sum_{i=2}^{K} z_i", r"\sum_i z_i - z_1", r"\sum_i z_i"),
    "Σ with an upper bound only": (r"\sum_i^K z_i", r"\sum_i z_i", r"z_K"),
    "Σ over all but one": (r"\sum_{i \neq j} z_i", r"\left(\sum_i z_i\right) - z_j", r"\sum_i z_i"),
    "Σ over pairs": (r"\sum_{i \neq k} z_i w_k", r"\sum_i \sum_k z_i w_k - \sum_i z_i w_i", r"\sum_i \sum_k z_i w_k"),
    "Σ over ordered pairs": (r"2 \sum_{i < k} z_i z_k", r"\left(\sum_i z_i\right)^2 - \sum_i z_i^2", r"\sum_{i \leq k} z_i z_k"),
    "Σ up to an index": (r"\sum_{i \leq j} z_i", r"\sum_{i=1}^{j} z_i", r"\sum_i z_i"),
    "Σ over a set": (r"\sum_{i \in \{1, \dots, K\}} z_i", r"\sum_i z_i", r"z_1"),
    "Σ over a set without one": (r"\sum_{i \in \{1, \dots, K\} \setminus \{j\}} z_i", r"\left(\sum_i z_i\right) - z_j", r"\sum_i z_i"),
    "∏ takes the product": (r"\prod_i a q_i", r"a^K \prod_i q_i", r"a \left(\prod_i q_i\right)"),
    "a sum of a vector": (r"\sum z", r"\sum_i z_i", r"z_1"),
    # products and calls
    "a letter before a bracket": (r"a(1-a)", r"a - a^2", r"a(1) - a"),
    "a function before a bracket": (r"f(a + b)", r"f(b + a)", r"f(a) + f(b)"),
    "a letter and a letter in brackets": (r"a(b)", r"a \cdot b", r"a + b"),
    "an entry in brackets": (r"p(i)", r"p_i", r"p_i^2"),
    "an entry in square brackets": (r"z[i]", r"z_i", r"z_j"),
    "a minus after a dot": (r"a \cdot -b", r"-(a b)", r"a - b"),
    "a slash": (r"a / s t", r"\frac{a}{s} t", r"\frac{a}{s t}"),
    "two slashes": (r"a / s / t", r"\frac{a}{s t}", r"\frac{a t}{s}"),
    "a fraction of digits": (r"\frac12 a", r"\frac{a}{2}", r"\frac{1}{2 a}"),
    "a mixed number": (r"1\frac12", r"\frac{3}{2}", r"\frac{1}{2}"),
    "minus before a power": (r"-a^2", r"-(a^2)", r"(-a)^2"),
    "a tower": (r"s^{t^2}", r"s^{\left(t^2\right)}", r"\left(s^t\right)^2"),
    "a factorial": (r"2 \cdot m!", r"m! + m!", r"(2 m)!"),
    "a binomial": (r"\binom{m}{2} \cdot 2", r"m (m - 1)", r"m^2"),
    "choose": (r"{m \choose 1}", r"m", r"1"),
    "a root": (r"\sqrt{s} \sqrt{s}", r"s", r"s^2"),
    "a cube root": (r"\sqrt[3]{s}^3", r"s", r"s^3"),
    "\\over": (r"{a + b \over s}", r"\frac{a + b}{s}", r"a + \frac{b}{s}"),
    "a decimal": (r"0.5 a", r"\frac{a}{2}", r"5 a"),
    # indices
    "index arithmetic": (r"\sum_{i=1}^{K-1} z_{i+1}", r"\sum_{i=2}^{K} z_i", r"\sum_{i=1}^{K-1} z_i"),
    "a superscript in brackets": (r"x^{(n)}_j", r"x_{nj}", r"x_{nk}"),
    "a subscript of two letters": (r"x_{nj}", r"x_{n,j}", r"x_{n,k}"),
    "a label as index": (r"z_{c_n}", r"\sum_i \mathbb{1}\{i = c_n\} z_i", r"z_n"),
    "twice an index": (r"z_{2j}", r"z_{j + j}", r"z_j"),
    # indicators and deltas
    "δ with two letters": (r"\sum_i \delta_{ij} z_i", r"z_j", r"z_i"),
    "δ with a comma": (r"\delta_{i,j}", r"\delta_{ij}", r"1"),
    "δ with brackets": (r"\delta(i, j)", r"\delta_{ij}", r"1"),
    "δ up and down": (r"\delta_i^j", r"\delta_{ij}", r"1"),
    "δ with a relation": (r"\delta_{i = j}", r"\delta_{ij}", r"1"),
    "1 with braces": (r"1\{i = j\}", r"\delta_{ij}", r"1"),
    "1 with brackets": (r"\mathbb{1}(i = j)", r"\delta_{ij}", r"1"),
    "1 with square brackets": (r"\mathbf{1}[i = j]", r"\delta_{ij}", r"1"),
    "1 with a subscript": (r"\mathbb{1}_{i = j}", r"\delta_{ij}", r"1"),
    "1 of what is different": (r"\mathbb{1}\{i \neq j\}", r"1 - \delta_{ij}", r"\delta_{ij}"),
    "I with brackets": (r"I(i = j)", r"\delta_{ij}", r"1"),
    "Iverson's bracket": (r"[i = j]", r"\delta_{ij}", r"1"),
    "two conditions": (r"\mathbb{1}\{i = j, j = k\}", r"\delta_{ij} \delta_{jk}", r"\delta_{ij}"),
    # cases
    "cases": (r"\begin{cases} 1 & i = j \\ 0 & i \neq j \end{cases}", r"\delta_{ij}", r"1 - \delta_{ij}"),
    "cases with if and otherwise": (r"\begin{cases} a & \text{if } i = j \\ b & \text{otherwise} \end{cases}", r"b + (a - b) \delta_{ij}", r"a"),
    "cases with commas": (r"\begin{cases} a, & i = j, \\ b, & i \neq j. \end{cases}", r"b + (a - b) \delta_{ij}", r"a"),
    "cases as an array": (r"\left\{ \begin{array}{ll} a & i = j \\ b & i \neq j \end{array} \right.", r"b + (a - b) \delta_{ij}", r"a"),
    "cases of a number": (r"\begin{cases} u & u \geq 0 \\ -u & u < 0 \end{cases}", r"|u|", r"u"),
    # bars, norms, vectors
    "an absolute value": (r"|-s|", r"s", r"-s"),
    "two absolute values": (r"|s| t |t|", r"s t^2", r"-s t^2"),
    "\\left|": (r"\left| -s \right|", r"s", r"-s"),
    "a norm": (r"\|z\|^2", r"\sum_i z_i^2", r"\left(\sum_i z_i\right)^2"),
    "an inner product": (r"z^\top w", r"\sum_i z_i w_i", r"\left(\sum_i z_i\right) \left(\sum_i w_i\right)"),
    "an inner product with T": (r"z^T w", r"\sum_i z_i w_i", r"\left(\sum_i z_i\right) \left(\sum_i w_i\right)"),
    "an inner product with a dot": (r"z \cdot w", r"\sum_i z_i w_i", r"\left(\sum_i z_i\right) \left(\sum_i w_i\right)"),
    "an outer product": (r"(z w^\top)_{ij}", r"z_i w_j", r"z_j w_i"),
    "the product entry by entry": (r"(z \odot w)_i", r"z_i w_i", r"z_i"),
    "a matrix and a vector": (r"(x w)_n", r"\sum_j x_{nj} w_j", r"\sum_j x_{nj}"),
    "ones": (r"\mathbf{1}^\top z", r"\sum_i z_i", r"z_1"),
    "a diagonal matrix": (r"\operatorname{diag}(z)_{ij}", r"\delta_{ij} z_i", r"z_i"),
    "bold letters": (r"\mathbf{z}_i", r"z_i", r"w_i"),
    "a vector of conditions has no bar": (r"p_i |z_i|", r"|z_i| p_i", r"p_i z_i"),
    # named functions
    "softmax": (r"\operatorname{softmax}(z)_i", r"\frac{e^{z_i}}{\sum_j e^{z_j}}", r"\frac{e^{z_i}}{\sum_i z_i}"),
    "softmax with a subscript": (r"\text{softmax}_i(z)", r"\frac{e^{z_i}}{\sum_j e^{z_j}}", r"e^{z_i}"),
    "σ of a number": (r"\sigma(a)", r"\frac{1}{1 + e^{-a}}", r"\frac{1}{1 + e^{a}}"),
    "KL with bars": (r"KL(p \| r)", r"\sum_i p_i \log \frac{p_i}{r_i}", r"\sum_i r_i \log \frac{r_i}{p_i}"),
    "KL with a subscript": (r"D_{KL}(p \| r)", r"\sum_i p_i \log \frac{p_i}{r_i}", r"\sum_i r_i \log \frac{r_i}{p_i}"),
    "entropy": (r"H(p)", r"-\sum_i p_i \log p_i", r"\sum_i p_i \log p_i"),
    "cross entropy": (r"H(p, r)", r"-\sum_i p_i \log r_i", r"-\sum_i r_i \log p_i"),
    "an expectation": (r"\mathbb{E}_{i \sim p}[z_i]", r"\sum_i p_i z_i", r"\sum_i z_i"),
    "an expectation of a vector": (r"\mathbb{E}_p[z]", r"\sum_i p_i z_i", r"\sum_i z_i"),
    "log-sum-exp": (r"\operatorname{LSE}(z)", r"\log \sum_i e^{z_i}", r"\sum_i z_i"),
    "max of two": (r"\max(a, a + s)", r"a + s", r"a"),
    "max over an index": (r"\max_i z_i", r"\max_j z_j", r"z_j"),
    "min": (r"\min(a, a + s)", r"a", r"a + s"),
    # spellings
    "unicode": ("−½ · a", r"-\frac{a}{2}", r"\frac{a}{2}"),
    "unicode Σ": ("∑_i z_i", r"\sum_i z_i", r"z_1"),
    "an en-dash": ("a – b", "a - b", "a + b"),
    "no backslashes": ("frac{a}{s} + log(s) + sum_i z_i", r"\frac{a}{s} + \log(s) + \left(\sum_i z_i\right)", r"a"),
    "spacing and size": (r"\bigl( \, a \;\! b \Big)", "a b", "a + b"),
    "colour": (r"{\color{red} a} + \textcolor{blue}{b}", "a + b", "a - b"),
    "an underbrace": (r"\underbrace{a + b}_{\text{small}} s", "(a + b) s", "a + b s"),
    "cancelled": (r"\cancel{a} + b - \cancel{a}", "b", "a + b"),
    "\\left and \\right": (r"\left( a + b \right) s", "(a + b) s", "a + b s"),
    "an invisible delimiter": (r"\left. a \right) b", "a b", "a"),
    "empty braces": (r"{} a {}", "a", "b"),
    "trailing punctuation": ("a + b.", "a + b", "a"),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANS)
def test_a_formula_means_this(name: str) -> None:
    written, meant, _ = MEANS[name]
    assert verdict(written, meant, NAMES) == "proved"


@pytest.mark.parametrize("name", MEANS)
def test_and_not_that(name: str) -> None:
    written, _, other = MEANS[name]
    assert verdict(written, other, NAMES) not in ("proved", "proved-small", "definition")


# what is refused: a part of the message, and the characters that it is about
REFUSED = {
    "2 3": ("side by side", "2 3"),
    r"a^b^2": ("two exponents", "a^b^2"),
    r"(a)^b^2": ("two exponents", "(a)^b^2"),
    r"a \pm b": ("±", "b"),
    r"\infty": ("∞", r"\infty"),
    r"\langle a, b \rangle": ("", r"\langle a, b \rangle"),
    r"\lfloor a \rfloor": ("Rounding", r"\lfloor a \rfloor"),
    r"|z|": (r"\|", "|z|"),
    r"z w": ("product of two vectors", "w"),
    r"z_{ij}": ("indices", "z_{ij}"),
    r"a_i": ("", "a_i"),
    r"\sum_i": ("Nothing follows", r"\sum_i"),
    r"\log": ("no argument", r"\log"),
    r"\log^{-1} s": ("−1", "{-1}"),
    r"2^T": ("transposed", "T"),
    r"\begin{cases} 1 & i = j \\ 0 & i = k \end{cases}": ("otherwise", None),
    r"\begin{pmatrix} a & b \end{pmatrix}": ("not understood", None),
    r"m!!": ("double factorial", "m!!"),
    r"10^{10^{10}}": ("this size", None),
    r"(9^{9^9})!": ("this size", None),
    r"\sum_{i=1}^{1000000000} i": ("range", r"\sum_{i=1}^{1000000000"),
    r"\mathbb{E}_{v \sim g}[v]": ("distribution", None),
    r"\foo a": (r"\foo", r"\foo"),
    r"f a": ("function", "f"),
    r"\|w\|_1": ("norm", None),
    r"\frac{z}{w}": ("", None),
    r"p(a, b)": ("", None),
    r"\sum_{i \in \{1, 3\}} z_i": ("set", None),
    r"\argmax z": ("argmax", None),
    r"\lim_{a \to 0} a": ("", None),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_understood_is_refused(text: str) -> None:
    part, place = REFUSED[text]
    message, at = refusal(text, NAMES)
    assert part in message and message.endswith((".", "?", ")"))
    assert place is None or at == place


def test_one_letter_for_a_size_and_counts() -> None:
    assert verdict("n_i + n", "n + n_i", "index i in 1..K\nnatural n[K]\nnatural n") == "proved"


def test_a_definition_does_not_speak_of_what_is_bound_where_it_is_used() -> None:
    declarations = "index i, j in 1..K\nreal z[K]\nlet v = z_i\nlet g(a) = a + h\nlet h = a\nreal a"
    assert "bound where it is used" in refusal(r"\sum_i v", declarations)[0]
    assert "bound where it is used" in refusal("g(2)", declarations)[0]
    assert verdict(r"\sum_j v", "K z_i", declarations) == "proved"
    assert verdict("g(a)", "2 a", declarations) == "proved"


def test_definitions_that_speak_of_each_other_end() -> None:
    assert refusal("a", "let a = b\nlet b = a")[0]
    doubled = "\n".join(f"let v{chr(98 + n)} = v{chr(97 + n)} + v{chr(97 + n)}" for n in range(12))
    assert "again and again" in refusal("vm", f"real va\n{doubled}")[0]
