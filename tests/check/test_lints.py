"""Remarks on how a step is written, and a page for every code that a report can hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import symnll
from symnll.report.diagnostics import TITLES
from symnll.report.model import CRASHED, UNREADABLE

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "errors"
CODE = r"[a-z]+(?:-[a-z]+)*"
SAID = re.compile(
    rf"(?:Remark|Lint|lint|Diagnostic|_problem|lints\.append)\(\(?(?:self\.source, |\"error\", )?\"({CODE})\""
)
EXAMPLE = re.compile(r"(`{3,})markdown\n(.*?)\n\1\n\n```text\n(.*?)```\n", re.DOTALL)

SOFTMAX = r"let p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}"
LETTERS = ("index i, j, k in 1..K", "index n in 1..N", "real z[K], a[K], b[N]", "simplex q[K]")


def found(formula, *declarations, suggest=False):
    """The lints of the only display, as (code, line), and the verdicts."""
    lines = "".join(f"<!-- symnll {line} -->\n\n" for line in (*LETTERS, *declarations))
    (file,) = symnll.check(f"{lines}$$\n{formula}\n$$\n", cache=False, suggest=suggest).files
    assert not file.problems, file.problems
    (display,) = file.displays
    return sorted({lint.code for step in display.steps for lint in step.lints}), [s.verdict for s in display.steps]


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{\partial}{\partial z_i} \sum_j e^{z_j} = \sum_k e^{z_i}",
        r"\prod_j e^{z_j} = \prod_j e^{z_i}",
        r"\sum_{j=1}^K z_j = \sum_{j=1}^K z_i",
        r"\log \Big( \sum_{j \neq k} e^{z_k} \Big) = \log \sum_{j \neq k} e^{z_j}",
    ],
)
def test_an_index_that_is_not_under_its_sum(formula):
    assert found(formula)[0] == ["unused-index"]


@pytest.mark.parametrize(
    "formula",
    [
        r"\sum_{i=1}^K 2 = 2 K",
        r"\sum_i N = K N",
        r"\sum_{n=1}^N z_i = N z_i",  # another range: it is meant to count
        r"\sum_k \frac{\partial}{\partial z_k} \sum_j z_j = K",
        r"\sum_i z_i + a_i = \sum_i a_i + z_i",  # the sum takes in both terms
        r"\sum_i \sum_j z_i a_j = \Big( \sum_i z_i \Big) \Big( \sum_j a_j \Big)",
        r"\sum_i \sum_j z_j = K \sum_j z_j",
    ],
)
def test_sums_that_are_as_they_should_be(formula):
    assert found(formula) == ([], ["proved"])


def test_an_index_outside_a_sum_and_another_one_under_it():
    assert found(r"\frac{e^{z_i}}{\sum_i e^{z_i}} = p_i", SOFTMAX)[0] == ["index-reused"]
    assert found(r"q_i \Big( \sum_i z_i \Big) = q_i \sum_j z_j") == (["index-reused"], ["proved"])
    assert found(r"\frac{\partial}{\partial z_j} \sum_j z_j = 1") == (["index-reused"], ["proved"])


def test_letters_that_are_bound_each_time():
    assert found(r"\sum_i z_i + \sum_i a_i = \sum_i (z_i + a_i)") == ([], ["proved"])
    assert found(r"\sum_i z_i \sum_j a_j = \sum_j z_j \sum_i a_i") == ([], ["proved"])
    assert (
        found(r"\mathbb{E}_{x \sim p}[f(x)] = \sum_x p(x) f(x)", "index x in X", "simplex p[X]", "real f[X]")[0] == []
    )


def test_a_notation_binds_its_own_letters():
    declared = ("write S for \\sum_j e^{z_j}", "write \\partial_j for \\frac{\\partial}{\\partial z_j}")
    assert found(r"\partial_j S = e^{z_j}", *declared) == ([], ["proved"])


def test_true_on_the_diagonal_only():
    assert found(r"\frac{\partial z_i}{\partial z_j} = 1") == (["missing-delta"], ["conditional"])
    assert found(r"\frac{\partial p_i}{\partial z_j} = p_i (1 - p_j)", SOFTMAX, suggest=True)[0] == ["missing-delta"]


def test_a_wrong_index_is_no_missing_delta():
    codes, verdicts = found(r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_i)", SOFTMAX, suggest=True)
    assert (codes, verdicts) == ([], ["conditional"])


def test_what_sums_to_one_without_saying_so():
    formula = r"-a_i + p_i \sum_j a_j = p_i - a_i"
    assert found(formula, SOFTMAX) == (["silent-one-hot"], ["conditional"])
    assert found(formula, SOFTMAX, r"assume \sum_j a_j = 1") == ([], ["proved"])
    assert found(r"-q_i + p_i \sum_j q_j = p_i - q_i", SOFTMAX) == ([], ["proved"])


def test_ranges_that_differ():
    assert found(r"\sum_{i=1}^K z_i = \sum_{i=1}^{K-1} z_i")[0] == ["different-range"]
    assert found(r"\sum_i z_i = \sum_{i=2}^K z_i")[0] == ["different-range"]
    assert found(r"\sum_{i=1}^K z_i = z_K + \sum_{i=1}^{K-1} z_i") == ([], ["proved"])  # as they should
    assert found(r"\sum_{i=1}^K z_i = -\sum_{i=1}^{K} z_i")[0] == []


def test_an_index_that_is_something_else_elsewhere():
    assert found(r"\sum_{N=1}^K z_N = \sum_i z_i") == (["two-meanings"], ["proved"])
    assert found(r"\sum_{c=1}^K z_c = \sum_i z_i", "real c") == (["two-meanings"], ["proved"])
    assert found(r"\sum_{y=0}^1 r^y (1 - r)^{1 - y} = 1", "binary y", "probability r") == ([], ["proved"])


def codes():
    """Every code that a report can hold: verdicts, and what the sources make remarks and problems of."""
    sources = [p.read_text(encoding="utf-8") for p in (ROOT / "symnll").rglob("*.py")]
    severities = {"error", "warning", "note"}
    return {*TITLES, CRASHED, UNREADABLE, *(c for text in sources for c in SAID.findall(text))} - severities


def test_every_code_has_its_page():
    known = codes()
    assert {"refuted", "expect", "unused-index", "two-readings", "declaration", "unreadable-text"} <= known
    assert known == {p.stem for p in PAGES.glob("*.md")} - {"README"}


def test_the_list_of_codes_is_complete():
    listed = re.findall(rf"\[({CODE})\]\(\1\.md\)", (PAGES / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(codes())


def steady(printed):
    """What is printed but for the values of a counterexample, and what is only found if there is time."""
    return [
        line for line in printed.splitlines() if not re.match(r" *= (counterexample|left side|right side|help):", line)
    ]


@pytest.mark.parametrize("page", sorted(p for p in PAGES.glob("*.md") if EXAMPLE.search(p.read_text(encoding="utf-8"))))
def test_what_a_page_shows_is_what_is_printed(page):
    _, document, printed = EXAMPLE.search(page.read_text(encoding="utf-8")).groups()
    assert steady(str(symnll.check(document, "notes.md", cache=False))) == steady(printed.rstrip())
    assert f"[{page.stem}]" in printed
