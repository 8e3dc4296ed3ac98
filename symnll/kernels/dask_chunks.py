"""What `dask_arrays` does to chunks: records of logits, their merge, and what is made of the merged ones.

Plain NumPy. The rows of a chunk are (samples, its classes); records have one entry a sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from symnll.kernels import lse_merge, lse_pair
from symnll.kernels.arguments import as_rows, read_logits, silent, working_dtype
from symnll.kernels.rows import Array, times

# The pair of all classes but the target's; the target's logit, −inf if it is not among them; and with the largest
# logit t, Σ w_k (t − z_k) and Σ w_k, which are 0 without label smoothing.
RECORD = np.dtype([(name, np.float64) for name in ("shift", "sum", "target", "gap", "mass")])


@dataclass(frozen=True)
class Options:
    """What the functions of chunks need besides their arrays."""

    axis: int
    classes: int
    dtype: Any  # of the result
    weight: Array | None = None
    ignore_index: int | None = None
    alpha: float = 0.0
    tau: float = 1.0


def _rows(z: Array, o: Options) -> Array:
    """In the working precision, and divided by the temperature."""
    z = read_logits(z)
    rows = as_rows(z, o.axis).astype(working_dtype(z), copy=False)
    return rows if o.tau == 1 else rows / np.float64(o.tau)


def pair_records(z: Array, axis: Any, keepdims: bool) -> Array:
    shift, sums = lse_pair(z, axis=axis[0])
    records = np.zeros(np.shape(shift), RECORD)
    records["shift"], records["sum"], records["target"] = shift, sums, -np.inf
    return np.expand_dims(records, axis[0])


def loss_records(z: Array, t: Array, numbers: Array, o: Options) -> Array:
    rows, flat = _rows(z, o), t.reshape(-1)
    _check(flat, o)
    place = _place(flat, numbers, o)
    others = rows.copy()
    others[place] = -np.inf
    records = np.zeros(len(flat), RECORD)
    records["shift"], records["sum"] = lse_pair(others)
    records["target"] = -np.inf
    records["target"][place[0]] = rows[place]
    if o.alpha:
        w = np.ones((1, 1)) if o.weight is None else o.weight[numbers][np.newaxis]
        top = np.max(rows, axis=1, keepdims=True).astype(np.float64)
        with silent():
            gaps = times(w, np.where(rows == top, 0, top - rows))
        records["gap"], records["mass"] = gaps.sum(axis=1), len(numbers) if o.weight is None else w.sum()
    return np.expand_dims(records.reshape(t.shape), o.axis)


def soft_records(z: Array, t: Array, numbers: Array, o: Options) -> Array:
    """Here the largest logit stands in place of the target's, and w are the soft targets, weighted and smoothed."""
    rows, w = _rows(z, o), _mixed(t, numbers, o)
    place = np.arange(len(rows)), np.argmax(rows, axis=1)
    top, others = rows[place], rows.copy()
    others[place] = -np.inf
    records = np.zeros(len(rows), RECORD)
    records["shift"], records["sum"] = lse_pair(others)
    records["target"] = top
    top = top[:, np.newaxis].astype(np.float64)
    with silent():
        gaps = times(w, np.where(rows == top, np.where(top == -np.inf, np.inf, 0), top - rows))
    records["gap"], records["mass"] = gaps.sum(axis=1), w.sum(axis=1)
    return np.expand_dims(records.reshape(z.shape[: o.axis] + z.shape[o.axis + 1 :]), o.axis)


def _mixed(t: Array, numbers: Array, o: Options) -> Array:
    """w_k ((1 − α) t_k + α/K) of soft targets t."""
    mixed = as_rows(t, o.axis).astype(np.float64)
    mixed = (1 - o.alpha) * mixed + o.alpha / o.classes if o.alpha else mixed
    return mixed if o.weight is None else mixed * o.weight[numbers]


def _check(t: Array, o: Options) -> None:
    wrong = ((t < 0) | (t >= o.classes)) & (factors_of(t, o, False) != 0)
    if wrong.any():
        accepted = "" if o.ignore_index is None else f", or ignore_index, {o.ignore_index}"
        raise ValueError(f"targets: one is {t[wrong][0]}; use class indices from 0 to {o.classes - 1}{accepted}.")


def _place(t: Array, numbers: Array, o: Options) -> tuple[Array, Array]:
    """The samples whose target is among the classes of a chunk, and where."""
    here = (t >= numbers[0]) & (t <= numbers[-1])
    if o.ignore_index is not None:
        here &= t != o.ignore_index
    samples = np.flatnonzero(here)
    return samples, t[samples] - numbers[0]


