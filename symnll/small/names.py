"""What a statement leaves open: the names in it that must get a value before it can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import AppliedUndef

from symnll.language import ArgMax, At, Choice, ForAll, FunctionalValue, Index, Larger, MaxOver, Parameter, Vector
from symnll.small.choices import SYMBOLS
from symnll.small.writer import Unsupported

COMPARING = (sympy.Max, sympy.Min, sympy.Abs, sympy.Piecewise, Choice, Larger)


@dataclass
class Names:
    """The free names of expressions, in order of appearance."""

    free: dict[Any, None] = field(default_factory=dict)
    sizes: dict[Any, None] = field(default_factory=dict)
    real_positions: set[tuple[str, int]] = field(default_factory=set)
    smooth: set[str] = field(default_factory=set)
    applied: dict[str, set[Any]] = field(default_factory=dict)  # to what each unknown function is applied
    varied: set[str] = field(default_factory=set)  # functions that are differentiated, or applied to a bound variable
    compares: bool = False  # whether the order of values matters, as for a maximum
    seen: set[Any] = field(default_factory=set)

    def scan(self, expr: Any, bound: frozenset[Any] = frozenset()) -> None:
        """Collect the free names of the expression; a bound name hides a free one only inside its binder."""
        if (expr, bound) in self.seen:
            return
        self.seen.add((expr, bound))
        if isinstance(expr, sympy.Symbol):
            self._symbol(expr, bound)
        elif isinstance(expr, sympy.IndexedBase):
            if expr not in bound:
                self.free.setdefault(expr)
            if isinstance(expr, Vector):
                self._bounds((*expr.sizes, *((expr.extra,) if expr.kind == "labels" else ())), bound)
                self.scan(expr.extra, bound)
        elif isinstance(expr, (ExprWithLimits, sympy.Lambda, ForAll, At, ArgMax)):
            self._binder(expr, bound)
        else:
            if isinstance(expr, FunctionalValue):
                self._bounds(expr.args[1:2], bound)
                self.smooth.add(str(expr.args[0]))
            if isinstance(expr, AppliedUndef):
                self._function(expr, bound)
            if isinstance(expr, sympy.Derivative):
                self.varied.update(f.func.__name__ for f in expr.atoms(AppliedUndef))
            self.compares = self.compares or isinstance(expr, COMPARING)
            for arg in expr.args:
                self.scan(arg, bound)

    def _symbol(self, symbol: Any, bound: frozenset[Any]) -> None:
        if symbol not in bound and symbol not in self.free:
            if isinstance(symbol, Index):
                self._bounds((symbol.lower, symbol.upper), bound)
            self.free.setdefault(symbol)

    def _bounds(self, bounds: Iterable[Any], bound: frozenset[Any]) -> None:
        for expr in bounds:
            self.scan(expr, bound)
            inside = (s for s in expr.free_symbols if isinstance(s, sympy.Symbol) and s.is_integer)
            self.sizes.update(dict.fromkeys(s for s in inside if s not in bound and not isinstance(s, Index)))

    def _binder(self, expr: Any, bound: frozenset[Any]) -> None:
        if isinstance(expr, ExprWithLimits):
            self.compares = self.compares or isinstance(expr, MaxOver)
            for variable, *bounds in reversed(expr.limits):
                self._bounds(bounds, bound)
                bound = bound | {variable}
            self.scan(expr.function, bound)
        elif isinstance(expr, sympy.Lambda):
            self.scan(expr.expr, bound.union(expr.variables))
        elif isinstance(expr, At):
            self.scan(expr.args[0], bound | {expr.args[1]})
            self.scan(expr.args[2], bound)
        else:
            variables = expr.args[1:] if isinstance(expr, ForAll) else expr.args[1:2]
            for variable in variables:
                if isinstance(variable, Index):
                    self._bounds((variable.lower, variable.upper), bound)
            inner = bound.union(variables)
            for part in (expr.args[0],) if isinstance(expr, ForAll) else (expr.args[0], *expr.args[2]):
                self.scan(part, inner)

    def _function(self, expr: Any, bound: frozenset[Any]) -> None:
        name = expr.func.__name__
        self.applied.setdefault(name, set()).add(expr.args)
        if not bound.isdisjoint(expr.free_symbols):
            self.varied.add(name)
        places = {p for p, a in enumerate(expr.args) if not (a.is_integer or isinstance(a, Parameter) or _counts(a))}
        self.real_positions.update((name, p) for p in places)
        if places:
            self.smooth.add(name)

    def single(self) -> set[str]:
        """The functions that stand at one place only, so that they may have any value there."""
        return {f for f, places in self.applied.items() if len(places) == 1 and f in self.smooth - self.varied}


def _counts(expr: Any) -> bool:
    """An entry of a vector of integers."""
    return isinstance(expr, sympy.Indexed) and bool(expr.base.label.is_integer)


class Problem:
    """A statement and its hypotheses, with the names that must get a value."""

    def __init__(self, statement: Any, given: Sequence[Any]) -> None:
        self.given = tuple(given)
        demanded = Names()
        for expr in self.given:
            demanded.scan(expr)
        self.statement = statement
        while isinstance(self.statement, ForAll):
            self.statement, *variables = self.statement.args
            clashing = {v: _primed(v) for v in variables if v in demanded.free}
            self.statement = self.statement.xreplace(clashing)
        if type(self.statement) not in SYMBOLS:
            raise Unsupported(f"{statement} is no relation between two expressions")
        names = Names()
        for expr in (self.statement, *self.given):
            names.scan(expr)
        self.single_values = names.single()
        for expr in self.given:
            self._refuse_functions(expr)
        self.real_positions = names.real_positions
        symbols = [n for n in names.free if isinstance(n, sympy.Symbol)]
        self.sizes = [s for s in symbols if s in names.sizes]
        self.vectors = [n for n in names.free if isinstance(n, sympy.IndexedBase)]
        self.scalars = [s for s in symbols if not s.is_integer and not isinstance(s, Parameter)]
        self.discrete = [s for s in symbols if s not in names.sizes and s not in self.scalars]
        self.is_argmax = any(isinstance(side, ArgMax) for side in self.statement.args)
        self.compares = names.compares

    def _refuse_functions(self, given: Any) -> None:
        """Refuse an equation about an unknown function, which no sample satisfies."""
        demanded = Names()
        demanded.scan(given)
        unknown = demanded.smooth - self.single_values
        if unknown and not _is_inequality(given):
            about = f"a hypothesis speaks of the unknown function {min(unknown)}"
            raise Unsupported(f"{about}, so no example of it can be drawn")


def _is_inequality(expr: Any) -> bool:
    """Whether a hypothesis is an inequality, also about all indices: samples may happen to satisfy it."""
    while isinstance(expr, ForAll) and all(isinstance(v, Index) for v in expr.args[1:]):
        expr = expr.args[0]
    return type(expr) in SYMBOLS and type(expr) is not sympy.Eq


def _primed(variable: Any) -> Any:
    """Another variable of the same range, in place of one that a hypothesis uses too."""
    name = f"{variable}′"
    return Index(name, variable.lower, variable.upper) if isinstance(variable, Index) else variable.func(name)
