"""Odd input and what every target answers: one table, for the tests of all targets and for docs/kernels.md.

`python -m tests.kernels.odd_input` rewrites the table in the documentation.

A row says what the module under test returns for a call: the limit where there is one, NaN only where there is none,
or the error and its words. NaN and infinities are compared as they are, other numbers to a few units in the last place.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

INF, NAN = math.inf, math.nan
PAGE = Path(__file__).parents[2] / "docs" / "kernels.md"
BEGIN, END = "<!-- odd input: written by tests/kernels/odd_input.py -->", "<!-- end of odd input -->"
LOG2, LOG3 = math.log(2), math.log(3)
THIRD = 1 / 3


@dataclass(frozen=True)
class Case:
    """A call of the function `kernel` and the result; `make` builds the arguments afresh for every call."""

    title: str
    kernel: str
    make: Callable[[], tuple[Any, ...]]
    result: Any = None
    options: dict[str, Any] = field(default_factory=dict)
    error: type[Exception] | None = None
    says: str = ""
    shown: str = ""  # the arguments in the documentation


def both(title: str, logits: list[float], target: int, loss: float, slope: Any, **options: Any) -> list[Case]:
    """Value and gradient for a class index, for the same class as a soft target, and with a temperature."""
    hot = np.eye(len(logits))[target]
    shown = f"{_row(logits)}, target {target}"
    return [
        Case(title, "nll_value_and_grad", lambda: (np.array(logits), target), (loss, slope), options, shown=shown),
        Case(f"{title}, soft target", "nll_value_and_grad", lambda: (np.array(logits), hot), (loss, slope), options),
        Case(
            f"{title}, float32",
            "nll_value_and_grad",
            lambda: (np.array(logits, np.float32), target),
            (loss, slope),
            options,
        ),
    ]


def one(title: str, kernel: str, logits: list[float], result: Any) -> Case:
    return Case(title, kernel, lambda: (np.array(logits),), result, shown=_row(logits))


def wrong(title: str, make: Callable[[], tuple[Any, ...]], error: type[Exception], says: str, **options: Any) -> Case:
    return Case(title, "nll_value_and_grad", make, None, options, error, says)


def _row(logits: list[float]) -> str:
    return "(" + ", ".join("NaN" if x != x else f"{x:g}".replace("-", "−") for x in logits) + ")"


def _big_endian(x: Any) -> Any:
    a = np.asarray(x)
    return a.astype(a.dtype.newbyteorder(">"))


def _frozen(x: Any) -> Any:
    a = np.array(x)
    a.flags.writeable = False
    return a


PLAIN = [[0.0, 0, 0], [LOG2, 0, 0]]
PLAIN_RESULT = ([LOG3, 2 * LOG2], [[THIRD - 1, THIRD, THIRD], [0.5, -0.75, 0.25]])
NONE = {"reduction": "none"}

NUMBERS: list[Case] = [
    *both("a mask: −inf away from the target", [-INF, 0, 0], 1, LOG2, [0, -0.5, 0.5]),
    *both("the target masked", [-INF, 0, 0], 0, INF, [-1, 0.5, 0.5]),
    *both("all masked but the target", [-INF, 3, -INF], 1, 0, [0, 0, 0]),
    *both("all masked but another class", [-INF, 3, -INF], 0, INF, [-1, 1, 0]),
    *both("all −inf", [-INF, -INF, -INF], 0, NAN, [NAN] * 3),
    *both("+inf at the target", [INF, 0, 0], 0, 0, [0, 0, 0]),
    *both("+inf away from the target", [INF, 0, 0], 1, INF, [1, -1, 0]),
    *both("+inf, the target masked", [INF, -INF, 0], 1, INF, [1, -1, 0]),
    *both("two +inf, one at the target", [INF, INF, 0], 0, NAN, [NAN, NAN, 0]),
    *both("two +inf away from the target", [INF, INF, 0], 2, INF, [NAN, NAN, -1]),
    *both("NaN away from the target", [NAN, 0, 0], 1, NAN, [NAN] * 3),
    *both("NaN at the target", [NAN, 0, 0], 0, NAN, [NAN] * 3),
    *both("NaN beside +inf", [NAN, INF, 0], 1, NAN, [NAN] * 3),
    *both("K = 1", [5.0], 0, 0, [0]),
    *both("K = 1, +inf", [INF], 0, 0, [0]),
    *both("K = 1, −inf", [-INF], 0, 0, [0]),
    *both("K = 1, NaN", [NAN], 0, NAN, [NAN]),
    *both("the largest finite numbers", [1e38, -1e38, 0], 1, 2e38, [1, -1, 0]),
    Case(
        "odd samples leave the others alone",
        "nll_value_and_grad",
        lambda: (np.array([[0.0, 0, 0], [NAN, 0, 0], [INF, 0, 0]]), np.array([0, 0, 0])),
        ([LOG3, NAN, 0], [[THIRD - 1, THIRD, THIRD], [NAN] * 3, [0, 0, 0]]),
        NONE,
    ),
    Case(
        "an ignored sample, whatever its logits",
        "nll_value_and_grad",
        lambda: (np.array([[0.0, 0, 0], [NAN, 0, INF]]), np.array([0, -100])),
        (LOG3, [[THIRD - 1, THIRD, THIRD], [0, 0, 0]]),
        shown="(0, 0, 0) and (NaN, 0, inf), targets 0 and −100",
    ),
    Case(
        "every sample ignored",
        "nll_value_and_grad",
        lambda: (np.zeros((2, 3)), np.array([-100, -100])),
        (NAN, [[0, 0, 0], [0, 0, 0]]),
    ),
    Case(
        "a target class of weight 0",
        "nll_value_and_grad",
        lambda: (np.array([[0.0, -INF, 0]]), np.array([1])),
        (0, [[0, 0, 0]]),
        {"weight": np.array([1.0, 0, 1]), "reduction": "sum"},
        shown="(0, −inf, 0), target 1, weight (1, 0, 1), sum",
    ),
    Case(
        "a soft target of 0 at a masked class",
        "nll_value_and_grad",
        lambda: (np.array([-INF, 0.0, 0]), np.array([0.0, 0.5, 0.5])),
        (LOG2, [0, 0, 0]),
        shown="(−inf, 0, 0), targets (0, ½, ½)",
    ),
    Case(
        "a soft target above 0 at a masked class",
        "nll_value_and_grad",
        lambda: (np.array([-INF, 0.0, 0]), np.array([0.5, 0.25, 0.25])),
        (INF, [-0.5, 0.25, 0.25]),
        shown="(−inf, 0, 0), targets (½, ¼, ¼)",
    ),
    Case(
        "soft targets that sum to 2",
        "nll_value_and_grad",
        lambda: (np.array([0.0, 0]), np.array([1.5, 0.5])),
        (2 * LOG2, [-0.5, 0.5]),
        shown="(0, 0), targets (1½, ½)",
    ),
    Case(
        "soft targets of 0 alone",
        "nll_value_and_grad",
        lambda: (np.array([0.0, 0]), np.array([0.0, 0])),
        (0, [0, 0]),
    ),
    Case(
        "smoothing beside a mask",
        "nll_value_and_grad",
        lambda: (np.array([-INF, 0.0, 0, 0]), np.array(1)),
        (INF, [-0.1, THIRD - 0.7, THIRD - 0.1, THIRD - 0.1]),
        {"label_smoothing": 0.4},
        shown="(−inf, 0, 0, 0), target 1, smoothing 0.4",
    ),
    Case("no samples: the mean", "nll", lambda: (np.zeros((0, 3)), np.zeros(0, int)), NAN),
    Case("no samples: the sum", "nll", lambda: (np.zeros((0, 3)), np.zeros(0, int)), 0, {"reduction": "sum"}),
    Case("no samples: each", "nll", lambda: (np.zeros((0, 3)), []), np.zeros(0), NONE),
    Case("no samples: the gradient", "nll_grad", lambda: (np.zeros((0, 3)), np.zeros(0, int)), np.zeros((0, 3))),
    Case("+inf", "nll_hvp", lambda: ([INF, 0, 0], 1, [1.0, 2, 3]), [0, 0, 0], shown="(inf, 0, 0), v = (1, 2, 3)"),
    Case("two +inf", "nll_hvp", lambda: ([INF, INF, 0], 1, [1.0, 2, 3]), [NAN, NAN, 0]),
    Case("a mask", "nll_hvp", lambda: ([-INF, 0, 0], 1, [1.0, 2, 4]), [0, -0.5, 0.5]),
    Case("a mask", "nll_hessian", lambda: ([-INF, 0, 0], 1), [[0, 0, 0], [0, 0.25, -0.25], [0, -0.25, 0.25]]),
    Case("+inf", "nll_hessian", lambda: ([INF, 0], 1), [[0, 0], [0, 0]]),
    Case("two +inf", "nll_hessian", lambda: ([INF, INF, 0], 1), [[NAN, NAN, 0], [NAN, NAN, 0], [0, 0, 0]]),
    one("a mask", "logsumexp", [-INF, 0, 0], LOG2),
    one("all −inf", "logsumexp", [-INF, -INF], -INF),
    one("+inf", "logsumexp", [INF, 0, INF], INF),
    one("NaN", "logsumexp", [INF, NAN], NAN),
    one("a mask", "softmax", [-INF, 0, 0], [0, 0.5, 0.5]),
    one("all −inf", "softmax", [-INF, -INF], [NAN, NAN]),
    one("+inf", "softmax", [INF, 0, 0], [1, 0, 0]),
    one("two +inf", "softmax", [INF, 0, INF], [NAN, 0, NAN]),
    one("NaN", "softmax", [0, 0, NAN], [NAN] * 3),
    one("K = 1, −inf", "softmax", [-INF], [1]),
    one("a mask", "log_softmax", [-INF, 0, 0], [-INF, -LOG2, -LOG2]),
    one("+inf", "log_softmax", [INF, 0], [0, -INF]),
    one("two +inf", "log_softmax", [INF, INF, 0], [NAN, NAN, -INF]),
    one("a mask", "entropy", [-INF, 0, 0], LOG2),
    one("+inf", "entropy", [INF, 0, 0], 0),
    one("two +inf", "entropy", [INF, INF, 0], NAN),
    one("a mask", "entropy_grad", [-INF, 0, 0], [0, 0, 0]),
    Case("the same class masked", "kl", lambda: ([-INF, LOG2, 0], [-INF, 0, 0]), 5 / 3 * LOG2 - LOG3),
    Case("masked in the first", "kl", lambda: ([-INF, 0.0], [0.0, 0.0]), LOG2),
    Case("masked in the second", "kl", lambda: ([0.0, 0.0], [-INF, 0.0]), INF),
    Case("two +inf in the first", "kl", lambda: ([INF, INF, 0.0], [0.0, 0, 0]), NAN),
    Case("two +inf in both", "kl", lambda: ([INF, INF], [INF, INF]), NAN),
    Case("two +inf in the second, away from the first", "kl", lambda: ([-INF, -INF, 0], [INF, INF, 0]), INF),
    Case("+inf in the first", "kl", lambda: ([INF, 0.0], [0.0, 0.0]), LOG2),
    Case(
        "+inf at targets 1, ½ and 0",
        "binary_nll",
        lambda: ([INF] * 3, [1, 0.5, 0]),
        [0, INF, INF],
        NONE,
        shown="inf, targets 1, ½, 0",
    ),
    Case(
        "−inf at targets 1, ½ and 0",
        "binary_nll",
        lambda: ([-INF] * 3, [1, 0.5, 0]),
        [INF, INF, 0],
        NONE,
        shown="−inf, targets 1, ½, 0",
    ),
    Case("NaN", "binary_nll", lambda: ([NAN], [1.0]), [NAN], NONE),
    Case("+inf, and truth values", "binary_nll_grad", lambda: ([INF, INF], [True, False]), [0, 1], NONE),
    Case("all −inf", "lse_pair", lambda: ([-INF, -INF],), (-INF, 0)),
    Case("+inf", "lse_pair", lambda: ([INF, 0.0, INF],), (INF, 2)),
    Case("two empty pairs", "lse_merge", lambda: ((-INF, 0.0), (-INF, 0.0)), (-INF, 0)),
    Case("an empty pair", "lse_merge", lambda: ((3.0, 2.0), (-INF, 0.0)), (3, 2)),
    Case("+inf in one of two pairs", "lse_merge", lambda: ((INF, 1.0), (5.0, 2.0)), (INF, 1)),
]

LAYOUTS: list[Case] = [
    Case(title, "nll_value_and_grad", make, PLAIN_RESULT, NONE)
    for title, make in (
        ("lists", lambda: (PLAIN, [0, 1])),
        ("Fortran order", lambda: (np.asfortranarray(PLAIN), np.array([0, 1]))),
        ("not contiguous", lambda: (np.repeat(PLAIN, 2, axis=1)[:, ::2], np.array([0, 9, 1])[::2])),
        ("negative strides", lambda: (np.array(PLAIN)[::-1, ::-1][::-1, ::-1], np.array([1, 0])[::-1])),
        ("read-only", lambda: (_frozen(PLAIN), _frozen([0, 1]))),
        ("big-endian", lambda: (_big_endian(PLAIN), _big_endian([0, 1]))),
        ("targets in bytes", lambda: (np.array(PLAIN), np.array([0, 1], np.uint8))),
        ("soft targets in float32", lambda: (np.array(PLAIN), np.eye(3, dtype=np.float32)[:2])),
    )
] + [
    Case("integer logits", "softmax", lambda: (np.array([[0, 0]], np.int16),), [[0.5, 0.5]]),
    Case("logits of −0", "nll", lambda: ([-0.0, 0.0], 0), LOG2),
]

WRONG: list[Case] = [
    wrong(
        "a target ≥ K", lambda: (np.zeros((1, 2)), [2]), ValueError, "targets[0]: is 2; use class indices from 0 to 1"
    ),
    wrong("a negative target", lambda: (np.zeros((2, 2)), [0, -1]), ValueError, "targets[1]: is -1; use class indices"),
    wrong("a huge target", lambda: (np.zeros((1, 2)), np.array([2**63], np.uint64)), ValueError, "targets[0]: is 922"),
    wrong("−100, if nothing is ignored", lambda: (np.zeros((1, 2)), [-100]), ValueError, "is -100", ignore_index=None),
    wrong(
        "targets in floating point", lambda: (np.zeros((1, 2)), [0.5]), TypeError, "class indices have to be integers"
    ),
    wrong("truth values as targets", lambda: (np.zeros((1, 2)), [True]), TypeError, "targets: dtype is bool"),
    wrong(
        "integers in the shape of soft targets", lambda: (np.zeros((1, 2)), [[0, 1]]), ValueError, "Soft targets have"
    ),
    wrong("targets of another shape", lambda: (np.zeros((1, 2)), [0, 1]), ValueError, "class indices have shape (2,)"),
    wrong(
        "soft targets of another shape", lambda: (np.zeros((1, 2)), np.ones((1, 3))), ValueError, "shape (1, 3); use"
    ),
    wrong("targets of objects", lambda: (np.zeros((1, 2)), np.array([None])), TypeError, "targets: dtype is object"),
    wrong(
        "logits of objects", lambda: (np.array([[1.0, None]]), [0]), TypeError, "logits: dtype is object; use floating"
    ),
    wrong("complex logits", lambda: (np.array([[1j, 0]]), [0]), TypeError, "logits: dtype is complex128"),
    wrong("truth values as logits", lambda: (np.array([[True, False]]), [0]), TypeError, "logits: dtype is bool"),
    wrong("strings as logits", lambda: (np.array([["a", "b"]]), [0]), TypeError, "logits: dtype is <U1"),
    wrong("one number as logits", lambda: (3.0, 0), ValueError, "logits: a single number has no class axis"),
    wrong("K = 0", lambda: (np.zeros((2, 0)), [0, 0]), ValueError, "shape (2, 0) has no class along axis -1"),
    wrong("an axis that there isn't", lambda: (np.zeros((1, 2)), [0]), ValueError, "axis: is 2, but", axis=2),
    wrong("two axes", lambda: (np.zeros((1, 2)), [0]), TypeError, "axis: is (0, 1); use one integer", axis=(0, 1)),
    wrong("an unknown reduction", lambda: (np.zeros((1, 2)), [0]), ValueError, "use 'none', 'mean'", reduction="avg"),
    wrong(
        "weights of another shape", lambda: (np.zeros((1, 2)), [0]), ValueError, "weight: shape is (3,)", weight=[1] * 3
    ),
    wrong("complex weights", lambda: (np.zeros((1, 2)), [0]), TypeError, "weight: dtype is complex128", weight=[1j, 0]),
    wrong(
        "smoothing above 1",
        lambda: (np.zeros((1, 2)), [0]),
        ValueError,
        "label_smoothing: is 2; use",
        label_smoothing=2,
    ),
    wrong("a temperature of 0", lambda: (np.zeros((1, 2)), [0]), ValueError, "temperature: is 0; use a", temperature=0),
    wrong("a temperature of NaN", lambda: (np.zeros((1, 2)), [0]), ValueError, "temperature: is nan", temperature=NAN),
    wrong("ignore_index 1.5", lambda: (np.zeros((1, 2)), [0]), TypeError, "ignore_index: is 1.5", ignore_index=1.5),
    wrong("out of another shape", lambda: (np.zeros((1, 2)), [0]), ValueError, "out: shape is (2,)", out=np.zeros(2)),
    wrong(
        "out of another dtype",
        lambda: (np.zeros((1, 2)), [0]),
        TypeError,
        "out: dtype is float32; use float64",
        out=np.zeros((1, 2), np.float32),
    ),
    wrong("out read-only", lambda: (np.zeros((1, 2)), [0]), ValueError, "out: is read-only", out=_frozen([[0.0, 0]])),
    wrong(
        "out a list", lambda: (np.zeros((1, 2)), [0]), TypeError, "out: is a list; use a NumPy array", out=[[0.0, 0]]
    ),
    Case(
        "v of another shape", "nll_hvp", lambda: ([[0.0, 1]], [0], [1.0, 2]), None, {}, ValueError, "v: shape is (2,)"
    ),
]

CASES = [*NUMBERS, *LAYOUTS, *WRONG]


def agree(ours: Any, expected: Any) -> None:
    """The result is the expected one; pairs part by part."""
    if isinstance(expected, tuple):
        assert len(ours) == len(expected)
        for a, b in zip(ours, expected, strict=True):
            agree(a, b)
        return
    a = np.asarray(ours)
    assert a.shape == np.shape(expected), (a, expected)
    eps = np.finfo(a.dtype).eps
    np.testing.assert_allclose(a.astype(np.float64), np.asarray(expected, np.float64), rtol=8 * eps, atol=2 * eps)


def check(module: Any, case: Case) -> None:
    """Run one row of the table on a module that has the public functions."""
    kernel = getattr(module, case.kernel)
    if case.error is None:
        agree(kernel(*case.make(), **case.options), case.result)
        return
    try:
        result = kernel(*case.make(), **case.options)
    except case.error as caught:
        assert case.says in str(caught), caught
    else:
        raise AssertionError(f"{case.title}: no error, but {result}")


def markdown() -> str:
    """The table of the documentation: every row that shows its arguments, and every error."""
    lines = ["| input | | result | gradient |", "| --- | --- | --- | --- |"]
    for case in NUMBERS:
        if case.shown and case.kernel == "nll_value_and_grad":
            value, slope = case.result
            lines.append(f"| {case.title} | {case.shown} | {_shown(value)} | {_shown(slope)} |")
    lines += ["", "| input | function | | result |", "| --- | --- | --- | --- |"]
    for case in NUMBERS:
        if case.shown and case.kernel != "nll_value_and_grad":
            lines.append(f"| {case.title} | `{case.kernel}` | {case.shown} | {_shown(case.result)} |")
    lines += ["", "| wrong argument | error | says |", "| --- | --- | --- |"]
    lines += [f"| {case.title} | `{_name(case.error)}` | `… {case.says} …` |" for case in WRONG]
    return "\n".join(lines)


def _name(error: Any) -> str:
    return str(error.__name__)


def _shown(x: Any) -> str:
    if isinstance(x, list | tuple):
        parts = ", ".join(_shown(a) for a in x)
        return parts if isinstance(x[0], list) else f"({parts})"
    return "NaN" if x != x else f"{x:.4g}".replace("-", "−").replace("e+", "e")


def page() -> str:
    """docs/kernels.md with the table as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{markdown()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
