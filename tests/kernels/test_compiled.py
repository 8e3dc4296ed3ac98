"""The seam: public functions give the same with compiled kernels as with NumPy, whatever the options and layouts."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

from symnll import kernels
from symnll.kernels import compiled, numpy_kernels

RNG = np.random.default_rng(11)
SHAPES = [((700, 10), -1), ((4, 2000), -1), ((10, 30, 20), 1), ((3, 5, 3000), -1), ((60, 100), 0)]


class Switch:
    """Turns the compiled kernels on and off, and counts the batches that they did."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.on, self.done = False, 0
        ours, numpys = compiled.run, numpy_kernels.Batch.run

        def run(
            batch: Any, core: Any, given: Any = (), pivot: bool = False, losses: Any = None, slopes: Any = ()
        ) -> None:
            if self.on and ours(batch, core, given, losses, slopes):
                self.done += 1
            else:
                numpys(batch, core, given, pivot, losses, slopes)

        monkeypatch.setattr(numpy_kernels.Batch, "run", run)
        monkeypatch.setattr(compiled, "run", lambda *_: False)  # so that NumPy is NumPy, wherever the seam is

    def both(self, call: Any) -> tuple[Any, Any, bool]:
        self.on, before = False, self.done
        one = call()
        self.on = True
        return one, call(), self.done > before


@pytest.fixture
def switch(monkeypatch: pytest.MonkeyPatch) -> Switch:
    return Switch(monkeypatch)


def calls(shape: tuple[int, ...], axis: int, dtype: Any, reduction: str) -> dict[str, Any]:
    z = (3 * RNG.standard_normal(shape)).astype(dtype)
    samples, classes = np.moveaxis(z, axis, -1).shape[:-1], shape[axis]
    hard = RNG.integers(0, classes, samples)
    some = np.where(RNG.random(samples) < 0.3, -100, hard)
    soft = np.moveaxis(RNG.dirichlet(np.ones(classes), samples), -1, axis).astype(dtype)
    v, w = RNG.standard_normal(shape).astype(dtype), RNG.random(classes)
    more: dict[str, Any] = {"reduction": reduction, "axis": axis}
    return {
        "nll": lambda: kernels.nll(z, hard, **more),
        "nll_grad": lambda: kernels.nll_grad(z, hard, **more),
        "both": lambda: kernels.nll_value_and_grad(z, hard, **more),
        "ignored": lambda: kernels.nll_value_and_grad(z, some, **more),
        "weighted": lambda: kernels.nll_value_and_grad(z, some, weight=w, **more),
        "soft": lambda: kernels.nll_value_and_grad(z, soft, **more),
        "soft value": lambda: kernels.nll(z, soft, **more),
        "soft gradient": lambda: kernels.nll_grad(z, soft, **more),
        "hvp": lambda: kernels.nll_hvp(z, hard, v, **more),
        "soft hvp": lambda: kernels.nll_hvp(z, soft, v, **more),
        "out": lambda: kernels.nll_value_and_grad(z, hard, out=np.full_like(z, np.nan), **more),
        "logsumexp": lambda: kernels.logsumexp(z, axis=axis),
        "softmax": lambda: kernels.softmax(z, axis=axis),
        "log_softmax": lambda: kernels.log_softmax(z, axis=axis),
    }


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(("shape", "axis"), SHAPES)
def test_compiled_and_numpy_agree(switch: Switch, shape: tuple[int, ...], axis: int, dtype: Any) -> None:
    for reduction in ("mean", "sum", "none"):
        for name, call in calls(shape, axis, dtype, reduction).items():
            one, other, done = switch.both(call)
            assert done, name
            for a, b in zip(*(x if isinstance(x, tuple) else (x,) for x in (one, other)), strict=True):
                assert np.shape(a) == np.shape(b) and np.asarray(a).dtype == np.asarray(b).dtype
                tolerance = 30 * np.finfo(dtype).eps
                np.testing.assert_allclose(np.float64(b), np.float64(a), rtol=tolerance, atol=tolerance, err_msg=name)


def test_value_and_gradient_are_those_of_their_own_kernels_bit_for_bit(switch: Switch) -> None:
    switch.on = True
    for dtype in (np.float32, np.float64):
        for shape in ((600, 10), (20, 3000)):
            z, t = (5 * RNG.standard_normal(shape)).astype(dtype), RNG.integers(0, shape[1], shape[0])
            value, gradient = kernels.nll_value_and_grad(z, t, reduction="none")
            np.testing.assert_array_equal(value, kernels.nll(z, t, reduction="none"))
            np.testing.assert_array_equal(gradient, kernels.nll_grad(z, t, reduction="none"))


@pytest.mark.parametrize("odd", [np.inf, np.nan, -np.inf])
def test_odd_samples_are_numpys(switch: Switch, odd: float) -> None:
    z = RNG.standard_normal((600, 10))
    z[7] = -np.inf
    z[7, 3] = odd
    one, other, done = switch.both(lambda: kernels.nll_value_and_grad(z, np.full(600, 3), reduction="none"))
    assert not done
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


def test_small_batches_temperatures_and_smoothing_are_numpys(switch: Switch) -> None:
    z, t = RNG.standard_normal((600, 10)), RNG.integers(0, 10, 600)
    for call in (
        lambda: kernels.nll(z[:20], t[:20]),
        lambda: kernels.nll(z, t, temperature=2.0),
        lambda: kernels.nll(z, t, label_smoothing=0.1),
    ):
        one, other, done = switch.both(call)
        assert not done and one == other


@pytest.mark.parametrize("shape", [(1, 10), (32, 10), (3, 70), (1, 1)])
def test_small_batches_are_numbas_if_it_is_asked_for(
    switch: Switch, shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "SMALL", 0)
    for dtype in (np.float32, np.float64):
        for name, call in calls(shape, -1, dtype, "mean").items():
            one, other, done = switch.both(call)
            assert done, name
            for a, b in zip(*(x if isinstance(x, tuple) else (x,) for x in (one, other)), strict=True):
                np.testing.assert_allclose(b, a, rtol=30 * np.finfo(dtype).eps, atol=30 * np.finfo(dtype).eps)


def test_the_environment_asks_for_it() -> None:
    code = "from symnll.kernels import compiled; print(compiled.SMALL)"
    for target, least in (("numba", "0"), ("", "4096")):
        environment = {**os.environ, "SYMNLL_TARGET": target}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == least


def test_targets_out_of_range_never_reach_a_kernel() -> None:
    class Batch:
        logits = (np.zeros((600, 10)),)
        working = np.dtype(np.float64)
        scale = dropped = divisor = None
        mixed = False

    def target_nll_core() -> None: ...

    for wrong in (-1, 10):
        targets = np.zeros(600, np.intp)
        targets[599] = wrong
        assert compiled.run(Batch(), target_nll_core, (targets, 1), np.empty(600), ()) is False
