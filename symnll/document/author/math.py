"""An author's formula as MathML, as LaTeX of known commands only, and as text: from one reading, which never fails.

Nothing of the source goes out as it is: MathML is built as a tree, and LaTeX is printed from the signs that were read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from symnll.document.author.nodes import (
    FLAT,
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
)
from symnll.document.author.tokens import cleaned
from symnll.document.author.tree import tree

BIG = set("∑∏∫∮∬∐⋃⋂⨁⨂⨀")
OPENING, CLOSING = set("([{⟨⌈⌊"), set(")]}⟩⌉⌋")
STARTS = {"bold": (0x1D400, 0x1D41A, 0x1D7CE), "bb": (0x1D538, 0x1D552, 0x1D7D8), "cal": (0x1D49C, 0x1D4B6, 0),
          "frak": (0x1D504, 0x1D51E, 0)}  # fmt: skip
HOLES = {"bb": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)), "frak": dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True)),
         "cal": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)), "bold": {}}  # fmt: skip
SPACE = str.maketrans(" ", "\u00a0")


@lru_cache(maxsize=4096)
def author_mathml(latex: str, block: bool = False) -> str:
    """A formula without macros of its own as a `<math>` element; well-formed, whatever the text is."""
    return formula_mathml(tree(latex), block)


def formula_mathml(parts: Sequence[Any], block: bool = False) -> str:
    """The parts of a formula as a `<math>` element, with the formula as text for those who listen to it."""
    root = Element("math", display="block" if block else "inline", alttext=formula_text(parts))
    _into(SubElement(root, "mrow"), parts)
    return tostring(root, encoding="unicode")


def author_text(latex: str) -> str:
    """A formula without macros of its own on one line of Unicode text."""
    return formula_text(tree(latex))


def expanded(latex: str, macros: Mapping[str, Any]) -> str:
    """A formula as safe LaTeX, without the macros of its document."""
    from symnll.document.author.latex import formula_latex

    return formula_latex(tree(latex, macros))


def _into(row: Element, parts: Sequence[Any], style: str = "") -> None:
    before: Any = None
    for n, part in enumerate(parts):
        if isinstance(part, Cut):
            SubElement(row, "mspace", width="1em")
            continue
        if before is not None and _is_function(part) and not _is_operator(before):
            SubElement(row, "mspace", width="0.167em")
        element = _element(row, part, style)
        if isinstance(part, Sign) and part.kind == "mo" and part.text in "−+±":
            ends = isinstance(before, Sign) and before.kind == "mo" and before.text not in CLOSING | {"!", "′"}
            if before is None or ends or isinstance(before, Cut):
                element.set("form", "prefix")
        if _is_function(part) and n + 1 < len(parts):
            following = parts[n + 1]
            bracket = isinstance(following, Group) and following.fences is not None
            bracket = bracket or (isinstance(following, Sign) and following.kind == "mo")
            if not bracket:
                SubElement(row, "mspace", width="0.167em")
        before = part if not isinstance(part, Space) else before


def _is_function(part: Any) -> bool:
    base = part.base if isinstance(part, Scripts) else part
    return isinstance(base, Sign) and base.kind == "function"


def _is_operator(part: Any) -> bool:
    return isinstance(part, Sign) and part.kind == "mo" and part.text not in CLOSING


def _row(parent: Element, part: Any, style: str) -> Element:
    """One element for what may be several: MathML counts the children of its scripts and fractions."""
    if isinstance(part, Group) and part.fences is None and len(part.parts) == 1:
        return _row(parent, part.parts[0], style)
    if isinstance(part, Cut) or part is None:
        return SubElement(parent, "mrow")
    return _element(parent, part, style)


def _element(parent: Element, part: Any, style: str) -> Element:
    match part:
        case Sign():
            return _sign(parent, part, style)
        case Words():
            element = SubElement(parent, "mtext")
            element.text = part.text.translate(SPACE)
        case Space():
            element = SubElement(parent, "mspace", width=f"{part.width:.3f}em")
        case Group():
            element = SubElement(parent, "mrow")
            if part.fences is not None:
                _fence(element, part.fences[0], "prefix")
            _into(element, part.parts, style)
            if part.fences is not None:
                _fence(element, part.fences[1], "postfix")
        case Scripts():
            element = _scripts(parent, part, style)
        case Fraction():
            around = SubElement(parent, "mrow")
            if not part.line:
                _fence(around, "(", "prefix")
            element = SubElement(around, "mfrac", {} if part.line else {"linethickness": "0"})
            _row(element, part.over, style)
            _row(element, part.under, style)
            if not part.line:
                _fence(around, ")", "postfix")
            return around
        case Root():
            element = SubElement(parent, "mroot" if part.degree is not None else "msqrt")
            _row(element, part.body, style)
            if part.degree is not None:
                _row(element, part.degree, style)
        case Stacked():
            element = _stacked(parent, part, style)
        case Styled():
            element = SubElement(parent, "mrow")
            _styled(element, part)
        case Rows():
            element = _table(parent, part, style)
        case _:
            element = SubElement(parent, "mrow")
    return element


def _sign(parent: Element, part: Sign, style: str) -> Element:
    if part.kind == "function" and part.limits:
        element = SubElement(parent, "mo", movablelimits="true", form="prefix", lspace="0", rspace="0")
    else:
        element = SubElement(parent, "mi" if part.kind == "function" else part.kind)
    element.text = _lettered(part.text, style)
    if part.kind == "mo" and part.text in BIG:
        element.set("movablelimits", "true")
    elif part.kind == "mo" and (part.text in OPENING | CLOSING or part.text in ("|", "‖", "/", "∣")):
        element.set("stretchy", "false")
    if part.text == "/":
        element.attrib.update(lspace="0", rspace="0")
    if part.kind == "mi" and style == "plain":
        element.set("mathvariant", "normal")
    return element


def _fence(row: Element, text: str, form: str) -> None:
    if text:
        SubElement(row, "mo", fence="true", stretchy="true", form=form).text = text


def _scripts(parent: Element, part: Scripts, style: str) -> Element:
    base = part.base
    limits = isinstance(base, Sign) and (base.limits or (base.kind == "mo" and base.text in BIG - set("∫∮∬")))
    names = ("munder", "mover", "munderover") if limits else ("msub", "msup", "msubsup")
    name = names[2] if part.sub is not None and part.sup is not None else names[part.sub is None]
    element = SubElement(parent, name)
    _row(element, base, style)
    for script in (part.sub, part.sup):
        if script is not None:
            _row(element, script, style if style == "plain" else "")
    return element


def _stacked(parent: Element, part: Stacked, style: str) -> Element:
    if part.accent:
        under = part.accent == "_"
        element = SubElement(parent, "munder" if under else "mover", {"accentunder" if under else "accent": "true"})
        _row(element, part.base, style)
        mark = SubElement(element, "mo")
        mark.text = part.accent
        mark.set("stretchy", "true" if part.accent in "¯_→←" else "false")
        return element
    element = SubElement(parent, "mover" if part.above is not None else "munder")
    _row(element, part.base, style)
    _row(element, part.above if part.above is not None else part.below, style)
    return element


def _styled(row: Element, part: Styled) -> None:
    if part.style in ("boxed", "cancel", "as is"):
        if part.style != "as is":
            row.set("class", part.style)
        _row(row, part.body, "")
        return
    word = _word(part.body) if part.style == "plain" else ""
    if len(word) > 1:
        SubElement(row, "mi").text = word
    else:
        _row(row, part.body, part.style)


def _word(body: Any) -> str:
    """Letters under one upright font: a name."""
    parts = body.parts if isinstance(body, Group) and body.fences is None else [body]
    signs = all(
        (isinstance(p, Sign) and p.kind in ("mi", "mn")) or (isinstance(p, Sign) and p.text == "−") for p in parts
    )
    return "".join(p.text for p in parts) if parts and signs else ""


def _table(parent: Element, part: Rows, style: str) -> Element:
    row = SubElement(parent, "mrow")
    _fence(row, part.left, "prefix")
    table = SubElement(row, "mtable")
    for cells in part.rows:
        line = SubElement(table, "mtr")
        for n, cell in enumerate(cells):
            side = (
                "left"
                if "cases" in part.name or (part.name in FLAT and n % 2)
                else "right"
                if part.name in FLAT
                else ""
            )
            _into(SubElement(line, "mtd", {"class": side} if side else {}), cell.parts, style)
    _fence(row, part.right, "postfix")
    return row


def _lettered(text: str, style: str) -> str:
    """The letters of a font, which Unicode has and MathML does not."""
    if style not in STARTS:
        return text
    upper, lower, digit = STARTS[style]
    out = []
    for c in text:
        if c in HOLES[style]:
            out.append(HOLES[style][c])
        elif "A" <= c <= "Z":
            out.append(chr(upper + ord(c) - 65))
        elif "a" <= c <= "z":
            out.append(chr(lower + ord(c) - 97))
        elif "0" <= c <= "9" and digit:
            out.append(chr(digit + ord(c) - 48))
        elif style == "bold" and "α" <= c <= "ω":
            out.append(chr(0x1D6C2 + ord(c) - ord("α")))
        else:
            out.append(c)
    return "".join(out)


def formula_text(parts: Sequence[Any]) -> str:
    """The parts of a formula on one line of Unicode text."""
    return cleaned(" ".join(_text_row(parts).split()))


def _text_row(parts: Sequence[Any]) -> str:
    out: list[str] = []
    for n, part in enumerate(parts):
        shown = _text(part)
        sign = isinstance(part, Sign) and part.kind == "mo" and (not part.text.isascii() or part.text in "=+<>*")
        if (
            (sign and part.text not in "′−∂∇∑∏|‖∣")
            or (sign and part.text == "−" and n)
            or (
                (isinstance(part, Sign) and part.kind == "function")
                or (isinstance(part, Sign | Scripts) and out and _named(part))
            )
        ):
            shown = f" {shown} "
        elif out and _divided(parts[n - 1]) and not (isinstance(part, Sign) and part.kind == "mo"):
            shown = f" · {shown}"
        elif out and isinstance(parts[n - 1], Scripts | Fraction | Styled | Root) and shown[:1].isalnum():
            shown = f" {shown}"
        out.append(shown)
    return "".join(out)


def _divided(part: Any) -> bool:
    """Whether it is a quotient, and no d/dx."""
    if not isinstance(part, Fraction) or not part.line:
        return False
    over = part.over.parts[0] if isinstance(part.over, Group) and len(part.over.parts) == 1 else part.over
    return not (isinstance(over, Sign) and over.text in ("∂", "d"))


def _named(part: Any) -> bool:
    base = part.base if isinstance(part, Scripts) else part
    return isinstance(base, Sign) and (base.kind == "function" or base.text in BIG)


def _text(part: Any) -> str:
    match part:
        case Sign():
            return part.text
        case Words():
            return f" {part.text} "
        case Space() | Cut():
            return " "
        case Group():
            left, right = part.fences or ("", "")
            return f"{left}{_text_row(part.parts).strip() if part.fences else _text_row(part.parts)}{right}"
        case Scripts():
            sub = f"_{_closed(part.sub)}" if part.sub is not None else ""
            sup = _closed(part.sup) if part.sup is not None else ""
            return f"{_text(part.base)}{sub}{sup if set(sup) == {'′'} else f'^{sup}' if sup else ''}"
        case Fraction():
            return (
                f"{_operand(part.over)}/{_operand(part.under)}"
                if part.line
                else f"C({_text(part.over)}, {_text(part.under)})"
            )
        case Root():
            return f"√{_closed(part.body)}" if part.degree is None else f"{_closed(part.body)}^(1/{_text(part.degree)})"
        case Stacked():
            said = part.above if part.above is not None else part.below
            return (
                _text(part.base) + (part.accent if part.accent not in "_¯→←" else "")
                if part.accent
                else f"{_text(part.base)} [{_text(said)}] "
            )
        case Styled():
            return (
                _text(part.body)
                if part.style in ("boxed", "cancel", "as is")
                else _lettered(_text(part.body), part.style)
            )
        case Rows():
            inside = "; ".join(", ".join(_text(c).strip() for c in row) for row in part.rows)
            return f"{part.left or '('}{inside}{part.right or ')'}"
    return ""


def _operand(part: Any) -> str:
    """In brackets, unless it is one sign with its scripts."""
    shown = " ".join(_text(part).split())
    bare = re.sub(r"[_^]\([^()]*\)", "", shown)
    return shown if re.fullmatch(r"[\w∂′∞]+", bare) else f"({shown})"


def _closed(part: Any) -> str:
    """In brackets, unless it is one sign."""
    shown = " ".join(_text(part).split())
    return shown if len(shown) <= 1 or shown.isalnum() else f"({shown})"
