"""Outcomes: P(t | x) beside P(t = 1 | x), of which one may define the other; and which letters are no classes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from symnll.check.places import places
from symnll.check.sentences import lower
from symnll.meaning.define import definition
from symnll.meaning.scope import Definition, Scope
from symnll.meaning.trees import events, spelled
from symnll.read import syntax as S
from symnll.read.documents import Inline

_ENTRY = re.compile(r"\s*(?P<name>\\?[A-Za-z]+)(?:_(?:\w|\{\w+\}))?\s*(?:\\in(?![A-Za-z])(?P<set>.*))?$", re.DOTALL)
_CLASSES = re.compile(r"\\?\{\s*1\s*,.*,\s*(?P<a>[A-Za-z])\s*\\?\}|\[\s*(?P<b>[A-Za-z])\s*\]", re.DOTALL)
_NONE = {"missing", "absent", "unlabelled", "unlabeled", "background", "rejected", "ignored", "none", "outside"}


def agrees(scope: Scope, left: Any, right: Any, holds: Callable[[Any, Any], bool]) -> bool:
    """Whether P(t | x) = … says of t = 1 what P(t = 1 | x) is defined to be, if that has a definition."""
    found = definition(scope, left, right, "")
    if found is None or found.arguments is None or events(found.arguments):
        return True
    return all(_agrees(d, found, left, right, holds) for d in scope.definitions.get(found.head, ()))


def unlabelled(items: Sequence[Any]) -> set[str]:
    """The letters y of which sentences say that y_n is perhaps none of the classes 1, …, K that sums are over."""
    found, whole = set(), " ".join(i.body.text for i in items)
    for item in items:
        if not (m := _ENTRY.match(item.body.text)):
            continue
        over = _CLASSES.match(m["set"].strip()) if m["set"] else None
        end = over and (over["a"] or over["b"])
        within = not m["set"] or (end and re.search(rf"\^\s*\{{?\s*{end}(?![A-Za-z])", whole))
        words = {*lower(item.sentence.before), *lower(item.sentence.after)}
        if not within or (isinstance(item, Inline) and words & _NONE):
            found.add(m["name"])
    return found


def _agrees(old: Definition, found: Definition, left: Any, right: Any, holds: Callable[[Any, Any], bool]) -> bool:
    pairs = list(zip(old.arguments or (), found.arguments or (), strict=False))
    said = [(p, a) for p, a in pairs if events([p]) and spelled(p.pieces[0]) == spelled(S.unwrap(a))]
    if not said or len(old.arguments or ()) != len(found.arguments or ()):
        return True
    for event, argument in said:
        if len(event.pieces) != 3 or event.pieces[1].text != "=":
            return False
        right = _put(right, spelled(S.unwrap(argument)), event.pieces[2])
    call = S.unwrap(left)
    bracket = call.items[1]
    inside = replace(bracket.inside, pieces=_pieces(bracket.inside.pieces, said))
    return holds(replace(call, items=(call.items[0], replace(bracket, inside=inside))), right)


def _pieces(pieces: Any, said: Any) -> tuple[Any, ...]:
    """The pieces of a list of arguments, with the events in place of what they are of."""
    events_of = {spelled(S.unwrap(a)): p.pieces for p, a in said}
    return tuple(n for p in pieces for n in events_of.get(spelled(p), (p,)))


def _put(body: Any, name: str, value: Any) -> Any:
    """A body with a value in place of a name, wherever it stands."""
    for _ in range(20):
        place = next((p for p in places(body) if spelled(S.unwrap(p.node)) == name), None)
        if place is None:
            return body
        body = place.put(value)
    return body
