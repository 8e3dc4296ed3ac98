"""`symnll check --watch`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from symnll.check.watch import Watched, watch
from symnll.report.model import FileReport
from tests.check.samples import missing, write

pytestmark = pytest.mark.usefixtures("inside")


def test_watched_files():
    clock = [0.0]
    write(a="", docs__b="")
    watched = Watched(["a.md", "docs", "soon.md"], now=lambda: clock[0])
    assert watched.changed() == ["a.md", "docs/b.md"] and watched.changed() == []
    write(a="1")
    assert watched.changed() == ["a.md"] and watched.changed() == []
    Path("a.md").rename("old.md")
    assert watched.changed() == []
    write(a="2", docs__c="", soon="")
    assert watched.changed() == ["a.md"]
    clock[0] = 3.0
    assert watched.changed() == ["docs/c.md", "soon.md"]


def test_watch_shows_what_changes_and_ends_with_the_last_code(monkeypatch):
    write(a="", b="")
    shown, told = [], []
    rounds = iter(["1", "2"])

    def show(files):
        shown.append(list(files))
        return [missing(name) if Path(name).read_text() == "1" else FileReport(name) for name in files]

    def sleep(_):
        try:
            write(a=next(rounds))
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(os, "stat", lambda path, stat=os.stat, **rest: stat(path, **rest))
    assert watch(["a.md", "b.md"], show, told.append) == 0
    assert shown == [["a.md", "b.md"], ["a.md"], ["a.md"]] and "watching 2 files" in told[0]


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_watch_for_real():
    write(a="refuted a = b", b="proved a = b")
    code = "import sys; sys.modules['symnll.check.session'] = __import__('tests.check.samples', fromlist=['x'])\n"
    code += "from symnll.cli import main; sys.argv = ['symnll', 'check', '--watch', 'a.md', 'b.md']; main()"
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path), PYTHONUNBUFFERED="1")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, **pipes) as process:
        try:
            assert process.stdout.readline().startswith("error[refuted]")
            while "watching 2 files" not in process.stderr.readline():
                pass
            write(a="proved a = b")
            while "a.md changed" not in process.stderr.readline():
                pass
            while "1 step in 1 display: 1 proved" not in process.stdout.readline():
                pass
            time.sleep(0.3)  # the round ends after its last line
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()
