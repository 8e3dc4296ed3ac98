"""A form as passes over the classes of one sample: what a loop in Numba or C has to do, and in which order.

The lowering decides nothing about numerics. It uses the form's steps and these laws, which change no value:

- a step that is one number a class is written into the places that read it, so that no array is made for it; only
  exponentials are kept, since they are what takes time;
- a factor that is the same for all classes leaves a sum (linearity of the sum);
- sums of the same terms without this or that class are one sum without all of these, and then the terms that belong.
  So Σ_{k≠p} and Σ_{k≠T} cost one sum, and nothing is ever subtracted.

A pass reads every class once; the reductions of a pass may use only numbers that earlier passes left behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Add, Expr, Indexed, IndexedBase, KroneckerDelta, Mul, Symbol, exp

from symnll.kernels.forms import Form, K
from symnll.language import Index, MaxOver


class NotLowerable(ValueError):
    """The form needs more than passes of maxima, sums and maps."""


class Exponential(sympy.Function):
    """exp(a − b), taken without rounding a − b."""

    nargs = 2


class Unless(sympy.Function):
    """`Unless(p, q, x)` is (1 − δ(p, q)) x: x, but 0 where the two positions are one."""

    nargs = 3


@dataclass(frozen=True)
class Reduction:
    """`name` = the largest entry, or the sum of `body` over the classes but those in `without`.

    `at`, for a maximum, is the position that is a class of the largest entry."""

    name: Symbol
    kind: str  # "max" or "sum"
    body: Expr
    without: tuple[Any, ...] = ()
    at: Any = None


@dataclass(frozen=True)
class Pass:
    """Maps to be kept, reductions, and the numbers a sample that follow from them, in order."""

    keeps: tuple[tuple[Indexed, Expr], ...]
    reductions: tuple[Reduction, ...]
    numbers: tuple[tuple[Symbol, Expr], ...]


@dataclass(frozen=True)
class Store:
    """One result a class: `body`, but `value` at the class `at`."""

    body: Expr
    at: Any = None
    value: Expr | None = None


@dataclass(frozen=True)
class Loop:
    """A lowered form. `results` are numbers a sample (expressions) or stores, in the order of the form's values."""

    name: str
    theorems: tuple[str, ...]
    vectors: tuple[str, ...]
    positions: tuple[Any, ...]  # given ones, such as the target; a pivot is found by a maximum
    class_index: Any
    passes: tuple[Pass, ...]
    results: tuple[Any, ...]

    @property
    def kept(self) -> Indexed | None:
        """The array of exponentials that later passes read, or that a sum is taken of."""
        names = [name for p in self.passes for name, _ in p.keeps]
        return names[0] if names else None


def lower(form: Form) -> Loop:
    """The loop of a form. NotLowerable says what stands in the way."""
    return _Lowering(form).loop()


