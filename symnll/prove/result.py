"""What the prover answers: proved with a theorem, refuted with a witness, or unknown with what was tried."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Disagreement(Exception):
    """The core proved what the small-size check refutes: an internal error, never a verdict."""


class _Shown:
    """What a notebook shows of a verdict."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from symnll.document.hosts.display import of_result

        return of_result(self)


@dataclass(frozen=True)
class Proved(_Shown):
    """`theorem` comes from the core's rules; `check` is what the independent small-size check saw."""

    statement: Any
    theorem: Any
    check: Any
    seconds: float = 0.0
    steps: tuple[StepProof, ...] = ()

    verdict = "proved"

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        from symnll.write.text import theorem_text

        return f"proved: {theorem_text(self.theorem)}"


@dataclass(frozen=True)
class StepProof:
    """One proved step of a derivation: its theorem, the reason that its author gave, and the axioms that it used."""

    theorem: Any
    reason: str


@dataclass(frozen=True)
class Refuted(_Shown):
    """`witness` is a rigorous counterexample; `holds_when` names conditions under which the statement is proved."""

    statement: Any
    witness: Any
    holds_when: tuple[str, ...] = ()
    seconds: float = 0.0

    verdict = "refuted"

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        more = f"; holds when {' or when '.join(self.holds_when)}" if self.holds_when else ""
        return f"refuted: {self.witness}{more}"


@dataclass(frozen=True)
class Unknown(_Shown):
    """Neither proved nor refuted; `tried` says what was attempted, in words."""

    statement: Any
    tried: tuple[str, ...] = field(default=())
    seconds: float = 0.0

    verdict = "unknown"

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return "unknown: " + "; ".join(self.tried)
