"""Multinomial logistic regression on scikit-learn's handwritten digits, by Newton's method on symnll's kernels.

    python -m pip install . scipy scikit-learn matplotlib
    python examples/digits.py [--figure digits.svg]

The logits of a sample x are W x + b, one row of W a class. Minimised is the NLL of all samples plus ‖W‖²/(2C), as
scikit-learn's LogisticRegression does. symnll gives the value, the gradient G by the logits, and the Hessian times
any V, without ever building a Hessian; the chain rule to the weights is a matrix product: logits = X Wᵀ, so Gᵀ X.
SciPy's Newton-CG needs no more.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from symnll.kernels import nll_hvp, nll_value_and_grad

C = 1.0


class Regression:
    """The objective and its derivatives; the parameters are the columns of (W, b) in one vector."""

    def __init__(self, features: Any, targets: Any) -> None:
        self.x = np.column_stack([features, np.ones(len(features))])  # the last column belongs to b
        self.targets = targets
        self.shape = targets.max() + 1, self.x.shape[1]
        self.shrink = np.full(self.shape, 1 / C)
        self.shrink[:, -1] = 0  # b is not regularised

    def value_and_gradient(self, parameters: Any) -> tuple[float, Any]:
        w = parameters.reshape(self.shape)
        value, slope = nll_value_and_grad(self.x @ w.T, self.targets, reduction="sum")
        return value + 0.5 * (self.shrink * w * w).sum(), (slope.T @ self.x + self.shrink * w).ravel()

    def hessian_times(self, parameters: Any, direction: Any) -> Any:
        w, v = parameters.reshape(self.shape), direction.reshape(self.shape)
        product = nll_hvp(self.x @ w.T, self.targets, self.x @ v.T, reduction="sum")
        return (product.T @ self.x + self.shrink * v).ravel()


def centred(weights: Any) -> Any:
    """The same model, unique: adding one vector to every class's weights changes no probability."""
    return weights - weights.mean(axis=0)


def fit(features: Any, targets: Any) -> tuple[Any, list[float]]:
    """(W, b) as one array, a class a row, and the objective after each step."""
    model = Regression(features, targets)
    start = np.zeros(model.shape).ravel()
    losses = [model.value_and_gradient(start)[0]]
    found = minimize(
        model.value_and_gradient,
        start,
        jac=True,
        hessp=model.hessian_times,
        method="Newton-CG",
        callback=lambda parameters: losses.append(model.value_and_gradient(parameters)[0]),
        options={"xtol": 1e-9},
    )
    return centred(found.x.reshape(model.shape)), losses


def fit_by_scikit_learn(features: Any, targets: Any) -> Any:
    model = LogisticRegression(C=C, solver="newton-cg", tol=1e-9, max_iter=1000).fit(features, targets)
    return centred(np.column_stack([model.coef_, model.intercept_]))


def draw(losses: list[float], path: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    grey = "#808080"
    figure, axis = plt.subplots(figsize=(6, 3.6))
    axis.semilogy(np.array(losses[:-1]) - losses[-1], "o-", color="#d62f2f")
    axis.set_xlabel("Newton step", color=grey)
    axis.set_ylabel("objective − its minimum", color=grey)
    axis.tick_params(which="both", colors=grey)
    axis.grid(True, color=grey, alpha=0.25)
    axis.set_title("Digits: NLL + ‖W‖²/(2C)", color=grey)
    figure.tight_layout()
    figure.savefig(path, transparent=True, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figure", type=Path, default=Path("digits.svg"), help="where to draw the loss curve")
    figure = parser.parse_args().figure

    digits = load_digits()
    features, targets = digits.data / 16, digits.target
    start = time.perf_counter()
    ours, losses = fit(features, targets)
    middle = time.perf_counter()
    theirs = fit_by_scikit_learn(features, targets)
    end = time.perf_counter()
    right = np.mean(np.argmax(features @ ours[:, :-1].T + ours[:, -1], axis=1) == targets)
    print(f"{len(targets):,} digits, {ours.size} parameters; objective {losses[-1]:.8f} after {len(losses) - 1} steps")
    print(f"symnll and Newton-CG: {middle - start:.2f} s; scikit-learn: {end - middle:.2f} s; {right:.1%} right")
    print(f"largest difference of the coefficients: {np.abs(ours - theirs).max():.1e}")
    draw(losses, figure)
    print(f"loss curve: {figure}")


if __name__ == "__main__":
    main()
