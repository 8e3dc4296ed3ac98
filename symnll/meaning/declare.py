"""Declarations: what a document says of its letters, one a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sympy

from symnll import language as L
from symnll.meaning import limits
from symnll.meaning.elaborate import children, script_parts
from symnll.meaning.formulas import notation, tokens_of
from symnll.meaning.names import argument_parts, separators, spelled
from symnll.meaning.scope import KINDS, Assumption, Definition, Quantity, Scope
from symnll.meaning.values import Range, Unclear
from symnll.read import syntax as S
from symnll.read.normal import terminals
from symnll.read.tokens import Token, Unreadable, scan

HELP = (
    "A declaration is one of: index, real, positive, natural, probability, binary, simplex, onehot, labels, vector, "
    "function, let, write, assume, case, from, skip, expect, reset."
)


FIXED = {
    r"\partial",
    r"\nabla",
    r"\sum",
    r"\prod",
    r"\int",
    "log",
    "ln",
    "exp",
    "max",
    "min",
    "argmax",
    "argmin",
    "arg",
    "sinh",
    "cosh",
    "tanh",
    "sup",
    "inf",
    "lim",
    r"\mathbb{1}",
    r"\mathbf{1}",
}  # names that no document gives a meaning of its own


class Refused(ValueError):
    """A declaration that is not understood; the message says why and what is wanted."""


def declare(scope: Scope, text: str, macros: Mapping[str, Any], at: Any = None) -> None:
    """Add one declaration to the scope. Raises Refused.

    `case`, `from`, `skip`, `expect` and `reset` are about displays, and the caller's.
    """
    word, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    offset = text.find(rest) if rest else len(text)
    try:
        if word == "index":
            _index(scope, rest)
        elif word in KINDS and word != "labels":
            if rest.startswith("function"):
                _function(scope, rest[len("function") :], word)
            else:
                _quantities(scope, word, rest)
        elif word == "labels":
            _labels(scope, rest)
        elif word == "vector":
            _vector(scope, rest)
        elif word == "function":
            _function(scope, rest, "real")
        elif word == "let":
            _words(scope, rest)
            define(scope, tokens_of(scope, rest, macros, _from(at, offset)), rest)
        elif word == "write":
            _write(scope, rest, macros)
        elif word == "assume":
            scope.assumptions.append(Assumption(condition_tokens(scope, rest, macros, _from(at, offset)), rest))
        else:
            raise Refused(f"{word!r} is no declaration. {HELP}")
    except Unreadable as error:
        raise Refused(f"{error}") from error


def _words(scope: Scope, text: str) -> None:
    """A definition's name of several letters, such as LL(θ) or CE, is one name."""
    m = re.match(r"\s*([A-Za-z]{2,})\s*[(_^=:\[]", text)
    if m is not None and not all(c in scope.ranges or (c, 0) in scope.quantities for c in m.group(1)):
        scope.words.add(m.group(1))


def _from(at: Any, offset: int) -> Any:
    return (lambda i: at(i + offset)) if at else None


def condition_tokens(scope: Scope, text: str, macros: Mapping[str, Any], at: Any = None) -> list[Token]:
    """The tokens of a relation in which `for all i` may stand in words."""
    tokens = tokens_of(scope, re.sub(r"\bfor all\b", r"\\forall ", text), macros, at)
    if not any(t.kind == "REL" for t in tokens):
        raise Refused("A condition is a relation: `assume a > 0`, `case i = j`.")
    S.parse(tokens)
    return tokens


def _names(text: str) -> list[str]:
    """Split at commas outside brackets."""
    out, depth = [""], 0
    for c in text:
        depth += (c in "[({") - (c in "])}")
        if c == "," and depth == 0:
            out.append("")
        else:
            out[-1] += c
    return [n.strip() for n in out if n.strip()]


def key_of(scope: Scope, text: str) -> str:
    """The name that a text is: its spelling without layout."""
    if text.isalpha() and len(text) > 1:
        scope.words.add(text)
        return text
    node = S.unwrap(S.parse(terminals(scan(text, None, frozenset(scope.words)))))
    if not isinstance(node, (S.Name, S.Atom)):
        raise Refused(f"{text!r} is no name.")
    if isinstance(node, S.Atom):
        return (
            spelled(node.base)
            + "".join(f"_{spelled(S.unwrap(s))}" for s in node.subs)
            + "".join(f"^{spelled(S.unwrap(s))}" for s in node.sups)
        )
    return node.text


def bound_of(scope: Scope, text: str) -> Any:
    """A bound: a number, a size (which it declares), or size ± number."""
    text = text.strip().strip("$")
    node = S.unwrap(S.parse(terminals(scan(text, None, frozenset(scope.words)))))
    return _bound(scope, node, text)


