"""The only maker of theorems: the rules, wrapped.

A `Theorem` is an empty handle. What it says lies in a table inside the closure `_kernel`, which only the wrapped rules
write; what the table does not hold is refused wherever a theorem is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import wraps
from types import MappingProxyType
from typing import Any, NamedTuple
from weakref import ref

from symnll.core.rules import ALL_RULES, Hypotheses, Sequent
from symnll.core.term import CoreError, Term, genuine


class Record(NamedTuple):
    sequent: Sequent
    axioms: frozenset[str]
    rule: str
    arguments: tuple[Any, ...]


def _kernel() -> tuple[Any, Mapping[str, Callable[..., Any]]]:
    def record(theorem: Any) -> Record:
        found = records.get(ref(theorem)) if type(theorem) is Theorem else None
        if found is None:
            raise CoreError(f"{object.__repr__(theorem)} was not made by the rules of the core.")
        return found

    class Theorem:
        """A statement that the core's rules proved. Only the rules make one; it can't be copied, edited or pickled."""

        __slots__ = ("__weakref__",)

        def __new__(cls, *_: Any, **__: Any) -> Any:
            raise CoreError("Only the rules of the core make theorems.")

        @property
        def statement(self) -> Term:
            return record(self).sequent.statement

        @property
        def hypotheses(self) -> Hypotheses:
            return record(self).sequent.hypotheses

        @property
        def axioms(self) -> frozenset[str]:
            return record(self).axioms

        @property
        def step(self) -> tuple[str, tuple[Any, ...]]:
            return record(self)[2:]

        def __repr__(self) -> str:
            return f"Theorem({', '.join(n for n, _ in sorted(self.hypotheses, key=repr))} ⊢ {self.statement!r})"

    records: dict[ref[Any], Record] = {}
    dead: list[ref[Any]] = []

    def wrap(rule: Callable[..., Sequent]) -> Callable[..., Any]:
        name = rule.__name__

        @wraps(rule)
        def apply(*arguments: Any) -> Any:
            used: set[str] = set()

            def opened(x: Any) -> Any:
                kind = type(x)
                if kind is Term:
                    if x[4] or not genuine(x):
                        raise CoreError(f"{name} takes closed terms, not {x!r}.")
                    return x
                if kind is tuple:
                    return tuple(map(opened, x))
                if kind is Fraction:
                    return Fraction(int(x.numerator), int(x.denominator))
                if kind is str or kind is int or x is None:
                    return x
                r = record(x)
                used.update(r.axioms)
                return r.sequent

            try:
                sequent = rule(*map(opened, arguments))
            except (TypeError, AttributeError, ValueError, LookupError, ArithmeticError, RecursionError) as error:
                raise CoreError(f"{name} can't be applied to {arguments!r}: {error}") from error
            used.update(arguments[:1] if name == "axiom" else ())
            while dead:  # forgotten here, and not in the callback, where a long proof would nest too deeply
                records.pop(dead.pop(), None)
            theorem = object.__new__(Theorem)
            records[ref(theorem, dead.append)] = Record(sequent, frozenset(used), name, arguments)
            return theorem

        return apply

    return Theorem, MappingProxyType({rule.__name__: wrap(rule) for rule in ALL_RULES})


Theorem, RULES = _kernel()
assume, axiom, discharge, detach, generalise, specialise, by_cases, conjoin, conjunct = list(RULES.values())[:9]
symmetric, congruence, rewrite, abstract, ring, linear = list(RULES.values())[9:]
