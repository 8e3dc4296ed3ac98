"""`python docs/examples.py` runs the commands shown in README.md and docs/check.md, and writes what they print there.

A block ```` ```markdown NAME ```` is the file of that name; a block ```` ```console ```` has lines `$ COMMAND`, each
followed by what it prints. Files and commands are taken in the order of the page, in a folder of their own.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", ROOT / "docs" / "check.md")
UNWANTED = ("FORCE_COLOR", "GITHUB_WORKSPACE", "SYMNLL_DEBUG")  # they change what is printed
BLOCK = re.compile(r"^(?P<fence>`{3,})(?P<info>\w+(?: \S+)?)\n(?P<body>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)


def refreshed(page: str) -> str:
    """The page with what its commands print now."""
    with tempfile.TemporaryDirectory() as folder:
        return BLOCK.sub(lambda block: _block(block, Path(folder)), page)


def _block(block: re.Match[str], folder: Path) -> str:
    language, _, name = block["info"].partition(" ")
    if name:
        (folder / name).write_text(block["body"], encoding="utf-8")
    if language != "console":
        return block[0]
    commands = [line for line in block["body"].splitlines() if line.startswith("$ ")]
    body = "\n".join(f"{line}\n{_printed(line[2:], folder)}" for line in commands)
    return f"{block['fence']}{block['info']}\n{body}{block['fence']}"


def _printed(command: str, folder: Path) -> str:
    """What a command prints. Raises ValueError for commands that are not symnll's."""
    program, *arguments = shlex.split(command)
    if program != "symnll":
        raise ValueError(f"Only commands of symnll are run, not {command!r}.")
    kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    place = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / ".cache"), "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "symnll", *arguments],
        cwd=folder, env={**kept, **place}, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
