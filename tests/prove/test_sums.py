"""Sums and products over pairs and shifted ranges; means; softmax sums."""

from __future__ import annotations

import pytest
from sympy import Integer, evaluate

from symnll.language import Eq, ForAll, Ge, Lt, Ne
from tests.prove.forms import (
    MX,
    PO,
    PW,
    D,
    K,
    N,
    P,
    S,
    a,
    al,
    b,
    c,
    counts,
    delta,
    dv,
    ex,
    half,
    hot,
    i,
    j,
    k,
    lg,
    mat,
    mu,
    o,
    one,
    p,
    proved,
    q,
    refuted,
    s,
    sm,
    t,
    xs,
    z,
)

with evaluate(False):
    TRUE = {
        "ls1": (Eq((1 - al) * delta(k, t) + dv(al, K) + 0, delta(k, t) - al * delta(k, t) + dv(al, K)),),
        "unif": (Eq(-lg(dv(one, K)), lg(K)),),
        "ppl": (Eq(ex(-lg(dv(one, K))), K),),
        "dbl1": (Eq(S(S(mat[i, j], j), i), S(S(mat[i, j], i), j)),),
        "dbl2": (Eq(S(S(mat[i, j], j, i + 1, K), i), S(S(mat[i, j], i, 1, j - 1), j)),),
        "dbl3": (Eq(S(S(z[i] * z[j], j, i + 1, K), i), half * (S(z[i], i) ** 2 - S(z[i] ** 2, i))),),
        "dbl4": (Eq(S(z[i], i) ** 2, S(S(z[i] * z[j], j), i)),),
        "dbl5": (Eq(S(S(PW((z[i] * z[j], Ne(i, j)), (Integer(0), True)), j), i), S(z[i], i) ** 2 - S(z[i] ** 2, i)),),
        "dbl6": (
            Eq(
                S(S(PW((mat[i, j], Lt(i, j)), (Integer(0), True)), j), i),
                half * S(S(PW((mat[i, j], Ne(i, j)), (Integer(0), True)), j), i),
            ),
            ForAll(Eq(mat[i, j], mat[j, i]), i, j),
        ),
        "shift1": (Eq(S(z[k + 1], k, 0, K - 1), S(z[k], k)),),
        "shift2": (Eq(S(z[k - 1], k, 2, K + 1), S(z[k], k)),),
        "shift3": (Eq(P(q[k + 1], k, 0, K - 1), P(q[k], k)),),
        "shift4": (Eq(MX(z[k + 1], k, 0, K - 1), MX(z[k], k)),),
        "rev": (Eq(S(z[K + 1 - k], k), S(z[k], k)),),
        "first": (Eq(S(z[k], k), z[one] + S(z[k], k, 2, K)),),
        "last": (Eq(S(z[k], k), z[K] + S(z[k], k, 1, K - 1)),),
        "const": (Eq(S(c, k), K * c),),
        "const2": (Eq(S(one, k, 0, K - 1), K),),
        "const3": (Eq(P(c, k), PO(c, K)),),
        "mean1": (Eq(S(xs[s] - dv(S(xs[s], s), N), s), 0),),
        "mean2": (
            Eq(S((xs[s] - mu) ** 2, s), S((xs[s] - dv(S(xs[s], s), N)) ** 2, s) + N * (dv(S(xs[s], s), N) - mu) ** 2),
        ),
        "kl": (Eq(S(p[k] * lg(dv(p[k], o[k])), k), -S(p[k] * lg(o[k]), k) - -S(p[k] * lg(p[k]), k)),),
        "shiftinv": (Eq(dv(ex(z[i] + c), S(ex(z[k] + c), k)), sm(i)),),
        "sum1": (Eq(S(sm(k), k), 1),),
        "ratio": (Eq(dv(sm(i), sm(j)), ex(z[i] - z[j])),),
        "lograt": (Eq(lg(dv(sm(i), sm(j))), z[i] - z[j]),),
        "jacsum": (Eq(S(D(sm(i), z[j]), i), 0),),
        "jacsum2": (Eq(S(D(sm(i), z[j]), j), 0),),
        "two": (Eq(dv(ex(a), ex(a) + ex(b)) + dv(ex(b), ex(a) + ex(b)), 1),),
        "brier": (Eq(S((p[k] - hot[k]) ** 2, k), S(p[k] ** 2, k) - 2 * p[t] + 1),),
        "mult": (Eq(dv(S(counts[k] * p[k], k), S(counts[k], k)), S(dv(counts[k], S(counts[j], j)) * p[k], k)),),
    }
    FALSE = {
        "a triangle turned without its indices": (
            Eq(S(S(mat[i, j], j, i + 1, K), i), S(S(mat[i, j], j, 1, i - 1), i)),
        ),
        "half of all pairs, of a matrix that is not symmetric": (
            Eq(S(S(mat[i, j], j, i + 1, K), i), half * (S(S(mat[i, j], j), i) - S(mat[i, i], i))),
        ),
        "pairs with the diagonal": (Eq(S(S(z[i] * z[j], j, i, K), i), half * S(z[i], i) ** 2),),
        "a shifted product": (Eq(P(q[k + 1], k, 0, K - 2), P(q[k], k)),),
        "a reversed sum with a weight": (Eq(S(k * z[K + 1 - k], k), S(k * z[k], k)),),
        "a sum without its first term": (Eq(S(z[k], k), S(z[k], k, 2, K)),),
        "a sum without its last term": (Eq(S(z[k], k), z[K] + S(z[k], k, 1, K - 2)), Ge(K, 2)),
        "a constant under a range from 0": (Eq(S(c, k, 0, K), K * c),),
        "the square of a sum": (Eq(S(z[i], i) ** 2, S(z[i] ** 2, i)),),
        "deviations from another mean": (Eq(S(xs[s] - dv(S(xs[s], s), N + 1), s), 0),),
        "shift5": (Eq(S(z[k + 1], k, 0, K - 2), S(z[k], k)),),
    }


@pytest.mark.parametrize("name", TRUE)
def test_it_is_proved(name):
    assert proved(*TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_its_false_neighbour_is_not(name):
    assert not proved(*FALSE[name])
    assert refuted(*FALSE[name])
