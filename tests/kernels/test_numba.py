"""The Numba kernels: accuracy on hard rows, both layouts, every kernel, threads, messages, and the generator."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernels.arb_reference import exactly, hard_rows, loss_and_gradient, ulps

pytest.importorskip("numba")

from numba import njit

from symnll.kernels import fast, numba_kernels
from symnll.kernels.approximations import PRECISIONS, WorkingBits, exp_constants
from symnll.kernels.error_bounds import exp_bound, part_bound, unit_bound
from symnll.kernels.forms import FORMS

ROOT = Path(__file__).parent.parent.parent
DTYPES = [np.float32, np.float64]
RNG = np.random.default_rng(4)
ONE = np.ones(1)


@njit
def _reduction(b: Any) -> Any:
    return numba_kernels.reduction(b)


def reduction(b: Any) -> Any:
    magic, floor, unit, rest = _reduction(b)
    return type(b)(magic), type(b)(floor), unit, rest


def value_and_grad(z: Any, targets: Any, layout: str, scale: Any = ONE) -> tuple[Any, Any]:
    value, gradient = np.empty(len(z), z.dtype), np.empty_like(z)
    kernel = getattr(numba_kernels, f"nll_value_and_grad_{layout}")
    assert kernel(z, np.asarray(targets, np.int32), scale, value, gradient) == 0
    return value, gradient


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", ["rows", "tiles"])
def test_accuracy_on_hard_rows(dtype: Any, layout: str) -> None:
    """NLL ≤ 3 units in the last place, every gradient component ≤ 4; these are the bars, and there is room."""
    worst = [0.0, 0.0]
    for seed in range(3):
        for name, (row, target) in hard_rows(dtype, np.random.default_rng(seed)).items():
            loss, gradient = loss_and_gradient(row, target)
            value, ours = value_and_grad(row[None], [target], layout)
            off = ulps(value[0], loss, dtype), max(ulps(a, b, dtype) for a, b in zip(ours[0], gradient, strict=True))
            assert off[0] <= 3 and off[1] <= 4, (name, off)
            worst = [max(a, b) for a, b in zip(worst, off, strict=True)]
    assert worst[0] <= 2 and worst[1] <= 3


@pytest.mark.parametrize("dtype", DTYPES)
def test_accuracy_with_the_vocabulary_of_a_language_model(dtype: Any) -> None:
    row = np.round(4 * RNG.standard_normal(128_256), 2).astype(dtype)  # few different numbers: the reference is fast
    for target in (int(np.argmax(row)), 77):
        loss, gradient = loss_and_gradient(row, target, bits=200)
        value, ours = value_and_grad(row[None], [target], "rows")
        assert ulps(value[0], loss, dtype) <= 3
        some = [target, *range(0, len(row), 997)]
        assert max(ulps(ours[0, k], gradient[k], dtype) for k in some) <= 4


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("b", [3.7, 0.0, -0.3, 1e-30, -300.25, 2.0**15, -30000.5, 40000.0, 1e6, -1e9])
def test_exp_stays_within_its_proved_bound(b: float, dtype: Any) -> None:
    """The bound of the loop where |b| is moderate, and that of the compensated difference elsewhere."""
    name, top = np.dtype(dtype).name, dtype(b)
    away = np.concatenate([np.linspace(0, 90, 1500), 10.0 ** RNG.uniform(-9, 2, 500)])
    a = np.minimum(b - away, b).astype(dtype)
    magic, floor, unit, rest = reduction(top)
    stored = np.empty_like(a)
    numba_kernels.exponentials(a, top, magic, floor, stored, len(a), True)
    with WorkingBits():
        whole = exactly(unit) + exactly(rest)
        exact = [(exactly(z) - exactly(top)).exp() / whole for z in a]
    off = [ulps(x, e, dtype) for x, e in zip(stored, exact, strict=True)]
    moderate = abs(b) <= PRECISIONS[name].limit
    assert max(off) <= (part_bound(name) + unit_bound() if moderate else exp_bound(name))


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_unit_of_a_sample_stays_within_its_proved_bound(dtype: Any) -> None:
    name = np.dtype(dtype).name
    exponent, limit = PRECISIONS[name].exponent, PRECISIONS[name].limit
    worst = 0.0
    for b in [0, limit, -limit, *RNG.uniform(-1, 1, 300), *RNG.uniform(-limit, limit, 300)]:
        top = dtype(b)
        magic, floor, unit, rest = reduction(top)
        m = int(PRECISIONS[name].magic + exponent - float(magic))
        assert floor == top + dtype(PRECISIONS[name].floor)
        with WorkingBits():
            exact = (arb.const_log2() * (m - exponent) - exactly(top)).exp()
            error = abs(exactly(unit) + exactly(rest) - exact) / exactly(float(np.spacing(unit)))
            worst = max(worst, float(error.mid()))
    assert 0.0 < worst <= unit_bound()


def test_the_first_part_of_the_reduction_is_exact() -> None:
    """a − n·FIRST has no more bits than a number has, for every n and near every place where n changes."""
    for name, format in PRECISIONS.items():
        constants, dtype = exp_constants(name), np.dtype(name).type
        steps = np.unique(np.concatenate([np.arange(1, 300), 10 ** RNG.uniform(2, np.log10(1.44 * format.limit), 300)]))
        for n in np.floor(np.concatenate([steps, -steps])):
            for a in (n + RNG.uniform(-0.5, 0.5, 8)) * np.log(2):
                h = Fraction(float(dtype(a))) - int(n) * Fraction(constants.first)
                assert abs(h) > 1 or Fraction(float(dtype(h))) == h


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", [form.name.removesuffix("_core") for form in FORMS])
def test_every_kernel_agrees_with_the_definitions(name: str, dtype: Any) -> None:
    for classes in (1, 2, 5, 32, 33, 63, 64, 65, 127, 2047, 2048, 2049, 5000):
        samples = 3 if classes > 200 else 70
        z = (4 * RNG.standard_normal((samples, classes))).astype(dtype)
        soft = RNG.dirichlet(np.ones(classes), samples).astype(dtype)
        v = RNG.standard_normal((samples, classes)).astype(dtype)
        hard = RNG.integers(0, classes, samples).astype(np.int32)
        given_, exact = definitions(z, soft, v, hard)[name]
        for layout in ("rows", "tiles") if classes < 200 else ("rows",):
            results = [np.full(e.shape, np.nan, dtype) for e in exact]
            scale = [np.array([2.0])] if exact[-1].ndim == 2 else []  # a factor for the derivative
            assert getattr(numba_kernels, f"{name}_{layout}")(z, *given_, *scale, *results) == 0
            for ours, e in zip(results, exact, strict=True):
                tolerance = 20 * np.finfo(dtype).eps
                wanted = 2 * e if e.ndim == 2 else e
                np.testing.assert_allclose(ours, wanted, rtol=tolerance, atol=tolerance, err_msg=f"{classes} classes")


def definitions(z: Any, soft: Any, v: Any, hard: Any) -> dict[str, tuple[Any, Any]]:
    """By kernel: what it takes after the logits, and what it gives."""
    wide = z.astype(np.longdouble)
    top = wide.max(axis=1, keepdims=True)
    lse = top + np.log(np.exp(wide - top).sum(axis=1, keepdims=True))
    y = np.exp(wide - lse)
    hot = np.eye(z.shape[1], dtype=np.longdouble)[hard]
    product = y * (v - (y * v).sum(axis=1, keepdims=True))
    found: dict[str, tuple[Any, Any]] = {
        "softmax": ((), (y,)),
        "log_softmax": ((), (wide - lse,)),
        "logsumexp": ((), (lse[:, 0],)),
    }
    for prefix, targets, t in (("", hard, hot), ("soft_", soft, soft.astype(np.longdouble))):
        weight = t.sum(axis=1, keepdims=True)
        loss, gradient = (t * (lse - wide)).sum(axis=1), weight * y - t
        found[f"{prefix}nll"] = (targets,), (loss,)
        found[f"{prefix}nll_grad"] = (targets,), (gradient,)
        found[f"{prefix}nll_value_and_grad"] = (targets,), (loss, gradient)
        found[f"{prefix}nll_hvp"] = (targets, v) if prefix else (v,), (weight * product,)
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 90), st.sampled_from([0.1, 3.0, 60.0, 1e4]), st.integers(0, 2**32 - 1))
def test_the_layouts_agree(samples: int, classes: int, spread: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for dtype in DTYPES:
        z = (spread * rng.standard_normal((samples, classes))).astype(dtype)
        targets = rng.integers(0, classes, samples)
        one, other = (value_and_grad(z, targets, layout) for layout in ("rows", "tiles"))
        for a, b in zip(one, other, strict=True):
            np.testing.assert_allclose(a, b, rtol=4 * np.finfo(dtype).eps, atol=float(np.finfo(dtype).tiny) / 1e5)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", ["rows", "tiles"])
def test_samples_without_a_finite_maximum_are_counted_and_the_others_are_done(dtype: Any, layout: str) -> None:
    z = RNG.standard_normal((90, 7)).astype(dtype)
    z[3, 2], z[5, 1], z[80] = np.nan, np.inf, -np.inf
    z[4, 3] = -np.inf  # a mask is nothing special
    value, gradient = np.empty(90, dtype), np.empty_like(z)
    targets = np.full(90, 3, np.int32)
    assert getattr(numba_kernels, f"nll_value_and_grad_{layout}")(z, targets, ONE, value, gradient) == 3
    fine = np.isfinite(z.max(axis=1))
    again, there = value_and_grad(z[fine], targets[fine], layout)
    np.testing.assert_array_equal(value[fine], again)
    np.testing.assert_array_equal(gradient[fine], there)
    assert value[4] == np.inf and gradient[4, 3] == -1
    core = fast.core("nll_value_and_grad", dtype)
    assert core is not None and core(z, targets, ONE, value, gradient) is False


@pytest.mark.parametrize("shape", [(1000, 10), (40, 5000), (1, 3), (0, 4), (257, 64)])
def test_any_number_of_threads_gives_the_same_bits(shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    z = RNG.standard_normal(shape).astype(np.float32)
    targets = RNG.integers(0, shape[1], shape[0]).astype(np.int32)
    monkeypatch.setattr(fast, "ALONE", 100)
    results = []
    for count in ("1", "2", "5"):
        monkeypatch.setenv("SYMNLL_NUM_THREADS", count)
        value, gradient = np.full(shape[0], np.nan, np.float32), np.full(shape, np.nan, np.float32)
        core = fast.core("nll_value_and_grad", np.float32)
        assert core is not None and core(z, targets, ONE, value, gradient) is True
        results.append((value, gradient))
    for value, gradient in results[1:]:
        np.testing.assert_array_equal(value, results[0][0])
        np.testing.assert_array_equal(gradient, results[0][1])
    assert not np.isnan(results[0][1]).any()


def test_read_only_logits_do_not_compile_again() -> None:
    z = RNG.standard_normal((5, 6))
    z.flags.writeable = False
    core = fast.core("softmax", np.float64)
    assert core is not None
    out = np.empty(z.shape)
    assert core(z, ONE, out)
    np.testing.assert_allclose(out.sum(axis=1), 1)
    assert all(kind.args[0].mutable for kind in _signatures(numba_kernels.softmax_rows))


def _signatures(dispatcher: Any) -> list[Any]:
    return list(dispatcher.nopython_signatures)


def test_there_is_no_core_for_other_dtypes_or_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fast.core("nll", np.float16) is None
    assert fast.core("nothing", np.float32) is None
    monkeypatch.setenv("SYMNLL_TARGET", "numpy")
    assert not fast.available()


def test_compiling_is_announced_and_loading_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    from numba import njit

    function = njit(lambda x: x + 1)
    fast._with_a_message("nll for float32", function, [1])
    assert capsys.readouterr().err == "symnll: compiling nll for float32, once on this machine; a few seconds …\n"
    fast._with_a_message("nll for float32", function, [1])
    assert capsys.readouterr().err == ""


def test_a_forked_child_starts_threads_of_its_own() -> None:
    if not hasattr(os, "fork"):
        pytest.skip("no fork here")
    script = (
        "import os, numpy as np\n"
        "from symnll.kernels import fast\n"
        "fast.ALONE = 10\n"
        "core = fast.core('logsumexp', np.float64)\n"
        "z, value = np.zeros((64, 8)), np.empty(64)\n"
        "core(z, value)\n"
        "pid = os.fork()\n"
        "value[:] = 0\n"
        "core(z, value)\n"
        "assert np.allclose(value, np.log(8))\n"
        "if pid == 0: os._exit(0)\n"
        "assert os.waitpid(pid, 0)[1] == 0\n"
    )
    environment = {**os.environ, "SYMNLL_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True, cwd=ROOT, env=environment, timeout=100)


def test_the_module_is_what_its_generator_writes() -> None:
    pytest.importorskip("flint")
    from symnll.kernels.targets import numba as target

    text = target.source()
    assert target.TARGET.read_text(encoding="utf-8") == text
    for name, number in target.hashes_of(target.chosen(())).items():
        assert f"- {name} [{number}]" in text
