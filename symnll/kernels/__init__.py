"""Numeric kernels generated from the proved stable forms; importing them needs NumPy alone, not SymPy.

`logits` have shape (..., K), targets are class indices or soft targets; see `nll`.
"""

from symnll.kernels.numpy_kernels import (
    log_softmax,
    logsumexp,
    nll,
    nll_grad,
    nll_hvp,
    nll_value_and_grad,
    softmax,
)

__all__ = ["log_softmax", "logsumexp", "nll", "nll_grad", "nll_hvp", "nll_value_and_grad", "softmax"]
