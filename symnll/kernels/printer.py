"""Print forms as NumPy: the class index becomes the last axis, a sum over it a reduction of that axis.

Every number a sample has a last axis of length 1, so that it broadcasts against the numbers a class.
"""

from __future__ import annotations

import inspect
import re
from typing import Any, ClassVar

import sympy
from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Pow, Symbol, exp, log
from sympy.core.symbol import Str
from sympy.printing.numpy import NumPyPrinter

from symnll.kernels.forms import Form, K
from symnll.language import Index, MaxOver


class NotPrintable(ValueError):
    """The expression has no form as array operations along one axis."""


class Into(Expr):
    """`Into(ufunc, a, …)`: the NumPy function of the arguments, written into `a`, which nobody needs afterwards."""

    def __new__(cls, ufunc: str, *arguments: Any) -> Any:
        return Expr.__new__(cls, Str(ufunc), *arguments)


class ClassAxisPrinter(NumPyPrinter):
    """`positions` are the indices that single out one class a sample; any other index runs along the class axis."""

    _module = "np"
    _kf: ClassVar[dict[str, str]] = {"exp": "np.exp", "log": "np.log"}
    _kc: ClassVar[dict[str, str]] = {}

    def __init__(self, positions: tuple[Any, ...], along: Any) -> None:
        super().__init__({"allow_unknown_functions": False, "strict": True})
        self.positions = positions
        self._along = [along]

    def _print_Indexed(self, expr: Indexed) -> str:
        name, (position,) = expr.base.label.name, expr.indices
        if position in self.positions:
            return f"np.take_along_axis({name}, {self._print(position)}, axis=-1)"
        if position != self._along[-1]:
            raise NotPrintable(f"{expr} is used along the index {self._along[-1]}: that would be an outer product.")
        return str(name)

    def _reduce(self, expr: Expr, template: str, body: Expr) -> str:
        ((bound, lower, upper),) = expr.limits
        if (lower, upper) != (1, K):
            raise NotPrintable(f"{expr} runs over {lower}..{upper}; only the whole class axis 1..{K} can be reduced.")
        self._along.append(bound)
        try:
            return template.format(*(self._print(factor) for factor in _elementwise_factors(body)))
        finally:
            self._along.pop()

    def _print_Sum(self, expr: Any) -> str:
        bound, body = expr.limits[0][0], expr.function
        for factor in Mul.make_args(body):
            at = _left_out(factor, bound)
            rest = body / factor
            if at in self.positions and isinstance(rest, Indexed):
                return self._reduce(expr, f"sum_except({{}}, {self._print(at)})", rest)
        if len(_elementwise_factors(body)) == 2:
            return self._reduce(expr, "weighted_sum({}, {})", body)
        return self._reduce(expr, "np.sum({}, axis=-1, keepdims=True)", body)

    def _print_MaxOver(self, expr: MaxOver) -> str:
        return self._reduce(expr, "np.max({}, axis=-1, keepdims=True)", expr.function)

    def _print_log(self, expr: log) -> str:
        one, rest = expr.args[0].as_coeff_Add()
        return f"np.log1p({self._print(rest)})" if one == 1 and rest != 0 else f"np.log({self._print(expr.args[0])})"

    def _as_ordered_terms(self, expr: Add, order: Any = None) -> list[Expr]:
        """What is added first, what is subtracted last: z - shift."""
        terms = super()._as_ordered_terms(expr, order=order)
        return sorted(terms, key=lambda term: bool(term.could_extract_minus_sign()))

    def _print_Add(self, expr: Add, order: Any = None) -> str:
        replaced = self._replacement(expr)
        return replaced if replaced is not None else str(super()._print_Add(expr, order=order))

    def _replacement(self, expr: Add) -> str | None:
        """δ(m, p)·a + (1 − δ(m, p))·b is b with a written over its entry p."""
        along = self._along[-1]
        for at in self.positions:
            delta = KroneckerDelta(along, at)
            outside = [term for term in expr.args if (1 - delta) in Mul.make_args(term)]
            inside = [term for term in expr.args if delta in Mul.make_args(term)]
            if len(outside) == len(inside) == 1 and len(expr.args) == 2:
                elsewhere = outside[0] / (1 - delta)
                if not isinstance(elsewhere, Indexed):
                    raise NotPrintable(f"{elsewhere} has to be named first: its entry {at} is written over.")
                return f"replace_at({self._print(elsewhere)}, {self._print(at)}, {self._print(inside[0] / delta)})"
        return None

    def _print_KroneckerDelta(self, expr: KroneckerDelta) -> str:
        raise NotPrintable(f"{expr} stands alone: write Σ (1 − δ) x, or δ·a + (1 − δ)·b.")

    def _print_Into(self, expr: Into) -> str:
        ufunc, *operands = expr.args
        printed = [self._print(operand) for operand in operands]
        return f"np.{ufunc.name}({', '.join(printed)}, out={printed[0]})"


