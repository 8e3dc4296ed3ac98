"""Whether an equation in a sentence is a definition: by the clause that it stands in, and by what is said after it.

A sentence that gives the meaning of a value (`with $y = 1$ for positive examples`), says where something happens
(`it is zero where $w = y / x$`), or sets one entry of many, defines nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from symnll.check.plain import MISTAKEN
from symnll.check.sentences import CONDITION, DEFINES, NAMING, lower
from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Definition, Scope
from symnll.meaning.trees import names_in
from symnll.read import syntax as S
from symnll.read.documents import Display, Inline
from symnll.read.prose import Sentence

_ALL = {"all", "every", "each", "any"}
_ARTICLES = {"the", "a", "an", "our", "its", "their"}
_IS = {"is", "are", "be", "being"}
_NAMES = {"denote", "denotes", "denoting", "represents", "represent", "stands", "as", "which", "whose"}
_CONCLUDES = {"then", "so", "hence", "thus", "therefore", "we", "it", "this", "one", "to"}
_STAYS = {
    *("throughout", "below", "hereafter", "henceforth", "from now on", "from here on", "in the following"),
    *("in what follows", "in matrix notation", "in matrix form", "for short", "for brevity", "for convenience"),
    *("for simplicity", "for ease of notation", "for all", "in place of"),
}
# Words between a cue and an equation, or before it in a clause, after which the equation is a property of something.
_PROPERTY = {
    "that", "such", "satisfy", "satisfies", "satisfying", "obey", "obeys", "fulfil", "fulfils", "fulfills", "solve",
    "solves", "event", "given", "vanish", "vanishes", "minimal", "maximal", "optimal", "boundary", "curve", "line",
    "region", "locus", "surface", "condition", "constraint", "equation", "convergence", "case", "at", "on", "in",
    "samples", "examples", "points", "point", "where", "equals", "zero", "not", "for", "minimum", "maximum", "optimum",
    "equality", "iff",
}  # fmt: skip
_PLACES = {
    "minimum", "maximum", "optimum", "extremum", "boundary", "goal", "origin", "point", "points", "end", "vertex",
    "peak", "limit", "equilibrium", "solution", "root", "zero", "mode", "top", "bottom", "case", "line", "surface",
}  # fmt: skip
_SETTINGS = {
    "rate", "factor", "constant", "coefficient", "temperature", "parameter", "hyperparameter", "momentum", "size",
    "strength",
}  # fmt: skip
_VERBS = {"we", "us", "let's", "and", "then", "now", "can", "may", "to", "by", "i", "first", "also"}
_INDICES = {"indices", "index", "i", "classes", "samples", "entries", "components", "tokens", "steps", "layers"}
_EXAMPLE = re.compile(r"(?:^|\n|[.!?])[\s#*_>]*(?:Example|Exercise|Illustration)s?\b(?=[\s\d.:*_]*(?:[.:*\n]|$))")
HEADING = re.compile(r"(?:^|\n)[ \t>]*(?:#{1,6}[ \t]|\*\*|(?:[-*_][ \t]*){3,}\n)|\\(?:sub)*section")
_SET_APART = re.compile(r"[,;:)\]—–-][*_\s]*$")


@dataclass
class Clauses:
    """The clause that a formula stands in, as the formulas of a page are met one after the other."""

    number: int = -1  # of the sentence
    cue: str = ""  # the word by which its clause defines, or "": it does not
    last: str = ""  # the formula before
    example: bool = False  # under the heading "Example", where values are those of the example
    names: set[str] = field(default_factory=set)  # of which the sentence has said something

    def reach(self, s: Sentence, text: str, at_display: bool) -> str:
        """Go on to a formula. The cue of its clause."""
        if found := list(_EXAMPLE.finditer(s.gap)):
            self.example = True
        if heads := list(HEADING.finditer(s.gap)):
            self.example = bool(found) and found[-1].end() > heads[-1].start()
        cue = self._cue(s, text, at_display)
        self.names = self.names if self.number == s.number else set()
        self.number, self.cue, self.last = s.number, cue, text.strip()
        return cue

    def first_of(self, name: str) -> bool:
        """Note a name of which a formula says what it is. Whether it is the first in the sentence that does."""
        known = name in self.names
        self.names.add(name)
        return not known

    def _cue(self, s: Sentence, text: str, at_display: bool) -> str:
        near = lower(s.near)
        at = max((k for k, w in enumerate(near) if w in DEFINES and _is_verb(near, k)), default=-1)
        if at < 0:
            again = text.split("=")[0].strip() == self.last  # the residual $r$ is $r = y - w x$
            goes_on = not near or "and" in (near[0], near[-1]) or again
            fits = self.number == s.number and goes_on and not set(near) & _PROPERTY
            return self.cue if fits else ""
        cue, before, between = near[at], near[:at], near[at + 1 :]
        if set(between) & _PROPERTY or set(lower(s.before[-5:])) & {"or", "nor", "neither", *CONDITION}:
            return ""
        if cue == "where":
            return self._where(s, before, text, at_display)
        if cue == "with" and (set(lower(s.before[: len(s.before) - len(between) - 1])) & {"let", "given", "be"}):
            return ""
        if cue == "with" and s.before[:1] == ("with",) and at_display:
            return "where"
        if cue == "here":
            return "" if before else "where" if at_display else cue
        return cue

    def _where(self, s: Sentence, before: Sequence[str], text: str, at_display: bool) -> str:
        """`…, where $a = …$` defines; `the place where $a = …$` does not."""
        ahead = s.gap[: max(s.gap.lower().rfind("where"), 0)]
        if before[-1:] and before[-1] in _PLACES:
            return ""
        if not ahead.strip(" \t\r\n*_>.,;:"):
            spoken = "=" in self.last and text.split("=")[0].strip() in self.last  # $L = r^2$ where $r = y - w x$
            return "where" if at_display or ahead.strip() or spoken else "with"
        return "where" if not before or _SET_APART.search(ahead) else ""


def _is_verb(near: Sequence[str], k: int) -> bool:
    """Whether a cue is what it seems: "we set", not "the training set"."""
    return near[k] != "set" or k == 0 or near[k - 1] in _VERBS


def rest_of(s: Sentence, following: Sequence[Any]) -> list[Any]:
    """The formulas that a sentence goes on with."""
    out = []
    for item in following:
        inline = isinstance(item, Inline) or (isinstance(item, Display) and item.environment == "inline")
        if not inline or item.sentence.number != s.number:
            break
        out.append(item)
    return out


def whole_of(s: Sentence, rest: Sequence[Any]) -> Sentence:
    """A sentence with all the words after its formula."""
    return replace(s, after=(*s.after, *(w for i in rest for w in i.sentence.after)))


def restricts(scope: Scope, macros: Mapping[str, Any], item: Any) -> bool:
    """Whether a formula says for which case something holds: x > 0, k ≠ i; but not i = 1, …, K."""
    tokens = tokens_of(scope, item.body.text, macros)
    relations = [t.text for t in tokens if t.kind == "REL"]
    ranged = any(t.kind == "DOTS" for t in tokens) or relations == [r"\leq", r"\leq"]
    return bool(relations) and not ranged


def is_value(node: Any) -> bool:
    """Whether a side is a number, such as 0, −1 and ½."""
    return not names_in(node)


def may_be(cue: str, right: Any, fresh: bool) -> bool:
    """Whether a clause may define by this right side a name that is fresh, or was spoken of before."""
    body = S.unwrap(right)
    if cue in NAMING:  # also what was spoken of before
        return True
    if isinstance(body, S.Name) or not fresh:
        return False
    return cue in ("let", "write", "writing") or not is_value(right)


def holds_for_all(s: Sentence, cue: str, right: Any, rest: Sequence[Any], restricts: Callable[[Any], bool]) -> bool:
    """Whether the words after an equation leave it what it is, and don't say for which case it holds."""
    after = lower(s.after)
    if rest and not rest[0].sentence.near and not after and restricts(rest[0]):
        return False  # a = 3, x > 0
    if not after or after == ["and"] or " ".join(after) in _STAYS:
        return not (after[-1:] == ["all"] and rest and restricts(rest[0]))
    first, second = after[0], (after[1:2] or [""])[0]
    if is_value(right):
        between = lower(s.near)[-1:]
        return between[0] in DEFINES if between and first in _IS and after[-1] in _SETTINGS else False
    if first == "for":
        named = cue in ("write", "writing", "denote", "denotes", "denoting") and second in _ARTICLES
        plain = second in _ALL and all(w in _INDICES | {"and"} for w in after[2:])
        ranged = len(after) == 1 and bool(rest)
        return named or ((plain or ranged) and not (rest and restricts(rest[0])))
    if after == ["is"]:
        return cue == "where"  # the gradient of $L$, where $r = …$, is
    if first in ("where", "with"):
        return not (len(after) == 1 and rest and "=" not in rest[0].body.text and restricts(rest[0]))
    if first in _IS:
        return second in _ARTICLES | {"called", "known", "just", "simply", "also", "again"}
    if first in _ARTICLES:
        return len(after) <= 4 or cue != "where"
    return first == "and" or first in _NAMES or (cue != "where" and first in _CONCLUDES)


