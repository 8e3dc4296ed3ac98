"""The command line: what it prints, its exit codes, what it writes, and that it starts quickly."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import time

import html5lib
import pytest
from typer.testing import CliRunner

import symnll
from symnll.cli import app, main

runner = CliRunner()


def run(*arguments):
    return runner.invoke(app, [str(a) for a in arguments])


def python(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, encoding="utf-8", **options)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("build") / "out"
    result = run("build", "-o", folder)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    result = run("prove", "softmax.jacobian", "--certificates", folder)
    assert result.exit_code == 0, result.output
    return folder / "softmax.jacobian.json"


def test_help_is_quick_and_imports_nothing_heavy():
    code = "import sys; from symnll.cli import main; sys.argv = ['symnll', '--help']\n"
    code += "try: main()\nexcept SystemExit: pass\n"
    code += "print({'sympy', 'numpy', 'jinja2', 'rich'} & set(sys.modules))"
    python("-c", code)  # bytecode is written on the first run
    times = []
    for _ in range(3):
        start = time.perf_counter()
        result = python("-c", code)
        times.append(time.perf_counter() - start)
    assert result.returncode == 0 and result.stdout.rstrip().endswith("set()"), result.stdout + result.stderr
    assert min(times) < 0.3, times


def test_python_dash_m_and_version():
    result = python("-m", "symnll", "--version")
    assert result.stdout.strip() == f"symnll {symnll.__version__}" and result.returncode == 0


def test_list():
    result = run("list")
    assert result.exit_code == 0
    assert "nll: " in result.output and "  nll.gradient " in result.output


def test_show_in_every_format():
    shown = run("show", "nll.gradient")
    assert shown.exit_code == 0
    assert "proved: ∂/∂z_m (−log(y_T)) = y_m − δ(T, m); for all K ≥ 1" in shown.output
    assert "where y_i = exp(z_i)/Σ_k exp(z_k)" in shown.output and "axioms: " in shown.output
    assert r"\documentclass" in run("show", "nll.gradient", "--format", "latex").output
    assert "$$" in run("show", "nll.gradient", "--format", "markdown").output
    assert run("show", "nll.gradient", "--format", "word").exit_code == 2


def test_prove_shows_a_table():
    result = run("prove", "softmax.jacobian", "nll.gradient")
    assert result.exit_code == 0
    assert re.search(r"softmax\.jacobian\s+proved\s+\d+\s+\d+", result.output)
    assert "2 of 2 proved" in result.output


@pytest.mark.parametrize("command", ["prove", "show"])
def test_unknown_names_get_the_nearest_ones(command):
    result = run(command, "nll.gradeint")
    assert result.exit_code == 2
    assert "nll.gradient" in result.stderr and "Traceback" not in result.output


def test_what_is_not_proved_is_exit_code_1(monkeypatch):
    from symnll.prove import library
    from symnll.prove.result import Refuted, Unknown

    answers = {"nll.gradient": Unknown(None, ("nothing helped",)), "nll.hessian": Refuted(None, "K = 2")}
    monkeypatch.setattr(library, "prove_claims", lambda names, progress=None: {n: answers[n] for n in names})
    result = run("prove", "nll.gradient", "nll.hessian")
    assert result.exit_code == 1
    assert (
        "nothing helped" in result.output
        and "refuted: K = 2" in result.output
        and "0 of 2 proved, 2 not" in result.output
    )
    assert run("show", "nll.gradient").exit_code == 1


def test_internal_errors_are_plain(monkeypatch, capsys):
    from symnll.prove import library

    def fail(*_):
        raise RuntimeError("two paths disagree")

    monkeypatch.setattr(library, "prove_claims", fail)
    monkeypatch.setattr(sys, "argv", ["symnll", "prove"])
    monkeypatch.delenv("SYMNLL_DEBUG", raising=False)
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 3
    assert "two paths disagree" in capsys.readouterr().err


def test_replay(certificate):
    result = run("replay", certificate)
    assert result.exit_code == 0
    assert ": proved\n" in result.output and "hypothesis: K ≥ 1" in result.output and "axioms: d_" in result.output


def test_replay_of_a_packed_certificate(certificate, tmp_path):
    packed, torn, bomb = tmp_path / "packed.json.gz", tmp_path / "torn.json.gz", tmp_path / "bomb.json.gz"
    packed.write_bytes(gzip.compress(certificate.read_bytes()))
    torn.write_bytes(packed.read_bytes()[:200])
    bomb.write_bytes(gzip.compress(b" " * (1 << 26) + b"{}"))
    assert run("replay", packed).exit_code == 0
    for file in (torn, bomb):
        result = run("replay", file)
        assert result.exit_code == 2 and "not a certificate" in result.output


def test_replay_uses_the_core_alone(certificate):
    code = "import sys; sys.argv = ['symnll', 'replay', sys.argv[1]]; from symnll.cli import main\ntry: main()\n"
    code += "except SystemExit as s: print(s.code)\n"
    code += "print(sorted(m for m in sys.modules if m.startswith(('sympy', 'symnll.prove.', 'symnll.library'))))"
    result = python("-c", code, str(certificate))
    assert result.stdout.splitlines()[-2:] == ["0", "[]"], result.stdout + result.stderr


def test_replay_rejects_what_is_not_proved(certificate, tmp_path):
    document = json.loads(certificate.read_text(encoding="utf-8"))
    document["theorem"]["statement"] = 0
    forged = tmp_path / "forged.json"
    forged.write_text(json.dumps(document), encoding="utf-8")
    result = run("replay", certificate, forged)
    assert result.exit_code == 1
    assert "rejected" in result.stderr and ": proved" in result.stdout


@pytest.mark.parametrize("content", [None, "not json", "[" * 100_000, b"\xff\xfe\x00"])
def test_replay_of_what_is_no_certificate_is_exit_code_2(content, tmp_path):
    file = tmp_path / "file.json"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content is not None:
        file.write_text(content)
    result = run("replay", file)
    assert result.exit_code == 2
    assert "file.json" in result.stderr and "Traceback" not in result.output


@pytest.mark.parametrize("content", ["{}", "[]", "null", "3", '{"format": "symnll certificate", "version": 1}'])
def test_replay_of_other_json_is_rejected(content, tmp_path):
    file = tmp_path / "file.json"
    file.write_text(content)
    result = run("replay", file)
    assert result.exit_code == 1 and "rejected" in result.stderr


def test_audit_prints_every_axiom_and_rule():
    from symnll.core.axioms import AXIOMS
    from symnll.core.kernel import RULES

    result = run("audit")
    assert result.exit_code == 0
    for row in AXIOMS.values():
        assert f"  {row.name}: " in result.output and row.reference in result.output
    for name in RULES:
        assert f"  {name}: " in result.output


def test_audit_says_who_uses_what():
    result = run("audit", "--used")
    assert result.exit_code == 0
    assert "used by" in result.output and "nll.gradient" in result.output


def test_build_writes_everything(built):
    from symnll.entry import claims, entries

    for path in built.glob("*.html"):
        page = path.read_text(encoding="utf-8")
        html5lib.HTMLParser(strict=True).parse(page)
        assert not re.search(r"""(?:src|href)=["']?https?:""", page) and "Not proved" not in page
        assert len(page.encode()) < 300_000
    for name in entries():
        assert (built / f"{name}.html").is_file()
        assert (built / "latex" / f"{name}.tex").is_file()
    for name in claims():
        assert (built / "certificates" / f"{name}.json").is_file()
    kernels = (built / "symnll_kernels.py").read_text(encoding="utf-8")
    assert "symnll" not in "".join(line for line in kernels.splitlines() if line.startswith(("import", "from")))


