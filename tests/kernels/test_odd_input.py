"""Every row of the table of odd input, on every target that is installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

from tests.kernels import odd_input

MODULES = ["symnll.kernels.numpy_kernels"]


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> Any:
    return import_module(request.param)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", odd_input.CASES, ids=lambda case: f"{case.kernel}: {case.title}")
def test_odd_input(module: Any, case: odd_input.Case) -> None:
    odd_input.check(module, case)


def test_the_table_of_the_documentation_is_the_one_that_is_tested() -> None:
    assert odd_input.page() == odd_input.PAGE.read_text(encoding="utf-8"), "run: python -m tests.kernels.odd_input"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("classes", [3, 70])
def test_out_may_be_any_of_the_arguments_or_overlap_them(module: Any, dtype: Any, classes: int) -> None:
    rng = np.random.default_rng(1)
    memory = rng.normal(size=(9, classes)).astype(dtype)
    labels = rng.integers(0, classes, 8)
    soft = rng.random((8, classes)).astype(dtype)
    logits = memory[:8].copy()
    for targets in (labels, soft):
        expected = module.nll_grad(logits, targets)
        for start in (0, 1):  # the logits themselves; one row further on
            space = memory.copy()
            result = module.nll_grad(space[:8], targets, out=space[start : start + 8])
            assert np.array_equal(result, expected) and np.shares_memory(result, space)
        back = logits.copy()
        assert np.array_equal(module.nll_grad(back, targets, out=back[::-1]), expected)
    space = soft.copy()
    assert np.array_equal(module.nll_grad(logits, space, out=space), module.nll_grad(logits, soft))
    space = soft.copy()
    assert np.array_equal(module.nll_hvp(logits, labels, space, out=space), module.nll_hvp(logits, labels, soft))
    for kernel in (module.softmax, module.log_softmax):
        space = logits.copy()
        assert kernel(space, out=space) is space and np.array_equal(space, kernel(logits))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_out_in_any_layout(module: Any, axis: int) -> None:
    z = np.random.default_rng(2).normal(size=(4, 3, 5))
    labels = np.zeros(z.shape[:axis] + z.shape[axis + 1 :], int)
    expected = module.nll_grad(z, labels, axis=axis)
    for out in (np.empty_like(z), np.empty(z.shape, order="F"), np.empty((8, 3, 5))[::2], np.empty((4, 3, 5))[:, ::-1]):
        assert module.nll_grad(z, labels, axis=axis, out=out) is out
        assert np.array_equal(out, expected)
