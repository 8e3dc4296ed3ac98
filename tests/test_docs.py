"""What the pages about `symnll check` show: the output is that of the command, and each row of the tables holds."""

from __future__ import annotations

import doctest
import importlib.util
import re
from pathlib import Path

import pytest

import symnll

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
RELATION = re.compile(r"=|\\propto")


def rows(title, level=3):
    """The rows of the first table below a heading, as lists of cells."""
    section = re.split(r"^#{1,3} ", PAGE.split(f"\n{'#' * level} {title}\n")[1], flags=re.MULTILINE)[0]
    lines = section[section.index("| ---") :].split("\n\n")[0].splitlines()[1:]
    return [[cell.replace(r"\|", "|").strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in lines]


def spans(cell):
    """The formulas of a cell. `\\|` in a table is TeX's norm sign where TeX would have it."""
    return SPAN.findall(cell)


def verdicts(declarations, formula):
    text = "".join(f"<!-- symnll {line} -->\n\n" for line in declarations) + f"$$\n{formula}\n$$\n"
    (file,) = symnll.check(text, cache=False, suggest=False).files
    assert not file.problems, file.problems
    return [step.verdict for display in file.displays for step in display.steps]


LETTERS = re.search(r"```html\n<!-- symnll\n(.*?)-->", PAGE, re.DOTALL)[1].splitlines()
SECTIONS = [
    "Indices, sums and products",
    "Deltas, indicators, cases and conditions",
    "Functions",
    "Derivatives and integrals",
    "Vectors",
    "Probability and information",
]


def is_statement(formula):
    """Whether there is a relation outside brackets, subscripts and environments."""
    outside, before = re.sub(r"\\begin.*\\end\{\w+\}", "", formula), None
    while outside != before:
        before, outside = outside, re.sub(r"\{[^{}]*\}|\[[^\[\]]*\]|\([^()]*\)", "", outside)
    return bool(RELATION.search(outside))


def written():
    """Each formula of the tables of notation as a statement: by itself, or equal to the one on the right."""
    for title in SECTIONS:
        for left, right in rows(title):
            meanings = [formula for formula in spans(right) if not is_statement(formula)]
            yield from (formula for formula in spans(right) if is_statement(formula))
            for formula in spans(left):
                if is_statement(formula):
                    yield formula
                elif meanings:
                    yield f"{meanings[-1]} = {formula}"


@pytest.mark.parametrize("formula", list(written()))
def test_notation(formula):
    assert verdicts(LETTERS, formula) == ["proved"]


@pytest.mark.parametrize("row", rows("What is not understood"), ids=lambda row: row[0])
def test_what_is_not_understood(row):
    left, right = row
    assert set(verdicts(LETTERS, spans(left)[0])) <= {"unparsed"}
    for formula in spans(right):
        if "=" in formula:
            assert verdicts(LETTERS, formula) == ["proved"]


@pytest.mark.parametrize("row", rows("Declarations", 2), ids=lambda row: row[0])
def test_declarations(row):
    left, right = row
    assert spans(right)
    for formula in spans(right):
        assert verdicts(spans(left)[0].split("; "), formula) == ["proved"]


@pytest.fixture(scope="module")
def examples():
    """The script that runs what the pages show."""
    spec = importlib.util.spec_from_file_location("examples", ROOT / "docs" / "examples.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def without_help(page):
    """The page without the lines that name an edit: whether one is found in time depends on the machine."""
    return re.sub(r"^ +[|=] help: .*\n", "", page, flags=re.MULTILINE)


@pytest.mark.parametrize("path", ["README.md", "docs/check.md"])
def test_the_output_shown_is_that_of_the_command(path, examples):
    page = (ROOT / path).read_text(encoding="utf-8")
    assert "\n$ symnll check" in page
    assert without_help(page) == without_help(examples.refreshed(page)), "run: python docs/examples.py"


def test_examples_run_nothing_but_symnll(examples):
    with pytest.raises(ValueError, match="Only commands of symnll"):
        examples.refreshed("```console\n$ rm -r notes\n```\n")


def test_the_python_example(tmp_path, monkeypatch):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    example = doctest.DocTestParser().get_doctest(PAGE, {}, "check.md", None, None)
    assert example.examples
    runner = doctest.DocTestRunner()
    assert runner.run(example).failed == 0


def test_every_option_is_described():
    import typer

    from symnll.cli import app

    commands = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    check = typer.main.get_command(app).commands["check"]
    for option in (p for p in check.params if p.param_type_name == "option"):
        for name in (*option.opts, *option.secondary_opts):
            assert f"`{name}" in commands, name
