"""The normaliser: for a term t, a theorem t = t' with t' canonical; two equal terms mostly have the same t'.

Canonical terms are polynomials over atoms. exp and powers are split over sums of exponents, log over products of
positive factors, sums over terms with constants in front, deltas collapse sums and are substituted into what they
multiply, and derivatives are worked out (calculus.py). Every step is a rule of the core.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symnll.core import kernel
from symnll.core.ring import Monomial, Polynomial, Ring, accumulate
from symnll.core.term import INT, MINUS_ONE, ONE, ZERO, CoreError, Term, app, lam, num, op
from symnll.prove import rational, sums
from symnll.prove.context import Context
from symnll.prove.tactics import (
    NoProof,
    Theorem,
    ax,
    chain,
    lhs,
    order,
    polynomial_term,
    product_term,
    rhs,
    sum_term,
    under,
)


class ContextRing(Ring):
    """Polynomials in which an atom's exponents cancel where the context knows that it is not 0."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.used: dict[Any, Theorem] = {}

    def _monomial(self, exponents: dict[Any, int]) -> Monomial:
        kept = []
        for atom, e in exponents.items():
            if e == 0 and self.unit(atom):
                continue
            kept.append((atom, e))
        return frozenset(kept)

    def unit(self, atom: Any) -> bool:
        if atom in self.used:
            return True
        term = atom if isinstance(atom, Term) else polynomial_term(dict(atom[1]))
        shown = self.context.nonzero(term)
        if shown is not None:
            self.used[atom] = shown
        return shown is not None


def normal(t: Term, c: Context) -> Theorem | None:
    """The theorem t = t' with t' canonical in this context; None if t is canonical already."""
    key = ("normal", t)
    if key not in c.memo:
        c.memo[key] = _normal(t, c)
    return c.memo[key]


def value(t: Term, theorem: Theorem | None) -> Term:
    return t if theorem is None else rhs(theorem)


def again(theorem: Theorem | None, t: Term, c: Context) -> Theorem | None:
    """theorem, followed by normalising its right side."""
    return chain(theorem, normal(value(t, theorem), c))


def _normal(t: Term, c: Context) -> Theorem | None:
    if t.op in ("add", "mul") or (t.op == "pow" and _integer(t.args[1]) is not None):
        return arithmetic(t, c)
    if t.op in ("num", "lam", "bound"):
        return None
    if c.plain and t.op in ("diff", "partial", "partial2"):
        return _rewritten(t, c)
    if t.op in ("sum", "prod", "maxi"):
        e = sums.normal_range(t, c)
    elif t.op in ("diff", "partial", "partial2"):
        from symnll.prove import calculus

        e = calculus.normal_derivative(t, c)
    else:
        e = under(t, *(None if isinstance(a.sort, tuple) and a.op != "app" else normal(a, c) for a in t.args))
        t2 = value(t, e)
        constant = (t2.op in ("exp", "log") and t2.args[0].op == "num") or t2.op == "delta"
        handler = HANDLERS.get(t2.op) if constant or not c.plain else None
        if handler is not None:
            e = chain(e, handler(t2, c))
        elif t2.op == "app":
            e = chain(e, _family_arguments(t2, c))
    result = value(t, e)
    found = _rewritten(result, c)
    return again(chain(e, found), t, c) if found is not None else e


def _integer(t: Term) -> int | None:
    return int(t.data) if t.op == "num" and t.data.denominator == 1 else None


def _rewritten(t: Term, c: Context) -> Theorem | None:
    """One step by an equation that is a fact: at t itself, or by a fact about all values."""
    if t in c.rules:
        return c.rules[t]
    if t.op in ("app", "diff", "partial"):
        for fact in c.instances(t):
            if fact.statement.op == "eq" and fact.statement.args[0] is t:
                return fact
    return None


def _family_arguments(t: Term, c: Context) -> Theorem | None:
    """Normalise the body of a function that an unknown functional is applied to."""
    _, a = t.args
    if a.op != "lam":
        return None
    x, inner = c.open(a.data)
    body = app(a, x)
    e = normal(body, inner)
    return None if e is None else under(t, None, kernel.abstract(e, x))


# Polynomials.


def arithmetic(t: Term, c: Context) -> Theorem | None:
    e = _leaves(t, c)
    t1 = value(t, e)
    ring = ContextRing(c)
    try:
        p = ring.polynomial(t1)
    except CoreError as error:
        raise NoProof(str(error)) from error
    e = chain(e, settle(t1, p, ring))
    return chain(e, _refine(value(t, e), c))


