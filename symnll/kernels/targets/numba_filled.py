"""exp and log1p of the Numba target as source text: the templates with the derived constants and the proved bounds."""

from __future__ import annotations

import math

from symnll.kernels.approximations import PRECISIONS, exp_constants, log1p_constants
from symnll.kernels.error_bounds import exp_bound, log1p_bound, part_bound, unit_bound
from symnll.kernels.targets import numba_prelude as prelude
from symnll.kernels.targets.numba_loops import SCALARS


def rounded_up(bound: float) -> str:
    """With two decimals."""
    return f"{math.ceil(bound * 100) / 100:.2f}"


def _horner(coefficients: tuple[float, ...], variable: str, kind: str, name: str = "q") -> str:
    def number(x: float) -> str:
        return f"{kind}({x!r})" if kind else repr(x)

    lines = [f"    {name} = {number(coefficients[-1])}"]
    lines += [f"    {name} = fma({name}, {variable}, {number(c)})" for c in reversed(coefficients[:-1])]
    return "\n".join(lines)


def exp(name: str) -> str:
    format, constants = PRECISIONS[name], exp_constants(name)
    inverse = f"types.float64({2.0**-format.exponent!r})"
    single = name == "float32"
    template = prelude.COEFFICIENT_32 if single else prelude.COEFFICIENT_64
    return prelude.EXP.format(
        short="32" if single else "64",
        type=f"types.{name}",
        exponent=format.exponent,
        bound=rounded_up(exp_bound(name)),
        part_bound=rounded_up(part_bound(name)),
        limit=float(format.limit),
        plain_magic=repr(format.magic),
        minus_first=repr(-constants.first),
        minus_second=repr(-constants.second),
        floor=float(format.floor),
        inverse=repr(constants.inverse),
        magic=repr(format.magic + format.exponent),
        minus_high=repr(-constants.high),
        minus_low=repr(-constants.low),
        horner=_horner(constants.q, "r", f"types.{name}"),
        even=_horner(constants.q[0::2], "square", f"types.{name}", "even"),
        odd=_horner(constants.q[1::2], "square", f"types.{name}", "odd"),
        inverse_factor=inverse,
        coefficient=template,
    )


def remainder() -> str:
    constants = exp_constants("float64")
    return prelude.REMAINDER.format(
        bound=rounded_up(unit_bound()),
        first=repr(constants.first),
        second=repr(constants.second),
        horner=_horner(constants.q, "r", ""),
    )


def scalars() -> str:
    constants = log1p_constants()
    return SCALARS.format(
        bound=rounded_up(log1p_bound()),
        high=repr(constants.high),
        low=repr(constants.low),
        horner=_horner(constants.l, "w", ""),
    )
