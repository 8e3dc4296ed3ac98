"""The axioms: one row each, with its statement, its side conditions and where a textbook proves it.

A row is a schema in its symbols: a, b, c, d, e real; i, j, k, lo, hi integer; f, g, h functions of an integer (h2 of
two); u, v, w functions of a real. `axiom` in rules.py instantiates a row and asks for a theorem of each side condition.
`symnll audit` prints the rows, and the titles of the books that they refer to.
"""

# ruff: noqa: F821, I001
# fmt: off
from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from symnll.core.term import BOOL, INT, ONE, POINT, REAL, ZERO, Sort, Term, app, between, fn, forall, lam
from symnll.core.term import neg, num, op, sub, sym


class Axiom(NamedTuple):
    name: str
    statement: Term
    conditions: tuple[Term, ...]
    reference: str
    symbols: Mapping[str, Term]


_rows: dict[str, Axiom] = {}

a, b, c, d, e, x = (sym(s) for s in "abcdex")
i, i2, j, k, lo, hi = (sym(s, INT) for s in ("i", "i2", "j", "k", "lo", "hi"))
f, g, h = (sym(s, fn(INT, REAL)) for s in "fgh")
n = sym("n", fn(INT, INT))  # integer-valued
h2 = sym("h2", fn(INT, INT, REAL))
u, v, w = (sym(s, fn(REAL, REAL)) for s in "uvw")
u1, v1 = sym("u1", fn(INT, REAL, REAL)), sym("v1", fn(INT, REAL))


def row(name: str, reference: str, statement: Term, *conditions: Term) -> None:
    symbols = {s.data: s for t in (statement, *conditions) for s in t.free}
    _rows[name] = Axiom(name, statement, conditions, reference, MappingProxyType(symbols))


eq, ne, le, lt, add, mul, power = (partial(op, name) for name in ("eq", "ne", "le", "lt", "add", "mul", "pow"))
always = partial(between, i, lo, hi)
exp, log, delta, hasd, implies = (partial(op, name) for name in ("exp", "log", "delta", "hasd", "implies"))


def total(body: Term, low: Term = lo, high: Term = hi, over: Term = i) -> Term:
    return op("sum", low, high, lam(over, body))


def product(body: Term, low: Term = lo, high: Term = hi, over: Term = i) -> Term:
    return op("prod", low, high, lam(over, body))


fi, gi, ni, hi1, j1 = app(f, i), app(g, i), app(n, i), add(hi, ONE), add(j, ONE)
inside, delta_ij = (le(lo, j), le(j, hi)), delta(i, j)
minus_1, minus_2 = num(-1), num(-2)
last = add(hi, minus_1)
a_pos, fi_nonneg, fi_pos, max_ab = lt(ZERO, a), le(ZERO, fi), lt(ZERO, fi), op("max", a, b)
sum_f, sum_g, prod_f, prod_g, max_f, max_g = (op(s, lo, hi, t) for s in ("sum", "prod", "maxi") for t in (f, g))

# Exponential, logarithm, powers.
row("exp_zero", "Rudin 8.6", eq(exp(ZERO), ONE))
row("exp_add", "Rudin 8.6 (26)", eq(exp(add(a, b)), mul(exp(a), exp(b))))
row("exp_pow", "Rudin 8.6, 8.7 (42)", eq(power(exp(a), b), exp(mul(a, b))))
row("log_exp", "Rudin 8.6 (36)", eq(log(exp(a)), a))
row("exp_log", "Rudin 8.6 (37)", eq(exp(log(a)), a), a_pos)
row("log_mul", "Rudin 8.6 (40)", eq(log(mul(a, b)), add(log(a), log(b))), a_pos, lt(ZERO, b))
row("log_pow", "Rudin 8.6 (43)", eq(log(power(a, b)), mul(b, log(a))), a_pos)
row("pow_exp_log", "Rudin 8.7 (43)", eq(power(a, b), exp(mul(b, log(a)))), a_pos)
row("pow_add", "Rudin ex. 1.6", eq(power(a, add(b, c)), mul(power(a, b), power(a, c))), a_pos)
row("pow_add_natural", "GKP 5.1", eq(power(a, add(i, j)), mul(power(a, i), power(a, j))), le(ZERO, i), le(ZERO, j))
row("pow_mul", "Rudin 1.21, ex. 1.6", eq(power(mul(a, b), c), mul(power(a, c), power(b, c))), le(ZERO, a), le(ZERO, b))
row("pow_mul_integer", "Rudin ex. 1.6 (0⁻¹ = 0)", eq(power(mul(a, b), i), mul(power(a, i), power(b, i))))
row("pow_pow", "Rudin ex. 1.6", eq(power(power(a, b), c), power(a, mul(b, c))), a_pos)
row("pow_delta", "GKP 2.1, 5.1 (0⁰ = 1)", eq(power(a, delta_ij), add(ONE, mul(delta_ij, sub(a, ONE)))))

