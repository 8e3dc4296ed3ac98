"""Derivatives as people write them: fractions, operators, ∂_x, ∇, d/dx; evaluation bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import sympy

from symnll import language as L
from symnll.meaning import limits
from symnll.meaning import values as V
from symnll.meaning.conditions import split
from symnll.meaning.environment import ABSTRACT, Env
from symnll.meaning.known import declared
from symnll.meaning.places import after_derivative, at, kept, of_call
from symnll.meaning.ties import held
from symnll.meaning.trees import children, head_of, mentions, names_in, product_of, product_parts, spelled, stripped
from symnll.meaning.values import Array, Unclear, Value
from symnll.meaning.variables import NoName, Variable, apart, depends, tied
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator

SIGNS = (r"\partial", "d")


def sign_of(item: Any) -> tuple[str, int]:
    """("∂" or "d", order) of ∂, d, ∂², or ("", 0)."""
    head = head_of(item)
    if not isinstance(head, S.Name) or head.text not in SIGNS:
        return "", 0
    if isinstance(item, S.Atom):
        if item.subs or item.primes or item.bangs or len(item.sups) != 1:
            return "", 0
        power = S.unwrap(item.sups[0])
        return (head.text, int(power.value)) if isinstance(power, S.Num) else ("", 0)
    return head.text, 1


def is_derivative(node: S.Frac) -> bool:
    """Whether this fraction is ∂…/∂… or d…/d…."""
    top, bottom = product_parts(_unsigned(node.top)[0]), product_parts(node.bottom)
    a, b = sign_of(top[0]), sign_of(bottom[0])
    return bool(a[0]) and a[0] == b[0] and len(bottom) > 1


def variables_in(node: Any, total: bool = True) -> set[str]:
    """The names by which derivatives in a tree are taken; without `total` only by ∂ and ∇, which hold others fixed."""
    found = {n for c in children(node) for n in variables_in(c, total)}
    if isinstance(node, S.Frac) and not node.binomial and is_derivative(node):
        bottom = product_parts(node.bottom)
        if total or sign_of(bottom[0])[0] == r"\partial":
            found |= {n for i in bottom if not sign_of(i)[0] for n in names_in(head_of(S.unwrap(i)))}
    if isinstance(node, S.Atom) and isinstance(node.base, S.Name) and node.base.text in (r"\partial", r"\nabla"):
        found |= {n for sub in node.subs for n in names_in(sub)}
    return found


def totals_in(node: Any) -> set[str]:
    """The names of which a total derivative dL/dx is taken in a tree."""
    found = {n for c in children(node) for n in totals_in(c)}
    if isinstance(node, S.Frac) and not node.binomial and is_derivative(node):
        top = product_parts(_unsigned(node.top)[0])
        if sign_of(top[0])[0] == "d" and len(top) == 2:
            found |= names_in(head_of(top[1]))
    return found


def sloped(node: Any) -> set[str]:
    """The names that are differentiated without an argument: σ in dσ/dx and σ'."""
    parts = children(node)
    found = {n for c in parts for n in sloped(c)}
    if isinstance(node, S.Frac) and not node.binomial and is_derivative(node):
        top = product_parts(node.top)
        found |= {top[1].text} if len(top) == 2 and isinstance(top[1], S.Name) else set()
    after = [*parts[1:], None] if isinstance(node, S.Product) else [None] * len(parts)
    for part, following in zip(parts, after, strict=True):
        if isinstance(part, S.Atom) and part.primes and not isinstance(head_of(following), S.Bracket):
            found |= {part.base.text} if isinstance(part.base, S.Name) else set()
    return found


def bare_operator(node: Any) -> Any:
    """The derivative that stands alone in braces, else the tree itself."""
    inner = S.unwrap(node) if isinstance(node, S.Bracket) and node.kind == "{" else node
    operator = (
        isinstance(inner, S.Frac) and not inner.binomial and is_derivative(inner) and len(product_parts(inner.top)) == 1
    )
    return inner if operator else node


