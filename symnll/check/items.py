"""The items of a document: stretches between two resets, and the sentence that explains a display."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symnll.read.documents import Declaration, Display, Inline


def explained(display: Display, items: Sequence[Any]) -> list[Inline]:
    """The formulas of the sentence that goes on after a display with `where`."""
    found = []
    for item in items:
        if not isinstance(item, Inline) or item.body.at(0) - display.end > 400 or item.cue.split()[:1] != ["where"]:
            break
        found.append(item)
    return found


def stretches(items: Sequence[Any]) -> list[list[Any]]:
    """The items between two resets."""
    out: list[list[Any]] = [[]]
    for item in items:
        if isinstance(item, Declaration) and item.text.text.strip() == "reset":
            out.append([])
        else:
            out[-1].append(item)
    return out
