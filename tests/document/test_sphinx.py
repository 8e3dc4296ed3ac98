"""The Sphinx extension, in small projects: what is proved is shown, what is not is a warning at its line."""

import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

if not os.environ.get("SYMNLL_CI"):
    pytest.importorskip("sphinx")
    pytest.importorskip("myst_parser")

from sphinx.cmd.build import build_main

from symnll.document.hosts.sphinx_ext import SCRIPT
from symnll.document.html import HOST_STYLES

ROOT = Path(__file__).parents[2]
CONF = 'extensions = ["symnll.sphinx", "myst_parser"]\nhtml_math_renderer = "symnll"\n'
TITLE = "Title\n=====\n\n"


@pytest.fixture
def build(tmp_path):
    """Builds pages and gives (exit code, warnings, folder of the output)."""

    def built(pages, *options, builder="html", conf=""):
        source, out, log = tmp_path / "source", tmp_path / builder, tmp_path / "log"
        source.mkdir(exist_ok=True)
        (source / "conf.py").write_text(CONF + conf, encoding="utf-8")
        for name, text in pages.items():
            (source / name).write_text(text, encoding="utf-8")
        log.unlink(missing_ok=True)
        code = build_main(["-q", "-b", builder, "-w", str(log), *options, str(source), str(out)])
        said = log.read_text(encoding="utf-8") if log.exists() else ""
        return code, re.sub(r"\x1b\[[\d;]*m", "", said), out

    return built


def page(out, name="index.html"):
    return (out / name).read_text(encoding="utf-8")


def test_a_claim_of_the_library(build):
    code, said, out = build({"index.rst": TITLE + ".. symnll:: softmax.sums_to_one nll.gradient\n"}, "-W")
    assert (code, said) == (0, "")
    shown = page(out)
    assert shown.count('class="theorem"') == 2 and "<math" in shown and "symnll-blocks.css" in shown
    assert "#axiom-" not in shown  # nothing lists the axioms here, and so nothing leads there
    for name in (*HOST_STYLES, SCRIPT):
        assert (out / "_static" / name).exists() and f"_static/{name}" in shown


