"""exp and log1p as polynomials: where their coefficients come from, and how far they can be from the truth.

Targets without a fast vectorised exp print these. Both functions reduce their argument, take a polynomial, and put
the parts together; the polynomials are interpolated at Chebyshev's nodes in ball arithmetic and rounded once.

`exp_difference(a, b)` is 2^EXPONENT · exp(a − b) for b ≥ a. It takes the difference itself, because the rounding of
a − b would be the largest error of all: at a − b = −100 it is 30 units in the last place of a float32. The factor
keeps every result normal that can matter, so that only one operation, the last, rounds into the subnormal range.

    d + c = a − b exactly (Knuth's sum, for d the rounded difference); below FLOOR: d = FLOOR, c = 0
    n = d / log 2 rounded to an integer;  h = d − n·HIGH,  l = c − n·LOW,  HIGH + LOW ≈ log 2
    r = h + l, so that |r| ≲ log(2)/2
    exp(a − b) ≈ 2^n · (1 + (h + (l + r²·Q(r))))

h is exact: HIGH has so few bits that n·HIGH is, and the difference lies on the grid of d below 1/2. So the rounding of
r = h + l only enters r²·Q(r), where it hardly counts.

`exp_part(a)` is for the loops, in which b is the same for every a. It leaves the difference away: with m = b / log 2
rounded to an integer it gives 2^(EXPONENT − m) · exp a, and what is missing is a number that belongs to b alone,
`unit(b)` = 2^−EXPONENT · exp(m log 2 − b), which is found once, in float64 and with a second part for its rounding.

    n = a / log 2 rounded to an integer;  h = a − n·FIRST,  r = h − n·SECOND,  FIRST + SECOND ≈ log 2
    exp a ≈ 2^n · (1 + (r + r²·Q(r))),  Q as two polynomials in r², for even and odd powers: two short chains

FIRST is log 2 rounded, a multiple of 2^−p for p bits; one fused operation gives h, and that exactly. For n = 0 it is a.
Else |a| is at least 1/4, so that a and n·FIRST are multiples of 2^(−p − 1), and |h| is below 1/2. As n grows with |a|,
so do the errors of a / log 2 and of FIRST + SECOND: |b| may be LIMIT at most, and beyond that exp_difference is taken.

`log1p(x)` for finite x ≥ 0, in float64 only (numbers a sample are float64 whatever the logits are):

    u + c = 1 + x exactly;  u = 2^k (1 + g) with 1 + g in [√½, √2);  s = g/(2 + g)
    log1p(x) ≈ k log 2 + g − (g²/2 − s·(g²/2 + s²·L(s²))) + 2^−k c/(1 + g)

with 2 artanh s = log(1 + g) behind it. This needs python-flint and serves the generators and tests only.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from flint import arb, arb_mat, ctx, fmpq


@dataclass(frozen=True)
class Precision:
    """A binary format, and the choices for exp in it: the kept factor 2^exponent, the floor, the bits of HIGH."""

    name: str
    bits: int  # of the significand, the leading one included
    code: str  # of struct
    exponent: int
    floor: int
    high_bits: int
    degree: int  # of Q
    limit: int  # of |b| for `exp_part`

    @property
    def magic(self) -> float:
        """Adding it rounds to an integer, whose bits then are the lowest of the sum."""
        return 1.5 * 2.0 ** (self.bits - 1)

    @property
    def stored_bits(self) -> int:
        return self.bits - 1

    def round(self, x: arb) -> float:
        """The middle of a ball as a number of this format."""
        nearest = float(x.mid())
        return float(struct.unpack(self.code, struct.pack(self.code, nearest))[0])


# Below `floor` 2^−exponent · 2^n is less than half the least subnormal number, even 2³¹ times.
SINGLE = Precision("float32", 24, "<f", exponent=64, floor=-128, high_bits=15, degree=4, limit=2**15)
DOUBLE = Precision("float64", 53, "<d", exponent=256, floor=-800, high_bits=41, degree=9, limit=2**31)
PRECISIONS = {p.name: p for p in (SINGLE, DOUBLE)}


class WorkingBits:
    """Ball arithmetic with enough bits for both formats."""

    def __enter__(self) -> None:
        self.before, ctx.prec = ctx.prec, 300

    def __exit__(self, *_: Any) -> None:
        ctx.prec = self.before


def exact(x: float) -> arb:
    numerator, denominator = x.as_integer_ratio()
    return arb(fmpq(numerator, denominator))


def _interpolated(f: Callable[[arb], arb], low: arb, high: arb, degree: int, format: Precision) -> tuple[float, ...]:
    """The polynomial through f at Chebyshev's nodes, its coefficients rounded, lowest power first."""
    nodes = [
        (low + high) / 2 + (high - low) / 2 * (arb.pi() * (2 * i + 1) / (2 * degree + 2)).cos()
        for i in range(degree + 1)
    ]
    matrix = arb_mat([[node**power for power in range(degree + 1)] for node in nodes])
    solution = matrix.solve(arb_mat([[f(node)] for node in nodes]))
    return tuple(format.round(solution[i, 0]) for i in range(degree + 1))


