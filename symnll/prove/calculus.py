"""Derivatives: from a function and a point, a theorem hasd(u, a, b) by the rules of calculus."""

from __future__ import annotations

from symnll.core import kernel
from symnll.core.term import INT, ONE, REAL, ZERO, Term, app, lam, num, op
from symnll.prove import unknown
from symnll.prove.context import Context
from symnll.prove.local import derivative_nearby
from symnll.prove.tactics import NoProof, Theorem, attempt, ax, chain, for_range, linear, product_term, rhs, under


def normal_derivative(t: Term, c: Context) -> Theorem | None:
    """∂u/∂x at a point = its value, worked out; None where the function itself is unknown."""
    from symnll.prove.normal import normal, value

    if t.op == "partial" and t.args[0].op == "sym":
        return _unknown_partial(t, c)
    if t.op in ("partial", "partial2"):
        names = ("F", "f", "i") if t.op == "partial" else ("G", "h2", "lo", "hi")
        e = ax(t.op, **dict(zip(names, t.args, strict=True)))
        return chain(e, normal(rhs(e), c))
    u, a = t.args
    e = under(t, None, normal(a, c))
    u, a = value(t, e).args
    if unknown.is_unknown(u):
        return chain(e, _inside(value(t, e), c))
    try:
        slope = derivative(u, a, c)
    except NoProof:
        x, inner = c.open(REAL)
        body = normal(app(u, x), inner)
        if body is None:
            raise
        e = chain(e, under(value(t, e), kernel.abstract(body, x), None))
        slope = derivative(value(t, e).args[0], a, c)
    e = chain(e, ax("derivative", slope, u=slope.statement.args[0], a=a, b=slope.statement.args[2]))
    return chain(e, normal(rhs(e), c))


def _inside(t: Term, c: Context) -> Theorem | None:
    """The derivative of an unknown function, with its other arguments in canonical form."""
    from symnll.prove.normal import normal

    if t.args[0].op in ("sym", "app"):
        return None
    x, inner = c.open(REAL)
    body = normal(app(t.args[0], x), inner)
    return None if body is None else under(t, kernel.abstract(body, x), None)


def _unknown_partial(t: Term, c: Context) -> Theorem | None:
    """∂C/∂z_i of an unknown C: its point and its index in canonical form."""
    from symnll.prove.normal import normal, value

    e = under(t, None, None, normal(t.args[2], c))
    t2 = value(t, e)
    point = t2.args[1]
    if point.op == "lam":
        x, inner = c.open(point.data)
        body = normal(app(point, x), inner)
        if body is not None:
            e = chain(e, under(t2, None, kernel.abstract(body, x), None))
            t2 = value(t, e)
    return e


def derivative(u: Term, a: Term, c: Context) -> Theorem:
    """hasd(u, a, b) for some b. Raises NoProof, naming the side condition that is missing."""
    x = c.fresh(REAL)
    if x in a.free:
        raise NoProof("A derivative is taken at its own variable.")
    body = app(u, x)
    if x not in body.free:
        return ax("d_constant", a=a, b=body)
    known = unknown.slope(body, x, a, c) if body.op in ("app", "diff") else None
    if known is not None:
        return known
    if body is x:
        return ax("d_identity", a=a)
    if body.op == "log" and _holds_product(body.args[0], x):  # as a sum of logarithms, if that is possible
        nearby = attempt(derivative_nearby, body, x, a, c)
        if nearby is not None:
            return nearby
    handler = {
        "add": _sum, "mul": _product, "pow": _power, "exp": _exp, "log": _log, "sum": _finite, "prod": _finite,
        "max": derivative_nearby, "diff": _nested, "partial": _nested, "partial2": _nested,
    }.get(body.op)  # fmt: skip
    if handler is None:
        raise NoProof(f"{body.op} is not differentiated.")
    return handler(body, x, a, c)


