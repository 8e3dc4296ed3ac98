"""LaTeX: the displays, inline formulas, macros and `% symnll:` declarations of a .tex file."""

from __future__ import annotations

import re

from symnll.read.documents import Document
from symnll.read.page import DEFINE, INNER, NAME, TOP, UNREAD, Page

_HIDDEN = re.compile(
    r"\\begin\s*\{(?P<verbatim>(?:verbatim|Verbatim|BVerbatim|LVerbatim|lstlisting|comment|minted|filecontents|"
    r"algorithmic|tikzpicture)\*?)\}"
    r"|\\(?:verb\*?|lstinline)(?![A-Za-z])(?P<verb>[^\w\s{*])|\\(?P<url>url|href|path)\s*\{"
    r"|\\(?P<iffalse>iffalse)(?![A-Za-z])|\\[^A-Za-z]|(?P<comment>%[^\n]*)"
)
_FILL = re.compile(r"[^\n]")
_DOCUMENT = re.compile(r"\\begin\s*\{document\}")
_END_DOCUMENT = re.compile(r"\\end\s*\{document\}")
_SHORTHAND = re.compile(
    r"\\(?:(?:new|renew|provide)command\*?|def)\s*\{?\s*\\(?P<name>[A-Za-z@]+)\s*\}?\s*"
    r"\{\s*\\(?P<kind>begin|end)\s*\{(?P<environment>[A-Za-z]+)\*?\}\s*\}"
)
_ENVIRONMENT = re.compile(
    r"\\(?:re)?newenvironment\s*\*?\s*\{\s*(?P<name>[A-Za-z@]+)\*?\s*\}[\s%]*(?:\[[^\[\]\n]*\][\s%]*){0,2}(?=\{)"
)
_DECLARATION = re.compile(r"%+[ \t]*symnll(?P<colon>:?)[ \t]*")
_KEYWORD = re.compile(
    r"(?:index|real|positive|natural|probability|binary|simplex|onehot|labels|vector|function|let|write|assume|case|from|"
    r"skip|expect|reset)\b"
)
_OPEN = (
    r"%|\\begin" + NAME % "begin" + "|" + DEFINE + r"|(?P<bracket>\\\[)|(?P<paren>\\\()|(?P<dollars>\$\$)"
    r"|(?P<dollar>\$)|(?P<html><!--[ \t]*symnll\b)|\\[^A-Za-z]"
)


def hide(text: str, page: Page) -> str:
    """The text with comments and what is set verbatim made blank; the `%` of a comment stays, so its line is not."""
    out: list[str] = []
    pos = at = 0
    absent: set[str] = set()
    while m := _HIDDEN.search(text, at):
        at = end = m.end()
        start = m.start()
        if m.lastgroup == "comment":
            start += 1
        elif m.lastgroup in ("verbatim", "iffalse"):
            closing = f"\\end{{{m['verbatim']}}}" if m["verbatim"] else "\\fi"
            found = -1 if closing in absent else text.find(closing, end)
            if found < 0:
                if closing not in absent:
                    page.problem(f"{m[0]} is not closed; what follows was read. Close it with {closing}.", start, end)
                absent.add(closing)
                continue
            end = found + len(closing)
        elif m.lastgroup in ("verb", "url"):
            stop = text.find(m["verb"] or "}", end, end + 2000)
            if stop < 0 or "\n" in text[end:stop]:
                continue
            end = stop + 1
        else:
            continue
        out += [text[pos:start], _FILL.sub(" ", text[start:end])]
        pos = at = end
    return "".join([*out, text[pos:]])


def read_latex(document: Document, inline: bool = False) -> None:
    """Reads a LaTeX file: displays between \\begin{document} and \\end{document}, or everywhere where these are absent.

    Macros and declarations are read in the preamble too. Files that are put in with \\input are not read.
    """
    text = document.source.text
    page = Page(document, text, inline=inline, tex=True)
    page.mask = hide(text, page)
    begin = _DOCUMENT.search(page.mask)
    first = begin.end() if begin else 0
    last = _END_DOCUMENT.search(page.mask, first)
    if last:
        page.mask = page.mask[: last.start()]
    _own_environments(page)
    page.cue.text = page.mask
    page.cue.reset(first)
    names = {
        m["name"]: f"{m['kind']} {m['environment']}"
        for m in _SHORTHAND.finditer(page.mask)
        if m["environment"] in TOP | INNER
    }
    opening = re.compile(_OPEN.replace(r"|\\[^A-Za-z]", page.use_shorthands(names) + r"|\\[^A-Za-z]"))
    pos = 0
    while (m := opening.search(page.mask, pos)) and not page.full(m.start()):
        pos = _step(page, m, first)


def _own_environments(page: Page) -> None:
    """Notes which environments of the document stand for a display, and takes their definitions out of the mask."""
    for m in list(_ENVIRONMENT.finditer(page.mask)):
        bodies: list[str] = []
        at = m.end()
        while len(bodies) < 2 and at in page.pairs:
            bodies.append(page.mask[at + 1 : page.pairs[at]])
            at = page.pairs[at] + 1
            ahead = page.mask[at : at + 200]
            at += len(ahead) - len(ahead.lstrip(" \t\r\n%"))
        begun = re.findall(r"\\begin\s*\{([A-Za-z]+)\*?\}", bodies[0]) if len(bodies) == 2 else []
        if begun and begun[-1] in TOP | INNER | UNREAD:
            page.own[m["name"]] = begun[-1]
        if len(bodies) == 2:
            page.mask = page.mask[: m.start()] + _FILL.sub(" ", page.mask[m.start() : at]) + page.mask[at:]


def _step(page: Page, m: re.Match[str], first: int) -> int:
    """Reads what was opened; the offset to go on from."""
    kind, start, end = m.lastgroup, m.start(), m.end()
    if m[0] == "%":
        return _comment(page, start)
    if kind == "define":
        return page.skip(start, page.define(m))
    if start < first:
        return end
    if kind in ("begin", "short"):
        opens, name = page.environment_of(m)
        if opens == "begin" and name == "math":
            close, after, closed = page.close(end, "begin", name)
            return page.formula(start, end, close, after) if closed else end
        if opens == "begin" and name in UNREAD:
            return page.unread(m, name)
        return page.environment(m) if opens == "begin" and name in TOP | INNER else end
    if kind in ("bracket", "dollars"):
        return page.delimited(start, end, m[0])
    if kind in ("paren", "dollar"):
        after = page.paren(start, end) if kind == "paren" else page.dollar(start)
        if after == end:
            page.problem(f"The formula opened with {m[0]} is not closed in its paragraph.", start, end)
        return after
    if kind == "html":
        page.problem("In TeX a declaration is written % symnll: …; this one was not read.", start, end)
    return end


def _comment(page: Page, start: int) -> int:
    end = page.text.find("\n", start)
    end = len(page.text) if end < 0 else end
    m = _DECLARATION.match(page.text, start, end)
    if m and m["colon"]:
        page.declare(m.end(), end)
    elif m and _KEYWORD.match(page.text, m.end(), end):
        page.problem("A declaration has a colon: % symnll: …; this one was not read.", start, end)
    return end
