"""`python docs/examples.py` runs the commands shown in README.md and docs/check.md, and writes what they print there.

A block ```` ```markdown NAME ```` is the file of that name, and ```` ```diff NAME ```` a change of it. A block whose
language is `console` has lines `$ COMMAND`, each followed by what it prints. They are taken in the order of the page,
in a folder of their own.
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
    if language == "diff":
        _change(folder / name, block["body"].splitlines(keepends=True))
    elif name:
        (folder / name).write_text(block["body"], encoding="utf-8")
    if language != "console":
        return block[0]
    commands = [line for line in block["body"].splitlines() if line.startswith("$ ")]
    body = "\n".join(f"{line}\n{_printed(line[2:], folder)}" for line in commands)
    return f"{block['fence']}{block['info']}\n{body}{block['fence']}"


def _change(path: Path, lines: list[str]) -> None:
    """Replace the lines with - and without a sign by those with + and without; ValueError if they are not there."""
    old, new = ("".join(line[1:] for line in lines if line[0] in signs) for signs in ("- ", "+ "))
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise ValueError(f"{path.name} does not have these lines once: {old}")
    path.write_text(text.replace(old, new), encoding="utf-8")


def _printed(command: str, folder: Path) -> str:
    """What a command prints. Raises ValueError for commands that are not symnll's, RuntimeError for one that breaks."""
    program, *arguments = shlex.split(command)
    if program != "symnll":
        raise ValueError(f"Only commands of symnll are run, not {command!r}.")
    kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    place = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / ".cache"), "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "symnll", *arguments],
        cwd=folder, env={**kept, **place}, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if "internal error" in done.stdout + done.stderr:
        raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
