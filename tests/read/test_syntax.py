"""Tokens to trees: what stands where, and the first token that does not fit."""

from typing import Any

import pytest

from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope
from symnll.read import syntax as S
from symnll.read.tokens import Unreadable


def shape(node: Any) -> str:
    """A tree on one line: (+ a (* b c)), a_{i}^{2}."""
    if isinstance(node, S.List):
        return " ".join(shape(p) for p in node.pieces)
    if isinstance(node, S.Num):
        return str(node.value)
    if isinstance(node, S.Name):
        return node.text
    if isinstance(node, S.Atom):
        scripts = "".join(f"_{{{shape(s)}}}" for s in node.subs) + "".join(f"^{{{shape(s)}}}" for s in node.sups)
        return shape(node.base) + scripts + "'" * node.primes + "!" * node.bangs
    if isinstance(node, S.Product):
        return "(* " + " ".join(map(shape, node.items)) + ")"
    if isinstance(node, S.Sum):
        return "(+ " + " ".join(("" if sign == "+" else sign) + shape(t) for sign, t in node.terms) + ")"
    if isinstance(node, S.Bracket):
        return f"{node.kind}{shape(node.inside)}" + {"(": ")", "[": "]", "{": "}"}.get(node.kind, node.kind)
    if isinstance(node, S.Frac):
        return f"({'choose' if node.binomial else '/'} {shape(node.top)} {shape(node.bottom)})"
    if isinstance(node, S.Root):
        return f"(root {shape(node.inside)}{' ' + shape(node.degree) if node.degree is not None else ''})"
    if isinstance(node, S.Cases):
        return "(cases " + " ; ".join(" & ".join(map(shape, row)) for row in node.rows) + ")"
    if isinstance(node, S.Times):
        return f"‹{node.kind}›"
    return str(getattr(node, "text", "…"))


def read(text: str) -> str:
    return shape(S.parse(tokens_of(Scope(), text, {})))


SHAPES = {
    "a + b c": "(+ a (* b c))",
    "-a": "(+ -a)",
    "a - -b": "(+ a b)",
    r"a \cdot -b": "(* a ‹*› -1 ‹*› b)",
    "a / b c": "(* a ‹/› b c)",
    "a_i": "a_{i}",
    "a_{ij}^2": "a_{{(* i j)}}^{2}",
    "a_{i}": "a_{i}",
    "a^{(n)}_i": "a_{i}^{{(n)}}",
    "a'": "a'",
    "f''(x)": "(* f'' (x))",
    "n!": "n!",
    r"\frac{a}{b}": "(/ {a} {b})",
    r"\frac12": "(/ 1 2)",
    r"\frac ab": "(/ a b)",
    r"\binom{n}{k}": "(choose {n} {k})",
    r"{n \choose k}": "(choose n k)",
    r"{a \over b + c}": "(/ a (+ b c))",
    r"\sqrt{a}": "(root {a})",
    r"\sqrt[3]{a}": "(root {a} {3})",
    r"\sqrt 2 a": "(* (root 2) a)",
    "|a| b": "(* |a| b)",
    "|a||b|": "(* |a| |b|)",
    "p(x | y)": "(* p (x | y))",
    r"\|a\|": r"\|a\|",
    r"\log a b": "(* log a b)",
    r"\sum_{i=1}^n a_i": r"(* \sum_{{i = 1}}^{n} a_{i})",
    r"\sum -a": r"(* \sum (+ -a))",
    r"\exp -a + b": "(+ (* exp (+ -a)) b)",
    r"\begin{cases} a & i = j \\ b & \text{otherwise} \end{cases}": "(cases a & i = j ; b & otherwise)",
    r"x_1 + \dots + x_n": "(+ x_{1} … x_{n})",
    "a, b": "a , b",
    "(a, b)": "(a , b)",
    "{a}": "{a}",
}


@pytest.mark.parametrize("text", SHAPES)
def test_the_shape_of_a_formula(text: str) -> None:
    assert read(text) == SHAPES[text]


REFUSED = {
    r"\frac{a}": ("missing", "}"),
    r"\frac": ("missing", r"\frac"),
    "(a": ("( is not closed", None),
    "{a": ("{ is not closed", None),
    "a)": ("')'", ")"),
    "a^": ("missing", "^"),
    "a +": ("missing", "+"),
    "_i": ("'_'", "_"),
    "a & b": ("'&'", "&"),
    r"\sqrt": ("missing", r"\sqrt"),
    r"\begin{cases} a": ("not closed", None),
    "! a": ("'!'", "!"),
    "a _ ^ b": ("", None),
}


@pytest.mark.parametrize("text", REFUSED)
def test_the_first_token_that_does_not_fit_is_named(text: str) -> None:
    part, place = REFUSED[text]
    with pytest.raises(Unreadable) as caught:
        read(text)
    assert part in str(caught.value)
    assert place is None or text[caught.value.start : caught.value.end] == place


def test_nodes_stand_where_they_were_written() -> None:
    text = r"a + \frac{b}{c_i}"
    tree = S.parse(tokens_of(Scope(), text, {})).only
    fraction = tree.terms[1][1]
    assert text[fraction.start : fraction.end] == r"\frac{b}{c_i}"
    assert text[fraction.bottom.start : fraction.bottom.end] in ("{c_i}", "c_i")


def test_equal_trees_are_equal_wherever_they_stand() -> None:
    def tree(text: str) -> Any:
        return S.parse(tokens_of(Scope(), text, {})).only

    assert tree("a + b") == tree("  a  +  b") and tree("a + b") != tree("a - b")


@pytest.mark.parametrize("text", ["+".join("x" * 5000), " ".join("x" * 5000), "x" + "'" * 5000, "x" + "!" * 5000])
def test_long_formulas_need_no_deep_stack(text: str) -> None:
    assert read(text)
