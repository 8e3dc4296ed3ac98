"""Reports as plain data and back: what the JSON format shows and the cache keeps. Keys without a value are absent."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from symnll.report.model import Counterexample, DisplayReport, FileReport, Lint, StepReport

_ALWAYS = ("displays", "steps")  # a file without displays says so


def to_record(item: Any) -> dict[str, Any]:
    """A report, display, step or lint as a dictionary, without the fields that have no value."""
    record = {}
    for field in fields(item):
        value = getattr(item, field.name)
        required = field.default is MISSING and field.default_factory is MISSING
        if not field.compare or not (required or value or field.name in _ALWAYS):
            continue
        if isinstance(value, list):
            value = [to_record(v) if is_dataclass(v) else v for v in value]
        elif is_dataclass(value):
            value = to_record(value)
        record[field.name] = value
    return record


def from_record(record: dict[str, Any]) -> FileReport:
    """The report that `to_record` wrote; TypeError, KeyError or AttributeError: it is not one."""
    displays = [_display(display) for display in record["displays"]]
    return FileReport(record["path"], displays, [Lint(**lint) for lint in record.get("problems", ())])


def _display(record: dict[str, Any]) -> DisplayReport:
    return DisplayReport(**{**record, "steps": [_step(step) for step in record["steps"]]})


def _step(record: dict[str, Any]) -> StepReport:
    example = record.get("counterexample")
    return StepReport(
        **{
            **record,
            "counterexample": Counterexample(**example) if example else None,
            "lints": [Lint(**lint) for lint in record.get("lints", ())],
        }
    )
