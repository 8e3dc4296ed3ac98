"""The parts of a row between commas, wide spaces and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symnll.read.tokens import CLOSE, OPEN, Token, has_relation
from symnll.read.words import gives_a_reason

IMPLIES = {rf"\{name}" for name in ("Rightarrow", "implies", "Longrightarrow", "iff", "Leftrightarrow",
                                   "Longleftrightarrow", "leadsto")}  # fmt: skip
_ENDS = {"COMMA", "SEMI", "QUAD", "TEXT", "IMPLIES", "FORALL", "COLON"}


@dataclass
class Clause:
    """A part of a row between commas, spaces and words; `cue`: the words before it."""

    tokens: list[Token]
    cue: list[str]
    marks: set[str]  # the separators before it
    after: str = ""  # the separator after it
    direct: bool = False  # whether its words stand right before it

    @property
    def explains(self) -> bool:
        """Whether it belongs to words that only give a reason: `by a = b`, but not `by symmetry, a = b`."""
        return self.direct and gives_a_reason(self.cue, has_relation(self.tokens))


def clauses_of(row: Sequence[Token]) -> list[Clause]:
    """A row split at what stands outside brackets: commas, wide spaces, words."""
    clauses = [Clause([], [], set())]
    depth = 0
    for t in row:
        depth += (t.kind in OPEN) - (t.kind in CLOSE)
        if depth <= 0 and t.kind in _ENDS:
            if clauses[-1].tokens:
                clauses[-1].after = t.kind
                clauses.append(Clause([], [], set()))
            clauses[-1].marks.add(t.kind)
            clauses[-1].direct = t.kind == "TEXT" and t.text[-1:] not in {",", ":", ";", "."}
            if t.text in IMPLIES:
                clauses[-1].marks.add("THEN")
            if t.kind == "TEXT":
                clauses[-1].cue.extend(t.text.replace(",", " ").replace(":", " ").strip("() ").split())
            elif t.kind == "FORALL":
                clauses[-1].cue.append("for")
        else:
            clauses[-1].tokens.append(t)
    for c in clauses:
        while c.tokens and c.tokens[-1].kind in ("DOT", "COMMA", "SEMI"):
            c.tokens.pop()
    clauses[0].marks.discard("QUAD")  # at the start of a row it is layout
    joined: list[Clause] = []
    for c in clauses:
        signed = bool(c.tokens) and c.tokens[0].kind in ("PLUS", "MINUS", "TIMES", "PM")
        if signed and joined and joined[-1].tokens and c.marks == {"QUAD"} and not c.cue:
            joined[-1].tokens.extend(c.tokens)  # a \\quad + b
        elif c.tokens or c.cue:
            joined.append(c)
    return joined
