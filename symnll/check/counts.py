r"""Counts that a sentence defines: `where $n_i$ is the number of times $i$ occurs` is n_i = Σ_k δ(x_k, i)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from symnll.check.sentences import doubtful, lower
from symnll.check.stretch import Stretch
from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope
from symnll.meaning.values import Range
from symnll.read import syntax as S
from symnll.read.documents import Inline
from symnll.read.prose import Sentence
from symnll.read.tokens import Token

_OPENING = {"is", "be", "denotes", "denote", "counts", "as", "the", "number", "count", "how", "often", "many", "total"}
_BEFORE = {
    "where",
    "with",
    "and",
    "let",
    "here",
    "now",
    "also",
    "then",
    "we",
    "denote",
    "by",
    "define",
    "write",
    "as",
    "us",
}
_OF = {
    "of", "times", "time", "samples", "examples", "observations", "points", "instances", "occurrences", "training",
    "data", "that", "which", "in", "with", "label", "labels", "class", "category", "value", "outcome", "symbol", "the",
    "belonging", "belong", "to", "have", "having", "equal", "labelled", "labeled", "face", "state", "were", "are",
}  # fmt: skip
_AFTER = {
    "occurs", "occur", "appears", "appear", "occurred", "appeared", "comes", "up", "was", "is", "observed", "seen",
    "in", "the", "training", "data", "set", "dataset", "sample", "samples", "among", "observations", "sequence",
    "corpus",
}  # fmt: skip


def counted(items: Sequence[Any]) -> dict[int, str]:
    """The formulas in sentences that are counts, by their places, and the letter of what each of them counts."""
    found = {}
    for one, other in itertools.pairwise(items):
        if isinstance(one, Inline) and isinstance(other, Inline) and _says_count(one.sentence, other.sentence):
            letter = other.body.text.strip()
            if len(letter) == 1 and letter.isalpha():
                found[one.body.start] = letter
    return found


def _says_count(first: Sentence, second: Sentence) -> bool:
    words, rest = lower(first.after), lower(second.after)
    if rest[-2:-1] == ["and"] and rest[-1] in ("let", "define", "write", "set", "denote"):
        rest = rest[:-2]  # and let $p = N_k / N$ be …
    number = {"number", "count"} & set(words[:4]) or words[:3] in (["is", "how", "often"], ["is", "how", "many"])
    plain = all(w in _BEFORE for w in lower(first.near))  # not: at most $m_k$ is, the square of $m_k$ is
    fits = plain and all(w in _OPENING | _OF for w in words) and all(w in _AFTER for w in rest)
    return bool(number) and fits and first.number == second.number and not doubtful(first)


def define_count(stretch: Stretch, tokens: list[Token], letter: str) -> bool:
    """Define a count n_i over the labels whose classes are what i runs over. Whether there is one such name."""
    scope = stretch.scope
    classes = scope.ranges.get(letter)
    labels = [q for q in scope.quantities.values() if q.kind == "labels" and len(q.axes) == 1]
    labels = [q for q in labels if Range(q.labels_from, q.labels_from + q.base.extra - 1) == classes]
    if len(labels) != 1:
        return False
    sample = _letter(scope, labels[0].axes[0], letter)
    if not sample:
        return False
    entry = f"{labels[0].name}_{{{sample}}}"
    body = tokens_of(scope, rf"\sum_{{{sample}}} \delta_{{{entry}, {letter}}}", {})
    left = S.parse(tokens)
    text = f"{''.join(t.text for t in tokens)} is the number of times {letter} occurs among {labels[0].name}"
    return stretch.say(left, S.parse(body), text)


def _letter(scope: Scope, axis: Range, other: str) -> str:
    """A letter that runs over the samples, or "" where all that may are in use."""
    known = next((n for n, r in scope.ranges.items() if r == axis and n != other and len(n) == 1), "")
    if not known:
        known = next((n for n in "nkjlmrs" if not scope.known(n) and n != other), "")
        if known:
            scope.ranges[known] = axis
            scope.notes[known] = f"{known} is an index in {axis}"
    return known
