"""People's own files as documents: the prose as it was, and the verdict at every step."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path
from typing import Any

import pytest

from symnll.check.options import Options
from symnll.check.run import load
from symnll.document.author.authored import authored_document
from symnll.document.author.views import DisplayView
from symnll.document.html import page
from symnll.document.latex.article import article
from symnll.document.markdown import markdown
from symnll.document.model import Code, Document, Formula, Heading, Items, Paragraph, Quote, Table, walk, words
from symnll.document.text import plain
from symnll.read.source import Source
from symnll.report.model import StepReport
from symnll.report.records import to_record

EXAMPLE = Path(__file__).parents[2] / "examples" / "softmax_gradient.md"


def document(name: str, text: str, **options: Any) -> Document:
    return authored_document(Source(name, text), Options(**options))


def displays(made: Document) -> list[DisplayView]:
    return [d for d in made.displays if d.kind == "display"]


def kinds(made: Document, kind: str) -> list[Any]:
    return [d for d in made.displays if d.kind == kind]


@pytest.fixture(scope="module")
def example() -> Document:
    source = load(str(EXAMPLE))
    assert isinstance(source, Source)
    return authored_document(source)


def test_the_example_has_its_wrong_step_marked_and_mended(example: Document) -> None:
    steps = [s for d in displays(example) for s in d.steps]
    assert [s.verdict for s in steps] == ["definition"] * 2 + ["proved"] * 5 + ["conditional"] + ["proved"] * 3
    wrong = steps[7]
    assert wrong.expected and wrong.said == "true only if k = t, as its author expects"
    assert [label for label, _ in wrong.details] == ["counterexample", "left side", "right side", "help"]
    assert Formula(latex=r"p_{k}-\delta _{kt}") in dict(wrong.details)["help"]
    assert all(d.fine for d in example.displays)
    mended = displays(example)[6]
    assert [s.verdict for s in mended.steps] == ["proved"]
    assert words(example.title) == "How the loss of a softmax classifier changes with its scores"


def test_every_proved_step_has_its_theorem_and_certificate(example: Document) -> None:

    for step in (s for d in displays(example) for s in d.steps):
        assert (step.statement is not None) == (step.verdict == "proved")
        assert bool(step.certificate) == (step.verdict == "proved")


def test_every_step_is_shown_in_every_format(example: Document) -> None:
    html, text = page(example), plain(example)
    for step in (s for d in displays(example) for s in d.steps):
        assert html.count(f'id="{step.anchor}"') == 1
    assert text.count("[✓ proved]") == 8
    assert markdown(example).count("**✓ proved**") == 8
    assert article(example).count(r"\tag*{\small proved}") == 8
    assert "\\" not in re.sub(r' alttext="[^"]*"|<script>.*?</script>|<style>.*?</style>', "", html, flags=re.DOTALL)


def test_rows_stand_as_they_were_written(example: Document) -> None:
    rows = displays(example)[2].rows
    assert [r.continues for r in rows] == [False, True, True]
    assert [len(r.steps) for r in rows] == [1, 1, 1]
    assert rows[2].text == "= p_k(1 − p_k)."


def test_theorems_stay_in_their_process() -> None:
    step = StepReport(1, 1, 1, 1, 2, "=", "a", "a", "proved", theorem=object())
    assert "theorem" not in to_record(step)
    assert "theorem" not in repr(step)
    assert pickle.loads(pickle.dumps(to_record(step))) == to_record(step)


MARKDOWN = r"""---
title: "From *here* to $K$"
author: me
---

Before $z_k$ and `code $x$` and **bold $p_k$**.

- a list:
  $$
  a + a = 2 a
  $$
  with more,

  1. nested
- and a second item

> quoted
>
> $$ b = b $$

| left | right |
| --- | --- |
| $c$ | **d** |

```python
x = "$$ not a formula $$"
```

# A chapter
### Deep

<div align="center">centred <b>words</b></div>

