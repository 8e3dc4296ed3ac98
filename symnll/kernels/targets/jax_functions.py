"""What the public functions on JAX arrays compile: source text for `symnll.kernels.targets.jax`, which copies the code
below the imports into `jax_kernels.py`. Not to be imported by users.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from symnll.kernels.jax_kernels import (
    binary_nll_grad_core,
    entropy_grad_core,
    kl_grad_core,
    nll_hessian_core,
    pair_core,
    pair_merge_core,
)
from symnll.kernels.targets.jax_runtime import (
    Array,
    binary_of,
    entropy_of,
    hard_loss,
    hard_slope,
    kl_of,
    limited,
    log_softmax_of,
    logsumexp_of,
    over,
    product,
    soft_loss,
    soft_slope,
    softmax_of,
    total,
    working_dtype,
)


def _prepared(z: Array, t: Array, out: Any, wrong: Any, w: Any, axis: int, alpha: float) -> Any:
    """Logits and targets with the classes last, whether the targets are soft, what each sample counts for (…), which
    ones count at all, and what a mean is divided by."""
    z = jnp.moveaxis(z, axis, -1)
    working, classes = working_dtype(z), z.shape[-1]
    one = jnp.ones(z.shape[:-1], working)
    w = None if w is None else w.astype(working)
    if out is None:
        soft, factor, live = jnp.moveaxis(t, axis, -1).astype(working), one, one == 1
        count = jnp.asarray(one.size, working)
    else:
        # Where an error could not be raised, what a wrong label counts for is NaN.
        factor = jnp.where(wrong, jnp.nan, one)
        hot = factor if w is None else factor * w[t]
        live = ~out
        count = jnp.sum(jnp.where(live, hot, 0))
        if not alpha:
            factor, live = hot, live & (hot != 0)
            return z, t[..., jnp.newaxis], False, factor, live, count
        soft = (jnp.arange(classes) == t[..., jnp.newaxis]).astype(working)
    if alpha:
        soft = (1 - alpha) * soft + alpha / classes
    return z, soft if w is None else soft * w, True, factor, live, count


@partial(jax.jit, static_argnames=("axis", "reduction", "alpha", "tau"))
def _loss(z: Any, t: Any, out: Any, wrong: Any, w: Any, axis: int, reduction: str, alpha: float, tau: float) -> Array:
    dtype = z.dtype
    z, t, soft, factor, live, count = _prepared(z, t, out, wrong, w, axis, alpha)
    losses = (soft_loss if soft else hard_loss)(tau, z, t, live[..., jnp.newaxis])
    return _reduced(jnp.where(live, losses * factor, 0), reduction, count).astype(dtype)


def _reduced(losses: Array, reduction: str, count: Any) -> Array:
    """One loss a sample, or their mean or sum; the mean of no samples is NaN."""
    if reduction == "none":
        return losses
    return jnp.sum(losses) / count if reduction == "mean" else jnp.sum(losses)


def _scaled(slope: Array, factor: Array, live: Array, count: Array, axis: int, reduction: str, dtype: Any) -> Array:
    """The derivative of the reduced loss, in the layout of the logits."""
    counts = factor / count if reduction == "mean" else factor
    slope = jnp.where(live[..., jnp.newaxis], slope * counts[..., jnp.newaxis], 0)
    return jnp.moveaxis(slope, -1, axis).astype(dtype)


@partial(jax.jit, static_argnames=("axis", "reduction", "alpha", "tau"))
def _grad(z: Any, t: Any, out: Any, wrong: Any, w: Any, axis: int, reduction: str, alpha: float, tau: float) -> Array:
    dtype = z.dtype
    z, t, soft, factor, live, count = _prepared(z, t, out, wrong, w, axis, alpha)
    slope = (soft_slope if soft else hard_slope)(tau, z, t, live[..., jnp.newaxis])
    return _scaled(slope, factor, live, count, axis, reduction, dtype)


@partial(jax.jit, static_argnames=("axis", "reduction", "alpha", "tau"))
def _value_and_grad(z: Any, t: Any, out: Any, wrong: Any, w: Any, **constants: Any) -> tuple[Array, Array]:
    return _loss(z, t, out, wrong, w, **constants), _grad(z, t, out, wrong, w, **constants)


@partial(jax.jit, static_argnames=("axis", "reduction", "alpha", "tau"))
def _hvp(
    v: Any, z: Any, t: Any, out: Any, wrong: Any, w: Any, axis: int, reduction: str, alpha: float, tau: float
) -> Array:
    dtype = z.dtype
    z, t, soft, factor, live, count = _prepared(z, t, out, wrong, w, axis, alpha)
    weight = total(t) if soft else jnp.ones_like(factor)[..., jnp.newaxis]
    moved = product(tau, z, weight, live[..., jnp.newaxis], jnp.moveaxis(v, axis, -1))
    return _scaled(moved, factor, live, count, axis, reduction, dtype)


@partial(jax.jit, static_argnames=("axis", "reduction", "alpha", "tau"))
def _hessian(
    z: Any, t: Any, out: Any, wrong: Any, w: Any, axis: int, reduction: str, alpha: float, tau: float
) -> Array:
    dtype = z.dtype
    z, t, soft, factor, live, count = _prepared(z, t, out, wrong, w, axis, alpha)
    if soft:
        factor = factor * total(t)[..., 0]
    rows = over(z, tau)[..., jnp.newaxis, :]
    rows = jnp.broadcast_to(rows, (*z.shape, z.shape[-1]))
    column = jnp.broadcast_to(jnp.arange(z.shape[-1])[:, jnp.newaxis], (*z.shape, 1))
    hessian = limited(nll_hessian_core, [rows], column)
    infinite = z == jnp.inf  # between several of them it depends; elsewhere in their rows it does not
    lost = jnp.all(jnp.isnan(hessian), axis=-1, keepdims=True)
    hessian = jnp.where(infinite[..., jnp.newaxis, :] & ~infinite[..., jnp.newaxis] & ~lost, 0, hessian)
    hessian = over(hessian, tau**2)
    counts = factor / count if reduction == "mean" else factor
    shape = (..., jnp.newaxis, jnp.newaxis)
    return jnp.where(live[shape], hessian * counts[shape], 0).astype(dtype)


@partial(jax.jit, static_argnames=("name", "axis"))
def _per_sample(name: str, axis: int, *logits: Array) -> Array:
    functions: Any = {"logsumexp": logsumexp_of, "entropy": entropy_of, "kl": kl_of}
    return functions[name](*(jnp.moveaxis(z, axis, -1) for z in logits)).astype(logits[0].dtype)


@partial(jax.jit, static_argnames=("name", "axis"))
def _per_class(name: str, axis: int, z: Array) -> Array:
    functions: Any = {"softmax": softmax_of, "log_softmax": log_softmax_of}
    return jnp.moveaxis(functions[name](jnp.moveaxis(z, axis, -1)), -1, axis).astype(z.dtype)


@partial(jax.jit, static_argnames=("reduction",))
def _binary(x: Array, t: Array, reduction: str) -> Array:
    losses = binary_of(x.astype(working_dtype(x)), t.astype(working_dtype(x)))
    return _reduced(losses, reduction, x.size).astype(x.dtype)


@partial(jax.jit, static_argnames=("name", "axis"))
def _slopes(name: str, axis: int, *logits: Array) -> Any:
    rows = [jnp.moveaxis(z, axis, -1) for z in logits]
    slopes = limited(entropy_grad_core, rows, pivot=True) if name == "entropy" else limited(kl_grad_core, rows)
    return jax.tree.map(lambda slope: jnp.moveaxis(slope, -1, axis).astype(logits[0].dtype), slopes)


@partial(jax.jit, static_argnames=("reduction",))
def _binary_slope(x: Array, t: Array, reduction: str) -> Array:
    slope = binary_nll_grad_core(x.astype(working_dtype(x)), t.astype(working_dtype(x)), False)
    return (slope / x.size if reduction == "mean" else slope).astype(x.dtype)


@partial(jax.jit, static_argnames=("axis",))
def _pair(z: Array, axis: int) -> tuple[Array, Array]:
    x = jnp.moveaxis(z, axis, -1).astype(working_dtype(z))
    m = jnp.max(x, axis=-1, keepdims=True)
    ordinary = jnp.isfinite(m)
    s = pair_core(jnp.where(ordinary, x, 0), jnp.where(ordinary, m, 0), x.dtype != z.dtype)
    s = jnp.where(ordinary, s, jnp.where(jnp.isnan(m), m, jnp.sum(x == jnp.inf, axis=-1, keepdims=True)))
    return m[..., 0], s[..., 0]


@jax.jit
def _merged(m1: Array, s1: Array, m2: Array, s2: Array) -> tuple[Array, Array]:
    shift = jnp.maximum(m1, m2)
    limit = jnp.isinf(shift)  # the larger of two infinite shifts stays, the other counts for nothing
    m1, m2 = (jnp.where(limit, jnp.where(m == shift, 0, -jnp.inf), m) for m in (m1, m2))
    return shift, pair_merge_core(m1, s1, m2, s2, jnp.where(limit, 0, shift), False)
