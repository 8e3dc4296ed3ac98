"""Random terms: the plain text, read back by a reader that knows nothing of the printer, has the value of the term."""

from __future__ import annotations

import re
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from symnll.core.term import INT, ONE, REAL, ZERO, app, fn, forall, lam, neg, num, op, sub, sym
from symnll.write.latex import term_latex
from symnll.write.mathml import mathml
from symnll.write.nodes import Big, Node
from symnll.write.notation import Reader
from symnll.write.statement import bound_names
from symnll.write.text import term_text, text

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


VALUES = {"K": 2, "N": 3, "i": 1, "m": 2, "a": Fraction(3, 2), "b": Fraction(-2), "c": Fraction(0)}
SYMBOLS = {"i": i, "m": m, "a": a, "b": b, "c": c}


def vector_value(name, *indices):
    return Fraction(sum((n + 2) * 3**at for at, n in enumerate(indices)) - 4, 1 + len(name) + ord(name[0]) % 3)


def opaque(function, argument):
    return {"exp": argument * argument + 3, "log": 5 * argument - 7, "√": 2 * argument + 11}[function]


def raised(base, exponent):
    if Fraction(exponent).denominator != 1:
        return base * 13 + exponent
    return Fraction(0) if base == 0 and exponent < 0 else Fraction(base) ** int(exponent)


def term_value(t, values):
    args = t.args
    if t.op == "num":
        return t.data
    if t.op == "sym":
        return values[t.data]
    if t.op == "app":
        names = []
        while t.op == "app":
            names.insert(0, term_value(t.args[1], values))
            t = t.args[0]
        return vector_value(t.data, *names)
    if t.op in ("sum", "prod", "maxi"):
        low, high = (int(term_value(s, values)) for s in args[:2])
        each = []
        for n in range(low, high + 1):
            name = f"value {len(values)} {n}"
            each.append(term_value(app(args[2], sym(name, INT)), {**values, name: Fraction(n)}))
        result = Fraction(0 if t.op == "sum" else 1)
        for e in each:
            result = result + e if t.op == "sum" else result * e
        return max(each) if t.op == "maxi" else result
    numbers = [term_value(s, values) for s in args]
    if t.op == "pow":
        if args[1] is num(Fraction(1, 2)):
            return opaque("√", numbers[0])
        return raised(*numbers)
    if t.op in ("exp", "log"):
        return opaque(t.op, numbers[0])
    if t.op == "delta":
        return Fraction(numbers[0] == numbers[1])
    if t.op == "max":
        return max(numbers)
    result = numbers[0]
    for n in numbers[1:]:
        result = result + n if t.op == "add" else result * n
    return result


TOKEN = re.compile(r"\s*(\.\.|[A-Za-zδΣ∏√]+|\d+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|.)")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


class TextReader:
    """Reads the plain text of a number, knowing nothing of the printer: a sum takes the product that follows it.

    `legend` says over what an index runs where the text does not: ["k ∈ 1..K"], as theorems show it.
    """

    def __init__(self, text, legend):
        self.tokens, self.at = TOKEN.findall(text), 0
        self.upper = {line.split()[0]: line.rpartition("..")[2] for line in legend}

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted=None):
        token = self.peek()
        assert wanted is None or token == wanted, (token, wanted, self.tokens)
        self.at += 1
        return token

    def value(self, values):
        result = self.sum(values)
        assert self.peek() == "", self.tokens[self.at :]
        return result

    def sum(self, values):
        negative = self.peek() == "−" and bool(self.take())
        result = -self.product(values) if negative else self.product(values)
        while self.peek() in ("+", "−"):
            sign = 1 if self.take() == "+" else -1
            result += sign * self.product(values)
        return result

    def product(self, values):
        result = self.power(values)
        while self.peek() in ("·", "/"):
            divide = self.take() == "/"
            other = self.power(values)
            result = result * (raised(other, -1) if divide else other)
        return result

    def power(self, values):
        base = self.atom(values)
        if self.peek() == "^":
            self.take()
            return raised(base, self.atom(values))
        if self.peek() and self.peek()[0] in "⁰¹²³⁴⁵⁶⁷⁸⁹":
            return raised(base, int(self.take().translate(SUPERSCRIPTS)))
        return base

    def arguments(self, values, closing=")"):
        found = [self.sum(values)]
        while self.peek() == ",":
            self.take()
            found.append(self.sum(values))
        self.take(closing)
        return found

    def atom(self, values):
        token = self.take()
        if token == "(":
            return self.arguments(values)[0]
        if token.isdigit():
            return Fraction(int(token))
        if token in ("exp", "log", "√"):
            self.take("(")
            return opaque(token, self.arguments(values)[0])
        if token == "δ":
            self.take("(")
            first, second = self.arguments(values)
            return Fraction(first == second)
        if token == "max" and self.peek() == "(":
            self.take()
            return max(self.arguments(values))
        if token in ("Σ", "∏", "max"):
            return self.big(token, values)
        if self.peek() == "_":
            self.take()
            if self.peek() == "{":
                self.take()
                return vector_value(token, *self.arguments(values, "}"))
            return vector_value(token, self.atom(values))
        return values[token]

    def big(self, kind, values):
        self.take("_")
        low = Fraction(1)
        if self.peek() == "{":
            self.take()
            name = self.take()
            self.take("=")
            low = self.sum(values)
            self.take("..")
            high = self.sum(values)
            self.take("}")
        else:
            name = self.take()
            high = values[self.upper[name]]
        assert name not in values, f"{name} is bound twice"
        start, each = self.at, []
        for n in range(int(low), int(high) + 1):
            self.at = start
            each.append((self.power if kind == "max" else self.product)({**values, name: Fraction(n)}))
        result = Fraction(0 if kind == "Σ" else 1)
        for e in each:
            result = result + e if kind == "Σ" else result * e
        return max(each) if kind == "max" else result


