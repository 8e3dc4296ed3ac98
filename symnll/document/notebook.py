"""A document as a Jupyter notebook, which runs from top to bottom: it states, proves, computes and draws."""

from __future__ import annotations

import json
from typing import Any

from symnll.document.markdown import markdown
from symnll.document.model import Block, Derivation, Document, Picture
from symnll.document.output import MARK
from symnll.kernels.generate import kernels_on

PROVE = """result = prove_claims([{name!r}])[{name!r}]
assert result.verdict == "proved", result
result"""
FIGURE = """from IPython.display import SVG
from symnll.document.figures.drawn import FIGURES, standalone

SVG(standalone(FIGURES[{name!r}]().svg, "light"))"""
KERNELS = """import numpy as np

from symnll.kernels import nll_value_and_grad, softmax

logits = np.array([[2.0, 1.0, -1.0], [0.5, 0.0, 3.0]])
targets = np.array([0, 2])
loss, gradient = nll_value_and_grad(logits, targets, reduction="none")
onehot = np.eye(3)[targets]
assert np.allclose(gradient, softmax(logits) - onehot)  # what is proved above, in numbers
loss, gradient"""


def notebook(document: Document) -> str:
    """The notebook's JSON, in format 4.5: text and proofs in turn, then the kernels, where the document has claims."""
    cells: list[dict[str, Any]] = []
    text: list[Block] = []
    imports = "from symnll.prove.library import prove_claims"
    claims = [c.name for c in document.claims]

    def flush(first: bool = False) -> None:
        if text or first:
            part = Document(document.name, document.title if first else (), document.lead if first else (), list(text))
            cells.append(_cell("markdown", markdown(part)))
            text.clear()

    flush(first=True)
    if claims:
        cells.append(_cell("code", imports))
    for block in document.blocks:
        if isinstance(block, Picture):
            continue
        text.append(block)
        if isinstance(block, Derivation) and block.claim.verdict == "proved":
            flush()
            cells.append(_cell("code", PROVE.format(name=block.claim.name)))
            if any(isinstance(b, Picture) for b in _after(document, block)):
                cells.append(_cell("code", FIGURE.format(name=block.claim.name)))
    flush()
    if any(name.startswith("nll.") or "nll" in " ".join(kernels_on(name)) for name in claims):
        cells.append(_cell("markdown", "## In numbers\n\nThe kernels compute what is proved above."))
        cells.append(_cell("code", KERNELS))
    for n, cell in enumerate(cells):
        cell["id"] = f"cell-{n}"
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
        "symnll": MARK,
    }
    book = {"metadata": metadata, "nbformat": 4, "nbformat_minor": 5, "cells": cells}
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def _after(document: Document, block: Block) -> list[Block]:
    """What follows a claim, up to the next."""
    at = next(n for n, b in enumerate(document.blocks) if b is block)
    rest = document.blocks[at + 1 :]
    end = next((n for n, b in enumerate(rest) if isinstance(b, Derivation)), len(rest))
    return rest[:end]


def _cell(kind: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell
