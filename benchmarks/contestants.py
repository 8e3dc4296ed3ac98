"""One library in a process of its own, for `kernels.py` and `accuracy.py`, which send it orders.

    python benchmarks/contestants.py NAME

It reads one JSON object a line and answers each with one. So one library's threads and allocator cannot disturb
another's, and what is done to the allocator of one (see PROCESSES) stays its own. `processes.py` binds the process to
as many processors as it may have threads.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

VALUE, BOTH, BOTH_OUT = "value", "value and gradient", "value and gradient, out="
Timed = dict[tuple[str, str], Callable[[], Any]]

# glibc gives large buffers back to the system when they are freed, and their pages are cleared anew at each call. With
# these settings they stay with the process: the code is the same, but the buffers of one call serve the next one.
RECYCLING = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 37), "MALLOC_ARENA_MAX": "1"}
WARM = 10  # calls until the heap has the gaps that every later call fits in


class NumPyByHand:
    """Formulations that people write: as in a textbook, in place, and in place on blocks that stay in the cache."""

    needs = "numpy"

    def timed(self, z: Any, t: Any) -> Timed:
        return {
            ("NumPy", VALUE): lambda: self.value(z, t),
            ("NumPy in blocks", VALUE): lambda: self.value_in_blocks(z, t),
            ("NumPy", BOTH): lambda: self.both(z, t),
            ("NumPy in place", BOTH): lambda: self.both_in_place(z, t),
            ("NumPy in blocks", BOTH): lambda: self.both_in_blocks(z, t),
        }

    def value(self, z: Any, t: Any) -> Any:
        shifted = z - z.max(axis=1, keepdims=True)
        return (np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(t)), t]).mean()

    def both(self, z: Any, t: Any) -> Any:
        losses, slopes = self.each(z, t)
        slopes /= len(t)
        return losses.mean(), slopes

    def each(self, z: Any, t: Any) -> Any:
        rows = np.arange(len(t))
        shifted = z - z.max(axis=1, keepdims=True)
        powers = np.exp(shifted)
        norm = powers.sum(axis=1, keepdims=True)
        slopes = powers / norm
        slopes[rows, t] -= 1
        return np.log(norm[:, 0]) - shifted[rows, t], slopes

    def both_in_place(self, z: Any, t: Any) -> Any:
        slopes = np.empty_like(z)
        return self._fill(z, t, slopes, len(t)).mean(), slopes

    def both_in_blocks(self, z: Any, t: Any) -> Any:
        slopes, losses = np.empty_like(z), np.empty(len(t), z.dtype)
        for at in self._blocks(z):
            losses[at] = self._fill(z[at], t[at], slopes[at], len(t))
        return losses.mean(), slopes

    def value_in_blocks(self, z: Any, t: Any) -> Any:
        blocks, losses = self._blocks(z), np.empty(len(t), z.dtype)
        room = np.empty_like(z[blocks[0]])
        for at in blocks:
            block = z[at]
            shifted = np.subtract(block, block.max(axis=1, keepdims=True), out=room[: len(block)])
            chosen = shifted[np.arange(len(block)), t[at]]
            losses[at] = np.log(np.exp(shifted, out=shifted).sum(axis=1)) - chosen
        return losses.mean()

    def _blocks(self, z: Any) -> list[slice]:
        size = max(1, (1 << 18) // (z.shape[1] * z.itemsize))
        return [slice(start, start + size) for start in range(0, len(z), size)]

    def _fill(self, z: Any, t: Any, slopes: Any, samples: int) -> Any:
        rows = np.arange(len(t))
        np.subtract(z, z.max(axis=1, keepdims=True), out=slopes)
        chosen = slopes[rows, t]
        np.exp(slopes, out=slopes)
        norm = slopes.sum(axis=1, keepdims=True)
        slopes *= 1 / (norm * samples)
        slopes[rows, t] -= 1 / samples
        return np.log(norm[:, 0]) - chosen


class SciPy:
    needs = "scipy.special"

    def timed(self, z: Any, t: Any) -> Timed:
        return {("SciPy", VALUE): lambda: self.value(z, t), ("SciPy", BOTH): lambda: self.both(z, t)}

    def value(self, z: Any, t: Any) -> Any:
        from scipy.special import log_softmax

        return -log_softmax(z, axis=1)[np.arange(len(t)), t].mean()

    def both(self, z: Any, t: Any) -> Any:
        losses, slopes = self.each(z, t)
        slopes /= len(t)
        return losses.mean(), slopes

    def each(self, z: Any, t: Any) -> Any:
        from scipy.special import log_softmax

        rows = np.arange(len(t))
        logs = log_softmax(z, axis=1)
        losses = -logs[rows, t]
        slopes = np.exp(logs, out=logs)
        slopes[rows, t] -= 1
        return losses, slopes


class PyTorch:
    needs = "torch"

    def __init__(self, label: str, compiled: bool = False, ours: str | None = None) -> None:
        self.label, self.compiled, self.ours = label, compiled, ours
        if ours is not None:
            self.needs = f"symnll.kernels.{ours}"

    def loss(self, reduction: str) -> Any:
        import torch

        if self.ours is not None:
            module = __import__(self.needs, fromlist=["nll"])
            return lambda z, t: module.nll(z, t, reduction=reduction)
        function = torch.nn.functional.cross_entropy
        if self.compiled:
            torch._dynamo.reset()  # else it gives up after 8 shapes
            return torch.compile(lambda z, t: function(z, t, reduction=reduction), dynamic=False)
        return lambda z, t: function(z, t, reduction=reduction)

    def timed(self, z: Any, t: Any) -> Timed:
        import torch

        loss, targets = self.loss("mean"), torch.from_numpy(t)
        plain = torch.from_numpy(z)
        tracked = plain.detach().requires_grad_()

        def value() -> Any:
            with torch.no_grad():
                return loss(plain, targets)

        def both() -> Any:
            result = loss(tracked, targets)
            return result.detach(), *torch.autograd.grad(result, tracked)

        return {(self.label, VALUE): value, (self.label, BOTH): both}

    def each(self, z: Any, t: Any) -> Any:
        import torch

        logits = torch.from_numpy(z).requires_grad_()
        losses = self.loss("none")(logits, torch.from_numpy(t))
        return losses.detach().numpy(), torch.autograd.grad(losses.sum(), logits)[0].numpy()


class JAX:
    needs = "jax"

    def __init__(self, label: str, ours: str | None = None) -> None:
        self.label, self.ours = label, ours
        if ours is not None:
            self.needs = f"symnll.kernels.{ours}"

    def loss(self, reduction: str) -> Any:
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        if self.ours is not None:
            module = __import__(self.needs, fromlist=["nll"])
            return lambda z, t: module.nll(z, t, reduction=reduction)

        def loss(z: Any, t: Any) -> Any:
            losses = -jnp.take_along_axis(jax.nn.log_softmax(z, axis=1), t[:, None], axis=1)[:, 0]
            return losses.mean() if reduction == "mean" else losses.sum() if reduction == "sum" else losses

        return loss

    def timed(self, z: Any, t: Any) -> Timed:
        loss = self.loss("mean")
        import jax

        value, both = jax.jit(loss), jax.jit(jax.value_and_grad(loss))
        logits, targets = jax.device_put(z), jax.device_put(t)
        return {
            (self.label, VALUE): lambda: jax.block_until_ready(value(logits, targets)),
            (self.label, BOTH): lambda: jax.block_until_ready(both(logits, targets)),
        }

    def each(self, z: Any, t: Any) -> Any:
        losses, slopes = self.loss("none"), self.loss("sum")
        import jax

        return np.asarray(jax.jit(losses)(z, t)), np.asarray(jax.jit(jax.grad(slopes))(z, t))


class Symnll:
    needs = "symnll.kernels"

    def __init__(self, label: str) -> None:
        self.label = label

    def timed(self, z: Any, t: Any) -> Timed:
        from symnll import kernels

        out = np.zeros_like(z)
        return {
            (self.label, VALUE): lambda: kernels.nll(z, t),
            (self.label, BOTH): lambda: kernels.nll_value_and_grad(z, t),
            (self.label, BOTH_OUT): lambda: kernels.nll_value_and_grad(z, t, out=out),
        }

    def each(self, z: Any, t: Any) -> Any:
        from symnll import kernels

        return kernels.nll_value_and_grad(z, t, reduction="none")


class Limit:
    """The bandwidth limit: a loop that reads every logit (the largest one), and one that reads and writes them."""

    needs = "numpy"

    def timed(self, z: Any, t: Any) -> Timed:
        from concurrent.futures import ThreadPoolExecutor

        count = int(os.environ["SYMNLL_NUM_THREADS"])
        flat, out = z.ravel(), np.zeros(z.size, z.dtype)
        parts = [slice(i * z.size // count, (i + 1) * z.size // count) for i in range(count)]
        pool = ThreadPoolExecutor(count)
        return {
            ("limit", VALUE): lambda: list(pool.map(lambda at: np.maximum.reduce(flat[at]), parts)),
            ("limit", BOTH_OUT): lambda: list(pool.map(lambda at: np.copyto(out[at], flat[at]), parts)),
        }


# Name of the process: its environment, and the libraries in it.
PROCESSES: dict[str, tuple[dict[str, str], list[Any]]] = {
    "limit": ({}, [Limit()]),
    "symnll": ({}, [Symnll("symnll")]),
    "symnll NumPy": ({"SYMNLL_TARGET": "numpy"}, [Symnll("symnll NumPy")]),
    "NumPy": ({}, [NumPyByHand()]),
    "SciPy": ({}, [SciPy()]),
    "PyTorch": ({}, [PyTorch("PyTorch")]),
    "PyTorch recycled": (RECYCLING, [PyTorch("PyTorch recycled")]),
    "torch.compile": ({}, [PyTorch("torch.compile", compiled=True)]),
    "JAX": ({}, [JAX("JAX")]),
    "symnll torch": ({}, [PyTorch("symnll torch", ours="torch_kernels")]),
    "symnll jax": ({}, [JAX("symnll jax", ours="jax_kernels")]),
}


def faults() -> int:
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def numbers(result: Any) -> list[float]:
    """The loss and the first sample's gradient at its first classes, to compare contestants by."""
    if not isinstance(result, tuple):
        return [float(result)]
    return [float(result[0]), *(float(x) for x in np.asarray(result[1][0])[:3])]


class Worker:
    def __init__(self, name: str) -> None:
        self.libraries = PROCESSES[name][1]
        self.timed: Timed = {}

    def load(self, z: str, t: str) -> Any:
        self.timed = {}
        logits, targets = np.load(z), np.load(t)
        for library in self.libraries:
            self.timed.update(library.timed(logits, targets))
        return {"tasks": list(self.timed)}

    def warm(self, label: str, what: str) -> Any:
        """Called before it is timed: compiled code is made, and recycled buffers are there, for good."""
        task = self.timed[label, what]
        start = time.perf_counter()
        result = task()
        first = time.perf_counter() - start
        shown = numbers(result) if label != "limit" else []
        del result
        for _ in range(WARM if "MALLOC_MMAP_MAX_" in os.environ else 1):
            task()
        return {"numbers": shown, "first": first, "numba": "numba" in sys.modules}

    def run(self, label: str, what: str) -> Any:
        task, before = self.timed[label, what], faults()
        start, started = time.process_time(), time.perf_counter()
        result = task()
        wall, processor = time.perf_counter() - started, time.process_time() - start
        del result
        return {"wall": wall, "processor": processor, "faults": faults() - before}

    def each(self, z: str, t: str, out: str) -> Any:
        """Every sample's own loss and gradient, into a file."""
        with np.errstate(all="ignore"):
            losses, slopes = self.libraries[0].each(np.load(z), np.load(t))
        np.savez(out, losses=losses, slopes=slopes)
        return {}

    def unload(self) -> Any:
        self.timed = {}
        return {}


def main(name: str) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not look like an answer
    worker = Worker(name)
    try:
        for library in worker.libraries:
            __import__(library.needs)
    except Exception as error:
        print(json.dumps({"missing": f"{type(error).__name__}: {error}".splitlines()[0]}), file=answers, flush=True)
        return
    print(json.dumps({}), file=answers, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = getattr(worker, order.pop("do"))(**order)
        except Exception as error:
            text = str(error).strip().splitlines() or [""]
            answer = {"error": f"{type(error).__name__}: {text[0]}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
