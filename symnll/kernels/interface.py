"""The public functions, as source text for `symnll.kernels.generate`, which copies the code below the imports into
`numpy_kernels.py` and fills in the theorems {of …}. Not to be imported by users.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from symnll.kernels.arguments import (
    Result,
    Task,
    apart,
    as_rows,
    read_axis,
    read_like,
    read_logits,
    result_dtype,
    silent,
    working_dtype,
)
from symnll.kernels.numpy_kernels import (
    cool_soft_nll_core,
    cool_soft_nll_grad_core,
    cool_soft_nll_hvp_core,
    cool_soft_nll_value_and_grad_core,
    free_log_softmax_core,
    free_logsumexp_core,
    free_softmax_core,
    nll_hessian_core,
    target_nll_core,
    target_nll_grad_core,
    target_nll_value_and_grad_core,
)
from symnll.kernels.rows import Array, Batch


def _per_sample(core: Any, logits: ArrayLike, other: ArrayLike | None, axis: Any, pivot: bool) -> tuple[Array, Any]:
    """One number a sample, in the working precision and the shape of the samples; and the dtype of the result."""
    z = read_logits(logits)
    position = read_axis(z, axis)
    rows = [as_rows(z, position)]
    if other is not None:
        rows.append(read_like(other, z, position, "logits_q"))
    batch = Batch(working_dtype(z), *rows)
    values = np.empty(len(rows[0]), batch.working)
    with silent():
        batch.run(core, pivot=pivot, losses=values)
    return values.reshape(z.shape[:position] + z.shape[position + 1 :]), result_dtype(z)


def _per_class(core: Any, logits: ArrayLike, axis: Any, out: Any, pivot: bool = False) -> Array:
    """One number a class, in the shape and dtype of the logits."""
    z = read_logits(logits)
    position = read_axis(z, axis)
    result = Result(z, position, out)
    batch = Batch(working_dtype(z), as_rows(apart(z, out), position))
    with silent():
        batch.run(core, pivot=pivot, slopes=(result.rows,))
    return result.done()


def logsumexp(logits: ArrayLike, *, axis: int = -1) -> Any:
    """log Σ_k exp z_k over the class axis.

    logits: floating-point numbers of shape (..., K), the K classes along `axis`. float16 (and bfloat16, where the
    package ml_dtypes is in use) is computed in float32 and rounded; integers are read as float64.
    Returns the shape of the logits without `axis`, in their dtype. −inf logits count for nothing; if all are −inf the
    result is −inf; with a +inf it is inf; with a NaN it is NaN.
    Raises TypeError for other dtypes and ValueError for a wrong axis or K = 0; the message names the argument.
    Theorem: {of free_logsumexp_core}.
    """
    values, dtype = _per_sample(free_logsumexp_core, logits, None, axis, True)
    if not np.isfinite(values).all():
        z = read_logits(logits)
        with silent():
            top = np.max(z, axis=axis).astype(values.dtype)
        values = np.where(np.isinf(top), top, values)
    with silent():
        return values.astype(dtype, copy=False)[()]


def log_softmax(logits: ArrayLike, *, axis: int = -1, out: Array | None = None) -> Array:
    """z_i − log Σ_k exp z_k, the logarithm of softmax.

    out: an array of the shape and dtype of the logits, to be filled and returned; it may be the logits themselves.
    Other arguments, dtypes and errors as for `logsumexp`; returns the shape of the logits. A −inf logit gives −inf.
    One +inf gives 0 there and −inf elsewhere; of several the result is NaN. A NaN, or −inf at every one of several
    classes, gives NaN everywhere.
    Theorem: {of free_log_softmax_core}.
    """
    return _per_class(free_log_softmax_core, logits, axis, out, True)


def softmax(logits: ArrayLike, *, axis: int = -1, out: Array | None = None) -> Array:
    """y_i = exp z_i / Σ_k exp z_k.

    Arguments, dtypes and errors as for `log_softmax`; returns the shape of the logits. A −inf logit gives 0. One +inf
    gives 1 there and 0 elsewhere; of several the result is NaN. A NaN, or −inf at every one of several classes, gives
    NaN everywhere.
    Theorem: {of free_softmax_core}.
    """
    return _per_class(free_softmax_core, logits, axis, out)


def nll(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int | None = -100,
    label_smoothing: float = 0.0,
    temperature: float = 1.0,
    reduction: str = "mean",
    axis: int = -1,
) -> Any:
    """The negative log-likelihood −log y_T of the target class T, y = softmax(logits / τ); softmax cross-entropy.

    logits: floating-point numbers of shape (..., K), the K classes along `axis`. float16 (and bfloat16, where the
    package ml_dtypes is in use) is computed in float32 and rounded; integers are read as float64.
    targets: integer class indices from 0 to K − 1, of the shape of the logits without `axis`; or soft targets t,
    floating-point numbers of the shape of the logits, for the loss −Σ_k t_k log y_k. Neither their sign nor their sum
    is checked: value, gradient and Hessian belong to this loss whatever they sum to.
    weight: w, one number a class (K,). The loss of a sample is −w_T log y_T, or −Σ_k w_k t_k log y_k.
    ignore_index: samples of this index have loss and gradient 0 and don't count in the mean, whatever their logits;
    None: there is no such index. It says nothing about soft targets.
    label_smoothing: α from 0 to 1: the targets are (1 − α) t_k + α/K, with t one-hot for indices, and then weighted.
    temperature: τ > 0.
    reduction: "none" returns one loss a sample, "sum" their sum, "mean" their mean: for class indices the sum divided
    by the sum of the weights w_T of the samples that are not ignored; NaN if there is none.
    Returns the dtype of the logits. A target of logit −inf has loss inf; other −inf logits, and classes of weight 0,
    count for nothing. One +inf gives 0 at the target and inf elsewhere. NaN logits, −inf at every one of several
    classes, and several +inf with the target among them give NaN.
    Raises TypeError for other dtypes; ValueError for shapes that don't match, indices outside 0..K−1, a wrong axis, an
    unknown reduction, a number out of its range, or K = 0; the message names the argument.
    Theorem: {of target_nll_core}; soft targets {of cool_soft_nll_core}; the options options.loss.
    """
    task = Task(logits, targets, axis, reduction, weight, ignore_index, label_smoothing, temperature)
    losses = np.empty(len(task.logits[0]), task.working)
    with silent():
        if task.mixed:
            task.run(cool_soft_nll_core, (task.soft_targets(), task.tau), True, losses)
        else:
            task.run(target_nll_core, (task.t, task.tau), False, losses)
        return task.reduced(losses)


def nll_grad(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int | None = -100,
    label_smoothing: float = 0.0,
    temperature: float = 1.0,
    reduction: str = "mean",
    axis: int = -1,
    out: Array | None = None,
) -> Array:
    """The gradient of `nll` by the logits: (y_m − δ_mT)/τ for class indices, ((Σ_k t_k) y_m − t_m)/τ for soft targets.

    out: an array of the shape and dtype of the logits, to be filled and returned; it may be the logits themselves.
    Other arguments, dtypes and errors as for `nll`; returns the shape and dtype of the logits. With reduction "mean"
    it is divided by what the mean is divided by; "none" gives the gradient of each sample's own loss, as "sum" does.
    −inf has gradient 0, but −1 at the target. One +inf stands for a probability of 1. Of several, and at every class
    beside a NaN or of several −inf alone, the gradient is NaN.
    Theorem: {of target_nll_grad_core}; soft targets {of cool_soft_nll_grad_core}; the options options.gradient.
    """
    task = Task(logits, targets, axis, reduction, weight, ignore_index, label_smoothing, temperature, out)
    result = Result(task.array, task.axis, out)
    with silent():
        if task.mixed:
            task.run(cool_soft_nll_grad_core, (task.soft_targets(), task.tau), False, None, (result.rows,))
        else:
            task.run(target_nll_grad_core, (task.t, task.tau), False, None, (result.rows,))
    return result.done()


def nll_value_and_grad(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int | None = -100,
    label_smoothing: float = 0.0,
    temperature: float = 1.0,
    reduction: str = "mean",
    axis: int = -1,
    out: Array | None = None,
) -> tuple[Any, Array]:
    """`(nll(…), nll_grad(…))`, bit for bit, from one pass over the exponentials; `out` is for the gradient.

    Theorems: {of target_nll_value_and_grad_core}; soft targets {of cool_soft_nll_value_and_grad_core}.
    """
    task = Task(logits, targets, axis, reduction, weight, ignore_index, label_smoothing, temperature, out)
    result = Result(task.array, task.axis, out)
    losses = np.empty(len(task.logits[0]), task.working)
    with silent():
        if task.mixed:
            core: Any = cool_soft_nll_value_and_grad_core
            task.run(core, (task.soft_targets(), task.tau), True, losses, (result.rows,))
        else:
            task.run(target_nll_value_and_grad_core, (task.t, task.tau), False, losses, (result.rows,))
        return task.reduced(losses), result.done()


def nll_hvp(
    logits: ArrayLike,
    targets: ArrayLike,
    v: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int | None = -100,
    label_smoothing: float = 0.0,
    temperature: float = 1.0,
    reduction: str = "mean",
    axis: int = -1,
    out: Array | None = None,
) -> Array:
    """The Hessian of `nll` by the logits, times v: y_m (v_m − Σ_k y_k v_k)/τ², and Σ_k t_k times that for soft targets.

    v: real numbers of the shape of the logits, read in their dtype. Other arguments, dtypes and errors as for
    `nll_grad`; returns the shape and dtype of the logits. For class indices without weights the result does not depend
    on the targets, but they are checked.
    Theorem: {of cool_soft_nll_hvp_core}; the options options.hessian_vector_product.
    """
    task = Task(logits, targets, axis, reduction, weight, ignore_index, label_smoothing, temperature, out)
    u = apart(read_like(v, task.array, task.axis, "v"), out)
    result = Result(task.array, task.axis, out)
    with silent():
        task.run(cool_soft_nll_hvp_core, (task.total_weight, u, task.tau), False, None, (result.rows,))
    return result.done()


def nll_hessian(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int | None = -100,
    label_smoothing: float = 0.0,
    temperature: float = 1.0,
    reduction: str = "mean",
    axis: int = -1,
) -> Array:
    """The Hessian of `nll`: y_m (δ_mr − y_r), an array of shape (..., K, K), for small K.

    Arguments and errors as for `nll`; the two class axes are the last ones whatever `axis` is. The entries on the
    diagonal are y_m Σ_{k≠m} y_k, which keeps its digits where a probability is close to 1. With several +inf the
    entries between these classes are NaN.
    Theorem: {of nll_hessian_core}; the options options.hessian_vector_product.
    """
    task = Task(logits, targets, axis, reduction, weight, ignore_index, label_smoothing, temperature)
    rows = task.logits[0]
    samples, classes = rows.shape
    with silent():
        if task.tau != 1:
            rows = rows.astype(task.working)
            top = np.max(rows, axis=1, keepdims=True)
            rows = np.where(np.isfinite(top), (rows - top) / task.tau, rows)
            task.logits = (rows.astype(task.working, copy=False),)
        if task.mixed:
            task.scale = task.total_weight(slice(0, samples))[0]
        hessian = np.empty((samples, classes, classes), result_dtype(task.array))
        column = np.empty((samples, classes), task.working)
        infinite = rows == np.inf
        for r in range(classes):
            task.run(nll_hessian_core, (np.full(samples, r),), False, None, (column,))
            lost = np.isnan(column).all(axis=1, keepdims=True)
            hessian[:, :, r] = np.where(infinite & ~infinite[:, r : r + 1] & ~lost, 0, column) / task.tau**2
    return hessian.reshape(*task.samples, classes, classes)
