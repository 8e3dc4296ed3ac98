"""Statements that hold where they are defined, with that given: derivatives of logarithms, quotients, roots, powers."""

from __future__ import annotations

import pytest
from sympy import Integer, evaluate

from symnll.language import Eq, ForAll, Ge, Gt, Lt, Ne
from tests.prove.forms import (
    PO,
    D,
    K,
    M,
    S,
    a,
    b,
    c,
    delta,
    dv,
    ex,
    g,
    i,
    inv,
    j,
    k,
    lam,
    lg,
    m,
    n_y,
    proved,
    q,
    r,
    refuted,
    sg,
    sm,
    sq,
    t,
    tau,
    w,
    x,
    y,
    z,
)

with evaluate(False):
    TRUE = {
        "def1": (Eq(D(lg(x), x), inv(x)), Gt(x, 0)),
        "def2": (Eq(D(-(y * lg(a) + (1 - y) * lg(1 - a)), a), dv(a - y, a * (1 - a))), Gt(a, 0), Lt(a, 1)),
        "def3": (Eq(dv(a * a - b * b, a - b), a + b), Ne(a, b)),
        "def4": (Eq(dv(x * (a + b), a + b), x), Ne(a + b, 0)),
        "def5": (Eq(dv(x * (2 * a + 2 * b), a + b), 2 * x), Ne(b + a, 0)),
        "def6": (Eq(lg(x * y), lg(x) + lg(y)), Gt(x, 0), Gt(y, 0)),
        "def7": (Eq(lg(dv(x, y)), lg(x) - lg(y)), Gt(x, 0), Gt(y, 0)),
        "def8": (Eq(D(lg(a + b), a), inv(a + b)), Gt(a + b, 0)),
        "def9": (Eq(D(lg(M(2, a + b)), a), inv(a + b)), Gt(a + b, 0)),
        "def10": (Eq(D(lg(S(z[k], k)), z[m]), inv(S(z[k], k))), Gt(S(z[k], k), 0)),
        "def11": (Eq(D(-S(w[k] * lg(z[k]), k), z[m]), -dv(w[m], z[m])), ForAll(Gt(z[k], 0), k)),
        "def12": (Eq(sq(x * x), x), Ge(x, 0)),
        "def12b": (Eq(sq(x) * sq(x), x), Ge(x, 0)),
        "def13": (Eq(D(sq(x), x), inv(2 * sq(x))), Gt(x, 0)),
        "def14": (Eq(PO(lam, a) * PO(lam, b), PO(lam, a + b)),),
        "def15": (Eq(PO(lam * tau, a), PO(lam, a) * PO(tau, a)),),
        "def16": (Eq(D(PO(lam, a), lam), a * PO(lam, a - 1)),),
        "def17": (Eq(D(PO(lam, a), a), PO(lam, a) * lg(lam)),),
        "def18": (Eq(lg(dv(a, 1 - a)), lg(a) - lg(1 - a)), Gt(a, 0), Lt(a, 1)),
        "def19": (Eq(D(lg(dv(a, 1 - a)), a), inv(a * (1 - a))), Gt(a, 0), Lt(a, 1)),
        "def20": (
            Eq(D(D(-(y * lg(a) + (1 - y) * lg(1 - a)), a), a), dv(y, a**2) + dv(1 - y, (1 - a) ** 2)),
            Gt(a, 0),
            Lt(a, 1),
        ),
        "def21": (Eq(D(D(S(z[k] * lg(z[k]), k), z[m]), z[m]), inv(z[m])), ForAll(Gt(z[k], 0), k)),
        "def22": (Eq(D(D(S(q[k] * lg(q[k]), k), q[m]), q[j]), dv(delta(m, j), q[m])),),
        "def23": (Eq(D(D(lg(S(z[k], k)), z[m]), z[j]), -inv(S(z[k], k) ** 2)), Gt(S(z[k], k), 0)),
        "def24": (Eq(dv(a, b) / dv(c, b), dv(a, c)), Ne(b, 0), Ne(c, 0)),
        "def25": (Eq(lg(a * a), 2 * lg(a)), Gt(a, 0)),
        "def26": (Eq(D(lg(-a), a), inv(a)), Lt(a, 0)),
        "def27": (Eq(D(dv(lg(x), x), x), dv(1 - lg(x), x**2)), Gt(x, 0)),
        "def28": (Eq(D(lg(lg(x)), x), inv(x * lg(x))), Gt(lg(x), 0), Gt(x, 0)),
        "def29": (Eq(D(lg(1 - S(z[k], k)), z[m]), -inv(1 - S(z[k], k))), Lt(S(z[k], k), 1)),
        "def30": (Eq(D(PO(1 - a, g), a), -g * PO(1 - a, g - 1)), Lt(a, 1)),
        "foc1": (
            Eq(D(-PO(1 - a, g) * lg(a), a), g * PO(1 - a, g - 1) * lg(a) - dv(PO(1 - a, g), a)),
            Gt(a, 0),
            Lt(a, 1),
        ),
        "foc2": (Eq(D(-PO(1 - sg(x), 2) * lg(sg(x)), x), PO(1 - sg(x), 2) * (2 * sg(x) * lg(sg(x)) + sg(x) - 1)),),
        "foc3": (Eq(D(-PO(1 - sg(x), g) * lg(sg(x)), x), PO(1 - sg(x), g) * (g * sg(x) * lg(sg(x)) + sg(x) - 1)),),
        "foc4": (
            Eq(D(-PO(1 - sm(t), g) * lg(sm(t)), z[t]), PO(1 - sm(t), g) * (g * sm(t) * lg(sm(t)) + sm(t) - 1)),
            Ge(K, 2),
        ),
        "gum": (
            Eq(dv(PO(r[i], inv(tau)), S(PO(r[k], inv(tau)), k)), dv(ex(lg(r[i]) / tau), S(ex(lg(r[k]) / tau), k))),
        ),
        "dlogit": (Eq(D(lg(dv(a, 1 - a)), a), inv(a) + inv(1 - a)), Gt(a, 0), Lt(a, 1)),
    }
    FALSE = {
        "a root of a square that may be negative": (Eq(sq(x * x), x), Ne(x, 0)),
        "the root of a difference": (Eq(sq(a * a - b * b), a - b), Gt(a, b), Gt(b, 0)),
        "a logarithm of a sum": (Eq(lg(x + y), lg(x) + lg(y)), Gt(x, 0), Gt(y, 0)),
        "a quotient of logarithms": (Eq(lg(dv(x, y)), dv(lg(x), lg(y))), Gt(x, 0), Gt(y, 0)),
        "a power of a sum": (Eq(PO(lam + tau, a), PO(lam, a) + PO(tau, a)),),
        "the power rule": (Eq(D(PO(lam, a), lam), a * PO(lam, a)),),
        "an exponential with another base": (Eq(D(PO(lam, a), a), PO(lam, a)),),
        "the binary cross-entropy": (
            Eq(D(-(y * lg(a) + (1 - y) * lg(1 - a)), a), dv(y - a, a * (1 - a))),
            Gt(a, 0),
            Lt(a, 1),
        ),
        "the second derivative of the entropy, off its diagonal": (
            Eq(D(D(S(q[k] * lg(q[k]), k), q[m]), q[j]), inv(q[m])),
        ),
        "focal loss without its second term": (
            Eq(D(-PO(1 - a, g) * lg(a), a), -dv(PO(1 - a, g), a)),
            Gt(a, 0),
            Lt(a, 1),
        ),
        "0 to a power that may be 0": (Eq(PO(M(Integer(0), lam), n_y), 0),),
        "def12f": (Eq(sq(x * x), x),),
    }


@pytest.mark.parametrize("name", TRUE)
def test_it_is_proved(name):
    assert proved(*TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_its_false_neighbour_is_not(name):
    assert not proved(*FALSE[name])
    assert refuted(*FALSE[name])
