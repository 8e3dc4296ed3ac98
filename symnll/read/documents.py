"""From a file to what is checked in it: displays, declarations and inline formulas, in their order, with positions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from symnll.read.prose import NOWHERE, Sentence
from symnll.read.source import Problem, Source

__all__ = ["Declaration", "Display", "Document", "Fragment", "Inline", "Item", "Macro", "Problem", "read_document"]


@dataclass(frozen=True)
class Fragment:
    """A piece of the source: text[i] stands at offset start + i, or at offsets[i] where the text is not contiguous."""

    text: str
    start: int
    offsets: tuple[int, ...] | None = None

    def at(self, i: int) -> int:
        """The source offset of text[i]; that of the end for i = len(text)."""
        if self.offsets is None:
            return self.start + i
        if i < len(self.offsets):
            return self.offsets[i]
        return self.offsets[-1] + 1 if self.offsets else self.start


@dataclass(frozen=True)
class Display:
    """A displayed formula, numbered from 1 in its file; start and end take the delimiters in.

    `body` is what the delimiters hold, exactly as written, without the marks of a Markdown quote and without the
    column argument of `alignat` and `array`. `environment` is `display` for `$$`, `\\[` and fences, the name without
    its star for an environment that stands alone, `line` for a formula that is a line of plain text, and `inline` for
    an inline formula, which has its `cue`.
    """

    number: int
    body: Fragment
    start: int
    end: int
    environment: str
    cue: str = ""
    sentence: Sentence = NOWHERE


@dataclass(frozen=True)
class Declaration:
    """One declaration, without comment marks and surrounding blanks."""

    text: Fragment


@dataclass(frozen=True)
class Inline:
    """A formula in a sentence. `cue` holds up to five of the words before it in its `sentence`: "where"."""

    body: Fragment
    cue: str
    sentence: Sentence = NOWHERE


Item = Display | Declaration | Inline


@dataclass(frozen=True)
class Macro:
    """A command of the document's own: its name with the backslash, how many arguments it takes, and its body.

    `default` is the value of the first argument where that is optional.
    """

    name: str
    arguments: int
    default: str | None
    body: str


@dataclass
class Document:
    """What was read in a source. Nothing is dropped in silence: what could not be read is a problem."""

    source: Source
    items: list[Item] = field(default_factory=list)
    macros: dict[str, Macro] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, message: str, start: int, end: int) -> None:
        self.problems.append(Problem(message, start, end))

    @property
    def displays(self) -> list[Display]:
        return [item for item in self.items if isinstance(item, Display)]


KINDS = {".tex": "tex", ".ltx": "tex", ".txt": "text", ".ipynb": "notebook"}


def read_document(source: Source, kind: str = "", inline: bool = False) -> Document:
    """Reads a document of a kind: "tex", "markdown", "text", "notebook", or what the ending of its name says.

    With `inline`, inline formulas that hold a relation are displays too. Any text is read without an error; what is
    wrong with it is in `problems`. Raises ValueError for another kind.
    """
    if not kind:
        name = source.name.lower()
        kind = next((k for ending, k in KINDS.items() if name.endswith(ending)), "markdown")
    document = Document(source, problems=list(source.problems))
    # Imported here, so that a Markdown file does not wait for the readers of other formats.
    if kind == "tex":
        from symnll.read.latex import read_latex

        read_latex(document, inline)
    elif kind in ("markdown", "text"):
        from symnll.read.markdown import read_markdown
        from symnll.read.page import Page

        read_markdown(Page(document, source.text, inline=inline), plain=kind == "text")
    elif kind == "notebook":
        from symnll.read.notebook import read_notebook

        read_notebook(document, inline)
    else:
        raise ValueError(f"A document is tex, markdown, text or a notebook, not {kind!r}.")
    number = 0
    for k, item in enumerate(document.items):
        if isinstance(item, Display):
            number += 1
            document.items[k] = replace(item, number=number)
    return document
