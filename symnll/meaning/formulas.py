"""Text to tokens with the notations of a document written out, and tokens to syntax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from symnll.meaning.scope import Notation, Scope
from symnll.read import syntax as S
from symnll.read.groups import ungrouped
from symnll.read.normal import terminals
from symnll.read.recover import bad, balanced, first_bad, recovered
from symnll.read.tokens import BIG, CLOSE, OPEN, Token, Unreadable, expand, scan

_EDGES = {"PLUS", "REL", "COMMA", "SEMI", "COLON", "BAR", "ROW", "AMP", "QUAD", "TEXT", "FORALL", "IMPLIES"}
BINDING = {"max", "min", "argmax", "argmin", "sup", "inf", "lim", r"\mathbb{E}", "E"}
_BEFORE_EMPTY = {"REL", "AMP", "ROW", "PLUS", "MINUS", "TIMES", "NAME", "NUMBER", "RPAR", "RBRACE", "QUAD"}
_EXPONENTS = {*"abcfghopqruvwxyz", *(f"\\{n}" for n in ("alpha", "beta", "eta", "theta", "phi", "psi", "xi"))}
_BEFORE_SUM = {"START", *OPEN, *_EDGES}
_AFTER_SUM = {"END", "MINUS", *CLOSE, *_EDGES}


def tokens_of(
    scope: Scope, text: str, macros: Mapping[str, Any], at: Any = None, plain: bool = False, recover: bool = False
) -> list[Token]:
    """The tokens of a formula; `plain` leaves the document's notations as they are.

    Raises Unreadable; with `recover`, what is unreadable becomes a token of kind BAD as far as possible.
    """
    raw = scan(text, at, frozenset(scope.words))
    if recover:
        expanded = recovered(lambda tokens: expand(tokens, macros), raw)
        made = recovered(terminals, expanded)
    else:
        made = terminals(expand(raw, macros))
        problem = first_bad(made)
        if problem is not None:
            raise problem
    found = marked_indices(scope, compact(made))
    if not scope.known("e"):
        found = exponents(found)
    indexed = {name for name in {n.pattern[0].text for n in scope.notations} if scope.arity(name) - {0}}
    out = found if plain else written_out(found, scope.notations, indexed)
    return ungrouped(balanced(out)) if recover else out


def marked_indices(scope: Scope, tokens: Sequence[Token]) -> list[Token]:
    """j' and j^* as one name, where j is an index: another index, which runs where j does."""
    out: list[Token] = []
    k = 0
    depth: list[bool] = []  # for each open brace, whether it is a script's
    while k < len(tokens):
        t = tokens[k]
        script = any(depth)
        if t.kind == "LBRACE":
            depth.append(bool(out) and out[-1].kind == "SUB")
        elif t.kind == "RBRACE" and depth:
            depth.pop()
        bare = not script and bool(out) and out[-1].kind in ("SUB", "SUP")  # y_i' is (y_i)'
        index = (
            not bare
            and t.kind == "NAME"
            and len(t.text) == 1
            and (t.text in scope.ranges or (script and t.text in "ijklmn"))
        )
        after = tokens[k + 1] if k + 1 < len(tokens) else None
        mark = ""
        if index and after is not None and after.kind == "PRIME":
            used = 1
            while k + used < len(tokens) and tokens[k + used].kind == "PRIME":
                used += 1
            mark = "'" * (used - 1)
        elif index and script and after is not None and after.kind == "SUP" and k + 2 < len(tokens):
            star = tokens[k + 2]
            if star.text in ("*", r"\star", r"\ast"):
                mark, used = "^*", 3
        if mark:
            name = t.text + mark
            if t.text in scope.ranges:
                scope.ranges.setdefault(name, scope.ranges[t.text])
            out.append(replace(t, text=name, end=tokens[k + used - 1].end))
            k += used
            continue
        out.append(t)
        k += 1
    return out


