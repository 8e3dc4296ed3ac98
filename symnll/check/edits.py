"""Edits of one step, the plausible ones first: what an author may have meant to write.

Each edit changes one side at one place; whether the step is true with it is for others to find out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from symnll.check.places import WORDS, Place, free_letters, places
from symnll.check.written import Splice, Written, braced
from symnll.meaning.derivatives import is_derivative
from symnll.meaning.scope import Scope
from symnll.meaning.trees import head_of, script_parts
from symnll.read import syntax as S

SLOTS = ("whole", "term", "inside", "above", "below", "power", "base", "argument")  # an expression of its own
FACTORS = (*SLOTS, "factor")
ONE = S.Num(0, 0, Fraction(1))


@dataclass(frozen=True)
class Edit:
    """One side (0: left, 1: right) with one change; `words` say the change, `splices` make it in the text.

    Without words, one thing is put in place of another, as the splice has it. `splices` is None where the text can't be
    changed by replacing parts of it. `cost` orders edits.
    """

    side: int
    tree: Any
    words: str
    cost: float
    splices: tuple[Splice, ...] | None = ()
    relation: str = ""
    letters: frozenset[str] = frozenset()  # indices that must be free in the step with this edit


@dataclass(frozen=True)
class Atom:
    """Something that can be put in: its tree, its LaTeX and the letters that are free in it."""

    node: Any
    text: str
    letters: frozenset[str] = frozenset()


@dataclass
class Step:
    """What the edits of a step are made from.

    `read` gives the tree of some LaTeX, or None. `diagonal`: the indices that are the same where the step is true, by
    their letters; one of them may stand in a definition only.
    `doubt_left`: the left side may well be the one that is wrong. `sign`: the relation as the author wrote it.
    """

    sides: tuple[Any, Any]
    relation: str
    scope: Scope
    written: Written
    read: Callable[[str], Any] = lambda text: None
    diagonal: tuple[str, ...] = ()
    doubt_left: bool = False
    sign: str = ""
    places: tuple[list[Place], ...] = field(init=False)
    free: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.places = tuple(places(s, self._called) for s in self.sides)
        self.free = frozenset(set().union(*(free_letters(s) for s in self.sides)))
        self.atoms = [self._atoms(n) for n in (0, 1)]
        scripts = [p.node for ps in self.places for p in ps if p.role in ("index", "binder")]
        letters = sorted({n.text for n in scripts if isinstance(n, S.Name)})
        self.letters = [x for x in dict.fromkeys([*letters, *self.scope.ranges]) if self._is_letter(x)]

    def _called(self, item: Any, bracket: Any) -> bool:
        """Whether a name is called with this bracket: a function, or p(x) for p_x."""
        scope, name = self.scope, head_name(item)
        defined = any(d.arguments is not None for d in scope.definitions.get(name, ()))
        if defined or name in scope.functions or (name == r"\sigma" and not scope.arity(name)):
            return True
        pieces = bracket.inside.pieces
        small = all(isinstance(p, S.Name | S.Num | S.Atom | S.Sep) for p in pieces)
        scripts = item.subs if isinstance(item, S.Atom) else ()
        return small and any(n > sum(len(script_parts(s)) for s in scripts) for n in scope.arity(name))

    def _is_letter(self, name: str) -> bool:
        return name in self.scope.ranges and name not in self.scope.sizes

    @property
    def equality(self) -> bool:
        return self.relation not in (r"\leq", r"\geq", "<", ">")

    def of(self, node: Any) -> str:
        """The author's LaTeX for a node."""
        return self.written.of(node)

    def at(self, place: Place) -> list[str]:
        """The index letters that can be used at a place, those of the step first."""
        visible = self.free | place.bound
        return [x for x in self.letters if x in visible]

    def _atoms(self, side: int) -> list[Atom]:
        """The factors of one side, each once."""
        found: dict[Any, Atom] = {}
        for p in self.places[side]:
            node = p.node
            if p.role in FACTORS and isinstance(node, S.Name | S.Atom) and p.end - p.start <= 40:
                found.setdefault(node, Atom(node, self.of(node), frozenset(free_letters(node))))
            elif p.role in ("derivative", *SLOTS) and isinstance(node, S.Frac) and is_derivative(node):
                for part in (node.top, node.bottom):
                    inner = S.unwrap(part)
                    for item in inner.items[1:] if isinstance(inner, S.Product) else ():
                        if isinstance(item, S.Name | S.Atom) and head_name(item) not in WORDS:
                            found.setdefault(item, Atom(item, self.of(item), frozenset(free_letters(item))))
            elif p.role == "function" and p.following is not None and p.following.end - p.start <= 40:
                pair = S.Product(p.start, p.following.end, (node, p.following))
                found.setdefault(pair, Atom(pair, self.of(pair), frozenset(free_letters(pair))))
        return list(found.values())


