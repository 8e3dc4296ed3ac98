"""Replay of a certificate, the list of rule applications that made a theorem, with the core alone."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symnll.core.kernel import RULES
from symnll.core.term import CoreError, Sort, Term, app, binder, bound, num, op, sym

FORMAT = {"format": "symnll certificate", "version": 1}


def replay(document: Any) -> Any:
    """The theorem of a certificate, proved anew. CoreError if a step is refused or it is not what the file states."""
    try:
        if repr({k: document[k] for k in FORMAT}) != repr(FORMAT) or set(document) != {
            *FORMAT,
            "terms",
            "steps",
            "theorem",
        }:
            raise CoreError("This is not a symnll certificate of version 1.")
        terms: list[Term] = []
        for name, data, sort, children in document["terms"]:
            terms.append(_term(name, data, _sort(sort), [_pick(terms, c) for c in children]))
        theorems: list[Any] = []

        def decode(x: Any) -> Any:
            if isinstance(x, list):
                return tuple(map(decode, x))
            if isinstance(x, dict):
                ((kind, value),) = x.items()
                if kind == "rational":
                    return Fraction(*map(int, str(value).split("/", 1)))
                return _pick({"step": theorems, "term": terms}[kind], value)
            return x

        for rule, arguments in document["steps"]:
            theorems.append(RULES[rule](*map(decode, arguments)))
        theorem, states = theorems[-1], document["theorem"]
        hypotheses = {(name, _pick(terms, t)) for name, t in states["hypotheses"]}
        proved = theorem.statement, set(theorem.hypotheses), sorted(theorem.axioms)
        if proved != (_pick(terms, states["statement"]), hypotheses, states["axioms"]):
            raise CoreError(f"The certificate proves {theorem!r}, which is not what it states.")
    except (KeyError, ValueError, TypeError, IndexError, ArithmeticError, AttributeError, RecursionError) as error:
        raise CoreError(f"The certificate is malformed: {type(error).__name__}: {error}") from error
    return theorem


def _pick(items: list[Any], number: Any) -> Any:
    if type(number) is not int or not 0 <= number < len(items):
        raise CoreError(f"The certificate refers to entry {number!r}, which does not come before.")
    return items[number]


def _sort(data: Any) -> Sort:
    return tuple(map(_sort, data)) if isinstance(data, list) else data


def _term(name: str, data: Any, sort: Sort, children: list[Term]) -> Term:
    wanted = {"num": (1, 0, 0), "sym": (1, 1, 0), "bound": (1, 1, 0), "lam": (1, 0, 1)}.get(name, (0, 0, 1))
    if (data is not None, sort is not None, children != []) != wanted:
        raise CoreError(f"{name!r} has data, a sort or arguments that it does not take, or lacks some.")
    if name == "num":
        return num(Fraction(*map(int, str(data).split("/", 1))))
    if not children:
        return sym(data, sort) if name == "sym" else bound(data, sort)
    if name == "lam":
        return binder(_sort(data), *children)
    return app(*children) if name == "app" else op(name, *children)
