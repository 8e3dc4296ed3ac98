"""What is not declared: what letters are taken to be, from how the whole document uses them, and that it is said."""

import pytest

import symnll
from symnll.meaning.infer import infer
from symnll.meaning.scope import Scope
from symnll.read.documents import read_document
from symnll.read.source import Source


def inferred(text: str) -> dict[str, str]:
    """The notes on a document's names."""
    document, scope = read_document(Source("a.md", text)), Scope()
    infer(scope, document.displays, document.macros)
    return scope.notes


NOTES = {
    r"$$ \sum_{i=1}^n x_i = 0 $$": {"i": "1..n", "x": "[n]"},
    r"$$ \sum_i x_i = \sum_{i=1}^m x_i $$": {"i": "1..m", "x": "[m]"},
    r"$$ \sum_i x_i y_i = 0 $$": {"i": "index", "x": "real", "y": "real"},
    r"$$ \sum_{i=1}^n \sum_{k=1}^K x_{ik} = 0 $$": {"i": "1..n", "k": "1..K", "x": "[n, K]"},
    r"$$ \sum_{t=0}^{T-1} x_t = 0 $$": {"t": "0..T"},
    r"$$ \prod_{j=1}^{K} q_j = 0 $$": {"j": "1..K", "q": "[K]"},
    r"$$ \sum_{i=1}^n x_i = \sum_{j=1}^n x_j $$": {"i": "1..n", "j": "1..n", "x": "[n]"},
    r"$$ x_i^{(n)} = 0, \quad \sum_{n=1}^N \sum_i x_i^{(n)} = 0 $$": {"n": "1..N"},
}  # fmt: skip


@pytest.mark.parametrize("text", NOTES)
def test_letters_run_where_their_sums_run(text: str) -> None:
    found = inferred(text)
    for name, part in NOTES[text].items():
        assert part in found[name].replace(" - 1", "").replace("-1", ""), found


def verdicts(text: str) -> list[str]:
    report = symnll.check(text, cache=False, suggest=False)
    return [s.verdict for d in report.files[0].displays for s in d.steps]


# Without a declaration: two sums over one range are the same, over two ranges they are not, and so on.
DOCUMENTS = {
    r"$$ \sum_{i=1}^n x_i = \sum_{j=1}^n x_j $$": ["proved"],
    r"$$ \sum_{i=1}^n x_i = \sum_{j=1}^m x_j $$": ["refuted"],
    r"$$ \sum_{i=1}^n x_i = x_1 + \sum_{i=2}^n x_i $$": ["proved"],
    r"$$ \sum_{i=0}^n x_i = x_0 + \sum_{i=1}^n x_i $$": ["proved"],
    r"$$ \sum_{i=1}^n x_i = x_0 + \sum_{i=1}^n x_i $$": ["unknown"],
    r"$$ p_i = \frac{e^{z_i}}{\sum_j e^{z_j}} $$ $$ \sum_i p_i = 1 $$": ["definition", "proved"],
    r"$$ p_i = \frac{e^{z_i}}{\sum_j e^{z_j}} $$ $$ \sum_i p_i = 2 $$": ["definition", "refuted"],
    r"$$ L = \sum_i x_i^2 $$ $$ \frac{\partial L}{\partial x_i} = 2 x_i $$": ["definition", "proved"],
    r"$$ L = \sum_i x_i^2 $$ $$ \frac{\partial L}{\partial x_i} = x_i $$": ["definition", "refuted"],
    r"$$ \frac{\partial y}{\partial x} = 0 $$": ["unknown"],
    r"$$ f(x) = x^2 $$ $$ f'(x) = 2x $$": ["definition", "proved"],
    r"$$ f(x) = x^2 $$ $$ f'(x) = x $$": ["definition", "refuted"],
}  # fmt: skip


@pytest.mark.parametrize("text", DOCUMENTS)
def test_a_document_without_declarations(text: str) -> None:
    assert verdicts(text.replace("$$ $$", "$$\n\n$$")) == DOCUMENTS[text]


def test_what_was_inferred_is_in_the_report() -> None:
    report = symnll.check(r"$$ (x + 1)^2 = x^2 + 2x + 1 $$", cache=False)
    assert any("x is a real number" in note for note in report.files[0].displays[0].steps[0].inferred)
