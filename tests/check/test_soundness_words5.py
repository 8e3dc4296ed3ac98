"""Sentences that negate, quote, compare, suppose and change their mind: what they say is not what the page states.

Nothing false is proved by them or passes for a definition; beside them stand plain sentences, by which it is proved.
"""

from __future__ import annotations

import pytest

from tests.check.careful import verdicts

VERDICTS = {
    "D": "definition", "P": "proved", "C": "conditional", "R": "refuted", "U": "unknown", "X": "unparsed",
}  # fmt: skip
SUM, SQUARES = r"\sum_i y_i = 1", r"\sum_i y_i^2 = 1"
SOFTMAX = r"\frac{e^{z_i}}{\sum_j e^{z_j}}"
JOINT = r"p(x_1, \dots, x_n \mid \theta) = \prod_{i=1}^n p(x_i \mid \theta)"
LOGS = r"\log p(x_1, \dots, x_n \mid \theta) = \sum_{i=1}^n \log p(x_i \mid \theta)"
OPEN = "CRUX"  # all but proved and definition


def check(text: str, expected: str) -> None:
    """Compare the verdicts on the steps of a page with the letters of those that are right, for each step."""
    found, wanted = verdicts(text), expected.split()
    assert len(found) == len(wanted), found
    assert all(f in [VERDICTS[x] for x in w] for f, w in zip(found, wanted, strict=True)), found


def page(*parts: str) -> str:
    """A page of sentences, which begin with `-`, and displays."""
    return "\n\n".join(p[1:].strip() if p.startswith("-") else f"$$\n{p}\n$$" for p in parts)


# Sentences by which y is not one-hot, or p no distribution.

NO_KIND = [
    "Unlike the case where $y$ is one-hot, the targets here are soft.",
    "It is wrongly assumed in the literature that $y$ is one-hot.",
    "We do not assume that $y$ is one-hot.",
    "One might think that $y$ is one-hot.",
    "The claim that $y$ is one-hot is false.",
    "Nobody said that $y$ is one-hot.",
    "It suffices that $y$ is one-hot.",
    "We ask whether $y$ is one-hot.",
    "Proving that $y$ is one-hot is left to the reader.",
    "Bob assumes that $y$ is one-hot.",
    "It's a mistake to let $y$ be one-hot.",
    "The sum of $y$ and $t$ is a one-hot vector.",
    "The sum of $t$ and $y$ is a one-hot vector.",
    "The negative of $y$ is one-hot.",
    "The logarithm of $y$ is a distribution.",
    "We consider the log of a distribution $y$.",
    "Let $y$ be the vector of odds of a distribution.",
    "The function $y$ is a distribution up to normalisation.",
    "The vector $y$ is a distribution after dividing by its sum.",
    "Let $y$ be a distribution times two.",
    "The weights $y$ are a distribution plus noise.",
    "The winner's vote $y$ is one-hot by the old rule.",
    "Let $y$ be one-hot in section 2 and dense in section 3.",
    "Half of the time $y$ is one-hot.",
    "Up to scaling, $y$ is one-hot.",
    "In expectation, $y$ is a distribution.",
    "After training, $y$ is one-hot.",
    "![Figure: the target $y$ is one-hot in the left panel.](a.png)",
    "~~The target $y$ is one-hot.~~",
    "> Smith writes: The target $y$ is one-hot.\n\nThis is not so.",
    'He says: "The target $y$ is one-hot." He is wrong.',
    "Suppose for contradiction that $y$ is one-hot.",
    "Let $y$ be one-hot. Then we average over the batch; write $y$ for the mean.",
    "Let $y$ be a one-hot vector. We scale $y$ by 2.",
    "Let $y$ be one-hot.\n\n<!-- symnll\nreset\n-->",
]


@pytest.mark.parametrize("sentence", NO_KIND)
def test_what_a_sentence_does_not_say_of_a_vector(sentence: str) -> None:
    check(f"{sentence}\n\n$${SUM}$$", OPEN)
    check(f"{sentence}\n\n$${SQUARES}$$", OPEN)


