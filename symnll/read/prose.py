"""What is a sentence and what is a formula, where no delimiter says so."""

from __future__ import annotations

import re
from dataclasses import dataclass

RELATIONS = (
    "leq|geq|le|ge|lt|gt|equiv|approx|propto|doteq|coloneqq?|eqqcolon|triangleq|leqslant|geqslant|neq|ne|sim|simeq"
)
# Words that stand in formulas, among them commands that have lost their backslash.
MATH_WORDS = {
    "log", "ln", "exp", "sum", "prod", "max", "min", "arg", "argmax", "argmin", "softmax", "sigmoid", "partial",
    "over", "int", "frac", "cdot", "sqrt", "times", "left", "right", "leq", "geq", "neq", "infty", "nabla",
    "alpha", "beta", "gamma", "delta", "epsilon", "theta", "lambda", "sigma", "mu", "nu", "pi", "phi", "psi",
    "omega", "sin", "cos", "tanh", "if",
}  # fmt: skip

_RELATION = re.compile(
    r"\\(?:begin|end)\s*\{[^{}]*\}|(?P<relation>[=<>≤≥≡≈∝≔≜]|&[lg][te];|\\(?:" + RELATIONS + r")(?![A-Za-z]))"
    r"|\\(?:[A-Za-z]+|.)|(?P<open>[{(])|(?P<close>[})])",
    re.DOTALL,
)


def holds_relation(text: str) -> bool:
    """Whether a formula relates two sides: a relation outside all brackets, where the brackets are balanced."""
    depth, inside = 0, False
    for m in _RELATION.finditer(text):
        kind = m.lastgroup
        if kind == "relation":
            if depth == 0:
                return True
            inside = True
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(depth - 1, 0)
    return inside and depth > 0


_GROUPS = re.compile(
    r"\\(?:text\w*|mbox|mathrm|operatorname\*?|label|tag\*?|(?:eq)?ref|begin|end)\s*\{[^{}]*\}|\{[^{}]*\}"
)
_COMMANDS = re.compile(r"\\[A-Za-z]+")
_RUN = re.compile(r"[^\W\d_]{2,}(?:[,;:]?[ \t]+(?:[^\W\d_]{2,}|[aI](?=[ \t])))+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NO_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff]{4}")
_MARKS = re.compile(r"[ \t>]*(?:#{1,6}[ \t]|```|~~~|<!--|\\(?:chapter|(?:sub)*section|paragraph|item)(?![A-Za-z]))")
_OPENING = re.compile(r"[ \t>]*(?:\$\$|\\{1,2}\[)")
_DOLLAR = re.compile(r"(?<![\\$])\$(?!\$)")


def is_prose(line: str) -> bool:
    """Whether a line has at least three words in a row that no formula has."""
    bare = _COMMANDS.sub(" | ", _GROUPS.sub(" | ", _GROUPS.sub(" | ", line)))
    if _NO_SPACES.search(bare):
        return True
    for run in _RUN.finditer(bare):
        words = _WORD.findall(run[0])
        if len(words) >= 3 and sum(w.lower() not in MATH_WORDS for w in words) >= 2:
            return True
    return False


def outside(text: str, pos: int, dollars: bool) -> bool:
    """Whether the line at `pos`, after a blank one, is clearly no part of an open formula.

    `dollars` says that `$$` opens another formula; otherwise it may be the end of this one.
    """
    end = text.find("\n", pos, pos + 400)
    line = text[pos : end if end >= 0 else pos + 400]
    if _MARKS.match(line) or is_prose(line):
        return True
    opening = _OPENING.match(line)
    if opening:
        return dollars or "[" in opening[0] or line.count("$$") > 1
    return "\\text" not in line and "\\mbox" not in line and bool(_DOLLAR.search(line))


_STARTS = re.compile(r"[^\W\d_]|\\[A-Za-z{|]|[-({|‖∑∏∂∇∫=&≤≥≈]")
_MARKED = re.compile(r"\\[A-Za-z]+|(?<![A-Za-z])[^\W\d_]_[\w{(\\]|[\w)}\]]\^|[∑∏∂∇∫]")
_CODE = re.compile(r"[\w)\]]\.[A-Za-z]\w*|==|[\"`#]|;[ \t]*$|\b[a-z]{2,}_[a-z]{2,}|://|\b(?:def|return|import)\b")


