"""Powers with fractions for exponents: √a·√a = a, √(a²) = |a|; and powers of integers that are 0 or 1."""

from __future__ import annotations

from fractions import Fraction

from symnll.core import kernel
from symnll.core.term import INT, MINUS_ONE, ONE, ZERO, Term, num, op
from symnll.prove.context import Context
from symnll.prove.tactics import Theorem, ax, chain, linear, negated, product_term, rhs, sum_term, under


def is_root(t: Term) -> bool:
    """Whether t is a power with a fraction for its exponent."""
    return bool(t.op == "pow" and t.args[1].op == "num" and t.args[1].data.denominator != 1)


def split(f: Term) -> tuple[Term, int]:
    """A factor as base and integer exponent."""
    whole = f.op == "pow" and f.args[1].op == "num" and f.args[1].data.denominator == 1
    return (f.args[0], int(f.args[1].data)) if whole else (f, 1)


def merged(t: Term, factors: list[Term], c: Context) -> Theorem | None:
    """One step on a monomial: the roots of one base in it as one power of that base, or b² = b for b in 0..1."""
    groups: dict[Term, list[Term]] = {}
    for f in factors:
        base, n = split(f)
        if is_root(base):
            groups.setdefault(base.args[0], []).append(f)
        elif n > 1 and base.sort == INT and base.op in ("app", "sym"):
            e = _binary(f, base, c)
            if e is not None:
                return _beside(t, [f], e, factors)
    for a, found in groups.items():
        e = None if len(found) == 1 and split(found[0])[1] == 1 else _one_power(a, found, c)
        if e is not None:
            return _beside(t, found, e, factors)
    return None


def _beside(t: Term, found: list[Term], e: Theorem, factors: list[Term]) -> Theorem | None:
    rest = [f for f in factors if f not in found]
    if not rest:
        return chain(None if t is product_term(found) else kernel.ring(t, product_term(found)), e)
    grouped = op("mul", product_term(found), product_term(rest))
    return chain(kernel.ring(t, grouped), under(grouped, e, None))


def _one_power(a: Term, factors: list[Term], c: Context) -> Theorem | None:
    """a^(p/q)·(a^(r/s))^k·… = a^(the sum of the exponents)"""
    positive = c.positive(a)
    if positive is None:
        (root, k), alone = split(factors[0]), len(factors) == 1
        least = c.nonnegative(a) if alone and k > 0 and root.args[1].data > 0 else None
        return None if least is None else _power_of_power(a, root.args[1].data, Fraction(k), least)
    parts = [_power_of_power(a, root.args[1].data, Fraction(k), positive) for root, k in map(split, factors)]
    powers = [f if e is None else rhs(e) for f, e in zip(factors, parts, strict=True)]
    e = parts[0] if len(factors) == 1 else under(op("mul", *factors), *parts)
    while len(powers) > 1:
        x, y = powers[0].args[1], powers[1].args[1]
        joined = kernel.symmetric(ax("pow_add", positive, a=a, b=x, c=y))
        joined = chain(joined, under(rhs(joined), None, kernel.ring(rhs(joined).args[1], num(x.data + y.data))))
        before = op("mul", *powers)
        if len(powers) == 2:
            e = chain(e, joined)
        else:
            grouped = op("mul", op("mul", *powers[:2]), *powers[2:])
            e = chain(e, kernel.ring(before, grouped), under(grouped, joined, *[None] * len(powers[2:])))
        powers = [rhs(joined), *powers[2:]]
    return e


