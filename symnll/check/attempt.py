"""An attempt to prove one relation, also under the conditions that its sides are defined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symnll.check.clock import Clock, OutOfTime
from symnll.check.defined import definedness, narrows
from symnll.core import kernel
from symnll.core.rules import negation
from symnll.core.term import CoreError, Term
from symnll.prove.bridge import Bridge, BridgeError
from symnll.prove.facts import build_context
from symnll.prove.reasons import REASONS
from symnll.prove.search import prove_statement
from symnll.prove.tactics import NoProof, Theorem, order
from symnll.prove.to_sympy import to_sympy
from symnll.write.nodes import Range
from symnll.write.notation import Reader
from symnll.write.text import text

ASSUMED, CONDITION, DEFINED = "assumed", "condition", "defined"  # the names of hypotheses beyond the kinds
FIRST_SHARE = 0.5  # of the time for an attempt, without the conditions that the sides are defined


@dataclass(frozen=True)
class Attempt:
    """A theorem, or None and why there is none.

    `stated` has the formula of each relation that was assumed. `conventions` are relations that the theorem supposes
    and that are more than that the sides are defined: a base is positive, though (−1)^y has a value for some real y.
    `narrowing` are those conditions for the sides to be defined that leave out one of few values: b ≠ 0 for a binary b.
    """

    theorem: Theorem | None = None
    why: str = ""
    stated: Mapping[Term, Any] = field(default_factory=dict)
    conventions: tuple[Any, ...] = ()
    narrowing: tuple[Term, ...] = ()

    def supposes(self, name: str) -> list[Term]:
        """What the theorem supposes under this name."""
        return [f for n, f in self.theorem.hypotheses if n == name] if self.theorem is not None else []

    def texts(self, known: Mapping[Any, str]) -> tuple[str, ...]:
        """What the theorem supposes beyond the kinds of its symbols, for a reader; `known`: texts of relations."""
        found = [known.get(self.stated[f]) or formula_text(f) for f in self.supposes(ASSUMED)]
        return (*sorted(found), *sorted(map(formula_text, self.supposes(DEFINED))))


def attempt(
    statement: Any,
    given: Sequence[Any],
    clock: Clock,
    seconds: float,
    condition: Sequence[Any] = (),
    conventions: bool = True,
) -> Attempt:
    """Look for a theorem of the relation for at most so many seconds."""
    try:
        with clock.limit(seconds):
            return _attempt(statement, given, condition, clock, seconds, conventions)
    except OutOfTime:
        if not clock.left():
            raise
        return Attempt(why=f"the search for a proof was given up after {seconds:.1f} s")
    except (BridgeError, CoreError, NoProof) as problem:
        return Attempt(why=str(problem))
    except ArithmeticError as problem:  # SymPy orders the terms of a sum by their values, where these are numbers
        return Attempt(why=f"a number in it can't be worked out ({type(problem).__name__})")
    except RecursionError:
        return Attempt(why="the search for a proof went too deep")
    except MemoryError:
        return Attempt(why="the search for a proof needed too much memory")


def _attempt(
    statement: Any, given: Sequence[Any], condition: Sequence[Any], clock: Clock, seconds: float, conventions: bool
) -> Attempt:
    bridge = Bridge(statement, *given, *condition)
    goal = bridge.statement(statement)
    stated = {bridge.statement(s): s for s in (*given, *condition)}
    named = [(CONDITION if s in condition else ASSUMED, formula) for formula, s in stated.items()]
    known = [*bridge.hypotheses(), *named]
    try:
        with clock.limit(FIRST_SHARE * seconds):
            return Attempt(prove_statement(goal, known), stated=stated)
    except NoProof as problem:
        why = str(problem)
    except OutOfTime:
        why = f"the search for a proof was given up after {seconds:.1f} s"
    found = definedness(statement, (*given, *condition), build_context(known))
    needed = [n.formula for n in found if conventions or not n.convention]
    if not needed:
        return Attempt(why=why)
    theorem = prove_statement(goal, [*known, *((DEFINED, f) for f in needed)])
    theorem = _without_needless(theorem, known)
    used = {f for name, f in theorem.hypotheses if name == DEFINED}
    more = tuple(to_sympy(n.formula, bridge.declared) for n in found if n.convention and n.formula in used)
    narrowing = tuple(f for f in used if _narrows(f, bridge))
    return Attempt(theorem, stated=stated, conventions=more, narrowing=narrowing)


def _narrows(formula: Term, bridge: Bridge) -> bool:
    try:
        return narrows(to_sympy(formula, bridge.declared))
    except BridgeError:
        return False


def _without_needless(theorem: Theorem, known: list[tuple[str, Term]]) -> Theorem:
    """The theorem without those of its conditions that the hypotheses and its other conditions prove."""
    conditions = sorted((f for name, f in theorem.hypotheses if name == DEFINED), key=order, reverse=True)
    for formula in conditions:
        others = [(name, f) for name, f in theorem.hypotheses if name == DEFINED and f is not formula]
        try:
            shown = prove_statement(formula, [*known, *others])
        except NoProof:
            continue
        theorem = kernel.detach(kernel.discharge(theorem, formula), shown)
    return theorem


def contradictory(given: Sequence[Any], statement: Any, clock: Clock, seconds: float) -> bool:
    """Whether the core refutes one of the hypotheses by the others."""
    try:
        with clock.limit(seconds):
            bridge = Bridge(statement, *given)
            bridge.statement(statement)
            stated = [(ASSUMED, bridge.statement(g)) for g in given]
            known = [*bridge.hypotheses(), *stated]
            return any(_refuted(hypothesis, known) for hypothesis in stated)
    except OutOfTime:
        if not clock.left():
            raise
        return False
    except (BridgeError, CoreError, ArithmeticError, RecursionError):
        return False


def _refuted(hypothesis: tuple[str, Term], known: list[tuple[str, Term]]) -> bool:
    """Whether the other hypotheses say the opposite of this one."""
    try:
        prove_statement(negation(hypothesis[1]), [h for h in known if h is not hypothesis])
    except (CoreError, NoProof):
        return False
    return True


def formula_text(formula: Term) -> str:
    """A formula for a reader, with the range of an index where it is not the same for all that is written."""
    reader = Reader([formula])
    shown = text(reader.read(formula))
    ranges = {name: scope for name, scope in reader.ranges.items() if scope is not None}
    hidden = [f"{i} ∈ {text(Range(*map(reader.node, r)))}" for i, r in ranges.items() if f"{{{i}=" not in shown]
    return f"{shown} with {', '.join(hidden)}" if len(set(ranges.values())) > 1 and hidden else shown


def rules(theorem: Theorem) -> tuple[str, ...]:
    """The laws that a proof uses, in the words of `symnll.prove.reasons`; "algebra" if there is no other."""
    phrases = {phrase: axioms for phrase, axioms in REASONS.items() if axioms and "given" not in axioms}
    found = set()
    for axiom in theorem.axioms:
        fitting = [phrase for phrase, axioms in phrases.items() if axiom in axioms]
        if fitting:
            found.add(min(fitting, key=lambda phrase: len(phrases[phrase])))
    named = tuple(phrase for phrase in phrases if phrase in found)
    assumed = any(name == ASSUMED for name, _ in theorem.hypotheses)
    return (*(named or (() if assumed else ("algebra",))), *(("what is assumed",) if assumed else ()))
