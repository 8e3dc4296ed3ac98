"""What the statements of these tests are built from: nothing is evaluated, as in what a reader of formulas makes.

`S`, `P`, `MX`: sum, product, maximum over the range of an index, or from lo to hi. `M`, `A`, `PO`, `dv`: product, sum,
power, quotient as written. `sg`: the sigmoid, `sm`: the entries of softmax z.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Add, Derivative, Dummy, Integer, Mul, Pow, Product, Rational, Sum, evaluate

from symnll.language import (
    Index,
    MaxOver,
    function,
    index,
    indices,
    labels,
    natural,
    onehot,
    positive,
    real,
    size,
    vector,
)
from symnll.prove.prover import search
from symnll.small import Witness, examine

Case = tuple[Any, ...]  # a statement, and what is given

K, N, d = size("K"), size("N"), size("d")
i, j, k, jj, m, t = indices("i j k l m t", K)
s = index("s", N)
u, u2 = indices("u u2", d)
z, w, v = vector("z", K), vector("w", K), vector("v", K)
q, r = vector("q", K, kind="positive"), vector("r", K, kind="positive")
p, o = vector("p", K, kind="simplex"), vector("o", K, kind="simplex")
a, b, c, x, y, g, mu, th = (real(name) for name in ("a", "b", "c", "x", "y", "gamma", "mu", "theta"))
lam, sig, tau, al = (positive(name) for name in ("lambda", "sigma", "tau", "alpha"))
f, h = function("f"), function("h")
density = function("P", positive=True)
n_y, n_b, k_b = natural("n_y"), natural("n_b"), natural("k_b")
counts, hits = vector("c", K, kind="natural"), vector("y", N, kind="natural")
bits, bit = vector("b", N, kind="binary"), index("b", 1, 0)
hot = onehot("e", K, t)
label = labels("lab", N, K)
mat, data, xs = vector("A", K, K), vector("XN", N, d), vector("XX", N)
X, W, B = vector("X", d), vector("W", K, d), vector("B", K)
one, half = Integer(1), Rational(1, 2)


def M(*factors: Any) -> Any:
    return Mul(*factors, evaluate=False)


def A(*terms: Any) -> Any:
    return Add(*terms, evaluate=False)


def PO(base: Any, exponent: Any) -> Any:
    return Pow(base, exponent, evaluate=False)


def inv(e: Any) -> Any:
    return PO(e, Integer(-1))


def dv(top: Any, bottom: Any) -> Any:
    return M(top, inv(bottom))


def sq(e: Any) -> Any:
    return PO(e, half)


def ex(e: Any) -> Any:
    return sympy.exp(e, evaluate=False)


def lg(e: Any) -> Any:
    return sympy.log(e, evaluate=False)


def fac(n: Any) -> Any:
    return sympy.factorial(n, evaluate=False)


def bino(n: Any, k: Any) -> Any:
    return sympy.binomial(n, k, evaluate=False)


def delta(i: Any, j: Any) -> Any:
    return sympy.KroneckerDelta(i, j, evaluate=False)


def D(e: Any, *variables: Any) -> Any:
    return Derivative(e, *variables, evaluate=False)


def PW(*cases: Any) -> Any:
    return sympy.Piecewise(*cases, evaluate=False)


def _over(kind: Any, body: Any, variable: Any, lo: Any, hi: Any) -> Any:
    fresh = Dummy(variable.name, integer=True)
    lo, hi = variable.lower if lo is None else lo, variable.upper if hi is None else hi
    return kind(body.xreplace({variable: fresh}), (fresh, lo, hi))


def S(body: Any, variable: Index, lo: Any = None, hi: Any = None) -> Any:
    return _over(Sum, body, variable, lo, hi)


def P(body: Any, variable: Index, lo: Any = None, hi: Any = None) -> Any:
    return _over(Product, body, variable, lo, hi)


def MX(body: Any, variable: Index, lo: Any = None, hi: Any = None) -> Any:
    return _over(MaxOver, body, variable, lo, hi)


def sg(e: Any) -> Any:
    with evaluate(False):
        return dv(one, 1 + ex(-e))


def sm(n: Any) -> Any:
    return dv(ex(z[n]), S(ex(z[k]), k))


with evaluate(False):
    Zs = S(ex(z[k]), k)


def proved(statement: Any, *given: Any) -> bool:
    """Whether the statement is proved, also where it takes the conditions that its sides are defined.

    What is proved must not be refuted at small sizes.
    """
    theorem, _ = search(statement, given)
    if theorem is not None:
        assert not isinstance(examine(statement, given), Witness)
    return theorem is not None


def refuted(statement: Any, *given: Any) -> bool:
    return isinstance(examine(statement, given), Witness)


__all__ = [name for name in globals() if not name.startswith("__")]
