"""Syntax to values. What a juxtaposition means is decided here, by what the names are.

`Elaborator.value` gives the value of a syntax tree; `ambiguities` lists the places where a second reading is possible,
and `readings` chooses it. Definitions are opened where they are used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy
from sympy import Integer

from symnll.meaning import calls, derivatives, integrals, limits, operators, standard, sums
from symnll.meaning import values as V
from symnll.meaning.conditions import cases, indicator
from symnll.meaning.environment import Env, not_hidden
from symnll.meaning.functions import FUNCTIONS
from symnll.meaning.scope import Scope
from symnll.meaning.scripts import scripted, superscripts
from symnll.meaning.trees import big_letter, head_of, mentions, open_letters, product_of, script_parts
from symnll.meaning.unroll import unrolled, unrolled_product
from symnll.meaning.values import Array, NotANumber, Unclear, Value
from symnll.read import syntax as S
from symnll.read.tokens import Token

DEPTH = 60


class Elaborator:
    """Gives meaning to the syntax trees of one step."""

    def __init__(
        self, scope: Scope, readings: Mapping[int, int] | None = None, wide: frozenset[str] = frozenset()
    ) -> None:
        self.scope = scope
        self.readings = readings or {}
        self.free: frozenset[str] = frozenset()  # letters that are free elsewhere in the chain
        self.conditions: Sequence[Sequence[Token]] = ()  # those of the step
        self.totals: set[str] = set()  # names of which the step takes total derivatives
        self.wide = wide  # bound letters whose unbracketed sums take in the terms that follow
        self.ambiguities: dict[int, str] = {}
        self.notes: dict[str, None] = {}
        self.depth = 0
        self.opened: dict[str, None] = {}
        self.silent: set[str] = set()  # arguments of functions whose bodies, opened so far, do not speak of them
        self.openings = 0

    # Sums of terms.

    def value(self, node: Any, env: Env) -> Value:
        """The value of a syntax tree. Raises Unclear or Unreadable."""
        self.depth += 1
        if self.depth > DEPTH:
            raise Unclear("This is nested, or its definitions are, too deeply.", node.start, node.end)
        try:
            return self._value(node, env)
        except sympy.SympifyError:
            message = "A number is wanted here, and this is a vector or a matrix."
            raise NotANumber(message, node.start, node.end) from None
        finally:
            self.depth -= 1

    def open(self, source: str, node: Any) -> None:
        """Note that a definition is opened. Raises Unclear where that seems to have no end."""
        self.opened[source] = None
        self.openings += 1
        if self.openings > limits.MOST_OPENED:
            raise Unclear(
                "Definitions are opened here again and again; do they speak of each other?", node.start, node.end
            )

    def scalar(self, node: Any, env: Env) -> Any:
        v = self.value(node, env)
        if isinstance(v, (Array, V.Ones)):
            raise NotANumber("A number is wanted here, and this is a vector.", node.start, node.end)
        return v

    def _value(self, node: Any, env: Env) -> Value:
        if isinstance(node, S.List):
            return self._list(node, env)
        if isinstance(node, S.Sum):
            return self._sum(node, env)
        if isinstance(node, S.Product):
            return self.product(node.items, env, node)
        return self.product((node,), env, node)

    def _list(self, node: S.List, env: Env) -> Value:
        if node.only is not None:
            return self.value(node.only, env)
        if not node.pieces:
            raise Unclear("Something is missing here.", node.start, node.end)
        if any(isinstance(p, S.Sep) and p.kind == "REL" for p in node.pieces):
            return indicator(self, node, env)
        pieces = [p for p in node.pieces if not (isinstance(p, S.Sep) and p.kind == "QUAD")]
        if len(pieces) == 1 and not isinstance(pieces[0], (S.Sep, S.Words)):
            return self.value(pieces[0], env)
        odd = next((p for p in pieces if isinstance(p, (S.Sep, S.Words))), pieces[-1])
        raise Unclear(f"{getattr(odd, 'text', 'This')!r} is not understood here.", odd.start, odd.end)

    def _sum(self, node: S.Sum, env: Env) -> Value:
        terms = node.terms
        if len(terms) > limits.MOST_TERMS:
            raise Unclear("This sum is too long to be decided; name parts of it.", node.start, node.end)
        dotted = unrolled(self, node, env)
        if dotted is not None:
            return dotted
        parts: list[Value] = []
        k = 0
        while k < len(terms):
            sign, term = terms[k]
            taken = self._taken(terms, k)
            if taken:
                tail = S.Sum(terms[k + 1][1].start, terms[k + taken][1].end, terms[k + 1 : k + 1 + taken])
                v = self._wide(term, tail, env)
            else:
                v = self.value(term, env)
            parts.append(v if sign == "+" else self._negative(sign, v, term))
            k += 1 + taken
        total = parts[0]
        scalars = [p for p in parts if not isinstance(p, (Array, V.Ones))]
        if len(scalars) == len(parts):
            return V.add(*parts)
        for p in parts[1:]:
            total = V.pointwise(V.add, total, p, node)
        return total

    def _negative(self, sign: str, v: Value, node: Any) -> Value:
        if sign != "-":
            raise Unclear("± is not understood; write the two cases.", node.start, node.end)
        return v.map(V.neg) if isinstance(v, (Array, V.Ones)) else V.neg(v)

    def _taken(self, terms: Sequence[tuple[str, Any]], k: int) -> int:
        """How many of the terms after this one belong to the unbracketed sum at its end."""
        letter = open_letters(terms[k][1])
        if not letter & self.wide or k + 1 == len(terms):
            return 0
        last = 0
        for n in range(k + 1, len(terms)):
            if mentions(terms[n][1], letter & self.wide):
                last = n - k
            elif last == 0:
                return 0
        return last

    def _wide(self, term: Any, tail: S.Sum, env: Env) -> Value:
        items = term.items if isinstance(term, S.Product) else (term,)
        place = next(n for n, i in enumerate(items) if big_letter(i))
        inner = product_of(items[place + 1 :])
        whole = S.Sum(inner.start, tail.end, (("+", inner), *tail.terms))
        bracket = S.Bracket(inner.start, tail.end, "(", S.List(inner.start, tail.end, (whole,)))
        name = "Σ" if "sum" in str(head_of(items[place]).text) else "∏"
        self.notes[
            f"the {name} over {big_letter(items[place])} takes in the terms that follow (brackets seem to be missing)"
        ] = None
        return self.product((*items[: place + 1], bracket), env, term)

    # Products.

    def product(self, items: Sequence[Any], env: Env, node: Any) -> Value:
        """The product of units: calls, functions with their arguments, big operators with all that follows, atoms."""
        if len(items) > limits.MOST_FACTORS:
            raise Unclear("This product is too long to be decided; name parts of it.", node.start, node.end)
        items = tuple(derivatives.bare_operator(i) for i in items)  # {∂/∂x}, from a notation
        bar = next((n for n, i in enumerate(items) if isinstance(head_of(i), S.Evaluation)), 0)
        if bar > 1 and not (isinstance(items[bar - 1], S.Bracket) and items[bar - 1].kind == "{"):
            whole = derivatives.evaluated(self, self.product(items[:bar], env, node), items[bar], env)
            rest = _no_times(items[bar + 1 :])
            return whole if not rest else V.times(whole, self.product(rest, env, node), node)
        slashed = derivatives.slashed_derivative(self, items, env)
        if slashed is not None:
            head, used = slashed
            rest = items[used:]
            return head if not rest else V.times(head, self.product(_no_times(rest), env, node), node)
        if any(isinstance(i, S.Dots) for i in items):
            found = unrolled_product(self, items, env)
            if found is not None:
                return found
        result: Value | None = None
        pending = "*"
        explicit = False
        k = 0
        while k < len(items):
            item = items[k]
            if isinstance(item, S.Times):
                if k == len(items) - 1 and item.kind == ".":
                    break
                if k in (0, len(items) - 1) or isinstance(items[k - 1], S.Times):
                    raise Unclear("Something is missing beside this operator.", item.start, item.end)
                pending, explicit = ("*" if item.kind == "." else item.kind), not item.cross
                k += 1
                continue
            start = k
            v, k = self.unit(items, k, env)
            if isinstance(item, S.Num) and k < len(items):
                v, k = self._mixed(item, v, items[k], k, env)
            if k < len(items) and isinstance(head_of(items[k]), S.Evaluation):
                v, k = derivatives.evaluated(self, v, items[k], env), k + 1
            if pending == "/" and result is not None and k < len(items) and not isinstance(items[k], S.Times):
                v, k = self._divisor(items, start, v, k, env)
            result = self._combined(result, v, pending, explicit, item)
            pending, explicit = "*", False
        if result is None:
            raise Unclear("Something is missing here.", node.start, node.end)
        return result

    def _mixed(self, item: S.Num, v: Value, following: Any, k: int, env: Env) -> tuple[Value, int]:
        r"""2 3 is no product, as it is printed like 23; 1\frac12 is a product or a mixed number."""
        if isinstance(head_of(following), S.Num):
            raise Unclear(
                r"Two numbers stand side by side; write \cdot between them, or one number.", item.start, following.end
            )
        if isinstance(following, S.Frac) and not following.binomial and item.value.denominator == 1:
            top, bottom = S.unwrap(following.top), S.unwrap(following.bottom)
            if isinstance(top, S.Num) and isinstance(bottom, S.Num) and 0 < top.value < bottom.value:
                self.ambiguities[item.start] = "a product, or a mixed number"
                if (item.value == 1) != bool(self.readings.get(item.start)):
                    return V.add(v, self.value(following, env)), k + 1
        return v, k

    def _combined(self, left: Value | None, right: Value, kind: str, explicit: bool, node: Any) -> Value:
        if left is None:
            return right
        if kind == "/":
            if isinstance(right, Array) and not isinstance(left, Array):
                raise Unclear("A number can't be divided by a vector.", node.start, node.end)
            return V.pointwise(V.divide, left, right, node)
        if kind in ("odot", "otimes") and not (isinstance(left, Array) or isinstance(right, Array)):
            raise Unclear("This sign between two numbers is not understood.", node.start, node.end)
        if kind == "odot":
            return V.pointwise(V.mul, left, right, node)
        if kind == "otimes" and isinstance(left, Array) and isinstance(right, Array):
            return Array((*left.axes, *right.axes), lambda i, j: V.mul(left.at(i), right.at(j)))
        return V.times(left, right, node, explicit and kind == "*")

    def _divisor(self, items: Sequence[Any], start: int, v: Value, k: int, env: Env) -> tuple[Value, int]:
        """a / b c: (a/b) c unless b is a number and c a letter, as in x/2σ²; the other reading is noted."""
        item = items[start]
        wide = isinstance(item, S.Num) and isinstance(items[k], (S.Name, S.Atom))
        wide = wide and items[k].start == item.end and not isinstance(items[start - 2], S.Num)
        self.ambiguities[item.start] = "what the / divides by: the next factor, or all the factors that follow"
        if self.readings.get(item.start, 0):
            wide = not wide
        if not wide:
            return v, k
        end = k
        while end < len(items) and not isinstance(items[end], S.Times):
            end += 1
        return V.times(v, self.product(items[k:end], env, item), item), end

    def unit(self, items: Sequence[Any], k: int, env: Env) -> tuple[Value, int]:
        """One factor from items[k] on, and the place after it."""
        item = items[k]
        head = head_of(item)
        if isinstance(item, S.Frac) and not item.binomial:
            derivative = derivatives.fraction(self, items, k, env)
            if derivative is not None:
                return derivative
        if isinstance(head, S.Name):
            text = head.text
            own = text in env or text in self.scope.definitions or text in self.scope.functions
            if text in (r"\sum", r"\prod"):
                return sums.big(self, items, k, env)
            if text == r"\int":
                return integrals.integral(self, items, k, env), len(items)
            if text in (r"\partial", r"\nabla"):
                return derivatives.operator(self, items, k, env)
            if text in ("argmax", "argmin") and not own:
                return operators.maximiser(self, items, k, env), len(items)
            if text in ("max", "min") and not own:
                return operators.extremum(self, items, k, env)
            if text in FUNCTIONS and not own:
                if not (isinstance(item, S.Atom) and item.subs):  # log_2
                    self.scope.standing(text, item)
                return operators.function(self, items, k, env)
            found = standard.standard(self, items, k, env)
            if found is not None:
                self.scope.standing(text, item)
                return found
            return calls.name_unit(self, items, k, env)
        if isinstance(item, S.Num) or isinstance(head, S.Num):
            found = standard.standard(self, items, k, env)
            if found is not None:
                return found
        return self.atom(item, env), k + 1

    # Atoms.

    def atom(self, node: Any, env: Env) -> Value:
        """The value of one atom that is no name: numbers, brackets, fractions, roots, cases, with their scripts."""
        if isinstance(node, S.Num):
            return V.number(node.value)
        if isinstance(node, S.Frac):
            top, bottom = self.value(node.top, env), self.scalar(node.bottom, env)
            if node.binomial:
                return sympy.binomial(limits.exponent(top, node), limits.exponent(bottom, node), evaluate=False)
            return top.map(lambda x: V.divide(x, bottom)) if isinstance(top, Array) else V.divide(top, bottom)
        if isinstance(node, S.Root):
            inside = self.scalar(node.inside, env)
            degree = V.number(2) if node.degree is None else self.scalar(node.degree, env)
            return V.power(inside, V.divide(Integer(1), limits.exponent(degree, node)))
        if isinstance(node, S.Bracket):
            return self._bracket(node, env)
        if isinstance(node, S.Cases):
            return cases(self, node, env)
        if isinstance(node, S.Atom):
            return self._scripted(node, env)
        if isinstance(node, S.Name):
            return calls.name_unit(self, (node,), 0, env)[0]
        if isinstance(node, (S.List, S.Sum, S.Product)):
            return self.value(node, env)
        raise Unclear("This is not understood here.", node.start, node.end)

    def _bracket(self, node: S.Bracket, env: Env) -> Value:
        if node.kind == r"\langle":
            raise Unclear("⟨…⟩ is not understood; say with `write` what it stands for.", node.start, node.end)
        if node.kind in (r"\lfloor", r"\lceil"):
            raise Unclear("Rounding is not understood.", node.start, node.end)
        v = self.value(node.inside, env)
        if node.kind == "|":
            if isinstance(v, Array):
                raise Unclear("The bars around a vector: write \\|…\\| for its norm.", node.start, node.end)
            return sympy.Abs(v, evaluate=False)
        if node.kind == r"\|":
            self.scope.standing("‖", node)
            if not isinstance(v, Array) or len(v.axes) != 1:
                raise Unclear("A norm is understood of vectors only.", node.start, node.end)
            k = V.bound("k")
            square = V.over("sum", V.power(v.at(k), Integer(2)), k, v.axes[0].lower, v.axes[0].upper)
            return V.power(square, sympy.Rational(1, 2))
        return v

    def _scripted(self, node: S.Atom, env: Env) -> Value:
        base = node.base
        if isinstance(base, S.Name):
            return calls.name_unit(self, (node,), 0, env)[0]
        v = self.value(base, env)
        if not isinstance(base, S.Bracket) or base.kind != r"\|":
            return scripted(self, v, node, env)
        for sub in node.subs:
            if S.unwrap(sub) != S.Num(0, 0, Fraction(2)):  # ‖x‖₂
                raise Unclear("Only the Euclidean norm is understood.", sub.start, sub.end)
        return superscripts(self, v, node, env)

    # Indices.

    def indices(self, node: Any, env: Env, count: int | None = None) -> list[Any]:
        """The index expressions of a script: `i, j`, `ij`, `t+1`, `y_i`."""
        return [self.index(p, env) for p in script_parts(node, count)]

    def index(self, node: Any, env: Env) -> Any:
        """An index expression: an integer. A letter that is an index is meant before a quantity of that name."""
        inner = S.unwrap(node)
        if isinstance(inner, S.Bracket) and inner.kind in ("(", "[") and inner.inside.only is not None:
            inner = inner.inside.only
        if isinstance(inner, S.Name):
            found = env.get(inner.text)
            if found is not None and getattr(found, "is_integer", False):
                return found
            if inner.text in self.scope.ranges and inner.text not in env:
                not_hidden(self, inner.text, env, inner)
                return self.scope.index(inner.text)
        v = self.scalar(inner, env)
        if v.is_integer is not True:
            raise Unclear("This is used as an index, and is not known to be an integer.", inner.start, inner.end)
        return v


def _no_times(items: Sequence[Any]) -> Sequence[Any]:
    return items[1:] if items and isinstance(items[0], S.Times) and items[0].kind != "/" else items
