"""One step to the statement that it makes, and its verdict."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from symnll import language as L
from symnll.check.clock import Clock, OutOfTime
from symnll.check.decide import Decision, decide
from symnll.check.relations import approximate, proportional, up_to_constant
from symnll.meaning.conditions import RELATIONS, hypothesis
from symnll.meaning.derivatives import totals_in
from symnll.meaning.elaborate import Elaborator
from symnll.meaning.integrals import Antiderivative
from symnll.meaning.scope import Scope
from symnll.meaning.trees import children, head_of, names_in
from symnll.meaning.values import Array, NotANumber, Ones, Unclear
from symnll.read import syntax as S
from symnll.read.tokens import Token

EQUALITIES = {"=", r"\equiv", ":=", "=:", r"\doteq"}


@dataclass
class Meant:
    """What a step states: both sides, one relation, and under what. `varying`: names that ∝ is about."""

    lhs: Any
    rhs: Any
    relation: str
    given: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ambiguities: dict[int, str] = field(default_factory=dict)
    constant: bool = False  # equal up to a constant in the variables of `integrals`
    integrals: tuple[Any, ...] = ()
    about: tuple[Any, ...] = ()  # the arguments of functions in it, as x in p(x)
    entries: frozenset[Any] = frozenset()  # the indices of entries, of which nobody wrote, where vectors are equal


def meaning(
    scope: Scope,
    sides: tuple[Any, Any],
    relation: str,
    conditions: Sequence[Sequence[Token]] = (),
    wide: frozenset[str] = frozenset(),
    free: frozenset[str] = frozenset(),
    readings: dict[int, int] | None = None,
) -> Meant:
    """The statement lhs relation rhs, from the syntax of its sides. Raises Unclear."""
    e = Elaborator(scope, readings, wide)
    e.free, e.conditions, e.totals = free, conditions, set().union(*map(totals_in, sides))
    parts = [constant_apart(scope, s) for s in sides]
    lhs, rhs = (e.value(node, {}) for node, _ in parts)
    entries: set[Any] = set()
    if isinstance(lhs, (Array, Ones)) or isinstance(rhs, (Array, Ones)):
        lhs, rhs = by_entries(e, lhs, rhs, sides[1])
        entries = {i for s in (lhs, rhs) for i in s.free_symbols if isinstance(i, L.Index)}
        entries -= set(e.scope.index_cache.values())
    given = [relation_ for _, relation_ in scope.given]
    for assumption in scope.assumptions:
        given.extend(hypothesis(e, S.parse(assumption.tokens), {}))
    for tokens in conditions:
        given.extend(hypothesis(e, S.parse(list(tokens)), {}))
    given.extend(r for _, r in scope.given if r not in given)
    given.extend(_roots(e))
    given = [g for g in given if not _about_another_function(g, lhs, rhs)]
    constant = any(c for _, c in parts)
    variables = tuple({a.args[1]: None for a in _antiderivatives(lhs, rhs)})
    kinds = [scope.notes[n] for s in sides for n in sorted(names_in(s)) if n in scope.notes]
    notes = [*dict.fromkeys((*kinds, *e.notes)), *(f"opened: {d}" for d in e.opened)]
    meant = Meant(lhs, rhs, relation, given, notes, e.ambiguities, constant, variables, entries=frozenset(entries))
    if (constant or relation == r"\propto") and not variables:
        meant.about = tuple(_arguments(e, sides[0]) or _arguments(e, sides[1]))
        meant.notes.append(f"what varies: {', '.join(map(str, _varying(meant))) or 'nothing'}")
    return meant


def _roots(e: Elaborator) -> list[Any]:
    """That a letter whose square is defined is positive, where the letter is opened."""
    found = []
    for d in [d for ds in e.scope.definitions.values() for d in ds if d.root and d.source in e.opened]:
        if d.arguments is None and all(isinstance(i, str) for i in d.indices):
            letters = {i: e.scope.index(i) for i in d.indices}
            relation = L.Gt(e.scalar(d.body.inside, dict(letters)), 0)
            found.append(L.ForAll(relation, *letters.values()) if letters else relation)
    return found


def _arguments(e: Elaborator, node: Any) -> list[Any]:
    """The values of the letters in the calls of a tree: x and y in p(x, y | z)."""
    found = [v for c in children(node) for v in _arguments(e, c)]
    for name, bracket in itertools.pairwise(node.items if isinstance(node, S.Product) else ()):
        name, bracket = head_of(name), head_of(bracket)
        if isinstance(name, S.Name) and isinstance(bracket, S.Bracket) and _is_function(e.scope, name.text):
            for p in bracket.inside.parts("BAR", "SEMI")[0].parts("COMMA"):
                with suppress(Unclear):
                    v = e.value(p, {}) if isinstance(S.unwrap(p), S.Name) else None
                    one = v.at(*(a.lower for a in v.axes)) if isinstance(v, Array) else v
                    found.append(getattr(one, "base", one))
    return found


def _is_function(scope: Scope, name: str) -> bool:
    return name in scope.functions or any(d.arguments is not None for d in scope.definitions.get(name, ()))


def _about_another_function(g: Any, lhs: Any, rhs: Any) -> bool:
    """Whether a hypothesis says what an unknown function is that the step does not speak of."""
    mine = {f.func for f in g.atoms(AppliedUndef)}
    return bool(mine) and not mine & {f.func for side in (lhs, rhs) for f in side.atoms(AppliedUndef)}


def by_entries(e: Elaborator, lhs: Any, rhs: Any, node: Any) -> tuple[Any, Any]:
    """Equality of vectors and matrices is equality of their entries, at free indices."""
    if isinstance(lhs, Ones) and isinstance(rhs, Ones):
        return lhs.scale, rhs.scale
    lhs, rhs = (s.scale if isinstance(s, Ones) else s for s in (lhs, rhs))
    if not (isinstance(lhs, Array) and isinstance(rhs, Array)):
        one = lhs if isinstance(lhs, Array) else rhs
        other = rhs if isinstance(lhs, Array) else lhs
        if isinstance(one, Array) and (other in (0, 1) or isinstance(lhs, Ones) or isinstance(rhs, Ones)):
            filled = Array(one.axes, lambda *i: other, one.row)
            lhs, rhs = (one, filled) if isinstance(lhs, Array) else (filled, one)
        else:
            raise NotANumber("One side is a number and the other is a vector or a matrix.", node.start, node.end)
    if len(lhs.axes) != len(rhs.axes) or any(a.size != b.size for a, b in zip(lhs.axes, rhs.axes, strict=True)):
        raise Unclear("The two sides have different shapes.", node.start, node.end)
    if len(lhs.axes) == 1 and lhs.row != rhs.row:
        raise Unclear("One side is a row and the other is a column.", node.start, node.end)
    taken = {str(s) for side in (lhs, rhs) for s in side.at(*(a.lower for a in side.axes)).free_symbols}
    taken |= {e.scope.shown(n) for n in e.scope.ranges}  # of which the document may suppose something
    index = []
    for axis in lhs.axes:
        name = next(n for n in ("i", "j", "k", "l", "m", "n", *(f"i{k}" for k in range(999))) if n not in taken)
        taken.add(name)
        index.append(L.Index(name, axis.lower, axis.upper))
    moved = [
        i - a.lower + b.lower if a.lower != b.lower else i for i, a, b in zip(index, lhs.axes, rhs.axes, strict=True)
    ]
    return lhs.at(*index), rhs.at(*moved)


def constant_apart(scope: Scope, node: Any) -> tuple[Any, bool]:
    """A side without its `+ C`, `+ const`, where that is the name of no quantity."""
    inner = S.unwrap(node)
    if not isinstance(inner, S.Sum) or len(inner.terms) < 2:
        return node, False
    _, last = inner.terms[-1]
    name = S.unwrap(last)
    if not isinstance(name, S.Name) or scope.known(name.text):
        return node, False
    if name.text.rstrip(".") not in ("const", "constant"):
        return node, False
    rest = inner.terms[:-1]
    return S.Sum(rest[0][1].start, rest[-1][1].end, rest), True


def _antiderivatives(*sides: Any) -> list[Any]:
    return [a for s in sides if isinstance(s, sympy.Basic) for a in s.atoms(Antiderivative)]


def judge(meant: Meant, seconds: float, premises: Sequence[Any] = ()) -> Decision:
    """The verdict on what a step states; `premises` are conditions that are tried first where it is false."""
    given = meant.given
    lhs, rhs = meant.lhs, meant.rhs
    if meant.relation == r"\approx":
        return approximate()
    if meant.relation == r"\to":
        return Decision("unknown", "→ states a limit or a change, which is not decided.")
    if meant.relation == r"\propto":
        return _by_choice(meant, lambda v: proportional(lhs, rhs, v, given, seconds=seconds))
    if meant.integrals:
        return _integrated(meant, seconds)
    if any(s.atoms(sympy.Integral) for s in (lhs, rhs)):
        return _definite(meant, seconds)
    if meant.constant:
        if meant.relation not in EQUALITIES:
            return Decision("unknown", "An inequality up to a constant says nothing.")
        return _by_choice(meant, lambda v: up_to_constant(lhs, rhs, v, given, seconds=seconds))
    statement = RELATIONS[meant.relation](lhs, rhs)
    found = decide(statement, given, seconds=seconds, candidates=premises)
    if found.condition_statement is not None and found.condition_statement.free_symbols & meant.entries:
        return decide(statement, given, seconds=seconds, conditional=False)
    return found


def _by_choice(meant: Meant, decided: Callable[[list[Any]], Decision]) -> Decision:
    """The decision for all that varies. Where it is false, and true if only one quantity varies, it is not known."""
    varying, common = _varying(meant), _common(meant)
    found = decided(varying)
    if found.verdict not in ("refuted", "conditional") or len(common) == 1:
        return found
    some = [str(v) for v in common if [v] != varying and decided([v]).verdict == "proved"]
    if not some:
        return found
    return Decision(
        "unknown",
        f"It holds if only {' or only '.join(some)} varies, and not if {', '.join(map(str, varying))} may vary. Write "
        "one side as a function of what varies, p(x), or the factor or the constant itself.",
    )


def _varying(meant: Meant) -> list[Any]:
    """What ∝ and "+ const" are about: the arguments of p(x) = …, the free indices, or else the real quantities."""
    common = _common(meant)
    return [v for v in common if v in meant.about] or common


def _common(meant: Meant) -> list[Any]:
    """What may vary: indices of both sides, or of any side where one adds a constant; else real quantities of both."""
    indices = [{a for a in s.free_symbols if isinstance(a, L.Index)} for s in (meant.lhs, meant.rhs)]
    shared = indices[0] & indices[1] if meant.relation == r"\propto" else indices[0] | indices[1]
    if shared and (meant.relation == r"\propto" or not any(v not in shared for v in meant.about)):
        return sorted(shared, key=str)
    found = []
    for s in (meant.lhs, meant.rhs):
        names = {}
        for a in sorted(s.free_symbols, key=str):
            base = a.base if isinstance(a, sympy.Indexed) else a
            if (isinstance(base, (L.Vector,)) and base.kind in ("real", "positive", "nonnegative", "simplex")) or (
                isinstance(base, sympy.Symbol) and base.is_integer is not True and base.is_real and not _label(base, s)
            ):
                names[str(base)] = base
        found.append(names)
    both = [found[0][n] for n in found[0] if n in found[1]]
    return both or [*found[0].values()]


def _label(symbol: Any, expr: Any) -> bool:
    return any(isinstance(a, sympy.Indexed) and a.base.label == symbol for a in expr.free_symbols)


INSIDE = "x is from a to b"


def _definite(meant: Meant, seconds: float) -> Decision:
    """∫_a^b f dx as F(b) − F(a), where F′ = f is proved for every x from a to b.

    F is SymPy's proposal. That the difference is the integral is the fundamental theorem of calculus, for f continuous;
    it is what ∫ means here, and no rule of the core.
    """
    values: dict[Any, Any] = {}
    for node in sorted(
        {i for s in (meant.lhs, meant.rhs) for i in s.atoms(sympy.Integral)}, key=sympy.default_sort_key
    ):
        if len(node.limits) != 1:  # SymPy makes one integral of two
            return Decision("unknown", "An integral of an integral is not decided.")
        body, (x, a, b) = node.function, node.limits[0]
        if body.atoms(sympy.Integral, L.Choice, L.Larger, sympy.KroneckerDelta, sympy.Derivative):
            return Decision("unknown", f"The integral over {x} is of something that is not decided.")
        whole = _antiderivative(body, x, min(seconds, 3.0))
        if whole is None:
            return Decision("unknown", f"No antiderivative in {x} was found.")
        slope = L.Eq(sympy.Derivative(whole, x, evaluate=False), body)
        inside = (
            [(INSIDE, L.Le(a, x)), (INSIDE, L.Le(x, b))]
            if decide(L.Le(a, b), meant.given, seconds=seconds / 4).verdict == "proved"
            else []
        )
        given = [g for g in meant.given if x not in g.free_symbols]  # x is bound here
        found = decide(slope, [*given, *inside], seconds=seconds / 3, conditional=False)
        supposed = [h for h in found.hypotheses if h != INSIDE and (str(x) in h or "≠" in h or h.endswith("> 0"))]
        if found.verdict != "proved" or supposed:
            return Decision(
                "unknown", f"The antiderivative {whole} was not proved to be one all the way from {a} to {b}."
            )
        ends = [whole.subs(x, end) for end in (b, a)]
        values[node] = sympy.Add(ends[0], sympy.Mul(-1, ends[1], evaluate=False), evaluate=False)
    statement = RELATIONS[meant.relation](*(s.xreplace(values) for s in (meant.lhs, meant.rhs)))
    found = decide(statement, meant.given, seconds=seconds / 3)
    return replace(found, rules=("fundamental theorem of calculus", *found.rules))


def _antiderivative(body: Any, x: Any, seconds: float) -> Any:
    """SymPy's antiderivative of an elementary term, if it finds one in time."""
    clock = Clock(seconds)
    try:
        with clock.limit():
            whole = sympy.integrate(sympy.expand(body.doit()), x)
    except (OutOfTime, Exception):
        return None
    plain = not whole.atoms(sympy.Integral, sympy.Piecewise) and not whole.atoms(sympy.Function) - whole.atoms(
        sympy.exp, sympy.log
    )
    return whole if plain else None


