"""What is proved from what is given: s ≠ t, s < t and s = t, also for all indices."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from symnll import (
    Eq,
    ForAll,
    Ge,
    Gt,
    KroneckerDelta,
    Le,
    Lt,
    Ne,
    exp,
    index,
    indices,
    log,
    natural,
    positive,
    prove,
    real,
    size,
    softmax,
    total,
    vector,
)

K, N = size("K"), size("N")
i, k, m = indices("i k m", K)
n = index("n", N)
a, b, c = real("a"), real("b"), real("c")
p, q = positive("p"), positive("q")
x, z = vector("x", K), vector("z", K)
counts = vector("t", N, kind="natural")
rows = vector("r", N, K, kind="simplex")
table = vector("A", N, K)
w = vector("w", K, kind="positive")

PROVED = {
    "a ≠ 0 up to a factor": (Ne(2 * a - 2, 0), [Ne(1 - a, 0)]),
    "a ≠ b turned around": (Eq(a / (a - b) - b / (a - b), 1), [Ne(b, a)]),
    "product of what is not 0": (Ne(a - a**2, 0), [Ne(1 - a, 0), Ne(a, 0)]),
    "factor of what is positive": (Ne(a, 0), [Gt(a * b, 0)]),
    "sign of a factor": (Gt(a - b, 0), [Gt(a / p - b / p, 0)]),
    "for all indices": (Ne(2 * z[i], 0), [ForAll(Ne(z[k], 0), k)]),
    "linear in p": (Eq(p * N, total(counts[n], n)), [Eq(total(counts[n], n) / p, N)]),
    "denominators": (Eq(a, c * (a + b)), [Eq(a / c, a + b), Ne(c, 0)]),
    "binomial": (
        Eq(natural("y") / p, (natural("l") - natural("y")) / q),
        [Eq(natural("y") / p - (natural("l") - natural("y")) / q, 0)],
    ),
    "two equations": (Eq(a * q, 3 * q), [Eq(a + b, 4), Eq(a - b, 2)]),
    "logarithm": (Eq(p, exp(a) / q), [Eq(log(p) + log(q), a)]),
    "logarithms for all i": (Eq(w[i], exp(-1 - a * x[i])), [ForAll(Eq(log(w[k]) + 1 + a * x[k], 0), k)]),
    "normalised": (
        Eq(w[i], exp(-a * x[i]) / total(exp(-a * x[k]), k)),
        [ForAll(Eq(log(w[k]) + b + a * x[k], 0), k), Eq(total(w[k], k), 1)],
    ),
    "summed": (Eq(a * b, total(x[k], k)), [ForAll(Eq(a * w[k], x[k]), k), Eq(total(w[k], k), b)]),
    "sums of rows": (Eq(total(3 * rows[n, k], k), 3), []),
    "all rows": (Eq(total(rows[n, k], n, k), N), []),
    "given rows": (Eq(total(table[n, k], k), 2), [ForAll(Eq(total(table[n, k], k), 2), n)]),
    "entry of a row": (Le(rows[n, k], 1), []),
    "difference of logits": (
        Eq(z[i] - z[m], log((K - K * p + p) / p)),
        [Eq(softmax(z)[i], 1 - p + p / K), Eq(softmax(z)[m], p / K), Lt(p, 1)],
    ),
}

NOT_PROVED = {
    "another number": (Ne(a - 1, 0), [Ne(2 - a, 0)]),
    "no sign of a factor": (Gt(a, 0), [Gt(a * b, 0)]),
    "an index too many": (Ne(z[i] - z[m], 0), [ForAll(Ne(z[k], 0), k)]),
    "division by what may be 0": (Eq(a, b), [Eq(a * c, b * c)]),
    "a factor that may be 0": (Eq(p * a, 1), [Eq(p * a * b, b)]),
    "root of a square": (Eq(a, b), [Eq(a**2, b**2)]),
    "wrong sign": (Eq(p, exp(a)), [Eq(log(p) + a, 0)]),
    "only one row": (Eq(total(table[n, k], k), 2), [Eq(total(table[1, k], k), 2)]),
    "columns": (Eq(total(rows[n, k], n), 1), []),
    "strict for one class": (Lt(rows[n, k], 1), []),
}


@pytest.mark.parametrize("name", PROVED)
def test_proved(name: str) -> None:
    statement, given = PROVED[name]
    assert prove(statement, given).verdict == "proved"


@pytest.mark.parametrize("name", NOT_PROVED)
def test_not_proved(name: str) -> None:
    statement, given = NOT_PROVED[name]
    assert prove(statement, given).verdict in ("refuted", "unknown")


def test_same_answer_in_every_process() -> None:
    """Terms are hashed by their addresses, which differ from run to run; what is proved does not."""
    code = (
        "from symnll import *\n"
        "a, b = real('a'), real('b')\n"
        "print(prove(Eq(a/(a - 1) - 1/(a - 1), 1), [Ne(1 - a, 0)]))\n"
        "print(prove(Eq(1/(a - b) + 1/(b - a) + a/(1 - b), a/(1 - b)), [Ne(a, b)]))\n"
    )
    answers = set()
    for seed in ("0", "1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
        answers.add(run.stdout)
    assert len(answers) == 1
    assert answers.pop().count("proved") == 2


def test_delta_guards_its_division() -> None:
    terms = total((1 - KroneckerDelta(k, i)) / (z[k] - z[i]), k)
    turned = total((1 - KroneckerDelta(k, i)) / (z[i] - z[k]), k)
    assert prove(Eq(terms, -turned))
    assert not prove(Eq(terms, turned))


def test_bounds_of_products() -> None:
    assert prove(Gt(K - K * p + p, 0), [Lt(p, 1)])
    assert not prove(Gt(K - K * p + p, 0), [Lt(p, 2)])
    assert prove(Lt(p * q, 1), [Lt(p, 1), Lt(q, 1)])
    assert not prove(Lt(p * q, 1), [Lt(p, 1)])
    assert prove(Ge(a, a**2), [Ge(a, 0), Le(a, 1)])
    assert not prove(Ge(a, a**2), [Le(a, 1)])
