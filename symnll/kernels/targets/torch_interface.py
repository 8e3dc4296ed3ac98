"""The public functions on PyTorch tensors: source text for `symnll.kernels.targets.torch`, which copies the code
below the imports into `torch_kernels.py` and fills in the theorems {of …}. Not to be imported by users.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from symnll.kernels.targets.torch_arguments import _axis, _check_reduction, _constant, _like, _logits, _reduced, _Task
from symnll.kernels.targets.torch_functions import (
    Classes,
    LossGrad,
    Number,
    apply,
    product_of,
    slopes_of,
    soft_targets,
)
from symnll.kernels.targets.torch_runtime import Array, limited, over, working_dtype
from symnll.kernels.torch_kernels import nll_hessian_core, pair_core, pair_merge_core


def nll(
    logits: Array,
    targets: Array,
    *,
    weight: Array | None = None,
    ignore_index: int | None = -100,
    label_smoothing: float = 0.0,
    temperature: float = 1.0,
    reduction: str = "mean",
    axis: int = -1,
) -> Array:
    """The negative log-likelihood −log y_T of the target class T, y = softmax(logits / τ); softmax cross-entropy.

    In place of `torch.nn.functional.cross_entropy(logits, targets)` for logits (N, K); for (N, K, …) use axis=1.

    logits: a floating-point tensor of shape (..., K), the K classes along `axis`. float16 and bfloat16 are computed in
    float32, float32 in float64 (where the device has it), and rounded; integers are read as float64.
    targets: integer class indices from 0 to K − 1, of the shape of the logits without `axis`; or soft targets t,
    floating-point numbers of the shape of the logits, for the loss −Σ_k t_k log y_k. Neither their sign nor their sum
    is checked.
    weight: w, one number a class (K,). The loss of a sample is −w_T log y_T, or −Σ_k w_k t_k log y_k.
    ignore_index: samples of this index have loss and gradient 0 and don't count in the mean, whatever their logits;
    None: there is no such index. It says nothing about soft targets.
    label_smoothing: α from 0 to 1: the targets are (1 − α) t_k + α/K, with t one-hot for indices, and then weighted.
    temperature: τ > 0, a number.
    reduction: "none" returns one loss a sample, "sum" their sum, "mean" their mean: for class indices the sum divided
    by the sum of the weights w_T of the samples that are not ignored; NaN if there is none.
    Returns the dtype of the logits. A target of logit −inf has loss inf; other −inf logits, and classes of weight 0,
    count for nothing. One +inf gives 0 at the target and inf elsewhere. NaN logits, −inf at every one of several
    classes, and several +inf with the target among them give NaN.
    For many float32 or float64 logits on a CPU, indices, no smoothing and temperature 1, symnll's kernels for Numba
    do the work, if they are installed: the same forms, several times faster.
    Derivatives by the logits are the proved forms, the second ones too; they work under `torch.compile` (first ones),
    `torch.func` (vmap, grad, jvp, hessian) and double backward.
    Raises TypeError for other types and dtypes; ValueError for shapes and devices that don't match, a wrong axis, an
    unknown reduction, a number out of its range, K = 0, targets or weights that require a gradient, and indices
    outside 0..K−1; the message names the argument. Only where a look at the indices would stop the work, on other
    devices than a CPU and under `torch.compile`, a wrong index is no error, but gives NaN: in the loss and in the
    gradient of its sample, and so in a sum or mean. It is never used as an index.
    Theorem: {of target_nll_core}; soft targets {of cool_soft_nll_core}; the gradient {of target_nll_grad_core} and
    {of cool_soft_nll_grad_core}; the options options.loss.
    """
    task = _Task(logits, targets, axis, reduction, weight, ignore_index, label_smoothing, temperature)
    return task.reduced(task.losses())


def nll_grad(
    logits: Array,
    targets: Array,
    *,
    weight: Array | None = None,
    ignore_index: int | None = -100,
    label_smoothing: float = 0.0,
    temperature: float = 1.0,
    reduction: str = "mean",
    axis: int = -1,
) -> Array:
    """The gradient of `nll` by the logits: (y_m − δ_mT)/τ for class indices, ((Σ_k t_k) y_m − t_m)/τ for soft targets.

    Arguments, dtypes and errors as for `nll`; returns the shape and dtype of the logits. With reduction "mean" it is
    divided by what the mean is divided by; "none" gives the gradient of each sample's own loss, as "sum" does.
    −inf has gradient 0, but −1 at the target. One +inf stands for a probability of 1. Of several, and at every class
    beside a NaN or of several −inf alone, the gradient is NaN. Can be differentiated itself.
    Theorem: {of target_nll_grad_core}; soft targets {of cool_soft_nll_grad_core}; the options options.gradient.
    """
    task = _Task(logits, targets, axis, reduction, weight, ignore_index, label_smoothing, temperature)
    slopes = apply(LossGrad, task.z, task.t, task.w, task.counts(), task.alpha, task.tau)
    return slopes.movedim(-1, task.axis)


def nll_value_and_grad(
    logits: Array,
    targets: Array,
    *,
    weight: Array | None = None,
    ignore_index: int | None = -100,
    label_smoothing: float = 0.0,
    temperature: float = 1.0,
    reduction: str = "mean",
    axis: int = -1,
) -> tuple[Array, Array]:
    """`(nll(…), nll_grad(…))`; arguments, errors and theorems are theirs."""
    task = _Task(logits, targets, axis, reduction, weight, ignore_index, label_smoothing, temperature)
    slopes = apply(LossGrad, task.z, task.t, task.w, task.counts(), task.alpha, task.tau)
    return task.reduced(task.losses()), slopes.movedim(-1, task.axis)


def nll_hvp(
    logits: Array,
    targets: Array,
    v: Array,
    *,
    weight: Array | None = None,
    ignore_index: int | None = -100,
    label_smoothing: float = 0.0,
    temperature: float = 1.0,
    reduction: str = "mean",
    axis: int = -1,
) -> Array:
    """The Hessian of `nll` by the logits, times v: y_m (v_m − Σ_k y_k v_k)/τ², and Σ_k t_k times that for soft targets.

    v: real numbers of the shape of the logits. Other arguments, dtypes and errors as for `nll_grad`; returns the shape
    and dtype of the logits. For class indices without weights the result does not depend on the targets, but they are
    checked.
    Theorem: {of cool_soft_nll_hvp_core}; the options options.hessian_vector_product.
    """
    task = _Task(logits, targets, axis, reduction, weight, ignore_index, label_smoothing, temperature)
    u = _like(v, logits, "v").movedim(task.axis, -1)
    counts = task.counts().unsqueeze(-1)
    return product_of(task.z, task.t, u, counts, task.w, task.alpha, task.tau).movedim(-1, task.axis)


def logsumexp(logits: Array, *, axis: int = -1) -> Array:
    """log Σ_k exp z_k over the class axis.

    Arguments, dtypes and errors as for `nll`. Returns the shape of the logits without `axis`, in their dtype. −inf
    logits count for nothing; if all are −inf the result is −inf; with a +inf it is inf; with a NaN it is NaN.
    Theorems: {of free_logsumexp_core}; the gradient {of free_softmax_core}.
    """
    z = _logits(logits)
    return apply(Number, z.movedim(_axis(z, axis), -1), None, "logsumexp").to(z.dtype)


def log_softmax(logits: Array, *, axis: int = -1) -> Array:
    """z_i − log Σ_k exp z_k, the logarithm of softmax.

    Arguments, dtypes and errors as for `nll`; returns the shape of the logits. A −inf logit gives −inf. One +inf gives
    0 there and −inf elsewhere; of several the result is NaN. A NaN, or −inf at every one of several classes, gives
    NaN everywhere.
    Theorems: {of free_log_softmax_core}; the derivative {of cool_soft_nll_grad_core}.
    """
    z = _logits(logits)
    position = _axis(z, axis)
    return apply(Classes, z.movedim(position, -1), "log_softmax").movedim(-1, position)


def softmax(logits: Array, *, axis: int = -1) -> Array:
    """y_i = exp z_i / Σ_k exp z_k.

    Arguments, dtypes and errors as for `nll`; returns the shape of the logits. A −inf logit gives 0. One +inf gives 1
    there and 0 elsewhere; of several the result is NaN. A NaN, or −inf at every one of several classes, gives NaN
    everywhere.
    Theorems: {of free_softmax_core}; the derivative {of cool_soft_nll_hvp_core}.
    """
    z = _logits(logits)
    position = _axis(z, axis)
    return apply(Classes, z.movedim(position, -1), "softmax").movedim(-1, position)


def nll_hessian(logits: Array, targets: Array, *, reduction: str = "mean", axis: int = -1, **options: Any) -> Array:
    """The Hessian of `nll`: y_m (δ_mr − y_r), a tensor of shape (..., K, K), for small K.

    Arguments and errors as for `nll`; the two class axes are the last ones whatever `axis` is. The entries on the
    diagonal are y_m Σ_{k≠m} y_k, which keeps its digits where a probability is close to 1.
    Theorem: {of nll_hessian_core}; the options options.hessian_vector_product.
    """
    allowed: dict[str, Any] = {"weight": None, "ignore_index": -100, "label_smoothing": 0.0, "temperature": 1.0}
    for name in options:
        if name not in allowed:
            raise TypeError(f"nll_hessian() got an unexpected keyword argument {name!r}")
    task = _Task(logits, targets, axis, reduction, **{**allowed, **options})
    counts = task.counts().unsqueeze(-1)
    if task.t.is_floating_point() or task.alpha:
        counts = counts * soft_targets(task.z, task.t, task.w, task.alpha).sum(dim=-1, keepdim=True)
    z = over(task.z, task.tau).unsqueeze(-2).expand(*task.z.shape, task.z.shape[-1])
    column = torch.arange(z.shape[-1], device=z.device).unsqueeze(-1).expand(*z.shape[:-1], 1)
    hessian = limited(nll_hessian_core, [z], column)
    infinite = task.z == math.inf  # between several of them it depends; elsewhere in their rows it does not
    lost = torch.isnan(hessian).all(dim=-1, keepdim=True)
    hessian = torch.where(infinite.unsqueeze(-2) & ~infinite.unsqueeze(-1) & ~lost, 0.0, hessian)
    hessian = over(hessian, task.tau**2) * counts.unsqueeze(-1)
    if task.dropped is not None:
        hessian = torch.where(task.dropped[..., None, None], 0.0, hessian)
    return hessian.to(task.dtype)


def entropy(logits: Array, *, axis: int = -1) -> Array:
    """−Σ_k y_k log y_k in nats, for y = softmax(logits); classes of probability 0 count for nothing.

    Arguments, dtypes, result and errors as for `logsumexp`. One +inf gives 0; several, a NaN, or −inf at every one of
    several classes give NaN.
    Theorems: {of entropy_core}; the gradient {of entropy_grad_core}.
    """
    z = _logits(logits)
    return apply(Number, z.movedim(_axis(z, axis), -1), None, "entropy").to(z.dtype)


def kl(logits_p: Array, logits_q: Array, *, axis: int = -1) -> Array:
    """Σ_k p_k log(p_k/q_k) in nats, for p = softmax(logits_p) and q = softmax(logits_q) of the same shape.

    Dtypes and errors as for `logsumexp`; the result has the dtype of logits_p. Classes with p_k = 0 count for nothing;
    −inf in logits_q where p_k > 0 gives inf. Where p and q are close the result is exact to about an ulp of 1, not of
    the small number itself. Both logits may require a gradient.
    Theorems: {of kl_core}; the gradients {of kl_grad_core}.
    """
    z = _logits(logits_p, "logits_p")
    u = _like(logits_q, z, "logits_q")
    position = _axis(z, axis)
    return apply(Number, z.movedim(position, -1), u.movedim(position, -1), "kl").to(z.dtype)


def _binary_arguments(logits: Any, targets: Any) -> tuple[Array, Array]:
    x = _logits(logits)
    if isinstance(targets, torch.Tensor) and targets.dtype == torch.bool:
        targets = targets.to(torch.uint8)
    t = _like(targets, x, "targets")
    _constant(t, "targets")
    return x, t


def binary_nll(logits: Array, targets: Array, *, reduction: str = "mean") -> Array:
    """−(t log σ(x) + (1 − t) log(1 − σ(x))) of every logit x with its target t: binary cross-entropy with logits.

    logits: a floating-point tensor of any shape; dtypes as for `nll`.
    targets: numbers t of the same shape, or truth values. That they lie in 0..1 is not checked.
    reduction: "none", "sum" or "mean" (NaN of no logits). Returns the dtype of the logits. Infinite logits have their
    limits: +inf gives 0 for t = 1, inf for t < 1. NaN gives NaN.
    Raises TypeError and ValueError as `nll` does.
    Theorems: {of binary_nll_core}; the derivative {of binary_nll_grad_core}.
    """
    _check_reduction(reduction)
    x, t = _binary_arguments(logits, targets)
    losses = apply(Number, x.unsqueeze(-1), t.unsqueeze(-1), "binary_nll")
    return _reduced(losses, reduction, x.numel()).to(x.dtype)


def binary_nll_grad(logits: Array, targets: Array, *, reduction: str = "mean") -> Array:
    """The derivative of `binary_nll` by each logit, σ(x) − t; for t = 0 and 1 to the last digits of its own size.

    Arguments and errors as for `binary_nll`; with "mean" divided by the number of logits.
    Theorem: {of binary_nll_grad_core}.
    """
    _check_reduction(reduction)
    x, t = _binary_arguments(logits, targets)
    (slope,) = slopes_of(x, t, "binary_nll")
    return (slope / x.numel() if reduction == "mean" else slope).to(x.dtype)


def entropy_grad(logits: Array, *, axis: int = -1) -> Array:
    """The gradient of `entropy` by the logits, −y_m (log y_m + entropy); arguments and errors as for `softmax`.

    Theorem: {of entropy_grad_core}.
    """
    z = _logits(logits)
    position = _axis(z, axis)
    (slope,) = slopes_of(z.movedim(position, -1), None, "entropy")
    return slope.to(z.dtype).movedim(-1, position)


def kl_grad(logits_p: Array, logits_q: Array, *, axis: int = -1) -> tuple[Array, Array]:
    """The gradients of `kl` by logits_p, p_m (log(p_m/q_m) − kl), and by logits_q, q_m − p_m.

    Arguments and errors as for `kl`; both results have the shape and dtype of logits_p.
    Theorems: {of kl_grad_core}.
    """
    z = _logits(logits_p, "logits_p")
    u = _like(logits_q, z, "logits_q")
    position = _axis(z, axis)
    by_p, by_q = slopes_of(z.movedim(position, -1), u.movedim(position, -1), "kl")
    return by_p.to(z.dtype).movedim(-1, position), by_q.to(z.dtype).movedim(-1, position)


def lse_pair(logits: Array, *, axis: int = -1) -> tuple[Array, Array]:
    """(m, s) with m the largest logit and s = Σ_k exp(z_k − m): what `lse_merge` merges; m + log s is the log-sum-exp.

    Arguments and errors as for `logsumexp`; float16 and bfloat16 give float32. With +inf, m is inf and s the number of
    +inf; with NaN both are NaN; if all are −inf they are −inf and 0, the pair that merging leaves as it is.
    Theorem: {of pair_core}.
    """
    z = _logits(logits)
    working = working_dtype(z)
    x = z.movedim(_axis(z, axis), -1).to(working)
    m = x.amax(dim=-1, keepdim=True)
    ordinary = torch.isfinite(m)
    s = pair_core(torch.where(ordinary, x, 0.0), torch.where(ordinary, m, 0.0), working != z.dtype)
    s = torch.where(ordinary, s, torch.where(torch.isnan(m), m, (x == math.inf).sum(dim=-1, keepdim=True)))
    dtype = torch.float32 if z.dtype.itemsize == 2 else z.dtype
    return m.squeeze(-1).to(dtype), s.squeeze(-1).to(dtype)


def lse_merge(one: tuple[Array, Array], other: tuple[Array, Array]) -> tuple[Array, Array]:
    """The pair of all logits of two pairs: m = max(m₁, m₂), s = s₁ exp(m₁ − m) + s₂ exp(m₂ − m).

    Shapes are broadcast. The order of merges is free; the results differ by rounding only.
    Theorems: {of pair_merge_core}, streaming.represents, streaming.associative_sum.
    """
    m1, s1, m2, s2 = (_logits(x, "pair") for x in (*one, *other))
    shift = torch.maximum(m1, m2)
    limit = torch.isinf(shift)  # the larger of two infinite shifts stays, the other counts for nothing
    m1, m2 = (torch.where(limit, torch.where(m == shift, 0.0, -math.inf), m) for m in (m1, m2))
    return shift, pair_merge_core(m1, s1, m2, s2, torch.where(limit, 0.0, shift), False)


def lse_update(pair: tuple[Array, Array], logits: Array, *, axis: int = -1) -> tuple[Array, Array]:
    """The pair with more logits: `lse_merge(pair, lse_pair(logits, axis=axis))`.

    Theorems: {of pair_core}, {of pair_merge_core}, streaming.update.
    """
    return lse_merge(pair, lse_pair(logits, axis=axis))


def lse_value(pair: tuple[Array, Array]) -> Array:
    """m + log s: the log-sum-exp that a pair stands for. Theorem: streaming.value."""
    return pair[0] + torch.log(pair[1])
