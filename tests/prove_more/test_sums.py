"""Inequalities of sums and roots, sums of sums in another order, and integers that are 0 or 1."""

from __future__ import annotations

import pytest
from sympy import Abs, sqrt

from symnll import (
    Eq,
    Ge,
    Gt,
    KroneckerDelta,
    Le,
    Lt,
    index,
    indices,
    log,
    positive,
    prove,
    real,
    size,
    softmax,
    total,
    vector,
)

K, N = size("K"), size("N")
j, k = indices("j k", K)
n = index("n", N)
a, b = real("a"), real("b")
p = positive("p")
u, v = vector("u", K), vector("v", K)
w = vector("w", K, kind="positive")
s, t = vector("s", K, kind="simplex"), vector("t", K, kind="simplex")
x = vector("x", N, K)
bits, counts = vector("b", N, kind="binary"), vector("c", N, kind="natural")
y = softmax(u)
norm = sqrt(total((u[k] - v[k]) ** 2, k))

PROVED = {
    "agreement of two distributions": Le(total(s[k] * t[k], k), 1),
    "squares of shares": Le(total(w[k] ** 2, k), total(w[k], k) ** 2),
    "Cauchy and Schwarz": Le(total(u[k] * v[k], k) ** 2, total(u[k] ** 2, k) * total(v[k] ** 2, k)),
    "with norms": Le(Abs(total(u[k] * v[k], k)), sqrt(total(u[k] ** 2, k)) * sqrt(total(v[k] ** 2, k))),
    "one coordinate": Le(a, sqrt(a**2 + b**2)),
    "diagonal": Le(a + b, sqrt(2) * sqrt(a**2 + b**2)),
    "squared norm": Eq(norm**2, total(u[k] ** 2, k) - 2 * total(u[k] * v[k], k) + total(v[k] ** 2, k)),
    "square of rows": Eq(total(total(x[n, j], j) ** 2, n), total(x[n, j] * x[n, k], n, j, k)),
    "one or the other": Gt(bits[n] / p**2 + (1 - bits[n]) / (1 + p) ** 2, 0),
    "Jensen": Ge(log(total(s[k] * w[k], k)), total(s[k] * log(w[k]), k)),
    "Jensen for equal weights": Ge(log(total(w[k], k) / K), total(log(w[k]), k) / K),
    "Jensen for softmax weights": Ge(log(total(y[k] * w[k], k)), total(y[k] * log(w[k]), k)),
    "one as a number": Eq(KroneckerDelta(1, bits[n]), bits[n]),
    "number of zeros": Eq(total(KroneckerDelta(bits[n], 0), n), N - total(bits[n], n)),
    "bits": Ge(bits[n] ** 2 - bits[n], 0),
}

NOT_PROVED = {
    "more than the product": Le(total(s[k] * t[k], k), total(s[k] * s[k], k)),
    "strictly less": Lt(total(w[k] ** 2, k), total(w[k], k) ** 2),
    "of any sign": Le(total(u[k] ** 2, k), total(u[k], k) ** 2),
    "too small a factor": Le(a + b, sqrt(a**2 + b**2)),
    "other indices": Eq(total(x[n, j], n, j) ** 2, total(x[n, j] * x[n, k], n, j, k)),
    "Jensen turned around": Le(log(total(s[k] * w[k], k)), total(s[k] * log(w[k]), k)),
    "Jensen without weights": Ge(log(total(w[k], k)), total(log(w[k]), k)),
    "zero as a number": Eq(KroneckerDelta(0, bits[n]), bits[n]),
    "counts are no bits": Eq(KroneckerDelta(1, counts[n]), counts[n]),
    "minus": Gt(bits[n] / p**2 - (1 - bits[n]) / (1 + p) ** 2, 0),
}


@pytest.mark.parametrize("name", PROVED)
def test_proved(name: str) -> None:
    assert prove(PROVED[name]).verdict == "proved"


@pytest.mark.parametrize("name", NOT_PROVED)
def test_not_proved(name: str) -> None:
    assert prove(NOT_PROVED[name]).verdict in ("refuted", "unknown")
