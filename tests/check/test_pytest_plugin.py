"""`pytest --symnll`: displays as tests, in processes of their own as users run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

import pytest

PAPER = r"""# A paper
<!-- symnll
index i, j in 1..K
real z[K]
let y_i = \frac{e^{z_i}}{\sum_j e^{z_j}}
-->

$$
\sum_i y_i = 1
$$

$$
\log y_i = z_i + \log \sum_j e^{z_j}
$$

<!-- symnll expect refuted -->
$$
\sum_i y_i = 2
$$

<!-- symnll skip -->
$$
\sum_i y_i = 3
$$

$$
x
$$
"""


@pytest.fixture
def run(tmp_path, own_cache):
    (tmp_path / "docs" / "sub").mkdir(parents=True)
    (tmp_path / "docs" / "paper.md").write_text(PAPER)
    (tmp_path / "docs" / "sub" / "fine.tex").write_text("% symnll: index i in 1..K\n\\[ \\sum_i 1 = K \\]\n")
    (tmp_path / "docs" / "test_code.py").write_text("def test_code(): pass\n")
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(p for p in sys.path if p))
    # Whether symnll is installed with its entry point or not, it is loaded once.
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    environment.pop("PYTEST_ADDOPTS", None)

    def run(*arguments):
        command = [sys.executable, "-m", "pytest", "-p", "symnll.pytest_plugin", "-p", "no:cacheprovider"]
        return subprocess.run([*command, *arguments], cwd=tmp_path, capture_output=True, text=True, env=environment)

    return run


def outcomes(result):
    return dict(re.findall(r"^(?:\[gw\d\] \[ *\d+%\] )?(?:(?=docs))(.+?) (PASSED|FAILED|SKIPPED)", result.stdout, re.M))


EXPECTED = {
    "docs/paper.md::document": "PASSED",
    "docs/paper.md::display 1 (line 8)": "PASSED",
    "docs/paper.md::display 2 (line 12)": "FAILED",
    "docs/paper.md::display 3 (line 17)": "PASSED",
    "docs/paper.md::display 4 (line 22)": "SKIPPED",
    "docs/paper.md::display 5 (line 26)": "SKIPPED",
    "docs/sub/fine.tex::document": "PASSED",
    "docs/sub/fine.tex::display 1 (line 2)": "PASSED",
    "docs/test_code.py::test_code": "PASSED",
}


def test_every_display_is_a_test(run):
    result = run("--symnll", "docs", "-v")
    assert outcomes(result) == EXPECTED, result.stdout + result.stderr
    assert result.returncode == 1
    assert "error[refuted]: this step is false\n  --> docs/paper.md:13:10\n" in result.stdout
    assert "13 | \\log y_i = z_i + \\log \\sum_j e^{z_j}\n   |          ^^^" in result.stdout
    assert "Traceback" not in result.stdout and "pytest_plugin.py" not in result.stdout
    again = run("--symnll", "docs", "-v")
    assert outcomes(again) == EXPECTED


def test_one_file_and_one_display(run):
    fine = {name: verdict for name, verdict in EXPECTED.items() if "fine" in name}
    assert outcomes(run("--symnll", "docs/sub/fine.tex", "-v")) == fine
    result = run("--symnll", "docs/paper.md::display 1 (line 8)", "-v")
    assert list(outcomes(result)) == ["docs/paper.md::display 1 (line 8)"] and result.returncode == 0


def test_under_xdist(run):
    pytest.importorskip("xdist")
    result = run("-p", "xdist", "-n", "2", "--symnll", "docs", "-v")
    found = re.findall(r"^\[gw\d\] \[ *\d+%\] (PASSED|FAILED|SKIPPED) (.+?) *$", result.stdout, re.M)
    assert {name: verdict for verdict, name in found} == EXPECTED, result.stdout + result.stderr
    assert "error[refuted]" in result.stdout and "INTERNALERROR" not in result.stdout


def test_junit_of_pytest(run, tmp_path):
    run("--symnll", "docs", "--junit-xml", "report.xml")
    failure = ET.parse(tmp_path / "report.xml").find(".//failure")
    assert "error[refuted]" in failure.text and "^" in failure.text


def test_problems_with_the_document(run, tmp_path):
    (tmp_path / "bad.md").write_text("<!-- symnll\nindx i in 1..K\n-->\n$$ 1 = 1 $$\n")
    result = run("--symnll", "bad.md")
    assert "error[declaration]" in result.stdout and "--> bad.md:2:1" in result.stdout and "1 failed" in result.stdout
    (tmp_path / "bad.md").write_bytes(b"%PDF-1.7 \x00")
    result = run("--symnll", "bad.md")
    assert "bad.md: this is not a text file" in result.stdout and "Traceback" not in result.stdout
    (tmp_path / "empty.md").write_text("no formulas here")
    assert run("--symnll", "empty.md").returncode == 5  # nothing was collected


def test_bad_options(run):
    result = run("--symnll", "docs", "--symnll-timeout", "0")
    assert result.returncode == 4 and "positive" in result.stderr


def test_not_asked_for_nothing_is_collected_or_imported(run, tmp_path):
    (tmp_path / "conftest.py").write_text(
        "import sys\ndef pytest_unconfigure():\n"
        "    print({'sympy', 'lark', 'pylatexenc', 'sqlite3', 'symnll.check.run'} & set(sys.modules))\n"
    )
    result = run("docs")
    assert "1 passed" in result.stdout and "set()" in result.stdout, result.stdout


def test_not_asked_for_it_costs_little():
    code = "import time, pytest, pathlib; start = time.perf_counter(); import symnll.pytest_plugin\n"
    code += "print(time.perf_counter() - start)"
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(p for p in sys.path if p))
    times = []
    for _ in range(4):
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
        times.append(float(result.stdout))
        time.sleep(0.05)
    assert min(times) < 0.02, times


def test_endings_are_those_of_the_command():
    from symnll.check.run import EXTENSIONS
    from symnll.pytest_plugin import ENDINGS

    assert ENDINGS == EXTENSIONS
