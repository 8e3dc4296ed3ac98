"""Letters that an assumption, a formula, a normaliser's place or a sentence ties to the variable, and constants beside.

Each row is a page and the verdict on its last step. «…» is a display, ‹…› a block of declarations, ¶ a new line.
"""

import pytest

from tests.check.careful import verdicts

MARKS = {"«": "\n$$ ", "»": " $$\n", "‹": "<!-- symnll\n", "›": "\n-->\n", "¶": "\n"}
X = "‹index n, k in 1..N¶real x[N], m, y[N], a, b¶positive p[N], z[N], S¶assume "
XY = "‹real r, x, y¶"


def page(text: str) -> str:
    """A page from its short form."""
    for mark, written in MARKS.items():
        text = text.replace(mark, written)
    return text


TIED = {
    "a sum that is assumed": X + r"\sum_n x_n = N m›«\frac{\partial}{\partial x_k}(x_k m) = m»",
    "a sum that is assumed, turned": X + r"N m = \sum_n x_n›«\frac{\partial}{\partial x_n}(x_n - m)^2 = 2(x_n - m)»",
    "vectors and all indices": X + r"S p_n = z_n for all n›«\frac{\partial}{\partial z_k}(z_k p_k) = p_k»",
    "two sums": X + r"\sum_n y_n = a \sum_n x_n + b›«\frac{\partial}{\partial x_n}(a x_n) = a»",
    "a function of a letter": XY + r"function f¶assume f(y) = x›«\frac{d}{dx}(x f(y)) = f(y)»",
    "a defined function": XY + r"let g(t) = t^2¶assume g(y) = x›«\frac{d}{dx}(x y) = y»",
    "a definition": XY + r"let g = x + y¶assume g = 1›«\frac{d}{dx}(x y) = y»",
    "a definition of vectors": (
        X + r"m = m¶let g_k = x_k - y_k¶assume g_k = 0 for all k›"
        r"«\frac{\partial}{\partial x_k}(x_k y_k) = y_k»"),
    "the variable alone": XY + r"assume r^2 = x^2 + y^2›«\frac{d}{dr}(r y) = y»",
    "a product": XY + r"assume r = x y›«\frac{d}{dr}(r - x y) = 1»",
    "a distance": XY + r"assume |x - y| \le 0›«\frac{d}{dx}(x y) = y»",
    "two bounds": XY + r"assume y \le x^2¶assume y \ge x^2›«\frac{d}{dx}(x y) = y»",
    "two orders": XY + r"assume y \le x¶assume x \le y›«\frac{d}{dx}(x y) = y»",
    "through another letter": XY + r"assume x = 2 r¶assume y = 3 r›«\frac{d}{dx}(x y) = y»",
    "a normaliser that is said": (
        r"«p_i = \frac{e^{z_i}}{Z}»where $Z$ is the normalizer."
        r"«\frac{\partial \log p_i}{\partial z_i} = 1»"),
    "a normaliser by its name": r"«p_i = \frac{e^{z_i}}{Z}»«\frac{\partial p_i}{\partial z_j} = \delta_{ij} p_i»",
    "a normaliser before the power": (
        r"«p_\theta(x) = \frac1Z e^{\theta x}»"
        r"«\frac{\partial \log p_\theta(x)}{\partial\theta} = x»"),
    "a normaliser in the exponent": (
        r"«p(x;\theta) = e^{\theta x - A}»so that $\sum_x p(x;\theta) = 1$."
        r"«\frac{\partial\log p(x;\theta)}{\partial\theta} = x»"),
    "a shift that makes a sum 1": (
        r"«p_i = e^{z_i - c}»«\sum_i p_i = 1»"
        r"«\frac{\partial p_i}{\partial z_j} = \delta_{ij} p_i»"),
    "a partition function": r"«q(x) = \frac{1}{Z} e^{-\beta x}»«\frac{\partial\log q(x)}{\partial\beta} = -x»",
    "a constraint in a display": r"«p + q = 1»«H = -p \log p - q \log q»«\frac{dH}{dp} = -\log p - 1»",
    "a constraint in a sentence": (
        r"Let $p$ and $q$ satisfy $p + q = 1$.«H = -p \log p - q \log q»"
        r"«\frac{dH}{dp} = -\log p - 1»"),
    "a letter that the variable is the logarithm of": (
        r"The angle satisfies $\theta = \log G$.«J = \theta G»"
        r"«\frac{\partial J}{\partial \theta} = G»"),
    "a differential equation": r"«v' = -k v»«\frac{d}{dx}(x v) = v»",
    "an expectation": (
        r"«Z = \sum_i e^{-\beta E_i}»"
        r"«\frac{\partial}{\partial\beta}(\beta \langle E \rangle) = \langle E \rangle»"),
    "an expectation in a free energy": r"«F = \langle E \rangle - T S»«\frac{\partial F}{\partial T} = -S»",
    "batch normalisation": (
        r"Batch normalisation computes the mean $\mu$ and the variance $\sigma^2$ of the inputs $x_i$."
        r"«\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2+\epsilon}}»"
        r"«\frac{\partial \hat x_i}{\partial x_j} = \frac{\delta_{ij}}{\sqrt{\sigma^2+\epsilon}}»"),
    "the largest entry": r"where $m$ is the largest of the $z_j$.«\frac{\partial}{\partial z_i}(z_i - m) = 1»",
    "a maximum by its label": r"«a_i = z_i - z_{\max}»«\frac{\partial a_i}{\partial z_i} = 1»",
    "a sum in words": (
        r"Let $S$ be the sum of all $x_i$.«q_i = x_i/S»"
        r"«\frac{\partial q_i}{\partial x_j} = \frac{\delta_{ij}}{S}»"),
    "a sum in words and signs": (
        r"where $S$ denotes the sum $\sum_j x_j$.«q_i = x_i/S»"
        r"«\frac{\partial q_i}{\partial x_j} = \frac{\delta_{ij}}{S}»"),
    "what normalises": (
        r"$S$ normalises the $q_i$: $\sum_i q_i = 1$.«q_i = x_i/S»"
        r"«\frac{\partial q_i}{\partial x_j} = \frac{\delta_{ij}}{S}»"),
    "an equation solved for nothing": r"«Z p_i = e^{z_i}»«\sum_i p_i = 1»«\frac{\partial}{\partial z_i}(z_i Z) = Z»",
    "a loss of the data, 1": r"«J = E_D + \lambda w^2»«\frac{\partial J}{\partial w} = 2\lambda w»",
    "a loss of the data, 2": (
        r"«J = \mathcal{L}_{\text{data}} + \lambda w^2»"
        r"«\frac{\partial J}{\partial w} = 2\lambda w»"),
    "a loss without weights": r"«J = L_0 + \lambda w^2»«\frac{\partial J}{\partial w} = 2\lambda w»",
    "a loss that is a word": r"«J = \mathrm{MSE} + \lambda w^2»«\frac{\partial J}{\partial w} = 2\lambda w»",
    "a distortion": r"«J(w) = D + \lambda w^2»«\frac{\partial J}{\partial w} = 2\lambda w»",
    "a cross-entropy of undefined probabilities": (
        r"«J = -\sum_n y_n \log p_n + \lambda w^2»"
        r"«\frac{\partial J}{\partial w} = 2\lambda w»"),
    "a product in words": (
        r"The prediction $r_n$ is the product $w x_n$.«L = \sum_n r_n w»"
        r"«\frac{\partial L}{\partial w} = \sum_n r_n»"),
    "a sigmoid in words": r"Let $h$ be the sigmoid of $wx$.«z = w h»«\frac{\partial z}{\partial w} = h»",
    "what a letter stands for": r"where $q$ stands for $1 - p$.«L = p q»«\frac{dL}{dp} = q»",
    "a residual in words": r"With $r$ the residual $y_n - t_n$,«\sum_{n=1}^N r^2 = N r^2»",
    "a softmax in words": (
        r"The predicted distribution $p$ is obtained from the logits $z$ by a softmax.«L = \sum_k p_k z_k»"
        r"«\frac{\partial L}{\partial z_k} = p_k»"),
    "an entropy in words": r"The entropy of $p_\theta$ is $H$.«L = \theta H»«\frac{dL}{d\theta} = H»",
    "a model": r"We model $s_n \approx w x_n$.«L = \sum_n s_n w»«\frac{\partial L}{\partial w} = \sum_n s_n»",
}  # fmt: skip

