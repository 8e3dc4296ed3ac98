"""symnll.kernels beside PyTorch, JAX, SciPy and NumPy by hand: value, and value and gradient, of the mean NLL.

    python benchmarks/kernels.py --json kernels.json          # every shape; half an hour
    python benchmarks/kernels.py --scale 0.1                  # a tenth of the samples; minutes
    python benchmarks/kernels.py --threads 1 --clock processor --scale 0.1      # on a machine that others use as well

Each library runs in a process of its own, bound to 1 or 2 processors; the processes take turns, one timed call each,
round after round, so that a slow spell of the machine hits all. Figures are medians over the rounds; the number in
brackets is the peer's time divided by ours. Above 1 we are faster. What stands in the columns:

- limit: every logit read once (value), or read and written once (value and gradient), by NumPy in as many threads;
- symnll: `nll` and `nll_value_and_grad` on the Numba target, with a fresh array for the gradient or with out=;
- symnll NumPy: the same functions without a compiler;
- PyTorch: F.cross_entropy and torch.autograd.grad, as they come. PyTorch recycled: the same code in a process whose
  allocator (glibc, MALLOC_MMAP_MAX_=0, MALLOC_TRIM_THRESHOLD_=2^37) never gives memory back to the system, so that no
  buffer, of the result or in between, has to be paged in anew.
  Below 32 MB glibc does that by itself: shapes scaled down so far say nothing about large ones;
- torch.compile: of the same loss, for the one shape. JAX: jit of jax.nn.log_softmax and its value_and_grad;
- SciPy: scipy.special.log_softmax. NumPy: three formulations by hand, see `contestants.py`.

Import times and the overhead of a small call are measured as well. At the end stands what was to be reached.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from bars import bar_lines
from contestants import BOTH, BOTH_OUT, PROCESSES, VALUE
from machine import describe, free_memory, in_words
from processes import Contestant, started
from small import import_times, overhead

SHAPES = ((1_000_000, 10), (262_144, 100), (65_536, 1_000), (4_096, 32_000), (512, 128_256))
WHATS = (VALUE, BOTH)
COPIES = 24  # of the logits, in all processes together: inputs, results and what is in between


def shape_list(text: str) -> list[tuple[int, int]]:
    """1000x10,512x128256"""
    try:
        return [(int(n), int(k)) for n, k in (item.lower().split("x") for item in text.replace("_", "").split(","))]
    except ValueError:
        raise argparse.ArgumentTypeError(f"shapes are written 1000x10,512x128256; this is {text!r}") from None


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", type=shape_list, default=list(SHAPES), help="samples x classes, with commas")
    parser.add_argument("--dtypes", default="float32,float64")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--peers", default=",".join(PROCESSES), help="which of: %(default)s")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--scale", type=float, default=1, help="this part of the samples of each shape")
    words = "processor time, of all threads, says more where others use the machine (default: %(default)s)"
    parser.add_argument("--clock", choices=("wall", "processor"), default="wall", help=words)
    parser.add_argument("--json", type=Path, help="where to write the figures, for plots.py")
    chosen = parser.parse_args()
    unknown = set(chosen.peers.split(",")) - set(PROCESSES)
    if unknown:
        parser.error(f"--peers: unknown: {', '.join(sorted(unknown))}")
    return chosen


def samples_of(shape: tuple[int, int], dtype: str, scale: float) -> int:
    """As many as asked for, or as the memory allows."""
    room = free_memory() // (COPIES * shape[1] * np.dtype(dtype).itemsize)
    return max(1, min(int(shape[0] * scale), room))


def expected(z: Any, t: Any) -> list[float]:
    """Mean loss and the first sample's gradient at its first classes, by blocks in float64."""
    losses = []
    for start in range(0, len(z), 1024):
        block = z[start : start + 1024].astype(np.float64)
        block -= block.max(axis=1, keepdims=True)
        losses.append(np.log(np.exp(block).sum(axis=1)) - block[np.arange(len(block)), t[start : start + 1024]])
    first = np.exp(z[0].astype(np.float64))
    slope = first / first.sum()
    slope[t[0]] -= 1
    return [float(np.concatenate(losses).mean()), *(slope[:3] / len(t))]


def differs(numbers: list[float], truth: list[float], dtype: str) -> bool:
    tolerance = 1e-3 if dtype == "float32" else 1e-9
    return bool(numbers) and not np.allclose(numbers, truth[: len(numbers)], rtol=tolerance, atol=1e-30)


