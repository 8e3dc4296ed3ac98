"""What the words, brackets and marks of a row say: a condition, a remark, a denial, a statement of its own."""

import pytest

import symnll
from tests.check.careful import compare, verdicts

SETS = "index i, j, k in 1..K\nreal z[K], w[K], a, b, c, x\n"
DELTA = r"\delta_{ij} = 1"

DOCUMENTS = {
    "words that lead to a statement of its own": (SETS, [
        r"a = a \quad \text{as well as} \quad b = 7", r"a = a \quad \text{and, by symmetry,} \quad b = 7",
        r"a = a, \text{ from which } b = 7", r"a = a \quad \text{by symmetry} \quad b = 7",
        r"a &= a && \text{by symmetry} & b &= 7", r"a = a \quad \text{by symmetry, } b = 7",
        ], ["proved", "refuted"] * 6),
    "words that give a reason": (SETS, [
        r"a = a \text{ since } b = 7", r"a = a \quad (\text{since } b = 7)", r"a = a \text{ (as } b = 7)",
        r"a = a \quad \text{using } b = 7 \text{ and } c = 8", r"a &= a & \text{apply $b = 7$}",
        ], ["proved"] * 5),
    "statements in brackets": (SETS, [
        r"a = a \quad [\text{and } b = 7]", r"a = a \quad (\text{hence } b = 7)", r"a = a \quad (b = 7)",
        ], ["proved", "refuted"] * 3),
    "statements after a condition": (SETS, [
        r"\text{For } i = j \text{ the gradient becomes } \delta_{ij} = 1",
        r"\text{If } i = j \text{, then clearly } \delta_{ij} = 1", r"a = a \text{, so we get } i = j",
        r"a + 0 = a \text{ for all } a \text{ and hence } b = 7",
        ], ["proved", "proved", "proved", "conditional|refuted", "proved", "refuted"]),
    "formulas in a remark": (SETS, [
        r"a &= a ~~\text{multiply top and bottom by $e^{-x}$}", r"a &= a & \text{expand out one of the $\sigma(x)$'s}",
        r"a = a \quad\color{gray}{\text{—— $a_j$ 消去！}}", r"a &= a && \text{the definition of } b",
        ], ["proved"] * 4),
    "words that change what is claimed": (SETS, [
        r"a = a \text{ plus $b$}", r"a = a \text{ plus some other small constant}", r"a = a \text{ or } b",
        ], ["unparsed"] * 3),
    "brackets behind a factor are indicators": (SETS, [
        "z_i = z_j [i = j]", "z_i = z_j 1[i = j]", "z_i + 1 = z_j + 1 [i=j]", r"z_i = z_j \{i = j\}",
        r"\sum_i z_i = \sum_i z_i [i \neq j]", "z_i = z_j (i = j)",
        "5 = \\sum_i 5 [i = j]", r"z_i \delta_{ij} = z_j [i = j]",
        ], ["conditional"] * 4 + ["refuted", "unparsed", "proved", "proved"]),
    "brackets apart are conditions": (SETS, [
        r"z_i = z_j \quad (i = j)", r"z_i = z_j \; (i = j)", "z_i = z_j, (i = j)", r"z_i = z_j (\text{if } i = j)",
        r"z_i = z_j ~ \left( i = j \right)", r"a \; (b + c) = a b + a c",
        ], ["proved"] * 6),
    "conditions that are taken back": (SETS, [
        DELTA + r", \text{ even for } i = j", DELTA + r"\quad (\text{also for } i = j)",
        DELTA + r" \text{ regardless of whether } i = j", DELTA + r"\quad (\text{even if } i = j)",
        r"z_i = z_j \quad \text{for almost all } i = j", DELTA + r" \text{ for } i = j \text{ or not}",
        DELTA + r" \text{ (no matter if } i = j)", DELTA + r" \text{ when } i = j \text{ is irrelevant}",
        r"\text{Even for } i = j: \delta_{ij} = 1", r"\text{Regardless of } i = j, \; \delta_{ij} = 1",
        ], ["unparsed"] * 10),
    "conditions": (SETS, [
        DELTA + r" \text{ for } i = j", DELTA + r"\quad \text{in the case } i = j",
        DELTA + r"\quad \text{for all entries with } i = j", r"z_i = z_j \text{ if } i = k \text{ and } j = k",
        ], ["proved"] * 4),
    "denials": (SETS, [
        r"\text{It is not true that } a = a", r"a = a \text{ does not hold}", r"a = a \text{ is false}",
        r"\text{not } a = a", r"\text{It can't be that } a = a",
        ], ["unparsed"] * 5),
    "words that deny nothing": (SETS, [r"a = a \text{ holds}", r"\text{we have } a = a \text{ by definition}"],
        ["proved"] * 2),
    "what is unequal is no step": (SETS, [
        r"1 \neq 1", r"a \neq b", r"a \neq a + 1", r"e^a \neq 0", r"a = a \neq a",
        ], ["proved"]),
    "relations without an exact meaning": (SETS, [r"1 \ll 2", r"1 \lesssim 2", r"1 \succ 2"], ["unparsed"] * 3),
    "equations in brackets": (SETS, ["(1 = 45)", r"\left[ 1 = 44 \right]", r"1 \;(= 59)", "a = a (= b)"],
        ["refuted"] * 3 + ["proved", "refuted"]),
    "an equation in a box": ("", [r"\begin{empheq}[box=\fbox]{align} 1 &= 29 \end{empheq}"], ["refuted"]),
    "a sum with a prime": (SETS, [
        r"\sum_i' z_i = \sum_i z_i", r"\sum'_i z_i = \sum_i z_i", r"\prod_i' z_i = \prod_i z_i",
        r"\sum_{i'} z_{i'} = \sum_i z_i"], ["unparsed"] * 3 + ["proved"]),
    "marks on a letter": ("", [
        r"\underline{L} = L + 1", r"\underline{L} = L", r"a^{\underline{2}} = a^2", r"\sout{a} b = a b",
        ], ["definition", "refuted|unknown", "unparsed", "unparsed"]),
    "upright letters beside italic ones": ("", [r"\mathrm{x} + 1 = x + 1", r"\mathsf{x} + 1 = x + 1",
        r"\hat{\mathrm{y}} + 1 = \hat{y} + 1", r"\mathrm{e}^u = e^u"], ["unknown|refuted"] * 2 + ["proved"] * 2),
    "lists before an equation": (SETS, [
        "a ; b = b", r"a \text{ and } b = b", r"a \wedge b = a b", r"a, \quad b = b", "a : b = b",
        ], ["unparsed"] * 5),
    "where a letter is": (SETS, [
        r"|x| = x, \quad x > 0", r"|x| = x \quad (x > 0)", r"\frac{x}{x} = 1, \quad x \neq 0", r"|x| = x, \quad x < 0",
        ], ["proved"] * 3 + ["refuted"]),
    "a statement on what was defined": ("", [r"L = 3, \quad L > 4"], ["definition", "refuted"]),
    "what is supposed": ("real x, a, b", [
        r"x = 1 \Rightarrow x^2 = 1", r"a = b \Rightarrow a^2 = b^2", r"2x = 0 \implies x = 0",
        r"x = 1 \Rightarrow x^2 = 2", r"a = a \Rightarrow b = b + 1", r"a + b = a \cdot b \Rightarrow b = b",
        ], ["unknown", "conditional"] * 3
        + ["unknown", "refuted", "proved", "refuted", "refuted|conditional", "proved"]),
    "labels in words": (SETS, [
        r"\text{(i) } a = a", r"a = a \text{ (ii)}", r"\text{(a) } x + 1 = a x + 1", r"\text{(a)} x + 1 = a x + 1",
        r"a \text{ (i)} = a"], ["proved"] * 2 + ["conditional|refuted"] * 2 + ["proved"]),
    "equations in the cells of one row": (SETS, [
        r"\begin{array}{ll} a = a & b = b \end{array}", r"\begin{matrix} a = a & b = a \end{matrix}",
        ], ["proved"] * 3 + ["refuted|conditional"]),
    "values that a letter has": ("", [
        r"L = \prod_i p^{x_i} (1-p)^{1-x_i}, \text{ where } x_i = 0 \text{ or } 1", "L = 1",
        ], ["definition", "unknown"]),
    "bars of one side": ("function p\nreal x, y", [r"p(y \lvert x) = p(y | x)", r"p(y \lvert x) = p(x \lvert y)"],
        ["proved", "refuted|unknown"]),
    "macros that are not defined": ("real u, x[K]\nindex i in 1..K", [
        r"\abs{u} = \sqrt{u^2}", r"\abs{u} = u", r"\norm{x}^2 = \sum_i x_i^2"], ["proved", "conditional", "proved"]),
    "bars and relations": ("", [r"|\sum_{m \neq j} |1|| \approx 3 - |\sum |1|| \leq 4"], ["unparsed"] * 2),
    "an entry of a vector": ("real x[K], W[K,K]\nindex j, k in 1..K", [
        r"h(x)_k = \sum_j W_{kj} x_j", r"h(x)_k = 2"], ["definition", "refuted"]),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_careful_reader_agrees(name: str) -> None:
    compare(*DOCUMENTS[name])


@pytest.mark.parametrize(
    "formula",
    [r"a = a \text{ since } b = 7", r"a = a \quad (\text{since } b = 7)", r"a = a \text{ (as } b = 7)",
     r"a &= a & \text{apply $b = 7$}", r"a &= a \quad \text{by } b = 7 \\ &= a + 0"],
)  # fmt: skip
def test_a_remark_is_named(formula: str) -> None:
    steps = symnll.check(f"$$ {formula} $$", cache=False, suggest=False).files[0].displays[0].steps
    assert {x.code for s in steps for x in s.lints} == {"unchecked-remark"}


@pytest.mark.parametrize(
    "words",
    ["trivial; otherwise ", "this is clear, and ", "and more generally ", "else ", "is excluded, so "],
)
def test_words_after_a_condition_may_take_it_back(words: str) -> None:
    text = f"<!-- symnll\nindex i, j in 1..K\nreal z[K]\n-->\n\n$$ \\text{{if }} i = j \\text{{ {words}}} z_i = z_j $$"
    assert verdicts(text) == ["unparsed"]
    assert verdicts(text.replace(words, "then ")) == ["proved"]
