"""Likelihood of independent samples: products over samples, powers over classes, and the logarithms of both."""

from sympy import KroneckerDelta, log

from symnll.entry import Claim, Entry, Step
from symnll.language import (
    ArgMax,
    ArgMin,
    Eq,
    ForAll,
    Parameter,
    family,
    function,
    index,
    indices,
    labels,
    product,
    size,
    total,
    vector,
)

K, N, A, B = size("K"), size("N"), size("A"), size("B")
i, k = indices("i k", K)
n, theta = index("n", N), Parameter("theta")
x, y = labels("x", N, K), labels("y", N, K)
q, r = vector("q", K, kind="nonnegative"), vector("q", K, kind="positive")
p = function("p", positive=True)
f = function("f", nonnegative=True)
a = function("a", positive=True)
conditional = vector("c", N, kind="nonnegative")

counts = family(lambda b: total(KroneckerDelta(x[n], b), n), K)
frequencies = family(lambda b: counts[b] / N, K)
count, frequency = vector("n", K, kind="natural"), vector("p", K, kind="nonnegative")
COUNTS = [(count[i], counts[i])]
FREQUENCIES = [(frequency[i], frequencies[i])]

likelihood = product(p(x[n], theta), n)
log_likelihood = total(log(p(x[n], theta)), n)
empirical_cross_entropy = -total(frequencies[i] * log(r[i]), i)

both, first, last = index("n", A + B), index("n", A), index("n", A + B, lower=A + 1)
whole = labels("x", A + B, K)

three = index("n", 3)
sample = labels("x", 3, K)
is_221 = [Eq(sample[1], 2), Eq(sample[2], 2), Eq(sample[3], 1)]


def activation_loss(b):
    """The cross-entropy of sample b: its one-hot label against the activations a(·, b, θ)."""
    return -total(KroneckerDelta(k, y[b]) * log(a(k, b, theta)), k)


activations = product(a(y[n], n, theta), n)