# Kronecker's delta.
row("delta_same", "GKP 2.1 (2.16)", eq(delta(i, i), ONE))
row("delta_differ", "GKP 2.1 (2.16)", eq(delta_ij, ZERO), ne(i, j))
row("delta_symmetric", "GKP 2.1", eq(delta_ij, delta(j, i)))
row("delta_square", "GKP 2.1", eq(mul(delta_ij, delta_ij), delta_ij))
row("delta_substitute", "GKP 2.4", eq(mul(delta_ij, fi), mul(delta_ij, app(f, j))))

# Finite sums and products.
row("sum_empty", "GKP 2.1", eq(sum_f, ZERO), lt(hi, lo))
row("sum_last", "GKP 2.2", eq(sum_f, add(op("sum", lo, last, f), app(f, hi))), le(lo, hi))
row("sum_split", "GKP 2.3 (2.20)", eq(sum_f, add(op("sum", lo, j, f), op("sum", j1, hi, f))), le(lo, j1), le(j, hi))
row("sum_congruence", "GKP 2.1", eq(sum_f, sum_g), always(eq(fi, gi)))
row("sum_add", "GKP 2.3 (2.16)", eq(total(add(fi, gi)), add(sum_f, sum_g)))
row("sum_scale", "GKP 2.3 (2.15)", eq(total(mul(a, fi)), mul(a, sum_f)))
row("sum_constant", "GKP 2.3", eq(total(a), mul(add(hi, neg(lo), ONE), a)), le(lo, hi1))
row("sum_swap", "GKP 2.4 (2.27)", eq(total(op("sum", j, k, app(h2, i))), total(total(app(h2, i, i2)), j, k, i2)))
row("sum_delta", "GKP 2.4", eq(total(mul(delta_ij, fi)), app(f, j)), *inside)
row("prod_empty", "GKP 2.6", eq(prod_f, ONE), lt(hi, lo))
row("prod_last", "GKP 2.6", eq(prod_f, mul(op("prod", lo, last, f), app(f, hi))), le(lo, hi))
row("prod_split", "GKP 2.6", eq(prod_f, mul(op("prod", lo, j, f), op("prod", j1, hi, f))), le(lo, j1), le(j, hi))
row("prod_congruence", "GKP 2.6", eq(prod_f, prod_g), always(eq(fi, gi)))
row("prod_mul", "GKP 2.6", eq(product(mul(fi, gi)), mul(prod_f, prod_g)))
row("prod_constant", "GKP 2.6", eq(product(a), power(a, add(hi, neg(lo), ONE))), le(lo, hi1))
row("prod_swap", "GKP 2.4, 2.6", eq(product(op("prod", j, k, app(h2, i))), product(product(app(h2, i, i2)), j, k, i2)))
row("prod_delta", "GKP 2.4, 2.6", eq(product(add(ONE, mul(delta_ij, fi))), add(ONE, app(f, j))), *inside)
row("prod_pow_integer", "GKP 2.6 (0⁻¹ = 0)", eq(product(power(fi, j)), power(prod_f, j)))
row("prod_pow", "GKP 2.6", eq(product(power(fi, a)), power(prod_f, a)), always(fi_nonneg))
row("prod_pow_sum", "GKP 2.6", eq(product(power(a, fi)), power(a, sum_f)), a_pos)
row("prod_pow_sum_natural", "GKP 2.6", eq(product(power(a, ni)), power(a, op("sum", lo, hi, n))), always(le(ZERO, ni)))
row("prod_exp", "GKP 2.6; Rudin 8.6", eq(product(exp(fi)), exp(sum_f)))
row("log_prod", "GKP 2.6; Rudin 8.6", eq(log(prod_f), total(log(fi))), always(fi_pos))

