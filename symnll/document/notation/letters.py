"""Letters in formulas and in words: renaming them, wherever a reader would take them for that symbol."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from symnll.document.model import Formula, Inlines, Link, Styled
from symnll.write.nodes import Big, Call, Extremum, Maps, Name, Node

ENDING = re.compile(r"[₀-₉′']*$")
_LETTER = r"[A-Za-zΑ-ΡΤ-Ωα-ω]"  # without Σ, which is a sign
_ALONE = rf"(?<![A-Za-zΑ-ΡΤ-Ωα-ω0-9'’]){_LETTER}(?!{_LETTER}|[0-9])"
_AFTER_T = rf"(?<=ᵀ){_LETTER}(?={_LETTER}(?!{_LETTER}))|(?<=ᵀ{_LETTER}){_LETTER}(?!{_LETTER})"  # H and v of vᵀHv
SPOKEN = re.compile(f"{_ALONE}|{_AFTER_T}")
LOG = re.compile(r"(?<![\w-])log(?![\w-])")
ARTICLES = ("a", "A", "I")


def base(name: str) -> str:
    """A name without primes and a number at its end: m of m₁ and m′."""
    return ENDING.sub("", name) or name


def letters_of(node: Any) -> Iterator[str]:
    """The letters of a formula, free and bound, with repetitions."""
    if isinstance(node, tuple):
        for part in node:
            yield from letters_of(part)
    elif isinstance(node, Node):
        if isinstance(node, Name):
            yield base(node.name)
        if isinstance(node, Big | Maps | Extremum):
            yield base(node.variable)
        for f in fields(node):  # type: ignore[arg-type]
            yield from letters_of(getattr(node, f.name))


@dataclass(frozen=True)
class Letters:
    """New letters for old, all at once, so that two can be exchanged; and how the logarithm is called."""

    new: Mapping[str, str] = field(default_factory=dict)
    log: str = "log"

    def letter(self, name: str) -> str:
        """The new name: primes and numbers at its end stay."""
        letter = base(name)
        return self.new.get(letter, letter) + name[len(letter) :]

    def words(self, text: str) -> str:
        """Plain words: single letters in them are symbols, except for the words a, A and I."""
        spoken = SPOKEN.sub(lambda m: m[0] if m[0] in ARTICLES else self.letter(m[0]), text)
        return LOG.sub(self.log, spoken)

    def spelled(self, node: Any) -> Any:
        """A formula with new letters, and nothing else new; the same object where it has none of them."""
        if isinstance(node, tuple):
            parts = tuple(map(self.spelled, node))
            return parts if any(a is not b for a, b in zip(parts, node, strict=True)) else node
        if not isinstance(node, Node):
            return node
        new = {f.name: self.spelled(getattr(node, f.name)) for f in fields(node)}  # type: ignore[arg-type]
        if isinstance(node, Name):
            new["name"] = self.letter(node.name)
        if isinstance(node, Big | Maps | Extremum):
            new["variable"] = self.letter(node.variable)
        if isinstance(node, Call) and node.function == "log":
            new["function"] = self.log
        same = all(v is getattr(node, k) or (isinstance(v, str) and v == getattr(node, k)) for k, v in new.items())
        return node if same else replace(node, **new)  # type: ignore[type-var]

    def inlines(self, content: Inlines) -> Inlines:
        """What stands in a line; code stays as it is."""
        parts: list[Any] = []
        for c in content:
            if isinstance(c, str):
                parts.append(self.words(c))
            elif isinstance(c, Formula):
                parts.append(c if c.node is None else Formula(self.spelled(c.node)))
            elif isinstance(c, Styled) and c.style == "code":
                parts.append(c)
            elif isinstance(c, Styled | Link):
                parts.append(replace(c, content=self.inlines(c.content)))
        return tuple(parts)
