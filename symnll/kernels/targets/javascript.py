"""Print forms as JavaScript: one number a class is an array of one sample, one a sample a number, one step a line.

The forms are those with a temperature (`option_forms`). What they call, and the reading of arguments, is text in
`javascript_prelude`.
"""

from __future__ import annotations

import re
from typing import Any

from sympy import Add, Expr, Indexed, IndexedBase, Integer, KroneckerDelta, Mul, Pow, Sum, Symbol, exp, log

from symnll.export import NoKernel
from symnll.kernels.forms import Form, K
from symnll.kernels.forms import m as along
from symnll.kernels.generate import ALL
from symnll.kernels.hashes import theorem_hashes
from symnll.kernels.option_forms import tau
from symnll.kernels.printer import is_array
from symnll.kernels.targets import javascript_prelude as prelude
from symnll.language import Index, Larger, MaxOver

SUM, PRODUCT, SIGN, ATOM = range(4)  # how strongly a text binds
BOUND, LEAST = 4, "1e-300"  # what the header says of the accuracy; tests/kernels/test_javascript.py measures it


class NotPrintable(ValueError):
    """The expression has no form as numbers and arrays along one axis."""


def source(names: tuple[str, ...] = ()) -> str:
    """The JavaScript file: all kernels, or those of the given names. Raises NoKernel."""
    wanted = list(names) or public()
    title = f"{', '.join(names)} in JavaScript." if names else "Softmax and the negative log-likelihood in JavaScript."
    parts, needed = _parts(wanted)
    theorems = theorem_hashes(sorted({claim for form in needed & ALL.keys() for claim, _ in ALL[form].claims}))
    header = prelude.HEADER.format(
        title=title,
        theorems="\n".join(f" * - {name} [{number}]" for name, number in theorems.items()),
        bound=BOUND,
        least=LEAST,
        first=wanted[0],
    )
    body = "\n\n".join(_indented(part) for name, part in parts.items() if name in needed)
    return header + prelude.OPEN + "\n" + body + "\n\n" + prelude.CLOSE.format(public=", ".join(wanted))


def javascript_source(name: str) -> str:
    """One kernel as a JavaScript file. Raises NoKernel if there is none of that name."""
    return source((name,))


def public() -> list[str]:
    """The names of the public functions, in the order of the file."""
    return re.findall(r"^function (\w+)\(", prelude.INTERFACE, re.MULTILINE)


def _parts(names: list[str]) -> tuple[dict[str, str], set[str]]:
    """Every definition by name, in order; and the names of those that `names` use, directly or not."""
    runtime, interface = _definitions(prelude.RUNTIME), _definitions(prelude.INTERFACE)
    for name in names:
        if name not in interface:
            raise NoKernel(name, list(interface))
    used = set(re.findall(r"\b\w+_core\b", prelude.INTERFACE))
    parts = runtime | {name: core_source(form) for name, form in ALL.items() if name in used} | interface
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            code = re.sub(r"/\*.*?\*/", "", parts[name], flags=re.DOTALL)
            todo += [word for word in re.findall(r"\b\w+\b", code) if word in parts]
    return parts, found


def _definitions(code: str) -> dict[str, str]:
    """The definitions of a text by name, with the comments before them."""
    pattern = re.compile(
        r"(?:/\*\*.*?\*/\n)?(?:function (\w+)\(.*?^\}|const (\w+) = [^\n]*)$", re.DOTALL | re.MULTILINE
    )
    return {found[1] or found[2]: found[0] for found in pattern.finditer(code)}


def _indented(text: str) -> str:
    return re.sub(r"^(?=.)", "  ", text.strip("\n"), flags=re.MULTILINE)


def core_source(form: Form) -> str:
    """The JavaScript of one core, a function that returns the list of its results."""
    return _Writer(form).source()


