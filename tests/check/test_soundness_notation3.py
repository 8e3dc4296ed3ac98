"""Notation that a third adversary took the checker in by, with the true counterparts that must stay proved."""

from pathlib import Path

import pytest

import symnll
from tests.check.careful import compare

SETS = "index i, j, k in 1..K\nreal z[K], w[K]\n"
SOFTMAX = r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}"

DOCUMENTS = {
    # a constant is free of the index of the step
    "a term of the index is no constant": (SETS, [r"z_k = z_k + w_k + \text{const}", r"z_k = z_k w_k + \text{const}",
        r"z_k = z_k + 3 + \text{const}"], ["refuted", "refuted", "proved"]),
    "the log of a softmax": ("", [SOFTMAX, r"\log p_k = z_k + \text{const}", r"\log p_k = 2 z_k + \text{const}"],
        ["definition", "proved", "refuted"]),
    "a factor of the index is no constant": ("", [r"p_k = b_k e^{z_k}", r"\log p_k = z_k + \text{const}"],
        ["definition", "refuted"]),
    "a discriminant": ("", [r"s_k = \log \pi_k + \mu_k x - \frac{x^2}{2}", r"s_k = \log \pi_k + \mu_k x + \text{const}",
        r"s_k = \mu_k x + \text{const}"], ["definition", "proved", "refuted"]),
    "a constant in the argument": ("real a\nlet f(x) = (x - a)^2", [r"f(x) = x^2 - 2 a x + \text{const}",
        r"f(x) = x^2 + \text{const}"], ["proved", "refuted|conditional|unknown"]),
    # components of what is defined as a whole
    "components of a product, transposed": ("", ["y = W x", r"y_i = \sum_j W_{ji} x_j"], ["definition", "unparsed"]),
    "components of a product": ("", ["y = W x", r"y_i = \sum_j W_{ij} x_j"], ["definition", "proved"]),
    "components of a declared product": ("index i, j in 1..K\nreal W[K,K], x[K]", ["y = W x",
        r"y_i = \sum_j W_{ji} x_j", r"y_i = \sum_j W_{ij} x_j"], ["definition", "refuted", "proved"]),
    "components of a sum": ("", ["c = a + b", "c_i = a_i - b_i", "c_i = a_i + b_i"],
        ["definition", "refuted", "proved"]),
    "components of a gradient": ("", [r"L = \sum_i z_i^2", r"g = \nabla_z L", "g_i = 3 z_i", "g_i = 2 z_i", "g = 2 z"],
        ["definition", "definition", "refuted", "proved", "proved"]),
    "entries of an outer product": ("", [r"C = a b^\top", "C_{ij} = a_j b_i", "C_{ij} = a_i b_j"],
        ["definition", "conditional|refuted", "proved"]),
    "components of what is new": ("", [r"z' = z - \eta g", r"z'_i = z_i + \eta g_i", r"z'_i = z_i - \eta g_i"],
        ["definition", "conditional|refuted", "proved"]),
    "components of a softmax": ("", [r"p = \operatorname{softmax}(z)", "p_i = e^{z_i}",
        r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}"], ["definition", "refuted", "proved"]),
    "a number of a defined vector": ("real W[K,K], x[K]\nindex i in 1..K", ["y = W x", "y_1 = 7"],
        ["definition", "refuted"]),
    "an entry of a written matrix": ("", [r"A = \begin{pmatrix} a & b \\ c & d \end{pmatrix}", "A_{12} = c"],
        ["definition", "unparsed"]),
    "the vector of entries that are defined": ("", [r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
        r"p = \operatorname{softmax}(-z)", r"p = \operatorname{softmax}(z)"], ["definition", "refuted", "proved"]),
    "a row of a matrix": ("index n in 1..N\nindex k in 1..K\nreal X[N,K]", [r"G = X X^\top",
        r"G_{nm} = \sum_k X_{nk} X_{mk} + 1", r"G_{nm} = \sum_k X_{nk} X_{mk}"], ["definition", "refuted", "proved"]),
    # a total and its terms
    "a loss and its terms": ("", [r"L_n = (y_n - w x_n)^2", r"L = \frac1N \sum_{n=1}^N L_n",
        r"\frac{\partial L}{\partial w} = -\frac2N \sum_n (y_n - w x_n) x_n",
        r"\frac{\partial L}{\partial w} = \frac2N \sum_n (y_n - w x_n) x_n",
        r"\frac{\partial L}{\partial L_n} = \frac1N"],
        ["definition", "definition", "proved", "refuted|conditional", "proved"]),
    "a loss before its terms": ("", [r"L = \frac1N \sum_{n=1}^N L_n", r"L_n = (y_n - w x_n)^2",
        r"L = \frac1N \sum_n (y_n - w x_n)^2"], ["definition", "definition", "proved"]),
    "ℓ and ℓ_i": ("", [r"\ell_i = -\log p_i", r"\ell = \frac1N\sum_i \ell_i", r"\ell = \frac1N\sum_i \log p_i"],
        ["definition", "definition", "refuted|conditional|unknown"]),
    "a name in terms of itself": ("", [r"L = L + \sum_n L_n"], ["unparsed|unknown|refuted|conditional"]),
    # derivatives are claims
    "a primed sigmoid": ("", [r"\sigma' = \sigma (1 + \sigma)"], ["unknown"]),
    "a primed sigmoid, rightly": ("", [r"\sigma' = \sigma (1 - \sigma)",
        r"\sigma'' = \sigma (1 - \sigma) (1 - 2 \sigma)"],
        ["proved", "proved"]),
    "a primed sigmoid that is said": ("", [r"\sigma(x) = \frac{1}{1 + e^{-x}}", r"\sigma' = \sigma (1 + \sigma)",
        r"\sigma' = \sigma (1 - \sigma)"], ["proved", "refuted", "proved"]),
    "a new σ": (r"positive \sigma", [r"\sigma' = \frac{\sigma}{2}"], ["definition"]),
    "orders in brackets, and dots": ("", ["h(x) = x^3", "h^{(2)}(x) = 7", "h^{(3)} = 5", r"\dot h(x) = 7",
        r"\ddot h = 5",
        "h'(x) = 3 x^2"], ["definition", *["unparsed"] * 4, "proved"]),
    "layers": ("index i, j in 1..K\nreal W[K,K], x[K]", ["h^{(1)} = W x", "h^{(1)}_i = 7"],
        ["definition", "refuted"]),
    # standard names
    "the log of a softmax is a step": ("", [r"\log \operatorname{softmax}(z)_i = z_i"], ["refuted"]),
    "values of standard names": ("", [r"\operatorname{softmax}(z_1, z_2)_1 = \sigma(z_2 - z_1)"], ["unparsed"]),
    "a standard name of a number": ("", [r"\operatorname{softmax}(0) = 7", r"\operatorname{logsumexp}(0) = 7",
        r"H(\tfrac12) = 1", r"\infty = 3"], ["unknown|unparsed"] * 3 + ["unparsed"]),
    "an entropy for all distributions": ("", [r"H(p) = \log K"], ["unknown"]),
    "an entropy of one's own": ("", [r"H(p) = -p \log p - (1-p) \log (1-p)", r"H(\tfrac12) = \log 2",
        "H(1 - p) = H(p)"],
        ["definition+standard-name|definition", "proved", "proved"]),
    "δ with digits": ("", [r"\delta_{11} = 0", r"\delta_{12} = 0"], ["refuted", "proved"]),
    "what nothing here knows is told": (
        "", [r"\Gamma(n) = n!", r"\det(A) = 3"], ["definition+standard-name", "unknown"]),
    # entries at letters with marks
    "an entry at ŷ": ("", [r"p_i = e^{z_i}", r"p_{\hat y} = \max_i z_i", r"p_{\hat y} = e^{z_{\hat y}}"],
        ["definition", "refuted|unknown", "proved"]),
    "an entry at k*": ("", [SOFTMAX, "p_{k^*} = 1", r"p_{k^*} = \frac{e^{z_{k^*}}}{\sum_j e^{z_j}}", r"p_{\bar k} = 1"],
        ["definition", "refuted|conditional", "proved", "refuted|conditional"]),
    "labels stay labels": ("", ["W_q = a", "W_k = b", "W_q W_k = a b"], ["definition", "definition", "proved"]),
    # what pages are written in
    "entities": ("", ["1 &lt; 0", "1 &gt; 100", "1 &amp;= 101", "0 &lt; 1", r"0 &le; 1"],
        ["refuted", "refuted", "refuted", "proved", "proved"]),
    "a word below a letter": ("", [r"L_{train} = \frac1n \sum_{i=1}^n \ell_i", r"L_{train} = \frac1n \sum_i \ell_i"],
        ["definition", "proved"]),
    # ranges
    "a size below a sum": ("index k, l in 1..n\nreal x[n]", [r"\sum_{k \le n} x_k = \sum_k x_k",
        r"\sum_{l=1}^k x_l + \sum_{l=k+1}^n x_l = \sum_l x_l", r"1 \cdot 2 \cdots n = n!",
        r"\sum_{k < n} x_k = \sum_k x_k"], ["proved", "proved", "proved", "refuted|conditional"]),
    "a sum that leaves the last one out": ("", [r"x = \frac1N \sum_i a_i", r"y = \frac1N \sum_{i=1}^{N-1} a_i",
        r"x = y + \frac{a_N}{N}", "x = y"], ["definition", "definition", "proved", "refuted|conditional"]),
    "a sum that has no other end": ("", [r"S = \sum_{t=1}^{T-1} x_t", r"S = \sum_t x_t"], ["definition", "proved"]),
    "partial sums": ("", [r"S_N = \sum_{i=1}^N x_i", r"S_{N+1} = S_N + x_{N+1}"], ["definition", "proved"]),
    "a value of a size": ("", [r"S = \sum_{n=1}^{N} x_n", "N = 10"], ["definition", "unknown"]),
    "falling factorials": ("natural n, k", [r"n (n-1) \cdots (n-k+1) = \frac{n!}{(n-k)!}", r"n (n-1) \cdots 1 = n!",
        r"n (n-1) \cdots 1 = 2 n!"], ["proved|proved-small", "proved|proved-small", "refuted"]),
    # conditions
    "a condition for all": (SETS, [r"\sum_j z_j = 0 \text{ if } z_j = 0 \text{ for all } j",
        r"\sum_j z_j = 1 \text{ if } z_j = 0 \text{ for all } j", r"\sum_j z_j = 0 \text{ if } z_j = 0",
        r"\sum_i z_i = z_j \text{ if } i = j \text{ for all } i, j"],
        ["proved", "refuted|conditional", "refuted|conditional", "refuted|conditional"]),
    "a distance": (SETS, [r"z_i = z_j, \quad |i - j| = 0", r"z_i = z_j, \quad |i - j| = 1"],
        ["proved|proved-small", "refuted|conditional"]),
    # letters with two meanings
    "errors beside Kronecker's δ": ("", [r"y_k = \tanh(a_k)", r"\delta_k = (y_k - t_k) (1 - y_k^2)",
        r"\frac{\partial y_k}{\partial a_l} = \delta_{kl} (1 - y_k^2)", r"\sum_l \delta_{kl} \delta_l = \delta_k",
        r"\frac{\partial y_k}{\partial a_l} = \delta_{kl} \delta_k"],
        ["definition", "definition", "proved", "proved", "refuted|conditional|unknown"]),
    "counts beside a size": ("index n in 1..N", [r"N_k = \sum_n \gamma_{nk}",
        r"\mu_k = \frac{1}{N_k} \sum_n \gamma_{nk} x_n",
        r"N_k \mu_k = \sum_n \gamma_{nk} x_n", r"\sum_n 1 = N"], ["definition", "definition", "proved", "proved"]),
    "no condition in letters that nobody wrote": ("index i in 1..K\nvector u, v in K", [r"u v^\top = v u^\top"],
        ["refuted"]),
}  # fmt: skip


@pytest.mark.parametrize(("declarations", "displays", "expected"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_careful_reader_agrees(declarations: str, displays: list[str], expected: list[str]) -> None:
    compare(declarations, displays, expected)


@pytest.mark.parametrize(
    "text", [r"\underbrace{a + b}_{= 0} + a = 2a + b", r"\overbrace{a - a}^{= 1} = 0", r"a \overset{b = 7}{=} a"]
)
def test_what_is_stated_beside_a_formula_is_told(text: str) -> None:
    (step,) = symnll.check(f"$$ {text} $$", cache=False).files[0].displays[0].steps
    assert [x.code for x in step.lints] == ["unchecked-remark"]


@pytest.mark.parametrize("text", [r"\underbrace{a + b}_{\text{sum}} = a + b", r"a \overset{!}{=} a"])
def test_a_name_beside_a_formula_is_no_remark(text: str) -> None:
    (step,) = symnll.check(f"$$ {text} $$", cache=False).files[0].displays[0].steps
    assert not step.lints


def test_environments_of_the_document() -> None:
    own = "\\newenvironment{eqs}[1][x]%\n{%\n\\begin{align}}{\\end{align}}\n\\newenvironment{rem}{\\textbf{!}}{}\n"
    text = own + "\\begin{eqs} 1 &= 1 \\\\ 2 &= 3 \\end{eqs} \\begin{rem} $$ 1 = 7 $$ \\end{rem}"
    report = symnll.check(text, "a.tex", cache=False).files[0]
    assert [s.verdict for d in report.displays for s in d.steps] == ["proved", "refuted", "refuted"]
    assert not report.problems


@pytest.mark.parametrize("name", ["numcases", "mathpar"])
def test_a_display_that_is_not_read_is_told(name: str) -> None:
    for kind in ("a.tex", "a.md"):
        report = symnll.check(f"Text\n\n\\begin{{{name}}}{{}} 1 = 49 \\end{{{name}}}\n", kind, cache=False)
        assert not report.ok and name in report.files[0].problems[0].message


@pytest.mark.parametrize(
    "declarations",
    ["expect refuted", "expect refuted\nexpect unknown", "skip", "case a = b"],
)
def test_declarations_for_no_display_are_told(declarations: str) -> None:
    text = f"$$ 1 = 1 $$\n\n<!-- symnll\n{declarations}\n-->\n"
    assert symnll.check(text, cache=False).files[0].problems


def test_a_display_has_one_expectation() -> None:
    text = "<!-- symnll\nexpect refuted\nexpect unknown\n-->\n\n$$ 1 = 2 $$"
    (problem,) = symnll.check(text, cache=False).files[0].problems
    assert "twice" in problem.message


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        (r"\mathbf{y} = \mathbf{W} \mathbf{x}", (r"\mathbf{y}", r"\mathbf{W} \mathbf{x}")),
        (r"a = \hat{\mathbf{b}}", ("a", r"\hat{\mathbf{b}}")),
        (r"A = \begin{pmatrix} a \\ b \end{pmatrix}", ("A", r"\begin{pmatrix} a \\ b \end{pmatrix}")),
        (r"{\left( a + b \right)}^{2} = \mathbf{c}_{i}", (r"{\left( a + b \right)}^{2}", r"\mathbf{c}_{i}")),
    ],
)
def test_sides_are_whole(text: str, sides: tuple[str, str]) -> None:
    (step,) = symnll.check(f"$$ {text} $$", cache=False).files[0].displays[0].steps
    assert (step.lhs, step.rhs) == sides


def test_what_is_no_document() -> None:
    report = symnll.check("mistyped.md", cache=False)
    assert not report.ok and "pass a Path" in report.files[0].problems[0].message
    assert not symnll.check(Path("mistyped.md"), cache=False).ok
    assert symnll.check("See notes.md", cache=False).ok
    for other in (b"$$ 1 = 1 $$", None):
        with pytest.raises(TypeError, match="a Path"):
            symnll.check(other)
