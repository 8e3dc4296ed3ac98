"""The printers: the text reads back as the term; names never collide; only theorems are printed as proved."""

from __future__ import annotations

import re
from fractions import Fraction
from types import SimpleNamespace

import pytest

from symnll.core.kernel import Theorem, assume, conjoin, ring
from symnll.core.term import (
    INT,
    ONE,
    POINT,
    REAL,
    ZERO,
    CoreError,
    app,
    between,
    fn,
    lam,
    neg,
    num,
    op,
    sub,
    sym,
)
from symnll.write.latex import term_latex, theorem_latex
from symnll.write.mathml import FormulaError, mathml
from symnll.write.nodes import Big, Name, Node
from symnll.write.notation import Reader
from symnll.write.text import term_text, theorem_text

K, N, i, j, k, m, T = (sym(s, INT) for s in ("K", "N", "i", "j", "k", "m", "T"))
a, b, c, x = (sym(s) for s in "abcx")
z, y, q, v = (sym(s, fn(INT, REAL)) for s in "zyqv")
W = sym("W", fn(INT, INT, REAL))


def add(*terms):
    return op("add", *terms)


def mul(*terms):
    return op("mul", *terms)


def power(s, t):
    return op("pow", s, t)


def inverse(t):
    return power(t, num(-1))


def total(body, over=k, high=K, low=ONE, kind="sum"):
    return op(kind, low, high, lam(over, body))


def softmax(index):
    return mul(op("exp", app(z, index)), inverse(total(op("exp", app(z, k)))))


Y = [(app(y, i), softmax(i))]


# Hand-picked readings.

READINGS = [
    (sub(a, b), "a − b", "a - b"),
    (add(neg(b), a), "a − b", "a - b"),
    (add(neg(a), neg(b)), "−a − b", "-a - b"),
    (sub(a, sub(b, c)), "a − (b − c)", "a - (b - c)"),
    (mul(add(a, b), c), "c·(a + b)", r"c \cdot (a + b)"),
    (neg(add(a, b)), "−(a + b)", "-(a + b)"),
    (mul(a, inverse(mul(b, c))), "a/(b·c)", r"\frac{a}{b c}"),
    (mul(a, inverse(b), inverse(c)), "a/(b·c)", r"\frac{a}{b c}"),
    (inverse(mul(a, inverse(b))), "1/(a/b)", r"\frac{1}{\frac{a}{b}}"),
    (mul(num(Fraction(1, 2)), a), "a/2", r"\frac{a}{2}"),
    (mul(num(-2), a), "−2·a", "-2 a"),
    (power(neg(a), num(2)), "(−a)²", "(-a)^{2}"),
    (neg(power(a, num(2))), "−a²", "-a^{2}"),
    (power(power(a, num(2)), num(3)), "(a²)³", "(a^{2})^{3}"),
    (power(a, power(b, c)), "a^(b^c)", "a^{b^{c}}"),
    (power(a, num(Fraction(1, 2))), "√(a)", r"\sqrt{a}"),
    (power(op("log", a), num(2)), "log(a)²", r"(\log a)^{2}"),
    (op("exp", neg(app(z, k))), "exp(−z_k)", "e^{-z_{k}}"),
    (op("log", add(a, ONE)), "log(a + 1)", r"\log(a + 1)"),
    (add(total(app(z, k)), a), "a + Σ_k z_k", r"a + \sum_{k=1}^{K} z_{k}"),
    (total(add(app(z, k), a)), "Σ_k (z_k + a)", r"\sum_{k=1}^{K} (z_{k} + a)"),
    (mul(total(app(z, k)), a), "a·Σ_k z_k", r"a\, \sum_{k=1}^{K} z_{k}"),
    (power(total(app(z, k)), num(2)), "(Σ_k z_k)²", r"\left(\sum_{k=1}^{K} z_{k}\right)^{2}"),
    (total(app(z, k), low=num(2)), "Σ_{k=2..K} z_k", r"\sum_{k=2}^{K} z_{k}"),
    (total(app(z, k), k, add(K, num(-1))), "Σ_{k=1..K − 1} z_k", r"\sum_{k=1}^{K - 1} z_{k}"),
    (total(app(z, k), kind="maxi"), "max_k z_k", r"\max_{1 \le k \le K} z_{k}"),
    (total(app(app(W, sym("n", INT)), k), k), "Σ_k W_{n,k}", r"\sum_{k=1}^{K} W_{n k}"),
    (app(q, app(sym("x", fn(INT, INT)), sym("n", INT))), "q_{x_n}", "q_{x_{n}}"),
    (app(z, add(i, ONE)), "z_{i + 1}", "z_{i + 1}"),
    (op("delta", i, m), "δ(i, m)", r"\delta_{i m}"),
    (op("le", ONE, K), "K ≥ 1", r"K \ge 1"),
    (op("lt", ZERO, app(q, i)), "q_i > 0", "q_{i} > 0"),
    (between(i, ONE, K, op("le", ZERO, app(q, i))), "q_k ≥ 0 for all k ∈ 1..K", None),
    (app(sym("p", fn(INT, POINT, REAL)), i, sym("theta", POINT)), "p(i; θ)", r"p(i;\, \theta)"),
    (op("diff", sym("f", fn(REAL, REAL)), a), "f′(a)", "f'(a)"),
    (op("diff", lam(x, op("exp", x)), a), "d/da exp(a)", r"\frac{d}{da} e^{a}"),
    (op("diff", lam(x, mul(x, a)), a), "[∂/∂x (x·a) at x = a]", None),
    (op("partial", lam(z, app(z, i)), z, m), "∂z_i/∂z_m", r"\frac{\partial z_{i}}{\partial z_{m}}"),
    (op("partial", lam(z, app(z, i)), v, m), "∂v_i/∂v_m", None),
    (op("max", op("max", a, b), c), "max(max(a, b), c)", r"\max(\max(a, b), c)"),
    (sub(sym("m1"), sym("tau")), "m₁ − τ", r"m_{1} - \tau"),
]  # fmt: skip


