"""LaTeX files to displays, declarations, inline formulas and macros."""

from __future__ import annotations

import random

import pytest

from symnll.read.documents import Declaration, Display, Document, read_document
from symnll.read.source import Source


def document(text: str, inline: bool = False) -> Document:
    """The document of a text; every character of every fragment must stand where it says."""
    found = read_document(Source("x.tex", text), inline=inline)
    for item in found.items:
        fragment = item.text if isinstance(item, Declaration) else item.body
        assert all(text[fragment.at(i)] == c for i, c in enumerate(fragment.text))
    return found


def shown(found: Document) -> list[str]:
    out = []
    for item in found.items:
        if isinstance(item, Declaration):
            out.append(f"! {item.text.text}")
        else:
            out.append(f"{item.environment if isinstance(item, Display) else '$'} {item.body.text.strip()}")
    return out


FORMULAS = {
    "brackets and dollars": ("\\[ a \\] $$ b $$ $ c $ \\(d\\)", ["display a", "display b", "$ c", "$ d"]),
    "a row break in prose": ("text \\\\[1em] more $a$", ["$ a"]),
    "the environment math": ("\\begin{math}a\\end{math}", ["$ a"]),
    "the preamble": (
        "\\documentclass{article}\\def\\x{$a$}\n$$a$$\n% symnll: real a\n\\begin{document}$$b$$\\end{document}$$c$$",
        ["! real a", "display b"],
    ),
    "a preamble that is commented out": ("% \\begin{document}\n$$a$$", ["display a"]),
    "comments": ("% $$a$$\n\\% $b$ % $c$\n\\\\% $d$\n", ["$ b"]),
    "an end in a comment": (
        "\\begin{align}\n a % \\end{align}\n% $$ \\]\n = b\n\\end{align}",
        ["align a % \\end{align}\n% $$ \\]\n = b"],
    ),
    "a formula in a comment between": ("\\[ a\n%\n%\n= b \\]", ["display a\n%\n%\n= b"]),
    "declarations": (
        "%% symnll: real a\n\\section{x} % symnll:index i in 1..K  \n%symnll: reset\n% symnll is a tool",
        ["! real a", "! index i in 1..K", "! reset"],
    ),
    "declarations in a display come before it": (
        "\\begin{align}\n% symnll: case i = j\na &= b \\\\ % symnll: skip\n&= c\n\\end{align}\n% symnll: reset",
        [
            "! case i = j",
            "! skip",
            "align % symnll: case i = j\na &= b \\\\ % symnll: skip\n&= c",
            "! reset",
        ],
    ),
    "verbatim": (
        "\\begin{verbatim}\n$$a$$ \\begin{align}\n% symnll: real a\n\\end{verbatim}"
        "\\begin{lstlisting}[x]$\\end{lstlisting}\\begin{comment}\n\\[\n\\end{comment}$z$",
        ["$ z"],
    ),
    "verb and addresses": ("\\verb|$%| \\verb*+\\[+ \\lstinline!$! \\url{a%20b$} \\href{x%}{y} $z$", ["$ z"]),
    "iffalse": ("\\iffalse $$a$$ \\fi $$b$$", ["display b"]),
    "shorthands": (
        "\\newcommand{\\be}{\\begin{equation}}\\newcommand\\ee{\\end{equation}}\n\\def\\bea{\\begin{align*}}"
        "\\def\\eea{\\end{align*}}\n\\be a = b \\ee \\bea c \\\\ \\begin{cases}\\end{cases} \\eea \\beta $d$",
        ["equation a = b", "align c \\\\ \\begin{cases}\\end{cases}", "$ d"],
    ),
    "containers": (
        "\\begin{subequations}\\begin{align}a\\end{align}\\end{subequations}\\begin{proof}$b$\\[c\\]\\end{proof}",
        ["align a", "$ b", "display c"],
    ),
    "an environment of one's own in a display": ("\\[ \\begin{mine} a \\end{mine} = b \\]",
                                                 ["display \\begin{mine} a \\end{mine} = b"]),
    "a quote mark is a relation": ("\\[ a\n> b \\]", ["display a\n> b"]),
    "a fence is no fence": ("```\n$$a$$\n```", ["display a"]),
    "windows line ends": ("\\begin{align}\r\na % x\r\n\\end{align}\r\n% symnll: reset\r\n", ["align a % x", "! reset"]),
    "input is not followed": ("\\input{other} $a$ \\include{x}", ["$ a"]),
    "macros across lines": ("\\newcommand{\\x}{%\n $$a$$\n}\n$b$", ["$ b"]),
}  # fmt: skip


