"""What is paid for once or for every call: import times, and the time of a call on a few logits."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from processes import environment

IMPORTS = ("numpy", "symnll.kernels")
CALLS, REPEATS = 200, 15


def import_times(rounds: int) -> dict[str, Any]:
    """Seconds of each import in a fresh process, the processes in turn; and whether SymPy or Numba came along.

    Both come from compiled files, as what pip installs does: where Python is told to write none, this is ignored."""
    code = "import sys, time; s = time.perf_counter(); import {}; e = time.perf_counter(); "
    code += "print(e - s, *(m for m in ('sympy', 'numba') if m in sys.modules))"
    taken: dict[str, list[float]] = {name: [] for name in IMPORTS}
    others: set[str] = set()
    variables = {name: value for name, value in environment(1).items() if name != "PYTHONDONTWRITEBYTECODE"}
    for turn in range(rounds + 1):
        for name in IMPORTS:
            command = [sys.executable, "-c", code.format(name)]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=variables)
            seconds, *loaded = done.stdout.split()
            if turn:  # the first time, files are read from the disk
                taken[name].append(float(seconds))
            if name != "numpy":
                others.update(loaded)
    return {**{name: statistics.median(values) for name, values in taken.items()}, "loaded": sorted(others)}


def bare_softmax(z: Any) -> Any:
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def overhead() -> list[dict[str, Any]]:
    """Seconds of one call, the functions in turn, in fresh processes: one that leaves small batches to NumPy, as it is
    unless said otherwise, and one that has Numba do them."""
    table = []
    for target in ("", "numba"):
        variables = {**environment(1), "SYMNLL_TARGET": target}
        command = [sys.executable, __file__]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=variables)
        table += [{"target": target, **row} for row in json.loads(done.stdout.splitlines()[-1])]
    return table


def calls() -> list[dict[str, Any]]:
    from symnll import kernels

    table = []
    for shape in ((1, 10), (32, 10)):
        rng = np.random.default_rng(0)
        z = rng.standard_normal(shape, np.float32)
        t, out = rng.integers(0, shape[1], len(z)), np.empty_like(z)
        functions: dict[str, Callable[[], Any]] = {
            "bare softmax": lambda z=z: bare_softmax(z),
            "softmax": lambda z=z: kernels.softmax(z),
            "nll": lambda z=z, t=t: kernels.nll(z, t),
            "nll_value_and_grad": lambda z=z, t=t: kernels.nll_value_and_grad(z, t),
            "nll_value_and_grad, out=": lambda z=z, t=t, out=out: kernels.nll_value_and_grad(z, t, out=out),
        }
        times: dict[str, list[float]] = {name: [] for name in functions}
        for repeat in range(REPEATS + 1):
            for name, function in functions.items():
                start = time.perf_counter()
                for _ in range(CALLS):
                    function()
                if repeat:
                    times[name].append((time.perf_counter() - start) / CALLS)
        table.append({"shape": list(shape), "seconds": {name: statistics.median(s) for name, s in times.items()}})
    return table


if __name__ == "__main__":
    print(json.dumps(calls()))
