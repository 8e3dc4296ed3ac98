"""The report as JSON, for other programs: one document, written when all files are checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from symnll.report.model import FileReport, Report
from symnll.report.records import to_record
from symnll.report.style import Style


def render(files: Iterable[FileReport], style: Style) -> Iterator[str]:
    """`{"version": 1, "files": […], "summary": {verdict: count}}`."""
    report = Report(list(files))
    records = [to_record(file) for file in report.files]
    for record in records:
        for display in record["displays"]:
            del display["end_line"]  # no part of the format
        for problem in record.get("problems", ()):
            if not problem["line"]:  # it concerns the whole file
                for key in ("line", "column", "end_line", "end_column"):
                    del problem[key]
    document = {"version": 1, "files": records, "summary": report.summary}
    text = json.dumps(document, ensure_ascii=False, indent=1)
    # A path or a document may hold halves of characters, which no UTF-8 can carry.
    yield text.encode("utf-8", "replace").decode("utf-8") + "\n"
