"""Chains of steps, and what their members say of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symnll.check.reading import ReadStep
from symnll.check.step import EQUALITIES
from symnll.check.stretch import Stretch, name_of
from symnll.meaning.scope import pretty
from symnll.meaning.trees import head_of, mentions, product_parts, stripped
from symnll.read import rows
from symnll.read import syntax as S

ORDERS = {"<", ">", r"\leq", r"\geq"}


def groups_of(steps: Sequence[ReadStep]) -> list[list[ReadStep]]:
    """Chains: steps that share a side with the one before."""
    out: list[list[ReadStep]] = []
    for step in steps:
        if out and step.link.lhs is out[-1][-1].link.rhs:
            out[-1].append(step)
        else:
            out.append([step])
    return out


def in_order(stretch: Stretch, group: Sequence[ReadStep]) -> list[ReadStep]:
    """The steps of a chain in the order in which they are decided.

    In 0 < p_i = …, where p is new, what p is comes first. In p_i = b = c, where b is not understood, c says what p is.
    """
    steps = list(group)
    if len(steps) < 2 or any(s.sides is None or s.link.lhs is None for s in steps[:2]):
        return steps
    first, second = steps[:2]
    assert first.sides is not None and second.sides is not None
    equal = second.link.relation.text in EQUALITIES
    if first.link.relation.text in ORDERS and equal and first.link.first and stretch.is_new(second.sides):
        second.link.first, first.link.first = True, False
        return [second, first, *steps[2:]]
    if first.link.relation.text in EQUALITIES and equal and first.link.first and stretch.is_new(first.sides):
        itself = mentions(first.sides[1], {name_of(first.sides[0])})  # J = ∫ ∂J/∂x dx = … says nothing new of J
        if not itself and (stretch.calls_new(first.sides[1]) or not stretch.understood(first.sides[1])):
            first.body = second.sides[1]
    return steps


def define_by_maximiser(stretch: Stretch, display: int, group: Sequence[ReadStep]) -> list[ReadStep]:
    """The steps of t = p(x; θ) = argmax_θ …, which says that t is the argmax, and not p(x; θ): that varies with θ.

    The argmax is then taken for what t is, and neither step is decided.
    """
    if len(group) < 2:
        return []
    first, second = group[:2]
    if first.sides is None or second.sides is None or not first.link.first or stretch.claims:
        return []
    equal = all(s.link.relation.text in EQUALITIES and not s.link.conditions for s in (first, second))
    (left, middle), right = first.sides, second.sides[1]
    letter = _over(right)
    of = product_parts(left)[1:]  # what t is a function of, other than the letters of its name, as in θ_ML(x)
    varies = bool(letter) and mentions(middle, {letter}) and not _over(middle)
    varies = varies and not any(mentions(a, {letter}) for a in of)
    source = f"{first.report.lhs} = {second.report.rhs}"
    if not (equal and varies and stretch.define(left, right, source, display)):
        return []
    shown = pretty(letter)
    reason = (
        f"{first.report.rhs} varies with {shown}, and the argmax or argmin over {shown} after it does not, so that "
        f"they are not equal; {first.report.lhs} is taken for the latter."
    )
    for s in (first, second):
        s.report.verdict, s.report.reason = "unknown", reason
    return [first, second]


def _over(node: Any) -> str:
    """The letter over which an argmax or argmin is taken that a side is, or ""."""
    inner = S.unwrap(node)
    head = inner.items[0] if isinstance(inner, S.Product) else inner
    if not (isinstance(head, S.Atom) and head.subs and isinstance(head.base, S.Name)):
        return ""
    below = stripped(head.subs[0])
    name = head_of(below.pieces[0]) if isinstance(below, S.List) and below.pieces else head_of(below)
    return name.text if head.base.text in ("argmax", "argmin") and isinstance(name, S.Name) else ""


def exponents_in(link: rows.Link) -> list[str]:
    """What was read as an exponent with an index: e^y_i."""
    sides = [m.tokens for m in (link.lhs, link.rhs) if m is not None]
    braces = [(ts, k) for ts in sides for k, t in enumerate(ts) if t.kind == "LBRACE" and t.start == t.end]
    names = {ts[k + 1].text for ts, k in braces if k + 1 < len(ts)}
    return [f"e^{pretty(n)} with an index is e to the power of {pretty(n)} with that index" for n in sorted(names)]