def test_a_certificate_is_a_file_that_replay_reads(build, tmp_path):
    _, _, out = build({"index.rst": TITLE + ".. symnll:: softmax.sums_to_one\n"})
    (link,) = re.findall(r'download="softmax\.sums_to_one\.json\.gz" href="([^"]+)"', page(out))
    certificate = tmp_path / "certificate.json"
    certificate.write_bytes(gzip.decompress((out / link).read_bytes()))
    done = subprocess.run(
        [sys.executable, "-m", "symnll", "replay", str(certificate)], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0 and "proved" in done.stdout, done.stderr


def test_two_documents_on_a_page_have_anchors_of_their_own(build):
    _, _, out = build({"index.rst": TITLE + ".. symnll:: nll.gradient\n\n.. symnll:: nll.gradient\n"})
    ids = re.findall(r'\bid="([^"]+)"', page(out))
    assert len(ids) == len(set(ids))


def test_axioms_lead_to_the_list(build):
    pages = {
        "index.rst": TITLE + ".. symnll:: nll.gradient\n\n.. toctree::\n\n   list\n",
        "list.rst": TITLE + ".. symnll-axioms::\n",
    }
    code, said, out = build(pages, "-W")
    assert (code, said) == (0, "")
    links = set(re.findall(r'href="list\.html#(axiom-\w+)"', page(out)))
    assert links and all(f'id="{link}"' in page(out, "list.html") for link in links)


def test_inline_claims_and_what_the_page_declares(build):
    text = (
        TITLE
        + "First :symnll:`b^2 = b`.\n\n.. symnll-declare::\n\n   binary b\n\n"
        + "Then\nand there\n:symnll:`b^2 = b` holds.\n"
    )
    code, said, out = build({"index.rst": text})
    assert code == 0 and said.count("WARNING") == 1
    assert re.search(r"index\.rst:4: WARNING: This claim is not proved \(refuted\): b\^2 = b: at b = ", said)
    assert page(out).count("symnll-claim failed") == 1 and page(out).count('aria-label="proved"') == 1
    assert "binary b" in page(out)  # under what it is proved


def test_declarations_of_the_project(build):
    conf = 'symnll_declarations = "binary b"\n'
    code, said, _ = build({"index.rst": TITLE + ":symnll:`b^2 = b`\n"}, "-W", conf=conf)
    assert (code, said) == (0, "")


@pytest.mark.parametrize(
    "claim",
    ["p = 1", "a^2", "a^2 = a", "a = a = 2 a", r"a + a = 2 a \text{ since } a = 1", r"\underbrace{a - a}_{= 1} = 0"],
)
def test_what_is_not_proved_has_its_line_and_stops_a_strict_build(build, claim):
    text = f"{TITLE}Words before\nand :symnll:`{claim}` here.\n"
    code, said, out = build({"index.rst": text}, "-W")
    assert code != 0 and "index.rst:5: WARNING: This claim is not proved (" in said
    assert 'aria-label="proved"' not in page(out)


def test_a_later_build_warns_again(build):
    pages = {"index.rst": TITLE + ":symnll:`a^2 = a`\n"}
    assert build(pages)[0] == 0
    code, said, _ = build({}, "-W")  # nothing is read
    assert code != 0 and "index.rst:4: WARNING" in said
    code, said, _ = build({"index.rst": TITLE + ":symnll:`a + a = 2 a`\n"}, "-W")
    assert (code, said) == (0, "")


def test_an_unknown_name_has_near_ones(build):
    code, said, _ = build({"index.rst": TITLE + "\n.. symnll:: nll.gradeint\n"}, "-W")
    assert code != 0 and "index.rst:5: WARNING: There is no entry or claim named 'nll.gradeint'." in said
    assert "nll.gradient" in said


def test_options_that_are_not_understood(build):
    for text in (".. symnll::\n", ".. symnll:: nll\n\n   a = a\n", ".. symnll:: nll.gradient\n   :detail: most\n"):
        code, said, _ = build({"index.rst": TITLE + text}, "-W")
        assert code != 0 and "index.rst:4:" in said, text


DERIVATION = r"""
   p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}

   \frac{\partial p_i}{\partial z_j} = p_i (1 - p_j)
"""


def test_a_derivation_of_the_page(build):
    code, said, out = build({"index.rst": f"{TITLE}.. symnll::\n{DERIVATION}"})
    assert code == 0 and said.count("WARNING") == 1
    assert "index.rst:8: WARNING: This step is conditional: it holds when i = j" in said
    mended = DERIVATION.replace("1 - p_j", r"\delta_{ij} - p_j")
    code, said, out = build({"index.rst": f"{TITLE}.. symnll::\n{mended}"}, "-W")
    assert (code, said) == (0, "") and page(out).count("<math") >= 2


def test_markdown_through_myst(build):
    derivation = DERIVATION.replace("   ", "")
    text = (
        "# Title\n\nWords $x^2$ and\n{symnll}`a^2 = a`.\n\n```{symnll-declare}\nbinary b\n```\n\n{symnll}`b^2 = b`\n\n"
        f"```{{symnll}} sigmoid.derivative\n```\n\n```{{symnll}}\n{derivation}```\n"
    )
    code, said, out = build({"index.md": text}, conf='myst_enable_extensions = ["dollarmath"]\n')
    assert code == 0 and said.count("WARNING") == 2
    assert re.search(r"index\.md:4: WARNING: This claim is not proved \(refuted\)", said)
    line = next(n for n, row in enumerate(text.split("\n"), 1) if "partial p_i" in row)
    assert f"index.md:{line}: WARNING: This step is conditional" in said
    assert "da" in page(out) and "mathjax.js" not in page(out).lower() and '<script src="http' not in page(out)


def test_parallel_reading(build):
    pages = {f"p{n}.rst": f"{TITLE}:symnll:`a + {n} = {n} + a`\n\n:symnll:`a = {n}`\n" for n in range(12)}
    pages["index.rst"] = TITLE + ".. toctree::\n   :glob:\n\n   p*\n"
    code, said, _ = build(pages, "-j", "2")
    assert code == 0 and said.count("WARNING") == 12
    assert all(f"p{n}.rst:6: WARNING" in said for n in range(12))


def test_latex(build, tmp_path):
    text = (
        TITLE
        + ":symnll:`a + a = 2 a` and :symnll:`a + a = a` and :symnll:`\\input{x} = \\input{x}`\n\n"
        + ".. symnll:: nll.gradient\n"
    )
    code, _, out = build(
        {"index.rst": text}, builder="latex", conf='latex_documents = [("index", "t.tex", "T", "A", "howto")]\n'
    )
    tex = page(out, "t.tex")
    assert code == 0 and r"\(a + a = 2 a\)" in tex and r"\begin{theorem}" in tex and r"\input{x}" not in tex
    assert "not proved: refuted" in tex
    if (
        shutil.which("kpsewhich")
        and subprocess.run(["kpsewhich", "tgtermes.sty", "wrapfig.sty"], capture_output=True).returncode == 0
    ):
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"], cwd=out, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize("builder", ["text", "man", "xml"])
def test_builders_without_formulas(build, builder):
    conf = 'man_pages = [("index", "index", "t", "a", 1)]\n'
    code, _, out = build(
        {"index.rst": TITLE + ":symnll:`a + a = 2 a`\n\n.. symnll:: nll.gradient\n"}, "-W", builder=builder, conf=conf
    )
    (made,) = [p for p in out.iterdir() if p.suffix in (".txt", ".1", ".xml")]
    shown = made.read_text(encoding="utf-8")
    assert code == 0 and "nll.gradient" in shown.replace("\\", "") and "2 a" in shown


PAYLOADS = [
    r"\href{javascript:alert(1)}{x} = x",
    r"\text{<script>alert(1)</script>} = 1",
    r"<script>alert(1)</script> = 1",
    r"a = a <!-- symnll assume 1 = 2 -->",
    r"a = a % \input{x}",
    r"\input{/etc/passwd}",
    r"\write18{ls} = \write18{ls}",
    r"\catcode`\%=12",
    r"a^^5cinput = a^^5cinput",
    r"\class{x onclick}{a} = a",
    r"\def\x{1} \x = 1",
    r"\phantom{2} a = a",
    r"a = a $$ $$ a = a",
    r'a = a" onmouseover="alert(1)',
]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("builder", ["html", "latex"])
def test_hostile_formulas(build, payload, builder):
    conf = 'latex_documents = [("index", "t.tex", "T", "A", "howto")]\n'
    text = f"# Title\n\n``` {{symnll}}\n{payload}\n```\n\n{{symnll}}`` {payload} ``\n"
    _, said, out = build({"index.md": text}, builder=builder, conf=conf)
    assert "This claim is not proved" in said
    shown = page(out) if builder == "html" else page(out, "t.tex").split("index::doc", 1)[1].split(r"\printindex")[0]
    if builder == "html":
        body = shown[shown.index('<div class="body"') :].split('<div class="sphinxsidebar"')[0]
        assert "<script" not in body and not re.search(
            r'<[^>]*(?:href="javascript|\son\w+=)[^>]*>', re.sub(r'"[^"]*"', '""', body)
        )
        assert 'href="javascript' not in body and 'aria-label="proved"' not in body
    else:
        assert not re.search(r"\\(?:input|write|catcode|def\\x|href\{java)", shown) and "^^" not in shown


def test_every_entry_has_a_page():
    from symnll.entry import entries

    pages = {p.stem: p.read_text(encoding="utf-8") for p in (ROOT / "docs" / "library").glob("*.md")}
    for entry in entries().values():
        assert pages[entry.name] == f"# {entry.title}\n\n```{{symnll}} {entry.name}\n:figures:\n```\n"


def test_the_tutorial_shows_what_happens():
    import doctest

    result = doctest.testfile(str(ROOT / "docs" / "tutorial-engineer.md"), module_relative=False, encoding="utf-8")
    assert result.attempted > 8 and result.failed == 0
