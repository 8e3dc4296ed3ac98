"""What a sentence around a formula makes of it: a condition of the display after it, a definition, or neither.

What a sentence says in other words than these is not guessed: it states no condition, and it defines nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from symnll.read.prose import Sentence
from symnll.read.tokens import Token, has_relation
from symnll.read.words import BESIDE, DENIED

DEFINES = {
    "where", "let", "define", "defines", "defining", "denote", "denotes", "denoting", "defined", "with", "write",
    "writing", "set", "setting", "putting", "here",
}  # fmt: skip
NAMING = {
    "where",
    "define",
    "defines",
    "defining",
    "defined",
    "denote",
    "denotes",
    "denoting",
}  # also what was spoken of before
CONDITION = {"if", "when", "for", "case", "assuming", "assume", "suppose", "given", "whenever", "provided"}
# With one of these a sentence is about one case, or about what somebody might do.
DOUBT = {
    "if", "unless", "case", "cases", "otherwise", "would", "could", "might", "may", "again", "when", "whenever",
    "suppose", "supposing", "assume", "assuming", "provided", "example", "e.g", "special", "instance", "particular",
    "either", "only", "once", "except", "elsewhere", "afterwards", "afterward", "initially", "else", "temporarily",
    "sometimes", "usually", "iff", "say", "typically", "normally", "perhaps", "maybe",
}  # fmt: skip
# The words of a sentence that supposes something for the display after it, and says no more of it.
_OPEN = {"other", "others", "different", "otherwise", "true", "which", "follows", "following", "distinct", "be"}
STATING = (BESIDE - _OPEN) | CONDITION | {
    "we", "have", "has", "had", "get", "gets", "obtain", "find", "gives", "give", "yields", "yield", "becomes",
    "compute", "look", "differentiate", "take", "begin", "start", "anew", "with", "respect", "by", "quotient",
    "product", "chain", "rule", "partial", "off", "jacobian", "hessian", "matrix", "next", "finally", "there", "here",
    "such", "that", "equals", "reads", "simplifies", "reduces", "can", "write", "expression", "loss", "softmax",
    "probability", "output", "input", "any", "every", "all", "each", "non-target", "cross-entropy", "function", "using",
    "apply", "calculate", "let", "us", "let's", "coincide", "numerator", "denominator", "constant", "vanishes", "drops",
    "simply", "just", "term", "terms",
}  # fmt: skip


def lower(words: Iterable[str]) -> list[str]:
    """Words in lower case, with plain apostrophes."""
    return [w.lower().replace("’", "'") for w in words]


def odd_word(words: Iterable[str]) -> str:
    """The first of the words with which a sentence may say something else than a condition, or ""."""
    return next((w for w in lower(words) if w not in STATING and not w.isdigit()), "")


def supposes(s: Sentence, tokens: Sequence[Token]) -> bool:
    """Whether a formula is what its sentence supposes: `for $x = 3$ we have`, `suppose that $a = b$`."""
    near = lower(s.near)
    if near[-1:] == ["with"] and has_relation(tokens) and tokens[-2].kind == "REL":
        return True
    while near and near[-1] in ("that", "some", "all", "the", "case", "cases", "a"):
        if near[-1] == "case":
            return True
        near.pop()
    return bool(near) and near[-1] in CONDITION


def if_equal(tokens: Sequence[Token], s: Sentence) -> bool:
    r"""Whether a sentence supposes an equation: `if $s = \sigma(a)$ then`."""
    relations = [t.text for t in tokens if t.kind == "REL"]
    return relations == ["="] and lower(s.near)[-1:] in (["if"], ["when"])


def clause_of(gap: str) -> str:
    """The text before a formula from the last colon or semicolon, where there is one in its sentence."""
    return re.split(r"[:;.!?]\s", gap)[-1]


def cue_of(s: Sentence) -> set[str]:
    """The last words before a formula that say what it is for."""
    return set(lower(s.before[-5:]))


def doubtful(s: Sentence) -> bool:
    """Whether a sentence is about one case, or about what does not hold, so that it defines nothing."""
    words = {*lower(s.before), *lower(s.after)}
    return bool(words & (DOUBT | DENIED - {"no"})) or any(w.endswith("n't") for w in words)


def may_define(s: Sentence) -> bool:
    """Whether a sentence may define what its formula says, by the words near it."""
    words = cue_of(s)
    return bool(words & DEFINES) and not doubtful(s) and not words & {"or", "nor", "neither", *CONDITION}


def may_name(s: Sentence, after_display: bool) -> bool:
    """Whether a sentence may define what was spoken of before, by a word for it or as it goes on from a display."""
    return bool(cue_of(s) & NAMING) or (after_display and s.before[:1] == ("with",))


def independent(s: Sentence) -> bool:
    """Whether a sentence is about samples that are independent, and does not take that back."""
    words = {*lower(s.before), *lower(s.after)}
    denied = words & (DENIED | {"would", "could", "might", "may", "unless", "only", "were", "otherwise"})
    return bool(words & {"independent", "independently", "iid", "i.i.d", "i.i.d."}) and not denied
