"""What equations in sentences define, and what they leave unsure: a case or a place is no definition.

Each row is a page and, for each of its steps, the verdict; several where more than one is right. «…» is a display, ‹…›
a block of declarations, ¶ a new line.
"""

import pytest

import symnll
from tests.check.careful import verdicts

D, P = "definition", "proved"
OPEN = "unknown|refuted|conditional|unparsed"
MARKS = {"«": "\n$$ ", "»": " $$\n", "‹": "<!-- symnll\n", "›": "\n-->\n", "¶": "\n"}


def page(text: str) -> str:
    """A page from its short form."""
    for mark, written in MARKS.items():
        text = text.replace(mark, written)
    return text


PAGES: dict[str, tuple[str, list[str]]] = {
    "an entry, 1": (
        r"«L = -\sum_i y_i \log p_i»where $y_c = 1$ and all other entries vanish. Hence«L = -\log p_c»",
        [D, "proved|unknown"],
    ),
    "an entry, 2": (
        r"«L = -\sum_i y_i \log p_i»where $y_c = 1$ and all other entries vanish. Hence«L = -\sum_i \log p_i»",
        [D, OPEN],
    ),
    "an entry, 3": (r"«L = -\sum_i y_i \log p_i»with $y_c = 1$, hence«L = -\sum_i \log p_i»", [D, OPEN]),
    "an entry, 4": (
        r"«L = -\sum_i y_i \log p_i»where $y_c = 1$ for the true class $c$ and $y_i = 0$ otherwise."
        r"«L = -\sum_i \log p_i»«L = -\log p_c»",
        [D, OPEN, "proved|unknown"],
    ),
    "an entry, 5": (
        r"«L = -\sum_i y_i \log p_i»where $y_t = 1$ is the target entry.«L = -\sum_i \log p_i»",
        [D, OPEN],
    ),
    "an entry, 6": (r"«S = \sum_i w_i x_i»where $w_m = 1$ for some $m$.«S = \sum_i x_i»", [D, OPEN]),
    "an entry, 7": (r"«S = \sum_i w_i x_i»where $w_j = 0$ for all unused inputs $j$.«S = 0»", [D, OPEN]),
    "an entry, 8": (
        r"«L = -\sum_i y_i \log p_i»where $y_t = 1$ and $y_i = 0$ for $i \neq t$:«L = -\log p_t»«L=0»",
        [D, "proved|unknown", OPEN],
    ),
    "an entry, 9": (r"«S = \sum_i w_i x_i»where $w_i = \frac{1}{n}$ for all $i$.«S = \frac1n \sum_i x_i»", [D, P]),
    "a place, 1": (r"«H = -\sum_i p_i \log p_i»It is zero where $p_i = 1$ for one $i$.«H = 0»", [D, OPEN]),
    "a place, 2": ("«L = (y - w x)^2»The minimum is attained where $w = y / x$.«L = 0»", [D, OPEN]),
    "a place, 3": (
        r"«L = -\sum_i t_i \log p_i»The gradient vanishes where $p_i = t_i$.«L = -\sum_i t_i \log t_i»",
        [D, OPEN],
    ),
    "a place, 4": ("«f(x) = a x^2 + b x + c»The parabola crosses the axis where $f(x) = 0$.«f(x) = 0»", [D, OPEN]),
    "a place, 5": (
        r"«f(x) = a x^2 + b x + c»It has its vertex where $x = -\frac{b}{2a}$.«f(x) = c - \frac{b^2}{4a}»",
        [D, OPEN],
    ),
    "a place, 6": (
        r"«L = x y»The optimum lies on the line where $y = 1 - x$.«\frac{\partial L}{\partial x} = 1 - 2x»",
        [D, OPEN],
    ),
    "a place, 7": ("We denote by $n_1$ the number of samples where $y = 1$.«y^2 = y»", [OPEN]),
    "a place, 8": ("We denote the event that $x = 1$ by $A$.«x^2 = x»", [OPEN]),
    "a place, 9": (r"We define the boundary by $p = \frac12$.«p^2 = \frac14»", [OPEN]),
    "a place, 10": ("We define convergence as $d = 0$.«d x = 0»", [OPEN]),
    "a place, 11": ("«L = (y - w x)^2»This is the gradient, where $r = y - w x$.«L = r^2»", [D, P]),
    "a place, 12": (
        r"«\ell(p) = k \log p + (n-k) \log(1-p)»The likelihood is largest where $p = k/n$.«p n = k»",
        [D, OPEN],
    ),
    "the meaning of a value, 1": (
        r"«L = -y \log p - (1-y) \log(1-p)»with $y = 1$ for positive examples.«L = -\log p»",
        [D, OPEN],
    ),
    "the meaning of a value, 2": (
        r"«L = -y \log p - (1-y) \log(1-p)»where $y = 1$ denotes the positive class."
        r"«\frac{\partial L}{\partial p} = -1/p»",
        [D, OPEN],
    ),
    "the meaning of a value, 3": (r"«V = r + \gamma v»where $r = 1$ at the goal.«V = 1 + \gamma v»", [D, OPEN]),
    "the meaning of a value, 4": (
        r"«V = r + \gamma v»where $r = +1$ on success and $r = -1$ on failure.«r + 1 = 0»",
        [D, OPEN],
    ),
    "the meaning of a value, 5": (
        "«c = a^2 + b^2 - 2 a b u»where $u = 0$ for a right angle.«c = a^2 + b^2»",
        [D, OPEN],
    ),
    "the meaning of a value, 6": (
        r"«S = \sum_t \gamma^t r_t»where $r_T = 1$ is the final reward.«S = \sum_t \gamma^t»",
        [D, OPEN],
    ),
    "the meaning of a value, 7": (
        r"«S = \sum_t \gamma^t r_t»where $r_t = 0$ before the goal is reached.«S = 0»",
        [D, OPEN],
    ),
    "the meaning of a value, 8": (
        "Example. Let $a = 2$.«a b = 2 b»¶## General¶«a^2 = 4»",
        ["proved|unknown|refuted", OPEN],
    ),
    "a restriction, 1": (
        r"Define $\eta = 0.1$ for the first epoch and $\eta = 0.01$ afterwards.«10 \eta = 1»",
        [OPEN],
    ),
    "a restriction, 2": (r"We define $\lambda = 1$ in the binary setting.«\lambda^2 = 1»", [OPEN]),
    "a restriction, 3": (r"Define $\eta = 0.1$ for the first epoch.«10 \eta = 1»", [OPEN]),
    "a restriction, 4": (r"For now, let $\eta = 0.1$.«10 \eta = 1»", [OPEN]),
    "a restriction, 5": ("Let $a = b c$ for now.«a = b c»", [OPEN]),
    "a restriction, 6": ("Let $a = b c$ throughout.«a^2 = b^2 c^2»", [P]),
    "an equation to be solved, 1": ("Let $x$ be such that $x^2 = 4$.«x = 2»", [OPEN]),
    "an equation to be solved, 2": ("Let $x$ satisfy $x^2 = 4$.«x = 2»", [OPEN]),
    "an equation to be solved, 3": ("«x^2 = 4»«x = 2»", ["definition|unknown|refuted", OPEN]),
    "an equation to be solved, 4": (
        r"«\sigma^2 = \frac1n \sum_i x_i^2»«\sigma = \sqrt{\frac1n \sum_i x_i^2}»",
        [D, P],
    ),
    "an equation to be solved, 5": (r"«r^2 = x^2 + y^2»«\frac{\partial r}{\partial x} = \frac{x}{r}»", [D, P]),
    "what is rejected, 1": (
        r"One might think that«L = x^3»but in fact«L = x^2»«\frac{dL}{dx} = 3x^2»",
        [OPEN, "definition|unknown|refuted|conditional|unparsed", OPEN],
    ),
    "what is rejected, 2": (
        r"Instead of«L = x^3»we define«L = x^2»«\frac{dL}{dx} = 3x^2»",
        [OPEN, "definition|unknown|refuted|conditional|unparsed", OPEN],
    ),
    "what is rejected, 3": (
        r"It is wrong that«L = x^3»We have«L = x^2»«\frac{dL}{dx} = 3x^2»",
        [OPEN, "definition|unknown|refuted|conditional|unparsed", OPEN],
    ),
    "words in a declaration, 1": ("‹real a, b¶assume a = 0 or b = 0›«a = 0»", [OPEN]),
    "words in a declaration, 2": ("‹index i in 1..K¶real z[K]¶assume z_i > 0 for some i›«z_i > 0»", [OPEN]),
    "words in a declaration, 3": ("‹index i in 1..K¶real z[K]¶let z_i = 0 for i = 1›«z_2 = 0»", [OPEN]),
    "words in a declaration, 4": ("‹real a, b¶assume not a = b›«a = b»", [OPEN]),
    "words in a declaration, 5": ("‹real a, b¶case a = b if b > 0›«a = b»", [OPEN]),
    "words in a declaration, 6": ("‹index i, j in 1..K¶real z[K]¶case i = j or i = 1›«z_i = z_j»", [OPEN]),
    "words in a declaration, 7": (
        "‹real a, b¶assume a > 0 and b > 0›«a b > 0»",
        ["proved|unknown|refuted|conditional|unparsed"],
    ),
    "an expectation, 1": (
        r"‹index k in 1..K¶simplex p[K], q[K]¶real f[K]›«\mathbb{E}_{p}[f] = \sum_k q_k f_k»"
        r"«\mathbb{E}_q[f] = \mathbb{E}_p[f]»",
        [OPEN, OPEN],
    ),
    "an expectation, 2": (r"‹index k in 1..K¶simplex p[K], q[K]¶real f[K]›«\mathbb{E}_{p}[f] = \sum_k f_k»", [OPEN]),
    "an expectation, 3": (
        r"‹index k in 1..K¶simplex p[K], q[K]¶real f[K]›«\mathbb{E}_p[f_k] = \sum_k q_k f_k»",
        [OPEN],
    ),
    "an expectation, 4": (
        r"‹index k in 1..K¶simplex p[K], q[K]¶real f[K]›«\mathbb{E}_p[f] = \sum_k p_k f_k»",
        ["proved|definition|unknown|refuted|conditional|unparsed"],
    ),
    "a name that prose speaks of, 1": ("The loss is $L = (y - w x)^2$. Its value at zero is«L = 3»", [OPEN]),
    "a name that prose speaks of, 2": (r"The mean is $m = \frac1n\sum_i x_i$.«m = 7»", [OPEN]),
    "a name that prose speaks of, 3": ("Consider $f(x) = x^2$, then«f(3) = 10»", [OPEN]),
    "a name that prose speaks of, 4": ("Take $f(x) = x^2$, then«f(3) = 10»", [OPEN]),
    "a name that prose speaks of, 5": ("Given $f(x) = x^2$, then«f(3) = 10»", [OPEN]),
    "a name that prose speaks of, 6": ("For $f(x) = x^2$, then«f(3) = 10»", [OPEN]),
    "a name that prose speaks of, 7": ("Suppose $f(x) = x^2$, then«f(3) = 10»", [OPEN]),
    "a name that prose speaks of, 8": ("Assume $f(x) = x^2$, then«f(3) = 10»", [OPEN]),
    "a name that prose speaks of, 9": ("If $f(x) = x^2$, then«f(3) = 10»", [OPEN]),
    "a name that prose speaks of, 10": ("Recall $f(x) = x^2$, then«f(3) = 10»", [OPEN]),
    "a name that prose speaks of, 11": ("Recall $a = w x$. Then«a = 3»", [OPEN]),
    "a name that prose speaks of, 12": ("By $a = w x$,«a = 3»", [OPEN]),
    "a name that prose speaks of, 13": ("Using $a = w x$,«a = 3»", [OPEN]),
    "a name that prose speaks of, 14": ("Let $a$, $b$ be given with $a = 2b$.«a = 3b»", [OPEN]),
    "a name that prose speaks of, 15": ("We use the loss $L = (y-p)^2$ here.«L = 0»", [OPEN]),
    "a name that prose speaks of, 16": ("- $a = 1$: the first case¶«a = 3»", [OPEN]),
    "a name that prose speaks of, 17": ("Let's define $L = x^2$ (not $L = x^3$).«L = x^3»", [OPEN]),
    "a name that prose speaks of, 18": (
        "The loss is $L = (y - w x)^2$. That is,«L = (y - w x)^2»«L = y^2 - 2 w x y + w^2 x^2»",
        ["definition|proved", P],
    ),
    "a name that prose speaks of, 19": (
        "We will show that $L = y^2 + w^2$. To begin,«L = (y - w)^2 + 2 w y»«L = y^2 + w^2»",
        ["definition|unknown", P],
    ),
    "a name that prose speaks of, 20": (
        r"The softmax is $p_i = e^{z_i}/\sum_j e^{z_j}$.«\frac{\partial p_i}{\partial z_j} = p_i(\delta_{ij} - p_j)»",
        ["proved|unknown"],
    ),
    "a value of a function, 1": (
        r"«\ell(p) = k \log p + (n-k) \log(1-p)»«\hat p = k/n»«\ell(\hat p) = k \log k»",
        [D, D, OPEN],
    ),
    "a value of a function, 2": (
        r"«L(w) = \sum_i (y_i - w x_i)^2»«\hat w = \frac{\sum_i x_i y_i}{\sum_i x_i^2}»«L(\hat w) = 0»",
        [D, D, OPEN],
    ),
    "a value of a function, 3": (
        r"«\ell(\mu, \sigma) = -n \log \sigma - \frac{1}{2\sigma^2} \sum_i (x_i - \mu)^2»«\ell(\mu, s) = -n \log s»",
        [D, OPEN],
    ),
    "a value of a function, 4": ("«L(w) = w^2»«L(v) = 0»", [D, OPEN]),
    "a value of a function, 5": (r"«L(w) = w^2»«L(\hat\theta) = 0»", [D, OPEN]),
    "a value of a function, 6": (r"«\ell(w) = w^2»«\ell(q) = 0»", [D, OPEN]),
    "what a sentence says in part, 1": (r"Let $f(x) = x^2$ for $x \geq 0$ and zero otherwise.«f(-2) = 4»", [OPEN]),
    "what a sentence says in part, 2": ("Let $f(x) = x$ for positive $x$.«f(-2) = -2»", [OPEN]),
    "what a sentence says in part, 3": (r"Let $a \neq b$ and $c = a$.«c = b»", [OPEN]),
    "what a sentence says in part, 4": (
        "For example, let $a = 2$. Then it is even. For any other $a$,«a^2 = 4»",
        [OPEN],
    ),
    "a function at an entry, 1": ("«f(x_i) = x_i^2»«f(3) = 10»", [D, OPEN]),
    "a function at an entry, 2": ("«f(x_i) = x_i^2»«f(y_i) = y_i^3»", [D, OPEN]),
    "a function at an entry, 3": (
        r"«\text{softmax}(x_i) = \frac{e^{x_i}}{\sum_j e^{x_j}}»"
        r"«\text{softmax}(2 x_i) = \frac{e^{2 x_i}}{\sum_j e^{x_j}}»",
        [D, OPEN],
    ),
    "a function at an entry, 4": (r"«S(x_i) = \frac{e^{x_i}}{\sum_j e^{x_j}}»«S(0) = 7»", [D, OPEN]),
    "an entry apart, 1": (r"Let $q_i = p_i$ for $i \neq k$ and $q_k = 0$.«q_k = p_k»", [OPEN]),
    "an entry set before, 1": (r"Set $w_0 = 0$.«w_t = 0»«\sum_t w_t = 0»", [OPEN, OPEN]),
    "an entry set before, 2": (
        r"where $y_T = 1$ and all the others are zero:«y_k = 1»«\sum_{i=1}^K y_i = K»",
        [OPEN, OPEN],
    ),
    "a declared name, 1": ("‹real x›Let $x = 1$.«x^2 = x»", ["unknown|proved|refuted"]),
    "true, 1": (
        r"«L = \frac12 r^2»where $r = y - w x$ is the residual.«\frac{\partial L}{\partial w} = -r x»",
        [D, P],
    ),
    "true, 2": (r"«L = \frac12 r^2»Here $r = y - w x$.«\frac{\partial L}{\partial w} = -r x»", [D, P]),
    "true, 3": (
        r"We define the error as $r = y - w x$ and the loss as $L = \frac12 r^2$."
        r"«\frac{\partial L}{\partial w} = -r x»",
        [P],
    ),
    "true, 4": (r"«V = r + \gamma v»where $\gamma = 0.9$ is the discount factor.«10 V = 10 r + 9 v»", [D, P]),
    "true, 5": (r"«V = r + \gamma v»with $\gamma = 0.9$.«10 V = 10 r + 9 v»", [D, P]),
    "true, 6": ("Let $a = 2$.«a b = 2 b»", [P]),
    "true, 7": ("Let $a = 2$ and $c = 3$.«a b + c = 2 b + 3»", [P]),
    "true, 8": (r"Let $s = \sigma(z)$, where $z = w x + b$.«s = \frac{1}{1+e^{-w x - b}}»", [P]),
    "true, 9": (
        r"«L = -\log p_k»where $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$ for $i = 1, \dots, K$."
        r"«L = \log \sum_j e^{z_j} - z_k»",
        [D, P],
    ),
    "true, 10": (
        r"«H = -\sum_i p_i \log p_i»where $p_i = \frac1K$ for all $i = 1, \dots, K$.«H = \log K»",
        [D, "proved|unknown"],
    ),
    "true, 11": (r"Write $Z = \sum_j e^{z_j}$ for the normaliser.«\log Z = \log \sum_j e^{z_j}»", [P]),
    "true, 12": (r"We write $Z = \sum_j e^{z_j}$ for short.«\log Z = \log \sum_j e^{z_j}»", [P]),
    "true, 13": (r"Denote the sum by $Z = \sum_j e^{z_j}$. Then«\log Z = \log \sum_j e^{z_j}»", [P]),
    "true, 14": (
        r"«L = r^2 + s^2»where $r = y - w x$ and $s = t - v x$.«\frac{\partial L}{\partial w} = -2 r x»",
        [D, P],
    ),
    "true, 15": (
        r"«L = r^2 + s^2»where $r = y - w x$, $s = t - v x$, and $u = 3 x$.«\frac{\partial L}{\partial v} = -2 s x»",
        [D, P],
    ),
    "true, 16": (
        r"Let $y$ be the target, $\hat y = w x$ the prediction and $L = (y - \hat y)^2$ the loss."
        r"«\frac{\partial L}{\partial w} = -2 x (y - \hat y)»",
        ["proved|unknown"],
    ),
    "true, 17": ("Let $f(x) = x^2$ for all $x$.«f(3) = 9»«f(3)=8»", [P, "refuted"]),
    "true, 18": ("Let $f(x) = x^2$ denote the square. Then«f(3) = 9»", [P]),
    "true, 19": ("The loss is $L = r^2$, where $r = y - w x$.«r^2 = (y-wx)^2»", [P]),
    "true, 20": (r"Set $S = \sum_j e^{z_j}$.«\log S = \log \sum_j e^{z_j}»", [P]),
    "true, 21": (r"Let $\hat y_n = w x_n$ be the prediction for the input $x_n$.«\hat y_n + 1 = w x_n + 1»", [P]),
    "true, 22": (
        r"«L = -\sum_i y_i \log p_i»where $y_t = 1$ and all the others are $0$. So«L = -\log p_t»«L = -\log p_1»",
        [D, P, OPEN],
    ),
    "true, 23": (
        r"Let $y_c = 1$ for the correct class $c$ and $y_i = 0$ for all other $i$.«L = -\sum_i y_i \log p_i»"
        r"«L = -\log p_c»«L=0»",
        [D, P, OPEN],
    ),
    "true, 24": (
        r"«L = -\sum_i y_i \log p_i»where $y_i = 1$ if $i = c$ and $0$ otherwise.«L = -\sum_i \log p_i»",
        [D, OPEN],
    ),
    "true, 25": (
        r"«\ell(p) = \log p»¶«\hat p = k/n»«\ell(\hat p) = \log k - \log n»«\ell(\hat p) = \log k»",
        [D, D, "proved|conditional", OPEN],
    ),
    "true, 26": ("«L(w) = w^2»«L(z) = z^3»", [D, D]),
    "true, 27": (r"«\mathcal{L}(\theta) = \theta^2»«\mathcal{L}(\theta_0) = 7»", [D, OPEN]),
    "true, 28": ("‹real x›Let $x > 0$ and $y = 2 x$.«y^2 = 4x^2»", ["proved|unknown"]),
    "true, 29": (r"«q = \beta r»where $\beta = \frac{1}{kT}$.«q = \frac{r}{kT}»", [D, P]),
    "true, 30": (r"«q = \beta r»where as usual $\beta = \frac{1}{kT}$.«q = \frac{r}{kT}»", [D, P]),
    "true, 31": (r"«q = \beta r»¶where:¶¶- $\beta = \frac{1}{kT}$¶«q = \frac{r}{kT}»", [D, "proved|unknown"]),
    "true, 32": (r"«q = \beta r,»where we have set $\beta = \frac{1}{kT}$.«q = \frac{r}{kT}»", [D, P]),
    "true, 33": (r"«q = \beta r,»where we used $\beta = \frac{1}{kT}$.«q = \frac{r}{kT}»", [D, "proved|unknown"]),
    "true, 34": (r"The gradient of $L = r^2$ where $r = y - wx$ is«\frac{\partial}{\partial w} r^2 = -2 r x»", [P]),
    "true, 35": (r"Let us denote $z = w x + b$. Then«\frac{\partial z}{\partial w} = x»", [P]),
    "true, 36": (
        r"For each sample $n$, let $z_n = w x_n + b$. Then«\frac{\partial z_n}{\partial w} = x_n»",
        ["proved|unknown"],
    ),
    "a variant, 1": ("«L = (y-wx)^2»The loss vanishes at the minimum, where $w = y/x$.«L = 0»", [D, OPEN]),
    "a variant, 2": ("The residual is zero on the line where $y = w x$.«y - w x = 0»", [OPEN]),
    "a variant, 3": ("«L = x y»Let $x$, $y$ be numbers with $x = 2 y$.«L = 2 y^2»", [D, OPEN]),
    "a variant, 4": ("«L = x y»where $x = 2$ in the first case.«L = 2 y»", [D, OPEN]),
    "a variant, 5": ("«L = x y»where $x = 2$ during training.«L = 2 y»", [D, OPEN]),
    "a variant, 6": ("«L = x y»where $x = y$ at convergence.«L = y^2»", [D, OPEN]),
    "a variant, 7": ("«L = x y»where $x = 2$ corresponds to a cat.«L = 2y»", [D, OPEN]),
    "a variant, 8": ("«L = x y»with $x = 1$ meaning success and $x = 0$ failure.«L = y»", [D, OPEN]),
    "a variant, 9": ("«L = x y»where $x = 1$, $y > 0$.«L = y»", [D, OPEN]),
    "a variant, 10": ("Let $x$ be a number for which $x^2 = 9$.«x = 3»", [OPEN]),
    "a variant, 11": ("Let $x$ be a root of $x^2 = 9$.«x = 3»", [OPEN]),
    "a variant, 12": (
        "## Example¶¶Let $a = 2$ and $b = 3$. Then¶«a b = 6»¶## The general case¶«a b = 6»«a=2»",
        ["proved|unknown|refuted", OPEN, OPEN],
    ),
    "a variant, 13": (
        r"A naive guess is«L = x^3»¶¶The loss is«L = x^2»«\frac{dL}{dx} = 3 x^2»",
        ["unknown|definition", "definition|refuted|unknown", "unknown|refuted|proved"],
    ),
    "a variant, 14": ("«L = x^3»is wrong.«L = x^2»", ["unknown", D]),
    "a variant, 15": ("We set $w = y / x$ only at the optimum.«w x = y»", [OPEN]),
    "a variant, 16": ("The loss equals $L = 3$.«L = 4»", [OPEN]),
    "a variant, 17": ("| a | b |¶|---|---|¶| $a = 1$ | $b = 2$ |¶¶«a = 3»", [OPEN]),
    "a variant, 18": (r"«S = \sum_i w_i x_i»where $w_1 = 1$.«S = \sum_i x_i»", [D, OPEN]),
    "a variant, 19": (r"Set $\gamma = 0$ to recover the bandit.«\gamma r = 0»", [OPEN]),
    "a variant, 20": ("Setting $w = y/x$ gives zero loss.«y - w x = 0»", [OPEN]),
    "a variant, 21": ("Setting $w = y/x$, we obtain«y - w x = 0»", ["proved|unknown"]),
    "a variant, 22": ("with probability $p = 0.5$ we flip.«p^2 = 0.25»", [OPEN]),
    "a variant, 23": ("Choose the training set $D = a b$ such that all is well.«D = a c»", [OPEN]),
    "a variant, 24": ("«f(x) = a x + b»Let $x_0$ be the point where $f(x) = 0$.«a x + b = 0»", [D, OPEN]),
    "a variant, a sample": (
        r"«L = -\sum_n y_n \log p_n»where $y_n = 1$ for every sample of the positive class.«L = -\sum_n \log p_n»",
        [D, OPEN]),
    "a variant, at the optimum": ("«L = (y - wx)^2»where, at the optimum, $w = y/x$.«L = 0»", [D, OPEN]),
    "a variant, a minimum": ("«L = (y - wx)^2»with minimum $L = 0$.«L = 0»", [D, OPEN]),
    "a variant, an equality": ("«L = (y - wx)^2»with equality iff $y = w x$.«L = 0»", [D, OPEN]),
    "a variant, tempting": ("It is tempting to write«L = x^3»which is wrong; rather,«L = x^2»", ["unknown", D]),
    "true, a rate": ("The false positive rate is«F = a/b»", [D]),
    "true, not hard": ("It is not hard to see that«L = x^2»«L = x x»", [D, P]),
    "a variant, a step": ("«J(w) = w^2»«J(w_t) = 7»«J(w_{t+1}) = w_{t+1}^2 + 1»", [D, OPEN, OPEN]),
    "true, two means": (r"«\mathbb{E}[X_i] = \mu»«\mathbb{E}[\epsilon_i] = 0»", [D, D]),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_careful_reader_agrees(name: str) -> None:
    text, expected = PAGES[name]
    found = verdicts(page(text))
    assert len(found) == len(expected)
    assert all(f in e.split("|") for f, e in zip(found, expected, strict=True)), found


FALSE_INLINE = {
    "an entry": r"«L = -\sum_i y_i \log p_i»where $y_c = 1$ and all other entries vanish.«L = -\sum_i \log p_i»",
    "two entries": r"Let $y_c = 1$ for the true class $c$ and $y_i = 0$ otherwise.«L = -\sum_i y_i \log p_i»«L = 0»",
    "a place": "«L = (y - w x)^2»The minimum is attained where $w = y / x$.«L = 0»",
    "a value": "«L = x y»with $x = 1$ meaning success.«L = y»",
    "in part": r"Let $f(x) = x^2$ for $x \geq 0$ and zero otherwise.«f(-2) = 4»",
}


@pytest.mark.parametrize("name", FALSE_INLINE)
def test_formulas_in_sentences_that_are_steps_too(name: str) -> None:
    assert verdicts(page(FALSE_INLINE[name]), inline=True)[-1] in OPEN.split("|")


@pytest.mark.parametrize(
    "declaration",
    ["assume a = 0 or b = 0", "assume a > 0 for some i", "let a = 0 for i = 1", "assume not a = b",
     "case a = b if b > 0", "write s for a if b", "let c = a where b > 0"],
)  # fmt: skip
def test_a_declaration_with_words_in_it_is_refused(declaration: str) -> None:
    report = symnll.check(page(f"‹real a, b¶{declaration}›«a b = b a»"), cache=False).files[0]
    (problem,) = report.problems
    assert "is a word" in problem.message


@pytest.mark.parametrize(
    "declaration",
    ["assume a > 0", "case a = b",
     r"let f(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
     r"let x_{\text{for}} = a", "write s for e^a", r"assume a_i > 0 \text{ for all } i", "assume z_i > 0 for all i"],
)  # fmt: skip
def test_a_declaration_without_words_is_not(declaration: str) -> None:
    report = symnll.check(page(f"‹index i in 1..K¶real a, b, z[K], a[K]¶{declaration}›«a b = b a»"), cache=False)
    assert not report.files[0].problems


def test_what_a_sentence_says_of_a_declared_name_is_not_passed_over() -> None:
    (step,) = symnll.check(page("‹real x›Let $x = 1$.«x^2 = x»"), cache=False).files[0].displays[0].steps
    assert step.verdict == "unknown"
    assert "x is declared" in step.lints[0].message


def test_a_command_that_another_file_may_define_is_not_new() -> None:
    (step,) = symnll.check(page("\\input{macros}«\\loss = 1»"), cache=False).files[0].displays[0].steps
    assert step.verdict == "unparsed"
    assert step.reason is not None and "is not followed" in step.reason
    assert verdicts(page("«\\loss = 1»")) == [D]
    assert verdicts(page("\\input{macros}«\\mu = 1»«\\hat p = \\mu»")) == [D, D]
