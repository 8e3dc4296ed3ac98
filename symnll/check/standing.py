"""What an equation makes of a name with a standard meaning on its left: a claim about that, or another meaning."""

from __future__ import annotations

from typing import Any

from symnll.check.spellings import MOMENTS, STANDARD, USUAL, usual
from symnll.check.stretch import name_of
from symnll.meaning.define import definition
from symnll.meaning.scope import Scope
from symnll.meaning.trees import names_in
from symnll.read import syntax as S


def unheard_of(scope: Scope, left: Any, right: Any) -> bool:
    """Whether a name with a standard meaning gets one that nothing here compares with it: H(p) = log K for all p."""
    node, name = S.unwrap(left), name_of(left)
    if isinstance(node, S.Name) or scope.known(name) or definition(scope, left, right, "") is None:
        return False
    inside = {n.lower() for n in names_in(left)} - {name.lower()}
    if name in MOMENTS or not isinstance(node, S.Product):  # E[1] = 7, I_{11} = 7
        return (name in MOMENTS or usual(name) in STANDARD) and not inside and not names_in(right)
    heard = name in ("D", r"\delta", r"\Delta") or inside & {n.lower() for n in names_in(right)}
    return (name in USUAL or usual(name) in STANDARD) and not heard
