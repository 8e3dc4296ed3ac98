"""Text to tokens: spellings of one thing made one, layout dropped, macros written out, positions kept."""

from typing import NamedTuple

import pytest

from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope
from symnll.read.normal import terminals
from symnll.read.tokens import LONGEST_NUMBER, Token, Unreadable, expand, scan


class Macro(NamedTuple):
    """A command of a document's own, as the reader of documents gives it."""

    arguments: int
    body: str
    default: str | None = None


def read(text: str, macros: dict[str, Macro] | None = None) -> list[Token]:
    return terminals(expand(scan(text), macros or {}))


def spelled(text: str, macros: dict[str, Macro] | None = None) -> str:
    return " ".join("frac" if t.kind == "FRAC" else t.text for t in read(text, macros))


SAME = {
    r"\log x": ["log x", r"\operatorname{log} x", r"\mathrm{log} x", r"\text{log} x"],
    r"\frac{a}{b}": ["frac{a}{b}", r"\dfrac{a}{b}", r"\tfrac{a}{b}", r"\frac{\displaystyle a}{b}"],
    r"a \leq b": ["a ≤ b", r"a \le b", r"a \leqslant b", "a <= b"],
    r"a \geq b": ["a ≥ b", r"a \ge b", "a >= b"],
    "a = b": ["a ＝ b", r"a \overset{(1)}{=} b", r"a \stackrel{\text{x}}{=} b", r"a \;=\; b"],
    "a := b": [r"a \coloneqq b", r"a \triangleq b", "a ≔ b", r"a \stackrel{def}{=} b", "a : = b"],
    "a - b": ["a – b", "a − b", "a — b"],
    r"a \cdot b": ["a · b", "a * b", "a ⋅ b"],
    r"\theta": ["theta", "θ"],
    r"\sum_i x": ["∑_i x", "sum_i x", r"\sum\limits_i x", r"\sum\nolimits_i x"],
    r"x^\top": ["xᵀ", "x^⊤", r"x^\intercal"],
    r"x^2": ["x²"],
    r"x'": ["x′", "x’", r"x\prime"],
    r"\dots": ["...", "…", r"\ldots", r"\cdots"],
    r"(a)": [r"\left( a \right)", r"\bigl( a \bigr)", r"\Big( a \Big)", "（a）", r"\lparen a \rparen"],
    r"\{a\}": [r"\left\{ a \right\}", r"\lbrace a \rbrace", r"\bigl\{ a \bigr\}"],
    "a b": ["ab", r"a\,b", r"a~b", r"a\!b", r"a\ b"],
    "a": [r"a\label{eq:1}", r"a\tag{1}", r"a\nonumber", r"\displaystyle a", r"\color{red} a", "a % comment"],
    r"\argmax_x": [r"\arg\max_x", r"\operatorname*{arg\,max}_x", r"\operatorname{argmax}_x"],
    r"\hat{y}": [r"\widehat{y}", r"\hat y"],
    r"\mathbb{1}": ["𝟙", r"\mathds{1}", r"\mathbbm{1}"],
}  # fmt: skip


@pytest.mark.parametrize(("one", "other"), [(a, b) for a, more in SAME.items() for b in more])
def test_spellings_of_one_thing_are_one(one: str, other: str) -> None:
    assert spelled(other).split() == spelled(one).split()


def test_bold_is_remembered_and_no_other_name() -> None:
    plain, bold = read("x")[0], read(r"\mathbf{x}")[0]
    assert plain.text == bold.text and bold.bold and not plain.bold


@pytest.mark.parametrize(
    ("text", "other"), [("\u0430", "a"), ("ℓ", "l"), (r"\hat{x}", "x"), (r"\mathcal{L}", "L"), ("Α", "A")]
)
def test_letters_that_look_alike_are_not_one(text: str, other: str) -> None:
    assert spelled(text) != spelled(other)


@pytest.mark.parametrize(
    ("text", "word"),
    [(r"a + \log b", r"\log"), ("a ≤ b", "≤"), (r"\frac{a}{b c}", "c"), ("x_{ij}", "j"), ("α + theta", "theta"),
     (r"a \stackrel{!}{=} b", "b"), ("a % b\n+ c", "c"), (r"\text{if } i = j", "j")],
)  # fmt: skip
def test_tokens_stand_where_they_were_written(text: str, word: str) -> None:
    start = text.rindex(word)
    assert any((t.start, t.end) == (start, start + len(word)) for t in read(text))


