"""`conditional`: the condition that was forgotten, and no condition where none helps or where it says too much."""

from __future__ import annotations

import sympy
from pytest import mark
from sympy import Abs, KroneckerDelta, Piecewise, Pow, Rational, exp, log

from symnll.check.conditions import Condition, conditions, restates
from symnll.check.decide import decide
from symnll.language import (
    Eq,
    ForAll,
    Ge,
    Gt,
    Index,
    Larger,
    Lt,
    MaxOver,
    Ne,
    diff,
    indices,
    natural,
    onehot,
    product,
    real,
    size,
    softmax,
    total,
    vector,
)
from symnll.small import Agreement, examine

K, N = size("K"), size("N")
i, j, k = indices("i j k", K)
T, n = Index("T", 1, K), Index("n", 1, N)
z, p, q = (vector(name, K) for name in "zpq")
y = onehot("y", K, T)
s = softmax(z)
a, b, c, x = (real(name) for name in "abcx")


def besides(body, place):
    return total(Piecewise((0, Eq(k, place)), (body, True), evaluate=False), k)


def largest(v, end):
    r = sympy.Dummy("r", integer=True)
    return MaxOver(v[r], (r, 1, end))


t = Index("t", 1, K)
xs = vector("x", K)
CONDITIONAL = [
    (Eq(diff(s[i], z[j]), s[i] * (1 - s[j])), "i = j"),
    (Eq(diff(s[i], z[j]), -s[i] * s[j]), "i ≠ j"),
    (Eq(diff(p[i] ** 2, p[j]), 2 * p[i]), "i = j"),
    (Eq(diff(-total(y[k] * log(s[k]), k), z[j]), s[j] - 1), "y_j = 1"),
    (Eq(diff(-total(y[k] * log(s[k]), k), z[j]), s[j]), "y_j = 0"),
    (Eq(diff(-log(s[T]), z[j]), s[j] - 1), "T = j"),
    (Eq(y[i] + besides(y[k], 1), 1), "i = 1"),
    (Eq(diff(-total(p[k] * log(s[k]), k), z[i]), s[i] - p[i]), "Σ_k p_k = 1"),
    (Eq(total(p[k] * (z[k] - 1), k), total(p[k] * z[k], k) - 1), "Σ_k p_k = 1"),
    (Eq(total(p[k] ** 2, k), 1), "p is one-hot"),
    (Eq(total(p[k] ** 2, k), total(p[k], k)), "p is 0 or 1 everywhere"),
    (Ge(total(p[k], k), 0), "p_k ≥ 0 for all k ∈ 1..K"),
    (Gt(total(p[k], k), 0), "p_k > 0 for all k ∈ 1..K"),
    (Eq(Larger(p[i], 0), p[i]), "p_k ≥ 0 for all k ∈ 1..K"),
    (Eq(Pow(Pow(x, 2, evaluate=False), Rational(1, 2), evaluate=False), x), "x ≥ 0"),
    (Eq(Abs(x), x), "x ≥ 0"),
    (Ge(x * (1 - x), 0), "x > 0 and x < 1"),
    (Eq(a / (1 - b) - x * (1 / b + 1 / (1 - b)), a / (1 - b)), "x = 0"),
    (Eq(a * x * b, x * b), "a = 1"),
    (Eq(exp(largest(xs, t) - c), exp(largest(xs, t + 1) - c)), "max_k x_k = max_{j=1..t + 1} x_j with k ∈ 1..t"),
    (Eq(total(z[k] ** 2, k), z[1] ** 2 + z[2] ** 2), "K = 2"),
]


@mark.parametrize("statement, text", CONDITIONAL, ids=str)
def test_the_condition_that_is_missing(statement, text):
    found = decide(statement)
    assert (found.verdict, found.condition) == ("conditional", text), found
    assert found.witness is not None and found.theorem is not None and text in found.reason
    # What is named makes it true, and it is no condition that nothing satisfies.
    parts = found.condition_statement.args if isinstance(found.condition_statement, sympy.And) else None
    given = parts or [found.condition_statement]
    assert isinstance(examine(statement, given, points=20, seed=5), Agreement)
    assert decide(statement, list(given)).verdict == "proved"