def _bound(scope: Scope, node: Any, text: str) -> Any:
    if isinstance(node, S.Num) and node.value.denominator == 1:
        if node.value > limits.LARGEST_RANGE:
            raise Refused(f"Ranges and sizes are numbers up to {limits.LARGEST_RANGE}; for more write a letter.")
        return sympy.Integer(int(node.value))
    if isinstance(node, S.Name):
        return scope.size(node.text)
    if isinstance(node, S.Atom) or (isinstance(node, S.Bracket) and node.kind == "|"):
        return scope.size(spelled(node))
    if isinstance(node, S.Sum):
        return sympy.Add(*((1 if s == "+" else -1) * _bound(scope, S.unwrap(t), text) for s, t in node.terms))
    if isinstance(node, S.Product):
        return sympy.Mul(*(_bound(scope, S.unwrap(t), text) for t in node.items))
    raise Refused(f"{text!r} is no bound; write a number, a letter, or a letter plus or minus a number.")


def _index(scope: Scope, rest: str) -> None:
    names, found, where = _of(rest, "in", "index i, j in 1..K")
    where = where.strip().strip("$")
    dots = re.split(r"\s*(?:\.\.+|\\l?dots)\s*", where.strip(r"\{} "))
    if len(dots) == 2:
        r = Range(bound_of(scope, dots[0].strip(", ")), bound_of(scope, dots[1].strip(", ")))
        down = r.size.is_Integer and r.size < 1
        if down or (r.upper.is_Integer and r.lower.is_Symbol):
            raise Refused(f"{r} is empty, or runs down; write the smaller end first.")
        text = dots[1].replace(" ", "")
        keys = [text[:-2]] if r.lower == 0 and text.endswith("-1") else [text, f"{text}+1"][: 1 + (r.lower == 0)]
        for key in keys:
            scope.sets.setdefault(f"[{key}]", r)
    elif where and found:
        key = key_of(scope, where)
        size = scope.sets[key].upper if key in scope.sets else L.size(f"|{scope.shown(key)}|")
        r = scope.sets.setdefault(key, Range(sympy.Integer(1), size))
    else:
        raise Refused("An index wants its range: `index i, j in 1..K`.")
    for name in _names(names):
        key = key_of(scope, name)
        scope.ranges[key] = r
        scope.index_cache.pop(key, None)


def _of(rest: str, word: str, example: str) -> tuple[str, bool, str]:
    before, found, after = rest.partition(f" {word} ")
    if not found or not before.strip() or not after.strip():
        raise Refused(f"This wants the form `{example}`.")
    return before, True, after


def _axes(scope: Scope, text: str) -> tuple[Range, ...]:
    out = []
    if len(_names(text)) > limits.MOST_AXES:
        raise Refused(f"A quantity has at most {limits.MOST_AXES} axes.")
    for part in _names(text):
        key = part.replace(" ", "")
        if f"[{key}]" in scope.sets:
            out.append(scope.sets[f"[{key}]"])
        elif key in scope.sets:
            out.append(scope.sets[key])
        else:
            out.append(Range(sympy.Integer(1), bound_of(scope, part)))
    return tuple(out)


def _quantity_name(scope: Scope, text: str) -> tuple[str, tuple[Range, ...]]:
    m = re.match(r"^(.*?)\s*(?:\[(.*)\])?$", text, re.DOTALL)
    if m is None or not m.group(1):
        raise Refused(f"{text!r} is no name; write `z`, `z[K]` or `z[N,K]`.")
    return key_of(scope, m.group(1)), _axes(scope, m.group(2)) if m.group(2) else ()


def _quantities(scope: Scope, kind: str, rest: str) -> None:
    place = None
    if kind == "onehot" and " at " in rest:
        rest, _, text = rest.partition(" at ")
        place = text.strip()
    names = _names(rest)
    if not names:
        raise Refused(f"`{kind}` wants a name: `{kind} z[K]`.")
    for name in names:
        key, axes = _quantity_name(scope, name)
        if kind in ("simplex", "onehot") and not axes:
            raise Refused(f"`{kind}` wants a size: `{kind} {name}[K]`.")
        for axis in axes:
            _some(scope, axis.size, kind in ("simplex", "onehot"))
        at = _place(scope, place, axes) if place else None
        scope.quantity(key, kind, axes, at=at)


def _some(scope: Scope, size: Any, wanted: bool) -> None:
    """Refuse a size that is no size; suppose that there is something where the kind wants it: `simplex p[K-1]`."""
    if size.is_Integer and size < 1:
        raise Refused(f"A size is at least 1, not {size}.")
    if wanted and not size.is_Symbol and not size.is_Integer:
        scope.given.append((f"{size} ≥ 1", L.Ge(size, 1)))


