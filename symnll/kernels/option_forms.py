"""More stable forms: temperature and soft targets, Hessian, entropy, divergence, binary loss, streaming pair.

As in `forms.py`, every form is a short program tied to theorems. The shift c of the exponentials is any real number in
all of them: the kernels take 0 where all logits are moderate, because z − 0 is exact, and else the largest logit.

Two values of a form that mean the same are alternatives: the kernels take the first where it is small, the second
where it is large. The loss of one class is log(1 + Σ_{k≠T} e_k / e_T), where nothing cancels, and for a target so
improbable that e_T is next to 0 it is log Σ_k e_k − (z_T − c).
"""

from __future__ import annotations

from functools import cache

from sympy import Expr, exp, log
from sympy.core.relational import Relational

from symnll.kernels.forms import (
    LOSS,
    MEAN,
    NORM,
    OFF_TARGET,
    OTHERS,
    SHIFT_MAX,
    SOFTMAX,
    WEIGHT,
    Form,
    K,
    Step,
    correction,
    d,
    e,
    except_at,
    j,
    k,
    m,
    mean,
    norm,
    off,
    others,
    pivot,
    replaced_at,
    shift,
    t,
    target,
    v,
    weight,
    y,
    z,
)
from symnll.language import (
    Larger,
    diff,
    family,
    index,
    log_sum_exp,
    maximum,
    nll,
    positive,
    real,
    sigmoid,
    softmax,
    total,
    vector,
)

column = index("column", K)
tau = positive("tau")
u, f, g, q, r = (vector(name, K) for name in ("u", "f", "g", "q", "r"))
x, label = real("x"), real("label")
up, down, rise, fall = (real(name) for name in ("up", "down", "rise", "fall"))
shift_q, norm_q, here, there = (real(name) for name in ("base", "norm_q", "here", "there"))
top = real("top")
m1, s1, m2, s2 = (real(name) for name in ("m1", "s1", "m2", "s2"))

# What the values mean.
cooled = family(lambda b: z[b] / tau, K)
COOL_LOSS = nll(cooled, target)
COOL_SOFT_LOSS = -total(t[k] * log(softmax(cooled)[k]), k)
ENTROPY = -total(softmax(z)[k] * log(softmax(z)[k]), k)
DIVERGENCE = total(softmax(z)[k] * (log(softmax(z)[k]) - log(softmax(u)[k])), k)
BINARY = -(label * log(sigmoid(x)) + (1 - label) * log(1 - sigmoid(x)))
PAIR_SUM = (s1 * exp(m1) + s2 * exp(m2)) * exp(-shift)


def _hessian_vector(loss: Expr) -> Expr:
    return total(diff(loss, z[m], z[j]) * v[j], j)


COOL: Step = (e[m], exp((z[m] - shift) / tau))
PLAIN: Step = (e[m], exp(z[m] - shift))
TOP: Step = (top, z[pivot])
COOL_DIFFERENCES: Step = (d[m], (z[m] - top) / tau)
TOP_DIFFERENCES: Step = (d[m], z[m] - top)
COOL_TARGET = (SHIFT_MAX, COOL, OFF_TARGET, (here, e[target]), (norm, off + here))
COOL_GAP: Step = (there, (z[target] - shift) / tau)
PIVOT_CORRECTION = (OTHERS, (here, e[pivot]), (correction, log(1 + others / here)))
PIVOT_NORM: Step = (norm, others + here)
COOL_SOFT_GAP: Step = (there, total(t[k] * d[k], k))
ENTROPY_MEAN: Step = (mean, total(y[k] * d[k], k))
UP_TO_Y = (SHIFT_MAX, PLAIN, NORM, SOFTMAX)
SECOND = ((shift_q, maximum(u[k], k)), (g[m], exp(u[m] - shift_q)), (norm_q, total(g[k], k)))
RATIOS = ((d[m], z[m] - shift), (f[m], u[m] - shift_q), (r[m], d[m] - f[m]), (mean, total(y[k] * r[k], k)))
SIGNS = ((up, Larger(x, 0)), (down, Larger(-x, 0)))

TARGET_VALUES = (log(1 + off / here), log(norm) - there)
TARGET_GRADIENT = replaced_at(m, target, -off / norm / tau, y[m] / tau)
TARGET_CLAIMS = (("options.target_nll", COOL_LOSS), ("options.target_nll_far", COOL_LOSS))
TARGET_GRADIENT_CLAIM = ("options.target_nll_gradient", diff(COOL_LOSS, z[m]))
SOFT_VALUE = weight * correction - there
SOFT_GRADIENT = (weight * y[m] - t[m]) / tau
SOFT_CLAIM = ("options.soft_nll", COOL_SOFT_LOSS)
SOFT_GRADIENT_CLAIM = ("options.soft_nll_gradient", diff(COOL_SOFT_LOSS, z[m]))
FREE = (shift,)

