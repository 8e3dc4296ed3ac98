"""Declarations: what a document says of its letters, one a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sympy

from symnll import language as L
from symnll.meaning import limits
from symnll.meaning.define import Refused, define
from symnll.meaning.formulas import notation, tokens_of
from symnll.meaning.scope import KINDS, Assumption, Quantity, Scope
from symnll.meaning.trees import spelled
from symnll.meaning.values import Range
from symnll.read import syntax as S
from symnll.read.normal import terminals
from symnll.read.tokens import Token, Unreadable, scan

HELP = (
    "A declaration is one of: index, real, positive, natural, probability, binary, simplex, onehot, labels, vector, "
    "function, let, write, assume, case, from, skip, expect, reset."
)


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
            _words(scope, no_words(rest))
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


def no_words(text: str) -> str:
    """A formula of a declaration as it is. Raises Refused for English words, which would be products of letters."""
    plain = re.sub(r"\\[A-Za-z]+(?:\s*\{[A-Za-z -]*\})?|[_^]\{[^{}]*\}", lambda m: " " * len(m[0]), text)
    word = _WORDS.search(plain)
    if word is not None:
        raise Refused(
            f"{word[0]!r} is a word, and a declaration holds one formula; write several declarations, cases "
            r"(`\begin{cases} … \end{cases}`), or `for all i` at the end of an assumption."
        )
    return text


_WORDS = re.compile(
    r"(?<![\w\\])(?:or|and|not|for|if|iff|some|any|every|each|all|unless|when|whenever|where|with|is|are|except|only|either|"
    r"otherwise|else|such|that|then|implies|because|since|given|provided|while)(?![\w'])"
)


def condition_tokens(scope: Scope, text: str, macros: Mapping[str, Any], at: Any = None) -> list[Token]:
    """The tokens of a relation in which `for all i` may stand in words."""
    universal = re.sub(r"\bfor all\b", r"\\forall ", text)
    no_words(universal)
    tokens = tokens_of(scope, universal, macros, at)
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
        keys += [str(r.size)] if r.size.is_Integer and r.lower == 0 else []  # x in 0..1; p[2]
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
            "assumptions": assumptions,
            "arguments": [a.strip() for a in arguments.rstrip(") ").split(",") if a.strip()],
        }


def _write(scope: Scope, rest: str, macros: Mapping[str, Any]) -> None:
    left, _, right = _of(rest, "for", r"write p(x) for p_x")
    pattern = tokens_of(scope, no_words(left), macros, plain=True)
    body = tokens_of(scope, no_words(right), macros)
    if not pattern or not body:
        raise Refused("`write A for B` wants both.")
    scope.notations.append(notation(scope, pattern, body))
