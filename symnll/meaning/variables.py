"""What a derivative or an integral is taken with respect to: a scalar, an entry, a vector, or a defined name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from symnll import language as L
from symnll.meaning import values as V
from symnll.meaning.apply import opened
from symnll.meaning.environment import ABSTRACT, INNER, Abstract, Env, not_hidden
from symnll.meaning.names import plain, quantity_entry
from symnll.meaning.ties import held
from symnll.meaning.trees import head_of, spelled
from symnll.meaning.uses import Use, use_of
from symnll.meaning.values import Array, Independent, Range, Unclear, Value
from symnll.read import syntax as S

if TYPE_CHECKING:
    from symnll.meaning.elaborate import Elaborator


class NoName(Unclear):
    """The variable of a derivative is an expression."""


class Variable:
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
        without = [d for d in e.scope.definitions.get(use.key, ()) if d.arguments is None]
        fitting = [d for d in without if len(d.indices) == count]
        if fitting or (without and q is None):
            self._defined((fitting or without)[-1], use, env)
            return
        larger = sorted((n, q) for (name, n), q in e.scope.quantities.items() if name == use.key and n > count)
        if q is None and larger:
            q = larger[0][1]
            given = [e.index(i, env) for i in use.indices]
            rest = q.axes[count:]
            whole = Array(rest, lambda *i: quantity_entry(q, [*given, *i]))
            self.axes, self.symbol = rest, whole
            return
        if q is None:
            v = plain(e, use, env)
            if not isinstance(v, sympy.Symbol) or v.is_integer:
                raise Unclear(f"{use.key} is no real variable.", node.start, node.end)
            self.symbol = v
            return
        self.symbol = quantity_entry(q, [e.index(i, env) for i in use.indices])
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
        """∂v/∂self, an entry for each entry of v and of self."""

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


def apart(variable: Variable, env: Env, node: Any) -> None:
    """Refuse a definition that differentiates by what stands in its argument: D(z) for D(x) = ∂(x z)/∂z."""
    for name, value in env.items():
        if name in (*INNER, variable.key):
            continue
        one = value.at(*(a.lower for a in value.axes)) if isinstance(value, Array) else value
        if isinstance(one, sympy.Basic) and variable.base in one.free_symbols:
            raise Unclear(
                f"{spelled(variable.node)} is what this is differentiated or integrated by, and stands in the argument "
                f"for {name} too; write the definition out.",
                node.start, node.end,
            )  # fmt: skip


def tied(e: Elaborator, body: Value, v: Variable, total: bool, node: Any) -> None:
    """Refuse a derivative that holds fixed what changes with its variable: d/dx of x y where x = y³ (but ∂/∂x may)."""
    one = body.at(*(a.lower for a in body.axes)) if isinstance(body, Array) else body
    if v.fresh and v.abstract is not None and total and not v.abstract.axes:
        value = opened(e, v.definition, Use(v.key, (), (), v.node), {})
        both = one.free_symbols & getattr(value, "free_symbols", set()) - {v.base}
        if both:
            raise Unclear(
                f"{v.key} is defined, so that {sorted(map(str, both))[0]} changes with it; write ∂ for a derivative "
                "that holds it fixed.", node.start, node.end,
            )  # fmt: skip
    held(e, body, v.key, node, not total, v.base, not isinstance(v.symbol, sympy.Symbol))


def silent(e: Elaborator, letter: str, node: Any) -> None:
    """Refuse a derivative by an argument of which the body of a function that was used does not speak."""
    if letter in e.silent:
        raise Independent(
            f"A function of {letter} is defined here without {letter}; say with `let` how it depends on it.",
            node.start, node.end,
        )  # fmt: skip


def depends(e: Elaborator, body: Value, v: Variable, operand: Any, node: Any, env: Env) -> None:
    """Refuse a derivative that is zero only because nobody said how its operand depends on the variable."""
    silent(e, spelled(v.node), node)
    one = body.at(*(a.lower for a in body.axes)) if isinstance(body, Array) else body
    if v.base in one.free_symbols or any(v.base in s.free_symbols for s in one.free_symbols):
        return
    for name, fixed in env.get(ABSTRACT, {}).items():  # ∂/∂p of ∂L/∂z, where p is a function of z
        if getattr(fixed.base, "label", fixed.base) not in one.free_symbols:
            continue
        d = [d for d in e.scope.definitions[name] if d.arguments is None][-1]
        value: Any = opened(e, d, Use(name, (), (), node), {})
        if v.base in (value.at(*(a.lower for a in value.axes)) if isinstance(value, Array) else value).free_symbols:
            raise Unclear(
                f"{name} is a variable here, and {spelled(v.node)} changes it; write out the inner derivative.",
                node.start, node.end,
            )  # fmt: skip
    bare = isinstance(S.unwrap(operand), S.Name) and isinstance(one, sympy.Symbol)
    names = bare or [
        q for q in e.scope.quantities.values() if q.inferred and getattr(q.base, "label", q.base) in one.free_symbols
    ]
    if v.abstract is not None or names:
        raise Independent(
            f"{spelled(operand)} is not written in terms of {spelled(v.node)}; say with `let` how it depends on it.",
            node.start, node.end,
        )  # fmt: skip