class _Writer:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.positions = {a for a in form.inputs if isinstance(a, Index)}
        self.vectors = {a for a in form.inputs if isinstance(a, IndexedBase)}
        self.bound: Any = None

    def source(self) -> str:
        form, claims = self.form, self.form.claims
        lines = []
        for name, value in form.steps:
            lines.append(f"const {_name(name)} = {self.value(value, isinstance(name, Indexed))};")
        results = [self.value(value, is_array(value, self.positions)) for value in form.values]
        if len(claims) > 1 and claims[0][1] == claims[1][1]:  # two forms of one number, each for its range
            results[:2] = [f"nearer({results[0]}, {results[1]})"]
        several = "".join(f"\n    {result}," for result in results) + "\n  "
        lines.append(f"return [{several if len(results) > 1 else results[0]}];")
        if any("(n, " in line for line in lines):
            lines.insert(0, f"const n = {_name(form.inputs[0])}.length;")
        body = "".join(f"  {line}\n" for line in lines)
        theorems = ", ".join(name for name, _ in claims)
        return f"/** {theorems} */\nfunction {form.name}({', '.join(map(_name, form.inputs))}) {{\n{body}}}"

    def value(self, expr: Expr, array: bool) -> str:
        """The expression, with what is one number a class made into an array."""
        return f"each(n, (m) => {self.text(expr)})" if array else self.text(expr)

    def text(self, expr: Expr, least: int = SUM) -> str:
        """The expression; in parentheses if it binds less strongly than `least`."""
        text, strength = self._printed(expr)
        return f"({text})" if strength < least else text

    def _printed(self, expr: Expr) -> tuple[str, int]:
        if isinstance(expr, Symbol):
            return str(expr), ATOM
        if isinstance(expr, Integer):
            return str(expr), ATOM if expr >= 0 else SIGN
        if isinstance(expr, Indexed):
            return self._entry(expr), ATOM
        if isinstance(expr, (Sum, MaxOver)):
            return self._reduced(expr), ATOM
        if isinstance(expr, exp):
            return self._exponential(expr.args[0]), ATOM
        if isinstance(expr, log):
            one, rest = expr.args[0].as_coeff_Add()
            name, inside = ("log1p", rest) if one == 1 and rest != 0 else ("log", expr.args[0])
            return f"Math.{name}({self.text(inside)})", ATOM
        if isinstance(expr, Larger):
            return f"Math.max({self.text(expr.args[0])}, {self.text(expr.args[1])})", ATOM
        if isinstance(expr, Add):
            return self._sum(expr)
        if isinstance(expr, (Mul, Pow)):
            return self._product(expr)
        raise NotPrintable(f"{expr} is no operation on numbers.")

    def _entry(self, expr: Indexed) -> str:
        at = expr.indices[0]
        if at in self.positions:
            return f"{_name(expr)}[{at}]"
        if self.bound is not None and at == self.bound:
            return f"{_name(expr)}[k]"
        if self.bound is None and at == along:
            return f"{_name(expr)}[m]"
        raise NotPrintable(f"{expr} is used along another index: that would be an outer product.")

    def _reduced(self, expr: Any) -> str:
        ((bound, lower, upper),) = expr.limits
        if (lower, upper) != (1, K) or self.bound is not None:
            raise NotPrintable(f"{expr} is no sum or maximum over all classes 1..{K}.")
        self.bound = bound
        try:
            if isinstance(expr, MaxOver):
                if not isinstance(expr.function, Indexed) or expr.function.base not in self.vectors:
                    raise NotPrintable(f"{expr} is not the largest entry of an input.")
                return f"shiftOf({_name(expr.function)}, {'tau' if tau in self.form.inputs else '1'})"
            for at in sorted(self.positions, key=str):
                rest = expr.function / (1 - KroneckerDelta(bound, at))
                if not rest.has(KroneckerDelta):
                    return f"total(n, (k) => {self.text(rest)}, {at})"
            return f"total(n, (k) => {self.text(expr.function)})"
        finally:
            self.bound = None

    def _exponential(self, argument: Expr) -> str:
        """exp((z − shift)/tau) has a function of its own, which knows about the rounding of the difference."""
        cool = [a for a in Mul.make_args(argument) if a == 1 / tau]
        difference = argument / Mul(*cool)
        if isinstance(difference, Add) and len(difference.args) == 2:
            logits = [a for a in difference.args if isinstance(a, Indexed) and a.base in self.vectors]
            shifts = [-a for a in difference.args if (-a).is_Symbol]
            if len(logits) == len(shifts) == 1:
                return f"exponential({self.text(logits[0])}, {shifts[0]}, {'tau' if cool else '1'})"
        return f"Math.exp({self.text(argument)})"

    def _sum(self, expr: Add) -> tuple[str, int]:
        replaced = self._replaced(expr)
        if replaced:
            return replaced, SUM
        terms = sorted(expr.args, key=lambda a: (a.could_extract_minus_sign(), bool(a.is_Number)))
        text = self.text(terms[0])
        for term in terms[1:]:
            minus = term.could_extract_minus_sign()
            text += f" - {self.text(-term, PRODUCT)}" if minus else f" + {self.text(term, PRODUCT)}"
        return text, SUM

    def _replaced(self, expr: Add) -> str | None:
        """δ(m, p)·a + (1 − δ(m, p))·b is a at the class p and b elsewhere."""
        for at in sorted(self.positions, key=str):
            delta = KroneckerDelta(along, at)
            outside = [term for term in expr.args if (1 - delta) in Mul.make_args(term)]
            inside = [term for term in expr.args if delta in Mul.make_args(term)]
            if len(outside) == len(inside) == 1 and len(expr.args) == 2:
                elsewhere, here = outside[0] / (1 - delta), inside[0] / delta
                return f"(m === {at} ? {self.text(here)} : {self.text(elsewhere)})"
        return None

    def _product(self, expr: Expr) -> tuple[str, int]:
        """The factors a class first, then those a sample, then what it is divided by."""
        if isinstance(expr, Mul) and expr.could_extract_minus_sign():
            return f"-{self.text(-expr, SIGN)}", SIGN
        if isinstance(expr, Pow) and expr.exp.is_Integer and expr.exp > 1:
            base = self.text(expr.base, ATOM)
            return " * ".join([base] * int(expr.exp)), PRODUCT
        factors = sorted(Mul.make_args(expr), key=lambda a: (not is_array(a, self.positions), isinstance(a, Add)))
        above = [a for a in factors if not (isinstance(a, Pow) and a.exp.is_negative)]
        below = sorted((a.base ** (-a.exp) for a in factors if a not in above), key=lambda a: bool(a.has(tau)))
        if any(a.has(KroneckerDelta) for a in factors):
            raise NotPrintable(f"{expr} is not one value at a position and another elsewhere.")
        text, strength = self._printed(above[0]) if above else ("1", ATOM)
        for a in above[1:]:
            text, strength = f"times({text}, {self.text(a)})", ATOM
        for a in below:
            text, strength = f"{text if strength else f'({text})'} / {self.text(a, SIGN)}", PRODUCT
        return text, strength


def _name(a: Any) -> str:
    return str(a.base.label.name if isinstance(a, Indexed) else a.label.name if isinstance(a, IndexedBase) else a)
