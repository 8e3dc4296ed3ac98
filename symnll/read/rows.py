"""The tokens of a display to its chains: rows, members, relations, and the conditions that belong to a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from symnll.read.clauses import classify, lost, meant
from symnll.read.split import Clause, clauses_of
from symnll.read.tokens import CLOSE, OPEN, Token, has_relation
from symnll.read.words import CONDITIONAL, DENYING, OTHERWISE, UNDECIDED

STEPS = {"=", r"\equiv", ":=", "=:", r"\doteq", r"\approx", r"\propto", r"\leq", r"\geq", "<", ">", r"\to"}
VAGUE = {r"\ll", r"\gg", r"\lesssim", r"\gtrsim", r"\succ", r"\prec", r"\succeq", r"\preceq", r"\subset"}
CLAIMS = {*STEPS, *VAGUE}
ASIDE = {r"\neq", r"\in"}  # in a chain these are no steps: a = b \neq c, and p = x \in (0, 1)


@dataclass
class Member:
    """One side of a relation: the tokens of an expression."""

    tokens: list[Token]

    @property
    def start(self) -> int:
        return min(t.start for t in self.tokens) if self.tokens else 0

    @property
    def end(self) -> int:
        return max(t.end for t in self.tokens) if self.tokens else 0


@dataclass
class Link:
    """One step: lhs relation rhs, under the conditions of its row. `lhs` None: the display before goes on."""

    relation: Token
    lhs: Member | None
    rhs: Member
    conditions: list[list[Token]] = field(default_factory=list)
    role: str = ""  # "where" for an equation that a word such as "where" introduces
    implied_by: list[Link] = field(default_factory=list)  # the equations before ⇒
    supposed: bool = False  # whether it is what A ⇒ B supposes
    first: bool = False  # whether its left side starts a chain
    said: str = ""  # the condition that the sentence before the display states
    read_as: str = ""  # how a sign of the page's own was read
    guessed: bool = False  # whether that is a guess
    unchecked: list[list[Token]] = field(default_factory=list)  # relations in the remarks of its display

    @property
    def start(self) -> int:
        return self.relation.start


def links(tokens: Sequence[Token], is_index: Callable[[str], bool]) -> tuple[list[Link], Member | None]:
    """The steps of a display in order, and its last member, from which the next display may go on."""
    out: list[Link] = []
    current: Member | None = None
    carried: list[list[Token]] = []
    last_own: list[list[Token]] = []
    row_start: Member | None = None
    tried: list[list[list[Token]]] = []  # the conditions of the rows just before, for `otherwise`
    awaited = False  # a row with nothing but conditions: they are those of the next row
    unchecked: list[list[Token]] = []
    split = _rows(tokens)
    for number, row in enumerate(split):
        clauses = clauses_of(row)
        prefix, main, suffix, wheres, remarks = classify(clauses, is_index)
        unchecked += [c.tokens for c in remarks]
        if main and not suffix and tried and any(OTHERWISE & set(c.cue) for c in clauses):
            suffix = [meant(own[0] if len(own) == 1 else own[0][:1], ["not"], True) for own in tried]
        tried = [*tried, suffix] if suffix else []
        if not main and not wheres:
            if row is split[-1] and out:
                for link in out:  # \\end{split} \\quad (i ≠ j): of the whole display
                    link.conditions = [*link.conditions, *prefix, *suffix]
            else:
                carried, awaited = prefix, bool(prefix)
            continue
        if prefix:
            carried = prefix
        implied: list[Link] = []
        before = len(out)
        for clause in main:
            goes_on = bool(clause.tokens) and clause.tokens[0].kind == "REL"
            if "IMPLIES" in clause.marks and out:
                implied = [x for x in out if x not in implied]
                out[-1].supposed = "THEN" in clause.marks and not out[-1].implied_by and _to_solve(out[-1])
            bare = not goes_on and not prefix and not has_relation(clause.tokens)
            if bare and current is not None and out and clause.tokens[0].kind in ("PLUS", "MINUS", "TIMES", "PM"):
                current.tokens.extend(clause.tokens)
                continue
            unfinished = clause is main[0] and current is not None and out and out[-1].rhs is current
            if unfinished and not goes_on and not current.tokens:  # type: ignore[union-attr]
                made, current = _finished(clause.tokens, current)  # `a + b =`, and the other side in the next row
                out.extend(made)
                continue
            if unfinished and bare and not _is_followed(split, number, clause):
                current.tokens.append(_unclear(clause.tokens))  # type: ignore[union-attr]
                continue
            if not goes_on and not prefix and clause is main[0] and not _joins(clause) and not awaited:
                carried = []
            awaited = False
            alternative = bool(goes_on and suffix and last_own and suffix != last_own and clause is main[0])
            start = row_start if alternative else current
            made, current, head = _chain(clause.tokens, start, unchecked)
            for link in made:
                link.implied_by = list(implied)
            if not made and out and has_relation(clause.tokens) and not _is_aside(clause.tokens):
                out[-1].rhs.tokens.append(lost(clause))
            out.extend(made)
            if head is not None:
                row_start = head
        for clause in wheres:
            made, _, _ = _chain(clause.tokens, None, unchecked)
            for link in made:
                link.role = "where"
            out.extend(made)
        for link in out[before:]:
            if link.role != "where":
                link.conditions = [*carried, *suffix]
        last_own = suffix
    if out:
        out[-1].unchecked = unchecked
    else:
        out = [link for tokens in unchecked for link in _chain(tokens, None, [])[0]]
    return out, current


def _finished(tokens: list[Token], current: Member | None) -> tuple[list[Link], Member]:
    """The links of a row that gives the side which is missing at the end of the row before."""
    assert current is not None
    made, last, _ = _chain(tokens, None, [])
    first = made[0].lhs if made else last
    assert first is not None
    current.tokens.extend(first.tokens)
    for link in made[:1]:
        link.lhs, link.first = current, False
    return made, last if made else current


def _is_followed(split: list[list[Token]], number: int, clause: Clause) -> bool:
    """Whether a row without a relation starts something of its own: the next row goes on from it, or it is a mark."""
    following = split[number + 1] if number + 1 < len(split) else []
    return len(clause.tokens) == 1 or (bool(following) and following[0].kind == "REL")


def _unclear(tokens: list[Token]) -> Token:
    message = "Whether this row belongs to the one before is not clear; begin it with an operator or a relation."
    return Token("BAD", message, tokens[0].start, tokens[-1].end)


def _joins(clause: Clause) -> bool:
    return clause.tokens[0].kind in ("PLUS", "MINUS", "TIMES", "PM")


def _rows(tokens: Sequence[Token]) -> list[list[Token]]:
    """Split at row breaks; a break inside brackets is none, unless a relation follows it."""
    rows: list[list[Token]] = [[]]
    depth, atoms, noted, claims = 0, 0, False, False
    cells: list[int] = []  # where the cells of this row end
    for k, t in enumerate(tokens):
        if t.kind in OPEN:
            depth += 1
            atoms += t.kind == "BEGIN"
        elif t.kind in CLOSE:
            depth = max(0, depth - 1)
            atoms -= t.kind == "END"
        if atoms <= 0 and t.kind == "ROW":
            following = next((u for u in tokens[k + 1 : k + 4] if u.kind not in ("AMP", "QUAD", "ROW")), None)
            if noted or depth == 0 or (following is not None and following.kind == "REL"):
                rows.append([])
                cells = []
                depth, noted = 0, False
            continue
        if atoms <= 0 and t.kind == "AMP" and depth == 0:
            cells.append(len(rows[-1]))
            apart = len(cells) % 2 == 0 and not _eqnarray(rows[-1], cells)  # a &= b & c &= d
            beside = _whole(rows[-1][sum(cells[-2:-1]) :]) and _whole(_until(tokens, k + 1, ("ROW", "AMP")))
            if rows[-1] and (apart or beside):
                rows[-1].append(replace(t, kind="QUAD"))  # another equation
        if atoms <= 0 and t.kind in ("AMP", "MARK"):
            starts = t.kind == "AMP" and k > 0 and tokens[k - 1].kind == "AMP"
            if starts and _note(tokens, k + 1):
                noted, claims = True, has_relation(_until(tokens, k + 1, ("ROW",)))
            continue
        if noted and not claims and t.kind != "TEXT":
            continue  # && \\text{why this holds}
        if t.kind == "QUAD" and depth and k and tokens[k - 1].kind in ("ROW", "AMP"):
            continue
        rows[-1].append(t)
    return [r for r in rows if any(t.kind not in ("QUAD", "COMMA", "DOT") for t in r)]


def _whole(cell: list[Token]) -> bool:
    """Whether a cell is an equation with both its sides: a = b & c = d."""
    return has_relation(cell) and cell[0].kind not in ("REL", "PLUS", "MINUS", "TIMES") and cell[-1].kind != "REL"


def _eqnarray(row: list[Token], cells: list[int]) -> bool:
    """a & = & b: a column for the relation alone."""
    middle = row[cells[-2] : cells[-1]]
    return len(middle) <= 1 and all(t.kind == "REL" for t in middle)


def _until(tokens: Sequence[Token], k: int, kinds: tuple[str, ...]) -> list[Token]:
    """The tokens from k to the next of these kinds."""
    end = next((n for n in range(k, len(tokens)) if tokens[n].kind in kinds), len(tokens))
    return list(tokens[k:end])


def _note(tokens: Sequence[Token], k: int) -> bool:
    """Whether a cell holds words, and no condition: a comment in a column of its own."""
    cell = _until(tokens, k, ("ROW", "AMP"))
    words = " ".join(t.text for t in cell if t.kind == "TEXT").replace("(", " ").split()
    prose = bool(words) or any(t.kind == "NAME" and "-" in t.text for t in cell)
    return prose and not set(words) & {*CONDITIONAL, *DENYING, *UNDECIDED, *OTHERWISE}


def _is_aside(tokens: list[Token]) -> bool:
    """Whether a clause only states that two sides are not equal."""
    return {t.text for t in tokens if t.kind == "REL"} == {r"\neq"}


def _chain(
    tokens: list[Token], current: Member | None, unchecked: list[list[Token]]
) -> tuple[list[Link], Member, Member | None]:
    """The links of one clause; the last member; and the member that its first link starts from.

    What a chain says beside its steps, as = x \\in (0, 1), is added to `unchecked`.
    """
    members: list[list[Token]] = [[]]
    relations: list[Token] = []
    depth = 0
    for t in tokens:
        depth += (t.kind in OPEN) - (t.kind in CLOSE)
        stated = t.text in CLAIMS or t.text == r"\neq" or (t.text == r"\in" and bool(relations))
        if depth <= 0 and t.kind == "REL" and stated:
            relations.append(t)
            members.append([])
        else:
            members[-1].append(t)
    goes_on = bool(relations) and not members[0]
    parts = [Member(_without_ends(m)) for m in members]
    first = current if goes_on else parts[0]
    made, left = [], first
    for relation, right in zip(relations, parts[1:], strict=True):
        if relation.text in ASIDE:
            unchecked.append([*(left.tokens if left is not None else ()), relation, *right.tokens])
        else:
            made.append(Link(relation, left, right, first=left is first and not goes_on))
        left = left if _only_dots(right) or relation.text == r"\in" else right
    return made, left if left is not None else parts[-1], first


def _to_solve(link: Link) -> bool:
    """Whether a relation is one to be solved, such as 2x = 1 and a = b, which nobody claims of all x, a and b."""
    sides = [m.tokens for m in (link.lhs, link.rhs) if m is not None]
    kinds = [[t.kind for t in side if t.kind != "MINUS"] for side in sides]
    return ["NUMBER"] in kinds or all(k == ["NAME"] for k in kinds)


def _only_dots(member: Member) -> bool:
    """= … =: steps that are not written; the next one starts where they started."""
    return bool(member.tokens) and all(t.kind == "DOTS" for t in member.tokens)


def _without_ends(tokens: list[Token]) -> list[Token]:
    out = list(tokens)
    while out and out[-1].kind in ("DOT", "COMMA", "SEMI", "COLON", "QUAD"):
        out.pop()
    return out
