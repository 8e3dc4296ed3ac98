"""A small entry, with what is hostile to markup in its words: proved along steps, proved at once, and not proved."""

from symnll.core.kernel import axiom, ring
from symnll.core.term import num, op, sym
from symnll.document.library import entry_document
from symnll.entry import Claim, Entry
from symnll.prove.result import Proved, StepProof, Unknown

a, b = sym("a"), sym("b")


def add(*terms):
    return op("add", *terms)


def mul(*terms):
    return op("mul", *terms)


def power(s, t):
    return op("pow", s, t)


def sample_results():
    square, half = power(add(a, b), num(2)), add(power(a, num(2)), mul(num(2), a, b))
    steps = (ring(square, add(half, power(b, num(2)))), ring(add(half, power(b, num(2))), mul(add(b, a), add(a, b))))
    whole = ring(square, mul(add(b, a), add(a, b)))
    proofs = tuple(StepProof(step, "algebra") for step in steps)
    return {
        "sample.square": Proved(None, whole, "", 0.01, proofs),
        "sample.exp": Proved(None, axiom("exp_positive", (("a", a),)), "", 0.01),
        "sample.open": Unknown(None, ("<nothing> helped",)),
    }


def sample(detail="main"):
    claims = [
        Claim("square", "A square <of> a sum & more", None),
        Claim("exp", "exp is positive", None, note="y_T > 0"),
        Claim("open", "Not known", None),
    ]
    entry = Entry("sample", "A sample", "Sums & squares of y_T.", claims, references=["A & B"])
    return entry_document(entry, sample_results(), detail)