def _holds_product(t: Term, x: Term) -> bool:
    """Whether a product over an index, with x in it, is a factor of t."""
    if t.op == "mul" or t.op == "pow":
        return any(_holds_product(a, x) for a in t.args)
    return bool(t.op == "prod" and x in t.free)


def _at(t: Term, x: Term, a: Term) -> Term:
    return app(lam(x, t), a)


def _as(theorem: Theorem, body: Term, x: Term) -> Theorem:
    """hasd(x ↦ body, …) from hasd of a function whose body is equal by algebra."""
    u = theorem.statement.args[0]
    target = lam(x, body)
    if u is target:
        return theorem
    e = kernel.abstract(kernel.ring(app(u, x), body), x)
    return kernel.rewrite(theorem, (e, None, None))


def _parts(theorem: Theorem) -> dict[str, Term]:
    u, a, b = theorem.statement.args
    return {"u": u, "a": a, "b": b}


def _sum(body: Term, x: Term, a: Term, c: Context) -> Theorem:
    return _as(_fold([derivative(lam(x, s), a, c) for s in body.args], "d_sum"), body, x)


def _fold(parts: list[Theorem], name: str) -> Theorem:
    folded = parts[-1]
    for p in reversed(parts[:-1]):
        v, _, b = folded.statement.args
        folded = ax(name, p, folded, **{**_parts(p), "v": v, "c": b})
    return folded


def _product(body: Term, x: Term, a: Term, c: Context) -> Theorem:
    below = [g for g in body.args if x in g.free and g.op == "pow" and g.args[1] is num(-1)]
    above = [g for g in body.args if g not in below]
    if below and any(x in g.free for g in above):
        v = product_term([g.args[0] for g in below])
        nonzero = _need_nonzero(_at(v, x, a), c)
        top, bottom = derivative(lam(x, product_term(above)), a, c), derivative(lam(x, v), a, c)
        w, _, slope = bottom.statement.args
        return _as(ax("d_quotient", top, bottom, nonzero, **{**_parts(top), "v": w, "c": slope}), body, x)
    constant = [g for g in body.args if x not in g.free]
    varying = [g for g in body.args if x in g.free]
    groups = ([product_term(constant)] if constant else []) + varying
    return _as(_fold([derivative(lam(x, g), a, c) for g in groups], "d_product"), body, x)


def _need_nonzero(t: Term, c: Context) -> Theorem:
    return _need(t, c, "nonzero", "is not known to be different from 0")


def _need(t: Term, c: Context, kind: str, words: str) -> Theorem:
    """A theorem about the sign of t, or of what t is equal to in canonical form."""
    from symnll.prove.normal import normal

    shown = getattr(c, kind)(t)
    if shown is None:
        e = attempt(normal, t, c)
        if e is not None:
            shown = getattr(c, kind)(rhs(e))
            if shown is not None:
                back = kernel.symmetric(e)
                shown = kernel.rewrite(shown, (back, None) if kind == "nonzero" else (None, back))
    if shown is None and kind == "positive":
        from symnll.prove.order import attempt_order

        shown = attempt_order(op("lt", ZERO, t), c, 3)
    if shown is None:
        raise NoProof("{} " + words + ".", t)
    return shown


