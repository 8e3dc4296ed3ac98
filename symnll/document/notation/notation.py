"""The reader's own notation: other letters, another one-hot, indices from 0, ln for log.

Formulas change as trees, so that every format shows the same. A change that would make two things look alike, or would
say something else than the theorem, is a NotationError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from symnll.document.changes import changed
from symnll.document.model import (
    Block,
    Code,
    Derivation,
    Document,
    Formula,
    Heading,
    Items,
    Paragraph,
    Quote,
    Table,
    words,
)
from symnll.document.notation.indices import NotationError, Roles
from symnll.document.notation.letters import SPOKEN, Letters, letters_of
from symnll.document.notation.transform import Transform
from symnll.document.views import ClaimView
from symnll.write.latex import latex, statement_latex
from symnll.write.naming import GREEK
from symnll.write.nodes import Delta, Name, Node
from symnll.write.statement import Statement

__all__ = ["Notation", "NotationError", "in_notation", "parse"]
KNOWN = {"onehot": "a letter, indicator or delta", "first": "0 or 1", "log": "log or ln"}
RESERVED = {"e": "Euler's number", "d": "the d of derivatives", "δ": "Kronecker's delta", "Σ": "sums", "Π": "products",
            "π": "the number π"}  # fmt: skip
FUNCTIONS = ("exp", "log", "ln", "max", "min", "sqrt", "argmax", "argmin", "and", "if", "then", "for", "all", "at")
CAPITALS = "ΓΔΘΛΞΥΦΨΩ"
NUMBERED = re.compile(r"(?i)\bclass(?:es)?\s+(?:are\s+|is\s+)?(?:numbered\s+)?\d|\bfrom\s+1\b|\b1\s*(?:\.\.|…|to\b)")


@dataclass(frozen=True)
class Notation:
    """`letters`: old to new; `onehot`: a letter, `indicator`, or empty for δ; `first`: 0 or 1; `log`: log or ln."""

    letters: dict[str, str] = field(default_factory=dict)
    onehot: str = ""
    first: int = 1
    log: str = "log"

    def __bool__(self) -> bool:
        return self != Notation()


def parse(text: str) -> Notation:
    """`z=f,y=p,K=C,onehot=t,first=0,log=ln`. NotationError for what is not understood."""
    letters: dict[str, str] = {}
    options: dict[str, str] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        old, sign, new = (p.strip() for p in part.partition("="))
        if not sign or not old or not new:
            raise NotationError(f"{part!r} is not understood: --notation takes old=new pairs, such as z=f,K=C,log=ln.")
        if old in options or _letter(old) in letters:
            raise NotationError(f"{old} is given twice.")
        if old in KNOWN:
            options[old] = new
        else:
            letters[_checked(old)] = _new(new)
    return Notation(
        {old: new for old, new in letters.items() if old != new},
        _onehot(options.get("onehot", "delta")),
        int(_one_of(options, "first", ("0", "1"), "1")),
        _one_of(options, "log", ("log", "ln"), "log"),
    )


def _one_of(options: dict[str, str], key: str, values: Sequence[str], default: str) -> str:
    value = options.get(key, default)
    if value not in values:
        raise NotationError(f"{key}={value} is not understood; it is {KNOWN[key]}.")
    return value


def _onehot(value: str) -> str:
    named = {"delta": "", "δ": "", "indicator": "indicator"}
    return named[value] if value in named else _new(value)


def _letter(name: str) -> str:
    """A letter by its name: τ for tau."""
    if name.lower() in GREEK and name.lower() not in ("omicron", "_"):
        letter = GREEK[name.lower()]
        return letter if name.islower() else letter.upper()
    return name


def _checked(name: str) -> str:
    """A letter, or a word, as it is written in formulas."""
    letter = _letter(name)
    greek = len(letter) == 1 and (letter in GREEK.values() or letter in CAPITALS + "ΣΠ") and letter != "ο"
    if not greek and not re.fullmatch(r"[A-Za-z]{1,12}", letter):
        raise NotationError(
            f"{name!r} can't be a symbol: it is one letter, a Greek letter or its name, or a short word."
        )
    return letter


def _new(name: str) -> str:
    letter = _checked(name)
    if letter in RESERVED:
        raise NotationError(f"{name} can't be a new letter: it stands for {RESERVED[letter]}.")
    if letter.lower() in FUNCTIONS:
        raise NotationError(f"{name} can't be a new letter: it is the name of a function or a word of formulas.")
    return letter


# Documents.


def in_notation(document: Document, notation: Notation) -> Document:
    """The document in that notation, with a paragraph that says which it is.

    NotationError where two things would look the same, where none of the letters is there, or where an index is a
    number too, so that counting from 0 would change what is said.
    """
    if not notation:
        return document
    where = _letters_in(document)
    _check(document, notation, where)
    spell = Letters(notation.letters, notation.log)
    if notation.first == 0:
        _check_words(document)
    made: dict[int, ClaimView] = {}
    onehots: dict[Delta, Node] = {}
    for claim in document.claims:
        transform = Transform(
            spell,
            notation.onehot,
            notation.first,
            Roles(claim.name, list(_nodes(claim, lines=False)), claim.symbols, notation.first),
        )
        made[id(claim)] = _claim(claim, transform)
        onehots |= transform.onehots
    if onehots and notation.onehot != "indicator":
        clash = {spell.letter(old): place for old, place in where.items()}.get(notation.onehot)
        if clash:
            raise NotationError(f"onehot={notation.onehot}: {notation.onehot} is used for something else in {clash}.")
    end = _references(document)
    blocks = [*(_block(b, spell, made) for b in document.blocks[:end]), *document.blocks[end:]]
    title, lead = spell.inlines(document.title), spell.inlines(document.lead)
    used = {old: new for old, new in notation.letters.items() if old in where}
    return replace(document, title=title, lead=lead, blocks=[_note(notation, used, onehots, spell), *blocks])


def _block(block: Block, spell: Letters, made: dict[int, ClaimView]) -> Block:
    match block:
        case Heading() | Paragraph():
            return replace(block, content=spell.inlines(block.content))
        case Items():
            return replace(block, items=[[_block(b, spell, made) for b in item] for item in block.items])
        case Quote():
            return replace(block, blocks=[_block(b, spell, made) for b in block.blocks])
        case Table():
            rows = [[spell.inlines(cell) for cell in row] for row in block.rows]
            return replace(block, head=[spell.inlines(cell) for cell in block.head], rows=rows)
        case Derivation():
            return Derivation(made[id(block.claim)])
    return block


def _claim(view: ClaimView, t: Transform) -> ClaimView:
    """The claim; what is marked as new in a step are the parts of the new formulas."""
    new = replace(
        view, title=t.spell.words(view.title), note=t.spell.words(view.note), message=t.spell.words(view.message),
        check=t.spell.words(view.check),
    )  # fmt: skip
    if view.statement is None:
        return new
    new.statement = _statement(view.statement, t)
    new.symbols = [replace(s, name=t.name(s.name), ranges=tuple(map(t.member, s.ranges))) for s in view.symbols]
    new.start = shown = None if view.start is None else t.node(view.start)
    new.steps = []
    for step in view.steps:
        node = t.node(step.node)
        marked = changed(shown, node) if step.sign and shown is not None else ()
        rules = [replace(line, node=t.line(line.node)) for line in step.rules]
        new.steps.append(replace(step, node=node, reason=t.spell.words(step.reason), changed=marked, rules=rules))
        shown = node if step.sign else shown
    new.ledger = [replace(line, node=t.line(line.node)) for line in view.ledger]
    new.code = [
        Code(statement_latex(new.statement), c.language, c.title) if c.language == "latex" else c for c in view.code
    ]
    return new


def _statement(s: Statement, t: Transform) -> Statement:
    given = [(t.spell.words(label), t.node(n)) for label, n in s.given]
    return Statement(
        t.node(s.formula), [*map(t.node, s.for_all)], given, [*map(t.member, s.bound)], [*map(t.node, s.where)]
    )


def _nodes(view: ClaimView, lines: bool = True) -> Iterator[Node]:
    """Every formula of a claim; `lines`: those of the proof's lines, and those that name bound indices, too."""
    if view.statement is not None:
        s = view.statement
        yield from (s.formula, *s.for_all, *(n for _, n in s.given), *s.where, *(s.bound if lines else ()))
    yield from (n for row in view.symbols for n in row.ranges if lines)
    yield from () if view.start is None else (view.start,)
    for step in view.steps:
        yield step.node
        yield from (line.node for line in step.rules if lines)
    yield from (line.node for line in view.ledger if lines)


