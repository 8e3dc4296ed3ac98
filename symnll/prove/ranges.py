"""Ranges of sums, products and maxima: written out, and split."""

from __future__ import annotations

from collections.abc import Iterator

from symnll.core import kernel
from symnll.core.term import INT, MINUS_ONE, ONE, ZERO, Term, app, num, op
from symnll.prove.context import Context
from symnll.prove.normal import difference
from symnll.prove.tactics import Theorem, ax, chain, linear, minus, parts, rhs, under

MAX_UNROLLED = 64


def unroll(name: str, lo: Term, hi: Term, f: Term) -> Theorem:
    """Σ over lo..hi for two numbers, written out."""
    if hi.data < lo.data:
        return ax(f"{name}_empty", linear(op("lt", hi, lo)), lo=lo, hi=hi, f=f)
    last = ax(f"{name}_last", linear(op("le", lo, hi)), lo=lo, hi=hi, f=f)
    before = op(name, lo, op("add", hi, MINUS_ONE), f)
    fewer = under(before, None, kernel.ring(before.args[1], num(hi.data - 1)), None)
    shorter = unroll(name, lo, num(hi.data - 1), f)
    return chain(last, under(rhs(last), chain(fewer, shorter), None))


def single(name: str, lo: Term, hi: Term, f: Term) -> Theorem | None:
    """Σ over lo..lo + d for a small number d: the last term apart, until none is left."""
    gap = difference(hi, lo)
    if gap.op != "num" or lo.op == "num":
        return None
    if name == "maxi":
        return ax("maxi_single", i=lo, f=f) if hi is lo else None
    if gap.data < 0:
        return ax(f"{name}_empty", linear(op("lt", hi, lo)), lo=lo, hi=hi, f=f)
    return ax(f"{name}_last", linear(op("le", lo, hi)), lo=lo, hi=hi, f=f) if gap.data < MAX_UNROLLED else None


def empty(name: str, lo: Term, hi: Term, f: Term, c: Context) -> Theorem | None:
    """Σ over a range that is known to be empty."""
    none = c.show(op("lt", hi, lo)) if name != "maxi" and hi.op != "sym" else None
    return None if none is None else ax(f"{name}_empty", none, lo=lo, hi=hi, f=f)


def cut(name: str, lo: Term, hi: Term, f: Term, c: Context) -> Theorem | None:
    """Σ over lo..hi split where another range of the statement begins or ends inside it."""
    for j in c.cuts:
        after = op("add", j, ONE)
        if j is hi or difference(lo, after) is ZERO:
            continue
        if c.show(op("lt", j, hi)) is None and c.show(op("le", lo, j)) is None:  # one part would be all of it
            continue
        parted = split(name, lo, hi, f, j, c)
        if parted is not None and c.show(op("lt", j, lo)) is None and c.show(op("le", hi, j)) is None:
            return parted
    return None


def at_threshold(name: str, lo: Term, hi: Term, f: Term, i: Term, c: Context) -> Theorem | None:
    """Σ over lo..hi split where max(i − t, 0), which comes from a case i ≤ t, begins to be positive."""
    for j in _thresholds(app(f, i), i):
        parted = split(name, lo, hi, f, j, c)
        if parted is not None and c.show(op("lt", j, lo)) is None and c.show(op("le", hi, j)) is None:
            return parted
    return None


def _thresholds(t: Term, i: Term) -> Iterator[Term]:
    """The last j with j ≤ t for max(i − t, 0) in a term, and the last with j < t for max(t − i, 0)."""
    for a in parts(t, lambda a: i in a.free):
        if a.op == "max" and a.sort == INT:
            u, v = a.args if a.args[0].op != "num" else a.args[::-1]
            for end in (difference(i, minus(u, v)), difference(op("add", i, minus(u, v)), ONE)):
                if i not in end.free:
                    yield end


def split(name: str, lo: Term, hi: Term, f: Term, j: Term, c: Context) -> Theorem | None:
    """Σ over lo..hi = Σ over lo..j + Σ over j + 1..hi, where that is known to be so."""
    if name == "maxi":
        below, above = c.show(op("le", lo, j)), c.show(op("lt", j, hi))
    else:
        below, above = c.show(op("le", lo, op("add", j, ONE))), c.show(op("le", j, hi))
    fine = below is not None and above is not None
    return ax(f"{name}_split", below, above, lo=lo, hi=hi, j=j, f=f) if fine else None
