"""The stable forms behind the kernels: short programs of SymPy expressions, each tied to theorems of the library.

A form names its intermediate results itself (`steps`), because the order of rounding matters: at logits near 10⁴ the
difference z_i − z_p has to be taken before anything small is added to it. Written out, step by step, the value of a
form is the right side of its theorem; `theorems` returns those statements, and `symnll/library/kernels.py` proves them.

Two things are free in the theorems, and chosen by the kernels against overflow and rounding: the shift c (any real
number; the kernels take the largest logit) and the pivot p (any class; the kernels take that of the largest logit).
With the pivot's own term, exp 0 = 1, taken out of the sum, log(1 + Σ_{k≠p} …) is one log1p, accurate even where the
loss is tiny.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Expr, Indexed, KroneckerDelta, exp, log
from sympy.core.relational import Relational

from symnll.language import Eq, diff, index, log_sum_exp, maximum, nll, real, size, softmax, total, vector

K = size("K")
k, j, m, target, pivot = (index(name, K) for name in ("k", "j", "m", "target", "pivot"))
z, t, v = (vector(name, K) for name in ("z", "t", "v"))

# Intermediate results: one number a sample, or one a class (indexed by m).
shift, others, norm, gap, weight, correction, mean, off = (
    real(name) for name in ("shift", "others", "norm", "gap", "weight", "correction", "mean", "off")
)
d, e, y = (vector(name, K) for name in ("d", "e", "y"))

Step = tuple[Expr, Expr]


@dataclass(frozen=True)
class Form:
    """One numeric core: `inputs` and `steps` (name, expression) to `values`; `claims` holds, for every value, the name
    of its theorem and what the theorem says the value equals. Names in `free` are arbitrary in the theorem."""

    name: str
    inputs: tuple[Any, ...]
    steps: tuple[Step, ...]
    values: tuple[Expr, ...]
    claims: tuple[tuple[str, Expr], ...]
    free: tuple[Expr, ...] = ()

    def statements(self) -> list[tuple[str, Relational]]:
        """(theorem, `what the value means = the value written out`) for every value."""
        return [
            (theorem, Eq(meaning, self.written_out(value)))
            for (theorem, meaning), value in zip(self.claims, self.values, strict=True)
        ]

    def written_out(self, value: Expr) -> Expr:
        """The value with every step put in, save the free ones."""
        for name, meaning in reversed(self.steps):
            if name not in self.free:
                value = _put_in(value, name, meaning)
        return value


def _put_in(expression: Expr, name: Expr, meaning: Expr) -> Expr:
    """Replace a name by its meaning. Every `total` binds an index of its own, so nothing can be captured."""
    if not isinstance(name, Indexed):
        return expression.xreplace({name: meaning})
    entries = {a for a in expression.atoms(Indexed) if a.base == name.base}
    return expression.xreplace({a: meaning.xreplace({name.indices[0]: a.indices[0]}) for a in entries})


def except_at(position: Any, at: Any, value: Expr) -> Expr:
    """The value, but 0 at one class."""
    return (1 - KroneckerDelta(position, at)) * value


def replaced_at(position: Any, at: Any, here: Expr, elsewhere: Expr) -> Expr:
    """`here` at one class and `elsewhere` at all others."""
    return KroneckerDelta(position, at) * here + except_at(position, at, elsewhere)


# What the values mean.
LOSS = nll(z, target)
SOFT_LOSS = -total(t[k] * log(softmax(z)[k]), k)


def _gradient(loss: Expr) -> Expr:
    return diff(loss, z[m])


def _hessian_vector(loss: Expr) -> Expr:
    return total(diff(loss, z[m], z[j]) * v[j], j)


# Steps that several forms share.
SHIFT_PIVOT: Step = (shift, z[pivot])
SHIFT_MAX: Step = (shift, maximum(z[k], k))
DIFFERENCES: Step = (d[m], z[m] - shift)
EXPONENTIALS: Step = (e[m], exp(d[m]))
OTHERS: Step = (others, total(except_at(k, pivot, e[k]), k))
CORRECTION: Step = (correction, log(1 + others))
NORM_PIVOT: Step = (norm, 1 + others)
NORM: Step = (norm, total(e[k], k))
SOFTMAX: Step = (y[m], e[m] / norm)
GAP: Step = (gap, shift - z[target])
SOFT_GAP: Step = (gap, total(t[k] * d[k], k))
WEIGHT: Step = (weight, total(t[k], k))
OFF_TARGET: Step = (off, total(except_at(k, target, e[k]), k))
MEAN: Step = (mean, total(y[k] * v[k], k))

UP_TO_OTHERS = (SHIFT_PIVOT, DIFFERENCES, EXPONENTIALS, OTHERS)
UP_TO_SOFTMAX = (SHIFT_MAX, DIFFERENCES, EXPONENTIALS, NORM, SOFTMAX)

VALUE = gap + correction
SOFT_VALUE = weight * correction - gap
# 1 − y at the target would cancel where the target dominates; the sum without the target's term does not.
GRADIENT = replaced_at(m, target, -off / norm, y[m])
SOFT_GRADIENT = weight * y[m] - t[m]

FORMS = (
    Form(
        "logsumexp_core",
        (z, pivot),
        (*UP_TO_OTHERS, CORRECTION),
        (shift + correction,),
        (("kernels.log_sum_exp_pivot", log_sum_exp(z)),),
    ),
    Form(
        "log_softmax_core",
        (z, pivot),
        (*UP_TO_OTHERS, CORRECTION),
        (d[m] - correction,),
        (("kernels.log_softmax_pivot", log(softmax(z)[m])),),
    ),
    Form(
        "softmax_core",
        (z,),
        UP_TO_SOFTMAX[:-1],
        (e[m] / norm,),
        (("kernels.softmax_shift", softmax(z)[m]),),
        free=(shift,),
    ),
    Form(
        "nll_core",
        (z, target, pivot),
        (*UP_TO_OTHERS, CORRECTION, GAP),
        (VALUE,),
        (("kernels.nll_pivot", LOSS),),
    ),
    Form(
        "nll_grad_core",
        (z, target, pivot),
        (*UP_TO_OTHERS, NORM_PIVOT, OFF_TARGET, SOFTMAX),
        (GRADIENT,),
        (("kernels.nll_gradient", _gradient(LOSS)),),
    ),
    Form(
        "nll_value_and_grad_core",
        (z, target, pivot),
        (*UP_TO_OTHERS, CORRECTION, GAP, NORM_PIVOT, OFF_TARGET, SOFTMAX),
        (VALUE, GRADIENT),
        (("kernels.nll_pivot", LOSS), ("kernels.nll_gradient", _gradient(LOSS))),
    ),
    Form(
        "nll_hvp_core",
        (z, v),
        (*UP_TO_SOFTMAX, MEAN),
        (y[m] * (v[m] - mean),),
        (("kernels.nll_hessian_vector_product", _hessian_vector(LOSS)),),
        free=(shift,),
    ),
    Form(
        "soft_nll_core",
        (z, t, pivot),
        (SHIFT_PIVOT, DIFFERENCES, SOFT_GAP, EXPONENTIALS, OTHERS, CORRECTION, WEIGHT),
        (SOFT_VALUE,),
        (("kernels.soft_nll_pivot", SOFT_LOSS),),
    ),
    Form(
        "soft_nll_grad_core",
        (z, t, pivot),
        (*UP_TO_OTHERS, NORM_PIVOT, SOFTMAX, WEIGHT),
        (SOFT_GRADIENT,),
        (("kernels.soft_nll_gradient", _gradient(SOFT_LOSS)),),
    ),
    Form(
        "soft_nll_value_and_grad_core",
        (z, t, pivot),
        (SHIFT_PIVOT, DIFFERENCES, SOFT_GAP, EXPONENTIALS, OTHERS, CORRECTION, NORM_PIVOT, SOFTMAX, WEIGHT),
        (SOFT_VALUE, SOFT_GRADIENT),
        (("kernels.soft_nll_pivot", SOFT_LOSS), ("kernels.soft_nll_gradient", _gradient(SOFT_LOSS))),
    ),
    Form(
        "soft_nll_hvp_core",
        (z, t, v),
        (*UP_TO_SOFTMAX, MEAN, WEIGHT),
        (weight * y[m] * (v[m] - mean),),
        (("kernels.soft_nll_hessian_vector_product", _hessian_vector(SOFT_LOSS)),),
        free=(shift,),
    ),
)


def theorems() -> dict[str, Relational]:
    """Every theorem the kernels rest on, by name, with the statement they need."""
    return {name: statement for form in FORMS for name, statement in form.statements()}
