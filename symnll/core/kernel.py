"""The only maker of theorems: the rules, wrapped.

A `Theorem` holds its record in a slot whose name is random and whose descriptor only the closure `_kernel` has: nothing
else can fill it, and no other class has the same layout. What has no record is refused wherever a theorem is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import wraps
from secrets import token_hex
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn

from symnll.core.rules import ALL_RULES, Hypotheses, Sequent
from symnll.core.term import CoreError, Term, genuine


class Record(NamedTuple):
    sequent: Sequent
    axioms: frozenset[str]
    rule: str
    arguments: tuple[Any, ...]


def _kernel() -> tuple[Any, Mapping[str, Callable[..., Any]]]:
    secret = f"_{token_hex(16)}"

    def record(theorem: Any) -> Record:
        try:
            if type(theorem) is Theorem:
                return slot.__get__(theorem)  # type: ignore[no-any-return]
        except AttributeError:  # made by object.__new__
            pass
        raise CoreError(f"{object.__repr__(theorem)} was not made by the rules of the core.")

    class Theorem:
        """A statement that the core's rules proved. Only the rules make one; it can't be copied, edited or pickled."""

        __slots__ = (secret,)

        def __new__(cls, *_: Any, **__: Any) -> Any:
            raise CoreError("Only the rules of the core make theorems.")

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
            return record(self)[2:]

        def __repr__(self) -> str:
            return f"Theorem({', '.join(n for n, _ in sorted(self.hypotheses, key=repr))} ⊢ {self.statement!r})"

    slot = Theorem.__dict__[secret]
    delattr(Theorem, secret)
    delattr(Theorem, "__slots__")

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
            theorem = object.__new__(Theorem)
            slot.__set__(theorem, Record(sequent, frozenset(used), name, arguments))
            return theorem

        return apply

    return Theorem, MappingProxyType({rule.__name__: wrap(rule) for rule in ALL_RULES})


Theorem, RULES = _kernel()
assume, axiom, discharge, detach, generalise, specialise, by_cases, conjoin, conjunct = list(RULES.values())[:9]
symmetric, congruence, rewrite, abstract, ring, linear = list(RULES.values())[9:]
