"""Decimal numbers that are rounded, or cut after some digits, are neither proved nor called a mistake."""

import pytest

from tests.check.careful import compare

ROWS = {
    "rounded": (r"-\log(0.93623955) = 0.0659", "unknown"),
    "rounded wrongly": (r"-\log(0.93623955) = 0.0658", "refuted"),
    "rounded up": (r"\frac{2}{3} = 0.67", "unknown"),
    "cut, though it says that it is the number": (r"\frac{2}{3} = 0.66", "refuted"),
    "on the left": (r"7.389 = e^2", "unknown"),
    "exact": (r"\frac{1}{2} = 0.5", "proved"),
    "cut": (r"\frac{2}{3} = 0.66\dots", "unknown"),
    "two dots": (r"-\log(0.93623955) = 0.06..", "unknown"),
    "cut, negative": (r"-\frac{1}{3} = -0.33\ldots", "unknown"),
    "cut wrongly": (r"\frac{2}{3} = 0.67\dots", "refuted"),
    "cut after all its digits": (r"\frac{1}{2} = 0.5\dots", "unknown"),
    "of a variable": (r"x = 0.34\dots", "refuted"),
    "not alone": (r"x + 0.5 = x + 0.51", "refuted"),
    "an inequality is exact": (r"\frac{2}{3} \leq 0.66", "refuted"),
}


@pytest.mark.parametrize("name", ROWS)
def test_decimals(name: str) -> None:
    step, verdict = ROWS[name]
    compare("real x", [step], [verdict])
