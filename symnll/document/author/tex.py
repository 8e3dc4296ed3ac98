"""The prose of a LaTeX file as blocks: sections, lists, quotes, theorems, words in styles. Nothing in it is executed.

What is not known keeps the text of its arguments. Read in one pass over the text, without recursion.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from symnll.document.author.nodes import symbol
from symnll.document.author.place import Placed, inline, link, settled, trimmed
from symnll.document.model import Block, Code, Heading, Inlines, Items, Paragraph, Quote, Styled, Table

SECTIONS = {
    "part": 2,
    "chapter": 2,
    "section": 2,
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 4,
    "subparagraph": 4,
}
STYLES = {"emph": "emphasis", "textit": "emphasis", "textsl": "emphasis", "textbf": "strong", "texttt": "code"}
LISTS = {"itemize", "enumerate", "description", "thebibliography"}
CLAIMS = {"theorem", "lemma", "proposition", "corollary", "definition", "proof", "remark", "example", "claim",
          "exercise",
          "solution", "note", "conjecture", "fact", "assumption", "abstract", "problem", "property"}  # fmt: skip
VERBATIM = {"verbatim", "Verbatim", "lstlisting", "minted", "algorithmic", "tikzpicture", "filecontents", "comment"}
DROPPED = {"maketitle", "noindent", "newpage", "clearpage", "centering", "bigskip", "medskip", "smallskip",
           "tableofcontents",
           "hline", "toprule", "midrule", "bottomrule", "appendix", "small", "large", "Large", "footnotesize",
           "normalsize",
           "raggedright", "hfill", "vfill", "relax", "sloppy", "indent", "null", "left", "right", "/", "-", "!", "qed",
           "qedhere", "protect", "bfseries", "itshape", "ttfamily", "em", "bf", "it", "tt", "rm", "sf", "sc", "tiny",
           "bgroup", "egroup", "begingroup", "endgroup", "limits", "displaystyle"}  # fmt: skip
TAKEN = {"label", "vspace", "hspace", "bibliographystyle", "pagestyle", "thispagestyle", "setlength", "usepackage",
         "index",
         "setcounter", "addtocounter", "vskip", "hskip", "phantom", "nocite", "pagenumbering", "thanksref",
         "documentclass", "theoremstyle", "definecolor", "hypersetup"}  # fmt: skip  # and their arguments
SEVERAL = {"setlength": 2, "setcounter": 2, "addtocounter": 2, "definecolor": 3}
ELSEWHERE = {"input", "include", "includegraphics", "bibliography", "subfile", "import", "lstinputlisting"}
WORDS = {"LaTeX": "LaTeX", "TeX": "TeX", "ldots": "…", "dots": "…", "textbackslash": "\\", "ss": "ß", "o": "ø",
         "O": "Ø",
         "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "l": "ł", "L": "Ł", "i": "ı", "S": "§",
         "textasciitilde": "~", "textasciicircum": "^", "textless": "<", "textgreater": ">", "textbar": "|",
         "today": "",
         "and": ", ", "par": "\n\n", "\\": " ", "newline": " ", "linebreak": " ", "quad": " ", "qquad": " ", ",": " ",
         " ": " ", ";": " ", ":": " ", "textendash": "–", "textemdash": "—", "slash": "/", "space": " ",
         "@": ""}  # fmt: skip
ACCENTS = {"'": "\u0301", "`": "\u0300", '"': "\u0308", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
           "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "r": "\u030a"}  # fmt: skip
_TOKEN = re.compile(
    r"\\(?P<command>[A-Za-z@]+\*?|.|\n)|(?P<brace>[{}])|(?P<blank>\n[ \t]*\n\s*)|(?P<mark>\ue000\d+\ue001)"
    r"|(?P<quote>``|''|---|--|~|&)|(?P<text>[^\\{}\n~&`'\-\ue000]+|.|\n)",
    re.DOTALL,
)
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*(?=\S)|(?=\n|\Z))")
_HIDDEN = re.compile(r"\\begin\s*\{((?:" + "|".join(sorted(VERBATIM)) + r")\*?)\}")
_DEFINE = re.compile(
    r"(?:newcommand|renewcommand|providecommand|def|gdef|DeclareMathOperator|newtheorem|newenvironment|let)\*?"
)
_ACCENTED = re.compile(r"\s*(?:\{\s*\\?([A-Za-z])\s*\}|\\?([A-Za-z]))")
DEEPEST = 40  # braces and environments within each other; more are taken as not there
_QUOTES = {"``": "“", "''": "”", "---": "—", "--": "–", "~": "\u00a0"}


@dataclass
class _Frame:
    """Something that is open: `kind` says what closes it, `made` what it becomes."""

    kind: str
    made: str = ""
    said: str = ""
    line: list[Any] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    items: list[list[Block]] = field(default_factory=list)


def tex_blocks(placed: Placed, notes: Counter[str]) -> tuple[list[Block], Inlines]:
    """The blocks of the body, and the title; `notes` counts what is left out."""
    return _Tex(placed, notes).read()


class _Tex:
    def __init__(self, placed: Placed, notes: Counter[str]) -> None:
        self.placed, self.notes = placed, notes
        self.title: Inlines = ()
        self.stack = [_Frame("top")]
        self.verbatim: list[str] = []
        self.claims = CLAIMS | set(re.findall(r"\\newtheorem\*?\s*\{([^{}\n]*?)\*?\}", placed.text))
        text = self.hidden(placed.text)
        # A mark in a comment, of a declaration, stays.
        text = _COMMENT.sub(lambda m: m[1] + "".join(MARK_ALL.findall(m[0])), text)
        begin = re.search(r"\\begin\s*\{document\}", text)
        if begin:
            preamble = text[: begin.start()]
            heads = []
            for m in re.finditer(r"\\(?:title|author|date)\s*(?:\[[^\]\n]*\]\s*)?(?=\{)", preamble):
                heads.append(preamble[m.start() : _closing(preamble, m.end()) + 1])
            head = "\n\n".join([*MARK_ALL.findall(preamble), *heads])
            text = f"{head}\n\n{text[begin.end() :]}"
            notes["The preamble of the file is not shown"] += 1
        end = re.search(r"\\end\s*\{document\}", text)
        self.text = text[: end.start()] if end else text
        self.at = 0

    def hidden(self, text: str) -> str:
        """The text with a command in place of what is set verbatim, which is kept."""
        out, at = [], 0
        absent: set[str] = set()
        for m in _HIDDEN.finditer(text):
            closing = f"\\end{{{m[1]}}}"
            close = text.find(closing, m.end()) if m.start() >= at and closing not in absent else -1
            if close < 0:
                absent |= {closing} if m.start() >= at else set()
                continue
            self.verbatim.append(self.placed.restored(text[m.end() : close]).strip("\n"))
            out += [text[at : m.start()], rf"\symnllverbatim{{{len(self.verbatim) - 1}}}"]
            at = close + len(closing)
        return "".join([*out, text[at:]])

    def read(self) -> tuple[list[Block], Inlines]:
        while m := _TOKEN.match(self.text, self.at):
            self.at = m.end()
            top = self.stack[-1]
            if m["command"] is not None:
                self.command(m["command"])
            elif m["brace"] == "{":
                if len(self.stack) < DEEPEST:
                    self.stack.append(_Frame("{"))
            elif m["brace"]:
                self.close("{")
            elif m["blank"]:
                self.paragraph()
            elif m["mark"]:
                top.line += self.placed.parts(m["mark"])
            elif m["quote"] == "&" and any(f.made == "table" for f in self.stack):
                top.line.append("\ue002")
            else:
                top.line.append(_QUOTES.get(m[0], m[0]))
        while len(self.stack) > 1:
            self.end(self.stack[-1].kind)
        self.paragraph()
        return self.stack[0].blocks, self.title

    # Frames.

    def paragraph(self) -> None:
        """End the paragraph of the frame on top; within braces it goes on."""
        top = self.stack[-1]
        if top.kind == "{":
            top.line.append(" ")
        else:
            top.blocks += settled(top.line)
            top.line = []

    def close(self, kind: str) -> None:
        """What closes a frame closes those within it; where nothing of that kind is open, it means nothing."""
        if any(f.kind == kind for f in self.stack[1:]):
            while self.stack[-1].kind != kind:
                self.end(self.stack[-1].kind)
            self.end(kind)

    def end(self, kind: str) -> None:
        if kind != "{":
            self.paragraph()
        done = self.stack.pop()
        top = self.stack[-1]
        if kind == "{":
            self.group(done, top)
            return
        blocks = done.blocks
        if done.made == "list":
            if blocks and done.items:
                done.items[-1] += blocks
            found: list[Block] = [Items(done.items, done.said == "enumerate")] if done.items else blocks
        elif done.made == "quote":
            found = [Quote(blocks)]
        elif done.made == "table":
            found = _table(blocks)
        elif done.made == "claim":
            name: list[Any] = [Styled("strong", (f"{done.said}.",)), " "]
            first = blocks[0] if blocks and isinstance(blocks[0], Paragraph) else None
            found = [Paragraph(trimmed([*name, *(first.content if first else ())])), *blocks[first is not None :]]
        else:
            found = blocks
        while top.kind == "{":  # a list within braces ends them
            self.end("{")
            top = self.stack[-1]
        top.blocks += found

    def group(self, done: _Frame, top: _Frame) -> None:
        """What braces held goes into its line, as the command before them says."""
        kind, _, level = done.made.partition(" ")
        content = tuple(done.line)
        if kind == "heading":
            self.paragraph()
            after: list[Block] = []
            said = trimmed(inline(content, after))
            self.stack[-1].blocks += [*([Heading(int(level), said, "")] if said else []), *after]
        elif kind == "title":
            self.title = trimmed(inline(content, []))
        elif kind == "style":
            plain = "".join(p for p in content if isinstance(p, str))
            top.line.append(Styled(level, (plain,) if level == "code" and plain else content))
        elif kind == "link":
            top.line += link(done.said, content)
        elif kind == "aside":
            top.line += [" (", *content, ")"]
        elif kind == "own":
            self.stack.append(_Frame("own"))
            self.stack[-1].line = list(content)
            self.end("own")
        else:
            top.line += content

    # Commands.

    def argument(self) -> str:
        """The raw text of the next braces, or nothing."""
        m = re.compile(r"\s*(?:\[[^\]\n]*\]\s*)*(?=\{)").match(self.text, self.at)
        if not m:
            return ""
        close = _closing(self.text, m.end())
        found = self.text[m.end() + 1 : close]
        self.at = close + 1
        return found

    def open(self, made: str, said: str = "") -> None:
        """The next braces are to become something; without braces, nothing is."""
        m = re.compile(r"\s*(?:\[[^\]\n]*\]\s*)?\{").match(self.text, self.at)
        if m and len(self.stack) < DEEPEST:
            self.at = m.end()
            self.stack.append(_Frame("{", made, said))

    def command(self, name: str) -> None:
        top, plain = self.stack[-1], name.rstrip("*")
        if name == "symnllverbatim" and (n := self.argument()).isdigit() and int(n) < len(self.verbatim):
            self.paragraph()
            self.stack[-1].blocks.append(Code(self.verbatim[int(n)]))
        elif plain == "begin":
            self.begin(self.argument().strip().rstrip("*"))
        elif plain == "end":
            self.close("\\" + self.argument().strip().rstrip("*"))
        elif plain in ("item", "bibitem"):
            self.item(plain)
        elif plain in SECTIONS:
            self.open(f"heading {SECTIONS[plain]}")
        elif plain in STYLES:
            self.open(f"style {STYLES[plain]}")
        elif plain in ("title", "author", "date"):
            self.open("title" if plain == "title" else "own")
        elif plain in ("footnote", "thanks"):
            self.open("aside")
        elif plain == "href":
            self.open("link", self.placed.restored(self.argument()))
        elif plain == "url":
            target = self.placed.restored(self.argument())
            top.line += link(target, [target])
        elif plain in ("cite", "citep", "citet", "ref", "eqref", "cref", "Cref", "autoref"):
            said = self.placed.restored(self.argument())
            top.line.append(f"[{said}]" if plain.startswith("cite") else f"({said})")
        elif plain in ("verb", "lstinline"):
            stop = self.text.find(self.text[self.at : self.at + 1] or "|", self.at + 1, self.at + 2000)
            if stop > 0:
                top.line.append(Styled("code", (self.placed.restored(self.text[self.at + 1 : stop]),)))
                self.at = stop + 1
        elif _DEFINE.fullmatch(plain):
            self.definition()
        elif plain in ELSEWHERE:
            said = self.placed.restored(self.argument())
            self.notes[f"A file that is named here is not put in: {said[:60]}"] += 1
        elif plain in TAKEN:
            for _ in range(SEVERAL.get(plain, 1)):
                self.argument()
        elif name in ACCENTS and (m := _ACCENTED.match(self.text, self.at)):
            top.line.append(unicodedata.normalize("NFC", (m[1] or m[2]) + ACCENTS[name]))
            self.at = m.end()
        else:
            self.plain(plain, top)

    def plain(self, name: str, top: _Frame) -> None:
        if name in WORDS:
            if name == "par":
                self.paragraph()
            else:
                table = name == "\\" and any(f.made == "table" for f in self.stack)
                top.line.append("\ue003" if table else WORDS[name])
        elif not name.isalnum():
            top.line.append(name if name in "%&_#${}" else "")
        elif name not in DROPPED:
            known = symbol(name)
            top.line.append(known)
            if not known:
                self.notes[f"The command {name} is not known; the text of its arguments is kept"] += 1

    def item(self, kind: str) -> None:
        while self.stack[-1].kind == "{":
            self.end("{")
        self.paragraph()
        top = self.stack[-1]
        if top.made == "list":
            if top.items:
                top.items[-1] += top.blocks
            elif top.blocks:
                top.items.append(top.blocks)
            top.items.append([])
            top.blocks = []
        if m := re.compile(r"\s*\[([^\]\n]*)\]").match(self.text, self.at):
            self.at = m.end()
            top.line += [Styled("strong", tuple(inline(self.placed.parts(re.sub("[{}]", "", m[1])), top.blocks))), " "]
        elif kind == "bibitem":
            top.line += [f"[{self.argument()}] "]

    def begin(self, name: str) -> None:
        while self.stack[-1].kind == "{":
            self.end("{")
        self.paragraph()
        option = re.compile(r"\s*\[([^\]\n]*)\]").match(self.text, self.at)
        made, said = "", ""
        if name in LISTS:
            made, said = "list", name
            if name == "thebibliography":
                self.argument()
        elif name in ("quote", "quotation", "verse"):
            made = "quote"
        elif name in ("tabular", "tabularx", "longtable"):
            made = "table"
            self.argument()
        elif name in self.claims:
            made, said = "claim", name.capitalize() + (f" ({self.placed.restored(option[1])})" if option else "")
        if option:
            self.at = max(self.at, option.end())
        if len(self.stack) < DEEPEST:
            self.stack.append(_Frame("\\" + name, made, said))

    def definition(self) -> None:
        """Skip the definition of a command: formulas have it written out."""
        m = re.compile(r"\s*(?:\{[^{}\n]*\}|\\(?:[A-Za-z@]+|.))?(?:\s*\[[^\]\n]*\]|#\d|\s*=?\s*\\[A-Za-z]+)*\s*").match(
            self.text, self.at
        )
        self.at = m.end() if m else self.at
        while self.text[self.at : self.at + 1] in ("{", "["):
            if self.text[self.at] == "[":
                self.at = self.text.find("]", self.at) + 1 or len(self.text)
            else:
                self.at = _closing(self.text, self.at) + 1
        self.notes["The definition of a command is not shown"] += 1


MARK_ALL = re.compile("\ue000\\d+\ue001")


def _closing(text: str, at: int) -> int:
    """Where the brace that opens at `at` closes; the end of the text where it does not."""
    depth = 0
    for m in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, max(at, 0)):
        depth += (m[0] == "{") - (m[0] == "}")
        if depth == 0 and m[0] == "}":
            return m.start()
    return len(text)


def _table(blocks: list[Block]) -> list[Block]:
    """Rows and cells of a table's text."""
    rows: list[list[Inlines]] = []
    others: list[Block] = []
    for block in blocks:
        if not isinstance(block, Paragraph):
            others.append(block)
            continue
        cells: list[list[Any]] = [[]]
        found = [cells]
        for part in block.content:
            pieces = re.split("([\ue002\ue003])", part) if isinstance(part, str) else [part]
            for piece in pieces:
                if piece == "\ue002":
                    found[-1].append([])
                elif piece == "\ue003":
                    found.append([[]])
                else:
                    found[-1][-1].append(piece)
        rows += [[trimmed(c) for c in row] for row in found if any(trimmed(c) for c in row)]
    width = max((len(r) for r in rows), default=0)
    rows = [[*r, *([()] * (width - len(r)))] for r in rows]
    return [*([Table(rows[0], rows[1:])] if rows else []), *others]