def replaced(step: Step, side: int, place: Place, node: Any, text: str, cost: float, words: str = "") -> Edit:
    """Something else at a place."""
    start, end = step.written.extent(place.node)
    before = step.written.text[:start].rstrip()[-1:]
    after = step.written.text[end : end + 1]
    bare = before in ("_", "^") or (place.role in ("above", "below") and (before != "{" or after != "}"))
    splice = (start, end, braced(text) if bare else text)
    return Edit(side, place.put(node), words, cost + 0.03 * place.depth, (splice,))


def product(*parts: Any) -> Any:
    """A product of these, without products inside it."""
    items = [i for p in parts for i in (p.items if isinstance(p, S.Product) else (p,))]
    return items[0] if len(items) == 1 else S.Product(items[0].start, items[-1].end, tuple(items))


def bracket(node: Any, kind: str = "(") -> S.Bracket:
    return S.Bracket(node.start, node.end, kind, S.List(node.start, node.end, (node,)))


def substituted(node: Any, names: dict[str, str]) -> Any:
    """A tree with other letters."""
    if isinstance(node, S.Name):
        return replace(node, text=names[node.text]) if node.text in names else node
    if isinstance(node, S.Atom):
        return replace(
            node, base=substituted(node.base, names),
            subs=tuple(substituted(s, names) for s in node.subs), sups=tuple(substituted(s, names) for s in node.sups),
        )  # fmt: skip
    if isinstance(node, S.Product):
        return replace(node, items=tuple(substituted(i, names) for i in node.items))
    if isinstance(node, S.Sum):
        return replace(node, terms=tuple((sign, substituted(t, names)) for sign, t in node.terms))
    if isinstance(node, S.List):
        return replace(node, pieces=tuple(substituted(p, names) for p in node.pieces))
    if isinstance(node, S.Bracket):
        return replace(node, inside=substituted(node.inside, names))
    if isinstance(node, S.Frac):
        return replace(node, top=substituted(node.top, names), bottom=substituted(node.bottom, names))
    if isinstance(node, S.Root):
        return replace(node, inside=substituted(node.inside, names))
    return node


Source = Callable[[Step, int, Place], Iterator[Edit]]


def edits(step: Step) -> list[Edit]:
    """All edits of a step in the order in which to try them, each tree once."""
    from symnll.check import edits_factors, edits_functions, edits_indices, edits_shape

    parts: tuple[tuple[Source, ...], ...] = (
        edits_shape.SOURCES, edits_functions.SOURCES, edits_indices.SOURCES, edits_factors.SOURCES,
    )  # fmt: skip
    sources = tuple(s for part in parts for s in part)
    found: list[Edit] = list(edits_shape.relations(step))
    for side in (1, 0):
        doubt = (-0.1, 0.5) if step.doubt_left else (1.9, 0.0)
        more = doubt[side]
        for place in step.places[side]:
            for source in sources:
                found += [replace(edit, cost=edit.cost + more) for edit in source(step, side, place)]
    found.sort(key=lambda e: e.cost)
    seen: set[Any] = set()
    out = []
    for edit in found:
        key = edit.side, edit.relation, edit.tree
        if key not in seen and edit.tree != step.sides[1 - edit.side]:
            seen.add(key)
            out.append(edit)
    return out


def head_name(node: Any) -> str:
    """The name of a nucleus, or ""."""
    head = head_of(node)
    return head.text if isinstance(head, S.Name) else ""