def _power(body: Term, x: Term, a: Term, c: Context) -> Theorem:
    base, exponent = body.args
    if x in exponent.free:
        positive = _need(_at(base, x, a), c, "positive", "is not known to be positive")
        if x not in base.free:
            rewritten = op("exp", op("mul", exponent, op("log", base)))
            e = kernel.abstract(ax("pow_exp_log", positive, a=base, b=exponent), x)
            inner = derivative(lam(x, rewritten), a, c)
            return kernel.rewrite(inner, (kernel.symmetric(e), None, None))
        top, bottom = derivative(lam(x, base), a, c), derivative(lam(x, exponent), a, c)
        v, _, slope = bottom.statement.args
        return ax("d_power_both", top, bottom, positive, **{**_parts(top), "v": v, "c": slope})
    if exponent is num(-1):
        inner = derivative(lam(x, base), a, c)
        v, _, slope = inner.statement.args
        return ax("d_reciprocal", inner, _need_nonzero(_at(base, x, a), c), v=v, a=a, c=slope)
    if exponent.op == "num" and exponent.data.denominator == 1 and exponent.data < 0:
        turned = op("pow", op("pow", base, num(-1)), num(-exponent.data))
        return _as(derivative(lam(x, turned), a, c), body, x)
    inner = derivative(lam(x, base), a, c)
    one = c.show(op("le", ONE, exponent)) if exponent.sort == INT else None
    if one is not None:
        return ax("d_power_natural", inner, one, **_parts(inner), i=exponent)
    if exponent.op != "num" and c.positive(_at(base, x, a)) is None and c.natural(exponent) is not None:
        return _natural_power(body, x, inner, c)
    positive = _need(_at(base, x, a), c, "positive", "is not known to be positive")
    return ax("d_power", inner, positive, **_parts(inner), d=exponent)


def _natural_power(body: Term, x: Term, inner: Theorem, c: Context) -> Theorem:
    """hasd of uⁿ for a natural n that may be 0: then uⁿ is 1, and n·uⁿ⁻¹·u′ is 0."""
    n = body.args[1]
    none, some = (kernel.assume("case", op(name, n, ZERO)) for name in ("eq", "ne"))
    less = ax("le_differs", c.natural(n), kernel.symmetric(some), a=ZERO, b=n)
    one = linear(op("le", ONE, n), (ax("integer_step", less, i=ZERO, j=n), 1))
    slope = ax("d_power_natural", inner, one, **_parts(inner), i=n)
    _, a, b = slope.statement.args
    flat = chain(under(body, None, none), kernel.ring(op("pow", body.args[0], ZERO), ONE))
    zero = under(b, none, *[None] * (len(b.args) - 1))
    zero = chain(zero, kernel.ring(rhs(zero), ZERO))
    constant = kernel.rewrite(ax("d_constant", a=a, b=ONE), (kernel.symmetric(kernel.abstract(flat, x)), None, None))
    return kernel.by_cases(kernel.rewrite(constant, (None, None, kernel.symmetric(zero))), slope, none.statement)


def _exp(body: Term, x: Term, a: Term, c: Context) -> Theorem:
    inner = derivative(lam(x, body.args[0]), a, c)
    return ax("d_exp", inner, **_parts(inner))


def _log(body: Term, x: Term, a: Term, c: Context) -> Theorem:
    inner = derivative(lam(x, body.args[0]), a, c)
    positive = _need(_at(body.args[0], x, a), c, "positive", "is not known to be positive")
    return ax("d_log", inner, positive, **_parts(inner))


def _finite(body: Term, x: Term, a: Term, c: Context) -> Theorem:
    lo, hi, f = body.args
    outer = Context((), c)
    outer.depth += 1  # x is in use
    i, inner = outer.child(lo, hi)
    each = derivative(lam(x, app(f, i)), a, inner)
    u, _, b = each.statement.args
    name = "d_finite_sum" if body.op == "sum" else "d_finite_product"
    return ax(name, for_range(each, i, lo, hi), lo=lo, hi=hi, a=a, u1=lam(i, u), v1=lam(i, b))


def _nested(body: Term, x: Term, a: Term, c: Context) -> Theorem:
    """A derivative inside: worked out first, for all values of x, or for those in an interval around a."""
    from symnll.prove.normal import normal

    outer = Context((), c)
    outer.depth += 1
    e = attempt(normal, body, outer)
    if e is not None and rhs(e).op not in ("diff",):
        slope = derivative(lam(x, rhs(e)), a, c)
        return kernel.rewrite(slope, (kernel.symmetric(kernel.abstract(e, x)), None, None))
    return derivative_nearby(body, x, a, c)
