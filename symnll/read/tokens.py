"""LaTeX math to tokens: macros expanded, layout dropped, spellings of one thing made one; positions are kept.

Every token says where it stands in the file. What a macro expands to stands where the macro is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

MOST_TOKENS = 60_000
LONGEST_NUMBER = 100  # characters
DEEPEST = 40


class Unreadable(ValueError):
    """Text that is not understood: the message says what and what to do, `start` and `end` where."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start, self.end = start, end


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is a terminal of the grammar; `text` is the one spelling that stands for all."""

    kind: str
    text: str
    start: int
    end: int
    bold: bool = False

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma",
    "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi",
    "Ω": "Omega", "ℓ": "ell",
}  # fmt: skip
LETTERS = {
    *GREEK.values(), "varepsilon", "vartheta", "varphi", "varrho", "varsigma", "varpi", "upsilon", "Upsilon", "hbar",
    "imath", "jmath", "aleph", "emptyset", "varnothing", "infty", "circ", "star", "ast", "top", "bot", "intercal",
    "dagger", "perp", "pounds", "digamma", "Re", "Im", "wp", "eth", "mho", "checkmark",
}  # fmt: skip
ONE_NAME = {"intercal": "top", "ast": "star"}
UNICODE = {
    "–": "-", "−": "-", "—": "-", "‐": "-", "‑": "-", "·": r"\cdot", "⋅": r"\cdot", "×": r"\times", "∙": r"\cdot",
    "÷": "/", "∕": "/", "⁄": "/", "∑": r"\sum", "∏": r"\prod", "∂": r"\partial", "∇": r"\nabla", "√": r"\sqrt",
    "∫": r"\int", "≤": r"\leq", "≥": r"\geq", "⩽": r"\leq", "⩾": r"\geq", "≠": r"\neq", "≈": r"\approx",
    "≡": r"\equiv", "∝": r"\propto", "∈": r"\in", "∀": r"\forall", "⇒": r"\Rightarrow", "⟹": r"\Rightarrow",
    "⇔": r"\Leftrightarrow", "→": r"\to", "…": r"\dots", "⋯": r"\dots", "∞": r"\infty", "′": "'", "’": "'", "″": "''",
    "⊙": r"\odot", "⊤": r"\top", "∣": "|", "∥": r"\|", "‖": r"\|", "⟨": r"\langle", "⟩": r"\rangle", "∗": r"\ast",
    "＝": "=", "（": "(", "）": ")", "，": ",", "：": ":", "；": ";", "＋": "+", "－": "-", "≔": r"\coloneqq",
    "≜": r"\triangleq", "≝": r"\triangleq", "≟": "=", "𝟙": r"\mathbb{1}", "𝔼": r"\mathbb{E}",
    "∧": r"\wedge", "∖": r"\setminus",
    "±": r"\pm",
    "⊗": r"\otimes", "ᵀ": r"^\top", "²": "^2", "³": "^3", "½": r"\frac{1}{2}", "℃": "C", "\u00a0": " ",
    "\u2009": " ", "\u200b": "", "\u2061": "", "\u2062": "", "\ufeff": "", "„": '"', "∶": ":",
}  # fmt: skip
# Words that people write without their backslash, where they form a word of their own.
WORDS = {
    "log", "ln", "exp", "sum", "prod", "max", "min", "argmax", "argmin", "softmax", "sigmoid", "partial", "over",
    "int", "frac", "cdot", "sqrt", "theta", "lambda", "sigma", "alpha", "beta", "gamma", "delta", "epsilon", "omega",
    "infty", "nabla", "logsumexp", "softplus", "tanh", "relu", "ReLU", "LSE", "diag", "left", "right", "logit", "lse",
    "KL", "NLL", "CE", "BCE", "const", "times", "leq", "geq", "neq", "prime", "text", "mathbf", "hat", "bar", "sinh",
    "cosh", "sin", "cos", "Var", "Cov",
}  # fmt: skip
NAMED = {
    "log", "ln", "exp", "max", "min", "softmax", "sigmoid", "argmax", "argmin", "tanh", "sinh", "cosh", "sin", "cos",
    "tan", "lg", "Pr", "det", "tr", "diag", "sup", "inf", "lim", "arg", "KL", "logsumexp", "softplus", "relu", "ReLU",
    "LSE", "lse", "const", "logit", "NLL", "CE", "BCE", "Var", "Cov", "ker", "dim", "deg", "gcd",
}  # fmt: skip
BIG = {"sum", "prod", "int", "iint", "coprod", "bigcup", "bigcap", "bigoplus", "bigodot", "oint"}
NOTHING = {
    "left", "right",
    "middle", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr",
    "bigm", "Bigm", "biggm", "Biggm", "displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle", "limits",
    "nolimits", "nonumber", "notag", "hfill", "hfil", "hline", "mathstrut", "strut", "vphantom", "null", ",", ";",
    ":", "!", " ", ">", "thinspace", "medspace", "thickspace", "enspace", "enskip", "negthinspace", "/", "noindent",
    "centering", "Box", "square", "blacksquare", "qed", "qedhere", "QED", "qedsymbol", "allowbreak", "break",
    "nobreak", "relax", "ensuremath", "mathchoice", "protect", "normalsize", "small", "large", "Large",
    "footnotesize", "scriptsize", "tiny", "boldmath", "bf", "displaylimits", "mathop", "mathbin", "mathrel",
    "mathord", "mathopen", "mathclose", "mathinner", "pmb", "raggedright", "nobreakspace", "par", "smallskip",
    "medskip", "bigskip", "interdisplaylinepenalty", "allowdisplaybreaks", "@", "-", "rlap",
}  # fmt: skip
SPACES = {"quad", "qquad", "hspace*", "hspace", "hskip", "mspace"}
WITH_ARGUMENT = {  # dropped with the group that follows
    "label", "tag", "tag*", "vspace", "vspace*", "phantom", "hphantom", "vphantom", "color", "cite", "ref", "eqref",
    "footnote", "intertext", "shortintertext", "mspace", "hspace", "hspace*", "cssId", "class", "style", "href",
    "raisebox", "rule", "setlength", "linespread", "citep", "citet", "labelcref", "fontsize", "require",
    "numberthis", "arraycolsep", "vskip", "addtocounter", "setcounter", "colorlet", "definecolor",
}  # fmt: skip
KEEP_SECOND = {"textcolor", "colorbox", "fcolorbox", "cssId", "class", "style", "href"}  # \textcolor{red}{x}: x
RELATIONS = {
    "=": "=", r"\leq": r"\leq", r"\le": r"\leq", r"\leqslant": r"\leq", r"\geq": r"\geq", r"\ge": r"\geq",
    r"\geqslant": r"\geq", "<": "<", ">": ">", r"\lt": "<", r"\gt": ">", r"\approx": r"\approx", r"\simeq": r"\approx",
    r"\equiv": r"\equiv", r"\propto": r"\propto", r"\doteq": r"\doteq", r"\triangleq": ":=", r"\coloneqq": ":=",
    r"\coloneq": ":=", r"\eqqcolon": "=:", r"\neq": r"\neq", r"\ne": r"\neq", r"\to": r"\to", r"\rightarrow": r"\to",
    r"\longrightarrow": r"\to", r"\leqq": r"\leq", r"\geqq": r"\geq", r"\cong": r"\approx", r"\thickapprox": r"\approx",
    r"\approxeq": r"\approx", r"\varpropto": r"\propto", r"\eqdef": ":=", r"\defeq": ":=", r"\colonequals": ":=",
    r"\sim": r"\sim", r"\in": r"\in", r"\ni": r"\ni", r"\notin": r"\notin", r"\ll": r"\ll", r"\gg": r"\gg",
    r"\subset": r"\subset", r"\subseteq": r"\subset", r"\mapsto": r"\mapsto", r"\asymp": r"\approx",
    r"\rightsquigarrow": r"\to", r"\succ": r"\succ", r"\prec": r"\prec", r"\preceq": r"\preceq", r"\succeq": r"\succeq",
    r"\overset{!}{=}": "=", r"\lesssim": r"\lesssim", r"\gtrsim": r"\gtrsim",
}  # fmt: skip
IMPLIES = {
    "Rightarrow", "implies", "Longrightarrow", "iff", "Leftrightarrow", "Longleftrightarrow", "therefore", "because",
    "impliedby", "Leftarrow", "leadsto", "wedge", "land", "vdash",
}  # fmt: skip
TIMES = {
    r"\cdot": "*", r"\times": "*", "*": "*", r"\ast": "*", r"\odot": "odot", r"\circ": "odot", r"\otimes": "otimes",
    "/": "/", r"\div": "/", r"\slash": "/", r"\bullet": "*", r"\centerdot": "*", r"\cdotp": "*",
}  # fmt: skip
FONTS_PLAIN = {  # the letter stays what it is; upright or typewriter words are names
    "mathrm", "text", "textrm", "textit", "textsf", "texttt", "textnormal", "mathit", "mathsf", "mathtt",
    "operatorname", "operatorname*", "mbox", "hbox", "textup", "textsc", "emph", "mathnormal", "textsl", "Operatorname",
    "textbf",
}  # fmt: skip
FONTS_BOLD = {
    "mathbf", "boldsymbol", "bm", "vec", "bf", "mathbfit", "pmb", "symbf", "overrightarrow", "vv",
    "mathbold",
}  # fmt: skip
FONTS_OTHER = {"mathcal": "cal", "mathscr": "cal", "mathfrak": "frak", "mathbb": "bb", "mathbbm": "bb", "mathds": "bb",
               "Bbb": "bb", "cal": "cal", "euscr": "cal", "mathbbold": "bb"}  # fmt: skip
ACCENTS = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
    "dot": "dot", "ddot": "ddot", "breve": "breve", "check": "check", "acute": "acute", "grave": "grave",
    "overbar": "bar", "widebar": "bar", "underline": "underline",
}  # fmt: skip
BRACES = {"underbrace", "overbrace", "underbracket", "overbracket", "cancel", "bcancel", "xcancel", "boxed", "fbox",
          "smash", "mathstrut", "llap", "rlap", "mathrlap", "mathllap", "underparen", "overparen", "uwave",
          "uline", "colorbox", "hl", "bbox"}  # fmt: skip
# What opens and closes, among the terminals.
OPEN = {"LPAR", "LBRACE", "LABS", "LNORM", "BEGIN"}
CLOSE = {"RPAR", "RBRACE", "RABS", "RNORM", "END"}
ENTITIES = {"&lt;": "<", "&gt;": ">", "&le;": r"\leq", "&ge;": r"\geq", "&amp;": "&"}
SCANNER = re.compile(
    r"""(?P<space>\s+)|(?P<comment>%[^\n]*)|\\(?P<command>[A-Za-z@]+\*?|.|\n)"""
    r"""|(?P<scientific>[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+(?![\w.]))|(?P<number>[0-9]+(?:\.[0-9]+)?(?!\.[0-9])|\.[0-9]+)"""
    r"""|(?P<entity>&(?:lt|gt|le|ge|amp);)|(?P<word>[A-Za-z]+)|(?P<dots>\.\.+)|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


def scan(text: str, at: Any = None, words: frozenset[str] = frozenset()) -> list[Token]:
    """The raw tokens of a text: commands, characters, numbers, words; `at(i)` is the place of text[i] in the file."""
    out: list[Token] = []
    place = at or (lambda i: i)
    for m in SCANNER.finditer(text):
        kind, value = m.lastgroup or "other", m.group(m.lastgroup or 0)
        a, b = m.start(), m.end()
        if kind in ("comment",):
            continue
        start = place(a)
        end = place(b - 1) + 1
        if kind == "space":
            out.append(Token("space", " ", start, end))
        elif kind == "command":
            if value.endswith("*") and value not in ("tag*", "operatorname*", "hspace*", "vspace*"):
                out.append(Token("command", value[:-1], start, end - 1))
                out.append(Token("other", "*", end - 1, end))
            else:
                out.append(Token("command", value, start, end))
        elif kind == "number":
            out.extend(_number(value, out, start, end))
        elif kind == "scientific":
            out.append(
                Token("bad", f"{value}: write \\cdot 10^{{…}} for a power of ten, or spaces around e.", start, end)
            )
        elif kind == "word":
            out.extend(_word(value, out, a, place, words))
        elif kind == "dots":
            out.append(Token("command", "dots", start, end))
        elif kind == "entity":  # of a page that is HTML too
            out.append(replace(scan(ENTITIES[value])[0], start=start, end=end))
        elif value in UNICODE:
            for t in scan(UNICODE[value]):
                out.append(replace(t, start=start, end=end))
        elif value in GREEK:
            out.append(Token("command", GREEK[value], start, end))
        else:
            out.append(Token("other", value, start, end))
        if len(out) > MOST_TOKENS:
            raise Unreadable("This display is too long to be read; split it.", out[0].start, end)
    return out


def _number(value: str, before: list[Token], start: int, end: int) -> Iterable[Token]:
    """After ^ or _ only the first digit belongs to the script, as in TeX."""
    last = next((t for t in reversed(before) if t.kind != "space"), None)
    if last and last.text in ("^", "_") and last.kind == "other" and len(value) > 1:
        message = (
            f"Only the first digit is {'raised' if last.text == '^' else 'lowered'} here; write {last.text}{{{value}}}."
        )
        yield Token("bad", message, start, end)
    elif len(value) > LONGEST_NUMBER:
        yield Token("bad", f"A number of {len(value)} digits is not worked with.", start, end)
    else:
        yield Token("number", value, start, end)


def _run_together(value: str) -> bool:
    """Whether letters hold the name of an operator, as in plogq or dlogp."""
    return any(w in value for w in ("log", "exp", "ln", "sum", "max", "min"))


def _word(value: str, before: list[Token], a: int, place: Any, words: frozenset[str]) -> Iterable[Token]:
    """A known word stays one; after ^ or _ only its first letter is meant, as in TeX; other letters stand alone."""
    script = bool(before) and before[-1].kind == "other" and before[-1].text in ("^", "_")
    if script:
        yield Token("letter", value[0], place(a), place(a) + 1)
        if len(value) > 1:
            yield from _word(value[1:], [], a + 1, place, words)
        return
    if value in words or value in WORDS:
        known = value not in words and value not in NAMED
        yield Token("command" if known else "name", value, place(a), place(a + len(value) - 1) + 1)
        return
    first = next((w for w in ("log", "ln", "exp") if value.startswith(w) and value[len(w) :] in NAMED | words), "")
    if first:  # logsoftmax
        yield from _word(first, [], a, place, words)
        yield from _word(value[len(first) :], [], a + len(first), place, words)
        return
    if len(value) > 3 and value.islower() and value.isascii() and set(value) & set("aeou") and not _run_together(value):
        yield Token("name", value, place(a), place(a + len(value) - 1) + 1)  # targ_m
        return
    if value[0] == "d" and value[1:] in words:  # dFL/dx
        yield Token("letter", "d", place(a), place(a) + 1)
        yield Token("name", value[1:], place(a + 1), place(a + len(value) - 1) + 1)
        return
    tail = next((w for w in ("log", "exp", "ln") if value.endswith(w) and len(value) - len(w) < 3), "")
    for n, letter in enumerate(value.removesuffix(tail)):
        yield Token("letter", letter, place(a + n), place(a + n) + 1)
    if tail:
        start = a + len(value) - len(tail)
        yield Token("name", tail, place(start), place(a + len(value) - 1) + 1)


Macros = Mapping[str, Any]


def expand(tokens: list[Token], macros: Macros) -> list[Token]:
    """User macros written out. Raises Unreadable for a macro that expands for ever or lacks an argument."""
    if not macros:
        return tokens
    out: list[Token] = []
    stack: list[tuple[Token, int]] = [(t, 0) for t in reversed(tokens)]
    work = 0
    while stack:
        token, depth = stack.pop()
        macro = macros.get("\\" + token.text) if token.kind == "command" else None
        if macro is None:
            out.append(token)
            continue
        work += 1
        if depth > 20 or work > 5_000 or len(out) + len(stack) > MOST_TOKENS:
            raise Unreadable(f"The macro \\{token.text} expands without end; mend its definition.", *token.span)
        arguments = _arguments(stack, macro, token)
        body: list[tuple[Token, int]] = []
        pieces = scan(macro.body)
        k = 0
        while k < len(pieces):
            piece = pieces[k]
            if piece.text == "#" and k + 1 < len(pieces) and pieces[k + 1].text[:1].isdigit():
                n = int(pieces[k + 1].text[0])
                if n > len(arguments) or n == 0:
                    raise Unreadable(f"The macro \\{token.text} has no argument #{n}.", *token.span)
                body.extend((t, d) for t, d in arguments[n - 1])
                if len(body) > MOST_TOKENS:
                    raise Unreadable(f"The macro \\{token.text} grows without end.", *token.span)
                k += 2
                continue
            body.append((replace(piece, start=token.start, end=token.end), depth + 1))
            k += 1
        stack.extend(reversed(body))
    return out


def _arguments(stack: list[tuple[Token, int]], macro: Any, token: Token) -> list[list[tuple[Token, int]]]:
    found: list[list[tuple[Token, int]]] = []
    for n in range(macro.arguments):
        while stack and stack[-1][0].kind == "space":
            stack.pop()
        optional = n == 0 and macro.default is not None
        if optional and not (stack and stack[-1][0].text == "["):
            found.append([(replace(t, start=token.start, end=token.end), 0) for t in scan(macro.default)])
            continue
        if not stack:
            raise Unreadable(f"The macro \\{token.text} wants {macro.arguments} arguments.", *token.span)
        opening = stack[-1][0].text
        if opening not in ("{", "[") or (opening == "[" and not optional):
            found.append([stack.pop()])
            continue
        closing, depth, group = {"{": "}", "[": "]"}[opening], 0, []
        while stack:
            item = stack.pop()
            text = item[0].text if item[0].kind == "other" else ""
            depth += (text == opening) - (text == closing)
            if depth == 0:
                break
            group.append(item)
        else:
            raise Unreadable(f"The argument of \\{token.text} is not closed.", *token.span)
        found.append(group[1:])
    return found


def has_relation(tokens: Sequence[Token]) -> bool:
    """Whether a relation stands outside brackets."""
    depth = 0
    for t in tokens:
        depth += (t.kind in OPEN) - (t.kind in CLOSE)
        if depth == 0 and t.kind == "REL":
            return True
    return False
