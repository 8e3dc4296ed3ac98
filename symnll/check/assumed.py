"""Displays that a sentence assumes: `it is assumed that`, `by taking`. They say what an unknown function is.

Every step that uses one says so, as it does for a definition. After a second one that says something else it is open.
"""

from __future__ import annotations

from typing import Any

from symnll.check.sentences import DOUBT, lower
from symnll.check.stretch import Stretch
from symnll.meaning.define import definition, record
from symnll.meaning.joint import calls
from symnll.meaning.known import covers, reach
from symnll.meaning.scope import Definition
from symnll.meaning.trees import names_in, separators, spelled
from symnll.read.prose import Sentence
from symnll.read.words import DENIED

_ASSUME = {"assume", "assumes", "assumed", "assuming", "suppose", "supposes", "supposed", "supposing", "postulate"}
_TAKE = {"taking", "take", "modelling", "modeling"}
# Words after which the display is what follows from the assumption.
_FOLLOWS = {
    "then", "get", "gets", "obtain", "have", "has", "so", "follows", "becomes", "is", "are", "gives", "yields", "thus",
    "therefore", "hence", "can", "write", "equals", "reads", "find", "see", "conclude", "means", "implies", "when",
}  # fmt: skip


def assumes(s: Sentence) -> bool:
    """Whether the words right before a display assume what it says."""
    near = lower(s.near)
    words = {*lower(s.before)[-14:], *lower(s.after)[:14]}
    if words & (DENIED | DOUBT - _ASSUME - {"e.g", "example", "say"}):
        return False
    if near[-1:] and near[-1] in _ASSUME | _TAKE:
        return True
    at = max((n for n, w in enumerate(near) if w in _ASSUME), default=len(near))
    return near[at + 1 : at + 2] == ["that"] and not set(near[at + 2 :]) & _FOLLOWS


def assume(stretch: Stretch, left: Any, right: Any, source: str, display: int) -> bool:
    """Take an equation for what a function is of which nothing was said so far: p(x; θ) ≡ a(x; θ)."""
    scope = stretch.scope
    found = definition(scope, left, right, source, display)
    if found is None or found.arguments is None or not scope.functions.get(found.head, {}).get("inferred"):
        return False
    old = [d for d in scope.definitions.get(found.head, ()) if covers(scope, d, found)]
    if old:
        same = len(old) == 1 and list(map(spelled, old[0].arguments or ())) == list(map(spelled, found.arguments))
        return same and assume(stretch, old[0].body, right, source, display)
    if _speaks_of_itself(stretch, found):
        return False
    record(scope, found)
    stretch.assumptions.add(found.head)
    stretch.note(source)
    return True


def doubt(stretch: Stretch, sides: tuple[Any, Any], source: str) -> None:
    """Leave open what a function is of which something else was assumed before."""
    found = definition(stretch.scope, *sides, source)
    if found is not None and found.head in stretch.assumptions:
        stretch.scope.unclear[found.head] = f"{source} is assumed, and something else before; give one another name."
        stretch.note(f"doubt {source}")


def _speaks_of_itself(stretch: Stretch, d: Definition) -> bool:
    """Whether the right side leads back to the function; p(y | x; θ) is another one than p(x; θ)."""
    name, scope = d.head.partition("_")[0], stretch.scope
    forms = [separators(b.inside) if b is not None else d.separators for b in calls(d.body, name)]
    bodies = [x.body for n in reach(scope, d.body) for x in scope.definitions.get(n, ())]
    return d.separators in forms or any(name in names_in(b) for b in bodies)
