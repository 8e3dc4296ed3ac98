r"""What sentences say that a name is: `let $y$ be one-hot`, `two distributions $p$ and $q$`, `rate $\eta > 0$`.

It holds from there on, for a name that nothing declares or defines, until a sentence says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from symnll import language as L
from symnll.check.sentences import lower
from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope, pretty
from symnll.meaning.values import Range
from symnll.read.documents import Display, Inline
from symnll.read.tokens import Token, Unreadable

# With one of these a sentence is about one case, or says what a name is not.
_DOUBT = {
    "if", "when", "unless", "not", "no", "or", "would", "only", "whenever", "otherwise", "either", "neither", "might",
    "may", "could", "than", "soft", "smoothed", "never", "sometimes", "usually", "typically", "often", "case", "cases",
    "example", "except", "approximately", "almost", "iff", "cannot", "without", "before", "until", "unlike", "nor",
    "say", "perhaps", "maybe", "longer", "rather", "instead", "far", "hardly",
}  # fmt: skip
_IS = r"(?:is|are|be|being|denotes?)"
_HOT = r"one-hot(?:[ -]encoded)?"
_VECTOR = (
    r"(?: (?:class|target|label|encoded|ground-truth))*(?: (?:vectors?|targets?|labels?|encodings?|representations?))?"
)
_KIND = r"(?:(?:discrete|categorical|finite|true|target|given|fixed|arbitrary|predicted|model|empirical) )*"
_DISTRIBUTION = (
    rf"{_KIND}(?:(?:probability )?distributions?(?! functions?\b)|probability (?:vectors?|mass functions?)"
    r"|vectors? of probabilities)"
)
_AFTER = {
    "onehot": re.compile(rf"{_IS} (?:an? |the |its |their )?(?:\S+-dimensional )?{_HOT}{_VECTOR}\b"),
    "distribution": re.compile(rf"{_IS} (?:an? |the |two |any |some |both |our )?{_DISTRIBUTION}\b"),
    "real": re.compile(
        rf"{_IS} (?:now |an? |the |any |some |\S+ )*?(?:soft|smoothed|arbitrary|general|real|multi-hot|multi-label"
        r"|vectors?|scores?|logits|weights|numbers?|matrix)\b"
    ),
}
_BEFORE = {
    "onehot": re.compile(rf"(?:^|\b(?:an?|the|with|and|given|let|where|of) ){_HOT}{_VECTOR}$"),
    "distribution": re.compile(rf"\b(?:an?|the|two|any|all|both|given) {_DISTRIBUTION}$"),
    "real": re.compile(r"\b(?:soft|smoothed|arbitrary|general|any|multi-hot|multi-label)(?: \S+)?$"),
}
_SOFT = re.compile(r"\b(?:soft|general|arbitrary|real-valued)[ -](?:class )?(?:targets?|labels?)\b", re.IGNORECASE)
_CASES = {"for", "if", "when", "suppose", "assuming"}  # one-hot for the display after it only
_POSITIVE = {
    "rate", "size", "temperature", "variance", "constant", "coefficient", "strength", "factor", "hyperparameter",
    "scale", "precision", "width", "weight", "bandwidth",
}  # fmt: skip


class Kinds:
    """Reads what sentences say of names, as the formulas of a page are met one after the other."""

    def __init__(self) -> None:
        self.number, self.group, self.kind = -1, list[str](), ""
        self.waiting: dict[str, str] = {}  # what was said of names of which nothing is known so far

    def settle(self, scope: Scope) -> str:
        """Take what was said of names that are known now. What was taken, or ""."""
        known = [n for n in self.waiting if scope.known(n) or n in scope.later]
        return " ".join(filter(None, [_vector(scope, n, self.waiting.pop(n)) for n in known]))

    def reach(self, scope: Scope, item: Inline | Display, macros: Mapping[str, Any]) -> str:
        """Go on to a formula, and take what its sentence says of it. What was taken, or ""."""
        s = item.sentence
        tokens: list[Token] = []
        with suppress(Unreadable):
            tokens = tokens_of(scope, item.body.text, macros) if isinstance(item, Inline) else []
        near, after = lower(s.near), lower(s.after)
        name = tokens[0].text if tokens and tokens[0].kind == "NAME" and _alone(tokens) else ""
        joined = s.number == self.number and near in ([], ["and"])
        self.group = [*(self.group if joined else ()), *([name] if name else ())]
        self.kind = self.kind if joined else ""
        self.number = s.number
        before, behind = " ".join(near), " ".join(after)
        words = {*lower(s.before), *after}
        doubtful = bool(words & _DOUBT) or any(w.endswith("n't") for w in words)
        taken = [self._soften(scope)] if _SOFT.search(s.gap) else []
        if not doubtful and (kind := _domain(tokens, near)):
            return _number(scope, tokens[0].text, kind)
        if not doubtful and near[-1:] in (["all"], ["with"], ["and"], ["positive"]):
            taken += [_without_zero(scope, n) for n in _positive_entries(tokens)]
        if name:
            found = next((k for k, pattern in _BEFORE.items() if pattern.search(before)), "")
            self.kind = "" if found == "onehot" and set(near) & _CASES else found or self.kind
            said = next((k for k, pattern in _AFTER.items() if pattern.match(behind)), "")
            names, kind = (self.group, said) if said else ([name], self.kind)
            if kind == "real" or not doubtful:
                self.waiting.update({n: kind for n in names if kind})
        return " ".join(filter(None, [*taken, self.settle(scope)]))

    def _soften(self, scope: Scope) -> str:
        """Nothing is one-hot any more, as a text speaks of soft targets."""
        return " ".join(_vector(scope, q.name, "real") for q in [*scope.quantities.values()] if q.kind == "onehot")


def _alone(tokens: Sequence[Token]) -> bool:
    """Whether a formula is a name, with no more than a set or its entries after it: y, y ∈ {0, 1}^K, p = (p_1, …)."""
    if len(tokens) == 1:
        return True
    listed = tokens[1].text == "=" and [t.kind for t in tokens[2:3]] == ["LPAR"]
    return tokens[1].text == r"\in" or (listed and any(t.kind == "DOTS" for t in tokens))


def _domain(tokens: Sequence[Token], near: Sequence[str]) -> str:
    """The kind of a number of which a formula says that it is positive, after a word for what it is."""
    texts = [t.text for t in tokens]
    if not near or near[-1] not in _POSITIVE or set(near) & _CASES - {"for"} or not tokens or tokens[0].kind != "NAME":
        return ""
    if texts[1:] == [">", "0"] or texts[1:] == [r"\in", "(", "0", ",", r"\infty", ")"]:
        return "positive"
    return "probability" if texts[1:] == [r"\in", "(", "0", ",", "1", ")"] else ""


def _positive_entries(tokens: Sequence[Token]) -> list[str]:
    """p and q in p_i, q_i > 0, or []."""
    shape = "".join({"NAME": "n", "SUB": "_", "COMMA": ","}.get(t.kind, " ") for t in tokens[:-2])
    positive = [t.text for t in tokens[-2:]] == [">", "0"] and re.fullmatch(r"n_n(,n_n)*", shape)
    return [t.text for t in tokens[:-2:4]] if positive else []


def _without_zero(scope: Scope, name: str) -> str:
    """Make a distribution one of which no entry is 0."""
    held = [q for (n, count), q in scope.quantities.items() if n == name and count]
    if len(held) != 1 or held[0].kind != "nonnegative" or not held[0].inferred:
        return ""
    _forget(scope, name)
    scope.quantity(name, "simplex", held[0].axes, inferred=True)
    scope.notes[name] = f"{pretty(name)} is a distribution with positive entries, as a sentence says"
    return scope.notes[name]


def _number(scope: Scope, name: str, kind: str) -> str:
    held = [q for (n, _), q in scope.quantities.items() if n == name]
    if any(not q.inferred or q.axes for q in held) or (scope.known(name) and not held):
        return ""
    scope.quantity(name, kind, (), inferred=True)
    said = "between 0 and 1" if kind == "probability" else "positive"
    scope.notes[name] = f"{pretty(name)} is {said}, as a sentence says"
    return scope.notes[name]


def _vector(scope: Scope, name: str, kind: str) -> str:
    """Make a vector of which nothing is declared one of this kind."""
    if name in scope.definitions or any(q.name == name and not q.inferred for q in scope.quantities.values()):
        return ""
    held = [q for (n, count), q in scope.quantities.items() if n == name and count]
    axes: tuple[Range, ...] = held[0].axes if len(held) == 1 else scope.later.get(name, ()) if not held else ()
    other = bool(held) and held[0].kind not in ("real", "onehot", "nonnegative")
    if not axes or (kind == "distribution" and len(axes) > 1) or other:
        return ""
    if kind == "real" and (not held or held[0].kind == "real"):
        return ""
    _forget(scope, name)
    q = scope.quantity(name, {"distribution": "nonnegative"}.get(kind, kind), axes, inferred=True)
    said = {"distribution": "a distribution", "onehot": "one-hot", "real": "any real vector"}[kind]
    scope.notes[name] = f"{pretty(name)} is {said}, as a sentence says"
    if kind == "distribution":
        *others, last = [L.Index(f"{pretty(name)}{n}‹sum›", a.lower, a.upper) for n, a in enumerate(axes)]
        places = [a.place(i) for a, i in zip(axes, (*others, last), strict=True)]
        one = L.Eq(L.total(q.base[tuple(places)], last), 1)
        scope.given.append((_sums(name), L.ForAll(one, *others) if others else one))
    return scope.notes[name]


def _sums(name: str) -> str:
    return f"Σ {pretty(name)} = 1"


def _forget(scope: Scope, name: str) -> None:
    """Drop what a sentence said of a name before."""
    scope.given = [g for g in scope.given if g[0] != _sums(name)]