def exponents(tokens: Sequence[Token]) -> list[Token]:
    """e^y_i as e^{y_i}: Euler's number has no index. But e^t_i and e^T_i may be errors e_i."""
    out: list[Token] = []
    closing = -1
    for k, t in enumerate(tokens):
        out.append(t)
        four = tokens[k - 1 : k + 3]
        script = k > 0 and [x.kind for x in four] == ["NAME", "SUP", "NAME", "SUB"] and four[0].text == "e"
        if script and four[2].text in _EXPONENTS:
            out.append(Token("LBRACE", "{", t.end, t.end))
            closing = k + 3
        if k == closing and t.kind == "LBRACE":
            depth = [(x.kind == "LBRACE") - (x.kind == "RBRACE") for x in tokens[k:]]
            closing = next((k + n for n in range(len(depth)) if sum(depth[: n + 1]) == 0), k)
        if k == closing:
            out.append(Token("RBRACE", "}", t.end, t.end))
    return out


def compact(tokens: Sequence[Token]) -> list[Token]:
    """x_{i} as x_i: braces around one token of a script say nothing."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        t = tokens[k]
        if t.kind == "SUP" and k + 1 < len(tokens):  # x^\\prime, x^{\\prime}
            end = k + 1 + (tokens[k + 1].kind == "LBRACE")
            primes = end
            while primes < len(tokens) and tokens[primes].kind == "PRIME":
                primes += 1
            braced = end == k + 2
            if primes > end and (not braced or (primes < len(tokens) and tokens[primes].kind == "RBRACE")):
                out.extend(tokens[end:primes])
                k = primes + braced
                continue
        after = tokens[k + 2].kind if k + 2 < len(tokens) else ""
        empty = t.kind == "LBRACE" and k + 1 < len(tokens) and tokens[k + 1].kind == "RBRACE"
        if empty and after not in ("SUB", "SUP") and (not out or out[-1].kind in _BEFORE_EMPTY):
            k += 2  # ={}&
            continue
        single = (
            t.kind == "LBRACE" and out and out[-1].kind in ("SUB", "SUP") and k + 2 < len(tokens)
            and tokens[k + 2].kind == "RBRACE" and tokens[k + 1].kind in ("NAME", "NUMBER")
        )  # fmt: skip
        if single:
            out.append(tokens[k + 1])
            k += 3
            continue
        out.append(t)
        k += 1
    return out


def notation(scope: Scope, pattern: Sequence[Token], body: Sequence[Token]) -> Notation:
    """write pattern for body: letters of the pattern that are indices, in a script or in brackets, stand for any."""
    holes = set()
    depth = 0
    for k, t in enumerate(pattern):
        depth += (t.kind in OPEN) - (t.kind in CLOSE)
        if t.kind == "NAME" and t.text in scope.ranges and (depth or (k and pattern[k - 1].kind in ("SUB", "SUP"))):
            holes.add(t.text)
    return Notation(tuple(pattern), tuple(body), frozenset(holes), _shape(pattern))


def _shape(pattern: Sequence[Token]) -> str:
    """Whether a pattern is a sum or a product of several things; a name with its arguments is one thing."""
    try:
        whole = S.unwrap(S.parse(pattern))
    except Unreadable:
        return ""
    if isinstance(whole, S.Sum):
        return "sum"
    call = isinstance(whole, S.Product) and len(whole.items) == 2 and pattern[-1].kind == "RPAR"
    return "product" if isinstance(whole, S.Product) and not call else ""


def _fits(n: Notation, tokens: Sequence[Token], k: int, after: int) -> bool:
    """Whether tokens[k:after] are together: `a + b` is not in 2a + b, and `a b` is not in a b²."""
    before = tokens[k - 1].kind if k else "START"
    following = tokens[after].kind if after < len(tokens) else "END"
    if after - k > 1 and before in ("SUP", "SUB", "FRAC", "BINOM", "SQRT", "ROOT"):
        return False
    if n.shape and following in ("SUP", "SUB", "PRIME", "BANG"):
        return False
    return n.shape != "sum" or (before in _BEFORE_SUM and following in _AFTER_SUM)


def written_out(tokens: Sequence[Token], notations: Sequence[Notation], indexed: set[str]) -> list[Token]:
    """Every notation replaced by what it stands for; what comes out is not looked at again.

    A notation for J alone says nothing of J_i where J is a name with indices too.
    """
    if not notations:
        return list(tokens)
    ordered = sorted(notations, key=lambda n: -sum(t.text not in n.holes for t in n.pattern))
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        for n in ordered:
            found = _match(n, tokens, k)
            if found is not None and not _fits(n, tokens, k, found[0]):
                found = None
            if found is not None and len(n.pattern) == 1 and n.pattern[0].text in indexed:
                if found[0] < len(tokens) and tokens[found[0]].kind == "SUB":
                    found = None
            if found is not None:
                after, values = found
                out.extend(_instance(n, values, tokens[k].start, max(t.end for t in tokens[k:after])))
                k = after
                break
        else:
            out.append(tokens[k])
            k += 1
    return out


def _instance(n: Notation, values: Mapping[str, Sequence[Token]], start: int, end: int) -> list[Token]:
    inside: list[Token] = []
    captured = _bound_in(n.body) & {t.text for value in values.values() for t in value if t.kind == "NAME"} - n.holes
    if captured:
        message = f"{min(captured)} is bound in what this notation stands for; define it with `let` instead."
        return [bad(message, start, end)]
    for t in n.body:
        value = values.get(t.text) if t.kind == "NAME" else None
        if value is None:
            inside.append(t)
        elif len(value) == 1:
            inside.extend(value)
        else:
            inside.extend((replace(t, kind="LBRACE", text="{"), *value, replace(t, kind="RBRACE", text="}")))
    placed = [replace(t, start=start, end=end) for t in inside]
    if len(placed) == 1:
        return placed
    return [Token("LBRACE", "{", start, end), *placed, Token("RBRACE", "}", start, end)]


def _bound_in(body: Sequence[Token]) -> set[str]:
    """The letters below the operators of a formula."""
    found: set[str] = set()
    for k, t in enumerate(body[:-2]):
        if t.kind == "NAME" and body[k + 1].kind == "SUB" and (t.text in BINDING or t.text[1:] in BIG):
            end, depth = k + 2, 0
            while end < len(body):
                depth += (body[end].kind in OPEN) - (body[end].kind in CLOSE)
                found |= {body[end].text} if body[end].kind == "NAME" else set()
                end += 1
                if depth == 0:
                    break
    return found


def _match(n: Notation, tokens: Sequence[Token], k: int) -> tuple[int, dict[str, Sequence[Token]]] | None:
    values: dict[str, Sequence[Token]] = {}
    pattern = n.pattern
    for p, want in enumerate(pattern):
        if k >= len(tokens):
            return None
        if want.kind == "NAME" and want.text in n.holes:
            beside = [pattern[x] for x in (p - 1, p + 1) if 0 <= x < len(pattern)]
            if any(t.kind == "NAME" and t.text in n.holes for t in beside) and tokens[k].kind in ("NAME", "NUMBER"):
                if [t.text for t in values.setdefault(want.text, tokens[k : k + 1])] != [tokens[k].text]:
                    return None
                k += 1  # of _{ij}: one letter each
                continue
            after = _hole(
                tokens, k, pattern[p + 1] if p + 1 < len(pattern) else None, p and pattern[p - 1].kind in ("SUB", "SUP")
            )
            if after is None:
                return None
            value = tokens[k:after]
            if value[0].kind == "LBRACE" and value[-1].kind == "RBRACE":
                value = value[1:-1]
            known = values.setdefault(want.text, value)
            if [t.text for t in known] != [t.text for t in value]:
                return None
            k = after
            continue
        if tokens[k].kind != want.kind or tokens[k].text != want.text:
            return None
        k += 1
    rest = n.body[len(pattern) :]
    if rest and [t.text for t in n.body[: len(pattern)]] == [t.text for t in pattern] and k < len(tokens):
        if tokens[k].kind == rest[0].kind:  # write σ for σ(x): σ(y) is no use of it
            return None
    return k, values


def _hole(tokens: Sequence[Token], k: int, following: Token | None, script: Any) -> int | None:
    """Where the index that stands at tokens[k] ends: one token or group in a script, else up to what follows."""
    if script:
        if tokens[k].kind in ("NAME", "NUMBER"):
            return k + 1
        if tokens[k].kind != "LBRACE":
            return None
    depth, start = 0, k
    while k < len(tokens):
        t = tokens[k]
        if (
            depth == 0
            and k > start
            and (script or (following is not None and (t.kind, t.text) == (following.kind, following.text)))
        ):
            return k
        if depth == 0 and not script and t.kind in ("COMMA", "BAR", "REL", "SEMI", "ROW", "AMP", "PLUS", "MINUS"):
            return None
        depth += (t.kind in OPEN) - (t.kind in CLOSE)
        if depth < 0:
            return k if k > start and following is not None and t.kind == following.kind else None
        k += 1
    return k if script and k > start else None
