"""A filter for Pandoc and Quarto: `pandoc --filter symnll-pandoc`, and `filters: [symnll-pandoc]`.

It reads and writes Pandoc's JSON. `a = b`{.symnll} is a claim; a code block {.symnll} holds a derivation; a div or code
block {.symnll claims="nll.gradient"} becomes claims of the library. What is not proved is said on standard error, and
stops the run with exit code 1; with SYMNLL_UNPROVED=show in the environment the document says it instead.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from symnll.document.hosts.myst_plugin import split
from symnll.document.model import Code, Formula, Heading, Inlines, Items, Link, Paragraph, Quote, Styled, Table, words

Node = dict[str, Any]
NONE: list[Any] = ["", [], []]  # no identifier, no classes, no attributes
STYLES = {"strong": "Strong", "emphasis": "Emph"}


def main() -> None:
    """The program `symnll-pandoc`, with the output format as its argument."""
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        document = json.load(sys.stdin)
        blocks = document["blocks"]
    except (ValueError, KeyError, TypeError):
        sys.exit("symnll: what was given is not a Pandoc document as JSON. Run it by `pandoc --filter symnll-pandoc`.")
    declared = list(_declared(document.get("meta", {}).get("symnll-declarations")))
    run = Filter(["\n".join(declared)] if declared else [], sys.argv[1] if len(sys.argv) > 1 else "")
    document["blocks"] = run.walk(blocks)
    for message in run.said:
        print(f"[WARNING] symnll: {message}", file=sys.stderr)
    if run.said and os.environ.get("SYMNLL_UNPROVED") != "show":
        sys.exit(1)
    json.dump(document, sys.stdout, ensure_ascii=False)


def _declared(meta: Any) -> Iterator[str]:
    """The lines of `symnll-declarations` in the metadata: a text or a list of them."""
    if isinstance(meta, dict) and meta.get("t") in ("MetaList", "MetaInlines", "MetaBlocks"):
        texts = meta["c"] if meta["t"] == "MetaList" else [meta]
        for one in texts:
            yield from _plain(one).split(";") if isinstance(one, dict) else ()
    elif isinstance(meta, dict) and meta.get("t") == "MetaString":
        yield from meta["c"].split(";")


def _plain(node: Any) -> str:
    """The words in a node."""
    if isinstance(node, list):
        return "".join(map(_plain, node))
    if not isinstance(node, dict):
        return ""
    if node.get("t") in ("Str", "MetaString"):
        return str(node["c"])
    if node.get("t") in ("Space", "SoftBreak"):
        return " "
    if node.get("t") in ("Code", "Math"):
        return str(node["c"][1])
    return _plain(node.get("c"))


class Filter:
    """One run: `said` is what is not proved. `to` is Pandoc's name of the output format."""

    def __init__(self, declarations: Sequence[str] = (), to: str = "") -> None:
        self.declarations, self.to = list(declarations), to
        self.said: list[str] = []

    def walk(self, node: Any) -> Any:
        """The node with what is symnll's replaced."""
        if isinstance(node, list):
            out: list[Any] = []
            for item in node:
                made = self._made(item) if isinstance(item, dict) else None
                out += [self.walk(item)] if made is None else made
            return out
        if isinstance(node, dict):
            return {key: self.walk(value) for key, value in node.items()}
        return node

    def _made(self, node: Node) -> list[Node] | None:
        if node.get("t") not in ("Code", "CodeBlock", "Div", "Span"):
            return None
        (_, classes, pairs), content = node["c"]
        if "symnll" not in classes:
            return None
        given = {str(k): str(v) for k, v in pairs}
        declared = [*self.declarations, *split(given.get("declare", ""))]
        if node["t"] in ("Code", "Span"):
            return self._claim(content if node["t"] == "Code" else _plain(content), declared)
        return self._blocks(node, given, content, declared)

    def _claim(self, latex: str, declared: Sequence[str]) -> list[Node]:
        from symnll.document.hosts import embed

        found = embed.formula(latex, declared)
        if not found.proved:
            self.said.append(f"this claim is not proved ({found.verdict}): {found.latex}: {found.message}")
        shown = _math(found.tex, "InlineMath") if found.tex else _code(found.latex)
        return [shown, {"t": "Str", "c": " ✓" if found.proved else f" ✗ {found.verdict}"}]

    def _blocks(self, node: Node, given: dict[str, str], content: Any, declared: Sequence[str]) -> list[Node] | None:
        from symnll.document.hosts import embed
        from symnll.document.hosts.lowered import lowered

        names = re.split(r"[\s,]+", given.get("claims", "").strip())
        if names != [""]:
            found = embed.library(names, given.get("detail", "main"), given.get("notation", ""))
        elif node["t"] == "CodeBlock":
            found = embed.derivation(content, declared)
        else:
            self.said.append('a div of class symnll names claims: {.symnll claims="nll.gradient"}')
            return None
        self.said += [f"line {p.line} of the derivation: {p.message}" if p.line else p.message for p in found.problems]
        if found.document is None:
            return None
        return [{"t": "Div", "c": [["", ["symnll-proved"], []], self._all(lowered(found.document.blocks))]}]

    def _all(self, blocks: Any) -> list[Node]:
        return [made for b in blocks for made in self._block(b)]

    def _block(self, b: Any) -> list[Node]:
        from symnll.document.hosts.lowered import Folded, Math

        match b:
            case Heading():
                return [{"t": "Para", "c": [{"t": "Strong", "c": inlines(b.content)}]}]
            case Paragraph():
                return [{"t": "Para", "c": inlines(b.content)}]
            case Items():
                items = [self._all(item) for item in b.items]
                ordered = [[1, {"t": "Decimal"}, {"t": "Period"}], items]
                return [{"t": "OrderedList", "c": ordered} if b.ordered else {"t": "BulletList", "c": items}]
            case Quote():
                return [{"t": "BlockQuote", "c": self._all(b.blocks)}]
            case Code():
                return [{"t": "CodeBlock", "c": [["", [b.language] if b.language else [], []], b.text]}]
            case Math():
                return [{"t": "Para", "c": [_math(b.latex, "DisplayMath")]}]
            case Table():  # row by row: Pandoc's tables differ from version to version
                return [{"t": "BulletList", "c": [[{"t": "Plain", "c": _cells(row)}] for row in (b.head, *b.rows)]}]
            case Folded() if self.to.startswith(("html", "epub", "revealjs")):
                title = f"<details><summary>{escape(b.title)}</summary>"
                return [_raw(title), *self._all(b.blocks), _raw("</details>")]
            case Folded():
                return [{"t": "Para", "c": [{"t": "Emph", "c": inlines((f"{b.title}:",))}]}, *self._all(b.blocks)]
        raise TypeError(f"There is no Pandoc block for {b!r}.")


