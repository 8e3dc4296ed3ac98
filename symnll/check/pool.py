"""Worker processes: one document each at a time, with bounded memory. A worker that dies costs only its document."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from symnll.check.cache import Store
from symnll.check.options import Options
from symnll.read.source import Source
from symnll.report.model import CRASHED, FileReport, Lint
from symnll.report.records import from_record, to_record

MEMORY = 1 << 30  # bytes of data for a worker; SymPy and the prover need less than a tenth
GRACE = 20.0  # seconds that one operation may take beyond three times the limit of a step
_PAUSE = 0.5  # seconds between two calls of `tick`


class Pool:
    """Up to `jobs` workers, started when they are needed and kept until `close`."""

    def __init__(self, jobs: int, folder: Path | None) -> None:
        self.jobs = max(1, jobs)
        self.folder = folder
        self._idle: list[_Worker] = []
        self._busy: dict[Any, _Worker] = {}

    def check(
        self, sources: Sequence[Source], options: Options, tick: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[int, FileReport]]:
        """Each source's number and report, as they become ready. `tick` is called now and then while nothing is."""
        waiting = list(range(len(sources)))[::-1]
        while waiting or self._busy:
            while waiting and len(self._busy) < self.jobs:
                worker = self._idle.pop() if self._idle else _Worker(self.folder)
                number = waiting.pop()
                worker.start(number, sources[number], options)
                self._busy[worker.connection] = worker
            ready = wait(list(self._busy), timeout=_PAUSE)
            for connection in ready:
                worker = self._busy.pop(connection)
                report = worker.finish(sources[worker.number])
                if worker.alive:
                    self._idle.append(worker)
                yield worker.number, report
            tick()

    def close(self) -> None:
        """End all workers."""
        for worker in [*self._idle, *self._busy.values()]:
            worker.stop()
        self._idle, self._busy = [], {}

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Worker:
    """A process, and the pipe to it."""

    def __init__(self, folder: Path | None) -> None:
        # Forking is quick, and safe where no other thread may hold a lock.
        forks = sys.platform == "linux" and threading.active_count() == 1
        context: Any = multiprocessing.get_context("fork" if forks else "spawn")
        self.connection, there = context.Pipe()
        self.number = -1
        self.alive = True
        # A forked process also has this end, and would never see that it is closed.
        here = self.connection if forks else None
        self.process = context.Process(target=_serve, args=(there, here, folder), daemon=True)
        self.process.start()
        there.close()

    def start(self, number: int, source: Source, options: Options) -> None:
        self.number = number
        with suppress(OSError):  # a dead process is found out by `finish`
            self.connection.send((source.name, source.text, source.problems, options))

    def finish(self, source: Source) -> FileReport:
        try:
            report = from_record(self.connection.recv())
        except (EOFError, OSError):
            self.alive = False
            self.connection.close()
            self.process.join(5)
            return failed(source, f"the process that checked this file {_end(self.process.exitcode)}")
        report.source = source
        return report

    def stop(self) -> None:
        self.alive = False
        self.connection.close()
        self.process.terminate()
        self.process.join(1)
        if self.process.exitcode is None:
            self.process.kill()


def failed(source: Source, why: str) -> FileReport:
    """The report of a file whose check ended unexpectedly."""
    message = f"{why}; its steps have no verdicts. Please report this, with the file if you can"
    return FileReport(source.name, [], [Lint(CRASHED, message, 0, 0, 0, 0)], source)


def check_here(source: Source, options: Options, store: Store) -> FileReport:
    """The report of one document, in this process; whatever fails becomes a problem of the file."""
    try:
        from symnll.check.session import check_source

        report: FileReport = check_source(source, options, store)
    except (KeyboardInterrupt, SystemExit):
        raise
    except MemoryError:
        return failed(source, f"the check of this file needs more than {MEMORY >> 20} MiB of memory")
    except RecursionError:
        return failed(source, "something in this file is nested too deeply")
    except BaseException as error:
        if os.environ.get("SYMNLL_DEBUG"):
            raise
        return failed(source, f"the check of this file failed with an internal error ({type(error).__name__}: {error})")
    report.source = source
    return report


def _end(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"was ended by {name}, perhaps for want of memory"
    if code == 1:  # by `_not_stuck`
        return "was ended, because something in it took too long and could not be interrupted"
    return f"ended unexpectedly with exit code {code}"


def _serve(connection: Connection, other_end: Connection | None, folder: Path | None) -> None:
    """What a worker does until its pipe is closed."""
    if other_end is not None:
        other_end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    bound_memory()
    store = Store(folder)
    while True:
        try:
            name, text, problems, options = connection.recv()
        except (EOFError, OSError):
            break
        with _not_stuck(GRACE + 3 * options.timeout):
            report = check_here(Source(name, text, problems), options, store)
        try:
            connection.send(to_record(report))
        except OSError:  # nobody waits for it any more
            break
    store.close()


@contextmanager
def _not_stuck(seconds: float) -> Iterator[None]:
    """End this process when a single operation inside the block takes that long: a power with a thousand million
    digits, say, which no signal interrupts and during which no other Python code runs."""
    done = threading.Event()
    with open(os.devnull, "w") as nothing:

        def wind_up() -> None:
            faulthandler.dump_traceback_later(seconds, exit=True, file=nothing)

        def keep_winding() -> None:
            while not done.wait(min(1, seconds / 4)):
                wind_up()

        wind_up()  # before the thread's first turn, which may never come
        thread = threading.Thread(target=keep_winding, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
            faulthandler.cancel_dump_traceback_later()


def bound_memory(limit: int = MEMORY) -> None:
    """Let this process have no more data than that, where the system can hold it to this."""
    try:
        import resource

        # Data, not address space: libraries for linear algebra reserve much that they never use.
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        if most == resource.RLIM_INFINITY or most > limit:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
    except (ImportError, OSError, ValueError):
        pass
