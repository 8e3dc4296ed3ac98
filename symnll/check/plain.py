"""Whether a sentence plainly states what its words say, and where a page takes back what it supposed.

What is read from words alone is read from the plainest sentences only: nothing in them doubts, denies, reports what
somebody else says, or speaks of another case. After a text that takes it back, it holds no more.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from symnll.check.sentences import lower
from symnll.read.prose import Sentence
from symnll.read.words import DENIED

MISTAKEN = {
    "think", "believe", "tempted", "tempting", "wrong", "false", "incorrect", "mistake", "mistaken", "erroneous",
    "fallacy", "naively", "naïvely", "wrongly", "mistakenly", "erroneously", "falsely", "incorrectly",
}  # fmt: skip
# With one of these a sentence reports, asks, or compares.
_REPORTS = {
    "says", "said", "say", "writes", "wrote", "claims", "claim", "claimed", "argues", "argued", "authors", "others",
    "somebody", "someone", "nobody", "people", "literature", "paper", "papers", "according", "whether", "ask", "asks",
    "suffices", "prove", "proving", "contrary", "opposed", "compare", "compared", "without", "until", "earlier",
    "previous", "previously", "formerly", "old", "would", "were", "pretend", "imagine", "hypothetical",
    "temporarily", "moment", "noise", "noisy", "smoothed", "smoothing", "soft", "nearly", "roughly", "almost",
}  # fmt: skip
_FOR_NOW = re.compile(r"\bfor (?:now|the moment|a moment|the time being)\b", re.IGNORECASE)
_IN_GENERAL = re.compile(
    r"(?:^|[.!?:;]\s+|\n\s*)(?:in general|(?:more )?generally|otherwise|conversely|on the other hand|for general)\b",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(
    r"\b(?:no longer|any more|anymore|contradict\w*|absurd|impossible)\b"
    r"|\b(?:drop|drops|dropped|dropping|relax|relaxed|lift|lifted|abandon|remove|removed|without|discard)\s+"
    r"(?:this|these|that|the|our|all)\s+(?:\w+\s+)?(?:assumption|restriction|requirement|condition|hypothes[ie]s)"
    r"|\b(?:which|that) we (?:now )?drop\b|\b(?:hence|so) not\b"
    r"|\b(?:that|this|he|she|it) (?:is|was) (?:not so|not true|not the case|wrong|false|mistaken|untrue)\b"
    r"|\bturns? out (?:to be )?(?:not |false|wrong|untrue)|\bin reality\b"
    r"|\bwe (?:do not|don['’]t|did not|didn['’]t)(?=\s*[.;,])"
    r"|\bnow (?:we )?(?:allow|admit|permit)\b|\bwe (?:now )?(?:allow|admit|permit)\b",
    re.IGNORECASE,
)
_CONTRADICTION = re.compile(r"\b(?:contradict\w*|absurd)\b", re.IGNORECASE)
_DEPENDENT = re.compile(
    r"\b(?:not|\w+n't|never|longer|hardly|neither)\s+(?:\w+\s+){0,3}independent"
    r"|\b(?:dependent|correlated)\s+(?:samples|observations|data|values|draws|examples|variables)"
    r"|\b(?:samples|observations|data|values|draws|examples|variables)\s+are\s+(?:\w+\s+)?(?:dependent|correlated)",
    re.IGNORECASE,
)
_RENAMES = re.compile(
    r"(?:is|are) now (?:the|any|another)\b|now (?:denotes?|stands for)\b|from now on (?:is|denotes)\b"
)
_CASE = {"case", "if", "when", "suppose", "supposing", "example"}
_SOME_CASE = re.compile(r"\bfor (?:an?|the (?:first|second|other)|positive|negative)\b")
_NEXT = _CASE | {"assume", "assuming", "consider", "cases", "otherwise", "general", "examples"}
_GOES_ON = re.compile(
    r"\b(?:if|when) (?:we|you|one) (?:now |then )?(?:appl(?:y|ies)|takes?|computes?|calculates?|plugs?|inserts?|puts?"
    r"|substitutes?|sums?|adds?|multipl(?:y|ies)|divides?|differentiates?)\b"
    r"|\b(?:in|for|of) (?:our|this|the) example(?: above)?\b",
    re.IGNORECASE,
)
_HEADING = re.compile(r"\n[ \t>]*#{1,6}[ \t]|\\(?:sub)*section\b")
_UNSAID = re.compile(
    r"<!--.*?-->|^[ \t]*(?:`{3,}|~{3,}).*?^[ \t]*(?:`{3,}|~{3,})[ \t]*$|(?<!`)`[^`\n]+`(?!`)|~~.*?~~|!\[[^\]]*\]"
    r"|^[ \t]*[>%][^\n]*$",
    re.DOTALL | re.MULTILINE,
)


def plain(s: Sentence) -> bool:
    """Whether no word of a sentence makes what it says another's, a case of many, or not so."""
    words = {*lower(s.before), *lower(s.after)}
    denied = bool(words & (_REPORTS | MISTAKEN | DENIED)) or any(w.endswith("n't") for w in words)
    return not (denied or quoted(s.gap) or _FOR_NOW.search(s.gap))


def only(words: Iterable[str], known: Collection[str]) -> bool:
    """Whether all the words are known ones."""
    return all(w in known for w in lower(words))


def clause(s: Sentence) -> list[str]:
    """The words before a formula since the formula, the comma, the colon or the "and" before it."""
    text = re.split(r"[,;:.!?)]\s|\b(?:and|while|but|whereas)\b", s.gap)[-1]
    words = lower(re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text))
    return words[-len(s.near) :] if s.near else []


def quoted(gap: str) -> bool:
    """Whether what comes after a text is quoted, struck out, or the caption of a figure."""
    caption = gap.rpartition("![")
    marked = gap.count('"') % 2 or gap.count("~~") % 2 or gap.rfind("“") > gap.rfind("”")
    return bool(marked or (caption[1] and "]" not in caption[2]))


def takes_back(gap: str, said: bool = False) -> bool:
    """Whether a text takes back what was supposed, or also what was `said`, before it: `we drop this restriction`.

    `In general` takes back what was only supposed.
    """
    return bool(_TAKES_BACK.search(gap) or (not said and _IN_GENERAL.search(gap)))


def renames(s: Sentence) -> bool:
    """Whether a sentence says of the letter that it stands around that it is something else now."""
    return bool(_RENAMES.match(" ".join(lower(s.after))))


def dependent(gap: str) -> bool:
    """Whether a text says of samples that they are not independent."""
    return bool(_DEPENDENT.search(gap))


def one_case(s: Sentence) -> bool:
    """Whether a sentence is about one case of several, which the value in a display is of: `in the first case`."""
    return bool(_CASE & {*lower(s.before)} or _SOME_CASE.search(" ".join(lower(s.before))))


def next_case(gap: str) -> bool:
    """Whether a text may begin another case. `If we apply …`, `in our example above` go on with this one."""
    return bool(_NEXT & {*lower(re.findall(r"\w+", _GOES_ON.sub(" ", gap)))})


def refuted_below(text: str, at: int) -> bool:
    """Whether the section that goes on at a place speaks of a contradiction, so that what it supposes is not so."""
    end = _HEADING.search(text, at)
    return bool(_CONTRADICTION.search(text, max(at - 200, 0), end.start() if end else len(text)))


def stated_text(text: str) -> str:
    """A text with blanks for what it does not state itself: comments, code, quotes and captions."""
    return _UNSAID.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
