"""Whether `name = …` introduces a name, or says something of one that has a meaning already.

A definition that is taken for granted hides the mistake in a step, so in doubt it is a step.
"""

from __future__ import annotations

import re
from typing import Any

from symnll.meaning.apply import alike
from symnll.meaning.joint import joint, of_list
from symnll.meaning.scope import UNKNOWN_RANK, Definition, Scope
from symnll.meaning.trees import children, head_of, is_dotted, mentions, names_in, spelled
from symnll.read import syntax as S

# One letter for many functions, which their arguments tell apart: p(x) and p(y), L(w) and L(p).
PROBABILITIES = {"p", "P", "q", "Q", "Pr", r"\mathbb{P}", r"\hat{p}"}
FOR_MANY = {*PROBABILITIES, "L", "J", "C", r"\ell", r"\mathcal{L}", r"\mathcal{J}"}


def declared(scope: Scope, name: str) -> bool:
    """Whether a name has a meaning other than one that was only inferred."""
    if name in scope.functions or name in scope.sizes or name in scope.ranges or name in scope.definitions:
        return True
    return any(key == name and not q.inferred for (key, _), q in scope.quantities.items())


def is_power(scope: Scope, name: str, powers: tuple[Any, ...], right: Any) -> bool:
    """Whether the superscripts of name^{…} = right are exponents, and no part of a new name such as σ²."""
    letters = {S.unwrap(p).text for p in powers if isinstance(S.unwrap(p), S.Name)}
    return declared(scope, name) or any(declared(scope, n) for n in letters) or mentions(right, {name, *letters})


def taken(scope: Scope, d: Definition) -> bool:
    """Whether what d would define has a meaning already."""
    if any(name == d.head and not q.inferred for (name, _), q in scope.quantities.items()):
        return True
    if d.head in scope.said and not names_in(d.body):
        return True  # y_i = 1, where a sentence says that y is one-hot
    other = of_list(d) or joint(d) or (d.indices and d.arguments is None)  # p(x_1, …, x_n) and p_i, beside p(x)
    of_entries = other and scope.functions.get(d.head, {}).get("inferred", False)
    size = d.head in scope.sizes and not d.indices  # but n_i beside a size n
    if (d.head in scope.functions and not of_entries) or size or d.head in scope.ranges:
        return True
    if any(name.startswith(f"{d.head}^") and name[len(d.head) + 1 :].isdigit() for name in scope.definitions):
        return True  # σ, where σ² is defined
    if d.arguments is not None and not joint(d) and any(map(of_list, scope.definitions.get(d.head, ()))):
        valued = of_list(d) or any(not names_in(a) for a in d.arguments)  # f(1, 2), where f(x_1, …, x_n) is defined
        if valued or d.head not in FOR_MANY or _of_sample(scope, d):
            return True
    known = (covers(scope, x, d) or _value(scope, x, d) for x in _same(scope, d))
    if any(_component(x, d) or _component(d, x) for x in scope.definitions.get(d.head, ())) or _of_whole(scope, d):
        return True
    return any(known) or _entry(scope, d) or _noted(scope, d)


def _of_sample(scope: Scope, d: Definition) -> bool:
    """Whether d would say what L(x_k | θ) is, where L(x_1, …, x_n | θ) is the probability of any samples."""
    lists = [a for x in scope.definitions.get(d.head, ()) if not joint(x) for a in x.arguments or () if is_dotted(a)]
    entries = [S.unwrap(a) for a in d.arguments or ()]
    heads = {spelled(head_of(a)) for a in entries if isinstance(a, S.Atom) and a.subs}
    return any(spelled(head_of(a.pieces[0])) in heads for a in lists)


def _component(x: Definition, d: Definition) -> bool:
    """Whether d would say what the components are of what x is, as y_i = … of y = W x."""
    more = len(d.indices) - len(x.indices)
    whole = x.rank is not None and (x.rank == UNKNOWN_RANK or x.rank >= more)
    return x.arguments is None and d.arguments is None and more > 0 and whole


def _of_whole(scope: Scope, d: Definition) -> bool:
    """Whether d would say what one entry is of what is defined: A_{12}; or a number for p_max, where p_i is defined."""
    name, _, place = d.head.partition("_")
    families = (x for x in scope.definitions.get(name, ()) if x.arguments is None and x.indices)
    if place and not names_in(d.body) and any(families):
        return True
    name, _, place = d.head.rpartition("_")
    return place.isdigit() and any(x.arguments is None and x.rank for x in scope.definitions.get(name, ()))


