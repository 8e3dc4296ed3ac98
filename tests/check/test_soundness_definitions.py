"""What a sentence or a display may define, and when it may not: a claim that passes as a definition hides a mistake.

Each row is a document and, for each of its steps, the verdict; several where more than one is right.
"""

import pytest

from tests.check.careful import compare, verdicts

INDICES = "<!-- symnll\nindex i, j in 1..K\nreal z[K]\n-->\n"
OPEN = "unknown|refuted|conditional|unparsed"
DELTA = "\n$$ \\delta_{ij} = 1 $$"

# Sentences before a display, and whether they state a condition of it.
CONDITIONS = {
    "For $i = j$:": "proved",
    "In the case $i = j$ we have": "proved",
    "When $i = j$, the derivative of $z_i$ with respect to $z_j$ is\n": "proved",
    "**Case 1: $i = j$** (target class)\n": "proved",
    "Now suppose that $i = j$; then": "proved",
    "Excluding the case $i = j$, we get": "conditional",
    "Apart from the case $i = j$, we get": "conditional",
    "In contrast to the case $i = j$": "conditional",
    "The case $i = j$ is trivial; in general": "conditional",
    "It holds also when $i = j$:": "conditional",
    "This is so even if $i = j$:": "conditional",
    "It doesn't matter if $i = j$:": "conditional",
    "Regardless of whether we are in the case $i = j$,": "conditional",
    "This is simple if $i = j$, but we claim": "conditional",
    "If $i = j$, there is nothing to show.": "conditional",
    "Having done the case $i = j$ we find": "conditional",
}


@pytest.mark.parametrize("sentence", CONDITIONS)
def test_a_condition_in_the_sentence_before(sentence: str) -> None:
    assert verdicts(f"{INDICES}{sentence}{DELTA}")[0] in CONDITIONS[sentence].split("|")