# Order.
row("exp_positive", "Rudin 8.6", lt(ZERO, exp(a)))
row("exp_monotone", "Rudin 8.6 (c)", le(exp(a), exp(b)), le(a, b))
row("exp_strictly_monotone", "Rudin 8.6 (c)", lt(exp(a), exp(b)), lt(a, b))
row("log_monotone", "Rudin 8.6", le(log(a), log(b)), a_pos, le(a, b))
row("log_strictly_monotone", "Rudin 8.6", lt(log(a), log(b)), a_pos, lt(a, b))
row("log_bound", "HLP th. 150", le(log(a), sub(a, ONE)), a_pos)
row("log_bound_strict", "HLP th. 150", lt(log(a), sub(a, ONE)), a_pos, ne(a, ONE))
row("pow_positive", "Rudin ex. 1.6", lt(ZERO, power(a, b)), a_pos)
row("pow_nonnegative", "Rudin 1.21", le(ZERO, power(a, b)), le(ZERO, a))
row("square_nonnegative", "Rudin 1.18 (d)", le(ZERO, power(a, num(2))))
row("mul_nonnegative", "Rudin 1.17 (ii)", le(ZERO, mul(a, b)), le(ZERO, a), le(ZERO, b))
row("mul_positive", "Rudin 1.17 (ii)", lt(ZERO, mul(a, b)), a_pos, lt(ZERO, b))
row("mul_nonzero", "Rudin 1.16 (b)", ne(mul(a, b), ZERO), ne(a, ZERO), ne(b, ZERO))
row("pow_nonzero", "Rudin 1.16", ne(power(a, i), ZERO), ne(a, ZERO))
row("less_differs", "Rudin 1.5", ne(a, b), lt(a, b))
row("le_antisymmetric", "Rudin 1.5", eq(a, b), le(a, b), le(b, a))
row("le_differs", "Rudin 1.5", lt(a, b), le(a, b), ne(a, b))
row("integer_step", "GKP 3.1", le(add(i, ONE), j), lt(i, j))
row("delta_nonnegative", "GKP 2.1", le(ZERO, delta_ij))
row("delta_at_most_one", "GKP 2.1", le(delta_ij, ONE))
row("sum_nonnegative", "Rudin 1.17", le(ZERO, sum_f), always(fi_nonneg))
row("sum_positive", "Rudin 1.17", lt(ZERO, sum_f), le(lo, hi), always(fi_pos))
row("sum_member", "Rudin 1.17", le(app(f, j), sum_f), *inside, always(fi_nonneg))
row("prod_positive", "Rudin 1.17", lt(ZERO, prod_f), always(fi_pos))
row("prod_nonnegative", "Rudin 1.17", le(ZERO, prod_f), always(fi_nonneg))
row("max_left", "Rudin 1.8", le(a, max_ab))
row("max_right", "Rudin 1.8", le(b, max_ab))
row("max_least", "Rudin 1.8", le(max_ab, c), le(a, c), le(b, c))
row("maxi_member", "Rudin 1.8", le(app(f, j), max_f), *inside)
row("maxi_least", "Rudin 1.8", le(max_f, a), le(lo, hi), always(le(fi, a)))
row("maxi_split", "Rudin 1.8", eq(max_f, op("max", op("maxi", lo, j, f), op("maxi", j1, hi, f))), le(lo, j), lt(j, hi))
row("maxi_single", "Rudin 1.8", eq(op("maxi", i, i, f), fi))
row("maxi_congruence", "Rudin 1.8", eq(max_f, max_g), always(eq(fi, gi)))

# Derivatives. hasd(u, a, b): the function u is differentiable at a, and b is its derivative there.
ux, vx, ua, va = app(u, x), app(v, x), app(u, a), app(v, a)
du, dv, each_slope = hasd(u, a, b), hasd(v, a, c), always(hasd(app(u1, i), a, app(v1, i)))


def slope(body: Term, value: Term) -> Term:
    return hasd(lam(x, body), a, value)


row("d_constant", "Rudin 5.4", slope(b, ZERO))
row("d_identity", "Rudin 5.4", slope(x, ONE))
row("d_sum", "Rudin 5.3 (a)", slope(add(ux, vx), add(b, c)), du, dv)
row("d_product", "Rudin 5.3 (b)", slope(mul(ux, vx), add(mul(b, va), mul(ua, c))), du, dv)
row("d_quotient", "Rudin 5.3 (c)",
    slope(mul(ux, power(vx, minus_1)), mul(sub(mul(b, va), mul(ua, c)), power(va, minus_2))), du, dv, ne(va, ZERO))