def _elementwise_factors(body: Expr) -> list[Expr]:
    """The two factors of u_k w_k, and else the whole body."""
    factors = list(Mul.make_args(body))
    pair = len(factors) == 2 and all(isinstance(f, Indexed) for f in factors) and factors[0] != factors[1]
    return factors if pair else [body]


def _left_out(factor: Expr, bound: Any) -> Any:
    """p if the factor is 1 − δ(bound, p)."""
    for delta in factor.atoms(KroneckerDelta):
        if bound in delta.args and factor == 1 - delta:
            return next(a for a in delta.args if a != bound)
    return None


def _into_dead_operand(expr: Expr, dead: set[Any]) -> Expr:
    """exp(a), a/b and a − b in place where `a` is an array of ours that is not read again."""

    def ours(a: Expr) -> bool:
        return isinstance(a, Indexed) and a.base in dead

    if isinstance(expr, exp) and ours(expr.args[0]):
        return Into("exp", expr.args[0])
    if isinstance(expr, (Mul, Add)) and len(expr.args) == 2:
        for a, b in (expr.args, expr.args[::-1]):
            if ours(a) and isinstance(b, Pow) and b.exp == -1:
                return Into("divide", a, b.base)
            if ours(a) and isinstance(expr, Add) and b.could_extract_minus_sign():
                return Into("subtract", a, -b)
    return expr


def _in_place(form: Form) -> tuple[list[tuple[Expr, Expr]], Any]:
    """The steps and values of a form, with array operations in place wherever an intermediate array is spent."""
    lines = [*form.steps, *((None, value) for value in form.values)]
    steps: list[tuple[Expr, Expr]] = []
    values: list[Expr] = []
    made: set[Any] = set()
    for position, (name, expr) in enumerate(lines):
        read_later = {a.base for _, later in lines[position + 1 :] for a in later.atoms(Indexed)}
        expr = _into_dead_operand(expr, made - read_later)
        if name is None:
            values.append(expr)
            continue
        steps.append((name, expr))
        if isinstance(name, Indexed):
            made.add(name.base)
    return steps, tuple(values) if len(values) > 1 else values[0]


def core_source(form: Form) -> str:
    """The Python source of one numeric core, through SymPy's `lambdify`."""
    positions = tuple(a for a in form.inputs if isinstance(a, Index))
    along = next((i for name, _ in form.steps if isinstance(name, Indexed) for i in name.indices), None)
    arguments = [Symbol(str(a.label.name)) if isinstance(a, sympy.IndexedBase) else a for a in form.inputs]
    printer = ClassAxisPrinter(positions, along)

    def common(_: Any) -> Any:
        """The form names its common subexpressions itself."""
        return _in_place(form)

    function = sympy.lambdify(arguments, form.values[0], modules="numpy", printer=printer, cse=common)
    source = inspect.getsource(function)
    signature = ", ".join(f"{a}: Array" for a in map(str, arguments))
    result = "Array" if len(form.values) == 1 else f"tuple[{', '.join(['Array'] * len(form.values))}]"
    _, _, body = source.partition("\n")
    body = re.sub(r"(?<=[\w)])([*/])(?=[\w(])", r" \1 ", body)  # a * b, as formatters write it
    body = re.sub(r"return \((.*),\)\n", r"return \1\n", body)
    theorems = ", ".join(name for name, _ in form.claims)
    return f'def {form.name}({signature}) -> {result}:\n    """{theorems}"""\n{body}'
