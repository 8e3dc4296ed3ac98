"""Reading the arguments of the public functions: each is checked, and an error says what it was and what is accepted.

Plain NumPy. `symnll.kernels.generate` copies the code below the imports into the generated module.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from symnll.kernels.rows import FEW, Array, Batch

REDUCTIONS = ("none", "mean", "sum")


def silent() -> np.errstate:
    """Infinite and NaN logits have documented results; inf − inf on the way there is no cause for a warning."""
    return np.errstate(invalid="ignore", over="ignore", divide="ignore")


def is_float(dtype: Any) -> bool:
    """Real floating point; bfloat16 is not NumPy's own, and known by its name."""
    return bool(dtype.kind == "f" or (dtype.kind == "V" and dtype.name == "bfloat16"))


def read_logits(logits: ArrayLike, name: str = "logits") -> Array:
    """An array of real floating-point numbers; integers become float64."""
    z = np.asarray(logits)
    if is_float(z.dtype):
        return z
    if z.dtype.kind in "iu":
        return z.astype(np.float64)
    raise TypeError(f"{name}: dtype is {z.dtype}; use floating-point numbers (or integers, read as float64).")


def read_axis(z: Array, axis: Any) -> int:
    """The class axis as a number from 0."""
    try:
        position = operator.index(axis)
    except TypeError:
        raise TypeError(f"axis: is {axis!r}; use one integer, the axis of the classes.") from None
    if z.ndim == 0:
        raise ValueError("logits: a single number has no class axis; use an array of shape (..., K).")
    if not -z.ndim <= position < z.ndim:
        raise ValueError(f"axis: is {position}, but logits have shape {z.shape}; use {-z.ndim} to {z.ndim - 1}.")
    if z.shape[position] == 0:
        raise ValueError(f"logits: shape {z.shape} has no class along axis {position}; at least one is needed.")
    return position % z.ndim


def result_dtype(z: Array) -> Any:
    """The dtype of the logits, in the byte order of the machine."""
    return z.dtype if z.dtype.isnative else z.dtype.newbyteorder("=")


def working_dtype(z: Array) -> Any:
    """The dtype that is computed in: that of the result, but float32 for float16 and bfloat16."""
    dtype = result_dtype(z)
    return dtype if dtype.itemsize > 2 else np.dtype(np.float32)


def as_rows(x: Array, axis: int) -> Array:
    """The array as (N, K), a view where that is possible."""
    if axis != x.ndim - 1:
        x = np.moveaxis(x, axis, -1)
    return x if x.ndim == 2 else x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def read_targets(targets: ArrayLike, z: Array, axis: int, ignore_index: int | None) -> tuple[Array, Array | None, bool]:
    """(class indices (N,), which of them are ignored, False), or (soft targets (N, K), None, True)."""
    t = np.asarray(targets)
    samples, classes = z.shape[:axis] + z.shape[axis + 1 :], z.shape[axis]
    if t.dtype.kind not in "iu" or t.shape != samples:
        if t.size == 0 and t.shape == samples:  # no samples: NumPy reads [] as float64
            return np.zeros(0, np.intp), None, False
        return read_soft_targets(t, z, axis, samples), None, True
    ignored = None
    labels = t.astype(np.intp, copy=False).reshape(-1)
    if largest_label(labels.view(np.uintp)) >= classes:  # negative ones read as large ones
        wrong = (t < 0) | (t >= classes)
        if ignore_index is not None:
            ignored = t == ignore_index
            wrong &= ~ignored
        if wrong.any():
            first = tuple(int(i) for i in np.argwhere(wrong)[0])
            place = f"targets[{', '.join(map(str, first))}]" if first else "targets"
            accepted = "" if ignore_index is None else f", or ignore_index, {ignore_index}"
            raise ValueError(f"{place}: is {t[first]}; use class indices from 0 to {classes - 1}{accepted}.")
    elif ignore_index is not None and 0 <= ignore_index < classes:
        ignored = t == ignore_index
    if ignored is not None:
        ignored = ignored.reshape(-1)
        labels = np.where(ignored, 0, labels)
    return labels, ignored, False


