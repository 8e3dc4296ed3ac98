"""Which letters a chain binds and which are free in it, and where its unbracketed sums end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symnll.meaning.trees import big_letter, children, mentions, open_letters, stripped
from symnll.read import syntax as S


def scopes_of(trees: Sequence[Any]) -> tuple[frozenset[str], set[str]]:
    """The letters whose unbracketed sums take in the terms that follow, and the letters that are free in the chain."""
    candidates = {b for t in trees for b in _followed(t)}
    wide = frozenset(b for b in candidates if not any(_free(t, b) for t in trees))
    return wide, {n for t in trees for n in _names(t, frozenset())}


def _followed(node: Any) -> set[str]:
    """Letters bound by a sum at the end of a term, and used in terms after it."""
    found: set[str] = set()
    if isinstance(node, S.Sum):
        for k, (_, term) in enumerate(node.terms[:-1]):
            for letter in open_letters(term):
                if any(mentions(t, {letter}) for _, t in node.terms[k + 1 :]):
                    found.add(letter)
    for c in children(node):
        found |= _followed(c)
    return found


def _free(node: Any, letter: str) -> bool:
    """Whether the letter is free in a tree, where sums take in the terms that follow them."""
    if isinstance(node, S.Sum):
        for _, term in node.terms:
            if _free(term, letter):
                return True
            if letter in open_letters(term):
                return False
        return False
    if isinstance(node, S.Product):
        for item in node.items:
            if big_letter(item) == letter:
                return False
            if _free(item, letter):
                return True
        return False
    if isinstance(node, S.Name):
        return node.text == letter
    return any(_free(c, letter) for c in children(node))


def _names(node: Any, bound: frozenset[str]) -> set[str]:
    """The names that are free in a tree."""
    if isinstance(node, S.Name):
        return {node.text} - bound
    if isinstance(node, S.Product):
        found: set[str] = set()
        for n, item in enumerate(node.items):
            if big_letter(item):
                inner = bound | _bound_letters(item)
                pair = _unequal(item)
                if pair and all(any(mentions(i, {p}) for i in node.items[n + 1 :]) for p in pair):
                    inner |= pair  # Σ_{i≠j} a_i a_j binds both, unless one is bound or free outside
                found |= {n for c in getattr(item, "sups", ()) for n in _names(c, bound)}
                bound = inner
            else:
                found |= _names(item, bound)
        return found
    return {n for c in children(node) for n in _names(c, bound)}


def _unequal(item: Any) -> frozenset[str]:
    """The letters of Σ_{i≠j}."""
    for sub in item.subs:
        inner = stripped(sub)
        pieces = inner.pieces if isinstance(inner, S.List) else ()
        if len(pieces) == 3 and isinstance(pieces[1], S.Sep) and pieces[1].text == r"\neq":
            names = [S.unwrap(p) for p in (pieces[0], pieces[2])]
            if all(isinstance(n, S.Name) for n in names):
                return frozenset(n.text for n in names)
    return frozenset()


def _bound_letters(item: Any) -> frozenset[str]:
    found = set()
    for sub in item.subs:
        inner = stripped(sub)
        pieces = inner.pieces if isinstance(inner, S.List) else (inner,)
        for p in pieces:
            if isinstance(p, S.Sep) and p.text in ("<", ">", r"\leq", r"\geq"):
                continue  # Σ_{i<j} binds both, unless one is bound or free outside
            if isinstance(p, S.Sep) and p.kind == "REL":
                found |= {n for n in (big_letter(item),) if n}
                break
            found |= _names(p, frozenset())
    return frozenset(found | {big_letter(item)})
