"""Authors' formulas as MathML, LaTeX and text: never a failure, never anything but formulas."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symnll.document.author.latex import formula_latex
from symnll.document.author.math import author_mathml, author_text, expanded
from symnll.document.author.tree import rows, tree
from symnll.document.latex.safe import safe_formula
from symnll.read.documents import Macro

ELEMENTS = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder",
    "mover", "munderover", "mtable", "mtr", "mtd",
}  # fmt: skip
ATTRIBUTES = {
    "display", "alttext", "width", "form", "fence", "stretchy", "movablelimits", "lspace", "rspace", "mathvariant",
    "accent", "accentunder", "linethickness", "class",
}  # fmt: skip
CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
PIECES = [
    r"\frac", r"\sqrt", r"\left", r"\right", r"\begin{aligned}", r"\end{aligned}", r"\begin{cases}", r"\end{cases}",
    r"\\",
    "&", "{", "}", "^", "_", "'", "^^5c", r"\text", r"\write18", r"\input{/etc/passwd}", r"\catcode`\$=12",
    r"\def\x{\x\x}",
    r"\href{javascript:alert(1)}{x}", r"\class{x}", r"\style{color:red}", "<script>alert(1)</script>", "]]>", "<!--",
    "-->",
    "<img src=x onerror=alert(1)>", "&lt;", "&amp;", "$", "$$", "`", "%", "\n", "#1", "#", "~", "|", r"\|", r"\{",
    r"\,",
    r"\sum", r"\mathbf", r"\hat", r"\operatorname*{arg\,max}", r"\label{a}", r"\tag{1}", r"\over", r"\not", r"\foo",
    "x", "10", "=", "-", " ", "\x00", "\x1b[31m", "\u202e", "é", "日", "α", "²", "[", "]", "(", ")", r"\end", r"\begin",
    "\\",
]  # fmt: skip
FORMULAS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.text(max_size=60))


def sound(markup: str) -> ElementTree.Element:
    root = ElementTree.fromstring(markup)
    for element in root.iter():
        assert element.tag in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES
        assert "\\" not in (element.text or "") + (element.tail or "") + "".join(element.attrib.values())
        if element.tag in CHILDREN:
            assert len(element) == CHILDREN[element.tag], markup
    return root


@settings(max_examples=400, deadline=None)
@given(FORMULAS)
def test_any_text_becomes_sound_markup(latex: str) -> None:
    sound(author_mathml(latex, block=True))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", author_text(latex))
    assert rows(tree(latex))


@settings(max_examples=400, deadline=None)
@given(FORMULAS)
def test_any_text_becomes_latex_that_is_known_to_be_safe(latex: str) -> None:
    shown = formula_latex(tree(latex))
    assert not shown or safe_formula(shown) is not None, shown
    assert "^^" not in shown
    assert not re.search(r"<[A-Za-z/!?]", shown)


@settings(max_examples=100, deadline=None)
@given(FORMULAS, FORMULAS, st.integers(0, 3))
def test_macros_have_an_end(latex: str, body: str, arguments: int) -> None:
    macros = {name: Macro(name, arguments, None, body + r"\foo #1 \x") for name in (r"\foo", r"\x", r"\text")}
    expanded(latex, macros)


@pytest.mark.parametrize("latex", ["{" * 5000, r"\frac" * 5000, "x^" * 5000, r"\left(" * 3000, r"\sqrt{" * 3000,
                                   r"\begin{cases}" * 2000, "'" * 5000, r"\hat" * 5000, r"\text{$" * 2000,
                                   r"\over" * 3000, "_{x" * 3000, r"\not" * 3000, "[" * 20000])  # fmt: skip
def test_depth_is_bounded(latex: str) -> None:
    sound(author_mathml(latex))
    formula_latex(tree(latex))
    author_text(latex)


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\frac{\partial p_k}{\partial f_k}", "∂p_k/∂f_k"),
        (r"\mathbf{x}^\top y", "𝐱^⊤ y"),
        (r"f'(x) \le 10", "f′(x) ≤ 10"),
        (r"\text{if $i = j$}", "if i = j"),
        (r"\href{https://x.org}{z}", "z"),
        (r"\unknown{z}", "unknown z"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "(1, 2; 3, 4)"),
        ("x^10", "x^1 0"),
    ],
)
def test_what_is_read(latex: str, said: str) -> None:
    assert author_text(latex) == said


def test_macros_are_written_out() -> None:
    macros = {
        r"\pd": Macro(r"\pd", 2, None, r"\frac{\partial #1}{\partial #2}"),
        r"\R": Macro(r"\R", 0, None, r"\mathbb{R}"),
    }
    assert expanded(r"\pd{L}{z_k} \in \R", macros) == r"\frac{\partial L}{\partial z_{k} }\in \mathbf{R}"
