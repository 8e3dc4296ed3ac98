r"""Long formulas over several rows: before relations, then before + and −, then between factors, outermost first.

It works on LaTeX as `symnll.write.latex` prints it and as authors write it, by an estimate of widths in em. A row is
never broken within braces; brackets of \left and \right that end up in different rows get a fixed size.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from symnll.write.latex import latex
from symnll.write.nodes import Node, Number, Power, Product, Quotient, Sum
from symnll.write.shapes import product

TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|[^\\]", re.DOTALL)
RELATIONS = {"=", "<", ">", r"\le", r"\ge", r"\ne", r"\in", r"\mapsto", r"\leq", r"\geq", r"\neq", r"\approx",
             r"\equiv", r"\sim", r"\propto", r"\to", r"\Rightarrow", r"\iff", r"\implies", r"\ll", r"\gg",
             r"\subset", r"\subseteq"}  # fmt: skip
BINARY = {"+", "-", r"\cdot", r"\times", r"\odot", r"\pm", r"\otimes", r"\oplus"}
BIG = {r"\sum", r"\prod", r"\int"}
FUNCTIONS = {r"\log": 1.3, r"\ln": 0.9, r"\exp": 1.5, r"\max": 1.9, r"\min": 1.8, r"\sup": 1.5, r"\inf": 1.3}
SPACES = {r"\,": 0.17, r"\:": 0.22, r"\;": 0.28, r"\!": -0.17, r"\ ": 0.33, r"\quad": 1.0, r"\qquad": 2.0, "~": 0.33}
CHARACTERS = {
    **dict.fromkeys("ijlt;:.!|'", 0.33), **dict.fromkeys("mwMW", 0.9), "f": 0.5, "r": 0.46, "s": 0.47, ",": 0.45,
    **dict.fromkeys("()[]", 0.39), **dict.fromkeys("ABCDEFGHIJKLNOPQRSTUVXYZ", 0.75), "I": 0.5, "N": 0.87,
}  # fmt: skip
SCRIPT, INDENT, BESIDE = 0.72, 2.0, 9.0
FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac", r"\binom")
ONE = Fraction(1)


def rows(node: Node, width: float) -> list[str]:
    """The notation in rows of at most that width in em, as far as it can be broken; later ones are indented."""
    return broken(latex(_narrow(node, width)), width)


def broken(formula: str, width: float) -> list[str]:
    """A formula of LaTeX in rows, each with balanced braces and brackets."""
    if extent(formula) <= width:
        return [formula]
    return _sized(_split(tokens(formula), width))


def joined(made: Sequence[str], start: str = "&") -> str:
    """The rows below each other, for an environment that aligns: those that go on with a side stand further right.

    A page never ends between them."""
    later = (rf"{start}{chr(92)}quad {r}" if _relation(r) else rf"{start}{chr(92)}qquad {r}" for r in made[1:])
    return " \\\\*\n  ".join([made[0], *later])


def _relation(row: str) -> bool:
    return next((t for t in tokens(row) if t.strip() and t not in "{}"), "") in RELATIONS


def tokens(formula: str) -> list[str]:
    """Commands, characters and stretches of space."""
    return TOKEN.findall(formula)


@lru_cache(maxsize=1 << 14)
def extent(formula: str) -> float:
    """About how wide the formula is, in em, in display style."""
    return _Measure(tokens(formula)).rest()


class _Measure:
    """Adds up widths; read from left to right, group by group."""

    def __init__(self, parts: Sequence[str]) -> None:
        self.parts, self.at = [p for p in parts if not p.isspace()], 0

    def rest(self, end: str = "") -> float:
        total, last = 0.0, ""
        while self.at < len(self.parts) and self.parts[self.at] != end:
            token = self.parts[self.at]
            total += self._one(last)
            last = token
        self.at += 1
        return total

    def _one(self, last: str = "") -> float:
        if self.at >= len(self.parts):
            return 0.0
        token = self.parts[self.at]
        self.at += 1
        if token == "{":
            return self.rest("}")
        if token in FRACTIONS:
            return max(self._one(), self._one()) + 0.25
        if token in BIG or token in (r"\max", r"\min"):
            scripts = max((SCRIPT * self._one() for _ in iter(self._script, "")), default=0.0)
            return max(FUNCTIONS.get(token, 1.45), scripts) + 0.2
        if token in ("^", "_"):
            return self._scripts(token)
        if token == r"\underset":
            return max(SCRIPT * self._one(), self._one())
        if token in (r"\text", r"\operatorname", r"\mathrm", r"\mathbf"):
            return self._words()
        if token in (r"\left", r"\right"):
            delimiter = self.parts[self.at] if self.at < len(self.parts) else ""
            self.at += 1
            return 0.12 if delimiter == "." else 0.8
        if token == r"\color":
            self._one()
            return 0.0
        if token == r"\sqrt":
            return self._one() + 0.9
        if token in RELATIONS:
            return 1.35
        if token in BINARY:
            return 1.25 if token != r"\cdot" and last not in ("", "(", ",", "{", *RELATIONS) else 0.78
        if token in SPACES:
            return SPACES[token]
        return FUNCTIONS.get(token) or CHARACTERS.get(token, 1.3 if token in (r"\dots", r"\ldots", r"\cdots") else 0.57)

    def _script(self) -> str:
        if self.at < len(self.parts) and self.parts[self.at] in ("^", "_"):
            self.at += 1
            return self.parts[self.at - 1]
        return ""

    def _scripts(self, first: str) -> float:
        """A subscript with a superscript takes the width of the wider one."""
        found = {first: SCRIPT * self._one()}
        while (self.parts[self.at] if self.at < len(self.parts) else "") in {"^", "_"} - set(found):
            found[self._script()] = SCRIPT * self._one()
        return max(found.values()) + 0.05

    def _words(self) -> float:
        start = self.at
        self._one()
        return 0.5 * sum(len(p) for p in self.parts[start : self.at] if p not in "{}") + 0.3


def _split(parts: list[str], width: float) -> list[str]:
    """The rows of one part: broken at the places that are least deep in brackets, filled from the left."""
    if extent("".join(parts)) <= width:
        return ["".join(parts)]
    places = _places(parts)
    if not places:
        return ["".join(parts)]
    least = min(places.values())
    cuts = [0, *(n for n, cost in places.items() if cost == least), len(parts)]
    pieces = [parts[a:b] for a, b in pairwise(cuts)]
    made: list[str] = []
    row, whole = "".join(pieces[0]), True  # `whole`: it has not been broken yet
    for piece in map("".join, pieces[1:]):
        room = width - (INDENT if made else 0.0)
        if extent(row + piece) <= room:
            row += piece
            continue
        beside = (
            _split(tokens(piece), room - extent(row)) if extent(row) <= BESIDE and extent(piece) > room - INDENT else []
        )
        if beside and extent(row + beside[0]) <= room:  # a short left side stays beside the right one
            made, row, whole = [*made, row + beside[0], *beside[1:-1]], beside[-1], False
            if len(beside) == 1:
                row = made.pop()
            continue
        done = _split(tokens(row), room) if whole else [row]
        if len(done) > 1 and extent(done[-1] + piece) <= room - INDENT:
            made, row, whole = [*made, *done[:-1]], done[-1] + piece, False
        else:
            made, row, whole = [*made, *done], piece, True
    return made + (_split(tokens(row), width - (INDENT if made else 0.0)) if whole else [row])


def _places(parts: Sequence[str]) -> dict[int, int]:
    """Where a row may begin, with the cost: how deep in brackets, then what kind of place it is."""
    found: dict[int, int] = {}
    braces = brackets = 0
    last = ""
    for n, token in enumerate(parts):
        if token.isspace():
            continue
        if n and not braces and last not in ("^", "_", r"\left", r"\right", *FRACTIONS):
            kind = _kind(parts, n, last)
            if kind is not None:
                found[n] = 10 * brackets + kind
        if token in "{}":
            braces += 1 if token == "{" else -1
        if not braces:
            opens = (token in "([" and last != r"\right") or token == r"\left"
            closes = (token in ")]" and last != r"\left") or token == r"\right"
            if (last in (r"\left", r"\right")) is False:
                brackets += opens - closes
        last = token
    return found


def _kind(parts: Sequence[str], n: int, last: str) -> int | None:
    """0 for words and relations, 1 for + and −, 2 between a list's parts, 9 between factors; None: no row begins."""
    token = parts[n]
    opened = last in ("(", "[", r"\{", ",") or last in RELATIONS or last in BINARY
    if token == r"\text" and "".join(parts[n + 1 : n + 3]).startswith(("{ ", "{for", "{and")) and not opened:
        return 0
    if token in RELATIONS and not opened:
        return 0
    if token in BINARY and not opened and last not in (r"\text", *FUNCTIONS):
        return 1 if token in ("+", "-") else 9
    if last == "," and token not in (r"\dots", r"\;", r"\,"):
        return 2
    factor = token in BIG or token in FRACTIONS or token in ("(", r"\left")
    apart = parts[n - 1].isspace() or last == r"\,"
    return 9 if factor and apart and not opened and last not in FUNCTIONS else None