KIND = [
    "The target $y$ is one-hot.", "where the target vector $y$ is one-hot.", "Since $y$ is one-hot, we have",
    "Assume that $y$ is a one-hot vector.", "Suppose that $y$ is one-hot.", "The labels $y$ are one-hot vectors.",
    "For a classification problem with $K$ classes, the target $y$ is one-hot.", "Recall that $y$ is one-hot.",
    "Note that $y$ is one-hot, so that", "Here $p$ is a distribution and $y$ is a one-hot vector.",
    "We now use that the label vector $y$ is one-hot:", "**Note.** The target $y$ is one-hot.",
    "- The target $y$ is one-hot.\n- The scores $z$ are real.", "> The target $y$ is one-hot.",
    "With one-hot labels $y$",
    "Let $y$ be a one-hot vector of length $K$.", "Let $y$ be a distribution. In general, it is not uniform:",
]  # fmt: skip


@pytest.mark.parametrize("sentence", KIND)
def test_what_a_sentence_says_of_a_vector(sentence: str) -> None:
    check(f"{sentence}\n\n$${SUM}$$", "P")


# What holds no more: a first step is proved, the second is not.

HOT = "- Let $y$ be one-hot."
NO_MORE = {
    "it is dropped": ["- Suppose that $y$ is one-hot.", SUM, "- Next we drop this restriction.", SUM],
    "several ones": [HOT, SUM, "- From now on $y$ has several ones.", SUM],
    "label smoothing": [HOT, SUM, "- With label smoothing,", SUM],
    "several labels": [HOT, "y_i^2 = y_i", "- We now allow several labels per image.", SUM],
    "a contradiction": ["- Suppose $y$ is one-hot.", SUM, "- This is a contradiction, so $y$ has two ones.", SUM],
    "in general": ["- Suppose that $y$ is one-hot.", SUM, "- In general,", SUM],
    "scaled": [HOT, "y_i^2 = y_i", "- We multiply $y$ by 2.", r"\sum_i y_i = 2"],
    "other targets": ["- ## A", HOT, "y_i^2 = y_i", "- ## B", "- Let $y$ be the regression targets.", SUM],
    "the response": ["- ## A", HOT, "y_i^2 = y_i", "- ## B", "- where $y$ denotes the response.", SUM],
    "momenta": ["- Let $y$ be a distribution.", SUM, "- ## Energy", "- The momenta $y_i$ satisfy", SUM],
    "a velocity": ["- The variance $v > 0$ is given.", "|v| = v", "- ## Speed", "- The velocity $v$ has either sign.",
                   "|v| = v"],
    "noise": ["- The rate $v > 0$ is fixed.", "|v| = v", "- ## Noise", "- Here $v$ is Gaussian noise.", "|v| = v"],
    "an eigenvalue": ["- The rate $v > 0$ is fixed.", "|v| = v", "- ## B", "- Let $v$ be an eigenvalue.", "|v| = v"],
    "entries": ["- We take", "y_1 = 1", "y_2 = 2", r"\sum_i y_i = 3", "- Now let $y$ be any vector.",
                r"\sum_i y_i = 3"],
    "entries, in general": ["- Take", "y_1 = 1", "y_2 = 2", r"\sum_i y_i = 3", "- In general,", r"\sum_i y_i = 3"],
    "an assumption": ["- Assume that", "a = b", "a - b = 0", "- Without this assumption,", "a - b = 0"],
    "an assumption, in general": ["- Suppose that", "a = b", "a - b = 0", "- In general,", "a - b = 0"],
    "it was false": ["- Assume that", "a = b", "a - b = 0", "- which turns out to be false.", "a - b = 0"],
    "the authors": ["- The authors assume that", "f(x) = x", "f(2) = 2", "- We don't. So", "f(2) = 2"],
    "another assumption": ["- Suppose that", "f(x) = x^2", "f(3) = 9", "- Or suppose that", "f(x) = x^3", "f(3) = 9"],
    "another function": ["- For the parabola $f(x) = x^2$ we get", "f(2) = 4", "- For the cubic $f(x) = x^3$ we get",
                         "f(2) = 4"],
    "the activation is another": ["- The activation $h(a) = a^2$ is used.", "h(2) = 4", "- ## B",
                                  "- The activation $h$ is now the cube.", "h(2) = 4"],
    "the second case": ["- In the first case we have", "y = 1", "y p + (1 - y) q = p", "- In the second case",
                        "2 y p + (1 - y) q = 2 p"],
    "other cases": ["- If", "y = 1", "- then", "y p + (1 - y) q = p", "- In all other cases",
                    "2 y p + (1 - y) q = 2 p"],
    "a negative example": ["- For a positive example", "y = 1", "y p + (1 - y) q = p", "- For a negative example",
                           "2 y p + (1 - y) q = 2 p"],
    "the letter of an operator": ["- Let $D$ be the derivative operator with respect to $x$.", "D x^2 = 2 x",
                                  "- ## B", "- With the dimension $D$,", "D x = 1"],
    "a data set": ["- Let $D$ be the derivative operator with respect to $x$.", "D x = 1",
                   "- In what follows $D$ is the data set.", "D x = 1"],
}  # fmt: skip


