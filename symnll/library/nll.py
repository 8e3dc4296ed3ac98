"""Negative log-likelihood of one class under softmax: value, gradient, Hessian, convexity."""

from sympy import KroneckerDelta, exp, log

from symnll.entry import Claim, Entry, Step
from symnll.language import (
    At,
    Eq,
    Ge,
    Ne,
    diff,
    dot,
    family,
    index,
    indices,
    labels,
    log_sum_exp,
    nll,
    positive,
    real,
    size,
    softmax,
    total,
    vector,
)

K, N = size("K"), size("N")
i, j, k, r, m, T = indices("i j k r m T", K)
n, a = index("n", N), index("a", N)
z, v, yv, c = vector("z", K), vector("v", K), vector("y", K, kind="positive"), real("c")
y = softmax(z)
S = total(exp(z[k]), k)
loss = nll(z, T)
Y = [(yv[i], y[i])]
gradient = y[m] - KroneckerDelta(m, T)
hessian = KroneckerDelta(m, r) * y[m] - y[m] * y[r]
curvature = total(v[m] * diff(loss, z[m], z[r]) * v[r], m, r)
spread = total(y[m] * (v[m] - dot(y, v)) ** 2, m)
tau = positive("tau")
cooled = family(lambda b: z[b] / tau, K)

Z, x = vector("Z", N, K), labels("x", N, K)


def row(b):
    """The logits of sample b."""
    return family(lambda k: Z[b, k], K)


batch = total(nll(row(n), x[n]), n) / N

