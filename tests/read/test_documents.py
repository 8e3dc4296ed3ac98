"""Markdown and plain text to displays, declarations and inline formulas."""

from __future__ import annotations

import pytest

from symnll.read.documents import Declaration, Display, Document, Inline, read_document
from symnll.read.source import Source, decode, read


def document(text: str, kind: str = "markdown", inline: bool = False) -> Document:
    """The document of a text; every character of every fragment must stand where it says."""
    found = read_document(Source("x", text), kind, inline)
    for item in found.items:
        fragment = item.text if isinstance(item, Declaration) else item.body
        assert all(found.source.text[fragment.at(i)] == c for i, c in enumerate(fragment.text))
        if isinstance(item, Display) and fragment.text:
            assert item.start <= fragment.at(0) and fragment.at(len(fragment.text)) <= item.end
    return found


def shown(found: Document) -> list[str]:
    """Each item in one string: its environment or kind, and its text without blanks around it."""
    out = []
    for item in found.items:
        if isinstance(item, Declaration):
            out.append(f"! {item.text.text}")
        else:
            out.append(f"{item.environment if isinstance(item, Display) else '$'} {item.body.text.strip()}")
    return out


DISPLAYS = {
    "dollars": ("$$a = b$$", ["display a = b"]),
    "dollars over lines": ("$$\na\n= b\n$$", ["display a\n= b"]),
    "dollars within a sentence": ("It says $$a = b$$ here, and $$c$$.", ["display a = b", "display c"]),
    "brackets": ("\\[ a = b \\]", ["display a = b"]),
    "doubly escaped brackets": ("\\\\[ a \\\\\\\\ b \\\\]", ["display a \\\\\\\\ b"]),
    "doubly escaped parentheses": ("where \\\\(a\\\\) is", ["$ a"]),
    "a row break before a bracket": ("\\[ [a \\\\[2pt] b \\\\] \\]", ["display [a \\\\[2pt] b \\\\]"]),
    "fence": ("```math\na = b\n```", ["display a = b"]),
    "fence with a space, longer at its end": ("``` math\na\n`````", ["display a"]),
    "tilde fence": ("~~~math\na = b\n~~~\n", ["display a = b"]),
    "MyST directive": ("```{math}\n:label: one\n:nowrap:\n\na = b\n```", ["display a = b"]),
    "MyST directive with front matter": ("```{math}\n---\nlabel: one\n---\na = b\n```", ["display a = b"]),
    "MyST directive on its line": ("```{math} a = b\n```", ["display a = b"]),
    "MyST colon fence": (":::{math}\na = b\n:::", ["display a = b"]),
    "a language whose name begins with math": ("```mathematica\na = b\n```\n$$c$$", ["display c"]),
    "nested in dollars": (
        "$$\\begin{aligned} a &= b \\\\ &= c \\end{aligned}$$",
        ["display \\begin{aligned} a &= b \\\\ &= c \\end{aligned}"],
    ),
    "environment nested in dollars, on lines of its own": (
        "$$\n\\begin{align}\na\n\\end{align}\n$$",
        ["display \\begin{align}\na\n\\end{align}"],
    ),
    "rows in single dollars": (
        "$\\begin{align*} a &= b\\end{align*}$",
        ["display \\begin{align*} a &= b\\end{align*}"],
    ),
    "Quarto label": ("$$\na = b\n$$ {#eq-one}", ["display a = b"]),
    "quoted": ("> text\n>\n> $$\n> a\n>  = b\n> $$\n", ["display a\n = b"]),
    "twice quoted": ("> > $$\n>> a\n> > = b\n>> $$", ["display a\n= b"]),
    "a relation that looks like a quote": ("$$\na\n> b\n$$", ["display a\n> b"]),
    "in a list": ("- item\n\n  $$\n  a\n  $$\n\n1. $$b$$\n\n    $$c$$", ["display a", "display b", "display c"]),
    "fence in a list": ("- ```math\n  a\n  ```\n1. x\n\n    ```math\n    b\n    ```", ["display a", "display b"]),
    "raw tags": ("{% raw %}$$ a {% endraw %} = {%- raw -%} b $$", ["display a  =  b"]),
    "a comment in a formula": ("$$ a <!-- why --> = b $$", ["display a  = b"]),
    "windows line ends": ("$$\r\na\r\n$$\r\n", ["display a"]),
    "escaped dollars in a formula": ("$$ a = \\$\\$ 5 $$", ["display a = \\$\\$ 5"]),
    "dollars of a text in a formula": ("$$ a \\text{ if $i=j$} $$", ["display a \\text{ if $i=j$}"]),
    "a TeX comment in a formula": (
        "\\begin{align}\na % \\end{align}\n\\end{align}",
        ["align a % \\end{align}"],
    ),
    "a blank line in a formula": ("$$\na\n\n= b\n$$", ["display a\n\n= b"]),
    "prose in a text": (
        "\\begin{align}\na\n\n\\text{we use the chain rule}\n\\end{align}",
        ["align a\n\n\\text{we use the chain rule}"],
    ),
    "a label": ("\\begin{equation}\\label{a} x \\end{equation}", ["equation \\label{a} x"]),
    "columns of alignat": ("\\begin{alignat*}{2}a\\end{alignat*}", ["alignat a"]),
    "columns of array": ("\\begin{array}[t]{l@{}l}a\\end{array}", ["array a"]),
    "a group is no argument": ("\\begin{align}{a}\\end{align}", ["align {a}"]),
    "star forgotten": ("\\begin{align*} a \\end{align}", ["align a"]),
    "nested": (
        "\\begin{equation}\\begin{split} a \\end{split}\\end{equation}",
        ["equation \\begin{split} a \\end{split}"],
    ),
    "inner end forgotten": (
        "\\begin{align}\\begin{cases} a \\end{align}$$b$$",
        ["align \\begin{cases} a", "display b"],
    ),
    "an inner end alone": ("\\begin{align} a \\end{cases} \\end{align}", ["align a \\end{cases}"]),
}  # fmt: skip


