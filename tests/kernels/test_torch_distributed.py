"""The loss with its classes cut over 2 and 4 processes (gloo, on this machine) is that of the whole logits."""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.kernels import odd_input
from tests.kernels.arb_reference import hard_rows, loss_and_gradient, ulps
from tests.kernels.shard_process import Job

torch = pytest.importorskip("torch")

from symnll.kernels import torch_distributed as ours  # noqa: E402
from symnll.kernels import torch_kernels as whole  # noqa: E402

ROOT = Path(__file__).parents[2]
SECONDS = 100  # for all jobs of one number of processes
RNG = np.random.default_rng(7)
N, K = 10, 60
CUTS = {2: [(30, 30), (1, 59), (53, 7)], 4: [(15, 15, 15, 15), (1, 2, 50, 7), (40, 18, 1, 1)]}
# What docs/kernels.md states, in units in the last place of the exact result, of the loss and of a component of the
# gradient.
BOUND = {np.float32: (1, 1), np.float64: (3, 4)}
OPTIONS: list[dict[str, Any]] = [
    {},
    {"weight": np.linspace(0, 2, K)},
    {"label_smoothing": 0.1},
    {"label_smoothing": 1.0},
    {"temperature": 2.5},
    {"weight": np.linspace(0, 2, K), "label_smoothing": 0.3, "temperature": 0.7},
    {"ignore_index": 3},
    {"ignore_index": 3, "label_smoothing": 0.2, "weight": np.linspace(0, 2, K)},
    {"ignore_index": None},
]


def data(dtype: Any, scale: float, offset: float) -> tuple[Any, Any]:
    z = (RNG.normal(size=(N, K)) * scale + offset).astype(dtype)
    t = RNG.integers(0, K, N)
    z[np.arange(N)[::3], t[::3]] = z[::3].max(axis=1) + 20  # the target dominates: losses close to 0
    z[1, :] = z[1, 0]  # all largest
    z[2, 5] = -math.inf
    return z, t


def agreement() -> dict[str, Job]:
    """Calls whose results are compared with those for the whole logits."""
    jobs = {}
    for dtype in (np.float32, np.float64):
        same = data(dtype, 20, 0)
        for cut in (cut for cuts in CUTS.values() for cut in cuts):
            jobs[f"same {np.dtype(dtype)} {cut}"] = Job("nll_value_and_grad", same, cut, {"reduction": "none"})
    for cuts in CUTS.values():
        for cut in cuts:
            for dtype in (np.float32, np.float64):
                for scale, offset in ((1, 0), (30, 0), (5, 1e6), (300, -1e4)):
                    name = f"plain {cut} {np.dtype(dtype)} {scale} {offset:g}"
                    jobs[name] = Job("nll_value_and_grad", data(dtype, scale, offset), cut, {"reduction": "none"})
            for n, options in enumerate(OPTIONS):
                for reduction in ("none", "mean", "sum"):
                    z, t = data(np.float64, 4, 0)
                    t[:3] = 3 if n < 8 else 2
                    if n < 6:
                        t[4] = -100
                    call = {**options, "reduction": reduction}
                    jobs[f"options {n} {reduction} {cut}"] = Job("nll_value_and_grad", (z, t), cut, call)
                    jobs[f"backward {n} {reduction} {cut}"] = Job("backward", (z, t), cut, call)
            for n, options in enumerate(OPTIONS[:6]):
                z = data(np.float64, 4, 0)[0]
                z[2, 5] = 0
                jobs[f"soft {n} {cut}"] = Job("backward", (z, RNG.random((N, K))), cut, options)
            for dtype in (np.float16, np.float32):
                z, t = data(dtype, 4, 0)
                jobs[f"smooth {np.dtype(dtype)} {cut}"] = Job("backward", (z, t), cut, {"label_smoothing": 0.1})
            z, t = data(np.float64, 3, 0)
            jobs[f"axes {cut}"] = Job("backward", (z.reshape(2, 5, K), t.reshape(2, 5)), cut, {"reduction": "sum"})
            jobs[f"one sample {cut}"] = Job("backward", (z[0], t[0]), cut)
            jobs[f"no samples {cut}"] = Job("nll_value_and_grad", (z[:0], t[:0]), cut)
            jobs[f"many blocks {cut}"] = Job(
                "nll_value_and_grad", (RNG.normal(size=(9000, K)), np.zeros(9000, int)), cut
            )
    return jobs


