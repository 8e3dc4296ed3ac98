"""What was decided before: reports of whole files and of single statements, in one SQLite file.

A cache may be missing, locked, damaged or not writable: then nothing is remembered, and `trouble` says why. Each entry
carries a checksum, so that a damaged one is forgotten rather than believed. Entries are found under a key that holds
the version, the source files of symnll, and the libraries that verdicts depend on.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import zlib
from collections.abc import Callable
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import symnll
from symnll.check.options import Options
from symnll.report.model import CRASHED, UNREADABLE, FileReport
from symnll.report.records import from_record, to_record

if TYPE_CHECKING:
    import sqlite3

    from symnll.read.source import Source

LIMIT = 64 * 1024 * 1024  # bytes of the whole file
_LARGEST = 4 * 1024 * 1024  # bytes of one entry
_NAME = "check-1.sqlite3"
_DAY = 86400
_LIBRARIES = ("sympy", "mpmath", "flint", "lark", "pylatexenc")
_Answer = TypeVar("_Answer")


def default_folder() -> Path:
    """Where programs keep what they can do without, on this system, for this user."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "symnll"


def fingerprint() -> str:
    """A hash of all that a verdict depends on but the document and the options, without importing any of it."""
    root = Path(symnll.__file__).parent
    seen = [symnll.__version__, sys.version, *sorted(_files(str(root), ""))]
    for name in _LIBRARIES:
        spec = PathFinder.find_spec(name)
        if spec and spec.origin:
            stat = os.stat(spec.origin)
            seen.append(f"{spec.origin} {stat.st_mtime_ns} {stat.st_size}")
    return _hash("\n".join(seen))


def _files(folder: str, prefix: str) -> list[str]:
    found = []
    for entry in os.scandir(folder):
        if entry.is_dir():
            if entry.name != "__pycache__":
                found += _files(entry.path, f"{prefix}{entry.name}/")
        elif entry.name.endswith((".py", ".lark", ".json")):
            stat = entry.stat()
            found.append(f"{prefix}{entry.name} {stat.st_mtime_ns} {stat.st_size}")
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Store:
    """Dictionaries by key, in one file that several processes may use at once. `folder=None` remembers nothing."""

    def __init__(self, folder: Path | None, limit: int = LIMIT) -> None:
        self.folder = folder
        self.limit = limit
        self.trouble = ""
        self._connection: sqlite3.Connection | None = None
        self._pid = 0
        self._prefix = ""
        self._puts = 0

    def get(self, key: str) -> dict[str, Any] | None:
        """What was put under that key, by any process that ran the same symnll."""
        name = self._name(key)
        row = self._try(lambda c: c.execute("SELECT value, used FROM entries WHERE name = ?", (name,)).fetchone())
        value = _unpacked(name, row[0]) if row else None
        if row and value is None:
            self._try(lambda c: c.execute("DELETE FROM entries WHERE name = ?", (name,)))
        elif row and row[1] < time.time() - _DAY:
            self._try(lambda c: c.execute("UPDATE entries SET used = ? WHERE name = ?", (int(time.time()), name)))
        return value

    def put(self, key: str, value: dict[str, Any]) -> None:
        """Remember a dictionary of plain JSON values."""
        name = self._name(key)
        data = _packed(name, value)
        if len(data) > _LARGEST:
            return
        row = (name, data, int(time.time()))
        self._try(lambda c: c.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", row))
        self._puts += 1
        if self._puts % 200 == 1:
            self._try(self._prune)

    def report(self, source: Source, options: Options) -> FileReport | None:
        """The report of a document that was checked before, unchanged, with the same options."""
        record = self.get(_document_key(source, options))
        if record is None:
            return None
        try:
            file = from_record({**record, "path": source.name})
        except (TypeError, KeyError, AttributeError):
            return None
        file.source = source
        return file

    def put_report(self, source: Source, options: Options, file: FileReport) -> None:
        """Remember a report, unless its check was cut off."""
        if not any(p.code in (UNREADABLE, CRASHED) for p in file.problems):
            self.put(_document_key(source, options), to_record(file))

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None and self._pid == os.getpid():
            self._try(self._prune)
            self._connection.close()
        self._connection = None

    def _name(self, key: str) -> str:
        if self.folder is None:
            return ""
        self._prefix = self._prefix or fingerprint()
        return _hash(self._prefix + "\0" + key)

    def _try(self, action: Callable[[sqlite3.Connection], _Answer], again: bool = True) -> _Answer | None:
        """The answer of the database; None, and trouble, where it can't give one."""
        if self.folder is None or self.trouble:
            return None
        try:
            import sqlite3
        except ImportError:
            self.trouble = "This Python has no SQLite, which the cache needs."
            return None
        try:
            return action(self._open())
        except (OSError, sqlite3.OperationalError) as error:
            if "locked" not in str(error):  # only busy: the next call may have more luck
                self.trouble = f"The cache in {self.folder} can't be used: {error}."
        except sqlite3.Error as error:
            # Damaged: begin a new one, once.
            self._connection = None
            try:
                (self.folder / _NAME).unlink()
            except OSError:
                again = False
            if again:
                return self._try(action, again=False)
            self.trouble = f"The cache in {self.folder} is damaged: {error}."
        return None

    def _open(self) -> sqlite3.Connection:
        import sqlite3

        # A connection must not be shared with a process that was forked.
        if self._connection is None or self._pid != os.getpid():
            assert self.folder is not None
            self.folder.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.folder / _NAME, timeout=2, isolation_level=None)
            connection.execute("PRAGMA synchronous = OFF")  # what a power cut loses is decided again
            connection.execute("CREATE TABLE IF NOT EXISTS entries (name TEXT PRIMARY KEY, value BLOB, used INTEGER)")
            self._connection, self._pid = connection, os.getpid()
        return self._connection

    def _prune(self, connection: sqlite3.Connection) -> None:
        """Forget the half that was not used for longest, where the file has become too large."""
        size = connection.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()
        if size[0] <= self.limit:
            return
        connection.execute(
            "DELETE FROM entries WHERE name IN (SELECT name FROM entries ORDER BY used LIMIT"
            " (SELECT count(*) / 2 + 1 FROM entries))"
        )
        connection.execute("VACUUM")


def _document_key(source: Source, options: Options) -> str:
    suffix = Path(source.name).suffix.lower()
    problems = "".join(f"{p.start} {p.end} {p.message}\n" for p in source.problems)
    return f"document {suffix} {options.key}\n{problems}{source.text}"


def _packed(name: str, value: dict[str, Any]) -> bytes:
    data = zlib.compress(json.dumps(value, ensure_ascii=True).encode("ascii"), 1)
    return hashlib.sha256(name.encode() + data).digest() + data


def _unpacked(name: str, blob: Any) -> dict[str, Any] | None:
    if not isinstance(blob, bytes) or hashlib.sha256(name.encode() + blob[32:]).digest() != blob[:32]:
        return None
    try:
        value = json.loads(zlib.decompress(blob[32:]))
    except (ValueError, zlib.error):
        return None
    return value if isinstance(value, dict) else None
