"""Work that is counted, so that what a search finds does not depend on the speed of the machine or on its load."""

from __future__ import annotations

import threading

RATE = 400_000  # units of work that take about a second


class _Count(threading.local):
    spent: float = 0.0


_count = _Count()


def spend(units: float) -> None:
    """Count work of this thread: a unit is about one operation on one node of a graph."""
    _count.spent += units


class Effort:
    """As much work of this thread, from now on, as takes about so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._end = _count.spent + RATE * seconds

    def over(self) -> bool:
        return _count.spent > self._end
