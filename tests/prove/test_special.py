"""Cases, factorials, binomials and the rest that the core has no operators for: their terms have the right values."""

from __future__ import annotations

import itertools
import math

import pytest
import sympy
from sympy import And, Integer, Not, Or, Pow, Rational, evaluate, pi

from symnll.language import At, Choice, Eq, Ge, Gt, Le, Lt, Ne, diff, real
from symnll.prove.bridge import Bridge, BridgeError, to_term
from symnll.prove.prover import search
from symnll.small import Agreement, examine
from tests.prove.forms import PW, K, M, N, a, bino, fac, k_b, label, n_b, p, proved, refuted, s, x, y, z

NUMBERS = [Integer(-1), Integer(0), Integer(1), Rational(1, 2)]
RELATIONS = {Eq: lambda u, v: u == v, Ne: lambda u, v: u != v, Lt: lambda u, v: u < v, Le: lambda u, v: u <= v,
             Gt: lambda u, v: u > v, Ge: lambda u, v: u >= v}  # fmt: skip


@pytest.mark.parametrize(("n", "k"), itertools.product(range(4), range(-1, 6)))
def test_binomials(n: int, k: int) -> None:
    value = math.comb(n, k) if k >= 0 else 0
    statement = Eq(bino(Integer(n), Integer(k)), Integer(value))
    assert proved(statement)
    assert isinstance(examine(statement), Agreement)
    assert not proved(Eq(bino(Integer(n), Integer(k)), Integer(value + 1)))


@pytest.mark.parametrize("n", range(6))
def test_factorials(n: int) -> None:
    assert proved(Eq(fac(Integer(n)), Integer(math.factorial(n))))


def test_a_binomial_may_count_nothing() -> None:
    assert proved(Eq(bino(n_b, k_b), 0), Gt(k_b, n_b))
    assert refuted(Eq(bino(n_b, k_b), 0))
    assert not proved(Eq(bino(n_b, k_b), 0))


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda r: r.__name__)
@pytest.mark.parametrize("make", [PW, Choice])
def test_conditions_on_numbers(relation, make) -> None:
    for u, v in itertools.product(NUMBERS, NUMBERS):
        one, other = (1, 0) if RELATIONS[relation](u, v) else (0, 1)
        with evaluate(False):
            cases = make((Integer(1), relation(u, v)), (Integer(0), True))
        assert proved(Eq(cases, one)), (relation, u, v)
        assert not proved(Eq(cases, other)), (relation, u, v)


def test_conditions_together() -> None:
    above, below = Gt(x, 0), Lt(x, 1)
    both = Choice((1, And(above, below)), (0, True))
    either = Choice((1, Or(Not(above), Not(below))), (0, True))
    assert proved(Eq(both + either, 1))
    assert proved(Eq(both, 1), Gt(x, 0), Lt(x, 1))
    assert refuted(Eq(both, 1), Gt(x, 0))
    assert proved(Eq(Choice((2, Gt(x, 1)), (1, Gt(x, 0)), (0, True)), 1), Gt(x, 0), Le(x, 1))


def test_a_power_of_e_is_an_exponential() -> None:
    assert to_term(Pow(sympy.E, x, evaluate=False)) is to_term(sympy.exp(x))


def test_pi_is_any_number_near_it() -> None:
    bridge = Bridge(pi * x)
    bridge.term(pi * x)
    assert [name for name, _ in bridge.hypotheses()] == ["3 < π", "π < 22/7"]
    assert proved(Gt(pi, 3)) and proved(Eq(sympy.log(2 * pi), sympy.log(2) + sympy.log(pi)))
    assert not proved(Gt(pi, Rational(63, 20)))
    with pytest.raises(BridgeError, match="twice"):
        to_term(pi + real("π"))


def test_a_variable_of_evaluation_is_bound() -> None:
    inside = real("x")
    assert proved(Eq(At(diff(inside**2, inside), inside, x) + At(inside, inside, 2 * x), 4 * x))
    other = sympy.Dummy("x", real=True)
    assert proved(Eq(At(diff(other**2, other), other, x), 2 * x))


def test_an_index_may_be_written_as_a_fraction() -> None:
    with evaluate(False):
        place = M(Integer(2) + 2 * label[s], Rational(1, 2)) - 1
    assert to_term(p[place]) is to_term(p[label[s]]) or proved(Eq(p[place], p[label[s]]))
    with pytest.raises(BridgeError, match="integer"):
        to_term(z[M(label[s], Rational(1, 2))])


def test_a_search_ends_at_its_deadline() -> None:
    theorem, why = search(Le(sympy.log(1 + sympy.exp(x)), sympy.log(1 + sympy.exp(y))), [Le(x, y)], deadline=0.0)
    assert theorem is None and "given up after 0 s" in why
    assert search(Eq(K + N, N + K), deadline=10.0)[0] is not None


def test_shared_parts_are_translated_once() -> None:
    e = a
    with evaluate(False):
        for _ in range(40):
            e = M(Rational(1, 2), e + e)
    assert proved(Eq(e, a))
