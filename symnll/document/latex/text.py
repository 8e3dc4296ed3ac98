"""Plain text for LaTeX, in ASCII alone: whatever an author writes, it compiles with every engine, and no part is a
command. Characters that LaTeX's own fonts lack are named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from symnll.write.latex import symbol
from symnll.write.naming import GREEK

MATH = {
    "−": "-", "≥": r"\ge", "≤": r"\le", "≠": r"\ne", "≈": r"\approx", "≡": r"\equiv", "∼": r"\sim", "∝": r"\propto",
    "≪": r"\ll", "≫": r"\gg", "∈": r"\in", "∉": r"\notin", "∋": r"\ni", "⊂": r"\subset", "⊆": r"\subseteq",
    "⊃": r"\supset", "⊇": r"\supseteq", "∪": r"\cup", "∩": r"\cap", "∅": r"\emptyset", "∀": r"\forall",
    "∃": r"\exists", "¬": r"\neg", "∧": r"\wedge", "∨": r"\vee", "⊕": r"\oplus", "⊗": r"\otimes", "⊙": r"\odot",
    "∘": r"\circ", "⊤": r"\top", "⊥": r"\perp", "∥": r"\parallel", "‖": r"\|", "∣": r"\mid", "±": r"\pm",
    "∓": r"\mp", "×": r"\times", "÷": r"\div", "·": r"\cdot", "⋅": r"\cdot", "∗": r"\ast", "∑": r"\Sigma",
    "∏": r"\prod", "∫": r"\int", "∂": r"\partial", "∇": r"\nabla", "√": r"\surd", "∞": r"\infty", "←": r"\leftarrow",
    "→": r"\to", "↔": r"\leftrightarrow", "↑": r"\uparrow", "↓": r"\downarrow", "↦": r"\mapsto", "⇐": r"\Leftarrow",
    "⇒": r"\Rightarrow", "⇔": r"\Leftrightarrow", "⟨": r"\langle", "⟩": r"\rangle", "〈": r"\langle",
    "〉": r"\rangle", "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "⋯": r"\cdots", "⋮": r"\vdots",
    "ℝ": r"\mathbf{R}", "ℕ": r"\mathbf{N}", "ℤ": r"\mathbf{Z}", "ℚ": r"\mathbf{Q}", "ℂ": r"\mathbf{C}", "ℓ": r"\ell",
    "ᵀ": "^{T}", "⊺": "^{T}", "′": "'", "″": "''", "°": r"^{\circ}", "⁻": "^{-}", "⁺": "^{+}", "ⁿ": "^{n}",
    "₊": "_{+}", "₋": "_{-}", "✓": r"\surd", "✗": r"\times", "ϵ": r"\epsilon", "ϑ": r"\vartheta", "ϕ": r"\phi",
    "ς": r"\varsigma", "µ": r"\mu",
    **{c: f"^{{{n}}}" for n, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{c: f"_{{{n}}}" for n, c in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    **{letter: symbol(letter) for name, letter in GREEK.items() if name not in ("omicron", "_")},
    **{letter: symbol(letter) for letter in "ΓΔΘΛΞΠΣΥΦΨΩ"},
}  # fmt: skip
TEXT = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", "`": r"\textasciigrave{}", '"': r"{\char34}", "\n": " ", "\t": " ", "\r": " ",
    "\u00a0": "~", "\u202f": r"\,", "\u2009": r"\,", "\u00ad": r"\-", "‐": "-", "‑": r"\mbox{-}", "–": "--",
    "—": "---", "‘": "`{}", "’": "'", "“": "``{}", "”": "''{}", "„": ",{},", "«": r"\textless{}\textless{}",
    "»": r"\textgreater{}\textgreater{}", "…": r"\dots{}", "•": r"\textbullet{}", "§": r"\S{}", "¶": r"\P{}",
    "©": r"\copyright{}", "™": r"\texttrademark{}", "€": r"\texteuro{}", "£": r"\pounds{}", "¿": "?`{}", "¡": "!`{}",
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}",
    "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "ο": "o",
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True)),
}  # fmt: skip
ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0331": "b",
}  # fmt: skip
LIGATURES = re.compile(r"(?<=-)-|(?<=,),|(?<=')'")  # two characters that fonts would make one of
CLUSTER = re.compile(r"(?s).[\u0300-\u036f]*")  # a letter with its accents
LONG, PIECE = 30, 12  # a word of more characters may be broken after so many


def prose(text: str) -> str:
    """Plain text for LaTeX's text mode: Unicode mathematics and accents by commands, control characters left out."""
    return _words(text, _character)


