"""Numeric kernels generated from the proved stable forms; importing them needs NumPy alone, not SymPy.

Where Numba is installed, large batches go through kernels that it compiles; it is imported when one is first needed.

`logits` have shape (..., K), targets are class indices or soft targets; see `nll`.
"""

from symnll.kernels import compiled, numpy_kernels
from symnll.kernels.numpy_kernels import (
    binary_nll,
    binary_nll_grad,
    entropy,
    entropy_grad,
    kl,
    kl_grad,
    log_softmax,
    logsumexp,
    lse_merge,
    lse_pair,
    lse_update,
    lse_value,
    nll,
    nll_grad,
    nll_hessian,
    nll_hvp,
    nll_value_and_grad,
    softmax,
)

numpy_kernels.compiled = compiled.run

__all__ = [
    "binary_nll",
    "binary_nll_grad",
    "entropy",
    "entropy_grad",
    "kl",
    "kl_grad",
    "log_softmax",
    "logsumexp",
    "lse_merge",
    "lse_pair",
    "lse_update",
    "lse_value",
    "nll",
    "nll_grad",
    "nll_hessian",
    "nll_hvp",
    "nll_value_and_grad",
    "softmax",
]
