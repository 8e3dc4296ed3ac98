"""symnll.kernels side by side with SciPy (where installed) and plain NumPy formulas, interleaved, about 12 seconds.

    python benchmarks/kernels.py

Prints medians over the rounds, and each peer's time divided by ours: above 1 we are faster. Times belong to the
machine they were taken on; ratios travel better.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from symnll import kernels

try:
    from scipy import special
except ImportError:
    special = None

ROUNDS = 9
LOGITS = 6_000_000
CLASSES = (10, 1_000, 32_000)


def numpy_logsumexp(z: Any) -> Any:
    top = z.max(axis=-1, keepdims=True)
    return (top + np.log(np.exp(z - top).sum(axis=-1, keepdims=True)))[..., 0]


def numpy_log_softmax(z: Any) -> Any:
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def numpy_nll(z: Any, t: Any) -> Any:
    return -np.take_along_axis(numpy_log_softmax(z), t[:, None], axis=-1).mean()


def numpy_nll_value_and_grad(z: Any, t: Any) -> Any:
    shifted = z - z.max(axis=-1, keepdims=True)
    exponentials = np.exp(shifted)
    norm = exponentials.sum(axis=-1, keepdims=True)
    rows = np.arange(len(t))
    value = (np.log(norm[:, 0]) - shifted[rows, t]).mean()
    gradient = exponentials / norm
    gradient[rows, t] -= 1
    gradient /= len(t)
    return value, gradient


def scipy_nll(z: Any, t: Any) -> Any:
    return -np.take_along_axis(special.log_softmax(z, axis=-1), t[:, None], axis=-1).mean()


def scipy_nll_value_and_grad(z: Any, t: Any) -> Any:
    logs = special.log_softmax(z, axis=-1)
    rows = np.arange(len(t))
    gradient = np.exp(logs)
    gradient[rows, t] -= 1
    gradient /= len(t)
    return -logs[rows, t].mean(), gradient


def contests(z: Any, t: Any) -> dict[str, dict[str, Callable[[], Any]]]:
    table = {
        "logsumexp": {"symnll": lambda: kernels.logsumexp(z), "numpy": lambda: numpy_logsumexp(z)},
        "log_softmax": {"symnll": lambda: kernels.log_softmax(z), "numpy": lambda: numpy_log_softmax(z)},
        "nll": {"symnll": lambda: kernels.nll(z, t), "numpy": lambda: numpy_nll(z, t)},
        "nll_value_and_grad": {
            "symnll": lambda: kernels.nll_value_and_grad(z, t),
            "numpy": lambda: numpy_nll_value_and_grad(z, t),
        },
    }
    if special is not None:
        table["logsumexp"]["scipy"] = lambda: special.logsumexp(z, axis=-1)
        table["log_softmax"]["scipy"] = lambda: special.log_softmax(z, axis=-1)
        table["nll"]["scipy"] = lambda: scipy_nll(z, t)
        table["nll_value_and_grad"]["scipy"] = lambda: scipy_nll_value_and_grad(z, t)
    return table


def medians(peers: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Median seconds of each peer; the rounds are interleaved, so that a slow spell of the machine hits all."""
    times: dict[str, list[float]] = {name: [] for name in peers}
    for peer in peers.values():
        peer()
    for _ in range(ROUNDS):
        for name, peer in peers.items():
            start = time.perf_counter()
            peer()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}


def main() -> None:
    if special is None:
        print("SciPy is not installed: compared with plain NumPy only.")
    print(f"{LOGITS:,} logits, float32, medians of {ROUNDS} interleaved rounds; peer ÷ symnll in brackets")
    rng = np.random.default_rng(0)
    for classes in CLASSES:
        samples = LOGITS // classes
        z = rng.normal(size=(samples, classes)).astype(np.float32)
        t = rng.integers(0, classes, samples)
        for kernel, peers in contests(z, t).items():
            taken = medians(peers)
            ours = taken.pop("symnll")
            others = "  ".join(f"{name} {1e3 * s:7.1f} ms ({s / ours:4.2f}×)" for name, s in taken.items())
            print(f"K = {classes:6,}  {kernel:18}  symnll {1e3 * ours:7.1f} ms  {others}")


if __name__ == "__main__":
    main()
