"""`symnll doc`: what it writes and where, what it leaves alone, its messages and exit codes."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from symnll.cli import app

runner = CliRunner()
TRUE = "$$\ny_i = \\frac{e^{z_i}}{\\sum_{k=1}^K e^{z_k}}\n$$\n\n$$\n\\sum_i y_i = 1\n$$\n"
FALSE = TRUE + "\n$$\n\\sum_i y_i = 2\n$$\n"


def run(*arguments):
    return runner.invoke(app, ["doc", *map(str, arguments)])


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("to", "ending"), [("html", "html"), ("latex", "tex"), ("markdown", "md"), ("text", "txt"),
                                            ("notebook", "ipynb")])  # fmt: skip
def test_every_format_is_written_here_and_may_be_written_again(here, to, ending):
    for _ in range(2):
        result = run("softmax.sums_to_one", "--to", to)
        assert result.exit_code == 0, result.output
        assert f"softmax.{ending}: 1 of 1 statements proved" in result.stderr
    written = (here / f"softmax.{ending}").read_text(encoding="utf-8")
    assert "symnll" in written and "$$$" not in written
    if to == "notebook":
        json.loads(written)


def test_a_file_of_someone_else_stays(here):
    (here / "softmax.html").write_text("mine")
    result = run("softmax.sums_to_one")
    assert result.exit_code == 2 and "softmax.html is there" in result.stderr and "--force" in result.stderr
    assert (here / "softmax.html").read_text() == "mine"
    assert run("softmax.sums_to_one", "--force").exit_code == 0
    assert (here / "softmax.html").read_text(encoding="utf-8") != "mine"


def test_the_source_itself_is_never_overwritten(here):
    (here / "notes.md").write_text(TRUE)
    result = run("notes.md", "--to", "markdown")
    assert result.exit_code == 2 and (here / "notes.md").read_text() == TRUE


def test_several_go_into_a_folder(here):
    result = run("softmax.sums_to_one", "nll.gradient", "-o", "pages")
    assert result.exit_code == 0 and {p.name for p in (here / "pages").iterdir()} == {"softmax.html", "nll.html"}
    (here / "file").write_text("")
    assert run("softmax.sums_to_one", "nll.gradient", "-o", "file").exit_code == 2


def test_to_the_terminal():
    result = run("softmax.sums_to_one", "--to", "text", "-o", "-")
    assert (result.exit_code == 0 and "Σ_i" in result.stdout) or "Σ_k" in result.stdout
    assert run("softmax.sums_to_one", "--to", "pdf", "-o", "-").exit_code == 2


def test_own_files_and_exit_codes(here):
    (here / "true.md").write_text(TRUE)
    (here / "false.md").write_text(FALSE)
    assert run("true.md").exit_code == 0
    result = run("false.md")
    assert result.exit_code == 1 and "refuted" in result.stderr


@pytest.mark.parametrize(("arguments", "said"), [
    (["nll.gradien"], "Did you mean nll.gradient"),
    (["missing.md"], "missing.md"),
    (["nll.gradient", "--notation", "z"], "notation"),
    (["nll.gradient", "--to", "markdown", "--fragment"], "--fragment is for HTML and LaTeX"),
])  # fmt: skip
def test_what_cannot_be_done_is_said(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2 and said.lower() in result.stderr.lower(), result.output
    assert "Traceback" not in result.output