def hard(size: int) -> dict[str, Job]:
    jobs = {}
    for dtype in (np.float32, np.float64):
        for name, (row, t) in hard_rows(dtype, np.random.default_rng(5)).items():
            if len(row) >= size:
                cut = (*[1] * (size - 1), len(row) - size + 1)
                job = Job("nll_value_and_grad", (np.asarray(row, dtype)[None], np.array([t])), cut)
                jobs[f"hard {np.dtype(dtype)} {name}"] = job
    return jobs


# Rows of the table that are about NumPy's arrays, that name a dtype which PyTorch does not have or has in other words.
NOT_HERE = {"targets of objects", "logits of objects", "strings as logits", "no samples: each", "complex weights"}
OTHER_WORDS = {"a huge target", "K = 0", "weights of another shape"}
ROWS = {
    f"{case.kernel}: {case.title}": case
    for case in odd_input.CASES
    if case.kernel in ours.__all__ and "out" not in case.options and case.title not in NOT_HERE
}


def odd(size: int) -> dict[str, Job]:
    jobs = {}
    for name, case in ROWS.items():
        arguments = case.make()
        classes = np.shape(arguments[0])[-1] if np.ndim(arguments[0]) else 1
        parts = max(1, min(size, classes))
        cut = (*[1] * (parts - 1), classes - parts + 1) if classes else (0,) * size
        jobs[f"odd {name}"] = Job(case.kernel, arguments, cut, case.options)
    return jobs


