"""The reader's notation: it says the same as the theorem, in every format, and what can't be said is refused."""

from __future__ import annotations

import math
from functools import lru_cache

import pytest

from symnll.document.html import page
from symnll.document.latex.article import article
from symnll.document.library import entry_document
from symnll.document.markdown import markdown
from symnll.document.model import Derivation, Document, Heading, Paragraph, words
from symnll.document.notation.notation import Notation, NotationError, in_notation, parse
from symnll.document.text import plain
from symnll.entry import entries, select
from symnll.prove.library import prove_claims
from symnll.write.nodes import Big, Call, Delta, Name, Number, Power, Product, Quotient, Relation, Sum
from symnll.write.text import statement_text
from symnll.write.text import text as shown


@lru_cache(maxsize=8)
def documents(detail: str = "main", names: tuple[str, ...] = ()) -> tuple[Document, ...]:
    chosen = [e for e in entries().values() if not names or e.name in names]
    proved = prove_claims(select([e.name for e in chosen]))
    return tuple(entry_document(e, proved, detail) for e in chosen)


def document(name: str, detail: str = "main") -> Document:
    return documents(detail, (name,))[0]


def claim(d: Document, name: str):
    return next(c for c in d.claims if c.short == name)


def test_letters_one_hot_logarithm():
    d = in_notation(document("nll"), parse("z=f,y=p,K=C,onehot=t,log=ln"))
    gradient = claim(d, "gradient")
    assert shown(gradient.statement.formula) == "∂/∂f_m (−ln(p_T)) = p_m − t_m"
    assert shown(gradient.statement.where[0]) == "p_i = exp(f_i)/Σ_k exp(f_k)"
    assert "C ≥ 1" in statement_text(gradient.statement) and "K" not in statement_text(gradient.statement)
    assert shown(claim(d, "mean_gradient").steps[-1].node).endswith("− t_{a,m})/N")
    assert words(d.lead).startswith("The loss −ln p_T of the target class T, for probabilities p = softmax(f).")
    assert "p pᵀ" in words(d.lead)
    assert words(d.blocks[0].content).startswith("Notation: f is the library’s z")
    for text in (article(d), markdown(d), plain(d), page(d)):
        assert text
    assert r"\ln" in article(d) and r"\log" not in article(d) and "z_{" not in article(d).replace("library", "")


def test_the_indicator_and_delta():
    d = in_notation(document("nll"), parse("onehot=indicator"))
    assert shown(claim(d, "gradient").statement.formula) == "∂/∂z_m (−log(y_T)) = y_m − 1_{m = T}"
    assert shown(claim(d, "hessian").statement.formula).endswith("y_m·δ(m, r) − y_m·y_r")  # no target: as it was
    assert not parse("onehot=delta") and not parse("first=1,log=log") and not parse("z=z")


def test_what_is_marked_stands_in_the_formula():
    def parts(node):
        yield node
        for value in vars(node).values():
            stack = [value]
            while stack:
                v = stack.pop()
                if isinstance(v, tuple):
                    stack += v
                elif hasattr(v, "__dataclass_fields__"):
                    yield from parts(v)

    for notation in ("z=f,K=C", "first=0", "onehot=indicator,log=ln"):
        d = in_notation(document("nll"), parse(notation))
        before = document("nll")
        for new, old in zip(d.claims, before.claims, strict=True):
            for a, b in zip(new.steps, old.steps, strict=True):
                assert bool(a.changed) == bool(b.changed)
                inside = {id(p) for p in parts(a.node)}
                assert all(id(c) in inside for c in a.changed)


def everything(d: Document) -> list[str]:
    found = [words(d.title), words(d.lead)]
    for b in d.blocks:
        if isinstance(b, Heading | Paragraph) and not words(b.content).startswith("Notation: "):
            found.append(words(b.content))
        if isinstance(b, Derivation):
            c = b.claim
            found += [statement_text(c.statement), *(shown(s.node) + s.reason for s in c.steps)]
            found += [shown(line.node) for s in c.steps for line in s.rules] + [shown(line.node) for line in c.ledger]
            found += [c.code[0].text, *(f"{shown(s.name)} {s.kind} {[*map(shown, s.ranges)]}" for s in c.symbols)]
    return found


@pytest.mark.parametrize("there, back", [("z=w,y=g", "w=z,g=y"), ("z=θ,m=b", "theta=z,b=m"), ("z=K,K=z", "z=K,K=z")])
def test_renaming_back_gives_the_same(there, back):
    for detail, names in (("main", ("nll", "softmax", "stable")), ("full", ("stable",)), ("every-rule", ("stable",))):
        for d in documents(detail, names):
            if "m" in there and d.name == "stable":
                continue
            other = in_notation(d, parse(there))
            assert everything(other) != everything(d)
            bare = Document(other.name, other.title, other.lead, other.blocks[1:])  # without what says the notation
            assert everything(in_notation(bare, parse(back))) == everything(d)


# Counting from 0 says the same: both formulas have the same values, where the arrays are shifted.


class Beyond(Exception):
    """The formula holds what has no value here."""


