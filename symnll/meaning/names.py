"""What a name with its scripts and arguments is: a bound index, a definition, a function, a quantity, or a new name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy

from symnll import language as L
from symnll.meaning import limits
from symnll.meaning import values as V
from symnll.meaning.elaborate import FUNCTIONS, children, entry, head_of, names_in, script_parts
from symnll.meaning.scope import Definition, Quantity
from symnll.meaning.values import Array, Range, Unclear, Value
from symnll.read import syntax as S
from symnll.read.tokens import NAMED

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator, Env

ABSTRACT = "‹abstract›"
HIDDEN = "‹hidden›"
CONSTANTS = {"e", r"\pi", r"\mathbf{1}", r"\mathbb{1}", r"\mathbf{0}"}


@dataclass(frozen=True)
class Abstract:
    """A defined name that is a variable for now, because something is differentiated with respect to it."""

    base: Any
    axes: tuple[Range, ...]


@dataclass(frozen=True)
class Use:
    """A name as it is used: its key (with labels), index expressions, powers, primes, factorials."""

    key: str
    indices: tuple[Any, ...]
    powers: tuple[Any, ...]
    node: Any
    primes: int = 0
    bangs: int = 0
    label: str = ""


def spelled(node: Any) -> str:
    """A syntax tree as text without layout, to compare names with."""
    if isinstance(node, S.Name):
        return node.text
    if isinstance(node, S.Num):
        return str(node.value)
    if isinstance(node, S.Bare):
        return node.text
    if isinstance(node, (S.Sep, S.Words, S.Times)):
        return getattr(node, "text", "") or getattr(node, "kind", "")
    if isinstance(node, S.Atom):
        subs = "".join(f"_{spelled(s)}" for s in node.subs)
        sups = "".join(f"^{spelled(s)}" for s in node.sups)
        return spelled(node.base) + subs + sups + "'" * node.primes + "!" * node.bangs
    if isinstance(node, S.Bracket):
        inside = "".join(map(spelled, node.inside.pieces))
        return inside if node.kind == "{" else f"{node.kind}{inside})"
    if isinstance(node, S.Sum):
        return "".join(f"{sign}{spelled(t)}" for sign, t in node.terms)
    return "".join(map(spelled, children(node))) or "…"


def is_index(e: Elaborator, node: Any, env: Env) -> bool:
    """Whether a script reads as an index expression: letters that are indices, sizes, labels, numbers, + and −."""
    inner = S.unwrap(node)
    if isinstance(inner, S.Num):
        return inner.value.denominator == 1
    if isinstance(inner, S.Name):
        bound = env.get(inner.text)
        if bound is not None:
            return getattr(bound, "is_integer", False) is True
        if inner.text in e.scope.ranges or inner.text in e.scope.sizes:
            return True
        q = e.scope.quantities.get((inner.text, 0))
        return q is not None and q.base.is_integer is True
    if isinstance(inner, S.Atom) and isinstance(inner.base, S.Name):
        if inner.base.text in env:
            return False
        kinds = [q.kind for (name, n), q in e.scope.quantities.items() if name == inner.base.text and n]
        return bool(kinds) and all(k in ("labels", "natural", "binary") for k in kinds)
    if isinstance(inner, S.Sum):
        return all(is_index(e, t, env) for _, t in inner.terms)
    if isinstance(inner, S.Product):
        return all(isinstance(i, S.Times) or is_index(e, i, env) for i in inner.items)
    if isinstance(inner, S.Bracket) and inner.kind in ("(", "["):
        return inner.inside.only is not None and is_index(e, inner.inside.only, env)
    if isinstance(inner, S.List):
        parts = inner.parts("COMMA")
        return len(parts) > 1 and all(p.only is not None and is_index(e, p.only, env) for p in parts)
    return False


def _chosen(sub: Any) -> Any:
    """z_{k=i} is z_i, and z_{k≠i} is z_k."""
    inner = sub
    while isinstance(inner, S.Bracket) and inner.kind == "{":
        inner = inner.inside
    if not isinstance(inner, S.List) or len(inner.pieces) != 3 or not isinstance(inner.pieces[1], S.Sep):
        return sub
    return {"=": inner.pieces[2], r"\neq": inner.pieces[0]}.get(inner.pieces[1].text, sub)


def _is_label(e: Elaborator, inner: Any, env: Env) -> bool:
    """Whether a superscript is a word, such as LS, true or \\text{old}, and no power."""
    if isinstance(inner, S.Name):
        return len(inner.text) > 2 and inner.text[0] != "\\" and inner.text not in env and not e.scope.known(inner.text)
    if isinstance(inner, S.Product) and all(isinstance(i, S.Name) and len(i.text) == 1 for i in inner.items):
        capital = all(i.text.isupper() for i in inner.items)
        fresh = not any(i.text in env or e.scope.known(i.text) for i in inner.items)
        return fresh and (capital or len(inner.items) > 2)
    return False


def _is_word(e: Elaborator, sub: Any, parts: Sequence[Any], env: Env) -> bool:
    """Whether a subscript such as `new` is a word: letters that are not all indices."""
    if len(parts) < 2 or any(isinstance(S.unwrap(p), S.Num) for p in parts):
        return False
    inner = S.unwrap(sub)
    if not isinstance(inner, S.Product) or not all(isinstance(i, S.Name) for i in inner.items):
        return False
    return not all(is_index(e, p, env) for p in parts)


def use_of(e: Elaborator, item: Any, env: Env) -> Use:
    """The name of an item with its scripts sorted into labels, indices and powers."""
    head = head_of(item)
    key = str(head.text)
    if not isinstance(item, S.Atom):
        return Use(key, (), (), item)
    known = e.scope.known
    label, first, powers, after = "", [], [], []
    for sup in item.sups:
        inner = S.unwrap(sup)
        text = spelled(inner)
        if known(f"{key}^{text}"):
            key, label = f"{key}^{text}", label + text
        elif key in e.scope.functions and isinstance(inner, S.Bracket) and isinstance(S.unwrap(inner.inside), S.Num):
            raise Unclear(f"{key}^({spelled(inner.inside)}) is a derivative; write it with primes.", sup.start, sup.end)
        elif isinstance(inner, S.Bracket) and inner.kind in ("(", "[") and inner.inside.only is not None:
            layer = isinstance(S.unwrap(inner.inside), S.Num) and not any(e.scope.arity(key) - {0}) and key not in env
            if is_index(e, inner, env) and not layer:
                first.append(inner.inside.only)
            elif isinstance(S.unwrap(inner.inside), (S.Num, S.Name)) and inner.kind in ("(", "["):
                key, label = f"{key}^{text}", label + text
            else:
                powers.append(sup)
        elif (
            isinstance(inner, S.Bare)
            or (isinstance(inner, S.Name) and inner.text in (r"\star", r"\dagger", r"\ast"))
            or _is_label(e, inner, env)
        ):
            key, label = f"{key}^{text}", label + text
        else:
            powers.append(sup)
    early = [
        p
        for p in item.sups
        if item.subs and p.start < item.subs[0].start and spelled(S.unwrap(p)) in ("-1", r"\top", "T")
    ]
    if early and any(n > 1 for n in e.scope.arity(key)):
        raise Unclear(f"An entry of the inverse or the transpose of {key}: write it out.", item.start, item.end)
    if any(isinstance(S.unwrap(s), S.Bracket) and S.unwrap(s).kind in ("(", "[") for s in item.subs):
        raise Unclear("A subscript in brackets, as of order statistics, is not understood.", item.start, item.end)
    for sub in map(_chosen, item.subs):
        whole = f"{key}_{spelled(S.unwrap(sub))}"
        if known(whole):
            key, label = whole, label + spelled(sub)
            continue
        if any(
            isinstance(p, S.Sep) and p.kind == "REL"
            for p in getattr(getattr(S.unwrap(sub), "inside", None), "pieces", ())
        ):
            raise Unclear(
                f"What {whole} stands for is not known; declare it: `write {whole} for …`.", sub.start, sub.end
            )
        parts = script_parts(sub)
        if (len(parts) > 1 and not any(is_index(e, p, env) for p in parts[:1])) or _is_word(e, sub, parts, env):
            text = spelled(sub)
            key, label = f"{key}_{text}", label + text
            continue
        counts = {n - len(first) for n in e.scope.arity(key)}
        scaled = any(isinstance(S.unwrap(p), S.Num) for p in parts)  # x_{2k}; but x_{ij} is no entry of a vector
        if len(parts) > 1 and scaled and counts and len(parts) not in counts and 1 in counts:
            parts = script_parts(sub, 1)
        if len(parts) == 1 and isinstance(S.unwrap(sub), S.Num) and 1 not in counts:
            parts = _digits(S.unwrap(sub), counts) or parts
        for part in parts:
            number = (
                isinstance(S.unwrap(part), S.Num) and not any(e.scope.arity(key) - {0}) and not first and key not in env
            )
            if is_index(e, part, env) and not number:
                after.append(part)
            else:
                if counts - {0} and not isinstance(S.unwrap(part), (S.Name, S.Num, S.Bare)):
                    raise Unclear(f"What the subscript of {key} says is not understood.", sub.start, sub.end)
                text = spelled(part)
                key, label = f"{key}_{text}", label + text
    if item.primes > limits.HIGHEST_ORDER:
        raise Unclear("A derivative of so high an order is not understood.", item.start, item.end)
    if len(powers) > 1:
        raise Unclear("There are two exponents here; put braces around what belongs together.", item.start, item.end)
    return Use(key, (*first, *after), tuple(powers), item, item.primes, item.bangs, label)


def _digits(number: S.Num, counts: set[int]) -> list[Any]:
    """A_{12} is A_{1,2} where A has two indices."""
    text = str(number.value)
    if len(text) < 2 or len(text) not in counts or not text.isdigit():
        return []
    return [S.Num(number.start, number.end, Fraction(int(c))) for c in text]


def name_unit(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int]:
    """The value of the name at items[k], with its arguments where it takes some, and the place after it."""
    use = use_of(e, items[k], env)
    following = items[k + 1] if k + 1 < len(items) else None
    bracket = head_of(following) if isinstance(head_of(following), S.Bracket) else None
    callable_ = bracket is not None and bracket.kind in ("(", "[")
    single = any(not isinstance(i, str) for d in e.scope.definitions.get(use.key, ()) for i in d.indices)
    if callable_ and single and isinstance(following, S.Atom) and following.subs:  # softmax(z)_1, defined by itself
        parts = [p for s in following.subs for p in script_parts(s)]
        whole = replace(use, indices=(*use.indices, *parts))
        v = _called(e, whole, replace(following, subs=()), env)
        if v is not None:
            return _raised(e, e.superscripts(v, following, env), use, env), k + 2
    if callable_:
        called = _called(e, use, following, env)
        if called is not None:
            v = called
            if isinstance(following, S.Atom):
                for sub in following.subs:
                    if not isinstance(v, Array):
                        raise Unclear("A number has no entries.", following.start, following.end)
                    v = entry(v, e.indices(sub, env, len(v.axes)), following)
                v = e.superscripts(v, following, env)
            if any(spelled(S.unwrap(p)) == "-1" for p in use.powers):
                raise Unclear(f"{use.key} with the exponent −1: the inverse, or one over it? Write which.",
                              use.node.start, use.node.end)  # fmt: skip
            return _raised(e, v, use, env), k + 2
    return _raised(e, plain(e, use, env), use, env), k + 1


def _raised(e: Elaborator, v: Value, use: Use, env: Env) -> Value:
    for p in use.powers:
        v = e.raised(v, p, env)
    return e.factorial(v, use.bangs, use.node)


def plain(e: Elaborator, use: Use, env: Env) -> Value:
    """A name without arguments."""
    if use.primes and not (use.key in e.scope.functions or use.key in e.scope.definitions):
        use = Use(use.key + "'" * use.primes, use.indices, use.powers, use.node, 0, use.bangs, use.label)
    elif use.primes:
        primed = use.key + "'" * use.primes
        if e.scope.known(primed):
            use = Use(primed, use.indices, use.powers, use.node, 0, use.bangs, use.label)
        else:
            raise Unclear(f"Say at which point {use.key}' is meant: {use.key}'(x).", use.node.start, use.node.end)
    bound = env.get(use.key)
    own = bool(use.indices) and len(use.indices) in e.scope.arity(use.key)  # ℓ_i beside an index ℓ
    if bound is not None and use.key != ABSTRACT and (isinstance(bound, Array) or not own):
        return _indexed(e, bound, use, env)
    abstract = env.get(ABSTRACT, {}).get(use.key)
    if abstract is not None:
        return _indexed(e, _family(abstract.base, abstract.axes), use, env)
    if not own:
        not_hidden(e, use.key, env, use.node)
    if not use.indices and use.key in e.scope.sizes and 0 not in e.scope.arity(use.key):
        return e.scope.sizes[use.key]
    count = len(use.indices)
    q = e.scope.quantities.get((use.key, count))
    plain_ones = [d for d in reversed(e.scope.definitions.get(use.key, ())) if d.arguments is None]
    for d in sorted(plain_ones, key=lambda d: len(d.indices) != count):
        if q is not None and len(d.indices) != count:
            continue  # a_i, where a is the total of the a_i
        found = opened(e, d, use, env)
        if found is not None:
            return found
    if q is not None:
        return quantity_entry(q, [e.index(i, env) for i in use.indices], use.node)
    if not count:
        special = _constant(e, use)
        if special is not None:
            return special
    larger = sorted((n, q) for (name, n), q in e.scope.quantities.items() if name == use.key and n > count)
    if larger:
        whole = _family_of(larger[0][1])
        return _indexed(e, whole, use, env)
    for d in reversed(e.scope.definitions.get(use.key, ())):
        if d.arguments is not None and not use.indices:
            return _by_name(e, d, use, env)
    return _new(e, use, env)


def _constant(e: Elaborator, use: Use) -> Any:
    key = use.key
    if key in e.scope.ranges:
        return e.scope.index(key)
    if key in e.scope.sizes:
        return e.scope.sizes[key]
    if key == "e":
        return sympy.E
    if key == r"\pi":
        return sympy.pi
    if key in (r"\mathbf{1}", r"\mathbb{1}", r"\mathbf{0}"):
        return V.Ones(sympy.Integer(0 if "0" in key else 1))
    if key in (r"\infty",):
        raise Unclear("∞ is no number; limits are not understood.", use.node.start, use.node.end)
    return None


def quantity_entry(q: Quantity, index: Sequence[Any], node: Any) -> Any:
    if not q.axes:
        return q.base
    places = [a.place(i) for a, i in zip(q.axes, index, strict=True)]
    if q.place is not None:
        return sympy.KroneckerDelta(q.place[places[0]], places[1], evaluate=False)
    v = q.base[tuple(places)]
    return v if q.labels_from == 1 else V.add(v, q.labels_from - 1)


def _family_of(q: Quantity) -> Array:
    return Array(q.axes, lambda *i: quantity_entry(q, i, None))


def _family(base: Any, axes: tuple[Range, ...]) -> Value:
    if not axes:
        return base
    return Array(axes, lambda *i: base[tuple(a.place(x) for a, x in zip(axes, i, strict=True))])


def _indexed(e: Elaborator, v: Value, use: Use, env: Env) -> Value:
    if not use.indices:
        return v
    if not isinstance(v, Array):
        raise Unclear(f"{use.key} is a number here, and has no entries.", use.node.start, use.node.end)
    return entry(v, [e.index(i, env) for i in use.indices], use.node)


def carried(e: Elaborator, env: Env) -> dict[str, Any]:
    """What a definition's body sees of the place where it is opened: which names are variables for now, and which
    letters have another meaning there than in the document, so that the body may not speak of them."""
    found = {ABSTRACT: env[ABSTRACT]} if ABSTRACT in env else {}
    own = {**e.scope.index_cache, **{name: q.base for (name, count), q in e.scope.quantities.items() if not count}}
    other = {n for n, v in env.items() if n not in (ABSTRACT, HIDDEN) and own.get(n) is not v}
    hidden = other | env.get(HIDDEN, frozenset())
    return {**found, HIDDEN: frozenset(hidden)} if hidden else found


def not_hidden(e: Elaborator, key: str, env: Env, node: Any) -> None:
    """Refuse a definition that speaks of a letter which is bound where the definition is used: Σ_i a with a = z_i."""
    if key in env.get(HIDDEN, ()):
        raise Unclear(
            f"A definition is opened here that speaks of {key}, and {key} is bound where it is used; write out what is "
            f"meant, or give the defined name {key} as index or argument.",
            node.start, node.end,
        )  # fmt: skip


def opened(e: Elaborator, d: Definition, use: Use, env: Env) -> Value | None:
    """A definition without arguments, at these indices; a family where fewer are given."""
    e.open(d.source, use.node)
    body_env = carried(e, env)
    given = list(use.indices)
    if len(given) > len(d.indices):
        if d.indices:
            return None
        v = e.value(d.body, body_env)
        return _indexed(e, v, use, env) if isinstance(v, Array) else None
    if len(given) < len(d.indices) and not all(isinstance(i, str) for i in d.indices):
        return None
    for parameter, actual in zip(d.indices, given, strict=False):
        value = e.index(actual, env)
        if isinstance(parameter, str):
            if body_env.setdefault(parameter, value) is not value and body_env[parameter] != value:
                return None
        elif e.index(parameter, {}) != value:
            return None
    missing = d.indices[len(given) :]
    if not missing:
        return e.value(d.body, body_env)
    axes = tuple(e.scope.ranges[p] for p in missing)

    def at(*index: Any) -> Any:
        return e.scalar(d.body, {**body_env, **dict(zip(missing, index, strict=True))})

    return Array(axes, at)


# Calls.


def separators(inside: S.List) -> str:
    """What stands between arguments: , or |, which ; means too."""
    marks = {"COMMA": ",", "SEMI": "|", "BAR": "|", "NORM": "‖", "COLON": ":"}
    return "".join(marks[p.kind] for p in inside.pieces if isinstance(p, S.Sep) and p.kind in marks)


def argument_parts(inside: S.List) -> list[S.List]:
    return [p for p in inside.parts("COMMA", "SEMI", "BAR", "NORM", "COLON") if p.pieces]


def _called(e: Elaborator, use: Use, following: Any, env: Env) -> Value | None:
    """The value of name(arguments), or None where that is a product."""
    bracket = head_of(following)
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
    between = separators(bracket.inside)
    fitting = [
        d for d in reversed(e.scope.definitions.get(use.key, ())) if d.arguments is not None and d.separators == between
    ]
    fitting.sort(key=lambda d: len(d.indices) != len(use.indices))
    for d in fitting:  # what is written the same way comes before what only has as many arguments
        if alike(d.arguments, parts):  # type: ignore[arg-type]
            found = _apply(e, d, use, parts, env)
            if found is not None:
                return found
    others = [(d, v) for d in fitting if (v := _apply(e, d, use, parts, env)) is not None]
    if len({str([spelled(a) for a in d.arguments or ()]) for d, _ in others}) > 1:
        names = " or ".join(f"{use.key}({', '.join(spelled(a) for a in d.arguments or ())})" for d, _ in others)
        raise Unclear(f"Which function is meant, {names}, is not clear.", use.node.start, following.end)
    if others:
        return others[0][1]
    if use.key in e.scope.functions:
        return _unknown_function(e, use, parts, env)
    if use.key in FUNCTIONS and len(parts) == 1 and not use.indices:
        return _standard(e, FUNCTIONS[use.key], use, parts[0], env)
    arities = e.scope.arity(use.key)
    wanted = len(use.indices) + len(parts)
    q = e.scope.quantities.get((use.key, wanted))
    if q is not None and all(is_index(e, p, env) for p in parts):
        return quantity_entry(q, [e.index(i, env) for i in (*use.indices, *parts)], use.node)
    defined = e.scope.definitions.get(use.key, ())
    if defined and _only_names(parts) and any(d.arguments is None for d in defined):
        spoken = _reach(e, use.key, set())
        if any(head_of(S.unwrap(p)).text not in spoken for p in parts if isinstance(head_of(S.unwrap(p)), S.Name)):
            raise Unclear(
                f"{use.key} is not written in terms of all its arguments; declare `let {use.key}(…) = …`.",
                use.node.start, following.end,
            )  # fmt: skip
        if parts:
            e.notes[f"{use.key}({', '.join(spelled(p) for p in parts)}) is {use.key}"] = None
            return plain(e, use, env)
    if any(d.arguments is None and len(d.indices) == wanted for d in defined) and all(
        is_index(e, p, env) for p in parts
    ):
        return plain(e, Use(use.key, (*use.indices, *parts), use.powers, use.node, use.primes, 0), env)
    if use.key == r"\sigma" and len(parts) == 1 and not arities:
        v = e.value(parts[0], env)
        if isinstance(v, Array) and isinstance(following, S.Atom) and following.subs:
            e.notes["σ of a vector is its softmax"] = None
            return softmax(v)
        if isinstance(v, Array) and len(use.indices) == 1:
            e.notes["σ of a vector is its softmax"] = None
            return softmax(v).at(e.index(use.indices[0], env))
        if use.indices:
            raise Unclear("σ with an index, of a number, is not understood.", use.node.start, use.node.end)
        e.notes["σ is the sigmoid"] = None
        return _standard(e, FUNCTIONS["sigmoid"], use, parts[0], env)
    if any(d.arguments is not None for d in defined) and not any(d.arguments is None for d in defined) and not arities:
        raise Unclear(f"{use.key} is defined for other arguments than these.", use.node.start, following.end)
    if not e.scope.known(use.key) and not use.indices and not use.primes and _conditional(bracket) and use.key != "E":
        e.scope.functions[use.key] = {"function": L.function(e.scope.shown(use.key)), "arguments": [], "inferred": True}
        e.notes[f"{use.key} is an unknown function"] = None
        return _unknown_function(e, use, parts, env)
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
    if not e.scope.known(use.key) and (_only_names(parts) or noted) and use.key not in CONSTANTS:
        raise Unclear(
            f"Whether {use.key}({spelled(parts[0])}) is a product or a function is not known; declare "
            f"`real {use.key}`, `function {use.key}` or `let {use.key}({spelled(parts[0])}) = …`.",
            use.node.start, following.end,
        )  # fmt: skip
    return None


def alike(patterns: Sequence[Any], parts: Sequence[Any]) -> bool:
    """Whether arguments are written as those of a definition, up to indices."""

    def shape(node: Any) -> str:
        inner = S.unwrap(node)
        if isinstance(inner, S.Name):
            return inner.text.rstrip("'").removesuffix("^*")
        return inner.base.text if isinstance(inner, S.Atom) and isinstance(inner.base, S.Name) else spelled(inner)

    return len(patterns) == len(parts) and all(shape(p) == shape(a) for p, a in zip(patterns, parts, strict=True))


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


def _conditional(bracket: Any) -> bool:
    """Whether arguments are separated by a bar, as in p(x | θ): then this is no product."""
    return any(isinstance(p, S.Sep) and p.kind in ("BAR", "SEMI") for p in bracket.inside.pieces)


def _only_names(parts: Sequence[S.List]) -> bool:
    return all(isinstance(head_of(S.unwrap(p)), (S.Name, S.Dots)) for p in parts)


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


def _unknown_function(e: Elaborator, use: Use, parts: Sequence[S.List], env: Env) -> Value:
    f = e.scope.functions[use.key]["function"]
    args = []
    for p in parts:
        v = e.index(p, env) if is_index(e, p, env) else e.value(p, env)
        if isinstance(v, Array):
            raise Unclear("A function of a vector: declare what it is with `let`.", p.start, p.end)
        args.append(v)
    index = [e.index(i, env) for i in use.indices]
    if use.primes:
        if len(args) != 1:
            raise Unclear("A prime is understood for functions of one argument.", use.node.start, use.node.end)
        x = V.variable("x")
        return L.At(sympy.Derivative(f(*index, x), (x, use.primes), evaluate=False), x, args[0])
    return f(*index, *args)


def _apply(e: Elaborator, d: Definition, use: Use, parts: Sequence[S.List], env: Env) -> Value | None:
    """The definition at these arguments, or None if they do not fit."""
    assert d.arguments is not None
    if len(parts) != len(d.arguments):
        return None
    body_env: dict[str, Any] = {}
    for pattern, part in zip(d.arguments, parts, strict=True):
        if not _match(e, d, S.unwrap(pattern), S.unwrap(part), env, body_env):
            return None
    count = len(use.indices)
    after = d.indices[count:] if count <= len(d.indices) else None
    if after is None:
        return None
    for parameter, actual in zip(d.indices, use.indices, strict=False):
        value = e.index(actual, env)
        if isinstance(parameter, str):
            body_env[parameter] = value
        elif e.index(parameter, {}) != value:
            return None
    e.open(d.source, use.node)
    body_env.update(carried(e, env))
    if use.primes:
        return _primed(e, d, use, parts, env, body_env)
    if after:
        if not all(isinstance(i, str) for i in after):
            return None
        axes = tuple(_axis(e, d, i, body_env) for i in after)
        return Array(axes, lambda *i: e.scalar(d.body, {**body_env, **dict(zip(after, i, strict=True))}))
    return e.value(d.body, body_env)


def _axis(e: Elaborator, d: Definition, letter: str, env: Env) -> Range:
    """The range of a component: of the vector that the function was given, where there is one."""
    arrays = [v for v in env.values() if isinstance(v, Array) and len(v.axes) == 1]
    return arrays[0].axes[0] if len(arrays) == 1 else e.scope.ranges[letter]


def _primed(
    e: Elaborator, d: Definition, use: Use, parts: Sequence[S.List], env: Env, body_env: dict[str, Any]
) -> Value:
    assert d.arguments is not None
    name = S.unwrap(d.arguments[0])
    if len(parts) != 1 or not isinstance(name, S.Name):
        raise Unclear("A prime is understood for functions of one argument.", use.node.start, use.node.end)
    at = e.value(parts[0], env)
    if S.unwrap(parts[0]) == name and name.text not in body_env and isinstance(at, sympy.Symbol):
        return sympy.Derivative(e.scalar(d.body, body_env), (at, use.primes), evaluate=False)
    x = V.variable("x")
    body = e.scalar(d.body, {**body_env, name.text: x})
    return L.At(sympy.Derivative(body, (x, use.primes), evaluate=False), x, at)


def _match(e: Elaborator, d: Definition, pattern: Any, actual: Any, env: Env, into: dict[str, Any]) -> bool:
    """Whether an argument fits a definition's; what its letters then stand for goes into `into`."""
    if isinstance(pattern, S.Name):
        same = isinstance(actual, S.Name) and actual.text == pattern.text
        if pattern.text in e.scope.ranges and pattern.text not in d.parameters:
            if not is_index(e, actual, env):
                return False
            letter = actual.text if isinstance(actual, S.Name) else ""
            if e.scope.ranges.get(letter, e.scope.ranges[pattern.text]) != e.scope.ranges[pattern.text]:
                return False
            into[pattern.text] = e.index(actual, env)
            return True
        if same and pattern.text not in env:
            return True
        if pattern.text in d.parameters:
            try:
                into[pattern.text] = e.value(actual, env)
            except Unclear:
                return same
            return True
        return same
    if isinstance(pattern, S.Num):
        return isinstance(actual, S.Num) and actual.value == pattern.value
    if isinstance(pattern, (S.List, S.Sum, S.Product, S.Bracket)) and type(pattern) is type(actual):
        return _match_parts(e, d, pattern, actual, env, into)
    if isinstance(pattern, S.Atom) and isinstance(actual, S.Atom):
        if (
            pattern.base != actual.base
            or len(pattern.subs) != len(actual.subs)
            or len(pattern.sups) != len(actual.sups)
        ):
            return False
        for p, a in zip((*pattern.subs, *pattern.sups), (*actual.subs, *actual.sups), strict=True):
            ps, as_ = script_parts(p), script_parts(a)
            if len(ps) != len(as_):
                return False
            for x, y in zip(ps, as_, strict=True):
                x, y = _unbracket(x), _unbracket(y)
                if not _match(e, d, x, y, env, into):
                    return False
        return True
    return bool(spelled(pattern) == spelled(actual))