def _integrated(meant: Meant, seconds: float) -> Decision:
    """∫ f dx = G up to a constant, by the derivative of both sides with respect to x."""
    if meant.relation not in EQUALITIES:
        return Decision("unknown", "An inequality of integrals without bounds says nothing.")
    if len(meant.integrals) != 1:
        return Decision("unknown", "Integrals over different variables are not decided together.")
    x = meant.integrals[0]
    sides = [_slope(s, x) for s in (meant.lhs, meant.rhs)]
    if None in sides:
        return Decision("unknown", "An integral inside another operation is not decided.")
    numbers = [s for s in (meant.lhs, meant.rhs) if not s.atoms(Antiderivative) and x not in s.free_symbols]
    if numbers and any(len(_antiderivatives_of(s)) > 1 for s in (meant.lhs, meant.rhs)):
        return Decision("unknown", "A difference of integrals without bounds is no number; give them their bounds.")
    found = decide(L.Eq(*sides), [h for g in meant.given if (h := _open_in(g, x)) is not None], seconds=seconds)
    if found.verdict == "refuted" and found.reason:
        return replace(found, reason=f"The derivatives of the two sides with respect to {x} differ. {found.reason}")
    if found.verdict in ("proved", "proved-small"):
        return replace(found, reason=f"{found.reason} The sides are equal up to a constant in {x}.".strip())
    return found


