"""A loop, sorted the way every target prints it: one search for the maximum, one pass of sums, one of stores.

Numbers a sample are float64 ("wide") whatever the logits are; numbers a class have the dtype of the logits. Stored
exponentials are 2^EXPONENT times too large, or in units of their sample (see `approximations`), which the plan takes
account of: a sum of exponentials is scaled once, and a store multiplies by a coefficient that has the factor in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sympy import Add, Expr, Indexed, Mul, Pow, S, Symbol, log

from symnll.kernels.loops import Exponential, Loop, NotLowerable, Reduction, Store, Unless


@dataclass(frozen=True)
class StorePlan:
    """One array of results. `plain`: e·c and nothing else, computed in the dtype of the logits, c in two parts.
    Its constants are a numerator, a denominator, and what the rounding of the denominator lost if that is a sum.

    `entry` is else the text of one result in wide arithmetic; `constants` are (name, text) of the numbers it reads."""

    plain: bool
    entry: str
    reads: tuple[str, ...]
    constants: tuple[tuple[str, str], ...]
    patch: str | None


@dataclass(frozen=True)
class SumPlan:
    """A sum: of the kept exponentials themselves (`entry` empty), or of wide entries."""

    name: str
    entry: str
    reads: tuple[str, ...]
    without: tuple[str, ...]


@dataclass
class Plan:
    name: str
    theorems: tuple[str, ...]
    vectors: tuple[str, ...]
    kept: str
    shift: str
    pivot: bool
    target: bool
    sums: list[SumPlan] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    store: StorePlan | None = None
    target_exponential: bool = False


class Writer:
    """Expressions as text that Python and C share, but for the choice between two values."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.along = loop.class_index
        self.kept = loop.kept
        self.uses_target_exponential = False

    def choice(self, condition: str, yes: str, no: str) -> str:
        raise NotImplementedError

    def exponential(self, kept: str) -> str:
        """A kept exponential as what it stands for."""
        return f"unscaled({kept})"

    # Numbers a sample.

    def number(self, expr: Expr) -> str:
        if isinstance(expr, Add):
            return self._sum([self.number(t) if not _negative(t) else "-" + self.factor(-t) for t in _ordered(expr)])
        if isinstance(expr, Mul):
            return self._product(expr, self.factor)
        return self.factor(expr)

    def factor(self, expr: Expr) -> str:
        if expr.is_Integer:
            return f"{int(expr)}.0"
        if isinstance(expr, Symbol):
            return str(expr)
        if isinstance(expr, Indexed) and expr.indices[0] in self.loop.positions:
            return f"{expr.base.label}_{expr.indices[0]}"
        if isinstance(expr, Exponential) and isinstance(expr.args[0], Indexed):
            if expr.args[0].indices[0] in self.loop.positions:
                self.uses_target_exponential = True
                return f"exponential_{expr.args[0].indices[0]}"
        if isinstance(expr, Unless):
            one, other, value = expr.args
            return self.choice(f"{one} == {other}", "0.0", self.number(value))
        if isinstance(expr, log):
            one, rest = expr.args[0].as_coeff_Add()
            if one == 1 and rest != 0:
                return f"log1p({self.number(rest)})"
        if isinstance(expr, Pow) and expr.exp == -1:
            return f"(1.0 / {self.factor(expr.base)})"
        if isinstance(expr, (Add, Mul)):
            return f"({self.number(expr)})"
        raise NotLowerable(f"{expr} has no form as a number a sample.")

    def _product(self, expr: Expr, factor: Any) -> str:
        """a·b/c."""
        negative, above, below = False, [], []
        for f in Mul.make_args(expr):
            if f == -1:
                negative = True
            elif isinstance(f, Pow) and f.exp == -1:
                below.append(factor(f.base))
            else:
                above.append(factor(f))
        text = " * ".join(above) or "1.0"
        if below:
            text = f"{text} / ({' * '.join(below)})" if len(below) > 1 else f"{text} / {below[0]}"
        return f"-{text}" if negative else text

    @staticmethod
    def _sum(terms: list[str]) -> str:
        return " + ".join(terms).replace("+ -", "- ")

    # Entries.

    def entry(self, expr: Expr, reads: set[str]) -> str:
        """A number a class, in wide arithmetic."""
        if isinstance(expr, Add):
            terms = [self.entry(t, reads) if not _negative(t) else "-" + self.entry(-t, reads) for t in _ordered(expr)]
            return "(" + self._sum(terms) + ")"
        if isinstance(expr, Mul):
            factors = list(Mul.make_args(expr))
            along = [f for f in factors if f.has(self.along)]
            if len(along) == 2 and len(factors) == 2:
                return f"times({self.entry(along[0], reads)}, {self.entry(along[1], reads)})"
            return self._product(expr, lambda f: self.entry(f, reads))
        if isinstance(expr, Indexed) and expr.indices[0] == self.along:
            reads.add(str(expr.base.label))
            if self.kept is not None and expr.base.label == self.kept.base.label:
                return self.exponential(str(expr.base.label))
            return f"wide({expr.base.label})"
        return self.factor(expr)