def factors_of(t: Array, o: Options, weighted: bool = True) -> Array:
    """w_T of each sample, 0 for those that are ignored."""
    factors = np.ones(t.shape)
    if weighted and o.weight is not None:
        factors = o.weight[np.clip(t, 0, o.classes - 1)]
    return factors if o.ignore_index is None else np.where(t == o.ignore_index, 0.0, factors)


def kept(records: Array, axis: Any, keepdims: bool) -> Array:
    return records


def merged(records: Array, axis: Any, keepdims: bool, soft: bool = False) -> Array:
    """Records merged along the class axis."""
    parts = np.moveaxis(records, axis[0], 0)
    flat = parts.reshape(len(parts), -1)
    result = flat[0]
    for part in flat[1:]:
        result = _merge_soft(result, part) if soft else _merge(result, part)
    result = result.reshape(parts.shape[1:])
    return np.expand_dims(result, axis[0]) if keepdims else result


def _merge(one: Array, other: Array) -> Array:
    result = np.empty(one.shape, RECORD)
    result["shift"], result["sum"] = lse_merge((one["shift"], one["sum"]), (other["shift"], other["sum"]))
    result["target"] = np.maximum(one["target"], other["target"])
    tops = [np.maximum(x["shift"], x["target"]) for x in (one, other)]
    top = np.maximum(*tops)
    with silent():
        steps = [np.where(top == own, 0, top - own) for own in tops]
        steps = [times(x["mass"], step) for x, step in zip((one, other), steps, strict=True)]
    result["gap"] = one["gap"] + other["gap"] + steps[0] + steps[1]
    result["mass"] = one["mass"] + other["mass"]
    return result


def _merge_soft(one: Array, other: Array) -> Array:
    """The same for soft targets: the smaller of the two largest logits goes to the others."""
    low, result = np.minimum(one["target"], other["target"]), _merge(one, other)
    rest = low, np.where(low == -np.inf, 0.0, 1.0)
    result["shift"], result["sum"] = lse_merge((result["shift"], result["sum"]), rest)
    return result


def _whole(records: Array) -> tuple[Array, Array]:
    """The pair of all classes, the target's too."""
    records = records.reshape(-1)
    pair = records["shift"], records["sum"]
    absent = records["target"] == -np.inf
    top, sums = lse_merge(pair, (records["target"], np.where(absent, 0.0, 1.0)))
    return top, sums


def _exp_difference(a: Array, b: Array) -> Array:
    """exp(a − b), with what rounding took from the difference put back to first order."""
    d = a - b
    return np.exp(d) * (1 + _lost(a, b, d))


def _lost(a: Array, b: Array, d: Array) -> Array:
    """a − b − d exactly, if d is a − b rounded (Knuth's two-sum); 0 where one of them is infinite."""
    back = d - a
    error = (a - (d - back)) - (b + back)
    return np.where(np.abs(error) < 1, error, 0)


def _times_exp(s: Array, a: Array, b: Array) -> Array:
    """s·exp(a − b), rounded once where the exponential alone would be subnormal."""
    d = a - b
    half = np.exp(d / 2)
    return np.where(d < -690, s * half * half, s * np.exp(d)) * (1 + _lost(a, b, d))


def logsumexp_of(records: Array, o: Options) -> Array:
    with silent():
        return (records["shift"] + np.log(records["sum"])).astype(o.dtype)


def losses_of(records: Array, t: Array, o: Options) -> Array:
    shape, t, records = t.shape, t.reshape(-1), records.reshape(-1)
    m, s, target = records["shift"], records["sum"], records["target"]
    w = factors_of(t, o)
    with silent():
        d = m - target
        near = np.log1p(_times_exp(s, m, target))
        losses = np.where(d <= 30, near, d + np.log(s + np.exp(-d)))
        if o.classes == 1:
            losses = np.where(np.isnan(target), np.nan, 0.0)
        losses = times((1 - o.alpha) * w, losses)
        if o.alpha:
            top, sums = _whole(records)
            lost = np.isnan(top) | ((top == -np.inf) & (o.classes > 1))
            smooth = records["gap"] + times(records["mass"], np.log(np.maximum(sums, 1)))
            losses = np.where(lost, np.nan, losses + o.alpha / o.classes * smooth)
    ignored = o.ignore_index is not None and t == o.ignore_index
    return np.where(ignored, 0.0, losses).reshape(shape)


