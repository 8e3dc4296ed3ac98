"""The loss with class weights, label smoothing and temperature: what PyTorch's formula is, and the forms computed."""

from sympy import KroneckerDelta, log

from symnll.entry import Claim, Entry
from symnll.kernels.forms import K, j, k, m, t, target, v, z
from symnll.kernels.option_forms import cooled, option_theorems, tau
from symnll.language import Eq, diff, dot, nll, real, softmax, total, vector

STATEMENTS = option_theorems()
alpha, w = real("alpha"), vector("w", K)
y = softmax(cooled)
hot, share = (1 - alpha) * w[target], alpha / K
loss = hot * nll(cooled, target) + share * total(w[k] * nll(cooled, k), k)


def smoothed(position):
    """The weighted, smoothed target: w_k ((1 − α) δ_kT + α/K)."""
    return w[position] * ((1 - alpha) * KroneckerDelta(position, target) + share)


def smoothed_soft(position):
    """The same of soft targets."""
    return w[position] * ((1 - alpha) * t[position] + share)


def computed(name, title, note=""):
    """The claim of a form."""
    return Claim(name, title, STATEMENTS[f"options.{name}"], note=note)


ENTRY = Entry(
    name="options",
    title="Class weights, label smoothing and temperature",
    summary=(
        "All options of the loss are soft targets at a temperature: the class weights w and the smoothing α make the "
        "target w_k ((1 − α) δ_kT + α/K), and the temperature τ divides the logits. The forms that the kernels compute "
        "hold for any soft targets, whatever they sum to."
    ),
    claims=[
        Claim(
            "loss",
            "The weighted and smoothed loss is a loss with soft targets",
            Eq(loss, -total(smoothed(k) * log(y[k]), k)),
            note="On the left the formula as PyTorch documents it, before the reduction over samples.",
        ),
        Claim(
            "soft_loss",
            "The same for targets that are soft already",
            Eq(
                (1 - alpha) * -total(w[k] * t[k] * log(y[k]), k) - share * total(w[k] * log(y[k]), k),
                -total(smoothed_soft(k) * log(y[k]), k),
            ),
        ),
        Claim(
            "gradient",
            "Its gradient",
            Eq(diff(loss, z[m]), ((hot + share * total(w[k], k)) * y[m] - smoothed(m)) / tau),
        ),
        Claim(
            "hessian_vector_product",
            "Its Hessian times a vector",
            Eq(
                total(diff(loss, z[m], z[j]) * v[j], j),
                (hot + share * total(w[k], k)) * y[m] * (v[m] - dot(y, v)) / tau**2,
            ),
        ),
        computed(
            "target_nll",
            "The loss of one class from exponentials of any shift",
            note="Nothing cancels: the sum has the other classes alone, and is small where the loss is.",
        ),
        computed("target_nll_far", "The same, for a target so improbable that its exponential is next to 0"),
        computed("target_nll_gradient", "The gradient of the loss of one class"),
        computed("soft_nll", "The loss for soft targets"),
        computed("soft_nll_gradient", "The gradient of the loss for soft targets"),
        computed("soft_nll_hessian_vector_product", "The Hessian of the loss for soft targets, times a vector"),
    ],
    references=[
        "Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, Rethinking the Inception architecture (2016), section 7 (smoothing)",
        "Hinton, Vinyals, Dean, Distilling the knowledge in a neural network (2015), section 2 (temperature)",
        "Blanchard, Higham, Higham, Accurately computing the log-sum-exp and softmax functions (2021), IMA JNA 41(4)",
    ],
)
