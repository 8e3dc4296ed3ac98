"""Milliseconds per theorem, the whole library cold and warm, and SymPy's own diff + simplify at fixed K beside it.

    python benchmarks/prove.py [--rounds 5] [--limit 60]

Ours is one theorem for every K. SymPy proves the same statement written out at K = 2, 5, 10, 20, in a process of its
own that is stopped after the limit; the measurements of a statement are taken in turn, round after round.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SIZES = (2, 5, 10, 20)
STATEMENTS = ("gradient", "jacobian", "hessian")


def ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f}" if seconds < 0.1 else f"{1000 * seconds:,.0f}"


# SymPy by itself, written out at K.


def written_out(name: str, size: int, every: bool) -> tuple[float, bool]:
    """Seconds of SymPy's diff and simplify for a statement at K = size, and whether it got 0.

    Every entry of the gradient or matrix (T = 1), or only one with i = m and one with i ≠ m.
    """
    import sympy

    z = sympy.symbols(f"z1:{size + 1}", real=True)
    start = time.perf_counter()
    total = sum(sympy.exp(x) for x in z)
    y = [sympy.exp(x) / total for x in z]
    loss = -sympy.log(y[0])
    rows = range(size) if every and name != "gradient" else (0,)
    columns = range(size) if every else (0, size - 1)
    zero = True
    for i in rows:
        for m in columns:
            delta = int(i == m)
            if name == "gradient":  # ∂(−log y_T)/∂z_m = y_m − δ_mT
                difference = sympy.diff(loss, z[m]) - (y[m] - delta)
            elif name == "jacobian":  # ∂y_i/∂z_m = y_i (δ_im − y_m)
                difference = sympy.diff(y[i], z[m]) - y[i] * (delta - y[m])
            else:  # ∂²(−log y_T)/∂z_i∂z_m = y_i (δ_im − y_m)
                difference = sympy.diff(loss, z[i], z[m]) - y[i] * (delta - y[m])
            zero = zero and sympy.simplify(difference) == 0
    return time.perf_counter() - start, zero


def child(*arguments: str, limit: float) -> Any:
    """What a fresh process of this file prints, or None when it was stopped."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, __file__, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limit, env=environment, text=True, check=False)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}"}
    return json.loads(done.stdout.splitlines()[-1])


def sympy_cell(answers: list[Any], limit: float) -> str:
    """The cell of the table for SymPy at one size."""
    if any(a is None for a in answers):
        return f"gave up ({limit:.0f} s)"
    if any("error" in a for a in answers):
        return str(next(a["error"] for a in answers if "error" in a)).split(":")[0]
    text = ms(statistics.median(a["seconds"] for a in answers))
    return text if all(a["zero"] for a in answers) else f"{text} (not 0)"


# Ours.


def ours(name: str) -> Any:
    """A function that proves one of the statements, for every K, from the SymPy expression on."""
    from symnll import Eq, KroneckerDelta, diff, indices, nll, size, softmax, vector
    from symnll.prove.prover import search

    K = size("K")
    i, m, T = indices("i m T", K)
    z = vector("z", K)
    y = softmax(z)
    statement = {
        "gradient": lambda: Eq(diff(nll(z, T), z[m]), y[m] - KroneckerDelta(m, T)),
        "jacobian": lambda: Eq(diff(y[i], z[m]), y[i] * (KroneckerDelta(i, m) - y[m])),
        "hessian": lambda: Eq(diff(diff(nll(z, T), z[i]), z[m]), y[i] * (KroneckerDelta(i, m) - y[m])),
    }[name]

    def prove() -> None:
        theorem, _ = search(statement())
        assert theorem is not None

    return prove


def timed(function: Any) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def library(rounds: int) -> dict[str, Any]:
    """Seconds of every claim: the first round and the median of the others, and of imports."""
    start = time.perf_counter()
    from symnll.entry import claims
    from symnll.prove.library import prove_claim

    every = claims()
    imports = time.perf_counter() - start
    seconds: dict[str, list[float]] = {name: [] for name in every}
    unproved = set()
    for _ in range(rounds):
        for name, (_, claim) in every.items():
            start = time.perf_counter()
            if prove_claim(claim).verdict != "proved":
                unproved.add(name)
            seconds[name].append(time.perf_counter() - start)
    return {"imports": imports, "seconds": seconds, "unproved": sorted(unproved)}


