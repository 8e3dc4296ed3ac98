"""What a careful reader says of a document, compared with what `symnll check` says."""

from __future__ import annotations

import symnll


def verdicts(text: str, inline: bool = False) -> list[str]:
    """The verdict on every step of a document, in order."""
    report = symnll.check(text, cache=False, suggest=False, inline=inline).files[0]
    return [s.verdict for d in report.displays for s in d.steps]


def compare(declarations: str, displays: list[str], expected: list[str]) -> None:
    """Each step has the verdict that is expected, one of "a|b", with a lint as "definition+two-meanings"."""
    text = f"<!-- symnll\n{declarations}\n-->\n\n" + "\n\n".join(f"$$\n{d}\n$$" for d in displays)
    report = symnll.check(text, cache=False, suggest=False).files[0]
    assert not report.problems
    found = [s for d in report.displays for s in d.steps]
    assert len(found) == len(expected), [f"{s.lhs} {s.relation} {s.rhs}" for s in found]
    for step, want in zip(found, expected, strict=True):
        shown = "+".join([step.verdict, *(x.code for x in step.lints if x.code in ("two-meanings", "standard-name"))])
        assert shown in want.split("|"), f"{step.lhs} {step.relation} {step.rhs}: {shown}, {step.reason}"
