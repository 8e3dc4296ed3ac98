"""The parts of an author's formula, and the commands that are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from latex2mathml.symbols_parser import convert_symbol

from symnll.document.author.tokens import Piece
from symnll.read.page import TOP
from symnll.read.tokens import NAMED

FLAT = {"array", "aligned", "alignedat", "split", "gathered", "multlined", *TOP} - {
    "empheq"
}  # rows, where they stand alone
SPACES = {",": 0.167, ":": 0.222, ">": 0.222, ";": 0.278, " ": 0.25, "enspace": 0.5, "quad": 1.0, "qquad": 2.0,
          "thinspace": 0.167, "medspace": 0.222, "thickspace": 0.278, "~": 0.25, "enskip": 0.5,
          "space": 0.25}  # fmt: skip
FRACTIONS = {"frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac", "genfrac"}
BINOMIALS = {"binom", "dbinom", "tbinom"}
STACKED = {"overset", "stackrel", "underset"}
LABELLED = {"underbrace": "⏟", "overbrace": "⏞", "underbracket": "⎵", "overbracket": "⎴"}
ARROWS = {"overrightarrow": "→", "overleftarrow": "←", "vec": "→"}
MARKS = {"hat": "^", "bar": "¯", "tilde": "~", "dot": "˙", "ddot": "¨", "breve": "˘", "check": "ˇ", "acute": "´",
         "grave": "`", "underline": "_"}  # fmt: skip
SIZES = {"big", "Big", "bigg", "Bigg"} | {f"{s}{e}" for s in ("big", "Big", "bigg", "Bigg") for e in "lrm"}
DROPPED = {"displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle", "nonumber", "notag", "limits", "nolimits",
           "displaylimits", "hline", "centering", "relax", "allowbreak", "nobreak", "noindent", "!", "/", "strut",
           "mathstrut", "hfill", "ensuremath", "mathop", "mathbin", "mathrel", "mathord", "mathopen", "mathclose",
           "mathinner", "protect", "par", "break", "boldmath", "normalsize", "small", "large", "null", "negthinspace",
           "@", "-", "kern"}  # fmt: skip
FRAMES = {"boxed": "boxed", "fbox": "boxed", "framebox": "boxed", "cancel": "cancel", "bcancel": "cancel",
          "xcancel": "cancel", "smash": "as is", "uwave": "as is", "uline": "as is", "mathrlap": "as is",
          "mathllap": "as is",
          "llap": "as is", "rlap": "as is", "bbox": "boxed"}  # fmt: skip
SHOWN_ARGUMENT = {"tag", "tag*", "footnote", "intertext", "shortintertext", "cite", "citep", "citet", "ref", "eqref"}
FUNCTIONS = NAMED | {"sec", "csc", "cot", "arcsin", "arccos", "arctan", "limsup", "liminf", "hom", "mod", "bmod"}
LIMITED = {"max", "min", "sup", "inf", "lim", "limsup", "liminf", "argmax", "argmin", "Pr", "det", "gcd"}
OWN = {"colon": ":", "lbrack": "[", "rbrack": "]", "|": "‖", "Vert": "‖", "vert": "|", "mid": "|", "ldots": "…",
       "dots": "…", "dotsc": "…", "dotsb": "⋯", "dotsm": "⋯", "star": "⋆", "emptyset": "∅", "varnothing": "∅",
       "le": "≤", "ge": "≥", "leq": "≤", "geq": "≥", "lt": "<", "gt": ">", "backslash": "∖", "perp": "⊥", "slash": "/",
       "middle": "", "defeq": "≔", "eqdef": "≕", "coloneq": "≔", "square": "□", "Box": "□", "qed": "□", "qedhere": "□",
       "implies": "⟹", "impliedby": "⟸", "iff": "⟺", "lVert": "‖", "rVert": "‖", "lvert": "|", "rvert": "|",
       "prime": "′", "ast": "∗", "epsilon": "ϵ", "phi": "ϕ", "varphi": "φ", "varepsilon": "ε", "dagger": "†",
       "triangleq": "≜", "coloneqq": "≔", "dag": "†", "S": "§", "P": "¶", "intercal": "⊺"}  # fmt: skip


BRACKETS = {"pmatrix": "()", "bmatrix": "[]", "vmatrix": "||", "Vmatrix": "‖‖", "Bmatrix": "{}"}


@dataclass
class Sign:
    """A letter, a number or an operator: `kind` is mi, mn, mo or function."""

    kind: str
    text: str
    start: int = 0
    limits: bool = False
    command: str = ""


@dataclass
class Words:
    text: str


@dataclass
class Space:
    width: float


@dataclass
class Cut:
    """& or the end of a row, where they stand outside of a table."""

    kind: str
    start: int = 0


@dataclass
class Group:
    """Parts in a row; between `fences` that grow with them, or none."""

    parts: list[Any]
    fences: tuple[str, str] | None = None


@dataclass
class Scripts:
    base: Any
    sub: Any = None
    sup: Any = None


@dataclass
class Fraction:
    over: Any
    under: Any
    line: bool = True


@dataclass
class Root:
    body: Any
    degree: Any = None


@dataclass
class Stacked:
    """Something above or below; `accent` if it is a mark on the letter."""

    base: Any
    above: Any = None
    below: Any = None
    accent: str = ""


@dataclass
class Styled:
    """A font: bold, bb, cal, frak or plain; or `boxed`, `cancel`, `as is`."""

    style: str
    body: Any


@dataclass
class Rows:
    """A table with its brackets, such as cases or a matrix."""

    name: str
    rows: list[list[Group]]
    left: str = ""
    right: str = ""


@lru_cache(maxsize=2048)
def symbol(command: str) -> str:
    """The character of a command; empty: it is not known."""
    if command in OWN:
        return OWN[command]
    code = convert_symbol("\\" + command)
    found = chr(int(code, 16)) if code else ""
    return found if found.isprintable() and not "\u0300" <= found <= "\u036f" else ""


def plain(tokens: Sequence[Piece]) -> str:
    """Tokens as words, commands by their signs or names."""
    out = []
    for t in tokens:
        if t.kind == "command":
            out.append(t.text if t.text in "%#&_${}" else " " if t.text in SPACES else _named(t.text))
        elif not (t.kind == "other" and t.text in "{}"):
            out.append(" " if t.text == "~" else t.text)
    return "".join(out)


def _named(command: str) -> str:
    return symbol(command) or (command if command.isalnum() else "")
