"""Inequalities: monotone functions, log-sum-exp, Gibbs and Jensen, Cauchy and Schwarz, numbers."""

from __future__ import annotations

import pytest
from sympy import E, Integer, Rational, evaluate

from symnll.language import Eq, Ge, Gt, Le, Lt
from tests.prove.forms import (
    MX,
    PO,
    K,
    S,
    Zs,
    a,
    b,
    c,
    delta,
    dv,
    ex,
    i,
    inv,
    j,
    k,
    lam,
    lg,
    o,
    one,
    p,
    proved,
    q,
    refuted,
    sg,
    sm,
    sq,
    t,
    tau,
    v,
    w,
    x,
    z,
)

with evaluate(False):
    TRUE = {
        "ineq1": (Lt(sm(t), 1), Ge(K, 2)),
        "ineq1b": (Le(sm(t), 1),),
        "ineq1c": (Gt(sm(t), 0),),
        "lse1": (Le(MX(z[k], k), lg(Zs)),),
        "lse2": (Le(lg(Zs), MX(z[k], k) + lg(K)),),
        "lse3": (Ge(lg(Zs), z[t]),),
        "lse4": (Gt(lg(Zs), z[t]), Ge(K, 2)),
        "lse5": (Eq(lg(Zs), c + lg(S(ex(z[k] - c), k))),),
        "lse6": (Ge(lg(Zs), dv(S(z[k], k), K) + lg(K)),),
        "lse7": (Ge(lg(S(ex(z[k] - MX(z[j], j)), k)), 0),),
        "lse8": (Eq(lg(Zs), MX(z[j], j) + lg(S(ex(z[k] - MX(z[j], j)), k))),),
        "lse9": (Le(MX(z[k], k), tau * lg(S(ex(z[k] / tau), k))),),
        "lse10": (Le(tau * lg(S(ex(z[k] / tau), k)), MX(z[k], k) + tau * lg(K)),),
        "exp1": (Le(1 - x, ex(-x)),),
        "exp2": (Ge(ex(x), 1 + x),),
        "exp3": (Le(lg(1 + x), x), Gt(x, -1)),
        "exp4": (Ge(x - 1, lg(x)), Gt(x, 0)),
        "exp5": (Le(ex(a), ex(b)), Le(a, b)),
        "exp6": (Lt(lg(a), lg(b)), Gt(a, 0), Lt(a, b)),
        "exp7": (Ge(lg(x), 1 - inv(x)), Gt(x, 0)),
        "exp8": (Ge(x * lg(x), x - 1), Gt(x, 0)),
        "exp10": (Ge(ex(x), 1), Ge(x, 0)),
        "exp11": (Gt(ex(x) - x, 0),),
        "amgm": (Ge(dv(a + b, Integer(2)), sq(a * b)), Ge(a, 0), Ge(b, 0)),
        "amgm2": (Ge(a**2 + b**2, 2 * a * b),),
        "amgm3": (Le(4 * a * b, (a + b) ** 2),),
        "quarter": (Le(sg(x) * (1 - sg(x)), Rational(1, 4)),),
        "quarter2": (Le(a * (1 - a), Rational(1, 4)),),
        "cs1": (Ge(S(p[k] * z[k] ** 2, k), S(p[k] * z[k], k) ** 2),),
        "cs2": (Le(S(z[k] * w[k], k) ** 2, S(z[k] ** 2, k) * S(w[k] ** 2, k)),),
        "cs3": (Le(S(z[k], k) ** 2, K * S(z[k] ** 2, k)),),
        "cs4": (Ge(S(sm(k) * w[k] ** 2, k) - S(sm(k) * w[k], k) ** 2, 0),),
        "cs5": (Eq(S(p[k] * (z[k] - S(p[j] * z[j], j)) ** 2, k), S(p[k] * z[k] ** 2, k) - S(p[k] * z[k], k) ** 2),),
        "cs6": (Ge(S(S((diag_ := (delta(i, j) * sm(i) - sm(i) * sm(j))) * v[i] * v[j], j), i), 0),),
        "gibbs": (Ge(S(p[k] * lg(dv(p[k], o[k])), k), 0),),
        "gibbs2": (Le(-S(p[k] * lg(p[k]), k), -S(p[k] * lg(o[k]), k)),),
        "ent": (Le(-S(p[k] * lg(p[k]), k), lg(K)),),
        "ent2": (Ge(-S(p[k] * lg(p[k]), k), 0),),
        "jens": (Ge(lg(S(p[k] * q[k], k)), S(p[k] * lg(q[k]), k)),),
        "jens2": (Le(ex(S(p[k] * z[k], k)), S(p[k] * ex(z[k]), k)),),
        "num1": (Lt(lg(Integer(2)), 1),),
        "num2": (Gt(E, 2),),
        "num3": (Gt(lg(Integer(2)), Rational(1, 2)),),
        "num4": (Gt(lg(Integer(3)), 1),),
        "chain1": (Le(a + c, b + c), Le(a, b)),
        "chain2": (Le(a * lam, b * lam), Le(a, b)),
        "chain3": (Le(a * a, b * b), Ge(a, 0), Le(a, b)),
        "chain4": (Le(inv(b), inv(a)), Gt(a, 0), Le(a, b)),
        "chain6": (Lt(-lg(b), -lg(a)), Gt(a, 0), Lt(a, b)),
        "chain7": (Le(S(p[k] * z[k], k), MX(z[k], k)),),
        "chain8": (Ge(S(q[k], k), q[j]),),
        "nllpos": (Ge(-lg(sm(t)), 0),),
        "nllpos2": (Gt(-lg(sm(t)), 0), Ge(K, 2)),
        "kraft": (Le(S(PO(p[k], 2), k), 1),),
        "simp": (Le(p[i], 1),),
        "acc": (Ge(S(p[k] ** 2, k), dv(one, K)),),
        "renyi": (Le(-lg(S(p[k] ** 2, k)), -S(p[k] * lg(p[k]), k)),),
        "posr": (Gt(sg(x), 0),),
        "sgl1": (Lt(sg(x), 1),),
        "mono": (Lt(sg(a), sg(b)), Lt(a, b)),
        "hess2": (Ge(sg(x) * (1 - sg(x)), 0),),
    }
    FALSE = {
        "ineq1f": (Lt(sm(t), 1),),
        "exp9": (Le(lg(1 + x), x - 1), Gt(x, -1)),
        "cs1f": (Ge(S(z[k] ** 2, k), S(z[k], k) ** 2),),
        "ent3": (Ge(S(p[k] * lg(p[k]), k), 0),),
        "num5": (Gt(lg(Integer(2)), 1),),
        "chain5": (Le(a * a, b * b), Le(a, b)),
    }


@pytest.mark.parametrize("name", TRUE)
def test_it_is_proved(name):
    assert proved(*TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_its_false_neighbour_is_not(name):
    assert not proved(*FALSE[name])
    assert refuted(*FALSE[name])
