"""Print forms as NumPy: one ufunc a line, written into arrays that are reused.

A number a class is an array (K, B), one a sample an array (1, B); see `rows.py` for what the lines call.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sympy import (
    Add,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Mul,
    Number,
    Pow,
    Sum,
    Symbol,
    exp,
    expand,
    log,
)

from symnll.kernels.forms import Form, K, shift
from symnll.kernels.forms import m as along
from symnll.kernels.option_forms import shift_q, tau, top
from symnll.language import Index, Larger, MaxOver

ROOMS = 6  # as in rows.py


class NotPrintable(ValueError):
    """The expression has no form as array operations along one axis."""


def core_source(form: Form) -> str:
    """The Python source of one numeric core."""
    signature = ", ".join(f"{_name(a)}: Any" if _is_number(a) else f"{_name(a)}: Array" for a in form.inputs)
    count = len({meaning for _, meaning in form.claims})  # two values of one meaning are one result
    result = "Array" if count == 1 else f"tuple[{', '.join(['Array'] * count)}]"
    body = "\n".join(f"    {line}" for line in _Writer(form).lines())
    theorems = ", ".join(name for name, _ in form.claims)
    return f'def {form.name}({signature}, work: Any) -> {result}:\n    """{theorems}"""\n{body}\n'


def _name(a: Any) -> str:
    return str(a.base.label.name if isinstance(a, Indexed) else a.label.name if isinstance(a, IndexedBase) else a)


def _is_number(a: Any) -> bool:
    """A number for the whole batch: the temperature."""
    return str(a) == "tau"


def is_array(expr: Expr, positions: Collection[Any]) -> bool:
    """Whether it is a number a class, not one a sample; the indices in `positions` single out one class."""
    if isinstance(expr, (Sum, MaxOver)):
        return False
    if isinstance(expr, Indexed):
        return expr.indices[0] not in positions
    return any(is_array(a, positions) for a in expr.args)


class _Writer:
    """`home` says which of the work arrays a name lives in; inputs live in none and are never written to.

    `alive` are the names that later lines read, `held` those that the line in hand still needs.
    """

    def __init__(self, form: Form) -> None:
        self.form = form
        self.positions = {a for a in form.inputs if isinstance(a, Index)}
        self.home: dict[str, int] = {}
        self.alive: set[str] = set()
        self.held: list[str] = []
        self.text: list[str] = []
        self.bound: list[Any] = []
        self.exponents: dict[str, str] = {}  # how one entry of an array of exponentials is computed

    def lines(self) -> list[str]:
        program: list[tuple[Any, Expr]] = [*self.form.steps, *((None, value) for value in self.form.values)]
        results: list[str] = []
        for number, (name, expr) in enumerate(program):
            later = {_name(a) for _, rest in program[number + 1 :] for a in rest.atoms(Indexed)}
            self.alive = later | set(results)
            if isinstance(name, Indexed):
                self.array(expr, _name(name))
            elif name is not None:
                self.text.append(f"{name} = {self._shift(expr) or self.row(expr)}")
            elif is_array(expr, self.positions):
                results.append(self.array(expr, f"result{len(results) or ''}"))
            else:
                results.append(self.row(expr))
        claims = self.form.claims
        if len(claims) > 1 and claims[0][1] == claims[1][1]:
            results[:2] = [f"nearer({results[0]}, {results[1]})"]
        return [*self.text, f"return {', '.join(results)}"]

    def _shift(self, expr: Expr) -> str | None:
        """The largest logit, where it is arbitrary."""
        if isinstance(expr, MaxOver) and isinstance(expr.function, Indexed):
            return f"shift_of({_name(expr.function)}{', tau' if tau in self.form.inputs else ''})"
        return None

    # Numbers a class.

    def array(self, expr: Expr, name: str) -> str:
        """Lines that compute the expression into an array of the given name; its name."""
        if isinstance(expr, Indexed):
            if expr.indices[0] != (self.bound[-1] if self.bound else along):
                raise NotPrintable(f"{expr} is used along another index: that would be an outer product.")
            return _name(expr)
        if isinstance(expr, exp):
            return self._exponential(expr, name)
        if isinstance(expr, Add):
            return self._replacement(expr, name) or self._sum(expr, name)
        if isinstance(expr, Mul):
            return self._product(expr, name)
        raise NotPrintable(f"{expr} is no operation on arrays.")

    def _sum(self, expr: Add, name: str) -> str:
        """What is added first, what is subtracted last; at most one part has to be computed."""
        plus = [a for a in expr.args if not a.could_extract_minus_sign()]
        minus = [-a for a in expr.args if a.could_extract_minus_sign()]
        if not plus or len(expr.args) != 2:
            raise NotPrintable(f"{expr} has to be taken apart into steps.")
        if len(plus) == 2:
            return self._two("add", plus[0], plus[1], name)
        return self._two("subtract", plus[0], minus[0], name)

    def _product(self, expr: Mul, name: str) -> str:
        """Arrays first, then the numbers a sample, then what it is divided by."""
        arrays = [a for a in expr.args if is_array(a, self.positions)]
        rows = [a for a in expr.args if not is_array(a, self.positions)]
        if len(rows) > 1 and rows[0] == -1:
            rows = [-rows[1], *rows[2:]]
        if len(arrays) > 2 or any(isinstance(a, Pow) for a in arrays):
            raise NotPrintable(f"{expr} has to be taken apart into steps.")
        if len(arrays) == 2:
            first, second = sorted(arrays, key=lambda a: not isinstance(a, Indexed))
            text = self._two("times", first, second, name)
        else:
            text = self.array(arrays[0], name)
        for row in sorted(rows, key=lambda a: isinstance(a, Pow)):
            if row == -1:
                raise NotPrintable(f"{expr} has to be taken apart into steps.")
            if isinstance(row, Pow) and row.exp.is_negative:
                text = self._emit("divide", [text, self._like(text, row.base ** (-row.exp))], name, unless_one=row.base)
            else:
                text = self._emit("multiply", [text, self._like(text, row)], name)
        return text

    def _two(self, function: str, a: Expr, b: Expr, name: str) -> str:
        operands: list[str] = []
        before = len(self.held)
        for part in sorted((a, b), key=lambda part: not isinstance(part, Indexed)):
            if is_array(part, self.positions):
                self.held.append(self.array(part, name))
        del self.held[before:]
        for part in (a, b):
            if not is_array(part, self.positions):
                array = b if part is a else a
                operands.append(self._like(_name(array) if isinstance(array, Indexed) else name, part))
            else:
                operands.append(_name(part) if isinstance(part, Indexed) else name)
        return self._emit(function, operands, name)

    def _like(self, array: str, row: Expr) -> str:
        """A number a sample beside an array, in the precision of the array; inputs and shifts have it already."""
        text = self.row(row)
        plain = row.atoms(Symbol) <= {shift, shift_q, top, tau}
        return text if plain else f"like({array}, {text})"

    def _emit(self, function: str, operands: list[str], name: str, unless_one: Any = None) -> str:
        if function == "times":  # it reads its operands twice
            spent = []
        else:
            spent = [
                a for a in operands if a in self.home and a not in self.held and (a == name or a not in self.alive)
            ]
        home = self.home[spent[0]] if spent else self._rooms(operands)[0]
        call = f"{'' if function == 'times' else 'np.'}{function}({', '.join(operands)}, out=work[{home}])"
        if unless_one is not None and _is_number(unless_one) and spent:
            if name == operands[0]:
                self.text.append(f"if {unless_one} != 1:")
                self.text.append(f"    {name} = {call}")
            else:
                self.text.append(f"{name} = {operands[0]} if {unless_one} == 1 else {call}")
        else:
            self.text.append(f"{name} = {call}")
        self.home[name] = home
        return name

    def _rooms(self, operands: list[str]) -> list[int]:
        """The work arrays that nothing is in which is still needed."""
        taken = {self.home[a] for a in {*self.alive, *self.held, *operands} if a in self.home}
        return [n for n in range(ROOMS) if n not in taken]

    def _exponential(self, expr: exp, name: str) -> str:
        """exp(z − shift) or exp((z − shift)/tau) of an input z: one call, which sees to the rounding of z − shift."""
        scale = tau if tau in self.form.inputs else Integer(1)
        numerator = expand(expr.args[0] * scale)
        vectors = [a for a in numerator.args if isinstance(a, Indexed) and a.base in self.form.inputs]
        shifts = [-a for a in numerator.args if isinstance(-a, Symbol)]
        if not (isinstance(numerator, Add) and len(numerator.args) == 2 and len(vectors) == len(shifts) == 1):
            raise NotPrintable(f"{expr} is not the exponential of a shifted logit.")
        rooms = self._rooms([])[:3]
        self.home[name] = rooms[0]
        self.exponents[name] = f"exponential_at({_name(vectors[0])}, {shifts[0]}, {{}}{'' if scale == 1 else ', tau'})"
        places = ", ".join(f"work[{n}]" for n in rooms)
        last = "" if scale == 1 else ", tau"
        self.text.append(f"{name} = exponentials({_name(vectors[0])}, {shifts[0]}, {places}{last})")
        return name

    def _replacement(self, expr: Add, name: str) -> str | None:
        """δ(m, p)·a + (1 − δ(m, p))·b is b with a written over its entry p."""
        for at in self.positions:
            delta = KroneckerDelta(along, at)
            outside = [term for term in expr.args if (1 - delta) in Mul.make_args(term)]
            inside = [term for term in expr.args if delta in Mul.make_args(term)]
            if len(outside) == len(inside) == 1 and len(expr.args) == 2:
                array = self.array(outside[0] / (1 - delta), name)
                if array not in self.home:
                    raise NotPrintable(f"{array} has to be named first: its entry {at} is written over.")
                return f"replace_at({array}, {at}, {self.row(inside[0] / delta)})"
        return None

    # Numbers a sample.

    def row(self, expr: Expr, weight: int = 0) -> str:
        """The expression in Python; in parentheses if it binds less than `weight` (1 sum, 2 product, 3 sign)."""
        if isinstance(expr, (Symbol, Number)):
            return str(expr)
        if isinstance(expr, Indexed):
            name, at = _name(expr), expr.indices[0]
            if name in self.exponents:
                return self.exponents[name].format(at)
            return f"entries({name}, {at})"
        if isinstance(expr, (Sum, MaxOver)):
            return self._reduced(expr)
        if isinstance(expr, Larger):
            return f"np.maximum({self.row(expr.args[0])}, {self.row(expr.args[1])})"
        if isinstance(expr, exp):
            return f"np.exp({self.row(expr.args[0])})"
        if isinstance(expr, log):
            one, rest = expr.args[0].as_coeff_Add()
            plain = one != 1 or rest == 0
            return f"np.log({self.row(expr.args[0])})" if plain else f"np.log1p({self.row(rest)})"
        if isinstance(expr, Add):
            terms = sorted(expr.args, key=lambda a: (a.could_extract_minus_sign(), bool(a.is_Number)))
            text = self.row(terms[0], 1)
            for term in terms[1:]:
                minus = term.could_extract_minus_sign()
                text += f" - {self.row(-term, 2)}" if minus else f" + {self.row(term, 1)}"
            return f"({text})" if weight > 1 else text
        if isinstance(expr, Pow) and expr.exp.is_Integer and expr.exp > 1:
            return f"{self.row(expr.base, 3)}**{expr.exp}"
        if isinstance(expr, (Mul, Pow)):
            return self._row_product(expr, weight)
        raise NotPrintable(f"{expr} is no operation on numbers.")

    def _row_product(self, expr: Expr, weight: int) -> str:
        if expr.could_extract_minus_sign() and isinstance(expr, Mul):
            return f"-{self.row(-expr, 3)}" if weight < 2 else f"(-{self.row(-expr, 3)})"
        factors = Mul.make_args(expr)
        over = [a for a in factors if not (isinstance(a, Pow) and a.exp.is_negative)]
        under = [a.base ** (-a.exp) for a in factors if isinstance(a, Pow) and a.exp.is_negative]
        if len(over) == 2 and not under:
            return f"times({self.row(over[0])}, {self.row(over[1])})"
        text = " * ".join(self.row(a, 2) for a in over) or "1"
        for a in sorted(under, key=_is_number):
            text += f" / {self.row(a, 3)}"
        return f"({text})" if weight > 2 else text

    def _reduced(self, expr: Any) -> str:
        ((bound, lower, upper),) = expr.limits
        if (lower, upper) != (1, K):
            raise NotPrintable(f"{expr} runs over {lower}..{upper}; only the whole class axis 1..{K} can be reduced.")
        self.bound.append(bound)
        try:
            body, ufunc = expr.function, "maximum" if isinstance(expr, MaxOver) else "add"
            factors = list(Mul.make_args(body))
            at = next((a for f in factors for a in (_left_out(f, bound),) if a in self.positions), None)
            if at is not None:
                (rest,) = (f for f in factors if _left_out(f, bound) is None)
                array = self.array(rest, "")
                if array in self.exponents:  # a sum of exponentials may be tiny, and counts on every digit
                    return self.exponents[array].replace("exponential_at(", f"sum_others({array}, ").format(at)
                return f"sum_except({array}, {at})"
            if len(factors) == 2:
                a, b = (self.array(factor, "") for factor in factors)
                return f"weighted_sum({a}, {b}, work[{self._rooms([a, b])[0]}])"
            if ufunc == "add":
                return f"total({self.array(body, '')})"
            return f"np.maximum.reduce({self.array(body, '')}, axis=0, keepdims=True)"
        finally:
            self.bound.pop()


def _left_out(factor: Expr, bound: Any) -> Any:
    """p if the factor is 1 − δ(bound, p)."""
    for delta in factor.atoms(KroneckerDelta):
        if bound in delta.args and factor == 1 - delta:
            return next(a for a in delta.args if a != bound)
    return None
