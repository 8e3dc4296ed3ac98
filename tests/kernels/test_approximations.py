"""The polynomials of exp and log1p: their derivation, their proved error bounds, and bounds that notice mistakes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flint import arb

from symnll.kernels import approximations, error_bounds
from symnll.kernels.approximations import PRECISIONS, WorkingBits, exact, exp_constants, log1p_constants, reduced_range
from symnll.kernels.error_bounds import exp_bound, log1p_bound, part_bound, unit_bound


def test_the_error_bounds_proved_for_the_whole_reduced_range() -> None:
    assert 0.5 < exp_bound("float32") < 1.05
    assert 0.5 < exp_bound("float64") < 1.03
    assert 0.5 < log1p_bound() < 2.26
    assert 0.5 < part_bound("float32") < 1.19
    assert 0.5 < part_bound("float64") < 1.16
    assert 0.1 < unit_bound() < 0.4


@pytest.mark.parametrize("name", PRECISIONS)
def test_the_parts_of_log_two(name: str) -> None:
    format, constants = PRECISIONS[name], exp_constants(name)
    with WorkingBits():
        # n·HIGH is exact for every n there is, because the two have few enough bits.
        most = int(-format.floor / 0.69) + 1
        assert most.bit_length() + format.high_bits <= format.bits
        assert (constants.high * 2**format.high_bits).is_integer()
        left = abs(arb.const_log2() - exact(constants.high) - exact(constants.low)) * most
        assert left < arb(2) ** (-format.bits - 4)
        # A stored result is normal at the floor, and a whole sum of the largest is finite.
        normal = {"float32": -126, "float64": -1022}[name]
        assert format.floor / 0.693 + format.exponent - 1 > normal
        assert format.exponent + 32 < -normal
        # What the floor hides is less than half the least subnormal number, even for 2³¹ classes.
        assert (arb(format.floor).exp() * 2**31) < arb(2) ** (normal - format.bits)


@pytest.mark.parametrize("name", PRECISIONS)
def test_the_polynomial_is_near_the_best_of_its_degree(name: str) -> None:
    """By de la Vallée Poussin, a polynomial whose error alternates is within the ratio of its extremes of the best."""
    format, constants = PRECISIONS[name], exp_constants(name)
    with WorkingBits():
        reach = reduced_range(format)
        at = [reach * (arb.pi() * i / 400).cos() for i in range(401)]
        errors = []
        for r in at:
            q = sum((exact(c) * r**i for i, c in enumerate(constants.q)), arb(0))
            errors.append(abs(float((1 + r + r * r * q - r.exp()) / r.exp())))
        assert max(errors) < 2.0 ** (-format.bits - 2)


def test_a_wrong_coefficient_shows_in_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    right = exp_constants("float32")
    wrong = replace(right, q=(*right.q[:2], right.q[2] * (1 + 1e-4), *right.q[3:]))
    assert _bound_with(monkeypatch, "exp_constants", lambda name: wrong) > 1.5
    wrong = replace(right, low=right.low * (1 + 1e-2))
    assert _bound_with(monkeypatch, "exp_constants", lambda name: wrong) > 10
    for wrong in (replace(right, second=right.second * 2), replace(right, q=(*right.q[:4], right.q[4] * 1.01))):
        assert _bound_with(monkeypatch, "exp_constants", lambda name, wrong=wrong: wrong, part_bound) > 1.5
    one = log1p_constants()
    other = replace(one, l=(one.l[0] * (1 + 1e-12), *one.l[1:]))
    monkeypatch.setattr(error_bounds, "log1p_constants", lambda: other)
    log1p_bound.cache_clear()
    error_bounds._l_difference.cache_clear()
    try:
        assert log1p_bound() > 10
    finally:
        log1p_bound.cache_clear()
        error_bounds._l_difference.cache_clear()


def _bound_with(monkeypatch: pytest.MonkeyPatch, name: str, value: Any, bound: Any = exp_bound) -> float:
    with monkeypatch.context() as patch:
        patch.setattr(error_bounds, name, value)
        bound.cache_clear()
        try:
            return bound("float32")
        finally:
            bound.cache_clear()


def test_the_derivation_is_reproducible() -> None:
    before = exp_constants("float64"), log1p_constants()
    approximations.exp_constants.cache_clear()
    approximations.log1p_constants.cache_clear()
    assert (exp_constants("float64"), log1p_constants()) == before
