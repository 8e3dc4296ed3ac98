"""Certificates: what is replayed is what was proved, in a process that has the core alone; all else is refused."""

from __future__ import annotations

import ast
import contextlib
import copy
import json
import random
import shutil
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest

import symnll.core
from symnll.certificates import certificate
from symnll.core.kernel import RULES, Theorem
from symnll.core.replay import replay
from symnll.core.term import INT, ONE, ZERO, CoreError, app, between, fn, forall, lam, num, op, sym

CORE = Path(symnll.core.__file__).parent
x, y, a = sym("x"), sym("y"), sym("a")
i, j, lo, hi = (sym(s, INT) for s in ("i", "j", "lo", "hi"))
f, u = sym("f", fn(INT, "real")), sym("u", fn("real", "real"))
assume, axiom, discharge, detach, generalise, specialise, by_cases, conjoin, conjunct = list(RULES.values())[:9]
symmetric, congruence, rewrite, abstract, ring, linear = list(RULES.values())[9:]


def every_rule():
    """Theorems that between them use every rule, and every kind of argument."""
    le = op("le", x, y)
    h = assume("x is small", le)
    nonzero = assume("nonzero ≠ 0", op("ne", x, ZERO))
    yield h
    yield axiom("exp_monotone", (("a", x), ("b", y)), h)
    yield detach(discharge(h, le), h)
    yield specialise(generalise(ring(op("mul", x, num("-3/7")), op("mul", num("-3/7"), x)), x), i)
    yield by_cases(h, h, le)
    yield conjunct(conjoin(h, nonzero, axiom("log_exp", (("a", a),))), 2)
    e = assume("e", op("eq", x, y))
    yield symmetric(e)
    yield rewrite(congruence(op("exp", x), (e,)), (None, congruence(op("exp", y), (None,))))
    yield abstract(ring(op("add", x, y), op("add", y, x)), x)
    yield ring(op("mul", x, op("pow", x, num(-1))), ONE, nonzero)
    yield linear(op("le", op("mul", num(2), x), op("mul", num(2), y)), ((Fraction(2), h), (Fraction(0), e)))
    yield linear(op("le", y, x), ((Fraction(-1), e),))
    inside = assume("in", op("le", lo, j)), assume("in", op("le", j, hi))
    yield axiom("sum_delta", (("f", lam(i, op("mul", a, app(f, i)))), ("hi", hi), ("j", j), ("lo", lo)), *inside)
    slope = assume("slope", op("hasd", u, a, x))
    yield axiom("d_sum", (("u", u), ("v", lam(y, op("exp", y))), ("a", a), ("b", x), ("c", y)), slope,
                assume("other", op("hasd", lam(y, op("exp", y)), a, y)))  # fmt: skip
    yield generalise(assume("all", forall(x, between(i, lo, hi, op("le", x, app(f, i))))), y)
    yield assume("", sym("Q", "bool"))
    yield assume("p", op("eq", sym("p", "point"), sym("q", "point")))


THEOREMS = list(every_rule())


def in_json(theorem):
    return json.loads(json.dumps(certificate(theorem)))


def test_every_rule_is_in_a_certificate():
    rules = {step[0] for t in THEOREMS for step in certificate(t)["steps"]}
    assert rules == set(RULES)


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.step[0])
def test_replay_gives_the_same_theorem(theorem):
    again = replay(in_json(theorem))
    assert type(again) is Theorem
    assert again is not theorem
    assert again.statement is theorem.statement
    assert again.hypotheses == theorem.hypotheses
    assert again.axioms == theorem.axioms
    assert certificate(again) == certificate(theorem)


ALONE = """
import json, sys
sys.path.insert(0, sys.argv[1])
from symnll.core.replay import replay
for line in sys.stdin:
    theorem = replay(json.loads(line))
    print(json.dumps([repr(theorem.statement), sorted(map(repr, theorem.hypotheses)), sorted(theorem.axioms)]))
standard = {*sys.stdlib_module_names, "__main__"}
print(json.dumps(sorted(name for name in sys.modules if name.partition(".")[0] not in standard)))
"""