def contest(
    crew: dict[str, Contestant],
    what: str,
    entrants: list[tuple[str, str, str]],
    rounds: int,
    clock: str,
    truth: list[float],
    dtype: str,
) -> dict[str, Any]:
    """Medians of all entrants (process, label, task) at one task."""
    notes: list[str] = []
    seconds: dict[str, list[float]] = {}
    pages: dict[str, list[int]] = {}
    ready = []
    for name, label, task in entrants:
        answer = crew[name].tell("warm", label=label, what=task)
        column = f"{label}, out=" if task == BOTH_OUT and name != "limit" else label
        if "error" in answer:
            notes.append(f"{column} failed: {answer['error']}")
        elif differs(answer["numbers"], truth, dtype):
            notes.append(f"{column} is wrong: {answer['numbers']}, not {truth}")
        else:
            if name == "symnll" and not answer["numba"]:
                notes.append(f"{column} ran without Numba")
            ready.append((name, label, task, column))
    for turn in range(rounds):
        for name, label, task, column in ready[turn % len(ready) :] + ready[: turn % len(ready)]:
            time.sleep(0.005)  # the threads of the last one may still be waiting for work, wide awake
            answer = crew[name].tell("run", label=label, what=task)
            seconds.setdefault(column, []).append(answer.get(clock, float("nan")))
            pages.setdefault(column, []).append(answer.get("faults", 0))
    return {
        "what": what,
        "seconds": {column: statistics.median(taken) for column, taken in seconds.items()},
        "fastest": {column: min(taken) for column, taken in seconds.items()},
        "page faults": {column: statistics.median(taken) for column, taken in pages.items()},
        "notes": notes,
    }


def contests(crew: dict[str, Contestant], chosen: argparse.Namespace, threads: int) -> Iterator[dict[str, Any]]:
    for shape in chosen.shapes:
        for dtype in chosen.dtypes.split(","):
            samples, classes = samples_of(shape, dtype, chosen.scale), shape[1]
            rng = np.random.default_rng(0)
            z = rng.standard_normal((samples, classes), np.dtype(dtype).type)
            t = rng.integers(0, classes, samples)
            truth = expected(z, t)
            with tempfile.TemporaryDirectory() as folder:
                np.save(f"{folder}/z.npy", z)
                np.save(f"{folder}/t.npy", t)
                del z
                tasks = {name: p.tell("load", z=f"{folder}/z.npy", t=f"{folder}/t.npy") for name, p in crew.items()}
            for what in WHATS:
                entrants = [
                    (name, label, task)
                    for name, answer in tasks.items()
                    for label, task in answer.get("tasks", ())
                    if task == what or (what == BOTH and task == BOTH_OUT)
                ]
                row = contest(crew, what, entrants, chosen.rounds, chosen.clock, truth, dtype)
                row["notes"] += [f"{name} failed: {a['error']}" for name, a in tasks.items() if "error" in a]
                yield {"samples": samples, "classes": classes, "dtype": dtype, "threads": threads, **row}
            for process in crew.values():
                process.tell("unload")


def show(row: dict[str, Any]) -> None:
    print(
        f"\n{row['what']}, {row['samples']:,} × {row['classes']:,}, {row['dtype']}, {row['threads']} "
        f"thread{'s' * (row['threads'] > 1)}; ms: median, fastest; ÷ ours"
    )
    ours = row["seconds"].get("symnll, out=", row["seconds"].get("symnll"))
    for column, taken in row["seconds"].items():
        ratio = f"{taken / ours:7.2f}×" if ours and column != "limit" else ""
        ratio = f"{ours / taken:7.2f}× is our distance from it" if ours and column == "limit" else ratio
        print(f"  {column:24}{1e3 * taken:10.2f}{1e3 * row['fastest'][column]:10.2f} {ratio}")
    for note in row["notes"]:
        print(f"  {note}")
    print(end="", flush=True)


def main() -> None:
    chosen = options()
    result: dict[str, Any] = {
        "machine": describe(),
        "rounds": chosen.rounds,
        "scale": chosen.scale,
        "clock": chosen.clock,
    }
    print(in_words(result["machine"]))
    result.update(imports=import_times(max(chosen.rounds, 9)), overhead=overhead(), missing={}, rows=[])
    for threads in (int(n) for n in chosen.threads.split(",")):
        crew, missing = started(chosen.peers.split(","), threads)
        for name, why in missing.items():
            print(f"{name} is left out: {why}")
        result["missing"].update(missing)
        try:
            for row in contests(crew, chosen, threads):
                show(row)
                result["rows"].append(row)
                if chosen.json:  # each time, for a run that is cut short
                    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
                    chosen.json.write_text(text, encoding="utf-8")
        finally:
            for process in crew.values():
                process.end()
    print()
    for line in bar_lines(result):
        print(line)
    if (result["machine"]["load"] or 0) > 0.5:
        print("The machine was busy when this began: libraries with threads lose more by that than others.")


if __name__ == "__main__":
    main()
