"""Displays to steps: rows, chains, and the conditions that belong to a row."""

import pytest

from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope
from symnll.read.rows import Member, links


def written(member: Member | None) -> str:
    return "…" if member is None else "".join(t.text for t in member.tokens)


def steps(text: str) -> list[str]:
    """The steps of a display as text: left relation right | condition; condition."""
    found, _ = links(tokens_of(Scope(), text, {}, recover=True), lambda name: name in "ijkmn")
    out = []
    for link in found:
        conditions = "; ".join("".join(t.text for t in c) for c in link.conditions)
        role = "where " if link.role == "where" else ""
        out.append(
            f"{role}{written(link.lhs)} {link.relation.text} {written(link.rhs)}"
            + (f" | {conditions}" if conditions else "")
        )
    return out


CHAINS = {
    "a = b": ["a = b"],
    "a = b = c": ["a = b", "b = c"],
    "a = b < c": ["a = b", "b < c"],
    r"a &= b \\ &= c": ["a = b", "b = c"],
    r"a &= b \\ c &= d": ["a = b", "c = d"],
    r"a &= b \\ &+ c \\ &= d": ["a = b+c", "b+c = d"],
    r"a &= b \\ &\quad - c \\ &= d": ["a = b-c", "b-c = d"],
    r"a &= (b \\ &\quad + c) \\ &= d": ["a = (b+c)", "(b+c) = d"],
    r"a = \\ b": ["a = b"],
    r"a = \\ b = c": ["a = b", "b = c"],
    r"a \\ &= b": ["a = b"],
    "= b": ["… = b"],
    r"a = b, \quad c = d": ["a = b", "c = d"],
    r"a = b \qquad c = d": ["a = b", "c = d"],
    r"a = b \text{ and } c = d": ["a = b", "c = d"],
    r"a = b \Rightarrow c = d": ["a = b", "c = d"],
    r"a = b \\ \Rightarrow c = d": ["a = b", "c = d"],
    r"\Rightarrow a = b": ["a = b"],
    r"a = b.": ["a = b"],
    r"a = b \tag{1} \\ &= c \nonumber": ["a = b", "b = c"],
    r"\begin{aligned} a &= b \\ &= c \end{aligned}": ["a = b", "b = c"],
    r"\begin{split} a &= b \\ &= c \end{split}": ["a = b", "b = c"],
    r"\begin{array}{rcl} a &=& b \\ &=& c \end{array}": ["a = b", "b = c"],
    r"a = {} & b": ["a = b"],
    r"{a = b}": ["a = b"],
    r"{\color{red} a = b} = c": ["a = b", "b = c"],
    r"\boxed{a = b}": ["a = b"],
    r"a \mathrel{=} b": ["a = b"],
    r"\begin{cases} a = b \\ c = d \end{cases}": ["a = b", "c = d"],
    r"a := b \equiv c \approx d \propto e": ["a := b", r"b \equiv c", r"c \approx d", r"d \propto e"],
    r"a \overset{(1)}{=} b \stackrel{def}{=} c": ["a = b", "b := c"],
    r"a = \mathbb{1}\{x = y\}": [r"a = \mathbb{1}\{x=y\}"],
    r"a = \sum_{x = 1}^{y} b": [r"a = \sum_{x=1}^yb"],
    r"a = b \text{ where } c = d": ["a = b", "where c = d"],
    "a": [],
    "": [],
    r"a \neq b": [],
    r"a = b \neq c = d": ["a = b", "c = d"],
    r"a = b \in (0, 1)": ["a = b"],
}


@pytest.mark.parametrize("text", CHAINS)
def test_the_steps_of_a_display(text: str) -> None:
    assert [s.replace("{", "").replace("}", "") for s in steps(text)] == [
        s.replace("{", "").replace("}", "") for s in CHAINS[text]
    ]


