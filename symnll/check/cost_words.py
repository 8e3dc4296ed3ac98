"""Sentences about costs, by their words: which name one, which require something of one, which are about others."""

from __future__ import annotations

from itertools import pairwise

from symnll.check.plain import MISTAKEN, only, plain
from symnll.check.sentences import doubtful, lower
from symnll.read.prose import Sentence
from symnll.read.words import DENIED

_NOUNS = {"cost", "loss", "objective", "error", "function", "functional", "criterion", "potential", "energy"}
_MINIMISE = {f"minimi{s}{end}" for s in "sz" for end in ("e", "es", "ing")}
_ARTICLES = {"the", "a", "an", "our", "this", "its"}
_BINDING = {
    "of", "by", "with", "in", "to", "for", "and", "is", "are", "that", "on", "at", "from", "as", "where", "when", "we",
    "over", "under", "if", "or", "but", "between", "difference", "gap", "upper", "lower", "bound", "which", "both",
}  # fmt: skip
# Who minimises, or whose cost it is: the author, and nobody else.
_WHO = {
    "so", "then", "thus", "therefore", "hence", "now", "here", "we", "i", "us", "let", "want", "wish", "need", "try",
    "seek", "have", "can", "must", "to", "goal", "aim", "task", "objective", "problem", "is", "training", "learning",
    "by", "and", "in", "order", "it", "that", "for", "this", "where", "equivalently", "finally", "first", "again",
    "model", "network", "parameters", "weights", "one", "maximum", "means", *_ARTICLES,
}  # fmt: skip
_OTHERWISE = MISTAKEN | DENIED | {"instead", "rather", "should", "first", "another", "regularised", "regularized"}
_ALTERS = {
    "plus", "minus", "times", "and", "or", "subject", "under", "divided", "squared", "together", "summed", "averaged",
    "added", "multiplied", "scaled", "weighted", "for", "per", "on", "over",
}  # fmt: skip
# Words for what letters of costs stand for elsewhere.
_OTHERS = {
    "likelihood", "log-likelihood", "probability", "lagrangian", "evidence", "reward", "return", "gain", "utility",
    "density", "matrix", "number", "constant", "length", "capacity", "entropy", "expectation", "rate", "maximise",
    "maximize", "maximising", "maximizing", "bound",
}  # fmt: skip
_REQUIRE = {"requiring", "require", "requirement", "demand", "demanding"}
_SATISFY = {"satisfies", "satisfying", "satisfy"}  # of a cost, or some cost; the cost does what it does
_FILLING = {*_ARTICLES, *_NOUNS, "some", "that", "which", "following", "condition", "equation", "relation", "property"}
_STATIONARY = {
    "point", "points", "minimum", "maximum", "stationary", "optimum", "optimal", "optimality", "solution", "extremum",
    "equilibrium", "vanish", "vanishes", "at", "minimiser", "minimizer", "critical",
}  # fmt: skip


def is_another(s: Sentence) -> bool:
    """Whether a sentence says of its letter that it is no cost: `the likelihood $L$`, `the surrogate $L$`."""
    near = lower(s.near)
    words = {*near[-3:], *lower(s.after[:6])}
    said = near[-1:] and near[-1] not in _NOUNS | _BINDING | _ARTICLES and bool(set(near[-4:-1]) & _ARTICLES)
    return bool(said or (words & _OTHERS and not words & {"negative", "minus", "neg"}))


def names_a_cost(s: Sentence) -> bool:
    """Whether a sentence names its formula as what is minimised, or as the cost: `we minimise $…$`, `the loss is`."""
    words, near, after = lower(s.before), lower(s.near), lower(s.after)
    if doubtful(s) or not plain(s) or {*words, *after} & _OTHERWISE:
        return False
    if after and after[0] in _ALTERS and after != ["over"]:
        return False
    if after[:1] == ["with"] and after[1:2] != ["respect"]:
        return False
    at = max((k for k, w in enumerate(near) if w in _MINIMISE), default=-1)
    if at >= 0:
        between = near[at + 1 :]
        if not only(words[: len(words) - len(between) - 1], _WHO):
            return False
        return not between or (between[0] in _ARTICLES and len(between) < 6 and not set(between) & _BINDING)
    noun = near[-3:-1] if near[-2:-1] == ["function"] else near[-2:-1]
    said = near[-1:] == ["is"] and noun[:1] in (["cost"], ["loss"], ["objective"])
    return said and near[: -1 - len(noun)][-1:] in (["the"], ["our"]) and only(near[: -1 - len(noun)], _WHO)


def requires(s: Sentence) -> bool:
    """Whether a sentence requires of a cost what the display after it says: `a cost that satisfies`."""
    words, near = lower(s.before), lower(s.near)
    at = max((k for k, w in enumerate(near) if w in _REQUIRE | _SATISFY), default=-1)
    some = at >= 0 and (set(near) & _REQUIRE or set(near[max(at - 4, 0) : at]) & {"a", "an", "some"})
    denied = not plain(s) or set(words) & _MINIMISE or any(w.endswith("n't") for w in words)
    denied = denied or any(w in _STATIONARY and n != "out" for w, n in pairwise([*near, ""]))
    return bool(some) and set(near[at + 1 :]) <= _FILLING and bool(set(words) & _NOUNS) and not denied
