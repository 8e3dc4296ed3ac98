"""Names: of free symbols as they are shown, of bound variables by their range, of kinds of symbols in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symnll.core.term import INT, POINT, REAL, Sort, Term, app, sym
from symnll.write.nodes import Node, Phrase, Relation, Tuple

WORD = re.compile(r"[\w′'‹›?]+")
DIGITS = "₀₁₂₃₄₅₆₇₈₉"
_LETTERS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho _ sigma tau upsilon phi "
    "chi psi omega"
)
GREEK = {name: chr(ord("α") + n) for n, name in enumerate(_LETTERS.split())}
PROBE = sym("an index that no one writes", INT)
INDEX_POOL = ("k", "j", "i", "l", "m", "n", "p", "q", "r", "s")
POOLS = {REAL: ("x", "t", "s", "u", "r"), POINT: ("θ", "η", "φ", "ω"), "family": ("v", "u", "w", "z", "q")}
Scope = tuple[Term, Term]  # the range of an index


def sort_words(sort: Sort) -> str:
    """What kind of thing a symbol of that sort is."""
    if isinstance(sort, str):
        return {INT: "integer", REAL: "real", POINT: "point"}.get(sort, "formula")
    count, value = 0, sort
    while isinstance(value, tuple) and value[1] == INT:
        count, value = count + 1, value[2]
    if isinstance(value, tuple) or value not in (INT, REAL):
        return "function"
    return f"{'integer' if value == INT else 'real'} {'vector' if count == 1 else 'array'}"


def kind(words: str, names: Sequence[Node]) -> Node:
    """real p, q; point θ; real vectors v, w"""
    plural = words + "s" if len(names) > 1 and words != "real" else words
    return Phrase((plural + " ", names[0] if len(names) == 1 else Tuple(tuple(names))))


def grouped(binders: Sequence[Node]) -> tuple[Node, ...]:
    """Binders of one kind or range together: i, m ∈ 1..K."""
    groups: dict[Node | str, list[Node]] = {}
    for b in binders:
        if isinstance(b, Relation):
            groups.setdefault(b.right, []).append(b.left)
        elif isinstance(b, Phrase):
            groups.setdefault(str(b.parts[0]), []).append(b.parts[1])  # type: ignore[arg-type]
    return tuple(
        kind(key, names)
        if isinstance(key, str)
        else Relation("∈", names[0] if len(names) == 1 else Tuple(tuple(names)), key)
        for key, names in groups.items()
    )


def display_names(free: Sequence[Term]) -> dict[Term, str]:
    """A name for each symbol: τ for tau, m₁ for m1; symbols of one name that would look the same get primes."""
    names: dict[Term, str] = {}
    used: set[tuple[str, bool]] = set()
    raw = {s.data for s in free}
    for s in free:
        name, shape = _styled(s, raw), isinstance(s.sort, tuple)  # n and n_i may share a letter
        while (name, shape) in used or (name != s.data and name in raw):
            name += "′"
        used.add((name, shape))
        names[s] = name
    return names


def _styled(symbol: Term, others: set[str]) -> str:
    name = str(symbol.data)
    if name in GREEK:
        return GREEK[name]
    if not WORD.fullmatch(name):
        return f"⟨{name}⟩"  # a name such as "x + 1" must not read as a formula
    letter = name.rstrip("0123456789")
    if len(letter) == 1 and letter != name and letter not in others and not isinstance(symbol.sort, tuple):
        return letter + name[1:].translate(str.maketrans("0123456789", DIGITS))
    return name


def index_pool(scope: Scope | None) -> tuple[str, ...]:
    """Names for an index by its range: k, j, i for 1..K, n for 1..N, d for 1..D."""
    if scope is None:
        return (*INDEX_POOL[1:], "k")
    sizes = sorted(s.data for s in (scope[1].free or scope[0].free) if s.sort == INT)
    letter = sizes[0].lower() if sizes and len(sizes[0]) == 1 and sizes[0].isupper() else ""
    if letter in ("", "k") or letter not in "abcdefghijklmnopqrstuvwxyz":
        return INDEX_POOL
    return (letter, *(("m",) if letter == "n" else ()), *INDEX_POOL)


def range_of(f: Term) -> Scope | None:
    """(lo, hi), if the quantified formula is `between` these bounds."""
    if f.op != "lam" or f.sort[1] != INT:
        return None
    body = app(f, PROBE)
    if (
        body.op != "implies"
        or body.args[0].op != "le"
        or body.args[1].op != "implies"
        or body.args[1].args[0].op != "le"
    ):
        return None
    (low, one), (two, high) = body.args[0].args, body.args[1].args[0].args
    return (low, high) if one is PROBE and two is PROBE and PROBE not in low.free | high.free else None