# Documents with sentences that define, or do not.
SENTENCES = {
    "with, of what a display spoke of": (
        r"$$ D = \sum_i p_i \log \frac{p_i}{q_i} $$ With $q_i = \frac{1}{K}$ this has a simple form. In general, "
        r"$$ D = \sum_i p_i \log p_i + \log K \sum_i p_i $$", ["definition", OPEN]),
    "with, at a point": (r"$$ f(x) = x^2 - 2 a x $$ With $x = a$ we find the minimum. $$ f(x) = -a^2 $$",
        ["definition", OPEN]),
    "could": ("$$ L = a b + c $$ We could also let $b = 2a$. But for now $$ L = 2 a^2 + c $$", ["definition", OPEN]),
    "for two cases": (r"$$ L = a x^2 $$ where $a = 3$ if $x > 0$ and $a = 2$ otherwise. $$ L = 3 x^2 $$",
        ["definition", OPEN]),
    "for one case": (r"$$ L = a x^2 $$ where $a = 3$ for $x > 0$. $$ L = 3 x^2 $$", ["definition", OPEN]),
    "in the first case": (
        r"$$ L = a x^2 $$ where $a = b$ in the first case and $a = c$ in the second. $$ L = b x^2 $$",
        ["definition", OPEN]),
    "putting a letter for a letter": (r"Putting $q = p$ into the formula gives zero. $$ \frac{p}{q} = 1 $$", [OPEN]),
    "would": (r"Here $p = q$ would mean that there is nothing to learn. $$ \frac{p}{q} = 1 $$", [OPEN]),
    "wrong": ("$$ t = s + 1 $$ It would be wrong to let $s = a + b$. $$ t = a + b + 1 $$", ["definition", OPEN]),
    "don't": ("$$ t = s + 1 $$ We don't write $s = a + b$ here. $$ t = a + b + 1 $$", ["definition", OPEN]),
    "suppose": (r"Suppose $a = b$. That is rare. $$ a - b = 0 $$", [OPEN]),
    "a number in one case": (r"With $\alpha = 1$ it is simple. $$ \alpha + \beta = 1 + \beta $$", [OPEN]),
    "a second definition of a function": ("Let $f(x) = x^2$.\n\nLet $f(x) = x^3$.\n$$ f(2) = 4 $$\n$$ f(2) = 8 $$",
        ["refuted", "proved"]),
    "a second definition of a name": (
        "Let $r = a + b$.\n\nNow let $r = a - b$.\n$$ r^2 = a^2 + 2ab + b^2 $$\n$$ r^2 = a^2 - 2ab + b^2 $$",
        ["refuted", "proved"]),
    "a second definition that others speak of": (
        "Let $r = a + b$.\n$$ L = r^2 $$\nNow let $r = a - b$.\n$$ L = (a - b)^2 $$\n$$ L = (a + b)^2 $$",
        ["definition", "unparsed", "unparsed"]),
    "the same definition again": (
        "Let $r = a + b$.\n\nHere, where $r = b + a$, we have\n$$ r^2 = a^2 + 2ab + b^2 $$", ["proved"]),
    # true counterparts
    "where": (r"$$ L = \frac12 r^2 $$ where $r = y - w x$. $$ \frac{\partial L}{\partial w} = -r x $$",
        ["definition", "proved"]),
    "where, for all indices": (
        r"$$ L = -\log p_k $$ where $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$ for all $i$. "
        r"$$ L = \log \sum_j e^{z_j} - z_k $$", ["definition", "proved"]),
    "let": (r"Let $r = y - w x$ be the error. $$ L = \frac12 r^2 $$ $$ \frac{\partial L}{\partial w} = -r x $$",
        ["definition", "proved"]),
    "define, of what was spoken of": (
        r"The error is $r$. $$ L = \frac12 r^2 $$ We define $r = y - w x$. $$ \frac{\partial L}{\partial w} = -r x $$",
        ["definition", "proved"]),
    "with, that goes on": (r"$$ L = \frac12 r^2 $$ with $r = y - w x$. $$ \frac{\partial L}{\partial w} = -r x $$",
        ["definition", "proved"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SENTENCES)
def test_what_a_sentence_defines(name: str) -> None:
    text, expected = SENTENCES[name]
    found = verdicts(text)
    assert len(found) == len(expected)
    assert all(f in e.split("|") for f, e in zip(found, expected, strict=True)), found


INLINE = {
    "a case that holds for its sentence": (
        "For $x = 3$ we have $x^2 = 9$ and for $x = 4$ we have $x^2 = 16$.\n$$ x^2 = 9 $$",
        ["proved", "proved", OPEN],
    ),
    "a false claim in a case": ("For $x = 3$ we have $x^2 = 8$.", [OPEN]),
    "with": (r"With $\alpha = 1$ it is simple. With $\alpha = 2$: $\alpha + 1 = 2$.", [OPEN]),
    "a second derivative": ("$L = x^2$ is convex since $L'' = 7$.", ["definition", OPEN]),
    "suppose": ("Suppose $a = b$. That is rare. $$ a - b = 0 $$", [OPEN]),
    "a definition": ("We use $L = x^2$, so that $L + 1 = x^2 + 1$.", ["definition", "proved"]),
}


@pytest.mark.parametrize("name", INLINE)
def test_formulas_in_sentences(name: str) -> None:
    text, expected = INLINE[name]
    found = verdicts(text, inline=True)
    assert len(found) == len(expected)
    assert all(f in e.split("|") for f, e in zip(found, expected, strict=True)), found


NORM = [r"\mu = \frac1D \sum_{i=1}^D x_i", r"\sigma^2 = \frac1D \sum_{i=1}^D (x_i - \mu)^2",
        r"\hat x_i = \frac{x_i - \mu}{\sigma}"]  # fmt: skip

DOCUMENTS = {
    # powers of a letter
    "layer norm": ("", [
        *NORM, r"\frac{\partial \hat x_i}{\partial x_j} = \frac{1}{\sigma} (\delta_{ij} - \frac1D)",
        r"\frac{\partial \hat x_i}{\partial x_j} = \frac{1}{\sigma} (\delta_{ij} - \frac{1 + \hat x_i \hat x_j}{D})"],
        ["definition"] * 3 + ["refuted", "proved"]),
    "layer norm, the root": ("", [
        *NORM, r"\frac{\partial \sigma}{\partial x_j} = \frac{x_j - \mu}{D \sigma}",
        r"\frac{\partial \sigma}{\partial x_j} = \frac{x_j - \mu}{\sigma}"],
        ["definition"] * 3 + ["proved", "refuted"]),
    "a radius": ("", [
        "r^2 = x^2 + y^2", "u = x/r", r"\frac{\partial u}{\partial x} = \frac{1}{r}",
        r"\frac{\partial u}{\partial x} = \frac{y^2}{r^3}", r"\frac{\partial}{\partial x}(x r) = r"],
        ["definition", "definition", "refuted", "proved", "refuted"]),
    "a root with an index": ("", [
        "s_i^2 = a_i + b_i", r"\frac{\partial s_i}{\partial a_i} = \frac{1}{2 s_i}",
        r"\frac{\partial s_i}{\partial a_i} = 0"], ["definition", "proved", "refuted"]),
    "by the root": ("", [
        "s^2 = a^2 + 1", r"L = s x - \log s", r"\frac{\partial L}{\partial s} = x - 1/s"],
        ["definition", "definition", "proved"]),
    "other powers": ("", ["c^2 = a^2 + b^2", "c^4 = a + 17", "c^3 = 5", "c^4 = (a^2 + b^2)^2", "c = 5"],
        ["definition", OPEN, OPEN, "proved", OPEN]),
    "an odd power": ("", ["c^3 = a", "c^6 = a^2", "c = 4", "c^3 = a"], ["definition", OPEN, OPEN, "proved"]),
    "a square that is negative": ("", ["x^2 = -1", "(x+1)^2 = x^2 + 2x + 1", "x = 5"],
        [OPEN, "unknown|proved", OPEN]),
    "the power of a letter that was spoken of": ("", ["x + x = 2 x", "x^2 = 9"], ["proved", OPEN]),
    "a declared power": ("real a, b\nlet s^2 = a + b", [r"\frac{\partial s}{\partial a} = 0"], ["refuted"]),
    # values of functions that are defined
    "a value at a parameter of the body": ("", [
        r"p(x) = \frac{1}{\sqrt{2\pi\sigma^2}} e^{-(x-\mu)^2/(2\sigma^2)}", r"p(\mu) = 17"], ["definition", OPEN]),
    "an entry as a value": ("index i, j in 1..K\nreal z[K]", [
        r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}", "p(i) = e^{z_i}", "p(z) = 5", "p_i(z) = 5"],
        ["definition", OPEN, OPEN, OPEN]),
    "a name with its letter": ("", ["L = t^2", "L(t) = t^3", "L'(t) = 3 t^2", "L(t) = t^2"],
        ["definition", "refuted", OPEN, "proved"]),
    "a value through another definition": ("", [
        r"\hat y_i = w x_i", r"L(w) = \sum_i (y_i - \hat y_i)^2", "L(0) = 17", "L(0) = 0"],
        ["definition", "definition", OPEN, OPEN]),
    "two values through another definition": ("", [
        "y_i = a x_i + b", r"S(a, b) = \sum_i (t_i - y_i)^2", "S(0, 0) = 17"], ["definition", "definition", OPEN]),
    "a function by its values": ("", ["p(0) = 1 - q", "p(1) = q", "p(0) + p(1) = 1"],
        ["definition", "definition", "proved"]),
    # standard operators
    "a divergence that was stated": ("", [
        r"D_{KL}(p \| q) = \sum_i p_i \log\frac{p_i}{q_i}", r"D_{KL}(p \| q) = H(p) - H(p,q)"], ["proved", OPEN]),
    "an expectation of a product": ("index k in 1..K\nsimplex p[K]\nreal f[K], g[K]", [
        r"\mathbb{E}_{p}[f g] = \mathbb{E}_p[f] \mathbb{E}_p[g]"], [OPEN]),
    "a variance of a sum": ("", [r"\operatorname{Var}(X + Y) = \operatorname{Var}(X) + \operatorname{Var}(Y)"], [OPEN]),
    # letters that were there before
    "an estimate is no truth": ("", [
        r"\ell = -\lambda x", r"\hat\lambda = \frac{1}{m}", r"\hat\lambda = \lambda", r"\ell = - \frac{x}{m}"],
        ["definition", "definition", OPEN, OPEN]),
    "two names of two letters": ("", ["r = a", "q = b", "q = a"], ["definition", "definition", OPEN]),
    "a letter for a letter": ("", [r"L = \frac12 (y - t)^2", "t = y", "L = 0"], ["definition", OPEN, OPEN]),
    "a chain of letters": ("", [r"\alpha = \beta = \gamma"], ["definition", OPEN]),
    "a name at the right": ("", [r"\sum_j e^{z_j} = Z", r"\log Z = \log \sum_j e^{z_j}"], ["definition", "proved"]),
    # primes
    "primes of a declared function": ("function f", ["f'' = -f", "f' = 3", "f'' = f''"], [OPEN] * 3),
    "primes of a defined function": ("", [r"s(x) = \frac{1}{1+e^{-x}}", "s' = 7", r"s'(x) = s(x) (1 - s(x))"],
        ["definition", OPEN, "proved"]),
    "a new name with a prime": ("real x, v, t", ["x' = x - v t", "x' + v t = x"], ["definition", "proved"]),
    # what changes with the variable
    "a definition that comes too late": ("", [r"\frac{d}{dx} (x y) = y", "y = x^2"], [OPEN, OPEN]),
    "an inverse": ("", ["x = y^3", r"\frac{d}{dx} (x y) = y"], ["definition", OPEN]),
    "an assumed equation": ("real r, x, y\nassume r^2 = x^2 + y^2", [
        r"\frac{\partial}{\partial x}(x r) = r", r"\frac{\partial}{\partial x} x y = y"], [OPEN, "proved"]),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_display_defines(name: str) -> None:
    compare(*DOCUMENTS[name])
