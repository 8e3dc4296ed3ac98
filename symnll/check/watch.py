"""Checking files again whenever they are saved."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence

from symnll.check.run import find
from symnll.report.model import FileReport

PAUSE = 0.3  # seconds between two looks at the files
LOOK_AROUND = 2.0  # seconds between two looks for new files
Stamp = tuple[int, int, int]


class Watched:
    """The files that some names stand for, and when each was last saved."""

    def __init__(self, named: Sequence[str], now: Callable[[], float] = time.monotonic) -> None:
        self.named = named
        self._now = now
        self._stamps: dict[str, Stamp | None] = {}
        self._files: list[str] = []
        self._looked = -LOOK_AROUND

    def changed(self) -> list[str]:
        """The files that are new or were saved since the last call. A file that is gone for a moment, as while an
        editor replaces it, counts when it is there again."""
        if self._now() - self._looked >= LOOK_AROUND:
            self._files = [item for item in find(self.named) if isinstance(item, str)]
            self._looked = self._now()
        found = []
        for path in self._files:
            stamp = _stamp(path)
            if stamp is not None and stamp != self._stamps.get(path):
                self._stamps[path] = stamp
                found.append(path)
        return found


def watch(
    named: Sequence[str], show: Callable[[Sequence[str]], Iterable[FileReport]], told: Callable[[str], None]
) -> int:
    """Show the named files, then each again when it is saved, until the user interrupts; the last exit code of all.

    `show` checks and prints files, and returns their reports; `told` gets a line about what is going on.
    """
    latest: dict[str, int] = {}
    watched = Watched(named)
    files = watched.changed()
    try:
        latest.update((report.path, report.exit_code) for report in show(named))
        told(f"watching {len(files)} {'file' if len(files) == 1 else 'files'}; Ctrl-C ends")
        while True:
            time.sleep(PAUSE)
            if files := watched.changed():
                told(f"{time.strftime('%H:%M:%S')}: {', '.join(files)} changed")
                latest.update((report.path, report.exit_code) for report in show(files))
    except KeyboardInterrupt:
        return max(latest.values(), default=0)


def _stamp(path: str) -> Stamp | None:
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
