"""Certificates of the library with one field changed: refused, or the proof of exactly what they then state.

    python -m tests.campaigns.tamper [--per-certificate 150] [--seed 0]

Every leaf of the JSON (rule names, axioms, operators, numbers, references, sorts, names of hypotheses) is replaced by
other values, and every element of a list is dropped, doubled or swapped with the next; long certificates are sampled.
Where a changed certificate is accepted and states something else, the small-size check looks for a counterexample.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import sympy

from symnll import language as L
from symnll.certificates import certificate
from symnll.core.axioms import AXIOMS
from symnll.core.kernel import RULES
from symnll.core.replay import replay
from symnll.core.term import OPERATORS, CoreError, Term, app, binder, bound, num, op, sym
from symnll.entry import claims
from symnll.prove.bridge import Bridge, BridgeError
from symnll.prove.library import prove_claim
from symnll.prove.to_sympy import to_sympy
from symnll.small import Agreement, Witness, examine
from tests.campaigns.normaliser import Spent, limit

Path = tuple[Any, ...]
OPS = sorted({*OPERATORS, "add", "mul", "and", "eq", "ne", "forall", "argmax_eq", "lam", "app", "num", "sym", "bound"})


# Changes.


def fields(x: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The leaves of a JSON document."""
    if isinstance(x, dict):
        for key in x:
            yield from fields(x[key], (*path, key))
    elif isinstance(x, list) and x:
        for n, y in enumerate(x):
            yield from fields(y, (*path, n))
    else:
        yield path, x


def lists(x: Any, path: Path = ()) -> Iterator[tuple[Path, int]]:
    """The places of the elements of all lists."""
    items = x.items() if isinstance(x, dict) else enumerate(x) if isinstance(x, list) else ()
    for key, y in items:
        if isinstance(x, list):
            yield path, int(key)
        yield from lists(y, (*path, key))


def other_values(value: Any, rng: random.Random) -> list[Any]:
    """What may stand in place of a leaf."""
    if isinstance(value, bool) or value is None:
        return [not value if value is not None else "int", 0, "x"]
    if isinstance(value, int):
        return [
            value + 1,
            value - 1,
            0,
            rng.randrange(max(value, 1) + 3),
            -value - 1,
            float(value),
            str(value),
            None,
            True,
        ]
    if isinstance(value, str):
        found: list[Any] = [value + "'", "", None, 0]
        for names in (sorted(RULES), sorted(AXIOMS), OPS, ["int", "real", "point", "bool", "fn"]):
            if value in names:
                found += rng.sample([n for n in names if n != value], min(3, len(names) - 1))
        if value.lstrip("-").replace("/", "").isdigit():
            n = Fraction(value)
            found += [str(n + 1), str(-n), str(2 * n), "1/0", str(n / 3)]
        return found
    return [None, 0, [value]]


def changed(document: Any, path: Path, value: Any) -> Any:
    new = copy.deepcopy(document)
    place = new
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return new


def rearranged(document: Any, path: Path, n: int, how: str) -> Any:
    new = copy.deepcopy(document)
    items = new
    for key in path:
        items = items[key]
    if how == "dropped":
        del items[n]
    elif how == "doubled":
        items.insert(n, copy.deepcopy(items[n]))
    elif n + 1 < len(items):
        items[n], items[n + 1] = items[n + 1], items[n]
    return new


def what(path: Path) -> str:
    """The part of the certificate that a path leads to."""
    if path[0] == "terms":
        return (
            "terms: " + ("element", "operator", "data", "sort", "children")[0 if len(path) < 3 else 1 + min(path[2], 3)]
        )
    if path[0] == "steps":
        return "steps: " + ("element" if len(path) < 3 else "rule" if path[2] == 0 else "argument")
    return f"theorem: {path[1]}" if path[0] == "theorem" and len(path) > 1 else str(path[0])


