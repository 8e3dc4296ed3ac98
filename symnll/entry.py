"""What a library file says: an entry, its claims, and for each claim the derivation that a reader is shown."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True)
class Step:
    """One step of an authored derivation: the next expression, its relation to the one before, and why."""

    expression: Any
    reason: str
    relation: str = "="


@dataclass(frozen=True)
class Claim:
    """One statement that the library proves.

    `steps` lead from the left side of the statement to its right side; empty: proved in one step. `given` are the
    hypotheses beyond what the symbols' kinds say. `abbreviations` are (name, definition) pairs that a reader is shown
    in place of the definition, such as (y[i], softmax(z)[i]).
    """

    name: str
    title: str
    statement: Any
    given: Sequence[Any] = ()
    steps: Sequence[Step] = ()
    abbreviations: Sequence[tuple[Any, Any]] = ()
    note: str = ""


@dataclass(frozen=True)
class Entry:
    """One loss or identity: everything that the library says about it."""

    name: str
    title: str
    summary: str
    claims: Sequence[Claim]
    references: Sequence[str] = ()

    def __post_init__(self) -> None:
        names = [c.name for c in self.claims]
        twice = {n for n in names if names.count(n) > 1}
        if twice:
            raise ValueError(f"Entry {self.name!r} has two claims named {sorted(twice)[0]!r}.")


class UnknownName(LookupError):
    """There is no entry or claim of that name; `near` holds names that look like it."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        self.name, self.near = name, tuple(near)
        hint = f" Did you mean {', '.join(near)}?" if near else " `symnll list` shows all names."
        super().__init__(f"There is no entry or claim named {name!r}.{hint}")


@lru_cache(maxsize=1)
def entries() -> dict[str, Entry]:
    """All entries of the library, found by scanning its folder; a file without an `ENTRY` fails loudly."""
    from symnll import library

    found: dict[str, Entry] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(library.__path__)):
        entry = importlib.import_module(f"symnll.library.{module}").ENTRY
        if entry.name != module:
            raise ValueError(f"library/{module}.py holds the entry {entry.name!r}; name and file must be the same.")
        found[module] = entry
    return found


def claims() -> dict[str, tuple[Entry, Claim]]:
    """Every claim of the library by its full name, `entry.claim`."""
    return {f"{e.name}.{c.name}": (e, c) for e in entries().values() for c in e.claims}


def select(names: Sequence[str]) -> list[str]:
    """The full claim names that `names` (entries or claims; none: all) stand for. Raises UnknownName."""
    import difflib

    every, chosen = claims(), []
    for name in names or entries():
        if name in entries():
            chosen += [f"{name}.{c.name}" for c in entries()[name].claims]
        elif name in every:
            chosen.append(name)
        else:
            raise UnknownName(name, difflib.get_close_matches(name, [*entries(), *every], n=3, cutoff=0.5))
    return list(dict.fromkeys(chosen))
