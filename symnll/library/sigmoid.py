"""The sigmoid, and the cross-entropy of one neuron with target t."""

from sympy import KroneckerDelta, exp, log

from symnll.entry import Claim, Entry, Step
from symnll.language import At, Eq, Ge, Gt, Lt, diff, index, nll, positive, real, sigmoid, softmax, vector

x, t, a = real("x"), real("t"), positive("a")
pair = vector("z", 2)
T = index("T", 2)
gap = pair[2] - pair[1]
Y = [(a, sigmoid(x))]


def loss(logit, target):
    """−[t log σ(x) + (1 − t) log(1 − σ(x))]."""
    return -(target * log(sigmoid(logit)) + (1 - target) * log(1 - sigmoid(logit)))


free_loss = -(t * log(a) + (1 - t) * log(1 - a))
second = KroneckerDelta(T, 2)

ENTRY = Entry(
    name="sigmoid",
    title="Sigmoid and binary cross-entropy",
    summary=(
        "One logit x and the probability σ(x) of one of two classes. Binary cross-entropy has the gradient σ(x) − t; "
        "it is what the softmax loss becomes for two classes, with the difference of the logits as x."
    ),
    claims=[
        Claim("positive", "The sigmoid is positive", Gt(sigmoid(x), 0)),
        Claim("below_one", "The sigmoid is below 1", Lt(sigmoid(x), 1)),
        Claim(
            "complement",
            "The other class has the probability σ(−x)",
            Eq(1 - sigmoid(x), sigmoid(-x)),
        ),
        Claim(
            "derivative",
            "The derivative: σ′ = σ(1 − σ)",
            Eq(diff(sigmoid(x), x), sigmoid(x) * (1 - sigmoid(x))),
            steps=[
                Step(-diff(1 + exp(-x), x) / (1 + exp(-x)) ** 2, "quotient rule"),
                Step(exp(-x) / (1 + exp(-x)) ** 2, "derivative of the exponential"),
                Step(sigmoid(x) * (1 - sigmoid(x)), "algebra"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "gradient",
            "The gradient of binary cross-entropy, directly: σ(x) − t",
            Eq(diff(loss(x, t), x), sigmoid(x) - t),
            steps=[
                Step(-(t * diff(log(sigmoid(x)), x) + (1 - t) * diff(log(1 - sigmoid(x)), x)), "derivative of a sum"),
                Step(-t * (1 - sigmoid(x)) + (1 - t) * sigmoid(x), "derivative of the logarithm"),
                Step(sigmoid(x) - t, "algebra"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "gradient_chain_rule",
            "The gradient through the activation, by the chain rule",
            Eq(diff(loss(x, t), x), sigmoid(x) - t),
            steps=[
                Step(At(diff(free_loss, a), a, sigmoid(x)) * diff(sigmoid(x), x), "chain rule"),
                Step(
                    At((a - t) / (a * (1 - a)), a, sigmoid(x)) * diff(sigmoid(x), x),
                    "derivative of the logarithm",
                ),
                Step(
                    At((a - t) / (a * (1 - a)), a, sigmoid(x)) * At(a * (1 - a), a, sigmoid(x)),
                    "derivative of the exponential",
                ),
                Step(sigmoid(x) - t, "algebra"),
            ],
            abbreviations=Y,
        ),
        Claim(
            "second_derivative",
            "The second derivative: σ(1 − σ)",
            Eq(diff(loss(x, t), x, x), sigmoid(x) * (1 - sigmoid(x))),
            steps=[
                Step(diff(sigmoid(x) - t, x), "derivative of the logarithm"),
                Step(sigmoid(x) * (1 - sigmoid(x)), "derivative of the exponential"),
            ],
            abbreviations=Y,
        ),
        Claim("convexity", "Binary cross-entropy is convex in the logit", Ge(diff(loss(x, t), x, x), 0)),
        Claim(
            "with_logits",
            "Binary cross-entropy from the logit: log(1 + exp x) − t x",
            Eq(loss(x, t), log(1 + exp(x)) - t * x),
            steps=[
                Step(t * log(1 + exp(-x)) + (1 - t) * log(1 + exp(x)), "logarithm of a quotient"),
                Step(t * (log(1 + exp(x)) - x) + (1 - t) * log(1 + exp(x)), "logarithm of a product"),
                Step(log(1 + exp(x)) - t * x, "algebra"),
            ],
            note="Neither σ(x) nor 1 − σ(x) is formed, so nothing is lost where one of them is close to 0.",
        ),
        Claim(
            "two_classes",
            "The softmax loss of two classes is the binary cross-entropy of the logits' difference",
            Eq(nll(pair, T), loss(gap, second)),
            note="Classes are numbered 1 and 2 here; the target of the binary loss is 1 for class 2 and 0 for class 1.",
        ),
        Claim(
            "two_classes_soft",
            "The same with soft targets 1 − t and t",
            Eq(
                -((1 - t) * log(softmax(pair)[1]) + t * log(softmax(pair)[2])),
                loss(gap, t),
            ),
            steps=[
                Step(
                    -((1 - t) * log(sigmoid(-gap)) + t * log(sigmoid(gap))),
                    "exponential of a sum",
                ),
                Step(loss(gap, t), "exponential of a sum"),
            ],
        ),
    ],
    references=[
        "Bishop, Pattern Recognition and Machine Learning (2006), 4.2 (4.59, 4.60), 4.3.2 (4.88–4.91)",
        "Goodfellow, Bengio, Courville, Deep Learning (2016), 3.10, 6.2.2.2",
    ],
)
