"""The only maker of theorems: the rules, wrapped.

A `Theorem` holds its record in a slot whose descriptor only the closure `_kernel` has: nothing else can fill it, or
fill it anew. An object without a record is refused wherever a theorem is wanted.
"""

from __future__ import annotations

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
    def record(theorem: Any) -> Record:
        try:
            return slot.__get__(theorem)  # type: ignore[no-any-return]
        except (AttributeError, TypeError):
            raise CoreError(f"{object.__repr__(theorem)} was not made by the rules of the core.") from None

    class Theorem:
        """A statement that the core's rules proved. Only the rules make one; it can't be copied, edited or pickled."""

        __slots__ = ("_record",)

        def __new__(cls, *_: Any, **__: Any) -> Any:
            raise CoreError("Only the rules of the core make theorems.")

        def __init_subclass__(cls, **_: Any) -> NoReturn:
            raise CoreError("Theorem can't be subclassed.")

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
            return record(self).axioms

        @property
        def step(self) -> tuple[str, tuple[Any, ...]]:
            """The rule that made it, and what that was given."""
            return record(self)[2:]

        def __repr__(self) -> str:
            return f"Theorem({', '.join(n for n, _ in sorted(self.hypotheses, key=repr))} ⊢ {self.statement!r})"

    slot = Theorem.__dict__["_record"]
    delattr(Theorem, "_record")

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
            except (TypeError, AttributeError, ValueError, IndexError) as error:
                raise CoreError(f"{name} can't be applied to {arguments!r}: {error}") from error
            theorem = object.__new__(Theorem)
            slot.__set__(theorem, Record(sequent, frozenset(used), name, arguments))
            return theorem

        return apply

    return Theorem, {rule.__name__: wrap(rule) for rule in ALL_RULES}


Theorem, RULES = _kernel()
assume, axiom, discharge, detach, generalise, specialise, by_cases, conjoin, conjunct = list(RULES.values())[:9]
symmetric, congruence, rewrite, abstract, ring, linear = list(RULES.values())[9:]
