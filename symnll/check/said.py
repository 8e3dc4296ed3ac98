"""What the equations in the sentences of a document define, and which names they leave unsure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from symnll.check.defining import (
    Clauses,
    at_place,
    holds_for_all,
    is_entry,
    is_entry_of,
    is_property,
    is_value,
    may_be,
    rest_of,
    restricts,
    whole_of,
)
from symnll.check.described import Described, otherwise
from symnll.check.differential import written
from symnll.check.functions import names_function
from symnll.check.onehots import one_hot
from symnll.check.sentences import DEFINES, cue_of, doubtful, independent, may_name
from symnll.check.step import EQUALITIES
from symnll.check.stretch import Stretch, name_of
from symnll.meaning.define import definition, split_relation
from symnll.meaning.displays import lists_entries
from symnll.meaning.joint import joint
from symnll.meaning.scope import Scope
from symnll.read import rows
from symnll.read import syntax as S
from symnll.read.documents import Display, Document, Inline
from symnll.read.prose import Sentence
from symnll.read.tokens import BIG, Token


class _Said(NamedTuple):
    """An equation in a sentence: its sides, the name that it may define, and the formulas that go on with it.

    `items`: those that speak of the same name. `first`: none before it does. `whole`: nothing says that it holds in
    some cases only. `clear`: it is in a clause that defines, and of all that the name stands for.
    """

    left: Any
    right: Any
    name: str
    rest: list[Any]
    items: list[Any]
    first: bool
    whole: bool
    clear: bool


class Sentences:
    """The part of a session that reads equations in sentences."""

    document: Document
    names: Stretch
    clauses: Clauses
    ahead: list[Any]  # the displays and sentences to come that may define
    described: list[Described]  # what sentences say of names with a standard meaning
    read: set[int]
    shown: int
    last: rows.Member | None

    @property
    def scope(self) -> Scope:
        return self.names.scope

    def _describe(self, item: Any) -> None:
        raise NotImplementedError

    def _infer(self, at: int) -> None:
        raise NotImplementedError

    def _links(self, tokens: list[Token], item: Display) -> tuple[list[rows.Link], rows.Member | None]:
        """The steps of a display and its last member, with derivatives for a sign that the page introduces for them."""
        links, last = rows.links(tokens, self._is_index)
        starts = [link.lhs or self.last for link in links if link.first or link is links[0]]
        read = written(self.names.operators, tokens, [m.tokens for m in starts if m is not None], item.start)
        if read.tokens is tokens:
            return links, last
        links, last = rows.links(read.tokens, self._is_index)
        for link in links:
            members = [m for m in (link.lhs, link.rhs) if m is not None and m.tokens]
            if any(m.start <= p < m.end for m in members for p in read.places):
                link.read_as, link.guessed = read.note, read.guessed
        return links, last

    def _equation(
        self, tokens: list[Token], item: Inline | Display, cue: str, following: Sequence[Any]
    ) -> _Said | None:
        """What a formula in a sentence says, if it is one equation. `cue`: the word by which its clause defines."""
        sides = split_relation(tokens)
        if sides is None or sides[1].text not in EQUALITIES or split_relation(sides[2]) is not None:
            return None
        s, left, right = item.sentence, S.parse(sides[0]), S.parse(sides[2])
        if isinstance(S.unwrap(right), S.Name) and definition(self.scope, left, right, "") is None:
            left, right = right, left  # let Σ_j e^{z_j} = S
        name, rest = name_of(left), rest_of(s, following)
        first = self.clauses.first_of(name)
        whole = first and not doubtful(whole_of(s, rest)) and not (self.clauses.example and is_value(right))
        whole = whole and holds_for_all(s, cue, right, rest, partial(restricts, self.scope, self.document.macros))
        items = [item, *(i for i in rest if i.body.text.strip().startswith(name))]
        if is_value(right) and is_entry_of(left):
            self._leave_out(items, name)  # y_c = 1 introduces no y
        found = definition(self.scope, left, right, "")
        clear = whole and bool(cue) and found is not None and not is_entry(self.scope, found, s)
        return _Said(left, right, name, rest, items, first, whole, clear)

    def _sentence(self, tokens: list[Token], item: Inline, cue: str, following: Sequence[Any]) -> None:
        """Take an equation in a sentence for a definition, where the sentence defines."""
        said = self._equation(tokens, item, cue, following)
        if said is None or lists_entries(said.left, said.right):
            return
        s, left, right, name, source = item.sentence, said.left, said.right, said.name, item.body.text.strip()
        used = self.names.spoken | (set() if cue == "let" else self.names.mentioned)  # the loss $L$. Let $L = …$
        fresh = name in self.scope.definitions or name not in used
        fresh_function = fresh and said.first and names_function(self.names, left, right, s, said.rest)
        if (said.clear and may_be(cue, right, fresh)) or fresh_function or self._factorises(said, s):
            if not self.names.say(left, right, source):
                self.names.ignored(left, right, source)
            return
        if said.whole and self.names.otherwise(left, right, source):
            self.described.append(Described(item.body.at(0), name, otherwise(name, source)))
            self._describe(item)
        if at_place(s, following):
            return
        declared = [d.display == 0 for d in self.scope.definitions.get(name, ())]
        if name and not (declared and all(declared)):
            self._leave_out(said.items, name)
            if cue and one_hot(self.names, left, right, s, said.rest, self.document.macros):
                self.read |= {i.body.start for i in said.items}
            else:
                self.names.doubt(name, source, (left, right) if said.whole and not is_property(s) else None)

    def _leave_out(self, items: Sequence[Inline | Display], name: str) -> None:
        """Infer anew without these, which introduce no name."""
        self.ahead = [i for i in self.ahead if i not in items]
        if not self.scope.known(name):  # it was left out, as what they would define
            self.scope.labelled.discard(name)
            self._infer(items[0].body.at(0))

    def _claims(self, item: Display, tokens: list[Token], following: Sequence[Any]) -> bool:
        """Whether a formula in a sentence defines nothing, as its sentence is about one case, or its name not new."""
        s, near = item.sentence, 0 <= item.start - self.shown < 400
        cue = self.clauses.reach(s, item.body.text, near)
        cued = bool(cue or cue_of(s) & DEFINES)
        said = self._equation(tokens, item, cue, following)
        if said is not None and self._factorises(said, s):
            return False
        unclear = said is not None and (not said.first or (cued and not said.clear))
        if doubtful(whole_of(s, rest_of(s, following))) or (cued and not cue) or unclear:
            if said is not None and said.name and not self.scope.known(said.name):
                self.names.doubt(said.name, item.body.text.strip(), None)
            return True
        head = tokens[-1] if tokens[0].text[1:] in BIG else tokens[0]  # let Σ_j e^{z_j} = S
        names = {head.text} if head.kind == "NAME" else set()
        return cued and not may_name(s, near) and bool(names & self.names.earlier)

    def _factorises(self, said: _Said, s: Sentence) -> bool:
        """Whether a sentence on independent samples says what their joint probability is: `if you sample …, we get`."""
        found = definition(self.scope, said.left, said.right, "")
        return found is not None and joint(found) and independent(whole_of(s, said.rest))

    def _is_index(self, name: str) -> bool:
        return name in self.scope.ranges or (len(name) == 1 and name in "ijklmn" and not self.scope.known(name))
