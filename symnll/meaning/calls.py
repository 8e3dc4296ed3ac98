"""A name and the bracket after it: a function of its arguments, or a factor beside another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import sympy

from symnll import language as L
from symnll.meaning import values as V
from symnll.meaning.apply import alike, apply
from symnll.meaning.environment import ABSTRACT, Env
from symnll.meaning.evidence import like_argument
from symnll.meaning.functions import FUNCTIONS, softmax
from symnll.meaning.joint import joint, of_list
from symnll.meaning.known import FOR_MANY, PROBABILITIES, declared
from symnll.meaning.names import plain, quantity_entry
from symnll.meaning.samples import chosen, of_one_sample, of_vector
from symnll.meaning.scripts import factorial, raised, scripted, superscripts
from symnll.meaning.trees import (
    argument_parts,
    children,
    events,
    head_of,
    is_dotted,
    marks,
    names_in,
    script_parts,
    separators,
    spelled,
    split_at,
)
from symnll.meaning.uses import Use, is_index, use_of
from symnll.meaning.values import Array, Unclear, Value
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator

CONSTANTS = {"e", r"\pi", r"\mathbf{1}", r"\mathbb{1}", r"\mathbf{0}"}


def name_unit(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int]:
    """The value of the name at items[k], with its arguments where it takes some, and the place after it."""
    found = chosen(e, items, k, env)
    if found is not None:
        return found
    use = use_of(e, items[k], env)
    following = items[k + 1] if k + 1 < len(items) else None
    factor = following is None or isinstance(following, S.Times) or "d" in env
    differentials = any(n.pattern[0].text == "d" and len(n.pattern) > 1 for n in e.scope.notations)  # dP_{ij} for …
    factor = factor or (declared(e.scope, "d") and not differentials)
    if use.key == "d" and not (factor or use.indices or use.primes):
        message = "d before this may be a differential or a factor; declare `real d`, or write d/dx as a fraction."
        raise Unclear(message, use.node.start, use.node.end)
    bracket = head_of(following) if isinstance(head_of(following), S.Bracket) else None
    callable_ = bracket is not None and bracket.kind in ("(", "[", r"\{")
    single = any(not isinstance(i, str) for d in e.scope.definitions.get(use.key, ()) for i in d.indices)
    if callable_ and single and isinstance(following, S.Atom) and following.subs:  # softmax(z)_1, defined by itself
        parts = [p for s in following.subs for p in script_parts(s)]
        whole = replace(use, indices=(*use.indices, *parts))
        v = _called(e, whole, replace(following, subs=()), env)
        if v is not None:
            return _powered(e, superscripts(e, v, following, env), use, env), k + 2
    if callable_:
        called = _called(e, use, following, env, k > 0)
        if called is not None:
            v = scripted(e, called, following, env)
            if any(spelled(S.unwrap(p)) == "-1" for p in use.powers):
                raise Unclear(f"{use.key} with the exponent −1: the inverse, or one over it? Write which.",
                              use.node.start, use.node.end)  # fmt: skip
            again = items[k + 2] if use.primes and k + 2 < len(items) else None
            if isinstance(again, S.Bracket) and isinstance(n := S.unwrap(again.inside), S.Num) and n.value != 1:
                message = f"Whether ({spelled(n)}) is a point or a factor is not clear; write \\cdot, or one point."
                raise Unclear(message, again.start, again.end)
            return _powered(e, v, use, env), k + 2
    return _powered(e, plain(e, use, env), use, env), k + 1


def _powered(e: Elaborator, v: Value, use: Use, env: Env) -> Value:
    for p in use.powers:
        v = raised(e, v, p, env)
    return factorial(v, use.bangs, use.node)


def _called(e: Elaborator, use: Use, following: Any, env: Env, factors: bool = False) -> Value | None:
    """The value of name(arguments), or None where that is a product. `factors`: factors stand before the name."""
    bracket = head_of(following)
    if not isinstance(bracket.inside.only, S.Name) and _bare(bracket.inside, use.key):  # σ(1 − σ)
        return None
    parts = argument_parts(bracket.inside)
    spelled_out = _conditional(bracket) and any(
        d.arguments is not None and alike(d.arguments, parts) for d in e.scope.definitions.get(use.key, ())
    )  # p(y | p) with p a number too
    if (use.key in env or use.key in env.get(ABSTRACT, {})) and not spelled_out:
        if use.key in env.get(ABSTRACT, {}) and _only_names(parts):
            return plain(e, use, env)
        whole = env.get(use.key)
        indexed = isinstance(whole, Array) and len(whole.axes) == len(use.indices) + len(parts)
        if indexed and all(is_index(e, p, env) for p in parts):
            return whole.at(*(e.index(i, env) for i in (*use.indices, *parts)))  # type: ignore[union-attr]
        return None
    found = _defined(e, use, parts, following, env)
    if found is not None:
        return found
    if use.key in e.scope.functions:
        return _unknown_function(e, use, parts, following, env)
    if use.key in FUNCTIONS and len(parts) == 1 and not use.indices:
        e.scope.standing(use.key, use.node)
        return _standard(e, FUNCTIONS[use.key], use, parts[0], env)
    arities = e.scope.arity(use.key)
    wanted = len(use.indices) + len(parts)
    q = e.scope.quantities.get((use.key, wanted))
    if q is not None and all(is_index(e, p, env) for p in parts):
        if len(parts) > 1:
            one_form(e, use, _form(following, ["·"] * len(parts)), following)
        return quantity_entry(q, [e.index(i, env) for i in (*use.indices, *parts)])
    defined = e.scope.definitions.get(use.key, ())
    if defined and _only_names(parts) and any(d.arguments is None for d in defined):
        spoken = _reach(e, use.key, set())
        if any(head_of(S.unwrap(p)).text not in spoken for p in parts if isinstance(head_of(S.unwrap(p)), S.Name)):
            raise Unclear(
                f"{use.key} is not written in terms of all its arguments; declare `let {use.key}(…) = …`.",
                use.node.start, following.end,
            )  # fmt: skip
        if parts:
            _in_order(e, use, parts, following)
            e.notes[f"{use.key}({', '.join(spelled(p) for p in parts)}) is {use.key}"] = None
            return plain(e, use, env)
    if any(d.arguments is None and len(d.indices) == wanted for d in defined) and all(
        is_index(e, p, env) for p in parts
    ):
        return plain(e, Use(use.key, (*use.indices, *parts), use.powers, use.node, use.primes, 0), env)
    if use.key == r"\sigma" and len(parts) == 1 and (not arities or use.key in e.scope.stated):
        return _sigma(e, use, parts[0], following, env)
    return _unknown(e, use, parts, following, env, factors)


def _defined(e: Elaborator, use: Use, parts: Sequence[S.List], following: Any, env: Env) -> Value | None:
    """The value by a definition of the function, where one fits."""
    between = separators(head_of(following).inside)
    fitting = [
        d for d in reversed(e.scope.definitions.get(use.key, ())) if d.arguments is not None and d.separators == between
    ]
    fitting.sort(key=lambda d: len(d.indices) != len(use.indices))
    for d in fitting:  # what is written the same way comes before what only has as many arguments
        if alike(d.arguments, parts):  # type: ignore[arg-type]
            found = apply(e, d, use, parts, env)
            if found is not None:
                return found
    others = [(d, v) for d in fitting if (v := apply(e, d, use, parts, env)) is not None]
    if len({str([spelled(a) for a in d.arguments or ()]) for d, _ in others}) > 1:
        names = " or ".join(f"{use.key}({', '.join(spelled(a) for a in d.arguments or ())})" for d, _ in others)
        raise Unclear(f"Which function is meant, {names}, is not clear.", use.node.start, following.end)
    if others:
        return others[0][1]
    return of_one_sample(e, use, parts, fitting, env) or of_vector(e, use, parts, fitting, env)


def _sigma(e: Elaborator, use: Use, part: S.List, following: Any, env: Env) -> Value:
    """σ without a definition: the sigmoid of a number, the softmax of a vector."""
    e.scope.standing(use.key, use.node)
    v = e.value(part, env)
    if isinstance(v, Array) and isinstance(following, S.Atom) and following.subs:
        e.notes["σ of a vector is its softmax"] = None
        return softmax(v)
    if isinstance(v, Array) and len(use.indices) == 1:
        e.notes["σ of a vector is its softmax"] = None
        return softmax(v).at(e.index(use.indices[0], env))
    if use.indices:
        raise Unclear("σ with an index, of a number, is not understood.", use.node.start, use.node.end)
    e.notes["σ is the sigmoid"] = None
    return _standard(e, FUNCTIONS["sigmoid"], use, part, env)


def _unknown(e: Elaborator, use: Use, parts: Sequence[S.List], following: Any, env: Env, factors: bool) -> Value | None:
    """What name(arguments) is where nothing says it: None for a factor, else a new function. Raises Unclear."""
    defined = e.scope.definitions.get(use.key, ())
    number = any(name == use.key for name, _ in e.scope.quantities) or any(d.arguments is None for d in defined)
    if number and defined and _at_point(e, use, parts, factors):
        shown = f"{use.key}({', '.join(spelled(p).lstrip('+') for p in parts)})"
        raise Unclear(
            f"Whether {shown} is a value or a product is not clear; define {use.key} with its argument, or use \\cdot.",
            use.node.start, following.end,
        )  # fmt: skip
    event = bool(events(parts)) and (head_of(following).kind == "(" or not _factor_like(use.key))  # not p [i = j]
    conditional = _conditional(head_of(following)) or event
    if any(d.arguments is not None and not of_list(d) and not joint(d) for d in defined) and not number:
        raise Unclear(f"{use.key} is defined for other arguments than these.", use.node.start, following.end)
    called = bool(defined) and all(of_list(d) or joint(d) for d in defined)  # then p(x_k) is no product
    unheard = called or (not e.scope.known(use.key) and conditional)
    if unheard and not use.indices and not use.primes and use.key != "E":
        e.scope.functions[use.key] = {"function": L.function(e.scope.shown(use.key)), "arguments": [], "inferred": True}
        return _unknown_function(e, use, parts, following, env)
    if event and use.key not in CONSTANTS:
        raise Unclear(
            f"Nothing says what {use.key} of this event is; say it with `write`, or declare `function {use.key}`.",
            use.node.start, following.end,
        )  # fmt: skip
    if not e.scope.known(use.key) and (len(parts) > 1 or use.primes or (len(use.key) > 1 and use.key[0] != "\\")):
        raise Unclear(
            f"{use.key}(…) is not known; declare it: `let {use.key}(x) = …`, `function {use.key}` or `write … for …`.",
            use.node.start, following.end,
        )  # fmt: skip
    if not e.scope.known(use.key) and not _factor_like(use.key) and use.key not in CONSTANTS:
        raise Unclear(
            f"{use.key}(…) is not known; declare it: `let {use.key}(x) = …`, `function {use.key}` or `real {use.key}`.",
            use.node.start, following.end,
        )  # fmt: skip
    noted = any(
        n.pattern[0].text == use.key and n.pattern[1:2] and n.pattern[1].kind == "LPAR" for n in e.scope.notations
    )
    asked = _only_names(parts) or noted or use.key in e.scope.called
    if not e.scope.known(use.key) and asked and use.key not in CONSTANTS:
        letter = spelled(parts[0]) if _only_names(parts) else "x"
        raise Unclear(
            f"Whether {use.key}({letter}) is a product or a function is not known; declare "
            f"`real {use.key}`, `function {use.key}` or `let {use.key}({letter}) = …`.",
            use.node.start, following.end,
        )  # fmt: skip
    return None


def _at_point(e: Elaborator, use: Use, parts: Sequence[S.List], factors: bool) -> bool:
    """Whether a bracket after a name that is defined without arguments may say where: L(0), p(-z), L(w + ε).

    In 2 r (-x) it is a factor, unless the page writes r(x) elsewhere.
    """
    losses = {"f", "g", "h", *FOR_MANY} - PROBABILITIES
    if use.key in e.scope.applied | losses:
        return True
    spoken = _reach(e, use.key, set())
    if not all(not names_in(p) or names_in(p) & spoken for p in parts):
        return False  # y (a + b), of which y does not speak
    return not (factors and all(map(_negative, parts))) and all(map(like_argument, parts))


def _negative(part: S.List) -> bool:
    inner = S.unwrap(part)
    return isinstance(inner, S.Sum) and len(inner.terms) == 1


def _in_order(e: Elaborator, use: Use, parts: Sequence[S.List], following: Any) -> None:
    """Refuse L(p, y) beside L(y, p), where L is defined without arguments: one of the two is L at another point."""
    order = [spelled(S.unwrap(p)) for p in parts]
    first = e.scope.forms.setdefault((f"{use.key}()", len(parts)), ", ".join(order)).split(", ")
    if first != order and sorted(first) == sorted(order):
        raise Unclear(
            f"{use.key}({', '.join(order)}) is not {use.key}({', '.join(first)}), and {use.key} is defined without "
            f"arguments; declare `let {use.key}({', '.join(first)}) = …`.",
            use.node.start, following.end,
        )  # fmt: skip


def _bare(node: Any, name: str) -> bool:
    """Whether a name stands in a tree without arguments: then it is a number there, and a factor before it."""
    if isinstance(node, S.Product):
        pairs = zip(node.items, [*node.items[1:], None], strict=True)
        return any(_bare(a, name) and not isinstance(head_of(b), S.Bracket) for a, b in pairs)
    if isinstance(node, S.Atom):
        return _bare(node.base, name)
    return node.text == name if isinstance(node, S.Name) else any(_bare(c, name) for c in children(node))


def _conditional(bracket: Any) -> bool:
    """Whether arguments are separated by a bar, as in p(x | θ): then this is no product."""
    return any(isinstance(p, S.Sep) and p.kind in ("BAR", "SEMI") for p in bracket.inside.pieces)


def _only_names(parts: Sequence[S.List]) -> bool:
    return all(isinstance(head_of(S.unwrap(p)), (S.Name, S.Dots)) for p in parts)


def _factor_like(name: str) -> bool:
    """Whether an unknown name before a bracket may be a factor: p(1 − p), but not Γ(x), f(x), E(x)."""
    letter = name[1:] if name.startswith("\\") else name
    return letter.isalpha() and letter[0].islower() and name not in ("f", "g", "h")


def _reach(e: Elaborator, name: str, seen: set[str]) -> set[str]:
    """The names that a defined name speaks of, itself or through the definitions that it uses."""
    found: set[str] = set()
    for d in e.scope.definitions.get(name, ()):
        for n in names_in(d.body) - seen:
            seen.add(n)
            found |= {n} | _reach(e, n, seen)
    return found


def _standard(e: Elaborator, f: Any, use: Use, part: S.List, env: Env) -> Value:
    v = e.value(part, env)
    if use.primes:
        if isinstance(v, Array) or use.primes > 2:
            raise Unclear(
                "A derivative of a function of a vector is not understood here.", use.node.start, use.node.end
            )
        x = V.variable("x")
        return L.At(sympy.Derivative(f(x), (x, use.primes), evaluate=False), x, v)
    return v.map(f) if isinstance(v, Array) else f(v)


def _unknown_function(e: Elaborator, use: Use, parts: Sequence[S.List], following: Any, env: Env) -> Value:
    args: list[Any] = []
    written: list[str] = []
    for p in parts:
        if is_dotted(p):
            written.append(_whole(e, p, env))
            continue
        name, p = _event(p, env) if events([p]) else ("", p)
        v = e.index(p, env) if is_index(e, p, env) else e.value(p, env)
        if isinstance(v, Array):
            raise Unclear("A function of a vector: declare what it is with `let`.", p.start, p.end)
        args.append(v)
        written.append(f"{name}·")
    f = _function(e, use, _form(following, written), written != ["·"] * len(parts), following)
    index = [e.index(i, env) for i in use.indices]
    if use.primes:
        if len(args) != 1:
            raise Unclear("A prime is understood for functions of one argument.", use.node.start, use.node.end)
        x = V.variable("x")
        return L.At(sympy.Derivative(f(*index, x), (x, use.primes), evaluate=False), x, args[0])
    return f(*index, *args) if index or args else f(sympy.Integer(0))


def _form(following: Any, arguments: Sequence[str]) -> str:
    """How arguments are written, with a dot for each: · | · for p(y | θ), y = · | · for p(y = 1 | θ)."""
    between = [mark if mark in ",;" else f" {mark}" for mark in marks(head_of(following).inside)]
    return " ".join(map("".join, zip_longest(arguments, between[: len(arguments) - 1], fillvalue="")))


def _whole(e: Elaborator, part: S.List, env: Env) -> str:
    """How x_1, …, x_n is written as an argument, of which nothing but its name is known."""
    first = head_of(part.pieces[0]).text
    if names_in(part) & env.keys():
        raise Unclear("This list holds a letter that is bound here.", part.start, part.end)
    e.silent |= {first, *(spelled(p) for p in part.pieces)}
    return ", ".join("…" if isinstance(p, S.Dots) else spelled(p) for p in part.pieces)


def _event(part: S.List, env: Env) -> tuple[str, S.List]:
    """An argument such as y = 1: what is written before its value, and the value."""
    at = [n for n, p in enumerate(part.pieces) if isinstance(p, S.Sep) and p.kind == "REL"]
    name, *values = [S.List(part.start, part.end, p) for p in split_at(part.pieces, at)]
    variable = S.unwrap(name)
    if len(values) != 1 or not isinstance(variable, S.Name) or variable.text in env or not values[0].pieces:
        raise Unclear("This event is not understood; say with `write` what its probability is.", part.start, part.end)
    return f"{variable.text} {part.pieces[at[0]].text} ", values[0]


def _function(e: Elaborator, use: Use, form: str, event: bool, following: Any) -> Any:
    """The function that is meant: of how p(· | ·), p(·, ·) and p(y = · | ·) are related nobody has said anything."""
    known = e.scope.functions[use.key]
    if not event and not known.get("inferred"):
        one_form(e, use, form, following)
        return known["function"]
    if not event and e.scope.forms.setdefault((use.key, form.count("·")), form) == form:
        e.notes[f"{use.key} is an unknown function"] = None
        return known["function"]
    key = f"{use.key}({form})"
    if key not in e.scope.functions:
        f = L.function(e.scope.shown(key), **known.get("assumptions", {}))
        e.scope.functions[key] = {**known, "function": f, "inferred": True}
    e.notes[f"{key} is an unknown function"] = None
    return e.scope.functions[key]["function"]


def one_form(e: Elaborator, use: Use, form: str, following: Any) -> None:
    """Refuse a declared name with so many arguments that is written in two ways, as p(x, y) and p(x | y)."""
    form = form.replace(";", " |")
    first = e.scope.forms.setdefault((use.key, form.count("·")), form)
    if form != first:
        raise Unclear(
            f"{use.key}({form}) is not {use.key}({first}); say what it is: `write {use.key}(x | y) for …`, or `let`.",
            use.node.start, following.end,
        )  # fmt: skip
