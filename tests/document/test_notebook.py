"""Notebooks are valid, and run from top to bottom."""

from __future__ import annotations

import json

import pytest

from symnll.document.figures.drawn import FIGURES
from symnll.document.library import entry_document
from symnll.document.notebook import notebook
from symnll.entry import entries
from symnll.prove.library import prove_claims
from tests.document.samples import sample

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")


def test_a_notebook_is_valid_and_says_all():
    book = nbformat.reads(notebook(sample()), as_version=4)
    nbformat.validate(book)
    text = "\n".join(cell.source for cell in book.cells)
    assert "# A sample" in text and "A & B" in text and "prove_claims(['sample.square'])" in text
    assert "prove_claims(['sample.open'])" not in text
    assert "written by symnll" in json.dumps(book.metadata)


def test_a_notebook_runs():
    name = next(n for n in FIGURES if n.startswith("nll."))
    document = entry_document(entries()["nll"], prove_claims([name, "nll.gradient"]), pictures=FIGURES)
    book = nbformat.reads(notebook(document), as_version=4)
    nbclient.NotebookClient(book, timeout=60, kernel_name="python3").execute()
    outputs = [o for cell in book.cells if cell.cell_type == "code" for o in cell.outputs]
    assert any("image/svg+xml" in o.get("data", {}) for o in outputs)
    assert any("roved" in str(o.get("data", "")) for o in outputs)
