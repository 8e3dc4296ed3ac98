"""What the surface language builds: kinds, one-hot vectors and their places."""

from __future__ import annotations

import pytest
from sympy import log

from symnll.language import Eq, Index, index, labels, onehot, product, size, total, vector
from symnll.prove.prover import prove
from symnll.prove.result import Proved, Refuted

K, N = size("K"), size("N")
k, m = index("k", K), index("m", K)
n = index("n", N)
x = labels("x", N, K)
q = vector("q", N, K, kind="positive")
p = vector("p", N, K, kind="simplex")


def test_a_onehot_vector_without_a_place_is_1_at_an_index_of_its_own() -> None:
    y = onehot("y", K)
    assert isinstance(y.extra, Index) and str(y.extra) == "T_y" and y.sizes == (K,)
    assert isinstance(prove(Eq(total(y[k], k), 1)), Proved)
    assert isinstance(prove(Eq(y[k] * y[m], y[k])), Refuted)


def test_rows_are_onehot_at_labels() -> None:
    y = onehot("y", K, x)
    assert y.sizes == (N, K)
    assert isinstance(prove(Eq(total(y[n, k] * log(q[n, k]), k), log(q[n, x[n]]))), Proved)
    assert isinstance(prove(Eq(product(q[n, k] ** y[n, k], k), q[n, x[n]])), Proved)
    assert isinstance(prove(Eq(total(total(y[n, k], k), n), N)), Proved)
    assert isinstance(prove(Eq(y[n, k] ** 2, y[n, k])), Proved)
    refuted = prove(Eq(total(y[n, k], n), 1))
    assert isinstance(refuted, Refuted) and "x" in refuted.witness.values


def test_a_simplex_sums_to_1_over_its_last_axis_only() -> None:
    assert isinstance(prove(Eq(total(p[n, k], k), 1)), Proved)
    assert isinstance(prove(Eq(total(p[n, k], n), 1)), Refuted)


@pytest.mark.parametrize("kind", ["onehot", "labels", "something"])
def test_a_vector_is_of_a_plain_kind(kind: str) -> None:
    with pytest.raises(ValueError, match="kind"):
        vector("v", K, kind=kind)
