"""`prove` and `derivation` as a user calls them: verdicts, witnesses, conditions, hypotheses, internal checks."""

from __future__ import annotations

import pytest

from symnll import (
    ArgMax,
    Eq,
    ForAll,
    Ge,
    Gt,
    KroneckerDelta,
    Larger,
    Le,
    Lt,
    Ne,
    derivation,
    diff,
    exp,
    family,
    function,
    functional,
    index,
    indices,
    labels,
    log,
    log_sum_exp,
    maximum,
    natural,
    onehot,
    positive,
    product,
    prove,
    real,
    size,
    softmax,
    to_sympy,
    to_term,
    total,
    vector,
)
from symnll.core.term import op
from symnll.prove import prover, search
from symnll.prove.result import Disagreement, Proved, Refuted, Unknown
from symnll.small import Agreement, Witness

K, N = size("K"), size("N")
i, j, m, T = indices("i j m T", K)
n = index("n", N)
z, t, v, w = (vector(name, K) for name in "ztvw")
y = softmax(z)
x, a = real("x"), real("a")
LOSS = -log(y[T])


def test_the_gradient_is_proved_for_every_number_of_classes() -> None:
    result = prove(Eq(diff(LOSS, z[m]), y[m] - KroneckerDelta(m, T)))
    assert isinstance(result, Proved) and result and isinstance(result.check, Agreement)
    assert {name for name, _ in result.theorem.hypotheses} == {"K ≥ 1", "m ∈ 1..K"}
    assert to_term(to_sympy(result.theorem.statement).rhs) is result.theorem.statement.args[1]


def test_the_diagonal_taken_for_the_whole_is_refuted_with_the_condition_that_saves_it() -> None:
    result = prove(Eq(diff(y[i], z[m]), y[i] * (1 - y[i])))
    assert isinstance(result, Refuted) and not result
    assert result.witness.sizes == {"K": 2} and result.witness.values == {"z": [0, 0], "i": 1, "m": 2}
    assert result.holds_when == ("i = m",)
    assert str(result).startswith("refuted: K = 2, z = (0, 0), i = 1, m = 2")


def test_unknown_says_what_is_left() -> None:
    result = prove(Eq(diff(log(x), x), 1 / x))
    assert isinstance(result, Unknown) and "x is not known to be positive" in str(result)


@pytest.mark.parametrize(
    ("statement", "given"),
    [
        (Eq(diff(-total(t[i] * log(y[i]), i), z[m]), y[m] - t[m]), [Eq(total(t[i], i), 1)]),
        (Eq(z[i], z[m]), [Eq(i, m)]),
        (Eq(KroneckerDelta(i, m), 0), [Ne(i, m)]),
        (Eq(total(onehot("h", K, T)[i] * z[i], i), z[T]), []),
        (Eq(total(KroneckerDelta(labels("x", N, K)[n], i), i), 1), []),
        (Le(log(x), x - 1), [Gt(x, 0)]),
        (Ge(exp(z[i] - z[j]), 1 + z[i] - z[j]), []),
        (Le(maximum(z[i], i), log_sum_exp(z)), []),
        (Eq(Larger(x, a), a), [Le(x, a)]),
        (Eq(diff(diff(log(x), x), x), -1 / x**2), [Gt(x, 0)]),
        (Eq(product(positive("p") ** vector("e", K, kind="natural")[i], i),
            positive("p") ** total(vector("e", K, kind="natural")[i], i)), []),
        (Eq(ArgMax(z[i], i), ArgMax(y[i], i)), []),
        (Eq(diff(function("g")(x) * x, x), function("g")(x) + x * diff(function("g")(x), x)), []),
        (Eq(functional("C", K)(z), functional("C", K)(family(lambda k: 0, K))),
         [ForAll(Eq(diff(functional("C", K)(w), w[m]), 0), w, m)]),
    ],
    ids=str,
)  # fmt: skip
def test_proved_and_not_without_the_hypotheses(statement: object, given: list[object]) -> None:
    assert isinstance(prove(statement, given), Proved)
    if given:
        assert not isinstance(prove(statement), Proved)


@pytest.mark.parametrize(
    "statement",
    [
        Eq(log(total(exp(z[i]), i)), total(z[i], i)),
        Lt(y[i], 1),
        Eq(total(y[i], i), K),
        Eq(0 ** natural("k"), 0),
        Eq(product(0, index("k", K - 1)), 0),
        Ge(x * a, 0),
        ForAll(Gt(z[i], 0), i),
    ],
    ids=str,
)
def test_refuted(statement: object) -> None:
    result = prove(statement)
    assert isinstance(result, Refuted) and isinstance(result.witness, Witness)


def test_a_derivation_proves_its_steps_and_their_reasons() -> None:
    S = total(exp(z[j]), j)
    quotient = (diff(exp(z[i]), z[m]) * S - exp(z[i]) * diff(S, z[m])) / S**2
    result = derivation(
        diff(y[i], z[m]), (quotient, "quotient rule"), (y[i] * (KroneckerDelta(i, m) - y[m]), "δ collapses the sum")
    )
    assert isinstance(result, Proved) and [s.reason for s in result.steps] == ["quotient rule", "δ collapses the sum"]
    assert all("d_quotient" in s.theorem.axioms for s in result.steps[:1])


def test_what_the_core_proves_and_the_small_size_check_refutes_is_an_internal_error(monkeypatch) -> None:
    lie = Witness({"K": 2}, {}, "=", "0", "1", True)
    monkeypatch.setattr(prover, "examine", lambda *_, **__: lie)
    with pytest.raises(Disagreement, match=r"core proved.*counterexample"):
        prove(Eq(total(y[i], i), 1))
    with pytest.raises(Disagreement, match="core proved"):
        derivation(total(y[i], i), (1, "probabilities sum to 1"))


def test_a_theorem_of_something_else_is_an_internal_error() -> None:
    theorem = prove(Eq(total(y[i], i), 1)).theorem
    other = op("le", *theorem.statement.args)
    with pytest.raises(search.WrongTheorem):
        search.verify(theorem, other, sorted(theorem.hypotheses))
    with pytest.raises(search.WrongTheorem):
        search.verify(theorem, theorem.statement, [])
    search.verify(theorem, theorem.statement, sorted(theorem.hypotheses))


def test_a_derivation_without_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        derivation(total(y[i], i))
