"""The Sphinx extension `symnll.sphinx`: claims of the library, formulas and derivations, proved when a page is read.

What is not proved is a warning with its file and line, in every build, so that `sphinx-build -W` fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes, utils
from docutils.parsers.rst import directives
from docutils.statemachine import StateMachine
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from symnll import __version__
from symnll.document.hosts import embed
from symnll.document.hosts.sphinx_nodes import Axioms, Blocks, Claim, add_nodes
from symnll.document.html import HOST_STYLES

logger = logging.getLogger(__name__)
DECLARED = "symnll_declarations"
SCRIPT = "symnll-page.js"
THEOREM = r"""\AtBeginDocument{\ifcsname theorem\endcsname\else\newtheorem{theorem}{Theorem}\fi}"""


class Show(SphinxDirective):
    """`.. symnll:: NAMES` shows claims of the library; with a content instead of names, the author's own derivation."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "detail": lambda text: directives.choice(text, embed.DETAILS),
        "notation": directives.unchanged,
        "figures": directives.flag,
        "declare": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        names = re.split(r"[\s,]+", self.arguments[0].strip()) if self.arguments else []
        if names and self.content:
            return self._none("A directive has the names of claims, or a derivation below it, and not both.")
        if names:
            config = self.config
            detail = self.options.get("detail", config.symnll_detail)
            notation = self.options.get("notation", config.symnll_notation)
            found = embed.library(names, detail, notation, "figures" in self.options)
        elif self.content:
            more = [self.options["declare"]] if "declare" in self.options else []
            declared = (*declarations(self.env), *more)
            found = embed.derivation("\n".join(self.content), declared, f"{Path(self.env.docname).name}.md")
        else:
            return self._none("Name a claim, such as nll.gradient, or write a derivation below it.")
        for problem in found.problems:
            self._warn(problem)
        if found.document is None:
            return self._none("")
        blocks = Blocks.of(found.document, f"symnll-{self.env.new_serialno('symnll')}")
        self.set_source_info(blocks)
        return [blocks]

    def _warn(self, problem: embed.Problem) -> None:
        # Docutils counts the content's lines from the top of the page, MyST from the directive.
        top = 0 if isinstance(self.state_machine, StateMachine) else self.lineno
        line = top + self.content_offset + problem.line if problem.line else self.lineno
        source, line = self.state_machine.get_source_and_line(line)
        note(self.env, source, line, problem.kind, problem.message)

    def _none(self, message: str) -> list[nodes.Node]:
        if message:
            self._warn(embed.Problem(message, kind="option"))
        return [nodes.literal_block(self.block_text, self.block_text, language="none")]


class Declare(SphinxDirective):
    """`.. symnll-declare::` and, below it, declarations as for `symnll check`: they hold in the rest of the page."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        _of_page(self.env).append("\n".join(self.content))
        return []


class ShowAxioms(SphinxDirective):
    """`.. symnll-axioms::` lists the axioms and the rules; the axioms of claims on all pages lead here."""

    def run(self) -> list[nodes.Node]:
        self.env.symnll_axioms = self.env.docname  # type: ignore[attr-defined]
        return [Axioms.listed()]


def claim_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Sequence[str] = ()
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """:symnll:`FORMULA`, proved; what is declared on the page, and nothing else, is known of its letters."""
    env = inliner.document.settings.env
    found = embed.formula(utils.unescape(text, restore_backslashes=True), declarations(env))
    if not found.proved:
        message = f"This claim is not proved ({found.verdict}): {found.latex}: {found.message}"
        source, line = inliner.reporter.get_source_and_line(lineno)
        note(
            env,
            source,
            _line_of(utils.unescape(text, restore_backslashes=True), source, line),
            found.verdict,
            message,
        )
    return [Claim.of(found)], []


def _line_of(written: str, source: str | None, line: int | None) -> int | None:
    """The line of a role, of which docutils says only in which line its paragraph begins."""
    try:
        lines = Path(source or "").read_text(encoding="utf-8").split("\n")[(line or 1) - 1 :]
    except (OSError, UnicodeDecodeError):
        return line
    paragraph = "\n".join(lines[: next((n for n, x in enumerate(lines) if n and not x.strip()), len(lines))])
    quoted = paragraph.find(f"`{written}`")
    place = quoted if quoted >= 0 else paragraph.find(written)
    return (line or 1) + paragraph.count("\n", 0, place) if place >= 0 else line


def declarations(env: BuildEnvironment) -> tuple[str, ...]:
    """What the project and the page so far declare."""
    project = env.config.symnll_declarations
    return (*([project] if isinstance(project, str) else project), *_of_page(env))


def _of_page(env: BuildEnvironment) -> list[str]:
    temporary: Any = env.temp_data
    found: list[str] = temporary.setdefault(DECLARED, [])
    return found


def note(env: BuildEnvironment, source: str | None, line: int | None, kind: str, message: str) -> None:
    """Keep a warning with the page, so that it is given in later builds too, which don't read the page again."""
    place = f"{source or env.doc2path(env.docname)}:{line or ''}"
    _problems(env).setdefault(env.docname, []).append((place, kind, message))


def _problems(env: BuildEnvironment) -> dict[str, list[tuple[str, str, str]]]:
    if not hasattr(env, "symnll_problems"):
        env.symnll_problems = {}  # type: ignore[attr-defined]
    found: dict[str, list[tuple[str, str, str]]] = env.symnll_problems  # type: ignore[attr-defined]
    return found


def _forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _problems(env).pop(docname, None)
    if getattr(env, "symnll_axioms", "") == docname:
        env.symnll_axioms = ""  # type: ignore[attr-defined]


def _merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    theirs = _problems(other)
    _problems(env).update({name: theirs[name] for name in docnames if name in theirs})
    if getattr(other, "symnll_axioms", "") in docnames:
        env.symnll_axioms = other.symnll_axioms  # type: ignore[attr-defined]


def _say(app: Sphinx, env: BuildEnvironment) -> None:
    for docname in sorted(_problems(env)):
        for place, kind, message in _problems(env)[docname]:
            logger.warning("%s", message, location=place, type="symnll", subtype=kind)


def _prepare(app: Sphinx, config: Any) -> None:
    folder = Path(__file__).parents[1] / "templates"
    ours = [str(folder / name) for name in (*HOST_STYLES, SCRIPT)]
    config.html_static_path = [*config.html_static_path, *ours]
    if THEOREM not in config.latex_elements.get("preamble", ""):
        config.latex_elements["preamble"] = config.latex_elements.get("preamble", "") + "\n" + THEOREM


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls."""
    app.add_config_value("symnll_declarations", (), "env", (list, tuple, str))
    app.add_config_value("symnll_detail", "main", "env", (str,))
    app.add_config_value("symnll_notation", "", "env", (str,))
    app.add_config_value("symnll_version", __version__, "env", (str,))  # another one proves everything anew
    app.add_directive("symnll", Show)
    app.add_directive("symnll-declare", Declare)
    app.add_directive("symnll-axioms", ShowAxioms)
    app.add_role("symnll", claim_role)
    add_nodes(app)
    for name in HOST_STYLES:
        app.add_css_file(name)
    app.add_js_file(SCRIPT, loading_method="defer")  # buttons that copy, and wide formulas for the keyboard
    app.add_latex_package("amsthm")
    app.connect("config-inited", _prepare)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("env-updated", _say)
    return {"version": __version__, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
