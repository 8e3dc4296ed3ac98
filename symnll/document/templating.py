"""Templates of formats that are not HTML: whatever a template fills in is escaped, unless it is `Raw`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


class Raw(str):
    """Text that is markup already."""


def environment(escape: Callable[[str], str], **filters: Callable[..., Any]) -> Environment:
    """Templates whose values go through `escape`. What a filter returns stays as it is where that is Raw, and so does
    what a macro wrote, which the filter `raw` says."""

    def finalize(value: Any) -> str:
        return value if isinstance(value, Raw) else escape(str(value))

    env = Environment(
        loader=PackageLoader("symnll.document"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        autoescape=False, finalize=finalize,
    )  # fmt: skip
    env.filters.update({name: _raw(f) for name, f in filters.items()})
    env.filters.update(raw=Raw, kind=lambda block: type(block).__name__)
    return env


def _raw(function: Callable[..., Any]) -> Callable[..., Any]:
    def filled(*arguments: Any) -> Raw:
        return Raw(function(*arguments))

    return filled
