"""An entry, or some of its claims, as text for a terminal and as Markdown with LaTeX formulas."""

from __future__ import annotations

from symnll.write.latex import SIGNS, inline, latex
from symnll.write.statement import Statement
from symnll.write.text import statement_text, text
from symnll.write.views import ClaimView, EntryView


def entry_text(entry: EntryView) -> str:
    """Plain text."""
    lines = [f"{entry.title} ({entry.name})", "", entry.summary, ""]
    for claim in entry.claims:
        lines += [f"{claim.name}: {claim.title}", f"  {claim.verdict}"]
        if claim.statement is None:
            lines += [f"  {claim.message}", ""]
            continue
        lines[-1] += f": {statement_text(claim.statement)}"
        if claim.start is not None:
            lines.append(f"      {text(claim.start)}")
            for step in claim.steps:
                lines.append(f"    {step.sign or ' '} {text(step.node)}    ({step.reason})")
        if claim.note:
            lines.append(f"  {claim.note}")
        lines += [f"  axioms: {', '.join(claim.axioms) or 'none'}", ""]
    if entry.references:
        lines += ["References:", *(f"  {r}" for r in entry.references)]
    return "\n".join(lines).rstrip() + "\n"


def entry_markdown(entry: EntryView) -> str:
    """Markdown, with formulas between dollar signs."""
    blocks = [f"# {entry.title}", entry.summary]
    for claim in entry.claims:
        blocks += [f"## {claim.title}", f"`{claim.name}`, {claim.verdict}"]
        if claim.statement is None:
            blocks.append(f"```text\n{claim.message}\n```")
            continue
        blocks += [f"$$\n{latex(claim.statement.formula)}\n$$", *_conditions(claim.statement), *_derivation(claim)]
        blocks += [claim.note] if claim.note else []
        blocks.append(f"Axioms: {', '.join(f'`{a}`' for a in claim.axioms) or 'none'}.")
    if entry.references:
        blocks += ["## References", "\n".join(f"- {r}" for r in entry.references)]
    return "\n\n".join(blocks) + "\n"


def _conditions(s: Statement) -> list[str]:
    lines = []
    if s.for_all:
        lines.append("for all " + ", ".join(inline(n) for n in s.for_all))
    if s.given:
        lines.append("given " + "; ".join(f"{label}: {inline(n)}" if label else inline(n) for label, n in s.given))
    if s.where:
        lines.append("where " + ", ".join(inline(n) for n in s.where))
    return [";\n".join(lines) + "."] if lines else []


def _derivation(claim: ClaimView) -> list[str]:
    if claim.start is None:
        return []
    rows = [f"{latex(claim.start)} &"]
    for step in claim.steps:
        rows.append(rf"&{SIGNS.get(step.sign, '')} {latex(step.node)} && \text{{{step.reason}}}")
    return ["$$\n\\begin{aligned}\n" + " \\\\\n".join(rows).replace(" & \\\\\n&", "\n&") + "\n\\end{aligned}\n$$"]
