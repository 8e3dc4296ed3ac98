"""Whether an expression speaks of a name, itself or through definitions."""

from __future__ import annotations

from typing import Any

from symnll.meaning.evidence import labels_below
from symnll.meaning.scope import Scope
from symnll.meaning.shape import only_bare_uses
from symnll.meaning.trees import children, names_in, spelled
from symnll.read import syntax as S


def leads(scope: Scope, node: Any, name: str, seen: set[str]) -> bool:
    """Whether a tree speaks of a name, itself or through the definitions that it uses."""
    spoken = _spoken(scope, node)
    if name in spoken and not (name in scope.sizes and only_bare_uses(node, name)):  # N_k = Σ_{n=1}^N …
        return True
    new = {d for d in names_in(node) | spoken if d in scope.definitions} - seen
    seen |= new
    return any(leads(scope, d.body, name, seen) for n in new for d in scope.definitions[n])


def _spoken(scope: Scope, node: Any) -> set[str]:
    """The names in a tree, with their labels too, other than those in a label such as LS in y^{LS} or x in μ_x."""
    if isinstance(node, S.Name):
        return {node.text}
    if not (isinstance(node, S.Atom) and isinstance(node.base, S.Name)):
        return {n for c in children(node) for n in _spoken(scope, c)}
    name = node.base.text
    below, above = ("".join(f"{m}{spelled(S.unwrap(s))}" for s in x) for m, x in (("_", node.subs), ("^", node.sups)))
    found = {name + below, name + above, name + below + above, name + above + below}
    scripts = [s for s in (*node.subs, *node.sups) if not isinstance(S.unwrap(s), S.Product)]
    if labels_below(scope, name, node.subs):
        scripts = list(node.sups)
        found.discard(name)
    else:
        found.add(name)
    return found.union(*(_spoken(scope, s) for s in scripts))