row("d_reciprocal", "Rudin 5.3 (c)", slope(power(vx, minus_1), mul(minus_1, c, power(va, minus_2))), dv, ne(va, ZERO))
row("d_exp", "Rudin 5.5, 8.6", slope(exp(ux), mul(exp(ua), b)), du)
row("d_log", "Rudin 5.5, 8.6 (38)", slope(log(ux), mul(b, power(ua, minus_1))), du, lt(ZERO, ua))
row("d_power_natural", "Rudin 5.4, 5.5", slope(power(ux, i), mul(i, power(ua, add(i, minus_1)), b)), du, le(ONE, i))
row("d_power", "Rudin 5.5, 8.6", slope(power(ux, d), mul(d, power(ua, add(d, minus_1)), b)), du, lt(ZERO, ua))
both = mul(power(ua, va), add(mul(c, log(ua)), mul(va, b, power(ua, minus_1))))
row("d_power_both", "Rudin 5.5, 8.7", slope(power(ux, vx), both), du, dv, lt(ZERO, ua))
row("d_finite_sum", "Rudin 5.3 (a)", slope(total(app(u1, i, x)), op("sum", lo, hi, v1)), each_slope)
others = product(add(delta(j, i), mul(sub(ONE, delta(j, i)), app(u1, j, a))), over=j)
row("d_finite_product", "Rudin 5.3 (b)", slope(product(app(u1, i, x)), total(mul(app(v1, i), others))), each_slope)
row("d_chain", "Rudin 5.5", slope(app(u, vx), mul(b, c)), hasd(u, va, b), dv)
row("d_local", "Rudin 5.1", hasd(u, a, b), lt(c, a), lt(a, d),
    forall(x, implies(lt(c, x), implies(lt(x, d), eq(ux, vx)))), hasd(v, a, b))
row("d_smooth", "Rudin 5.1", hasd(u, a, op("diff", u, a)), op("smooth", u))
row("derivative", "Rudin 5.1", eq(op("diff", u, a), b), du)
row("zero_derivative", "Rudin 5.11 (b)", eq(ua, app(u, b)), forall(x, hasd(u, x, ZERO)))

# Partial derivatives: of F, a function of a family, in the entry with index i, at the family f.
F, G = sym("F", fn(fn(INT, REAL), REAL)), sym("G", fn(fn(INT, INT, REAL), REAL))
moved = lam(j, add(app(f, j), mul(x, delta(j, i))))
moved2 = lam(j, lam(k, add(app(h2, j, k), mul(x, delta(j, lo), delta(k, hi)))))
row("partial", "Rudin 9.16", eq(op("partial", F, f, i), op("diff", lam(x, app(F, moved)), ZERO)))
row("partial2", "Rudin 9.16", eq(op("partial2", G, h2, lo, hi), op("diff", lam(x, app(G, moved2)), ZERO)))
row("d_chain_family", "Rudin 9.15, 9.17",
    slope(app(F, lam(i, app(u1, i, x))), total(mul(op("partial", F, lam(j, app(u1, j, a)), i), app(v1, i)))),
    op("differentiable", F, lo, hi), each_slope)

row("contradiction", "Enderton 2.4", sym("Q", BOOL), lt(a, a))


def _argmax(name: str, sort: Sort) -> None:
    s, t, dom = sym("s", sort), sym("t", sort), sym("D", fn(sort, BOOL))
    p, q = sym("p", fn(sort, REAL)), sym("q", fn(sort, REAL))

    def carries(one: Term, other: Term) -> Term:
        step = implies(le(app(one, s), app(one, t)), le(app(other, s), app(other, t)))
        return forall(s, forall(t, implies(app(dom, s), implies(app(dom, t), step))))

    row(f"argmax_{name}", "Boyd 4.1.3", op("argmax_eq", dom, p, q), carries(p, q), carries(q, p))


for _name, _sort in (("integer", INT), ("real", REAL), ("point", POINT), ("family", fn(INT, REAL))):
    _argmax(_name, _sort)
AXIOMS: Mapping[str, Axiom] = MappingProxyType(dict(_rows))
del _rows, row, _argmax