# What can go wrong.


def _letters_in(document: Document) -> dict[str, str]:
    """Every letter of the document, with the place where it was first seen."""
    found: dict[str, str] = {}
    for view in document.claims:
        for node in (*_nodes(view), *(s.name for s in view.symbols)):
            for letter in letters_of(node):
                found.setdefault(letter, view.name)
    for text in _prose(document):
        for letter in SPOKEN.findall(text):
            if letter not in ("a", "A", "I"):
                found.setdefault(letter, f"the words “{text.strip()[:60]}”")
    return found


def _check(document: Document, notation: Notation, where: dict[str, str]) -> None:
    letters = notation.letters
    if letters and not set(letters) & set(where):
        raise NotationError(
            f"{document.name} has no {' and no '.join(letters)}; its symbols are {', '.join(sorted(where))}."
        )
    seen: dict[str, str] = {}
    for old in sorted(where, key=lambda name: name not in letters):
        new = letters.get(old, old)
        if new in seen:
            other = seen[new] if old not in letters else old
            kept = old if old not in letters else seen[new]
            raise NotationError(
                f"{other}={new} would make {other} and {kept} look the same: {kept} is used in {where[kept]}. "
                f"Choose another letter for {other}, or give {kept} another one too."
            )
        seen[new] = old
    for old in letters:
        spoken = [text for text in _prose(document) if old in ("a", "A", "I") and re.search(rf"\b{old}\b", text)]
        if spoken:
            raise NotationError(f"{old} can't be renamed here: it is a word too, as in “{spoken[0].strip()[:60]}”.")


