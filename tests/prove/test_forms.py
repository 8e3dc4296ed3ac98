"""Unevaluated forms that SymPy would have tidied up."""

from __future__ import annotations

import pytest
from sympy import E, Integer, Rational, evaluate

from symnll.language import Eq, Gt
from tests.prove.forms import PO, A, D, M, dv, ex, half, inv, lam, lg, one, proved, refuted, sq, tau, x, y

with evaluate(False):
    TRUE = {
        "qk1": (Eq(M(x, A(y, M(-1, y))), 0),),
        "qk2": (Eq(PO(A(x, 1), Integer(1)), A(x, 1)),),
        "qk3": (Eq(inv(inv(x)), x),),
        "qk4": (Eq(ex(lg(lam)), lam),),
        "qk5": (Eq(sq(lam) * sq(lam), lam),),
        "qk6": (Eq(PO(lam, Rational(3, 2)), lam * sq(lam)),),
        "qk7": (Eq(M(Integer(0), x), 0),),
        "qk10": (Eq(PO(x, Integer(0)), 1),),
        "qk11": (Eq(dv(Integer(0), lam), 0),),
        "qk12": (Eq(lg(ex(x)), x),),
        "qk13": (Eq(PO(PO(lam, half), Integer(2)), lam),),
        "qk14": (Eq(M(lam, inv(lam)), 1),),
        "qk15": (Eq(PO(lam, -half) * sq(lam), 1),),
        "qk16": (Eq(lg(one), 0),),
        "qk17": (Eq(ex(Integer(0)), 1),),
        "qk18": (Eq(D(x * x, x), 2 * x),),
        "qk19": (Eq(D(Integer(5), x), 0),),
        "qk20": (Eq(lg(Integer(8)), 3 * lg(Integer(2))),),
        "qk21": (Eq(sq(Integer(8)), 2 * sq(Integer(2))),),
        "qk22": (Eq(PO(Integer(4), half), 2),),
        "qk23": (Eq(lg(sq(lam)), half * lg(lam)),),
        "qk24": (Eq(PO(E, x), ex(x)),),
        "qk25": (Eq(lg(E), 1),),
        "qk26": (Eq(PO(Integer(2), x), ex(x * lg(Integer(2)))),),
        "qk27": (Eq(dv(lg(x), lg(Integer(2))), dv(lg(x), lg(Integer(2)))), Gt(x, 0)),
    }
    FALSE = {
        "a fraction of sums": (Eq(dv(A(x, 1), A(y, 1)), dv(x, y)), Gt(x, 0), Gt(y, 0)),
        "a product of roots": (Eq(M(sq(lam), sq(tau)), M(lam, tau)),),
        "a double inverse": (Eq(inv(inv(x)), inv(x)), Gt(x, 1)),
        "e to a power": (Eq(PO(E, x), PO(E, PO(E, x))),),
        "8 as a power of 2": (Eq(lg(Integer(8)), 2 * lg(Integer(2))),),
    }


@pytest.mark.parametrize("name", TRUE)
def test_it_is_proved(name):
    assert proved(*TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_its_false_neighbour_is_not(name):
    assert not proved(*FALSE[name])
    assert refuted(*FALSE[name])
