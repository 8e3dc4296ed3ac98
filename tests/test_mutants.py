"""Mutants of the library: what is false at small sizes is not proved. The whole: tests/campaigns/mutants.py."""

from typing import Any

import pytest

from symnll.language import Eq, vector
from symnll.prove.prover import search
from symnll.small import Witness, examine
from tests.campaigns import mutants


def test_no_false_mutant_is_proved() -> None:
    chosen = mutants.sample(3, 0, total=60)
    counts, problems = mutants.run(chosen, seconds=5.0, show=False)
    assert not problems
    assert counts["mutants"] == 60
    assert counts["false, not proved"] >= 40


def test_there_are_enough_mutants_of_every_sort() -> None:
    chosen = mutants.sample(3, 0)
    assert len(chosen) >= 500
    edits = {m.edit for m in chosen}
    assert edits >= {
        "sign",
        "index",
        "factor 2",
        "square",
        "δ added",
        "δ dropped",
        "range, upper end",
        "range, lower end",
        "log dropped",
        "exp dropped",
        "hypothesis dropped",
        "kind weakened",
    }


def test_every_statement_of_the_library_has_mutants() -> None:
    assert all(any(True for _ in mutants.mutants_of(s)) for s in mutants.statements())


def test_the_statements_themselves_have_no_counterexample() -> None:
    chosen = mutants.statements()[::6]
    assert not [s.name for s in chosen if isinstance(examine(s.relation, s.given, points=3, budget=0.01), Witness)]


def test_a_wrong_proof_would_be_noticed() -> None:
    """A prover that proves everything is found out."""
    z = vector("z", 2)
    theorem, _ = search(Eq(z[1], z[1]))

    def everything(*_: Any) -> Any:
        return theorem, ""

    verdict, text = mutants.judge(mutants.Mutant("none", "sign", Eq(z[1], -z[1]), ()), 5.0, everything)
    assert verdict == "WRONGLY PROVED" and text


@pytest.mark.parametrize("s", mutants.statements()[:40:8], ids=lambda s: s.name)
def test_a_mutant_differs_from_what_it_was_made_of(s: mutants.Statement) -> None:
    for mutant in mutants.mutants_of(s):
        assert mutant.relation != s.relation or mutant.given != s.given