def _place(scope: Scope, text: str, axes: tuple[Range, ...]) -> Any:
    """Where a one-hot vector is 1: an index, which this declares, or an entry of labels."""
    if len(axes) != 1:
        raise Refused("`at` is understood for one-hot vectors of one axis; declare labels for more.")
    key = key_of(scope, text) if not text.isdigit() else text
    if key.isdigit():
        return sympy.Integer(int(key)) - axes[0].lower + 1
    if key not in scope.ranges:
        scope.ranges[key] = axes[0]
        scope.index_cache.pop(key, None)
    return axes[0].place(scope.index(key))


def _labels(scope: Scope, rest: str) -> None:
    names, _, where = _of(rest, "in", "labels x[N] in 1..K")
    dots = re.split(r"\s*\.\.+\s*", where.strip())
    if len(dots) != 2:
        raise Refused("Labels want their range: `labels x[N] in 1..K`.")
    lower, upper = bound_of(scope, dots[0]), bound_of(scope, dots[1])
    for name in _names(names):
        key, axes = _quantity_name(scope, name)
        if not axes:
            scope.ranges[key] = Range(lower, upper)
            scope.index_cache.pop(key, None)
            continue
        _some(scope, upper - lower + 1, True)
        base = L.labels(scope.shown(key), axes[0].size, upper - lower + 1)
        scope.quantities[key, len(axes)] = Quantity(key, "labels", axes, base, labels_from=lower)


def _vector(scope: Scope, rest: str) -> None:
    names, _, size = _of(rest, "in", "vector u[V] in D")
    for name in _names(names):
        key, axes = _quantity_name(scope, name)
        scope.quantity(key, "real", (*axes, *_axes(scope, size)))


def _function(scope: Scope, rest: str, kind: str) -> None:
    for name in _names(rest) or [""]:
        head, _, arguments = name.partition("(")
        if not head.strip():
            raise Refused("`function` wants a name: `function f` or `function p(x, \\theta)`.")
        key = key_of(scope, head.strip())
        assumptions = {"positive": {"positive": True}, "nonnegative": {"nonnegative": True}}.get(kind, {})
        scope.functions[key] = {
            "function": L.function(scope.shown(key), **assumptions),
            "arguments": [a.strip() for a in arguments.rstrip(") ").split(",") if a.strip()],
        }


def _write(scope: Scope, rest: str, macros: Mapping[str, Any]) -> None:
    left, _, right = _of(rest, "for", r"write p(x) for p_x")
    pattern = tokens_of(scope, left, macros, plain=True)
    body = tokens_of(scope, right, macros)
    if not pattern or not body:
        raise Refused("`write A for B` wants both.")
    scope.notations.append(notation(scope, pattern, body))


def split_relation(tokens: list[Token]) -> tuple[list[Token], Token, list[Token]] | None:
    """The sides of the first relation outside brackets."""
    depth = 0
    for k, t in enumerate(tokens):
        depth += (t.kind in ("LBRACE", "LPAR", "BEGIN", "LABS")) - (t.kind in ("RBRACE", "RPAR", "END", "RABS"))
        if depth == 0 and t.kind == "REL":
            return tokens[:k], t, tokens[k + 1 :]
    return None


def define(scope: Scope, tokens: list[Token], source: str, display: int = 0) -> Definition | None:
    """Add the definition that these tokens are: name, with indices and arguments, = body. Raises Refused.

    Where the left side is no name, it is a notation for the right side.
    """
    sides = split_relation([t for t in tokens if t.kind not in ("ROW", "AMP", "QUAD")])
    if sides is None or sides[1].text not in ("=", ":=", r"\equiv", r"\doteq"):
        raise Refused("A definition wants the form `let name = expression`.")
    left, right = S.parse(sides[0]), S.parse(sides[2])
    _letters(scope, left)
    found = definition(scope, left, right, source, display)
    if found is None and isinstance(S.unwrap(left), (S.Frac, S.Bracket, S.Atom, S.Product)):
        scope.notations.append(notation(scope, sides[0], sides[2]))  # let ∂L/∂x_i = …, let (dP)_{ij} = …
        return None
    if found is None:
        raise Refused(
            f"{source.split('=')[0].strip()!r} can't be defined: a name is wanted, with indices or arguments."
        )
    scope.definitions.setdefault(found.head, []).append(found)
    return found


def _spoken_of(scope: Scope, node: Any) -> set[str]:
    """The names in a syntax tree, other than those in the labels of known names: p_{X,Y} speaks of p."""
    if isinstance(node, S.Name):
        return {node.text}
    if isinstance(node, S.Atom) and isinstance(node.base, S.Name):
        name = node.base.text
        scripts = [s for s in node.subs if not scope.known(f"{name}_{spelled(S.unwrap(s))}")]
        return {name} | {n for s in (*scripts, *node.sups) for n in _spoken_of(scope, s)}
    return {n for c in children(node) for n in _spoken_of(scope, c)}


