"""What the numeric kernels compute, and why it is the loss: one claim for every theorem that a generated core names.

The statements are those of `symnll.kernels.forms`, from which the code is printed; here they get their derivations.
"""

from sympy import KroneckerDelta, exp, log

from symnll.entry import Claim, Entry, Step
from symnll.kernels.forms import K, j, k, m, pivot, shift, t, target, theorems, v, z
from symnll.kernels.option_forms import option_theorems
from symnll.language import dot, family, log_sum_exp, real, softmax, total, vector

STATEMENTS = {**option_theorems(), **theorems()}
y = softmax(z)
others = total((1 - KroneckerDelta(k, pivot)) * exp(z[k] - z[pivot]), k)
weight = total(t[k], k)
shifted = softmax(family(lambda b: z[b] - shift, K))
shown = vector("y", K, kind="positive")
OTHERS = [(real("r"), others)]
Y = [(shown[j], y[j])]


def claim(name, title, steps, last, abbreviations=(), note=""):
    """The claim of a kernel's theorem. The last step, to the form that the kernel computes, is given by its reason."""
    statement = STATEMENTS[f"kernels.{name}"]
    steps = [*(Step(*s) for s in steps), Step(statement.rhs, last)]
    return Claim(name, title, statement, steps=steps, abbreviations=abbreviations, note=note)


def at_once(name, title, note=""):
    """The claim of a kernel's theorem, proved in one step."""
    return Claim(name, title, STATEMENTS[f"kernels.{name}"], note=note)


ENTRY = Entry(
    name="kernels",
    title="The forms that the kernels compute",
    summary=(
        "Every core of the generated NumPy module computes the right side of one of these equalities. Two things in "
        "them are free: the pivot may be any class and the shift any number. The kernels take the class of the largest "
        "logit and the largest logit, so that no exponential exceeds 1 and small losses keep their digits."
    ),
    claims=[
        claim(
            "log_sum_exp_pivot",
            "Log-sum-exp with one class taken out",
            [
                (log(total(exp(z[pivot]) * exp(z[k] - z[pivot]), k)), "exponential of a sum"),
                (log(exp(z[pivot]) * total(exp(z[k] - z[pivot]), k)), "linearity of the sum"),
                (z[pivot] + log(total(exp(z[k] - z[pivot]), k)), "logarithm of a product"),
            ],
            "sum split",
            OTHERS,
            note="r is the sum without the pivot's own term, which is exp 0 = 1; log(1 + r) is one call of log1p.",
        ),
        claim(
            "log_softmax_pivot",
            "The logarithm of a probability",
            [(z[m] - log_sum_exp(z), "logarithm of a quotient")],
            "sum split",
            OTHERS,
        ),
        claim(
            "softmax_shift",
            "A probability from shifted logits",
            [
                (exp(shift) * exp(z[m] - shift) / total(exp(shift) * exp(z[k] - shift), k), "exponential of a sum"),
            ],
            "linearity of the sum",
        ),
        claim(
            "nll_pivot",
            "The loss",
            [(log_sum_exp(z) - z[target], "logarithm of a quotient")],
            "sum split",
            OTHERS,
        ),
        claim(
            "nll_gradient",
            "The gradient of the loss",
            [
                (y[m] - KroneckerDelta(m, target), "derivative of the logarithm"),
                (exp(z[m] - z[pivot]) / (1 + others) - KroneckerDelta(m, target), "sum split"),
            ],
            "sum split",
            [*OTHERS, *Y],
            note="At the target's logit 1 − y would cancel; minus the sum of all other probabilities does not.",
        ),
        claim(
            "nll_hessian_vector_product",
            "The Hessian of the loss times a vector",
            [
                (total((KroneckerDelta(m, j) * y[m] - y[m] * y[j]) * v[j], j), "quotient rule"),
                (y[m] * (v[m] - dot(y, v)), "δ collapses the sum"),
            ],
            "exponential of a sum",
            [*Y, (real("mean"), total(shifted[k] * v[k], k))],
        ),
        claim(
            "soft_nll_pivot",
            "The loss for soft targets",
            [
                (-total(t[k] * (z[k] - log_sum_exp(z)), k), "logarithm of a quotient"),
                (weight * log_sum_exp(z) - total(t[k] * z[k], k), "linearity of the sum"),
                (weight * (z[pivot] + log(1 + others)) - total(t[k] * z[k], k), "sum split"),
            ],
            "linearity of the sum",
            OTHERS,
            note="The targets need not sum to 1.",
        ),
        claim(
            "soft_nll_gradient",
            "The gradient of the loss for soft targets",
            [
                (-total(t[k] * (KroneckerDelta(k, m) - y[m]), k), "derivative of the logarithm"),
                (weight * y[m] - t[m], "δ collapses the sum"),
            ],
            "sum split",
            [*OTHERS, *Y],
        ),
        claim(
            "soft_nll_hessian_vector_product",
            "The Hessian of the loss for soft targets, times a vector",
            [
                (total(weight * (KroneckerDelta(m, j) * y[m] - y[m] * y[j]) * v[j], j), "quotient rule"),
                (weight * y[m] * (v[m] - dot(y, v)), "δ collapses the sum"),
            ],
            "exponential of a sum",
            [*Y, (real("mean"), total(shifted[k] * v[k], k))],
        ),
        at_once(
            "log_sum_exp",
            "Log-sum-exp from exponentials of any shift",
            note="The shift of the exponentials and the pivot are free, each for itself; so in the theorems below.",
        ),
        at_once("log_softmax", "The logarithm of a probability from exponentials of any shift"),
        at_once(
            "nll_hessian",
            "A column of the Hessian of the loss",
            note="On the diagonal y_m times the sum of the other probabilities: 1 − y_m would cancel.",
        ),
        at_once(
            "entropy",
            "The entropy of a softmax",
            note="Where the pivot is the largest logit, no term is negative, and nothing cancels.",
        ),
        at_once("entropy_gradient", "The gradient of the entropy"),
        at_once("divergence", "The divergence of two softmaxes"),
        at_once("divergence_gradient_p", "The gradient of the divergence by the logits of the first"),
        at_once("divergence_gradient_q", "The gradient of the divergence by the logits of the second"),
        at_once(
            "binary_nll",
            "The loss of one logit",
            note="max(x, 0) + max(−x, 0) is |x|, so that the exponential is at most 1.",
        ),
        at_once("binary_nll_gradient", "The derivative of the loss of one logit"),
        at_once("pair", "The scaled sum of the streaming pair"),
        at_once("pair_merge", "The scaled sum of two streaming pairs"),
    ],
    references=[
        "Blanchard, Higham, Higham, Accurately computing the log-sum-exp and softmax functions (2021), IMA JNA 41(4)",
        "Higham, Accuracy and Stability of Numerical Algorithms (2nd ed., 2002), chapter 1 (cancellation; log(1 + x))",
    ],
)
