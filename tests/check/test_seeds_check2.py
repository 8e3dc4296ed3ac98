"""Pages of prose with formulas: likelihoods of samples, worked numbers, assumptions, one-hot targets.

Each mechanism is tried in several wordings and letters, beside false counterparts that must not be proved.
"""

from __future__ import annotations

import pytest

import symnll
from symnll.check.plain import next_case
from tests.check.careful import verdicts


def page(*parts: str) -> str:
    """Paragraphs; a part that begins with \\ or holds a relation and no dollar is a display."""
    return "\n\n".join(p if "$" in p or "=" not in p.replace(r"\equiv", "=") else f"$$\n{p}\n$$" for p in parts)


def reasons(text: str) -> list[str]:
    """The reason of every step, in order."""
    report = symnll.check(text, cache=False, suggest=False, inline=True).files[0]
    return [s.reason or "" for d in report.displays for s in d.steps]


def inferred(text: str) -> list[str]:
    """What the last step rests on."""
    report = symnll.check(text, cache=False, suggest=False, inline=True).files[0]
    step = report.displays[-1].steps[-1]
    return [*step.inferred, *step.rules]


# The likelihood of samples, and of one of them.

LIKELIHOODS = {
    "two dots": (r"P(y_0, y_1, ... | \theta)", r"L(y_0, y_1, .. | \theta)", r"y_i|\theta", r"\theta"),
    "up to n": (r"p(x_1, \dots, x_n | w)", r"L(x_1, \dots, x_n | w)", "x_i|w", "w"),
    "another order": (r"p(x_1, \dots, x_n | w)", r"L(w | x_1, \dots, x_n)", "w|x_i", "w"),
}


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_the_likelihood_of_one_sample_is_its_probability(name: str) -> None:
    joint, likelihood, one, over = LIKELIHOODS[name]
    letter, single = joint[0], one if name != "another order" else "x_i|w"
    best = rf"\hat{{{over}}} = \underset{{{over}}}{{\operatorname{{argmax}}}}"
    text = page(
        rf"{joint} = \prod_i {letter}({single})",
        f"{likelihood} = {joint}",
        f"{best} {likelihood}",
        rf"{best} \prod_i L({one})",
        rf"{best} \sum_i \operatorname{{\log}} L({one})",
        rf"{best} \sum_i L({one})",
        rf"{best} -\sum_i \log L({one})",
    )
    found = verdicts(text)
    assert found[:3] == ["definition"] * 3
    assert found[3:5] == ["proved", "proved"]
    assert "proved" not in found[5:] and "definition" not in found[5:]


def test_the_logarithm_supposes_that_probabilities_are_positive() -> None:
    text = page(
        r"p(x_1, \dots, x_n | w) = \prod_i p(x_i|w)",
        r"L(x_1, \dots, x_n | w) = p(x_1, \dots, x_n | w)",
        r"\hat{w} = \operatorname{argmax}_w L(x_1, \dots, x_n | w)",
        r"\hat{w} = \operatorname{argmax}_w \sum_i \log L(x_i|w)",
    )
    assert any(r.startswith("supposes p") and "> 0" in r for r in inferred(text))


def test_a_likelihood_that_is_something_else_says_nothing_of_one_sample() -> None:
    text = page(
        r"p(x_1, \dots, x_n | w) = \prod_i p(x_i|w)",
        r"L(x_1, \dots, x_n | w) = p(x_1, \dots, x_n | w)^2",
        r"\log L(x_i | w) = \log p(x_i|w)",
    )
    assert verdicts(text)[2] == "unknown"


INDEPENDENT = {
    "If you want to sample independent values from this distribution, e.g. to try it, we get $J$.": "definition",
    "If the data are drawn independently, then $J$.": "definition",
    "If the samples were independent, we would get $J$.": "unknown",
    "If the samples are not independent, nobody can say that $J$.": "unknown",
}


