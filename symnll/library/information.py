"""Cross-entropy, entropy and divergence of two distributions, in nats and bits."""

from sympy import KroneckerDelta, log

from symnll.entry import Claim, Entry, Step
from symnll.language import (
    At,
    Eq,
    ForAll,
    Ge,
    Le,
    diff,
    family,
    index,
    indices,
    onehot,
    product,
    size,
    total,
    vector,
)

K, A = size("K"), size("A")
i, k, m, T = indices("i k m T", K)
p, q = vector("p", K, kind="simplex"), vector("q", K, kind="simplex")
h = onehot("h", K, T)
b = index("i", A)
ps, qs = vector("p", A, kind="simplex"), vector("q", A, kind="positive")
at_most_one = [Le(total(qs[b], b), 1)]
counts = vector("n", K, kind="positive")
seen = vector("n", A, kind="positive")
N = total(counts[k], k)
length = vector("L", K)
weights = vector("q", K, kind="positive")


def cross_entropy(one, other, over=i):
    """H(p, q) = −Σ p log q."""
    return -total(one[over] * log(other[over]), over)


def divergence(one, other, over=i):
    """KL(p‖q) = Σ p log(p/q)."""
    return total(one[over] * log(one[over] / other[over]), over)


KL = divergence(p, q)
H, Hpq = cross_entropy(p, p), cross_entropy(p, q)
HS, HSpq = cross_entropy(ps, ps, b), cross_entropy(ps, qs, b)
lagrangian = total(counts[i] * log(weights[i]), i) - N * (total(weights[i], i) - 1)

