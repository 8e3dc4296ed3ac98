"""An author's formula as LaTeX again, from what was read of it: only commands that stand in this file or are signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from symnll.document.author.nodes import (
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
    symbol,
)
from symnll.document.latex.safe import CHARACTERS, SYMBOLS
from symnll.read.tokens import NAMED

# Commands of the lists that amsmath alone does not have.
MORE = {"leqslant", "geqslant", "lesssim", "gtrsim", "nexists", "varnothing", "square", "triangleq", "leadsto", "Box"}
OPERATORS = NAMED & {"log", "ln", "exp", "max", "min", "tanh", "sinh", "cosh", "sin", "cos", "tan", "lg", "Pr", "det",
                     "sup", "inf", "lim", "arg", "ker", "dim", "deg", "gcd"}  # fmt: skip
SIGNS = {
    "−": "-", "≤": r"\le ", "≥": r"\ge ", "<": "< ", ">": "> ", "≠": r"\ne ", "∑": r"\sum ", "∏": r"\prod ",
    "∂": r"\partial ",
    "∇": r"\nabla ", "·": r"\cdot ", "⋅": r"\cdot ", "×": r"\times ", "∈": r"\in ", "∉": r"\notin ", "→": r"\to ",
    "∞": r"\infty ", "…": r"\dots ", "⋯": r"\cdots ", "′": r"\prime ", "|": r"\vert ", "‖": r"\Vert ", "{": r"\{ ",
    "}": r"\} ",
    "≔": ":=", "≜": ":=", "√": r"\surd ", "∫": r"\int ", "≈": r"\approx ", "≡": r"\equiv ", "∝": r"\propto ",
    "⊙": r"\odot ",
    "⟨": r"\langle ", "⟩": r"\rangle ", "±": r"\pm ", "⇒": r"\Rightarrow ", "⟹": r"\Rightarrow ", "∀": r"\forall ",
    "ℓ": r"\ell ", "⊤": r"\top ", "%": r"\% ", "#": r"\# ", "&": r"\& ", "_": r"\_ ", "$": r"\$ ", "¬": r"\neg ",
    "∣": r"\mid ",
    "□": r"\text{(q.e.d.)}", "∗": "*", "≕": "=:", "∘": r"\circ ", "∅": r"\emptyset ", "⊥": r"\perp ", "⌊": r"\lfloor ",
    "⌋": r"\rfloor ", "⌈": r"\lceil ", "⌉": r"\rceil ", "⟺": r"\iff ", "⟸": r"\Leftarrow ",
    "⊗": r"\otimes ",
}  # fmt: skip
GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ", [
    "alpha", "beta", "gamma", "delta", "varepsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
    "xi",
    "pi", "rho", "sigma", "tau", "upsilon", "varphi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi",
    "Pi", "Sigma", "Phi", "Psi", "Omega",
], strict=True))  # fmt: skip
ACCENTS = {"^": "hat", "¯": "bar", "~": "tilde", "˙": "dot", "¨": "ddot", "˘": "breve", "ˇ": "check", "´": "acute",
           "`": "grave", "_": "underline", "→": "vec", "←": "overleftarrow"}  # fmt: skip
FONTS = {"bold": "boldsymbol", "bb": "mathbf", "cal": "mathcal", "frak": "mathcal", "plain": "mathrm", "boxed": "boxed"}
BRACES = {"⏟": "underbrace", "⏞": "overbrace", "⎵": "underbrace", "⎴": "overbrace"}
ESCAPES = {
    "\\": "/",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": "'",
    "~": " ",
    "<": "< ",
    "|": "/",
    "`": "'",
}


def formula_latex(parts: Sequence[Any]) -> str:
    """The parts of a formula as LaTeX for amsmath; what has no command there is words."""
    shown = (
        "".join(map(_latex, parts)).replace("{{", "{ {").replace("{{", "{ {").replace("}}", "} }")
    )  # no one's template
    return " ".join(shown.split())


def _latex(part: Any) -> str:
    match part:
        case Sign():
            return _sign(part)
        case Words():
            return _words(part.text)
        case Space():
            return r"\qquad " if part.width >= 2 else r"\quad " if part.width >= 1 else r"\, "
        case Cut():
            return r"\quad "
        case Group():
            inside = "".join(map(_latex, part.parts))
            return (
                f"{{{inside}}}"
                if part.fences is None
                else rf"\left{_end(part.fences[0])} {inside}\right{_end(part.fences[1])} "
            )
        case Scripts():
            sub = f"_{_in_braces(part.sub)}" if part.sub is not None else ""
            sup = f"^{_in_braces(part.sup)}" if part.sup is not None else ""
            base = _latex(part.base)
            return f"{f'{{{base}}}' if isinstance(part.base, Scripts | Stacked) else base or '{}'}{sub}{sup}"
        case Fraction():
            return rf"\{'frac' if part.line else 'binom'}{_in_braces(part.over)}{_in_braces(part.under)}"
        case Root():
            degree = f"[{{{_latex(part.degree)}}}]" if part.degree is not None else ""
            return rf"\sqrt{degree}{_in_braces(part.body)}"
        case Stacked():
            return _stacked(part)
        case Styled():
            if part.style not in FONTS:
                return _in_braces(part.body)
            return rf"\{FONTS[part.style]}{_in_braces(part.body)}"
        case Rows():
            return _table(part)
    return ""


def _in_braces(part: Any) -> str:
    """An argument with its braces."""
    inside = part.parts if isinstance(part, Group) and part.fences is None else [part]
    return "{" + "".join(map(_latex, inside)).strip() + "}"


def _sign(part: Sign) -> str:
    if part.kind == "function":
        if part.text in OPERATORS:
            return rf"\{part.text} "
        if not re.fullmatch(r"[A-Za-z0-9 -]+", part.text):
            return _words(part.text)
        return rf"\operatorname{'*' if part.limits else ''}{{{part.text}}}"
    if part.command in SYMBOLS - MORE and symbol(part.command).replace("-", "−") == part.text:
        return rf"\{part.command} "
    if part.text in SIGNS:
        return SIGNS[part.text]
    if part.text in GREEK:
        return rf"\{GREEK[part.text]} "
    if set(part.text) <= CHARACTERS - {"'", "~", "|"}:
        return part.text
    if set(part.text) == {"′"}:
        return r"\prime " * len(part.text)
    return _words(part.command if part.command.isalpha() and part.command.isascii() else part.text)


def _words(text: str) -> str:
    return rf"\text{{{_escaped(text)}}}"


def _escaped(text: str) -> str:
    return "".join(ESCAPES.get(c, c) for c in text)


def _end(text: str) -> str:
    return {"": ".", "‖": r"\Vert", "|": r"\vert", "{": r"\{", "}": r"\}", "⟨": r"\langle", "⟩": r"\rangle",
    "⌊": r"\lfloor", "⌋": r"\rfloor",
            "⌈": r"\lceil", "⌉": r"\rceil"}.get(text, text if text in "()[]/" else ".")  # fmt: skip


def _stacked(part: Stacked) -> str:
    held = _in_braces(part.base)
    if part.accent:
        return rf"\{ACCENTS.get(part.accent, 'hat')}{held}"
    said = part.above if part.above is not None else part.below
    if isinstance(said, Sign) and said.text in BRACES:
        return rf"\{BRACES[said.text]}{held}"
    braced = isinstance(part.base, Stacked) and not part.base.accent
    if braced:
        return f"{held[1:-1]}{'^' if part.above is not None else '_'}{_in_braces(said)}"
    return rf"\{'overset' if part.above is not None else 'underset'}{_in_braces(said)}{held}"


def _table(part: Rows) -> str:
    kinds = {"(": "pmatrix", "[": "bmatrix", "|": "vmatrix", "‖": "Vmatrix", "{": "cases"}
    name = kinds.get(part.left, "matrix")
    if name == "cases" and part.right:
        name = "Bmatrix"
    if part.name in ("aligned", "alignedat", "split", "align", "alignat"):
        name = "aligned"
    body = r" \\ ".join(" & ".join(_latex(cell)[1:-1] for cell in row) for row in part.rows)
    return rf"\begin{{{name}}} {body} \end{{{name}}}"