def _unsigned(node: Any) -> tuple[Any, bool]:
    """A numerator without its leading minus, and whether it had one."""
    inner = S.unwrap(node)
    if isinstance(inner, S.Sum) and len(inner.terms) == 1:
        return inner.terms[0][1], inner.terms[0][0] == "-"
    return node, False


def _variables(items: Sequence[Any]) -> list[tuple[Any, int]]:
    """The variables of ∂x ∂y² …, each with its order."""
    out: list[tuple[Any, int]] = []
    k = 0
    while k < len(items):
        if not sign_of(items[k])[0] or k + 1 >= len(items):
            raise Unclear("The variable of this derivative is not understood.", items[k].start, items[-1].end)
        sign_order = sign_of(items[k])[1]
        k += 1
        variable, order = items[k], 1
        if isinstance(variable, S.Atom) and variable.sups:
            power = S.unwrap(variable.sups[-1])
            if isinstance(power, S.Num) and power.value.denominator == 1:
                order = int(power.value)
                sups = variable.sups[:-1]
                plain = not sups and not variable.subs and not variable.primes
                variable = (
                    variable.base if plain else S.Atom(variable.start, variable.end, variable.base, variable.subs, sups)
                )
        k += 1
        if k < len(items) and isinstance(head_of(items[k]), S.Bracket) and not sign_of(items[k])[0]:
            bracket = head_of(items[k])
            if bracket.kind in ("(", "["):  # ∂L/∂σ(z): of the value
                variable = S.Product(variable.start, items[k].end, (variable, items[k]))
                k += 1
        while k < len(items) and isinstance(items[k], S.Times):
            k += 1
        out.append((variable, order * sign_order if sign_order == 1 else sign_order))
    return out


def fraction(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int] | None:
    """The derivative that the fraction at items[k] is; as an operator it takes what follows."""
    node = items[k]
    if not is_derivative(node):
        return None
    unsigned, minus = _unsigned(node.top)
    if minus:
        v, after = fraction(e, [*items[:k], replace(node, top=unsigned), *items[k + 1 :]], k, env)  # type: ignore[misc]
        return (v.map(V.neg) if isinstance(v, Array) else V.neg(v)), after
    top, bottom = product_parts(node.top), product_parts(node.bottom)
    if len(bottom) == 3 and isinstance(bottom[1], S.Name) and bottom[1].text in ("log", "ln"):  # ∂/∂ log x = x ∂/∂x
        plain = S.Product(node.bottom.start, node.bottom.end, (bottom[0], bottom[2]))
        v, after = fraction(e, [*items[:k], replace(node, bottom=plain), *items[k + 1 :]], k, env)  # type: ignore[misc]
        return V.times(e.value(bottom[2], env), v, node), after
    if sign_of(top[0])[0] == "d" and ("d" in env or ("d" not in e.scope.ranges and declared(e.scope, "d"))):
        raise Unclear("d is a name here, so that d/dx is no derivative; write \\partial.", node.start, node.end)
    variables = _variables(bottom)
    if sign_of(top[0])[1] == 1 and len(variables) == 1 and variables[0][1] > 1:  # ∂/∂ σ² = 1/(2σ) ∂/∂σ
        x, n = variables[0]
        e.notes[f"the derivative is by {spelled(x)}^{n}"] = None
        plain = S.Product(node.bottom.start, node.bottom.end, (bottom[0], x))
        v, after = fraction(e, [*items[:k], replace(node, bottom=plain), *items[k + 1 :]], k, env)  # type: ignore[misc]
        slope = V.mul(sympy.Integer(n), V.power(e.scalar(x, env), sympy.Integer(n - 1)))
        return V.times(V.divide(sympy.Integer(1), slope), v, node), after
    if sum(n for _, n in variables) != sign_of(top[0])[1]:
        raise Unclear("The order of this derivative differs above and below.", node.start, node.end)
    if len(top) > 1:
        operand = product_of(top[1:])
        v = differentiate(e, operand, variables, env, node)
        return after_derivative(e, v, operand, variables[0][0], items, k + 1, env)
    operand, after = _operand(e, items, k, [v for v, _ in variables])
    return differentiate(e, operand, variables, env, node), after


