"""Print forms as expressions on whole arrays, one step a line: what PyTorch and JAX have in common.

A number a class is an array (..., K), one a sample an array (..., 1). The lines are pure: nothing is written into, so
they can be differentiated, vectorised and compiled by the library they are printed for. That library has to define
`largest`, `shift_of`, `exponentials`, `entries`, `sum_except`, `total`, `times`, `over`, `replace_at` and `nearer`.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

from sympy import Add, Expr, Indexed, IndexedBase, KroneckerDelta, Mul, Number, Pow, Sum, Symbol, exp, log

from symnll.export import NoKernel
from symnll.kernels.forms import Form, K
from symnll.kernels.forms import m as along
from symnll.kernels.generate import ALL, filled, with_theorems
from symnll.kernels.printer import is_array
from symnll.language import Index, Larger, MaxOver

SUM, PRODUCT, SIGN, ATOM = range(4)  # how strongly a text binds


class NotPrintable(ValueError):
    """The expression has no form as array operations along one axis."""


def core_source(form: Form, library: str) -> str:
    """The Python source of one core. `wide`, its last argument, says that the logits come from a shorter dtype."""
    return _Writer(form, library).source()


class _Writer:
    def __init__(self, form: Form, library: str) -> None:
        self.form, self.library = form, library
        self.positions = {a for a in form.inputs if isinstance(a, Index)}
        self.vectors = {a for a in form.inputs if isinstance(a, IndexedBase)}
        self.powers = {a.base for a, meaning in form.steps if isinstance(meaning, exp) and isinstance(a, Indexed)}
        self.bound: list[Any] = []
        self.logits: set[Any] = set()  # single logits that have a name

    def source(self) -> str:
        form, claims = self.form, self.form.claims
        arguments = ", ".join(f"{_name(a)}: {'float' if _is_tau(a) else 'Array'}" for a in form.inputs)
        lines = [f"{_name(name)} = {self.text(value)}" for name, value in form.steps]
        results = [self.text(value) for value in form.values]
        if (
            len(claims) > 1 and claims[0][1] == claims[1][1]
        ):  # two forms of one number, each accurate where the other is not
            results[:2] = [f"nearer({results[0]}, {results[1]})"]
        kind = "Array" if len(results) == 1 else f"tuple[{', '.join(['Array'] * len(results))}]"
        body = "\n".join(f"    {line}" for line in (*lines, f"return {', '.join(results)}"))
        theorems = ", ".join(name for name, _ in claims)
        return f'def {form.name}({arguments}, wide: bool) -> {kind}:\n    """{theorems}"""\n{body}\n'

    def text(self, expr: Expr, least: int = SUM) -> str:
        """The expression in Python; in parentheses if it binds less strongly than `least`."""
        text, strength = self._printed(expr)
        return f"({text})" if strength < least else text

    def _printed(self, expr: Expr) -> tuple[str, int]:
        if isinstance(expr, (Symbol, Number)):
            return str(expr), ATOM if expr.is_Symbol or expr >= 0 else SIGN
        if isinstance(expr, Indexed):
            return self._entry(expr), ATOM
        if isinstance(expr, (Sum, MaxOver)):
            return self._reduced(expr), ATOM
        if isinstance(expr, exp):
            return self._exponential(expr.args[0]), ATOM
        if isinstance(expr, log):
            one, rest = expr.args[0].as_coeff_Add()
            name, inside = ("log1p", rest) if one == 1 and rest != 0 else ("log", expr.args[0])
            return f"{self.library}.{name}({self.text(inside)})", ATOM
        if isinstance(expr, Larger):
            return f"larger({self.text(expr.args[0])}, {self.text(expr.args[1])})", ATOM
        if isinstance(expr, Add):
            return self._sum(expr)
        if isinstance(expr, (Mul, Pow)):
            return self._product(expr)
        raise NotPrintable(f"{expr} is no operation on arrays.")

    def _entry(self, expr: Indexed) -> str:
        at = expr.indices[0]
        if at in self.positions:
            return f"entries({_name(expr)}, {at})"
        if at != (self.bound[-1] if self.bound else along):
            raise NotPrintable(f"{expr} is used along another index: that would be an outer product.")
        return _name(expr)

    def _reduced(self, expr: Any) -> str:
        ((bound, lower, upper),) = expr.limits
        if (lower, upper) != (1, K):
            raise NotPrintable(f"{expr} runs over {lower}..{upper}; only the whole class axis 1..{K} can be reduced.")
        self.bound.append(bound)
        try:
            if isinstance(expr, MaxOver):
                largest = self.text(expr.function)
                return (
                    f"shift_of({largest}, tau, wide)" if any(map(_is_tau, self.form.inputs)) else f"largest({largest})"
                )
            for at in self.positions:
                rest = expr.function / (1 - KroneckerDelta(bound, at))
                if not rest.has(KroneckerDelta):
                    return f"sum_except({self.text(rest)}, {at}, wide)"
            power = isinstance(expr.function, Indexed) and expr.function.base in self.powers
            return f"total({self.text(expr.function)}{', wide' if power else ''})"
        finally:
            self.bound.pop()

    def _exponential(self, argument: Expr) -> str:
        """exp((z − shift)/tau) has a function of its own, which knows about the rounding of the difference."""
        scale = [a for a in Mul.make_args(argument) if isinstance(a, Pow) and _is_tau(a.base) and a.exp == -1]
        difference = argument / Mul(*scale)
        if isinstance(difference, Add) and len(difference.args) == 2:
            vectors = [
                a for a in difference.args if a in self.logits or (isinstance(a, Indexed) and a.base in self.vectors)
            ]
            shifts = [-a for a in difference.args if (-a).is_Symbol]
            if len(vectors) == len(shifts) == 1:
                tau = ", tau" if scale else ""
                return f"exponentials({self.text(vectors[0])}, {shifts[0]}, wide{tau})"
        return f"{self.library}.exp({self.text(argument)})"

    def _sum(self, expr: Add) -> tuple[str, int]:
        replaced = self._replaced(expr)
        if replaced:
            return replaced, ATOM
        terms = sorted(expr.args, key=lambda a: (a.could_extract_minus_sign(), bool(a.is_Number)))
        text = self.text(terms[0])
        for term in terms[1:]:
            minus = term.could_extract_minus_sign()
            text += f" - {self.text(-term, PRODUCT)}" if minus else f" + {self.text(term, PRODUCT)}"
        return text, SUM

    def _replaced(self, expr: Add) -> str | None:
        """δ(m, p)·a + (1 − δ(m, p))·b is b with a in place of its entry p."""
        for at in self.positions:
            delta = KroneckerDelta(along, at)
            outside = [term for term in expr.args if (1 - delta) in Mul.make_args(term)]
            inside = [term for term in expr.args if delta in Mul.make_args(term)]
            if len(outside) == len(inside) == 1 and len(expr.args) == 2:
                elsewhere, here = outside[0] / (1 - delta), inside[0] / delta
                return f"replace_at({self.text(elsewhere)}, {at}, {self.text(here)})"
        return None

    def _product(self, expr: Expr) -> tuple[str, int]:
        """The factors a class first, then those a sample, then what it is divided by."""
        if isinstance(expr, Mul) and expr.could_extract_minus_sign():
            return f"-{self.text(-expr, PRODUCT if _is_quotient(-expr) else SIGN)}", SIGN
        if isinstance(expr, Pow) and expr.exp.is_Integer and expr.exp > 1:
            return f"{self.text(expr.base, ATOM)}**{expr.exp}", ATOM
        factors = sorted(Mul.make_args(expr), key=lambda a: (not is_array(a, self.positions), isinstance(a, Add)))
        above = [a for a in factors if not (isinstance(a, Pow) and a.exp.is_negative)]
        below = sorted((a.base ** (-a.exp) for a in factors if a not in above), key=lambda a: a.has(Symbol("tau")))
        linear = any(a.base.label.name == "v" for a in expr.atoms(Indexed))  # stays so: no 0·∞ = 0 for what is finite
        pair = len(above) == 2 or (len(above) > 2 and is_array(above[1], self.positions))
        two = above[:2] if pair and not linear else []
        if two:
            text, strength = f"times({', '.join(self.text(a) for a in two)})", ATOM
        else:
            text, strength = self._printed(above[0]) if above else ("1", ATOM)
        for a in above[len(two) or 1 :]:
            text, strength = f"{text if strength else f'({text})'} * {self.text(a, SIGN)}", PRODUCT
        for a in below:
            if len(a.free_symbols) == 1 and any(map(_is_tau, a.free_symbols)):
                text, strength = f"over({text}, {self.text(a)})", ATOM
            else:
                text, strength = f"{text if strength else f'({text})'} / {self.text(a, SIGN)}", PRODUCT
        return text, strength


def _name(a: Any) -> str:
    return str(a.base.label.name if isinstance(a, Indexed) else a.label.name if isinstance(a, IndexedBase) else a)


def _is_tau(a: Any) -> bool:
    """The temperature is one number for the whole batch; any other input is an array."""
    return str(a) == "tau"


def _is_quotient(expr: Expr) -> bool:
    return any(isinstance(a, Pow) and a.exp.is_negative for a in Mul.make_args(expr))


# What a generated module is put together from.


def module(
    header: str, library: str, files: list[Path], title: str, origin: str, names: list[str] | None = None
) -> str:
    """The text of a module: the public functions of these names (all: None), and what they use, directly or not."""
    code = with_theorems("\n\n".join(_code_of(file) for file in files))
    parts = _definitions(code)
    cores = {name: core_source(form, library) for name, form in ALL.items() if re.search(rf"\b{name}\b", code)}
    first = next(iter(parts), "")
    parts = {first: parts.pop(first, "")} | cores | parts if first else cores
    names = public(files[-1]) if names is None else names
    for name in names:
        if name not in public(files[-1]):
            raise NoKernel(name, public(files[-1]))
    needed = _reachable(parts, names)
    text = filled(header, title, origin, needed, names)
    before = ""
    for name, part in parts.items():
        if name in needed:
            constant = not part.startswith(("def ", "class ", "@"))
            text += ("\n" if constant and before != "code" else "\n\n") + part.strip("\n") + "\n"
            before = "constant" if constant else "code"
    return _imports_used(text)


def public(file: Path) -> list[str]:
    """The names of the public functions, in the order of the file."""
    return re.findall(r"^def ([a-z]\w*)\(", _code_of(file), re.MULTILINE)


def _code_of(file: Path) -> str:
    """What follows the imports of a file."""
    text = file.read_text(encoding="utf-8")
    last_import = list(re.finditer(r"^(?:from \S+ )?import (?:\([^)]*\)|[^\n(]*)\n", text, re.MULTILINE))[-1]
    return text[last_import.end() :].lstrip("\n")


def _definitions(code: str) -> dict[str, str]:
    """The top-level definitions by name, in order. One decorated by a method of another, as for a derivative, is part
    of that one."""
    lines = code.splitlines(keepends=True)
    found: dict[str, str] = {}
    for node in ast.parse(code).body:
        decorators = getattr(node, "decorator_list", [])
        start = min(part.lineno for part in (node, *decorators))
        text = "".join(lines[start - 1 : node.end_lineno])
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            name = ast.unparse(target)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = node.name
        else:
            continue
        owner = re.match(r"@(?:partial\()?(\w+)\.defjvp", text)
        if owner:
            found[owner[1]] += "\n\n" + text
        else:
            found[name] = text
    return found


def _reachable(parts: dict[str, str], names: list[str]) -> set[str]:
    """The names of the definitions that these use, directly or not."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            used = (node.id for node in ast.walk(ast.parse(parts[name])) if isinstance(node, ast.Name))
            todo += [word for word in used if word in parts]
    return found


def _imports_used(text: str) -> str:
    """The text without imports that it does not use."""
    kept = []
    for line in text.splitlines(keepends=True):
        names = re.match(r"(?:from (?!__future__)\S+ )?import (.+)", line)
        if names:
            used = [n for n in names[1].split(", ") if len(re.findall(rf"\b{n.split(' as ')[-1]}\b", text)) > 1]
            if not used:
                continue
            line = line.replace(names[1], ", ".join(used))
        kept.append(line)
    return "".join(kept)
