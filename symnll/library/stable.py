"""Forms of log-sum-exp and of the loss that neither overflow nor cancel."""

from sympy import KroneckerDelta, exp, log

from symnll.entry import Claim, Entry, Step
from symnll.language import (
    Eq,
    Ge,
    Le,
    family,
    indices,
    log_sum_exp,
    maximum,
    nll,
    real,
    size,
    softmax,
    total,
    vector,
)

K = size("K")
i, j, k, T = indices("i j k T", K)
z, c = vector("z", K), real("c")
y = softmax(z)
S = total(exp(z[k]), k)
M = maximum(z[k], k)
shown = vector("y", K, kind="positive")
Y = [(shown[i], y[i])]
MAXIMUM = [(real("M"), M)]


def shifted(by):
    """The logits z − by."""
    return family(lambda b: z[b] - by, K)


without_target = total((1 - KroneckerDelta(j, T)) * exp(z[j] - z[T]), j)

ENTRY = Entry(
    name="stable",
    title="Stable forms",
    summary=(
        "Exponentials of large logits overflow, and 1 − y_T cancels when y_T is close to 1. Shifting by the largest "
        "logit removes the first problem, sums without the target's term remove the second; the value stays the same."
    ),
    claims=[
        Claim(
            "shift",
            "Any number c can be taken out of log-sum-exp",
            Eq(log_sum_exp(z), c + log_sum_exp(shifted(c))),
            steps=[
                Step(log(total(exp(c) * exp(z[k] - c), k)), "exponential of a sum"),
                Step(log(exp(c) * total(exp(z[k] - c), k)), "linearity of the sum"),
                Step(log(exp(c), evaluate=False) + log_sum_exp(shifted(c)), "logarithm of a product"),
                Step(c + log_sum_exp(shifted(c)), "exponential and logarithm cancel"),
            ],
        ),
        Claim(
            "shift_by_maximum",
            "In particular the largest logit",
            Eq(log_sum_exp(z), M + log_sum_exp(shifted(M))),
            abbreviations=MAXIMUM,
        ),
        Claim(
            "exponents_at_most_one",
            "After the shift no exponential exceeds 1",
            Le(exp(z[i] - M), 1),
            abbreviations=MAXIMUM,
            note="So nothing overflows.",
        ),
        Claim(
            "shifted_sum_at_least_one",
            "After the shift the sum is at least 1",
            Ge(total(exp(z[k] - M), k), 1),
            abbreviations=MAXIMUM,
            note="The largest logit contributes exactly 1, so the logarithm is never taken of 0.",
        ),
        Claim(
            "lower_bound",
            "Log-sum-exp is at least the largest logit",
            Le(M, log_sum_exp(z)),
        ),
        Claim(
            "upper_bound",
            "Log-sum-exp exceeds the largest logit by log K at most",
            Le(log_sum_exp(z), M + log(K)),
            steps=[
                Step(log(total(exp(M), k)), "monotonicity", "≤"),
                Step(log(K * exp(M)), "linearity of the sum"),
                Step(M + log(K), "logarithm of a product"),
            ],
            abbreviations=MAXIMUM,
            note="All logits equal attains it.",
        ),
        Claim(
            "log_softmax",
            "The logarithm of a probability without forming the probability",
            Eq(log(y[i]), z[i] - log_sum_exp(z)),
            steps=[
                Step(log(exp(z[i]), evaluate=False) - log(S), "logarithm of a quotient"),
                Step(z[i] - log_sum_exp(z), "exponential and logarithm cancel"),
            ],
        ),
        Claim(
            "softmax_shifted",
            "A probability from shifted logits",
            Eq(y[i], exp(z[i] - M) / total(exp(z[k] - M), k)),
            abbreviations=MAXIMUM,
        ),
        Claim(
            "nll_log1p",
            "The loss as log(1 + the sum without the target's term)",
            Eq(nll(z, T), log(1 + without_target)),
            steps=[
                Step(log(S / exp(z[T])), "logarithm of a quotient"),
                Step(log(total(exp(z[j] - z[T]), j)), "exponential of a sum"),
                Step(log(1 + without_target), "sum split"),
            ],
            note="log1p of a small sum keeps the digits that −log y_T loses when y_T is close to 1.",
        ),
        Claim(
            "nll_shifted",
            "The loss from shifted logits",
            Eq(nll(z, T), log_sum_exp(shifted(M)) - (z[T] - M)),
            abbreviations=MAXIMUM,
        ),
        Claim(
            "target_gradient",
            "The gradient in the target's logit, without cancellation",
            Eq(y[T] - 1, -total((1 - KroneckerDelta(j, T)) * y[j], j)),
            steps=[
                Step(y[T] - total(y[j], j), "probabilities sum to 1"),
                Step(-total((1 - KroneckerDelta(j, T)) * y[j], j), "sum split"),
            ],
            abbreviations=Y,
        ),
    ],
    references=[
        "Blanchard, Higham, Higham, Accurately computing the log-sum-exp and softmax functions (2021), IMA JNA 41(4)",
        "Boyd, Vandenberghe, Convex Optimization (2004), 3.1.5 (bounds of log-sum-exp)",
        "Higham, Accuracy and Stability of Numerical Algorithms (2nd ed., 2002), chapter 1 (cancellation; log(1 + x))",
    ],
)
