"""Print every form as one C file that needs nothing but a C99 compiler and its mathematics library (for `fma`)."""

from __future__ import annotations

import re

from symnll.kernels.approximations import PRECISIONS, exp_constants, log1p_constants
from symnll.kernels.loops import lower
from symnll.kernels.targets.c_prelude import HEADER, OF_TYPE, SHARED
from symnll.kernels.targets.numba import chosen, figures, hashes_of
from symnll.kernels.targets.numba_filled import rounded_up
from symnll.kernels.targets.plan import Plan, Writer, plan

TYPES = {
    "float32": {"suffix": "f32", "real": "float", "unsigned": "uint32_t", "fma": "fmaf", "mark": "f"},
    "float64": {"suffix": "f64", "real": "double", "unsigned": "uint64_t", "fma": "fma", "mark": ""},
}
COEFFICIENT = {
    "float32": """\
    double quotient = numerator / (denominator + lost) * {inverse_factor};
    *high = (float)quotient;
    *low = (float)(quotient - (double)*high);""",
    "float64": """\
    double quotient = numerator / denominator;
    *high = quotient * {inverse_factor};
    *low = (fma(-quotient, denominator, numerator) - quotient * lost) / denominator * {inverse_factor};""",
}


class CWriter(Writer):
    def choice(self, condition: str, yes: str, no: str) -> str:
        return f"({condition} ? {yes} : {no})"


def source(names: tuple[str, ...] = ()) -> str:
    """The C file: all kernels, or those of the given names (as in `nll_value_and_grad`). Raises NoKernel."""
    constants = log1p_constants()
    forms = chosen(names)
    parts = [HEADER.format(**figures(hashes_of(forms), " * "))]
    parts.append(
        SHARED.format(
            horner=_horner(constants.l, "w", "double", "fma", ""),
            high=repr(constants.high),
            low=repr(constants.low),
            bound=figures({}, "")["log1p"],
        )
    )
    plans = []
    for form in forms:
        loop = lower(form)
        plans.append(plan(loop, CWriter(loop)))
    parts += [_of_type(dtype, words) for dtype, words in TYPES.items()]
    parts += [_kernel(p, words) for words in TYPES.values() for p in plans]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def c_source(name: str) -> str:
    """One kernel as a C file. Raises NoKernel if there is none of that name."""
    return source((name,))


def _horner(coefficients: tuple[float, ...], variable: str, real: str, fma: str, mark: str) -> str:
    lines = [f"    {real} q = {coefficients[-1]!r}{mark};"]
    lines += [f"    q = {fma}(q, {variable}, {c!r}{mark});" for c in reversed(coefficients[:-1])]
    return "\n".join(lines)


def _of_type(dtype: str, words: dict[str, str]) -> str:
    format, constants = PRECISIONS[dtype], exp_constants(dtype)
    inverse = repr(2.0**-format.exponent)
    mark = words["mark"]
    return OF_TYPE.format(
        **words,
        name=dtype,
        exponent=format.exponent,
        bound=rounded_up(_bound(dtype)),
        floor=f"{float(format.floor)!r}{mark}",
        inverse=f"{constants.inverse!r}{mark}",
        magic=f"{format.magic + format.exponent!r}{mark}",
        minus_high=f"{-constants.high!r}{mark}",
        minus_low=f"{-constants.low!r}{mark}",
        one=f"1.0{mark}",
        zero=f"0.0{mark}",
        stored_bits=format.stored_bits,
        horner=_horner(constants.q, "r", words["real"], words["fma"], mark),
        inverse_factor=inverse,
        coefficient=COEFFICIENT[dtype].format(inverse_factor=inverse),
    )


def _bound(dtype: str) -> float:
    from symnll.kernels.error_bounds import exp_bound

    return exp_bound(dtype)


def _text(text: str, words: dict[str, str], arrays: tuple[str, ...] = ()) -> str:
    """The writer's text as C: typed helpers, entries of arrays."""
    for array in arrays:
        text = text.replace(f"({array})", f"({array}[k])")
    text = text.replace("log1p(", "log_one_plus(")
    return re.sub(r"\b(unscaled|exp_difference)\(", rf"\1_{words['suffix']}(", text.replace("wide(", "(double)("))