def _value(scope: Scope, x: Definition, d: Definition) -> bool:
    """Whether d would give the function of x a value at an expression of what it is of: E[2X], where E[X] is defined.

    That is so for a name that is defined by these letters too: the mean of the X_i.
    """
    if x.arguments is None or d.arguments is None or len(x.arguments) != len(d.arguments):
        return False
    if any(map(is_compound, d.arguments)) or _of_entry(scope, x, d):
        return True
    of = set().union(*map(names_in, x.arguments)) - x.parameters if d.head not in FOR_MANY else set()
    made = [b for n in map(_letter, d.arguments) if n not in of for b in scope.definitions.get(n, ())]
    return any(reach(scope, b.body) & of for b in made)


def is_compound(node: Any) -> bool:
    """Whether an argument is an expression such as 2X, and no name, number or event."""
    inner = S.unwrap(node)
    return isinstance(inner, (S.Sum, S.Product, S.Frac, S.Root)) or (
        isinstance(inner, S.Atom) and not isinstance(inner.base, S.Name)
    )


def says_a_value(d: Definition) -> bool:
    """Whether d says what one value or entry of an operator is, as softmax(z)_1 or H(1/2)."""
    return any(not isinstance(i, str) for i in d.indices) or any(map(_computed, d.arguments or ()))


def _computed(node: Any) -> bool:
    """Whether an argument is a number or is computed, and is no call such as p(x)."""
    inner = S.unwrap(node)
    call = isinstance(inner, S.Product) and len(inner.items) == 2 and isinstance(inner.items[1], S.Bracket)
    return isinstance(inner, S.Num) or (is_compound(node) and not call)


def _entry(scope: Scope, d: Definition) -> bool:
    """Whether d would say what p(i) or p(z) is, where p_i is defined, by z: then it says something of that."""
    if d.arguments is None:
        return False
    count = len(d.indices) + len(d.arguments)
    at_index = all(_is_index(scope, a) for a in d.arguments)
    letters = set(map(_letter, d.arguments))
    if not names_in(d.body) and any(f"{d.head}_{n}" in scope.definitions for n in letters):
        return True  # p(i) = 3, beside p_i
    families = [x for x in scope.definitions.get(d.head, ()) if x.arguments is None and len(x.indices) > len(d.indices)]
    return any((at_index and len(x.indices) == count) or letters <= _held(scope, x.body) for x in families)


def _held(scope: Scope, body: Any) -> set[str]:
    """What a body speaks of, other than the labels that it only has in subscripts, as y in −log p_{y_i}."""
    return reach(scope, body) - (names_in(body) - _above(body))


def _above(node: Any) -> set[str]:
    """The names in a syntax tree that stand in no subscript."""
    if isinstance(node, S.Name):
        return {node.text}
    parts = (node.base, *node.sups) if isinstance(node, S.Atom) else children(node)
    return {n for p in parts for n in _above(p)}


def _is_index(scope: Scope, node: Any) -> bool:
    inner = S.unwrap(node)
    return isinstance(inner, S.Num) or (
        isinstance(inner, S.Name) and inner.text in scope.ranges.keys() | scope.sizes.keys()
    )


def _noted(scope: Scope, d: Definition) -> bool:
    """Whether `write s(x) for …` says what s(·) is, for some other argument."""
    for n in scope.notations if not of_list(d) else ():
        kinds = [t.kind for t in n.pattern]
        if d.arguments is not None and n.pattern[0].text == d.head and kinds[1:2] == ["LPAR"] and not n.holes:
            if sum(k in ("COMMA", "SEMI", "BAR", "NORM", "COLON") for k in kinds) + 1 == len(d.arguments):
                return True
    return False


def namesake(scope: Scope, d: Definition) -> Definition | None:
    """A definition of the same letter that may or may not be meant by d: p(x) for p(y)."""
    near = next((x for x in _same(scope, d) if not covers(scope, x, d) and _close(x, d)), None)
    if near is None and d.indices and d.arguments is None:  # y_i, where y_1 is defined
        one = (xs[0] for name, xs in scope.definitions.items() if name.startswith(f"{d.head}_") and name[-1].isdigit())
        near = next((x for x in one if x.head[len(d.head) + 1 :].isdigit()), None)
    return near or next((x for x in scope.definitions.get(d.head, ()) if _entries(x, d)), None)