ENTRY = Entry(
    name="information",
    title="Cross-entropy and divergence",
    summary=(
        "The cross-entropy H(p, q) = −Σ p_i log q_i is the entropy of p plus the divergence KL(p‖q). The divergence is "
        "never negative and vanishes only for q = p, so the cross-entropy is smallest at q = p: this is why observed "
        "frequencies are the maximum-likelihood estimate."
    ),
    claims=[
        Claim(
            "cross_entropy_decomposition",
            "Cross-entropy is entropy plus divergence",
            Eq(Hpq, H + KL),
            steps=[
                Step(-total(p[i] * (log(p[i]) - log(p[i] / q[i])), i), "logarithm of a quotient"),
                Step(H + KL, "linearity of the sum"),
            ],
        ),
        Claim(
            "divergence_nonnegative",
            "The divergence is never negative",
            Ge(KL, 0),
            steps=[
                Step(total(-p[i] * log(q[i] / p[i]), i), "logarithm of a quotient"),
                Step(total(-p[i] * (q[i] / p[i] - 1), i), "log x ≤ x − 1", "≥"),
                Step(total(p[i], i) - total(q[i], i), "linearity of the sum"),
                Step(0, "probabilities sum to 1"),
            ],
        ),
        Claim(
            "gibbs",
            "Gibbs' inequality: the cross-entropy is at least the entropy",
            Ge(Hpq, H),
            steps=[
                Step(H + KL, "logarithm of a quotient"),
                Step(H, "log x ≤ x − 1", "≥"),
            ],
        ),
        Claim(
            "gibbs_equality",
            "Equality in Gibbs' inequality only if the distributions are equal",
            Eq(q[m], p[m]),
            given=[Eq(Hpq, H)],
            note="log x < x − 1 for every x ≠ 1, so one class with q_m ≠ p_m makes the divergence positive.",
        ),
        Claim(
            "divergence_zero",
            "The divergence vanishes only if the distributions are equal",
            Eq(q[m], p[m]),
            given=[Eq(KL, 0)],
        ),
        Claim(
            "gibbs_equality_converse",
            "Equal distributions give equality",
            Eq(Hpq, H),
            given=[ForAll(Eq(q[m], p[m]), m)],
        ),
        Claim(
            "gibbs_on_support",
            "Gibbs' inequality when p is 0 on some classes",
            Ge(HSpq, HS),
            given=at_most_one,
            note=(
                "The sums run over the A classes with p_i > 0, where 0 log 0 = 0 leaves them; q may put some of its "
                "probability elsewhere, so that its sum over these classes is at most 1."
            ),
        ),
        Claim(
            "gibbs_equality_on_support",
            "Equality only if q = p on the support of p",
            Eq(qs[index("m", A)], ps[index("m", A)]),
            given=[*at_most_one, Eq(HSpq, HS)],
        ),
        Claim(
            "entropy_at_most_log_size",
            "The entropy is at most log K",
            Le(H, log(K)),
            steps=[
                Step(log(K) + total(p[i] * log(1 / (K * p[i])), i), "logarithm of a quotient"),
                Step(log(K) + total(p[i] * (1 / (K * p[i]) - 1), i), "log x ≤ x − 1", "≤"),
                Step(log(K), "probabilities sum to 1"),
            ],
            note="The uniform distribution attains it.",
        ),
        Claim(
            "maximum_likelihood",
            "The maximum-likelihood categorical distribution is q_i = n_i / N",
            Le(total(counts[i] * log(q[i]), i), total(counts[i] * log(counts[i] / N), i)),
            steps=[
                Step(
                    total(counts[i] * log(counts[i] / N), i)
                    + total(counts[i] * log(q[i] * N / counts[i], evaluate=False), i),
                    "logarithm of a quotient",
                ),
                Step(
                    total(counts[i] * log(counts[i] / N), i) + total(counts[i] * (q[i] * N / counts[i] - 1), i),
                    "log x ≤ x − 1",
                    "≤",
                ),
                Step(total(counts[i] * log(counts[i] / N), i), "probabilities sum to 1"),
            ],
            note="n_i are the counts, N their sum; no distribution q has a larger log-likelihood than n_i / N.",
        ),
        Claim(
            "maximum_likelihood_on_support",
            "The same when some classes were never observed",
            Le(
                total(seen[b] * log(qs[b]), b),
                total(seen[b] * log(seen[b] / total(seen[b], b)), b),
            ),
            given=at_most_one,
            note="The sums run over the A classes that were observed; q may put some of its probability elsewhere.",
        ),
        Claim(
            "maximum_likelihood_product",
            "The same for the likelihood itself",
            Le(product(q[i] ** counts[i], i), product((counts[i] / N) ** counts[i], i)),
        ),
        Claim(
            "lagrange_condition",
            "Lagrange's condition holds at q_i = n_i / N, with the multiplier N",
            Eq(At(diff(lagrangian, weights[m]), weights, family(lambda c: counts[c] / N, K)), 0),
            steps=[
                Step(
                    At(counts[m] / weights[m] - N, weights, family(lambda c: counts[c] / N, K)),
                    "derivative of the logarithm",
                ),
                Step(0, "algebra"),
            ],
        ),
        Claim(
            "onehot_cross_entropy",
            "Against a one-hot target the cross-entropy is the negative log-likelihood",
            Eq(cross_entropy(h, weights), -log(weights[T])),
            steps=[
                Step(-total(KroneckerDelta(i, T) * log(weights[i]), i), "definition"),
                Step(-log(weights[T]), "δ collapses the sum"),
            ],
            note="The weights must be positive; that they sum to 1 is not used.",
        ),
        Claim(
            "nats_to_bits",
            "Nats to bits: code lengths of log₂ 1/q_i bits have the expectation H(p, q) / log 2",
            Eq(total(p[i] * (log(1 / q[i], evaluate=False) / log(2)), i), Hpq / log(2)),
            steps=[
                Step(total(-p[i] * log(q[i]) / log(2), i), "logarithm of a power"),
                Step(Hpq / log(2), "linearity of the sum"),
            ],
        ),
        Claim(
            "expected_code_length",
            "A code that is ideal for q spends H(p, q) / log 2 bits on a message from p",
            Eq(total(p[i] * length[i], i), Hpq / log(2)),
            given=[ForAll(Eq(q[i], 2 ** (-length[i])), i)],
            note="L_i is the length in bits of the code word of message i; it is ideal for q_i = 2^(−L_i).",
        ),
        Claim(
            "code_length_bound",
            "No code beats the entropy",
            Ge(total(p[i] * length[i], i), H / log(2)),
            given=[Le(total(2 ** (-length[i]), i), 1)],
            note="The hypothesis is Kraft's inequality, which every uniquely decodable binary code satisfies.",
        ),
    ],
    references=[
        "Cover, Thomas, Elements of Information Theory (2nd ed., 2006), 2.3, 2.6, 5.3, 5.4",
        "MacKay, Information Theory, Inference, and Learning Algorithms (2003), 2.6, 5.2",
        "Casella, Berger, Statistical Inference (2nd ed., 2002), 7.2.2",
    ],
)
