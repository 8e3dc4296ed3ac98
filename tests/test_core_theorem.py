"""No code outside the rules makes a theorem: each attempt raises, or gives something that everything refuses."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import json
import pickle
import subprocess
import sys
import types
from fractions import Fraction

import pytest

from symnll.certificates import certificate
from symnll.core import kernel
from symnll.core.kernel import RULES, Theorem
from symnll.core.replay import replay
from symnll.core.rules import Sequent
from symnll.core.term import ONE, ZERO, CoreError, Term, num, op, sym
from symnll.write.latex import theorem_latex
from symnll.write.text import theorem_text

assume, conjoin, linear, symmetric = (RULES[name] for name in ("assume", "conjoin", "linear", "symmetric"))
FALSE = op("lt", ONE, ZERO)
GOAL = op("le", num(0), num(5))
RECORD_FALSE = (Sequent(frozenset(), FALSE), frozenset(), "assume", ("h", FALSE))


def true_theorem():
    return linear(op("le", ZERO, ONE), ())


def a_record(*values):
    return kernel.Record(*values) if hasattr(kernel, "Record") else tuple(values)


class Everywhere(str):
    """A name that is equal to every name."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __lt__(self, other):
        return True

    __hash__ = str.__hash__


# Attempts. Each returns what it made.


def by_constructor():
    return Theorem(FALSE)


def by_constructor_without_arguments():
    return Theorem()


def by_object_new():
    return object.__new__(Theorem)


def by_object_new_and_setattr():
    t = object.__new__(Theorem)
    for name in ("_record", "record", "sequent", "statement", "hypotheses", "axioms", "step"):
        for setter in (setattr, object.__setattr__):
            try:
                setter(t, name, a_record(*RECORD_FALSE))
            except (AttributeError, TypeError):
                continue
            raise AssertionError(f"{name} could be set")
    return t


def by_init():
    t = object.__new__(Theorem)
    Theorem.__init__(t, FALSE)
    return t


def by_copy():
    return copy.copy(true_theorem())


def by_deepcopy():
    return copy.deepcopy(true_theorem())


def by_pickle():
    return pickle.loads(pickle.dumps(true_theorem()))


def by_copyreg():
    return pickle.loads(pickle.dumps(true_theorem(), protocol=0))


def by_reduce():
    make, arguments, *_ = object.__reduce_ex__(true_theorem(), 2)
    return make(*arguments)


def by_setstate():
    t = true_theorem()
    t.__setstate__({"statement": FALSE})
    return t


def by_dataclasses_replace():
    return dataclasses.replace(true_theorem(), statement=FALSE)


def by_copy_replace():
    return copy.replace(true_theorem(), statement=FALSE)  # Python 3.13


def by_namedtuple_replace():
    return true_theorem()._replace(statement=FALSE)


def by_subclass():
    class Mine(Theorem):
        statement = FALSE
        hypotheses = frozenset()
        axioms = frozenset()
        step = ("assume", ("h", FALSE))

        def __new__(cls):
            return object.__new__(cls)

    return Mine()


def by_subclass_with_mixin():
    class Mixin:
        __slots__ = ()

        def __init_subclass__(cls):
            pass

    class Mine(Mixin, Theorem):
        __slots__ = ()
        statement = FALSE
        hypotheses = frozenset()
        axioms = frozenset()
        step = ("assume", ("h", FALSE))

    return object.__new__(Mine)


def by_type_with_three_arguments():
    body = {"__slots__": (), "statement": FALSE, "hypotheses": frozenset(), "__new__": lambda cls: object.__new__(cls)}
    return type("Theorem", (Theorem,), body)()


def by_types_new_class():
    return object.__new__(types.new_class("Theorem", (Theorem,), {}, lambda ns: ns.update(statement=FALSE)))


def by_leaked_subclass():
    leaked = []

    class Leak:
        def __set_name__(self, owner, name):
            leaked.append(owner)

    with contextlib.suppress(CoreError):
        type("Theorem", (Theorem,), {"leak": Leak(), "statement": FALSE, "__slots__": ()})
    return object.__new__(leaked[0])


def by_a_copy_of_the_class():
    names = {k: v for k, v in vars(Theorem).items() if k not in ("__dict__", "__weakref__", "__slots__", "__new__")}
    clone = type("Theorem", (), {**names, "statement": FALSE, "hypotheses": frozenset(), "axioms": frozenset()})
    return clone()


class LookAlike:
    """Everything that a theorem has, but for its making."""

    statement = FALSE
    hypotheses: frozenset = frozenset()
    axioms: frozenset = frozenset()
    step = ("assume", ("h", FALSE))
    sequent = Sequent(frozenset(), FALSE)
    _record = a_record(*RECORD_FALSE)


LookAlike.__name__ = LookAlike.__qualname__ = "Theorem"
LookAlike.__module__ = Theorem.__module__


def by_look_alike():
    return LookAlike()


