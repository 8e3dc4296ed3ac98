"""Pages in headless Chromium: no overflow, nothing on the console, nothing from the network, no axe-core violation.

Needs playwright, Chromium from the system's packages and, in AXE_CORE, the path of axe-core's axe.min.js from npm.
Where one is missing the tests are skipped, and fail if SYMNLL_CI is set.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from symnll.document.figures.drawn import FIGURES
from symnll.document.html import page
from symnll.document.library import entry_document
from symnll.document.site import write_all
from symnll.entry import entries
from symnll.prove.library import prove_claims

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
AXE = os.environ.get("AXE_CORE", "")


def _missing() -> str:
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "playwright"
    return "" if CHROMIUM and Path(AXE).is_file() else "axe-core (AXE_CORE)" if CHROMIUM else "Chromium"


if _missing() and not os.environ.get("SYMNLL_CI"):
    pytest.skip(f"{_missing()} is not there", allow_module_level=True)


@pytest.fixture(scope="module")
def results():
    return prove_claims([f"{e.name}.{c.name}" for e in entries().values() for c in e.claims])


@pytest.fixture(scope="module")
def pages(results, tmp_path_factory):
    """The site, single pages in every detail, and an author's own document."""
    from symnll.document.author.authored import authored_document
    from symnll.read.source import read

    folder = tmp_path_factory.mktemp("pages")
    write_all(folder / "site", results)
    for detail, names in (
        ("main", ["nll.hessian", "nll.gradient"]),
        ("full", ["nll.gradient"]),
        ("every-rule", ["nll.gradient"]),
    ):
        document = entry_document(entries()["nll"], {n: results[n] for n in names}, detail, FIGURES)
        (folder / f"{detail}.html").write_text(page(document), encoding="utf-8")
    own = Path(__file__).parents[2] / "examples" / "softmax_gradient.md"
    (folder / "own.html").write_text(page(authored_document(read(own))), encoding="utf-8")
    return sorted(folder.rglob("*.html"))


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                  "--disable-background-networking", "--disable-component-update"],
        )  # fmt: skip
        yield chromium
        chromium.close()


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (1280, "dark")])
def test_pages(browser, pages, width, theme):
    """Every page, at this width and in this theme, with all that is folded open."""
    view = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    said, asked, wrong = [], [], []
    view.on("console", lambda message: said.append(message.text))
    view.on("pageerror", lambda error: said.append(str(error)))
    view.on("request", lambda request: asked.append(request.url))
    for path in pages:
        view.goto(path.as_uri())
        view.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
        wide = view.evaluate("document.documentElement.scrollWidth - innerWidth")
        wrong += [f"{path.name}: {wide} px too wide"] if wide > 0 else []
        view.add_script_tag(path=AXE)
        found = view.evaluate("axe.run({resultTypes: ['violations']}).then((r) => r.violations)")
        wrong += [f"{path.name}: {v['id']}: {v['nodes'][0]['html'][:200]} ({len(v['nodes'])})" for v in found]
    view.close()
    assert not wrong
    assert not said
    assert all(url.startswith(("file:", "data:")) for url in asked)


def test_pages_work_without_script(browser, pages):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 800, "height": 900})
    view = context.new_page()
    view.goto(next(p for p in pages if p.name == "main.html").as_uri())
    assert view.locator("math").first.is_visible()
    view.locator("details.proof > summary").first.click()
    assert view.get_by_text("Checked apart from the core").first.is_visible()
    context.close()


def test_a_link_to_a_step_opens_what_holds_it(browser, pages):
    view = browser.new_page()
    path = next(p for p in pages if p.name == "main.html")
    view.goto(path.as_uri() + "#axiom-d_exp")
    assert view.locator("#axiom-d_exp").is_visible()
    view.close()


def test_keyboard(browser, pages):
    """Steps and proofs open with the keyboard alone."""
    view = browser.new_page()
    view.goto(next(p for p in pages if p.name == "main.html").as_uri())
    proof = view.locator("details.proof").first
    proof.locator("summary").first.focus()
    view.keyboard.press("Enter")
    assert proof.evaluate("(d) => d.open")
    view.close()
