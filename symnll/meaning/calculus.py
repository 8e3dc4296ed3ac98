"""Derivatives as people write them: fractions, operators, ∂_x, ∇, d/dx; evaluation bars; integrals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import sympy

from symnll import language as L
from symnll.meaning import limits
from symnll.meaning import values as V
from symnll.meaning.elaborate import head_of, mentions, names_in
from symnll.meaning.names import ABSTRACT, HIDDEN, Abstract, not_hidden, quantity_entry, spelled, use_of
from symnll.meaning.values import Array, Independent, Range, Unclear, Value
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator, Env

SIGNS = (r"\partial", "d")


def _items(node: Any) -> tuple[Any, ...]:
    inner = S.unwrap(node)
    return inner.items if isinstance(inner, S.Product) else (inner,)


def _sign(item: Any) -> tuple[str, int]:
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
    top, bottom = _items(_unsigned(node.top)[0]), _items(node.bottom)
    a, b = _sign(top[0]), _sign(bottom[0])
    return bool(a[0]) and a[0] == b[0] and len(bottom) > 1


def bare_operator(node: Any) -> Any:
    """The derivative that stands alone in braces, else the tree itself."""
    inner = S.unwrap(node) if isinstance(node, S.Bracket) and node.kind == "{" else node
    operator = isinstance(inner, S.Frac) and not inner.binomial and is_derivative(inner) and len(_items(inner.top)) == 1
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
        if not _sign(items[k])[0] or k + 1 >= len(items):
            raise Unclear("The variable of this derivative is not understood.", items[k].start, items[-1].end)
        sign_order = _sign(items[k])[1]
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
        if k < len(items) and isinstance(head_of(items[k]), S.Bracket) and not _sign(items[k])[0]:
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
    top, bottom = _items(node.top), _items(node.bottom)
    if len(bottom) == 3 and isinstance(bottom[1], S.Name) and bottom[1].text in ("log", "ln"):  # ∂/∂ log x = x ∂/∂x
        plain = S.Product(node.bottom.start, node.bottom.end, (bottom[0], bottom[2]))
        v, after = fraction(e, [*items[:k], replace(node, bottom=plain), *items[k + 1 :]], k, env)  # type: ignore[misc]
        return V.times(e.value(bottom[2], env), v, node), after
    if _sign(top[0])[0] == "d" and ("d" in env or ("d", 0) in e.scope.quantities or "d" in e.scope.sizes):
        raise Unclear("d is a name here, so that d/dx is no derivative; write \\partial.", node.start, node.end)
    variables = _variables(bottom)
    if sum(n for _, n in variables) != _sign(top[0])[1]:
        raise Unclear("The order of this derivative differs above and below.", node.start, node.end)
    if len(top) > 1:
        rest = top[1:]
        operand = rest[0] if len(rest) == 1 else S.Product(rest[0].start, rest[-1].end, tuple(rest))
        return differentiate(e, operand, variables, env, node), k + 1
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
    stop = next((n for n in range(start, len(items)) if isinstance(head_of(items[n]), S.Evaluation)), len(items))
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
    rest = items[start:end]
    return (rest[0] if len(rest) == 1 else S.Product(rest[0].start, rest[-1].end, tuple(rest))), end


def slashed_derivative(e: Elaborator, items: Sequence[Any], env: Env) -> tuple[Value, int] | None:
    r"""\partial L / \partial z or dL/dz at the start of a product, and how many items it takes."""
    sign, order = _sign(items[0])
    if not sign:
        return None
    at = next((n for n, i in enumerate(items) if isinstance(i, S.Times) and i.kind == "/"), None)
    if at is None or (at + 2 >= len(items) + 0 and at + 2 > len(items) - 1):
        return None
    if _sign(items[at + 1])[0] != sign:
        return None
    variables = _variables(items[at + 1 : at + 3])
    if at == 1:
        operand, after = _operand(e, items, at + 2, [v for v, _ in variables])
    else:
        rest = items[1:at]
        operand, after = (rest[0] if len(rest) == 1 else S.Product(rest[0].start, rest[-1].end, tuple(rest))), at + 3
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
    outer = [_Variable(e, v, env) for v, n in variables for _ in range(n)]
    for v in outer:
        _apart(v, env, node)
    inner_env: Any = dict(env)
    abstracts = dict(env.get(ABSTRACT, {}))
    for v in outer:
        if v.abstract is not None:
            if v.key in abstracts and v.fresh:
                v.reuse(abstracts[v.key])
            abstracts[v.key] = v.abstract
    if abstracts:
        inner_env[ABSTRACT] = abstracts
    body = e.value(operand, inner_env)
    if isinstance(body, V.Ones):
        raise Unclear("The length of this vector of ones is not known.", node.start, node.end)
    for v in outer:
        _depends(e, body, v, operand, node)
    result = body
    for v in reversed(outer):
        result = v.derivative(result, node)
    for v in {id(v.abstract): v for v in outer if v.abstract is not None and v.fresh}.values():
        result = v.evaluated(e, result, env)
    return result


def _apart(variable: _Variable, env: Env, node: Any) -> None:
    """Refuse a definition that differentiates by what stands in its argument: D(z) for D(x) = ∂(x z)/∂z."""
    for name, value in env.items():
        if name in (ABSTRACT, HIDDEN, variable.key):
            continue
        one = value.at(*(a.lower for a in value.axes)) if isinstance(value, Array) else value
        if isinstance(one, sympy.Basic) and variable.base in one.free_symbols:
            raise Unclear(
                f"{spelled(variable.node)} is what this is differentiated or integrated by, and stands in the argument "
                f"for {name} too; write the definition out.",
                node.start, node.end,
            )  # fmt: skip


def _by_compound(e: Elaborator, operand: Any, variable: Any, order: int, env: Env, node: Any) -> Value | None:
    """The derivative by an expression that stands in the operand, as by a variable: ∂ log σ(a)/∂σ(a) = 1/σ(a)."""
    inner = S.unwrap(variable)
    if isinstance(inner, S.Name) or (isinstance(inner, S.Atom) and isinstance(inner.base, S.Name)):
        return None
    try:
        _Variable(e, inner, env)
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


class NoName(Unclear):
    """The variable of a derivative is an expression."""


class _Variable:
    """What is differentiated with respect to: a declared scalar or entry, a whole vector, or a defined name."""

    def __init__(self, e: Elaborator, node: Any, env: Env) -> None:
        node = S.unwrap(node)
        if isinstance(node, S.Product) and len(node.items) == 2 and isinstance(node.items[1], S.Bracket):
            name, bracket = node.items  # θ[s, a], an entry
            count = len(bracket.inside.parts("COMMA"))
            if isinstance(name, S.Name) and (name.text, count) in e.scope.quantities:
                node = S.Atom(node.start, node.end, name, (bracket.inside,))
        self.e, self.node = e, node
        self.abstract: Abstract | None = None
        self.fresh = False
        self.axes: tuple[Range, ...] = ()
        self.index: list[Any] = []
        if isinstance(node, S.Product) and len(node.items) == 2:
            name = head_of(node.items[0])
            if isinstance(name, S.Name) and any(d.arguments is None for d in e.scope.definitions.get(name.text, ())):
                node = node.items[0]
        if not isinstance(head_of(node), S.Name):
            raise NoName("A derivative is taken with respect to a name.", node.start, node.end)
        use = use_of(e, node, env)
        self.key = use.key
        if use.powers:
            raise Unclear("A derivative is taken with respect to a name, not a power.", node.start, node.end)
        bound = env.get(use.key)
        if bound is not None and isinstance(bound, (sympy.Symbol, sympy.Indexed)) and not use.indices:
            self.symbol = bound
            return
        if bound is not None and isinstance(bound, Array):
            self._entry(bound, use, env)
            return
        if bound is not None:
            raise Unclear(f"{use.key} is no variable here.", node.start, node.end)
        known = env.get(ABSTRACT, {}).get(use.key)
        if known is not None:
            self._of(known, use, env, False)
            return
        not_hidden(e, use.key, env, node)
        count = len(use.indices)
        q = e.scope.quantities.get((use.key, count))
        plain = [d for d in e.scope.definitions.get(use.key, ()) if d.arguments is None]
        fitting = [d for d in plain if len(d.indices) == count]
        if fitting or (plain and q is None):
            self._defined((fitting or plain)[-1], use, env)
            return
        larger = sorted((n, q) for (name, n), q in e.scope.quantities.items() if name == use.key and n > count)
        if q is None and larger:
            q = larger[0][1]
            given = [e.index(i, env) for i in use.indices]
            rest = q.axes[count:]
            whole = Array(rest, lambda *i: quantity_entry(q, [*given, *i], node))
            self.axes, self.symbol = rest, whole
            return
        if q is None:
            from symnll.meaning.names import plain as value_of

            v = value_of(e, use, env)
            if not isinstance(v, sympy.Symbol) or v.is_integer:
                raise Unclear(f"{use.key} is no real variable.", node.start, node.end)
            self.symbol = v
            return
        self.symbol = quantity_entry(q, [e.index(i, env) for i in use.indices], node)
        if self.symbol.is_integer or not isinstance(self.symbol, (sympy.Symbol, sympy.Indexed)):
            raise Unclear(f"{use.key} takes whole numbers, and has no derivative.", node.start, node.end)

    def _entry(self, array: Array, use: Any, env: Env) -> None:
        index = [self.e.index(i, env) for i in use.indices]
        if len(index) == len(array.axes):
            self.symbol = array.at(*index)
            if not isinstance(self.symbol, sympy.Indexed):
                raise Unclear(f"{use.key} is no variable here.", self.node.start, self.node.end)
        else:
            self.axes = array.axes[len(index) :]
            self.symbol = Array(self.axes, lambda *rest: array.at(*index, *rest))

    def _defined(self, d: Any, use: Any, env: Env) -> None:
        axes = tuple(self.e.scope.ranges[i] for i in d.indices if isinstance(i, str))
        if len(axes) != len(d.indices):
            raise Unclear(f"A derivative with respect to {use.key} is not understood.", self.node.start, self.node.end)
        self.definition = d
        if not axes:
            whole = self.e.value(d.body, {ABSTRACT: env[ABSTRACT]} if ABSTRACT in env else {})
            if isinstance(whole, Array):
                axes = whole.axes
        name = V.variable(self.e.scope.shown(use.key)).name
        base: Any = L.vector(name, *(a.size for a in axes)) if axes else sympy.Symbol(name, real=True)
        self._of(Abstract(base, axes), use, env, True)

    def _of(self, abstract: Abstract, use: Any, env: Env, fresh: bool) -> None:
        self.abstract, self.fresh = abstract, fresh
        self.use = use
        self.index = [self.e.index(i, env) for i in use.indices]
        self._place()

    def reuse(self, abstract: Abstract) -> None:
        self.abstract, self.fresh = abstract, False
        self._place()

    def _place(self) -> None:
        assert self.abstract is not None
        base, axes = self.abstract.base, self.abstract.axes
        if len(self.index) == len(axes):
            self.symbol = base[tuple(a.place(i) for a, i in zip(axes, self.index, strict=True))] if axes else base
        else:
            self.axes = axes[len(self.index) :]
            index = self.index
            self.symbol = Array(
                self.axes, lambda *r: base[tuple(a.place(i) for a, i in zip(axes, (*index, *r), strict=True))]
            )

    @property
    def base(self) -> Any:
        """What must occur in the operand."""
        if self.abstract is not None:
            b = self.abstract.base
        else:
            s = self.symbol
            one = s.at(*(a.lower for a in s.axes)) if isinstance(s, Array) else s
            b = one.base if isinstance(one, sympy.Indexed) else one
        return b.label if isinstance(b, sympy.IndexedBase) else b

    def derivative(self, v: Value, node: Any) -> Value:
        def d(x: Any, s: Any) -> Any:
            return sympy.Derivative(x, s, evaluate=False)

        if isinstance(self.symbol, Array):
            if isinstance(v, Array):
                if len(v.axes) != 1 or len(self.symbol.axes) != 1:
                    raise Unclear("This derivative has more than two indices.", node.start, node.end)
                return Array((*v.axes, *self.symbol.axes), lambda i, j: d(v.at(i), self.symbol.at(j)))
            return Array(self.symbol.axes, lambda *i: d(v, self.symbol.at(*i)))
        return v.map(lambda x: d(x, self.symbol)) if isinstance(v, Array) else d(v, self.symbol)

    def evaluated(self, e: Elaborator, v: Value, env: Env) -> Value:
        """The derivative at the value that the name is defined to have."""
        from symnll.meaning.names import Use, opened

        assert self.abstract is not None
        base, axes = self.abstract.base, self.abstract.axes
        whole = opened(e, self.definition, Use(self.key, (), (), self.node), env)
        if axes and not isinstance(whole, Array):
            raise Unclear(f"{self.key} is no vector here.", self.node.start, self.node.end)
        if axes:
            variables = tuple(V.bound("k") for _ in axes)
            pages = [V.add(k, a.lower - 1) if a.lower != 1 else k for k, a in zip(variables, axes, strict=True)]
            at: Any = sympy.Lambda(variables, whole.at(*pages))  # type: ignore[union-attr]
        else:
            at = whole
        return v.map(lambda x: L.At(x, base, at)) if isinstance(v, Array) else L.At(v, base, at)


def _depends(e: Elaborator, body: Value, v: _Variable, operand: Any, node: Any) -> None:
    """Refuse a derivative that is zero only because nobody said how its operand depends on the variable."""
    one = body.at(*(a.lower for a in body.axes)) if isinstance(body, Array) else body
    if v.base in one.free_symbols or any(v.base in s.free_symbols for s in one.free_symbols):
        return
    bare = isinstance(S.unwrap(operand), S.Name) and isinstance(one, sympy.Symbol)
    names = bare or [
        q for q in e.scope.quantities.values() if q.inferred and getattr(q.base, "label", q.base) in one.free_symbols
    ]
    if v.abstract is not None or names:
        raise Independent(
            f"{spelled(operand)} is not written in terms of {spelled(v.node)}; say with `let` how it depends on it.",
            node.start, node.end,
        )  # fmt: skip


def evaluated(e: Elaborator, v: Value, evaluation: Any, env: Env) -> Value:
    """The bar after v: v with the variable of `x = a` at a."""
    from symnll.meaning.conditions import split

    if not isinstance(evaluation, S.Atom) or len(evaluation.subs) != 1:
        raise Unclear("Where this is evaluated is not understood.", evaluation.start, evaluation.end)
    inner = evaluation.subs[0]
    while isinstance(inner, S.Bracket) and inner.kind == "{":
        inner = inner.inside
    sides, signs = split(inner.pieces if isinstance(inner, S.List) else (inner,), inner)
    if signs != ["="]:
        raise Unclear("Where this is evaluated is not understood; write x = a.", inner.start, inner.end)
    variable = _Variable(e, S.unwrap(sides[0]), env)
    at = e.scalar(sides[1], env)
    if not isinstance(variable.symbol, sympy.Symbol) or variable.abstract is not None:
        raise Unclear("A value for a scalar variable is understood here.", inner.start, inner.end)
    return v.map(lambda x: L.At(x, variable.symbol, at)) if isinstance(v, Array) else L.At(v, variable.symbol, at)


def integral(e: Elaborator, items: Sequence[Any], k: int, env: Env) -> Value:
    """∫ f dx, up to a constant, and ∫_a^b f dx."""
    item = items[k]
    at = [n for n in range(k + 1, len(items) - 1) if _sign(items[n])[0] == "d"]
    rest = items[k + 1 :]
    if not at and len(rest) == 1 and isinstance(rest[0], S.Frac):  # ∫ \frac{dx}{x}
        top = _items(rest[0].top)
        where = [n for n in range(len(top) - 1) if _sign(top[n])[0] == "d"]
        if where:
            n = where[-1]
            variable = _Variable(e, top[n + 1], env)
            others = top[:n]
            up = e.product(others, env, rest[0]) if others else sympy.Integer(1)
            return _integral(e, V.divide(up, e.scalar(rest[0].bottom, env)), variable, item, env)
    if not at or at[-1] + 2 != len(items):
        raise Unclear(
            "With respect to what this is integrated is not understood; end it with dx.", item.start, item.end
        )
    variable = _Variable(e, items[at[-1] + 1], env)
    inside = [i for i in items[k + 1 : at[-1]]]
    while inside and isinstance(inside[-1], S.Times):
        inside.pop()
    body = e.product(inside, env, item) if inside else sympy.Integer(1)
    return _integral(e, body, variable, item, env)


def _integral(e: Elaborator, body: Value, variable: _Variable, item: Any, env: Env) -> Any:
    if isinstance(body, Array) or isinstance(variable.symbol, Array) or variable.abstract is not None:
        raise Unclear("This integral is not understood.", item.start, item.end)
    _apart(variable, env, item)
    subs = item.subs if isinstance(item, S.Atom) else ()
    sups = item.sups if isinstance(item, S.Atom) else ()
    if subs and sups:
        if not isinstance(variable.symbol, sympy.Symbol):
            raise Unclear("A definite integral over an entry of a vector is not understood.", item.start, item.end)
        return sympy.Integral(body, (variable.symbol, e.scalar(subs[0], env), e.scalar(sups[0], env)))
    if subs or sups:
        raise Unclear("This integral has one bound only.", item.start, item.end)
    return Antiderivative(body, variable.symbol)


class Antiderivative(sympy.Expr):
    """∫ body d(variable): some function whose derivative with respect to the variable is body."""

    def __new__(cls, body: Any, variable: Any) -> Antiderivative:
        return sympy.Expr.__new__(cls, body, variable)  # type: ignore[no-any-return]
