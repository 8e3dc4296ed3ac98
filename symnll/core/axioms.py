"""The axioms: one row each, with its statement, its side conditions and where a textbook proves it.

A row is a schema in its symbols: a, b, c, d, e real; i, j, k, lo, hi integer; f, g, h functions of an integer (h2 of
two); u, v, w functions of a real. `axiom` in rules.py instantiates a row and asks for a theorem of each side condition.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from symnll.core.term import BOOL, INT, ONE, POINT, REAL, ZERO, Sort, Term, app, between, fn, forall, lam, neg, num, op, sub, sym


class Axiom(NamedTuple):
    name: str
    statement: Term
    conditions: tuple[Term, ...]
    reference: str

    @property
    def symbols(self) -> dict[str, Term]:
        found = frozenset().union(self.statement.free, *(c.free for c in self.conditions))
        return {s.data: s for s in found}


_rows: dict[str, Axiom] = {}
AXIOMS: Mapping[str, Axiom] = MappingProxyType(_rows)
RUDIN = "Rudin, Principles of Mathematical Analysis, 3rd ed."
KNUTH = "Graham, Knuth, Patashnik, Concrete Mathematics, 2nd ed."
HARDY = "Hardy, Littlewood, Pólya, Inequalities, 2nd ed."

a, b, c, d, e = (sym(s) for s in "abcde")
i, j, k, lo, hi = (sym(s, INT) for s in ("i", "j", "k", "lo", "hi"))
f, g, h = (sym(s, fn(INT, REAL)) for s in "fgh")
n = sym("n", fn(INT, INT))  # integer-valued
h2 = sym("h2", fn(INT, INT, REAL))
u, v, w = (sym(s, fn(REAL, REAL)) for s in "uvw")
u1, v1 = sym("u1", fn(INT, REAL, REAL)), sym("v1", fn(INT, REAL))
x = sym("x")


def row(name: str, statement: Term, *conditions: Term, reference: str) -> None:
    _rows[name] = Axiom(name, statement, conditions, reference)


eq, ne, le, lt, add, mul, power = (partial(op, name) for name in ("eq", "ne", "le", "lt", "add", "mul", "pow"))
exp, log = partial(op, "exp"), partial(op, "log")


def total(body: Term, low: Term = lo, high: Term = hi, over: Term = i) -> Term:
    return op("sum", low, high, lam(over, body))


def product(body: Term, low: Term = lo, high: Term = hi, over: Term = i) -> Term:
    return op("prod", low, high, lam(over, body))


def always(body: Term) -> Term:
    return between(i, lo, hi, body)


fi, gi, ni = app(f, i), app(g, i), app(n, i)
hi1 = add(hi, ONE)
inside = (le(lo, j), le(j, hi))
delta_ij = op("delta", i, j)
last = add(hi, num(-1))

# Exponential, logarithm, powers.
row("exp_zero", eq(exp(ZERO), ONE), reference=f"{RUDIN}, 8.6")
row("exp_add", eq(exp(add(a, b)), mul(exp(a), exp(b))), reference=f"{RUDIN}, 8.6 (26)")
row("exp_pow", eq(power(exp(a), b), exp(mul(a, b))), reference=f"{RUDIN}, 8.6, 8.7 (42)")
row("log_exp", eq(log(exp(a)), a), reference=f"{RUDIN}, 8.6 (36)")
row("exp_log", eq(exp(log(a)), a), lt(ZERO, a), reference=f"{RUDIN}, 8.6 (37)")
row("log_one", eq(log(ONE), ZERO), reference=f"{RUDIN}, 8.6")
row("log_mul", eq(log(mul(a, b)), add(log(a), log(b))), lt(ZERO, a), lt(ZERO, b), reference=f"{RUDIN}, 8.6 (40)")
row("log_pow", eq(log(power(a, b)), mul(b, log(a))), lt(ZERO, a), reference=f"{RUDIN}, 8.6 (43)")
row("pow_exp_log", eq(power(a, b), exp(mul(b, log(a)))), lt(ZERO, a), reference=f"{RUDIN}, 8.7 (43)")
row("pow_add", eq(power(a, add(b, c)), mul(power(a, b), power(a, c))), lt(ZERO, a), reference=f"{RUDIN}, ex. 1.6")
row("pow_add_natural", eq(power(a, add(i, j)), mul(power(a, i), power(a, j))), le(ZERO, i), le(ZERO, j),
    reference=f"{RUDIN}, ex. 1.6 (0⁰ = 1: {KNUTH}, 5.1)")
row("pow_mul", eq(power(mul(a, b), c), mul(power(a, c), power(b, c))), le(ZERO, a), le(ZERO, b),
    reference=f"{RUDIN}, 1.21, ex. 1.6")
row("pow_mul_integer", eq(power(mul(a, b), i), mul(power(a, i), power(b, i))), reference=f"{RUDIN}, ex. 1.6 (0⁻¹ = 0)")
row("pow_pow", eq(power(power(a, b), c), power(a, mul(b, c))), lt(ZERO, a), reference=f"{RUDIN}, ex. 1.6")
row("pow_pow_natural", eq(power(power(a, i), j), power(a, mul(i, j))), le(ZERO, i), le(ZERO, j),
    reference=f"{RUDIN}, ex. 1.6")
row("one_pow", eq(power(ONE, a), ONE), reference=f"{RUDIN}, ex. 1.6")
row("pow_delta", eq(power(a, delta_ij), add(ONE, mul(delta_ij, sub(a, ONE)))), reference=f"{KNUTH}, 2.1, 5.1 (0⁰ = 1)")

# Kronecker's delta.
row("delta_same", eq(op("delta", i, i), ONE), reference=f"{KNUTH}, 2.1 (2.16)")
row("delta_differ", eq(delta_ij, ZERO), ne(i, j), reference=f"{KNUTH}, 2.1 (2.16)")
row("delta_symmetric", eq(delta_ij, op("delta", j, i)), reference=f"{KNUTH}, 2.1")
row("delta_square", eq(mul(delta_ij, delta_ij), delta_ij), reference=f"{KNUTH}, 2.1")
row("delta_substitute", eq(mul(delta_ij, fi), mul(delta_ij, app(f, j))), reference=f"{KNUTH}, 2.4")

# Finite sums and products.
row("sum_empty", eq(op("sum", lo, hi, f), ZERO), lt(hi, lo), reference=f"{KNUTH}, 2.1")
row("sum_last", eq(op("sum", lo, hi, f), add(op("sum", lo, last, f), app(f, hi))), le(lo, hi), reference=f"{KNUTH}, 2.2")
row("sum_split", eq(op("sum", lo, hi, f), add(op("sum", lo, j, f), op("sum", add(j, ONE), hi, f))),
    le(lo, add(j, ONE)), le(j, hi), reference=f"{KNUTH}, 2.3 (2.20)")
row("sum_shift", eq(op("sum", lo, hi, f), total(app(f, sub(i, j)), add(lo, j), add(hi, j))), reference=f"{KNUTH}, 2.3 (2.17)")
row("sum_congruence", eq(op("sum", lo, hi, f), op("sum", lo, hi, g)), always(eq(fi, gi)), reference=f"{KNUTH}, 2.1")
row("sum_add", eq(total(add(fi, gi)), add(op("sum", lo, hi, f), op("sum", lo, hi, g))), reference=f"{KNUTH}, 2.3 (2.16)")
row("sum_scale", eq(total(mul(a, fi)), mul(a, op("sum", lo, hi, f))), reference=f"{KNUTH}, 2.3 (2.15)")
row("sum_constant", eq(total(a), mul(add(hi, neg(lo), ONE), a)), le(lo, hi1), reference=f"{KNUTH}, 2.3")
row("sum_swap", eq(total(op("sum", j, k, app(h2, i))), total(total(app(h2, i, sym("i2", INT))), j, k, sym("i2", INT))),
    reference=f"{KNUTH}, 2.4 (2.27)")
row("sum_delta", eq(total(mul(delta_ij, fi)), app(f, j)), *inside, reference=f"{KNUTH}, 2.4")
row("prod_empty", eq(op("prod", lo, hi, f), ONE), lt(hi, lo), reference=f"{KNUTH}, 2.6")
row("prod_last", eq(op("prod", lo, hi, f), mul(op("prod", lo, last, f), app(f, hi))), le(lo, hi), reference=f"{KNUTH}, 2.6")
row("prod_split", eq(op("prod", lo, hi, f), mul(op("prod", lo, j, f), op("prod", add(j, ONE), hi, f))),
    le(lo, add(j, ONE)), le(j, hi), reference=f"{KNUTH}, 2.6")
row("prod_congruence", eq(op("prod", lo, hi, f), op("prod", lo, hi, g)), always(eq(fi, gi)), reference=f"{KNUTH}, 2.6")
row("prod_mul", eq(product(mul(fi, gi)), mul(op("prod", lo, hi, f), op("prod", lo, hi, g))), reference=f"{KNUTH}, 2.6")
row("prod_constant", eq(product(a), power(a, add(hi, neg(lo), ONE))), le(lo, hi1), reference=f"{KNUTH}, 2.6")
row("prod_swap", eq(product(op("prod", j, k, app(h2, i))), product(product(app(h2, i, sym("i2", INT))), j, k, sym("i2", INT))),
    reference=f"{KNUTH}, 2.4, 2.6")
row("prod_delta", eq(product(add(ONE, mul(delta_ij, fi))), add(ONE, app(f, j))), *inside, reference=f"{KNUTH}, 2.4, 2.6")
row("prod_pow_integer", eq(product(power(fi, j)), power(op("prod", lo, hi, f), j)), reference=f"{KNUTH}, 2.6 (0⁻¹ = 0)")
row("prod_pow", eq(product(power(fi, a)), power(op("prod", lo, hi, f), a)), always(le(ZERO, fi)), reference=f"{KNUTH}, 2.6")
row("prod_pow_sum", eq(product(power(a, fi)), power(a, op("sum", lo, hi, f))), lt(ZERO, a), reference=f"{KNUTH}, 2.6")
row("prod_pow_sum_natural", eq(product(power(a, ni)), power(a, op("sum", lo, hi, n))), always(le(ZERO, ni)),
    reference=f"{KNUTH}, 2.6 (0⁰ = 1)")
row("prod_exp", eq(product(exp(fi)), exp(op("sum", lo, hi, f))), reference=f"{KNUTH}, 2.6; {RUDIN}, 8.6")
row("log_prod", eq(log(op("prod", lo, hi, f)), total(log(fi))), always(lt(ZERO, fi)), reference=f"{KNUTH}, 2.6; {RUDIN}, 8.6")

# Order.
row("exp_positive", lt(ZERO, exp(a)), reference=f"{RUDIN}, 8.6")
row("exp_monotone", le(exp(a), exp(b)), le(a, b), reference=f"{RUDIN}, 8.6 (c)")
row("exp_strictly_monotone", lt(exp(a), exp(b)), lt(a, b), reference=f"{RUDIN}, 8.6 (c)")
row("log_monotone", le(log(a), log(b)), lt(ZERO, a), le(a, b), reference=f"{RUDIN}, 8.6")
row("log_strictly_monotone", lt(log(a), log(b)), lt(ZERO, a), lt(a, b), reference=f"{RUDIN}, 8.6")
row("log_bound", le(log(a), sub(a, ONE)), lt(ZERO, a), reference=f"{HARDY}, th. 150")
row("log_bound_strict", lt(log(a), sub(a, ONE)), lt(ZERO, a), ne(a, ONE), reference=f"{HARDY}, th. 150")
row("pow_positive", lt(ZERO, power(a, b)), lt(ZERO, a), reference=f"{RUDIN}, ex. 1.6")
row("pow_nonnegative", le(ZERO, power(a, b)), le(ZERO, a), reference=f"{RUDIN}, 1.21")
row("square_nonnegative", le(ZERO, power(a, num(2))), reference=f"{RUDIN}, 1.18 (d)")
row("mul_nonnegative", le(ZERO, mul(a, b)), le(ZERO, a), le(ZERO, b), reference=f"{RUDIN}, 1.17 (ii)")
row("mul_positive", lt(ZERO, mul(a, b)), lt(ZERO, a), lt(ZERO, b), reference=f"{RUDIN}, 1.17 (ii)")
row("mul_nonzero", ne(mul(a, b), ZERO), ne(a, ZERO), ne(b, ZERO), reference=f"{RUDIN}, 1.16 (b)")
row("pow_nonzero", ne(power(a, i), ZERO), ne(a, ZERO), reference=f"{RUDIN}, 1.16")
row("less_differs", ne(a, b), lt(a, b), reference=f"{RUDIN}, 1.5")
row("le_antisymmetric", eq(a, b), le(a, b), le(b, a), reference=f"{RUDIN}, 1.5")
row("le_differs", lt(a, b), le(a, b), ne(a, b), reference=f"{RUDIN}, 1.5")
row("integer_step", le(add(i, ONE), j), lt(i, j), reference=f"{KNUTH}, 3.1")
row("delta_nonnegative", le(ZERO, delta_ij), reference=f"{KNUTH}, 2.1")
row("delta_at_most_one", le(delta_ij, ONE), reference=f"{KNUTH}, 2.1")
row("sum_nonnegative", le(ZERO, op("sum", lo, hi, f)), always(le(ZERO, fi)), reference=f"{RUDIN}, 1.17")
row("sum_positive", lt(ZERO, op("sum", lo, hi, f)), le(lo, hi), always(lt(ZERO, fi)), reference=f"{RUDIN}, 1.17")
row("sum_monotone", le(op("sum", lo, hi, f), op("sum", lo, hi, g)), always(le(fi, gi)), reference=f"{RUDIN}, 1.17")
row("sum_member", le(app(f, j), op("sum", lo, hi, f)), *inside, always(le(ZERO, fi)), reference=f"{RUDIN}, 1.17")
row("prod_positive", lt(ZERO, op("prod", lo, hi, f)), always(lt(ZERO, fi)), reference=f"{RUDIN}, 1.17")
row("prod_nonnegative", le(ZERO, op("prod", lo, hi, f)), always(le(ZERO, fi)), reference=f"{RUDIN}, 1.17")
row("max_left", le(a, op("max", a, b)), reference=f"{RUDIN}, 1.8")
row("max_right", le(b, op("max", a, b)), reference=f"{RUDIN}, 1.8")
row("max_least", le(op("max", a, b), c), le(a, c), le(b, c), reference=f"{RUDIN}, 1.8")
row("maxi_member", le(app(f, j), op("maxi", lo, hi, f)), *inside, reference=f"{RUDIN}, 1.8")
row("maxi_least", le(op("maxi", lo, hi, f), a), le(lo, hi), always(le(fi, a)), reference=f"{RUDIN}, 1.8")
row("maxi_split", eq(op("maxi", lo, hi, f), op("max", op("maxi", lo, j, f), op("maxi", add(j, ONE), hi, f))),
    le(lo, j), lt(j, hi), reference=f"{RUDIN}, 1.8")
row("maxi_single", eq(op("maxi", i, i, f), fi), reference=f"{RUDIN}, 1.8")
row("maxi_congruence", eq(op("maxi", lo, hi, f), op("maxi", lo, hi, g)), always(eq(fi, gi)), reference=f"{RUDIN}, 1.8")

# Derivatives. hasd(u, a, b): the function u is differentiable at a, and b is its derivative there.
ux, vx, ua, va = app(u, x), app(v, x), app(u, a), app(v, a)
du, dv = op("hasd", u, a, b), op("hasd", v, a, c)


def slope(body: Term, value: Term, at: Term = a) -> Term:
    return op("hasd", lam(x, body), at, value)


row("d_constant", slope(b, ZERO), reference=f"{RUDIN}, 5.4")
row("d_identity", slope(x, ONE), reference=f"{RUDIN}, 5.4")
row("d_sum", slope(add(ux, vx), add(b, c)), du, dv, reference=f"{RUDIN}, 5.3 (a)")
row("d_product", slope(mul(ux, vx), add(mul(b, va), mul(ua, c))), du, dv, reference=f"{RUDIN}, 5.3 (b)")
row("d_quotient", slope(mul(ux, power(vx, num(-1))), mul(sub(mul(b, va), mul(ua, c)), power(va, num(-2)))), du, dv,
    ne(va, ZERO), reference=f"{RUDIN}, 5.3 (c)")
row("d_reciprocal", slope(power(vx, num(-1)), mul(num(-1), c, power(va, num(-2)))), dv, ne(va, ZERO), reference=f"{RUDIN}, 5.3 (c)")
row("d_exp", slope(exp(ux), mul(exp(ua), b)), du, reference=f"{RUDIN}, 5.5, 8.6")
row("d_log", slope(log(ux), mul(b, power(ua, num(-1)))), du, lt(ZERO, ua), reference=f"{RUDIN}, 5.5, 8.6 (38)")
row("d_power_natural", slope(power(ux, i), mul(i, power(ua, add(i, num(-1))), b)), du, le(ONE, i), reference=f"{RUDIN}, 5.4, 5.5")
row("d_power", slope(power(ux, d), mul(d, power(ua, add(d, num(-1))), b)), du, lt(ZERO, ua), reference=f"{RUDIN}, 5.5, 8.6")
row("d_power_both", slope(power(ux, vx), mul(power(ua, va), add(mul(c, log(ua)), mul(va, b, power(ua, num(-1)))))), du, dv,
    lt(ZERO, ua), reference=f"{RUDIN}, 5.5, 8.7")
row("d_finite_sum", slope(total(app(u1, i, x)), op("sum", lo, hi, v1)), always(op("hasd", app(u1, i), a, app(v1, i))),
    reference=f"{RUDIN}, 5.3 (a)")
row("d_finite_product", slope(product(app(u1, i, x)), total(mul(app(v1, i), product(
    add(op("delta", j, i), mul(sub(ONE, op("delta", j, i)), app(u1, j, a))), over=j)))),
    always(op("hasd", app(u1, i), a, app(v1, i))), reference=f"{RUDIN}, 5.3 (b)")
row("d_chain", slope(app(u, vx), mul(b, c)), op("hasd", u, va, b), dv, reference=f"{RUDIN}, 5.5")
row("d_local", op("hasd", u, a, b), lt(c, a), lt(a, d),
    forall(x, op("implies", lt(c, x), op("implies", lt(x, d), eq(ux, vx)))), op("hasd", v, a, b), reference=f"{RUDIN}, 5.1")
row("d_smooth", op("hasd", u, a, op("diff", u, a)), op("smooth", u), reference=f"{RUDIN}, 5.1")
row("derivative", eq(op("diff", u, a), b), du, reference=f"{RUDIN}, 5.1")
row("zero_derivative", eq(ua, app(u, b)), forall(x, op("hasd", u, x, ZERO)), reference=f"{RUDIN}, 5.11 (b)")

# Partial derivatives: of F, a function of a family, in the entry with index i, at the family f.
F, G = sym("F", fn(fn(INT, REAL), REAL)), sym("G", fn(fn(INT, INT, REAL), REAL))
moved = lam(j, add(app(f, j), mul(x, op("delta", j, i))))
moved2 = lam(j, lam(k, add(app(h2, j, k), mul(x, op("delta", j, lo), op("delta", k, hi)))))
row("partial", eq(op("partial", F, f, i), op("diff", lam(x, app(F, moved)), ZERO)), reference=f"{RUDIN}, 9.16")
row("partial2", eq(op("partial2", G, h2, lo, hi), op("diff", lam(x, app(G, moved2)), ZERO)), reference=f"{RUDIN}, 9.16")
row("d_chain_family", slope(app(F, lam(i, app(u1, i, x))), total(mul(op("partial", F, lam(j, app(u1, j, a)), i), app(v1, i)))),
    op("differentiable", F, lo, hi), always(op("hasd", app(u1, i), a, app(v1, i))), reference=f"{RUDIN}, 9.15, 9.17")

# Contradiction, induction, and sets of maximisers.
row("contradiction", sym("Q", BOOL), lt(a, a), reference="Enderton, A Mathematical Introduction to Logic, 2nd ed., 2.4")
P = sym("P", fn(INT, BOOL))
row("induction", forall(i, op("implies", le(lo, i), app(P, i))), app(P, lo),
    forall(i, op("implies", le(lo, i), op("implies", app(P, i), app(P, add(i, ONE))))), reference=f"{KNUTH}, 1.1")


def _argmax(name: str, sort: Sort) -> None:
    s, t, dom = sym("s", sort), sym("t", sort), sym("D", fn(sort, BOOL))
    p, q = sym("p", fn(sort, REAL)), sym("q", fn(sort, REAL))

    def carries(one: Term, other: Term) -> Term:
        step = op("implies", le(app(one, s), app(one, t)), le(app(other, s), app(other, t)))
        return forall(s, forall(t, op("implies", app(dom, s), op("implies", app(dom, t), step))))

    row(f"argmax_{name}", op("argmax_eq", dom, p, q), carries(p, q), carries(q, p), reference="Boyd, Vandenberghe, Convex Optimization, 4.1.3")


for _name, _sort in (("integer", INT), ("real", REAL), ("point", POINT), ("family", fn(INT, REAL))):
    _argmax(_name, _sort)
