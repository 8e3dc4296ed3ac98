"""Every formula of the five texts that symnll began with, in their order: what it says, and what became of it.

`python docs/seeds.py` confirms every verdict and writes them into `docs/seeds.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sympy import KroneckerDelta, Mul, Rational, exp, log

from symnll.language import (
    ArgMax,
    ArgMin,
    At,
    Eq,
    ForAll,
    Ge,
    Gt,
    Le,
    Lt,
    Ne,
    Parameter,
    diff,
    function,
    index,
    indices,
    labels,
    log_sum_exp,
    nll,
    product,
    real,
    size,
    softmax,
    total,
    vector,
)

# What `symnll check` is told of the letters, on the page, of a text and of what was read.
MEANINGS = {
    "as read": r"""index i, j, k, m, r, T in 1..K
real z[K]
real u
positive p[K], a[K]
function f
positive function g
let y_i = \frac{e^{z_i}}{\sum_{j=1}^K e^{z_j}}""",
    "text 1": r"""index k in 1..n
index i in 1..K
labels x[n] in 1..K
simplex q[K]
let n_i = \sum_{k=1}^n \mathbb{1}[x_k = i]
let p_i = \frac{n_i}{n}
write N for n
write p(x_k | \theta) for q_{x_k}
write p(i | \theta) for q_i
write p(1 | \theta) for q_1
write p(2 | \theta) for q_2""",
    "text 3": r"""index i in 1..N
index j, k in 1..K
labels y[N] in 1..K
real f[K]
let p_k = \frac{e^{f_k}}{\sum_j e^{f_j}}
let L_i = -\log(p_{y_i})
write \Sigma for \sum_j e^{f_j}
write \mathbf{D} for \frac{\partial}{\partial f_k}""",
}

VERDICTS = {
    "proved": "Proved.",
    "answer": "A question; what answers it is proved.",
    "conditional": "Holds only for {holds}.",
    "wrong": "Wrong.",
    "misdefinition": "A definition that does not say what its text says.",
    "definition": "A definition; nothing to prove.",
    "number": "A rounded number; right.",
    "open": "Can't be decided: the text does not say enough.",
}


@dataclass(frozen=True)
class Formula:
    """One formula of a text, or a sentence that stands for one.

    `written`: the text is LaTeX, the source of a formula that lost its backslashes, or words. `claims` are proved by
    the library. Of the `statements`, under `given`, each must be proved if the verdict is "proved" or "answer", and
    refuted if it is "conditional", "wrong" or "misdefinition" (or, with `meaningless`, refused for comparing things of
    different kinds). A conditional one must be proved with `condition` added, for which `holds` is what its text would
    say, and `instead`, a right statement in place of a wrong one, must be proved too. `bounds` are (number, at least,
    at most): a number and what it may be if it is as rounded in the text. `skip`: `symnll check` leaves it out.
    """

    place: str
    text: str
    verdict: str
    written: str = "latex"
    claims: Sequence[str] = ()
    statements: Sequence[Any] = ()
    given: Sequence[Any] = ()
    condition: Any = None
    holds: str = ""
    instead: Any = None
    bounds: Sequence[Any] = ()
    meaningless: bool = False
    skip: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Seed:
    title: str
    formulas: Sequence[Formula]


def times(one: Any, other: Any) -> Any:
    """The product as it is written, without SymPy's cancelling."""
    return Mul(one, other, evaluate=False)


K, N = size("K"), size("N")
i, j, k, m, r, T = indices("i j k m r T", K)
n, theta = index("n", N), Parameter("theta")
z, a = vector("z", K), vector("a", K, kind="positive")
p, y = vector("p", K, kind="positive"), softmax(z)
S = total(exp(z[j]), j)
SHOWN = [(vector("y", K, kind="positive")[i], y[i])]  # (name, definition): what the page writes for it
f, g, u = function("f"), function("g", positive=True), real("u")
three = vector("y", 3)
example = [Eq(three[1], 5), Eq(three[2], 2), Eq(three[3], 1)]
scores = softmax(three)

x, t = labels("x", N, K), labels("t", N, K)
model, joint = function("p", positive=True), function("P", positive=True)
likelihood = product(model(x[n], theta), n)
independent = [ForAll(Eq(joint(theta), likelihood), theta)]
activation = function("a", positive=True)
sample_cross_entropy = -total(KroneckerDelta(k, t[n]) * log(activation(k, n, theta)), k)