def settle(t: Term, p: Polynomial, ring: ContextRing) -> Theorem | None:
    """t = the canonical term of p, where p is the polynomial of t."""
    target = polynomial_term(p)
    return None if target is t else kernel.ring(t, target, *ring.used.values())


def _leaves(t: Term, c: Context) -> Theorem | None:
    """Normalise the atoms of an arithmetic term, and split inverses of sums into irreducible ones."""
    if t.op in ("add", "mul"):
        return under(t, *(_leaves(a, c) for a in t.args))
    if t.op == "pow" and (n := _integer(t.args[1])) is not None:
        base = _leaves(t.args[0], c) if n >= 0 else normal(t.args[0], c)
        e = under(t, base, None)
        if n < 0:
            e = chain(e, rational.split_inverse(value(t, e), c))
        return e
    return normal(t, c)


def _refine(t: Term, c: Context) -> Theorem | None:
    """Deltas substituted into their monomials, like powers merged, common denominators cancelled."""
    if c.plain:
        return rational.cancel(t, c)
    terms = t.args if t.op == "add" else (t,)
    changed = [_monomial(m, c) for m in terms]
    if any(e is not None for e in changed):
        e = under(t, *changed) if t.op == "add" else changed[0]
        return chain(e, arithmetic(value(t, e), c))
    return rational.cancel(t, c)


def _monomial(t: Term, c: Context) -> Theorem | None:
    """One step on a monomial: δ² = δ, δ(i, j)·f(i) = δ(i, j)·f(j), a^x·a^y with a number between them."""
    factors = list(t.args) if t.op == "mul" else [t]
    for f in factors:
        base, n = (f.args[0], _integer(f.args[1])) if f.op == "pow" else (f, 1)
        if base.op != "delta" or n is None or n < 1:
            continue
        i, j = base.args
        rest = product_term([g for g in factors if g is not f])
        if n > 1:
            square = ax("delta_square", i=i, j=j)
            fewer = product_term([op("mul", base, base), *([op("pow", base, num(n - 2))] if n > 2 else []), rest])
            e = kernel.ring(t, fewer)
            return chain(e, under(fewer, square, *[None] * (len(fewer.args) - 1)))
        for old, new in ((j, i), (i, j)):
            if old.op == "sym" and old in rest.free and old not in new.free and _simpler(new, old):
                f_old = lam(old, rest)
                e = kernel.ring(t, op("mul", base, rest))
                if old is i:
                    return chain(e, ax("delta_substitute", i=i, j=j, f=f_old))
                turned = ax("delta_symmetric", i=i, j=j)
                product = op("mul", base, rest)
                e = chain(e, under(product, turned, None), ax("delta_substitute", i=j, j=i, f=f_old))
                back = op("mul", op("delta", j, i), app(f_old, i))
                return chain(e, under(back, ax("delta_symmetric", i=j, j=i), None))
    return None


def _simpler(new: Term, old: Term) -> bool:
    """Prefer the user's symbols to the prover's, outer binders to inner ones, and then the alphabet."""
    return _rank(new) < _rank(old)


def _rank(t: Term) -> tuple[int, tuple[int, str]]:
    own = max((int(s.data[1:-1]) for s in t.free if s.data.startswith("‹") and s.data[1:-1].isdigit()), default=0)
    return own, order(t)


# Functions.


def _polynomial(t: Term, c: Context) -> Polynomial:
    return ContextRing(c).polynomial(t)


def _exp(t: Term, c: Context) -> Theorem | None:
    """exp(Σ c·m) = ∏ exp(m)^c for integer c; exp(log a) = a and exp(x log a) = a^x for positive a."""
    argument = t.args[0]
    if argument is ZERO:
        return ax("exp_zero")
    if argument.op == "add":
        rest = sum_term(list(argument.args[1:]))
        split = op("add", argument.args[0], rest)
        e = under(t, kernel.ring(argument, split)) if split is not argument else None
        return again(chain(e, ax("exp_add", a=argument.args[0], b=rest)), t, c)
    factors = list(argument.args) if argument.op == "mul" else [argument]
    logs = [f for f in factors if f.op == "log" and c.positive(f.args[0]) is not None]
    if len(logs) == 1:
        a = logs[0].args[0]
        rest = product_term([f for f in factors if f is not logs[0]])
        shown = c.positive(a)
        if rest is ONE:
            return again(ax("exp_log", shown, a=a), t, c)
        e = under(t, kernel.ring(argument, op("mul", rest, logs[0])))
        e = chain(e, kernel.symmetric(ax("pow_exp_log", shown, a=a, b=rest)))
        return again(e, t, c)
    if factors[0].op == "num" and factors[0].data.numerator != 1:  # exp((p/q)·m) = exp(m/q)^p
        n = factors[0].data
        share = [num(Fraction(1, n.denominator))] if n.denominator != 1 else []
        inner, whole = product_term([*share, *factors[1:]]), num(n.numerator)
        e = under(t, kernel.ring(argument, op("mul", inner, whole)))
        return again(chain(e, kernel.symmetric(ax("exp_pow", a=inner, b=whole))), t, c)
    return None


