"""Reading the arguments of the public functions on JAX arrays: source text for `symnll.kernels.targets.jax`,
which copies the code below the imports into `jax_kernels.py`. Not to be imported by users.
"""

from __future__ import annotations

import math
import operator
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from symnll.kernels.targets.jax_runtime import Array

ArrayLike: TypeAlias = Any

REDUCTIONS = ("none", "mean", "sum")


def _is_float(dtype: Any) -> bool:
    return bool(jnp.issubdtype(dtype, jnp.floating)) and dtype.itemsize >= 2


def _array(x: Any, name: str, accepted: str, kinds: str) -> Any:
    """A JAX array, or a NumPy array in the byte order of the machine, of floats, or integers ("i"), or bools ("b")."""
    a = x if isinstance(x, jax.Array) else np.asarray(x)
    integer = bool(jnp.issubdtype(a.dtype, jnp.integer))
    if not (_is_float(a.dtype) or (integer and "i" in kinds) or (a.dtype == np.bool_ and "b" in kinds)):
        raise TypeError(f"{name}: dtype is {a.dtype}; use {accepted}.")
    if isinstance(a, np.ndarray) and not a.dtype.isnative:
        a = a.astype(a.dtype.newbyteorder("="))
    return a


def _real(x: Any, name: str = "logits") -> Array:
    """An array of real floating-point numbers; integers become JAX's default dtype."""
    a = jnp.asarray(_array(x, name, "floating-point numbers (or integers)", "i"))
    return a if _is_float(a.dtype) else a.astype(jnp.zeros(()).dtype)


def _like(x: Any, z: Array, name: str) -> Array:
    """Real numbers of the shape of the logits."""
    a = _real(x, name)
    if a.shape != z.shape:
        raise ValueError(f"{name}: shape is {a.shape}; use the shape of the logits, {z.shape}.")
    return a


def _axis(z: Array, axis: Any) -> int:
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


def _number(value: Any, name: str, accepted: str, high: float) -> float:
    if isinstance(value, int | float | np.floating | np.integer) and not isinstance(value, bool):
        number = float(value)
        if 0 <= number <= high and math.isfinite(number) and (number > 0 or name != "temperature"):
            return number
    raise ValueError(f"{name}: is {value!r}; use {accepted}.")


def _check_reduction(reduction: Any) -> None:
    if not (isinstance(reduction, str) and reduction in REDUCTIONS):
        raise ValueError(f"reduction: is {reduction!r}; use 'none', 'mean' or 'sum'.")


class _Task:
    """The arguments of a loss, read: what the compiled functions take, and their constants."""

    def __init__(
        self,
        logits: Any,
        targets: Any,
        axis: Any,
        reduction: Any,
        weight: Any,
        ignore_index: Any,
        label_smoothing: Any,
        temperature: Any,
    ) -> None:
        _check_reduction(reduction)
        z = self.logits = _real(logits)
        position = _axis(z, axis)
        tau = _number(temperature, "temperature", "a positive number", math.inf)
        alpha = _number(label_smoothing, "label_smoothing", "a number from 0 to 1", 1)
        try:
            ignored = None if ignore_index is None else operator.index(ignore_index)
        except TypeError:
            raise TypeError(f"ignore_index: is {ignore_index!r}; use an integer, or None to ignore no index.") from None
        w = None if weight is None else _real(weight, "weight")
        if w is not None and w.shape != (z.shape[position],):
            raise ValueError(f"weight: shape is {w.shape}; use ({z.shape[position]},), one number a class.")
        t, out, wrong = _targets(targets, z, position, ignored)
        self.arrays = z, t, out, wrong, w
        self.constants: Any = {"axis": position, "reduction": reduction, "alpha": alpha, "tau": tau}


def _targets(targets: Any, z: Array, axis: int, ignored: int | None) -> tuple[Any, Any, Any]:
    """Labels, which of them are ignored and which are wrong; or soft targets, None, None."""
    t = _array(
        targets, "targets", "integer class indices or floating-point soft targets", "i" if np.size(targets) else "ib"
    )
    samples, classes = z.shape[:axis] + z.shape[axis + 1 :], z.shape[axis]
    if _is_float(t.dtype) and (t.size or t.shape != samples or t.shape == z.shape):
        if t.shape == z.shape:
            return jnp.asarray(t), None, None
        if t.shape == samples:
            raise TypeError(
                f"targets: dtype is {t.dtype} at shape {t.shape}; class indices have to be integers, "
                f"and soft targets have the shape of the logits, {z.shape}."
            )
        raise ValueError(f"targets: soft targets have shape {t.shape}; use the shape of the logits, {z.shape}.")
    if t.shape != samples:
        hint = " Soft targets have to be floating-point numbers." if t.shape == z.shape else ""
        raise ValueError(
            f"targets: class indices have shape {t.shape}; use {samples}, "
            f"the shape of the logits {z.shape} without axis {axis}.{hint}"
        )
    known = not isinstance(t, jax.core.Tracer)
    numbers: Any = np if known else jnp  # as they were given: JAX would shorten 64-bit labels
    t = numbers.asarray(t)
    if not _fits(ignored, t.dtype):
        ignored = None
    wrong = t < 0 if t.dtype.kind == "i" else numbers.zeros(t.shape, bool)
    if _fits(classes, t.dtype):
        wrong = wrong | (t >= classes)
    out = numbers.zeros(t.shape, bool) if ignored is None else t == ignored
    wrong = wrong & ~out
    if known and wrong.any():
        first = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = f"targets[{', '.join(map(str, first))}]" if first else "targets"
        accepted = "" if ignored is None else f", or ignore_index, {ignored}"
        raise ValueError(f"{place}: is {t[first]}; use class indices from 0 to {classes - 1}{accepted}.")
    return numbers.where(out | wrong, 0, t).astype(numbers.int32), out, wrong


def _fits(number: int | None, dtype: Any) -> bool:
    return number is not None and dtype.kind in "iu" and np.iinfo(dtype).min <= number <= np.iinfo(dtype).max
