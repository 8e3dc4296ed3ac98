"""The contestants' processes, from the side that gives the orders."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from contestants import PROCESSES
from machine import processors

HERE = Path(__file__).parent
POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "SYMNLL_NUM_THREADS")


def environment(threads: int) -> dict[str, str]:
    path = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, **{name: str(threads) for name in POOLS}}


class Contestant:
    """A process of `contestants.py`, bound to the first `threads` processors; `missing` says why it cannot be used."""

    def __init__(self, name: str, threads: int) -> None:
        self.name = name
        allowed = processors()
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, allowed[:threads])  # inherited by the child from its first instruction on
        try:
            self.process = subprocess.Popen(
                [sys.executable, str(HERE / "contestants.py"), name],
                env={**environment(threads), **PROCESSES[name][0]},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        finally:
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(0, allowed)
        self.missing = self._answer().get("missing", "")

    def tell(self, do: str, **order: Any) -> Any:
        assert self.process.stdin is not None
        try:
            print(json.dumps({"do": do, **order}), file=self.process.stdin, flush=True)
        except BrokenPipeError:
            return {"error": "its process has ended"}
        return self._answer()

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": "its process has ended", "missing": "its process has ended"}


def started(names: list[str], threads: int) -> tuple[dict[str, Contestant], dict[str, str]]:
    """The processes that can be used, and of the others why not."""
    every = {name: Contestant(name, threads) for name in names}
    missing = {name: process.missing for name, process in every.items() if process.missing}
    for name in missing:
        every.pop(name).end()
    return every, missing
