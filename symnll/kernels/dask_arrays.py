"""The loss for Dask arrays whose chunks cut the samples, the classes, or both; needs the extra `dask`.

Every chunk of logits becomes one record a sample: the streaming pair of its classes (`lse_pair`, the target's class
left out), the target's logit if it is among them, and what label smoothing needs. Records are merged over the class
axis by `dask.array.reduction`; the pairs with `lse_merge`, whose result is the same in every order but for rounding
(theorems kernels.pair, kernels.pair_merge, streaming.represents, streaming.associative_sum). From the merged record and
the chunk come the loss, options.target_nll and options.target_nll_far, and its gradient, options.target_nll_gradient
and options.gradient; for soft targets options.soft_nll and options.soft_nll_gradient. K is the number of classes of the
whole array everywhere.

All results are lazy Dask arrays; arguments, options and odd input are as for the functions of the same name in
`symnll.kernels`. Soft targets are brought into the chunks of the logits. Class indices out of range raise ValueError
when the result is computed.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import Any

import dask.array as da
import numpy as np

from symnll.kernels.arguments import (
    check_reduction,
    is_float,
    read_axis,
    read_ignore_index,
    read_logits,
    read_number,
    read_targets,
    read_weight,
    result_dtype,
)
from symnll.kernels.dask_chunks import (
    RECORD,
    Options,
    factors_of,
    kept,
    log_softmax_of,
    logsumexp_of,
    loss_records,
    losses_of,
    merged,
    pair_records,
    ratio,
    slopes_of,
    soft_losses_of,
    soft_records,
    soft_slopes_of,
    softmax_of,
)

__all__ = ["log_softmax", "logsumexp", "nll", "nll_grad", "nll_value_and_grad", "softmax"]


def logsumexp(logits: Any, *, axis: int = -1) -> Any:
    """log Σ_k exp z_k over the class axis: `symnll.kernels.logsumexp`, lazily."""
    z, o = _read(logits, axis)
    return da.map_blocks(logsumexp_of, _pairs(z, o), o, dtype=o.dtype, meta=np.empty((0,) * (z.ndim - 1), o.dtype))


def softmax(logits: Any, *, axis: int = -1) -> Any:
    """exp z_i / Σ_k exp z_k, in the chunks of the logits: `symnll.kernels.softmax`, lazily."""
    z, o = _read(logits, axis)
    return _per_class(softmax_of, z, o, (_pairs(z, o), _samples(z, o)))


def log_softmax(logits: Any, *, axis: int = -1) -> Any:
    """z_i − log Σ_k exp z_k, in the chunks of the logits: `symnll.kernels.log_softmax`, lazily."""
    z, o = _read(logits, axis)
    return _per_class(log_softmax_of, z, o, (_pairs(z, o), _samples(z, o)))


def nll(logits: Any, targets: Any, *, reduction: str = "mean", axis: int = -1, **options: Any) -> Any:
    """The negative log-likelihood of the target classes: `symnll.kernels.nll`, lazily.

    logits: a Dask array (or what becomes one) of shape (..., K), in any chunks. targets: class indices of the shape of
    the logits without `axis`, or soft targets of the shape of the logits. options: weight, ignore_index,
    label_smoothing, temperature.
    Returns a Dask array: one loss a sample, or without axes for the reductions "mean" and "sum".
    """
    return _Loss(logits, targets, reduction, axis, **options).value()


def nll_grad(logits: Any, targets: Any, *, reduction: str = "mean", axis: int = -1, **options: Any) -> Any:
    """The gradient of `nll`, in the shape, dtype and chunks of the logits; arguments as for `nll`."""
    return _Loss(logits, targets, reduction, axis, **options).grad()


def nll_value_and_grad(
    logits: Any, targets: Any, *, reduction: str = "mean", axis: int = -1, **options: Any
) -> tuple[Any, Any]:
    """`(nll(…), nll_grad(…))` from the same records: compute both together, with `dask.compute`."""
    loss = _Loss(logits, targets, reduction, axis, **options)
    return loss.value(), loss.grad()


class _Loss:
    """The arguments of a loss, read, and the merged records."""

    def __init__(
        self,
        logits: Any,
        targets: Any,
        reduction: str,
        axis: int,
        weight: Any = None,
        ignore_index: int | None = -100,
        label_smoothing: float = 0.0,
        temperature: float = 1.0,
    ) -> None:
        check_reduction(reduction)
        self.reduction = reduction
        z, o = _read(logits, axis)
        t = targets if hasattr(targets, "dtype") else np.asarray(targets)
        samples = z.shape[: o.axis] + z.shape[o.axis + 1 :]
        self.soft = is_float(t.dtype) and t.shape == z.shape
        if not self.soft and (t.dtype.kind not in "iu" or t.shape != samples):
            nothing = [np.broadcast_to(np.zeros((), a.dtype), a.shape) for a in (t, z)]
            read_targets(nothing[0], nothing[1], o.axis, None)  # raises, unless there are no samples
        if self.soft:
            self.z, self.t = z, da.asarray(t).rechunk(z.chunks)
        else:
            self.z, self.t = z, da.asarray(t).astype(np.intp).rechunk(z.chunks[: o.axis] + z.chunks[o.axis + 1 :])
        self.o = o = replace(
            o,
            weight=read_weight(weight, o.classes, np.dtype(np.float64)),
            ignore_index=read_ignore_index(ignore_index),
            alpha=read_number(label_smoothing, "label_smoothing", "a number from 0 to 1", 0, 1),
            tau=read_number(temperature, "temperature", "a positive number", 0, math.inf),
        )
        every, self.each = tuple(range(z.ndim)), _samples(z, o)
        self.given = (self.t, every if self.soft else self.each)
        records = da.blockwise(
            *(soft_records if self.soft else loss_records, every),
            *(z, every, *self.given, _numbers(z, o), (o.axis,)),
            o=o,
            adjust_chunks={o.axis: lambda size: 1},
            dtype=RECORD,
            meta=np.empty((0,) * z.ndim, RECORD),
        )
        self.merged = _reduced(records, kept, o, self.soft)
        self.count = None
        if reduction == "mean":
            # From the targets alone: otherwise all logits would be held until the last record is there.
            factors = None if self.soft else da.map_blocks(factors_of, self.t, o, dtype=np.float64)
            self.count = da.asarray(float(math.prod(samples))) if factors is None else factors.sum()

    def value(self) -> Any:
        if self.soft:
            losses = da.map_blocks(soft_losses_of, self.merged, self.o, dtype=np.float64)
        else:
            losses = da.map_blocks(losses_of, self.merged, self.t, self.o, dtype=np.float64)
        if self.reduction == "none":
            return losses.astype(self.o.dtype)
        total = losses.sum()
        if self.count is not None:
            total = da.map_blocks(ratio, total, self.count, dtype=np.float64)
        return total.astype(self.o.dtype)

    def grad(self) -> Any:
        arrays = [(self.merged, self.each), self.given, (_numbers(self.z, self.o), (self.o.axis,))]
        function = soft_slopes_of if self.soft else slopes_of
        return _per_class(function, self.z, self.o, *arrays, *([] if self.count is None else [(self.count, ())]))


def _read(logits: Any, axis: int) -> tuple[Any, Options]:
    z = logits if hasattr(logits, "dtype") else np.asarray(logits)
    if not is_float(z.dtype) and z.dtype.kind not in "iu":
        read_logits(np.empty(0, z.dtype))  # raises
    z = da.asarray(z)
    if math.isnan(sum(z.shape)):
        raise ValueError(f"logits: shape {z.shape} is not known; call compute_chunk_sizes() first.")
    position = read_axis(z, axis)
    if 0 in z.chunks[position]:
        z = z.rechunk({position: tuple(size for size in z.chunks[position] if size)})
    sample = np.empty(0, z.dtype if is_float(z.dtype) else np.float64)
    return z, Options(position, z.shape[position], result_dtype(sample))


def _samples(z: Any, o: Options) -> tuple[int, ...]:
    return tuple(i for i in range(z.ndim) if i != o.axis)


def _numbers(z: Any, o: Options) -> Any:
    """The classes' numbers, in their chunks: a chunk of logits is told which classes it holds."""
    return da.arange(o.classes, chunks=(z.chunks[o.axis],), dtype=np.intp)


def _reduced(x: Any, chunk: Any, o: Options, soft: bool = False) -> Any:
    """The records of all classes."""
    merge = partial(merged, soft=soft)
    meta = np.empty((0,) * (x.ndim - 1), RECORD)
    return da.reduction(x, chunk, merge, axis=o.axis, combine=merge, dtype=RECORD, meta=meta)


def _pairs(z: Any, o: Options) -> Any:
    return _reduced(z, pair_records, o)


def _per_class(function: Any, z: Any, o: Options, *arrays: tuple[Any, tuple[int, ...]]) -> Any:
    every = tuple(range(z.ndim))
    given = [part for pair in arrays for part in pair]
    meta = np.empty((0,) * z.ndim, o.dtype)
    return da.blockwise(function, every, z, every, *given, o=o, dtype=o.dtype, meta=meta)
