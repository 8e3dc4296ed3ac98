"""How long what a page supposes, or says in words, holds: up to where it is taken back, or another case begins."""

from __future__ import annotations

from collections.abc import Collection

from symnll.check.assumed import assumes
from symnll.check.defining import rejected
from symnll.check.entries import gives_entries, take_back
from symnll.check.kinds import Kinds
from symnll.check.loose import heads
from symnll.check.plain import dependent, next_case, one_case, refuted_below, renames, takes_back
from symnll.check.stretch import Stretch
from symnll.meaning.scope import pretty
from symnll.read.documents import Display, Inline


def go_on(stretch: Stretch, kinds: Kinds, item: Display | Inline) -> None:
    """Go on to a formula: forget what is said or supposed no more from there on."""
    gap, name = item.sentence.gap, item.body.text.strip()
    for freed, why in kinds.freed.items():
        stretch.loosen(freed, why)
    if name in stretch.scope.definitions and renames(item.sentence):
        _open(stretch, {name}, "is said to be something else from here on")
    if takes_back(gap):
        take_back(stretch.entries, [*stretch.entries])
        _open(stretch, stretch.assumptions | stretch.values, "was only supposed, which is taken back here")
    elif stretch.values and next_case(gap):
        _open(stretch, stretch.values, "had this value in another case")
        stretch.values.clear()
    if kinds.any & stretch.entries.keys():
        take_back(stretch.entries, kinds.any)
        stretch.note(f"any {sorted(kinds.any)}")
    stretch.dependent = dependent(gap) or (stretch.dependent and not heads(item))
    kinds.freed.clear()
    kinds.any.clear()


def _open(stretch: Stretch, names: Collection[str], why: str) -> None:
    """Leave open what these names are."""
    for name in names:
        stretch.scope.unclear[name] = f"{pretty(name)} {why}; say what it is here, or take another letter."
    stretch.note(f"open {sorted(names)}")


def reach_display(stretch: Stretch, item: Display) -> bool:
    """Note what the sentence around a display supposes. Whether it says that the display is not so."""
    rejects = item.environment != "inline" and rejected(item)
    supposes = item.environment != "inline" and not rejects and assumes(item.sentence)
    rejects = rejects or (supposes and refuted_below(stretch.source.text, item.end))
    stretch.assumed = supposes and not rejects
    stretch.one_case, stretch.example = one_case(item.sentence), gives_entries(item.sentence)
    return rejects
