"""What the kernels do around the mathematics: checks of arguments, axes, dtypes, reductions, entries along an axis.

Plain NumPy. `symnll.kernels.generate` copies the code below the imports into the generated module.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]

REDUCTIONS = ("none", "mean", "sum")


def silent() -> np.errstate:
    """Infinite and NaN logits have documented results; inf − inf on the way there is no cause for a warning."""
    return np.errstate(invalid="ignore")


def sum_except(x: Array, at: Array) -> Array:
    """Sum over the last axis without the entry `at`. The array must be ours: it is changed and put right again."""
    entries = x.shape[-1]
    if x.flags.c_contiguous:
        flat, position = x.reshape(-1), at.reshape(-1) + np.arange(0, x.size, entries)
        kept = flat[position]
        flat[position] = 0
        total = np.sum(x, axis=-1, keepdims=True)
        flat[position] = kept
    else:
        kept = np.take_along_axis(x, at, axis=-1)
        np.put_along_axis(x, at, 0, axis=-1)
        total = np.sum(x, axis=-1, keepdims=True)
        np.put_along_axis(x, at, kept, axis=-1)
    return total


def weighted_sum(a: Array, b: Array) -> Array:
    """Sum of a·b over the last axis, with 0·∞ = 0: a class of weight 0 counts for nothing, masked or not."""
    product = a * b
    total = np.sum(product, axis=-1, keepdims=True)
    if np.isnan(total).any():
        total = np.sum(np.where((a == 0) | (b == 0), 0, product), axis=-1, keepdims=True)
    return total


def replace_at(x: Array, at: Array, value: Array) -> Array:
    """x with the value as its entry `at` of the last axis. The array must be ours: it is changed."""
    np.put_along_axis(x, at, value, axis=-1)
    return x


def largest(z: Array) -> Array:
    """The class of the largest logit, which is NaN if one is."""
    return np.argmax(z, axis=-1, keepdims=True)


def read_logits(logits: ArrayLike) -> Array:
    """An array of real floating-point numbers, integers as float64."""
    z = np.asarray(logits)
    if z.dtype.kind in "iu":
        z = z.astype(np.float64)
    if z.dtype.kind != "f":
        raise TypeError(f"logits: dtype is {z.dtype}; use floating-point numbers (or integers, read as float64).")
    return z


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


def classes_last(x: Array, axis: int, working: Any) -> Array:
    """The array with its class axis last, in the working precision."""
    return np.moveaxis(x, axis, -1).astype(working, copy=False)


def working_dtype(z: Array) -> Any:
    """The dtype of the logits, but float32 where they are float16."""
    return np.promote_types(z.dtype, np.float32)


def read_targets(targets: ArrayLike, z: Array, axis: int) -> tuple[Array, bool]:
    """Class indices of shape (..., 1), or soft targets with the class axis last; and whether they are soft."""
    t = np.asarray(targets)
    samples, classes = z.shape[:axis] + z.shape[axis + 1 :], z.shape[axis]
    if t.dtype.kind == "f":
        if t.shape == z.shape:
            return classes_last(t, axis, working_dtype(z)), True
        if t.shape == samples:
            raise TypeError(
                f"targets: dtype is {t.dtype} at shape {t.shape}; class indices have to be integers, "
                f"and soft targets have the shape of the logits, {z.shape}."
            )
        raise ValueError(f"targets: soft targets have shape {t.shape}; use the shape of the logits, {z.shape}.")
    if t.dtype.kind not in "iu":
        raise TypeError(f"targets: dtype is {t.dtype}; use integer class indices or floating-point soft targets.")
    if t.shape != samples:
        hint = " Soft targets have to be floating-point numbers." if t.shape == z.shape else ""
        raise ValueError(
            f"targets: class indices have shape {t.shape}; use {samples}, "
            f"the shape of the logits {z.shape} without axis {axis}.{hint}"
        )
    wrong = (t < 0) | (t >= classes)
    if wrong.any():
        first = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = f"targets[{', '.join(map(str, first))}]" if first else "targets"
        hint = " There is no index to be ignored: leave such samples out." if t[first] == -100 else ""
        raise ValueError(f"{place}: is {t[first]}; use class indices from 0 to {classes - 1}.{hint}")
    return t.astype(np.intp, copy=False)[..., np.newaxis], False


def read_vector(v: ArrayLike, z: Array, axis: int) -> Array:
    """The vector of a Hessian-vector product, with the class axis last."""
    x = np.asarray(v)
    if x.dtype.kind not in "fiu":
        raise TypeError(f"v: dtype is {x.dtype}; use floating-point numbers (or integers).")
    if x.shape != z.shape:
        raise ValueError(f"v: shape is {x.shape}; use the shape of the logits, {z.shape}.")
    return classes_last(x, axis, working_dtype(z))


def check_reduction(reduction: Any) -> None:
    if not (isinstance(reduction, str) and reduction in REDUCTIONS):
        raise ValueError(f"reduction: is {reduction!r}; use 'none', 'mean' or 'sum'.")


def reduced(losses: Array, reduction: str, dtype: Any) -> Any:
    """One loss a sample, or their mean or sum; the mean of no samples is NaN."""
    losses = losses[..., 0]
    if reduction == "none":
        return losses.astype(dtype, copy=False)[()]
    total = np.sum(losses)
    if reduction == "mean":
        total = total / losses.size if losses.size else total * np.nan
    return total.astype(dtype)


def scaled(derivative: Array, reduction: str, axis: int, dtype: Any) -> Array:
    """The derivative of the reduced loss from that of each sample's, in the layout of the logits."""
    samples = derivative.size // derivative.shape[-1]
    if reduction == "mean" and samples > 1:
        derivative /= samples
    return restored(derivative, axis, dtype)


def restored(x: Array, axis: int, dtype: Any) -> Array:
    """The array with its class axis where the logits have it, in their dtype."""
    return np.moveaxis(x, -1, axis).astype(dtype, copy=False)
