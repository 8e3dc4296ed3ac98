"""How signs, factors and fractions are arranged."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symnll.write.nodes import Big, Call, Derivative, Name, Node, Number, Power, Product, Quotient, Sum


def signed(node: Node) -> tuple[int, Node]:
    if isinstance(node, Sum) and len(node.terms) == 1:
        return node.terms[0]
    return 1, node


def quotient_of(value: Fraction) -> Node:
    return Quotient(Number(Fraction(value.numerator)), Number(Fraction(value.denominator)))


def open_ended(node: Node) -> bool:
    return isinstance(node, Big) or (isinstance(node, Product) and isinstance(node.factors[-1], Big))


def _rank(node: Node) -> int:
    """The place of a factor in a product: numbers, names, brackets, then what extends to the right."""
    if isinstance(node, Number):
        return 0
    if isinstance(node, Call) and node.function == "log":
        return 3
    if isinstance(node, Power) and isinstance(node.base, Sum):
        return 2
    return {Sum: 2, Derivative: 4, Big: 5}.get(type(node), 1)


def product(factors: Sequence[Node]) -> Node:
    flat_factors = [g for f in factors for g in (f.factors if isinstance(f, Product) else (f,))]
    ordered = sorted(flat_factors, key=_rank)
    return ordered[0] if len(ordered) == 1 else Product(tuple(ordered))


def fraction(above: list[Node], below: list[Node]) -> Node:
    one = Number(Fraction(1))
    if not below:
        return product(above or [one])
    quotients = [f for f in above if isinstance(f, Quotient)]  # from x^(−1/2) and the like
    above = [f for f in above if not isinstance(f, Quotient)]
    above += [q.numerator for q in quotients if q.numerator != one]
    below = below + [q.denominator for q in quotients]
    if not above:
        return Quotient(one, product(below))
    wide = any(isinstance(f.arguments[0] if isinstance(f, Call) else f, Big | Derivative) for f in above)
    if wide and not any(isinstance(f, Big) for f in below):
        return Product((Quotient(one, product(below)), *sorted(above, key=_rank)))
    return Quotient(product(above), product(below))


def derivative(body: Node, variable: Name, total: bool = False) -> Node:
    """∂body/∂variable; a derivative of a derivative in the same scalar or vector is a second derivative."""
    if isinstance(body, Derivative) and body.at is None:
        inner = body.variables[0]
        if isinstance(inner, Name) and (inner.name, len(inner.indices)) == (variable.name, len(variable.indices)):
            return Derivative(body.body, (variable, *body.variables), total=total)
    return Derivative(body, (variable,), total=total)
