"""Names of several capitals without a command, as NL in NL(θ) = −Σ_i log p_i, where they are no product."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_NAME = re.compile(r"(?<![A-Za-z\\{_^])([A-Z]{2,4})(?=\s*(?:\\left\s*)?\()")
_HEAD = re.compile(r"\s*(?:&\s*)?([A-Z]{2,4})\s*(?:\\left\s*)?\(.*?=", re.DOTALL)


def words_in(formulas: Iterable[str]) -> set[str]:
    """The names of several capitals that begin an equation and stand before brackets only.

    One of the letters stands nowhere else on the page: then nothing says what it is by itself. N L(θ) is a product
    where N is how many samples there are.
    """
    texts = list(formulas)
    heads = {m[1] for t in texts if (m := _HEAD.match(t))}
    letters: Counter[str] = Counter(c for t in texts for c in t if c.isupper())
    inside: dict[str, Counter[str]] = {}
    for t in texts:
        for m in _NAME.finditer(t):
            inside.setdefault(m[1], Counter()).update(m[1])
    return {w for w in heads & inside.keys() if any(letters[c] == inside[w][c] for c in w)}
