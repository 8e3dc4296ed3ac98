"""Joint probabilities: p(x_1, …, x_n) = ∏_k p(x_k) and P(Y | X) = ∏_i P(y_i | x_i) define one function by another.

Both have the same letter, and their arguments tell them apart: all samples, or one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symnll.meaning.scope import Definition
from symnll.meaning.trees import argument_parts, children, head_of, is_dotted, spelled
from symnll.read import syntax as S


def of_list(d: Definition) -> bool:
    """Whether d defines a function of a list with dots, such as p(x_1, …, x_n), which says nothing of p(x_k)."""
    return any(map(is_dotted, d.arguments or ()))


def joint(d: Definition) -> bool:
    """Whether d says that the joint probability of all samples is the product of those of single ones."""
    whole = {spelled(a) for a in d.arguments or () if is_dotted(a) or _of_all(a)}
    if not whole or not _is_product(d.body):
        return False
    brackets = list(_calls(d.body, d.head.partition("_")[0]))
    parts = [argument_parts(b.inside) if b is not None else [] for b in brackets]
    return bool(parts) and all(p and not any(map(is_dotted, p)) and not whole <= set(map(spelled, p)) for p in parts)


def _of_all(argument: Any) -> bool:
    """Whether an argument is a letter for all samples: X, 𝐲, 𝒟."""
    node = S.unwrap(argument)
    return isinstance(node, S.Name) and (node.bold or node.text.isupper() or node.text.startswith(r"\mathcal"))


def _is_product(node: Any) -> bool:
    """Whether a side is a product, by ∏ or with dots."""
    node = S.unwrap(node)
    items = node.items if isinstance(node, S.Product) else ()
    return bool(items) and (spelled(head_of(items[0])) == r"\prod" or any(isinstance(i, S.Dots) for i in items))


def _calls(node: Any, name: str) -> Iterator[Any]:
    """The bracket after each place where a name stands, or None."""
    parts = children(node)
    for part, after in zip(parts, [*parts[1:], None], strict=False):
        if isinstance(head_of(part), S.Name) and head_of(part).text == name:
            bracket = head_of(after) if isinstance(node, S.Product) else None
            yield bracket if isinstance(bracket, S.Bracket) else None
        else:
            yield from _calls(part, name)