OPTION_FORMS = (
    Form(
        "free_logsumexp_core",
        (z, pivot),
        (SHIFT_MAX, PLAIN, *PIVOT_CORRECTION, TOP),
        (top + correction,),
        (("kernels.log_sum_exp", log_sum_exp(z)),),
        free=FREE,
    ),
    Form(
        "free_log_softmax_core",
        (z, pivot),
        (SHIFT_MAX, PLAIN, *PIVOT_CORRECTION, TOP, TOP_DIFFERENCES),
        (d[m] - correction,),
        (("kernels.log_softmax", log(softmax(z)[m])),),
        free=FREE,
    ),
    Form(
        "free_softmax_core",
        (z,),
        (SHIFT_MAX, PLAIN, NORM),
        (e[m] / norm,),
        (("kernels.softmax_shift", softmax(z)[m]),),
        free=FREE,
    ),
    Form(
        "target_nll_core",
        (z, target, tau),
        (*COOL_TARGET, COOL_GAP),
        TARGET_VALUES,
        TARGET_CLAIMS,
        free=FREE,
    ),
    Form(
        "target_nll_grad_core",
        (z, target, tau),
        (*COOL_TARGET, SOFTMAX),
        (TARGET_GRADIENT,),
        (TARGET_GRADIENT_CLAIM,),
        free=FREE,
    ),
    Form(
        "target_nll_value_and_grad_core",
        (z, target, tau),
        (*COOL_TARGET, COOL_GAP, SOFTMAX),
        (*TARGET_VALUES, TARGET_GRADIENT),
        (*TARGET_CLAIMS, TARGET_GRADIENT_CLAIM),
        free=FREE,
    ),
    Form(
        "cool_soft_nll_core",
        (z, t, tau, pivot),
        (SHIFT_MAX, COOL, *PIVOT_CORRECTION, TOP, COOL_DIFFERENCES, COOL_SOFT_GAP, WEIGHT),
        (SOFT_VALUE,),
        (SOFT_CLAIM,),
        free=FREE,
    ),
    Form(
        "cool_soft_nll_grad_core",
        (z, t, tau),
        (SHIFT_MAX, COOL, NORM, SOFTMAX, WEIGHT),
        (SOFT_GRADIENT,),
        (SOFT_GRADIENT_CLAIM,),
        free=FREE,
    ),
    Form(
        "cool_soft_nll_value_and_grad_core",
        (z, t, tau, pivot),
        (SHIFT_MAX, COOL, *PIVOT_CORRECTION, TOP, COOL_DIFFERENCES, COOL_SOFT_GAP, WEIGHT, NORM, SOFTMAX),
        (SOFT_VALUE, SOFT_GRADIENT),
        (SOFT_CLAIM, SOFT_GRADIENT_CLAIM),
        free=FREE,
    ),
    Form(
        "cool_soft_nll_hvp_core",
        (z, t, v, tau),
        (SHIFT_MAX, COOL, NORM, SOFTMAX, MEAN, WEIGHT),
        (weight * (y[m] * (v[m] - mean)) / tau**2,),
        (("options.soft_nll_hessian_vector_product", _hessian_vector(COOL_SOFT_LOSS)),),
        free=FREE,
    ),
    Form(
        "nll_hessian_core",
        (z, column),
        (
            SHIFT_MAX,
            PLAIN,
            (off, total(except_at(k, column, e[k]), k)),
            NORM,
            SOFTMAX,
            (here, y[column]),
            (r[m], -y[m] * here),
        ),
        (replaced_at(m, column, here * (off / norm), r[m]),),
        (("kernels.nll_hessian", diff(LOSS, z[m], z[column])),),
        free=FREE,
    ),
    Form(
        "entropy_core",
        (z, pivot),
        (SHIFT_MAX, PLAIN, *PIVOT_CORRECTION, PIVOT_NORM, SOFTMAX, TOP, TOP_DIFFERENCES, ENTROPY_MEAN),
        (correction - mean,),
        (("kernels.entropy", ENTROPY),),
        free=FREE,
    ),
    Form(
        "entropy_grad_core",
        (z, pivot),
        (*UP_TO_Y, TOP, TOP_DIFFERENCES, ENTROPY_MEAN),
        (y[m] * (mean - d[m]),),
        (("kernels.entropy_gradient", diff(ENTROPY, z[m])),),
        free=(shift, top),
    ),
    Form(
        "kl_core",
        (z, u),
        (*UP_TO_Y, *SECOND, *RATIOS),
        (mean + (log(norm_q) - log(norm)),),
        (("kernels.divergence", DIVERGENCE),),
        free=(shift, shift_q),
    ),
    Form(
        "kl_grad_core",
        (z, u),
        (*UP_TO_Y, *SECOND, *RATIOS, (q[m], g[m] / norm_q)),
        (y[m] * (r[m] - mean), q[m] - y[m]),
        (
            ("kernels.divergence_gradient_p", diff(DIVERGENCE, z[m])),
            ("kernels.divergence_gradient_q", diff(DIVERGENCE, u[m])),
        ),
        free=(shift, shift_q),
    ),
    Form(
        "binary_nll_core",
        (x, label),
        (*SIGNS, (there, exp(-(up + down)))),
        ((1 - label) * up + label * down + log(1 + there),),
        (("kernels.binary_nll", BINARY),),
    ),
    Form(
        "binary_nll_grad_core",
        (x, label),
        (*SIGNS, (rise, exp(-down)), (fall, exp(-up))),
        (((1 - label) * rise - label * fall) / (rise + fall),),
        (("kernels.binary_nll_gradient", diff(BINARY, x)),),
    ),
    Form(
        "pair_core",
        (z, shift),
        (PLAIN,),
        (total(e[k], k),),
        (("kernels.pair", total(exp(z[k]), k) * exp(-shift)),),
    ),
    Form(
        "pair_merge_core",
        (m1, s1, m2, s2, shift),
        (),
        (s1 * exp(m1 - shift) + s2 * exp(m2 - shift),),
        (("kernels.pair_merge", PAIR_SUM),),
    ),
)


@cache
def option_theorems() -> dict[str, Relational]:
    """Every theorem that these forms rest on, by name, with the statement they need."""
    return {name: statement for form in OPTION_FORMS for name, statement in form.statements()}
