"""What is known where a term stands: facts, ranges of opened indices, signs, and rewriting by equations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from symnll.core import kernel
from symnll.core.ring import CONSTANT, Polynomial, Ring, accumulate
from symnll.core.term import INT, ONE, REAL, ZERO, CoreError, Sort, Term, app, num, op, sym
from symnll.prove.matching import candidates, probe_of
from symnll.prove.tactics import Theorem, ax, linear, log_one, monomial_term, order, product_term


class Context:
    """Facts that hold here. `child` opens a binder: a fresh symbol, with its range as further facts."""

    def __init__(self, facts: Iterable[Theorem] = (), parent: Context | None = None) -> None:
        self.depth: int = parent.depth if parent else 0
        self.plain: bool = parent.plain if parent else False  # the laws of a field alone, as for the reason "algebra"
        self.facts: dict[Term, Theorem] = dict(parent.facts) if parent else {}
        self.every: list[Theorem] = list(parent.every) if parent else []
        self.smooth: list[Theorem] = parent.smooth if parent else []  # which unknown functions are differentiable
        self.rules: dict[Term, Theorem] = dict(parent.rules) if parent else {}
        self.nearby: bool = parent.nearby if parent else False  # in an interval around a point of differentiation
        self.cuts: tuple[Term, ...] = parent.cuts if parent else ()  # where ranges of the statement end
        self.gaps: list[tuple[Theorem, Polynomial]] | None = None  # of the facts, when they are first wanted
        self.memo: dict[Any, Any] = {}
        self.children: dict[Any, tuple[Term, Context]] = {}
        for fact in facts:
            self.add(fact)

    def add(self, fact: Theorem) -> None:
        statement = fact.statement
        if statement.op == "forall":
            inside = statement
            while inside.op in ("forall", "lam"):
                inside = inside.args[0]
            if inside.op == "smooth":
                self.smooth = [*self.smooth, fact]
                return
            self.every.append(fact)
        elif statement.op == "and":
            for n in range(len(statement.args)):
                self.add(kernel.conjunct(fact, n))
        else:
            self.facts[statement] = fact
            if statement.op == "ne":
                turned = kernel.symmetric(fact)
                self.facts[turned.statement] = turned

    def fresh(self, sort: Sort) -> Term:
        """A symbol that occurs in no fact and no term here: names with ‹ › are the prover's own."""
        return sym(f"‹{self.depth + 1}›", sort)

    def child(self, lo: Term, hi: Term) -> tuple[Term, Context]:
        """A fresh index i, and the context in which lo ≤ i ≤ hi."""
        if (lo, hi) not in self.children:
            i = self.fresh(INT)
            inner = Context((kernel.assume("range", op("le", lo, i)), kernel.assume("range", op("le", i, hi))), self)
            inner.depth += 1
            self.children[lo, hi] = (i, inner)
        return self.children[lo, hi]

    def open(self, sort: Sort, *facts: Theorem) -> tuple[Term, Context]:
        """A fresh symbol of a sort, about which nothing is known."""
        key = (sort, *facts)
        if key not in self.children:
            inner = Context(facts, self)
            inner.depth += 1
            self.children[key] = (self.fresh(sort), inner)
        return self.children[key]

    # Facts about all values, at one value.

    def instances(self, t: Term) -> Iterable[Theorem]:
        """Every fact about all values, at the values at which it mentions t."""
        head = t
        while head.op == "app":
            head = head.args[0]
        for fact in self.every:
            if head.op != "sym" or head in fact.statement.free:
                yield from self._match(fact, t, 6)

    def _match(self, fact: Theorem, t: Term, budget: int) -> Iterable[Theorem]:
        statement = fact.statement
        if statement.op == "forall" and budget:
            variable = statement.args[0]
            for value in candidates(app(variable, probe) if (probe := probe_of(variable)) else variable, probe, t):
                yield from self._match(kernel.specialise(fact, value), t, budget - 1)
        elif statement.op == "implies":
            premise = self.show(statement.args[0])
            if premise is not None:
                yield from self._match(kernel.detach(fact, premise), t, budget)
        elif statement.op == "and":
            for n in range(len(statement.args)):
                yield from self._match(kernel.conjunct(fact, n), t, budget)
        elif budget < 6:
            yield fact

    # Signs.

    def show(self, goal: Term) -> Theorem | None:
        """A theorem of a relation by facts, signs and linear arithmetic; None if that does not find one."""
        if goal in self.facts:
            return self.facts[goal]
        key = ("show", goal)
        if key not in self.memo:
            self.memo[key] = None  # a goal is not used for itself
            self.memo[key] = self._show(goal)
        return self.memo[key]

    def _show(self, goal: Term) -> Theorem | None:
        if goal.op == "and":
            parts = [self.show(g) for g in goal.args]
            return kernel.conjoin(*parts) if all(parts) else None
        if goal.op == "implies":
            inner = Context((kernel.assume("case", goal.args[0]),), self)
            shown = inner.show(goal.args[1])
            return None if shown is None else kernel.discharge(shown, goal.args[0])
        if goal.op == "forall":
            variable, inner = self.open(goal.args[0].data if goal.args[0].op == "lam" else goal.args[0].sort[1])
            shown = inner.show(app(goal.args[0], variable))
            return None if shown is None else kernel.generalise(shown, variable)
        if goal.op == "ne":
            return self._differ(*goal.args)
        if goal.op in ("le", "lt"):
            s, t = goal.args
            found = self._sign(t, goal.op == "lt") if s is ZERO else None
            found = found or self._linear(goal)
            if found is None and s is ZERO and t.op == "add":
                found = self._factored(goal) or (self._by_delta(goal) if self.nearby else None)
            if found is None and s is ZERO:
                from symnll.prove import nonzero

                positive = nonzero.positive_factor(t, self)
                found = positive if positive is None or goal.op == "lt" else linear(goal, (positive, 1))
            return found
        return None

    def _by_delta(self, goal: Term) -> Theorem | None:
        """The sign of a sum with a δ(i, j) in it, for i = j and for i ≠ j."""
        from symnll.prove.facts import with_rules
        from symnll.prove.normal import normal, value

        t = goal.args[1]
        d = next((a for m in t.args for a in (m.args if m.op == "mul" else (m,)) if a.op == "delta"), None)
        if d is None:
            return None
        cases = []
        for relation in ("eq", "ne"):
            inner = with_rules(Context((kernel.assume("case", op(relation, *d.args)),), self))
            e = normal(t, inner)
            shown = inner.show(op(goal.op, ZERO, value(t, e)))
            if shown is None:
                return None
            cases.append(shown if e is None else kernel.rewrite(shown, (None, kernel.symmetric(e))))
        return kernel.by_cases(*cases, op("eq", *d.args))

    def _factored(self, goal: Term) -> Theorem | None:
        """The sign of a sum from the signs of its factors."""
        from symnll.prove import rational

        factors, e = rational.factor(goal.args[1], self)
        if e is None:
            return None
        shown = self.show(op(goal.op, ZERO, product_term(factors)))
        return None if shown is None else kernel.rewrite(shown, (None, kernel.symmetric(e)))

    def positive(self, t: Term) -> Theorem | None:
        return self.show(op("lt", ZERO, t))

    def nonnegative(self, t: Term) -> Theorem | None:
        found = self.show(op("le", ZERO, t))
        if found is None:
            strict = self.positive(t)
            found = None if strict is None else linear(op("le", ZERO, t), (strict, 1))
        return found

    def nonzero(self, t: Term) -> Theorem | None:
        return self.show(op("ne", t, ZERO))

    def natural(self, t: Term) -> Theorem | None:
        """0 ≤ t for an integer t."""
        return self.nonnegative(t) if t.sort == INT else None

    def _differ(self, s: Term, t: Term) -> Theorem | None:
        for goal, turned in ((op("lt", s, t), False), (op("lt", t, s), True)):
            shown = self.show(goal)
            if shown is not None:
                less = ax("less_differs", shown, a=goal.args[0], b=goal.args[1])
                return kernel.symmetric(less) if turned else less
        if t is not ZERO:
            return None
        if s.op == "mul":
            parts = [self.nonzero(a) for a in s.args]
            if all(parts):
                folded, product = parts[0], s.args[0]
                for a, part in zip(s.args[1:], parts[1:], strict=True):
                    folded, product = ax("mul_nonzero", folded, part, a=product, b=a), op("mul", product, a)
                return kernel.rewrite(folded, (kernel.ring(product, s), None))
        if s.op == "pow" and s.args[1].sort == INT:
            base = self.nonzero(s.args[0])
            if base is not None:
                return ax("pow_nonzero", base, a=s.args[0], i=s.args[1])
        from symnll.prove import nonzero

        return nonzero.by_facts(s, self)

    def _sign(self, t: Term, strict: bool) -> Theorem | None:
        """0 < t or 0 ≤ t by the structure of t."""
        goal = op("lt" if strict else "le", ZERO, t)
        if not strict and op("lt", ZERO, t) in self.facts:
            return linear(goal, (self.facts[op("lt", ZERO, t)], 1))
        kind = t.op
        if kind == "exp":
            shown = ax("exp_positive", a=t.args[0])
            return shown if strict else linear(goal, (shown, 1))
        if kind == "log":
            above = self.show(op("lt" if strict else "le", ONE, t.args[0]))
            if above is not None:
                name = "log_strictly_monotone" if strict else "log_monotone"
                one = linear(op("lt", ZERO, ONE))
                return kernel.rewrite(ax(name, one, above, a=ONE, b=t.args[0]), (log_one(), None))
        if kind == "delta" and not strict:
            return ax("delta_nonnegative", i=t.args[0], j=t.args[1])
        if kind == "pow":
            base, exponent = t.args
            even = exponent.op == "num" and exponent.data.denominator == 1 and exponent.data % 2 == 0
            if strict:
                shown = self.positive(base)
                if shown is not None:
                    return ax("pow_positive", shown, a=base, b=exponent)
            else:
                shown = self.nonnegative(base)
                if shown is not None:
                    return ax("pow_nonnegative", shown, a=base, b=exponent)
            if even:
                half = op("pow", base, num(exponent.data / 2))
                square = op("pow", half, num(2))
                if not strict:
                    return kernel.rewrite(ax("square_nonnegative", a=half), (None, kernel.ring(square, t)))
        if kind == "mul":
            return self._product_sign(t, goal, strict)
        if kind in ("sum", "prod"):
            lo, hi, f = t.args
            i, inner = self.child(lo, hi)
            body = app(f, i)
            shown = inner.positive(body) if strict else inner.nonnegative(body)
            if shown is not None:
                from symnll.prove.tactics import for_range

                each = for_range(shown, i, lo, hi)
                if kind == "prod":
                    return ax("prod_positive" if strict else "prod_nonnegative", each, lo=lo, hi=hi, f=f)
                if not strict:
                    return ax("sum_nonnegative", each, lo=lo, hi=hi, f=f)
                some = self.show(op("le", lo, hi))
                if some is not None:
                    return ax("sum_positive", some, each, lo=lo, hi=hi, f=f)
        if kind == "maxi":
            return self._first_of_maximum(t, goal)
        for fact in self.instances(t):
            if fact.statement is goal:
                return fact
            if fact.statement is op("lt", ZERO, t):
                return linear(goal, (fact, 1))
        return None

    def _first_of_maximum(self, t: Term, goal: Term) -> Theorem | None:
        """The sign of a maximum from that of its first member."""
        lo, hi, f = t.args
        some, first = self.show(op("le", lo, hi)), self.show(op(goal.op, ZERO, app(f, lo)))
        if some is None or first is None:
            return None
        member = ax("maxi_member", linear(op("le", lo, lo)), some, lo=lo, hi=hi, j=lo, f=f)
        return linear(goal, (first, 1), (member, 1))

    def _product_sign(self, t: Term, goal: Term, strict: bool) -> Theorem | None:
        squares: list[Term] = []
        factors: list[Term] = []
        for a in t.args:  # x · x is a square
            if a in factors and (self.positive(a) if strict else self.nonnegative(a)) is None:
                factors.remove(a)
                squares.append(op("pow", a, num(2)))
            else:
                factors.append(a)
        parts = [(a, self.positive(a) if strict else self.nonnegative(a)) for a in factors + squares]
        missing = [a for a, shown in parts if shown is None]
        if missing and len(missing) % 2 == 0 and not strict:  # two non-positive factors
            return None
        if missing:
            return None
        product, folded = parts[0]
        for a, shown in parts[1:]:
            folded = ax("mul_positive" if strict else "mul_nonnegative", folded, shown, a=product, b=a)
            product = op("mul", product, a)
        return folded if product is t else kernel.rewrite(folded, (None, kernel.ring(product, t)))

    # Linear arithmetic over facts and over what is known of the atoms.

    def _linear(self, goal: Term) -> Theorem | None:
        try:
            rest = _gap(goal)
        except CoreError:
            return None
        known = list(self.numeric())
        for m in rest:
            if len(m) > 1 or any(e != 1 for _, e in m):
                known += [(fact, _gap(fact.statement)) for fact in self._about(monomial_term(m, 1))]
            for atom, _ in sorted(m, key=lambda pair: order(pair[0])):
                if isinstance(atom, Term):
                    known += [(fact, _gap(fact.statement)) for fact in self._about(atom)]
        found = self._combine(rest, known, goal.op == "lt", 5)
        if found is None:
            from symnll.prove import products

            more = [(fact, _gap(fact.statement)) for fact in products.about(rest, self)]
            found = self._combine(rest, more + known, goal.op == "lt", 5) if more else None
        return None if found is None else linear(goal, *found)

    def numeric(self) -> list[tuple[Theorem, Polynomial]]:
        """The facts about numbers, with the difference of their sides."""
        if self.gaps is None:
            numeric = [f for s, f in self.facts.items() if s.op in ("le", "lt", "eq") and s.args[0].sort in (INT, REAL)]
            self.gaps = [(fact, _gap(fact.statement)) for fact in numeric]
        return self.gaps

    def _about(self, atom: Term) -> Iterable[Theorem]:
        if atom.op == "delta":
            yield ax("delta_nonnegative", i=atom.args[0], j=atom.args[1])
            yield ax("delta_at_most_one", i=atom.args[0], j=atom.args[1])
        elif atom.op == "max":
            yield ax("max_left", a=atom.args[0], b=atom.args[1])
            yield ax("max_right", a=atom.args[0], b=atom.args[1])
        elif atom.op == "app":
            for fact in self.instances(atom):
                if fact.statement.op in ("le", "lt") and fact.statement.args[0].sort in (INT, REAL):
                    yield fact
            from symnll.prove import totals

            yield from totals.members(atom, self)
        elif atom.op not in ("num", "sym"):
            for strict in (True, False):
                found = self._sign(atom, strict)
                if found is not None:
                    yield found
                    return

    def _combine(self, rest: Polynomial, known: list[Any], strict: bool, depth: int) -> list[Any] | None:
        """Premises and factors whose combination is `rest` up to a constant ≥ 0 (> 0, or a strict premise)."""
        monomials = [m for m in rest if m != CONSTANT]
        if not monomials:
            slack = rest.get(CONSTANT, 0)
            return [] if slack > 0 or (slack == 0 and not strict) else None
        if depth == 0:
            return None
        target = min(monomials, key=lambda m: sum(target_in(p, m) for _, p in known))
        for fact, p in known:
            if target not in p:
                continue
            factor = rest[target] / p[target]
            if factor < 0 and fact.statement.op != "eq":
                continue
            left = dict(rest)
            accumulate(left, p, factor=-factor)
            found = self._combine(left, known, strict and fact.statement.op != "lt", depth - 1)
            if found is not None:
                return [(fact, factor), *found]
        return None


def target_in(p: Polynomial, m: Any) -> int:
    return 1 if m in p else 0


def _gap(relation: Term) -> Polynomial:
    """t − s for a relation between s and t."""
    ring = Ring()
    return accumulate(accumulate({}, ring.polynomial(relation.args[1])), ring.polynomial(relation.args[0]), factor=-1)
