"""Cross-entropy of softmax against targets that are one-hot, or any weights that sum to 1."""

from sympy import KroneckerDelta, exp, log

from symnll.entry import Claim, Entry, Step
from symnll.language import (
    At,
    Eq,
    Ge,
    diff,
    dot,
    indices,
    log_sum_exp,
    nll,
    onehot,
    size,
    softmax,
    total,
    vector,
)

K = size("K")
i, j, k, r, m, T = indices("i j k r m T", K)
z, v, t, yv = vector("z", K), vector("v", K), vector("t", K), vector("y", K, kind="positive")
h = onehot("h", K, T)
y = softmax(z)
S = total(exp(z[k]), k)
Y = [(yv[i], y[i])]
normalised = [Eq(total(t[k], k), 1)]


def cross_entropy(target, prob):
    """−Σ_k target_k log prob_k."""
    return -total(target[k] * log(prob[k]), k)


loss, onehot_loss = cross_entropy(t, y), cross_entropy(h, y)
hessian = KroneckerDelta(m, r) * y[m] - y[m] * y[r]
curvature = total(v[m] * diff(loss, z[m], z[r]) * v[r], m, r)
spread = total(y[m] * (v[m] - dot(y, v)) ** 2, m)


def chain(target):
    """Σ_i ∂C/∂y_i · ∂y_i/∂z_m, for the cross-entropy C of the target."""
    return total(At(diff(cross_entropy(target, yv), yv[i]), yv, y) * diff(y[i], z[m]), i)


ENTRY = Entry(
    name="soft_targets",
    title="Cross-entropy with one-hot and soft targets",
    summary=(
        "The loss −Σ t_k log softmax(z)_k for targets t that sum to 1. With a one-hot target it is the negative "
        "log-likelihood of one class; the gradient y − t and the Hessian diag(y) − y yᵀ are the same for all targets."
    ),
    claims=[
        Claim(
            "as_log_sum_exp",
            "The loss as log-sum-exp minus the targets' mean logit",
            Eq(loss, log_sum_exp(z) - dot(t, z)),
            given=normalised,
            steps=[
                Step(-total(t[k] * (z[k] - log_sum_exp(z)), k), "logarithm of a quotient"),
                Step(total(t[k], k) * log_sum_exp(z) - dot(t, z), "linearity of the sum"),
                Step(log_sum_exp(z) - dot(t, z), "targets sum to 1"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "gradient",
            "The gradient, directly",
            Eq(diff(loss, z[m]), y[m] - t[m]),
            given=normalised,
            steps=[
                Step(-total(t[k] * diff(log(y[k]), z[m]), k), "derivative of a sum"),
                Step(-total(t[k] * (KroneckerDelta(k, m) - y[m]), k), "derivative of the logarithm"),
                Step(y[m] * total(t[k], k) - t[m], "δ collapses the sum"),
                Step(y[m] - t[m], "targets sum to 1"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "gradient_chain_rule",
            "The gradient through the probabilities, by the chain rule",
            Eq(diff(loss, z[m]), y[m] - t[m]),
            given=normalised,
            steps=[
                Step(chain(t), "chain rule"),
                Step(-total(At(t[i] / yv[i], yv, y) * diff(y[i], z[m]), i), "derivative of the logarithm"),
                Step(-total(t[i] * (KroneckerDelta(i, m) - y[m]), i), "quotient rule"),
                Step(y[m] * total(t[i], i) - t[m], "δ collapses the sum"),
                Step(y[m] - t[m], "targets sum to 1"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "gradient_any_weights",
            "The gradient when the weights t need not sum to 1",
            Eq(diff(loss, z[m]), y[m] * total(t[k], k) - t[m]),
            steps=[
                Step(-total(t[k] * diff(log(y[k]), z[m]), k), "derivative of a sum"),
                Step(-total(t[k] * (KroneckerDelta(k, m) - y[m]), k), "derivative of the logarithm"),
                Step(y[m] * total(t[k], k) - t[m], "δ collapses the sum"),
            ],
            abbreviations=Y,
            note="This is where Σt = 1 matters: without it y − t is not the gradient.",
        ),
        Claim(
            "gradient_sums_to_zero",
            "The gradient sums to 0",
            Eq(total(diff(loss, z[m]), m), 0),
            given=normalised,
            steps=[
                Step(total(y[m] - t[m], m), "targets sum to 1"),
                Step(total(y[m], m) - total(t[m], m), "linearity of the sum"),
                Step(0, "probabilities sum to 1"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "onehot_loss",
            "With a one-hot target the loss is the negative log-likelihood of its class",
            Eq(onehot_loss, nll(z, T)),
            steps=[
                Step(-total(KroneckerDelta(k, T) * log(y[k]), k), "definition"),
                Step(nll(z, T), "δ collapses the sum"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "onehot_gradient",
            "The gradient with a one-hot target, directly",
            Eq(diff(onehot_loss, z[m]), y[m] - h[m]),
            steps=[
                Step(-total(h[k] * (KroneckerDelta(k, m) - y[m]), k), "derivative of the logarithm"),
                Step(y[m] * total(h[k], k) - h[m], "δ collapses the sum"),
                Step(y[m] - h[m], "targets sum to 1"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "onehot_gradient_chain_rule",
            "The gradient with a one-hot target, by the chain rule",
            Eq(diff(onehot_loss, z[m]), y[m] - h[m]),
            steps=[
                Step(chain(h), "chain rule"),
                Step(-total(At(h[i] / yv[i], yv, y) * diff(y[i], z[m]), i), "derivative of the logarithm"),
                Step(-total(h[i] * (KroneckerDelta(i, m) - y[m]), i), "quotient rule"),
                Step(y[m] * total(h[i], i) - h[m], "δ collapses the sum"),
                Step(y[m] - h[m], "targets sum to 1"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "hessian",
            "The Hessian: diag(y) − y yᵀ",
            Eq(diff(loss, z[m], z[r]), hessian),
            given=normalised,
            steps=[
                Step(diff(y[m] - t[m], z[r]), "targets sum to 1"),
                Step(y[m] * (KroneckerDelta(m, r) - y[r]), "quotient rule"),
                Step(hessian, "algebra"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "hessian_vector_product",
            "The Hessian-vector product: y ⊙ (v − ⟨y, v⟩)",
            Eq(total(diff(loss, z[m], z[r]) * v[r], r), y[m] * (v[m] - dot(y, v))),
            given=normalised,
            steps=[
                Step(total(hessian * v[r], r), "quotient rule"),
                Step(y[m] * (v[m] - dot(y, v)), "δ collapses the sum"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "convexity",
            "The loss is convex in the logits",
            Ge(curvature, 0),
            given=normalised,
            steps=[
                Step(total(v[m] * hessian * v[r], m, r), "quotient rule"),
                Step(total(y[m] * v[m] ** 2, m) - dot(y, v) ** 2, "δ collapses the sum"),
                Step(spread, "probabilities sum to 1"),
                Step(0, "sum of squares", "≥"),
            ],
            abbreviations=Y,
        ),
    ],
    references=[
        "Bishop, Pattern Recognition and Machine Learning (2006), 4.3.4 (4.108, 4.109)",
        "Goodfellow, Bengio, Courville, Deep Learning (2016), 6.2.2.3",
    ],
)
