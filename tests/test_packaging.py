"""What the project promises about itself: a small core, quick imports, the README's two commands, nothing private."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import symnll

ROOT = Path(__file__).parent.parent
CORE = sorted((ROOT / "symnll" / "core").glob("*.py"))
COMMANDS = ["python -m pip install . && symnll build", "python -m pip install '.[test]' && python -m pytest"]
TEXT = {".py", ".md", ".toml", ".html", ".css", ".txt", ".json", ".yml", ".yaml", ".cfg", ".sh", ""}


def _made(name):
    """Whether a file or folder of that name is made by tools, and is not in the repository."""
    return name in ("build", "dist", "symnll-build", "__pycache__") or (name.startswith(".") and name != ".ci")


def tracked():
    """The files of the project: what git knows and would add, or all of them in a copy without git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    names = listed.stdout.splitlines() if listed.returncode == 0 and listed.stdout else []
    found = [ROOT / n for n in names] or [p for p in ROOT.rglob("*") if not any(map(_made, p.relative_to(ROOT).parts))]
    return [p for p in found if p.is_file() and p.suffix in TEXT and ".egg-info" not in str(p)]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            yield node.module or ""


def test_the_core_imports_the_standard_library_and_itself():
    for path in CORE:
        for name in imports(path):
            assert name.startswith("symnll.core") or name.split(".")[0] in sys.stdlib_module_names, (path.name, name)


def test_the_core_is_under_a_thousand_lines():
    lines = {p.name: len(p.read_text(encoding="utf-8").splitlines()) for p in CORE}
    assert sum(lines.values()) < 1000, lines


def fresh(code):
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_importing_the_package_is_cheap():
    assert fresh("import sys, symnll; print({'sympy', 'numpy', 'flint'} & set(sys.modules))") == "set()"


def test_importing_the_kernels_does_not_import_sympy():
    assert fresh("import sys, symnll.kernels; print('sympy' in sys.modules)") == "False"


def test_importing_the_core_imports_nothing_else():
    code = "import sys; before = set(sys.modules); import symnll.core.replay\n"
    code += "print(sorted({m.split('.')[0] for m in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    assert fresh(code) == "['symnll']"


@pytest.mark.parametrize("first", ["", "import symnll.prove.library", "import symnll.prove.prover as p"])
def test_star_import_gives_all_names_whoever_imports_first(first):
    code = f"{first}\nfrom symnll import *\nK = size('K'); i = index('i', K); z = vector('z', K)\n"
    code += "print(prove(Eq(total(softmax(z)[i], i), 1)).verdict, derivation is not None)"
    assert fresh(code) == "proved True"


def test_all_names_exist():
    for name in symnll.__all__:
        assert getattr(symnll, name) is not None
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        _ = symnll.nothing_of_that_name


def test_the_language_is_exported_whole():
    tree = ast.parse((ROOT / "symnll" / "language.py").read_text(encoding="utf-8"))
    public = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")}
    assert public <= set(symnll.__all__)


def test_the_readme_has_the_two_commands_and_ci_runs_them():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shell = [line for block in re.findall(r"```sh\n(.*?)```", readme, re.DOTALL) for line in block.splitlines() if line]
    assert shell == COMMANDS
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in ci if line in COMMANDS] == COMMANDS


def test_ci_checks_the_derivations_of_the_project_itself():
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert {"symnll check README.md docs", "python -m pytest --symnll README.md docs"} <= set(ci)


def test_links_between_the_pages_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for path in re.findall(r"\]\((?!https?:)([^)#\s]+)", text):
            assert (page.parent / path).exists(), f"{page.name}: {path}"


def test_the_readme_names_every_command():
    from symnll.cli import app

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in app.registered_commands:
        name = command.name or command.callback.__name__
        assert f"`symnll {name}" in readme, name


def test_nothing_private_in_the_repository():
    private = re.compile(r"(?<![\w.])/(?:home|root|work|tmp|opt|mnt|Users|srv)/\w|[A-Z]:\\\\Users|index-url|file://")
    for path in tracked():
        if path == Path(__file__) or path.name == "LICENSE":
            continue
        found = private.search(path.read_text(encoding="utf-8", errors="replace"))
        assert not found, f"{path.relative_to(ROOT)}: {found.group() if found else ''}"


def test_version_is_in_one_place():
    assert re.fullmatch(r"\d+\.\d+\.\d+", symnll.__version__)
    assert 'dynamic = ["version"]' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert symnll.__version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