class _Lowering:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.vectors = tuple(a for a in form.inputs if isinstance(a, IndexedBase))
        self.given = tuple(a for a in form.inputs if isinstance(a, Index))
        if len(self.vectors) + len(self.given) != len(form.inputs):
            raise NotLowerable(f"{form.name} has other inputs than vectors and positions: {form.inputs}.")
        indices = {i for name, _ in form.steps if isinstance(name, Indexed) for i in name.indices}
        self.m = next(iter(indices))
        self.classes: dict[Any, Expr] = {}  # base of a step that is one number a class: its value at m
        self.kept: dict[Any, tuple[int, Indexed, Expr]] = {}  # base: stage, name, exponential
        self.stage: dict[Any, int] = {}  # a number a sample, or the base of a kept array: the passes it needs
        self.reductions: dict[int, list[Reduction]] = {}
        self.numbers: dict[int, list[tuple[Symbol, Expr]]] = {}
        self.pivot_entry: dict[Any, Symbol] = {}
        self.pivot = self._pivot()

    def _pivot(self) -> Any:
        """The position that `shift = z[pivot]` speaks of: free in the theorem, a class of the largest entry here."""
        for name, value in self.form.steps:
            if name.is_Symbol and isinstance(value, Indexed) and str(value.indices[0]) == "pivot":
                return value.indices[0]
        return None

    def loop(self) -> Loop:
        for name, value in self.form.steps:
            if isinstance(name, Indexed):
                self._class_step(name, value)
            else:
                self._number_step(name, value)
        results = tuple(self._result(value) for value in self.form.values)
        last = max([0, *self.stage.values()])
        self._split_sums(last)
        passes = tuple(
            Pass(
                tuple((name, value) for stage, name, value in self.kept.values() if stage == number),
                tuple(self.reductions.get(number, ())),
                tuple(self.numbers.get(number + 1, ())),
            )
            for number in range(last)
        )
        return Loop(
            self.form.name.removesuffix("_core"),
            tuple(name for name, _ in self.form.claims),
            tuple(str(v.label) for v in self.vectors),
            tuple(p for p in self.given if p != self.pivot),
            self.m,
            passes,
            results,
        )

    # One number a class.

    def _class_step(self, name: Indexed, value: Expr) -> None:
        value = self._written(value, name.indices[0], self.m)
        if isinstance(value, exp):
            difference = value.args[0]
            terms = [(t.as_coeff_Mul()[0].is_negative, t) for t in Add.make_args(difference)]
            plus, minus = [t for negative, t in terms if not negative], [-t for negative, t in terms if negative]
            if len(plus) != 1 or len(minus) != 1 or not isinstance(plus[0], Indexed):
                raise NotLowerable(f"exp({difference}) is not the exponential of an entry minus a shift.")
            value = Exponential(plus[0], minus[0])
            own = name.base[self.m]
            self.kept[name.base] = (self._needs(value), own, value)
            self.stage[name.base] = self._needs(value)
            return
        self.classes[name.base] = value

    def _written(self, value: Expr, bound: Any, along: Any) -> Expr:
        """The value with steps that are one number a class put in, and `along` in place of the bound index."""
        value = value.xreplace({bound: along})
        for entry in value.atoms(Indexed):
            if entry.base in self.classes:
                value = value.xreplace({entry: self.classes[entry.base].xreplace({self.m: entry.indices[0]})})
        return value

    def _needs(self, value: Expr) -> int:
        """The number of passes that must be over before the value can be read."""
        found = [self.stage[s] for s in value.free_symbols if s in self.stage]
        found += [self.stage[a.base] for a in value.atoms(Indexed) if a.base in self.stage]
        return max(found, default=0)

    # One number a sample.

    def _number_step(self, name: Symbol, value: Expr) -> None:
        if self.pivot is not None and isinstance(value, Indexed) and value.indices[0] == self.pivot:
            self._reduce(Reduction(name, "max", value.base[self.m], at=self.pivot))
            self.pivot_entry[value] = name
        elif isinstance(value, MaxOver):
            ((bound, *_),) = value.limits
            self._reduce(Reduction(name, "max", self._written(value.function, bound, self.m)))
        else:
            value = self._sums_out(value, name)
            value = self._written(value, self.m, self.m)
            self._number(name, value)

    def _number(self, name: Symbol, value: Expr) -> None:
        value = self._gathered(value)
        stage = max(1, self._needs(value))
        self.stage[name] = stage
        self.numbers.setdefault(stage, []).append((name, value))

    def _gathered(self, value: Expr) -> Expr:
        """An exponential at one position is computed there anew; at the pivot it is exp 0."""
        for entry in value.atoms(Indexed):
            if entry.base in self.kept:
                value = value.xreplace({entry: self.kept[entry.base][2].xreplace({self.m: entry.indices[0]})})
        value = value.xreplace({entry: shift for entry, shift in self.pivot_entry.items()})
        return value.replace(lambda x: isinstance(x, Exponential) and x.args[0] == x.args[1], lambda x: sympy.S.One)

    def _reduce(self, reduction: Reduction) -> None:
        # A sum that needs no maximum waits for the pass that sums exponentials: the classes are read there anyway.
        stage = self._needs(reduction.body) if reduction.kind == "max" else max(1, self._needs(reduction.body))
        self.reductions.setdefault(stage, []).append(reduction)
        self.stage[reduction.name] = stage + 1

    def _sums_out(self, value: Expr, name: Symbol) -> Expr:
        """Every sum in the value as a reduction of its own."""
        sums = sorted(value.atoms(sympy.Sum), key=str)
        for number, found in enumerate(sums):
            ((bound, lower, upper),) = found.limits
            if (lower, upper) != (1, K):
                raise NotLowerable(f"{found} runs over {lower}..{upper}, not over all classes.")
            body = self._written(found.function, bound, self.m)
            without: list[Any] = []
            inside: list[Expr] = []
            outside: list[Expr] = []
            for factor in Mul.make_args(body):
                at = _left_out(factor, self.m)
                same = not factor.has(self.m)
                (without if at is not None else outside if same else inside).append(at if at is not None else factor)
            own = Symbol(f"sum_{name}" if len(sums) == 1 else f"sum_{name}_{number}", real=True)
            self._reduce(Reduction(own, "sum", Mul(*inside), tuple(without)))
            value = value.xreplace({found: Mul(own, *outside)})
        return value

    def _split_sums(self, last: int) -> None:
        """Sums of the same terms become one, without every class that one of them leaves out."""
        for stage in range(last):
            groups: dict[Expr, list[Reduction]] = {}
            for reduction in self.reductions.get(stage, []):
                if reduction.kind == "sum":
                    groups.setdefault(reduction.body, []).append(reduction)
            for body, group in groups.items():
                left_out = tuple(dict.fromkeys(at for r in group for at in r.without))
                if left_out:  # the target too, so that kernels with and without a gradient add the same numbers up
                    left_out = tuple(dict.fromkeys((*left_out, *(p for p in self.given if p != self.pivot))))
                if len(group) == 1 and left_out == group[0].without:
                    continue
                if len(left_out) > 2:
                    raise NotLowerable(f"Sums of {body} leave out {left_out}: more than two classes.")
                rest = Symbol(f"rest_{group[0].name}", real=True)
                place = self.reductions[stage].index(group[0])
                kept = [r for r in self.reductions[stage] if r not in group]
                self.reductions[stage] = [*kept[:place], Reduction(rest, "sum", body, left_out), *kept[place:]]
                own = [(r.name, self._completed(rest, body, r.without, left_out)) for r in group]
                self.numbers[stage + 1] = [*own, *self.numbers.get(stage + 1, [])]

    def _completed(self, rest: Symbol, body: Expr, without: tuple[Any, ...], left_out: tuple[Any, ...]) -> Expr:
        terms: list[Expr] = [rest]
        for at in left_out:
            if at not in without:
                term = self._gathered(body.xreplace({self.m: at}))
                for other in left_out:
                    if other != at:
                        term = Unless(at, other, term)
                terms.append(term)
        return Add(*terms)

    # What comes out.

    def _result(self, value: Expr) -> Any:
        if not self._along_classes(value):
            name = Symbol(f"result_{len(self.numbers)}", real=True)
            value = self._gathered(self._written(self._sums_out(value, name), self.m, self.m))
            self.stage.setdefault(name, max(1, self._needs(value)))
            return value
        for at in self.given:
            delta = KroneckerDelta(self.m, at)
            parts = {True: [], False: []}  # type: dict[bool, list[Expr]]
            for term in Add.make_args(value):
                factors = Mul.make_args(term)
                if delta in factors:
                    parts[True].append(Mul(*(f for f in factors if f != delta)))
                elif 1 - delta in factors:
                    parts[False].append(Mul(*(f for f in factors if f != 1 - delta)))
            if len(parts[True]) + len(parts[False]) == len(Add.make_args(value)) and parts[True]:
                here, elsewhere = Add(*parts[True]), Add(*parts[False])
                self.stage[Symbol("stores")] = self._needs(here)
                return Store(self._written(elsewhere, self.m, self.m), at, self._gathered(here))
        if value.has(KroneckerDelta):
            raise NotLowerable(f"{value} is not one value at a position and another elsewhere.")
        return Store(self._written(value, self.m, self.m))

    def _along_classes(self, value: Expr) -> bool:
        return any(a.indices[0] == self.m for a in value.atoms(Indexed))


def _left_out(factor: Expr, along: Any) -> Any:
    """p if the factor is 1 − δ(along, p)."""
    for delta in factor.atoms(KroneckerDelta):
        if along in delta.args and factor == 1 - delta:
            return next(a for a in delta.args if a != along)
    return None
