"""`symnll kernel`: standalone files, and the messages for what can't be written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from symnll import kernels
from symnll.cli import app
from symnll.kernels import generate


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["kernel", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("name", ["nll_value_and_grad", "softmax", "lse_update"])
def test_a_standalone_file_needs_no_symnll(tmp_path: Path, name: str) -> None:
    file = tmp_path / "kernel.py"
    code, out, err = run(name, "--target", "numpy", "-o", str(file))
    assert code == 0 and not out and err == f"{name} for numpy in {file}\n"
    z = np.array([[5.0, 2, 1], [1, 2, 3]])
    arguments = {"nll_value_and_grad": (z, [0, 1]), "softmax": (z,), "lse_update": ((z[:, 0], z[:, 1]), z)}[name]
    np.save(tmp_path / "result.npy", np.concatenate([np.ravel(a) for a in getattr(kernels, name)(*arguments)]))
    script = (
        "import sys, kernel, numpy as np; from numpy import array\n"
        f"ours = np.concatenate([np.ravel(a) for a in kernel.{name}(*{arguments!r})])\n"
        "assert np.array_equal(ours, np.load('result.npy'))\n"
        "assert kernel.__all__ == [sys.argv[1]]\n"
        "assert not any(m.startswith(('symnll', 'sympy', 'scipy')) for m in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_kernel_can_be_exported_and_names_its_theorems() -> None:
    for name in kernels.__all__:
        text = generate.numpy_source(name)
        assert text == generate.numpy_source(name)
        compile(text, name, "exec")
        listed = {line.split()[1] for line in text.splitlines() if line.startswith(("- kernels.", "- options."))}
        cores = [form for form in generate.ALL if f"def {form}(" in text]
        assert listed == {theorem for core in cores for theorem, _ in generate.ALL[core].claims}


def test_without_a_file_it_goes_to_the_terminal() -> None:
    code, out, _ = run("softmax")
    assert code == 0 and out == generate.numpy_source("softmax")


def test_errors(tmp_path: Path) -> None:
    code, _, err = run("softmx")
    assert code == 2 and err.startswith(
        "symnll: There is no kernel named 'softmx' for this target. Did you mean softmax"
    )
    code, _, err = run("softmax", "--target", "fortran")
    assert code == 2 and err.startswith("symnll: There is no target named 'fortran'. There are numpy")
    code, _, err = run("softmax", "-o", str(tmp_path / "no" / "file.py"))
    assert code == 2 and "can't be written: No such file or directory" in err


def test_what_a_hash_stands_for_is_what_is_stated() -> None:
    from symnll.certificates import certificate
    from symnll.kernels import hashes
    from symnll.prove.prover import prove

    form = generate.ALL["pair_core"]
    ((name, statement),) = form.statements()
    assert hashes.stated(certificate(prove(statement).theorem))[:16] == hashes.theorem_hashes([name])[name]
