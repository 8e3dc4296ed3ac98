"""The reverse derivation: from the gradient y − one-hot back to the loss it belongs to."""

from sympy import KroneckerDelta, S, exp, log

from symnll.entry import Claim, Entry, Step
from symnll.language import (
    At,
    Eq,
    ForAll,
    Ne,
    diff,
    family,
    function,
    functional,
    indices,
    log_sum_exp,
    nll,
    positive,
    real,
    size,
    softmax,
    total,
    vector,
)

K = size("K")
i, k, r, m, T = indices("i k r m T", K)
z, w, yv = vector("z", K), vector("w", K), vector("y", K, kind="positive")
x, s, rest = real("x"), real("s"), positive("R")
y = softmax(z)
Z = total(exp(z[k]), k)
others = total((1 - KroneckerDelta(k, m)) * exp(z[k]), k)
Y = [(yv[i], y[i])]
g, C, D = function("g"), functional("C", K), functional("D", K)
origin = family(lambda _: 0, K)


def field(at, entry):
    """What the gradient is required to be: softmax(at)_entry − δ(entry, T)."""
    return softmax(at)[entry] - KroneckerDelta(entry, T)


ray = family(lambda b: s * z[b], K)
along = log_sum_exp(ray) - s * z[T]
RS = total(exp(s * z[k]), k)
required = ForAll(Eq(diff(C(w), w[m]), field(w, m)), w, m)

