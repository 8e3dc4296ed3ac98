r"""Functions that a sentence introduces by their names: `for the softplus $\zeta(a) = \log(1 + e^a)$ we get`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symnll.check.defining import whole_of
from symnll.check.plain import only, plain
from symnll.check.sentences import doubtful, lower
from symnll.check.stretch import Stretch, name_of
from symnll.meaning.define import definition
from symnll.meaning.functions import FUNCTIONS
from symnll.meaning.trees import names_in
from symnll.read import syntax as S
from symnll.read.prose import Sentence

_ARTICLES = {"the", "a", "an", "our"}
_CUES = {
    "for", "with", "where", "let", "here", "now", "consider", "use", "using", "take", "define", "introduce", "have",
    "choose", "we", "us", "and", "by", "let's", "of", "derivative", *_ARTICLES,
}  # fmt: skip
_GOES_ON = {
    "we", "get", "obtain", "find", "have", "see", "this", "gives", "yields", "derivative", "is", "are", "its", "and",
    "it", "gradient", "slope", "then", "used", "here", "use", "note", "that", "recall", "so", "where", "with", "also",
    "inverse", "value", "values", "at", "by", "reads", "holds", "one", "has", "for", "all", "which", "compute",
    "following", "respect", "to", "written", "as", "can", "be", *_ARTICLES,
}  # fmt: skip
# A function is said to be one of these; an equation after any other noun may say where something holds.
_NOUNS = {
    "function", "activation", "sigmoid", "softplus", "swish", "silu", "relu", "softsign", "nonlinearity",
    "non-linearity", "tanh", "tangent", "logit", "loss", "map", "mapping", "density", "polynomial", "parabola",
    "gaussian", "exponential", "logistic", "gelu", "elu", "kernel", "transfer", "cost", "objective", "potential",
    "cubic", "quadratic", "quartic", "square", "cube", "identity", "line", "hinge", "log-loss", "cosine", "sine",
}  # fmt: skip


def names_function(stretch: Stretch, left: Any, right: Any, s: Sentence, rest: Sequence[Any]) -> bool:
    """Whether an equation f(x) = … in a sentence says what a function is, right after a noun for it.

    It does so of the whole function: no other formula of the sentence holds a relation.
    """
    near = lower(s.near)
    at = max((k for k, w in enumerate(near) if w in _ARTICLES), default=-1)
    noun = near[at + 1 :] if at >= 0 else []
    if not noun or noun[-1] not in _NOUNS or len(noun) > 4 or doubtful(whole_of(s, rest)) or not plain(s):
        return False
    if not only(near[: max(at, 0)], _CUES) or not only(whole_of(s, rest).after, _GOES_ON):
        return False
    found = definition(stretch.scope, left, right, "")
    arguments = [S.unwrap(a) for a in found.arguments or ()] if found is not None else []
    letters = {a.text for a in arguments if isinstance(a, S.Name)}
    if found is None or found.indices or len(arguments) != 1 or not letters & names_in(right):
        return False
    standard = name_of(left) in {*FUNCTIONS, r"\sigma"}
    whole = not any(sign in i.body.text for i in rest for sign in "=<>")
    known = stretch.scope.known(name_of(left)) and name_of(left) not in stretch.scope.definitions
    return whole and (standard or not known)