@pytest.mark.parametrize("text,expected", FORMULAS.values(), ids=FORMULAS)
def test_formulas(text: str, expected: list[str]) -> None:
    found = document(text)
    assert shown(found) == expected
    assert not found.problems


PROBLEMS = {
    "\\[ a\n\n\\section{Next}\n$b$": (["display a", "$ b"], "Close it with \\]."),
    "\\begin{theorem}\n\\begin{align} a\n\\end{theorem}\n\\[b\\]": (["align a", "display b"], "\\end{align}"),
    "\\begin{equation} a\n\n\\item $b$": (["equation a", "$ b"], "\\end{equation}"),
    "\\newcommand{\\be}{\\begin{equation}}\\be a\n\nWe see that so it is.": (["equation a"], "\\end{equation}"),
    "$a\n\n$b$": (["$ b"], "not closed in its paragraph"),
    "\\(a\n\n$b$": (["$ b"], "not closed in its paragraph"),
    "\\begin{verbatim} $a$": (["$ a"], "Close it with \\end{verbatim}."),
    "% symnll real a\n$b$": (["$ b"], "has a colon"),
    "<!-- symnll real a -->\n$b$": (["$ b"], "% symnll: …"),
}


@pytest.mark.parametrize("text", PROBLEMS)
def test_problems(text: str) -> None:
    found = document(text)
    expected, message = PROBLEMS[text]
    assert shown(found) == expected
    assert len(found.problems) == 1 and message in found.problems[0].message


def test_macros_and_their_comments() -> None:
    found = document(
        "\\newcommand{\\x}{% }\na}\n\\newcommand{\\y}[1]{{#1}} % \\newcommand{\\z}{}\n\\[\\def\\w{b}\\w\\]"
    )
    assert {name: m.body.strip("% \n") for name, m in found.macros.items()} == {"\\x": "a", "\\y": "{#1}", "\\w": "b"}


def test_cues_do_not_see_commands_and_comments() -> None:
    text = "\\begin{document}\\textbf{Let} % not this\n~$a$"
    assert [item.cue for item in document(text).items] == ["let"]  # type: ignore[union-attr]


def test_displays_are_those_that_pylatexenc_finds() -> None:
    """On well-formed files, a walker that shares nothing with this reader finds the same displays and bodies."""
    walker = pytest.importorskip("pylatexenc.latexwalker")
    pieces = [
        "\\[ a_{1} = \\frac{b}{c} \\]", "$$ \\begin{aligned} a &= b \\\\[2pt] &= \\{c\\} \\end{aligned} $$", "$x = 1$",
        "\\begin{align*} a &= b % \\end{align*}\n \\\\ &\\leq \\begin{cases} 1 \\\\ 2 \\end{cases} \\end{align*}",
        "\\(y\\)", " 5\\% of \\$3 % and $$ a $ comment\n", "\n\n", "\\section{One}", " some text \\\\[1em] here ",
        "\\begin{theorem} It holds. \\begin{equation}\\label{a} e = f \\end{equation} \\end{theorem}",
        "\\begin{gather} \\text{if $i = j$} \\end{gather}", "\\begin{multline}\na % \\[\n\\end{multline}",
    ]  # fmt: skip
    randomness = random.Random(3)
    for _ in range(60):
        text = "".join(randomness.choices(pieces, k=12))
        wanted: list[str] = []
        todo = [walker.LatexWalker(text, tolerant_parsing=False).get_latex_nodes()[0]]
        while todo:
            for node in todo.pop() or []:
                if isinstance(node, walker.LatexMathNode) and node.displaytype == "display":
                    wanted.append(node.latex_verbatim()[2:-2])
                elif isinstance(node, walker.LatexEnvironmentNode):
                    if node.environmentname == "theorem":
                        todo.append(node.nodelist)
                    else:
                        wanted.append("".join(n.latex_verbatim() for n in node.nodelist))
        assert sorted(d.body.text for d in document(text).displays) == sorted(wanted)
