"""What the cores call on PyTorch tensors, and how they are run: source text for `symnll.kernels.targets.torch`, which
copies the code below the imports into `torch_kernels.py`. Not to be imported by users.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import torch

Array: TypeAlias = torch.Tensor

BLOCK = 1 << 17  # entries that are worked on at once on a CPU, where they stay in the cache
BLOCK_ELSEWHERE = 1 << 24
LIFT = 300.0  # the largest exponential is exp(LIFT), far from overflow; what matters is far from underflow
NEAR = 600
NEAR_FLOAT = 60
SMALL = 1 << 14  # entries up to which nobody waits for a compiler


def traced() -> bool:
    """Is this being compiled? Then no value can be looked at."""
    return bool(torch.compiler.is_compiling())


def largest(z: Array) -> Array:
    """The largest logit of each sample, NaN if one is. As a shift it is a constant: results do not depend on it."""
    return z.amax(dim=-1, keepdim=True).detach()


def shift_of(z: Array, tau: float, wide: bool) -> Array:
    """The shift of a loss: the largest logit, less what keeps exponentials from being subnormal before results are."""
    return lifted(largest(z), tau, wide)


def lifted(top: Array, tau: float, wide: bool) -> Array:
    return top if wide or tau != 1 else top - LIFT


def exponentials(z: Array, shift: Array, wide: bool, tau: float = 1.0) -> Array:
    """exp((z − shift)/tau); where tau is 1, as accurate as if the difference had not been rounded.

    exp turns the rounding error of d = z − shift, at most ulp(d)/2, into a relative error of up to |d| ulp/2. If the
    logits come from a shorter dtype that does not matter. Else the error, which is a floating-point number, is found
    by Knuth's two-sum, and times exp d it is added.
    """
    d = z - shift
    if tau != 1:
        return torch.exp(d / tau)
    e = torch.exp(d)
    if wide:
        return e
    one = (d - z).detach()
    error = (z.detach() - (d.detach() - one)) - (shift + one)
    return torch.addcmul(e, torch.fmax(error, error.new_tensor(-1.0)), e)  # NaN, the error of −∞, becomes −1


def entries(x: Array, at: Array) -> Array:
    """One entry a sample."""
    return x.gather(-1, at)


def replace_at(x: Array, at: Array, value: Any) -> Array:
    """x with the value as its entry `at`."""
    if traced():
        return torch.where(torch.arange(x.shape[-1], device=x.device) == at, value, x)
    return x.scatter(-1, at, value)


def total(x: Array, wide: bool = True) -> Array:
    """Sum over the classes; of exponentials of logits that are not from a shorter dtype, as if rounded once."""
    if wide:
        return x.sum(dim=-1, keepdim=True)
    high, low = two_sums(x)
    return high + low


def two_sums(x: Array) -> tuple[Array, Array]:
    """The sum of numbers ≥ 0 in two parts. Those of at most a are cut into multiples of about a/2^26, whose sum is
    exact, and rests, whose sum is so small that its rounding does not matter."""
    cut = 2.0**26 * x.detach().amax(dim=-1, keepdim=True)
    high = (x + cut) - cut
    return high.sum(dim=-1, keepdim=True), (x - high).sum(dim=-1, keepdim=True)


def sum_except(x: Array, at: Array, wide: bool) -> Array:
    """Sum over the classes without the entry `at`."""
    return total(replace_at(x, at, 0.0), wide)


def times(a: Array, b: Array) -> Array:
    """a·b with 0·∞ = 0, also in its derivatives."""
    nothing = ((a == 0) & ~torch.isfinite(b)) | ((b == 0) & ~torch.isfinite(a))
    return torch.where(nothing, 0.0, a) * torch.where(nothing, 0.0, b)


def over(x: Array, number: float) -> Array:
    return x if number == 1 else x / number


def larger(a: Array, b: float) -> Array:
    """The larger one; where they are the same, half the derivative of each."""
    return torch.maximum(a, torch.zeros_like(a) + b)


def nearer(near: Array, far: Array) -> Array:
    """Of two forms of the same number the first where it is at most `NEAR`, and else the second."""
    return torch.where(near <= (NEAR if near.dtype == torch.float64 else NEAR_FLOAT), near, far)


def working_dtype(z: Array) -> torch.dtype:
    """What is computed in: float32 for shorter dtypes, else float64 where the device has it."""
    if z.dtype in (torch.float16, torch.bfloat16) or (z.dtype == torch.float32 and z.device.type == "mps"):
        return torch.float32
    return torch.float64


def limited(
    core: Callable[..., Any], logits: Sequence[Array], *given: Any, pivot: bool = False, look: bool = False
) -> Any:
    """A core's results (…, 1) and (…, K), or their limits where a largest logit is infinite; NaN where there is none.

    With one +∞ the sample tends to that class alone: the same as 0 there and −∞ elsewhere. With several +∞ it depends,
    for those classes, on how they grow. A NaN says nothing, and neither does −∞ at every one of several classes.
    `look`: the values may be looked at, to be done sooner.
    """
    working = working_dtype(logits[0])
    wide = working != logits[0].dtype
    logits = [z.to(working) for z in logits]
    tops = [largest(z) for z in logits]

    def run(finite: Sequence[Array]) -> Any:
        return core(*finite, *given, *([finite[0].argmax(dim=-1, keepdim=True)] if pivot else []), wide)

    if look and all(bool(torch.isfinite(top).all()) for top in tops):
        return run(logits)
    usable: list[Array] = []
    lost: Any = False
    tied: Any = False
    for z, top in zip(logits, tops, strict=True):
        infinite = z == math.inf
        several = infinite.sum(dim=-1, keepdim=True) > 1
        tied = tied | (infinite & several)
        lost = lost | torch.isnan(top) | ((top == -math.inf) & (z.shape[-1] > 1))
        if len(logits) > 1 and not usable:  # which of the classes of p lie where q has none?
            lost = lost | several
        z = torch.where(top == math.inf, torch.where(infinite, 0.0, -math.inf), z)
        usable.append(torch.where(torch.isfinite(top) | (top == math.inf), z, 0.0))
    results = run(usable)

    def marked(result: Array) -> Array:
        if result.shape[-1] == 1 < tied.shape[-1]:
            # inf for every way of growing; 0 where nothing but 0 weighs the ties
            here = tied.any(dim=-1, keepdim=True) & torch.isfinite(result) & ((result != 0) | (len(logits) > 1))
            return torch.where(lost | here, math.nan, result)
        return torch.where(lost | tied, math.nan, result)

    return tuple(map(marked, results)) if isinstance(results, tuple) else marked(results)


def evaluated(function: Callable[..., Array], *arrays: Array) -> Array:
    """function(*arrays, look), taken block by block of samples: no array of the size of all logits but the result."""
    z = arrays[0]
    if traced():
        return function(*arrays, False)
    look = z.device.type == "cpu"
    classes = z.shape[-1]
    samples = z.numel() // classes
    step = max(1, (BLOCK if look else BLOCK_ELSEWHERE) // classes)
    if samples <= step:
        return function(*arrays, look)
    rows = [a.reshape(samples, a.shape[-1]) for a in arrays]
    result: Any = None
    for start in range(0, samples, step):
        block = function(*(a[start : start + step] for a in rows), look)
        if result is None:
            result = block.new_empty((samples, block.shape[-1]))
        result[start : start + step] = block
    return result.reshape(*z.shape[:-1], result.shape[-1])


def compiled(name: str, z: Array, t: Array, *factors: Array) -> Array | None:
    """The result of symnll's kernel for Numba: losses (…), or gradients with these factors (…).

    None where there is none: without symnll or Numba, for few logits, on other devices, in other dtypes than float32
    and float64, in `torch.compile`; and where a largest logit is not finite.
    """
    if traced() or z.device.type != "cpu" or z.dtype not in (torch.float32, torch.float64) or z.numel() <= SMALL:
        return None
    try:
        from symnll.kernels.fast import core
    except ImportError:
        return None
    kernel = core(name, str(z.dtype).removeprefix("torch."))
    if kernel is None or z.shape[-1] >= 1 << 31:
        return None
    rows = z.detach().reshape(-1, z.shape[-1]).contiguous()
    labels = t.reshape(-1).to(torch.int32).contiguous()
    scales = [f.detach().reshape(-1).to(torch.float64).contiguous().numpy() for f in factors]
    result = torch.empty_like(rows) if factors else rows.new_empty(len(rows))
    if not kernel(rows.numpy(), labels.numpy(), *scales, result.numpy()):
        return None
    return result.reshape(z.shape if factors else z.shape[:-1])