def tt(text: str) -> str:
    """A name as it is typed, which may be broken after its dots and underscores; it can be copied from a PDF."""
    shown = re.sub(r"(\.|\{\\char95\})(?=.)", r"\1\\allowbreak{}", _words(text, _typed))
    return rf"\texttt{{{shown}}}"


def verbatim(text: str) -> str:
    """Text as it stands, line by line, without an environment that the text could end."""
    lines = []
    for line in text.expandtabs(4).splitlines() or [""]:
        bare = line.lstrip(" ")
        shown = re.sub(r" (?= )", "~", _words(bare, _typed)).replace(", ", r",\ ")
        lines.append(r"\mbox{}" + "~" * (len(line) - len(bare)) + shown)
    return "\\begin{flushleft}\\ttfamily\\small\n" + "\\\\\n".join(lines) + "\n\\end{flushleft}"


def unknown(text: str) -> list[str]:
    """The characters that LaTeX's own fonts have no way to show, so that they are named instead."""
    return [
        c
        for c in dict.fromkeys(CLUSTER.findall(unicodedata.normalize("NFC", text)))
        if _character(c).startswith("[") and c != "["
    ]


def _words(text: str, shown: Callable[[str], str]) -> str:
    """Each character shown; a very long word may be broken anywhere, after every so many characters."""
    text = LIGATURES.sub("\u2060\\g<0>", unicodedata.normalize("NFC", text))
    parts = []
    for part in re.split(r"(\s+)", text):
        made = ["{}" if c == "\u2060" else shown(c) for c in CLUSTER.findall(part)]
        if len(part) > LONG:
            made = [m + (r"\allowbreak{}" if n % PIECE == 0 else "") for n, m in enumerate(made, 1)]
        parts += made
    return "".join(parts)


def _typed(c: str) -> str:
    """A character among those that are typed: quotes straight, and the underscore as a character, not as a rule."""
    return {"'": r"\textquotesingle{}", "_": r"{\char95}"}.get(c) or _character(c)


def _character(c: str) -> str:
    if c in TEXT:
        return TEXT[c]
    if c in MATH:
        return f"${MATH[c]}$"
    if c.isascii() and len(c) == 1:
        return c if c.isprintable() else ""
    if len(c) > 1:
        return _accented(c) or "".join(_character(x) or _named(x) for x in c)
    if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Mn", "Zl", "Zp"):
        return " " if unicodedata.category(c).startswith("Z") else ""
    if unicodedata.category(c) == "Zs":
        return " "
    return _accented(c) or _alike(c) or _named(c)


def _accented(c: str) -> str:
    """é as \\'{e}; a Greek letter loses its accents."""
    base, *marks = list(unicodedata.normalize("NFD", c))
    if not marks:
        return ""
    if base in MATH or (base in TEXT and "\u0370" <= base <= "\u03ff"):
        return _character(base)
    if not base.isascii() or not all(m in ACCENTS for m in marks):
        return ""
    shown = {"i": r"\i{}", "j": r"\j{}"}.get(base, base) if not set(marks) & {"\u0323", "\u0327", "\u0331"} else base
    for mark in marks:
        shown = rf"\{ACCENTS[mark]}{{{shown}}}"
    return shown


def _alike(c: str) -> str:
    """A character of the same meaning: letters of full width, ligatures, mathematical alphabets."""
    plain = unicodedata.normalize("NFKC", c)
    return "".join(map(_character, plain)) if plain != c and c not in plain else ""


def _named(c: str) -> str:
    """What there is to say about a character that can't be shown."""
    name = unicodedata.name(c, "")
    if name and unicodedata.category(c)[0] in "SP" and len(name) < 60:
        return f"[{name.lower()}]"
    return rf"[U+{ord(c):04X}]\allowbreak{{}}"
