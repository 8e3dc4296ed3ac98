"""Documents that a checker might be taken in by: what a careful reader would not grant is not proved, nor passed over.

Each row is a document and, for each of its steps, the verdict; several where more than one is right.
"""

import ast
import re
from pathlib import Path

import pytest

import symnll
from tests.check.careful import compare, verdicts

SETS = "index i, j, k in 1..K\nreal z[K], w[K]\n"

DOCUMENTS = {
    # definitions that are steps
    "a value of a function that is defined is a step": ("", ["f(x) = x^2", "f(2) = 5", "f(2) = 4"],
        ["definition", "refuted", "proved"]),
    "a function at another letter is a step": ("", ["f(x) = x^2", "f(y) = y^3"], ["definition", "refuted|unknown"]),
    "one letter for many functions is told": ("", ["p(x) = x", "p(y) = 2 y"],
        ["definition", "definition+two-meanings"]),
    "L for L(θ) is a step": ("real t", [r"L(t) = t^2", "L = t^3"], ["definition", "refuted"]),
    "a product with a number is a step": ("real x", ["y = x + 1", "y(1-y) = 5"], ["definition", "refuted"]),
    "a power of a declared number is a step": ("real a, b", ["a^2 = 7", "a^b = 5"], ["refuted", "refuted"]),
    "a power with its letters at the right is a step": ("", ["u^v = e^{u \\log v}"], ["refuted"]),
    "an indicator is a step": (SETS, ["I(i = j) = 5", r"\delta_{ij}^2 = 2 \delta_{ij}"],
        ["refuted", "conditional|refuted"]),
    "a standard name that is stated is a step": ("", [r"\sigma(x) = \frac{1}{1 + e^{-x}}", r"\sigma(0) = 1"],
        ["proved", "refuted"]),
    "a standard name that means something else is told": (
        "simplex p[K], r[K]", [r"KL(p \| r) = \sum_i p_i \log \frac{r_i}{p_i}"], ["definition+standard-name"]),
    "a second definition is a step": ("", ["y = 3", "y = 4", "y = 3"], ["definition", "refuted", "proved"]),
    "the vector of defined entries is told": (SETS, ["v_i = z_i + 1", "v = z"],
        ["definition", "definition+two-meanings|refuted"]),
    # bound letters
    "a definition with a free index under a sum over it": (SETS + "let a = z_i", [r"\sum_i a = K z_i"], ["unparsed"]),
    "a definition that the argument hides": ("real x\nlet a = x^2\nlet h(x) = x + a", ["h'(x) = 1", "h(2) = 2 + x^2"],
        ["refuted", "unparsed"]),
    "one letter bound twice": (SETS, [r"\sum_i z_i \sum_i z_i = \sum_i z_i^2"], ["refuted|conditional"]),
    "a bound and a free letter": (SETS, [r"z_i \sum_i w_i = \sum_i z_i w_i"], ["refuted|conditional"]),
    # conditions
    "a condition holds for its row only": (SETS, [r"z_i = z_j, \quad i = j", "z_i = z_j"], ["proved", "conditional"]),
    "where an index runs is no condition": (SETS, [r"z_i = z_1, \quad i = 1, \dots, K"], ["conditional"]),
    "where two indices run is no condition": (SETS, [r"z_i = z_j, \quad i, j = 1, \dots, K"], ["conditional"]),
    "unless": (SETS, [r"z_i = z_j \text{ unless } i = j"], ["refuted"]),
    "if not": (SETS, [r"z_i = z_j \text{ if not } i = j"], ["refuted"]),
    "or": (SETS, [r"z_i = z_j \text{ for } i = j \text{ or } i = k"], ["unparsed"]),
    "iff": (SETS, [r"z_i = z_j \text{ iff } i = j"], ["unparsed"]),
    "some": (SETS, [r"\exists i: z_i = 0"], ["unparsed"]),
    "conditions that contradict": (SETS, [r"z_i = 17, \quad i = j, \; i \neq j"], ["unknown"]),
    "assumptions that contradict": ("real a, b\nassume a = b\nassume a = b + 1", ["a = 17"], ["unknown"]),
    "an assumption about one index": (SETS + "assume z_i = 0", [r"\sum_i z_i = 0"], ["refuted|conditional"]),
    # readings
    "numbers side by side": ("", ["2 3 = 6", "1.5.2 = 0.3"], ["unparsed", "unparsed"]),
    "digits after ^ and _": ("real x", ["x^12 = 2 x", "x_10 = 0"], ["unparsed", "unparsed"]),
    "a tower without braces": ("real a, b, c", ["a^b^c = a^{bc}"], ["unparsed"]),
    "T that is not known": ("positive a", ["a^T = a", "2^T = 2"], ["unparsed", "unparsed"]),
    "a subscript of two letters of a vector": (SETS + "let y_i = 1", ["y_{ij} = y_i"], ["unparsed|refuted|unknown"]),
    "operators without a side": ("real a, b", ["a / = a", "/ a = a", r"a \cdot \cdot b = a b"], ["unparsed"] * 3),
    "a list before an equation": ("real x, y", ["x, y = y", "1,000 = 0"], ["unparsed", "unparsed"]),
    "a ratio": ("real a, b", ["a : b = b"], ["unparsed"]),
    "dots that skip": (SETS, [r"z_1 + z_3 + \dots + z_K = z_1 + \sum_{i=3}^K z_i"], ["unparsed"]),
    "dots that go down": (SETS, [r"z_K + \dots + z_1 = z_1"], ["unparsed"]),
    "letters that look alike": ("real a", ["\u0430 + 1 = a + 1"], ["unknown|unparsed|definition|conditional|refuted"]),
    "digits of other scripts": ("real x", ["\uff12 x = 2 x", "\U0001d7d9 x = x"],
        ["unparsed", "unparsed|definition|unknown|conditional"]),
    "a second derivative": ("real x\nfunction f", ["f^{(2)}(x) = f(x)^2"], ["unparsed"]),
    "a double factorial": ("natural n", ["n!! = (n!)!"], ["unparsed"]),
    "a notation inside a product": ("real a, b, c\nwrite a + b for c", ["2 a + b = 2 c", "a + b^2 = c^2"],
        ["refuted", "refuted"]),
    "a range that runs down": (SETS, [r"\sum_{i=K}^{1} z_i = \sum_i z_i"], ["refuted"]),
    "an entry outside": (SETS, ["z_0 = z_0", "z_{K+1} = z_{K+1}"], ["unknown", "unknown"]),
    "nothing defined": ("", [r"\frac{1}{0} = \frac{1}{0}", r"\log(-1) = \log(-1)"], ["unknown", "unknown"]),
    "a derivative of what is not said to depend": ("", [r"\frac{\partial y}{\partial x} = 0"], ["unknown|unparsed"]),
    "down to a definition, not through": (
        "index i in 1..K\nreal z[K]\nlet p_i = e^{z_i}\nlet L = \\sum_i p_i^2",
        [r"\frac{\partial L}{\partial p_i} = \frac{\partial L}{\partial z_i}"],
        ["refuted|conditional"]),
    "≈ is never proved": ("real a", [r"a \approx a"], ["unknown"]),
    "an improper integral": ("real x", [r"\int_{-1}^1 \frac{1}{x^2} dx = -2"], ["unknown|refuted"]),
    "an antiderivative that is none": ("real x", [r"\int x dx = x^2"], ["refuted"]),
    "an integral of an integral": (
        "real x, a", [r"\int_0^1 \left( \int_0^1 x a \, dx \right) da = \frac{a}{2}"], ["unknown"]),
    "a root below zero under an integral": ("real x", [r"\int_{-1}^1 \sqrt{x} dx = \frac23"], ["unknown"]),
    "a notation that would capture its index": (
        SETS + "write P_k for \\sum_j z_j w_k", [r"P_j = \sum_j z_j w_j", r"P_i = w_i \sum_j z_j"],
        ["unparsed", "proved"]),
    "an integral that would capture its argument": (
        "real x, a\nlet g(x) = \\int_0^1 a x \\, da", [r"g(a) = \int_0^1 a^2 da", "g(2) = 1"], ["unparsed", "proved"]),
    "a derivative that would capture its argument": (
        "real x, y, a\nlet g(x) = \\frac{\\partial}{\\partial a} (a x)", ["g(a) = 2 a", "g(y) = y"],
        ["unparsed", "proved"]),
    "an assumption about one index, and vectors": (SETS + "assume z_i = 0", ["z + w = w"], ["conditional|refuted"]),
    "an equation under a condition defines nothing": (
        "", [r"y = 3 \text{ if } i = 1", "y + 1 = 4"], ["unknown|unparsed"] * 2),
    "a condition that defines for some only": (
        "index i in 1..K\nreal x[K]", [r"v_i = x_i, \quad i = 2, \dots, K", "v_1 = x_1"],
        ["unparsed|unknown", "definition|unparsed|unknown"]),
    "a size that may be 0": ("index i in 1..K-1\nsimplex p[K-1]", [r"\sum_i p_i = 1", "p_1 = 2"],
        ["proved", "refuted"]),
    "one term of a sum": (SETS, [r"\sum_{i = j} z_i = z_j", r"\sum_{i = j} z_i = \sum_{i=j}^{K} z_i"],
        ["proved", "refuted"]),
    "subscripts that are no index": (SETS, ["z_{k!} = z_k", "z_{k^2} = z_k", "z_{z_k} = z_k"], ["unparsed"] * 3),
    "an entry by its digits": (SETS + "let A_{ij} = z_i w_j", ["A_{12} = z_1 w_2", "A_{12} = z_1 w_1"],
        ["proved", "refuted|conditional"]),
    # derivatives
    "by a square": ("positive s", [r"\frac{\partial}{\partial s^2} \log s^2 = \frac{1}{s^2}",
        r"\frac{\partial \log s}{\partial s^2} = \frac{1}{2 s}",
        r"\frac{\partial^2 \log s}{\partial s^2} = -\frac{1}{s^2}"],
        ["proved", "refuted|conditional", "proved"]),
    # layout
    "braces around an equation": ("real a", [r"{a = a + 1}", r"{\color{red} a = a + 1}", r"a {=} a + 1"],
        ["refuted"] * 3),
    "a system": ("real a, b", [r"\begin{cases} a = a + 1 \\ b = b \end{cases}"], ["refuted", "proved"]),
    "a side in the next row": ("real a, b", [r"\begin{aligned} a + b = \\ a \end{aligned}"], ["conditional|refuted"]),
    "a row that is not joined": ("real a, b", [r"\begin{aligned} a &= a \\ & b \end{aligned}"], ["proved|unparsed"]),
    "a row of its own": ("real a, b", [r"\begin{aligned} a &= a \\ & b a \end{aligned}"], ["unparsed"]),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_careful_reader_agrees(name: str) -> None:
    compare(*DOCUMENTS[name])


def test_a_display_does_not_go_on_from_one_that_is_left_out() -> None:
    text = "<!-- symnll\nreal a, b\n-->\n\n$$ a + 0 = a $$\n\n<!-- symnll\nskip\n-->\n\n$$ a = b $$\n\n$$ = a $$"
    steps = symnll.check(text, cache=False).files[0].displays[-1].steps
    assert [s.verdict for s in steps] == ["unparsed"]


def test_a_sentence_that_denies_a_condition_gives_none() -> None:
    text = f"<!-- symnll\n{SETS}-->\n\nWhen $i \\ne j$ is not assumed,\n\n$$ \\delta_{{ij}} = 0 $$"
    steps = symnll.check(text, cache=False).files[0].displays[0].steps
    assert [s.verdict for s in steps] == ["conditional"]


def test_a_definition_after_the_display_that_it_explains() -> None:
    text = "$$ \\frac{\\partial y_i}{\\partial z_j} = y_i (\\delta_{ij} - y_j) $$\n\n"
    assert verdicts(text + "where $y_i = \\frac{e^{z_i}}{\\sum_k e^{z_k}}$.") == ["proved"]
    assert verdicts(text + "where $y_i = \\frac{e^{2 z_i}}{\\sum_k e^{z_k}}$.") == ["refuted"]


def test_a_sentence_about_one_case_defines_nothing() -> None:
    text = "$$ p_k = \\frac{e^{z_k / T}}{\\sum_j e^{z_j / T}} $$\n\nWith $T = 1$ this is softmax.\n\n"
    step = "$$ \\frac{\\partial p_i}{\\partial z_j} = p_i (\\delta_{ij} - p_j) $$"
    assert verdicts(text + step)[1] in ("refuted", "conditional", "unknown")


def test_a_macro_of_the_same_name_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = [symnll.check(rf"\newcommand{{\a}}{{{n}}} $$ \a = 1 $$", suggest=False).files[0] for n in (1, 2)]
    assert [f.displays[0].steps[0].verdict for f in found] == ["proved", "refuted"]


def test_what_was_remembered_changes_nothing_for_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    text = "$$ x + 1 = 1 + x $$\n\n$$ 5 = x $$\n"
    first, again = (symnll.check(text + end, suggest=False).files[0] for end in ("", "\nMore words.\n"))
    assert [d.steps[0].verdict for d in first.displays] == [d.steps[0].verdict for d in again.displays]


CODE = Path(symnll.__file__).parent
FILES = sorted(p for d in ("read", "meaning", "check") for p in (CODE / d).glob("*.py"))
FORBIDDEN = {
    "eval", "exec", "compile", "sympify", "parse_expr", "parse_latex", "lambdify", "literal_eval", "__import__",
}  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_what_was_read_is_never_evaluated(path: Path) -> None:
    """Text becomes syntax trees and numbers, by this package's own grammar; nothing hands it to an evaluator."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            f = node.func
            own = isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name) and f.value.id == "re"
            name = f.id if isinstance(f, ast.Name) else f.attr if isinstance(f, ast.Attribute) else ""
            assert own or name not in FORBIDDEN, f"{path.name}:{node.lineno}: {name}"
        if isinstance(node, ast.ImportFrom):
            assert "sympy.parsing" not in (node.module or "")
            assert not {a.name for a in node.names} & {"sympify", "parse_expr"}
    # Strings that SymPy would parse by itself: S("…"), Symbol names are none.
    assert not re.search(r"sympy\.S\(|sympy\.Integer\(str|Rational\(text", path.read_text(encoding="utf-8"))
