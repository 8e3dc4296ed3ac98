"""∝, equality up to a constant, and ≈."""

from __future__ import annotations

from pytest import mark
from sympy import Integer, KroneckerDelta, exp, log

from symnll.check.relations import approximate, proportional, up_to_constant
from symnll.language import Eq, ForAll, Gt, Lt, indices, onehot, positive, real, sigmoid, size, softmax, total, vector

K = size("K")
i, j, k, T = indices("i j k T", K)
z, p = vector("z", K), vector("p", K)
prior, likelihood = vector("r", K, kind="simplex"), vector("l", K, kind="positive")
a, b, x = (real(name) for name in "abx")
t = positive("t")
s = softmax(z)


@mark.parametrize(
    "lhs, rhs, varying",
    [
        (s[i], exp(z[i]), [i]),
        (prior[i] * likelihood[i] / total(prior[k] * likelihood[k], k), prior[i] * likelihood[i], [i]),
        (exp(-((x - a) ** 2) / 2), exp(-(x**2) / 2 + a * x), [x]),
        (3 * a * exp(-t) * t**2, exp(-t) * t**2, [t]),
        (7 * p[i], p[i], [p]),
        (exp(total(z[k], k) + a), exp(total(z[k], k)), [z]),
        (a * b * x, a * x, [a, x]),
    ],
    ids=str,
)
def test_proportional(lhs, rhs, varying):
    found = proportional(lhs, rhs, varying)
    assert found.verdict == "proved", found


@mark.parametrize(
    "lhs, rhs, varying",
    [
        (s[i], exp(2 * z[i]), [i]),
        (s[i], exp(z[i]), [z]),
        (exp(-((x - a) ** 2) / 2), exp(-(x**2) / 2 - a * x), [x]),
        (exp(-t) * t**2, exp(-t) * t, [t]),
        (a * x, x**2, [x]),
        (a * b * x, a * x, [b]),
        (Integer(1), KroneckerDelta(i, 1), [i]),
    ],
    ids=str,
)
def test_not_proportional(lhs, rhs, varying):
    found = proportional(lhs, rhs, varying)
    assert found.verdict == "refuted" and "depends on" in found.reason, found


def test_proportional_says_what_it_rests_on():
    assert proportional(s[i], exp(z[i]), [i]).hypotheses == ()
    assert proportional(a * x, b * x, [x]).hypotheses == ("the right side is not 0 for every x",)
    assert "free of i" in proportional(s[i], exp(z[i]), [i]).reason
    for lhs, rhs in ((Integer(0), x), (x, Integer(0)), (x - x * 1, x)):
        assert proportional(lhs, rhs, [x]).verdict == "unknown"
    assert proportional(x, a, []).verdict == "unknown"


def test_hypotheses_hold_for_both_values():
    assert proportional(x * abs(x), x**2, [x]).verdict == "refuted"
    assert proportional(x * abs(x), x**2, [x], [Gt(x, 0)]).verdict == "proved"
    fixed = [ForAll(Eq(z[k], a), k)]
    assert proportional(exp(z[i]) * s[i], s[i], [i], fixed).verdict in ("proved", "unknown")
    assert proportional(exp(z[i]) * s[i], s[i], [i]).verdict == "refuted"
    y = onehot("y", K, T)
    assert proportional(2 * y[i], y[i], [i]).verdict == "proved"


@mark.parametrize(
    "lhs, rhs, variables",
    [
        (x**2 / 2 + a, x**2 / 2, [x]),
        (log(x), log(3 * x), [x]),
        (log(total(exp(z[k]), k)) + 3, log(total(exp(z[k]), k)), [z]),
        (-log(s[T]), log(total(exp(z[k]), k)) - z[T] + b, [z]),
        (-(a * log(x) + (1 - a) * log(1 - x)), -a * log(x / (1 - x)) - log(1 - x), [x]),
        (log(1 + exp(x)), -log(sigmoid(-x)) + 7, [x, a]),
    ],
    ids=str,
)
def test_up_to_a_constant(lhs, rhs, variables):
    found = up_to_constant(lhs, rhs, variables)
    assert found.verdict == "proved", found


@mark.parametrize(
    "lhs, rhs, variables",
    [
        (x**2 / 2 + a, x**2 / 2, [x, a]),
        (x**2 / 2, x**2, [x]),
        (log(total(exp(z[k]), k)), total(z[k], k), [z]),
        (-log(s[T]), log(total(exp(z[k]), k)) + z[T], [z]),
    ],
    ids=str,
)
def test_not_up_to_a_constant(lhs, rhs, variables):
    assert up_to_constant(lhs, rhs, variables).verdict in ("refuted", "conditional")


def test_up_to_a_constant_where_it_is_defined():
    found = up_to_constant(log(x), log(3 * x), [x])
    assert found.hypotheses == ("x > 0",)
    assert up_to_constant(a, a, []).verdict == "proved" and up_to_constant(a, b, []).verdict == "refuted"
    assert up_to_constant(x, x + 1, [x], [Gt(x, 0), Lt(x, 0)]).verdict == "unknown"


def test_approximately_is_never_proved():
    assert approximate().verdict == "unknown" and "≈" in approximate().reason
