"""The report as SARIF 2.1.0, which code hosts and editors read: a result for each diagnostic."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import symnll
from symnll.report.diagnostics import NOTES, SEVERITY, TITLES, Diagnostic, diagnostics
from symnll.report.model import CRASHED, UNREADABLE, FileReport
from symnll.report.paths import uri
from symnll.report.style import Style

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(files: Iterable[FileReport], style: Style) -> Iterator[str]:
    """One log with one run."""
    results: list[dict[str, Any]] = []
    notices: list[dict[str, Any]] = []
    rules: dict[str, dict[str, Any]] = {code: _rule(code, title) for code, title in TITLES.items()}
    code = 0
    for file in files:
        code = max(code, file.exit_code)
        seen: Counter[str] = Counter()
        for diagnostic in diagnostics(file):
            if diagnostic.code in (UNREADABLE, CRASHED):
                notices.append(_notification(diagnostic, file))
                continue
            rules.setdefault(diagnostic.code, _rule(diagnostic.code, ""))
            results.append(_result(diagnostic, file, list(rules).index(diagnostic.code), seen))
    driver = {"name": "symnll", "semanticVersion": symnll.__version__, "rules": list(rules.values())}
    invocation: dict[str, Any] = {"executionSuccessful": not notices, "exitCode": code}
    if notices:
        invocation["toolExecutionNotifications"] = notices
    run = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    text = json.dumps(document, ensure_ascii=False, indent=1)
    yield text.encode("utf-8", "replace").decode("utf-8") + "\n"


def _rule(code: str, title: str) -> dict[str, Any]:
    # No helpUri: the standard wants an absolute one, and the pages are relative to the project.
    title = title or f"see docs/errors/{code}.md"
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": _message(title[:1].upper() + title[1:] + ".")},
        "help": {
            "text": f"docs/errors/{code}.md explains this and says what to do.",
            "markdown": f"[docs/errors/{code}.md](docs/errors/{code}.md) explains this and says what to do.",
        },
        "defaultConfiguration": {"level": "note" if code in NOTES else SEVERITY.get(code, "warning")},
    }
    return rule


def _result(diagnostic: Diagnostic, file: FileReport, index: int, seen: Counter[str]) -> dict[str, Any]:
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": diagnostic.severity,
        "message": {"text": _message(diagnostic.text)},
        "locations": [_location(diagnostic, file)],
        "partialFingerprints": {"symnllStep/v1": _fingerprint(diagnostic, file, seen)},
    }


def _notification(diagnostic: Diagnostic, file: FileReport) -> dict[str, Any]:
    return {
        "level": diagnostic.severity,
        "message": {"text": _message(diagnostic.text)},
        "locations": [_location(diagnostic, file)],
        "descriptor": {"id": diagnostic.code},
    }


def _location(diagnostic: Diagnostic, file: FileReport) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": uri(file.path)}}
    if diagnostic.line:
        place["region"] = {
            "startLine": diagnostic.line,
            "startColumn": diagnostic.column,
            "endLine": diagnostic.end_line,
            "endColumn": diagnostic.end_column,
        }
    return {"physicalLocation": place}


def _fingerprint(diagnostic: Diagnostic, file: FileReport, seen: Counter[str]) -> str:
    """The same for the same step wherever it stands in the file: what it says, and how often that came before."""
    step = diagnostic.step
    said = [step.lhs, step.relation, step.rhs] if step else [diagnostic.title]
    what = "\0".join([uri(file.path), diagnostic.code, *(" ".join(part.split()) for part in said)])
    seen[what] += 1
    return hashlib.sha256(f"{what}\0{seen[what]}".encode("utf-8", "replace")).hexdigest()[:32]


def _message(text: str) -> str:
    """Braces doubled, because {0} stands for an argument; `](` parted, because it would make a link."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