@pytest.mark.parametrize("text,expected", DISPLAYS.values(), ids=DISPLAYS)
def test_displays(text: str, expected: list[str]) -> None:
    found = document(text)
    assert shown(found) == expected
    assert not found.problems
    assert [d.number for d in found.displays] == list(range(1, len(found.displays) + 1))


NAMES = [
    "equation", "align", "alignat", "flalign", "gather", "multline", "eqnarray", "displaymath", "dmath", "split",
    "aligned", "gathered", "array", "cases",
]  # fmt: skip


@pytest.mark.parametrize("name", [*NAMES, *(n + "*" for n in NAMES)])
@pytest.mark.parametrize("kind", ["markdown", "text", "tex"])
def test_environments(name: str, kind: str) -> None:
    found = document(f"text\n\\begin{{{name}}}\n a = b\n\\end {{{name}}} text", kind)
    assert shown(found) == [f"{name.rstrip('*')} a = b"]


NO_FORMULAS = {
    "code fence": "```\n$$a$$\n```",
    "code fence with a language": "```latex\n\\begin{align}a\\end{align}\n```",
    "code fence in a fence": "````\n```math\na\n```\n````",
    "tilde fence with backticks": "~~~\n```math\na\n```\n~~~",
    "quoted code": "> ```\n> $$a$$\n",
    "inline code": "`$$a$$` and ``\\[ ` $a$ \\]``",
    "inline code over a line end": "`a\n$$b$$`",
    "indented code": "Text:\n\n    $ echo $$a$$\n    $$b$$\n\nText",
    "code element": "<pre>$$a$$</pre><code>$b$</code><script type='x'>$$c$$</script>",
    "highlight": "{% highlight tex %}$$a$$ {% endhighlight %}",
    "comment": "<!-- $$a$$ -->",
    "front matter": "---\ntitle: $$a$$\n---\n",
    "toml front matter": "+++\ntitle = '$$a$$'\n+++\n",
    "escaped dollars": "\\$\\$a\\$\\$ and \\$b\\$",
    "escaped brackets": "See \\[1\\] and \\[Smith 2020\\].",
    "prices": "From $5 and $6, US$7 to US$8, $9-$10.",
    "dollar before a digit": "$a $5",
    "blank after the opening": "a $ b$ c",
    "no formula across paragraphs": "cost $a\n\nb$ and \\(c\n\nd\\)",
    "other environments": "\\begin{figure}a\\end{figure}\\begin{tabular}{l}a\\end{tabular}",
    "a definition": "\\newcommand{\\be}{\\begin{equation}a\\end{equation}}",
    "not inline": "a\\\\$b",
}


