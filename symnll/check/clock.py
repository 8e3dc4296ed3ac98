"""A limit on the time that a piece of work may take, which also ends what never looks at a clock itself."""

from __future__ import annotations

import ctypes
import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

AGAIN = 0.25  # an interruption can be lost, in a destructor for example, so it is repeated
LEAST = 1e-3


class OutOfTime(BaseException):
    """The time of a `Clock` is over. No `Exception`, so that nothing takes it for a failure of its own."""


class Clock:
    """So many seconds from now on; `limit` interrupts its block when they, or a smaller number, are over."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.until = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until the innermost limit."""
        return max(0.0, self.until - time.monotonic())

    @contextmanager
    def limit(self, seconds: float = math.inf) -> Iterator[None]:
        """Raise OutOfTime in the block after this time. Blocks can be nested.

        In the main thread of a Unix process a signal does it. In other threads Python delivers the exception between
        two of its own steps, so that a single long operation of a C library is not interrupted.
        """
        outer, self.until = self.until, min(self.until, time.monotonic() + seconds)
        main = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
        try:
            with (_alarm if main else _from_outside)(max(LEAST, self.left())):
                yield
        finally:
            self.until = outer


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    inside = True

    def interrupt(*_: Any) -> None:
        if inside:
            raise OutOfTime

    start = time.monotonic()
    before, handler = signal.getitimer(signal.ITIMER_REAL), signal.getsignal(signal.SIGALRM)
    signal.signal(signal.SIGALRM, interrupt)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
            yield
        finally:
            inside = False
    finally:
        inside = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if handler is None else handler)
        if before[0]:  # whoever had set the timer gets the rest of it
            signal.setitimer(signal.ITIMER_REAL, max(LEAST, before[0] - (time.monotonic() - start)), before[1])


@contextmanager
def _from_outside(seconds: float) -> Iterator[None]:
    raise_in = getattr(getattr(ctypes, "pythonapi", None), "PyThreadState_SetAsyncExc", None)
    if raise_in is None:  # not CPython: only the limits that the searches keep by themselves
        yield
        return
    thread, lock, inside = ctypes.c_ulong(threading.get_ident()), threading.Lock(), True

    def interrupt() -> None:
        while True:
            with lock:
                if not inside:
                    return
                raise_in(thread, ctypes.py_object(OutOfTime))
            time.sleep(AGAIN)

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        try:
            yield
        finally:
            inside = False
    finally:
        with lock:
            inside = False
            raise_in(thread, None)  # forget one that was not delivered yet
        timer.cancel()