A note[^1] and an ![image of a cat](cat.png), a [link](https://example.org), <!-- hidden --> &amp; an entity.

[^1]: word

<!-- symnll skip -->
$$ x = y $$

$$ K $$
"""


def test_markdown() -> None:
    made = document("page.md", MARKDOWN)
    assert words(made.title) == "From *here* to K"
    said = "\n".join(words(b.content) for b in walk(made.blocks) if isinstance(b, Paragraph | Heading))
    for phrase in ("Before z_k and code $x$ and bold p_k.", "a list:", "with more,", "nested", "and a second item",
    "quoted",
                   "A chapter", "Deep", "centred words", "A note[^1] and an [Image: image of a cat], a link,",
                   "& an entity.",
                   "[^1]: word"):  # fmt: skip
        assert phrase in said
    blocks = list(walk(made.blocks))
    assert [b.level for b in blocks if isinstance(b, Heading)] == [2, 3]
    assert [b.text for b in blocks if isinstance(b, Code)] == ['x = "$$ not a formula $$"']
    assert [words(c) for b in blocks if isinstance(b, Table) for row in b.rows for c in row] == ["c", "d"]
    assert sum(isinstance(b, Items) for b in blocks) == 2 and sum(isinstance(b, Quote) for b in blocks) == 1
    assert [[s.verdict for s in d.steps] for d in displays(made)] == [["proved"], ["proved"], [], []]
    assert [bool(d.note) for d in displays(made)] == [False, False, True, True]
    inside = next(b for b in blocks if isinstance(b, Items)).items[0]
    assert any(d is b.display for d in displays(made)[:1] for b in inside if hasattr(b, "display"))
    notes = "\n".join(words(i) for i in kinds(made, "notes")[0].items)
    assert "front matter" in notes and "2 of the displays have no verdict" in notes and "comment" in notes


TEX = r"""\documentclass{article}
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\newtheorem{satz}{Satz}
\title{Softmax \& its \emph{gradient}}
\author{A. N. Author}
\begin{document}
\maketitle
% symnll: simplex y[K]
\section{The loss}\label{s}
The ``logits'' $z$ --- as in \cite{b} --- cost 50\%. % a comment
\begin{equation} p_i = \frac{e^{z_i}}{\sum_j e^{z_j}} \label{p} \end{equation}
\begin{satz}[Gradient] With $L$,
\begin{align*}
L &= -\sum_i y_i \log p_i, & \text{the loss} \\
\pd{L}{z_k} &= p_k - y_k .
\end{align*}
\end{satz}
\begin{itemize} \item \texttt{x\_y}; \foo{kept}. \item Second \begin{quote} quoted \verb|a_b| \end{quote} \end{itemize}
\begin{tabular}{ll} a & $b$ \\ c & d \end{tabular}
\begin{verbatim}
v = \alpha
\end{verbatim}
Caf\'e na\"{\i}ve\footnote{A note.} \input{other}
\end{document}
"""


def test_latex() -> None:
    made = document("paper.tex", TEX)
    assert words(made.title) == "Softmax & its gradient"
    blocks = list(walk(made.blocks))
    said = "\n".join(words(b.content) for b in blocks if isinstance(b, Paragraph | Heading))
    for phrase in ("A. N. Author", "The loss", "The “logits” z — as in [b] — cost 50%.", "Satz (Gradient). With L,",
                   "x_y; kept.", "Second", "quoted a_b", "Café naïve (A note.)"):  # fmt: skip
        assert phrase in said
    assert "comment" not in said
    assert [b.text for b in blocks if isinstance(b, Code)] == [r"v = \alpha"]
    assert [words(c) for b in blocks if isinstance(b, Table) for c in (*b.head, *b.rows[0])] == ["a", "b", "c", "d"]
    assert [s.verdict for d in displays(made) for s in d.steps] == ["definition", "definition", "proved"]
    assert displays(made)[1].rows[1].text == "∂L/∂z_k = p_k − y_k."
    assert len(kinds(made, "declared")) == 1
    notes = "\n".join(words(i) for i in kinds(made, "notes")[0].items)
    assert "other" in notes and "foo" in notes and "preamble" in notes


def test_plain_text_and_notebooks() -> None:
    made = document("note.txt", "Words first.\n\np_i = \\frac{e^{z_i}}{\\sum_j e^{z_j}}\n\nand *no* markup.\n")
    assert [words(b.content) for b in made.blocks if isinstance(b, Paragraph)] == ["Words first.", "and *no* markup."]
    assert [s.verdict for d in displays(made) for s in d.steps] == ["definition"]
    cells = [{"cell_type": "markdown", "source": ["# Title\n", "\n", "$$ \\frac{a}{1} = a $$ with $\\alpha$"]},
             {"cell_type": "code", "source": "print(1)", "outputs": []},
             {"cell_type": "markdown", "source": "$$ b = \\frac{2 b}{2} $$"}]  # fmt: skip
    made = document("n.ipynb", json.dumps({"cells": cells}))
    assert words(made.title) == "Title"
    assert [type(b).__name__ for b in made.blocks] == ["Checked", "Checked", "Paragraph", "Code", "Checked", "Checked"]
    assert [d.rows[0].text for d in displays(made)] == ["a/1 = a", "b = 2b/2"]


@pytest.mark.parametrize("body", [r"a = b = c", r"a &= b \\ &= c", r"\begin{aligned} a &= b \\ &= c \end{aligned}.",
r"a = b, \quad c = d",
                                  r"\left. a = b \right.", r"\boxed{a = b}", r"a \\ b = c",
                                  r"\begin{array}{rl} a & = b \\ & = c \end{array}",
                                  r"{a = b} = c", r"a \overset{!}{=} b", r"a = \begin{cases} b = c \\ d \end{cases}",
                                  "a", r"a \text{ and } b = c"])  # fmt: skip
def test_every_step_and_every_sign_is_shown_once(body: str) -> None:
    made = document("x.md", f"$$\n{body}\n$$\n", timeout=1, suggest=False)
    [display] = displays(made)
    assert [s.anchor for r in display.rows for s in r.steps] == [s.anchor for s in display.steps]
    shown = "".join(r.text for r in display.rows)
    assert [c for c in shown if c in "abcd"] == [c for c in body.replace("begin", "").replace("end",
    "").replace("\\text{ and }", "and")
            .replace("aligned", "").replace("array", "").replace("cases", "").replace("quad", "").replace("boxed",
            "").replace("rl", "")
            if c in "abcd"]  # fmt: skip


def test_nothing_is_said_to_be_fine_that_is_not() -> None:
    made = document("x.md", "<!-- symnll\nnonsense here\n-->\n\n$$ a = a $$\n")
    assert not all(d.fine for d in made.displays)
    assert not all(d.fine for d in document("x.md", "$$ a = a + 1 $$", suggest=False).displays)
    false = displays(document("x.md", "$$\n(a + b)^2 = a^2 - 2 a b + b^2\n$$\n"))[0].steps[0]
    assert false.verdict == "refuted" and false.statement is None and not false.certificate
    assert "help" in dict(false.details)


def test_inline_formulas_are_shown_without_macros() -> None:
    made = document("x.md", "\n$$\\newcommand{\\R}{\\mathbb{R}}$$\n\nIn $\\R^K$ <b>it is</b>.\n")
    [paragraph] = [b for b in made.blocks if isinstance(b, Paragraph)]
    assert [type(p) for p in paragraph.content] == [str, Formula, str]
    assert "\\R" not in page(made)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("q.md", ">" * 1000 + " x"),
        ("l.md", "- " * 500 + "x"),
        ("l.md", "".join(f"{'  ' * n}- x{n}\n" for n in range(100))),
        ("e.md", "*" * 5000 + "x" + "[" * 5000),
        ("b.tex", "{" * 20000 + "x" + "\\end{quote}" * 5000),
        ("q.tex", "\\begin{quote}" * 2000 + " x " + "\\end{quote}" * 2000),
        ("v.tex", "\\begin{verbatim}" * 20000),
        ("w.tex", "\\verb|" * 20000),
        ("n.tex", "\\emph{\\footnote{" * 3000 + "x"),
        ("i.tex", "\\begin{itemize}\\item " * 1000 + "x"),
        ("d.tex", "\\newcommand{\\a}{" * 5000),
        ("s.md", "$x$ " * 5000),
        ("n.ipynb", '{"cells": [' * 1000),
        ("n.ipynb", '{"cells": [{"cell_type": "markdown", "source": "$$ a = a $$"}, 3]}'),
    ],
)
def test_files_that_nobody_writes(name: str, text: str) -> None:
    made = document(name, text, timeout=1, suggest=False)
    for printed in (page, article, markdown, plain):
        printed(made)
