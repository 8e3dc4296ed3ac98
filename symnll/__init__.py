"""symnll: a derivation is source code, and this is its compiler. Start with `from symnll import *`.

Importing the package is cheap: SymPy is imported when a name that needs it is first used.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from symnll import prove as _package

__version__ = "0.1.0"

_HOME = {
    "symnll.language": (
        "ArgMax", "ArgMin", "At", "Eq", "Family", "ForAll", "FunctionalValue", "Ge", "Gt", "Index", "Larger", "Le",
        "Lt", "MaxOver", "Ne", "Parameter", "Vector", "diff", "dot", "family", "function", "functional", "index",
        "indices", "labels", "log_sum_exp", "maximum", "natural", "nll", "onehot", "positive", "product", "real",
        "sigmoid", "size", "sizes", "softmax", "total", "vector",
    ),
    "sympy": ("KroneckerDelta", "Max", "Rational", "exp", "log"),
    "symnll.prove.prover": ("derivation",),
    "symnll.prove.bridge": ("BridgeError", "to_term"),
    "symnll.prove.to_sympy": ("to_sympy",),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted([*_MODULE_OF, "prove"])


class _Prove(ModuleType):
    """`symnll.prove` is the function that proves and the package that it lives in: whoever imports first, both work."""

    def __call__(self, statement: Any, given: Sequence[Any] = ()) -> Any:
        """Proved with a theorem, refuted with a witness, or unknown with what was tried."""
        from symnll.prove.prover import prove

        return prove(statement, given)


_package.__class__ = _Prove


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"symnll has no {name!r}.")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_MODULE_OF[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
