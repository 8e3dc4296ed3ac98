"""symnll: a derivation is source code, and this is its compiler. Start with `from symnll import *`.

Importing the package is cheap: SymPy is imported when a name that needs it is first used.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from symnll import check as _check_package
from symnll import prove as _prove_package

__version__ = "0.1.0"

_HOME = {
    "symnll.language": (
        "ArgMax", "ArgMin", "At", "Choice", "Eq", "Family", "ForAll", "FunctionalValue", "Ge", "Gt", "Index",
        "Larger", "Le", "Lt", "MaxOver", "Ne", "Parameter", "Vector", "diff", "dot", "family", "function",
        "functional", "index", "indices", "labels", "log_sum_exp", "maximum", "natural", "nll", "onehot",
        "positive", "product", "real", "sigmoid", "size", "sizes", "softmax", "total", "vector",
    ),
    "sympy": ("KroneckerDelta", "Max", "Rational", "exp", "log"),
    "symnll.prove.prover": ("derivation",),
    "symnll.prove.bridge": ("BridgeError", "to_term"),
    "symnll.prove.to_sympy": ("to_sympy",),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted([*_MODULE_OF, "check", "prove"])


class _Prove(ModuleType):
    """`symnll.prove` is the function that proves and the package that it lives in: whoever imports first, both work."""

    def __call__(self, statement: Any, given: Sequence[Any] = ()) -> Any:
        """Proved with a theorem, refuted with a witness, or unknown with what was tried."""
        from symnll.prove.prover import prove

        return prove(statement, given)


class _Check(ModuleType):
    """`symnll.check` is the function that checks documents and the package that it lives in."""

    def __call__(self, text: Any, name: str = "text.md", **options: Any) -> Any:
        """The report of a document: `ok`, `summary`, and `str()` as `symnll check` prints it.

        `text` is the document, or a `Path`; the ending of `name` says how to read a text. `options`: `timeout` for a
        step in seconds, `inline`, `suggest`, `cache`. Raises TypeError and ValueError for options that there are not.
        """
        from symnll.check.run import check_text

        return check_text(text, name, **options)


_prove_package.__class__ = _Prove
_check_package.__class__ = _Check


def load_ipython_extension(shell: Any) -> None:
    """For `%load_ext symnll` in a notebook."""
    from symnll.notebook import load

    load(shell)


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"symnll has no {name!r}.")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_MODULE_OF[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
