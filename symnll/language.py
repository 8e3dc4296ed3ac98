"""The surface language: SymPy expressions over declared sizes, indices, vectors and functions.

Everything here builds unevaluated SymPy objects. Nothing is simplified, differentiated or summed: that is the prover's
work, because SymPy's own `doit`, `subs` and `simplify` are wrong for sums of symbolic length.

>>> from symnll import *
>>> K = size("K"); i, m = indices("i m", K); z = vector("z", K)
>>> y = softmax(z)
>>> Eq(diff(y[i], z[m]), y[i] * (KroneckerDelta(i, m) - y[m]))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from sympy import Dummy, Expr, IndexedBase, Lambda, Symbol, Tuple
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.symbol import Str

KINDS = ("real", "positive", "nonnegative", "simplex", "natural", "binary", "onehot", "labels")


def _exact(e: Any) -> Any:
    """A number or SymPy object as SymPy has it; SympifyError for a string, which is never parsed."""
    return sympy.sympify(e, strict=True)


class Index(Symbol):
    """An integer symbol i with lower ≤ i ≤ upper; both bounds are part of what it is."""

    lower: Expr
    upper: Expr
    __slots__ = ("lower", "upper")

    def __new__(cls, name: str, lower: Any, upper: Any) -> Index:
        self = Symbol.__xnew__(cls, name, integer=True)
        self.lower, self.upper = _exact(lower), _exact(upper)
        return self  # type: ignore[no-any-return]

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.name, self.lower, self.upper), {}

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.lower, self.upper)


class Parameter(Symbol):
    """An opaque parameter θ: a point of an arbitrary set, on which functions may depend."""

    __slots__ = ()

    def __new__(cls, name: str) -> Parameter:
        return Symbol.__xnew__(cls, name)  # type: ignore[no-any-return]

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.name,), {}


class Vector(IndexedBase):
    """A family v[i], v[n, k], … over 1..shape[0] × 1..shape[1] × …, of one of `KINDS`.

    `simplex`: positive, sums to 1 over its last axis. `onehot`: v[i] = δ(i, at), or v[n, i] = δ(i, at[n]) for labels
    `at`. `labels`: integers in 1..classes.
    """

    def __new__(cls, label: Any, shape: Any, kind: Any = "real", extra: Any = None) -> Vector:
        assumptions = {
            "real": {"real": True},
            "positive": {"positive": True},
            "nonnegative": {"nonnegative": True},
            "simplex": {"positive": True},
            "natural": {"integer": True, "nonnegative": True},
            "binary": {"integer": True, "nonnegative": True},
            "onehot": {"integer": True, "nonnegative": True},
            "labels": {"integer": True, "positive": True},
        }[str(kind)]
        self = super().__new__(cls, Symbol(str(label), **assumptions), tuple(shape))
        self._args = (*self.args[:2], Str(str(kind)), sympy.S.Zero if extra is None else _exact(extra))
        return self  # type: ignore[no-any-return]

    @property
    def kind(self) -> str:
        return self.args[2].name  # type: ignore[no-any-return]

    @property
    def extra(self) -> Any:
        """Where a one-hot vector is 1 (labels, where it has two axes), or the number of classes of labels."""
        return self.args[3]

    @property
    def sizes(self) -> tuple[Expr, ...]:
        return tuple(self.args[1])


class Family:
    """A defined vector: `family(lambda k: …, K)`. Indexing writes the definition out, without capture."""

    def __init__(self, size: Expr, function: Callable[[Any], Expr]) -> None:
        self.size, self._variable = size, Dummy("k", integer=True)
        self._body = _exact(function(self._variable))

    def __getitem__(self, index: Any) -> Expr:
        return self._body.xreplace({self._variable: _exact(index)})

    def as_lambda(self) -> Lambda:
        return Lambda((self._variable,), self._body)


class At(Expr):
    """`At(expr, v, value)`: expr with the vector v (or scalar) := value; derivatives in expr are evaluated there."""

    def __new__(cls, expr: Any, base: Any, value: Any) -> At:
        if isinstance(value, Family):
            value = value.as_lambda()
        return Expr.__new__(cls, _exact(expr), base, _exact(value))  # type: ignore[no-any-return]

    @property
    def free_symbols(self) -> set[Any]:
        expr, base, value = self.args
        return (expr.free_symbols - base.free_symbols) | value.free_symbols


class MaxOver(ExprWithLimits):
    """max over i of expr: `MaxOver(expr, (i, lower, upper))`."""


class Larger(Expr):
    """max(a, b) with its arguments in the order in which they are written; SymPy's `Max` sorts them."""

    is_real = True

    def __new__(cls, a: Any, b: Any) -> Larger:
        return Expr.__new__(cls, _exact(a), _exact(b))  # type: ignore[no-any-return]


