"""From what a user names to reports: which files, what the cache knows, and the rest shared among workers."""

from __future__ import annotations

import glob
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from symnll.check.cache import Store, default_folder
from symnll.check.options import Options
from symnll.check.pool import Pool, check_here
from symnll.read.source import LARGEST, Source, decode
from symnll.report.model import UNREADABLE, FileReport, Lint, Report

EXTENSIONS = (".tex", ".md", ".qmd", ".myst", ".ipynb")
_FILE_NAME = re.compile(rf"[^\s$]+(?:{'|'.join(map(re.escape, (*EXTENSIONS, '.txt')))})")
_SKIPPED = ("node_modules", "__pycache__")
_MAGIC = (b"%PDF-", b"%!PS", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"\x7fELF", b"SQLite f")
_TEXT_CONTROLS = frozenset(b"\t\n\v\f\r\x1b")

Progress = Callable[[int, int, str], None]


@dataclass
class Runner:
    """Checks documents, again and again where that is wanted: workers and cache stay.

    `jobs`: worker processes at most. `folder`: where the cache is, None: no cache. `progress` is called with how many
    files are done, how many there are, and the one that is waited for.
    """

    options: Options = field(default_factory=Options)
    jobs: int = 1
    folder: Path | None = field(default_factory=default_folder)
    progress: Progress = lambda done, total, name: None

    def __post_init__(self) -> None:
        self.store = Store(self.folder)
        self.pool = Pool(self.jobs, self.folder)
        self.hits = 0

    def check(self, named: Sequence[str]) -> Iterator[FileReport]:
        """The reports of all files that the names stand for, in order, each as soon as those before it are there."""
        files = [load(item) if isinstance(item, str) else item for item in find(named)]
        done: dict[int, FileReport] = {}
        todo: list[tuple[int, Source]] = []
        for number, file in enumerate(files):
            known = file if isinstance(file, FileReport) else self.store.report(file, self.options)
            if known is not None:
                self.hits += not isinstance(file, FileReport)
                done[number] = known
            else:
                assert isinstance(file, Source)
                todo.append((number, file))
        yield from self._ordered(files, done, todo)

    def _ordered(
        self, files: Sequence[Source | FileReport], done: dict[int, FileReport], todo: list[tuple[int, Source]]
    ) -> Iterator[FileReport]:
        next_ = 0

        def tick() -> None:
            if next_ < len(files):
                self.progress(len(done), len(files), _name(files[next_]))

        while next_ in done:
            yield done[next_]
            next_ += 1
        if todo:
            tick()
        for position, report in self.pool.check([source for _, source in todo], self.options, tick):
            number, source = todo[position]
            self.store.put_report(source, self.options, report)
            done[number] = report
            while next_ in done:
                yield done[next_]
                next_ += 1

    def close(self) -> None:
        """End the workers, and let go of the cache."""
        self.pool.close()
        self.store.close()

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def check_text(text: str | Path, name: str = "text.md", *, cache: bool = True, **options: Any) -> Report:
    """The report of a document that is given as text, or by its path; its name's ending says how to read it.

    A text that is no more than the name of a file has a problem in its report. `options` are those of `Options`. Raises
    TypeError and ValueError for options that there are not, and TypeError for what is neither a text nor a path.
    """
    if not isinstance(text, (str, Path)):
        raise TypeError(f"A document is a str, or a Path to one, not {type(text).__name__}.")
    chosen = Options(**options)
    if isinstance(text, str) and _FILE_NAME.fullmatch(text.strip()):
        return Report([unreadable(name, f"{text.strip()!r} is the name of a file; to check it, pass a Path.")])
    file = load(str(text)) if isinstance(text, Path) else Source(name, text)
    if isinstance(file, FileReport):
        return Report([file])
    store = Store(default_folder() if cache else None)
    report = store.report(file, chosen)
    if report is None:
        report = check_here(file, chosen, store)
        store.put_report(file, chosen, report)
    store.close()
    return Report([report])


def cores() -> int:
    """How many processes can work at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def find(named: Sequence[str]) -> list[str | FileReport]:
    """The files that these paths, folders and patterns stand for, each once; a report with a problem for what is not
    there."""
    found: dict[str, str | FileReport] = {}
    for name in named:
        items = list(_expand(name))
        for item in items or [unreadable(name, _nothing(name))]:
            if isinstance(item, FileReport):
                found.setdefault(f"\0{item.path}", item)
            else:
                found.setdefault(item if item == "-" else os.path.realpath(item), item)
    return list(found.values())


def _expand(name: str) -> Iterator[str | FileReport]:
    if name == "-" or os.path.isfile(name):
        yield name
    elif os.path.isdir(name):
        yield from _below(name)
    elif not os.path.exists(name) and glob.has_magic(name):
        anything = not Path(name).suffix or glob.has_magic(Path(name).suffix)
        for path in sorted(glob.glob(name, recursive=True)):
            if os.path.isfile(path) and not (anything and Path(path).suffix.lower() not in EXTENSIONS):
                yield path
    elif os.path.exists(name):
        yield name  # a pipe


def _below(folder: str) -> Iterator[str]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not _skipped(root, f))
        for file in sorted(files):
            if not file.startswith(".") and Path(file).suffix.lower() in EXTENSIONS:
                yield os.path.join(root, file).removeprefix(os.path.join(".", ""))


def _skipped(root: str, name: str) -> bool:
    """Hidden folders, and those that hold other people's files."""
    return name.startswith(".") or name in _SKIPPED or os.path.exists(os.path.join(root, name, "pyvenv.cfg"))


def _nothing(name: str) -> str:
    endings = ", ".join(EXTENSIONS[:-1]) + f" or {EXTENSIONS[-1]}"
    if os.path.isdir(name):
        return f"this folder holds no document whose name ends in {endings}"
    if glob.has_magic(name):
        return "no document matches this pattern"
    return "there is no such file or folder"


def load(path: str) -> Source | FileReport:
    """The source in a file, or a report that says why there is none."""
    try:
        if path == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with open(path, "rb") as file:
                data = file.read(LARGEST + 1)
    except OSError as error:
        return unreadable(path, f"this can't be read: {error.strerror or error}")
    if _binary(data):
        return unreadable(path, "this is not a text file")
    return decode(path, data)


def _binary(data: bytes) -> bool:
    """Whether this is no text: by how it begins, or by a tenth of control characters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        return False
    head = data[:8192]
    odd = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head)
    return data.startswith(_MAGIC) or 10 * odd > len(head)


def unreadable(path: str, why: str) -> FileReport:
    """The report of a file that can't be checked."""
    return FileReport(path, [], [Lint(UNREADABLE, why, 0, 0, 0, 0)])


def _name(file: Source | FileReport) -> str:
    return file.name if isinstance(file, Source) else file.path