def test_links_lead_somewhere(built):
    for page in built.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        for target in set(re.findall(r'href="([^"]+)"', text)):
            file, _, anchor = target.partition("#")
            other = built / file if file else page
            assert other.is_file(), f"{page.name}: {target}"
            if anchor:
                assert f'id="{anchor}"' in other.read_text(encoding="utf-8"), f"{page.name}: {target}"


def test_certificates_of_a_build_replay_in_a_fresh_process(built):
    files = sorted((built / "certificates").glob("*.json"))[:12]
    result = python("-m", "symnll", "replay", *map(str, files))
    assert result.returncode == 0 and result.stdout.count(": proved\n") == len(files)


def test_build_replaces_its_own_files_only(built, monkeypatch):
    from symnll.document import site

    (built / "mine.txt").write_text("kept")
    (built / "latex" / "old.tex").write_text("removed")
    marker = built / site.MARKER
    marker.write_text(marker.read_text(encoding="utf-8") + "latex/old.tex\n../outside\n", encoding="utf-8")
    (built.parent / "outside").write_text("kept")
    files = {"index.html": (built / "index.html").read_text(encoding="utf-8")}
    monkeypatch.setattr(site, "documents", lambda results: files)
    before = {p: p.read_bytes() for p in built.rglob("*") if p.is_file()}
    try:
        assert site.write_all(built, {}) == 1
        assert (built / "mine.txt").is_file() and (built.parent / "outside").is_file()
        assert not (built / "latex" / "old.tex").exists() and not (built / "axioms.html").exists()
    finally:
        for path, content in before.items():
            path.write_bytes(content)
        (built / "mine.txt").unlink()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_build_leaves_foreign_folders_alone(kind, tmp_path):
    target = tmp_path / "out"
    if kind == "file":
        target.write_text("mine")
    else:
        target.mkdir()
        (target / "mine.txt").write_text("mine")
    result = run("build", "-o", target)
    assert result.exit_code == 2
    assert str(target) in result.stderr
    assert (target if kind == "file" else target / "mine.txt").read_text() == "mine"


def test_a_formula_that_cannot_be_shown_stops_the_build(tmp_path, monkeypatch):
    from symnll.document import site
    from symnll.prove import library
    from symnll.write.mathml import FormulaError

    def fail(results):
        raise FormulaError(r"latex2mathml does not know the command \nosuch in the formula \nosuch{x}")

    monkeypatch.setattr(library, "prove_claims", lambda names, progress=None: {})
    monkeypatch.setattr(site, "documents", fail)
    result = run("build", "-o", tmp_path / "out")
    assert result.exit_code == 1 and r"\nosuch{x}" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_a_closed_pipe_is_quiet():
    command = f"{sys.executable} -m symnll audit | head -1"
    result = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert "Traceback" not in result.stderr and "error" not in result.stderr.lower()
