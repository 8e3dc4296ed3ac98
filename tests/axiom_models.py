"""What the axioms say, in plain numbers: an evaluator of terms and a sampler of values, sharing no code with the core.

Of a term only op, args, data and sort are read. Numbers are Fractions while they can be, and 80-digit floats after an
exponential or a logarithm. Functions of a real also take `Dual` numbers, value + slope·ε with ε² = 0, so derivatives
are exact: the slope is read off, and is None where there is no derivative. What can't be decided raises `Skip`.

The semantics are those that symnll/core/term.py documents. What it leaves open is a `Convention`: log of a non-positive
number, a negative number to a power that is no integer, a derivative that does not exist. Axioms must hold whatever
these are.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath

mp = mpmath.MPContext()
mp.dps = 80
CLOSE = mp.mpf(10) ** -25
WINDOW = range(-7, 10)  # all integers that a quantifier or a functional looks at


class Skip(Exception):
    """This sample decides nothing."""


@dataclass(frozen=True)
class Dual:
    """value + slope·ε; slope is None where there is no derivative."""

    value: Any
    slope: Any


def parts(x: Any) -> tuple[Any, Any]:
    return (x.value, x.slope) if isinstance(x, Dual) else (x, 0)


def dual(value: Any, slope: Any, *of: Any) -> Any:
    return Dual(value, slope) if any(isinstance(x, Dual) for x in of) else value


def number(x: Any) -> Any:
    return mp.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mp.mpf(x)


def plus(x: Any, y: Any) -> Any:
    (a, s), (b, t) = parts(x), parts(y)
    if s is None and t is None:
        raise Skip  # two kinks may cancel
    return dual(a + b, None if s is None or t is None else s + t, x, y)


def times(x: Any, y: Any) -> Any:
    (a, s), (b, t) = parts(x), parts(y)
    if s is None or t is None:
        if s is None and t is None:
            raise Skip
        other, slope = (b, t) if s is None else (a, s)
        if other == 0 and slope == 0 and not (isinstance(x, Dual) and isinstance(y, Dual)):
            return 0  # the number 0
        if other == 0:
            raise Skip
        return Dual(a * b, None)
    return dual(a * b, a * t + s * b, x, y)


def negative(x: Any) -> Any:
    return times(-1, x)


def sign(x: Any) -> int:
    """−1, 0, 1; 0 also for a float that is too close to 0 to say."""
    if isinstance(x, (int, Fraction)):
        return (x > 0) - (x < 0)
    return 0 if abs(x) < CLOSE else 1 if x > 0 else -1


def compare(x: Any, y: Any) -> tuple[int, bool]:
    """The sign of x − y, and whether it is exact."""
    x, y = parts(x)[0], parts(y)[0]
    exact = isinstance(x, (int, Fraction)) and isinstance(y, (int, Fraction))
    if exact:
        return sign(x - y), True
    scale = max(mp.mpf(1), abs(number(x)), abs(number(y)))
    return sign((number(x) - number(y)) / scale), False


def exponential(x: Any) -> Any:
    a, s = parts(x)
    if abs(a) > 60:
        raise Skip
    value = Fraction(1) if a == 0 and isinstance(a, (int, Fraction)) else mp.exp(number(a))
    return dual(value, None if s is None else value * s, x)


@dataclass(frozen=True)
class Convention:
    """What the documented semantics leave open."""

    name: str
    log: Callable[[Any], Any]  # of a number that is not positive
    power: Callable[[Any, Any], Any]  # of a negative number to a power that is no integer
    no_derivative: Fraction


CONVENTIONS = (
    Convention("zero", lambda x: 0, lambda x, y: 0, Fraction(0)),
    Convention("odd", lambda x: plus(7, times(-2, x)), lambda x, y: -3, Fraction(13, 7)),
    Convention("even", lambda x: -5, lambda x, y: plus(2, times(x, y)), Fraction(-4)),
)


def logarithm(x: Any, c: Convention) -> Any:
    a, s = parts(x)
    order = sign(a)
    if order == 0 and not isinstance(a, (int, Fraction)):
        raise Skip
    if order > 0:
        value = Fraction(0) if a == 1 else mp.log(number(a))
        return dual(value, None if s is None else s * (1 / Fraction(a) if isinstance(a, (int, Fraction)) else 1 / a), x)
    if order == 0 and isinstance(x, Dual):
        if s == 0 or s is None:
            raise Skip
        return Dual(parts(c.log(Fraction(0)))[0], None)  # unbounded on one side
    return c.log(x)


def whole(x: Any) -> bool:
    return isinstance(x, int) or (isinstance(x, Fraction) and x.denominator == 1)


def power(x: Any, y: Any, c: Convention) -> Any:
    (a, s), (b, t) = parts(x), parts(y)
    if sign(a) == 0 and not isinstance(a, (int, Fraction)):
        raise Skip
    if isinstance(y, Dual):
        if s is None or t is None:
            raise Skip
        if sign(a) > 0:
            return exponential(times(y, logarithm(x, c)))
        if sign(a) == 0 or whole(b):
            raise Skip
        return c.power(x, y)
    if whole(b):
        n = int(b)
        if abs(n) > 200:
            raise Skip
        if n < 0 and a == 0:  # 0⁻¹ = 0, and next to it there is no bound
            if isinstance(x, Dual) and (s is None or s == 0):
                raise Skip
            return dual(Fraction(0), None, x)
        value = Fraction(1) if n == 0 else a**n if not isinstance(a, int) else Fraction(a) ** n
        slope = 0 if n == 0 else None if s is None else n * s * (1 if n == 1 else a ** (n - 1) if a else 0)
        return dual(value, slope, x)
    if sign(a) > 0:
        return exponential(times(y, logarithm(x, c)))
    if sign(a) == 0:
        if isinstance(x, Dual):
            raise Skip
        return Fraction(0)
    return c.power(x, y)


# Functions.


class Real:
    """A function of a real, of numbers and of Dual numbers."""

    def __init__(self, function: Callable[[Any], Any], smooth: bool = True, name: str = "") -> None:
        self.function, self.smooth, self.name = function, smooth, name

    def __call__(self, x: Any) -> Any:
        return self.function(x)


def slope(u: Callable[[Any], Any], a: Any) -> Any:
    """u′(a), or None where u has no derivative."""
    return parts(u(Dual(a, 1)))[1]


@dataclass(frozen=True, eq=False)
class Functional:
    """A function of a family with known partial derivatives, which looks at `entries` only."""

    value: Callable[[Callable[..., Any]], Any]
    gradient: Callable[[Callable[..., Any], Any], Any]
    entries: frozenset[Any]
    smooth: bool

    def __call__(self, f: Callable[..., Any]) -> Any:
        return self.value(f)


class Table:
    """A random function of one or two integers (or of points, or of families), remembered."""

    def __init__(self, r: random.Random, pool: list[Any], base: Table | None = None, changed: Any = ()) -> None:
        self.r, self.pool, self.base, self.changed, self.known = r, pool, base, changed, {}  # type: ignore[var-annotated]

    def __call__(self, *key: Any) -> Any:
        key = tuple(int(k) if isinstance(k, Fraction) else k for k in key)
        if self.base is not None and key not in self.changed:
            return self.base(*key)
        if key not in self.known:
            self.known[key] = self.r.choice(self.pool)
        return self.known[key]


# Evaluation.


@dataclass
class Model:
    """Values for the free symbols, and what quantifiers range over."""

    values: dict[Any, Any]
    convention: Convention
    reals: list[Any]
    points: list[Any]
    families: list[Any]

    def universe(self, sort: Any) -> list[Any]:
        if isinstance(sort, tuple):
            return self.families
        return {"int": list(WINDOW), "real": self.reals, "point": self.points}[sort]

    def holds(self, t: Any) -> bool:
        return bool(self.value(t))

    def value(self, t: Any, bound: tuple[Any, ...] = ()) -> Any:
        kind = t.op
        if kind == "num":
            return Fraction(t.data)
        if kind == "sym":
            return self.values[t]
        if kind == "bound":
            return bound[t.data]
        if kind == "lam":
            return lambda x: self.value(t.args[0], (x, *bound))
        if kind == "implies":
            return not self.value(t.args[0], bound) or self.value(t.args[1], bound)
        args = [self.value(s, bound) for s in t.args]
        if kind in ("forall", "argmax_eq"):
            return getattr(self, kind)(t.args[0].sort[1], *args)
        if kind == "app":
            f, x = args
            wanted = t.args[0].sort
            return (lambda y: f(x, y)) if isinstance(f, Table) and isinstance(wanted[2], tuple) else f(x)
        result = getattr(self, {"and": "both", "max": "larger"}.get(kind, kind))(*args)
        if t.sort == "int":
            assert whole(parts(result)[0]), f"{t!r} is no integer"
        return result

    def add(self, *xs: Any) -> Any:
        total: Any = 0
        for x in xs:
            total = plus(total, x)
        return total

    def mul(self, *xs: Any) -> Any:
        result: Any = 1
        for x in xs:
            result = times(result, x)
        return result

    def pow(self, x: Any, y: Any) -> Any:
        return power(x, y, self.convention)

    def exp(self, x: Any) -> Any:
        return exponential(x)

    def log(self, x: Any) -> Any:
        return logarithm(x, self.convention)

    def delta(self, i: Any, j: Any) -> int:
        return int(i == j)

    def larger(self, x: Any, y: Any) -> Any:
        if isinstance(x, Dual) or isinstance(y, Dual):
            raise Skip
        return x if compare(x, y)[0] >= 0 else y

    def each(self, lo: Any, hi: Any, f: Any) -> list[Any]:
        assert whole(lo) and whole(hi)
        return [f(i) for i in range(int(lo), int(hi) + 1)]

    def sum(self, lo: Any, hi: Any, f: Any) -> Any:
        return self.add(*self.each(lo, hi, f))

    def prod(self, lo: Any, hi: Any, f: Any) -> Any:
        return self.mul(*self.each(lo, hi, f))

    def maxi(self, lo: Any, hi: Any, f: Any) -> Any:
        result, *rest = self.each(lo, hi, f) or [0]
        for x in rest:
            result = self.larger(result, x)
        return result

    def both(self, *xs: Any) -> bool:
        return all(xs)

    def eq(self, x: Any, y: Any) -> bool:
        return compare(x, y)[0] == 0

    def ne(self, x: Any, y: Any) -> bool:
        order, exact = compare(x, y)
        if not exact and order == 0:
            raise Skip
        return order != 0

    def le(self, x: Any, y: Any) -> bool:
        return compare(x, y)[0] <= 0

    def lt(self, x: Any, y: Any) -> bool:
        order, exact = compare(x, y)
        if not exact and order == 0:
            raise Skip
        return order < 0

    def forall(self, sort: Any, p: Any) -> bool:
        return all(p(x) for x in self.universe(sort))

    def argmax_eq(self, sort: Any, inside: Any, p: Any, q: Any) -> bool:
        domain = [x for x in self.universe(sort) if inside(x)]

        def best(f: Any) -> list[int]:
            values = [f(x) for x in domain]
            return [n for n, v in enumerate(values) if all(compare(w, v)[0] <= 0 for w in values)]

        return best(p) == best(q)

    def hasd(self, u: Any, a: Any, b: Any) -> bool:
        s = slope(u, a)
        return s is not None and compare(s, b)[0] == 0

    def diff(self, u: Any, a: Any) -> Any:
        s = slope(u, a)
        return self.convention.no_derivative if s is None else s

    def smooth(self, u: Any) -> bool:
        if not isinstance(u, Real):
            raise Skip
        return u.smooth

    def differentiable(self, big: Any, lo: Any, hi: Any) -> bool:
        return big.smooth and all(lo <= k <= hi for k in big.entries)

    def partial(self, big: Any, f: Any, i: Any) -> Any:
        s = big.gradient(f, int(i))
        return self.convention.no_derivative if s is None else s

    def partial2(self, big: Any, f: Any, i: Any, j: Any) -> Any:
        return self.partial_at(big, f, (int(i), int(j)))

    def partial_at(self, big: Any, f: Any, key: Any) -> Any:
        s = big.gradient(f, key)
        return self.convention.no_derivative if s is None else s


# Samples.

REALS = [Fraction(p) for p in (-3, -2, -1, 0, 0, 1, 1, 2, 3)] + [Fraction(p, 2) for p in (-3, -1, 1, 3)] + [Fraction(4)]
INTEGERS = [-2, -1, 0, 0, 1, 1, 2, 3, 4]
POOLS = {
    "any": REALS,
    "positive": [x for x in REALS if x > 0],
    "nonnegative": [x for x in REALS if x >= 0],
    "nonpositive": [x for x in REALS if x <= 0],
    "ones": [Fraction(1), Fraction(1), Fraction(0)],
    "zero": [Fraction(0)],
}


def polynomial(r: random.Random) -> Real:
    degree = r.choice([0, 1, 1, 2, 3])
    coefficients = [Fraction(r.randint(-3, 3), r.choice([1, 1, 2])) for _ in range(degree + 1)]

    def function(x: Any) -> Any:
        result: Any = 0
        for c in reversed(coefficients):
            result = plus(times(result, x), c)
        return result

    return Real(function, name=f"polynomial {coefficients}")


def real_function(r: random.Random, where: Any) -> Real:
    kind = r.choice(["polynomial"] * 5 + ["exp", "constant", "identity", "kink"])
    if kind == "exp":
        c, scale = Fraction(r.randint(-2, 2)), Fraction(r.choice([-1, 1, 2]))
        return Real(lambda x: times(scale, exponential(times(c, x))), name=f"{scale} exp {c}x")
    if kind == "constant":
        value = r.choice(REALS)
        return Real(
            lambda x: times(0, x) if isinstance(x, Dual) and value == 0 else plus(value, times(0, x)), name="constant"
        )
    if kind == "identity":
        return Real(lambda x: x, name="identity")
    if kind == "kink":
        return kink(r.choice(where))
    return polynomial(r)


def kink(at: Any) -> Real:
    """|x − at|"""

    def function(x: Any) -> Any:
        value, s = parts(plus(x, -at))
        if value == 0 and isinstance(x, Dual):
            if s == 0 or s is None:
                raise Skip
            return Dual(Fraction(0), None)
        return times(-1 if value < 0 else 1, plus(x, -at))

    return Real(function, smooth=False, name=f"|x - {at}|")


def patched(inside: Real, outside: Real, low: Any, high: Any) -> Real:
    """One function between low and high and another elsewhere."""

    def function(x: Any) -> Any:
        value = parts(x)[0]
        after_low, after_high = compare(value, low)[0], compare(value, high)[0]
        if isinstance(x, Dual) and 0 in (after_low, after_high):
            raise Skip
        return (inside if after_low > 0 > after_high else outside)(x)

    return Real(function, smooth=False, name=f"{inside.name} in ({low}, {high}), else {outside.name}")


def functional(r: random.Random, keys: list[Any]) -> Functional:
    """Σ w·f(k)² + w′·f(k)·f(l) + exp f(k), or with |f(k)| in it."""
    keys = r.sample(keys, min(len(keys), r.randint(0, 4)))
    weights = {k: Fraction(r.randint(-2, 2)) for k in keys}
    pairs = [(r.choice(keys), r.choice(keys), Fraction(r.randint(-2, 2))) for _ in range(2)] if keys else []
    lifted = [k for k in keys if r.random() < 0.4]
    bent = [k for k in keys if r.random() < 0.2] if r.random() < 0.3 else []
    bend = kink(r.choice(REALS))

    def at(f: Any, k: Any) -> Any:
        return (
            f(*k) if isinstance(k, tuple) and isinstance(f, Table) else f(k[0])(k[1]) if isinstance(k, tuple) else f(k)
        )

    def value(f: Any) -> Any:
        terms = [times(w, times(at(f, k), at(f, k))) for k, w in weights.items()]
        terms += [times(w, times(at(f, k), at(f, m))) for k, m, w in pairs]
        terms += [exponential(at(f, k)) for k in lifted] + [bend(at(f, k)) for k in bent]
        result: Any = Fraction(3)
        for t in terms:
            result = plus(result, t)
        return result

    def gradient(f: Any, key: Any) -> Any:
        result: Any = 0
        if key in weights:
            result += 2 * weights[key] * at(f, key)
        for k, m, w in pairs:
            result += w * ((at(f, m) if k == key else 0) + (at(f, k) if m == key else 0))
        if key in lifted:
            result += exponential(at(f, key))
        if key in bent:
            s = slope(bend, at(f, key))
            if s is None:
                return None
            result += s
        return result

    return Functional(value, gradient, frozenset(keys), not bent)


class Sampler:
    """Values for the symbols of a row. What its conditions want is often granted, or no sample would meet them."""

    def __init__(self, row: Any, r: random.Random, convention: Convention) -> None:
        self.row, self.r, self.convention = row, r, convention
        self.symbols = sorted(row.symbols.values(), key=lambda s: (isinstance(s.sort, tuple), str(s.sort), s.data))

    def model(self) -> Model:
        r = self.r
        values: dict[Any, Any] = {}
        model = Model(values, self.convention, [], [f"p{n}" for n in range(4)], [])
        model.families = [Table(r, REALS) for _ in range(4)]
        numbers: list[Any] = []
        for s in self.symbols:
            if s.sort == "real":
                values[s] = r.choice(REALS)
                numbers.append(values[s])
            elif s.sort == "int":
                values[s] = r.choice(INTEGERS)
            elif s.sort == "bool":
                values[s] = r.random() < 0.5
        marks = sorted({*numbers, Fraction(-1), Fraction(1)})
        grid = {m + Fraction(k, 5) * (n - m) for m, n in pairwise(marks) for k in range(6)}
        model.reals = sorted(grid | {marks[0] - 1, marks[0] - 2, marks[-1] + 1, marks[-1] + 2})
        if any(s.sort == ("fn", "real", "bool") for s in self.symbols):
            model.reals = r.sample(model.reals, 5)
        for s in self.symbols:
            if s not in values:
                values[s] = self.function(s, model, marks, [v for t, v in values.items() if t.sort == s.sort])
        for condition in self.row.conditions:
            if r.random() < 0.85:
                self.grant(condition, model)
        return model

    def function(self, s: Any, model: Model, marks: list[Any], like: list[Any]) -> Any:
        r, (_, domain, result) = self.r, s.sort
        if result == "bool":
            size = r.choice([0, 1, 2, 3, 3])
            chosen = r.sample(model.universe(domain), size)
            return lambda x: any(x is y or (not isinstance(x, Table) and x == y) for y in chosen)
        if domain == ("fn", "int", "real"):
            if s.data in ("p", "q"):
                return self.related(like) or Table(r, POOLS[r.choice(list(POOLS))])
            lo, hi = (model.values.get(t, 0) for t in (self.row.symbols.get("lo"), self.row.symbols.get("hi")))
            keys = list(range(int(lo), int(hi) + 1)) if r.random() < 0.8 else list(range(-3, 6))
            return functional(r, keys)
        if isinstance(domain, tuple):
            return functional(r, [(i, j) for i in range(-2, 5) for j in range(-2, 5)])
        if domain == "real":
            if like and r.random() < 0.75:
                u = r.choice(like)
                low, high = sorted(r.sample(marks, 2))
                other = real_function(r, marks)
                return r.choice([u, patched(u, other, low, high), patched(u, other, low, high), self.monotone(u)])
            if r.random() < 0.1:
                return patched(Real(lambda x: 0), Real(lambda x: 1), *sorted(r.sample(marks, 2)))
            return real_function(r, marks)
        if result == ("fn", "real", "real"):
            known: dict[int, Real] = {}
            family = random.Random(r.random())
            return lambda i: known.setdefault(int(i), real_function(family, marks))
        if result == "int":
            return Table(r, r.choice([[0, 1, 2], [0, 0, 1, 3], [-2, -1, 0, 1, 2], [1]]))
        return self.related(like) or Table(r, POOLS[r.choice(list(POOLS))])

    def related(self, like: list[Any]) -> Any:
        """A family that agrees with an earlier one but for some entries, or is a monotone function of it."""
        r = self.r
        if not like or r.random() < 0.25:
            return None
        f = r.choice(like)
        if r.random() < 0.4:
            return self.monotone(f)
        if not isinstance(f, Table):
            return f
        return Table(r, REALS, f, {(k,) for k in r.sample(list(WINDOW), r.choice([0, 1, 6]))})

    def monotone(self, f: Any) -> Any:
        kind = self.r.choice(["affine", "cube", "flat"])
        if kind == "affine":
            change: Callable[[Any], Any] = lambda x: plus(times(2, x), 1)  # noqa: E731
        elif kind == "cube":
            change = lambda x: times(x, times(x, x))  # noqa: E731
        else:  # carries ≤, but not back
            change = lambda x: x if parts(x)[0] < 1 else Fraction(1)  # noqa: E731
        return Real(lambda x: change(f(x)), smooth=False, name=f"{kind} of {getattr(f, 'name', '')}")

    def grant(self, condition: Any, model: Model) -> None:
        """hasd(u, a, b) with b a symbol: b := u′(a); with v1(i) for all i: v1 := those. Orders: the sides exchanged."""
        inner, free = condition, True
        while inner.op in ("forall", "lam", "implies"):
            inner, free = inner.args[-1], False
        try:
            if inner.op == "hasd" and free and inner.args[2].op == "sym" and inner.args[2].sort == "real":
                s = slope(model.value(inner.args[0]), model.value(inner.args[1]))
                if s is not None:
                    model.values[inner.args[2]] = s
            elif inner.op == "hasd" and not free and inner.args[2].op == "app":
                u1, a = model.values[inner.args[0].args[0]], model.value(inner.args[1])
                model.values[inner.args[2].args[0]] = lambda i: slope(u1(i), a)
        except Skip:
            pass


def samples(row: Any, seed: int, convention: Convention) -> Iterator[Model]:
    sampler = Sampler(row, random.Random(f"{row.name} {seed} {convention.name}"), convention)
    while True:
        yield sampler.model()
