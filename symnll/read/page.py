"""One text while it is read: where its formulas end, and what was found so far.

All of this is scanned by hand, in one pass: a reader that recurses, or that looks for the same end from every opening,
is at the mercy of its input.
"""

from __future__ import annotations

import re
from collections import Counter

from symnll.read.documents import Declaration, Display, Document, Fragment, Inline, Macro, Problem
from symnll.read.prose import Cue, Sentence, holds_relation, outside

MOST = 20_000  # formulas, declarations and problems of one file; no one writes more
TOP = {
    "equation", "align", "alignat", "xalignat", "flalign", "gather", "multline", "eqnarray", "displaymath", "dmath",
    "IEEEeqnarray", "empheq",
}  # fmt: skip
INNER = {"split", "aligned", "alignedat", "gathered", "multlined", "array", "cases", "dcases", "rcases"}  # fmt: skip
UNREAD = {"numcases", "subnumcases", "mathpar", "mathparpagebreakable"}  # displays that are not read
OTHER = {"matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "subarray", "math"}
COLUMNS = {"alignat", "xalignat", "alignedat", "array", "IEEEeqnarray", "empheq"}

NAME = r"\s*\{\s*(?P<%s>[A-Za-z@]{1,40}\*?)\s*\}"
DEFINE = r"\\(?P<define>newcommand|renewcommand|providecommand|gdef|def|DeclareMathOperator)(?![A-Za-z@])"
_DEFINE = re.compile(DEFINE)
_ROWS = re.compile(
    r"\\begin\s*\{(?:" + "|".join(sorted(TOP | {"aligned", "alignedat", "gathered", "split"})) + r")\*?\}"
)
_HEAD = re.compile(
    r"\*?\s*(?:\{\s*(\\(?:[A-Za-z@]+|.))\s*\}|(\\(?:[A-Za-z@]+|.)))\s*((?:#\d)*)(?:\[(\d)\])?\s*(?:\[([^\[\]\n]*)\])?\s*"
)
_ARGUMENT = re.compile(r"(?:\s*\[[^\[\]\n]*\])?\s*\{[^{}\n]*(?:\{[^{}\n]*\}[^{}\n]*)*\}|\s*\[[a-zA-Z]\]")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_MARK = re.compile(r"[ \t]{0,3}>[ \t]?")
_SKIPPED = re.compile(r"\{%-?[ \t]*(?:end)?raw[ \t]*-?%\}|<!--")
_COMMENT = re.compile(r"(?<!\\)%")
_DECLARED = re.compile(r"%+[ \t]*symnll:[ \t]*")
_END = (
    r"\\begin" + NAME % "begin" + r"|\\end" + NAME % "end" + r"|(?P<dollars>\$\$)|(?P<bracket>\\{1,2}\])"
    r"|(?P<opening>\\\[)|\\[^A-Za-z]|(?P<blank>\n(?:[ \t>]*\r?\n)+)"
    r"|^[ \t>]*(?P<fence>(?:`{3,}|~{3,}|:{3,})[^\n]*)"
    r"|(?P<stop>^[ \t>]*\#{1,6}[ \t]|<!--[ \t]*symnll|\\(?:chapter|(?:sub)*section|paragraph|item)(?![A-Za-z]))"
)
_CLOSING = re.compile(_END, re.MULTILINE)
_BRACE = re.compile(r"\\[^A-Za-z]|[{}]")
_DOLLAR = re.compile(r"\\[^A-Za-z]|(?P<end>\$)|\n[ \t>]*\r?\n")
_PAREN = re.compile(r"(?P<end>\\{1,2}\))|\\{1,2}\(|\$\$|(?P<escape>\\[^A-Za-z])|\n[ \t>]*\r?\n")


class Page:
    """A text that is read into a document. `mask` is the text with what is not to be looked at blanked out.

    `offsets` gives each character's place in the source, where that is not its place in the text.
    """

    def __init__(
        self,
        document: Document,
        text: str,
        mask: str | None = None,
        offsets: list[int] | None = None,
        inline: bool = False,
        tex: bool = False,
    ) -> None:
        self.document = document
        self.text = text
        self.mask = text if mask is None else mask
        self.offsets = offsets
        self.inline = inline
        self.tex = tex
        self.shorthands: dict[str, str] = {}  # \be for \begin{equation}
        self.own: dict[str, str] = {}  # environments of the document: eq for equation
        self.taken: list[tuple[int, int]] = []  # what is no prose, in order
        self.cue = Cue(text)
        self.closing = _CLOSING
        self._pairs: dict[int, int] | None = None

    def place(self, i: int) -> int:
        """The source offset of text[i]."""
        if self.offsets is None:
            return i
        return self.offsets[i] if i < len(self.offsets) else (self.offsets[-1] + 1 if self.offsets else 0)

    def line(self, i: int) -> int:
        return self.document.source.position(self.place(i))[0]

    def problem(self, message: str, start: int, end: int) -> None:
        self.document.problems.append(Problem(message, self.place(start), self.place(end - 1) + 1))

    def use_shorthands(self, names: dict[str, str]) -> str:
        """Makes commands such as \\be stand for the begin or end of an environment; a pattern that finds them."""
        self.shorthands = names
        if not names:
            return ""
        pattern = r"|\\(?P<short>" + "|".join(sorted(names)) + r")(?![A-Za-z@])"
        self.closing = re.compile(_END.replace(r"|\\[^A-Za-z]", pattern + r"|\\[^A-Za-z]", 1), re.MULTILINE)
        return pattern

    def full(self, at: int) -> bool:
        """Whether the document holds as much as one may; then it says so."""
        if len(self.document.items) + len(self.document.problems) < MOST:
            return False
        self.problem(f"What follows line {self.line(at)} was not read: there are too many formulas. Split this file.",
                     at, at + 1)  # fmt: skip
        return True

    # Fragments

    def fragment(self, start: int, end: int, quotes: int = 0) -> Fragment:
        """The text from start to end, without up to `quotes` marks of a Markdown quote in each line but the first."""
        body = self.text[start:end]
        if quotes or "{%" in body or "<!--" in body:
            kept = self._kept(start, end, quotes)
            body = "".join([self.text[a:b] for a, b in kept])
            places = [i for a, b in kept for i in range(a, b)]
        elif self.offsets is None:
            return Fragment(body, start)
        else:
            places = list(range(start, end))
        if self.offsets is not None:
            places = [self.offsets[i] for i in places]
        return Fragment(body, places[0] if places else self.place(start), tuple(places))

    def _kept(self, start: int, end: int, quotes: int) -> list[tuple[int, int]]:
        """The ranges that are left without quote marks, `{% raw %}` and HTML comments."""
        out, at, i = [], start, start
        while i < end:
            newline = self.text.find("\n", i, end) if quotes else -1
            m = _SKIPPED.search(self.text, i, newline if newline >= 0 else end)
            if m:
                stop = self.text.find("-->", m.end(), end) if m[0] == "<!--" else m.end() - 3
                i = stop + 3
                if stop < 0:
                    break
                out.append((at, m.start()))
                at = i
            elif newline >= 0:
                out.append((at, newline + 1))
                i = at = newline + 1
                for _ in range(quotes):
                    mark = _MARK.match(self.text, i, end)
                    if not mark:
                        break
                    i = at = mark.end()
            else:
                break
        return [*out, (at, end)]

    def quotes(self, start: int) -> int:
        """How many quote marks begin the line of an offset."""
        if self.tex:
            return 0
        low = max(start - 200, 0)
        begin = self.text.rfind("\n", low, start) + 1
        if begin == 0 and low:
            return 0
        m = _QUOTE.match(self.text, begin, start)
        return m[0].count(">") if m else 0

    # What is found

    def declare(self, start: int, end: int) -> None:
        """One declaration, or none where there are only blanks."""
        text = self.text[start:end]
        start += len(text) - len(text.lstrip())
        if text.strip():
            self.document.items.append(Declaration(self.fragment(start, start + len(text.strip()))))

    def display(
        self, start: int, body: int, close: int, end: int, environment: str, sentence: Sentence | None = None
    ) -> None:
        """A display from start to end, whose body runs from `body` to `close`; inline where it has its `sentence`."""
        text = self.text[body:close]
        cue = sentence.cue if sentence is not None else ""
        sentence = sentence or self.cue.around(start, end, display=True)
        if "symnll" in text:
            for m in _DECLARED.finditer(text):
                stop = text.find("\n", m.end())
                self.declare(body + m.end(), close if stop < 0 else body + stop)
        self.define_within(body, close)
        fragment = self.fragment(body, close, self.quotes(start))
        first = self.place(start)
        last = self.place(end - 1) + 1 if end > start else first
        self.document.items.append(Display(0, fragment, first, last, environment, cue, sentence))
        self.taken.append((start, end))

    def formula(self, start: int, body: int, close: int, end: int) -> int:
        """An inline formula; a display where it holds rows, or where inline formulas are asked for. The end of it."""
        text = self.text[body:close]
        if "\\begin" in text and _ROWS.search(text):
            self.display(start, body, close, end, "display")
            self.cue.reset(end)
            return end
        sentence = self.cue.around(start, end)
        if self.inline and holds_relation(text):
            self.display(start, body, close, end, "inline", sentence)
            return end
        self.define_within(body, close)
        self.document.items.append(Inline(self.fragment(body, close, self.quotes(start)), sentence.cue, sentence))
        self.taken.append((start, end))
        return end

    def skip(self, start: int, end: int) -> int:
        """Something that is neither prose nor a formula."""
        self.taken.append((start, end))
        self.cue.skip(end)
        return end

    # Ends

    def close(self, pos: int, opening: str, name: str = "") -> tuple[int, int, bool]:
        """Where a body that begins at `pos` ends, where its closing delimiter ends, and whether there is one.

        `opening` is `$$`, `\\[`, `\\\\[`, the marker of a fence, or `begin` with the name of an environment. Without
        its delimiter a body ends at a heading, a declaration, the next opening, or a blank line before prose.
        """
        names = [name] if name else []
        count = Counter(names)
        begun = pos
        for m in self.closing.finditer(self.mask, pos):
            kind, at = m.lastgroup, m.start()
            if kind in ("begin", "end", "short"):
                kind, word = self.environment_of(m)
                if not self.tex and self._commented(at):
                    continue
                if kind == "begin":
                    if name in TOP and word in TOP and self._starts_line(at) and self.mask[begun:at].strip():
                        return self._unclosed(pos, at)
                    names.append(word)
                    count[word] += 1
                    begun = m.end()
                elif count[word]:
                    while True:
                        count[top := names.pop()] -= 1
                        if top == word:
                            break
                    if name and not names:
                        return at, m.end(), True
                elif word not in TOP | INNER | OTHER:
                    return self._unclosed(pos, at)
            elif kind == "dollars":
                if opening == "$$":
                    return at, m.end(), True
                if opening[0] not in "`~:":
                    return self._unclosed(pos, at)
            elif kind == "bracket":
                if (opening == "\\[" and m[0] == "\\]") or opening == "\\\\[":
                    return at, m.end(), True
            elif kind == "opening":
                if opening in ("\\[", "begin"):
                    return self._unclosed(pos, at)
            elif kind == "blank":
                if outside(self.mask, m.end(), dollars=opening != "$$"):
                    return self._unclosed(pos, at)
            elif kind == "fence" and not self.tex:
                line = m["fence"].rstrip()
                if line[0] == opening[0] and len(line) >= len(opening) and not line.strip(opening[0]):
                    return at, m.end(), True
                return self._unclosed(pos, at)
            elif kind == "stop" and not (self.tex and m["stop"][0] != "\\"):
                return self._unclosed(pos, at)
        return self._unclosed(pos, len(self.mask))

    def _unclosed(self, pos: int, at: int) -> tuple[int, int, bool]:
        while at > pos and self.mask[at - 1].isspace():
            at -= 1
        return at, at, False

    def environment_of(self, m: re.Match[str]) -> tuple[str, str]:
        """begin or end, and the name without its star; `align*` that ends as `align` is a slip that hides nothing."""
        if m.lastgroup == "short":
            kind, word = self.shorthands[m["short"]].split()
        else:
            kind = m.lastgroup or ""
            word = m[kind]
        return kind, self.own.get(word.rstrip("*"), word.rstrip("*"))

    def _commented(self, at: int) -> bool:
        """Whether a `%` stands before on the line. In TeX, comments are out of the mask already."""
        before = self.mask[max(at - 200, 0) : at].rpartition("\n")[2]
        return "%" in before and bool(_COMMENT.search(before))

    def _starts_line(self, at: int) -> bool:
        before = self.mask[max(at - 80, 0) : at]
        return not before.rpartition("\n")[2].strip(" \t>")

    def delimited(self, start: int, body: int, opening: str) -> int:
        """Reads a display that `$$`, `\\[` or a fence opens; the offset to go on from."""
        close, end, closed = self.close(body, opening)
        if not closed:
            wanted = {"$$": "$$", "\\[": "\\]", "\\\\[": "\\\\]"}.get(opening, opening)
            self.open_problem(f"The formula opened with {opening}", wanted, start, body, close)
        self.display(start, body, close, end, "display")
        self.cue.reset(end)
        return max(end, body)

    def environment(self, m: re.Match[str]) -> int:
        """Reads a display that is an environment standing alone; the offset to go on from."""
        name = self.environment_of(m)[1]
        body = m.end()
        argument = _ARGUMENT.match(self.mask, body) if name in COLUMNS else None
        body = argument.end() if argument else body
        close, end, closed = self.close(body, "begin", name)
        if not closed:
            self.open_problem(m[0], f"\\end{m[0][6:]}" if m[0][:6] == "\\begin" else f"\\end{{{name}}}",
                              m.start(), body, close)  # fmt: skip
        self.display(m.start(), body, close, end, name)
        self.cue.reset(end)
        return max(end, body)

    def unread(self, m: re.Match[str], name: str) -> int:
        """Says that a display is not read; the offset to go on from."""
        self.problem(f"\\begin{{{name}}} is not read, and nothing in it is checked; write it with align or cases.",
                     m.start(), m.end())  # fmt: skip
        return self.close(m.end(), "begin", name)[1]

    def open_problem(self, what: str, wanted: str, start: int, body: int, close: int) -> None:
        line, last = self.line(start), self.line(max(close - 1, start))
        message = f"{what} on line {line} is not closed; it was read up to line {last}. Close it with {wanted}."
        self.problem(message, start, body)

    def dollar(self, start: int) -> int:
        """Reads an inline formula that `$` opens, if it does; the offset to go on from."""
        body = start + 1
        for m in _DOLLAR.finditer(self.mask, body):
            if m["end"]:
                if m.start() > body and (self.tex or self._fits(start, m.start())):
                    return self.formula(start, body, m.start(), m.end())
            elif m[0][0] == "\\":
                continue
            break
        return body

    def _fits(self, start: int, close: int) -> bool:
        """Whether two dollars in Markdown hold a formula: $5 and $6 don't."""
        text, body = self.mask, start + 1
        if text[close + 1 : close + 2].isdigit() or (text[start - 1 : start].isalnum() and text[body] != "\\"):
            return False
        blanks = text[body].isspace() + text[close - 1].isspace()
        return not blanks or (blanks == 2 and any(c in "\\^_=" for c in text[body:close]))

    def paren(self, start: int, body: int) -> int:
        """Reads an inline formula that `\\(` opens, if it is closed in its paragraph; the offset to go on from."""
        for m in _PAREN.finditer(self.mask, body):
            if m["end"]:
                return self.formula(start, body, m.start(), m.end())
            if not m["escape"]:
                break
        return body

    # Macros

    def define_within(self, start: int, end: int) -> None:
        if "\\" in self.mask[start:end]:
            i = start
            while m := _DEFINE.search(self.mask, i, end):
                i = self.define(m)

    def define(self, m: re.Match[str]) -> int:
        """Reads a macro definition; the offset after it."""
        head = _HEAD.match(self.mask, m.end())
        if not head:
            return m.end()  # a command that is only spoken of
        name, count, default = head[1] or head[2], int(head[4] or 0), head[5]
        if head.end() not in self.pairs and "@" in name:
            return m.end()  # of the machinery of a style, not of its formulas
        if head.end() not in self.pairs:
            self.problem(f"The definition of {name} is not understood. Write \\newcommand{{{name}}}[2]{{…}}, with the "
                         "number of its arguments.", m.start(), m.end())  # fmt: skip
            return m.end()
        if m["define"] in ("def", "gdef"):
            count = len(head[3]) // 2
        close = self.pairs[head.end()]
        body = self.mask[head.end() + 1 : close]
        if m["define"] == "DeclareMathOperator":
            star = "*" if self.mask[m.end() : m.end() + 1] == "*" else ""
            body = f"\\operatorname{star}{{{body}}}"
        macros = self.document.macros
        if m["define"] != "providecommand" or name not in macros:
            new = Macro(name, count, default, body)
            if macros.get(name, new) != new:
                self.problem(f"{name} is defined more than once; the last definition is used everywhere. "
                             "Use two names.", m.start(), close + 1)  # fmt: skip
            macros[name] = new
        return close + 1

    @property
    def pairs(self) -> dict[int, int]:
        """Where the brace that opens at an offset closes, for all that do."""
        if self._pairs is None:
            self._pairs = {}
            stack: list[int] = []
            for m in _BRACE.finditer(self.mask):
                if m[0] == "{":
                    stack.append(m.start())
                elif m[0] == "}" and stack:
                    self._pairs[stack.pop()] = m.start()
        return self._pairs
