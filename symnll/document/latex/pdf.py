"""A document as PDF: through LaTeX where it is installed, else from the page through Chromium."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from symnll.document.latex.article import article
from symnll.document.latex.text import unknown
from symnll.document.model import Block, Code, Document, Heading, Items, Paragraph, Picture, Quote, Table, walk, words
from symnll.document.output import MARK

ENGINES = ("pdflatex", "lualatex")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 120  # for one run
END = f"\n% {MARK}\n".encode()
INSTALL = (
    "A PDF is made by pdflatex, lualatex or Chromium, and none of them is here. Install one, such as Debian's "
    "texlive-latex-base with lmodern, or write --to html and print that page from a browser."
)


class PdfError(RuntimeError):
    """There is nothing to make a PDF with, or it failed."""


def pdf(document: Document) -> bytes:
    """The file, the same for the same document and the same programs. PdfError if it can't be made.

    What LaTeX's fonts can't show, such as Chinese, Cyrillic or emoji, goes through Chromium first where that is.
    """
    engine = next(filter(None, map(shutil.which, ENGINES)), None)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser and (engine is None or unknown(_text(document))):
        return _from_page(document, browser)
    if engine:
        return _from_latex(document, engine)
    raise PdfError(INSTALL)


def _from_latex(document: Document, engine: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="symnll-") as folder:
        source = "\\ifdefined\\directlua\\pdfvariable trailerid {}\\pdfvariable suppressoptionalinfo 767\\else\n"
        source += "\\pdftrailerid{}\\pdfsuppressptexinfo15\\fi\n" + article(document, pictures=True)
        Path(folder, "document.tex").write_text(source, encoding="utf-8")
        for block in walk(document.blocks):
            if isinstance(block, Picture):
                Path(folder, f"{block.figure.name}.pdf").write_bytes(block.figure.pdf())
        call = [engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "document.tex"]
        # Nothing outside the folder is read by name or written, whatever the document says.
        limits = {"openin_any": "p", "openout_any": "p", "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}
        run = _run(call, folder, limits)
        made = Path(folder, "document.pdf")
        if run.returncode or not made.is_file():
            said = [line for line in run.stdout.decode("utf-8", "replace").splitlines() if line.startswith("!")]
            raise PdfError(f"{Path(engine).name} did not accept the document{': ' + said[0][2:] if said else '.'}")
        return made.read_bytes().rstrip() + END


def _from_page(document: Document, browser: str) -> bytes:
    from symnll.document.html import page

    with tempfile.TemporaryDirectory(prefix="symnll-") as folder:
        source, made = Path(folder, "document.html"), Path(folder, "document.pdf")
        source.write_text(page(document), encoding="utf-8")
        call = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer",
            "--proxy-server=127.0.0.1:9", "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={made}", source.as_uri(),
        ]  # fmt: skip
        run = _run(call, folder, {"HOME": folder})
        if not made.is_file():
            raise PdfError(f"{Path(browser).name} made no PDF (exit code {run.returncode}).")
        return re.sub(rb"\(D:\d{14}", b"(D:19700101000000", made.read_bytes()).rstrip() + END


def _run(call: list[str], folder: str, more: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            call, cwd=folder, env={**os.environ, **more}, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise PdfError(f"{Path(call[0]).name} did not end within {SECONDS} seconds.") from None
    except OSError as error:
        raise PdfError(f"{Path(call[0]).name} can't be run: {error.strerror}.") from None


def _text(document: Document) -> str:
    """The words of a document, without its formulas."""
    found = [words(document.title), words(document.lead)]

    def add(blocks: list[Block]) -> None:
        for b in blocks:
            match b:
                case Heading() | Paragraph():
                    found.append(words(b.content))
                case Items():
                    for item in b.items:
                        add(list(item))
                case Quote():
                    add(list(b.blocks))
                case Code():
                    found.append(b.text)
                case Table():
                    found.extend(words(cell) for row in (b.head, *b.rows) for cell in row)

    add(document.blocks)
    return "".join(found)