def _sized(made: list[str]) -> list[str]:
    r"""The rows, with \biggl and \biggr in place of a \left and a \right that are in different rows."""
    parts = [tokens(row) for row in made]
    stack: list[tuple[int, int]] = []
    for r, row in enumerate(parts):
        for n, token in enumerate(row):
            if token == r"\left":
                stack.append((r, n))
            elif token == r"\right" and stack:
                start, at = stack.pop()
                if start != r:
                    _fix(parts[start], at, r"\biggl")
                    _fix(row, n, r"\biggr")
    shown = ["".join(row).strip() for row in parts]
    return [shown[0], *(("{}" if row.startswith(("+", "-", "=", "<", ">", "\\")) else "") + row for row in shown[1:])]


def _fix(row: list[str], n: int, size: str) -> None:
    row[n] = size
    if n + 1 < len(row) and row[n + 1] == ".":
        row[n] = row[n + 1] = ""


def _narrow(node: Node, width: float) -> Node:
    """The same, with (1/b)·a in place of a fraction that is too wide, so that it can be broken, or a·b⁻¹."""
    if isinstance(node, Quotient) and extent(latex(node)) > width - 6:
        above, below = _narrow(node.numerator, width), node.denominator
        if extent(latex(below)) > 0.75 * width:
            inverse = Power(_narrow(below, width), Sum(((-1, Number(ONE)),)))
            return inverse if above == Number(ONE) else Product((above, inverse))
        return node if above == Number(ONE) else product((Quotient(Number(ONE), below), above))
    changed: dict[str, object] = {}
    for name, part in vars(node).items():
        if name in ("indices", "exponent"):
            continue
        if isinstance(part, Node):
            new = _narrow(part, width)
            if new is not part:
                changed[name] = new
        elif isinstance(part, tuple) and part:
            made = tuple(_narrow_part(p, width) for p in part)
            if any(a is not b for a, b in zip(made, part, strict=True)):
                changed[name] = made
    return replace(node, **changed) if changed else node  # type: ignore[type-var]


def _narrow_part(part: object, width: float) -> object:
    if isinstance(part, Node):
        return _narrow(part, width)
    if isinstance(part, tuple) and any(isinstance(p, Node) for p in part):
        made = tuple(_narrow_part(p, width) for p in part)
        return made if any(a is not b for a, b in zip(made, part, strict=True)) else part
    return part
