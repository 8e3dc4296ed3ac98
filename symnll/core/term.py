"""Terms and formulas: simply typed, interned, immutable, with nameless binders.

A term is a constant, a symbol, a bound index, an application, an abstraction (`lam`, the only binder), or an operator
on terms. Σ_{i=lo}^{hi} f(i) is `sum(lo, hi, f)` with f a function term; derivatives and quantifiers are alike. Terms
are kept in beta-eta normal form and interned: equal terms are the same object, and terms that differ only in the names
of bound variables are equal. Substitution can't capture.

Meaning. Every term has a value for every value of its symbols: 0⁻¹ = 0, log of a non-positive number is some fixed
number that nothing is said about, x^y is the usual power for integer y (0⁰ = 1) and exp(y log x) for x > 0, 0^y = 0
for other y; a derivative that does not exist is some fixed number. An empty sum is 0, an empty product 1.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, NoReturn

Sort = Any  # "int" | "real" | "point" | "bool" | ("fn", argument sort, result sort)
INT, REAL, POINT, BOOL = "int", "real", "point", "bool"


class CoreError(Exception):
    """A rule, or a term constructor, refuses what it was given."""


def fn(*sorts: Sort) -> Sort:
    """fn(A, B, C) is the sort of functions from A and B to C."""
    return sorts[0] if len(sorts) == 1 else ("fn", sorts[0], fn(*sorts[1:]))


def fits(actual: Sort, expected: Sort) -> bool:
    """Whether a term of sort `actual` may stand where `expected` is wanted: integers are reals."""
    if actual == expected:
        return True
    if isinstance(actual, tuple) and isinstance(expected, tuple):
        return actual[1] == expected[1] and fits(actual[2], expected[2])
    return actual == INT and expected == REAL


class Term(tuple[Any, ...]):
    """(op, sort, args, data, loose, free); made only by the constructors of this module; equality is identity."""

    def __new__(cls, *_: Any, **__: Any) -> NoReturn:
        raise CoreError("A term is made by the constructors of symnll.core.term, not by Term(…).")

    def __init_subclass__(cls, **_: Any) -> NoReturn:
        raise CoreError("Term can't be subclassed.")

    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__

    @property
    def op(self) -> str:
        return self[0]  # type: ignore[no-any-return]

    @property
    def sort(self) -> Sort:
        return self[1]

    @property
    def args(self) -> tuple[Term, ...]:
        return self[2]  # type: ignore[no-any-return]

    @property
    def data(self) -> Any:
        """Number of `num`, name of `sym`, number of the binder of `bound`, argument sort of `lam`."""
        return self[3]

    @property
    def free(self) -> frozenset[Term]:
        """The free symbols."""
        return _free(self)

    def __repr__(self) -> str:
        if self.op in ("num", "sym"):
            return str(self.data)
        if self.op == "bound":
            return f"#{self.data}"
        return f"{self.op}({', '.join(map(repr, self.args))})"

    def __reduce_ex__(self, _: Any) -> NoReturn:
        raise CoreError("A term can't be copied or pickled; write a certificate instead.")


_table: dict[Any, Term] = {}
_sweep_at = 500_000
_EMPTY: frozenset[Term] = frozenset()


def _free(t: Term) -> frozenset[Term]:
    return frozenset((t,)) if t[0] == "sym" else t[5]


def _make(op: str, sort: Sort, args: tuple[Term, ...], data: Any = None) -> Term:
    key = (op, sort, args, data)
    found = _table.get(key)
    if found is not None:
        return found
    loose, free = 0, _EMPTY
    for a in args:
        loose = max(loose, a[4])
        free = free | _free(a) if free else _free(a)
    if op == "lam":
        loose = max(loose - 1, 0)
    elif op == "bound":
        loose = data + 1
    new = tuple.__new__(Term, (op, sort, args, data, loose, free))
    _table[key] = new
    if len(_table) > _sweep_at:
        _sweep()
    return new


def _sweep() -> None:
    """Forget terms that only the table still refers to: tuples can't be weakly referenced, and must not leak."""
    global _sweep_at
    keys = list(_table)
    while keys:
        key = keys.pop()  # parents, which are newer, before their children
        if sys.getrefcount(_table[key]) <= 2:
            del _table[key]
    _sweep_at = max(500_000, 2 * len(_table))


