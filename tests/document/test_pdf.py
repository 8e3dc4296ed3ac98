"""PDF: from LaTeX or Chromium, the same twice, with the mark that lets it be overwritten; hostile words stay words."""

from __future__ import annotations

import os
import shutil

import pytest

from symnll.document.latex import pdf as module
from symnll.document.latex.pdf import PdfError, pdf
from symnll.document.model import Document, Heading, Paragraph
from symnll.document.output import Foreign, write

SIMPLE = Document(
    "simple", ("A title",), ("Words.",), [Heading(2, ("Part",), "part"), Paragraph((r"\write18{touch pwned}",))]
)


def only(monkeypatch, *programs: str) -> None:
    """As if these were the only programs there."""
    if not all(map(shutil.which, programs)):
        if os.environ.get("SYMNLL_CI"):
            pytest.fail(f"{programs} are not installed.")
        pytest.skip(f"{programs} are not installed.")
    which = shutil.which
    monkeypatch.setattr(module.shutil, "which", lambda name: which(name) if name in programs else None)


@pytest.mark.parametrize("program", ["pdflatex", "lualatex", "chromium"])
def test_pdf(program, monkeypatch, tmp_path):
    only(monkeypatch, program)
    monkeypatch.chdir(tmp_path)
    data = pdf(SIMPLE)
    assert data.startswith(b"%PDF-") and data.endswith(b"%%EOF\n% written by symnll\n")
    assert data == pdf(SIMPLE)
    assert list(tmp_path.iterdir()) == []  # nothing is left, and nothing in it was run
    target = tmp_path / "a.pdf"
    write(target, data)
    write(target, data)  # it may be overwritten
    target.write_bytes(b"%PDF-1.4 someone else's")
    with pytest.raises(Foreign):
        write(target, data)


def test_what_latex_cannot_show_goes_through_the_page(monkeypatch):
    made = []
    monkeypatch.setattr(module.shutil, "which", lambda name: f"/{name}" if name in ("pdflatex", "chromium") else None)
    monkeypatch.setattr(module, "_from_page", lambda d, browser: made.append("page") or b"")
    monkeypatch.setattr(module, "_from_latex", lambda d, engine: made.append("latex") or b"")
    pdf(SIMPLE)
    pdf(Document("x", ("标题",), ()))
    pdf(Document("x", ("é − α",), ()))
    assert made == ["latex", "page", "latex"]


def test_without_any_program(monkeypatch):
    only(monkeypatch)
    with pytest.raises(PdfError, match="Install one, such as Debian's texlive-latex-base"):
        pdf(SIMPLE)


def test_a_program_that_fails(monkeypatch, tmp_path):
    broken = tmp_path / "pdflatex"
    broken.write_text("#!/bin/sh\necho '! It is broken.'\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(module.shutil, "which", lambda name: str(broken) if name == "pdflatex" else None)
    with pytest.raises(PdfError, match="pdflatex did not accept the document: It is broken"):
        pdf(SIMPLE)
