"""`decide`: true statements, their false neighbours, and what must never come out as proved."""

from __future__ import annotations

import sympy
from pytest import mark, raises
from sympy import KroneckerDelta, Mul, Piecewise, Pow, Rational, exp, log

from symnll.check import decide as module
from symnll.check.decide import Decision, decide
from symnll.language import (
    At,
    Eq,
    ForAll,
    Ge,
    Gt,
    Index,
    Larger,
    Le,
    Lt,
    Ne,
    diff,
    function,
    indices,
    onehot,
    product,
    real,
    sigmoid,
    size,
    softmax,
    total,
    vector,
)
from symnll.prove.result import Disagreement
from symnll.small import NotChecked, Witness

K, N = size("K"), size("N")
i, j, k = indices("i j k", K)
T = Index("T", 1, K)
z, p, q = (vector(name, K) for name in "zpq")
t = vector("t", K, kind="simplex")
y = onehot("y", K, T)
s = softmax(z)
a, b, c, x = (real(name) for name in "abcx")
loss = -total(y[k] * log(s[k]), k)


def plain(*factors):
    return Mul(*factors, evaluate=False)


def verdict(statement, given=(), **options) -> str:
    return decide(statement, given, **options).verdict


TRUE = {
    "gradient": Eq(diff(loss, z[i]), s[i] - y[i]),
    "gradient of soft targets": Eq(diff(-total(t[k] * log(s[k]), k), z[i]), s[i] - t[i]),
    "Jacobian": Eq(diff(s[i], z[j]), s[i] * (KroneckerDelta(i, j) - s[j])),
    "sigmoid": Eq(diff(sigmoid(x), x), sigmoid(x) * (1 - sigmoid(x))),
    "log of a product": Eq(log(product(exp(z[k]), k)), total(z[k], k)),
    "shift": Eq(exp(z[i] + c) / total(exp(z[k] + c), k), s[i]),
    "order": Ge(total(p[k] ** 2, k), 0),
    "strict": Gt(exp(x), 0),
    "differs": Ne(exp(x), 0),
}
FALSE = {
    "gradient": Eq(diff(loss, z[i]), y[i] - s[i]),
    "gradient of soft targets": Eq(diff(-total(t[k] * log(s[k]), k), z[i]), s[i] + t[i]),
    "sigmoid": Eq(diff(sigmoid(x), x), sigmoid(x) * (1 + sigmoid(x))),
    "log of a product": Eq(log(product(exp(z[k]), k)), product(z[k], k)),
    "shift": Eq(exp(z[i] + c) / total(exp(z[k]), k), exp(z[i]) / total(exp(z[k] + c), k)),
    "order": Ge(total(exp(z[k]), k), K),
    "strict": Gt(exp(x), 1),
    "differs": Ne(exp(x), 1),
}


@mark.parametrize("name", TRUE)
def test_true(name):
    found = decide(TRUE[name])
    assert found.verdict == "proved", found
    assert found.theorem is not None and found.rules and not found.hypotheses and found.witness is None


@mark.parametrize("name", FALSE)
def test_false_neighbours(name):
    found = decide(FALSE[name], conditional=False)
    assert found.verdict == "refuted", found
    assert isinstance(found.witness, Witness) and str(found.witness) in found.reason and found.theorem is None


def test_a_statement_about_all_indices_and_several_at_once():
    both = sympy.And(Eq(s[i] + 0, s[i]), ForAll(Gt(s[k], 0), k), evaluate=False)
    found = decide(both)
    assert found.verdict == "proved" and found.theorem.statement.op == "and"
    assert verdict(sympy.And(Gt(s[i], 0), Eq(s[i], s[j]), evaluate=False), conditional=False) == "refuted"
    assert verdict(ForAll(Eq(p[k], q[k]), k), [ForAll(Eq(p[k], q[k]), k)]) == "proved"
    # A hypothesis about one k says nothing of all.
    assert verdict(ForAll(Eq(p[k], q[k]), k), [Eq(p[k], q[k])]) in ("refuted", "conditional")


