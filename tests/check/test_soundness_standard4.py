"""What pages say of names with a standard meaning, and of functions of lists: no claim passes as a definition.

Each row is a page in words and displays and, for each of its steps, the verdict; several where more than one is right.
"""

import pytest

from tests.check.careful import compare, verdicts

SIGMOID = [r"\sigma(0) = \frac12", r"\sigma'(x) = \sigma(x)(1-\sigma(x))", r"\sigma(-x) = 1 - \sigma(x)"]
LOG = [r"\frac{d}{dx}\log x = \frac1x"]
NOT = "unparsed|unknown"
VECTOR = "<!-- symnll\nsimplex p[K]\nreal x[K]\n-->\n\n"
NORM = [r"\|x\|^2 = \sum_i x_i^2"]
COUNTS = "<!-- symnll\nindex k in 1..K\nlabels x[N] in 1..K\n-->\n\n"

# What a sentence says of a name with a standard meaning.
SAID = {
    "the ReLU": (r"Let $\sigma$ be the ReLU.", SIGMOID, [NOT] * 3),
    "any activation": (r"Let $\sigma$ be any activation function.", SIGMOID, [NOT] * 3),
    "a permutation": (r"Here $\sigma$ denotes a permutation.", SIGMOID, [NOT] * 3),
    "the standard deviation": (r"where $\sigma$ is the standard deviation of $x$.", SIGMOID, [NOT] * 3),
    "with a permutation": (r"With a permutation $\sigma$,", SIGMOID, [NOT] * 3),
    "denote by": (r"Denote by $\sigma$ the ReLU.", SIGMOID, [NOT] * 3),
    "such as": (r"where $\sigma$ is an activation function such as the sigmoid.", SIGMOID, [NOT] * 3),
    "not the sigmoid": (r"where $\sigma$ is not the sigmoid but the ReLU.", SIGMOID, [NOT] * 3),
    "a formula that is no definition": (r"We use the activation $\sigma(x) = \tanh(x)$.", SIGMOID, ["refuted"] * 3),
    "the nonlinearity": (r"The nonlinearity is $\sigma(x) = \max(0, x)$.", SIGMOID, [NOT] * 3),
    "taken to be": (r"We take $\sigma$ to be the ReLU.", SIGMOID, [NOT] * 3),
    "equal to a name": (r"We choose $\sigma = \tanh$.", SIGMOID, [NOT] * 3),
    "a log with a base": (r"Throughout, $\log = \log_2$.", LOG, [NOT]),
    "the sigmoid": (r"Let $\sigma$ be the sigmoid.", SIGMOID, ["proved"] * 3),
    "the logistic function": (r"where $\sigma$ is the logistic function.", SIGMOID, ["proved"] * 3),
    "sigmoid or logistic": (r"where $\sigma$ is the sigmoid or logistic function.", SIGMOID, ["proved"] * 3),
    "a property of the sigmoid": (r"The sigmoid $\sigma$ is a monotone function.", SIGMOID, ["proved"] * 3),
    "a formula that is right": (r"We use the activation $\sigma(x) = \frac{1}{1+e^{-x}}$.", SIGMOID, ["proved"] * 3),
    "the activation": (r"We apply the activation $\sigma$ to all entries.", SIGMOID, ["proved"] * 3),
    "a definition of one's own": (r"Let $\sigma$ be the ReLU.", [r"\sigma(x) = \max(0, x)", r"\sigma(-1) = 0"],
        ["definition", "proved"]),
    "a mixing probability": (r"Let $\pi$ be the mixing probability.", [r"\pi > 3"], [NOT]),
    "a mixing weight": (r"where a mixing weight $\pi$ is learned,", [r"\pi > 3"], [NOT]),
    "the number π": ("The area is this.", [r"\pi > 3"], ["proved"]),
    "an error": ("Let $e$ be the error.", [r"\log e = 1"], [NOT]),
    "an error that is defined": ("Let $e$ be the error.", ["e = y - t", "e^2 = (y - t)^2"], ["definition", "proved"]),
    "base 2": ("All logarithms are to base 2.", [*LOG, r"\frac{d}{dx}\ln x = \frac1x", r"\log_2 4 = 2"],
        [NOT, "proved", "proved"]),
    "base 10": (r"Here $\log$ denotes the logarithm to base 10.", LOG, [NOT]),
    "a binary logarithm": (r"where $\log$ is the binary logarithm.", LOG, [NOT]),
    "the natural logarithm": (r"Here $\log$ denotes the natural logarithm.", LOG, ["proved"]),
    "either base": ("It is in bits if the logarithm is to base 2.", LOG, ["proved"]),
    "bits": (VECTOR + "Let $H(p)$ be the entropy in bits.", [r"H(p) \leq \log K"], [NOT]),
    "nats": (VECTOR + "Let $H(p)$ be the entropy.", [r"H(p) = -\sum_k p_k \log p_k"], ["proved"]),
    "the 1-norm": (VECTOR + r"with $\|x\|$ the 1-norm.", NORM, [NOT]),
    "any norm": (VECTOR + r"where $\|\cdot\|$ is any norm.", NORM, [NOT]),
    "an ℓ1 norm": (VECTOR + r"where $\|x\|$ is the $\ell_1$ norm.", NORM, [NOT]),
    "the norm": (VECTOR + r"where $\|x\|$ is the Euclidean norm of $x$.", NORM, ["proved"]),
    "imaginary": ("Let $i$ be the imaginary unit.", [r"i^2 \ge 0", r"\sum_{i=1}^3 i = 6"], [NOT, "proved"]),
    "complex": ("Let $z$ be a complex number.", [r"|z|^2 = z^2"], [NOT]),
    # values that only might be
    "say": ("$$\nL = -y \\log p - (1-y)\\log(1-p)\n$$\n\nwhere, say, $y = 1$.", [r"L = -\log p"],
        ["definition", "unknown|conditional"]),
    "typically": ("$$\n\\ell = (1-\\alpha)\\log p + \\alpha\\log q\n$$\n\nwhere typically $\\alpha = 0$.",
        [r"\ell = \log p"], ["definition", "unknown|conditional"]),
    # words before the letter of a count
    **{f"a count: {w}": (f"{COUNTS}{w} $m_k$ {v} the number of times $k$ occurs.", [r"\sum_k m_k = N"], [want])
       for w, v, want in (("At most", "is", "unknown|refuted"), ("The square of", "is", "unknown|refuted"),
                          ("one less than", "is", "unknown|refuted"), ("Nowhere", "is", "unknown|refuted"),
                          ("where", "is", "proved"), ("Let", "be", "proved"))},
}  # fmt: skip