def _operand(e: Elaborator, items: Sequence[Any], k: int, variables: Sequence[Any]) -> tuple[Any, int]:
    """What a differential operator at items[k] acts on: a bracket, or the factors up to an explicit ·."""
    names = {head_of(S.unwrap(v)).text for v in variables if isinstance(head_of(S.unwrap(v)), S.Name)}
    start = k + 1
    if start < len(items) and isinstance(items[start], S.Times) and items[start].kind == "*":
        start += 1
    if start >= len(items):
        raise Unclear("Nothing follows this derivative.", items[k].start, items[k].end)
    first = items[start]
    end = start
    bars = (n for n in range(start, len(items)) if isinstance(head_of(items[n]), S.Evaluation))
    stop = next((n for n in bars if not _inside(items, n, names)), len(items))
    items = items[:stop]  # the bar of an evaluation is for what the derivative gives
    while end < len(items) and not (isinstance(items[end], S.Times) and items[end].kind == "*"):
        end += 1
    bracket = isinstance(head_of(first), S.Bracket) and head_of(first).kind in ("(", "[", r"\{")
    if not any(mentions(i, names) for i in items[start : start + 1 if bracket else end]):
        # ∂/∂y (1−t) log(1−y): what comes first does not hold the variable
        longer = len(items) if bracket is False else end
        if any(mentions(i, names) for i in items[start:longer]):
            bracket, end = False, longer
    if bracket and start + 1 < len(items):
        e.ambiguities[first.start] = "what the derivative acts on: the bracket, or all the factors that follow"
        end = end if e.readings.get(first.start) else start + 1
    elif end < len(items):
        e.ambiguities[first.start] = "what the derivative acts on: the factors up to the ·, or all that follow"
        end = len(items) if e.readings.get(first.start) else end
    return product_of(items[start:end]), end


def _inside(items: Sequence[Any], n: int, names: set[str]) -> bool:
    r"""Whether the evaluation at items[n] closes a group that a derivative acts on: d/dx \left. x y \right|_{y = x}."""
    inner = stripped(items[n].subs[0] if isinstance(items[n], S.Atom) and items[n].subs else None, "{")
    first = head_of(inner.pieces[0]) if isinstance(inner, S.List) and inner.pieces else None
    own = isinstance(first, S.Name) and first.text in names  # at x = 3, after d/dx
    return isinstance(items[n - 1], S.Bracket) and items[n - 1].kind == "{" and not own


def slashed_derivative(e: Elaborator, items: Sequence[Any], env: Env) -> tuple[Value, int] | None:
    r"""\partial L / \partial z or dL/dz at the start of a product, and how many items it takes."""
    sign, order = sign_of(items[0])
    if not sign:
        return None
    at = next((n for n, i in enumerate(items) if isinstance(i, S.Times) and i.kind == "/"), None)
    if at is None or at + 2 >= len(items) or sign_of(items[at + 1])[0] != sign:
        return None
    variables = _variables(items[at + 1 : at + 3])
    if at == 1:
        operand, after = _operand(e, items, at + 2, [v for v, _ in variables])
    else:
        operand, after = product_of(items[1:at]), at + 3
    if sum(n for _, n in variables) != order:
        raise Unclear("The order of this derivative differs above and below.", items[0].start, items[at + 2].end)
    return differentiate(e, operand, variables, env, items[0]), after


