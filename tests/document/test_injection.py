"""What stands in a user's file can't become markup, a script, a command of TeX or a path in any document."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from symnll.check.options import Options
from symnll.document.author.authored import authored_document, file_stem
from symnll.document.html import page
from symnll.document.latex.article import article
from symnll.document.markdown import markdown
from symnll.document.text import plain
from symnll.read.source import Source

QUICK = Options(timeout=1, suggest=False)
PAYLOADS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>",
    "]]><svg onload=alert(1)>",
    '"><a href="javascript:alert(1)">x</a>', "[x](javascript:alert(1))", "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))", "![x](javascript:alert(1))", "<javascript:alert(1)>",
    r"\write18{rm -rf /}", r"\input{/etc/passwd}", r"\catcode`\$=12", "^^5cinput{/etc/passwd}",
    r"\immediate\openout5=x",
    r"\end{document}\input x", r"\href{javascript:alert(1)}{x}", r"\url{javascript:alert(1)}",
    r"\csname input\endcsname x",
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "&#27;[2J", "\u202eabc", "{{ 7 * 7 }}", "{% include 'x' %}", "<< x >>",
    "<% x %>",
    "&#xE000;0&#xE001;", "\ue0000\ue001", "<!-- --> <script>alert(1)</script>",
    "```{=html}\n<script>alert(1)</script>\n```",
    "```{eval-rst}\n.. include:: /etc/passwd\n```", "<style>*{display:none}</style>",
    "<details ontoggle=alert(1) open>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>", "<a href=' javascript:alert(1)'>x</a>",
    "{{< include /etc/passwd >}}", "{eval-rst}`x`", "\\begin{verbatim}\\end{verbatim}\\input{x}",
]  # fmt: skip
PLACES = {
    "prose.md": "Words {} and more.\n\n$$ a = a $$\n",
    "title.md": "# Title {}\n\n$$ a = a $$\n",
    "formula.md": "Here ${}$ is one.\n\n$$\nx {} = x {}\n$$\n",
    "macro.md": "$$\n\\newcommand{{\\evil}}{{{}}}\n\\evil = \\evil\n$$\n",
    "code.md": "```{}\n{}\n```\n\n`{}`\n",
    "list.md": "- {}\n\n  $$ a = b $$\n\n> {}\n\n| {} |\n|---|\n| {} |\n",
    "declared.md": "<!-- symnll\nreal {}\nlet a = {}\n-->\n$$ a = a $$\n",
    "front.md": "---\ntitle: {}\n---\n\n$$ a = a $$\n",
    "prose.tex": "\\title{{{}}}\n\\begin{{document}}\\section{{{}}} {} \\emph{{{}}}\n$$ a = a $$\n\\end{{document}}\n",
    "formula.tex": "\\newcommand{{\\evil}}{{{}}}\nHere $\\evil {}$.\n\\[ a {} = a \\]\n",
    "list.tex": "\\begin{{itemize}}\n\\item[{}] {}\n\\end{{itemize}}\n\\begin{{verbatim}}\n{}\n\\end{{verbatim}}\n",
    "plain.txt": "Words {}\n\na = {}\n",
}  # fmt: skip
TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "h4", "p", "div", "span", "details",
    "summary", "dl", "dt", "dd", "ul", "ol", "li", "a", "code", "pre", "strong", "em", "section", "footer", "table",
    "thead", "tbody", "tr", "th", "td", "blockquote", "script", "math", "mrow", "mi", "mn", "mo", "mtext", "mspace",
    "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd",
    "caption", "link", "button",
}  # fmt: skip


class Reader(HTMLParser):
    """Every element and attribute of a page, and what its scripts and styles hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.raw: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        self.inside = tag if tag in ("script", "style") else ""
        for name, value in attributes:
            assert not name.startswith("on"), name
            assert name not in ("src", "srcdoc", "action", "formaction"), name
            if name in ("href", "xlink:href"):
                assert re.match(r"https?://|mailto:|#|data:application/gzip;base64,|data:image/", value or ""), value

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.raw.append(data)


def documents(name: str, template: str) -> list[Any]:
    """A document for every few payloads: all in one would be read as one formula."""
    found = []
    for payload in PAYLOADS:
        text = template.replace("{}", "\0").format().replace("\0", payload)
        found.append((payload, authored_document(Source(name, text), QUICK)))
    return found


@pytest.mark.parametrize("name", PLACES)
def test_nothing_gets_out_of_its_place(name: str) -> None:
    clean = Reader()
    clean.feed(page(authored_document(Source("a.md", "$$ a = a $$"), QUICK)))
    for payload, document in documents(name, PLACES[name]):
        html = page(document)
        reader = Reader()
        reader.feed(html)
        assert reader.raw == clean.raw, payload
        tex = article(document)
        for command in (
            "write",
            "input",
            "include",
            "catcode",
            "openout",
            "csname",
            "href",
            "url",
            "immediate",
            "def",
            "evil",
        ):
            assert not re.search(
                rf"\\{command}(?![A-Za-z])", re.sub(r"\\IfFileExists.*|\\usepackage.*|\\providecommand.*", "", tex)
            ), payload
        assert "^^" not in tex
        assert tex.count(r"\end{document}") == 1
        assert tex.isascii() or not re.search("[\x00-\x08\x0b-\x1f\x7f]", tex)
        text = plain(document)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text), payload
        for flavour in ("github", "quarto", "myst"):
            _markdown(markdown(document, flavour), payload, flavour)


def _markdown(text: str, payload: str, flavour: str) -> None:
    """Where HTML is let through: no element beside the first comment, no link that runs, no fence that is executed."""
    stack = (
        MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .parse(text.replace("<!-- written by symnll -->", "", 1))
    )
    while stack:
        token = stack.pop()
        stack += token.children or []
        assert token.type not in ("html_block", "html_inline"), (payload, token.content)
        assert not re.search(r"[{}=]", token.info), (payload, token.info)
        target = str(token.attrGet("href") or token.attrGet("src") or "")
        assert not re.match(r"\s*(?:javascript|data|vbscript|file):", target, re.IGNORECASE), (payload, target)
    if flavour == "quarto":
        assert not re.search(r"(?<!\{)\{\{<", text), payload
    if flavour == "myst":
        assert "{{ 7" not in re.sub(r"(`+).*?\1", "", text, flags=re.DOTALL), payload


@pytest.mark.parametrize("name", ["../../x.md", "/etc/passwd.md", "..\\..\\x.md", "..", "-", "a b\n<c>.md", "$(x).tex",
".md",
                                  "\x1b[31m.md", "x/../../.ssh/config.md", "A" * 500 + ".md", "con:aux.txt",
                                  "../.hidden.md"])  # fmt: skip
def test_a_file_name_is_no_path(name: str) -> None:
    stem = file_stem(name)
    assert re.fullmatch(r"[A-Za-z0-9_][\w.-]*", stem)
    assert Path(stem).name == stem and stem not in (".", "..") and len(stem) <= 80
    document = authored_document(Source(name, "$$ a = a $$"), QUICK)
    assert document.name == stem
    reader = Reader()
    reader.feed(page(document))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_notebooks(payload: str) -> None:
    cells = [{"cell_type": "markdown", "source": ["Words ", payload, " $x$\n\n$$ a = a $$\n"]},
             {"cell_type": "code", "source": payload, "outputs": [{"data": {"text/html": payload}}]}]  # fmt: skip
    source = Source("n.ipynb", json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}))
    document = authored_document(source, QUICK)
    assert len(document.displays) == 3
    Reader().feed(page(document))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", plain(document))
