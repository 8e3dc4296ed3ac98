"""The command line. Heavy modules are imported inside the commands, so that `symnll --help` is quick."""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from symnll.check.command import check
from symnll.document.command import doc
from symnll.export import kernel
from symnll.score import score

if TYPE_CHECKING:
    from rich.console import Console

FAILED, BAD_INPUT, INTERNAL = 1, 2, 3
LARGEST = 1 << 26

app = typer.Typer(
    help="Proved derivations of softmax and negative log-likelihood, for every number of classes.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: importing rich would triple its time
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(check)
app.command()(doc)
app.command()(kernel)
app.command()(score)
Names = Annotated[list[str] | None, typer.Argument(help="Entries or claims, such as nll or nll.gradient; none: all.")]


class Format(str, Enum):
    """What `show` writes."""

    text = "text"
    latex = "latex"
    markdown = "markdown"


def main() -> None:
    """The entry point."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # formulas, on any terminal
    try:
        app()
    except SystemExit as done:
        _leave(done.code)
    except BrokenPipeError:  # `symnll audit | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("SYMNLL_DEBUG"):
            raise
        hint = "This is a bug in symnll; please report it. With SYMNLL_DEBUG=1 in the environment you see where."
        print(f"symnll: internal error: {type(error).__name__}: {error}\n{hint}", file=sys.stderr)
        sys.exit(INTERNAL)


def _leave(code: Any) -> NoReturn:
    """Exit without taking every proof apart first, which would take half a second."""
    if "symnll.prove.library" not in sys.modules or not isinstance(code, int | None):
        sys.exit(code)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(code)
    os._exit(code or 0)


def _stop(message: str, code: int = BAD_INPUT) -> NoReturn:
    typer.echo(f"symnll: {message}", err=True)
    raise typer.Exit(code)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Errors of the user, as one plain message and exit code 2."""
    from symnll.entry import UnknownName

    try:
        yield
    except UnknownName as error:
        _stop(str(error))


def _version(wanted: bool) -> None:
    if wanted:
        from symnll import __version__

        typer.echo(f"symnll {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@app.command("list")
def list_() -> None:
    """List the library: every entry with its claims."""
    from symnll.entry import entries

    for entry in entries().values():
        typer.echo(f"{entry.name}: {entry.title}")
        width = max((len(c.name) for c in entry.claims), default=0)
        for claim in entry.claims:
            typer.echo(f"  {entry.name}.{claim.name:<{width}}  {claim.title}")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="An entry or a claim.")],
    format_: Annotated[Format, typer.Option("--format", "-f", help="What to write.")] = Format.text,
) -> None:
    """Prove an entry or claim, and show it with its derivation."""
    results = _proved([name])
    from symnll.document.library import entry_document
    from symnll.entry import entries

    document = entry_document(entries()[next(iter(results)).partition(".")[0]], results)
    module, name_ = {
        Format.latex: ("latex.article", "article"),
        Format.markdown: ("markdown", "markdown"),
        Format.text: ("text", "plain"),
    }[format_]
    write = getattr(import_module(f"symnll.document.{module}"), name_)
    typer.echo(write(document), nl=False)
    raise typer.Exit(_code(results))


@app.command()
def prove(
    names: Names = None,
    certificates: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a certificate for every proved claim here.")
    ] = None,
) -> None:
    """Prove claims; exit code 1 if anything is not proved."""
    results = _proved(names or [])
    _table(results)
    if certificates is not None:
        try:
            count = len(_write_certificates(results, certificates))
        except OSError as error:
            _stop(f"The certificates can't be written to {certificates}: {error.strerror or error}.")
        typer.echo(f"{count} certificates in {certificates}")
    raise typer.Exit(_code(results))


