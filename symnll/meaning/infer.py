"""What is not declared, from how it is used: which letters are indices, where they run, which names are indexed.

Letters that index the same axis run over the same range, and a bound of a sum is the size of the axes that its index
runs over. What has no bound gets a size of its own. Everything found is noted, so that the report can say it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from symnll import language as L
from symnll.meaning.axes import NOT_INDEXED, Found, Key, bound_letters, collect, function_of_vectors, rare_indices
from symnll.meaning.derivatives import sloped
from symnll.meaning.displays import defined_name, heads_of, links_of, lists_entries, only_entries, recurs, trees_of
from symnll.meaning.evidence import evidence, points, temperatures, vector_letters
from symnll.meaning.scope import Quantity, Scope
from symnll.meaning.values import Range
from symnll.read import syntax as S

SIZES = ("K", "N", "M", "D", "n", "m", "d", "C", "V", "L")


def infer(scope: Scope, displays: Sequence[Any], macros: Mapping[str, Any]) -> None:
    """Declare the index letters and indexed names of these displays that nothing declares."""
    links = links_of(scope, displays, macros)
    trees = trees_of(links)
    trees += [d.body for ds in scope.definitions.values() for d in ds]
    heads = heads_of(links)
    seen = evidence(scope, trees, heads)
    scope.integral |= seen.indices
    scope.labelled |= {n for n in seen.labelled if not any(scope.arity(n) - {0})}
    scope.points |= points(trees)
    scope.sloped |= {n for t in trees for n in sloped(S.List(t.start, t.end, (t,)))}
    scope.alone |= seen.numbers | seen.scripts.keys()
    scope.called = seen.before - scope.alone
    scope.applied |= seen.applied
    scope.transposed |= seen.transposed
    found, before = Found(), set(scope.sizes)
    for letter, r in scope.ranges.items():
        found.ranges[found.find(("letter", letter))] = r
    for (name, count), q in scope.quantities.items():
        for n in range(count):
            found.ranges[found.find((name, count, n))] = q.axes[n]
    for name, ds in scope.definitions.items():
        for d in ds:
            for n, i in enumerate(d.indices):
                if isinstance(i, str) and i in scope.ranges:
                    found.ranges.setdefault(found.find((name, len(d.indices), n)), scope.ranges[i])
    for left, right in heads:
        function_of_vectors(left, right, found)
    for name, ds in scope.definitions.items():
        for d in ds:
            if d.arguments is not None:
                found.vectors.setdefault(name, []).append(vector_letters(d.arguments, d.body))
    bound = {b for t in trees for b in bound_letters(t)} | seen.limits
    for t in trees:
        collect(scope, t, found, {}, bound)
    for spot, place in found.classes.items():  # p(i | θ) and p(x_k | θ), and how often i occurs: the x_k are labels
        for name in found.spots.get(spot, ()):
            found.picks.setdefault(name, []).append(place)
    for name, letter in found.equal:
        if name not in scope.others and (letter in found.letters or letter in scope.ranges):
            found.picks.setdefault(name, []).append(("letter", letter))
    rare_indices(scope, trees, found, seen.numbers | seen.scripts.keys())
    for key, r in found.partial.items():
        found.ranges.setdefault(found.find(key), _with_ends(scope, found, key, r))
    for letter, key, _ in found.over:  # a set stands for an axis only where every sum over that axis is over it
        same = {where for _, k, where in found.over if found.find(k) == found.find(key)}
        scope.over.setdefault(letter, set()).update(same)
    defining = [(left, right) for left, right in heads if not (recurs(left, right) or lists_entries(left, right))]
    defined = {name for left, _ in defining if (name := defined_name(left))} - only_entries(heads)
    _declare(scope, found, defined)
    for name, letter in {pair for t in trees for pair in temperatures(t)}:
        own = letter in scope.ranges and scope.ranges[letter].upper == scope.sizes.get(name)
        if name in scope.sizes.keys() - before and not own:
            scope.temperatures.add(name)


def _with_ends(scope: Scope, found: Found, key: Key, r: Range) -> Range:
    """1..N for a sum over 1..N − 1 of the a_i, where a_N is spoken of too."""
    for axis, letter in found.ends:
        size = scope.sizes.get(letter)
        if size is not None and found.find(axis) == found.find(key) and (r.upper - size).is_Integer:
            return Range(r.lower, size)
    return r


def _declare(scope: Scope, found: Found, defined: set[str]) -> None:
    for letter in found.letters:
        plain = letter.rstrip("'").removesuffix("^*")
        if plain != letter and (plain in scope.ranges or plain in found.letters):
            found.join(("letter", plain), ("letter", letter))
    for letter in found.letters:
        if letter not in scope.ranges:
            scope.ranges[letter] = _range(scope, found, ("letter", letter))
            scope.notes[letter] = f"{letter} is an index in {scope.ranges[letter]}"
    for name in sorted(found.counts - found.uses.keys() - defined - NOT_INDEXED):
        if not scope.known(name):  # k!
            scope.quantity(name, "natural", (), inferred=True)
            scope.notes[name] = f"{name} is natural"
    for name, uses in found.uses.items():
        counts = {len(u) for u in uses}
        if counts == {1, 2} and found.flat.get(name) == {2}:  # a bold x_n beside x_{nd} is a row
            uses, counts = [u for u in uses if len(u) == 2], {2}
            found.join((name, 2, 0), (name, 1, 0))
        numbers = all(isinstance(S.unwrap(p), S.Num) for u in uses for p in u)
        if scope.known(name) and (scope.arity(name) & counts or name in scope.functions or name in scope.definitions):
            continue
        if max(scope.arity(name), default=0) > max(counts):
            continue  # a row of a matrix
        if name not in found.plain:
            matrix = scope.quantities.get((name.upper(), 2))
            if counts == {1} and matrix is not None and not scope.known(name):  # \\mathbf{w}_k beside W
                scope.quantities[name, 2] = matrix
                scope.notes[name] = f"{name} with an index is a row of {name.upper()}"
            continue
        if name in defined and len(counts) == 1:
            scope.later[name] = tuple(_range(scope, found, (name, len(uses[0]), n)) for n in range(len(uses[0])))
        if name in defined or numbers or len(counts) != 1 or name in NOT_INDEXED:
            continue
        if any(d.startswith(f"{name}_") and d[len(name) + 1 :].isdigit() for d in scope.definitions):
            continue  # y_c, where y_1 and y_2 are defined, is one of these
        count = counts.pop()
        axes = tuple(_range(scope, found, (name, count, n)) for n in range(count))
        classes = {_range(scope, found, key) for key in found.picks.get(name, ())}
        if len(found.picks.get(name, ())) == len(uses) and count == len(classes) == 1:
            _label(scope, name, axes, classes.pop())
            continue
        kind = "natural" if name in found.counts else "real"
        scope.quantity(name, kind, axes, inferred=True)
        _noted(scope, name, kind, axes)
    for name, other in found.like.items():
        known = [q for (n, count), q in scope.quantities.items() if n == other and count]
        if len(known) == 1 and not scope.known(name) and name not in defined:
            scope.quantity(name, "real", known[0].axes, inferred=True)
            _noted(scope, name, "real", known[0].axes)


def _label(scope: Scope, name: str, axes: tuple[Range, ...], classes: Range) -> None:
    """Declare x, of which all that is written is q_{x_k}: x_k is the class of sample k."""
    base = L.labels(scope.shown(name), axes[0].size, classes.size)
    scope.quantities[name, 1] = Quantity(name, "labels", axes, base, inferred=True, labels_from=classes.lower)
    scope.notes[name] = f"{name} are labels in {classes}, over [{axes[0].size}]"


def _noted(scope: Scope, name: str, kind: str, axes: tuple[Range, ...]) -> None:
    shape = ", ".join(str(a.size) for a in axes)
    scope.notes[name] = f"{name} is {kind}, over [{shape}]"


def _range(scope: Scope, found: Found, key: Key) -> Range:
    home = found.find(key)
    if home not in found.ranges:
        taken = found.names | set(scope.sizes) | {n for n, _ in scope.quantities}
        name = next((n for n in SIZES if n not in taken), None) or next(
            f"K{n}" for n in range(1, 99) if f"K{n}" not in taken
        )
        found.ranges[home] = Range(sympy.Integer(1), scope.size(name))
        scope.invented.add(name)
    return found.ranges[home]
