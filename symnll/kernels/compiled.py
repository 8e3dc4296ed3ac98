"""The seam between the public functions and the compiled kernels: one batch of samples, if it is one for them.

`run` is called by `Batch.run` with what it was given itself, and says whether everything is done. It declines, and
NumPy goes on, for small batches (unless SYMNLL_TARGET is numba as this module is imported), where there is no compiled
kernel (a temperature other than 1, targets that are mixed on the way, several arrays of logits), and where a largest
logit is not finite.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from symnll.kernels import fast, numpy_kernels

# Entries of a batch up to which NumPy does it: nobody waits for a compiler, or half a second for Numba's import.
SMALL = 0 if os.environ.get("SYMNLL_TARGET") == "numba" else 4096
CORES = {
    "free_logsumexp_core": "logsumexp",
    "free_log_softmax_core": "log_softmax",
    "free_softmax_core": "softmax",
    "target_nll_core": "nll",
    "target_nll_grad_core": "nll_grad",
    "target_nll_value_and_grad_core": "nll_value_and_grad",
    "cool_soft_nll_core": "soft_nll",
    "cool_soft_nll_grad_core": "soft_nll_grad",
    "cool_soft_nll_value_and_grad_core": "soft_nll_value_and_grad",
    "cool_soft_nll_hvp_core": "nll_hvp",
}
ALONE = ("logsumexp", "log_softmax", "softmax")  # take nothing but logits
INDICES = ("nll", "nll_grad", "nll_value_and_grad")  # take class indices


def run(batch: Any, core: Any, given: tuple[Any, ...], losses: Any, slopes: tuple[Any, ...]) -> bool:
    """Fill `losses` (N,) and the array `slopes` (N, K), as `Batch.run` would; False if that is left to it."""
    name = CORES.get(core.__name__)
    if name == "nll_hvp" and batch.mixed:
        name, given = "soft_nll_hvp", (batch.soft_targets(), given[1], given[2])
    if name is None or len(batch.logits) != 1 or batch.logits[0].size <= SMALL or len(slopes) > 1:
        return False
    if name not in ALONE and not _plain(given[-1]):
        return False  # the last of a loss's arguments is the temperature
    kernel = fast.core(name, batch.working)
    if kernel is None:
        return False
    (z,) = batch.logits
    others = _others(name, batch, given, z.shape[1])
    if others is None:
        return False
    results: list[Any] = [] if losses is None else [losses]
    out = None
    if slopes:
        results.insert(0, _factors(batch))
        out = slopes[0] if _fits(slopes[0], batch.working) else np.empty(z.shape, batch.working)
        results.append(out)
    if not kernel(np.ascontiguousarray(z, batch.working), *others, *results):
        return False
    if losses is not None and batch.scale is not None:
        losses *= batch.scale
    if losses is not None and batch.dropped is not None:
        losses[batch.dropped] = 0
    if out is not None and out is not slopes[0]:
        np.copyto(slopes[0], out, casting="unsafe")
    return True


def _plain(tau: Any) -> bool:
    return isinstance(tau, int | float) and tau == 1


def _fits(out: Any, working: Any) -> bool:
    return bool(out.dtype == working and out.flags.c_contiguous and out.flags.writeable)


def _others(name: str, batch: Any, given: tuple[Any, ...], classes: int) -> list[Any] | None:
    """What the kernel takes besides the logits."""
    if name in INDICES:
        targets = np.array(given[0], np.int32)  # a copy, which nobody changes after it has been looked at
        largest = numpy_kernels.largest_label(targets.view(np.uint32))  # negative numbers read as large ones
        return [targets] if largest < classes <= 2**31 else None
    if name in ALONE:
        return []
    arrays = {"nll_hvp": given[1:2], "soft_nll_hvp": given[:2]}.get(name, given[:1])
    same = all(isinstance(x, np.ndarray) and x.shape == batch.logits[0].shape for x in arrays)
    return [np.ascontiguousarray(x, batch.working) for x in arrays] if same else None


def _factors(batch: Any) -> Any:
    """What the derivative of each sample's loss is multiplied by."""
    factors = np.array([1.0]) if batch.scale is None else batch.scale.astype(np.float64)
    if batch.divisor is not None:
        factors = factors / float(batch.divisor)
    if batch.dropped is not None:
        factors = np.where(batch.dropped, 0.0, factors)
    return factors