@app.command()
def replay(files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Certificates.")]) -> None:
    """Prove certificates anew, with the core alone, and say what they prove."""
    code = 0
    for file in files:
        code = max(code, _replay(file))
    raise typer.Exit(code)


def _replay(file: Path) -> int:
    from symnll.core.replay import replay as proved_anew
    from symnll.core.term import CoreError
    from symnll.write.text import theorem_text

    try:
        document = json.loads(_unpacked(file.read_bytes()))
    except OSError as error:
        typer.echo(f"{file}: can't be read: {error.strerror or error}. Check the path.", err=True)
        return BAD_INPUT
    except (ValueError, RecursionError, EOFError, zlib.error) as error:
        hint = "`symnll prove --certificates DIR` writes certificates."
        typer.echo(f"{file}: not a certificate, because it is not JSON ({error}). {hint}", err=True)
        return BAD_INPUT
    try:
        theorem = proved_anew(document)
    except CoreError as error:
        typer.echo(f"{file}: rejected. {error}", err=True)
        return FAILED
    typer.echo(f"{file}: proved\n  {theorem_text(theorem)}")
    for name in sorted({name for name, _ in theorem.hypotheses}):
        typer.echo(f"  hypothesis: {name}")
    typer.echo(f"  axioms: {', '.join(sorted(theorem.axioms)) or 'none'}")
    return 0


def _unpacked(data: bytes) -> bytes:
    """A certificate's bytes, packed by gzip or not; packed ones, which pages hold, may be as large as LARGEST."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacker = zlib.decompressobj(wbits=31)
    text = unpacker.decompress(data, LARGEST)
    if unpacker.unconsumed_tail:
        raise ValueError(f"unpacked it is larger than {LARGEST} bytes")
    return text


@app.command()
def audit(
    used: Annotated[bool, typer.Option("--used", help="Prove the library; say which claims use what.")] = False,
) -> None:
    """Show all that the proofs rest on: the axioms and the rules of inference."""
    from symnll.core.axioms import AXIOMS
    from symnll.core.kernel import RULES
    from symnll.document.axioms import BOOKS, axiom_groups
    from symnll.write.text import term_text

    results = _proved([]) if used else {}
    users: dict[str, list[str]] = {name: [] for name in AXIOMS}
    for claim, result in results.items():
        for axiom in result.theorem.axioms if result.verdict == "proved" else ():
            users[axiom].append(claim)
    typer.echo(f"{len(AXIOMS)} axioms. Conventions: 0⁻¹ = 0, 0⁰ = 1, an empty sum or maximum is 0, an empty product 1.")
    for title, rows in axiom_groups().items():
        typer.echo(f"\n{title}")
        for row in rows:
            typer.echo(f"  {row.name}: {term_text(row.statement)}")
            if row.conditions:
                typer.echo(f"      if {', and '.join(map(term_text, row.conditions))}")
            typer.echo(f"      {row.reference}")
            if used:
                typer.echo(f"      used by {', '.join(users[row.name]) or 'no claim of the library'}")
    typer.echo("\nBooks")
    for short, book in BOOKS.items():
        typer.echo(f"  {short}: {book}")
    typer.echo(f"\nThe {len(RULES)} rules of inference")
    for name, rule in RULES.items():
        typer.echo(f"  {name}: {' '.join((rule.__doc__ or '').split())}")
    raise typer.Exit(_code(results))


@app.command()
def build(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where to write.")] = Path(
        "symnll-build"
    ),
) -> None:
    """Prove the library, and write pages, LaTeX, certificates and kernels."""
    from symnll.document.library import NO_FIGURES, figures
    from symnll.document.site import ForeignDirectory, check_directory, write_all
    from symnll.write.mathml import FormulaError

    try:
        check_directory(output)
    except ForeignDirectory as error:
        _stop(str(error))
    results = _proved([])
    _table(results, failures_only=True)
    try:
        count = write_all(output, results)
    except FormulaError as error:
        _stop(f"A formula can't be shown, and nothing more was written: {error}", FAILED)
    except OSError as error:
        _stop(f"{error.filename or output} can't be written: {error.strerror or error}.")
    if not figures():
        typer.echo(NO_FIGURES)
    typer.echo(f"{count} files in {output}; open {output / 'index.html'}")
    raise typer.Exit(_code(results))


# What the commands share.


def _proved(names: list[str]) -> dict[str, Any]:
    """The results of the claims that the names stand for, with progress on a terminal."""
    with _plain_errors():
        from symnll.entry import select

        chosen = select(names)
    from symnll.prove.library import prove_claims

    with _progress(len(chosen)) as step:
        return prove_claims(chosen, step)


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=_console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda name: bar.update(task, advance=1, description=name)


def _console(stderr: bool = False) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else 100)


def _table(results: dict[str, Any], failures_only: bool = False) -> None:
    from rich.table import Table
    from rich.text import Text

    console = _console()
    if not failures_only:
        table = Table(box=None, pad_edge=False)
        table.add_column("claim", overflow="fold")
        table.add_column("verdict")
        table.add_column("ms", justify="right")
        table.add_column("axioms", justify="right")
        for name, result in results.items():
            fine = result.verdict == "proved"
            axioms = str(len(result.theorem.axioms)) if fine else ""
            verdict = Text(result.verdict, style="green" if fine else "bold red")
            table.add_row(name, verdict, f"{1000 * result.seconds:.0f}", axioms)
        console.print(table)
    for name, result in results.items():
        if result.verdict != "proved":
            console.print(Text(f"{name}: {result}"), soft_wrap=True)
    proved = sum(r.verdict == "proved" for r in results.values())
    rest = "" if proved == len(results) else f", {len(results) - proved} not"
    console.print(f"{proved} of {len(results)} proved{rest}, in {sum(r.seconds for r in results.values()):.1f} s")


def _write_certificates(results: dict[str, Any], folder: Path) -> list[Path]:
    from symnll.document.site import write_certificates

    return write_certificates(results, folder)


def _code(results: dict[str, Any]) -> int:
    return 0 if all(r.verdict == "proved" for r in results.values()) else FAILED