def operator(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int]:
    r"""\partial_{z_j} L, \nabla_z L, \partial L/\partial z."""
    item = items[k]
    head = head_of(item)
    slashed = slashed_derivative(e, items[k:], env)
    if slashed is not None:
        return slashed[0], k + slashed[1]
    subs = item.subs if isinstance(item, S.Atom) else ()
    sups = item.sups if isinstance(item, S.Atom) else ()
    if not subs and head.text == r"\nabla":
        return _gradient_of_call(e, items, k, sups, env)
    if not subs:
        raise Unclear(f"Say with respect to what: {'∂' if head.text != r'∇' else '∇'}_x.", item.start, item.end)
    order = 1
    if sups:
        power = S.unwrap(sups[0])
        order = int(power.value) if isinstance(power, S.Num) else 0
        if head.text == r"\nabla" or order < 1:
            raise Unclear("This operator's superscript is not understood.", item.start, item.end)
    variable = S.unwrap(subs[0])
    if isinstance(variable, S.Name) and variable.text in e.scope.ranges:
        raise Unclear(
            f"∂_{variable.text}: with respect to which variable? Declare `write \\partial_{variable.text} for "
            f"\\frac{{\\partial}}{{\\partial z_{variable.text}}}`.",
            item.start, item.end,
        )  # fmt: skip
    operand, after = _operand(e, items, k, [variable])
    called = of_call(e, operand, variable)
    if called is not None:
        slope = differentiate(e, called[0], [(variable, order)], env, item)
        return at(e, slope, Variable(e, variable, env), called[1], env), after
    return differentiate(e, operand, [(variable, order)], env, item), after


def _gradient_of_call(e: Elaborator, items: Sequence[Any], k: int, sups: Sequence[Any], env: Env) -> tuple[Value, int]:
    """∇L(θ) and ∇²L(θ): with respect to the argument that is written."""
    item = items[k]
    bracket = head_of(items[k + 2]) if k + 2 < len(items) else None
    if (
        not isinstance(bracket, S.Bracket)
        or bracket.inside.only is None
        or not isinstance(head_of(items[k + 1]), S.Name)
    ):
        raise Unclear("Say with respect to what: ∇_x.", item.start, item.end)
    operand = S.Product(items[k + 1].start, items[k + 2].end, tuple(items[k + 1 : k + 3]))
    variable = S.unwrap(bracket.inside)
    twice = bool(sups) and isinstance(S.unwrap(sups[0]), S.Num) and S.unwrap(sups[0]).value == 2
    if sups and not twice:
        raise Unclear("This operator's superscript is not understood.", item.start, item.end)
    variables = [(variable, 1)] * (2 if twice else 1)
    return differentiate(e, operand, variables, env, item), k + 3


def differentiate(e: Elaborator, operand: Any, variables: list[tuple[Any, int]], env: Env, node: Any) -> Value:
    """∂operand/∂v₁∂v₂…: the last variable first."""
    if len(variables) == 1:
        compound = _by_compound(e, operand, *variables[0], env, node)
        if compound is not None:
            return compound
    if sum(n for _, n in variables) > limits.HIGHEST_ORDER:
        raise Unclear("A derivative of so high an order is not understood.", node.start, node.end)
    outer = [Variable(e, v, env) for v, n in variables for _ in range(n)]
    for v in outer:
        apart(v, env, node)
    total = isinstance(node, S.Frac) and sign_of(product_parts(node.bottom)[0])[0] == "d"
    called = of_call(e, operand, variables[0][0])
    if called is not None and isinstance(S.unwrap(called[1]), S.Num):
        raise Unclear("The derivative at a point, or of the value there? Write f'(x), or a bar with x = a.", node.start,
                      node.end)  # fmt: skip
    fixed = [] if total else kept(e, operand, {v.key for v in outer}, env)
    inner_env: Any = dict(env)
    abstracts = dict(env.get(ABSTRACT, {}))
    for v in outer:
        if v.abstract is not None:
            if v.key in abstracts and v.fresh:
                v.reuse(abstracts[v.key])
            abstracts[v.key] = v.abstract
    abstracts |= {v.key: v.abstract for v in fixed if v.abstract is not None}
    if abstracts:
        inner_env[ABSTRACT] = abstracts
    body = e.value(operand, inner_env)
    if isinstance(body, V.Ones):
        raise Unclear("The length of this vector of ones is not known.", node.start, node.end)
    for v in outer:
        depends(e, body, v, operand, node, env)
        tied(e, body, v, total, node)
    result = body
    for v in reversed(outer):
        result = v.derivative(result, node)
    for v in {id(v.abstract): v for v in (*outer, *fixed) if v.abstract is not None and v.fresh}.values():
        result = v.evaluated(e, result, env)
    return result


