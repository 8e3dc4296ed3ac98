"""What is suggested for a false step: one edit, in the author's LaTeX, with which it is proved."""

from __future__ import annotations

import pytest

import symnll
from symnll.check import repair as module
from symnll.check import verdicts
from symnll.check.edits import Step, edits
from symnll.check.places import places
from symnll.check.written import Written
from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope
from symnll.read import syntax as S
from symnll.read.tokens import Unreadable

LETTERS = r"""<!-- symnll
index i, j, k in 1..K
index n in 1..N
real z[K], w[K], a, b, x[N]
positive c
onehot y[K]
let p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}
let L = -\sum_k y_k \log p_k
-->
"""


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Machines that are busy may take their time."""
    monkeypatch.setattr(module, "PROOF", 5.0)
    monkeypatch.setattr(verdicts, "EDITS", 30.0)
    monkeypatch.setattr(verdicts, "EXTRA", 40.0)


def helps(text, **options):
    (file,) = symnll.check(LETTERS + text, cache=False, **options).files
    assert not file.problems, file.problems
    return [s.help for d in file.displays for s in d.steps]


def help_for(formula, *declarations):
    lines = "".join(f"<!-- symnll {line} -->\n" for line in declarations)
    return helps(f"{lines}$$\n{formula}\n$$\n")[-1]


MENDED = {  # a step with one slip: the edit
    # signs
    r"\frac{\partial L}{\partial z_i} = p_i + y_i": "with `-` in place of `+` before `y_i`",
    r"\frac{\partial L}{\partial z_i} = y_i - p_i": "with `p_i - y_i` in place of `y_i - p_i`",
    r"e^{a} e^{-b} = e^{a + b}": "with `-` in place of `+` before `b`",
    r"\log \frac{1}{c} = \log c": r"with `-` before `\log c`",
    # indices
    r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_k)": "with `p_j` in place of `p_k`",
    r"\sum_k y_k z_i = \sum_k z_k y_k": "with `z_i` in place of `z_k`",
    # conditions and bounds
    r"1 - p_i = \sum_{k} p_k": r"with `\sum_{k \neq i}` in place of `\sum_{k}`",
    r"1 - p_i = \sum_{k \neq j} p_k": r"with `\sum_{k \neq i}` in place of `\sum_{k \neq j}`",
    r"z_i + \sum_{k \neq i} z_k = \sum_{k \neq j} z_k": r"with `\sum_k` in place of `\sum_{k \neq j}`",
    r"\sum_i z_i = \sum_{i=1}^{K-1} z_i": "with `K` in place of `K-1`",
    # factors
    r"\sum_n (x_n - a) = \sum_n x_n - a": "with the factor `N` before `a`",
    r"\frac{\partial}{\partial a} \frac{1}{N} \sum_n (x_n - a)^2 = -\frac{1}{N} \sum_n (x_n - a)":
        r"with `\frac{2}{N}` in place of `\frac{1}{N}`",
    r"\frac{\partial e^{z_i}}{\partial z_j} = e^{z_i}": r"with the factor `\delta_{i j}` before `e^{z_i}`",
    r"\frac{\partial \log p_i}{\partial z_j} = 1 - p_j": r"with `\delta_{i j} - p_j` in place of `1 - p_j`",
    r"a (a + b) = a^2 + a b^2": "without the exponent of `b^2`",
    r"\frac{\partial}{\partial a} a^2 b = a b": "with the factor `2` before `a b`",
    # functions, exponents, fractions
    r"\log (c e^a) = c + a": r"with `\log` before `c`",
    r"\frac{\partial}{\partial a} \frac{1}{a} = -\frac{1}{a}": "with `a^2` in place of `a`",
    r"e^{a - b} = \frac{e^b}{e^a}": r"with `\frac{e^a}{e^b}` in place of `\frac{e^b}{e^a}`",
    r"\log \prod_i c^{y_i} = \prod_i y_i \log c": r"with `\sum` in place of `\prod`",
    # names, numbers
    r"\sum_k y_k (p_k - w_k) = \sum_k y_k p_k - \sum_k y_k z_k": "with `w_k` in place of `z_k`",
    r"(a + b)^2 = a^2 + 3 a b + b^2": "with `2 a b` in place of `3 a b`",
}  # fmt: skip


@pytest.mark.parametrize("formula", MENDED)
def test_one_edit_mends_it(formula):
    assert help_for(formula) == f"{MENDED[formula]} the step is proved"


def test_the_direction_of_an_inequality_comes_first():
    assert help_for(r"\log c \geq c - 1") == r"with `\leq` in place of `\geq` the step is proved"
    assert help_for(r"\log c \ge c - 1") == r"with `\le` in place of `\ge` the step is proved"
    assert help_for("e^c < 1") == "with `>` in place of `<` the step is proved"


def test_the_left_side_is_doubted_where_the_step_before_is_false():
    text = "$$\n\\sum_i (z_i + w_i) = \\sum_i z_i - \\sum_i w_i = \\sum_i w_i + \\sum_i z_i\n$$\n"
    first, second = helps(text)
    assert first == r"with `+` in place of `-` before `\sum_i w_i` the step is proved"
    assert second == r"with `+` in place of `-` before `\sum_i w_i` in the left side the step is proved"


def test_what_is_around_it_says_which_one_is_meant():
    said = help_for(r"(a + 1)(a + 1) + a = a^2 + 2a + 2 + a")
    assert said is not None and " in place of " in said and said.count("`") == 4
    shown = said.split("`")[3]
    assert r"(a + 1)(a + 1) + a = a^2 + 2a + 2 + a".count(shown) == 1


@pytest.mark.parametrize(
    "formula",
    [
        r"p_i = a",  # nothing near it is true
        r"p_i = p_k",  # true only if it says nothing
        r"\sum_i z_i = \prod_i w_i",
        r"\log a b = c^7",
    ],
)
def test_nothing_is_suggested_where_nothing_mends_it(formula):
    assert help_for(formula) is None


def test_a_condition_that_was_forgotten_is_no_reason_to_change_the_step():
    assert help_for(r"\sum_k w_k z_i = z_i") is None  # it is proved if Σ w = 1


@pytest.mark.parametrize("formula", [r"\frac{\partial L}{\partial z_i} = p_i - y_i", r"p_i \approx \frac{1}{K}"])
def test_nothing_is_suggested_for_other_verdicts(formula):
    assert help_for(formula) is None


def test_suggestions_can_be_switched_off():
    assert helps("$$ a + b = a - b $$", suggest=False) == [None]


def test_what_is_suggested_is_proved_when_it_is_written():
    wrong = r"\frac{\partial L}{\partial z_i} = \sum_k y_k (p_k - \delta_{ik})"
    said = help_for(wrong)
    assert said is not None
    new, old = said.split("`")[1], said.split("`")[3]
    assert wrong.count(old) == 1
    (file,) = symnll.check(f"{LETTERS}$$ {wrong.replace(old, new)} $$", cache=False).files
    assert [s.verdict for d in file.displays for s in d.steps] == ["proved"]


def test_an_edit_that_takes_the_meaning_away_is_no_repair():
    """With a δ below a line, or under a logarithm, the step would only be about i = j."""
    for formula in (r"\frac{z_i}{c} = \frac{z_j}{c}", r"e^{z_i} = e^{z_j}"):
        said = help_for(formula)
        assert said is None or r"\frac{1}{\delta" not in said


def test_steps_in_other_lines_and_macros():
    formula = r"(a+b)^2 &= a^2 \\ &+ 2 a b \\ &+ \half b^2"
    text = "\\newcommand{\\half}{\\frac{1}{2}}\n\n$$\n\\begin{aligned}\n" + formula + "\n\\end{aligned}\n$$\n"
    assert helps(text) == [r"without the factor `\half` the step is proved"]


def test_a_suggestion_never_costs_the_verdict(monkeypatch):
    monkeypatch.setattr(module.Search, "run", lambda self: 1 / 0)
    (file,) = symnll.check(LETTERS + "$$ a = b $$", cache=False).files
    assert [(s.verdict, s.help) for d in file.displays for s in d.steps] == [("refuted", None)]


def test_a_long_formula_is_left_alone():
    long = " + ".join(f"a^{{{n}}}" for n in range(2, 600))
    (said,) = helps(f"$$ {long} = b $$", timeout=2)
    assert said is None


# The parts.


def tree(text, scope=None):
    return S.parse(tokens_of(scope or Scope(), text, {})).only


FORMULAS = [
    r"\sum_{i \neq k} a_i \log \frac{b_{ij}^2}{1 + e^{-x}} - \left( c + \hat{d}_{i} \right)^{2}",
    r"\frac{\partial \log p_i}{\partial z_{j}} f(x, y) \cdot \mathbf{u}_n + \sqrt{a b}",
    r"\begin{cases} a + b & i = j \\ -c & i \neq j \end{cases}",
    r"\prod_{n=1}^{N-1} \Big( p^{x_n} \Big) / 2",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_place_puts_its_own_node_back(text):
    whole = tree(text)
    found = places(whole)
    assert len(found) > 3
    for place in found:
        assert place.put(place.node) == whole


@pytest.mark.parametrize("text", FORMULAS)
def test_the_extent_of_a_node_is_a_formula_of_its_own(text):
    written = Written(text)
    for place in places(tree(text)):
        if place.role in ("term", "factor", "inside", "above", "below", "power") and isinstance(
            place.node, S.Atom | S.Name
        ):
            assert tree(written.of(place.node)) == place.node


@pytest.mark.parametrize("text", FORMULAS)
def test_edits_change_the_text_as_they_change_the_tree(text):
    scope = Scope()
    sides = tree(text), tree("q_i")

    def read(new):
        try:
            return S.parse(tokens_of(scope, new, {})).only
        except Unreadable:
            return None

    step = Step(sides, "=", scope, Written(text), read)
    seen = 0
    for edit in edits(step):
        if edit.side == 0 and edit.splices:
            new = step.written.spliced(0, len(text), edit.splices)
            seen += read(new) == edit.tree
    assert seen > 8
