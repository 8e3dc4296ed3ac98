"""Writing files: nothing that symnll did not write is ever overwritten, unless the user says so."""

from __future__ import annotations

from pathlib import Path

MARK = "written by symnll"  # every format says it where a reader does not see it
LOOK = 4096  # so far from the beginning or the end


class Foreign(Exception):
    """A file that symnll did not write stands where a document is to go."""


def write(path: Path, data: str | bytes, force: bool = False) -> None:
    """Write a document. Foreign if the file is there and is none of symnll's; OSError as for any file."""
    raw = data.encode("utf-8") if isinstance(data, str) else data
    if not force and path.exists() and not _ours(path):
        raise Foreign(
            f"{path} is there, and symnll did not write it, so it stays as it is. Give another name with -o, or say "
            "--force."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)


def _ours(path: Path) -> bool:
    if not path.is_file():
        return False
    content = path.read_bytes()
    return MARK.encode() in content[:LOOK] + content[-LOOK:] or not content
