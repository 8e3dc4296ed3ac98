"""`symnll score`: the numbers, every kind of file, memory that stays, and the message for whatever is wrong."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import symnll
from symnll import kernels
from symnll.cli import app

RNG = np.random.default_rng(20261121)
Z = (RNG.normal(size=(500, 7)) * 5).astype(np.float32)
T = RNG.integers(0, 7, 500)
T[[3, 77]] = -100


def run(*arguments: Any) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["score", *map(str, arguments)])
    assert result.exit_code in (0, 2), result.output
    return result.exit_code, result.stdout, result.stderr


def scored(*arguments: Any) -> dict[str, Any]:
    code, out, err = run(*arguments, "--format", "json")
    assert code == 0, err
    return json.loads(out)


def failure(*arguments: Any) -> str:
    code, out, err = run(*arguments)
    assert code == 2 and not out and err.startswith("symnll: ") and "Traceback" not in err
    return err


def expected(z: Any, t: Any, **options: Any) -> dict[str, Any]:
    kept = t != options.get("ignore_index", -100)
    losses = kernels.nll(z, t, reduction="none", **options).astype(np.float64)
    mean = losses.sum() / kept.sum()
    right = np.argmax(z, axis=options.get("axis", -1))[kept] == t[kept]
    numbers = {"nll": mean, "nll_sum": losses.sum(), "perplexity": np.exp(mean), "accuracy": right.mean()}
    return {"samples": kept.sum(), "ignored": t.size - kept.sum(), **numbers}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    np.save(tmp_path / "z.npy", Z)
    np.save(tmp_path / "t.npy", T)
    return tmp_path / "z.npy", tmp_path / "t.npy"


@pytest.mark.parametrize("block", [1, 7, 64, 499, 500, 10_000])
def test_it_agrees_with_the_kernel_for_every_size_of_block(files: Any, block: int) -> None:
    # Float32 losses may differ in their last digit with the batch that they are computed in.
    assert scored(*files, "--block", block) == pytest.approx(expected(Z, T), rel=2e-7)


@pytest.mark.parametrize("block", [1, 30, 500])
def test_float64_agrees_to_the_last_digits(tmp_path: Path, files: Any, block: int) -> None:
    z = RNG.normal(size=(500, 7)) * 20
    np.save(tmp_path / "double.npy", z)
    assert scored(tmp_path / "double.npy", files[1], "--block", block) == pytest.approx(expected(z, T), rel=4e-15)


def test_options(files: Any) -> None:
    assert scored(*files, "--temperature", 2.5) == pytest.approx(expected(Z, T, temperature=2.5), rel=2e-7)
    t = np.where(T < 0, 0, T)
    np.save(files[1], t)
    assert scored(*files, "--ignore-index", 0) == pytest.approx(expected(Z, t, ignore_index=0), rel=2e-7)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("axis", [0, 1, 2, 3, -2])
@pytest.mark.parametrize("kind", ["npy", "npz", "compressed"])
def test_axes_orders_and_packed_files(tmp_path: Path, axis: int, order: Any, kind: str) -> None:
    z = np.asarray(RNG.normal(size=(3, 4, 5, 6)), order=order)
    t = RNG.integers(0, z.shape[axis], np.delete(z.shape, axis))
    if kind == "npy":
        np.save(tmp_path / "z.npy", z)
        np.save(tmp_path / "t.npy", t)
        names: tuple[Any, ...] = (tmp_path / "z.npy", tmp_path / "t.npy")
    else:
        save = np.savez if kind == "npz" else np.savez_compressed
        save(tmp_path / "both.npz", logits=z, labels=t)
        names = (tmp_path / "both.npz", tmp_path / "both.npz", "--targets", "labels")
    for block in (1, 4, 17, 1000):
        found = scored(*names, "--axis", axis, "--block", block)
        assert found == pytest.approx(expected(z, t, axis=axis), rel=4e-15), block


@pytest.mark.parametrize("dtype", ["float16", ">f4", ">f8", "int8", "uint16"])
def test_dtypes(tmp_path: Path, dtype: str) -> None:
    z, t = (Z * 2).astype(dtype) if "u" not in dtype else np.abs(Z).astype(dtype), np.abs(T % 7).astype(">u2")
    np.save(tmp_path / "z.npy", z)
    np.save(tmp_path / "t.npy", t)
    wide = z.astype(np.float32 if dtype == "float16" else z.dtype)
    assert scored(tmp_path / "z.npy", tmp_path / "t.npy") == pytest.approx(expected(wide, t), rel=2e-7)


def test_zarr(tmp_path: Path, files: Any) -> None:
    zarr = pytest.importorskip("zarr")
    folder = tmp_path / "data.zarr"
    zarr.save_group(str(folder), logits=Z, labels=T)
    assert scored(folder, folder, "--targets", "labels", "--block", 99) == pytest.approx(expected(Z, T), rel=2e-7)
    assert scored(folder / "logits", files[1]) == pytest.approx(expected(Z, T), rel=2e-7)
    assert "choose one with --targets. There are labels, logits." in failure(folder, folder)
    assert "has no members" in failure(folder / "logits", files[1], "--logits", "x")


def test_the_text_that_is_printed(files: Any) -> None:
    np.save(files[0], np.log([[0.5, 0.25, 0.25]] * 4))
    np.save(files[1], [0, 0, 1, -100])
    code, out, err = run(*files)
    assert code == 0 and not err
    assert [line.split() for line in out.splitlines()] == [
        ["samples", "3", "(1", "ignored)"],
        ["NLL", f"{math.log(16) / 3:.10g}", "(mean,", "nats)"],
        ["sum", f"{math.log(16):.10g}"],
        ["perplexity", f"{16 ** (1 / 3):.10g}"],
        ["accuracy", "0.666667"],
    ]


def test_no_samples_one_sample_and_infinite_losses(files: Any) -> None:
    np.save(files[0], np.zeros((0, 3)))
    np.save(files[1], np.zeros(0, int))
    empty = {"samples": 0, "ignored": 0, "nll": "nan", "nll_sum": 0, "perplexity": "nan", "accuracy": "nan"}
    assert scored(*files) == empty
    np.save(files[0], np.log([0.5, 0.25, 0.25]))
    np.save(files[1], np.array(2))
    assert scored(*files)["nll"] == pytest.approx(math.log(4))
    np.save(files[0], [[0, -np.inf], [0, 1], [np.nan, 0]])
    np.save(files[1], [1, 1, -100])
    masked = scored(*files)
    assert (masked["nll"], masked["nll_sum"], masked["perplexity"], masked["accuracy"]) == ("inf", "inf", "inf", 0.5)
    np.save(files[1], [1, 1, 0])
    unknown = scored(*files)
    assert unknown["nll"] == "nan" and unknown["accuracy"] == pytest.approx(1 / 3)  # NaN is no answer


def test_files_that_are_not_there_or_no_arrays(tmp_path: Path, files: Any) -> None:
    z, t = files
    assert f"{tmp_path / 'none.npy'} can't be read: No such file" in failure(tmp_path / "none.npy", t)
    assert "is no array: use a .npy or .npz file" in failure(z, __file__)
    assert "is a folder, and no Zarr array" in failure(tmp_path, t)
    (tmp_path / "zarr.json").write_text("{}")
    failure(tmp_path, t)  # Zarr is not installed, or this is none
    whole = z.read_bytes()
    for damaged in (whole[:-1], whole[:40], whole[:20] + b"(((" + whole[23:]):
        z.write_bytes(damaged)
        assert "can't be read as an array: " in failure(z, t)
    np.save(z, np.array([None, 1]), allow_pickle=True)
    assert "its dtype is object; logits are" in failure(z, t)


def test_packed_files_that_are_damaged(tmp_path: Path, files: Any) -> None:
    file = tmp_path / "both.npz"
    np.savez_compressed(file, logits=Z, t=T)
    assert "has no array named targets; choose one with --targets. There are logits, t." in failure(file, file)
    assert "has no array named y. There are logits, t." in failure(file, file, "--targets", "y")
    assert f"--targets t: {files[1]} is a .npy file" in failure(file, files[1], "--targets", "t")
    whole = file.read_bytes()
    for damaged in (whole[:-30], whole[:2000] + bytes(300) + whole[2300:]):
        file.write_bytes(damaged)
        assert "can't be read as an array: " in failure(file, files[1], "--logits", "logits")


def test_shapes_dtypes_and_labels(files: Any) -> None:
    z, t = files
    np.save(t, T[:-1])
    assert f"{t}: its shape is (499,); use (500,), the shape (500, 7) of {z} without axis 1." in failure(z, t)
    np.save(t, T.astype(float))
    assert "its dtype is float64; targets are class indices, which have to be integers" in failure(z, t)
    np.save(t, np.where(T < 0, 0, T))
    for value in (7, -1, -101):
        labels = np.where(T < 0, 0, T)
        labels[[333, 400]] = value
        np.save(t, labels)
        error = failure(z, t, "--block", 100)
        assert f"the target at [333] is {value}; use class indices from 0 to 6" in error and "--ignore-index" in error
    np.save(z, np.zeros((3, 2, 4)))
    np.save(t, [[0] * 4, [0] * 4, [0, 1, 2, 0]])
    assert "the target at [2, 2] is 2; use class indices from 0 to 1" in failure(z, t, "--axis", 1, "--block", 3)
    assert "--axis is 3, but" in failure(z, t, "--axis", 3)
    np.save(z, np.zeros((3, 0)))
    assert "has no class along axis 1" in failure(z, t)
    np.save(z, np.float64(3))
    assert "a single number has no class axis" in failure(z, t)
    np.save(z, Z > 0)
    assert "its dtype is bool" in failure(z, t)


def test_options_out_of_range(files: Any) -> None:
    assert "--block is 0; use 1 or more" in failure(*files, "--block", 0)
    for value in ("0", "-1", "nan", "inf"):
        assert "--temperature is " in failure(*files, "--temperature", value)


MEMORY = """
import resource, sys
import numpy as np
from typer.testing import CliRunner
from symnll.cli import app

def score(name):
    result = CliRunner().invoke(app, ["score", f"{name}_z.npy", f"{name}_t.npy"])
    assert result.exit_code == 0, result.output
    return result.stdout

def used():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

for name, samples in (("small", 250_000), ("large", 2_500_000)):
    np.lib.format.open_memmap(f"{name}_z.npy", mode="w+", dtype=np.float32, shape=(samples, 20)).flush()
    np.lib.format.open_memmap(f"{name}_t.npy", mode="w+", dtype=np.int64, shape=(samples,)).flush()
score("small")
before = used()
data = int(next(line for line in open("/proc/self/status") if line.startswith("VmData")).split()[1]) << 10
resource.setrlimit(resource.RLIMIT_DATA, (data + (100 << 20),) * 2)
assert "samples     2,500,000" in score("large")
assert used() - before < 50, (before, used())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """200 MB of logits, where the process may not have 100 MB more than after 20 MB of them."""
    environment = {**os.environ, "PYTHONPATH": str(Path(symnll.__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", MEMORY], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "large_z.npy").stat().st_size > 200_000_000 - 1
