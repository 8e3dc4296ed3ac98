"""What ties generated source to the library: a hash of every theorem, of what its certificate states.

The hash is of the statement and the hypotheses, every term written out with nameless binders, and not of the steps: a
shorter proof of the same changes no kernel.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from typing import Any


def theorem_hashes(theorems: Iterable[str]) -> dict[str, str]:
    """The first 16 digits of `stated` for each theorem, which is proved for it. Raises ValueError if it is not."""
    return {theorem: _hash(theorem) for theorem in theorems}


@cache
def _hash(theorem: str) -> str:
    from symnll.certificates import certificate
    from symnll.entry import claims
    from symnll.prove.library import prove_claim

    result = prove_claim(claims()[theorem][1])
    if result.verdict != "proved":
        raise ValueError(f"{theorem} is not proved, so no kernel can be written: {result}")
    return stated(certificate(result.theorem))[:16]


def stated(certificate: dict[str, Any]) -> str:
    """The SHA-256 of what a certificate states, however it is proved."""
    digests: list[str] = []
    for op, data, sort, children in certificate["terms"]:
        text = json.dumps([op, data, sort, [digests[child] for child in children]], ensure_ascii=False)
        digests.append(hashlib.sha256(text.encode()).hexdigest())
    theorem = certificate["theorem"]
    hypotheses = sorted(digests[term] for _, term in theorem["hypotheses"])
    return hashlib.sha256(json.dumps([digests[theorem["statement"]], hypotheses]).encode()).hexdigest()
