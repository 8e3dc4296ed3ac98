"""The generated NumPy kernels: numbers, references, derivatives, shapes, odd input, errors, and the generator."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from symnll import kernels

ROOT = Path(__file__).parent.parent
RNG = np.random.default_rng(20240607)
INF = math.inf


# The reference: 60 digits, written down from the definitions.


def reference(row: Any, weights: Any, v: Any = None) -> dict[str, Any]:
    with mpmath.workdps(60):
        z, t = [mpmath.mpf(float(x)) for x in row], [mpmath.mpf(float(x)) for x in weights]
        top = max(z)
        powers = [mpmath.exp(x - top) for x in z]
        norm = mpmath.fsum(powers)
        # Of a softmax within 1e-60 of 1, log and 1 − y keep their digits this way.
        first = z.index(top)
        lse = top + mpmath.log1p(mpmath.fsum(p for i, p in enumerate(powers) if i != first))
        y = [p / norm for p in powers]
        u = [mpmath.mpf(float(x)) for x in (v if v is not None else [0] * len(z))]
        mean = mpmath.fsum(a * b for a, b in zip(y, u, strict=True))
        return {
            "logsumexp": lse,
            "softmax": y,
            "log_softmax": [x - lse for x in z],
            "nll": mpmath.fsum(w * (lse - x) for w, x in zip(t, z, strict=True)),
            "grad": [mpmath.fsum(t) * a - w for a, w in zip(y, t, strict=True)],
            "hvp": [mpmath.fsum(t) * a * (b - mean) for a, b in zip(y, u, strict=True)],
        }


def close(ours: Any, exact: Any, dtype: Any, scale: float = 1.0, ulps: float = 16) -> None:
    """Within some units in the last place of the exact numbers, or of `scale` where they are smaller than it."""
    ours, exact = np.asarray(ours), np.asarray([float(x) for x in np.atleast_1d(exact)]).reshape(np.shape(ours))
    assert ours.dtype == dtype
    allowed = ulps * np.finfo(dtype).eps * np.maximum(np.abs(exact), scale)
    assert np.all(np.abs(ours.astype(np.float64) - exact) <= allowed), (ours, exact)


CASES = {
    "near 0": lambda k: RNG.normal(size=k),
    "offset 1e4": lambda k: 1e4 + RNG.normal(size=k),
    "offset -1e4": lambda k: -1e4 + RNG.normal(size=k),
    "spread 50": lambda k: 50 * RNG.normal(size=k),
    "spread 2000": lambda k: 2000 * RNG.normal(size=k),
    "ties": lambda k: np.zeros(k),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("classes", [1, 2, 10, 137])
def test_every_kernel_agrees_with_60_digits(case: str, classes: int, dtype: Any) -> None:
    for _ in range(4):
        z = CASES[case](classes).astype(dtype)
        v = RNG.normal(size=classes).astype(dtype)
        target = int(RNG.integers(classes))
        soft = RNG.dirichlet(np.ones(classes)).astype(dtype)
        exact = reference(z, np.eye(classes)[target], v)
        # z − c is rounded once, which exp turns into a relative error of |z − c| ulp: the spread is the scale.
        spread = max(1.0, float(z.max() - z.min()))
        close(kernels.logsumexp(z), exact["logsumexp"], dtype)
        close(kernels.softmax(z), exact["softmax"], dtype)
        close(kernels.log_softmax(z), exact["log_softmax"], dtype)
        close(kernels.nll(z, target), exact["nll"], dtype)
        close(kernels.nll_grad(z, target), exact["grad"], dtype)
        close(kernels.nll_hvp(z, target, v), exact["hvp"], dtype)
        exact = reference(z, soft, v)
        close(kernels.nll(z, soft), exact["nll"], dtype, scale=spread)
        close(kernels.nll_grad(z, soft), exact["grad"], dtype)
        close(kernels.nll_hvp(z, soft, v), exact["hvp"], dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_tiny_loss_keeps_its_digits(dtype: Any) -> None:
    z = np.array([60.0, 0, 1, -3], dtype)
    exact = reference(z, [1, 0, 0, 0])
    close(kernels.nll(z, 0), exact["nll"], dtype, scale=0)
    close(kernels.nll_grad(z, 0), exact["grad"], dtype, scale=0)
    assert 0 < kernels.nll(z, 0) < 1e-25 and kernels.nll_grad(z, 0)[0] < 0


def test_the_numbers_of_the_documentation() -> None:
    z = np.array([5.0, 2, 1])
    assert np.round(kernels.softmax(z), 8).tolist() == [0.93623955, 0.04661262, 0.01714783]
    assert np.round(kernels.nll([z, z], [0, 1], reduction="none"), 4).tolist() == [0.0659, 3.0659]


# Derivatives.


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_gradient_and_hessian_are_those_of_the_value(soft: bool, reduction: str) -> None:
    z, v, h = RNG.normal(size=(3, 5)), RNG.normal(size=(3, 5)), 1e-5
    targets = 2 * RNG.random((3, 5)) if soft else RNG.integers(0, 5, 3)  # weights that don't sum to 1
    gradient = kernels.nll_grad(z, targets, reduction=reduction)
    product = kernels.nll_hvp(z, targets, v, reduction=reduction)
    for entry in itertools.product(range(3), range(5)):
        step = np.zeros((3, 5))
        step[entry] = h
        up, down = (kernels.nll(z + s, targets, reduction=reduction) for s in (step, -step))
        assert math.isclose((up - down) / (2 * h), gradient[entry], abs_tol=1e-9)
    up, down = (kernels.nll_grad(z + s, targets, reduction=reduction) for s in (h * v, -h * v))
    np.testing.assert_allclose((up - down) / (2 * h), product, atol=1e-9)


def test_the_product_is_with_the_whole_hessian() -> None:
    z, v = RNG.normal(size=(2, 4)), RNG.normal(size=(2, 4))
    y = kernels.softmax(z)
    hessian = np.einsum("nk,km->nkm", y, np.eye(4)) - np.einsum("nk,nm->nkm", y, y)
    expected = np.einsum("nkm,nm->nk", hessian, v)
    np.testing.assert_allclose(kernels.nll_hvp(z, [0, 3], v, reduction="none"), expected, atol=1e-15)


# Shapes, axes, reductions, dtypes.


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2])
def test_any_axis_and_any_number_of_leading_axes(axis: int, soft: bool) -> None:
    z, v = RNG.normal(size=(3, 4, 5)), RNG.normal(size=(3, 4, 5))
    last = np.moveaxis(z, axis, -1)
    labels = RNG.integers(0, last.shape[-1], last.shape[:-1])
    weights = RNG.dirichlet(np.ones(last.shape[-1]), size=last.shape[:-1])
    targets, there = (weights, np.moveaxis(weights, -1, axis)) if soft else (labels, labels)
    before = z.copy()
    for kernel in (kernels.logsumexp, kernels.softmax, kernels.log_softmax):
        ours, rows = kernel(z, axis=axis), [kernel(row) for row in last.reshape(-1, last.shape[-1])]
        ours = ours if kernel is kernels.logsumexp else np.moveaxis(ours, axis, -1)
        np.testing.assert_allclose(ours.reshape(len(rows), -1), np.reshape(rows, (len(rows), -1)), rtol=1e-14)
    for reduction in ("none", "mean", "sum"):
        value, gradient = kernels.nll_value_and_grad(z, there, reduction=reduction, axis=axis)
        expected, slope = kernels.nll_value_and_grad(last, targets, reduction=reduction)
        np.testing.assert_allclose(value, expected, rtol=1e-14)
        np.testing.assert_allclose(gradient, np.moveaxis(slope, -1, axis), atol=1e-15)
        product = kernels.nll_hvp(z, there, v, reduction=reduction, axis=axis)
        moved = kernels.nll_hvp(last, targets, np.moveaxis(v, axis, -1), reduction=reduction)
        np.testing.assert_allclose(product, np.moveaxis(moved, -1, axis), atol=1e-15)
    assert np.array_equal(z, before)


@pytest.mark.parametrize("soft", [False, True])
def test_value_and_grad_is_both_bit_for_bit_and_reductions_reduce(soft: bool) -> None:
    z, labels = RNG.normal(size=(2, 3, 7)), RNG.integers(0, 7, (2, 3))
    targets = np.eye(7)[labels] if soft else labels
    losses, slopes = kernels.nll_value_and_grad(z, targets, reduction="none")
    assert losses.shape == (2, 3) and slopes.shape == z.shape
    for reduction, count in (("none", 1), ("sum", 1), ("mean", 6)):
        value, gradient = kernels.nll_value_and_grad(z, targets, reduction=reduction)
        assert np.array_equal(value, kernels.nll(z, targets, reduction=reduction))
        assert np.array_equal(gradient, kernels.nll_grad(z, targets, reduction=reduction))
        assert np.array_equal(gradient, slopes / count)
        if reduction != "none":
            assert math.isclose(value, losses.sum() / count, rel_tol=1e-15)
    assert kernels.nll(z, targets) == kernels.nll(z, targets, reduction="mean", axis=-1)


def test_soft_targets_that_pick_one_class_are_index_targets() -> None:
    z, labels, v = 20 * RNG.normal(size=(6, 9)), RNG.integers(0, 9, 6), RNG.normal(size=(6, 9))
    hard, soft = kernels.nll_value_and_grad(z, labels), kernels.nll_value_and_grad(z, np.eye(9)[labels])
    np.testing.assert_allclose(hard[0], soft[0], rtol=1e-15)
    np.testing.assert_allclose(hard[1], soft[1], atol=1e-15)
    assert np.array_equal(kernels.nll_hvp(z, labels, v), kernels.nll_hvp(z, np.eye(9)[labels], v))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_results_have_the_dtype_of_the_logits(dtype: Any) -> None:
    z = np.array([[5, 2, 1]], dtype)
    for targets in ([0], np.array([[1.0, 0, 0]])):
        value, gradient = kernels.nll_value_and_grad(z, targets)
        assert value.dtype == gradient.dtype == kernels.nll_hvp(z, targets, np.ones((1, 3))).dtype == dtype
        assert kernels.nll(z, targets, reduction="none").dtype == dtype
    for kernel in (kernels.softmax, kernels.log_softmax, kernels.logsumexp):
        assert kernel(z).dtype == dtype
        assert kernel([5, 2, 1]).dtype == np.float64


def test_inputs_are_left_alone_and_no_result_shares_their_memory() -> None:
    z, t, v = RNG.normal(size=(4, 3)), RNG.dirichlet(np.ones(3), 4), RNG.normal(size=(4, 3))
    for array in (z, t, v):
        array.flags.writeable = False
    for targets in (t, np.array([0, 1, 2, 0], np.uint8)):
        results = [*kernels.nll_value_and_grad(z, targets, reduction="none"), kernels.nll_hvp(z, targets, v)]
        results += [kernels.softmax(z), kernels.log_softmax(z), kernels.logsumexp(z)]
        assert not any(np.shares_memory(r, a) for r in results for a in (z, t, v))


def test_no_samples() -> None:
    z, t = np.zeros((0, 3)), np.zeros(0, int)
    assert math.isnan(kernels.nll(z, t)) and kernels.nll(z, t, reduction="sum") == 0
    assert kernels.nll(z, t, reduction="none").shape == (0,) and kernels.nll_grad(z, t).shape == (0, 3)
    assert kernels.nll_hvp(z, t, z).shape == kernels.softmax(z).shape == (0, 3) and kernels.logsumexp(z).shape == (0,)


# Odd input: as documented, and without a warning (pytest is told to fail on them).


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("logits", "target", "loss", "gradient"),
    [
        ([-INF, 0, 0], 1, math.log(2), [0, -0.5, 0.5]),  # a mask
        ([-INF, 0, 0], 0, INF, [-1, 0.5, 0.5]),  # the target masked
        ([-INF, 3, -INF], 1, 0, [0, 0, 0]),
        ([INF, 0, 0], 1, INF, [1, -1, 0]),
        ([INF, 0, 0], 0, 0, [0, 0, 0]),
        ([INF, INF, 0], 2, INF, [math.nan, math.nan, -1]),
        ([math.nan, 0, 0], 1, math.nan, [math.nan] * 3),
        ([-INF, -INF, -INF], 0, math.nan, [math.nan] * 3),
    ],
)
def test_infinite_and_nan_logits(logits: Any, target: int, loss: float, gradient: Any) -> None:
    for targets in (target, np.eye(3)[target]):
        value, slope = kernels.nll_value_and_grad(logits, targets)
        np.testing.assert_allclose(value, loss, rtol=1e-15)
        if gradient is not None:
            np.testing.assert_allclose(slope, gradient, atol=1e-16)
    assert math.isnan(loss) or np.isfinite(kernels.nll([[0.0, 0, 0], logits], [0, target], reduction="none")[0])


@pytest.mark.filterwarnings("error")
def test_logsumexp_and_softmax_at_infinity() -> None:
    assert kernels.logsumexp([-INF, -INF]) == -INF and kernels.logsumexp([INF, 0, INF]) == INF
    assert math.isnan(kernels.logsumexp([INF, math.nan])) and kernels.logsumexp([-INF, 3.0]) == 3
    assert kernels.softmax([-INF, 0, 0]).tolist() == [0, 0.5, 0.5]
    assert kernels.log_softmax([-INF, 0.0]).tolist() == [-INF, 0]


# Errors.


@pytest.mark.parametrize(
    ("arguments", "options", "error", "says"),
    [
        (([[0.0, 1]], [2]), {}, ValueError, "targets[0]: is 2; use class indices from 0 to 1"),
        (([[0.0, 1]] * 2, [0, -1]), {}, ValueError, "targets[1]: is -1; use class indices from 0 to 1"),
        (
            ([[0.0, 1]], [-100]),
            {"ignore_index": None},
            ValueError,
            "targets[0]: is -100; use class indices from 0 to 1",
        ),
        (([0.0, 1], 5), {}, ValueError, "targets: is 5"),
        (([[0.0, 1]], [0, 1]), {}, ValueError, "targets: class indices have shape (2,); use (1,)"),
        (([[0.0, 1]], [[0, 1]]), {}, ValueError, "Soft targets have to be floating-point numbers"),
        (([[0.0, 1]], [0.5]), {}, TypeError, "targets: dtype is float64 at shape (1,); class indices have to be int"),
        (([[0.0, 1]], [[0.5, 0.2, 0.3]]), {}, ValueError, "targets: soft targets have shape (1, 3); use"),
        (([[0.0, 1]], [True]), {}, TypeError, "targets: dtype is bool"),
        (([[0.0, 1]], ["a"]), {}, TypeError, "targets: dtype is <U1"),
        (([[1j, 1]], [0]), {}, TypeError, "logits: dtype is complex128"),
        (([[True, False]], [0]), {}, TypeError, "logits: dtype is bool"),
        ((3.0, 0), {}, ValueError, "logits: a single number has no class axis"),
        ((np.zeros((2, 0)), [0, 0]), {}, ValueError, "logits: shape (2, 0) has no class along axis -1"),
        (([[0.0, 1]], [0]), {"axis": 2}, ValueError, "axis: is 2, but logits have shape (1, 2); use -2 to 1"),
        (([[0.0, 1]], [0]), {"axis": (0, 1)}, TypeError, "axis: is (0, 1); use one integer"),
        (
            ([[0.0, 1]], [0]),
            {"reduction": "average"},
            ValueError,
            "reduction: is 'average'; use 'none', 'mean' or 'sum'",
        ),
        (([[0.0, 1]], [0]), {"reduction": None}, ValueError, "reduction: is None"),
    ],
)
def test_wrong_arguments_are_named(arguments: Any, options: Any, error: Any, says: str) -> None:
    for kernel in (kernels.nll, kernels.nll_grad, kernels.nll_value_and_grad):
        with pytest.raises(error) as caught:
            kernel(*arguments, **options)
        assert says in str(caught.value)
    with pytest.raises(error):
        kernels.nll_hvp(*arguments, arguments[0], **options)


def test_the_vector_of_the_hessian_vector_product_is_checked() -> None:
    with pytest.raises(ValueError, match=r"v: shape is \(2,\); use the shape of the logits, \(1, 2\)"):
        kernels.nll_hvp([[0.0, 1]], [0], [1.0, 2])
    with pytest.raises(TypeError, match="v: dtype is complex128"):
        kernels.nll_hvp([[0.0, 1]], [0], [[1j, 2]])


# The generator and the forms.


def test_the_generated_module_is_up_to_date() -> None:
    from symnll.kernels import generate

    assert generate.TARGET.read_bytes() == generate.source().encode(), "run: python -m symnll.kernels.generate"
    assert generate.source() == generate.source()


def _python(code: str, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_importing_the_kernels_does_not_import_sympy() -> None:
    _python("import sys, symnll.kernels; assert 'sympy' not in sys.modules and 'mpmath' not in sys.modules")


def test_the_module_stands_alone() -> None:
    file = str(ROOT / "symnll" / "kernels" / "numpy_kernels.py")
    _python(
        "import sys; space = {'__name__': 'standalone'}; exec(open(sys.argv[1], encoding='utf-8').read(), space)\n"
        "loss, slope = space['nll_value_and_grad']([[5, 2, 1], [5, 2, 1]], [0, 1], reduction='none')\n"
        "assert loss.round(4).tolist() == [0.0659, 3.0659] and abs(slope.sum()) < 1e-15\n"
        "assert not any(name.startswith(('symnll', 'sympy')) for name in sys.modules)",
        file,
    )


def _number(expression: Any, values: dict[str, list[Any]], classes: int) -> Any:
    """The expression as a number in scalar symbols z_1, z_2, …: sums written out here, derivatives of finite sums."""
    import sympy

    from symnll.language import Larger, MaxOver

    if isinstance(expression, Larger):
        return sympy.Max(*(_number(a, values, classes) for a in expression.args))
    if isinstance(expression, (sympy.Sum, MaxOver)):
        ((bound, _, _),) = expression.limits
        terms = [
            _number(expression.function.xreplace({bound: sympy.Integer(i)}), values, classes)
            for i in range(1, classes + 1)
        ]
        return sympy.Add(*terms) if isinstance(expression, sympy.Sum) else sympy.Max(*terms)
    if isinstance(expression, sympy.Derivative):
        inner = _number(expression.expr, values, classes)
        for variable, count in expression.variable_count:
            inner = inner.diff(_number(variable, values, classes), count)
        return inner
    if isinstance(expression, sympy.Indexed):
        return values[expression.base.label.name][int(expression.indices[0]) - 1]
    if not expression.args:
        return expression
    return expression.func(*(_number(a, values, classes) for a in expression.args))


def test_what_the_forms_say_holds_at_small_sizes() -> None:
    """No proof, which is the library's part: every statement at K = 1 and 3, at every class, at random logits."""
    import sympy

    from symnll.kernels import forms, option_forms

    page = (ROOT / "docs" / "kernels.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in {**forms.theorems(), **option_forms.option_theorems()})
    for name, statement in {**forms.theorems(), **option_forms.option_theorems()}.items():
        places = (forms.m, forms.target, forms.pivot, option_forms.column)
        positions = [a for a in places if a in statement.free_symbols]
        for classes in (1, 3):
            values = {a: list(sympy.symbols(f"{a}_1:{classes + 1}", real=True)) for a in ("z", "t", "v", "u")}
            point = {s: sympy.Float(RNG.normal()) for each in values.values() for s in each}
            arrays = {a.base.label for a in statement.atoms(sympy.Indexed)}
            numbers = statement.free_symbols - set(positions) - arrays - {forms.K}
            point |= {s: sympy.Float(0.3 + RNG.random()) for s in numbers if not isinstance(s, sympy.Indexed)}
            for at in itertools.product(range(1, classes + 1), repeat=len(positions)):
                placed = statement.xreplace(dict(zip(positions, map(sympy.Integer, at), strict=True)))
                left, right = (_number(side, values, classes).xreplace(point).evalf() for side in placed.args)
                assert abs(left - right) < 1e-12, (name, classes, at, left, right)


def test_every_theorem_of_a_form_is_a_claim_of_the_library() -> None:
    """The statement that the library proves (see test_library.py) is the one that the code was printed from."""
    from symnll.entry import claims, entries
    from symnll.kernels import forms, option_forms
    from symnll.prove.bridge import Bridge

    needed = [pair for form in (*forms.FORMS, *option_forms.OPTION_FORMS) for pair in form.statements()]
    assert {name for name, _ in needed} >= {f"kernels.{c.name}" for c in entries()["kernels"].claims}
    for name, statement in needed:
        proved = claims()[name][1]
        assert not proved.given
        assert Bridge(statement).statement(statement) == Bridge(proved.statement).statement(proved.statement), name


def test_what_has_no_form_as_array_operations_is_refused() -> None:
    from sympy import KroneckerDelta, exp

    from symnll.kernels.forms import Form, e, j, k, m, mean, target, v, y, z
    from symnll.kernels.printer import NotPrintable, core_source
    from symnll.language import total

    for step in (
        (mean, total(z[k] * v[k] * y[k], k)),
        (y[m], z[m] * v[j]),
        (y[m], KroneckerDelta(m, target) * z[m] + v[m] * z[m] + z[m]),
        (e[m], exp(z[m] * v[m])),
    ):
        form = Form("wrong_core", (z, v, target), (step,), (step[0],), ())
        with pytest.raises(NotPrintable):
            core_source(form)