SEED_0 = [
    Formula(
        "question, first paragraphs",
        "the NNL is equivalent to the Cross-Entropy",
        "proved",
        claims=["likelihood.cross_entropy", "likelihood.argmin_cross_entropy", "information.onehot_cross_entropy"],
        written="words",
        reason="They are equal per sample; minimising one is minimising the other.",
    ),
    Formula(
        "question 1",
        "raising the estimated outcome to the power of the (N * training outcome)",
        "proved",
        claims=["likelihood.frequencies"],
        written="words",
        reason="N p_i is how often class i occurs, so q_i is a factor that many times.",
    ),
    Formula(
        "question 2",
        "dividing the whole formula by N",
        "proved",
        claims=["likelihood.argmin_mean", "likelihood.mean_nll"],
        written="words",
        reason="The minimisers stay the same; the value becomes the mean over the samples.",
    ),
    Formula(
        "answer, first formula",
        r"L(\theta | x_1, ..., x_n) = p(x_1, ..., x_n | \theta)",
        "definition",
        reason="The likelihood is the joint probability, read as a function of the parameter.",
    ),
    Formula(
        "answer, second formula",
        r"p(x_1, ..., x_n | \theta) = \prod_{k=1}^n p(x_k | \theta)",
        "proved",
        claims=["likelihood.iid", "likelihood.independent_parts"],
        reason="Under the hypothesis that the samples are independent with one common model.",
    ),
    Formula(
        "answer, the sample [2, 2, 1]",
        r"p(2|\theta) p(2|\theta) p(1|\theta) = p(2|\theta)^2 p(1|\theta)",
        "proved",
        claims=["likelihood.sample_221"],
    ),
    Formula(
        "answer, third formula",
        r"\prod_{k=1}^n p(x_k | \theta) = \prod_i p(i | \theta)^{n_i}",
        "proved",
        claims=["likelihood.counts_of_model"],
    ),
    Formula(
        "answer, after the third formula",
        "n_i … is the number of times … i … occurs",
        "definition",
        claims=["likelihood.counts_sum", "likelihood.sample_221_counts"],
        written="words",
        reason="n_i = Σ_n δ(x_n, i); the counts sum to the number of samples.",
    ),
    Formula(
        "answer, last paragraph but one",
        r"q_i = p(i | \theta)",
        "definition",
    ),
    Formula(
        "answer, last paragraph but one",
        "p_i = n_i/N",
        "definition",
        claims=["likelihood.frequencies_sum"],
        reason="The frequencies sum to 1.",
    ),
    Formula(
        "answer, last formula, first equality",
        r"\prod_{k=1}^n q_{x_k} = \prod_i q_i^{n_i}",
        "proved",
        claims=["likelihood.counts"],
        reason="Also where some q_i are 0, with 0⁰ = 1.",
    ),
    Formula(
        "answer, last formula, second equality",
        r"\prod_i q_i^{n_i} = \prod_i q_i^{N p_i}",
        "proved",
        claims=["likelihood.frequencies"],
    ),
    Formula(
        "answer, last sentence",
        "they divide the logarithm by … N … to get the cross-entropy",
        "proved",
        claims=["likelihood.cross_entropy"],
        written="words",
        reason="With a minus sign, which the sentence leaves out.",
    ),
]