SOFTMAX = "index i, j in 1..K\nreal z[K]\nlet p_i = \\frac{e^{z_i}}{\\sum_j e^{z_j}}"
FAMILY = r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}"
JOINT = r"p(x_1, \dots, x_n \mid \theta) = \prod_{k=1}^n p(x_k \mid \theta)"
FALSE = "refuted|conditional|unknown|unparsed"

CLAIMS = {
    # of standard names
    **{f"a false claim: {c}": (SOFTMAX, [c], [FALSE]) for c in (
        r"H(p) = 3", r"\operatorname{softmax}(z) = 3", r"\mathrm{KL}(p \| p) = 3",
        r"\mathbb{E}_p[z] = 3", r"\operatorname{Var}_p(z) = 3", r"\operatorname{tr}(pp^\top) = 3", "I_{11} = 7",
        r"\sin(0) = 7", r"\sin(x) = x", r"\operatorname{erf}(0) = 7", r"\mathbb{E}[1] = 7",
        r"\operatorname{Var}(1) = 7", r"\operatorname{sign}(3) = 7", r"\gcd(2,4) = 7",
        r"\mathcal{N}(x \mid \mu, \sigma^2) = 7",
    )},
    # what a page defines otherwise is the page's, and the report warns
    **{f"another meaning: {c}": (SOFTMAX, [c], ["definition+standard-name"]) for c in (
        r"\operatorname{softmax}(z) = \sigma(z)", r"\operatorname{softmax}(z)_i = e^{z_i}",
        r"\operatorname{logsumexp}(z) = \max_i z_i", r"\operatorname{softplus}(x) = \log(1 - e^x)",
    )},
    **{f"a true claim: {c}": (SOFTMAX, [c], ["proved"]) for c in (
        r"\operatorname{softmax}(z)_i = p_i", r"\operatorname{logsumexp}(z) = \log \sum_i e^{z_i}",
        r"\mathrm{KL}(p \| p) = 0", r"H(p) = -\sum_i p_i \log p_i", r"\tanh(x) = 2 \sigma(2 x) - 1",
    )},
    "a softmax with a temperature": ("", [r"\operatorname{softmax}(z)_i = \frac{e^{z_i/T}}{\sum_j e^{z_j/T}}"],
        ["definition+standard-name"]),
    "a divergence in bits": ("simplex p[K], q[K]", [r"\mathrm{KL}(p \| q) = \sum_i p_i \log_2 \frac{p_i}{q_i}"],
        ["definition+standard-name"]),
    "a trace": ("", [r"\operatorname{tr}(A) = \sum_i A_{ii}"], ["definition+standard-name"]),
    # entries of a family
    "an entry in brackets": ("", [FAMILY, "p[i] = 3"], ["definition", FALSE]),
    "an entry as of a function": ("", [FAMILY, "p(i) = 3"], ["definition", FALSE]),
    "the largest is a number": ("", [FAMILY, r"p_{\max} = 1"], ["definition", FALSE]),
    "the true one is a number": ("", [FAMILY, r"p_{\text{true}} = 1"], ["definition", FALSE]),
    "a class of x": ("", [FAMILY, "p_{c(x)} = 1"], ["definition", FALSE]),
    "a part": ("", [FAMILY, "p_{1:K} = 3"], ["definition", FALSE]),
    "the largest": ("", [FAMILY, r"p_{\max} = \max_i p_i"], ["definition", "definition"]),
    # functions of lists
    "values of a function of a list": ("", [r"f(x_1, \dots, x_n) = \sum_{k=1}^n x_k^2", "f(1, 2) = 4",
        r"f(0, \dots, 0) = 7", "f(x) = 3"], ["definition", *[FALSE] * 3]),
    **{f"another joint probability: {c}": ("", [JOINT, c], ["definition", FALSE]) for c in (
        r"p(x_1, \dots, x_{n-1} \mid \theta) = \prod_{k=1}^n p(x_k \mid \theta)",
        r"p(x_1, \dots, x_n \mid \mu) = \prod_{k=1}^n p(x_k \mid \theta)",
        r"p(x_2, \dots, x_n) = \prod_{k=1}^n p(x_k)", r"p(y_1, \dots, y_n) = \prod_{k=1}^n p(x_k)",
        r"p(x_n, \dots, x_1) = \prod_{k=1}^n p(x_k)", r"P(Y \mid Z) = \prod_{i=1}^n P(y_i \mid x_i)",
        r"p(\mathbf{y} \mid \mathbf{z}) = \prod_{i=1}^n p(y_i \mid x_i)",
    )},
    "a joint probability of data": ("", [r"p(\mathcal{D} \mid \theta) = \prod_{i=1}^n p(x_i \mid \theta)",
        r"\log p(\mathcal{D} \mid \theta) = \sum_{i=1}^n \log p(x_i \mid \theta)"], ["definition", "proved"]),
    "a joint probability of pairs": ("", [r"P(Y \mid X) = \prod_{i=1}^n P(y_i \mid x_i)",
        r"\log P(Y \mid X) = \sum_{i=1}^n \log P(y_i \mid x_i)"], ["definition", "proved"]),
    "the joint probability": ("", [JOINT, r"p(x \mid \theta) = \theta^x (1-\theta)^{1-x}",
        r"\log p(x_1, \dots, x_n \mid \theta) = \sum_{k=1}^n \log p(x_k \mid \theta)"],
        ["definition", "definition", "proved"]),
    # a loss at a sum
    "a loss at a sum": ("", ["L = w^2 + c", "L(a + b) = a L + b L", r"L\{0\} = 0", r"L \cdot (a + b) = a L + b L"],
        ["definition", FALSE, FALSE, "proved"]),
    "a factor beside a sum": ("", ["y = w^2 + c", "y(a + b) = a y + b y"], ["definition", "proved"]),
    # what ended in an error
    "the least value of a loss": ("", ["L(w) = w^2", r"\min_w L(w) = 5", "L|_{w=0} = 4", "L|_{w=0} = 0"],
        ["definition", FALSE, "refuted", "proved"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_what_sentences_say(name: str) -> None:
    words, displays, expected = SAID[name]
    found = verdicts(words + "".join(f"\n\n$$\n{d}\n$$" for d in displays))
    assert len(found) == len(expected)
    assert all(f in want.split("|") for f, want in zip(found, expected, strict=True)), found


@pytest.mark.parametrize("name", CLAIMS)
def test_claims(name: str) -> None:
    compare(*CLAIMS[name])


def test_after_the_display() -> None:
    text = "$$\nh = \\sigma(x)\n$$\n\nwhere $\\sigma$ is an activation function.\n\n$$\n\\frac{dh}{dx} = h(1-h)\n$$\n"
    assert verdicts(text)[1] in ("unparsed", "unknown")


def test_a_stray_dollar() -> None:
    text = "where $\\sigma(x) = \\frac{1}{1+e^{-x}}$.\n\n$$\n\\sigma'(x) = \\sigma(x)(1+\\sigma($ ))\n$$\n"
    assert set(verdicts(text)) <= {"unparsed"}
