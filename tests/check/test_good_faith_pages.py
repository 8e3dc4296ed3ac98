"""Whole pages as authors write them, in good faith and without declarations, with three mistakes in each.

Beside each page stands what every step of it is, by display, from the mathematics: `d` a definition, `p` true, `m` a
mistake, `u` what cannot be decided: a step that is no statement, or in a notation that says something else. After a `/`
stands what is said of a true step that is not proved so far.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import symnll

PAGES = Path(__file__).parent / "pages"
NAMES = sorted(p.name for p in PAGES.iterdir() if p.suffix in (".md", ".tex"))
SAID = {"d": {"definition"}, "p": {"proved"}, "m": {"refuted", "conditional"}, "u": {"unknown", "unparsed"}}
OPEN = {"unknown", "unparsed", "proved-small"}


def expected(name: str) -> list[tuple[str, str]]:
    """Each step's display and what it is."""
    lines = (PAGES / name).with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    return [(line.split()[0], step) for line in lines for step in line.split()[1:]]


@pytest.mark.parametrize("name", NAMES)
def test_every_step_of_a_page(name: str) -> None:
    report = symnll.check(PAGES / name, cache=False, suggest=False).files[0]
    assert not report.problems
    steps = [(str(d.display), s) for d in report.displays for s in d.steps]
    wanted = expected(name)
    assert [d for d, _ in steps] == [d for d, _ in wanted]
    wrong, right = [], 0
    for (_, s), (_, want) in zip(steps, wanted, strict=True):
        true = want[0] in "dp"
        assert not (true and s.verdict in ("refuted", "conditional")), f"{s.line}: {s.lhs} {s.relation} {s.rhs}"
        assert not (want == "m" and s.verdict in ("proved", "proved-small", "definition")), f"{s.line}: {s.lhs}"
        right += s.verdict in SAID[want[0]]
        if s.verdict not in (SAID[want[0]] | OPEN if want.endswith("/open") else SAID[want[0]]):
            wrong.append(f"{s.line}: {s.lhs} {s.relation} {s.rhs}: {s.verdict}, not {want}")
    assert not wrong
    assert right >= 0.9 * len(steps)


@pytest.mark.parametrize("name", NAMES)
def test_every_page_has_three_mistakes(name: str) -> None:
    assert [want for _, want in expected(name)].count("m") == 3
