"""Inputs that are meant to break a checker of documents: what `tests.campaigns.fuzz` feeds it.

Every maker takes a `random.Random` and gives a document, as text or as bytes. A document may be nonsense; it never
closes what it opens on purpose only to hide what follows.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

LETTERS = [
    *"abcxyzpqwKNTLR",
    r"\theta",
    r"\lambda",
    r"\sigma",
    r"\mu",
    r"\hat{y}",
    r"\mathbf{w}",
    r"\mathcal{L}",
    r"\epsilon",
]
INDICES = [*"ijkmn"]
RELATIONS = ["=", "=", "=", "=", r"\leq", r"\geq", "<", ">", r"\approx", r"\propto", r"\equiv", ":=", r"\to"]
DECLARATIONS = [
    "index i, j, k in 1..K", "index m in 0..K-1", "index x in I", "real z[K], w[K]", "positive q[K]", "simplex p[K]",
    "onehot y[K]", "onehot t[N,K]", "labels c[N] in 1..K", "real a, b", "positive s", "natural n", "probability r",
    "binary d", "vector u[N] in D", "function f", r"positive function p(x, \theta)", r"let S = \sum_j e^{z_j}",
    r"let p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}", r"let L = -\sum_i y_i \log p_i", r"write \Sigma for \sum_j e^{z_j}",
    "write e_i for e^{z_i}", r"assume \sum_i y_i = 1", r"assume i \ne k", "case i = j", "from L", "expect refuted",
    # and bad ones
    "index", "index i", "index i in", "index i in ..", "index i in 1..1..1", "index in in in", "real", "real [K]", "real z[",
    "real z[K,K,K,K,K,K]", "real z[K]]", "simplex p", "onehot y at", "let", "let =", "let a", "let a = ", "let 3 = 4",
    "let a + b = c", "write", "write A", "write A for", "write for for for", "assume", "assume 1 = 2", "assume a", "case",
    "case 0 = 1", "from", "expect nonsense", "vector u", "labels c[N] in", "function", "function f(", "garbage in",
    "real z[K] w[K]", "natural n[10^{10}]", "index i in 1..1000000000", "real z[99999999]", r"let \sum = 3", "let e = 2",
    "let \\frac{a}{b} = c", "assume for all", "assume a = b = c", "index i in 5..1", "real K", "index K in 1..K",
]  # fmt: skip
UNICODE = ["é", "ß", "中", "𝑥", "𝔼", "\u0301", "\u202e", "\u200b", "\ufeff", "\u2028", "😀", "\U0010ffff", "\ud7ff", "ſ", "K",
           "ﬁ", "½", "²", "₁", "∑", "∫", "≤", "−", "·", "'", "′", "…", "\u00a0", "\u0000", "\u0007", "\u001b", "\u0085"]  # fmt: skip
PIECES = ["{", "}", "(", ")", "[", "]", "^", "_", "&", r"\\", r"\frac", r"\left", r"\right", r"\sum", r"\begin{cases}", r"\end{cases}",
          r"\text{", r"\sqrt", r"\over", "=", "$", "$$", "%", "|", "!", "'", r"\partial", r"\label{", r"\tag", "#1", "~", "\n", "\n\n",
          r"\begin{align}", r"\end{align}", r"\[", r"\]", "<!--", "-->", "<!-- symnll", "```", "\\", r"\hat", r"\not", r"\mathbb",
          r"\underbrace", r"\stackrel", r"\newcommand", r"\def", r"\binom", ",", ";", ":", ".", "..", "0", "10", "1e9", ".5"]  # fmt: skip


class Input(NamedTuple):
    """A document, what made it, and how many relations its first display has; -1: that is not known."""

    kind: str
    text: str | bytes
    relations: int = -1


# The grammar.


class Formulas:
    """Random formulas in the notation that the checker reads, and a little more."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def statement(self) -> tuple[str, int]:
        """A chain, and how many relations it has."""
        count = self.rng.choice([1, 1, 1, 2, 3])
        depth = self.rng.choice([1, 2, 2, 3, 4])
        first = self.formula(depth)
        sides = [first, *(first if self.rng.random() < 0.3 else self.formula(depth) for _ in range(count))]
        text = sides[0]
        for side in sides[1:]:
            text += f" {self.rng.choice(RELATIONS)} {side}"
        return text, count

    def formula(self, depth: int) -> str:
        rng = self.rng
        if depth <= 0:
            return self.atom()
        terms = [self.term(depth - 1) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
        return rng.choice(["", "", "-"]) + rng.choice([" + ", " - "]).join(terms)

    def term(self, depth: int) -> str:
        rng, inner = self.rng, lambda: self.formula(depth)
        i, j = rng.sample(INDICES, 2)
        kind = rng.randrange(26)
        if kind < 6:
            return " ".join(self.atom() for _ in range(rng.choice([1, 1, 2, 3])))
        return [
            lambda: rf"\frac{{{inner()}}}{{{inner()}}}",
            lambda: rf"\left( {inner()} \right)",
            lambda: rf"\sum_{i} {self.term(depth - 1)}",
            lambda: rf"\sum_{{{i}=1}}^{{K}} {self.term(depth - 1)}",
            lambda: rf"\sum_{{{i} \neq {j}}} {self.term(depth - 1)}",
            lambda: rf"\sum_{{{i} < {j}}} {self.term(depth - 1)}",
            lambda: rf"\prod_{i} ({inner()})",
            lambda: rf"\log {self.atom()}",
            lambda: rf"\log ({inner()})",
            lambda: rf"e^{{{inner()}}}",
            lambda: rf"\exp({inner()})",
            lambda: rf"\sqrt{{{inner()}}}",
            lambda: rf"({inner()})^{{{rng.choice(['2', '-1', 'n', i, self.atom()])}}}",
            lambda: rf"\frac{{\partial {rng.choice(['L', 'S', self.atom()])}}}{{\partial {self.atom()}}}",
            lambda: rf"\frac{{\partial}}{{\partial z_{i}}} \left({inner()}\right)",
            lambda: rf"\max({inner()}, {inner()})",
            lambda: rf"\max_{i} {self.atom()}",
            lambda: rf"\begin{{cases}} {inner()} & {i} = {j} \\ {inner()} & \text{{otherwise}} \end{{cases}}",
            lambda: rf"|{inner()}|",
            lambda: rf"\int_0^1 {inner()} \, d{rng.choice('xyab')}",
        ][kind - 6]()

    def atom(self) -> str:
        rng = self.rng
        i, j = rng.sample(INDICES, 2)
        return rng.choice([
            lambda: rng.choice(LETTERS), lambda: str(rng.choice([0, 1, 2, 3, 7, 10, 1000])), lambda: f"{rng.randrange(9)}.5",
            lambda: f"z_{i}", lambda: f"p_{i}", lambda: f"y_{{{i}}}", lambda: f"w_{{{i}{j}}}", lambda: f"z_{{{i}+1}}",
            lambda: rf"\delta_{{{i}{j}}}", lambda: rf"\mathbb{{1}}\{{{i} = {j}\}}", lambda: f"x^{{({i})}}", lambda: "S",
            lambda: "L", lambda: f"f({rng.choice(LETTERS)})", lambda: rf"\sigma({rng.choice(LETTERS)})", lambda: "n!",
            lambda: r"\binom{n}{2}", lambda: f"q_{{c_{i}}}", lambda: r"z_1 + \dots + z_K", lambda: f"{rng.choice(LETTERS)}'",
        ])()  # fmt: skip


def formula(rng: random.Random) -> Input:
    """One display of the grammar, without declarations."""
    text, count = Formulas(rng).statement()
    return Input("formula", f"$$ {text} $$", count)


def declared(rng: random.Random) -> Input:
    """Declarations, good and bad, and a display."""
    lines = [rng.choice(DECLARATIONS[: 27 if rng.random() < 0.5 else None]) for _ in range(rng.randrange(1, 9))]
    text, _ = Formulas(rng).statement()
    return Input("declared", "<!-- symnll\n" + "\n".join(lines) + f"\n-->\n\n$$\n{text}\n$$")


def document(rng: random.Random) -> Input:
    """Declarations and several displays in several layouts, with prose."""
    parts = ["<!-- symnll\nindex i, j, k in 1..K\nreal z[K], w[K]\nsimplex p[K]\nonehot y[K]\n-->"]
    layouts = [
        "$$ {} $$",
        "\\[ {} \\]",
        "\\begin{{align}} {} \\end{{align}}",
        "```math\n{}\n```",
        "\\begin{{equation}}\n{}\n\\end{{equation}}",
    ]
    for _ in range(rng.randrange(1, 4)):
        rows = rng.choice([1, 1, 2])
        body = r" \\ ".join(Formulas(rng).statement()[0] for _ in range(rows))
        parts.append(rng.choice(layouts).format(body))
        parts.append(
            rng.choice(["where $z_i = 3$.", "Then it follows.", "<!-- symnll\nreset\n-->", "<!-- symnll\nreal a\n-->"])
        )
    return Input("document", "\n\n".join(parts))


# Edits of real documents.


class Edits:
    """Documents of a folder, cut to a stretch and broken."""

    def __init__(self, folders: list[Path]) -> None:
        files = [f for folder in folders for f in sorted(folder.glob("*.md"))]
        self.texts = [f.read_text(encoding="utf-8") for f in files]

    def stretch(self, rng: random.Random) -> str:
        """The declarations of a document and one or two of its displays."""
        blocks = rng.choice(self.texts).split("\n\n")
        at = rng.randrange(len(blocks))
        chosen = [b for b in blocks[:at] if b.startswith("<!-- symnll")][-2:] + blocks[at : at + 3]
        return "\n\n".join(chosen)[:4000]

    def edited(self, rng: random.Random) -> Input:
        """Characters and words dropped, doubled, swapped; pieces of LaTeX put in."""
        text = self.stretch(rng)
        for _ in range(rng.choice([1, 1, 2, 4, 10])):
            if len(text) < 8:
                break
            at, length = rng.randrange(len(text)), rng.choice([1, 1, 2, 5, 20])
            piece = text[at : at + length]
            other = rng.randrange(len(text))
            text = rng.choice([
                lambda a=at, n=length, t=text: t[:a] + t[a + n :],
                lambda a=at, p=piece, t=text: t[:a] + p + t[a:],
                lambda a=at, t=text: t[:a] + rng.choice(PIECES) + t[a:],
                lambda o=other, a=at, p=piece, t=text: t[:o] + p + t[o:],
                lambda a=at, t=text: t[:a] + rng.choice(UNICODE) + t[a:],
                lambda a=at, t=text: t.replace(t[a], "", 1),
                lambda t=text: t.replace(*rng.choice([("{", "{{"), ("}", ""), ("\\", ""), ("_", ""), ("^", "^^"), ("(", ""), ("=", "")]), 1),
                lambda a=at, t=text: t[:a],
            ])()  # fmt: skip
        return Input("edited", text)

    def mutated(self, rng: random.Random) -> Input:
        """Bytes changed at random; half of the time with control characters and invalid UTF-8."""
        data = bytearray(self.stretch(rng).encode())
        for _ in range(rng.choice([1, 3, 10, 50])):
            if not data:
                break
            at = rng.randrange(len(data))
            how = rng.randrange(5)
            if how == 0:
                data[at] = rng.randrange(256)
            elif how == 1:
                data[at:at] = bytes(rng.randrange(256) for _ in range(rng.choice([1, 2, 8])))
            elif how == 2:
                del data[at : at + rng.choice([1, 2, 30])]
            elif how == 3:
                data[at] ^= 1 << rng.randrange(8)
            else:
                data[at:at] = rng.choice(
                    [b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\r", b"\x0b", b"\x1a", b"\xc0\xaf"]
                )
        return Input("mutated", bytes(data))


def soup(rng: random.Random) -> Input:
    """Pieces of LaTeX, Markdown and Unicode in any order, in a display and outside."""

    def pieces(most: int) -> str:
        return "".join(rng.choice([*PIECES, *LETTERS, *UNICODE, " "]) for _ in range(rng.randrange(1, most)))

    return Input("soup", rng.choice(["$$ {} $$", "{}", "\\begin{{align*}}\n{}\n\\end{{align*}}"]).format(pieces(40)))


# Attacks on time and memory. Sizes are drawn, up to the sizes given.


def _size(rng: random.Random, most: int) -> int:
    return rng.choice([most, most // 10, rng.randrange(1, most + 1)])


def _macros(rng: random.Random) -> str:
    levels = rng.randrange(2, 26)
    name = [chr(ord("a") + n) for n in range(26)]
    doubling = "\n".join(rf"\newcommand{{\q{name[n]}}}{{\q{name[n - 1]} + \q{name[n - 1]}}}" for n in range(1, levels))
    return rng.choice([
        r"\newcommand{\a}{\a\a} $$ \a = 1 $$",
        r"\newcommand{\a}{\b} \newcommand{\b}{\a} $$ \a = \b $$",
        r"\newcommand{\a}[1]{#1\a{#1#1}} $$ \a{x} = x $$",
        r"\newcommand{\qa}{x} " + doubling + rf" $$ \q{name[levels - 1]} = x $$",
        r"\def\a#1#2{\a{#2}{#1}} $$ \a{x}{y} = 3 $$",
        r"\newcommand{\a}[9]{#1#2#3#4#5#6#7#8#9} $$ \a x = 3 $$",
        r"\newcommand{\a}{} $$ \a\a\a = \a $$",
        r"\newcommand{\a}{{} $$ \a = 1 $$",
        r"\newcommand{\frac}{\sum} $$ \frac{a}{b} = 1 $$",
    ])  # fmt: skip


def _definitions(rng: random.Random) -> str:
    n = rng.randrange(2, 61)
    doubling = "\n".join(f"let a_{{{k}}} = a_{{{k - 1}}} + a_{{{k - 1}}}" for k in range(1, n))
    named = "\n".join(f"let v{chr(97 + k % 26)}{chr(97 + k // 26)} = {'v' + chr(97 + (k - 1) % 26) + chr(97 + (k - 1) // 26)}^2 + "
                      f"{'v' + chr(97 + (k - 1) % 26) + chr(97 + (k - 1) // 26)}" for k in range(1, n))  # fmt: skip
    last = f"v{chr(97 + (n - 1) % 26)}{chr(97 + (n - 1) // 26)}"
    return rng.choice([
        "real a, b\nlet a = b\nlet b = a\n-->\n$$ a = b $$",
        "let a = a\n-->\n$$ a = 1 $$",
        "let f(x) = f(x) + f(x)\n-->\n$$ f(1) = 1 $$",
        "let f(x) = g(x)\nlet g(x) = f(f(x))\n-->\n$$ f(1) = g(2) $$",
        f"let a_{{0}} = 1\n{doubling}\n-->\n$$ a_{{{n - 1}}} = 2^{{{n - 1}}} $$",
        f"real vaa\n{named}\n-->\n$$ {last} = {last} + 1 $$",
        f"let f(x) = x^2 + x\n-->\n$$ {'f(' * n}2{')' * n} = 1 $$",
        f"index i in 1..K\nreal z[K]\nlet s_i = \\sum_j z_j z_i\n-->\n$$ {'s_{' * 3}i{'}' * 3} = 1 $$",
        "write a for b\nwrite b for a\n-->\n$$ a = b $$",
        "write a for a a\n-->\n$$ a = a a $$",
        "write a_i for a_{a_i}\nindex i in 1..K\n-->\n$$ a_i = 1 $$",
        "\n".join(f"write x for {'x ' * k}" for k in range(1, n)) + "\n-->\n$$ x = x $$",
        "\n".join(f"real r{chr(97 + k % 26)}{chr(97 + k // 26 % 26)}" for k in range(40 * n)) + "\n-->\n$$ raa = raa $$",
        "\n".join(f"let y_{{{k}}} = {k}" for k in range(20 * n)) + "\n-->\n$$ y_{3} = 3 $$",
        "\n".join(f"assume x > {k}" for k in range(n)) + "\n-->\n$$ x > 0 $$",
        "real a, b\nassume a = b\nassume a \\ne b\n-->\n$$ a = 3 $$",
        "index i in 1..K\nreal z[K]\ncase z_i = z_i + 1\n-->\n$$ 1 = 2 $$",
        f"index i in 1..{10 ** rng.randrange(1, 40)}\n-->\n$$ \\sum_i i = 5 $$",
        f"index i in 1..K\nreal z[{10 ** rng.randrange(1, 40)}]\n-->\n$$ \\sum_i z_i = z_1 $$",
        "real z[" + ",".join("K" * rng.randrange(1, 300)) + "]\n-->\n$$ z = z $$",
        f"simplex p[{rng.choice(['1', '0', '10^9', '-3', 'K^K'])}]\n-->\n$$ \\sum_i p_i = 1 $$",
    ])  # fmt: skip


def _numbers(rng: random.Random) -> str:
    n = 10 ** rng.randrange(1, 40)
    nines = "9^{" * rng.randrange(2, 6)
    return rng.choice([
        "10^{10^{10}} = 10^{10^{10}}", "10^{10^{10}} = 1", f"{nines}9{'}' * nines.count('{')} = 9", f"{n}! = 1", f"({n})! > 0",
        rf"\binom{{{n}}}{{{n // 2}}} = 2", rf"\sum_{{i=1}}^{{{n}}} i = \frac{{{n} \cdot ({n} + 1)}}{{2}}", rf"\prod_{{i=1}}^{{{n}}} i = {n}!",
        rf"\sum_{{i=1}}^{{{n}}} \frac{{1}}{{i}} = 1", f"2^{{{n}}} = 0", f"2^{{-{n}}} = 0", rf"\left(1 + \frac{{1}}{{{n}}}\right)^{{{n}}} \leq e",
        f"{'9' * _size(rng, 100_000)} = 1", f"0.{'3' * _size(rng, 20_000)} = \\frac13", f"x^{{{n}}} = x", f"e^{{e^{{e^{{{n}}}}}}} > 1",
        rf"\log \log \log {n} = 1", rf"e^{{-{n}}} = 0", f"{n}^{{x}} = x^{{{n}}}", f"(x + y)^{{{rng.randrange(2, 3000)}}} = x",
        rf"\frac{{d^{{{n}}}}}{{dx^{{{n}}}}} e^x = e^x", f"3!!!!! = {n}", f"{'(' * 30}3{')!' * 30} = 1", rf"\sqrt[{n}]{{2}} = 1",
        rf"\sum_{{i=1}}^{{{n}}} \sum_{{j=1}}^{{{n}}} i j = 1", r"\sum_{i=1}^{10^9} x_i = x_1", f"z_{{{n}}} = z_1", r"\frac{1}{0} = 1",
        r"0^0 = 1", rf"\binom{{-1}}{{{n}}} = 1", rf"\lfloor {n}.5 \rfloor = {n}", rf"\max({', '.join(map(str, range(_size(rng, 3000))))}) = 1",
        rf"\int_0^{{{n}}} x^{{{n}}} dx = 1", f"x_{{1}} + \\dots + x_{{{n}}} = 1", rf"i^{{i^{{i^{{{n}}}}}}} = 1",
    ])  # fmt: skip


def _long(rng: random.Random) -> str:
    n = _size(rng, 20_000)
    m = _size(rng, 10_000)
    return rng.choice([
        "{" * 50 * n, "}" * 50 * n, "$" * n, "$$" * n, "(" * n + " = 1", "x = " + "(" * 300 + "x" + ")" * 300, "{" * 300 + "x" + "}" * 300 + " = x",
        r"\frac{1}{" * 200 + "x" + "}" * 200 + " = x", r"\frac" * n + " = 1", r"x^{" * 200 + "x" + "}" * 200 + " = x", "x" + "_x" * n + " = x",
        "x" + "^x" * n + " = x", "x" + "'" * n + " = x", "&" * 5 * n + " = 1", r"\\" * 5 * n + " = 1", r"x &= x \\ " * (n // 10),
        " + ".join(["x"] * m) + f" = {m} x", " + ".join(f"x_{{{k}}}" for k in range(m)) + " = 1", " ".join(["x"] * m) + " = x",
        " = ".join(["x"] * (m // 20 + 2)), "x" * n + " = 1", "1" + " - 1" * m + " = 0", r"\left" * n + " = 1", r"\left( x " * 200 + r"\right) " * 200 + "= 1",
        r"\begin{cases} " * 50 + r"1 & x = 1 \end{cases}" * 50 + " = 1", r"\begin{cases}" + r" 1 & i = 1 \\" * (n // 10) + r"\end{cases} = 1", "|" * n + " = 1",
        "|x" * 300 + "|" * 300 + " = x", r"\sum_i " * 100 + "x_i = 1", r"\sum_{i=1}^{n} " * 60 + "1 = n^{60}", r"\log " * 300 + "x = 1", "-" * n + "x = x",
        r"\hat{" * 100 + "x" + "}" * 100 + " = x", r"\mathbf{" * 200 + "x" + "}" * 200 + " = x", r"\text{" * 100 + "x" + "}" * 100 + " = x",
        r"\underbrace{" * 100 + "x" + "}" * 100 + " = x", r"\sqrt" * n + " x = 1", ", ".join(["x = x"] * (m // 50 + 1)), r"\frac{\partial}{\partial x} " * 40 + "x = 0",
        "(x + y)(x - y)" * 40 + " = 1", "x / " * n + "x = 1", r"\cdot " * n + "= 1", r"\max(" * 100 + "x, y" + ")" * 100 + " = x", "!" * n + " = 1", "n" + "!" * 400 + " = 1",
        r"\not" * n + "= 1", r"\stackrel{a}{" * 100 + "=" + "}" * 100 + " 1", "".join(chr(rng.randrange(32, 0x3000)) for _ in range(n)) + " = 1",
        "".join(chr(rng.choice([rng.randrange(0x20, 0xD800), rng.randrange(0xE000, 0x110000)])) for _ in range(n // 4)), "x\u0301" * n + " = 1", "\u202e" * n + "x = 1",
        "%" * n + " = 1", "% a\n" * n + " x = x", "\n" * n + "x = x", " " * 20 * n + "x = x", "\t" * n, "\\" * n, "~" * n + "x = x", r"\quad " * n + "x = x",
        r"\newcommand{\a}{x}" * n + " = 1", r"\label{" * n, r"\tag{" * n + "x = 1", r"x \text{ if " * 300 + " = 1", "x = 1, " * 300 + r"\quad i = j", r"\color{" * n + "x = x",
    ])  # fmt: skip


def _pages(rng: random.Random) -> str:
    n = _size(rng, 3000)
    return rng.choice([
        "$$ x = 1\n" * n, "<!-- symnll\n" * n, "-->" * n, "<!-- symnll real a -->\n" * n, "$x$ " * 5 * n, "$" + "x " * 20 * n, "> " * n + "$$ x = x $$",
        "```math\nx = x\n" * n, "\\begin{align} " * n, "\\end{align} " * n, "\\begin{" * n, "\\[ " * n, "\\] " * n, "where $x = 1$ " * n, "# " * n, "- " * n,
        "% symnll: real a\n" * n, "\\(" * n, "<!--" * n, "`" * n, "$$\n\n" * n, "a = b\n\n" * n, "\\newcommand{\\a" * n, "\r" * n, "\x00" * 20 * n, "\ufeff" * n,
        "$$ x = x $$\n\n" * (n // 60 + 1), "If $i = j$:\n\n" * (n // 10), "<!-- symnll\nreset\n-->\n" * (n // 10), "<!-- symnll\nskip\n-->\n" * (n // 10),
        "[" * 20 * n, "](" * 10 * n, "<" * 10 * n, "&amp;" * 10 * n, "|" * 10 * n, "\\" * 10 * n,
    ])  # fmt: skip


def attack(rng: random.Random) -> Input:
    """One of the attacks."""
    kind = rng.choice(["macros", "definitions", "numbers", "numbers", "long", "long", "pages"])
    if kind == "macros":
        return Input(kind, _macros(rng))
    if kind == "definitions":
        return Input(kind, "<!-- symnll\n" + _definitions(rng))
    if kind == "pages":
        return Input(kind, _pages(rng))
    body = _numbers(rng) if kind == "numbers" else _long(rng)
    return Input(kind, rng.choice(["$$ {} $$", "$$\n{}\n$$", "\\[ {} \\]"]).format(body))


def makers(folders: list[Path]) -> list[tuple[int, Callable[[random.Random], Input]]]:
    """Each maker with its share."""
    edits = Edits(folders)
    real = [(30, edits.edited), (15, edits.mutated)] if edits.texts else []
    return [(20, formula), (15, declared), (8, document), *real, (10, soup), (4, attack)]