CONSTANT = {
    "an order": XY + r"assume y \le x›«\frac{d}{dx}(x y) = y»",
    "another assumption": XY + r"assume y = 2 r›«\frac{d}{dx}(x y) = y»",
    "sums of their own": X + r"\sum_n y_n = 1¶assume \sum_n x_n = 0›«\frac{\partial}{\partial x_k}(x_k y_k) = y_k»",
    "a shift": (
        r"«p_i = \frac{e^{z_i - c}}{\sum_j e^{z_j - c}}»«\sum_i p_i = 1»"
        r"«\frac{\partial p_i}{\partial z_i} = p_i(1-p_i)»"),
    "a temperature": (
        r"«p_i = \frac{e^{z_i/T}}{\sum_j e^{z_j/T}}»«\sum_i p_i = 1»"
        r"«\frac{\partial p_i}{\partial z_i} = \frac1T p_i(1-p_i)»"),
    "the weight of a penalty": (
        r"where $\lambda$ is the weight of $w^2$ and $\eta$ the learning rate.«L = (w x - y)^2 + \lambda w^2»"
        r"«\frac{\partial L}{\partial w} = 2 x (w x - y) + 2 \lambda w»"),
    "a letter in an exponent": r"«f = e^{a x - b}»«\frac{df}{dx} = a f»",
    "a time constant": r"«f = \frac{1}{\tau} e^{-t/\tau}»«\frac{df}{dt} = -\frac{1}{\tau} f»",
    "a letter below an exponential": r"«f = \frac{e^{x}}{c}»«\frac{df}{dx} = f»",
    "a mean of one number": (
        r"where $\mu$ is the mean and $\sigma^2$ the variance.«\ell = -\frac{(x-\mu)^2}{2\sigma^2}»"
        r"«\frac{\partial \ell}{\partial x} = -\frac{x-\mu}{\sigma^2}»"),
    "a constant term": r"«f = x^2 + C»«\frac{df}{dx} = 2x»",
    "a label": r"«L = -y \log p - (1-y) \log(1-p)»«\frac{\partial L}{\partial p} = -\frac{y}{p} + \frac{1-y}{1-p}»",
    "another distribution": (
        r"«D = \sum_i p_i \log p_i - \sum_i p_i \log q_i»"
        r"«\frac{\partial D}{\partial q_i} = -\frac{p_i}{q_i}»"),
    "a definition as variable": r"«u = x^2»«L = u x»«\frac{\partial L}{\partial u} = x»",
    "targets": (
        r"where $y_n$ is the target of $x_n$ and $n$ the number of samples.«L = \sum_n (y_n - w x_n)^2»"
        r"«\frac{\partial L}{\partial w} = -2 \sum_n x_n (y_n - w x_n)»"),
    "a boundary": r"«z = w x + b»The decision boundary is $w x + b = 0$.«\frac{\partial z}{\partial w} = x»",
    "a declared normaliser": (
        r"‹index i in 1..K¶real z[K]¶positive Z›«p_i = \frac{e^{z_i}}{Z}»"
        r"«\frac{\partial p_i}{\partial z_i} = p_i»"),
}  # fmt: skip


@pytest.mark.parametrize("name", TIED)
def test_a_letter_that_is_tied_to_the_variable_is_not_held_fixed(name: str) -> None:
    assert verdicts(page(TIED[name]))[-1] == "unknown"


@pytest.mark.parametrize("name", CONSTANT)
def test_a_letter_that_nothing_ties_is_a_constant(name: str) -> None:
    assert verdicts(page(CONSTANT[name]))[-1] == "proved"
