"""Maxima, absolute values and distinctions of cases."""

from __future__ import annotations

import pytest
from sympy import Abs, And, Integer, Max, Min, Or, evaluate

from symnll.language import Eq, Ge, Gt, Index, Larger, Le, Lt, Ne
from tests.prove.forms import (
    MX,
    PW,
    D,
    K,
    S,
    a,
    b,
    c,
    delta,
    dv,
    ex,
    i,
    j,
    k,
    lg,
    one,
    proved,
    q,
    refuted,
    sm,
    sq,
    t,
    w,
    x,
    y,
    z,
)

tt = Index("u", 1, K - 1)

with evaluate(False):
    TRUE = {
        "abs1": (Eq(D(Abs(x), x), one), Gt(x, 0)),
        "abs2": (Eq(D(Abs(x), x), -one), Lt(x, 0)),
        "abs3": (Eq(D(Abs(x), x), dv(x, Abs(x))), Ne(x, 0)),
        "max1": (Eq(MX(c + z[k], k), c + MX(z[k], k)),),
        "max2": (Eq(MX(c * z[k], k), c * MX(z[k], k)), Ge(c, 0)),
        "max3": (Eq(MX(z[k] - MX(z[j], j), k), Integer(0)),),
        "max4": (Eq(MX(z[k], k, 1, tt + 1), Larger(MX(z[k], k, 1, tt), z[tt + 1])),),
        "max5": (Eq(MX(z[k], k, 1, tt + 1), Max(MX(z[k], k, 1, tt), z[tt + 1])),),
        "max6": (Eq(ex(MX(z[k], k)), MX(ex(z[k]), k)),),
        "max7": (Eq(lg(MX(q[k], k)), MX(lg(q[k]), k)),),
        "max8": (Le(MX(z[k] + w[k], k), MX(z[k], k) + MX(w[k], k)),),
        "max9": (Eq(Larger(a + c, b + c), Larger(a, b) + c),),
        "max10": (Eq(Larger(a, b), dv(a + b + Abs(a - b), Integer(2))),),
        "max11": (Eq(Min(a, b), -Larger(-a, -b)),),
        "max12": (Eq(Larger(a, b) + Min(a, b), a + b),),
        "max13": (Le(Larger(Integer(0), x), lg(1 + ex(x))),),
        "max14": (Le(lg(1 + ex(x)), Larger(Integer(0), x) + lg(Integer(2))),),
        "max15": (Eq(Larger(Integer(0), x) - Larger(Integer(0), -x), x),),
        "max16": (Eq(Larger(Integer(0), x) + Larger(Integer(0), -x), Abs(x)),),
        "softplus": (Eq(lg(1 + ex(x)), Larger(Integer(0), x) + lg(1 + ex(-Abs(x)))),),
        "tri": (Le(Abs(a + b), Abs(a) + Abs(b)),),
        "absmul": (Eq(Abs(a * b), Abs(a) * Abs(b)),),
        "abssq": (Eq(Abs(a) ** 2, a**2),),
        "sqrtsq": (Eq(sq(a**2), Abs(a)),),
        "pw1": (Eq(PW((x, Ge(x, 0)), (Integer(0), True)), Larger(Integer(0), x)),),
        "pw2": (Eq(PW((x, Gt(x, 0)), (Integer(0), True)), Max(x, 0)),),
        "pw3": (Eq(D(Larger(Integer(0), x), x), PW((one, Gt(x, 0)), (Integer(0), True))), Ne(x, 0)),
        "pw4": (Eq(D(Larger(Integer(0), 1 - y * x), x), -y), Lt(y * x, 1)),
        "pw5": (Eq(D(Larger(Integer(0), 1 - y * x), x), Integer(0)), Gt(y * x, 1)),
        "pw6": (Eq(Abs(x), PW((x, Ge(x, 0)), (-x, True))),),
        "pw7": (Eq(S(PW((z[k], Lt(k, t)), (Integer(0), True)), k), S(z[k], k, 1, t - 1)),),
        "pw8": (Eq(S(PW((z[k], Le(k, t)), (w[k], True)), k), S(z[k], k, 1, t) + S(w[k], k, t + 1, K)),),
        "pw9": (Eq(PW((sm(i) * (1 - sm(i)), Eq(i, j)), (-sm(i) * sm(j), True)), sm(i) * (delta(i, j) - sm(j))),),
        "pw10": (Eq(D(sm(i), z[j]), PW((sm(i) * (1 - sm(j)), Eq(i, j)), (-sm(i) * sm(j), True))),),
        "pw11": (Eq(PW((a, Gt(x, 0)), (b, Lt(x, 0)), (c, True)), c), Eq(x, 0)),
        "pw12": (Eq(D(PW((x**2, Ge(x, 0)), (-x, True)), x), 2 * x), Gt(x, 0)),
        "pw13": (Eq(S(PW((Integer(0), Eq(k, i)), (z[k], True)), k), S(z[k], k) - z[i]),),
        "pw14": (Eq(PW((one, Gt(x, 0)), (-one, True)) * x, Abs(x)),),
        "bce3": (Eq(lg(1 + ex(x)) - x * y, Larger(x, Integer(0)) - x * y + lg(1 + ex(-Abs(x)))),),
        "logadd": (Eq(lg(ex(a) + ex(b)), a + lg(1 + ex(b - a))),),
    }
    FALSE = {
        "exp of a maximum": (Eq(MX(ex(z[k]) + ex(w[k]), k), ex(MX(z[k], k)) + ex(MX(w[k], k))),),
        "a maximum of differences": (Eq(MX(c - z[k], k), c - MX(z[k], k)),),
        "a maximum that forgets the last entry": (Eq(MX(z[k], k, 1, tt + 1), Larger(MX(z[k], k, 1, tt), z[tt])),),
        "a maximum over a shifted range": (Eq(MX(z[k + 1], k, 0, K - 2), MX(z[k], k)), Ge(K, 2)),
        "the slope of |x|": (Eq(D(Abs(x), x), one), Ne(x, 0)),
        "the slope of |x| on the left": (Eq(D(Abs(x), x), one), Lt(x, 0)),
        "the slope of the hinge on the wrong side": (Eq(D(Larger(Integer(0), 1 - y * x), x), -y), Gt(y * x, 1)),
        "x > 0 for x ≥ 0": (Eq(PW((one, Gt(x, 0)), (Integer(0), True)), PW((one, Ge(x, 0)), (Integer(0), True))),),
        "k < t for k ≤ t": (Eq(S(PW((z[k], Le(k, t)), (Integer(0), True)), k), S(z[k], k, 1, t - 1)),),
        "cases turned around": (Eq(PW((x, Gt(x, 0)), (-x, True)), -Abs(x)),),
        "or for and": (
            Eq(
                PW((one, And(Gt(x, 0), Gt(y, 0))), (Integer(0), True)),
                PW((one, Or(Gt(x, 0), Gt(y, 0))), (Integer(0), True)),
            ),
        ),
        "softplus without the maximum": (Eq(lg(1 + ex(x)), lg(1 + ex(-Abs(x)))),),
        "min as a maximum": (Eq(Min(a, b), -Larger(a, b)),),
        "max2f": (Eq(MX(c * z[k], k), c * MX(z[k], k)),),
        "max8f": (Eq(MX(z[k] + w[k], k), MX(z[k], k) + MX(w[k], k)),),
        "pw3f": (Eq(D(Larger(Integer(0), x), x), PW((Integer(0), Gt(x, 0)), (one, True))), Ne(x, 0)),
    }


@pytest.mark.parametrize("name", TRUE)
def test_it_is_proved(name):
    assert proved(*TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_its_false_neighbour_is_not(name):
    assert not proved(*FALSE[name])
    assert refuted(*FALSE[name])
