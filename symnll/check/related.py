"""What the formulas of a page, in displays and in sentences, say of letters: with which others they change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from symnll.check.places import free_letters
from symnll.check.sentences import CONDITION, cue_of, lower
from symnll.meaning.define import definition
from symnll.meaning.derivatives import is_derivative, variables_in
from symnll.meaning.displays import defined_name, heads_of, links_of, trees_of
from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope, Tie
from symnll.meaning.ties import CONSTANTS, EQUAL, bound, keys
from symnll.meaning.trees import children, head_of, mentions, names_in, product_parts, spelled
from symnll.read import rows
from symnll.read import syntax as S
from symnll.read.documents import Display, Inline
from symnll.read.prose import Sentence
from symnll.read.tokens import Unreadable

# In a sentence with one of these, the letters before `of` come from the entries or the letter after it.
STATISTICS = {
    "mean", "means", "average", "variance", "variances", "deviation", "norm", "maximum", "minimum", "median", "largest",
    "smallest", "sum", "total", "normalizer", "normaliser", "normalization", "normalisation", "partition", "entropy",
    "softmax", "sigmoid", "product", "residual", "logarithm",
}  # fmt: skip
OF = {"of", "over", "from", "across", "among"}
IS = {"is", "are", "be", "being", "denote", "denotes", "stand", "stands", "the", "as", "means"}
MADE = {"obtained", "computed", "calculated", "derived", "predicted", "determined", "produced"}
# Words with which a letter is a constant beside a formula, or no more than compared with it.
OTHER = {
    "weight", "weights", "coefficient", "factor", "rate", "number", "index", "label", "labels", "target", "targets",
    "constant", "parameter", "parameters", "bias", "argument", "derivative", "gradient", "not", "least", "most", "than",
    "less", "greater", "above", "below", "if", "when", "power", "order", "degree", "variable", "slope", "minimizer",
    "minimiser", "maximizer", "maximiser", "solution", "root", "point", "dimension", "size", "length",
}  # fmt: skip
FUNCTIONS = {"function", "functions", "depends", "depend", "depending"}
SAMPLING = ("sampl", "draw", "drawn", "reparam", "generat")
_DOT = re.compile(r"\\d?dot\{(.+)\}")
_Z = re.compile(r"Z|\\math\w+\{Z\}")
_TOTALS = (r"\sum", r"\int")


def ties_of(scope: Scope, items: Sequence[Any], macros: Mapping[str, Any]) -> list[Tie]:
    """What these displays and sentences say of letters, in their order."""
    found: list[Tie] = []
    varied: frozenset[str] = frozenset()
    moved: set[str] = set()
    whole = set[str]()  # names of which something says that they sum to 1
    bodies: list[tuple[str, Any, str]] = []
    for item in items:
        said = " ".join(item.body.text.split())
        if not any(sign in said for sign in ("=", r"\equiv", r"\propto", r"\approx", "∝", "≡", "≔", "≈")):
            continue
        links = links_of(scope, [item], macros)
        trees = trees_of(links)
        moved = moved.union(*map(variables_in, trees))
        shown = isinstance(item, Display) and item.environment != "inline"
        for left, right in heads_of(links) if shown else _stated(item, links):
            if right is not None and not _sloping(left):
                letters = _constrained(scope, left, right)
                found += bound(letters, said, varied, shown) if not letters & moved or _is_number(right) else ()
                whole |= _summed(left, right)
                bodies.append((defined_name(left), right, said))
            bare = defined_name(left).rstrip("'")
            if bare != defined_name(left) and right is not None and bare in names_in(right):  # v' = −k v
                found.append(Tie(bare, frozenset("xt"), said, varied, loose=True))
            if right is not None and defined_name(left) and not (isinstance(item, Display) and _called(left)):
                spoken, free = keys(scope, right), scope.ranges.keys() & free_letters(right)
                own = {n for n in free if mentions(left, {n})}
                name = _name(scope, left, right)
                found.append(Tie(name, frozenset(spoken), said, varied, frozenset(free - own)))
                found += _inverse(scope, name, right, said) if name not in moved else ()
        for tree in trees:
            found += [Tie(y, frozenset({x}), said, varied) for y, x in _slopes(scope, tree)]
            if isinstance(item, Display):
                varied |= variables_in(tree, total=False)
    for head, body, said in bodies:
        for name, clear in _normalisers(scope, body):
            if clear or head in whole:
                found.append(Tie(name, frozenset(keys(scope, body) - {name}), said, loose=head not in whole))
    return [t for t in (*found, *_in_words(scope, items, macros)) if t.spoken - {t.name}]


def _sloping(left: Any) -> bool:
    """Whether a side speaks of derivatives."""
    return bool(names_in(left) & {r"\partial", r"\nabla", "d"})


def _constrained(scope: Scope, left: Any, right: Any) -> set[str]:
    """The letters of p + q = 1 and of Z p_i = e^{z_i}, which are solved for none of them."""
    left, right = S.unwrap(left), S.unwrap(right)
    letters = keys(scope, left) - scope.ranges.keys() - CONSTANTS
    items = left.items if isinstance(left, S.Product) else ()
    if isinstance(right, S.Num) and right.value != 0:
        flat = not any(isinstance(i, S.Bracket) for i in items)
        return letters if isinstance(left, S.Sum) or (items and flat) else set()
    others = keys(scope, right) - scope.ranges.keys() - CONSTANTS
    names = len(items) > 1 and all(isinstance(head_of(i), S.Name) and defined_name(i) not in CONSTANTS for i in items)
    dotted = any(_DOT.fullmatch(n) for n in letters)
    return letters | others if names and not others <= letters and not dotted else set()


def _is_number(node: Any) -> bool:
    return isinstance(S.unwrap(node), S.Num)


def _summed(left: Any, right: Any) -> set[str]:
    """The names in Σ_i p_i = 1, or ∫ p(x) dx = 1."""
    left, right = S.unwrap(left), S.unwrap(right)
    big = isinstance(left, S.Product) and isinstance(op := head_of(left.items[0]), S.Name) and op.text in _TOTALS
    return names_in(left) if big and isinstance(right, S.Num) and right.value == 1 else set()


def _inverse(scope: Scope, name: str, right: Any, said: str) -> Iterator[Tie]:
    """G changes with θ too by θ = log G, as that is solved for either."""
    others = keys(scope, right) - scope.ranges.keys() - scope.sizes.keys() - CONSTANTS
    plain = not isinstance(head_of(S.unwrap(right)), S.Name) and r"\sum" not in names_in(right)
    if len(others) == 1 and name not in others and plain:
        yield Tie(others.pop(), frozenset({name}), said, inverse=True)


def _normalisers(scope: Scope, body: Any) -> Iterator[tuple[str, bool]]:
    """Z in e^{…}/Z and A in e^{… − A}, and whether that is clear by the name Z."""
    parts = list(_factors(body))
    powers = [_exponent(parts, n) for n in range(len(parts))]
    below = [x for x, up in parts if not up]
    for node in below:
        for name in keys(scope, node) if _is_letter(node) else ():
            if _count(body, head_of(node).text) == 1 and name not in scope.ranges:
                yield name, _Z.fullmatch(head_of(node).text) is not None and any(p is not None for p in powers)
    for power in powers:
        for _, term in power.terms if isinstance(power, S.Sum) else ():
            if isinstance(S.unwrap(term), S.Name) and _count(body, S.unwrap(term).text) == 1:
                yield S.unwrap(term).text, False


def _factors(node: Any, up: bool = True) -> Iterator[tuple[Any, bool]]:
    """The factors of a product, and whether each stands above the line."""
    node = S.unwrap(node)
    if isinstance(node, S.Frac):
        yield from _factors(node.top, up)
        yield from _factors(node.bottom, not up)
    elif isinstance(node, S.Product):
        over = False
        for item in node.items:
            if not isinstance(item, S.Times):
                yield from _factors(item, up != over)
            over = isinstance(item, S.Times) and item.kind == "/"
    elif isinstance(node, S.Atom) and len(node.sups) == 1 and spelled(S.unwrap(node.sups[0])) == "-1":
        yield node.base, not up
    else:
        yield node, up


def _exponent(parts: Sequence[tuple[Any, bool]], n: int) -> Any:
    """x where the factor is e^x or exp(x), or None."""
    node, up = parts[n]
    if up and isinstance(node, S.Atom) and isinstance(node.base, S.Name) and node.base.text == "e" and node.sups:
        return S.unwrap(node.sups[0])
    if up and isinstance(node, S.Name) and node.text == "exp" and n + 1 < len(parts):
        return S.unwrap(parts[n + 1][0])
    return None


def _is_letter(node: Any) -> bool:
    return isinstance(head_of(node), S.Name) and not getattr(node, "sups", ())


def _count(node: Any, name: str) -> int:
    return (node.text == name) if isinstance(node, S.Name) else sum(_count(c, name) for c in children(node))


def _called(left: Any) -> bool:
    """Whether a left side is σ(x), which says nothing of a letter σ."""
    return isinstance(S.unwrap(left), S.Product)


def _stated(item: Any, links: Sequence[rows.Link]) -> Iterator[tuple[Any, Any]]:
    """The sides of the equations in a sentence; `when p = y` says of two letters only where they meet."""
    case = cue_of(item.sentence) & {*CONDITION, "at"}
    for link in links:
        if link.lhs is None or link.relation.text not in {*EQUAL, r"\approx"}:
            continue
        try:
            left, right = S.parse(list(link.lhs.tokens)), S.parse(list(link.rhs.tokens))
        except Unreadable:
            continue
        if not (case and defined_name(left) and defined_name(right)) and not _noisy(right, item.sentence):
            yield left, right
        if not defined_name(left) and not _sloping(left):
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
    """Let $\\mu$ be the mean of the $x_i$; $L$ is a function of $w$; $h$ is the sigmoid of $w x$."""
    before: list[str] = []  # the letters in the sentence so far
    group: list[str] = []  # the last of these, in one list
    of_that: set[str] = set()  # of what the formula before this one says that something is the mean, or the entropy
    number, listed = -1, False
    for item in (i for i in items if isinstance(i, Inline)):
        if item.sentence.number != number:
            before, group, of_that, number, listed = [], [], set(), item.sentence.number, False
        near = lower(item.sentence.near)
        words, so_far = set(near), {*lower(item.sentence.before)}
        tree = _letter(scope, item, macros)
        said = f"{' '.join(item.sentence.before)} {item.body.text.strip()}"
        whole = None if tree is not None else _expression(scope, item, macros)
        spoken = keys(scope, whole) - scope.ranges.keys() if whole is not None else set()
        name = head_of(tree).text if tree is not None else ""
        of = near[-2:] in (["of", "the"], ["of", "all"]) or near[-1:] in (["of"], ["on"])
        by_function = of and bool(words & FUNCTIONS)
        by_statistic = bool(words & OF and so_far & STATISTICS) and isinstance(tree, S.Atom) and not words & OTHER
        made = bool(words & MADE and words & {"from", "by"}) and not words & OTHER
        here = before if by_function or (listed and not by_statistic) else group
        listed = bool(name) and (by_function or by_statistic or made or (listed and near in ([], ["and"], ["or"])))
        if listed:
            yield from (Tie(letter, frozenset({name}), said, loose=made) for letter in here)
            group = here
        elif whole is not None and (words & IS or made) and not words & OTHER:
            free = frozenset(scope.ranges.keys() & free_letters(whole))
            yield from (Tie(y, frozenset(spoken), said, indices=free, loose=True) for y in group if y not in spoken)
        elif name:
            if of_that and near[:1] in (["is"], []) and not words & OTHER:
                yield Tie(name, frozenset(of_that), said, loose=True)
            joined = near in ([], ["and"], ["or"]) or (near[0] in ("and", "or") and words & STATISTICS)
            group = [*group, name] if joined else [name]
            before.append(name)
        entropy = words & OF and words & STATISTICS and not isinstance(tree, S.Name)
        of_that = (spoken or names_in(tree) - scope.ranges.keys()) if entropy else set()


def _expression(scope: Scope, item: Inline, macros: Mapping[str, Any]) -> Any:
    """The formula in a sentence that relates nothing, as a tree, or None."""
    try:
        tokens = tokens_of(scope, item.body.text, macros)
        node = S.parse(tokens)
    except Unreadable:
        return None
    return None if any(t.kind in ("REL", "COMMA") for t in tokens) else node


def _letter(scope: Scope, item: Inline, macros: Mapping[str, Any]) -> Any:
    """The name that a formula in a sentence is, perhaps with an index, or None."""
    if len(item.body.text) > 40:
        return None
    try:
        node = S.unwrap(S.parse(tokens_of(scope, item.body.text, macros)))
    except Unreadable:
        return None
    if isinstance(node, S.Atom) and not node.subs and len(node.sups) == 1 and isinstance(node.base, S.Name):
        return node.base if isinstance(S.unwrap(node.sups[0]), S.Num) else None  # σ²
    plain = isinstance(node, S.Atom) and len(node.subs) == 1 and not node.sups and isinstance(node.base, S.Name)
    return node if isinstance(node, S.Name) or plain else None