def _check_words(document: Document) -> None:
    for text in _prose(document):
        if NUMBERED.search(text):
            raise NotationError(f"first=0: the words “{text.strip()[:80]}” speak of classes by numbers from 1.")


def _prose(document: Document) -> list[str]:
    """The words of the document, a paragraph each, formulas in them included."""
    texts = [words(document.title), words(document.lead)]

    def add(blocks: Sequence[Block]) -> None:
        for b in blocks:
            match b:
                case Heading() | Paragraph():
                    texts.append(words(b.content))
                case Items():
                    for item in b.items:
                        add(item)
                case Quote():
                    add(b.blocks)
                case Table():
                    texts.extend(words(cell) for row in (b.head, *b.rows) for cell in row)
                case Derivation():
                    texts.extend(s.reason for s in b.claim.steps)

    add(document.blocks[: _references(document)])
    return texts


def _references(document: Document) -> int:
    """Where the references begin, which have no symbols."""
    found = (n for n, b in enumerate(document.blocks) if isinstance(b, Heading) and b.anchor == "references")
    return next(found, len(document.blocks))


def _note(notation: Notation, used: dict[str, str], onehots: dict[Delta, Node], spell: Letters) -> Paragraph:
    """In what the document differs from the library, which its figures, code and certificates follow."""
    parts: list[Any] = ["Notation: "]
    for old, new in used.items():
        parts += [Formula(Name(new)), " is the library’s ", Formula(Name(old)), ", "]
    targets = {latex(d.second).partition("_")[0]: (d, shown) for d, shown in reversed(onehots.items())}
    for delta, shown in reversed(targets.values()):
        parts += [Formula(shown), " is 1 where ", Formula(delta.first), " is ", Formula(delta.second), ", else 0, "]
    if notation.first == 0:
        parts.append("indices count from 0, ")
    if notation.log == "ln":
        parts.append("ln is the natural logarithm, ")
    parts[-1] = parts[-1].removesuffix(", ") + ". Figures, code and certificates keep the library’s notation."
    return Paragraph(tuple(parts))
