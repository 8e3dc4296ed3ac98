"""The public functions besides the loss, as source text for `symnll.kernels.generate`; see `interface.py`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from symnll.kernels.arguments import (
    Result,
    apart,
    as_rows,
    check_reduction,
    checked_out,
    is_float,
    read_axis,
    read_like,
    read_logits,
    result_dtype,
    silent,
    working_dtype,
)
from symnll.kernels.interface import _per_class, _per_sample
from symnll.kernels.numpy_kernels import (
    binary_nll_core,
    binary_nll_grad_core,
    entropy_core,
    entropy_grad_core,
    kl_core,
    kl_grad_core,
    pair_core,
    pair_merge_core,
)
from symnll.kernels.rows import Array, Batch


def entropy(logits: ArrayLike, *, axis: int = -1) -> Any:
    """−Σ_k y_k log y_k in nats, for y = softmax(logits); classes of probability 0 count for nothing.

    Arguments, dtypes, result and errors as for `logsumexp`. One +inf gives 0; several, a NaN, or −inf at every one of
    several classes give NaN.
    Theorem: {of entropy_core}.
    """
    values, dtype = _per_sample(entropy_core, logits, None, axis, True)
    with silent():
        return values.astype(dtype, copy=False)[()]


def entropy_grad(logits: ArrayLike, *, axis: int = -1, out: Array | None = None) -> Array:
    """The gradient of `entropy` by the logits, −y_m (log y_m + entropy); arguments and errors as for `softmax`.

    Theorem: {of entropy_grad_core}.
    """
    return _per_class(entropy_grad_core, logits, axis, out, True)


def kl(logits_p: ArrayLike, logits_q: ArrayLike, *, axis: int = -1) -> Any:
    """Σ_k p_k log(p_k/q_k) in nats, for p = softmax(logits_p) and q = softmax(logits_q) of the same shape.

    Dtypes and errors as for `logsumexp`; the result has the dtype of logits_p. Classes with p_k = 0 count for nothing;
    −inf in logits_q where p_k > 0 gives inf. Where p and q are close the result is exact to about an ulp of 1, not of
    the small number itself.
    Theorem: {of kl_core}.
    """
    values, dtype = _per_sample(kl_core, logits_p, logits_q, axis, False)
    with silent():
        return values.astype(dtype, copy=False)[()]


def kl_grad(logits_p: ArrayLike, logits_q: ArrayLike, *, axis: int = -1) -> tuple[Array, Array]:
    """The gradients of `kl` by logits_p, p_m (log(p_m/q_m) − kl), and by logits_q, q_m − p_m.

    Arguments and errors as for `kl`; both results have the shape and dtype of logits_p. Where kl is inf the first is
    not defined: NaN or −inf.
    Theorems: {of kl_grad_core}.
    """
    z = read_logits(logits_p, "logits_p")
    position = read_axis(z, axis)
    u = read_like(logits_q, z, position, "logits_q")
    results = Result(z, position, None), Result(z, position, None)
    with silent():
        batch = Batch(working_dtype(z), as_rows(z, position), u)
        batch.run(kl_grad_core, slopes=tuple(result.rows for result in results))
    return results[0].done(), results[1].done()


def _binary(core: Any, logits: ArrayLike, targets: ArrayLike, reduction: str, derivative: bool, out: Any) -> Any:
    """Binary loss or its derivative, of every logit."""
    check_reduction(reduction)
    x = read_logits(logits)
    t = np.asarray(targets)
    if t.dtype.kind not in "iub" and not is_float(t.dtype):
        raise TypeError(f"targets: dtype is {t.dtype}; use numbers from 0 to 1, or truth values.")
    if t.shape != x.shape:
        raise ValueError(f"targets: shape is {t.shape}; use the shape of the logits, {x.shape}.")
    dtype, batch = result_dtype(x), Batch(working_dtype(x), apart(x, out).reshape(-1, 1))
    values = np.empty(x.size, batch.working)
    with silent():
        batch.run(core, (apart(t, out).reshape(-1, 1),), losses=values)
        if derivative:
            if reduction == "mean" and x.size > 1:
                values /= batch.working.type(x.size)
            result = np.empty(x.shape, dtype) if out is None else checked_out(out, x.shape, dtype, "out")
            np.copyto(result, values.reshape(x.shape), casting="unsafe")
            return result
        if reduction == "none":
            return values.reshape(x.shape).astype(dtype, copy=False)[()]
        total = np.sum(values, dtype=np.promote_types(values.dtype, np.float64))
        if reduction == "mean":
            total = total / x.size if x.size else total * np.nan
        return total.astype(dtype)


def binary_nll(logits: ArrayLike, targets: ArrayLike, *, reduction: str = "mean") -> Any:
    """−(t log σ(x) + (1 − t) log(1 − σ(x))) of every logit x with its target t: binary cross-entropy with logits.

    logits: floating-point numbers of any shape; dtypes as for `logsumexp`.
    targets: numbers t of the same shape, or truth values. That they lie in 0..1 is not checked.
    reduction: "none", "sum" or "mean" (NaN of no logits). Returns the dtype of the logits. Infinite logits have their
    limits: +inf gives 0 for t = 1, inf for t < 1. NaN gives NaN.
    Raises TypeError and ValueError as `nll` does.
    Theorem: {of binary_nll_core}.
    """
    return _binary(binary_nll_core, logits, targets, reduction, False, None)


def binary_nll_grad(
    logits: ArrayLike, targets: ArrayLike, *, reduction: str = "mean", out: Array | None = None
) -> Array:
    """The derivative of `binary_nll` by each logit, σ(x) − t; for t = 0 and 1 to the last digits of its own size.

    Arguments and errors as for `binary_nll`; with "mean" divided by the number of logits. `out` as for `nll_grad`.
    Theorem: {of binary_nll_grad_core}.
    """
    return _binary(binary_nll_grad_core, logits, targets, reduction, True, out)


def lse_pair(logits: ArrayLike, *, axis: int = -1) -> tuple[Any, Any]:
    """(m, s) with m the largest logit and s = Σ_k exp(z_k − m): what `lse_merge` merges; m + log s is the log-sum-exp.

    Arguments and errors as for `logsumexp`; float16 and bfloat16 give float32. With +inf, m is inf and s the number of
    +inf; with NaN both are NaN; if all are −inf they are −inf and 0, the pair that merging leaves as it is.
    Theorem: {of pair_core}.
    """
    z = read_logits(logits)
    position = read_axis(z, axis)
    rows = as_rows(z, position)
    batch = Batch(working_dtype(z), rows)
    shifts = np.max(rows, axis=1).astype(batch.working)
    sums = np.empty(len(rows), batch.working)
    with silent():
        ordinary = np.where(np.isfinite(shifts), shifts, 0)
        batch.run(pair_core, (lambda at: ordinary[at][np.newaxis],), losses=sums)
        for at in np.flatnonzero(~np.isfinite(shifts)):
            sums[at] = np.nan if np.isnan(shifts[at]) else np.count_nonzero(rows[at] == np.inf)
    shape = z.shape[:position] + z.shape[position + 1 :]
    return shifts.reshape(shape)[()], sums.reshape(shape)[()]


def lse_merge(one: tuple[Any, Any], other: tuple[Any, Any]) -> tuple[Any, Any]:
    """The pair of all logits of two pairs: m = max(m₁, m₂), s = s₁ exp(m₁ − m) + s₂ exp(m₂ − m).

    Shapes are broadcast. The order of merges is free; the results differ by rounding only.
    Theorems: {of pair_merge_core}, streaming.represents, streaming.associative_sum.
    """
    m1, s1, m2, s2 = (read_logits(x, "pair") for x in (*one, *other))
    with silent():
        shift = np.maximum(m1, m2)
        limit = np.isinf(shift)
        if limit.any():  # the larger of two infinite shifts stays, the other counts for nothing
            infinity = shift.dtype.type(-np.inf)
            m1 = np.where(limit, np.where(m1 == shift, 0, infinity), m1)
            m2 = np.where(limit, np.where(m2 == shift, 0, infinity), m2)
        a, b, c, d, top = np.atleast_1d(m1, s1, m2, s2, np.where(limit, 0, shift))
        merged = pair_merge_core(a, b, c, d, top, None)
    return shift[()], merged.reshape(shift.shape)[()]


def lse_update(pair: tuple[Any, Any], logits: ArrayLike, *, axis: int = -1) -> tuple[Any, Any]:
    """The pair with more logits: `lse_merge(pair, lse_pair(logits, axis=axis))`.

    Theorems: {of pair_core}, {of pair_merge_core}, streaming.update.
    """
    return lse_merge(pair, lse_pair(logits, axis=axis))


def lse_value(pair: tuple[Any, Any]) -> Any:
    """m + log s: the log-sum-exp that a pair stands for. Theorem: streaming.value."""
    with silent():
        return (pair[0] + np.log(pair[1]))[()]
