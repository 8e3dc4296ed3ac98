"""A name as it is used: what is written above and below it, sorted into labels, indices and powers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symnll.meaning import limits
from symnll.meaning.environment import ABSTRACT, PARAMETERS, Env
from symnll.meaning.evidence import labels_below, on_base_line
from symnll.meaning.scope import pretty
from symnll.meaning.trees import head_of, script_parts, spelled, stripped
from symnll.meaning.values import Unclear
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator


_DOTTED = re.compile(r"\\(d+ot)\{(.+)\}")
ESTIMATORS = {"ML", "MLE", "MAP", "LS", "OLS", "MMSE", "ERM"}


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


def use_of(e: Elaborator, item: Any, env: Env) -> Use:
    """The name of an item with its scripts sorted into labels, indices and powers."""
    head = head_of(item)
    key = str(head.text)
    dotted = _DOTTED.fullmatch(key)
    if dotted and key not in env and not e.scope.known(key) and e.scope.of_arguments(dotted[2]):
        message = f"What {pretty(key)} is a derivative by is not said; write it as a fraction."
        raise Unclear(message, item.start, item.end)
    if not isinstance(item, S.Atom):
        if key in e.scope.unclear and key not in env and key not in env.get(ABSTRACT, {}):
            raise Unclear(e.scope.unclear[key], item.start, item.end)
        return Use(key, (), (), item)
    label = ""
    first: list[Any] = []
    powers: list[Any] = []
    after: list[Any] = []
    for sup in item.sups:
        kind, what = _superscript(e, key, sup, env)
        if kind == "label":
            key, label = f"{key}^{what}", label + what
        else:
            (first if kind == "index" else powers).append(what)
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
        key, more, indices = _subscript(e, key, sub, len(first), env)
        label += more
        after += indices
    own = key in env or key in env.get(ABSTRACT, {})  # σ² is then the square of what σ stands for
    for power in powers[:1]:
        if not own and e.scope.known(f"{key}^{spelled(S.unwrap(power))}"):  # s_x^2, where that is defined
            key, powers = f"{key}^{spelled(S.unwrap(power))}", powers[1:]
    if not own and key in e.scope.unclear:
        raise Unclear(e.scope.unclear[key], item.start, item.end)
    if item.primes > limits.HIGHEST_ORDER:
        raise Unclear("A derivative of so high an order is not understood.", item.start, item.end)
    if len(powers) > 1:
        raise Unclear("There are two exponents here; put braces around what belongs together.", item.start, item.end)
    return Use(key, (*first, *after), tuple(powers), item, item.primes, item.bangs, label)


def _superscript(e: Elaborator, key: str, sup: Any, env: Env) -> tuple[str, Any]:
    """What a superscript of a name is: ("label", its text), ("index", the expression) or ("power", the script)."""
    inner = S.unwrap(sup)
    text = spelled(inner)
    if e.scope.known(f"{key}^{text}") and not isinstance(inner, S.Num):
        return "label", text
    ordered = isinstance(inner, S.Bracket) and inner.kind == "(" and isinstance(S.unwrap(inner.inside), S.Num)
    if ordered and key not in env and e.scope.of_arguments(key):
        raise Unclear(f"{key}^({spelled(inner.inside)}) is a derivative; write it with primes.", sup.start, sup.end)
    if isinstance(inner, S.Bracket) and inner.kind in ("(", "[") and inner.inside.only is not None:
        layer = isinstance(S.unwrap(inner.inside), S.Num) and not any(e.scope.arity(key) - {0}) and key not in env
        if is_index(e, inner, env) and not layer:
            return "index", inner.inside.only
        word = isinstance(S.unwrap(inner.inside), (S.Num, S.Name))
    else:
        marked = isinstance(inner, S.Name) and inner.text in (r"\star", r"\dagger", r"\ast")
        word = isinstance(inner, S.Bare) or marked or _is_label(e, inner, env)
    return ("label", text) if word else ("power", sup)


def _subscript(e: Elaborator, key: str, sub: Any, before: int, env: Env) -> tuple[str, str, list[Any]]:
    """The key with what a subscript adds to it, the labels that this adds, and the indices; `before` are counted."""
    whole = f"{key}_{spelled(S.unwrap(sub))}"
    own = key in env.get(PARAMETERS, ())  # x_1 in the body of f(x) is of what f is applied to
    if e.scope.known(whole) and not own:
        return whole, spelled(sub), []
    if any(
        isinstance(p, S.Sep) and p.kind == "REL" for p in getattr(getattr(S.unwrap(sub), "inside", None), "pieces", ())
    ):
        raise Unclear(f"What {whole} stands for is not known; declare it: `write {whole} for …`.", sub.start, sub.end)
    parts = script_parts(sub)
    if key not in env and labels_below(e.scope, key, [sub]):
        if any(S.unwrap(p).text in env for p in parts):
            raise Unclear(f"Whether {whole} is an entry of {key} or a name of its own is not clear; declare {key}.",
                          sub.start, sub.end)  # fmt: skip
        reached = {n for d in e.scope.definitions.get(key, ()) for n in on_base_line(d.body)}
        if reached & {S.unwrap(p).text for p in parts}:
            raise Unclear(f"Whether {whole} is a derivative of {key} or a name of its own is not said; write the "
                          f"derivative as a fraction, or declare `real {whole}`.", sub.start, sub.end)  # fmt: skip
        return whole, spelled(sub), []
    if (len(parts) > 1 and not is_index(e, parts[0], env)) or _is_word(e, sub, parts, env):
        return f"{key}_{spelled(sub)}", spelled(sub), []
    counts = {n - before for n in e.scope.arity(key)}
    scaled = any(isinstance(S.unwrap(p), S.Num) for p in parts)  # x_{2k}; but x_{ij} is no entry of a vector
    if len(parts) > 1 and scaled and counts and len(parts) not in counts and 1 in counts:
        parts = script_parts(sub, 1)
    if len(parts) == 1 and isinstance(S.unwrap(sub), S.Num) and 1 not in counts:
        parts = digits(S.unwrap(sub), counts) or parts
    label, indices = "", []
    for part in parts:
        number = isinstance(S.unwrap(part), S.Num) and not any(e.scope.arity(key) - {0}) and not before
        if is_index(e, part, env) and not (number and key not in env):
            indices.append(part)
            continue
        if counts - {0} and not isinstance(S.unwrap(part), (S.Name, S.Num, S.Bare)):
            raise Unclear(f"What the subscript of {key} says is not understood.", sub.start, sub.end)
        text = spelled(part)
        key, label = f"{key}_{text}", label + text
    return key, label, indices


def _chosen(sub: Any) -> Any:
    """z_{k=i} is z_i, and z_{k≠i} is z_k."""
    inner = stripped(sub, "{")
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
        return spelled(inner) in ESTIMATORS or (fresh and (capital or len(inner.items) > 2))
    return False


def _is_word(e: Elaborator, sub: Any, parts: Sequence[Any], env: Env) -> bool:
    """Whether a subscript such as `new` is a word: letters that are not all indices."""
    if len(parts) < 2 or any(isinstance(S.unwrap(p), S.Num) for p in parts):
        return False
    inner = S.unwrap(sub)
    if not isinstance(inner, S.Product) or not all(isinstance(i, S.Name) for i in inner.items):
        return False
    return not all(is_index(e, p, env) for p in parts)


def digits(number: Any, counts: set[int]) -> list[Any]:
    """A_{12} is A_{1,2} where A has two indices; [] for what is no such number."""
    if not isinstance(number, S.Num):
        return []
    text = str(number.value)
    if len(text) < 2 or len(text) not in counts or not text.isdigit():
        return []
    return [S.Num(number.start, number.end, Fraction(int(c))) for c in text]
