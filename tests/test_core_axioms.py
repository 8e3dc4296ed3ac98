"""Every axiom is true, and every side condition is needed: by samples, with the evaluator of axiom_models.py."""

from __future__ import annotations

from itertools import islice

import pytest

from symnll.core.axioms import AXIOMS
from symnll.core.term import BOOL, Term
from tests.axiom_models import CONVENTIONS, Skip, samples

HITS = 60  # samples that meet all side conditions, for each row and convention
TRIES = 3_000

# Side conditions that could go: (row, number of the condition), and why.
REDUNDANT: dict[tuple[str, int], str] = {}


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda c: c.name)
@pytest.mark.parametrize("row", AXIOMS.values(), ids=AXIOMS)
def test_axiom_is_true(row, convention):
    hits = 0
    for model in islice(samples(row, 1, convention), TRIES):
        try:
            if not all(map(model.holds, row.conditions)):
                continue
            true = model.holds(row.statement)
        except Skip:
            continue
        assert true, f"{row.name} is false: {model.values}"
        hits += 1
        if hits == HITS:
            return
    # lt(a, a) never holds: from a contradiction anything follows, and that is all the row says
    assert hits >= 20 or (row.name == "contradiction" and hits == 0), (
        f"only {hits} samples met the side conditions of {row.name}"
    )


CONDITIONS = [(row, n) for row in AXIOMS.values() for n in range(len(row.conditions))]


@pytest.mark.parametrize("row, number", CONDITIONS, ids=[f"{row.name}-{n}" for row, n in CONDITIONS])
def test_side_condition_is_needed(row, number):
    others = [c for n, c in enumerate(row.conditions) if n != number]
    found = False
    for convention in CONVENTIONS:
        for model in islice(samples(row, 2, convention), TRIES):
            try:
                if all(map(model.holds, others)) and not model.holds(row.statement):
                    found = True
                    break
            except Skip:
                continue
        if found:
            break
    assert found != ((row.name, number) in REDUNDANT), f"condition {number} of {row.name}: {row.conditions[number]}"


def test_the_list_of_redundant_conditions_is_up_to_date():
    assert all(name in AXIOMS and number < len(AXIOMS[name].conditions) for name, number in REDUNDANT)


@pytest.mark.parametrize("row", AXIOMS.values(), ids=AXIOMS)
def test_row_is_well_formed(row):
    assert AXIOMS[row.name] is row
    assert row.reference.strip()
    symbols = {s for t in (row.statement, *row.conditions) for s in t.free}
    assert len({s.data for s in symbols}) == len(symbols), "two symbols of one name: `axiom` could not tell them apart"
    assert row.symbols == {s.data: s for s in symbols}
    for t in (row.statement, *row.conditions):
        assert type(t) is Term
        assert t.sort == BOOL
        assert tuple(t)[4] == 0, "a bound variable is loose"
    assert type(row.conditions) is tuple


def test_the_sampler_finds_a_false_axiom():
    """Rows with one edit are refuted: the test above is able to fail."""
    from symnll.core.axioms import Axiom
    from symnll.core.term import INT, ONE, REAL, ZERO, app, fn, lam, num, op, sym

    a, b, i, j, lo, hi = sym("a"), sym("b"), sym("i", INT), sym("j", INT), sym("lo", INT), sym("hi", INT)
    f, u, x = sym("f", fn(INT, REAL)), sym("u", fn(REAL, REAL)), sym("x")
    total = op("sum", lo, hi, f)
    wrong = {
        "exp": op("eq", op("exp", op("add", a, b)), op("add", op("exp", a), op("exp", b))),
        "cancel": op("eq", op("mul", a, op("pow", a, num(-1))), ONE),
        "delta": op("eq", op("sum", lo, hi, lam(i, op("mul", op("delta", i, j), app(f, i)))), app(f, j)),
        "last": op("eq", total, op("add", op("sum", lo, op("add", hi, num(-1)), f), app(f, hi))),
        "positive": op("lt", ZERO, op("sum", lo, hi, lam(i, op("exp", app(f, i))))),
        "square": op("lt", ZERO, op("pow", a, num(2))),
        "zero power": op("eq", op("pow", ZERO, a), ZERO),
        "log": op("le", op("log", a), op("add", a, num(-1))),
        "square slope": op("hasd", lam(x, op("mul", x, x)), a, a),
        "reciprocal": op("hasd", lam(x, op("pow", x, num(-1))), a, op("mul", num(-1), op("pow", a, num(-2)))),
        "diff": op("hasd", u, a, op("diff", u, a)),
    }
    for name, statement in wrong.items():
        row = Axiom(name, statement, (), "none")

        def false(model, statement=statement):
            try:
                return not model.holds(statement)
            except Skip:
                return False

        assert any(false(m) for c in CONVENTIONS for m in islice(samples(row, 3, c), 500)), name