CONDITIONS = {
    r"a = b \quad \text{if } i = j": [r"a = b | i=j"],
    r"a = b, \quad i = j": ["a = b | i=j"],
    r"a = b \quad (i = j)": ["a = b | i=j"],
    r"a = b, \quad i \neq j": [r"a = b | i\neqj"],
    r"i = j: \quad a = b": ["a = b | i=j"],
    r"\text{if } i = j: a = b": ["a = b | i=j"],
    r"\text{For } i = j \text{ we have } a = b": ["a = b | i=j"],
    r"\text{For } i = j: \\ a &= b": ["a = b | i=j"],
    r"a = b \quad \forall i \neq j": [r"a = b | i\neqj"],
    r"a = b \text{ if } i = j \text{ and } j = k": ["a = b | i=j; j=k"],
    r"a = b \text{ if } i = j, j = k": ["a = b | i=j; j=k"],
    r"a &= b && \text{if } i = j \\ a &= c && \text{if } i \neq j": ["a = b | i=j", r"a = c | i\neqj"],
    r"a &= b && \text{if } i = j \\ &= c && \text{if } i \neq j": ["a = b | i=j", r"a = c | i\neqj"],
    r"a &= b && \text{if } i = j \\ &= c && \text{otherwise}": ["a = b | i=j", r"a = c | i\neqj"],
    r"a &= b && \text{if } i = j \\ c &= d": ["a = b | i=j", "c = d"],
    # what denies, and what lists values
    r"a = b \text{ unless } i = j": [r"a = b | i\neqj"],
    r"a = b \text{ except for } i = j": [r"a = b | i\neqj"],
    r"a = b \text{ if not } i = j": [r"a = b | i\neqj"],
    r"a = b, \quad i = 1, \dots, n": [r"a = b | i\geq1; i\leqn"],
    r"a = b, \quad i, j = 1, \dots, n": [r"a = b | i\geq1; i\leqn; j\geq1; j\leqn"],
    r"a = b \qquad i = 1, 2, 3": [r"a = b | i\geq1; i\leq3"],
    r"i = 1, \dots, n: \quad a = b": [r"a = b | i\geq1; i\leqn"],
    r"a = b, \quad i = 2, 3, \dots": [r"a = b | i\geq2"],
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_belongs_to_its_row(text: str) -> None:
    assert steps(text) == CONDITIONS[text]


@pytest.mark.parametrize(
    "text",
    [r"a = b \text{ for } i = j \text{ or } i = k", r"a = b \text{ iff } i = j", r"a = b \text{ only if } i = j",
     r"a = b \quad (i = j \text{ or } i = k)", r"a = b \qquad i = 1, 3", r"a = b \text{ unless } i = j = k",
     r"a = b \text{ for some } i"],
)  # fmt: skip
def test_a_condition_that_is_no_hypothesis_makes_the_step_unreadable(text: str) -> None:
    found, _ = links(tokens_of(Scope(), text, {}, recover=True), lambda name: name in "ijkmn")
    assert [any(t.kind == "BAD" for c in link.conditions for t in c) for link in found] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "x, y = 3",
        "1,000 = y",
        r"\exists i: a = 0",
        r"a = b \\ c d",
        r"a = b \\ & \frac{c}{d}",
        "a ¿ = b",
        "(a = b",
        "a} = b",
    ],
)
def test_nothing_is_dropped_in_silence(text: str) -> None:
    found, _ = links(tokens_of(Scope(), text, {}, recover=True), lambda name: name in "ijkmn")
    assert len(found) == 1
    sides = [*(found[0].lhs.tokens if found[0].lhs else ()), *found[0].rhs.tokens]
    assert any(t.kind in ("BAD", "COMMA") for t in sides)


def test_a_display_may_go_on_in_the_next() -> None:
    found, last = links(tokens_of(Scope(), "= b", {}), lambda name: False)
    assert found[0].lhs is None and last is found[0].rhs