def test_assumptions_that_are_used_are_named():
    found = decide(Eq(total(p[k] * (z[k] - 1), k), total(p[k] * z[k], k) - 1), [Eq(total(p[k], k), 1), Gt(x, 0)])
    assert found.verdict == "proved" and found.hypotheses == ("Σ_k p_k = 1",)
    named = decide(Eq(2 * x, 4), [("what was said", Eq(x, 2))])
    assert named.verdict == "proved" and named.hypotheses == ("what was said",) and "what is assumed" in named.rules
    assert verdict(Eq(2 * x, 4), [Eq(x, 3)]) == "refuted"


def test_rules_are_words():
    assert "derivative of the logarithm" in decide(TRUE["gradient"]).rules
    assert decide(Eq((x + 1) ** 2, x**2 + 2 * x + 1)).rules == ("algebra",)


# Where the sides are defined.

DEFINED = [
    (Eq(plain(x, 1 / x), 1), ("x ≠ 0",)),
    (Eq(log(plain(a, b), evaluate=False), log(a) + log(b)), ("a > 0", "b > 0")),
    (Eq(log(x**2, evaluate=False), 2 * log(x)), ("x > 0",)),
    (Eq(exp(log(x), evaluate=False), x), ("x > 0",)),
    (Eq(log(product(p[k], k)), total(log(p[k]), k)), ("p_k > 0 for all k ∈ 1..K",)),
    (Eq(plain(a, total(p[k] / a, k)), total(p[k], k)), ("a ≠ 0",)),
    (Eq(diff(log(x), x), 1 / x), ("x > 0",)),
    (Eq(At(diff(log(x), x), x, a * b), 1 / (a * b)), ("a·b > 0",)),
    (ForAll(Eq(plain(p[k], 1 / p[k]), 1), k), ("p_k ≠ 0",)),
    (Eq(plain(s[i], 1 / s[i]), 1), ()),
    (Eq(plain(x**2, 1 / x), x), ()),
]


@mark.parametrize("statement, hypotheses", DEFINED, ids=str)
def test_a_step_is_meant_where_it_is_defined(statement, hypotheses):
    found = decide(statement)
    assert (found.verdict, found.hypotheses) == ("proved", hypotheses), found


@mark.parametrize(
    "statement",
    [
        Eq(plain(x, 1 / x), 2),
        Eq(log(plain(a, b), evaluate=False), log(a) * log(b)),
        Eq(log(x**2, evaluate=False), 2 * log(x) + 1),
        Eq(Pow(Pow(x, 2, evaluate=False), Rational(1, 2), evaluate=False), x),
        Eq(log(product(p[k], k)), product(log(p[k]), k)),
        Eq(diff(log(x), x), -1 / x),
    ],
    ids=str,
)
def test_definedness_does_not_make_it_true(statement):
    assert verdict(statement, conditional=False) == "refuted"


def test_powers_are_meant_for_a_positive_base():
    found = decide(Eq(plain(x**a, x**b), x ** (a + b)))
    assert found.verdict == "proved" and found.hypotheses == ("x > 0",)
    # At some points with a negative base both sides have a value too, and are not the same.
    assert decide(Eq(Larger(x**a, 0), x**a)).condition == "x ≥ 0"
    assert decide(Eq(Larger(product(p[k] ** a, k), 0), product(p[k] ** a, k))).verdict == "conditional"
    # The base is negative everywhere: under the convention that would be a theorem about nothing.
    base = -1 - x**2
    claim = Eq(plain(Pow(base, a), Pow(base, b)), Pow(base, a + b))
    assert verdict(claim) in ("unknown", "proved-small")


def test_a_sum_without_a_term_needs_no_more_than_the_others():
    def besides(body):
        return total(Piecewise((0, Eq(k, i)), (body, True), evaluate=False), k)

    assert verdict(Eq(besides(plain(z[k], 1 / z[k])), K - 1)) == "proved"
    assert verdict(Eq(besides(plain(z[k], 1 / z[k])), K)) == "refuted"
    assert verdict(Eq(besides(1 / (z[k] - z[i])), -besides(1 / (z[i] - z[k])))) in ("proved", "proved-small")
    assert verdict(Eq(besides(1 / (z[k] - z[i])), besides(1 / (z[i] - z[k]))), conditional=False) == "refuted"


# What must never be proved.