def _log(t: Term, c: Context) -> Theorem | None:
    """log of a product of positive factors = sum of logs; log a^x = x log a; log exp a = a; log ∏ = Σ log."""
    a = t.args[0]
    if a is ONE:
        return ax("log_one")
    if a.op == "exp":
        return again(ax("log_exp", a=a.args[0]), t, c)
    if a.op == "pow":
        shown = c.positive(a.args[0])
        if shown is not None:
            return again(ax("log_pow", shown, a=a.args[0], b=a.args[1]), t, c)
    if a.op == "prod":
        lo, hi, f = a.args
        i, inner = c.child(lo, hi)
        shown = inner.positive(app(f, i))
        if shown is not None:
            from symnll.prove.tactics import for_range

            return again(ax("log_prod", for_range(shown, i, lo, hi), lo=lo, hi=hi, f=f), t, c)
    if a.op == "num" and a.data > 0 and (a.data.numerator != 1 or a.data.denominator != 1):
        return _log_number(t, a.data, c)
    if a.op == "mul":
        return _log_product(t, list(a.args), c)
    if a.op == "add":
        factors, e = rational.factor(a, c)
        if len(factors) > 1:
            product = op("mul", *factors)
            return chain(under(t, e), _log_product(op("log", product), factors, c))
    return None


def _log_number(t: Term, n: Fraction, c: Context) -> Theorem | None:
    """log of a positive rational in logs of primes."""
    from sympy import factorint

    powers = {p: k for p, k in factorint(n.numerator).items() if p != 1}
    powers.update({p: -k for p, k in factorint(n.denominator).items() if p != 1})
    if list(powers.values()) == [1]:
        return None
    factors = [op("pow", num(int(p)), num(k)) for p, k in sorted(powers.items())]
    target = product_term(factors)
    e = under(t, kernel.ring(t.args[0], target))
    if len(factors) == 1:
        p, k = target.args
        return again(chain(e, ax("log_pow", c.positive(p), a=p, b=k)), t, c)
    return chain(e, _log_product(op("log", target), factors, c))


def _log_product(t: Term, factors: list[Term], c: Context) -> Theorem | None:
    signs = [c.positive(f) for f in factors]
    if any(s is None for s in signs):
        negative = [n for n, s in enumerate(signs) if s is None]
        if len(negative) == 2:  # (−a)·(−b), such as −1 times a negative sum
            x, y = (factors[n] for n in negative)
            swap = [rational.expanded(op("mul", MINUS_ONE, f), c) for f in (x, y)]
            if all(c.positive(f) is not None for f in swap):
                kept = [f for n, f in enumerate(factors) if n not in negative]
                better = [f for f in (*kept, *swap) if f is not ONE]
                e = under(t, kernel.ring(t.args[0], product_term(better)))
                return again(e, t, c)
        return None
    if len(factors) == 1:
        return again(None, t, c)
    first, rest = factors[0], product_term(factors[1:])
    pair = op("mul", first, rest)
    e = under(t, kernel.ring(t.args[0], pair)) if pair is not t.args[0] else None
    shown = c.positive(rest)
    if shown is None:
        return None
    return again(chain(e, ax("log_mul", signs[0], shown, a=first, b=rest)), t, c)