def _match_parts(e: Elaborator, d: Definition, pattern: Any, actual: Any, env: Env, into: dict[str, Any]) -> bool:
    a, b = children(pattern), children(actual)
    if len(a) != len(b):
        return False
    if isinstance(pattern, S.Sum) and [s for s, _ in pattern.terms] != [s for s, _ in actual.terms]:
        return False
    for x, y in zip(a, b, strict=True):
        if isinstance(x, (S.Sep, S.Words, S.Times)):
            if spelled(x) != spelled(y):
                return False
        elif not _match(e, d, S.unwrap(x), S.unwrap(y), env, into):
            return False
    return True


def _unbracket(node: Any) -> Any:
    inner = S.unwrap(node)
    if isinstance(inner, S.Bracket) and inner.kind in ("(", "[") and inner.inside.only is not None:
        return S.unwrap(inner.inside.only)
    return inner


def _by_name(e: Elaborator, d: Definition, use: Use, env: Env) -> Value:
    """L for L(θ): a definition with arguments, used without them."""
    e.notes[f"{use.key} is {d.source.split('=')[0].strip()}"] = None
    e.open(d.source, use.node)
    missing = [i for i in d.indices if isinstance(i, str)]
    if missing:
        axes = tuple(e.scope.ranges[p] for p in missing)
        return Array(axes, lambda *i: e.scalar(d.body, {**carried(e, env), **dict(zip(missing, i, strict=True))}))
    return e.value(d.body, carried(e, env))


