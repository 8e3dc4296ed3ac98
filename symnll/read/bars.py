"""Brackets that need their partner to be understood: \\left and \\right, and the bars | and ‖."""

from __future__ import annotations

from dataclasses import replace

from symnll.read import tokens as T
from symnll.read.tokens import Token


def fences(raw: list[Token]) -> list[Token]:
    r"""\left and \right with their partners: `\left.` and `\right.` vanish, with `\left\{` before a bare `\right.`."""
    out = list(raw)
    stack: list[int] = []
    k = 0
    while k < len(out):
        t = out[k]
        if t.kind == "command" and t.text in ("left", "right"):
            n = k + 1
            while n < len(out) and out[n].kind == "space":
                n += 1
            if n == len(out):
                break
            d = out[n]
            if t.text == "left":
                stack.append(n)
                if d.text in ("|", "vert", "lvert"):
                    out[n] = Token("fence", "abs(", d.start, d.end)
                elif d.text in ("lVert", "Vert") or (d.kind == "command" and d.text == "|"):
                    out[n] = Token("fence", "norm(", d.start, d.end)
            else:
                m = stack.pop() if stack else None
                partner = out[m] if m is not None else None
                bar = d.text in ("|", "vert", "rvert")
                double = d.text in ("rVert", "Vert") or (d.kind == "command" and d.text == "|")
                if partner is not None and partner.text == "abs(":
                    out[n] = Token("fence", "abs)", d.start, d.end)
                elif partner is not None and partner.text == "norm(":
                    out[n] = Token("fence", "norm)", d.start, d.end)
                elif bar:
                    out[n] = Token("fence", "at|", d.start, d.end)
                elif double:
                    out[n] = Token("fence", "norm)", d.start, d.end)
                if partner is not None and m is not None:
                    if d.text == "." and d.kind == "other":
                        out[n] = Token("space", " ", d.start, d.end)
                        if partner.text in ("{", "lbrace") and partner.kind == "command":
                            out[m] = Token("fence", "cases", partner.start, partner.end)
                        else:
                            out[m] = Token("space", " ", partner.start, partner.end)
                    elif partner.text == "." and bar:
                        out[m] = Token("other", "{", partner.start, partner.end)
                        out[n] = Token("fence", "}at|", d.start, d.end)
                    elif partner.text == ".":
                        out[m] = out[n] = Token("space", " ", partner.start, partner.end)
            k = n
        k += 1
    return out


def barred(t: Token, inner: list[Token]) -> list[Token]:
    r"""\abs{x} and \norm{x} between their bars."""
    kind, end = t.text.upper(), inner[-1].end if inner else t.end
    sign = "|" if kind == "ABS" else r"\|"
    return [replace(t, kind=f"L{kind}", text=sign), *inner, Token(f"R{kind}", sign, t.end, end)]


def condition_ahead(raw: list[Token], k: int) -> bool:
    r"""Whether a bracket with a relation of its own begins at raw[k]: a = b \; (i = j)."""
    depth = 0
    for p in raw[k:]:
        if p.kind == "space" or (depth == 0 and p.kind == "command" and p.text in T.NOTHING):
            continue
        if depth == 0 and (p.kind, p.text) != ("other", "("):
            return False
        if p.kind == "other":
            depth += (p.text in "({[") - (p.text in ")}]")
        if depth == 1 and (p.text if p.kind == "other" else f"\\{p.text}") in T.RELATIONS:
            return True
        if depth == 0:
            return False
    return False


def _halves(tokens: list[Token]) -> list[Token]:
    r"""\lvert, \rvert and the like without their partner as bars: p(y \lvert x)."""
    partners = {"RABS": "LABS", "RNORM": "LNORM"}
    bare = {"LABS": "BAR", "RABS": "BAR", "LNORM": "NORM", "RNORM": "NORM"}
    alone: set[int] = set()
    stack: list[int] = []
    for k, t in enumerate(tokens):
        if t.kind in T.OPEN:
            stack.append(k)
        elif t.kind in partners:
            if stack and tokens[stack[-1]].kind == partners[t.kind]:
                stack.pop()
            else:
                alone.add(k)
        elif t.kind in T.CLOSE:
            while stack and tokens[stack[-1]].kind in ("LABS", "LNORM"):
                alone.add(stack.pop())
            stack = stack[:-1]
    alone |= {k for k in stack if tokens[k].kind in bare}
    return [replace(t, kind=bare[t.kind]) if k in alone else t for k, t in enumerate(tokens)]


def _paired_bars(tokens: list[Token]) -> set[int]:
    """Bars that stand directly in no round or square bracket, two by two: they pair up, and separate nothing."""
    places: dict[tuple[int, str], list[int]] = {}
    stack: list[int] = []
    for k, t in enumerate(tokens):
        if t.kind in ("LPAR", "LBRACE", "BEGIN"):
            stack.append(k)
        elif t.kind in ("RPAR", "RBRACE", "END"):
            stack = stack[:-1]
        elif t.kind in ("BAR", "NORM"):
            places.setdefault((stack[-1] if stack else -1, t.kind), []).append(k)
    return {
        p
        for (at, _), found in places.items()
        if len(found) % 2 == 0 and (at < 0 or tokens[at].kind != "LPAR")
        for p in found
    }


def _waits(tokens: list[Token]) -> bool:
    """Whether these end with an operator and its scripts, which wants what follows: \\sum_{i}."""
    k, depth = len(tokens) - 1, 0
    while k >= 0:
        t = tokens[k]
        depth += (t.kind in T.CLOSE) - (t.kind in T.OPEN)
        if depth == 0:
            if k and tokens[k - 1].kind in ("SUB", "SUP"):
                k -= 2
                continue
            return t.kind == "NAME" and t.text[1:] in T.BIG
        k -= 1
    return False


def bars(tokens: list[Token]) -> list[Token]:
    """Bare | and ‖ decided: a pair around an expression, a separator, or the bar of an evaluation."""
    tokens = _halves(tokens)
    out: list[Token] = []
    stack: list[tuple[str, int]] = []  # opening tokens, with their place in `out`
    paired = _paired_bars(tokens)
    ends = {"NAME", "NUMBER", "RPAR", "RBRACE", "RABS", "RNORM", "PRIME", "BANG", "END", "DOTS"}
    for k, t in enumerate(tokens):
        if t.kind in ("LPAR", "LBRACE", "BEGIN"):
            stack.append((t.kind, len(out)))
        elif t.kind in ("RPAR", "RBRACE", "END"):
            while stack and stack[-1][0] in ("BAR", "NORM"):
                kind, place = stack.pop()
                out[place] = replace(out[place], kind=kind)
            if stack:
                stack.pop()
        elif t.kind == "REL":
            while stack and stack[-1][0] in ("BAR", "NORM"):  # no relation stands between bars
                stack.pop()
        elif t.kind in ("BAR", "NORM"):
            operand = bool(out) and out[-1].kind in ends and not (out[-1].kind == "NAME" and out[-1].text in T.NAMED)
            operand = operand and not _waits(out)
            inside = bool(stack) and stack[-1][0] == t.kind
            if k in paired and not inside:
                operand = False
            small = "ABS" if t.kind == "BAR" else "NORM"
            if t.kind == "BAR" and operand and not inside and k + 1 < len(tokens) and tokens[k + 1].kind == "SUB":
                t = replace(t, kind="EVAL")
            elif inside and operand:
                _, place = stack.pop()
                out[place] = replace(out[place], kind="L" + small)
                t = replace(t, kind="R" + small)
            elif not operand:
                stack.append((t.kind, len(out)))
        out.append(t)
    return out
