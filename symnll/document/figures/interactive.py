"""A figure that moves: sliders for logits, target and temperature; bars for softmax and gradient, and the loss.

All its numbers come from the JavaScript kernels, which are printed from the proved forms. Without JavaScript the page
shows a figure that stands still, and its description. Nothing is loaded from anywhere.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from symnll.document.figures.drawn import MissingExtra, softmax_bars
from symnll.kernels.targets import javascript

KERNELS = ("softmax", "nll_value_and_grad")
CAPTION = (
    "Move the logits and the temperature τ, and choose the target: softmax makes probabilities of the logits divided "
    "by τ; the loss is −log of the target’s; its gradient is (y\u00a0−\u00a01)/τ at the target and y/τ elsewhere, and "
    "sums to 0. The numbers are computed in this page, by code that was printed from proved theorems."
)


def interactive(
    logits: Sequence[float] = (2, 1, 0.5, -1),
    labels: Sequence[str] | None = None,
    target: int = 0,
    temperature: float = 1,
    identifier: str = "explore",
    caption: str = CAPTION,
) -> str:
    """A <figure> for an HTML page, with one script.

    `logits`: 2 to 6 numbers from −6 to 6, where the sliders stand at first; `labels`: the classes' names (1 to K);
    `target`: a class index; `temperature`: 0.2 to 5; `identifier`: unique in the page, of letters, digits and hyphens.
    Labels and caption are plain text. Raises ValueError for anything else.
    """
    z = [float(x) for x in logits]
    names = [str(label) for label in labels] if labels is not None else [str(k + 1) for k in range(len(z))]
    if not 2 <= len(z) <= 6 or not all(-6 <= x <= 6 for x in z):
        raise ValueError(f"logits: are {list(logits)!r}; use 2 to 6 numbers from -6 to 6.")
    if len(names) != len(z):
        raise ValueError(f"labels: there are {len(names)} for {len(z)} logits.")
    if target not in range(len(z)):
        raise ValueError(f"target: is {target}; use class indices from 0 to {len(z) - 1}.")
    if not (math.isfinite(temperature) and 0.2 <= temperature <= 5):
        raise ValueError(f"temperature: is {temperature}; use a number from 0.2 to 5.")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", identifier):
        raise ValueError(f"identifier: is {identifier!r}; use letters, digits and hyphens, a letter first.")
    svg, description = _static([x / temperature for x in z], names, identifier)
    return _environment().get_template("interactive.html").render(
        id=identifier, classes=[(name, f"{x:g}") for name, x in zip(names, z, strict=True)], target=target,
        temperature=f"{temperature:g}", svg=Markup(svg), description=description, caption=caption,
        script=Markup(script()),
    )  # fmt: skip


def _static(logits: list[float], names: list[str], identifier: str) -> tuple[str, str]:
    """What is shown without JavaScript."""
    try:
        figure = softmax_bars(logits, names)
    except MissingExtra:
        listed = ", ".join(f"{name} {x:g}" for name, x in zip(names, logits, strict=True))
        return "", f"Sliders need JavaScript. The logits at first: {listed}."
    return figure.inline(identifier), figure.description


@cache
def script() -> str:
    """The text of the figure's script: the kernels, printed from the proved forms, then the page."""
    environment = _environment()
    page = environment.loader.get_source(environment, "interactive.js")[0]  # type: ignore[union-attr]
    style = environment.loader.get_source(environment, "interactive.css")[0]  # type: ignore[union-attr]
    text = f"(() => {{\n{javascript.source(KERNELS)}\n  const STYLE = {json.dumps(style)};\n\n{page}}})();"
    if re.search(r"<(?:/script|!--)", text, re.IGNORECASE):
        raise ValueError("The script would end in the middle, since it has </script> or <!-- in it.")
    return text


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("symnll.document"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