class Choice(Expr):
    """The value of the first case whose condition holds: `Choice((value, condition), …, (value, True))`.

    SymPy's Piecewise means the same, but is moved out of sums, past the variables that they bind.
    """

    is_real = True

    def __new__(cls, *cases: Any) -> Choice:
        return Expr.__new__(cls, *(Tuple(_exact(v), c if c in (True, False) else _exact(c)) for v, c in cases))  # type: ignore[no-any-return]


class FunctionalValue(Expr):
    """C(v) for an unknown totally differentiable function C of the entries 1..K of a vector."""

    def __new__(cls, name: Any, upper: Any, argument: Any) -> FunctionalValue:
        if isinstance(argument, Family):
            argument = argument.as_lambda()
        return Expr.__new__(cls, Str(str(name)), upper, argument)  # type: ignore[no-any-return]


class ArgMax(Expr):
    """The set of all v that maximise expr, among the v that satisfy every relation of `domain`."""

    def __new__(cls, expr: Any, variable: Any, domain: Any = ()) -> ArgMax:
        return Expr.__new__(cls, _exact(expr), variable, Tuple(*domain))  # type: ignore[no-any-return]


class ArgMin(ArgMax):
    """The set of all v that minimise expr."""


class ForAll(sympy.logic.boolalg.Boolean):
    """`ForAll(relation, i, …)`: the relation holds for every index i in its range (or every parameter)."""

    def __new__(cls, relation: Any, *variables: Any) -> ForAll:
        return sympy.Basic.__new__(cls, relation, *variables)  # type: ignore[no-any-return]


def size(name: str) -> Symbol:
    """A positive integer of unknown value: K ≥ 1."""
    return Symbol(name, integer=True, positive=True)


def sizes(names: str) -> tuple[Symbol, ...]:
    return tuple(size(name) for name in names.split())


def index(name: str, upper: Any, lower: Any = 1) -> Index:
    """An integer i with lower ≤ i ≤ upper."""
    return Index(name, lower, upper)


def indices(names: str, upper: Any, lower: Any = 1) -> tuple[Index, ...]:
    return tuple(Index(name, lower, upper) for name in names.split())


def real(name: str) -> Symbol:
    return Symbol(name, real=True)


def positive(name: str) -> Symbol:
    return Symbol(name, positive=True)


def natural(name: str) -> Symbol:
    return Symbol(name, integer=True, nonnegative=True)


def vector(name: str, *shape: Any, kind: str = "real") -> Vector:
    """A family over 1..shape[0] × …, of kind real, positive, nonnegative, simplex, natural or binary."""
    if kind not in KINDS or kind in ("onehot", "labels"):
        raise ValueError(f"kind is {kind!r}; use one of {', '.join(KINDS[:6])}, or onehot(…), labels(…).")
    return Vector(name, shape, kind)


def onehot(name: str, upper: Any, at: Any = None) -> Vector:
    """y[i] = δ(i, at) for i in 1..upper; for labels `at` over 1..N: y[n, i] = δ(i, at[n]).

    Without `at` it is 1 at an index of its own, `T_name` in 1..upper.
    """
    at = Index(f"T_{name}", 1, upper) if at is None else at
    shape = (*at.sizes, upper) if isinstance(at, Vector) else (upper,)
    return Vector(name, shape, "onehot", at)


