r"""What sentences say that a name is: `let $y$ be one-hot`, `two distributions $p$ and $q$`, `rate $\eta > 0$`.

It holds from there on, for a name that nothing declares or defines, until a sentence says otherwise, takes back what
was supposed, or gives the letter to something else under another heading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from symnll import language as L
from symnll.check.plain import clause, only, plain, takes_back
from symnll.check.sentences import lower
from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope, pretty
from symnll.meaning.values import Range
from symnll.read.documents import Display, Inline
from symnll.read.prose import Sentence
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
_SOFT = re.compile(
    r"\b(?:(?:soft|general|arbitrary|real-valued|several|multiple)[ -](?:class )?(?:targets?|labels?)"
    r"|label smoothing|mixup)\b",
    re.IGNORECASE,
)
_CASES = {"for", "if", "when", "suppose", "assuming"}  # one-hot for the display after it only
_SUPPOSES = {"suppose", "supposing", "assume", "assuming", "assumed"}
# Words that may stand before a name in the clause that says what it is: no other is taken for one of these.
_CUES = {
    "let", "where", "with", "here", "now", "and", "given", "since", "because", "as", "that", "so", "recall", "note",
    "assume", "suppose", "we", "have", "use", "using", "consider", "fix", "denote", "for", "by", "if", "both", "all",
}  # fmt: skip
_ARTICLES = {"a", "an", "the", "our", "its", "their", "this", "these", "two", "any", "some"}
_NOUNS = {
    "target", "targets", "label", "labels", "vector", "vectors", "class", "true", "ground-truth", "one-hot", "encoded",
    "encoding", "encodings", "output", "outputs", "predicted", "prediction", "predictions", "probability", "correct",
    "probabilities", "distribution", "distributions", "discrete", "categorical", "model", "empirical", "fixed", "data",
    "prior", "posterior", "softmax", "network", "indicator", "desired", "given", "finite", "arbitrary", "mass",
    "function", "functions", "represented", "representation", "positive", "row", "rows",
}  # fmt: skip
# A kind that is said ends the sentence, or is followed by one of these.
_GOES_ON = {
    "over", "of", "on", "where", "and", "so", "then", "hence", "thus", "representing", "encoding", "it", "the", "we",
    "while", "but", "each", "which",
}  # fmt: skip
_WITH = {"a", "an", "the", "one", "exactly", "its", "single"}
_ANEW = re.compile(r"\b(?:now|next|later|hereafter|afterwards)(?: on)?(?: we)?(?: let| take| allow)?$|\bhere on$")
_WHEN = {
    "up", "after", "before", "in", "at", "once", "as", "during", "under", "eventually", "asymptotically", "ideally",
    "half", "most", "apart", "except", "beyond", "on",
}  # fmt: skip
_CHANGES = re.compile(
    r"\b(?:scale|rescale|multiply|divide|shift|normali[sz]e|replace|perturb|average|double|smooth|change|add|let|write)$"
)
_STANDS = re.compile(r"(?:is|are|be|denotes?|stands for|represents?|for)\b(?P<what>.*)")
_SAME = {"best", "same", "first", "last", "new", "other", "optimal", "second", "original", "next", "whole", "full"}
_POSITIVE = {
    "rate", "size", "temperature", "variance", "constant", "coefficient", "strength", "factor", "hyperparameter",
    "scale", "precision", "width", "weight", "bandwidth",
}  # fmt: skip


class Kinds:
    """Reads what sentences say of names, as the formulas of a page are met one after the other."""

    def __init__(self) -> None:
        self.number, self.group, self.kind = -1, list[str](), ""
        self.plain = False  # whether the group begins its clause
        self.waiting: dict[str, str] = {}  # what was said of names of which nothing is known so far
        self.said: dict[str, int] = {}  # the names of which something was said, and in which section
        self.supposed: set[str] = set()  # those of which it is only supposed
        self.freed: dict[str, str] = {}  # those of which it holds no more, and why
        self.any: set[str] = set()  # those that are any vectors from here on

    def settle(self, scope: Scope) -> str:
        """Take what was said of names that are known now. What was taken, or ""."""
        known = [n for n in self.waiting if scope.known(n) or n in scope.later]
        return " ".join(filter(None, [_vector(scope, n, self.waiting.pop(n)) for n in known]))

    def reach(self, scope: Scope, item: Inline | Display, macros: Mapping[str, Any], section: int = 0) -> str:
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
        doubtful = bool(words & _DOUBT) or not plain(s)
        taken = [self._soften(scope)] if _SOFT.search(s.gap) else []
        if takes_back(s.gap):
            back = self.said.keys() if takes_back(s.gap, said=True) else self.supposed
            taken += [self._free(scope, n, "what was said of it is taken back") for n in [*back]]
        if not doubtful and (kind := _domain(tokens, near, clause(s))):
            self.said[tokens[0].text] = section
            return " ".join(filter(None, [*taken, _number(scope, tokens[0].text, kind)]))
        if not doubtful and near[-1:] in (["all"], ["with"], ["and"], ["positive"]):
            taken += [_without_zero(scope, n) for n in _positive_entries(tokens)]
        if name:
            found = next((k for k, p in _BEFORE.items() if (m := p.search(before)) and _whole(before, m)), "")
            self.kind = "" if found == "onehot" and set(near) & _CASES else found or self.kind
            said = next((k for k, p in _AFTER.items() if (m := p.match(behind)) and _ends(k, behind, m)), "")
            begins = lower(s.before[:1]) if len(clause(s)) < len(s.before) else []
            plainly = only(clause(s), _CUES | _ARTICLES | _NOUNS) and not set(begins) & _WHEN
            self.plain = self.plain if joined else plainly
            said = said if self.plain or said == "real" else ""
            names, kind = (self.group, said) if said else ([name], self.kind)
            if kind == "real" or not doubtful:
                self.waiting.update({n: kind for n in names if kind})
                self.said.update({n: section for n in names if kind})
                self.supposed.update(names if kind and words & _SUPPOSES else [])
                self.any.update(names if kind == "real" else [])
            if not kind and name in self.said and _changes(before, behind):
                taken.append(self._free(scope, name, "a sentence says more of it from here on"))
        first = tokens[0].text if tokens and tokens[0].kind == "NAME" else ""
        if self.said.get(first, section) != section and _renamed(s):
            taken.append(self._free(scope, first, f"it is the {near[-1]} under this heading"))
        return " ".join(filter(None, [*taken, self.settle(scope)]))

    def _free(self, scope: Scope, name: str, why: str) -> str:
        """Forget what was said of a name, of which nothing is refuted from here on."""
        self.said.pop(name, None)
        self.supposed.discard(name)
        self.waiting.pop(name, None)
        self.freed[name] = f"what {pretty(name)} is, but {why}"
        for q in [q for (n, _), q in scope.quantities.items() if n == name and q.inferred]:
            _forget(scope, name)
            scope.quantity(name, "real", q.axes, inferred=True)
            scope.notes[name] = f"{pretty(name)} is real"
        return f"{name} freed"

    def _soften(self, scope: Scope) -> str:
        """Nothing is one-hot any more, as a text speaks of soft targets."""
        return " ".join(_vector(scope, q.name, "real") for q in [*scope.quantities.values()] if q.kind == "onehot")


def _alone(tokens: Sequence[Token]) -> bool:
    """Whether a formula is a name, with no more than a set or its entries after it: y, y ∈ {0, 1}^K, p = (p_1, …)."""
    if len(tokens) == 1:
        return True
    listed = tokens[1].text == "=" and [t.kind for t in tokens[2:3]] == ["LPAR"]
    return tokens[1].text == r"\in" or (listed and any(t.kind == "DOTS" for t in tokens))


def _whole(before: str, found: re.Match[str]) -> bool:
    """Whether words such as `a distribution` right before a name are said of it: not the log of a distribution p."""
    return before[: found.start()].split()[-1:] not in (["of"], ["than"], ["from"], ["between"], ["like"])


def _ends(kind: str, behind: str, found: re.Match[str]) -> bool:
    """Whether nothing after the words for a kind alters it: a distribution up to a factor, one-hot by the old rule."""
    rest = behind[found.end() :].split()
    goes_on = not rest or rest[0] in _GOES_ON or (rest[0] == "with" and (not rest[1:] or rest[1] in _WITH))
    return kind == "real" or goes_on


def _changes(before: str, behind: str) -> bool:
    """Whether the words around a name say that it is something else from here on: write y for the mean."""
    if _ANEW.search(before) or _CHANGES.search(before):
        return True
    m = _STANDS.match(behind) if before.split()[-1:] in (["where"], ["here"], ["and"]) else None
    words = m["what"].split() if m else []
    return words[:1] != [] and not set(words) & (_NOUNS | _POSITIVE)


def _renamed(s: Sentence) -> bool:
    """Whether a sentence begins with a name and a noun of its own: the velocity v."""
    words = lower(s.before)
    known = _NOUNS | _POSITIVE | _CUES | _ARTICLES | _SAME
    return s.before == s.near and len(words) == 2 and words[0] in _ARTICLES and words[1] not in known


def _domain(tokens: Sequence[Token], near: Sequence[str], words: Sequence[str]) -> str:
    """The kind of a number of which a formula says that it is positive, after a word for what it is."""
    texts = [t.text for t in tokens]
    at = max((k for k, w in enumerate(words) if w in _ARTICLES | _CUES), default=-1)
    ahead = [w for w in words[: at + 1] if w not in _ARTICLES]
    if len(words) - at > 4 or not (ahead[-1:] in (["with"], ["where"], ["using"]) or only(ahead, _CUES)):
        return ""
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
    scope.said |= {name} if kind != "real" else set()
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
    scope.said.discard(name)
    scope.given = [g for g in scope.given if g[0] != _sums(name)]