def at_place(s: Sentence, following: Sequence[Any]) -> bool:
    """Whether an equation only says where something happens, `it vanishes at $x = a$`, and no display goes on."""
    goes_on = next((i for i in following if isinstance(i, Display) and i.environment != "inline"), None)
    here = goes_on is not None and goes_on.sentence.number == s.number
    return lower(s.near)[-1:] == ["at"] and bool(_HAPPENS & {*lower(s.before)}) and not here


_HAPPENS = {
    "vanishes", "vanish", "zero", "attained", "reached", "maximal", "minimal", "largest", "smallest", "maximum",
    "minimum", "peaks", "optimal",
}  # fmt: skip


def is_property(s: Sentence) -> bool:
    """Whether the words before an equation make it a property of something: `x such that $x^2 = 4$`."""
    return bool(set(lower(s.near)) & (_PROPERTY - {"that", "in", "equation"}))


def is_entry(scope: Scope, found: Definition, s: Sentence) -> bool:
    """Whether a value may be set for one index: y_c = 1. That of all entries would speak of the index or the size."""
    spoken, words = names_in(found.body), {*lower(s.before), *lower(s.after)}
    letters = [i for i in found.indices if isinstance(i, str) and i not in spoken]
    sized = all(names_in_size(scope, i) & spoken for i in letters)
    return bool(letters) and not sized and not words & _ALL