def read_soft_targets(t: Array, z: Array, axis: int, samples: tuple[int, ...]) -> Array:
    """Soft targets (N, K); what is wrong if they are neither that nor class indices."""
    if is_float(t.dtype):
        if t.shape == z.shape:
            return as_rows(t, axis)
        if t.shape == samples:
            raise TypeError(
                f"targets: dtype is {t.dtype} at shape {t.shape}; class indices have to be integers, "
                f"and soft targets have the shape of the logits, {z.shape}."
            )
        raise ValueError(f"targets: soft targets have shape {t.shape}; use the shape of the logits, {z.shape}.")
    if t.dtype.kind not in "iu":
        raise TypeError(f"targets: dtype is {t.dtype}; use integer class indices or floating-point soft targets.")
    hint = " Soft targets have to be floating-point numbers." if t.shape == z.shape else ""
    raise ValueError(
        f"targets: class indices have shape {t.shape}; use {samples}, "
        f"the shape of the logits {z.shape} without axis {axis}.{hint}"
    )


def largest_label(labels: Array) -> int:
    """The largest number, or 0; of a few numbers Python finds it sooner than NumPy."""
    return max(labels.tolist(), default=0) if labels.size <= FEW else int(np.maximum.reduce(labels))


def read_like(x: ArrayLike, z: Array, axis: int, name: str) -> Array:
    """Real numbers of the shape of the logits, as (N, K)."""
    a = np.asarray(x)
    if a.dtype.kind not in "iu" and not is_float(a.dtype):
        raise TypeError(f"{name}: dtype is {a.dtype}; use floating-point numbers (or integers).")
    if a.shape != z.shape:
        raise ValueError(f"{name}: shape is {a.shape}; use the shape of the logits, {z.shape}.")
    return as_rows(a, axis)


def read_weight(weight: Any, classes: int, working: Any) -> Array | None:
    """Class weights (K,)."""
    if weight is None:
        return None
    w = np.asarray(weight)
    if w.dtype.kind not in "fiu":
        raise TypeError(f"weight: dtype is {w.dtype}; use real numbers, one a class.")
    if w.shape != (classes,):
        raise ValueError(f"weight: shape is {w.shape}; use ({classes},), one number a class.")
    return w.astype(working)


def read_number(value: Any, name: str, accepted: str, low: float, high: float) -> float:
    """A number from low to high; the ends, where they are finite, included, but 0 is no temperature."""
    if isinstance(value, int | float | np.floating | np.integer) and not isinstance(value, bool):
        number = float(value)
        if low <= number <= high and math.isfinite(number) and (number > 0 or name != "temperature"):
            return number
    raise ValueError(f"{name}: is {value!r}; use {accepted}.")


def read_ignore_index(value: Any) -> int | None:
    if value is None:
        return None
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"ignore_index: is {value!r}; use an integer, or None to ignore no index.") from None


def check_reduction(reduction: Any) -> None:
    if not (isinstance(reduction, str) and reduction in REDUCTIONS):
        raise ValueError(f"reduction: is {reduction!r}; use 'none', 'mean' or 'sum'.")


class Result:
    """An array of the shape of the logits to be filled: the user's `out`, or a new one. `rows` are it as (N, K)."""

    def __init__(self, z: Array, axis: int, out: Any, name: str = "out") -> None:
        dtype = result_dtype(z)
        if out is None:
            self.array = np.empty(z.shape, dtype)
        else:
            self.array = checked_out(out, z.shape, dtype, name)
        rows = as_rows(self.array, axis)
        self.axis, self.rows = axis, rows
        self.copied = rows is not self.array and not np.may_share_memory(rows, self.array)

    def done(self) -> Array:
        """The array, after `rows` have been filled."""
        if self.copied:
            moved = np.moveaxis(self.array, self.axis, -1)
            moved[...] = self.rows.reshape(moved.shape)
        return self.array


def checked_out(out: Any, shape: tuple[int, ...], dtype: Any, name: str) -> Array:
    if not isinstance(out, np.ndarray):
        raise TypeError(f"{name}: is a {type(out).__name__}; use a NumPy array of shape {shape} and dtype {dtype}.")
    if out.shape != shape:
        raise ValueError(f"{name}: shape is {out.shape}; use {shape}.")
    if out.dtype != dtype:
        raise TypeError(f"{name}: dtype is {out.dtype}; use {dtype}, the dtype of the result.")
    if not out.flags.writeable:
        raise ValueError(f"{name}: is read-only; use an array that can be written to.")
    return out