def _antiderivatives_of(side: Any) -> list[Any]:
    return [a for a in sympy.preorder_traversal(side) if isinstance(a, Antiderivative)]


def _open_in(g: Any, x: Any) -> Any:
    """What a hypothesis says where the sides are functions of x: nothing if it is about x, but for x > a and the like.

    Of x ≥ a there remains x > a, so that two hypotheses do not leave one x only.
    """
    if x not in g.free_symbols and not (isinstance(x, sympy.Indexed) and x.free_symbols & g.free_symbols):
        return g
    apart = x in g.args and sum(x in a.free_symbols for a in g.args) == 1
    strict = {sympy.Gt: L.Gt, sympy.Ge: L.Gt, sympy.Lt: L.Lt, sympy.Le: L.Lt}.get(type(g))
    return strict(*g.args) if apart and strict else None


def _slope(side: Any, x: Any) -> Any:
    """d side/dx where an antiderivative in x gives its integrand; None where one stands elsewhere than as a term."""
    if isinstance(side, Antiderivative):
        return side.args[0] if side.args[1] == x else None
    if not side.atoms(Antiderivative):
        return sympy.Derivative(side, x, evaluate=False)
    if isinstance(side, sympy.Add):
        parts = [_slope(a, x) for a in side.args]
        return None if None in parts else sympy.Add(*parts, evaluate=False)
    if isinstance(side, sympy.Mul):
        with_one = [a for a in side.args if a.atoms(Antiderivative)]
        rest = [a for a in side.args if not a.atoms(Antiderivative)]
        if len(with_one) == 1 and all(a.is_number for a in rest):
            inner = _slope(with_one[0], x)
            return None if inner is None else sympy.Mul(*rest, inner, evaluate=False)
    return None
