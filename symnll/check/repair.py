"""What would mend a false step: the first plausible edit of one place that makes it a proved statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from symnll.check.clock import Clock, OutOfTime
from symnll.check.decide import Decision, decide
from symnll.check.edits import Edit, Step, edits
from symnll.check.step import EQUALITIES, Meant
from symnll.check.written import Written
from symnll.meaning.conditions import RELATIONS
from symnll.meaning.elaborate import Elaborator, children
from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope
from symnll.meaning.values import Array, Ones
from symnll.read import rows
from symnll.read import syntax as S
from symnll.read.source import Source
from symnll.read.tokens import Unreadable
from symnll.small import Agreement, examine

TRIED = {"points": 6, "budget": 0.02}  # what every edit is checked at before anything is proved
PROOF = 1.0  # seconds for one proof
LAYOUT = ("AMP", "ROW", "MARK")


@dataclass
class Broken:
    """A step that is false as it stands: how it was read, what it means, and what was found out."""

    scope: Scope
    source: Source
    macros: Mapping[str, Any]
    link: rows.Link
    sides: tuple[Any, Any]
    meant: Meant
    decision: Decision
    wide: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    after_false: bool = False  # whether the step before it, whose right side is its left side, is false too


def repair(broken: Broken, seconds: float = 2.0) -> str | None:
    """The edit that mends a step, in words: "with `-` in place of `+` the step is proved"; None: none was found.

    An edit changes one place of one side, or the relation. It is proved as the author would have written it: the text
    is changed, and read again.
    """
    search = _Search(broken, Clock(seconds))
    try:
        with search.clock.limit():
            return search.run()
    except (OutOfTime, RecursionError, MemoryError):
        return search.perhaps


class _Search:
    def __init__(self, broken: Broken, clock: Clock) -> None:
        self.broken, self.clock = broken, clock
        self.perhaps: str | None = None
        self.tried = 0
        self.step = Step(
            broken.sides, broken.link.relation.text, broken.scope, Written(broken.source.text),
            diagonal=_diagonal(broken.decision), doubt_left=broken.after_false,
        )  # fmt: skip
        self.values = (broken.meant.lhs, broken.meant.rhs)

    def run(self) -> str | None:
        meant = self.broken.meant
        if meant.relation not in RELATIONS or meant.constant or meant.integrals:
            return None
        for edit in edits(self.step):
            self.tried += 1
            statement = self._statement(edit.side, edit.tree, edit.relation)
            if statement is None or not self._agrees(statement):
                continue
            tree = self._read_again(edit)
            if tree is None or _idle(tree, self.broken.sides[edit.side]) or _same(tree, self.broken.sides[1 - edit.side]):
                continue
            if not edit.relation:
                statement = self._statement(edit.side, tree, edit.relation)
            if statement is None:
                continue
            found = decide(statement, meant.given, seconds=min(PROOF, self.clock.left()), conditional=False)
            if found.verdict == "proved":
                return f"{self._placed(edit)} the step is proved"
            if found.verdict in ("unknown", "proved-small") and self.perhaps is None:
                self.perhaps = f"{self._placed(edit)} no counterexample is found, and no proof"
        return self.perhaps

    def _statement(self, side: int, tree: Any, relation: str = "") -> Any:
        """What the step states with another tree for one side; None where that has no meaning, or no good one."""
        broken = self.broken
        e = Elaborator(broken.scope, None, broken.wide)
        e.free = broken.free
        try:
            value = self.values[side] if relation else e.value(tree, {})
        except Unreadable:
            return None
        if isinstance(value, (Array, Ones)) or e.lints:
            return None
        sides = (value, self.values[1]) if side == 0 else (self.values[0], value)
        if relation == ":=" or broken.meant.relation in EQUALITIES and not relation:
            return RELATIONS["="](*sides)
        return RELATIONS[relation or broken.meant.relation](*sides)

    def _agrees(self, statement: Any) -> bool:
        if statement in (sympy.true, sympy.false):
            return False
        try:
            return isinstance(examine(statement, self.broken.meant.given, **TRIED), Agreement)  # type: ignore[arg-type]
        except (ArithmeticError, ValueError):
            return False

    def _read_again(self, edit: Edit) -> Any:
        """The tree of the edited text; None where it can't be read."""
        if edit.splices is None:
            return edit.tree
        link, written = self.broken.link, self.step.written
        member = (link.lhs, link.rhs)[edit.side]
        assert member is not None
        start, end = written.extent(member)
        text = written.spliced(start, end, edit.splices)
        try:
            tokens = [t for t in tokens_of(self.broken.scope, text, self.broken.macros) if t.kind not in LAYOUT]
            return S.parse(tokens).only
        except Unreadable:
            return None

    def _placed(self, edit: Edit) -> str:
        return edit.words


def _diagonal(decision: Decision) -> bool:
    c = decision.condition_statement
    return isinstance(c, sympy.Eq) and all(s.is_integer for s in c.args)


def _plain(node: Any) -> Any:
    """A tree without the braces that only group."""
    return node


def _same(a: Any, b: Any) -> bool:
    return S.unwrap(a) == S.unwrap(b)


def _idle(tree: Any, before: Any) -> bool:
    """Whether an edit made x − x or x/x of something else."""
    return _cancelled(tree) > _cancelled(before)


def _cancelled(node: Any) -> int:
    here = 0
    if isinstance(node, S.Sum):
        here = sum(
            _same(x, y) and a != b for k, (a, x) in enumerate(node.terms) for b, y in node.terms[k + 1 :]
        )
    elif isinstance(node, S.Frac):
        here = int(_same(node.top, node.bottom))
    return here + sum(map(_cancelled, children(node)))