# Operators: name -> the sorts of its arguments ("num" is int or real) and of its value. "num" as a value is int when
# every numeric argument, and the values of every function argument, are.
_FAMILY = fn(INT, REAL)
OPERATORS: dict[str, tuple[tuple[Sort, ...], Sort]] = {
    "pow": ((REAL, REAL), "pow"),
    "exp": ((REAL,), REAL),
    "log": ((REAL,), REAL),
    "delta": ((INT, INT), INT),
    "max": ((REAL, REAL), "num"),
    "sum": ((INT, INT, _FAMILY), "num"),
    "prod": ((INT, INT, _FAMILY), "num"),
    "maxi": ((INT, INT, _FAMILY), "num"),
    "diff": ((fn(REAL, REAL), REAL), REAL),
    "partial": ((fn(_FAMILY, REAL), _FAMILY, INT), REAL),
    "partial2": ((fn(fn(INT, INT, REAL), REAL), fn(INT, INT, REAL), INT, INT), REAL),
    "le": ((REAL, REAL), BOOL),
    "lt": ((REAL, REAL), BOOL),
    "implies": ((BOOL, BOOL), BOOL),
    "hasd": ((fn(REAL, REAL), REAL, REAL), BOOL),
    "smooth": ((fn(REAL, REAL),), BOOL),
    "differentiable": ((fn(_FAMILY, REAL), INT, INT), BOOL),
}


def _result_is_int(sort: Sort) -> bool:
    while isinstance(sort, tuple):
        sort = sort[2]
    return sort == INT  # type: ignore[no-any-return]


def op(name: str, *args: Term) -> Term:
    """The operator `name` applied to terms of the sorts that OPERATORS gives; CoreError otherwise."""
    for a in args:
        if type(a) is not Term:
            raise CoreError(f"{name} takes terms, not {a!r}.")
    sorts = tuple(a[1] for a in args)
    if name in ("add", "mul", "and"):
        wanted = BOOL if name == "and" else REAL
        if len(args) < 2 or not all(fits(s, wanted) for s in sorts):
            raise CoreError(f"{name} takes two or more arguments of sort {wanted}, not {args!r}.")
        value: Sort = BOOL if name == "and" else INT if all(s == INT for s in sorts) else REAL
    elif name in ("eq", "ne"):
        if len(args) != 2 or not (fits(sorts[0], sorts[1]) or fits(sorts[1], sorts[0])) or sorts[0] == BOOL:
            raise CoreError(f"{name} takes two terms of one sort, not {args!r}.")
        value = BOOL
    elif name == "forall":
        if len(args) != 1 or not isinstance(sorts[0], tuple) or sorts[0][2] != BOOL:
            raise CoreError(f"forall takes a function into formulas, not {args!r}.")
        value = BOOL
    elif name == "argmax_eq":
        domain = sorts[0][1] if len(args) == 3 and isinstance(sorts[0], tuple) else None
        if domain is None or sorts[0] != fn(domain, BOOL) or not all(fits(s, fn(domain, REAL)) for s in sorts[1:]):
            raise CoreError(f"argmax_eq takes a domain and two real functions on it, not {args!r}.")
        value = BOOL
    elif name in OPERATORS:
        wanted_sorts, value = OPERATORS[name]
        if len(args) != len(wanted_sorts) or not all(map(fits, sorts, wanted_sorts)):
            raise CoreError(f"{name} takes arguments of the sorts {wanted_sorts}, not {args!r}.")
        if value == "num":
            value = INT if all(map(_result_is_int, sorts)) else REAL
        elif value == "pow":
            natural = args[1][0] == "num" and args[1][3] >= 0 and args[1][3].denominator == 1
            value = INT if sorts[0] == INT and natural else REAL
    else:
        raise CoreError(f"There is no operator {name!r}.")
    return _make(name, value, args)


def num(value: int | Fraction | str) -> Term:
    """A rational constant; an integer one has sort int."""
    value = Fraction(value)
    return _make("num", INT if value.denominator == 1 else REAL, (), value)


def _check_sort(sort: Sort) -> None:
    if isinstance(sort, tuple) and len(sort) == 3 and sort[0] == "fn":
        _check_sort(sort[1])
        _check_sort(sort[2])
    elif sort not in (INT, REAL, POINT, BOOL):
        raise CoreError(f"There is no sort {sort!r}.")


def sym(name: str, sort: Sort = REAL) -> Term:
    """A free symbol; symbols of one name and different sorts are different."""
    if not isinstance(name, str) or not name:
        raise CoreError(f"A symbol's name is a non-empty string, not {name!r}.")
    _check_sort(sort)
    return _make("sym", sort, (), name)


def app(f: Term, *args: Term) -> Term:
    """f(args), beta-reduced."""
    for a in args:
        if type(f) is not Term or type(a) is not Term:
            raise CoreError(f"app takes terms, not {f!r} and {a!r}.")
        if not isinstance(f[1], tuple) or not fits(a[1], f[1][1]):
            raise CoreError(f"{f!r} of sort {f[1]} can't be applied to {a!r} of sort {a[1]}.")
        f = _instantiate(f[2][0], a) if f[0] == "lam" else _make("app", f[1][2], (f, a))
    return f


def bound(number: int, sort: Sort) -> Term:
    """The variable of the binder `number` levels up; only for building a `binder` body from a certificate."""
    _check_sort(sort)
    return _make("bound", sort, (), number)


