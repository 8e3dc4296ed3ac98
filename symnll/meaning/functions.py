"""Functions that go by a name, as expressions: exp, log, tanh, the sigmoid, softmax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Integer

from symnll import language as L
from symnll.meaning import values as V
from symnll.meaning.values import Array

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": V.exp,
    "log": V.log,
    "ln": V.log,
    "sinh": lambda a: V.divide(V.add(V.exp(a), V.neg(V.exp(V.neg(a)))), Integer(2)),
    "cosh": lambda a: V.divide(V.add(V.exp(a), V.exp(V.neg(a))), Integer(2)),
    "tanh": lambda a: V.divide(
        V.add(V.exp(a), V.neg(V.exp(V.neg(a)))), V.add(V.exp(a), V.exp(V.neg(a)))
    ),
    "softplus": lambda a: V.log(V.add(Integer(1), V.exp(a))),
    "sigmoid": lambda a: V.divide(Integer(1), V.add(Integer(1), V.exp(V.neg(a)))),
    "logit": lambda a: V.log(V.divide(a, V.add(Integer(1), V.neg(a)))),
    "relu": lambda a: L.Larger(Integer(0), a),
    "ReLU": lambda a: L.Larger(Integer(0), a),
}  # fmt: skip


def softmax(v: Array) -> Array:
    """i ↦ exp v_i / Σ_k exp v_k."""
    axis = v.axes[0]

    def at(i: Any) -> Any:
        k = V.bound("k")
        return V.divide(V.exp(v.at(i)), V.over("sum", V.exp(v.at(k)), k, axis.lower, axis.upper))

    return Array(v.axes, at)
