"""Log-sum-exp in one pass and in parallel: the pair (m, s) of a shift and a scaled sum."""

from sympy import Symbol, exp, log

from symnll.entry import Claim, Entry, Step
from symnll.language import Eq, Larger, Le, index, maximum, positive, real, size, total, vector

m1, m2, m3, c, x = real("m1"), real("m2"), real("m3"), real("c"), real("x")
s1, s2, s3 = (Symbol(f"s{number}", nonnegative=True) for number in (1, 2, 3))
p1, p2 = positive("s1"), positive("s2")


def merge(one, other):
    """(max(m₁, m₂), s₁ exp(m₁ − max) + s₂ exp(m₂ − max))."""
    top = Larger(one[0], other[0])
    return top, one[1] * exp(one[0] - top) + other[1] * exp(other[0] - top)


one, two, three = (m1, s1), (m2, s2), (m3, s3)
left, right = merge(merge(one, two), three), merge(one, merge(two, three))
shifts = [
    (real("L"), left[0]),
    (real("R"), right[0]),
    (real("c"), merge(one, two)[0]),
    (real("d"), merge(two, three)[0]),
]
merged = merge((m1, p1), (m2, p2))
top = real("M")

A, B = size("A"), size("B")
z = vector("z", A + B)
whole, first, last = index("k", A + B), index("k", A), index("k", A + B, lower=A + 1)
before, after = maximum(z[first], first), maximum(z[last], last)
low, high = real("u"), real("v")
parts = merge(
    (low, total(exp(z[first] - low), first)),
    (high, total(exp(z[last] - high), last)),
)
grown = vector("z", A + 1)
every = index("k", A + 1)
updated = merge((low, total(exp(grown[first] - low), first)), (grown[A + 1], 1))

ENTRY = Entry(
    name="streaming",
    title="Log-sum-exp in one pass",
    summary=(
        "A pair (m, s) stands for the number m + log s, the log-sum-exp of some logits. Two pairs merge into the pair "
        "of all their logits; the merge is commutative and associative and has an identity, so the logits may be read "
        "one by one, in blocks or in parallel, in any order."
    ),
    claims=[
        Claim(
            "represents",
            "The merged pair stands for the sum of what the two stand for",
            Eq(exp(merge(one, two)[0]) * merge(one, two)[1], s1 * exp(m1) + s2 * exp(m2)),
            steps=[Step(s1 * exp(m1) + s2 * exp(m2), "exponential of a sum")],
            abbreviations=[(top, Larger(m1, m2))],
        ),
        Claim(
            "value",
            "The merged pair yields the log-sum-exp of both",
            Eq(merged[0] + log(merged[1]), log(p1 * exp(m1) + p2 * exp(m2))),
            steps=[
                Step(log(exp(merged[0]) * merged[1]), "logarithm of a product"),
                Step(log(p1 * exp(m1) + p2 * exp(m2)), "exponential of a sum"),
            ],
            abbreviations=[(top, Larger(m1, m2))],
        ),
        Claim(
            "commutative_shift",
            "The merge is commutative: the shift",
            Eq(merge(one, two)[0], merge(two, one)[0]),
        ),
        Claim(
            "commutative_sum",
            "The merge is commutative: the sum",
            Eq(merge(one, two)[1], merge(two, one)[1]),
            abbreviations=[(real("M"), merge(one, two)[0]), (real("N"), merge(two, one)[0])],
        ),
        Claim(
            "associative_shift",
            "The merge is associative: the shift",
            Eq(left[0], right[0]),
        ),
        Claim(
            "associative_sum",
            "The merge is associative: the sum",
            Eq(left[1], right[1]),
            steps=[
                Step(s1 * exp(m1 - left[0]) + s2 * exp(m2 - left[0]) + s3 * exp(m3 - left[0]), "exponential of a sum"),
                Step(s1 * exp(m1 - right[0]) + s2 * exp(m2 - right[0]) + s3 * exp(m3 - right[0]), "maximum"),
                Step(right[1], "exponential of a sum"),
            ],
            abbreviations=shifts,
        ),
        Claim(
            "identity_shift",
            "The pair (c, 0) with c ≤ m changes nothing: the shift",
            Eq(merge((c, 0), one)[0], m1),
            given=[Le(c, m1)],
            note="Programs use (−∞, 0), which is below every shift; here c is any number that is.",
        ),
        Claim(
            "identity_sum",
            "The pair (c, 0) with c ≤ m changes nothing: the sum",
            Eq(merge((c, 0), one)[1], s1),
            given=[Le(c, m1)],
        ),
        Claim(
            "identity_value",
            "With any shift c at all, (c, 0) leaves what a pair stands for as it is",
            Eq(exp(merge((c, 0), one)[0]) * merge((c, 0), one)[1], s1 * exp(m1)),
        ),
        Claim("one_logit", "One logit x is the pair (x, 1)", Eq(x + log(1, evaluate=False), x)),
        Claim(
            "concatenation_shift",
            "Two blocks of logits: the shift of the whole",
            Eq(maximum(z[whole], whole), Larger(before, after)),
            note="The first A logits are one block, the other B the other.",
        ),
        Claim(
            "concatenation_sum",
            "Two blocks of logits: the sum of the whole, whatever shifts u and v the blocks used",
            Eq(total(exp(z[whole] - Larger(low, high)), whole), parts[1]),
        ),
        Claim(
            "concatenation_value",
            "Two blocks of logits: the log-sum-exp of the whole",
            Eq(log(total(exp(z[whole]), whole)), parts[0] + log(parts[1])),
        ),
        Claim(
            "update",
            "One more logit: the sum with it",
            Eq(total(exp(grown[every] - Larger(low, grown[A + 1])), every), updated[1]),
            steps=[
                Step(
                    total(exp(grown[first] - updated[0]), first) + exp(grown[A + 1] - updated[0]),
                    "sum split",
                ),
                Step(updated[1], "exponential of a sum"),
            ],
        ),
        Claim(
            "update_value",
            "One more logit: the log-sum-exp with it",
            Eq(log(total(exp(grown[every]), every)), updated[0] + log(updated[1])),
        ),
    ],
    references=[
        "Milakov, Gimelshein, Online normalizer calculation for softmax (2018), arXiv:1805.02867",
        "Blanchard, Higham, Higham, Accurately computing the log-sum-exp and softmax functions (2021), IMA JNA 41(4)",
    ],
)
