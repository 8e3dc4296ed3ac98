"""What the names of a document are: sizes, index ranges, quantities, functions, definitions, notations."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, fields
from typing import Any

import sympy

from symnll import language as L
from symnll.meaning.values import Range, Unclear
from symnll.read.tokens import GREEK, Token

_LETTER_OF = {name: letter for letter, name in GREEK.items() if letter not in "µϕ"}
_MARK = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "ddot": "\u0308", "breve": "\u0306",
         "check": "\u030c", "acute": "\u0301", "grave": "\u0300"}  # fmt: skip


def pretty(name: str) -> str:
    r"""How a name is shown: \theta as θ, \hat{y} as ŷ, \mathcal{L} as ℒ; other names as they are."""
    if name.startswith("\\") and name[1:] in _LETTER_OF:
        return _LETTER_OF[name[1:]]
    if name.startswith("\\") and "{" in name and name.endswith("}"):
        command, inner = name[1:].split("{", 1)
        inside = pretty(inner[:-1])
        if command in _MARK and len(inside) == 1:
            return unicodedata.normalize("NFC", inside + _MARK[command])
        if command == "mathcal" and inside == "L":
            return "ℒ"
        if command in ("mathcal", "mathfrak", "mathbb"):
            return inside + {"mathcal": "\u2032c", "mathfrak": "\u2032f", "mathbb": "\u2032b"}[command]
    return name.replace("\\", "").replace("‹", "<").replace("›", ">")


_SPELLED = {"D": "KL", r"\mathrm{D}": "KL", r"\mathrm{H}": "H", r"\mathbb{H}": "H", r"\mathcal{H}": "H"}
UNKNOWN_RANK = -1  # of a vector or a matrix of which nothing more is understood


@dataclass(frozen=True)
class Quantity:
    """A declared or inferred name: scalar (no axes) or indexed, of a kind, with the SymPy object that stands for it."""

    name: str
    kind: str
    axes: tuple[Range, ...]
    base: Any  # a Symbol, or a Vector over the sizes of the axes
    inferred: bool = False
    place: Any = None  # for one-hot over several axes: the label vector that says where
    labels_from: Any = 1  # the first class of labels


@dataclass(frozen=True)
class Definition:
    """name_{parameters}(arguments) = body. A parameter is an index letter, or an expression that must be the same."""

    head: str
    indices: tuple[Any, ...]  # index letters (str) or syntax that must match
    arguments: tuple[Any, ...] | None  # syntax trees of the arguments, or None
    body: Any  # syntax
    source: str = ""
    parameters: frozenset[str] = frozenset()  # letters of the arguments that stand for values
    display: int = 0  # the display that introduced it, 0 for a declaration
    separators: str = ""  # what stands between the arguments: p(x | y) is not p(x, y)
    root: bool = False  # of the letter σ, where σ² is defined
    within: frozenset[str] = frozenset()  # letters of which a condition beside it says where they are: f(x) = …, x > 0
    rank: int | None = None  # how many more indices its value takes: 1 for c = a + b of vectors; or UNKNOWN_RANK


@dataclass(frozen=True)
class Notation:
    """write A for B: tokens of A, with holes where an index stands, and tokens of B."""

    pattern: tuple[Token, ...]
    body: tuple[Token, ...]
    holes: frozenset[str] = frozenset()
    shape: str = ""  # "sum" or "product", where the pattern is one, and stands for one only where it is one


@dataclass(frozen=True)
class Tie:
    """What a page says of a letter: it changes with others, and with free `indices`.

    `varied`: by what ∂ is taken before that is said. `loose`: only words say so, or the name, so that a declaration
    says more. `inverse`: by an equation that is solved for another, which may be the definition of that.
    """

    name: str
    spoken: frozenset[str]
    said: str
    varied: frozenset[str] = frozenset()
    indices: frozenset[str] = frozenset()
    loose: bool = False
    inverse: bool = False


@dataclass
class Assumption:
    """A relation of the document: its member syntax trees and relations, or what is left of a `for all`."""

    tokens: list[Token]
    source: str


@dataclass
class Scope:
    """One stretch of a document between resets."""

    ranges: dict[str, Range] = field(default_factory=dict)
    sets: dict[str, Range] = field(default_factory=dict)
    sizes: dict[str, Any] = field(default_factory=dict)
    invented: set[str] = field(default_factory=set)  # sizes of which the document does not speak
    quantities: dict[tuple[str, int], Quantity] = field(default_factory=dict)
    functions: dict[str, dict[str, Any]] = field(default_factory=dict)
    forms: dict[tuple[str, int], str] = field(default_factory=dict)  # how a call was written first
    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    stated: dict[str, Definition] = field(default_factory=dict)  # what the document says rightly of a standard function
    sloped: set[str] = field(default_factory=set)  # names that are differentiated without an argument
    temperatures: set[str] = field(default_factory=set)  # sizes, by their sums, that divide an exponent elsewhere
    described: dict[str, str] = field(default_factory=dict)  # names without their standard meaning, and why
    unclear: dict[str, str] = field(default_factory=dict)  # names that can't be used, and why
    notations: list[Notation] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    given: list[tuple[str, Any]] = field(default_factory=list)  # from kinds: (text, relation)
    words: set[str] = field(default_factory=set)
    over: dict[str, set[str]] = field(default_factory=dict)  # what sums over a letter say that it runs over
    notes: dict[str, str] = field(default_factory=dict)  # what was inferred, by name
    integral: set[str] = field(default_factory=set)  # letters of which something says that they are whole numbers
    labelled: set[str] = field(default_factory=set)  # names below which letters are labels: μ_x and μ_y
    counted: set[str] = field(default_factory=set)  # letters of which a sentence says how often they occur
    points: set[str] = field(default_factory=set)  # names that are only arguments, as x and θ in p(x; θ)
    alone: set[str] = field(default_factory=set)  # names that stand without brackets after them
    called: set[str] = field(default_factory=set)  # names that stand before brackets only
    transposed: set[str] = field(default_factory=set)  # names with a prime that is a transpose, as in x'x
    applied: set[str] = field(default_factory=set)  # names that stand before a bracket of letters somewhere: L(w)
    others: set[str] = field(default_factory=set)  # vectors of which the page says that they may be no labels in 1..K
    said: set[str] = field(default_factory=set)  # vectors of which sentences say that they are one-hot and the like
    onehots: dict[str, str] = field(default_factory=dict)  # bold names that are one-hot at the plain ones, and why
    used: dict[str, str] = field(default_factory=dict)  # SymPy name -> name on the page
    later: dict[str, tuple[Range, ...]] = field(default_factory=dict)  # vectors that a display to come defines
    index_cache: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def saved(self) -> Iterator[None]:
        """A trial: what is inferred inside is forgotten after it."""
        before = {f.name: copy(getattr(self, f.name)) for f in fields(self)}
        before["definitions"] = {name: list(ds) for name, ds in self.definitions.items()}
        try:
            yield
        finally:
            for name, value in before.items():
                setattr(self, name, value)

    def shown(self, name: str) -> str:
        """The SymPy name of a name; two names never share one."""
        return self.own_name(pretty(name), name)

    def own_name(self, text: str, owner: str) -> str:
        """This text, with marks if another name is shown like that."""
        while self.used.setdefault(text, owner) != owner:
            text += "ˊ"
        return text

    def size(self, name: str) -> Any:
        if name in self.ranges and name in self.notes:  # it was taken for an index before it was declared
            del self.ranges[name], self.notes[name]
            self.index_cache.pop(name, None)
        if name not in self.sizes:
            self.sizes[name] = L.size(self.shown(name))
        return self.sizes[name]

    def index(self, name: str) -> Any:
        """The free index of this name. Its range may depend on sizes only."""
        if name not in self.index_cache:
            r = self.ranges[name]
            self.index_cache[name] = L.Index(self.shown(name), r.lower, r.upper)
        return self.index_cache[name]

    def quantity(
        self, name: str, kind: str, axes: tuple[Range, ...], inferred: bool = False, at: Any = None
    ) -> Quantity:
        """Declare a name of a kind over some axes."""
        shown = self.shown(name)
        place = None
        if not axes:
            base, facts = scalar(shown, kind)
            self.given.extend(facts)
        elif kind == "onehot" and len(axes) == 1:
            if at is None:
                at = L.index(self.own_name(f"T_{shown}", f"‹place of {shown}›"), axes[0].size)
            base = L.onehot(shown, axes[0].size, at)
        elif kind == "onehot":
            places = self.own_name(f"T_{shown}", f"‹places of {shown}›")
            place = L.labels(places, axes[0].size, axes[1].size) if len(axes) == 2 else None
            base = place
        else:
            base = L.vector(shown, *(a.size for a in axes), kind=VECTOR_KIND.get(kind, kind))
            if kind == "probability":
                free = tuple(L.index(f"_{n}", a.size) for n, a in enumerate(axes))
                self.given.append((f"{shown} < 1", L.ForAll(L.Lt(base[free], 1), *free)))
        found = Quantity(name, kind, axes, base, inferred, place)
        self.quantities[name, len(axes)] = found
        if len(name) > 1 and name.isalnum():
            self.words.add(name)
        return found

    def arity(self, name: str) -> set[int]:
        """The numbers of indices that this name is known with."""
        known = {n for (q, n) in self.quantities if q == name}
        defined = self.definitions.get(name, ())
        return known | {n for d in defined for n in (len(d.indices), len(d.indices) + max(d.rank or 0, 0))}

    def standing(self, name: str, node: Any) -> None:
        """Refuse the standard meaning of a name of which the page says something else. Raises Unclear."""
        reason = self.described.get(_SPELLED.get(name, name))
        if reason and name not in self.stated:
            raise Unclear(reason, node.start, node.end)

    def functions_of(self, name: str) -> list[Definition]:
        """What a name is defined to be; of a standard function that stands for its value, what is said of it."""
        stated = name in self.stated and name in self.sloped and not self.known(name)
        return [self.stated[name]] if stated else self.definitions.get(name, [])

    def of_arguments(self, name: str) -> bool:
        """Whether a name is a function: declared as one, or defined with arguments."""
        return name in self.functions or any(d.arguments is not None for d in self.definitions.get(name, ()))

    def known(self, name: str) -> bool:
        return bool(
            name in self.definitions or name in self.functions or any(q == name for q, _ in self.quantities)
            or name in self.sizes or name in self.ranges
        )  # fmt: skip


VECTOR_KIND = {"probability": "positive"}
KINDS = ("real", "positive", "natural", "probability", "binary", "simplex", "onehot", "labels", "nonnegative")


def scalar(name: str, kind: str) -> tuple[Any, list[tuple[str, Any]]]:
    """The symbol of a scalar of this kind, and what more is known of it."""
    if kind == "binary":
        return L.index(name, 1, 0), []
    if kind == "natural":
        return L.natural(name), []
    if kind in ("positive", "probability"):
        symbol = L.positive(name)
        return symbol, [(f"{name} < 1", L.Lt(symbol, 1))] if kind == "probability" else []
    if kind == "nonnegative":
        return sympy.Symbol(name, real=True, nonnegative=True), []
    return L.real(name), []