def _power_of_power(a: Term, x: Fraction, y: Fraction, sign: Theorem) -> Theorem | None:
    """(a^x)^y = a^(x·y) for a > 0; for a ≥ 0 too, where x and y are positive."""
    t, target = op("pow", op("pow", a, num(x)), num(y)), op("pow", a, num(x * y))
    if y == 1:
        return None
    if sign.statement.op == "lt":
        e = ax("pow_pow", sign, a=a, b=num(x), c=num(y))
        return chain(e, under(rhs(e), None, kernel.ring(rhs(e).args[1], target.args[1])))
    none = kernel.assume("case", op("eq", a, ZERO))
    inside = chain(under(op("pow", a, num(x)), none, None), power_of_zero(x))
    left = chain(under(t, inside, None), power_of_zero(y))
    zero = chain(left, kernel.symmetric(chain(under(target, none, None), power_of_zero(x * y))))
    some = kernel.assume("case", op("ne", a, ZERO))
    positive = ax("le_differs", sign, kernel.symmetric(some), a=ZERO, b=a)
    return kernel.by_cases(zero, _power_of_power(a, x, y, positive), none.statement)


def square_of_root(a: Term, least: Theorem) -> Theorem:
    """(√a)² = a for a ≥ 0"""
    e = _power_of_power(a, Fraction(1, 2), Fraction(2), least)
    return chain(e, kernel.ring(rhs(e), a))


def without_root(t: Term, n: int, c: Context) -> Theorem | None:
    """(a^x)ⁿ = a^(x·n) where that is an integer, for an a whose sign its form shows, as of a sum of squares."""
    a, x = t.args[0].args[0], t.args[0].args[1].data
    if (x * n).denominator != 1:
        return None
    sign = c.positive(a)
    if sign is None and n > 0 and x > 0:
        sign = c.nonnegative(a)
    return None if sign is None else _power_of_power(a, x, Fraction(n), sign)


def power_of_zero(x: Fraction) -> Theorem:
    """0^x = 0 for x > 0: for a fraction p/q, 0^x = (0·2^q)^x = 0^x·2^p"""
    t = op("pow", ZERO, num(x))
    if x.denominator == 1:
        return kernel.ring(t, ZERO)
    two, large = num(2), num(2**x.denominator)
    least = linear(op("le", ZERO, ZERO)), linear(op("le", ZERO, large))
    apart = ax("pow_mul", *least, a=ZERO, b=large, c=num(x))
    product = op("mul", ZERO, large)
    apart = chain(kernel.symmetric(under(op("pow", product, num(x)), kernel.ring(product, ZERO), None)), apart)
    root = op("pow", large, num(x))
    known = under(root, kernel.ring(large, op("pow", two, num(x.denominator))), None)
    known = chain(known, _power_of_power(two, Fraction(x.denominator), x, linear(op("lt", ZERO, two))))
    scaled = chain(apart, under(rhs(apart), None, chain(known, kernel.ring(rhs(known), num(2**x.numerator)))))
    share = Fraction(1, 1 - 2**x.numerator)
    sides = linear(op("le", t, ZERO), (scaled, share)), linear(op("le", ZERO, t), (scaled, -share))
    return ax("le_antisymmetric", *sides, a=t, b=ZERO)


def natural_power_of_zero(n: Term, c: Context) -> Theorem | None:
    """0ⁿ = 0 for an integer n ≥ 1: 0^(n − 1)·0¹"""
    some = c.show(op("le", ONE, n))
    if some is None:
        return None
    before = op("add", n, MINUS_ONE)
    least = linear(op("le", ZERO, before), (some, 1)), linear(op("le", ZERO, ONE))
    t = op("pow", ZERO, n)
    e = under(t, None, kernel.ring(n, op("add", before, ONE)))
    e = chain(e, ax("pow_add_natural", *least, a=ZERO, i=before, j=ONE))
    e = chain(e, under(rhs(e), None, kernel.ring(op("pow", ZERO, ONE), ZERO)))
    return chain(e, kernel.ring(rhs(e), ZERO))


