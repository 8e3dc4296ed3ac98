"""How large what a document says may be. Nothing here is about truth: beyond these bounds a document is refused.

They are far beyond what people write, and keep time and memory bounded: some operations
on numbers can't be interrupted.
"""

from __future__ import annotations

import math
from typing import Any

import sympy

from symnll.meaning.values import Unclear

LARGEST_EXPONENT = 2000  # of a power, and of a number below a factorial; twice that at most
LARGEST_EXPONENTIAL = 10**9  # of e
LARGEST_RANGE = 20_000  # where an index runs, or the size of an axis, when it is a number
MOST_AXES = 8
HIGHEST_ORDER = 8  # of a derivative
MOST_FACTORS = 400  # of one product, without what stands in brackets
MOST_TERMS = 20_000  # of one sum
MOST_OPENED = 1000  # definitions that are opened in one step


def magnitude(e: Any) -> float:
    """A bound of |e| and, but for 0, of 1/|e| where e is a number, perhaps infinite; nan where it holds a symbol."""
    if isinstance(e, sympy.Rational):
        if max(abs(e.p), e.q) >= 2**1000:
            return math.inf
        return max(abs(e.p) / e.q, e.q / abs(e.p)) if e.p else 1.0
    if not e.args:
        return 4.0 if getattr(e, "is_number", False) else math.nan
    if not getattr(e, "is_number", False) or not isinstance(e, sympy.Expr):
        return math.nan
    inner = [magnitude(a) for a in e.args]
    if any(math.isnan(m) for m in inner):
        return math.nan
    if isinstance(e, sympy.Add):
        return sum(inner)
    if isinstance(e, sympy.Mul):
        return math.prod(inner)
    if isinstance(e, (sympy.Pow, sympy.exp)):
        base, power = inner if len(inner) == 2 else (4.0, inner[0])
        try:
            return base**power
        except OverflowError:
            return math.inf
    return inner[0] if isinstance(e, (sympy.log, sympy.Abs)) else math.inf


def exponent(value: Any, node: Any, largest: float = LARGEST_EXPONENT) -> Any:
    """An exponent, or a number whose factorial is taken. Raises Unclear where it is too large to be worked with."""
    if any(magnitude(part) > 2 * largest for part in sympy.preorder_traversal(value)):
        raise Unclear("A power or a factorial of this size is not worked out.", node.start, node.end)
    return value


def steps(lower: Any, upper: Any, node: Any) -> None:
    """Raises Unclear for a range of too many numbers."""
    if any(magnitude(b) > 2 * LARGEST_RANGE for bound in (lower, upper) for b in sympy.preorder_traversal(bound)):
        raise Unclear(f"A range as large as this is not worked with; {LARGEST_RANGE} is.", node.start, node.end)
