"""Remarks on how a step is written, whatever its verdict; each code has a page in docs/errors/."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from symnll.check.places import BIG, binders, free_letters, opaque
from symnll.meaning.elaborate import Elaborator
from symnll.meaning.scope import Scope
from symnll.meaning.trees import children, head_of, stripped
from symnll.read import syntax as S
from symnll.read.tokens import Unreadable
from symnll.report.model import StepReport

WHOLE = ("natural", "binary", "labels")  # numbers over whose values one may well sum
FALSE = ("refuted", "conditional")


@dataclass(frozen=True)
class Remark:
    """A lint with the node that it is about; None: the whole step."""

    code: str
    message: str
    node: Any = None


@dataclass(frozen=True)
class _Binder:
    """A Σ, ∏ or max: its letters and all that follows it in its product."""

    node: Any
    letters: frozenset[str]
    body: tuple[Any, ...]


def remarks(scope: Scope, sides: Sequence[Any], report: StepReport, wide: frozenset[str] = frozenset()) -> list[Remark]:
    """The remarks on one step. `wide`: letters whose sums take in the terms that follow them."""
    try:
        found = [b for side in sides for b in _binders(side)]
        return [
            *_unused(scope, found, wide),
            *_reused(scope, sides, found, wide),
            *_two_meanings(scope, found),
            *(_ranges(scope, found) if report.verdict in FALSE else ()),
            *(_forgotten(scope, report) if report.verdict == "conditional" else ()),
        ]
    except RecursionError:
        return []


def unused(scope: Scope, side: Any, wide: frozenset[str] = frozenset()) -> int:
    """How many indices of one side do not occur under their sum or product."""
    return len(list(_unused(scope, list(_binders(side)), wide)))


def _binders(node: Any) -> Iterator[_Binder]:
    """The operators of a tree, from left to right; not those that a notation stands for."""
    if opaque(node):
        return
    if isinstance(node, S.Product):
        for k, item in enumerate(node.items):
            if letters := binders(item):
                yield _Binder(item, letters, node.items[k + 1 :])
    for c in children(node):
        yield from _binders(c)


def _unused(scope: Scope, found: Sequence[_Binder], wide: frozenset[str]) -> Iterator[Remark]:
    """Σ_j e^{y_i}: the index is not under its sum, and another one that runs over the same range is."""
    for b in found:
        free = free_letters(S.Product(b.node.end, b.node.end, b.body))
        for letter in sorted(b.letters & set(scope.ranges) - free - wide):
            others = sorted(x for x in free - b.letters if x in scope.ranges and _perhaps_one(scope, x, letter))
            if others and _is_big(b):
                name = _sign(b)
                message = (
                    f"The index {scope.shown(letter)} does not occur under its {name}, but {_list(scope, others)} does."
                )
                yield Remark("unused-index", message, b.node)


def _perhaps_one(scope: Scope, a: str, b: str) -> bool:
    """Whether two letters run over one range, or may do so, as nothing says where one of them ends."""
    invented = {scope.sizes[n] for n in scope.invented}
    x, y = scope.ranges[a], scope.ranges[b]
    return x == y or bool(invented & (x.upper.free_symbols | y.upper.free_symbols))


def _reused(scope: Scope, sides: Sequence[Any], found: Sequence[_Binder], wide: frozenset[str]) -> Iterator[Remark]:
    """p_i / Σ_i p_i: one letter for the index of a sum and for an index outside it."""
    free = set().union(*(_scripts(s, frozenset()) for s in sides)) & set(scope.ranges) - wide - set(scope.sizes)
    seen: set[str] = set()
    for b in found:
        for letter in sorted(b.letters & free - seen):
            seen.add(letter)
            shown = scope.shown(letter)
            message = f"{shown} is the index of this {_sign(b)}, and {shown} outside it is another one."
            yield Remark("index-reused", message, b.node)


def _scripts(node: Any, bound: frozenset[str]) -> set[str]:
    """The letters that are free in scripts. In H[f(x)] and E_{x ∼ p} the letter x is bound by what it means."""
    found: set[str] = set()
    if opaque(node):
        return found
    if isinstance(node, S.Product):
        for item in node.items:
            found |= _scripts(item, bound | binders(item))
            bound |= binders(item)
        return found
    if isinstance(node, S.Atom):
        for script in (*node.subs, *node.sups):
            pieces = getattr(getattr(script, "inside", None), "pieces", ())
            if not any(isinstance(p, S.Sep) and p.text == r"\sim" for p in pieces):
                found |= free_letters(script, bound)
        return found | _scripts(node.base, bound)
    return found.union(*(_scripts(c, bound) for c in children(node)))


def _two_meanings(scope: Scope, found: Sequence[_Binder]) -> Iterator[Remark]:
    """Σ_n where n is a size or a number elsewhere."""
    seen: set[str] = set()
    for b in found:
        for letter in sorted(b.letters - seen):
            q = scope.quantities.get((letter, 0))
            number = q is not None and not q.inferred and q.kind not in WHOLE
            what = "the size" if letter in scope.sizes else "the number" if number else ""
            if what:
                seen.add(letter)
                shown = scope.shown(letter)
                yield Remark(
                    "two-meanings", f"{shown} is the index of this {_sign(b)}, and {what} {shown} elsewhere.", b.node
                )


def _ranges(scope: Scope, found: Sequence[_Binder]) -> Iterator[Remark]:
    """Σ_{j=1}^n in one place and Σ_{j=1}^{n−1} in another, in a step that is false."""
    seen: dict[tuple[str, str], Any] = {}
    for b in found:
        if len(b.letters) != 1 or not _is_big(b):
            continue
        (letter,) = b.letters
        mine = _range(scope, b, letter)
        before = seen.setdefault((letter, _sign(b)), mine)
        if mine is not None and before is not None and mine != before:
            runs = f"over {before[0]}..{before[1]} and over {mine[0]}..{mine[1]}"
            message = f"In this step, {scope.shown(letter)} runs {runs}."
            yield Remark("different-range", message, b.node)
            return


def _range(scope: Scope, b: _Binder, letter: str) -> tuple[Any, Any] | None:
    """The bounds, where they hold sizes and numbers only."""
    known = scope.ranges.get(letter)
    lower, upper = (known.lower, known.upper) if known is not None else (None, None)
    e = Elaborator(scope)
    try:
        for sub in b.node.subs:
            inner = stripped(sub, "{")
            pieces = inner.pieces if isinstance(inner, S.List) else (inner,)
            if len(pieces) == 3 and isinstance(pieces[1], S.Sep) and pieces[1].text == "=":
                lower = e.index(pieces[2], {})
        for sup in b.node.sups:
            upper = e.index(sup, {})
    except (Unreadable, AttributeError):
        return None
    if lower is None or upper is None:
        return None
    sizes = set(scope.sizes.values())
    return (lower, upper) if {*lower.free_symbols, *upper.free_symbols} <= sizes else None


def _forgotten(scope: Scope, report: StepReport) -> Iterator[Remark]:
    """A δ that is missing, or a property of the targets that is used and not said."""
    condition = report.condition or ""
    left, _, right = condition.partition(" = ")
    letters = {scope.shown(x) for x in scope.ranges}
    if left in letters and right in letters and (report.help is None or _puts_in_delta(report.help)):
        yield Remark("missing-delta", f"This is true only for {condition}; a δ with these indices seems to be missing.")
    elif condition.endswith("is one-hot") or (condition.startswith("Σ") and right == "1"):
        yield Remark("silent-one-hot", f"This uses that {condition}, which nothing says.")


def _puts_in_delta(suggestion: str) -> bool:
    """Whether what is suggested is a δ."""
    parts = suggestion.split("`")
    new, old = parts[1], parts[3] if " in place of " in suggestion else ""
    return new.count(r"\delta") > old.count(r"\delta")


def _is_big(b: _Binder) -> bool:
    return head_of(b.node).text in BIG


def _sign(b: _Binder) -> str:
    return {r"\sum": "sum", r"\prod": "product"}.get(head_of(b.node).text, head_of(b.node).text)


def _list(scope: Scope, letters: Sequence[str]) -> str:
    return " or ".join(scope.shown(x) for x in letters)
