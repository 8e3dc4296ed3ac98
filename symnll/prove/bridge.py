"""SymPy expressions to core terms and back. Nothing is evaluated on the way; what has no exact meaning is refused."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from symnll import language as L
from symnll.core.term import (
    INT,
    ONE,
    POINT,
    REAL,
    ZERO,
    CoreError,
    Term,
    app,
    fn,
    forall,
    lam,
    neg,
    num,
    op,
    substitute,
    sym,
)
from symnll.prove import special
from symnll.prove.special import RELATIONS

Hypothesis = tuple[str, Term]
Scope = dict[Any, Term]  # bound variables and what stands for them
HYPERBOLIC = {sympy.sinh: "sinh", sympy.cosh: "cosh", sympy.tanh: "tanh"}


class BridgeError(ValueError):
    """An expression that has no exact meaning as a term; says which part and what to write instead."""


class Bridge:
    """One statement with its hypotheses: remembers what each symbol was declared to be."""

    def __init__(self, *expressions: Any) -> None:
        self.declared: dict[Term, Any] = {}
        self.samples: dict[Any, Any] = {}  # an application of each unknown function: it knows the function's sign
        self._count = 0
        self._real_positions = _real_positions(expressions)
        self._outside: Scope = {}
        self._done: dict[tuple[int, Any], tuple[Scope, Term]] = {}  # by scope and expression: trees share their parts

    # Terms.

    def term(self, e: Any, scope: Scope | None = None) -> Term:
        scope = self._outside if scope is None else scope
        if type(e) in (int, Fraction):
            e = sympy.Rational(e)
        if not isinstance(e, sympy.Basic):
            raise BridgeError(
                f"{e!r} ({type(e).__name__}) is not an expression; build it with symnll.language and SymPy."
            )
        try:
            return self._term(e, scope)
        except CoreError as error:
            raise BridgeError(f"{e} is not a term: {error}") from error

    def _term(self, e: Any, scope: Scope) -> Term:
        key = (id(scope), e)
        if key not in self._done:
            self._done[key] = (scope, self._translated(e, scope))  # the scope is kept, so that its id stays its own
        return self._done[key][1]

    def _translated(self, e: Any, scope: Scope) -> Term:
        if e in scope:
            return scope[e]
        if isinstance(e, sympy.Rational):
            return num(Fraction(int(e.p), int(e.q)))
        if e is sympy.E:
            return op("exp", ONE)
        if e is sympy.pi:
            return self._declare(sym("π", REAL), e)
        if isinstance(e, sympy.Symbol):
            return self._symbol(e)
        if isinstance(e, (sympy.Add, sympy.Mul)):
            args = e.as_ordered_terms() if isinstance(e, sympy.Add) else e.as_ordered_factors()
            terms = [self._term(a, scope) for a in args]
            return op("add" if isinstance(e, sympy.Add) else "mul", *terms) if len(terms) > 1 else terms[0]
        if isinstance(e, sympy.exp):  # also Pow(E, x), of which args[0] is E
            return op("exp", self._term(e.exp, scope))
        if isinstance(e, sympy.Pow):
            return op("pow", self._term(e.base, scope), self._term(e.exp, scope))
        if isinstance(e, sympy.log):
            return op("log", self._term(e.args[0], scope))
        if isinstance(e, sympy.KroneckerDelta):
            return op("delta", *(self._integer(a, scope) for a in e.args[:2]))
        if isinstance(e, (sympy.Sum, sympy.Product, L.MaxOver)):
            return self._range(e, scope)
        if isinstance(e, sympy.Indexed):
            family = scope.get(e.base) or self._vector(e.base)
            return app(family, *(self._integer(a, scope) for a in e.indices))
        if isinstance(e, sympy.Derivative):
            return self._derivative(e, scope)
        if isinstance(e, L.At):
            return self._at(e, scope)
        if isinstance(e, L.FunctionalValue):
            return self._functional(e, scope)
        if isinstance(e, AppliedUndef):
            return self._function(e, scope)
        if isinstance(e, L.Larger):
            return op("max", *(self._term(a, scope) for a in e.args))
        if isinstance(e, (sympy.Max, sympy.Min)):
            return self._max([self._term(a, scope) for a in e.args], isinstance(e, sympy.Min))
        if isinstance(e, sympy.Abs):
            a = self._term(e.args[0], scope)
            return op("max", a, neg(a))
        if isinstance(e, (sympy.Piecewise, L.Choice)):
            return self._piecewise(e, scope)
        if isinstance(e, sympy.factorial):
            return special.factorial(self._integer(e.args[0], scope))
        if isinstance(e, sympy.binomial):
            n, k = (self._integer(a, scope) for a in e.args)
            return special.binomial(n, k, bool(e.args[1].is_nonnegative))
        if type(e) in HYPERBOLIC:
            return special.hyperbolic(HYPERBOLIC[type(e)], self._term(e.args[0], scope))
        raise BridgeError(f"{e} ({type(e).__name__}) has no meaning here; see symnll.language for what can be written.")

    def _symbol(self, s: Any) -> Term:
        if isinstance(s, L.Parameter):
            sort = POINT
        elif isinstance(s, L.Index) or s.is_integer:
            sort = INT
        elif s.is_extended_real and s.is_finite is not False:
            sort = REAL
        else:
            raise BridgeError(f"{s} has no declared kind; write real('{s}'), positive('{s}'), size('{s}') or an index.")
        return self._declare(sym(s.name, sort), s)

    def _declare(self, t: Term, source: Any) -> Term:
        if "‹" in t.data or "›" in t.data:
            raise BridgeError(f"The name {t.data} has a ‹ or ›, which the prover keeps for itself; choose another.")
        known = self.declared.setdefault(t, source)
        if known != source:
            raise BridgeError(f"{source} is declared twice, with different kinds; give one of them another name.")
        return t

    def _vector(self, base: Any) -> Term:
        dimensions = len(base.sizes) if isinstance(base, L.Vector) else len(base.shape or (1,))
        label = base.label
        kind = INT if label.is_integer else REAL
        return self._declare(sym(label.name, fn(*[INT] * dimensions, kind)), base)

    def _integer(self, e: Any, scope: Scope) -> Term:
        t = special.whole(self._term(e, scope))
        if t.sort != INT:
            raise BridgeError(f"{e} is used as an index, and is not known to be an integer.")
        return t

    def _open(self, variable: Any, scope: Scope, sort: Any = INT) -> tuple[Term, Scope]:
        """A fresh symbol for a bound variable, which hides a free one of the same name."""
        self._count += 1
        fresh = sym(f"‹{variable}:{self._count}›", sort)
        return fresh, {**scope, variable: fresh}

    def _range(self, e: Any, scope: Scope) -> Term:
        name = {sympy.Sum: "sum", sympy.Product: "prod", L.MaxOver: "maxi"}[type(e)]

        def build(limits: Any, scope: Scope) -> Term:
            if not limits:
                return self._term(e.function, scope)
            if len(limits[-1]) != 3:
                raise BridgeError(f"{e} has no bounds; write (i, lower, upper).")
            variable, lower, upper = limits[-1]
            bounds = self._integer(lower, scope), self._integer(upper, scope)
            fresh, inner = self._open(variable, scope)
            return op(name, *bounds, lam(fresh, build(limits[:-1], inner)))

        return build(e.limits, scope)

    def _derivative(self, e: Any, scope: Scope) -> Term:
        t = self._term(e.expr, scope)
        for variable, count in e.variable_count:
            order = special.number(self._term(count, scope))
            if order is None or order < 0:
                raise BridgeError(f"{e} is a derivative of unknown order; write an integer.")
            for _ in range(order):
                t = self._derivative_once(t, variable, scope)
        return t

    def _derivative_once(self, t: Term, variable: Any, scope: Scope) -> Term:
        if isinstance(variable, sympy.Indexed):
            family = scope.get(variable.base) or self._vector(variable.base)
            index = [self._integer(i, scope) for i in variable.indices]
            if family.sort[2] == INT or len(index) > 2 or family.op != "sym":
                raise BridgeError(f"There is no derivative with respect to {variable}.")
            return op("partial" if len(index) == 1 else "partial2", lam(family, t), family, *index)
        x = self._term(variable, scope)
        if x.op != "sym" or x.sort != REAL:
            raise BridgeError(f"There is no derivative with respect to {variable}: it is not a real variable.")
        return op("diff", lam(x, t), x)

    def _at(self, e: Any, scope: Scope) -> Term:
        body, base, value = e.args
        fresh, inner = self._open(base, scope, self._sort_of(base))
        return substitute(self._term(body, inner), {fresh: self._family(value, scope)})

    def _family(self, value: Any, scope: Scope) -> Term:
        if isinstance(value, sympy.IndexedBase):
            return scope.get(value) or self._vector(value)
        if not isinstance(value, sympy.Lambda):
            return self._term(value, scope)

        def build(variables: Any, scope: Scope) -> Term:
            if not variables:
                return self._term(value.expr, scope)
            fresh, inner = self._open(variables[0], scope)
            return lam(fresh, build(variables[1:], inner))

        return build(value.variables, scope)

    def _functional(self, e: Any, scope: Scope) -> Term:
        name, _, argument = e.args
        source = L.FunctionalValue(name, e.args[1], L.Vector("_", (1,)))
        f = self._declare(sym(str(name), fn(fn(INT, REAL), REAL)), source)
        return app(f, self._family(argument, scope))

    def _function(self, e: Any, scope: Scope) -> Term:
        args = [self._term(a, scope) for a in e.args]
        real = self._real_positions.get((e.func, len(args)), set())
        sorts = [REAL if n in real and a.sort == INT else a.sort for n, a in enumerate(args)]
        value = INT if e.is_integer else REAL
        self.samples[e.func] = e
        return app(self._declare(sym(e.func.__name__, fn(*sorts, value)), e.func), *args)

    def _max(self, items: list[Term], smallest: bool) -> Term:
        items = [neg(t) for t in items] if smallest else items
        t = items[-1]
        for item in reversed(items[:-1]):
            t = op("max", item, t)
        return neg(t) if smallest else t

    def _piecewise(self, e: Any, scope: Scope) -> Term:
        """Cases by indicators of their conditions; the last case holds otherwise."""
        (last, otherwise), *before = reversed(e.args)
        if otherwise != sympy.true:
            raise BridgeError(f"{e} does not say what it is otherwise; end it with (value, True).")
        t = self._term(last, scope)
        for value, condition in before:
            weight = special.indicator(condition, lambda side: self._term(side, scope))
            if weight is None:
                raise BridgeError(f"{condition} is no condition on numbers.")
            t = special.chosen(weight, self._term(value, scope), t)
        return t

    # Statements.

    def statement(self, s: Any, scope: Scope | None = None) -> Term:
        scope = self._outside if scope is None else scope
        if s in (True, False):
            raise BridgeError("SymPy decided this statement already; build it with symnll's Eq, Le, … instead.")
        if isinstance(s, L.ForAll):
            return self._for_all(s, scope)
        if isinstance(s, sympy.And):
            return op("and", *(self.statement(a, scope) for a in s.args))
        if not isinstance(s, Relational):
            raise BridgeError(f"{s} is not a statement; write Eq(left, right), Le(left, right), …")
        name = RELATIONS[type(s)]
        if isinstance(s.lhs, L.ArgMax) or isinstance(s.rhs, L.ArgMax):
            return self._argmax(s, scope)
        left, right = self.term(s.lhs, scope), self.term(s.rhs, scope)
        if name in ("ge", "gt"):
            name, left, right = {"ge": "le", "gt": "lt"}[name], right, left
        try:
            return op(name, left, right)
        except CoreError as error:
            raise BridgeError(f"{s} is not a statement: {error}") from error

    def _for_all(self, s: Any, scope: Scope) -> Term:
        body, *variables = s.args

        def build(rest: list[Any], scope: Scope) -> Term:
            if not rest:
                return self.statement(body, scope)
            fresh, inner = self._open(rest[0], scope, self._sort_of(rest[0]))
            inside = build(rest[1:], inner)
            for _, premise in reversed(self._says(fresh, rest[0], scope)):  # what the kind of the variable says
                inside = op("implies", premise, inside)
            return forall(fresh, inside)

        return build(variables, scope)

    def _argmax(self, s: Any, scope: Scope) -> Term:
        if type(s) is not sympy.Eq or not (isinstance(s.lhs, L.ArgMax) and isinstance(s.rhs, L.ArgMax)):
            raise BridgeError("Sets of maximisers can only be compared with =, to another argmax or argmin.")
        if s.lhs.args[2] != s.rhs.args[2]:
            raise BridgeError(f"{s}: the two sides are over different domains.")
        _, v, domain = s.lhs.args
        if v != s.rhs.args[1]:
            raise BridgeError(f"{s}: the two sides are over different variables; use the same one.")
        symbol, inner = self._open(v, scope, self._sort_of(v))
        terms = [self.term(side.args[0], inner) for side in (s.lhs, s.rhs)]
        negated = [isinstance(side, L.ArgMin) for side in (s.lhs, s.rhs)]
        sides = [lam(symbol, neg(t) if n else t) for t, n in zip(terms, negated, strict=True)]
        relations = [f for _, f in self._says(symbol, v, scope)] + [self.statement(d, inner) for d in domain]
        always = op("le", ZERO, ZERO)
        inside = op("and", *relations) if len(relations) > 1 else (relations or [always])[0]
        return op("argmax_eq", lam(symbol, inside), *sides)

    def _sort_of(self, v: Any) -> Any:
        """The sort of a bound variable, which is not declared for the whole statement."""
        other = Bridge()
        return (other._vector(v) if isinstance(v, sympy.IndexedBase) else other._symbol(v)).sort

    # What the kinds of the symbols say.

    def hypotheses(self, given: Sequence[Any] = ()) -> list[Hypothesis]:
        """The named hypotheses: what the kinds of the declared symbols and of their bounds say, then the given ones."""
        stated = [(str(g), self.statement(g)) for g in given]
        found: dict[Hypothesis, None] = {}
        done: set[Term] = set()
        while len(done) < len(self.declared):
            for t, source in list(self.declared.items()):
                if t not in done:
                    done.add(t)
                    found.update(dict.fromkeys(self._says(t, source)))
        return [*found, *stated]

    def _says(self, t: Term, source: Any, scope: Scope | None = None) -> list[Hypothesis]:
        from symnll.prove import kinds

        return kinds.says(self, t, source, scope)


def _real_positions(expressions: Any) -> dict[Any, set[int]]:
    """For each unknown function, the arguments at which something other than an integer stands somewhere."""
    found: dict[Any, set[int]] = {}
    seen: set[Any] = set()  # SymPy's own traversals visit a shared part again at every place where it stands
    waiting = [e for e in expressions if isinstance(e, sympy.Basic)]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        waiting += node.args
        if isinstance(node, AppliedUndef):
            positions = found.setdefault((node.func, len(node.args)), set())
            for n, a in enumerate(node.args):
                if not a.is_integer and not isinstance(a, L.Parameter):
                    positions.add(n)
    return found


def to_term(e: Any) -> Term:
    """The core term of a SymPy expression. Raises BridgeError."""
    return Bridge(e).term(e)


__all__ = ["Bridge", "BridgeError", "to_term"]
