"""A limit on the time that a piece of work may take, which also ends what never looks at a clock itself."""

from __future__ import annotations

import ctypes
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

AGAIN = 0.25  # an interruption can be lost, in a destructor for example, so it is repeated
LEAST = 1e-3
# A timer, its signal, and what it measures: for processor time, and for the clock on the wall.
WORK = getattr(signal, "ITIMER_PROF", 0), getattr(signal, "SIGPROF", 0), time.process_time
WALL = getattr(signal, "ITIMER_REAL", 0), getattr(signal, "SIGALRM", 0), time.monotonic

_end: ContextVar[float] = ContextVar("end", default=math.inf)


class OutOfTime(BaseException):
    """The time of a `Clock` is over. No `Exception`, so that nothing takes it for a failure of its own."""


class Clock:
    """So many seconds of work from now on; `limit` interrupts its block when they, or a smaller number, are over.

    What is measured is the processor time of this thread, so that a verdict does not depend on what else the machine
    does; see `within` for a limit on the time that a user waits.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.until = time.thread_time() + seconds

    def left(self) -> float:
        """Seconds until the innermost limit; 0 if a block of `within` is to end."""
        return max(0.0, self.until - time.thread_time()) if time.monotonic() < _end.get() else 0.0

    @contextmanager
    def limit(self, seconds: float = math.inf) -> Iterator[None]:
        """Raise OutOfTime in the block after this time. Blocks can be nested.

        In the main thread of a Unix process a signal does it. In other threads Python delivers the exception between
        two of its own steps, so that a single long operation of a C library is not interrupted, and the time of the
        clock on the wall counts.
        """
        outer, self.until = self.until, min(self.until, time.thread_time() + seconds)
        try:
            with _alarm(self.left(), *WORK) if _by_signal() else _from_outside(self.left()):
                yield
        finally:
            self.until = outer


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the block after so many seconds by the clock on the wall, as `Clock.limit` does."""
    token = _end.set(min(_end.get(), time.monotonic() + seconds))
    try:
        with _alarm(seconds, *WALL) if _by_signal() else _from_outside(seconds):
            yield
    finally:
        _end.reset(token)


def _by_signal() -> bool:
    return threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")


@contextmanager
def _alarm(seconds: float, timer: int, number: int, now: Callable[[], float]) -> Iterator[None]:
    inside = True

    def interrupt(*_: Any) -> None:
        if inside:
            raise OutOfTime

    start = now()
    before, handler = signal.getitimer(timer), signal.getsignal(number)
    signal.signal(number, interrupt)
    try:
        try:
            signal.setitimer(timer, max(LEAST, seconds), AGAIN)
            with _quiet():
                yield
        finally:
            inside = False
    finally:
        inside = False
        signal.setitimer(timer, 0)
        signal.signal(number, signal.SIG_DFL if handler is None else handler)
        if before[0]:  # whoever had set the timer gets the rest of it
            signal.setitimer(timer, max(LEAST, before[0] - (now() - start)), before[1])


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

    timer = threading.Timer(max(LEAST, seconds), interrupt)
    timer.daemon = True
    try:
        try:
            timer.start()
            with _quiet():
                yield
        finally:
            inside = False
    finally:
        with lock:
            inside = False
            raise_in(thread, None)  # forget one that was not delivered yet
        timer.cancel()


@contextmanager
def _quiet() -> Iterator[None]:
    """Python reports an interruption that is lost in a destructor; there is nothing to report, as another one comes."""
    report = sys.unraisablehook

    def other(lost: Any) -> None:
        if not issubclass(lost.exc_type, OutOfTime):
            report(lost)

    sys.unraisablehook = other
    try:
        yield
    finally:
        sys.unraisablehook = report