def _by_compound(e: Elaborator, operand: Any, variable: Any, order: int, env: Env, node: Any) -> Value | None:
    """The derivative by an expression that stands in the operand, as by a variable: ∂ log σ(a)/∂σ(a) = 1/σ(a)."""
    inner = S.unwrap(variable)
    if isinstance(inner, S.Name) or (isinstance(inner, S.Atom) and isinstance(inner.base, S.Name)):
        return None
    try:
        Variable(e, inner, env)
        return None
    except NoName:
        pass
    pattern = inner.items if isinstance(inner, S.Product) else (inner,)
    mark = "‹compound›"
    found: list[int] = []
    body = _replaced(operand, pattern, mark, found)
    if not found:
        raise Unclear(f"{spelled(inner)} does not stand in what is differentiated.", inner.start, inner.end)
    head = head_of(pattern[0])
    left = (names_in(body) & names_in(inner)) - e.scope.ranges.keys() - {head.text if isinstance(head, S.Name) else ""}
    if left:
        raise Unclear(
            f"{sorted(left)[0]} stands outside {spelled(inner)} too, and varies with it.", node.start, node.end
        )
    x = V.variable("x")
    v = e.scalar(body, {**env, mark: x})
    for letter in names_in(inner):
        held(e, v, letter, node, partial=True)
    return L.At(sympy.Derivative(v, (x, order), evaluate=False), x, e.scalar(inner, env))


def _replaced(tree: Any, pattern: tuple[Any, ...], mark: str, found: list[int]) -> Any:
    """The tree with a name in place of every run of factors that is the pattern."""
    if isinstance(tree, S.Product) or (len(pattern) == 1 and tree == pattern[0]):
        items = list(tree.items) if isinstance(tree, S.Product) else [tree]
        out: list[Any] = []
        k = 0
        while k < len(items):
            if tuple(items[k : k + len(pattern)]) == pattern:
                found.append(items[k].start)
                out.append(S.Name(items[k].start, items[k].end, mark))
                k += len(pattern)
            else:
                out.append(_replaced(items[k], pattern, mark, found) if items[k] != tree else items[k])
                k += 1
        return out[0] if len(out) == 1 else S.Product(tree.start, tree.end, tuple(out))
    if isinstance(tree, tuple):
        return tuple(_replaced(t, pattern, mark, found) for t in tree)
    if isinstance(tree, S.Node):
        changed = {
            f.name: _replaced(getattr(tree, f.name), pattern, mark, found)
            for f in fields(tree)
            if f.name not in ("start", "end")
        }
        return replace(tree, **changed)
    return tree


def evaluated(e: Elaborator, v: Value, evaluation: Any, env: Env) -> Value:
    """The bar after v: v with the variable of `x = a` at a."""
    if not isinstance(evaluation, S.Atom) or len(evaluation.subs) != 1:
        raise Unclear("Where this is evaluated is not understood.", evaluation.start, evaluation.end)
    inner = stripped(evaluation.subs[0], "{")
    sides, signs = split(inner.pieces if isinstance(inner, S.List) else (inner,), inner)
    if signs != ["="]:
        raise Unclear("Where this is evaluated is not understood; write x = a.", inner.start, inner.end)
    variable = Variable(e, S.unwrap(sides[0]), env)
    at = e.scalar(sides[1], env)
    if not isinstance(variable.symbol, sympy.Symbol) or variable.abstract is not None:
        raise Unclear("A value for a scalar variable is understood here.", inner.start, inner.end)
    held(e, v, variable.key, inner, partial=True)
    return v.map(lambda x: L.At(x, variable.symbol, at)) if isinstance(v, Array) else L.At(v, variable.symbol, at)
