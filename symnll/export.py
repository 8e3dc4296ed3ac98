"""`symnll kernel`: one kernel as a standalone source file. Targets are imported when they are asked for."""

from __future__ import annotations

import difflib
from importlib import import_module
from pathlib import Path
from typing import Annotated, NoReturn

import typer

BAD_INPUT = 2

# Every target: the module and its function that takes the name of a kernel and returns the text of the file.
# For a kernel that the target doesn't have the function raises NoKernel.
TARGETS: dict[str, tuple[str, str]] = {
    "numpy": ("symnll.kernels.generate", "numpy_source"),
    "numba": ("symnll.kernels.targets.numba", "numba_source"),
    "c": ("symnll.kernels.targets.c", "c_source"),
    "torch": ("symnll.kernels.targets.torch", "torch_source"),
    "jax": ("symnll.kernels.targets.jax", "jax_source"),
    "javascript": ("symnll.kernels.targets.javascript", "javascript_source"),
}


class NoKernel(LookupError):
    """The target has no kernel of that name; `names` are those it has."""

    def __init__(self, name: str, names: list[str]) -> None:
        self.name, self.names = name, names
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        hint = f"Did you mean {', '.join(near)}?" if near else f"There are {', '.join(sorted(names))}."
        super().__init__(f"There is no kernel named {name!r} for this target. {hint}")


def kernel(
    name: Annotated[str, typer.Argument(help="A function of symnll.kernels, such as nll_value_and_grad.")],
    target: Annotated[str, typer.Option("--target", "-t", help=f"What to write for: {', '.join(TARGETS)}.")] = "numpy",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write; otherwise to the terminal.")
    ] = None,
) -> None:
    """Write a kernel as a standalone source file that needs no symnll."""
    if target not in TARGETS:
        _stop(f"There is no target named {target!r}. There are {', '.join(TARGETS)}.")
    module, function = TARGETS[target]
    try:
        text = getattr(import_module(module), function)(name)
    except NoKernel as error:
        _stop(str(error))
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        _stop(f"{output} can't be written: {error.strerror or error}. Check the path.")
    typer.echo(f"{name} for {target} in {output}", err=True)


def _stop(message: str) -> NoReturn:
    typer.echo(f"symnll: {message}", err=True)
    raise typer.Exit(BAD_INPUT)
