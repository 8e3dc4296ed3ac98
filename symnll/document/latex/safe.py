r"""Authors' own formulas for LaTeX: only what is known to set mathematics passes, and only if it will compile.

Nothing is taken from a formula but commands, environments and characters of the lists below, with as many arguments as
they have; so there is nothing that reads or writes files, defines a name or changes what a character means.
"""

from __future__ import annotations

import re

from symnll.document.latex.text import MATH, prose

TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.)|\s+|.", re.DOTALL)


def _names(text: str) -> list[str]:
    return text.split()


SYMBOLS = frozenset(
    _names("""
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho
    varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi
    Psi Omega sum prod coprod int iint iiint oint bigcup bigcap bigoplus bigotimes bigodot bigvee bigwedge
    bigsqcup le leq ge geq ne neq ll gg in notin ni subset subseteq supset supseteq approx equiv sim simeq cong
    propto mid parallel perp asymp doteq prec succ preceq succeq vdash models leqslant geqslant lesssim gtrsim
    triangleq to gets mapsto leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow
    longrightarrow Longrightarrow longleftarrow longmapsto iff implies impliedby uparrow downarrow
    hookrightarrow rightharpoonup leadsto cdot times div pm mp ast star circ bullet odot oplus otimes ominus cap
    cup setminus wedge vee land lor lnot neg dots ldots cdots vdots ddots dotsc dotsb dotsm dotsi infty partial
    nabla ell hbar Re Im aleph forall exists nexists emptyset varnothing top bot angle prime surd triangle
    square dagger log ln lg exp max min sup inf lim limsup liminf arg det dim ker deg gcd Pr sin cos tan cot sec
    csc sinh cosh tanh arcsin arccos arctan hom langle rangle lfloor rfloor lceil rceil lvert rvert lVert rVert
    vert Vert lbrace rbrace lbrack rbrack quad qquad displaystyle textstyle scriptstyle scriptscriptstyle bmod
    imath jmath colon
""")
)
MARKS = frozenset(("\\,", "\\:", "\\;", "\\!", "\\ ", "\\{", "\\}", "\\|", "\\%", "\\#", "\\&", "\\_", "\\$"))
ARGUMENTS = {
    **dict.fromkeys(
        _names("""
    mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak boldsymbol bm hat widehat tilde widetilde bar
    overline underline vec dot ddot acute grave check breve overbrace underbrace phantom hphantom vphantom boxed
    pmod not overrightarrow overleftarrow mathbin mathrel mathord
    """),
        1,
    ),
    **dict.fromkeys(_names("frac dfrac tfrac cfrac binom dbinom tbinom overset underset stackrel"), 2),
}
RENAMED = {"bm": "boldsymbol", "mbox": "text", "textrm": "text", "leadsto": "rightarrow"}
WORDS = ("text", "textrm", "textit", "textbf", "mbox", "operatorname", "operatorname*")
SIZES = tuple(size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m"))
DELIMITERS = frozenset(
    _names(r"""
    ( ) . / < > [ \Vert \lVert \langle \lbrace \lbrack \lceil \lfloor \lvert \rVert \rangle \rbrace \rbrack
    \rceil \rfloor \rvert \vert \{ \| \} ] |
""")
)
INNER = ("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "cases", "aligned", "gathered",
         "split", "array")  # fmt: skip
OUTER = {"align": "aligned", "align*": "aligned", "gather": "gathered", "gather*": "gathered", "equation": "",
         "equation*": "", "multline": "gathered", "multline*": "gathered", "displaymath": "", "math": ""}  # fmt: skip
UNSEEN = ("label", "nonumber", "notag")
CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-*/=<>()[]|,.;:!?'~@")
LONGEST, DEEPEST = 20_000, 40


class _Unsafe(Exception):
    """Something that is not known."""


def safe_formula(latex: str) -> str | None:
    """The formula, for `$…$` or a display, with nothing in it but known mathematics; None where it has anything else.

    Environments such as `align` become those that stand within a display; comments, `^^`, definitions, `\\verb` and
    every unknown command are refused, and so is what LaTeX would stop at, such as x^a^b.
    """
    if len(latex) > LONGEST or "^^" in latex:
        return None
    try:
        reader = _Reader(TOKEN.findall(latex.strip()))
        shown = reader.group("", 0)
    except _Unsafe:
        return None
    return shown.strip() or None


class _Reader:
    """Reads tokens and writes them again; `_Unsafe` at the first that is not known where it stands."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at = tokens, 0

    def next(self) -> str:
        if self.at >= len(self.tokens):
            raise _Unsafe
        self.at += 1
        return self.tokens[self.at - 1]

    def skip(self) -> str:
        """The next token that is not space, which stays there."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def group(self, end: str, depth: int, rows: bool = False) -> str:
        """What stands up to `end`, which is a brace, \\right or the name of an environment; nothing: up to the end."""
        if depth > DEEPEST:
            raise _Unsafe
        parts: list[str] = []
        scripts: set[str] = set()
        while True:
            if self.at >= len(self.tokens) and not end:
                return "".join(parts)
            token = self.next()
            if token == end and end != "":
                return "".join(parts)
            if token == r"\end":
                if (not end.isalpha() and not end.endswith("*")) or self.name() != end:
                    raise _Unsafe
                return "".join(parts)
            while parts and parts[-1].isspace() and token in ("^", "_", r"\limits", r"\nolimits"):
                parts.pop()
            if token in ("^", "_"):
                if token in scripts:
                    raise _Unsafe
                scripts |= {token, "^"} if parts and parts[-1] == "'" else {token}
                parts.append(token + "{" + self.argument(depth) + "}")
                continue
            if token in (r"\limits", r"\nolimits"):
                if not parts or parts[-1].strip() not in (r"\sum", r"\prod", r"\int", r"\max", r"\min", r"\lim"):
                    raise _Unsafe
                parts.append(token + " ")
                continue
            if token == "'" and "^" in scripts:
                raise _Unsafe
            if token == "&" or token in ("\\\\", r"\cr"):
                if not rows:
                    raise _Unsafe
                parts.append("&" if token == "&" else self.row())
                scripts = set()
                continue
            if not token.isspace():
                scripts = set()
            parts.append(self.one(token, depth))

    def row(self) -> str:
        """The end of a row, without its optional distance."""
        if self.skip() == "*":
            self.next()
        if self.skip() == "[":
            while self.next() != "]":
                pass
        return "\\\\{}"

    def one(self, token: str, depth: int) -> str:
        if token.isspace():
            return " "
        if token == "{":
            return "{" + self.group("}", depth + 1) + "}"
        if token in CHARACTERS or token in MARKS:
            return token
        if token.startswith("\\") and len(token) > 1:
            return self.command(token[1:], depth)
        if not token.isascii() and token in MATH and not MATH[token].startswith(("^", "_", "'")):
            return MATH[token] + " "
        raise _Unsafe

    def command(self, name: str, depth: int) -> str:
        if name in SYMBOLS:
            return f"\\{RENAMED.get(name, name)} "
        if name in ARGUMENTS:
            arguments = "".join("{" + self.argument(depth) + "}" for _ in range(ARGUMENTS[name]))
            return f"\\{RENAMED.get(name, name)}{arguments}"
        if name in WORDS:
            return f"\\{RENAMED.get(name, name)}{{{self.words(name.startswith('operator'))}}}"
        if name == "sqrt":
            root = f"[{{{self.bracketed(depth)}}}]" if self.skip() == "[" else ""
            return rf"\sqrt{root}{{{self.argument(depth)}}}"
        if name == "substack" and self.skip() == "{":
            self.next()
            return rf"\substack{{{self.group('}', depth + 1, rows=True)}}}"
        if name == "left":
            opening = self.delimiter()
            inside = self.group(r"\right", depth + 1)
            return rf"\left{opening} {inside}\right{self.delimiter()} "
        if name in SIZES:
            return f"\\{name}{self.delimiter()} "
        if name == "begin":
            return self.environment(depth)
        if name in UNSEEN:
            if name == "label":
                self.skip()
                self.name()
            return ""
        raise _Unsafe

    def argument(self, depth: int) -> str:
        token = self.skip() and self.next()
        if token == "{":
            return self.group("}", depth + 1)
        if token in ("", "}", "^", "_", "&", "'") or token.startswith(
            (r"\begin", r"\end", r"\left", r"\right", "\\\\")
        ):
            raise _Unsafe
        return self.one(token, depth + 1)

    def bracketed(self, depth: int) -> str:
        self.next()
        return self.group("]", depth + 1)

    def words(self, letters: bool) -> str:
        """The words of \\text, as plain text; an operator's name has letters and spaces only."""
        if self.skip() != "{":
            raise _Unsafe
        self.next()
        found: list[str] = []
        while (token := self.next()) != "}":
            if token in (r"\ ", r"\,", "~"):
                token = " "
            elif token in (r"\%", r"\_", r"\&", r"\#", r"\$", r"\{", r"\}"):
                token = token[1]
            elif token in tuple("\\{}$%#&^_~") or (len(token) > 1 and token.startswith("\\")):
                raise _Unsafe
            if letters and not re.fullmatch(r"[A-Za-z0-9\s-]*", token):
                raise _Unsafe
            found.append(token)
        return prose("".join(found))

    def delimiter(self) -> str:
        token = self.skip() and self.next()
        if token not in DELIMITERS:
            raise _Unsafe
        return token

    def name(self) -> str:
        """{name} of an environment or a label."""
        if self.next() != "{":
            raise _Unsafe
        found = ""
        while (token := self.next()) != "}":
            if not re.fullmatch(r"[A-Za-z0-9:._*-]", token):
                raise _Unsafe
            found += token
        return found

    def environment(self, depth: int) -> str:
        name = self.name()
        if name not in INNER and not (name in OUTER and depth == 0):
            raise _Unsafe
        columns = ""
        if name == "array":
            if self.skip() != "{":
                raise _Unsafe
            self.next()
            while (token := self.next()) != "}":
                if token not in tuple("lcr|") and not token.isspace():
                    raise _Unsafe
                columns += token.strip()
            columns = "{" + columns + "}"
        inside = self.group(name, depth + 1, rows=not (name in OUTER and not OUTER[name]))
        within = OUTER.get(name, name)
        return rf"\begin{{{within}}}{columns}{{}}{inside}\end{{{within}}}" if within else inside
