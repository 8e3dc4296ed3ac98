"""The cores as functions that PyTorch differentiates by the proved forms: source text for
`symnll.kernels.targets.torch`, which copies the code below the imports into `torch_kernels.py`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from symnll.kernels.targets.torch_runtime import (
    Array,
    compiled,
    evaluated,
    limited,
    replace_at,
    times,
    traced,
    working_dtype,
)
from symnll.kernels.torch_kernels import (
    binary_nll_core,
    binary_nll_grad_core,
    cool_soft_nll_core,
    cool_soft_nll_grad_core,
    cool_soft_nll_hvp_core,
    entropy_core,
    entropy_grad_core,
    free_log_softmax_core,
    free_logsumexp_core,
    free_softmax_core,
    kl_core,
    kl_grad_core,
    target_nll_core,
    target_nll_grad_core,
)


def soft_targets(z: Array, t: Array, w: Array | None, alpha: float) -> Array:
    """w_k ((1 − α) t_k + α/K); t is one-hot for class indices (…, 1)."""
    working, share = working_dtype(z), alpha / z.shape[-1]
    if t.is_floating_point():
        mixed = t.to(working)
        mixed = (1 - alpha) * mixed + share if alpha else mixed
    else:
        mixed = replace_at(torch.full_like(z, share, dtype=working), t, 1 - alpha + share)
    return mixed if w is None else mixed * w


def loss_of(z: Array, t: Array, look: bool, w: Array | None, alpha: float, tau: float) -> Array:
    """The losses (…, 1). For class indices without smoothing the weight of the target is up to the caller."""
    if not t.is_floating_point() and not alpha:
        return limited(target_nll_core, [z], t, tau, look=look)
    return limited(cool_soft_nll_core, [z], soft_targets(z, t, w, alpha), tau, pivot=True, look=look)


def slope_of(z: Array, t: Array, g: Array, look: bool, w: Array | None, alpha: float, tau: float) -> Array:
    """g times the gradient of the losses; where g is 0, 0."""
    if not t.is_floating_point() and not alpha:
        slope = limited(target_nll_grad_core, [z], t, tau, look=look)
    else:
        slope = limited(cool_soft_nll_grad_core, [z], soft_targets(z, t, w, alpha), tau, look=look)
    return torch.where(g == 0, 0.0, slope * g).to(z.dtype)


def product_of(z: Array, t: Array, v: Array, g: Array, w: Array | None, alpha: float, tau: float) -> Array:
    """g times the Hessian of the losses times v; where g is 0, 0."""
    hard = not t.is_floating_point() and not alpha
    weight = torch.ones_like(g) if hard else soft_targets(z, t, w, alpha).sum(dim=-1, keepdim=True)
    product = limited(cool_soft_nll_hvp_core, [z], weight, v.to(weight.dtype), tau)
    return torch.where(g == 0, 0.0, product * g).to(z.dtype)


def _moved(info: Any, in_dims: Any, tensors: Any) -> list[Any]:
    """The tensors with their mapped axis first; one that is not mapped over is repeated."""
    return [
        a if a is None else a.unsqueeze(0).expand(info.batch_size, *a.shape) if at is None else a.movedim(at, 0)
        for a, at in zip(tensors, in_dims, strict=False)
    ]


def apply(function: Any, *arguments: Any) -> Any:
    """`function.apply`; with forward-mode derivatives too, but for `torch.compile`, which refuses those."""
    return (function if traced() else FORWARD_MODE[function]).apply(*arguments)


class Loss(torch.autograd.Function):
    """Losses (…) of logits (…, K) and labels (…, 1) or soft targets (…, K)."""

    @staticmethod
    def forward(z: Array, t: Array, w: Array | None, alpha: float, tau: float) -> Array:
        if not t.is_floating_point() and not alpha and tau == 1:
            losses = compiled("nll", z, t)
            if losses is not None:
                return losses.to(working_dtype(z))
        return evaluated(partial(loss_of, w=w, alpha=alpha, tau=tau), z, t).squeeze(-1)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        *tensors, ctx.alpha, ctx.tau = inputs
        ctx.save_for_backward(*tensors)
        ctx.save_for_forward(*tensors)

    @staticmethod
    def backward(ctx: Any, g: Array) -> Any:
        z, t, w = ctx.saved_tensors
        return apply(LossGrad, z, t, w, g, ctx.alpha, ctx.tau), None, None, None, None

    @staticmethod
    def vmap(info: Any, in_dims: Any, z: Array, t: Array, w: Array | None, alpha: float, tau: float) -> Any:
        if in_dims[2] is not None:
            raise NotImplementedError("weight: cannot be mapped over by torch.vmap; map over logits and targets.")
        z, t = _moved(info, in_dims, (z, t))
        return apply(Loss, z, t, w, alpha, tau), 0


class LossGrad(torch.autograd.Function):
    """g times the gradient of `Loss`, g (…)."""

    @staticmethod
    def forward(z: Array, t: Array, w: Array | None, g: Array, alpha: float, tau: float) -> Array:
        if not t.is_floating_point() and not alpha and tau == 1:
            slopes = compiled("nll_grad", z, t, g)
            if slopes is not None:
                return slopes
        return evaluated(partial(slope_of, w=w, alpha=alpha, tau=tau), z, t, g.unsqueeze(-1))

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        *tensors, ctx.alpha, ctx.tau = inputs
        ctx.save_for_backward(*tensors)
        ctx.save_for_forward(*tensors)

    @staticmethod
    def backward(ctx: Any, v: Array) -> Any:
        z, t, w, g = ctx.saved_tensors
        by_z = by_g = None
        if ctx.needs_input_grad[0]:
            by_z = product_of(z, t, v, g.unsqueeze(-1), w, ctx.alpha, ctx.tau)
        if ctx.needs_input_grad[3]:
            by_g = _along(apply(LossGrad, z, t, w, torch.ones_like(g), ctx.alpha, ctx.tau), v, g)
        return by_z, None, None, by_g, None, None

    @staticmethod
    def vmap(info: Any, in_dims: Any, z: Array, t: Array, w: Any, g: Array, alpha: float, tau: float) -> Any:
        z, t, g = _moved(info, (*in_dims[:2], in_dims[3]), (z, t, g))
        return apply(LossGrad, z, t, w, g, alpha, tau), 0


def _along(slope: Array, v: Array, like: Array) -> Array:
    """Σ_k slope_k v_k."""
    return times(slope, v).sum(dim=-1).to(like.dtype)


def _loss_forward_mode(ctx: Any, dz: Array, *_: Any) -> Array:
    z, t, w = ctx.saved_tensors
    g = torch.ones_like(z[..., 0], dtype=working_dtype(z))
    return _along(apply(LossGrad, z, t, w, g, ctx.alpha, ctx.tau), dz, g)


def _loss_grad_forward_mode(ctx: Any, dz: Any, dt: Any, dw: Any, dg: Any, *_: Any) -> Any:
    z, t, w, g = ctx.saved_tensors
    moved = torch.zeros_like(z)
    if dz is not None:
        moved = moved + product_of(z, t, dz, g.unsqueeze(-1), w, ctx.alpha, ctx.tau)
    if dg is not None:
        moved = moved + apply(LossGrad, z, t, w, dg, ctx.alpha, ctx.tau)
    return moved


NUMBERS: Any = {
    "logsumexp": (free_logsumexp_core, free_softmax_core, True, False),
    "entropy": (entropy_core, entropy_grad_core, True, True),
    "kl": (kl_core, kl_grad_core, False, False),
    "binary_nll": (binary_nll_core, binary_nll_grad_core, False, False),
}  # the core, the core of the gradient; does the one, does the other take the class of the largest logit?


def number_of(z: Array, *others: Any, name: str) -> Array:
    """One number a sample (…, 1); the last argument says whether values may be looked at."""
    core, _, pivot, _ = NUMBERS[name]
    *rest, look = others
    if name == "binary_nll":
        return core(z.to(working_dtype(z)), rest[0].to(working_dtype(z)), False)
    value = limited(core, [z, *rest], pivot=pivot, look=look)
    if name == "logsumexp":
        top = z.amax(dim=-1, keepdim=True).to(value.dtype)
        value = torch.where(torch.isinf(top), top, value)
    return value


def slopes_of(z: Array, other: Array | None, name: str) -> tuple[Array, ...]:
    """The gradients by z and, for `kl`, by the other logits, in operations that PyTorch differentiates."""
    _, core, _, pivot = NUMBERS[name]
    if name == "binary_nll" and other is not None:
        return (core(z.to(working_dtype(z)), other.to(working_dtype(z)), False),)
    slopes = limited(core, [z] if other is None else [z, other], pivot=pivot)
    return slopes if isinstance(slopes, tuple) else (slopes,)


class Number(torch.autograd.Function):
    """The numbers (…) of that name of logits (…, K)."""

    @staticmethod
    def forward(z: Array, other: Array | None, name: str) -> Array:
        return evaluated(partial(number_of, name=name), z, *([] if other is None else [other])).squeeze(-1)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        *tensors, ctx.name = inputs
        ctx.save_for_backward(*tensors)
        ctx.save_for_forward(*tensors)

    @staticmethod
    def backward(ctx: Any, g: Array) -> Any:
        z, other = ctx.saved_tensors
        slopes = [times(slope, g.unsqueeze(-1)) for slope in slopes_of(z, other, ctx.name)]
        by_other = slopes[1].to(other.dtype) if len(slopes) > 1 else None
        return slopes[0].to(z.dtype), by_other, None

    @staticmethod
    def vmap(info: Any, in_dims: Any, z: Array, other: Array | None, name: str) -> Any:
        z, other = _moved(info, in_dims, (z, other))
        return apply(Number, z, other, name), 0


def _number_forward_mode(ctx: Any, *moved: Any) -> Array:
    z, other = ctx.saved_tensors
    moves = [a for a in moved[:2] if a is not None]
    slopes = slopes_of(z, other, ctx.name)
    if moved[0] is None:
        slopes = slopes[1:]
    return sum(_along(slope, a, slope) for slope, a in zip(slopes, moves, strict=False))  # type: ignore[return-value]


def classes_of(z: Array, look: bool, name: str) -> Array:
    """softmax or log_softmax, in the dtype of the logits."""
    if name == "softmax":
        return limited(free_softmax_core, [z], look=look).to(z.dtype)
    return limited(free_log_softmax_core, [z], pivot=True, look=look).to(z.dtype)


class Classes(torch.autograd.Function):
    """softmax or log_softmax of logits (…, K)."""

    @staticmethod
    def forward(z: Array, name: str) -> Array:
        return evaluated(partial(classes_of, name=name), z)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        z, ctx.name = inputs
        ctx.save_for_backward(z)
        ctx.save_for_forward(z)

    @staticmethod
    def backward(ctx: Any, g: Array) -> Any:
        (z,) = ctx.saved_tensors
        if ctx.name == "softmax":  # the Jacobian of softmax is the Hessian of the loss
            one = torch.ones_like(z[..., :1], dtype=working_dtype(z))
            return product_of(z, one, g, one, None, 0.0, 1.0), None
        # Σ_k g_k log y_k is minus the loss for soft targets g.
        return -limited(cool_soft_nll_grad_core, [z], g.to(working_dtype(z)), 1.0).to(z.dtype), None

    @staticmethod
    def vmap(info: Any, in_dims: Any, z: Array, name: str) -> Any:
        (z,) = _moved(info, in_dims, (z,))
        return apply(Classes, z, name), 0


def _classes_forward_mode(ctx: Any, dz: Array, *_: Any) -> Array:
    (z,) = ctx.saved_tensors
    if ctx.name == "softmax":
        one = torch.ones_like(z[..., :1], dtype=working_dtype(z))
        return product_of(z, one, dz, one, None, 0.0, 1.0)
    return dz - times(apply(Classes, z, "softmax"), dz).sum(dim=-1, keepdim=True)


class Labels(torch.autograd.Function):
    """Which labels (…) are out of range. On a CPU, outside `torch.compile`, such a label is an error at once."""

    @staticmethod
    def forward(t: Array, classes: int, ignore_index: int | None) -> Array:
        look = not traced() and t.device.type == "cpu"
        if look and (not t.numel() or bool(t.min() >= 0 and t.max() < classes)):
            return torch.zeros_like(t, dtype=torch.bool)
        wrong = (t < 0) | (t >= classes)
        if ignore_index is not None:
            wrong = wrong & (t != ignore_index)
        if look and bool(wrong.any()):
            first = tuple(wrong.nonzero()[0].tolist())
            place = f"targets[{', '.join(map(str, first))}]" if first else "targets"
            accepted = "" if ignore_index is None else f", or ignore_index, {ignore_index}"
            raise ValueError(f"{place}: is {int(t[first])}; use class indices from 0 to {classes - 1}{accepted}.")
        return wrong

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.mark_non_differentiable(output)

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return None, None, None

    @staticmethod
    def vmap(info: Any, in_dims: Any, t: Array, classes: int, ignore_index: int | None) -> Any:
        (t,) = _moved(info, in_dims, (t,))
        return Labels.apply(t, classes, ignore_index), 0


def _with_forward_mode(function: Any, rule: Any) -> Any:
    return type(function.__name__, (function,), {"jvp": staticmethod(rule), "__doc__": function.__doc__})


FORWARD_MODE: Any = {
    Loss: _with_forward_mode(Loss, _loss_forward_mode),
    LossGrad: _with_forward_mode(LossGrad, _loss_grad_forward_mode),
    Number: _with_forward_mode(Number, _number_forward_mode),
    Classes: _with_forward_mode(Classes, _classes_forward_mode),
}