def _kernel(p: Plan, words: dict[str, str]) -> str:
    real, suffix = words["real"], words["suffix"]
    arguments = ["size_t samples", "size_t classes", *(f"const {real} *{v}_all" for v in p.vectors)]
    arguments += ["const int32_t *targets"] if p.target else []
    arguments += ["double scale"] if p.store else []
    arguments += [f"{real} *value"] if p.values else []
    arguments += [f"{real} *out"] if p.store else []
    lines = [f"/* {', '.join(p.theorems)} */", f"size_t symnll_{p.name}_{suffix}({', '.join(arguments)})", "{"]
    lines += ["    double room[CHUNK];", "    size_t undone = 0;"]
    lines += [] if p.store else [f"    {real} spare[CHUNK];"]
    lines += ["    double entries[CHUNK];"] if any(s.entry for s in p.sums) else []
    lines += ["    for (size_t i = 0; i < samples; i++) {"]
    lines += [f"        const {real} *{v} = {v}_all + i * classes;" for v in p.vectors]
    lines += [f"        {real} top = largest_{suffix}(z, classes);", "        if (!isfinite(top)) {"]
    lines += ["            undone++;", "            continue;", "        }"]
    if p.pivot:
        lines.append(f"        size_t pivot = position_{suffix}(z, classes, top);")
    if p.target:
        lines.append("        size_t target = (size_t)targets[i];")
    lines += [f"        double {s.name} = 0.0, lost_{s.name} = 0.0;" for s in p.sums]
    lines += ["        double shift = (double)top;"] if _reads_shift(p) else []
    lines += ["        for (size_t start = 0; start < classes; start += CHUNK) {"]
    lines += ["            size_t n = classes - start < CHUNK ? classes - start : CHUNK;"]
    lines.append(f"            {real} *kept = " + ("out + i * classes + start;" if p.store else "spare;"))
    lines.append(f"            exponentials_{suffix}(z + start, n, top, kept);")
    for s in p.sums:
        if s.entry:
            text = _text(s.entry, words, s.reads)
            for name in s.reads:
                text = text.replace(f"({name}[k])", "(kept[k])" if name == p.kept else f"({name}[start + k])")
            lines += ["            for (size_t k = 0; k < n; k++)", f"                entries[k] = {text};"]
            lines.append(f"            add_sum_f64(entries, n, room, &{s.name}, &lost_{s.name});")
        else:
            places = [f"{w} - start" for w in s.without] or ["n"]
            one, other = (places * 2)[:2]
            lines.append(
                f"            add_sum_except_{suffix}(kept, n, {one}, {other}, room, &{s.name}, &lost_{s.name});"
            )
    lines.append("        }")
    for s in p.sums:
        whole = f"{s.name} + lost_{s.name}"
        lines.append(f"        {s.name} = {whole if s.entry else f'({whole}) * FACTOR_{suffix}'};")
    lines += _numbers(p, words)
    lines += _results(p, words)
    return "\n".join([*lines, "    }", "    return undone;", "}"]) + "\n"


def _reads_shift(p: Plan) -> bool:
    texts = [*p.values, *(t for _, t in p.numbers), *(s.entry for s in p.sums)]
    texts += [p.store.entry, *(t for _, t in p.store.constants)] if p.store else []
    return any(re.search(r"\bshift\b", text) for text in texts)


def _numbers(p: Plan, words: dict[str, str]) -> list[str]:
    lines = []
    texts = [*p.values, *(t for _, t in p.numbers)]
    if any(re.search(r"\bz_target\b", text) for text in texts):
        lines.append("        double z_target = (double)z[target];")
    if p.target_exponential:
        call = f"exp_difference_{words['suffix']}(z[target], top)"
        lines.append(f"        double exponential_target = (double){call} * FACTOR_{words['suffix']};")
    known = {s.name for s in p.sums}
    for name, text in p.numbers:
        text = _text(text, words)
        if name != text:
            lines.append(f"        {'' if name in known else 'double '}{name} = {text};")
    return lines


def _results(p: Plan, words: dict[str, str]) -> list[str]:
    real, suffix = words["real"], words["suffix"]
    lines = [f"        value[i] = ({real})({_text(text, words)});" for text in p.values]
    if p.store is None:
        return lines
    lines.append(f"        {real} *row = out + i * classes;")
    if p.store.plain:
        numerator, denominator, lost = (_text(text, words) for _, text in p.store.constants)
        lines.append(f"        {real} high, low;")
        lines.append(f"        coefficient_{suffix}({numerator} * scale, {denominator}, {lost}, &high, &low);")
        lines += ["        for (size_t k = 0; k < classes; k++)"]
        lines.append(f"            row[k] = {words['fma']}(row[k], high, row[k] * low);")
    else:
        for name, text in p.store.constants:
            if name != text:
                lines.append(f"        double {name} = {_text(text, words)};")
        text = _text(p.store.entry, words, p.store.reads).replace(f"({p.kept}[k])", "(row[k])")
        lines += ["        for (size_t k = 0; k < classes; k++)", f"            row[k] = ({real})({text} * scale);"]
    if p.store.patch:
        lines.append(f"        row[target] = ({real})({_text(p.store.patch, words)} * scale);")
    return lines
