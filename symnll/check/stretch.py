"""A stretch of a document between two resets: what its names mean so far, and which equations introduce a name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from symnll.check.reading import ReadStep, lint
from symnll.check.step import EQUALITIES, judge, meaning
from symnll.meaning.define import FIXED, definition
from symnll.meaning.known import is_letter, namesake, taken
from symnll.meaning.scope import Scope, pretty
from symnll.meaning.standard import DELTAS, INDICATORS
from symnll.meaning.trees import children, names_in
from symnll.read import syntax as S
from symnll.read.source import Source
from symnll.read.tokens import NAMED, Token, Unreadable

STANDARD = {
    "softmax", r"\sigma", "sigmoid", "KL", "H", "D", "LSE", "lse", "logsumexp", "softplus", "tanh", "logit", "relu",
    "ReLU", r"\delta", r"\Delta", "I", r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}",
}  # fmt: skip


class Stretch:
    """The names of a stretch. `trail` is a digest of all that they depend on."""

    def __init__(self, source: Source, timeout: float, trail: str) -> None:
        self.source, self.timeout, self.trail = source, timeout, trail
        self.scope = Scope()
        self.confirmed: set[str] = set()  # standard names whose meaning the document has stated
        self.spoken: set[str] = set()  # the names in the displays so far

    def note(self, what: str) -> None:
        """Add to all that the names depend on."""
        self.trail = hashlib.sha256(f"{self.trail}\0{what}".encode(errors="replace")).hexdigest()

    def define(self, left: Any, right: Any, source: str, display: int) -> bool:
        """Take left = right for a definition, where it can be one of a name without a meaning."""
        found = definition(self.scope, left, right, source, display)
        if found is None or taken(self.scope, found) or _leads(self.scope, right, found.head, set()):
            return False
        self.scope.definitions.setdefault(found.head, []).append(found)
        self.note(source)
        return True

    def introduces(self, display: int, step: ReadStep) -> bool:
        """Whether this step introduces a name: a chain's first step, whose left side is a name not yet known."""
        link, report = step.link, step.report
        if link.relation.text not in EQUALITIES or step.sides is None or any(map(self._restricts, link.conditions)):
            return False
        left, right = step.sides
        if link.relation.text in (":=", "=:") and self.define(right, left, f"{report.rhs} = {report.lhs}", display):
            return True
        forward = link.first or link.role == "where" or self._fresh(left)
        if link.relation.text == "=" and link.role != "where" and isinstance(S.unwrap(left), S.Name):
            forward = forward and (S.unwrap(left).text, 0) not in self.scope.quantities  # spoken of before: a claim
        if forward:
            found = definition(self.scope, left, right, "", display)
            other = None if found is None or taken(self.scope, found) else namesake(self.scope, found)
            if other is not None and self._holds_of(left, right):
                return False
            if self.define(left, right, f"{report.lhs} = {report.rhs}", display):
                if other is not None:
                    message = (
                        f"{pretty(other.head)} is defined already, by {other.source}; here it is taken for another."
                    )
                    report.lints.append(lint(self.source, "two-meanings", message, left.start, left.end))
                return True
        backward = self._fresh(right) and not self._fresh(left)  # Σ_j e^{z_j} = Z
        return backward and self.define(right, left, f"{report.rhs} = {report.lhs}", display)

    def _restricts(self, condition: Sequence[Token]) -> bool:
        """Whether a condition leaves cases out, so that an equation under it defines nothing for all."""
        if not any(t.kind == "REL" for t in condition):
            return False
        r = self.scope.ranges.get(condition[0].text)
        end = "".join(t.text for t in condition[2:])
        ends = {r"\geq": r.lower, r"\leq": r.upper} if r is not None else {}
        return str(ends.get(condition[1].text)) != end

    def _fresh(self, side: Any) -> bool:
        """Whether a side is a name that nothing spoke of so far."""
        node = S.unwrap(side)
        name = node.base if isinstance(node, S.Atom) else node
        special = NAMED | FIXED | INDICATORS | DELTAS | STANDARD
        return isinstance(name, S.Name) and name.text not in special and not self.scope.known(name.text)

    def _holds_of(self, left: Any, right: Any) -> bool:
        """Whether an equation is proved with the meanings that its names have already."""
        try:
            return judge(meaning(self.scope, (left, right), "="), self.timeout).verdict == "proved"
        except Unreadable:
            return False

    def general(self, sides: tuple[Any, Any]) -> bool:
        """Whether the left side is a name with letters as arguments, of which any value can be said: σ(x), not σ(0)."""
        found = definition(self.scope, *sides, "")
        if found is None or found.head in self.confirmed:
            return False
        return all(map(is_letter, found.arguments or ()))


def name_of(node: Any) -> str:
    """The name at the head of a side, with or without scripts and arguments; or ""."""
    node = S.unwrap(node)
    first = node.items[0] if isinstance(node, S.Product) else node
    name = first.base if isinstance(first, S.Atom) else first
    return name.text if isinstance(name, S.Name) else ""


def _leads(scope: Scope, node: Any, name: str, seen: set[str]) -> bool:
    """Whether a tree speaks of a name, itself or through the definitions that it uses."""
    if _holds(node, name):
        return True
    new = {d for d in names_in(node) if d in scope.definitions} - seen
    seen |= new
    return any(_leads(scope, d.body, name, seen) for n in new for d in scope.definitions[n])


def _holds(node: Any, name: str) -> bool:
    """Whether a tree speaks of a name, other than in a label such as LS in y^{LS}."""
    if isinstance(node, S.Name):
        return node.text == name
    if isinstance(node, S.Atom) and isinstance(node.base, S.Name):
        scripts = [s for s in (*node.subs, *node.sups) if not isinstance(S.unwrap(s), S.Product)]
        return _holds(node.base, name) or any(_holds(s, name) for s in scripts)
    return any(_holds(c, name) for c in children(node))
