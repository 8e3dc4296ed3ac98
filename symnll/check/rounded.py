"""Equations with a decimal number that is the rounded value of the other side, 7.389 for e², or its first digits."""

from __future__ import annotations

import re
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from symnll import language as L
from symnll.check.decide import Decision
from symnll.check.step import EQUALITIES, Meant
from symnll.small import Agreement, examine

DECIMAL = re.compile(r"([-−]?\s*\d*\.(\d{1,30}))(\s*(?:\.\.+|…|\\[lc]?dots))?")


def rounded(meant: Meant, sides: tuple[str, str], decision: Decision) -> Decision:
    """`unknown` in place of `refuted` where a side is the other one, rounded or cut to the digits that it has.

    It is no theorem, as the sides differ, and no mistake of its author either; nor is anything proved of a number whose
    other digits are left out. `sides` are the sides as written.
    """
    if meant.relation not in EQUALITIES:
        return decision
    for text, number, other in zip(sides, (meant.lhs, meant.rhs), (meant.rhs, meant.lhs), strict=True):
        found = DECIMAL.fullmatch(text.strip("{}$ ,;"))
        if found is None or (decision.verdict != "refuted" and not found[3]):
            continue
        unit = sympy.Rational(1, 10 ** len(found[2]))
        if found[3] and _is_closed(other):
            past = other - number if number > 0 else number - other
            fits = all(isinstance(examine(s), Agreement) for s in (L.Le(0, past), L.Lt(past, unit)))
        else:
            fits = _is_closed(other) and isinstance(examine(L.Le(sympy.Abs(other - number), unit / 2)), Agreement)
        if fits or (found[3] and decision.verdict != "refuted"):
            what = "how the other side begins" if found[3] else "the rounded value of the other side"
            reason = f"{found[1]} is {what}; write \\approx for it, as the sides are not equal."
            if not fits:
                reason = "Nothing is proved of a number whose other digits are left out."
            return Decision("unknown", reason)
    return decision


def is_cut(text: str) -> bool:
    """Whether a side is a decimal number with dots in place of its other digits, so that it defines nothing."""
    found = DECIMAL.fullmatch(text.strip("{}$ ,;"))
    return found is not None and bool(found[3])


def _is_closed(value: Any) -> bool:
    return isinstance(value, sympy.Basic) and not value.free_symbols and not value.atoms(AppliedUndef)
