"""`symnll check` as its users meet it: files, exit codes, formats, workers; and the same in Python."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import symnll
from symnll.check import pool
from symnll.check.options import Options
from symnll.check.run import Runner, find
from symnll.report.model import FileReport
from tests.check.samples import names, run, write

pytestmark = pytest.mark.usefixtures("inside")


# Exit codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("proved a = b\ndefinition c = d", 0),
        ("", 0),
        ("refuted a = b", 1),
        ("proved-small a = b", 1),
        ("unknown a = b", 1),
        ("conditional a = b", 1),
        ("unparsed a = b", 1),
        ("expect refuted\nrefuted a = b", 0),
        ("expect refuted\nproved a = b", 1),
        ("expect refuted\nunknown a = b", 1),
        ("expect unknown\nunknown a = b\nunknown a = b", 1),
        ("problem this is no declaration\nproved a = b", 1),
    ],
)
def test_exit_codes(text, code):
    write(a=text)
    result = run("a.md")
    assert result.exit_code == code, result.output


def test_the_diagnostic_and_the_summary():
    write(a="proved a = b\nrefuted a = b")
    result = run("a.md")
    assert result.stdout == (
        "error[refuted]: this step is false\n --> a.md:2:11\n  |\n2 | refuted a = b\n  |           ^^^\n\n"
        "2 steps in 2 displays: 1 proved, 1 refuted\n"
    )
    assert run("a.md", "--quiet").stdout == result.stdout[: result.stdout.index("2 steps")]
    assert "proved a.md:1:10" in run("a.md", "-v").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "FILE"),
        (["a.md", "--format", "word"], "word"),
        (["a.md", "--timeout", "0"], "positive"),
        (["a.md", "--timeout", "nan"], "positive"),
        (["a.md", "--timeout", "soon"], "--timeout"),
        (["a.md", "-j", "-1"], "--jobs"),
        (["a.md", "--nonsense"], "--nonsense"),
        (["-", "--watch"], "Standard input"),
        (["nope.md"], "nope.md: there is no such file"),
        (["*.tex"], "no document matches"),
        (["empty"], "holds no document"),
        (["image.md"], "not a text file"),
        (["paper.pdf"], "not a text file"),
    ],
)
def test_what_can_not_be_done_is_exit_code_2(arguments, said):
    write(a="proved a = b")
    Path("empty").mkdir()
    Path("image.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    Path("paper.pdf").write_bytes(b"%PDF-1.7\n")
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert said in result.stderr and "Traceback" not in result.output


def test_a_missing_file_loses_nothing():
    write(a="refuted a = b", b="proved a = b")
    result = run("a.md", "nope.md", "b.md")
    assert result.exit_code == 2
    assert result.stderr == "symnll: nope.md: there is no such file or folder.\n"
    assert "error[refuted]" in result.stdout and "2 steps in 2 displays of 3 files" in result.stdout
    report = json.loads(run("a.md", "nope.md", "b.md", "--format", "json").stdout)
    assert [len(file["displays"]) for file in report["files"]] == [1, 0, 1]
    assert report["files"][1]["problems"][0]["code"] == "unreadable"


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read():
    write(a="proved a = b")
    Path("a.md").chmod(0)
    result = run("a.md")
    assert result.exit_code == 2 and "ermission" in result.stderr


# Which files


def test_folders_patterns_and_order(told_checker):
    write(b="proved a = b", a="proved a = b", docs__z="proved a = b", docs__sub__y="proved a = b")
    write(docs__node_modules__n="", docs__venv__v="", **{"docs__.venv__h": "", "docs__.hidden": ""})
    Path("docs/venv/pyvenv.cfg").touch()
    for other in ("docs/x.tex", "docs/x.qmd", "docs/x.myst", "docs/x.ipynb", "docs/x.txt", "docs/x.py", "docs/X.MD"):
        Path(other).write_text("")
    found = ["docs/X.MD", "docs/x.ipynb", "docs/x.myst", "docs/x.qmd", "docs/x.tex", "docs/z.md", "docs/sub/y.md"]
    assert names(run("b.md", "docs", "a.md", "b.md", "./docs/z.md", "-f", "json")) == ["b.md", *found, "a.md"]
    assert names(run("docs/**/*.md", "-f", "json")) == [
        "docs/node_modules/n.md",
        "docs/sub/y.md",
        "docs/venv/v.md",
        "docs/z.md",
    ]
    assert names(run("docs/*.txt", "-f", "json")) == ["docs/x.txt"]
    assert names(run("docs/x*", "-f", "json")) == ["docs/x.ipynb", "docs/x.myst", "docs/x.qmd", "docs/x.tex"]
    os.chdir("docs/sub")
    assert names(run(".", "-f", "json")) == ["y.md"]
    os.chdir("../..")
    Path("[a].md").write_text("")
    assert names(run("[a].md", "-f", "json")) == ["[a].md"]


def test_standard_input():
    result = run("-", text="refuted a = b")
    assert result.exit_code == 1 and " --> <stdin>:1:11" in result.stdout
    assert names(run("-", "--format", "json", text="")) == ["-"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_with_a_name():
    os.mkfifo("pipe")
    with subprocess.Popen([sys.executable, "-c", "open('pipe', 'w').write('refuted a = b')"]):
        result = run("pipe")
    assert result.exit_code == 1 and "pipe:1:11" in result.stdout


def test_text_that_is_not_quite_text_is_checked_all_the_same():
    Path("a.md").write_bytes(b"caf\xe9 \x00 \x1b[2J\nrefuted a = b\n" + b"x" * 100)
    result = run("a.md")
    assert result.exit_code == 1 and "error[refuted]" in result.stdout and "\x1b" not in result.output


# Workers


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("exit now", "exit code 7"),
        ("kill it", "SIGKILL"),
        ("fail softly", "internal error (KeyError: 'softly')"),
        ("deep inside", "nested too deeply"),
        ("memory please", "more than 1024 MiB"),
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_worker_that_dies_costs_only_its_file(line, said, jobs):
    write(a="proved a = b", b=f"proved a = b\n{line}", c="refuted a = b", d="proved a = b")
    result = run("a.md", "b.md", "c.md", "d.md", "-f", "json", "-j", jobs)
    assert result.exit_code == 1, result.output
    files = json.loads(result.stdout)["files"]
    assert [len(file["displays"]) for file in files] == [1, 0, 1, 1]
    assert said in files[1]["problems"][0]["message"] and files[1]["problems"][0]["code"] == "crashed"
    assert "Traceback" not in result.output
    text = run("b.md").stdout
    assert "error[crashed]" in text and "--> b.md" in text


def test_what_can_not_be_interrupted_is_ended(monkeypatch):
    monkeypatch.setattr(pool, "GRACE", 0.5)
    write(a="proved a = b\nstuck here", b="sleep 1.2\nproved a = b")
    start = time.perf_counter()
    result = run("a.md", "b.md", "--timeout", "0.1", "-j", "1", "-f", "json")
    assert time.perf_counter() - start < 6
    assert [len(file["displays"]) for file in json.loads(result.stdout)["files"]] == [0, 1]
    assert "could not be interrupted" in result.stdout


def test_files_are_shared_and_reported_in_order():
    write(a="sleep 0.6\nproved a = b", b="refuted a = b", c="sleep 0.6\nproved a = b")
    start = time.perf_counter()
    assert names(run("a.md", "b.md", "c.md", "-f", "json", "-j", "3")) == ["a.md", "b.md", "c.md"]
    assert time.perf_counter() - start < 1.1


def test_workers_end_with_the_runner():
    write(a="proved a = b")
    with Runner(folder=None) as runner:
        list(runner.check(["a.md"]))
        (worker,) = runner.pool._idle
        assert worker.process.is_alive()
    worker.process.join(5)
    assert not worker.process.is_alive()


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_end_when_the_command_is_ended(ending):
    write(a="sleep 1", b="sleep 1", c="sleep 1")
    code = "import sys; sys.modules['symnll.check.session'] = __import__('tests.check.samples', fromlist=['x'])\n"
    code += "from symnll.cli import main; sys.argv = ['symnll', 'check', '-j2', 'a.md', 'b.md', 'c.md']; main()"
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, **pipes) as process:
        while len(Path(os.environ["SYMNLL_TEST_LOG"]).read_text().split()) < 2:
            time.sleep(0.02)
        process.send_signal(ending)
        # The workers hold the same pipes, which close when the last of them is gone.
        start = time.perf_counter()
        _, errors = process.communicate(timeout=20)
        assert time.perf_counter() - start < 5 and process.returncode not in (0, 1, 2)
        assert "Traceback" not in errors


def test_progress_is_told():
    write(a="proved a = b", b="sleep 1\nproved a = b")
    seen = []
    with Runner(jobs=2, folder=None, progress=lambda *what: seen.append(what)) as runner:
        list(runner.check(["a.md", "b.md"]))
    assert seen[0] == (0, 2, "a.md") and (1, 2, "b.md") in seen


# Colour


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (["--color", "always", "--format", "json"], {}, False),
        (["--color", "always", "--format", "junit"], {}, False),
    ],
)
def test_colour(arguments, environment, coloured, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    write(a="refuted a = b")
    assert ("\x1b[" in run("a.md", *arguments).stdout) == coloured


# Pipes and Python


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_a_closed_pipe_is_quiet():
    write(a="\n".join(["refuted a = b"] * 3000))
    run("a.md")  # so that the process needs no checker
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    command = f"{sys.executable} -m symnll check a.md | head -1"
    result = subprocess.run(command, shell=True, capture_output=True, text=True, env=environment)
    assert result.stdout == "error[refuted]: this step is false\n" and result.stderr == ""


def test_check_in_python(told_checker):
    report = symnll.check("proved a = b\nrefuted a = c")
    assert not report.ok and report.summary == {"proved": 1, "refuted": 1}
    assert "error[refuted]: this step is false\n --> text.md:2:11" in str(report)
    assert "refuted" in report._repr_html_()
    symnll.check("proved a = b\nrefuted a = c")
    assert told_checker() == ["text.md"]
    write(a="proved a = b")
    assert symnll.check(Path("a.md")).ok and symnll.check(Path("nope.md")).exit_code == 2
    assert symnll.check("fail softly", name="x.tex").files[0].problems[0].code == "crashed"
    with pytest.raises(ValueError, match="positive"):
        symnll.check("", timeout=-1)
    with pytest.raises(TypeError):
        symnll.check("", nonsense=1)


def test_check_is_a_function_and_a_package_whoever_imports_first():
    code = "import symnll.check.run\nimport symnll\nfrom symnll import *\n"
    code += "print(callable(symnll.check), check is symnll.check)"
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert result.stdout == "True True\n", result.stderr


def test_options():
    assert Options().key == Options(explain=True).key != Options(inline=True).key
    assert len({Options().key, Options(timeout=1).key, Options(suggest=False).key}) == 3


def test_the_notebook_magic(told_checker):
    from symnll.notebook import UsageError, symnll_magic

    magics = {}

    class Shell:
        def register_magic_function(self, function, kind, name):
            magics[kind, name] = function

    symnll.load_ipython_extension(Shell())
    report = magics["cell", "symnll"]("--timeout 3", "refuted a = b")
    assert report.summary == {"refuted": 1} and "<pre" in report._repr_html_()
    assert symnll_magic("--tex", "").files[0].path == "cell.tex"
    with pytest.raises(UsageError, match="--nonsense"):
        symnll_magic("--nonsense", "")


def test_find_gives_each_file_once():
    write(a="")
    assert find(["a.md", "./a.md", os.path.abspath("a.md"), "-", "-"]) == ["a.md", "-"]
    assert isinstance(find(["nope"])[0], FileReport)
