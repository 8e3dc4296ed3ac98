"""The C file: it compiles without a warning and, called through ctypes, computes what the definitions say."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symnll.export import NoKernel
from symnll.kernels.forms import FORMS
from symnll.kernels.targets import c
from tests.kernels.arb_reference import hard_rows, loss_and_gradient, ulps

COMPILER = shutil.which("gcc") or shutil.which("cc")
pytestmark = pytest.mark.skipif(COMPILER is None, reason="no C compiler")
WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Werror"]


def compiled(folder: Path, text: str, *flags: str) -> Any:
    (folder / "kernels.c").write_text(text, encoding="utf-8")
    library = folder / f"kernels{len(flags)}.so"
    command = [
        str(COMPILER),
        *WARNINGS,
        *flags,
        "-shared",
        "-fPIC",
        "-o",
        str(library),
        str(folder / "kernels.c"),
        "-lm",
    ]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=100)
    return ctypes.CDLL(str(library))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return compiled(tmp_path_factory.mktemp("c"), c.source(), "-std=c99", "-O2")


def call(library: Any, name: str, z: Any, *arguments: Any) -> int:
    function = getattr(library, f"symnll_{name}_{'f32' if z.dtype == np.float32 else 'f64'}")
    function.restype = ctypes.c_size_t
    given = [a.ctypes.data_as(ctypes.c_void_p) if isinstance(a, np.ndarray) else ctypes.c_double(a) for a in arguments]
    samples, classes = (ctypes.c_size_t(n) for n in z.shape)
    return int(function(samples, classes, z.ctypes.data_as(ctypes.c_void_p), *given))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_accuracy_on_hard_rows(library: Any, dtype: Any) -> None:
    for name, (row, target) in hard_rows(dtype, np.random.default_rng(1)).items():
        loss, gradient = loss_and_gradient(row, target)
        value, ours = np.empty(1, dtype), np.empty((1, len(row)), dtype)
        undone = call(library, "nll_value_and_grad", row[None], np.array([target], np.int32), 1.0, value, ours)
        assert undone == 0
        assert ulps(value[0], loss, dtype) <= 3, name
        assert max(ulps(a, b, dtype) for a, b in zip(ours[0], gradient, strict=True)) <= 4, name


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("classes", [1, 2, 31, 64, 2048, 4500])
def test_every_kernel_agrees_with_the_definitions(library: Any, dtype: Any, classes: int) -> None:
    rng = np.random.default_rng(classes)
    z = (4 * rng.standard_normal((5, classes))).astype(dtype)
    soft, v = rng.dirichlet(np.ones(classes), 5).astype(dtype), rng.standard_normal((5, classes)).astype(dtype)
    hard = rng.integers(0, classes, 5).astype(np.int32)
    wide = z.astype(np.longdouble)
    top = wide.max(axis=1, keepdims=True)
    lse = top + np.log(np.exp(wide - top).sum(axis=1, keepdims=True))
    y = np.exp(wide - lse)
    product = y * (v - (y * v).sum(axis=1, keepdims=True))
    cases = [("softmax", (), (y,)), ("log_softmax", (), (wide - lse,)), ("logsumexp", (), (lse[:, 0],))]
    for prefix, targets, t in (("", hard, np.eye(classes)[hard]), ("soft_", soft, soft.astype(np.longdouble))):
        weight = t.sum(axis=1, keepdims=True)
        loss, gradient = (t * (lse - wide)).sum(axis=1), weight * y - t
        cases += [
            (f"{prefix}nll", (targets,), (loss,)),
            (f"{prefix}nll_grad", (targets,), (gradient,)),
            (f"{prefix}nll_value_and_grad", (targets,), (loss, gradient)),
            (f"{prefix}nll_hvp", (targets, v) if prefix else (v,), (weight * product,)),
        ]
    assert {name for name, *_ in cases} == {form.name.removesuffix("_core") for form in FORMS}
    tolerance = 20 * np.finfo(dtype).eps
    for name, given, exact in cases:
        results = [np.full(e.shape, np.nan, dtype) for e in exact]
        scale = [0.5] if exact[-1].ndim == 2 else []
        assert call(library, name, z, *given, *scale, *results) == 0
        for ours, e in zip(results, exact, strict=True):
            wanted = e / 2 if e.ndim == 2 else e
            np.testing.assert_allclose(ours, wanted, rtol=tolerance, atol=tolerance, err_msg=name)


def test_samples_without_a_finite_maximum_are_counted(library: Any) -> None:
    z = np.zeros((4, 3))
    z[0, 1], z[2], z[3, 0] = np.inf, -np.inf, np.nan
    value = np.full(4, -7.0)
    assert call(library, "logsumexp", z, value) == 3
    assert value[0] == -7 and abs(value[1] - np.log(3)) < 1e-15


@pytest.mark.parametrize("flags", [("-std=c99", "-O0"), ("-std=c11", "-O3"), ("-std=gnu17", "-O1", "-Wconversion")])
def test_it_compiles_without_a_warning(tmp_path: Path, flags: tuple[str, ...]) -> None:
    compiled(tmp_path, c.source(), *flags)
    compiled(tmp_path, c.source(("nll",)), *flags)


def test_fast_math_is_refused(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        compiled(tmp_path, c.source(("softmax",)), "-ffast-math")
    assert "compensated" in refused.value.stderr


def test_the_source_is_reproducible_and_names_what_it_rests_on() -> None:
    text = c.source(("nll_value_and_grad",))
    assert text == c.source(("nll_value_and_grad",))
    assert "kernels.nll_pivot [" in text and "kernels.nll_gradient [" in text and "kernels.softmax_shift" not in text
    with pytest.raises(NoKernel, match="no kernel named 'nothing'"):
        c.source(("nothing",))
