"""The library: every claim proved along its derivation and replayed by the core alone, for any number of classes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sympy
from sympy.concrete.expr_with_limits import ExprWithLimits

from symnll import language as L
from symnll.certificates import certificate
from symnll.entry import Claim, Entry, Step, UnknownName, claims, entries, select
from symnll.prove.bridge import Bridge
from symnll.prove.chains import prove_chain
from symnll.prove.library import prove_claim
from symnll.prove.prover import derivation
from symnll.prove.reasons import REASONS
from symnll.prove.result import Proved, Refuted, Unknown

ROOT = Path(__file__).parent.parent
NAMES = sorted(claims())
# These are about two classes, or about three observations.
NUMERAL_SIZE = {
    "likelihood.sample_221",
    "likelihood.sample_221_counts",
    "sigmoid.two_classes",
    "sigmoid.two_classes_soft",
    "softmax.two_classes_sigmoid",
}

K = L.size("K")
i, j, k, m = L.indices("i j k m", K)
z, c = L.vector("z", K), L.real("c")
y = L.softmax(z)
S = L.total(sympy.exp(z[k]), k)


@cache
def proved(name: str) -> Any:
    return prove_claim(claims()[name][1])


# What is in it.


def test_every_file_is_an_entry() -> None:
    files = {p.stem for p in (ROOT / "symnll" / "library").glob("*.py")} - {"__init__"}
    assert set(entries()) == files and len(files) >= 11
    for entry in entries().values():
        assert entry.title and entry.summary and entry.claims and entry.references


def test_claims_name_reasons_that_there_are() -> None:
    for name, (_, claim) in claims().items():
        assert all(step.reason in REASONS for step in claim.steps), name


def test_names() -> None:
    assert select([]) == list(claims()) and select(["nll.gradient", "nll.gradient"]) == ["nll.gradient"]
    assert select(["kernels"]) == [f"kernels.{c.name}" for c in entries()["kernels"].claims]
    with pytest.raises(UnknownName, match=r"nll\.gradient"):
        select(["nll.gradeint"])
    claim = Claim("a", "A", L.Eq(c, c))
    with pytest.raises(ValueError, match="two claims named 'a'"):
        Entry("e", "E", "", [claim, claim])


# What is proved.


@pytest.mark.parametrize("entry", sorted(entries()))
def test_every_claim_is_proved(entry: str) -> None:
    for claim in entries()[entry].claims:
        name = f"{entry}.{claim.name}"
        result = proved(name)
        assert isinstance(result, Proved), f"{name}: {result}"
        assert [s.reason for s in result.steps] == [s.reason for s in claim.steps], name


@pytest.mark.parametrize("entry", sorted(entries()))
def test_what_is_proved_is_what_the_claim_says(entry: str) -> None:
    """Also that nothing is supposed but what the symbols' kinds and the claim's `given` say."""
    for claim in entries()[entry].claims:
        bridge = Bridge(claim.statement, *claim.given, *(s.expression for s in claim.steps))
        statement = bridge.statement(claim.statement)
        given = [(str(g), bridge.statement(g)) for g in claim.given]
        for step in claim.steps:
            if not isinstance(step.expression, L.ArgMax):
                bridge.term(step.expression)
        theorem = proved(f"{entry}.{claim.name}").theorem
        assert theorem.statement == statement, claim.name
        assert set(theorem.hypotheses) <= {*bridge.hypotheses(), *given}, claim.name


def _sizes(expression: Any) -> Iterator[Any]:
    """Every upper bound in an expression: of sums, products and maxima, of indices, and the shapes of vectors."""
    for e in sympy.preorder_traversal(expression):
        if isinstance(e, ExprWithLimits):
            yield from (limit[2] for limit in e.limits)
        elif isinstance(e, L.Index):
            yield e.upper
        elif isinstance(e, L.Vector):
            yield from (*e.sizes, *([e.extra] if e.kind == "labels" else []))
        elif isinstance(e, L.FunctionalValue):
            yield e.args[1]


def test_sizes_stay_symbolic() -> None:
    fixed = set()
    for name, (_, claim) in claims().items():
        said = (claim.statement, *claim.given, *(s.expression for s in claim.steps))
        if any(sympy.sympify(upper).is_number for part in said for upper in _sizes(part)):
            fixed.add(name)
    assert fixed == NUMERAL_SIZE


REPLAY = """
import json, sys
from symnll.core.replay import replay
for name, (states, document) in json.load(sys.stdin).items():
    theorem = replay(document)
    got = [repr(theorem.statement), sorted(map(repr, theorem.hypotheses)), sorted(theorem.axioms)]
    assert got == states, name
