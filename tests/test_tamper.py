"""Tampered certificates: refused, or the proof of exactly what they state. The whole: tests/campaigns/tamper.py."""

import copy
import json
from typing import Any

import pytest

from symnll.certificates import certificate
from symnll.core.replay import replay
from symnll.core.term import CoreError
from symnll.entry import claims
from symnll.prove.library import prove_claim
from tests.campaigns import tamper

SMALL = ("streaming.one_logit", "streaming.identity_shift", "sigmoid.positive")
SAMPLED = (
    "softmax.jacobian",
    "softmax.sums_to_one",
    "nll.gradient",
    "likelihood.counts",
    "likelihood.argmax_log",
    "information.gibbs_equality",
    "stable.upper_bound",
    "reverse.unique",
)


def document(name: str) -> Any:
    return json.loads(json.dumps(certificate(prove_claim(claims()[name][1]).theorem)))


@pytest.mark.parametrize("name", SMALL)
def test_every_single_change_of_a_short_certificate(name: str) -> None:
    counts, problems = tamper.run([name], 10**6, 0, show=False)
    assert not problems
    assert counts["changes"] > 4 * counts["leaves"]
    assert counts["refused"] > 0.7 * counts["changes"]


@pytest.mark.parametrize("name", [n for n in SAMPLED if n in claims()])
def test_sampled_changes_of_a_long_certificate(name: str) -> None:
    counts, problems = tamper.run([name], 40, 0, show=False)
    assert not problems
    assert counts["changes"] >= 35


def test_most_of_the_sampled_names_exist() -> None:
    assert len([n for n in SAMPLED if n in claims()]) >= 6


@pytest.mark.parametrize(
    "broken", [None, 1, "x", [], {}, {"format": "symnll certificate"}, {"format": "other", "version": 1}]
)
def test_what_is_not_a_certificate_is_refused(broken: Any) -> None:
    with pytest.raises(CoreError):
        replay(broken)


@pytest.mark.parametrize("part", ["format", "version", "terms", "steps", "theorem"])
def test_a_missing_or_empty_part_is_refused(part: str) -> None:
    for value in (None, [], {}, "", 0):
        new = document("streaming.one_logit")
        new[part] = value
        with pytest.raises(CoreError):
            replay(new)
    new = document("streaming.one_logit")
    del new[part]
    with pytest.raises(CoreError):
        replay(new)


def test_a_hypothesis_can_not_be_left_out() -> None:
    new = document("softmax.monotone")
    assert new["theorem"]["hypotheses"]
    for n in range(len(new["theorem"]["hypotheses"])):
        fewer = copy.deepcopy(new)
        del fewer["theorem"]["hypotheses"][n]
        with pytest.raises(CoreError, match="not what it states"):
            replay(fewer)


def test_an_axiom_can_not_be_hidden() -> None:
    new = document("softmax.sums_to_one")
    new["theorem"]["axioms"] = new["theorem"]["axioms"][1:]
    with pytest.raises(CoreError, match="not what it states"):
        replay(new)


def test_a_statement_can_not_be_exchanged_for_its_negation() -> None:
    new = document("streaming.one_logit")
    kind, data, sort, children = new["terms"][new["theorem"]["statement"]]
    assert kind == "eq"
    new["terms"].append(["ne", data, sort, children])
    new["theorem"]["statement"] = len(new["terms"]) - 1
    with pytest.raises(CoreError, match="not what it states"):
        replay(new)


def test_a_deeply_nested_file_is_refused() -> None:
    new = document("streaming.one_logit")
    nested: Any = []
    for _ in range(100_000):
        nested = [nested]
    new["steps"][0][1] = [nested]
    with pytest.raises(CoreError):
        replay(new)