MACROS = {
    r"\R": Macro(0, "R"),
    r"\half": Macro(1, r"\frac{#1}{2}"),
    r"\pair": Macro(2, "#1, #2"),
    r"\opt": Macro(2, "#1 + #2", "x"),
    r"\loop": Macro(0, r"\loop a"),
    r"\ping": Macro(0, r"\pong"),
    r"\pong": Macro(0, r"\ping"),
    r"\twice": Macro(1, "#1 #1"),
    **{rf"\d{chr(97 + n)}": Macro(0, rf"\d{chr(96 + n)} \d{chr(96 + n)}") for n in range(1, 26)},
    r"\da": Macro(0, "x"),
}


@pytest.mark.parametrize(
    ("text", "means"),
    [(r"\R", "R"), (r"\half{a}", r"\frac{a}{2}"), (r"\half a", r"\frac{a}{2}"), (r"\pair{a}{b}", "a, b"),
     (r"\opt{b}", "x + b"), (r"\opt[a]{b}", "a + b"), (r"\twice{\half{a}}", r"\frac{a}{2} \frac{a}{2}"), (r"\dc", "x x x x")],
)  # fmt: skip
def test_macros_are_written_out(text: str, means: str) -> None:
    assert spelled(text, MACROS) == spelled(means)


def test_what_a_macro_expands_to_stands_where_it_is_called() -> None:
    assert {(t.start, t.end) for t in read(r"a + \R", MACROS)[2:]} == {(4, 6)}


@pytest.mark.parametrize("text", [r"\loop", r"\ping", r"\dz", r"\half", r"\pair{a}", r"\half{a"])
def test_macros_without_end_or_argument_are_refused_where_they_are_called(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read("b + " + text, MACROS)
    assert caught.value.start >= 4


REFUSED = {
    "a ¿ b": ("character ¿", "¿"),
    "a \x07 b": ("U+0007", "\x07"),
    "a \u202e b": ("U+202E", "\u202e"),
    r"\hat": ("no argument", r"\hat"),
    r"a \not\in b": (r"\not", r"\not"),
    "x^12": ("Only the first digit", "12"),
    "x_10": ("Only the first digit", "10"),
    "1e-3": ("10^", "1e-3"),
    "9" * (LONGEST_NUMBER + 1): ("digits", "9" * (LONGEST_NUMBER + 1)),
    r"\exists x": ("∃", r"\exists"),
    r"50\%": (r"\%", r"\%"),
    "{" * 60 + "x" + "}" * 60: ("nested too deeply", None),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda t: t[:12])
def test_what_can_not_be_read_is_refused_with_its_place(text: str) -> None:
    part, place = REFUSED[text]
    with pytest.raises(Unreadable) as caught:
        tokens_of(Scope(), text, {})
    assert part in str(caught.value)
    assert place is None or text[caught.value.start : caught.value.end] == place


@pytest.mark.parametrize(
    ("text", "good"),
    [("a ¿ b = c", "a b = c"), (r"\frac{a}{ = 3", "= 3"), ("a} = 3", "a = 3"), ("(a = 3", "a = 3"), ("x^12 = b", "= b"),
     (r"\hat", ""), (r"a \not\in b = c", "b = c"), (r"\text{(by } i = j)", "i = j")],
)  # fmt: skip
def test_what_is_around_something_unreadable_is_still_read(text: str, good: str) -> None:
    found = [t.text for t in tokens_of(Scope(), text, {}, recover=True) if t.kind not in ("BAD", "TEXT")]
    assert all(word in found for word in good.split())


def test_the_rest_of_a_bracket_without_partner_is_at_the_top() -> None:
    found = tokens_of(Scope(), r"\frac{a}{ = 3", {}, recover=True)
    assert [t.kind for t in found if t.kind in ("BAD", "REL")] == ["BAD", "REL"]


@pytest.mark.parametrize("text", ["{" * 500_000, "}" * 500_000, r"\a" * 200_000, "x" * 300_000])
def test_a_megabyte_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(Unreadable, match="too long|nested too deeply"):
        tokens_of(Scope(), text, {}, recover=True)
