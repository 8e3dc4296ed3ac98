"""What the formulas of a page, in displays and in sentences, say of letters: with which others they change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from symnll.check.sentences import CONDITION, cue_of, lower
from symnll.meaning.define import definition
from symnll.meaning.derivatives import is_derivative, variables_in
from symnll.meaning.displays import defined_name, heads_of, links_of, trees_of
from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope, Tie
from symnll.meaning.ties import EQUAL, keys
from symnll.meaning.trees import children, head_of, mentions, names_in, product_parts
from symnll.read import rows
from symnll.read import syntax as S
from symnll.read.documents import Display, Inline
from symnll.read.prose import Sentence
from symnll.read.tokens import Unreadable

# In a sentence with one of these, the letters before `of` come from the entries or the letter after it.
STATISTICS = {"mean", "means", "average", "variance", "variances", "deviation", "norm", "maximum", "minimum", "median"}
FUNCTIONS = {"function", "functions", "depends", "depend", "depending"}
SAMPLING = ("sampl", "draw", "drawn", "reparam", "generat")
_DOT = re.compile(r"\\d?dot\{(.+)\}")


def ties_of(scope: Scope, items: Sequence[Any], macros: Mapping[str, Any]) -> list[Tie]:
    """What these displays and sentences say of letters, in their order."""
    found: list[Tie] = []
    varied: frozenset[str] = frozenset()
    for item in items:
        said = " ".join(item.body.text.split())
        if not any(sign in said for sign in ("=", r"\equiv", r"\propto", "∝", "≡", "≔")):
            continue
        links = links_of(scope, [item], macros)
        trees = trees_of(links)
        pairs = heads_of(links) if isinstance(item, Display) and item.environment != "inline" else _stated(item, links)
        for left, right in pairs:
            if right is not None and defined_name(left) and not (isinstance(item, Display) and _called(left)):
                spoken, free = keys(scope, right), {n for n in scope.ranges if mentions(right, {n})}
                own = {n for n in free if mentions(left, {n})}
                found.append(Tie(_name(scope, left, right), frozenset(spoken), said, varied, frozenset(free - own)))
        for tree in trees:
            found += [Tie(y, frozenset({x}), said, varied) for y, x in _slopes(scope, tree)]
            if isinstance(item, Display):
                varied |= variables_in(tree, total=False)
    return [t for t in (*found, *_in_words(scope, items, macros)) if t.spoken - {t.name}]


def _called(left: Any) -> bool:
    """Whether a left side is σ(x), which says nothing of a letter σ."""
    return isinstance(S.unwrap(left), S.Product)


def _stated(item: Any, links: Sequence[rows.Link]) -> Iterator[tuple[Any, Any]]:
    """The sides of the equations in a sentence; `when p = y` says of two letters only where they meet."""
    case = cue_of(item.sentence) & {*CONDITION, "at"}
    for link in links:
        if link.lhs is None or link.relation.text not in EQUAL:
            continue
        try:
            left, right = S.parse(list(link.lhs.tokens)), S.parse(list(link.rhs.tokens))
        except Unreadable:
            continue
        if not (case and defined_name(left) and defined_name(right)) and not _noisy(right, item.sentence):
            yield left, right
        if not defined_name(left) and not names_in(left) & {r"\partial", r"\nabla", "d"}:
            yield right, left


def _noisy(right: Any, s: Sentence) -> bool:
    """Whether y_n = w x_n + ε_n says how data came about, which a derivative by w holds fixed; a sample moves."""
    terms = [t for _, t in right.terms] if isinstance(right := S.unwrap(right), S.Sum) else []
    noise = any(isinstance(head_of(t), S.Name) and head_of(t).text in (r"\epsilon", r"\varepsilon") for t in terms)
    return noise and not any(w.startswith(SAMPLING) for w in lower((*s.before, *s.after)))


def _name(scope: Scope, left: Any, right: Any) -> str:
    """The name that the left side is, with its labels."""
    found = definition(scope, left, right, "")
    return found.head if found is not None else defined_name(left)


def _slopes(scope: Scope, node: Any) -> Iterator[tuple[str, str]]:
    """y and x for each dy/dx or ∂y/∂x, v and t for v̇: the page takes y for a function of x."""
    for c in children(node):
        yield from _slopes(scope, c)
    if isinstance(node, S.Name) and (dotted := _DOT.fullmatch(node.text)):
        yield dotted[1], "t"
    if isinstance(node, S.Frac) and not node.binomial and is_derivative(node):
        top, bottom = product_parts(node.top), product_parts(node.bottom)
        if len(top) == 2 and len(bottom) == 2 and isinstance(head_of(top[1]), S.Name):
            variables = keys(scope, head_of(bottom[1]))
            yield from ((y, x) for y in keys(scope, head_of(top[1])) for x in variables)


def _in_words(scope: Scope, items: Sequence[Any], macros: Mapping[str, Any]) -> Iterator[Tie]:
    """Let $\\mu$ be the mean of the $x_i$; $L$ is a function of $w$."""
    before: list[str] = []  # the letters in the sentence so far
    number, listed = -1, False
    inline = [i for i in items if isinstance(i, Inline)]
    saying = {i.sentence.number for i in inline if set(lower(i.sentence.near)) & (STATISTICS | FUNCTIONS)}
    for item in (i for i in inline if i.sentence.number in saying):
        if item.sentence.number != number:
            before, number, listed = [], item.sentence.number, False
        near = lower(item.sentence.near)
        words = set(near)
        tree = _letter(scope, item, macros)
        name = head_of(tree).text if tree is not None else ""
        of = near[-2:] in (["of", "the"], ["of", "all"]) or near[-1:] in (["of"], ["on"])
        said_of = of and bool(words & (STATISTICS | FUNCTIONS if isinstance(tree, S.Atom) else FUNCTIONS))
        listed = bool(name) and (said_of or (listed and near in ([], ["and"], ["or"])))
        if listed:
            said = f"{' '.join(item.sentence.before)} {item.body.text.strip()}"
            yield from (Tie(letter, frozenset({name}), said) for letter in before)
        elif name:
            before.append(name)


def _letter(scope: Scope, item: Inline, macros: Mapping[str, Any]) -> Any:
    """The name that a formula in a sentence is, perhaps with an index, or None."""
    if len(item.body.text) > 40:
        return None
    try:
        node = S.unwrap(S.parse(tokens_of(scope, item.body.text, macros)))
    except Unreadable:
        return None
    plain = isinstance(node, S.Atom) and len(node.subs) == 1 and not node.sups and isinstance(node.base, S.Name)
    return node if isinstance(node, S.Name) or plain else None
