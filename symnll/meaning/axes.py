"""What the displays of a document say of its axes: which letters run over which, and where they end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy

from symnll.meaning import limits
from symnll.meaning.evidence import labels_below, vector_letters
from symnll.meaning.scope import Scope
from symnll.meaning.trees import (
    argument_parts,
    big_letter,
    children,
    dotted,
    head_of,
    names_in,
    script_parts,
    spelled,
    spells,
    stripped,
)
from symnll.meaning.values import Range
from symnll.read import syntax as S
from symnll.read.tokens import BIG, NAMED

_MARKED = re.compile(r"\\(?:hat|bar|tilde|check)\{[a-z]\}")
NOT_INDEXED = {
    *NAMED, *("\\" + b for b in BIG), r"\partial", r"\nabla", "e", r"\mathbb{1}", r"\mathbf{1}", r"\delta", "d",
    r"\top", r"\mathbb{E}", r"\mathbb{I}",
}  # fmt: skip
Key = tuple[Any, ...]


@dataclass
class Found:
    """A union of axes and letters that run over one range."""

    parent: dict[Key, Key] = field(default_factory=dict)
    ranges: dict[Key, Range] = field(default_factory=dict)
    uses: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    letters: dict[str, None] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)  # what is written in plain letters somewhere
    equal: list[tuple[str, str]] = field(default_factory=list)  # y and k in y_n = k
    flat: dict[str, set[int]] = field(default_factory=dict)  # with how many indices
    counts: set[str] = field(default_factory=set)  # what stands under a factorial
    picks: dict[str, list[Key]] = field(default_factory=dict)  # x in q_{x_k}: the axes whose places it says
    spots: dict[Key, list[str]] = field(default_factory=dict)  # the x in p(x_k | θ), by the place of the argument
    classes: dict[Key, Key] = field(default_factory=dict)  # i in p(i | θ), where i is counted
    vectors: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)  # functions: arguments with entries, or ""
    partial: dict[Key, Range] = field(default_factory=dict)  # of sums up to N − 1, which leave out what may be there
    ends: list[tuple[Key, str]] = field(default_factory=list)  # N in a_N, with its axis
    over: list[tuple[str, Key, str]] = field(default_factory=list)  # sums: their letter, its axis, their set or ""
    like: dict[str, str] = field(default_factory=dict)  # what such a function is applied to: a vector like this one
    count: int = 0

    def find(self, k: Key) -> Key:
        self.parent.setdefault(k, k)
        while self.parent[k] != k:
            k = self.parent[k]
        return k

    def join(self, a: Key, b: Key) -> None:
        x, y = self.find(a), self.find(b)
        if x == y:
            return
        first, second = self.ranges.get(x), self.ranges.get(y)
        if first is not None and second is not None and first != second:
            return
        self.parent[y] = x
        if second is not None:
            self.ranges[x] = second


def bound_letters(node: Any) -> set[str]:
    found = {big_letter(node)} - {""} if isinstance(node, S.Atom) else set()
    for c in children(node):
        found |= bound_letters(c)
    return found


def collect(scope: Scope, node: Any, found: Found, env: dict[str, Key], bound: set[str]) -> None:
    if isinstance(node, S.Product):
        inner = env
        for item, after in zip(node.items, [*node.items[1:], None], strict=True):
            if isinstance(head_of(after), S.Bracket):
                _call(scope, head_of(item), head_of(after), found, inner, bound)
            if big_letter(item):
                inner = _binder(scope, item, found, inner, bound)
            else:
                collect(scope, item, found, inner, bound)
        return
    if isinstance(node, S.Atom) and node.bangs:
        found.counts |= names_in(node.base)
    if isinstance(node, S.Atom) and isinstance(node.base, S.Name):
        if node.base.text in ("max", "min", "argmax", "argmin", "sup", "inf"):
            _over(node, found, env)
        _name(scope, node, found, env, bound)
    elif isinstance(node, S.Name):
        found.names.add(node.text)
    if isinstance(node, S.List):
        _equal(node, found)
    lists = dotted(node)
    for c in children(node):
        if not any(c is x.pieces[0] or c is x.pieces[-1] for x in lists):
            collect(scope, c, found, env, bound)
    for x in lists:
        _entries(scope, x, found, bound)


def _equal(node: S.List, found: Found) -> None:
    """Note y_n = k, as in an indicator: y_n is a class, where k is an index."""
    pieces = [p for p in node.pieces if not isinstance(p, S.Words)]
    if len(pieces) == 3 and isinstance(pieces[1], S.Sep) and pieces[1].text == "=":
        for one, other in (pieces[::2], pieces[::-2]):
            if _is_entry(S.unwrap(one)) and isinstance(S.unwrap(other), S.Name):
                found.equal.append((S.unwrap(one).base.text, S.unwrap(other).text))


def _entries(scope: Scope, part: S.List, found: Found, bound: set[str]) -> None:
    """x_1, …, x_n says that x has n entries, where n is no index elsewhere."""
    first, last = part.pieces[0], part.pieces[-1]
    if isinstance(last, S.Dots) or len(first.subs) != 1 or len(last.subs) != 1:
        return
    r = _explicit(scope, S.unwrap(first.subs[0]), last.subs[0], bound)
    if r is not None:
        found.ranges.setdefault(found.find((first.base.text, 1, 0)), r)


def function_of_vectors(left: Any, right: Any, found: Found) -> None:
    """f(x) = Σ_i x_i² says that f is applied to vectors."""
    node = S.unwrap(left)
    if right is None or not isinstance(node, S.Product) or len(node.items) != 2:
        return
    if isinstance(head_of(node.items[1]), S.Bracket):
        name, bracket = map(head_of, node.items)
        if isinstance(name, S.Name):
            letters = vector_letters(argument_parts(bracket.inside), right)
            found.vectors.setdefault(name.text, []).append(letters)


def _call(scope: Scope, name: Any, bracket: Any, found: Found, env: dict[str, Key], bound: set[str]) -> None:
    """What name(arguments) says of the arguments: p(x) is p_x where p is indexed, and f(y) makes a vector of y."""
    if not isinstance(name, S.Name) or bracket.kind not in ("(", "["):
        return
    parts = [S.unwrap(p) for p in argument_parts(bracket.inside)]
    indexed = (name.text, len(parts)) in scope.quantities
    for n, p in enumerate(parts):
        spot = name.text, len(parts), n
        if _is_entry(p):
            found.spots.setdefault(spot, []).append(p.base.text)
        if not isinstance(p, S.Name):
            continue
        if p.text in scope.counted:
            found.classes.setdefault(spot, ("letter", p.text))
        if indexed and (p.text in env or p.text in bound):
            found.join((name.text, len(parts), n), env.get(p.text, ("letter", p.text)))
        for letters in found.vectors.get(name.text, ()):
            if len(letters) == len(parts) and letters[n] not in ("", p.text):
                found.like.setdefault(p.text, letters[n])


def _binder(scope: Scope, item: Any, found: Found, env: dict[str, Key], bound: set[str]) -> dict[str, Key]:
    """The letters that an operator binds; with explicit bounds they have a range of their own."""
    inner = dict(env)
    for sub in item.subs:
        content = stripped(sub)
        pieces = content.pieces if isinstance(content, S.List) else (content,)
        whole = S.List(sub.start, sub.end, tuple(pieces))
        for part in whole.parts("COMMA"):
            equal = [n for n, p in enumerate(part.pieces) if isinstance(p, S.Sep) and p.text == "="]
            first = S.unwrap(part.pieces[0]) if part.pieces else None
            if equal and isinstance(first, S.Name):
                lower = S.unwrap(S.List(sub.start, sub.end, part.pieces[equal[0] + 1 :]))
                r = _explicit(scope, lower, item.sups[0] if item.sups else None, bound)
                found.count += 1
                key: Key = ("bound", found.count)
                if (first.text, 0) in scope.quantities:  # Σ_{y=0}^{1} beside a declared y: bound here only
                    if r is not None:
                        found.ranges[found.find(key)] = r
                elif r is not None and _partial(scope, r):
                    found.partial[key] = r
                    found.letters.setdefault(first.text)
                    found.join(("letter", first.text), key)
                elif r is not None:
                    found.ranges[found.find(key)] = r
                    found.letters.setdefault(first.text)
                    home = found.find(("letter", first.text))
                    found.ranges.setdefault(home, r)
                else:
                    found.join(("letter", first.text), key)
                    found.letters.setdefault(first.text)
                    last = _letter(scope, item.sups[0], bound) if item.sups else ""
                    if last in bound and last != first.text:  # n is an index in Σ_{i=1}^n x_i, as in x_n
                        found.join(key, env.get(last, ("letter", last)))
                inner[first.text] = key
                continue
            for p in part.pieces:
                names = script_parts(p) if not isinstance(p, S.Sep) else []
                for name in names:
                    n = S.unwrap(name)
                    if (
                        isinstance(n, S.Name)
                        and len(n.text.rstrip("'").removesuffix("^*")) == 1
                        and n.text[0].islower()
                        and n.text not in scope.sizes
                    ):
                        found.letters.setdefault(n.text)
                        inner.setdefault(n.text, ("letter", n.text))
                        found.find(("letter", n.text))
                        sup = S.unwrap(item.sups[0]) if item.sups else None
                        if isinstance(sup, S.Name) and sup.text not in bound and p is part.pieces[0]:
                            r = Range(sympy.Integer(1), scope.size(sup.text))
                            found.ranges.setdefault(found.find(("letter", n.text)), r)
    _over(item, found, inner)
    for sup in item.sups:
        collect(scope, sup, found, env, bound)
    return inner


def _over(item: S.Atom, found: Found, env: dict[str, Key]) -> None:
    """Note over which set Σ, ∏ or max runs: I for i ∈ I, and "" where it does not say."""
    for sub in item.subs:
        content = stripped(sub)
        pieces = content.pieces if isinstance(content, S.List) else (content,)
        inside = [n for n, p in enumerate(pieces) if isinstance(p, S.Sep) and p.text == r"\in"]
        minus = [n for n, p in enumerate(pieces) if isinstance(p, S.Sep) and p.text == r"\setminus"]
        whole = pieces[inside[0] + 1 : minus[0] if minus else None] if len(inside) == 1 else ()
        where = spelled(S.List(sub.start, sub.end, tuple(whole))) if whole else ""
        first = next((head_of(p) for p in pieces if isinstance(head_of(p), S.Name)), None)
        if first is not None:
            found.over.append((first.text, env.get(first.text, ("letter", first.text)), where))


def _partial(scope: Scope, r: Range) -> bool:
    """Whether a range ends before its size: 1..N − 1."""
    return any((r.upper - size).is_negative for size in scope.sizes.values() if (r.upper - size).is_Integer)


def _explicit(scope: Scope, lower: Any, sup: Any, bound: set[str]) -> Range | None:
    """The range of bounds that are numbers and sizes; None where a bound is itself an index."""
    ends = []
    for node in (lower, S.unwrap(sup) if sup is not None else None):
        v = _size(scope, node, bound)
        if v is None:
            return None
        ends.append(v)
    empty = all(v.is_Integer for v in ends) and ends[1] < ends[0]
    return None if empty else Range(*ends)


def _size(scope: Scope, node: Any, bound: set[str]) -> Any:
    inner = S.unwrap(node) if node is not None else None
    if isinstance(inner, S.Num) and inner.value.denominator == 1 and inner.value <= limits.LARGEST_RANGE:
        return sympy.Integer(int(inner.value))
    if isinstance(inner, S.Name):
        if inner.text in bound or inner.text in scope.ranges or inner.text == r"\infty":
            return None
        if any(name == inner.text and n == 0 for name, n in scope.quantities):
            return None
        return scope.size(inner.text)
    if isinstance(inner, S.Bracket) and inner.kind == "|":
        return scope.size(spelled(inner))
    if isinstance(inner, S.Sum):
        parts = [(_size(scope, t, bound), s) for s, t in inner.terms]
        if any(v is None for v, _ in parts):
            return None
        return sympy.Add(*(v if s == "+" else -v for v, s in parts))
    return None


def _letter(scope: Scope, node: Any, bound: set[str]) -> str:
    """The letter of an index expression such as i, t+1."""
    inner = S.unwrap(node)
    if isinstance(inner, S.Bracket) and inner.kind in ("(", "["):
        inner = S.unwrap(inner.inside)
    if isinstance(inner, S.Name):
        text = inner.text
        letter = text.rstrip("'").removesuffix("^*")
        fine = text in scope.ranges or text in bound or (len(letter) == 1 and letter.islower())
        return text if fine and text not in scope.sizes else ""
    if isinstance(inner, S.Sum):
        letters = [x for x in (_letter(scope, t, bound) for _, t in inner.terms) if x]
        return letters[0] if len(letters) == 1 else ""
    return ""


def _parts(scope: Scope, node: S.Atom) -> list[Any]:
    parts = [
        S.unwrap(s).inside for s in node.sups
        if isinstance(S.unwrap(s), S.Bracket) and S.unwrap(s).kind in ("(", "[") and S.unwrap(s).inside.only is not None
    ]  # fmt: skip
    for sub in node.subs:
        parts.extend(script_parts(sub))
    return parts


def _name(scope: Scope, node: S.Atom, found: Found, env: dict[str, Key], bound: set[str]) -> None:
    name = node.base.text
    found.names.add(name)
    if name in NOT_INDEXED:
        if name in (r"\delta", r"\mathbb{1}", r"\mathbf{1}"):
            letters = [S.unwrap(p) for s in node.subs for p in script_parts(s)]
            for x in letters:
                if isinstance(x, S.Name) and len(x.text) == 1 and x.text.islower():
                    found.letters.setdefault(x.text)
                elif _is_entry(x) and len(letters) == 2:  # δ_{k y_i}
                    (other,) = (y for y in letters if y is not x)
                    found.picks.setdefault(x.base.text, []).append(("letter", getattr(other, "text", "")))
        return
    parts = _parts(scope, node)
    whole = [f"{name}_{spelled(S.unwrap(s))}" for s in node.subs]
    if not parts or labels_below(scope, name, node.subs) or any(map(scope.known, whole)):
        return
    if spells(parts, bound | scope.ranges.keys()):
        return
    letters = [_letter(scope, p, bound) for p in parts]
    names = [p.text if isinstance(p, S.Name) else "" for p in map(S.unwrap, parts)]
    found.ends += [((name, len(parts), n), x) for n, x in enumerate(names) if x.isupper()]
    plain = [isinstance(S.unwrap(p), (S.Num, S.Name, S.Sum)) for p in parts]
    if not all(letter or isinstance(S.unwrap(p), (S.Num, S.Atom)) for letter, p in zip(letters, parts, strict=True)):
        return  # a label
    found.uses.setdefault(name, []).append(tuple(parts))
    if not node.base.bold or name in scope.points:
        found.plain.add(name)
        found.flat.setdefault(name, set()).add(len(parts))
    for n, letter in enumerate(letters):
        if letter and plain[n]:
            found.letters.setdefault(letter)
            found.join((name, len(parts), n), env.get(letter, ("letter", letter)))
        inner = S.unwrap(parts[n])
        if _is_entry(inner):
            found.picks.setdefault(inner.base.text, []).append((name, len(parts), n))


def _is_entry(node: Any) -> bool:
    """Whether a part of a subscript is a name with a subscript of its own."""
    return isinstance(node, S.Atom) and isinstance(node.base, S.Name) and bool(node.subs) and not node.sups


def rare_indices(scope: Scope, trees: Sequence[Any], found: Found, others: set[str]) -> None:
    """T in z_T, or ŷ in z_ŷ if it stands nowhere else, is an index where z is indexed by other letters too."""

    def walk(node: Any) -> None:
        if isinstance(node, S.Atom) and isinstance(node.base, S.Name) and len(node.subs) == 1:
            inner = S.unwrap(node.subs[0])
            name = node.base.text
            uses = [u for u in found.uses.get(name, ()) if len(u) == 1 and not isinstance(S.unwrap(u[0]), S.Num)]
            indexed = uses or (name, 1) in scope.quantities
            marked = isinstance(inner, S.Name) and _MARKED.fullmatch(inner.text) and inner.text not in others
            if isinstance(inner, S.Name) and indexed and (marked or (len(inner.text) == 1 and inner.text.isupper())):
                known = inner.text in scope.sizes or scope.known(f"{name}_{inner.text}") or scope.known(inner.text)
                if not known:
                    found.letters.setdefault(inner.text)
                    found.join((name, 1, 0), ("letter", inner.text))
        for c in children(node):
            walk(c)

    for t in trees:
        walk(t)
