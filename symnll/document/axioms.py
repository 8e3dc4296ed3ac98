"""The axioms of the core, grouped for readers by what they are about."""

from __future__ import annotations

from symnll.core.axioms import AXIOMS, Axiom
from symnll.core.term import Term

GROUPS = (
    ("Derivatives", {"hasd", "diff", "partial", "partial2", "smooth"}),
    ("Maximisers", {"argmax_eq"}),
    ("Sums, products and maxima over a range", {"sum", "prod", "maxi"}),
    ("Kronecker's delta", {"delta"}),
    ("Order", {"le", "lt", "ne", "max"}),
    ("Exponential, logarithm and powers", {"exp", "log", "pow"}),
)

BOOKS = {
    "Rudin": "Rudin, Principles of Mathematical Analysis, 3rd ed., 1976",
    "GKP": "Graham, Knuth, Patashnik, Concrete Mathematics, 2nd ed., 1994",
    "HLP": "Hardy, Littlewood, Pólya, Inequalities, 2nd ed., 1952",
    "Boyd": "Boyd, Vandenberghe, Convex Optimization, 2004",
    "Enderton": "Enderton, A Mathematical Introduction to Logic, 2nd ed., 2001",
}


def axiom_groups() -> dict[str, list[Axiom]]:
    """Axioms by subject; each is in one group."""
    groups: dict[str, list[Axiom]] = {title: [] for title in (*(title for title, _ in reversed(GROUPS)), "Logic")}
    for row in AXIOMS.values():
        groups[group_of(row)].append(row)
    return {title: rows for title, rows in groups.items() if rows}


def group_of(row: Axiom) -> str:
    """What an axiom is about."""
    operators = _operators(row.statement)
    return next((title for title, wanted in GROUPS if operators & wanted), "Logic")


def _operators(t: Term) -> set[str]:
    return {t.op}.union(*map(_operators, t.args))
