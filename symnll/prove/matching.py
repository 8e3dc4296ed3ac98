"""Where a term fits a pattern: the values at which a fact about all values speaks of it."""

from __future__ import annotations

from symnll.core.term import Term, fits, sym


def probe_of(function: Term) -> Term:
    """What stands for the argument of a function in a pattern."""
    return sym("‹?›", function.sort[1])


def candidates(body: Term, probe: Term | None, t: Term) -> list[Term]:
    """The values of the probe for which a subterm of body may be t; inner bound variables match anything."""
    found: list[Term] = []

    def match(pattern: Term, u: Term, bindings: list[Term]) -> bool:
        if pattern is probe:
            bindings.append(u)
            return bool(u[4] == 0)
        if pattern is u or pattern.op == "bound":
            return True
        if pattern.op != u.op or pattern.data != u.data or len(pattern.args) != len(u.args):
            return False
        return all(match(a, b, bindings) for a, b in zip(pattern.args, u.args, strict=True))

    def walk(u: Term) -> None:
        if probe is None or probe not in u.free:
            return
        bindings: list[Term] = []
        if u.op == t.op and match(u, t, bindings):
            found.extend(b for b in bindings[:1] if b not in found and fits(b.sort, probe.sort))
        for a in u.args:
            walk(a)

    walk(body)
    return found
