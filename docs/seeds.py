"""`python docs/seeds.py` writes `docs/seeds.md`, or stops at the first verdict of `seeds_data.py` that doesn't hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from seeds_data import MEANINGS, SEEDS, SHOWN, VERDICTS, Formula, Seed

from symnll.entry import claims, entries
from symnll.language import Gt, Lt
from symnll.prove.bridge import Bridge, BridgeError
from symnll.prove.library import prove_claim
from symnll.prove.prover import prove
from symnll.small import Witness, examine
from symnll.write.latex import latex, term_latex
from symnll.write.statement import statement_of

TARGET = Path(__file__).with_name("seeds.md")
ABBREVIATIONS = [tuple(Bridge(e).term(e) for e in pair) for pair in SHOWN]
REFUTED = ("conditional", "wrong", "misdefinition")
LETTERS, DECLARED = "letters: ", "as read"  # a line that becomes the declarations of these letters
EXPECTED = {"conditional": "expect conditional", "wrong": "expect refuted", "misdefinition": "expect refuted"}
HEADER = """\
# The five texts that symnll began with

Every formula of five texts about softmax and the negative log-likelihood, in their order, and what became of it. A
claim such as `nll.gradient` is shown, with its derivation, by `symnll show nll.gradient`.

In the formulas as symnll read them, z are the logits (f in the third text), y is softmax(z), p and a are any positive
numbers, T is the class of the sample (y_i in the third text), and K is any number of classes. A witness gives values at
which the two sides differ, and the values of both sides.

