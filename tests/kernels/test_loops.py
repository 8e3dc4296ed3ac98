"""Lowering: a loop computes what its form says, in few passes, and forms of another shape are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import mpmath
import pytest
from sympy import Add, Indexed, Integer, KroneckerDelta, Mul, Pow, Symbol, log

from symnll.kernels.forms import FORMS, Form, m, real, size, target, total, vector, z
from symnll.kernels.loops import Exponential, NotLowerable, Store, Unless, lower

ROW, WEIGHTS, DIRECTION = [0.5, -2.0, 3.25, 3.0, -40.0], [0.1, 0.0, 0.7, 0.3, 2.0], [1.0, -3.0, 0.5, 2.0, 0.25]
VECTORS = {"z": ROW, "t": WEIGHTS, "v": DIRECTION}


class Machine:
    """Runs a loop with 50 digits."""

    def __init__(self, loop: Any, target: int) -> None:
        self.loop = loop
        self.positions = {"target": target}
        self.numbers: dict[str, Any] = {}
        self.arrays: dict[str, list[Any]] = {n: [mpmath.mpf(x) for x in VECTORS[n]] for n in loop.vectors}

    def value(self, expr: Any, at: int | None) -> Any:
        if isinstance(expr, Integer):
            return mpmath.mpf(int(expr))
        if isinstance(expr, Indexed):
            return self.arrays[str(expr.base.label)][self.place(expr.indices[0], at)]
        if isinstance(expr, Exponential):
            a, b = (self.value(x, at) for x in expr.args)
            return mpmath.exp(a - b)
        if isinstance(expr, Unless):
            one, other, value = expr.args
            return mpmath.mpf(0) if self.place(one, at) == self.place(other, at) else self.value(value, at)
        if isinstance(expr, log):
            return mpmath.log(self.value(expr.args[0], at))
        if isinstance(expr, Pow):
            return self.value(expr.base, at) ** int(expr.exp)
        if isinstance(expr, Add):
            return mpmath.fsum(self.value(a, at) for a in expr.args)
        if isinstance(expr, Mul):
            return mpmath.fprod(self.value(a, at) for a in expr.args)
        assert isinstance(expr, Symbol), expr
        return self.numbers[str(expr)]

    def place(self, index: Any, at: int | None) -> int:
        if index == self.loop.class_index:
            assert at is not None
            return at
        return self.positions[str(index)]

    def run(self) -> list[Any]:
        everywhere = range(len(ROW))
        for step in self.loop.passes:
            for name, expr in step.keeps:
                self.arrays[str(name.base.label)] = [self.value(expr, k) for k in everywhere]
            for r in step.reductions:
                out = {self.place(at, None) for at in r.without}
                entries = [self.value(r.body, k) for k in everywhere if k not in out]
                self.numbers[str(r.name)] = max(entries) if r.kind == "max" else mpmath.fsum(entries)
                if r.at is not None:
                    self.positions[str(r.at)] = entries.index(max(entries))
            for name, expr in step.numbers:
                self.numbers[str(name)] = self.value(expr, None)
        return [self.result(r) for r in self.loop.results]

    def result(self, r: Any) -> Any:
        if not isinstance(r, Store):
            return self.value(r, None)
        entries = [self.value(r.body, k) for k in range(len(ROW))]
        if r.at is not None:
            entries[self.place(r.at, None)] = self.value(r.value, None)
        return entries


def meaning(name: str, target: int) -> list[Any]:
    """What a kernel of that name is to give, from the definitions."""
    row = [mpmath.mpf(x) for x in ROW]
    norm = mpmath.fsum(mpmath.exp(x) for x in row)
    y = [mpmath.exp(x) / norm for x in row]
    hot = [mpmath.mpf(k == target) for k in range(len(row))]
    t = [mpmath.mpf(x) for x in WEIGHTS] if name.startswith("soft_") else hot
    v = [mpmath.mpf(x) for x in DIRECTION]
    mean = mpmath.fsum(a * b for a, b in zip(y, v, strict=True))
    weight = mpmath.fsum(t)
    loss = -mpmath.fsum(a * mpmath.log(b) for a, b in zip(t, y, strict=True))
    gradient = [weight * a - b for a, b in zip(y, t, strict=True)]
    product = [weight * a * (b - mean) for a, b in zip(y, v, strict=True)]
    return {
        "logsumexp": [mpmath.log(norm)],
        "log_softmax": [[mpmath.log(a) for a in y]],
        "softmax": [y],
        "nll": [loss],
        "nll_grad": [gradient],
        "nll_value_and_grad": [loss, gradient],
        "nll_hvp": [product],
    }[name.removeprefix("soft_")]


@pytest.mark.parametrize("target", [2, 1])  # the class of the largest logit, and another
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_loop_computes_its_form(form: Form, target: int) -> None:
    with mpmath.workdps(50):
        loop = lower(form)
        got = Machine(loop, target).run()
        for ours, exact in zip(got, meaning(loop.name, target), strict=True):
            pairs = zip(ours, exact, strict=True) if isinstance(ours, list) else [(ours, exact)]
            assert all(abs(a - b) <= mpmath.mpf(10) ** -45 * (1 + abs(b)) for a, b in pairs)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_two_passes_and_stores_are_enough(form: Form) -> None:
    loop = lower(form)
    assert len(loop.passes) == 2
    assert [r.kind for r in loop.passes[0].reductions] == ["max"]
    assert {r.kind for r in loop.passes[1].reductions} == {"sum"}
    bodies = [r.body for r in loop.passes[1].reductions]
    assert len(bodies) == len(set(bodies)), "sums of the same terms are one sum"


def test_sums_without_different_classes_are_one_sum_and_additions() -> None:
    by_name = {form.name: form for form in FORMS}
    loop = lower(by_name["nll_value_and_grad_core"])
    (rest,) = loop.passes[1].reductions
    assert {str(at) for at in rest.without} == {"pivot", "target"}
    for _, value in loop.passes[1].numbers:
        assert not value.has(KroneckerDelta)


def test_other_shapes_are_refused() -> None:
    by_name = {form.name: form for form in FORMS}
    form = by_name["nll_core"]
    with pytest.raises(NotLowerable, match="other inputs"):
        lower(replace(form, inputs=(*form.inputs, real("tau"))))
    a = vector("a", size("K"))
    spread = (a[m], Mul(2, z[m] + z[target], evaluate=False))
    bad = replace(form, steps=(*form.steps[:1], spread, *form.steps[1:]))
    lower(bad)  # a step that nobody reads is no obstacle
    half = (real("half"), total(z[m] * z[m], m))
    lower(replace(form, steps=(*form.steps, half)))
