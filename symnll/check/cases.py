"""The case that a sentence puts the displays after it in: `Case 1: $i = j$.`, `Suppose $i = j$.`, up to its end.

It ends at a heading, a question, another formula about indices, code, and at any words but those that go on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symnll.check.sentences import CONDITION, STATING, lower
from symnll.read.prose import Sentence, words_in
from symnll.read.tokens import Token

_OPENS = {"case", "suppose", "supposing", "assume", "assuming", "let", "consider", "if", "when", "for", "otherwise"}
_BESIDE = {
    "the", "in", "of", "now", "first", "second", "third", "last", "next", "then", "us", "let's", "we", "look", "at",
    "to", "turn", "take", "here", "a", "b", "c", "i", "ii", "iii", "diagonal", "off-diagonal", "entries",
    "elements", "terms", "that", "other", "remaining", "case", "finally",
}  # fmt: skip
# Words that leave a case, or may: `in all cases`, `the second term`, `finally`.
_LEAVES = CONDITION | {
    "any", "every", "all", "each", "let", "let's", "cases", "other", "next", "finally", "first", "second", "third",
    "anew", "begin", "start", "consider", "pair", "pairs",
}  # fmt: skip
_GOES_ON = (STATING - _LEAVES) | {"its", "own", "again", "follows", "term", "same", "way", "note", "directly"}
_MARK = r"[ \t>]*(?:[-*+]|\d{1,3}[.)]|#{1,6})[ \t]|[ \t]*\\(?:item|(?:sub)*section|paragraph)(?![A-Za-z])"
_STOP = re.compile(rf"\?|~~|\\(?:begin|end)\b|(?:^|\n)(?:{_MARK}|[ \t>]*(?:[-*_=][ \t]*){{3,}}$)", re.MULTILINE)
_LISTED = re.compile(rf"(?:^|\n)(?:(?:{_MARK})[ \t*_({{\[]*|[ \t>]*\*\*)$")
_OUTDENT = re.compile(r"\n[ \t>]*\r?\n(?=[^\s$\\])")
_APART = re.compile(r"[\s*_)\]}$]*(?:[.,:;(（]|\n|\Z|then\b|we\b)")
_COLON = re.compile(r"[\s*_)\]}$]*[,:(（]")  # after an item that is a formula alone: it may be one of a list of facts


class Case:
    """The condition on indices that holds at this place of a page, if any."""

    def __init__(self) -> None:
        self.tokens: list[Token] | None = None
        self._new = self._listed = self._bare = False

    def reach(self, s: Sentence) -> None:
        """Go on to the formula with this sentence around it."""
        gap = s.gap
        stops = s.apart or _STOP.search(gap) or any(w not in _GOES_ON for w in lower(words_in(gap)))
        ends = not (_COLON if self._bare else _APART).match(gap) if self._new else self._listed and _OUTDENT.search(gap)
        if stops or ends:
            self.tokens = None
        self._new = False

    def meet(self, tokens: list[Token], s: Sentence) -> None:
        """Read a formula about indices: it opens a case where its sentence says nothing but that."""
        words = lower(s.before)
        listed = bool(_LISTED.search(s.gap))
        opening = bool(_OPENS & set(words)) or (listed and not words)
        plain = all(w in _OPENS | _BESIDE or w.isdigit() for w in words)
        self.tokens = tokens if opening and plain else None
        self._new, self._listed, self._bare = True, listed, not words and "#" not in s.gap[-9:]

    def of(self, tokens: Sequence[Token]) -> list[Token] | None:
        """The condition, where it says something of letters of these tokens."""
        mine = {t.text for t in self.tokens or () if t.kind == "NAME"}
        return self.tokens if mine & {t.text for t in tokens if t.kind == "NAME"} else None