def _power(t: Term, c: Context) -> Theorem | None:
    """Powers with an exponent that is not an integer constant."""
    base, exponent = t.args
    if base.op == "exp":
        return again(ax("exp_pow", a=base.args[0], b=exponent), t, c)
    if base is ONE:
        return ax("one_pow", a=exponent)
    if exponent.op == "delta":
        return again(ax("pow_delta", a=base, i=exponent.args[0], j=exponent.args[1]), t, c)
    shown = c.positive(base)
    if base.op == "pow" and c.positive(base.args[0]) is not None:
        e = ax("pow_pow", c.positive(base.args[0]), a=base.args[0], b=base.args[1], c=exponent)
        return again(e, t, c)
    if base.op == "mul":
        first, rest = base.args[0], product_term(list(base.args[1:]))
        split = op("mul", first, rest)
        e = under(t, kernel.ring(base, split), None) if split is not base else None
        if exponent.sort == INT:
            return again(chain(e, ax("pow_mul_integer", a=first, b=rest, i=exponent)), t, c)
        signs = c.nonnegative(first), c.nonnegative(rest)
        if all(signs):
            return again(chain(e, ax("pow_mul", *signs, a=first, b=rest, c=exponent)), t, c)
        return None
    if exponent.op == "add":
        first, rest = exponent.args[0], sum_term(list(exponent.args[1:]))
        split = op("add", first, rest)
        e = under(t, None, kernel.ring(exponent, split)) if split is not exponent else None
        if shown is not None:
            return again(chain(e, ax("pow_add", shown, a=base, b=first, c=rest)), t, c)
        naturals = c.natural(first), c.natural(rest)
        if all(naturals):
            return again(chain(e, ax("pow_add_natural", *naturals, a=base, i=first, j=rest)), t, c)
        return None
    if exponent.op == "mul" and (n := _integer(exponent.args[0])) is not None and shown is not None:
        rest = product_term(list(exponent.args[1:]))
        e = under(t, None, kernel.ring(exponent, op("mul", rest, num(n))))
        return again(chain(e, kernel.symmetric(ax("pow_pow", shown, a=base, b=rest, c=num(n)))), t, c)
    if exponent.op == "num" and shown is not None and abs(exponent.data) > 1:
        whole = int(exponent.data)
        part = exponent.data - whole
        e = under(t, None, kernel.ring(exponent, op("add", num(whole), num(part))))
        return again(chain(e, ax("pow_add", shown, a=base, b=num(whole), c=num(part))), t, c)
    return None


def _delta(t: Term, c: Context) -> Theorem | None:
    i, j = t.args
    if i is j:
        return ax("delta_same", i=i)
    gap = difference(i, j)
    if gap.op == "num":  # two integers that differ by a constant
        less = kernel.linear(op("lt", *((i, j) if gap.data < 0 else (j, i))), ())
        differ = ax("less_differs", less, a=lhs(less), b=rhs(less))
        return ax("delta_differ", differ if gap.data < 0 else kernel.symmetric(differ), i=i, j=j)
    differ = c.facts.get(op("ne", i, j)) or _out_of_range(i, j, c)
    if differ is not None:
        return ax("delta_differ", differ, i=i, j=j)
    return ax("delta_symmetric", i=i, j=j) if _rank(j) < _rank(i) else None


def _out_of_range(i: Term, j: Term, c: Context) -> Theorem | None:
    return c.nonzero(i) if j is ZERO else c._differ(i, j) if c.facts and (i.free or j.free) else None


def difference(s: Term, t: Term) -> Term:
    """The canonical polynomial of s − t."""
    ring = Ring()
    return polynomial_term(accumulate(accumulate({}, ring.polynomial(s)), ring.polynomial(t), factor=-1))


def _max(t: Term, c: Context) -> Theorem | None:
    """max(a, b) = b where a ≤ b is known; max in a fixed order; nested to the right."""
    a, b = t.args
    for small, large in ((a, b), (b, a)):
        shown = c.show(op("le", small, large))
        if shown is not None:
            refl = kernel.linear(op("le", large, large), ())
            sides = (shown, refl) if small is a else (refl, shown)
            below = ax("max_least", *sides, a=a, b=b, c=large)
            above = ax("max_right" if large is b else "max_left", a=a, b=b)
            return ax("le_antisymmetric", below, above, a=t, b=large)
    items = _max_items(t)
    target = items[-1]
    for item in reversed(items[:-1]):
        target = op("max", item, target)
    if target is t:
        return None
    return ax("le_antisymmetric", _below(t, target), _below(target, t), a=t, b=target)


def _max_items(t: Term) -> list[Term]:
    if t.op != "max":
        return [t]
    return sorted({*_max_items(t.args[0]), *_max_items(t.args[1])}, key=order)


def _below(s: Term, t: Term) -> Theorem:
    """s ≤ t for nested maxima of the same items."""
    if s.op == "max":
        return ax("max_least", _below(s.args[0], t), _below(s.args[1], t), a=s.args[0], b=s.args[1], c=t)
    if s is t:
        return kernel.linear(op("le", s, t), ())
    a, b = t.args
    side, name = (a, "max_left") if s in _max_items(a) else (b, "max_right")
    return kernel.linear(op("le", s, t), ((Fraction(1), _below(s, side)), (Fraction(1), ax(name, a=a, b=b))))


HANDLERS = {"exp": _exp, "log": _log, "pow": _power, "delta": _delta, "max": _max}
