"""Costs that a page names in words only, operators for derivatives, and functions of which a rule speaks."""

import pytest

import symnll
from tests.check.careful import verdicts

SOFTMAX = r"""The probability of the right class is
$$Q(c) = s_c = \frac{\exp a_c}{\sum_k \exp a_k}$$
"""
MINIMISE = (
    SOFTMAX
    + r"""
So we want to minimise $-\ln Q(c)$, which is simple.
"""
)
GRADIENT = r"\frac{\partial J}{\partial a_i}"

COSTS = {
    "what is minimised": (rf"$${GRADIENT} = s_i - 1_{{i=c}}$$", ["proved"]),
    "the sign is wrong": (rf"$${GRADIENT} = 1_{{i=c}} - s_i$$", ["unknown"]),
    "without the target": (rf"$${GRADIENT} = s_i$$", ["unknown"]),
    "a target by its name": (rf"$${GRADIENT} = s_i - target_i$$", ["proved"]),
    "a target by its name, wrong": (rf"$${GRADIENT} = s_i + target_i$$", ["unknown"]),
    "a letter is no target": (rf"$${GRADIENT} = s_i - t_i$$", ["unknown"]),
    "two costs": (
        rf"$${GRADIENT} = s_i - 1_{{i=c}}$$ and $$\frac{{\partial E}}{{\partial a_i}} = s_i$$", ["unknown", "unknown"]
    ),
    "an integral": (
        rf"$$J = \int {GRADIENT} d a_i = \int (s_i - 1_{{i=c}}) d a_i$$", ["proved", "proved"]
    ),
    "a wrong integral": (rf"$$J = \int {GRADIENT} d a_i = \int s_i d a_i$$", ["proved", "unknown"]),
    "another is minimised": (rf"Then we minimise $-\ln s_1$. $${GRADIENT} = s_i - 1_{{i=c}}$$", ["unknown"]),
    "under another heading": (f"\n## Regression\n\n$${GRADIENT} = s_i - 1_{{i=c}}$$", ["unknown"]),
    "it is defined": (f"Let\n$$J = 2 s_1$$\nThen $${GRADIENT} = s_i - 1_{{i=c}}$$", ["definition", "refuted|unknown"]),
}  # fmt: skip


def agree(text: str, expected: list[str], skip: int = 0, inline: bool = False) -> None:
    found = verdicts(text, inline)[skip:]
    assert len(found) == len(expected), found
    assert all(f in e.split("|") for f, e in zip(found, expected, strict=True)), found


@pytest.mark.parametrize("name", COSTS)
def test_what_a_sentence_names_is_the_cost(name):
    text, expected = COSTS[name]
    agree(f"{MINIMISE}\n{text}\n", expected, 2)


@pytest.mark.parametrize(
    "sentence",
    [
        r"We do not minimise $-\ln Q(c)$.",
        r"We minimise $-\ln Q(c)$ plus a penalty.",
        r"Instead of minimising $-\ln Q(c)$ we take another cost.",
        r"We maximise $\ln Q(c)$.",
        r"If we minimise $-\ln Q(c)$, this is slow.",
        r"One could minimise $-\ln Q(c)$.",
        r"Nobody speaks of $-\ln Q(c)$ here.",
        r"We minimise the gap between $-\ln Q(c)$ and its bound.",
    ],
)
def test_other_sentences_name_no_cost(sentence):
    agree(f"{SOFTMAX}\n{sentence}\n\n$${GRADIENT} = s_i - 1_{{i=c}}$$\n", ["unknown"], 2)


REQUIRE = (
    SOFTMAX
    + r"""
So we begin by requiring some cost function that satisfies

"""
)
FIELD = rf"$${GRADIENT} = s_i - t_i$$"
REQUIRED = {
    "a requirement": ("", ["definition"]),
    "it is used": (rf"So $${GRADIENT} = \frac{{\exp a_i}}{{\sum_k \exp a_k}} - t_i$$", ["proved"]),
    "another index": (r"So $$\frac{\partial J}{\partial a_j} = s_j - t_j$$", ["proved"]),
    "it is used wrongly": (rf"So $${GRADIENT} = s_i + t_i$$", ["unknown"]),
    "the integral": (rf"So $$J = \int {GRADIENT} d a_i = \int (s_i - t_i) d a_i$$", ["proved", "proved"]),
    "solved": (r"So $$J = \ln \sum_k \exp a_k - \sum_k t_k a_k$$", ["proved"]),
    "solved wrongly": (r"So $$J = \ln \sum_k \exp a_k + \sum_k t_k a_k$$", ["unknown"]),
    "solved for one only": (r"So $$J = \ln \sum_k \exp a_k$$", ["unknown"]),
}


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_required_of_a_cost(name):
    text, expected = REQUIRED[name]
    agree(f"{REQUIRE}{FIELD}\n\n{text}\n", expected if name == "a requirement" else ["definition", *expected], 2)