@pytest.mark.parametrize("name", NO_MORE)
def test_what_holds_no_more(name: str) -> None:
    found = verdicts(page(*NO_MORE[name]))
    if name not in ("the letter of an operator", "a data set"):  # a page with two meanings of D is not read at all
        assert "proved" in found[:-1]
    assert found[-1] not in ("proved", "definition")


# Assumptions, samples, costs, functions and operators; the verdicts that are right for every step.

PAGES = {
    "wrongly assumed": (["- It is wrongly assumed that", "f(x) = x", "f(2)^2 = 4"], f"UX {OPEN}"),
    "for contradiction": (["- Suppose for contradiction that", "f(x) = x", "- Hence not.", "f(2)^2 = 4"], f"UX {OPEN}"),
    "a contradiction follows": (["- Suppose that", "f(x) = x", "- This is absurd.", "f(2)^2 = 4"], f"UX {OPEN}"),
    "had we assumed": (["- Had we assumed that", "f(x) = x", "f(2)^2 = 4"], f"UX {OPEN}"),
    "it is assumed": (["- It is assumed that", "f(x) = x", "f(2)^2 = 4"], "D P"),
    "two authors": (["- Smith assumes", "f(x) = x", "- while Jones assumes", "f(x) = x^2", "f(2) = 2"], "D U UX"),
    "we do not have": (["- We do not have", "x_1 = 1", "x_2 = 3", r"\sum_i x_i = 4"], f"{OPEN} D {OPEN}"),
    "the ends only": (["- The boundary values are", "y_1 = 0", "y_2 = 0", r"\sum_i y_i = 0"], f"D D {OPEN}"),
    "the first of n": (["x_1 = 2", "x_2 = 3", r"\frac1n \sum_{i=1}^n x_i = \frac52"], f"D D {OPEN}"),
    "all are given": (["y_1 = 2", "y_2 = 3", r"\sum_i y_i = 5"], "D D P"),
    "dependent samples": (["- The samples are not independent.", JOINT, LOGS], f"{OPEN} {OPEN}"),
    "were they independent": (["- If the samples were independent, we would have", JOINT, LOGS], f"{OPEN} {OPEN}"),
    "time series": (["- Such observations are strongly correlated.", JOINT, LOGS], f"{OPEN} {OPEN}"),
    "independent samples": (["- If samples are drawn independently, then", JOINT, LOGS], "D P"),
    "the likelihood of one": ([r"L(x_1, \dots, x_n \mid \theta) = p(x_1, \dots, x_n \mid \theta)",
                               r"L(x_2 \mid \theta) = p(x_1 \mid \theta)"], f"D {OPEN}"),
    "all entries of a one-hot vector": (["- The vector $y$ is one-hot.", SUM, "y_i = 1"], "P CRU"),
    "an entry of a one-hot vector": (["- The vector $y$ is one-hot.", SUM, "y_c = 1"], "P CRU"),
    "what the distribution is": (["- Let $p$ be the distribution", f"p_i = {SOFTMAX}", r"\sum_i p_i = 1"], "D P"),
    "what it is not": (["- Let $p$ be a distribution.", "p_i = e^{z_i}", r"\sum_i p_i = 1"], f"D {OPEN}"),
    "not what we use": (["- It is tempting to use the loss $L(x) = x$.", "L(2) = 2"], OPEN),
    "without it": (["- Without the activation $h(x) = x^2$,", "h(2) = 4"], OPEN),
    "replaced": (["- With the activation $h(a) = a^2$ replaced by its square we get", "h(2) = 4"], OPEN),
    "compared": (["- Compare with the loss $L(x) = x$. The true loss is", "L(x) = x^2", "L(2) = 2"], f"DUX {OPEN}D"),
    "a function": (["- For the softplus $s(a) = \\log(1 + e^a)$ we get", r"s(0) = \log 2", r"s(0) = \log 3"], "P R"),
    "classes and no class": (["- where $y_n \\in \\{0, \\dots, K\\}$.", r"N_k = \sum_{n=1}^N \mathbb{1}[y_n = k]",
                              r"\sum_{k=1}^K N_k = N"], f"D {OPEN}"),
    "other classes": (["- where $y_n \\in \\{1, \\dots, M\\}$.", r"N_k = \sum_{n=1}^N \mathbb{1}[y_n = k]",
                       r"\sum_{k=1}^K N_k = N"], f"D {OPEN}"),
    "missing labels": (["- The label $y_n$ is missing for some.", r"N_k = \sum_{n=1}^N \mathbb{1}[y_n = k]",
                        r"\sum_{k=1}^K N_k = N"], f"D {OPEN}"),
    "classes": (["- where $y_n \\in \\{1, \\dots, K\\}$.", r"N_k = \sum_{n=1}^N \mathbb{1}[y_n = k]",
                 r"\sum_{k=1}^K N_k = N"], "D P"),
    "an inverse": (["- Let $g$ be the inverse of $f$.", r"\frac{d}{dx} (f(x) + g(x)) = 2 f'(x)"], "UX"),
    "a constant sum": ([r"\frac{d}{dx} (f(x) + u(x)) = 0", "- where $f + u$ is constant."], "UX"),
    "any functions": ([r"\frac{d}{dx} (f(x) + u(x)) = 0"], "R"),
    "an old variance": (["- Some authors require a rate $v > 0$. We allow any:", "|v| = v"], OPEN),
    "a rate": (["- A step with learning rate $v > 0$ is small.", "|v| = v"], "P"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page(name: str) -> None:
    parts, expected = PAGES[name]
    check(page(*parts), expected)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Other methods minimise $x^2$. For our loss $L$ we find", OPEN),
        ("Ridge regression minimises $x^2$. The lasso has", OPEN),
        ("We minimise $x^2$ by descent on the surrogate $L$.", OPEN),
        ("The dual problem is to minimise $x^2$. The primal loss has", OPEN),
        ("The agents minimise $x^2$ and the planner pays $L$.", OPEN),
        ("To maximise $L$ we minimise $x^2$.", OPEN),
        ("It is wrong to minimise $x^2$.", OPEN),
        ("We wish to minimise $x^2$. The derivative of the loss is", "P"),
        ("Our goal is to minimise the function $x^2$.", "P"),
        ("So we minimise $x^2$. For the loss $L$ we find", "P"),
    ],
)
def test_whose_cost_it_is(sentence: str, expected: str) -> None:
    check(f"{sentence}\n\n$$\\frac{{\\partial L}}{{\\partial x}} = 2 x$$", expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!-- Let $D$ be the derivative operator with respect to $x$. -->", OPEN),
        ("> Let $D$ be the derivative operator with respect to $x$.\n\nWe don't; $D$ is a diffusion constant.", OPEN),
        ("Some authors let $D$ denote the derivative with respect to $x$. Our $D$ is a constant.", OPEN),
        ("`Let $D$ be the derivative operator with respect to $x$.`", OPEN),
        ("Let $D$ be the derivative operator with respect to $x$.", "P"),
    ],
)
def test_a_sign_for_the_derivative(text: str, expected: str) -> None:
    check(f"{text}\n\n$$D x^2 = 2 x$$", expected)