@pytest.mark.parametrize(("term", "plain", "latex"), READINGS)
def test_readings(term, plain, latex):
    assert term_text(term) == plain
    assert latex is None or term_latex(term) == latex
    mathml(term_latex(term), block=True)


def test_second_derivative_is_written_as_one():
    loss = op("log", total(op("exp", app(z, k))))
    hessian = op("partial", lam(z, op("partial", lam(z, loss), z, m)), z, i)
    assert term_text(hessian) == "∂²/∂z_i∂z_m log(Σ_k exp(z_k))"
    assert term_latex(hessian).startswith(r"\frac{\partial^{2}}{\partial z_{i}\, \partial z_{m}} \log")


def test_argmin_is_argmax_of_the_negative():
    theta = sym("theta", POINT)
    p = sym("p", fn(POINT, REAL))
    domain = lam(theta, op("le", ZERO, ZERO))
    same = op("argmax_eq", domain, p, lam(theta, neg(op("log", app(p, theta)))))
    assert term_text(same) == "argmax_θ p(θ) = argmin_θ log(p(θ))"


def test_symbols_of_one_name_and_different_sorts_look_different():
    assert term_text(add(sym("a"), sym("a", INT))) in ("a + a′", "a′ + a")


# Abbreviations.


def test_abbreviations_fold_in_products_and_powers():
    product = mul(softmax(i), sub(op("delta", i, m), softmax(m)))
    assert term_text(product, Y) == "y_i·(δ(i, m) − y_m)"
    together = mul(op("exp", app(z, i)), op("exp", app(z, m)), power(total(op("exp", app(z, k))), num(-2)))
    assert term_text(together, Y) == "y_i·y_m"
    square = mul(op("exp", mul(num(2), app(z, i))), power(total(op("exp", app(z, k))), num(-2)))
    assert term_text(square, Y) == "y_i²"
    assert term_text(total(mul(app(v, k), softmax(k))), Y) in ("Σ_k v_k·y_k", "Σ_k y_k·v_k")


def test_a_reciprocal_folds_in_a_product():
    sigmoid = inverse(add(ONE, op("exp", neg(x))))
    S = [(sym("s"), sigmoid)]
    assert term_text(mul(sigmoid, sub(ONE, sigmoid)), S) == "s·(1 − s)"
    assert term_text(mul(a, power(add(ONE, op("exp", neg(x))), num(-2))), S) == "a·s²"


def test_abbreviations_do_not_fold_what_is_something_else():
    other = mul(op("exp", app(z, i)), inverse(total(op("exp", app(v, k)))))
    shorter = mul(op("exp", app(z, i)), inverse(total(op("exp", app(z, k)), k, add(K, num(-1)))))
    assert "y" not in term_text(other, Y) and "y" not in term_text(shorter, Y)
    assert term_text(add(app(y, i), softmax(i)), Y) == "y_i + exp(z_i)/Σ_k exp(z_k)"  # y is taken


