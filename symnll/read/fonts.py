"""Fonts, accents and words: a command and its group as one name, or as words between formulas."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from symnll.read import tokens as T
from symnll.read.tokens import Token, Unreadable
from symnll.read.words import FURTHER, SURELY, denies, gives_a_reason

CUES = {
    "if", "for", "when", "where", "otherwise", "else", "and", "with", "since", "because", "given", "or", "so",
    "then", "hence", "thus", "let", "as", "by", "using", "subject", "such", "assuming", "case", "from", "provided",
    "while", "therefore", "i.e.", "unless", "except", "not", "s.t.", "all", "any", "every", "each", "we", "is", "the",
    "note", "in", "to", "recall", "suppose", "but", "also", "now", "of", "follows", "implies", "equivalently", "(by",
    "(since", "(using", "(if", "eq.", "iff", "(from", "(because", "substituting", "definition", "are", "it", "that",
    "this", "on", "holds", "hold",
}  # fmt: skip


def word(t: Token, raw: list[Token], inside: Callable[[list[Token]], list[Token]]) -> list[Token]:
    r"""\text{…}, \mathrm{…}, \operatorname{…}: a name, or words between formulas."""
    if any(p.kind == "bad" for p in raw):
        return inside(raw)
    if any(p.kind == "other" and p.text == "$" for p in raw):
        return _mixed(t, raw, inside)
    commands = [p for p in raw if p.kind == "command" and p.text not in (",", ";", "!", ":", " ", "-")]
    plain = "".join(" " if p.kind == "command" else p.text for p in raw if p not in commands).strip()
    if commands or any(p.text in ("_", "^", "{") and p.kind == "other" for p in raw):
        return inside(raw)
    if not plain:
        return [replace(t, kind="QUAD")] if "text" in t.text or "box" in t.text else []
    end = raw[-1].end
    words = plain.split()
    if plain.lower() in ("otherwise", "if", "else", "where", "for", "and") or (
        t.text.startswith(("text", "mbox", "hbox", "emph")) and _is_prose(words)
    ):
        return [Token("TEXT", plain.lower(), t.start, end)]
    if len(plain) == 1 and not plain.isalpha():
        return inside(raw)
    if plain.isdigit():
        return [Token("NUMBER", plain, t.start, end)] if plain != "1" else [Token("NAME", r"\mathbb{1}", t.start, end)]
    if not any(c.isalnum() for c in plain):
        return inside(raw)
    if not all(c.isalnum() or c in " -_.'/&" for c in plain):
        return inside(raw)
    name = "-".join(plain.split())
    if len(name) == 1 and t.text in ("mathrm", "mathsf", "mathtt", "operatorname"):
        name = f"\\mathrm{{{name}}}"
    return [Token("NAME", name, t.start, end)]


_UPRIGHT = re.compile(r"\\mathrm\{(.)\}")
_STANDING = set("deiTEPDHIVN")  # letters that are upright by custom, and mean the same in italics


def upright(tokens: list[Token]) -> list[Token]:
    r"""\mathrm{x} as x, where it does not stand beside the italic letter: there it is another name."""
    plain = {t.text for t in tokens if t.kind == "NAME"} - _STANDING

    def letter(m: re.Match[str]) -> str:
        return m[0] if m[1] in plain else m[1]

    return [replace(t, text=_UPRIGHT.sub(letter, t.text)) if t.kind == "NAME" else t for t in tokens]


def _mixed(t: Token, raw: list[Token], inside: Callable[[list[Token]], list[Token]]) -> list[Token]:
    r"""\text{if $i = j$}: the words, then the formula."""
    out: list[Token] = []
    part: list[Token] = []
    math = False
    for p in [*raw, Token("other", "$", t.end, t.end)]:
        if p.kind == "other" and p.text == "$":
            words = "".join(q.text for q in part).strip()
            if math:
                made = inside(part)
                named = out and out[-1].kind == "TEXT" and made and not any(x.kind in ("REL", "BAD") for x in made)
                one = f"${''.join(x.text for x in made)}$"  # a formula that claims nothing is one of the words
                out += [Token("TEXT", one, made[0].start, made[-1].end)] if named else made
            elif words:
                out.append(Token("TEXT", words.lower(), part[0].start, part[-1].end))
            part, math = [], not math
        else:
            part.append(p)
    return out


_LABEL = re.compile(r"\(?(?:[ivxIVX]{1,5}|[A-Za-z]|[0-9]+(?:\.[0-9]+)*[a-z]?|[*†‡]+)\)")


def label(t: Token, raw: list[Token], first: bool) -> bool:
    r"""Whether \text{(i) } is the number of a row: `first` in it, or apart from the formula beside it."""
    plain = "".join(p.text for p in raw)
    apart = first or plain != plain.strip()
    return "text" in t.text and apart and _LABEL.fullmatch(plain.strip()) is not None


def _is_prose(words: list[str]) -> bool:
    """Words of a sentence, not a name of two or three words such as `log likelihood`."""
    loose = any(not (w[:1].isalnum() and w[-1:].isalnum()) for w in words)
    bare = [w.strip(",.:;()").lower() for w in words]
    if len(words) == 1 and len(bare[0]) > 1 and bare[0].isalpha() and words[0][-1:] in ",:;":
        return True  # Similarly, …
    done = len(words) > 1 and gives_a_reason(bare, False)  # apply quotient rule
    known = CUES | SURELY | FURTHER
    return done or any(w in known or denies([w]) for w in bare) or len(words) > 3 or (len(words) > 1 and loose)


def styled(t: Token, inner: list[Token]) -> list[Token]:
    """A font or an accent joins with the first letter of its argument, and scripts inside move outside."""
    if not inner:
        return []
    if t.text in T.FONTS_BOLD:
        return _maybe_brace(t, [_bold(p) for p in inner])
    first = inner[0]
    if t.text in T.FONTS_OTHER:
        font = T.FONTS_OTHER[t.text]
        if all(p.kind in ("NAME", "NUMBER") for p in inner):
            letters = "".join(p.text for p in inner)
            return [Token("NAME", f"\\math{font}{{{letters}}}", t.start, inner[-1].end)]
        changed = [replace(p, kind="NAME", text=f"\\math{font}{{{p.text}}}") if p.kind == "NAME" else p for p in inner]
        return _maybe_brace(t, changed)
    accent = T.ACCENTS[t.text]
    if first.kind == "NAME" and _one_script(inner):
        return [replace(first, text=f"\\{accent}{{{first.text}}}", start=t.start), *inner[1:]]
    if all(p.kind == "NAME" for p in inner):
        letters = "".join(p.text for p in inner)
        return [Token("NAME", f"\\{accent}{{{letters}}}", t.start, inner[-1].end)]
    if first.kind == "LBRACE" and inner[-1].kind == "RBRACE":
        return [replace(p, text=f"\\{accent}{{{p.text}}}") if n == 1 and p.kind == "NAME" else p
                for n, p in enumerate(inner)]  # fmt: skip
    raise Unreadable(f"\\{t.text} over more than one letter is not understood; name it.", t.start, inner[-1].end)


def _bold(p: Token) -> Token:
    if p.kind == "NUMBER" and p.text in ("1", "0"):
        return replace(p, kind="NAME", text=f"\\mathbf{{{p.text}}}")
    return replace(p, bold=True) if p.kind == "NAME" else p


def _maybe_brace(t: Token, inner: list[Token]) -> list[Token]:
    """x_i in \\mathbf{x_i} keeps its script; a single letter needs no braces."""
    if len(inner) == 1 or (len(inner) > 1 and inner[1].kind in ("SUB", "SUP")):
        return inner
    return brace(t, inner)


def _one_script(tokens: list[Token]) -> bool:
    """Whether this is one letter, or one with one subscript, or with one superscript in brackets: \\hat{y_i}."""
    if len(tokens) == 1:
        return True
    rest = tokens[2:]
    if tokens[1].kind == "SUB" and len(rest) == 1:
        return True
    if tokens[1].kind not in ("SUB", "SUP") or not rest or rest[0].kind != "LBRACE" or rest[-1].kind != "RBRACE":
        return False
    depth = 0
    for n, x in enumerate(rest):
        depth += (x.kind == "LBRACE") - (x.kind == "RBRACE")
        if depth == 0 and n + 1 < len(rest):
            return False
    return tokens[1].kind == "SUB" or rest[1].kind == "LPAR"


def brace(t: Token, inner: list[Token]) -> list[Token]:
    r"""A group, unless what it holds belongs to what is around: \cancel{- y}, \boxed{a = b}."""
    end = inner[-1].end if inner else t.end
    if inner and (inner[0].kind in ("PLUS", "MINUS") or _relates(inner)):
        return inner
    return [Token("LBRACE", "{", t.start, t.end), *inner, Token("RBRACE", "}", end, end)]


def _relates(tokens: list[Token]) -> bool:
    """Whether a relation stands outside brackets: \\boxed{a = b}."""
    depth = 0
    for t in tokens:
        depth += (t.kind in ("LBRACE", "LPAR", "BEGIN")) - (t.kind in ("RBRACE", "RPAR", "END"))
        if depth == 0 and t.kind == "REL":
            return True
    return False
