"""`docs/seeds.md`: every formula of the five texts, its verdict confirmed, and the page as it is committed."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parent.parent / "docs"
# How many formulas, and sentences that stand for one, each text has: none may get lost.
COUNTS = [13, 19, 25, 22, 17]
VERDICTS = {
    "proved": 52,
    "answer": 1,
    "conditional": 5,
    "wrong": 4,
    "misdefinition": 4,
    "definition": 23,
    "number": 5,
    "open": 2,
}


@pytest.fixture(scope="module")
def seeds() -> Iterator[Any]:
    """The script that writes the page, imported as it imports its data: from its own folder."""
    sys.path.insert(0, str(DOCS))
    try:
        yield importlib.import_module("seeds")
    finally:
        sys.path.remove(str(DOCS))
        for name in ("seeds", "seeds_data"):
            sys.modules.pop(name, None)


def find(seeds: Any, text: int, words: str) -> Any:
    """The one formula of a text that has these words in it."""
    (found,) = [f for f in seeds.SEEDS[text - 1].formulas if words in f.text]
    return found


def test_the_page_is_up_to_date(seeds: Any) -> None:
    assert seeds.TARGET.read_bytes().decode() == seeds.page(), "run: python docs/seeds.py"


def test_no_formula_is_lost(seeds: Any) -> None:
    formulas = [f for s in seeds.SEEDS for f in s.formulas]
    assert [len(s.formulas) for s in seeds.SEEDS] == COUNTS
    assert {v: sum(f.verdict == v for f in formulas) for v in seeds.VERDICTS} == VERDICTS
    assert len(re.findall(r"^### \d\.\d+ ", seeds.TARGET.read_text(encoding="utf-8"), re.MULTILINE)) == sum(COUNTS)


def test_every_link_leads_to_an_entry(seeds: Any) -> None:
    links = re.findall(r"\[`(\w+)\.\w+`\]\((\S+)\)", seeds.TARGET.read_text(encoding="utf-8"))
    assert links and all((DOCS / path).is_file() and Path(path).stem == entry for entry, path in links)


def test_the_gradient_of_the_third_text_holds_for_one_class_only(seeds: Any) -> None:
    said = "\n".join(seeds.verdict(find(seeds, 3, r"{\partial f_k} = (p_k - 1)")))
    assert "Holds only for $`k = y_i`$" in said and "Witness: K = 2" in said


@pytest.mark.parametrize(
    ("text", "words", "changes"),
    [
        (3, r"{\partial f_k} = (p_k - 1)", {"verdict": "proved", "condition": None}),
        (3, r"{\partial f_k} = (p_k - 1)", {"condition": None}),
        (3, r"\mathbf{D}\Sigma = e^{f_k}", {"verdict": "wrong"}),
        (3, r"\frac{f(x)}{g(x)} = ", {"verdict": "proved", "instead": None}),
        (3, r"p_k = \frac{e^{f_k}}", {"verdict": "proved"}),
        (4, r"\log p_{model}\left(\mathbf{o}^{(i)}; \mathbf{θ}\right) = \log a", {"given": ()}),
        (5, "S(y_i) = ", {"verdict": "proved"}),
        (5, "S(y_i) = ", {"meaningless": True}),
        (5, "S(y_0) = 0.93623955", {"verdict": "definition"}),
        (1, "p_i = n_i/N", {"claims": ["likelihood.no_such_claim"]}),
    ],
)
def test_a_false_verdict_is_not_written(seeds: Any, text: int, words: str, changes: dict[str, Any]) -> None:
    formula = find(seeds, text, words)
    seeds.verdict(formula)
    with pytest.raises(seeds.Unconfirmed):
        seeds.verdict(replace(formula, **changes))


def test_a_number_must_be_as_rounded(seeds: Any) -> None:
    formula = find(seeds, 5, "S(y_0) = 0.93623955")
    number, least, most = formula.bounds
    for bounds in ((number, most, most + 1), (number, least - 1, least)):
        with pytest.raises(seeds.Unconfirmed):
            seeds.verdict(replace(formula, bounds=bounds))


def test_a_wrong_remedy_is_not_written(seeds: Any) -> None:
    formula = find(seeds, 3, r"\frac{f(x)}{g(x)} = ")
    with pytest.raises(seeds.Unconfirmed):
        seeds.verdict(replace(formula, instead=formula.statements[0]))


def test_an_unconfirmed_verdict_is_named(seeds: Any) -> None:
    formula = find(seeds, 3, r"\mathbf{D}\Sigma = e^{f_k}")
    seed = replace(seeds.SEEDS[2], formulas=[replace(formula, verdict="wrong")])
    with pytest.raises(seeds.Unconfirmed, match=r"Text 3, derivative of the softmax, after the first chain: .mathbf"):
        seeds.section(3, seed)
