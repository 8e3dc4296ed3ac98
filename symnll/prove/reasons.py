"""The reasons that an author may name for a step, and what a proof of the step must then have used.

A row: phrase, the axioms of which at least one must be used. Phrases with no axioms stand for plain algebra: the step
must be provable with the laws of a field alone, inside sums and functions too.
"""

from __future__ import annotations

from symnll.prove.tactics import Theorem

POWERS = (
    "pow_add",
    "pow_add_natural",
    "pow_mul",
    "pow_mul_integer",
    "pow_pow",
    "pow_pow_natural",
    "pow_delta",
    "exp_pow",
)
COMPOSITE = (
    "d_exp",
    "d_log",
    "d_power_natural",
    "d_power",
    "d_power_both",
    "d_reciprocal",
    "d_quotient",
    "d_chain",
    "d_chain_family",
)
ORDER = (
    "exp_monotone", "exp_strictly_monotone", "log_monotone", "log_strictly_monotone", "sum_member", "maxi_member",
    "maxi_least", "max_least", "max_left", "max_right", "sum_nonnegative", "sum_positive", "argmax_point",
    "argmax_integer", "argmax_real", "argmax_family",
)  # fmt: skip
REASONS: dict[str, tuple[str, ...]] = {
    "definition": (),
    "algebra": (),
    "quotient rule": ("d_quotient", "d_reciprocal"),
    "product rule": ("d_product",),
    "chain rule": COMPOSITE,
    "derivative of the logarithm": ("d_log",),
    "derivative of the exponential": ("d_exp",),
    "power rule": ("d_power_natural", "d_power", "d_power_both", "d_reciprocal"),
    "derivative of a sum": ("d_sum", "d_finite_sum"),
    "δ collapses the sum": ("sum_delta",),
    "sum split": ("sum_split", "sum_add", "sum_delta", "sum_last"),
    "product split": ("prod_split", "prod_last", "prod_mul"),
    "derivative of a variable": ("d_identity",),
    "linearity of the sum": ("sum_add", "sum_scale", "sum_constant"),
    "order of summation": ("sum_swap",),
    "logarithm of a product": ("log_mul", "log_prod"),
    "logarithm of a quotient": ("log_mul", "log_pow"),
    "logarithm of a power": ("log_pow",),
    "exponential of a sum": ("exp_add", "exp_pow"),
    "exponential and logarithm cancel": ("log_exp", "exp_log", "pow_exp_log"),
    "probabilities sum to 1": ("sum_scale", "given"),
    "targets sum to 1": ("given",),
    "product of powers": (
        *POWERS,
        "prod_pow_sum",
        "prod_pow_sum_natural",
        "prod_pow_integer",
        "prod_exp",
        "prod_constant",
    ),
    "order of products": ("prod_swap",),
    "selection by labels": ("prod_delta", "sum_delta"),
    "maximum": ("max_least", "max_left", "max_right", "maxi_least", "maxi_member", "maxi_split"),
    "monotonicity": ORDER,
    "sum of squares": ("square_nonnegative", "pow_nonnegative", "sum_nonnegative"),
    "log x ≤ x − 1": ("log_bound", "log_bound_strict"),
    "cases i = m and i ≠ m": ("delta_same", "delta_differ", "delta_substitute", "delta_square"),
}


def used(theorem: Theorem) -> set[str]:
    """The axioms of a proof, and "given" where it rests on an equation among its hypotheses."""
    names = set(theorem.axioms)
    for _, statement in theorem.hypotheses:
        while statement.op in ("forall", "implies"):
            statement = statement.args[0].args[0] if statement.args[0].op == "lam" else statement.args[-1]
        if statement.op == "eq":
            names.add("given")
    return names


def applied(theorem: Theorem, reason: str) -> bool:
    """Whether the proof used what the reason names."""
    return not REASONS[reason] or bool(used(theorem) & set(REASONS[reason]))