def _entries(x: Definition, d: Definition) -> bool:
    """Whether one defines y_i, and the other y, of which it is not seen that it is a number."""
    less = min(x, d, key=lambda y: len(y.indices))
    return x.arguments is None and d.arguments is None and len(x.indices) != len(d.indices) and less.rank != 0


def _same(scope: Scope, d: Definition) -> list[Definition]:
    return [x for x in scope.definitions.get(d.head, ()) if len(x.indices) == len(d.indices)]


def _close(x: Definition, d: Definition) -> bool:
    if x.arguments is None or d.arguments is None:
        return True
    pairs = zip(x.arguments, d.arguments, strict=False)
    return len(x.arguments) == len(d.arguments) and all(is_letter(p) and is_letter(a) for p, a in pairs)


def covers(scope: Scope, x: Definition, d: Definition) -> bool:
    """Whether x gives a meaning to what d would define."""
    if x.arguments is None or d.arguments is None:
        if x.arguments is None and d.arguments is not None and not all(map(is_letter, d.arguments)):
            return True  # y(1 − y), where y is a number
        if x.arguments is not None:
            return d.head not in PROBABILITIES  # L for L(θ), but p = 1/2 says nothing of p(x)
        if d.arguments is None or d.head not in FOR_MANY:
            return True
        return set(map(_letter, d.arguments)) <= reach(scope, x.body)  # L(t), where L = t²
    if len(x.arguments) != len(d.arguments) or x.separators != d.separators:
        return False
    if alike(x.arguments, d.arguments):
        return True
    for pattern, actual in zip(x.arguments, d.arguments, strict=True):
        if alike([pattern], [actual]):
            continue
        name = S.unwrap(pattern)
        if not isinstance(name, S.Name):
            return False
        if isinstance(S.unwrap(actual), S.Num):
            continue  # L(0) is a value of L(w)
        if _letter(actual) in names_in(x.body) - x.parameters:
            continue  # p(μ) is a value of p(x), where that speaks of μ
        if name.text not in x.parameters and name.text not in scope.ranges and name.text not in reach(scope, x.body):
            return False
        if is_letter(actual) and _another(scope, d, name.text):
            return False
    return True


def _another(scope: Scope, d: Definition, letter: str) -> bool:
    """Whether d would be a function of its own, beside one of this letter: p(y), L(v) = v², but not L(v̂), L(v) = 0."""
    if d.head not in FOR_MANY or d.head in PROBABILITIES:
        return d.head in FOR_MANY
    letters = set(map(head_letter, d.arguments or ()))
    estimate = re.compile(rf"\\[a-z]+\{{{re.escape(letter)}\}}|{re.escape(letter)}([\^_].*)?")
    return letters <= reach(scope, d.body) and not any(map(estimate.fullmatch, letters))


def head_letter(node: Any) -> str:
    """The letter of an argument such as x, x_i and x^{(i)}, or ""."""
    inner = S.unwrap(node)
    return _letter(inner.base if isinstance(inner, S.Atom) else inner)


def _of_entry(scope: Scope, x: Definition, d: Definition) -> bool:
    """Whether x says what a function is at each x_i, and d would for another value: f(3), where f(x_i) = x_i²."""
    indexed = [
        p for p in map(S.unwrap, x.arguments or ())
        if isinstance(p, S.Atom) and any(names_in(s) & scope.ranges.keys() for s in p.subs)
    ]  # fmt: skip
    if not any(head_letter(p) in names_in(x.body) for p in indexed):
        return False
    return d.head not in FOR_MANY or not all(map(is_letter, d.arguments or ()))


def _letter(node: Any) -> str:
    """The letter that an argument is, or ""."""
    inner = S.unwrap(node)
    return inner.text if isinstance(inner, S.Name) else ""


def reach(scope: Scope, body: Any) -> set[str]:
    """The names that an expression speaks of, itself or through definitions."""
    found: set[str] = set()
    new = names_in(body)
    while new:
        found |= new
        new = {n for name in new for d in scope.definitions.get(name, ()) for n in names_in(d.body)} - found
    return found


def is_letter(node: Any) -> bool:
    """Whether an argument is a letter, perhaps with an index, as x, x_i and x^{(i)}."""
    inner = S.unwrap(node)
    return isinstance(inner, S.Name) or (
        isinstance(inner, S.Atom)
        and isinstance(inner.base, S.Name)
        and all(isinstance(S.unwrap(x), S.Bracket) and S.unwrap(x).kind == "(" for x in inner.sups)
    )
