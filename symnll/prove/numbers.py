"""Inequalities between numbers: rational bounds of exp q and log p, from log (1 + x) ≤ x.

(1 + q/n)ⁿ ≤ exp q ≤ (1 − q/n)⁻ⁿ, with n large enough for the wanted precision; ball arithmetic only says how large.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from symnll.core import kernel
from symnll.core.ring import CONSTANT, Ring
from symnll.core.term import ZERO, CoreError, Term, num, op
from symnll.prove.tactics import Theorem, ax, chain, linear, rhs, under

MAX_ATOMS, MAX_VALUE, ROOTS = 4, 20, (1, 2, 4, 8, 16, 32)


def by_numbers(goal: Term, d: Term) -> Theorem | None:
    """0 ≤ d or 0 < d for a combination d of exponentials and logarithms of numbers."""
    p = Ring().polynomial(d)
    atoms = {m: _value(m) for m in p if m != CONSTANT}
    if not atoms or len(atoms) > MAX_ATOMS or any(v is None for v in atoms.values()):
        return None
    total = sum((_arb(p[m]) * v for m, v in atoms.items()), _arb(p.get(CONSTANT, Fraction(0))))
    if not total > 0:
        return None
    room = Fraction(float(total)) / (2 * len(atoms))
    bounds = []
    for m, v in atoms.items():
        ((atom, e),) = m
        whole = op("exp", num(atom.args[0].data * e)) if atom.op == "exp" else atom
        bound = _bound(whole, Fraction(float(v)), room / abs(p[m]), p[m] > 0)
        if bound is None:
            return None
        bounds.append((bound, abs(p[m])))
        bounds += [(_power(atom, e), abs(p[m]) if p[m] > 0 else -abs(p[m]))] if e != 1 else []
    try:
        return linear(goal, *bounds)
    except CoreError:
        return None


def _power(atom: Term, e: int) -> Theorem:
    """exp (e·q) = (exp q)ᵉ"""
    q = atom.args[0]
    joined = ax("exp_pow", a=q, b=num(e))
    exact = under(rhs(joined), kernel.ring(rhs(joined).args[0], num(q.data * e)))
    return kernel.symmetric(chain(joined, exact))


def _arb(x: Fraction) -> Any:
    return arb(fmpq(x.numerator, x.denominator))


def _value(m: Any) -> Any:
    """The value of a monomial that is a power of exp q, or log q, for a number q; None for others."""
    if len(m) != 1:
        return None
    ((atom, e),) = m
    if not isinstance(atom, Term) or atom.op not in ("exp", "log") or atom.args[0].op != "num":
        return None
    q = atom.args[0].data
    if atom.op == "log":
        return _arb(q).log() if q > 0 and e == 1 else None
    return _arb(q * e).exp() if e and abs(q * e) <= MAX_VALUE else None


def _bound(atom: Term, value: Fraction, room: Fraction, below: bool) -> Theorem | None:
    """r ≤ atom, or atom ≤ r, for a rational r that is less than `room` away from it."""
    q = atom.args[0]
    for root in ROOTS:
        if atom.op == "exp":
            bound = _exp_bound(q.data, root, below)
            near = bound is not None and abs(_other(bound, atom).data - value) < room
        else:
            r = _simple(value, room, below)
            bound = _exp_bound(r, root, not below)
            other = None if bound is None else _other(bound, op("exp", num(r))).data
            near = other is not None and (other < q.data if below else q.data < other)
            bound = _log_bound(q, num(r), bound) if near and bound is not None else None
        if near:
            return bound
    return None


def _simple(value: Fraction, room: Fraction, below: bool) -> Fraction:
    """A fraction with a small denominator, about half of the room below or above a value."""
    wanted = value - room / 2 if below else value + room / 2
    denominators = (1, 2, 5, 10, 50, 100, 1_000, 10_000, 10**6)
    return next((r for d in denominators if abs((r := wanted.limit_denominator(d)) - wanted) < room / 4), wanted)


def _other(bound: Theorem, t: Term) -> Term:
    s, u = bound.statement.args
    return u if s is t else s


def _exp_bound(q: Fraction, root: int, below: bool) -> Theorem | None:
    """(1 + q/n)ⁿ ≤ exp q, or exp q ≤ (1 − q/n)⁻ⁿ, with n = root², as a number"""
    n = root * root
    sign = 1 if below else -1
    base = 1 + sign * q / n
    if base <= 0:
        return None
    a, power = num(base), num(sign * n)
    positive = linear(op("lt", ZERO, a))
    slope = ax("log_bound", positive, a=a)  # log a ≤ a − 1
    scaled = op("mul", power, op("log", a))
    sides = (scaled, num(q)) if below else (num(q), scaled)
    exps = ax("exp_monotone", linear(op("le", *sides), (slope, n)), a=sides[0], b=sides[1])
    e = kernel.symmetric(ax("pow_exp_log", positive, a=a, b=power))
    e = chain(e, _written_out(a, root, sign * root, positive))
    return kernel.rewrite(exps, (e, None) if below else (None, e))


def _written_out(a: Term, first: int, second: int, positive: Theorem) -> Theorem:
    """a^(first·second) as a number, in two steps because exponents are bounded"""
    inner = op("pow", a, num(first))
    joined = ax("pow_pow", positive, a=a, b=num(first), c=num(second))
    joined = chain(joined, under(rhs(joined), None, kernel.ring(rhs(joined).args[1], num(first * second))))
    e = under(op("pow", inner, num(second)), kernel.ring(inner, num(a.data**first)), None)
    e = chain(e, kernel.ring(rhs(e), num(a.data ** (first * second))))
    return chain(kernel.symmetric(joined), e)


def _log_bound(p: Term, r: Term, bound: Theorem) -> Theorem:
    """log p ≤ r from p ≤ v ≤ exp r, and r ≤ log p from exp r ≤ v ≤ p"""
    power = op("exp", r)
    small, large = (p, power) if rhs(bound) is power else (power, p)
    positive = linear(op("lt", ZERO, p)) if small is p else ax("exp_positive", a=r)
    logs = ax("log_monotone", positive, linear(op("le", small, large), (bound, 1)), a=small, b=large)
    exact = ax("log_exp", a=r)
    return kernel.rewrite(logs, (None, exact) if small is p else (exact, None))