def test_what_cannot_be_required():
    """∂J/∂a_i = s_i a_1 has no J; and two requirements contradict each other."""
    agree(f"{REQUIRE}$${GRADIENT} = s_i a_1$$\n\nSo $${GRADIENT} = a_1 s_i$$\n", ["unknown", "unknown"], 2)
    other = f"and requiring a cost function that satisfies\n\n$${GRADIENT} = s_i + t_i$$\n\n"
    agree(f"{REQUIRE}{FIELD}\n\n{other}So $${GRADIENT} = s_i - t_i$$\n", ["definition", "unknown", "unknown"], 2)


@pytest.mark.parametrize(
    "sentence",
    [
        "At the minimum of the cost function we require that",
        "There is no cost function that satisfies",
        "We look for a point that satisfies",
        "It follows that",
    ],
)
def test_other_sentences_require_nothing(sentence):
    agree(f"{SOFTMAX}\n{sentence}\n\n{FIELD}\n", ["unknown"], 2)


def test_another_requirement_and_what_is_minimised():
    """Which of the two the cost is, nobody knows."""
    text = f"{MINIMISE}\nNow we begin by requiring some cost function that satisfies\n\n$${GRADIENT} = 2 a_i$$\n\n"
    agree(f"{text}So $${GRADIENT} = 2 a_i$$\n", ["unknown", "unknown"], 2)


OTHER_COSTS = {
    "the cost does so": (f"{SOFTMAX}\nThe cost function satisfies\n\n{FIELD}\n", ["unknown"]),
    "the minimised cost does not": (f"{MINIMISE}\nThe cost function satisfies\n\n$${GRADIENT} = s_i$$\n", ["unknown"]),
    "a likelihood": (
        f"{MINIMISE}\nThe likelihood $L$ has $${GRADIENT.replace('J', 'L')} = s_i - 1_{{i=c}}$$\n", ["unknown"]
    ),
    "more of itself": (f"{REQUIRE}{FIELD}\n\nSo $$J = J + 1$$\n", ["definition", "unknown|refuted"]),
    "under another heading": (f"{REQUIRE}{FIELD}\n\n## Later\n\nSo {FIELD}\n", ["definition", "unknown"]),
    "with another softmax": (
        f"{REQUIRE}{FIELD}\n\nNow let $s_i = a_i$. So $${GRADIENT} = a_i - t_i$$\n", ["definition", "unknown"]
    ),
    "a stationary point": (f"{SOFTMAX}\nWe require of the cost that\n\n$${GRADIENT} = 0$$\n", ["unknown"]),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHER_COSTS)
def test_sentences_about_other_costs(name):
    agree(*OTHER_COSTS[name], 2)


def test_a_sum_over_samples_is_not_one_term():
    text = SOFTMAX + "\nWe minimise $-\\ln Q(c)$, %s.\n\n" + f"$${GRADIENT} = s_i - 1_{{i=c}}$$\n"
    agree(text % "summed over all samples", ["unknown"], 2)
    agree(text % "which is all", ["proved"], 2)


SAYS = r"Let the derivative be represented by the operator $\mathbf{D}$. Let $S = \sum_j e^{u_j}$."
CHAIN = r"""
$$\begin{aligned}
\frac{\partial}{\partial u_m} \frac{e^{u_m}}{S} &= \frac{S \mathbf{D} e^{u_m} - e^{u_m} \mathbf{D} S}{S^2} \\
&= %s
\end{aligned}$$
"""
TRUE, FALSE = r"\frac{e^{u_m} (S - e^{u_m})}{S^2}", r"\frac{e^{u_m} (S + e^{u_m})}{S^2}"