def apart(x: Array, out: Any) -> Array:
    """The array, copied if writing into `out` could change it."""
    return x.copy() if isinstance(out, np.ndarray) and np.may_share_memory(x, out) else x


class Task(Batch):
    """The arguments of a loss, read: what its core is given, and how the samples are reduced."""

    def __init__(
        self,
        logits: ArrayLike,
        targets: ArrayLike,
        axis: Any,
        reduction: Any,
        weight: Any,
        ignore_index: Any,
        label_smoothing: Any,
        temperature: Any,
        out: Any = None,
    ) -> None:
        if reduction not in REDUCTIONS:
            check_reduction(reduction)
        self.reduction = reduction
        z = self.array = read_logits(logits)
        self.axis = read_axis(z, axis)
        super().__init__(working_dtype(z), as_rows(z if out is None else apart(z, out), self.axis))
        self.samples = z.shape[: self.axis] + z.shape[self.axis + 1 :]
        t, self.dropped, self.soft = read_targets(targets, z, self.axis, read_ignore_index(ignore_index))
        self.t = t if out is None else apart(t, out)
        self.tau = 1 if temperature == 1 else read_number(temperature, "temperature", "a positive number", 0, math.inf)
        self.alpha = 0.0
        if label_smoothing != 0:
            self.alpha = read_number(label_smoothing, "label_smoothing", "a number from 0 to 1", 0, 1)
        self.weight = None if weight is None else read_weight(weight, z.shape[self.axis], self.working)
        self.out = out
        self._weigh()

    def _weigh(self) -> None:
        """The factor of each sample, and what a mean is divided by: the weights of the targets, as in PyTorch."""
        count: Any = len(self.logits[0])
        if not self.soft:
            hot = None if self.weight is None else self.weight[self.t]
            if self.dropped is not None:
                count = count - np.count_nonzero(self.dropped)
            if hot is not None:
                count = np.sum(hot if self.dropped is None else hot[~self.dropped], dtype=np.float64)
                if not self.alpha:
                    self.scale = hot
                    self.dropped = hot == 0 if self.dropped is None else self.dropped | (hot == 0)
        self.count = count
        if self.reduction == "mean" and count != 1:
            self.divisor = self.working.type(count)

    @property
    def mixed(self) -> bool:
        """Are the targets of the core soft: given so, or smoothed?"""
        return self.soft or bool(self.alpha)

    def block_of_targets(self, at: slice) -> Array:
        """w_k ((1 − α) t_k + α/K) for a block of samples, as (K, B); t is one-hot for class indices."""
        classes, t = self.logits[0].shape[1], self.t[at]
        share = self.alpha / classes
        if self.soft:
            block = (1 - self.alpha) * t.astype(self.working, copy=False).T + self.working.type(share)
        else:
            block = np.full((classes, len(t)), share, self.working)
            block[t, np.arange(len(t))] += self.working.type(1 - self.alpha)
        return block if self.weight is None else block * self.weight[:, np.newaxis]

    def soft_targets(self) -> Any:
        return self.t if not self.alpha and self.weight is None else self.block_of_targets

    def total_weight(self, at: slice) -> Array:
        """Σ_k of the core's targets for a block of samples, as (1, B) or (1, 1); `scale` comes on top."""
        if not self.mixed:
            return np.ones((1, 1), self.working)
        if self.soft and not self.alpha and self.weight is None:
            return np.add.reduce(self.t[at], axis=1, dtype=self.working)[np.newaxis]
        return np.add.reduce(self.block_of_targets(at), axis=0, keepdims=True)

    def reduced(self, losses: Array) -> Any:
        """One loss a sample, or their mean or sum; the mean of no samples is NaN."""
        dtype = result_dtype(self.array)
        if self.reduction == "none":
            return losses.reshape(self.samples).astype(dtype, copy=False)[()]
        wide: Any = np.float64 if losses.dtype.itemsize < 8 else losses.dtype.type
        total = wide(losses[0]) if len(losses) == 1 else np.add.reduce(losses, dtype=wide)
        if self.reduction == "mean":
            total = total / self.count if self.count else total * np.nan
        return total.astype(dtype)
