"""The loss for Dask arrays: every chunking agrees with NumPy's result, on odd input too; files; a cluster."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("dask.array")

import dask
import dask.array as da

from symnll import kernels
from symnll.kernels import dask_arrays as ours
from tests.kernels import odd_input
from tests.kernels.arb_reference import hard_rows, loss_and_gradient, ulps

RNG = np.random.default_rng(4)
N, K = 24, 60
CHUNKS = [(N, K), (N, 1), (1, K), (5, 7), (24, 59), ((20, 4), (1, 58, 1)), ((0, 24), (30, 0, 30))]
TYPES = [np.float32, np.float64]
# What docs/kernels.md states, in units in the last place: of the loss, and of a component of its gradient. The same
# numbers bound NumPy's own results, so that the two may lie this much further apart.
LOSS, SLOPE, NUMPY = 3, 4, 4


@pytest.fixture(autouse=True)
def one_thread() -> Any:
    with dask.config.set(scheduler="synchronous"):
        yield


def data(dtype: Any, scale: float = 8, offset: float = 0) -> tuple[Any, Any]:
    return (RNG.normal(size=(N, K)) * scale + offset).astype(dtype), RNG.integers(0, K, N)


def close(a: Any, b: Any, ulps: float, floor: float = 0) -> None:
    """Within some units in the last place of b, or of `floor`, where b is smaller."""
    a, b = np.asarray(a), np.asarray(b)
    assert a.dtype == b.dtype and a.shape == b.shape
    unit = np.spacing(np.maximum(np.abs(b), np.asarray(floor, b.dtype)))
    assert np.all((a == b) | (np.abs(a - b) <= ulps * unit)), np.nanmax(np.abs(a - b) / unit)


@pytest.mark.parametrize("chunks", CHUNKS, ids=str)
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(("scale", "offset"), [(1, 0), (30, 0), (5, 1e6), (300, -1e4)])
def test_every_chunking_agrees_with_numpy(chunks: Any, dtype: Any, scale: float, offset: float) -> None:
    z, t = data(dtype, scale, offset)
    z[np.arange(N)[::3], t[::3]] = z[::3].max(axis=1) + 20  # the target dominates: losses close to 0
    x = da.from_array(z, chunks=chunks)
    close(ours.nll(x, t, reduction="none").compute(), kernels.nll(z, t, reduction="none"), LOSS + NUMPY)
    close(ours.nll(x, t).compute(), kernels.nll(z, t), LOSS + NUMPY)
    slope = ours.nll_grad(x, t, reduction="sum")
    assert slope.dtype == dtype and slope.shape == z.shape
    close(slope.compute(), kernels.nll_grad(z, t, reduction="sum"), SLOPE + NUMPY)
    close(ours.softmax(x).compute(), kernels.softmax(z), SLOPE + NUMPY)
    close(ours.logsumexp(x).compute(), kernels.logsumexp(z), LOSS + NUMPY, 1)
    close(ours.log_softmax(x).compute(), kernels.log_softmax(z), LOSS + NUMPY, 1)


@pytest.mark.parametrize("dtype", TYPES)
def test_the_stated_bound_against_ball_arithmetic(dtype: Any) -> None:
    for scale, offset in ((1, 0), (30, 0), (5, 1e6)):
        z, t = data(dtype, scale, offset)
        exact = [loss_and_gradient(row, int(label)) for row, label in zip(z, t, strict=True)]
        losses = np.array([float(loss) for loss, _ in exact], dtype)
        slopes = np.array([[float(x) for x in slope] for _, slope in exact], dtype)
        for chunks in CHUNKS:
            value, slope = ours.nll_value_and_grad(da.from_array(z, chunks=chunks), t, reduction="none")
            close(value.compute(), losses, LOSS + 0.5)
            close(slope.compute(), slopes, SLOPE + 0.5)


@pytest.mark.parametrize("dtype", TYPES)
def test_the_stated_bound_on_rows_where_plain_formulas_lose_digits(dtype: Any) -> None:
    for name, (row, t) in hard_rows(dtype, np.random.default_rng(5)).items():
        z = np.asarray(row, dtype)[np.newaxis]
        if z.size > 130:
            continue
        loss, slope = loss_and_gradient(z[0], t)
        for width in (11, z.size):
            lazy = ours.nll_value_and_grad(da.from_array(z, chunks=(1, width)), [t], reduction="none")
            (value,), (grad,) = dask.compute(*lazy)
            assert ulps(value, loss, dtype) <= LOSS, (name, width)
            assert max(ulps(a, b, dtype) for a, b in zip(grad, slope, strict=True)) <= SLOPE, (name, width)


OPTIONS: list[dict[str, Any]] = [
    {"label_smoothing": 0.1},
    {"label_smoothing": 1.0},
    {"temperature": 2.5},
    {"weight": np.linspace(0, 2, K)},
    {"weight": np.linspace(0, 2, K), "label_smoothing": 0.3, "temperature": 0.7},
    {"ignore_index": 3},
    {"ignore_index": 3, "label_smoothing": 0.2},
    {"ignore_index": None},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: ", ".join(options))
@pytest.mark.parametrize("chunks", CHUNKS[:-1], ids=str)
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_options(options: Any, chunks: Any, reduction: str) -> None:
    z, t = data(np.float64)
    t[:5] = 3
    x = da.from_array(z, chunks=chunks)
    value, slope = dask.compute(*ours.nll_value_and_grad(x, t, reduction=reduction, **options))
    expected = kernels.nll_value_and_grad(z, t, reduction=reduction, **options)
    np.testing.assert_allclose(value, expected[0], rtol=1e-14)
    np.testing.assert_allclose(slope, expected[1], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("options", [*OPTIONS[:5], {"ignore_index": 3}], ids=lambda options: ", ".join(options))
@pytest.mark.parametrize("chunks", CHUNKS, ids=str)
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_soft_targets(options: Any, chunks: Any, reduction: str) -> None:
    z = data(np.float64)[0]
    z[3], z[4, 2], z[5, ::2] = z[3, 0], -np.inf, -np.inf
    z[6, 7] += 100
    t = RNG.random((N, K)) - 0.2 * (RNG.random((N, 1)) < 0.3)  # neither sign nor sum is checked
    t[4, 2], t[5, ::2], t[6] = 0, 0, np.arange(K) == 7
    if options.get("label_smoothing"):
        z = np.where(z == -np.inf, -50, z)
    x, soft = da.from_array(z, chunks=chunks), da.from_array(t, chunks=(7, 13))
    value, slope = dask.compute(*ours.nll_value_and_grad(x, soft, reduction=reduction, **options))
    expected = kernels.nll_value_and_grad(z, t, reduction=reduction, **options)
    np.testing.assert_allclose(value, expected[0], rtol=3e-14)
    np.testing.assert_allclose(slope, expected[1], rtol=1e-13, atol=1e-14)


def test_soft_targets_in_float32_along_any_axis_from_any_array() -> None:
    z, t = RNG.normal(size=(5, 6, 4)).astype(np.float32), RNG.random((5, 6, 4)).astype(np.float16)
    for axis in (0, 1, -1):
        value, slope = ours.nll_value_and_grad(da.from_array(z, chunks=(2, 3, 3)), t, axis=axis, reduction="none")
        assert slope.chunks == ((2, 2, 1), (3, 3), (3, 1)) and slope.dtype == value.dtype == np.float32
        expected = kernels.nll_value_and_grad(z, t, axis=axis, reduction="none")
        np.testing.assert_allclose(value.compute(), expected[0], rtol=1e-6)
        np.testing.assert_allclose(slope.compute(), expected[1], rtol=1e-5, atol=1e-6)


def test_one_hot_soft_targets_lose_no_digits() -> None:
    z, t = data(np.float64, 5)
    z[np.arange(N), t] = z.max(axis=1) + np.linspace(5, 600, N)
    for chunks in CHUNKS[:-1]:
        x, hot = da.from_array(z, chunks=chunks), np.eye(K)[t]
        close(ours.nll(x, hot, reduction="none").compute(), kernels.nll(z, t, reduction="none"), LOSS + NUMPY)


@pytest.mark.parametrize("axis", [0, 1, 2, 3, -2])
def test_axes(axis: int) -> None:
    z = RNG.normal(size=(3, 4, 5, 6))
    t = RNG.integers(0, z.shape[axis], np.delete(z.shape, axis))
    x = da.from_array(z, chunks=(2, 3, 2, 4))
    for name in ("nll", "nll_grad"):
        for reduction in ("none", "mean"):
            result = getattr(ours, name)(
                x, da.from_array(t, chunks=2), axis=axis, reduction=reduction, label_smoothing=0.1
            )
            expected = getattr(kernels, name)(z, t, axis=axis, reduction=reduction, label_smoothing=0.1)
            np.testing.assert_allclose(result.compute(), expected, rtol=1e-13, atol=1e-17)
            assert result.shape == np.shape(expected)
    for name in ("logsumexp", "softmax", "log_softmax"):
        result = getattr(ours, name)(x, axis=axis)
        np.testing.assert_allclose(result.compute(), getattr(kernels, name)(z, axis=axis), rtol=1e-13)


@pytest.mark.parametrize("dtype", ["float16", ">f4", "int8"])
def test_dtypes(dtype: str) -> None:
    z, t = (RNG.normal(size=(N, K)) * 5).astype(dtype), RNG.integers(0, K, N)
    value, slope = ours.nll_value_and_grad(da.from_array(z, chunks=(7, 11)), t)
    expected = kernels.nll_value_and_grad(z, t)
    close(value.compute(), expected[0], LOSS + NUMPY)
    close(slope.compute(), expected[1], SLOPE + NUMPY)
    assert value.dtype == expected[0].dtype and slope.dtype == expected[1].dtype


@pytest.mark.parametrize("width", [1, 2, 100])
@pytest.mark.parametrize("case", odd_input.CASES, ids=lambda case: f"{case.kernel}: {case.title}")
@pytest.mark.filterwarnings("error")
def test_odd_input_is_that_of_every_target(case: odd_input.Case, width: int) -> None:
    if case.kernel not in ours.__all__ or "out" in case.options:
        return  # there is no such function or option
    arguments, options = list(case.make()), dict(case.options)
    if np.asarray(arguments[0]).dtype.kind == "f" and np.ndim(arguments[0]):
        z = np.asarray(arguments[0])
        arguments[0] = da.from_array(z, chunks=(*[1] * (z.ndim - 1), width))
    if case.error is not None:
        with pytest.raises(case.error):
            dask.compute(getattr(ours, case.kernel)(*arguments, **options))
        return
    (result,) = dask.compute(getattr(ours, case.kernel)(*arguments, **options))
    odd_input.agree(result, case.result)


def test_errors_name_the_argument() -> None:
    z = da.zeros((4, 6), chunks=(2, 3))
    with pytest.raises(
        TypeError, match=r"targets: dtype is float64 at shape \(4,\); class indices have to be integers"
    ):
        ours.nll(z, np.zeros(4))
    with pytest.raises(ValueError, match=r"targets: soft targets have shape \(4, 5\); use the shape of the logits"):
        ours.nll(z, da.zeros((4, 5)))
    with pytest.raises(ValueError, match=r"targets: class indices have shape \(6,\); use \(4,\)"):
        ours.nll(z, np.zeros(6, int))
    with pytest.raises(ValueError, match=r"targets: one is 6; use class indices from 0 to 5, or ignore_index, -100"):
        ours.nll(z, [0, 1, 6, 0]).compute()
    with pytest.raises(ValueError, match="compute_chunk_sizes"):
        ours.logsumexp(z[z[:, 0] > -1])


def test_from_and_to_memory_mapped_files(tmp_path: Path) -> None:
    z, t = (RNG.normal(size=(2000, 300)) * 4).astype(np.float32), RNG.integers(0, 300, 2000)
    np.save(tmp_path / "z.npy", z)
    mapped = da.from_array(np.load(tmp_path / "z.npy", mmap_mode="r"), chunks=(512, 100))
    value, slope = ours.nll_value_and_grad(mapped, t, label_smoothing=0.1)
    expected = kernels.nll_value_and_grad(z, t, label_smoothing=0.1)
    out = np.lib.format.open_memmap(tmp_path / "slope.npy", mode="w+", dtype=np.float32, shape=z.shape)
    da.store(slope, out, lock=False)
    close(value.compute(), expected[0], LOSS + NUMPY)
    np.testing.assert_allclose(out, expected[1], rtol=1e-5, atol=1e-10)


MEMORY = """
import resource
import dask, numpy as np
import dask.array as da
from symnll.kernels import dask_arrays as ours

