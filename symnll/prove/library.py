"""Proves claims of the library."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from symnll.entry import Claim, claims
from symnll.prove.chains import prove_chain
from symnll.prove.prover import prove
from symnll.prove.result import Proved


def prove_claims(names: Sequence[str], progress: Callable[[str], None] | None = None) -> dict[str, Any]:
    """The result for each full claim name, in order; `progress` is told each name before it is worked on."""
    every, results = claims(), {}
    collecting = gc.isenabled()
    gc.disable()  # proofs make many small objects and hardly a cycle, and looking for cycles takes a tenth of the time
    try:
        for name in names:
            if progress is not None:
                progress(name)
            results[name] = prove_claim(every[name][1])
    finally:
        if collecting:
            gc.freeze()  # else the next new object starts a search through all that was made, which takes a second
            gc.enable()
    return results


def prove_claim(claim: Claim) -> Any:
    """Proved, Refuted or Unknown for one claim, along its authored steps where it has any."""
    start = time.perf_counter()
    if claim.steps:
        result = prove_chain(claim.statement.lhs, claim.steps, claim.given, goal=claim.statement)
    else:
        result = prove(claim.statement, claim.given)
    return replace(result, seconds=time.perf_counter() - start) if isinstance(result, Proved) else result
