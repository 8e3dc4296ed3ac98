"""What the cores call on JAX arrays, and the cores as functions that JAX differentiates by the proved forms: source
text for `symnll.kernels.targets.jax`, which copies the code below the imports into `jax_kernels.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp

from symnll.kernels.jax_kernels import (
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

Array: TypeAlias = jax.Array

MODERATE = 20  # logits up to which exponentials are not shifted


def largest(z: Array) -> Array:
    """The largest logit of each sample, NaN if one is. As a shift it is a constant: results do not depend on it."""
    return jax.lax.stop_gradient(jnp.max(z, axis=-1, keepdims=True))


def shift_of(z: Array, tau: float, wide: bool) -> Array:
    """The shift of a loss: 0 where the largest logit is moderate, because z − 0 is exact; else the largest."""
    top = largest(z)
    if tau != 1 or wide:
        return top
    return jnp.where((top >= 0) & (top <= MODERATE), 0, top)


def exponentials(z: Array, shift: Array, wide: bool, tau: float = 1.0) -> Array:
    """exp((z − shift)/tau); where tau is 1, as accurate as if the difference had not been rounded.

    exp turns the rounding error of d = z − shift, at most ulp(d)/2, into a relative error of up to |d| ulp/2. If the
    logits come from a shorter dtype that does not matter. Else the error, which is a floating-point number, is found
    by Knuth's two-sum, and times exp d it is added.
    """
    d = z - shift
    if tau != 1:
        return jnp.exp(d / tau)
    e = jnp.exp(d)
    if wide:
        return e
    a, s = jax.lax.stop_gradient((z, d))
    one = s - a
    error = (a - (s - one)) - (shift + one)
    return e + e * jnp.where(s == -jnp.inf, 0, error)


def entries(x: Array, at: Array) -> Array:
    """One entry a sample."""
    return jnp.take_along_axis(x, at, axis=-1, mode="clip")


def replace_at(x: Array, at: Array, value: Any) -> Array:
    """x with the value as its entry `at`."""
    return jnp.where(jnp.arange(x.shape[-1], dtype=at.dtype) == at, value, x)


def total(x: Array, wide: bool = True) -> Array:
    """Sum over the classes; of exponentials of logits that are not from a shorter dtype, as if rounded once.

    Numbers x of at most a are cut into multiples of about a/2^26 (a/2^12 in float32), whose sum is exact or almost so,
    and rests, whose sum is so small that its rounding hardly matters. Where the rests might be subnormal, which XLA
    takes for 0, nothing is cut.
    """
    if wide:
        return jnp.sum(x, axis=-1, keepdims=True)
    scale, least = (2.0**26, 1e-280) if x.dtype.itemsize == 8 else (2.0**12, 1e-20)
    top = jax.lax.stop_gradient(jnp.max(x, axis=-1, keepdims=True))
    cut = jnp.where(top > least, scale * top, 0)
    high = (x + cut) - cut
    return jnp.sum(high, axis=-1, keepdims=True) + jnp.sum(x - high, axis=-1, keepdims=True)


def sum_except(x: Array, at: Array, wide: bool) -> Array:
    """Sum over the classes without the entry `at`."""
    return total(replace_at(x, at, 0), wide)


def times(a: Array, b: Array) -> Array:
    """a·b with 0·∞ = 0, also in its derivatives."""
    nothing = ((a == 0) & ~jnp.isfinite(b)) | ((b == 0) & ~jnp.isfinite(a))
    return jnp.where(nothing, 0, a) * jnp.where(nothing, 0, b)


def over(x: Array, number: float) -> Array:
    return x if number == 1 else x / number


def larger(a: Array, b: float) -> Array:
    return jnp.maximum(a, b)


def nearer(near: Array, far: Array) -> Array:
    """Of two forms of the same number the first where it is at most 60, and else the second."""
    return jnp.where(near <= 60, near, far)


def working_dtype(z: Array) -> Any:
    """What is computed in: float32 for shorter dtypes."""
    return z.dtype if z.dtype.itemsize > 2 else jnp.dtype(jnp.float32)


def limited(core: Callable[..., Any], logits: Sequence[Array], *given: Any, pivot: bool = False) -> Any:
    """A core's results (…, 1) and (…, K), or their limits where a largest logit is infinite; NaN where there is none.

    With one +∞ the sample tends to that class alone: the same as 0 there and −∞ elsewhere. With several +∞ it depends,
    for those classes, on how they grow. A NaN says nothing, and neither does −∞ at every one of several classes.
    """
    working = working_dtype(logits[0])
    wide = working != logits[0].dtype
    usable: list[Array] = []
    lost: Any = False
    tied: Any = False
    for z in logits:
        z = z.astype(working)
        top = largest(z)
        infinite = z == jnp.inf
        several = jnp.sum(infinite, axis=-1, keepdims=True) > 1
        tied = tied | (infinite & several)
        lost = lost | jnp.isnan(top) | ((top == -jnp.inf) & (z.shape[-1] > 1))
        if len(logits) > 1 and not usable:  # which of the classes of p lie where q has none?
            lost = lost | several
        z = jnp.where(top == jnp.inf, jnp.where(infinite, jnp.zeros_like(z), -jnp.inf), z)
        usable.append(jnp.where(jnp.isfinite(top) | (top == jnp.inf), z, 0))
    pivots = [jnp.argmax(usable[0], axis=-1, keepdims=True)] if pivot else []
    results = core(*usable, *given, *pivots, wide)

    def marked(result: Array) -> Array:
        if result.shape[-1] == 1 < tied.shape[-1]:
            # inf for every way of growing; 0 where nothing but 0 weighs the ties
            here = jnp.any(tied, axis=-1, keepdims=True) & jnp.isfinite(result) & ((result != 0) | (len(logits) > 1))
            return jnp.where(lost | here, jnp.nan, result)
        return jnp.where(lost | tied, jnp.nan, result)

    return tuple(map(marked, results)) if isinstance(results, tuple) else marked(results)


def _constant(moved: Any) -> bool:
    """Is this the tangent of something that does not move?"""
    return isinstance(moved, jax.custom_derivatives.SymbolicZero) or moved.dtype == jax.dtypes.float0


def _sum_along(slope: Array, moved: Array) -> Array:
    return jnp.sum(slope * moved.astype(slope.dtype), axis=-1)


# In all of these z are logits (…, K) and `live` (…, 1) the samples that count: others have derivatives 0.


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def hard_loss(tau: float, z: Array, t: Array, live: Array) -> Array:
    """The losses (…) for labels t (…, 1)."""
    return limited(target_nll_core, [z], t, tau)[..., 0]


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def hard_slope(tau: float, z: Array, t: Array, live: Array) -> Array:
    """The gradient of `hard_loss`."""
    return jnp.where(live, limited(target_nll_grad_core, [z], t, tau), 0)


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def soft_loss(tau: float, z: Array, t: Array, live: Array) -> Array:
    """The losses (…) for soft targets t (…, K)."""
    return limited(cool_soft_nll_core, [z], t, tau, pivot=True)[..., 0]


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def soft_slope(tau: float, z: Array, t: Array, live: Array) -> Array:
    """The gradient of `soft_loss` by z."""
    return jnp.where(live, limited(cool_soft_nll_grad_core, [z], t, tau), 0)


def product(tau: float, z: Array, weight: Array, live: Array, v: Array) -> Array:
    """The Hessian of a loss times v; `weight` (…, 1) is the sum of its targets."""
    v = v.astype(working_dtype(z))
    return jnp.where(live, limited(cool_soft_nll_hvp_core, [z], weight, v, tau), 0)


@partial(hard_loss.defjvp, symbolic_zeros=True)
def _hard_loss_jvp(tau: float, primals: Any, tangents: Any) -> Any:
    z, t, live = primals
    value = hard_loss(tau, z, t, live)
    if _constant(tangents[0]):
        return value, jnp.zeros_like(value)
    return value, _sum_along(hard_slope(tau, z, t, live), tangents[0])


@partial(hard_slope.defjvp, symbolic_zeros=True)
def _hard_slope_jvp(tau: float, primals: Any, tangents: Any) -> Any:
    z, t, live = primals
    value = hard_slope(tau, z, t, live)
    if _constant(tangents[0]):
        return value, jnp.zeros_like(value)
    return value, product(tau, z, jnp.ones_like(value[..., :1]), live, tangents[0])


@partial(soft_loss.defjvp, symbolic_zeros=True)
def _soft_loss_jvp(tau: float, primals: Any, tangents: Any) -> Any:
    z, t, live = primals
    value = soft_loss(tau, z, t, live)
    moved = jnp.zeros_like(value)
    if not _constant(tangents[0]):
        moved = moved + _sum_along(soft_slope(tau, z, t, live), tangents[0])
    if not _constant(tangents[1]):  # the loss is −Σ_k t_k log y_k
        log_y = log_softmax_of(over(z.astype(value.dtype), tau))
        moved = moved - _sum_along(jnp.where(live, log_y, 0), tangents[1])
    return value, moved


@partial(soft_slope.defjvp, symbolic_zeros=True)
def _soft_slope_jvp(tau: float, primals: Any, tangents: Any) -> Any:
    z, t, live = primals
    value = soft_slope(tau, z, t, live)
    moved = jnp.zeros_like(value)
    if not _constant(tangents[0]):
        moved = moved + product(tau, z, total(t), live, tangents[0])
    if not _constant(tangents[1]):  # the gradient is linear in the targets: this is it for those of the tangent
        y = softmax_of(over(z.astype(value.dtype), tau))
        moved = moved + jnp.where(live, over(y * total(tangents[1]) - tangents[1], tau), 0)
    return value, moved


@jax.custom_jvp
def softmax_of(z: Array) -> Array:
    return limited(free_softmax_core, [z])


@softmax_of.defjvp
def _softmax_jvp(primals: Any, tangents: Any) -> Any:
    (z,), (dz,) = primals, tangents
    y = softmax_of(z)
    one = jnp.ones_like(y[..., :1])
    return y, product(1.0, z, one, one == 1, dz)  # the Jacobian of softmax is the Hessian of the loss


@jax.custom_jvp
def log_softmax_of(z: Array) -> Array:
    return limited(free_log_softmax_core, [z], pivot=True)


@log_softmax_of.defjvp
def _log_softmax_jvp(primals: Any, tangents: Any) -> Any:
    (z,), (dz,) = primals, tangents
    dz = dz.astype(working_dtype(z))
    return log_softmax_of(z), dz - total(softmax_of(z) * dz)


@jax.custom_jvp
def logsumexp_of(z: Array) -> Array:
    value = limited(free_logsumexp_core, [z], pivot=True)[..., 0]
    top = largest(z)[..., 0].astype(value.dtype)
    return jnp.where(jnp.isinf(top), top, value)


@logsumexp_of.defjvp
def _logsumexp_jvp(primals: Any, tangents: Any) -> Any:
    (z,), (dz,) = primals, tangents
    return logsumexp_of(z), _sum_along(softmax_of(z), dz)


@jax.custom_jvp
def entropy_of(z: Array) -> Array:
    return limited(entropy_core, [z], pivot=True)[..., 0]


@entropy_of.defjvp
def _entropy_jvp(primals: Any, tangents: Any) -> Any:
    (z,), (dz,) = primals, tangents
    return entropy_of(z), _sum_along(limited(entropy_grad_core, [z], pivot=True), dz)


@jax.custom_jvp
def kl_of(z: Array, u: Array) -> Array:
    return limited(kl_core, [z, u])[..., 0]


@partial(kl_of.defjvp, symbolic_zeros=True)
def _kl_jvp(primals: Any, tangents: Any) -> Any:
    value = kl_of(*primals)
    moved = jnp.zeros_like(value)
    for slope, tangent in zip(limited(kl_grad_core, list(primals)), tangents, strict=True):
        if not _constant(tangent):
            moved = moved + _sum_along(slope, tangent)
    return value, moved


@jax.custom_jvp
def binary_of(x: Array, label: Array) -> Array:
    return binary_nll_core(x, label, False)


@partial(binary_of.defjvp, symbolic_zeros=True)
def _binary_jvp(primals: Any, tangents: Any) -> Any:
    x, label = primals
    value = binary_of(x, label)
    moved = jnp.zeros_like(value)
    if not _constant(tangents[0]):
        moved = moved + binary_nll_grad_core(x, label, False) * tangents[0]
    if not _constant(tangents[1]):  # the loss is linear in the label
        between = binary_nll_core(x, jnp.ones_like(x), False) - binary_nll_core(x, jnp.zeros_like(x), False)
        moved = moved + between * tangents[1]
    return value, moved