@mark.parametrize(
    "statement",
    [
        Eq(Pow(sympy.Add(x, -x, evaluate=False), -1, evaluate=False), 5),
        Eq(log(-1 - x**2), 0),
        Eq(log(-exp(x), evaluate=False), log(-exp(x), evaluate=False) + 1),
        Eq(plain(log(-1 - x**2), 0), 1),
        Eq(plain(1 / sympy.Add(total(p[k], k), -total(p[j], j), evaluate=False), x), 7),
    ],
    ids=str,
)
def test_nowhere_defined(statement):
    found = decide(statement)
    assert found.verdict == "unknown" and "undefined" in found.reason


@mark.parametrize(
    "statement, given",
    [
        (Eq(x, 3), [Eq(x, 1), Eq(x, 2)]),
        (Eq(a, b), [Gt(x, 0), Lt(x, 0)]),
        (Eq(a, b), [Eq(sympy.Integer(1), sympy.Integer(2))]),
        (Eq(a, b), [Lt(K, 1)]),
        (Eq(a, b), [Eq(i, j), Ne(i, j)]),
        (Eq(total(p[k], k), 2), [Eq(total(p[k], k), 1), Eq(total(p[k], k), 3)]),
        (Eq(x, 3), [Eq(x**2, -1)]),
        (Eq(x, x + 0), [Eq(x**2, -1)]),
        (Eq(a, b), [sympy.false]),
        (Gt(a, b), [Le(exp(x), 0)]),
    ],
    ids=str,
)
def test_assumptions_that_contradict_each_other_prove_nothing(statement, given):
    found = decide(statement, given)
    assert found.verdict == "unknown"
    assert "contradict each other" in found.reason or "No point that was tried satisfies" in found.reason


def test_assumptions_of_an_unknown_function():
    f = function("f")
    given = [Eq(f(x), x**2)]
    found = decide(Eq(f(x) + x, x**2 + x), given)
    assert found.verdict == "proved" and found.hypotheses
    assert verdict(Eq(f(x) + x, x**2 - x), given) != "proved"
    assert verdict(Eq(a, b), [Eq(f(x), 1), Eq(f(x), 2)]) == "unknown"


def test_what_no_sample_admits_is_not_proved(monkeypatch):
    monkeypatch.setattr(module, "examine", lambda *_, **__: NotChecked("No point that was tried satisfies …"))
    found = decide(Eq(x + x, 2 * x))
    assert found.verdict == "unknown" and "about nothing" in found.reason


def test_proved_at_small_sizes():
    found = decide(Eq(total(k, k), K * (K + 1) / 2))
    assert found.verdict == "proved-small" and "K = 1, 2, 3" in found.reason and found.theorem is None
    assert verdict(Eq(total(k, k), K**2)) == "refuted"


# Errors.


def test_disagreement_is_not_hidden(monkeypatch):
    false = Witness({}, {"x": 0}, "=", "0", "1", True)
    monkeypatch.setattr(module, "examine", lambda *_, **__: false)
    with raises(Disagreement):
        decide(Eq(x + x, 2 * x))
    answers = iter([NotChecked("Nothing."), false])
    monkeypatch.setattr(module, "examine", lambda *_, **__: next(answers))
    with raises(Disagreement):
        decide(Eq(x + x, 2 * x))


@mark.parametrize(
    "statement, part",
    [
        (sympy.true, "decided"),
        (Eq(x, 0.5), "Float"),
        (Eq(sympy.Add(Pow(0, -1, evaluate=False), 1, x, evaluate=False), x), "zero"),
        (Eq(x, sympy.zoo), "meaning"),
        (sympy.Symbol("w") + 1, "statement"),
        (Eq(total(x, Index("r", 1, 10**6)), a), "too long"),
    ],
    ids=str,
)
def test_what_has_no_meaning_is_unknown_and_says_why(statement, part):
    found = decide(statement)
    assert found.verdict == "unknown" and part in found.reason


def test_an_error_inside_is_no_traceback(monkeypatch):
    def fail(*_, **__):
        raise TypeError("no such thing")

    monkeypatch.setattr(module, "attempt", fail)
    assert decide(Eq(x + x, 2 * x)) == Decision(
        "unknown", "An internal error ended the search (TypeError: no such thing); please report it."
    )