def soft_losses_of(records: Array, o: Options) -> Array:
    """options.soft_nll, the pivot being the class of the largest logit."""
    shape, records = records.shape, records.reshape(-1)
    m, s, top = records["shift"], records["sum"], records["target"]
    with silent():
        several = (m == np.inf) & (top == np.inf)
        correction = np.log1p(np.where(several, s, _times_exp(s, m, top)))
        losses = times(records["mass"], correction) + records["gap"]
        if o.classes == 1:
            losses = np.where(np.isnan(top), np.nan, 0.0)
        # inf for every way of growing; 0 where nothing but 0 weighs the ties
        lost = np.isnan(top) | np.isnan(m) | ((top == -np.inf) & (o.classes > 1))
        losses = np.where(lost | (several & np.isfinite(losses) & (losses != 0)), np.nan, losses)
    return losses.reshape(shape)


def ratio(total: Array, count: Array) -> Array:
    with silent():
        return np.divide(total, count)


def _probabilities(rows: Array, top: Array, sums: Array, o: Options) -> Array:
    """softmax of the classes of a chunk; its limit where the largest logit of all is infinite, NaN where none is."""
    with silent():
        y = _exp_difference(rows, top[:, np.newaxis].astype(rows.dtype))
        np.divide(y, sums[:, np.newaxis], out=y, casting="unsafe")
    odd = np.flatnonzero(~np.isfinite(top))
    if len(odd):
        one = np.where(sums[odd] == 1, 1.0, np.nan)[:, np.newaxis]
        limits = np.where(rows[odd] == np.inf, one, 0.0)
        y[odd] = np.where((top[odd] == np.inf)[:, np.newaxis], limits, np.nan)
        if o.classes == 1:
            y[odd] = np.where(np.isnan(rows[odd]), np.nan, 1.0)
    return y


def _shaped(rows: Array, z: Array, o: Options) -> Array:
    with silent():
        rows = rows.astype(o.dtype, copy=False)
    return np.moveaxis(rows.reshape(*z.shape[: o.axis], *z.shape[o.axis + 1 :], rows.shape[1]), -1, o.axis)


def softmax_of(z: Array, records: Array, o: Options) -> Array:
    return _shaped(_probabilities(_rows(z, o), *_whole(records), o), z, o)


def log_softmax_of(z: Array, records: Array, o: Options) -> Array:
    rows, (top, sums) = _rows(z, o), _whole(records)
    with silent():
        result = (rows - top[:, np.newaxis].astype(rows.dtype)) - np.log(sums)[:, np.newaxis]
        odd = np.flatnonzero(~np.isfinite(top))
        result[odd] = np.log(_probabilities(rows[odd], top[odd], sums[odd], o))
    return _shaped(result, z, o)


def slopes_of(z: Array, records: Array, t: Array, numbers: Array, count: Array | None = None, *, o: Options) -> Array:
    rows, flat, (top, sums) = _rows(z, o), t.reshape(-1), _whole(records)
    records = records.reshape(-1)
    w, place = factors_of(flat, o), _place(flat, numbers, o)
    samples = place[0]
    y = _probabilities(rows, top, sums, o)
    with silent():
        scale = 1 / (o.tau * (1.0 if count is None else count))
        if o.alpha:
            share = o.alpha / o.classes * (np.ones(len(numbers)) if o.weight is None else o.weight[numbers])
            whole = o.classes if o.weight is None else o.weight.sum()
            np.multiply(y, ((1 - o.alpha) * w + o.alpha / o.classes * whole)[:, np.newaxis], out=y, casting="unsafe")
            np.subtract(y, share, out=y, casting="unsafe")
            y[place] -= (1 - o.alpha) * w[samples]
            factors = np.full(len(flat), scale)
        else:
            m, s = records["shift"][samples], records["sum"][samples]
            hot = -_times_exp(s, m, top[samples]) / sums[samples]
            y[place] = np.where(np.isfinite(top[samples]), hot, y[place] - 1)
            factors = w * scale
        np.multiply(y, factors[:, np.newaxis], out=y, casting="unsafe")
    unread = w == 0 if not o.alpha else np.zeros(len(flat), bool)
    if o.ignore_index is not None:
        unread |= flat == o.ignore_index
    y[unread] = 0
    return _shaped(y, z, o)


def soft_slopes_of(
    z: Array, records: Array, t: Array, numbers: Array, count: Array | None = None, *, o: Options
) -> Array:
    """options.soft_nll_gradient."""
    rows, w = _rows(z, o), _mixed(t, numbers, o)
    y = _probabilities(rows, *_whole(records), o)
    with silent():
        y = y * records["mass"].reshape(-1, 1) - w
        y /= o.tau * (1.0 if count is None else count)
    return _shaped(y, z, o)
