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


def bars(tokens: list[Token]) -> list[Token]:
    """Bare | and ‖ decided: a pair around an expression, a separator, or the bar of an evaluation."""
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
        elif t.kind in ("BAR", "NORM"):
            operand = bool(out) and out[-1].kind in ends and not (out[-1].kind == "NAME" and out[-1].text in T.NAMED)
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
