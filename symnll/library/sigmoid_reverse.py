"""The reverse derivation for a sigmoid neuron: from ∂C/∂a · σ′(z) = a − t to the cross-entropy."""

from sympy import Rational, exp, log

from symnll.entry import Claim, Entry, Step
from symnll.language import At, Eq, ForAll, Lt, diff, function, positive, real, sigmoid

a, z, u, x, t, slope = positive("a"), real("z"), real("u"), real("x"), real("t"), real("d")
C = function("C")
inside = [Lt(a, 1)]
cost = -(t * log(a) + (1 - t) * log(1 - a))
at_z = -(t * log(sigmoid(z)) + (1 - t) * log(1 - sigmoid(z)))
half = Rational(1, 2)

ENTRY = Entry(
    name="sigmoid_reverse",
    title="From the gradient back to the loss of a sigmoid neuron",
    summary=(
        "A neuron with activation a = σ(z) and target t shall have ∂C/∂z = a − t. Divided by σ′ this is a condition on "
        "∂C/∂a; integrated, it gives C = −[t ln a + (1 − t) ln(1 − a)] and a constant, and nothing else does."
    ),
    claims=[
        Claim(
            "required_slope",
            "What the requirement says about the slope in the activation",
            Eq(slope, (a - t) / (a * (1 - a))),
            given=[*inside, Eq(slope * a * (1 - a), a - t)],
            note="d stands for ∂C/∂a; σ′(z) = a(1 − a) is neither 0 nor negative for 0 < a < 1.",
        ),
        Claim(
            "partial_fractions",
            "The slope in partial fractions",
            Eq((a - t) / (a * (1 - a)), -t / a + (1 - t) / (1 - a)),
            given=inside,
        ),
        Claim(
            "antiderivative",
            "The slope integrated: the cross-entropy of one neuron",
            Eq(diff(cost, a), (a - t) / (a * (1 - a))),
            given=inside,
            steps=[
                Step(-(t * diff(log(a), a) + (1 - t) * diff(log(1 - a), a)), "derivative of a sum"),
                Step(-t / a + (1 - t) / (1 - a), "derivative of the logarithm"),
                Step((a - t) / (a * (1 - a)), "algebra"),
            ],
        ),
        Claim(
            "requirement_holds",
            "The cross-entropy satisfies the requirement: ∂C/∂a · σ′(z) = a − t",
            Eq(At(diff(cost, a), a, sigmoid(z)) * diff(sigmoid(z), z), sigmoid(z) - t),
            steps=[
                Step(At((a - t) / (a * (1 - a)), a, sigmoid(z)) * diff(sigmoid(z), z), "derivative of the logarithm"),
                Step(
                    At((a - t) / (a * (1 - a)), a, sigmoid(z)) * exp(-z) / (1 + exp(-z)) ** 2,
                    "derivative of the exponential",
                ),
                Step(sigmoid(z) - t, "algebra"),
            ],
        ),
        Claim(
            "unique",
            "The only such cost, up to its value at a = 1/2",
            Eq(C(sigmoid(z)) - C(half), at_z - log(2)),
            given=[ForAll(Eq(At(diff(C(x), x), x, sigmoid(u)) * diff(sigmoid(u), u), sigmoid(u) - t), u)],
            note="As z runs through the reals, a = σ(z) runs through all of 0 < a < 1, and z = 0 gives a = 1/2.",
        ),
    ],
    references=[
        "Nielsen, Neural Networks and Deep Learning (2015), chapter 3 (where the cross-entropy cost comes from)",
        "Bishop, Pattern Recognition and Machine Learning (2006), 4.3.6 (canonical link functions)",
    ],
)
