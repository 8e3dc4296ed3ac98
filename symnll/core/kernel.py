"""The only maker of theorems: the rules, wrapped.

A `Theorem` is an empty handle. What it says lies in a table inside `_kernel`, written only by the wrapped rules; an
object that the table does not hold is refused wherever a theorem is wanted.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from typing import Any, NamedTuple, NoReturn

from symnll.core.rules import ALL_RULES, Hypotheses, Sequent
from symnll.core.term import CoreError, Term


class Record(NamedTuple):
    sequent: Sequent
    axioms: frozenset[str]
    rule: str
    arguments: tuple[Any, ...]


def _kernel() -> tuple[Any, dict[str, Callable[..., Any]]]:
    table: dict[int, tuple[weakref.ref[Any], Record]] = {}
    dead: list[int] = []

    def record(theorem: Any) -> Record:
        found = table.get(id(theorem))
        if found is None or found[0]() is not theorem:
            raise CoreError(f"{object.__repr__(theorem)} was not made by the rules of the core.")
        return found[1]

    class Theorem:
        """A statement that the core's rules proved. Only the rules make one; it can't be copied, edited or pickled."""

        __slots__ = ("__weakref__",)

        def __new__(cls, *_: Any, **__: Any) -> NoReturn:
            raise CoreError("Only the rules of the core make theorems.")

        def __init_subclass__(cls, **_: Any) -> NoReturn:
            raise CoreError("Theorem can't be subclassed.")

        def __setattr__(self, *_: Any) -> NoReturn:
            raise CoreError("A theorem can't be edited.")

        def __reduce_ex__(self, _: Any) -> NoReturn:
            raise CoreError("A theorem can't be copied or pickled; write its certificate and replay that.")

        @property
        def statement(self) -> Term:
            return record(self).sequent.statement

        @property
        def hypotheses(self) -> Hypotheses:
            return record(self).sequent.hypotheses

        @property
        def axioms(self) -> frozenset[str]:
            """The names of the axioms that its proof used."""
            return record(self).axioms

        @property
        def step(self) -> tuple[str, tuple[Any, ...]]:
            """The rule that made it, and what that was given: the last line of its certificate."""
            return record(self).rule, record(self).arguments

        def __repr__(self) -> str:
            return f"Theorem({', '.join(n for n, _ in sorted(self.hypotheses, key=repr))} ⊢ {self.statement!r})"

    def bury(number: int) -> Callable[[Any], None]:
        return lambda _: dead.append(number)

    def wrap(rule: Callable[..., Sequent]) -> Callable[..., Any]:
        name = rule.__name__

        @wraps(rule)
        def apply(*arguments: Any) -> Any:
            used: set[str] = {arguments[0]} if name == "axiom" else set()

            def opened(x: Any) -> Any:
                kind = type(x)
                if kind is Term:
                    if x[4]:
                        raise CoreError(f"{name} takes closed terms, not {x!r}.")
                    return x
                if kind is tuple:
                    return tuple(map(opened, x))
                if kind is str or kind is int or kind is Fraction or x is None:
                    return x
                r = record(x)
                used.update(r.axioms)
                return r.sequent

            try:
                sequent = rule(*map(opened, arguments))
            except (TypeError, AttributeError, ValueError) as error:
                raise CoreError(f"{name} can't be applied to {arguments!r}: {error}") from error
            while dead:  # forget what nothing refers to any more: here, because in callbacks it would nest deeply
                gone = table.get(dead[-1])
                if gone is not None and gone[0]() is None:
                    del table[dead[-1]]
                dead.pop()
            theorem = object.__new__(Theorem)
            number = id(theorem)
            table[number] = weakref.ref(theorem, bury(number)), Record(sequent, frozenset(used), name, arguments)
            return theorem

        return apply

    return Theorem, {rule.__name__: wrap(rule) for rule in ALL_RULES}


Theorem, RULES = _kernel()
assume, axiom, instantiate, discharge, detach, generalise = (RULES[r.__name__] for r in ALL_RULES[:6])
specialise, by_cases, conjoin, conjunct, reflexive, symmetric = (RULES[r.__name__] for r in ALL_RULES[6:12])
transitive, congruence, rewrite, abstract, ring, linear = (RULES[r.__name__] for r in ALL_RULES[12:])