def _letters(scope: Scope, left: Any) -> None:
    """Letters beside an index on the left of a definition, as n in P_{ni}, are indices too, of a range not said."""
    for node in (S.unwrap(left), *children(S.unwrap(left))):
        if not (isinstance(node, S.Atom) and isinstance(node.base, S.Name)):
            continue
        parts = [S.unwrap(p) for s in node.subs for p in script_parts(s)]
        letters = [p.text for p in parts if isinstance(p, S.Name)]
        usual = len(letters) == len(parts) > 1 and all(len(n) == 1 and n in "ijklmnt" for n in letters)
        if not usual and not any(n in scope.ranges for n in letters):
            continue
        for n in letters:
            if len(n) == 1 and n.islower() and len(letters) > 1 and not scope.known(n):
                free = next(s for s in (n.upper(), *(f"{n.upper()}{k}" for k in range(2, 99))) if not scope.known(s))
                scope.ranges[n] = Range(sympy.Integer(1), scope.size(free))
                scope.notes[n] = f"{n} is an index in {scope.ranges[n]}"


def definition(scope: Scope, left: Any, right: Any, source: str, display: int = 0) -> Definition | None:
    """The definition left = right, or None if left is no name with indices and arguments."""
    from symnll.meaning.elaborate import Elaborator, mentions
    from symnll.meaning.known import is_letter, is_power
    from symnll.meaning.names import use_of

    node = S.unwrap(left)
    items = node.items if isinstance(node, S.Product) else (node,)
    if isinstance(node, S.Atom) and isinstance(node.base, S.Bracket) and not node.sups and not node.primes:
        inner = S.unwrap(node.base.inside)  # [σ(a)]_i
        if isinstance(inner, S.Product) and len(inner.items) == 2 and isinstance(inner.items[1], S.Bracket):
            items = inner.items[0], S.Atom(node.start, node.end, inner.items[1], node.subs)
    head = items[0]
    name = head.base if isinstance(head, S.Atom) else head
    if not isinstance(name, S.Name) or len(items) > 2 or name.text in FIXED:
        return None
    if (
        name.text in (r"\delta", r"\Delta")
        and isinstance(head, S.Atom)
        and len(script_parts(head.subs[0] if head.subs else name)) > 1
    ):
        return None  # Kronecker's
    subs = [_inside(x) for i in items if isinstance(i, S.Atom) for x in i.subs]
    if any(isinstance(p, S.Sep) and p.kind == "REL" for x in subs if isinstance(x, S.List) for p in x.pieces):
        return None  # E_{x ∼ p}[…]
    try:
        use = use_of(Elaborator(scope), head, {})
    except Unclear:
        return None
    labels = "".join(f"^{spelled(S.unwrap(p))}" for p in use.powers)
    if use.bangs or any(not isinstance(S.unwrap(p), (S.Num, S.Name)) for p in use.powers):
        return None
    if use.powers and is_power(scope, use.key, use.powers, right):
        return None
    if (use.primes and len(items) > 1) or (name.text == "e" and not use.indices):
        return None
    named = use.key + labels + "'" * use.primes
    indices = [_parameter(scope, i) for i in use.indices]
    arguments = None
    if len(items) == 2:
        bracket = items[1].base if isinstance(items[1], S.Atom) else items[1]
        if not isinstance(bracket, S.Bracket) or bracket.kind not in ("(", "["):
            return None
        arguments = tuple(argument_parts(bracket.inside))
        if any(mentions(a, {name.text}) and not is_letter(a) for a in arguments):
            return None  # p(1 - p)
        if isinstance(items[1], S.Atom):
            if items[1].sups or items[1].primes:
                return None
            indices += [_parameter(scope, i) for s in items[1].subs for i in script_parts(s)]
    if None in indices:
        return None
    letters = {S.unwrap(a).text for a in arguments or () if isinstance(S.unwrap(a), S.Name)}
    # A letter that the body does not speak of says which function is meant: H(X) is not H(Y).
    parameters = frozenset(letters & _spoken_of(scope, right)) - scope.ranges.keys()
    between = separators(bracket.inside) if arguments is not None else ""
    return Definition(named, tuple(indices), arguments, right, source, parameters, display, between)


def _inside(node: Any) -> Any:
    while isinstance(node, S.Bracket):
        node = node.inside
    return node


def _parameter(scope: Scope, node: Any) -> Any:
    """An index letter, or an index expression that stays as it is; None for what is neither."""
    inner = S.unwrap(node)
    if isinstance(inner, S.Name) and inner.text in scope.ranges:
        return inner.text
    if isinstance(inner, S.Num) or (isinstance(inner, S.Name) and inner.text in scope.sizes):
        return inner
    return None