def numbers_in(indices):
    """Terms over the free symbols and these bound indices."""
    integers = st.sampled_from([i, m, ONE, *indices])
    leaf = st.one_of(
        st.sampled_from([a, b, c, num(2), num(-1), num(Fraction(-3, 2)), ONE, ZERO]),
        integers.map(lambda n: app(z, n)),
        st.builds(lambda s, t: app(W, s, t), integers, integers),
        st.builds(lambda s, t: op("delta", s, t), integers, integers),
    )

    def grow(inner):
        return st.one_of(
            st.builds(add, inner, inner),
            st.builds(lambda s, t: sub(s, t), inner, inner),
            st.builds(mul, inner, inner),
            st.builds(lambda s, t: mul(s, inverse(t)), inner, inner),
            st.builds(mul, inner, inner, inner),
            inner.map(neg),
            st.builds(lambda s, n: power(s, num(n)), inner, st.sampled_from([2, 3, -1, -2])),
            st.builds(op, st.sampled_from(["exp", "log"]), inner),
            st.builds(lambda s, t: op("max", s, t), inner, inner),
            *([bound_in(indices)] if len(indices) < 2 else []),
        )

    return st.recursive(leaf, grow, max_leaves=6)


def bound_in(indices):
    fresh = sym(f"‹{len(indices)}›", INT)
    ranges = st.sampled_from([(ONE, K), (ONE, N), (num(2), K), (ONE, add(K, ONE))])
    return st.builds(
        lambda kind, ends, body: op(kind, *ends, lam(fresh, body)),
        st.sampled_from(["sum", "prod", "maxi"]), ranges, st.deferred(lambda: numbers_in((*indices, fresh))),
    )  # fmt: skip


def bigs(node, scope=()):
    if isinstance(node, Big):
        yield node, scope
        scope = (*scope, node.variable)
    for part in vars(node).values():
        for child in part if isinstance(part, tuple) else (part,):
            for inner in child if isinstance(child, tuple) else (child,):
                if isinstance(inner, Node):
                    yield from bigs(inner, scope)


@settings(max_examples=400, deadline=None)
@given(numbers_in(()))
def test_the_text_reads_back_as_the_term(t):
    reader = Reader([t])
    shown = text(reader.read(t))
    values = {name: Fraction(value) for name, value in VALUES.items() if name in "KN" or SYMBOLS[name] in t.free}
    legend = [text(n) for n in bound_names(reader)]
    assert TextReader(shown, legend).value(values) == term_value(t, values)


@settings(max_examples=200, deadline=None)
@given(numbers_in(()))
def test_bound_names_never_collide_and_all_formulas_convert(t):
    for big, scope in bigs(Reader([t]).read(t)):
        assert big.variable not in scope
    assert not {big.variable for big, _ in bigs(Reader([t]).read(t))} & {s.data for s in t.free}
    mathml(term_latex(t), block=True)


@settings(max_examples=100, deadline=None)
@given(numbers_in(()))
def test_derivatives_and_formulas_of_random_terms_print(t):
    for formula in (
        op("partial", lam(z, t), z, m),
        op("partial", lam(z, t), lam(k, mul(app(v, k), a)), m),
        op("partial2", lam(W, t), W, i, m),
        op("diff", lam(a, t), a),
        op("diff", lam(a, t), op("exp", b)),
        op("eq", t, add(t, a)),
        forall(a, op("implies", op("le", ZERO, a), op("lt", t, a))),
        op("hasd", lam(a, t), b, t),
    ):
        assert term_text(formula)
        mathml(term_latex(formula), block=True)
    assert term_text(t, Y) and term_latex(t, Y)
