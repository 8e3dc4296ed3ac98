"""A stretch of a document between two resets: what its names mean so far, and which equations introduce a name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Any

from symnll.check.costs import Costs
from symnll.check.differential import Operator
from symnll.check.entries import Entries, take, take_back
from symnll.check.leads import leads
from symnll.check.outcomes import agrees
from symnll.check.reading import ReadStep, lint
from symnll.check.spellings import MOMENTS, OPERATORS, STANDARD, usual
from symnll.check.step import EQUALITIES, judge, meaning
from symnll.meaning.define import FIXED, definition, is_number, record
from symnll.meaning.displays import lists_entries
from symnll.meaning.elaborate import Elaborator
from symnll.meaning.functions import FUNCTIONS
from symnll.meaning.joint import joint
from symnll.meaning.known import covers, declared, is_compound, is_letter, namesake, says_a_value, taken
from symnll.meaning.scope import Definition, Scope, pretty
from symnll.meaning.shape import totals
from symnll.meaning.standard import DELTAS, INDICATORS
from symnll.meaning.trees import head_of, names_in, spelled
from symnll.read import syntax as S
from symnll.read.shapes import bounds_a_letter, limits_an_argument
from symnll.read.source import Source
from symnll.read.tokens import NAMED, Token, Unreadable

TRANSPOSES = (r"\top", "T")
SENTENCE = -1  # in place of the number of the display that holds a definition


class Stretch:
    """The names of a stretch. `trail` is a digest of all that they depend on."""

    def __init__(self, source: Source, timeout: float, trail: str) -> None:
        self.source, self.timeout, self.trail = source, timeout, trail
        self.scope = Scope()
        self.confirmed: set[str] = set()  # standard names whose meaning the document has stated
        self.spoken: set[str] = set()  # the names in the displays so far
        self.earlier: set[str] = set()  # those in the displays before this one
        self.held: set[str] = set()  # those in the steps so far
        self.mentioned: set[str] = set()  # the names in the sentences so far
        self.unsure: dict[str, str] = {}  # names of which a sentence says what is not taken for a definition
        self.open: dict[str, tuple[Any, Any] | None] = {}  # what such a sentence says, where no word takes it back
        self.loose: dict[str, str] = {}  # names of which the page says what was not taken in, and what it says
        self.section, self.sections = 0, dict[int, int]()  # the number of this section, and of that of each display
        self.anew = False  # whether the sentence before this display may say anew what a name is
        self.twice: dict[str, str] = {}  # definitions whose names may have another meaning under another heading
        self.untaken: set[str] = set()  # declared names to which a sentence gives a meaning that is not taken in
        self.domains: dict[str, str] = {}  # definitions that are stated for some values only, and for which
        self.entries: Entries = {}  # the numbers that are given for entries: y_0 = 5
        self.example = True  # whether this display may give all entries of a vector
        self.odd: dict[str, str] = {}  # definitions with a sum that only counts, and what is odd in them
        self.claims = False  # in a sentence that defines nothing
        self.dependent = False  # whether the page says that samples are not independent, under this heading
        self.assumed = False  # in a display that its sentence assumes
        self.assumptions: set[str] = set()  # the functions of which such a display says what they are
        self.one_case = False  # whether the sentence before this display is about one case of several
        self.values: set[str] = set()  # the names of which such a display gives a value
        self.unreported: list[str] = []  # remarks on definitions in sentences, for the next step
        self.costs = Costs()  # what sentences say of costs that nothing defines
        self.operators: list[Operator] = []  # signs that sentences introduce for the derivative

    def note(self, what: str) -> None:
        """Add to all that the names depend on."""
        self.trail = hashlib.sha256(f"{self.trail}\0{what}".encode(errors="replace")).hexdigest()

    def define(self, left: Any, right: Any, source: str, display: int) -> bool:
        """Take left = right for a definition, where it can be one of a name without a meaning."""
        found = definition(self.scope, left, right, source, display)
        if found is None or taken(self.scope, found) or self._stated(found, left):
            return False
        if self.dependent and joint(found):
            return False
        if self._scripted(left, TRANSPOSES):  # W^⊤ is no new name, where W is spoken of
            return False
        if _solves(found, right) or self._of_itself(found, left, right):
            return False
        record(self.scope, found)
        self.unsure.pop(name_of(left), None)
        self.note(source)
        return True

    def _of_itself(self, found: Definition, left: Any, right: Any) -> bool:
        """Whether the right side speaks of what is defined, or of the same operator: E[fg] = E[f] E[g]."""
        operator = found.arguments is not None and name_of(left) in OPERATORS and name_of(left) in names_in(right)
        if joint(found) or totals(found):  # L = Σ_n L_n / N
            names = names_in(right) if totals(found) else names_in(right) - {found.head}
            others = (d for n in names for d in self.scope.definitions.get(n, ()))
            return any(leads(self.scope, d.body, found.head, set()) for d in others)
        return operator or leads(self.scope, right, found.head, set())

    def _stated(self, found: Definition, left: Any) -> bool:
        """Whether the document has said what this operator is, perhaps in another spelling; or E[2X] and the like."""
        if found.arguments is None:
            return False
        name = usual(found.head)
        others = [
            x for head, xs in self.scope.definitions.items() if head != found.head and usual(head) == name for x in xs
        ]
        if name in self.confirmed or any(covers(self.scope, x, replace(found, head=x.head)) for x in others):
            return True
        if name in STANDARD and not self.scope.known(found.head) and says_a_value(found):
            return True
        if name_of(left) not in MOMENTS:
            return False
        whole = found.head != name_of(left) and all(declared(self.scope, n) for n in names_in(left) - {name_of(left)})
        return whole or any(map(is_compound, found.arguments))  # E_p[f], where p and f are declared

    def say(self, left: Any, right: Any, source: str) -> bool:
        """Take an equation in a sentence for a definition; of what a display or a sentence defined, for a new one."""
        if self.define(left, right, source, SENTENCE):
            return True
        scope = self.scope
        found = definition(scope, left, right, source, SENTENCE)
        old = [x for x in scope.definitions.get(found.head, ()) if covers(scope, x, found)] if found is not None else []
        if found is None or not old or any(x.display == 0 for x in old) or self._of_itself(found, left, right):
            return False
        with scope.saved():
            if self._holds_of(left, right):
                return True
        others = [x for name, xs in scope.definitions.items() if name != found.head for x in xs]
        if any(leads(scope, x.body, found.head, set()) for x in others):
            scope.unclear[found.head] = (
                f"{pretty(found.head)} is defined twice, by {old[0].source} and by {source}, and other definitions "
                f"speak of it; give one of the two another name."
            )
        else:
            scope.definitions[found.head] = [x for x in scope.definitions[found.head] if x not in old]
            record(scope, found)
            self.unreported.append(
                f"From here on {pretty(found.head)} is defined by {source}, and before by {old[0].source}."
            )
        self.note(source)
        return True

    def doubt(self, name: str, source: str, sides: tuple[Any, Any] | None) -> None:
        """Note what a sentence says of a name without defining it; `sides`: of all that the name stands for."""
        if name not in self.unsure:
            self.unsure[name], self.open[name] = source, sides
            self.note(f"unsure {source} {sides is None}")

    def loosen(self, name: str, said: str) -> None:
        """Note that the page says of a name what was not taken in."""
        if name and name not in self.loose:
            self.loose[name] = said
            self.note(f"loose {name} {said}")

    def ignored(self, left: Any, right: Any, source: str) -> None:
        """Say that a sentence gives a declared name a meaning that is not taken in."""
        name = name_of(left)
        known = any(q.name == name and not q.inferred for q in self.scope.quantities.values())
        if known:
            with self.scope.saved():
                if self._holds_of(left, right):
                    return
            self.doubt(name, source, (left, right))
            self.untaken.add(name)
            message = f"{pretty(name)} is declared, so that {source} is not taken in; write `let {source}` instead."
            self.unreported.append(message)

    def otherwise(self, left: Any, right: Any, source: str) -> bool:
        """Whether an equation says of a function with a standard meaning what it is, and not what it usually is."""
        found, name = definition(self.scope, left, right, source), name_of(left)
        if found is None or name not in {*FUNCTIONS, r"\sigma"} or self.scope.known(name) or found.indices:
            return False
        spoken = names_in(right) - {*FUNCTIONS, "max", "min", "e"}
        if not found.parameters or not spoken or not spoken <= found.parameters:
            return False
        with self.scope.saved():
            return not self._holds_of(left, right)

    def _doubtful(self, side: Any, other: Any) -> bool:
        """Whether a sentence says something else of what an equation would define."""
        name = name_of(side)
        if name not in self.unsure:
            return False
        said, own = self.open[name], definition(self.scope, side, other, "")
        if said is None or (own is not None and says_a_value(own)):
            return True
        with self.scope.saved():
            found = definition(self.scope, *said, self.unsure[name])
            if found is None or taken(self.scope, found) or _solves(found, said[1]) or self._of_itself(found, *said):
                return True
            record(self.scope, found)
            return not self._holds_of(side, other)

    def introduces(self, display: int, step: ReadStep, named: bool) -> bool:
        """Whether this step introduces a name: a chain's first step, whose left side is a name not yet known.

        `named`: the step before it in the chain gave a new name to its left side: P(T) = y_T = ….
        """
        link, report = step.link, step.report
        if link.relation.text not in EQUALITIES or step.sides is None or self.claims:
            return False
        if self.costs.bound(bare_name(step.sides[0])):
            return False
        left, right = step.sides if step.body is None else (step.sides[0], step.body)
        if lists_entries(left, right):
            return True
        spoken = (names_in(left) | names_in(right)) - self.scope.ranges.keys()
        head = [*(link.lhs.tokens if link.lhs is not None else ()), link.relation]
        places = [(c, bounds_a_letter(c) or limits_an_argument(head, c)) for c in link.conditions]
        domain = {n: c for c, n in places if n in spoken - {name_of(left)} and not any(t.text == "=" for t in c)}
        if any(self._restricts(c) for c in link.conditions if c not in domain.values()):
            return False
        limited = frozenset(n for n, c in domain.items() if self._restricts(c))  # f(x) = …, x > 0
        source = f"{report.lhs} = {report.rhs}"
        if limited and self._in_pieces(left, right):
            return False
        entry = take(self.scope, left, right, self.section, self.entries)
        if entry is not None:
            self.loosen(name_of(left), source)
            self.note(f"entry {source} {self.section}")
            if not self.example:
                take_back(self.entries, {name_of(left)})
            return entry
        found = self._introduces(display, step, left, right, named)
        if found and limited:
            self.domains[source] = ", ".join("".join(t.text for t in c) for c in domain.values())
            for name, ds in self.scope.definitions.items():
                self.scope.definitions[name] = [replace(d, within=limited) if d.source == source else d for d in ds]
        return found

    def _in_pieces(self, left: Any, right: Any) -> bool:
        """Whether this is one more piece of a function that was said for some arguments only: nobody knows it now."""
        found = definition(self.scope, left, right, "")
        old = [d for d in self.scope.definitions.get(found.head, ()) if d.within] if found is not None else []
        if found is None or not old or self._holds_of(left, right):
            return False
        self.scope.unclear[found.head] = (
            f"{pretty(found.head)} is said in pieces, as {old[0].source} and otherwise; write it with cases."
        )
        self.note(f"pieces {found.head}")
        return True

    def _introduces(self, display: int, step: ReadStep, left: Any, right: Any, named: bool) -> bool:
        link, report = step.link, step.report
        if self._doubtful(left, right):
            return False
        if link.relation.text in (":=", "=:") and self.define(right, left, f"{report.rhs} = {report.lhs}", display):
            return True
        named = named and name_of(left) not in self.earlier and not isinstance(S.unwrap(right), (S.Name, S.Atom))
        called = named and (self._of_all(left, right) or self.calls_new(left))
        fresh = link.first or self._fresh(left, not named) or called
        forward = link.role == "where" or (fresh and not self._letters_apart(left, right))
        if link.relation.text == "=" and link.role != "where" and (bare_name(left), 0) in self.scope.quantities:
            forward = False  # spoken of before: a claim
        if forward and not agrees(self.scope, left, right, self._holds_of):
            return False
        if forward:
            found = definition(self.scope, left, right, "", display)
            other = None if found is None or taken(self.scope, found) else namesake(self.scope, found)
            if found is not None and other is not None and _repeats(found, other):
                return False
            if found is not None and other is not None and (totals(found) or totals(other)):
                other = None
            if other is not None and self._holds_of(left, right):
                return False
            if self.define(left, right, f"{report.lhs} = {report.rhs}", display):
                if other is not None:
                    message = (
                        f"{pretty(other.head)} is defined already, by {other.source}; here it is taken for another."
                    )
                    report.lints.append(lint(self.source, "two-meanings", message, left.start, left.end))
                return True
        # Σ_j e^{z_j} = Z; but \hat{λ} = λ says something of a λ that was there before.
        named = definition(self.scope, left, right, "", display) is not None
        backward = (
            not (self._doubtful(right, left) or names_in(left) & self.unsure.keys())
            and not self._scripted(right)  # a', where a is spoken of
            and self._fresh(right, named)
            and not self._fresh(left, False)
            and not (named and name_of(left) in self.held)
        )
        return backward and self.define(right, left, f"{report.rhs} = {report.lhs}", display)

    def _of_all(self, left: Any, right: Any) -> bool:
        """Whether p(x_1, …, x_n) = ∏_k p(x_k): in L = p(x_1, …, x_n) = ∏_k p(x_k) it says what both are."""
        found = definition(self.scope, left, right, "")
        return found is not None and joint(found) and found.head not in self.scope.definitions

    def is_new(self, sides: tuple[Any, Any]) -> bool:
        """Whether the left side of an equation is a name without a meaning, which the equation may give it."""
        found = definition(self.scope, *sides, "")
        return self._fresh(sides[0], False) and found is not None and not taken(self.scope, found)

    def understood(self, node: Any) -> bool:
        """Whether a side can be read."""
        with self.scope.saved():
            try:
                Elaborator(self.scope).value(node, {})
            except Unreadable:
                return False
        return True

    def calls_new(self, left: Any) -> bool:
        """Whether a side is a call of a name without a meaning: P(y = k | x) in p_k = P(y = k | x) = …."""
        node = S.unwrap(left)
        if not (isinstance(node, S.Product) and len(node.items) == 2 and isinstance(head_of(node.items[1]), S.Bracket)):
            return False
        name = name_of(left)
        special = (NAMED | FIXED | INDICATORS | DELTAS | STANDARD | MOMENTS | set(FUNCTIONS)) - {"Pr", r"\Pr"}
        return bool(name) and not (name in special or usual(name) in STANDARD or self.scope.known(name))

    def _scripted(self, side: Any, only: Container[str] = ()) -> bool:
        """Whether a side is a letter that the steps so far speak of, with primes or something above it."""
        node = S.unwrap(side)
        marks = [spelled(S.unwrap(s)) for s in node.sups] + ["'"] * node.primes if isinstance(node, S.Atom) else []
        return any(not only or m in only for m in marks) and name_of(side) in self.held

    def _letters_apart(self, left: Any, right: Any) -> bool:
        """Whether both sides are letters that were there before, and t = y is a claim: neither is defined, or one is
        an estimate of the other, as λ̂ is of λ.
        """
        names = [S.unwrap(s).text for s in (left, right) if isinstance(S.unwrap(s), S.Name)]
        if len(names) != 2 or not all(n in self.held for n in names):
            return False
        estimate = any(re.fullmatch(rf"\\[a-z]+\{{{re.escape(a)}\}}", b) for a, b in (names, names[::-1]))
        return estimate or all(n not in self.scope.definitions for n in names)

    def _restricts(self, condition: Sequence[Token]) -> bool:
        """Whether a condition leaves cases out, so that an equation under it defines nothing for all."""
        if not any(t.kind == "REL" for t in condition) or [t.text for t in condition[1:3]] == [r"\in", r"\mathbb{R}"]:
            return False
        r = self.scope.ranges.get(condition[0].text)
        end = "".join(t.text for t in condition[2:])
        ends = {r"\geq": r.lower, r"\leq": r.upper} if r is not None else {}
        return str(ends.get(condition[1].text)) != end

    def _fresh(self, side: Any, unheld: bool = True) -> bool:
        """Whether a side is a name without a meaning; `unheld`: and no step spoke of it so far."""
        node = S.unwrap(side)
        name = node.base if isinstance(node, S.Atom) else node
        special = NAMED | FIXED | INDICATORS | DELTAS | STANDARD
        if not isinstance(name, S.Name) or name.text in special or (unheld and name.text in self.held):
            return False
        return not self.scope.known(name.text)

    def _holds_of(self, left: Any, right: Any) -> bool:
        """Whether an equation is proved with the meanings that its names have already."""
        try:
            return judge(meaning(self.scope, (left, right), "="), self.timeout).verdict == "proved"
        except Unreadable:
            return False

    def confirm(self, sides: tuple[Any, Any]) -> None:
        """Note that the document has stated what the standard name on the left is."""
        found = definition(self.scope, *sides, "")
        self.confirmed.add(usual(found.head if found is not None else name_of(sides[0])))
        of_one = found is not None and not found.indices and len(found.parameters) == 1
        if found is not None and of_one and found.head in {*FUNCTIONS, r"\sigma"}:
            self.scope.stated.setdefault(found.head, found)
            self.note(f"stated {found.head} of {sorted(found.parameters)}")

    def general(self, sides: tuple[Any, Any]) -> bool:
        """Whether the left side is a name with letters as arguments, of which any value can be said: σ(x), not σ(0)."""
        found = definition(self.scope, *sides, "")
        if found is None or usual(found.head) in self.confirmed:
            return False
        return all(map(is_letter, found.arguments or ()))


def _solves(found: Definition, right: Any) -> bool:
    """Whether this is an equation for a name, x² = 4, and no definition of its power."""
    return "^" in found.head and not names_in(right)


def _repeats(found: Definition, entry: Definition) -> bool:
    """Whether this gives all entries one value, where one of them was defined before: w_t = 0 after w_0 = 0."""
    letters = {i for i in found.indices if isinstance(i, str)}
    return bool(letters) and entry.head.rpartition("_")[0] == found.head and not letters & names_in(found.body)


def bare_name(node: Any) -> str:
    """The name that a side is, or of which it is a power; or ""."""
    node = S.unwrap(node)
    if isinstance(node, S.Atom) and not node.subs and not node.primes and all(map(is_number, node.sups)):
        node = node.base
    return node.text if isinstance(node, S.Name) else ""


def name_of(node: Any) -> str:
    """The name at the head of a side, with or without scripts and arguments; or ""."""
    node = S.unwrap(node)
    first = node.items[0] if isinstance(node, S.Product) else node
    name = first.base if isinstance(first, S.Atom) else first
    return name.text if isinstance(name, S.Name) else ""
