"""An entry as a standalone LaTeX article."""

from __future__ import annotations

from collections.abc import Sequence

from symnll.write.latex import SIGNS, escape, inline, latex, symbol
from symnll.write.naming import GREEK
from symnll.write.nodes import Node
from symnll.write.statement import Statement
from symnll.write.text import text
from symnll.write.views import SUBSCRIPT, ClaimView, EntryView, StepView

HEAD = r"""\documentclass[11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb,amsthm}
\usepackage[margin=2.5cm]{geometry}
\newtheorem{theorem}{Theorem}
\allowdisplaybreaks
\sloppy
"""
MATH = {
    "−": "-", "≥": r"\ge", "≤": r"\le", "≠": r"\ne", "∈": r"\in", "Σ": r"\Sigma", "∏": r"\prod", "∂": r"\partial",
    "∇": r"\nabla", "·": r"\cdot", "×": r"\times", "⊙": r"\odot", "⟨": r"\langle", "⟩": r"\rangle", "ᵀ": "^{T}",
    "′": "'", "→": r"\to", "‖": r"\|", "∞": r"\infty", "√": r"\surd", "↦": r"\mapsto", "⇒": r"\Rightarrow",
    "⁻": "^{-}", "¹": "^{1}", "²": "^{2}", "³": "^{3}", "⁰": "^{0}",
    **{c: f"_{{{n}}}" for n, c in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    **{letter: symbol(letter) for name, letter in GREEK.items() if name not in ("omicron", "_")},
    **{letter: symbol(letter) for letter in "ΓΔΘΛΞΠΦΨΩ"},
}  # fmt: skip
UNICODE = {c: f"${command}$" for c, command in MATH.items()} | {"…": r"\dots{}"}


WIDE, NEWLINE = 60, "\n"


def prose(text: str) -> str:
    """Plain text, with the mathematical characters that it uses, for LaTeX's text mode."""
    parts = SUBSCRIPT.split(text)  # words, letter, subscript, words, …
    for n in range(1, len(parts), 3):
        parts[n : n + 2] = [f"${symbol(parts[n])}_{{{parts[n + 1]}}}$", ""]
    return "".join(p if n % 3 == 1 else "".join(UNICODE.get(c, c) for c in escape(p)) for n, p in enumerate(parts))


def article(entry: EntryView) -> str:
    """The LaTeX file of an entry."""
    blocks = [HEAD + rf"\title{{{prose(entry.title)}}}" + "\n\\author{}\n\\date{}\n\\begin{document}\n\\maketitle"]
    blocks.append(prose(entry.summary))
    for claim in entry.claims:
        blocks.append(rf"\section*{{{prose(claim.title)}}}" + f"\n\\noindent\\texttt{{{escape(claim.name)}}}")
        blocks += _proved(claim) if claim.statement is not None else [f"Not proved. {prose(claim.message)}"]
    if entry.references:
        items = "\n".join(rf"\item {prose(r)}" for r in entry.references)
        blocks.append(f"\\section*{{References}}\n\\begin{{itemize}}\n{items}\n\\end{{itemize}}")
    return "\n\n".join(blocks) + "\n\n\\end{document}\n"


def _proved(claim: ClaimView) -> list[str]:
    assert claim.statement is not None
    body = f"\\[\n{latex(claim.statement.formula)}\n\\]\n{_conditions(claim.statement)}"
    blocks = [f"\\begin{{theorem}}\n{body}\n\\end{{theorem}}"]
    if claim.start is not None:
        blocks.append(_derivation(claim.start, claim.steps))
    if claim.note:
        blocks.append(prose(claim.note))
    axioms = ", ".join(rf"\texttt{{{escape(a)}}}" for a in claim.axioms) or "none"
    blocks.append(f"{{\\small\\raggedright Axioms: {axioms}.\\par}}")
    return blocks


def _derivation(start: Node, steps: Sequence[StepView]) -> str:
    """The chain, with each reason beside its row, or below it where the rows are long."""
    wide = max(len(text(n)) for n in (start, *(s.node for s in steps))) > WIDE
    before = rf" \\{NEWLINE}  &\qquad\text{{\small(" if wide else r" && \text{("
    rows = [f"&{SIGNS.get(s.sign, '')} {latex(s.node)}{before}{prose(s.reason)})}}" for s in steps]
    first = rf"& {latex(start)} \\{NEWLINE}  " if wide else f"{latex(start)}{NEWLINE}  "
    body = first + rf" \\{NEWLINE}  ".join(rows)
    return f"\\begin{{proof}}\n\\begin{{align*}}\n  {body}\n\\end{{align*}}\n\\end{{proof}}"


def _conditions(s: Statement) -> str:
    lines = []
    if s.for_all:
        lines.append("for all " + ", ".join(inline(n) for n in s.for_all))
    if s.given:
        given = (f"{prose(label)}: {inline(n)}" if label else inline(n) for label, n in s.given)
        lines.append("given " + "; ".join(given))
    if s.where:
        lines.append("where " + ", ".join(inline(n) for n in s.where))
    return "; ".join(lines) + "." if lines else ""
