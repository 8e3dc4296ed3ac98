"""The loss of logits whose classes are cut over the processes of a `torch.distributed` group ("vocabulary parallel").

Each process holds the logits of some of the classes, the first ones the process of rank 0, in shards of any sizes, and
the targets of all samples. K is the number of all classes everywhere, in label smoothing too. Three all-reduces: a few
integers a process (sizes, and whether all arguments fit together), the largest logit with the target's, and all sums
packed into one tensor. The gradient by a shard needs none: every process calls `backward` on its own copy of the loss.

The cores are printed by the generator (`torch_shard_cores`): the pieces of the proved forms before and behind the sums
over the classes. With one shift for all shards the streaming pairs of the shards merge by adding their sums (theorems
streaming.represents, streaming.associative_sum, streaming.concatenation_sum). Without `torch.distributed` initialised
there is one shard.
"""

from __future__ import annotations

import math
import zlib
from functools import partial
from typing import Any, TypeAlias

import torch

from symnll.kernels.torch_kernels import (
    _reduced,
    _Task,
    evaluated,
    lifted,
    working_dtype,
)
from symnll.kernels.torch_shard_cores import (
    cool_soft_nll_slope,
    cool_soft_nll_sums,
    cool_soft_nll_value,
    target_nll_slope,
    target_nll_sums,
    target_nll_value,
)
from symnll.kernels.torch_shards import Group, replace_at

__all__ = ["nll", "nll_value_and_grad"]

Array: TypeAlias = torch.Tensor


def nll(
    logits: Array,
    targets: Array,
    *,
    group: Any = None,
    weight: Array | None = None,
    ignore_index: int | None = -100,
    label_smoothing: float = 0.0,
    temperature: float = 1.0,
    reduction: str = "mean",
    axis: int = -1,
) -> Array:
    """The negative log-likelihood −log y_T, y = softmax(logits / τ) over the classes of all processes.

    logits: this process's shard, a floating-point tensor of shape (..., K_r), K_r ≥ 1 classes along `axis`; K is the
    sum of all K_r, and the classes are numbered through the processes in the order of their ranks in `group`.
    targets: the same on every process, class indices from 0 to K − 1 of the shape of the logits without `axis`; or
    this shard of soft targets, floating-point numbers of the shape of the logits.
    group: a process group; None is the default one.
    weight: this shard of the weights, one number a class (K_r,). The other options, odd input and dtypes are those of
    `torch_kernels.nll`.
    Returns the same loss on every process, in the dtype of the logits; it has first derivatives by the logits.
    Raises, on every process alike and before anything can wait for ever, TypeError and ValueError as
    `torch_kernels.nll` does, after the rank of the process that is concerned; ValueError if the shapes, dtypes, targets
    or options of the processes don't fit together. Indices out of range are an error on every device.
    Theorems: options.target_nll, options.target_nll_far; soft targets and smoothing options.soft_nll; the gradient
    options.target_nll_gradient, options.soft_nll_gradient; the options options.loss.
    """
    options = (weight, ignore_index, label_smoothing, temperature)
    task = _agreed(group, logits, targets, axis, reduction, *options)
    losses, joined = ShardLoss.apply(task.z, task.t, task.w, task.cut)
    return task.result(losses, joined)


def nll_value_and_grad(
    logits: Array,
    targets: Array,
    *,
    group: Any = None,
    weight: Array | None = None,
    ignore_index: int | None = -100,
    label_smoothing: float = 0.0,
    temperature: float = 1.0,
    reduction: str = "mean",
    axis: int = -1,
) -> tuple[Array, Array]:
    """`nll`, and its gradient by this process's logits, of their shape and dtype; arguments and errors as for `nll`."""
    options = (weight, ignore_index, label_smoothing, temperature)
    task = _agreed(group, logits, targets, axis, reduction, *options)
    with torch.no_grad():
        losses, joined = ShardLoss.forward(task.z, task.t, task.w, task.cut)
        slopes = task.cut.slopes(task.z, task.t, task.w, joined, task.scales(joined))
        return task.result(losses, joined), slopes.movedim(-1, task.axis)


