r"""What sentences say that a name with a standard meaning is: `let $\sigma$ be the ReLU`, `$e$ is the error`.

The standard meaning of such a name holds where a sentence confirms it, or where none says what the name is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from symnll.check.sentences import lower
from symnll.meaning.formulas import tokens_of
from symnll.meaning.functions import FUNCTIONS
from symnll.meaning.scope import Scope, pretty
from symnll.read.documents import Display, Inline
from symnll.read.prose import Sentence
from symnll.read.tokens import Unreadable
from symnll.read.words import DENIED

# The words that confirm a meaning; a sentence about the name with none of them takes it back.
MEANINGS = {
    r"\sigma": {"sigmoid", "sigmoids", "sigmoidal", "logistic", "softmax", "expit"},
    "e": {"euler", "euler's", "exponential", "base"},
    r"\pi": {"circle", "circle's", "circumference", "archimedes", "number"},
    "H": {"entropy", "entropies", "cross-entropy", "crossentropy", "cross"},
    "KL": {"kl", "kullback", "kullback-leibler", "divergence", "relative"},
    "log": {"log", "logarithm", "logarithms", "natural", "log-likelihood"},
    "‖": {"norm", "length", "euclidean", "2-norm", "magnitude", "distance"},
}  # fmt: skip
_SAME = {"D_KL": "KL", r"\mathbb{H}": "H", r"\mathcal{H}": "H", r"\mathrm{H}": "H"}
# With one of these a name is none that has its standard meaning, or one of several.
_OTHERWISE = DENIED | {
    "such", "e.g", "example", "like", "any", "some", "arbitrary", "hard", "either", "bits", "bit", "binary", "decimal",
    "manhattan", "taxicab", "maximum", "max-norm", "sup", "supremum", "infinity", "weighted", "one-norm", "general",
}  # fmt: skip
_IMAGINARY = {"imaginary", "complex"}
_SAYS = {"be", "denote", "denotes", "denoting", "represent", "represents", "representing", "stands", "means", "being"}
_IS = {"is", "are", "was"}
_ARTICLES = {"the", "a", "an", "any", "some", "our", "its", "their", "another"}
_NAMING = {"denote", "denoted", "denotes", "write", "call", "called", "use"}
_INTRODUCES = {"let", "where", "with", "here", "and", "for", "by"}
# Words of the name of a place for a function, or of one of its values, which say nothing of which function it is.
_NEUTRAL = {
    "function", "functions", "activation", "activations", "nonlinearity", "non-linearity", "nonlinear", "link",
    "notation", "symbol", "letter", "name", "output", "outputs", "derivative", "factor", "term", "constant", "same",
    "probability", "predicted", "prediction", "value", "loss", "scalar", "usual", "standard", "operator",
}  # fmt: skip
_BINDING = {
    "of", "by", "with", "in", "to", "for", "and", "is", "are", "that", "on", "at", "from", "as", "where", "when",
    "then", "we", "times", "over", "under", "if", "or", "let", "since", "because", "have", "has", "using", "here",
}  # fmt: skip
_BASE = re.compile(
    r"\b(?:logs?|logarithms?)\b[^.;!?\n]{0,60}?\bbase[\s~-]*\$?(?:2|10|two|ten|[ab])\b"
    r"|\bbase[\s~-]*\$?(?:2|10|two|ten)\$?[\s~-]*(?:logs?|logarithms?)\b|\b(?:binary|decimal|common)\s+logarithms?\b",
    re.IGNORECASE,
)
_OTHER_NORM = re.compile(r"(?:\b[01p]|\\infty|\bone|\bL_?1|\\ell_\{?[^2])\$?[\s-]*norm", re.IGNORECASE)
_STOP = re.compile(r"[.!?](?=\s|$)|\n\s*\n")
_OPEN = re.compile(
    r"\b(?:if|or|when|even|natural|sometimes|depending|would|may|can|could|unless|instead)\b|\\log_|log2|\\lb\b"
)


class Described(NamedTuple):
    """What a sentence at a place says of a name. `reason`: why it has no standard meaning, or "": it has."""

    at: int
    name: str
    reason: str
    strong: bool = True  # it introduces the name, and does not only speak of it


def described(scope: Scope, items: Sequence[Any], text: str, macros: Mapping[str, Any]) -> list[Described]:
    """What the sentences around these formulas say of names with a standard meaning, in their order."""
    items = [i for i in items if isinstance(i, Inline | Display)]
    return sorted([*(d for i in items for d in _of(scope, i, text, macros)), *_bases(text, items)])


def otherwise(name: str, said: str) -> str:
    """Why a name has no standard meaning of which a sentence says something else."""
    return f"A sentence says {said}, which is not taken in; declare what {pretty(name)} is: `let {said}`."


def now(said: Sequence[Described], at: int) -> dict[str, str]:
    """What names have no standard meaning at a place, and why: by what was said last, or else is said first."""
    state: dict[str, Described] = {}
    for d in said:
        old = state.get(d.name)
        if old is None or (d.at <= at and (d.strong or (old.reason and not d.reason))):
            state[d.name] = d
    return {name: d.reason for name, d in state.items() if d.reason}


def _of(scope: Scope, item: Any, text: str, macros: Mapping[str, Any]) -> Iterator[Described]:
    if len(item.body.text) > 40 or (isinstance(item, Display) and item.environment != "inline"):
        return
    try:
        tokens = tokens_of(scope, item.body.text, macros)
    except Unreadable:
        return
    if len(tokens) > 2 and tokens[1].text == "=" and tokens[0].text in (r"\sigma", "log"):
        renamed = tokens[2].text not in ("sigmoid", "ln") and tokens[2].text in FUNCTIONS  # σ = tanh, log = log_2
        if renamed and not any(t.kind in ("LPAR", "PLUS", "MINUS") for t in tokens):
            yield Described(item.body.at(0), tokens[0].text, otherwise(tokens[0].text, item.body.text.strip()))
    if not tokens or any(t.kind == "REL" for t in tokens):
        return
    first, alone = tokens[0], len(tokens) == 1
    called = not alone and tokens[1].kind == "LPAR" and tokens[-1].kind == "RPAR"
    if first.kind in ("LNORM", "NORM") and tokens[-1].kind in ("RNORM", "NORM"):
        name = "‖"
    elif first.kind == "NAME" and (alone or called):
        name = _SAME.get(first.text, first.text)
    else:
        return
    plain, strong = _said(item.sentence, alone or name in ("‖", "H", "KL"))
    words, said = lower(plain), " ".join(plain)
    if not words:
        return
    at, end = item.body.at(0), item.body.at(len(item.body.text))
    other = name == "‖" and _OTHER_NORM.search(_STOP.split(text[end : end + 100])[0])
    shown = "‖·‖" if name == "‖" else pretty(name)
    if set(words) & _IMAGINARY and set(words) & {"unit", "number", "numbers", "variable"} and alone:
        yield Described(at, name, f"A sentence says that {shown} is {said}; complex numbers are not understood.")
    elif name in MEANINGS:
        if called and set(words) & _NEUTRAL and name == r"\sigma" and not set(words) & MEANINGS[name]:
            return
        reason = f"A sentence says that {shown} is {said}, which is not taken in; declare what it is, with `let`."
        if other:
            reason = "A sentence says that ‖·‖ is another norm than the Euclidean one, which is not understood."
        yield Described(at, name, reason if other or not _confirms(words, MEANINGS[name]) else "", strong)


def _said(s: Sentence, alone: bool) -> tuple[list[str], bool]:
    r"""The words of a sentence that say what the formula in it is, and whether they introduce it."""
    after, near = lower(s.after), lower(s.near)
    first, second = (*after, "", "")[:2]
    cue = bool(set(near[-2:]) & _INTRODUCES)
    at = max((k for k, w in enumerate(near) if w in _ARTICLES), default=-1)
    noun = near[at + 1 :] if at >= 0 else []
    apposed = 0 < len(noun) <= 3 and not set(noun) & _BINDING
    own = list(s.near[at + 1 :]) if apposed else []  # the sigmoid $\sigma$
    if first in _SAYS:
        return [*own, *s.after[1:]], True
    if (first, second) == ("to", "be"):
        return list(s.after[2:]), True
    if first in _IS and second in {*_ARTICLES, "called", "defined", "taken", "chosen", "not"}:
        return [*own, *s.after[1:]], cue
    if cue and first in _ARTICLES:
        return list(s.after), True
    if first in ("for", "as") and set(near) & _NAMING:
        return list(s.after[1:]), True
    if near[-1:] in (["by"], ["called"]) and set(near) & _NAMING:
        return list(s.near), True
    return (own, False) if alone and not set(noun) <= _NEUTRAL else ([], False)


def _confirms(words: Sequence[str], meant: set[str]) -> bool:
    at = max((k for k, w in enumerate(words) if w in ("or", "versus")), default=-1)
    return bool(set(words[at + 1 :]) & meant) and not set(words) & _OTHERWISE


def _bases(text: str, items: Sequence[Any]) -> Iterator[Described]:
    """`All logarithms are to base 2`: where the words between these formulas say so."""
    places = [i.body.at(0) for i in items]
    for m in _BASE.finditer(text):
        start = max((s.end() for s in _STOP.finditer(text, max(m.start() - 400, 0), m.start())), default=0)
        stop = _STOP.search(text, m.end())
        sentence = text[start : stop.end() if stop else len(text)]
        near = min(abs(m.start() - p) for p in places) if places else 10**9
        if near < 4000 and not _OPEN.search(sentence):
            said = " ".join(m[0].replace("$", "").split())
            reason = f"The page says “{said}”; write \\log_2 or the like, or \\ln for the natural one."
            yield from (Described(m.start(), name, reason) for name in ("log", "H", "KL"))
