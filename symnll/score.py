"""`symnll score`: the negative log-likelihood of logits in a file, read block by block."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from symnll.stored import Index, Stored

BAD_INPUT = 2


class Format(str, Enum):
    """How the result is written."""

    text = "text"
    json = "json"


@dataclass(frozen=True)
class Score:
    """What the command prints. Natural logarithms; ignored samples count in `ignored` alone."""

    samples: int
    ignored: int
    nll: float  # the mean; NaN of no samples
    nll_sum: float
    perplexity: float  # exp of the mean
    accuracy: float  # samples whose target has the largest logit, the first of equal ones; NaN of no samples


def score(
    logits: Annotated[Path, typer.Argument(metavar="LOGITS", help="A .npy or .npz file, or a Zarr folder.")],
    targets: Annotated[Path, typer.Argument(metavar="TARGETS", help="The same; it may be the same file.")],
    ignore_index: Annotated[int, typer.Option(help="Samples of this target are left out.")] = -100,
    temperature: Annotated[float, typer.Option(help="The logits are divided by it.")] = 1.0,
    axis: Annotated[int, typer.Option(help="The axis of the classes.")] = -1,
    logits_member: Annotated[
        str | None, typer.Option("--logits", metavar="NAME", help="The array's name, in a file of several.")
    ] = None,
    targets_member: Annotated[
        str | None, typer.Option("--targets", metavar="NAME", help="The array's name, in a file of several.")
    ] = None,
    block: Annotated[int | None, typer.Option(metavar="SAMPLES", help="Read so many at a time.")] = None,
    format_: Annotated[Format, typer.Option("--format", "-f", help="How the result is written.")] = Format.text,
) -> None:
    """Score logits in a file: NLL, perplexity, accuracy."""
    from symnll.stored import StoredError, opened

    if block is not None and block < 1:
        _stop(f"--block is {block}; use 1 or more samples.")
    if not (temperature > 0 and math.isfinite(temperature)):
        _stop(f"--temperature is {temperature:g}; use a positive number.")
    try:
        z = opened(logits, logits_member, "logits", "--logits", axis)
        t = opened(targets, targets_member, "targets", "--targets")
        axis = _checked(z, t, axis)
        result = _score(z, t, axis, ignore_index, temperature, block)
    except StoredError as error:
        _stop(str(error))
    typer.echo(_json(result) if format_ is Format.json else _text(result))


def _checked(z: Stored, t: Stored, axis: int) -> int:
    """The class axis from 0; shapes and dtypes are such as can be scored."""
    from symnll.kernels.arguments import is_float
    from symnll.stored import StoredError

    if not is_float(z.dtype) and z.dtype.kind not in "iu":
        raise StoredError(f"{z.name}: its dtype is {z.dtype}; logits are floating-point numbers or integers.")
    if t.dtype.kind not in "iu":
        raise StoredError(f"{t.name}: its dtype is {t.dtype}; targets are class indices, which have to be integers.")
    if not z.shape:
        raise StoredError(f"{z.name}: a single number has no class axis; logits have shape (..., K).")
    if not -len(z.shape) <= axis < len(z.shape):
        raise StoredError(f"--axis is {axis}, but {z.name} has shape {z.shape}; use 0 to {len(z.shape) - 1}.")
    axis %= len(z.shape)
    if not z.shape[axis]:
        raise StoredError(f"{z.name}: its shape {z.shape} has no class along axis {axis}; at least one is needed.")
    samples = z.shape[:axis] + z.shape[axis + 1 :]
    if t.shape != samples:
        raise StoredError(
            f"{t.name}: its shape is {t.shape}; use {samples}, the shape {z.shape} of {z.name} without axis {axis}."
        )
    return axis


def _score(z: Stored, t: Stored, axis: int, ignore_index: int, temperature: float, block: int | None) -> Score:
    import numpy as np

    from symnll.cli import _progress
    from symnll.kernels import nll
    from symnll.stored import BLOCK, Npz, blocks

    classes = z.shape[axis]
    most = block or max(1, BLOCK // (classes * z.dtype.itemsize))
    streamed = any(isinstance(x, Npz) for x in (z, t))
    total, count, ignored, right, done = _Sum(), 0, 0, 0, 0
    with _progress(sum(1 for _ in blocks(t.shape, most, streamed))) as step:
        for at in blocks(t.shape, most, streamed):
            labels = t.read(at)
            left_out = labels == ignore_index
            _check_labels(t.name, labels, left_out, at, classes)
            rows = np.moveaxis(z.read((*at[:axis], slice(0, classes), *at[axis:])), axis, -1)
            if rows.dtype.itemsize == 2 and rows.dtype.kind == "f":
                rows = rows.astype(np.float32)  # or each loss would be rounded to float16
            losses = nll(rows, labels, ignore_index=ignore_index, temperature=temperature, reduction="none")
            total.add(float(np.sum(losses, dtype=np.float64)))
            best = np.argmax(rows, axis=-1)
            known = ~np.isnan(np.take_along_axis(rows, best[..., np.newaxis], axis=-1)[..., 0])
            right += int(np.count_nonzero((best == labels) & ~left_out & known))
            ignored += int(np.count_nonzero(left_out))
            count += labels.size - int(np.count_nonzero(left_out))
            done += labels.size
            if step is not None:
                step(f"{done:,} samples")
    mean = total.value / count if count else math.nan
    with np.errstate(over="ignore"):
        perplexity = float(np.exp(mean))
    return Score(count, ignored, mean, total.value, perplexity, right / count if count else math.nan)


class _Sum:
    """A sum of numbers ≥ 0 with what rounding took from it, so that it is the same in blocks of every size."""

    def __init__(self) -> None:
        self.high = self.low = 0.0

    def add(self, x: float) -> None:
        high = self.high + x
        small, large = sorted((self.high, x))
        self.low += small - (high - large)
        self.high = high

    @property
    def value(self) -> float:
        return self.high + self.low if math.isfinite(self.high) else self.high


def _check_labels(name: str, labels: Any, left_out: Any, at: Index, classes: int) -> None:
    import numpy as np

    from symnll.stored import StoredError

    wrong = ((labels < 0) | (labels >= classes)) & ~left_out
    if np.any(wrong):
        first = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = ", ".join(str(cut.start + i) for cut, i in zip(at, first, strict=True))
        raise StoredError(
            f"{name}: the target at [{place}] is {labels[first]}; use class indices from 0 to {classes - 1}, "
            f"or leave samples out with --ignore-index."
        )


def _text(result: Score) -> str:
    left_out = f" ({result.ignored:,} ignored)" if result.ignored else ""
    lines = [f"samples     {result.samples:,}{left_out}", f"NLL         {result.nll:.10g} (mean, nats)"]
    lines += [f"sum         {result.nll_sum:.10g}", f"perplexity  {result.perplexity:.10g}"]
    return "\n".join([*lines, f"accuracy    {result.accuracy:.6g}"])


def _json(result: Score) -> str:
    """One line; JSON has no infinities and no NaN, which are written as strings."""
    values = {k: v if math.isfinite(v) else str(v) for k, v in asdict(result).items()}
    return json.dumps(values)


def _stop(message: str) -> NoReturn:
    typer.echo(f"symnll: {message}", err=True)
    raise typer.Exit(BAD_INPUT)