def is_entry_of(left: Any) -> bool:
    """Whether a side is a name with a letter below it."""
    node = S.unwrap(left)
    return isinstance(node, S.Atom) and isinstance(node.base, S.Name) and any(map(names_in, node.subs))


def names_in_size(scope: Scope, letter: str) -> set[str]:
    """The letters of how many values an index has."""
    symbols = scope.ranges[letter].upper.free_symbols if letter in scope.ranges else set()
    return {name for name, size in scope.sizes.items() if size in symbols}


def rejected(item: Display) -> bool:
    """Whether a sentence says of the display in it that it is not so: `one might think that`, `instead of`."""
    before, after = lower(item.sentence.before), lower(item.sentence.after)
    if before[-2:] in (["instead", "of"], ["rather", "than"], ["contrast", "to"]) or before[-1:] == ["not"]:
        return True
    if _NOT_SO.search(" ".join(before)) or {"contradiction", "absurd", *_BADLY} & {*before, *after[:6]}:
        return True
    said = any(w in MISTAKEN and n in ("that", "to", "is", "") for w, n in itertools.pairwise([*before, ""]))
    return said or (after[:1] in (["is"], ["was"]) and bool(set(after[1:2]) & MISTAKEN))


_BADLY = {"wrongly", "mistakenly", "erroneously", "falsely"}
# What would be, if something else were so.
_NOT_SO = re.compile(
    r"\b(?:not|never|\S+n't) (?:have|hold|get|obtain|assume|write|use|set|take|claim)(?: that)?$"
    r"|\bhad (?:we|one|they|he|she|it)\b"
    r"|\bwere\b.*\bwould (?!like)(?:\w+ ){0,2}\w+$"
)