loaded = {m for m in sys.modules if m.split(".")[0] == "symnll"}
assert all(m in ("symnll", "symnll.prove", "symnll.check") or m.startswith("symnll.core") for m in loaded), loaded
assert not {"sympy", "mpmath", "numpy", "flint"} & set(sys.modules)
"""


def test_every_theorem_is_replayed_by_the_core_alone() -> None:
    documents = {}
    for name in NAMES:
        theorem = proved(name).theorem
        states = [repr(theorem.statement), sorted(map(repr, theorem.hypotheses)), sorted(theorem.axioms)]
        documents[name] = states, certificate(theorem)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", REPLAY],
        input=json.dumps(documents),
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr


# What is refused.


def test_a_step_that_is_false_is_refuted() -> None:
    result = derivation(L.diff(y[i], z[m]), (y[i] * (1 - y[m]), "quotient rule"), (y[i] - y[i] * y[m], "algebra"))
    assert isinstance(result, Refuted) and "K = 2" in str(result.witness) and result.holds_when == ("i = m",)


@pytest.mark.parametrize(
    ("start", "step", "reason"),
    [
        (sympy.log(sympy.exp(c), evaluate=False), c, "quotient rule"),
        (L.diff(S, z[m]), sympy.exp(z[m]), "logarithm of a product"),
        (L.total(y[k], k), sympy.S.One, "δ collapses the sum"),
        (L.log_sum_exp(z), c + L.log_sum_exp(L.family(lambda b: z[b] - c, K)), "sum split"),
        (L.total(sympy.KroneckerDelta(k, m) * z[k], k), z[m], "order of summation"),
    ],
)
def test_a_reason_that_is_not_what_proves_the_step_is_refused(start: Any, step: Any, reason: str) -> None:
    result = derivation(start, (step, reason))
    assert isinstance(result, Unknown) and f"step 1 ({reason}): it is true and proved, but not by" in str(result)


@pytest.mark.parametrize("reason", ["algebra", "definition"])
def test_what_needs_more_than_algebra_is_not_algebra(reason: str) -> None:
    good = L.total(sympy.KroneckerDelta(k, m) * (z[k] + 1), k)
    result = derivation(L.total(sympy.KroneckerDelta(k, m) * (1 + z[k]), k), (good, "algebra"), (z[m] + 1, reason))
    assert isinstance(result, Unknown) and f"step 2 ({reason}): it does not follow by algebra alone" in str(result)


def test_a_reason_that_nobody_knows_is_refused() -> None:
    result = derivation(c + c, (2 * c, "obviously"))
    assert isinstance(result, Unknown) and "there is no such reason; there are definition, algebra" in str(result)


def test_a_chain_must_end_in_the_statement() -> None:
    steps = [Step((1 + c) ** 2, "algebra")]
    good, wrong = L.Eq(c**2 + 2 * c + 1, (1 + c) ** 2), L.Eq(c**2 + 2 * c + 1, c * (c + 2) + 1)
    assert isinstance(prove_chain(good.lhs, steps, goal=good), Proved)
    result = prove_chain(wrong.lhs, steps, goal=wrong)
    assert isinstance(result, Unknown) and "do not lead to the statement" in str(result)


def test_a_chain_does_not_turn_around() -> None:
    with pytest.raises(ValueError, match="make one chain"):
        derivation(y[i], (1, "monotonicity", "≤"), (y[i], "monotonicity", "≥"))


SOFTMAX = [c for c in entries()["softmax"].claims if len(c.steps) > 1]


@pytest.mark.parametrize("claim", SOFTMAX, ids=lambda c: c.name)
def test_a_derivation_of_the_library_without_its_last_step_is_refused(claim: Claim) -> None:
    result = prove_claim(replace(claim, steps=claim.steps[:-1]))
    assert isinstance(result, Unknown) and "do not lead to the statement" in str(result)


@pytest.mark.parametrize("claim", SOFTMAX, ids=lambda c: c.name)
def test_a_derivation_of_the_library_with_another_reason_is_refused(claim: Claim) -> None:
    """No step of softmax changes the order of products: naming that is refused at whatever step it stands."""
    for place, step in enumerate(claim.steps):
        steps = [*claim.steps[:place], replace(step, reason="order of products"), *claim.steps[place + 1 :]]
        result = prove_claim(replace(claim, steps=steps))
        assert isinstance(result, Unknown) and f"step {place + 1} (order of products)" in str(result)


def test_an_entry_in_the_wrong_file_fails_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    from symnll.library import nll

    monkeypatch.setattr(nll, "ENTRY", replace(nll.ENTRY, name="other"))
    with pytest.raises(ValueError, match=r"library/nll\.py holds the entry 'other'"):
        entries.__wrapped__()
