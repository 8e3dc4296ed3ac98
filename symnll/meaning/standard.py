"""Notations with a standard meaning: indicators, deltas, expectations, softmax, KL, H."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sympy

from symnll.meaning import values as V
from symnll.meaning.conditions import indicator
from symnll.meaning.environment import Env
from symnll.meaning.functions import softmax
from symnll.meaning.operators import argument
from symnll.meaning.scripts import finished
from symnll.meaning.trees import (
    argument_parts,
    head_of,
    names_in,
    script_parts,
    separators,
    spelled,
    split_at,
    stripped,
)
from symnll.meaning.uses import digits, is_index
from symnll.meaning.values import Array, Unclear, Value
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator

INDICATORS = {
    r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}", r"\mathbbm{1}", "I", r"\chi", r"\mathbb{1}b", "1", r"\mathcal{I}",
}  # fmt: skip
DELTAS = {r"\delta"}


def standard(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int] | None:
    """Indicators, deltas, expectations, softmax, KL, H: by their spelling, unless the document has its own."""
    item = items[k]
    head = head_of(item)
    text = head.text if isinstance(head, S.Name) else str(head.value)
    kronecker = text in DELTAS and isinstance(item, S.Atom) and item.subs and len(_pair(item.subs[0])) == 2
    if text in env or (e.scope.known(text) and not (kronecker and 2 not in e.scope.arity(text))):  # δ_k and δ_{kl}
        return None
    if isinstance(item, S.Atom) and any(e.scope.known(f"{text}_{spelled(S.unwrap(s))}") for s in item.subs):
        return None
    subs = item.subs if isinstance(item, S.Atom) else ()
    following = items[k + 1] if k + 1 < len(items) else None
    bracket = head_of(following) if isinstance(head_of(following), S.Bracket) else None
    holds = bracket is not None and any(isinstance(p, S.Sep) and p.kind == "REL" for p in bracket.inside.pieces)
    if text in INDICATORS or text in DELTAS or text.startswith(r"\mathbb{1}"):
        if holds and not subs and bracket is not None:
            return finished(e, indicator(e, bracket.inside, env), item, following, env), k + 2
        if subs:
            found = _sub_indicator(e, text, subs[0], env)
            if found is not None:
                return finished(e, found, item, None, env, True), k + 1
        if text in DELTAS and bracket is not None and len(argument_parts(bracket.inside)) == 2:
            a, b = (e.index(p, env) for p in argument_parts(bracket.inside))
            return finished(e, sympy.KroneckerDelta(a, b, evaluate=False), item, following, env), k + 2
        if text in DELTAS and subs and isinstance(item, S.Atom) and item.sups:
            a, b = e.index(subs[0], env), e.index(item.sups[0], env)
            ranges = {e.scope.ranges.get(spelled(S.unwrap(s))) for s in (subs[0], item.sups[0])}
            if len(subs) > 1 or len(item.sups) > 1 or len(ranges) > 1:
                raise Unclear("What is written at δ is not understood.", item.start, item.end)
            return sympy.KroneckerDelta(a, b, evaluate=False), k + 1
    if isinstance(head, S.Num):
        return None
    if text in ("E", r"\mathbb{E}", r"\mathrm{E}") and subs and (bracket is not None or text != "E"):
        return expectation(e, items, k, env)
    if text in ("softmax", r"\softmax") and bracket is not None:
        v = e.value(bracket.inside, env)
        if not isinstance(v, Array) or len(v.axes) != 1:
            raise Unclear("softmax is taken of a vector; declare it: `real z[K]`.", item.start, following.end)  # type: ignore[union-attr]
        found = softmax(v)
        whole = found.at(e.index(subs[0], env)) if subs else found
        return finished(e, whole, item, following, env, len(subs) == 1), k + 2
    if text in ("softmax", r"\softmax") and subs and following is not None and bracket is None:
        return None
    if text in ("logsumexp", "LSE", "lse") and bracket is not None:
        v = e.value(bracket.inside, env)
        if isinstance(v, Array):
            i = V.bound("k")
            total = V.log(V.over("sum", V.exp(v.at(i)), i, v.axes[0].lower, v.axes[0].upper))
            return finished(e, total, item, following, env), k + 2
    if (
        text in ("KL", "D", r"\mathrm{D}") or text in ("H", r"\mathrm{H}", r"\mathbb{H}", r"\mathcal{H}")
    ) and bracket is not None:
        return divergence(e, item, text, following, env, k)
    if text == "diag" and bracket is not None:
        v = e.value(bracket.inside, env)
        if isinstance(v, Array) and len(v.axes) == 1:
            axis = v.axes[0]
            matrix = Array((axis, axis), lambda i, j: V.mul(sympy.KroneckerDelta(i, j, evaluate=False), v.at(i)))
            return finished(e, matrix, item, following, env), k + 2
    return None


def _sub_indicator(e: Elaborator, text: str, sub: Any, env: Env) -> Any:
    """1_{i = j}, 1_{\\{i = j\\}}, δ_{ij}, δ_{i,j}, δ_{i=j}."""
    inner = sub
    while isinstance(inner, S.Bracket) or (isinstance(inner, S.List) and isinstance(inner.only, S.Bracket)):
        inner = inner.inside if isinstance(inner, S.Bracket) else inner.only
    if isinstance(inner, S.List) and any(isinstance(p, S.Sep) and p.kind == "REL" for p in inner.pieces):
        return indicator(e, inner, env)
    parts = _pair(sub)
    if text == r"\delta" and len(parts) == 2 and all(is_index(e, p, env) for p in parts):
        a, b = (e.index(p, env) for p in parts)
        e.notes["δ with two indices is Kronecker's"] = None
        return sympy.KroneckerDelta(a, b, evaluate=False)
    if text in (r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}") and len(script_parts(sub)) == 1 and is_index(e, sub, env):
        place = e.index(sub, env)
        r = next((r for r in e.scope.ranges.values() if getattr(place, "upper", None) == r.upper), None)
        if r is not None:
            return Array((r,), lambda i: sympy.KroneckerDelta(i, place, evaluate=False))
    return None


def _pair(sub: Any) -> list[Any]:
    """The indices of a δ with two."""
    return digits(S.unwrap(sub), {2}) or script_parts(sub, 2)


def _distribution(e: Elaborator, node: Any, env: Env) -> Array:
    inner = S.unwrap(node)
    v: Any = None
    if isinstance(inner, S.Product) and len(inner.items) == 2 and isinstance(inner.items[1], S.Bracket):
        name = head_of(inner.items[0])
        called = isinstance(name, S.Name) and any(d.arguments for d in e.scope.definitions.get(name.text, ()))
        inner = inner if called else inner.items[0]  # p for p(x), but s(w) is not s(v)
    v = e.value(inner, env)
    if isinstance(inner, S.Name) and not isinstance(v, Array) and (inner.text, 1) in e.scope.quantities:  # π
        q = e.scope.quantities[inner.text, 1]
        v = Array(q.axes, lambda i: q.base[q.axes[0].place(i)]) if q.place is None else v
    if not isinstance(v, Array) or len(v.axes) != 1:
        raise Unclear(
            "A distribution over a finite set is wanted here; declare it: `simplex p[K]`.", node.start, node.end
        )
    return v


def _sampled(e: Elaborator, letter: str, node: S.List, env: Env) -> Array:
    """The distribution in x ∼ p, and in x ∼ p(x | θ) or x′ ∼ p(x | θ), over the range of x."""
    try:
        return _distribution(e, node, env)
    except Unclear:
        inner = S.unwrap(node)
        if letter not in names_in(node) and isinstance(inner, S.Product) and isinstance(inner.items[-1], S.Bracket):
            letter = spelled(S.unwrap(argument_parts(inner.items[-1].inside)[0]))
        if letter not in names_in(node) or letter not in e.scope.ranges:
            raise
        return Array((e.scope.ranges[letter],), lambda i: e.scalar(node, {**env, letter: i}))


def expectation(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int] | None:
    """E_{x ∼ p}[f(x)] = Σ_x p_x f(x)."""
    item = items[k]
    subs = item.subs if isinstance(item, S.Atom) else ()
    if not subs:
        return None
    inner = stripped(subs[0], "{")
    pieces = inner.pieces if isinstance(inner, S.List) else (inner,)
    at = [n for n, p in enumerate(pieces) if isinstance(p, S.Sep) and p.text == r"\sim"]
    if len(at) == 1:
        left, right = split_at(pieces, at)
        letter = spelled(S.List(inner.start, inner.end, left))
        p = _sampled(e, letter, S.List(inner.start, inner.end, right), env)
    else:
        p = _distribution(e, inner, env)
        letter = ""
    axis = p.axes[0]
    variable = V.bound(e.scope.shown(letter) if letter else "k")
    env_inside = {**env, letter: variable} if letter else env
    v, after, scripts = argument(e, items, k + 1, env_inside, "E")
    following = scripts[0] if scripts else None
    if not letter:
        if not isinstance(v, Array) or len(v.axes) != 1:
            raise Unclear("Say over what the expectation is taken: \\mathbb{E}_{x \\sim p}.", item.start, item.end)
        v = v.at(variable)
    if isinstance(v, Array):
        mean: Value = v.map(lambda x: V.over("sum", V.mul(p.at(variable), x), variable, axis.lower, axis.upper))
    else:
        mean = V.over("sum", V.mul(p.at(variable), v), variable, axis.lower, axis.upper)
    return finished(e, mean, item, following, env, True), after


def divergence(e: Elaborator, item: Any, text: str, following: Any, env: Env, k: int) -> tuple[Value, int] | None:
    """KL(p ‖ q) = Σ p log(p/q), H(p) = −Σ p log p, H(p, q) = −Σ p log q; H(p | q) is something else."""
    label = spelled(S.unwrap(item.subs[0])) if isinstance(item, S.Atom) and item.subs else ""
    if text in ("D", r"\mathrm{D}") and label.upper() not in ("KL", r"\MATHRM{KL}"):
        return None
    parts = argument_parts(head_of(following).inside)
    try:
        found = [_distribution(e, p, env) for p in parts]
    except Unclear:
        if text in ("KL", "D"):
            raise
        return None
    i = V.bound("k")
    p = found[0]
    divergent = text in ("KL", "D", r"\mathrm{D}")
    inside = head_of(following).inside
    semicolon = any(isinstance(s, S.Sep) and s.kind == "SEMI" for s in inside.pieces)
    if semicolon or separators(inside) not in (("‖", "||", "|", ",") if divergent else ("", ",")):
        wanted = r"D_{KL}(p \| q)" if divergent else "H(p, q)"
        raise Unclear(f"Only {wanted} is understood; say with `write` what this is.", item.start, following.end)
    if divergent:
        if len(found) != 2:
            return None
        body = V.mul(p.at(i), V.log(V.divide(p.at(i), found[1].at(i))))
        total = V.over("sum", body, i, p.axes[0].lower, p.axes[0].upper)
        return finished(e, total, item, following, env, label.upper() == "KL"), k + 2
    if len(found) > 2:
        return None
    q = found[1] if len(found) == 2 else p
    total = V.over("sum", V.mul(p.at(i), V.log(q.at(i))), i, p.axes[0].lower, p.axes[0].upper)
    return finished(e, V.neg(total), item, following, env), k + 2
