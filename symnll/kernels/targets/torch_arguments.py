"""Reading the arguments of the public functions on PyTorch tensors: source text for `symnll.kernels.targets.torch`,
which copies the code below the imports into `torch_kernels.py`. Not to be imported by users.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import torch

from symnll.kernels.targets.torch_functions import Labels, Loss, apply
from symnll.kernels.targets.torch_runtime import Array, working_dtype

REDUCTIONS = ("none", "mean", "sum")


def _dtype(x: Array) -> str:
    return str(x.dtype).removeprefix("torch.")


def _logits(x: Any, name: str = "logits") -> Array:
    """A tensor of real floating-point numbers; integers become float64."""
    if not isinstance(x, torch.Tensor):
        raise TypeError(f"{name}: is a {type(x).__name__}; use a torch.Tensor.")
    if x.is_floating_point() and x.dtype.itemsize >= 2:
        return x
    if x.is_complex() or x.is_floating_point() or x.dtype == torch.bool:
        raise TypeError(f"{name}: dtype is {_dtype(x)}; use floating-point numbers (or integers, read as float64).")
    return x.to(torch.float64)


def _like(x: Any, z: Array, name: str) -> Array:
    """Real numbers of the shape of the logits."""
    a = _logits(x, name)
    if a.shape != z.shape:
        raise ValueError(f"{name}: shape is {tuple(a.shape)}; use the shape of the logits, {tuple(z.shape)}.")
    _same_device(a, z, name)
    return a


def _same_device(x: Array, z: Array, name: str) -> None:
    if x.device != z.device:
        raise ValueError(f"{name}: is on {x.device}; use the device of the logits, {z.device}.")


def _constant(x: Array, name: str) -> None:
    if x.requires_grad:
        raise ValueError(f"{name}: requires a gradient, which is computed for logits only; use {name}.detach().")


def _axis(z: Array, axis: Any) -> int:
    """The class axis as a number from 0."""
    try:
        position = operator.index(axis)
    except TypeError:
        raise TypeError(f"axis: is {axis!r}; use one integer, the axis of the classes.") from None
    if z.ndim == 0:
        raise ValueError("logits: a single number has no class axis; use a tensor of shape (..., K).")
    if not -z.ndim <= position < z.ndim:
        raise ValueError(f"axis: is {position}, but logits have shape {tuple(z.shape)}; use {-z.ndim} to {z.ndim - 1}.")
    if z.shape[position] == 0:
        raise ValueError(f"logits: shape {tuple(z.shape)} has no class along axis {position}; at least one is needed.")
    return position % z.ndim


def _number(value: Any, name: str, accepted: str, high: float) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
        if 0 <= number <= high and math.isfinite(number) and (number > 0 or name != "temperature"):
            return number
    raise ValueError(f"{name}: is {value!r}; use {accepted}.")


def _check_reduction(reduction: Any) -> None:
    if not (isinstance(reduction, str) and reduction in REDUCTIONS):
        raise ValueError(f"reduction: is {reduction!r}; use 'none', 'mean' or 'sum'.")


class _Task:
    """The arguments of a loss, read: logits and targets with the classes last, and what each sample counts for."""

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
        z = _logits(logits)
        self.axis = _axis(z, axis)
        self.reduction, self.dtype = reduction, z.dtype
        self.z = z.movedim(self.axis, -1)
        self.working = working_dtype(z)
        self.tau = _number(temperature, "temperature", "a positive number", math.inf)
        self.alpha = _number(label_smoothing, "label_smoothing", "a number from 0 to 1", 1)
        self.w = None if weight is None else self._weight(weight)
        try:
            ignored = None if ignore_index is None else operator.index(ignore_index)
        except TypeError:
            raise TypeError(f"ignore_index: is {ignore_index!r}; use an integer, or None to ignore no index.") from None
        self.dropped: Any = None
        self.factor: Any = None
        self.count: Any = math.prod(self.z.shape[:-1])
        self.t = self._targets(targets, z, ignored)

    def _weight(self, weight: Any) -> Array:
        w, classes = _logits(weight, "weight"), self.z.shape[-1]
        if w.shape != (classes,):
            raise ValueError(f"weight: shape is {tuple(w.shape)}; use ({classes},), one number a class.")
        _same_device(w, self.z, "weight")
        _constant(w, "weight")
        return w.to(self.working)

    def _targets(self, t: Any, z: Array, ignored: int | None) -> Array:
        if not isinstance(t, torch.Tensor):
            raise TypeError(f"targets: is a {type(t).__name__}; use a torch.Tensor.")
        shape, samples = tuple(t.shape), tuple(self.z.shape[:-1])
        if t.is_floating_point():
            if shape == tuple(z.shape):
                _same_device(t, z, "targets")
                _constant(t, "targets")
                return t.movedim(self.axis, -1)
            if shape == samples:
                raise TypeError(
                    f"targets: dtype is {_dtype(t)} at shape {shape}; class indices have to be integers, "
                    f"and soft targets have the shape of the logits, {tuple(z.shape)}."
                )
            raise ValueError(
                f"targets: soft targets have shape {shape}; use the shape of the logits, {tuple(z.shape)}."
            )
        if t.is_complex() or t.dtype == torch.bool:
            raise TypeError(f"targets: dtype is {_dtype(t)}; use integer class indices or floating-point soft targets.")
        if shape != samples:
            hint = " Soft targets have to be floating-point numbers." if shape == tuple(z.shape) else ""
            raise ValueError(
                f"targets: class indices have shape {shape}; use {samples}, "
                f"the shape of the logits {tuple(z.shape)} without axis {self.axis}.{hint}"
            )
        _same_device(t, z, "targets")
        return self._labels(t.to(torch.int64), ignored)

    def _labels(self, t: Array, ignored: int | None) -> Array:
        wrong = Labels.apply(t, self.z.shape[-1], ignored)
        out = wrong if ignored is None else wrong | (t == ignored)
        t = torch.where(out, 0, t)
        # Where an error could not be raised, what a wrong label counts for is NaN.
        hot = torch.where(wrong, math.nan, torch.ones((), dtype=self.working, device=t.device))
        if self.w is not None:
            hot = hot * self.w[t]
        if ignored is not None:
            self.dropped = out & ~wrong
            hot = torch.where(self.dropped, 0.0, hot)
        self.count = hot.sum()
        if self.alpha and self.w is not None:
            hot = torch.where(wrong, math.nan, torch.ones_like(hot))
        elif self.w is not None:
            self.dropped = hot == 0
        self.factor = hot
        return t.unsqueeze(-1)

    def losses(self) -> Array:
        losses = apply(Loss, self.z, self.t, self.w, self.alpha, self.tau)
        if self.factor is not None:
            losses = losses * self.factor
        return losses if self.dropped is None else torch.where(self.dropped, 0.0, losses)

    def counts(self) -> Array:
        """What the loss of each sample is multiplied by in the result."""
        counts = torch.ones(self.z.shape[:-1], dtype=self.working, device=self.z.device)
        if self.factor is not None:
            counts = counts * self.factor
        if self.reduction == "mean":
            counts = counts / self.count
        return counts if self.dropped is None else torch.where(self.dropped, 0.0, counts)

    def reduced(self, losses: Array) -> Array:
        return _reduced(losses, self.reduction, self.count).to(self.dtype)


def _reduced(losses: Array, reduction: str, count: Any) -> Array:
    """One loss a sample, or their mean or sum; the mean of no samples is NaN."""
    if reduction == "none":
        return losses
    return losses.sum() / count if reduction == "mean" else losses.sum()