@pytest.mark.parametrize("sentence", INDEPENDENT)
def test_independent_samples_say_what_their_joint_probability_is(sentence: str) -> None:
    joint = r"p(x_1, \dots, x_n | w) = \prod_i p(x_i|w)"
    text = page(sentence.replace("J", joint), r"\log p(x_1, \dots, x_n | w) = \sum_i \log p(x_i | w)")
    first, second = verdicts(text, inline=True)
    assert first == INDEPENDENT[sentence]
    assert second == ("proved" if first == "definition" else "unknown")


# Names of several capitals.


def test_capitals_before_a_bracket_are_one_name() -> None:
    text = page(r"NL(z) = -\log z", r"NL(z) = \log \frac{1}{z}", r"NL(z) = \log z")
    assert verdicts(text) == ["definition", "proved", "refuted"]


def test_capitals_are_a_product_where_each_is_known() -> None:
    text = page(r"N = a + b", r"L(z) = z^2", r"NL(z) = a z^2 + b z^2", r"NL(z) = z^2")
    assert verdicts(text) == ["definition", "definition", "proved", "unknown"]


def test_a_loss_of_a_list_says_nothing_of_a_number() -> None:
    text = page(
        r"NL(y_0, y_1, ..| \theta) = - \sum_i \log p(y_i|\theta)",
        r"NL(0.9) = -\log(0.9) = 0.10..",
    )
    assert verdicts(text) == ["definition", "unknown", "unknown"]
    said = reasons(text)
    assert "does not say what this is" in said[1] and r"write \approx" in said[2]


# Exponents without braces, and numbers that a page gives.

SOFTMAX = r"S(z_i) = \frac{e^{z_i}}{\sum_{j=1}^n e^{z_j}}"


@pytest.mark.parametrize(("letter", "power"), [("z", "e^z_i"), (r"\beta", r"e^\beta_{i}")])
def test_an_index_after_an_exponent_is_the_exponents(letter: str, power: str) -> None:
    true, false = rf"\log {power} = {letter}_i", rf"\log {power} = {letter}_i + 1"
    text = page(rf"p_i = \frac{{{power}}}{{Z}}", true, false)
    assert verdicts(text) == ["definition", "proved", "refuted"]
    assert any("to the power of" in x for x in inferred(text))


def test_an_error_with_an_index_is_no_power_of_e() -> None:
    text = page(r"e_i = y_i - x_i", r"e^z_i = e^{z_i}")
    assert verdicts(text)[1] != "proved"


@pytest.mark.parametrize("first", [0, 1])
def test_entries_that_a_page_gives(first: int) -> None:
    total = r"\sum_j e^{z_j}"
    given = [f"z_{first + n} = {value}" for n, value in enumerate((5, 2, 1))]
    text = page(
        rf"S(z_i) = \frac{{e^{{z_i}}}}{{{total}}}",
        *given,
        rf"S(z_{first}) = 0.93623955",
        rf"S(z_{first}) = 0.8",
        rf"S(z_{first}) = \frac{{e^5}}{{e^5 + e^2 + e}}",
        rf"S(z_{first + 1}) = \frac{{e^5}}{{e^5 + e^2 + e}}",
        r"\sum_j z_j = 8",
        r"\sum_j z_j = 9",
        r"\sum S(z) = 1",
        r"\sum S(z) = 2",
    )
    found = verdicts(text)
    assert found[:4] == ["definition"] * 4
    assert found[4:] == ["unknown", "refuted", "proved", "refuted", "proved", "refuted", "proved", "refuted"]
    assert r"rounded value of the other side; write \approx" in reasons(text)[4]


def test_what_rests_on_how_many_entries_are_given_says_so() -> None:
    text = page(r"p_i = e^{z_i}", "z_1 = 5", "z_2 = 2", r"\sum_j z_j = 7")
    assert "supposes K = 2, as many entries as are given" in inferred(text)