def inlines(content: Inlines) -> list[Node]:
    """What stands in a line."""
    from symnll.write.latex import latex

    nodes: list[Node] = []
    for c in content:
        if isinstance(c, str):
            for n, word in enumerate(c.split(" ")):
                nodes += [{"t": "Space"}] if n else []
                nodes += [{"t": "Str", "c": word}] if word else []
        elif isinstance(c, Formula):
            nodes.append(_math(latex(c.node) if c.node is not None else c.latex, "InlineMath"))
        elif isinstance(c, Styled) and c.style == "code":
            nodes.append(_code(words(c.content)))
        elif isinstance(c, Styled):
            nodes.append({"t": STYLES[c.style], "c": inlines(c.content)})
        elif isinstance(c, Link):
            nodes += inlines(c.content)
    return nodes


def _cells(row: Sequence[Inlines]) -> list[Node]:
    return [node for n, cell in enumerate(row) for node in (*inlines((" · ",) if n else ()), *inlines(cell))]


def _math(latex: str, kind: str) -> Node:
    return {"t": "Math", "c": [{"t": kind}, latex]}


def _code(text: str) -> Node:
    return {"t": "Code", "c": [NONE, text]}


def _raw(html: str) -> Node:
    return {"t": "RawBlock", "c": ["html", html]}


if __name__ == "__main__":
    main()
