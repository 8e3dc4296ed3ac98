"""Declarations: what they make of names, and what is refused with words that help."""

from typing import Any

import pytest

from symnll.meaning.declare import Refused, declare
from symnll.meaning.limits import LARGEST_RANGE, MOST_AXES
from symnll.meaning.scope import Scope
from tests.meaning.reading import scope_of, verdict

# declarations, and two texts that are then the same for every value
MEAN = {
    "an index runs over its range": ("index i in 1..K\nreal z[K]", r"\sum_i z_i", r"\sum_{i=1}^{K} z_i"),
    "a range from zero": ("index i in 0..K-1\nreal z[K]", r"\sum_i z_i", r"\sum_{i=0}^{K-1} z_i"),
    "a range of numbers": ("index i in 1..3\nreal z[3]", r"\sum_i z_i", "z_1 + z_2 + z_3"),
    "a range with braces": (r"index i in \{1, \dots, K\}" "\nreal z[K]", r"\sum_i z_i", r"\sum_{i=1}^{K} z_i"),
    "a set": ("index x in I\nsimplex p[I]", r"\sum_{x \in I} p_x", "1"),
    "an argument over a set": ("index x in I\nsimplex p[I]", "p(x)", "p_x"),
    "simplex": ("index i in 1..K\nsimplex p[K]", r"\sum_i p_i", "1"),
    "simplex over the last axis": ("index n in 1..N\nindex k in 1..K\nsimplex p[N,K]", r"\sum_k p_{nk}", "1"),
    "one-hot": ("index i in 1..K\nonehot y[K]", r"\sum_i y_i", "1"),
    "one-hot at a place": ("index i in 1..K\nreal z[K]\nonehot y[K] at T", r"\sum_i y_i z_i", "z_T"),
    "one-hot squares": ("index i in 1..K\nonehot y[K]", "y_i^2", "y_i"),
    "binary": ("binary b", "b^2", "b"),
    "labels select": ("index n in 1..N\nlabels x[N] in 1..K\nreal q[K]", "q_{x_n} - q_{x_n}", "0"),
    "a family of vectors": ("index i in 1..V\nvector u[V] in D", r"u_i^\top u_i", r"\|u_i\|^2"),
    "a function's derivative": ("function f\nreal x", r"\frac{d}{dx} f(x)", "f'(x)"),
    "a definition": (r"let S = \sum_j e^{z_j}" "\nindex j in 1..K\nreal z[K]", "S", r"\sum_j e^{z_j}"),
    "a definition with an index": ("index i, j in 1..K\nreal z[K]\nlet v_i = z_i + 1", "v_j", "z_j + 1"),
    "a definition with an argument": ("real a\nlet g(x) = x^2 + 1", "g(a + 1)", "(a + 1)^2 + 1"),
    "a definition with both": ("index i in 1..K\nreal z[K]\nreal T\nlet v_i(T) = z_i / T", "v_i(2)", r"\frac{z_i}{2}"),
    "a power that is a name": (r"let \sigma^2 = 4", r"\sigma^2", "4"),
    "an accent": (r"real \hat{y}, y", r"\hat{y} + y", r"y + \hat{y}"),
    "a name of letters": ("real loss", "loss + loss", "2 loss"),
    "an assumption": ("real a, b\nassume a = b", "a", "b"),
    "an assumption for all": ("index i, j in 1..K\nreal z[K]\nassume z_i = 2 for all i", "z_j", "2"),
    "a size and a family": ("index i in 1..K\nnatural n[K]\nnatural n", "n + n_i", "n_i + n"),
}  # fmt: skip


@pytest.mark.parametrize("name", MEAN)
def test_a_declaration_is_used(name: str) -> None:
    declarations, left, right = MEAN[name]
    lines = sorted(declarations.splitlines(), key=lambda d: d.startswith("let"))
    assert verdict(left, right, "\n".join(lines)) == "proved"


