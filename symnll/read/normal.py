"""Raw tokens to the terminals of the grammar: layout dropped, fonts and accents joined with their letter."""

from __future__ import annotations

from dataclasses import replace

from symnll.read import tokens as T
from symnll.read.bars import barred, bars, condition_ahead, fences
from symnll.read.fonts import brace, label, styled, upright, word
from symnll.read.tokens import Token, Unreadable

OPENING = {"(": ")", "[": "]", r"\{": r"\}", r"\langle": r"\rangle", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil"}
CLOSING = set(OPENING.values())
SPELLED = {
    "lbrace": r"\{", "rbrace": r"\}", "{": r"\{", "}": r"\}", "lparen": "(", "rparen": ")", "lbrack": "[",
    "rbrack": "]", "langle": r"\langle", "rangle": r"\rangle", "lfloor": r"\lfloor", "rfloor": r"\rfloor",
    "lceil": r"\lceil", "rceil": r"\rceil", "llbracket": "[", "rrbracket": "]", "lgroup": "(", "rgroup": ")",
}  # fmt: skip
SYMBOLS: dict[str, tuple[str, str]] = {  # a command that is one terminal: its kind and its spelling
    **{name: ("NAME", f"\\{name}") for name in (*sorted(T.BIG), "partial", "nabla", "top")},
    **{name: ("IMPLIES", f"\\{name}") for name in sorted(T.IMPLIES)},
    **dict.fromkeys(("dots", "ldots", "cdots", "dotsc", "dotsb", "dotsm", "dotso", "hdots", "vdots", "ddots", "dotsi"),
                    ("DOTS", r"\dots")),
    **dict.fromkeys(("mid", "vert", "divides"), ("BAR", "|")), "lvert": ("LABS", "|"), "rvert": ("RABS", "|"),
    **dict.fromkeys(("|", "Vert", "parallel"), ("NORM", r"\|")), "lVert": ("LNORM", r"\|"), "rVert": ("RNORM", r"\|"),
    **dict.fromkeys(("setminus", "backslash", "smallsetminus"), ("REL", r"\setminus")),
    "pm": ("PM", r"\pm"), "mp": ("PM", r"\mp"), "over": ("OVER", "over"), "choose": ("OVER", "choose"),
    "because": ("TEXT", "because"), "forall": ("FORALL", "forall"), "colon": ("COLON", ":"), "prime": ("PRIME", "'"),
    "intercal": ("NAME", r"\top"),
}  # fmt: skip
REFUSED = {
    **{name: f"\\{name} is not understood here." for name in ("neg", "lnot", "nexists", "enclose", "cancelto")},
    **{name: f"\\{name} has no meaning in a formula here." for name in "%#$&_"},
    "sout": "What is struck out may be meant to be there, or not to be there.",
    "atop": r"\atop is no fraction; write what it means.",
    "exists": "∃ is not understood; say what is claimed of which value.",
}
LAYOUT = {
    "align", "aligned", "alignat", "alignedat", "flalign", "gather", "gathered", "multline", "multlined", "eqnarray",
    "equation", "split", "displaymath", "math", "dmath", "array", "IEEEeqnarray", "IEEEeqnarraybox", "subequations",
    "center", "minipage", "small", "footnotesize", "dgroup", "dmath*", "displayquote", "empheq", "cases*", "tabular",
    "nalign", "xalignat", "document",
}  # fmt: skip
WITH_OPTIONS = {
    "array", "tabular", "alignat", "alignedat", "IEEEeqnarray", "xalignat", "aligned", "gathered", "split", "minipage",
    "subarray", "empheq",
}  # fmt: skip
MATRICES = {"array", "tabular", "aligned", "gathered", "split"}  # right after a bracket
ATOMS = {"cases", "dcases", "rcases", "pmatrix", "bmatrix", "matrix", "vmatrix", "Bmatrix", "smallmatrix", "Vmatrix"}


def terminals(raw: list[Token]) -> list[Token]:
    """The tokens that the grammar reads. Raises Unreadable."""
    struck = [t for t in raw if t.kind == "command" and t.text in ("cancel", "bcancel", "xcancel")]
    raw = [replace(t, text="sout") if [t] == struck else t for t in raw]  # x/x and x − x have two
    return bars(upright(_joined(_Normaliser(fences(raw)).run())))


def _joined(tokens: list[Token]) -> list[Token]:
    r"""\arg\max, arg max and argmax are one name."""
    out: list[Token] = []
    for t in tokens:
        if t.kind == "NAME" and t.text in ("max", "min") and out and out[-1].kind == "NAME" and out[-1].text == "arg":
            out[-1] = replace(t, text="arg" + t.text, start=out[-1].start)
        elif t.kind == "NAME" and t.text in ("arg-max", "arg-min"):
            out.append(replace(t, text=t.text.replace("-", "")))
        else:
            out.append(t)
    return out


class _Normaliser:
    def __init__(self, raw: list[Token]) -> None:
        self.raw, self.k, self.depth = raw, 0, 0
        self.environments: list[str] = []
        self.out: list[Token] = []

    def run(self) -> list[Token]:
        while self.k < len(self.raw):
            self.out.extend(self._next())
            if self.depth > T.DEEPEST:
                t = self.raw[min(self.k, len(self.raw) - 1)]
                raise Unreadable("This is nested too deeply to be read; name parts of it.", t.start, t.end)
        return self.out

    def _peek(self) -> Token | None:
        k = self.k
        while k < len(self.raw) and self.raw[k].kind == "space":
            k += 1
        return self.raw[k] if k < len(self.raw) else None

    def _skip(self) -> None:
        while self.k < len(self.raw) and self.raw[self.k].kind == "space":
            self.k += 1

    def _group(self, of: Token) -> list[Token]:
        """The raw tokens of the argument that follows: a group, or one token."""
        self._skip()
        if self.k >= len(self.raw):
            raise Unreadable(f"\\{of.text} has no argument.", of.start, of.end)
        first = self.raw[self.k]
        if not (first.kind == "other" and first.text == "{"):
            self.k += 1
            return [first]
        depth, start = 0, self.k + 1
        while self.k < len(self.raw):
            t = self.raw[self.k]
            if t.kind == "other":
                depth += (t.text == "{") - (t.text == "}")
            self.k += 1
            if depth == 0:
                return self.raw[start : self.k - 1]
        raise Unreadable("This brace is not closed.", first.start, first.end)

    def _optional(self) -> list[Token]:
        self._skip()
        if self.k < len(self.raw) and self.raw[self.k].text == "[" and self.raw[self.k].kind == "other":
            start = self.k + 1
            while self.k < len(self.raw) and self.raw[self.k].text != "]":
                self.k += 1
            self.k += 1
            return self.raw[start : self.k - 1]
        return []

    def _inside(self, raw: list[Token], environment: str | None = None) -> list[Token]:
        inner = _Normaliser(raw)
        inner.depth = self.depth + 1
        if inner.depth > T.DEEPEST and raw:
            raise Unreadable("This is nested too deeply to be read; name parts of it.", raw[0].start, raw[-1].end)
        return inner.run()

    def _next(self) -> list[Token]:
        t = self.raw[self.k]
        self.k += 1
        if t.kind == "space":
            return []
        if t.kind in ("letter", "name"):
            return [replace(t, kind="NAME", text=t.text)]
        if t.kind == "number":
            return [replace(t, kind="NUMBER")]
        if t.kind == "fence":
            return self._fence(t)
        if t.kind == "bad":
            return [replace(t, kind="BAD")]
        return self._command(t) if t.kind == "command" else self._character(t)

    def _fence(self, t: Token) -> list[Token]:
        if t.text == "cases":
            ahead = self._peek()
            if ahead is not None and ahead.text == "begin":
                return [replace(t, kind="MARK", text="cases")]
            return []
        if t.text == "}at|":
            self.depth -= 1
            return [replace(t, kind="RBRACE", text="}"), replace(t, kind="EVAL", text="|")]
        kinds = {"abs(": "LABS", "abs)": "RABS", "norm(": "LNORM", "norm)": "RNORM", "at|": "EVAL"}
        return [replace(t, kind=kinds[t.text])]

    def _character(self, t: Token) -> list[Token]:
        c = t.text
        if c in "{}":
            self.depth += 1 if c == "{" else -1
            return [replace(t, kind="LBRACE" if c == "{" else "RBRACE")]
        if c in "([":
            self.depth += 1
            return [replace(t, kind="LPAR")]
        if c in ")]":
            self.depth -= 1
            return [replace(t, kind="RPAR")]
        if c == ":":
            ahead = self._peek()
            if ahead is not None and ahead.text == "=" and ahead.kind == "other":
                self._skip()
                self.k += 1
                return [Token("REL", ":=", t.start, ahead.end)]
            return [replace(t, kind="COLON")]
        if c == "=":
            ahead = self.raw[self.k] if self.k < len(self.raw) else None
            if ahead is not None and ahead.text == ":" and ahead.kind == "other":
                self.k += 1
                return [Token("REL", "=:", t.start, ahead.end)]
            return [Token("REL", "=", t.start, t.end)]
        if c == "<" or c == ">":
            ahead = self.raw[self.k] if self.k < len(self.raw) else None
            if ahead is not None and ahead.text == "=":
                self.k += 1
                return [Token("REL", r"\leq" if c == "<" else r"\geq", t.start, ahead.end)]
            return [replace(t, kind="REL")]
        kinds = {
            "+": "PLUS", "-": "MINUS", "*": "TIMES", "/": "TIMES", "^": "SUP", "_": "SUB", "'": "PRIME", "!": "BANG",
            ",": "COMMA", ";": "SEMI", ".": "DOT", "|": "BAR", "&": "AMP", "~": "", "$": "",
        }  # fmt: skip
        if c == "~" and condition_ahead(self.raw, self.k):
            return [replace(t, kind="QUAD")]
        if c in kinds:
            return [replace(t, kind=kinds[c])] if kinds[c] else []
        if c.isalpha():
            return [replace(t, kind="NAME")]
        name = f"U+{ord(c):04X}" if not c.isprintable() else c
        raise Unreadable(f"The character {name} has no meaning here.", t.start, t.end)

    def _command(self, t: Token) -> list[Token]:
        name = t.text
        if name in ("\\", "newline", "cr", "crcr", "tabularnewline", "par"):
            self._optional_space()
            return [replace(t, kind="ROW", text=r"\\")]
        if name in ("newcommand", "renewcommand", "providecommand", "DeclareMathOperator", "def"):
            return self._definition(t)
        if name in T.KEEP_SECOND:
            self._group(t)
            self._optional()
            return brace(t, self._inside(self._group(t)))
        if name in ("color", "textcolor"):
            self._group(t)
            return []
        if name in T.SPACES:
            if name not in ("quad", "qquad"):
                self._group(t)
            return [replace(t, kind="QUAD")]
        if name in T.WITH_ARGUMENT:
            self._optional()
            self._group(t)
            return []
        if name == "begin":
            return self._begin(t)
        if name == "substack":
            inner = self._inside(self._group(t))
            return [replace(p, kind="COMMA", text=",") if p.kind == "ROW" else p for p in inner]
        if name == "end":
            environment = "".join(p.text for p in self._group(t))
            kind = self.environments.pop() if self.environments else "layout"
            self.depth -= kind == "atom"
            return (
                [replace(t, kind="END", text=environment.rstrip("*"))]
                if kind == "atom"
                else [replace(t, kind="ROW", text=r"\\")]
            )
        if "\\" + name in T.RELATIONS:
            return [replace(t, kind="REL", text=T.RELATIONS["\\" + name])]
        if name in ("xlongequal", "xrightarrow"):
            self._optional()
            self._group(t)
            return [replace(t, kind="REL", text="=" if "equal" in name else r"\to")]
        if name in ("stackrel", "overset", "underset"):
            return self._stacked(t)
        if name in T.FONTS_PLAIN:
            group = self._group(t)
            if label(t, group, not self.out or self.out[-1].kind in ("ROW", "AMP", "QUAD")):
                return [replace(t, kind="QUAD")]
            return word(t, group, self._inside)
        if name in ("rm", "it", "sf", "tt", "up"):
            return self._switch(t)
        if name in T.FONTS_BOLD or name in T.FONTS_OTHER or name in T.ACCENTS:
            return styled(t, self._inside(self._group(t)))
        if name in ("norm", "abs"):  # a macro that is not defined here
            return barred(t, self._inside(self._group(t)))
        if name in T.BRACES:
            self._optional()
            inner = self._inside(self._group(t))
            ahead = self._peek()
            if "brace" in name and ahead is not None and ahead.text in ("_", "^") and ahead.kind == "other":
                self._skip()
                self.k += 1
                self._group(t)
            return brace(t, inner)
        return self._symbol(t)

    def _optional_space(self) -> None:
        """`\\\\[2ex]`, but not a row that starts with a bracket."""
        if self.k < len(self.raw) and self.raw[self.k].text == "[":
            inside = "".join(p.text for p in self.raw[self.k + 1 : self.k + 8])
            if (
                any(unit in inside.split("]")[0] for unit in ("pt", "em", "ex", "mm", "cm", "in", "\\"))
                and "]" in inside
            ):
                self._optional()

    def _symbol(self, t: Token) -> list[Token]:
        name = t.text
        command = "\\" + name
        if name in SPELLED:
            text = SPELLED[name]
            opening = text in OPENING
            self.depth += 1 if opening else -1
            return [replace(t, kind="LPAR" if opening else "RPAR", text=text)]
        if command in T.TIMES:
            cross = command in (r"\times", r"\ast")
            return [replace(t, kind="TIMES", text="×" if cross else T.TIMES[command])]
        if name in REFUSED:
            raise Unreadable(REFUSED[name], t.start, t.end)
        if name in SYMBOLS:
            kind, text = SYMBOLS[name]
            return [replace(t, kind=kind, text=text)]
        if name in ("frac", "dfrac", "tfrac", "cfrac", "sfrac", "nicefrac", "dbinom", "tbinom", "binom"):
            self._split_number()
            return [replace(t, kind="BINOM" if "binom" in name else "FRAC")]
        if name == "sqrt":
            degree = self._optional()
            self._split_number()
            if degree:
                return [replace(t, kind="ROOT"), *brace(t, self._inside(degree))]
            return [replace(t, kind="SQRT")]
        if name == "not":
            ahead = self._peek()
            if ahead is not None and ahead.text == "=":
                self._skip()
                self.k += 1
                return [Token("REL", r"\neq", t.start, ahead.end)]
            raise Unreadable(r"\not is understood before = only.", t.start, t.end)
        if name in T.NAMED:
            return [replace(t, kind="NAME", text=name)]
        if name in ("mathchar", "unicode", "char"):
            inner = "".join(p.text for p in self._group(t))
            one = inner.lower() in ("x1d7d9", "x1d7d8", "x1d540")
            if one:
                return [replace(t, kind="NAME", text=r"\mathbb{1}")]
            raise Unreadable(f"\\{name}{{{inner}}} has no meaning here.", t.start, t.end)
        if name in T.NOTHING:
            return [replace(t, kind="QUAD")] if name in (";", " ") and condition_ahead(self.raw, self.k) else []
        if name in T.LETTERS:
            return [replace(t, kind="NAME", text="\\" + T.ONE_NAME.get(name, name))]
        # A command that nobody defined: a name, as \softmax or \onevec are used with macros of the author's own.
        return [replace(t, kind="NAME", text=command)]

    def _split_number(self) -> None:
        r"""\frac12 is \frac{1}{2}."""
        self._skip()
        if self.k < len(self.raw) and self.raw[self.k].kind == "number" and len(self.raw[self.k].text) > 1:
            whole = self.raw[self.k]
            self.raw[self.k : self.k + 1] = [
                Token("number", c, whole.start + n, whole.start + n + 1) for n, c in enumerate(whole.text) if c != "."
            ]

    def _definition(self, t: Token) -> list[Token]:
        """A macro defined inside the display: it was collected with the document's, and prints nothing."""
        if t.text == "def":
            self._skip()
            self.k += 1
            while self.k < len(self.raw) and self.raw[self.k].text != "{":
                self.k += 1
        else:
            self._skip()
            if self.k < len(self.raw) and self.raw[self.k].text == "*":
                self.k += 1
            self._group(t)
            while self._peek() is not None and self._peek().text == "[":  # type: ignore[union-attr]
                self._optional()
        if self._peek() is not None:
            self._group(t)
        return []

    def _begin(self, t: Token) -> list[Token]:
        environment = "".join(p.text for p in self._group(t)).rstrip("*")
        after_mark = bool(self.out) and self.out[-1].kind == "MARK"
        if environment in WITH_OPTIONS:
            self._optional()
            ahead = self._peek()
            takes = environment not in ("aligned", "gathered", "split")
            if takes and ahead is not None and ahead.text == "{":
                self._group(t)
        if self.out and self.out[-1].kind == "LPAR" and self.out[-1].text != r"\{" and environment in MATRICES:
            self.environments.append("atom")
            self.depth += 1
            return [replace(t, kind="BEGIN", text="matrix")]
        open_brace = bool(self.out) and self.out[-1].kind == "LPAR" and self.out[-1].text == r"\{"
        if environment in ATOMS or after_mark or (open_brace and environment in LAYOUT):
            if after_mark or open_brace:
                self.out.pop()
                environment = "cases"
            self.environments.append("atom")
            self.depth += 1
            return [replace(t, kind="BEGIN", text="cases" if "cases" in environment else environment)]
        self.environments.append("layout")
        return [replace(t, kind="ROW", text=r"\\")]

    def _stacked(self, t: Token) -> list[Token]:
        above, below = self._group(t), self._inside(self._group(t))
        note = "".join(p.text for p in above)
        if len(below) == 1 and below[0].kind == "REL":
            if below[0].text == "=" and ("def" in note or note in ("Δ", "triangle", "Delta", ".")):
                return [replace(below[0], text=":=")]
            return below
        if t.text == "underset" and len(below) >= 1:  # \underset{\theta}{\operatorname{argmax}}
            script = self._inside(above)
            group = Token("LBRACE", "{", t.start, t.end), *script, Token("RBRACE", "}", t.end, t.end)
            return [*below, Token("SUB", "_", t.start, t.end), *group]
        if t.text == "underset":
            return brace(t, below)
        raise Unreadable("What stands above this is not understood.", t.start, t.end)

    def _switch(self, t: Token) -> list[Token]:
        r"""{\rm word}: the letters up to the end of the group are a name."""
        self._skip()
        start = self.k
        while self.k < len(self.raw) and self.raw[self.k].kind in ("letter", "name"):
            self.k += 1
        letters = self.raw[start : self.k]
        if not letters:
            return []
        return [Token("NAME", "".join(p.text for p in letters), letters[0].start, letters[-1].end)]