@pytest.mark.parametrize("text", NO_FORMULAS.values(), ids=NO_FORMULAS)
def test_what_is_no_formula(text: str) -> None:
    assert shown(document(text)) == []
    after = document(text + "\n\nText\n\n$$z$$\n")
    assert shown(after) == ["display z"]
    assert not after.problems


DECLARED = {
    "one line": ("<!-- symnll case i = j -->", ["case i = j"]),
    "a block": ("<!-- symnll\nreal a\n\n  index i in 1..K  \n-->", ["real a", "index i in 1..K"]),
    "a block with something on its first line": ("<!--symnll: real a\r\nreal b-->", ["real a", "real b"]),
    "quoted": ("> <!-- symnll\n> real a\n> real b\n> -->", ["real a", "real b"]),
    "several": ("<!-- symnll reset --> <!-- symnll skip -->", ["reset", "skip"]),
    "another comment": ("<!-- symnllx real a --><!-- see symnll -->", []),
    "within code": ("```\n<!-- symnll real a -->\n```\n`<!-- symnll real b -->`", []),
    "empty": ("<!-- symnll -->", []),
}


@pytest.mark.parametrize("text,expected", DECLARED.values(), ids=DECLARED)
@pytest.mark.parametrize("kind", ["markdown", "text"])
def test_declarations(text: str, expected: list[str], kind: str) -> None:
    found = document(text, kind)
    assert shown(found) == [f"! {d}" for d in expected]
    assert not found.problems


def test_order() -> None:
    text = "<!-- symnll real a -->\n$$a$$ <!-- symnll skip --> $b$\n$$c % symnll: case i = j\n$$\n<!-- symnll reset -->"
    assert shown(document(text)) == [
        "! real a", "display a", "! skip", "$ b", "! case i = j", "display c % symnll: case i = j", "! reset",
    ]  # fmt: skip


UNCLOSED = {
    "before prose": ("$$ a = b\n\nThis is the next paragraph.\n\n$$c$$", ["display a = b", "display c"]),
    "before a heading": ("$$ a = b\n# Next\n$$c$$", ["display a = b", "display c"]),
    "before a declaration": ("\\[ a\n<!-- symnll skip -->\n$$c$$", ["display a", "! skip", "display c"]),
    "before a fence": ("\\[ a\n```math\nc\n```", ["display a", "display c"]),
    "before dollars": ("\\begin{align} a\n$$c$$", ["align a", "display c"]),
    "before another bracket": ("\\[ a \n\n\\[ c = d \\]", ["display a", "display c = d"]),
    "before another environment": (
        "\\begin{align}\na\n\n\\begin{align}\nc\n\\end{align}",
        ["align a", "align c"],
    ),
    "before a formula in a sentence": ("$$ a\n\nSo $b$:\n\n$$c$$", ["display a", "$ b", "display c"]),
    "before the end": ("$$c$$\n\n$$ a", ["display c", "display a"]),
    "a math fence": ("```math\na\n\nThis is the next paragraph.\n\n$$c$$", ["display a", "display c"]),
    "declarations before a blank line": ("<!-- symnll real a\nreal b\n\n$$c$$", ["! real a", "! real b", "display c"]),
    "declarations before a comment": ("<!-- symnll real a\n\nx <!-- y --> $$c$$", ["! real a", "display c"]),
    "a comment": ("<!-- a\n\n$$c$$", ["display c"]),
}


@pytest.mark.parametrize("text,expected", UNCLOSED.values(), ids=UNCLOSED)
def test_unclosed(text: str, expected: list[str]) -> None:
    found = document(text)
    assert shown(found) == expected
    assert len(found.problems) == 1
    assert "not closed" in found.problems[0].message


