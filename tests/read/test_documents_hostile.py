"""Whatever the input, a document comes back soon, its fragments are where they say, and nothing recurses."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest

from symnll.read.documents import Declaration, Display, read_document
from symnll.read.source import Source, decode

KINDS = ("markdown", "tex", "text", "notebook")
UNITS = [
    "{", "}", "$", "$$", "\\(", "\\[", "\\\\[", "\\", "`", "` ``", "```\n", "```math\n", "\n", "> ", "<!--",
    "<!-- symnll\n", "%", "% symnll: a\n", "\\begin{align}", "\\begin{align}x\n", "\\end{align}", "\\begin{array}{",
    "\\begin{verbatim}", "\\newcommand{\\a}{", "\\def\\a#1{#1} ", "\\verb|", "\\url{", "\\iffalse", "    a\n\n",
    "- a\n\n", "$a = b$ ", "$$a\n\n", "\\begin{align}\n\nthis is some prose\n\n", "a_1 = \\b\n", "a_1 = {(", "\x00",
    "\ud800", "<pre>", "{% raw %}", "---\n", "$`", "> $$\n> a\n", "{math}`",
    '{"cells":[{"cell_type":"markdown","source":["', '\\"', "[",
]  # fmt: skip
# The limit asked for is 2 s for a megabyte, which takes up to 0.6 s here; a slow machine may take longer.
LIMIT = 2.0


@pytest.mark.parametrize("unit", UNITS)
def test_a_repeated_unit(unit: str) -> None:
    text = unit * (150_000 // len(unit))
    for kind in KINDS:
        start = time.process_time()
        read_document(Source("x", text), kind, inline=True)
        assert time.process_time() - start < LIMIT


def test_deep_nesting_is_one_display() -> None:
    text = "\\begin{align}" * 100_000 + "a" + "\\end{align}" * 100_000
    for kind in ("markdown", "tex"):
        start = time.process_time()
        found = read_document(Source("x", text), kind)
        assert time.process_time() - start < LIMIT
        assert len(found.displays) == 1 and not found.problems


def test_too_many_formulas_are_a_problem() -> None:
    found = read_document(Source("x", "$$a$$\n" * 30_000))
    assert len(found.displays) == 20_000
    assert "line 20001 was not read" in found.problems[0].message


def test_the_rest_of_a_broken_file_is_read() -> None:
    text = "{" * 1000 + "\x00\x01\ud800 \\begin{cases}\n\n# Next\n\n$$a = b$$\n"
    assert [d.body.text for d in read_document(Source("x", text)).displays][-1] == "a = b"


PIECES = [
    "$", "$$", "\\", "\\begin{align}", "\\end{align}", "\\begin{align*}", "\\begin{cases}", "\\end{cases}",
    "\\begin{array}{l}", "{", "}", "\n", "\n\n", "a", "b ", "=", "x_i", " some words of prose ", "`", "```",
    "```math", "```{math}\n:label: a\n", "%", "% symnll: real a\n", "<!--", "-->", "<!-- symnll real a -->",
    "<!-- symnll\nreal b\n-->", "> ", "    ", "- ", "> $$\n> a = b\n> $$\n", "\\[", "\\]", "\\(", "\\)", "\\\\[",
    "\\\\]", "\\newcommand{\\a}{b}", "\\newcommand{\\c}[1]{", "\\def\\d#1{#1}", "# h\n", "---\n", "{% raw %}",
    "\r\n", "\r", "\x00", "\ud800", "é", "𝑥", "<pre>", "</pre>", "\\section{a}", "\\begin{document}", "\\verb|",
    "\\iffalse", "\\newcommand{\\be}{\\begin{equation}}", "\\be ",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_random_documents(seed: int) -> None:
    """Fragments stand where they say, displays don't overlap, and are numbered in their order."""
    randomness = random.Random(seed)
    for _ in range(300):
        text = "".join(randomness.choices(PIECES, k=randomness.randint(1, 60)))
        for kind in KINDS[:3]:
            source = Source("x", text)
            found = read_document(source, kind, inline=randomness.random() < 0.5)
            end = 0
            for item in found.items:
                fragment = item.text if isinstance(item, Declaration) else item.body
                assert all(source.text[fragment.at(i)] == c for i, c in enumerate(fragment.text))
                if isinstance(item, Display):
                    assert end <= item.start <= item.end
                    end = item.end
            assert [d.number for d in found.displays] == list(range(1, len(found.displays) + 1))
            assert all(0 <= p.start <= p.end <= len(source.text) + 1 for p in found.problems)


@pytest.mark.parametrize("seed", range(2))
def test_random_bytes(seed: int) -> None:
    randomness = random.Random(seed)
    for _ in range(200):
        data = bytes(randomness.choices(b"$\\[]{}`%<!->\n ab=\xff\xc3\xe2\x80\x00\xfe", k=200))
        for kind in KINDS:
            read_document(decode("x", data), kind)


def test_reading_does_not_import_sympy() -> None:
    code = (
        "import sys; from symnll.read.documents import read_document; from symnll.read.source import Source;"
        "[read_document(Source('x', '$$a$$'), k) for k in ('tex', 'markdown', 'text', 'notebook')];"
        "sys.exit('sympy' in sys.modules or 'pylatexenc' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