def differing(size: int) -> dict[str, Job]:
    """One process passes something else than the others."""
    z, t, cut = np.zeros((4, 8)), np.array([0, 1, 2, 3]), (8 // size,) * size
    last = size - 1
    others: dict[str, dict[str, Any]] = {
        "complex": {"logits": np.zeros((4, 2), complex)},
        "no tensor": {"logits": ["z"]},
        "shape": {"targets": np.array([0, 1])},
        "samples": {"logits": np.zeros((3, 2)), "targets": t[:3]},
        "dtype": {"logits": np.zeros((4, 2), np.float32)},
        "targets": {"targets": t[::-1]},
        "option": {"label_smoothing": 0.5},
        "soft": {"targets": np.ones((4, 8 // size))},
        "unknown": {"reduction": "average"},
    }
    jobs = {f"differ {name}": Job("nll", (z, t), cut, {}, {last: other}) for name, other in others.items()}
    jobs["differ too large"] = Job("nll", (z, t + 5), cut)
    jobs["reduces"] = Job("reduces", (z, t), cut)
    jobs["reduces float32"] = Job("reduces", (z.astype(np.float32), t), cut)
    jobs["reduces smooth"] = Job("reduces", (z, t), cut, {"label_smoothing": 0.1})
    jobs["after all errors"] = Job("backward", (z + np.arange(8), t), cut)
    return jobs


AGREEMENT = agreement()


def jobs_for(size: int) -> dict[str, Job]:
    agree = {name: job for name, job in AGREEMENT.items() if len(job.cut) == size}
    return {**agree, **hard(size), **odd(size), **differing(size)}


@pytest.fixture(scope="module", params=[2, 4], ids=["2 processes", "4 processes"])
def ran(request: Any, tmp_path_factory: Any) -> Any:
    """(the number of processes, all jobs, their results on every process)."""
    size: int = request.param
    folder, jobs = tmp_path_factory.mktemp("shards"), jobs_for(size)
    (folder / "jobs").write_bytes(pickle.dumps(jobs))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    if sys.platform == "linux":
        environment["GLOO_SOCKET_IFNAME"] = "lo"
    command = [sys.executable, "-m", "tests.kernels.shard_process"]
    logs = [folder / f"log{rank}" for rank in range(size)]
    processes = []
    try:
        for rank, log in enumerate(logs):
            with log.open("w") as out:
                arguments = [*command, str(rank), str(size), str(folder)]
                processes.append(subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=out, stderr=out))
        end = time.monotonic() + SECONDS
        while any(process.poll() is None for process in processes):
            assert not any(process.poll() for process in processes), [log.read_text()[-3000:] for log in logs]
            assert time.monotonic() < end, "the processes wait for each other"
            time.sleep(0.05)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert not any(process.returncode for process in processes), [log.read_text()[-3000:] for log in logs]
    return size, jobs, [pickle.loads((folder / f"results{rank}").read_bytes()) for rank in range(size)]


def joined(ran: Any, name: str) -> tuple[Any, Any]:
    """The loss, which has to be the same to the last bit on every process, and the gradient put together."""
    _, jobs, results = ran
    parts = [result[name] for result in results[: len(jobs[name].cut)]]
    assert not any(isinstance(part, Exception) for part in parts), parts[0]
    assert len({part[0].tobytes() for part in parts}) == 1
    return parts[0][0], np.concatenate([part[1] for part in parts], axis=-1) if len(parts[0]) > 1 else None


def expected(job: Job) -> tuple[Any, Any]:
    """What `torch_kernels` gives for the whole logits."""
    options = {name: torch.from_numpy(x) if name == "weight" else x for name, x in job.options.items()}
    z, t = (torch.from_numpy(np.asarray(x)) for x in job.arguments)
    value, slope = whole.nll_value_and_grad(z, t, **options)
    return value.numpy(), slope.numpy() * (3 if job.function == "backward" else 1)


def close(a: Any, b: Any, units: float) -> None:
    assert a.dtype == b.dtype and a.shape == b.shape
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore"):
        assert np.all(same | (np.abs(a - b) <= units * np.spacing(np.abs(b)))), (a, b)


def test_plain_losses_agree_with_those_of_the_whole(ran: Any) -> None:
    for name, job in ran[1].items():
        if name.startswith("plain"):
            for a, b, bound in zip(joined(ran, name), expected(job), BOUND[job.arguments[0].dtype.type], strict=True):
                close(a, b, 2 * bound)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shards_of_all_sizes_agree_to_the_stated_bound(ran: Any, dtype: Any) -> None:
    names = [name for name in ran[1] if name.startswith(f"same {np.dtype(dtype)}")]
    first, *others = [joined(ran, name) for name in names]
    assert len(others) == 2
    for other in [*others, expected(ran[1][names[0]])]:
        for a, b, bound in zip(other, first, BOUND[dtype], strict=True):
            close(a, b, 2 * bound)


def test_options_reductions_and_derivatives_agree_with_those_of_the_whole(ran: Any) -> None:
    kinds = ("options", "backward", "soft", "smooth", "axes", "one sample", "no samples", "many blocks")
    count = 0
    for name, job in ran[1].items():
        if name.startswith(kinds):
            eps = np.finfo(job.arguments[0].dtype).eps
            for a, b in zip(joined(ran, name), expected(job), strict=True):
                np.testing.assert_allclose(a, b, rtol=32 * eps, atol=4 * eps, err_msg=name)
                assert a.dtype == b.dtype
            count += 1
    assert count > 150


def test_label_smoothing_counts_all_classes_not_those_of_a_shard(ran: Any) -> None:
    for name, job in ran[1].items():
        if name.startswith("backward 2 mean"):
            z, t = job.arguments
            z, t = np.delete(z, [2, 4], axis=0), np.delete(t, [2, 4])  # without the mask and the sample that is ignored
            log_y = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
            kept = 0.9 * log_y[np.arange(len(t)), t] + 0.1 * log_y.mean(axis=1)
            job = Job("nll_value_and_grad", (z, t), job.cut, {"label_smoothing": 0.1})
            np.testing.assert_allclose(expected(job)[0], -kept.mean(), rtol=1e-12)


def test_the_stated_bound_against_ball_arithmetic(ran: Any) -> None:
    for name, job in ran[1].items():
        if name.startswith("hard"):
            (row,), (t,) = job.arguments
            dtype = row.dtype.type
            value, slope = joined(ran, name)
            loss, gradient = loss_and_gradient(row, int(t))
            assert ulps(value, loss, dtype) <= BOUND[dtype][0], name
            assert max(ulps(a, b, dtype) for a, b in zip(slope[0], gradient, strict=True)) <= BOUND[dtype][1], name


@pytest.mark.parametrize("title", ROWS)
def test_odd_input(ran: Any, title: str) -> None:
    case, (_, jobs, results) = ROWS[title], ran
    name = f"odd {title}"
    if case.error is None:
        value, slope = joined(ran, name)
        odd_input.agree(value if slope is None else (value, slope), case.result)
        return
    errors = [result[name] for result in results[: len(jobs[name].cut)]]
    assert all(type(error) is case.error and str(error) == str(errors[0]) for error in errors), errors
    if case.title not in OTHER_WORDS:
        assert case.says in str(errors[0]), errors[0]


SAYS = {
    "complex": (TypeError, "process {last}: logits: dtype is complex128; use floating-point"),
    "no tensor": (TypeError, "process {last}: logits: is a list; use a torch.Tensor"),
    "shape": (ValueError, "process {last}: targets: class indices have shape (2,); use (4,)"),
    "samples": (ValueError, "logits: the shapes without the class axis differ between the processes"),
    "dtype": (ValueError, "logits: the dtypes differ"),
    "targets": (ValueError, "targets: the class indices differ"),
    "option": (ValueError, "the reduction or an option, or whether targets are soft, differs"),
    "soft": (ValueError, "the reduction or an option, or whether targets are soft, differs"),
    "unknown": (ValueError, "process {last}: reduction: is 'average'; use 'none', 'mean' or 'sum'."),
    "too large": (ValueError, "targets[3]: is 8; use class indices from 0 to 7, or ignore_index, -100."),
}


@pytest.mark.parametrize("name", SAYS)
def test_an_error_of_one_process_is_one_of_all(ran: Any, name: str) -> None:
    size, _, results = ran
    kind, says = SAYS[name]
    for result in results:
        error = result[f"differ {name}"]
        assert type(error) is kind and says.format(last=size - 1) in str(error), error


def test_it_goes_on_after_errors_with_three_collectives_a_call(ran: Any) -> None:
    size, jobs, results = ran
    for a, b in zip(joined(ran, "after all errors"), expected(jobs["after all errors"]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13)
    for result in results:  # a row of integers a process; 3 numbers a sample; the sums
        assert result["reduces"][0].tolist() == [6 * size, 3 * 4, (2 * size + 2) * 4]
        assert result["reduces float32"][0].tolist() == [6 * size, 3 * 4, 3 * 4]
        assert result["reduces smooth"][0].tolist() == [6 * size, 3 * 4, 7 * 4]


def test_one_process_without_a_group() -> None:
    for name, case in ROWS.items():
        arguments = [
            torch.from_numpy(np.array(np.asarray(x).astype(np.asarray(x).dtype.newbyteorder("=")))) for x in case.make()
        ]
        options = {n: torch.tensor(x) if n == "weight" else x for n, x in case.options.items()}
        if case.error is None:
            odd_input.agree(getattr(ours, case.kernel)(*arguments, **options), case.result)
        else:
            with pytest.raises(case.error):
                getattr(ours, case.kernel)(*arguments, **options)
            assert name


def test_gradcheck() -> None:
    z = torch.from_numpy(RNG.normal(size=(4, 5))).requires_grad_()
    t = torch.tensor([0, 4, -100, 2])
    for options in ({}, {"label_smoothing": 0.2, "temperature": 1.7, "weight": torch.rand(5, dtype=torch.float64)}):
        assert torch.autograd.gradcheck(lambda x, o=options: ours.nll(x, t, **o), z)
    (slope,) = torch.autograd.grad(ours.nll(z, t), z, create_graph=True)
    with pytest.raises(NotImplementedError, match="no second derivatives"):
        slope.sum().backward()


def test_the_cores_are_up_to_date() -> None:
    from symnll.kernels.targets import torch_shards

    text = torch_shards.TARGET.read_text(encoding="utf-8")
    assert text == torch_shards.source(), "run: python -m symnll.kernels.generate"
