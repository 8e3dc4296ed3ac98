"""The public functions, as source text for `symnll.kernels.generate`, which copies the code below the imports into
`numpy_kernels.py` and fills in the theorems {of …}. Not to be imported by users.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from symnll.kernels.arguments import (
    Array,
    check_reduction,
    classes_last,
    largest,
    read_axis,
    read_logits,
    read_targets,
    read_vector,
    reduced,
    restored,
    scaled,
    silent,
    working_dtype,
)
from symnll.kernels.numpy_kernels import (
    log_softmax_core,
    logsumexp_core,
    nll_core,
    nll_grad_core,
    nll_hvp_core,
    nll_value_and_grad_core,
    soft_nll_core,
    soft_nll_grad_core,
    soft_nll_hvp_core,
    soft_nll_value_and_grad_core,
    softmax_core,
)


def logsumexp(logits: ArrayLike, *, axis: int = -1) -> Any:
    """log Σ_k exp z_k over the class axis.

    logits: floating-point numbers of shape (..., K), the K classes along `axis`. float16 is computed in float32 and
    rounded; integers are read as float64.
    Returns the shape of the logits without `axis`, in their dtype. −inf logits count for nothing; if all are −inf the
    result is −inf; with a +inf it is inf; with a NaN it is NaN.
    Raises TypeError for other dtypes and ValueError for a wrong axis or K = 0; the message names the argument.
    Theorem: {of logsumexp_core}.
    """
    array = read_logits(logits)
    axis = read_axis(array, axis)
    z = classes_last(array, axis, working_dtype(array))
    with silent():
        pivot = largest(z)
        result = logsumexp_core(z, pivot)
        top = np.take_along_axis(z, pivot, axis=-1)
    # The limits at infinity, where the form itself reads ∞ − ∞.
    return reduced(np.where(np.isinf(top), top, result), "none", array.dtype)


def log_softmax(logits: ArrayLike, *, axis: int = -1) -> Array:
    """z_i − log Σ_k exp z_k, the logarithm of softmax.

    Arguments, dtypes and errors as for `logsumexp`; returns the shape of the logits. A −inf logit gives −inf. A +inf,
    a NaN, or −inf at every class gives NaN (with one +inf: NaN there, −inf elsewhere).
    Theorem: {of log_softmax_core}.
    """
    array = read_logits(logits)
    axis = read_axis(array, axis)
    z = classes_last(array, axis, working_dtype(array))
    with silent():
        return restored(log_softmax_core(z, largest(z)), axis, array.dtype)


def softmax(logits: ArrayLike, *, axis: int = -1) -> Array:
    """y_i = exp z_i / Σ_k exp z_k.

    Arguments, dtypes and errors as for `logsumexp`; returns the shape of the logits. A −inf logit gives 0. A +inf, a
    NaN, or −inf at every class gives NaN at every class.
    Theorem: {of softmax_core}.
    """
    array = read_logits(logits)
    axis = read_axis(array, axis)
    z = classes_last(array, axis, working_dtype(array))
    with silent():
        return restored(softmax_core(z), axis, array.dtype)


def nll(logits: ArrayLike, targets: ArrayLike, *, reduction: str = "mean", axis: int = -1) -> Any:
    """The negative log-likelihood −log y_T of the target class T, y = softmax(logits); softmax cross-entropy.

    logits: floating-point numbers of shape (..., K), the K classes along `axis`. float16 is computed in float32 and
    rounded; integers are read as float64.
    targets: integer class indices from 0 to K − 1, of the shape of the logits without `axis`; or soft targets t,
    floating-point numbers of the shape of the logits, for the loss −Σ_k t_k log y_k. Neither their sign
    nor their sum is checked: value, gradient and Hessian belong to this loss whatever they sum to. They are read in
    the dtype of the logits.
    reduction: "none" returns one loss a sample, "mean" their mean (NaN for no samples), "sum" their sum.
    Returns the dtype of the logits. A target of logit −inf has loss inf; other −inf logits count for nothing, and a
    soft target of 0 counts for nothing at any logit. One +inf away from the target gives inf; +inf at the target, two
    +inf, NaN, or −inf at every class give NaN.
    Raises TypeError for other dtypes; ValueError for shapes that don't match, indices outside 0..K−1, a wrong axis, an
    unknown reduction, or K = 0; the message names the argument.
    Theorem: {of nll_core}; soft targets {of soft_nll_core}.
    """
    check_reduction(reduction)
    array = read_logits(logits)
    axis = read_axis(array, axis)
    t, soft = read_targets(targets, array, axis)
    z = classes_last(array, axis, working_dtype(array))
    with silent():
        losses = (soft_nll_core if soft else nll_core)(z, t, largest(z))
        return reduced(losses, reduction, array.dtype)


def nll_grad(logits: ArrayLike, targets: ArrayLike, *, reduction: str = "mean", axis: int = -1) -> Array:
    """The gradient of `nll` by the logits: y_m − δ_mT for class indices, (Σ_k t_k) y_m − t_m for soft targets.

    Arguments, dtypes and errors as for `nll`; returns the shape and dtype of the logits. With reduction "mean" it is
    divided by the number of samples; "none" gives the gradient of each sample's own loss, as "sum" does. A target of
    logit −inf has gradient −1 there. A +inf, a NaN, or −inf at every class gives NaN somewhere in its sample.
    Theorem: {of nll_grad_core}; soft targets {of soft_nll_grad_core}.
    """
    check_reduction(reduction)
    array = read_logits(logits)
    axis = read_axis(array, axis)
    t, soft = read_targets(targets, array, axis)
    z = classes_last(array, axis, working_dtype(array))
    with silent():
        gradient = (soft_nll_grad_core if soft else nll_grad_core)(z, t, largest(z))
        return scaled(gradient, reduction, axis, array.dtype)


def nll_value_and_grad(
    logits: ArrayLike, targets: ArrayLike, *, reduction: str = "mean", axis: int = -1
) -> tuple[Any, Array]:
    """`(nll(…), nll_grad(…))`, bit for bit, from one pass over the exponentials.

    Theorems: {of nll_value_and_grad_core}; soft targets {of soft_nll_value_and_grad_core}.
    """
    check_reduction(reduction)
    array = read_logits(logits)
    axis = read_axis(array, axis)
    t, soft = read_targets(targets, array, axis)
    z = classes_last(array, axis, working_dtype(array))
    with silent():
        core = soft_nll_value_and_grad_core if soft else nll_value_and_grad_core
        losses, gradient = core(z, t, largest(z))
        return reduced(losses, reduction, array.dtype), scaled(gradient, reduction, axis, array.dtype)


def nll_hvp(logits: ArrayLike, targets: ArrayLike, v: ArrayLike, *, reduction: str = "mean", axis: int = -1) -> Array:
    """The Hessian of `nll` by the logits, times v: y_m (v_m − Σ_k y_k v_k), and Σ_k t_k times that for soft targets.

    v: real numbers of the shape of the logits, read in their dtype. Other arguments, dtypes and errors as for `nll`;
    returns the shape and dtype of the logits. With reduction "mean" it is divided by the number of samples. For class
    indices the result does not depend on the targets, but they are checked.
    Theorem: {of nll_hvp_core}; soft targets {of soft_nll_hvp_core}.
    """
    check_reduction(reduction)
    array = read_logits(logits)
    axis = read_axis(array, axis)
    t, soft = read_targets(targets, array, axis)
    u = read_vector(v, array, axis)
    z = classes_last(array, axis, working_dtype(array))
    with silent():
        product = soft_nll_hvp_core(z, t, u) if soft else nll_hvp_core(z, u)
        return scaled(product, reduction, axis, array.dtype)
