"""What a reader can copy of a claim: its statement as LaTeX and as SymPy code, and the kernels that rest on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sympy
from sympy.core.function import AppliedUndef
from sympy.printing.str import StrPrinter

from symnll import language
from symnll.document.model import Code
from symnll.entry import Claim
from symnll.kernels.generate import kernels_on
from symnll.write.latex import statement_latex
from symnll.write.statement import Statement


def to_copy(name: str, claim: Claim, statement: Statement) -> list[Code]:
    """LaTeX of the theorem, SymPy of the authored statement, and commands that write kernels which rest on it."""
    blocks = [Code(statement_latex(statement), "latex", "LaTeX")]
    if claim.statement is not None:
        blocks.append(Code(sympy_code(claim.statement), "python", "SymPy"))
    kernels = kernels_on(name)
    if kernels:
        blocks.append(Code("\n".join(f"symnll kernel {k} -o {k}.py" for k in kernels), "sh", "Kernel code"))
    return blocks


def sympy_code(expression: Any) -> str:
    """Python that builds the expression, which it calls `statement`, in SymPy and, where needed, symnll.language."""
    printer = _Printer(expression)
    declared = list(_declared(expression, printer))
    lines = list(dict.fromkeys(line for _, line in declared))
    body = f"statement = {printer.doprint(expression)}"
    called = {*re.findall(r"\b(\w+)\(", body), *(name for name, _ in declared)} - {f for _, f in printer.functions}
    ours = sorted(name for name in called if hasattr(language, name) and not hasattr(sympy, name))
    imports = [f"from sympy import {', '.join(sorted(called.difference(ours)))}"]
    imports += [f"from symnll.language import {', '.join(ours)}"] if ours else []
    return "\n".join([*imports, "", *lines, body])


class _Printer(StrPrinter):  # type: ignore[misc]
    """Bound variables by plain letters, the same letter for two only where neither stands within the other's range."""

    def __init__(self, expression: Any) -> None:
        super().__init__()
        self.functions = {(f.func, str(f.func)) for f in expression.atoms(AppliedUndef)}
        taken = {str(s) for s in expression.atoms(sympy.Symbol) if not isinstance(s, sympy.Dummy)}
        taken |= {name for _, name in self.functions}
        self.names: dict[Any, str] = {}
        for part in sympy.preorder_traversal(expression):
            for dummy in sorted(getattr(part, "bound_symbols", ()), key=str):
                if isinstance(dummy, sympy.Dummy) and dummy not in self.names:
                    near = {self.names[d] for d in _together(expression, dummy) if d in self.names}
                    base = dummy.name.strip("_") or "k"
                    candidates = (base, *(f"{base}{n}" for n in range(1, 1000)))
                    self.names[dummy] = next(n for n in candidates if n not in taken | near)

    def _print_Dummy(self, dummy: Any) -> str:
        return self.names.get(dummy, dummy.name)

    def _print_Str(self, text: Any) -> str:
        return repr(str(text))

    def _print_Relational(self, relation: Any) -> str:
        named = {">=": "Ge", "<=": "Le", ">": "Gt", "<": "Lt", "==": "Eq", "!=": "Ne"}[relation.rel_op]
        return f"{named}({self._print(relation.lhs)}, {self._print(relation.rhs)})"


def _together(expression: Any, dummy: Any) -> set[Any]:
    """The bound variables of what contains the binder of this one, and of what it contains."""
    found: set[Any] = set()
    for part in sympy.preorder_traversal(expression):
        bound = set(getattr(part, "bound_symbols", ()))
        if bound and dummy in part.atoms(sympy.Dummy):
            found |= part.atoms(sympy.Dummy) if dummy in bound else bound
    return found


def _declared(expression: Any, printer: _Printer) -> Iterator[tuple[str, str]]:
    """(constructor, line) for every symbol, indexed quantity and function of the expression."""
    bases = {str(b) for b in expression.atoms(sympy.IndexedBase)}
    symbols = [s for s in expression.atoms(sympy.Symbol) if str(s) not in bases and not isinstance(s, sympy.Dummy)]
    for s in sorted(symbols, key=str):
        sort = "integer=True" if s.is_integer else "positive=True" if s.is_positive else "real=True"
        yield "Symbol", f'{s} = Symbol("{s}", {sort})'
    for dummy, name in printer.names.items():
        yield "Symbol", f'{name} = Symbol("{name}", {"integer=True" if dummy.is_integer else "real=True"})'
    for base in sorted(bases):
        yield "IndexedBase", f'{base} = IndexedBase("{base}")'
    for _, f in sorted(printer.functions, key=str):
        yield "Function", f'{f} = Function("{f}")'