def test_two_examples_are_not_one() -> None:
    text = page(SOFTMAX, "z_1 = 5", "z_2 = 2", "z_1 = 0", r"\sum_j z_j = 7", r"\sum_j z_j = 2")
    assert verdicts(text)[3:] == ["unknown"] * 3
    text = page(SOFTMAX, "z_1 = 5", "z_2 = 2", "## In general", r"\sum_j z_j = 7", r"\sum_j z_j = 1")
    assert verdicts(text)[3:] == ["unknown", "unknown"]


def test_a_gap_in_the_entries_leaves_the_vector_open() -> None:
    text = page(SOFTMAX, "z_1 = 5", "z_3 = 2", r"\sum_j z_j = 7", r"\sum_j z_j = 8")
    assert verdicts(text)[3:] == ["unknown", "unknown"]


WRONG_INDEX = page(
    "Softmax:",
    r"S(y_i) = \frac{e^y_i}{\sum_{j=1}^n e^y_i}",
    "y_0 = 5",
    "y_1 = 2",
    "y_2 = 1",
    "S(y_0) = 0.93623955",
    r"S(y_0) = \frac{1}{n}",
    r"\sum S(y) = 1",
)


def test_the_wrong_index_under_a_sum_is_what_is_to_be_mended() -> None:
    assert verdicts(WRONG_INDEX) == [*["definition"] * 4, "unknown", "proved", "unknown"]
    report = symnll.check(WRONG_INDEX, cache=False, suggest=False).files[0]
    assert [x.code for x in report.displays[0].steps[0].lints] == ["unused-index"]
    said = reasons(WRONG_INDEX)
    assert all("index j does not occur under its sum" in said[n] and "Mend" in said[n] for n in (4, 6))


# A maximiser behind a term that is none.