def test_an_unclosed_environment_is_named_with_its_line() -> None:
    found = document("text\n\n\\begin{align*}\na &= b\n\nThis is the next paragraph.")
    assert found.problems[0].message == (
        "\\begin{align*} on line 3 is not closed; it was read up to line 4. Close it with \\end{align*}."
    )
    assert found.source.position(found.problems[0].start) == (3, 1)


def test_an_unclosed_code_fence_is_a_problem() -> None:
    found = document("$$a$$\n\n```python\n$$b$$")
    assert shown(found) == ["display a"]
    assert "line 3 is not closed" in found.problems[0].message


def test_a_declaration_in_the_wrong_form_is_a_problem() -> None:
    found = document("text\n% symnll: real a\n$$a % symnll: real b\n$$")
    assert shown(found) == ["! real b", "display a % symnll: real b"]
    assert [found.source.position(p.start) for p in found.problems] == [(2, 1)]


CUES = {
    "Let $a=1$": ["let"],
    "Text. We define $a = 1$ and $b = 2$, for $c$.": ["we define", "we define and", "we define and for"],
    "If i.e. **Suppose** that $a$.\nFor \\(b\\).\n\n$c$": ["if suppose that", "for", ""],
    "one two three four five six $a$": ["two three four five six"],
    "$$x$$\nwhere $a$": ["where"],
    "# Heading\nwhen $a$\n- item $b$": ["when", "item"],
    "Let's say $`a`$, {math}`b`": ["let's say", "let's say"],
}


@pytest.mark.parametrize("text", CUES)
def test_cues(text: str) -> None:
    assert [item.cue for item in document(text).items if isinstance(item, Inline)] == CUES[text]


def test_inline_formulas_as_displays() -> None:
    text = "Let $a = b$ and $c$.\n\n$$d$$\n\nso \\(e \\leq f\\), $\\sum_{i=1} x$, $P(x=1)$, $[0,1) = g$"
    found = document(text, inline=True)
    assert shown(found) == [
        "inline a = b", "$ c", "display d", "inline e \\leq f", "$ \\sum_{i=1} x", "$ P(x=1)", "inline [0,1) = g",
    ]  # fmt: skip
    assert [(d.number, d.cue) for d in found.displays] == [(1, "let"), (2, ""), (3, "so"), (4, "so")]
    assert len(document(text).displays) == 1


MACROS = {
    "\\newcommand{\\x}{a}": ("\\x", 0, None, "a"),
    "\\newcommand*\\x[2]{a#1{#2}}": ("\\x", 2, None, "a#1{#2}"),
    "\\renewcommand {\\x} [1] [d] {a#1}": ("\\x", 1, "d", "a#1"),
    "\\providecommand{\\x}{\\{}": ("\\x", 0, None, "\\{"),
    "\\def\\x#1#2{a#2}": ("\\x", 2, None, "a#2"),
    "\\DeclareMathOperator{\\x}{arg\\,max}": ("\\x", 0, None, "\\operatorname{arg\\,max}"),
    "\\DeclareMathOperator*{\\x}{argmax}": ("\\x", 0, None, "\\operatorname*{argmax}"),
}


@pytest.mark.parametrize("text", MACROS)
@pytest.mark.parametrize("around", ["{}", "${}$", "$${}\n a = b$$", "$a${}\\[b\\]", "$${} \\newcommand{{\\z}}{{}}$$"])
@pytest.mark.parametrize("kind", ["markdown", "text", "tex"])
def test_macros(text: str, around: str, kind: str) -> None:
    found = document(around.format(text) if "{}" in around else text, kind)
    macro = found.macros["\\x"]
    assert (macro.name, macro.arguments, macro.default, macro.body) == MACROS[text]
    assert all(text in d.body.text for d in found.displays if "=" in d.body.text)
    assert not found.problems


def test_macros_of_code_are_not_those_of_the_page() -> None:
    assert not document("```\n\\newcommand{\\x}{a}\n```\n`\\def\\y{b}`").macros


