"""The generated PyTorch kernels: against NumPy, Arb and PyTorch itself; derivatives of every kind; odd input."""

from __future__ import annotations

import dataclasses
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.kernels import odd_input
from tests.kernels.arb_reference import hard_rows, loss_and_gradient, ulps

torch = pytest.importorskip("torch")
F = torch.nn.functional

from symnll import kernels  # noqa: E402
from symnll.kernels import torch_kernels as ours  # noqa: E402
from symnll.kernels.targets import torch as generator  # noqa: E402

ROOT = Path(__file__).parents[2]
RNG = np.random.default_rng(11)
Z, V = RNG.normal(size=(2, 6, 5))
LABELS = np.array([0, 4, -100, 2, 2, 1])
SOFT = RNG.random((6, 5))
WEIGHT = RNG.random(5)
OPTIONS: list[dict[str, Any]] = [
    {},
    {"weight": WEIGHT},
    {"label_smoothing": 0.1, "reduction": "sum"},
    {"weight": WEIGHT, "label_smoothing": 0.2, "reduction": "none"},
]


def tensors(x: Any) -> Any:
    """The same as tensors; what cannot be one stays."""
    if isinstance(x, tuple):
        return tuple(map(tensors, x))
    if isinstance(x, dict):
        return {name: tensors(a) if name == "weight" else a for name, a in x.items()}
    a = np.asarray(x)
    if a.dtype.kind not in "biufc":
        return x
    return torch.from_numpy(np.array(a.astype(a.dtype.newbyteorder("="))))