def by_look_alike_that_lies_about_its_class():
    class Lying(LookAlike):
        __class__ = Theorem  # type: ignore[assignment]

    fake = Lying()
    assert isinstance(fake, Theorem)
    return fake


def by_class_assignment_on_an_object():
    fake = LookAlike()
    fake.__class__ = Theorem
    return fake


def class_with_slots(*names):
    return type("Fake", (), {"__slots__": names})


def by_class_assignment(*names):
    fake_class = class_with_slots(*names)
    fake = fake_class()
    for name in names:
        if name not in ("__weakref__", "__dict__"):
            vars(fake_class)[str(name)].__set__(fake, a_record(*RECORD_FALSE))
    fake.__class__ = Theorem
    return fake


def by_class_assignment_of_the_old_slot():
    return by_class_assignment("_record")


def by_class_assignment_of_any_slot():
    return by_class_assignment(Everywhere("a"))


def by_class_assignment_of_any_two_slots():
    return by_class_assignment(Everywhere("a"), Everywhere("b"))


def by_class_assignment_without_slots():
    return by_class_assignment()


def by_class_assignment_with_weak_references():
    return by_class_assignment("__weakref__")


def by_class_assignment_with_a_dict():
    return by_class_assignment("__dict__")


def by_class_assignment_with_everything():
    return by_class_assignment("_record", "__weakref__")


def by_going_through_another_class(*names):
    """A genuine theorem becomes something else, is edited, and comes back."""
    t = true_theorem()
    fake_class = class_with_slots(*names)
    object.__dict__["__class__"].__set__(t, fake_class)
    for name in names:
        if name not in ("__weakref__", "__dict__"):
            vars(fake_class)[str(name)].__set__(t, a_record(*RECORD_FALSE))
    object.__dict__["__class__"].__set__(t, Theorem)
    return t


def by_going_through_a_class_of_the_old_slot():
    return by_going_through_another_class("_record")


def by_going_through_a_class_of_any_slot():
    return by_going_through_another_class(Everywhere("a"))


def by_going_through_a_class_with_weak_references():
    return by_going_through_another_class("__weakref__")


def by_becoming_a_subclass():
    class Mixin:
        __slots__ = ()

        def __init_subclass__(cls):
            pass

    class Mine(Mixin, Theorem):
        __slots__ = ()
        statement = FALSE

    t = true_theorem()
    t.__class__ = Mine
    return t


def by_equality_and_hash():
    t = true_theorem()

    class Same:
        def __eq__(self, other):
            return True

        def __hash__(self):
            return hash(t)

        __class__ = Theorem  # type: ignore[assignment]
        statement, hypotheses, axioms, step = FALSE, frozenset(), frozenset(), ("assume", ("h", FALSE))

    return Same()


def by_sequent():
    return Sequent(frozenset(), FALSE)


def by_record():
    return a_record(*RECORD_FALSE)


def by_raw_rule():
    """What the rules are made of is reachable, and makes sequents only."""
    return RULES["linear"].__wrapped__(GOAL, ())


def by_certificate_document():
    return certificate(true_theorem())


def by_statement_setattr():
    t = true_theorem()
    for name in ("statement", "hypotheses", "axioms", "step", "_record", "anything"):
        for setter in (setattr, object.__setattr__):
            with pytest.raises((AttributeError, TypeError, CoreError)):
                setter(t, name, FALSE)
        with pytest.raises((AttributeError, TypeError, CoreError)):
            delattr(t, name)
    assert t.statement is op("le", ZERO, ONE)
    raise CoreError("nothing could be set")


ATTEMPTS = {name[3:]: made for name, made in list(globals().items()) if name.startswith("by_") and
            name not in ("by_class_assignment", "by_going_through_another_class")}  # fmt: skip
REFUSALS = (CoreError, TypeError, AttributeError, pickle.PicklingError, ValueError, IndexError, KeyError)


def uses(fake):
    """Every way to use a theorem."""
    h = assume("h", op("eq", sym("x"), sym("y")))
    yield from (
        lambda: RULES["axiom"]("exp_log", (("a", ONE),), fake),
        lambda: RULES["discharge"](fake, FALSE),
        lambda: RULES["detach"](fake, h),
        lambda: RULES["detach"](RULES["discharge"](h, FALSE), fake),
        lambda: RULES["generalise"](fake, sym("x")),
        lambda: RULES["specialise"](fake, sym("x")),
        lambda: RULES["by_cases"](fake, fake, op("le", sym("x"), ZERO)),
        lambda: conjoin(fake, fake),
        lambda: conjoin(true_theorem(), fake),
        lambda: RULES["conjunct"](fake, 0),
        lambda: symmetric(fake),
        lambda: RULES["congruence"](op("exp", sym("x")), (fake,)),
        lambda: RULES["rewrite"](fake, (None, None)),
        lambda: RULES["rewrite"](h, (None, fake)),
        lambda: RULES["abstract"](fake, sym("x")),
        lambda: RULES["ring"](ONE, ONE, fake),
        lambda: linear(FALSE, ((1, fake),)),
        lambda: RULES["assume"]("h", fake),
    )


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_no_other_code_makes_a_theorem(attempt):
    try:
        fake = attempt()
    except REFUSALS:
        return
    if type(fake) is Theorem and is_recorded(fake):
        assert fake.statement is op("le", ZERO, ONE), "a genuine theorem says something else than it said"
        return
    for use in uses(fake):
        with pytest.raises(CoreError):
            use()
    for show in (certificate, theorem_text, theorem_latex):
        with pytest.raises(REFUSALS):
            show(fake)
    with pytest.raises(REFUSALS):
        replay(certificate(fake) if not isinstance(fake, dict) else {**fake, "steps": []})


