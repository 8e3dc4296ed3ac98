"""Figures of the softmax and its loss, drawn by matplotlib (the extra `doc`) from the numbers of `symnll.kernels`.

One SVG serves light and dark pages: what is ink is `currentColor`, and colours are the CSS custom properties
`--figure-1`, `--figure-2` and `--figure-rule`, with values that can be told apart on both where a page sets none.
`standalone` fixes them for files, `Figure.pdf` draws the same for LaTeX. The same arguments give the same bytes.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from html import escape
from typing import Any

import numpy as np

from symnll import kernels
from symnll.document.figures.svg import INK, MARKERS, ONE, RULE, THEMES, TWO, Colours, inline, standalone

__all__ = [
    "FIGURES", "Figure", "MissingExtra", "hessian", "neg_log", "nll_over_logit", "simplex", "softmax_bars",
    "standalone",
]  # fmt: skip

WIDTH = 4.6  # inches; a page 442 points wide shows text at its size

Paint = Callable[[Any, Colours], None]


class MissingExtra(ImportError):
    """matplotlib is not installed."""


@dataclass(frozen=True)
class Figure:
    """A figure in words, as SVG and, by `pdf`, as PDF.

    `name` is a word for file names and identifiers; `alt` one sentence; `description` says all that is to be seen, for
    a reader who can't; `data` has the numbers that are drawn, by name.
    """

    name: str
    title: str
    alt: str
    description: str
    svg: str
    data: dict[str, list[float]]
    _paint: Paint = field(repr=False, compare=False)
    _height: float = field(repr=False, compare=False)

    def inline(self, prefix: str) -> str:
        """The SVG with identifiers of its own, for a page that has a figure more than once."""
        return re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{escape(prefix)}-", self.svg)

    def pdf(self, theme: str = "light") -> bytes:
        """The figure as PDF, in the colours of a theme, "light" or "dark", on no background."""
        return _drawn(self._paint, self._height, THEMES[theme], "pdf")


def _drawn(paint: Paint, height: float, colours: Colours, format: str) -> bytes:
    try:
        import matplotlib
        from matplotlib.figure import Figure as Canvas
    except ImportError:
        raise MissingExtra("Figures are drawn by matplotlib: python -m pip install 'symnll[doc]'") from None
    settings: Any = {
        "font.family": "STIXGeneral", "mathtext.fontset": "stix", "font.size": 11, "svg.fonttype": "path",
        "svg.hashsalt": "symnll", "pdf.fonttype": 42, "axes.unicode_minus": True, "axes.linewidth": 0.7,
        "axes.edgecolor": colours[INK], "axes.labelcolor": colours[INK], "text.color": colours[INK],
        "xtick.color": colours[INK], "ytick.color": colours[INK], "xtick.major.width": 0.7, "ytick.major.width": 0.7,
        "lines.linewidth": 1.6, "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False,
        "path.simplify": True,
    }  # fmt: skip
    nothing = {"svg": {"Date": None}, "pdf": {"CreationDate": None, "Creator": None, "Producer": None}}
    stream = io.BytesIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(settings)
        canvas = Canvas(figsize=(WIDTH, height), layout="constrained")
        canvas.patch.set_visible(False)
        paint(canvas, colours)
        for axes in canvas.axes:
            axes.patch.set_visible(False)
        canvas.savefig(stream, format=format, metadata=nothing[format])
    return stream.getvalue()


def _figure(
    name: str, title: str, alt: str, description: str, data: dict[str, Any], paint: Paint, height: float
) -> Figure:
    svg = inline(_drawn(paint, height, MARKERS, "svg").decode("utf-8"), name, alt, description)
    numbers = {key: [float(x) for x in np.ravel(value)] for key, value in data.items()}
    return Figure(name, title, alt, description, svg, numbers, paint, height)


def _read(logits: Sequence[float], least: int, most: int) -> Any:
    z = np.asarray(logits, float)
    if z.ndim != 1 or not least <= len(z) <= most or not np.isfinite(z).all():
        count = f"{least}" if least == most else f"{least} to {most}"
        raise ValueError(f"logits: are {list(logits)!r}; use {count} finite numbers.")
    return z


def _place(target: int, classes: int) -> int:
    if not 0 <= target < classes:
        raise ValueError(f"target: is {target}; use class indices from 0 to {classes - 1}.")
    return target


def _number(x: float, digits: int = 2) -> str:
    text = f"{x:.{digits}f}"
    return (text[1:] if text.startswith("-") and not float(text) else text).replace("-", "−")


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def _short(x: float) -> str:
    return f"{x:.3g}".replace("-", "−")


def _tuple(x: Any, shown: Callable[[float], str] = _number) -> str:
    return f"({', '.join(map(shown, x))})"


def softmax_bars(logits: Sequence[float] = (5, 2, 1, 4), labels: Sequence[str] | None = None) -> Figure:
    """Bars of softmax(logits), K = 1 to 8 classes, with their values; `labels` are the classes' names (1 to K).

    Raises ValueError for other numbers of classes, logits that are not finite, or another number of labels.
    """
    z = _read(logits, 1, 8)
    names = [str(label) for label in labels] if labels is not None else [str(k + 1) for k in range(len(z))]
    if len(names) != len(z):
        raise ValueError(f"labels: there are {len(names)} for {len(z)} logits.")
    y = kernels.softmax(z)

    def paint(canvas: Any, colours: Colours) -> None:
        axes = canvas.subplots()
        for k, bar in enumerate(axes.bar(range(len(z)), y, 0.62, color=colours[ONE])):
            bar.set_gid(f"bar-{k + 1}")
            axes.annotate(_number(y[k]), (k, y[k]), (0, 3), textcoords="offset points", ha="center", va="bottom")
        ticks = [f"{_plain(name)}\n$z={_short(x)}$" for name, x in zip(names, z, strict=True)]
        axes.set_xticks(range(len(z)), ticks)
        axes.tick_params(axis="x", length=0, labelsize=11 if len(z) <= 6 else 9)
        axes.set(ylim=(0, 1.08), yticks=[0, 0.25, 0.5, 0.75, 1], ylabel="probability $y_m$")
        axes.set_xlabel("class $m$ and its logit")
        _rules(axes, colours)

    rows = zip(names, z, y, strict=True)
    listed = _listed([f"{_number(p)} for class {name} with logit {_short(x)}" for name, x, p in rows])
    top = [name for name, x in zip(names, z, strict=True) if x == z.max()]
    highest = f"is that of class {top[0]}, which has" if len(top) == 1 else f"are those of {_listed(top)}, which have"
    return _figure(
        "softmax-bars",
        f"Softmax of {len(z)} logits",
        f"Bars of the probabilities that softmax makes of the logits {_tuple(z, _short)}: {_tuple(y)}.",
        f"A bar chart with one bar for each of {len(z)} classes, on an axis from 0 to 1. The heights are the "
        f"probabilities that softmax makes of the logits: {listed}. They sum to 1. The order of the bars is that of "
        f"the logits: the highest {highest} the largest logit.",
        {"logits": z, "y": y}, paint, 2.7,
    )  # fmt: skip


def neg_log(y: float = 0.25) -> Figure:
    """The loss −log y over the probability y of the target class, 0 < y < 1, with one point marked.

    Raises ValueError for a probability that is not between 0 and 1.
    """
    if not 0.005 <= y < 1:
        raise ValueError(f"y: is {y}; use a probability from 0.005 to below 1.")
    # Two classes of logits (x, 0): the curve is what the kernels give for softmax and loss.
    x = np.linspace(-5.4, 7, 90)
    pairs = np.stack([x, np.zeros_like(x)], axis=1)
    curve, loss = kernels.softmax(pairs)[:, 0], kernels.nll(pairs, np.zeros(len(x), int), reduction="none")
    point = np.array([math.log(y) - math.log1p(-y), 0.0])
    at, here = float(kernels.softmax(point)[0]), float(kernels.nll(point, 0))
    digits = 2 if abs(round(at, 2) - at) < 1e-9 else 3

    def paint(canvas: Any, colours: Colours) -> None:
        axes = canvas.subplots()
        axes.plot([at, at, 0], [0, here, here], color=colours[RULE], linewidth=1, linestyle=(0, (4, 3)))
        axes.plot(curve, loss, color=colours[ONE], gid="curve")
        axes.plot([at], [here], "o", color=colours[TWO], markersize=5.5, gid="point")
        side, place = ("left", (8, 5)) if at < 0.6 else ("right", (2, 18))
        text = f"$-\\log\\,{_number(at, digits)} = {_number(here, digits)}$"
        axes.annotate(text, (at, here), place, textcoords="offset points", ha=side)
        axes.set(xlim=(0, 1.02), ylim=(0, 5.5), xlabel="probability $y$ of the target", ylabel=r"loss $-\log\,y$")
        _rules(axes, colours)

    return _figure(
        "neg-log",
        "The loss is −log of the target's probability",
        f"The curve of −log y for y from 0 to 1, falling to 0 at y = 1; at y = {_number(at, digits)} it is "
        f"{_number(here, digits)}.",
        "A curve over the probability y of the target class, from 0 to 1; its height is the loss, −log y. Near y = 0 "
        "the loss grows without bound; it falls steeply at first, then more and more slowly, and is 0 at y = 1. It "
        f"is never negative. One point is marked: at y = {_number(at, digits)} the loss is {_number(here, digits)}.",
        {"y": curve, "loss": loss, "point": [at, here]}, paint, 2.7,
    )  # fmt: skip


def nll_over_logit(logits: Sequence[float] = (0, 2, 1), target: int = 0, moved: int | None = None) -> Figure:
    """The loss −log y_T and its gradient ∂/∂z_m over one logit z_m, the others as given; m = T unless `moved` says.

    `logits`: 2 to 10 finite numbers; `target` and `moved` class indices. Raises ValueError for others.
    """
    z = _read(logits, 2, 10)
    target = _place(target, len(z))
    m = target if moved is None else _place(moved, len(z))
    others = np.delete(z, m)
    middle = float(kernels.logsumexp(others))
    x = np.linspace(round(middle) - 6, round(middle) + 6, 97)
    rows = np.repeat(z[None], len(x), axis=0)
    rows[:, m] = x
    labels = np.full(len(x), target)
    loss = kernels.nll(rows, labels, reduction="none")
    slope = kernels.nll_grad(rows, labels, reduction="none")[:, m]
    own = m == target
    name = "z_T" if own else "z_m"

    def paint(canvas: Any, colours: Colours) -> None:
        above, below = canvas.subplots(2, 1, sharex=True, height_ratios=[1.35, 1])
        above.plot(x, loss, color=colours[ONE], gid="loss")
        below.plot(x, slope, color=colours[TWO], gid="gradient")
        below.axhline(0, color=colours[INK], linewidth=0.7)
        above.set(ylabel=r"loss $-\log\,y_T$", ylim=(0, None), xlim=(x[0], x[-1]))
        limits = (-1.08, 0.1) if own else (-0.1, 1.08)
        below.set(ylabel=rf"$\partial/\partial {name}$", ylim=limits, yticks=[-1, -0.5, 0] if own else [0, 0.5, 1])
        below.set_xlabel(f"the {'target’s logit' if own else 'logit of another class'} ${name}$")
        for axes in (above, below):
            _rules(axes, colours)
        canvas.align_ylabels()

    which = "the target's own logit" if own else "the logit of a class that is not the target"
    fixed = _tuple(others, _short)
    ends = f"from {_number(loss[0])} at {_number(x[0], 0)} to {_number(loss[-1])} at {_number(x[-1], 0)}"
    shape = (
        "It falls, at first almost in a straight line of slope −1, then bends and comes ever closer to 0. Below, the "
        "gradient y_T − 1 rises from almost −1 to almost 0 in the shape of an S; it is never positive."
        if own
        else "At first it is almost level, then it bends upwards and comes ever closer to a straight line of slope "
        "1. Below, the gradient y_m rises from almost 0 to almost 1 in the shape of an S; it is never negative."
    )
    return _figure(
        f"nll-over-{'target' if own else 'other'}-logit",
        f"The loss and its gradient over {which}",
        f"Two curves over {which}: the loss {'falls towards 0' if own else 'rises'}, its gradient rises from "
        f"{'−1 to 0' if own else '0 to 1'}.",
        f"Two curves, one above the other, over {which}, while the other logits stay at {fixed}. Above, the loss goes "
        f"{ends}. {shape} Where {'' if own else 'that class has '}the logit {'is ' if own else ''}{_number(middle)}, "
        f"the log-sum-exp of the other logits, the gradient is {'−' if own else ''}0.5.",
        {"logit": x, "loss": loss, "gradient": slope}, paint, 3.6,
    )  # fmt: skip


SIDES = (0.8, 0.6, 0.4, 0.2)
CORNERS = np.array([[0.5, math.sqrt(3) / 2], [0.0, 0.0], [1.0, 0.0]])  # of the target, and of the two others


def simplex() -> Figure:
    """The probabilities of three classes as the points of a triangle: level lines of the loss of the class at the top,
    and arrows for minus its gradient in the logits, a fifth of their length."""
    # Level lines from side to side: there the probability of one of the other classes is 0, its logit −inf.
    with np.errstate(divide="ignore"):
        ends = np.log([[[p, 1 - p, 0.0], [p, 0.0, 1 - p]] for p in SIDES])
        tails = np.log([(a, b, 7 - a - b) for a in range(1, 6) for b in range(1, 7 - a)])
    lines, levels = (
        kernels.softmax(ends) @ CORNERS,
        kernels.nll(ends[:, 0], np.zeros(len(SIDES), int), reduction="none"),
    )
    points = kernels.softmax(tails) @ CORNERS
    arrows = -kernels.nll_grad(tails, np.zeros(len(tails), int), reduction="none") @ CORNERS / 5

    def paint(canvas: Any, colours: Colours) -> None:
        axes = canvas.subplots()
        axes.fill(*CORNERS.T, facecolor="none", edgecolor=colours[INK], linewidth=1)
        for p, line, level in zip(SIDES, lines, levels, strict=True):
            axes.plot(*line.T, color=colours[ONE], linewidth=1.1)
            axes.annotate(f"${_number(level)}$", line[1], (5, 0), textcoords="offset points", va="center")
            axes.annotate(f"$y_1 = {p}$", line[0], (-5, 0), textcoords="offset points", va="center", ha="right")
        axes.quiver(
            *points.T, *arrows.T, angles="xy", scale_units="xy", scale=1, color=colours[TWO], width=0.0065,
            gid="arrows", headwidth=4, headlength=5, headaxislength=4.5,
        )  # fmt: skip
        for corner, k, place in zip(CORNERS, (1, 2, 3), ((0, 6), (-2, -7), (2, -7)), strict=True):
            axes.annotate(f"$y_{k} = 1$", corner, place, textcoords="offset points", ha="center",
                          va="bottom" if k == 1 else "top")  # fmt: skip
        axes.annotate(r"$-\log\,y_1$", lines[0][1], (5, 17), textcoords="offset points", va="center")
        axes.set(aspect="equal", xlim=(-0.08, 1.08), ylim=(-0.09, 0.96))
        axes.axis("off")

    listed = _listed([f"{_number(level)} where y₁ = {p}" for p, level in zip(SIDES, levels, strict=True)])
    return _figure(
        "simplex",
        "The probabilities of three classes as a triangle",
        "A triangle of all probabilities of three classes, with level lines of the loss of class 1 and arrows of "
        "minus its gradient, which point to the corner of class 1.",
        "Every point of an equilateral triangle stands for probabilities (y₁, y₂, y₃) that sum to 1: at the corner "
        "above y₁ = 1, at the left y₂ = 1, at the right y₃ = 1. The target is class 1. Level lines of its loss −log "
        f"y₁ run parallel to the lower side: it is {listed}; 0 at the corner above, and without bound towards the "
        f"lower side. {len(points)} arrows show minus the gradient in the logits, (1 − y₁, −y₂, −y₃), at a fifth of "
        "its length. Its parts sum to 0, so it lies in the plane of the triangle: each arrow points straight to the "
        "corner above, and the further away it starts, the longer it is.",
        {"levels": levels, "points": points, "arrows": arrows}, paint, 3.9,
    )  # fmt: skip


def hessian(logits: Sequence[float] = (2, 1, 0.5)) -> Figure:
    """The Hessian y_m (δ_mr − y_r) of the loss as a heat map with its numbers, for 2 to 5 finite logits (ValueError
    otherwise). It is the Jacobian of softmax too, and does not depend on the target."""
    z = _read(logits, 2, 5)
    y, matrix = kernels.softmax(z), kernels.nll_hessian(z, 0)
    size, strongest = len(z), float(np.max(np.abs(matrix)))

    def paint(canvas: Any, colours: Colours) -> None:
        from matplotlib.patches import Rectangle

        axes = canvas.subplots()
        for m in range(size):
            for r in range(size):
                value = matrix[m, r]
                colour, alpha = colours[ONE if value > 0 else TWO], 0.08 + 0.52 * abs(value) / (strongest or 1)
                cell = Rectangle((r - 0.48, m - 0.48), 0.96, 0.96, facecolor=colour, alpha=round(alpha, 3), linewidth=0)
                cell.set_gid(f"cell-{m + 1}-{r + 1}")
                axes.add_patch(cell)
                axes.text(r, m, f"${_number(value)}$", ha="center", va="center", fontsize=12 if size < 5 else 10.5)
        names = [str(k + 1) for k in range(size)]
        axes.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), aspect="equal")
        axes.set_xticks(range(size), names)
        axes.set_yticks(range(size), names)
        axes.tick_params(length=0)
        axes.set(xlabel="class $r$", ylabel="class $m$")
        axes.spines[:].set_visible(False)

    rows = "; ".join(f"{m + 1}: {', '.join(_number(x) for x in row)}" for m, row in enumerate(matrix))
    return _figure(
        "hessian",
        "The Hessian of the loss, which is the Jacobian of softmax",
        f"A heat map of the {size} by {size} matrix of second derivatives: positive on the diagonal, negative "
        "elsewhere.",
        f"A square of {size} by {size} cells, each with its number: the second derivative of the loss by the logits "
        f"of classes m (row) and r (column), y_m (δ_mr − y_r), for the logits {_tuple(z, _short)}, of probabilities "
        f"{_tuple(y)}. The cells of the diagonal are in the colour of positive numbers, all others in that of "
        f"negative ones, the stronger the larger the number is. Row by row, {rows}. The matrix is symmetric, and "
        "every row sums to 0. It is the Jacobian of softmax too.",
        {"logits": z, "hessian": matrix}, paint, 3.4,
    )  # fmt: skip


def _rules(axes: Any, colours: Colours) -> None:
    axes.grid(True, axis="y", color=colours[RULE], linewidth=0.5, alpha=0.5)
    axes.set_axisbelow(True)


def _plain(text: str) -> str:
    """Text of others, without a meaning for mathtext."""
    return text.replace("$", r"\$")


_hessian = cache(hessian)
FIGURES: dict[str, Callable[[], Figure]] = {
    "softmax.sums_to_one": cache(softmax_bars),
    "softmax.jacobian": _hessian,
    "nll.nonnegative": cache(neg_log),
    "nll.gradient": cache(simplex),
    "nll.gradient_target": cache(nll_over_logit),
    "nll.gradient_other": cache(partial(nll_over_logit, moved=1)),
    "nll.hessian": _hessian,
    "soft_targets.hessian": _hessian,
}
"""Which claim shows which figure, by the claim's full name: none twice in an entry. Each is drawn once."""