def value(node, first: int, whole: set[str], bound: dict[str, int]):
    """The value with sizes 2 and arrays whose entries depend on their place alone."""

    def of(n):
        return value(n, first, whole, bound)

    def place(n):
        return int(of(n)) - first

    match node:
        case Number(v):
            return float(v)
        case Name(name, indices, (), 0):
            if name in bound:
                return bound[name]
            if indices:
                if name == "x":  # the library's labels: classes
                    return first + (place(indices[0]) % 2)
                return 0.3 + sum(((7 * place(i) + 3) % 5) / 7 + ord(name[0]) % 11 / 13 for i in indices)
            if name in ("K", "N", "A", "B"):
                return 2
            if name in whole:
                return first + len(name) % 2
            return 0.4 + ord(name[0]) % 7 / 9
        case Sum(terms):
            return sum(s * of(t) for s, t in terms)
        case Product(factors):
            return math.prod(map(of, factors))
        case Quotient(a, b):
            return of(a) / of(b)
        case Power(a, b):
            return of(a) ** of(b)
        case Call(f, arguments):
            return {"exp": math.exp, "log": math.log, "max": max, "sqrt": math.sqrt}[f](*map(of, arguments))
        case Delta(a, b):
            return float(of(a) == of(b))
        case Big(kind, variable, low, high, body, _):
            every = [value(body, first, whole, {**bound, variable: n}) for n in range(int(of(low)), int(of(high)) + 1)]
            return sum(every) if kind == "sum" else math.prod(every) if kind == "prod" else max(every)
        case Relation("=" | "≠" | "≤" | "<" | "≥" | ">", a, b):
            return (of(a), of(b)) if not isinstance(a, Name) or a.indices else (of(a) == of(b), of(a) < of(b))
    raise Beyond


def test_counting_from_0_says_the_same():
    compared = 0
    for d in documents():
        try:
            zero = in_notation(d, parse("first=0"))
        except NotationError as error:
            assert d.name in ("likelihood", "sigmoid") and "numbers from 1" in str(error)
            continue
        for old, new in zip(d.claims, zero.claims, strict=True):
            whole = {shown(s.name) for s in old.symbols if s.kind in ("index", "integer")}
            pairs = [(old.statement.formula, new.statement.formula)]
            pairs += [(a.node, b.node) for a, b in zip(old.steps, new.steps, strict=True)]
            for a, b in pairs:
                try:
                    one = value(a, 1, whole, {})
                except (Beyond, ZeroDivisionError, ValueError):
                    continue
                assert value(b, 0, whole, {}) == pytest.approx(one), (shown(a), shown(b))
                compared += 1
    assert compared > 100


def test_counting_from_0():
    d = in_notation(document("nll"), parse("first=0,onehot=t"))
    said = statement_text(claim(d, "gradient").statement)
    assert "m ∈ 0..K − 1" in said and "K ≥ 1" in said
    assert r"\sum_{k=0}^{K - 1}" in article(d) and r"\sum_{k=1}" not in article(d)
    for names in (("softmax", "stable"),):
        for d in documents("every-rule", names):
            assert in_notation(d, parse("first=0")).claims


def test_what_is_refused():
    nll = document("nll")
    cases = {
        "z=y": "z=y would make z and y look the same: y is used in nll.",
        "K=k": "K=k would make K and k look the same: k is used in nll.",
        "z=f,y=f": "would make",
        "q=w": "nll has no q; its symbols are",
        "onehot=v": "onehot=v: v is used for something else in nll.",
        "y=p,onehot=z": "onehot=z: z is used for something else",
    }
    for text, message in cases.items():
        with pytest.raises(NotationError) as caught:
            in_notation(nll, parse(text))
        assert message in str(caught.value), (text, str(caught.value))
    assert in_notation(nll, parse("y=p,onehot=y"))  # y is free again
    with pytest.raises(NotationError, match="is a word too"):
        in_notation(document("sigmoid_reverse"), parse("a=w"))
    odd = (
        "z",
        "z=",
        "=f",
        "z=f,z=g",
        "z=1",
        "z=f g",
        "z=\\input",
        "first=2",
        "log=lg",
        "onehot=7",
        "z=e",
        "z=δ",
        "z=log",
    )
    more = ("z=Σ", "z=pi", "z=<script>", "tau=T,τ=R", "log=ln,log=log", "z=" + "x" * 20)
    for text in (*odd, *more):
        with pytest.raises(NotationError):
            parse(text)


def test_an_index_that_is_a_number_is_refused():
    i, one = Name("i"), Number(1)
    total = Big("sum", "i", one, Name("K"), Product((i, Name("z", (i,)))), True)
    d = document("softmax")
    first = d.claims[0]
    from dataclasses import replace

    odd = replace(first, statement=replace(first.statement, formula=Relation("=", total, one)))
    with pytest.raises(NotationError, match="the index i is used as a number too"):
        in_notation(Document("odd", ("odd",), (), [Derivation(odd)]), Notation(first=0))


def test_parse():
    assert parse("") == Notation() and not parse("")
    assert parse(" z = f , tau=T,onehot=indicator,first=0,log=ln") == Notation(
        {"z": "f", "τ": "T"}, "indicator", 0, "ln"
    )
