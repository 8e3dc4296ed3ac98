"""Joint probabilities: p(x_1, …, x_n) = ∏_k p(x_k) and P(Y | X) = ∏_i P(y_i | x_i) define one function by another.

Both have the same letter, and their arguments tell them apart: all samples, or one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symnll.meaning.scope import Definition
from symnll.meaning.trees import argument_parts, children, head_of, is_dotted, names_in, spelled
from symnll.read import syntax as S

_SAMPLES = {"D", "S", "X"}  # all that was seen


def of_list(d: Definition) -> bool:
    """Whether d defines a function of a list with dots, such as p(x_1, …, x_n), which says nothing of p(x_k)."""
    return any(map(is_dotted, d.arguments or ()))


def joint(d: Definition) -> bool:
    """Whether d says that the joint probability of all samples is the product of those of single ones."""
    whole = {spelled(a) for a in d.arguments or () if is_dotted(a) or _of_all(a)}
    if not whole or not _is_product(d.body):
        return False
    brackets = list(calls(d.body, d.head.partition("_")[0]))
    parts = [argument_parts(b.inside) if b is not None else [] for b in brackets]
    single = all(p and not any(map(is_dotted, p)) and not whole <= set(map(spelled, p)) for p in parts)
    return bool(parts) and single and _of_what_it_says(d)


def _of_what_it_says(d: Definition) -> bool:
    """Whether the product is over what the arguments hold: not ∏ p(x_k) for p(y_1, …, y_n), or k up to n for n − 1."""
    spoken = names_in(d.body)
    for a in d.arguments or ():
        letter = spelled(head_of(a.pieces[0])) if is_dotted(a) else spelled(S.unwrap(a))
        if not {letter, letter.lower()} & spoken and not (_of_all(a) and (letter in _SAMPLES or len(letter) > 1)):
            return False
        if is_dotted(a) and not _fits(a, S.unwrap(d.body).items[0]):
            return False
    return True


def _fits(argument: Any, product: Any) -> bool:
    """Whether a list x_1, …, x_n begins and ends where a product does, as far as that says so."""
    ends = [spelled(S.unwrap(s)) for p in (argument.pieces[0], argument.pieces[-1]) for s in getattr(p, "subs", ())]
    scripts = (*product.subs, *product.sups) if isinstance(product, S.Atom) else ()
    over = [spelled(S.unwrap(s)).replace(" ", "") for s in scripts]
    if len(ends) != 2 or len(over) != 2 or "=" not in over[0]:
        return len(ends) != 2 or ends[0] in ("0", "1")
    return [over[0].partition("=")[2], over[1]] == ends


def _of_all(argument: Any) -> bool:
    """Whether an argument is a letter for all samples: X, 𝐲, 𝒟."""
    node = S.unwrap(argument)
    return isinstance(node, S.Name) and (node.bold or node.text.isupper() or node.text.startswith(r"\mathcal"))


def _is_product(node: Any) -> bool:
    """Whether a side is a product, by ∏ or with dots."""
    node = S.unwrap(node)
    items = node.items if isinstance(node, S.Product) else ()
    return bool(items) and (spelled(head_of(items[0])) == r"\prod" or any(isinstance(i, S.Dots) for i in items))


def calls(node: Any, name: str) -> Iterator[Any]:
    """The bracket after each place where a name stands, or None."""
    parts = children(node)
    for part, after in zip(parts, [*parts[1:], None], strict=False):
        if isinstance(head_of(part), S.Name) and head_of(part).text == name:
            powered = isinstance(after, S.Atom) and after.sups  # ∏ p(x_k)² is no joint probability
            bracket = head_of(after) if isinstance(node, S.Product) and not powered else None
            yield bracket if isinstance(bracket, S.Bracket) else None
        else:
            yield from calls(part, name)
