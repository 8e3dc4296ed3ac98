"""Values, each a rational (`fmpq`) where it is exact and else a ball (`arb`), and what is certain about their order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flint
from flint import arb, fmpq, fmpz

ZERO, ONE = fmpq(0), fmpq(1)
PRECISIONS = (256, 1024)
TINY = fmpq(1, 2**150)
SIGNS = {"=": (0,), "≠": (-1, 1), "≤": (-1, 0), "<": (-1,), "≥": (0, 1), ">": (1,)}


class Undefined(ArithmeticError):
    """The expression has no value at this point."""


class Undecided(ArithmeticError):
    """The balls are too wide to tell; a higher precision may help."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Arb computes with this many bits inside, and as before afterwards."""
    before, flint.ctx.prec = flint.ctx.prec, bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def sign(value: Any) -> int:
    """−1, 0 or 1, rigorously; `Undecided` if the ball contains 0 and more."""
    if value > 0:
        return 1
    if value < 0:
        return -1
    if isinstance(value, fmpq) or value.is_zero():
        return 0
    raise Undecided


def sign_or_tie(value: Any) -> tuple[int, bool]:
    """The sign, and whether it is rigorous; a ball that is tiny around 0 counts as a tie."""
    try:
        return sign(value), True
    except Undecided:
        if value.is_finite() and value.rad() < TINY:
            return 0, False
        raise


def related(symbol: str, difference: Any) -> bool:
    """Whether left − right, of which the sign is known, satisfies the relation."""
    return sign(difference) in SIGNS[symbol]


def compare(symbol: str, left: Any, right: Any) -> bool | None:
    """Whether the relation holds; False is rigorous, True is so up to 2⁻¹⁵⁰ for equal balls, None is undecided."""
    difference = left - right
    if isinstance(difference, arb) and not difference.is_finite():
        return None
    try:
        return related(symbol, difference)
    except Undecided:
        if symbol not in "=≤≥":
            return None
        scale = arb(1).max(abs(arb(left))).max(abs(arb(right)))
        return True if difference.rad() < TINY * scale else None


def strict_maximum(values: list[Any]) -> int:
    """The position of the one largest value; undefined for a tie, where a maximum has no derivative."""
    best = 0
    for k in range(1, len(values)):
        if sign(values[k] - values[best]) > 0:
            best = k
    if any(k != best and sign(values[best] - v) == 0 for k, v in enumerate(values)):
        raise Undefined("the derivative of a maximum at a tie")
    return best


def power(base: Any, exponent: Any) -> Any:
    """base^exponent over the reals: 0⁰ = 1, 0^y = 0 for y > 0, and a negative base has integer exponents only."""
    if isinstance(exponent, fmpq) and exponent.q == 1:
        n = int(exponent.p)
        if abs(n) > 10_000:
            raise Undecided
        if n < 0 and sign(base) == 0:
            raise Undefined("division by zero")
        return ONE if n == 0 else base**n
    side = sign(base)
    if side < 0:
        raise Undefined("a negative number to a power that is no integer")
    if side == 0:
        if sign(exponent) > 0:
            return ZERO
        raise Undefined("zero to a power that is not positive")
    if isinstance(base, fmpq) and isinstance(exponent, fmpq):
        roots = [fmpz(part).root(int(exponent.q)) for part in (base.p, base.q)]
        if all(r ** int(exponent.q) == part for r, part in zip(roots, (base.p, base.q), strict=True)):
            return fmpq(*roots) ** int(exponent.p)
    return (arb(exponent) * arb(base).log()).exp()
