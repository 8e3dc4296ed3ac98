"""The loss and its gradient in ball arithmetic, and how many units in the last place a number is away from them."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb, ctx, fmpq


def exactly(x: Any) -> arb:
    numerator, denominator = float(x).as_integer_ratio()
    return arb(fmpq(numerator, denominator))


def loss_and_gradient(row: Any, target: int, bits: int = 400) -> tuple[arb, list[arb]]:
    """NLL and its gradient; −∞ logits count for nothing. By formulas that do not cancel."""
    before, ctx.prec = ctx.prec, bits
    try:
        there = [float(x) > -np.inf for x in row]
        top = exactly(max(row))
        cache: dict[float, arb] = {}
        powers = []
        for x, finite in zip(row, there, strict=True):
            value = float(x)
            if value not in cache:
                cache[value] = (exactly(value) - top).exp() if finite else arb(0)
            powers.append(cache[value])
        norm = sum(powers, arb(0))
        off = sum((p for k, p in enumerate(powers) if k != target), arb(0))
        first = int(np.argmax(row))
        others = sum((p for k, p in enumerate(powers) if k != first), arb(0))
        loss = (top - exactly(row[target])) + others.log1p() if there[target] else arb("inf")
        gradient = [p / norm for p in powers]
        gradient[target] = -off / norm
        return loss, gradient
    finally:
        ctx.prec = before


def ulps(ours: Any, exact: arb, dtype: Any) -> float:
    """The distance in units in the last place of the exact value; below the normal range these are all the least."""
    info = np.finfo(dtype)
    truth = float(exact.mid())
    magnitude = abs(exact)
    smallest = float(info.tiny)
    unit = arb(float(info.smallest_subnormal)) if dtype == np.float32 else arb(2) ** -1074
    if magnitude > smallest:
        _, exponent = np.frexp(abs(truth))
        unit = arb(2) ** (int(exponent) - 1 - info.nmant)
    if not np.isfinite(ours):
        return 0.0 if truth == float(ours) else float("inf")
    before, ctx.prec = ctx.prec, 400
    try:
        return float((abs(exactly(ours) - exact) / unit).mid())
    finally:
        ctx.prec = before


def hard_rows(dtype: Any, rng: np.random.Generator) -> dict[str, tuple[Any, int]]:
    """Rows on which plain formulas lose digits, each with its target."""
    gap = 100 if dtype == np.float32 else 740
    normal = rng.standard_normal
    cases: dict[str, tuple[Any, int]] = {}
    for k in (1, 2, 3, 10, 33, 100, 129, 1000, 2049):
        cases[f"normal, K = {k}"] = (3 * normal(k), k // 2)
        cases[f"spread 50, K = {k}"] = (50 * normal(k), k - 1)
        cases[f"offset 1e6, K = {k}"] = (1e6 + 3 * normal(k), 0)
        cases[f"offset -1e4, K = {k}"] = (-1e4 + 10 * normal(k), 0)
        cases[f"equal, K = {k}"] = (np.full(k, 0.1), 0)
        cases[f"dominating, K = {k}"] = (np.where(np.arange(k) == k // 3, 30.0, normal(k)), k // 3)
        cases[f"nearly subnormal, K = {k}"] = (np.where(np.arange(k) == k // 3, float(gap), 2 * normal(k)), k // 3)
        cases[f"subnormal, another dominates, K = {k}"] = (np.where(np.arange(k) == 0, gap + 1.3, normal(k)), k - 1)
        masked = np.where(rng.random(k) < 0.5, -np.inf, 20 * normal(k))
        masked[k // 2] = 1.5
        cases[f"masks, K = {k}"] = (masked, k // 2)
        cases[f"most negative masks, K = {k}"] = (np.where(np.isinf(masked), np.finfo(dtype).min, masked), k // 2)
        cases[f"huge, K = {k}"] = (rng.uniform(-0.49, 0.49, k) * float(np.finfo(dtype).max), k - 1)
        cases[f"ties, K = {k}"] = (np.round(normal(k)), k - 1)
    return {name: (z.astype(dtype), t) for name, (z, t) in cases.items()}
