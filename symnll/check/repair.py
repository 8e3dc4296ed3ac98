"""What would mend a false step: the first plausible edit of one place that makes it a proved statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from symnll import language as L
from symnll.check.clock import Clock, OutOfTime
from symnll.check.decide import Decision, decide, free_names
from symnll.check.edits import Edit, Step, edits
from symnll.check.lints import unused
from symnll.check.step import EQUALITIES, Meant, judge, meaning
from symnll.check.written import Splice, Written, shortened, tidy
from symnll.meaning.conditions import RELATIONS
from symnll.meaning.elaborate import Elaborator
from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope
from symnll.meaning.trees import children
from symnll.meaning.values import Array, Ones
from symnll.read import rows
from symnll.read import syntax as S
from symnll.read.source import Source
from symnll.read.tokens import Token, Unreadable
from symnll.small import Agreement, NotChecked, Witness, examine

THERE = {"points": 2, "budget": 0.0}  # what every edit is checked at, where the step was refuted
TRIED = {"points": 6, "budget": 0.02}  # what it is checked at then, before anything is proved
UNDEFINED = "The statement is undefined"
PROOF, AGAIN = 0.4, 3  # seconds for one proof at first; how many proofs are tried again for longer
SLOWLY = 0.25  # seconds for one edit of a step that is decided through other statements
LARGEST = 400  # places in one side
BOLD = 2.2  # an edit of an inequality that costs more makes it true too easily
PLAIN = 1.1  # an edit that costs more is less likely than a condition that the author did not write
LIKELY = 2.0  # an edit that costs more is not suggested without a proof
WIDEST = 80  # characters of a formula in a message


@dataclass
class Broken:
    """A step that is false as it stands: how it was read, what it means, and what was found out.

    `after_false`: the step before it, whose right side is its left side, is false too.
    """

    scope: Scope
    source: Source
    macros: Mapping[str, Any]
    link: rows.Link
    sides: tuple[Any, Any]
    meant: Meant
    decision: Decision
    wide: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    after_false: bool = False


def repair(broken: Broken, seconds: float = 2.0) -> str | None:
    """The edit that mends a step, in words: "with `-` in place of `+` the step is proved"; None: none was found.

    An edit changes one place of one side, or the relation. What is proved is the step as its author would have written
    it: the text is changed, and read again. The step must also hold where it was refuted, so that no edit is taken for
    a repair only because the step has no meaning there any more.
    """
    search = Search(broken, Clock(seconds))
    try:
        with search.clock.limit():
            return search.run()
    except (OutOfTime, Exception):  # a suggestion is worth less than the verdicts that are still to come
        return search.perhaps


@dataclass
class Candidate:
    """An edit that passed the check at small sizes, with what the step states then."""

    edit: Edit
    statement: Any


class Search:
    """The search for one step; `tried` counts edits."""

    def __init__(self, broken: Broken, clock: Clock) -> None:
        self.broken, self.clock = broken, clock
        self.perhaps: str | None = None
        self.tried = 0

    def run(self) -> str | None:
        """The first edit with a proof, in words; else one that is only not refuted."""
        broken = self.broken
        self.step = Step(
            broken.sides, broken.link.relation.text, broken.scope, Written(broken.source.text), self._read,
            diagonal=_diagonal(broken.scope, broken.decision), doubt_left=broken.after_false,
            sign=broken.source.text[slice(*broken.link.relation.span)],
        )  # fmt: skip
        if max(map(len, self.step.places)) > LARGEST:
            return None
        there = [self._side(n) == broken.sides[n] for n in (0, 1)]  # a side can come from a declaration
        found = [e for e in edits(self.step) if there[e.side] or e.relation]
        if broken.meant.relation not in EQUALITIES:
            found = [e for e in found if e.cost < BOLD]
        elif _natural(broken.decision.condition):
            found = [e for e in found if e.cost < PLAIN and e.side]
        if not self._comparable():
            return self._slowly(found)
        left = []
        for candidate in self._candidates(found):
            if self._proved(candidate, PROOF):
                return self._said(candidate.edit)
            left.append(candidate)
            if self.perhaps is None and candidate.edit.side and candidate.edit.cost < LIKELY:
                self.perhaps = f"{self._said(candidate.edit, '')} no counterexample is found, and no proof"
        for candidate in left[:AGAIN]:
            if self._proved(candidate, self.clock.left()):
                return self._said(candidate.edit)
        return self.perhaps

    def _comparable(self) -> bool:
        """Whether the step says of its two sides no more than a relation that can be tried at small sizes."""
        meant = self.broken.meant
        if meant.relation not in RELATIONS or meant.constant or meant.integrals:
            return False
        return not isinstance(self._examined(RELATIONS[meant.relation](meant.lhs, meant.rhs), TRIED), NotChecked)

    def _candidates(self, found: list[Edit]) -> Iterator[Candidate]:
        for edit in found:
            self.tried += 1
            statement = self._statement(edit, edit.tree)
            if statement is None or not self._holds(statement):
                continue
            tree = self._read_again(edit)
            if tree is None or self._says_nothing(edit, tree):
                continue
            again = self._statement(edit, tree)
            if again is not None and (tree == edit.tree or self._holds(again)):
                yield Candidate(edit, again)

    def _proved(self, candidate: Candidate, seconds: float) -> bool:
        given = self.broken.meant.given
        seconds = min(seconds, self.clock.left())
        return decide(candidate.statement, given, seconds=seconds, conditional=False).verdict == "proved"

    def _slowly(self, found: list[Edit]) -> str | None:
        """For relations that are decided through other statements: ∝, up to a constant, antiderivatives."""
        for edit in found:
            self.tried += 1
            tree = self._read_again(edit)
            if edit.relation or tree is None or self._says_nothing(edit, tree):
                continue
            meant = self._whole(edit, tree)
            if meant is not None and judge(meant, min(SLOWLY, self.clock.left())).verdict == "proved":
                return self._said(edit)
        return None

    def _statement(self, edit: Edit, tree: Any) -> Any:
        """What the step states with another tree for one side; None where that has no meaning, or no good one."""
        meant, broken = self.broken.meant, self.broken
        sides = [meant.lhs, meant.rhs]
        relation = RELATIONS["=" if meant.relation in EQUALITIES else meant.relation]
        if edit.relation:
            return RELATIONS[edit.relation](*sides)
        e = Elaborator(broken.scope, None, broken.wide)
        e.free = broken.free
        try:
            sides[edit.side] = e.value(tree, {})
        except (Unreadable, ValueError, TypeError, IndexError, AttributeError):  # no text is read as such a tree
            return None
        if isinstance(sides[edit.side], (Array, Ones)):
            whole = self._whole(edit, tree)
            if whole is None:
                return None
            sides = [whole.lhs, whole.rhs]
        if not all(broken.scope.index(n) in sides[edit.side].free_symbols for n in edit.letters):
            return None
        return relation(*sides)

    def _whole(self, edit: Edit, tree: Any) -> Meant | None:
        broken = self.broken
        sides = (tree, broken.sides[1]) if edit.side == 0 else (broken.sides[0], tree)
        try:
            return meaning(broken.scope, sides, broken.meant.relation, broken.link.conditions, broken.wide, broken.free)
        except (Unreadable, ValueError, TypeError, IndexError, AttributeError):
            return None

    def _holds(self, statement: Any) -> bool:
        """Whether both sides are defined, and in the right relation, where the step was refuted; and elsewhere."""
        there = self._examined(statement, THERE, *_counterexample(self.broken.decision.witness, statement))
        if isinstance(there, Witness) or (isinstance(there, NotChecked) and there.reason.startswith(UNDEFINED)):
            return False
        return isinstance(self._examined(statement, TRIED), Agreement)

    def _examined(self, statement: Any, effort: dict[str, Any], *more: Any) -> Any:
        if statement in (sympy.true, sympy.false):
            return NotChecked("It says nothing.")
        try:
            return examine(statement, (*self.broken.meant.given, *more), **effort)
        except (ArithmeticError, ValueError) as problem:
            return NotChecked(str(problem))

    def _read_again(self, edit: Edit) -> Any:
        """The tree of the edited text; None where it can't be read."""
        return edit.tree if edit.splices is None else self._side(edit.side, edit.splices)

    def _side(self, side: int, splices: Iterable[Splice] = ()) -> Any:
        """The tree of one side as it stands in the document, with these changes."""
        member = (self.broken.link.lhs, self.broken.link.rhs)[side]
        assert member is not None
        written = Written(self.broken.source.text)
        return self._read(written.spliced(*written.extent(member), splices))

    def _read(self, text: str) -> Any:
        try:
            return S.parse(_of_one_row(tokens_of(self.broken.scope, text, self.broken.macros))).only
        except Unreadable:
            return None

    def _says_nothing(self, edit: Edit, tree: Any) -> bool:
        """Whether the sides are one and the same now, something cancels that did not, or a sum has lost its index."""
        if edit.relation:
            return False
        sides = self.broken.sides
        before, scope = sides[edit.side], self.broken.scope
        cancelled = _cancelled(tree) > _cancelled(before)
        return _same(tree, sides[1 - edit.side]) or cancelled or unused(scope, tree) > unused(scope, before)

    def _said(self, edit: Edit, end: str = " the step is proved") -> str:
        words = edit.words or self._exchange(edit)
        return words + (" in the left side" if not edit.side else "") + end

    def _exchange(self, edit: Edit) -> str:
        """What stands in place of what; with so much around it that it stands in the side only once."""
        written = self.step.written
        assert edit.splices
        start, end = min(a for a, _, _ in edit.splices), max(b for _, b, _ in edit.splices)
        whole = self.step.sides[edit.side]
        side = written.text[whole.start : whole.end]
        shown = written.text[start:end], written.spliced(start, end, edit.splices)
        around = (p for p in self.step.places[edit.side] if p.role not in ("index", "bound", "binder"))
        stretches = sorted({written.extent(p.node) for p in around}, key=lambda s: s[1] - s[0])
        for a, b in stretches:
            if (len(shown[0]) > 2 and side.count(shown[0]) == 1) or b - a > WIDEST:
                break
            if a <= start and end <= b and (a, b) != (start, end):
                shown = written.text[a:b], written.spliced(a, b, edit.splices)
        return f"with `{shortened(tidy(shown[1]), WIDEST)}` in place of `{shortened(tidy(shown[0]), WIDEST)}`"


