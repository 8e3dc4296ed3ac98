"""Abbreviations: finding where a term equals a definition for some values of its index symbols, and folding it.

Matching is first order, and modulo the order of sums and products. A product is a list of (base, integer exponent)
pairs, so that y_i·y_m is found in exp(z_i)·exp(z_m)·S⁻², and y_i² in exp(2·z_i)·S⁻².
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from symnll.core.term import Term, app, binder, fits, op, substitute

Binding = dict[Term, Term]
Item = tuple[Term, int]


@dataclass(frozen=True)
class Abbreviation:
    """`name`, such as y_i or H, for `definition`; the symbols among the arguments of the name stand for anything."""

    name: Term
    definition: Term

    @property
    def head(self) -> Term:
        t = self.name
        while t.op == "app":
            t = t.args[0]
        return t

    @property
    def variables(self) -> frozenset[Term]:
        found, t = set(), self.name
        while t.op == "app":
            found.add(t.args[1])
            t = t.args[0]
        return frozenset(v for v in found if v.op == "sym")


def usable(pairs: Iterable[tuple[Term, Term]], taken: frozenset[str]) -> tuple[Abbreviation, ...]:
    """The pairs as abbreviations, the largest definition first; without those whose name the formula uses itself."""
    made = [Abbreviation(name, definition) for name, definition in pairs]
    fine = [
        a for a in made if a.head.op == "sym" and a.head.data not in taken and a.definition.op not in ("sym", "num")
    ]
    return tuple(sorted(fine, key=lambda a: -_size(a.definition)))


def fold(t: Term, a: Abbreviation) -> Term | None:
    """The name with its arguments filled in, if t is that definition."""
    for binding in _match(a.definition, t, a.variables, {}):
        return _named(a, binding)
    return None


def fold_items(items: Sequence[Item], a: Abbreviation) -> list[Item] | None:
    """The product with part of it folded, once, if the definition is a product that it contains."""
    wanted = product_items(a.definition)
    if len(wanted) == 1 and wanted[0][1] == 1:
        return None  # that factor is folded by itself
    for binding, rest in _within(wanted, tuple(split_exp(items)), a.variables, {}):
        named = _named(a, binding)
        if named is not None:
            at = next(n for n, item in enumerate(rest) if item[1] != split_exp(items)[n][1])
            if any(base is named for base, _ in rest):
                return [(base, n + (base is named)) for base, n in rest if n]
            return [item for item in (*rest[:at], (named, 1), *rest[at:]) if item[1]]
    return None


def fold_terms(terms: Sequence[Term], a: Abbreviation) -> list[Term] | None:
    """The sum with part of it folded, once, if the definition is a sum that it contains."""
    if a.definition.op != "add":
        return None
    for binding, rest in _permuted(flat(a.definition, "add"), tuple(terms), a.variables, {}):
        named = _named(a, binding)
        if named is not None:
            return [named, *rest]
    return None


def flat(t: Term, name: str) -> tuple[Term, ...]:
    """The arguments of nested sums (or products) in one list."""
    return tuple(u for a in t.args for u in flat(a, name)) if t.op == name else (t,)


def product_items(t: Term) -> list[Item]:
    """The factors of t with their integer exponents."""
    items = []
    for factor in flat(t, "mul"):
        if factor.op == "pow" and factor.args[1].op == "num" and factor.args[1].data.denominator == 1:
            items.append((factor.args[0], factor.args[1].data.numerator))
        else:
            items.append((factor, 1))
    return items


def split_exp(items: Iterable[Item]) -> list[Item]:
    """exp(2·t) as exp(t) squared."""
    return [_split(*item) for item in items]


def _split(base: Term, exponent: int) -> Item:
    if base.op == "exp" and base.args[0].op == "mul":
        first, *rest = base.args[0].args
        if first.op == "num" and first.data.denominator == 1 and first.data > 1:
            inner = op("mul", *rest) if len(rest) > 1 else rest[0]
            return op("exp", inner), exponent * first.data.numerator
    return base, exponent


def _named(a: Abbreviation, binding: Binding) -> Term | None:
    return substitute(a.name, binding) if a.variables <= set(binding) else None


def _size(t: Term) -> int:
    return 1 + sum(map(_size, t.args))


def _match(pattern: Term, t: Term, variables: frozenset[Term], binding: Binding) -> Iterator[Binding]:
    if pattern in variables:
        if binding.get(pattern, t) is t and not t[4] and fits(t.sort, pattern.sort):
            yield {**binding, pattern: t}
        return
    if pattern.free.isdisjoint(variables):
        if _same(pattern, t):
            yield binding
        return
    if pattern.op == "mul" or (pattern.op == "pow" and t.op == "mul"):
        for found, rest in _within(product_items(pattern), tuple(split_exp(product_items(t))), variables, binding):
            if not any(exponent for _, exponent in rest):
                yield found
        return
    if pattern.op == "add":
        for found, left in _permuted(flat(pattern, "add"), flat(t, "add"), variables, binding):
            if not left:
                yield found
        return
    if pattern.op != t.op or pattern.data != t.data or len(pattern.args) != len(t.args):
        return
    yield from _each(pattern.args, t.args, variables, binding)


def _each(
    patterns: Sequence[Term], terms: Sequence[Term], variables: frozenset[Term], binding: Binding
) -> Iterator[Binding]:
    if not patterns:
        yield binding
        return
    for found in _match(patterns[0], terms[0], variables, binding):
        yield from _each(patterns[1:], terms[1:], variables, found)


def _permuted(
    patterns: Sequence[Term], terms: tuple[Term, ...], variables: frozenset[Term], binding: Binding
) -> Iterator[tuple[Binding, tuple[Term, ...]]]:
    """Every way to find each pattern among the terms, with the terms that are left."""
    if not patterns:
        yield binding, terms
        return
    for n, t in enumerate(terms):
        for found in _match(patterns[0], t, variables, binding):
            yield from _permuted(patterns[1:], terms[:n] + terms[n + 1 :], variables, found)


def _within(
    wanted: Sequence[Item], items: tuple[Item, ...], variables: frozenset[Term], binding: Binding
) -> Iterator[tuple[Binding, tuple[Item, ...]]]:
    """Every way to find the wanted powers among the items, with what is left of those."""
    if not wanted:
        yield binding, items
        return
    base, exponent = _split(*wanted[0])
    for n, (candidate, available) in enumerate(items):
        if available * exponent > 0 and abs(available) >= abs(exponent):
            for found in _match(base, candidate, variables, binding):
                rest = (*items[:n], (candidate, available - exponent), *items[n + 1 :])
                yield from _within(wanted[1:], rest, variables, found)


def _same(s: Term, t: Term) -> bool:
    return s is t or (s.op == t.op and _canonical(s) is _canonical(t))


def _canonical(t: Term) -> Term:
    """t with the arguments of sums and products in one fixed order, for comparing only."""
    if not t.args:
        return t
    args = tuple(map(_canonical, t.args))
    if t.op == "lam":
        return binder(t.data, *args)
    return app(*args) if t.op == "app" else op(t.op, *(sorted(args, key=repr) if t.op in ("add", "mul") else args))
