"""Derivatives of unknown functions: that they exist, in one argument or in a family, and the chain rule."""

from __future__ import annotations

from symnll.core import kernel
from symnll.core.term import REAL, Term, app, fits, lam, op, sym
from symnll.prove.context import Context
from symnll.prove.tactics import NoProof, Theorem, ax, for_range

VARIES = sym("‹varies›", REAL)


def arguments(t: Term) -> list[Term]:
    """The arguments of f(s, …), and of ∂f/∂s at s, …, for an unknown f; [] for other terms."""
    found: list[Term] = []
    while t.op == "diff":
        t = app(*t.args)
    while t.op == "app":
        found.insert(0, t.args[1])
        t = t.args[0]
    return found if t.op == "sym" else []


def is_unknown(u: Term) -> bool:
    """Whether u(x) is an unknown function, or a derivative of one, with x as one of its arguments."""
    body = app(u, VARIES)
    inside = [a for a in arguments(body) if VARIES in a.free]
    return inside == [VARIES]


def smooth(u: Term, a: Term, c: Context) -> Theorem:
    """hasd(u, a, ∂u at a), from what is known of an unknown function in all of its other arguments."""
    shown = c.facts.get(op("smooth", u))
    if shown is None:
        values = [v for v in arguments(app(u, VARIES)) if v is not VARIES]
        shown = next((t for f in c.smooth if (t := _at_values(f, values, u)) is not None), None)
    if shown is None:
        raise NoProof("{} is not known to be differentiable.", u)
    return ax("d_smooth", shown, u=u, a=a)


def _at_values(fact: Theorem, values: list[Term], u: Term) -> Theorem | None:
    """A fact (for all values, u is differentiable) at these values."""
    for v in values:
        if fact.statement.op != "forall" or not fits(v.sort, fact.statement.args[0].sort[1]):
            return None
        fact = kernel.specialise(fact, v)
    return fact if fact.statement is op("smooth", u) else None


def slope(body: Term, x: Term, a: Term, c: Context) -> Theorem | None:
    """hasd of x ↦ body for an unknown function, or a derivative of one, by the chain rule; None for other bodies."""
    from symnll.prove.calculus import derivative

    if body.op == "app" and isinstance(body.args[1].sort, tuple):
        return _functional(*body.args, x, a, c)  # type: ignore[call-arg]
    given = arguments(body)
    if not given:
        return None
    varying = [t for t in given if x in t.free]
    outer = _abstracted(body, varying[0]) if len(varying) == 1 else None
    if outer is None or x in outer.free:
        raise NoProof("{} varies in more than one argument.", body)
    if varying[0] is x:
        return smooth(outer, a, c)
    inner = derivative(lam(x, varying[0]), a, c)
    v, point, by = inner.statement.args
    first = smooth(outer, app(v, point), c)
    return ax("d_chain", first, inner, u=outer, v=v, a=a, b=first.statement.args[2], c=by)


def _abstracted(t: Term, argument: Term) -> Term | None:
    """The function of one argument of f(s, …), or of ∂f/∂s at s, …"""

    def put(u: Term) -> Term:
        if u.op == "diff":
            return op("diff", u.args[0], VARIES) if u.args[1] is argument else op("diff", _inside(u.args[0]), u.args[1])
        f, s = u.args
        return app(f, VARIES) if s is argument else app(put(f), s)

    def _inside(g: Term) -> Term:
        k = sym("‹inside›", REAL)
        return lam(k, put(app(g, k)))

    return lam(VARIES, put(t))


def _functional(f: Term, argument: Term, x: Term, a: Term, c: Context) -> Theorem:
    from symnll.prove.calculus import derivative

    fact = next((t for t in c.facts.values() if t.statement.op == "differentiable" and t.statement.args[0] is f), None)
    if fact is None:
        raise NoProof("{} is not known to be differentiable.", f)
    _, lo, hi = fact.statement.args
    outer = Context((), c)
    outer.depth += 1
    i, inner = outer.child(lo, hi)
    each = derivative(lam(x, app(argument, i)), a, inner)
    _, _, b = each.statement.args
    u1 = lam(i, each.statement.args[0])
    return ax("d_chain_family", fact, for_range(each, i, lo, hi), F=f, lo=lo, hi=hi, a=a, u1=u1, v1=lam(i, b))
