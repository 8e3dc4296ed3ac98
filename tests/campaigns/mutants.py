"""Every library equality and inequality with one edit: what the small-size check calls false is never proved.

    python -m tests.campaigns.mutants [--per-statement 4] [--seed 0]

Statements are the claims and the steps of their derivations. An edit changes a sign, replaces an index by another,
puts in a factor 2 or a square, adds or drops a δ, moves an end of a range, drops a log, an exp, a term or a
hypothesis, or weakens the kind of a vector.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import sympy
from sympy import Add, Derivative, KroneckerDelta, Mul, Pow, Product, Sum, exp, log
from sympy.core.relational import Relational

from symnll import language as L
from symnll.core.term import CoreError
from symnll.entry import claims
from symnll.prove.bridge import BridgeError
from symnll.prove.chains import BUILD
from symnll.prove.prover import search
from symnll.small import Agreement, Witness, examine
from tests.campaigns.normaliser import Spent, limit


class Statement(NamedTuple):
    name: str
    relation: Any
    given: tuple[Any, ...]


class Mutant(NamedTuple):
    name: str
    edit: str
    relation: Any
    given: tuple[Any, ...]


def statements() -> list[Statement]:
    """The claims and the steps of the library."""
    found = []
    for name, (_, claim) in claims().items():
        given = tuple(claim.given)
        found.append(Statement(name, claim.statement, given))
        before = getattr(claim.statement, "lhs", None)
        for number, step in enumerate(claim.steps, 1):
            relation = BUILD[step.relation](before, step.expression)
            if number > 1 or relation != claim.statement:
                found.append(Statement(f"{name}, step {number}", relation, given))
            before = step.expression
    return found


# Edits.

Path = tuple[int, ...]


def walk(e: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The subexpressions that stand for numbers, and where they are; what is bound or indexed is not among them."""
    if isinstance(e, sympy.Expr) and not isinstance(e, L.ArgMax):
        yield path, e
    if isinstance(e, (Sum, Product, L.MaxOver, Derivative, L.At, L.ForAll, L.ArgMax)):
        inside: Sequence[int] = (0,)
    elif isinstance(e, (Add, Mul, Pow, exp, log, sympy.Max, L.Larger, Relational)):
        inside = range(len(e.args))
    else:
        inside = ()
    for n in inside:
        yield from walk(e.args[n], (*path, n))


def put(e: Any, path: Path, new: Any) -> Any:
    """e with another subexpression at a path."""
    if not path:
        return new
    args = list(e.args)
    args[path[0]] = put(args[path[0]], path[1:], new)
    if isinstance(e, Derivative):
        return Derivative(args[0], *e.variable_count, evaluate=False)
    if isinstance(e, Relational):
        return e.func(*args, evaluate=False)
    if isinstance(e, L.ArgMax):
        return type(e)(args[0], args[1], tuple(args[2]))
    return e.func(*args)


