"""Class weights, ignored samples, smoothing, temperature, dtypes and the further kernels, against plain formulas."""

from __future__ import annotations

import itertools
from importlib import import_module
from typing import Any

import mpmath
import numpy as np
import pytest

MODULES = ["symnll.kernels.numpy_kernels"]
RNG = np.random.default_rng(7)
N, K = 6, 5
LABELS = np.array([0, 4, 2, -100, 1, 2])
WEIGHT = np.array([0.5, 2, 0, 1, 3])


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> Any:
    return import_module(request.param)


def loss_of(z: Any, target: Any, weight: Any, smoothing: float, tau: float) -> Any:
    """One sample, as PyTorch documents it, in plain NumPy; `target` is an index or soft."""
    logs = z / tau - np.log(np.sum(np.exp(z / tau)))
    w = np.ones(len(z)) if weight is None else weight
    t = np.eye(len(z))[target] if np.ndim(target) == 0 else target
    return -np.sum(w * ((1 - smoothing) * t + smoothing / len(z)) * logs)


OPTIONS = [
    {"weight": weight, "label_smoothing": smoothing, "temperature": tau, "reduction": reduction}
    for weight, smoothing, tau, reduction in itertools.product(
        (None, WEIGHT), (0.0, 0.3, 1), (1.0, 2.5), ("none", "sum", "mean")
    )
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("soft", [False, True])
def test_options_are_those_of_the_formula(module: Any, options: dict[str, Any], soft: bool) -> None:
    z, v = 2 * RNG.normal(size=(N, K)), RNG.normal(size=(N, K))
    targets = RNG.random((N, K)) if soft else LABELS
    weight, smoothing, tau, reduction = options.values()

    def expected(logits: Any) -> Any:
        kept = [n for n in range(N) if soft or LABELS[n] != -100]
        losses = np.zeros(N)
        for n in kept:
            losses[n] = loss_of(logits[n], targets[n], weight, smoothing, tau)
        if reduction == "none":
            return losses
        by = N if soft else sum(1 if weight is None else weight[LABELS[n]] for n in kept)
        return losses.sum() / (by if reduction == "mean" else 1)

    value, slope = module.nll_value_and_grad(z, targets, **options)
    np.testing.assert_allclose(value, expected(z), rtol=1e-13)
    assert np.array_equal(value, module.nll(z, targets, **options))
    assert np.array_equal(slope, module.nll_grad(z, targets, **options))
    h = 1e-5
    numeric = np.zeros_like(z)
    for at in np.ndindex(*z.shape):
        step = np.zeros_like(z)
        step[at] = h
        numeric[at] = np.sum(expected(z + step) - expected(z - step)) / (2 * h)
    np.testing.assert_allclose(slope, numeric, atol=2e-9)
    product = module.nll_hvp(z, targets, v, **options)
    up, down = (module.nll_grad(z + s, targets, **options) for s in (h * v, -h * v))
    np.testing.assert_allclose((up - down) / (2 * h), product, atol=2e-9)
    hessian = module.nll_hessian(z, targets, **options)
    np.testing.assert_allclose(np.einsum("nkm,nm->nk", hessian, v), product, atol=1e-14)
    assert np.allclose(hessian, np.swapaxes(hessian, 1, 2), atol=1e-15)


def test_ignore_index_and_weights_in_any_shape(module: Any) -> None:
    z = RNG.normal(size=(2, K, 3, 4))
    labels = RNG.integers(0, K, (2, 3, 4))
    labels[0, 1] = 3
    flat, last = labels.reshape(-1), np.moveaxis(z, 1, -1).reshape(-1, K)
    kept = flat != 3
    for weight in (None, WEIGHT):
        value, slope = module.nll_value_and_grad(z, labels, axis=1, ignore_index=3, weight=weight)
        there, back = module.nll_value_and_grad(last[kept], flat[kept], weight=weight)
        np.testing.assert_allclose(value, there, rtol=1e-14)
        np.testing.assert_allclose(np.moveaxis(slope, 1, -1).reshape(-1, K)[kept], back, atol=1e-15)
        assert not np.moveaxis(slope, 1, -1).reshape(-1, K)[~kept].any()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_results_have_the_dtype_of_the_logits(module: Any, dtype: str) -> None:
    kind = np.dtype(getattr(pytest.importorskip("ml_dtypes"), dtype) if dtype == "bfloat16" else dtype)
    z = RNG.normal(size=(N, K)).astype(kind)
    wide = z.astype(np.float64)
    options = {"weight": WEIGHT, "label_smoothing": 0.1, "temperature": 2}
    eps = {"float16": 1e-3, "bfloat16": 1e-2, "float32": 1e-6, "float64": 1e-14}[dtype]
    for some in ({}, options):
        results = [*module.nll_value_and_grad(z, LABELS, **some), module.nll_hessian(z, LABELS, **some)]
        exact = [*module.nll_value_and_grad(wide, LABELS, **some), module.nll_hessian(wide, LABELS, **some)]
        for ours, expected in zip(results, exact, strict=True):
            assert ours.dtype == kind
            np.testing.assert_allclose(ours.astype(np.float64), expected, rtol=eps, atol=eps)
    for name in ("softmax", "log_softmax", "logsumexp", "entropy", "entropy_grad"):
        ours = getattr(module, name)(z)
        assert ours.dtype == kind
        np.testing.assert_allclose(ours.astype(np.float64), getattr(module, name)(wide), rtol=eps, atol=4 * eps)
    assert module.binary_nll(z, z, reduction="none").dtype == module.binary_nll_grad(z, z).dtype == kind
    assert module.kl(z, wide).dtype == module.kl_grad(z, wide)[0].dtype == kind


def _difference(f: Any, z: Any, h: float = 1e-5) -> Any:
    result = np.zeros_like(z)
    for at in np.ndindex(*z.shape):
        step = np.zeros_like(z)
        step[at] = h
        result[at] = np.sum(f(z + step) - f(z - step)) / (2 * h)
    return result


def test_entropy_and_divergence(module: Any) -> None:
    z, u = 3 * RNG.normal(size=(N, K)), 3 * RNG.normal(size=(N, K))
    p, q = (np.exp(a) / np.exp(a).sum(axis=1, keepdims=True) for a in (z, u))
    np.testing.assert_allclose(module.entropy(z), -np.sum(p * np.log(p), axis=1), rtol=1e-13)
    np.testing.assert_allclose(module.kl(z, u), np.sum(p * np.log(p / q), axis=1), rtol=1e-12)
    np.testing.assert_allclose(module.entropy_grad(z), _difference(module.entropy, z), atol=1e-9)
    by_p, by_q = module.kl_grad(z, u)
    np.testing.assert_allclose(by_p, _difference(lambda a: module.kl(a, u), z), atol=2e-9)
    np.testing.assert_allclose(by_q, _difference(lambda a: module.kl(z, a), u), atol=2e-9)
    assert np.array_equal(module.entropy(z.T, axis=0), module.entropy(z))
    assert module.kl(z[0], z[0]) == 0
    with mpmath.workdps(60):  # a tiny entropy keeps its digits
        tiny = mpmath.exp(-60) / (1 + mpmath.exp(-60))
        exact = -tiny * mpmath.log(tiny) - (1 - tiny) * mpmath.log(1 - tiny)
        assert abs(module.entropy([60.0, 0]) / float(exact) - 1) < 1e-15


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_binary_loss_keeps_its_digits(module: Any, dtype: Any) -> None:
    x = np.concatenate([RNG.normal(size=50), 30 * RNG.normal(size=50), [-80, 80, 0]]).astype(dtype)
    eps = np.finfo(dtype).eps
    with mpmath.workdps(60):
        for t in (0.0, 1.0, 0.25):
            t_ = np.full(x.shape, t, dtype)
            value = module.binary_nll(x, t_, reduction="none")
            slope = module.binary_nll_grad(x, t_, reduction="sum")
            for a, ours, ours_slope in zip(x, value, slope, strict=True):
                a_ = mpmath.mpf(float(a))
                y = 1 / (1 + mpmath.exp(-a_))
                exact = t * mpmath.log1p(mpmath.exp(-a_)) + (1 - t) * mpmath.log1p(mpmath.exp(a_))
                assert abs(ours - float(exact)) <= 4 * eps * abs(float(exact))
                expected = float((1 - t) * y - t * (1 - y))
                allowed = 6 * eps * (abs(expected) if t in (0, 1) else 1)
                assert abs(ours_slope - expected) <= allowed
    assert module.binary_nll([[0.0]], [[True]]) == module.binary_nll(0.0, 1)
    np.testing.assert_allclose(module.binary_nll(x, t_), value.mean(), rtol=1e-6)


def test_streaming_pairs_in_any_order(module: Any) -> None:
    z = 20 * RNG.normal(size=(N, 37))
    blocks = np.split(z, [5, 6, 20], axis=1)
    pair = module.lse_pair(blocks[0])
    for block in blocks[1:]:
        pair = module.lse_update(pair, block)
    back = module.lse_merge(
        module.lse_merge(module.lse_pair(blocks[3]), module.lse_pair(blocks[1])),
        module.lse_merge(module.lse_pair(blocks[2]), module.lse_pair(blocks[0])),
    )
    for each in (pair, back):
        np.testing.assert_allclose(module.lse_value(each), module.logsumexp(z), rtol=1e-15)
        assert np.array_equal(each[0], z.max(axis=1))


def test_samples_are_cut_into_blocks_without_a_seam(module: Any) -> None:
    for classes, samples in ((2, 20_000), (49, 9_000), (3_000, 150), (200_000, 3)):
        z = RNG.normal(size=(samples, classes))
        labels = RNG.integers(0, classes, samples)
        value, slope = module.nll_value_and_grad(z, labels, reduction="none")
        for n in (0, samples // 2, samples - 1):
            one = module.nll_value_and_grad(z[n], labels[n])
            np.testing.assert_allclose(value[n], one[0], rtol=1e-14)
            np.testing.assert_allclose(slope[n], one[1], atol=1e-15)


@pytest.mark.parametrize(("dtype", "gap"), [(np.float32, 85), (np.float32, 103), (np.float64, 720), (np.float64, 748)])
def test_a_subnormal_loss_is_right_to_the_last_digit(module: Any, dtype: Any, gap: float) -> None:
    z = RNG.normal(size=(4, 1000)).astype(dtype)
    z[:, 3] += dtype(gap)
    value, slope = module.nll_value_and_grad(z, np.full(4, 3), reduction="none")
    with mpmath.workdps(60):
        for row, loss, entry in zip(z, value, slope[:, 3], strict=True):
            top = mpmath.mpf(float(row[3]))
            exact = mpmath.fsum(mpmath.exp(mpmath.mpf(float(x)) - top) for k, x in enumerate(row) if k != 3)
            unit = max(float(np.spacing(dtype(float(exact)))), float(np.finfo(dtype).smallest_subnormal))
            assert abs(float(loss) - float(exact)) <= 2 * unit and abs(float(entry) + float(exact)) <= 2 * unit