def binder(sort: Sort, body: Term) -> Term:
    """The function whose variable is bound(0, sort) in body; eta-reduced."""

    def check(t: Term, depth: int) -> None:
        if t[0] == "bound" and t[3] == depth and t[1] != sort:
            raise CoreError(f"A bound variable of sort {t[1]} stands where its binder has {sort}.")
        for a in t[2] if t[4] > depth else ():
            check(a, depth + (t[0] == "lam"))

    _check_sort(sort)
    check(body, 0)
    return _lam(sort, body)


def lam(variable: Term, body: Term) -> Term:
    """The function variable ↦ body, where variable is a free symbol; eta-reduced."""
    if type(variable) is not Term or variable[0] != "sym" or type(body) is not Term:
        raise CoreError(f"lam takes a symbol and a term, not {variable!r} and {body!r}.")
    return _lam(variable[1], _abstract(body, variable, 0, {}))


def _lam(sort: Sort, body: Term) -> Term:
    if body[0] == "app" and body[2][1][0] == "bound" and body[2][1][3] == 0 and body[2][1][1] == sort:
        if body[2][0][4] == 0:
            return body[2][0]  # eta, for a function without loose bound variables
        if not _occurs(body[2][0], 0):
            return _shift(body[2][0], -1, 0)
    return _make("lam", fn(sort, body[1]), (body,), sort)


def _occurs(t: Term, depth: int) -> bool:
    if t[4] <= depth:
        return False
    if t[0] == "bound":
        return t[3] == depth  # type: ignore[no-any-return]
    return any(_occurs(a, depth + (t[0] == "lam")) for a in t[2])


def rebuild(t: Term, args: tuple[Term, ...]) -> Term:
    """t with other arguments, in normal form again; sorts are computed anew."""
    if args == t[2]:
        return t
    if t[0] == "app":
        return app(*args)
    if t[0] == "lam":
        return _lam(t[3], args[0])
    return op(t[0], *args)


def _shift(t: Term, by: int, depth: int) -> Term:
    if by == 0 or t[4] <= depth:
        return t
    if t[0] == "bound":
        return _make("bound", t[1], (), t[3] + by)
    return rebuild(t, tuple(_shift(a, by, depth + (t[0] == "lam")) for a in t[2]))


def _abstract(t: Term, variable: Term, depth: int, memo: dict[Any, Term]) -> Term:
    if t is variable:
        return _make("bound", t[1], (), depth)
    if variable not in _free(t):
        return _shift(t, 1, depth)
    key = (t, depth)
    if key not in memo:
        args = tuple(_abstract(a, variable, depth + (t[0] == "lam"), memo) for a in t[2])
        memo[key] = rebuild(t, args)
    return memo[key]


def _instantiate(body: Term, value: Term) -> Term:
    """body with bound variable 0 := value, the others one nearer."""
    memo: dict[Any, Term] = {}

    def go(t: Term, depth: int) -> Term:
        if t[4] <= depth:
            return t
        if t[0] == "bound":
            if t[3] == depth:
                return _shift(value, depth, 0)
            return _make("bound", t[1], (), t[3] - 1)
        key = (t, depth)
        if key not in memo:
            memo[key] = rebuild(t, tuple(go(a, depth + (t[0] == "lam")) for a in t[2]))
        return memo[key]

    return go(body, 0)


def substitute(t: Term, values: Mapping[Term, Term]) -> Term:
    """t with every free symbol s := values[s], at once; each value fits the sort of its symbol and has no loose index."""
    for s, v in values.items():
        if type(s) is not Term or s[0] != "sym" or type(v) is not Term or v[4] or not fits(v[1], s[1]):
            raise CoreError(f"{s!r} can't be replaced by {v!r}: a symbol is replaced by a closed term of its sort.")
    memo: dict[Term, Term] = {}

    def go(u: Term) -> Term:
        if u[0] == "sym":
            return values.get(u, u)
        if u[5].isdisjoint(values):
            return u
        if u not in memo:
            memo[u] = rebuild(u, tuple(go(a) for a in u[2]))
        return memo[u]

    return go(t) if values else t


def free_symbols(terms: Iterable[Term]) -> frozenset[Term]:
    return frozenset().union(*map(_free, terms))


# Shorthand for the formulas and numbers that rules and axioms are written in.
ZERO, ONE, MINUS_ONE = num(0), num(1), num(-1)


def neg(a: Term) -> Term:
    return op("mul", MINUS_ONE, a)


def sub(a: Term, b: Term) -> Term:
    return op("add", a, neg(b))


def forall(variable: Term, body: Term) -> Term:
    return op("forall", lam(variable, body))


def between(variable: Term, lo: Term, hi: Term, body: Term) -> Term:
    """For all integers lo ≤ variable ≤ hi: body."""
    inside = op("implies", op("le", lo, variable), op("implies", op("le", variable, hi), body))
    return forall(variable, inside)
