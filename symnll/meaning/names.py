"""What a name with its scripts is: a bound index, a definition, a quantity, or a new name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy

from symnll.meaning import values as V
from symnll.meaning.apply import apply, by_name, indexed, opened
from symnll.meaning.environment import ABSTRACT, PARAMETERS, Env, carried, hides_whole, not_hidden
from symnll.meaning.evidence import free_letters
from symnll.meaning.scope import Quantity
from symnll.meaning.trees import head_of, spelled
from symnll.meaning.uses import Use
from symnll.meaning.values import Array, NotANumber, Range, Unclear, Value
from symnll.read.tokens import LETTERS, NAMED

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator


def plain(e: Elaborator, use: Use, env: Env) -> Value:
    """A name without arguments."""
    if use.primes and not (use.key in e.scope.functions or e.scope.functions_of(use.key)):
        letter = use.key
        use = replace(use, key=use.key + "'" * use.primes, primes=0)
        q = e.scope.quantities.get((use.key, len(use.indices)))
        if e.scope.transposed and use.key not in env and not e.scope.definitions.get(use.key) and (not q or q.inferred):
            raise Unclear(f"Whether {use.key} is a transpose or another name is not clear; write {letter}^\\top, or "
                          f"declare `real {use.key}`.", use.node.start, use.node.end)  # fmt: skip
    elif use.primes:
        primed = use.key + "'" * use.primes
        if not e.scope.known(primed):
            return _derivative(e, use, env)
        use = replace(use, key=primed, primes=0)
    bound = env.get(use.key)
    own = bool(use.indices) and len(use.indices) in e.scope.arity(use.key)  # ℓ_i beside an index ℓ
    own = own and use.key not in env.get(PARAMETERS, ())  # x_i in the body of f is of what f is applied to
    if bound is not None and use.key != ABSTRACT and (isinstance(bound, Array) or not own):
        return indexed(e, bound, use, env)
    abstract = env.get(ABSTRACT, {}).get(use.key)
    apart = (
        abstract is not None
        and len(abstract.axes) != len(use.indices)
        and any(
            d.arguments is None and len(d.indices) == len(use.indices) for d in e.scope.definitions.get(use.key, ())
        )
    )  # L beside the L_n
    if abstract is not None and not apart:
        return indexed(e, _family(abstract.base, abstract.axes), use, env)
    if not own or hides_whole(use.key, env):
        not_hidden(e, use.key, env, use.node)
    if not use.indices and use.key in e.scope.sizes and 0 not in e.scope.arity(use.key):
        return e.scope.sizes[use.key]
    count = len(use.indices)
    q = e.scope.quantities.get((use.key, count))
    if use.key == "e" and q is None and use.powers and free_letters(use.powers[0]):
        if "e" in e.scope.definitions:  # an error e = y − t, and e^{z_i} beside it
            e.notes["e with letters in its exponent is Euler's number"] = None
        return sympy.E
    plain_ones = [d for d in reversed(e.scope.definitions.get(use.key, ())) if d.arguments is None]
    for d in sorted(plain_ones, key=lambda d: len(d.indices) != count):
        if q is not None and len(d.indices) != count:
            continue  # a_i, where a is the total of the a_i
        found = opened(e, d, use, env)
        if found is not None:
            return found
    if q is not None:
        return quantity_entry(q, [e.index(i, env) for i in use.indices])
    if not count:
        special = _constant(e, use)
        if special is not None:
            return special
    larger = sorted((n, q) for (name, n), q in e.scope.quantities.items() if name == use.key and n > count)
    if larger:
        whole = _family_of(larger[0][1])
        return indexed(e, whole, use, env)
    called = [d for d in reversed(e.scope.functions_of(use.key)) if d.arguments is not None]
    if called and (not count or (len(called) == 1 and len(called[0].indices) == count)):
        found = by_name(e, called[0], use, env)
        if found is not None:
            return found
    return _new(e, use)


def _derivative(e: Elaborator, use: Use, env: Env) -> Value:
    """f' for f'(x), where the only definition of f is that of f(x)."""
    defined = e.scope.functions_of(use.key)
    if len(defined) == 1 and len(defined[0].arguments or ()) == 1 and not use.indices:
        (d,) = defined
        found = apply(e, d, use, d.arguments or (), carried(e, env))
        if found is not None:
            e.notes[f"{use.key}' is taken at {spelled(d.arguments[0])}"] = None  # type: ignore[index]
            return found
    raise Unclear(f"Say at which point {use.key}' is meant: {use.key}'(x).", use.node.start, use.node.end)


def _constant(e: Elaborator, use: Use) -> Any:
    key = use.key
    if key in e.scope.ranges:
        if key in e.scope.notes and key not in e.scope.integral:
            raise NotANumber(
                f"{key} is a subscript elsewhere and a number here, and nothing says whether it is a whole number; "
                f"declare `index {key} in 1..K` or `real {key}`.",
                use.node.start, use.node.end,
            )  # fmt: skip
        return e.scope.index(key)
    if key in e.scope.sizes:
        return e.scope.sizes[key]
    if key in ("e", r"\pi"):
        e.scope.standing(key, use.node)
    if key == "e":
        return sympy.E
    if key == r"\pi":
        return sympy.pi
    if key in (r"\mathbf{1}", r"\mathbb{1}", r"\mathbf{0}"):
        return V.Ones(sympy.Integer(0 if "0" in key else 1))
    if key in (r"\infty",):
        raise Unclear("∞ is no number; limits are not understood.", use.node.start, use.node.end)
    return None


def quantity_entry(q: Quantity, index: Sequence[Any]) -> Any:
    """A declared quantity at its indices."""
    if not q.axes:
        return q.base
    places = [a.place(i) for a, i in zip(q.axes, index, strict=True)]
    if q.place is not None:
        return sympy.KroneckerDelta(q.place[places[0]], places[1], evaluate=False)
    v = q.base[tuple(places)]
    return v if q.labels_from == 1 else V.add(v, q.labels_from - 1)


def _family_of(q: Quantity) -> Array:
    return Array(q.axes, lambda *i: quantity_entry(q, i))


def _family(base: Any, axes: tuple[Range, ...]) -> Value:
    if not axes:
        return base
    return Array(axes, lambda *i: base[tuple(a.place(x) for a, x in zip(axes, i, strict=True))])


def _new(e: Elaborator, use: Use) -> Value:
    """A name that nobody declared: a real number, which the report says."""
    if head_of(use.node).bold and not use.indices and use.key not in {r"\mathbf{1}", *e.scope.points}:
        raise Unclear(
            f"{use.key} seems to be a vector or a matrix; declare it: `real {use.key}[K]`.",
            use.node.start, use.node.end,
        )  # fmt: skip
    if use.key in e.scope.functions:
        raise Unclear(f"{use.key} is a function; say at which point.", use.node.start, use.node.end)
    some = [d for d in e.scope.definitions if d.startswith(f"{use.key}_") and d[len(use.key) + 1 :].isdigit()]
    if use.indices and some:
        raise Unclear(f"{', '.join(some)} are defined one by one, and {use.key} with a letter is not; write them out.",
                      use.node.start, use.node.end)  # fmt: skip
    name, _, place = use.key.rpartition("_")
    if place.isdigit() and any(d.rank for d in e.scope.definitions.get(name, ())):
        raise Unclear(f"{name} is defined as a whole, in a way that says nothing of {use.key}; define its entries.",
                      use.node.start, use.node.end)  # fmt: skip
    known = e.scope.arity(use.key)
    if known:
        wanted = " or ".join(str(n) for n in sorted(known))
        raise Unclear(f"{use.key} has {wanted} indices, not {len(use.indices)}.", use.node.start, use.node.end)
    if use.key == r"\mathrm{d}" or (use.key.startswith("\\") and len(use.key) > 2 and "{" not in use.key):
        if use.key[1:] not in LETTERS:
            raise Unclear(f"{use.key} is not known; declare it, or say what it stands for: `write … for …`.",
                          use.node.start, use.node.end)  # fmt: skip
    if use.key in NAMED and use.key not in ("const",):
        raise Unclear(f"{use.key} is not understood here.", use.node.start, use.node.end)
    if use.indices:
        raise Unclear(f"{use.key} is not known; declare it: `real {use.key}[K]`.", use.node.start, use.node.end)
    if len(use.key) > 1 and use.key.isalpha() and use.key not in ("const", "constant") and len(use.key) > 3:
        raise Unclear(f"{use.key} is not known; declare it: `real {use.key}` or `let {use.key} = …`.",
                      use.node.start, use.node.end)  # fmt: skip
    q = e.scope.quantity(use.key, "real", (), inferred=True)
    e.scope.notes.setdefault(use.key, f"{use.key} is a real number")
    e.notes[f"{use.key} is a real number"] = None
    return q.base
