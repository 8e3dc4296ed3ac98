"""The site: `python -m sphinx -W -b html docs OUT`, with the extra `docs`. Its formulas are MathML, made by symnll."""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from symnll import __version__  # noqa: E402  (this copy, whichever is installed)

project = "symnll"
author = "the symnll developers"
copyright = author
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "symnll.sphinx"]
exclude_patterns = ["_build"]
source_suffix = {".md": "markdown"}

myst_enable_extensions = ["dollarmath"]
myst_fence_as_directive = ["math"]  # as GitHub has it
myst_heading_anchors = 4

html_theme = "furo"
html_title = f"symnll {release}"
html_math_renderer = "symnll"
html_copy_source = False
default_role = "code"
highlight_language = "none"
autodoc_member_order = "bysource"
autodoc_typehints = "none"
suppress_warnings = ["misc.highlighting_failure"]  # a block may show what is no valid code


def as_myst(app, docname, source):
    """What GitHub writes in another way than MyST: formulas within lines, and links to code that has a page here."""
    text = re.sub(r"\$`([^`\n]+)`\$", r"$\1$", source[0])
    up = "../" * docname.count("/")
    text = re.sub(r"\(\.\./symnll/library/(\w+)\.py\)", rf"({up}library/\1.md)", text)
    if docname == "errors/README":
        pages = sorted(p.stem for p in (HERE / "errors").glob("*.md") if p.stem != "README")
        text += "\n```{toctree}\n:hidden:\n\n" + "\n".join(pages) + "\n```\n"
    source[0] = text


def with_levels(app, pagename, templatename, context, doctree):
    """The captions of the navigation are headings, of which a screen reader has to know the level."""
    tree = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')


def setup(app):
    """What Sphinx calls."""
    app.connect("source-read", as_myst)
    app.connect("html-page-context", with_levels, priority=900)  # after furo
