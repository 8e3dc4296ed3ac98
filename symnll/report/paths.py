"""Paths as other programs want them: relative where that can be, with forward slashes."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote


def relative(path: str, base: Path) -> str | None:
    """The path from that folder on, with forward slashes; None: it is not below it."""
    try:
        return Path(os.path.abspath(path)).relative_to(base).as_posix()
    except ValueError:
        return None


def github_path(path: str) -> str:
    """The path from the root of the checkout on, which is what annotations are matched with."""
    if path == "-":
        return "stdin"
    root = Path(os.path.abspath(os.environ.get("GITHUB_WORKSPACE") or "."))
    return relative(path, root) or Path(path).as_posix()


def uri(path: str) -> str:
    """A URI reference: relative below the current folder, else absolute; percent-encoded."""
    if path == "-":
        return "stdin"
    inside = relative(path, Path.cwd())
    if inside is None:
        return Path(os.path.abspath(os.fsdecode(_bytes(path)))).as_uri()
    # A colon in the first part would read as a scheme.
    return quote(_bytes(inside), safe="/")


def _bytes(path: str) -> bytes:
    try:
        return os.fsencode(path)
    except UnicodeEncodeError:  # a name that no file has
        return path.encode("utf-8", "replace")