class Cut:
    """What all shards have in common, and where this one begins."""

    def __init__(self, group: Group, classes: int, start: int, soft: bool, alpha: float, tau: float) -> None:
        self.group, self.classes, self.start = group, classes, start
        self.mixed = soft or alpha > 0  # the target is a number for each class
        self.soft, self.alpha, self.tau = soft, alpha, tau

    def targets(self, z: Array, t: Array, w: Array | None) -> Array:
        """This shard of w_k ((1 − α) t_k + α/K); t is one-hot for class indices (…, 1), −1 for another shard's."""
        working, share = working_dtype(z), self.alpha / self.classes
        if self.soft:
            mixed = (1 - self.alpha) * t.to(working) + share if self.alpha else t.to(working)
        else:
            mixed = replace_at(torch.full_like(z, share, dtype=working), t, 1 - self.alpha + share)
        return mixed if w is None else mixed * w

    def sums_of(self, z: Array, t: Array, top: Array, look: bool, w: Array | None) -> Array:
        """This shard's part of every sum; last, how many +∞ there are."""
        x, shift = _limits(z, top)
        wide = x.dtype != z.dtype
        if self.mixed:
            best = x.max(dim=-1, keepdim=True)
            pivot = torch.where(best.values == shift, best.indices, -1)
            parts = cool_soft_nll_sums(x, self.targets(z, t, w), self.tau, pivot, shift, shift, wide)
            parts = *(part.sum(dim=-1, keepdim=True) for part in parts), (pivot >= 0).to(x.dtype)
        else:
            parts = target_nll_sums(x, t, self.tau, lifted(shift, self.tau, wide), wide)
        ties = torch.zeros_like(shift) if shift is top else (z == math.inf).sum(dim=-1, keepdim=True).to(x.dtype)
        return torch.cat([*parts, ties], dim=-1)

    def losses(self, joined: Array, wide: bool) -> Array:
        """The losses (…, 1), of what was joined."""
        top, there, *sums, ties, _ = joined.split(1, dim=-1)
        shift = _limits(top, top)[1]
        if self.mixed:
            others, gap, weight, _, owners = sums
            # Every process that has the largest logit has left one out of `others`, and only one is the pivot.
            result = cool_soft_nll_value(self.tau, others + (owners - 1), shift, gap, weight, shift, wide)
        else:
            (off,) = sums
            there, shift = _limits(there, top)[0], lifted(shift, self.tau, wide)
            result = target_nll_value(self.tau, off, shift, there, wide)
        undecided = (ties > 1) & torch.isfinite(result) & (result != 0)
        return torch.where(self.lost(top) | undecided, math.nan, result)

    def lost(self, top: Array) -> Array:
        return torch.isnan(top) | ((top == -math.inf) & (self.classes > 1))

    def slopes(self, z: Array, t: Array, w: Array | None, joined: Array, g: Array) -> Array:
        """g times the gradient by this shard of the losses."""
        return evaluated(partial(self.slopes_of, w=w), z, t, joined, g.unsqueeze(-1))

    def slopes_of(self, z: Array, t: Array, joined: Array, g: Array, look: bool, w: Array | None) -> Array:
        top, there, *sums, ties, _ = joined.split(1, dim=-1)
        x, shift = _limits(z, top)
        wide = x.dtype != z.dtype
        if self.mixed:
            _, _, weight, norm, _ = sums
            slope = cool_soft_nll_slope(x, self.targets(z, t, w), self.tau, norm, shift, weight, wide)
        else:
            (off,) = sums
            there, shift = _limits(there, top)[0], lifted(shift, self.tau, wide)
            slope = target_nll_slope(x, t, self.tau, off, shift, there, wide)
        slope = torch.where(self.lost(top) | ((z == math.inf) & (ties > 1)), math.nan, slope)
        return torch.where(g == 0, 0.0, slope * g).to(z.dtype)


def _limits(z: Array, top: Array) -> tuple[Array, Array]:
    """Logits and shift with the same result, or its limit, where the largest logit of all is infinite; 0 if it is lost.

    With one +∞ the sample tends to that class alone: the same as 0 there and −∞ elsewhere.
    """
    z, known = z.to(top.dtype), torch.isfinite(top)
    if bool(known.all()):
        return z, top
    z = torch.where(top == math.inf, torch.where(z == math.inf, 0.0, -math.inf), z)
    return torch.where(known | (top == math.inf), z, 0.0), torch.where(known, top, 0.0)


class ShardLoss(torch.autograd.Function):
    """Losses (…) of a shard of logits (…, K_r), and what was joined from all shards (…, columns)."""

    @staticmethod
    def forward(z: Array, t: Array, w: Array | None, cut: Cut) -> tuple[Array, Array]:
        working = working_dtype(z)
        top = z.amax(dim=-1, keepdim=True).to(working)
        lost = torch.isnan(top)
        at = torch.full_like(top, -1, dtype=torch.int64) if cut.soft else t
        own, place = at >= 0, at.clamp(min=0)
        there = torch.where(own, z.gather(-1, place).to(working), -math.inf).nan_to_num(math.inf, math.inf, -math.inf)
        tops = torch.cat([torch.where(lost, math.inf, top), there, lost.to(working)], dim=-1)
        top, there, lost = cut.group.largest(tops).split(1, dim=-1)
        top = torch.where(lost > 0, math.nan, top)
        weight = torch.zeros_like(top) if w is None or cut.soft else torch.where(own, w[place], 0.0)
        sums = torch.cat([evaluated(partial(cut.sums_of, w=w), z, t, top), weight], dim=-1)
        wide = working != z.dtype
        # In float64 the rounding of a sum over many processes would show.
        sums = cut.group.summed(sums) if cut.mixed or wide else cut.group.summed_once(sums)
        joined = torch.cat([top, there, sums], dim=-1)
        return cut.losses(joined, wide).squeeze(-1), joined

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        *tensors, ctx.cut = inputs
        ctx.save_for_backward(*tensors, output[1])
        ctx.mark_non_differentiable(output[1])

    @staticmethod
    def backward(ctx: Any, g: Array, _: Any) -> Any:
        return ShardSlope.apply(*ctx.saved_tensors, g, ctx.cut), None, None, None