def lowered(t: Term, c: Context) -> Theorem | None:
    """aⁿ⁻ᵏ = aⁿ·a⁻ᵏ for integers n ≥ k > 0 and a ≠ 0"""
    a, exponent = t.args
    k = next((m for m in exponent.args if m.op == "num" and m.sort == INT and m.data < 0), None)
    natural, unit = (c.natural(exponent), c.nonzero(a)) if k is not None else (None, None)
    if k is None or natural is None or unit is None:
        return None
    more = num(-k.data)
    whole = ax("pow_add_natural", natural, linear(op("le", ZERO, more)), a=a, i=exponent, j=more)
    n = sum_term([m for m in exponent.args if m is not k])
    sum_is_n = under(op("pow", a, op("add", exponent, more)), None, kernel.ring(op("add", exponent, more), n))
    whole = chain(kernel.symmetric(sum_is_n), whole)  # aⁿ = aⁿ⁻ᵏ·aᵏ
    below = op("pow", a, k)
    product = op("mul", op("pow", a, n), below)
    e = under(product, whole, None)
    return kernel.symmetric(chain(e, kernel.ring(rhs(e), t, unit)))


def root_of_power(t: Term, c: Context) -> Theorem | None:
    """(bⁿ)^x for a fraction x: b^(n·x) for b ≥ 0, and |b|^(n·x) for even n."""
    (b, n), x = t.args[0].args, t.args[1]
    if n.op != "num" or n.data.denominator != 1 or n.data <= 0 or x.data <= 0:
        return None
    least = c.nonnegative(b)
    if least is not None:
        return _power_of_power(b, n.data, x.data, least)
    if n.data % 2:
        return None
    size = op("max", b, negated(b))
    same = _even(b, size, n)
    e = under(t, same, None)
    return chain(e, _power_of_power(size, n.data, x.data, _size_is_at_least_zero(b)))


def _size_is_at_least_zero(b: Term) -> Theorem:
    """0 ≤ max(b, −b)"""
    sides = (ax("max_left", a=b, b=negated(b)), "1/2"), (ax("max_right", a=b, b=negated(b)), "1/2")
    return linear(op("le", ZERO, op("max", b, negated(b))), *sides)


def _even(b: Term, size: Term, n: Term) -> Theorem:
    """bⁿ = max(b, −b)ⁿ for even n"""
    up, minus = kernel.assume("case", op("le", ZERO, b)), negated(b)
    down = kernel.assume("case", op("lt", b, ZERO))
    larger, smaller = linear(op("le", minus, b), (up, 2)), linear(op("le", b, minus), (down, 2))
    cases = []
    for side, sides in ((b, (linear(op("le", b, b)), larger)), (minus, (smaller, linear(op("le", minus, minus))))):
        most = ax("max_least", *sides, a=b, b=minus, c=side)
        least = ax("max_left" if side is b else "max_right", a=b, b=minus)
        same = kernel.symmetric(ax("le_antisymmetric", most, least, a=size, b=side))
        raised = op("pow", side, n)
        cases.append(chain(None if side is b else kernel.ring(op("pow", b, n), raised), under(raised, same, None)))
    return kernel.by_cases(*cases, up.statement)


def _binary(t: Term, b: Term, c: Context) -> Theorem | None:
    """bⁿ = b for an integer b in 0..1 and n > 0"""
    low, high = c.show(op("le", ZERO, b)), c.show(op("le", b, ONE))
    if low is None or high is None:
        return None
    none = kernel.assume("case", op("eq", b, ZERO))
    some = kernel.assume("case", op("ne", b, ZERO))
    step = ax("integer_step", ax("le_differs", low, kernel.symmetric(some), a=ZERO, b=b), i=ZERO, j=b)
    one = ax("le_antisymmetric", high, linear(op("le", ONE, b), (step, 1)), a=b, b=ONE)
    cases = []
    for known in (none, one):
        there = under(t, known, None)
        cases.append(chain(there, kernel.ring(rhs(there), rhs(known)), kernel.symmetric(known)))
    return kernel.by_cases(*cases, none.statement)