# The report.


def report_library(rounds: int) -> None:
    colds = [child("--library", "1", limit=600) for _ in range(min(rounds, 3))]
    warm = child("--library", str(rounds + 1), limit=1200)
    totals = [c["imports"] + sum(t[0] for t in c["seconds"].values()) for c in colds]
    first = statistics.median(totals)
    imports = statistics.median(c["imports"] for c in colds)
    print(f"The library: {len(warm['seconds'])} claims with their derivations, checked at small sizes; one core")
    print(f"  cold, with imports   {first:6.2f} s   (imports {imports:.2f} s)")
    print(f"  warm                 {sum(statistics.median(t[1:]) for t in warm['seconds'].values()):6.2f} s")
    cold = {name: statistics.median(c["seconds"][name][0] for c in colds) for name in warm["seconds"]}
    medians = {name: statistics.median(t[1:]) for name, t in warm["seconds"].items()}
    values = sorted(medians.values())
    quantile = values[int(0.9 * (len(values) - 1))]
    print(f"  per claim, warm      median {ms(statistics.median(values))} ms, 90 % below {ms(quantile)} ms")
    print("  slowest, warm (cold) in ms:")
    for name in sorted(medians, key=lambda n: -medians[n])[:8]:
        print(f"    {ms(medians[name]):>7} ({ms(cold[name])})  {name}")
    over = [name for name in medians if medians[name] > 0.5]
    print(f"  over 500 ms: {', '.join(over) or 'none'}")
    if warm["unproved"]:
        print(f"  NOT PROVED: {', '.join(warm['unproved'])}")


def report_sympy(rounds: int, limit: float) -> None:
    print("\nOne statement, in ms: ours for every K, SymPy's diff + simplify written out at K (interleaved medians)")
    print(f"  {'':20}{'ours, cold':>12}{'ours, warm':>12}" + "".join(f"{f'SymPy, K = {k}':>18}" for k in SIZES))
    for name in STATEMENTS:
        colds, warms = [], []
        answers: dict[tuple[str, int], list[Any]] = {(which, k): [] for which in ("all", "two") for k in SIZES}
        for _ in range(rounds):
            measured = child("--ours", name, limit=limit)
            colds.append(measured["cold"])
            warms.append(measured["warm"])
            for (which, k), found in answers.items():
                if None not in found:  # what gave up once is not tried again
                    found.append(child("--sympy", name, str(k), which, limit=limit))
        cells = {w: "".join(f"{sympy_cell(answers[w, k], limit):>18}" for k in SIZES) for w in ("all", "two")}
        print(f"  {name:20}{ms(statistics.median(colds)):>12}{ms(statistics.median(warms)):>12}{cells['all']}")
        print(f"  {'  two entries of it':20}{'':24}{cells['two']}", flush=True)
    print("  Two entries: one with i = m and one with i ≠ m. Without the time to import SymPy, on both sides.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for one case of SymPy")
    parser.add_argument("--library", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--ours", help=argparse.SUPPRESS)
    parser.add_argument("--sympy", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.library:
        print(json.dumps(library(options.library)))
    elif options.ours:
        prove = ours(options.ours)
        cold = timed(prove)
        print(json.dumps({"cold": cold, "warm": statistics.median(timed(prove) for _ in range(15))}))
    elif options.sympy:
        name, size, which = options.sympy
        seconds, zero = written_out(name, int(size), which == "all")
        print(json.dumps({"seconds": seconds, "zero": zero}))
    else:
        import sympy

        machine = f"{platform.machine()}, {os.cpu_count()} cores"
        print(f"Python {platform.python_version()}, SymPy {sympy.__version__}, {machine}")
        report_library(options.rounds)
        report_sympy(options.rounds, options.limit)


if __name__ == "__main__":
    main()
