"""Terms and formulas: simply typed, interned, immutable, with nameless binders.

A term is a constant, a symbol, a bound index, an application, an abstraction (`lam`, the only binder), or an operator
on terms. Σ_{i=lo}^{hi} f(i) is `sum(lo, hi, f)` with f a function term; derivatives and quantifiers are alike. Terms
are kept in beta-eta normal form and interned: equal terms are the same object, and terms that differ only in the names
of bound variables are equal. Substitution can't capture.

Meaning. Every term has a value for every value of its symbols: 0⁻¹ = 0, log of a non-positive number is some fixed
number that nothing is said about, x^y is the usual power for integer y (0⁰ = 1) and exp(y log x) for x > 0, 0^y = 0
for other y; a derivative that does not exist is some fixed number. An empty sum and an empty maximum are 0, an empty
product is 1. differentiable(F, lo, hi): F depends on the entries lo..hi of its argument only, and is differentiable.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any

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
    return bool(actual == INT and expected == REAL)


class Term(tuple[Any, ...]):
    """(op, sort, args, data, loose, free); made only by the constructors of this module; equality is identity."""

    __slots__ = ()
    __class__: Any = property(lambda self: Term)

    def __new__(cls, *_: Any, **__: Any) -> Term:
        raise CoreError("A term is made by the constructors of symnll.core.term, not by Term(…).")

    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__

    op: Any = property(itemgetter(0))
    sort: Any = property(itemgetter(1))
    args: Any = property(itemgetter(2))
    # data: the value of `num`, name of `sym`, level of `bound`, argument sort of `lam`. free: the free symbols.
    data: Any = property(lambda self: Fraction(*self[3]) if self[0] == "num" else self[3])
    free: Any = property(lambda self: _free(self))

    def __repr__(self) -> str:
        return _text(self, 12)


def _text(t: Term, depth: int) -> str:
    if not t.args:
        return f"#{t.data}" if t.op == "bound" else str(t.data)
    return f"{t.op}({', '.join(_text(a, depth - 1) for a in t.args) if depth else '…'})"


_table: dict[Any, Term] = {}
_sweep_at = 500_000


def _free(t: Term) -> frozenset[Term]:
    return frozenset((t,)) if t[0] == "sym" else t[5]


def genuine(t: Any) -> bool:
    return type(t) is Term and _table.get(t[:4]) is t


def _make(op: str, sort: Sort, args: tuple[Term, ...], data: Any = None) -> Term:
    key = (op, sort, args, data)
    found = _table.get(key)
    if found is not None:
        return found
    if not all(map(genuine, args)):
        raise CoreError(f"{op} takes terms, not {args!r}.")
    loose = data + 1 if op == "bound" else max(0, max((a[4] for a in args), default=0) - (op == "lam"))
    free = frozenset().union(*map(_free, args))
    new = _table.setdefault(key, tuple.__new__(Term, (op, sort, args, data, loose, free)))
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


# Operators: name -> the sorts of its arguments, and of its value; "num": int where all arguments, or their values, are.
_FAMILY = fn(INT, REAL)
OPERATORS: Mapping[str, tuple[tuple[Sort, ...], Sort]] = MappingProxyType(
    {
        "pow": ((REAL, REAL), "pow"),
        **dict.fromkeys(("exp", "log"), ((REAL,), REAL)),
        "delta": ((INT, INT), INT),
        "max": ((REAL, REAL), "num"),
        **dict.fromkeys(("sum", "prod", "maxi"), ((INT, INT, _FAMILY), "num")),
        "diff": ((fn(REAL, REAL), REAL), REAL),
        "partial": ((fn(_FAMILY, REAL), _FAMILY, INT), REAL),
        "partial2": ((fn(fn(INT, INT, REAL), REAL), fn(INT, INT, REAL), INT, INT), REAL),
        **dict.fromkeys(("le", "lt"), ((REAL, REAL), BOOL)),
        "implies": ((BOOL, BOOL), BOOL),
        "hasd": ((fn(REAL, REAL), REAL, REAL), BOOL),
        "smooth": ((fn(REAL, REAL),), BOOL),
        "differentiable": ((fn(_FAMILY, REAL), INT, INT), BOOL),
    }
)


def _result_is_int(sort: Sort) -> bool:
    return _result_is_int(sort[2]) if isinstance(sort, tuple) else sort == INT


@cache
def _value_sort(name: str, sorts: tuple[Sort, ...], natural: bool) -> Sort:
    """The sort of name of arguments of these sorts (pow: with a natural exponent?), or None if it takes others."""
    if name in ("add", "mul", "and"):
        wanted = BOOL if name == "and" else REAL
        fine = len(sorts) > 1 and all(fits(s, wanted) for s in sorts)
        return None if not fine else wanted if REAL in sorts or name == "and" else INT
    if name in ("eq", "ne"):
        one = len(sorts) == 2 and sorts[0] != BOOL and (fits(sorts[0], sorts[1]) or fits(sorts[1], sorts[0]))
        return BOOL if one else None
    if name == "forall":
        return BOOL if len(sorts) == 1 and isinstance(sorts[0], tuple) and sorts[0][2] == BOOL else None
    if name == "argmax_eq":
        domain = sorts[0][1] if len(sorts) == 3 and isinstance(sorts[0], tuple) else None
        fine = domain is not None and sorts[0] == fn(domain, BOOL) and all(fits(s, fn(domain, REAL)) for s in sorts[1:])
        return BOOL if fine else None
    wanted_sorts, value = OPERATORS.get(name, ((), None))
    if len(sorts) != len(wanted_sorts) or not all(map(fits, sorts, wanted_sorts)):
        return None
    if value == "num":
        return INT if all(map(_result_is_int, sorts)) else REAL
    return value if value != "pow" else INT if sorts == (INT, INT) and natural else REAL


def op(name: str, *args: Term) -> Term:
    """The operator `name` applied to terms of the sorts that it takes; CoreError otherwise."""
    if type(name) is not str or not {Term}.issuperset(map(type, args)):
        raise CoreError(f"{name} takes terms, not {args!r}.")
    sorts = tuple([a[1] for a in args])
    value = _value_sort(name, sorts, args != () and args[-1][0] == "num" and args[-1][3] >= (0, 1))
    if value is None:
        raise CoreError(f"There is no {name} of {args!r}, whose sorts are {sorts}.")
    return _make(name, value, args)


def num(value: int | Fraction | str) -> Term:
    """A rational constant; an integer one has sort int."""
    value = Fraction(value)
    pair = int(value.numerator), int(value.denominator)  # not the fraction, whose parts can be set
    return _make("num", INT if pair[1] == 1 else REAL, (), pair)


def _check_sort(sort: Sort) -> None:
    if type(sort) is tuple and len(sort) == 3 and type(sort[0]) is str and sort[0] == "fn":
        for part in sort[1:]:
            _check_sort(part)
    elif type(sort) is not str or sort not in (INT, REAL, POINT, BOOL):
        raise CoreError(f"There is no sort {sort!r}.")


def sym(name: str, sort: Sort = REAL) -> Term:
    """A free symbol; symbols of one name and different sorts are different."""
    if type(name) is not str or not name:
        raise CoreError(f"A symbol's name is a non-empty string, not {name!r}.")
    _check_sort(sort)
    return _make("sym", sort, (), name)


def app(f: Term, *args: Term) -> Term:
    """f(args), beta-reduced."""
    for a in args:
        if not genuine(f) or not genuine(a) or not isinstance(f[1], tuple) or not fits(a[1], f[1][1]):
            raise CoreError(f"{f!r} can't be applied to {a!r}.")
        f = _instantiate(f[2][0], a) if f[0] == "lam" else _make("app", f[1][2], (f, a))
    return f


def bound(number: int, sort: Sort) -> Term:
    """The variable of the binder `number` levels up; only for building a `binder` body from a certificate."""
    if type(number) is not int or number < 0:
        raise CoreError(f"A bound variable has a level from 0, not {number!r}.")
    _check_sort(sort)
    return _make("bound", sort, (), number)


def binder(sort: Sort, body: Term) -> Term:
    """The function whose variable is bound(0, sort) in body; eta-reduced."""

    def check(u: Term, depth: int) -> Term:
        if u[3] == depth and u[1] != sort:
            raise CoreError(f"A bound variable of sort {u[1]} stands where its binder has {sort}.")
        return u

    _check_sort(sort)
    return _lam(sort, _walk(body, check))


def lam(variable: Term, body: Term) -> Term:
    """The function variable ↦ body, where variable is a free symbol; eta-reduced."""
    if not genuine(variable) or not genuine(body) or variable[0] != "sym":
        raise CoreError(f"lam takes a symbol and a term, not {variable!r} and {body!r}.")
    inside = _walk(_shift(body, 1), lambda u, d: _make("bound", u[1], (), d), lambda u, _: variable not in _free(u))
    return _lam(variable[1], inside)


def _lam(sort: Sort, body: Term) -> Term:
    if body[0] == "app" and body[2][1] is _make("bound", sort, (), 0):
        f = body[2][0]  # eta, only for a function whose own argument has this sort: i ↦ g(i) is not g on the reals
        if f[1][1] == sort and not _occurs(f, 0):
            return _shift(f, -1)
    return _make("lam", fn(sort, body[1]), (body,), sort)


def _occurs(t: Term, depth: int) -> bool:
    if t[4] <= depth or t[0] == "bound":
        return bool(t[4] > depth and t[3] == depth)
    return any(_occurs(a, depth + (t[0] == "lam")) for a in t[2])


def _rebuild(t: Term, args: tuple[Term, ...]) -> Term:
    """t with other arguments, in normal form again; sorts are computed anew."""
    if args == t[2]:
        return t
    if t[0] == "app":
        return app(*args)
    if t[0] == "lam":
        return _lam(t[3], args[0])
    return op(t[0], *args)


def _walk(t: Term, change: Callable[[Term, int], Term], stop: Callable[[Term, int], bool] | None = None) -> Term:
    """t with change(u, depth) for each bound variable u of an outer binder; or where no stop(…, depth) holds back."""
    memo: dict[Any, Term] = {}
    if not genuine(t):
        raise CoreError(f"{t!r} is not a term.")

    def go(u: Term, depth: int) -> Term:
        if stop(u, depth) if stop else u[4] <= depth:
            return u
        if u[0] in ("sym", "bound"):
            return change(u, depth)
        found = memo.get((u, depth))
        if found is None:
            found = memo[u, depth] = _rebuild(u, tuple([go(a, depth + (u[0] == "lam")) for a in u[2]]))
        return found

    return go(t, 0)


def _shift(t: Term, by: int) -> Term:
    return t if by == 0 or not t[4] else _walk(t, lambda u, _: _make("bound", u[1], (), u[3] + by))


@lru_cache(20_000)
def _instantiate(body: Term, value: Term) -> Term:
    """body with bound variable 0 := value, the others one nearer."""

    def change(u: Term, depth: int) -> Term:
        return _shift(value, depth) if u[3] == depth else _make("bound", u[1], (), u[3] - 1)

    return _walk(body, change)


def substitute(t: Term, values: Mapping[Term, Term]) -> Term:
    """t with every free symbol s := values[s], at once; each value is closed and fits the sort of its symbol."""
    values = dict(values)
    for s, v in values.items():
        if not genuine(s) or s[0] != "sym" or not genuine(v) or v[4] or not fits(v[1], s[1]):
            raise CoreError(f"{s!r} can't be replaced by {v!r}: a symbol is replaced by a closed term of its sort.")
    return _walk(t, lambda u, _: values[u], lambda u, _: _free(u).isdisjoint(values))


ZERO, ONE, MINUS_ONE = num(0), num(1), num(-1)


def neg(a: Term) -> Term:
    return op("mul", MINUS_ONE, a)


def sub(a: Term, b: Term) -> Term:
    return op("add", a, neg(b))


def forall(variable: Term, body: Term) -> Term:
    return op("forall", lam(variable, body))


def between(variable: Term, lo: Term, hi: Term, body: Term) -> Term:
    """For all integers lo ≤ variable ≤ hi: body."""
    return forall(variable, op("implies", op("le", lo, variable), op("implies", op("le", variable, hi), body)))
