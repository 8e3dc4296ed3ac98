"""What a step states, where a letter is a number in it and the name of a vector elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from symnll.check.reading import ReadStep
from symnll.check.step import Meant, meaning
from symnll.meaning.evidence import in_scripts, only_bare
from symnll.meaning.known import reach
from symnll.meaning.scope import Definition, Scope, pretty
from symnll.meaning.trees import names_in
from symnll.meaning.values import NotANumber
from symnll.read import syntax as S
from symnll.read.tokens import Unreadable

ORDER = {r"\leq", r"\geq", "<", ">", r"\neq"}


def stated(scope: Scope, sides: Any, step: ReadStep) -> Meant:
    """What a step states. If a vector or an index stands where a number must, letters that functions are defined by
    are numbers: a page may define σ(x) for a number x, and write x_n for its data, or f(t), and write x_t.
    """
    link = step.link
    sizes = scope.temperatures & {n for s in sides for n in reach(scope, s)}
    if sizes and link.relation.text in ORDER:  # what holds of whole numbers may not hold of a temperature
        message = (
            f"{min(sizes)} is where a sum ends, and divides an exponent elsewhere; give one of the two another letter, "
            "or declare the index that runs up to it."
        )
        raise Unreadable(message, sides[0].start, sides[1].end)
    try:
        return meaning(scope, sides, link.relation.text, link.conditions, step.wide, step.free)
    except NotANumber as error:
        letters = _arguments(scope, sides, step)
        if not letters:
            raise
        ranges, definitions = scope.ranges.copy(), scope.definitions.copy()
        try:
            for letter in letters:
                scope.quantity(letter, _kind(scope, letter), (), inferred=True)
                scope.ranges.pop(letter, None)
                scope.definitions.pop(letter, None)
            for name, ds in list(scope.definitions.items()):
                scope.definitions[name] = [replace(d, parameters=d.parameters | letters & _letters_of(d)) for d in ds]
            meant = meaning(scope, sides, link.relation.text, link.conditions, step.wide, step.free)
        except Unreadable:
            raise error from None
        finally:
            scope.ranges, scope.definitions = ranges, definitions
            for letter in letters:
                del scope.quantities[letter, 0]
        meant.notes = [n for n in meant.notes if n not in {scope.notes.get(letter) for letter in letters}]
        meant.notes.extend(f"{pretty(n)} is a {_kind(scope, n)} number here" for n in sorted(letters))
        return meant


def _kind(scope: Scope, letter: str) -> str:
    """The kind of a number that has the name of a vector: that of the entries."""
    kinds = {q.kind for q in scope.quantities.values() if q.name == letter and q.axes} - {"simplex", "onehot", "labels"}
    return kinds.pop() if len(kinds) == 1 else "real"


def _arguments(scope: Scope, sides: Any, step: ReadStep) -> set[str]:
    r"""The letters that a step only holds as numbers, that functions are defined by, and that are vectors elsewhere.

    A letter s of which the sentence supposes what it is, `if $s = \sigma(a)$`, is like one of these.
    """
    families = {n for n, ds in scope.definitions.items() if all(d.arguments is None and d.indices for d in ds)}
    guessed = {q.name for q in scope.quantities.values() if q.axes}
    guessed |= families | (scope.ranges.keys() & scope.notes.keys()) - scope.integral
    known = {q.name for q in scope.quantities.values() if not q.axes} | (scope.definitions.keys() - families)
    opened = [d for s in sides for n in reach(scope, s) for d in scope.definitions.get(n, ())]
    functions = [d for ds in (*scope.definitions.values(), scope.stated.values()) for d in ds]
    arguments = {n for d in functions for n in _letters_of(d)}
    arguments |= {c[0].text for c in step.link.conditions if [t.text for t in c[1:2]] == ["="]}
    indices = in_scripts([*sides, *(d.body for d in opened)]) & scope.ranges.keys()
    return (only_bare(sides) & arguments & guessed) - known - indices


def _letters_of(d: Definition) -> set[str]:
    """The letters that a function is defined by, and that its body speaks of."""
    letters = {S.unwrap(a).text for a in d.arguments or () if isinstance(S.unwrap(a), S.Name)}
    return letters & names_in(d.body)
