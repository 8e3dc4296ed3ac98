"""What an author's formula looks like, read from its tokens: scripts, fractions, roots, brackets, tables, words.

Reading never fails: a command that is not known is its name, a brace that is missing is taken as there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symnll.document.author.nodes import (
    ARROWS,
    BINOMIALS,
    BRACKETS,
    DROPPED,
    FLAT,
    FRACTIONS,
    FRAMES,
    FUNCTIONS,
    LABELLED,
    LIMITED,
    MARKS,
    SHOWN_ARGUMENT,
    SIZES,
    SPACES,
    STACKED,
    Cut,
    Fraction,
    Group,
    Root,
    Rows,
    Scripts,
    Sign,
    Space,
    Stacked,
    Styled,
    Words,
    plain,
    symbol,
)
from symnll.document.author.tokens import Piece, pieces
from symnll.read.page import COLUMNS, INNER, TOP
from symnll.read.tokens import ACCENTS, FONTS_BOLD, FONTS_OTHER, FONTS_PLAIN, KEEP_SECOND, WITH_ARGUMENT

DEEPEST = 40  # groups within groups; what is deeper is set flat


def tree(latex: str, macros: Mapping[str, Any] | None = None, at: Callable[[int], int] = lambda i: i) -> list[Any]:
    """The parts of a formula in a row."""
    return _Reader(pieces(latex, macros, at)).all()


def rows(parts: Sequence[Any]) -> list[list[Any]]:
    """The rows of a display, as its author broke them, & and all; a lone `aligned` is its rows."""
    solid = [p for p in parts if not isinstance(p, Space)]
    if len(solid) == 1 and isinstance(solid[0], Group) and solid[0].fences is None:
        return rows(solid[0].parts)
    ends = all(isinstance(p, Sign) and p.text in ".,;" for p in solid[1:])
    if solid and isinstance(solid[0], Rows) and solid[0].name in FLAT and ends:
        found = [[p for n, cell in enumerate(r) for p in ([Cut("&")] * bool(n) + cell.parts)] for r in solid[0].rows]
        found = found or [[]]
        found[-1] += solid[1:]
        return [r for r in found if r] or [[]]
    out: list[list[Any]] = [[]]
    for p in parts:
        if isinstance(p, Cut) and p.kind == "row":
            out.append([])
        elif isinstance(p, Rows) and p.name in FLAT - {"array"} and not _solid(out[-1]):
            out[-1:] = [*rows([p]), []]
        else:
            out[-1].append(p)
    return [r for r in out if _solid(r)] or [[]]


def _solid(parts: Sequence[Any]) -> bool:
    return any(not isinstance(p, Space | Cut) for p in parts)


class _Reader:
    def __init__(self, tokens: list[Piece]) -> None:
        self.tokens = list(reversed(tokens))
        self.depth = 0

    def all(self) -> list[Any]:
        found: list[Any] = []
        while self.tokens:
            found += self.until(())
            if self.tokens:
                self.tokens.pop()  # a } or \end that nothing opened
        return found

    def peek(self) -> Piece | None:
        while self.tokens and self.tokens[-1].kind == "space":
            self.tokens.pop()
        return self.tokens[-1] if self.tokens else None

    def stops(self, ends: tuple[str, ...]) -> bool:
        t = self.tokens[-1]
        if t.kind == "other":
            return t.text == "}" or t.text in ends
        return t.kind == "command" and (t.text == "end" or (t.text == "right" and "right" in ends))

    def until(self, ends: tuple[str, ...]) -> list[Any]:
        """The parts up to one of the ends, which stays."""
        parts: list[Any] = []
        while self.peek() is not None and not self.stops(ends):
            t = self.tokens[-1]
            if t.kind == "other" and t.text in "^_'":
                self.script(parts)
            elif t.kind == "command" and t.text in ("over", "choose"):
                self.tokens.pop()
                if self.depth < DEEPEST:
                    self.depth += 1
                    parts = [Fraction(Group(parts), Group(self.until(ends)), t.text == "over")]
                    self.depth -= 1
            else:
                parts += self.one()
        return parts

    def script(self, parts: list[Any]) -> None:
        """Scripts belong to the last part; with nothing before them, to nothing."""
        mark = self.tokens.pop()
        last = parts.pop() if parts and not isinstance(parts[-1], Cut | Space) else Group([])
        under, n = last, 0
        while isinstance(under, Scripts):
            under, n = under.base, n + 1
        if n > 5:  # x_a_a_a…, which nobody writes
            parts.append(last)
            last = Group([])
        held = last if isinstance(last, Scripts) else Scripts(last)
        if mark.text == "'":
            body: Any = Sign("mo", "′", mark.start)
            while self.tokens and self.tokens[-1].text == "'":
                self.tokens.pop()
                body = Sign("mo", body.text + "′", mark.start)
        else:
            body = self.argument()
        if mark.text == "_":
            held = Scripts(held) if held.sub is not None else held
            held.sub = body
        elif isinstance(held.sup, Sign) and set(held.sup.text) == {"′"}:
            held.sup = Group([held.sup, body])  # f'^2
        else:
            held = Scripts(held) if held.sup is not None else held
            held.sup = body
        parts.append(held)

    def argument(self) -> Any:
        """One argument: a group, or the next token; of a number its first digit. Nothing, where it stands too deep."""
        t = self.peek()
        if t is None or self.depth >= DEEPEST or (t.text in ("}", "^", "_", "&") and t.kind == "other"):
            return Group([])
        if t.kind == "command" and t.text in ("end", "right"):
            return Group([])
        if t.kind == "number" and len(t.text) > 1:
            self.tokens[-1] = Piece("number", t.text[1:], t.start)
            return Sign("mn", t.text[0], t.start)
        self.depth += 1
        found = self.one()
        self.depth -= 1
        return found[0] if len(found) == 1 else Group(found)

    def group(self) -> list[Any]:
        """What a brace holds, the closing one with it."""
        parts: list[Any] = []
        if self.depth >= DEEPEST:
            return parts  # the brace is left out, and what follows stands in the row
        self.depth += 1
        while self.tokens:
            parts += self.until(())
            if self.tokens and self.tokens.pop().text == "}":
                break
        self.depth -= 1
        return parts

    def held(self) -> list[Piece]:
        """The tokens of an argument."""
        t = self.peek()
        if t is None:
            return []
        self.tokens.pop()
        if t.text != "{" or t.kind != "other":
            return [t]
        depth, out = 1, []
        while self.tokens:
            t = self.tokens.pop()
            if t.kind == "other":
                depth += (t.text == "{") - (t.text == "}")
            if depth == 0:
                break
            out.append(t)
        return out

    def raw(self) -> str:
        """An argument as its text, for words and names."""
        return plain(self.held())

    def words(self) -> list[Any]:
        """An argument that is words, with formulas between dollar signs."""
        out: list[Any] = []
        part: list[Piece] = []
        inside = False
        for t in [*self.held(), Piece("other", "$", 0)]:
            if t.text != "$" or t.kind != "other":
                part.append(t)
                continue
            if part and inside and self.depth < DEEPEST // 2:
                reader = _Reader(part)
                reader.depth = self.depth + DEEPEST // 2
                out.append(Group(reader.all()))
            elif part:
                out.append(Words(plain(part)))
            part, inside = [], not inside
        return out

    def optional(self, form: str = "") -> list[Piece]:
        """What square brackets hold, where they come next, are closed, and hold what has that form."""
        t = self.peek()
        if t is None or t.text != "[":
            return []
        for n in range(2, min(len(self.tokens), 60) + 1):
            if self.tokens[-n].text == "]":
                found = self.tokens[-2:-n:-1]
                if form and not re.fullmatch(form, "".join(p.text for p in found)):
                    return []
                del self.tokens[-n:]
                return found
        return []

    def one(self) -> list[Any]:
        """What the next token begins."""
        t = self.tokens.pop()
        if t.kind == "command":
            return self.command(t)
        if t.kind == "number":
            return [Sign("mn", t.text, t.start)]
        if t.text == "{":
            return [Group(self.group())]
        if t.text in "&":
            return [Cut("&", t.start)]
        if t.text == "~":
            return [Space(0.25)]
        if t.text in "$#\\":
            return []
        return [
            Sign("mi" if t.text.isalpha() else "mn" if t.text.isnumeric() else "mo", t.text.replace("-", "−"), t.start)
        ]

    def command(self, t: Piece) -> list[Any]:
        name = t.text
        if name in ("\\", "cr", "newline"):
            if self.tokens and self.tokens[-1].text == "*" and self.tokens[-1].kind == "other":
                self.tokens.pop()
            self.optional(r"-?[\d.]+ ?[a-z]{2}|-?[\d.]*(?:jot|baselineskip)")
            return [Cut("row", t.start)]
        if name in SPACES:
            return [Space(SPACES[name])]
        if name in DROPPED or name in SIZES:
            return []
        if name == "begin":
            return self.environment()
        if name == "left":
            return self.fenced()
        if name == "right":
            return [Sign("mo", self.delimiter(), t.start)]
        if name in FRACTIONS or name in BINOMIALS:
            return [Fraction(self.argument(), self.argument(), name in FRACTIONS)]
        if name == "sqrt":
            degree = self.optional()
            return [Root(self.argument(), Group(_Reader(degree).all()) if degree else None)]
        if name in STACKED:
            label, base = self.argument(), self.argument()
            return [Stacked(base, below=label) if name == "underset" else Stacked(base, above=label)]
        if name in LABELLED:
            below = name.startswith("under")
            brace = Sign("mo", LABELLED[name])
            found = Stacked(self.argument(), below=brace) if below else Stacked(self.argument(), above=brace)
            if self.peek() is not None and self.tokens[-1].text == ("_" if below else "^"):
                self.tokens.pop()
                label = self.argument()
                return [Stacked(found, below=label) if below else Stacked(found, above=label)]
            return [found]
        if name in ("vec", "overrightarrow", "overleftarrow"):
            return [Stacked(self.argument(), accent=ARROWS[name])]
        if name in ACCENTS:
            return [Stacked(self.argument(), accent=MARKS.get(ACCENTS[name], "^"))]
        return self.worded(t)

    def worded(self, t: Piece) -> list[Any]:
        """Commands with words, of fonts, and names."""
        name = t.text
        if name in ("operatorname", "Operatorname", "DeclareMathOperator"):
            limits = bool(self.tokens) and self.tokens[-1].text == "*"
            if limits:
                self.tokens.pop()
            said = " ".join(self.raw().split())
            return [Sign("function", said, t.start, limits or said in LIMITED)]
        if (name.startswith("text") and name not in ("textcolor", "textstyle")) or name in (
            "mbox",
            "hbox",
            "emph",
            "intertext",
        ):
            return self.words()
        if name == "tag":
            if self.tokens and self.tokens[-1].text == "*":
                self.tokens.pop()
            return [Space(1), Words(f"({self.raw()})")]
        if name in SHOWN_ARGUMENT:
            return [Words(f"[{self.raw()}]" if name.startswith("cite") else f"({self.raw()})")]
        if name in KEEP_SECOND or name == "require":
            self.raw()
            return [] if name == "require" else [self.argument()]
        if name in WITH_ARGUMENT:
            self.raw()
            return []
        if name in FONTS_BOLD or name in FONTS_OTHER or name in FONTS_PLAIN:
            style = "bold" if name in FONTS_BOLD else FONTS_OTHER.get(name, "plain")
            return [Styled(style, self.argument())]
        if name in FRAMES:
            return [Styled(FRAMES[name], self.argument())]
        if name == "not":
            following = self.argument()
            if isinstance(following, Sign):
                return [
                    Sign(
                        "mo",
                        {"=": "≠", "∈": "∉", "<": "≮", ">": "≯"}.get(following.text, f"{following.text}\u0338"),
                        t.start,
                    )
                ]
            return [Sign("mo", "¬", t.start), following]
        if name in FUNCTIONS:
            return [Sign("function", name, t.start, name in LIMITED, name)]
        if found := symbol(name):
            letter = found.isalpha() or found in "∞∅∂∇…⋯⋮⋱⊤⊥ℓ′"
            return [Sign("mi" if letter else "mo", found.replace("-", "−"), t.start, command=name)]
        return [Words(name)] if name.isalnum() else []

    def delimiter(self) -> str:
        t = self.peek()
        if t is None:
            return ""
        self.tokens.pop()
        return symbol(t.text) if t.kind == "command" else "" if t.text == "." else t.text

    def fenced(self) -> list[Any]:
        left = self.delimiter()
        if self.depth >= DEEPEST:
            return [Sign("mo", left)]
        self.depth += 1
        parts = self.until(("right",))
        self.depth -= 1
        right = ""
        if self.tokens and self.tokens[-1].text == "right":
            self.tokens.pop()
            right = self.delimiter()
        if any(isinstance(p, Cut) for p in parts):  # a row that ends within brackets
            return [Sign("mo", left), *parts, Sign("mo", right)]
        return [Group(parts, (left, right))]

    def environment(self) -> list[Any]:
        name = self.raw().rstrip("*")
        self.optional("[tbc]")
        if name in COLUMNS or name == "tabular":
            self.raw()
        if self.depth >= DEEPEST:
            return []
        self.depth += 1
        cells: list[list[Group]] = [[Group([])]]
        while self.tokens:
            for p in self.until(()):
                if isinstance(p, Cut):
                    if p.kind == "row":
                        cells.append([Group([])])
                    else:
                        cells[-1].append(Group([]))
                else:
                    cells[-1][-1].parts.append(p)
            if self.tokens and self.tokens.pop().text == "end":
                self.raw()
                break
        self.depth -= 1
        kept = [r for r in cells if any(c.parts for c in r)]
        left, right = tuple(BRACKETS.get(name, "{ " if "cases" in name and name != "rcases" else "  "))
        return [Rows(name if name in INNER | TOP else "matrix", kept, left.strip(), right.strip())]
