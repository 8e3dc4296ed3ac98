"""The generated JAX kernels: against NumPy and Arb; derivatives and transforms; odd input."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.kernels import odd_input
from tests.kernels.arb_reference import hard_rows, loss_and_gradient, ulps

jax = pytest.importorskip("jax")
jnp = jax.numpy

from symnll import kernels  # noqa: E402
from symnll.kernels import jax_kernels as ours  # noqa: E402
from symnll.kernels.targets import jax as generator  # noqa: E402

ROOT = Path(__file__).parents[2]
RNG = np.random.default_rng(12)
Z, V = RNG.normal(size=(2, 6, 5))
LABELS = np.array([0, 4, -100, 2, 2, 1])
SOFT = RNG.random((6, 5))
WEIGHT = RNG.random(5)
OPTIONS: list[dict[str, Any]] = [
    {"temperature": 1.7},
    {"weight": WEIGHT, "reduction": "sum"},
    {"weight": WEIGHT, "label_smoothing": 0.2, "temperature": 0.7},
]


@pytest.fixture(autouse=True)
def double_precision() -> Iterator[None]:
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def test_the_module_is_up_to_date_and_stands_alone() -> None:
    assert generator.TARGET.read_text(encoding="utf-8") == generator.source(), "run: python -m symnll.kernels.generate"
    code = (
        "import sys; space = {'__name__': 'standalone'}; exec(sys.stdin.read(), space)\n"
        "print(space['nll']([[5.0, 2, 1]], [1]).item())\n"
        "assert not any(name.startswith('symnll') for name in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=generator.jax_source("nll"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and done.stdout.startswith("3.0658"), done.stderr


def test_importing_the_kernels_does_not_import_jax() -> None:
    code = "import sys, symnll.kernels; assert 'jax' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)


@pytest.mark.parametrize("targets", [LABELS, SOFT], ids=["labels", "soft"])
@pytest.mark.parametrize("options", OPTIONS)
def test_agrees_with_numpy(options: Any, targets: Any) -> None:
    for name, more in (
        ("nll", ()),
        ("nll_grad", ()),
        ("nll_value_and_grad", ()),
        ("nll_hvp", (V,)),
        ("nll_hessian", ()),
    ):
        result = getattr(ours, name)(Z, targets, *more, **options)
        expected = getattr(kernels, name)(Z, targets, *more, **options)
        for a, b in zip(*((x if isinstance(x, tuple) else (x,)) for x in (result, expected)), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-16)

    def loss(z: Any) -> Any:
        return ours.nll(z, targets, **options)

    np.testing.assert_allclose(jax.grad(loss)(Z), kernels.nll_grad(Z, targets, **options), rtol=1e-12, atol=1e-16)
    product = kernels.nll_hvp(Z, targets, V, **options)
    forward = jax.jit(lambda z, v: jax.jvp(jax.grad(loss), (z,), (v,))[1])(Z, V)
    backward = jax.grad(lambda z: jnp.vdot(jax.grad(loss)(z), V))(Z)
    for result in (forward, backward):
        np.testing.assert_allclose(result, product, rtol=1e-12, atol=1e-16)


def _entropy(z: Any) -> Any:
    y = jax.nn.log_softmax(z)
    return -jnp.sum(jnp.exp(y) * y, axis=-1)


def _divergence(z: Any, u: Any) -> Any:
    p, q = jax.nn.log_softmax(z), jax.nn.log_softmax(u)
    return jnp.sum(jnp.exp(p) * (p - q), axis=-1)


def _binary(x: Any, t: Any) -> Any:
    return -(t * jax.nn.log_sigmoid(x) + (1 - t) * jax.nn.log_sigmoid(-x))


PLAIN: dict[str, Any] = {
    "softmax": jax.nn.softmax,
    "log_softmax": jax.nn.log_softmax,
    "logsumexp": lambda z: jax.nn.logsumexp(z, axis=-1),
    "entropy": _entropy,
    "kl": _divergence,
    "binary_nll": _binary,
    "nll": lambda z, t: -jnp.sum(t * jax.nn.log_softmax(z)),
}


@pytest.mark.parametrize("name", PLAIN)
def test_value_and_two_derivatives_are_those_of_the_plain_formula(name: str) -> None:
    """Along random directions of every argument; all are well-conditioned here."""
    u = V.copy()
    u[0] = Z[0] + 1  # the same largest class
    arguments: Any = (Z, u) if name == "kl" else (Z, SOFT) if name in ("nll", "binary_nll") else (Z,)
    one, two = (tuple(RNG.normal(size=(5, 6, 5))[i] for i in range(len(arguments))) for _ in range(2))
    reduction = {"reduction": "none"} if name == "binary_nll" else {"reduction": "sum"} if name == "nll" else {}

    def all_of(function: Any) -> Any:
        def first(*x: Any) -> Any:
            return jax.jvp(function, x, one)[1]

        def backward(*x: Any) -> Any:
            return jax.grad(lambda *y: jnp.sum(first(*y)), argnums=tuple(range(len(x))))(*x)

        return function(*arguments), first(*arguments), jax.jvp(first, arguments, two)[1], backward(*arguments)

    found = all_of(lambda *x: getattr(ours, name)(*x, **reduction))
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13), found, all_of(PLAIN[name]))


def test_transforms_and_odd_samples_in_them() -> None:
    labels = np.abs(LABELS) % 5
    each = jax.jit(jax.vmap(jax.grad(ours.nll)))(Z, labels)
    np.testing.assert_allclose(each, kernels.nll_grad(Z, labels, reduction="none"), rtol=1e-12, atol=1e-16)
    np.testing.assert_allclose(jax.hessian(ours.nll)(Z[0], 1), kernels.nll_hessian(Z[0], 1), rtol=1e-12, atol=1e-16)
    z = Z.copy()
    z[2], z[0, 1] = math.nan, -math.inf  # sample 2 is ignored
    slope = jax.jit(jax.grad(ours.nll))(z, LABELS)
    np.testing.assert_allclose(slope, kernels.nll_grad(z, LABELS), rtol=1e-12, atol=1e-16)


def test_a_wrong_label_is_an_error_or_under_jit_nan() -> None:
    wrong = LABELS.copy()
    wrong[4:] = 5, -1
    for labels in (wrong, jnp.asarray(wrong)):
        with pytest.raises(
            ValueError, match=r"targets\[4\]: is 5; use class indices from 0 to 4, or ignore_index, -100"
        ):
            ours.nll(Z, labels)
        with pytest.raises(ValueError, match=r"targets\[4\]: is 5"):
            jax.grad(ours.nll)(Z, labels)
    value, slope = jax.jit(lambda z, t: ours.nll_value_and_grad(z, t, reduction="none"))(Z, wrong)
    assert np.isnan(value[4:]).all() and np.isnan(slope[4:]).all()
    assert np.isfinite(value[:4]).all() and np.isfinite(slope[:4]).all()
    assert np.isnan(jax.jit(jax.grad(ours.nll))(Z, wrong)[4:]).all()
    with pytest.raises(TypeError, match="targets: dtype is bool"):
        jax.jit(ours.nll)(Z, wrong == 1)
    with pytest.raises(ValueError, match=r"targets: class indices have shape \(5,\); use \(6,\)"):
        jax.jit(ours.nll)(Z, wrong[1:])


@pytest.mark.parametrize(
    "case", [c for c in odd_input.CASES if "out" not in c.options], ids=lambda case: f"{case.kernel}: {case.title}"
)
def test_odd_input(case: Any) -> None:
    odd_input.check(ours, case)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_shorter_dtypes_and_any_axis(dtype: str) -> None:
    z = jnp.asarray(RNG.normal(size=(3, 4, 5)), dtype)
    t = RNG.integers(0, 4, (3, 5))
    value, slope = ours.nll_value_and_grad(z, t, axis=1)
    exact, exact_slope = kernels.nll_value_and_grad(np.asarray(z, np.float64), t, axis=1)
    assert value.dtype == slope.dtype == dtype and slope.shape == z.shape
    eps = float(jnp.finfo(dtype).eps)
    np.testing.assert_allclose(np.asarray(value, np.float64), exact, rtol=4 * eps)
    np.testing.assert_allclose(np.asarray(slope, np.float64), exact_slope, rtol=4 * eps, atol=1e-7)
    assert jax.grad(lambda x: ours.nll(x, t, axis=1))(z).dtype == dtype


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_hard_cases_against_arb(dtype: Any) -> None:
    """XLA takes subnormal numbers for 0 on a CPU, so these rows are not here."""
    for name, (z, t) in hard_rows(dtype, np.random.default_rng(3)).items():
        if "subnormal" in name or len(z) not in (1, 2, 10, 1000):
            continue
        value, slope = ours.nll_value_and_grad(z[None], np.array([t]))
        loss, gradient = loss_and_gradient(z, t)
        assert ulps(np.asarray(value), loss, dtype) <= 3, name
        found = [(a, b) for a, b in zip(np.asarray(slope)[0], gradient, strict=True) if abs(b) > np.finfo(dtype).tiny]
        assert max((ulps(a, b, dtype) for a, b in found), default=0) <= 4, name