@dataclass(frozen=True)
class Exp:
    """The constants of `exp_difference` and `exp_part` in one format."""

    format: Precision
    high: float
    low: float
    inverse: float  # 1 / log 2
    q: tuple[float, ...]
    first: float  # log 2 in two parts for `exp_part`
    second: float


@dataclass(frozen=True)
class Log1p:
    """The constants of `log1p`: log 2 in two parts, the polynomial L."""

    high: float
    low: float
    l: tuple[float, ...]  # noqa: E741


def _tail(series: Callable[[int], arb], terms: int = 60) -> Callable[[arb], arb]:
    """Σ c_i xⁱ; what is left out is far below 300 bits where |x| ≤ 0.36."""

    def value(x: arb) -> arb:
        total = arb(0)
        for i in reversed(range(terms)):
            total = total * x + series(i)
        return total

    return value


def _q_series(i: int) -> arb:
    return 1 / arb(i + 3).gamma()


def _l_series(i: int) -> arb:
    return arb(2) / (2 * i + 3)


@cache
def exp_constants(name: str) -> Exp:
    """The constants of exp for float32 or float64, derived anew."""
    format = PRECISIONS[name]
    with WorkingBits():
        log2 = arb.const_log2()
        scale = 2**format.high_bits
        high = float(int(float(log2) * scale)) / scale
        low = format.round(log2 - exact(high))
        reach = reduced_range(format)
        q = _interpolated(_tail(_q_series), -reach, reach, format.degree, format)
        first = format.round(log2)
        return Exp(format, high, low, format.round(1 / log2), q, first, format.round(log2 - exact(first)))


@cache
def log1p_constants() -> Log1p:
    """The constants of `log1p`, derived anew."""
    with WorkingBits():
        log2 = arb.const_log2()
        high = float(int(float(log2) * 2**41)) / 2**41
        widest = _widest_s() ** 2
        return Log1p(high, DOUBLE.round(log2 - exact(high)), _interpolated(_tail(_l_series), arb(0), widest, 6, DOUBLE))


def reduced_range(format: Precision) -> arb:
    """|r| is at most half of log 2, and a little more: d / log 2 is rounded before it is rounded to an integer."""
    unit = arb(2) ** (1 - format.bits)
    # The product d·inverse is off by |d/log 2|·2u at most, before the addition rounds it to the nearest integer.
    off = abs(format.floor) * 2 * unit
    return arb.const_log2() / 2 + off * 2 + unit


def part_range(format: Precision) -> arb:
    """The same for `exp_part`, with an inverse of log 2 that is rounded: a / log 2 is off by its error times a."""
    most = format.limit - format.floor + 1
    off = most * abs(arb(1) / arb.const_log2() - exact(format.round(1 / arb.const_log2())))
    return (arb(1) / 2 + off) * arb.const_log2() * (1 + arb(2) ** -40)


def _widest_s() -> arb:
    """|s| at 1 + g = √2 (√½ gives the same), and a little more for the rounding of the bounds."""
    root = arb(2).sqrt()
    return (root - 1) / (root + 1) + arb(2) ** -40
