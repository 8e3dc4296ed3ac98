"""What names stand for where an expression is read: bound letters, arguments, and names that are variables for now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symnll.meaning.values import Array, Range, Unclear, bound

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator

Env = Mapping[str, Any]
ABSTRACT = "‹abstract›"
HIDDEN = "‹hidden›"
PARAMETERS = "‹parameters›"  # the letters that stand for the arguments of a definition
INNER = (ABSTRACT, HIDDEN, PARAMETERS)


@dataclass(frozen=True)
class Abstract:
    """A defined name that is a variable for now, because something is differentiated with respect to it."""

    base: Any
    axes: tuple[Range, ...]


def carried(e: Elaborator, env: Env) -> dict[str, Any]:
    """What a definition's body sees of the place where it is opened: which names are variables for now, and which
    letters have another meaning there than in the document, so that the body may not speak of them."""
    found = {ABSTRACT: env[ABSTRACT]} if ABSTRACT in env else {}
    own = {**e.scope.index_cache, **{name: q.base for (name, count), q in e.scope.quantities.items() if not count}}
    other = {n for n, v in env.items() if n not in INNER and own.get(n) is not v}
    wholes = {f"{n}[]" for n in other if isinstance(env[n], Array) and not _itself(e, n, env[n])}
    hidden = other | wholes | env.get(HIDDEN, frozenset())
    return {**found, HIDDEN: frozenset(hidden)} if hidden else found


def _itself(e: Elaborator, name: str, value: Array) -> bool:
    """Whether an argument is the vector that has this name in the document."""
    q = e.scope.quantities.get((name, len(value.axes)))
    if q is None or q.place is not None or q.axes != value.axes:
        return False
    places = tuple(bound("k") for _ in value.axes)
    return bool(value.at(*places) == q.base[tuple(a.place(i) for a, i in zip(q.axes, places, strict=True))])


def hides_whole(key: str, env: Env) -> bool:
    """Whether a letter has another vector in place of it, in the body of a function that is applied to that."""
    return f"{key}[]" in env.get(HIDDEN, ())


def not_hidden(e: Elaborator, key: str, env: Env, node: Any) -> None:
    """Refuse a definition that speaks of a letter which is bound where the definition is used: Σ_i a with a = z_i."""
    if key in env.get(HIDDEN, ()):
        raise Unclear(
            f"A definition is opened here that speaks of {key}, and {key} is bound where it is used; write out what is "
            f"meant, or give the defined name {key} as index or argument.",
            node.start, node.end,
        )  # fmt: skip