OPERATORS = {
    "by the variable with which the chain begins": (SAYS + CHAIN % TRUE, ["proved", "proved"]),
    "a wrong result": (SAYS + CHAIN % FALSE, ["proved", "refuted"]),
    "by the variable of the formula before": (
        SAYS + CHAIN % TRUE + r"since $$\mathbf{D} S = e^{u_m}$$", ["proved", "proved", "proved"]
    ),
    "nothing is refuted by a guess": (
        SAYS + CHAIN % TRUE + r"since $$\mathbf{D} S = e^{u_m} + 1$$", ["proved", "proved", "unknown"]
    ),
    "by nothing": (SAYS + r"$$\mathbf{D} S = e^{u_m}$$", ["unparsed"]),
    "nobody introduces it": (CHAIN.join(["Let $S = \\sum_j e^{u_j}$.", ""]) % TRUE, ["unparsed", "unparsed"]),
    "it is not said": (SAYS.replace("be represented", "not be represented") + CHAIN % TRUE, ["unparsed", "unparsed"]),
    "other words": (
        r"Let $\mathcal{D}$ be the derivative operator with respect to $t$. $$\mathcal{D} t^3 = 3 t^2$$", ["proved"]
    ),
    "other words, wrong": (
        r"Let $\mathcal{D}$ be the derivative operator with respect to $t$. $$\mathcal{D} t^3 = 3 t^3$$", ["refuted"]
    ),
    "a matrix is no operator": (
        SAYS.replace("Let the derivative be represented by the operator", "Let $D$ be the differentiation matrix,")
        + CHAIN % TRUE, ["unknown|unparsed", "unknown|unparsed"]
    ),
    "the second derivative": (
        SAYS.replace("the derivative", "the second derivative") + CHAIN % TRUE, ["unknown|unparsed", "unknown|unparsed"]
    ),
    "some operator": (
        r"Let $D$ be a differential operator by $t$. $$D t^3 = 3 t^2$$", ["unknown|unparsed|refuted"]
    ),
    "the derivative of something is no operator": (
        r"Let the derivative of $h$ be denoted by $D$. $$D t^3 = 3 t^2$$", ["unknown|unparsed|refuted"]
    ),
}  # fmt: skip
QUOTIENT = r"\frac{v(t) \mathbf{D} u(t) - u(t) \mathbf{D} v(t)}{v(t)^2}"
RULES = {
    "the quotient rule": (rf"$$\mathbf{{D}} \frac{{u(t)}}{{v(t)}} = {QUOTIENT}$$", ["proved"]),
    "without the derivative on the left": (rf"$$\frac{{u(t)}}{{v(t)}} = {QUOTIENT}$$", ["refuted"]),
    "the product rule": (r"$$\frac{d}{dt} (u(t) v(t)) = u(t) \frac{d v(t)}{dt} + v(t) \frac{d u(t)}{dt}$$", ["proved"]),
    "the product rule, wrong": (r"$$\frac{d}{dt} (u(t) v(t)) = \frac{d u(t)}{dt} \frac{d v(t)}{dt}$$", ["refuted"]),
    "perhaps certain functions": (
        r"The inputs are $u(t)$. $$\frac{d}{dt} (u(t) v(t)) = \frac{d u(t)}{dt} \frac{d v(t)}{dt}$$",
        ["unparsed|unknown"],
    ),
    "no derivative": (r"$$u(t) v(t) = v(t) u(t)$$", ["unparsed|unknown|proved"]),
    "a letter that is something else": (
        r"$$t = a + b$$ $$\frac{d}{dt} (u(t) v(t)) = \frac{d u(t)}{dt} \frac{d v(t)}{dt}$$",
        ["definition", "unparsed|unknown"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_for_the_derivative(name):
    agree(*OPERATORS[name])


@pytest.mark.parametrize("name", RULES)
def test_a_rule_about_any_functions(name):
    text, expected = RULES[name]
    scores = "The scores are $$p_m = \\frac{e^{u_m}}{\\sum_j e^{u_j}}$$\n"
    agree(f"{scores}Let the derivative be represented by the operator $\\mathbf{{D}}$:\n{text}\n", expected, 1)


REVERSE = r"""
So the probability of the network outputting the correct (Target) answer is:

$$P(T) = y_T = {exp z_T over sum_k exp z_k}$$

So we wish to minimise $-log(P(T))$, which can be rewritten as $log(sum_k exp z_k)-z_T$

Now if we calculate the gradient $partial C over partial z_m$, it comes out as $y_T – 1$ when $m=T$ and $y_m$
otherwise, so we can write:

$${partial C over partial z_m} = y_m – targ_m$$

This page here points out that one can derive the cross entropy cost function for sigmoid neurons from the requirement
that ${partial C over partial z_k} = y_k – targ_k$.

Now supposing the choice has been made, we have:

$$y_m = {exp z_m over sum_k exp z_k}$$

So maybe we can start off by
requiring some cost function that satisfies:

$${partial C over partial z_m} = y_m – targ_m$$

For this specific problem, it seems straightforward to get the cost function.
$$ C = int{partial C over partial z_m} d z_m = int(y_m – 1_{m=T})d z_m $$ With $y_m = {exp z_m over sum_k exp z_k}$,

$$ int(y_m – 1_{m=T})d z_m = int({exp z_m over sum_k exp z_k} – 1_{m=T})d z_m $$ Since we have,
$$ int {exp z_m over sum_k exp z_k} d z_m = log ({sum_k exp z_k}) + f, $$ and, $$ int 1_{m=T} d z_m = z_T + g, $$
the equations above give the cost function,
$$ log(sum_k exp z_k)- z_T = – log{exp z_T over sum_k exp z_k} = -log(y_T) $$
"""

QUOTIENT_RULE = r"""
We let f as a vector containing the class scores.

$$p_k = \frac{e^{f_k}}{\sum_j e^{f_j}}$$

$$L_i = -\log(p_{y_i})$$

We can simply relate them via chain rule:

$$\frac{\partial L_i}{\partial f_k} = \frac{\partial L_i}{\partial p_k} \frac{\partial p_k}{\partial f_k}$$

$$\frac{\partial L_i}{\partial p_k} = -\frac{1}{p_k}$$

We have to recall the quotient rule for derivatives, let the derivative be represented by the operator \mathbf{D} :

$$\frac{f(x)}{g(x)} = \frac{g(x)\mathbf{D}f(x) - f(x)\mathbf{D}g(x)}{g(x)^2}$$

We let $\sum_j e^{f_j} = \Sigma$, and by substituting, we obtain

$$\begin{aligned}
\frac{\partial p_k}{\partial f_k} &= \frac{\partial}{\partial f_k} \left(\frac{e^{f_k}}{\sum_j e^{f_j}} \right) \\
&= \frac{\Sigma \mathbf{D} e^{f_k} - e^{f_k} \mathbf{D} \Sigma}{\Sigma^2} \\
&= \frac{e^{f_k} (\Sigma - e^{f_k})}{\Sigma^2}
\end{aligned}$$

The reason why $\mathbf{D}\Sigma = e^{f_k}$ is because we're always taking the derivative of the k-th element.

$$\frac{\partial L_i}{\partial f_k} = -\frac{1}{p_k} (p_k * (1 - p_k)) = (p_k - 1)$$

Shouldn't it be

$$\frac{\partial L_i}{\partial p_k} = -\frac{1}{\ln 10} * p_k$$
"""


def test_the_reverse_derivation():
    """What is required is a definition, what is said of the cost is proved for what is minimised, the rest as it is."""
    proved = ["proved"] * 8
    agree(REVERSE, ["definition"] * 2 + ["proved", "definition", "proved", "definition", *proved], inline=True)


def test_the_quotient_rule():
    """The rule lacks a derivative on its left; the chain rule with one term holds for k = y_i only."""
    chain, rule = ["conditional", "conditional"], ["refuted", "definition", "proved", "proved", "proved", "proved"]
    last = ["conditional", "proved", "refuted"]
    agree(QUOTIENT_RULE, ["definition", "definition", *chain, *rule, *last], inline=True)


def test_the_rule_is_mended():
    report = symnll.check(QUOTIENT_RULE, cache=False).files[0]
    (found,) = (s for d in report.displays for s in d.steps if s.lhs == r"\frac{f(x)}{g(x)}")
    assert (
        found.help
        == rf"with `\frac{{\partial}}{{\partial x}}` before `{found.lhs}` in the left side the step is proved"
    )
