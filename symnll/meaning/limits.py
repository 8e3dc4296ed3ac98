"""How large what a document says may be. Nothing here is about truth: beyond these bounds a document is refused.

They are far beyond what people write, and keep time and memory bounded: some operations
on numbers can't be interrupted.
"""

from __future__ import annotations

import math
from typing import Any

import sympy

from symnll.meaning.values import Unclear

LARGEST_EXPONENT = 2000  # of a power, and of a number below a factorial
LARGEST_DENOMINATOR = 10**6  # of an exponent
LARGEST_EXPONENTIAL = 10**9  # of e
LARGEST_RANGE = 20_000  # where an index runs, or the size of an axis, when it is a number
MOST_AXES = 8
HIGHEST_ORDER = 8  # of a derivative
MOST_FACTORS = 400  # of one product, without what stands in brackets
MOST_TERMS = 20_000  # of one sum
MOST_OPENED = 1000  # definitions that are opened in one step


def magnitude(e: Any) -> float:
    """About |e| where e is a number, perhaps infinite; nan where it holds a symbol, or is nothing like a number."""
    if isinstance(e, sympy.Rational):
        return abs(e.p) / e.q if max(abs(e.p), e.q) < 2**1000 else math.inf
    if not isinstance(e, sympy.Expr) or not e.is_number:
        return math.nan
    inner = [magnitude(a) for a in e.args]
    try:
        if isinstance(e, sympy.Add):
            return sum(inner)
        if isinstance(e, sympy.Mul):
            return math.prod(inner)
        if isinstance(e, (sympy.Pow, sympy.exp)):
            sign = -1 if e.args[-1].could_extract_minus_sign() else 1
            return math.pow(inner[0] if len(inner) == 2 else math.e, sign * inner[-1])
        if isinstance(e, (sympy.log, sympy.Abs)):
            return inner[0]
        return abs(float(e)) if not inner else math.inf
    except (ArithmeticError, ValueError):
        return math.inf


def exponent(value: Any, node: Any, largest: float = LARGEST_EXPONENT) -> Any:
    """An exponent, or a number whose factorial is taken. Raises Unclear where it is too large to be worked with."""
    for part in sympy.preorder_traversal(value):
        if magnitude(part) > largest or (isinstance(part, sympy.Rational) and part.q > LARGEST_DENOMINATOR):
            raise Unclear("A power or a factorial of this size is not worked out.", node.start, node.end)
    return value


def steps(lower: Any, upper: Any, node: Any) -> None:
    """Raises Unclear for a range of too many numbers."""
    if any(magnitude(b) > LARGEST_RANGE for bound in (lower, upper) for b in sympy.preorder_traversal(bound)):
        raise Unclear(f"A range as large as this is not worked with; {LARGEST_RANGE} is.", node.start, node.end)
