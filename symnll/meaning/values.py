"""Values of expressions: SymPy expressions that are built and never evaluated, and arrays of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Add, Dummy, Expr, Integer, Mul, Pow

from symnll.read.tokens import Unreadable


class Unclear(Unreadable):
    """An expression that can be read, but not given a meaning: says what is missing and what to declare."""


class NotANumber(Unclear):
    """A vector, or a letter that is a subscript elsewhere, where a number is wanted."""


class Misfit(Unclear):
    """Vectors and matrices that do not go together as they are written, or a matrix by its entries."""


class Independent(Unclear):
    """A derivative of something of which nobody says how it depends on the variable."""


class Tied(Independent):
    """A derivative or an integral of what holds a letter that changes with the variable."""


@dataclass(frozen=True)
class Range:
    """The integers lower..upper. Entries of an axis are stored from 1: entry i of the page is entry i − lower + 1."""

    lower: Any
    upper: Any

    @property
    def size(self) -> Any:
        if self.lower == 1:
            return self.upper
        return sympy.Add(self.upper, 1 - self.lower)

    def place(self, index: Any) -> Any:
        return index if self.lower == 1 else sympy.Add(index, 1 - self.lower)

    def __str__(self) -> str:
        return f"{self.lower}..{self.upper}"


@dataclass(frozen=True)
class Array:
    """A vector or matrix: `at(i, …)` is its entry. `row`: a transposed vector."""

    axes: tuple[Range, ...]
    at: Callable[..., Any]
    row: bool = False

    def map(self, f: Callable[[Any], Any]) -> Array:
        return Array(self.axes, lambda *i: f(self.at(*i)), self.row)

    @property
    def transposed(self) -> Array:
        if len(self.axes) == 1:
            return Array(self.axes, self.at, not self.row)
        return Array(self.axes[::-1], lambda i, j: self.at(j, i))


@dataclass(frozen=True)
class Ones:
    """scale · (1, …, 1), of whatever length fits."""

    scale: Any
    row: bool = False

    def map(self, f: Callable[[Any], Any]) -> Ones:
        return Ones(f(self.scale), self.row)

    @property
    def transposed(self) -> Ones:
        return Ones(self.scale, not self.row)


Value = Any  # Expr | Array | Ones


def number(n: Any) -> Expr:
    return sympy.Rational(n)


def add(*terms: Any) -> Expr:
    return terms[0] if len(terms) == 1 else Add(*terms, evaluate=False)


def mul(*factors: Any) -> Expr:
    return factors[0] if len(factors) == 1 else Mul(*factors, evaluate=False)


def neg(a: Any) -> Expr:
    return -a if isinstance(a, sympy.Rational) else Mul(Integer(-1), a, evaluate=False)


def power(a: Any, b: Any) -> Expr:
    if a is sympy.E:
        return sympy.exp(b, evaluate=False)
    return a if b == 1 else Pow(a, b, evaluate=False)


def divide(a: Any, b: Any) -> Expr:
    if isinstance(a, sympy.Rational) and isinstance(b, sympy.Rational) and b != 0:
        return a / b
    inverse = Pow(b, Integer(-1), evaluate=False)
    return inverse if a == 1 else Mul(a, inverse, evaluate=False)


def exp(a: Any) -> Expr:
    return sympy.exp(a, evaluate=False)


def log(a: Any) -> Expr:
    return sympy.log(a, evaluate=False)


_made = itertools.count(1)


def variable(name: str) -> Any:
    """A real variable that no page names: what is differentiated with respect to before it gets its value."""
    return sympy.Symbol(f"{name}°{next(_made)}", real=True)


def bound(name: str) -> Dummy:
    """A variable for a binder; a fresh one each time, so that it meets no other."""
    return Dummy(name, integer=True)


def over(kind: str, body: Any, variable: Any, lower: Any, upper: Any, without: Any = None) -> Expr:
    """Σ, ∏ or max of body for variable = lower..upper; where `without` holds of the variable, a term is left out."""
    from symnll import language as L

    if without is not None:
        empty = {"sum": Integer(0), "prod": Integer(1)}[kind]
        body = L.Choice((empty, without), (body, True))
    cls = {"sum": sympy.Sum, "prod": sympy.Product, "max": L.MaxOver}[kind]
    return cls(body, (variable, lower, upper))


def same_axes(a: Array, b: Array, node: Any) -> None:
    if len(a.axes) != len(b.axes) or any(x.size != y.size for x, y in zip(a.axes, b.axes, strict=True)):
        raise Misfit("The two sides of this operation have different shapes.", node.start, node.end)


def pointwise(f: Callable[..., Any], a: Value, b: Value, node: Any) -> Value:
    """f(a, b) entry by entry; a scalar goes with every entry."""
    if isinstance(a, Ones) or isinstance(b, Ones):
        x, y = (v.scale if isinstance(v, Ones) else v for v in (a, b))
        v = pointwise(f, x, y, node)
        return v if isinstance(v, Array) else Ones(v, (a if isinstance(a, Ones) else b).row)
    if isinstance(a, Array) and isinstance(b, Array):
        same_axes(a, b, node)
        if len(a.axes) == 1 and a.row != b.row:
            raise Misfit("A row and a column stand here; transpose one of them.", node.start, node.end)
        return Array(a.axes, lambda *i: f(a.at(*i), b.at(*i)), a.row and b.row)
    if isinstance(a, Array):
        return a.map(lambda x: f(x, b))
    if isinstance(b, Array):
        return b.map(lambda y: f(a, y))
    return f(a, b)


def times(a: Value, b: Value, node: Any, dot: bool = False) -> Value:
    """The product of scalars, vectors and matrices as it is written; `dot`: with a · between vectors."""
    if isinstance(a, Ones) and isinstance(b, Array) and (a.row or dot):
        k = bound("k")
        total = over("sum", b.at(k, *()), k, b.axes[0].lower, b.axes[0].upper) if len(b.axes) == 1 else None
        if total is None:
            axis, other = b.axes
            return Array((other,), lambda j: mul(a.scale, over("sum", b.at(k, j), k, axis.lower, axis.upper)), True)
        return mul(a.scale, total)
    if isinstance(b, Ones) and isinstance(a, Array) and not b.row and (a.row or dot or len(a.axes) == 2):
        k, axis = bound("k"), a.axes[-1]
        if len(a.axes) == 2:
            return Array(a.axes[:1], lambda i: mul(b.scale, over("sum", a.at(i, k), k, axis.lower, axis.upper)))
        return mul(b.scale, over("sum", a.at(k), k, axis.lower, axis.upper))
    if (isinstance(b, Ones) and isinstance(a, Array) and b.row) or (isinstance(a, Ones) and isinstance(b, Array)):
        raise Unclear("The length of this vector of ones is not known.", node.start, node.end)
    if isinstance(a, Ones) and isinstance(b, Ones):
        raise Unclear("The length of these vectors of ones is not known.", node.start, node.end)
    if (
        isinstance(a, (Array, Ones))
        and isinstance(b, (Array, Ones))
        and not (isinstance(a, Array) and isinstance(b, Array))
    ):
        raise Unclear(
            r"A product with a vector of ones: write \mathbf{1}^\top u or u^\top \mathbf{1}.", node.start, node.end
        )
    if not (isinstance(a, Array) and isinstance(b, Array)):
        return pointwise(mul, a, b, node)
    left, right = len(a.axes), len(b.axes)
    if left == 1 and right == 1 and b.row and not a.row:
        return Array((*a.axes, *b.axes), lambda i, j: mul(a.at(i), b.at(j)))
    if left == 1 and right == 1 and not (a.row or dot):
        raise Misfit(
            r"A product of two vectors: write u^\top v, u \cdot v, u \odot v or u v^\top.", node.start, node.end
        )
    if right == 1 and b.row:
        raise Misfit("A row stands here where a column is wanted; transpose it.", node.start, node.end)
    if left == 1 and right == 2 and not a.row:
        raise Misfit("A column stands here where a row is wanted; transpose it.", node.start, node.end)
    inner, other = a.axes[-1], b.axes[0]
    if inner.size != other.size:
        raise Misfit("The shapes of these two factors do not fit.", node.start, node.end)

    def contract(*index: Any) -> Any:
        k = bound("k")
        first = a.at(*index[: left - 1], k)
        shifted = k if other.lower == inner.lower else k - inner.lower + other.lower
        return over("sum", mul(first, b.at(shifted, *index[left - 1 :])), k, inner.lower, inner.upper)

    axes = (*a.axes[:-1], *b.axes[1:])
    row = left == 1 and right == 2
    return Array(axes, contract, row) if axes else contract()
