"""The prose of a Markdown file as blocks, through markdown-it. Raw HTML loses its tags and keeps its text."""

from __future__ import annotations

import html
import re
from collections import Counter
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from symnll.document.author.latex import formula_latex
from symnll.document.author.place import Placed, Put, inline, link, settled, trimmed
from symnll.document.author.tree import tree
from symnll.document.model import Block, Code, Formula, Heading, Inlines, Items, Quote, Styled, Table
from symnll.read.markdown import _FRONT

_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[|\]\]>|</?[A-Za-z][^<>]*>|<[!?][^<>]*>", re.DOTALL)
_ALT = re.compile(r"<img\b[^<>]*?\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')[^<>]*>", re.IGNORECASE)
_SCRIPT = re.compile(r"\s*<(script|style|pre|textarea)\b", re.IGNORECASE)
_FOOTNOTE = re.compile(r"^([ \t>]*)\[\^([^\]\n]+)\]:", re.MULTILINE)
_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\n]*))", re.MULTILINE)
_LANGUAGE = re.compile(r"\{?\.?([A-Za-z0-9+#-]{1,20})(?=[\s},]|\Z)")
_MATH = re.compile(r"\$([^$\n]+)\$")
DEEPEST = 40  # lists and quotes within each other


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table")


def markdown_blocks(placed: Placed, notes: Counter[str], first: bool = True) -> tuple[list[Block], Inlines]:
    """The blocks of a page, and its title where it has one, which is then not among them; `notes` counts what is left
    out. The title is the first heading, if that is of the first level, or the `title` of the front matter."""
    text, said = placed.text, ""
    front = _FRONT.match(text) if first and text[:3] in ("---", "+++") else None
    if front:
        text = text[front.end() :]
        found = _TITLE.search(front[0])
        said = next((g for g in found.groups() if g), "").strip() if found else ""
        notes["The front matter of the file is not shown"] += 1
    env: dict[str, Any] = {}
    tokens = _parser().parse(_FOOTNOTE.sub(r"\1\\[^\2\\]:", text), env)
    if any(t.level >= DEEPEST - 2 for t in tokens):
        notes[f"What is nested more than {DEEPEST} times is not shown"] += 1
    reader = _Reader(placed, notes)
    blocks = reader.blocks(SyntaxTreeNode(tokens).children)
    unused = [name for name, r in env.get("references", {}).items() if r["href"] not in reader.targets]
    if unused:
        notes["A link target that no text uses is left out"] += len(unused)
    title: Inlines = trimmed(
        [Formula(latex=formula_latex(tree(p))) if n % 2 else p for n, p in enumerate(_MATH.split(said))]
    )
    place = next((n for n, b in enumerate(blocks) if isinstance(b, Heading)), None)
    if first and not title and place is not None and blocks[place].level == 1:  # type: ignore[union-attr]
        title = blocks.pop(place).content  # type: ignore[union-attr]
    return blocks, title


class _Reader:
    def __init__(self, placed: Placed, notes: Counter[str]) -> None:
        self.placed, self.notes = placed, notes
        self.targets: set[str] = set()

    def blocks(self, nodes: list[SyntaxTreeNode]) -> list[Block]:
        return [b for node in nodes for b in self.block(node)]

    def block(self, node: SyntaxTreeNode) -> list[Block]:
        match node.type:
            case "heading":
                after: list[Block] = []
                content = trimmed(inline(self.inlines(node), after))
                alone = all(not isinstance(p, str) for p in content) and bool(after)
                return [*([] if alone or not content else [Heading(int(node.tag[1]), content, "")]), *after]
            case "paragraph":
                return settled(self.inlines(node))
            case "bullet_list" | "ordered_list":
                return [Items([self.blocks(i.children) for i in node.children], node.type == "ordered_list")]
            case "blockquote":
                return [Quote(self.blocks(node.children))]
            case "fence":
                language = _LANGUAGE.match(node.info.strip())
                return [Code(self.placed.restored(node.content).rstrip("\n"), language[1] if language else "")]
            case "code_block":
                return self.code(node.content)
            case "html_block":
                return self.html(node.content)
            case "table":
                return self.table(node)
            case "hr":
                return []
        return self.blocks(node.children)

    def code(self, text: str) -> list[Block]:
        """Indented text; a formula in it that the check read is one."""
        out: list[Block] = []
        lines: list[str] = []
        for line in [*text.rstrip("\n").split("\n"), None]:
            puts = [p for p in self.placed.parts(line) if isinstance(p, Put) and p.apart] if line is not None else []
            if line is not None and not puts:
                lines.append(self.placed.restored(line))
                continue
            if any(x.strip() for x in lines):
                out.append(Code("\n".join(lines)))
            lines = []
            if line is not None:
                out += self.placed.paragraphs(line)
        return out

    def html(self, text: str) -> list[Block]:
        """The text of raw HTML, without its tags; what is verbatim there is code."""
        if _SCRIPT.match(text):
            return [Code(self.placed.restored(text).rstrip("\n"), "html")]
        return [b for part in re.split(r"\n[ \t]*\n", self.untagged(text)) for b in self.placed.paragraphs(part)]

    def untagged(self, text: str) -> str:
        if "<!--" in text:
            self.notes["A comment of the file is not shown"] += 1
        if re.search(r"</?[A-Za-z]", text):
            self.notes["The tags of an HTML element are left out, and its text is kept"] += 1
        text = _ALT.sub(lambda m: f"[Image: {m[1] or m[2] or ''}]", text)
        return html.unescape(_TAG.sub(" ", text))

    def table(self, node: SyntaxTreeNode) -> list[Block]:
        after: list[Block] = []
        rows = [
            [trimmed(inline(self.inlines(cell), after)) for cell in row.children]
            for part in node.children
            for row in part.children
        ]
        return [Table(rows[0], rows[1:]), *after] if rows else []

    def inlines(self, node: SyntaxTreeNode) -> list[Any]:
        """What a line holds, with marks replaced."""
        out: list[Any] = []
        for child in node.children:
            out += self.one(child)
        return out

    def one(self, node: SyntaxTreeNode) -> list[Any]:
        match node.type:
            case "text" | "text_special":
                return self.placed.parts(node.content)
            case "softbreak" | "hardbreak":
                return [" "]
            case "code_inline":
                return [Styled("code", (self.placed.restored(node.content),))]
            case "em" | "strong":
                return [Styled("emphasis" if node.type == "em" else "strong", tuple(self.inlines(node)))]
            case "link":
                target = self.placed.restored(str(node.attrGet("href") or ""))
                self.targets.add(target)
                return link(target, self.inlines(node))
            case "image":
                self.targets.add(str(node.attrGet("src") or ""))
                return ["[Image: ", *self.inlines(node), "]"]
            case "html_inline":
                return [self.untagged(node.content)]
        return self.inlines(node) if node.children else self.placed.parts(node.content)
