"""Softmax: probabilities from logits, and how they move when a logit does."""

from sympy import KroneckerDelta, exp

from symnll.entry import Claim, Entry, Step
from symnll.language import (
    Eq,
    Gt,
    Le,
    Ne,
    diff,
    dot,
    family,
    indices,
    positive,
    real,
    sigmoid,
    size,
    softmax,
    total,
    vector,
)

K = size("K")
i, j, k, m = indices("i j k m", K)
z, c, tau = vector("z", K), real("c"), positive("tau")
y = softmax(z)
S = total(exp(z[k]), k)
shown = vector("y", K, kind="positive")
Y = [(shown[i], y[i])]


def quotient(of, by):
    """The quotient rule written out for y_of, differentiated in z_by."""
    return (diff(exp(z[of]), z[by]) * S - exp(z[of]) * diff(S, z[by])) / S**2


pair = vector("z", 2)
cooled = softmax(family(lambda a: z[a] / tau, K))
R = total(exp(z[k] / tau), k)
mean = total(cooled[k] * z[k], k)

ENTRY = Entry(
    name="softmax",
    title="Softmax",
    summary=(
        "Softmax divides the exponential of each logit by the sum of all of them. The result is a probability "
        "distribution over the K classes; it depends only on differences of logits, and its Jacobian needs nothing but "
        "its own values."
    ),
    claims=[
        Claim(
            "sums_to_one",
            "The probabilities sum to 1",
            Eq(total(y[i], i), 1),
            steps=[
                Step(total(exp(z[i]), i) / S, "linearity of the sum"),
                Step(1, "algebra"),
            ],
            note="The denominator is a sum of positive numbers over at least one class, so it is not 0.",
        ),
        Claim("positive", "Every probability is positive", Gt(y[i], 0)),
        Claim(
            "at_most_one",
            "No probability exceeds 1",
            Le(y[i], 1),
            steps=[
                Step(total(y[j], j), "monotonicity", "≤"),
                Step(1, "probabilities sum to 1"),
            ],
            note="With K = 1 the only probability is exactly 1; with two or more classes each is strictly below 1.",
        ),
        Claim(
            "shift_invariance",
            "Adding one number to all logits changes nothing",
            Eq(softmax(family(lambda a: z[a] + c, K))[i], y[i]),
            steps=[
                Step(exp(z[i]) * exp(c) / total(exp(z[k]) * exp(c), k), "exponential of a sum"),
                Step(y[i], "linearity of the sum"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "odds",
            "The ratio of two probabilities depends on the difference of their logits alone",
            Eq(y[i] / softmax(z)[j], exp(z[i] - z[j])),
            steps=[
                Step(exp(z[i]) * exp(-z[j]), "algebra"),
                Step(exp(z[i] - z[j]), "exponential of a sum"),
            ],
        ),
        Claim(
            "monotone",
            "A larger logit has a larger probability",
            Le(y[i], y[j]),
            given=[Le(z[i], z[j])],
            note="So the most probable class is the one with the largest logit.",
        ),
        Claim(
            "denominator_derivative",
            "The derivative of the denominator in one logit",
            Eq(diff(S, z[m]), exp(z[m])),
            steps=[
                Step(total(diff(exp(z[k]), z[m]), k), "derivative of a sum"),
                Step(total(exp(z[k]) * KroneckerDelta(k, m), k), "derivative of the exponential"),
                Step(exp(z[m]), "δ collapses the sum"),
            ],
            note="All terms but one are constant in z_m.",
        ),
        Claim(
            "jacobian",
            "The Jacobian",
            Eq(diff(y[i], z[m]), y[i] * (KroneckerDelta(i, m) - y[m])),
            steps=[
                Step(quotient(i, m), "quotient rule"),
                Step(
                    (diff(exp(z[i]), z[m]) * S - exp(z[i]) * total(diff(exp(z[k]), z[m]), k)) / S**2,
                    "derivative of a sum",
                ),
                Step(
                    (exp(z[i]) * KroneckerDelta(i, m) * S - exp(z[i]) * total(exp(z[k]) * KroneckerDelta(k, m), k))
                    / S**2,
                    "derivative of the exponential",
                ),
                Step(
                    (exp(z[i]) * KroneckerDelta(i, m) * S - exp(z[i]) * exp(z[m])) / S**2,
                    "δ collapses the sum",
                ),
                Step(y[i] * (KroneckerDelta(i, m) - y[m]), "algebra"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "jacobian_same",
            "The Jacobian on its diagonal: a probability and its own logit",
            Eq(diff(y[i], z[i]), y[i] * (1 - y[i])),
            steps=[
                Step(quotient(i, i), "quotient rule"),
                Step((exp(z[i]) * S - exp(z[i]) * diff(S, z[i])) / S**2, "derivative of the exponential"),
                Step(exp(z[i]) * (S - exp(z[i])) / S**2, "δ collapses the sum"),
                Step(y[i] * (1 - y[i]), "algebra"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "jacobian_other",
            "The Jacobian off its diagonal: a probability and another class's logit",
            Eq(diff(y[i], z[m]), -y[i] * y[m]),
            given=[Ne(i, m)],
            steps=[
                Step(quotient(i, m), "quotient rule"),
                Step(-exp(z[i]) * diff(S, z[m]) / S**2, "derivative of the exponential"),
                Step(-y[i] * y[m], "δ collapses the sum"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "jacobian_symmetric",
            "The Jacobian is symmetric",
            Eq(diff(y[i], z[m]), diff(y[m], z[i])),
            steps=[
                Step(y[i] * (KroneckerDelta(i, m) - y[m]), "quotient rule"),
                Step(y[m] * (KroneckerDelta(m, i) - y[i]), "cases i = m and i ≠ m"),
                Step(diff(y[m], z[i]), "quotient rule"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "jacobian_sums_to_zero",
            "Each column of the Jacobian sums to 0",
            Eq(total(diff(y[i], z[m]), i), 0),
            steps=[
                Step(total(y[i] * (KroneckerDelta(i, m) - y[m]), i), "quotient rule"),
                Step(y[m] - y[m] * total(y[i], i), "δ collapses the sum"),
                Step(0, "probabilities sum to 1"),
            ],
            abbreviations=Y,
            note="The probabilities keep their sum, so their changes cancel.",
        ),
        Claim(
            "two_classes_sigmoid",
            "With two classes softmax is the sigmoid of the difference of the logits",
            Eq(softmax(pair)[1], sigmoid(pair[1] - pair[2])),
            steps=[
                Step(exp(pair[1]) / (exp(pair[1]) + exp(pair[2])), "sum split"),
                Step(sigmoid(pair[1] - pair[2]), "exponential of a sum"),
            ],
        ),
        Claim(
            "temperature",
            "The Jacobian at temperature τ",
            Eq(diff(cooled[i], z[m]), cooled[i] * (KroneckerDelta(i, m) - cooled[m]) / tau),
            steps=[
                Step(
                    (diff(exp(z[i] / tau), z[m]) * R - exp(z[i] / tau) * diff(R, z[m])) / R**2,
                    "quotient rule",
                ),
                Step(
                    (
                        exp(z[i] / tau) * KroneckerDelta(i, m) / tau * R
                        - exp(z[i] / tau) * total(exp(z[k] / tau) * KroneckerDelta(k, m) / tau, k)
                    )
                    / R**2,
                    "derivative of the exponential",
                ),
                Step(
                    (exp(z[i] / tau) * KroneckerDelta(i, m) * R - exp(z[i] / tau) * exp(z[m] / tau)) / (tau * R**2),
                    "δ collapses the sum",
                ),
                Step(cooled[i] * (KroneckerDelta(i, m) - cooled[m]) / tau, "algebra"),
            ],
            abbreviations=[(shown[i], cooled[i])],
            note="A temperature divides every logit, so it divides every derivative; τ = 1 is the Jacobian above.",
        ),
        Claim(
            "temperature_derivative",
            "How a probability changes with the temperature",
            Eq(diff(cooled[i], tau), cooled[i] * (dot(cooled, z) - z[i]) / tau**2),
            steps=[
                Step(
                    (diff(exp(z[i] / tau), tau) * R - exp(z[i] / tau) * diff(R, tau)) / R**2,
                    "quotient rule",
                ),
                Step(
                    (exp(z[i] / tau) * total(exp(z[k] / tau) * z[k] / tau**2, k) - exp(z[i] / tau) * z[i] / tau**2 * R)
                    / R**2,
                    "derivative of the exponential",
                ),
                Step(cooled[i] * (mean - z[i]) / tau**2, "linearity of the sum"),
            ],
            abbreviations=[(shown[i], cooled[i])],
            note="Warming lowers the classes whose logit is above the mean logit and raises those below it.",
        ),
    ],
    references=[
        "Bishop, Pattern Recognition and Machine Learning (2006), 4.2, 4.3.4",
        "Goodfellow, Bengio, Courville, Deep Learning (2016), 6.2.2.3",
        "Hinton, Vinyals, Dean, Distilling the Knowledge in a Neural Network (2015), arXiv:1503.02531 (temperature)",
    ],
)
