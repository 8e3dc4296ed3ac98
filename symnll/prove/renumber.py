"""Another index under a sum, product or maximum: Σ_i f(i) = Σ_j f(±j + e), so that entries stand at the index."""

from __future__ import annotations

from collections.abc import Iterator

from symnll.core import kernel
from symnll.core.ring import Ring
from symnll.core.term import INT, MINUS_ONE, ONE, REAL, ZERO, Term, app, lam, num, op, sym
from symnll.prove.context import Context
from symnll.prove.normal import difference
from symnll.prove.tactics import Theorem, ax, chain, for_range, inside, lhs, linear, minus, parts, reflexive, rhs, under


def plainer(name: str, lo: Term, hi: Term, f: Term, i: Term, c: Context) -> Theorem | None:
    """Σ over lo..hi with another index, where each entry in f(i) stands at ±i + e with the same sign and e."""
    found = places(app(f, i), i)
    first = next(found, None)
    if first is None or first == (1, ZERO) or any(p != first for p in found):
        return None
    sign, shift = first
    return Renumbering(name, lo, hi, f, sign, shift if sign == -1 else op("mul", MINUS_ONE, shift), c).theorem()


def ends(t: Term) -> tuple[Term, Term]:
    """Where the range of Σ_i f(i) begins and ends once its entries stand at the index."""
    lo, hi, f = t.args
    i = sym("‹place›", INT)
    found = set(places(app(f, i), i))
    shift = found.pop() if len(found) == 1 else None
    if shift is None or shift[0] == -1 or shift[1] is ZERO:
        return lo, hi
    return tuple(difference(e, op("mul", MINUS_ONE, shift[1])) for e in (lo, hi))  # type: ignore[return-value]


def places(t: Term, i: Term) -> Iterator[tuple[int, Term] | None]:
    """(sign, e) for each argument sign·i + e of an entry in t; None for an argument of another form."""
    for a in parts(t, lambda a: i in a.free):
        if a.op in ("partial", "partial2"):
            yield from (_affine(k, i) for k in a.args[2:] if i in k.free)
        if a.op == "app" and a.args[1].sort == INT and i in a.args[1].free:
            yield _affine(a.args[1], i)


def _affine(t: Term, i: Term) -> tuple[int, Term] | None:
    if t is i:
        return 1, ZERO
    for sign in (1, -1):
        shift = difference(t, i if sign == 1 else op("mul", MINUS_ONE, i))
        if i not in shift.free and shift.sort == INT:
            return sign, shift
    return None


