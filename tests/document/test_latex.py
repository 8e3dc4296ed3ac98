# ruff: noqa: E501
"""LaTeX: every entry compiles in both engines without a line that is too long, and nothing an author writes is a command."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

from symnll.document.latex.article import article, fragment
from symnll.document.latex.rows import broken, extent, rows
from symnll.document.latex.safe import ARGUMENTS, SYMBOLS, safe_formula
from symnll.document.latex.text import prose, tt, unknown, verbatim
from symnll.document.library import entry_document
from symnll.document.model import Code, Document, Formula, Heading, Items, Link, Paragraph, Quote, Styled, Table
from symnll.entry import entries, select
from symnll.prove.library import prove_claims
from symnll.write.latex import latex

BAD = re.compile(
    r"^(?:! .*|.*Warning: .*undefined.*|Missing character.*|LaTeX Font Warning.*)$", re.MULTILINE | re.IGNORECASE
)
OVERFULL = re.compile(r"^Overfull .*\(([\d.]+)pt too (?:wide|high).*$", re.MULTILINE)
PLAIN = "\\documentclass{article}\n\\usepackage{amsmath,amsthm}\n\\newtheorem{theorem}{Theorem}\n\\begin{document}\n"
DEEP = ("streaming", "stable", "sigmoid_reverse")
HOSTILE = (
    r"\write18{touch pwned}", r"\input{/etc/passwd}", r"\catcode`\%=12 \catcode`\{=1", "^^5cinput{/etc/passwd}", "100% $x #1 ~ ^ _ & {}",
    "}}}{{{", "\\", "\x00\x07\x1b[31m\x7f", "a" * 400, "x_" * 200, "[optional] *starred", r"\end{document}", r"$$\input{x}$$",
    "中文 Ελληνικά Привет 😀 ﬁ é ñ ế ł ß x̂ 𝐱 ½ ‘q’ “q” „q“ «q» — … \u202e\u200b ℝ ⟨a, b⟩ ∂C/∂z vᵀ", "?`!`--- ,, << >> ''",
    r"\csname end\endcsname", r"\verb|x|", "%\n\n\\par",
)  # fmt: skip


def need(program: str) -> str:
    """The program's path; where it is missing the test is skipped, but not in CI."""
    found = shutil.which(program)
    if found is None:
        if os.environ.get("SYMNLL_CI"):
            pytest.fail(f"{program} is not installed.")
        pytest.skip(f"{program} is not installed.")
    return found


@lru_cache(maxsize=1)
def results():
    return prove_claims(select([]))


@lru_cache(maxsize=4)
def documents(detail: str = "main", names: tuple[str, ...] = ()) -> list[Document]:
    return [entry_document(e, results(), detail) for e in entries().values() if not names or e.name in names]


def compiled(engine: str, source: str, folder: Path) -> None:
    """Compiles the file, and asserts that LaTeX had nothing to say."""
    (folder / "t.tex").write_text(source, encoding="utf-8")
    call = [need(engine), "-interaction=nonstopmode", "-no-shell-escape", "t.tex"]
    run = subprocess.run(call, cwd=folder, capture_output=True, timeout=100)
    log = (folder / "t.log").read_text(encoding="utf-8", errors="replace")
    wide = [m[0] for m in OVERFULL.finditer(log) if float(m[1]) > 5]
    assert not wide and not BAD.findall(log) and run.returncode == 0, "\n".join([*wide, *BAD.findall(log), log[-500:]])
    assert (folder / "t.pdf").stat().st_size > 1000


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_every_entry_compiles_as_a_fragment_in_a_plain_article(engine, tmp_path):
    bodies = [fragment(d) for d in documents()]
    bodies += [fragment(d).replace("{symnll:", "{full:") for d in documents("full", DEEP)]
    if engine == "pdflatex":
        bodies += [fragment(d).replace("{symnll:", "{every:") for d in documents("every-rule", DEEP)]
    compiled(engine, PLAIN + "\n".join(bodies) + "\\end{document}\n", tmp_path)


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_an_article_compiles_without_any_warning(engine, tmp_path):
    source = article(next(d for d in documents() if d.name == "nll"))
    compiled(engine, source, tmp_path)
    assert "Warning" not in (tmp_path / "t.log").read_text(encoding="utf-8", errors="replace")


