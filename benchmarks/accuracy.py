"""The largest errors of NLL and gradient in units in the last place (ULP), ours beside the peers'.

    python benchmarks/accuracy.py --json accuracy.json                  # every case; some ten minutes
    python benchmarks/accuracy.py --cases 128 --dtypes float32          # the cases with 128 in their name

An error is |result − exact| divided by the spacing of floating-point numbers at the exact result, which ball arithmetic
(Arb, python-flint, 200 bits) gives for the logits as they are after rounding to the dtype. The smallest spacing is that
of subnormal numbers. At most ½ is what correct rounding makes of the exact result. Every sample's own loss and every
component of its gradient is compared. Each library runs in a process of its own; inf in the table means that an
infinity or NaN came out. Results that are exactly zero have to be zero.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from flint import arb, ctx
from machine import describe, in_words
from processes import Contestant, started

INF = math.inf
BITS = 200
LIFT = 512  # exact results below 2^-500 are kept times 2^512, so that two doubles hold them
ENTRANTS = ("symnll", "symnll NumPy", "symnll torch", "symnll jax", "PyTorch", "JAX", "SciPy", "NumPy", "torch.compile")
LOSS_BAR, GRADIENT_BAR = 3, 4


def cases(rng: Any, samples: int) -> Iterator[tuple[str, Any, Any]]:
    """(name, logits in float64, targets); the logits are rounded to the dtype under test."""

    def labels(z: Any) -> Any:
        return rng.integers(0, z.shape[1], len(z))

    def normal(rows: int, classes: int, scale: float, offset: float = 0) -> Any:
        return scale * rng.standard_normal((rows, classes)) + offset

    def dominated(rows: int, classes: int, low: float, high: float, offset: float = 0) -> Any:
        z = normal(rows, classes, 1, offset)
        z[:, 3] = offset + np.linspace(low, high, rows)
        return z

    z = 2 * rng.random((samples, 10)) - 1
    yield "±1, K = 10", z, labels(z)
    z = 50 * (2 * rng.random((samples, 10)) - 1)
    yield "±50, K = 10", z, labels(z)
    for scale, classes in ((1, 2), (20, 3), (5, 33), (5, 129), (1, 1000), (20, 1000), (5, 2049)):
        z = normal(max(4, samples * 10 // classes), classes, scale)
        yield f"normal × {scale}, K = {classes:,}", z, labels(z)
    z = normal(samples, 10, 5)
    z[rng.random(z.shape) < 0.3] = -INF
    z[:, 0] = rng.standard_normal(samples)
    yield "masks (−inf), target not masked", z, np.zeros(samples, int)
    z = normal(samples, 10, 30)
    z[rng.random(z.shape) < 0.3] = -1e30
    z[:, 0] = 30 * rng.standard_normal(samples)
    yield "masks of −10³⁰", z, np.zeros(samples, int)
    yield "the target dominates by 5 to 80", dominated(samples, 10, 5, 80), np.full(samples, 3)
    yield "by 80 to 110: subnormal in float32", dominated(samples, 10, 80, 110), np.full(samples, 3)
    yield "by 700 to 760: subnormal in float64", dominated(samples, 10, 700, 760), np.full(samples, 3)
    yield "another class dominates by 5 to 800", dominated(samples, 10, 5, 800), np.full(samples, 1)
    for name, offset in (("10⁴", 1e4), ("−10⁴", -1e4), ("10⁶", 1e6), ("−10⁶", -1e6)):
        z = normal(samples, 10, 5, offset)
        yield f"offset {name}", z, labels(z)
    yield "offset 10⁶, the target dominates", dominated(samples, 10, 5, 80, 1e6), np.full(samples, 3)
    z = normal(2, 128_256, 2)
    yield "K = 128,256", z, labels(z)
    for classes, low, high in ((1000, 80, 110), (1000, 700, 760), (128_256, 90, 110), (128_256, 710, 760)):
        z = dominated(max(2, min(20, samples)) if classes == 1000 else 2, classes, low, high)
        yield f"by {low} to {high}, K = {classes:,}", z, np.full(len(z), 3)
    yield "K = 128,256, the target dominates", dominated(2, 128_256, 20, 40, 1000), np.full(2, 3)


def exact(row: Any, target: int) -> list[Any]:
    """Loss, then gradient, as balls: the loss is a log1p and 1 − y a sum, so that nothing cancels."""
    least = -INF
    powers = [arb(0) if x == least else (arb(x) - arb(float(row[target]))).exp() for x in map(float, row)]
    others = sum(powers[:target], arb(0)) + sum(powers[target + 1 :], arb(0))
    whole = 1 + others
    slope = [power / whole for power in powers]
    slope[target] = -others / whole
    return [others.log1p(), *slope]


def two_doubles(numbers: list[Any]) -> tuple[Any, Any, Any]:
    """high + low is the number times 2^lift, to about 100 bits."""
    small = arb(2) ** -500
    high, low, lift = np.zeros(len(numbers)), np.zeros(len(numbers)), np.zeros(len(numbers), int)
    for at, number in enumerate(numbers):
        if abs(number) < small:
            lift[at], number = LIFT, number * arb(2) ** LIFT
        high[at] = float(number.mid())
        low[at] = float((number - arb(high[at])).mid())
    return high, low, lift


def ulps(results: Any, truth: tuple[Any, Any, Any], dtype: Any) -> float:
    """The largest error. Differences of close doubles are exact, and units are powers of two."""
    high, low, lift = truth
    results = results.astype(np.float64)
    info = np.finfo(dtype)
    exponent = np.where(high == 0, info.minexp, np.frexp(high)[1] - lift - 1)
    exponent = np.maximum(exponent, info.minexp) - info.nmant
    with np.errstate(all="ignore"):
        error = np.abs((np.ldexp(results, lift) - high) - low)
        error = np.ldexp(error, -(exponent + lift))
    return float(np.where(np.isfinite(results), error, INF).max())


def table(crew: dict[str, Contestant], chosen: argparse.Namespace, dtype: str) -> Iterator[dict[str, Any]]:
    for title, wide, targets in cases(np.random.default_rng(11), chosen.samples):
        if chosen.cases not in title:
            continue
        z = wide.astype(dtype)
        loss_truth, slope_truth = [], []
        for row, target in zip(z, targets, strict=True):
            loss, *slope = exact(row, int(target))
            loss_truth.append(loss)
            slope_truth += slope
        truths = two_doubles(loss_truth), two_doubles(slope_truth)
        errors: dict[str, Any] = {}
        with tempfile.TemporaryDirectory() as folder:
            np.save(f"{folder}/z.npy", z)
            np.save(f"{folder}/t.npy", targets)
            for name, process in crew.items():
                answer = process.tell("each", z=f"{folder}/z.npy", t=f"{folder}/t.npy", out=f"{folder}/out.npz")
                if "error" in answer:
                    errors[name] = answer["error"]
                    continue
                with np.load(f"{folder}/out.npz") as out:
                    results = out["losses"].ravel(), out["slopes"].ravel()
                errors[name] = [ulps(r, truth, np.dtype(dtype)) for r, truth in zip(results, truths, strict=True)]
        yield {"case": title, "dtype": dtype, "errors": errors}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dtypes", default="float32,float64")
    parser.add_argument("--peers", default=",".join(ENTRANTS), help="which of: %(default)s")
    parser.add_argument("--samples", type=int, default=300, help="samples in a case with few classes")
    parser.add_argument("--cases", default="", help="only cases with this in their name")
    parser.add_argument("--json", type=Path, help="where to write the errors, for plots.py")
    chosen = parser.parse_args()
    unknown = set(chosen.peers.split(",")) - set(ENTRANTS)
    if unknown:
        parser.error(f"--peers: unknown: {', '.join(sorted(unknown))}")
    return chosen


def cell(found: Any) -> str:
    if isinstance(found, str):
        return "failed"
    return " / ".join(f"{x:.1f}" if x < 100 else f"{x:.0e}".replace("e+0", "e").replace("e+", "e") for x in found)


def bars(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield f"To reach, in every case: NLL ≤ {LOSS_BAR} ULP, each component of the gradient ≤ {GRADIENT_BAR} ULP"
    for name in ENTRANTS:
        for dtype in dict.fromkeys(row["dtype"] for row in rows):
            found = [
                (row["errors"][name], row["case"]) for row in rows if row["dtype"] == dtype if name in row["errors"]
            ]
            if not name.startswith("symnll") or not found:
                continue
            for at, (what, bar) in enumerate((("NLL", LOSS_BAR), ("gradient", GRADIENT_BAR))):
                worst, case = max((INF if isinstance(e, str) else e[at], case) for e, case in found)
                verdict = "met   " if worst <= bar else "missed"
                yield f"  {verdict}  {name}, {dtype}, {what}: {worst:.3g} ({case})"


def main() -> None:
    ctx.prec = BITS
    chosen = options()
    machine = describe()
    print(in_words(machine))
    crew, missing = started(chosen.peers.split(","), machine["processors"])
    for name, why in missing.items():
        print(f"{name} is left out: {why}")
    rows = []
    try:
        for dtype in chosen.dtypes.split(","):
            print(f"\n{dtype}: NLL / gradient, largest error in ULP")
            print(f"{'':36}" + "".join(f"{name:>16}" for name in crew))
            for row in table(crew, chosen, dtype):
                rows.append(row)
                cells = "".join(f"{cell(row['errors'][name]):>16}" for name in crew)
                print(f"{row['case']:36}{cells}", flush=True)
    finally:
        for process in crew.values():
            process.end()
    failures = {error for row in rows for error in row["errors"].values() if isinstance(error, str)}
    print("", *sorted(failures), *bars(rows), sep="\n")
    if chosen.json:
        result = {"machine": machine, "missing": missing, "rows": rows}
        chosen.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
