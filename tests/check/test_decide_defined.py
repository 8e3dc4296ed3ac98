"""What a statement needs to have a meaning: every condition must follow from both sides being defined."""

from __future__ import annotations

import sympy
from pytest import mark
from sympy import Derivative, KroneckerDelta, Piecewise, Rational, exp, log

from symnll.check.defined import definedness
from symnll.language import (
    At,
    Choice,
    Eq,
    Ge,
    Gt,
    Index,
    Lt,
    Ne,
    diff,
    index,
    indices,
    natural,
    positive,
    product,
    real,
    size,
    total,
    vector,
)
from symnll.prove.bridge import Bridge
from symnll.prove.facts import build_context
from symnll.write.text import term_text

K = size("K")
i, j, k = indices("i j k", K)
p, q, z = (vector(name, K) for name in "pqz")
a, x, y = (real(name) for name in "axy")
n, c = natural("n"), positive("c")


def needs(statement, given=()):
    bridge = Bridge()
    for symbol in (K, i, j, k, c, n):
        bridge.term(symbol)
    context = build_context(bridge.hypotheses(given))
    return [term_text(need.formula) for need in definedness(statement, given, context)]


def besides(body, *places, kind=Choice):
    condition = Eq(k, places[0]) if len(places) == 1 else sympy.Or(*(Eq(k, m) for m in places), evaluate=False)
    return total(kind((0, condition), (body, True)), k)


@mark.parametrize(
    "statement, conditions",
    [
        (Eq(1 / x, a), ["x ≠ 0"]),
        (Eq(x**-3 * y, a), ["x ≠ 0"]),
        (Eq(log(x), a), ["x > 0"]),
        (Eq(log(c) / exp(x), 1 / c), []),
        (Eq(log(log(x)), a), ["x > 0", "log(x) > 0"]),
        (Eq(sympy.sqrt(x), a), ["x ≥ 0"]),
        (Eq(x ** Rational(-1, 2), a), ["x > 0"]),
        (Eq(x**y, a), ["x > 0"]),
        (Eq(x**n, a), []),
        (Eq(x**K, a), []),
        (Eq(x ** (-K), a), ["x ≠ 0"]),
        (Eq(total(1 / p[k], k), a), ["p_k ≠ 0 for all k ∈ 1..K"]),
        (Eq(total(p[k] / x, k), a), ["x ≠ 0"]),
        (Eq(product(log(p[k]), k), 1 / total(z[k], k)), ["p_k > 0 for all k ∈ 1..K", "Σ_k z_k ≠ 0"]),
        (Eq(total(exp(z[k]), k) ** -2, 1), []),
        (Eq(total(1 / x, Index("m", 1, n)), a), ["x ≠ 0 for all k ∈ 1..n"]),
        (Eq(diff(log(x), x), a), ["x > 0"]),
        (Eq(At(Derivative(log(x), x, evaluate=False), x, a * y), 1), ["a·y > 0"]),
        (Eq(diff(1 / p[i], p[j]), a), ["p_i ≠ 0"]),
        (Ge(log(x), 1 / y), ["y ≠ 0", "x > 0"]),
        (Eq(p[i + 1], a), ["i + 1 ≤ K"]),
        (Eq(p[3], a), ["K ≥ 3"]),
        (Eq(KroneckerDelta(i, j) / p[j], a), ["if i = j then p_j ≠ 0"]),
    ],
    ids=str,
)
def test_needs(statement, conditions):
    assert needs(statement) == conditions


def test_what_is_known_is_not_asked_for():
    assert needs(Eq(1 / x, log(y)), [Gt(x, 2)]) == ["y > 0"]
    assert needs(Eq(p[i + 1], a), [Lt(i, K - 1)]) in ([], ["i + 1 ≤ K"])
    # A hypothesis holds only where its own sides are defined.
    assert needs(Eq(a, x), [Eq(log(x), y)]) == ["x > 0"]


@mark.parametrize("kind", [Choice, Piecewise])
def test_cases_need_a_meaning_where_they_apply(kind):
    assert needs(Eq(besides(1 / p[k], i, kind=kind), a)) == ["(if k ≠ i then p_k ≠ 0) for all k ∈ 1..K"]
    assert needs(Eq(kind((1 / x, Eq(i, j)), (1 / y, True)), a)) == ["if i = j then x ≠ 0", "if i ≠ j then y ≠ 0"]
    assert needs(Eq(kind((1 / x, Eq(i, j)), (1 / y, True)), a), [Eq(i, j)])[0] == "x ≠ 0"
    assert needs(Eq(kind((1 / x, Ne(i, j)), (0, True)), a), [Ne(i, j)]) == ["x ≠ 0"]


def test_nothing_is_concluded_from_what_is_not_read():
    assert needs(Eq(Choice((log(x), Gt(x, 0)), (0, True)), a)) == []
    assert needs(Eq(1 / (y + Choice((log(x), Gt(x, 0)), (0, True))), a)) == []
    assert needs(Eq(1 / y + Choice((1 / x, sympy.And(Eq(i, j), Gt(x, 0))), (0, True)), a)) == ["y ≠ 0"]
    assert needs(Eq(sympy.factorial(n) / y, 1 / sympy.factorial(n))) == ["y ≠ 0"]


def test_several_conditions_at_once():
    both = Choice((1 / x, sympy.And(Ne(i, k), Ne(j, k), evaluate=False)), (0, True))
    assert needs(Eq(both, a)) == ["if i ≠ k and j ≠ k then x ≠ 0"]
    assert needs(Eq(both, a), [Ne(i, k)]) == ["if j ≠ k then x ≠ 0"]
    m = index("m", K)
    either = Choice((0, sympy.Or(Eq(m, i), Eq(m, j), evaluate=False)), (1 / x, True))
    assert "x ≠ 0" not in needs(Eq(either, a))
    assert needs(Eq(either, a), [Ne(m, i), Ne(m, j)]) == ["x ≠ 0"]
