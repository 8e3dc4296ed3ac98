"""Values at a point: simple ones first, then random ones."""

from __future__ import annotations

import itertools
import random
from functools import cached_property
from typing import Any

from flint import fmpq

from symnll.small.graph import Key, Node, Unknown
from symnll.small.writer import Tag


class Point:
    """Values for every variable, drawn from a seed.

    Level 0: zeros, or ones where zero is not allowed; 1: simple and distinct; 2: small integers; 3: small rationals;
    4: rising with the index, from −1 on. Later attempts at level 0 put 1/2, 1/3, 1/10 in place of 0 and 1; at other
    levels they draw at random, from smaller and smaller values. `bounds` has intervals that hypotheses demand.
    """

    def __init__(self, seed: str, level: int, attempt: int) -> None:
        self.attempt = attempt
        self.level = level if attempt == 0 or (level == 0 and attempt < 4) else 2 + (level + attempt) % 2
        self.bounds: dict[Node, tuple[Any, Any]] = {}
        self._seed = f"{seed}/{attempt}"
        self._drawn: dict[Any, Any] = {}
        self._parity: dict[Any, int] = {}

    @cached_property
    def _random(self) -> random.Random:
        return random.Random(self._seed)

    def value(self, variable: Node) -> Any:
        """The value of a variable node."""
        found = self._drawn.get(variable)
        if found is None:
            key, kind = variable.data
            found = self._share(key) if kind == "simplex" else self._draw(key, kind)
            if variable in self.bounds:
                found = self._between(found, *self.bounds[variable])
            self._drawn[variable] = found
        return found

    def _between(self, value: Any, low: Any, high: Any) -> Any:
        """The value, or one strictly between the bounds, of which one may be None."""
        if (low is None or low < value) and (high is None or value < high):
            return value
        if low is not None and high is not None:
            share = fmpq(1, 2) if self.level == 0 else fmpq(self._random.randint(1, 6), 7)
            return low + (high - low) * share
        step = abs(value) or fmpq(1)
        return low + step if high is None else high - step

    def set(self, variable: Node, value: Any) -> None:
        self._drawn[variable] = value

    def _share(self, key: Key) -> Any:
        """The entry of a simplex vector: a weight over the sum of its row."""
        *front, last = key.place
        row = (key[:2], *front)
        if row not in self._drawn:
            weights = [self._draw(key._replace(place=(*front, k)), "positive") for k in range(1, key.row + 1)]
            self._drawn[row] = [w / sum(weights) for w in weights]
        return self._drawn[row][last - 1]

    def _draw(self, key: Key, kind: str) -> Any:
        counted = kind in ("natural", "binary")
        if self.level == 0:
            return fmpq(int(kind == "positive" or (self.attempt > 0 and not counted)), (1, 2, 3, 10)[self.attempt])
        simple = self.level in (1, 4)
        value = self._distinct_value(key, kind) if simple else self._random_value(kind)
        return value if counted else value / (1, 2, 3, 5)[self.attempt % 4]

    def _distinct_value(self, key: Key, kind: str) -> Any:
        place = abs(sum(p.number if isinstance(p, Tag) else p - 1 for p in key.place))
        place ^= self._parity.setdefault(key[:2], len(self._parity) % 2)
        if kind in ("real", "binary") and self.level == 1:
            return fmpq(int(place == 0))
        if kind == "binary":
            return fmpq(place % 2)
        if kind == "real":
            return fmpq(place - 1)
        return fmpq(place + 1 if kind == "positive" else place)

    def _random_value(self, kind: str) -> Any:
        rng = self._random
        if kind == "binary":
            return fmpq(rng.randrange(2))
        if kind == "natural":
            return fmpq(rng.randrange(4))
        top = rng.randint(0 if kind == "nonnegative" else 1, 7 if self.level == 3 else 3)
        value = fmpq(top, rng.randint(1, 7) if self.level == 3 else 1)
        return -value if kind == "real" and rng.random() < 0.5 else value

    def label(self, place: int, classes: int) -> int:
        """A label in 1..classes."""
        if self.level == 0:
            return 1
        return place % classes + 1 if self.level in (1, 4) else self._random.randint(1, classes)

    def polynomial(self, function: Unknown) -> dict[tuple[int, ...], Any]:
        """A polynomial that stands for an unknown smooth function; positive everywhere if it has to be."""
        if function not in self._drawn:
            arity, positive = function.arity, function.kind != "real"
            powers = (2, 4) if positive else (1, 2, 3, 5)
            monomials = [tuple(p * (j == k) for j in range(arity)) for k in range(arity) for p in powers]
            if not positive:
                pairs = itertools.combinations(range(arity), 2)
                monomials += [tuple(int(j in pair) for j in range(arity)) for pair in pairs]
            found = {m: self._random_value("positive" if positive else "real") for m in monomials}
            found[(0,) * arity] = fmpq(self._random.randint(1, 3))
            if arity > 2 and not positive:
                found[(1,) * arity] = fmpq(1)
            self._drawn[function] = found
        return self._drawn[function]
