"""One statement to its verdict: proved, proved-small, conditional, refuted or unknown, as CHECK.md defines them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import sympy

from symnll import language as L
from symnll.check.attempt import CONDITION, Attempt, attempt, contradictory, formula_text, rules
from symnll.check.clock import Clock, OutOfTime
from symnll.check.conditions import Condition, conditions, restates
from symnll.core import kernel
from symnll.prove.bridge import BridgeError
from symnll.prove.result import Disagreement
from symnll.small import Agreement, NotChecked, Witness, examine, formally_equal
from symnll.small.names import Names
from symnll.small.writer import Unsupported

FIRST = {"points": 6, "budget": 0.02}  # what every statement is checked at before anything is proved
DEEPER = {"points": 24, "budget": 0.3, "seed": 1}  # what is tried where there is no proof
OUTSIDE = {"points": 60, "budget": 0.5, "seed": 2}  # where a power has a value, but not by convention
CONDITIONED = {"points": 6, "budget": 0.01}
PROOF, REFUTED, SMALL = 0.6, 0.4, 0.4  # shares of the time that is left: for a proof, a condition, one small size
GUARD, CONDITIONS = 0.5, 3.0  # seconds for a proof under a condition, and for all conditions together
ORDER = ("refuted", "conditional", "unknown", "proved-small", "proved")
CONTRADICTION = "The assumptions contradict each other, so that anything would follow from them."
PERHAPS_NOTHING = (
    "It is proved, but perhaps about nothing: no case was found in which all that is assumed holds and both sides are "
    "defined."
)
IMPOSSIBLE = ("a hypothesis speaks of the unknown function",)  # what can't be sampled in principle


@dataclass(frozen=True)
class Decision:
    """A verdict and what it rests on.

    `condition` is what makes a refuted statement a theorem, for a reader, and `condition_statement` the relation.
    `witness` is a rigorous counterexample. `rules` are the laws that the proof uses, in words. `hypotheses` are what
    the theorem supposes beyond the kinds of its symbols: assumptions, and that what is written is defined.
    """

    verdict: str
    reason: str = ""
    condition: str = ""
    condition_statement: Any = None
    witness: Any = None
    rules: tuple[str, ...] = ()
    hypotheses: tuple[str, ...] = ()
    theorem: Any = None


def decide(
    statement: Any,
    given: Sequence[Any] = (),
    *,
    seconds: float = 10.0,
    candidates: Sequence[Any] = (),
    conditional: bool = True,
) -> Decision:
    """The verdict on a statement of `symnll.language` under the hypotheses `given`, within so many seconds.

    `candidates` are relations that are tried first as conditions of a refuted statement; `conditional=False` looks for
    no condition. A relation in `given` and `candidates` can be a pair (text, relation) with its text for a reader.
    Raises Disagreement, an internal error, if the core proves what the small-size check refutes; nothing else.
    """
    clock, so_far = Clock(seconds), [Decision("unknown", f"There was no answer within {seconds:g} s.")]
    try:
        with clock.limit():
            texts = {r[1]: r[0] for r in (*given, *candidates) if isinstance(r, tuple)}
            plain, offered = ([r[1] if isinstance(r, tuple) else r for r in part] for part in (given, candidates))
            search = _Search(clock, texts, [Condition((r,), texts.get(r, "")) for r in offered], conditional, so_far)
            if sympy.false in plain:
                return Decision("unknown", CONTRADICTION)
            return _whole(statement, tuple(g for g in plain if g != sympy.true), search)
    except OutOfTime:
        return so_far[0]
    except Disagreement:
        raise
    except Exception as problem:
        return replace(so_far[0], reason=so_far[0].reason if so_far[0].witness else _internal(problem))


@dataclass(frozen=True)
class _Search:
    clock: Clock
    texts: dict[Any, str]  # of relations, for a reader
    offered: list[Condition]
    conditional: bool
    so_far: list[Decision]  # one, which is the answer if the time is over

    def share(self, part: float) -> float:
        """Seconds: this part of the time that is left."""
        return part * self.clock.left()


def _internal(problem: BaseException) -> str:
    if isinstance(problem, RecursionError):
        return "The statement is nested too deeply."
    if isinstance(problem, MemoryError):
        return "The statement needs too much memory."
    if isinstance(problem, (BridgeError, Unsupported)):
        return _sentence(str(problem))
    return f"An internal error ended the search ({type(problem).__name__}: {problem}); please report it."


def _whole(statement: Any, given: tuple[Any, ...], search: _Search) -> Decision:
    """The decision on every relation of the statement, as one."""
    found = [_one(relation, given, search) for relation in _relations(statement, free_names(*given))]
    worst = min(found, key=lambda d: ORDER.index(d.verdict))
    if len(found) == 1 or worst.verdict not in ("proved", "proved-small"):
        return worst
    theorem = kernel.conjoin(*(d.theorem for d in found)) if worst.theorem is not None else None
    laws, supposed = (
        tuple(dict.fromkeys(chain(*parts))) for parts in zip(*((d.rules, d.hypotheses) for d in found), strict=True)
    )
    return replace(worst, rules=laws, hypotheses=supposed, theorem=theorem)


def free_names(*expressions: Any) -> dict[Any, None]:
    """The free symbols and vectors of the expressions, in order of appearance."""
    names = Names()
    for e in expressions:
        names.scan(e)
    return names.free


def _sizes(*expressions: Any) -> list[Any]:
    names = Names()
    for e in expressions:
        names.scan(e)
    return list(names.sizes)


def _relations(statement: Any, taken: dict[Any, None]) -> list[Any]:
    """The relations that a statement consists of; what it says of all indices, it says of a free one."""
    if isinstance(statement, sympy.And):
        return [r for part in statement.args for r in _relations(part, taken)]
    if not isinstance(statement, L.ForAll):
        return [statement]
    body, *variables = statement.args
    mine = {v: _primed(v) for v in variables if v in taken}
    return [_renamed(r, mine) if mine else r for r in _relations(body, taken)]


def _primed(variable: Any) -> Any:
    """Another variable of the same kind, in place of one that a hypothesis uses too."""
    name = f"{variable}′"
    if isinstance(variable, L.Index):
        return L.Index(name, variable.lower, variable.upper)
    if isinstance(variable, L.Vector):
        return L.Vector(name, *variable.args[1:])
    return variable.func(name, **variable.assumptions0)


def _renamed(relation: Any, names: dict[Any, Any]) -> Any:
    return relation.func(*(side.xreplace(names) for side in relation.args), evaluate=False)


def _one(statement: Any, given: tuple[Any, ...], search: _Search) -> Decision:
    check = _examined(statement, given, **FIRST)
    if isinstance(check, Witness):
        return _refuted(statement, given, check, search)
    tried = attempt(statement, given, search.clock, search.share(PROOF))
    if tried.theorem is not None and isinstance(check, Agreement) and not tried.conventions:
        return _proved(tried, search)
    outside = (_examined(statement, (*given, _turned(c)), **OUTSIDE) for c in tried.conventions)
    against = next((w for w in outside if isinstance(w, Witness)), None)
    check = against or _examined(statement, given, **DEEPER)
    if isinstance(check, Witness):
        if tried.theorem is not None and not tried.conventions:
            raise Disagreement(f"The core proved {tried.theorem!r}, but there is a counterexample: {check}.")
        return _refuted(statement, given, check, search)
    if tried.theorem is not None and isinstance(check, Agreement):
        check = _examined(statement, (*given, *tried.conventions), **FIRST)
    if tried.theorem is not None and isinstance(check, Agreement):
        return _proved(tried, search)
    if isinstance(check, NotChecked) and given and contradictory(given, statement, search.clock, search.share(SMALL)):
        return Decision("unknown", CONTRADICTION)
    if tried.theorem is not None:
        return _unchecked(tried, check, search)
    sizes = _at_sizes(statement, given, search)
    if sizes:
        return Decision(
            "proved-small", f"Shown for every value {sizes}. No other proof was found. {_sentence(tried.why)}"
        )
    both = f"No proof was found. {_sentence(tried.why)} No counterexample was found. {_sentence(str(check))}"
    return Decision("unknown", both)


def _turned(convention: Any) -> Any:
    """base < 0 in place of 0 < base: where a power has a value for some exponents, but not by the convention."""
    if isinstance(convention, L.ForAll):
        return L.ForAll(_turned(convention.args[0]), *convention.args[1:])
    return convention.func(*reversed(convention.args), evaluate=False)


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    words = re.match("[a-z]+ [a-z]", text)  # and no formula
    return f"{text[:1].upper()}{text[1:]}." if words else f"{text}."


def _examined(statement: Any, given: Sequence[Any], **effort: Any) -> Witness | Agreement | NotChecked:
    try:
        return examine(statement, given, **effort)
    except (RecursionError, MemoryError, ArithmeticError, ValueError) as problem:
        return NotChecked(_internal(problem))


def _proved(tried: Attempt, search: _Search) -> Decision:
    found = Decision("proved", rules=rules(tried.theorem), hypotheses=tried.texts(search.texts), theorem=tried.theorem)
    if not tried.narrowing:
        return found
    condition = " and ".join(sorted(map(formula_text, tried.narrowing)))
    return replace(found, verdict="conditional", condition=condition, reason=f"It is defined only where {condition}.")


def _unchecked(tried: Attempt, check: Any, search: _Search) -> Decision:
    """A theorem that was not seen to hold anywhere: it may be one because nothing satisfies what it supposes."""
    reason = _sentence(str(check))
    if isinstance(check, NotChecked) and check.reason.startswith(IMPOSSIBLE):
        return replace(_proved(tried, search), reason=f"Not checked at small sizes. {reason}")
    return Decision("unknown", f"{PERHAPS_NOTHING} {reason}")


def _at_sizes(statement: Any, given: tuple[Any, ...], search: _Search) -> str:
    """Where an equality is shown for all values by exact algebra, in words; empty if it is not."""
    if type(statement) is not sympy.Eq:
        return ""
    sizes = _sizes(statement, *given)
    shown: list[int] = []
    for n in (2, 3, 1) if sizes else (0,):
        alone = n == 1 and not shown
        if not alone and _formally(statement, given, dict.fromkeys(sizes, n), search.share(SMALL), search.clock):
            shown.append(n)
    if not shown or not sizes:
        return "by exact algebra" if shown else ""
    return f"at {' = '.join(map(str, sizes))} = {', '.join(map(str, sorted(shown)))}"


def _formally(statement: Any, given: tuple[Any, ...], sizes: dict[Any, int], budget: float, clock: Clock) -> bool:
    try:
        with clock.limit(budget):
            return formally_equal(statement, given, sizes, budget=min(1.0, budget)) is True
    except OutOfTime:
        if not clock.left():
            raise
        return False
    except (RecursionError, MemoryError, ArithmeticError, ValueError):
        return False


def _refuted(statement: Any, given: tuple[Any, ...], witness: Witness, search: _Search) -> Decision:
    decision = search.so_far[0] = Decision("refuted", f"It is false: {witness}.", witness=witness)
    again = attempt(statement, given, search.clock, min(GUARD, search.share(REFUTED)), conventions=False)
    if again.theorem is not None:
        raise Disagreement(f"The core proved {again.theorem!r}, but there is a counterexample: {witness}.")
    if not search.conditional:
        return decision
    try:
        with search.clock.limit(min(CONDITIONS, search.share(REFUTED))):
            found = _condition(statement, given, search)
    except OutOfTime:
        found = None
    if found is None:
        return decision
    condition, tried = found
    return replace(
        _proved(tried, search),
        verdict="conditional",
        reason=f"It is false as it stands: {witness}. It is proved if {condition}.",
        condition=str(condition),
        condition_statement=condition.statement,
        witness=witness,
    )


def _vanishes(statement: Any, given: Sequence[Any]) -> bool:
    """Whether a side seems to be 0 everywhere."""
    return any(isinstance(_examined(L.Eq(side, 0), given, **CONDITIONED), Agreement) for side in statement.args)


def _condition(statement: Any, given: tuple[Any, ...], search: _Search) -> tuple[Condition, Attempt] | None:
    """The first condition under which the statement is proved and holds somewhere."""
    for condition in chain(search.offered, conditions(statement, given)):
        assumed = (*given, *condition.statements)
        if not isinstance(_examined(statement, assumed, **CONDITIONED), Agreement) or restates(condition, statement):
            continue
        tried = attempt(statement, given, search.clock, GUARD, condition.statements)
        if not tried.supposes(CONDITION) or (condition.last_resort and _vanishes(statement, assumed)):
            continue
        # A condition must exclude every counterexample, so this looks harder than a proof needs.
        if all(isinstance(_examined(statement, assumed, **{**DEEPER, "seed": n}), Agreement) for n in (0, 1, 2)):
            return condition, tried
    return None