def is_formula_line(line: str) -> bool:
    """Whether a line of plain text is a formula that has lost its delimiters.

    It relates two sides, has a command, a sub- or a superscript, and at most two words.
    """
    line = line.strip()
    if len(line) > 4000 or not _STARTS.match(line) or not _MARKED.search(line) or not holds_relation(line):
        return False
    bare = _COMMANDS.sub(" ", _GROUPS.sub(" ", _GROUPS.sub(" ", line)))
    if _CODE.search(bare):
        return False
    words = [m[0] for m in _WORD.finditer(bare) if bare[m.end() : m.end() + 1] not in ("(", "_", "^")]
    return sum(w.lower() not in MATH_WORDS for w in words) <= 2


_ABBREVIATION = re.compile(r"\b(?:i\.e|e\.g|w\.r\.t|s\.t|cf|resp|eqs?|fig)\.", re.IGNORECASE)
_BREAK = re.compile(
    r"[.!?](?:[\s*_)\"”]|$)|[。！？]|\n[ \t>]*\r?\n|(?:^|\n)[ \t>]*#{1,6}[ \t][^\n]*\n"
    r"|\n[ \t>]*(?:[-*+|]|\d{1,3}[.)])[ \t]|\\(?:chapter|(?:sub)*section)\*?\s*\{[^{}]*\}"
)
_CUE_WORD = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+|(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)")


_FORMULA = re.compile(r"\$|\\{1,2}[(\[]|\\begin\s*\{|\{math\}`|<!--")


@dataclass(frozen=True)
class Sentence:
    """The words around a formula, as they are written. `number` tells the sentences of a page apart."""

    number: int = 0
    before: tuple[str, ...] = ()  # from where the sentence begins, those between its other formulas too
    near: tuple[str, ...] = ()  # since the formula before it
    after: tuple[str, ...] = ()  # up to the next formula, or the end of the sentence
    gap: str = ""  # the text since the formula before it, or since what stands between
    apart: bool = False  # whether something else stands between, or much text

    @property
    def cue(self) -> str:
        """The last five words before the formula, in lower case."""
        return " ".join(self.before[-5:]).lower()


NOWHERE = Sentence()

# "where" and "let" elsewhere. They count only where no other word stands beside the formula, as it might deny them.
_CUES = {
    **dict.fromkeys(
        ("donde", "onde", "où", "wobei", "dove", "где", "kde", "gdzie", "其中", "여기서", "ここで"), "where"
    ),
    **dict.fromkeys(("sea", "seja", "soit", "sei", "sia", "пусть", "nechť", "niech", "设", "令", "记", "设有"), "let"),
}


class Cue:
    """The words of the current sentence, as formulas are met one after the other."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = self.number = 0
        self.words: list[str] = []
        self.apart = False  # whether something that is neither text nor formula was passed since the last formula

    def reset(self, end: int) -> None:
        """Nothing before `end` belongs to the sentence."""
        self.at, self.words = end, []
        self.number += 1

    def skip(self, end: int) -> None:
        """Code or a comment, up to `end`."""
        self.reset(end)
        self.apart = True

    def around(self, start: int, end: int, display: bool = False) -> Sentence:
        """The words of the sentence around a formula from start to end; a display may be a paragraph of its own."""
        if start - self.at > 300:
            self.skip(start - 300)
        gap = self.text[self.at : start]
        whole, apart, self.apart = gap, self.apart, False
        gap = gap.rstrip() if display else gap
        self.at = end
        near: list[str] = []
        if gap and not gap.isspace():
            if "." in gap:
                gap = _ABBREVIATION.sub(" ", gap)
            breaks = list(_BREAK.finditer(gap))
            if breaks:
                self.words, gap = [], gap[breaks[-1].end() :]
                self.number += 1
            near = words_in(gap)
            self.words = [*self.words, *near]
        after = _ABBREVIATION.sub(" ", self.text[end : end + 300])
        stops = [m.start() for m in (_BREAK.search(after), _FORMULA.search(after)) if m]
        following = words_in(after[: min(stops, default=len(after))])
        following = [_CUES.get(w.lower(), w) for w in following] if len(following) == 1 else following
        english = _CUES.get(near[0].lower()) if len(near) == 1 and following in ([], ["where"]) else None
        if english:
            near = [english]
            self.words = [*self.words[:-1], english]
        return Sentence(self.number, tuple(self.words), tuple(near), tuple(following), whole, apart)


def words_in(text: str) -> list[str]:
    """The words of a text, without commands."""
    return [m["word"] for m in _CUE_WORD.finditer(text) if m["word"]]