ENTRY = Entry(
    name="nll",
    title="Negative log-likelihood of softmax",
    summary=(
        "The loss −log y_T of the target class T, for probabilities y = softmax(z). Its gradient in the logits is the "
        "probabilities minus the one-hot target; its Hessian is diag(y) − y yᵀ for every target, and so it is convex."
    ),
    claims=[
        Claim(
            "as_log_sum_exp",
            "The loss as log-sum-exp minus the target's logit",
            Eq(loss, log_sum_exp(z) - z[T]),
            steps=[
                Step(log(S) - log(exp(z[T]), evaluate=False), "logarithm of a quotient"),
                Step(log_sum_exp(z) - z[T], "exponential and logarithm cancel"),
            ],
        ),
        Claim(
            "nonnegative",
            "The loss is never negative",
            Ge(loss, 0),
            steps=[
                Step(1 - y[T], "log x ≤ x − 1", "≥"),
                Step(0, "monotonicity", "≥"),
            ],
            abbreviations=Y,
            note="It tends to 0 as the target's probability tends to 1, and grows without bound as that tends to 0.",
        ),
        Claim(
            "derivative_in_probability",
            "The derivative in a probability, as if the probabilities were free",
            Eq(diff(-log(yv[T]), yv[k]), -KroneckerDelta(k, T) / yv[T]),
            steps=[
                Step(-diff(yv[T], yv[k]) / yv[T], "derivative of the logarithm"),
                Step(-KroneckerDelta(k, T) / yv[T], "derivative of a variable"),
            ],
            note="Only the target's probability occurs in the loss: −1/y_T for k = T, and 0 for every other k.",
        ),
        Claim(
            "gradient",
            "The gradient, directly",
            Eq(diff(loss, z[m]), gradient),
            steps=[
                Step(diff(log(S) - z[T], z[m]), "logarithm of a quotient"),
                Step(diff(S, z[m]) / S - KroneckerDelta(m, T), "derivative of the logarithm"),
                Step(
                    total(exp(z[k]) * KroneckerDelta(k, m), k) / S - KroneckerDelta(m, T),
                    "derivative of the exponential",
                ),
                Step(gradient, "δ collapses the sum"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "gradient_chain_rule",
            "The gradient through the probabilities, by the chain rule",
            Eq(diff(loss, z[m]), gradient),
            steps=[
                Step(total(At(diff(-log(yv[T]), yv[i]), yv, y) * diff(y[i], z[m]), i), "chain rule"),
                Step(
                    total(At(-KroneckerDelta(i, T) / yv[T], yv, y) * diff(y[i], z[m]), i),
                    "derivative of the logarithm",
                ),
                Step(At(-1 / yv[T], yv, y) * diff(y[T], z[m]), "δ collapses the sum"),
                Step(At(-1 / yv[T], yv, y) * y[T] * (KroneckerDelta(T, m) - y[m]), "quotient rule"),
                Step(gradient, "algebra"),
            ],
            abbreviations=Y,
            note="The sum over i is needed: every probability depends on every logit, through the denominator.",
        ),
        Claim(
            "gradient_target",
            "The gradient in the target's own logit",
            Eq(diff(loss, z[T]), y[T] - 1),
            steps=[
                Step(diff(S, z[T]) / S - 1, "derivative of the logarithm"),
                Step(y[T] - 1, "δ collapses the sum"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "gradient_other",
            "The gradient in another class's logit",
            Eq(diff(loss, z[m]), y[m]),
            given=[Ne(m, T)],
            steps=[
                Step(diff(S, z[m]) / S, "derivative of the logarithm"),
                Step(y[m], "δ collapses the sum"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "gradient_sums_to_zero",
            "The gradient sums to 0",
            Eq(total(diff(loss, z[m]), m), 0),
            steps=[
                Step(total(gradient, m), "derivative of the logarithm"),
                Step(total(y[m], m) - total(KroneckerDelta(m, T), m), "linearity of the sum"),
                Step(total(y[m], m) - 1, "δ collapses the sum"),
                Step(0, "probabilities sum to 1"),
            ],
            abbreviations=Y,
            note="The loss does not change when one number is added to all logits.",
        ),
        Claim(
            "shift_invariance",
            "Adding one number to all logits leaves the loss as it is",
            Eq(nll(family(lambda b: z[b] + c, K), T), loss),
        ),
        Claim(
            "gradient_temperature",
            "The gradient at temperature τ",
            Eq(diff(nll(cooled, T), z[m]), (softmax(cooled)[m] - KroneckerDelta(m, T)) / tau),
        ),
        Claim(
            "hessian",
            "The Hessian: diag(y) − y yᵀ",
            Eq(diff(loss, z[m], z[r]), hessian),
            steps=[
                Step(diff(gradient, z[r]), "derivative of the logarithm"),
                Step(y[m] * (KroneckerDelta(m, r) - y[r]), "quotient rule"),
                Step(hessian, "algebra"),
            ],
            abbreviations=Y,
            note="The target has dropped out: the curvature depends on the probabilities alone.",
        ),
        Claim(
            "hessian_vector_product",
            "The Hessian-vector product: y ⊙ (v − ⟨y, v⟩)",
            Eq(total(diff(loss, z[m], z[r]) * v[r], r), y[m] * (v[m] - dot(y, v))),
            steps=[
                Step(total(hessian * v[r], r), "quotient rule"),
                Step(
                    total(KroneckerDelta(m, r) * y[m] * v[r], r) - y[m] * total(y[r] * v[r], r),
                    "linearity of the sum",
                ),
                Step(y[m] * (v[m] - dot(y, v)), "δ collapses the sum"),
            ],
            abbreviations=Y,
            note="K multiplications, without the K × K matrix.",
        ),
        Claim(
            "hessian_quadratic_form",
            "vᵀHv is a weighted sum of squares",
            Eq(curvature, spread),
            steps=[
                Step(total(v[m] * hessian * v[r], m, r), "quotient rule"),
                Step(total(y[m] * v[m] ** 2, m) - dot(y, v) ** 2, "δ collapses the sum"),
                Step(spread, "probabilities sum to 1"),
            ],
            abbreviations=Y,
            note="It is the variance of v under the probabilities y.",
        ),
        Claim(
            "convexity",
            "The Hessian is positive semidefinite: the loss is convex in the logits",
            Ge(curvature, 0),
            steps=[
                Step(spread, "probabilities sum to 1"),
                Step(0, "sum of squares", "≥"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "mean_gradient",
            "The gradient of the mean over N samples",
            Eq(diff(batch, Z[a, m]), (softmax(row(a))[m] - KroneckerDelta(m, x[a])) / N),
            steps=[
                Step(total(diff(nll(row(n), x[n]), Z[a, m]), n) / N, "derivative of a sum"),
                Step((softmax(row(a))[m] - KroneckerDelta(m, x[a])) / N, "δ collapses the sum"),
            ],
            note="Z[n, k] is the logit of class k for sample n, and x[n] the class of sample n.",
        ),
    ],
    references=[
        "Bishop, Pattern Recognition and Machine Learning (2006), 4.3.4",
        "Murphy, Probabilistic Machine Learning: An Introduction (2022), 10.3",
        "Boyd, Vandenberghe, Convex Optimization (2004), 3.1.5 (log-sum-exp)",
    ],
)