def test_a_definition_is_not_folded_into_itself():
    assert (
        term_text(op("eq", softmax(i), mul(inverse(total(op("exp", app(z, k)))), op("exp", app(z, i)))), Y)
        != "y_i = y_i"
    )


def test_a_functional_at_an_abbreviated_point():
    C = sym("C", fn(fn(INT, REAL), REAL))
    slope = op("partial", C, lam(k, softmax(k)), i)
    assert term_text(slope, Y) == "∂/∂y_i C(y)"
    assert term_text(slope) == "[∂/∂v_i C(v) at v = (j ↦ exp(z_j)/Σ_k exp(z_k))]"


def bigs(node, scope=()):
    if isinstance(node, Big):
        yield node, scope
        scope = (*scope, node.variable)
    for part in vars(node).values():
        for child in part if isinstance(part, tuple) else (part,):
            for inner in child if isinstance(child, tuple) else (child,):
                if isinstance(inner, Node):
                    yield from bigs(inner, scope)


def test_an_index_bound_over_two_ranges_has_two_names():
    both = add(total(app(z, k)), total(app(z, k), k, N))
    names = {big.variable for big, _ in bigs(Reader([both]).read(both))}
    assert names == {"k", "n"}


def test_capture():
    free = mul(app(z, k), total(app(z, j), j))  # k is free, so the sum has another index
    assert term_text(free) == "z_k·Σ_j z_j"
    nested = total(mul(app(v, k), total(mul(app(z, j), app(q, j)), j)))
    assert term_text(nested) == "Σ_k v_k·Σ_j z_j·q_j"


# Theorems.


def proved_equation():
    inside = [
        assume("i ∈ 1..K", op("le", ONE, i)),
        assume("i ∈ 1..K", op("le", i, K)),
        assume("K ≥ 1", op("le", ONE, K)),
    ]
    simplex = [
        assume("q simplex", between(k, ONE, K, op("lt", ZERO, app(q, k)))),
        assume("q simplex", op("eq", total(app(q, k)), ONE)),
    ]
    fact = ring(mul(app(q, i), a), mul(a, app(q, i)))
    return conjoin(fact, *inside, *simplex)


def test_theorem_text_has_every_hypothesis():
    shown = theorem_text(proved_equation())
    assert "for all K ≥ 1, i ∈ 1..K, real a" in shown
    assert "given q simplex ((q_k > 0 for all k ∈ 1..K) and Σ_k q_k = 1)" in shown
    assert "with k ∈ 1..K" in shown
    assert r"i \in \{1, \dots, K\}" in theorem_latex(proved_equation())


def test_hypotheses_are_shown_from_their_formulas_not_from_their_names():
    lie = assume("K ≥ 1", op("lt", ONE, ZERO))
    assert "1 < 0" in theorem_text(lie) and "given" in theorem_text(lie)


def test_label_maps():
    labels = sym("x", fn(INT, INT))
    n = sym("n", INT)
    low = assume("x labels in 1..K", between(n, ONE, N, op("le", ONE, app(labels, n))))
    high = assume("x labels in 1..K", between(n, ONE, N, op("le", app(labels, n), K)))
    assert "given x_n ∈ 1..K for all n ∈ 1..N" in theorem_text(conjoin(low, high))


FAKES = [object.__new__(Theorem), SimpleNamespace(statement=ONE, hypotheses=frozenset()), op("eq", a, a), "a = a", None]


@pytest.mark.parametrize("fake", FAKES, ids=lambda f: type(f).__name__)
def test_only_theorems_are_printed_as_proved(fake):
    for show in (theorem_text, theorem_latex):
        with pytest.raises(CoreError):
            show(fake)


# Formulas.


@pytest.mark.parametrize("formula", [r"\frac{a}{b", r"\nosuchcommand{x}", r"a_{b}_{c}", r"}{"])
def test_formulas_that_cannot_be_shown_are_refused(formula):
    with pytest.raises(FormulaError, match=re.escape(formula)):
        mathml(formula)


MARKUP = [r"\href{javascript:alert(1)}{x}", r"\style{color:red}{x}", r"{\color{red}x}", r"\class{a}{x}"]


@pytest.mark.parametrize("formula", MARKUP)
def test_formulas_with_markup_of_their_own_are_refused(formula):
    with pytest.raises(FormulaError):
        mathml(formula)


def test_names():
    assert Reader([a]).read(a) == Name("a")
