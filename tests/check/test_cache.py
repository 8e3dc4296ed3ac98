"""The cache of `symnll check`: what it remembers, and that nothing about it can do harm."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

import symnll
from symnll.check.cache import Store, default_folder, fingerprint
from symnll.check.run import Runner
from tests.check.samples import run, write

pytestmark = pytest.mark.usefixtures("inside")


def test_what_is_unchanged_is_not_checked_again(told_checker):
    write(a="proved a = b", b="refuted a = b")
    first = run("a.md", "b.md")
    assert sorted(told_checker()) == ["a.md", "b.md"]
    assert run("a.md", "b.md").stdout == first.stdout and told_checker() == []
    write(b="refuted a = c")
    assert "a = c" in run("a.md", "b.md", "-v").stdout and told_checker() == ["b.md"]
    assert run("a.md", "--timeout", "5").exit_code == 0 and told_checker() == ["a.md"]
    assert run("a.md", "--explain").exit_code == 0 and told_checker() == []
    assert run("a.md", "--no-cache").exit_code == 0 and told_checker() == ["a.md"]
    assert run("a.md", "--cache-dir", "mine").exit_code == 0 and told_checker() == ["a.md"]
    assert run("a.md", "--cache-dir", "mine").exit_code == 0 and told_checker() == []
    Path("copy.md").write_text("proved a = b")
    assert "copy.md:1" in run("copy.md", "-v").stdout and told_checker() == []
    Path("a.tex").write_text("proved a = b")  # the same text is read in another way
    assert run("a.tex").exit_code == 0 and told_checker() == ["a.tex"]


def test_what_ended_early_is_not_remembered(told_checker):
    write(a="exit now")
    run("a.md")
    run("a.md")
    assert told_checker() == ["a.md", "a.md"]


def test_another_symnll_decides_anew(told_checker, monkeypatch):
    write(a="proved a = b")
    run("a.md")
    monkeypatch.setattr(symnll, "__version__", "99")
    run("a.md")
    assert told_checker() == ["a.md", "a.md"]


def test_a_hit_imports_no_prover_and_no_reader(own_cache):
    write(a="refuted a = b")
    run("a.md")
    code = "import sys; from symnll.cli import main; sys.argv = ['symnll', 'check', 'a.md']\ntry: main()\n"
    code += "except SystemExit as stop: print(stop.code)\n"
    code += "print(sorted({'sympy', 'flint', 'lark', 'pylatexenc', 'mpmath', 'numpy', 'symnll.check.session',"
    code += " 'symnll.prove.prover', 'symnll.read.documents'} & set(sys.modules)))"
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert result.stdout.endswith("1 refuted\n1\n[]\n"), result.stdout + result.stderr


@pytest.mark.parametrize("damage", ["garbage", "truncated", "empty", "other table", "folder"])
def test_a_damaged_cache_is_no_harm(damage, own_cache, told_checker):
    write(a="proved a = b")
    run("a.md")
    (file,) = default_folder().iterdir()
    if damage == "garbage":
        file.write_bytes(b"x" * 10000)
    elif damage == "truncated":
        file.write_bytes(file.read_bytes()[:5000])
    elif damage == "empty":
        file.write_bytes(b"")
    else:
        file.unlink()
        if damage == "folder":
            file.mkdir()
        else:
            connection = sqlite3.connect(file)
            connection.execute("CREATE TABLE entries (something)")
            connection.commit()
            connection.close()
    told_checker()
    result = run("a.md", "-v")
    assert result.exit_code == 0 and "1 proved" in result.stdout and told_checker() == ["a.md"]
    assert ("can't be used" in result.stderr) == (damage in ("other table", "folder"))
    assert "cache" not in run("a.md").output


def test_a_folder_that_can_not_be_written_is_no_harm():
    write(a="proved a = b")
    Path("file").touch()
    assert run("a.md", "--cache-dir", "file/cache").exit_code == 0
    assert "can't be used" in run("a.md", "--cache-dir", "file/cache", "-v").stderr


def test_entries_are_checked_against_damage(tmp_path):
    store = Store(tmp_path)
    store.put("key", {"verdict": "proved"})
    assert store.get("key") == {"verdict": "proved"} and store.get("other") is None
    (name, value), *_ = store._connection.execute("SELECT name, value FROM entries").fetchall()
    for changed in (value[:-1], b"", value[:40] + b"x" + value[41:], "text", None):
        store._connection.execute("UPDATE entries SET value = ?", (changed,))
        assert store.get("key") is None
        store._connection.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, 0)", (name, value))
    # An entry that was moved to another key is not believed.
    store.put("other", {"verdict": "refuted"})
    store._connection.execute("UPDATE entries SET value = ?", (value,))
    assert store.get("other") is None


def test_a_record_of_another_shape_is_a_miss(told_checker):
    write(a="proved a = b")
    with Runner() as runner:
        source = next(runner.check(["a.md"])).source
        from symnll.check.cache import _document_key

        runner.store.put(_document_key(source, runner.options), {"path": 3, "displays": [{"nonsense": 1}]})
        assert next(runner.check(["a.md"])).displays and told_checker() == ["a.md", "a.md"]


def test_the_cache_stays_small(tmp_path):
    store = Store(tmp_path, limit=300_000)
    for number in range(1000):
        store.put(f"key {number}", {"value": os.urandom(1000).hex()})
    store.close()
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 400_000
    assert Store(tmp_path).get("key 999") is not None and Store(tmp_path).get("key 0") is None


def test_several_processes_may_write_at_once(tmp_path):
    code = "import sys; from pathlib import Path; from symnll.check.cache import Store; s = Store(Path(sys.argv[1]))\n"
    code += (
        "for k in range(150): s.put(f'{sys.argv[2]} {k}', {'k': k}); assert s.get(f'{sys.argv[2]} {k}') == {'k': k}\n"
    )
    code += "assert not s.trouble, s.trouble"
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name], env=environment, stderr=subprocess.PIPE)
        for name in "abc"
    ]
    for process in runs:
        assert process.wait(60) == 0, process.stderr.read()
        process.stderr.close()
    assert Store(tmp_path).get("b 149") == {"k": 149}


def test_no_folder_no_cache():
    store = Store(None)
    store.put("key", {})
    assert store.get("key") is None and not store.trouble


def test_the_fingerprint_is_cheap_and_steady():
    start = time.perf_counter()
    assert fingerprint() == fingerprint()
    assert time.perf_counter() - start < 0.2
