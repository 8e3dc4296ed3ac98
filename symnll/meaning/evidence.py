"""What a document says of its letters by the places where they stand: as an index, as a number, as a label.

A subscript may be an index (p_i) or a label (μ_x is the mean of the x_i). It is an index where something else says so:
a sum that binds the letter, a shift (x_{t-1}), a δ, a condition, or another index at the same name. Without that, a
letter that is a quantity itself is a label, and so is one of which the right side of a definition does not speak.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from symnll.meaning.scope import Scope
from symnll.meaning.trees import (
    argument_parts,
    children,
    dotted,
    head_of,
    mentions,
    names_in,
    script_parts,
    separators,
    spelled,
    spells,
    stripped,
)
from symnll.read import syntax as S
from symnll.read.tokens import BIG, NAMED

BINDERS = {r"\sum", r"\prod"}
OPERATORS = {*NAMED, *("\\" + b for b in BIG), r"\partial", r"\nabla", r"\mathbb{E}", r"\mathbb{I}"}
DELTAS = {r"\delta", r"\mathbb{1}", r"\mathbf{1}"}
SEQUENCES = "ijklmn"  # what numbers the entries of x_1, x_2, …


@dataclass
class Evidence:
    """What was seen. `indices`: letters that something says are whole numbers; `labelled`: names with labels below."""

    indices: set[str] = field(default_factory=set)
    labelled: set[str] = field(default_factory=set)
    scripts: dict[str, list[Any]] = field(default_factory=dict)  # name -> what stands below it
    numbers: set[str] = field(default_factory=set)  # names on the base line
    bound: set[str] = field(default_factory=set)  # letters that an operator binds
    limits: set[str] = field(default_factory=set)  # bounds, in the end those that are subscripts too
    runs: dict[str, set[str]] = field(default_factory=dict)  # bound letters -> names in their upper bounds
    bare: set[str] = field(default_factory=set)  # letters that are bound without an upper bound too
    before: set[str] = field(default_factory=set)  # names before a bracket in which an argument may stand
    transposed: set[str] = field(default_factory=set)  # names in quadratic forms such as x'x and x'Ax
    applied: set[str] = field(default_factory=set)  # names before a bracket of letters only: L(w), p_i(z)

    def quantity(self, letter: str) -> bool:
        return letter.islower() and (letter in self.numbers or letter in self.scripts)

    def below(self, name: str) -> set[str]:
        """The letters that stand below a name."""
        return {x for p in self.scripts[name] for x in _letters(p)}


def evidence(scope: Scope, trees: Iterable[Any], heads: Sequence[tuple[Any, Any]]) -> Evidence:
    """What the displays say of their letters. `heads`: both sides of what may be definitions."""
    scalars = {n: q for (n, count), q in scope.quantities.items() if not count and not q.inferred}
    found = Evidence({n for n in scope.ranges if n not in scope.notes} | scope.integral)
    found.indices |= {n for n, q in scalars.items() if q.base.is_integer}
    found.numbers |= scalars.keys()
    for t in trees:
        _walk(t, found)
    below = {n: found.below(n) for n in found.scripts}
    found.limits = found.limits & set().union(*below.values()) - scalars.keys() - scope.sizes.keys()
    ends = found.numbers.union(*(found.runs[x] for x in found.bare & found.runs.keys()))
    found.limits -= {n for n in found.limits & ends - found.indices if n.isupper()}  # N in 1/N Σ_{i=1}^{N−1}, or Σ_i
    found.indices |= found.bound | found.limits
    defined = [h for left, right in heads if (h := _head(left, right)) is not None and h.name in below]
    numbered = {n for n, parts in found.scripts.items() if any(isinstance(S.unwrap(p), S.Num) for p in parts)}
    families = {n for n in below if any(scope.arity(n) - {0}) or (n in numbered and below[n] & set(SEQUENCES))}
    families |= {h.name for h in defined if h.name in numbered and h.letters & h.numbers}  # x_t = a t, x_0 = 0
    shared = {h.name for h in defined if h.shared and not any(map(found.quantity, h.letters))}  # p_i = e^{z_i}
    families |= shared
    used = found.indices | {n for n in scope.ranges if n in scope.notes}
    while more := {n for n in below if below[n] & used} - families:
        families |= more
        used |= {x for n in more for x in below[n] if not found.quantity(x)}
    found.labelled = {n for n in below if n not in families and any(map(found.quantity, below[n]))}
    silent: dict[str, set[str]] = {}  # what is said of each name for letters of which the right side does not speak
    for h in defined:
        if h.other:
            found.labelled.add(h.name)
        if h.silent:
            silent.setdefault(h.name, set()).add(h.body)
    found.labelled |= {n for n, bodies in silent.items() if n not in families or len(bodies) > 1} - shared
    return found


@dataclass(frozen=True)
class _Head:
    """A left side with letters below its name, and how the right side speaks of these letters."""

    name: str
    letters: set[str]
    numbers: set[str]  # what the right side holds on the base line
    silent: bool  # whether one of the letters is no index there, as in W_q = a
    other: bool  # whether one is something else there, as in μ_x = Σ_i x_i / n
    shared: bool  # whether all of them stand below something there
    body: str


def _head(left: Any, right: Any) -> _Head | None:
    node = S.unwrap(left)
    first = node.items[0] if isinstance(node, S.Product) else node
    if right is None or not (isinstance(first, S.Atom) and isinstance(first.base, S.Name) and first.subs):
        return None
    inside = Evidence()
    _walk(right, inside)
    letters = {x for s in first.subs for p in script_parts(s) for x in _letters(p)}
    spoken = inside.numbers.union(*map(inside.below, inside.scripts))
    silent = {x for x in letters if x not in spoken or not mentions(right, {x, f"{x}'", f"{x}^*"})}
    other = bool(silent & (inside.scripts.keys() | inside.bound))
    shared = bool(letters) and letters <= set().union(*map(inside.below, inside.scripts)) - inside.bound
    return _Head(first.base.text, letters, inside.numbers, bool(silent), other, shared, spelled(right))


def _walk(node: Any, found: Evidence) -> None:
    if isinstance(node, S.Name):
        found.numbers.add(node.text)
        return
    if isinstance(node, S.Product):
        found.transposed |= _transposed(node.items)
        for item, after in zip(node.items, [*node.items[1:], None], strict=True):
            name = head_of(item)
            if isinstance(name, S.Name) and _round(head_of(after)):
                parts = argument_parts(head_of(after).inside)
                found.applied |= {name.text} if all(isinstance(head_of(S.unwrap(p)), S.Name) for p in parts) else set()
            if not (isinstance(item, S.Name) and _round(head_of(after))):
                _walk(item, found)
            elif any(map(like_argument, argument_parts(head_of(after).inside))):
                found.before.add(item.text)
        return
    if isinstance(node, S.Atom) and isinstance(node.base, S.Name):
        _atom(node, node.base.text, found)
        return
    if isinstance(node, S.List) and any(isinstance(p, S.Sep) and p.kind == "REL" for p in node.pieces):
        _related(node, found)
    if isinstance(node, S.Atom) and _round(node.base):  # i in (Wx)_i and softmax(z)_i
        below = {x for s in node.subs for p in script_parts(s) for x in _letters(p)} & set(SEQUENCES)
        found.indices |= below
        for part in (node.base, *node.sups, *(() if below else node.subs)):
            _walk(part, found)
        return
    ends = [p.pieces[-1] for p in dotted(node)]  # n in x_1, …, x_n is a number of entries
    for c in children(node):
        if not any(c is x for x in ends):
            _walk(c, found)


def _atom(node: S.Atom, name: str, found: Evidence) -> None:
    """A name with scripts."""
    if name in BINDERS:
        own = {n.rstrip("'") for sub in node.subs for p in _before_set(sub) for n in names_in(p)}
        ends = set().union(*map(names_in, node.sups))
        found.bound |= own
        found.limits |= ends
        found.bare |= own if not ends else set()
        for letter in own:
            found.runs.setdefault(letter, set()).update(ends)
        return
    if name in OPERATORS or name in DELTAS:
        if name in DELTAS and sum(len(script_parts(s)) for s in node.subs) > 1:
            found.indices |= {x for s in node.subs for p in script_parts(s) for x in _letters(p)}
        if name == r"\int":
            for script in (*node.subs, *node.sups):
                _walk(script, found)
        return
    parts = [p for s in node.subs if not spells(script_parts(s), set()) for p in script_parts(s)]
    for sup in node.sups:
        inner = S.unwrap(sup)
        if isinstance(inner, S.Bracket) and _round(inner) and inner.inside.only is not None:
            parts.append(inner.inside.only)
        else:
            _walk(sup, found)
    if not parts:
        found.numbers.add(name)
        return
    found.scripts.setdefault(name, []).extend(parts)
    for p in parts:
        inner = S.unwrap(p)
        multiple = isinstance(inner, S.Product) and any(isinstance(i, S.Num) for i in inner.items)
        if isinstance(inner, S.Sum) or multiple:
            found.indices |= set(_letters(inner))  # x_{t-1}
        elif isinstance(inner, S.Atom):
            _walk(inner, found)  # q_{x_n}


def _related(node: S.List, found: Evidence) -> None:
    """Letters that are compared with one another, or said to run: i ≠ j, i = 1, …, K."""
    names = [p.text for p in node.pieces if isinstance(p, S.Name)]
    signs = {p.text for p in node.pieces if isinstance(p, S.Sep) and p.kind == "REL"}
    if any(isinstance(p, S.Dots) for p in node.pieces):
        names = names[:1]
    elif len(names) < 2 or not signs <= {"=", r"\neq"}:
        return
    found.indices |= {n for n in names if len(n) == 1}


def _before_set(sub: Any) -> list[Any]:
    """What stands below an operator, without the set of i ∈ I."""
    inner = stripped(sub)
    pieces = list(inner.pieces) if isinstance(inner, S.List) else [inner]
    ends = [n for n, p in enumerate(pieces) if isinstance(p, S.Sep) and p.text == r"\in"]
    return pieces[: ends[0]] if ends else pieces


def _letters(part: Any) -> set[str]:
    """The letters of an index expression such as i, t+1."""
    names = set() if isinstance(S.unwrap(part), S.Atom) else names_in(part)
    return {n for n in (n.rstrip("'").removesuffix("^*") for n in names) if len(n) == 1}


def like_argument(node: Any) -> bool:
    """Whether a bracket holds what is rather an argument than a factor: 2, -2x, t + 1, but not 1 − p or p − y."""
    inner = S.unwrap(node)
    if isinstance(inner, S.Sum):
        others = [(sign, t) for sign, t in inner.terms if not isinstance(S.unwrap(t), S.Num)]
        if len(others) > 1 or (others and others[0][0] == "-" and len(inner.terms) > 1):
            return False
    return not names_in(inner) & {r"\sum", r"\prod"}


def _transposed(items: Sequence[Any]) -> set[str]:
    """x in x'x and in x'Ax: the prime is a transpose."""
    primed = {n: i.base.text for n, i in enumerate(items) if isinstance(i, S.Atom) and i.primes == 1 and not i.sups
              and isinstance(i.base, S.Name)}  # fmt: skip
    plain = [i.text if isinstance(i, S.Name) else "" for i in items]
    times = [isinstance(i, S.Times) for i in items]
    return {x for n, x in primed.items() for k in (1, 2) if x in plain[n + k : n + k + 1] and not any(times[n : n + k])}


def _round(bracket: Any) -> bool:
    return isinstance(bracket, S.Bracket) and bracket.kind in ("(", "[")


def labels_below(scope: Scope, name: str, subs: Sequence[Any]) -> bool:
    """Whether the letters below this name are labels."""
    if name not in scope.labelled or any(scope.arity(name) - {0}) or not subs:
        return False
    return all(isinstance(S.unwrap(p), S.Name) for s in subs for p in script_parts(s))


def vector_letters(arguments: Sequence[Any], body: Any) -> tuple[str, ...]:
    """The arguments of which a definition takes entries, "" for the others."""
    inside = Evidence()
    _walk(body, inside)
    letters = [S.unwrap(a) for a in arguments]
    return tuple(a.text if isinstance(a, S.Name) and a.text in inside.scripts else "" for a in letters)


def temperatures(node: Any, exponent: bool = False) -> set[tuple[str, str]]:
    """Each name that divides an entry in an exponent, with the letter of that entry: T and i in e^{z_i/T}."""
    parts = children(node)
    found = set()
    for n, part in enumerate(parts):
        after_exp = isinstance(node, S.Product) and n and spelled(head_of(parts[n - 1])) in ("exp", r"\exp")
        raised = isinstance(node, S.Atom) and any(part is s for s in node.sups)
        found |= temperatures(part, exponent or bool(after_exp) or raised)
    if exponent and isinstance(node, S.Frac):
        found |= _dividing(node.top, node.bottom)
    if exponent and isinstance(node, S.Product):
        slashes = [n for n, p in enumerate(parts) if isinstance(p, S.Times) and p.kind == "/" and n + 1 < len(parts)]
        found |= {pair for n in slashes for pair in _dividing(parts[n - 1], parts[n + 1])}
    return found


def _dividing(top: Any, bottom: Any) -> set[tuple[str, str]]:
    entry, name = S.unwrap(top), S.unwrap(bottom)
    if not (isinstance(entry, S.Atom) and isinstance(name, S.Name)):
        return set()
    return {(name.text, x) for s in entry.subs for p in script_parts(s) for x in _letters(p)}


def points(trees: Iterable[Any]) -> set[str]:
    """The names that are only what something is conditioned on, or at, as x and θ in p(x; θ), or arg max is over."""
    inside: set[str] = set()
    outside: set[str] = set()
    for t in trees:
        _placed(t, inside, outside)
    return inside - outside


def _is_word(sub: Any) -> bool:
    text = spelled(S.unwrap(sub))
    return (len(text) > 1 and text.isupper()) or spells(script_parts(sub), set())


def _placed(node: Any, inside: set[str], outside: set[str]) -> None:
    if isinstance(node, S.Name):
        outside.add(node.text)
    if isinstance(node, S.Atom) and any(_is_word(x) for x in node.subs):
        return  # θ_{ML} and p_{model} are other names
    given: list[Any] = []
    if isinstance(node, S.Atom) and isinstance(node.base, S.Name) and node.base.text in ("argmax", "argmin"):
        given = list(node.subs)
    if isinstance(node, S.Bracket) and _round(node) and separators(node.inside).strip(","):
        given = list(argument_parts(node.inside))
    for g in map(stripped, given):
        at = S.unwrap(g)
        name = head_of(at)
        if isinstance(name, S.Name):
            inside.add(name.text)
            for script in (*at.subs, *at.sups) if isinstance(at, S.Atom) else ():
                _placed(script, inside, outside)
        else:
            _placed(g, inside, outside)
    for c in children(node) if not given else ():
        _placed(c, inside, outside)


def on_base_line(node: Any) -> set[str]:
    """The names that stand in a syntax tree without anything below them."""
    inside = Evidence()
    _walk(node, inside)
    return inside.numbers


def free_letters(node: Any) -> set[str]:
    """The names in a syntax tree that are no operators, and that no sum in it binds."""
    inside = Evidence()
    _walk(node, inside)
    return (inside.numbers | inside.scripts.keys()) - inside.bound - OPERATORS - {"e", r"\pi"}


def in_scripts(nodes: Iterable[Any]) -> set[str]:
    """The letters that stand in subscripts in syntax trees."""
    inside = Evidence()
    for node in nodes:
        _walk(node, inside)
    return set().union(*map(inside.below, inside.scripts)) | inside.bound


def only_bare(nodes: Iterable[Any]) -> set[str]:
    """The names that stand in syntax trees without anything below them, and nowhere with something."""
    inside = Evidence()
    for node in nodes:
        _walk(node, inside)
    return inside.numbers - inside.scripts.keys() - inside.bound
