"""Factorials, binomials and counts; Poisson, binomial and multinomial likelihoods; 0/1 and one-hot values."""

from __future__ import annotations

import pytest
from sympy import Integer, evaluate

from symnll.language import Eq, Ge, Gt, Index, Le, Lt, positive
from tests.prove.forms import (
    PO,
    D,
    K,
    M,
    N,
    P,
    S,
    Zs,
    a,
    bino,
    bit,
    bits,
    counts,
    delta,
    dv,
    ex,
    f,
    fac,
    hits,
    hot,
    i,
    inv,
    j,
    k,
    k_b,
    label,
    lam,
    lg,
    n_b,
    n_y,
    one,
    p,
    proved,
    q,
    r,
    refuted,
    s,
    sg,
    sm,
    t,
    x,
    z,
)

prob = positive("prob")


def pois(n):
    return dv(PO(lam, hits[n]) * ex(-lam), fac(hits[n]))


with evaluate(False):
    TRUE = {
        "fac1": (Eq(fac(n_y), M(n_y, fac(n_y - 1))), Ge(n_y, 1)),
        "fac2": (Eq(lg(fac(n_y)), S(lg(Index("u", 1, n_y)), Index("u", 1, n_y))),),
        "fac3": (Eq(fac(n_y + 1), (n_y + 1) * fac(n_y)),),
        "fac4": (Eq(fac(Integer(5)), Integer(120)),),
        "fac5": (Gt(fac(n_y), 0),),
        "fac6": (Eq(fac(Integer(0)), one),),
        "bin1": (Eq(bino(n_b, k_b), dv(fac(n_b), fac(k_b) * fac(n_b - k_b))), Le(k_b, n_b)),
        "bin2": (Eq(lg(bino(n_b, k_b)), lg(fac(n_b)) - lg(fac(k_b)) - lg(fac(n_b - k_b))), Le(k_b, n_b)),
        "bin3": (Eq(bino(n_b, Integer(0)), one),),
        "bin3b": (Eq(bino(n_b, one), n_b),),
        "bin3c": (Eq(bino(n_b, n_b), one),),
        "bin4": (Eq(bino(n_b, k_b), bino(n_b, n_b - k_b)), Le(k_b, n_b)),
        "bin5": (Eq(bino(Integer(5), Integer(2)), Integer(10)),),
        "bin6": (Eq(bino(n_b, Integer(2)), dv(n_b * (n_b - 1), Integer(2))),),
        "poi1": (Eq(lg(P(pois(s), s)), S(hits[s] * lg(lam) - lam - lg(fac(hits[s])), s)),),
        "poi2": (Eq(D(S(lam - hits[s] * lg(lam) + lg(fac(hits[s])), s), lam), N - dv(S(hits[s], s), lam)),),
        "poi3": (Eq(D(-lg(dv(PO(lam, n_y) * ex(-lam), fac(n_y))), lam), 1 - dv(n_y, lam)),),
        "binll": (
            Eq(
                D(lg(bino(n_b, k_b) * PO(prob, k_b) * PO(1 - prob, n_b - k_b)), prob),
                dv(k_b, prob) - dv(n_b - k_b, 1 - prob),
            ),
            Lt(prob, 1),
            Le(k_b, n_b),
        ),
        "mult1": (
            Eq(
                lg(dv(fac(S(counts[k], k)), P(fac(counts[k]), k)) * P(PO(q[k], counts[k]), k)),
                lg(fac(S(counts[k], k))) - S(lg(fac(counts[k])), k) + S(counts[k] * lg(q[k]), k),
            ),
        ),
        "mult2": (
            Eq(
                D(lg(dv(fac(S(counts[k], k)), P(fac(counts[k]), k)) * P(PO(q[k], counts[k]), k)), q[j]),
                dv(counts[j], q[j]),
            ),
        ),
        "pow1": (Eq(P(P(PO(q[k], delta(k, label[s])), k), s), P(q[label[s]], s)),),
        "prodprod": (Eq(P(q[k] * r[k], k), P(q[k], k) * P(r[k], k)),),
        "prodinv": (Eq(P(inv(q[k]), k), inv(P(q[k], k))),),
        "prodsum": (Eq(lg(P(P(q[k] * lam, k), s)), N * S(lg(q[k]), k) + N * K * lg(lam)),),
        "bin_a": (Eq(bits[s] ** 2, bits[s]),),
        "bin_b": (Eq(bits[s] * (1 - bits[s]), 0),),
        "bin_c": (Eq(bit**2, bit),),
        "bin_d": (Eq(lg(PO(a, bit) * PO(1 - a, 1 - bit)), bit * lg(a) + (1 - bit) * lg(1 - a)), Gt(a, 0), Lt(a, 1)),
        "bin_e": (Eq(PO(a, bit) * PO(1 - a, 1 - bit), bit * a + (1 - bit) * (1 - a)),),
        "bin_f": (
            Eq(
                lg(P(PO(a, bits[s]) * PO(1 - a, 1 - bits[s]), s)),
                S(bits[s], s) * lg(a) + (N - S(bits[s], s)) * lg(1 - a),
            ),
            Gt(a, 0),
            Lt(a, 1),
        ),
        "bin_g": (Eq((2 * bit - 1) ** 2, 1),),
        "bin_h": (Eq(-bit * lg(sg(x)) - (1 - bit) * lg(1 - sg(x)), lg(1 + ex(-(2 * bit - 1) * x))),),
        "bin_i": (Eq(S(bits[s] ** 2, s), S(bits[s], s)),),
        "oh1": (Eq(hot[i] * hot[j], delta(i, j) * hot[i]),),
        "oh2": (Eq(S(hot[k] * f(z[k]), k), f(z[t])),),
        "oh3": (Eq(P(PO(p[k], hot[k]), k), p[t]),),
        "oh4": (Eq(S(hot[k], k), 1),),
        "oh5": (Eq(hot[i] ** 2, hot[i]),),
        "oh6": (Eq(S(hot[k] * lg(p[k]), k), lg(S(hot[k] * p[k], k))),),
        "oh7": (Eq(hot[i] * (1 - hot[i]), 0),),
        "oh8": (Eq(-S(hot[k] * lg(sm(k)), k), lg(S(ex(z[k] - z[t]), k))),),
        "int1": (Eq(S(dv(counts[k], N), k), dv(S(counts[k], k), N)),),
        "int2": (Eq(S(dv(counts[k], S(counts[j], j)), k), 1), Gt(S(counts[j], j), 0)),
        "int3": (Eq(-S(dv(one, K) * lg(sm(k)), k), lg(Zs) - dv(S(z[k], k), K)),),
        "int4": (Eq(S(dv(one, K), k), 1),),
        "int5": (Eq(lg(P(PO(q[k], counts[k]), k)), S(counts[k] * lg(q[k]), k)),),
        "int6": (Eq(dv(one, N) * S(x, s), x),),
        "int7": (Eq(dv(K - 1, K), 1 - dv(one, K)),),
        "int8": (Eq(S(S(delta(label[s], k), s), k), N),),
        "int9": (Eq(S(dv(S(delta(label[s], k), s), N) * lg(q[k]), k), dv(S(lg(q[label[s]]), s), N)),),
        "int10": (Gt(lg(K + 1), 0),),
        "int11": (Ge(lg(K), 0),),
    }
    FALSE = {
        "a factorial by its square": (Eq(fac(n_y + 1), (n_y + 1) * fac(n_y + 1)),),
        "log n! with one factor more": (Eq(lg(fac(n_y)), S(lg(Index("u", 1, n_y) + 1), Index("u", 1, n_y))),),
        "a binomial where k > n": (Eq(bino(n_b, k_b), dv(fac(n_b), fac(k_b) * fac(n_b - k_b + 1))), Le(k_b, n_b)),
        "C(n, 1)": (Eq(bino(n_b, one), n_b + 1),),
        "the binomial score": (
            Eq(D(lg(bino(n_b, k_b) * PO(prob, k_b) * PO(1 - prob, n_b - k_b)), prob), dv(k_b, prob)),
            Lt(prob, 1),
            Le(k_b, n_b),
        ),
        "Poisson likelihood without the factorials": (Eq(lg(P(pois(s), s)), S(hits[s] * lg(lam) - lam, s)),),
        "multinomial likelihood with one sum": (
            Eq(lg(dv(fac(S(counts[k], k)), P(fac(counts[k]), k))), lg(fac(S(counts[k], k))) - lg(fac(counts[i]))),
        ),
        "the square of a count": (Eq(counts[k] ** 2, counts[k]),),
        "the square of a bit less one": (Eq((bits[s] - 1) ** 2, bits[s]),),
        "bits of two samples": (Eq(bits[s] * bits[one], bits[s]),),
        "two one-hot entries": (Eq(hot[i] * hot[j], hot[i]),),
        "a sum over the samples": (Eq(S(delta(label[s], k), s), one),),
        "bin7": (Eq(bino(n_b, k_b), dv(fac(n_b), fac(k_b))), Le(k_b, n_b)),
        "poi4": (Eq(D(-lg(dv(PO(lam, n_y) * ex(-lam), fac(n_y))), lam), dv(n_y, lam) - 1),),
        "int12": (Gt(lg(K), 0),),
    }


@pytest.mark.parametrize("name", TRUE)
def test_it_is_proved(name):
    assert proved(*TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_its_false_neighbour_is_not(name):
    assert not proved(*FALSE[name])
    assert refuted(*FALSE[name])
