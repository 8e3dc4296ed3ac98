"""One claim in the reader's notation: letters, the logarithm's name, the one-hot, and where indices begin."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from symnll.document.notation.indices import REALS, NotationError, Roles, Scope
from symnll.document.notation.letters import Letters, base
from symnll.write.nodes import (
    Big,
    Call,
    Delta,
    Derivative,
    Extremum,
    ForAll,
    Maps,
    Name,
    Node,
    Number,
    Phrase,
    Power,
    Product,
    Range,
    Relation,
    Sum,
    Tuple,
)
from symnll.write.text import text


class Transform:
    """`onehots` collects which one-hots were written in place of which δ, in the new notation."""

    def __init__(self, spell: Letters, onehot: str, first: int, roles: Roles) -> None:
        self.spell, self.onehot, self.shift, self.roles = spell, onehot, 1 - first, roles
        self.onehots: dict[Delta, Node] = {}
        self.whole: Node = Tuple(())  # the formula at work, for messages
        self.labelled: set[tuple[str, int]] = set()

    def node(self, node: Node) -> Node:
        """A formula in the new notation. NotationError where it would not say the same."""
        self.whole = node
        result: Node = self._node(node, {})
        return result

    def line(self, node: Node) -> Node:
        """A line of a proof."""
        roles = self.roles
        self.roles = roles.of_line(node) if self.shift else roles
        try:
            return self.node(node)
        finally:
            self.roles = roles

    def member(self, node: Node) -> Node:
        """k ∈ 1..K, where k is only named: it stands for a bound index."""
        if isinstance(node, Relation) and node.sign == "∈":
            return Relation(node.sign, self.name(node.left), self.node(node.right))
        return self.node(node)

    def name(self, node: Node) -> Node:
        """A letter that is only named, not used."""
        result: Node = self.spell.spelled(node)
        return result

    def _node(self, node: Any, scope: Scope) -> Any:
        if isinstance(node, tuple):
            return tuple(self._node(n, scope) for n in node)
        if not isinstance(node, Node):
            return node
        match node:
            case Name():
                if self.shift and self.roles.is_index(node, scope):
                    raise self._refused(node.name)
                return self._name(node, scope)
            case Delta(a, b):
                return self._delta(Delta(self._index(a, scope), self._index(b, scope)), node, scope)
            case Big(_, variable, low, high, body, _):
                inner = self.roles.opened(node, scope)
                return replace(
                    node, variable=self.spell.letter(variable), low=self._index(low, scope),
                    high=self._index(high, scope), body=self._node(body, inner),
                )  # fmt: skip
            case Maps() | Extremum():
                return self._binder(node, scope)
            case ForAll(binders, body):
                inner = self.roles.quantified(node, scope)
                return ForAll(tuple(self._node(b, inner) for b in binders), self._node(body, inner))
            case Phrase(parts) if isinstance(parts[0], str):
                return self.name(node)
            case Range(low, high):
                return Range(self._index(low, scope), self._index(high, scope))
            case Relation(sign, left, right):
                member = sign == "∈" and isinstance(right, Range)
                if member:
                    return Relation(sign, self._index(left, scope), self._node(right, scope))
                if self.shift and self.roles.of_indices(node, scope):
                    return Relation(sign, self._index(left, scope), self._index(right, scope))
            case Derivative(body, variables, (variable, point), total):
                # The variable is bound in the body: it is one letter there and in what stands below.
                at = (self._node(variable, scope), self._node(point, scope))
                return Derivative(self._node(body, scope), self._node(variables, scope), at, total)
            case Product(factors):
                return Product(_apart(tuple(self._node(f, scope) for f in factors)))
            case Call("log", arguments):
                return Call(self.spell.log, self._node(arguments, scope))
        new = {f.name: self._node(getattr(node, f.name), scope) for f in fields(node)}  # type: ignore[arg-type]
        return replace(node, **new)  # type: ignore[type-var]

    def _binder(self, node: Maps | Extremum, scope: Scope) -> Node:
        inner = self.roles.opened(node, scope)
        if self.shift and not inner[node.variable] and base(node.variable) not in REALS and _used(node):
            if node.variable.isascii() and base(node.variable) in "kjilmnpqrs":
                raise self._refused(node.variable)
        letter = self.spell.letter(node.variable)
        if isinstance(node, Maps):
            return Maps(letter, self._node(node.body, inner))
        condition = None if node.condition is None else self._node(node.condition, inner)
        return Extremum(node.kind, letter, condition, self._node(node.body, inner))

    def _name(self, node: Name, scope: Scope) -> Name:
        indices = tuple(self._index(i, scope) for i in node.indices)
        arguments = tuple(
            tuple(
                self._index(a, scope) if (node.name, g, n) in self.roles.slots else self._node(a, scope)
                for n, a in enumerate(group)
            )
            for g, group in enumerate(node.arguments)
        )
        return Name(self.spell.letter(node.name), indices, arguments, node.primes)

    # Indices.

    def _index(self, node: Node, scope: Scope) -> Node:
        """What stands where an index stands: e(v + 1) − 1 for e(v), where indices count from 0."""
        if isinstance(node, Tuple):
            return Tuple(tuple(self._index(n, scope) for n in node.parts))
        if isinstance(node, Name) and node.name.isdecimal():
            node = Number(Fraction(node.name))
        terms = node.terms if isinstance(node, Sum) else ((1, node),)
        made: list[tuple[int, Node]] = []
        count, constant, moved = 0, Fraction(0), False
        for sign, part in terms:
            if self.shift and self.roles.is_index(part, scope):
                count += sign
                made.append((sign, self._name(part, scope)))  # type: ignore[arg-type]
            elif self.shift and isinstance(part, Number):
                constant += sign * part.value
                moved = True
            else:
                made.append((sign, self._node(part, scope)))
        if not self.shift or count == 1:
            if moved and constant:
                made.append((1 if constant > 0 else -1, Number(abs(constant))))
        else:
            constant += count - 1
            if constant or not made:
                made.append((1 if constant >= 0 else -1, Number(abs(constant))))
        return made[0][1] if len(made) == 1 and made[0][0] > 0 else Sum(tuple(made))

    def _refused(self, name: str) -> NotationError:
        return NotationError(
            f"first=0: in {self.roles.claim} the index {name} is used as a number too, in {text(self.whole)}, so that "
            "counting from 0 would change what is said. Leave first=0 out for this claim."
        )

    # One-hots.

    def _delta(self, new: Delta, old: Delta, scope: Scope) -> Node:
        targets = [self._target(old.first), self._target(old.second)]
        if not self.onehot or targets[0] == targets[1] or (targets[0] and targets[1]):
            return new
        entry, target = (new.second, new.first) if targets[0] else (new.first, new.second)
        label = old.first if targets[0] else old.second
        assert isinstance(label, Name)
        if self.onehot == "indicator":
            return self._remember(Delta(entry, target), Name("1", (Relation("=", entry, target),)))
        if label.name in scope:
            raise NotationError(
                f"onehot={self.onehot}: in {self.roles.claim} the target {label.name} is a bound variable, which "
                f"{self.onehot} would hide. Use onehot=indicator."
            )
        self.labelled.add((label.name, len(label.indices)))
        if len(self.labelled) > 1:
            raise NotationError(
                f"onehot={self.onehot}: {self.roles.claim} has more than one target, "
                f"{' and '.join(sorted(n for n, _ in self.labelled))}. Use onehot=indicator."
            )
        samples = target.indices if isinstance(target, Name) else ()
        return self._remember(Delta(entry, target), Name(self.onehot, (*samples, entry)))

    def _remember(self, delta: Delta, shown: Node) -> Node:
        if not any(type(d.first) is type(delta.first) and d.second == delta.second for d in self.onehots):
            self.onehots[delta] = shown
        return shown

    def _target(self, node: Node) -> bool:
        return isinstance(node, Name) and not node.arguments and (node.name, len(node.indices)) in self.roles.targets


def _apart(factors: tuple[Node, ...]) -> tuple[Node, ...]:
    """An indicator after a number in brackets: 2 1_{m = T} would read as 21."""
    return tuple(
        Sum(((1, f),)) if isinstance(f, Name) and f.name == "1" and n and _number(factors[n - 1]) else f
        for n, f in enumerate(factors)
    )


def _number(node: Node) -> bool:
    return isinstance(node, Number) or (isinstance(node, Power) and isinstance(node.exponent, Number))


def _used(node: Maps | Extremum) -> bool:
    def within(part: Any) -> bool:
        if isinstance(part, tuple):
            return any(map(within, part))
        if isinstance(part, Name) and part.name == node.variable:
            return True
        return isinstance(part, Node) and any(within(getattr(part, f.name)) for f in fields(part))  # type: ignore[arg-type]

    return within(node.body)
