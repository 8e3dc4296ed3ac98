"""Edits of factors: one too many, one too few, another in its place; numbers and sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product as cartesian
from typing import Any

from symnll.check.edits import FACTORS, ONE, SLOTS, Atom, Edit, Step, bracket, head_name, product, replaced, substituted
from symnll.check.places import WORDS, Place
from symnll.check.written import braced, shortened
from symnll.meaning.derivatives import is_derivative
from symnll.meaning.functions import FUNCTIONS
from symnll.meaning.trees import argument_parts, head_of, script_parts, spelled
from symnll.read import syntax as S

MOST = 10  # factors to try at one place


def dropped(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """A product without one of its factors."""
    node = place.node
    if not isinstance(node, S.Product):
        return
    items = node.items
    for p in step.places[side]:
        if p.role not in ("factor", "function") or p.depth != place.depth + 1:
            continue
        k = next((k for k, i in enumerate(items) if i is p.node), None)
        if k is None or (p.role == "function" and p.following is None):
            continue
        first, last = k, k + (2 if p.role == "function" else 1)
        if k and isinstance(items[k - 1], S.Times) and items[k - 1].kind != "/":
            first = k - 1
        elif not k and last < len(items) and isinstance(items[last], S.Times) and items[last].kind != "/":
            last += 1
        if first and isinstance(items[first - 1], S.Times) and items[first - 1].kind == "/":
            first -= 1
        rest = items[:first] + items[last:]
        if not rest or all(isinstance(i, S.Times) for i in rest) or isinstance(rest[0], S.Times):
            continue
        start, end = step.written.extent(items[first])[0], step.written.extent(items[last - 1])[1]
        factor = S.Product(items[k].start, items[last - 1].end, items[k:last]) if p.role == "function" else items[k]
        words = f"without the factor `{shortened(step.of(factor), 80)}`"
        yield Edit(side, place.put(product(*rest)), words, 1.1 + 0.03 * place.depth, ((start, end, ""),))


def _fraction(top: Any, bottom: Any) -> S.Frac:
    return S.Frac(bottom.start, bottom.end, top, bottom)


def _known(step: Step, side: int, place: Place) -> list[tuple[float, Atom]]:
    """What may be missing at a place: sizes, 2, factors of the other side, with the letters of this place."""
    found: dict[Any, tuple[float, Atom]] = {}

    def offer(cost: float, node: Any, text: str, letters: frozenset[str] = frozenset()) -> None:
        if letters <= step.free | place.bound | set(step.scope.sizes):
            found.setdefault(node, (cost, Atom(node, text, letters)))

    deep = 0.0 if place.depth <= 1 else 0.5
    for name in step.scope.sizes:
        size = S.Name(0, 0, name)
        offer(1.5 + deep, _fraction(ONE, size), rf"\frac{{1}}{{{name}}}")
        offer(1.5 + deep, size, name)
    two = S.Num(0, 0, Fraction(2))
    offer(1.6 + deep, two, "2")
    offer(1.6 + deep, _fraction(ONE, two), r"\frac{1}{2}")
    mine = {a.node for a in step.atoms[side]}
    names = {head_name(a.node) for a in step.atoms[side]}
    for atom in step.atoms[1 - side]:
        if not isinstance(atom.node, S.Product) and head_name(atom.node) in ("", *FUNCTIONS):
            continue
        new = atom.node not in mine
        cost = 1.4 if new and head_name(atom.node) not in names else 1.7 if new else 2.6
        offer(cost, atom.node, atom.text, atom.letters)
        for other in _relettered(step, atom, place):
            offer(cost + 0.3, other.node, other.text, other.letters)
        if head_name(atom.node) != "e":
            offer(cost + 0.5, _fraction(ONE, atom.node), rf"\frac{{1}}{{{atom.text}}}", atom.letters)
    for atom in step.atoms[side]:
        if head_name(atom.node) not in FUNCTIONS:
            offer(2.6, atom.node, atom.text, atom.letters)
            if isinstance(atom.node, S.Name | S.Atom) and head_name(atom.node) not in ("", "e"):
                rest = bracket(S.Sum(0, 0, (("+", ONE), ("-", atom.node))))
                offer(2.5, rest, f"(1 - {atom.text})", atom.letters)
                offer(2.9, product(S.Name(0, 0, "log"), atom.node), rf"\log {atom.text}", atom.letters)
    for (name, count), q in step.scope.quantities.items():
        if q.inferred or not name.replace("\\", "").isalpha() or q.kind == "labels":
            continue
        if not count:
            scalar = S.Name(0, 0, name)
            offer(2.4, scalar, name)
            offer(2.5, _fraction(ONE, scalar), rf"\frac{{1}}{{{name}}}")
        elif count == 1:
            for letter in step.at(place):
                if step.scope.ranges.get(letter) == q.axes[0]:
                    node = S.Atom(0, 0, S.Name(0, 0, name), (S.Name(0, 0, letter),))
                    offer(2.0 if q.kind == "onehot" else 2.7, node, f"{name}_{letter}", frozenset({letter}))
    for delta in deltas(step, place):
        offer(1.2 if step.diagonal else 2.2, delta.node, delta.text, delta.letters)
    return sorted(found.values(), key=lambda f: f[0])


def _relettered(step: Step, atom: Atom, place: Place) -> Iterator[Atom]:
    """The same with another letter that is known at this place."""
    ranges = step.scope.ranges
    for old in sorted(atom.letters & set(ranges)):
        for new in step.at(place):
            if new not in atom.letters and ranges.get(new) == ranges[old]:
                node = substituted(atom.node, {old: new})
                text = _spelled(node)
                if text:
                    yield Atom(node, text, atom.letters - {old} | {new})


def _spelled(node: Any) -> str:
    """The LaTeX of a small tree that stands nowhere."""
    if isinstance(node, S.Name):
        return "\\" + node.text if node.text in FUNCTIONS else node.text
    if isinstance(node, S.Num):
        return str(node.value)
    if isinstance(node, S.Atom):
        subs = "".join(f"_{braced(_spelled(s))}" for s in node.subs)
        return _spelled(node.base) + subs + "".join(f"^{braced(_spelled(s))}" for s in node.sups)
    if isinstance(node, S.Product):
        return " ".join(_spelled(i) for i in node.items)
    inner = S.unwrap(node)
    return _spelled(inner) if inner is not node else ""


def deltas(step: Step, place: Place) -> list[Atom]:
    """δ_{ij} for the letters that are known at a place."""
    if step.scope.known(r"\delta"):
        return []
    ranges = step.scope.ranges
    found = []
    visible = list(dict.fromkeys((*step.at(place), *(x for x in step.diagonal if x in ranges))))
    labels = [
        Atom(S.Atom(0, 0, S.Name(0, 0, name), (S.Name(0, 0, x),)), f"{name}_{x}", frozenset({x}))
        for (name, count), q in step.scope.quantities.items() if count == 1 and q.kind == "labels"
        for x in visible if ranges.get(x) == q.axes[0]
    ]  # fmt: skip
    scalars = [n for (n, count), q in step.scope.quantities.items() if not count and q.kind == "natural"]
    ends = [Atom(S.Name(0, 0, x), x, frozenset({x})) for x in (*visible, *scalars)]
    for n, a in enumerate(ends):
        for b in (*ends[n + 1 :], *labels):
            if a.text in scalars or (b.text in ranges and ranges.get(a.text) != ranges[b.text]):
                continue
            inner = S.Product(0, 0, (a.node, b.node))
            node = S.Atom(0, 0, S.Name(0, 0, r"\delta"), (S.Bracket(0, 0, "{", S.List(0, 0, (inner,))),))
            letters = a.letters | b.letters
            found.append(Atom(node, rf"\delta_{{{a.text} {b.text}}}", letters & set(ranges)))
    return found


def added(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """A product with one more factor."""
    node = place.node
    if place.role not in SLOTS or place.role in ("base", "argument") or isinstance(node, S.List):
        return
    known = _known(step, side, place)
    if isinstance(node, S.Sum):
        if place.role not in ("whole", "above", "below", "power"):
            return
        for cost, atom in known[:MOST]:
            tree = product(atom.node, bracket(node))
            text = rf"{atom.text} \left( {step.of(node)} \right)"
            words = f"with the factor `{atom.text}` before `\\left( {shortened(step.of(node))} \\right)`"
            yield replaced(step, side, place, tree, text, cost + 0.1, words)
        return
    items = node.items if isinstance(node, S.Product) else (node,)
    starts = [0, *(k for k in range(1, len(items)) if head_name(items[k - 1]) in (r"\sum", r"\prod"))]
    for k in starts:
        here = _inside(step, side, node, k) if k else place
        for cost, atom in (_known(step, side, here) if k else known)[: MOST + 6]:
            if isinstance(items[k], S.Num) and not atom.letters and head_name(atom.node) == "":
                continue  # a number before a number
            if isinstance(items[0], S.Num) and items[0].value == 1 and len(items) == 1:
                continue  # 1 in place of something, which is another edit
            tree = product(*items[:k], atom.node, *items[k:])
            at = step.written.extent(items[k])[0]
            rest = step.of(S.Product(items[k].start, items[-1].end, items[k:]))
            words = f"with the factor `{atom.text}` before `{shortened(rest)}`"
            bare = place.role in ("power", "above", "below") and len(items) == 1
            splices = ((at, at, f"{atom.text} "),)
            edit = Edit(side, place.put(tree), words, cost + 0.05 * place.depth, splices)
            if bare:
                edit = replaced(step, side, place, tree, f"{atom.text} {step.of(node)}", edit.cost, words)
            yield replace(edit, letters=(atom.letters - here.bound) & set(step.scope.ranges))


def _inside(step: Step, side: int, node: Any, k: int) -> Place:
    """The place of an item of a product, with what is bound there."""
    return next((p for p in step.places[side] if p.node is node.items[k]), Place(node, "factor", lambda n: n))


def exchanged(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """A name in place of another of the same shape; one factor for another; a factor below for one above."""
    node = place.node
    if place.role not in (*FACTORS, "function") or not isinstance(node, S.Name | S.Atom):
        return
    name = head_name(node)
    if not name or name in (*WORDS, "e"):
        return
    base = node.base if isinstance(node, S.Atom) else node
    here, other = ({head_name(a.node) for a in step.atoms[n]} for n in (side, 1 - side))
    shape = len(_parts(node))
    if place.role == "function" and isinstance(head_of(place.following), S.Bracket):
        shape += len(argument_parts(head_of(place.following).inside))
    for names, cost in ((other, 1.4), (here, 1.6), ({n for n, count in step.scope.quantities if count}, 2.2)):
        for new in sorted(names - {name, "", "e"}):
            if shape in step.scope.arity(new) and new.replace("\\", "").replace("{", "").replace("}", "").isalpha():
                put = replace(base, text=new)
                tree = replace(node, base=put) if isinstance(node, S.Atom) else put
                start, end = step.written.extent(base)
                old = step.of(node)
                words = f"with `{new}{old[len(step.of(base)) :]}` in place of `{old}`"
                yield Edit(side, place.put(tree), words, cost + 0.03 * place.depth, ((start, end, new),))
    if place.role == "function":
        return
    labelled = isinstance(node, S.Atom) and not any(
        isinstance(x, S.Name) and x.text in step.scope.ranges for x in _parts(node)
    )
    for n, cost in ((side, 1.2), (1 - side, 1.3)):  # m_A for m_B
        for atom in step.atoms[n]:
            label = labelled and head_name(atom.node) == name and isinstance(atom.node, S.Atom)
            if atom.node in (node, S.unwrap(step.sides[1 - side])) or not atom.letters <= step.free | place.bound:
                continue
            if label or n != side:
                yield replaced(step, side, place, atom.node, atom.text, cost if label else 2.7)
    for key in _scalars(step) if labelled else ():
        known = step.read(key) if key.startswith(f"{name}_") and key != spelled(node) else None
        if known is not None:
            yield replaced(step, side, place, known, key, 1.6)
    text = step.of(node)
    for entry in _declared(step, place, node):
        yield replaced(step, side, place, entry.node, entry.text, 3.0)
        if place.role == "factor":
            less = bracket(S.Sum(node.start, node.end, (("+", node), ("-", entry.node))))
            yield replaced(step, side, place, less, f"({text} - {entry.text})", 2.8)
    if place.role == "factor":
        yield replaced(step, side, place, _fraction(ONE, node), rf"\frac{{1}}{{{text}}}", 2.4)
        for sign in "-+":
            more = bracket(S.Sum(node.start, node.end, (("+", node), (sign, ONE))))
            yield replaced(step, side, place, more, f"({text} {sign} 1)", 2.7)
        if isinstance(node, S.Atom) and node.subs:
            yield replaced(step, side, place, ONE, "1", 3.2)


def _scalars(step: Step) -> list[str]:
    """The names of scalars, with their labels."""
    scope = step.scope
    defined = (name for name, ds in scope.definitions.items() if not ds[0].indices)
    return sorted({*(name for name, count in scope.quantities if not count), *defined})


def _declared(step: Step, place: Place, node: Any) -> Iterator[Atom]:
    """Entries of declared quantities, at the letters that are known at a place."""
    scope = step.scope
    for (name, count), q in scope.quantities.items():
        if q.kind == "labels" or not 0 < count <= 2 or name == head_name(node) or not name.replace("\\", "").isalpha():
            continue
        fits = [[x for x in step.at(place) if scope.ranges.get(x) == axis] for axis in q.axes]
        for letters in cartesian(*fits):
            names = tuple(S.Name(0, 0, x) for x in letters)
            inner: Any = names[0] if count == 1 else S.Bracket(0, 0, "{", S.List(0, 0, (S.Product(0, 0, names),)))
            script = letters[0] if count == 1 else "{" + " ".join(letters) + "}"
            yield Atom(S.Atom(0, 0, S.Name(0, 0, name), (inner,)), f"{name}_{script}", frozenset(letters))


def _parts(node: Any) -> tuple[Any, ...]:
    return tuple(p for s in node.subs for p in script_parts(s)) if isinstance(node, S.Atom) else ()


def numbers(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """Another number; a number for a size, a size for another or for 1; 1 for δ or a label."""
    node = place.node
    if place.role not in FACTORS:
        return
    sizes = list(step.scope.sizes)
    if isinstance(node, S.Num):
        if node.value == 1:
            for delta in deltas(step, place):
                yield replaced(step, side, place, delta.node, delta.text, 0.3 if step.diagonal else 1.1)
            for (name, count), q in step.scope.quantities.items():
                for letter in step.at(place) if count == 1 and q.kind == "onehot" else ():
                    if step.scope.ranges.get(letter) == q.axes[0]:
                        y = S.Atom(node.start, node.end, S.Name(node.start, node.end, name), (S.Name(0, 0, letter),))
                        yield replaced(step, side, place, y, f"{name}_{letter}", 1.0)
        for n in (node.value + 1, node.value - 1, 2 * node.value, node.value / 2):
            alone = n > 1 or place.role == "whole" or (n and place.role in ("term", "inside"))  # else it is left out
            if n >= 0 and n.denominator == 1 and n != node.value and alone:
                yield replaced(step, side, place, replace(node, value=n), str(n), 1.3)
        if node.value in (0, 1):
            for size in sizes:
                yield replaced(step, side, place, S.Name(node.start, node.end, size), size, 1.5)
    elif isinstance(node, S.Name) and node.text in sizes:
        for size in sizes:
            if size != node.text:
                yield replaced(step, side, place, replace(node, text=size), size, 1.3)
        yield replaced(step, side, place, ONE, "1", 1.6)
        for sign in "-+":
            new = S.Sum(node.start, node.end, (("+", node), (sign, ONE)))
            plain = place.role in ("whole", "above", "below", "power", "inside")
            text = f"{step.of(node)} {sign} 1"
            yield replaced(step, side, place, new if plain else bracket(new), text if plain else f"({text})", 1.8)


def balanced(step: Step, side: int, place: Place) -> Iterator[Edit]:
    """A factor that stands above a fraction's line, also below it, and the other way round."""
    node = place.node
    if not isinstance(node, S.Frac) or node.binomial or is_derivative(node):
        return
    for above in (True, False):
        holder, other = (S.unwrap(n) for n in ((node.top, node.bottom) if above else (node.bottom, node.top)))
        into = next((p for p in step.places[side] if p.node is other), None)
        for factor in holder.items if isinstance(holder, S.Product) else ():
            held = other.items if isinstance(other, S.Product) else (other,)
            if into is None or not isinstance(factor, S.Name | S.Atom) or factor in held or head_name(factor) in WORDS:
                continue
            whole = bracket(other) if isinstance(other, S.Sum) else other
            text = step.of(other)
            text = rf"\left( {text} \right)" if isinstance(other, S.Sum) else text
            words = f"with the factor `{step.of(factor)}` also {'below' if above else 'above'} the line"
            yield replaced(step, side, into, product(factor, whole), f"{step.of(factor)} {text}", 1.3, words)


SOURCES = (dropped, added, balanced, exchanged, numbers)
