"""What a formula looks like, before it is text or LaTeX: signs, fractions, names and binders as a reader sees them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction as Rational


class Node:
    """A piece of notation."""


@dataclass(frozen=True)
class Number(Node):
    """A number ≥ 0."""

    value: Rational


@dataclass(frozen=True)
class Name(Node):
    """z, z_k, W_{n,k}, p(i; θ), C(y): a name, its subscripts and its arguments, in groups that `;` separates."""

    name: str
    indices: tuple[Node, ...] = ()
    arguments: tuple[tuple[Node, ...], ...] = ()
    primes: int = 0


@dataclass(frozen=True)
class Sum(Node):
    """a + b − c: (sign, term) pairs; a single negative term is a unary minus."""

    terms: tuple[tuple[int, Node], ...]


@dataclass(frozen=True)
class Product(Node):
    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Quotient(Node):
    numerator: Node
    denominator: Node


@dataclass(frozen=True)
class Power(Node):
    base: Node
    exponent: Node


@dataclass(frozen=True)
class Call(Node):
    """exp, log, max or sqrt of its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Delta(Node):
    first: Node
    second: Node


@dataclass(frozen=True)
class Big(Node):
    """Σ, ∏ or max over variable = low..high; `whole`: low is 1 and high a symbol, so that text may leave them out."""

    kind: str
    variable: str
    low: Node
    high: Node
    body: Node
    whole: bool


@dataclass(frozen=True)
class Derivative(Node):
    """∂body/∂variables, or d if total; `at` is (variable, point) where the point is not simply the variable."""

    body: Node
    variables: tuple[Node, ...]
    at: tuple[Node, Node] | None = None
    total: bool = False


@dataclass(frozen=True)
class Maps(Node):
    """variable ↦ body"""

    variable: str
    body: Node


@dataclass(frozen=True)
class Range(Node):
    low: Node
    high: Node


@dataclass(frozen=True)
class Relation(Node):
    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Tuple(Node):
    """Several things of one kind: i, m."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class And(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class If(Node):
    condition: Node
    conclusion: Node


@dataclass(frozen=True)
class ForAll(Node):
    """body for all binders; a binder is a membership (k ∈ 1..K), or a word and a name ("real x")."""

    binders: tuple[Node, ...]
    body: Node


@dataclass(frozen=True)
class Phrase(Node):
    """Words with formulas between them."""

    parts: tuple[str | Node, ...]


@dataclass(frozen=True)
class Extremum(Node):
    """argmax or argmin of body over the variable, under a condition or none."""

    kind: str
    variable: str
    condition: Node | None
    body: Node