def changes(document: Any, most: int, rng: random.Random) -> Iterator[tuple[str, Any]]:
    """All single changes, or `most` of them."""
    leaves = [(path, old, new) for path, old in fields(document) for new in other_values(old, rng) if path]
    moves = [(path, n, how) for path, n in lists(document) for how in ("dropped", "doubled", "swapped")]
    if len(leaves) + len(moves) > most:
        share = most * 3 // 4
        named = [x for x in leaves if x[0][0] in ("theorem", "format", "version")]
        leaves = [*rng.sample(named, min(len(named), share // 4)), *rng.sample(leaves, min(len(leaves), share))][:share]
        moves = rng.sample(moves, min(len(moves), most - share))
    for path, _, new in leaves:
        yield what(path), changed(document, path, new)
    for path, n, how in moves:
        yield f"{what((*path, n))} {how}", rearranged(document, path, n, how)


# What a document states, read without replay.


def stated(document: Any) -> tuple[Term, set[tuple[str, Term]], list[str]]:
    terms: list[Term] = []

    def sort(x: Any) -> Any:
        return tuple(map(sort, x)) if isinstance(x, list) else x

    for name, data, of, children in document["terms"]:
        args = [terms[n] for n in children]
        if name == "num":
            terms.append(num(str(data)))
        elif name == "sym" and not args:
            terms.append(sym(data, sort(of)))
        elif name == "bound" and not args:
            terms.append(bound(data, sort(of)))
        elif name == "lam":
            terms.append(binder(sort(data), *args))
        else:
            terms.append(app(*args) if name == "app" else op(name, *args))
    said = document["theorem"]
    return terms[said["statement"]], {(n, terms[t]) for n, t in said["hypotheses"]}, said["axioms"]


def declared_for(bridge: Bridge, theorem: Any) -> dict[Term, Any]:
    """What the symbols of a theorem stand for; a kind only where the hypotheses say what it says."""
    formulas = {t for _, t in theorem.hypotheses}
    found = {}
    for t, source in list(bridge.declared.items()):
        says = {formula for _, formula in bridge._says(t, source)}
        size = isinstance(source, sympy.Symbol) and source.is_integer and source.is_positive
        if says <= formulas or size or not isinstance(source, (L.Vector, sympy.Symbol)):
            found[t] = source
        elif isinstance(source, L.Vector) and source.kind not in ("labels", "natural", "binary", "onehot"):
            found[t] = L.vector(str(source.label), *source.sizes)
        elif isinstance(source, sympy.Symbol) and not source.is_integer:
            found[t] = L.real(source.name)
    free = set(theorem.statement.free).union(*(t.free for t in formulas))
    lost = [(t, source) for t, source in bridge.declared.items() if t not in free and isinstance(source, L.Vector)]
    for t in free - set(found):
        for old, source in lost:
            if old.sort == t.sort:
                found[t] = L.vector(str(t.data), *source.sizes)
    return found


def false_at_small_sizes(bridge: Bridge, theorem: Any) -> str:
    """'checked', 'not checkable', or the counterexample."""
    try:
        declared = declared_for(bridge, theorem)
        statement = to_sympy(theorem.statement, declared)
        given = [to_sympy(t, declared) for _, t in theorem.hypotheses]
    except (BridgeError, CoreError, TypeError, ValueError, sympy.SympifyError):
        return "not checkable"
    seen = examine(statement, given, points=4)
    if isinstance(seen, Witness):
        return f"{statement} given {given}: {seen}"
    return "checked" if isinstance(seen, Agreement) else "not checkable"


# The campaign.


def run(
    names: Sequence[str], per_certificate: int, seed: int, seconds: float = 10.0, show: bool = True
) -> tuple[Counter[str], list[str]]:
    counts: Counter[str] = Counter({"WRONG": 0, "other exceptions": 0})
    problems: list[str] = []
    every = claims()
    for number, name in enumerate(names):
        claim = every[name][1]
        result = prove_claim(claim)
        if result.verdict != "proved":
            counts["claims not proved"] += 1
            continue
        bridge = Bridge(claim.statement, *claim.given)
        bridge.statement(claim.statement)
        for g in claim.given:
            bridge.statement(g)
        bridge.hypotheses()
        original = result.theorem
        document = json.loads(json.dumps(certificate(original)))
        replay(document)
        counts["certificates"] += 1
        counts["leaves"] += sum(1 for _ in fields(document))
        rng = random.Random(f"{seed}:{name}")
        for kind, new in changes(document, per_certificate, rng):
            if new == document and json.dumps(new) == json.dumps(document):
                continue
            counts["changes"] += 1
            verdict, text = judge(new, original, bridge, seconds)
            counts[verdict] += 1
            counts[f"accepted, {kind}" if verdict.startswith("accepted") else "-"] += 1
            if text:
                problems.append(f"{name}, {kind}: {text}")
                if show:
                    print(problems[-1], file=sys.stderr, flush=True)
        if show and sys.stderr.isatty():
            print(f"\r{number + 1}/{len(names)}", end="", file=sys.stderr, flush=True)
    del counts["-"]
    return counts, problems


def judge(new: Any, original: Any, bridge: Bridge, seconds: float) -> tuple[str, str]:
    try:
        with limit(seconds):
            theorem = replay(new)
    except CoreError:
        return "refused", ""
    except Spent:
        return "stopped", ""
    except Exception as error:
        return "other exceptions", f"{type(error).__name__}: {error}"
    try:
        statement, hypotheses, axioms = stated(new)
    except (CoreError, TypeError, ValueError, IndexError, KeyError) as error:
        return "WRONG", f"accepted, though it can't be read: {type(error).__name__}: {error}"
    if theorem.statement is not statement or set(theorem.hypotheses) != hypotheses or sorted(theorem.axioms) != axioms:
        return "WRONG", f"it proves {theorem!r}, and states {statement!r} under {hypotheses!r}"
    formulas = {t for _, t in hypotheses}
    if statement is original.statement and formulas >= {t for _, t in original.hypotheses}:
        same = hypotheses == set(original.hypotheses)
        return ("accepted: the same theorem" if same else "accepted: hypotheses named otherwise or more of them"), ""
    seen = false_at_small_sizes(bridge, theorem)
    if seen in ("checked", "not checkable"):
        return f"accepted: another theorem, {seen}", ""
    return "WRONG", f"another theorem, which is false: {seen}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Tampered certificates.")
    parser.add_argument("--per-certificate", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("claims", nargs="*")
    options = parser.parse_args()
    start = time.perf_counter()
    counts, problems = run(options.claims or list(claims()), options.per_certificate, options.seed)
    for name, number in sorted(counts.items()):
        print(f"{number:>8}  {name}")
    print(f"{time.perf_counter() - start:>8.1f}  seconds")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