def edits(e: Any, indices: Sequence[Any]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Each single edit of one subexpression: its name, and what makes it."""
    yield "sign", lambda: -e
    yield "factor 2", lambda: 2 * e
    yield "square", lambda: e**2
    if len(indices) > 1:
        yield "δ added", lambda: KroneckerDelta(*indices[:2]) * e
    if isinstance(e, (sympy.Indexed, KroneckerDelta)):
        for i in indices:
            for m in indices:
                if i is not m and i in e.free_symbols:
                    yield "index", partial(e.xreplace, {i: m})
    if isinstance(e, KroneckerDelta):
        yield "δ dropped", lambda: sympy.S.One
    if isinstance(e, (exp, log)):
        yield f"{type(e).__name__} dropped", lambda: e.args[0]
    if isinstance(e, (Sum, Product, L.MaxOver)):
        variable, lower, upper = e.limits[0]
        yield "range, upper end", lambda: e.func(e.args[0], (variable, lower, upper - 1), *e.limits[1:])
        yield "range, lower end", lambda: e.func(e.args[0], (variable, lower + 1, upper), *e.limits[1:])
    if isinstance(e, (Add, Mul)) and len(e.args) > 1:
        for n in range(len(e.args)):
            yield "term or factor dropped", partial(e.func, *e.args[:n], *e.args[n + 1 :])


def indices_at(s: Statement, path: Path) -> list[Any]:
    """The indices that are free in the statement, and those bound above a place."""
    found = sorted((i for i in s.relation.free_symbols if isinstance(i, L.Index)), key=str)
    e = s.relation
    for n in path:
        if isinstance(e, (Sum, Product, L.MaxOver)):
            found += [limits[0] for limits in e.limits]
        e = e.args[n]
    return found


WEAKER = {"positive": "nonnegative", "nonnegative": "real", "simplex": "positive", "binary": "natural"}


def without_kinds(s: Statement) -> Iterator[Mutant]:
    """What the kind of a vector says is a hypothesis as well: a weaker kind in its place."""
    if not isinstance(s.relation, sympy.Eq) or any(isinstance(side, L.ArgMax) for side in s.relation.args):
        return
    for v in sorted(s.relation.atoms(L.Vector), key=str):
        if v.kind in WEAKER:
            weaker = {v: L.vector(str(v.label), *v.sizes, kind=WEAKER[v.kind])}
            relation = L.Eq(*(side.xreplace(weaker) for side in s.relation.args))
            yield Mutant(s.name, "kind weakened", relation, tuple(g.xreplace(weaker) for g in s.given))


Maker = Callable[[], "Mutant | None"]


def makers(s: Statement) -> Iterator[tuple[str, Maker]]:
    """The edits of a statement, by name: single edits at every place, each hypothesis dropped, each kind weakened."""
    for n in range(len(s.given)):
        rest = (*s.given[:n], *s.given[n + 1 :])
        yield "hypothesis dropped", partial(Mutant, s.name, "hypothesis dropped", s.relation, rest)
    for weaker in without_kinds(s):
        yield "kind weakened", partial(lambda m: m, weaker)

    def make(name: str, path: Path, new: Callable[[], Any]) -> Mutant | None:
        relation = put(s.relation, path, new())
        same = relation == s.relation or relation in (True, False)
        return None if same else Mutant(s.name, name, relation, s.given)

    for path, e in walk(s.relation):
        for name, new in edits(e, indices_at(s, path)):
            yield name, partial(make, name, path, new)


def mutants_of(s: Statement) -> Iterator[Mutant]:
    """All mutants of a statement."""
    return (mutant for _, maker in makers(s) if (mutant := maker()) is not None)


def sample(per_statement: int, seed: int, total: int | None = None) -> list[Mutant]:
    """Some mutants of every statement, of as many kinds as possible; at most `total` in all, of random statements."""
    chosen: list[Mutant] = []
    every = statements()
    if total is not None:
        random.Random(seed).shuffle(every)
    for s in every:
        if total is not None and len(chosen) >= total:
            break
        rng = random.Random(f"{seed}:{s.name}")
        kinds: dict[str, list[Maker]] = {}
        for name, maker in makers(s):
            kinds.setdefault(name, []).append(maker)
        names = sorted(kinds)
        rng.shuffle(names)
        always = [m for name in ("hypothesis dropped", "kind weakened") for m in kinds.pop(name, [])]
        pool = [*always, *(rng.choice(kinds[name]) for name in names if name in kinds)]
        made = [m for maker in pool[: max(per_statement, len(always)) + 1] if (m := maker()) is not None]
        chosen += list(dict.fromkeys(made))[: max(per_statement, len(always))]
    return chosen[:total]


# What becomes of them.


def judge(mutant: Mutant, seconds: float, proof: Callable[..., Any] = search) -> tuple[str, str]:
    """false or not, and proved or not; what is both false and proved comes with the counterexample."""
    seen = examine(mutant.relation, mutant.given)
    false = isinstance(seen, Witness)
    try:
        with limit(seconds):
            theorem, _ = proof(mutant.relation, mutant.given)
    except (BridgeError, CoreError):
        return ("false" if false else "other") + ", not a statement", ""
    except Spent:
        return ("false" if false else "other") + ", proof search stopped", ""
    if false:
        return (
            ("WRONGLY PROVED", f"{mutant}\n  {theorem!r}\n  {seen}")
            if theorem is not None
            else ("false, not proved", "")
        )
    agreed = "true at small sizes" if isinstance(seen, Agreement) else "not examinable"
    return f"{agreed}, {'proved' if theorem is not None else 'unknown'}", ""


def run(mutants: Sequence[Mutant], seconds: float = 10.0, show: bool = True) -> tuple[Counter[str], list[str]]:
    counts: Counter[str] = Counter({"WRONGLY PROVED": 0, "unexpected exceptions": 0})
    problems: list[str] = []
    for number, mutant in enumerate(mutants):
        counts["mutants"] += 1
        counts[f"edit: {mutant.edit}"] += 1
        try:
            verdict, text = judge(mutant, seconds)
        except Exception as error:
            verdict, text = "unexpected exceptions", f"{mutant}\n  {type(error).__name__}: {error}"
        counts[verdict] += 1
        if text:
            problems.append(text)
            if show:
                print(text, file=sys.stderr, flush=True)
        if show and sys.stderr.isatty():
            print(f"\r{number + 1}/{len(mutants)}", end="", file=sys.stderr, flush=True)
    return counts, problems


def main() -> int:
    parser = argparse.ArgumentParser(description="Mutants of the library against the small-size check.")
    parser.add_argument("--per-statement", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--total", type=int, default=None)
    options = parser.parse_args()
    start = time.perf_counter()
    counts, problems = run(sample(options.per_statement, options.seed, options.total))
    for name, number in sorted(counts.items()):
        print(f"{number:>6}  {name}")
    print(f"{time.perf_counter() - start:>6.1f}  seconds")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
