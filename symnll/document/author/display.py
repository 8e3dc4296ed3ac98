"""An author's display for LaTeX: its rows aligned as in a book, the verdict at the margin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symnll.document.author.latex import formula_latex
from symnll.document.latex.rows import broken, joined
from symnll.document.latex.safe import safe_formula
from symnll.document.latex.text import prose

WIDTH = 26.0  # em: a line of the article class, less the verdict
SHORT = {"conditional": "conditional", "proved-small": "small sizes only"}


def display_tex(rows: Sequence[Any]) -> str:
    """The rows of a display; each is a `RowView`."""
    lines = []
    for row in rows:
        shown = formula_latex(row.parts)
        safe = safe_formula(shown) if shown else ""
        if safe is None:  # never, as far as is known; then it is words
            safe = rf"\text{{{prose(row.text)}}}"
        made = broken(safe, WIDTH) if "&" not in safe else [safe]
        made[0] = rf"\quad {made[0]}" if row.continues else made[0]
        said = ", ".join(dict.fromkeys(SHORT.get(s.verdict, s.mark_words) for s in row.steps))
        lines.append(joined(made) + (rf" \tag*{{\small {prose(said)}}}" if said else ""))
    if not any(line.strip() for line in lines):
        return ""
    return "\\begin{align*}\n  & " + " \\\\\n  & ".join(lines) + "\n\\end{align*}"