SEED_1 = [
    Formula(
        "motivation",
        "softMax outputs (which sum to 1) can be considered as probabilities",
        "proved",
        claims=["softmax.sums_to_one", "softmax.positive"],
        written="words",
    ),
    Formula(
        "motivation",
        "maximise the probability … the same as minimising the neg-log-prob",
        "proved",
        claims=["likelihood.argmin_nll"],
        written="words",
    ),
    Formula(
        "first formula",
        "P(T) = y_T = {exp z_T over sum_k exp z_k}",
        "definition",
        written="source",
    ),
    Formula(
        "after the first formula",
        "-log(P(T)) … which can be rewritten as … log(sum_k exp z_k)-z_T",
        "proved",
        claims=["nll.as_log_sum_exp"],
        written="words",
    ),
    Formula(
        "the gradient, case m = T",
        "y_T – 1 … when … m=T",
        "proved",
        claims=["nll.gradient_target"],
        written="words",
    ),
    Formula(
        "the gradient, the other case",
        "y_m … otherwise",
        "proved",
        claims=["nll.gradient_other"],
        written="words",
    ),
    Formula(
        "the gradient",
        "{partial C over partial z_m} = y_m – targ_m",
        "proved",
        claims=["nll.gradient", "nll.gradient_chain_rule", "soft_targets.onehot_gradient"],
        written="source",
    ),
    Formula(
        "sigmoid neurons",
        "{partial C over partial z_k} = y_k – targ_k",
        "proved",
        claims=["sigmoid_reverse.antiderivative", "sigmoid_reverse.requirement_holds", "sigmoid_reverse.unique"],
        written="source",
        reason="For a sigmoid neuron this requirement leaves the cross-entropy and a constant, nothing else.",
    ),
    Formula(
        "choice of exp",
        "exp … will accentuate the winner",
        "proved",
        claims=["softmax.odds", "softmax.monotone"],
        written="words",
        reason="The ratio of two probabilities is the exponential of the difference of their logits.",
    ),
    Formula(
        "choice of exp",
        "maps … R to R^+",
        "proved",
        claims=["softmax.positive"],
        written="words",
        statements=[Gt(exp(u), 0)],
    ),
    Formula(
        "choice of exp",
        "the denominator is just a … normalisation term to make sure outputs sum to 1",
        "proved",
        claims=["softmax.sums_to_one"],
        written="words",
    ),
    Formula(
        "softmax",
        "y_m = {exp z_m over sum_k exp z_k}",
        "definition",
        written="source",
    ),
    Formula(
        "the requirement",
        (
            "{partial C over partial z_m} = y_m – targ_m … so it should be possible to derive … C(y_m) … using "
            "integration"
        ),
        "proved",
        claims=["reverse.closed", "reverse.unique", "reverse.is_nll"],
        written="source",
        reason="The requirement for all m determines C up to one constant.",
    ),
    Formula(
        "answer, first formula",
        "C = int{partial C over partial z_m} d z_m = int(y_m – 1_{m=T})d z_m",
        "proved",
        claims=["reverse.antiderivative", "reverse.constant_may_depend_on_others"],
        written="source",
        reason="Up to a function of the other logits, which an integral over one of them leaves open.",
    ),
    Formula(
        "answer, second formula",
        "int(y_m – 1_{m=T})d z_m = int({exp z_m over sum_k exp z_k} – 1_{m=T})d z_m",
        "proved",
        claims=["reverse.antiderivative"],
        written="source",
        reason="The definition of y_m put in.",
    ),
    Formula(
        "answer, third formula",
        "int {exp z_m over sum_k exp z_k} d z_m = log ({sum_k exp z_k}) + f",
        "proved",
        claims=["reverse.antiderivative_one_logit", "reverse.split_one_logit", "reverse.rest_is_constant"],
        written="source",
        statements=[Eq(diff(log_sum_exp(z), z[m]), y[m])],
    ),
    Formula(
        "answer, fourth formula",
        "int 1_{m=T} d z_m = z_T + g",
        "proved",
        claims=["reverse.antiderivative"],
        written="source",
        statements=[Eq(diff(z[T], z[m]), KroneckerDelta(m, T))],
        reason="For m ≠ T both sides are free of z_m.",
    ),
    Formula(
        "answer, after the fourth formula",
        (
            "f … and … g … do not consist of … z_m, m = 0,…,k … so it is safe to require … f … and … g … to have "
            "only constants"
        ),
        "wrong",
        claims=["reverse.constant_may_depend_on_others", "reverse.all_partials", "reverse.unique"],
        written="words",
        statements=[Eq(diff(log_sum_exp(z) - KroneckerDelta(m, T) * z[m] + z[r], z[r]), y[r] - KroneckerDelta(r, T))],
        given=[Ne(r, m)],
        instead=Eq(diff(log_sum_exp(z) - z[T], z[r]), y[r] - KroneckerDelta(r, T)),
        reason=(
            "With one m they may depend on all other logits: the cost with z_r added for an r ≠ m has the right "
            "derivative in z_m and a wrong one in z_r. The conclusion is right because the derivatives in all "
            "logits are required at once."
        ),
    ),
    Formula(
        "answer, last formula",
        "log(sum_k exp z_k)- z_T = – log{exp z_T over sum_k exp z_k} = -log(y_T)",
        "proved",
        claims=["nll.as_log_sum_exp", "reverse.is_nll"],
        written="source",
    ),
]