ENTRY = Entry(
    name="likelihood",
    title="Likelihood",
    summary=(
        "The probability of N independent samples is a product over samples. Grouped by class it is a product of "
        "powers whose exponents are the counts n_i = N p_i; minus its logarithm per sample is the cross-entropy of the "
        "observed frequencies p and the model q. The logarithm keeps the maximisers."
    ),
    claims=[
        Claim(
            "iid",
            "Independent and identically distributed samples: the joint probability is a product of one model",
            Eq(product(conditional[n], n), product(p(x[n], theta), n)),
            given=[ForAll(Eq(conditional[n], p(x[n], theta)), n)],
            note=(
                "c_n is the probability of sample n given the ones before it; their product is the joint probability. "
                "Independence and a common model say that c_n = p(x_n; θ) for every n."
            ),
        ),
        Claim(
            "independent_parts",
            "The likelihood of all samples is that of the first A times that of the other B",
            Eq(product(q[whole[both]], both), product(q[whole[first]], first) * product(q[whole[last]], last)),
        ),
        Claim(
            "counts",
            "A product over samples is a product of powers over classes",
            Eq(product(q[x[n]], n), product(q[i] ** counts[i], i)),
            steps=[
                Step(product(product(q[i] ** KroneckerDelta(x[n], i), i), n), "selection by labels"),
                Step(product(product(q[i] ** KroneckerDelta(x[n], i), n), i), "order of products"),
                Step(product(q[i] ** counts[i], i), "product of powers"),
            ],
            abbreviations=COUNTS,
            note="n_i counts the samples of class i. Probabilities may be 0: 0⁰ = 1 for a class that never occurs.",
        ),
        Claim(
            "counts_of_model",
            "The same for a model with a parameter",
            Eq(product(f(x[n], theta), n), product(f(i, theta) ** counts[i], i)),
            steps=[
                Step(product(product(f(i, theta) ** KroneckerDelta(x[n], i), i), n), "selection by labels"),
                Step(product(product(f(i, theta) ** KroneckerDelta(x[n], i), n), i), "order of products"),
                Step(product(f(i, theta) ** counts[i], i), "product of powers"),
            ],
            abbreviations=COUNTS,
        ),
        Claim(
            "counts_sum",
            "The counts sum to the number of samples",
            Eq(total(counts[i], i), N),
            steps=[
                Step(total(total(KroneckerDelta(x[n], i), i), n), "order of summation"),
                Step(total(1, n), "δ collapses the sum"),
                Step(N, "linearity of the sum"),
            ],
        ),
        Claim(
            "frequencies_sum",
            "The frequencies sum to 1",
            Eq(total(frequencies[i], i), 1),
            steps=[
                Step(total(counts[i], i) / N, "linearity of the sum"),
                Step(1, "order of summation"),
            ],
            abbreviations=COUNTS,
        ),
        Claim(
            "frequencies",
            "With the frequencies p_i = n_i / N: the exponents are N p_i",
            Eq(product(q[x[n]], n), product(q[i] ** (N * FREQUENCIES[0][0]), i)),
            given=[ForAll(Eq(frequency[i], frequencies[i]), i)],
            steps=[
                Step(product(q[i] ** counts[i], i), "selection by labels"),
                Step(product(q[i] ** (N * frequency[i]), i), "definition"),
            ],
            abbreviations=COUNTS,
        ),
        Claim(
            "log_likelihood",
            "The logarithm turns the product into a sum",
            Eq(log(likelihood), log_likelihood),
            steps=[Step(log_likelihood, "logarithm of a product")],
        ),
        Claim(
            "log_counts",
            "The log-likelihood, grouped by class",
            Eq(log(product(r[x[n]], n)), total(counts[i] * log(r[i]), i)),
            steps=[
                Step(log(product(r[i] ** counts[i], i)), "selection by labels"),
                Step(total(log(r[i] ** counts[i]), i), "logarithm of a product"),
                Step(total(counts[i] * log(r[i]), i), "logarithm of a power"),
            ],
            abbreviations=COUNTS,
        ),
        Claim(
            "cross_entropy",
            "Minus the log-likelihood per sample is the cross-entropy H(p, q)",
            Eq(-log(product(r[x[n]], n)) / N, empirical_cross_entropy),
            steps=[
                Step(-log(product(r[i] ** counts[i], i)) / N, "selection by labels"),
                Step(-total(counts[i] * log(r[i]), i) / N, "logarithm of a product"),
                Step(empirical_cross_entropy, "linearity of the sum"),
            ],
            abbreviations=FREQUENCIES,
            note="p holds the observed frequencies. Divided by N, the losses of small and large data sets compare.",
        ),
        Claim(
            "mean_nll",
            "Minus the log-likelihood per sample is the mean negative log-likelihood",
            Eq(-log(product(r[x[n]], n)) / N, total(-log(r[x[n]]), n) / N),
            steps=[
                Step(-total(log(r[x[n]]), n) / N, "logarithm of a product"),
                Step(total(-log(r[x[n]]), n) / N, "linearity of the sum"),
            ],
        ),
        Claim(
            "sample_221",
            "A worked sample: the observations 2, 2, 1",
            Eq(product(p(sample[three], theta), three), p(2, theta) ** 2 * p(1, theta)),
            given=is_221,
            steps=[
                Step(p(sample[1], theta) * p(sample[2], theta) * p(sample[3], theta), "product split"),
                Step(p(2, theta) ** 2 * p(1, theta), "definition"),
            ],
        ),
        Claim(
            "sample_221_counts",
            "The counts of the worked sample",
            Eq(
                total(KroneckerDelta(sample[three], i), three),
                2 * KroneckerDelta(2, i) + KroneckerDelta(1, i),
            ),
            given=is_221,
            note="Class 2 occurs twice, class 1 once, and no other class at all.",
        ),
        Claim(
            "argmax_log",
            "The likelihood and its logarithm have the same maximisers",
            Eq(ArgMax(likelihood, theta), ArgMax(log_likelihood, theta)),
            steps=[
                Step(ArgMax(log(likelihood), theta), "monotonicity"),
                Step(ArgMax(log_likelihood, theta), "logarithm of a product"),
            ],
        ),
        Claim(
            "argmin_nll",
            "Maximising the likelihood is minimising the negative log-likelihood",
            Eq(ArgMax(likelihood, theta), ArgMin(-log_likelihood, theta)),
            steps=[
                Step(ArgMax(log_likelihood, theta), "monotonicity"),
                Step(ArgMin(-log_likelihood, theta), "monotonicity"),
            ],
        ),
        Claim(
            "argmin_mean",
            "Dividing by N does not move the minimisers",
            Eq(ArgMin(-log_likelihood, theta), ArgMin(-log_likelihood / N, theta)),
            steps=[Step(ArgMin(-log_likelihood / N, theta), "monotonicity")],
        ),
        Claim(
            "argmin_cross_entropy",
            "Maximising the likelihood is minimising the cross-entropy with the observed frequencies",
            Eq(
                ArgMax(likelihood, theta),
                ArgMin(-total(frequencies[i] * log(p(i, theta)), i), theta),
            ),
            steps=[
                Step(ArgMin(-log_likelihood / N, theta), "monotonicity"),
                Step(ArgMin(-total(frequencies[i] * log(p(i, theta)), i), theta), "selection by labels"),
            ],
            abbreviations=FREQUENCIES,
        ),
        Claim(
            "argmin_cross_entropy_sum",
            "For a classifier: maximising the likelihood is minimising the sum of the samples' cross-entropies",
            Eq(ArgMax(activations, theta), ArgMin(total(activation_loss(n), n), theta)),
            steps=[
                Step(ArgMin(-total(log(a(y[n], n, theta)), n), theta), "monotonicity"),
                Step(ArgMin(total(activation_loss(n), n), theta), "selection by labels"),
            ],
            note=(
                "a(k, n, θ) is the activation of class k for the input of sample n, y_n its label. The activations "
                "must be positive; that they sum to 1 is not used."
            ),
        ),
    ],
    references=[
        "Casella, Berger, Statistical Inference (2nd ed., 2002), 7.2.2",
        "Bishop, Pattern Recognition and Machine Learning (2006), 2.2",
        "MacKay, Information Theory, Inference, and Learning Algorithms (2003), 2.3, 3.1",
    ],
)