def labels(name: str, count: Any, classes: Any) -> Vector:
    """A label map: x[n] ∈ 1..classes for n in 1..count."""
    return Vector(name, (count,), "labels", classes)


def family(function: Callable[[Any], Expr], upper: Any) -> Family:
    """The vector k ↦ function(k) over 1..upper."""
    return Family(upper, function)


def function(name: str, **assumptions: bool) -> Any:
    """An unknown differentiable real function of indices, reals and parameters: `function("p", positive=True)`."""
    return sympy.Function(name, real=True, **assumptions)


def functional(name: str, upper: Any) -> Callable[[Any], FunctionalValue]:
    """An unknown totally differentiable real function of a vector with entries 1..upper."""
    return lambda argument: FunctionalValue(name, upper, argument)


def _bound(expr: Any, variables: tuple[Index, ...]) -> tuple[Expr, list[tuple[Any, ...]]]:
    """expr with each index renamed to a fresh one, so that a later substitution can't capture, and the limits."""
    fresh = {i: Dummy(i.name, integer=True) for i in variables}
    limits = [(fresh[i], *(_exact(b).xreplace(fresh) for b in (i.lower, i.upper))) for i in variables]
    return _exact(expr).xreplace(fresh), limits[::-1]


def total(expr: Any, *variables: Index) -> Expr:
    """Σ expr over the whole range of each index; the first index is the outermost."""
    body, limits = _bound(expr, variables)
    return sympy.Sum(body, *limits)


def product(expr: Any, *variables: Index) -> Expr:
    """∏ expr over the whole range of each index."""
    body, limits = _bound(expr, variables)
    return sympy.Product(body, *limits)


def maximum(expr: Any, variable: Index) -> Expr:
    """max of expr over the whole range of the index."""
    body, limits = _bound(expr, (variable,))
    return MaxOver(body, *limits)


def diff(expr: Any, *variables: Any) -> Expr:
    """∂expr/∂v for each variable in turn, unevaluated; a variable is a scalar or an entry such as z[m]."""
    return sympy.Derivative(_exact(expr), *variables, evaluate=False)


def Eq(lhs: Any, rhs: Any) -> Any:
    return sympy.Eq(lhs, rhs, evaluate=False)


def Ne(lhs: Any, rhs: Any) -> Any:
    return sympy.Ne(lhs, rhs, evaluate=False)


def Le(lhs: Any, rhs: Any) -> Any:
    return sympy.Le(lhs, rhs, evaluate=False)


def Lt(lhs: Any, rhs: Any) -> Any:
    return sympy.Lt(lhs, rhs, evaluate=False)


def Ge(lhs: Any, rhs: Any) -> Any:
    return sympy.Ge(lhs, rhs, evaluate=False)


def Gt(lhs: Any, rhs: Any) -> Any:
    return sympy.Gt(lhs, rhs, evaluate=False)


def _over(v: Any) -> tuple[Any, Index]:
    upper = v.size if isinstance(v, Family) else v.sizes[-1]
    return upper, Index("k", 1, upper)


def log_sum_exp(z: Any) -> Expr:
    """log Σ_k exp z_k."""
    _, k = _over(z)
    return sympy.log(total(sympy.exp(z[k]), k))


def softmax(z: Any) -> Family:
    """i ↦ exp z_i / Σ_k exp z_k."""
    upper, k = _over(z)
    return Family(upper, lambda i: sympy.exp(z[i]) / total(sympy.exp(z[k]), k))


def sigmoid(x: Any) -> Expr:
    """σ(x) = 1/(1 + exp(−x))."""
    return 1 / (1 + sympy.exp(-_exact(x)))


def nll(z: Any, target: Any) -> Expr:
    """−log softmax(z)_target."""
    return -sympy.log(softmax(z)[target])


def dot(u: Any, v: Any) -> Expr:
    """Σ_k u_k v_k."""
    _, k = _over(u)
    return total(u[k] * v[k], k)