class Renumbering:
    """Σ_i f(i) = Σ_j f(sign·j + shift), over the range of j = sign·(i − shift)."""

    def __init__(self, name: str, lo: Term, hi: Term, f: Term, sign: int, shift: Term, c: Context) -> None:
        self.name, self.lo, self.hi, self.f, self.sign, self.shift, self.c = name, lo, hi, f, sign, shift, c
        self.ends = [self.there(t) for t in (lo, hi)][::sign]
        self.i, self.at_i = c.child(lo, hi)
        self.j, self.at_j = c.child(*self.ends)
        self.g = lam(self.j, app(f, self.back(self.j)))

    def there(self, i: Term) -> Term:
        return difference(i, self.shift) if self.sign == 1 else difference(self.shift, i)

    def back(self, j: Term) -> Term:
        return difference(op("mul", num(self.sign), j), op("mul", MINUS_ONE, self.shift))

    def theorem(self) -> Theorem | None:
        there, back = self.there(self.i), self.back(self.j)
        inside_j = [self.at_i.show(op("le", *p)) for p in ((self.ends[0], there), (there, self.ends[1]))]
        inside_i = [self.at_j.show(op("le", *p)) for p in ((self.lo, back), (back, self.hi))]
        if None in (*inside_j, *inside_i):
            return None
        return self._maximum(inside_j, inside_i) if self.name == "maxi" else self._sum(inside_j, inside_i)

    def _sum(self, inside_j: list[Theorem], inside_i: list[Theorem]) -> Theorem:
        """f(i) = Σ_j δ(j, j(i))·g(j), the two sums swapped, and Σ_i δ(i, i(j)) collapsed; or ∏ 1 + δ·(g − 1)."""
        i, j, lo, hi, name = self.i, self.j, self.lo, self.hi, self.name
        k = self.at_i.fresh(INT)  # stands for j below i, and for i below j
        there, back, value = self.there(i), self.back(j), app(self.g, j)
        weighted = lam(j, self._weighted(value))
        first = ax(f"{name}_delta", *inside_j, lo=self.ends[0], hi=self.ends[1], j=there, f=weighted)
        e = chain(self._moved(i, there), self._unweighted(app(self.g, there)), kernel.symmetric(first))
        below = lam(k, self._with_delta(op("delta", k, there), app(self.g, k)))
        swap = ax(f"{name}_swap", lo=lo, hi=hi, j=self.ends[0], k=self.ends[1], h2=lam(i, below))
        turned = delta_turned(op("delta", j, self.there(k)), k, back)
        t = self._with_delta(lhs(turned), value)
        step = inside(name, lo, hi, k, self._under_delta(t, turned))
        last = ax(f"{name}_delta", *inside_i, lo=lo, hi=hi, j=back, f=lam(k, self._weighted(value)))
        again = self._unweighted(value)
        last = chain(last, kernel.symmetric(again) if again is not None else None)
        return chain(inside(name, lo, hi, i, e), swap, inside(name, *self.ends, j, chain(step, last)))  # type: ignore[call-arg]

    def _weighted(self, value: Term) -> Term:
        return value if self.name == "sum" else minus(value, ONE)

    def _with_delta(self, d: Term, value: Term) -> Term:
        product = op("mul", d, self._weighted(value))
        return product if self.name == "sum" else op("add", ONE, product)

    def _under_delta(self, t: Term, e: Theorem) -> Theorem | None:
        return under(t, e, None) if self.name == "sum" else under(t, None, under(t.args[1], e, None))

    def _unweighted(self, value: Term) -> Theorem | None:
        return None if self.name == "sum" else kernel.ring(value, op("add", ONE, self._weighted(value)))

    def _moved(self, i: Term, there: Term) -> Theorem:
        """f(i) = g(j(i)), which are the same but for the argument."""
        return _by_parts(app(self.f, i), app(self.g, there))

    def _maximum(self, inside_j: list[Theorem], inside_i: list[Theorem]) -> Theorem | None:
        """Each of the two is at least every member of the other."""
        some, other = self.c.show(op("le", self.lo, self.hi)), self.c.show(op("le", *self.ends))
        if some is None or other is None:
            return None
        i, j, lo, hi, ends = self.i, self.j, self.lo, self.hi, self.ends
        left, right, there = op("maxi", lo, hi, self.f), op("maxi", *ends, self.g), self.there(i)
        up = ax("maxi_member", *inside_j, lo=ends[0], hi=ends[1], j=there, f=self.g)
        up = kernel.rewrite(up, (kernel.symmetric(self._moved(i, there)), None))
        below = ax("maxi_least", some, for_range(up, i, lo, hi), lo=lo, hi=hi, f=self.f, a=right)
        down = ax("maxi_member", *inside_i, lo=lo, hi=hi, j=self.back(j), f=self.f)
        above = ax("maxi_least", other, for_range(down, j, *ends), lo=ends[0], hi=ends[1], f=self.g, a=left)
        return ax("le_antisymmetric", below, above, a=left, b=right)


def _by_parts(s: Term, t: Term) -> Theorem:
    """s = t for terms that differ in parts that are equal by algebra."""
    if s is t:
        return reflexive(s)
    if s.sort in (INT, REAL) and Ring().polynomial(s) == Ring().polynomial(t):
        return kernel.ring(s, t)
    if s.op == "lam":
        n = 0
        while (x := sym(f"‹part {n}›", s.data)) in s.free | t.free:
            n += 1
        return kernel.abstract(_by_parts(app(s, x), app(t, x)), x)
    parts = [None if a is b else _by_parts(a, b) for a, b in zip(s.args, t.args, strict=True)]
    return kernel.congruence(s, tuple(parts))


def delta_turned(d: Term, k: Term, m: Term) -> Theorem:
    """δ(i, j) = δ(k, m), where i − j is k − m or m − k."""
    i, j = d.args
    sign = 1 if difference(minus(i, j), minus(k, m)) is ZERO else -1
    equal = kernel.assume("case", op("eq", i, j))
    up, down = (linear(op("le", *pair), (equal, s)) for pair, s in (((k, m), sign), ((m, k), -sign)))
    same = ax("le_antisymmetric", up, down, a=k, b=m)
    ones = [chain(under(op("delta", *e.statement.args), e, None), ax("delta_same", i=rhs(e))) for e in (equal, same)]
    yes = chain(ones[0], kernel.symmetric(ones[1]))
    differ = kernel.assume("case", op("ne", i, j))
    zeros = [ax("delta_differ", differ, i=i, j=j), ax("delta_differ", _differ(differ, k, m, sign), i=k, j=m)]
    return kernel.by_cases(yes, chain(zeros[0], kernel.symmetric(zeros[1])), equal.statement)


def _differ(differ: Theorem, k: Term, m: Term, sign: int) -> Theorem:
    """k ≠ m from i ≠ j."""
    i, j = differ.statement.args
    equal = kernel.assume("case", op("eq", k, m))
    less = ax("le_differs", linear(op("le", i, j), (equal, sign)), differ, a=i, b=j)
    absurd = ax("contradiction", linear(op("lt", i, i), (less, 1), (equal, -sign)), a=i, Q=op("ne", k, m))
    return kernel.by_cases(absurd, kernel.assume("case", op("ne", k, m)), equal.statement)