def softmax(v: Array) -> Array:
    """i ↦ exp v_i / Σ_k exp v_k."""
    axis = v.axes[0]

    def at(i: Any) -> Any:
        k = V.bound("k")
        return V.divide(V.exp(v.at(i)), V.over("sum", V.exp(v.at(k)), k, axis.lower, axis.upper))

    return Array(v.axes, at)


def _new(e: Elaborator, use: Use, env: Env) -> Value:
    """A name that nobody declared: a real number, which the report says."""
    if head_of(use.node).bold and not use.indices and use.key not in (r"\mathbf{1}",):
        raise Unclear(
            f"{use.key} seems to be a vector or a matrix; declare it: `real {use.key}[K]`.",
            use.node.start,
            use.node.end,
        )
    if use.key in e.scope.functions:
        raise Unclear(f"{use.key} is a function; say at which point.", use.node.start, use.node.end)
    known = e.scope.arity(use.key)
    if known:
        wanted = " or ".join(str(n) for n in sorted(known))
        raise Unclear(f"{use.key} has {wanted} indices, not {len(use.indices)}.", use.node.start, use.node.end)
    if use.key in ("d", r"\mathrm{d}") or (use.key.startswith("\\") and len(use.key) > 2 and "{" not in use.key):
        from symnll.read.tokens import LETTERS

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
