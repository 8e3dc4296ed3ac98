"""Canonical forms of exp, log, powers, deltas and maxima of two."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from symnll.core import kernel
from symnll.core.term import INT, MINUS_ONE, ONE, ZERO, Term, app, num, op
from symnll.prove import rational, roots
from symnll.prove.context import Context
from symnll.prove.normal import again, difference, rank
from symnll.prove.renumber import delta_turned
from symnll.prove.tactics import (
    Theorem,
    ax,
    chain,
    for_range,
    lhs,
    log_one,
    one_pow,
    order,
    product_term,
    rhs,
    sum_term,
    under,
)


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
        return log_one()
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
            return again(ax("log_prod", for_range(shown, i, lo, hi), lo=lo, hi=hi, f=f), t, c)
    if a.op == "num" and a.data > 0 and (a.data.numerator != 1 or a.data.denominator != 1):
        return _log_number(t, a.data, c)
    if a.op == "mul":
        return _log_product(t, list(a.args), c)
    if a.op == "add":
        factors, e = rational.factor(a, c)
        if e is not None and len(factors) == 1:
            base, n = factors[0].args
            shown = c.positive(base)
            return None if shown is None else again(chain(under(t, e), ax("log_pow", shown, a=base, b=n)), t, c)
        if e is not None:
            product = product_term(factors)
            return chain(under(t, e), _log_product(op("log", product), factors, c))
    return None


def _log_number(t: Term, n: Fraction, c: Context) -> Theorem | None:
    """log of a positive rational in logs of primes."""
    powers = _primes(n)
    if [k for _, k in powers] == [1]:
        return None
    factors = [op("pow", num(p), num(k)) for p, k in powers]
    target = product_term(factors)
    e = under(t, kernel.ring(t.args[0], target))
    if len(factors) == 1:
        p, k = target.args
        return again(chain(e, ax("log_pow", c.positive(p), a=p, b=k)), t, c)
    return chain(e, _log_product(op("log", target), factors, c))


def _searched(t: Term, c: Context) -> Theorem | None:
    """0 < t by the search for inequalities, as for 1 − e^{z_i}/Σ e^{z_k} over two indices or more."""
    from symnll.prove.order import attempt_order

    return attempt_order(op("lt", ZERO, t), c, 3)


def _prime_powers(base: Term, exponent: Term) -> Theorem | None:
    """n^x = (p^k)^x·(n/p^k)^x for a positive rational n, and (p^k)^x = p^(k·x); None for a prime."""
    (p, k), *others = _primes(base.data)
    t, first = op("pow", base, exponent), Fraction(p) ** k
    if others:
        parts = num(first), num(base.data / first)
        least = [kernel.linear(op("le", ZERO, a), ()) for a in parts]
        e = under(t, kernel.ring(base, op("mul", *parts)), None)
        return chain(e, ax("pow_mul", *least, a=parts[0], b=parts[1], c=exponent))
    if k == 1:
        return None
    e = under(t, kernel.ring(base, op("pow", num(p), num(k))), None)
    return chain(e, ax("pow_pow", kernel.linear(op("lt", ZERO, num(p)), ()), a=num(p), b=num(k), c=exponent))


def _primes(n: Fraction) -> list[tuple[int, int]]:
    from sympy import factorint

    powers = {p: k for p, k in factorint(n.numerator).items() if p != 1}
    powers.update({p: -k for p, k in factorint(n.denominator).items() if p != 1})
    return sorted((int(p), k) for p, k in powers.items())


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
        return one_pow(exponent)
    if base is ZERO and c.show(op("le", ONE, exponent)) is not None and exponent.sort == INT:
        return roots.natural_power_of_zero(exponent, c)
    if base.op == "num" and base.data > 0:
        e = _prime_powers(base, exponent)
        if e is not None:
            return again(e, t, c)
    if exponent.op == "delta":
        return again(ax("pow_delta", a=base, i=exponent.args[0], j=exponent.args[1]), t, c)
    if base.op == "pow" and c.positive(base.args[0]) is not None:
        e = ax("pow_pow", c.positive(base.args[0]), a=base.args[0], b=base.args[1], c=exponent)
        return again(e, t, c)
    if base.op == "pow" and roots.is_root(t):
        e = roots.root_of_power(t, c)
        return None if e is None else again(e, t, c)
    shown = c.positive(base)
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
        shown = _searched(base, c) if shown is None and base.op == "add" and exponent.sort != INT else shown
        if shown is not None:
            return again(chain(e, ax("pow_add", shown, a=base, b=first, c=rest)), t, c)
        naturals = c.natural(first), c.natural(rest)
        if all(naturals):
            return again(chain(e, ax("pow_add_natural", *naturals, a=base, i=first, j=rest)), t, c)
        e = roots.lowered(t, c)
        return None if e is None else again(e, t, c)
    front = exponent.args[0] if exponent.op == "mul" else ZERO
    if front.op == "num" and front.data.numerator not in (0, 1) and shown is not None:
        share = [num(Fraction(1, front.data.denominator))] if front.data.denominator != 1 else []
        rest, n = product_term([*share, *exponent.args[1:]]), num(front.data.numerator)
        e = under(t, None, kernel.ring(exponent, op("mul", rest, n)))
        return again(chain(e, kernel.symmetric(ax("pow_pow", shown, a=base, b=rest, c=n))), t, c)
    if exponent.op == "num" and shown is not None and not 0 < exponent.data < 1:
        whole = floor(exponent.data)
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
    if not c.plain and "num" in (i.op, j.op):
        from symnll.prove.binary import indicator

        found = indicator(t, c)
        if found is not None:
            return found
    sides = (i, j) if c.plain or i.op == j.op == "sym" else _solved(gap)
    low, high = sides if rank(sides[0]) <= rank(sides[1]) else sides[::-1]
    if (low, high) == (i, j):
        return None
    return ax("delta_symmetric", i=i, j=j) if (high, low) == (i, j) else delta_turned(t, low, high)


def _solved(gap: Term) -> tuple[Term, Term]:
    """An integer and what it has to be for the gap to be 0: the innermost one that stands alone, with the factor ±1."""
    terms = {m: 1 for m in (gap.args if gap.op == "add" else (gap,)) if m.op not in ("num", "mul")}
    terms.update({m.args[1]: -1 for m in gap.args if m.op == "mul" and m.args[0] is MINUS_ONE and len(m.args) == 2})
    if not terms:
        return gap, ZERO
    alone = max(terms, key=rank)
    rest = difference(alone, gap) if terms[alone] == 1 else difference(op("add", alone, gap), ZERO)
    return (gap, ZERO) if alone.free and alone in rest.free else (alone, rest)


def _out_of_range(i: Term, j: Term, c: Context) -> Theorem | None:
    return c.nonzero(i) if j is ZERO else c._differ(i, j) if c.facts and (i.free or j.free) else None


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
