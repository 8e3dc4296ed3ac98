"""The seam between the public functions and the compiled kernels: one batch of samples, if it is one for them.

`run` is called by `Batch.run` with what it was given itself, and says whether everything is done. It declines, and
NumPy goes on, where nothing would be won (small batches) or where there is no compiled kernel (a temperature other
than 1, targets that are mixed on the way, several arrays of logits), and where a largest logit is not finite.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from symnll.kernels import fast

SMALL = 4096  # entries of a batch up to which NumPy is as fast, and nobody waits for a compiler
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


def run(batch: Any, core: Any, given: tuple[Any, ...], losses: Any, slopes: tuple[Any, ...]) -> bool:
    """Fill `losses` (N,) and the array `slopes` (N, K), as `Batch.run` would; False if that is left to it."""
    name = CORES.get(core.__name__)
    if name == "nll_hvp" and batch.mixed:
        name, given = "soft_nll_hvp", (batch.soft_targets(), given[1], given[2])
    if name is None or len(batch.logits) != 1 or batch.logits[0].size <= SMALL or len(slopes) > 1:
        return False
    if not name.startswith(("softmax", "log")) and not _plain(given[-1]):
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
    return np.ndim(tau) == 0 and tau == 1


def _fits(out: Any, working: Any) -> bool:
    return bool(out.dtype == working and out.flags.c_contiguous and out.flags.writeable)


def _others(name: str, batch: Any, given: tuple[Any, ...], classes: int) -> list[Any] | None:
    """What the kernel takes besides the logits."""
    if name.startswith("soft_") or name == "nll_hvp":
        arrays = {"nll_hvp": given[1:2], "soft_nll_hvp": given[:2]}.get(name, given[:1])
        same = all(isinstance(x, np.ndarray) and x.shape == batch.logits[0].shape for x in arrays)
        return [np.ascontiguousarray(x, batch.working) for x in arrays] if same else None
    if not name.startswith("nll"):
        return []
    targets = given[0]
    if batch.dropped is not None:
        targets = np.where(batch.dropped, 0, targets)
    inside = targets.min(initial=0) >= 0 and targets.max(initial=0) < classes <= np.iinfo(np.int32).max
    return [np.ascontiguousarray(targets, np.int32)] if inside else None


def _factors(batch: Any) -> Any:
    """What the derivative of each sample's loss is multiplied by."""
    factors = np.ones(1) if batch.scale is None else batch.scale.astype(np.float64)
    if batch.divisor is not None:
        factors = factors / float(batch.divisor)
    if batch.dropped is not None:
        factors = np.where(batch.dropped, 0.0, factors)
    return factors