def is_recorded(t) -> bool:
    try:
        return t.statement is not None
    except CoreError:
        return False


def test_a_theorem_that_became_a_subclass_says_nothing_else():
    """Whatever its class pretends, no rule takes it for something else, and no document prints the pretence."""
    try:
        t = by_becoming_a_subclass()
    except REFUSALS:
        return
    try:
        both = conjoin(t, t)
        assert both.statement is op("and", op("le", ZERO, ONE), op("le", ZERO, ONE))
    except CoreError:
        pass
    for show in (certificate, theorem_text, theorem_latex):
        with pytest.raises(REFUSALS):
            show(t)


def test_a_theorem_keeps_what_it_says_when_its_parts_are_edited():
    t = linear(op("le", ZERO, num(54321)), ())
    before = theorem_text(t), json.dumps(certificate(t)), repr(t)
    parts = [t.statement, t.statement.args[1], t.statement.args, t.hypotheses, t.axioms, t.step, t.step[1]]
    for part in parts:
        for setter in (setattr, object.__setattr__):
            for name in ("op", "args", "data", "sort", "free", "_numerator", "__class__"):
                try:
                    setter(part, name, FALSE.args)
                except (AttributeError, TypeError):
                    continue
                raise AssertionError(f"{name} of {part!r} could be set")
    for setter in (setattr, object.__setattr__):
        try:
            setter(t.statement.args[1].data, "_numerator", -5)
        except AttributeError:
            continue
    assert (theorem_text(t), json.dumps(certificate(t)), repr(t)) == before
    assert t.statement is op("le", ZERO, num(54321))


def test_the_arguments_of_a_rule_are_kept_as_they_were():
    """A factor edited afterwards changes no theorem; its certificate still proves what the theorem says, or nothing."""
    factor = Fraction(2)
    p = assume("h", op("le", sym("x"), sym("y")))
    two = num(2)
    t = linear(op("le", op("mul", two, sym("x")), op("mul", two, sym("y"))), ((factor, p),))
    statement = t.statement
    factor._numerator = -7
    assert t.statement is statement
    try:
        again = replay(json.loads(json.dumps(certificate(t))))
    except CoreError:
        return
    assert again.statement is statement
    assert again.hypotheses == t.hypotheses


def test_what_a_theorem_gives_cannot_be_changed():
    t = conjoin(assume("p", op("le", sym("x"), ZERO)), RULES["axiom"]("exp_zero", ()))
    assert type(t.hypotheses) is frozenset
    assert type(t.axioms) is frozenset
    assert type(t.statement) is Term
    assert type(t.step) is tuple
    assert type(t.step[1]) is tuple
    assert t.step[0] == "conjoin"


def test_theorems_are_equal_only_to_themselves():
    a, b = true_theorem(), true_theorem()
    assert a == a
    assert a != b
    assert len({a, b}) == 2
    assert not hasattr(a, "__dict__")


def test_repr():
    assert repr(true_theorem()) == "Theorem( ⊢ le(0, 1))"
    assert repr(assume("small", op("le", sym("x"), ONE))) == "Theorem(small ⊢ le(x, 1))"
    with pytest.raises(CoreError):
        repr(object.__new__(Theorem))


def test_long_proofs_are_freed():
    """A chain of steps deeper than Python's stack goes away without a trace."""
    code = (
        "from symnll.core.kernel import assume, symmetric\n"
        "from symnll.core.term import ONE, op, sym\n"
        "t = assume('h', op('eq', sym('x'), ONE))\n"
        "for _ in range(50_000):\n"
        "    t = symmetric(t)\n"
        "del t\n"
        "print('freed')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "freed\n", "")


def test_thousands_of_theorems_keep_their_own_statements():
    theorems = [linear(op("le", ZERO, num(number)), ()) for number in range(3000)]
    del theorems[::2]
    more = [linear(op("lt", num(-number), ONE), ()) for number in range(3000)]
    assert all(t.statement is op("le", ZERO, num(2 * k + 1)) for k, t in enumerate(theorems))
    assert all(t.statement is op("lt", num(-k), ONE) for k, t in enumerate(more))
