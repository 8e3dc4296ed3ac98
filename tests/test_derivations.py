"""The pages in `tests/derivations`: every right step is proved, and every wrong one is what its page announces."""

from __future__ import annotations

from pathlib import Path

import pytest

import symnll

FOLDER = Path(__file__).parent / "derivations"
PAGES = sorted(FOLDER.glob("*.md"))
PROVED = 185  # at least, on all pages together
WRONG = 45  # announced by `expect`


@pytest.fixture(scope="module")
def reports():
    """The report of every page, each checked once and anew."""
    return {page.stem: symnll.check(page, cache=False, suggest=False) for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_display_is_as_its_page_says(page, reports):
    report = reports[page.stem]
    assert report.ok, str(report)
    assert all(display.steps for file in report.files for display in file.displays), "a display without a step"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_has_right_steps_and_wrong_ones(page, reports):
    verdicts = reports[page.stem].summary
    assert verdicts["proved"] > 5
    assert verdicts.get("refuted", 0) + verdicts.get("conditional", 0) > 0


def test_enough_is_proved_and_enough_refused(reports):
    summaries = [report.summary for report in reports.values()]
    assert sum(s.get("proved", 0) for s in summaries) >= PROVED
    assert sum(s.get("refuted", 0) + s.get("conditional", 0) for s in summaries) >= WRONG