ENTRY = Entry(
    name="reverse",
    title="From the gradient back to the loss",
    summary=(
        "Which cost C has the gradient ∂C/∂z_m = y_m − δ_mT? The field is closed, one integration finds log-sum-exp up "
        "to a part that may depend on all other logits, and the partial derivatives together leave one number "
        "undetermined: C is the negative log-likelihood plus a constant."
    ),
    claims=[
        Claim(
            "closed",
            "The required field is closed: its Jacobian is symmetric",
            Eq(diff(field(z, m), z[r]), diff(field(z, r), z[m])),
            steps=[
                Step(y[m] * (KroneckerDelta(m, r) - y[r]), "quotient rule"),
                Step(y[r] * (KroneckerDelta(r, m) - y[m]), "cases i = m and i ≠ m"),
                Step(diff(field(z, r), z[m]), "quotient rule"),
            ],
            abbreviations=Y,
            note="This is what a field must satisfy to be a gradient at all.",
        ),
        Claim(
            "split_one_logit",
            "The denominator as one exponential and the rest",
            Eq(Z, exp(z[m]) + others),
            steps=[
                Step(
                    total(KroneckerDelta(k, m) * exp(z[k]), k) + others,
                    "linearity of the sum",
                ),
                Step(exp(z[m]) + others, "δ collapses the sum"),
            ],
        ),
        Claim(
            "antiderivative_one_logit",
            "One logit x varies and R is the rest: log(exp x + R) is an antiderivative of the probability",
            Eq(diff(log(exp(x) + rest), x), exp(x) / (exp(x) + rest)),
            steps=[
                Step(diff(exp(x) + rest, x) / (exp(x) + rest), "derivative of the logarithm"),
                Step(exp(x) / (exp(x) + rest), "derivative of the exponential"),
            ],
            note="Read from right to left it is the integral over one logit.",
        ),
        Claim(
            "antiderivative",
            "Integrated over z_m: log(exp z_m + rest) − δ_mT z_m",
            Eq(diff(log(exp(z[m]) + others) - KroneckerDelta(m, T) * z[m], z[m]), field(z, m)),
            steps=[
                Step(
                    diff(exp(z[m]) + others, z[m]) / (exp(z[m]) + others) - KroneckerDelta(m, T),
                    "derivative of the logarithm",
                ),
                Step(exp(z[m]) / (exp(z[m]) + others) - KroneckerDelta(m, T), "derivative of the exponential"),
                Step(field(z, m), "sum split"),
            ],
            abbreviations=Y,
            note="The rest does not contain z_m, so it is a constant in this integration.",
        ),
        Claim(
            "rest_is_constant",
            "The rest does not change with z_m",
            Eq(diff(others, z[m]), 0),
            steps=[
                Step(total((1 - KroneckerDelta(k, m)) * KroneckerDelta(k, m) * exp(z[k]), k), "derivative of a sum"),
                Step(0, "cases i = m and i ≠ m"),
            ],
        ),
        Claim(
            "constant_may_depend_on_others",
            "One partial derivative leaves any function of another logit open",
            Eq(diff(log_sum_exp(z) - KroneckerDelta(m, T) * z[m] + g(z[r]), z[m]), field(z, m)),
            given=[Ne(r, m)],
            steps=[
                Step(
                    diff(log_sum_exp(z), z[m]) - diff(KroneckerDelta(m, T) * z[m], z[m]) + diff(g(z[r]), z[m]),
                    "derivative of a sum",
                ),
                Step(diff(log_sum_exp(z), z[m]) - KroneckerDelta(m, T), "chain rule"),
                Step(field(z, m), "derivative of the logarithm"),
            ],
            abbreviations=Y,
            note=(
                "g is arbitrary, so the 'constant' of an integration over z_m need not be a number. For m ≠ T the "
                "choice g(z_T) = −z_T is the one that the partial derivative in z_T asks for."
            ),
        ),
        Claim(
            "all_partials",
            "Log-sum-exp minus the target's logit has every partial derivative right",
            Eq(diff(log_sum_exp(z) - z[T], z[m]), field(z, m)),
            steps=[
                Step(diff(Z, z[m]) / Z - KroneckerDelta(m, T), "derivative of the logarithm"),
                Step(
                    total(exp(z[k]) * KroneckerDelta(k, m), k) / Z - KroneckerDelta(m, T),
                    "derivative of the exponential",
                ),
                Step(field(z, m), "δ collapses the sum"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "ray",
            "Along the ray s·z the cost grows by the field times z",
            Eq(diff(along, s), total(z[m] * field(ray, m), m)),
            steps=[
                Step(diff(RS, s) / RS - z[T], "derivative of the logarithm"),
                Step(total(z[k] * exp(s * z[k]), k) / RS - z[T], "derivative of the exponential"),
                Step(total(z[m] * softmax(ray)[m], m) - z[T], "linearity of the sum"),
                Step(total(z[m] * field(ray, m), m), "δ collapses the sum"),
            ],
            note="So the field integrated along the ray, from 0 to z, is this function's increase.",
        ),
        Claim(
            "ray_of_cost",
            "Along the ray every cost with the required gradient grows alike",
            Eq(diff(C(ray), s), total(z[m] * field(ray, m), m)),
            given=[required],
            steps=[
                Step(total(At(diff(C(w), w[m]), w, ray) * z[m], m), "chain rule"),
                Step(total(z[m] * field(ray, m), m), "definition"),
            ],
        ),
        Claim(
            "ray_start",
            "Where the ray starts, the value is log K",
            Eq(At(along, s, S.Zero), log(K)),
            steps=[
                Step(log(total(1, k)), "definition"),
                Step(log(K), "linearity of the sum"),
            ],
            note="So the integral along the ray is log Σ exp z_k − z_T − log K.",
        ),
        Claim(
            "unique",
            "The only cost with this gradient: log-sum-exp minus the target's logit, up to its value at 0",
            Eq(C(z) - C(origin), log_sum_exp(z) - z[T] - log(K)),
            given=[required],
            note="C is any totally differentiable function of the K logits whose partial derivatives are the field.",
        ),
        Claim(
            "is_nll",
            "The cost is the negative log-likelihood plus a constant",
            Eq(C(z), nll(z, T) + (C(origin) - log(K))),
            given=[required],
        ),
        Claim(
            "unique_up_to_constant",
            "Two costs with the same gradient everywhere differ by a constant",
            Eq(C(z) - C(origin), D(z) - D(origin)),
            given=[ForAll(Eq(diff(C(w), w[m]), diff(D(w), w[m])), w, m)],
        ),
    ],
    references=[
        "Rudin, Principles of Mathematical Analysis (3rd ed., 1976), 5.11, 9.15, 9.19",
        "Nielsen, Neural Networks and Deep Learning (2015), chapter 3 (a cost from a required gradient)",
    ],
)
