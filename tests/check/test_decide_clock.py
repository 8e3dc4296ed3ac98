"""Nothing takes longer than it may, in the main thread and in others, and nothing is left behind."""

from __future__ import annotations

import signal
import threading
import time

import sympy
from pytest import mark, raises
from sympy import Add, Mul, Pow, exp

from symnll.check import attempt as proofs
from symnll.check.clock import Clock, OutOfTime
from symnll.check.decide import decide
from symnll.language import Eq, Gt, diff, real

x, y = real("x"), real("y")
FALSE = Eq(exp(x), 1 + x)


def busy(*_, **__):
    while True:
        try:
            sum(range(100))
        except Exception:
            continue


def timed(f):
    start = time.perf_counter()
    result = f()
    return result, time.perf_counter() - start


def elsewhere(f):
    """f in another thread: its result, or what it raised."""
    found = []

    def run():
        try:
            found.append(f())
        except BaseException as problem:
            found.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


@mark.parametrize("where", [lambda f: f(), elsewhere], ids=["main", "thread"])
def test_a_search_without_end_is_ended(where, monkeypatch):
    monkeypatch.setattr(proofs, "prove_statement", busy)
    found, seconds = timed(lambda: where(lambda: decide(Eq(x + x, 2 * x), seconds=0.4)))
    assert found.verdict in ("unknown", "proved-small") and seconds < 1.5
    found, seconds = timed(lambda: where(lambda: decide(FALSE, seconds=0.4)))
    assert found.verdict == "refuted" and found.witness is not None and seconds < 1.5


def test_blocks_can_be_nested():
    clock = Clock(5)
    with clock.limit(0.5):
        with raises(OutOfTime):
            with clock.limit(0.05):
                busy()
        with clock.limit(0.2):
            pass
        with raises(OutOfTime):
            with clock.limit(3):
                busy()
    assert 4 < clock.left() < 5


@mark.parametrize("where", [lambda f: f(), elsewhere], ids=["main", "thread"])
def test_nothing_comes_afterwards(where):
    def run():
        clock = Clock(0.05)
        for _ in range(20):
            try:
                with clock.limit(0.005):
                    busy()
            except OutOfTime:
                pass
        until = time.monotonic() + 0.6
        while time.monotonic() < until:
            pass
        return "in peace"

    assert where(run) == "in peace"


@mark.skipif(not hasattr(signal, "setitimer"), reason="a Unix signal")
def test_the_timer_of_others_goes_on():
    heard = []
    before = signal.signal(signal.SIGALRM, lambda *_: heard.append(time.monotonic()))
    try:
        start = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        assert decide(Eq(x + x, 2 * x)).verdict == "proved"
        while time.monotonic() < start + 0.6:
            time.sleep(0.01)
        assert len(heard) == 1 and 0.25 < heard[0] - start < 0.5
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def nested(depth):
    e = x
    for _ in range(depth):
        e = exp(e, evaluate=False)
    return e


HARD = {
    "deep": lambda: Eq(nested(900), x),
    "tower": lambda: Eq(Pow(10, Pow(10, 10, evaluate=False), evaluate=False), x),
    "factorial": lambda: Eq(sympy.factorial(10**9, evaluate=False), x),
    "long": lambda: Eq(Add(*map(real, [f"x{n}" for n in range(1500)]), evaluate=False), x),
    "power": lambda: Eq((x + y + exp(x)) ** 60 * (x - y) ** 60, x),
    "derivative": lambda: Eq(diff(exp(exp(exp(x))) * x**5 / (1 + exp(x)), *[x] * 8), 0),
    "product": lambda: Gt(Mul(*[x + n for n in range(60)], evaluate=False), y),
}


@mark.parametrize("name", HARD)
def test_hard_ones_end_in_time_without_a_traceback(name):
    found, seconds = timed(lambda: decide(HARD[name](), seconds=0.5))
    assert found.verdict in ("unknown", "refuted", "conditional") and found.reason and seconds < 2
