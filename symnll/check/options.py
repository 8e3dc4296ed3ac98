"""What a check is asked to do."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """`timeout`: seconds for one step. `inline`: formulas in sentences are checked too. `suggest`: look for the one
    edit that mends a false step. `explain`: the report is to say what steps rest on; it changes no verdict.

    Raises ValueError for a timeout that is not a positive number of seconds.
    """

    timeout: float = 10.0
    inline: bool = False
    suggest: bool = True
    explain: bool = False

    def __post_init__(self) -> None:
        if not (isinstance(self.timeout, int | float) and math.isfinite(self.timeout) and self.timeout > 0):
            raise ValueError(f"The timeout is a positive number of seconds, not {self.timeout!r}.")

    @property
    def key(self) -> str:
        """The options that a verdict may depend on, for the cache."""
        return f"timeout={float(self.timeout)} inline={bool(self.inline)} suggest={bool(self.suggest)}"