def test_articles_say_everything():
    for d in documents():
        shown = article(d)
        for claim in d.claims:
            assert tt(claim.name) in shown
            assert all(tt(a) in shown for a in claim.axioms)
            assert all(prose(s.reason) in shown for s in claim.steps)
        assert "References" in shown or not any(isinstance(b, Heading) and b.anchor == "references" for b in d.blocks)
        assert shown.isascii()
    for detail in ("full", "every-rule"):
        for d in documents(detail, DEEP):
            lines = sum(len(c.ledger) + sum(len(s.rules) for s in c.steps) for c in d.claims)
            assert lines and article(d).count(r"\symnllline{") == lines


def test_names_can_be_copied_from_the_pdf(tmp_path):
    need("pdftotext")
    for engine in ("pdflatex", "lualatex"):
        compiled(engine, article(next(d for d in documents() if d.name == "streaming")), tmp_path)
        run = subprocess.run(["pdftotext", "t.pdf", "-"], cwd=tmp_path, capture_output=True, timeout=60)
        assert "streaming.represents" in run.stdout.decode() and "exp_positive" in run.stdout.decode()


# Rows.


def formulas():
    for d in documents():
        for c in d.claims:
            if c.statement is not None:
                yield from (c.statement.formula, *c.statement.where, *(s.node for s in c.steps))


def plain_form(text: str) -> str:
    return re.sub(r"\\left\.|\\(?:left|right|biggl|biggr)(?![a-z])|\s|\{\}", "", text)


@pytest.mark.parametrize("width", [12, 20, 32])
def test_rows_are_the_formula_in_pieces(width):
    count = 0
    for node in formulas():
        whole = latex(node)
        made = broken(whole, width)
        count += len(made) > 1
        assert plain_form("".join(made)) == plain_form(whole)
        for row in made:
            bare = re.sub(r"\\[{}]", "", row)
            assert bare.count("{") == bare.count("}")
            assert len(re.findall(r"\\left(?![a-z])", row)) == len(re.findall(r"\\right(?![a-z])", row))
    assert count > 20


def test_rows_fit_where_they_can():
    for node in formulas():
        assert all(extent(row) <= 32 for row in rows(node, 32))


# Safety.


def hostile_document() -> Document:
    blocks: list = []
    for n, text in enumerate(HOSTILE):
        cells = [[(text,), (Styled("code", (text,)),)]]
        blocks += [
            Heading(2, (text,), f"h{n}"), Paragraph((text, Styled("strong", (text,)), Link(text, (text,)), Formula(None, text))),
            Items([[Paragraph((text,))]]), Quote([Paragraph((text,))]), Code(text, text, text), Table([("a",), ("b",)], cells),
        ]  # fmt: skip
    return Document(HOSTILE[0], (HOSTILE[1], HOSTILE[0]), (HOSTILE[2],), blocks)


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_hostile_text_is_text(engine, tmp_path):
    source = article(hostile_document())
    assert source.isascii() and "^^" not in source and not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", source)
    body = source.partition(r"\begin{document}")[2]
    assert not re.search(r"\\(write|input|catcode|csname|verb|immediate|openout|def|let|read)(?![a-zA-Z])", body)
    assert body.count(r"\end{document}") == 1
    (tmp_path / "t.tex").write_text(source)
    run = subprocess.run(
        [need(engine), "-interaction=nonstopmode", "-shell-escape", "t.tex"], cwd=tmp_path, capture_output=True
    )
    assert run.returncode == 0 and not BAD.findall((tmp_path / "t.log").read_text(errors="replace"))
    assert not (tmp_path / "pwned").exists()


