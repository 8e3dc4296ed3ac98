"""A theorem as a reader wants it: the statement, "for all …", "given …", and what the abbreviations stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from symnll.certificates import genuine
from symnll.core.term import INT, ONE, Term, app, between, op
from symnll.write.naming import PROBE, kind, range_of, sort_words
from symnll.write.nodes import And, Name, Node, Range, Relation
from symnll.write.notation import Reader, conditions

Pairs = Sequence[tuple[Term, Term]]


@dataclass
class Statement:
    """What a theorem says, in notation."""

    formula: Node
    for_all: list[Node] = field(default_factory=list)
    given: list[tuple[str, Node]] = field(default_factory=list)
    bound: list[Node] = field(default_factory=list)
    where: list[Node] = field(default_factory=list)


def reader_of(theorems: Sequence[Any], abbreviations: Pairs = ()) -> Reader:
    """A reader whose names fit all of these theorems with their hypotheses."""
    roots = [t for one in map(genuine, theorems) for t in (one.statement, *(h for _, h in one.hypotheses))]
    return Reader(roots, abbreviations)


def statement_of(theorem: Any, abbreviations: Pairs = (), reader: Reader | None = None) -> Statement:
    """The parts of what a theorem says. Hypotheses are shown from their formulas; their names only group them."""
    reader = reader or reader_of([theorem], abbreviations)
    result = Statement(reader.read(genuine(theorem).statement))
    groups: dict[str, list[Term]] = {}
    for name, formula in sorted(theorem.hypotheses, key=lambda h: (h[0], repr(h[1]))):
        groups.setdefault(name, []).append(formula)
    about_indices = [f for group in groups.values() if all(map(_about_index, group)) for f in group]
    sizes = [f for f in about_indices if f.args[0] is ONE and not any(f.args[1] is g.args[0] for g in about_indices)]
    result.for_all += conditions(reader, sizes) + conditions(reader, [f for f in about_indices if f not in sizes])
    for name, group in groups.items():
        if not all(map(_about_index, group)):
            parts = tuple(conditions(reader, _merged(group)))
            result.given.append((_label(name), parts[0] if len(parts) == 1 else And(parts)))
    said = {s for f in about_indices for s in f.free}
    result.for_all += _kinds(reader, [s for s in sorted(theorem.statement.free, key=_order) if s not in said])
    result.where = definitions(reader)
    result.bound = bound_names(reader)
    return result


def bound_names(reader: Reader) -> list[Node]:
    """k ∈ 1..K for each index that text shows without its range."""
    whole = {n: s for n, s in reader.ranges.items() if s is not None and s[0] is ONE and s[1].op == "sym"}
    return [Relation("∈", Name(n), Range(reader.node(low), reader.node(high))) for n, (low, high) in whole.items()]


def definitions(reader: Reader) -> list[Node]:
    """name = definition for each abbreviation that the reader has used."""
    used = list(reader.used)
    with reader.without(reader.abbreviations):
        return [Relation("=", reader.node(a.name), reader.node(a.definition)) for a in used]


def _about_index(f: Term) -> bool:
    return f.op == "le" and all(side.sort == INT and all(s.sort == INT for s in side.free) for side in f.args)


def _merged(group: Sequence[Term]) -> list[Term]:
    """Statements about one range, put together: 1 ≤ x_n for all n, and x_n ≤ K for all n."""
    ranges: dict[Any, list[Term]] = {}
    rest = []
    for f in group:
        scope = range_of(f.args[0]) if f.op == "forall" else None
        if scope is None:
            rest.append(f)
        else:
            ranges.setdefault(scope, []).append(app(f.args[0], PROBE).args[1].args[1])
    for (low, high), bodies in ranges.items():
        body = op("and", *bodies) if len(bodies) > 1 else bodies[0]
        rest.insert(0, between(PROBE, low, high, body))
    return rest


def _kinds(reader: Reader, symbols: Sequence[Term]) -> list[Node]:
    """real vectors p, q: the symbols that no hypothesis is about, by kind."""
    kinds: dict[str, list[Node]] = {}
    for s in symbols:
        kinds.setdefault(sort_words(s.sort), []).append(reader.node(s))
    return [kind(words, names) for words, names in kinds.items()]


def _order(s: Term) -> tuple[str, str]:
    return s.data, repr(s.sort)


def _label(name: str) -> str:
    """The name of a hypothesis where it is words, such as "q simplex"; a formula is shown by itself."""
    return name if re.fullmatch(r"[^\W\d]\w*( [^\W\d]\w*)+", name) else ""
