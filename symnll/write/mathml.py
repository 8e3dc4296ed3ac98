"""MathML for single formulas, through latex2mathml, which accepts nearly anything: so what it returns is checked."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree

from latex2mathml.converter import convert

from symnll.write.latex import CHANGED

LIMITS = {"msubsup": "munderover", "msub": "munder", "msup": "mover"}
ELEMENTS = {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup",
            "munder", "mover", "munderover", "mstyle", "mpadded"}  # fmt: skip
# What can neither lead anywhere nor hide or load anything: no href, style, id, src, and no class but ours.
ATTRIBUTES = {"display", "stretchy", "fence", "form", "separator", "symmetric", "movablelimits", "width", "height",
              "depth", "lspace", "rspace", "mathvariant", "displaystyle", "scriptlevel", "linethickness", "minsize",
              "maxsize", "accent", "accentunder", "columnalign"}  # fmt: skip


class FormulaError(ValueError):
    """A formula that can't be shown; the document must not be written without it."""


@lru_cache(maxsize=4096)
def mathml(latex: str, block: bool = False) -> str:
    """The formula as a `<math>` element. FormulaError, which names the formula, if anything about it is not sound."""
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", latex):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            break
    if depth:
        raise FormulaError(f"The braces do not match in the formula {latex}")
    try:
        root = ElementTree.fromstring(convert(latex, display="block" if block else "inline"))
    except Exception as error:  # latex2mathml raises errors of many kinds
        raise FormulaError(f"latex2mathml makes no well-formed MathML of the formula {latex}: {error}") from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        if element.tag not in ELEMENTS:
            raise FormulaError(f"The element <{element.tag}> is not expected in the formula {latex}")
        if "\\" in (element.text or "") + (element.tail or ""):
            raise FormulaError(f"latex2mathml does not know the command {element.text} in the formula {latex}")
        new = element.tag == "mstyle" and element.attrib.get("mathcolor") == CHANGED
        if new:
            element.tag, element.attrib = "mrow", {}
        foreign = sorted(set(element.attrib) - ATTRIBUTES - ({"xmlns"} if element is root else set()))
        if foreign:
            raise FormulaError(f"The attribute {foreign[0]!r} is not expected in the formula {latex}")
        if new:
            element.set("class", CHANGED)
    _limits_below(root)
    _space_after_functions(root)
    _unary_minus(root)
    root.attrib.pop("xmlns", None)
    root.set("alttext", latex)
    return ElementTree.tostring(root, encoding="unicode")


def _limits_below(root: ElementTree.Element) -> None:
    """Bounds of Σ, ∏ and max under and over them, where the formula is displayed."""
    for element in root.iter():
        if element.tag in LIMITS and len(element) and element[0].tag == "mo" and element[0].text in ("∑", "∏", "max"):
            element.tag = LIMITS[element.tag]
            element[0].set("movablelimits", "true")
    for parent in root.iter():
        for element in parent:
            if element.text == "max" and parent.tag not in LIMITS.values():
                element.tag = "mi"  # a function: without the space around an operator


def _unary_minus(root: ElementTree.Element) -> None:
    """A minus after a bracket or a relation without the space of a difference."""
    for parent in root.iter():
        for before, element in zip(parent, list(parent)[1:], strict=False):
            if element.tag == "mo" and element.text == "−" and before.tag == "mo" and (before.text or "") in "(=≤≥<>,":
                element.set("form", "prefix")


def _space_after_functions(root: ElementTree.Element) -> None:
    """A thin space in log x, which TeX puts there by itself and MathML does not."""
    for parent in list(root.iter()):
        children = list(parent)
        for n in range(len(children) - 2, -1, -1):
            following = next((e for e in children[n + 1].iter() if not len(e)), None)
            bracket = following is not None and following.tag == "mo" and following.text == "("
            if children[n].tag == "mi" and children[n].text in ("log", "ln", "exp") and not bracket:
                parent.insert(n + 1, ElementTree.Element("mspace", {"width": "0.167em"}))
