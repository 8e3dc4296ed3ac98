"""How far `exp_difference`, `exp_part`, `unit` and `log1p` can be from the truth, by error analysis in ball arithmetic.

The reduced range is cut into intervals. On each, every operation of the printed code is bounded: the values it can
take, and the distance between what is computed and what exact arithmetic on the same inputs would give, to which each
rounding adds half a unit in the last place. The polynomial's own distance from the function is bounded by its
difference from the Taylor series, with the mean value theorem and a rigorous remainder. The sums of these, divided by
the unit in the last place of the smallest value on the interval, are what the bounds report.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from flint import arb, arb_poly

from symnll.kernels.approximations import (
    DOUBLE,
    PRECISIONS,
    Precision,
    WorkingBits,
    exact,
    exp_constants,
    log1p_constants,
    part_range,
    reduced_range,
)

PIECES = 512


def top(x: Any) -> arb:
    """An upper bound of |x|."""
    return arb(arb(x).abs_upper())


def unit(x: Any, bits: int) -> arb:
    """The unit in the last place of the number |x|, a bound rather than a ball."""
    exponent = 0
    magnitude = float(arb(x).mid())
    while 2.0**exponent <= magnitude:
        exponent += 1
    while 2.0**exponent > magnitude:
        exponent -= 1
    return arb(2) ** (exponent + 1 - bits)


def interval(low: Any, high: Any) -> arb:
    low, high = arb(low), arb(high)
    return low.union(high)


@dataclass(frozen=True)
class Computed:
    """Values that exact operations could give (a ball), and how far the computed ones are from them."""

    value: arb
    error: arb
    bits: int

    def rounded(self) -> Computed:
        """The same after one rounding, which is off by half a unit in the last place of the largest it can be.

        Just above a power of 2 that is too much: the power itself is never farther away than the number."""
        largest = (top(self.value) + self.error) * (1 + arb(2) ** -200)
        half = unit(largest, self.bits) / 2
        above = arb((largest - half * arb(2) ** self.bits).abs_upper())
        return Computed(self.value, self.error + max(half / 2, min(half, above, key=float), key=float), self.bits)

    def _other(self, other: Any) -> Computed:
        return other if isinstance(other, Computed) else Computed(exact(other), arb(0), self.bits)

    def exact_add(self, other: Any) -> Computed:
        other = self._other(other)
        return Computed(self.value + other.value, self.error + other.error, self.bits)

    def exact_times(self, other: Any) -> Computed:
        other = self._other(other)
        error = self.error * top(other.value) + other.error * top(self.value) + self.error * other.error
        return Computed(self.value * other.value, error, self.bits)

    def __add__(self, other: Any) -> Computed:
        return self.exact_add(other).rounded()

    def __sub__(self, other: Any) -> Computed:
        other = self._other(other)
        return (self.exact_add(Computed(-other.value, other.error, self.bits))).rounded()

    def __mul__(self, other: Any) -> Computed:
        return self.exact_times(other).rounded()

    def fma(self, factor: Computed, addend: Any) -> Computed:
        return self.exact_times(factor).exact_add(addend).rounded()

    def over(self, other: Computed) -> Computed:
        smallest = arb(other.value.abs_lower()) - other.error
        error = (self.error + top(self.value / other.value) * other.error) / smallest
        return Computed(self.value / other.value, error, self.bits).rounded()


def horner(coefficients: tuple[float, ...], x: Computed) -> Computed:
    total = Computed(exact(coefficients[-1]), arb(0), x.bits)
    for coefficient in reversed(coefficients[:-1]):
        total = total.fma(x, coefficient)
    return total


def halves(coefficients: tuple[float, ...], x: Computed, square: Computed) -> Computed:
    """The polynomial as that of the even powers and x times that of the odd ones, both in x²."""
    return horner(coefficients[1::2], square).fma(x, horner(coefficients[0::2], square))


def towards_zero(reach: arb, bits: int) -> list[arb]:
    """[−reach, reach] in pieces that shrink towards 0, because the unit in the last place does."""
    found = [interval(-1, 1) * reach * arb(2) ** (-bits - 3)]
    for j in range(bits + 3):
        for piece in pieces(reach * arb(2) ** (-j - 1), reach * arb(2) ** -j, max(PIECES >> j, 4)):
            found += [piece, -piece]
    return found


def pieces(low: arb, high: arb, count: int = PIECES) -> list[arb]:
    step = (high - low) / count
    return [interval(low + step * i, low + step * (i + 1)) for i in range(count)]


def distance(difference: arb_poly, slope: arb_poly, at: arb) -> arb:
    """|difference| on a ball: its value in the middle, and the slope times the radius."""
    return top(difference(arb(at.mid()))) + top(slope(at)) * arb(at.rad())


def _exp_truncation(q: tuple[float, ...]) -> tuple[arb_poly, arb_poly]:
    """1 + r + r²Q(r) minus the Taylor polynomial of exp to the power 29, and its derivative."""
    own = [arb(1), arb(1), *map(exact, q)]
    taylor = [1 / arb(i + 1).gamma() for i in range(30)]
    difference = arb_poly([own[i] - taylor[i] if i < len(own) else -taylor[i] for i in range(30)])
    return difference, difference.derivative()


@cache
def exp_bound(name: str) -> float:
    """Units in the last place that `exp_difference` can be off, wherever a − b ≥ FLOOR."""
    with WorkingBits():
        format, constants = PRECISIONS[name], exp_constants(name)
        low, low_error = _low_part(format)
        difference, slope = _exp_truncation(constants.q)
        reach = reduced_range(format)
        remainder = reach**30 / arb(31).gamma() * 2
        worst = arb(0)
        for piece in towards_zero(reach, format.bits):
            r_error = Computed(piece, low_error, format.bits).rounded().error
            r = Computed(piece, arb(0), format.bits)
            tail = (r * r).exact_times(horner(constants.q, r))
            with_low = tail.exact_add(Computed(low, arb(0), format.bits)).rounded()
            computed = Computed(piece + tail.value, with_low.error, format.bits).rounded() + 1
            # The tail is exp r − 1 − r, whose slope is exp r − 1; the low part itself counts in full.
            error = computed.error + distance(difference, slope, piece) + remainder
            error += top(piece.exp() - 1) * r_error * (1 + arb(2) ** -10) + top(piece.exp()) * low_error
            smallest = arb(piece.exp().abs_lower()) * (1 - 2 * r_error)
            worst = max(worst, top(error / unit(smallest, format.bits)), key=float)
        return float(worst)


def _low_part(format: Precision) -> tuple[arb, arb]:
    """The values that l = c − n·LOW can have, and how far it can be from c − n·(log 2 − HIGH)."""
    constants = exp_constants(format.name)
    most = arb(abs(format.floor)) / arb.const_log2() + 1
    c = unit(arb(abs(format.floor)), format.bits) / 2
    low = Computed(interval(-1, 1) * (c + most * top(exact(constants.low))), arb(0), format.bits).rounded()
    return low.value, low.error + most * top(arb.const_log2() - exact(constants.high) - exact(constants.low))


@cache
def part_bound(name: str) -> float:
    """Units in the last place that `exp_part` can be off, wherever |b| ≤ LIMIT and b + FLOOR ≤ a ≤ b."""
    with WorkingBits():
        format, constants = PRECISIONS[name], exp_constants(name)
        difference, slope = _exp_truncation(constants.q)
        reach = part_range(format)
        remainder = reach**30 / arb(31).gamma() * 2
        split = _most(format) * top(arb.const_log2() - exact(constants.first) - exact(constants.second))
        worst = arb(0)
        for piece in towards_zero(reach, format.bits):
            r_error = Computed(piece, split, format.bits).rounded().error
            r = Computed(piece, arb(0), format.bits)
            square = r * r
            computed = square.fma(halves(constants.q, r, square), r) + 1
            error = computed.error + distance(difference, slope, piece) + remainder
            error += top(piece.exp()) * r_error * (1 + arb(2) ** -10)
            smallest = arb(piece.exp().abs_lower()) * (1 - 2 * r_error)
            worst = max(worst, top(error / unit(smallest, format.bits)), key=float)
        return float(worst)


@cache
def unit_bound() -> float:
    """Units in the last place (of a float64 of that size) that the two parts of `unit` together can be off."""
    with WorkingBits():
        constants = exp_constants("float64")
        difference, slope = _exp_truncation(constants.q)
        reach = max((part_range(format) for format in PRECISIONS.values()), key=float)
        remainder = reach**30 / arb(31).gamma() * 2
        bits, most = DOUBLE.bits, max((_most(format) for format in PRECISIONS.values()), key=float)
        low = Computed(interval(-1, 1) * most * exact(constants.second), arb(0), bits).rounded()
        split = most * top(arb.const_log2() - exact(constants.first) - exact(constants.second))
        worst = arb(0)
        for piece in pieces(-reach, reach):
            rest = Computed(interval(-1, 1) * unit(top(piece), bits) / 2, arb(0), bits)  # what rounding h + l lost
            r = Computed(piece, arb(0), bits)
            tail = (r * r).fma(horner(constants.q, r), rest)
            lost = Computed(interval(-1, 1) * unit(arb(1) / 2, bits), tail.error, bits).rounded()
            error = lost.error + low.error + split + distance(difference, slope, piece) + remainder
            error += top(piece) * top(rest.value) * 2  # exp(r + rest) is taken for exp r + rest
            worst = max(worst, top(error / unit(arb(piece.exp().abs_lower()), bits)), key=float)
        return float(worst)


def _most(format: Precision) -> arb:
    """|n| and |m| are at most this."""
    return arb(format.limit - format.floor + 1) / arb.const_log2() + 1


@cache
def log1p_bound() -> float:
    """Units in the last place that `log1p` can be off, for 0 ≤ x ≤ 2¹⁰⁰⁰. (Below 2⁻⁵³ it is x, off by half of one.)"""
    with WorkingBits():
        root = arb(2).sqrt()
        slack = arb(2) ** -40
        worst = arb(1) / 2
        for j in range(1, 54):
            low, high = arb(2) ** -j, min(arb(2) ** (1 - j), root - 1 + slack, key=float)
            if float(low) < float(high):
                count = 64 if j < 12 else 4
                for i, piece in enumerate(pieces(low, high, count)):
                    start = low + (high - low) * i / count  # exactly: a ball's radius is rounded up
                    worst = max(worst, _log1p_on(piece, 0, (1 + start).log()), key=float)
        for k in (1, 2, 3, 6, 24, 1000):
            for piece in pieces(1 / root - 1 - slack, root - 1 + slack, 4 * PIECES):
                worst = max(worst, _log1p_on(piece, k), key=float)
        return float(worst)


def _log1p_on(piece: arb, k: int, smallest: arb | None = None) -> arb:
    """The error for x in the piece (k = 0), else for g in it, in units in the last place; it shrinks for larger k."""
    bits, constants = DOUBLE.bits, log1p_constants()
    rest = interval(-1, 1) * arb(2) ** -53  # c / u, at most half a unit in the last place of u ≥ 1, relatively
    g = Computed(piece if k else piece + rest, arb(0), bits)
    s = g.over(g + 2.0)
    w = s * s
    series = w * horner(constants.l, w)
    half = (g * g).exact_times(0.5)
    inner = half - s * (half + series)
    small = Computed(rest, arb(0), bits).rounded()
    if k:
        small = small + Computed(exact(constants.low) * k, arb(0), bits).rounded()
    correction = small - inner
    base = exact(constants.high) * k
    shifted = Computed(base + piece, arb(0), bits)
    lost = Computed(interval(-1, 1) * (shifted.rounded().error if k else arb(0)), arb(0), bits)
    total_small = lost + correction if k else correction
    value = arb.const_log2() * k + (1 + piece).log() + (rest if k else 0)
    final = Computed(value, total_small.error, bits).rounded()
    smallest = arb(value.abs_lower()) if smallest is None else smallest
    truncation = _log1p_truncation(piece) + arb(2) ** -107  # the latter is (c/u)²/2
    split = k * top(arb.const_log2() - exact(constants.high) - exact(constants.low))
    return top((final.error + truncation + split) / unit(smallest, bits))


@cache
def _l_difference() -> tuple[arb_poly, arb_poly]:
    own = list(map(exact, log1p_constants().l))
    series = [arb(2) / (2 * i + 3) for i in range(30)]
    difference = arb_poly([own[i] - series[i] if i < len(own) else -series[i] for i in range(30)])
    return difference, difference.derivative()


def _log1p_truncation(piece: arb) -> arb:
    """What L's distance from its series does to the sum: s³ times it."""
    s = piece / (2 + piece)
    w = s * s
    difference, slope = _l_difference()
    remainder = top(w) ** 30 * 2
    return top(s) * top(w) * (distance(difference, slope, w) + remainder)
