"""Costs that a page does not define: what it says in words is minimised, or what it requires of their derivatives.

Where a step holds for what a sentence names, it is proved, and the report says for what. It is never refuted so: the
sentence may speak of something else. What is required of ∂C/∂z_m for all m says what C is, up to a constant, if there
is a C with these derivatives, that is if ∂²C/∂z_j∂z_m is the same in either order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from symnll.check.cost_words import is_another, names_a_cost, requires
from symnll.check.decide import Decision
from symnll.check.defining import HEADING
from symnll.check.edits import substituted
from symnll.check.step import Meant, meaning
from symnll.meaning.axes import bound_letters
from symnll.meaning.derivatives import is_derivative, sign_of
from symnll.meaning.formulas import tokens_of
from symnll.meaning.known import reach
from symnll.meaning.scope import Definition, Scope, pretty
from symnll.meaning.trees import children, names_in, product_parts
from symnll.read import syntax as S
from symnll.read.documents import Display, Inline
from symnll.read.tokens import Unreadable

COSTS = {"C", "E", "J", "L", r"\ell", r"\mathcal{C}", r"\mathcal{E}", r"\mathcal{J}", r"\mathcal{L}", "loss", "cost"}
TARGETS = {"targ", "target", "targets", "tgt", "onehot"}  # names of vectors that are 1 at one place, and 0 elsewhere
Judge = Callable[[Meant], Decision]
Reads = Callable[[tuple[Any, Any]], Meant]  # of both sides of a step


@dataclass(frozen=True)
class Named:
    """An expression that a sentence names as what is minimised, or as the cost, and where it does."""

    at: int
    section: int
    body: Any
    source: str


@dataclass(frozen=True)
class Required:
    """∂C/∂variable = slope, for every index of the variable."""

    variable: Any
    slope: Any
    section: int
    known: tuple[Any, ...] = ()  # what the names in the slope were then

    @property
    def letter(self) -> str:
        """The index of the variable, or ""."""
        return self.variable.subs[0].text if isinstance(self.variable, S.Atom) else ""

    def at(self, letter: str) -> Required:
        """The same with another index."""
        if not self.letter or letter == self.letter:
            return self
        names = {self.letter: letter}
        return replace(self, variable=substituted(self.variable, names), slope=substituted(self.slope, names))


@dataclass
class Costs:
    """What a stretch of a page says of costs. `requires`: whether the sentence before this display does."""

    named: Named | None = None
    required: dict[str, Required] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)  # costs of which different things are required
    requires: bool = False
    section: int = 0  # of this display
    others: set[str] = field(default_factory=set)  # names of which sentences say that they are something else

    @property
    def said(self) -> str:
        """What the page says of costs, as text."""
        return f"costs {self.named.source if self.named else ''} {sorted(self.others)}"

    def reach(self, item: Display, section: int) -> None:
        """Go on to a display."""
        self.requires, self.section = requires(item.sentence), section

    def bound(self, name: str) -> bool:
        """Whether something is required of a name in this section, so that an equation does not define it."""
        return name in self.required and self.required[name].section == self.section

    def spoken(self, scope: Scope, sides: Sequence[Any]) -> str:
        """The cost in these trees of which something is said in words, and nothing else; or ""."""
        found = {n for n in names_in(sides[0]) | names_in(sides[1]) if self.bound(n) and _undefined(scope, n)}
        if self.named is not None and (one := _unknown_cost(scope)) in names_in(sides[0]) | names_in(sides[1]):
            found.add(one)
        found -= self.others
        return found.pop() if len(found) == 1 else ""


def said_of_costs(scope: Scope, items: Sequence[Any], macros: Mapping[str, Any]) -> Costs:
    """What the sentences around these formulas say of costs."""
    return Costs(minimised(scope, items, macros), others=others(items))


def others(items: Sequence[Any]) -> set[str]:
    """The letters of which sentences say that they are no costs: `the likelihood $L$`."""
    found = set()
    for item in items:
        if isinstance(item, Inline) and item.body.text.strip() in COSTS:
            if is_another(item.sentence):
                found.add(item.body.text.strip())
    return found


def minimised(scope: Scope, items: Sequence[Any], macros: Mapping[str, Any]) -> Named | None:
    """The one expression that sentences name as what is minimised: `we wish to minimise $-\\log p_T$`; or None."""
    found: list[Named] = []
    section = 0
    for item in items:
        if not isinstance(item, Display | Inline):
            continue
        section += bool(HEADING.search(item.sentence.gap))
        inline = isinstance(item, Inline) or item.environment == "inline"
        if inline and names_a_cost(item.sentence):
            try:
                body = S.parse(tokens_of(scope, item.body.text, macros, item.body.at)).only
            except Unreadable:
                return None
            if body is not None and not isinstance(S.unwrap(body), S.Name):
                found.append(Named(item.body.at(0), section, body, item.body.text.strip()))
    same = bool(found) and all(f.body == found[0].body and f.section == found[0].section for f in found)
    return found[0] if same else None


def require(costs: Costs, scope: Scope, sides: tuple[Any, Any], reads: Reads, judged: Judge) -> tuple[str, str] | None:
    """The verdict on what a sentence requires of a cost, and its reason; None where it is no such requirement."""
    split = _slope_of(sides[0])
    if split is None or not _undefined(scope, split[0]) or split[0] in reach(scope, sides[1]):
        return None
    if split[0] in costs.others or not names_in(sides[1]):
        return None
    name, variable = split
    new = Required(variable, sides[1], costs.section, _definitions(scope, sides[1]))
    old = costs.required.get(name)
    if new.letter and new.letter not in scope.ranges:
        return None
    if name in costs.dropped or (old is not None and not _same(scope, old, new, judged)):
        costs.required.pop(name, None)
        costs.dropped.add(name)
        return "unknown", f"Different derivatives are required of {pretty(name)}."
    if not _integrable(scope, new, judged):
        return "unknown", f"That there is a {pretty(name)} with these derivatives is not shown."
    if costs.named is not None and costs.named.section == costs.section and name == _unknown_cost(scope):
        if _by_name(costs.named, name, scope, sides, reads, judged) is None:
            costs.named = None
            costs.dropped.add(name)
            return "unknown", f"{pretty(name)} may be what is minimised, and this is not shown of it."
    costs.required[name] = new
    return "definition", ""


def supposed(
    costs: Costs, name: str, scope: Scope, sides: tuple[Any, Any], at: int, reads: Reads, judged: Judge
) -> tuple[Meant, Decision] | None:
    """A proof of a step for what is said of a cost in words; or None. `at`: where it stands."""
    named = costs.named
    if named is not None and named.section == costs.section and named.at < at and name == _unknown_cost(scope):
        found = _by_name(named, name, scope, sides, reads, judged)
        if found is not None:
            return found
    required = costs.required.get(name)
    if required is None or required.section != costs.section or required.known != _definitions(scope, required.slope):
        return None
    return _by_requirement(required, name, scope, sides, reads, judged)


def _by_name(
    named: Named, name: str, scope: Scope, sides: tuple[Any, Any], reads: Reads, judged: Judge
) -> tuple[Meant, Decision] | None:
    if name in reach(scope, named.body):
        return None
    with scope.saved():
        _define(scope, name, named.body, named.source)
        _targets(scope, sides, named.body)
        notes = [f"{pretty(name)} is taken for what is minimised: {named.source}"]
        return _proved(reads, sides, notes, judged)


def _by_requirement(
    required: Required, name: str, scope: Scope, sides: tuple[Any, Any], reads: Reads, judged: Judge
) -> tuple[Meant, Decision] | None:
    bound = bound_letters(sides[0]) | bound_letters(sides[1])
    if bound & (names_in(required.slope) - {required.letter}):
        return None
    opened = tuple(_opened(s, name, required) for s in sides)
    if all(name in names_in(s) for s in opened):
        return None  # C = C + 1, which is not so, but up to a constant
    for letter in _letters(scope, required, opened):
        with scope.saved():
            one = required.at(letter)
            at = one.slope.start, one.slope.end
            inside = S.Bracket(*at, "(", S.List(*at, (one.slope,)))
            whole = S.Product(*at, (S.Name(*at, r"\int"), inside, S.Name(*at, "d"), one.variable))
            _define(scope, name, whole, f"{pretty(name)} as is required")
            notes = [f"{pretty(name)} has the derivative that is required of it"]
            found = _proved(reads, (opened[0], opened[1]), notes, judged)
        if found is not None:
            return found
    return None


def _definitions(scope: Scope, node: Any) -> tuple[Any, ...]:
    """What the names in a tree are defined to be."""
    return tuple(d for n in sorted(reach(scope, node)) for d in scope.definitions.get(n, ()))


def _define(scope: Scope, name: str, body: Any, source: str) -> None:
    scope.quantities = {key: q for key, q in scope.quantities.items() if key[0] != name}
    scope.definitions[name] = [Definition(name, (), None, body, source)]
    scope.notes.pop(name, None)


def _proved(reads: Reads, sides: tuple[Any, Any], notes: list[str], judged: Judge) -> tuple[Meant, Decision] | None:
    try:
        meant = reads(sides)
    except Unreadable:
        return None
    decision = judged(meant)
    meant.notes.extend(notes)
    return (meant, decision) if decision.verdict == "proved" else None


def _targets(scope: Scope, sides: tuple[Any, Any], body: Any) -> None:
    """Take undeclared names that are words for a target for one-hot vectors, at the index that the cost selects."""
    letters = (names_in(body) & scope.ranges.keys()) - bound_letters(body)
    for name in sorted((names_in(sides[0]) | names_in(sides[1])) & TARGETS):
        q = scope.quantities.get((name, 1))
        if q is None or not q.inferred or name in scope.definitions or len(letters) > 1:
            continue
        letter = next(iter(letters), "")
        if letter and scope.ranges[letter] != q.axes[0]:
            continue
        scope.quantity(name, "onehot", q.axes, True, q.axes[0].place(scope.index(letter)) if letter else None)
        scope.notes[name] = f"{name} is 1 at {letter or 'one place'} and 0 elsewhere, by its name"


def _undefined(scope: Scope, name: str) -> bool:
    """Whether nothing says what a name is."""
    declared = any(q.name == name and not q.inferred for q in scope.quantities.values())
    return not (declared or name in scope.definitions or name in scope.functions or name in scope.sizes)


def _unknown_cost(scope: Scope) -> str:
    """The one name of a cost that is differentiated, and that nothing defines; or ""."""
    found = scope.sloped & COSTS
    return next(iter(found)) if len(found) == 1 and all(_undefined(scope, n) for n in found) else ""


def _slope_of(node: Any) -> tuple[str, Any] | None:
    """C and z_m of ∂C/∂z_m."""
    node = S.unwrap(node)
    if not isinstance(node, S.Frac) or node.binomial or not is_derivative(node):
        return None
    top, bottom = product_parts(node.top), product_parts(node.bottom)
    if len(top) != 2 or len(bottom) != 2 or not isinstance(top[1], S.Name) or sign_of(top[0])[1] != 1:
        return None
    variable = bottom[1]
    if isinstance(variable, S.Atom):
        plain = isinstance(variable.base, S.Name) and not (variable.sups or variable.primes or variable.bangs)
        if not plain or len(variable.subs) != 1 or not isinstance(S.unwrap(variable.subs[0]), S.Name):
            return None
        variable = replace(variable, subs=(S.unwrap(variable.subs[0]),))
    elif not isinstance(variable, S.Name):
        return None
    return top[1].text, variable


def _integrable(scope: Scope, required: Required, judged: Judge) -> bool:
    """Whether there is a function with these derivatives: they are smooth, and their own derivatives symmetric."""
    if not required.letter:
        return required.variable.text not in scope.ranges and _holds(scope, (required.slope, required.slope), judged)
    with scope.saved():
        other = required.letter + "'"
        while scope.known(other):
            other += "'"
        scope.ranges[other] = scope.ranges[required.letter]
        two = required.at(other)
        return _holds(scope, (_slope(required.slope, two.variable), _slope(two.slope, required.variable)), judged)


def _slope(node: Any, variable: Any) -> Any:
    at = node.start, node.end
    sign = S.Name(*at, r"\partial")
    inside = S.Bracket(*at, "(", S.List(*at, (node,)))
    return S.Frac(*at, S.Product(*at, (sign, inside)), S.Product(*at, (sign, variable)))


def _same(scope: Scope, old: Required, new: Required, judged: Judge) -> bool:
    if bool(old.letter) != bool(new.letter) or old.at(new.letter).variable != new.variable:
        return False
    other = old.at(new.letter)
    return bool(other.slope == new.slope) or _holds(scope, (other.slope, new.slope), judged)


def _holds(scope: Scope, sides: tuple[Any, Any], judged: Judge) -> bool:
    """Whether an equation is proved for all values."""
    with scope.saved():
        found = _proved(lambda s: meaning(scope, s, "="), sides, [], judged)
    return found is not None and not found[1].hypotheses


def _opened(node: Any, name: str, required: Required) -> Any:
    """A tree with what is required in place of ∂C/∂z_j."""
    if isinstance(node, tuple):
        return tuple(_opened(n, name, required) for n in node)
    split = _slope_of(node) if isinstance(node, S.Frac) else None
    if split is not None and split[0] == name:
        index = split[1].subs[0].text if isinstance(split[1], S.Atom) else ""
        one = (
            required.at(index) if index and required.letter and index not in bound_letters(required.slope) else required
        )
        if one.variable == split[1]:
            return S.Bracket(node.start, node.end, "(", S.List(node.start, node.end, (one.slope,)))
    if not isinstance(node, S.Node):
        return node
    parts = {
        f.name: _opened(getattr(node, f.name), name, required) for f in fields(node) if f.name not in ("start", "end")
    }
    return replace(node, **parts)


def _letters(scope: Scope, required: Required, sides: Sequence[Any]) -> list[str]:
    """The indices of the variable in these trees: C is the integral over one of them."""
    if not required.letter:
        return [""]
    found: dict[str, None] = {}
    todo = list(sides)
    while todo:
        node = todo.pop()
        if isinstance(node, S.Atom) and node.base == required.variable.base and len(node.subs) == 1:
            index = S.unwrap(node.subs[0])
            if isinstance(index, S.Name) and index.text in scope.ranges:
                found[index.text] = None
        todo += children(node)
    bound = {b for s in sides for b in bound_letters(s)}
    return [n for n in dict.fromkeys([*found, required.letter]) if n not in bound][:2]