def test_a_second_definition_is_a_problem() -> None:
    found = document("$$\\newcommand{\\x}{a}$$ $$\\renewcommand{\\x}{b}$$ $\\providecommand{\\x}{c}$")
    assert found.macros["\\x"].body == "b"
    assert "more than once" in found.problems[0].message and len(found.problems) == 1
    assert not document("$\\newcommand{\\x}{a}$ $\\newcommand{\\x}{a}$").problems


def test_a_definition_that_is_not_understood_is_a_problem() -> None:
    found = document("\\def\\x(#1){a}\n$$b$$")
    assert shown(found) == ["display b"] and not found.macros
    assert "not understood" in found.problems[0].message


TEXT = {
    "a_i = \\log b": ["line a_i = \\log b"],
    "  -\\log p \\leq 1 \\tag{1}\\label{1}  ": ["line -\\log p \\leq 1 \\tag{1}\\label{1}"],
    "e^x = 1\n= 2^2\nwhere x": ["line e^x = 1", "line = 2^2"],
    "f(x) = x^2 \\text{ if x is a number}": ["line f(x) = x^2 \\text{ if x is a number}"],
    "and see the role that \\theta = a can play in this": [],
    "x = range(1, 100)": [],
    "x_i = np.log(p)": [],
    "my_name = other_name": [],
    "a = b": [],
    "the loss \\theta": [],
    "in text $a_i = b$": ["$ a_i = b"],
    "<!-- symnll\nlet a_i = b_i\n-->\na_i = b_i\n$$c$$\nd_i = 1": [
        "! let a_i = b_i", "line a_i = b_i", "display c", "line d_i = 1",
    ],
    "a_i = 1\n$$b % symnll: skip\n$$\nc_i = 2": ["line a_i = 1", "! skip", "display b % symnll: skip", "line c_i = 2"],
    "He said `x'\nand $a$ and `y'": ["$ a"],
    "    $$a$$ is no code": ["display a"],
    "---\n$$a$$\n---": ["display a"],
}  # fmt: skip


@pytest.mark.parametrize("text", TEXT)
def test_plain_text(text: str) -> None:
    assert shown(document(text, "text")) == TEXT[text]
    assert not [d for d in document(text).displays if d.environment == "line"]


@pytest.mark.parametrize(
    "name,kind",
    [
        ("a.tex", "tex"),
        ("A.TXT", "text"),
        ("a.md", "markdown"),
        ("a.qmd", "markdown"),
        ("-", "markdown"),
        ("a", "markdown"),
    ],
)
def test_kinds_by_name(name: str, kind: str) -> None:
    text = "\\begin{comment}$$a$$\\end{comment}\na_i = \\log b\n"
    expected = {"tex": [], "text": ["display a", "line a_i = \\log b"], "markdown": ["display a"]}
    assert shown(read_document(Source(name, text))) == expected[kind]


def test_an_unknown_kind() -> None:
    with pytest.raises(ValueError, match="not 'rst'"):
        read_document(Source("x", ""), "rst")


def test_source_positions(tmp_path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbfa\r\n\xc3\xa9b\n\nlast\xff")
    source = read(path)
    assert source.text == "a\r\néb\n\nlast\ufffd"
    assert [source.position(i) for i in (0, 3, 4, 6, 7, 99, -1)] == [
        (1, 1), (2, 1), (2, 2), (3, 1), (4, 1), (4, 6), (1, 1),
    ]  # fmt: skip
    assert [source.line(n) for n in range(6)] == ["", "a", "éb", "", "last\ufffd", ""]
    assert [(p.start, "UTF-8" in p.message) for p in source.problems] == [(11, True)]
    assert read_document(source).problems == list(source.problems)


def test_encodings() -> None:
    assert decode("x", "é$".encode("utf-16")).text == "é$"
    assert decode("x", b"\xef\xbb\xbf").text == ""
    assert decode("x", b"").text == ""
    assert Source("x", "a\rb\r\nc").position(2) == (2, 1)
    with pytest.raises(OSError):
        read("no such file")
