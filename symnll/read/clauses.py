"""A row to its clauses: the equations, the conditions before and after them, and what the words between say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from symnll.read.ranges import ranges, values
from symnll.read.shapes import (
    bounds_a_letter,
    defined_letter,
    limits_an_argument,
    only_bracket,
    opened,
    speaks_of_indices,
    trailing,
)
from symnll.read.split import Clause
from symnll.read.tokens import CLOSE, OPEN, Token, has_relation
from symnll.read.words import (
    CONCLUDING,
    CONDITIONAL,
    DEFINING,
    DENYING,
    UNDECIDED,
    cleaned,
    denies,
    gives_a_reason,
    is_foreign,
    leaves_open,
    odd_in_condition,
)

OPPOSITE = {"=": r"\neq", r"\neq": "=", "<": r"\geq", ">": r"\leq", r"\leq": ">", r"\geq": "<"}


def classify(
    clauses: list[Clause], is_index: Callable[[str], bool]
) -> tuple[list[list[Token]], list[Clause], list[list[Token]], list[Clause], list[Clause]]:
    """(conditions before the equation, equations, conditions after it, equations that define, remarks)."""
    prefix: list[list[Token]] = []
    suffix: list[list[Token]] = []
    main: list[Clause] = []
    wheres: list[Clause] = []
    remarks: list[Clause] = []
    in_condition = in_where = in_remark = False
    for c in ranges(values(clauses, is_index), is_index):
        if not c.tokens:
            said = [x for x in (suffix if main else prefix)[-1:] if in_condition] or [m.tokens for m in main[-1:]]
            if said and not in_remark and (leaves_open if in_condition else denies)(c.cue):
                said[0].append(_doubt(said[0]))
            in_condition = in_condition or bool(set(c.cue) & CONDITIONAL)
            continue
        more = c.cue == ["and"] or is_foreign(c.cue) or not has_relation(c.tokens)
        goes_on = in_remark and c.marks <= {"TEXT", "COMMA"} and more
        unknown = is_foreign(c.cue) and bool(odd_in_condition(c.cue)) and speaks_of_indices(c.tokens, is_index)
        in_remark = bool(main) and (c.explains or goes_on or unknown)
        if in_remark:
            if has_relation(c.tokens):
                remarks.append(c)  # since Σ y = 1
            continue
        cued = bool(set(c.cue) & CONDITIONAL) and not (set(c.cue) & DEFINING - {"with"}) and not _names(c, main)
        c.tokens = opened(c.tokens, is_index)
        relation = has_relation(c.tokens)
        starts = c.tokens[0].kind == "REL"
        if starts and not cued:
            main.append(c)
            in_condition = in_where = False
            continue
        if relation and not cued and denies(c.cue):
            c.tokens.append(_doubt(c.tokens))  # it is false that …
        like_index = speaks_of_indices(c.tokens, is_index)
        if relation and not cued and not in_condition and set(cleaned(c.cue)) & CONCLUDING:
            main.append(c)
            continue
        if like_index or cued or (in_condition and (not relation or set(cleaned(c.cue)) & UNDECIDED)):
            c.tokens = meant(c.tokens, c.cue, like_index)
            if c.tokens[0].kind == "BAD":
                (suffix if main else prefix).append(c.tokens)
                continue
        said = (suffix if main else prefix)[-1:] if in_condition and not relation else []
        if said and not speaks_of_indices(said[0], is_index) and _for_all(c, said[0]):
            continue
        if cued and (like_index or relation or "FORALL" in c.marks):
            (suffix if main else prefix).append(c.tokens)
            in_condition = True
        elif cued and not relation and set(c.cue) & {"all", "any", "every", "each"}:
            in_condition = True  # for all x
        elif (
            in_condition
            and (not relation or like_index)
            and not c.marks & {"COLON", "IMPLIES"}
            and not ("QUAD" in c.marks and relation and not like_index)
        ):
            target = suffix if main else prefix
            if relation or not target:
                target.append(c.tokens)
            else:
                target[-1] = [*target[-1], Token("COMMA", ",", c.tokens[0].start, c.tokens[0].start), *c.tokens]
        elif not main and c.after in ("COLON", "QUAD", "COMMA") and relation and like_index and len(clauses) > 1:
            prefix.append(c.tokens)
        elif set(c.cue) & CONCLUDING and relation:
            in_condition = False
            main.append(c)
        elif main and (
            (relation and like_index and c.marks & {"COMMA", "QUAD", "SEMI", "COLON", "TEXT"})
            or (c.marks <= {"COMMA", "QUAD"} and bounds_a_letter(c.tokens) not in ("", defined_letter(main[0].tokens)))
            or (relation and c.marks <= {"COMMA", "QUAD"} and limits_an_argument(main[0].tokens, c.tokens))
        ):
            suffix.append(c.tokens)
        elif only_bracket(c.tokens) and relation is False and (c.marks & {"QUAD", "COMMA"} or len(clauses) == 1):
            inside = c.tokens[1:-1]
            words = [t for t in inside if t.kind == "TEXT"]
            rest = [t for t in inside if t.kind not in ("TEXT", "FORALL")]
            if has_relation(rest) and (words or speaks_of_indices(rest, is_index) or bounds_a_letter(rest)):
                kind, found = _bracketed(inside, speaks_of_indices(rest, is_index))
                if kind == "condition":
                    (suffix if main else prefix).append(found.tokens)
                else:
                    (remarks if kind == "remark" else main).append(found)
            elif not main and not c.marks:
                main.append(c)
            elif main and any(t.kind not in ("NUMBER", "TEXT", "NAME", "COMMA", "DOT", "TIMES") for t in inside):
                main[-1].tokens.append(lost(c))  # other than a number or a mark of the equation
        elif (set(c.cue) & DEFINING or in_where) and relation:
            in_where = True
            wheres.append(c)
        elif relation or (not main and (c.marks <= {"COMMA"} or "IMPLIES" in c.marks)):
            in_condition = in_where = False
            main.append(c)
        elif wheres and in_where and _is_value(wheres[-1].tokens, c):
            remarks.append(wheres.pop())  # where x = 0 or 1
        elif main and not _says_nothing(c.tokens):
            main[-1].tokens.append(lost(c))
        elif not main:
            main.append(c)
    if prefix and main and leaves_open(main[0].cue):
        prefix[-1].append(_doubt(prefix[-1]))  # if i = j this is clear, and in general …
    main = _listed(main, is_index)
    for c in main[-1:]:
        at = trailing(c.tokens)
        if at is not None:
            rest = [t for t in c.tokens[at + 1 : -1] if t.kind != "TEXT"]
            kind, found = _bracketed(c.tokens[at + 1 : -1], speaks_of_indices(rest, is_index))
            del c.tokens[at:]
            if kind == "condition":
                suffix.append(found.tokens)
            else:
                (remarks if kind == "remark" else main).append(found)
    return prefix, [c for c in main if c.tokens], suffix, wheres, remarks


def _names(c: Clause, main: list[Clause]) -> bool:
    """Whether `with Z = Σ_k e^{z_k}` says what a letter in the definition before it is: no number, no other letter."""
    head, sign, body = c.tokens[:1], c.tokens[1:2], c.tokens[2:]
    named = c.cue == ["with"] and [t.kind for t in (*head, *sign)] == ["NAME", "REL"] and sign[0].text in ("=", ":=")
    named = named and len(main) == 1 and bool(defined_letter(main[0].tokens))
    spoken = named and any(t.kind == "NAME" and t.text == head[0].text for t in main[0].tokens[2:])
    letters = {t.text for t in body if t.kind == "NAME"}
    return spoken and len(body) > 1 and bool(letters) and head[0].text not in letters and not has_relation(body)


def _for_all(c: Clause, said: list[Token]) -> bool:
    """Whether this is the `for all j` of the condition before it, `if z_j = 0`; then it is put there."""
    universal = "FORALL" in c.marks or set(c.cue) & {"all", "every", "each", "any"}
    spoken = {t.text for t in said if t.kind == "NAME"} if has_relation(said) else set()
    if not universal or not {t.text for t in c.tokens if t.kind == "NAME"} & spoken:
        return False
    said += [Token("FORALL", "forall", c.tokens[0].start, c.tokens[0].start), *c.tokens]
    return True


def _bracketed(inside: list[Token], index: bool) -> tuple[str, Clause]:
    """What stands in brackets of its own: a condition (if i = j), a remark (since Σ y = 1), a step (hence a = b)."""
    cue = cleaned(" ".join(t.text for t in inside if t.kind == "TEXT").split())
    rest = [t for t in inside if t.kind not in ("TEXT", "FORALL")]
    if gives_a_reason(cue, True):
        return "remark", Clause(rest, cue, set())
    if cue and not index and not set(cue) & (CONDITIONAL | DEFINING):
        return "step", Clause(rest, cue, set())
    return "condition", Clause(meant(rest, cue, True), cue, set())


def _is_value(tokens: list[Token], c: Clause) -> bool:
    """Whether `x = 0` goes on with `or 1`: then it says which values x has."""
    return c.cue == ["or"] and [t.kind for t in (tokens[-1], *c.tokens)] == ["NUMBER", "NUMBER"]


def _says_nothing(tokens: list[Token]) -> bool:
    """Whether what stands beside an equation is punctuation, or the word for what was done: \\text{factor}."""
    word = len(tokens) == 1 and gives_a_reason([tokens[0].text], False)
    return word or all(t.kind in ("DOTS", "DOT", "COMMA", "PRIME") for t in tokens)


def _doubt(tokens: list[Token]) -> Token:
    message = "The words beside this deny it, or change what it says, in a way that is not understood."
    return Token("BAD", message, tokens[0].start, tokens[-1].end)


def lost(clause: Clause) -> Token:
    """Nothing is dropped in silence: what finds no place in a row spoils the side that it stands beside."""
    return Token("BAD", "What stands here has no place in the equation.", clause.tokens[0].start, clause.tokens[-1].end)


def meant(tokens: list[Token], cue: Sequence[str], index: bool) -> list[Token]:
    """A condition as its words want it: `unless i = j` is i ≠ j; `or` and `only if` are not decided."""
    words = set(cleaned(cue))
    start, end = tokens[0].start, tokens[-1].end
    odd = odd_in_condition(cue) or ("some" if index and "some" in words else "")
    if odd:
        return [Token("BAD", f"A condition with {odd!r} is not understood.", start, end)]
    if not words & DENYING:
        return tokens
    depth, places = 0, []
    for k, t in enumerate(tokens):
        depth += (t.kind in OPEN) - (t.kind in CLOSE)
        if depth == 0 and t.kind == "REL":
            places.append(k)
    if len(places) != 1 or len(words & DENYING) > 1 or tokens[places[0]].text not in OPPOSITE:
        return [Token("BAD", "What is denied here is not understood.", start, end)]
    at = places[0]
    return [*tokens[:at], replace(tokens[at], text=OPPOSITE[tokens[at].text]), *tokens[at + 1 :]]


def _is_mark(tokens: list[Token], is_index: Callable[[str], bool]) -> bool:
    """What may stand before a colon and say nothing: a number, (1), or an index."""
    inside = [t for t in tokens if t.kind not in ("LPAR", "RPAR")]
    return len(inside) == 1 and (inside[0].kind == "NUMBER" or is_index(inside[0].text))


def _listed(clauses: list[Clause], is_index: Callable[[str], bool]) -> list[Clause]:
    """`x, y = 3` as one clause, of which it is not clear what it says: nothing before the comma is dropped."""
    out: list[Clause] = []
    for c in clauses:
        before = out[-1] if out else None
        whole = not has_relation(c.tokens) or c.tokens[0].kind == "REL"
        if before is None or whole or before.cue or has_relation(before.tokens):
            out.append(c)
        elif _unclear(before, c, is_index):
            apart = Token("BAD", "What this list says is not understood.", before.tokens[-1].end, c.tokens[0].start)
            out[-1] = Clause([*before.tokens, apart, *c.tokens], c.cue, before.marks, c.after)
        else:
            out.append(c)
    return out


def _unclear(before: Clause, c: Clause, is_index: Callable[[str], bool]) -> bool:
    """Whether a clause without a relation, before an equation, may be part of what is claimed: `x; y = 3`."""
    if c.marks == {"COMMA"} or set(c.cue) & {"and", "or"} or any(t.kind == "BAD" for t in before.tokens):
        return True
    joined = c.marks == {"COLON"} or c.marks & {"COMMA", "SEMI", "IMPLIES"}
    return bool(joined) and not _is_mark(before.tokens, is_index)


def about_indices(tokens: Sequence[Token], is_index: Callable[[str], bool]) -> bool:
    """Whether a formula is a condition on indices, such as i ≠ j."""
    return has_relation(tokens) and speaks_of_indices(tokens, is_index)