def test_replay_in_a_process_that_has_the_core_alone(tmp_path):
    """A copy of the folder core/ by itself, without site-packages (-I -S)."""
    shutil.copytree(CORE, tmp_path / "symnll" / "core", ignore=shutil.ignore_patterns("__pycache__"))
    documents = "\n".join(json.dumps(certificate(t)) for t in THEOREMS)
    command = [sys.executable, "-I", "-S", "-B", "-c", ALONE, str(tmp_path)]
    done = subprocess.run(command, input=documents, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    *results, modules = map(json.loads, done.stdout.splitlines())
    for theorem, (statement, hypotheses, axioms) in zip(THEOREMS, results, strict=True):
        assert statement == repr(theorem.statement)
        assert hypotheses == sorted(map(repr, theorem.hypotheses))
        assert axioms == sorted(theorem.axioms)
    parts = ["axioms", "kernel", "replay", "ring", "rules", "term"]
    assert modules == ["symnll", "symnll.core", *(f"symnll.core.{part}" for part in parts)]


# Documents that are refused.


def base():
    """x ≤ y ⊢ exp x ≤ exp y."""
    return in_json(THEOREMS[1])


def changed(**parts):
    return {**base(), **parts}


def with_term(*entry):
    """A certificate that has one more term, which nothing uses."""
    document = base()
    document["terms"].append(list(entry))
    return document


def with_step(*step):
    document = base()
    document["steps"].insert(0, list(step))
    for rule_and_arguments in document["steps"][1:]:
        rule_and_arguments[1] = json.loads(json.dumps(rule_and_arguments[1]).replace('{"step": 0}', '{"step": 1}'))
    return document


def nested(depth, inner, wrap):
    for _ in range(depth):
        inner = wrap(inner)
    return inner


def without(key):
    document = base()
    del document[key]
    return document


def stating(**parts):
    return changed(theorem={**base()["theorem"], **parts})


LAST = len(base()["terms"])
MALFORMED = {
    "None": lambda: None,
    "a list": lambda: [],
    "a string": lambda: "certificate",
    "a number": lambda: 7,
    "bytes": lambda: b"{}",
    "a theorem": lambda: THEOREMS[0],
    "an empty document": lambda: {},
    "keys and values as pairs": lambda: list(base().items()),
    **{f"no {key}": (lambda key=key: without(key)) for key in base()},
    "one key more": lambda: changed(more=1),
    "another format": lambda: changed(format="other"),
    "another version": lambda: changed(version=2),
    "version as a string": lambda: changed(version="1"),
    "no version at all": lambda: changed(version=None),
    **{f"{key} is {value!r}": (lambda key=key, value=value: changed(**{key: value}))
       for key in ("terms", "steps", "theorem") for value in (None, 5, "text", [], {}, [None], [[]], [5], {"a": 1})},
    "statement missing": lambda: changed(theorem={k: v for k, v in base()["theorem"].items() if k != "statement"}),
    "hypotheses missing": lambda: changed(theorem={k: v for k, v in base()["theorem"].items() if k != "hypotheses"}),
    "axioms missing": lambda: changed(theorem={k: v for k, v in base()["theorem"].items() if k != "axioms"}),
    **{f"statement is {v!r}": (lambda v=v: stating(statement=v)) for v in
       (None, -1, 0, 10**9, "0", [0], True, 1.0, {"term": 0})},
    **{f"hypotheses are {v!r}": (lambda v=v: stating(hypotheses=v)) for v in
       (None, [], [["h", 0]], [["h"]], [[]], 5, "ab", {})},
    **{f"axioms are {v!r}": (lambda v=v: stating(axioms=v)) for v in
       (None, [], ["exp_zero"], ["exp_monotone"] * 2, "exp_monotone", ["exp_monotone", "exp_zero"],
        {"exp_monotone": 1}, 5)},
    # terms
    "a term with three fields": lambda: with_term("num", "1", None),
    "a term with five fields": lambda: with_term("num", "1", None, [], []),
    "a term that refers to itself": lambda: with_term("exp", None, None, [LAST]),
    "a term that refers forward": lambda: with_term("exp", None, None, [LAST + 1]),
    "a negative reference": lambda: with_term("exp", None, None, [-1]),
    "a reference that is a string": lambda: with_term("exp", None, None, ["0"]),
    "a reference that is true": lambda: with_term("exp", None, None, [True]),
    "a reference that is a float": lambda: with_term("exp", None, None, [0.0]),
    "a reference that is null": lambda: with_term("exp", None, None, [None]),
    "a reference that is huge": lambda: with_term("exp", None, None, [10**40]),
    "children that are null": lambda: with_term("exp", None, None, None),
    "children that are a number": lambda: with_term("exp", None, None, 0),
    "an operator with data": lambda: with_term("exp", 1, None, [0]),
    "an operator with a sort": lambda: with_term("exp", None, "real", [0]),
    "an operator that does not exist": lambda: with_term("sin", None, None, [0]),
    "an operator without arguments": lambda: with_term("exp", None, None, []),
    "an operator that is null": lambda: with_term(None, None, None, [0]),
    "an operator that is a list": lambda: with_term(["exp"], None, None, [0]),
    "a leaf of no kind": lambda: with_term("leaf", 0, "int", []),
    "a leaf that is null": lambda: with_term(None, 0, "int", []),
    **{f"a number that is {v!r}": (lambda v=v: with_term("num", v, None, [])) for v in
       (None, "", "x", "1/0", "1/", "/2", "1e99999999999", "1e5", "inf", "nan", [], {}, True, "0x10", "1 2",
        "9" * 20000)},
    "a number with a sort": lambda: with_term("num", "1", "int", []),
    "a number with children": lambda: with_term("num", "1", None, [0]),
    **{f"a symbol named {v!r}": (lambda v=v: with_term("sym", v, "real", [])) for v in (None, "", 5, [], {}, True)},
    **{f"a symbol of sort {v!r}": (lambda v=v: with_term("sym", "s", v, [])) for v in
       (None, "", "complex", 5, [], {}, ["fn"], ["fn", "int"], ["fn", "int", "int", "int"], ["gn", "int", "int"],
        ["fn", "int", ["fn", "int"]], True)},
    "a symbol with children": lambda: with_term("sym", "s", "real", [0]),
    **{f"a bound variable at level {v!r}": (lambda v=v: with_term("bound", v, "int", [])) for v in
       (None, -1, "0", 1.5, True, [])},
    "a bound variable of no sort": lambda: with_term("bound", 0, None, []),
    "a binder of no sort": lambda: with_term("lam", None, None, [0]),
    "a binder of a bad sort": lambda: with_term("lam", "complex", None, [0]),
    "a binder of nothing": lambda: with_term("lam", "int", None, []),
    "a binder of two": lambda: with_term("lam", "int", None, [0, 0]),
    "an application of a number": lambda: with_term("app", None, None, [0, 0]),
    "an application of nothing": lambda: with_term("app", None, None, []),
    "a deep sort": lambda: with_term("sym", "s", nested(10**5, "int", lambda s: ["fn", s, "int"]), []),
    "a deep reference": lambda: with_term("exp", None, None, nested(10**5, 0, lambda s: [s])),
    # steps
    "a step with one field": lambda: with_step("linear"),
    "a step with three fields": lambda: with_step("assume", ["h", {"term": 0}], 1),
    **{f"the rule {v!r}": (lambda v=v: with_step(v, [])) for v in
       ("", "nonsense", None, 5, ["assume"], {}, "Theorem", "__class__", "replay", "negation", "ALL_RULES", "assume ")},
    **{f"the axiom {v!r}": (lambda v=v: with_step("axiom", [v, []])) for v in
       ("", "nonsense", None, 5, ["exp_zero"], {}, "_rows", "exp_zero ", True)},
    **{f"arguments {v!r}": (lambda v=v: with_step("assume", v)) for v in
       (None, 5, [], "h", {}, ["h"], ["h", None], ["h", 5], ["h", 1.5], ["h", True], ["h", "h"], ["h", {}], ["h", []],
        ["h", {"term": -1}], ["h", {"term": 10**9}], ["h", {"term": "0"}], ["h", {"term": None}], ["h", {"term": True}],
        ["h", {"step": 0}], ["h", {"step": -1}], ["h", {"theorem": 0}], ["h", {"term": 0, "step": 0}],
        ["h", {"rational": "1"}], [None, {"term": 0}])},
    **{f"the factor {v!r}": (lambda v=v: with_step("linear", [{"term": LAST - 1}, [[v, {"step": 0}]]]))
       for v in (None, "1", 1.5, True, {"rational": None}, {"rational": "x"}, {"rational": "1/0"}, {"rational": []},
                 {"rational": "1e99999999999"}, {"rational": {}}, {"rational": True})},
    "deep arguments": lambda: with_step("assume", nested(10**5, {"term": 0}, lambda s: [s])),
    "deep arguments of objects": lambda: with_step("assume", nested(10**5, 0, lambda s: {"rational": s})),
}  # fmt: skip


@pytest.mark.parametrize("document", MALFORMED.values(), ids=MALFORMED)
def test_malformed_documents_are_refused(document):
    start = time.perf_counter()
    with pytest.raises(CoreError):
        replay(document())
    assert time.perf_counter() - start < 5


def test_the_base_of_these_is_fine():
    assert replay(base()).statement is THEOREMS[1].statement
    assert replay(with_term("num", "7/3", None, [])).statement is THEOREMS[1].statement
    ok = with_step("assume", ["h", {"term": base()["theorem"]["statement"]}])
    assert replay(ok).statement is THEOREMS[1].statement


def test_a_deep_term_is_refused_or_replayed():
    document = base()
    document["terms"].append(["sym", "deep", "real", []])
    for _ in range(20_000):
        document["terms"].append(["exp", None, None, [len(document["terms"]) - 1]])
    at = len(document["terms"]) - 1
    assert replay(document).statement is THEOREMS[1].statement
    document["terms"].append(["lam", "int", None, [at]])
    document["terms"].append(["eq", None, None, [at, at]])
    document["steps"].append(["ring", [{"term": at}, {"term": at}]])
    document["theorem"] = {"statement": at + 2, "hypotheses": [], "axioms": []}
    with contextlib.suppress(CoreError):
        replay(document)


def test_a_statement_that_is_not_the_last_theorem_is_refused():
    document = in_json(conjoin(THEOREMS[0], THEOREMS[1]))
    for statement in range(len(document["terms"])):
        if statement != document["theorem"]["statement"]:
            with pytest.raises(CoreError):
                replay({**document, "theorem": {**document["theorem"], "statement": statement}})


def fields(node, path=()):
    """The path of every number, string, null and bool of a document."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from fields(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from fields(value, (*path, number))
    else:
        yield path


def edited(document, path, value):
    document = copy.deepcopy(document)
    node = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return document


OTHERS = [
    None,
    True,
    -1,
    0,
    1,
    2,
    3,
    "",
    "x",
    "add",
    "mul",
    "le",
    "lt",
    "eq",
    "ne",
    "int",
    "real",
    "1",
    "-1",
    "0",
    [],
    {},
]


def test_every_single_change_is_refused_or_proves_what_the_document_then_states():
    """The statement is decoded from the document independently and compared."""
    r = random.Random(3)
    refused = replayed = 0
    for theorem in THEOREMS:
        document = in_json(theorem)
        for path in fields(document):
            for value in r.sample(OTHERS, 6):
                tampered = edited(document, path, value)
                try:
                    result = replay(tampered)
                except CoreError:
                    refused += 1
                    continue
                replayed += 1
                assert type(result) is Theorem
                assert tampered["format"] == "symnll certificate"
                states = tampered["theorem"]
                assert shape(result.statement) == decoded(tampered, states["statement"])
                hypotheses = {(n, shape(t)) for n, t in result.hypotheses}
                assert hypotheses == {(n, decoded(tampered, t)) for n, t in states["hypotheses"]}
                assert sorted(result.axioms) == states["axioms"]
    assert refused > 1500
    assert replayed > 50


def shape(t):
    if t.op == "num":
        return ("num", str(t.data))
    if t.op in ("sym", "bound"):
        return (t.op, t.data, str(t.sort))
    return (t.op, str(t.data), tuple(map(shape, t.args)))


def decoded(document, number):
    """The term that an entry of a document spells, without the core."""
    name, data, sort, children = document["terms"][number]
    parts = tuple(decoded(document, c) for c in children)
    if name == "num":
        return ("num", str(Fraction(str(data))))
    if name in ("sym", "bound"):
        return (name, data, str(tuples(sort)))
    if name == "lam":
        return (name, str(tuples(data)), parts)
    return (name, str(None), parts)


def tuples(sort):
    return tuple(map(tuples, sort)) if isinstance(sort, list) else sort


def test_certificates_are_plain_json():
    for theorem in THEOREMS:
        text = json.dumps(certificate(theorem), allow_nan=False)
        assert json.dumps(json.loads(text)) == text


def test_a_certificate_with_shared_parts_stays_short():
    t = x
    for _ in range(100):
        t = op("add", t, t)
    theorem = ring(t, op("mul", num(2**100), x))
    text = json.dumps(certificate(theorem))
    assert len(text) < 10_000
    assert replay(json.loads(text)).statement is theorem.statement
    wrong = json.loads(text)
    wrong["theorem"]["statement"] -= 1
    start = time.perf_counter()
    with pytest.raises(CoreError):
        replay(wrong)
    assert time.perf_counter() - start < 2


def test_a_long_proof_is_written_and_replayed():
    e = assume("e", op("eq", x, y))
    for _ in range(5_001):
        e = symmetric(e)
    again = replay(in_json(e))
    assert again.statement is op("eq", y, x)


# What the core is made of.

FILES = sorted(CORE.rglob("*.py"))


def test_the_core_is_short():
    assert {p.name for p in FILES} == {
        "__init__.py",
        "term.py",
        "ring.py",
        "axioms.py",
        "rules.py",
        "kernel.py",
        "replay.py",
    }
    lines = sum(p.read_text(encoding="utf-8").count("\n") for p in FILES)
    assert 500 < lines < 1000
    assert max(len(line) for p in FILES for line in p.read_text(encoding="utf-8").splitlines()) <= 130
    assert not [p for p in CORE.iterdir() if p.suffix not in (".py", "") and p.name != "__pycache__"]


ORDER = ["term", "ring", "axioms", "rules", "kernel", "replay"]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_the_core_imports_the_standard_library_and_itself_only(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [node.module or ""]
        else:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("__import__", "eval", "exec", "compile", "open", "globals", "setattr")
            continue
        for name in names:
            if name.startswith("symnll"):
                assert name.startswith("symnll.core.")
                assert ORDER.index(name.split(".")[2]) < ORDER.index(path.stem), (
                    "the files build on one another in order"
                )
            else:
                top = name.split(".")[0]
                assert top in sys.stdlib_module_names
                assert top not in ("importlib", "ctypes", "pickle", "subprocess", "os", "socket", "marshal", "builtins")


def test_importing_the_core_imports_no_other_part_of_symnll():
    code = (
        "import sys, symnll.core.replay; print([m for m in ('sympy', 'numpy', 'mpmath', 'flint') if m in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=CORE.parent.parent)
    assert done.stdout == "[]\n", done.stderr
