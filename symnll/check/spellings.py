"""Operators with a standard meaning, and the spellings of one: D_KL, D_{KL} and KL are the same divergence."""

from __future__ import annotations

import re

STANDARD = {
    "softmax", r"\sigma", "sigmoid", "KL", "H", "D", "LSE", "lse", "logsumexp", "softplus", "tanh", "logit", "relu",
    "ReLU", r"\delta", r"\Delta", "I", r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}",
}  # fmt: skip
# Those whose meaning nothing here knows.
USUAL = {"det", "tr", "Tr", "sgn", "sign", r"\Gamma", "erf", "rank", "gcd", "lcm", r"\mathcal{N}"}
MOMENTS = {"E", r"\mathbb{E}", r"\mathrm{E}", "Var", "var", r"\mathbb{V}", r"\mathrm{Var}", "Cov", "cov"}
# Operators that a document does not make up: what it says of them with the same operator on the right is a claim.
OPERATORS = STANDARD | MOMENTS | {"MI", "JS", "Pr", r"\mathbb{P}"}

_FONT = re.compile(r"\\(?:mathbb|mathcal|mathrm|mathsf|mathbf|mathscr|mathfrak)\{([^{}]*)\}")
_DIVERGENCE = re.compile(r"D?[_^]?KL")
_SAME = {
    "lse": "LSE", "logsumexp": "LSE", "relu": "ReLU", "sigmoid": r"\sigma", "var": "Var", "cov": "Cov",
    r"\mathbb{V}": "Var", r"\mathbb{H}": "H", r"\mathcal{H}": "H",
}  # fmt: skip


def usual(name: str) -> str:
    """One spelling for all those of an operator: KL for D_KL, H for ℋ. Other names are as they are."""
    if _DIVERGENCE.fullmatch(_FONT.sub(r"\1", name)):
        return "KL"
    return _SAME.get(name, name)
