"""A row to its clauses: the equations, the conditions before and after them, and what the words between say."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from symnll.read.tokens import BIG, CLOSE, NAMED, OPEN, Token, has_relation

CONDITIONAL = {
    "if", "for", "when", "given", "with", "assuming", "unless", "case", "provided", "whenever",
    "iff", "subject", "such", "s.t.", "any", "every", "all", "each", "while",
}  # fmt: skip
DEFINING = {"where", "let", "define", "denote", "with", "here", "denoting", "writing", "setting", "put"}
OTHERWISE = {"otherwise", "else"}
DENYING = {"not", "unless", "except", "never"}
UNDECIDED = {"or", "only", "iff", "either", "neither", "nor"}
OPPOSITE = {"=": r"\neq", r"\neq": "=", "<": r"\geq", ">": r"\leq", r"\leq": ">", r"\geq": "<"}
NOTES = {"because", "since", "by", "using", "from", "as"}  # (since Σ y = 1): why a step holds, not when
DENIED = {"false", "wrong", "incorrect", "never", "cannot", "fails"}
CONCLUDING = {"hence", "so", "thus", "then", "therefore", "implies", "and", "consequently", "i.e."}
_ENDS = {"COMMA", "SEMI", "QUAD", "TEXT", "IMPLIES", "FORALL", "COLON"}
_INDEX_KINDS = {
    "NAME", "NUMBER", "PLUS", "MINUS", "DOTS", "SUB", "LBRACE", "RBRACE", "REL", "COMMA", "SUP", "LPAR", "RPAR",
    "PRIME", "BAR", "TEXT",
}  # fmt: skip


@dataclass
class Clause:
    """A part of a row between commas, spaces and words; `cue`: the words before it."""

    tokens: list[Token]
    cue: list[str]
    marks: set[str]  # the separators before it
    after: str = ""  # the separator after it


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


def classify(
    clauses: list[Clause], is_index: Callable[[str], bool]
) -> tuple[list[list[Token]], list[Clause], list[list[Token]], list[Clause]]:
    """(conditions before the equation, equations, conditions after it, equations that define)."""
    prefix: list[list[Token]] = []
    suffix: list[list[Token]] = []
    main: list[Clause] = []
    wheres: list[Clause] = []
    in_condition = in_where = False
    for c in _ranges(clauses, is_index):
        if not c.tokens:
            in_condition = in_condition or bool(set(c.cue) & CONDITIONAL)
            continue
        cued = bool(set(c.cue) & CONDITIONAL) and not (set(c.cue) & DEFINING - {"with"})
        relation = has_relation(c.tokens)
        starts = c.tokens[0].kind == "REL"
        if starts and not cued:
            main.append(c)
            in_condition = in_where = False
            continue
        if relation and {w.strip("(),.:;") for w in c.cue} & DENIED:
            c.tokens.append(lost(c))  # it is false that …
        like_index = _like_index(c.tokens, is_index)
        if like_index or cued or in_condition:
            c.tokens = meant(c.tokens, c.cue, like_index)
            if c.tokens[0].kind == "BAD":
                (suffix if main else prefix).append(c.tokens)
                continue
        if cued and (like_index or relation or "FORALL" in c.marks):
            (suffix if main else prefix).append(c.tokens)
            in_condition = True
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
        elif set(c.cue) & NOTES and main:
            continue  # since Σ y = 1: a remark
        elif set(c.cue) & CONCLUDING and relation:
            main.append(c)
        elif main and relation and like_index and c.marks & {"COMMA", "QUAD", "SEMI", "COLON", "TEXT"}:
            suffix.append(c.tokens)
        elif _only_bracket(c.tokens) and relation is False and (c.marks & {"QUAD", "COMMA"} or len(clauses) == 1):
            inside = c.tokens[1:-1]
            words = [t for t in inside if t.kind == "TEXT"]
            rest = [t for t in inside if t.kind not in ("TEXT", "FORALL")]
            if has_relation(rest) and (words or _like_index(rest, is_index)):
                cue = " ".join(t.text for t in words).strip("() ").split()
                (suffix if main else prefix).append(meant(rest, cue, True))
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
        elif main and not all(t.kind in ("DOTS", "DOT", "COMMA", "PRIME") for t in c.tokens):
            main[-1].tokens.append(lost(c))
        elif not main:
            main.append(c)
    main = _listed(main, is_index)
    for c in main[-1:]:
        found = _trailing(c.tokens, is_index)
        if found is not None:
            inside = c.tokens[found + 1 : -1]
            cue = " ".join(t.text for t in inside if t.kind == "TEXT").split()
            if not set(cue) & NOTES:
                suffix.append(meant([t for t in inside if t.kind != "TEXT"], cue, True))
            del c.tokens[found:]
    return prefix, [c for c in main if c.tokens], suffix, wheres


def lost(clause: Clause) -> Token:
    """Nothing is dropped in silence: what finds no place in a row spoils the side that it stands beside."""
    return Token("BAD", "What stands here has no place in the equation.", clause.tokens[0].start, clause.tokens[-1].end)


def meant(tokens: list[Token], cue: Sequence[str], index: bool) -> list[Token]:
    """A condition as its words want it: `unless i = j` is i ≠ j; `or` and `only if` are not decided."""
    words = {w.strip("(),.:;") for w in cue}
    start, end = tokens[0].start, tokens[-1].end
    odd = sorted(words & UNDECIDED) or (["some"] if index and "some" in words else [])
    if odd:
        return [Token("BAD", f"A condition with {odd[0]!r} is not understood.", start, end)]
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


def _ranges(clauses: list[Clause], is_index: Callable[[str], bool]) -> list[Clause]:
    r"""`i, j = 1, \dots, K` and `i = 1, 2, 3` say where letters run: as i ≥ 1, i ≤ K; no index is 1 by that."""
    out: list[Clause] = []
    k = 0
    while k < len(clauses):
        found = _range(clauses, k, is_index)
        if found is None:
            out.append(clauses[k])
            k += 1
            continue
        letters, first, last, after = found
        while out and out[-1].after == "COMMA" and len(out[-1].tokens) == 1 and is_index(out[-1].tokens[0].text):
            letters.insert(0, out.pop().tokens[0])
        marks, cue = clauses[k].marks, [*clauses[k].cue, "for"]
        for letter in letters:
            for sign, end in ((r"\geq", first), (r"\leq", last)):
                if end:
                    relation = Token("REL", sign, letter.start, end[-1].end)
                    out.append(Clause([letter, relation, *end], cue, marks, "COMMA"))
                    marks = {"COMMA"}
        out[-1].after = clauses[after - 1].after
        k = after
    return out


def _range(
    clauses: list[Clause], k: int, is_index: Callable[[str], bool]
) -> tuple[list[Token], list[Token], list[Token], int] | None:
    """The letter, the ends and the place after a range that starts at clause k; None if there is none."""
    tokens = clauses[k].tokens
    if len(tokens) < 3 or tokens[1].text != "=" or tokens[0].kind != "NAME" or not is_index(tokens[0].text):
        return None
    parts, after = [tokens[2:]], k + 1
    while after < len(clauses) and clauses[after].marks == {"COMMA"} and not has_relation(clauses[after].tokens):
        parts.append(clauses[after].tokens)
        after += 1
    inside = [n for n, t in enumerate(parts[0]) if t.kind == "DOTS"]
    if inside:  # i = 1 \dots K
        n = inside[0]
        return [tokens[0]], parts[0][:n], parts[0][n + 1 :], k + 1
    dots = next((n for n, p in enumerate(parts) if [t.kind for t in p] == ["DOTS"]), None)
    if dots is not None:
        last = parts[dots + 1] if dots + 1 < len(parts) else []
        return [tokens[0]], parts[0], last, k + 1 + dots + bool(last)
    numbers = [p[0].text for p in parts if [t.kind for t in p] == ["NUMBER"] and p[0].text.isdigit()]
    if len(numbers) == len(parts) > 1:
        steady = all(int(b) - int(a) == 1 for a, b in itertools.pairwise(numbers))
        unclear = [Token("BAD", "A list of values is not understood here.", tokens[0].start, parts[-1][-1].end)]
        return ([tokens[0]], parts[0], parts[-1], after) if steady else ([tokens[0]], unclear, [], after)
    return None


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
        elif (
            (before.after == "COMMA" and c.marks == {"COMMA"})
            or (before.after == "COLON" and c.marks == {"COLON"} and not _is_mark(before.tokens, is_index))
            or any(t.kind == "BAD" for t in before.tokens)
        ):
            comma = Token(before.after, ",:"[before.after == "COLON"], before.tokens[-1].end, before.tokens[-1].end + 1)
            out[-1] = Clause([*before.tokens, comma, *c.tokens], c.cue, before.marks, c.after)
        else:
            out.append(c)
    return out


def _only_bracket(tokens: list[Token]) -> bool:
    if len(tokens) < 3 or tokens[0].kind != "LPAR" or tokens[-1].kind != "RPAR":
        return False
    depth = 0
    for t in tokens[:-1]:
        depth += (t.kind in OPEN) - (t.kind in CLOSE)
        if depth == 0:
            return False
    return True


def _trailing(tokens: list[Token], is_index: Callable[[str], bool]) -> int | None:
    """Where a last `(i ≠ j)` of a row begins that is no indicator."""
    if len(tokens) < 5 or tokens[-1].kind != "RPAR":
        return None
    depth = 0
    for k in range(len(tokens) - 1, 0, -1):
        depth += (tokens[k].kind in CLOSE) - (tokens[k].kind in OPEN)
        if depth == 0:
            inside = [t for t in tokens[k + 1 : -1] if t.kind != "TEXT"]
            before = tokens[k - 1]
            bare = before.kind == "NAME" and not (k > 1 and tokens[k - 2].kind == "SUB")
            script = before.kind in ("SUB", "SUP", "TIMES", "PLUS", "MINUS", "REL", "LPAR")
            noted = any(t.kind == "TEXT" and set(t.text.split()) & NOTES for t in tokens[k + 1 : -1])
            fits = noted or (has_relation(inside) and _like_index(inside, is_index))
            return k if fits and not bare and not script else None
    return None


def about_indices(tokens: Sequence[Token], is_index: Callable[[str], bool]) -> bool:
    """Whether a formula is a condition on indices, such as i ≠ j."""
    return has_relation(tokens) and _like_index(tokens, is_index)


def _like_index(tokens: Sequence[Token], is_index: Callable[[str], bool]) -> bool:
    """Whether this speaks of indices only: i = j, k ≠ y_n, 1 ≤ i ≤ K. One side at least is letters that are indices."""
    if not tokens or any(t.kind not in _INDEX_KINDS for t in tokens):
        return False
    sides: list[list[Token]] = [[]]
    depth = 0
    for t in tokens:
        depth += (t.kind in OPEN) - (t.kind in CLOSE)
        if depth == 0 and t.kind == "REL":
            sides.append([])
        else:
            sides[-1].append(t)
    names = [t.text for t in tokens if t.kind == "NAME"]
    if any(n in NAMED or n == "e" or n[1:] in BIG for n in names):
        return False
    heads = [t for k, t in enumerate(tokens) if t.kind == "NAME" and not (k and tokens[k - 1].kind == "SUB")]
    if any(not is_index(t.text) and len(t.text) > 1 and not t.text.startswith("\\") for t in heads):
        return False
    plain = {"NAME", "NUMBER", "PLUS", "MINUS", "COMMA", "DOTS", "TEXT"}
    return any(
        all(t.kind in plain for t in side)
        and any(t.kind == "NAME" for t in side)
        and all(is_index(t.text) for t in side if t.kind == "NAME")
        for side in sides
    )