This page is written by `python docs/seeds.py`, which confirms every verdict; the formulas are in `docs/seeds_data.py`.
Its comments, which are not shown, declare the letters for `symnll check`, and say which formulas are wrong.
"""


class Unconfirmed(Exception):
    """A verdict that the prover and the small-size check do not bear out."""


@cache
def check_claim(name: str) -> None:
    """Raise Unconfirmed unless the library has the claim and proves it."""
    if name not in claims():
        raise Unconfirmed(f"There is no claim {name!r}.")
    result = prove_claim(claims()[name][1])
    if not result:
        raise Unconfirmed(f"The claim {name} is not proved: {result}")


def theorem(statement: Any, given: Any) -> Any:
    """The theorem of the statement. Raises Unconfirmed if it is not proved."""
    result = prove(statement, given)
    if not result:
        raise Unconfirmed(f"{statement} is {result}")
    return result.theorem


def witness(statement: Any, given: Any) -> Witness:
    """A counterexample. Raises Unconfirmed if there is none."""
    found = examine(statement, given, budget=5)  # enough on any machine: the page must not depend on it
    if not isinstance(found, Witness):
        raise Unconfirmed(f"{statement} is not refuted: {found}")
    return found


def refused(statement: Any, given: Any) -> str:
    """What is said to a comparison of things of different kinds. Raises Unconfirmed if it has a meaning after all."""
    try:
        prove(statement, given)
    except BridgeError as error:
        return str(error)
    raise Unconfirmed(f"{statement} was not refused.")


def verdict(f: Formula) -> list[str]:
    """The paragraphs under a formula. Raises Unconfirmed if its verdict is not confirmed."""
    for name in f.claims:
        check_claim(name)
    if f.verdict in ("proved", "answer") and not (f.claims or f.statements):
        raise Unconfirmed("There is nothing that proves it.")
    if f.verdict in REFUTED and not f.statements:
        raise Unconfirmed("There is no statement to refute.")
    if (f.verdict == "conditional") != (f.condition is not None) or (f.verdict == "number") != bool(f.bounds):
        raise Unconfirmed(f"The verdict {f.verdict!r} does not fit what is given for it.")
    blocks = [f"**{VERDICTS[f.verdict].format(holds=math(f.holds))}** {prose(f.reason)}".strip()]
    for statement in f.statements:
        if f.verdict not in REFUTED:
            blocks += shown(theorem(statement, f.given))
        elif f.meaningless:
            refused(statement, f.given)
            blocks.append("symnll refuses to compare the two: one is a number, the other a set of parameters.")
        else:
            bridge = Bridge(statement, *f.given)
            given = [term_latex(bridge.statement(g)) for g in f.given]
            read = term_latex(bridge.statement(statement), ABBREVIATIONS)
            blocks += ["Read as", as_read(read, given, EXPECTED[f.verdict]), *hypotheses(given)]
            blocks.append(f"Witness: {prose(str(witness(statement, f.given)))}.")
        if f.condition is not None:
            theorem(statement, (*f.given, f.condition))
            blocks.append(f"With {math(f.holds)} as a hypothesis it is proved.")
    if f.bounds:
        number, least, most = f.bounds
        for beyond in (Lt(number, least), Gt(number, most)):
            witness(beyond, f.given)
        blocks.append(f"It lies between {decimal(least)} and {decimal(most)}, by ball arithmetic.")
    if f.instead is not None:
        blocks += ["Proved instead:", *shown(theorem(f.instead, f.given))]
    if f.claims:
        blocks.append("\n".join(f"- {link(name)}: {prose(claims()[name][1].title)}" for name in f.claims))
    return blocks


def shown(proved: Any) -> list[str]:
    """What a theorem says, read from the theorem itself."""
    said = statement_of(proved, ABBREVIATIONS)
    given = [latex(node) for label, node in said.given if not label]
    return [as_read(latex(said.formula), given), *hypotheses(given)]


def as_read(formula: str, given: list[str], *declarations: str) -> str:
    """A formula as symnll prints it, for `symnll check` to read again; it declares no parameter of any kind."""
    if r"\theta" in formula:
        return display(formula, ["skip"])
    return display(formula, [*(f"case {g}" for g in given), *declarations], DECLARED)


def hypotheses(formulas: list[str]) -> list[str]:
    return [f"given {' and '.join(map(math, formulas))}."] if formulas else []


def link(name: str) -> str:
    return f"[`{name}`](../symnll/library/{name.split('.')[0]}.py)"


def display(formula: str, declarations: Sequence[str], letters: str = "") -> str:
    """A formula on lines of its own, below what is declared for it. GitHub refuses \\operatorname."""
    comment = [f"{LETTERS}{letters}"] if letters else []
    text = re.sub(r"\\operatorname\b", r"\\mathrm", formula)
    return "\n".join(["<!-- symnll", *comment, *declarations, "-->", "", "```math", text, "```"])


def with_letters(text: str) -> str:
    """The page in which letters are declared where those before had other meanings."""
    declared = ""

    def once(found: re.Match[str]) -> str:
        nonlocal declared
        same, declared = found[1] == declared, found[1]
        return "" if same else f"reset\n{MEANINGS[found[1]]}\n"

    text = re.sub(rf"^{LETTERS}(.*)\n", once, text, flags=re.MULTILINE)
    return text.replace("<!-- symnll\n-->\n\n", "")


def math(formula: str) -> str:
    """A formula within a paragraph; between $` and `$ GitHub leaves backslashes alone."""
    return f"$`{formula}`$"


def prose(words: str) -> str:
    """Words in which Markdown finds nothing to format."""
    return re.sub(r"([\\`*_<>\[\]])", r"\\\1", words)


def decimal(number: Any) -> str:
    """A rational number with a finite decimal expansion."""
    digits = 0
    while number * 10**digits % 1:
        digits += 1
    return f"{float(number):.{digits}f}"


def as_written(f: Formula, letters: str) -> str:
    if f.written == "latex" and (f.skip or letters not in MEANINGS):
        return display(f.text, ["skip"])
    if f.written == "latex":
        return display(f.text, [EXPECTED[f.verdict]] if f.verdict in EXPECTED else [], letters)
    return f"```text\n{f.text}\n```" if f.written == "source" else f"> {prose(f.text)}"


def section(number: int, seed: Seed) -> list[str]:
    """A text's heading and its formulas."""
    blocks = [f"## {number}. {seed.title}"]
    for place, f in enumerate(seed.formulas, 1):
        try:
            said = verdict(f)
        except Unconfirmed as why:
            where = f"Text {number}, {f.place}: {f.text}"
            raise Unconfirmed(f"{where}\nThe verdict {f.verdict!r} does not hold. {why}") from why
        title = prose(f.place[0].upper() + f.place[1:])
        blocks += [f"### {number}.{place} {title}", as_written(f, f"text {number}"), *said]
    return blocks


def table() -> str:
    """How many formulas of each text got each verdict."""
    counts = [Counter(f.verdict for f in s.formulas) for s in SEEDS]
    numbers = range(1, len(SEEDS) + 1)
    lines = [f"| | {' | '.join(f'text {n}' for n in numbers)} | all |", f"| --- |{' ---: |' * (len(SEEDS) + 1)}"]
    for name, words in VERDICTS.items():
        row = [c[name] for c in counts]
        short = words.rstrip(".").format(holds="one class").split(":")[0]
        lines.append(f"| {short} | {' | '.join(map(str, row))} | {sum(row)} |")
    row = [len(s.formulas) for s in SEEDS]
    return "\n".join([*lines, f"| all | {' | '.join(map(str, row))} | {sum(row)} |"])


def page() -> str:
    """The text of `docs/seeds.md`. Raises Unconfirmed at the first verdict that is not confirmed."""
    unused = {f.verdict for s in SEEDS for f in s.formulas} - set(VERDICTS)
    if unused:
        raise Unconfirmed(f"There is no verdict {sorted(unused)[0]!r}.")
    blocks = [HEADER.rstrip(), table()]
    for number, seed in enumerate(SEEDS, 1):
        blocks += section(number, seed)
    return with_letters("\n\n".join(blocks) + "\n")


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8", newline="\n")
    print(f"wrote {TARGET.name}: {sum(len(s.formulas) for s in SEEDS)} formulas, {len(entries())} entries")
