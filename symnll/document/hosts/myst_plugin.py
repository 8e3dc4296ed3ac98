"""A plugin for mystmd and Jupyter Book 2: `symnll-myst`, which they run for each directive and role.

Without arguments it prints what it offers; with `--directive NAME` or `--role NAME` it reads the node as JSON and
prints nodes of the MyST AST. A claim that is not proved ends it with exit code 1 and a message, which stops the
build; with SYMNLL_UNPROVED=show in the environment the page says it instead.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from typing import Any

from symnll.document.model import Code, Formula, Heading, Inlines, Items, Link, Paragraph, Quote, Styled, Table, words

Node = dict[str, Any]
TEXT = {"type": "string"}
PLUGIN: Node = {
    "name": "symnll: proved claims",
    "directives": [
        {
            "name": "symnll",
            "doc": "Claims of symnll's library, or a derivation of your own, proved when the page is built.",
            "arg": {**TEXT, "doc": "Entries or claims, such as nll.gradient."},
            "options": {
                "detail": {**TEXT, "doc": "main, full or every-rule."},
                "notation": {**TEXT, "doc": "Other letters, such as z=f,y=p."},
                "declare": {**TEXT, "doc": "Declarations for the derivation, separated by semicolons."},
            },
            "body": {**TEXT, "doc": "A derivation: displays in Markdown, or formulas alone."},
        }
    ],
    "roles": [
        {
            "name": "symnll",
            "doc": "A formula that is proved when the page is built, or DECLARATIONS | FORMULA.",
            "body": {**TEXT, "required": True},
        }
    ],
}
STYLES = {"strong": "strong", "emphasis": "emphasis"}


class Unproved(Exception):
    """Something is not proved, and the build is to stop."""


def main(arguments: Sequence[str] | None = None) -> None:
    """The program `symnll-myst`."""
    parser = argparse.ArgumentParser(prog="symnll-myst", description=(__doc__ or "").split("\n")[0])
    group = parser.add_mutually_exclusive_group()
    for kind in ("directive", "role", "transform"):
        group.add_argument(f"--{kind}", metavar="NAME")
    chosen = parser.parse_args(arguments)
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        if chosen.transform or (chosen.directive or "symnll") != "symnll" or (chosen.role or "symnll") != "symnll":
            raise Unproved("There is one directive and one role, and both are called symnll.")
        if chosen.directive:
            answer: Any = directive(_given())
        elif chosen.role:
            answer = role(_given())
        else:
            answer = PLUGIN
    except Unproved as error:
        sys.exit(f"symnll: {error}")
    json.dump(answer, sys.stdout, ensure_ascii=False)


def _given() -> Node:
    try:
        data = json.load(sys.stdin)
    except ValueError as error:
        raise Unproved(f"What was given is not JSON: {error}") from None
    if not isinstance(data, dict):
        raise Unproved("A directive or role is a JSON object.")
    return data


def directive(data: Node) -> list[Node]:
    """The nodes of a directive. Unproved says what is not proved, unless the page is to show it."""
    from symnll.document.hosts import embed
    from symnll.document.hosts.lowered import lowered

    options = data.get("options") or {}
    arg, body = str(data.get("arg") or "").strip(), str(data.get("body") or "")
    if bool(arg) == bool(body.strip()):
        raise Unproved("A directive has either the names of claims, such as nll.gradient, or a derivation below it.")
    if arg:
        names = re.split(r"[\s,]+", arg)
        found = embed.library(names, str(options.get("detail", "main")), str(options.get("notation", "")))
    else:
        found = embed.derivation(body, split(str(options.get("declare", ""))))
    said = [f"{_place(data, p.line)}{p.message}" for p in found.problems]
    if said and (found.document is None or not _shows()):
        raise Unproved("\n".join(said))
    return [block(b) for b in lowered(found.document.blocks)] if found.document else []


def _place(data: Node, line: int) -> str:
    start = ((data.get("node") or {}).get("position") or {}).get("start") or {}
    first = start.get("line")
    if isinstance(first, int):
        return f"line {first + line + len(data.get('options') or {}) if line else first}: "
    return f"line {line} of the derivation: " if line else ""


def role(data: Node) -> list[Node]:
    """The nodes of a role: the formula, with its mark."""
    from symnll.document.hosts import embed

    declared, _, latex = str(data.get("body") or "").rpartition(" | ")
    found = embed.formula(latex, split(declared))
    if not found.proved and not _shows():
        raise Unproved(f"{_place(data, 0)}This claim is not proved ({found.verdict}): {found.latex}: {found.message}")
    shown = {"type": "inlineMath", "value": found.tex} if found.tex else _code(found.latex)
    mark = " ✓" if found.proved else f" ✗ {found.verdict}"
    return [shown, {"type": "text", "value": mark}]


def split(declared: str) -> list[str]:
    """Declarations as one text for symnll: one a line."""
    parts = [p.strip() for p in declared.split(";") if p.strip()]
    return ["\n".join(parts)] if parts else []


def _shows() -> bool:
    return os.environ.get("SYMNLL_UNPROVED") == "show"


def block(b: Any) -> Node:
    """A lowered block as a node of the MyST AST."""
    from symnll.document.hosts.lowered import Folded, Math

    match b:
        case Heading():  # the page has its own headings
            return {"type": "paragraph", "children": [{"type": "strong", "children": inlines(b.content)}]}
        case Paragraph():
            return {"type": "paragraph", "children": inlines(b.content)}
        case Items():
            items = [{"type": "listItem", "children": [block(x) for x in item]} for item in b.items]
            return {"type": "list", "ordered": b.ordered, "spread": False, "children": items}
        case Quote():
            return {"type": "blockquote", "children": [block(x) for x in b.blocks]}
        case Code():
            return {"type": "code", "lang": b.language, "value": b.text}
        case Math():
            return {"type": "math", "value": b.latex}
        case Folded():
            title = {"type": "summary", "children": [{"type": "text", "value": b.title}]}
            return {"type": "details", "children": [title, *(block(x) for x in b.blocks)]}
        case Table():
            rows = [(row, n == 0) for n, row in enumerate((b.head, *b.rows))]
            return {"type": "table", "children": [_row(row, head) for row, head in rows]}
    raise TypeError(f"There is no MyST node for {b!r}.")


def _row(cells: Sequence[Inlines], head: bool) -> Node:
    made = [{"type": "tableCell", **({"header": True} if head else {}), "children": inlines(c)} for c in cells]
    return {"type": "tableRow", "children": made}


def inlines(content: Inlines) -> list[Node]:
    """What stands in a line."""
    from symnll.write.latex import latex

    nodes: list[Node] = []
    for c in content:
        if isinstance(c, str):
            nodes.append({"type": "text", "value": c})
        elif isinstance(c, Formula):
            nodes.append({"type": "inlineMath", "value": latex(c.node) if c.node is not None else c.latex})
        elif isinstance(c, Styled) and c.style == "code":
            nodes.append(_code(words(c.content)))
        elif isinstance(c, Styled):
            nodes.append({"type": STYLES[c.style], "children": inlines(c.content)})
        elif isinstance(c, Link):  # the target is the author's, and means nothing in another page
            nodes += inlines(c.content)
    return nodes


def _code(text: str) -> Node:
    return {"type": "inlineCode", "value": text}


if __name__ == "__main__":
    main()