def _of_one_row(tokens: Iterable[Token]) -> list[Token]:
    """The tokens without the breaks and alignment marks that are no part of an array."""
    out, depth = [], 0
    for t in tokens:
        depth += (t.kind == "BEGIN") - (t.kind == "END")
        if depth or t.kind not in ("AMP", "ROW", "MARK"):
            out.append(t)
    return out


def _counterexample(witness: Any, statement: Any) -> Iterator[Any]:
    """Equations that say of the names in a statement that they have the values of a counterexample."""
    if witness is None:
        return
    values = {**witness.sizes, **witness.values}
    for name in free_names(statement):
        value = values.get(str(name.label if isinstance(name, L.Vector) else name))
        if isinstance(name, L.Vector):
            if name.kind != "simplex":
                yield from _entries(name, (), value)
        elif isinstance(name, sympy.Symbol) and isinstance(value, int | Fraction):
            yield L.Eq(name, sympy.Rational(value))


def _entries(vector: Any, index: tuple[int, ...], value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for k, part in enumerate(value, 1):
            yield from _entries(vector, (*index, k), part)
    elif index and isinstance(value, int | Fraction):
        yield L.Eq(vector[index], sympy.Rational(value))


def _diagonal(scope: Scope, decision: Decision) -> tuple[str, ...]:
    """The letters of the indices that are the same where the step is proved; none if it is another condition."""
    condition = decision.condition_statement
    if not isinstance(condition, sympy.Eq) or not all(s.is_integer for s in condition.args):
        return ()
    return tuple(x for x in scope.ranges if scope.index(x) in condition.free_symbols) or ("",)


def _natural(condition: str) -> bool:
    """Whether a condition is one that authors have in mind: numbers sum to 1, are one-hot or positive."""
    return condition.startswith("Σ") or any(word in condition for word in ("is one-hot", " > ", " ≥ "))


def _same(a: Any, b: Any) -> bool:
    return bool(S.unwrap(a) == S.unwrap(b))


def _cancelled(node: Any) -> int:
    """How many pairs x − x and x/x there are."""
    here = 0
    if isinstance(node, S.Sum):
        pairs = ((s, t) for k, s in enumerate(node.terms) for t in node.terms[k + 1 :])
        here = sum(_same(x, y) and a != b for (a, x), (b, y) in pairs)
    elif isinstance(node, S.Frac):
        here = int(_same(node.top, node.bottom))
    return here + sum(map(_cancelled, children(node)))
