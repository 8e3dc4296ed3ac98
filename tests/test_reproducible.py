"""Certificates are the same, byte for byte, whatever Python's hash seed is and whatever was proved before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Claims whose proofs need several denominators at once, which are looked up in sets.
NAMES = [
    "options.target_nll",
    "nll.gradient_target",
    "kernels.nll_hessian",
    "soft_targets.onehot_gradient",
    "kernels.divergence_gradient_p",
]
CODE = """
import json, sys
from symnll.certificates import certificate
from symnll.entry import claims
from symnll.prove.library import prove_claim

names = sys.argv[1:]
certificates = {name: certificate(prove_claim(claims()[name][1]).theorem) for name in names}
print(json.dumps([certificates[name] for name in sorted(names)]))
"""


def certificates(seed: str, names: list[str]) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", CODE, *names], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_certificates_do_not_depend_on_the_hash_seed_or_on_the_order_of_proofs() -> None:
    first = certificates("1", NAMES)
    assert first == certificates("2", NAMES)
    assert first == certificates("3", NAMES[::-1])
