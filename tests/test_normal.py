"""The normaliser: what it calls equal is equal at exact small sizes, and every step carries a theorem."""

import contextlib
import random
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from sympy import KroneckerDelta, Mul, Rational, Sum, Symbol, exp, log

from symnll.core.term import ZERO
from symnll.language import (
    Eq,
    diff,
    indices,
    labels,
    log_sum_exp,
    natural,
    positive,
    product,
    real,
    size,
    softmax,
    total,
    vector,
)
from symnll.prove.bridge import Bridge
from symnll.prove.normal import normal, value
from symnll.prove.search import build_context, with_cuts
from symnll.prove.tactics import NoProof, minus
from symnll.small import Witness, examine
from tests.campaigns import normaliser
from tests.campaigns.normaliser import EXPECTED, Terms, check, pair

K, N = size("K"), size("N")
i, j, k, m = indices("i j k m", K)
(n,) = indices("n", N)
z, w = vector("z", K), vector("w", K)
q, r = vector("q", K, kind="positive"), vector("r", K, kind="nonnegative")
x = labels("x", N, K)
a, b, c = real("a"), positive("b"), natural("c")
y = softmax(z)
e = Symbol("e", integer=True)
SPENT = 25.0
started = time.monotonic()


def equal(first: Any, second: Any) -> bool:
    """Whether the normaliser calls two expressions equal."""
    bridge = Bridge(first, second)
    s, t = bridge.term(first), bridge.term(second)
    context = with_cuts(build_context(bridge.hypotheses()), minus(s, t))
    left, right = value(s, normal(s, context)), value(t, normal(t, context))
    return left is right or value(minus(left, right), normal(minus(left, right), context)) is ZERO


@seed(0)
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_what_is_called_equal_is_equal_at_small_sizes(number: int) -> None:
    """500 pairs (fewer on a slow machine); tests/campaigns/normaliser.py runs 20,000."""
    if time.monotonic() - started > SPENT:
        return
    _, first, second = pair(random.Random(number))
    assert not check(first, second, Counter())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_a_normal_form_is_its_own_normal_form_and_says_what_it_rewrote(number: int) -> None:
    expression = Terms(random.Random(number)).real(3)
    bridge = Bridge(expression)
    try:
        t = bridge.term(expression)
        context = build_context(bridge.hypotheses())
        theorem = normal(t, context)
    except EXPECTED:
        return
    if theorem is not None:
        assert theorem.statement.op == "eq"
        assert theorem.statement.args[0] is t
        assert theorem.hypotheses <= set(bridge.hypotheses())
        assert normal(value(t, theorem), context) is None or equal(expression, expression)


def test_the_campaign_sees_pairs_of_every_sort() -> None:
    counts, problems = normaliser.run(60, 1, show=False)
    assert not problems
    assert counts["equal pairs, examined"] > 10
    assert counts["other pairs"] > 10
    assert counts["normal forms, examined"] > 10


def test_a_wrong_normaliser_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a normaliser that sends every term to 0, the campaign finds disagreements."""
    monkeypatch.setattr(normaliser, "value", lambda *_: ZERO)
    counts, problems = normaliser.run(30, 0, show=False)
    assert counts["disagreements"] > 10
    assert problems


EQUAL = [
    (total(z[i] + w[i], i), total(z[i], i) + total(w[i], i)),
    (total(a * z[i], i), a * total(z[i], i)),
    (total(total(z[i] * w[j], i), j), total(z[i], i) * total(w[j], j)),
    (total(total(z[i] * KroneckerDelta(i, j), i) * w[j], j), total(z[i] * w[i], i)),
    (total(KroneckerDelta(i, m) * z[i], i), z[m]),
    (total(1, i), K),
    (Sum(z[e], (e, 1, K)) + Sum(z[e], (e, K + 1, K + N)), Sum(z[e], (e, 1, K + N))),
    (product(exp(z[i]), i), exp(total(z[i], i))),
    (product(q[i] * b, i), b**K * product(q[i], i)),
    (product(q[i] ** KroneckerDelta(i, m), i), q[m]),
    (log(product(q[i], i)), total(log(q[i]), i)),
    (product(q[x[n]], n), product(product(q[i] ** KroneckerDelta(x[n], i), i), n)),
    (KroneckerDelta(i, m) * z[i], KroneckerDelta(m, i) * z[m]),
    (KroneckerDelta(i, m) ** 2, KroneckerDelta(i, m)),
    (exp(a + z[i]) / exp(z[i]), exp(a)),
    (log(b * q[i] ** 2), log(b) + 2 * log(q[i])),
    (b ** Rational(1, 2) * b ** Rational(1, 2), b),
    (total(y[i], i), 1),
    (diff(log_sum_exp(z), z[m]), y[m]),
    (diff(y[i], z[m]), y[i] * (KroneckerDelta(i, m) - y[m])),
    (r[i] ** c * r[i], r[i] ** (c + 1)),
    (1 / (1 + exp(-a)), exp(a) / (1 + exp(a))),
]


@pytest.mark.parametrize(("first", "second"), EQUAL, ids=str)
def test_equal_terms_have_one_normal_form(first: Any, second: Any) -> None:
    assert equal(first, second)
    assert not isinstance(examine(Eq(first, second)), Witness)


UNEQUAL = [
    (log(z[i] * z[m]), log(z[i]) + log(z[m])),
    (log(z[i] ** 2), 2 * log(z[i])),
    ((z[i] ** 2) ** Rational(1, 2), z[i]),
    (total(KroneckerDelta(i, e) * z[i], i), z[e]),
    (Sum(1, (e, m, i)), i - m + 1),
    (Sum(z[e], (e, 1, Symbol("u", integer=True))) + Sum(z[e], (e, Symbol("u", integer=True) + 1, K)), total(z[i], i)),
    (Mul(z[i] ** -c, z[i] ** c, evaluate=False), 1),
    (Mul(a, 1 / a, evaluate=False), 1),
    (r[i] ** (a + 1), r[i] * r[i] ** a),
    (product(r[i] ** a, i) * product(r[i] ** (-a), i), 1),
    (log(product(z[i], i)), total(log(z[i]), i)),
    (exp(log(r[i], evaluate=False), evaluate=False), r[i]),
    (Mul(a**2 - b**2, 1 / (a - b), evaluate=False), a + b),
]


@pytest.mark.parametrize(("first", "second"), UNEQUAL, ids=str)
def test_a_side_condition_that_is_not_known_is_not_assumed(first: Any, second: Any) -> None:
    with contextlib.suppress(NoProof):
        assert not equal(first, second)