SEED_2 = [
    Formula(
        "softmax activation function",
        r"S(f_{y_i}) = \frac{e^{f_{y_i}}}{\sum_j e^{f_j}}",
        "definition",
    ),
    Formula(
        "softmax activation function",
        "squashes … a vector of size K between 0 and 1",
        "proved",
        claims=["softmax.positive", "softmax.at_most_one"],
        written="words",
    ),
    Formula(
        "softmax activation function",
        "the sum of this whole vector equates to 1",
        "proved",
        claims=["softmax.sums_to_one"],
        written="words",
    ),
    Formula(
        "softmax activation function, example",
        "0.71 … 0.26 … 0.04",
        "open",
        written="words",
        reason="The scores are in a figure that the text does not hold. As rounded, the three sum to 1.01.",
    ),
    Formula(
        "negative log-likelihood",
        r"L(y) = -\log(y)",
        "definition",
    ),
    Formula(
        "negative log-likelihood, caption of a figure",
        "The loss function reaches infinity when input is 0, and reaches 0 when input is 1",
        "proved",
        claims=["nll.nonnegative"],
        written="words",
        statements=[Eq(-log(exp(-u), evaluate=False), u)],
        reason=(
            "The probability exp(−u) has the loss u, however large u is; u = 0 is the probability 1. At 0 itself "
            "there is no value."
        ),
    ),
    Formula(
        "negative log-likelihood, caption of a figure",
        "higher confidence at the correct class leads to lower loss and vice-versa",
        "proved",
        written="words",
        statements=[Lt(-log(p[i]), -log(p[j]))],
        given=[Lt(p[j], p[i])],
    ),
    Formula(
        "derivative of the softmax",
        r"p_k = \frac{e^{f_k}}{\sum_j e^{f_j}}",
        "definition",
    ),
    Formula(
        "derivative of the softmax",
        r"L_i = -\log(p_{y_i})",
        "definition",
    ),
    Formula(
        "derivative of the softmax, chain rule",
        r"\frac{\partial L_i}{\partial f_k} = \frac{\partial L_i}{\partial p_k} \frac{\partial p_k}{\partial f_k}",
        "conditional",
        claims=["nll.gradient_chain_rule"],
        statements=[Eq(diff(nll(z, T), z[k]), At(diff(-log(p[T]), p[k]), p, y) * diff(y[k], z[k]))],
        condition=Eq(k, T),
        holds="k = y_i",
        reason="The chain rule has one term for every class; only for k = y_i is this one all there is.",
    ),
    Formula(
        "derivative of the softmax, first factor",
        r"\frac{\partial L_i}{\partial p_k} = -\frac{1}{p_k}",
        "conditional",
        claims=["nll.derivative_in_probability"],
        statements=[Eq(diff(-log(p[T]), p[k]), -1 / p[k])],
        condition=Eq(k, T),
        holds="k = y_i",
        reason="The loss contains no other probability than that of the class y_i; for k ≠ y_i the derivative is 0.",
    ),
    Formula(
        "derivative of the softmax, quotient rule",
        r"\frac{f(x)}{g(x)} = \frac{g(x)\mathbf{D}f(x) - f(x)\mathbf{D}g(x)}{g(x)^2}",
        "wrong",
        statements=[Eq(f(u) / g(u), (g(u) * diff(f(u), u) - f(u) * diff(g(u), u)) / g(u) ** 2)],
        instead=Eq(diff(f(u) / g(u), u), (g(u) * diff(f(u), u) - f(u) * diff(g(u), u)) / g(u) ** 2),
        skip=True,  # its f and g are functions, and the text's other f is not
        reason="The derivative is missing on the left side.",
    ),
    Formula(
        "derivative of the softmax",
        r"\sum_j e^{f_j} = \Sigma",
        "definition",
    ),
    Formula(
        "derivative of the softmax, first chain",
        (
            r"\begin{aligned} \frac{\partial p_k}{\partial f_k} "
            r"&= \frac{\partial}{\partial f_k} \left(\frac{e^{f_k}}{\sum_j e^{f_j}} \right) \\ "
            r"&= \frac{\Sigma \mathbf{D} e^{f_k} - e^{f_k} \mathbf{D} \Sigma}{\Sigma^2} \\ "
            r"&= \frac{e^{f_k} (\Sigma - e^{f_k})}{\Sigma^2} \end{aligned}"
        ),
        "proved",
        claims=["softmax.jacobian_same"],
        statements=[
            Eq(diff(y[k], z[k]), (S * diff(exp(z[k]), z[k]) - exp(z[k]) * diff(S, z[k])) / S**2),
            Eq(diff(y[k], z[k]), exp(z[k]) * (S - exp(z[k])) / S**2),
        ],
    ),
    Formula(
        "derivative of the softmax, after the first chain",
        r"\mathbf{D}\Sigma = e^{f_k}",
        "proved",
        claims=["softmax.denominator_derivative"],
        statements=[Eq(diff(S, z[k]), exp(z[k]))],
    ),
    Formula(
        "derivative of the softmax, after the first chain",
        "the derivative … will always be 0 in those elements that are non-k, but e^{f_k} at k",
        "proved",
        written="words",
        statements=[Eq(diff(exp(z[j]), z[k]), KroneckerDelta(j, k) * exp(z[k]))],
    ),
    Formula(
        "derivative of the softmax, second chain",
        (
            r"\begin{aligned} \frac{\partial p_k}{\partial f_k} &= \frac{e^{f_k} (\Sigma - e^{f_k})}{\Sigma^2} \\ "
            r"&= \frac{e^{f_k}}{\Sigma} \frac{\Sigma - e^{f_k}}{\Sigma} \\ &= p_k * (1 - p_k) \end{aligned}"
        ),
        "proved",
        claims=["softmax.jacobian_same"],
        statements=[
            Eq(exp(z[k]) * (S - exp(z[k])) / S**2, times(exp(z[k]) / S, (S - exp(z[k])) / S)),
            Eq(times(exp(z[k]) / S, (S - exp(z[k])) / S), y[k] * (1 - y[k])),
        ],
    ),
    Formula(
        "derivative of the softmax, third chain, first step",
        (
            r"\frac{\partial L_i}{\partial f_k} = \frac{\partial L_i}{\partial p_k} \frac{\partial p_k}{\partial "
            r"f_k} = -\frac{1}{p_k} (p_k * (1 - p_k))"
        ),
        "conditional",
        claims=["nll.gradient_target", "nll.gradient_other"],
        statements=[Eq(diff(nll(z, T), z[k]), times(At(-1 / p[k], p, y), y[k] * (1 - y[k])))],
        condition=Eq(k, T),
        holds="k = y_i",
    ),
    Formula(
        "derivative of the softmax, third chain, second step",
        r"-\frac{1}{p_k} (p_k * (1 - p_k)) = (p_k - 1)",
        "proved",
        statements=[Eq(times(-1 / p[k], p[k] * (1 - p[k])), p[k] - 1)],
    ),
    Formula(
        "derivative of the softmax, result",
        r"\frac{\partial L_i}{\partial f_k} = (p_k - 1)",
        "conditional",
        claims=["nll.gradient_target", "nll.gradient_other", "nll.gradient"],
        statements=[Eq(diff(nll(z, T), z[k]), y[k] - 1)],
        condition=Eq(k, T),
        holds="k = y_i",
        reason="For k ≠ y_i the derivative is p_k; both cases together are p_k − δ(k, y_i).",
    ),
    Formula(
        "comments, jus1802",
        r"\exp\{f_{y_i}\}",
        "definition",
        reason="A correction of the first formula, which the text has taken over.",
    ),
    Formula(
        "comments, Antonio Gutierrez",
        r"L_i = -\log(p_{y_i})",
        "definition",
    ),
    Formula(
        "comments, Antonio Gutierrez",
        r"\frac{\partial L_i}{\partial p_k} = -\frac{1}{\ln 10} * p_k",
        "wrong",
        claims=["nll.derivative_in_probability"],
        statements=[Eq(diff(-log(p[T]) / log(10), p[k]), -1 / log(10) * p[k])],
        given=[Eq(k, T)],
        instead=Eq(diff(-log(p[T]) / log(10), p[k]), -1 / (log(10) * p[k])),
        reason=(
            "Even with a decimal logarithm p_k belongs in the denominator; with the natural one there is no ln 10."
        ),
    ),
    Formula(
        "comments, Antonio Gutierrez",
        "the derivative in the article is indeed correct",
        "conditional",
        claims=["nll.derivative_in_probability"],
        written="words",
        statements=[Eq(diff(-log(p[T]), p[k]), -1 / p[k])],
        condition=Eq(k, T),
        holds="k = y_i",
    ),
    Formula(
        "comments, Eric Stav'Rocket",
        r"\partial L_i / \partial f_k should be",
        "open",
        written="source",
        claims=["nll.gradient", "nll.gradient_chain_rule"],
        reason=(
            "The formula is cut off. The objection is right: every probability depends on f_k through the denominator."
        ),
    ),
]

