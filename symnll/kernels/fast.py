"""Compiled kernels, if Numba is installed: which one, how the samples are shared out among threads, and the waiting.

`core(name, dtype)` is all that the rest of the package needs. Numba is imported when the first core runs, not before.
SYMNLL_TARGET=numpy turns this off, SYMNLL_TARGET=numba takes it for small batches too. SYMNLL_NUM_THREADS sets the
number of threads (else: the processors we may use).
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

FEW = 64  # up to so many classes, many samples are taken at once
TILE = 64  # of them; `LANES` in the generated module
ALONE = 65536  # entries that one thread has done before another would have started
SHARES = 4  # a thread: if the machine is busy, the last one to finish has less to finish

_pool: tuple[int, ThreadPoolExecutor] | None = None


def available() -> bool:
    """Whether the compiled kernels can be used."""
    return os.environ.get("SYMNLL_TARGET", "") != "numpy" and importlib.util.find_spec("numba") is not None


def threads() -> int:
    """How many threads work on one call."""
    wanted = os.environ.get("SYMNLL_NUM_THREADS", "")
    if wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def core(name: str, dtype: Any) -> Callable[..., bool] | None:
    """The compiled kernel of that name for logits of that dtype, or None: then NumPy has to do it.

    Names are those of the forms without `_core`. The kernel takes contiguous arrays: logits of shape (N, K), then, as
    the form has them, soft targets and v of the same shape and dtype, or class indices within 0..K−1 as int32; then,
    for a derivative, float64 factors for it, one a sample or one in all; then arrays for the results, one number a
    sample and one a class. True means that they are filled. False means that some sample's largest logit is not
    finite: NumPy knows the limits.
    """
    if np.dtype(dtype) not in (np.dtype(np.float32), np.dtype(np.float64)) or not available():
        return None
    module = _module()
    if module is None or not hasattr(module, f"{name}_rows"):
        return None
    rows, tiles = getattr(module, f"{name}_rows"), getattr(module, f"{name}_tiles")
    label = f"{name} for {np.dtype(dtype).name}"
    known: set[Any] = set()

    def run(z: Any, *others: Any) -> bool:
        samples, classes = z.shape
        if not samples:
            return True
        function = tiles if classes <= FEW and samples >= TILE // 4 else rows
        if function not in known:
            _with_a_message(label, function, [_part(a, 0, 1, samples) for a in (z, *others)])
            known.add(function)
        return _shared_out(function, samples, classes, (z, *others))

    return run


@cache
def _module() -> Any:
    try:
        from symnll.kernels import numba_kernels
    except ImportError as error:  # Numba is there but does not work, with this NumPy for example
        print(f"symnll: Numba cannot be used ({error}); NumPy takes its place.", file=sys.stderr)
        return None
    return numba_kernels


def _with_a_message(label: str, function: Any, arguments: list[Any]) -> None:
    """Call it for the first time, and say so if it has to be compiled, because that takes seconds."""
    from numba.core import event

    class Tells(event.Listener):
        said = False

        def on_start(self, _: Any) -> None:
            if not self.said:
                self.said = True
                text = f"symnll: compiling {label}, once on this machine; a few seconds …"
                print(text, file=sys.stderr, flush=True)

        def on_end(self, _: Any) -> None:
            pass

    with event.install_listener("numba:compile", Tells()):
        function(*arguments)


def _shared_out(function: Any, samples: int, classes: int, arguments: tuple[Any, ...]) -> bool:
    most = 1 + samples * classes // ALONE
    count = min(threads(), samples, most) if most > 1 else 1
    if count == 1:
        return not function(*[a if a.flags.writeable else a.copy() for a in arguments])
    size = -(-samples // (count * SHARES))
    size = max(-(-size // TILE) * TILE if classes <= FEW else size, 1)

    def share(start: int) -> int:
        return int(function(*(_part(a, start, start + size, samples) for a in arguments)))

    return not sum(_threads(count).map(share, range(0, samples, size)))


def _part(array: Any, start: int, stop: int, samples: int) -> Any:
    """Some samples of an array; of a read-only one a copy, since Numba would compile everything again for its type."""
    part = array if len(array) != samples else array[start:stop]
    return part if part.flags.writeable else part.copy()


def _threads(count: int) -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor

    global _pool
    if _pool is None or _pool[0] != count:
        _pool = count, ThreadPoolExecutor(count, thread_name_prefix="symnll")
    return _pool[1]


def _forget_threads() -> None:
    """In a forked child the threads of the pool do not exist."""
    global _pool
    _pool = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_threads)
