"""`symnll doc`: entries, claims and people's own files as documents."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

FAILED, BAD_INPUT = 1, 2
FILES = (".tex", ".ltx", ".md", ".qmd", ".myst", ".txt", ".ipynb")


class To(str, Enum):
    """What a document becomes."""

    html = "html"
    latex = "latex"
    pdf = "pdf"
    markdown = "markdown"
    notebook = "notebook"
    text = "text"


class Detail(str, Enum):
    """How much of a proof is shown."""

    main = "main"
    full = "full"
    every = "every-rule"


class Flavour(str, Enum):
    """Whose Markdown."""

    github = "github"
    quarto = "quarto"
    myst = "myst"


ENDINGS = {
    To.html: ".html",
    To.latex: ".tex",
    To.pdf: ".pdf",
    To.markdown: ".md",
    To.notebook: ".ipynb",
    To.text: ".txt",
}


def doc(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME…|FILE…", help="Entries or claims, such as nll.gradient, or files.")
    ],
    to: Annotated[To, typer.Option("--to", "-t", help="What to write.")] = To.html,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="PATH", help="A file, a folder for several, or - for the terminal."),
    ] = None,
    detail: Annotated[Detail, typer.Option(help="The authored steps, the rules too, or every line.")] = Detail.main,
    notation: Annotated[
        str, typer.Option(metavar="A=B,…", help="Other letters, such as z=f,y=p,K=C; onehot=t; first=0; log=ln.")
    ] = "",
    flavour: Annotated[Flavour, typer.Option(help="For --to markdown.")] = Flavour.github,
    fragment: Annotated[bool, typer.Option("--fragment", help="Without head and foot, for \\input.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that symnll did not write.")] = False,
) -> None:
    """Write entries, claims or your own checked files as documents; exit code 1 if something in them is not proved."""
    from symnll.document.latex.pdf import PdfError
    from symnll.document.notation.notation import NotationError
    from symnll.document.output import Foreign, write
    from symnll.write.mathml import FormulaError

    try:
        documents = _documents(names, detail.value, notation)
        paths = _paths(documents, to, output)
        _apart(names, paths)
        for document, path in zip(documents, paths, strict=True):
            data = _printer(to, flavour.value, fragment)(document)
            if path is None:
                typer.echo(data, nl=False)
                continue
            write(path, data, force)
            typer.echo(f"{path}: {_summary(document)}", err=True)
    except (Foreign, NotationError, PdfError) as error:
        _stop(str(error))
    except FormulaError as error:
        _stop(f"A formula can't be shown, and so the document is not written: {error}", FAILED)
    except OSError as error:
        _stop(f"{error.filename or output} can't be written: {error.strerror or error}. Check the path.")
    raise typer.Exit(0 if all(_fine(d) for d in documents) else FAILED)


def _documents(names: list[str], detail: str, notation: str) -> list[Any]:
    from symnll.document.notation.notation import parse

    chosen = parse(notation)
    files = [n for n in names if Path(n).suffix in FILES or "/" in n]
    if files and notation:
        _stop(f"--notation is for the library; {files[0]} keeps the letters of its author.")
    found = []
    if len(files) < len(names):
        found += _of_library([n for n in names if n not in files], detail, chosen)
    return [*found, *(_of_file(name, detail) for name in files)]


def _of_library(names: list[str], detail: str, notation: Any) -> list[Any]:
    from symnll.document.library import NO_FIGURES, entry_document, figures
    from symnll.entry import UnknownName, entries, select
    from symnll.prove.library import prove_claims

    try:
        results = prove_claims(select(names))
    except UnknownName as error:
        _stop(f"{error} A file's name ends in one of {', '.join(FILES)}.")
    wanted = dict.fromkeys(name.partition(".")[0] for name in results)
    if not figures():
        typer.echo(f"symnll: {NO_FIGURES}", err=True)
    return [entry_document(entries()[name], results, detail, figures(), notation) for name in wanted]


def _of_file(name: str, detail: str) -> Any:
    from symnll.check.run import load
    from symnll.document.author.authored import authored_document
    from symnll.report.model import FileReport

    source = load(name)
    if isinstance(source, FileReport):
        _stop(f"{name}: {' '.join(source.unreadable)}.")
    return authored_document(source, detail=detail)


def _paths(documents: list[Any], to: To, output: Path | None) -> list[Path | None]:
    names = [Path(d.name + ENDINGS[to]) for d in documents]
    if output is None:
        return list(names)
    if str(output) == "-":
        if to is To.pdf:
            _stop("A PDF does not go to a terminal. Give a file with -o FILE.")
        return [None] * len(names)
    if len(names) == 1 and not output.is_dir():
        return [output]
    if output.exists() and not output.is_dir():
        _stop(f"{output} is a file, and there are {len(names)} documents. Give a folder with -o DIR.")
    return [output / name for name in names]


def _apart(names: list[str], paths: list[Path | None]) -> None:
    """Stop where a document would overwrite its own source, or another of the documents."""
    sources = {Path(name).resolve() for name in names}
    for n, path in enumerate(paths):
        if path is not None and path.resolve() in sources:
            _stop(f"{path} is what the document is made from. Give another name with -o.")
        if path is not None and path in paths[:n]:
            _stop(f"Two documents would be written to {path}. Write them one at a time, with -o.")


def _printer(to: To, flavour: str, fragment: bool) -> Callable[[Any], str | bytes]:
    """What writes that format. Formats are imported when they are asked for."""
    if fragment and to not in (To.html, To.latex):
        _stop(f"--fragment is for HTML and LaTeX, not for {to.value}.")
    if to is To.markdown:
        from symnll.document.markdown import markdown

        return lambda document: markdown(document, flavour)
    module, whole, part = {
        To.html: ("html", "page", "fragment"),
        To.latex: ("latex.article", "article", "fragment"),
        To.pdf: ("latex.pdf", "pdf", ""),
        To.notebook: ("notebook", "notebook", ""),
        To.text: ("text", "plain", ""),
    }[to]
    printer: Callable[[Any], str | bytes] = getattr(
        import_module(f"symnll.document.{module}"), part if fragment else whole
    )
    return printer


def _fine(document: Any) -> bool:
    return all(c.verdict == "proved" for c in document.claims) and all(d.fine for d in document.displays)


def _summary(document: Any) -> str:
    proved = sum(c.verdict == "proved" for c in document.claims)
    steps = [s for d in document.displays for s in d.steps]
    parts = [f"{proved} of {len(document.claims)} statements proved"] if document.claims else []
    if steps:
        counts = {v: sum(s.verdict == v for s in steps) for v in dict.fromkeys(s.verdict for s in steps)}
        said = (f"{n} {v}{'s' if v == 'definition' and n > 1 else ''}" for v, n in counts.items())
        parts.append(f"{len(steps)} step{'s' if len(steps) > 1 else ''}: {', '.join(said)}")
    return "; ".join(parts) or "nothing in it to be proved"


def _stop(message: str, code: int = BAD_INPUT) -> NoReturn:
    typer.echo(f"symnll: {message}", err=True)
    raise typer.Exit(code)