def _negative(term: Expr) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


def _ordered(expr: Expr) -> list[Expr]:
    """Entries of arrays first, the shift next, the negative last: the difference is taken before anything small."""

    def rank(term: Expr) -> tuple[Any, ...]:
        return (not term.atoms(Indexed), _negative(term) and not term.is_Symbol, str(-term) != "shift", str(term))

    return sorted(expr.args, key=lambda t: (_negative(t), *rank(t)))


def plan(loop: Loop, writer: Writer) -> Plan:
    """The plan of a loop; NotLowerable if it has another shape."""
    if len(loop.passes) != 2 or len(loop.passes[0].reductions) != 1 or loop.kept is None:
        raise NotLowerable(f"{loop.name} is not one maximum, one pass of sums, and stores.")
    largest = loop.passes[0].reductions[0]
    if largest.kind != "max" or loop.passes[0].keeps or any(r.kind != "sum" for r in loop.passes[1].reductions):
        raise NotLowerable(f"{loop.name} is not one maximum, one pass of sums, and stores.")
    if any(str(p) != "target" for p in loop.positions):
        raise NotLowerable(f"{loop.name} takes other positions than the target: {loop.positions}.")
    made = Plan(
        loop.name,
        loop.theorems,
        loop.vectors,
        str(loop.kept.base.label),
        str(largest.name),
        largest.at is not None,
        bool(loop.positions),
    )
    for reduction in loop.passes[1].reductions:
        made.sums.append(_sum_plan(reduction, loop, writer))
    for p in loop.passes:
        made.numbers += [(str(name), writer.number(value)) for name, value in p.numbers]
    stores = [r for r in loop.results if isinstance(r, Store)]
    made.values = [writer.number(r) for r in loop.results if not isinstance(r, Store)]
    if len(stores) > 1:
        raise NotLowerable(f"{loop.name} has {len(stores)} arrays of results.")
    made.store = _store_plan(stores[0], loop, writer) if stores else None
    made.target_exponential = writer.uses_target_exponential
    return made


def _sum_plan(reduction: Reduction, loop: Loop, writer: Writer) -> SumPlan:
    without = tuple(str(at) for at in reduction.without)
    if reduction.body == loop.kept:
        return SumPlan(str(reduction.name), "", (), without)
    if without:
        raise NotLowerable(f"{reduction.body} is summed without the classes {without}; only exponentials can be.")
    reads: set[str] = set()
    entry = writer.entry(reduction.body, reads)
    return SumPlan(str(reduction.name), entry, tuple(sorted(reads)), ())


def _store_plan(store: Store, loop: Loop, writer: Writer) -> StorePlan:
    patch = writer.number(store.value) if store.value is not None else None
    kept = loop.kept
    factors = Mul.make_args(store.body)
    if kept is not None and [f for f in factors if f.has(loop.class_index)] == [kept]:
        above, below = Mul(*(f for f in factors if f != kept)).as_numer_denom()
        numbers = {name: value for p in loop.passes for name, value in p.numbers}
        added = numbers.get(below, S.Zero)
        lost = "0.0"
        if isinstance(added, Add) and len(added.args) == 2:
            lost = f"lost_by_sum({', '.join(writer.factor(a) for a in added.args)})"
        texts = (("numerator", writer.number(above)), ("denominator", writer.number(below)), ("lost", lost))
        return StorePlan(True, "", (str(kept.base.label),), texts, patch)
    reads: set[str] = set()
    constants: dict[Expr, Symbol] = {}
    terms = []
    for term in Add.make_args(store.body):
        along = [f for f in Mul.make_args(term) if f.has(loop.class_index)]
        alone = Mul(*(f for f in Mul.make_args(term) if not f.has(loop.class_index)))
        if along and alone not in (S.One, S.NegativeOne):
            constants.setdefault(alone, Symbol(f"factor_{len(constants)}"))
            alone = constants[alone]
        terms.append(Mul(alone, *along))
    body = Add(*terms)
    entry = writer.entry(body, reads)
    named = [(str(name), writer.number(value)) for value, name in constants.items()]
    others = sorted({str(s) for s in body.free_symbols if isinstance(s, Symbol)} & _sample_names(loop))
    return StorePlan(False, entry, tuple(sorted(reads)), (*named, *((name, name) for name in others)), patch)


def _sample_names(loop: Loop) -> set[str]:
    names = {str(name) for p in loop.passes for name, _ in p.numbers}
    return names | {str(r.name) for p in loop.passes for r in p.reductions}