SPOILED = {
    "the text's": (r"\mathbf{θ}_{ML}(\mathbb{O})", r"p(\mathbb{O}; θ)", "θ", "o^{(i)}"),
    "other letters": (r"\hat{w}", r"q(D; w)", "w", "x_i"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_density_is_no_maximiser(name: str) -> None:
    left, middle, over, one = SPOILED[name]
    f = middle[0]
    text = page(
        rf"{left} = {middle} = \underset{{{over}}}{{\arg\max}} \prod_{{i=1}}^m {f}({one}; {over})",
        rf"{left} = \underset{{{over}}}{{\arg\min}} \sum_{{i=1}}^m -\log {f}({one}; {over})",
        rf"{left} = \underset{{{over}}}{{\arg\max}} \sum_{{i=1}}^m -\log {f}({one}; {over})",
        rf"{left} = \underset{{{over}}}{{\arg\min}} \sum_{{i=1}}^m {f}({one}; {over})",
    )
    found = verdicts(text)
    assert found[:3] == ["unknown", "unknown", "proved"]
    assert "proved" not in found[3:]
    assert "varies with" in reasons(text)[0] and "varies with" in reasons(text)[1]


def test_an_estimator_and_its_name_are_both_defined_by_a_maximiser() -> None:
    text = page(r"\hat{w} = T(D) = \operatorname{argmax}_w p(D; w)")
    assert verdicts(text) == ["definition", "definition"]


def test_the_letter_of_a_maximiser_is_its_own() -> None:
    best = r"T(D) = \operatorname{argmax}_w \prod_i p(x_i, D; w)"
    same = r"T(a) = \operatorname{argmax}_w \sum_i \log p(x_i, a; w)"
    found = verdicts(page(best, same, r"T(w) = \operatorname{argmax}_w \prod_i p(x_i, w; w)"))
    assert found == ["definition", "proved", "unparsed"]


# What a sentence assumes.

ASSUMES = {
    "by taking": True,
    "It is assumed that (after normalizing)": True,
    "We assume that": True,
    "Suppose that": True,
    "Let us assume": True,
    "It is not assumed that": False,
    "If we assumed that all goes well, then": False,
    "Assuming that the samples are independent, we get": False,
    "We never assume that": False,
}


@pytest.mark.parametrize("words", ASSUMES)
def test_a_sentence_may_assume_what_a_function_is(words: str) -> None:
    text = page(
        "Here",
        r"\log (p(x_i; w)^2) = 2 \log p(x_i; w)",
        words,
        r"p(x_i; w) \equiv a(y_i, x_i; w)",
        "so",
        r"\log p(x_j; w) = \log a(y_j, x_j; w)",
        r"\log p(x_j; w) = \log a(y_i, x_j; w)",
    )
    found = verdicts(text)
    assert found[1:3] == (["definition", "proved"] if ASSUMES[words] else ["unknown", "unknown"])
    assert found[3] == "unknown"
    if ASSUMES[words]:
        assert any(x.startswith("opened: p(x_i; w)") for x in inferred(text))
        assert "assumed" in reasons(text)[1]


def test_a_second_assumption_is_put_into_the_first() -> None:
    text = page(
        r"\log (p(x_i; w)^2) = 2 \log p(x_i; w)",
        "by taking",
        r"p(x_i; w) \equiv p(y_i | x_i; w)",
        "It is assumed that",
        r"p(x_i; w) \equiv a(y_i, x_i; w)",
        r"p(y_i | x_i; w) = a(y_i, x_i; w)",
        "We assume that",
        r"p(x_i; w) \equiv b(y_i, x_i; w)",
        r"a(y_i, x_i; w) = b(y_i, x_i; w)",
    )
    found = verdicts(text)
    assert found[1:4] == ["definition", "definition", "proved"]
    assert found[5] != "proved" or found[4] == "definition"


def test_two_cases_are_not_one() -> None:
    text = page(
        r"f(x|w) + 1 = 1 + f(x|w)", "Suppose that", r"f(x|w) = 0", r"2 f(x|w) = 0", "Suppose that", r"f(x|w) = 1",
        r"2 f(x|w) = 2", "1 = 0",
    )  # fmt: skip
    assert verdicts(text) == ["proved", "definition", "proved", "unknown", "unparsed", "refuted"]


def test_an_assumption_is_not_refuted() -> None:
    text = page(r"p_i = y_i^2", "Suppose that", r"\sum_i y_i = 1", r"\sum_i y_i = 1")
    assert verdicts(text)[:2] == ["definition", "unknown"]


def test_an_assumption_about_itself_defines_nothing() -> None:
    text = page(r"\log (p(x; w)^2) = 2 \log p(x; w)", "We assume that", r"p(x; w) = 2 p(w; x)", r"p(x; w) = 4 p(x; w)")
    assert "proved" not in verdicts(text)[1:] and verdicts(text)[1] != "definition"


# One-hot targets beside labels.

ONE_HOT = [
    r"All rests on the “one-hot” structure of \mathbf{y}^{(i)} in a problem with classes.",
    r"Here $\mathbf{y}^{(i)}$ is the one-hot vector of the label.",
]
LOG_A = r"\mathbf{log}\,\mathbf{a}(\mathbf{x}^{(i)}; \mathbf{θ})"
TARGETS = [
    r"\mathbf{θ}_{ML}(D) = \underset{\mathbf{θ}}{\arg\max}\prod_{i=1}^{m} p(\mathbf{o}^{(i)}; \mathbf{θ})",
    r"C(\mathbf{o}^{(i)}; \mathbf{θ}) = -\mathbf{y}^{(i)}\cdot \mathbf{log}\,\mathbf{a}(\mathbf{x}^{(i)}; \mathbf{θ})",
    "It is assumed that",
    r"p(\mathbf{o}^{(i)}; \mathbf{θ}) \equiv a_{y^{(i)}}(\mathbf{x}^{(i)}; \mathbf{θ})",
    r"\log p(\mathbf{o}^{(i)}; \mathbf{θ}) = \log a_{y^{(i)}}(\mathbf{x}^{(i)}; \mathbf{θ})",
    rf"-\log p(\mathbf{{o}}^{{(i)}}; \mathbf{{θ}}) = -\mathbf{{y}}^{{(i)}}\cdot {LOG_A}",
    r"\mathbf{θ}_{ML}(D)=\underset{\mathbf{θ}}{\arg\min}\sum_{i=1}^{m} C(\mathbf{o}^{(i)}; \mathbf{θ})",
]
FALSE = [
    r"\log p(\mathbf{o}^{(i)}; \mathbf{θ}) = \log a_{y^{(j)}}(\mathbf{x}^{(i)}; \mathbf{θ})",
    rf"\log p(\mathbf{{o}}^{{(i)}}; \mathbf{{θ}}) = -\mathbf{{y}}^{{(i)}}\cdot {LOG_A}",
    rf"-\log p(\mathbf{{o}}^{{(i)}}; \mathbf{{θ}}) = -\mathbf{{y}}^{{(j)}}\cdot {LOG_A}",
    r"\mathbf{θ}_{ML}(D)=\underset{\mathbf{θ}}{\arg\max}\sum_{i=1}^{m} C(\mathbf{o}^{(i)}; \mathbf{θ})",
    r"\sum_{i=1}^m a_{y^{(i)}}(\mathbf{x}^{(j)}; \mathbf{θ}) = m a_{y^{(j)}}(\mathbf{x}^{(j)}; \mathbf{θ})",
]


OTHERS = {"mathbf{y}": "mathbf{t}", "{y^": "{t^", "bf{x}": "bf{u}", "a_{": "b_{", "bf{a}": "bf{b}"}


def lettered(text: str, letters: str) -> str:
    """The page with t for y, u for x and b for a, or as it is."""
    for old, new in OTHERS.items() if letters == "others" else ():
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("letters", ["same", "others"])
@pytest.mark.parametrize("said", ONE_HOT)
def test_a_one_hot_vector_chooses_the_entry_of_its_label(said: str, letters: str) -> None:
    found = verdicts(lettered(page(*TARGETS, *FALSE) + f"\n\n{said}\n", letters))
    assert found[:6] == ["definition", "definition", "definition", "proved", "proved", "proved"]
    assert "proved" not in found[6:] and "definition" not in found[6:]


@pytest.mark.parametrize("said", ["", r"Here $\mathbf{y}^{(i)}$ is a vector.", r"It is not one-hot: \mathbf{y}^{(i)}."])
def test_without_one_hot_targets_the_loss_is_not_decided(said: str) -> None:
    found = verdicts(page(*TARGETS) + f"\n\n{said}\n")
    assert found[3] == "proved" and "proved" not in found[4:]


def test_lines_of_plain_text_are_read_with_their_sentences(tmp_path: object) -> None:
    text = "\n".join(
        [
            "One may write",
            "",
            r"\log \left(p\left(x_i; w\right)^2\right) = 2 \log p\left(x_i; w\right)",
            "",
            "by taking",
            r"p\left(x_i; w\right) \equiv p\left(y_i | x_i; w\right)",
            "",
            r"\log p\left(x_i; w\right) = \log p\left(y_i | x_i; w\right)",
        ]
    )
    path = tmp_path / "page.txt"  # type: ignore[operator]
    path.write_text(text, encoding="utf-8")
    report = symnll.check(path, cache=False, suggest=False).files[0]
    assert [s.verdict for d in report.displays for s in d.steps] == ["proved", "definition", "proved"]


@pytest.mark.parametrize(("said", "another"), [
    ("If we apply softmax to the output of the network, we get", False),
    ("When you take the logarithm, you get", False),
    ("In our example above we have", False),
    ("If the sample is a boat, we get", True),
    ("If we are in the second case, we get", True),
    ("In the other example", True),
    ("In general", True),
])  # fmt: skip
def test_what_goes_on_with_the_same_values_is_no_other_case(said: str, another: bool) -> None:
    assert next_case(said) is another
