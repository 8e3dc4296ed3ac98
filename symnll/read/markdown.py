"""Markdown and plain text: displays, declarations in comments, inline formulas; code and foreign comments are left out.

Whatever opens first wins: a dollar in a code span is code, a backtick in a formula is part of the formula.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from dataclasses import replace
from heapq import merge
from operator import itemgetter

from symnll.read.documents import Declaration, Display, Fragment, Item
from symnll.read.page import DEFINE, INNER, MOST, NAME, TOP, UNREAD, Page
from symnll.read.prose import Cue, is_formula_line

_OPEN = re.compile(
    r"^(?P<fence>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?P<mark>`{3,}(?=[^`\n]*$)|~{3,}|:{3,}(?=[ \t]*\{math\}))"
    r"[ \t]*(?P<info>[^\n]*))"
    r"|^(?P<indent>(?: {4}| {0,3}\t))(?=[ \t]*\S)"
    r"|(?P<ticked>\$`)|(?P<code>`+)|(?P<comment><!--)"
    r"|<(?P<tag>(?i:script|style|pre|code|textarea))(?=[\s>])|\{%-?[ \t]*(?P<liquid>highlight|comment)(?=[\s%-])"
    r"|\\begin" + NAME % "begin" + "|" + DEFINE + r"|(?P<bracket>\\{1,2}\[)|(?P<paren>\\{1,2}\()"
    r"|(?P<dollars>\$\$)|(?P<dollar>\$)|\\[^A-Za-z\n]",
    re.MULTILINE,
)
_FRONT = re.compile(r"(---|\+\+\+)[ \t]*\r?\n(?:[^\n]*\n)*?(?:\1|\.\.\.)[ \t]*\r?(?:\n|\Z)")
_MATH_INFO = re.compile(r"(?:(?P<directive>\{math\})|(?i:math)(?=\s|$))")
_OPTIONS = re.compile(
    r"[ \t]*\r?\n(?:[ \t>]*---[ \t]*\r?\n(?:[^\n]*\n){0,20}?[ \t>]*---[ \t]*\r?\n|(?:[ \t>]*:[\w-]+:[^\n]*\n)*)"
)
_OURS = re.compile(r"<!--[ \t\r\n]*symnll:?(?=\s|-->)")
_WRONG = re.compile(r"^[ \t]*%+[ \t]*symnll:", re.MULTILINE)
_BLANK = re.compile(r"\n[ \t>]*\r?\n")
_INDENTED = re.compile(r"(?:(?: {4}| {0,3}\t)[^\n]*\n?|[ \t]*\r?\n)+")
_FORMULA_FIRST = re.compile(r"\s*(?:\$\$|\\{1,2}\[|\\begin\s*\{)")
_SHALLOW = re.compile(
    r"^ {0,3}(?:(?P<list>(?:[-*+]|\d{1,9}[.)]|\[\^[^\]\n]*\]:|!!!|\?\?\?\+?|===|:)[ \t])|(?=[^\s>]))", re.MULTILINE
)
_ESCAPED = re.compile(r"[\\=<>^_{]")


class _Markdown:
    """One page being read. `plain` text has no indented code, and formulas that are lines of their own."""

    def __init__(self, page: Page, plain: bool) -> None:
        self.page, self.text, self.plain = page, page.text, plain
        self.absent: set[str] = set()  # closing tags that the rest of the text lacks
        self.runs: dict[int, list[int]] | None = None
        self.lists: tuple[list[int], list[bool]] | None = None

    def read(self) -> None:
        front = _FRONT.match(self.text) if self.text[:3] in ("---", "+++") and not self.plain else None
        pos = self.page.skip(0, front.end()) if front else 0
        while (m := _OPEN.search(self.text, pos)) and not self.page.full(m.start()):
            pos = max(self.step(m), m.start() + 1)
        if "symnll:" in self.text:
            self.wrong_declarations()

    def step(self, m: re.Match[str]) -> int:
        """Reads what was opened; the offset to go on from."""
        page, start, end = self.page, m.start(), m.end()
        match m.lastgroup:
            case "fence":
                return self.fence(m)
            case "indent":
                return self.indented(start, end)
            case "ticked":
                close = self.text.find("`$", end, end + 1000)
                return page.formula(start, end, close, close + 2) if close >= 0 else end
            case "code":
                return self.code(start, end)
            case "comment":
                return self.comment(start, end)
            case "tag":
                return self.until(f"</{m['tag'].lower()}", start, end)
            case "liquid":
                return self.until(f"end{m['liquid']}", start, end)
            case "begin":
                name = m["begin"].rstrip("*")
                if name in UNREAD:
                    return page.unread(m, name)
                return page.environment(m) if name in TOP | INNER else end
            case "define":
                return page.skip(start, page.define(m))
            case "bracket":
                return self.bracket(start, end, m[0])
            case "paren":
                return page.paren(start, end)
            case "dollars":
                return page.delimited(start, end, "$$")
            case "dollar":
                return page.dollar(start)
        return end  # an escaped character

    def fence(self, m: re.Match[str]) -> int:
        page, mark = self.page, m["mark"]
        math = _MATH_INFO.match(m["info"])
        if math:
            body = m.start("info") + math.end()
            if not math["directive"] or not m["info"][math.end() :].strip():
                body = m.end()
                options = _OPTIONS.match(self.text, body) if math["directive"] else None
                body = options.end() if options else min(body + 1, len(self.text))
            return page.delimited(m.start(), body, mark)
        ends = re.compile(rf"^[ \t>]*{mark[0]}{{{len(mark)},}}[ \t]*\r?$", re.MULTILINE)
        close = ends.search(self.text, m.end())
        end = close.end() if close else len(self.text)
        if ">" in self.text[m.start() : m.start("mark")]:
            # A quote ends where its marks end, and what it holds ends with it.
            out = re.compile(r"^(?![ \t]*>)", re.MULTILINE).search(self.text, m.end() + 1, end)
            if out:
                return page.skip(m.start(), out.start())
        if not close:
            line = page.line(m.start("mark"))
            message = f"The code fence on line {line} is not closed, so all that follows is code. Close it with {mark}."
            page.problem(message, m.start("mark"), m.end("mark"))
        return page.skip(m.start(), end)

    def indented(self, start: int, end: int) -> int:
        """An indented line: code after a blank line, unless it is in a list or begins a formula."""
        before = self.text[max(start - 200, 0) : start].rstrip(" \t\r")
        if self.plain or (start and not before.endswith("\n\n") and not re.search(r"\n[ \t]*\r?\n$", before)):
            return end
        if _FORMULA_FIRST.match(self.text, end) or self.in_list(start):
            return end
        block = _INDENTED.match(self.text, start)
        return self.page.skip(start, block.end()) if block else end

    def in_list(self, start: int) -> bool:
        """Whether the last line before that is not indented belongs to a list, a footnote or an admonition."""
        if self.lists is None:
            places: list[int] = []
            inside: list[bool] = []
            for m in _SHALLOW.finditer(self.text):
                # A line right below a list item goes on with it.
                below = self.text[max(m.start() - 3, 0) : m.start()].replace("\r", "").endswith("\n\n")
                inside.append(bool(m["list"]) or (bool(inside) and inside[-1] and not below))
                places.append(m.start())
            self.lists = places, inside
        places, inside = self.lists
        k = bisect_left(places, start) - 1
        return k >= 0 and inside[k]

    def code(self, start: int, end: int) -> int:
        """A run of backticks opens code where a run of the same length closes it in its paragraph."""
        if self.runs is None:
            self.runs = {}
            for run in re.finditer("`+", self.text):
                self.runs.setdefault(len(run[0]), []).append(run.start())
        places = self.runs.get(end - start, [])
        k = bisect_right(places, start)
        if k == len(places):
            return end
        close = places[k]
        if (blank := _BLANK.search(self.text, end, close)) or (self.plain and "\n" in self.text[end:close]):
            return blank.start() if blank else end
        if self.text.endswith("{math}", 0, start):
            return self.page.formula(start - 6, end, close, close + end - start)
        return self.page.skip(start, close + end - start)

    def until(self, closing: str, start: int, end: int) -> int:
        """Skips to a closing tag, where there is one."""
        if closing in self.absent:
            return end
        m = re.compile(re.escape(closing), re.IGNORECASE).search(self.text, end)
        if not m:
            self.absent.add(closing)
            return end
        return self.page.skip(start, m.end())

    def comment(self, start: int, end: int) -> int:
        page, ours = self.page, _OURS.match(self.text, start)
        close = self.text.find("-->", end) if "-->" not in self.absent else -1
        if close < 0 and "-->" not in self.absent:
            self.absent.add("-->")
        if not ours:
            if close >= 0:
                return page.skip(start, close + 3)
            page.problem("This comment is not closed; it was read as text. Close it with -->.", start, end)
            return end
        stop = close + 3
        again = self.text.find("<!--", end, close if close >= 0 else len(self.text))
        if close < 0 or again >= 0:
            blank = _BLANK.search(self.text, ours.end(), again if again >= 0 else len(self.text))
            close = stop = blank.start() if blank else again if again >= 0 else len(self.text)
            where = f"on line {page.line(start)} are not closed; they were read up to line {page.line(stop - 1)}"
            page.problem(f"The declarations {where}. Close them with -->.", start, ours.end())
        quotes = page.quotes(start)
        for line in re.finditer(r"[^\n]+", self.text[ours.end() : close]):
            a, b = ours.end() + line.start(), ours.end() + line.end()
            mark = re.compile(r"[ \t]*(?:>[ \t]?)" + f"{{1,{quotes}}}").match(self.text, a, b) if quotes else None
            page.declare(mark.end() if mark else a, b)
        return page.skip(start, stop)

    def bracket(self, start: int, end: int, opening: str) -> int:
        """`\\[` opens a display; but Markdown also escapes a bracket so, as in \\[1\\]."""
        line = self.text[end : end + 200].partition("\n")[0]
        if "\\]" in line and not _ESCAPED.search(line[: line.index("\\]")].rstrip("\\")):
            return end
        return self.page.delimited(start, end, opening)

    def wrong_declarations(self) -> None:
        """A declaration in the form of TeX that stands outside of formulas would be lost in silence."""
        spans = self.page.taken
        starts = [a for a, _ in spans]
        for m in _WRONG.finditer(self.text):
            k = bisect_right(starts, m.start()) - 1
            if k < 0 or spans[k][1] <= m.start():
                message = "Outside of formulas a declaration is written <!-- symnll … --> here; this was not read."
                self.page.problem(message, m.start(), m.end())

    def bare_lines(self) -> None:
        """In plain text, the lines that are formulas without delimiters are displays."""
        page, spans = self.page, [*self.page.taken, (len(self.text), len(self.text))]
        found: list[Item] = []
        k, cue = 0, Cue(self.text)
        for m in re.finditer(r"[^\n]+", self.text):
            while spans[k][1] <= m.start() and k < len(spans) - 1:
                k += 1
            if spans[k][0] < m.end() or not is_formula_line(m[0]):
                continue
            if len(found) == MOST:
                page.problem("What follows was not read: there are too many formulas. Split this file.", *m.span())
                break
            a = m.start() + len(m[0]) - len(m[0].lstrip())
            b = a + len(m[0].strip())
            page.define_within(a, b)
            sentence = replace(cue.around(a, b, display=True), number=-1 - len(found))
            found.append(Display(0, Fragment(self.text[a:b], a), a, b, "line", sentence=sentence))
        if found:
            page.document.items[:] = _merged(page.document.items, found)


def _merged(items: list[Item], lines: list[Item]) -> list[Item]:
    """Both in the order of the file; a declaration within a display stays before that display."""
    keyed: list[tuple[int, Item]] = []
    first = sys.maxsize
    for item in reversed(items):
        first = min(first, _start(item))
        keyed.append((first, item))
    return [item for _, item in merge(reversed(keyed), [(_start(d), d) for d in lines], key=itemgetter(0))]


def _start(item: Item) -> int:
    if isinstance(item, Display):
        return item.start
    return item.text.start if isinstance(item, Declaration) else item.body.start


def read_markdown(page: Page, plain: bool = False) -> None:
    """Reads a page of Markdown, or of plain text, into its document."""
    reader = _Markdown(page, plain)
    reader.read()
    if plain:
        reader.bare_lines()