SEED_3 = [
    Formula(
        "first formula",
        (
            r"\mathbf{θ}_{ML}(\mathbb{O})= p_{model}\left(\mathbb{O}; \mathbf{θ}\right) = "
            r"\underset{\mathbf{θ}}{\arg\max}\prod_{i=1}^{m} p_{model}\left(\mathbf{o}^{(i)}; \mathbf{θ}\right)"
        ),
        "misdefinition",
        claims=["likelihood.iid", "likelihood.argmax_log"],
        statements=[Eq(joint(theta), ArgMax(likelihood, theta))],
        given=independent,
        instead=Eq(ArgMax(joint(theta), theta), ArgMax(likelihood, theta)),
        meaningless=True,
        reason=(
            "The middle term is a probability, the others are parameters: they can't be equal. 'arg max over θ' "
            "is missing in front of it; then it is the definition of the maximum-likelihood estimate."
        ),
    ),
    Formula(
        "second formula",
        (
            r"\mathbf{θ}_{ML}(\mathbb{O})= \underset{\mathbf{θ}}{\arg\min}\sum_{i=1}^{m} -\log "
            r"p_{model}\left(\mathbf{o}^{(i)}; \mathbf{θ}\right)"
        ),
        "proved",
        claims=["likelihood.argmin_nll"],
    ),
    Formula(
        "third paragraph",
        r"\mathbf{θ} = \{\mathbf{W}, \mathbf{b}\}",
        "definition",
    ),
    Formula(
        "third paragraph",
        r"y \in [1, k], \mathbf{o}^{(i)} = {\mathbf{x}^{(i)}, y^{(i)}}",
        "definition",
    ),
    Formula(
        "third formula",
        (
            r"p_{model}\left(\mathbf{o}^{(i)}; \mathbf{θ}\right) \equiv p_{model}\left(y^{(i)} | \mathbf{x}^{(i)}; "
            r"\mathbf{θ}\right)"
        ),
        "definition",
    ),
    Formula(
        "fourth formula",
        (
            r"H(\mathbf{o}^{(i)}; \mathbf{θ}) = -\mathbf{y}^{(i)}\cdot \mathbf{log}\,\mathbf{a}(\mathbf{x}^{(i)}; "
            r"\mathbf{θ})"
        ),
        "definition",
        claims=["information.onehot_cross_entropy"],
    ),
    Formula(
        "formula (1)",
        r"p_{model}\left(\mathbf{o}^{(i)}; \mathbf{θ}\right) \equiv a_{y^{(i)}}(\mathbf{x}^{(i)}; \mathbf{θ})",
        "definition",
        claims=["softmax.positive", "softmax.sums_to_one"],
        reason="A modelling assumption; softmax activations are probabilities, whatever the parameters.",
    ),
    Formula(
        "after formula (1)",
        r"\log p_{model}\left(\mathbf{o}^{(i)}; \mathbf{θ}\right) = \log a_{y^{(i)}}(\mathbf{x}^{(i)}; \mathbf{θ})",
        "proved",
        statements=[Eq(log(p[T]), log(a[T]))],
        given=[Eq(p[T], a[T])],
    ),
    Formula(
        "formula (3)",
        (
            r"-\log p_{model}\left(\mathbf{o}^{(i)}; \mathbf{θ}\right) = -\mathbf{y}^{(i)}\cdot "
            r"\mathbf{log}\,\mathbf{a}(\mathbf{x}^{(i)}; \mathbf{θ})"
        ),
        "proved",
        claims=["information.onehot_cross_entropy", "soft_targets.onehot_loss"],
    ),
    Formula(
        "after formula (3)",
        r"\mathbf{θ}_{ML}(\mathbb{O})=\underset{\mathbf{θ}}{\arg\min}\sum_{i=1}^{m} H(\mathbf{o}^{(i)}; \mathbf{θ})",
        "proved",
        claims=["likelihood.argmin_cross_entropy_sum"],
    ),
    Formula(
        "activations as probabilities",
        "it places no restrictions on the other activations",
        "proved",
        claims=["information.onehot_cross_entropy", "softmax.sums_to_one"],
        written="words",
        reason="The loss of one sample contains one activation only; with softmax the others are bound by their sum.",
    ),
    Formula(
        "limitation to categorization",
        "Is the equation of MLE and cross-entropy minimization limited to cases where … are “one-hot”?",
        "answer",
        claims=["likelihood.cross_entropy", "likelihood.argmin_cross_entropy", "soft_targets.gradient"],
        written="words",
        reason="No: with the observed frequencies as targets the two agree for every data set.",
    ),
    Formula(
        "formula (2)",
        (
            r"p_{model}\left(y^{(i)} | \mathbf{x}^{(i)}; \mathbf{θ}\right) \equiv "
            r"P\left(\underset{j\in[1,k]}{\arg\max}\,a_j(\mathbf{x}^{(i)}; \mathbf{θ}) = y^{(i)}\right)"
        ),
        "misdefinition",
        claims=["softmax.monotone"],
        statements=[Eq(y[T], 1)],
        given=[ForAll(Le(z[j], z[T]), j)],
        reason=(
            "It gives the name of formula (1) to another quantity: whether the prediction is right, which is 1 or 0. "
            "The most probable class is the one with the largest logit."
        ),
    ),
    Formula(
        "after formula (2)",
        (
            r"a_{y^{(i)}}(\mathbf{x}^{(i)}; \mathbf{θ}_{ML}) = "
            r"P\left(\underset{j\in[1,k]}{\arg\max}\,a_j(\mathbf{x}^{(i)}; \mathbf{θ}_{ML}) = y^{(i)}\right)"
        ),
        "wrong",
        claims=["softmax.at_most_one"],
        statements=[Eq(y[T], 1)],
        given=[ForAll(Le(z[j], z[T]), j)],
        instead=Le(y[T], 1),
        reason=(
            "For a given input the prediction is right or it is not, so the right side is 1 or 0; the softmax "
            "activation is strictly between them as soon as there are two classes. The witness has the label at "
            "the largest logit."
        ),
    ),
    Formula(
        "answer, first paragraph",
        "a set of values must be nonnegative and sum to one",
        "proved",
        claims=["softmax.positive", "softmax.sums_to_one"],
        written="words",
    ),
    Formula(
        "answer, first paragraph",
        "The output of the logistic function is between zero and one",
        "proved",
        claims=["sigmoid.positive", "sigmoid.below_one"],
        written="words",
    ),
    Formula(
        "answer, first paragraph",
        "The probability that the class is 0 is implicitly one minus this value",
        "proved",
        claims=["sigmoid.complement", "softmax.two_classes_sigmoid"],
        written="words",
    ),
    Formula(
        "answer, third paragraph",
        (
            "minimizing the cross entropy loss (i.e. H(p_i, q_i) averaged over data points) is equivalent to "
            "maximizing the likelihood of the data"
        ),
        "proved",
        claims=["likelihood.argmin_cross_entropy_sum", "likelihood.argmin_mean"],
        written="words",
        statements=[
            Eq(
                ArgMax(product(activation(t[n], n, theta), n), theta),
                ArgMin(total(sample_cross_entropy, n) / N, theta),
            )
        ],
    ),
    Formula(
        "answer, third paragraph",
        "the cross entropy loss is proportional to a sum of negative log predicted probabilities",
        "proved",
        claims=["likelihood.mean_nll", "likelihood.cross_entropy"],
        written="words",
    ),
    Formula(
        "answer, soft classification",
        "distributions over class labels rather than hard class labels",
        "proved",
        claims=["soft_targets.as_log_sum_exp", "soft_targets.gradient", "soft_targets.gradient_chain_rule"],
        written="words",
    ),
    Formula(
        "answer, last paragraph",
        "H(p,q) … the number of bits per message needed (on average)",
        "proved",
        claims=["information.nats_to_bits", "information.expected_code_length", "information.code_length_bound"],
        written="words",
    ),
    Formula(
        "answer, last paragraph",
        "takes a minimum value of H(p) … when q = p",
        "proved",
        claims=["information.gibbs", "information.gibbs_equality", "information.gibbs_equality_converse"],
        written="words",
    ),
]

