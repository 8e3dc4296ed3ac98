"""An entry as a standalone LaTeX article."""

from __future__ import annotations

from symnll.write.latex import SIGNS, escape, latex
from symnll.write.statement import Statement
from symnll.write.views import ClaimView, EntryView

HEAD = r"""\documentclass[11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb,amsthm}
\usepackage[margin=2.5cm]{geometry}
\newtheorem{theorem}{Theorem}
\allowdisplaybreaks
"""
UNICODE = {"−": "$-$", "≥": r"$\ge$", "≤": r"$\le$", "≠": r"$\ne$", "∈": r"$\in$", "Σ": r"$\Sigma$", "σ": r"$\sigma$",
           "δ": r"$\delta$", "τ": r"$\tau$", "θ": r"$\theta$", "ε": r"$\epsilon$", "∂": r"$\partial$", "·": r"$\cdot$",
           "×": r"$\times$", "⊙": r"$\odot$", "⟨": r"$\langle$", "⟩": r"$\rangle$", "ᵀ": r"$^{T}$", "′": r"$'$",
           "∏": r"$\prod$", "→": r"$\to$", "…": r"\dots{}", "‖": r"$\|$", "⁻": r"$^{-}$", "¹": r"$^{1}$", "²": r"$^{2}$",
           "∞": r"$\infty$", "λ": r"$\lambda$", "η": r"$\eta$", "∇": r"$\nabla$"}  # fmt: skip


def prose(text: str) -> str:
    """Plain text, with the mathematical characters that it uses, for LaTeX's text mode."""
    return "".join(UNICODE.get(c, c) for c in escape(text))


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
        rows = "".join(
            f" \\\\\n  &{SIGNS.get(s.sign, '')} {latex(s.node)} && \\text{{({prose(s.reason)})}}" for s in claim.steps
        )
        first, _, rest = rows.removeprefix(" \\\\\n").partition(" \\\\\n")
        lines = f"  {latex(claim.start)}\n{first}" + (f" \\\\\n{rest}" if rest else "")
        blocks.append(f"\\begin{{proof}}\n\\begin{{align*}}\n{lines}\n\\end{{align*}}\n\\end{{proof}}")
    if claim.note:
        blocks.append(prose(claim.note))
    axioms = ", ".join(rf"\texttt{{{escape(a)}}}" for a in claim.axioms) or "none"
    blocks.append(f"{{\\small\\raggedright Axioms: {axioms}.\\par}}")
    return blocks


def _conditions(s: Statement) -> str:
    lines = []
    if s.for_all:
        lines.append("for all " + ", ".join(f"${latex(n)}$" for n in s.for_all))
    if s.given:
        given = (f"{prose(label)}: ${latex(n)}$" if label else f"${latex(n)}$" for label, n in s.given)
        lines.append("given " + "; ".join(given))
    if s.where:
        lines.append("where " + ", ".join(f"${latex(n)}$" for n in s.where))
    return "; ".join(lines) + "." if lines else ""
