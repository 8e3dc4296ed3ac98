"""Names of which a page says what they are in a way that was not taken in, so that nothing is refuted by their values.

A display that was not understood, or could not be decided, may be what defines its left side. A sentence may say in
words that a name is the number, the sum or the fraction of something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from symnll.check.decide import Decision
from symnll.check.defining import HEADING
from symnll.check.sentences import CONDITION, lower
from symnll.check.step import EQUALITIES
from symnll.check.stretch import Stretch, name_of
from symnll.meaning.define import definition
from symnll.meaning.formulas import tokens_of
from symnll.meaning.known import covers
from symnll.meaning.scope import Scope, pretty
from symnll.read import rows
from symnll.read import syntax as S
from symnll.read.documents import Display, Inline
from symnll.read.tokens import Token, Unreadable
from symnll.report.model import StepReport

_WORDS = {
    "number", "count", "counts", "sum", "total", "product", "fraction", "proportion", "frequency", "share", "average",
    "ratio", "difference", "often",
}  # fmt: skip
_STATES = {"is", "are", "reads", "becomes", "gives"}
_MODELS = {"with", "for", "now", "let", "under", "consider", "here"}
_SAYS = {"is", "be", "are", "denotes", "denote", "as", "for", "counts", "equals"}
_FILLING = {"the", "a", "an", "how", "relative", "empirical", "total", "weighted", "expected", "effective", "observed"}


def worded(scope: Scope, items: Sequence[Any], macros: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The names that sentences describe by what they count or add up: let $N_k$ be the number of ….

    A name alone, such as N, is left out where it may be a size.
    """
    for item in items:
        words = lower(item.sentence.after) if isinstance(item, Inline) else []
        while len(words) > 1 and words[0] in _SAYS | _FILLING:
            words = words[1:]
        if not words or words[0] not in _WORDS or words == lower(item.sentence.after):
            continue
        name = _name(scope, item, macros)
        if name:
            yield name, f"{pretty(name)} is the {words[0]} of something"


def _name(scope: Scope, item: Inline, macros: Mapping[str, Any]) -> str:
    """The name with an index that a formula is, or ""."""
    if len(item.body.text) > 40:
        return ""
    try:
        node = S.unwrap(S.parse(tokens_of(scope, item.body.text, macros)))
    except Unreadable:
        return ""
    plain = isinstance(node, S.Atom) and node.subs and not node.sups and isinstance(node.base, S.Name)
    return node.base.text if plain else ""


def left_open(scope: Scope, link: rows.Link, sides: tuple[Any, Any] | None) -> str:
    """The name that an equation may define which was not understood, or could not be decided; or ""."""
    if link.relation.text not in EQUALITIES or link.lhs is None or not link.lhs.tokens:
        return ""
    if sides is None:
        head = link.lhs.tokens[0]
        kinds = {t.kind for t in link.lhs.tokens}
        plain = head.kind == "NAME" and kinds <= {"NAME", "SUB", "LBRACE", "RBRACE", "COMMA", "NUMBER"}
        return head.text if plain and not scope.definitions.get(head.text) else ""
    found = definition(scope, *sides, "")
    node = S.unwrap(sides[0])
    name = node.base if isinstance(node, S.Atom) else node
    if found is None or not isinstance(name, S.Name) or scope.definitions.get(found.head):
        return ""
    return name.text


def heads(item: Display | Inline) -> bool:
    """Whether a heading stands between a formula and the one before it."""
    return bool(HEADING.search(item.sentence.gap))


def states_anew(item: Display) -> bool:
    """Whether the sentence before a display may say for a model of its own what a name is: with …, the loss is."""
    words = lower(item.sentence.before)
    return bool(words) and (words[-1] in _STATES or words[0] in _MODELS)


def _of_another_section(scope: Scope, sides: tuple[Any, Any], sections: Mapping[int, int], here: int) -> str:
    """The equation by which a display under an earlier heading defines the left side of this one; or ""."""
    found = definition(scope, *sides, "")
    if found is None:
        return ""
    old = [d for d in scope.definitions.get(found.head, ()) if sections.get(d.display, here) != here]
    return next((d.source for d in old if covers(scope, d, found)), "")


def perhaps_anew(stretch: Stretch, sides: Any, report: StepReport, decision: Decision) -> Decision:
    """Under another heading a sentence may say what a name is in a model of its own: then nothing is refuted."""
    source = _of_another_section(stretch.scope, sides, stretch.sections, stretch.section)
    if not source:
        return decision
    stretch.twice[source] = (
        f"{pretty(name_of(sides[0]))} is defined by {source} under another heading, and here it may be another: "
        f"{report.lhs} = {report.rhs}; say `reset` between the two, or give one of them another name."
    )
    stretch.note(f"twice {source} {report.rhs}")
    return Decision("unknown", stretch.twice[source])


def sizes_in(scope: Scope, tokens: Sequence[Token], item: Inline) -> bool:
    """Whether a formula supposes the value of a size for the display after it: with $K = 2$ we get."""
    words = lower(item.sentence.near)[-1:]
    plain = [t.kind for t in tokens] == ["NAME", "REL", "NUMBER"] and tokens[1].text == "="
    return plain and tokens[0].text in scope.sizes and bool(words) and words[0] in CONDITION | {"with"}
