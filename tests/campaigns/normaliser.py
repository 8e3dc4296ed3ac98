"""Random terms: what the normaliser calls equal is equal at exact small sizes.

    python -m tests.campaigns.normaliser --cases 20000 --seed 0

A case is a pair of random expressions, the second made from the first by rewriting that keeps the value, by an edit
that mostly does not, or independently. The normaliser works on both; where it calls them equal, and for each
expression and its normal form, the small-size check, which shares no code with it, looks for a counterexample.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sympy
from sympy import Add, Dummy, KroneckerDelta, Mul, Pow, Product, Rational, Sum, exp, log
from sympy.concrete.expr_with_limits import ExprWithLimits

from symnll import language as L
from symnll.core.term import ZERO, CoreError
from symnll.prove.bridge import Bridge, BridgeError
from symnll.prove.normal import normal, value
from symnll.prove.prover import search
from symnll.prove.search import build_context, with_cuts
from symnll.prove.tactics import NoProof, minus
from symnll.prove.to_sympy import to_sympy
from symnll.small import Agreement, Witness, examine

EXPECTED = (NoProof, CoreError, BridgeError)
K, N = L.sizes("K N")
J, M, T = L.indices("i m T", K)
S = L.index("s", N)
Z, W = L.vector("z", K), L.vector("w", K)
Q, R = L.vector("q", K, kind="positive"), L.vector("r", K, kind="nonnegative")
P = L.vector("p", K, kind="simplex")
X = L.labels("x", N, K)
C = L.vector("c", K, kind="natural")
F = L.vector("f", K, kind="binary")
A, B = L.real("a"), L.positive("b")
Y = L.softmax(Z)


class Spent(Exception):
    """A case took longer than its share."""


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raises Spent inside after so many seconds, where the system has timers."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: Any) -> None:
        raise Spent

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Terms:
    """Random expressions over the vocabulary above; `scope` holds the bound indices (over 1..K)."""

    def __init__(self, rng: Any) -> None:
        self.rng = rng

    def pick(self, *options: Callable[[], Any]) -> Any:
        return self.rng.choice(options)()

    def index(self, scope: Sequence[Any]) -> Any:
        choice = self.rng.choice([J, M, T, *scope, *scope])
        return X[S] if self.rng.random() < 0.08 else choice

    def bound(self) -> Any:
        return Dummy(self.rng.choice("jkl"), integer=True)

    def range(self) -> tuple[Any, Any]:
        """Mostly 1..K, at times a part of it."""
        return self.rng.choice([(1, K)] * 7 + [(1, M), (M, K), (M + 1, K), (1, 3), (2, K), (1, K - 1), (M, M)])

    def over(self, make: Callable[..., Any], kind: Any, depth: int, scope: Sequence[Any]) -> Any:
        j = self.bound()
        return kind(make(depth - 1, [*scope, j]), (j, *self.range()))

    def real(self, depth: int, scope: Sequence[Any] = ()) -> Any:
        r, index = self.rng, self.index
        leaves = [
            lambda: Rational(r.choice([-2, -1, 0, 1, 2, 3]), r.choice([1, 1, 1, 2])),
            lambda: A,
            lambda: Z[index(scope)],
            lambda: Z[index(scope)],
            lambda: W[index(scope)],
            lambda: KroneckerDelta(index(scope), index(scope)),
            lambda: Rational(1) * K,
            lambda: F[index(scope)],
        ]
        if depth <= 0:
            return self.pick(*leaves, lambda: self.positive(0, scope))
        real, positive = self.real, self.positive
        return self.pick(
            *leaves[2:3],
            lambda: real(depth - 1, scope) + real(depth - 1, scope),
            lambda: real(depth - 1, scope) - real(depth - 1, scope),
            lambda: real(depth - 1, scope) * real(depth - 1, scope),
            lambda: Mul(real(depth - 1, scope), real(depth - 1, scope), evaluate=False),
            lambda: real(depth - 1, scope) / positive(depth - 1, scope),
            lambda: real(depth - 1, scope) ** r.choice([2, 2, 3]),
            lambda: log(positive(depth - 1, scope)),
            lambda: self.over(real, Sum, depth, scope),
            lambda: self.over(real, Sum, depth, scope),
            lambda: self.over(real, Sum, depth, scope),
            lambda: self.over(real, Product, depth, scope),
            lambda: KroneckerDelta(index(scope), index(scope)) * real(depth - 1, scope),
            lambda: self.selection(depth, scope),
            lambda: L.diff(real(depth - 1, scope), r.choice([A, Z[index(scope)], Z[index(scope)], Q[index(scope)]])),
            lambda: L.diff(positive(depth - 1, scope), Z[index(scope)]),
            lambda: positive(depth, scope),
            lambda: L.Larger(real(depth - 1, scope), real(depth - 1, scope)),
            lambda: self.rare(depth, scope),
            lambda: self.rare(depth, scope),
        )

    def rare(self, depth: int, scope: Sequence[Any]) -> Any:
        """Cases, maxima over an index, roots, shifted and reversed indices, pairs i < j, binomials."""
        r, real, j, k = self.rng, self.real, self.bound(), self.bound()
        shifted = r.choice([(j + 1, 0, K - 1), (j - 1, 2, K + 1), (K + 1 - j, 1, K)])
        return self.pick(
            lambda: L.Choice((real(depth - 1, scope), self.condition(scope)), (real(depth - 1, scope), True)),
            lambda: L.Choice((real(depth - 1, scope), self.condition(scope)), (real(depth - 1, scope), True)),
            lambda: L.MaxOver(real(depth - 1, [*scope, j]), (j, 1, K)),
            lambda: real(depth - 1, scope) * L.MaxOver(self.positive(depth - 1, [*scope, j]), (j, 1, K)),
            lambda: Pow(real(depth - 1, scope) ** 2, Rational(1, 2), evaluate=False),
            lambda: Pow(self.positive(depth - 1, scope), Rational(r.choice([1, 3]), 2), evaluate=False) ** 2,
            lambda: r.choice([Sum, Product, L.MaxOver])(Z[shifted[0]] * W[shifted[0]], (j, *shifted[1:])),
            lambda: Sum(Sum(real(depth - 1, [*scope, j, k]), (k, j + 1, K)), (j, 1, K)),
            lambda: Sum(Sum(real(depth - 1, [*scope, j, k]), (k, 1, j - 1)), (j, 1, K)),
            lambda: Sum(Sum(Z[j] * Z[k], (k, j, K)), (j, 1, K)),
            lambda: sympy.Abs(real(depth - 1, scope), evaluate=False),
            lambda: sympy.tanh(real(depth - 1, scope), evaluate=False),
            lambda: sympy.binomial(C[self.index(scope)] + r.choice([0, 2]), r.choice([1, 2, C[M]]), evaluate=False),
            lambda: log(sympy.factorial(C[self.index(scope)] + r.choice([0, 1]))),
        )

    def condition(self, scope: Sequence[Any]) -> Any:
        """A relation between indices or reals, or two of them together."""
        r = self.rng
        kinds = [L.Eq, L.Ne, L.Lt, L.Le, L.Gt, L.Ge]

        def one() -> Any:
            if r.random() < 0.6:
                return r.choice(kinds)(self.index(scope), self.index(scope))
            return r.choice(kinds)(self.real(0, scope), r.choice([0, A, B]))

        both = r.choice([sympy.And, sympy.Or, None, None, None, None])
        return one() if both is None else both(one(), one(), evaluate=False)

    def selection(self, depth: int, scope: Sequence[Any]) -> Any:
        """Σ_j δ(j, m)·f(j) or ∏_j f(j)^δ(j, m)"""
        j, m = self.bound(), self.index(scope)
        if self.rng.random() < 0.3:
            return Product(self.positive(depth - 1, [*scope, j]) ** KroneckerDelta(j, m), (j, 1, K))
        return Sum(KroneckerDelta(j, m) * self.real(depth - 1, [*scope, j]), (j, *self.range()))

    def positive(self, depth: int, scope: Sequence[Any] = ()) -> Any:
        r, index = self.rng, self.index
        leaves = [
            lambda: B,
            lambda: Q[index(scope)],
            lambda: P[index(scope)],
            lambda: Rational(r.choice([1, 2, 3]), r.choice([1, 2])),
            lambda: exp(Z[index(scope)]),
        ]
        if depth <= 0:
            return self.pick(*leaves)
        real, positive = self.real, self.positive
        n = Dummy("n", integer=True)
        return self.pick(
            *leaves[:2],
            lambda: exp(real(depth - 1, scope)),
            lambda: exp(real(depth - 1, scope), evaluate=False),
            lambda: positive(depth - 1, scope) + positive(depth - 1, scope),
            lambda: positive(depth - 1, scope) * positive(depth - 1, scope),
            lambda: positive(depth - 1, scope) / positive(depth - 1, scope),
            lambda: positive(depth - 1, scope) ** r.choice([2, -1, -2, Rational(1, 2), A, C[index(scope)]]),
            lambda: Sum(positive(depth - 1, [*scope, n]), (n, 1, K)),
            lambda: Product(positive(depth - 1, [*scope, n]), (n, *self.range())),
            lambda: Product(Q[X[n]], (n, 1, N)),
            lambda: Y[index(scope)],
            lambda: L.softmax(Q)[index(scope)],
            lambda: L.sigmoid(real(depth - 1, scope)),
            lambda: Pow(positive(depth - 1, scope), Rational(1, 2)),
            lambda: sympy.factorial(C[index(scope)] + 1),
            lambda: Pow(r.choice([2, 6, Rational(9, 4)]), r.choice([A, Z[index(scope)], C[index(scope)]])),
        )


# Rewriting that keeps the value.


def rewritten(e: Any, rng: Any) -> Any:
    """e with one to three subexpressions replaced by equal ones."""
    for _ in range(rng.randint(1, 3)):
        e = at_random_place(e, rng, equal_form)
    return e


def places(e: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    """The subexpressions of e that may be replaced by other real expressions."""
    if isinstance(e, sympy.Expr) and not isinstance(e, (sympy.Indexed, KroneckerDelta, sympy.Symbol)):
        yield path, e
    if isinstance(e, (Sum, Product, sympy.Derivative, Pow)):
        yield from places(e.args[0], (*path, 0))
    elif isinstance(e, (Add, Mul, exp, log, sympy.Max, L.Larger)):
        for n, a in enumerate(e.args):
            yield from places(a, (*path, n))


def replace_at(e: Any, path: Sequence[int], new: Any) -> Any:
    """e with the subexpression at a path replaced; what is above it is built anew."""
    if not path:
        return new
    args = list(e.args)
    args[path[0]] = replace_at(args[path[0]], path[1:], new)
    if isinstance(e, sympy.Derivative):
        return sympy.Derivative(args[0], *e.variable_count, evaluate=False)
    return e.func(*args)


def at_random_place(e: Any, rng: Any, change: Callable[[Any, Any], Any]) -> Any:
    path, part = rng.choice(list(places(e)) or [((), e)])
    new = change(part, rng)
    return e if new is None else replace_at(e, path, new)


def positive(e: Any) -> bool:
    """Whether e is positive by its structure."""
    if isinstance(e, (Add, Mul, Product)):
        return all(map(positive, e.args[:1] if isinstance(e, Product) else e.args))
    if isinstance(e, Sum):
        return e.limits[0][1:] == (1, K) and positive(e.args[0])
    if isinstance(e, Pow):
        return positive(e.base)
    return isinstance(e, exp) or (isinstance(e, (sympy.Rational, sympy.Symbol, sympy.Indexed)) and bool(e.is_positive))


def equal_form(e: Any, rng: Any) -> Any:
    """An expression that equals e, or None."""
    j = Dummy("j", integer=True)
    options: list[Callable[[], Any]] = [
        lambda: Add(KroneckerDelta(J, M) * e, (1 - KroneckerDelta(J, M)) * e, evaluate=False),
        lambda: Mul(e, B, 1 / B, evaluate=False),
        lambda: Sum(KroneckerDelta(j, T) * e, (j, 1, K)),
        lambda: Mul(e, Sum(Y[j], (j, 1, K)), evaluate=False),
        lambda: Sum(e * P[j], (j, 1, K)),
        lambda: log(exp(e, evaluate=False), evaluate=False),
        lambda: Add(e, Z[M], -Z[M], evaluate=False),
        lambda: Sum(e, (j, 1, K)) / K,
        lambda: L.diff(e * A, A) - A * L.diff(e, A),
    ]
    if isinstance(e, Mul):
        sums = [a for a in e.args if isinstance(a, Add)]
        for a in sums:
            others = [b for b in e.args if b is not a]
            options += [lambda a=a, others=others: Add(*(Mul(t, *others) for t in a.args), evaluate=False)] * 3
    if isinstance(e, Sum) and len(e.limits) == 1:
        v, lo, hi = e.limits[0]
        f = e.args[0]
        if isinstance(f, Add):
            options += [lambda: Add(*(Sum(t, (v, lo, hi)) for t in f.args))] * 4
        if isinstance(f, Mul):
            outside = [a for a in f.args if v not in a.free_symbols]
            within = Mul(*(a for a in f.args if v in a.free_symbols))
            options += [lambda: Mul(*outside, Sum(within, (v, lo, hi)))] * 4
        options.append(lambda: Sum(f.xreplace({v: j}), (j, lo, hi)))
        if lo == 1 and hi == K:
            options.append(lambda: Sum(f, (v, 1, M)) + Sum(f, (v, M + 1, K)))
            inside = {b for s in f.atoms(ExprWithLimits) for b in s.variables}
            options += [] if v in inside else [lambda: Sum(f.xreplace({v: j + 1}), (j, 0, K - 1)) + 0 * A]
    if isinstance(e, Product) and len(e.limits) == 1:
        v, lo, hi = e.limits[0]
        f = e.args[0]
        if isinstance(f, Mul):
            options += [lambda: Mul(*(Product(t, (v, lo, hi)) for t in f.args))] * 4
        if positive(f):
            options += [lambda: exp(Sum(log(f), (v, lo, hi)), evaluate=False)] * 2
        options.append(lambda: Product(f.xreplace({v: j}), (j, lo, hi)))
    if isinstance(e, exp):
        options += [lambda: exp(e.args[0] - A) * exp(A, evaluate=False)] * 2
        options += [lambda: Mul(*(exp(t) for t in Add.make_args(e.args[0])), evaluate=False)]
    if isinstance(e, log) and positive(e.args[0]):
        options += [lambda: Add(*(log(t, evaluate=False) for t in Mul.make_args(e.args[0])))] * 2
    if isinstance(e, sympy.Derivative) and isinstance(e.expr, (Add, Mul)):
        options += [lambda: product_rule(e)] * 4
    return rng.choice(options)()


def product_rule(e: Any) -> Any:
    """The derivative of a sum or of a product, by the sum and the product rule."""
    if isinstance(e.expr, Add):
        return Add(*(sympy.Derivative(t, *e.variable_count, evaluate=False) for t in e.expr.args))
    if e.variable_count[0][1] != 1 or len(e.variable_count) > 1:
        return None
    factors = e.expr.args
    terms = []
    for n, f in enumerate(factors):
        slope = sympy.Derivative(f, *e.variable_count, evaluate=False)
        terms.append(Mul(*factors[:n], slope, *factors[n + 1 :]))
    return Add(*terms)


# Edits that mostly change the value.


def edited(e: Any, rng: Any) -> Any:
    return at_random_place(e, rng, other_form)


def other_form(e: Any, rng: Any) -> Any:
    swap = dict(zip((J, M, T), rng.sample([J, M, T], 3), strict=True))
    options: list[Callable[[], Any]] = [
        lambda: -e,
        lambda: 2 * e,
        lambda: e + 1,
        lambda: e**2,
        lambda: e.xreplace({i: m for i, m in swap.items() if i != m}),
        lambda: KroneckerDelta(J, M) * e,
        lambda: e.xreplace({Z: W}),
    ]
    if isinstance(e, (Sum, Product)):
        v, lo, hi = e.limits[0]
        rest = e.limits[1:]
        options += [
            lambda: e.func(e.args[0], (v, lo, hi - 1), *rest),
            lambda: e.func(e.args[0], (v, lo + 1, hi), *rest),
            lambda: e.func(e.args[0].xreplace({v: M}), (v, lo, hi), *rest),
            lambda: (Product if isinstance(e, Sum) else Sum)(e.args[0], *e.limits),
            lambda: e.args[0].xreplace({v: M}),
        ]
    if isinstance(e, (exp, log)):
        options += [lambda: e.args[0]] * 2
    if isinstance(e, (Add, Mul)):
        options += [lambda: e.func(*e.args[1:]), lambda: e.func(*e.args[:-1])]
    return rng.choice(options)()


# One case.


def pair(rng: Any, depth: int = 3) -> tuple[str, Any, Any]:
    """How the pair was made, and its two expressions."""
    first = Terms(rng).real(rng.randint(1, depth))
    how = rng.choice(["rewritten", "rewritten", "rewritten", "edited", "both", "independent"])
    if how == "independent":
        return how, first, Terms(rng).real(rng.randint(1, 2))
    second = first
    if how in ("rewritten", "both"):
        second = rewritten(second, rng)
    if how in ("edited", "both"):
        second = edited(second, rng)
    return how, first, second


def check(first: Any, second: Any, counts: Counter[str], effort: int = 3, budget: float = 0.03) -> list[str]:
    """Counts what happened, and says which theorems of the normaliser the small-size check refutes."""
    wrong = []

    def compare(what: str, relation: Any) -> None:
        seen = examine(relation, points=effort, budget=budget)
        counts[f"{what}, examined"] += isinstance(seen, Agreement)
        counts[f"{what}, not examinable"] += not isinstance(seen, (Agreement, Witness))
        if isinstance(seen, Witness):
            counts["disagreements"] += 1
            wrong.append(f"{what}: {relation}\n  {sympy.srepr(relation)}\n  {seen}")

    try:
        bridge = Bridge(first, second)
        s, t = bridge.term(first), bridge.term(second)
        c = with_cuts(build_context(bridge.hypotheses()), minus(s, t))
        left, right = value(s, normal(s, c)), value(t, normal(t, c))
        same = left is right or value(minus(left, right), normal(minus(left, right), c)) is ZERO
    except EXPECTED as error:
        counts[f"refused ({type(error).__name__})"] += 1
        return wrong
    if left is not s:
        counts["normal forms"] += 1
        back = to_sympy(left, bridge.declared)
        compare("normal forms", L.Eq(first, back))
    if not same and counts["cases"] % 4 == 0:
        theorem, _ = search(L.Eq(first, second), deadline=0.5)
        if theorem is not None:
            counts["proved pairs"] += 1
            compare("proved pairs", L.Eq(first, second))
    if same:
        counts["equal pairs"] += 1
        compare("equal pairs", L.Eq(first, second))
    else:
        counts["other pairs"] += 1
    return wrong


def run(
    cases: int, seed: int, depth: int = 3, seconds: float = 4.0, show: bool = True
) -> tuple[Counter[str], list[str]]:
    counts: Counter[str] = Counter({"disagreements": 0, "unexpected exceptions": 0})
    problems: list[str] = []
    for case in range(cases):
        rng = random.Random(f"{seed}:{case}")
        counts["cases"] += 1
        try:
            with limit(seconds):
                how, first, second = pair(rng, depth)
                counts[f"made: {how}"] += 1
                found = check(first, second, counts)
        except Spent:
            counts["given up after the time limit"] += 1
            continue
        except Exception as error:
            counts["unexpected exceptions"] += 1
            found = [f"{type(error).__name__}: {error}"]
        for text in found:
            problems.append(f"case {case}: {text}")
            if show:
                print(problems[-1], file=sys.stderr, flush=True)
        if show and sys.stderr.isatty() and case % 100 == 0:
            print(f"\r{case}/{cases}", end="", file=sys.stderr, flush=True)
    return counts, problems


def main() -> int:
    parser = argparse.ArgumentParser(description="Random terms against the small-size check.")
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--depth", type=int, default=3)
    options = parser.parse_args()
    start = time.perf_counter()
    counts, problems = run(options.cases, options.seed, options.depth)
    for name, number in sorted(counts.items()):
        print(f"{number:>8}  {name}")
    print(f"{time.perf_counter() - start:>8.1f}  seconds")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