shape = 40_000, 1000
np.lib.format.open_memmap("z.npy", mode="w+", dtype=np.float32, shape=shape).flush()
out = np.lib.format.open_memmap("slope.npy", mode="w+", dtype=np.float32, shape=shape)
z, t = -da.from_array(np.load("z.npy", mmap_mode="r"), chunks=(1000, 250)), np.zeros(len(out), int)
with dask.config.set(scheduler="synchronous"):
    ours.nll(z[:10], t[:10]).compute()
    data = int(next(line for line in open("/proc/self/status") if line.startswith("VmData")).split()[1]) << 10
    resource.setrlimit(resource.RLIMIT_DATA, (data + (80 << 20),) * 2)
    value, slope = ours.nll_value_and_grad(z, t, reduction="sum")
    value = dask.compute(value, da.store(slope, out, lock=False, compute=False))[0]
assert abs(value - len(out) * np.log(1000)) < 1 and np.allclose(out[-1, :2], [-0.999, 0.001]), (value, out[-1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_logits_larger_than_memory(tmp_path: Path) -> None:
    """160 MB of logits and as much of gradient, where 80 MB of memory are left."""
    environment = {**os.environ, "PYTHONPATH": str(Path(kernels.__file__).parents[2])}
    command = [sys.executable, "-c", MEMORY]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_from_zarr(tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr")
    z, t = data(np.float64)
    zarr.save_array(str(tmp_path / "z.zarr"), z)
    x = da.from_zarr(str(tmp_path / "z.zarr")).rechunk((10, 13))
    close(ours.nll(x, t).compute(), kernels.nll(z, t), LOSS + NUMPY)


def test_a_huge_array_is_only_described() -> None:
    x = da.zeros((10**7, 128_256), chunks=(10**4, 10**4), dtype=np.float32)
    value, slope = ours.nll_value_and_grad(x, da.zeros(10**7, dtype=int, chunks=10**4))
    assert slope.shape == x.shape and slope.chunks == x.chunks and value.shape == ()


def test_on_a_cluster_of_two_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    root = str(Path(kernels.__file__).parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("SYMNLL_TARGET", "numpy")
    z, t = (RNG.normal(size=(3000, 200)) * 4).astype(np.float32), RNG.integers(0, 200, 3000)
    np.save(tmp_path / "z.npy", z)
    settings = {"temporary-directory": str(tmp_path), "distributed.worker.memory.terminate": False}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        x = da.from_array(np.load(tmp_path / "z.npy", mmap_mode="r"), chunks=(500, 50))
        lazy = ours.nll_value_and_grad(x, t, label_smoothing=0.1, weight=np.linspace(0.5, 1, 200))
        value, slope = client.gather(client.compute(list(lazy)))
        assert len(client.scheduler_info()["workers"]) == 2
        with pytest.raises(ValueError, match="targets: one is 999"):
            client.compute(ours.nll(x, np.full(3000, 999))).result()
    expected = kernels.nll_value_and_grad(z, t, label_smoothing=0.1, weight=np.linspace(0.5, 1, 200))
    np.testing.assert_allclose(value, expected[0], rtol=1e-6)
    np.testing.assert_allclose(slope, expected[1], rtol=2e-5, atol=1e-10)