def test_words():
    assert prose("é ñ ø") == r"\'{e} \~{n} \o{}"
    assert prose("−1 ≤ α₁") == r"$-$1 $\le$ $\alpha$$_{1}$"
    assert prose("中 😀") == r"[U+4E2D]\allowbreak{} [grinning face]"
    assert unknown("é α 中 [x] 😀") == ["中", "😀"]
    assert tt("a.b_c") == r"\texttt{a.\allowbreak{}b{\char95}\allowbreak{}c}"
    assert r"\end{flushleft}" not in verbatim(r"\end{flushleft}").removesuffix(r"\end{flushleft}")


GOOD = (
    r"\frac{\partial L}{\partial z_m} = y_m - \delta_{mT}", r"x'^2", r"\sum\limits_{k=1}^K e^{z_k}", r"\left(\frac12\right)^2",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", r"\begin{align*} a &= b \\[2ex] &= c \label{eq:1} \end{align*}", "α + β ≤ 1",
    r"\text{if } x > 0, \quad \operatorname{softmax}(z)_i", r"\sqrt[3]{x}", r"\mathbb{R}^{K}", r"\underset{\theta}{\operatorname{argmax}}\, L",
    r"\left.x\right|_{x=0}", r"\begin{cases} 1 & i = m \\ 0 & \text{sonst, 中} \end{cases}", r"\Bigl( \hat y_i^2 \Bigr)", r"\{a\}", r"\frac ab",
    r"\begin{array}{c|c} 1 & 2 \end{array}", r"\sum_{\substack{i \\ j}} x_{ij}", r"x_a'^b",
)  # fmt: skip
REFUSED = (
    r"\write18{ls}", r"\immediate\write18{ls}", r"\input{/etc/passwd}", r"\include{x}", r"\catcode`\%=12", "^^5cinput", "x^^41", "a % b",
    r"\verb|x|", r"\def\x{}", r"\newcommand{\x}{}", r"\let\a\b", r"\csname input\endcsname", r"\expandafter\x", r"\openin1=x", r"\read1 to\x",
    r"\begin{verbatim}\end{verbatim}", r"\begin{document}", r"\end{document}", r"\begin{pmatrix}a\end{bmatrix}", "$x$", r"\text{$x$}",
    r"\text{\input{x}}", r"\operatorname{\input x}", r"\begin{array}{p{\input x}}\end{array}", r"\left\input x\right)", r"\label{\input}",
    "{a", "a}", r"\left( x", r"x \right)", "a & b", r"a \\ b", "x^a^b", "x_a_b", r"x^a'", r"x'_a^b", r"\frac{1}", "x^", "#1", "\\", "a\x00b",
    "中", "{" * 200 + "}" * 200, "x" * 30000, r"\href{a}{b}", r"\includegraphics{x}", r"\hspace{99cm}", r"\loop x\repeat", "",
)  # fmt: skip


def test_formulas_of_authors(tmp_path):
    assert all(safe_formula(g) for g in GOOD), [g for g in GOOD if not safe_formula(g)]
    assert [r for r in REFUSED if safe_formula(r) is not None] == []
    assert [g for g in GOOD if safe_formula(safe_formula(g)) is None and "U+" not in safe_formula(g)] == []
    every = [rf"{{\{name}}}" for name in sorted(SYMBOLS)]
    every += [rf"\{name}" + "{x}" * n for name, n in ARGUMENTS.items() if name != "not"]
    formulas = (*GOOD, *every)
    assert all(map(safe_formula, every))
    shown = "\n".join(rf"\[ {safe_formula(g)} \] ${safe_formula(g)}$" for g in formulas)
    head = PLAIN.replace("amsthm", "amsthm,amssymb")
    compiled("pdflatex", head + "\\sloppy\n" + shown + "\n\\end{document}\n", tmp_path)