class ShardSlope(torch.autograd.Function):
    """g times the gradient of `ShardLoss`; a function of its own, so that second derivatives are refused, and not 0."""

    @staticmethod
    def forward(z: Array, t: Array, w: Array | None, joined: Array, g: Array, cut: Cut) -> Array:
        return cut.slopes(z, t, w, joined, g)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, v: Array) -> Any:
        raise NotImplementedError("torch_distributed.nll: there are no second derivatives; use torch_kernels.nll.")


class _Shard(_Task):
    """The arguments of one process, read as far as it can without the others."""

    ignored: int | None = None
    cut: Any = None

    def _labels(self, t: Array, ignored: int | None) -> Array:
        self.ignored = ignored
        return t

    @property
    def soft(self) -> bool:
        return bool(self.t.is_floating_point())

    def digests(self) -> list[int]:
        """Numbers that have to be the same on every process, in the order of `TOGETHER`."""
        hard = not self.soft
        places = torch.arange(1, self.t.numel() + 1, device=self.t.device) * 0x1E3779B97F4A7C15 if hard else None
        return [
            _digest(self.z.shape[:-1]),
            _digest(self.dtype),
            _digest((self.soft, self.reduction, self.alpha, self.tau, self.ignored, self.w is None)),
            0 if places is None else int((self.t.reshape(-1) * places).sum()),
        ]

    def join(self, group: Group, sizes: list[int]) -> None:
        """The sizes of all shards are known: the labels are looked at, and become this shard's, −1 for another's."""
        classes, start = sum(sizes), sum(sizes[: group.rank])
        self.cut = Cut(group, classes, start, self.soft, self.alpha, self.tau)
        if self.soft:
            return
        wrong = (self.t < 0) | (self.t >= classes)
        if self.ignored is not None:
            self.dropped = self.t == self.ignored
            wrong = wrong & ~self.dropped
        if bool(wrong.any()):
            first = tuple(wrong.nonzero()[0].tolist())
            place = f"targets[{', '.join(map(str, first))}]" if first else "targets"
            accepted = "" if self.ignored is None else f", or ignore_index, {self.ignored}"
            number = int(self.t[first])
            raise ValueError(f"{place}: is {number}; use class indices from 0 to {classes - 1}{accepted}.")
        own = self.t - start
        out = (own < 0) | (own >= self.z.shape[-1])
        if self.dropped is not None:
            out = out | self.dropped
        self.t = torch.where(out, -1, own).unsqueeze(-1)

    def factors(self, joined: Array) -> tuple[Array, Array | None, Any]:
        """What the losses are multiplied by, where they are 0 whatever they are, and what a mean is divided by."""
        ones = torch.ones(joined.shape[:-1], dtype=joined.dtype, device=joined.device)
        if self.soft:
            return ones, None, ones.numel()
        kept = ones if self.dropped is None else torch.where(self.dropped, 0.0, ones)
        if self.w is None:
            return kept, self.dropped, kept.sum()
        weighted = kept * joined[..., -1]
        return (kept, self.dropped, weighted.sum()) if self.alpha else (weighted, weighted == 0, weighted.sum())

    def scales(self, joined: Array) -> Array:
        """What the loss of each sample is multiplied by in the result."""
        factor, dropped, count = self.factors(joined)
        factor = factor / count if self.reduction == "mean" else factor
        return factor if dropped is None else torch.where(dropped, 0.0, factor)

    def result(self, losses: Array, joined: Array) -> Array:
        factor, dropped, count = self.factors(joined)
        losses = losses * factor
        losses = losses if dropped is None else torch.where(dropped, 0.0, losses)
        return _reduced(losses, self.reduction, count).to(self.dtype)


TOGETHER = (
    "logits: the shapes without the class axis differ between the processes",
    "logits: the dtypes differ between the processes",
    "the reduction or an option, or whether targets are soft, differs between the processes",
    "targets: the class indices differ between the processes",
)


def _agreed(group: Any, logits: Any, *arguments: Any) -> _Shard:
    """The arguments of this process, if those of all are right and fit together; else the same error on each."""
    processes = Group(group)
    shard = error = None
    try:
        shard = _Shard(logits, *arguments)
        row = [0, shard.z.shape[-1], *shard.digests()]
    except Exception as caught:  # an error that is raised at once would leave the others waiting
        error, row = caught, [1 + (isinstance(caught, TypeError)), 0, *[0] * len(TOGETHER)]
    device = processes.device(logits)
    rows = processes.rows(row, device)
    for rank, (failed, *_) in enumerate(rows):
        if failed:
            processes.fail(rank, failed - 1, error, device)
    for number, what in enumerate(TOGETHER, 2):
        if len({other[number] for other in rows}) > 1:
            raise ValueError(f"{what}: all of them have to pass the same.")
    assert shard is not None
    shard.join(processes, [size for _, size, *_ in rows])
    return shard


def _digest(x: Any) -> int:
    return zlib.crc32(repr(x).encode())