SEED_4 = [
    Formula(
        "likelihood",
        r"P(y_i | \theta)",
        "definition",
    ),
    Formula(
        "likelihood",
        r"P(y_0, y_1, ... | \theta) = \prod_i P(y_i|\theta)",
        "proved",
        claims=["likelihood.iid"],
        reason="Under the hypothesis that the samples are independent with one common model.",
    ),
    Formula(
        "likelihood",
        r"L(y_0, y_1, .. | \theta) = P(y_0, y_1, .. | \theta)",
        "definition",
    ),
    Formula(
        "likelihood",
        r"\hat{\theta}^{MLE}=\underset{\theta}{\operatorname{argmax}} L(y_0, y_1, ..|\theta)",
        "definition",
    ),
    Formula(
        "likelihood",
        r"\hat{\theta}^{MLE}=\underset{\theta}{\operatorname{argmax}} \prod_i L(y_i|\theta)",
        "proved",
        claims=["likelihood.iid"],
        statements=[Eq(ArgMax(joint(theta), theta), ArgMax(likelihood, theta))],
        given=independent,
        reason="The product put in for the joint probability.",
    ),
    Formula(
        "likelihood",
        r"\hat{\theta}^{MLE}=\underset{\theta}{\operatorname{argmax}} \sum_i \operatorname{\log} L(y_i|\theta)",
        "proved",
        claims=["likelihood.argmax_log"],
    ),
    Formula(
        "negative log-likelihood",
        "increasing the maximum log-likelihood … so is decreasing the negative log-likelihood",
        "proved",
        claims=["likelihood.argmin_nll"],
        written="words",
    ),
    Formula(
        "negative log-likelihood",
        r"NL(y_0, y_1, ..| \theta) = - \sum_i \operatorname{\log} L(y_i|\theta)",
        "definition",
        claims=["likelihood.log_likelihood"],
        reason="It is minus the logarithm of the product.",
    ),
    Formula(
        "negative log-likelihood, code of a plot",
        "x = range(1,100); plt.plot(-np.log(x))",
        "misdefinition",
        written="source",
        statements=[Ge(-log(u), 0)],
        given=[Ge(u, 1)],
        instead=Ge(nll(z, T), 0),
        reason=(
            "The plot is to show the loss, but over the numbers 1 to 99, which are no probabilities: there −log is "
            "0 or negative, and the loss never is."
        ),
    ),
    Formula(
        "example, softmax",
        r"S(y_i) = \frac{e^y_i}{\sum_{j=1}^n e^y_i}",
        "misdefinition",
        claims=["softmax.sums_to_one"],
        statements=[Eq(exp(z[i]) / total(exp(z[i]), j), y[i])],
        instead=Eq(exp(z[i]) / total(exp(z[i]), j), 1 / K),
        reason=(
            "The index j of the sum does not occur under the sum, so the sum is n times one term and every class "
            "gets 1/n. Read literally the exponent is y alone, with the index on e^y."
        ),
    ),
    Formula(
        "example, outputs",
        "y_0 = 5, y_1 = 2, y_2 = 1",
        "definition",
    ),
    Formula(
        "example, probabilities",
        "S(y_0) = 0.93623955",
        "number",
        reason="This is softmax as meant; the formula as written gives 1/3 three times.",
        bounds=(scores[1], Rational("0.936239545"), Rational("0.936239555")),
        given=example,
    ),
    Formula(
        "example, probabilities",
        "S(y_1) = 0.04661262",
        "number",
        bounds=(scores[2], Rational("0.046612615"), Rational("0.046612625")),
        given=example,
    ),
    Formula(
        "example, probabilities",
        "S(y_2) = 0.01714783",
        "number",
        bounds=(scores[3], Rational("0.017147825"), Rational("0.017147835")),
        given=example,
    ),
    Formula(
        "example, probabilities",
        r"\sum S(y) = 1",
        "proved",
        claims=["softmax.sums_to_one"],
        statements=[Eq(total(exp(z[i]) / total(exp(z[i]), j), i), 1)],
        reason="For softmax as meant, and for the formula as written too, whose values are all 1/n.",
    ),
    Formula(
        "example, loss of the first class",
        "NL(S(y_0)) = -log(0.93623955) = 0.06..",
        "number",
        bounds=(-log(Rational("0.93623955")), Rational("0.06"), Rational("0.07")),
    ),
    Formula(
        "example, loss of the second class",
        "NL(S(y_1)) = -log(0.04661262) = 3.06..",
        "number",
        bounds=(-log(Rational("0.04661262")), Rational("3.06"), Rational("3.07")),
    ),
]

SEEDS = [
    Seed("Why the likelihood has powers, and why it is divided by N (a question and its answer)", SEED_0),
    Seed("Reverse derivation of negative log likelihood cost function (a question and its answer)", SEED_1),
    Seed("Understanding softmax and the negative log-likelihood (L. Miranda, with comments)", SEED_2),
    Seed("How meaningful is the connection between MLE and cross entropy in deep learning? (with an answer)", SEED_3),
    Seed("Softmax (a chapter of lecture notes)", SEED_4),
]