# declarations, a claim, and how it is decided: kinds mean no more than they say
DECIDED = [
    ("positive s", "s", "0", ">", "proved"),
    ("real s", "s", "0", ">", "conditional"),
    ("natural s", "s", "0", r"\geq", "proved"),
    ("natural s", "s", "0", ">", "conditional"),
    ("probability s", "s", "1", "<", "proved"),
    ("probability s", "s", "0", ">", "proved"),
    ("positive s", "s", "1", "<", "conditional"),
    ("binary b", "b", "1", r"\leq", "proved"),
    ("binary b", "b", "1", "=", "conditional"),
    ("index i in 1..K\nsimplex p[K]", "p_i", "0", ">", "proved"),
    ("index i in 1..K\nprobability p[K]", r"\sum_i p_i", "1", "=", "conditional"),
    ("index i in 1..K\nprobability p[K]", "p_i", "1", "<", "proved"),
    ("index i in 1..K\nreal z[K]\nassume z_i = 0", r"\sum_i z_i", "0", "=", "refuted"),
    ("index i, j in 1..K\nreal z[K]\nassume z_i = 0", "z_j", "0", "=", "conditional"),
    ("index i in 0..K", "i", "0", r"\geq", "proved"),
    ("index i in 1..K", "i", "1", r"\geq", "proved"),
    ("index i in 1..K", "i", "K", "<", "conditional"),
    ("real a, b\nassume a = b\nassume a = b + 1", "a", "17", "=", "unknown"),
    ("real a\nassume a > 1\nassume a < 0", "a", "17", "=", "unknown"),
    ("index i in 1..K\nsimplex p[K]\nassume \\sum_i p_i = 2", "p_i", "17", "=", "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("declarations", "left", "right", "relation", "expected"), DECIDED)
def test_a_kind_says_no_more_than_it_says(
    declarations: str, left: str, right: str, relation: str, expected: str
) -> None:
    found = verdict(left, right, declarations, relation)
    assert found == expected or (expected == "conditional" and found == "refuted")


REFUSED = {
    "real": "wants a name",
    "real [K]": "",
    "index i": "index i, j in 1..K",
    "index i in": "index i, j in 1..K",
    "index i in 1..": "",
    "simplex p": "wants a size",
    "onehot y": "wants a size",
    "labels x": "",
    "labels x[N] in": "",
    "vector u": "",
    "function": "wants a name",
    "let": "",
    "let a": "let name = expression",
    "let a =": "",
    "let 3 = 4": "can't be defined",
    "let a + b = c": "can't be defined",
    r"let \sum = 3": "",
    "write": "",
    "write a": "",
    "write a for": "",
    "assume": "relation",
    "assume a": "relation",
    "assume (a = b": "not closed",
    "nonsense x": "is no declaration",
    "real z[K": "",
    r"let a = \frac{1}": "",
    "let a = (b": "",
    f"index i in 1..{LARGEST_RANGE + 1}": "numbers up to",
    f"real z[{LARGEST_RANGE + 1}]": "numbers up to",
    f"real z[{','.join('K' * (MOST_AXES + 1))}]": "axes",
}  # fmt: skip


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_no_declaration_is_refused_in_words(line: str) -> None:
    with pytest.raises(Refused) as caught:
        declare(Scope(), line, {})
    assert REFUSED[line] in str(caught.value) and len(str(caught.value)) > 15


def test_a_refused_declaration_names_the_form_that_is_wanted() -> None:
    with pytest.raises(Refused, match="A declaration is one of: index, real"):
        declare(Scope(), "reel x", {})


def test_a_name_that_is_declared_is_no_number_on_the_side() -> None:
    scope = scope_of("index i in 1..K\nreal z[K]\nsimplex p[K]")
    kinds: dict[str, Any] = {name: q.kind for (name, _), q in scope.quantities.items()}
    assert kinds == {"z": "real", "p": "simplex"} and set(scope.ranges) == {"i"}