@mark.parametrize(
    "statement",
    [
        Eq(diff(s[i], z[j]), s[i] * s[j]),
        Eq(diff(s[i], z[j]), s[i] * (KroneckerDelta(i, j) + s[j])),
        Eq(log(sympy.Integer(1), evaluate=False) - log(exp(-x), evaluate=False), -x),
        Eq(exp(x), exp(-x)),
        Ge(x**2 + a**2, 3 * x * a),
        Eq(x**2 + 1, 0),
        Eq(a * x * b, 2 * x * b),
        Eq(largest(xs, t + 1), largest(xs, t)),
    ],
    ids=str,
)
def test_no_condition_helps(statement):
    found = decide(statement)
    assert (found.verdict, found.condition, found.theorem) == ("refuted", "", None), found


def test_the_claim_itself_is_no_condition():
    claim = Eq(total(p[k], k), 1)
    found = decide(claim)
    assert "Σ_k p_k = 1" not in found.condition
    assert restates(Condition((claim,)), claim)
    assert restates(Condition((Gt(x, 0), claim)), Eq(2, 2 * total(p[k], k)))
    assert not restates(Condition((claim,)), Eq(total(p[k], k), 2))
    assert decide(Gt(x, 0)).verdict == "refuted" or decide(Gt(x, 0)).condition != "x > 0"
    assert not restates(Condition((Gt(x, 0),)), Lt(x, 0))
    assert restates(Condition((Gt(x, 0),)), Gt(3 * x, 0))
    assert restates(Condition((ForAll(Gt(p[k], 0), k),)), ForAll(Gt(p[k], 0), k))


def test_what_is_assumed_is_kept():
    claim = Eq(diff(s[i], z[j]), s[i] * (1 - s[j]))
    assert decide(claim, [Ne(i, j)]).verdict == "refuted"  # i = j would contradict what is assumed
    found = decide(
        Eq(total(p[k] * z[k], k) - total(p[k] * c, k), total(q[k] * z[k], k) - c), [ForAll(Eq(p[k], q[k]), k)]
    )
    assert found.condition in ("Σ_k p_k = 1", "Σ_k q_k = 1") and found.hypotheses == ("p_k = q_k for all k ∈ 1..K",)


def test_conditions_that_are_passed_in_come_first_and_with_their_text():
    claim = Eq(diff(s[i], z[j]), s[i] * (1 - s[j]))
    found = decide(claim, candidates=[("the same class", Eq(i, j))])
    assert found.condition == "the same class" and found.condition_statement == Eq(i, j)
    assert decide(claim, candidates=[Ne(i, j)]).condition == "i = j"
    unusual = Eq(x, 7)
    assert decide(Eq(exp(x), exp(sympy.Integer(7))), candidates=[unusual]).condition == "x = 7"
    assert decide(Eq(exp(x), exp(sympy.Integer(7)))).verdict == "refuted"
    assert decide(claim, conditional=False).verdict == "refuted"


def test_several_vectors_at_once():
    found = decide(Ge(total(p[k] * log(p[k] / q[k]), k), 0))
    assert found.verdict == "conditional" and "Σ_k p_k = 1" in found.condition and "Σ_k q_k = 1" in found.condition


def test_targets_with_two_axes():
    w = vector("w", N, K)
    found = decide(Eq(total(w[n, k] * (z[k] - c), k), total(w[n, k] * z[k], k) - c))
    assert found.verdict == "conditional" and found.condition == "Σ_k w_{n,k} = 1"


def test_scores_are_no_probabilities():
    texts = [str(c) for c in conditions(Eq(diff(total(p[k] * log(s[k]), k), z[i]), 0))]
    assert any("p_k" in text for text in texts) and not any("z_k" in text for text in texts)


def test_integers_and_products():
    m = natural("m")
    assert decide(Eq(diff(x**m, x), m * x ** (m - 1))).verdict in ("proved", "conditional", "unknown")
    found = decide(Eq(log(product(p[k] ** 2, k)), 2 * total(log(p[k]), k)))
    assert found.verdict == "proved" and found.hypotheses == ("p_k > 0 for all k ∈ 1..K",)
    assert decide(Eq(total(sympy.Integer(1), k), N)).verdict == "refuted"
