"""The JavaScript file, run by Node.js: it computes what the definitions say and what the NumPy target says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symnll import kernels
from symnll.export import NoKernel
from symnll.kernels.targets import javascript
from tests.kernels import odd_input
from tests.kernels.arb_reference import hard_rows, loss_and_gradient, ulps

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None and not os.environ.get("SYMNLL_CI"), reason="no Node.js")
DRIVER = """
const fs = require("fs"), kernels = require(process.argv[2]);
const read = (x) => Array.isArray(x) ? x.map(read) : typeof x === "string" ? Number(x) : x;
const write = (x) => typeof x === "number" ? (Object.is(x, -0) ? "-0" : String(x)) : Array.from(x, write);
console.log(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map(([name, given]) => {
  try {
    return write(kernels[name](...read(given)));
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
})));
"""


def written(x: Any) -> Any:
    """Arrays as lists, numbers as texts that JavaScript reads: JSON has no NaN and no infinities."""
    if isinstance(x, np.ndarray | np.generic):
        x = x.tolist()
    if isinstance(x, list | tuple):
        return [written(a) for a in x]
    if isinstance(x, dict):
        return {name: value for name, value in x.items()}
    if isinstance(x, int | float) and not isinstance(x, bool):
        return repr(float(x)).replace("inf", "Infinity").replace("nan", "NaN")
    return x


def run(folder: Path, text: str, calls: list[tuple[str, tuple[Any, ...]]]) -> list[Any]:
    """What the calls of functions of this file return; a dictionary with `error` for one that throws."""
    (folder / "kernels.js").write_text(text, encoding="utf-8")
    (folder / "driver.js").write_text(DRIVER, encoding="utf-8")
    done = subprocess.run(
        [str(NODE), str(folder / "driver.js"), str(folder / "kernels.js")],
        input=json.dumps([(name, [written(a) for a in given]) for name, given in calls]),
        capture_output=True, text=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [numbers(answer) for answer in json.loads(done.stdout)]


def numbers(answer: Any) -> Any:
    if isinstance(answer, dict):
        return answer
    if isinstance(answer, list):
        parts = [numbers(a) for a in answer]
        return tuple(parts) if any(isinstance(a, np.ndarray) for a in parts) else np.array(parts, float)
    return float(answer.replace("Infinity", "inf"))


def flat(x: Any) -> Any:
    return np.hstack([np.atleast_1d(part) for part in (x if isinstance(x, tuple) else (x,))])


def distance(ours: Any, theirs: Any) -> float:
    """The largest difference in units in the last place of the second."""
    a, b = np.atleast_1d(ours).astype(float), np.atleast_1d(theirs).astype(float)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return float(np.max(np.where(same, 0, np.abs(a - b) / np.spacing(np.abs(b))), initial=0))


@needs_node
def test_accuracy_on_hard_rows(tmp_path: Path) -> None:
    rows = hard_rows(np.float64, np.random.default_rng(1))
    answers = run(tmp_path, javascript.source(), [("nll_value_and_grad", (z, t)) for z, t in rows.values()])
    for (name, (row, target)), (value, gradient) in zip(rows.items(), answers, strict=True):
        loss, slope = loss_and_gradient(row, target)
        for ours, exact in [(value, loss), *zip(gradient, slope, strict=True)]:
            below = abs(float(exact.mid())) < float(javascript.LEAST)
            bound = javascript.BOUND * (len(row) if below else 1)
            assert ulps(ours, exact, np.float64) <= bound, name


def random_calls() -> list[tuple[str, tuple[Any, ...], Any]]:
    """Functions, arguments, and what the NumPy target returns for them."""
    rng = np.random.default_rng(2)
    found: list[tuple[str, tuple[Any, ...], Any]] = []
    for n in range(60):
        classes = int(rng.integers(1, 12)) if n % 6 else 300
        z = rng.normal(size=classes) * rng.choice([0.1, 1, 5, 30]) + rng.choice([0, 0, 1000, -500])
        hard, soft, v = int(rng.integers(classes)), rng.dirichlet(np.ones(classes)), rng.normal(size=classes)
        found += [(name, (z,), getattr(kernels, name)(z)) for name in ("softmax", "log_softmax", "logsumexp")]
        for target in (hard, soft):
            found += [(f, (z, target), getattr(kernels, f)(z, target)) for f in ("nll", "nll_grad")]
            found.append(("nll_hvp", (z, target, v), kernels.nll_hvp(z, target, v)))
    return found


@needs_node
def test_it_agrees_with_numpy(tmp_path: Path) -> None:
    calls = random_calls()
    answers = run(tmp_path, javascript.source(), [(name, given) for name, given, _ in calls])
    for (name, given, expected), answer in zip(calls, answers, strict=True):
        if np.ndim(given[-1]) == 0 and name.startswith("nll"):
            assert distance(answer, expected) <= 8, (name, given)
        else:  # differences, exact to a few units of the larger part
            scale = max(1, float(np.max(np.abs(expected)))) if name != "softmax" else 0
            np.testing.assert_allclose(answer, expected, rtol=2e-15, atol=2e-15 * scale, err_msg=name)


@needs_node
def test_temperature(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    calls, expected = [], []
    for tau in (0.1, 0.5, 1.0, 3.0, 100.0):
        z, soft = 3 * rng.normal(size=5), rng.dirichlet(np.ones(5))
        for target in (2, soft):
            for name in ("nll", "nll_grad", "nll_value_and_grad"):
                calls.append((name, (z, target, {"temperature": tau})))
                expected.append(getattr(kernels, name)(z, target, temperature=tau))
        for name in ("softmax", "log_softmax", "logsumexp"):
            calls.append((name, (z, {"temperature": tau})))
            expected.append(getattr(kernels, name)(z / tau))
    for call, answer, theirs in zip(calls, run(tmp_path, javascript.source(), calls), expected, strict=True):
        for a, b in zip(answer, theirs, strict=True) if isinstance(theirs, tuple) else [(answer, theirs)]:
            np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-14, err_msg=str(call))


@needs_node
def test_odd_input(tmp_path: Path) -> None:
    """The rows of the table for one sample and options that there are here."""
    rows = [c for c in odd_input.NUMBERS if c.kernel in javascript.public() and not set(c.options) - {"reduction"}]
    rows = [c for c in rows if np.ndim(c.make()[0]) == 1 and "float32" not in c.title]
    assert len(rows) >= 50
    answers = run(tmp_path, javascript.source(), [(c.kernel, c.make()) for c in rows])
    for case, answer in zip(rows, answers, strict=True):
        try:
            odd_input.agree(answer, case.result)
        except AssertionError as error:
            raise AssertionError(case.title) from error


WRONG: list[tuple[str, tuple[Any, ...], str]] = [
    ("nll", ([0, 0], 2), "RangeError: target: is 2; use class indices from 0 to 1."),
    ("nll", ([0, 0], -1), "RangeError: target: is -1; use class indices from 0 to 1."),
    ("nll", ([0, 0], 0.5), "TypeError: target: is 0.5; class indices have to be integers."),
    ("nll", ([0, 0], None), "TypeError: target: is null; use an array or a typed array of numbers."),
    ("nll", ([0, 0], [1, 0, 0]), "RangeError: target: has 3 numbers; use one for each of the 2 classes."),
    ("nll_grad", ([0, None], 0), "TypeError: logits[1]: is null; use a number."),
    ("nll_grad", ([[0, 1]], 0), "TypeError: logits[0]: is a list; use a number."),
    ("softmax", ([],), "RangeError: logits: there is no class; at least one is needed."),
    ("softmax", (3,), "TypeError: logits: is 3; use an array or a typed array of numbers."),
    ("nll", ([0, 0], 0, {"temperature": 0}), "RangeError: temperature: is 0; use a positive finite number."),
    ("nll", ([0, 0], 0, {"tau": 2}), 'TypeError: options: there is no "tau"; there is temperature.'),
    ("nll", ([0, 0], 0, 2), "TypeError: options: is 2; use an object such as { temperature: 2 }."),
    ("nll_hvp", ([0, 0], 0, [1]), "RangeError: v: has 1 numbers; use one for each of the 2 classes."),
]


@needs_node
def test_wrong_arguments_are_named(tmp_path: Path) -> None:
    answers = run(tmp_path, javascript.source(), [(name, given) for name, given, _ in WRONG])
    assert [answer["error"] for answer in answers] == [says for *_, says in WRONG]


@needs_node
@pytest.mark.parametrize("name", javascript.public())
def test_one_kernel_stands_alone(tmp_path: Path, name: str) -> None:
    z = np.array([2.0, -1.0, 0.5])
    given = {"nll_hvp": (z, 1, z)}.get(name, (z, 1) if name.startswith("nll") else (z,))
    (answer,) = run(tmp_path, javascript.javascript_source(name), [(name, given)])
    np.testing.assert_allclose(flat(answer), flat(getattr(kernels, name)(*given)), rtol=1e-14)


@needs_node
def test_two_files_in_one_page_and_arguments_are_not_changed(tmp_path: Path) -> None:
    text = javascript.javascript_source("nll") + javascript.javascript_source("softmax")
    text += "const z = new Float32Array([1, 2]); symnll.softmax(z, { temperature: 2 }); symnll.nll(z, 1);\n"
    text += "if (z[0] !== 1 || z[1] !== 2) throw new Error('changed');\n"
    assert run(tmp_path, text, [("softmax", ([0, 0],)), ("nll", ([0, 0], 0))])[0].tolist() == [0.5, 0.5]


def test_the_source_is_reproducible_and_names_what_it_rests_on() -> None:
    text = javascript.javascript_source("nll_grad")
    assert text == javascript.javascript_source("nll_grad")
    listed = set(re.findall(r"^ \* - (\S+) \[[0-9a-f]{16}\]$", text, re.MULTILINE))
    assert listed == {"options.target_nll_gradient", "options.soft_nll_gradient"}
    assert "function softmax" not in text and "require() returns" in text
    assert max(map(len, text.splitlines())) <= 120
    with pytest.raises(NoKernel, match="no kernel named 'nothing'"):
        javascript.javascript_source("nothing")