def test_the_module_is_up_to_date_and_stands_alone() -> None:
    assert generator.TARGET.read_text(encoding="utf-8") == generator.source(), "run: python -m symnll.kernels.generate"
    code = (
        "import sys; space = {'__name__': 'standalone'}; exec(sys.stdin.read(), space)\n"
        "import torch\n"
        "print(space['nll'](torch.tensor([[5.0, 2, 1]]), torch.tensor([1])).item())\n"
        "assert not any(name.startswith('symnll') for name in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=generator.torch_source("nll"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and done.stdout.startswith("3.0658"), done.stderr


def test_importing_the_kernels_does_not_import_torch() -> None:
    code = "import sys, symnll.kernels; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)


@pytest.mark.parametrize("targets", [LABELS, SOFT], ids=["labels", "soft"])
@pytest.mark.parametrize("options", OPTIONS)
def test_agrees_with_pytorch_and_with_numpy(options: Any, targets: Any) -> None:
    z, t = tensors(Z).requires_grad_(), tensors(targets)
    loss, theirs = ours.nll(z, t, **tensors(options)), F.cross_entropy(z, t, **tensors(options))
    torch.testing.assert_close(loss, theirs, rtol=1e-13, atol=0)
    (slope,), (their_slope,) = (torch.autograd.grad(x.sum(), z) for x in (loss, theirs))
    torch.testing.assert_close(slope, their_slope, rtol=1e-12, atol=1e-16)
    warm = {**options, "temperature": 1.7}
    for name, more in (
        ("nll", ()),
        ("nll_grad", ()),
        ("nll_value_and_grad", ()),
        ("nll_hvp", (V,)),
        ("nll_hessian", ()),
    ):
        result = getattr(ours, name)(z.detach(), t, *tensors(more), **tensors(warm))
        expected = getattr(kernels, name)(Z, targets, *more, **warm)
        for a, b in zip(*((x if isinstance(x, tuple) else (x,)) for x in (result, expected)), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("targets", [LABELS, SOFT], ids=["labels", "soft"])
@pytest.mark.parametrize("options", OPTIONS)
def test_derivatives_of_the_loss(options: Any, targets: Any) -> None:
    t = tensors(targets)

    def loss(z: Any) -> Any:
        return ours.nll(z, t, temperature=1.7, **tensors(options))

    z = tensors(Z).requires_grad_()
    assert torch.autograd.gradcheck(loss, z, check_forward_ad=True, check_batched_grad=True)
    assert torch.autograd.gradgradcheck(loss, z, check_fwd_over_rev=True)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp", "entropy", "kl", "binary_nll"])
def test_derivatives_of_the_others(name: str) -> None:
    z, u = tensors(Z).requires_grad_(), tensors(V).requires_grad_()
    if name == "kl":
        u.data[0] = z.data[0] + 1  # the same largest class
    arguments = (z, u) if name == "kl" else (z,)

    def function(*logits: Any) -> Any:
        return ours.binary_nll(*logits, tensors(SOFT), reduction="none") if name == "binary_nll" else kernel(*logits)

    kernel = getattr(ours, name)
    assert torch.autograd.gradcheck(function, arguments, check_forward_ad=True, check_batched_grad=True)
    assert torch.autograd.gradgradcheck(function, arguments, check_fwd_over_rev=True)


def test_transforms_of_torch_func() -> None:
    z, t = tensors(Z), tensors(np.abs(LABELS) % 5)
    each = torch.func.vmap(torch.func.grad(ours.nll))(z, t)
    torch.testing.assert_close(each, ours.nll_grad(z, t, reduction="none"))
    assert torch.func.vmap(ours.nll, in_dims=(1, None))(z.T, t[0]).shape == (6,)
    hessian = torch.func.hessian(lambda row: ours.nll(row, t[0]))(z[0])
    torch.testing.assert_close(hessian, ours.nll_hessian(z[0], t[0]))
    with pytest.raises(ValueError, match=r"targets\[0\]: is 5; use class indices from 0 to 4"):
        torch.func.vmap(ours.nll)(z, t + 5)


def test_what_is_no_logit_gets_no_gradient() -> None:
    soft, weight = tensors(SOFT).requires_grad_(), tensors(WEIGHT).requires_grad_()
    with pytest.raises(ValueError, match=r"targets: requires a gradient.*targets\.detach"):
        ours.nll(tensors(Z), soft)
    with pytest.raises(ValueError, match=r"weight: requires a gradient"):
        ours.nll(tensors(Z), tensors(LABELS), weight=weight)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning")
def test_compiled_without_a_graph_break() -> None:
    torch.set_num_threads(1)
    z = tensors(Z)
    z[0, 1], z[1], z[3, 4] = math.inf, -math.inf, math.nan
    z[4, 0] = -math.inf
    z.requires_grad_()
    t = tensors(LABELS).clone()
    compiled = torch.compile(lambda z, t: ours.nll(z, t, reduction="none"), fullgraph=True)
    for targets in (t, tensors(SOFT)):
        loss, plain = compiled(z, targets), ours.nll(z, targets, reduction="none")
        torch.testing.assert_close(loss, plain, equal_nan=True)
        slopes = [torch.autograd.grad(x.nan_to_num().sum(), z)[0] for x in (loss, plain)]
        torch.testing.assert_close(*slopes, equal_nan=True)
    t[5], t[4] = 5, -1  # no error can be raised: NaN there, and only there
    loss = compiled(z, t)
    (slope,) = torch.autograd.grad(loss.sum(), z)
    assert loss[4:].isnan().all() and slope[4:].isnan().all() and loss[2] == 0 and loss[0] == math.inf


# Rows of the table that are about NumPy's arrays, or name a dtype that PyTorch does not have.
NOT_HERE = {"targets of objects", "logits of objects", "strings as logits", "no samples: each", "complex weights"}
OTHER_WORDS = {"a huge target"}
ROWS = [case for case in odd_input.CASES if "out" not in case.options and case.title not in NOT_HERE]


@pytest.mark.parametrize("case", ROWS, ids=lambda case: f"{case.kernel}: {case.title}")
def test_odd_input(case: Any) -> None:
    says = "" if case.title in OTHER_WORDS else case.says
    odd_input.check(
        ours,
        dataclasses.replace(case, make=lambda: tensors(case.make()), options=tensors(case.options), says=says),
    )


def test_what_is_no_tensor_or_elsewhere() -> None:
    for arguments in ((Z, tensors(LABELS)), (tensors(Z), LABELS)):
        with pytest.raises(TypeError, match=r"(logits|targets): is a ndarray; use a torch\.Tensor"):
            ours.nll(*arguments)
    with pytest.raises(ValueError, match="targets: is on meta; use the device of the logits, cpu"):
        ours.nll(tensors(Z), torch.zeros(6, dtype=torch.int64, device="meta"))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_shorter_dtypes_and_any_axis(dtype: Any) -> None:
    z = tensors(RNG.normal(size=(3, 4, 5))).to(dtype)
    t = torch.from_numpy(RNG.integers(0, 4, (3, 5)))
    value, slope = ours.nll_value_and_grad(z, t, axis=1)
    exact, exact_slope = kernels.nll_value_and_grad(z.double().numpy(), t.numpy(), axis=1)
    assert value.dtype == slope.dtype == dtype and slope.shape == z.shape
    eps = torch.finfo(dtype).eps
    np.testing.assert_allclose(value.double(), exact, rtol=eps)
    np.testing.assert_allclose(slope.double(), exact_slope, rtol=2 * eps, atol=torch.finfo(dtype).smallest_normal)
    leaf = z.clone().requires_grad_()
    ours.nll(leaf, t, axis=1).backward()
    assert leaf.grad is not None and leaf.grad.dtype == dtype
    torch.testing.assert_close(leaf.grad, slope, rtol=2 * eps, atol=0)


def test_many_blocks_are_the_same_as_one() -> None:
    z = tensors(RNG.normal(size=(70_000, 3)))
    z[60_000, 1] = math.inf
    t = torch.from_numpy(RNG.integers(0, 3, 70_000))
    value, slope = ours.nll_value_and_grad(z, t, reduction="none")
    half = ours.nll_value_and_grad(z[35_000:], t[35_000:], reduction="none")
    assert torch.equal(value[35_000:], half[0]) and torch.equal(slope[35_000:], half[1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_hard_cases_against_arb(dtype: Any) -> None:
    """float32 is rounded from float64."""
    for name, (z, t) in hard_rows(dtype, np.random.default_rng(3)).items():
        value, slope = ours.nll_value_and_grad(torch.from_numpy(z)[None], torch.tensor([t]))
        loss, gradient = loss_and_gradient(z, t)
        bars = (0.51, 0.51) if dtype == np.float32 else (3.0, 4.0)
        assert ulps(value.numpy(), loss, dtype) <= bars[0], name
        found = slope[0].numpy()
        assert max(ulps(a, b, dtype) for a, b in zip(found, gradient, strict=True)) <= bars[1], name


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_many_logits_may_be_left_to_the_compiled_kernels(dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    z = torch.from_numpy(RNG.normal(size=(2_000, 40))).to(dtype).requires_grad_()
    t = torch.from_numpy(RNG.integers(0, 40, 2_000))
    t[7] = -100
    eps = torch.finfo(dtype).eps

    def both() -> Any:
        loss = ours.nll(z, t, weight=torch.linspace(0, 1, 40, dtype=dtype))
        return loss, *torch.autograd.grad(loss, z)

    fast = both()
    monkeypatch.setattr(ours, "SMALL", math.inf)
    slow = both()
    torch.testing.assert_close(fast, slow, rtol=8 * eps, atol=0)
    monkeypatch.undo()
    with torch.no_grad():
        z[3, 2], z[4, 1] = math.inf, math.nan
    losses = ours.nll(z, t, reduction="none")
    assert losses[4].isnan() and losses[3] == (0 if t[3] == 2 else math.inf) and losses[5:].isfinite().all()


def test_a_training_loop_with_the_loss_swapped() -> None:
    def losses(loss: Any) -> list[float]:
        torch.manual_seed(5)
        model = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.Tanh(), torch.nn.Linear(16, 4))
        optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
        x = torch.randn(64, 8)
        labels = (x[:, :4] + 0.1 * torch.randn(64, 4)).argmax(1)
        labels[:3] = -100
        history = []
        for _ in range(40):
            optimiser.zero_grad()
            value = loss(model(x), labels, label_smoothing=0.05)
            value.backward()
            optimiser.step()
            history.append(value.item())
        return history

    mine, theirs = losses(ours.nll), losses(F.cross_entropy)
    np.testing.assert_allclose(mine, theirs, rtol=2e-5)
    assert mine[-1] < mine[0] / 2
